/* Reading a consultation file and the files beside it into one checked bundle. */
#include "features/survey/survey_bundle.h"

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "features/questionnaire/questionnaire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* BUNDLE_BYTES_MAX: of all questionnaires together, each with all explainers, as they are kept.
 * NAME_MAX_BYTES: names stand in the pointer of every fault below them. */
enum {
    FILE_BYTES_MAX = 4 * 1024 * 1024,
    CANONICAL_MAX = 16 * 1024 * 1024,
    BUNDLE_BYTES_MAX = 32 * 1024 * 1024,
    CHECK_BYTES_MAX = 256 * 1024 * 1024,
    NAME_MAX_BYTES = 200
};

/* `name` as it is written in the file `path`: seen from its folder, "a/../" taken out. */
static const char *beside(struct arena *arena, const char *path, struct slice name)
{
    const char *slash = strrchr(path, '/');
    struct slice folder = {path, slash ? (size_t)(slash - path + 1) : 0};
    while (folder.len > 1 && slice_starts_with(name, SLICE("../"))) {
        struct slice up = {folder.ptr, folder.len - 1};
        while (up.len > 0 && up.ptr[up.len - 1] != '/') {
            up.len--;
        }
        struct slice last = {up.ptr + up.len, folder.len - 1 - up.len};
        if (last.len == 0 || slice_equal_cstr(last, ".") || slice_equal_cstr(last, "..")) {
            break;
        }
        folder = up;
        name = (struct slice){name.ptr + 3, name.len - 3};
    }
    return arena_printf(arena, "%.*s%.*s", SLICE_ARG(folder), SLICE_ARG(name)).ptr;
}

/* Where a fault of the resolved document stands: in the file of the questionnaire, or in that of an
 * explainer. */
static const char *place_of(const struct bundle_reader *r, const char *path, const char *pointer)
{
    struct slice ignored, kind, code;
    struct slice rest = slice_from_cstr(pointer);
    slice_cut(&ignored, &rest, rest, '/');
    slice_cut(&kind, &rest, rest, '/');
    if (slice_equal_cstr(kind, "questionnaire")) {
        pointer += strlen("/questionnaire");
    } else if (slice_equal_cstr(kind, "explainers")) {
        slice_cut(&code, &rest, rest, '/');
        const char *own =
            json_string_value(json_object_get(r->explainer_paths, arena_cstr(r->out->arena, code)));
        pointer += own ? strlen("/explainers/") + code.len : 0;
        path = own ? own : path;
    }
    return bundle_pointer(r, path, pointer);
}

const char *bundle_pointer(const struct bundle_reader *r, const char *path, const char *pointer)
{
    return arena_printf(r->out->arena, "%s#%s", path, pointer).ptr;
}

/* Names are as the reader's root sees them. */
static FILE *open_file(const struct bundle_reader *r, const char *path)
{
    return fopen(arena_printf(r->out->arena, "%s%s", r->root, path).ptr, "rb");
}

/* False with a fault added. */
static bool read_whole(struct slice *text, struct bundle_reader *r, const char *path)
{
    enum { PIECE = 64 * 1024 };
    struct buffer content;
    char *piece;
    size_t got = 0;
    FILE *file = open_file(r, path);
    buffer_init(&content, FILE_BYTES_MAX + PIECE);
    while (file && content.len <= FILE_BYTES_MAX && (piece = buffer_reserve(&content, PIECE)) != NULL &&
           (got = fread(piece, 1, PIECE, file)) > 0) {
        buffer_commit(&content, got);
    }
    int why = !file || ferror(file) ? errno : 0;
    bool good = why == 0 && content.len <= FILE_BYTES_MAX && !buffer_failed(&content);
    if (why != 0) {
        json_errors_add(r->errors, path, "bestand", "Het bestand is niet te lezen: %s.", strerror(why));
    } else if (!good) {
        json_errors_add(r->errors, path, "te-lang", "Het bestand is groter dan 4 MiB.");
    }
    *text = good ? arena_copy(r->out->arena, buffer_slice(&content)) : (struct slice){NULL, 0};
    buffer_free(&content);
    if (file) {
        fclose(file);
    }
    return good;
}

