/* GET /uitkomsten/{consultatie}/wie: who took part, by stream, channel and group, beside what would be
 * expected of a sample of everybody; who is missing; and what may not be concluded. People are counted here,
 * so nothing is weighted. */
#include "features/results/results_web.h"
#include "features/results/results_who.h"
#include "features/results/results_words.h"

#include "web/chart.h"

#include <math.h>
#include <string.h>

enum { WHO_CHART_BYTES = 256 * 1024 };

static void add_cell(json_t *cells, const char *text, const char *range, size_t span)
{
    json_t *cell = json_pack("{s:s}", "text", text);
    if (range) {
        json_object_set_new(cell, "range", json_string(range));
    }
    if (span > 0) {
        json_object_set_new(cell, "span", json_integer((json_int_t)span));
    }
    json_array_append_new(cells, cell);
}

static json_t *add_row(json_t *rows, const char *label)
{
    json_t *cells = json_array();
    json_array_append_new(rows, json_pack("{s:s, s:o}", "label", label, "cells", cells));
    return cells;
}

static json_t *table_of(const struct results_page *page, const char *caption, const char *first,
                        const char *const *heads, json_t *rows_take)
{
    json_t *head = json_array();
    for (; *heads; heads++) {
        json_array_append_new(head, json_pack("{s:s}", "text", page_text(page, *heads)));
    }
    return json_pack("{s:s, s:s, s:b, s:o, s:o}", "caption", caption, "first", first, "wide",
                     json_array_size(head) >= PANEL_WIDE, "head", head, "rows", rows_take);
}

/* ---- streams and channels ---- */

static struct figures_query unweighted(struct results_page *page, size_t variable)
{
    struct figures_query query = page_query(page, variable);
    query.weighted = false;
    return query;
}

static int find_variable(const struct results_page *page, const char *code)
{
    const int found = questionnaire_find_variable(page->round->questionnaire, slice_from_cstr(code));
    return found >= 0 && release_plan_find(&page->shelved->plan, (size_t)found) ? found : -1;
}

static const char *people_of_stream(struct results_page *page, uint16_t stream, size_t channel)
{
    struct figures figures;
    struct figures_query query = unweighted(page, channel);
    const uint16_t code = (uint16_t)(ANSWER_FIRST + stream);
    query.filters[0].codes = &code;
    if (page_figures(&figures, NULL, page, &query) != FIGURES_OK) {
        return page_text(page, "results.who.too_few");
    }
    return panel_count_text(&page->maker, &figures.lines[figures.line_count - 1].people, figures.fewer);
}

static void put_streams(struct results_page *page, size_t channel)
{
    static const char *const heads[] = {"results.people", NULL};
    size_t count;
    json_t *rows = json_array();
    const struct variable *streams = &page_variables(&count, page)[page->shelved->plan.stream];
    for (uint16_t k = 0; k < streams->category_count; k++) {
        json_t *cells = add_row(rows, streams->categories[k].label[page->maker.language]);
        add_cell(cells, people_of_stream(page, k, channel), NULL, 0);
    }
    page_put_heading(page, page_text(page, "results.who.streams"));
    page_put_text(page, page_text(page, "results.who.streams_about"));
    page_put(page, "table",
             table_of(page, page_text(page, "results.who.streams"), page_text(page, "results.who.way"), heads,
                      rows));
}

static void put_channels(struct results_page *page, size_t channel)
{
    struct figures figures;
    const struct figures_query query = unweighted(page, channel);
    if (page_figures(&figures, NULL, page, &query) != FIGURES_OK) {
        return;
    }
    const struct panel_row row = {.figures = &figures, .line = &figures.lines[figures.line_count - 1]};
    struct panel panel = {.id = "kanaal",
                          .heading = page_text(page, "results.who.channels"),
                          .about = figures.variable->label[page->maker.language],
                          .rows = &row,
                          .row_count = 1};
    page_put_panel(page, &panel, NULL);
}

/* ---- groups beside what would be expected ---- */

static const char *percent(const struct results_page *page, const struct who_comparison *c, double value)
{
    return page_format(page, "results.percent", "n",
                       figures_number_text(page->maker.arena, value, c->digits, page->maker.language).ptr);
}

static struct chart_figure dot(const struct results_page *page, const struct figure *share)
{
    struct chart_figure out = {.mark = CHART_WITHHELD,
                               .text = slice_from_cstr(panel_share_text(&page->maker, share))};
    if (share->mark == FIGURE_SHOWN) {
        out.mark = CHART_SHOWN;
        out.value = fmin(fmax(share->value, 0), 100);
        out.has_interval = share->interval;
        out.low = share->interval ? fmin(fmax(share->low, 0), out.value) : 0;
        out.high = share->interval ? fmax(fmin(share->high, 100), out.value) : 0;
    }
    return out;
}

