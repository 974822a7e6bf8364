/* Passing a signal on, for the secretary: whom it goes to, the letter with the link to answer by, and sending
 * an answer back that says nothing. */
#include "features/tafel/tafel_signal_pages.h"

#include "base/clock.h"
#include "formats/odt.h"

#include <string.h>

static const struct form_field forward_fields[] = {
    {"soort", FORM_CHOICE, false, forward_kinds}, {"onderdeel", FORM_TEXT, false, NULL},
    {"geadresseerde", FORM_TEXT, false, NULL},    {"vraag", FORM_AREA, false, NULL},
    {"randvoorwaarde", FORM_TEXT, true, NULL},    {"rol", FORM_CHOICE, false, forward_roles},
    {"antwoordVoor", FORM_DAY, false, NULL},      {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form forward_form = {"tafel.signal.forward_title", "/doorgeleiding", forward_fields,
                                               sizeof forward_fields / sizeof forward_fields[0], NULL};
static const struct form_field return_fields[] = {
    {"terugWaarom", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};

/* ---- adding an addressee ---- */

/* Only what was weighed is passed on; what is answered goes back to being passed on first. */
static bool may_forward(const struct kept_page *page)
{
    return signal_state_of(page) == SIGNAL_WEIGHED || signal_state_of(page) == SIGNAL_FORWARDED;
}

/* False: the page was answered with why not. */
static bool check_state(const struct kept_page *page)
{
    if (!may_forward(page)) {
        json_t *context = staff_titled(page->ex, page->tafel->config.account, "tafel.signal.forward_title");
        json_object_set_new(context, "said",
                            staff_text(page->ex, page->tafel->config.account, "tafel.signal.not_weighed"));
        json_object_set_new(context, "back_path", json_string(kept_path(page, "")));
        staff_render(page->ex, page->tafel->config.account, 409, "staff_signal_said", context);
    }
    return may_forward(page);
}

static enum db_status get_forward(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (signal_open(&page, &status, self, tx, ex, false) && check_state(&page)) {
        kept_form_show(&page, &forward_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

/* An item of the agenda has the code that is named, is of that kind, and is not over. */
static enum db_status check_item(struct signal_forward *forward, struct staff_posted *posted,
                                 const struct kept_page *page)
{
    const struct agenda *agenda;
    struct agenda_version version;
    struct json_errors *errors = &posted->errors;
    size_t kind = 0;
    while (kind < FORWARD_ITEM_KINDS && !slice_equal_cstr(forward->kind, forward_kinds[kind])) {
        kind++;
    }
    if (kind == FORWARD_ITEM_KINDS || !forward->kind.ptr) {
        if (forward->item.len > 0) {
            json_errors_add(errors, "/onderdeel", "onbekend-veld",
                            "Noem alleen een code bij een actie, doel of toezegging.");
        }
        return DB_OK;
    }
    const enum db_status status = agenda_get(&agenda, &version, page->tx, http_arena(page->ex), 0);
    const struct agenda_item *item =
        agenda && forward->item.len > 0 ? agenda_find(agenda, forward->item) : NULL;
    if (status == DB_OK && (!item || strcmp(agenda_kinds[item->kind], forward_kinds[kind]) != 0)) {
        json_errors_add(errors, "/onderdeel", "onbekend", "Noem de code van een %s op de agenda.",
                        forward_kinds[kind]);
    } else if (item && item->ended_day != 0) {
        json_errors_add(errors, "/onderdeel", "voorbij",
                        "Deze %s is voorbij (%.*s). Kies een andere, of stel een nieuwe actie voor.",
                        forward_kinds[kind], SLICE_ARG(item->ended_why));
    } else if (item) {
        forward->item = item->code; /* in the letters of the agenda */
    }
    return status;
}

static enum db_status read_forward(struct signal_forward *forward, struct staff_posted *posted,
                                   const struct kept_page *page)
{
    struct slice due = {NULL, 0};
    *forward = (struct signal_forward){.item = SLICE("")};
    const struct json_field fields[] = {
        {.name = "soort", .kind = JSON_KIND_STRING, .one_of = forward_kinds, .out = &forward->kind},
        {.name = "onderdeel",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = AGENDA_CODE_MAX,
         .out = &forward->item},
        {.name = "geadresseerde",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = FORWARD_ADDRESSEE_MAX,
         .out = &forward->addressee},
        {.name = "vraag",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = FORWARD_QUESTION_MAX,
         .out = &forward->question},
        {.name = "randvoorwaarde",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = FORWARD_CONDITION_MAX,
         .out = &forward->condition},
        {.name = "rol", .kind = JSON_KIND_STRING, .one_of = forward_roles, .out = &forward->role},
        {.name = "antwoordVoor", .kind = JSON_KIND_STRING, .out = &due},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, sizeof fields / sizeof fields[0]);
    if (due.ptr && (!clock_parse_day(&forward->due_day, due) || forward->due_day <= 0)) {
        json_errors_add(&posted->errors, "/antwoordVoor", "datum", "Schrijf deze datum als 2027-06-30.");
    } else if (due.ptr && forward->due_day < signal_today(page->tafel)) {
        json_errors_add(&posted->errors, "/antwoordVoor", "bereik", "Kies een dag die nog komt.");
    }
    return check_item(forward, posted, page);
}

/* A step that comes of what was done, with its audit line. */
static enum db_status take_step(const struct kept_page *page, enum signal_state to, struct slice told)
{
    const struct signal_step step = {.from = signal_state_of(page), .to = to, .told = told};
    const enum db_status status =
        signal_step_add(page->tx, page->number, &step, staff_caller(page->ex)->label);
    return status == DB_OK ? kept_record_step(page, slice_from_cstr(signal_states[step.from]),
                                              slice_from_cstr(signal_states[to]))
                           : status;
}

static enum db_status post_forward(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_forward forward;
    int32_t number;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    kept_form_read(&posted, &page, &forward_form);
    status = read_forward(&forward, &posted, &page);
    if (status != DB_OK || !kept_form_good(&posted, &page, &forward_form, NULL) || !check_state(&page)) {
        return status;
    }
    status = forward_add(&number, tx, page.number, &forward, staff_caller(ex)->label);
    if (status == DB_OK && number == 0) {
        json_errors_add(&posted.errors, "/geadresseerde", "te-veel",
                        "Een signaal gaat naar ten hoogste %d geadresseerden.", FORWARDS_MAX);
        kept_form_show(&page, &forward_form, posted.values, NULL, &posted.errors, NULL);
        return DB_OK;
    }
    if (status == DB_OK && signal_state_of(&page) == SIGNAL_WEIGHED) {
        status = take_step(&page, SIGNAL_FORWARDED, SLICE(""));
    }
    if (status == DB_OK) {
        status = kept_record(&page, "signal.forward",
                             arena_printf(db_arena(tx), "{\"doorgeleiding\":%d,\"soort\":\"%.*s\"}",
                                          (int)number, SLICE_ARG(forward.kind))
                                 .ptr);
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

/* ---- one addressee ---- */

/* That of the path; NULL: answered with 404, or *status. */
static json_t *open_forward(int32_t *number, enum db_status *status, const struct kept_page *page)
{
    uint64_t asked = 0;
    json_t *list = NULL;
    if (slice_to_u64(&asked, http_path_param(page->ex, "doorgeleiding"), INT32_MAX) && asked > 0) {
        *status = forward_list(&list, page->tx, http_arena(page->ex), page->number, (int32_t)asked,
                               page->tafel->config.now_s());
    }
    json_t *forward = json_array_get(list, 0);
    *number = (int32_t)asked;
    if (*status == DB_OK && !forward) {
        http_error(page->ex, 404);
    }
    return forward;
}

/* The letter; code NULL: without the link, which is shown once. */
static void show_letter(const struct kept_page *page, json_t *forward, const struct participation_code *code,
                        int64_t until)
{
    struct account *account = page->tafel->config.account;
    char text[CODE_TEXT_BYTES];
    json_t *context = staff_titled(page->ex, account, "tafel.signal.letter_title");
    json_object_set(context, "signaal", page->thing);
    json_object_set(context, "doorgeleiding", forward);
    signal_add_words(context, page->ex, page->tafel->config.web);
    staff_set_date(context, "today", page->ex, account, page->tafel->config.now_s());
    if (code) {
        code_format(text, code);
        json_object_set_new(context, "address",
                            json_string(arena_printf(http_arena(page->ex), "%s" ANSWER_PATH "/%s",
                                                     http_public_url(page->ex), text)
                                            .ptr));
        staff_set_date(context, "until", page->ex, account, until);
        crypto_wipe(text, sizeof text);
    }
    json_object_set_new(context, "back_path", json_string(kept_path(page, "")));
    staff_render(page->ex, account, 200, "staff_signal_letter", context);
}

static enum db_status get_letter(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    int32_t number;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    json_t *forward = open_forward(&number, &status, &page);
    status = forward ? signal_letter_reasons(forward, &page) : status;
    if (forward && status == DB_OK) {
        show_letter(&page, forward, NULL, 0);
    }
    return status;
}

static enum db_status get_letter_odt(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct slice file;
    int32_t number;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    json_t *forward = open_forward(&number, &status, &page);
    status = forward ? signal_letter_reasons(forward, &page) : status;
    if (!forward || status != DB_OK) {
        return status;
    }
    signal_add_words(forward, ex, page.tafel->config.web);
    if (signal_letter_odt(&file, ex, page.tafel, page.thing, forward)) {
        http_reply_bytes(ex, 200, ODT_MEDIA_TYPE, file);
        http_set_header(ex, "Content-Disposition",
                        arena_printf(http_arena(ex), "attachment; filename=\"signaal-%d-brief-%d.odt\"",
                                     (int)page.number, (int)number)
                            .ptr);
    } else {
        http_error(ex, 500);
    }
    return DB_OK;
}

static enum db_status hand_out(const struct kept_page *page, json_t *forward, int32_t number)
{
    struct participation_code code;
    int64_t until;
    enum db_status status = forward_link(&code, &until, page->tx, page->tafel->config.keys, number,
                                         page->tafel->config.now_s(), staff_caller(page->ex)->label);
    status = status == DB_OK ? signal_letter_reasons(forward, page) : status;
    if (status == DB_OK) {
        status = kept_record(page, "signal.link",
                             arena_printf(db_arena(page->tx), "{\"doorgeleiding\":%d}", (int)number).ptr);
        show_letter(page, forward, &code, until);
    }
    crypto_wipe(&code, sizeof code);
    return status;
}

static bool has_answer(const json_t *forward)
{
    return strcmp(json_string_value(json_object_get(forward, "stand")), "geantwoord") == 0;
}

static enum db_status post_link(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    int32_t number;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    json_t *forward = open_forward(&number, &status, &page);
    if (!forward) {
        return status;
    }
    if (has_answer(forward)) { /* another link would let them answer over it */
        http_redirect(ex, kept_path(&page, ""));
        return DB_OK;
    }
    return hand_out(&page, forward, number);
}

/* ---- sending an answer back ---- */

static struct tafel_form return_form_of(const struct kept_page *page, int32_t number)
{
    return (struct tafel_form){"tafel.signal.return_title",
                               arena_printf(http_arena(page->ex), "/doorgeleiding/%d/terug", (int)number).ptr,
                               return_fields, sizeof return_fields / sizeof return_fields[0], NULL};
}

static enum db_status get_return(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    int32_t number;
    enum db_status status;
    if (signal_open(&page, &status, self, tx, ex, false) && open_forward(&number, &status, &page)) {
        const struct tafel_form form = return_form_of(&page, number);
        kept_form_show(&page, &form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_return(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct slice why = {NULL, 0};
    int32_t number;
    bool returned;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    json_t *forward = open_forward(&number, &status, &page);
    if (!forward) {
        return status;
    }
    const struct tafel_form form = return_form_of(&page, number);
    const struct json_field fields[] = {
        {.name = "terugWaarom", .kind = JSON_KIND_STRING, .min = 1, .max = FORWARD_RETURN_MAX, .out = &why},
        STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page, &form);
    json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    if (posted.errors.count == 0 && !has_answer(forward)) {
        json_errors_add(&posted.errors, "/terugWaarom", "geen-antwoord",
                        "Er is geen antwoord om terug te sturen.");
    }
    if (posted.errors.count == 0 && signal_state_of(&page) == SIGNAL_REPORTED) {
        json_errors_add(&posted.errors, "/terugWaarom", "te-laat",
                        "Burgers weten al wat eruit kwam. Dit antwoord blijft staan.");
    }
    if (!kept_form_good(&posted, &page, &form, NULL)) {
        return DB_OK;
    }
    status = forward_return(&returned, tx, number, why, staff_caller(ex)->label);
    if (status == DB_OK && signal_state_of(&page) == SIGNAL_ANSWERED) {
        status = take_step(&page, SIGNAL_FORWARDED, why);
    }
    if (status == DB_OK) {
        status = kept_record(&page, "signal.return",
                             arena_printf(db_arena(tx), "{\"doorgeleiding\":%d}", (int)number).ptr);
    }
    return status == DB_OK ? hand_out(&page, forward, number) : status;
}

#define FORWARD_PATH SIGNAL_PATH "/{signaal}/doorgeleiding"

const struct route signal_forward_routes[] = {
    SIGNAL_GET(FORWARD_PATH, get_forward, "taal"),
    SIGNAL_POST(FORWARD_PATH, post_forward),
    SIGNAL_GET(FORWARD_PATH "/{doorgeleiding}/brief", get_letter, "taal"),
    {.http = {.method = HTTP_GET,
              .path = FORWARD_PATH "/{doorgeleiding}/brief.odt",
              .surface = HTTP_PAGE,
              .produces = ODT_MEDIA_TYPE,
              .query = "taal",
              .scope = PERMISSION_TAFEL_MANAGE},
     .on_job = get_letter_odt,
     .role = DB_ROLE_STAFF},
    SIGNAL_POST(FORWARD_PATH "/{doorgeleiding}/link", post_link),
    SIGNAL_GET(FORWARD_PATH "/{doorgeleiding}/terug", get_return, "taal"),
    SIGNAL_POST(FORWARD_PATH "/{doorgeleiding}/terug", post_return),
};
const size_t signal_forward_route_count = sizeof signal_forward_routes / sizeof signal_forward_routes[0];
