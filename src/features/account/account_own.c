/* One's own account: password and sessions. */
#include "features/account/account_internal.h"

#include "features/account/account_password.h"

#include <string.h>

enum statement { PASSWORD_SET };
const struct db_statement account_own_statements[] = {
    [PASSWORD_SET] =
        {"account_password_set",
         "UPDATE zs.account_password SET hash = $3::text, set_at = $4::timestamptz, one_time = false,"
         " expires_at = NULL WHERE account_id = $1::int4 AND hash = $2::text RETURNING account_id"},
    {NULL, NULL},
};

enum db_status staff_set_sessions(json_t *context, struct db_tx *tx, struct http_exchange *ex,
                                  const struct account *account, int32_t account_id)
{
    struct session_row *rows;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(context, "sessions", list);
    enum db_status status = session_list(&rows, &count, tx, account_id, staff_caller(ex)->session,
                                         account->config.now_s(), account->config.idle_s);
    if (status != DB_OK) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        const char *label = arena_printf(db_arena(tx), "own.browser_%.*s", SLICE_ARG(rows[i].label)).ptr;
        json_t *item = json_pack("{s:i,s:o,s:b}", "number", (int)rows[i].number, "label",
                                 staff_text(ex, account, label), "own", (int)rows[i].own);
        staff_set_date(item, "since", ex, account, rows[i].created_at);
        json_array_append_new(list, item);
    }
    return DB_OK;
}

static enum db_status get_account(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    const struct staff_session *session = staff_session_of(ex);
    json_t *context = staff_titled(ex, account, "own.title");
    enum db_status status = staff_set_sessions(context, tx, ex, account, session->caller.account_id);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    json_object_set_new(context, "others",
                        json_boolean(json_array_size(json_object_get(context, "sessions")) > 1));
    json_object_set_new(context, "has_factor", json_boolean(session->has_factor));
    staff_render(ex, account, 200, "staff_account", context);
    return DB_OK;
}

enum db_status staff_end_sessions(bool *understood, struct db_tx *tx, struct http_exchange *ex,
                                  int32_t account_id, struct slice name)
{
    struct slice which = {NULL, 0};
    uint64_t number = 0;
    bool ended = true;
    const char *details = NULL;
    const bool one = http_form_value(&which, ex, "sessie");
    *understood = !one || (slice_to_u64(&number, which, INT32_MAX) && number > 0);
    if (!*understood) {
        return DB_OK;
    }
    enum db_status status = one ? session_end_numbered(&ended, tx, account_id, (int32_t)number)
                                : sessions_end_others(tx, account_id, staff_caller(ex)->session);
    if (one) {
        details = arena_printf(db_arena(tx), "{\"session\": %d}", (int)number).ptr;
    }
    return status == DB_OK && ended
               ? staff_audit(tx, ex, "session.end",
                             arena_printf(db_arena(tx), "account:%.*s", SLICE_ARG(name)).ptr, "ok", details)
               : status;
}

static enum db_status post_sessions(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    const struct account_caller *caller = staff_caller(ex);
    bool understood;
    enum db_status status =
        staff_end_sessions(&understood, tx, ex, caller->account_id, slice_from_cstr(caller->label));
    if (understood) {
        http_redirect(ex, "/beheer/account");
    } else {
        http_error(ex, 400);
    }
    return status;
}

/* ---- the password ---- */

struct change {
    struct staff_ask ask; /* first */
    struct slice wanted;
    char new_hash[CRYPTO_PASSWORD_TEXT_BYTES];
};

static enum db_status show_password(struct db_tx *tx, struct http_exchange *ex, struct account *account,
                                    int status, const char *field, const char *fault)
{
    (void)tx;
    json_t *context = staff_titled(ex, account, "password.title");
    json_object_set_new(context, "one_time", json_boolean(staff_session_of(ex)->one_time));
    if (fault) {
        staff_fault(context, ex, account, field, fault);
    }
    staff_render(ex, account, status, "staff_password", context);
    return DB_OK;
}

static enum db_status get_password(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_password(tx, ex, self, 200, NULL, NULL);
}

