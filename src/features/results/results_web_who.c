/* GET /uitkomsten/{consultatie}/wie: who took part, by stream, channel and group, beside what would be
 * expected of a sample of everybody; who is missing; and what may not be concluded. People are counted here,
 * so nothing is weighted. */
#include "features/results/results_margins.h"
#include "features/results/results_web.h"
#include "features/results/results_words.h"

#include "stats/estimate.h"
#include "stats/protect_public.h"
#include "web/chart.h"

#include <math.h>
#include <string.h>

enum { WHO_CHART_BYTES = 256 * 1024 };

/* Part of what would be expected, below which a group is said to be missing. */
static const double MISSING_BELOW = 0.8;

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
    return json_pack("{s:s, s:s, s:o, s:o}", "caption", caption, "first", first, "head", head, "rows",
                     rows_take);
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

struct comparison {
    const struct margin *margin;
    const struct figures *figures;
    const struct figures_line *line;      /* without those beyond the margin; NULL: that cannot be told */
    const struct margin_category *beyond; /* whom the margin says nothing of; NULL: nobody */
    const struct figure *beyond_people;
    int digits;
};

/* The answers of a category, as places in the figures; their number. 0: one of them is not there. */
static size_t answers_of(size_t *places, const struct comparison *c, const struct margin_category *category)
{
    size_t index, count = 0;
    json_t *item;
    const json_t *codes = json_object_get(category->answers, c->margin->variables[0]);
    json_array_foreach((json_t *)(uintptr_t)codes, index, item)
    {
        const size_t place = panel_find_answer(c->figures, json_string_value(item));
        if (place == c->figures->answer_count) {
            return 0;
        }
        places[count++] = place;
    }
    return count;
}

static double expected_of(const struct comparison *c, const struct margin_category *category)
{
    return 100 * category->target / c->margin->total;
}

static const char *percent(const struct results_page *page, const struct comparison *c, double value)
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

