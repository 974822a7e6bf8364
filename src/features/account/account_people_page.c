/* The list of accounts, and adding somebody. One account: account_person_page.c. */
#include "features/account/account_internal.h"

#include <string.h>

#define ADD_PATH PEOPLE_PATH "/nieuw"

enum { PEOPLE_ON_A_PAGE = 50 };

/* ---- the list ---- */

static json_t *describe(const struct account_person *person, struct http_exchange *ex,
                        const struct account *account)
{
    const char *state = person->disabled   ? "people.disabled"
                        : person->one_time ? "people.waits"
                                           : "people.active";
    const struct slice roles = person->roles.ptr ? person->roles : SLICE("");
    json_t *item = json_pack("{s:i,s:s%,s:s%,s:o,s:o}", "number", (int)person->id, "name", person->name.ptr,
                             person->name.len, "roles", roles.ptr, roles.len, "factor",
                             staff_text(ex, account, person->has_factor ? "people.yes" : "people.no"),
                             "state", staff_text(ex, account, state));
    if (person->seen_at) {
        staff_set_date(item, "seen", ex, account, person->seen_at);
    }
    return item;
}

static enum db_status get_people(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    struct account_person *people;
    size_t count;
    struct slice search = SLICE("");
    struct slice after = SLICE("");
    http_query(&search, ex, "zoek");
    http_query(&after, ex, "na");
    enum db_status status =
        account_list(&people, &count, tx, staff_lower(db_arena(tx), search), after, PEOPLE_ON_A_PAGE + 1);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, account, "people.title");
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < PEOPLE_ON_A_PAGE; i++) {
        json_array_append_new(list, describe(&people[i], ex, account));
    }
    if (count > PEOPLE_ON_A_PAGE) {
        const struct slice last = people[PEOPLE_ON_A_PAGE - 1].name;
        json_object_set_new(context, "more", json_stringn(last.ptr, last.len));
    }
    json_object_set_new(context, "none", json_boolean(count == 0));
    json_object_set_new(context, "people", list);
    json_object_set_new(context, "search", json_stringn(search.len ? search.ptr : "", search.len));
    staff_render(ex, account, 200, "staff_people", context);
    return DB_OK;
}

/* ---- choices that a form offers ---- */

void staff_set_roles(json_t *context, struct slice chosen)
{
    json_t *list = json_array();
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        const char *name = account_role_name((enum account_role)role);
        json_array_append_new(
            list, json_pack("{s:s,s:b}", "role", name, "selected", (int)slice_equal_cstr(chosen, name)));
    }
    json_object_set_new(context, "role_choices", list);
}

enum db_status staff_set_places(json_t *context, struct db_tx *tx, struct slice chosen)
{
    struct slice *codes;
    size_t count;
    enum db_status status = places_read(&codes, &count, tx);
    json_t *list = json_array();
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        json_array_append_new(list, json_pack("{s:s%,s:b}", "code", codes[i].ptr, codes[i].len, "selected",
                                              (int)slice_equal(codes[i], chosen)));
    }
    json_object_set_new(context, "places", list);
    return status;
}

/* ---- adding ---- */

static void read_wanted(struct account_wanted *wanted, bool *role_known, const struct http_exchange *ex,
                        struct arena *arena)
{
    struct slice role = {NULL, 0};
    *wanted = (struct account_wanted){.name = SLICE(""), .consultation = SLICE("")};
    http_form_value(&wanted->name, ex, "naam");
    http_form_value(&wanted->consultation, ex, "consultatie");
    http_form_value(&role, ex, "rol");
    wanted->name = staff_lower(arena, wanted->name);
    *role_known = account_role_find(&wanted->role, role);
}

struct add_fault {
    const char *field, *text;
};

