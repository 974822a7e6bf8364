/* Figures of the analysts' view on the page of live tables: the same numbers as the API's, with the digits
 * for people. Computes no number and hides none. */
#include "features/results/results_staff_tables.h"

#include <string.h>

#define TEXT(path) PANEL_TEXT(&table->maker, path)

/* ---- one figure ---- */

static bool is_hidden(const struct figure *figure)
{
    return figure->mark == FIGURE_WITHHELD || figure->mark == FIGURE_FEWER;
}

/* NULL: the number is shown. Few, nobody, and hidden for the sake of another are one word: told apart they
 * would tell how many there are. */
static const char *mark_of(const struct panel_maker *m, const struct figure *figure)
{
    return is_hidden(figure)                   ? PANEL_TEXT(m, "tables.mark.hidden")
           : figure->mark == FIGURE_UNRELIABLE ? PANEL_TEXT(m, "tables.mark.unreliable")
           : figure->mark == FIGURE_NONE       ? PANEL_TEXT(m, "tables.mark.none")
                                               : NULL;
}

static const char *number_text(const struct panel_maker *m, const struct figure *figure)
{
    const char *mark = mark_of(m, figure);
    return mark ? mark : panel_number(m, figure->value, figure->digits);
}

static const char *share_text(const struct panel_maker *m, const struct figure *share)
{
    const char *mark = mark_of(m, share);
    return mark ? mark : panel_share_text(m, share);
}

/* ---- tables ---- */

static void add_head(json_t *head, const char *text)
{
    json_array_append_new(head, json_pack("{s:s}", "text", text));
}

static void add_cell(json_t *cells, const char *text, const char *range)
{
    json_array_append_new(cells, json_pack("{s:s,s:s*}", "text", text, "range", range));
}

static json_t *add_row(json_t *rows, const char *label)
{
    json_t *cells = json_array();
    json_array_append_new(rows, json_pack("{s:s,s:o}", "label", label, "cells", cells));
    return cells;
}

static json_t *table_of(const char *caption, const char *first, json_t *head, json_t *rows)
{
    return json_pack("{s:s,s:s,s:o,s:o}", "caption", caption, "first", first, "head", head, "rows", rows);
}

static const char *line_label(const struct staff_table *table, const struct figures *figures,
                              const struct figures_line *line)
{
    const char *text = NULL;
    for (size_t g = 0; g < figures->query.group_count; g++) {
        const char *label = line->groups[g] == FIGURES_ALL ? TEXT("tables.all")
                            : line->group_labels[g][table->maker.language]
                                ? line->group_labels[g][table->maker.language]
                                : line->group_names[g];
        text = text ? arena_printf(table->call.arena, "%s, %s", text, label).ptr : label;
    }
    return text ? text : TEXT("tables.all");
}

static const char *groups_label(const struct staff_table *table, const struct figures *figures)
{
    const char *text = NULL;
    for (size_t g = 0; g < figures->query.group_count; g++) {
        const char *label = figures->groups[g]->label[table->maker.language];
        label = label ? label : figures->groups[g]->code;
        text = text ? arena_printf(table->call.arena, "%s, %s", text, label).ptr : label;
    }
    return text ? text : TEXT("tables.group");
}

json_t *staff_answers_table(const struct panel_maker *m, const struct figures *figures, const char *caption)
{
    const size_t *order = panel_order(m, figures);
    const struct figures_line *line = &figures->lines[figures->line_count - 1];
    json_t *head = json_array(), *rows = json_array();
    add_head(head, PANEL_TEXT(m, "tables.count"));
    add_head(head, PANEL_TEXT(m, "tables.share"));
    add_head(head, PANEL_TEXT(m, "tables.range"));
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figures_answer *answer = &figures->answers[order[i]];
        const struct figures_cell *cell = &line->cells[order[i]];
        const char *range = panel_range_text(m, &cell->share);
        json_t *cells = add_row(rows, panel_answer_label(answer, m->language));
        add_cell(cells, number_text(m, &cell->count), NULL);
        add_cell(cells, answer->in_base ? share_text(m, &cell->share) : PANEL_TEXT(m, "tables.not_in_base"),
                 NULL);
        add_cell(cells, range ? range : "", NULL);
    }
    json_t *cells = add_row(rows, PANEL_TEXT(m, "tables.base"));
    add_cell(cells, number_text(m, &line->base), NULL);
    add_cell(cells, "", NULL);
    add_cell(cells, "", NULL);
    return table_of(caption, PANEL_TEXT(m, "tables.answer"), head, rows);
}

