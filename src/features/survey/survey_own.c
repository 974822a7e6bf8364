/* One's own answers once they were sent: receipt, read back, correct, withdraw. By the code of the cookie. */
#include "features/survey/survey_form.h"
#include "features/survey/survey_internal.h"

#include "base/clock.h"

/* ---- receipt: what stands under this code ---- */

static enum db_status read_own(struct response_row *row, struct answers *answers, bool *readable,
                               struct db_tx *tx, struct http_exchange *ex, const struct visit *visit)
{
    struct slice id = {(const char *)visit->who.response_id, sizeof visit->who.response_id};
    struct passage_row *passages;
    size_t count;
    *readable = false;
    enum db_status status = sql_response_read(row, tx, visit->round->id, id);
    /* From its destruction date on nothing stands, whether it was erased yet or not; unless a hold keeps it.
     */
    row->found = row->found && survey_round_keeps(visit->round, visit->survey->config.now_s());
    if (status != DB_OK || !row->found || row->kind == RESPONSE_WITHDRAWN) {
        return status;
    }
    status = sql_response_passages(&passages, &count, tx, visit->round->id, id, row->revision);
    if (status == DB_OK) {
        *readable =
            row->version_id == visit->round->version_id &&
            response_answers(answers, http_arena(ex), visit->round->questionnaire, row, passages, count);
    }
    return status;
}

static enum db_status tell_more(json_t *context, struct db_tx *tx, struct http_exchange *ex,
                                const struct visit *visit, const struct response_row *row,
                                const struct answers *answers)
{
    const struct survey_panel *panel = &visit->survey->panel;
    const struct receipt_facts facts = {
        .round = visit->round,
        .response_id = {(const char *)visit->who.response_id, sizeof visit->who.response_id},
        .revision = row->revision,
        .vector = answers ? answers->vector : NULL};
    return panel->tell ? panel->tell(context, tx, ex, &facts, panel->self) : DB_OK;
}

static enum db_status show_receipt(struct db_tx *tx, struct http_exchange *ex, struct visit *visit,
                                   const struct response_row *row, struct answers *answers)
{
    int64_t now = visit->survey->config.now_s();
    struct arena *arena = http_arena(ex);
    json_t *context =
        survey_titled(visit, row->kind == RESPONSE_CORRECTED ? "receipt.title_corrected" : "receipt.title");
    survey_set_code(context, ex, visit);
    survey_set_document_html(context, "follow_up_html", ex, visit, visit->round->document, "follow_up");
    survey_set_date(context, ex, visit, "received_on", (int64_t)row->received_day * 86400);
    survey_set_date(context, ex, visit, "closes_on", survey_round_last_moment(visit->round));
    survey_set_date(context, ex, visit, "destroyed_on", (int64_t)visit->round->destruction_day * 86400);
    json_object_set_new(context, "may_correct", json_boolean(survey_round_accepts(visit->round, now)));
    json_object_set_new(context, "may_withdraw", json_boolean(survey_round_keeps(visit->round, now)));
    json_object_set_new(context, "correct_token",
                        json_string(survey_token_for(ex, visit, "/mijn-antwoorden/correctie")));
    json_object_set_new(context, "withdraw_token",
                        json_string(survey_token_for(ex, visit, "/mijn-antwoorden/intrekking")));
    json_object_set_new(context, "offer_open",
                        json_boolean(survey_takes_offers(visit->survey, visit->round)));
    if (answers) {
        visit_present_stored(visit, answers->vector);
        json_object_set_new(context, "nested", json_true());
        json_object_set(context, "sections",
                        questionnaire_summary_context(arena, visit->round->questionnaire,
                                                      &visit->presentation, answers, visit->language));
    }
    const enum db_status status = tell_more(context, tx, ex, visit, row, answers);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    participation_cookie_tell(ex, visit, STAGE_SENT);
    survey_render(ex, visit, 200, "receipt", context);
    return DB_OK;
}

/* Whether there are answers under this code that were not sent yet. */
static enum db_status find_draft(bool *found, struct db_tx *tx, struct http_exchange *ex, struct visit *visit)
{
    const struct slice id = {(const char *)visit->who.draft_id, sizeof visit->who.draft_id};
    struct draft_row *rows;
    size_t count;
    *found = false;
    enum db_status status = sql_draft_read(&rows, &count, tx, &id, 1);
    if (status == DB_OK && count == 1) {
        *found = visit_open_draft(visit, http_arena(ex), rows[0].revision, rows[0].sealed);
    }
    return status;
}