static struct add_fault fault_of(enum account_change outcome)
{
    switch (outcome) {
    case ACCOUNT_BAD_NAME:
        return (struct add_fault){"naam", "people.bad_name"};
    case ACCOUNT_EXISTS:
        return (struct add_fault){"naam", "people.exists"};
    case ACCOUNT_NO_PLACE:
        return (struct add_fault){"consultatie", "people.no_place"};
    case ACCOUNT_CHANGED:
    case ACCOUNT_UNKNOWN:
    case ACCOUNT_UNCHANGED:
    case ACCOUNT_LAST_MANAGER:
    case ACCOUNT_OWN:
    case ACCOUNT_MEANWHILE:
        break;
    }
    return (struct add_fault){NULL, NULL};
}

static enum db_status show_form(struct db_tx *tx, struct http_exchange *ex, struct account *account,
                                int status_code, const struct account_wanted *wanted,
                                const struct add_fault *faults, size_t fault_count)
{
    json_t *context = staff_titled(ex, account, "people.add_title");
    struct slice role = {NULL, 0};
    http_form_value(&role, ex, "rol");
    for (size_t i = 0; i < fault_count; i++) {
        if (faults[i].field) {
            staff_fault(context, ex, account, faults[i].field, faults[i].text);
        }
    }
    json_object_set_new(context, "typed",
                        json_stringn(wanted->name.len ? wanted->name.ptr : "", wanted->name.len));
    staff_set_roles(context, role);
    enum db_status status = staff_set_places(context, tx, wanted->consultation);
    staff_render(ex, account, status_code, "staff_person_add", context);
    return status;
}

static enum db_status get_add(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct account_wanted nothing = {.name = SLICE(""), .consultation = SLICE("")};
    return show_form(tx, ex, self, 200, &nothing, NULL, 0);
}

/* All that is wrong at once; nothing is hashed before it is right. */
static enum db_status post_add(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account_wanted wanted;
    enum account_change outcome;
    bool role_known;
    read_wanted(&wanted, &role_known, ex, http_arena(ex));
    enum db_status status = account_add_check(&outcome, tx, &wanted);
    if (status != DB_OK || (outcome == ACCOUNT_CHANGED && role_known)) {
        return status;
    }
    const struct add_fault faults[] = {fault_of(outcome), {role_known ? NULL : "rol", "people.no_role"}};
    return show_form(tx, ex, self, 400, &wanted, faults, 2);
}

static enum db_status store_new(struct db_tx *tx, struct staff_hand_out *step, struct http_exchange *ex)
{
    struct account_wanted wanted;
    enum account_change outcome;
    bool role_known;
    const struct account_act act = staff_act(ex, step->account);
    read_wanted(&wanted, &role_known, ex, http_arena(ex));
    enum db_status status = account_add_with(&outcome, tx, &step->password, &wanted, &act);
    if (status != DB_OK) {
        return status;
    }
    if (outcome != ACCOUNT_CHANGED) {
        const struct add_fault fault = fault_of(outcome);
        return show_form(tx, ex, step->account, 400, &wanted, &fault, 1);
    }
    staff_show_password(ex, step, wanted.name, PEOPLE_PATH);
    return DB_OK;
}

static enum db_status busy_new(struct db_tx *tx, struct staff_hand_out *step, struct http_exchange *ex)
{
    static const struct add_fault fault = {"naam", "login.busy"};
    struct account_wanted wanted;
    bool role_known;
    read_wanted(&wanted, &role_known, ex, http_arena(ex));
    return show_form(tx, ex, step->account, 503, &wanted, &fault, 1);
}

static void add_next(struct http_exchange *ex, void *self)
{
    staff_begin_hand_out(ex, self, store_new, busy_new);
}

const struct route account_people_routes[] = {
    {.http = {STAFF_GET(PEOPLE_PATH), .query = "taal,zoek,na", .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = get_people,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_GET(ADD_PATH), .query = "taal", .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = get_add,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(ADD_PATH), .scope = PERMISSION_ACCOUNT_MANAGE},
     .on_job = post_add,
     .after = add_next,
     .role = DB_ROLE_STAFF},
};
const size_t account_people_route_count = sizeof account_people_routes / sizeof account_people_routes[0];
