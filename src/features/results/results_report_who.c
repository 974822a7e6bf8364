#include "features/results/results_report_who.h"

#include "features/results/results_internal.h"
#include "features/results/results_query.h"
#include "features/results/results_who.h"

#include <math.h>

struct telling {
    struct arena *arena;
    struct results *results;
    const struct survey_round *of;
    struct results_protection by;
    bool weighted;
};

static json_t *pair_of(struct slice nl, struct slice en)
{
    return json_pack("{s:s%,s:s%}", "nl", nl.ptr, nl.len, "en", en.ptr, en.len);
}

static struct slice text_of(const char *text, const char *otherwise)
{
    return slice_from_cstr(text ? text : otherwise);
}

/* The weighted table of the same people. False: there is none, or the settings would not show it. */
static bool ask_weighted(struct figures *out, const struct telling *t, const struct figures *plain)
{
    const char *rule;
    struct figures_query query = plain->query;
    query.weighted = true;
    return t->weighted && figures_of_public(out, &rule, t->arena, t->results, &query) == FIGURES_OK &&
           out->answer_count == plain->answer_count && !results_report_hides(t->by, out);
}

/* Answers of the category in rows that follow each other: what is expected is of all of them together. */
static void add_rows(json_t *rows, const struct telling *t, const struct who_comparison *c,
                     const struct margin_category *category, const struct figures *weighted)
{
    size_t *places = arena_array(t->arena, c->figures->answer_count, sizeof *places);
    const size_t count = who_answers(places, c, category);
    for (size_t a = 0; a < count; a++) {
        const struct figures_answer *answer = &c->figures->answers[places[a]];
        json_t *row = json_pack(
            "{s:s,s:o,s:o}", "antwoord", answer->name, "label",
            pair_of(text_of(answer->label[0], answer->name), text_of(answer->label[1], answer->name)),
            "aandeel", results_report_estimate(&c->line->cells[places[a]].share));
        if (a == 0) {
            const double unit = c->digits > 0 ? 10 : 1;
            json_object_set_new(row, "verwacht", json_real(round(who_expected(c, category) * unit) / unit));
            json_object_set_new(row, "over", json_integer((json_int_t)count));
        }
        if (weighted) {
            const struct figures_line *line = &weighted->lines[weighted->line_count - 1];
            json_object_set_new(row, "gewogen", results_report_estimate(&line->cells[places[a]].share));
        }
        json_array_append_new(rows, row);
    }
}

/* NULL: nothing can be told beside what is expected. */
static json_t *group_json(const struct telling *t, const struct who_comparison *c)
{
    struct figures weighted;
    const struct variable *v = c->figures->variable;
    if (!c->line || results_report_hides(t->by, c->figures)) {
        return NULL;
    }
    /* Those beyond the margin are in the weighted table, and not beside what is expected. */
    const bool both = !c->beyond && ask_weighted(&weighted, t, c->figures);
    json_t *rows = json_array();
    for (size_t i = 0; i < c->margin->category_count; i++) {
        if (!c->margin->categories[i].beyond) {
            add_rows(rows, t, c, &c->margin->categories[i], both ? &weighted : NULL);
        }
    }
    json_t *group =
        json_pack("{s:{s:s,s:o},s:s%,s:o}", "variabele", "code", v->code, "label",
                  pair_of(text_of(v->label[0], v->code), text_of(v->label[1], v->code)), "peildatum",
                  c->margin->reference_date.ptr, c->margin->reference_date.len, "rijen", rows);
    if (c->beyond) {
        json_object_set_new(group, "buiten", pair_of(c->beyond->label[0], c->beyond->label[1]));
    }
    return group;
}

static json_t *groups_json(const struct telling *t, size_t stream, uint16_t code,
                           const struct margins *margins)
{
    struct who_comparison comparisons[MARGINS_MAX];
    const struct who who = {.arena = t->arena,
                            .results = t->results,
                            .round = t->of,
                            .view = FIGURES_PUBLIC,
                            .people = {.variable = stream, .codes = &code, .count = 1}};
    const size_t count = who_compare(comparisons, &who, margins);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *group = group_json(t, &comparisons[i]);
        if (group) {
            json_array_append_new(list, group);
        }
    }
    return list;
}

json_t *results_report_who(struct results *results, const struct survey_round *round,
                           const struct release *release, size_t stream, struct results_protection by)
{
    size_t count;
    struct margins margins;
    const struct variable *streams = &questionnaire_variables(&count, round->questionnaire)[stream];
    json_t *list = json_array();
    for (size_t p = 0; p < release->part_count; p++) {
        const struct release_part *part = &release->parts[p];
        const struct telling t = {.arena = arena_create(FIGURES_BYTES_MAX),
                                  .results = results,
                                  .of = round,
                                  .by = by,
                                  .weighted = part->weights > 0};
        if (margins_embedded(&margins, t.arena)) {
            json_t *groups = groups_json(&t, stream, (uint16_t)(ANSWER_FIRST + part->stream), &margins);
            json_array_append_new(list, json_pack("{s:s,s:o}", "werving",
                                                  streams->categories[part->stream].code, "groepen", groups));
        }
        arena_destroy(t.arena);
    }
    return list;
}
