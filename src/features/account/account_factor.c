/* The second factor: checking codes, setting it up, recovery codes. */
#include "features/account/account_internal.h"

#include "features/account/account_totp.h"
#include "web/qr.h"

#include <string.h>

enum statement {
    FACTOR_READ,
    FACTOR_USED,
    FACTOR_FAILED,
    FACTOR_BEGIN,
    FACTOR_CONFIRM,
    FACTOR_REMOVE,
    RECOVERY_USE,
    RECOVERY_CLEAR,
    RECOVERY_INSERT
};
const struct db_statement account_factor_statements[] = {
    [FACTOR_READ] =
        {"account_factor_read",
         "SELECT secret, last_step, failures, failed_at, confirmed_at IS NOT NULL FROM zs.account_totp"
         " WHERE account_id = $1::int4 FOR UPDATE"},
    [FACTOR_USED] = {"account_factor_used", "UPDATE zs.account_totp SET last_step = $2::int8, failures = 0"
                                            " WHERE account_id = $1::int4"},
    [FACTOR_FAILED] = {"account_factor_failed",
                       "UPDATE zs.account_totp SET failures = LEAST(failures + 1, 1000),"
                       " failed_at = $2::timestamptz WHERE account_id = $1::int4"},
    [FACTOR_BEGIN] =
        {"account_factor_begin",
         "INSERT INTO zs.account_totp AS t (account_id, secret) VALUES ($1::int4, $2::bytea)"
         " ON CONFLICT (account_id) DO UPDATE SET secret = EXCLUDED.secret, last_step = 0, failures = 0"
         " WHERE t.confirmed_at IS NULL"},
    [FACTOR_CONFIRM] =
        {"account_factor_confirm",
         "UPDATE zs.account_totp SET confirmed_at = $2::timestamptz WHERE account_id = $1::int4"},
    [FACTOR_REMOVE] = {"account_factor_remove", "DELETE FROM zs.account_totp WHERE account_id = $1::int4"},
    [RECOVERY_USE] = {"account_recovery_use",
                      "UPDATE zs.account_recovery_code SET used_at = $3::timestamptz"
                      " WHERE hash = $1::bytea AND account_id = $2::int4 AND used_at IS NULL"},
    [RECOVERY_CLEAR] = {"account_recovery_clear",
                        "DELETE FROM zs.account_recovery_code WHERE account_id = $1::int4"},
    [RECOVERY_INSERT] = {"account_recovery_insert", "INSERT INTO zs.account_recovery_code (hash, account_id)"
                                                    " SELECT unnest($1::bytea[]), $2::int4"},
    {NULL, NULL},
};

static enum db_status run_for(struct db_result **out, struct db_tx *tx, enum statement which,
                              int32_t account_id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    return db_run(out, tx, &account_factor_statements[which], &p);
}

static enum db_status run_at(struct db_tx *tx, enum statement which, int32_t account_id, int64_t at)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    db_put_timestamp(&p, at);
    return db_run(NULL, tx, &account_factor_statements[which], &p);
}

/* ---- recovery codes ---- */

static void hash_code(unsigned char hash[CRYPTO_HASH_BYTES], const struct account *account,
                      int32_t account_id, const struct participation_code *code)
{
    unsigned char text[sizeof account_id + sizeof code->bits];
    memcpy(text, &account_id, sizeof account_id);
    memcpy(text + sizeof account_id, code->bits, sizeof code->bits);
    crypto_keyed_hash(hash, CRYPTO_HASH_BYTES, account->config.keys, CRYPTO_KEY_SESSION, "recovery-code",
                      (struct slice){(const char *)text, sizeof text});
}

