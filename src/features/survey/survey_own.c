/* One's own answers: check and send, receipt, read back, correct, withdraw, pause and come back, clear the
 * computer. Everything here goes by the code of the cookie, or the code typed. */
#include "features/survey/survey_form.h"
#include "features/survey/survey_internal.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

enum { SMALL_BODY = 4096 };

/* A draft read, then something done with it: the same shape as a form step, for check, send and pause. */
struct own_step {
    struct visit visit;
    struct draft_read_item read;
    struct response_item response;
    void (*then)(struct http_exchange *ex, struct own_step *step);
};

static json_t *text_of(const struct visit *visit, const char *path)
{
    struct slice text = survey_text(visit, path);
    return json_stringn(text.ptr, text.len);
}

static json_t *titled(const struct visit *visit, const char *title_path)
{
    json_t *context = json_object();
    json_object_set_new(context, "title", text_of(visit, title_path));
    return context;
}

static void set_code(json_t *context, struct http_exchange *ex, const struct visit *visit)
{
    char code[CODE_TEXT_BYTES];
    code_format(code, &visit->code);
    json_object_set_new(context, "code", json_string(code));
    json_object_set_new(context, "code_shown", json_true());
    json_object_set_new(context, "resume_url",
                        json_string(arena_printf(http_arena(ex), "%s/verder", http_public_url(ex)).ptr));
}

static void set_date(json_t *context, struct http_exchange *ex, const struct visit *visit, const char *key,
                     int64_t unix_s)
{
    struct slice date = locale_date(http_arena(ex), web_locales(visit->survey->config.web),
                                    visit->language ? "en" : "nl", unix_s);
    json_object_set_new(context, key, json_stringn(date.ptr, date.len));
}

/* ---- reading the draft first ---- */

static void draft_was_read(struct http_exchange *ex, void *item)
{
    struct own_step *step = (struct own_step *)((char *)item - offsetof(struct own_step, read));
    if (step->read.lane.status != DB_OK) {
        survey_busy(ex, &step->visit, step->read.lane.status);
    } else if (step->read.revision == 0 ||
               !visit_open_draft(&step->visit, http_arena(ex), step->read.revision, step->read.sealed)) {
        http_redirect(ex, "/ontvangst");
    } else {
        step->then(ex, step);
    }
}

static void with_draft(struct http_exchange *ex, void *self,
                       void (*then)(struct http_exchange *ex, struct own_step *step))
{
    struct own_step *step = arena_alloc(http_arena(ex), sizeof *step);
    if (!visit_of_cookie(&step->visit, self, ex)) {
        http_redirect(ex, "/verder");
        return;
    }
    step->then = then;
    memcpy(step->read.draft_id, step->visit.who.draft_id, sizeof step->read.draft_id);
    lane_submit(step->visit.survey->config.lanes, step->visit.survey->draft_reader, ex, &step->read.lane,
                draft_was_read);
}

/* ---- check your answers, and send ---- */

static void show_check_as(struct http_exchange *ex, struct own_step *step, int status, const char *notice)
{
    struct visit *visit = &step->visit;
    struct arena *arena = http_arena(ex);
    const struct questionnaire *q = visit->round->questionnaire;
    json_t *context = titled(visit, "check.title");
    struct page_list pages = questionnaire_pages(arena, q, &visit->presentation, &visit->state.answers);
    json_object_set(context, "sections",
                    questionnaire_summary_context(arena, q, &visit->presentation, &visit->state.answers,
                                                  visit->language));
    json_object_set_new(context, "may_change", json_true());
    survey_set_progress(context, arena, visit, -1);
    json_object_set_new(context, "correcting", json_boolean(visit->state.base_revision > 0));
    if (pages.count > 0) {
        json_object_set_new(context, "back_path",
                            json_string(survey_page_path(arena, visit, pages.pages[pages.count - 1])));
    }
    if (notice) {
        json_object_set_new(context, "notice", text_of(visit, notice));
    }
    survey_render(ex, visit, status, "check", context);
}

