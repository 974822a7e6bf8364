/* Making a publication of a release: its files, the list of them, the signature. */
#include "features/opendata/opendata_internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Of the files' names and what each variable's table takes while it is written. */
#define PUBLISH_ARENA_MAX ((size_t)64 * 1024 * 1024)

struct publishing {
    struct opendata *opendata;
    const struct open_release *release;
    struct arena *arena;
    struct publication publication;
    int fds[PUBLICATION_FILES_MAX];
    unsigned char *piece; /* PUBLICATION_PIECE_BYTES */
    const char *actor, *origin;
    bool stored;
};

const char *publication_folder(struct arena *arena, const char *round, int32_t number)
{
    return arena_printf(arena, "/open-data/%s/%d", round, (int)number).ptr;
}

/* ---- the manifest ---- */

static json_t *file_json(const struct published_file *file)
{
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(sha256, file->sha256, sizeof file->sha256);
    json_t *object = json_object();
    json_object_set_new(object, "naam", json_stringn(file->name.ptr, file->name.len));
    json_object_set_new(object, "mediatype", json_stringn(file->media_type.ptr, file->media_type.len));
    json_object_set_new(object, "werving", json_stringn(file->stream.ptr, file->stream.len));
    json_object_set_new(object, "gewogen", json_boolean(file->weighted));
    json_object_set_new(object, "bytes", json_integer(file->size));
    json_object_set_new(object, "sha256", json_string(sha256));
    if (file->rows > 0) {
        json_object_set_new(object, "rijen", json_integer(file->rows));
    }
    return object;
}

static json_t *signing_json(const struct opendata *opendata)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    char text[CRYPTO_VERIFYING_KEY_TEXT_BYTES];
    crypto_verifying_key(key, opendata->config.keys);
    crypto_base64url(text, sizeof text, key, sizeof key);
    json_t *object = json_object();
    json_object_set_new(object, "algoritme", json_string("Ed25519"));
    json_object_set_new(object, "publiekeSleutel", json_string(text));
    json_object_set_new(object, "sleutelAdres",
                        json_sprintf("%s/v1/ondertekening", opendata->config.public_url));
    json_object_set_new(object, "handtekening", json_string(PUBLICATION_SIGNATURE));
    return object;
}

bool manifest_write(struct slice *out, struct arena *arena, const struct opendata *opendata,
                    const struct open_release *release, const struct published_file *files, size_t count)
{
    char made_at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(made_at, release->made_at);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, file_json(&files[i]));
    }
    json_t *body = json_object();
    json_object_set_new(body, "soort", json_string("zevenstem-publicatie"));
    json_object_set_new(body, "versie", json_integer(1));
    json_object_set_new(body, "adres",
                        json_sprintf("%s%s", opendata->config.public_url,
                                     publication_folder(arena, release->round->code, release->number)));
    json_object_set_new(body, "consultatie", json_string(release->round->consultation));
    json_object_set_new(body, "ronde", json_string(release->round->code));
    json_object_set_new(body, "uitgave", json_integer(release->number));
    json_object_set_new(body, "gemaaktOp", json_string(made_at));
    json_object_set_new(body, "vragenlijstVersie", json_integer(release->round->version_number));
    json_object_set_new(body, "programma", json_string(ZEVENSTEM_VERSION));
    json_object_set_new(body, "bescherming",
                        json_pack("{s:i,s:i,s:i}", "drempel", (int)release->threshold, "ruisTotEnMet",
                                  (int)release->noise_reach, "ruisVariantie", (int)release->noise_variance));
    json_object_set_new(body, "bestanden", list);
    json_object_set_new(body, "ondertekening", signing_json(opendata));
    const bool good = json_canonical_text(out, arena, body, PUBLICATION_MANIFEST_MAX);
    json_decref(body);
    return good;
}

/* ---- the files ---- */

/* The next piece; 0 at the end, -1 when it cannot be read. */
static ssize_t read_piece(struct publishing *p, int fd, int64_t from)
{
    size_t have = 0;
    while (have < PUBLICATION_PIECE_BYTES) {
        const ssize_t got =
            pread(fd, p->piece + have, PUBLICATION_PIECE_BYTES - have, (off_t)(from + (int64_t)have));
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        have += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)have;
}

static bool hash_file(struct publishing *p, struct published_file *file, int fd)
{
    struct crypto_digest *digest = crypto_sha256_begin(p->arena);
    int64_t at = 0;
    ssize_t got;
    while ((got = read_piece(p, fd, at)) > 0) {
        crypto_sha256_add(digest, (struct slice){(const char *)p->piece, (size_t)got});
        at += got;
    }
    crypto_sha256_so_far(file->sha256, digest);
    return got == 0 && at == file->size;
}

