/* Answering by a link, without an account: GET and POST /antwoord/{sleutel}. Looking uses nothing up, since
 * mail programs look at links before people do, nor does reading one's answer once more; sending does, and
 * leaves a copy to keep. */
#include "features/tafel/tafel_signal_pages.h"

#include "features/audit/audit.h"

#include <string.h>

enum { WRONG_LINK_TOKENS = 3, ANSWER_BODY = 64 * 1024, RETRY_AFTER_S = 5 };

static const struct form_field answer_fields[] = {
    {"uitkomst", FORM_CHOICE, false, forward_outcomes},
    {"redenen", FORM_AREA, false, NULL},
    {"watVerandert", FORM_AREA, true, NULL},
    {"wanneer", FORM_TEXT, true, NULL},
    {"naam", FORM_TEXT, false, NULL},
};
enum { ANSWER_FIELDS = sizeof answer_fields / sizeof answer_fields[0] };

struct answer_page {
    const struct tafel *tafel;
    struct http_exchange *ex;
    struct participation_code code;
    json_t *asked; /* of the exchange's arena; NULL: it cannot be read now */
};

static void put(json_t *context, const char *key, const struct answer_page *page, const char *path)
{
    const struct slice text =
        locale_text(web_locales(page->tafel->config.web), http_language(page->ex), path);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

static void render(const struct answer_page *page, int status, json_t *context_take)
{
    struct slice html;
    const struct slice path = http_path(page->ex);
    struct http_exchange *ex = page->ex;
    put(context_take, "title", page, "tafel.signal.answer_title");
    json_object_set_new(context_take, "robots", json_string("noindex"));
    json_object_set_new(context_take, "path", json_stringn(path.ptr, path.len));
    web_mark_invented(context_take, http_is_invented(ex));
    const bool shown = web_page_render(&html, http_arena(ex), page->tafel->config.web, http_language(ex),
                                       "signal_answer", context_take);
    json_decref(context_take);
    http_set_header(ex, "Cache-Control", "no-store");
    http_set_header(ex, "Referrer-Policy", "no-referrer");
    if (shown) {
        http_reply_bytes(ex, status, "text/html; charset=utf-8", html);
    } else {
        http_error(ex, 500);
    }
}

static void say(const struct answer_page *page, int status, const char *path)
{
    json_t *context = json_object();
    put(context, "said", page, path);
    render(page, status, context);
}

/* The link of the path, when it still works. False: answered with what is wrong with it, or *status. */
static bool open_link(struct answer_page *out, enum db_status *status, const struct tafel *tafel,
                      struct db_tx *tx, struct http_exchange *ex)
{
    static const char *const said[] = {[FORWARD_USED] = "tafel.signal.link_used",
                                       [FORWARD_REPLACED] = "tafel.signal.link_replaced",
                                       [FORWARD_EXPIRED] = "tafel.signal.link_expired",
                                       [FORWARD_UNKNOWN] = "tafel.signal.link_unknown"};
    enum forward_standing standing;
    *out = (struct answer_page){.tafel = tafel, .ex = ex};
    if (!code_parse(&out->code, http_path_param(ex, "sleutel"))) {
        code_generate(&out->code); /* looked up all the same, so that both take as long */
    }
    *status = forward_read(&out->asked, &standing, tx, http_arena(ex), tafel->config.keys, &out->code,
                           tafel->config.now_s());
    signal_mark_invented(ex, tafel, out->asked);
    if (*status != DB_OK || standing == FORWARD_OPEN) {
        return *status == DB_OK;
    }
    if (standing == FORWARD_UNKNOWN) {
        http_charge(ex, WRONG_LINK_TOKENS);
    }
    say(out, standing == FORWARD_UNKNOWN ? 404 : 410, said[standing]);
    return false;
}

/* status 503: it cannot be sent now, and stays in the form. */
static void show_form(const struct answer_page *page, int status, const json_t *values,
                      const struct json_errors *errors)
{
    json_t *context = json_object();
    if (page->asked) {
        json_object_set(context, "asked", page->asked);
    }
    if (status == 503) {
        put(context, "notice", page, "tafel.signal.answer_not_sent");
    }
    signal_add_words(context, page->ex, page->tafel->config.web);
    form_show_of(context, "tafel.signal", page->ex, web_locales(page->tafel->config.web), answer_fields,
                 ANSWER_FIELDS, values, NULL, errors);
    json_object_set_new(
        context, "form_token",
        json_string(survey_form_token(page->ex, page->tafel->config.survey,
                                      arena_cstr(http_arena(page->ex), http_path(page->ex)))));
    render(page, status, context);
}

static enum db_status get_answer(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct answer_page page;
    enum db_status status;
    if (open_link(&page, &status, self, tx, ex)) {
        show_form(&page, 200, NULL, NULL);
    }
    return status;
}

/* As the form finds it: "watVerandert" is called "wat_verandert" in the locales. */
static const char *label_path(struct arena *arena, const char *name)
{
    struct slice path = SLICE("tafel.signal.fields.");
    for (; *name; name++) {
        const bool capital = *name >= 'A' && *name <= 'Z';
        path = arena_printf(arena, "%.*s%s%c", SLICE_ARG(path), capital ? "_" : "",
                            capital ? *name - 'A' + 'a' : *name);
    }
    return arena_cstr(arena, path);
}

/* What was filled in, as it is read back: [{label, text}]. The caller owns it. */
static json_t *read_back(const struct answer_page *page, const json_t *values)
{
    const struct locales *locales = web_locales(page->tafel->config.web);
    const char *language = http_language(page->ex);
    json_t *lines = json_array();
    for (size_t i = 0; i < ANSWER_FIELDS; i++) {
        const json_t *value = json_object_get(values, answer_fields[i].name);
        if (!json_is_string(value)) {
            continue;
        }
        const struct slice label =
            locale_text(locales, language, label_path(http_arena(page->ex), answer_fields[i].name));
        const struct slice typed = {json_string_value(value), json_string_length(value)};
        const struct slice text =
            answer_fields[i].options
                ? locale_text(
                      locales, language,
                      arena_printf(http_arena(page->ex), "tafel.signal.options.%.*s", SLICE_ARG(typed)).ptr)
                : typed;
        json_array_append_new(
            lines, json_pack("{s:s%,s:s%}", "label", label.ptr, label.len, "text", text.ptr, text.len));
    }
    return lines;
}

/* Whether it is right, before it is sent: with all that was typed along, and a way back to change it. */
static void show_check(const struct answer_page *page, const json_t *values)
{
    json_t *kept = json_array(),
           *context = json_pack("{s:o,s:b}", "antwoord", read_back(page, values), "check", 1);
    for (size_t i = 0; i < ANSWER_FIELDS; i++) {
        const json_t *value = json_object_get(values, answer_fields[i].name);
        if (json_is_string(value)) {
            json_array_append_new(kept,
                                  json_pack("{s:s,s:O}", "name", answer_fields[i].name, "value", value));
        }
    }
    json_object_set_new(context, "typed", kept);
    json_object_set(context, "asked", page->asked);
    json_object_set_new(
        context, "form_token",
        json_string(survey_form_token(page->ex, page->tafel->config.survey,
                                      arena_cstr(http_arena(page->ex), http_path(page->ex)))));
    render(page, 200, context);
}

/* It was sent: what the tafel has now, to print. */
static void show_copy(const struct answer_page *page, const json_t *values)
{
    json_t *context = json_pack("{s:o,s:b}", "antwoord", read_back(page, values), "sent", 1);
    const struct slice today = locale_date(http_arena(page->ex), web_locales(page->tafel->config.web),
                                           http_language(page->ex), page->tafel->config.now_s());
    json_object_set_new(context, "today", json_stringn(today.ptr, today.len));
    json_object_set(context, "asked", page->asked);
    put(context, "said", page, "tafel.signal.answered");
    render(page, 200, context);
}

static void forget(void *object)
{
    json_decref(object);
}

static void read_answer(struct forward_answer *answer, struct json_errors *errors, const json_t *values)
{
    *answer = (struct forward_answer){.change = SLICE("")};
    const struct json_field fields[] = {
        {.name = "uitkomst", .kind = JSON_KIND_STRING, .one_of = forward_outcomes, .out = &answer->outcome},
        {.name = "redenen",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = FORWARD_REASON_MAX,
         .out = &answer->reason},
        {.name = "watVerandert",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = FORWARD_CHANGE_MAX,
         .out = &answer->change},
        {.name = "wanneer",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = FORWARD_WHEN_MAX,
         .out = &answer->when},
        {.name = "naam", .kind = JSON_KIND_STRING, .min = 1, .max = FORWARD_NAME_MAX, .out = &answer->name}};
    json_decode(errors, "", values, fields, sizeof fields / sizeof fields[0]);
    const bool taken =
        slice_equal_cstr(answer->outcome, "overgenomen") || slice_equal_cstr(answer->outcome, "deels");
    if (taken && answer->change.len == 0) {
        json_errors_add(errors, "/watVerandert", "ontbreekt", "Schrijf op wat er verandert.");
    }
    if ((taken || slice_equal_cstr(answer->outcome, "later")) && answer->when.len == 0) {
        json_errors_add(errors, "/wanneer", "ontbreekt", "Schrijf op wanneer dat is.");
    }
}

static enum db_status post_answer(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct answer_page page;
    struct json_errors errors;
    struct forward_answer answer;
    int32_t signal;
    enum db_status status;
    if (!open_link(&page, &status, tafel, tx, ex)) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *values = form_read(ex, answer_fields, ANSWER_FIELDS);
    arena_defer(http_arena(ex), forget, values);
    read_answer(&answer, &errors, values);
    if (errors.count > 0) {
        show_form(&page, 400, values, &errors);
        return DB_OK;
    }
    struct slice next = SLICE("");
    (void)http_form_value(&next, ex, "stap");
    if (slice_equal_cstr(next, "wijzigen")) {
        show_form(&page, 200, values, NULL);
        return DB_OK;
    }
    if (!slice_equal_cstr(next, "versturen")) {
        show_check(&page, values);
        return DB_OK;
    }
    status = forward_answer(&signal, tx, tafel->config.keys, &page.code, &answer, tafel->config.now_s());
    if (status != DB_OK) {
        return status;
    }
    if (signal == 0) { /* somebody was first with the same link */
        say(&page, 410, "tafel.signal.link_used");
        return DB_OK;
    }
    const struct audit_event event = {
        .action = "signal.answer",
        .object = arena_printf(db_arena(tx), "signal:%d", (int)signal).ptr,
        .result = "ok",
        .origin = "web",
        .actor = "geadresseerde",
        .details = arena_printf(db_arena(tx), "{\"uitkomst\":\"%.*s\"}", SLICE_ARG(answer.outcome)).ptr};
    status = audit_record(tx, &event);
    show_copy(&page, values);
    return status;
}

/* The database is away: what was typed is shown again, with why it was not sent. Whether the link works is
 * not known, nor what was asked. */
static void answer_unavailable(struct http_exchange *ex, void *self)
{
    const struct answer_page page = {.tafel = self, .ex = ex};
    json_t *values = form_read(ex, answer_fields, ANSWER_FIELDS);
    arena_defer(http_arena(ex), forget, values);
    show_form(&page, 503, values, NULL);
    http_set_retry_after(ex, RETRY_AFTER_S);
}

const struct route signal_answer_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = ANSWER_PATH "/{sleutel}",
              .surface = HTTP_PAGE,
              .query = "taal",
              .rate = "code"},
     .on_job = get_answer,
     .role = DB_ROLE_INTAKE,
     .read_only = true},
    {.http = {.method = HTTP_POST,
              .path = ANSWER_PATH "/{sleutel}",
              .surface = HTTP_PAGE,
              .query = "taal",
              .body = HTTP_BODY_FORM,
              .body_max = ANSWER_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .rate = "code"},
     .on_job = post_answer,
     .role = DB_ROLE_INTAKE,
     .unavailable = answer_unavailable},
};
const size_t signal_answer_route_count = sizeof signal_answer_routes / sizeof signal_answer_routes[0];
