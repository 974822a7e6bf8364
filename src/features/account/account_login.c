/* Signing in with a password. Steps: what is tried is looked up; it waits where wrong tries came before; the
 * slow thread verifies; a session is written. A name that does not exist, a wrong password and an account
 * that is disabled go the same way and hear the same. */
#include "features/account/account_internal.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "features/audit/audit.h"

#include <string.h>

enum { BUSY_RETRY_S = 10 };

/* Of one name from whichever sources: more than people need, less than a search takes. Known browsers have a
 * bucket of their own. */
static const struct limit_rule name_rule = {.per_s = 1, .burst = 20, .delay_max_ms = 0};

enum statement { LOGIN_READ, LOGIN_HOLD };
const struct db_statement account_login_statements[] = {
    [LOGIN_READ] =
        {"account_login_read",
         "SELECT a.id, p.hash, EXISTS (SELECT FROM zs.account_totp AS t WHERE t.account_id = a.id AND"
         " t.confirmed_at IS NOT NULL) FROM zs.account AS a JOIN zs.account_password AS p ON"
         " p.account_id = a.id WHERE a.name = $1::text AND a.disabled_at IS NULL AND"
         " (p.expires_at IS NULL OR p.expires_at > $2::timestamptz)"},
    /* Held until the session stands: a reset that comes between takes the password, or the session, away. */
    [LOGIN_HOLD] = {"account_login_hold",
                    "SELECT a.id FROM zs.account AS a JOIN zs.account_password AS p ON p.account_id = a.id"
                    " WHERE a.id = $1::int4 AND p.hash = $2::text AND a.disabled_at IS NULL FOR UPDATE OF p"},
    {NULL, NULL},
};

struct login {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct account *account;
    struct slice name, password;
    const char *way_back;
    int32_t slot;
    struct waiting_place place;
    int delay_ms;
    int32_t account_id; /* 0: none that may sign in */
    const char *hash;
    bool has_factor;
    bool right;
    struct session_token token;
};

static struct login *login_of_slow(void *slow)
{
    return (struct login *)(void *)((char *)slow - offsetof(struct login, slow));
}

/* ---- the page ---- */

static const char *way_back_of(struct http_exchange *ex)
{
    struct slice path;
    bool given =
        http_method(ex) == HTTP_GET ? http_query(&path, ex, "terug") : http_form_value(&path, ex, "terug");
    return given && way_back_ok(path) ? arena_cstr(http_arena(ex), path) : STAFF_ROOT;
}

static void show_login(struct http_exchange *ex, struct account *account, int status, const char *fault,
                       struct slice name)
{
    json_t *context = staff_titled(ex, account, "login.title");
    json_t *typed = json_stringn(name.ptr ? name.ptr : "", name.len);
    json_object_set_new(context, "typed", typed ? typed : json_string(""));
    json_object_set_new(context, "way_back", json_string(way_back_of(ex)));
    if (fault) {
        staff_fault(context, ex, account, "naam", fault);
    }
    staff_render_bare(ex, account, status, "staff_login", context);
}

static void get_login(struct http_exchange *ex, void *self)
{
    show_login(ex, self, 200, NULL, (struct slice){NULL, 0});
}

static void busy(struct http_exchange *ex, const struct login *login, int status)
{
    http_set_retry_after(ex, BUSY_RETRY_S);
    show_login(ex, login->account, status, "login.busy", login->name);
}

/* ---- the last step: a session, or not ---- */

static enum db_status refuse(struct db_tx *tx, struct login *login)
{
    login->right = false;
    return delay_add(NULL, tx, login->slot, login->account->config.now_s());
}

static enum db_status write_session(struct db_tx *tx, struct lane_work *work)
{
    struct login *login = (struct login *)(void *)work;
    const struct account_config *config = &login->account->config;
    struct db_result *row;
    unsigned char old[CRYPTO_HASH_BYTES];
    int64_t now_s = config->now_s();
    if (!login->right) {
        return refuse(tx, login);
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, login->account_id);
    db_put_text(&p, slice_from_cstr(login->hash));
    enum db_status status = db_run(&row, tx, &account_login_statements[LOGIN_HOLD], &p);
    if (status != DB_OK || db_rows(row) != 1) {
        return status == DB_OK ? refuse(tx, login) : status;
    }
    /* Whatever token the browser came with is never taken over, and ends. */
    if (session_cookie_hash(old, work->exchange, login->account)) {
        status = session_end(NULL, tx, old);
    }
    if (status == DB_OK) {
        int life_s = login->has_factor ? HALF_SESSION_S : config->session_s;
        status = session_insert(tx, &login->token, login->account_id, false, now_s, now_s + life_s,
                                session_label(work->exchange));
    }
    if (status != DB_OK || login->has_factor) {
        return status; /* told, and forgiven, once it is whole */
    }
    status = delay_clear(tx, login->slot);
    const char *name = arena_cstr(db_arena(tx), login->name);
    const struct audit_event event = {.action = "login",
                                      .object = arena_printf(db_arena(tx), "account:%s", name).ptr,
                                      .result = "ok",
                                      .origin = "web",
                                      .actor = name};
    return status == DB_OK ? audit_record(tx, &event) : status;
}

