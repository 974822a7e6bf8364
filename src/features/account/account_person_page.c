/* One account, as an administrator sees it: roles, whether it can be used, a new password, sessions. Each
 * form holds the revision that it was made from: who was second is told who was first, and sees what stands
 * now. */
#include "features/account/account_internal.h"

#include "web/web.h"

#include <string.h>

#define PERSON_PATH PEOPLE_PATH "/{account}"

static const char *own_path(struct arena *arena, const struct person *person)
{
    return arena_printf(arena, PEOPLE_PATH "/%d", (int)person->id).ptr;
}

/* ---- the page ---- */

static void set_roles(json_t *context, const struct person *person)
{
    json_t *list = json_array();
    for (size_t i = 0; i < person->role_count; i++) {
        const struct slice place = person->roles[i].consultation;
        json_t *item = json_pack("{s:s%}", "role", person->roles[i].role.ptr, person->roles[i].role.len);
        if (place.len > 0) {
            json_object_set_new(item, "place", json_stringn(place.ptr, place.len));
        }
        json_array_append_new(list, item);
    }
    json_object_set_new(context, "no_roles", json_boolean(person->role_count == 0));
    json_object_set_new(context, "roles", list);
}

static void set_state(json_t *context, const struct person *person, struct http_exchange *ex,
                      const struct account *account)
{
    json_object_set_new(context, "name", json_stringn(person->name.ptr, person->name.len));
    json_object_set_new(context, "own_path", json_string(own_path(http_arena(ex), person)));
    json_object_set_new(context, "revision", json_integer(person->revision));
    json_object_set_new(context, "disabled", json_boolean(person->disabled));
    json_object_set_new(context, "has_factor", json_boolean(person->has_factor));
    json_object_set_new(context, "own", json_boolean(person->id == staff_caller(ex)->account_id));
    staff_set_date(context, "created", ex, account, person->created_at);
    if (person->one_time && person->expires_at) {
        staff_set_time(context, "waits_until", ex, person->expires_at);
    }
    if (person->changed_by.ptr) {
        json_object_set_new(context, "changed_by",
                            json_stringn(person->changed_by.ptr, person->changed_by.len));
        staff_set_time(context, "changed_at", ex, person->changed_at);
    }
}

static enum db_status show(struct db_tx *tx, struct http_exchange *ex, struct account *account, int32_t id,
                           int status_code, const char *fault)
{
    struct person person;
    struct slice role = {NULL, 0};
    struct slice place = {NULL, 0};
    enum db_status status = person_read(&person, tx, id);
    if (status != DB_OK || person.id == 0) {
        http_error(ex, 404);
        return status;
    }
    json_t *context = json_object();
    const struct slice title =
        locale_format(http_arena(ex), web_locales(account->config.web), http_language(ex), "person.title",
                      "name", arena_cstr(http_arena(ex), person.name), NULL);
    json_object_set_new(context, "title", json_stringn(title.ptr, title.len));
    if (fault) {
        staff_fault(context, ex, account, "stand", fault);
        http_form_value(&role, ex, "rol");
        http_form_value(&place, ex, "consultatie");
    }
    set_state(context, &person, ex, account);
    set_roles(context, &person);
    staff_set_roles(context, role);
    status = staff_set_places(context, tx, place);
    if (status == DB_OK) {
        status = staff_set_sessions(context, tx, ex, account, person.id);
        json_object_set_new(context, "no_sessions",
                            json_boolean(json_array_size(json_object_get(context, "sessions")) == 0));
    }
    staff_render(ex, account, status_code, "staff_person", context);
    return status;
}

static int32_t person_of(const struct http_exchange *ex)
{
    return staff_number(http_path_param(ex, "account"));
}

static enum db_status get_person(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show(tx, ex, self, person_of(ex), 200, NULL);
}

/* ---- what is done to it ---- */

/* The reply to a change: the page of the account, or what stands in its way. */
static enum db_status answer(struct db_tx *tx, struct http_exchange *ex, struct account *account,
                             const struct person *person, enum account_change outcome, const char *action)
{
    const char *fault = NULL;
    int status_code = 409;
    switch (outcome) {
    case ACCOUNT_CHANGED:
    case ACCOUNT_UNCHANGED:
        http_redirect(ex, own_path(http_arena(ex), person));
        return DB_OK;
    case ACCOUNT_MEANWHILE:
        fault = "person.meanwhile";
        break;
    case ACCOUNT_LAST_MANAGER:
        fault = "person.last_manager";
        break;
    case ACCOUNT_OWN:
        fault = "person.not_own";
        break;
    case ACCOUNT_NO_PLACE:
        fault = "people.no_place";
        status_code = 400;
        break;
    case ACCOUNT_UNKNOWN:
    case ACCOUNT_EXISTS:
    case ACCOUNT_BAD_NAME:
        http_error(ex, 404);
        return DB_OK;
    }
    enum db_status status = show(tx, ex, account, person->id, status_code, fault);
    /* What was tried against the rules is told; that two were busy is not. */
    if (status == DB_OK && (outcome == ACCOUNT_LAST_MANAGER || outcome == ACCOUNT_OWN)) {
        status = staff_audit(tx, ex, action,
                             arena_printf(db_arena(tx), "account:%.*s", SLICE_ARG(person->name)).ptr,
                             "refused", NULL);
    }
    return status;
}

