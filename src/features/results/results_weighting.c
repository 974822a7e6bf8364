#include "features/results/results_weighting.h"

#include "base/buffer.h"
#include "features/results/results.h"
#include "features/survey/survey.h"

#include <string.h>

enum { PERCENT_MAX = 1599, SMALLEST_MAX = 1000000, MAX_LIST = 2000 };

static const char *const default_margins[] = {"leeftijd-gender", "provincie", "opleiding"};
enum { DEFAULT_COUNT = sizeof default_margins / sizeof default_margins[0] };

static void take_codes(struct weighting *weighting, const json_t *codes)
{
    size_t index;
    json_t *code;
    weighting->count = 0;
    json_array_foreach((json_t *)(uintptr_t)codes, index, code)
    {
        if (weighting->count < MARGINS_CHOSEN_MAX && json_is_string(code)) {
            weighting->codes[weighting->count++] = slice_from_cstr(json_string_value(code));
        }
    }
}

struct weighting weighting_of(const json_t *round_document)
{
    struct weighting weighting = {.count = DEFAULT_COUNT, .limits = RAKE_LIMITS};
    const json_t *own = json_object_get(round_document, "weighting");
    const json_t *lower = json_object_get(own, "lower_percent");
    const json_t *upper = json_object_get(own, "upper_percent");
    const json_t *smallest = json_object_get(own, "smallest");
    for (size_t i = 0; i < DEFAULT_COUNT; i++) {
        weighting.codes[i] = slice_from_cstr(default_margins[i]);
    }
    if (!own) {
        return weighting;
    }
    weighting.own = true;
    take_codes(&weighting, json_object_get(own, "margins"));
    if (lower) {
        weighting.limits.lower = (double)json_integer_value(lower) / 100;
    }
    if (upper) {
        weighting.limits.upper = (double)json_integer_value(upper) / 100;
    }
    if (smallest) {
        weighting.limits.smallest = (uint64_t)json_integer_value(smallest);
    }
    return weighting;
}

bool weighting_choose(struct weighting *weighting, struct slice codes)
{
    bool more = true;
    weighting->count = 0;
    while (more) {
        struct slice code;
        more = slice_cut(&code, &codes, codes, ',');
        if (weighting->count == MARGINS_CHOSEN_MAX) {
            return false;
        }
        weighting->codes[weighting->count++] = code;
    }
    return true;
}

/* ---- what is wrong ---- */

static struct slice list_codes(struct arena *arena, const struct margins *margins)
{
    struct buffer list;
    buffer_init(&list, MAX_LIST);
    for (size_t m = 0; m < margins->count; m++) {
        buffer_printf(&list, "%s%.*s", m > 0 ? ", " : "", SLICE_ARG(margins->margins[m].code));
    }
    struct slice copy = arena_copy(arena, buffer_slice(&list));
    buffer_free(&list);
    return copy;
}

struct slice margins_problem_english(struct arena *arena, const struct margins *margins,
                                     const struct margins_problem *why)
{
    struct slice all = list_codes(arena, margins);
    switch (why->fault) {
    case MARGINS_OK:
        break;
    case MARGINS_NUMBER:
        return arena_printf(arena, "choose 1 to %d margins, of at most %d combinations of answers each: %.*s",
                            MARGINS_CHOSEN_MAX, WEIGH_CODES_MAX, SLICE_ARG(all));
    case MARGINS_UNKNOWN:
        return arena_printf(arena, "there is no margin %.*s; choose from %.*s", SLICE_ARG(why->margin),
                            SLICE_ARG(all));
    case MARGINS_SHARED:
        return arena_printf(arena, "margins %.*s and %.*s are both about %.*s; leave one of them out",
                            SLICE_ARG(why->other), SLICE_ARG(why->margin), SLICE_ARG(why->variable));
    case MARGINS_NO_VARIABLE:
        return arena_printf(arena,
                            "margin %.*s goes by %.*s, which the questionnaire of this round does not ask "
                            "as a choice; leave this margin out",
                            SLICE_ARG(why->margin), SLICE_ARG(why->variable));
    case MARGINS_NO_ANSWER:
        return arena_printf(arena,
                            "margin %.*s goes by answer %.*s of %.*s, which the questionnaire of this round "
                            "does not have; leave this margin out",
                            SLICE_ARG(why->margin), SLICE_ARG(why->answer), SLICE_ARG(why->variable));
    case MARGINS_NO_STREAM:
        return arena_printf(arena,
                            "there is no stream %.*s; choose open, uitnodiging, panel, organisatie or alle",
                            SLICE_ARG(why->answer));
    }
    return SLICE("");
}

