/* What a consultation must say before it may open: the privacy notice, who to ask, what happens with it; and
 * its rounds. Everything that is wrong is told at once. */
#include "features/survey/survey_bundle.h"

#include "base/clock.h"
#include "crypto/crypto.h"
#include "features/questionnaire/questionnaire.h"
#include "features/survey/survey_paper.h"

#include <string.h>

enum { MAX_FILES = 200, MAX_ROUNDS = 64, MAX_AGE = 120, MAX_TEXT = 20000, MAX_LINK = 80, MAX_CORE = 2048 };

static const char *const texts[] = {"title",       "summary",       "start_title",
                                    "start",       "privacy_short", "purpose",
                                    "legal_basis", "controller",    "data_protection_officer",
                                    "recipients",  "retention",     "rights",
                                    "complaint",   "influence",     "follow_up",
                                    "help"};
enum { TEXT_COUNT = sizeof texts / sizeof texts[0] };

static const char *append(const struct bundle_reader *r, const char *pointer, const char *member)
{
    return json_pointer_append(r->out->arena, pointer, member);
}

static const char *append_index(const struct bundle_reader *r, const char *pointer, size_t index)
{
    return arena_printf(r->out->arena, "%s/%zu", pointer, index).ptr;
}

static void check_text(struct bundle_reader *r, const char *pointer, const json_t *object)
{
    struct slice nl, en;
    const struct json_field fields[] = {
        {.name = "nl", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_TEXT, .out = &nl},
        {.name = "en", .kind = JSON_KIND_STRING, .min = 1, .max = MAX_TEXT, .out = &en}};
    if (object) {
        json_decode_document(r->errors, pointer, object, fields, 2);
    }
}

static void check_code(struct bundle_reader *r, const char *pointer, struct slice code)
{
    if (code.ptr && !questionnaire_is_code(code)) {
        json_errors_add(r->errors, pointer, "code", BUNDLE_BAD_CODE);
    }
}

/* Invented data are named so in every address and file, and nothing else is. */
static void check_invented(struct bundle_reader *r, const char *pointer, struct slice code)
{
    const bool named = code.ptr && memmem(code.ptr, code.len, "verzonnen", strlen("verzonnen"));
    if (code.ptr && r->out->invented && !named) {
        json_errors_add(
            r->errors, pointer, "verzonnen",
            "Deze consultatie is van verzonnen gegevens: zet verzonnen in de code, zodat elk adres en "
            "elk bestand dat zegt.");
    } else if (named && !r->out->invented) {
        json_errors_add(
            r->errors, pointer, "verzonnen",
            "Verzonnen staat alleen in de code van een consultatie of ronde met \"invented\": true.");
    }
}

static bool stands_before(const json_t *list, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (json_equal(json_array_get(list, i), json_array_get(list, index))) {
            return true;
        }
    }
    return false;
}

static void check_languages(struct bundle_reader *r, const json_t *list)
{
    const char *pointer = bundle_pointer(r, r->path, "/languages");
    size_t index;
    json_t *item;
    bool dutch = false;
    json_array_foreach((json_t *)(uintptr_t)list, index, item)
    {
        const char *language = json_string_value(item);
        bool known = language && (strcmp(language, "nl") == 0 || strcmp(language, "en") == 0);
        dutch = dutch || (known && language[0] == 'n');
        if (!known || stands_before(list, index)) {
            json_errors_add(r->errors, append_index(r, pointer, index), "keuze",
                            "Noem hier nl en en, elk een keer.");
        }
    }
    if (list && !dutch) {
        json_errors_add(r->errors, pointer, "keuze", "Nederlands (nl) hoort erbij.");
    }
}

static void check_repeats(struct bundle_reader *r, const char *pointer, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (stands_before(list, i)) {
            json_errors_add(r->errors, append_index(r, pointer, i), "dubbel", "Dit staat er al.");
        }
    }
}

