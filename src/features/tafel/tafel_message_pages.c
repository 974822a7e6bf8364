/* Telling the table something, for everybody: GET and POST /laat-iets-weten; reading it back and withdrawing
 * it with its code: /laat-iets-weten/bericht, /laat-iets-weten/intrekking.
 *
 * The form carries the code that its message will have, drawn when it was shown and under a MAC: posted twice
 * it is one message. The code is in no address and in no cookie. */
#include "features/tafel/tafel_message_pages.h"

#include "base/clock.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "features/coding/coding.h"

#include <string.h>

enum {
    MESSAGE_BODY = 64 * 1024,
    CODE_BODY = 4096,
    SEAL_BYTES = 16,
    WRONG_CODE_TOKENS = 3,
    RETRY_AFTER_S = 5
};

static const struct form_field fields[] = {
    {"afzender", FORM_RADIOS, false, NULL},
    {"organisatie", FORM_TEXT, false, NULL},
    {"waarden", FORM_TICKS, true, coding_values},
    {"toepassing", FORM_CHOICE, true, NULL},
    {"tekst", FORM_AREA, false, NULL},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

/* What was typed, and the code that goes with it. */
struct page {
    const struct tafel *tafel;
    struct http_exchange *ex;
    struct participation_code code;
    json_t *values;       /* of the exchange's arena; NULL: nothing was typed */
    json_t *applications; /* the same */
    struct json_errors errors;
};

static void forget(void *object)
{
    json_decref(object);
}

static json_t *text_of(const struct page *page, const char *path)
{
    return kept_text(page->ex, page->tafel, path);
}

static void render(const struct page *page, int status, const char *template_name, const char *title,
                   json_t *context_take)
{
    struct slice html, asked;
    struct http_exchange *ex = page->ex;
    if (http_query(&asked, ex, "taal")) {
        http_keep_language(ex, http_language(ex));
    }
    json_object_set_new(context_take, "title", text_of(page, title));
    const bool shown = web_page_render(&html, http_arena(ex), page->tafel->config.web, http_language(ex),
                                       template_name, context_take);
    json_decref(context_take);
    http_set_header(ex, "Cache-Control", "no-store");
    if (shown) {
        http_reply_bytes(ex, status, "text/html; charset=utf-8", html);
    } else {
        http_error(ex, 500);
    }
}

static void put_token(json_t *context, const char *key, const struct page *page, const char *path)
{
    json_object_set_new(context, key,
                        json_string(survey_form_token(page->ex, page->tafel->config.survey, path)));
}

/* ---- the code that a form carries ---- */

static void seal(char hex[2 * SEAL_BYTES + 1], const struct page *page)
{
    unsigned char mac[SEAL_BYTES];
    crypto_keyed_hash(mac, SEAL_BYTES, page->tafel->config.keys, CRYPTO_KEY_FORM_TOKEN, "message-code",
                      (struct slice){(const char *)page->code.bits, sizeof page->code.bits});
    crypto_hex(hex, mac, SEAL_BYTES);
}

static struct slice posted(const struct http_exchange *ex, const char *name)
{
    struct slice text = {NULL, 0};
    return http_form_value(&text, ex, name) && text.ptr ? text : SLICE("");
}

/* The code of the form; one that is drawn anew, and false, when we did not put it there. */
static bool take_code(struct page *page)
{
    char ours[2 * SEAL_BYTES + 1];
    const struct slice theirs = posted(page->ex, "zegel");
    if (code_parse(&page->code, posted(page->ex, "code"))) {
        seal(ours, page);
        if (theirs.len == 2 * SEAL_BYTES && crypto_equal(ours, theirs.ptr, theirs.len)) {
            return true;
        }
    }
    code_generate(&page->code);
    return false;
}

/* ---- the form ---- */

static void show_form(const struct page *page, int status, const char *notice)
{
    char code[CODE_TEXT_BYTES], zegel[2 * SEAL_BYTES + 1];
    json_t *context = json_object();
    json_t *options =
        json_pack("{s:O,s:[{s:s,s:o},{s:s,s:o}]}", "toepassing", page->applications, "afzender", "code",
                  message_senders[0], "label", text_of(page, "tafel.message.for_myself"), "code",
                  message_senders[1], "label", text_of(page, "tafel.message.for_organisation"));
    form_show_of(context, "tafel.message.tell", page->ex, web_locales(page->tafel->config.web), fields,
                 FIELDS, page->values, options, &page->errors);
    form_plain_summary(context);
    json_decref(options);
    code_format(code, &page->code);
    seal(zegel, page);
    json_object_set_new(context, "code", json_string(code));
    json_object_set_new(context, "zegel", json_string(zegel));
    put_token(context, "form_token", page, MESSAGE_TELL_PATH);
    json_object_set_new(context, "path", json_string(MESSAGE_TELL_PATH));
    json_object_set_new(context, "keeps_typed", json_string("formulier"));
    json_object_set_new(context, "back_path", json_string("/tafel"));
    if (notice) {
        json_object_set_new(context, "notice", text_of(page, notice));
    }
    crypto_wipe(code, sizeof code);
    render(page, status, "message_form", "tafel.message.title", context);
}

static enum db_status get_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct page page = {.tafel = self, .ex = ex};
    const enum db_status status = kept_public_applications(&page.applications, tx, ex, self);
    if (status == DB_OK) {
        json_errors_init(&page.errors, http_arena(ex));
        code_generate(&page.code);
        show_form(&page, 200, NULL);
    }
    return status;
}

