/* Messages for the secretary: /beheer/berichten, one message, what it is about, setting it aside and back. */
#include "features/tafel/tafel_message_pages.h"

#include "features/coding/coding.h"

#include <string.h>

enum { LIST_PAGE = 50 };

const struct kept_kind message_kind = {.path = MESSAGE_PATH,
                                       .param = "bericht",
                                       .texts = "tafel.message",
                                       .object = "message",
                                       .headline = "nummer_woord",
                                       .lock = message_lock,
                                       .find = message_find};

static const char *const words[] = {"stand", "afzender", "waarden", "soortReden", "van", "naar", NULL};
static const char *const days[] = {"ontvangenOp", "vernietigenOp", "op", NULL};

/* ---- the list ---- */

static json_t *options_of(struct http_exchange *ex, const struct tafel *tafel, const char *const *codes,
                          const int64_t *counts, struct slice chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; codes[i]; i++) {
        json_t *option = json_pack("{s:s,s:o,s:b}", "code", codes[i], "label",
                                   kept_text_of(ex, tafel, "tafel.message.options", codes[i]), "selected",
                                   (int)slice_equal_cstr(chosen, codes[i]));
        if (counts) {
            json_object_set_new(option, "n", json_integer((json_int_t)counts[i]));
        }
        json_array_append_new(list, option);
    }
    return list;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    int64_t counts[MESSAGE_STATES];
    json_t *list = NULL;
    const struct message_filter filter = {.state = kept_asked_one(ex, "stand", message_states),
                                          .sender = kept_asked_one(ex, "afzender", message_senders),
                                          .from = kept_asked_number(ex, "vanaf"),
                                          .most = LIST_PAGE + 1};
    enum db_status status = message_list(&list, tx, http_arena(ex), &filter);
    status = status == DB_OK ? message_counts(counts, tx) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.message.staff_title");
    const int64_t from = kept_cut(list, LIST_PAGE);
    if (from > 0) {
        json_object_set_new(
            context, "more",
            json_string(arena_printf(http_arena(ex), MESSAGE_PATH "?vanaf=%lld&stand=%.*s&afzender=%.*s",
                                     (long long)from, SLICE_ARG(filter.state), SLICE_ARG(filter.sender))
                            .ptr));
    }
    tafel_say_words(list, ex, tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.message", .members = words, .days = days});
    kept_put_list(context, "berichten", "any_berichten", list);
    json_object_set_new(context, "unread", json_integer((json_int_t)counts[MESSAGE_NEW]));
    json_object_set_new(context, "standen", options_of(ex, tafel, message_states, counts, filter.state));
    json_object_set_new(context, "afzenders", options_of(ex, tafel, message_senders, NULL, filter.sender));
    staff_render(ex, tafel->config.account, 200, "staff_messages", context);
    return DB_OK;
}

/* ---- one message ---- */

bool message_open(struct kept_page *out, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                  struct http_exchange *ex, bool to_change)
{
    if (!kept_open(out, status, &message_kind, tafel, tx, ex, to_change)) {
        return false;
    }
    json_object_set_new(
        out->thing, message_kind.headline,
        json_string(arena_printf(http_arena(ex), "%.*s %d",
                                 SLICE_ARG(locale_text(web_locales(tafel->config.web), http_language(ex),
                                                       "tafel.message.one_title")),
                                 (int)out->number)
                        .ptr));
    if (message_has_text(message_state_of(out)) && !json_object_get(out->thing, "voorbij")) {
        return true;
    }
    http_error(ex, 404);
    return false;
}

void message_put_hold(json_t *context, struct http_exchange *ex, const struct tafel *tafel)
{
    const char *reason = json_string_value(json_object_get(context, "bewaardOm"));
    if (reason) {
        json_object_set_new(context, "kept", kept_text_of(ex, tafel, "tafel.message.kept", reason));
    }
}

enum message_state message_state_of(const struct kept_page *page)
{
    return message_state_find(slice_from_cstr(json_string_value(json_object_get(page->thing, "stand"))));
}

static enum db_status take_step(const struct kept_page *page, enum message_state to, struct slice kind,
                                struct slice told)
{
    const struct message_step step = {message_state_of(page), to, kind, told};
    const enum db_status status =
        message_step_add(page->tx, page->number, &step, staff_caller(page->ex)->label);
    return status == DB_OK ? kept_record(page, "message.step",
                                         arena_printf(db_arena(page->tx), "{\"van\":\"%s\",\"naar\":\"%s\"}",
                                                      message_states[step.from], message_states[step.to])
                                             .ptr)
                           : status;
}

