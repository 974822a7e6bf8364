/* A value map as a whole: the heat map, what is on it, and what it is made of. */
#include "features/tafel/tafel_value_map_words.h"

#include "base/clock.h"

#include <string.h>

static const json_t *titles_of(struct arena *arena, const struct survey_round *round, const char *kind,
                               int language)
{
    return questionnaire_explainers_context(arena, round->questionnaire, kind, language);
}

const char *map_title(struct arena *arena, const struct survey_round *round, const char *kind,
                      const char *code, int language)
{
    return map_title_of(titles_of(arena, round, kind, language), code, code);
}

/* ---- what the map is made of ---- */

static const char *day_of(const struct map_words *w, const char *time)
{
    int64_t unix_s = 0;
    clock_parse_rfc3339(&unix_s, slice_from_cstr(time));
    return arena_cstr(w->arena, locale_date(w->arena, w->locales, w->language, unix_s));
}

static void add_text(json_t *list, const char *text)
{
    json_array_append_new(list, json_string(text));
}

static void survey_about(json_t *list, const struct map_words *w, const json_t *survey)
{
    if (!json_is_object(survey)) {
        add_text(list, map_word(w, "about", "no_survey"));
        return;
    }
    const json_t *release = json_object_get(survey, "uitgave");
    add_text(list, MAP_FORMAT(w, "tafel.map.about.survey", "stream",
                              map_word(w, "stream", map_text(survey, "werving")), "weighted",
                              map_word(w, "about",
                                       json_is_true(json_object_get(survey, "gewogen")) ? "weighted"
                                                                                        : "unweighted")));
    if (json_object_get(survey, "weegversie")) {
        add_text(list, MAP_FORMAT(w, "tafel.map.about.weights", "n", map_count(w, survey, "weegversie")));
    }
    add_text(list,
             release ? MAP_FORMAT(w, "tafel.map.about.release", "n", map_count(w, survey, "uitgave"), "date",
                                  day_of(w, map_text(survey, "geteldOp")))
                     : MAP_FORMAT(w, "tafel.map.about.live", "date", day_of(w, map_text(survey, "geteldOp")),
                                  "k", map_count(w, survey, "drempel")));
    if (json_is_true(json_object_get(survey, "voorlopig"))) {
        add_text(list, map_word(w, "about", "provisional"));
    }
}

static void talks_about(json_t *list, const struct map_words *w, const json_t *talks, const json_t *values)
{
    size_t i;
    const json_t *value;
    const json_t *saturation = json_object_get(talks, "verzadiging");
    if (!json_is_object(talks)) {
        add_text(list, map_word(w, "about", "no_talks"));
        return;
    }
    add_text(list,
             MAP_FORMAT(w, "tafel.map.about.talks", "interviews", map_count(w, talks, "interviews"), "people",
                        map_count(w, talks, "geinterviewden"), "groups", map_count(w, talks, "focusgroepen"),
                        "members", map_count(w, talks, "groepsdeelnemers")));
    if (json_integer_value(json_object_get(talks, "nietGecodeerd")) > 0) {
        add_text(list, MAP_FORMAT(w, "tafel.map.about.uncoded", "n", map_count(w, talks, "nietGecodeerd")));
    }
    add_text(list, !saturation ? map_word(w, "about", "saturation_unknown")
                   : json_is_true(json_object_get(saturation, "bereikt"))
                       ? MAP_FORMAT(w, "tafel.map.about.saturation", "n", map_count(w, saturation, "na"),
                                    "run", map_count(w, saturation, "reeks"))
                       : map_word(w, "about", "saturation_not"));
    if (!json_is_true(json_object_get(talks, "dubbelGecodeerd"))) {
        add_text(list, map_word(w, "about", "not_twice"));
    }
    json_array_foreach(json_object_get(talks, "onderDeGrens"), i, value)
    {
        add_text(list,
                 MAP_FORMAT(w, "tafel.map.about.below", "value",
                            map_title_of(values, json_string_value(value), json_string_value(value)), "bar",
                            map_number(w, json_number_value(json_object_get(talks, "grens")), 3, false)));
    }
}

/* By the bars that the page states. Seven values make only so many orders: a tau of 0.5 is chance as a rule.
 */
static const char *order_word(const struct map_words *w, double tau)
{
    return map_word(w, "alike", tau >= 0.5 ? "yes" : tau >= 0.2 ? "partly" : tau > -0.2 ? "none" : "no");
}

