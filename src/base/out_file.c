#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct out_file *file)
{
    file->why = file->why ? file->why : errno;
    return false;
}

bool out_file_open(struct out_file *file, struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct slice folder = {path, (size_t)(name - path)};
    *file = (struct out_file){
        .path = path,
        .temporary = arena_cstr(arena, arena_printf(arena, "%.*s.%s.XXXXXX", SLICE_ARG(folder), name)),
        .folder = slash ? arena_cstr(arena, folder) : "."};
    file->fd = mkostemp(file->temporary, O_CLOEXEC); /* mode 0600 */
    return file->fd >= 0 || failed(file);
}

bool out_file_write(struct out_file *file, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(file->fd, bytes.ptr, bytes.len);
        if (written < 0 && errno != EINTR) {
            return failed(file);
        }
        size_t done = written > 0 ? (size_t)written : 0;
        bytes = (struct slice){bytes.ptr + done, bytes.len - done};
    }
    return true;
}

bool out_file_restart(struct out_file *file)
{
    return (ftruncate(file->fd, 0) == 0 && lseek(file->fd, 0, SEEK_SET) == 0) || failed(file);
}

bool out_file_sync(struct out_file *file)
{
    return fsync(file->fd) == 0 || failed(file);
}

static bool sync_folder(struct out_file *file)
{
    int fd = open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = (fd >= 0 && fsync(fd) == 0) || failed(file);
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool out_file_finish(struct out_file *file)
{
    int fd = file->fd;
    file->fd = -1;
    if (close(fd) != 0 || rename(file->temporary, file->path) != 0) {
        failed(file);
        unlink(file->temporary);
        return false;
    }
    return sync_folder(file);
}

void out_file_drop(struct out_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        unlink(file->temporary);
        file->fd = -1;
    }
}

int out_file_nameless(const char *folder, struct arena *arena)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        char *path = arena_cstr(arena, arena_printf(arena, "%s/zevenstem-XXXXXX", folder));
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0) {
            unlink(path);
        }
    }
    return fd;
}

int out_folder_fault(const char *folder, struct arena *arena)
{
    const int fd = out_file_nameless(folder, arena);
    const int why = fd < 0 ? errno : 0;
    if (fd >= 0) {
        close(fd);
    }
    return why;
}

int out_path_fault(const char *path, struct arena *arena)
{
    struct stat status;
    /* Not blocking: a pipe of that name would keep the program waiting. */
    const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int why = fd < 0 ? errno : fstat(fd, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
    if (fd >= 0) {
        close(fd);
    }
    if (why == ENOENT) {
        const char *slash = strrchr(path, '/');
        const size_t len = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
        why = out_folder_fault(slash ? arena_cstr(arena, (struct slice){path, len}) : ".", arena);
    }
    return why;
}
