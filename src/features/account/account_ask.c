/* Asking for the current password again, before what outlives the session: a cookie that was taken must not
 * become an account. Steps: the try is counted; it waits where wrong ones came before; the slow thread
 * verifies; what was asked for is done, by whoever is still signed in. */
#include "features/account/account_internal.h"

enum { TRIES_MAX = 10, BUSY_RETRY_S = 10 };

enum statement { PASSWORD_READ };
const struct db_statement account_ask_statements[] = {
    [PASSWORD_READ] = {"account_password_read",
                       "SELECT hash FROM zs.account_password WHERE account_id = $1::int4"},
    {NULL, NULL},
};

static struct staff_ask *ask_of_slow(void *slow)
{
    return (struct staff_ask *)(void *)((char *)slow - offsetof(struct staff_ask, slow));
}

/* Whoever guesses with a session that is not theirs has as many tries, and no more. */
static enum db_status end_session(struct db_tx *tx, struct http_exchange *ex, struct staff_ask *ask)
{
    bool ended = false;
    enum db_status status = delay_clear(tx, ask->slot);
    if (status == DB_OK) {
        status = session_end(&ended, tx, staff_caller(ex)->session);
    }
    if (status == DB_OK && !ended) {
        return DB_RETRY; /* another of its tries did, since the guard saw it: again, from there */
    }
    if (status == DB_OK) {
        status = staff_audit(tx, ex, "session.end", arena_printf(db_arena(tx), "account:%s", ask->name).ptr,
                             "ok", arena_printf(db_arena(tx), "{\"pogingen\":%d}", TRIES_MAX).ptr);
    }
    session_cookie_clear(ex);
    account_signed_out_by_tries(ex, ask->account);
    return status;
}

/* ---- the last step ---- */

static enum db_status conclude(struct db_tx *tx, struct lane_work *work)
{
    struct staff_ask *ask = (struct staff_ask *)(void *)work;
    struct http_exchange *ex = work->exchange;
    bool admitted;
    http_reply_reset(ex);
    enum db_status status = account_admit(&admitted, tx, ex, ask->what->scope, ask->account);
    if (status != DB_OK || !admitted) {
        return status;
    }
    if (ask->busy) {
        http_set_retry_after(ex, BUSY_RETRY_S);
        status = ask->given ? DB_OK : delay_take_back(tx, ask->slot);
        return status == DB_OK ? ask->what->again(tx, ex, ask->account, 503, ask->what->field, "login.busy")
                               : status;
    }
    if (ask->right) {
        status = ask->given ? DB_OK : delay_clear(tx, ask->slot);
        return status == DB_OK ? ask->what->then(tx, ex, ask) : status;
    }
    return ask->tries >= TRIES_MAX ? end_session(tx, ex, ask)
                                   : ask->what->again(tx, ex, ask->account, 400, "huidig", "password.wrong");
}

static void concluded(struct http_exchange *ex, void *item)
{
    struct staff_ask *ask = item;
    waiting_leave(&ask->place);
    if (ask->work.status != DB_OK) {
        http_reply_reset(ex);
        lane_answer_failure(ex, ask->work.status);
    } else if (!ask->busy && !ask->right) {
        refused_add(ask->account->refused, slice_from_cstr(ask->name));
    }
}

static void begin_conclude(struct http_exchange *ex, struct staff_ask *ask)
{
    ask->work.name = ask->what->name;
    ask->work.role = DB_ROLE_STAFF;
    ask->work.run = conclude;
    lane_transact(ask->account->config.lanes, ex, &ask->work, concluded);
}

/* ---- the step before: the password ---- */

static void verify(struct lane_slow *slow)
{
    struct staff_ask *ask = ask_of_slow(slow);
    ask->right = ask->given || crypto_password_verify(ask->hash, ask->typed);
    ask->busy = ask->right && ask->what->make && !ask->what->make(ask);
}

static void verified(struct http_exchange *ex, void *item)
{
    struct staff_ask *ask = ask_of_slow(item);
    ask->busy = ask->busy || !ask->slow.accepted;
    begin_conclude(ex, ask);
}

static void waited(struct http_exchange *ex, void *item)
{
    struct staff_ask *ask = item;
    ask->slow.run = verify;
    lane_compute(ask->account->config.lanes, LANE_MOMENT, ex, &ask->slow, verified);
}

void staff_ask_next(struct http_exchange *ex, void *self)
{
    struct staff_ask *ask = staff_session_of(ex)->step;
    (void)self;
    if (ask->delay_ms == 0) {
        waited(ex, ask);
    } else if (waiting_take(&ask->place, ex, ask->account)) {
        lane_pause(ex, ask->delay_ms, waited, ask);
    } else {
        ask->busy = true;
        begin_conclude(ex, ask);
    }
}

/* ---- the first step ---- */

enum db_status staff_ask(struct db_tx *tx, struct http_exchange *ex, struct staff_ask *ask)
{
    struct staff_session *session = staff_session_of(ex);
    const struct account_config *config = &ask->account->config;
    struct db_result *row;
    enum db_status status = DB_OK;
    ask->name = session->caller.label;
    if (!ask->given) {
        if (!http_form_value(&ask->typed, ex, "huidig") || ask->typed.len == 0) {
            return ask->what->again(tx, ex, ask->account, 400, "huidig", "password.wrong");
        }
        /* Wrong until it proves to be right: however many come at once, so many are looked at. */
        ask->slot = login_slot(config->keys, "session-password",
                               (struct slice){(const char *)session->caller.session, CRYPTO_HASH_BYTES});
        status = delay_read(&ask->delay_ms, tx, ask->slot, config->now_s());
        if (status == DB_OK) {
            status = delay_add(&ask->tries, tx, ask->slot, config->now_s());
        }
        if (status == DB_OK && ask->tries > TRIES_MAX) {
            return end_session(tx, ex, ask);
        }
    }
    if (status != DB_OK) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, session->caller.account_id);
    status = db_run_one(&row, tx, &account_ask_statements[PASSWORD_READ], &p);
    if (status == DB_OK) {
        ask->hash = arena_cstr(http_arena(ex), db_get_text(row, 0, 0));
        session->step = ask;
    }
    return status;
}
