#include "features/opendata/opendata_package.h"

#include "base/clock.h"
#include "formats/zip_file.h"
#include "json/decode.h"

#include <stdlib.h>
#include <string.h>

enum { MANIFEST_MAX = 16 * 1024 * 1024, SUM_LINE_BYTES = 2 * CRYPTO_SHA256_BYTES + 4 + PACKAGE_NAME_MAX };

struct package {
    struct arena *arena;
    const struct crypto_keys *keys;
    const char *kind;
    int64_t made_at;
    struct zip_file *zip;
    struct dataset_output output; /* the caller's */
    struct crypto_digest *whole, *part;
    uint64_t size;
    struct package_part *parts;
    size_t count;
    bool failed; /* more parts than there may be, or a text that is none, or too long */
};

static bool write_through(const void *bytes, size_t size, void *self)
{
    struct package *package = self;
    crypto_sha256_add(package->whole, (struct slice){bytes, size});
    package->size += size;
    return package->output.write(bytes, size, package->output.self);
}

struct package *package_create(struct arena *arena, const struct crypto_keys *keys, const char *kind,
                               int64_t made_at, struct dataset_output output)
{
    struct package *package = arena_alloc(arena, sizeof *package);
    *package = (struct package){.arena = arena,
                                .keys = keys,
                                .kind = kind,
                                .made_at = made_at,
                                .output = output,
                                .whole = crypto_sha256_begin(arena),
                                .parts = arena_array(arena, PACKAGE_PARTS_MAX, sizeof *package->parts)};
    package->zip = zip_file_create((struct dataset_output){.write = write_through, .self = package}, made_at);
    return package->zip ? package : NULL;
}

void package_destroy(struct package *package)
{
    if (package) {
        zip_file_destroy(package->zip);
        package->zip = NULL;
    }
}

void package_begin(struct package *package, const char *name, const char *media_type)
{
    package->failed =
        package->failed || package->count == PACKAGE_PARTS_MAX || strlen(name) > PACKAGE_NAME_MAX;
    if (package->failed) {
        return;
    }
    package->parts[package->count] = (struct package_part){.name = name, .media_type = media_type};
    package->part = crypto_sha256_begin(package->arena);
    zip_file_begin(package->zip, name);
}

void package_take(struct package *package, struct slice bytes)
{
    if (!package->failed) {
        crypto_sha256_add(package->part, bytes);
        package->parts[package->count].size += bytes.len;
        zip_file_write(package->zip, bytes);
    }
}

void package_part_end(struct package *package)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    if (!package->failed) {
        crypto_sha256_so_far(sha256, package->part);
        crypto_hex(package->parts[package->count++].sha256, sha256, sizeof sha256);
        zip_file_part_end(package->zip);
    }
}

void package_add(struct package *package, const char *name, const char *media_type, struct slice bytes)
{
    package_begin(package, name, media_type);
    package_take(package, bytes);
    package_part_end(package);
}

void package_add_buffer(struct package *package, const char *name, const char *media_type,
                        const struct buffer *bytes)
{
    package->failed = package->failed || buffer_failed(bytes);
    package_add(package, name, media_type, buffer_slice(bytes));
}

void package_add_json(struct package *package, const char *name, const json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_SORT_KEYS);
    package->failed = package->failed || !text;
    if (text) {
        package_add(package, name, "application/json", slice_from_cstr(text));
    }
    free(text);
}

const struct package_part *package_parts(size_t *count, const struct package *package)
{
    *count = package->count;
    return package->parts;
}

/* ---- the list ---- */

static void add_sums(struct package *package)
{
    struct buffer sums;
    buffer_init(&sums, (size_t)PACKAGE_PARTS_MAX * SUM_LINE_BYTES);
    for (size_t i = 0; i < package->count; i++) {
        buffer_printf(&sums, "%s  %s\n", package->parts[i].sha256, package->parts[i].name);
    }
    package_add_buffer(package, "SHA256SUMS", "text/plain", &sums);
    buffer_free(&sums);
}

static json_t *parts_json(const struct package *package)
{
    json_t *list = json_array();
    for (size_t i = 0; i < package->count; i++) {
        const struct package_part *part = &package->parts[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:I,s:s}", "naam", part->name, "mediatype",
                                              part->media_type, "bytes", (json_int_t)part->size, "sha256",
                                              part->sha256));
    }
    return list;
}

static json_t *manifest_json(const struct package *package, const json_t *about)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    char key_text[CRYPTO_VERIFYING_KEY_TEXT_BYTES], made_at[CLOCK_RFC3339_BYTES];
    crypto_verifying_key(key, package->keys);
    crypto_base64url(key_text, sizeof key_text, key, sizeof key);
    clock_format_rfc3339(made_at, package->made_at);
    json_t *body = json_deep_copy(about);
    json_object_set_new(body, "soort", json_string(package->kind));
    json_object_set_new(body, "versie", json_integer(1));
    json_object_set_new(body, "programma", json_string(ZEVENSTEM_VERSION));
    json_object_set_new(body, "gemaaktOp", json_string(made_at));
    json_object_set_new(body, "bestanden", parts_json(package));
    json_object_set_new(body, "ondertekening",
                        json_pack("{s:s,s:s,s:s}", "algoritme", "Ed25519", "publiekeSleutel", key_text,
                                  "handtekening", "manifest.json.sig"));
    return body;
}

enum dataset_status package_end(uint64_t *size, unsigned char sha256[CRYPTO_SHA256_BYTES],
                                struct package *package, const json_t *about)
{
    unsigned char signature[CRYPTO_SIGNATURE_BYTES];
    struct slice manifest = {NULL, 0};
    add_sums(package);
    json_t *body = manifest_json(package, about);
    package->failed = package->failed || !json_canonical_text(&manifest, package->arena, body, MANIFEST_MAX);
    json_decref(body);
    if (package->failed) {
        return DATASET_TOO_LARGE;
    }
    crypto_signature_make(signature, package->keys, manifest);
    package_add(package, "manifest.json", "application/json", manifest);
    package_add(package, "manifest.json.sig", "application/octet-stream",
                (struct slice){(const char *)signature, sizeof signature});
    const enum dataset_status status = zip_file_end(package->zip);
    crypto_sha256_so_far(sha256, package->whole);
    *size = package->size;
    return package->failed ? DATASET_TOO_LARGE : status;
}
