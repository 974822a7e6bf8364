/* A value map in sentences: of its JSON, so that a map that is kept and one of now read the same. */
#include "features/tafel/tafel_value_map_view.h"

#include "base/clock.h"

#include <string.h>

struct words {
    struct arena *arena;
    const struct locales *locales;
    const char *language;
    const json_t *titles[2]; /* of applications and values, once they are needed */
};
enum { APPLICATIONS, VALUES };

#define FORMAT(w, path, ...)                                                                                 \
    locale_format((w)->arena, (w)->locales, (w)->language, path, __VA_ARGS__, NULL).ptr

static struct words words_of(struct http_exchange *ex, const struct web *web)
{
    return (struct words){http_arena(ex), web_locales(web), http_language(ex), {NULL, NULL}};
}

/* The text of a code: "tafel.map.GROUP.CODE". */
static const char *word(const struct words *w, const char *group, const char *code)
{
    const char *path = arena_printf(w->arena, "tafel.map.%s.%s", group, code).ptr;
    return arena_cstr(w->arena, locale_text(w->locales, w->language, path));
}

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

static const char *count_of(const struct words *w, const json_t *object, const char *member)
{
    return arena_printf(w->arena, "%lld", (long long)json_integer_value(json_object_get(object, member))).ptr;
}

static const char *number(const struct words *w, double x, int decimals, bool sign)
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
static const char *figure(const struct words *w, const json_t *of, const char *end, bool sign)
{
    const json_t *value = json_object_get(of, end);
    return value ? number(w, json_number_value(value),
                          (int)json_integer_value(json_object_get(of, "decimalen")), sign)
                 : NULL;
}

/* instead: where it is none of them. */
static const char *title(const json_t *titles, const char *code, const char *instead)
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

static const json_t *titles_of(struct arena *arena, const struct survey_round *round, const char *kind,
                               int language)
{
    return questionnaire_explainers_context(arena, round->questionnaire, kind, language);
}

const char *map_title(struct arena *arena, const struct survey_round *round, const char *kind,
                      const char *code, int language)
{
    return title(titles_of(arena, round, kind, language), code, code);
}

static void add_line(json_t *lines, const char *text, bool strong)
{
    json_array_append_new(lines, json_pack("{s:s,s:b}", "text", text, "strong", (int)strong));
}

static bool is(const json_t *object, const char *member, const char *code)
{
    return strcmp(text_of(object, member), code) == 0;
}

/* ---- the survey ---- */

static const char *effect_line(const struct words *w, const json_t *line, const char *direction)
{
    const json_t *net = json_object_get(line, "netto");
    const char *low = figure(w, net, "laag", true), *high = figure(w, net, "hoog", true);
    const char *mean = figure(w, json_object_get(line, "gemiddelde"), "getal", false);
    if (!low || !high) {
        return word(w, "state", "achtergehouden");
    }
    const char *text =
        FORMAT(w, "tafel.map.net", "n", figure(w, net, "getal", true), "low", low, "high", high);
    text = direction ? arena_printf(w->arena, "%s: %s", direction, text).ptr : text;
    if (mean) {
        text = arena_printf(w->arena, "%s %s", text,
                            FORMAT(w, "tafel.map.mean", "n", mean, "points", count_of(w, line, "punten")))
                   .ptr;
    }
    if (json_object_get(json_object_get(line, "aantal"), "getal")) {
        text = arena_printf(w->arena, "%s %s", text,
                            FORMAT(w, "tafel.map.base", "n",
                                   figure(w, json_object_get(line, "aantal"), "getal", false)))
                   .ptr;
    } else if (json_object_get(json_object_get(line, "gevraagd"), "getal")) {
        text = arena_printf(w->arena, "%s %s", text,
                            FORMAT(w, "tafel.map.asked", "n",
                                   figure(w, json_object_get(line, "gevraagd"), "getal", false)))
                   .ptr;
    }
    if (json_object_get(line, "verborgen")) {
        text = arena_printf(w->arena, "%s %s", text,
                            FORMAT(w, "tafel.map.hidden", "n", count_of(w, line, "verborgen")))
                   .ptr;
    }
    if (json_object_get(line, "eensgezind")) {
        text = arena_printf(w->arena, "%s %s", text, word(w, "consensus", text_of(line, "eensgezind"))).ptr;
    }
    return text;
}

