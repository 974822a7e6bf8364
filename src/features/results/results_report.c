#include "features/results/results_report.h"

#include "features/results/results_api_weights.h"
#include "features/results/results_measures.h"
#include "features/results/results_query.h"
#include "features/results/results_report_who.h"
#include "features/results/results_rounds.h"
#include "features/results/results_shelf.h"
#include "features/results/results_write.h"

#include <string.h>

enum { TABLE_BYTES_MAX = 1024 * 1024 };

struct telling {
    struct results *results;
    const struct survey_snapshot *snapshot;
    const struct survey_round *round;
    const struct shelved *shelved;
    const struct variable *variables;
    struct arena *arena; /* of one table */
    struct results_protection by;
    json_t *hidden; /* codes of variables that those settings would not show */
    enum figures_status status;
};

/* ---- asking ---- */

/* Everybody of a stream. */
static struct figures_query query_of(struct arena *arena, const struct survey_round *round, size_t variable,
                                     size_t stream, bool weighted)
{
    size_t count;
    const struct variable *v = &questionnaire_variables(&count, round->questionnaire)[variable];
    const int streams = questionnaire_find_variable(round->questionnaire, SLICE("werving"));
    uint16_t *code = arena_array(arena, 1, sizeof *code);
    code[0] = (uint16_t)(ANSWER_FIRST + stream);
    struct figures_query query = {.view = FIGURES_PUBLIC,
                                  .round = round,
                                  .variable = variable,
                                  .base = FIGURES_BASE_ANSWERED,
                                  .weighted = weighted,
                                  .shares = v->level != LEVEL_NUMBER,
                                  .filters = {{.variable = (size_t)streams, .codes = code, .count = 1}},
                                  .filter_count = 1};
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        query.measures[m] = m != FIGURES_AGREEMENT && measure_fits((enum figures_measure)m, v);
    }
    return query;
}

struct results_protection results_protection_now(const struct results *results)
{
    return (struct results_protection){results->config.threshold, results->config.noise_reach};
}

static uint64_t fewer_by(struct results_protection by)
{
    return (uint64_t)by.threshold + by.reach;
}

/* Whether the settings would keep a count back that the release shows. */
static bool is_too_few(struct results_protection by, const struct figure *figure)
{
    return figure->mark == FIGURE_SHOWN && figure->value < (double)fewer_by(by);
}

bool results_report_hides(struct results_protection by, const struct figures *figures)
{
    bool hidden = false;
    if (fewer_by(by) <= figures->fewer) {
        return false;
    }
    for (size_t l = 0; l < figures->line_count; l++) {
        const struct figures_line *line = &figures->lines[l];
        hidden = hidden || is_too_few(by, &line->base) || is_too_few(by, &line->people);
        for (size_t a = 0; figures->query.shares && a < figures->answer_count; a++) {
            hidden = hidden || is_too_few(by, &line->cells[a].count);
        }
    }
    return hidden;
}

/* ---- tables ---- */

static const char *const of_a_table[] = {"basis", "variabele", "rijen", "melding"};

static void put_tag(json_t *table, const char *name, const char *value)
{
    if (value) {
        json_object_set_new(table, name, json_string(value));
    }
}

/* What the API gives, taken apart: what differs by table, and what stands with every figure. */
static json_t *take_apart(json_t *whole, const struct variable *v)
{
    json_t *table = json_object();
    for (size_t i = 0; i < sizeof of_a_table / sizeof of_a_table[0]; i++) {
        json_t *member = json_object_get(whole, of_a_table[i]);
        if (member) {
            json_object_set(table, of_a_table[i], member);
            json_object_del(whole, of_a_table[i]);
        }
    }
    json_object_del(whole, "groepeerOp");
    json_object_del(whole, "maatToelichting");
    put_tag(table, "toepassing", v->application);
    put_tag(table, "waarde", v->value);
    put_tag(table, "dimensie", v->dimension);
    put_tag(table, "facet", v->facet);
    return table;
}

static json_t *written(const struct telling *t, const struct figures *figures)
{
    struct buffer text;
    buffer_init(&text, TABLE_BYTES_MAX);
    figures_json(&text, t->arena, figures);
    json_t *whole = buffer_failed(&text) ? NULL : json_loadb(text.ptr, text.len, 0, NULL);
    buffer_free(&text);
    return whole;
}