enum db_status recovery_codes_make(const char ***codes, struct db_tx *tx, const struct account *account,
                                   int32_t account_id)
{
    unsigned char hashes[RECOVERY_CODES][CRYPTO_HASH_BYTES];
    struct slice list[RECOVERY_CODES];
    *codes = arena_array(db_arena(tx), RECOVERY_CODES, sizeof **codes);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        struct participation_code code;
        char *text = arena_alloc(db_arena(tx), CODE_TEXT_BYTES);
        code_generate(&code);
        code_format(text, &code);
        hash_code(hashes[i], account, account_id, &code);
        list[i] = (struct slice){(const char *)hashes[i], CRYPTO_HASH_BYTES};
        (*codes)[i] = text;
    }
    enum db_status status = run_for(NULL, tx, RECOVERY_CLEAR, account_id);
    struct db_params p = db_params(tx);
    db_put_bytes_array(&p, list, RECOVERY_CODES);
    db_put_int32(&p, account_id);
    return status == DB_OK ? db_run(NULL, tx, &account_factor_statements[RECOVERY_INSERT], &p) : status;
}

static enum db_status use_recovery(bool *used, struct db_tx *tx, const struct account *account,
                                   int32_t account_id, const struct participation_code *code)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct db_result *result;
    hash_code(hash, account, account_id, code);
    struct db_params p = db_params(tx);
    db_put_bytes(&p, (struct slice){(const char *)hash, sizeof hash});
    db_put_int32(&p, account_id);
    db_put_timestamp(&p, account->config.now_s());
    enum db_status status = db_run(&result, tx, &account_factor_statements[RECOVERY_USE], &p);
    *used = status == DB_OK && db_affected(result) == 1;
    return status;
}

/* ---- checking ---- */

