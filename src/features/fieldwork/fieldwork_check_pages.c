/* Pages of the member check: the researcher writes a summary and makes codes, a participant reads it and
 * answers. */
#include "features/fieldwork/fieldwork_check.h"
#include "features/fieldwork/fieldwork_internal.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "web/qr.h"

#include <string.h>

enum { WRONG_CODE_TOKENS = 3, ANSWER_BODY = 16 * 1024 };
#define SUMMARY_PATH "/samenvatting"

static const struct form_field summary_fields[] = {
    {"samenvatting", FORM_AREA, false, NULL},
    {"openTot", FORM_DAY, false, NULL},
    {"revisie", FORM_HIDDEN, true, NULL},
};
enum { SUMMARY_FIELDS = sizeof summary_fields / sizeof summary_fields[0] };

/* ---- the researcher's ---- */

static json_t *answer_rows(const struct http_exchange *ex, const struct fieldwork *f, const json_t *checks)
{
    size_t i;
    json_t *row, *rows = json_deep_copy(checks);
    json_array_foreach(rows, i, row)
    {
        const char *verdict = json_string_value(json_object_get(row, "oordeel"));
        fieldwork_put_text(row, "verdict_word", ex, f,
                           !verdict                        ? "fieldwork.check.no_answer"
                           : strcmp(verdict, "klopt") == 0 ? "fieldwork.check.right"
                                                           : "fieldwork.check.wrong");
    }
    return rows;
}

static enum db_status show_checks(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                                  const struct conversation *c, const json_t *values,
                                  const struct json_errors *errors, const char *said)
{
    json_t *summary, *checks = NULL;
    json_t *context = fieldwork_titled(ex, f, "fieldwork.check.title");
    enum db_status status = summary_find(&summary, tx, http_arena(ex), c->id);
    status = status == DB_OK ? check_list(&checks, tx, http_arena(ex), c->id) : status;
    form_show(context, ex, web_locales(f->config.web), summary_fields, SUMMARY_FIELDS,
              values ? values : summary, NULL, errors);
    json_object_set_new(context, "action", json_string(conversation_address(ex, c, "/terugkoppeling")));
    json_object_set_new(context, "code", json_string(conversation_code(c)));
    json_object_set_new(context, "written", json_boolean(summary != NULL));
    json_object_set_new(context, "people", answer_rows(ex, f, checks));
    json_object_set_new(context, "any_people", json_boolean(json_array_size(checks) > 0));
    json_object_set_new(context, "back_path", json_string(conversation_address(ex, c, "")));
    json_object_set_new(context, "with_charts", json_true());
    if (said) {
        fieldwork_put_text(context, "said", ex, f, said);
    }
    staff_render(ex, f->config.account,
                 errors && errors->count > 0 ? 400
                 : said                      ? 409
                                             : 200,
                 "staff_check", context);
    return status;
}

static enum db_status get_checks(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), false)) {
        return status;
    }
    status = show_checks(tx, ex, self, &c, NULL, NULL, NULL);
    return status == DB_OK ? audit_conversation(tx, ex, "member-check.read", &c) : status;
}

/* A hidden number that was posted is text to form_read. */
static void number_revision(json_t *document)
{
    uint64_t revision;
    const char *text = json_string_value(json_object_get(document, "revisie"));
    if (text && slice_to_u64(&revision, slice_from_cstr(text), INT32_MAX)) {
        json_object_set_new(document, "revisie", json_integer((json_int_t)revision));
    }
}

static enum db_status post_summary(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct json_errors errors;
    struct conversation c;
    const struct survey_round *round;
    enum summary_outcome outcome;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, f, tx, ex, http_path_param(ex, "gesprek"), true)) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *document = form_read(ex, summary_fields, SUMMARY_FIELDS);
    number_revision(document);
    status = summary_save(&outcome, &errors, tx, c.id, document, staff_caller(ex)->label);
    if (status == DB_OK && outcome == SUMMARY_SAVED) {
        status = audit_conversation(tx, ex, "member-check.summary", &c);
        http_redirect(ex, conversation_address(ex, &c, "/terugkoppeling"));
    } else if (status == DB_OK) {
        status = show_checks(tx, ex, f, &c, outcome == SUMMARY_WRONG ? document : NULL, &errors,
                             outcome == SUMMARY_CONFLICT ? "fieldwork.check.conflict" : NULL);
    }
    json_decref(document);
    return status;
}