static void check_pages(struct bundle_reader *r, const json_t *pages)
{
    static const char *const names[] = {"privacy", "accessibility", "contact"};
    const char *pointer = bundle_pointer(r, r->path, "/pages");
    json_t *members[3] = {NULL, NULL, NULL};
    struct json_field fields[3];
    for (size_t i = 0; i < 3; i++) {
        fields[i] = (struct json_field){.name = names[i], .kind = JSON_KIND_OBJECT, .out = &members[i]};
    }
    if (pages) {
        json_decode_document(r->errors, pointer, pages, fields, 3);
    }
    for (size_t i = 0; i < 3; i++) {
        check_text(r, append(r, pointer, names[i]), members[i]);
    }
}

/* Art. 13(1)(b) AVG: not only that there is such an officer, but how to reach them. */
static void check_reachable(struct bundle_reader *r, const char *pointer, const json_t *text)
{
    static const char *const ways[] = {"mailto:", "tel:", "https://"};
    const char *language;
    json_t *words;
    json_object_foreach((json_t *)(uintptr_t)text, language, words)
    {
        const char *said = json_string_value(words);
        bool reachable = !said;
        for (size_t i = 0; said && i < sizeof ways / sizeof ways[0]; i++) {
            reachable = reachable || strstr(said, ways[i]);
        }
        if (!reachable) {
            json_errors_add(r->errors, append(r, pointer, language), "contact",
                            "Zet hier een link waarmee mensen de functionaris gegevensbescherming bereiken: "
                            "mailto:, tel: of https://.");
        }
    }
}

/* Optional: without it the service's own key holds, or nobody is asked for an offer. */
static void check_coordinator_key(struct bundle_reader *r, struct slice text)
{
    unsigned char key[CRYPTO_PUBLIC_KEY_BYTES];
    if (text.ptr && !crypto_public_key_parse(key, text)) {
        json_errors_add(r->errors, bundle_pointer(r, r->path, "/coordinator_public_key"), "sleutel",
                        "Schrijf hier de publieke sleutel zoals `zevenstem offer keypair` die toont.");
    }
}

void bundle_check_consultation(struct bundle_lists *lists, struct bundle_reader *r, const json_t *document)
{
    json_t *members[TEXT_COUNT] = {NULL};
    json_t *languages = NULL, *pages = NULL;
    struct slice code = {NULL, 0}, key = {NULL, 0}, selection_list;
    int64_t age;
    *lists = (struct bundle_lists){NULL, NULL, NULL};
    const struct json_field others[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = "languages", .kind = JSON_KIND_ARRAY, .min = 1, .max = 2, .out = &languages},
        {.name = "minimum_age", .kind = JSON_KIND_INT, .min = 0, .max = MAX_AGE, .out = &age},
        {.name = "invented", .kind = JSON_KIND_BOOL, .optional = true, .out = &r->out->invented},
        {.name = "pages", .kind = JSON_KIND_OBJECT, .out = &pages},
        {.name = "coordinator_public_key", .kind = JSON_KIND_STRING, .optional = true, .out = &key},
        {.name = "selection_list",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = 500,
         .out = &selection_list},
        {.name = "questionnaires",
         .kind = JSON_KIND_ARRAY,
         .min = 1,
         .max = MAX_FILES,
         .out = &lists->questionnaires},
        {.name = "explainers", .kind = JSON_KIND_ARRAY, .max = MAX_FILES, .out = &lists->explainers},
        {.name = "rounds", .kind = JSON_KIND_ARRAY, .min = 1, .max = MAX_ROUNDS, .out = &lists->rounds}};
    enum { OTHER_COUNT = sizeof others / sizeof others[0] };
    struct json_field fields[OTHER_COUNT + TEXT_COUNT];
    memcpy(fields, others, sizeof others);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        fields[OTHER_COUNT + i] =
            (struct json_field){.name = texts[i], .kind = JSON_KIND_OBJECT, .out = &members[i]};
    }
    json_decode_document(r->errors, bundle_pointer(r, r->path, ""), document, fields,
                         OTHER_COUNT + TEXT_COUNT);
    check_code(r, bundle_pointer(r, r->path, "/code"), code);
    check_invented(r, bundle_pointer(r, r->path, "/code"), code);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        check_text(r, append(r, bundle_pointer(r, r->path, ""), texts[i]), members[i]);
    }
    check_reachable(r, bundle_pointer(r, r->path, "/data_protection_officer"),
                    json_object_get(document, "data_protection_officer"));
    check_languages(r, languages);
    check_pages(r, pages);
    check_coordinator_key(r, key);
    check_repeats(r, bundle_pointer(r, r->path, "/questionnaires"), lists->questionnaires);
    check_repeats(r, bundle_pointer(r, r->path, "/explainers"), lists->explainers);
}

