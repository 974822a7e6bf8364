/* Whether a response is among those that are counted: GET /v1/rondes/{ronde}/telbewijzen for everybody,
 * GET /v1/rondes/{ronde}/inzending/telbewijs and GET /mijn-antwoorden/telbewijs for who has a code. */
#include "features/survey/survey_api.h"
#include "features/survey/survey_form.h"
#include "features/survey/survey_inclusion.h"

#include <string.h>

enum { API_PAGE = 100, MAX_AGE_S = 300 };

/* ---- for everybody ---- */

static enum db_status get_roots(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct survey *survey = self;
    char key[CRYPTO_VERIFYING_KEY_TEXT_BYTES];
    const struct survey_snapshot *snapshot;
    struct inclusion_root *roots;
    size_t size, count;
    int64_t from;
    const struct survey_round *round = api_path_round(ex, survey, &snapshot);
    if (!round || !http_page_ahead(&size, &from, ex, API_PAGE)) {
        return DB_OK;
    }
    const enum db_status status = inclusion_list(&roots, &count, tx, round->id, from, (int32_t)size + 1);
    if (status != DB_OK) {
        return status;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < size; i++) {
        json_array_append_new(list, inclusion_root_json(&roots[i], round));
    }
    inclusion_key_text(key, survey->config.keys);
    http_reply_json(ex, 200,
                    json_pack("{s:s,s:s,s:o}", "ronde", round->code, "sleutel", key, "telbewijzen", list));
    http_set_header(ex, "Cache-Control", arena_printf(http_arena(ex), "public, max-age=%d", MAX_AGE_S).ptr);
    const struct http_page page = {.next = count > size ? http_page_from(ex, roots[size].id) : NULL};
    http_page_link(ex, &page);
    return DB_OK;
}

/* ---- for who has a code ---- */

/* The proof of what stands under the code. *found false: nothing does; *row says why. */
static enum db_status prove_own(struct inclusion_proof *proof, struct response_row *row, bool *found,
                                struct db_tx *tx, const struct visit *visit)
{
    const struct survey *survey = visit->survey;
    const struct slice id = {(const char *)visit->who.response_id, sizeof visit->who.response_id};
    const enum db_status status = sql_response_read(row, tx, visit->round->id, id);
    *found = status == DB_OK && row->found && row->kind != RESPONSE_WITHDRAWN &&
             survey_round_keeps(visit->round, survey->config.now_s());
    return *found ? inclusion_prove(proof, tx, survey->config.keys, visit->round, id) : status;
}

static enum db_status get_own_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row;
    struct inclusion_proof proof;
    bool found;
    if (!visit_of_header(&visit, ex, self)) {
        return DB_OK;
    }
    const enum db_status status = prove_own(&proof, &row, &found, tx, &visit);
    if (status != DB_OK) {
        return status;
    }
    if (!found) {
        (row.found && row.kind == RESPONSE_WITHDRAWN ? api_own_gone : api_own_not_found)(ex);
    } else if (!proof.included) {
        http_problem(
            ex, 404, "niet-gevonden", "Er is nog geen telbewijs van deze inzending",
            visit.round->pilot
                ? "Een proefronde telt niet mee en heeft geen telbewijs."
                : "Wij maken elke dag een telbewijs, zodra genoeg mensen hebben meegedaan. Probeer het "
                  "morgen opnieuw.",
            NULL);
    } else {
        http_reply_json(ex, 200, inclusion_proof_json(&proof, visit.round, visit.survey->config.keys));
    }
    return DB_OK;
}

static void show_proof(json_t *context, struct http_exchange *ex, const struct visit *visit,
                       const struct inclusion_proof *proof)
{
    enum { DAY_S = 86400 };
    json_t *object = inclusion_proof_json(proof, visit->round, visit->survey->config.keys);
    char *text = json_dumps(object, JSON_INDENT(2));
    survey_set_date(context, ex, visit, "made_on", (int64_t)proof->of.day * DAY_S);
    json_object_set_new(context, "included", json_true());
    json_object_set(context, "wortel", json_object_get(object, "wortel"));
    json_object_set(context, "aantal", json_object_get(object, "aantal"));
    json_object_set_new(context, "plaats", json_integer((json_int_t)proof->index));
    json_object_set_new(context, "stappen", json_integer((json_int_t)proof->length));
    json_object_set_new(context, "json", json_string(text ? text : ""));
    free(text);
    json_decref(object);
}

static enum db_status get_own_page(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row;
    struct inclusion_proof proof = {.included = false};
    bool found;
    if (!visit_of_cookie(&visit, self, ex)) {
        http_redirect(ex, SURVEY_ASK_CODE);
        return DB_OK;
    }
    const enum db_status status = prove_own(&proof, &row, &found, tx, &visit);
    if (status != DB_OK) {
        return status;
    }
    if (!found) {
        http_redirect(ex, "/ontvangst"); /* that page tells what there is */
        return DB_OK;
    }
    json_t *context = survey_titled(&visit, "inclusion.title");
    json_object_set_new(context, "back_path", json_string("/ontvangst"));
    json_object_set_new(context, "pilot", json_boolean(visit.round->pilot));
    json_object_set_new(context, "later", json_boolean(!visit.round->pilot && !proof.included));
    json_object_set_new(
        context, "roots_path",
        json_string(arena_printf(http_arena(ex), "/v1/rondes/%s/telbewijzen", visit.round->code).ptr));
    if (proof.included) {
        show_proof(context, ex, &visit, &proof);
    }
    survey_render(ex, &visit, 200, "inclusion", context);
    return DB_OK;
}

const struct route survey_inclusion_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/rondes/{ronde}/telbewijzen",
              .surface = HTTP_API,
              .cacheable = true,
              .query = HTTP_PAGING},
     .on_job = get_roots,
     .role = DB_ROLE_RESULTS,
     .read_only = true},
    {.http = {.method = HTTP_GET,
              .path = "/v1/rondes/{ronde}/inzending/telbewijs",
              .surface = HTTP_API,
              .rate = "code"},
     .on_job = get_own_json,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {.http =
         {.method = HTTP_GET, .path = "/mijn-antwoorden/telbewijs", .surface = HTTP_PAGE, .query = "taal"},
     .on_job = get_own_page,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
};
const size_t survey_inclusion_route_count =
    sizeof survey_inclusion_routes / sizeof survey_inclusion_routes[0];
