/* What the files of `zevenstem consultation` share. */
#ifndef ZEVENSTEM_CMD_CONSULTATION_H
#define ZEVENSTEM_CMD_CONSULTATION_H

#include "cmd/cmd.h"
#include "features/survey/survey.h"

/* Reads and checks the file and what it names. Every fault is said on standard error; false when there was
 * any. */
bool cmd_read_bundle(struct consultation_bundle *bundle, struct arena *arena, const char *path);
struct cmd_session;
/* Exit statuses. now: although its closing time is still to come. */
int cmd_round_open(struct cmd_session *session, const char *code);
int cmd_round_close(struct cmd_session *session, const char *code, bool now);
/* What --closes-at and --interim ask for; NULL where not given. False: said what is wrong with them. */
bool cmd_amendment_read(struct round_amendment *out, const char *closes_at, const char *interim);
int cmd_round_amend(struct cmd_session *session, const char *code, const struct round_amendment *amendment);
/* `zevenstem consultation next`; argv[0] is "next". */
int cmd_consultation_next(int argc, char **argv);

#endif