static void hide(struct telling *t, const char *code)
{
    size_t i;
    const json_t *known;
    json_array_foreach(t->hidden, i, known)
    {
        if (strcmp(json_string_value(known), code) == 0) {
            return;
        }
    }
    json_array_append_new(t->hidden, json_string(code));
}

static void add_table(json_t *part, struct telling *t, size_t variable, const struct release_part *of)
{
    struct figures figures;
    const struct variable *v = &t->variables[variable];
    const struct figures_query query =
        query_of(t->arena, t->round, variable, (size_t)of->stream, of->weights > 0);
    const enum figures_status status = figures_of_public(&figures, NULL, t->arena, t->results, &query);
    if (status == FIGURES_NOT_RELEASED || (status == FIGURES_OK && figures_notice(&figures))) {
        return; /* nobody may be told of, or nobody was asked */
    }
    if (status != FIGURES_OK) {
        t->status = status;
        return;
    }
    if (figures.release != t->shelved->history.newest->number) {
        t->status = FIGURES_FAILED; /* one was made meanwhile: a report does not mix the figures of two */
        return;
    }
    if (results_report_hides(t->by, &figures)) {
        hide(t, v->code);
        return;
    }
    json_t *whole = written(t, &figures);
    if (!whole) {
        t->status = FIGURES_FAILED;
        return;
    }
    json_array_append_new(json_object_get(part, "tabellen"), take_apart(whole, v));
    if (!json_object_get(part, "over")) {
        json_object_set(part, "over", whole);
    }
    json_decref(whole);
}

static json_t *part_json(struct telling *t, const struct release_part *of)
{
    const struct release_plan *plan = &t->shelved->plan;
    json_t *part = json_pack("{s:[]}", "tabellen");
    for (size_t i = 0; t->status == FIGURES_OK && i < plan->variable_count; i++) {
        t->arena = arena_create(FIGURES_BYTES_MAX);
        add_table(part, t, plan->variables[i].variable, of);
        arena_destroy(t->arena);
    }
    return part;
}

/* ---- trends ---- */

static const struct survey_round *round_before(const struct survey_snapshot *snapshot,
                                               const struct survey_round *round)
{
    const struct survey_round *found = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *other = survey_round_at(snapshot, i);
        if (other->status != ROUND_DRAFT && !other->pilot &&
            strcmp(other->consultation, round->consultation) == 0 && rounds_older(other, round) &&
            (!found || rounds_older(found, other))) {
            found = other;
        }
    }
    return found;
}

const struct survey_round **results_report_rounds(size_t *count, struct arena *arena,
                                                  const struct survey_snapshot *snapshot,
                                                  const struct survey_round *round)
{
    const struct survey_round **rounds = arena_array(arena, REPORT_ROUNDS_MAX, sizeof *rounds);
    *count = 0;
    for (; round && *count < REPORT_ROUNDS_MAX; round = round_before(snapshot, round)) {
        rounds[(*count)++] = round;
    }
    return rounds;
}

json_t *results_report_estimate(const struct figure *figure)
{
    struct buffer text;
    buffer_init(&text, TABLE_BYTES_MAX);
    struct json_writer w = figures_json_writer(&text, FIGURES_PUBLIC);
    figures_put_estimate(&w, figure, FIGURES_PUBLIC);
    json_t *estimate = buffer_failed(&text) ? NULL : json_loadb(text.ptr, text.len, 0, NULL);
    buffer_free(&text);
    return estimate;
}

/* The net of one round; false: its release does not have it. */
static bool net_of(struct figures *figures, struct telling *t, const struct survey_round *round,
                   const char *code, const struct release_part *of)
{
    const int variable = questionnaire_find_variable(round->questionnaire, slice_from_cstr(code));
    if (variable < 0) {
        return false;
    }
    struct figures_query query =
        query_of(t->arena, round, (size_t)variable, (size_t)of->stream, of->weights > 0);
    query.shares = false;
    query.measures[FIGURES_MEAN] = query.measures[FIGURES_TOP_TWO] = false;
    return figures_of_public(figures, NULL, t->arena, t->results, &query) == FIGURES_OK &&
           figures->lines[0].measures[FIGURES_NET].mark == FIGURE_SHOWN &&
           !results_report_hides(t->by, figures);
}

