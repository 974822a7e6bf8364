/* Documents that people write and commands read: guides, code books, the agenda. */
#ifndef ZEVENSTEM_CMD_DOCUMENT_H
#define ZEVENSTEM_CMD_DOCUMENT_H

#include "base/arena.h"
#include "json/decode.h"

enum { DOCUMENT_ARENA_MAX = 64 * 1024 * 1024 };

/* The whole file, of at most bytes_max. False: said why not on standard error. */
bool document_read(struct slice *text, struct arena *arena, const char *path, size_t bytes_max);
/* With room for as many faults as somebody wants to see at once. */
void document_errors_init(struct json_errors *errors, struct arena *arena);
/* Each on a line of standard error, with its JSON pointer. */
void document_say_faults(const struct json_errors *errors, const char *path);

#endif
