/* API keys: issuing, listing, revoking, and the cache that answers who is calling without a database call. */
#include "features/account/account_internal.h"

#include "base/log.h"
#include "features/audit/audit.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_RANDOM_BYTES = 24, CACHE_ARENA_MAX = 64 * 1024 * 1024 };

enum statement { KEY_INSERT, KEY_LIST, KEYS_NEWEST, KEY_REVOKE, KEYS_VALID };
#define COLUMNS                                                                                              \
    "id, label, array_to_string(scopes, ','), created_at, expires_at, revoked_at IS NOT NULL, purpose"
const struct db_statement account_statements[] = {
    [KEY_INSERT] = {"account_key_insert",
                    "INSERT INTO zs.api_key (label, hash, scopes, expires_at, purpose)"
                    " VALUES ($1::text, $2::bytea, $3::text[], $4::timestamptz, $5::text) RETURNING id"},
    [KEY_LIST] = {"account_key_list", "SELECT " COLUMNS " FROM zs.api_key ORDER BY id"},
    [KEYS_NEWEST] = {"account_keys_newest",
                     "SELECT " COLUMNS " FROM zs.api_key WHERE $1::int4 = 0 OR id < $1::int4"
                     " ORDER BY id DESC LIMIT $2::int4"},
    [KEY_REVOKE] = {"account_key_revoke", "UPDATE zs.api_key SET revoked_at = now() WHERE id = $1::int4 AND "
                                          "revoked_at IS NULL RETURNING label"},
    [KEYS_VALID] =
        {"account_keys_valid",
         "SELECT id, label, hash, array_to_string(scopes, ','), expires_at, purpose FROM zs.api_key"
         " WHERE revoked_at IS NULL AND expires_at > now() ORDER BY hash LIMIT 10000"},
    {NULL, NULL},
};

struct cached_key {
    unsigned char hash[CRYPTO_HASH_BYTES];
    int64_t expires_at;
    struct account_caller caller;
};

/* The keys as they were at a refresh; replaced as a whole, kept while a request points into it. */
struct key_cache {
    atomic_int references;
    struct arena *arena;
    struct cached_key *keys; /* sorted by hash */
    size_t count;
};

static void cache_release(void *object)
{
    struct key_cache *cache = object;
    if (cache && atomic_fetch_sub(&cache->references, 1) == 1) {
        arena_destroy(cache->arena);
        free(cache);
    }
}

void key_cache_release(struct key_cache *cache)
{
    cache_release(cache);
}

static void hash_key(unsigned char hash[CRYPTO_HASH_BYTES], const struct crypto_keys *keys, struct slice text)
{
    crypto_keyed_hash(hash, CRYPTO_HASH_BYTES, keys, CRYPTO_KEY_API_KEY, "api-key", text);
}

/* ---- the cache ---- */

static const char *const *split_scopes(struct arena *arena, struct slice text)
{
    const char **scopes = arena_array(arena, KEY_SCOPES_MAX + 1, sizeof *scopes);
    for (size_t i = 0; i < KEY_SCOPES_MAX && text.len > 0; i++) {
        struct slice scope;
        slice_cut(&scope, &text, text, ',');
        scopes[i] = arena_cstr(arena, scope);
    }
    return scopes;
}

static const char *read_purpose(struct arena *arena, const struct db_result *rows, size_t row)
{
    return db_is_null(rows, row, 5) ? NULL : arena_cstr(arena, db_get_text(rows, row, 5));
}

struct refresh {
    struct key_cache *cache;
};

static enum db_status refresh_work(struct db_tx *tx, void *context)
{
    struct refresh *refresh = context;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    enum db_status status = db_run(&rows, tx, &account_statements[KEYS_VALID], &p);
    if (status != DB_OK) {
        return status;
    }
    cache_release(refresh->cache);
    struct key_cache *cache = refresh->cache = calloc(1, sizeof *cache);
    if (!cache) {
        return DB_FAILED;
    }
    atomic_init(&cache->references, 1);
    cache->arena = arena_create(CACHE_ARENA_MAX);
    cache->count = db_rows(rows);
    cache->keys = arena_array(cache->arena, cache->count, sizeof *cache->keys);
    for (size_t i = 0; i < cache->count; i++) {
        struct cached_key *key = &cache->keys[i];
        struct slice hash = db_get_bytes(rows, i, 2);
        if (hash.len == sizeof key->hash) {
            memcpy(key->hash, hash.ptr, sizeof key->hash);
        }
        key->expires_at = db_get_timestamp(rows, i, 4);
        key->caller = (struct account_caller){.key_id = db_get_int32(rows, i, 0),
                                              .label = arena_cstr(cache->arena, db_get_text(rows, i, 1)),
                                              .purpose = read_purpose(cache->arena, rows, i),
                                              .scopes = split_scopes(cache->arena, db_get_text(rows, i, 3))};
    }
    return DB_OK;
}

enum db_status account_refresh(struct account *account, struct db_conn *conn)
{
    struct refresh refresh = {NULL};
    refused_flush(account->refused, conn);
    enum db_status status = db_transaction_read_only(conn, "api-keys", DB_ROLE_STAFF, refresh_work, &refresh);
    if (status != DB_OK) {
        cache_release(refresh.cache);
        return status;
    }
    pthread_mutex_lock(&account->lock);
    struct key_cache *old = account->cache;
    account->cache = refresh.cache;
    pthread_mutex_unlock(&account->lock);
    cache_release(old);
    return DB_OK;
}

