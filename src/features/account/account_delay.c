/* What a wrong try costs the next one. Waits grow and stay short: nobody is locked out by somebody else. */
#include "features/account/account_internal.h"

enum {
    FREE_TRIES = 3,
    FIRST_WAIT_MS = 500,
    LONGEST_WAIT_MS = 8000,
    FORGOTTEN_S = 3600,
    FREE_CODES = 5,
    FIRST_PAUSE_S = 60,
    LONGEST_PAUSE_S = 3600,
    SLOT_BITS = 16,
    WAITING_MAX = 24
};

enum statement { DELAY_READ, DELAY_ADD, DELAY_TAKE_BACK, DELAY_CLEAR };
const struct db_statement account_delay_statements[] = {
    [DELAY_READ] = {"account_delay_read",
                    "SELECT failures, failed_at FROM zs.login_delay WHERE slot = $1::int4"},
    [DELAY_ADD] =
        {"account_delay_add",
         "INSERT INTO zs.login_delay AS d (slot, failures, failed_at) VALUES ($1::int4, 1, $2::timestamptz)"
         " ON CONFLICT (slot) DO UPDATE SET failed_at = EXCLUDED.failed_at, failures = CASE"
         " WHEN d.failed_at > EXCLUDED.failed_at - interval '1 hour' THEN LEAST(d.failures + 1, 1000)"
         " ELSE 1 END RETURNING failures"},
    [DELAY_TAKE_BACK] = {"account_delay_take_back", "UPDATE zs.login_delay SET failures = failures - 1"
                                                    " WHERE slot = $1::int4 AND failures > 0"},
    [DELAY_CLEAR] = {"account_delay_clear", "DELETE FROM zs.login_delay WHERE slot = $1::int4"},
    {NULL, NULL},
};

/* first, doubled for each one past the free ones, at most longest. */
static int64_t doubled(int64_t first, int64_t longest, int past)
{
    int64_t wait = first;
    for (int i = 0; i < past && wait < longest; i++) {
        wait *= 2;
    }
    return wait < longest ? wait : longest;
}

int login_delay_ms(int failures, int64_t since_s)
{
    return failures < FREE_TRIES || since_s >= FORGOTTEN_S
               ? 0
               : (int)doubled(FIRST_WAIT_MS, LONGEST_WAIT_MS, failures - FREE_TRIES);
}

int64_t factor_pause_s(int failures)
{
    return failures < FREE_CODES ? 0 : doubled(FIRST_PAUSE_S, LONGEST_PAUSE_S, failures - FREE_CODES);
}

int32_t login_slot(const struct crypto_keys *keys, const char *kind, struct slice what)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_keyed_hash(hash, sizeof hash, keys, CRYPTO_KEY_SESSION, kind, what);
    return (hash[0] | hash[1] << 8) & ((1 << SLOT_BITS) - 1);
}

enum db_status delay_read(int *ms, struct db_tx *tx, int32_t slot, int64_t now_s)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, slot);
    enum db_status status = db_run(&row, tx, &account_delay_statements[DELAY_READ], &p);
    *ms = status == DB_OK && db_rows(row) == 1
              ? login_delay_ms(db_get_int32(row, 0, 0), now_s - db_get_timestamp(row, 0, 1))
              : 0;
    return status;
}

enum db_status delay_add(int *failures, struct db_tx *tx, int32_t slot, int64_t now_s)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, slot);
    db_put_timestamp(&p, now_s);
    enum db_status status = db_run_one(&row, tx, &account_delay_statements[DELAY_ADD], &p);
    if (status == DB_OK && failures) {
        *failures = db_get_int32(row, 0, 0);
    }
    return status;
}

enum db_status delay_take_back(struct db_tx *tx, int32_t slot)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, slot);
    return db_run(NULL, tx, &account_delay_statements[DELAY_TAKE_BACK], &p);
}

enum db_status delay_clear(struct db_tx *tx, int32_t slot)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, slot);
    return db_run(NULL, tx, &account_delay_statements[DELAY_CLEAR], &p);
}

/* ---- who waits ---- */

static void leave(void *place)
{
    waiting_leave(place);
}

bool waiting_take(struct waiting_place *place, struct http_exchange *ex, struct account *account)
{
    if (atomic_fetch_add(&account->waiting, 1) >= WAITING_MAX) {
        atomic_fetch_sub(&account->waiting, 1);
        return false;
    }
    place->account = account;
    arena_defer(http_arena(ex), leave, place); /* whoever left is not called back */
    return true;
}

void waiting_leave(struct waiting_place *place)
{
    if (place->account) {
        atomic_fetch_sub(&place->account->waiting, 1);
        place->account = NULL;
    }
}