static json_t *survey_lines(const struct words *w, const json_t *survey)
{
    size_t i;
    const json_t *line, *all = json_object_get(survey, "regels");
    const json_t *minority = json_object_get(survey, "minderheid");
    json_t *lines = json_array();
    if (!is(survey, "stand", "gehoord")) {
        add_line(lines, word(w, "state", text_of(survey, "stand")), false);
        return lines;
    }
    const char *direction = word(w, "effect", text_of(survey, "richting"));
    const bool apart = json_array_size(all) > 1;
    if (apart) {
        add_line(lines, arena_printf(w->arena, "%s.", direction).ptr, false);
    }
    json_array_foreach((json_t *)(uintptr_t)all, i, line)
    {
        const char *facet = text_of(line, "facet");
        const char *text = effect_line(w, line, apart ? NULL : direction);
        add_line(lines, facet[0] ? arena_printf(w->arena, "%s: %s", word(w, "facet", facet), text).ptr : text,
                 false);
    }
    if (minority) {
        add_line(lines,
                 FORMAT(w,
                        is(minority, "richting", "beter") ? "tafel.map.minority_better"
                                                          : "tafel.map.minority_worse",
                        "n", number(w, json_number_value(json_object_get(minority, "aandeel")), 0, false)),
                 true);
    }
    add_line(lines, word(w, "attention", text_of(survey, "aandacht")), false);
    return lines;
}

/* ---- conversations ---- */

static json_t *talk_lines(const struct words *w, const json_t *talk, bool groups)
{
    const json_t *people = json_object_get(talk, "deelnemers");
    json_t *lines = json_array();
    if (is(talk, "stand", "stil")) {
        add_line(lines,
                 FORMAT(w, groups ? "tafel.map.silent_groups" : "tafel.map.silent_interviews", "asked",
                        count_of(w, talk, "gevraagd")),
                 false);
        return lines;
    }
    if (!is(talk, "stand", "gehoord")) {
        add_line(lines, word(w, "state", text_of(talk, "stand")), false);
        return lines;
    }
    const char *said = FORMAT(w, groups ? "tafel.map.groups" : "tafel.map.interviews", "spoke",
                              count_of(w, talk, "gesproken"), "asked", count_of(w, talk, "gevraagd"));
    add_line(lines, arena_printf(w->arena, "%s: %s", word(w, "stance", text_of(talk, "richting")), said).ptr,
             false);
    if (groups) {
        add_line(lines,
                 FORMAT(w, "tafel.map.group_sides", "for", count_of(w, talk, "voor"), "against",
                        count_of(w, talk, "tegen"), "divided", count_of(w, talk, "verdeeld")),
                 false);
    } else if (people) {
        add_line(lines,
                 FORMAT(w, "tafel.map.people_sides", "n", count_of(w, people, "gesproken"), "for",
                        count_of(w, people, "voor"), "against", count_of(w, people, "tegen"), "conditional",
                        count_of(w, people, "onderVoorwaarden")),
                 false);
    }
    add_line(lines, word(w, "attention", text_of(talk, "aandacht")), false);
    return lines;
}

json_t *map_cell_context(const json_t *cell, struct http_exchange *ex, const struct web *web)
{
    const struct words w = words_of(ex, web);
    const json_t *judgement = json_object_get(cell, "beoordeling");
    const char *label = text_of(cell, "label");
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "label", label, "label_word", word(&w, "label", label),
                  "rule_word", word(&w, "label", text_of(cell, "volgensRegel")), "survey",
                  survey_lines(&w, json_object_get(cell, "enquete")), "interviews",
                  talk_lines(&w, json_object_get(cell, "interviews"), false), "groups",
                  talk_lines(&w, json_object_get(cell, "focusgroepen"), true));
    if (judgement) {
        json_object_set_new(object, "judged", json_pack("{s:s}", "reason", text_of(judgement, "reden")));
    }
    return object;
}

