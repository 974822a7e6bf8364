/* Figures of a report: who is missing, tables by application with a chart before them, trends. */
#include "features/report/report_view.h"

#include "web/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHART_BYTES = 512 * 1024, GROUPS_MAX = 200 };

static json_t *cell(const char *text, const char *range)
{
    json_t *out = json_pack("{s:s}", "text", text);
    if (range) {
        json_object_set_new(out, "range", json_string(range));
    }
    return out;
}

static double real_of(const json_t *number)
{
    return json_is_integer(number)  ? (double)json_integer_value(number)
           : json_is_string(number) ? strtod(json_string_value(number), NULL)
                                    : 0;
}

/* ---- who is missing ---- */

static const char *percent(const struct report_view *v, const json_t *object, const char *name)
{
    const char *number = view_number(v, object, name);
    const char *most = arena_printf(v->arena, "%sMinderDan", name).ptr;
    const json_t *value = json_object_get(object, name);
    const bool is_number = (value && !json_is_null(value)) || json_object_get(object, most);
    return !number[0]  ? view_word(v, "report.unknown")
           : is_number ? arena_printf(v->arena, "%s %%", number).ptr
                       : number;
}

/* What is expected of so many rows of the list together, from the first on: it is said of which. */
static json_t *expected_cell(const struct report_view *v, const json_t *list, size_t first)
{
    const json_t *row = json_array_get(list, first);
    const size_t over = (size_t)json_integer_value(json_object_get(row, "over"));
    const char *share = percent(v, row, "verwacht"), *groups = "";
    for (size_t i = first; i < first + over; i++) {
        groups = arena_printf(v->arena, "%s%s%s", groups, i > first ? ", " : "",
                              report_text(json_array_get(list, i), v->english ? "label.en" : "label.nl"))
                     .ptr;
    }
    json_t *expected =
        cell(over < 2 ? share
                      : locale_format(v->arena, v->locales, v->language, "results.who.together", "share",
                                      share, "groups", groups, NULL)
                            .ptr,
             NULL);
    if (over > 1) {
        json_object_set(expected, "span", json_object_get(row, "over"));
    }
    return expected;
}

static json_t *margin_row(const struct report_view *v, const json_t *list, size_t index)
{
    const json_t *row = json_array_get(list, index);
    const json_t *got = json_object_get(row, "aandeel"), *weighted = json_object_get(row, "gewogen");
    json_t *cells = json_array();
    json_array_append_new(cells, cell(percent(v, got, "waarde"), view_interval(v, got)));
    if (json_object_get(row, "over")) {
        json_array_append_new(cells, expected_cell(v, list, index));
    }
    if (weighted) {
        json_array_append_new(cells, cell(percent(v, weighted, "waarde"), view_interval(v, weighted)));
    }
    return json_pack("{s:s,s:o}", "label", report_text(row, v->english ? "label.en" : "label.nl"), "cells",
                     cells);
}

static void show_margin(struct report_view *v, const json_t *group, const char *stream)
{
    const json_t *list = json_object_get(group, "rijen");
    json_t *rows = json_array();
    const char *label = report_text(group, v->english ? "variabele.label.en" : "variabele.label.nl");
    const char *beyond = report_text(group, v->english ? "buiten.en" : "buiten.nl");
    const char *year = arena_printf(v->arena, "%.4s", report_text(group, "peildatum")).ptr;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_array_append_new(rows, margin_row(v, list, i));
    }
    json_t *heads = json_pack("[{s:s},{s:s}]", "text", view_word(v, "report.missing.got"), "text",
                              view_word(v, "report.missing.expected"));
    if (json_object_get(json_array_get(list, 0), "gewogen")) {
        json_array_append_new(heads, json_pack("{s:s}", "text", view_word(v, "report.missing.weighted")));
    }
    view_table(v, arena_printf(v->arena, "%s (%s)", label, stream).ptr, label, heads, rows);
    view_add(v, "small",
             json_string(locale_format(v->arena, v->locales, v->language,
                                       beyond[0] ? "results.who.source_beyond" : "results.who.source", "year",
                                       year, "beyond", beyond, NULL)
                             .ptr));
}

