/* A cell of a value map in sentences: of its JSON, so that a map that is kept and one of now read the same.
 */
#include "features/tafel/tafel_value_map_words.h"

#include <string.h>

struct map_words map_words_of(struct http_exchange *ex, const struct web *web)
{
    return (struct map_words){http_arena(ex), web_locales(web), http_language(ex)};
}

const char *map_word(const struct map_words *w, const char *group, const char *code)
{
    const char *path = arena_printf(w->arena, "tafel.map.%s.%s", group, code).ptr;
    return arena_cstr(w->arena, locale_text(w->locales, w->language, path));
}

const char *map_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

const char *map_count(const struct map_words *w, const json_t *object, const char *member)
{
    return arena_printf(w->arena, "%lld", (long long)json_integer_value(json_object_get(object, member))).ptr;
}

const char *map_number(const struct map_words *w, double x, int decimals, bool sign)
{
    const double half = decimals > 0 ? 0.005 : 0.5;
    struct slice text = arena_printf(w->arena, sign ? "%+.*f" : "%.*f", decimals,
                                     sign && x > -half && x < half && decimals == 0 ? 0.0 : x);
    char *digits = arena_alloc(w->arena, text.len + 1);
    for (size_t i = 0; i <= text.len; i++) {
        digits[i] = text.ptr[i] == '.' && strcmp(w->language, "nl") == 0 ? ',' : text.ptr[i];
    }
    return digits;
}

/* A figure, or one end of its interval; NULL where none is shown. */
static const char *figure(const struct map_words *w, const json_t *of, const char *end, bool sign)
{
    const json_t *value = json_object_get(of, end);
    return value ? map_number(w, json_number_value(value),
                              (int)json_integer_value(json_object_get(of, "decimalen")), sign)
                 : NULL;
}

const char *map_title_of(const json_t *titles, const char *code, const char *instead)
{
    size_t i;
    const json_t *item;
    json_array_foreach((json_t *)(uintptr_t)titles, i, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "code")), code) == 0) {
            return json_string_value(json_object_get(item, "title"));
        }
    }
    return instead;
}

static void add_line(json_t *lines, const char *text, bool strong)
{
    json_array_append_new(lines, json_pack("{s:s,s:b}", "text", text, "strong", (int)strong));
}

static bool is(const json_t *object, const char *member, const char *code)
{
    return strcmp(map_text(object, member), code) == 0;
}

/* ---- the survey ---- */

static const char *effect_line(const struct map_words *w, const json_t *line, const char *direction)
{
    const json_t *net = json_object_get(line, "netto");
    const char *low = figure(w, net, "laag", true), *high = figure(w, net, "hoog", true);
    const char *mean = figure(w, json_object_get(line, "gemiddelde"), "getal", false);
    if (!low || !high) {
        return map_word(w, "state", "achtergehouden");
    }
    const char *text =
        MAP_FORMAT(w, "tafel.map.net", "n", figure(w, net, "getal", true), "low", low, "high", high);
    text = direction ? arena_printf(w->arena, "%s: %s", direction, text).ptr : text;
    if (mean) {
        text =
            arena_printf(w->arena, "%s %s", text,
                         MAP_FORMAT(w, "tafel.map.mean", "n", mean, "points", map_count(w, line, "punten")))
                .ptr;
    }
    if (json_object_get(json_object_get(line, "aantal"), "getal")) {
        text = arena_printf(w->arena, "%s %s", text,
                            MAP_FORMAT(w, "tafel.map.base", "n",
                                       figure(w, json_object_get(line, "aantal"), "getal", false)))
                   .ptr;
    } else if (json_object_get(json_object_get(line, "gevraagd"), "getal")) {
        text = arena_printf(w->arena, "%s %s", text,
                            MAP_FORMAT(w, "tafel.map.asked", "n",
                                       figure(w, json_object_get(line, "gevraagd"), "getal", false)))
                   .ptr;
    }
    if (json_object_get(line, "verborgen")) {
        text = arena_printf(w->arena, "%s %s", text,
                            MAP_FORMAT(w, "tafel.map.hidden", "n", map_count(w, line, "verborgen")))
                   .ptr;
    }
    if (json_object_get(line, "eensgezind")) {
        text =
            arena_printf(w->arena, "%s %s", text, map_word(w, "consensus", map_text(line, "eensgezind"))).ptr;
    }
    return text;
}