static enum db_status nothing_sent(struct db_tx *tx, struct http_exchange *ex, struct visit *visit)
{
    bool is_draft;
    enum db_status status = find_draft(&is_draft, tx, ex, visit);
    if (status != DB_OK) {
        return status;
    }
    if (is_draft) {
        http_redirect(ex, "/bewaard");
    } else {
        json_t *context = survey_titled(visit, "expired.title");
        json_object_set_new(context, "nothing_kept", json_true());
        participation_cookie_tell(ex, visit, STAGE_GONE);
        survey_render(ex, visit, 404, "expired", context);
    }
    return DB_OK;
}

static enum db_status get_receipt(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row;
    struct answers answers;
    bool readable;
    if (!visit_of_cookie(&visit, self, ex)) {
        http_redirect(ex, SURVEY_ASK_CODE);
        return DB_OK;
    }
    enum db_status status = read_own(&row, &answers, &readable, tx, ex, &visit);
    if (status != DB_OK) {
        return status;
    }
    if (!row.found) {
        return nothing_sent(tx, ex, &visit);
    }
    if (row.kind == RESPONSE_WITHDRAWN) {
        json_t *context = survey_titled(&visit, "withdrawn.title");
        json_object_set_new(context, "nothing_kept", json_true());
        survey_set_date(context, ex, &visit, "withdrawn_on", (int64_t)row.received_day * 86400);
        participation_cookie_tell(ex, &visit, STAGE_GONE);
        survey_render(ex, &visit, 200, "withdrawn", context);
        return DB_OK;
    }
    return show_receipt(tx, ex, &visit, &row, readable ? &answers : NULL);
}

/* ---- correct: the response becomes a draft that replaces it when sent ---- */

static enum db_status post_correct(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row;
    struct answers answers;
    bool readable;
    if (!visit_of_cookie(&visit, self, ex)) {
        http_redirect(ex, SURVEY_ASK_CODE);
        return DB_OK;
    }
    if (!survey_round_accepts(visit.round, visit.survey->config.now_s())) {
        http_redirect(ex, "/gesloten");
        return DB_OK;
    }
    enum db_status status = read_own(&row, &answers, &readable, tx, ex, &visit);
    if (status != DB_OK) {
        return status;
    }
    if (!readable) {
        http_redirect(ex, "/ontvangst");
        return DB_OK;
    }
    visit_present_stored(&visit, answers.vector);
    visit.state.answers = answers;
    visit.state.language = visit.language;
    visit.state.stream = (enum survey_stream)row.stream;
    visit.state.channel = (enum survey_channel)row.channel;
    visit.state.base_revision = row.revision;
    visit.state.started_minute = (uint32_t)(visit.survey->config.now_s() / 60);
    struct draft_write write = {
        .draft_id = {(const char *)visit.who.draft_id, sizeof visit.who.draft_id},
        .round_id = visit.round->id,
        .sealed = draft_seal(db_arena(tx), visit.round->questionnaire, &visit.who, &visit.state),
    };
    status = sql_draft_write(tx, &write, 1, clock_day(visit.survey->config.now_s()));
    if (status == DB_OK) {
        /* Not written: a correction was begun before, and goes on. */
        participation_cookie_tell(ex, &visit, STAGE_BEGUN);
        http_redirect(ex, "/controle");
    }
    return status;
}

/* ---- withdraw ---- */

static enum db_status post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    if (!visit_of_cookie(&visit, self, ex)) {
        http_redirect(ex, SURVEY_ASK_CODE);
        return DB_OK;
    }
    struct slice sure = {NULL, 0};
    if (!http_form_value(&sure, ex, "zeker") || !slice_equal_cstr(sure, "ja")) {
        json_t *context = survey_titled(&visit, "withdraw.title");
        survey_render(ex, &visit, 200, "withdraw", context);
        return DB_OK;
    }
    bool found;
    enum db_status status = survey_withdraw(&found, tx, &visit);
    if (status == DB_OK) {
        http_redirect(ex, "/ontvangst"); /* found or not: that page tells */
    }
    return status;
}

const struct route survey_own_routes[] = {
    {.http = {.method = HTTP_GET, .path = "/ontvangst", .surface = HTTP_PAGE, .query = "taal"},
     .on_job = get_receipt,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {SURVEY_POST("/mijn-antwoorden/correctie", NULL), .on_job = post_correct, .role = DB_ROLE_INTAKE},
    {SURVEY_POST("/mijn-antwoorden/intrekking", NULL), .on_job = post_withdraw, .role = DB_ROLE_INTAKE},
};
const size_t survey_own_route_count = sizeof survey_own_routes / sizeof survey_own_routes[0];