static void read_values(struct page *page)
{
    page->values = form_read(page->ex, fields, FIELDS);
    arena_defer(http_arena(page->ex), forget, page->values);
    json_errors_init(&page->errors, http_arena(page->ex));
}

/* ---- what was sent ---- */

static struct slice typed(const struct page *page, const char *name)
{
    const json_t *value = json_object_get(page->values, name);
    struct arena *arena = http_arena(page->ex);
    return json_is_string(value)
               ? unicode_nfc(arena, utf8_clean(arena, (struct slice){json_string_value(value),
                                                                     json_string_length(value)}))
               : SLICE("");
}

static void fault(struct page *page, const char *pointer, const char *code, const char *path)
{
    const struct slice text =
        locale_text(web_locales(page->tafel->config.web), http_language(page->ex), path);
    json_errors_add(&page->errors, pointer, code, "%.*s", SLICE_ARG(text));
}

static void check_text(struct page *page, struct slice text)
{
    const size_t length = utf8_length(text);
    if (length == 0) {
        fault(page, "/tekst", "ontbreekt", "tafel.message.error.text");
    } else if (length > MESSAGE_TEXT_MAX) {
        const struct slice said = locale_format(
            http_arena(page->ex), web_locales(page->tafel->config.web), http_language(page->ex),
            "tafel.message.error.long", "n", arena_printf(http_arena(page->ex), "%zu", length).ptr, "most",
            arena_printf(http_arena(page->ex), "%d", MESSAGE_TEXT_MAX).ptr, NULL);
        json_errors_add(&page->errors, "/tekst", "te-lang", "%.*s", SLICE_ARG(said));
    }
}

/* A name that a citizen typed is not kept by accident: it would be public. */
static void check_sender(struct page *page, const struct message_draft *draft)
{
    const bool organisation = slice_equal_cstr(draft->sender, message_senders[1]);
    if (!organisation && !slice_equal_cstr(draft->sender, message_senders[0])) {
        fault(page, "/afzender", "keuze", "tafel.message.error.sender");
    } else if (organisation && draft->organisation.len == 0) {
        fault(page, "/organisatie", "ontbreekt", "tafel.message.error.organisation");
    } else if (!organisation && draft->organisation.len > 0) {
        fault(page, "/organisatie", "te-veel", "tafel.message.error.no_organisation");
    }
    if (utf8_length(draft->organisation) > MESSAGE_ORGANISATION_MAX) {
        fault(page, "/organisatie", "te-lang", "tafel.message.error.long_name");
    }
}

static void read_draft(struct message_draft *draft, struct page *page)
{
    bool wrong;
    const int32_t today = clock_day_nl(page->tafel->config.now_s());
    *draft = (struct message_draft){.sender = typed(page, "afzender"),
                                    .organisation = typed(page, "organisatie"),
                                    .application = typed(page, "toepassing"),
                                    .text = typed(page, "tekst"),
                                    .language = slice_from_cstr(http_language(page->ex)),
                                    .received_day = today,
                                    .destroy_day = today + MESSAGE_KEPT_DAYS};
    check_sender(page, draft);
    draft->values = kept_codes(&draft->value_count, &wrong, page->ex,
                               json_object_get(page->values, "waarden"), coding_values);
    if (wrong) {
        fault(page, "/waarden", "keuze", "tafel.message.error.choose");
    }
    if (draft->application.len > 0 && !kept_has_code(page->applications, draft->application)) {
        fault(page, "/toepassing", "keuze", "tafel.message.error.choose");
    }
    check_text(page, draft->text);
}

