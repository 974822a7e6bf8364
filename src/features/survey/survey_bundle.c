/* Reading a consultation file and the files beside it into one checked bundle. */
#include "features/survey/survey_publish.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "features/questionnaire/questionnaire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 4 * 1024 * 1024, CANONICAL_MAX = 16 * 1024 * 1024 };

static const char *const interim_values[] = {"gesloten", "analisten", "openbaar", NULL};

struct reader {
    struct consultation_bundle *out;
    struct json_errors *errors;
    const char *path;
    const struct locales *locales;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* `name` seen from the folder of `path`. */
static const char *beside(struct arena *arena, const char *path, struct slice name)
{
    const char *slash = strrchr(path, '/');
    return arena_printf(arena, "%.*s%.*s", slash ? (int)(slash - path + 1) : 0, path, SLICE_ARG(name)).ptr;
}

/* Errors of one file get its name in front of their pointers. */
static void adopt_errors(struct json_errors *into, const struct json_errors *from, const char *path)
{
    size_t kept = from->count < JSON_MAX_ERRORS ? from->count : JSON_MAX_ERRORS;
    for (size_t i = 0; i < kept; i++) {
        const char *pointer = arena_printf(into->arena, "%s#%s", base_name(path), from->items[i].pointer).ptr;
        json_errors_add(into, pointer, from->items[i].code, "%s", from->items[i].detail);
    }
    into->count += from->count - kept;
}

static json_t *read_json(struct reader *r, const char *path)
{
    struct arena *arena = r->out->arena;
    FILE *file = fopen(path, "rb");
    if (!file) {
        json_errors_add(r->errors, base_name(path), "bestand", "Het bestand is niet te lezen: %s.",
                        strerror(errno));
        return NULL;
    }
    char *text = arena_alloc(arena, FILE_BYTES_MAX);
    size_t len = fread(text, 1, FILE_BYTES_MAX, file);
    fclose(file);
    if (len == FILE_BYTES_MAX) {
        json_errors_add(r->errors, base_name(path), "te-lang", "Het bestand is groter dan 4 MiB.");
        return NULL;
    }
    struct json_errors *own = arena_alloc(arena, sizeof *own);
    json_errors_init(own, arena);
    json_t *document = json_parse(own, arena, (struct slice){text, len});
    adopt_errors(r->errors, own, path);
    return document;
}

static struct slice canonical_text(struct arena *arena, const json_t *value)
{
    struct buffer buffer;
    struct slice text = {NULL, 0};
    buffer_init(&buffer, CANONICAL_MAX);
    if (json_canonical(&buffer, value)) {
        text = arena_copy(arena, buffer_slice(&buffer));
    }
    buffer_free(&buffer);
    return text;
}

static struct slice string_member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){NULL, 0};
}

/* {code: document} of all explainers that the consultation names. The arena owns it. */
static json_t *read_explainers(struct reader *r, const json_t *names)
{
    json_t *all = json_object();
    size_t index;
    json_t *name;
    arena_defer(r->out->arena, (void (*)(void *))(void (*)(void))json_decref, all);
    json_array_foreach(names, index, name)
    {
        struct slice file = {json_string_value(name), json_string_length(name)};
        json_t *explainer = read_json(r, beside(r->out->arena, r->path, file));
        const char *code = explainer ? json_string_value(json_object_get(explainer, "code")) : NULL;
        if (explainer && (!code || json_object_get(all, code))) {
            json_errors_add(r->errors, base_name(r->path), "code",
                            "De uitleg in %.*s heeft geen code, of een code die al voorkomt.",
                            SLICE_ARG(file));
        } else if (explainer) {
            json_object_set(all, code, explainer);
        }
    }
    return all;
}

/* ---- pictures: a document names a file beside it; what is published carries its bytes ---- */

/* A name without a folder: nothing outside the document's own is ever read. */
static bool is_file_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_' || (c == '.' && i > 0))) {
            return false;
        }
    }
    return name.len > 0;
}