/* ---- what the map is made of ---- */

static const char *day_of(const struct words *w, const char *time)
{
    int64_t unix_s = 0;
    clock_parse_rfc3339(&unix_s, slice_from_cstr(time));
    return arena_cstr(w->arena, locale_date(w->arena, w->locales, w->language, unix_s));
}

static void add_text(json_t *list, const char *text)
{
    json_array_append_new(list, json_string(text));
}

static void survey_about(json_t *list, const struct words *w, const json_t *survey)
{
    if (!json_is_object(survey)) {
        add_text(list, word(w, "about", "no_survey"));
        return;
    }
    const json_t *release = json_object_get(survey, "uitgave");
    add_text(list,
             FORMAT(w, "tafel.map.about.survey", "stream", word(w, "stream", text_of(survey, "werving")),
                    "weighted",
                    word(w, "about",
                         json_is_true(json_object_get(survey, "gewogen")) ? "weighted" : "unweighted")));
    if (json_object_get(survey, "weegversie")) {
        add_text(list, FORMAT(w, "tafel.map.about.weights", "n", count_of(w, survey, "weegversie")));
    }
    add_text(list, release ? FORMAT(w, "tafel.map.about.release", "n", count_of(w, survey, "uitgave"), "date",
                                    day_of(w, text_of(survey, "geteldOp")))
                           : FORMAT(w, "tafel.map.about.live", "date", day_of(w, text_of(survey, "geteldOp")),
                                    "k", count_of(w, survey, "drempel")));
    if (json_is_true(json_object_get(survey, "voorlopig"))) {
        add_text(list, word(w, "about", "provisional"));
    }
}

static void talks_about(json_t *list, const struct words *w, const json_t *talks)
{
    size_t i;
    const json_t *value;
    const json_t *saturation = json_object_get(talks, "verzadiging");
    if (!json_is_object(talks)) {
        add_text(list, word(w, "about", "no_talks"));
        return;
    }
    add_text(list,
             FORMAT(w, "tafel.map.about.talks", "interviews", count_of(w, talks, "interviews"), "people",
                    count_of(w, talks, "geinterviewden"), "groups", count_of(w, talks, "focusgroepen"),
                    "members", count_of(w, talks, "groepsdeelnemers")));
    if (json_integer_value(json_object_get(talks, "nietGecodeerd")) > 0) {
        add_text(list, FORMAT(w, "tafel.map.about.uncoded", "n", count_of(w, talks, "nietGecodeerd")));
    }
    add_text(list, !saturation ? word(w, "about", "saturation_unknown")
                   : json_is_true(json_object_get(saturation, "bereikt"))
                       ? FORMAT(w, "tafel.map.about.saturation", "n", count_of(w, saturation, "na"), "run",
                                count_of(w, saturation, "reeks"))
                       : word(w, "about", "saturation_not"));
    if (!json_is_true(json_object_get(talks, "dubbelGecodeerd"))) {
        add_text(list, word(w, "about", "not_twice"));
    }
    json_array_foreach(json_object_get(talks, "onderDeGrens"), i, value)
    {
        add_text(list,
                 FORMAT(w, "tafel.map.about.below", "value",
                        title(w->titles[VALUES], json_string_value(value), json_string_value(value)), "bar",
                        number(w, json_number_value(json_object_get(talks, "grens")), 3, false)));
    }
}

static void orders(json_t *list, const struct words *w, const json_t *order)
{
    size_t i;
    const json_t *one;
    json_array_foreach((json_t *)(uintptr_t)order, i, one)
    {
        const json_t *pair = json_object_get(one, "methoden");
        const double tau = json_number_value(json_object_get(one, "tau"));
        const double p = json_number_value(json_object_get(one, "p"));
        add_text(list, FORMAT(w, "tafel.map.order", "a",
                              word(w, "method", json_string_value(json_array_get(pair, 0))), "b",
                              word(w, "method", json_string_value(json_array_get(pair, 1))), "how",
                              word(w, "alike",
                                   tau >= 0.5   ? "yes"
                                   : tau > -0.5 ? "partly"
                                                : "no"),
                              "tau", number(w, tau, 2, false), "p",
                              p < 0.001 ? arena_printf(w->arena, "< %s", number(w, 0.001, 3, false)).ptr
                                        : number(w, p, 3, false)));
    }
}