/* In words; figures: for who wants to check them. */
static void orders(json_t *list, json_t *figures, const struct map_words *w, const json_t *order)
{
    size_t i;
    const json_t *one;
    json_array_foreach((json_t *)(uintptr_t)order, i, one)
    {
        const json_t *pair = json_object_get(one, "methoden");
        const double tau = json_number_value(json_object_get(one, "tau"));
        const double p = json_number_value(json_object_get(one, "p"));
        const char *a = map_word(w, "method", json_string_value(json_array_get(pair, 0)));
        const char *b = map_word(w, "method", json_string_value(json_array_get(pair, 1)));
        const char *said = MAP_FORMAT(w, "tafel.map.order", "a", a, "b", b, "how", order_word(w, tau));
        const char *chance = tau > -0.2 && tau < 0.2 ? NULL : p >= 0.05 ? "maybe" : "hardly";
        add_text(list,
                 chance ? arena_printf(w->arena, "%s %s", said, map_word(w, "chance", chance)).ptr : said);
        add_text(figures,
                 MAP_FORMAT(w, "tafel.map.order_figures", "a", a, "b", b, "tau", map_number(w, tau, 2, false),
                            "p",
                            p < 0.001 ? arena_printf(w->arena, "< %s", map_number(w, 0.001, 3, false)).ptr
                                      : map_number(w, p, 3, false),
                            "n", map_count(w, one, "waarden")));
    }
    if (json_array_size(figures) > 0) {
        add_text(figures, arena_cstr(w->arena, locale_text(w->locales, w->language, "tafel.map.order_bars")));
    }
}

/* ---- its rows ---- */

struct page {
    struct map_words words;
    struct http_exchange *ex;
    const struct web *web;
    const struct map_links *links;
    const json_t *applications, *values; /* titles */
};

static struct page page_of(struct http_exchange *ex, const struct web *web, const struct survey_round *round,
                           const struct map_links *links)
{
    struct page page = {.words = map_words_of(ex, web), .ex = ex, .web = web, .links = links};
    const int language = strcmp(page.words.language, "en") == 0;
    page.applications = titles_of(page.words.arena, round, "application", language);
    page.values = titles_of(page.words.arena, round, "value", language);
    return page;
}

static const char *title_of_row(const struct page *page, const json_t *row)
{
    const char *application = map_text(row, "toepassing");
    /* The code book's own titles are in Dutch alone; what is of no application is called alike everywhere. */
    const char *instead =
        strcmp(application, "algemeen") == 0
            ? locale_text(page->words.locales, page->words.language, "tafel.suggestion.general").ptr
        : json_object_get(row, "titel") ? map_text(row, "titel")
                                        : application;
    return map_title_of(page->applications, application, instead);
}

/* Where the page of an application is. */
static const char *path_of_row(const struct page *page, const json_t *row)
{
    return arena_printf(page->words.arena, "%s/%s", page->links->row, map_text(row, "toepassing")).ptr;
}

/* One mark of the heat map: its letter says what its colour and pattern do. */
static json_t *mark_of(const struct page *page, const char *label)
{
    return json_pack("{s:s,s:s,s:s}", "label", label, "letter", map_word(&page->words, "letter", label),
                     "label_word", map_word(&page->words, "label", label));
}

static json_t *heat_row(const struct page *page, const json_t *row)
{
    size_t i;
    const json_t *cell;
    json_t *cells = json_array();
    json_array_foreach(json_object_get(row, "waarden"), i, cell)
    {
        const char *value = map_text(cell, "waarde");
        json_t *mark = mark_of(page, map_text(cell, "label"));
        const char *path = page->links->cell
                               ? arena_printf(page->words.arena, "%s/%s", path_of_row(page, row), value).ptr
                               : arena_printf(page->words.arena, "%s#%s", path_of_row(page, row), value).ptr;
        json_object_set_new(mark, "href", json_string(path));
        json_object_set_new(mark, "judged", json_boolean(json_object_get(cell, "beoordeling") != NULL));
        json_array_append_new(cells, mark);
    }
    return json_pack("{s:s,s:s,s:o}", "href", path_of_row(page, row), "title", title_of_row(page, row),
                     "cells", cells);
}

static json_t *values_of(bool *any_below, const struct page *page, const json_t *map)
{
    json_t *list = json_array();
    *any_below = false;
    for (int i = 0; i < CODING_VALUES; i++) {
        const char *value = coding_values[i];
        const bool below = map_value_below(map, value);
        *any_below = *any_below || below;
        json_array_append_new(list, json_pack("{s:s,s:b}", "title", map_title_of(page->values, value, value),
                                              "below", (int)below));
    }
    return list;
}