/* From the latest back, for as long as the wording is the same and there are figures; written the oldest
 * first. NULL: there is no round to compare with. */
static json_t *trend_json(struct telling *t, const char *code, const struct release_part *of,
                          const struct survey_round *const *rounds, size_t round_count)
{
    struct figures figures[REPORT_ROUNDS_MAX];
    size_t count = 0;
    while (count < round_count && (count == 0 || rounds_comparable(rounds[count], rounds[count - 1], code)) &&
           net_of(&figures[count], t, rounds[count], code, of)) {
        count++;
    }
    if (count < 2) {
        return NULL;
    }
    json_t *list = json_array();
    for (size_t i = count; i-- > 0;) {
        const struct figure *net = &figures[i].lines[0].measures[FIGURES_NET];
        json_t *one = json_pack("{s:s,s:i,s:o}", "ronde", rounds[i]->code, "uitgave", (int)figures[i].release,
                                "schatting", results_report_estimate(net));
        if (i + 1 < count) {
            const struct figure change =
                figure_difference(net, &figures[i + 1].lines[0].measures[FIGURES_NET], FIGURES_PUBLIC);
            json_object_set_new(one, "verschil", results_report_estimate(&change));
        }
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *trends_json(struct telling *t, const struct release_part *of)
{
    size_t round_count;
    const struct release_plan *plan = &t->shelved->plan;
    const struct variable *streams = &t->variables[plan->stream];
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    const struct survey_round **rounds = results_report_rounds(&round_count, arena, t->snapshot, t->round);
    json_t *out = json_array();
    for (size_t i = 0; round_count > 1 && i < plan->variable_count; i++) {
        const struct variable *v = &t->variables[plan->variables[i].variable];
        if (!measure_fits(FIGURES_NET, v)) {
            continue;
        }
        t->arena = arena_create(FIGURES_BYTES_MAX);
        json_t *list = trend_json(t, v->code, of, rounds, round_count);
        arena_destroy(t->arena);
        if (list) {
            json_t *trend = json_pack("{s:{s:s,s:s},s:s,s:b,s:s,s:o}", "variabele", "code", v->code, "label",
                                      v->label[0] ? v->label[0] : v->code, "werving",
                                      streams->categories[of->stream].code, "gewogen", of->weights > 0,
                                      "maat", "netto", "rondes", list);
            put_tag(trend, "toepassing", v->application);
            json_array_append_new(out, trend);
        }
    }
    arena_destroy(arena);
    return out;
}

/* ---- the whole ---- */

enum figures_status results_report(json_t **out, struct results *results,
                                   const struct survey_snapshot *snapshot, const struct survey_round *round,
                                   struct results_protection by)
{
    size_t count;
    struct telling t = {.results = results,
                        .by = by,
                        .snapshot = snapshot,
                        .round = round,
                        .variables = questionnaire_variables(&count, round->questionnaire),
                        .hidden = json_array(),
                        .shelved = shelf_hold(results, round->id)};
    *out = NULL;
    if (!t.shelved) {
        json_decref(t.hidden);
        return FIGURES_NO_RELEASE;
    }
    const struct release *release = t.shelved->history.newest;
    json_t *parts = json_array(), *trends = json_array();
    for (size_t p = 0; t.status == FIGURES_OK && p < release->part_count; p++) {
        json_t *part = part_json(&t, &release->parts[p]);
        if (json_object_get(part, "over")) {
            json_array_append(parts, part);
            json_t *of_part = trends_json(&t, &release->parts[p]);
            json_array_extend(trends, of_part);
            json_decref(of_part);
        }
        json_decref(part);
    }
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    *out = json_pack("{s:i,s:o,s:o,s:o,s:o,s:{s:i,s:i}}", "uitgave", (int)release->number, "gewichten",
                     results_public_weights_json(arena, results, round, t.shelved, 0), "delen", parts,
                     "trends", trends, "afgeschermd", t.hidden, "beschermdMet", "drempel", (int)by.threshold,
                     "ruisTotEnMet", (int)by.reach);
    arena_destroy(arena);
    json_object_set_new(*out, "wie", results_report_who(results, round, release, t.shelved->plan.stream, by));
    shelved_release(t.shelved);
    if (t.status != FIGURES_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return t.status;
}
