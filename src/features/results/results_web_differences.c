/* How much the rows of a panel differ: in a sentence the largest difference that is clear, how many were
 * looked at, and all of them in a table. */
#include "features/results/results_differences.h"
#include "features/results/results_web_panel.h"
#include "features/results/results_words.h"

#include <math.h>

static void set(json_t *object, const char *key, const char *text)
{
    if (text) {
        json_object_set_new(object, key, json_string(text));
    }
}

/* ---- all of them together ---- */

struct tally {
    size_t compared, clear;
    const struct panel_difference *largest; /* that is clear; NULL */
};

static struct tally tally_of(const struct panel *panel)
{
    struct tally tally = {.largest = NULL};
    for (size_t i = 0; i < panel->difference_count; i++) {
        const struct panel_difference *d = &panel->differences[i];
        const bool clear = difference_is_clear(&d->figure);
        tally.compared += d->figure.mark == FIGURE_SHOWN;
        tally.clear += clear;
        if (clear && (!tally.largest || fabs(d->figure.value) > fabs(tally.largest->figure.value))) {
            tally.largest = d;
        }
    }
    return tally;
}

/* The row that has more is named first. */
static const char *largest_sentence(const struct panel_maker *m, const struct panel *panel,
                                    const struct panel_difference *d)
{
    static const char *const paths[2][2] = {
        {"results.differences.mean", "results.differences.share"},
        {"results.differences.round_mean", "results.differences.round_share"}};
    const struct figures *figures = panel->rows[0].figures;
    const struct figure *f = &d->figure;
    const bool more = f->value > 0;
    const struct figure size = {.interval = true,
                                .digits = f->digits,
                                .value = fabs(f->value),
                                .low = more ? f->low : -f->high,
                                .high = more ? f->high : -f->low};
    return PANEL_FORMAT(m, paths[panel->over_time][d->answer != NULL], "one", more ? d->one : d->other,
                        "other", more ? d->other : d->one, "answer", d->answer ? d->answer : "", "n",
                        panel_number(m, size.value, size.digits), "who",
                        figures_who(m->arena, m->locales, m->language, figures), "range",
                        figures_range(m->arena, m->locales, m->language, figures, &size));
}

/* ---- the table ---- */

static void add_head(json_t *head, const char *text)
{
    json_array_append_new(head, json_pack("{s:s}", "text", text));
}

static void add_cell(json_t *cells, const char *text)
{
    json_array_append_new(cells, json_pack("{s:s}", "text", text));
}

static void add_row(json_t *rows, const struct panel_maker *m, const struct panel_difference *d, bool answers)
{
    json_t *row = json_object(), *cells = json_array();
    const bool told = d->figure.mark == FIGURE_SHOWN;
    const char *range = panel_range_text(m, &d->figure);
    set(row, "label", d->one);
    add_cell(cells, d->other);
    if (answers) {
        add_cell(cells, d->answer ? d->answer : PANEL_TEXT(m, "results.mean"));
    }
    add_cell(cells, panel_value_text(m, &d->figure));
    add_cell(cells, range ? range : PANEL_TEXT(m, "results.no_range"));
    add_cell(cells, !told                             ? PANEL_TEXT(m, "results.no_range")
                    : difference_is_clear(&d->figure) ? PANEL_TEXT(m, "results.differences.yes")
                                                      : PANEL_TEXT(m, "results.differences.no"));
    json_object_set_new(row, "cells", cells);
    json_array_append_new(rows, row);
}

static bool of_more_answers(const struct panel *panel)
{
    for (size_t i = 1; i < panel->difference_count; i++) {
        if (panel->differences[i].answer != panel->differences[0].answer) {
            return true;
        }
    }
    return false;
}

static json_t *table_of(const struct panel_maker *m, const struct panel *panel)
{
    json_t *table = json_object(), *head = json_array(), *rows = json_array();
    const bool all = panel->difference_count <= DIFFERENCE_ROWS_MAX, answers = of_more_answers(panel);
    const bool shares = panel->differences[0].answer != NULL;
    size_t count = 0;
    set(table, "caption",
        PANEL_TEXT(m, panel->over_time ? "results.differences.rounds" : "results.differences.groups"));
    set(table, "first", panel->rows_are);
    add_head(head, PANEL_TEXT(m, "results.differences.against"));
    if (answers) {
        add_head(head, PANEL_TEXT(m, "results.answer"));
    }
    add_head(head, PANEL_TEXT(m, shares ? "results.differences.in_shares" : "results.differences.in_means"));
    add_head(head, PANEL_TEXT(m, "results.differences.range"));
    add_head(head, PANEL_TEXT(m, "results.differences.clear"));
    for (size_t i = 0; i < panel->difference_count && count < DIFFERENCE_ROWS_MAX; i++) {
        if (all || difference_is_clear(&panel->differences[i].figure)) {
            add_row(rows, m, &panel->differences[i], answers);
            count++;
        }
    }
    json_object_set_new(table, "wide", json_boolean(json_array_size(head) >= PANEL_WIDE));
    json_object_set_new(table, "head", head);
    json_object_set_new(table, "rows", rows);
    return table;
}

json_t *panel_differences(const struct panel_maker *m, const struct panel *panel)
{
    const struct tally tally = tally_of(panel);
    if (tally.compared == 0) {
        return NULL;
    }
    json_t *context = json_object();
    const bool all = panel->difference_count <= DIFFERENCE_ROWS_MAX;
    set(context, "title",
        PANEL_TEXT(m, panel->over_time ? "results.differences.rounds" : "results.differences.groups"));
    set(context, "sentence",
        tally.largest ? largest_sentence(m, panel, tally.largest)
                      : PANEL_TEXT(m, "results.differences.none"));
    set(context, "counted",
        PANEL_FORMAT(m, "results.differences.counted", "n", panel_number(m, (double)tally.compared, 0),
                     "clear", panel_number(m, (double)tally.clear, 0)));
    if (!all) {
        set(context, "note",
            PANEL_FORMAT(m, "results.differences.only_clear", "n", panel_number(m, DIFFERENCE_ROWS_MAX, 0)));
    }
    if (all || tally.clear > 0) {
        json_object_set_new(context, "pairs", table_of(m, panel));
    }
    set(context, "differences_csv", panel->differences_csv);
    set(context, "differences_json", panel->differences_json);
    return context;
}
