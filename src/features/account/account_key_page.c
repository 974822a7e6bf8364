/* API keys on pages: the list, issuing one, which is shown once, and revoking. */
#include "features/account/account_internal.h"

#include <string.h>

#define ISSUE_PATH KEYS_PATH "/nieuw"

enum { KEYS_ON_A_PAGE = 50, DAY_S = 86400 };

/* ---- the list, newest first ---- */

static json_t *describe(const struct account_key *key, struct http_exchange *ex,
                        const struct account *account)
{
    bool over = key->expires_at <= account->config.now_s();
    const char *state = key->revoked ? "keys.revoked" : over ? "keys.expired" : "keys.valid";
    json_t *item = json_pack("{s:i,s:s%,s:s%,s:o,s:b}", "number", (int)key->id, "label", key->label.ptr,
                             key->label.len, "scopes", key->scopes.ptr, key->scopes.len, "state",
                             staff_text(ex, account, state), "valid", (int)(!key->revoked && !over));
    if (key->purpose.ptr) {
        json_object_set_new(item, "purpose", json_stringn(key->purpose.ptr, key->purpose.len));
    }
    if (key->consultation.len > 0) {
        json_object_set_new(item, "place", json_stringn(key->consultation.ptr, key->consultation.len));
    }
    if (key->last_used_day != 0) {
        staff_set_date(item, "used", ex, account, (int64_t)key->last_used_day * DAY_S);
    }
    staff_set_date(item, "issued", ex, account, key->created_at);
    staff_set_date(item, "expires", ex, account, key->expires_at);
    return item;
}

static enum db_status get_keys(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    struct account_key *keys;
    size_t count;
    struct slice before = {NULL, 0};
    http_query(&before, ex, "voor");
    enum db_status status = keys_newest(&keys, &count, tx, staff_number(before), KEYS_ON_A_PAGE + 1);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, account, "keys.title");
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < KEYS_ON_A_PAGE; i++) {
        json_array_append_new(list, describe(&keys[i], ex, account));
    }
    if (count > KEYS_ON_A_PAGE) {
        json_object_set_new(context, "more", json_integer(keys[KEYS_ON_A_PAGE - 1].id));
    }
    json_object_set_new(context, "none", json_boolean(count == 0));
    json_object_set_new(context, "keys", list);
    staff_render(ex, account, 200, "staff_keys", context);
    return DB_OK;
}

/* ---- issuing ---- */

struct order_form {
    struct slice label, purpose, days, consultation;
    const char *scopes[KEY_SCOPES_MAX + 1];
    struct account_order order;
    bool days_ok;
};

static bool holds(const struct order_form *form, const char *scope)
{
    for (size_t i = 0; form->scopes[i]; i++) {
        if (form->scopes[i] == scope) {
            return true;
        }
    }
    return false;
}

static void read_order(struct order_form *form, struct http_exchange *ex, const struct account *account)
{
    size_t count;
    size_t scopes = 0;
    uint64_t days = 0;
    const struct http_field *fields = http_form(&count, ex);
    *form = (struct order_form){
        .label = SLICE(""), .purpose = SLICE(""), .days = SLICE(""), .consultation = SLICE("")};
    http_form_value(&form->label, ex, "houder");
    http_form_value(&form->purpose, ex, "doel");
    http_form_value(&form->days, ex, "dagen");
    http_form_value(&form->consultation, ex, "consultatie");
    form->label = slice_trim(form->label);
    form->purpose = slice_trim(form->purpose);
    for (size_t i = 0; i < count; i++) {
        const char *scope =
            slice_equal_cstr(fields[i].name, "bereik") ? account_scope_find(fields[i].value) : NULL;
        if (scope && scopes < KEY_SCOPES_MAX && !holds(form, scope)) {
            form->scopes[scopes++] = scope;
        }
    }
    form->days_ok = slice_to_u64(&days, slice_trim(form->days), KEY_DAYS_MAX) && days > 0;
    form->order = (struct account_order){
        .label = arena_cstr(http_arena(ex), form->label),
        .purpose = form->purpose.len > 0 ? arena_cstr(http_arena(ex), form->purpose) : NULL,
        .scopes = form->scopes,
        .consultation = form->consultation,
        .expires_at = account->config.now_s() + (int64_t)days * DAY_S};
}

static void set_scopes(json_t *context, const struct order_form *form, const struct http_exchange *ex,
                       const struct account *account)
{
    static const char *const about[] = {"keys.scope_analist",   "keys.scope_inname",
                                        "keys.scope_microdata", "keys.scope_gesprekken",
                                        "keys.scope_tafel",     "keys.scope_transcripties"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof about / sizeof about[0] && account_scopes[i]; i++) {
        json_array_append_new(list, json_pack("{s:i,s:s,s:o,s:b}", "n", (int)i + 1, "scope",
                                              account_scopes[i], "about", staff_text(ex, account, about[i]),
                                              "checked", (int)holds(form, account_scopes[i])));
    }
    json_object_set_new(context, "scopes", list);
}

