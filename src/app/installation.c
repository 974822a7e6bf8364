#include "app/installation.h"

const struct db_statement installation_statements[] = {
    {"installation_fingerprint", "SELECT zs.installation_claim($1::bytea), current_setting('fsync')"},
    {NULL, NULL},
};

struct look {
    struct installation *out;
    const struct crypto_keys *keys;
    bool claims;
};

static enum db_status look_work(struct db_tx *tx, void *context)
{
    const struct look *look = context;
    struct db_result *result;
    unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES];
    crypto_keys_fingerprint(fingerprint, look->keys);
    const struct slice ours = {(const char *)fingerprint, sizeof fingerprint};
    struct db_params p = db_params(tx);
    db_put_bytes(&p, ours);
    enum db_status status = db_run_one(&result, tx, &installation_statements[0], &p);
    if (status == DB_OK) {
        *look->out = (struct installation){.same_secret = db_is_null(result, 0, 0) ||
                                                          slice_equal(db_get_bytes(result, 0, 0), ours),
                                           .fsync = slice_equal_cstr(db_get_text(result, 0, 1), "on")};
        status = look->claims ? DB_OK : DB_ROLLBACK;
    }
    return status;
}

enum db_status installation_look(struct installation *out, struct db_conn *conn,
                                 const struct crypto_keys *keys, bool claims)
{
    struct look look = {.out = out, .keys = keys, .claims = claims};
    *out = (struct installation){.same_secret = false};
    enum db_status status = db_transaction(conn, "installation", DB_ROLE_INTAKE, look_work, &look);
    return status == DB_ROLLBACK ? DB_OK : status;
}
