#include "features/results/results_public_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FILES_KEPT = 32,
    FILES_AHEAD = 24, /* that are made before somebody asked: the rest is for who asks */
    KEY_MAX = 4096,
    AHEAD_SECONDS = 3600,
};

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

/* What the round's other releases left goes. How many bytes there are then, with this one. */
static uint64_t drop_older(struct public_files *files, const struct public_file *file)
{
    uint64_t bytes = file->file.size;
    for (size_t i = files->count; i-- > 0;) {
        if (files->files[i].round_id == file->round_id && files->files[i].release != file->release) {
            drop(files, i);
        } else {
            bytes += files->files[i].size;
        }
    }
    return bytes;
}

/* The ones that were asked for longest ago make room; not for what nobody asked for. */
static bool make_room(struct public_files *files, const struct public_file *file)
{
    uint64_t bytes = drop_older(files, file);
    if (!file->call) {
        return files->count < FILES_AHEAD && bytes <= file->results->config.export_bytes;
    }
    while (files->count > 0 && (files->count == FILES_KEPT || bytes > file->results->config.export_bytes)) {
        size_t oldest = 0;
        for (size_t i = 1; i < files->count; i++) {
            oldest = files->files[i].used < files->files[oldest].used ? i : oldest;
        }
        bytes -= files->files[oldest].size;
        drop(files, oldest);
    }
    return true;
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
    const bool room = make_room(files, file);
    if (room) {
        files->files[files->count++] = (struct kept_file){.round_id = file->round_id,
                                                          .release = file->release,
                                                          .key = {key, file->key.len},
                                                          .fd = fd,
                                                          .size = file->file.size,
                                                          .rows = file->rows,
                                                          .used = ++files->clock};
    }
    pthread_mutex_unlock(&files->lock);
    if (!room) {
        close(fd);
        free(key);
    }
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
    http_reply_file(file->call->ex, 200, file->media_type, fd, size);
    file->describe(file);
    return true;
}

static enum public_file_made make_file(struct public_file *file, int seconds)
{
    if (!results_file_create(&file->file, file->results, file->arena, seconds)) {
        return PUBLIC_FILE_FULL;
    }
    const enum public_file_made made = file->make(file);
    if (made == PUBLIC_FILE_WHOLE) {
        keep(file->results->public_files, file);
    }
    return made;
}

bool public_file_refuse(struct results_call *call, enum public_file_made made, enum figures_status figures,
                        const char *rule)
{
    switch (made) {
    case PUBLIC_FILE_NONE:
        results_call_answer(call, figures, rule);
        return true;
    case PUBLIC_FILE_LARGE:
        results_file_answer_large(call->ex);
        return true;
    case PUBLIC_FILE_FULL:
        results_file_answer_full(call->ex);
        return true;
    case PUBLIC_FILE_WHOLE:
    case PUBLIC_FILE_FAILED:
        break;
    }
    return false;
}

static void answer_made(struct public_file *file, enum public_file_made made)
{
    if (made == PUBLIC_FILE_WHOLE) {
        results_file_reply(&file->file, file->call->ex, file->media_type);
        file->describe(file);
    } else if (!public_file_refuse(file->call, made, file->figures, file->rule)) {
        http_error(file->call->ex, 500);
    }
}

static void make(struct lane_slow *slow)
{
    struct public_file *file = (struct public_file *)slow;
    /* Somebody before in the queue may have asked the same. */
    if (!answer_kept(file)) {
        answer_made(file, make_file(file, file->results->config.export_seconds));
        results_file_close(&file->file);
    }
}

static bool is_kept(const struct public_file *file)
{
    struct public_files *files = file->results->public_files;
    pthread_mutex_lock(&files->lock);
    const bool kept = find(files, file) < files->count;
    pthread_mutex_unlock(&files->lock);
    return kept;
}

void public_file_ahead(struct public_file *file)
{
    if (!is_kept(file)) {
        make_file(file, AHEAD_SECONDS);
        results_file_close(&file->file);
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
        lane_compute(file->results->config.lanes, file->slowness, file->call->ex, &file->slow, conclude);
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