static enum db_status post_roles(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    struct person person;
    enum account_change outcome;
    enum account_role role;
    struct slice name = {NULL, 0};
    struct slice place = SLICE("");
    struct slice act = {NULL, 0};
    http_form_value(&name, ex, "rol");
    http_form_value(&place, ex, "consultatie");
    http_form_value(&act, ex, "doen");
    bool take = slice_equal_cstr(act, "weghalen");
    enum db_status status = person_read(&person, tx, person_of(ex));
    if (status != DB_OK || person.id == 0) {
        http_error(ex, 404);
        return status;
    }
    if (!account_role_find(&role, name)) {
        return show(tx, ex, account, person.id, 400, "people.no_role");
    }
    const struct account_act by = staff_act(ex, account);
    status = account_role_set(&outcome, tx, person.name, role, place, !take, &by);
    return status == DB_OK
               ? answer(tx, ex, account, &person, outcome, take ? "account.role-take" : "account.role-give")
               : status;
}

static enum db_status post_state(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    struct person person;
    enum account_change outcome;
    struct slice to = {NULL, 0};
    http_form_value(&to, ex, "naar");
    enum db_status status = person_read(&person, tx, person_of(ex));
    if (status != DB_OK || person.id == 0) {
        http_error(ex, 404);
        return status;
    }
    const struct staff_question sure = {.title = "person.disable_title",
                                        .text = "person.disable_text",
                                        .button = "person.disable_sure",
                                        .back_path = own_path(http_arena(ex), &person)};
    const struct account_act by = staff_act(ex, account);
    if (slice_equal_cstr(to, "aan")) {
        status = account_enable(&outcome, tx, person.name, &by);
    } else if (staff_confirmed(ex, account, &sure)) {
        status = account_disable(&outcome, tx, person.name, &by);
    } else {
        return DB_OK; /* it has asked */
    }
    return status == DB_OK ? answer(tx, ex, account, &person, outcome,
                                    slice_equal_cstr(to, "aan") ? "account.enable" : "account.disable")
                           : status;
}

/* What could be refused is refused before anything is hashed; store_reset asks it again. */
static enum db_status post_reset(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    struct person person;
    enum db_status status = person_read(&person, tx, person_of(ex));
    if (status != DB_OK || person.id == 0) {
        http_error(ex, 404);
        return status;
    }
    const struct staff_question sure = {.title = "person.reset_title",
                                        .text = "person.reset_text",
                                        .button = "person.reset_sure",
                                        .back_path = own_path(http_arena(ex), &person)};
    if (person.id == staff_caller(ex)->account_id) {
        return answer(tx, ex, account, &person, ACCOUNT_OWN, "account.reset");
    }
    staff_confirmed(ex, account, &sure); /* false: it has asked, and that is the reply */
    return DB_OK;
}

static enum db_status store_reset(struct db_tx *tx, struct staff_hand_out *step, struct http_exchange *ex)
{
    struct person person;
    enum account_change outcome;
    const struct account_act by = staff_act(ex, step->account);
    enum db_status status = person_read(&person, tx, person_of(ex));
    if (status == DB_OK && person.id != 0) {
        status = account_reset_with(&outcome, tx, &step->password, person.name, true, &by);
    }
    if (status != DB_OK || person.id == 0) {
        http_error(ex, 404);
        return status;
    }
    if (outcome != ACCOUNT_CHANGED) {
        return answer(tx, ex, step->account, &person, outcome, "account.reset");
    }
    staff_show_password(ex, step, person.name, own_path(http_arena(ex), &person));
    return DB_OK;
}

static enum db_status busy_reset(struct db_tx *tx, struct staff_hand_out *step, struct http_exchange *ex)
{
    return show(tx, ex, step->account, person_of(ex), 503, "login.busy");
}

static void reset_next(struct http_exchange *ex, void *self)
{
    staff_begin_hand_out(ex, self, store_reset, busy_reset);
}

/* Ending a session takes nothing from its holder that signing in does not give back: no question, no
 * revision. */
static enum db_status post_sessions(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct person person;
    bool understood;
    (void)self;
    enum db_status status = person_read(&person, tx, person_of(ex));
    if (status != DB_OK || person.id == 0) {
        http_error(ex, 404);
        return status;
    }
    status = staff_end_sessions(&understood, tx, ex, person.id, person.name);
    if (understood) {
        http_redirect(ex, own_path(http_arena(ex), &person));
    } else {
        http_error(ex, 400);
    }
    return status;
}

const struct route account_person_routes[] = {
    {.http = {STAFF_GET(PERSON_PATH), .query = "taal", .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = get_person,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(PERSON_PATH "/rollen"), .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = post_roles,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(PERSON_PATH "/stand"), .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = post_state,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(PERSON_PATH "/wachtwoord"), .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = post_reset,
     .after = reset_next,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(PERSON_PATH "/sessies"), .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = post_sessions,
     .role = DB_ROLE_STAFF},
};
const size_t account_person_route_count = sizeof account_person_routes / sizeof account_person_routes[0];
