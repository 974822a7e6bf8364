/* Sessions: a random token in a cookie, its keyed hash in the database, and the guard that every staff page
 * passes. The token carries a seal: who never signed in is told from who did before the request's body is
 * read. */
#include "features/account/account_internal.h"

#include <string.h>

static const char cookie_name[] = "sessie";

enum statement {
    SESSION_USE,
    SESSION_INSERT,
    SESSION_CLEAN,
    SESSION_ROTATE,
    SESSION_END,
    SESSION_END_OTHERS,
    SESSION_END_NUMBERED,
    SESSION_LIST
};
const struct db_statement account_session_statements[] = {
    [SESSION_USE] = {"account_session_use",
                     "SELECT account_id, name, factor_done, has_factor, one_time, roles"
                     " FROM zs.session_use($1::bytea, $2::timestamptz, $3::int4)"},
    [SESSION_INSERT] = {"account_session_insert",
                        "INSERT INTO zs.account_session"
                        " (hash, account_id, factor_done, created_at, seen_at, expires_at, label) VALUES"
                        " ($1::bytea, $2::int4, $3::bool, $4::timestamptz, $4::timestamptz, $5::timestamptz,"
                        " $6::text)"},
    [SESSION_CLEAN] = {"account_session_clean",
                       "DELETE FROM zs.account_session WHERE expires_at <= $1::timestamptz"},
    [SESSION_ROTATE] = {"account_session_rotate",
                        "UPDATE zs.account_session SET hash = $2::bytea, factor_done = $3::bool,"
                        " seen_at = $4::timestamptz, expires_at = $5::timestamptz WHERE hash = $1::bytea"
                        " RETURNING account_id"},
    [SESSION_END] = {"account_session_end", "DELETE FROM zs.account_session WHERE hash = $1::bytea"},
    [SESSION_END_OTHERS] = {"account_session_end_others",
                            "DELETE FROM zs.account_session WHERE account_id = $1::int4"
                            " AND ($2::bytea IS NULL OR hash <> $2::bytea)"},
    [SESSION_END_NUMBERED] = {"account_session_end_numbered",
                              "DELETE FROM zs.account_session WHERE account_id = $1::int4 AND id = $2::int4"},
    [SESSION_LIST] = {"account_session_list",
                      "SELECT id, created_at, seen_at, label, hash = $2::bytea FROM zs.account_session"
                      " WHERE account_id = $1::int4 AND expires_at > $3::timestamptz"
                      " AND seen_at > $3::timestamptz - make_interval(secs => $4::int4)"
                      " ORDER BY created_at DESC, id DESC LIMIT 100"},
    {NULL, NULL},
};

static void put_hash(struct db_params *p, const unsigned char *hash)
{
    if (hash) {
        db_put_bytes(p, (struct slice){(const char *)hash, CRYPTO_HASH_BYTES});
    } else {
        db_put_null(p);
    }
}

/* ---- the token ---- */

static void hash_token(unsigned char hash[CRYPTO_HASH_BYTES], const struct crypto_keys *keys,
                       struct slice text)
{
    crypto_keyed_hash(hash, CRYPTO_HASH_BYTES, keys, CRYPTO_KEY_SESSION, "session", text);
}

/* Proves, without a look in the database, that a token was made here. */
static void seal_token(unsigned char seal[SESSION_SEAL_BYTES], const struct crypto_keys *keys,
                       const unsigned char random[SESSION_RANDOM_BYTES])
{
    crypto_keyed_hash(seal, SESSION_SEAL_BYTES, keys, CRYPTO_KEY_SESSION, "session-made-here",
                      (struct slice){(const char *)random, SESSION_RANDOM_BYTES});
}

void session_token_make(struct session_token *token, const struct crypto_keys *keys)
{
    unsigned char bytes[SESSION_TOKEN_BYTES];
    crypto_random(bytes, SESSION_RANDOM_BYTES);
    seal_token(bytes + SESSION_RANDOM_BYTES, keys, bytes);
    crypto_base64url(token->text, sizeof token->text, bytes, sizeof bytes);
    hash_token(token->hash, keys, slice_from_cstr(token->text));
    crypto_wipe(bytes, sizeof bytes);
}

bool session_cookie_hash(unsigned char hash[CRYPTO_HASH_BYTES], const struct http_exchange *ex,
                         const struct account *account)
{
    struct slice text;
    unsigned char bytes[SESSION_TOKEN_BYTES];
    unsigned char seal[SESSION_SEAL_BYTES];
    size_t size = 0;
    if (!http_cookie(&text, ex, cookie_name) || text.len != SESSION_TOKEN_TEXT_BYTES - 1 ||
        !crypto_unbase64url(bytes, sizeof bytes, &size, text) || size != sizeof bytes) {
        return false;
    }
    seal_token(seal, account->config.keys, bytes);
    const bool ours = crypto_equal(seal, bytes + SESSION_RANDOM_BYTES, sizeof seal);
    hash_token(hash, account->config.keys, text);
    crypto_wipe(bytes, sizeof bytes);
    return ours;
}