static json_t *survey_lines(const struct map_words *w, const json_t *survey)
{
    size_t i;
    const json_t *line, *all = json_object_get(survey, "regels");
    const json_t *minority = json_object_get(survey, "minderheid");
    json_t *lines = json_array();
    if (!is(survey, "stand", "gehoord")) {
        add_line(lines, map_word(w, "state", map_text(survey, "stand")), false);
        return lines;
    }
    const char *direction = map_word(w, "effect", map_text(survey, "richting"));
    const bool apart = json_array_size(all) > 1;
    if (apart) {
        add_line(lines, arena_printf(w->arena, "%s.", direction).ptr, false);
    }
    json_array_foreach((json_t *)(uintptr_t)all, i, line)
    {
        const char *facet = map_text(line, "facet");
        const char *text = effect_line(w, line, apart ? NULL : direction);
        add_line(lines,
                 facet[0] ? arena_printf(w->arena, "%s: %s", map_word(w, "facet", facet), text).ptr : text,
                 false);
    }
    if (minority) {
        add_line(lines,
                 MAP_FORMAT(w,
                            is(minority, "richting", "beter") ? "tafel.map.minority_better"
                                                              : "tafel.map.minority_worse",
                            "n",
                            map_number(w, json_number_value(json_object_get(minority, "aandeel")), 0, false)),
                 true);
    }
    add_line(lines, map_word(w, "attention", map_text(survey, "aandacht")), false);
    return lines;
}

/* ---- conversations ---- */

/* How many of those that spoke of it were on which side: they add up. "" where that was not kept. */
static const char *talk_sides(const struct map_words *w, const json_t *talk)
{
    long long none = json_integer_value(json_object_get(talk, "gesproken"));
    static const char *const sides[] = {"voor", "tegen", "verdeeld"};
    if (!json_object_get(talk, "voor")) {
        return "";
    }
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        none -= json_integer_value(json_object_get(talk, sides[i]));
    }
    return MAP_FORMAT(w, "tafel.map.talk_sides", "for", map_count(w, talk, "voor"), "against",
                      map_count(w, talk, "tegen"), "divided", map_count(w, talk, "verdeeld"), "none",
                      arena_printf(w->arena, "%lld", none > 0 ? none : 0).ptr);
}

static json_t *talk_lines(const struct map_words *w, const json_t *talk, bool groups)
{
    const json_t *people = json_object_get(talk, "deelnemers");
    json_t *lines = json_array();
    if (is(talk, "stand", "stil")) {
        add_line(lines,
                 MAP_FORMAT(w, groups ? "tafel.map.silent_groups" : "tafel.map.silent_interviews", "asked",
                            map_count(w, talk, "gevraagd")),
                 false);
        return lines;
    }
    if (!is(talk, "stand", "gehoord")) {
        add_line(lines, map_word(w, "state", map_text(talk, "stand")), false);
        return lines;
    }
    add_line(lines, map_word(w, "stance", map_text(talk, "richting")), false);
    add_line(
        lines,
        arena_printf(w->arena, "%s %s",
                     MAP_FORMAT(w, groups ? "tafel.map.groups" : "tafel.map.interviews", "spoke",
                                map_count(w, talk, "gesproken"), "asked", map_count(w, talk, "gevraagd")),
                     talk_sides(w, talk))
            .ptr,
        false);
    if (!groups && people) {
        add_line(lines,
                 MAP_FORMAT(w, "tafel.map.people_sides", "n", map_count(w, people, "gesproken"), "for",
                            map_count(w, people, "voor"), "against", map_count(w, people, "tegen"),
                            "conditional", map_count(w, people, "onderVoorwaarden")),
                 false);
    }
    add_line(lines, map_word(w, "attention", map_text(talk, "aandacht")), false);
    return lines;
}

bool map_value_below(const json_t *map, const char *value)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(json_object_get(map, "gesprekken"), "onderDeGrens"), i, one)
    {
        if (strcmp(json_string_value(one), value) == 0) {
            return true;
        }
    }
    return false;
}

json_t *map_cell_context(const json_t *map, const json_t *cell, struct http_exchange *ex,
                         const struct web *web)
{
    const struct map_words w = map_words_of(ex, web);
    const json_t *judgement = json_object_get(cell, "beoordeling");
    const char *label = map_text(cell, "label");
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "label", label, "label_word", map_word(&w, "label", label),
                  "rule_word", map_word(&w, "label", map_text(cell, "volgensRegel")), "survey",
                  survey_lines(&w, json_object_get(cell, "enquete")), "interviews",
                  talk_lines(&w, json_object_get(cell, "interviews"), false), "groups",
                  talk_lines(&w, json_object_get(cell, "focusgroepen"), true));
    json_t *of = json_array();
    size_t i;
    const json_t *what;
    json_array_foreach(json_object_get(cell, "tegenspraakOver"), i, what)
    {
        json_array_append_new(of, json_string(map_word(&w, "clash", json_string_value(what))));
    }
    json_object_set_new(object, "of", of);
    json_object_set_new(object, "below", json_boolean(map_value_below(map, map_text(cell, "waarde"))));
    if (judgement) {
        json_object_set_new(object, "judged", json_pack("{s:s}", "reason", map_text(judgement, "reden")));
    }
    return object;
}
