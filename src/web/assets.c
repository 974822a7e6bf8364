/* Hashed, precompressed files that travel inside the binary. */
#include "web/web.h"

#include <string.h>

struct asset {
    const char *path;                    /* "/assets/zevenstem.3f2a91c4.css" */
    struct slice segment;                /* inside path: "zevenstem.3f2a91c4.css" */
    struct slice plain_head, plain_tail; /* "zevenstem" and ".css" */
    const char *content_type;
    struct slice bytes, gzip;
};

enum { ASSETS_BYTES_MAX = 1024 * 1024 }; /* names only; the files stay where they are */

struct assets {
    struct arena *arena; /* holds all of it, the struct itself too */
    struct asset *items;
    size_t count;
};

static const char *content_type_of(struct slice extension)
{
    static const struct {
        struct slice extension;
        const char *content_type;
    } types[] = {
        {SLICE_INIT(".css"), "text/css; charset=utf-8"},
        {SLICE_INIT(".js"), "text/javascript; charset=utf-8"},
        {SLICE_INIT(".svg"), "image/svg+xml"},
        {SLICE_INIT(".png"), "image/png"},
        {SLICE_INIT(".jpg"), "image/jpeg"},
        {SLICE_INIT(".webp"), "image/webp"},
        {SLICE_INIT(".woff2"), "font/woff2"},
        {SLICE_INIT(".txt"), "text/plain; charset=utf-8"},
        {SLICE_INIT(".json"), "application/json"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (slice_equal(types[i].extension, extension)) {
            return types[i].content_type;
        }
    }
    return "application/octet-stream";
}

static struct slice after_last_slash(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slice_from_cstr(slash ? slash + 1 : path);
}

static bool ends_with(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len && memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0;
}

/* Where the last '.' before `end` stands; 0 when there is none. */
static size_t last_dot(struct slice s, size_t end)
{
    while (end > 0 && s.ptr[end - 1] != '.') {
        end--;
    }
    return end ? end - 1 : 0;
}

/* "zevenstem.3f2a91c4.css" is "zevenstem" and ".css"; a name without a hash is its own plain name. */
static void split_name(struct asset *asset)
{
    struct slice s = asset->segment;
    size_t extension = last_dot(s, s.len);
    size_t hash = extension ? last_dot(s, extension) : 0;
    asset->plain_head = (struct slice){s.ptr, hash ? hash : extension};
    asset->plain_tail = (struct slice){s.ptr + extension, s.len - extension};
    asset->content_type = content_type_of(asset->plain_tail);
}

static struct slice find_gzip(const struct embedded_file *files, struct slice segment)
{
    for (; files->name; files++) {
        struct slice name = after_last_slash(files->name);
        if (ends_with(name, SLICE(".gz")) && name.len == segment.len + 3 &&
            slice_starts_with(name, segment)) {
            return (struct slice){(const char *)files->bytes, files->size};
        }
    }
    return (struct slice){NULL, 0};
}

struct assets *assets_load(const struct embedded_file *files)
{
    size_t count = 0;
    while (files[count].name) {
        count++;
    }
    struct arena *arena = arena_create(ASSETS_BYTES_MAX);
    struct assets *assets = arena_alloc(arena, sizeof *assets);
    *assets = (struct assets){.arena = arena, .items = arena_array(arena, count, sizeof *assets->items)};
    for (size_t i = 0; i < count; i++) {
        struct slice name = after_last_slash(files[i].name);
        if (ends_with(name, SLICE(".gz"))) {
            continue;
        }
        struct asset *asset = &assets->items[assets->count++];
        asset->path = arena_printf(arena, "/assets/%.*s", SLICE_ARG(name)).ptr;
        asset->segment = after_last_slash(asset->path);
        asset->bytes = (struct slice){(const char *)files[i].bytes, files[i].size};
        asset->gzip = find_gzip(files, name);
        split_name(asset);
    }
    return assets;
}

void assets_free(struct assets *assets)
{
    if (assets) {
        arena_destroy(assets->arena);
    }
}

const char *assets_path(const struct assets *assets, const char *plain_name)
{
    struct slice plain = slice_from_cstr(plain_name);
    for (size_t i = 0; i < assets->count; i++) {
        const struct asset *asset = &assets->items[i];
        if (plain.len == asset->plain_head.len + asset->plain_tail.len &&
            slice_starts_with(plain, asset->plain_head) && ends_with(plain, asset->plain_tail)) {
            return asset->path;
        }
    }
    return NULL;
}

bool assets_find(struct slice *bytes, const char **content_type, bool *gzip, const struct assets *assets,
                 struct slice segment, bool wants_gzip)
{
    for (size_t i = 0; i < assets->count; i++) {
        const struct asset *asset = &assets->items[i];
        if (slice_equal(asset->segment, segment)) {
            *gzip = wants_gzip && asset->gzip.len > 0;
            *bytes = *gzip ? asset->gzip : asset->bytes;
            *content_type = asset->content_type;
            return true;
        }
    }
    return false;
}