/* ---- rounds ---- */

static const char *const kind_values[] = {"volledig", "puls", "thema", NULL};
static const char *const interim_values[] = {"gesloten", "analisten", "openbaar", NULL};

struct round_members {
    struct slice opens, closes, destruction, kind, from;
    json_t *title, *variants, *links, *weighting, *release, *core, *changed;
    int64_t paper_days;
};

static void check_times(struct bundle_round *round, struct bundle_reader *r, const char *pointer,
                        const struct round_members *m)
{
    static const char how[] = "Schrijf deze tijd als 2026-11-01T09:00:00+01:00.";
    bool opens = m->opens.ptr && clock_parse_rfc3339(&round->opens_at, m->opens);
    bool closes = m->closes.ptr && clock_parse_rfc3339(&round->closes_at, m->closes);
    round->destruction_day = 0;
    bool destruction = m->destruction.ptr && clock_parse_day(&round->destruction_day, m->destruction);
    if (m->opens.ptr && !opens) {
        json_errors_add(r->errors, append(r, pointer, "opens_at"), "tijd", how);
    }
    if (m->closes.ptr && !closes) {
        json_errors_add(r->errors, append(r, pointer, "closes_at"), "tijd", how);
    }
    if (m->destruction.ptr && !destruction) {
        json_errors_add(r->errors, append(r, pointer, "destruction_date"), "datum",
                        "Schrijf deze datum als 2031-12-31.");
    }
    if (opens && closes && round->closes_at <= round->opens_at) {
        json_errors_add(r->errors, append(r, pointer, "closes_at"), "tijd",
                        "De ronde sluit niet na het openen.");
    }
    if (destruction && closes && round->destruction_day <= clock_day(round->closes_at)) {
        json_errors_add(r->errors, append(r, pointer, "destruction_date"), "datum",
                        "De vernietigingsdatum ligt niet na de sluiting.");
    }
}

static void check_questionnaire_and_variants(struct bundle_reader *r, const char *pointer,
                                             struct slice questionnaire, const json_t *variants)
{
    const json_t *document =
        questionnaire.ptr ? json_object_get(r->questionnaires, arena_cstr(r->out->arena, questionnaire))
                          : NULL;
    const json_t *known = json_object_get(document, "variants");
    size_t index;
    json_t *item;
    if (questionnaire.ptr && !document) {
        json_errors_add(r->errors, append(r, pointer, "questionnaire"), "onbekend",
                        "Deze vragenlijst staat niet bij questionnaires.");
    }
    const char *at = append(r, pointer, "variants");
    json_array_foreach((json_t *)(uintptr_t)variants, index, item)
    {
        const char *code = json_string_value(item);
        if (!code || (known && !json_object_get(known, code))) {
            json_errors_add(r->errors, append_index(r, at, index), "onbekend",
                            "De vragenlijst heeft deze variant niet.");
        }
    }
    check_repeats(r, at, variants);
}

static bool is_link(const char *word)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = strspn(word, allowed);
    return len > 0 && len <= MAX_LINK && word[len] == '\0';
}

