/* What follows from a coded sample for all answers to a question, each figure with its interval and "coded n
 * of total". */
#include "features/coding/coding_internal.h"

enum statement { STRATA, STATEMENT_COUNT };

/* Of each question the newest drawing: with one seed it holds the earlier ones. $2, $3: a group of answers
 * that are nearly the same, to be left out; 0: none. Its answers are taken from the strata, as far as they
 * had come in when was drawn, and from those coded: what is left was drawn from what is left. */
const struct db_statement coding_estimate_statements[STATEMENT_COUNT + 1] = {
    [STRATA] =
        {"coding_strata",
         "SELECT b.variable, s.label, greatest(s.size - x.texts, count(t.id))::int4, count(t.id)::int4, "
         "count(t.id) FILTER (WHERE v.bits & 1 <> "
         "0)::int4, count(t.id) FILTER (WHERE v.bits & 2 <> 0)::int4, count(t.id) FILTER (WHERE v.bits & 4 "
         "<> "
         "0)::int4, count(t.id) FILTER (WHERE v.bits & 8 <> 0)::int4, count(t.id) FILTER (WHERE v.bits & 16 "
         "<> 0)::int4, count(t.id) FILTER (WHERE v.bits & 32 <> 0)::int4, count(t.id) FILTER (WHERE v.bits & "
         "64 <> 0)::int4 FROM zs.coding_batch AS b JOIN zs.coding_stratum AS s ON s.batch_id = b.id CROSS "
         "JOIN "
         "LATERAL (SELECT count(*) AS texts FROM zs.campaign_member AS m JOIN zs.campaign_search AS k ON "
         "k.id "
         "= m.search_id AND k.round_id = b.round_id AND k.variable = b.variable JOIN zs.passage AS p ON p.id "
         "= m.passage_id JOIN zs.response AS r ON r.round_id = p.round_id AND r.response_id = p.response_id "
         "AND r.revision = p.revision WHERE m.search_id = $2::int4 AND m.grouping = $3::int4 AND "
         "p.created_day <= (b.created_at AT TIME ZONE 'UTC')::date AND s.label = "
         "(ARRAY['open','uitnodiging','panel','organisatie'])[r.stream + 1]) AS x LEFT JOIN "
         "zs.coding_drawn AS d ON d.batch_id = s.batch_id AND d.stratum = s.stratum AND NOT EXISTS (SELECT "
         "FROM zs.campaign_member AS m WHERE m.search_id = $2::int4 AND m.grouping = $3::int4 AND "
         "m.passage_id = d.passage_id) LEFT JOIN zs.coding_task "
         "AS t ON t.passage_id = d.passage_id AND t.position = 1 AND t.done_at IS NOT NULL LEFT JOIN LATERAL "
         "(SELECT coalesce(bit_or(c.value_bits), 0::int2) AS bits FROM zs.coding AS c WHERE c.passage_id = "
         "t.passage_id AND c.ended_at IS NULL AND c.counts) AS v ON true WHERE b.round_id = $1::int4 AND "
         "b.source = 'open-antwoorden' AND NOT EXISTS (SELECT FROM zs.coding_batch AS n WHERE n.round_id = "
         "b.round_id AND n.variable = b.variable AND n.number > b.number) GROUP BY b.id, s.stratum, s.label, "
         "s.size, x.texts ORDER BY b.variable, s.stratum"},
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

/* "12.3": the third group of search 12. Zeros: none is asked for. */
static void read_without(int32_t *search, int32_t *group, const struct http_exchange *ex)
{
    struct slice text = {"", 0}, first, second;
    uint64_t of_search = 0, of_group = 0;
    if (http_query(&text, ex, "zonder") && slice_cut(&first, &second, text, '.') &&
        slice_to_u64(&of_search, first, INT32_MAX) && slice_to_u64(&of_group, second, INT32_MAX)) {
        *search = (int32_t)of_search;
        *group = (int32_t)of_group;
    }
}

static enum db_status read_strata(struct db_result **rows, struct db_tx *tx, int32_t round, int32_t search,
                                  int32_t group)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int32(&p, search);
    db_put_int32(&p, group);
    return db_run(rows, tx, &coding_estimate_statements[STRATA], &p);
}

/* Whether a question has answers in the group: its sizes are others then. */
static bool differs(const struct db_result *all, const struct db_result *without, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (db_get_int32(all, i, 2) != db_get_int32(without, i, 2)) {
            return true;
        }
    }
    return false;
}

static enum db_status show_estimates(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                     const struct coding_view *view)
{
    const struct survey_round *round = view->round;
    struct db_result *rows, *without;
    unsigned below;
    int32_t search = 0, group = 0;
    read_without(&search, &group, ex);
    enum db_status status = read_strata(&rows, tx, round->id, 0, 0);
    status = status == DB_OK ? read_strata(&without, tx, round->id, search, group) : status;
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
        json_t *question = question_of(ex, round, view->book, rows, first, end, below);
        if (differs(rows, without, first, end)) {
            json_object_set_new(question, "without",
                                question_of(ex, round, view->book, without, first, end, below));
        }
        json_array_append_new(questions, question);
    }
    json_t *context = coding_titled(ex, c, "coding.estimates_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "none", json_boolean(json_array_size(questions) == 0));
    json_object_set_new(context, "questions", questions);
    json_object_set_new(context, "group", json_integer(group));
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
    CODING_GET(CODING_PATH "/{ronde}/schattingen", get_estimates, PERMISSION_CODING_VIEW, ",zonder"),
};
const size_t coding_estimate_route_count = sizeof coding_estimate_routes / sizeof coding_estimate_routes[0];