static void session_written(struct http_exchange *ex, void *item)
{
    struct login *login = item;
    waiting_leave(&login->place);
    if (login->work.status != DB_OK) {
        lane_answer_failure(ex, login->work.status);
        return;
    }
    if (!login->right) {
        refused_add(login->account->refused, login->account_id != 0 ? login->name : (struct slice){NULL, 0});
        show_login(ex, login->account, 400, "login.wrong", login->name);
        return;
    }
    session_cookie_set(ex, &login->token);
    if (login->has_factor) {
        http_redirect(ex, arena_printf(http_arena(ex), FACTOR_PATH "?terug=%s", login->way_back).ptr);
    } else {
        known_browser_set(ex, login->account, login->name);
        http_redirect(ex, login->way_back);
    }
}

/* ---- the step before: the password ---- */

static void verify(struct lane_slow *slow)
{
    struct login *login = login_of_slow(slow);
    login->right = crypto_password_verify(login->hash, login->password);
}

static void verified(struct http_exchange *ex, void *item)
{
    struct login *login = login_of_slow(item);
    if (!login->slow.accepted) {
        waiting_leave(&login->place);
        busy(ex, login, 503);
        return;
    }
    session_token_make(&login->token, login->account->config.keys);
    login->work.name = "login-session";
    login->work.run = write_session;
    lane_transact(login->account->config.lanes, ex, &login->work, session_written);
}

static void waited(struct http_exchange *ex, void *context)
{
    struct login *login = context;
    login->slow.run = verify;
    lane_compute(login->account->config.lanes, LANE_MOMENT, ex, &login->slow, verified);
}

/* ---- the first step: who, and how long it waits ---- */

static enum db_status look_up(struct db_tx *tx, struct lane_work *work)
{
    struct login *login = (struct login *)(void *)work;
    struct db_result *row;
    int64_t now_s = login->account->config.now_s();
    enum db_status status = delay_read(&login->delay_ms, tx, login->slot, now_s);
    if (status != DB_OK) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, login->name);
    db_put_timestamp(&p, now_s);
    status = db_run(&row, tx, &account_login_statements[LOGIN_READ], &p);
    if (status == DB_OK && db_rows(row) == 1) {
        login->account_id = db_get_int32(row, 0, 0);
        login->hash = arena_cstr(http_arena(work->exchange), db_get_text(row, 0, 1));
        login->has_factor = db_get_bool(row, 0, 2);
    }
    return status;
}

static void looked_up(struct http_exchange *ex, void *item)
{
    struct login *login = item;
    if (login->work.status != DB_OK) {
        lane_answer_failure(ex, login->work.status);
    } else if (login->delay_ms == 0) {
        waited(ex, login);
    } else if (waiting_take(&login->place, ex, login->account)) {
        lane_pause(ex, login->delay_ms, waited, login);
    } else {
        busy(ex, login, 503);
    }
}

/* At most as long as a name can be. */
static struct slice read_name(struct http_exchange *ex)
{
    struct slice typed = {NULL, 0};
    http_form_value(&typed, ex, "naam");
    typed = staff_lower(http_arena(ex), typed);
    if (typed.len > ACCOUNT_NAME_MAX) {
        typed.len = utf8_offset(typed, ACCOUNT_NAME_MAX / 4);
    }
    return typed;
}

static void post_login(struct http_exchange *ex, void *self)
{
    struct account *account = self;
    unsigned char nonce[KNOWN_NONCE_BYTES];
    struct login *login = arena_alloc(http_arena(ex), sizeof *login);
    *login = (struct login){.account = account, .name = read_name(ex), .way_back = way_back_of(ex)};
    http_form_value(&login->password, ex, "wachtwoord");
    if (login->name.len == 0 || login->password.len == 0) {
        show_login(ex, account, 400, "login.empty", login->name);
        return;
    }
    bool known = known_browser(nonce, ex, account, login->name);
    struct slice what = known ? (struct slice){(const char *)nonce, sizeof nonce} : login->name;
    login->slot = login_slot(account->config.keys, known ? "login-browser" : "login-name", what);
    if (!limiter_take(account->names, (uint64_t)login->slot + 1, &name_rule, 1, clock_monotonic_us())
             .admitted) {
        refused_add(account->refused, (struct slice){NULL, 0});
        busy(ex, login, 429);
        return;
    }
    login->work.name = "login";
    login->work.role = DB_ROLE_STAFF;
    login->work.run = look_up;
    lane_transact(account->config.lanes, ex, &login->work, looked_up);
}

