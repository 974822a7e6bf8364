/* The agenda for the secretary: who owns an item, and how far it is. */
#include "features/tafel/tafel_internal.h"

#include <string.h>

static const struct form_field owner_fields[] = {
    {"eigenaar", FORM_TEXT, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct form_field progress_fields[] = {
    {"stand", FORM_CHOICE, false, agenda_states},
    {"tekst", FORM_AREA, false, NULL},
    {"bron", FORM_TEXT, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
enum {
    OWNER_FIELDS = sizeof owner_fields / sizeof owner_fields[0],
    PROGRESS_FIELDS = sizeof progress_fields / sizeof progress_fields[0]
};

/* ---- looking ---- */

static enum db_status get_agenda(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct account *account = tafel->config.account;
    struct agenda_view view;
    struct agenda_version *versions;
    size_t count;
    enum db_status status = agenda_view_open(&view, tx, http_arena(ex), 0);
    if (status == DB_OK) {
        status = agenda_versions(&versions, &count, tx);
    }
    if (status != DB_OK) {
        return status;
    }
    json_t *context = view.agenda ? agenda_view_json(&view) : json_object();
    json_object_set_new(context, "versies", agenda_versions_json(versions, count));
    agenda_add_numbers(context, true);
    tafel_add_words(context, ex, tafel->config.web);
    json_object_set_new(context, "title", staff_text(ex, account, "tafel.agenda.title"));
    json_object_set_new(context, "base_path", json_string(AGENDA_PATH));
    json_object_set_new(context, "none", json_boolean(!view.agenda));
    staff_render(ex, account, 200, "staff_agenda", context);
    return DB_OK;
}

/* ---- one item, and two forms ---- */

struct item_page {
    const struct tafel *tafel;
    struct agenda_view view;
    const struct agenda_item *item;
    int64_t mark;
};

/* False: answered with 404, or *status. */
static bool open_item(struct item_page *out, enum db_status *status, const struct tafel *tafel,
                      struct db_tx *tx, struct http_exchange *ex)
{
    *out = (struct item_page){.tafel = tafel};
    *status = agenda_view_open(&out->view, tx, http_arena(ex), 0);
    if (*status != DB_OK) {
        return false;
    }
    out->item = out->view.agenda ? agenda_find(out->view.agenda, http_path_param(ex, "onderdeel")) : NULL;
    if (!out->item) {
        http_error(ex, 404);
        return false;
    }
    *status = agenda_mark(&out->mark, tx, out->item->code);
    return *status == DB_OK;
}

static const char *item_path(struct http_exchange *ex, const struct item_page *page, const char *more)
{
    return arena_printf(http_arena(ex), AGENDA_PATH "/%.*s%s", SLICE_ARG(page->item->code), more).ptr;
}

static enum db_status get_item(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct item_page page;
    enum db_status status;
    if (!open_item(&page, &status, self, tx, ex)) {
        return status;
    }
    json_t *context = agenda_item_json(&page.view, page.item);
    status = agenda_add_history(context, tx, http_arena(ex), page.item);
    agenda_add_numbers(context, true);
    tafel_add_words(context, ex, page.tafel->config.web);
    agenda_mark_empty(context);
    json_object_set_new(context, "title", json_incref(json_object_get(context, "titel")));
    json_object_set_new(context, "back_path", json_string(AGENDA_PATH));
    staff_render(ex, page.tafel->config.account, 200, "staff_agenda_item", context);
    return status;
}

struct form {
    const char *title, *more; /* of its path */
    const struct form_field *fields;
    size_t count;
};
static const struct form owner_form = {"tafel.agenda.owner_title", "/eigenaar", owner_fields, OWNER_FIELDS};
static const struct form progress_form = {"tafel.agenda.progress_title", "/voortgang", progress_fields,
                                          PROGRESS_FIELDS};

/* values: what stands in it, borrowed. conflict: somebody else wrote meanwhile; the form now holds the mark
 * of what stands. */
static void show_form(struct http_exchange *ex, const struct item_page *page, const struct form *form,
                      json_t *values, const struct json_errors *errors, bool conflict)
{
    struct account *account = page->tafel->config.account;
    json_t *context = staff_titled(ex, account, form->title);
    json_object_set_new(values, "gelezen", json_integer(page->mark));
    form_show_of(context, "tafel", ex, web_locales(page->tafel->config.web), form->fields, form->count,
                 values, NULL, errors);
    if (conflict) {
        json_object_set_new(context, "said", staff_text(ex, account, STAFF_CONFLICT));
    }
    json_object_set_new(context, "intro", json_stringn(page->item->title.ptr, page->item->title.len));
    json_object_set_new(context, "action", json_string(item_path(ex, page, form->more)));
    json_object_set_new(context, "button", staff_text(ex, account, "tafel.save"));
    json_object_set_new(context, "back_path", json_string(item_path(ex, page, "")));
    staff_render(ex, account, conflict ? 409 : errors ? 400 : 200, "staff_form", context);
}

static enum db_status get_owner(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct item_page page;
    enum db_status status;
    if (!open_item(&page, &status, self, tx, ex)) {
        return status;
    }
    const struct agenda_standing standing =
        agenda_standing_of(page.view.standings, page.view.standing_count, page.item->code);
    json_t *values = json_pack("{s:s%}", "eigenaar", standing.owner.ptr, standing.owner.len);
    show_form(ex, &page, &owner_form, values, NULL, false);
    json_decref(values);
    return DB_OK;
}

static enum db_status get_progress(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct item_page page;
    enum db_status status;
    if (!open_item(&page, &status, self, tx, ex)) {
        return status;
    }
    const struct agenda_standing standing =
        agenda_standing_of(page.view.standings, page.view.standing_count, page.item->code);
    json_t *values = json_object();
    if (standing.any_progress) {
        json_object_set_new(values, "stand", json_string(agenda_states[standing.state]));
    }
    show_form(ex, &page, &progress_form, values, NULL, false);
    json_decref(values);
    return DB_OK;
}

/* ---- saving ---- */

/* What both have: the item, held off others; what was posted; whether it was made of what stands now. */
struct posted {
    struct item_page page;
    json_t *values; /* the exchange's arena owns it */
    struct json_errors errors;
    int64_t read_mark;
};

static void forget(void *object)
{
    json_decref(object);
}

static bool open_posted(struct posted *out, enum db_status *status, const struct form *form,
                        const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex)
{
    if (!open_item(&out->page, status, tafel, tx, ex)) {
        return false;
    }
    *status = agenda_lock(tx, out->page.item->code);
    if (*status == DB_OK) {
        *status = agenda_mark(&out->page.mark, tx, out->page.item->code);
    }
    out->values = form_read(ex, form->fields, form->count);
    arena_defer(http_arena(ex), forget, out->values);
    json_errors_init(&out->errors, http_arena(ex));
    return *status == DB_OK;
}

static void done(struct http_exchange *ex, const struct posted *posted)
{
    http_redirect(ex, item_path(ex, &posted->page, ""));
}

static enum db_status record(struct db_tx *tx, struct http_exchange *ex, const struct posted *posted,
                             const char *action)
{
    return staff_audit(tx, ex, action,
                       arena_printf(db_arena(tx), "agenda:%.*s", SLICE_ARG(posted->page.item->code)).ptr,
                       "ok", NULL);
}

static enum db_status post_owner(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct posted posted;
    enum db_status status;
    struct slice owner = SLICE("");
    if (!open_posted(&posted, &status, &owner_form, self, tx, ex)) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "eigenaar",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = AGENDA_OWNER_MAX,
         .out = &owner},
        {.name = "gelezen", .kind = JSON_KIND_INT, .max = INT32_MAX, .out = &posted.read_mark}};
    const bool good =
        json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    if (!good || posted.read_mark != posted.page.mark) {
        show_form(ex, &posted.page, &owner_form, posted.values, &posted.errors, good);
        return DB_OK;
    }
    status = agenda_owner_add(tx, posted.page.item->code, owner, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = record(tx, ex, &posted, "agenda.owner");
        done(ex, &posted);
    }
    return status;
}

static enum db_status post_progress(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct posted posted;
    enum db_status status;
    struct agenda_progress progress = {.state = AGENDA_NOT_BEGUN};
    struct slice state = {NULL, 0};
    if (!open_posted(&posted, &status, &progress_form, self, tx, ex)) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "stand", .kind = JSON_KIND_STRING, .one_of = agenda_states, .out = &state},
        {.name = "tekst", .kind = JSON_KIND_STRING, .min = 1, .max = AGENDA_TOLD_MAX, .out = &progress.told},
        {.name = "bron",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = AGENDA_SOURCE_MAX,
         .out = &progress.source},
        {.name = "gelezen", .kind = JSON_KIND_INT, .max = INT32_MAX, .out = &posted.read_mark}};
    const bool good =
        json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    if (!good || posted.read_mark != posted.page.mark) {
        show_form(ex, &posted.page, &progress_form, posted.values, &posted.errors, good);
        return DB_OK;
    }
    while (!slice_equal_cstr(state, agenda_states[progress.state])) {
        progress.state++;
    }
    status = agenda_progress_add(tx, posted.page.item->code, &progress, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = record(tx, ex, &posted, "agenda.progress");
        done(ex, &posted);
    }
    return status;
}

const struct route agenda_staff_routes[] = {
    TAFEL_GET(AGENDA_PATH, get_agenda, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_GET(AGENDA_PATH "/{onderdeel}", get_item, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_GET(AGENDA_PATH "/{onderdeel}/eigenaar", get_owner, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(AGENDA_PATH "/{onderdeel}/eigenaar", post_owner, PERMISSION_TAFEL_MANAGE),
    TAFEL_GET(AGENDA_PATH "/{onderdeel}/voortgang", get_progress, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(AGENDA_PATH "/{onderdeel}/voortgang", post_progress, PERMISSION_TAFEL_MANAGE),
};
const size_t agenda_staff_route_count = sizeof agenda_staff_routes / sizeof agenda_staff_routes[0];
