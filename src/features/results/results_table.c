/* One table: counted by stats/, protected, written out in the API's words. */
#include "features/results/results_internal.h"

#include "stats/interval.h"

#include <math.h>
#include <string.h>

struct writer {
    const struct variable *variables;
    const struct results_request *request;
    struct protected_table table;
    uint64_t all; /* everybody in the table */
};

/* "niet-gevraagd", "geen-antwoord", "weet-ik-niet", or the category's own code. */
static const char *code_name(const struct variable *v, uint32_t code, char number[12])
{
    static const char *const special[] = {"niet-gevraagd", "geen-antwoord", "weet-ik-niet"};
    if (code < ANSWER_FIRST) {
        return special[code];
    }
    if (v->kind == VARIABLE_CATEGORY && code - ANSWER_FIRST < v->category_count) {
        return v->categories[code - ANSWER_FIRST].code;
    }
    if (v->kind == VARIABLE_TEXT) {
        return "gegeven";
    }
    unsigned value = code - ANSWER_FIRST;
    size_t len = 0;
    char reversed[12];
    do {
        reversed[len++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < len; i++) {
        number[i] = reversed[len - 1 - i];
    }
    number[len] = '\0';
    return number;
}

static const char *code_label(const struct variable *v, uint32_t code)
{
    static const char *const special[] = {"Niet gevraagd", "Geen antwoord", "Weet ik niet"};
    if (code < ANSWER_FIRST) {
        return special[code];
    }
    return v->kind == VARIABLE_CATEGORY && code - ANSWER_FIRST < v->category_count
               ? v->categories[code - ANSWER_FIRST].label[0]
               : NULL;
}

static void set_count(json_t *object, const char *key, const struct protected_cell *cell)
{
    json_object_set_new(object, key,
                        cell->mark == PROTECT_SHOWN ? json_integer((json_int_t)cell->n) : json_null());
}

static double rounded(double value)
{
    return round(value * 10000.0) / 10000.0;
}

/* Share of the answer among all who were asked in this group, with its interval; null when either may not be
 * shown. */
static void set_share(json_t *object, const struct writer *w, const uint32_t *codes,
                      const struct protected_cell *base)
{
    double share;
    if (!protected_share(&share, &w->table, codes, 1u)) {
        json_object_set_new(object, "aandeel", json_null());
        json_object_set_new(object, "bandbreedte", json_null());
        return;
    }
    double kish = effective_n_kish(base->weight, base->weight_squared);
    struct interval interval = interval_wilson(share, kish, INTERVAL_Z95);
    json_t *bounds = json_array();
    json_array_append_new(bounds, json_real(rounded(interval.low)));
    json_array_append_new(bounds, json_real(rounded(interval.high)));
    json_object_set_new(object, "aandeel", json_real(rounded(share)));
    json_object_set_new(object, "bandbreedte", bounds);
}

static json_t *cells_json(const struct writer *w, uint32_t *codes, const struct protected_cell *base)
{
    const struct variable *v = &w->variables[w->request->variable];
    json_t *cells = json_array();
    for (uint32_t answer = 0; answer < w->table.sizes[0]; answer++) {
        char number[12];
        codes[0] = answer;
        const struct protected_cell *cell = protected_table_at(&w->table, codes);
        if (cell->mark == PROTECT_ABSENT) {
            continue;
        }
        json_t *entry = json_object();
        const char *label = code_label(v, answer);
        json_object_set_new(entry, "antwoord", json_string(code_name(v, answer, number)));
        if (label) {
            json_object_set_new(entry, "label", json_string(label));
        }
        set_count(entry, "aantal", cell);
        set_share(entry, w, codes, base);
        json_array_append_new(cells, entry);
    }
    return cells;
}

/* NULL for a group that nobody can be in. */
static json_t *row_json(const struct writer *w, const uint32_t *group_codes)
{
    uint32_t codes[TABULATE_AXES_MAX] = {PROTECT_ALL};
    json_t *row = json_object();
    json_t *group = json_object();
    for (size_t g = 0; g < w->request->group_count && g < RESULTS_GROUPS_MAX; g++) {
        const struct variable *v = &w->variables[w->request->groups[g]];
        char number[12];
        codes[g + 1] = group_codes[g];
        json_object_set_new(
            group, v->code,
            json_string(group_codes[g] == PROTECT_ALL ? "alle" : code_name(v, group_codes[g], number)));
    }
    struct protected_cell base = *protected_table_at(&w->table, codes);
    if (base.mark == PROTECT_ABSENT) {
        json_decref(row);
        json_decref(group);
        return NULL;
    }
    json_object_set_new(row, "groep", group);
    set_count(row, "basis", &base);
    json_object_set_new(row, "cellen", cells_json(w, codes, &base));
    return row;
}

/* Every combination of group codes, each group's "alle" last. */
static json_t *rows_json(const struct writer *w)
{
    uint32_t sizes[RESULTS_GROUPS_MAX] = {0, 0};
    uint32_t at[RESULTS_GROUPS_MAX];
    json_t *rows = json_array();
    for (size_t g = 0; g < w->request->group_count; g++) {
        sizes[g] = w->table.sizes[g + 1];
    }
    for (uint32_t first = 0; first <= sizes[0]; first++) {
        at[0] = first == sizes[0] ? PROTECT_ALL : first;
        for (uint32_t second = 0; second <= sizes[1]; second++) {
            at[1] = second == sizes[1] ? PROTECT_ALL : second;
            json_t *row = row_json(w, at);
            if (row) {
                json_array_append_new(rows, row);
            }
        }
    }
    return rows;
}

static json_t *variable_json(const struct variable *v)
{
    json_t *object = json_object();
    json_object_set_new(object, "code", json_string(v->code));
    json_object_set_new(object, "label", json_string(v->label[0] ? v->label[0] : v->code));
    return object;
}

/* What is no part of the table: codes that a filter took out (the base is who was asked), and those that
 * nobody who takes part in this round can have. Both follow from the question asked, never from the counts.
 */
static const bool *absent_codes(struct arena *arena, const struct results_request *request, size_t variable,
                                uint32_t size)
{
    const struct survey_round *round = request->round;
    bool *absent = arena_array(arena, size, sizeof *absent);
    bool *held = arena_array(arena, size, sizeof *held);
    questionnaire_held_codes(held, size, round->questionnaire, variable, round->variants,
                             (size_t)round->variant_count);
    for (size_t f = 0; f < request->filter_count; f++) {
        const struct tabulate_filter *filter = &request->filters[f];
        bool *passes = filter->variable == variable ? arena_array(arena, size, sizeof *passes) : NULL;
        for (size_t i = 0; passes && i < filter->count; i++) {
            passes[filter->codes[i]] = true;
        }
        for (uint32_t code = 0; passes && code < size; code++) {
            held[code] = held[code] && passes[code];
        }
    }
    for (uint32_t code = 0; code < size; code++) {
        absent[code] = !held[code];
    }
    return absent;
}

json_t *results_table_json(bool *too_many, struct arena *arena, struct columns *columns,
                           const struct results_request *request)
{
    size_t count;
    struct writer w = {.variables = questionnaire_variables(&count, request->round->questionnaire),
                       .request = request};
    struct tabulate_query query = {.axis_count = 1 + request->group_count,
                                   .filters = request->filters,
                                   .filter_count = request->filter_count};
    struct table table;
    query.axes[0] = request->variable;
    for (size_t g = 0; g < request->group_count; g++) {
        query.axes[g + 1] = request->groups[g];
    }
    enum tabulate_status counted = tabulate(&table, columns, &query);
    *too_many = counted == TABULATE_TOO_MANY_CELLS;
    if (counted != TABULATE_OK) {
        return NULL;
    }
    struct protect_rule rule = {.threshold = request->threshold, .total_known = true};
    for (size_t a = 0; a < query.axis_count; a++) {
        rule.absent[a] = absent_codes(arena, request, query.axes[a], table.sizes[a]);
    }
    json_t *body = NULL;
    if (protect_primary(&w.table, &table, &rule) == PROTECT_OK) {
        json_t *groups = json_array();
        for (size_t g = 0; g < request->group_count; g++) {
            json_array_append_new(groups, variable_json(&w.variables[request->groups[g]]));
        }
        body = json_object();
        json_object_set_new(body, "variabele", variable_json(&w.variables[request->variable]));
        json_object_set_new(body, "naar", groups);
        json_object_set_new(body, "rijen", rows_json(&w));
        json_object_set_new(body, "positie", json_integer(table.position));
        protected_table_free(&w.table);
    }
    table_free(&table);
    return body;
}