static void show_check(struct http_exchange *ex, struct own_step *step)
{
    show_check_as(ex, step, 200, NULL);
}

static void get_check(struct http_exchange *ex, void *self)
{
    with_draft(ex, self, show_check);
}

static void not_sent(struct http_exchange *ex, struct own_step *step)
{
    show_check_as(ex, step, 503, "check.not_sent");
    http_set_retry_after(ex, 5);
}

static void response_was_written(struct http_exchange *ex, void *item)
{
    struct own_step *step = (struct own_step *)((char *)item - offsetof(struct own_step, response));
    if (step->response.lane.status != DB_OK) {
        not_sent(ex, step);
    } else {
        /* Accepted, accepted before, or withdrawn meanwhile: the receipt shows what stands. */
        http_redirect(ex, "/ontvangst");
    }
}

static void send(struct http_exchange *ex, struct own_step *step)
{
    struct visit *visit = &step->visit;
    struct survey *survey = visit->survey;
    if (!survey_round_accepts(visit->round, survey->config.now_s())) {
        http_redirect(ex, "/gesloten");
    } else if (survey_form_age(ex, visit) < 0) {
        show_check_as(ex, step, 400, "form.expired");
    } else {
        bool correction = visit->state.base_revision > 0;
        response_item_fill(&step->response, http_arena(ex), visit);
        lane_submit(survey->config.lanes, correction ? survey->corrector : survey->response_writer, ex,
                    &step->response.lane, response_was_written);
    }
}

static void post_send(struct http_exchange *ex, void *self)
{
    with_draft(ex, self, send);
}

/* ---- pause, and back with a code (terug=code): the same page, but for what it calls itself ---- */

static void show_paused(struct http_exchange *ex, struct own_step *step)
{
    struct visit *visit = &step->visit;
    struct slice from;
    bool found = http_query(&from, ex, "terug") && slice_equal_cstr(from, "code");
    json_t *context = titled(visit, found ? "paused.found" : "paused.title");
    json_object_set_new(context, "found", json_boolean(found));
    set_code(context, ex, visit);
    set_date(context, ex, visit, "closes_on", visit->round->closes_at);
    json_object_set_new(context, "continue_path",
                        json_string(visit->state.page[0]
                                        ? arena_printf(http_arena(ex), "/vragen/%s", visit->state.page).ptr
                                        : "/controle"));
    survey_render(ex, visit, 200, "paused", context);
}

static void get_paused(struct http_exchange *ex, void *self)
{
    with_draft(ex, self, show_paused);
}

/* ---- come back with a code ---- */

/* typed: what was entered in vain, to mend. */
static void show_enter_code(struct http_exchange *ex, const struct visit *visit, int status,
                            const struct slice *typed)
{
    json_t *context = titled(visit, "resume.title");
    if (typed) {
        json_t *value = json_stringn(typed->ptr ? typed->ptr : "", typed->len);
        json_object_set_new(context, "typed", value ? value : json_string(""));
        json_t *item = json_object();
        json_object_set_new(item, "href", json_string("#code"));
        json_object_set_new(item, "text", text_of(visit, "resume.wrong_code"));
        json_object_set_new(context, "error_summary", json_pack("{s:[o]}", "items", item));
        json_object_set_new(context, "wrong", text_of(visit, "resume.wrong_code"));
    }
    survey_render(ex, visit, status, "resume", context);
}

static void get_enter_code(struct http_exchange *ex, void *self)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    show_enter_code(ex, &visit, 200, NULL);
}

/* Looks the code up in every round at once. A code that is no code is looked up all the same, so that both
 * take as long. */
