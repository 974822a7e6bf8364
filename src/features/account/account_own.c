/* One's own account: password and sessions. */
#include "features/account/account_internal.h"

#include "features/account/account_password.h"

#include <string.h>

enum statement { PASSWORD_READ, PASSWORD_SET };
const struct db_statement account_own_statements[] = {
    [PASSWORD_READ] = {"account_password_read",
                       "SELECT hash FROM zs.account_password WHERE account_id = $1::int4"},
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
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct account *account;
    struct slice old, wanted;
    const char *hash;
    bool right, made, stored;
    char new_hash[CRYPTO_PASSWORD_TEXT_BYTES];
    struct session_token token;
};

static struct change *change_of_slow(void *slow)
{
    return (struct change *)(void *)((char *)slow - offsetof(struct change, slow));
}

static void show_password(struct http_exchange *ex, struct account *account, int status, const char *field,
                          const char *fault)
{
    json_t *context = staff_titled(ex, account, "password.title");
    json_object_set_new(context, "one_time", json_boolean(staff_session_of(ex)->one_time));
    if (fault) {
        staff_fault(context, ex, account, field, fault);
    }
    staff_render(ex, account, status, "staff_password", context);
}

static enum db_status get_password(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    show_password(ex, self, 200, NULL, NULL);
    return DB_OK;
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

static enum db_status post_password(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct staff_session *session = staff_session_of(ex);
    struct change *change = arena_alloc(http_arena(ex), sizeof *change);
    struct slice again = {NULL, 0};
    struct db_result *row;
    *change = (struct change){.account = self};
    http_form_value(&change->old, ex, "huidig");
    http_form_value(&change->wanted, ex, "nieuw");
    http_form_value(&again, ex, "herhaling");
    const char *fault = fault_text(password_check(change->wanted, slice_from_cstr(session->caller.label)));
    if (fault) {
        show_password(ex, self, 400, "nieuw", fault);
        return DB_OK;
    }
    if (!slice_equal(change->wanted, again)) {
        show_password(ex, self, 400, "herhaling", "password.differs");
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, session->caller.account_id);
    enum db_status status = db_run_one(&row, tx, &account_own_statements[PASSWORD_READ], &p);
    if (status == DB_OK) {
        change->hash = arena_cstr(http_arena(ex), db_get_text(row, 0, 0));
        session->step = change;
    }
    return status;
}

static void make_hash(struct lane_slow *slow)
{
    struct change *change = change_of_slow(slow);
    /* Who signed in with a one-time password has just shown it. */
    change->right =
        staff_session_of(slow->exchange)->one_time || crypto_password_verify(change->hash, change->old);
    change->made = change->right && crypto_password_hash(change->new_hash, change->wanted);
}

static enum db_status store(struct db_tx *tx, struct lane_work *work)
{
    struct change *change = (struct change *)(void *)work;
    const struct staff_session *session = staff_session_of(work->exchange);
    struct account *account = change->account;
    struct db_result *row;
    int64_t now_s = account->config.now_s();
    struct db_params p = db_params(tx);
    db_put_int32(&p, session->caller.account_id);
    db_put_text(&p, slice_from_cstr(change->hash));
    db_put_text(&p, slice_from_cstr(change->new_hash));
    db_put_timestamp(&p, now_s);
    enum db_status status = db_run(&row, tx, &account_own_statements[PASSWORD_SET], &p);
    if (status != DB_OK) {
        return status;
    }
    change->stored = db_rows(row) == 1;
    if (!change->stored) {
        return DB_OK; /* it was changed meanwhile */
    }
    session_token_make(&change->token, account->config.keys);
    status = session_rotate(tx, session->caller.session, &change->token, session->factor_done, now_s,
                            now_s + account->config.session_s);
    if (status == DB_OK) {
        status = sessions_end_others(tx, session->caller.account_id, change->token.hash);
    }
    return status == DB_OK
               ? staff_audit(tx, work->exchange, "password.set",
                             arena_printf(db_arena(tx), "account:%s", session->caller.label).ptr, "ok", NULL)
               : status;
}

static void stored(struct http_exchange *ex, void *item)
{
    const struct change *change = item;
    if (change->work.status != DB_OK) {
        lane_answer_failure(ex, change->work.status);
    } else if (!change->stored) {
        show_password(ex, change->account, 400, "huidig", "password.wrong");
    } else {
        session_cookie_set(ex, &change->token);
        http_redirect(ex, STAFF_ROOT);
    }
}

static void hashed(struct http_exchange *ex, void *item)
{
    struct change *change = change_of_slow(item);
    if (!change->slow.accepted || (change->right && !change->made)) {
        http_set_retry_after(ex, 5);
        show_password(ex, change->account, 503, "nieuw", "login.busy");
    } else if (!change->right) {
        show_password(ex, change->account, 400, "huidig", "password.wrong");
    } else {
        change->work.name = "password-set";
        change->work.role = DB_ROLE_STAFF;
        change->work.run = store;
        lane_transact(change->account->config.lanes, ex, &change->work, stored);
    }
}

static void password_next(struct http_exchange *ex, void *self)
{
    const struct account *account = self;
    struct change *change = staff_session_of(ex)->step;
    change->slow.run = make_hash;
    lane_compute(account->config.lanes, LANE_MOMENT, ex, &change->slow, hashed);
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
     .after = password_next,
     .role = DB_ROLE_STAFF},
};
const size_t account_own_route_count = sizeof account_own_routes / sizeof account_own_routes[0];