void report_show_missing(struct report_view *v, const json_t *streams)
{
    size_t i, k, shown = 0;
    const json_t *one, *group;
    json_array_foreach(streams, i, one)
    {
        shown += json_array_size(json_object_get(one, "groepen"));
    }
    view_add(v, "subheading", json_string(view_word(v, "report.missing.title")));
    view_paragraph(v, view_word(v, shown > 0 ? "report.missing.about" : "report.missing.none"));
    json_array_foreach(streams, i, one)
    {
        const char *stream = view_option(v, "stream", report_text(one, "werving"));
        if (json_array_size(json_object_get(one, "groepen")) > 0 && json_array_size(streams) > 1) {
            view_paragraph(v, stream);
        }
        json_array_foreach(json_object_get(one, "groepen"), k, group)
        {
            show_margin(v, group, stream);
        }
    }
}

/* ---- a chart of the highest two answers ---- */

static bool dot_of(struct chart_figure *out, const struct report_view *v, const json_t *line)
{
    const json_t *top = report_at(line, "maten.top2"), *value = json_object_get(top, "waarde");
    const json_t *interval = json_object_get(top, "bandbreedte");
    if (!top) {
        return false;
    }
    *out =
        (struct chart_figure){.mark = CHART_WITHHELD, .text = slice_from_cstr(view_number(v, top, "waarde"))};
    if (value && !json_is_null(value)) {
        out->mark = CHART_SHOWN;
        out->value = fmin(fmax(real_of(value), 0), 100);
        out->has_interval = json_array_size(interval) == 2;
        if (out->has_interval) {
            out->low = fmin(fmax(real_of(json_array_get(interval, 0)), 0), out->value);
            out->high = fmax(fmin(real_of(json_array_get(interval, 1)), 100), out->value);
        }
        out->text = arena_printf(v->arena, "%s %%", view_number(v, top, "waarde"));
    }
    return true;
}

static void show_chart(struct report_view *v, const json_t *const *tables, size_t count, const char *title)
{
    struct chart_dot_row rows[CHART_ROWS_MAX];
    size_t used = 0;
    struct buffer html;
    for (size_t i = 0; i < count && used < CHART_ROWS_MAX; i++) {
        const json_t *line = json_array_get(json_object_get(tables[i], "rijen"), 0);
        rows[used] = (struct chart_dot_row){
            .label = slice_from_cstr(view_variable(v, json_object_get(tables[i], "variabele")))};
        used += dot_of(&rows[used].figures[0], v, line);
    }
    const struct chart_dots chart = {
        .head = {.id = arena_printf(v->arena, "figuur-%zu", ++v->charts),
                 .title = arena_printf(v->arena, "%s: %s", title, view_word(v, "report.chart_title")),
                 .note = slice_from_cstr(view_word(v, "report.chart_note")),
                 .unit = SLICE(" %")},
        .rows = rows,
        .row_count = used,
        .series_count = 1};
    buffer_init(&html, CHART_BYTES);
    if (used > 0 && chart_draw_dots(&html, &chart)) {
        const struct slice text = buffer_slice(&html);
        json_array_append_new(v->blocks,
                              json_pack("{s:{s:s%}}", "drawing", "chart_html", text.ptr, text.len));
    }
    buffer_free(&html);
}

/* ---- tables: questions with the same answers and measures stand in one ---- */

static const json_t *line_of(const json_t *table, const char *member)
{
    return json_object_get(json_array_get(json_object_get(table, "rijen"), 0), member);
}

/* By name and in this order: a row has its measures in the order in which it has them. */
static bool same_measures(const json_t *a, const json_t *b)
{
    json_t *first = (json_t *)(uintptr_t)line_of(a, "maten"),
           *second = (json_t *)(uintptr_t)line_of(b, "maten");
    void *one = json_object_iter(first), *other = json_object_iter(second);
    while (one && other && strcmp(json_object_iter_key(one), json_object_iter_key(other)) == 0) {
        one = json_object_iter_next(first, one);
        other = json_object_iter_next(second, other);
    }
    return !one && !other;
}