void session_cookie_set(struct http_exchange *ex, const struct session_token *token)
{
    http_set_cookie(ex, cookie_name, token->text, 0);
}

void session_cookie_clear(struct http_exchange *ex)
{
    http_set_cookie(ex, cookie_name, "", -1);
}

/* ---- rows ---- */

enum db_status session_insert(struct db_tx *tx, const struct session_token *token, int32_t account_id,
                              bool factor_done, int64_t now_s, int64_t expires_at, const char *label)
{
    struct db_params clean = db_params(tx);
    db_put_timestamp(&clean, now_s);
    enum db_status status = db_run(NULL, tx, &account_session_statements[SESSION_CLEAN], &clean);
    if (status != DB_OK) {
        return status;
    }
    struct db_params p = db_params(tx);
    put_hash(&p, token->hash);
    db_put_int32(&p, account_id);
    db_put_bool(&p, factor_done);
    db_put_timestamp(&p, now_s);
    db_put_timestamp(&p, expires_at);
    db_put_text(&p, slice_from_cstr(label));
    return db_run(NULL, tx, &account_session_statements[SESSION_INSERT], &p);
}

enum db_status session_rotate(struct db_tx *tx, const unsigned char *old_hash,
                              const struct session_token *token, bool factor_done, int64_t now_s,
                              int64_t expires_at)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    put_hash(&p, old_hash);
    put_hash(&p, token->hash);
    db_put_bool(&p, factor_done);
    db_put_timestamp(&p, now_s);
    db_put_timestamp(&p, expires_at);
    enum db_status status = db_run(&row, tx, &account_session_statements[SESSION_ROTATE], &p);
    /* Ended, or renewed by another request, since the guard saw it: again, from there. */
    return status == DB_OK && db_rows(row) != 1 ? DB_RETRY : status;
}

enum db_status session_end(bool *ended, struct db_tx *tx, const unsigned char *hash)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    put_hash(&p, hash);
    enum db_status status = db_run(&result, tx, &account_session_statements[SESSION_END], &p);
    if (ended) {
        *ended = status == DB_OK && db_affected(result) == 1;
    }
    return status;
}

enum db_status sessions_end_others(struct db_tx *tx, int32_t account_id, const unsigned char *kept_hash)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    put_hash(&p, kept_hash);
    return db_run(NULL, tx, &account_session_statements[SESSION_END_OTHERS], &p);
}

enum db_status session_end_numbered(bool *found, struct db_tx *tx, int32_t account_id, int32_t number)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    db_put_int32(&p, number);
    enum db_status status = db_run(&result, tx, &account_session_statements[SESSION_END_NUMBERED], &p);
    *found = status == DB_OK && db_affected(result) == 1;
    return status;
}

enum db_status session_list(struct session_row **rows, size_t *count, struct db_tx *tx, int32_t account_id,
                            const unsigned char *own_hash, int64_t now_s, int idle_s)
{
    struct db_result *found;
    struct db_params p = db_params(tx);
    db_put_int32(&p, account_id);
    put_hash(&p, own_hash);
    db_put_timestamp(&p, now_s);
    db_put_int32(&p, idle_s);
    enum db_status status = db_run(&found, tx, &account_session_statements[SESSION_LIST], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(found);
    *rows = arena_array(db_arena(tx), *count, sizeof **rows);
    for (size_t i = 0; i < *count; i++) {
        (*rows)[i] = (struct session_row){.number = db_get_int32(found, i, 0),
                                          .created_at = db_get_timestamp(found, i, 1),
                                          .seen_at = db_get_timestamp(found, i, 2),
                                          .label = db_get_text(found, i, 3),
                                          .own = db_get_bool(found, i, 4)};
    }
    return DB_OK;
}

const char *session_label(const struct http_exchange *ex)
{
    /* Browsers name those they descend from as well: the most particular first. */
    static const char *const marks[][2] = {
        {"Edg/", "edge"}, {"Firefox/", "firefox"}, {"Chrome/", "chrome"}, {"Safari/", "safari"}};
    struct slice agent;
    if (http_header(&agent, ex, "User-Agent")) {
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            if (memmem(agent.ptr, agent.len, marks[i][0], strlen(marks[i][0]))) {
                return marks[i][1];
            }
        }
    }
    return "other";
}

/* ---- the guard ---- */

enum sign_in sign_in_stage(const struct staff_session *session)
{
    if (session->has_factor && !session->factor_done) {
        return SIGN_IN_FACTOR;
    }
    if (session->one_time) {
        return SIGN_IN_PASSWORD;
    }
    return session->must_factor && !session->has_factor ? SIGN_IN_SETUP : SIGN_IN_WHOLE;
}