/* "16 of 17, 18 tot en met 24": answers that what is expected is of together. */
static const char *groups_text(const struct results_page *page, const struct who_comparison *c,
                               const size_t *places, size_t count)
{
    const char *text = "";
    for (size_t a = 0; a < count; a++) {
        text = arena_printf(page->maker.arena, "%s%s%s", text, a > 0 ? ", " : "",
                            panel_answer_label(&c->figures->answers[places[a]], page->maker.language))
                   .ptr;
    }
    return text;
}

/* Says which groups the chart is without, if any. */
static void put_not_drawn(struct results_page *page, const struct who_comparison *c)
{
    size_t *places = arena_array(page->maker.arena, c->figures->answer_count, sizeof *places);
    const char *left = "";
    for (size_t i = 0; i < c->margin->category_count; i++) {
        const struct margin_category *category = &c->margin->categories[i];
        const size_t count = category->beyond ? 0 : who_answers(places, c, category);
        if (count > 1) {
            left = arena_printf(page->maker.arena, "%s%s%s", left, left[0] ? "; " : "",
                                groups_text(page, c, places, count))
                       .ptr;
        }
    }
    if (left[0]) {
        page_put_text(page, page_format(page, "results.who.not_drawn", "groups", left));
    }
}

/* What is expected of a category: of more answers it is said which they are. */
static const char *expected_text(const struct results_page *page, const struct who_comparison *c,
                                 const struct margin_category *category, const size_t *places, size_t count)
{
    const char *share = percent(page, c, who_expected(c, category));
    return count < 2 ? share
                     : locale_format(page->maker.arena, page->maker.locales,
                                     panel_languages[page->maker.language], "results.who.together", "share",
                                     share, "groups", groups_text(page, c, places, count), (const char *)NULL)
                           .ptr;
}

/* Categories of one answer: of others there is no figure that could stand beside what is expected. */
static void put_chart(struct results_page *page, const struct who_comparison *c, const char *id)
{
    const size_t categories = c->margin->category_count;
    struct chart_dot_row *rows = arena_array(page->maker.arena, categories, sizeof *rows);
    size_t *places = arena_array(page->maker.arena, c->figures->answer_count, sizeof *places);
    size_t count = 0;
    struct buffer html;
    for (size_t i = 0; i < categories && count < CHART_ROWS_MAX; i++) {
        const struct margin_category *category = &c->margin->categories[i];
        const double expected = who_expected(c, category);
        if (!category->beyond && who_answers(places, c, category) == 1) {
            rows[count++] = (struct chart_dot_row){
                slice_from_cstr(panel_answer_label(&c->figures->answers[places[0]], page->maker.language)),
                {dot(page, &c->line->cells[places[0]].share),
                 {.value = expected, .text = slice_from_cstr(percent(page, c, expected))}}};
        }
    }
    const struct chart_dots chart = {
        .head = {slice_from_cstr(id), slice_from_cstr(page_text(page, "results.who.chart")),
                 slice_from_cstr(page_text(page, "results.whisker")), SLICE(" %"), 0},
        .rows = rows,
        .row_count = count,
        .series_count = 2,
        .series = {slice_from_cstr(page_text(page, "results.who.got")),
                   slice_from_cstr(page_text(page, "results.who.expected"))}};
    buffer_init(&html, WHO_CHART_BYTES);
    if (chart_draw_dots(&html, &chart)) {
        const struct slice text = buffer_slice(&html);
        page_put(page, "drawing", json_pack("{s:s%}", "chart_html", text.ptr, text.len));
        put_not_drawn(page, c);
    }
    buffer_free(&html);
}

static void put_table(struct results_page *page, const struct who_comparison *c)
{
    static const char *const heads[] = {"results.who.got", "results.count", "results.who.expected", NULL};
    size_t *places = arena_array(page->maker.arena, c->figures->answer_count, sizeof *places);
    bool *listed = arena_array(page->maker.arena, c->figures->answer_count, sizeof *listed);
    json_t *rows = json_array();
    for (size_t i = 0; i <= c->margin->category_count; i++) {
        const bool rest = i == c->margin->category_count; /* answers that are in no category */
        const struct margin_category *category = rest ? NULL : &c->margin->categories[i];
        size_t count = rest ? 0 : who_answers(places, c, category);
        for (size_t a = 0; rest && a < c->figures->answer_count; a++) {
            if (c->figures->answers[a].in_base && !listed[a]) {
                places[count++] = a;
            }
        }
        for (size_t a = 0; a < count; a++) {
            const struct figures_cell *cell = &c->line->cells[places[a]];
            json_t *cells =
                add_row(rows, panel_answer_label(&c->figures->answers[places[a]], page->maker.language));
            listed[places[a]] = true;
            add_cell(cells, panel_share_text(&page->maker, &cell->share),
                     panel_range_text(&page->maker, &cell->share), 0);
            add_cell(cells, panel_count_text(&page->maker, &cell->count, c->figures->fewer), NULL, 0);
            if (rest) {
                add_cell(cells, page_text(page, "results.who.unknown"), NULL, 0);
            } else if (a == 0) {
                add_cell(cells, expected_text(page, c, category, places, count), NULL, count);
            }
        }
    }
    if (c->beyond) {
        json_t *cells = add_row(rows, arena_cstr(page->maker.arena, c->beyond->label[page->maker.language]));
        add_cell(cells, page_text(page, "results.who.apart"), NULL, 0);
        add_cell(cells, panel_count_text(&page->maker, c->beyond_people, c->figures->fewer), NULL, 0);
        add_cell(cells, page_text(page, "results.who.unknown"), NULL, 0);
    }
    page_put(page, "table",
             table_of(page, c->figures->variable->label[page->maker.language],
                      page_text(page, "results.who.group"), heads, rows));
}

