/* Reading a guide: checked as a whole, every fault with its place. */
#include "features/fieldwork/fieldwork_guide.h"

#include "features/questionnaire/questionnaire.h"

#include <string.h>

enum { TITLE_MAX = 200, TEXT_MAX = 5000, PARTS_MAX = 40, QUESTIONS_MAX = 40, MINUTES_MAX = 480 };

const char *const guide_phases[] = {"opening", "introductie", "overgang", "kern", "afsluiting", NULL};
static const char *const kinds[] = {"interview", "focusgroep", NULL};
static const char *const values[] = {"brede-welvaart", "veiligheid",       "gezondheid",   "natuurlijkheid",
                                     "keuzevrijheid",  "rechtvaardigheid", "legitimiteit", NULL};

struct reader {
    struct json_errors *errors;
    struct arena *arena;
    json_t *codes;    /* {code: true} of all that has one */
    json_t *pictures; /* {code: how often it is used} of vignettes and stimuli; key "casus/x", "stimulus/x" */
    bool value_met[sizeof values / sizeof values[0]];
};

static const char *under(const struct reader *r, const char *pointer, const char *name)
{
    return json_pointer_append(r->arena, pointer, name);
}

static const char *at(const struct reader *r, const char *pointer, size_t index)
{
    return arena_printf(r->arena, "%s/%zu", pointer, index).ptr;
}

static bool check_code(struct reader *r, const char *pointer, const json_t *object)
{
    const char *code = json_string_value(json_object_get(object, "code"));
    if (!code) {
        return false;
    }
    if (!questionnaire_is_code(slice_from_cstr(code))) {
        json_errors_add(r->errors, under(r, pointer, "code"), "code",
                        "Gebruik kleine letters, cijfers en streepjes, hoogstens 40 tekens.");
        return false;
    }
    if (json_object_get(r->codes, code)) {
        json_errors_add(r->errors, under(r, pointer, "code"), "dubbel", "De code %s is al gebruikt.", code);
        return false;
    }
    json_object_set_new(r->codes, code, json_true());
    return true;
}

static int find(const char *const *list, const char *text)
{
    for (int i = 0; text && list[i]; i++) {
        if (strcmp(list[i], text) == 0) {
            return i;
        }
    }
    return -1;
}

/* Lists of values and applications; how many there are. */
static size_t check_ties(struct reader *r, const char *pointer, const json_t *value_list,
                         const json_t *application_list)
{
    size_t i;
    const json_t *item;
    json_array_foreach(value_list, i, item)
    {
        int value = find(values, json_string_value(item));
        if (value < 0) {
            json_errors_add(r->errors, at(r, under(r, pointer, "values"), i), "keuze",
                            "Dit is geen van de zeven waarden.");
        } else {
            r->value_met[value] = true;
        }
    }
    json_array_foreach(application_list, i, item)
    {
        if (!json_is_string(item) || !questionnaire_is_code(slice_from_cstr(json_string_value(item)))) {
            json_errors_add(r->errors, at(r, under(r, pointer, "applications"), i), "code",
                            "Geef de code van een toepassing.");
        }
    }
    return json_array_size(value_list) + json_array_size(application_list);
}

static void check_texts(struct reader *r, const char *pointer, const json_t *list)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) || json_string_length(item) == 0 || json_string_length(item) > TEXT_MAX) {
            json_errors_add(r->errors, at(r, pointer, i), "type", "Geef hier een zin.");
        }
    }
}

/* ---- vignettes and stimuli ---- */

static void check_pictured(struct reader *r, const char *pointer, const json_t *object, const char *kind)
{
    struct slice code, title, text;
    json_t *value_list = NULL, *application_list = NULL;
    const struct json_field fields[] = {
        {"code", JSON_KIND_STRING, false, 1, 40, NULL, &code, NULL},
        {"title", JSON_KIND_STRING, false, 1, TITLE_MAX, NULL, &title, NULL},
        {"text", JSON_KIND_STRING, false, 1, TEXT_MAX, NULL, &text, NULL},
        {"values", JSON_KIND_ARRAY, true, 0, 7, NULL, &value_list, NULL},
        {"applications", JSON_KIND_ARRAY, true, 0, 20, NULL, &application_list, NULL},
    };
    if (!json_decode_document(r->errors, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    if (check_ties(r, pointer, value_list, application_list) == 0) {
        json_errors_add(r->errors, pointer, "ontbreekt",
                        "Geef een waarde of een toepassing waar dit over gaat.");
    }
    if (check_code(r, pointer, object)) {
        json_object_set_new(r->pictures, arena_printf(r->arena, "%s/%.*s", kind, SLICE_ARG(code)).ptr,
                            json_integer(0));
    }
}

static void use_pictured(struct reader *r, const char *pointer, const char *kind, const json_t *code)
{
    const char *key =
        arena_printf(r->arena, "%s/%s", kind, json_is_string(code) ? json_string_value(code) : "").ptr;
    const json_t *used = json_object_get(r->pictures, key);
    if (!used) {
        json_errors_add(r->errors, pointer, "onbekend", "Er is geen %s met deze code.", kind);
        return;
    }
    json_object_set_new(r->pictures, key, json_integer(json_integer_value(used) + 1));
}

static void check_all_used(struct reader *r, const json_t *list, const char *name, const char *kind)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *code = json_string_value(json_object_get(item, "code"));
        const json_t *used =
            code ? json_object_get(r->pictures, arena_printf(r->arena, "%s/%s", kind, code).ptr) : NULL;
        if (used && json_integer_value(used) == 0) {
            json_errors_add(r->errors, at(r, arena_printf(r->arena, "/%s", name).ptr, i), "ongebruikt",
                            "Geen onderdeel gebruikt dit: haal het weg, of noem het in een onderdeel.");
        }
    }
}

