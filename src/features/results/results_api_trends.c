/* GET /v1/consultaties/{consultatie}/trends: one variable over the rounds of a consultation, round by round
 * with the difference from the one before. Only over rounds whose wording of it is the same: of the same
 * version of the questionnaire, or declared so (locked in both and word for word the same, or equivalent to
 * an earlier version). */
#include "features/results/results_measures.h"
#include "features/results/results_records.h"
#include "features/results/results_rounds.h"

#include <string.h>

enum { ROUNDS_MAX = 64 };

struct trend {
    struct results_call *call;
    const struct survey_round *rounds[ROUNDS_MAX]; /* oldest first */
    size_t round_count;
    struct records records;
    struct figures latest; /* made */
    const char *rule;      /* that keeps a round, when one does */
    size_t before;         /* where the records of the round before begin */
};

/* ---- which rounds ---- */

/* The one that came just before, among those that may be seen. */
static const struct survey_round *before(const struct results_call *call, const struct survey_round *round)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(call->results->config.survey, call->ex);
    const struct survey_round *found = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *other = survey_round_at(snapshot, i);
        bool fits = rounds_older(other, round) && other->status != ROUND_DRAFT && !other->pilot &&
                    strcmp(other->consultation, round->consultation) == 0 &&
                    results_call_may_see(call, other);
        if (fits && (!found || rounds_older(found, other))) {
            found = other;
        }
    }
    return found;
}

/* From the latest back, as long as the wording stays the same. */
static void find_rounds(struct trend *trend, const char *code)
{
    const struct survey_round *found[ROUNDS_MAX], *next = trend->call->round;
    size_t count = 0;
    do {
        found[count++] = next;
        next = before(trend->call, next);
    } while (count < ROUNDS_MAX && next && rounds_comparable(next, found[count - 1], code));
    trend->round_count = count;
    for (size_t i = 0; i < count; i++) {
        trend->rounds[i] = found[count - 1 - i];
    }
}

/* ---- their figures ---- */

/* Codes of filters stand in each round's own codebook. */
static bool read_round(struct figures_query *query, struct trend *trend, const struct survey_round *round)
{
    const struct query_texts texts = results_call_texts(trend->call);
    return results_query_read(query, trend->call->errors, trend->call->arena, trend->call->view, round,
                              &texts);
}

static void add_answers(struct trend *trend, const struct figures *figures)
{
    const struct figures_line *whole = &figures->lines[figures->line_count - 1];
    const struct figures_record about = {.of = figures,
                                         .variable = figures->variable,
                                         .value = figures->variable->value,
                                         .dimension = figures->variable->dimension,
                                         .facet = figures->variable->facet,
                                         .application = figures->variable->application,
                                         .group = "alle",
                                         .base = whole->base,
                                         .effective_n = whole->effective_n};
    for (size_t a = 0; figures->query.shares && a < figures->answer_count; a++) {
        struct figures_record record = about;
        record.item = figures->answers[a].name;
        record.item_label = figures->answers[a].label[0];
        record.measure = "aandeel";
        record.figure = whole->cells[a].share;
        if (figures->answers[a].in_base) {
            records_add(&trend->records, &record);
        }
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m] && whole->measures[m].mark != FIGURE_NONE) {
            struct figures_record record = about;
            record.measure = results_query_measure_name((enum figures_measure)m);
            record.figure = whole->measures[m];
            records_add(&trend->records, &record);
        }
    }
}

static bool same_kind(const struct figures_record *a, const struct figures_record *b)
{
    return strcmp(a->measure, b->measure) == 0 && strcmp(a->item ? a->item : "", b->item ? b->item : "") == 0;
}

/* Of the records from `now` on, against those of the round before. */
static void put_differences(struct trend *trend, size_t now)
{
    for (size_t i = now; i < trend->records.count; i++) {
        for (size_t k = trend->before; k < now; k++) {
            struct figures_record *record = &trend->records.items[i];
            if (same_kind(record, &trend->records.items[k])) {
                record->has_difference = true;
                record->difference =
                    figure_difference(&record->figure, &trend->records.items[k].figure, trend->call->view);
            }
        }
    }
    trend->before = now;
}

/* False: answered. What no release holds is left out. */
static bool add_round(struct trend *trend, const struct survey_round *round)
{
    struct figures_query query;
    struct figures *figures = arena_array(trend->call->arena, 1, sizeof *figures);
    const char *rule;
    enum db_status status; /* nothing to audit: the query of the latest round was admitted */
    if (!read_round(&query, trend, round)) {
        results_call_refuse(trend->call, &status);
        return false;
    }
    enum figures_status made = results_call_try(figures, &rule, trend->call, &query);
    if (made == FIGURES_NO_RELEASE || made == FIGURES_NOT_RELEASED) {
        trend->rule = rule ? rule : trend->rule;
        trend->before = trend->records.count;
        return true;
    }
    if (made != FIGURES_OK) {
        results_call_answer(trend->call, made, rule);
        return false;
    }
    size_t now = trend->records.count;
    add_answers(trend, figures);
    put_differences(trend, now);
    trend->latest = *figures;
    return true;
}

static enum db_status make_trends(struct results_call *call)
{
    struct figures_query query;
    enum db_status status;
    struct trend trend = {.call = call, .records = {.arena = call->arena}};
    read_round(&query, &trend, call->round);
    if (results_call_refuse(call, &status)) {
        return status;
    }
    size_t count;
    const char *code = questionnaire_variables(&count, call->round->questionnaire)[query.variable].code;
    find_rounds(&trend, code);
    if (trend.round_count < 2) {
        http_problem(call->ex, 404, "geen-trend", "Van deze variabele is er geen trend",
                     "Er is geen eerdere ronde waarin deze vraag met een gelijke tekst is gesteld.", NULL);
        return DB_OK;
    }
    for (size_t i = 0; i < trend.round_count; i++) {
        if (!add_round(&trend, trend.rounds[i])) {
            return DB_OK;
        }
    }
    if (trend.records.count == 0) {
        results_call_answer(call, trend.rule ? FIGURES_NOT_RELEASED : FIGURES_NO_RELEASE, trend.rule);
        return DB_OK;
    }
    records_reply(call, &trend.records, &trend.latest, code);
    return results_call_audit(call, arena_printf(call->arena, "trends:%s", code).ptr, "ok");
}

void results_get_trends(struct http_exchange *ex, void *self)
{
    static const struct results_view view = {.begin = results_call_begin_all, .make = make_trends};
    results_view_run(ex, self, &view);
}