static enum db_status post_enter_code(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct participation_code code;
    struct slice typed = {NULL, 0};
    int32_t rounds[SURVEY_MAX_ROUNDS];
    struct slice drafts[SURVEY_MAX_ROUNDS];
    struct slice responses[SURVEY_MAX_ROUNDS];
    int32_t round_id = 0;
    bool is_draft = false;
    visit_anonymous(&visit, self, ex);
    http_form_value(&typed, ex, "code");
    if (!code_parse(&code, typed)) {
        code_generate(&code);
    }
    size_t count = survey_round_count(visit.snapshot);
    struct visit *of_round = arena_array(http_arena(ex), count, sizeof *of_round);
    for (size_t i = 0; i < count; i++) {
        of_round[i] = visit;
        visit_of_code(&of_round[i], self, visit.snapshot, survey_round_at(visit.snapshot, i), &code);
        rounds[i] = of_round[i].round->id;
        drafts[i] = (struct slice){(const char *)of_round[i].who.draft_id, sizeof of_round[i].who.draft_id};
        responses[i] =
            (struct slice){(const char *)of_round[i].who.response_id, sizeof of_round[i].who.response_id};
    }
    enum db_status status =
        sql_find_participation(&round_id, &is_draft, tx, rounds, drafts, responses, count);
    if (status != DB_OK) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        if (of_round[i].round->id == round_id) {
            participation_cookie_set(ex, &of_round[i]);
            http_redirect(ex, is_draft ? "/bewaard?terug=code" : "/ontvangst");
            return DB_OK;
        }
    }
    show_enter_code(ex, &visit, 400, &typed);
    return DB_OK;
}

/* ---- receipt: what stands under this code ---- */

static enum db_status read_own(struct response_row *row, struct answers *answers, bool *readable,
                               struct db_tx *tx, struct http_exchange *ex, const struct visit *visit)
{
    struct slice id = {(const char *)visit->who.response_id, sizeof visit->who.response_id};
    struct passage_row *passages;
    size_t count;
    *readable = false;
    enum db_status status = sql_response_read(row, tx, visit->round->id, id);
    /* From its destruction date on nothing stands, whether it was erased yet or not. */
    row->found = row->found && clock_day(visit->survey->config.now_s()) < visit->round->destruction_day;
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

static void show_receipt(struct http_exchange *ex, struct visit *visit, const struct response_row *row,
                         struct answers *answers)
{
    int64_t now = visit->survey->config.now_s();
    struct arena *arena = http_arena(ex);
    json_t *context =
        titled(visit, row->kind == RESPONSE_CORRECTED ? "receipt.title_corrected" : "receipt.title");
    set_code(context, ex, visit);
    survey_set_document_html(context, "follow_up_html", ex, visit, visit->round->document, "follow_up");
    set_date(context, ex, visit, "received_on", (int64_t)row->received_day * 86400);
    set_date(context, ex, visit, "closes_on", visit->round->closes_at);
    set_date(context, ex, visit, "destroyed_on", (int64_t)visit->round->destruction_day * 86400);
    json_object_set_new(context, "may_correct", json_boolean(survey_round_accepts(visit->round, now)));
    json_object_set_new(context, "may_withdraw",
                        json_boolean(clock_day(now) < visit->round->destruction_day));
    json_object_set_new(context, "correct_token",
                        json_string(survey_token_for(ex, visit, "/mijn-antwoorden/correctie")));
    json_object_set_new(context, "withdraw_token",
                        json_string(survey_token_for(ex, visit, "/mijn-antwoorden/intrekking")));
    json_object_set_new(context, "offer_open",
                        json_boolean(survey_takes_offers(visit->survey, visit->round)));
    if (answers) {
        visit_present_stored(visit, answers->vector);
        json_object_set(context, "sections",
                        questionnaire_summary_context(arena, visit->round->questionnaire,
                                                      &visit->presentation, answers, visit->language));
    }
    survey_render(ex, visit, 200, "receipt", context);
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
        json_t *context = titled(visit, "expired.title");
        json_object_set_new(context, "nothing_kept", json_true());
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
        http_redirect(ex, "/verder");
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
        json_t *context = titled(&visit, "withdrawn.title");
        json_object_set_new(context, "nothing_kept", json_true());
        set_date(context, ex, &visit, "withdrawn_on", (int64_t)row.received_day * 86400);
        survey_render(ex, &visit, 200, "withdrawn", context);
    } else {
        show_receipt(ex, &visit, &row, readable ? &answers : NULL);
    }
    return DB_OK;
}