static bool make_files(struct publishing *p)
{
    const char *url = p->opendata->config.public_url;
    const char *folder =
        arena_printf(p->arena, "%s%s", url,
                     publication_folder(p->arena, p->release->round->code, p->release->number))
            .ptr;
    const size_t all = open_release_files(p->release);
    p->publication.files = arena_array(p->arena, PUBLICATION_FILES_MAX, sizeof *p->publication.files);
    for (size_t i = 0; i < all && i < PUBLICATION_FILES_MAX; i++) {
        struct open_file made;
        const enum open_file_made outcome =
            open_release_file(&made, p->arena, p->opendata->config.results, p->release, i, url, folder);
        if (outcome == OPEN_FILE_NONE) {
            continue;
        }
        if (outcome == OPEN_FILE_FAILED) {
            return false;
        }
        struct published_file *file = &p->publication.files[p->publication.file_count];
        p->fds[p->publication.file_count++] = made.fd;
        *file = (struct published_file){.name = slice_from_cstr(made.name),
                                        .media_type = slice_from_cstr(made.media_type),
                                        .kind = slice_from_cstr(made.kind),
                                        .stream = slice_from_cstr(made.stream),
                                        .weighted = made.weighted,
                                        .rows = (int64_t)made.rows,
                                        .size = (int64_t)made.size};
        if (!hash_file(p, file, made.fd)) {
            return false;
        }
    }
    return true;
}

/* ---- storing ---- */

static enum db_status store_bytes(struct publishing *p, struct db_tx *tx, size_t at)
{
    enum db_status status = DB_OK;
    int64_t from = 0;
    for (int32_t piece = 0; status == DB_OK && from < p->publication.files[at].size; piece++) {
        const ssize_t got = read_piece(p, p->fds[at], from);
        if (got <= 0) {
            return DB_FAILED;
        }
        status = publication_store_piece(tx, &p->publication, at, piece,
                                         (struct slice){(const char *)p->piece, (size_t)got});
        from += got;
    }
    return status;
}

static enum db_status record(struct publishing *p, struct db_tx *tx)
{
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    unsigned char hash[CRYPTO_SHA256_BYTES];
    crypto_sha256(hash, p->publication.manifest);
    crypto_hex(sha256, hash, sizeof hash);
    const struct audit_event event = {
        .action = "opendata.publish",
        .object = arena_printf(db_arena(tx), "round:%s", p->release->round->code).ptr,
        .result = "ok",
        .origin = p->origin,
        .actor = p->actor,
        .details = arena_printf(db_arena(tx), "{\"number\": %d, \"files\": %zu, \"manifest\": \"%s\"}",
                                (int)p->release->number, p->publication.file_count, sha256)
                       .ptr};
    return audit_record(tx, &event);
}

static enum db_status store_work(struct db_tx *tx, void *context)
{
    struct publishing *p = context;
    enum db_status status = publication_store_head(&p->stored, tx, &p->publication);
    if (status != DB_OK || !p->stored) {
        return status;
    }
    for (size_t i = 0; status == DB_OK && i < p->publication.file_count; i++) {
        status = publication_store_file(tx, &p->publication, i);
        status = status == DB_OK ? store_bytes(p, tx, i) : status;
    }
    return status == DB_OK ? record(p, tx) : status;
}

static enum db_status publish(enum publication_outcome *outcome, struct publishing *p, struct db_conn *conn)
{
    static const char *const said[] = {"published", "stands", "later"};
    unsigned char signature[CRYPTO_SIGNATURE_BYTES];
    *outcome = PUBLICATION_LATER;
    if (!p->piece || !make_files(p) ||
        !manifest_write(&p->publication.manifest, p->arena, p->opendata, p->release, p->publication.files,
                        p->publication.file_count)) {
        log_warn("opendata.publish", "round=%s number=%d outcome=%s", p->release->round->code,
                 (int)p->release->number, said[PUBLICATION_LATER]);
        return DB_OK;
    }
    crypto_signature_make(signature, p->opendata->config.keys, p->publication.manifest);
    p->publication.signature = (struct slice){(const char *)signature, sizeof signature};
    const enum db_status status = db_transaction(conn, "publication-store", DB_ROLE_RESULTS, store_work, p);
    if (status == DB_OK) {
        *outcome = p->stored ? PUBLICATION_MADE : PUBLICATION_STANDS;
        log_info("opendata.publish", "round=%s number=%d files=%zu outcome=%s", p->release->round->code,
                 (int)p->release->number, p->publication.file_count, said[*outcome]);
    }
    return status;
}

enum db_status publication_make(enum publication_outcome *outcome, struct opendata *opendata,
                                struct db_conn *conn, const struct open_release *release, const char *actor,
                                const char *origin)
{
    if (publication_find(opendata, release->round_id, release->number)) {
        *outcome = PUBLICATION_STANDS;
        return DB_OK;
    }
    struct publishing p = {.opendata = opendata,
                           .release = release,
                           .arena = arena_create(PUBLISH_ARENA_MAX),
                           .publication = {.round_id = release->round_id, .number = release->number},
                           .piece = malloc(PUBLICATION_PIECE_BYTES),
                           .actor = actor,
                           .origin = origin};
    const enum db_status status = publish(outcome, &p, conn);
    for (size_t i = 0; i < p.publication.file_count; i++) {
        close(p.fds[i]);
    }
    free(p.piece);
    arena_destroy(p.arena);
    return status;
}