static bool same_columns(const json_t *a, const json_t *b)
{
    size_t i;
    const json_t *one;
    const json_t *first = line_of(a, "cellen"), *second = line_of(b, "cellen");
    if (json_array_size(first) != json_array_size(second) || !same_measures(a, b)) {
        return false;
    }
    json_array_foreach(first, i, one)
    {
        if (!json_equal(json_object_get(one, "antwoord"),
                        json_object_get(json_array_get(second, i), "antwoord")) ||
            !json_equal(json_object_get(one, "label"), json_object_get(json_array_get(second, i), "label"))) {
            return false;
        }
    }
    return true;
}

static json_t *heads_of(const struct report_view *v, const json_t *table)
{
    size_t i;
    const char *measure;
    const json_t *one;
    json_t *unused, *heads = json_pack("[{s:s}]", "text", view_word(v, "report.people"));
    json_t *line = json_array_get(json_object_get(table, "rijen"), 0);
    json_array_foreach(json_object_get(line, "cellen"), i, one)
    {
        const char *label = view_answer(v, json_object_get(table, "variabele"), one);
        json_array_append_new(heads,
                              json_pack("{s:s}", "text", arena_printf(v->arena, "%s (%%)", label).ptr));
    }
    json_object_foreach(json_object_get(line, "maten"), measure, unused)
    {
        json_array_append_new(heads, json_pack("{s:s}", "text", view_option(v, "measure", measure)));
    }
    return heads;
}

static json_t *row_of(const struct report_view *v, const json_t *table)
{
    size_t i;
    const char *measure;
    const json_t *one;
    json_t *line = json_array_get(json_object_get(table, "rijen"), 0), *estimate;
    json_t *cells = json_pack("[o]", cell(view_number(v, line, "basis"), NULL));
    json_array_foreach(json_object_get(line, "cellen"), i, one)
    {
        json_array_append_new(cells, cell(view_number(v, one, "percentage"), NULL));
    }
    json_object_foreach(json_object_get(line, "maten"), measure, estimate)
    {
        json_array_append_new(cells, cell(view_number(v, estimate, "waarde"), view_interval(v, estimate)));
    }
    return json_pack("{s:s,s:o}", "label", view_variable(v, json_object_get(table, "variabele")), "cells",
                     cells);
}

static void show_tables(struct report_view *v, const json_t *const *tables, size_t count, const char *title)
{
    for (size_t from = 0, i; from < count; from = i) {
        json_t *rows = json_array();
        for (i = from; i < count && same_columns(tables[from], tables[i]); i++) {
            json_array_append_new(rows, row_of(v, tables[i]));
        }
        view_table(v, arena_printf(v->arena, "%s, %zu", title, from + 1).ptr, view_word(v, "report.question"),
                   heads_of(v, tables[from]), rows);
    }
}

/* ---- a part, application by application ---- */

static const char *application_of(const json_t *table)
{
    return report_text(table, "toepassing");
}

/* Of the scales: what the chart shows, in figures. */
static void show_summary(struct report_view *v, const json_t *const *tables, size_t count, const char *title)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        const json_t *line = json_array_get(json_object_get(tables[i], "rijen"), 0);
        const json_t *net = report_at(line, "maten.netto"), *top = report_at(line, "maten.top2");
        if (top) {
            json_array_append_new(rows,
                                  json_pack("{s:s,s:[o,o,o]}", "label",
                                            view_variable(v, json_object_get(tables[i], "variabele")),
                                            "cells", cell(view_number(v, line, "basis"), NULL),
                                            cell(view_number(v, top, "waarde"), view_interval(v, top)),
                                            cell(view_number(v, net, "waarde"), view_interval(v, net))));
        }
    }
    view_table(v, title, view_word(v, "report.question"),
               json_pack("[{s:s},{s:s},{s:s}]", "text", view_word(v, "report.people"), "text",
                         view_word(v, "report.measure.top2"), "text", view_word(v, "report.measure.netto")),
               rows);
}