/* ---- who is calling ---- */

static int compare_hash(const void *hash, const void *key)
{
    return memcmp(hash, ((const struct cached_key *)key)->hash, CRYPTO_HASH_BYTES);
}

int key_authorise(struct http_exchange *ex, struct slice bearer, const char *permission,
                  struct account *account)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    pthread_mutex_lock(&account->lock);
    struct key_cache *cache = account->cache;
    if (cache) {
        atomic_fetch_add(&cache->references, 1);
    }
    pthread_mutex_unlock(&account->lock);
    if (!cache) {
        return 503;
    }
    arena_defer(http_arena(ex), cache_release, cache);
    /* Searching by a keyed hash gives nothing away by its timing: nobody can choose a hash. */
    hash_key(hash, account->config.keys, bearer);
    const struct cached_key *key =
        bsearch(hash, cache->keys, cache->count, sizeof *cache->keys, compare_hash);
    if (!key || key->expires_at <= account->config.now_s()) {
        return 401;
    }
    http_set_caller(ex, &key->caller);
    return account_may(&key->caller, permission, SOME_CONSULTATION) ? 0 : 403;
}

/* ---- issuing, listing, revoking ---- */

static const char *purpose_json(struct arena *arena, const char *purpose)
{
    json_t *details = purpose ? json_pack("{s:s}", "doel", purpose) : NULL;
    char *text = details ? json_dumps(details, JSON_COMPACT) : NULL;
    const char *kept = text ? arena_cstr(arena, slice_from_cstr(text)) : NULL;
    json_decref(details);
    free(text);
    return kept;
}

static enum db_status record(struct db_tx *tx, const char *action, int32_t id, struct slice label,
                             const struct account_act *act, const char *details)
{
    struct slice object = arena_printf(db_arena(tx), "key:%d:%.*s", (int)id, SLICE_ARG(label));
    const struct audit_event event = {.action = action,
                                      .object = object.ptr,
                                      .result = "ok",
                                      .origin = act->origin,
                                      .actor = act->actor,
                                      .details = details};
    return audit_record(tx, &event);
}

enum db_status account_key_issue(char text[API_KEY_TEXT_BYTES], struct db_tx *tx,
                                 const struct crypto_keys *keys, const struct account_order *order,
                                 const struct account_act *act)
{
    unsigned char random[KEY_RANDOM_BYTES];
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct slice scope_list[KEY_SCOPES_MAX];
    struct db_result *result;
    size_t count = 0;
    crypto_random(random, sizeof random);
    memcpy(text, "zs_", 3);
    crypto_base64url(text + 3, API_KEY_TEXT_BYTES - 3, random, sizeof random);
    hash_key(hash, keys, slice_from_cstr(text));
    for (; count < KEY_SCOPES_MAX && order->scopes[count]; count++) {
        scope_list[count] = slice_from_cstr(order->scopes[count]);
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(order->label));
    db_put_bytes(&p, (struct slice){(const char *)hash, sizeof hash});
    db_put_text_array(&p, scope_list, count);
    db_put_timestamp(&p, order->expires_at);
    if (order->purpose) {
        db_put_text(&p, slice_from_cstr(order->purpose));
    } else {
        db_put_null(&p);
    }
    enum db_status status = db_run_one(&result, tx, &account_statements[KEY_INSERT], &p);
    return status == DB_OK
               ? record(tx, "key.issue", db_get_int32(result, 0, 0), slice_from_cstr(order->label), act,
                        purpose_json(db_arena(tx), order->purpose))
               : status;
}

static void read_keys(struct account_key **keys, size_t *count, const struct db_result *rows,
                      struct arena *arena)
{
    *count = db_rows(rows);
    *keys = arena_array(arena, *count, sizeof **keys);
    for (size_t i = 0; i < *count; i++) {
        (*keys)[i] = (struct account_key){.id = db_get_int32(rows, i, 0),
                                          .label = db_get_text(rows, i, 1),
                                          .scopes = db_get_text(rows, i, 2),
                                          .created_at = db_get_timestamp(rows, i, 3),
                                          .expires_at = db_get_timestamp(rows, i, 4),
                                          .revoked = db_get_bool(rows, i, 5),
                                          .purpose = db_get_text(rows, i, 6)};
    }
}

enum db_status account_key_list(struct account_key **keys, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &account_statements[KEY_LIST], NULL);
    if (status == DB_OK) {
        read_keys(keys, count, rows, db_arena(tx));
    }
    return status;
}

enum db_status keys_newest(struct account_key **keys, size_t *count, struct db_tx *tx, int32_t before,
                           int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, before);
    db_put_int32(&p, most);
    enum db_status status = db_run(&rows, tx, &account_statements[KEYS_NEWEST], &p);
    if (status == DB_OK) {
        read_keys(keys, count, rows, db_arena(tx));
    }
    return status;
}

enum db_status account_key_revoke(bool *found, struct db_tx *tx, int32_t id, const struct account_act *act)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    enum db_status status = db_run(&result, tx, &account_statements[KEY_REVOKE], &p);
    if (status != DB_OK) {
        return status;
    }
    *found = db_rows(result) == 1;
    return *found ? record(tx, "key.revoke", id, db_get_text(result, 0, 0), act, NULL) : DB_OK;
}
