/* What follows from a coded sample for all answers to a question, each figure with its interval and "coded n
 * of total". */
#include "features/coding/coding_internal.h"

enum statement { STRATA, STATEMENT_COUNT };

/* Of each question the newest drawing: with one seed it holds the earlier ones. */
const struct db_statement coding_estimate_statements[STATEMENT_COUNT + 1] = {
    [STRATA] =
        {"coding_strata",
         "SELECT b.variable, s.label, s.size, count(t.id)::int4, count(t.id) FILTER (WHERE v.bits & 1 <> "
         "0)::int4, count(t.id) FILTER (WHERE v.bits & 2 <> 0)::int4, count(t.id) FILTER (WHERE v.bits & 4 "
         "<> "
         "0)::int4, count(t.id) FILTER (WHERE v.bits & 8 <> 0)::int4, count(t.id) FILTER (WHERE v.bits & 16 "
         "<> 0)::int4, count(t.id) FILTER (WHERE v.bits & 32 <> 0)::int4, count(t.id) FILTER (WHERE v.bits & "
         "64 <> 0)::int4 FROM zs.coding_batch AS b JOIN zs.coding_stratum AS s ON s.batch_id = b.id LEFT "
         "JOIN "
         "zs.coding_drawn AS d ON d.batch_id = s.batch_id AND d.stratum = s.stratum LEFT JOIN zs.coding_task "
         "AS t ON t.passage_id = d.passage_id AND t.position = 1 AND t.done_at IS NOT NULL LEFT JOIN LATERAL "
         "(SELECT coalesce(bit_or(c.value_bits), 0::int2) AS bits FROM zs.coding AS c WHERE c.passage_id = "
         "t.passage_id AND c.ended_at IS NULL AND c.counts) AS v ON true WHERE b.round_id = $1::int4 AND "
         "b.source = 'open-antwoorden' AND NOT EXISTS (SELECT FROM zs.coding_batch AS n WHERE n.round_id = "
         "b.round_id AND n.variable = b.variable AND n.number > b.number) GROUP BY b.id, s.stratum, s.label, "
         "s.size ORDER BY b.variable, s.stratum"},
};

/* The strata of one question: rows first to end. */
static json_t *question_of(struct http_exchange *ex, const struct survey_round *round,
                           const struct codebook *book, const struct db_result *rows, size_t first,
                           size_t end, unsigned below)
{
    struct coding_estimate estimate;
    struct coding_stratum *strata = arena_array(http_arena(ex), end - first, sizeof *strata);
    json_t *values = json_array(), *groups = json_array();
    size_t variables;
    const struct slice code = db_get_text(rows, first, 0);
    const struct variable *all = questionnaire_variables(&variables, round->questionnaire);
    const int at = questionnaire_find_variable(round->questionnaire, code);
    const char *label = at >= 0 ? all[at].label[coding_language(ex)] : NULL;
    json_t *out = json_pack("{s:s%,s:o,s:o}", "code", code.ptr, code.len, "values", values, "groups", groups);
    json_object_set_new(out, "title", label ? json_string(label) : json_stringn(code.ptr, code.len));
    for (size_t i = first; i < end; i++) {
        const struct slice group = db_get_text(rows, i, 1);
        json_array_append_new(groups, json_pack("{s:s%,s:i,s:i}", "label", group.ptr, group.len, "size",
                                                (int)db_get_int32(rows, i, 2), "coded",
                                                (int)db_get_int32(rows, i, 3)));
    }
    for (int value = 0; value < CODING_VALUES; value++) {
        for (size_t i = first; i < end; i++) {
            strata[i - first] = (struct coding_stratum){(uint32_t)db_get_int32(rows, i, 2),
                                                        (uint32_t)db_get_int32(rows, i, 3),
                                                        (uint32_t)db_get_int32(rows, i, 4 + value)};
        }
        if (!coding_estimate(&estimate, strata, end - first)) {
            continue;
        }
        const struct slice title = book->axes[CODEBOOK_TREE].items[book->values[value]].title;
        json_object_set_new(out, "coded", json_integer((json_int_t)estimate.coded));
        json_object_set_new(out, "size", json_integer((json_int_t)estimate.size));
        json_array_append_new(values, json_pack("{s:s%,s:s,s:s,s:s,s:b}", "title", title.ptr, title.len,
                                                "share", coding_percent(ex, estimate.share), "low",
                                                coding_percent(ex, estimate.interval.low), "high",
                                                coding_percent(ex, estimate.interval.high), "below",
                                                (int)((below & 1U << value) != 0)));
    }
    json_object_set_new(out, "any", json_boolean(json_array_size(values) > 0));
    return out;
}

static enum db_status show_estimates(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                     const struct coding_view *view)
{
    const struct survey_round *round = view->round;
    struct db_result *rows;
    unsigned below;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    enum db_status status = db_run(&rows, tx, &coding_estimate_statements[STRATA], &p);
    status = status == DB_OK ? coding_below_bar(&below, c, tx, round->id, view->plan.bar) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *questions = json_array();
    for (size_t first = 0, end; first < db_rows(rows); first = end) {
        end = first + 1;
        while (end < db_rows(rows) && slice_equal(db_get_text(rows, end, 0), db_get_text(rows, first, 0))) {
            end++;
        }
        json_array_append_new(questions, question_of(ex, round, view->book, rows, first, end, below));
    }
    json_t *context = coding_titled(ex, c, "coding.estimates_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "none", json_boolean(json_array_size(questions) == 0));
    json_object_set_new(context, "questions", questions);
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, c->config.account, 200, "staff_coding_estimates", context);
    return coding_audit(tx, ex, "coding.estimates", round, NULL);
}

static enum db_status get_estimates(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding_view view;
    enum db_status status;
    return coding_view_open(&view, &status, self, tx, ex, PERMISSION_CODING_VIEW)
               ? show_estimates(tx, ex, self, &view)
               : status;
}

const struct route coding_estimate_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/schattingen", get_estimates, PERMISSION_CODING_VIEW, ""),
};
const size_t coding_estimate_route_count = sizeof coding_estimate_routes / sizeof coding_estimate_routes[0];