static json_t *read_json(struct bundle_reader *r, const char *path)
{
    struct arena *arena = r->out->arena;
    struct slice text;
    if (r->files) {
        json_t *packed = json_object_get(r->files, path);
        if (!packed) {
            json_errors_add(r->errors, path, "bestand", "Dit bestand zit niet in het pakket.");
        }
        return packed;
    }
    if (!read_whole(&text, r, path)) {
        return NULL;
    }
    struct json_errors own;
    json_errors_init_part(&own, r->errors, arena);
    json_t *document = json_parse(&own, arena, text);
    for (size_t i = 0; i < json_errors_kept(&own); i++) {
        json_errors_add(r->errors, bundle_pointer(r, path, own.items[i].pointer), own.items[i].code, "%s",
                        own.items[i].detail);
    }
    if (document) {
        json_object_set(r->read, path, document);
    }
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

/* How long its canonical form is; 0: it has none, which is told of later. */
static size_t canonical_length(const json_t *value)
{
    struct buffer buffer;
    buffer_init(&buffer, CANONICAL_MAX);
    const size_t len = json_canonical(&buffer, value) ? buffer.len : 0;
    buffer_free(&buffer);
    return len;
}

static struct slice string_of(const json_t *value)
{
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){NULL, 0};
}

/* The files that a list of the consultation names: each read, with its own path. What cannot be read is a
 * fault. */
static json_t *read_named(const char **path, struct bundle_reader *r, const char *list, size_t index,
                          const json_t *name)
{
    const char *pointer = arena_printf(r->out->arena, "/%s/%zu", list, index).ptr;
    const struct slice extension = SLICE(".json");
    struct slice file = string_of(name);
    if (file.len <= extension.len || file.len > NAME_MAX_BYTES || file.ptr[0] == '/' ||
        !slice_equal((struct slice){file.ptr + file.len - extension.len, extension.len}, extension)) {
        json_errors_add(
            r->errors, bundle_pointer(r, r->path, pointer), "bestand",
            "Noem hier een bestand dat op .json eindigt, gezien vanaf deze map, in ten hoogste 200 "
            "tekens.");
        return NULL;
    }
    *path = beside(r->out->arena, r->path, file);
    return read_json(r, *path);
}