static json_t *counts(const struct words *w, const json_t *summary)
{
    json_t *list = json_array();
    for (int label = CONVERGENCE_LABELS - 1; label >= 0; label--) {
        const char *code = convergence_labels[label];
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "label", code, "word", word(w, "label", code),
                                              "n", count_of(w, summary, code)));
    }
    return list;
}

static void add_links(json_t *cell, const struct words *w, const char *application, const char *value,
                      const char *question, const struct map_links *links)
{
    if (links->cell) {
        json_object_set_new(
            cell, "href",
            json_string(arena_printf(w->arena, "%s/%s/%s", links->cell, application, value).ptr));
    }
    if (links->figures && question[0]) {
        json_object_set_new(
            cell, "figures",
            json_string(arena_printf(w->arena, "%s/%s%s", links->figures, question, links->kept).ptr));
    }
    if (links->texts) {
        json_object_set_new(
            cell, "texts",
            json_string(
                arena_printf(w->arena, "%s?waarde=%s&toepassing=%s", links->texts, value, application).ptr));
    }
}

static json_t *row_context(const struct words *w, const json_t *row, struct http_exchange *ex,
                           const struct web *web, const struct map_links *links)
{
    size_t i;
    const json_t *cell;
    json_t *cells = json_array();
    const char *application = text_of(row, "toepassing");
    json_array_foreach(json_object_get(row, "waarden"), i, cell)
    {
        const char *value = text_of(cell, "waarde");
        const json_t *lines = json_object_get(json_object_get(cell, "enquete"), "regels");
        json_t *one = map_cell_context(cell, ex, web);
        json_object_set_new(one, "value", json_string(title(w->titles[VALUES], value, value)));
        add_links(one, w, application, value, text_of(json_array_get(lines, 0), "vraag"), links);
        json_array_append_new(cells, one);
    }
    return json_pack("{s:s,s:s,s:o}", "code", application, "title",
                     title(w->titles[APPLICATIONS], application,
                           json_object_get(row, "titel") ? text_of(row, "titel") : application),
                     "cells", cells);
}

json_t *map_context(const json_t *map, struct http_exchange *ex, const struct web *web,
                    const struct survey_round *round, const struct map_links *links)
{
    size_t i;
    const json_t *row;
    struct words w = words_of(ex, web);
    const int language = strcmp(w.language, "en") == 0;
    const json_t *judged = json_object_get(map, "beoordeeld");
    json_t *rows = json_array(), *about = json_array(), *order = json_array();
    w.titles[APPLICATIONS] = titles_of(w.arena, round, "application", language);
    w.titles[VALUES] = titles_of(w.arena, round, "value", language);
    json_array_foreach(json_object_get(map, "toepassingen"), i, row)
    {
        json_array_append_new(rows, row_context(&w, row, ex, web, links));
    }
    survey_about(about, &w, json_object_get(map, "enquete"));
    talks_about(about, &w, json_object_get(map, "gesprekken"));
    orders(order, &w, json_object_get(map, "volgorde"));
    if (json_integer_value(json_object_get(judged, "cellen")) > 0) {
        const json_t *alpha = json_object_get(judged, "alfa");
        add_text(order, FORMAT(&w, "tafel.map.judged_count", "n", count_of(&w, judged, "cellen"), "same",
                               count_of(&w, judged, "gelijkAanRegel")));
        if (alpha) {
            add_text(order, FORMAT(&w, "tafel.map.judged_alpha", "alpha",
                                   number(&w, json_number_value(alpha), 2, false)));
        }
    }
    return json_pack("{s:o,s:b,s:o,s:o,s:b,s:o}", "rows", rows, "any", (int)(json_array_size(rows) > 0),
                     "about", about, "order", order, "any_order", (int)(json_array_size(order) > 0), "counts",
                     counts(&w, json_object_get(map, "samenvatting")));
}