static void put_day(json_t *context, const char *key, const struct page *page, int32_t day)
{
    const struct slice text = locale_date(http_arena(page->ex), web_locales(page->tafel->config.web),
                                          http_language(page->ex), (int64_t)day * 86400);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

static void show_sent(const struct page *page, const struct message_draft *draft)
{
    char code[CODE_TEXT_BYTES];
    json_t *context = json_pack("{s:s%,s:s%,s:b}", "text", draft->text.ptr, draft->text.len, "organisation",
                                draft->organisation.ptr, draft->organisation.len, "named",
                                (int)(draft->organisation.len > 0));
    code_format(code, &page->code);
    json_object_set_new(context, "code", json_string(code));
    json_object_set_new(
        context, "resume_url",
        json_string(
            arena_printf(http_arena(page->ex), "%s" MESSAGE_OWN_PATH, http_public_url(page->ex)).ptr));
    put_day(context, "received", page, draft->received_day);
    put_day(context, "destroyed", page, draft->destroy_day);
    json_object_set_new(context, "robots", json_string("noindex"));
    crypto_wipe(code, sizeof code);
    render(page, 200, "message_sent", "tafel.message.sent_title", context);
}

static enum db_status post_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct page page = {.tafel = tafel, .ex = ex};
    struct message_draft draft;
    enum message_outcome outcome;
    enum db_status status = kept_public_applications(&page.applications, tx, ex, self);
    if (status != DB_OK) {
        return status;
    }
    const bool ours = take_code(&page);
    read_values(&page);
    if (slice_equal_cstr(posted(ex, "actie"), "taal")) { /* the other language: as it was typed */
        show_form(&page, 200, NULL);
        return DB_OK;
    }
    read_draft(&draft, &page);
    const int64_t age = survey_form_token_age(ex, tafel->config.survey);
    if (page.errors.count > 0 || !ours || age < 0) {
        show_form(&page, 400, page.errors.count > 0 ? NULL : "form.expired");
        return DB_OK;
    }
    draft.suspect = message_is_suspect(age, posted(ex, "website").len > 0);
    status = message_send(&outcome, tx, tafel->config.keys, &page.code, &draft);
    if (status == DB_OK && outcome == MESSAGE_OTHER) {
        code_generate(&page.code);
        show_form(&page, 409, "tafel.message.sent_before");
    } else if (status == DB_OK) {
        show_sent(&page, &draft);
    }
    return status;
}

/* The database is away, or too many wait: everything typed is shown again, with the same code. */
static void form_unavailable(struct http_exchange *ex, void *self)
{
    struct page page = {.tafel = self, .ex = ex, .applications = json_array()};
    arena_defer(http_arena(ex), forget, page.applications);
    take_code(&page);
    read_values(&page);
    const json_t *chosen = json_object_get(page.values, "toepassing");
    if (json_is_string(chosen)) { /* its name is in the database; the code is near enough to keep it by */
        json_array_append_new(page.applications, json_pack("{s:O,s:O}", "code", chosen, "label", chosen));
    }
    show_form(&page, 503, "tafel.message.not_kept");
    http_set_retry_after(ex, RETRY_AFTER_S);
}

/* ---- reading it back, and withdrawing it ---- */

static void show_ask(const struct page *page, int status, const char *wrong)
{
    const struct slice typed_code = http_method(page->ex) == HTTP_POST ? posted(page->ex, "code") : SLICE("");
    json_t *context = json_pack("{s:b,s:s%}", "asks", 1, "typed", typed_code.ptr, typed_code.len);
    json_object_set_new(context, "robots", json_string("noindex"));
    json_object_set_new(context, "path", json_string(MESSAGE_OWN_PATH));
    put_token(context, "ask_token", page, MESSAGE_OWN_PATH);
    if (wrong) {
        json_object_set_new(context, "wrong", text_of(page, wrong));
        json_object_set_new(context, "error_summary",
                            json_pack("{s:[{s:s,s:O}]}", "items", "href", "#code", "text",
                                      json_object_get(context, "wrong")));
    }
    render(page, status, "message_own", "tafel.message.own_title", context);
}

static void get_ask(struct http_exchange *ex, void *self)
{
    const struct page page = {.tafel = self, .ex = ex};
    show_ask(&page, 200, NULL);
}