/* A share with its interval and its count in one cell; hidden is said once. */
static void add_both(json_t *cells, const struct staff_table *table, const struct figures_cell *cell,
                     bool in_base)
{
    const char *range = panel_range_text(&table->maker, &cell->share);
    const char *n = PANEL_FORMAT(&table->maker, "tables.n", "n", number_text(&table->maker, &cell->count));
    if (!in_base) {
        add_cell(cells, TEXT("tables.not_in_base"), n);
    } else if (is_hidden(&cell->share) && is_hidden(&cell->count)) {
        add_cell(cells, share_text(&table->maker, &cell->share), NULL);
    } else {
        add_cell(cells, share_text(&table->maker, &cell->share),
                 range ? arena_printf(table->call.arena, "%s; %s", range, n).ptr : n);
    }
}

/* With groups: a group a row and an answer a column. */
static json_t *answers_by_group(const struct staff_table *table, const struct figures *figures)
{
    const size_t *order = panel_order(&table->maker, figures);
    json_t *head = json_array(), *rows = json_array();
    for (size_t i = 0; i < figures->answer_count; i++) {
        add_head(head, panel_answer_label(&figures->answers[order[i]], table->maker.language));
    }
    for (size_t l = 0; l < figures->line_count; l++) {
        const struct figures_line *line = &figures->lines[l];
        json_t *cells = add_row(rows, line_label(table, figures, line));
        for (size_t i = 0; i < figures->answer_count; i++) {
            add_both(cells, table, &line->cells[order[i]], figures->answers[order[i]].in_base);
        }
    }
    return table_of(TEXT("tables.answers"), groups_label(table, figures), head, rows);
}

static void put_people(json_t *cells, const struct staff_table *table, const struct figures *figures,
                       const struct figures_line *line)
{
    add_cell(cells, number_text(&table->maker, &line->people), NULL);
    add_cell(cells, number_text(&table->maker, &line->base), NULL);
    if (figures->query.weighted) {
        add_cell(cells, number_text(&table->maker, &line->weight), NULL);
    }
    add_cell(cells, number_text(&table->maker, &line->effective_n), NULL);
    add_cell(cells, number_text(&table->maker, &line->design_effect), NULL);
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m]) {
            const struct figure *measure = &line->measures[m];
            add_cell(cells, number_text(&table->maker, measure), panel_range_text(&table->maker, measure));
        }
    }
}

/* Whom the shares are of, and the measures: a line a group. */
static json_t *people_table(const struct staff_table *table, const struct figures *figures)
{
    json_t *head = json_array(), *rows = json_array();
    add_head(head, TEXT("tables.people"));
    add_head(head, TEXT("tables.base"));
    if (figures->query.weighted) {
        add_head(head, TEXT("tables.weight"));
    }
    add_head(head, TEXT("tables.effective_n"));
    add_head(head, TEXT("tables.design_effect"));
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m]) {
            const char *name = results_query_measure_name((enum figures_measure)m);
            add_head(head, TEXT(arena_printf(table->call.arena, "tables.maat.%s", name).ptr));
        }
    }
    for (size_t l = 0; l < figures->line_count; l++) {
        put_people(add_row(rows, line_label(table, figures, &figures->lines[l])), table, figures,
                   &figures->lines[l]);
    }
    return table_of(TEXT("tables.people_of"), groups_label(table, figures), head, rows);
}

/* ---- what stands with them ---- */

static void add_fact(json_t *facts, const char *what, const char *text)
{
    json_array_append_new(facts, json_pack("{s:s,s:s}", "what", what, "text", text));
}

/* "Leeftijd: 18 tot en met 24, of 25 tot en met 34" */
static void put_filters(json_t *facts, const struct staff_table *table, const struct figures *figures)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, table->call.round->questionnaire);
    for (size_t f = 0; f < figures->query.filter_count; f++) {
        const struct figures_filter *filter = &figures->query.filters[f];
        const struct variable *v = &variables[filter->variable];
        const char *text = NULL;
        for (size_t i = 0; i < filter->count; i++) {
            const char *label = figures_code_label(v, filter->codes[i], table->maker.language);
            label = label ? label : figures_code_name(table->call.arena, v, filter->codes[i]);
            text = text ? PANEL_FORMAT(&table->maker, "tables.either", "one", text, "other", label) : label;
        }
        const char *what = v->label[table->maker.language];
        add_fact(facts, what ? what : v->code, text ? text : TEXT("tables.mark.none"));
    }
}

