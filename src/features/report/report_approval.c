#include "features/report/report_approval.h"

#include "features/report/report_document.h"
#include "json/decode.h"

#include <string.h>

enum { SCRATCH_BYTES = 128 * 1024 * 1024 };
#define WHOLE  "geheel"
#define QUOTES "citaten"

/* NULL: it is too large. */
static json_t *hash_json(const json_t *value)
{
    unsigned char digest[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    struct slice text;
    struct arena *scratch = arena_create(SCRATCH_BYTES);
    const bool fits = json_canonical_text(&text, scratch, value, REPORT_BYTES_MAX);
    if (fits) {
        crypto_sha256(digest, text);
        crypto_hex(hex, digest, sizeof digest);
    }
    arena_destroy(scratch);
    return fits ? json_string(hex) : NULL;
}

/* Deeper copies are made of what changes alone. */
static json_t *without_votes(const json_t *content)
{
    size_t i, k;
    json_t *signal, *forward, *copy = json_deep_copy(content);
    json_array_foreach(json_object_get(copy, "signalen"), i, signal)
    {
        json_array_foreach(json_object_get(signal, "doorgeleidingen"), k, forward)
        {
            json_object_del(json_object_get(forward, "antwoord"), "oordelen");
        }
    }
    return copy;
}

static json_t *rest_of(const json_t *document)
{
    json_t *rest = json_copy((json_t *)(uintptr_t)document);
    for (const char *const *apart = (const char *const[]){"opgemaaktOp", "programma", "delen", NULL}; *apart;
         apart++) {
        json_object_del(rest, *apart);
    }
    return rest;
}

/* False: it is too large. */
static bool add_part(json_t *parts, const char *code, const json_t *round, json_t *content_take)
{
    json_t *hash = hash_json(content_take);
    json_decref(content_take);
    if (hash) {
        json_t *part = json_pack("{s:s,s:o}", "deel", code, "sha256", hash);
        if (round) {
            json_object_set(part, "ronde", (json_t *)(uintptr_t)round);
        }
        json_array_append_new(parts, part);
    }
    return hash != NULL;
}

json_t *report_approval(struct arena *arena, const json_t *document, const json_t *quoted)
{
    size_t i;
    const json_t *section;
    struct slice all;
    json_t *parts = json_array(), *approval = NULL;
    bool fits = json_canonical_text(&all, arena, document, REPORT_BYTES_MAX) &&
                add_part(parts, WHOLE, NULL, rest_of(document));
    json_array_foreach(json_object_get(document, "delen"), i, section)
    {
        const char *code = report_text(section, "deel");
        if (fits && strcmp(code, QUOTES) != 0) {
            fits = add_part(parts, code, json_object_get(section, "ronde"),
                            without_votes(json_object_get(section, "inhoud")));
        }
    }
    if (fits) {
        approval = json_pack("{s:o,s:O,s:O}", "sha256", hash_json(parts), "delen", parts, QUOTES, quoted);
    }
    json_decref(parts);
    return approval;
}

/* ---- what is otherwise ---- */

static void add_code(json_t *codes, const char *code)
{
    size_t i;
    const json_t *known;
    json_array_foreach(codes, i, known)
    {
        if (strcmp(json_string_value(known), code) == 0) {
            return;
        }
    }
    json_array_append_new(codes, json_string(code));
}

static bool has(const json_t *list, const json_t *one)
{
    size_t i;
    const json_t *other;
    json_array_foreach(list, i, other)
    {
        if (json_equal(other, one)) {
            return true;
        }
    }
    return false;
}

/* The codes of the parts of one list that the other has not got as they are. */
static void add_missing(json_t *codes, const json_t *list, const json_t *from)
{
    size_t i;
    const json_t *part;
    json_array_foreach(list, i, part)
    {
        if (!has(from, part)) {
            add_code(codes, report_text(part, "deel"));
        }
    }
}

json_t *report_approval_changes(const json_t *approved, const json_t *now)
{
    size_t i;
    const json_t *passage;
    const json_t *before = json_object_get(approved, "delen"), *after = json_object_get(now, "delen");
    json_t *codes = json_array();
    add_missing(codes, after, before);
    add_missing(codes, before, after);
    json_array_foreach(json_object_get(now, QUOTES), i, passage)
    {
        if (!has(json_object_get(approved, QUOTES), passage)) {
            add_code(codes, QUOTES);
        }
    }
    return codes;
}