static void put_day(json_t *context, const char *key, struct http_exchange *ex, const struct fieldwork *f,
                    int32_t day)
{
    const struct slice text = locale_date(http_arena(ex), web_locales(f->config.web),
                                          fieldwork_language(ex) ? "en" : "nl", (int64_t)day * 86400);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

static void put_day_of(json_t *context, const char *key, struct http_exchange *ex, const struct fieldwork *f,
                       const json_t *object, const char *name)
{
    int32_t day;
    const char *text = json_string_value(json_object_get(object, name));
    if (text && fieldwork_day(&day, slice_from_cstr(text))) {
        put_day(context, key, ex, f, day);
    }
}

/* The letter with the code: shown this once, to print or to send. */
static void show_letter(struct http_exchange *ex, struct fieldwork *f, const struct conversation *c,
                        const json_t *person, const json_t *summary, const struct participation_code *code)
{
    char text[CODE_TEXT_BYTES];
    json_t *context = fieldwork_titled(ex, f, "fieldwork.check.letter_title");
    code_format(text, code);
    json_object_set_new(context, "code", json_string(text));
    json_object_set(context, "pseudonym", json_object_get(person, "pseudoniem"));
    put_day_of(context, "day", ex, f, c->document, "datum");
    put_day_of(context, "until", ex, f, summary, "openTot");
    json_object_set(context, "summary", json_object_get(summary, "samenvatting"));
    json_object_set_new(
        context, "address",
        json_string(arena_printf(http_arena(ex), "%s" SUMMARY_PATH, http_public_url(ex)).ptr));
    json_object_set_new(context, "back_path", json_string(conversation_address(ex, c, "/terugkoppeling")));
    staff_render(ex, f->config.account, 200, "staff_check_letter", context);
    crypto_wipe(text, sizeof text);
}

static enum db_status post_code(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct conversation c;
    const struct survey_round *round;
    struct participation_code code;
    struct slice of = {NULL, 0};
    json_t *person = NULL, *summary;
    uint64_t id;
    bool given;
    enum db_status status = DB_OK;
    if (slice_to_u64(&id, http_path_param(ex, "deelnemer"), INT32_MAX)) {
        status = participant_find(&person, &of, tx, http_arena(ex), (int32_t)id);
    }
    if (status != DB_OK || !person) {
        http_error(ex, 404);
        return status;
    }
    if (!fieldwork_conversation(&c, &round, &status, f, tx, ex, of, true)) {
        return status;
    }
    status = check_issue(&code, &given, tx, f->config.keys, (int32_t)id, clock_day_nl(f->config.now_s()));
    status = status == DB_OK ? summary_find(&summary, tx, http_arena(ex), c.id) : status;
    if (status != DB_OK) {
        return status;
    }
    if (!given) {
        return show_checks(tx, ex, f, &c, NULL, NULL, "fieldwork.check.not_given");
    }
    show_letter(ex, f, &c, person, summary, &code);
    crypto_wipe(&code, sizeof code);
    return audit_conversation(tx, ex, "member-check.code", &c);
}

/* ---- the participant's ---- */

static struct slice form_text(const struct http_exchange *ex, const char *name)
{
    struct slice text = {"", 0};
    return http_form_value(&text, ex, name) && text.ptr ? text : SLICE("");
}

static void put(json_t *context, const char *key, const struct http_exchange *ex, const struct fieldwork *f,
                const char *path)
{
    const struct slice text =
        locale_text(web_locales(f->config.web), fieldwork_language(ex) ? "en" : "nl", path);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

static void render(struct http_exchange *ex, struct fieldwork *f, int status, const char *fault,
                   const char *fault_at, json_t *context_take)
{
    struct slice html;
    put(context_take, "title", ex, f, "member.title");
    json_object_set_new(context_take, "robots", json_string("noindex"));
    json_object_set_new(context_take, "path", json_string(SUMMARY_PATH));
    json_object_set_new(context_take, "ask_token",
                        json_string(survey_form_token(ex, f->config.survey, SUMMARY_PATH)));
    json_object_set_new(context_take, "answer_token",
                        json_string(survey_form_token(ex, f->config.survey, SUMMARY_PATH "/antwoord")));
    if (fault) {
        put(context_take, "wrong", ex, f, fault);
        json_object_set_new(context_take, "error_summary",
                            json_pack("{s:[{s:s,s:O}]}", "items", "href", fault_at, "text",
                                      json_object_get(context_take, "wrong")));
    }
    web_mark_invented(context_take, http_is_invented(ex));
    const bool good = web_page_render(&html, http_arena(ex), f->config.web,
                                      fieldwork_language(ex) ? "en" : "nl", "member", context_take);
    json_decref(context_take);
    http_set_header(ex, "Cache-Control", "no-store");
    if (good) {
        http_reply_bytes(ex, status, "text/html; charset=utf-8", html);
    } else {
        http_error(ex, 500);
    }
}

static void get_ask(struct http_exchange *ex, void *self)
{
    render(ex, self, 200, NULL, NULL, json_pack("{s:b}", "asks", 1));
}

static void get_qr(struct http_exchange *ex, void *self)
{
    struct slice svg;
    (void)self;
    const struct slice address = arena_printf(http_arena(ex), "%s" SUMMARY_PATH, http_public_url(ex));
    if (qr_svg(&svg, http_arena(ex), address)) {
        http_set_header(ex, "Cache-Control", "public, max-age=3600");
        http_reply_bytes(ex, 200, "image/svg+xml", svg);
    } else {
        http_error(ex, 500);
    }
}

/* What stands under the code that was typed. One that is none is looked up all the same, so that both take as
 * long; guessing is slowed. */
static enum db_status look_up(struct check_shown *shown, struct participation_code *code, struct db_tx *tx,
                              struct http_exchange *ex, struct fieldwork *f)
{
    if (!code_parse(code, form_text(ex, "code"))) {
        code_generate(code);
    }
    enum db_status status =
        check_read(shown, tx, http_arena(ex), f->config.keys, code, clock_day_nl(f->config.now_s()));
    const struct survey_snapshot *snapshot =
        status == DB_OK && shown->found ? survey_snapshot_for(f->config.survey, ex) : NULL;
    const struct survey_round *round = snapshot ? survey_round_by_id(snapshot, shown->round) : NULL;
    if (round) {
        survey_mark(ex, round);
    }
    if (status == DB_OK && (!round || !survey_round_keeps(round, f->config.now_s()))) {
        const struct slice typed = form_text(ex, "code");
        shown->found = false;
        http_charge(ex, WRONG_CODE_TOKENS);
        render(ex, f, 400, "member.wrong_code", "#code",
               json_pack("{s:b,s:s%}", "asks", 1, "typed", typed.ptr, typed.len));
    }
    return status;
}

static json_t *shown_context(struct http_exchange *ex, const struct fieldwork *f,
                             const struct check_shown *shown, const struct participation_code *code,
                             struct slice verdict, struct slice remark)
{
    char text[CODE_TEXT_BYTES];
    code_format(text, code);
    json_t *context =
        json_pack("{s:s,s:s%,s:i,s:b,s:b,s:b,s:b,s:s%}", "code", text, "summary", shown->body.ptr,
                  shown->body.len, "revision", (int)shown->revision, "open", (int)shown->is_open, "older",
                  (int)shown->is_older, "right", (int)slice_equal_cstr(verdict, "klopt"), "not_right",
                  (int)slice_equal_cstr(verdict, "klopt-niet"), "remark", remark.ptr, remark.len);
    json_object_set_new(context, "answered", json_boolean(shown->verdict.len > 0));
    put_day(context, "until", ex, f, shown->open_until);
    crypto_wipe(text, sizeof text);
    return context;
}

/* And what became of their words. */
static enum db_status put_fed(json_t *context, struct db_tx *tx, const struct fieldwork *f,
                              const struct check_shown *shown)
{
    json_t *signals = json_array();
    const enum db_status status =
        f->fed ? f->fed(signals, tx, shown->code_hash, clock_day_nl(f->config.now_s())) : DB_OK;
    json_object_set_new(context, "tells_signals", json_boolean(f->fed != NULL));
    json_object_set_new(context, "any_signals", json_boolean(json_array_size(signals) > 0));
    json_object_set_new(context, "signals", signals);
    return status;
}

static enum db_status post_ask(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct check_shown shown;
    struct participation_code code;
    enum db_status status = look_up(&shown, &code, tx, ex, self);
    if (status != DB_OK || !shown.found) {
        return status;
    }
    json_t *context = shown_context(ex, self, &shown, &code, shown.verdict, shown.remark);
    status = put_fed(context, tx, self, &shown);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    render(ex, self, 200, NULL, NULL, context);
    return DB_OK;
}

static const char *verdict_of(const struct http_exchange *ex)
{
    const struct slice said = form_text(ex, "oordeel");
    for (size_t i = 0; check_verdicts[i]; i++) {
        if (slice_equal_cstr(said, check_verdicts[i])) {
            return check_verdicts[i];
        }
    }
    return NULL;
}

static enum db_status post_answer(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct check_shown shown;
    struct participation_code code;
    uint64_t revision = 0;
    bool kept = false;
    enum db_status status = look_up(&shown, &code, tx, ex, f);
    if (status != DB_OK || !shown.found) {
        return status;
    }
    const char *verdict = verdict_of(ex);
    const struct slice remark = slice_trim(utf8_clean(http_arena(ex), form_text(ex, "opmerking")));
    const char *fault = !verdict                                 ? "member.choose"
                        : utf8_length(remark) > CHECK_REMARK_MAX ? "member.too_long"
                                                                 : NULL;
    slice_to_u64(&revision, form_text(ex, "versie"), INT32_MAX);
    if (!fault) {
        status = check_answer(&kept, tx, f->config.keys, &code, clock_day_nl(f->config.now_s()),
                              (int32_t)revision, verdict, remark);
        fault = kept ? NULL : "member.changed";
    }
    if (status != DB_OK) {
        return status;
    }
    shown.is_older = shown.is_older && !kept;
    shown.verdict = kept ? slice_from_cstr(verdict) : shown.verdict;
    json_t *context = shown_context(ex, f, &shown, &code, slice_from_cstr(verdict), remark);
    json_object_set_new(context, "kept", json_boolean(kept));
    status = put_fed(context, tx, f, &shown);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    render(ex, f,
           kept                                                 ? 200
           : verdict && utf8_length(remark) <= CHECK_REMARK_MAX ? 409
                                                                : 400,
           shown.is_open ? fault : NULL,
           fault && strcmp(fault, "member.too_long") == 0 ? "#opmerking" : "#klopt", context);
    return DB_OK;
}

#define MEMBER_POST(PATH, HANDLER, BODY, READ_ONLY)                                                          \
    {                                                                                                        \
        .http = {.method = HTTP_POST,                                                                        \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .query = "taal",                                                                            \
                 .body = HTTP_BODY_FORM,                                                                     \
                 .body_max = BODY,                                                                           \
                 .csrf = HTTP_CSRF_REQUIRED,                                                                 \
                 .rate = "code"},                                                                            \
        .on_job = HANDLER, .role = DB_ROLE_INTAKE, .read_only = READ_ONLY                                    \
    }

const struct route fieldwork_check_routes[] = {
    FIELDWORK_GET(CONVERSATION_PATH "/{gesprek}/terugkoppeling", get_checks),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/terugkoppeling", post_summary, 128 * 1024),
    FIELDWORK_POST(PARTICIPANT_PATH "/{deelnemer}/code", post_code, FIELDWORK_BODY),
    {.http = {.method = HTTP_GET, .path = SUMMARY_PATH, .surface = HTTP_PAGE, .query = "taal"},
     .on_inline = get_ask},
    {.http = {.method = HTTP_GET,
              .path = SUMMARY_PATH "/qr.svg",
              .surface = HTTP_PAGE,
              .produces = "image/svg+xml"},
     .on_inline = get_qr},
    MEMBER_POST(SUMMARY_PATH, post_ask, 4096, true),
    MEMBER_POST(SUMMARY_PATH "/antwoord", post_answer, ANSWER_BODY, false),
};
const size_t fieldwork_check_route_count = sizeof fieldwork_check_routes / sizeof fieldwork_check_routes[0];