bool sign_in_admits(enum sign_in stage, const char *permission)
{
    bool begins = strcmp(permission, PERMISSION_SIGN_IN) == 0;
    bool sets_password = strcmp(permission, PERMISSION_PASSWORD_SET) == 0;
    bool sets_factor = strcmp(permission, PERMISSION_FACTOR_SET) == 0;
    switch (stage) {
    case SIGN_IN_FACTOR:
        return begins;
    case SIGN_IN_PASSWORD:
        return begins || sets_password;
    case SIGN_IN_SETUP:
        return begins || sets_password || sets_factor;
    case SIGN_IN_WHOLE:
        break;
    }
    return true;
}

static const char *where_next(enum sign_in stage)
{
    switch (stage) {
    case SIGN_IN_FACTOR:
        return FACTOR_PATH;
    case SIGN_IN_PASSWORD:
        return "/beheer/account/wachtwoord";
    case SIGN_IN_SETUP:
        return "/beheer/account/tweede-factor";
    case SIGN_IN_WHOLE:
        break;
    }
    return STAFF_ROOT;
}

static void read_grants(struct staff_session *session, struct arena *arena, struct slice roles)
{
    struct account_grant *grants = arena_array(arena, MAX_GRANTS, sizeof *grants);
    size_t count = 0;
    while (roles.len > 0 && count < MAX_GRANTS) {
        struct slice one;
        struct slice name;
        struct slice where;
        slice_cut(&one, &roles, roles, ',');
        if (slice_cut(&name, &where, one, ':') && account_role_find(&grants[count].role, name)) {
            session->must_factor = session->must_factor || grants[count].role == ROLE_BEHEERDER;
            grants[count++].consultation = arena_cstr(arena, where);
        }
    }
    session->caller.grants = grants;
    session->caller.grant_count = count;
}

/* *session NULL: nobody is signed in with this. */
static enum db_status find_session(struct staff_session **session, struct db_tx *tx, struct http_exchange *ex,
                                   const struct account *account)
{
    struct arena *arena = http_arena(ex);
    struct db_result *row;
    unsigned char *hash = arena_alloc(arena, CRYPTO_HASH_BYTES);
    *session = NULL;
    if (!session_cookie_hash(hash, ex, account)) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    put_hash(&p, hash);
    db_put_timestamp(&p, account->config.now_s());
    db_put_int32(&p, account->config.idle_s);
    enum db_status status = db_run(&row, tx, &account_session_statements[SESSION_USE], &p);
    if (status != DB_OK || db_rows(row) != 1) {
        return status;
    }
    struct staff_session *found = arena_alloc(arena, sizeof *found);
    *found = (struct staff_session){.caller = {.label = arena_cstr(arena, db_get_text(row, 0, 1)),
                                               .account_id = db_get_int32(row, 0, 0),
                                               .session = hash},
                                    .factor_done = db_get_bool(row, 0, 2),
                                    .has_factor = db_get_bool(row, 0, 3),
                                    .one_time = db_get_bool(row, 0, 4),
                                    .must_factor = account->config.factor_for_all};
    if (!db_is_null(row, 0, 5)) {
        read_grants(found, arena, db_get_text(row, 0, 5));
    }
    *session = found;
    return DB_OK;
}

enum db_status account_admit(bool *admitted, struct db_tx *tx, struct http_exchange *ex, const char *scope,
                             void *self)
{
    struct account *account = self;
    struct staff_session *session;
    *admitted = false;
    enum db_status status = find_session(&session, tx, ex, account);
    if (status != DB_OK) {
        return status;
    }
    if (!session) {
        session_cookie_clear(ex);
        if (http_method(ex) == HTTP_GET || !account_give_back(ex, account)) {
            account_send_to_login(ex);
        }
        return DB_OK;
    }
    http_set_caller(ex, session);
    enum sign_in stage = sign_in_stage(session);
    /* Every form of a session carries its token, whatever the browser says about where it comes from. */
    if (http_method(ex) != HTTP_GET && !account_form_token_valid(ex, account)) {
        http_error(ex, 403);
    } else if (!sign_in_admits(stage, scope)) {
        http_redirect(ex, where_next(stage));
    } else if (!account_may(&session->caller, scope, SOME_CONSULTATION)) {
        http_error(ex, 403);
        return staff_audit(tx, ex, "access", arena_printf(db_arena(tx), "page:%s", http_route_path(ex)).ptr,
                           "refused", NULL);
    } else {
        *admitted = true;
    }
    return DB_OK;
}

struct staff_session *staff_session_of(const struct http_exchange *ex)
{
    /* Made in this exchange's arena by the guard, for this exchange alone. */
    return (struct staff_session *)(uintptr_t)http_caller(ex);
}

const struct account_caller *staff_caller(const struct http_exchange *ex)
{
    return &staff_session_of(ex)->caller;
}

bool way_back_ok(struct slice path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '/';
        if (!plain || (c == '/' && i + 1 < path.len && path.ptr[i + 1] == '/')) {
            return false;
        }
    }
    return account_owns_path(path) && path.len <= 256;
}