static json_t *key_of(const struct page *page, const json_t *summary)
{
    json_t *list = json_array();
    for (int label = CONVERGENCE_LABELS - 1; label >= 0; label--) {
        json_t *mark = mark_of(page, convergence_labels[label]);
        json_object_set_new(mark, "n",
                            json_string(map_count(&page->words, summary, convergence_labels[label])));
        json_array_append_new(list, mark);
    }
    return list;
}

static void judged_about(json_t *list, json_t *figures, const struct map_words *w, const json_t *judged)
{
    const json_t *alpha = json_object_get(judged, "alfa");
    if (json_integer_value(json_object_get(judged, "cellen")) == 0) {
        return;
    }
    add_text(list, MAP_FORMAT(w, "tafel.map.judged_count", "n", map_count(w, judged, "cellen"), "same",
                              map_count(w, judged, "gelijkAanRegel")));
    if (alpha) {
        add_text(figures, MAP_FORMAT(w, "tafel.map.judged_alpha", "alpha",
                                     map_number(w, json_number_value(alpha), 2, false)));
    }
}

json_t *map_context(const json_t *map, struct http_exchange *ex, const struct web *web,
                    const struct survey_round *round, const struct map_links *links)
{
    size_t i;
    const json_t *row;
    const struct page page = page_of(ex, web, round, links);
    const struct map_words *w = &page.words;
    bool any_below;
    json_t *values = values_of(&any_below, &page, map);
    json_t *rows = json_array(), *about = json_array(), *order = json_array(), *figures = json_array();
    json_array_foreach(json_object_get(map, "toepassingen"), i, row)
    {
        json_array_append_new(rows, heat_row(&page, row));
    }
    survey_about(about, w, json_object_get(map, "enquete"));
    talks_about(about, w, json_object_get(map, "gesprekken"), page.values);
    orders(order, figures, w, json_object_get(map, "volgorde"));
    judged_about(order, figures, w, json_object_get(map, "beoordeeld"));
    return json_pack("{s:b,s:o,s:b,s:o,s:b,s:o,s:o,s:b,s:o,s:b,s:o}", "with_charts", 1, "rows", rows, "any",
                     (int)(json_array_size(rows) > 0), "values", values, "any_below", (int)any_below, "about",
                     about, "order", order, "any_order", (int)(json_array_size(order) > 0), "order_figures",
                     figures, "any_order_figures", (int)(json_array_size(figures) > 0), "key",
                     key_of(&page, json_object_get(map, "samenvatting")));
}

/* ---- one application ---- */

static void add_links(json_t *cell, const struct page *page, const char *application, const char *value,
                      const char *question)
{
    struct arena *arena = page->words.arena;
    const struct map_links *links = page->links;
    if (links->cell) {
        json_object_set_new(cell, "href",
                            json_string(arena_printf(arena, "%s/%s/%s", links->row, application, value).ptr));
    }
    if (links->figures && question[0]) {
        json_object_set_new(
            cell, "figures",
            json_string(arena_printf(arena, "%s/%s%s", links->figures, question, links->kept).ptr));
    }
    if (links->texts) {
        json_object_set_new(
            cell, "texts",
            json_string(
                arena_printf(arena, "%s?waarde=%s&toepassing=%s", links->texts, value, application).ptr));
    }
}

json_t *map_application_context(const json_t *map, struct slice application, struct http_exchange *ex,
                                const struct web *web, const struct survey_round *round,
                                const struct map_links *links)
{
    size_t r, i;
    const json_t *row, *cell;
    const struct page page = page_of(ex, web, round, links);
    json_array_foreach(json_object_get(map, "toepassingen"), r, row)
    {
        const char *code = map_text(row, "toepassing");
        if (!slice_equal_cstr(application, code)) {
            continue;
        }
        json_t *cells = json_array();
        json_array_foreach(json_object_get(row, "waarden"), i, cell)
        {
            const char *value = map_text(cell, "waarde");
            const json_t *lines = json_object_get(json_object_get(cell, "enquete"), "regels");
            json_t *one = map_cell_context(map, cell, ex, web);
            json_object_set_new(one, "code", json_string(value));
            json_object_set_new(one, "value", json_string(map_title_of(page.values, value, value)));
            add_links(one, &page, code, value, map_text(json_array_get(lines, 0), "vraag"));
            json_array_append_new(cells, one);
        }
        return json_pack("{s:s,s:o}", "application", title_of_row(&page, row), "cells", cells);
    }
    return NULL;
}

json_t *value_map_heat_context(const json_t *map, struct http_exchange *ex, const struct web *web,
                               const struct survey_round *round, const char *row)
{
    const struct map_links links = {.row = row};
    return map_context(map, ex, web, round, &links);
}