/* {code: document} of all explainers that the consultation names. The arena owns it. */
static json_t *read_explainers(struct bundle_reader *r, const json_t *names)
{
    json_t *all = json_object();
    size_t index;
    json_t *name;
    arena_defer(r->out->arena, (void (*)(void *))(void (*)(void))json_decref, all);
    json_array_foreach((json_t *)(uintptr_t)names, index, name)
    {
        const char *path = NULL;
        json_t *explainer = read_named(&path, r, "explainers", index, name);
        const char *code = json_string_value(json_object_get(explainer, "code"));
        if (explainer && !code) {
            json_errors_add(r->errors, bundle_pointer(r, path, "/code"), "ontbreekt",
                            "De uitleg heeft geen code.");
        } else if (explainer && !questionnaire_is_code(slice_from_cstr(code))) {
            json_errors_add(r->errors, bundle_pointer(r, path, "/code"), "code", BUNDLE_BAD_CODE);
        } else if (explainer && json_object_get(all, code)) {
            json_errors_add(r->errors, bundle_pointer(r, path, "/code"), "dubbel",
                            "Deze code heeft een andere uitleg al.");
        } else if (explainer) {
            json_object_set(all, code, explainer);
            json_object_set_new(r->explainer_paths, code, json_string(path));
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

static void take_picture(struct bundle_reader *r, const char *path, json_t *picture)
{
    struct arena *arena = r->out->arena;
    if (r->files) {
        return; /* a package carries the bytes; loading looks at them */
    }
    struct slice name = string_of(json_object_get(picture, "file"));
    FILE *file = is_file_name(name) ? open_file(r, beside(arena, path, name)) : NULL;
    char *bytes = arena_alloc(arena, QUESTIONNAIRE_PICTURE_BYTES_MAX + 1);
    size_t len = file ? fread(bytes, 1, QUESTIONNAIRE_PICTURE_BYTES_MAX + 1, file) : 0;
    if (file) {
        fclose(file);
    }
    if (!questionnaire_picture_known((struct slice){bytes, len})) {
        json_object_del(picture, "data"); /* loading tells that it is not there */
        return;
    }
    size_t room = 4 * ((len + 2) / 3) + 1;
    char *text = arena_alloc(arena, room);
    crypto_base64url(text, room, (const unsigned char *)bytes, len);
    json_object_set_new(picture, "data", json_string(text));
}

static void take_pictures(struct bundle_reader *r, const char *path, json_t *value)
{
    size_t index;
    const char *key;
    json_t *member;
    json_array_foreach(value, index, member)
    {
        take_pictures(r, path, member);
    }
    json_object_foreach(value, key, member)
    {
        if (strcmp(key, "picture") == 0 && json_is_object(member)) {
            take_picture(r, path, member);
        } else {
            take_pictures(r, path, member);
        }
    }
}

static void keep_questionnaire(struct consultation_bundle *out, const struct questionnaire *q,
                               struct slice canonical)
{
    struct bundle_questionnaire *entry = &out->questionnaires[out->questionnaire_count++];
    entry->code = arena_copy(out->arena, questionnaire_code(q));
    entry->canonical = canonical;
    crypto_sha256(entry->sha256, entry->canonical);
    questionnaire_variables(&entry->variables, q);
    entry->vector_size = questionnaire_vector_size(q);
    entry->variants = questionnaire_variant_count(q);
    entry->core = questionnaire_core(q);
    entry->variant_codes = json_array();
    for (size_t v = 0; v < entry->variants; v++) {
        json_array_append_new(entry->variant_codes, json_string(questionnaire_variant_code(q, (int)v)));
    }
    arena_defer(out->arena, (void (*)(void *))(void (*)(void))json_decref, entry->core);
    arena_defer(out->arena, (void (*)(void *))(void (*)(void))json_decref, entry->variant_codes);
}

static void check_questionnaire(struct bundle_reader *r, const char *path, json_t *questionnaire,
                                json_t *explainers)
{
    struct consultation_bundle *out = r->out;
    struct json_errors own;
    struct arena *arena =
        arena_create(CHECK_BYTES_MAX); /* faults name places, whether they are kept or not */
    json_errors_init_part(&own, r->errors, arena);
    json_errors_make_room(&own, r->errors->room);
    json_t *document = json_object();
    json_object_set(document, "questionnaire", questionnaire);
    json_object_set(document, "explainers", explainers);
    struct questionnaire *q = questionnaire_load(&own, document, r->locales);
    for (size_t i = 0; i < json_errors_kept(&own); i++) {
        json_errors_add(r->errors, place_of(r, path, own.items[i].pointer), own.items[i].code, "%s",
                        own.items[i].detail);
    }
    struct slice canonical = q ? canonical_text(out->arena, document) : (struct slice){NULL, 0};
    if (q && canonical.len == 0) {
        json_errors_add(r->errors, path, "getal", "Een getal met een komma of exponent kan hier niet.");
    } else if (q) {
        keep_questionnaire(out, q, canonical);
    }
    questionnaire_free(q);
    json_decref(document);
    arena_destroy(arena);
}

static void read_questionnaires(struct bundle_reader *r, const json_t *names, json_t *explainers)
{
    const size_t shared = canonical_length(explainers);
    size_t bytes = 0;
    size_t index;
    json_t *name;
    r->out->questionnaires =
        arena_array(r->out->arena, json_array_size(names), sizeof *r->out->questionnaires);
    json_array_foreach((json_t *)(uintptr_t)names, index, name)
    {
        const char *path = NULL;
        json_t *questionnaire = read_named(&path, r, "questionnaires", index, name);
        const char *code = json_string_value(json_object_get(questionnaire, "code"));
        if (code && json_object_get(r->questionnaires, code)) {
            json_errors_add(r->errors, bundle_pointer(r, path, "/code"), "dubbel",
                            "Deze code heeft een andere vragenlijst van deze consultatie al.");
        } else if (questionnaire) {
            json_object_set(r->questionnaires, code ? code : "", questionnaire);
            take_pictures(r, path, questionnaire);
            bytes += shared + canonical_length(questionnaire);
            if (bytes > BUNDLE_BYTES_MAX) {
                json_errors_add(r->errors, bundle_pointer(r, r->path, "/questionnaires"), "te-groot",
                                "De vragenlijsten zijn samen te groot: bij elke vragenlijst bewaren wij alle "
                                "uitleg. Noem minder vragenlijsten of minder uitleg.");
                return;
            }
            check_questionnaire(r, path, questionnaire, explainers);
        }
    }
}

static json_t *own_object(struct arena *arena)
{
    json_t *object = json_object();
    arena_defer(arena, (void (*)(void *))(void (*)(void))json_decref, object);
    return object;
}

static struct bundle_reader reader_of(struct consultation_bundle *out, struct json_errors *errors,
                                      struct arena *arena, const struct locales *locales)
{
    *out = (struct consultation_bundle){.arena = arena};
    return (struct bundle_reader){.out = out,
                                  .root = "",
                                  .errors = errors,
                                  .locales = locales,
                                  .explainer_paths = own_object(arena),
                                  .questionnaires = own_object(arena),
                                  .read = own_object(arena)};
}

static bool read_bundle(struct bundle_reader *r, const char *path)
{
    struct consultation_bundle *out = r->out;
    struct bundle_lists lists;
    r->path = path;
    json_t *document = read_json(r, path);
    if (!document) {
        return false;
    }
    out->document = document;
    out->code = string_of(json_object_get(document, "code"));
    out->canonical = canonical_text(out->arena, document);
    bundle_check_consultation(&lists, r, document);
    read_questionnaires(r, lists.questionnaires, read_explainers(r, lists.explainers));
    out->round_list = lists.rounds;
    bundle_check_rounds(r, lists.rounds);
    for (size_t i = 0; i < out->round_count; i++) {
        out->rounds[i].document = canonical_text(
            out->arena, json_array_get(lists.rounds, i)); /* all are there when none has a fault */
    }
    json_errors_drop_repeats(r->errors, 0);
    return r->errors->count == 0;
}

bool consultation_bundle_read(struct consultation_bundle *out, struct json_errors *errors,
                              struct arena *arena, const char *path, const struct locales *locales)
{
    struct bundle_reader r = reader_of(out, errors, arena, locales);
    return read_bundle(&r, path);
}

/* ---- the same as one document ---- */

static bool fits(struct json_errors *errors, struct slice package)
{
    if (package.len > CONSULTATION_PACKAGE_MAX) {
        json_errors_add(errors, "", "te-groot",
                        "Het pakket is groter dan 2 MiB. Maak afbeeldingen kleiner of laat ze weg.");
    }
    return package.len <= CONSULTATION_PACKAGE_MAX;
}

bool consultation_bundle_pack(struct consultation_bundle *out, const char **name, struct json_errors *errors,
                              struct arena *arena, const char *path, const struct locales *locales)
{
    struct bundle_reader r = reader_of(out, errors, arena, locales);
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    r.root = arena_cstr(arena, (struct slice){path, (size_t)(*name - path)});
    if (!read_bundle(&r, *name)) {
        return false;
    }
    json_t *document = json_pack("{s:s,s:O}", "consultation", *name, "files", r.read);
    out->package = canonical_text(arena, document);
    json_decref(document);
    return fits(errors, out->package);
}

static bool names_fit(const json_t *value)
{
    size_t index;
    const char *key;
    json_t *member;
    json_array_foreach((json_t *)(uintptr_t)value, index, member)
    {
        if (!names_fit(member)) {
            return false;
        }
    }
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        if (strlen(key) > NAME_MAX_BYTES || !names_fit(member)) {
            return false;
        }
    }
    return true;
}

bool consultation_bundle_unpack(struct consultation_bundle *out, const char **path,
                                struct json_errors *errors, struct arena *arena, struct slice package,
                                const struct locales *locales)
{
    struct bundle_reader r = reader_of(out, errors, arena, locales);
    struct slice main_path = {NULL, 0};
    const struct json_field fields[] = {{.name = "consultation",
                                         .kind = JSON_KIND_STRING,
                                         .min = 1,
                                         .max = NAME_MAX_BYTES,
                                         .out = &main_path},
                                        {.name = "files", .kind = JSON_KIND_OBJECT, .out = &r.files}};
    json_t *document = fits(errors, package) ? json_parse(errors, arena, package) : NULL;
    if (document && !names_fit(document)) {
        json_errors_add(errors, "", "te-lang", "Een naam in het pakket is langer dan 200 tekens.");
        return false;
    }
    if (!document || !json_decode_document(errors, "", document, fields, 2)) {
        return false;
    }
    out->package = canonical_text(arena, document);
    *path = arena_cstr(arena, main_path);
    return read_bundle(&r, *path);
}

/* ---- what a questionnaire of it asks ---- */

const struct questionnaire *bundle_questionnaire(struct bundle_loaded *kept,
                                                 const struct consultation_bundle *bundle, struct slice code,
                                                 const struct locales *locales)
{
    if (kept->questionnaire && slice_equal(kept->code, code)) {
        return kept->questionnaire;
    }
    bundle_loaded_release(kept);
    for (size_t i = 0; i < bundle->questionnaire_count; i++) {
        if (slice_equal(bundle->questionnaires[i].code, code)) {
            struct arena *arena = arena_create(BUNDLE_BYTES_MAX);
            struct json_errors ignored;
            json_errors_init(&ignored, arena);
            json_t *document = json_parse(&ignored, arena, bundle->questionnaires[i].canonical);
            kept->code = bundle->questionnaires[i].code;
            kept->questionnaire = document ? questionnaire_load(&ignored, document, locales) : NULL;
            arena_destroy(arena);
        }
    }
    return kept->questionnaire;
}

void bundle_loaded_release(struct bundle_loaded *kept)
{
    questionnaire_free(kept->questionnaire);
    *kept = (struct bundle_loaded){.questionnaire = NULL};
}