/* ---- correct: the response becomes a draft that replaces it when sent ---- */

static enum db_status post_correct(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct response_row row;
    struct answers answers;
    bool readable;
    if (!visit_of_cookie(&visit, self, ex)) {
        http_redirect(ex, "/verder");
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
        http_redirect(ex, "/controle");
    }
    return status;
}

/* ---- withdraw ---- */

static enum db_status post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    if (!visit_of_cookie(&visit, self, ex)) {
        http_redirect(ex, "/verder");
        return DB_OK;
    }
    struct slice sure = {NULL, 0};
    if (!http_form_value(&sure, ex, "zeker") || !slice_equal_cstr(sure, "ja")) {
        json_t *context = titled(&visit, "withdraw.title");
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

/* ---- clear a shared computer ---- */

static void post_forget(struct http_exchange *ex, void *self)
{
    (void)self;
    participation_cookie_clear(ex);
    http_set_header(ex, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
    http_redirect(ex, "/gewist");
}

static void get_plain(struct http_exchange *ex, void *self, const char *template_name, const char *title)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    survey_render(ex, &visit, 200, template_name, titled(&visit, title));
}

static void get_forgotten(struct http_exchange *ex, void *self)
{
    get_plain(ex, self, "forgotten", "forgotten.title");
}

static void get_thanks_too_young(struct http_exchange *ex, void *self)
{
    get_plain(ex, self, "too_young", "too_young.title");
}

static void get_closed(struct http_exchange *ex, void *self)
{
    get_plain(ex, self, "closed", "closed.title");
}

#define PAGE_GET(PATH, HANDLER)                                                                              \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = "taal"},                   \
        .on_inline = HANDLER                                                                                 \
    }
#define PAGE_POST(PATH, RATE)                                                                                \
    .http = {.method = HTTP_POST,                                                                            \
             .path = PATH,                                                                                   \
             .surface = HTTP_PAGE,                                                                           \
             .query = "taal",                                                                                \
             .body = HTTP_BODY_FORM,                                                                         \
             .body_max = SMALL_BODY,                                                                         \
             .csrf = HTTP_CSRF_REQUIRED,                                                                     \
             .rate = RATE}

const struct route survey_own_routes[] = {
    PAGE_GET("/controle", get_check),
    {PAGE_POST("/controle", NULL), .on_inline = post_send},
    {.http = {.method = HTTP_GET, .path = "/bewaard", .surface = HTTP_PAGE, .query = "taal,terug"},
     .on_inline = get_paused},
    PAGE_GET("/verder", get_enter_code),
    {PAGE_POST("/verder", "code"), .on_job = post_enter_code, .role = DB_ROLE_INTAKE, .read_only = true},
    {.http = {.method = HTTP_GET, .path = "/ontvangst", .surface = HTTP_PAGE, .query = "taal"},
     .on_job = get_receipt,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {PAGE_POST("/mijn-antwoorden/correctie", NULL), .on_job = post_correct, .role = DB_ROLE_INTAKE},
    {PAGE_POST("/mijn-antwoorden/intrekking", NULL), .on_job = post_withdraw, .role = DB_ROLE_INTAKE},
    {PAGE_POST("/wissen", NULL), .on_inline = post_forget},
    PAGE_GET("/gewist", get_forgotten),
    PAGE_GET("/bedankt", get_thanks_too_young),
    PAGE_GET("/gesloten", get_closed),
};
const size_t survey_own_route_count = sizeof survey_own_routes / sizeof survey_own_routes[0];