static bool any_scale(const json_t *const *tables, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (report_at(json_array_get(json_object_get(tables[i], "rijen"), 0), "maten.top2")) {
            return true;
        }
    }
    return false;
}

static void show_application(struct report_view *v, const json_t *list, const char *code, const char *stream)
{
    size_t i, count = 0;
    const json_t *table;
    const json_t **tables = arena_array(v->arena, json_array_size(list) + 1, sizeof *tables);
    json_array_foreach(list, i, table)
    {
        if (strcmp(application_of(table), code) == 0) {
            tables[count++] = table;
        }
    }
    const char *title = code[0] ? view_title(v, "application", code) : view_word(v, "report.general");
    const char *whole = arena_printf(v->arena, "%s (%s)", title, stream).ptr;
    if (v->part == REPORT_FIGURES) {
        view_add(v, "subheading", json_string(whole));
        show_tables(v, tables, count, whole);
    } else if (any_scale(tables, count)) {
        view_add(v, "subheading", json_string(whole));
        show_chart(v, tables, count, title);
        show_summary(v, tables, count, whole);
    }
}

static void show_part(struct report_view *v, const json_t *part)
{
    size_t i, known = 0;
    const json_t *table;
    const char *codes[GROUPS_MAX];
    const json_t *list = json_object_get(part, "tabellen");
    const bool weighted = json_is_true(report_at(part, "over.gewogen"));
    const char *stream = view_option(v, "stream", report_text(part, "over.werving"));
    view_paragraph(v, locale_format(v->arena, v->locales, v->language,
                                    weighted ? "report.part_weighted" : "report.part", "stream", stream, NULL)
                          .ptr);
    if (weighted && report_text(part, "over.weegmarges")[0]) {
        view_add(v, "small", json_string(report_text(part, "over.weegmarges")));
    }
    json_array_foreach(list, i, table)
    {
        size_t k = 0;
        while (k < known && strcmp(codes[k], application_of(table)) != 0) {
            k++;
        }
        if (k == known && known < GROUPS_MAX) {
            codes[known++] = application_of(table);
            show_application(v, list, codes[k], stream);
        }
    }
}

void report_show_figures(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *part;
    view_paragraph(v, locale_format(v->arena, v->locales, v->language, "report.figures_about", "release",
                                    view_number(v, content, "uitgave"), NULL)
                          .ptr);
    if (json_array_size(json_object_get(content, "afgeschermd")) > 0) {
        view_paragraph(
            v,
            locale_format(
                v->arena, v->locales, v->language, "report.hidden", "n",
                arena_printf(v->arena, "%zu", json_array_size(json_object_get(content, "afgeschermd"))).ptr,
                NULL)
                .ptr);
    }
    if (v->part == REPORT_ITSELF) {
        view_add(v, "link",
                 json_pack("{s:s,s:s}", "href", v->figures_path, "text", view_word(v, "report.all_figures")));
    }
    json_array_foreach(json_object_get(content, "delen"), i, part)
    {
        /* Of the report itself the first: the others are no less, but they are read one by one. */
        if (v->part == REPORT_FIGURES || i == 0) {
            show_part(v, part);
        }
    }
}

/* ---- trends: a table for each stream, a column for each round ---- */

static const json_t *longest_of(const json_t *trends, const char *stream)
{
    size_t i;
    const json_t *trend, *longest = NULL;
    json_array_foreach(trends, i, trend)
    {
        const json_t *rounds = json_object_get(trend, "rondes");
        if (strcmp(report_text(trend, "werving"), stream) == 0 &&
            json_array_size(rounds) > json_array_size(longest)) {
            longest = rounds;
        }
    }
    return longest;
}

static const json_t *last_of(const json_t *trend)
{
    const json_t *rounds = json_object_get(trend, "rondes");
    return json_array_get(rounds, json_array_size(rounds) - 1);
}

