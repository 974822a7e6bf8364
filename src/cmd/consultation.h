/* What the files of `zevenstem consultation` share. */
#ifndef ZEVENSTEM_CMD_CONSULTATION_H
#define ZEVENSTEM_CMD_CONSULTATION_H

#include "cmd/cmd.h"
#include "features/survey/survey.h"

/* Reads and checks the file and what it names. Every fault is said on standard error; false when there was
 * any. */
bool cmd_read_bundle(struct consultation_bundle *bundle, struct arena *arena, const char *path);
/* `zevenstem consultation next`; argv[0] is "next". */
int cmd_consultation_next(int argc, char **argv);

#endif