static void show_own(const struct page *page, const json_t *message, bool asks_sure)
{
    static const char *const days[] = {"ontvangenOp", "vernietigenOp", NULL};
    static const char *const words[] = {"waarden", "soortReden", NULL};
    char code[CODE_TEXT_BYTES];
    size_t i;
    json_t *signal, *context = json_deep_copy(message);
    const char *state = json_string_value(json_object_get(message, "stand"));
    const enum message_state at = message_state_find(slice_from_cstr(state));
    json_array_foreach(json_object_get(context, "signalen"), i, signal)
    {
        const char *stands = json_is_true(json_object_get(signal, "allenGeantwoord"))
                                 ? "all_answered"
                                 : json_string_value(json_object_get(signal, "stand"));
        json_object_set_new(signal, "plain",
                            kept_text_of(page->ex, page->tafel, "tafel.signal.plain", stands));
    }
    const json_t *application = json_object_get(message, "toepassing");
    if (json_is_string(application)) {
        const struct slice label =
            kept_label(page->applications, slice_from_cstr(json_string_value(application)));
        json_object_set_new(context, "toepassing_woord", json_stringn(label.ptr, label.len));
    }
    tafel_say_words(context, page->ex, page->tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.message", .members = words, .days = days});
    kept_put_list(context, "signalen", "any_signalen", json_object_get(context, "signalen"));
    json_object_set_new(context, "more_signals",
                        json_boolean(json_integer_value(json_object_get(message, "nietOpenbaar")) > 0));
    json_object_set_new(context, "plain", kept_text_of(page->ex, page->tafel, "tafel.message.plain", state));
    json_object_set_new(context, "stands", json_boolean(message_has_text(at)));
    message_put_hold(context, page->ex, page->tafel);
    json_object_set_new(context, "sure", json_boolean(asks_sure && message_has_text(at)));
    code_format(code, &page->code);
    json_object_set_new(context, "code", json_string(code));
    json_object_set_new(context, "robots", json_string("noindex"));
    put_token(context, "withdraw_token", page, MESSAGE_WITHDRAW_PATH);
    put_token(context, "ask_token", page, MESSAGE_OWN_PATH);
    crypto_wipe(code, sizeof code);
    render(page, 200, "message_own", "tafel.message.own_title", context);
}

/* What stands under the code that was typed. One that is none is looked up all the same, so that both take as
 * long; guessing is slowed. False: answered, or *status. */
static bool find_own(json_t **message, enum db_status *status, struct page *page, struct db_tx *tx)
{
    if (!code_parse(&page->code, posted(page->ex, "code"))) {
        code_generate(&page->code);
    }
    *status = message_read(message, tx, http_arena(page->ex), page->tafel->config.keys, &page->code);
    if (*status == DB_OK && *message) {
        *status = kept_public_applications(&page->applications, tx, page->ex, page->tafel);
    }
    if (*status == DB_OK && !*message) {
        http_charge(page->ex, WRONG_CODE_TOKENS);
        show_ask(page, 400, "tafel.message.wrong_code");
    }
    return *status == DB_OK && *message;
}

static enum db_status post_ask(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct page page = {.tafel = self, .ex = ex};
    json_t *message = NULL;
    enum db_status status;
    if (find_own(&message, &status, &page, tx)) {
        show_own(&page, message, false);
    }
    return status;
}

static enum db_status post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct page page = {.tafel = tafel, .ex = ex};
    json_t *message = NULL;
    bool found;
    enum db_status status;
    if (!find_own(&message, &status, &page, tx)) {
        return status;
    }
    const bool sure = slice_equal_cstr(posted(ex, "zeker"), "ja");
    if (sure) {
        status = message_withdraw(&found, tx, tafel->config.keys, &page.code);
        status = status == DB_OK ? message_read(&message, tx, http_arena(ex), tafel->config.keys, &page.code)
                                 : status;
    }
    if (status == DB_OK) {
        show_own(&page, message, !sure);
    }
    return status;
}

#define MESSAGE_ROUTE_POST(PATH, BODY, RATE)                                                                 \
    .http = {.method = HTTP_POST,                                                                            \
             .path = PATH,                                                                                   \
             .surface = HTTP_PAGE,                                                                           \
             .query = "taal",                                                                                \
             .body = HTTP_BODY_FORM,                                                                         \
             .body_max = BODY,                                                                               \
             .csrf = HTTP_CSRF_REQUIRED,                                                                     \
             .rate = RATE},                                                                                  \
    .role = DB_ROLE_INTAKE

const struct route message_routes[] = {
    {.http = {.method = HTTP_GET, .path = MESSAGE_TELL_PATH, .surface = HTTP_PAGE, .query = "taal"},
     .on_job = get_form,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {MESSAGE_ROUTE_POST(MESSAGE_TELL_PATH, MESSAGE_BODY, "start"), .on_job = post_form,
     .unavailable = form_unavailable},
    {.http = {.method = HTTP_GET, .path = MESSAGE_OWN_PATH, .surface = HTTP_PAGE, .query = "taal"},
     .on_inline = get_ask},
    {MESSAGE_ROUTE_POST(MESSAGE_OWN_PATH, CODE_BODY, "code"), .on_job = post_ask, .read_only = true},
    {MESSAGE_ROUTE_POST(MESSAGE_WITHDRAW_PATH, CODE_BODY, "code"), .on_job = post_withdraw},
};
const size_t message_route_count = sizeof message_routes / sizeof message_routes[0];
