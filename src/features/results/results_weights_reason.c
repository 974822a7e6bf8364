/* Why weights were refused, as a sentence that says what to do. */
#include "features/results/results_weights.h"

#include <math.h>
#include <string.h>

struct reason {
    const char *status; /* of the report */
    /* Words with {margin}, {category}, {value} and {wanted} in them. */
    const char *english, *dutch;
};

/* In English for administrators, with the numbers. In Dutch for analysts, without numbers of people: those
 * may be few. */
static const struct reason reasons[] = {
    {"empty-sample", "nobody of this stream answered yet; wait for responses, or choose another stream",
     "Van deze werving heeft nog niemand meegedaan. Wacht op inzendingen of kies een andere werving."},
    {"targets-do-not-sum",
     "the targets of margin {margin} sum to {value}, not to {wanted}; correct them in the file of margins",
     "De doelen van marge {margin} tellen op tot {value} en niet tot {wanted}. Verbeter het bestand met "
     "marges."},
    {"bad-target",
     "margin {margin}, category {category}: target {value} is none; correct the file of margins",
     "Marge {margin}, categorie {category}: {value} is geen doel. Verbeter het bestand met marges."},
    {"sample-without-target",
     "margin {margin}, category {category}: {value} people answered where the population has none; correct "
     "the file of margins or leave this margin out",
     "Marge {margin}, categorie {category}: hier deden mensen mee en in de bevolking is niemand. Verbeter "
     "het "
     "bestand met marges of laat deze marge weg."},
    {"target-without-sample",
     "margin {margin}, category {category}: nobody answered, and {percent} per cent of the population is "
     "here; "
     "wait for responses, or leave this margin out with --margins",
     "Marge {margin}, categorie {category}: hier deden te weinig mensen mee, en dit is {percent} procent van "
     "de bevolking. Wacht op inzendingen of laat deze marge weg."},
    {"too-small",
     "margin {margin}, category {category}: {value} people, fewer than {wanted}, and no other category to go "
     "with; wait for responses, or leave this margin out with --margins",
     "Marge {margin}, categorie {category}: hier deden minder dan {wanted} mensen mee, en er is geen "
     "categorie "
     "om bij te voegen. Wacht op inzendingen of laat deze marge weg."},
    {"no-convergence",
     "the margins contradict each other in this sample: no weights meet them all, and {margin}, category "
     "{category}, is furthest off; leave this margin out with --margins, or wait for responses",
     "De marges zijn in deze steekproef niet samen te halen. Marge {margin}, categorie {category}, wijkt het "
     "meest af. Laat deze marge weg of wacht op inzendingen."},
    {"out-of-bounds",
     "no weights within the bounds meet all margins: {value} is needed where {wanted} is the bound, mostly "
     "for {margin}, category {category}; leave this margin out with --margins, or widen the bounds of the "
     "next round",
     "Binnen de grenzen zijn de marges niet te halen. De grens is {wanted}. Het moeilijkst is marge "
     "{margin}, "
     "categorie {category}. Laat deze marge weg of kies voor de volgende ronde ruimere grenzen."},
    {"too-many-profiles",
     "these margins make too many different profiles; choose fewer margins with --margins",
     "Deze marges geven te veel verschillende profielen. Kies minder marges."},
};

/* Whole numbers as such: "0 people", not "0.000". */
static struct slice number_text(struct arena *arena, double value, bool dutch)
{
    struct slice text = arena_printf(arena, fabs(value - round(value)) < 1e-9 ? "%.0f" : "%.4g", value);
    char *point = dutch ? strchr(text.ptr, '.') : NULL;
    if (point) {
        *point = ',';
    }
    return text;
}

static struct slice category_text(struct arena *arena, const struct weights_version *version,
                                  const char *margin, const char *category, bool dutch)
{
    size_t m, c;
    json_t *one, *other;
    if (!category) {
        return dutch ? SLICE("onbekend") : SLICE("missing");
    }
    json_array_foreach(json_object_get(version->margins, "margins"), m, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        json_array_foreach(json_object_get(one, "categories"), c, other)
        {
            const char *own = json_string_value(json_object_get(other, "code"));
            if (code && own && margin && strcmp(code, margin) == 0 && strcmp(own, category) == 0) {
                const json_t *label = json_object_get(other, "label");
                return arena_printf(arena, "%s (%s)", category,
                                    json_string_value(json_object_get(label, dutch ? "nl" : "en")));
            }
        }
    }
    return slice_from_cstr(category);
}

/* The text up to the next {word}, and the word. False when there is none. */
static bool cut_word(struct slice *before, struct slice *word, struct slice *rest)
{
    return slice_cut(before, rest, *rest, '{') && slice_cut(word, rest, *rest, '}');
}

struct slice results_weights_reason(struct arena *arena, const struct weights_version *version, bool dutch)
{
    const json_t *report = version->report;
    const char *status = json_string_value(json_object_get(report, "status"));
    const char *margin = json_string_value(json_object_get(report, "margin"));
    const double value = json_number_value(json_object_get(report, "value"));
    const struct {
        const char *word;
        struct slice text;
    } words[] = {{"margin", slice_from_cstr(margin ? margin : "")},
                 {"category", category_text(arena, version, margin,
                                            json_string_value(json_object_get(report, "category")), dutch)},
                 {"value", number_text(arena, value, dutch)},
                 {"percent", number_text(arena, value * 100, dutch)},
                 {"wanted", number_text(arena, json_number_value(json_object_get(report, "wanted")), dutch)}};
    for (size_t i = 0; status && i < sizeof reasons / sizeof reasons[0]; i++) {
        struct slice said = SLICE(""), before, word;
        struct slice rest = slice_from_cstr(dutch ? reasons[i].dutch : reasons[i].english);
        if (strcmp(reasons[i].status, status) != 0) {
            continue;
        }
        while (cut_word(&before, &word, &rest)) {
            struct slice text = SLICE("");
            for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
                text = slice_equal_cstr(word, words[w].word) ? words[w].text : text;
            }
            said = arena_printf(arena, "%.*s%.*s%.*s", SLICE_ARG(said), SLICE_ARG(before), SLICE_ARG(text));
        }
        return arena_printf(arena, "%.*s%.*s", SLICE_ARG(said), SLICE_ARG(before));
    }
    return slice_from_cstr(status ? status : "");
}
