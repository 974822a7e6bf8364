/* The API of one's own response: starting, sending, reading back, correcting, withdrawing. The code stands in
 * the header Deelnamecode, never in a URI. */
#include "features/survey/survey_api.h"

#include "features/account/account.h"

/* What a wrong code costs beside the request itself: guessing is slowed, typing wrongly once is not noticed.
 */
enum { SMALL_BODY = 4096, WRONG_CODE_TOKENS = 3 };

/* ---- starting ---- */

static bool refuse_closed(struct http_exchange *ex, const struct survey *survey,
                          const struct survey_round *round)
{
    if (survey_round_accepts(round, survey->config.now_s())) {
        return false;
    }
    http_problem(ex, 409, "ronde-niet-open", "Deze ronde is niet open",
                 "U kunt alleen meedoen als de ronde open is. Kijk bij opentOp en sluitOp van de ronde.",
                 NULL);
    return true;
}

/* A key may be for another consultation. */
static bool refuse_elsewhere(struct http_exchange *ex, const struct survey_round *round)
{
    if (account_may(http_caller(ex), PERMISSION_RESPONSE_SEND, round->consultation)) {
        return false;
    }
    account_refuse_call(ex, PERMISSION_RESPONSE_SEND);
    return true;
}

static void problem_of(struct http_exchange *ex, struct json_errors *errors)
{
    http_problem(ex, 400, "ongeldige-invoer", "De inzending klopt nog niet",
                 "Kijk bij elke fout welk veld het is en wat u kunt doen. Er is niets opgeslagen.",
                 json_errors_to_json(errors));
}

static void start_participation(struct http_exchange *ex, void *self)
{
    struct survey *survey = self;
    struct visit visit;
    struct json_errors errors;
    struct slice variant_code = {NULL, 0};
    visit_anonymous(&visit, survey, ex);
    visit.round = api_path_round(ex, survey, &visit.snapshot);
    if (!visit.round || refuse_elsewhere(ex, visit.round) || refuse_closed(ex, survey, visit.round)) {
        return;
    }
    json_errors_init(&errors, http_arena(ex));
    struct slice text = http_body(ex).len > 0 ? http_body(ex) : SLICE("{}");
    json_t *body = json_parse(&errors, http_arena(ex), text);
    const struct json_field fields[] = {
        {.name = "variant", .kind = JSON_KIND_STRING, .optional = true, .out = &variant_code}};
    if (!body || !json_decode(&errors, "", body, fields, 1)) {
        problem_of(ex, &errors);
        return;
    }
    int variant =
        variant_code.len > 0 ? survey_variant_named(visit.round, variant_code) : visit.round->variants[0];
    if (variant < 0) {
        json_errors_add(&errors, "/variant", "keuze", "Kies een van de varianten van deze ronde.");
        problem_of(ex, &errors);
        return;
    }
    visit_begin(&visit, http_arena(ex), variant, STREAM_OPEN, CHANNEL_API);
    char code[CODE_TEXT_BYTES];
    code_format(code, &visit.code);
    json_t *reply = json_object();
    json_object_set_new(reply, "code", json_string(code));
    json_object_set_new(reply, "ronde", json_string(visit.round->code));
    json_object_set_new(reply, "variant",
                        json_string(questionnaire_variant_code(visit.round->questionnaire, variant)));
    json_object_set_new(reply, "vragenlijst",
                        questionnaire_json(visit.round->questionnaire, &visit.presentation));
    http_reply_json(ex, 201, reply);
}

/* ---- one's own response ---- */

/* The participation of the header; false with a problem answered. */
bool visit_of_header(struct visit *visit, struct http_exchange *ex, struct survey *survey)
{
    struct slice text;
    struct participation_code code;
    visit_anonymous(visit, survey, ex);
    const struct survey_round *round = api_path_round(ex, survey, &visit->snapshot);
    if (!round) {
        return false;
    }
    if (!http_header(&text, ex, "Deelnamecode") || !code_parse(&code, text)) {
        http_problem(ex, 400, "deelnamecode", "De deelnamecode ontbreekt of klopt niet",
                     "Stuur de code van 16 tekens mee in de header Deelnamecode.", NULL);
        return false;
    }
    visit_of_code(visit, survey, visit->snapshot, round, &code);
    visit->state =
        (struct draft_state){.variant = round->variants[0], .stream = STREAM_OPEN, .channel = CHANNEL_API};
    return true;
}

struct send_step {
    struct visit visit;
    struct response_item item;
};

/* Where one's own response is: with the code in a header, never in the address. */
static const char *own_location(struct http_exchange *ex, const struct visit *visit)
{
    return arena_printf(http_arena(ex), "%s/v1/rondes/%s/inzending", visit->survey->config.public_url,
                        visit->round->code)
        .ptr;
}

/* Written out, not built: a document of jansson is the dearest part of an answer, and this is the answer to
 * every response. Nothing in it needs escaping: the public address and codes of rounds were checked for that
 * (app/config.c, migration 0002). */