/* Categories of one answer: of others there is no figure that could stand beside what is expected. */
static void put_chart(struct results_page *page, const struct comparison *c, const char *id)
{
    const size_t categories = c->margin->category_count;
    struct chart_dot_row *rows = arena_array(page->maker.arena, categories, sizeof *rows);
    size_t *places = arena_array(page->maker.arena, c->figures->answer_count, sizeof *places);
    size_t count = 0;
    struct buffer html;
    for (size_t i = 0; i < categories && count < CHART_ROWS_MAX; i++) {
        const struct margin_category *category = &c->margin->categories[i];
        const double expected = expected_of(c, category);
        if (!category->beyond && answers_of(places, c, category) == 1) {
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
    }
    buffer_free(&html);
}

static void put_table(struct results_page *page, const struct comparison *c)
{
    static const char *const heads[] = {"results.who.got", "results.count", "results.who.expected", NULL};
    size_t *places = arena_array(page->maker.arena, c->figures->answer_count, sizeof *places);
    bool *listed = arena_array(page->maker.arena, c->figures->answer_count, sizeof *listed);
    json_t *rows = json_array();
    for (size_t i = 0; i <= c->margin->category_count; i++) {
        const bool rest = i == c->margin->category_count; /* answers that are in no category */
        const struct margin_category *category = rest ? NULL : &c->margin->categories[i];
        size_t count = rest ? 0 : answers_of(places, c, category);
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
                add_cell(cells, percent(page, c, expected_of(c, category)), NULL, count);
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

/* Whether the whole interval of a category lies well below what is expected. */
static bool is_missing(const struct comparison *c, const struct margin_category *category, size_t *places)
{
    const size_t count = answers_of(places, c, category);
    const double expected = expected_of(c, category);
    double value = 0, high = 0;
    for (size_t a = 0; a < count; a++) {
        const struct figure *share = &c->line->cells[places[a]].share;
        if (share->mark != FIGURE_SHOWN && share->mark != FIGURE_FEWER) {
            return false;
        }
        value += share->value;
        high += share->mark == FIGURE_SHOWN && share->interval ? share->high : share->value;
    }
    return count > 0 && high < expected && value < MISSING_BELOW * expected;
}

/* "Man (Wat is uw gender?), ..." added to what is missing. */
static const char *add_missing(const char *missing, const struct results_page *page,
                               const struct comparison *c)
{
    size_t *places = arena_array(page->maker.arena, c->figures->answer_count, sizeof *places);
    for (size_t i = 0; i < c->margin->category_count; i++) {
        const struct margin_category *category = &c->margin->categories[i];
        if (!category->beyond && is_missing(c, category, places)) {
            missing = arena_printf(page->maker.arena, "%s%s%.*s", missing, missing[0] ? "; " : "",
                                   SLICE_ARG(category->label[page->maker.language]))
                          .ptr;
        }
    }
    return missing;
}

/* ---- margins that do not cover everybody ---- */

static const struct margin_category *category_beyond(const struct margin *margin)
{
    for (size_t i = 0; i < margin->category_count; i++) {
        if (margin->categories[i].beyond) {
            return &margin->categories[i];
        }
    }
    return NULL;
}

/* The figures of those beyond alone. False unless one answer says who they are, and a release tells of them.
 */
static bool figures_beyond(struct figures *out, struct results_page *page, const struct comparison *c)
{
    json_t *answers = (json_t *)(uintptr_t)c->beyond->answers;
    void *first = json_object_iter(answers);
    const json_t *codes = json_object_iter_value(first);
    const int variable = find_variable(page, json_object_iter_key(first));
    if (json_object_size(answers) != 1 || json_array_size(codes) != 1 || variable < 0) {
        return false;
    }
    size_t count;
    const struct variable *v = &page_variables(&count, page)[variable];
    const char *wanted = json_string_value(json_array_get(codes, 0));
    for (uint16_t k = 0; k < v->category_count; k++) {
        if (strcmp(v->categories[k].code, wanted) == 0) {
            const uint16_t code = (uint16_t)(ANSWER_FIRST + k);
            struct figures_query query = c->figures->query;
            query.filters[query.filter_count++] = (struct figures_filter){(size_t)variable, &code, 1};
            return page_figures(out, NULL, page, &query) == FIGURES_OK;
        }
    }
    return false;
}

/* Of two counts that are shown: nothing is told that they do not. */
static struct figure less(const struct figure *all, const struct figure *part, uint64_t fewer)
{
    if (all->mark != FIGURE_SHOWN) {
        return *all;
    }
    if (part->mark != FIGURE_SHOWN) {
        return (struct figure){.mark = FIGURE_UNRELIABLE};
    }
    const double rest = all->value - part->value;
    if (rest < (double)fewer) {
        return (struct figure){.mark = FIGURE_FEWER};
    }
    return (struct figure){.mark = FIGURE_SHOWN, .value = rest};
}

/* The share of counts that each have the noise of two. */
static struct figure share_of_rest(const struct figures *figures, const struct figure *count,
                                   const struct figure *base)
{
    const struct sums part = {count->value, count->value, count->value},
                      all = {base->value, base->value, base->value};
    const struct estimate_options options = {.all_n = (uint64_t)base->value,
                                             .noise_variance =
                                                 share_noise_variance(2 * figures->noise_variance, part, all),
                                             .z = INTERVAL_Z95};
    struct estimate share;
    if (count->mark == FIGURE_FEWER && base->mark == FIGURE_SHOWN && base->value >= PUBLIC_BASE_MIN) {
        return (struct figure){.mark = FIGURE_FEWER,
                               .value = ceil(100 * (double)figures->fewer / base->value)};
    }
    if (count->mark != FIGURE_SHOWN || base->mark != FIGURE_SHOWN || base->value < PUBLIC_BASE_MIN ||
        count->value > base->value || !estimate_share(&share, part, all, &options)) {
        return (struct figure){.mark = FIGURE_UNRELIABLE};
    }
    const double steps = base->value >= PUBLIC_DECIMAL_FROM ? 10 : 1;
    return (struct figure){.mark = FIGURE_SHOWN,
                           .interval = true,
                           .digits = steps > 1 ? 1 : 0,
                           .value = round(100 * share.value * steps) / steps,
                           .low = floor(100 * share.interval.low * steps) / steps,
                           .high = ceil(100 * share.interval.high * steps) / steps};
}

/* What the margin covers of the line. */
static void leave_out_beyond(struct comparison *c, struct results_page *page)
{
    struct figures *beyond = arena_alloc(page->maker.arena, sizeof *beyond);
    const struct figures_line *all = c->line;
    c->line = NULL;
    if (!figures_beyond(beyond, page, c) || beyond->answer_count != c->figures->answer_count) {
        return;
    }
    const struct figures_line *part = &beyond->lines[beyond->line_count - 1];
    c->beyond_people = &part->people;
    struct figures_line *rest = arena_alloc(page->maker.arena, sizeof *rest);
    *rest = (struct figures_line){.release = all->release};
    rest->people = less(&all->people, &part->people, c->figures->fewer);
    rest->base = less(&all->base, &part->base, c->figures->fewer);
    rest->effective_n = rest->base;
    rest->design_effect = (struct figure){.mark = FIGURE_SHOWN, .digits = 2, .value = 1};
    rest->cells = arena_array(page->maker.arena, c->figures->answer_count, sizeof *rest->cells);
    for (size_t i = 0; i < c->figures->answer_count; i++) {
        rest->cells[i].count = less(&all->cells[i].count, &part->cells[i].count, c->figures->fewer);
        rest->cells[i].share = share_of_rest(c->figures, &rest->cells[i].count, &rest->base);
    }
    if (rest->base.mark == FIGURE_SHOWN) {
        c->line = rest;
    }
}

static bool compare(struct comparison *out, struct results_page *page, const struct margin *margin)
{
    const int variable = margin->own_count == 1 ? find_variable(page, margin->variables[0]) : -1;
    if (variable < 0) {
        return false;
    }
    struct figures *figures = arena_alloc(page->maker.arena, sizeof *figures);
    const struct figures_query query = unweighted(page, (size_t)variable);
    if (page_figures(figures, NULL, page, &query) != FIGURES_OK) {
        return false;
    }
    *out = (struct comparison){.margin = margin,
                               .figures = figures,
                               .line = &figures->lines[figures->line_count - 1],
                               .beyond = category_beyond(margin)};
    if (out->beyond) {
        leave_out_beyond(out, page);
    }
    for (size_t i = 0; out->line && i < figures->answer_count; i++) {
        const struct figure *share = &out->line->cells[i].share;
        out->digits =
            share->mark == FIGURE_SHOWN && share->digits > out->digits ? share->digits : out->digits;
    }
    return true;
}

static const char *beyond_text(const struct results_page *page, const struct comparison *c, const char *year)
{
    return locale_format(page->maker.arena, page->maker.locales, page->maker.language == 0 ? "nl" : "en",
                         "results.who.source_beyond", "year", year, "beyond",
                         arena_cstr(page->maker.arena, c->beyond->label[page->maker.language]),
                         (const char *)NULL)
        .ptr;
}

/* Who answered, and where the other numbers come from. */
static void put_source(struct results_page *page, const struct comparison *c)
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
    const char *done[MARGINS_MAX];
    size_t done_count = 0;
    for (size_t i = 0; i < margins->count; i++) {
        struct comparison c;
        bool again = false;
        for (size_t d = 0; d < done_count; d++) {
            again = again || strcmp(done[d], margins->margins[i].variables[0]) == 0;
        }
        if (again || !compare(&c, page, &margins->margins[i])) {
            continue;
        }
        done[done_count++] = c.margin->variables[0];
        page_put_heading(page, c.figures->variable->label[page->maker.language]);
        if (!c.line && c.beyond) {
            page_put_text(page,
                          page_format(page, "results.who.not_compared", "beyond",
                                      arena_cstr(page->maker.arena, c.beyond->label[page->maker.language])));
        }
        if (!c.line) {
            continue;
        }
        put_chart(page, &c, arena_printf(page->maker.arena, "groep-%zu", i).ptr);
        put_table(page, &c);
        put_source(page, &c);
        missing = add_missing(missing, page, &c);
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