/* ---- parts ---- */

/* Whether it is marked as asking for what was missed. */
static bool check_question(struct reader *r, const char *pointer, const json_t *object, bool is_key)
{
    struct slice code, text;
    json_t *probes = NULL, *value_list = NULL, *application_list = NULL;
    bool missed = false;
    const struct json_field fields[] = {
        {"code", JSON_KIND_STRING, false, 1, 40, NULL, &code, NULL},
        {"text", JSON_KIND_STRING, false, 1, TEXT_MAX, NULL, &text, NULL},
        {"probes", JSON_KIND_ARRAY, true, 0, 20, NULL, &probes, NULL},
        {"values", JSON_KIND_ARRAY, true, 0, 7, NULL, &value_list, NULL},
        {"applications", JSON_KIND_ARRAY, true, 0, 20, NULL, &application_list, NULL},
        {"missed", JSON_KIND_BOOL, true, 0, 0, NULL, &missed, NULL},
    };
    if (!json_decode_document(r->errors, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return false;
    }
    check_code(r, pointer, object);
    check_texts(r, under(r, pointer, "probes"), probes);
    if (check_ties(r, pointer, value_list, application_list) == 0 && is_key) {
        json_errors_add(r->errors, pointer, "ontbreekt",
                        "Een vraag van de kern gaat over een waarde of een toepassing: zeg welke.");
    }
    return missed;
}

struct part_seen {
    int phase;
    int64_t minutes;
    bool missed; /* its last question asks for what was missed */
};

static struct part_seen check_part(struct reader *r, const char *pointer, const json_t *object)
{
    struct slice code, title, phase, say, vignette;
    json_t *questions = NULL, *stimuli = NULL;
    struct part_seen seen = {.phase = -1};
    bool has_vignette = false;
    const struct json_field fields[] = {
        {"code", JSON_KIND_STRING, false, 1, 40, NULL, &code, NULL},
        {"title", JSON_KIND_STRING, false, 1, TITLE_MAX, NULL, &title, NULL},
        {"phase", JSON_KIND_STRING, false, 0, 0, guide_phases, &phase, NULL},
        {"minutes", JSON_KIND_INT, false, 1, MINUTES_MAX, NULL, &seen.minutes, NULL},
        {"say", JSON_KIND_STRING, true, 1, TEXT_MAX, NULL, &say, NULL},
        {"vignette", JSON_KIND_STRING, true, 1, 40, NULL, &vignette, &has_vignette},
        {"stimuli", JSON_KIND_ARRAY, true, 0, 10, NULL, &stimuli, NULL},
        {"questions", JSON_KIND_ARRAY, false, 1, QUESTIONS_MAX, NULL, &questions, NULL},
    };
    if (!json_decode_document(r->errors, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return seen;
    }
    seen.phase = find(guide_phases, json_string_value(json_object_get(object, "phase")));
    check_code(r, pointer, object);
    if (has_vignette) {
        use_pictured(r, under(r, pointer, "vignette"), "casus", json_object_get(object, "vignette"));
    }
    for (size_t i = 0; i < json_array_size(stimuli); i++) {
        use_pictured(r, at(r, under(r, pointer, "stimuli"), i), "stimulus", json_array_get(stimuli, i));
    }
    for (size_t i = 0; i < json_array_size(questions); i++) {
        seen.missed = check_question(r, at(r, under(r, pointer, "questions"), i),
                                     json_array_get(questions, i), seen.phase == 3);
    }
    return seen;
}

static void check_parts(struct reader *r, const json_t *parts, int64_t minutes)
{
    int64_t sum = 0;
    int reached = 0;
    bool met[5] = {false};
    bool missed = false, sound = true;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const char *pointer = at(r, "/parts", i);
        struct part_seen seen = check_part(r, pointer, json_array_get(parts, i));
        sum += seen.minutes;
        missed = seen.missed;
        sound = sound && seen.phase >= 0;
        if (seen.phase >= 0) {
            met[seen.phase] = true;
            if (seen.phase < reached) {
                json_errors_add(
                    r->errors, under(r, pointer, "phase"), "volgorde",
                    "Na %s komt geen %s: eerst opening, introductie, overgang, dan kern en afsluiting.",
                    guide_phases[reached], guide_phases[seen.phase]);
            }
            reached = seen.phase > reached ? seen.phase : reached;
        }
    }
    if (!sound) {
        return; /* what follows would repeat it in other words */
    }
    for (int i = 0; guide_phases[i]; i++) {
        if (!met[i]) {
            json_errors_add(r->errors, "/parts", "ontbreekt", "Er is geen onderdeel van de fase %s.",
                            guide_phases[i]);
        }
    }
    if (sum != minutes) {
        json_errors_add(r->errors, "/minutes", "som", "De onderdelen duren samen %lld minuten, niet %lld.",
                        (long long)sum, (long long)minutes);
    }
    if (!missed) {
        json_errors_add(r->errors, "/parts", "ontbreekt",
                        "Vraag als laatste wat er is gemist, en geef die vraag \"missed\": true.");
    }
}

static void check_document(struct reader *r, const json_t *document)
{
    struct slice code, title, language, intended;
    int64_t minutes = 0;
    json_t *kind_list = NULL, *parts = NULL, *vignettes = NULL, *stimuli = NULL;
    static const char *const languages[] = {"nl", "en", NULL};
    const struct json_field fields[] = {
        {"code", JSON_KIND_STRING, false, 1, 40, NULL, &code, NULL},
        {"title", JSON_KIND_STRING, false, 1, TITLE_MAX, NULL, &title, NULL},
        {"intended", JSON_KIND_STRING, false, 1, TEXT_MAX, NULL, &intended, NULL},
        {"language", JSON_KIND_STRING, false, 0, 0, languages, &language, NULL},
        {"kinds", JSON_KIND_ARRAY, false, 1, 2, NULL, &kind_list, NULL},
        {"minutes", JSON_KIND_INT, false, 1, MINUTES_MAX, NULL, &minutes, NULL},
        {"vignettes", JSON_KIND_ARRAY, true, 0, 20, NULL, &vignettes, NULL},
        {"stimuli", JSON_KIND_ARRAY, true, 0, 40, NULL, &stimuli, NULL},
        {"parts", JSON_KIND_ARRAY, false, 1, PARTS_MAX, NULL, &parts, NULL},
    };
    json_decode_document(r->errors, "", document, fields, sizeof fields / sizeof fields[0]);
    check_code(r, "", document);
    for (size_t i = 0; i < json_array_size(kind_list); i++) {
        if (find(kinds, json_string_value(json_array_get(kind_list, i))) < 0) {
            json_errors_add(r->errors, at(r, "/kinds", i), "keuze", "Kies interview of focusgroep.");
        }
    }
    for (size_t i = 0; i < json_array_size(vignettes); i++) {
        check_pictured(r, at(r, "/vignettes", i), json_array_get(vignettes, i), "casus");
    }
    for (size_t i = 0; i < json_array_size(stimuli); i++) {
        check_pictured(r, at(r, "/stimuli", i), json_array_get(stimuli, i), "stimulus");
    }
    size_t before = r->errors->count;
    if (parts) {
        check_parts(r, parts, minutes);
        check_all_used(r, vignettes, "vignettes", "casus");
        check_all_used(r, stimuli, "stimuli", "stimulus");
    }
    for (int i = 0; parts && r->errors->count == before && values[i]; i++) {
        if (!r->value_met[i]) {
            json_errors_add(r->errors, "/parts", "ontbreekt",
                            "Nergens gaat het over de waarde %s: dan is er niets over te zeggen.", values[i]);
        }
    }
}

const json_t *guide_read(struct json_errors *errors, struct arena *arena, struct slice text)
{
    struct reader r = {.errors = errors, .arena = arena};
    size_t before = errors->count;
    if (text.len > GUIDE_BYTES_MAX) {
        json_errors_add(errors, "", "te-lang", "De leidraad is groter dan 1 MiB.");
        return NULL;
    }
    const json_t *document = json_parse(errors, arena, text);
    if (!document) {
        return NULL;
    }
    r.codes = json_object();
    r.pictures = json_object();
    check_document(&r, document);
    json_decref(r.codes);
    json_decref(r.pictures);
    return errors->count == before ? document : NULL;
}