/* ---- the second factor ---- */

static void show_factor(struct http_exchange *ex, struct account *account, int status, const char *fault)
{
    json_t *context = staff_titled(ex, account, "login.factor_title");
    json_object_set_new(context, "way_back", json_string(way_back_of(ex)));
    if (fault) {
        staff_fault(context, ex, account, "code", fault);
    }
    staff_render(ex, account, status, "staff_code", context);
}

static enum db_status get_factor(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    if (sign_in_stage(staff_session_of(ex)) == SIGN_IN_FACTOR) {
        show_factor(ex, self, 200, NULL);
    } else {
        http_redirect(ex, STAFF_ROOT);
    }
    return DB_OK;
}

static enum db_status factor_was_right(struct db_tx *tx, struct http_exchange *ex, struct account *account)
{
    const struct staff_session *session = staff_session_of(ex);
    const char *name = session->caller.label;
    struct session_token token;
    int64_t now_s = account->config.now_s();
    session_token_make(&token, account->config.keys);
    enum db_status status =
        session_rotate(tx, session->caller.session, &token, true, now_s, now_s + account->config.session_s);
    if (status == DB_OK) {
        status = delay_clear(tx, login_slot(account->config.keys, "login-name", slice_from_cstr(name)));
    }
    if (status == DB_OK) {
        status = staff_audit(tx, ex, "login", arena_printf(db_arena(tx), "account:%s", name).ptr, "ok",
                             "{\"tweede_factor\":true}");
    }
    if (status == DB_OK) {
        session_cookie_set(ex, &token);
        known_browser_set(ex, account, slice_from_cstr(name));
        http_redirect(ex, way_back_of(ex));
    }
    return status;
}

static enum db_status post_factor(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    const struct staff_session *session = staff_session_of(ex);
    struct slice code = {NULL, 0};
    enum factor_result result;
    int64_t pause_s;
    if (sign_in_stage(session) != SIGN_IN_FACTOR) {
        http_redirect(ex, STAFF_ROOT);
        return DB_OK;
    }
    http_form_value(&code, ex, "code");
    enum db_status status = factor_check(&result, &pause_s, tx, account, session, code);
    if (status != DB_OK) {
        return status;
    }
    switch (result) {
    case FACTOR_RIGHT:
        return factor_was_right(tx, ex, account);
    case FACTOR_PAUSED:
        http_set_retry_after(ex, (int)pause_s);
        show_factor(ex, account, 429, "login.factor_paused");
        break;
    case FACTOR_WRONG:
        refused_add(account->refused, slice_from_cstr(session->caller.label));
        show_factor(ex, account, 400, "login.factor_wrong");
        break;
    }
    return DB_OK;
}

static enum db_status post_logout(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    const struct account_caller *caller = staff_caller(ex);
    enum db_status status = session_end(NULL, tx, caller->session);
    if (status == DB_OK) {
        status = staff_audit(tx, ex, "logout", arena_printf(db_arena(tx), "account:%s", caller->label).ptr,
                             "ok", NULL);
    }
    session_cookie_clear(ex);
    http_set_header(ex, "Clear-Site-Data", "\"cache\"");
    http_redirect(ex, LOGIN_PATH);
    return status;
}

const struct route account_login_routes[] = {
    {.http = {STAFF_GET(LOGIN_PATH), .query = "taal,terug"}, .on_inline = get_login},
    {.http = {STAFF_POST(LOGIN_PATH), .rate = "login"}, .on_inline = post_login},
    {.http = {STAFF_GET(FACTOR_PATH), .query = "taal,terug", .scope = PERMISSION_SIGN_IN},
     .on_job = get_factor,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST(FACTOR_PATH), .rate = "login", .scope = PERMISSION_SIGN_IN},
     .on_job = post_factor,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/uitloggen"), .scope = PERMISSION_SIGN_IN},
     .on_job = post_logout,
     .role = DB_ROLE_STAFF},
};
const size_t account_login_route_count = sizeof account_login_routes / sizeof account_login_routes[0];