struct slice margins_problem_dutch(struct arena *arena, const struct margins *margins,
                                   const struct margins_problem *why)
{
    struct slice all = list_codes(arena, margins);
    switch (why->fault) {
    case MARGINS_OK:
        break;
    case MARGINS_NUMBER:
        return arena_printf(arena, "Kies 1 tot %d marges, elk met ten hoogste %d combinaties van antwoorden.",
                            MARGINS_CHOSEN_MAX, WEIGH_CODES_MAX);
    case MARGINS_UNKNOWN:
        return arena_printf(arena, "Deze marge is er niet. Kies uit %.*s.", SLICE_ARG(all));
    case MARGINS_SHARED:
        return arena_printf(arena, "De marges %.*s en %.*s gaan allebei over %.*s. Laat er een weg.",
                            SLICE_ARG(why->other), SLICE_ARG(why->margin), SLICE_ARG(why->variable));
    case MARGINS_NO_VARIABLE:
        return arena_printf(arena,
                            "Deze marge gaat over %.*s. De vragenlijst vraagt dat niet als keuze. Laat "
                            "deze marge weg.",
                            SLICE_ARG(why->variable));
    case MARGINS_NO_ANSWER:
        return arena_printf(
            arena, "Deze marge noemt antwoord %.*s van %.*s. De vragenlijst heeft dat antwoord niet.",
            SLICE_ARG(why->answer), SLICE_ARG(why->variable));
    case MARGINS_NO_STREAM:
        return SLICE("Kies open, uitnodiging, panel, organisatie of alle.");
    }
    return SLICE("");
}

/* ---- in the document of a consultation ---- */

struct checker {
    struct json_errors *errors;
    struct arena *arena;
    const struct margins *margins;
    const struct consultation_bundle *bundle;
    const struct locales *locales;
    struct bundle_loaded *kept;
};

/* One after the other, beside those before it that are in order: every fault is told at once. */
static void check_margins(const struct checker *c, const char *pointer, const json_t *round)
{
    const struct weighting weighting = weighting_of(round);
    const char *name = json_string_value(json_object_get(round, "questionnaire"));
    const struct questionnaire *questionnaire =
        name ? bundle_questionnaire(c->kept, c->bundle, slice_from_cstr(name), c->locales) : NULL;
    struct slice good[MARGINS_CHOSEN_MAX];
    size_t good_count = 0;
    for (size_t i = 0; questionnaire && i < weighting.count; i++) {
        struct margins_bound bound;
        struct margins_problem why;
        good[good_count] = weighting.codes[i];
        if (margins_bind(&bound, &why, c->arena, c->margins, good, good_count + 1, questionnaire,
                         SLICE("alle"))) {
            good_count++;
        } else {
            json_errors_add(c->errors, arena_printf(c->arena, "%s/margins/%zu", pointer, i).ptr, "marge",
                            "%s",
                            c->errors->in_english ? margins_problem_english(c->arena, c->margins, &why).ptr
                                                  : margins_problem_dutch(c->arena, c->margins, &why).ptr);
        }
    }
}

static void check_weighting(const struct checker *c, const char *pointer, const json_t *round)
{
    json_t *margins = NULL;
    int64_t lower, upper, smallest;
    const json_t *own = json_object_get(round, "weighting");
    const struct json_field fields[] = {
        {.name = "margins", .kind = JSON_KIND_ARRAY, .min = 1, .max = MARGINS_CHOSEN_MAX, .out = &margins},
        {.name = "lower_percent",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 0,
         .max = 99,
         .out = &lower},
        {.name = "upper_percent",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 101,
         .max = PERCENT_MAX,
         .out = &upper},
        {.name = "smallest",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = SMALLEST_MAX,
         .out = &smallest}};
    bool good = json_decode_document(c->errors, pointer, own, fields, sizeof fields / sizeof fields[0]);
    for (size_t i = 0; i < json_array_size(margins); i++) {
        if (!json_is_string(json_array_get(margins, i))) {
            json_errors_add(c->errors, arena_printf(c->arena, "%s/margins/%zu", pointer, i).ptr, "type",
                            "Schrijf hier de code van een marge.");
            good = false;
        }
    }
    if (good) {
        check_margins(c, pointer, round);
    }
}

bool results_weighting_check(struct json_errors *errors, const struct consultation_bundle *bundle,
                             const char *path, const struct locales *locales)
{
    struct margins margins;
    const size_t before = errors->count;
    struct bundle_loaded kept = {.questionnaire = NULL};
    const struct checker checker = {errors, bundle->arena, &margins, bundle, locales, &kept};
    if (!margins_embedded(&margins, bundle->arena)) {
        json_errors_add(errors, path, "marge", "De marges van deze versie van de dienst zijn niet leesbaar.");
        return false;
    }
    size_t index;
    json_t *round;
    json_array_foreach(bundle->round_list, index, round)
    {
        if (json_object_get(round, "weighting")) {
            check_weighting(&checker,
                            arena_printf(bundle->arena, "%s#/rounds/%zu/weighting", path, index).ptr, round);
        }
    }
    bundle_loaded_release(&kept);
    return errors->count == before;
}
