/* What the two files of `zevenstem coding` share. */
#ifndef ZEVENSTEM_CMD_CODING_H
#define ZEVENSTEM_CMD_CODING_H

#include <stdbool.h>

struct coding_import_call {
    const char *config; /* NULL: the default */
    const char *round;
    bool of_recording, leave_out, dry_run;
};
/* The status to return. */
int cmd_coding_import(const char *path, const struct coding_import_call *call);

#endif
