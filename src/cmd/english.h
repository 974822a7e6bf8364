/* What is wrong with a document or a record is said in Dutch by the rooms that check it, for whoever writes a
 * client or works in the back office. Commands speak English. */
#ifndef ZEVENSTEM_CMD_ENGLISH_H
#define ZEVENSTEM_CMD_ENGLISH_H

#include "json/decode.h"

/* The sentence (or the printf format of one: with the same arguments in the same order) in English; what is
 * not in the list is given back as it is. tests/check/english.pl holds the list to the sources. */
const char *cmd_english(const char *dutch) __attribute__((format_arg(1)));
/* json_errors_init, for faults in English. */
void cmd_errors_init(struct json_errors *errors, struct arena *arena);

#endif