static void take_picture(struct reader *r, const char *path, const char *pointer, json_t *picture)
{
    struct arena *arena = r->out->arena;
    struct slice name = string_member(picture, "file");
    FILE *file = is_file_name(name) ? fopen(beside(arena, path, name), "rb") : NULL;
    char *bytes = arena_alloc(arena, QUESTIONNAIRE_PICTURE_BYTES_MAX + 1);
    size_t len = file ? fread(bytes, 1, QUESTIONNAIRE_PICTURE_BYTES_MAX + 1, file) : 0;
    if (file) {
        fclose(file);
    }
    if (!questionnaire_picture_known((struct slice){bytes, len})) {
        json_errors_add(
            r->errors, arena_printf(arena, "%s#%s/file", base_name(path), pointer).ptr, "bestand",
            "Naast dit bestand staat geen PNG, JPEG of WebP met deze naam van ten hoogste 512 KiB.");
        return;
    }
    size_t room = 4 * ((len + 2) / 3) + 1;
    char *text = arena_alloc(arena, room);
    crypto_base64url(text, room, (const unsigned char *)bytes, len);
    json_object_set_new(picture, "data", json_string(text));
}

static void take_pictures(struct reader *r, const char *path, const char *pointer, json_t *value)
{
    size_t index;
    const char *key;
    json_t *member;
    json_array_foreach(value, index, member)
    {
        take_pictures(r, path, arena_printf(r->out->arena, "%s/%zu", pointer, index).ptr, member);
    }
    json_object_foreach(value, key, member)
    {
        const char *below = json_pointer_append(r->out->arena, pointer, key);
        if (strcmp(key, "picture") == 0 && json_is_object(member)) {
            take_picture(r, path, below, member);
        } else {
            take_pictures(r, path, below, member);
        }
    }
}

static void check_questionnaire(struct reader *r, const char *path, json_t *questionnaire, json_t *explainers)
{
    struct consultation_bundle *out = r->out;
    struct json_errors *own = arena_alloc(out->arena, sizeof *own);
    json_errors_init(own, out->arena);
    json_t *document = json_object();
    json_object_set(document, "questionnaire", questionnaire);
    json_object_set(document, "explainers", explainers);
    struct questionnaire *q = questionnaire_load(own, document, r->locales);
    adopt_errors(r->errors, own, path);
    if (q) {
        struct bundle_questionnaire *entry = &out->questionnaires[out->questionnaire_count++];
        entry->code = arena_copy(out->arena, questionnaire_code(q));
        entry->canonical = canonical_text(out->arena, document);
        crypto_sha256(entry->sha256, entry->canonical);
        questionnaire_variables(&entry->variables, q);
        entry->vector_size = questionnaire_vector_size(q);
        entry->variants = questionnaire_variant_count(q);
        questionnaire_free(q);
    }
    json_decref(document);
}

static void read_questionnaires(struct reader *r, const json_t *names, json_t *explainers)
{
    size_t index;
    json_t *name;
    r->out->questionnaires =
        arena_array(r->out->arena, json_array_size(names), sizeof *r->out->questionnaires);
    json_array_foreach(names, index, name)
    {
        const char *path =
            beside(r->out->arena, r->path, (struct slice){json_string_value(name), json_string_length(name)});
        json_t *questionnaire = read_json(r, path);
        if (questionnaire) {
            take_pictures(r, path, "", questionnaire);
            check_questionnaire(r, path, questionnaire, explainers);
        }
    }
}

static bool parse_date(int32_t *day, struct arena *arena, struct slice text)
{
    int64_t at;
    struct slice full = arena_printf(arena, "%.*sT00:00:00Z", SLICE_ARG(text));
    if (text.len != 10 || !clock_parse_rfc3339(&at, full)) {
        return false;
    }
    *day = clock_day(at);
    return true;
}

