/* The file that `zevenstem offer export` writes, and what else `offer` reads and writes on the coordinator's
 * own machine. */
#ifndef ZEVENSTEM_CMD_OFFER_FILE_H
#define ZEVENSTEM_CMD_OFFER_FILE_H

#include "features/survey/survey.h"

#include <stdio.h>

enum { OFFER_SEALED_BYTES_MAX = 8192, OFFER_ARENA_MAX = 1024 * 1024 };

/* Shows every offer of an export to visit, in its order. False, said on standard error, when the file cannot
 * be read, is not whole (its last line, and nothing after it, says how many offers there are), or visit gave
 * false, which has said why. */
bool offer_file_each(const char *path, sealed_offer_visitor visit, void *context);

/* A new file that the owner alone may read; never overwrites one. NULL, said. */
FILE *offer_file_create(const char *path);
/* Closes it, all of it on the disk. good false, or not all could be written: it is removed, said; false. */
bool offer_file_finish(FILE *file_take, const char *path, bool good);

/* `zevenstem offer draw`: the arguments as they were given; strata may be NULL. Gives the exit status. */
struct offer_draw_arguments {
    const char *offers, *key, *targets, *strata, *seed, *protocol, *contacts;
};
int offer_draw_command(const struct offer_draw_arguments *arguments);

/* `zevenstem offer notify`. Gives the exit status. */
struct offer_notify_arguments {
    const char *offers, *key, *round, *texts, *out;
};
int offer_notify_command(const struct offer_notify_arguments *arguments);

#endif
