#include "features/survey/survey_difference.h"

#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is compared at one place. Documents are at most 32 deep (json_parse). */
static void compare(struct differences *out, struct slice place, const json_t *was, const json_t *is,
                    bool picture);

struct differences differences_begin(struct arena *arena, size_t room, size_t bytes)
{
    return (struct differences){.arena = arena,
                                .items = arena_array(arena, room, sizeof(struct difference)),
                                .room = room,
                                .bytes = bytes};
}

static struct slice text_of(struct arena *arena, const json_t *value, bool picture)
{
    if (!value) {
        return (struct slice){NULL, 0};
    }
    if (picture && json_is_string(value)) {
        struct slice bytes = {json_string_value(value), json_string_length(value)};
        unsigned char *decoded = arena_alloc(arena, bytes.len);
        size_t size = 0;
        unsigned char sha256[CRYPTO_SHA256_BYTES];
        char hex[2 * CRYPTO_SHA256_BYTES + 1];
        if (crypto_unbase64url(decoded, bytes.len, &size, bytes)) {
            bytes = (struct slice){(const char *)decoded, size};
        }
        crypto_sha256(sha256, bytes);
        crypto_hex(hex, sha256, sizeof sha256);
        return arena_printf(arena, "%zu bytes, SHA-256 %s", bytes.len, hex);
    }
    if (json_is_string(value)) {
        return arena_copy(arena, (struct slice){json_string_value(value), json_string_length(value)});
    }
    char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    const struct slice text = arena_copy(arena, slice_from_cstr(dumped ? dumped : ""));
    free(dumped);
    return text;
}

static void keep(struct differences *out, struct slice place, const json_t *was, const json_t *is,
                 bool picture)
{
    out->all++;
    if (out->count == out->room || out->all > out->count + 1) {
        return; /* what is left out is the end */
    }
    const struct difference item = {place, text_of(out->arena, was, picture),
                                    text_of(out->arena, is, picture)};
    const size_t bytes = item.place.len + item.was.len + item.is.len;
    if (bytes <= out->bytes) {
        out->bytes -= bytes;
        out->items[out->count++] = item;
    }
}

static struct slice below(struct differences *out, struct slice place, struct slice name)
{
    return out->all > out->count ? place /* nothing more is kept */
           : place.len > 0       ? arena_printf(out->arena, "%.*s / %.*s", SLICE_ARG(place), SLICE_ARG(name))
                                 : arena_copy(out->arena, name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void compare_objects(struct differences *out, struct slice place, const json_t *was, const json_t *is,
                            bool picture)
{
    const size_t most = json_object_size(was) + json_object_size(is);
    const char **names = arena_array(out->arena, most + 1, sizeof *names);
    const char *name;
    json_t *member;
    size_t count = 0;
    json_object_foreach((json_t *)(uintptr_t)was, name, member)
    {
        names[count++] = name;
    }
    json_object_foreach((json_t *)(uintptr_t)is, name, member)
    {
        if (!json_object_get(was, name)) {
            names[count++] = name;
        }
    }
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        const bool data = picture && strcmp(names[i], "data") == 0;
        compare(out, below(out, place, slice_from_cstr(names[i])), json_object_get(was, names[i]),
                json_object_get(is, names[i]), data || strcmp(names[i], "picture") == 0);
    }
}

/* NULL when an entry has none. */
static const char *code_at(const json_t *list, size_t index)
{
    return json_string_value(json_object_get(json_array_get(list, index), "code"));
}

/* {code: entry}; NULL when an entry has no code of its own. */
static json_t *by_code(const json_t *list)
{
    json_t *all = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = code_at(list, i);
        if (!code || json_object_get(all, code)) {
            json_decref(all);
            return NULL;
        }
        json_object_set(all, code, json_array_get(list, i));
    }
    return all;
}

/* Codes in their order: entries that only moved differ as well. */
static json_t *order_of(const json_t *list)
{
    json_t *order = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_array_append_new(order, json_string(code_at(list, i)));
    }
    return order;
}

static void compare_lists(struct differences *out, struct slice place, const json_t *was, const json_t *is)
{
    json_t *old = by_code(was);
    json_t *new = by_code(is);
    if (old && new &&json_array_size(was) > 0 && json_array_size(is) > 0) {
        json_t *old_order = order_of(was);
        json_t *new_order = order_of(is);
        if (!json_equal(old_order, new_order)) {
            keep(out, place, old_order, new_order, false);
        }
        compare_objects(out, place, old, new, false);
        json_decref(old_order);
        json_decref(new_order);
    } else {
        const size_t most =
            json_array_size(was) > json_array_size(is) ? json_array_size(was) : json_array_size(is);
        for (size_t i = 0; i < most; i++) {
            char number[24];
            const int len = snprintf(number, sizeof number, "%zu", i + 1);
            compare(out, below(out, place, (struct slice){number, (size_t)len}), json_array_get(was, i),
                    json_array_get(is, i), false);
        }
    }
    json_decref(old);
    json_decref(new);
}

/* Whether what is there of the two is of this type, and has something inside to tell of. */
static bool are(const json_t *was, const json_t *is, json_type type)
{
    const json_t *alone = was ? was : is;
    return json_typeof(alone) == type &&
           (was && is ? json_typeof(is) == type : json_object_size(alone) + json_array_size(alone) > 0);
}

static void compare(struct differences *out, struct slice place, const json_t *was, const json_t *is,
                    bool picture)
{
    if (was == is || (was && is && json_equal(was, is))) {
        return;
    }
    if (are(was, is, JSON_OBJECT)) {
        compare_objects(out, place, was, is, picture);
    } else if (are(was, is, JSON_ARRAY)) {
        compare_lists(out, place, was, is);
    } else {
        keep(out, place, was, is, picture);
    }
}

void differences_add(struct differences *out, const json_t *was, const json_t *is)
{
    compare(out, (struct slice){"", 0}, was, is, false);
}
