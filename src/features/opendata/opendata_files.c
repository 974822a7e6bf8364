/* GET /open-data/{ronde}/{uitgave}/{bestand}: a file of a publication, its manifest, the signature of that.
 * What stands at such an address never changes. */
#include "features/opendata/opendata_internal.h"

#include "base/log.h"
#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define TOLD_ONCE_IN_US INT64_C(60000000)

/* ---- files that were sent lately ---- */

/* A descriptor of its own; -1: it is not there. */
static int take_sent(struct opendata *opendata, const struct published_file *file)
{
    int fd = -1;
    pthread_mutex_lock(&opendata->lock);
    for (size_t i = 0; i < opendata->sent_count; i++) {
        if (opendata->sent[i].file == file) {
            opendata->sent[i].used = ++opendata->clock;
            fd = fcntl(opendata->sent[i].fd, F_DUPFD_CLOEXEC, 0);
        }
    }
    pthread_mutex_unlock(&opendata->lock);
    return fd;
}

/* The lock is held. Bytes of what is kept. */
static uint64_t sent_bytes(const struct opendata *opendata)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < opendata->sent_count; i++) {
        bytes += (uint64_t)opendata->sent[i].file->size;
    }
    return bytes;
}

/* Those that were asked for longest ago make room. A file that cannot be kept is sent all the same. */
static void keep_sent(struct opendata *opendata, const struct published_file *file, int fd)
{
    const int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
        return;
    }
    pthread_mutex_lock(&opendata->lock);
    while (opendata->sent_count == OPENDATA_SENT_MAX ||
           (opendata->sent_count > 0 &&
            sent_bytes(opendata) + (uint64_t)file->size > opendata->config.folder_bytes)) {
        size_t oldest = 0;
        for (size_t i = 1; i < opendata->sent_count; i++) {
            oldest = opendata->sent[i].used < opendata->sent[oldest].used ? i : oldest;
        }
        close(opendata->sent[oldest].fd);
        opendata->sent[oldest] = opendata->sent[--opendata->sent_count];
    }
    opendata->sent[opendata->sent_count++] = (struct sent_file){file, own, ++opendata->clock};
    pthread_mutex_unlock(&opendata->lock);
}

/* ---- headers ---- */

static void set_headers(struct http_exchange *ex, const unsigned char sha256[CRYPTO_SHA256_BYTES])
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, sha256, CRYPTO_SHA256_BYTES);
    http_set_header(ex, "ETag", arena_printf(http_arena(ex), "\"%s\"", hex).ptr);
    http_set_header(ex, "Cache-Control", "public, max-age=31536000, immutable");
    http_set_header(ex, "Access-Control-Allow-Origin", "*");
}

static void reply_file(struct http_exchange *ex, const struct published_file *file, int fd_take)
{
    http_reply_file(ex, 200, arena_cstr(http_arena(ex), file->media_type), fd_take, (uint64_t)file->size);
    set_headers(ex, file->sha256);
    if (slice_equal_cstr(file->kind, "csv")) {
        http_set_header(
            ex, "Link",
            arena_printf(http_arena(ex),
                         "<%.*s-metadata.json>; rel=\"describedby\"; type=\"application/csvm+json\"",
                         SLICE_ARG(file->name))
                .ptr);
    }
}

static void reply_text(struct http_exchange *ex, const char *media_type, struct slice bytes)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    crypto_sha256(sha256, bytes);
    http_reply_static(ex, 200, media_type, bytes);
    set_headers(ex, sha256);
}

/* ---- from the database ---- */

struct fetching {
    struct lane_work work; /* first */
    struct opendata *opendata;
    const struct publication *publication;
    const struct published_file *file;
    int fd;
};

static void log_reason(struct opendata *opendata)
{
    unsigned times;
    const int why = errno;
    if (log_again(&times, &opendata->file_told, TOLD_ONCE_IN_US)) {
        log_warn("opendata.file", "folder=%s reason=%s times=%u", LOG_CSTR(opendata->config.folder),
                 LOG_CSTR(strerror(why)), times);
    }
}

static bool write_piece(struct slice piece, void *context)
{
    const struct fetching *f = context;
    size_t done = 0;
    while (done < piece.len) {
        const ssize_t written = write(f->fd, piece.ptr + done, piece.len - done);
        if (written < 0 && errno != EINTR) {
            log_reason(f->opendata);
            return false;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Of a client that is gone too, and before it is tried again. */
static void close_fetched(void *context)
{
    struct fetching *f = context;
    if (f->fd >= 0) {
        close(f->fd);
        f->fd = -1;
    }
}

static enum db_status fetch(struct db_tx *tx, struct lane_work *work)
{
    struct fetching *f = (struct fetching *)work;
    bool whole = false;
    close_fetched(f);
    f->fd = out_file_nameless(f->opendata->config.folder, http_arena(work->exchange));
    if (f->fd < 0) {
        log_reason(f->opendata);
        return DB_UNAVAILABLE;
    }
    const enum db_status status = publication_read(&whole, tx, f->publication, f->file, write_piece, f);
    if (status == DB_OK && whole) {
        keep_sent(f->opendata, f->file, f->fd);
        return DB_OK;
    }
    close_fetched(f);
    return status == DB_OK ? DB_UNAVAILABLE : status;
}

static void fetched(struct http_exchange *ex, void *context)
{
    struct fetching *f = context;
    if (f->work.status == DB_OK) {
        reply_file(ex, f->file, f->fd);
        f->fd = -1;
    } else {
        lane_answer_failure(ex, f->work.status);
    }
}

/* ---- the question ---- */

const struct publication *publication_asked(struct http_exchange *ex, struct opendata *opendata)
{
    uint64_t number;
    const struct survey_snapshot *snapshot = survey_snapshot_for(opendata->config.survey, ex);
    const struct survey_round *round =
        snapshot ? survey_round_find(snapshot, http_path_param(ex, "ronde")) : NULL;
    if (!round || !slice_to_u64(&number, http_path_param(ex, "uitgave"), INT32_MAX)) {
        return NULL;
    }
    return publication_find(opendata, round->id, (int32_t)number);
}

static void get_file(struct http_exchange *ex, void *self)
{
    struct opendata *opendata = self;
    const struct slice name = http_path_param(ex, "bestand");
    const struct publication *publication = publication_asked(ex, opendata);
    const struct published_file *file = publication ? publication_file_find(publication, name) : NULL;
    if (publication && slice_equal_cstr(name, PUBLICATION_MANIFEST)) {
        reply_text(ex, "application/json", publication->manifest);
        return;
    }
    if (publication && slice_equal_cstr(name, PUBLICATION_SIGNATURE)) {
        reply_text(ex, "application/octet-stream", publication->signature);
        return;
    }
    if (!file) {
        http_error(ex, 404);
        return;
    }
    const int fd = take_sent(opendata, file);
    if (fd >= 0) {
        reply_file(ex, file, fd);
        return;
    }
    struct fetching *f = arena_alloc(http_arena(ex), sizeof *f);
    *f = (struct fetching){.work = {.name = "publication-file", .role = DB_ROLE_RESULTS, .run = fetch},
                           .opendata = opendata,
                           .publication = publication,
                           .file = file,
                           .fd = -1};
    arena_defer(http_arena(ex), close_fetched, f);
    lane_transact(opendata->config.lanes, ex, &f->work, fetched);
}

const struct route publication_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/open-data/{ronde}/{uitgave}/{bestand}",
              .surface = HTTP_PLAIN,
              .cacheable = true},
     .on_inline = get_file},
};
const size_t publication_route_count = sizeof publication_routes / sizeof publication_routes[0];