/* "Man (Wat is uw gender?), ..." added to what is missing. */
static const char *add_missing(const char *missing, const struct results_page *page,
                               const struct who_comparison *c)
{
    for (size_t i = 0; i < c->margin->category_count; i++) {
        const struct margin_category *category = &c->margin->categories[i];
        if (!category->beyond && who_is_missing(c, page->maker.arena, category)) {
            missing = arena_printf(page->maker.arena, "%s%s%.*s", missing, missing[0] ? "; " : "",
                                   SLICE_ARG(category->label[page->maker.language]))
                          .ptr;
        }
    }
    return missing;
}

static const char *beyond_text(const struct results_page *page, const struct who_comparison *c,
                               const char *year)
{
    return locale_format(page->maker.arena, page->maker.locales, page->maker.language == 0 ? "nl" : "en",
                         "results.who.source_beyond", "year", year, "beyond",
                         arena_cstr(page->maker.arena, c->beyond->label[page->maker.language]),
                         (const char *)NULL)
        .ptr;
}

/* Who answered, and where the other numbers come from. */
static void put_source(struct results_page *page, const struct who_comparison *c)
{
    struct arena *arena = page->maker.arena;
    const char *year = arena_printf(arena, "%.4s", arena_cstr(arena, c->margin->reference_date)).ptr;
    const struct slice people =
        figures_people_sentences(arena, page->maker.locales, page->maker.language, c->figures, c->line);
    page_put(page, "small",
             json_string(arena_printf(arena, "%.*s %s %s", SLICE_ARG(people),
                                      panel_made_text(&page->maker, c->figures, c->line),
                                      c->beyond ? beyond_text(page, c, year)
                                                : page_format(page, "results.who.source", "year", year))
                             .ptr));
}

static const char *put_groups(struct results_page *page, const struct margins *margins)
{
    const char *missing = "";
    struct who_comparison comparisons[MARGINS_MAX];
    const struct who who = {.arena = page->maker.arena,
                            .results = page->results,
                            .round = page->round,
                            .view = page->view,
                            .people = page_query(page, page->shelved->plan.stream).filters[0]};
    const size_t count = who_compare(comparisons, &who, margins);
    for (size_t i = 0; i < count; i++) {
        const struct who_comparison *c = &comparisons[i];
        page_put_heading(page, c->figures->variable->label[page->maker.language]);
        if (!c->line && c->beyond) {
            page_put_text(page,
                          page_format(page, "results.who.not_compared", "beyond",
                                      arena_cstr(page->maker.arena, c->beyond->label[page->maker.language])));
        }
        if (!c->line) {
            continue;
        }
        put_chart(page, c, arena_printf(page->maker.arena, "groep-%zu", i).ptr);
        put_table(page, c);
        put_source(page, c);
        missing = add_missing(missing, page, c);
    }
    return missing;
}

void results_page_who(struct http_exchange *ex, void *self)
{
    struct results_page page;
    struct margins margins;
    if (!page_begin_release(&page, self, ex)) {
        return;
    }
    const int channel = find_variable(&page, "kanaal");
    page_title(&page, page_text(&page, "results.who.title"));
    page_back(&page, page_link(&page, NULL, NULL));
    page_put_note(
        &page, page_text(&page, arena_printf(page.maker.arena, "results.who.conclude.%s", page.stream).ptr));
    page_put_choices(&page, false, NULL);
    if (channel >= 0) {
        put_streams(&page, (size_t)channel);
        put_channels(&page, (size_t)channel);
    }
    if (margins_embedded(&margins, page.maker.arena)) {
        page_put_text(&page, page_text(&page, "results.who.groups_about"));
        const char *missing = put_groups(&page, &margins);
        page_put_heading(&page, page_text(&page, "results.who.missing"));
        page_put_text(&page, missing[0] ? page_format(&page, "results.who.missing_some", "groups", missing)
                                        : page_text(&page, "results.who.missing_none"));
    }
    page_show(&page);
}