static void reply_receipt(struct http_exchange *ex, int status, const struct visit *visit, const char *state)
{
    char received[CLOCK_RFC3339_BYTES];
    char closes[CLOCK_RFC3339_BYTES];
    char destruction[CLOCK_RFC3339_BYTES];
    api_format_day(received, clock_day(visit->survey->config.now_s()));
    clock_format_rfc3339(closes, visit->round->closes_at);
    api_format_day(destruction, visit->round->destruction_day);
    struct slice body =
        arena_printf(http_arena(ex),
                     "{\"status\":\"%s\",\"ronde\":\"%s\",\"ontvangstdatum\":\"%s\",\"corrigerenTot\":\"%s\","
                     "\"intrekkenTotDatum\":\"%s\",\"_links\":{\"self\":{\"href\":\"%s\"}}}",
                     state, visit->round->code, received, closes, destruction, own_location(ex, visit));
    http_reply_bytes(ex, status, "application/json", body);
}

static void response_was_written(struct http_exchange *ex, void *item)
{
    struct send_step *step = (struct send_step *)((char *)item - offsetof(struct send_step, item));
    if (step->item.lane.status != DB_OK) {
        lane_answer_failure(ex, step->item.lane.status);
        return;
    }
    switch (step->item.response.outcome) {
    case INTAKE_ACCEPTED:
        http_set_header(ex, "Location", own_location(ex, &step->visit));
        reply_receipt(ex, 201, &step->visit, "ontvangen");
        break;
    case INTAKE_REPEATED:
        reply_receipt(ex, 200, &step->visit, "ontvangen");
        break;
    case INTAKE_WITHDRAWN:
        http_problem(ex, 410, "ingetrokken", "Deze inzending is ingetrokken",
                     "Met deze code kunt u niet opnieuw meedoen. Begin een nieuwe deelname.", NULL);
        break;
    case INTAKE_DIFFERENT:
        http_problem(ex, 409, "andere-antwoorden", "Met deze code is al een andere inzending gedaan",
                     "Wilt u antwoorden veranderen? Gebruik dan PUT op de inzending.", NULL);
        break;
    }
}

static void post_response(struct http_exchange *ex, void *self)
{
    struct send_step *step = arena_alloc(http_arena(ex), sizeof *step);
    struct survey *survey = self;
    struct json_errors *errors = arena_alloc(http_arena(ex), sizeof *errors);
    if (!visit_of_header(&step->visit, ex, survey) || refuse_elsewhere(ex, step->visit.round) ||
        refuse_closed(ex, survey, step->visit.round)) {
        return;
    }
    json_errors_init(errors, http_arena(ex));
    if (!survey_decode_response(&step->visit, errors, http_arena(ex), http_body(ex), DECODE_NEW)) {
        problem_of(ex, errors);
        return;
    }
    response_item_fill(&step->item, http_arena(ex), &step->visit);
    lane_submit(survey->config.lanes, survey->response_writer, ex, &step->item.lane, response_was_written);
}

void api_own_not_found(struct http_exchange *ex)
{
    http_charge(ex, WRONG_CODE_TOKENS);
    http_problem(ex, 404, "niet-gevonden", "Bij deze code is geen inzending gevonden",
                 "Kijk of de code en de ronde kloppen.", NULL);
}

void api_own_gone(struct http_exchange *ex)
{
    http_problem(ex, 410, "ingetrokken", "Deze inzending is ingetrokken", "De antwoorden zijn gewist.", NULL);
}

/* What stands under the code of the request, with its answers in visit->state and what was shown in
 * visit->presentation. *row.found false: nothing stood there, or it was withdrawn: answered. */
static enum db_status read_own(struct response_row *row, struct db_tx *tx, struct http_exchange *ex,
                               struct visit *visit)
{
    struct slice id = {(const char *)visit->who.response_id, sizeof visit->who.response_id};
    struct passage_row *passages;
    size_t count;
    bool destroyed = !survey_round_keeps(visit->round, visit->survey->config.now_s());
    enum db_status status = sql_response_read(row, tx, visit->round->id, id);
    if (status != DB_OK) {
        return status;
    }
    if (!row->found || destroyed || row->kind == RESPONSE_WITHDRAWN) {
        (row->found && !destroyed ? api_own_gone : api_own_not_found)(ex);
        row->found = false;
        return DB_OK;
    }
    status = sql_response_passages(&passages, &count, tx, visit->round->id, id, row->revision);
    if (status != DB_OK) {
        return status;
    }
    if (!response_answers(&visit->state.answers, http_arena(ex), visit->round->questionnaire, row, passages,
                          count)) {
        return DB_FAILED;
    }
    visit_present_stored(visit, visit->state.answers.vector);
    return DB_OK;
}

