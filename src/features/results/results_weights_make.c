#include "features/results/results_weights_make.h"

#include "features/audit/audit.h"
#include "features/results/results_log.h"
#include "features/results/results_weighting.h"
#include "features/results/results_weights_report.h"
#include "features/results/results_weights_sql.h"

#include <stdlib.h>

static void forget(void *object)
{
    json_decref(object);
}

static json_t *owned(struct arena *arena, json_t *object_take)
{
    arena_defer(arena, forget, object_take);
    return object_take;
}

/* ---- working it out ---- */

static void refuse(struct weights_draft *out, struct arena *arena, const struct rake_refusal *why,
                   const struct margins_bound *bound)
{
    out->report = owned(arena, weights_report_refused(why, bound));
    const struct weights_version version = {.margins = out->margins, .report = out->report};
    out->made.outcome = WEIGHTS_REFUSED;
    out->made.why = results_weights_reason(arena, &version, false);
}

static bool rake_sample_of(struct weights_draft *out, struct arena *arena, const struct margins_bound *bound,
                           const struct rake_sample *sample)
{
    struct rake_result result;
    struct rake_refusal why;
    enum rake_status status = rake(&result, sample, bound->rake, bound->count, &out->limits, &why);
    if (status == RAKE_NO_MEMORY) {
        return false;
    }
    if (status != RAKE_OK) {
        refuse(out, arena, &why, bound);
        return true;
    }
    out->made.outcome = WEIGHTS_MADE;
    out->n = result.report.n;
    out->report = owned(arena, weights_report_made(&result, bound));
    out->profiles = weights_profiles_write(arena, sample, result.weights);
    rake_result_free(&result);
    return true;
}

static bool count_and_rake(struct weights_draft *out, struct arena *arena, struct columns *columns,
                           const struct margins_bound *bound)
{
    struct weigh_plan *plan = NULL;
    struct rake_sample sample = {0};
    enum weigh_status status =
        weigh_plan_create(&plan, columns, bound->weigh, bound->count, bound->filters, bound->filter_count);
    if (status == WEIGH_OK) {
        status = weigh_count(&sample, &out->position, plan, columns);
    }
    bool good = status == WEIGH_OK && rake_sample_of(out, arena, bound, &sample);
    if (status == WEIGH_TOO_MANY) {
        refuse(out, arena, &(struct rake_refusal){.status = RAKE_BAD_LIMITS}, bound);
        good = true;
    }
    rake_sample_free(&sample);
    weigh_plan_destroy(plan);
    return good;
}

bool weights_work_out(struct weights_draft *out, struct arena *arena, struct columns *columns,
                      const struct margins *margins, const struct weights_order *order)
{
    struct weighting weighting = weighting_of(order->round->own);
    struct margins_bound bound;
    struct margins_problem why;
    *out = (struct weights_draft){.order = order, .limits = weighting.limits};
    if (order->margins.len > 0 && !weighting_choose(&weighting, order->margins)) {
        weighting.count = 0;
    }
    if (!margins_bind(&bound, &why, arena, margins, weighting.codes, weighting.count,
                      order->round->questionnaire, order->stream)) {
        out->made.outcome = WEIGHTS_BAD_ORDER;
        out->made.why = margins_problem_english(arena, margins, &why);
        return true;
    }
    out->margins = owned(arena, margins_chosen_document(margins, weighting.codes, weighting.count));
    return count_and_rake(out, arena, columns, &bound);
}

/* ---- keeping it ---- */

static struct slice json_text(struct arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    struct slice copy = arena_copy(arena, slice_from_cstr(text ? text : ""));
    free(text);
    return copy;
}

static enum db_status audit(const struct weights_draft *draft, struct db_tx *tx)
{
    struct arena *arena = db_arena(tx);
    const struct weights_order *order = draft->order;
    json_t *details = json_object();
    json_object_set_new(details, "stream", json_stringn(order->stream.ptr, order->stream.len));
    if (draft->made.outcome != WEIGHTS_BAD_ORDER) {
        json_object_set_new(details, "version", json_integer(draft->made.number));
        json_object_set_new(details, "position", json_integer(draft->position));
    }
    if (draft->made.why.len > 0) {
        json_object_set_new(details, "why", json_stringn(draft->made.why.ptr, draft->made.why.len));
    }
    const struct audit_event event = {.action = "weights.make",
                                      .object = arena_printf(arena, "round:%s", order->round->code).ptr,
                                      .result = draft->made.outcome == WEIGHTS_MADE ? "ok" : "refused",
                                      .origin = order->origin,
                                      .actor = order->actor,
                                      .details = json_text(arena, details).ptr};
    json_decref(details);
    return audit_record(tx, &event);
}

enum db_status weights_keep(struct weights_draft *draft, struct db_tx *tx)
{
    struct arena *arena = db_arena(tx);
    const struct weights_order *order = draft->order;
    if (draft->made.outcome == WEIGHTS_BAD_ORDER) {
        return audit(draft, tx);
    }
    const struct weights_row row = {.round_id = order->round->id,
                                    .questionnaire_version = order->round->version_id,
                                    .stream = order->stream,
                                    .position = draft->position,
                                    .limits = draft->limits,
                                    .made = draft->made.outcome == WEIGHTS_MADE,
                                    .made_by = order->actor,
                                    .margins = json_text(arena, draft->margins),
                                    .report = json_text(arena, draft->report),
                                    .profiles = draft->profiles};
    enum db_status status = sql_weights_keep(&draft->made.number, &draft->made.kept_now, tx, &row);
    return status == DB_OK && draft->made.kept_now ? audit(draft, tx) : status;
}

/* ---- with columns of its own ---- */

static enum db_status keep_work(struct db_tx *tx, void *context)
{
    return weights_keep(context, tx);
}

enum db_status results_weights_make(struct weights_made *out, struct arena *arena, struct db_conn *conn,
                                    const struct crypto_keys *keys, const struct weights_order *order)
{
    struct margins margins;
    struct weights_draft draft;
    struct log_reader reader = {
        .keys = keys, .round_id = order->round->id, .progress = order->progress, .context = order->context};
    enum db_status status = DB_FAILED;
    reader.columns = log_columns_create(order->round);
    if (!reader.columns || !margins_embedded(&margins, arena)) {
        goto cleanup;
    }
    status = log_read_on(&reader, conn);
    if (status != DB_OK) {
        goto cleanup;
    }
    if (!weights_work_out(&draft, arena, reader.columns, &margins, order)) {
        status = DB_FAILED;
        goto cleanup;
    }
    status = db_transaction(conn, "weights-make", DB_ROLE_RESULTS, keep_work, &draft);
    *out = draft.made;
cleanup:
    columns_destroy(reader.columns);
    return status;
}