static const char *fault_text(enum password_fault fault)
{
    switch (fault) {
    case PASSWORD_GOOD:
        break;
    case PASSWORD_SHORT:
        return "password.short";
    case PASSWORD_LONG:
        return "password.long";
    case PASSWORD_SIMPLE:
        return "password.simple";
    case PASSWORD_COMMON:
        return "password.common";
    case PASSWORD_NAMED:
        return "password.named";
    }
    return NULL;
}

static bool make_hash(struct staff_ask *ask)
{
    struct change *change = (struct change *)(void *)ask;
    return crypto_password_hash(change->new_hash, change->wanted);
}

static enum db_status store(struct db_tx *tx, struct http_exchange *ex, struct staff_ask *ask)
{
    const struct change *change = (const struct change *)(void *)ask;
    const struct staff_session *session = staff_session_of(ex);
    struct account *account = ask->account;
    struct db_result *row;
    struct session_token token;
    int64_t now_s = account->config.now_s();
    struct db_params p = db_params(tx);
    db_put_int32(&p, session->caller.account_id);
    db_put_text(&p, slice_from_cstr(ask->hash));
    db_put_text(&p, slice_from_cstr(change->new_hash));
    db_put_timestamp(&p, now_s);
    enum db_status status = db_run(&row, tx, &account_own_statements[PASSWORD_SET], &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(row) != 1) { /* it was changed meanwhile */
        return show_password(tx, ex, account, 400, "huidig", "password.wrong");
    }
    session_token_make(&token, account->config.keys);
    status = session_rotate(tx, session->caller.session, &token, session->factor_done, now_s,
                            now_s + account->config.session_s);
    if (status == DB_OK) {
        status = sessions_end_others(tx, session->caller.account_id, token.hash);
    }
    session_cookie_set(ex, &token);
    http_redirect(ex, STAFF_ROOT);
    return status == DB_OK
               ? staff_audit(tx, ex, "password.set",
                             arena_printf(db_arena(tx), "account:%s", session->caller.label).ptr, "ok", NULL)
               : status;
}

static enum db_status post_password(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_ask_what setting = {.scope = PERMISSION_PASSWORD_SET,
                                                  .name = "password-set",
                                                  .field = "nieuw",
                                                  .make = make_hash,
                                                  .then = store,
                                                  .again = show_password};
    const struct staff_session *session = staff_session_of(ex);
    struct change *change = arena_alloc(http_arena(ex), sizeof *change);
    struct slice again = {NULL, 0};
    /* Who signed in with a one-time password has just shown it. */
    *change = (struct change){.ask = {.account = self, .what = &setting, .given = session->one_time}};
    http_form_value(&change->wanted, ex, "nieuw");
    http_form_value(&again, ex, "herhaling");
    const char *fault = fault_text(password_check(change->wanted, slice_from_cstr(session->caller.label)));
    if (fault) {
        return show_password(tx, ex, self, 400, "nieuw", fault);
    }
    if (!slice_equal(change->wanted, again)) {
        return show_password(tx, ex, self, 400, "herhaling", "password.differs");
    }
    return staff_ask(tx, ex, &change->ask);
}

const struct route account_own_routes[] = {
    {.http = {STAFF_GET(STAFF_ROOT), .query = "taal", .scope = PERMISSION_OWN_ACCOUNT},
     .on_job = staff_get_home,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_GET("/beheer/account"), .query = "taal", .scope = PERMISSION_OWN_ACCOUNT},
     .on_job = get_account,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/account/sessies"), .scope = PERMISSION_OWN_ACCOUNT},
     .on_job = post_sessions,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_GET("/beheer/account/wachtwoord"), .query = "taal", .scope = PERMISSION_PASSWORD_SET},
     .on_job = get_password,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/account/wachtwoord"), .scope = PERMISSION_PASSWORD_SET, .rate = "login"},
     .on_job = post_password,
     .after = staff_ask_next,
     .role = DB_ROLE_STAFF},
};
const size_t account_own_route_count = sizeof account_own_routes / sizeof account_own_routes[0];