static void check_links(struct bundle_reader *r, const char *pointer, const json_t *links)
{
    static const char *const streams[] = {"open", "uitnodiging", "panel", "organisatie"};
    const char *word;
    json_t *stream;
    json_object_foreach((json_t *)(uintptr_t)links, word, stream)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
            known = known || (json_is_string(stream) && strcmp(json_string_value(stream), streams[i]) == 0);
        }
        if (!is_link(word)) {
            json_errors_add(
                r->errors, append(r, pointer, word), "vorm",
                "Een woord voor een link bestaat uit letters, cijfers en streepjes, ten hoogste 80 tekens.");
        } else if (!known) {
            json_errors_add(r->errors, append(r, pointer, word), "keuze",
                            "Kies open, uitnodiging, panel of organisatie.");
        }
    }
}

static void check_round(struct bundle_reader *r, const json_t *rounds, size_t index)
{
    struct bundle_round *round = &r->out->rounds[r->out->round_count];
    const json_t *member = json_array_get(rounds, index);
    const char *pointer = append_index(r, bundle_pointer(r, r->path, "/rounds"), index);
    struct round_members m = {.title = NULL};
    size_t before = r->errors->count;
    *round = (struct bundle_round){.interim = SLICE("gesloten")};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &round->code},
        {.name = "title", .kind = JSON_KIND_OBJECT, .out = &m.title},
        {.name = "questionnaire", .kind = JSON_KIND_STRING, .out = &round->questionnaire},
        {.name = "variants",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = 8,
         .out = &m.variants},
        {.name = "opens_at", .kind = JSON_KIND_STRING, .out = &m.opens},
        {.name = "closes_at", .kind = JSON_KIND_STRING, .out = &m.closes},
        {.name = "destruction_date", .kind = JSON_KIND_STRING, .out = &m.destruction},
        {.name = "kind", .kind = JSON_KIND_STRING, .optional = true, .one_of = kind_values, .out = &m.kind},
        {.name = "pilot", .kind = JSON_KIND_BOOL, .optional = true, .out = &round->pilot},
        {.name = "interim",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .one_of = interim_values,
         .out = &round->interim},
        {.name = "paper_days",
         .kind = JSON_KIND_INT,
         .optional = true,
         .max = PAPER_DAYS_MAX,
         .out = &m.paper_days},
        {.name = "links", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m.links},
        {.name = "from", .kind = JSON_KIND_STRING, .optional = true, .out = &m.from},
        {.name = "core", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m.core},
        {.name = "changed", .kind = JSON_KIND_ARRAY, .optional = true, .max = MAX_CORE, .out = &m.changed},
        /* What these say is for results to check: they know the margins and the dimensions. */
        {.name = "weighting", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m.weighting},
        {.name = "release", .kind = JSON_KIND_OBJECT, .optional = true, .out = &m.release},
    };
    json_decode_document(r->errors, pointer, member, fields, sizeof fields / sizeof fields[0]);
    check_code(r, append(r, pointer, "code"), round->code);
    check_invented(r, append(r, pointer, "code"), round->code);
    for (size_t i = 0; i < index && round->code.ptr; i++) {
        const char *other = json_string_value(json_object_get(json_array_get(rounds, i), "code"));
        if (other && slice_equal_cstr(round->code, other)) {
            json_errors_add(r->errors, append(r, pointer, "code"), "dubbel",
                            "Deze code heeft een andere ronde al.");
            break;
        }
    }
    check_text(r, append(r, pointer, "title"), m.title);
    check_questionnaire_and_variants(r, pointer, round->questionnaire, m.variants);
    check_times(round, r, pointer, &m);
    if (round->pilot && m.paper_days > 0) {
        json_errors_add(r->errors, append(r, pointer, "paper_days"), "proefronde",
                        "Een proefronde telt niet mee: na de sluiting komt er niets meer bij.");
    }
    check_links(r, append(r, pointer, "links"), m.links);
    check_repeats(r, append(r, pointer, "changed"), m.changed);
    bundle_check_core(r, pointer, rounds, index);
    r->out->round_count += r->errors->count == before;
}

void bundle_check_rounds(struct bundle_reader *r, const json_t *rounds)
{
    r->out->rounds = arena_array(r->out->arena, json_array_size(rounds) + 1, sizeof *r->out->rounds);
    for (size_t i = 0; i < json_array_size(rounds); i++) {
        check_round(r, rounds, i);
    }
}
