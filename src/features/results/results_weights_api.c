/* GET /v1/consultaties/{consultatie}/gewichten: the versions of weights of a round, with their report. For
 * analysts, audited. */
#include "features/results/results_internal.h"

#include "features/account/account.h"
#include "features/audit/audit.h"
#include "features/results/results_weights_json.h"

#include <string.h>

enum { VERSIONS_MOST = 50 };

static const char no_version[] = "Deze ronde heeft geen weging met dit nummer.";

static bool counts(const struct survey_round *round, struct slice consultation)
{
    return round->status != ROUND_DRAFT && !round->pilot &&
           slice_equal_cstr(consultation, round->consultation);
}

/* The round of that code, or without one the latest to open. NULL when the consultation has no such. */
static const struct survey_round *find_round(const struct survey_snapshot *snapshot,
                                             struct slice consultation, struct slice code)
{
    const struct survey_round *found = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        bool wanted =
            code.ptr ? slice_equal_cstr(code, round->code) : !found || round->opens_at >= found->opens_at;
        if (wanted && counts(round, consultation)) {
            found = round;
        }
    }
    return found;
}

static void add_fault(json_t *errors, const char *parameter, const char *detail)
{
    json_t *item = json_object();
    json_object_set_new(item, "parameter", json_string(parameter));
    json_object_set_new(item, "code", json_string("onbekend"));
    json_object_set_new(item, "detail", json_string(detail));
    json_array_append_new(errors, item);
}

/* True when there are faults: answered. Takes the errors. */
static bool refuse(struct http_exchange *ex, json_t *errors_take)
{
    if (json_array_size(errors_take) == 0) {
        json_decref(errors_take);
        return false;
    }
    http_problem(ex, 400, "ongeldige-invoer", "De vraag klopt nog niet",
                 "Kijk bij elke fout welke parameter het is.", errors_take);
    return true;
}

static enum db_status audit(struct db_tx *tx, struct http_exchange *ex, const struct survey_round *round,
                            const char *result)
{
    const struct account_caller *caller = http_caller(ex);
    const struct audit_event event = {.action = "weights.view",
                                      .object = arena_printf(db_arena(tx), "round:%s", round->code).ptr,
                                      .result = result,
                                      .origin = "api",
                                      .actor = caller ? caller->label : "unknown"};
    return audit_record(tx, &event);
}

static bool is_applied(const struct results_weights *weights, const struct weights_version *version)
{
    const struct weights_of_stream *of_stream = weights_of(weights, version->stream);
    return of_stream && of_stream->number == version->number;
}

/* NULL when memory ran out. */
static json_t *versions_json(struct arena *arena, const struct results *results,
                             const struct results_weights *applied, const struct weights_version *versions,
                             size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *version = weights_version_json(arena, &versions[i], results->config.threshold,
                                               is_applied(applied, &versions[i]));
        if (!version) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, version);
    }
    return list;
}

static enum db_status reply(struct db_tx *tx, struct http_exchange *ex, struct results *results,
                            const struct survey_round *round, int32_t number)
{
    struct weights_version *versions;
    size_t count;
    enum db_status status = results_weights_list(&versions, &count, db_arena(tx), tx,
                                                 slice_from_cstr(round->code), number, VERSIONS_MOST);
    if (status != DB_OK) {
        return status;
    }
    if (number > 0 && count == 0) {
        json_t *errors = json_array();
        add_fault(errors, "versie", no_version);
        refuse(ex, errors);
        return DB_OK;
    }
    const struct results_weights *applied = results_weights_hold(results, round->id);
    json_t *list = versions_json(db_arena(tx), results, applied, versions, count);
    weights_release(applied);
    if (!list) {
        return DB_FAILED;
    }
    json_t *body = json_object();
    json_object_set_new(body, "consultatie", json_string(round->consultation));
    json_object_set_new(body, "ronde", json_string(round->code));
    json_object_set_new(body, "weergave", json_string("analist"));
    json_object_set_new(body, "voorlopig",
                        json_boolean(survey_round_accepts(round, results->config.now_s())));
    json_object_set_new(body, "drempel", json_integer(results->config.threshold));
    json_object_set_new(body, "versies", list);
    http_reply_json(ex, 200, body);
    return audit(tx, ex, round, "ok");
}

static enum db_status get_weights(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct results *results = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    struct slice consultation = http_path_param(ex, "consultatie"), code = {NULL, 0}, text;
    uint64_t number = 0;
    if (!find_round(snapshot, consultation, (struct slice){NULL, 0})) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (http_query(&code, ex, "ronde") && !code.ptr) {
        code = SLICE("");
    }
    const struct survey_round *round = find_round(snapshot, consultation, code);
    json_t *errors = json_array();
    if (!round) {
        add_fault(errors, "ronde", "Noem een ronde van deze consultatie die open is of was.");
    }
    if (http_query(&text, ex, "versie") && (!slice_to_u64(&number, text, INT32_MAX) || number == 0)) {
        add_fault(errors, "versie", no_version);
    }
    if (refuse(ex, errors) || !round) {
        return DB_OK;
    }
    if (round->interim == INTERIM_CLOSED && survey_round_accepts(round, results->config.now_s())) {
        http_problem(
            ex, 403, "tussenstand-gesloten", "Deze ronde geeft nog geen uitkomsten",
            "De tussenstand van deze ronde is gesloten. Na sluiting van de ronde kunt u wegingen opvragen.",
            NULL);
        return audit(tx, ex, round, "refused");
    }
    return reply(tx, ex, results, round, (int32_t)number);
}

const struct route results_weights_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/gewichten",
              .surface = HTTP_API,
              .scope = SCOPE_ANALYST,
              .query = "ronde,versie"},
     .on_job = get_weights,
     .role = DB_ROLE_RESULTS},
};
const size_t results_weights_route_count = sizeof results_weights_routes / sizeof results_weights_routes[0];
