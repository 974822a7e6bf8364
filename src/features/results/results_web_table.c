/* The table of a panel: the numbers of its chart, and those that a chart has no place for. */
#include "features/results/results_web_panel.h"

static void set(json_t *object, const char *key, const char *text)
{
    if (text) {
        json_object_set_new(object, key, json_string(text));
    }
}

static void add_head(json_t *head, const char *text)
{
    json_array_append_new(head, json_pack("{s:s}", "text", text));
}

static void add_cell(json_t *cells, const char *text, const char *range)
{
    json_t *cell = json_pack("{s:s}", "text", text);
    set(cell, "range", range);
    json_array_append_new(cells, cell);
}

static json_t *add_row(json_t *rows, const char *label, const char *href)
{
    json_t *row = json_object();
    json_t *cells = json_array();
    set(row, "label", label);
    set(row, "href", href);
    json_object_set_new(row, "cells", cells);
    json_array_append_new(rows, row);
    return cells;
}

/* ---- one row: an answer a line ---- */

static void put_answers(json_t *rows, const struct panel_maker *m, const struct panel_row *row)
{
    const struct figures *figures = row->figures;
    const size_t *order = panel_order(m, figures);
    for (int base = 1; base >= 0; base--) {
        for (size_t i = 0; i < figures->answer_count; i++) {
            const struct figures_answer *answer = &figures->answers[order[i]];
            const struct figures_cell *cell = &row->line->cells[order[i]];
            if (answer->in_base != (base == 1)) {
                continue;
            }
            json_t *cells = add_row(rows, panel_answer_label(answer, m->language), NULL);
            const char *range = answer->in_base ? panel_range_text(m, &cell->share) : NULL;
            add_cell(cells,
                     answer->in_base ? panel_share_text(m, &cell->share)
                                     : PANEL_TEXT(m, "results.not_in_base"),
                     NULL);
            add_cell(cells, range ? range : PANEL_TEXT(m, "results.no_range"), NULL);
            add_cell(cells, panel_count_text(m, &cell->count, figures->fewer), NULL);
        }
    }
    json_t *cells = add_row(rows, PANEL_TEXT(m, "results.base"), NULL);
    add_cell(cells, PANEL_TEXT(m, "results.all_of_them"), NULL);
    add_cell(cells, PANEL_TEXT(m, "results.no_range"), NULL);
    add_cell(cells, panel_count_text(m, &row->line->base, figures->fewer), NULL);
}

static json_t *answers_table(json_t *head, const struct panel_maker *m, const struct panel *panel)
{
    json_t *rows = json_array();
    add_head(head, PANEL_TEXT(m, "results.share"));
    add_head(head, PANEL_TEXT(m, "results.range"));
    add_head(head, PANEL_TEXT(m, "results.count"));
    put_answers(rows, m, &panel->rows[0]);
    return rows;
}

/* ---- more rows: an answer a column ---- */

static bool has_column(const struct panel *panel, const struct figures *figures, size_t answer)
{
    return figures->answers[answer].in_base && figures->query.shares &&
           (!panel->answer || panel_find_answer(figures, panel->answer) == answer);
}

static bool has_measure(const struct panel *panel, enum figures_measure measure)
{
    return !panel->answer && panel->rows[0].figures->query.measures[measure] &&
           panel->rows[0].line->measures[measure].mark != FIGURE_NONE;
}

static void put_line(json_t *rows, const struct panel_maker *m, const struct panel *panel,
                     const struct panel_row *row)
{
    const struct figures *figures = row->figures;
    const size_t *order = panel_order(m, figures);
    json_t *cells = add_row(rows, row->label, row->href);
    add_cell(cells, panel_count_text(m, &row->line->base, figures->fewer), NULL);
    for (size_t i = 0; i < figures->answer_count; i++) {
        if (has_column(panel, figures, order[i])) {
            const struct figure *share = &row->line->cells[order[i]].share;
            add_cell(cells, panel_share_text(m, share), panel_range_text(m, share));
        }
    }
    if (has_measure(panel, FIGURES_MEAN)) {
        const struct figure *mean = &row->line->measures[FIGURES_MEAN];
        add_cell(cells, panel_value_text(m, mean), panel_range_text(m, mean));
    }
}

static json_t *lines_table(json_t *head, const struct panel_maker *m, const struct panel *panel)
{
    const struct figures *figures = panel->rows[0].figures;
    const size_t *order = panel_order(m, figures);
    json_t *rows = json_array();
    add_head(head, PANEL_TEXT(m, "results.people"));
    for (size_t i = 0; i < figures->answer_count; i++) {
        if (has_column(panel, figures, order[i])) {
            add_head(head, panel_answer_label(&figures->answers[order[i]], m->language));
        }
    }
    if (has_measure(panel, FIGURES_MEAN)) {
        add_head(head, PANEL_TEXT(m, "results.mean"));
    }
    if (panel->all) {
        put_line(rows, m, panel, panel->all);
    }
    for (size_t r = 0; r < panel->row_count; r++) {
        put_line(rows, m, panel, &panel->rows[r]);
    }
    return rows;
}

json_t *panel_table(const struct panel_maker *m, const struct panel *panel)
{
    json_t *table = json_object();
    json_t *head = json_array();
    const bool single = panel->row_count == 1 && !panel->all && panel->rows[0].figures->query.shares;
    set(table, "caption", panel->about);
    set(table, "first", single ? PANEL_TEXT(m, "results.answer") : panel->rows_are);
    json_t *rows = single ? answers_table(head, m, panel) : lines_table(head, m, panel);
    json_object_set_new(table, "wide", json_boolean(json_array_size(head) >= PANEL_WIDE));
    json_object_set_new(table, "head", head);
    json_object_set_new(table, "rows", rows);
    return table;
}