static json_t *facts_of(const struct staff_table *table, const struct figures *figures)
{
    json_t *facts = json_array();
    const char *base = results_query_base_name(figures->query.base);
    put_filters(facts, table, figures);
    add_fact(facts, TEXT("tables.choice.basis"),
             TEXT(arena_printf(table->call.arena, "tables.basis.%s", base).ptr));
    if (figures->query.weighted) {
        const char *made_of = figures->weights_made_of[table->maker.language];
        add_fact(facts, TEXT("tables.weights"),
                 arena_printf(table->call.arena, "%d%s%s", (int)figures->weights, made_of ? ": " : "",
                              made_of ? made_of : "")
                     .ptr);
    } else {
        add_fact(facts, TEXT("tables.choice.gewogen"), TEXT("tables.gewogen.false"));
    }
    add_fact(facts, TEXT("tables.position"),
             arena_printf(table->call.arena, "%lld", (long long)figures->position).ptr);
    add_fact(facts, TEXT("tables.made_at"),
             locale_moment(table->call.arena, table->maker.locales, panel_languages[table->maker.language],
                           figures->made_at)
                 .ptr);
    return facts;
}

struct marks {
    uint64_t hidden, careful;
};

static void count_marks(struct marks *marks, const struct figures *figures)
{
    for (size_t l = 0; l < figures->line_count; l++) {
        for (size_t i = 0; figures->query.shares && i < figures->answer_count; i++) {
            const struct figures_cell *cell = &figures->lines[l].cells[i];
            marks->hidden += is_hidden(&cell->count) || is_hidden(&cell->share) ? 1 : 0;
            marks->careful += cell->share.mark == FIGURE_SHOWN && cell->share.flags != 0 ? 1 : 0;
        }
    }
}

static void add_note(json_t *notes, const struct staff_table *table, const char *path, uint64_t count)
{
    const char *threshold = panel_number(&table->maker, (double)table->call.results->config.threshold, 0);
    json_array_append_new(notes, json_string(PANEL_FORMAT(&table->maker, path, "n",
                                                          panel_number(&table->maker, (double)count, 0),
                                                          "threshold", threshold)));
}

static json_t *notes_of(const struct staff_table *table, const struct figures *figures)
{
    struct marks marks = {0, 0};
    json_t *notes = json_array();
    count_marks(&marks, figures);
    if (figures->provisional) {
        add_note(notes, table, figures->awaiting_paper ? "tables.awaiting_paper" : "tables.provisional", 0);
    }
    if (marks.hidden > 0) {
        add_note(notes, table, "tables.hidden", marks.hidden);
    }
    if (marks.careful > 0) {
        add_note(notes, table, "tables.careful", marks.careful);
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m] && figures->query.base != FIGURES_BASE_OPINION) {
            add_note(notes, table, "tables.of_opinion", 0);
            break;
        }
    }
    add_note(notes, table, "tables.assumes", 0);
    return notes;
}

json_t *staff_table_figures(const struct staff_table *table, const struct figures *figures)
{
    enum { CELLS_SHOWN = 5000 };
    const char *label = figures->variable->label[table->maker.language];
    const bool fits = (figures->answer_count + FIGURES_MEASURES) * figures->line_count <= CELLS_SHOWN;
    json_t *context = json_pack("{s:s,s:o,s:o}", "heading", label ? label : figures->variable->code, "facts",
                                facts_of(table, figures), "notes", notes_of(table, figures));
    json_object_set_new(context, "too_long", json_boolean(!fits));
    if (fits) {
        json_object_set_new(context, "people", people_table(table, figures));
    }
    if (fits && figures->query.shares && figures->answer_count > 0) {
        json_object_set_new(context, "answers",
                            figures->query.group_count > 0
                                ? answers_by_group(table, figures)
                                : staff_answers_table(&table->maker, figures, TEXT("tables.answers")));
    }
    return context;
}