/* right: of the secret in `row`, its step noted; else the failure is. */
static enum db_status check_totp(bool *right, struct db_tx *tx, const struct account *account,
                                 int32_t account_id, const struct db_result *row, struct slice code)
{
    unsigned char secret[TOTP_SECRET_BYTES];
    int64_t step = 0;
    int64_t now_s = account->config.now_s();
    *right = totp_open(secret, db_arena(tx), account->config.keys, account_id, db_get_bytes(row, 0, 0)) &&
             totp_check(&step, secret, now_s, db_get_int64(row, 0, 1), code);
    crypto_wipe(secret, sizeof secret);
    if (!*right) {
        return run_at(tx, FACTOR_FAILED, account_id, now_s);
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    db_put_int64(&p, step);
    return db_run(NULL, tx, &account_factor_statements[FACTOR_USED], &p);
}

enum db_status factor_check(enum factor_result *result, int64_t *pause_s, struct db_tx *tx,
                            const struct account *account, const struct staff_session *session,
                            struct slice code)
{
    struct db_result *row;
    struct participation_code recovery;
    int32_t account_id = session->caller.account_id;
    bool right = false;
    *result = FACTOR_WRONG;
    *pause_s = 0;
    enum db_status status = run_for(&row, tx, FACTOR_READ, account_id);
    if (status != DB_OK || db_rows(row) != 1) {
        return status;
    }
    /* Too long to be found by trying: these are looked at during a pause, too. */
    if (code_parse(&recovery, code)) {
        status = use_recovery(&right, tx, account, account_id, &recovery);
        *result = right ? FACTOR_RIGHT : FACTOR_WRONG;
        return status == DB_OK && !right ? run_at(tx, FACTOR_FAILED, account_id, account->config.now_s())
                                         : status;
    }
    int64_t until =
        db_is_null(row, 0, 3) ? 0 : db_get_timestamp(row, 0, 3) + factor_pause_s(db_get_int32(row, 0, 2));
    if (until > account->config.now_s()) {
        *pause_s = until - account->config.now_s();
        *result = FACTOR_PAUSED;
        return DB_OK;
    }
    status = check_totp(&right, tx, account, account_id, row, code);
    *result = right ? FACTOR_RIGHT : FACTOR_WRONG;
    return status;
}

/* ---- the page ---- */

static enum db_status show(struct db_tx *tx, struct http_exchange *ex, struct account *account, int status,
                           const char *field, const char *fault)
{
    const struct staff_session *session = staff_session_of(ex);
    struct db_result *row;
    unsigned char secret[TOTP_SECRET_BYTES];
    json_t *context = staff_titled(ex, account, "factor.title");
    enum db_status found = run_for(&row, tx, FACTOR_READ, session->caller.account_id);
    if (found == DB_OK && db_rows(row) == 1 && !session->has_factor &&
        totp_open(secret, db_arena(tx), account->config.keys, session->caller.account_id,
                  db_get_bytes(row, 0, 0))) {
        struct slice text = totp_secret_text(http_arena(ex), secret);
        json_object_set_new(context, "secret", json_stringn(text.ptr, text.len));
        crypto_wipe(secret, sizeof secret);
    }
    json_object_set_new(context, "on", json_boolean(session->has_factor));
    json_object_set_new(context, "must", json_boolean(session->must_factor));
    json_object_set_new(context, "may_end", json_boolean(session->has_factor && !session->must_factor));
    if (fault) {
        staff_fault(context, ex, account, field, fault);
    }
    staff_render(ex, account, status, "staff_factor", context);
    return found;
}

static enum db_status get_factor(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show(tx, ex, self, 200, NULL, NULL);
}

static enum db_status get_qr(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    const struct staff_session *session = staff_session_of(ex);
    struct db_result *row;
    struct slice svg;
    unsigned char secret[TOTP_SECRET_BYTES];
    enum db_status status = run_for(&row, tx, FACTOR_READ, session->caller.account_id);
    if (status != DB_OK) {
        return status;
    }
    if (session->has_factor || db_rows(row) != 1 ||
        !totp_open(secret, db_arena(tx), account->config.keys, session->caller.account_id,
                   db_get_bytes(row, 0, 0))) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (qr_svg(&svg, http_arena(ex),
               totp_uri(http_arena(ex), secret, account->config.issuer, session->caller.label))) {
        http_reply_bytes(ex, 200, "image/svg+xml", svg);
    } else {
        http_error(ex, 500);
    }
    crypto_wipe(secret, sizeof secret);
    return DB_OK;
}

static enum db_status post_begin(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct account *account = self;
    int32_t account_id = staff_caller(ex)->account_id;
    unsigned char secret[TOTP_SECRET_BYTES];
    crypto_random(secret, sizeof secret);
    struct slice sealed = totp_seal(db_arena(tx), account->config.keys, account_id, secret);
    crypto_wipe(secret, sizeof secret);
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    db_put_bytes(&p, sealed);
    http_redirect(ex, "/beheer/account/tweede-factor");
    return db_run(NULL, tx, &account_factor_statements[FACTOR_BEGIN], &p);
}

static enum db_status audit_own(struct db_tx *tx, struct http_exchange *ex, const char *action)
{
    return staff_audit(tx, ex, action, arena_printf(db_arena(tx), "account:%s", staff_caller(ex)->label).ptr,
                       "ok", NULL);
}

static enum db_status show_codes(struct db_tx *tx, struct http_exchange *ex, struct account *account,
                                 const char *form_token)
{
    const char **codes;
    enum db_status status = recovery_codes_make(&codes, tx, account, staff_caller(ex)->account_id);
    json_t *context = staff_titled(ex, account, "factor.codes_title");
    json_t *list = json_array();
    for (int i = 0; status == DB_OK && i < RECOVERY_CODES; i++) {
        json_array_append_new(list, json_string(codes[i]));
    }
    json_object_set_new(context, "codes", list);
    if (form_token) {
        json_object_set_new(context, "form_token", json_string(form_token));
    }
    staff_render(ex, account, 200, "staff_codes", context);
    return status;
}

/* The code of the form; false: it was refused, and said. */
static enum db_status code_right(bool *right, struct db_tx *tx, struct http_exchange *ex,
                                 struct account *account)
{
    struct slice code = {NULL, 0};
    enum factor_result result;
    int64_t pause_s;
    http_form_value(&code, ex, "code");
    enum db_status status = factor_check(&result, &pause_s, tx, account, staff_session_of(ex), code);
    *right = status == DB_OK && result == FACTOR_RIGHT;
    if (status != DB_OK || *right) {
        return status;
    }
    return result == FACTOR_PAUSED ? show(tx, ex, account, 429, "code", "login.factor_paused")
                                   : show(tx, ex, account, 400, "code", "login.factor_wrong");
}

static enum db_status confirm(struct db_tx *tx, struct http_exchange *ex, struct staff_ask *ask)
{
    struct account *account = ask->account;
    struct staff_session *session = staff_session_of(ex);
    struct session_token token;
    bool right;
    int64_t now_s = account->config.now_s();
    if (session->has_factor) {
        http_redirect(ex, "/beheer/account/tweede-factor");
        return DB_OK;
    }
    enum db_status status = code_right(&right, tx, ex, account);
    if (status != DB_OK || !right) {
        return status;
    }
    session_token_make(&token, account->config.keys);
    status = run_at(tx, FACTOR_CONFIRM, session->caller.account_id, now_s);
    if (status == DB_OK) {
        status = session_rotate(tx, session->caller.session, &token, true, now_s,
                                now_s + account->config.session_s);
    }
    if (status == DB_OK) {
        status = sessions_end_others(tx, session->caller.account_id, token.hash);
    }
    if (status == DB_OK) {
        status = audit_own(tx, ex, "factor.set");
    }
    session->has_factor = session->factor_done = true;
    session_cookie_set(ex, &token);
    return status == DB_OK ? show_codes(tx, ex, account, staff_form_token_for(ex, account, token.text))
                           : status;
}

/* The password is asked where the factor is set, and not where a key for it is made: a key that was left
 * unconfirmed would otherwise wait for whoever comes with the session. */
static enum db_status post_confirm(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_ask_what confirming = {.scope = PERMISSION_FACTOR_SET,
                                                     .name = "factor-set",
                                                     .field = "code",
                                                     .then = confirm,
                                                     .again = show};
    if (staff_session_of(ex)->has_factor) {
        http_redirect(ex, "/beheer/account/tweede-factor");
        return DB_OK;
    }
    struct staff_ask *ask = arena_alloc(http_arena(ex), sizeof *ask);
    *ask = (struct staff_ask){.account = self, .what = &confirming};
    return staff_ask(tx, ex, ask);
}

static enum db_status post_renew(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    bool right;
    enum db_status status = code_right(&right, tx, ex, self);
    if (status == DB_OK && right) {
        status = audit_own(tx, ex, "recovery.renew");
        return status == DB_OK ? show_codes(tx, ex, self, NULL) : status;
    }
    return status;
}

static enum db_status post_end(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct staff_session *session = staff_session_of(ex);
    bool right;
    if (session->must_factor) {
        http_redirect(ex, "/beheer/account/tweede-factor"); /* which has no such button */
        return DB_OK;
    }
    enum db_status status = code_right(&right, tx, ex, self);
    if (status != DB_OK || !right) {
        return status;
    }
    status = run_for(NULL, tx, FACTOR_REMOVE, session->caller.account_id);
    if (status == DB_OK) {
        status = run_for(NULL, tx, RECOVERY_CLEAR, session->caller.account_id);
    }
    if (status == DB_OK) {
        status = audit_own(tx, ex, "factor.remove");
    }
    http_redirect(ex, "/beheer/account");
    return status;
}

const struct route account_factor_routes[] = {
    {.http = {STAFF_GET("/beheer/account/tweede-factor"), .query = "taal", .scope = PERMISSION_FACTOR_SET},
     .on_job = get_factor,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_GET("/beheer/account/tweede-factor/qr"), .query = "taal", .scope = PERMISSION_FACTOR_SET,
              .produces = "image/svg+xml"},
     .on_job = get_qr,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/account/tweede-factor/begin"), .rate = "login",
              .scope = PERMISSION_FACTOR_SET},
     .on_job = post_begin,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/account/tweede-factor"), .rate = "login", .scope = PERMISSION_FACTOR_SET},
     .on_job = post_confirm,
     .after = staff_ask_next,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/account/tweede-factor/uit"), .rate = "login",
              .scope = PERMISSION_OWN_ACCOUNT},
     .on_job = post_end,
     .role = DB_ROLE_STAFF},
    {.http = {STAFF_POST("/beheer/account/herstelcodes"), .rate = "login", .scope = PERMISSION_OWN_ACCOUNT},
     .on_job = post_renew,
     .role = DB_ROLE_STAFF},
};
const size_t account_factor_route_count = sizeof account_factor_routes / sizeof account_factor_routes[0];
