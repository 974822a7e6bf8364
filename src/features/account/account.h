/* Who may do what. For now API keys and their scopes; the one authorisation function of the service. */
#ifndef ZEVENSTEM_ACCOUNT_H
#define ZEVENSTEM_ACCOUNT_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "http/http.h"

struct account;

extern const struct db_statement account_statements[];

/* Scopes a key may hold. */
#define SCOPE_ANALYST   "analist"   /* tables in the analyst's view */
#define SCOPE_INTAKE    "inname"    /* send responses by API */
#define SCOPE_MICRODATA "microdata" /* a row for each response */
/* NULL-ended. */
extern const char *const account_scopes[];

struct account_config {
    const struct crypto_keys *keys;
    int64_t (*now_s)(void);
};
struct account *account_create(const struct account_config *config);
void account_destroy(struct account *account);
/* Loads the keys that are valid; at start and then every second or two, from a worker. A revoked key stops
 * within that time. */
enum db_status account_refresh(struct account *account, struct db_conn *conn);

/* http_hooks.authorise: 0 when the bearer key is known, valid and holds the scope (caller set to its struct
 * account_caller); 401 when it is not known or no longer valid; 403 when it lacks the scope; 503 before the
 * first refresh. */
struct account_caller {
    int32_t key_id;
    const char *label;
    const char *purpose;       /* as said when it was issued; NULL: nobody said */
    const char *const *scopes; /* NULL-ended */
};
int account_authorise(struct http_exchange *ex, struct slice bearer, const char *scope,
                      struct account *account);

/* ---- keys: "zs_" and 32 base64url characters (24 random bytes); stored as a keyed hash, shown once ---- */
enum { API_KEY_TEXT_BYTES = 36 };
enum { KEY_PURPOSE_MAX = 500 }; /* code points */
struct account_order {
    const char *label;         /* who holds it */
    const char *purpose;       /* what for; NULL: nobody said */
    const char *const *scopes; /* NULL-ended */
    int64_t expires_at;        /* Unix seconds */
};
/* Whether who asks for these scopes has to say what for: true numbers and rows of people are not had without
 * a purpose. */
bool account_needs_purpose(const char *const *scopes);
/* Issues a key and writes its audit line. Whether the order needs a purpose is the caller's to ask. */
enum db_status account_key_issue(char text[API_KEY_TEXT_BYTES], struct db_tx *tx,
                                 const struct crypto_keys *keys, const struct account_order *order,
                                 const char *actor);
struct account_key {
    int32_t id;
    struct slice label;
    struct slice scopes;  /* comma separated */
    struct slice purpose; /* ptr NULL: nobody said */
    int64_t created_at, expires_at;
    bool revoked;
};
enum db_status account_key_list(struct account_key **keys, size_t *count, struct db_tx *tx);
/* *found false: no such key, or revoked before. */
enum db_status account_key_revoke(bool *found, struct db_tx *tx, int32_t id, const char *actor);

#endif