enum db_status message_see(const struct kept_page *page)
{
    return message_state_of(page) == MESSAGE_NEW ? take_step(page, MESSAGE_READ, SLICE(""), SLICE(""))
                                                 : DB_OK;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct kept_page page;
    json_t *steps = NULL, *applications = NULL;
    enum db_status status;
    if (!kept_open(&page, &status, &message_kind, tafel, tx, ex, false)) {
        return status;
    }
    status = message_steps(&steps, tx, http_arena(ex), page.number);
    status = status == DB_OK ? kept_applications(&applications, tx, ex) : status;
    if (status != DB_OK) {
        return status;
    }
    const enum message_state state = message_state_of(&page);
    json_t *context = json_copy(page.thing);
    const char *application = json_string_value(json_object_get(context, "toepassing"));
    const char *kind = json_string_value(json_object_get(context, "soortReden"));
    const bool over = json_object_get(context, "voorbij") != NULL;
    /* Abuse, and what is there for an order alone, is read by who asks for it, and the audit log says so. */
    const bool hidden = (over || (kind && strcmp(kind, message_reasons[0]) == 0)) &&
                        !slice_equal_cstr(kept_asked(ex, "toon"), "ja");
    if (hidden) {
        json_object_del(context, "tekst");
    }
    if (application) {
        const struct slice label = kept_label(applications, slice_from_cstr(application));
        json_object_set_new(context, "toepassing_woord", json_stringn(label.ptr, label.len));
    }
    kept_put_list(context, "stappen", "any_stappen", steps);
    kept_put_list(context, "signalen", "any_signalen", json_object_get(context, "signalen"));
    tafel_say_words(context, ex, tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.message", .members = words, .days = days});
    json_object_set_new(context, "hidden", json_boolean(hidden));
    json_object_set_new(context, "stands", json_boolean(message_has_text(state)));
    json_object_set_new(context, "new", json_boolean(!over && state == MESSAGE_NEW));
    json_object_set_new(context, "aside", json_boolean(state == MESSAGE_ASIDE));
    json_object_set_new(context, "usable", json_boolean(state == MESSAGE_NEW || state == MESSAGE_READ));
    json_object_set_new(context, "over", json_boolean(over));
    message_put_hold(context, ex, tafel);
    json_object_set_new(context, "revision", json_integer(page.revision));
    json_object_set_new(context, "title", staff_text(ex, tafel->config.account, "tafel.message.one_title"));
    json_object_set_new(context, "back_path", json_string(MESSAGE_PATH));
    staff_render(ex, tafel->config.account, 200, "staff_message", context);
    return hidden ? DB_OK : kept_record(&page, "message.view", NULL);
}

/* Read, and no more: nothing can be lost by somebody else's being first. */
static enum db_status post_seen(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (!message_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    status = message_see(&page);
    http_redirect(ex, kept_path(&page, ""));
    return status;
}

/* ---- what it is about ---- */

static const struct form_field mark_fields[] = {
    {"waarden", FORM_TICKS, true, coding_values},
    {"toepassing", FORM_CHOICE, true, NULL},
    {"openbaar", FORM_TICK, true, NULL}, /* an organisation's alone */
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct form_field citizen_mark_fields[] = {
    {"waarden", FORM_TICKS, true, coding_values},
    {"toepassing", FORM_CHOICE, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form mark_form = {"tafel.message.mark_title", "/merken", mark_fields,
                                            sizeof mark_fields / sizeof mark_fields[0], NULL};
static const struct tafel_form citizen_mark_form = {
    "tafel.message.mark_title", "/merken", citizen_mark_fields,
    sizeof citizen_mark_fields / sizeof citizen_mark_fields[0], NULL};

static bool of_organisation(const struct kept_page *page)
{
    return strcmp(json_string_value(json_object_get(page->thing, "afzender")), message_senders[1]) == 0;
}

/* One that is set aside is taken back first. False: answered with 404, or *status. */
static bool open_usable(struct kept_page *page, json_t **applications, enum db_status *status,
                        const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    if (!message_open(page, status, tafel, tx, ex, to_change)) {
        return false;
    }
    if (message_state_of(page) == MESSAGE_ASIDE) {
        http_error(ex, 404);
        return false;
    }
    *status = kept_applications(applications, tx, ex);
    return *status == DB_OK;
}

static enum db_status get_mark(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    json_t *applications;
    enum db_status status;
    if (open_usable(&page, &applications, &status, self, tx, ex, false)) {
        json_t *options = json_pack("{s:O}", "toepassing", applications);
        kept_form_show(&page, of_organisation(&page) ? &mark_form : &citizen_mark_form, page.thing, options,
                       NULL, NULL);
        json_decref(options);
    }
    return status;
}

static void read_mark(struct message_mark *mark, struct staff_posted *posted, const struct kept_page *page,
                      const json_t *applications)
{
    json_t *values = NULL;
    bool wrong;
    *mark = (struct message_mark){.application = SLICE("")};
    const struct json_field decoded[] = {
        {.name = "waarden",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .max = MESSAGE_VALUES_MAX,
         .out = &values},
        {.name = "toepassing", .kind = JSON_KIND_STRING, .optional = true, .out = &mark->application},
        {.name = "openbaar", .kind = JSON_KIND_BOOL, .optional = true, .out = &mark->is_public},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, decoded, sizeof decoded / sizeof decoded[0]);
    mark->values = kept_codes(&mark->value_count, &wrong, page->ex, values, coding_values);
    if (wrong) {
        json_errors_add(&posted->errors, "/waarden", "keuze", "Kies uit de lijst.");
    }
    if (mark->application.len > 0 && !kept_has_code(applications, mark->application)) {
        json_errors_add(&posted->errors, "/toepassing", "keuze", "Kies uit de lijst.");
    }
}

static enum db_status post_mark(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct message_mark mark;
    json_t *applications;
    enum db_status status;
    if (!open_usable(&page, &applications, &status, self, tx, ex, true)) {
        return status;
    }
    const struct tafel_form *form = of_organisation(&page) ? &mark_form : &citizen_mark_form;
    kept_form_read(&posted, &page, form);
    read_mark(&mark, &posted, &page, applications);
    json_t *options = json_pack("{s:O}", "toepassing", applications);
    const bool good = kept_form_good(&posted, &page, form, options);
    json_decref(options);
    if (!good) {
        return DB_OK;
    }
    status = message_see(&page);
    status = status == DB_OK ? message_mark(tx, page.number, &mark) : status;
    if (status == DB_OK) {
        status = kept_record(&page, "message.mark",
                             mark.is_public ? "{\"openbaar\":true}" : "{\"openbaar\":false}");
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

/* ---- aside, and back ---- */

static const struct form_field aside_fields[] = {
    {"soortReden", FORM_CHOICE, false, message_reasons},
    {"toelichting", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form aside_form = {"tafel.message.aside_title", "/terzijde", aside_fields,
                                             sizeof aside_fields / sizeof aside_fields[0],
                                             "tafel.message.aside_button"};
static const struct tafel_form back_form = {"tafel.message.back_title", "/terug", aside_fields + 1,
                                            sizeof aside_fields / sizeof aside_fields[0] - 1,
                                            "tafel.message.back_button"};

static enum db_status show_step(struct db_tx *tx, struct http_exchange *ex, void *self,
                                const struct tafel_form *form, enum message_state to)
{
    struct kept_page page;
    enum db_status status;
    if (!message_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    if (message_step_needs(message_state_of(&page), to) == MESSAGE_NO_STEP) {
        http_error(ex, 404);
    } else {
        kept_form_show(&page, form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status keep_step(struct db_tx *tx, struct http_exchange *ex, void *self,
                                const struct tafel_form *form, enum message_state to)
{
    struct kept_page page;
    struct staff_posted posted;
    struct slice kind = SLICE(""), told = SLICE("");
    enum db_status status;
    if (!message_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    kept_form_read(&posted, &page, form);
    const struct json_field decoded[] = {
        {.name = "toelichting", .kind = JSON_KIND_STRING, .min = 1, .max = MESSAGE_TOLD_MAX, .out = &told},
        STAFF_READ_FIELD(&posted),
        {.name = "soortReden", .kind = JSON_KIND_STRING, .one_of = message_reasons, .out = &kind}};
    json_decode(&posted.errors, "", posted.values, decoded, to == MESSAGE_ASIDE ? 3 : 2);
    if (posted.errors.count == 0 && posted.read_revision == page.revision &&
        message_step_lacks(message_state_of(&page), to, kind.len > 0, told.len > 0) != 0) {
        json_errors_add(&posted.errors, "/toelichting", "stap", "Deze stap kan nu niet.");
    }
    if (!kept_form_good(&posted, &page, form, NULL)) {
        return DB_OK;
    }
    status = take_step(&page, to, kind, told);
    http_redirect(ex, kept_path(&page, ""));
    return status;
}

static enum db_status get_aside(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_step(tx, ex, self, &aside_form, MESSAGE_ASIDE);
}

static enum db_status post_aside(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return keep_step(tx, ex, self, &aside_form, MESSAGE_ASIDE);
}

static enum db_status get_back(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_step(tx, ex, self, &back_form, MESSAGE_READ);
}

static enum db_status post_back(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return keep_step(tx, ex, self, &back_form, MESSAGE_READ);
}

#define MESSAGE_GET(PATH, HANDLER, QUERY) TAFEL_GET(PATH, HANDLER, PERMISSION_TAFEL_MANAGE, QUERY)
#define MESSAGE_POST(PATH, HANDLER)       TAFEL_POST(PATH, HANDLER, PERMISSION_TAFEL_MANAGE)

const struct route message_staff_routes[] = {
    MESSAGE_GET(MESSAGE_PATH, get_list, "taal,stand,afzender,vanaf"),
    MESSAGE_GET(MESSAGE_PATH "/{bericht}", get_one, "taal,toon"),
    MESSAGE_POST(MESSAGE_PATH "/{bericht}/gelezen", post_seen),
    MESSAGE_GET(MESSAGE_PATH "/{bericht}/merken", get_mark, "taal"),
    MESSAGE_POST(MESSAGE_PATH "/{bericht}/merken", post_mark),
    MESSAGE_GET(MESSAGE_PATH "/{bericht}/terzijde", get_aside, "taal"),
    MESSAGE_POST(MESSAGE_PATH "/{bericht}/terzijde", post_aside),
    MESSAGE_GET(MESSAGE_PATH "/{bericht}/terug", get_back, "taal"),
    MESSAGE_POST(MESSAGE_PATH "/{bericht}/terug", post_back),
};
const size_t message_staff_route_count = sizeof message_staff_routes / sizeof message_staff_routes[0];
