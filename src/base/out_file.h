/* A file that is there whole or not at all: written under another name in the same folder, then synced and
 * renamed. */
#ifndef ZEVENSTEM_BASE_OUT_FILE_H
#define ZEVENSTEM_BASE_OUT_FILE_H

#include "base/arena.h"
#include "base/slice.h"

struct out_file {
    const char *path;
    char *temporary;
    const char *folder;
    int fd;  /* -1: not open */
    int why; /* errno of the first failure */
};

/* Begins the file, for its owner alone to read. path and arena outlive it. False with why set. */
bool out_file_open(struct out_file *file, struct arena *arena, const char *path);
/* False with why set. */
bool out_file_write(struct out_file *file, struct slice bytes);
/* What was written goes; writing begins anew. False with why set. */
bool out_file_restart(struct out_file *file);
/* To the disk, not yet under its name: so that of several files all or none get theirs. False with why set.
 */
bool out_file_sync(struct out_file *file);
/* Gives it its name, over an older one. False with why set. */
bool out_file_finish(struct out_file *file);
/* Removes what has not got its name. At any time. */
void out_file_drop(struct out_file *file);

/* A file for this process alone, gone when it is closed: without a name from the start, where the file system
 * can do that. -1 with errno. */
int out_file_nameless(const char *folder, struct arena *arena);

/* Whether this process can make files in the folder; and whether it can write the file at `path`, or make it
 * where there is none. 0, or why not, an errno. It is tried, and nothing of it stays. */
int out_folder_fault(const char *folder, struct arena *arena);
int out_path_fault(const char *path, struct arena *arena);

#endif