static void read_round(struct reader *r, json_t *member, const char *pointer)
{
    struct arena *arena = r->out->arena;
    struct bundle_round *round = &r->out->rounds[r->out->round_count];
    struct slice opens = {NULL, 0};
    struct slice closes = {NULL, 0};
    struct slice destruction = {NULL, 0};
    json_t *ignored;
    round->interim = SLICE("gesloten");
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .min = 1, .max = 40, .out = &round->code},
        {.name = "title", .kind = JSON_KIND_OBJECT, .out = &ignored},
        {.name = "questionnaire",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = 40,
         .out = &round->questionnaire},
        {.name = "variants", .kind = JSON_KIND_ARRAY, .optional = true, .min = 1, .max = 8, .out = &ignored},
        {.name = "opens_at", .kind = JSON_KIND_STRING, .min = 20, .max = 40, .out = &opens},
        {.name = "closes_at", .kind = JSON_KIND_STRING, .min = 20, .max = 40, .out = &closes},
        {.name = "destruction_date", .kind = JSON_KIND_STRING, .min = 10, .max = 10, .out = &destruction},
        {.name = "pilot", .kind = JSON_KIND_BOOL, .optional = true, .out = &round->pilot},
        {.name = "interim",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .one_of = interim_values,
         .out = &round->interim},
        {.name = "links", .kind = JSON_KIND_OBJECT, .optional = true, .out = &ignored},
    };
    if (!json_decode(r->errors, pointer, member, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    size_t before = r->errors->count;
    if (!clock_parse_rfc3339(&round->opens_at, opens) || !clock_parse_rfc3339(&round->closes_at, closes)) {
        json_errors_add(r->errors, pointer, "tijd",
                        "Schrijf opens_at en closes_at als 2026-11-01T09:00:00+01:00.");
    } else if (round->closes_at <= round->opens_at) {
        json_errors_add(r->errors, pointer, "tijd", "De ronde sluit niet na het openen.");
    }
    if (!parse_date(&round->destruction_day, arena, destruction)) {
        json_errors_add(r->errors, pointer, "datum", "Schrijf destruction_date als 2031-12-31.");
    } else if (round->destruction_day <= clock_day(round->closes_at)) {
        json_errors_add(r->errors, pointer, "datum", "De vernietigingsdatum ligt niet na de sluiting.");
    }
    bool known = false;
    for (size_t i = 0; i < r->out->questionnaire_count; i++) {
        known = known || slice_equal(r->out->questionnaires[i].code, round->questionnaire);
    }
    if (!known) {
        json_errors_add(r->errors, json_pointer_append(arena, pointer, "questionnaire"), "onbekend",
                        "Deze vragenlijst staat niet bij questionnaires, of heeft fouten.");
    }
    round->document = canonical_text(arena, member);
    r->out->round_count += r->errors->count == before;
}

/* What a consultation must say before it may open: the privacy notice, who to ask, what happens with it. */
static const char *const required_texts[] = {
    "title",      "summary",   "purpose", "legal_basis", "controller", "data_protection_officer",
    "recipients", "retention", "rights",  "complaint",   "influence",  "follow_up",
    "help",       "pages",     NULL};

static void check_texts(struct reader *r, const json_t *document)
{
    for (size_t i = 0; required_texts[i]; i++) {
        const json_t *member = json_object_get(document, required_texts[i]);
        const char *pointer =
            arena_printf(r->out->arena, "%s#/%s", base_name(r->path), required_texts[i]).ptr;
        if (!member) {
            json_errors_add(r->errors, pointer, "ontbreekt",
                            "Zonder dit onderdeel mag een consultatie niet open.");
        }
    }
}

/* Optional: without it the service's own key holds, or nobody is asked for an offer. */
static void check_coordinator_key(struct reader *r, const json_t *document)
{
    unsigned char key[CRYPTO_PUBLIC_KEY_BYTES];
    if (json_object_get(document, "coordinator_public_key") &&
        !crypto_public_key_parse(key, string_member(document, "coordinator_public_key"))) {
        json_errors_add(
            r->errors, arena_printf(r->out->arena, "%s#/coordinator_public_key", base_name(r->path)).ptr,
            "sleutel", "Schrijf hier de publieke sleutel zoals `zevenstem offer keypair` die toont.");
    }
}

bool consultation_bundle_read(struct consultation_bundle *out, struct json_errors *errors,
                              struct arena *arena, const char *path, const struct locales *locales)
{
    *out = (struct consultation_bundle){.arena = arena};
    struct reader r = {.out = out, .errors = errors, .path = path, .locales = locales};
    json_t *document = read_json(&r, path);
    if (!document) {
        return false;
    }
    out->document = document;
    out->code = string_member(document, "code");
    out->canonical = canonical_text(arena, document);
    if (out->code.len == 0) {
        json_errors_add(errors, base_name(path), "ontbreekt", "De consultatie heeft geen code.");
    }
    check_texts(&r, document);
    check_coordinator_key(&r, document);
    json_t *explainers = read_explainers(&r, json_object_get(document, "explainers"));
    read_questionnaires(&r, json_object_get(document, "questionnaires"), explainers);
    const json_t *rounds = json_object_get(document, "rounds");
    size_t index;
    json_t *member;
    out->rounds = arena_array(arena, json_array_size(rounds), sizeof *out->rounds);
    json_array_foreach(rounds, index, member)
    {
        read_round(&r, member, arena_printf(arena, "%s#/rounds/%zu", base_name(path), index).ptr);
    }
    return errors->count == 0;
}