/* Its interval holds no 0. */
static bool is_clear(const json_t *change)
{
    const json_t *interval = json_object_get(change, "bandbreedte");
    return json_array_size(interval) == 2 &&
           real_of(json_array_get(interval, 0)) * real_of(json_array_get(interval, 1)) > 0;
}

/* The question with what a net above 0 and below 0 says of it: which end of the scale is good, no rule tells.
 */
static const char *trend_label(const struct report_view *v, const json_t *trend)
{
    const char *low, *high;
    const json_t *variable = json_object_get(trend, "variabele");
    const char *label = view_variable(v, variable);
    return view_ends(&low, &high, v, variable)
               ? locale_format(v->arena, v->locales, v->language, "report.trend_label", "question", label,
                               "low", low, "high", high, NULL)
                     .ptr
               : label;
}

static json_t *trend_row(const struct report_view *v, const json_t *trend, const json_t *columns)
{
    size_t i, k;
    const json_t *column, *one;
    const json_t *change = json_object_get(last_of(trend), "verschil");
    json_t *cells = json_array();
    json_array_foreach(columns, i, column)
    {
        json_t *shown = cell("", NULL);
        json_array_foreach(json_object_get(trend, "rondes"), k, one)
        {
            const json_t *net = json_object_get(one, "schatting");
            if (strcmp(report_text(one, "ronde"), report_text(column, "ronde")) == 0) {
                json_decref(shown);
                shown = cell(view_number(v, net, "waarde"), view_interval(v, net));
            }
        }
        json_array_append_new(cells, shown);
    }
    json_array_append_new(cells, cell(view_number(v, change, "waarde"), view_interval(v, change)));
    return json_pack("{s:s,s:o}", "label", trend_label(v, trend), "cells", cells);
}

/* Of the report itself, those that changed more than chance would make them. */
static void show_stream(struct report_view *v, const json_t *trends, const char *stream)
{
    size_t i, all = 0;
    const json_t *trend, *column, *columns = longest_of(trends, stream);
    json_t *rows = json_array(), *heads = json_array();
    json_array_foreach(trends, i, trend)
    {
        if (strcmp(report_text(trend, "werving"), stream) == 0) {
            all++;
            if (v->part == REPORT_FIGURES || is_clear(json_object_get(last_of(trend), "verschil"))) {
                json_array_append_new(rows, trend_row(v, trend, columns));
            }
        }
    }
    json_array_foreach(columns, i, column)
    {
        json_array_append_new(heads, json_pack("{s:s}", "text", view_round(v, report_text(column, "ronde"))));
    }
    json_array_append_new(heads, json_pack("{s:s}", "text", view_word(v, "report.change")));
    const char *title = view_option(v, "stream", stream);
    view_add(v, "subheading", json_string(title));
    if (v->part == REPORT_ITSELF) {
        view_paragraph(v, locale_format(v->arena, v->locales, v->language, "report.trends_clear", "n",
                                        arena_printf(v->arena, "%zu", json_array_size(rows)).ptr, "all",
                                        arena_printf(v->arena, "%zu", all).ptr, "chance",
                                        arena_printf(v->arena, "%zu", (all + 10) / 20).ptr, NULL)
                              .ptr);
    }
    if (json_array_size(rows) > 0) {
        view_table(v, arena_printf(v->arena, "%s: %s", view_word(v, "report.section.trends"), title).ptr,
                   view_word(v, "report.question"), heads, rows);
    } else {
        json_decref(rows);
        json_decref(heads);
    }
}

void report_show_trends(struct report_view *v, const json_t *content)
{
    size_t i;
    const json_t *trend, *trends = json_object_get(content, "trends");
    const char *stream = "";
    view_paragraph(v, view_word(v, "report.trends_about"));
    json_array_foreach(trends, i, trend)
    {
        /* They stand by stream. */
        if (strcmp(report_text(trend, "werving"), stream) != 0) {
            stream = report_text(trend, "werving");
            show_stream(v, trends, stream);
        }
    }
}
