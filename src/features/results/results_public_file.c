#include "features/results/results_public_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_KEPT = 32, KEY_MAX = 4096 };

struct kept_file {
    int32_t round_id, release;
    struct slice key; /* own */
    int fd;
    uint64_t size, rows;
    uint64_t used; /* larger: later */
};

struct public_files {
    pthread_mutex_t lock; /* held for as long as it takes to copy a descriptor */
    struct kept_file files[FILES_KEPT];
    size_t count;
    uint64_t clock;
};

struct public_files *public_files_create(void)
{
    struct public_files *files = calloc(1, sizeof *files);
    if (files) {
        pthread_mutex_init(&files->lock, NULL);
    }
    return files;
}

/* ---- keeping; the lock is held ---- */

static void drop(struct public_files *files, size_t at)
{
    close(files->files[at].fd);
    free((void *)(uintptr_t)files->files[at].key.ptr);
    files->files[at] = files->files[--files->count];
}

static size_t find(const struct public_files *files, const struct public_file *file)
{
    size_t i = 0;
    while (i < files->count &&
           !(files->files[i].round_id == file->round_id && files->files[i].release == file->release &&
             slice_equal(files->files[i].key, file->key))) {
        i++;
    }
    return i;
}

/* What the round's other releases left, then the ones that were asked for longest ago. */
static void make_room(struct public_files *files, const struct public_file *file)
{
    uint64_t bytes = file->file.size;
    for (size_t i = files->count; i-- > 0;) {
        if (files->files[i].round_id == file->round_id && files->files[i].release != file->release) {
            drop(files, i);
        } else {
            bytes += files->files[i].size;
        }
    }
    while (files->count > 0 && (files->count == FILES_KEPT || bytes > file->results->config.export_bytes)) {
        size_t oldest = 0;
        for (size_t i = 1; i < files->count; i++) {
            oldest = files->files[i].used < files->files[oldest].used ? i : oldest;
        }
        bytes -= files->files[oldest].size;
        drop(files, oldest);
    }
}

/* A file that cannot be kept is sent all the same. */
static void keep(struct public_files *files, const struct public_file *file)
{
    char *key = file->key.len <= KEY_MAX ? malloc(file->key.len + 1) : NULL;
    const int fd = key ? fcntl(file->file.fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (fd < 0) {
        free(key);
        return;
    }
    memcpy(key, file->key.ptr, file->key.len);
    pthread_mutex_lock(&files->lock);
    make_room(files, file);
    files->files[files->count++] = (struct kept_file){.round_id = file->round_id,
                                                      .release = file->release,
                                                      .key = {key, file->key.len},
                                                      .fd = fd,
                                                      .size = file->file.size,
                                                      .rows = file->rows,
                                                      .used = ++files->clock};
    pthread_mutex_unlock(&files->lock);
}

void public_files_destroy(struct public_files *files)
{
    if (files) {
        while (files->count > 0) {
            drop(files, 0);
        }
        pthread_mutex_destroy(&files->lock);
        free(files);
    }
}

/* ---- answering ---- */

/* A descriptor is read by place, so those who are sent the same file do not meet. */
static bool answer_kept(struct public_file *file)
{
    struct public_files *files = file->results->public_files;
    int fd = -1;
    uint64_t size = 0;
    pthread_mutex_lock(&files->lock);
    const size_t at = find(files, file);
    if (at < files->count) {
        files->files[at].used = ++files->clock;
        fd = fcntl(files->files[at].fd, F_DUPFD_CLOEXEC, 0);
        size = files->files[at].size;
        file->rows = files->files[at].rows;
    }
    pthread_mutex_unlock(&files->lock);
    if (fd < 0) {
        return false;
    }
    http_reply_file(file->ex, 200, file->media_type, fd, size);
    file->describe(file);
    return true;
}

static void make(struct lane_slow *slow)
{
    struct public_file *file = (struct public_file *)slow;
    /* Somebody before in the queue may have asked the same. */
    if (!answer_kept(file) && file->make(file)) {
        keep(file->results->public_files, file);
        results_file_reply(&file->file, file->ex, file->media_type);
        results_file_close(&file->file);
        file->describe(file);
    }
}

static void conclude(struct http_exchange *ex, void *context)
{
    const struct public_file *file = context;
    if (!file->slow.accepted) {
        results_file_answer_later(ex, "Er worden al veel bestanden gemaakt. Probeer het straks nog eens.");
    }
}

void public_file_answer(struct public_file *file)
{
    if (!answer_kept(file)) {
        file->slow.run = make;
        lane_compute(file->results->config.lanes, LANE_WHILE, file->ex, &file->slow, conclude);
    }
}

struct slice public_file_key(struct http_exchange *ex, const char *const *parameters, size_t count)
{
    struct arena *arena = http_arena(ex);
    struct slice key = arena_printf(arena, "%s %s", http_route_path(ex), http_accepted(ex));
    for (size_t i = 0; i < count; i++) {
        struct slice value;
        /* The length in front: no value can look like the next parameter. */
        if (http_query(&value, ex, parameters[i])) {
            key = arena_printf(arena, "%.*s %s=%zu:%.*s", SLICE_ARG(key), parameters[i], value.len,
                               SLICE_ARG(value));
        }
    }
    return key;
}