static enum db_status get_own(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row;
    if (!visit_of_header(&visit, ex, self)) {
        return DB_OK;
    }
    enum db_status status = read_own(&row, tx, ex, &visit);
    if (status != DB_OK || !row.found) {
        return status;
    }
    const struct questionnaire *q = visit.round->questionnaire;
    json_t *body = json_object();
    json_object_set_new(body, "ronde", json_string(visit.round->code));
    json_object_set_new(body, "variant", json_string(questionnaire_variant_code(q, visit.state.variant)));
    json_object_set_new(body, "werving", json_string(survey_stream_codes[row.stream]));
    json_object_set_new(body, "kanaal", json_string(survey_channel_codes[row.channel]));
    api_set_day(body, "ontvangstdatum", row.received_day);
    json_object_set_new(body, "herziening", json_integer(row.revision));
    api_set_time(body, "corrigerenTot", visit.round->closes_at);
    api_set_day(body, "intrekkenTotDatum", visit.round->destruction_day);
    json_object_set_new(body, "antwoorden", answers_to_json(q, &visit.state.answers));
    api_set_link(body, visit.survey, http_arena(ex),
                 arena_printf(http_arena(ex), "/v1/rondes/%s/inzending", visit.round->code).ptr);
    http_reply_json(ex, 200, body);
    return DB_OK;
}

/* ---- correcting and withdrawing ---- */

/* Appends the correction, unless it says what stands already; a correction begun on a page ends with it. */
static enum db_status write_correction(struct db_tx *tx, struct http_exchange *ex, struct visit *visit,
                                       const struct response_row *row)
{
    struct response_item item = {0};
    int32_t today = clock_day(visit->survey->config.now_s());
    visit->state.base_revision = row->revision;
    response_item_fill(&item, http_arena(ex), visit);
    if (slice_equal(row->payload_hash, item.response.payload_hash)) {
        return DB_OK;
    }
    struct draft_write draft = {.draft_id = item.response.draft_id, .remove = true};
    enum db_status status = sql_response_amend(tx, &item.response, RESPONSE_CORRECTED, row->revision,
                                               item.passages, item.passage_count, today);
    return status == DB_OK ? sql_draft_write(tx, &draft, 1, today) : status;
}

static enum db_status put_own(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row = {.found = false};
    struct json_errors *errors = arena_alloc(http_arena(ex), sizeof *errors);
    if (!visit_of_header(&visit, ex, self) || refuse_closed(ex, self, visit.round)) {
        return DB_OK;
    }
    json_errors_init(errors, http_arena(ex));
    enum db_status status = sql_round_lock(tx, visit.round->id);
    if (status == DB_OK) {
        status = read_own(&row, tx, ex, &visit);
    }
    if (status != DB_OK || !row.found) {
        return status;
    }
    visit.state.stream = (enum survey_stream)row.stream;
    visit.state.channel = (enum survey_channel)row.channel;
    if (!survey_decode_response(&visit, errors, http_arena(ex), http_body(ex), DECODE_CORRECTION)) {
        problem_of(ex, errors);
        return DB_OK;
    }
    status = write_correction(tx, ex, &visit, &row);
    if (status == DB_OK) {
        reply_receipt(ex, 200, &visit, "gecorrigeerd");
    }
    return status;
}

static enum db_status delete_own(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    bool found;
    if (!visit_of_header(&visit, ex, self)) {
        return DB_OK;
    }
    enum db_status status = survey_withdraw(&found, tx, &visit);
    if (status == DB_OK) {
        if (found) {
            http_reply_empty(ex, 204);
        } else {
            api_own_not_found(ex);
        }
    }
    return status;
}

const struct route survey_api_response_routes[] = {
    {.http = {.method = HTTP_POST,
              .path = "/v1/rondes/{ronde}/deelnames",
              .surface = HTTP_API,
              .scope = PERMISSION_RESPONSE_SEND,
              .body = HTTP_BODY_JSON,
              .body_max = SMALL_BODY,
              .rate = "intake"},
     .on_inline = start_participation},
    {.http = {.method = HTTP_POST,
              .path = "/v1/rondes/{ronde}/inzendingen",
              .surface = HTTP_API,
              .scope = PERMISSION_RESPONSE_SEND,
              .body = HTTP_BODY_JSON,
              .body_max = SURVEY_RESPONSE_BYTES,
              .rate = "intake"},
     .on_inline = post_response},
    {.http =
         {.method = HTTP_GET, .path = "/v1/rondes/{ronde}/inzending", .surface = HTTP_API, .rate = "code"},
     .on_job = get_own,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {.http = {.method = HTTP_PUT,
              .path = "/v1/rondes/{ronde}/inzending",
              .surface = HTTP_API,
              .body = HTTP_BODY_JSON,
              .body_max = SURVEY_RESPONSE_BYTES,
              .rate = "code"},
     .on_job = put_own,
     .role = DB_ROLE_INTAKE},
    {.http =
         {.method = HTTP_DELETE, .path = "/v1/rondes/{ronde}/inzending", .surface = HTTP_API, .rate = "code"},
     .on_job = delete_own,
     .role = DB_ROLE_INTAKE},
};
const size_t survey_api_response_route_count =
    sizeof survey_api_response_routes / sizeof survey_api_response_routes[0];