static enum db_status show_form(struct db_tx *tx, struct http_exchange *ex, struct account *account,
                                const struct order_form *form, unsigned faults, bool no_place)
{
    static const struct {
        unsigned fault;
        const char *field, *text;
    } said[] = {{KEY_BAD_LABEL, "houder", "keys.bad_label"},
                {KEY_NO_SCOPE, "bereik-1", "keys.no_scope"},
                {KEY_NO_PURPOSE, "doel", "keys.no_purpose"},
                {KEY_BAD_PURPOSE, "doel", "keys.bad_purpose"}};
    json_t *context = staff_titled(ex, account, "keys.issue_title");
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if ((faults & said[i].fault) != 0) {
            staff_fault(context, ex, account, said[i].field, said[i].text);
        }
    }
    if (!form->days_ok) {
        staff_fault(context, ex, account, "dagen", "keys.bad_days");
    }
    if ((faults & KEY_NO_SCOPE) != 0) {
        json_object_set_new(context, "scope_wrong", staff_text(ex, account, "keys.no_scope"));
    }
    json_object_set_new(context, "label", json_stringn(form->label.ptr, form->label.len));
    json_object_set_new(context, "purpose", json_stringn(form->purpose.ptr, form->purpose.len));
    json_object_set_new(context, "days", json_stringn(form->days.ptr, form->days.len));
    set_scopes(context, form, ex, account);
    if (no_place) {
        staff_fault(context, ex, account, "consultatie", "people.no_place");
    }
    enum db_status status = staff_set_places(context, tx, form->consultation);
    staff_render(ex, account, faults != 0 || !form->days_ok || no_place ? 400 : 200, "staff_key_add",
                 context);
    return status;
}

static enum db_status get_issue(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct order_form usual = {.label = SLICE(""),
                                     .purpose = SLICE(""),
                                     .days = SLICE("365"),
                                     .consultation = SLICE(""),
                                     .days_ok = true};
    return show_form(tx, ex, self, &usual, 0, false);
}

static enum db_status post_issue(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    struct order_form form;
    char text[API_KEY_TEXT_BYTES];
    read_order(&form, ex, account);
    unsigned faults = account_key_faults(&form.order);
    if (faults != 0 || !form.days_ok) {
        return show_form(tx, ex, account, &form, faults, false);
    }
    const struct account_act act = staff_act(ex, account);
    enum account_change outcome;
    enum db_status status = account_key_issue(&outcome, text, tx, account->config.keys, &form.order, &act);
    if (status != DB_OK) {
        return status;
    }
    if (outcome == ACCOUNT_NO_PLACE) {
        return show_form(tx, ex, account, &form, 0, true);
    }
    json_t *context = staff_titled(ex, account, "keys.issued_title");
    json_object_set_new(context, "label", json_string(form.order.label));
    json_object_set_new(context, "key", json_string(text));
    staff_set_date(context, "expires", ex, account, form.order.expires_at);
    staff_render(ex, account, 200, "staff_key_issued", context);
    crypto_wipe(text, sizeof text);
    return DB_OK;
}

/* ---- revoking ---- */

static enum db_status post_revoke(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_question sure = {.title = "keys.sure_title",
                                               .text = "keys.sure_text",
                                               .button = "keys.sure_button",
                                               .back_path = KEYS_PATH};
    struct account *account = self;
    bool found;
    int32_t id = staff_number(http_path_param(ex, "sleutel"));
    if (id == 0) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (!staff_confirmed(ex, account, &sure)) {
        return DB_OK; /* it has asked */
    }
    const struct account_act act = staff_act(ex, account);
    enum db_status status = account_key_revoke(&found, tx, id, &act);
    http_redirect(ex, KEYS_PATH); /* where it stands as revoked, whoever was first */
    return status;
}

const struct route account_key_routes[] = {
    {.http = {STAFF_GET(KEYS_PATH), .query = "taal,voor", .scope = PERMISSION_KEY_MANAGE},
     .on_job = get_keys,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_GET(ISSUE_PATH), .query = "taal", .scope = PERMISSION_KEY_MANAGE},
     .on_job = get_issue,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(ISSUE_PATH), .scope = PERMISSION_KEY_MANAGE},
     .on_job = post_issue,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(KEYS_PATH "/{sleutel}/intrekking"), .scope = PERMISSION_KEY_MANAGE},
     .on_job = post_revoke,
     .role = DB_ROLE_STAFF},
};
const size_t account_key_route_count = sizeof account_key_routes / sizeof account_key_routes[0];
