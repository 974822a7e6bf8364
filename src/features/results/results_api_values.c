/* GET /v1/consultaties/{consultatie}/waarden: what the seven values mean to people. Of every value how much
 * it counts (belang, ranked) and what is expected for it (effect), of every application how acceptable it is;
 * by one group if wished. */
#include "features/results/results_records.h"

#include <string.h>

static const char *const dimensions[] = {"belang", "effect", "aanvaardbaarheid"};
enum { DIMENSIONS = sizeof dimensions / sizeof dimensions[0] };

/* What is asked for: ptr NULL for all. */
struct wanted {
    struct slice value, dimension;
};

static bool measures_value(const struct variable *v, const struct wanted *wanted)
{
    if (!v->dimension || (wanted->dimension.ptr && !slice_equal_cstr(wanted->dimension, v->dimension))) {
        return false;
    }
    for (size_t i = 0; i < DIMENSIONS; i++) {
        if (strcmp(v->dimension, dimensions[i]) == 0) {
            return v->kind != VARIABLE_TEXT && (v->set == SET_MULTIPLE || v->level != LEVEL_NOMINAL);
        }
    }
    return false;
}

static bool is_importance(const struct variable *v)
{
    return strcmp(v->dimension, "belang") == 0;
}

/* The same people and groups, another variable. */
static struct figures_query query_of(const struct figures_query *people, size_t variable,
                                     const struct variable *v)
{
    struct figures_query query = *people;
    query.variable = variable;
    /* A release has one base; means, net and top two leave out who does not know in either. */
    query.base = people->view == FIGURES_PUBLIC ? FIGURES_BASE_ANSWERED : FIGURES_BASE_OPINION;
    query.shares = v->set == SET_MULTIPLE;
    query.measures[FIGURES_MEAN] = v->level != LEVEL_NOMINAL;
    query.measures[FIGURES_TOP_TWO] = query.measures[FIGURES_NET] = v->level == LEVEL_ORDINAL;
    return query;
}

static size_t answer_yes(const struct figures *figures)
{
    for (size_t i = 0; i < figures->answer_count; i++) {
        if (strcmp(figures->answers[i].name, "ja") == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool is_asked(const struct results_call *call, size_t variable)
{
    const struct survey_round *round = call->round;
    return questionnaire_asks(round->questionnaire, variable, round->variants, (size_t)round->variant_count);
}

/* All variables of one question, so that importances are ranked among each other; what no release holds is
 * left out, and *rule says why. False: answered. */
static bool add_question(struct records *records, struct figures *figures, const char **rule,
                         struct results_call *call, const struct figures_query *people, size_t first,
                         size_t end)
{
    size_t count, from = records->count;
    const struct variable *variables = questionnaire_variables(&count, call->round->questionnaire);
    for (size_t i = first; i < end; i++) {
        const struct figures_query query = query_of(people, i, &variables[i]);
        struct figures made;
        const char *kept_by;
        if (!is_asked(call, i)) {
            continue;
        }
        enum figures_status status = results_call_try(&made, &kept_by, call, &query);
        if (status == FIGURES_NOT_RELEASED) {
            *rule = kept_by;
            continue;
        }
        if (status != FIGURES_OK) {
            results_call_answer(call, status, kept_by);
            return false;
        }
        *figures = made;
        records_add_figures(records, figures,
                            variables[i].set == SET_MULTIPLE ? answer_yes(figures) : SIZE_MAX, "gekozen");
    }
    if (is_importance(&variables[first])) {
        records_rank(records, from);
    }
    return true;
}

/* A code, as one of those that the round's variables have. */
static struct slice read_tag(struct results_call *call, const char *parameter, bool dimension)
{
    struct slice text = {NULL, 0};
    size_t count;
    bool found = false;
    const struct variable *variables = questionnaire_variables(&count, call->round->questionnaire);
    if (!http_query(&text, call->ex, parameter)) {
        return (struct slice){NULL, 0};
    }
    text = text.ptr ? text : SLICE("");
    for (size_t i = 0; i < count; i++) {
        const char *tag = dimension ? variables[i].dimension : variables[i].value;
        found = found || (tag && slice_equal_cstr(text, tag));
    }
    if (!found) {
        results_query_fault(call->errors, parameter, "onbekend",
                            dimension ? "Kies belang, effect of aanvaardbaarheid."
                                      : "Kies een waarde waar deze ronde naar vraagt.");
    }
    return text;
}

/* After ranking, which is among all values. */
static void keep_value(struct records *records, struct slice value)
{
    size_t kept = 0;
    for (size_t i = 0; i < records->count; i++) {
        const struct figures_record *record = &records->items[i];
        if (!value.ptr || (record->value && slice_equal_cstr(value, record->value))) {
            records->items[kept++] = *record;
        }
    }
    records->count = kept;
}

static bool is_people_group(const struct figures_query *query, size_t variable)
{
    return query->group_count > 0 && query->groups[0] == variable;
}

static enum db_status make_values(struct results_call *call)
{
    struct figures_query people;
    struct figures figures = {0};
    enum db_status status;
    const struct wanted wanted = {read_tag(call, "waarde", false), read_tag(call, "dimensie", true)};
    results_call_people(&people, call, 1);
    if (results_call_refuse(call, &status)) {
        return status;
    }
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, call->round->questionnaire);
    struct records records = {.arena = call->arena};
    const char *rule = NULL;
    for (size_t i = 0; i < count;) {
        const struct variable *v = &variables[i];
        size_t end = v->set == SET_ALONE ? i + 1 : v->set_first + v->set_count;
        bool ours = measures_value(v, &wanted) && !is_people_group(&people, i);
        if (ours && !add_question(&records, &figures, &rule, call, &people, i, end)) {
            return DB_OK;
        }
        i = end > i ? end : i + 1;
    }
    if (!figures.variable && rule) {
        results_call_answer(call, FIGURES_NOT_RELEASED, rule);
        return DB_OK;
    }
    if (!figures.variable) {
        results_call_nothing(call);
        return DB_OK;
    }
    keep_value(&records, wanted.value);
    records_reply(call, &records, &figures, "waarden");
    return results_call_audit(call, "waarden", "ok");
}

void results_get_values(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {.begin = results_call_begin, .make = make_values, .kept = true};
    results_view_run(ex, self, &view);
}
