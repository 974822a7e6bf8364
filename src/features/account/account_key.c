/* API keys: issuing, listing, revoking, and the cache that answers who is calling without a database call. */
#include "features/account/account_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/audit/audit.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_RANDOM_BYTES = 24, CACHE_ARENA_MAX = 64 * 1024 * 1024 };

enum statement { KEY_INSERT, KEY_LIST, KEYS_NEWEST, KEY_REVOKE, KEYS_VALID, KEYS_USED };
#define COLUMNS                                                                                              \
    "id, label, array_to_string(scopes, ','), created_at, expires_at, revoked_at IS NOT NULL, purpose,"      \
    " coalesce(consultation, ''), coalesce(last_used_day - DATE '1970-01-01', 0)::int4"
const struct db_statement account_statements[] = {
    [KEY_INSERT] = {"account_key_insert",
                    "INSERT INTO zs.api_key (label, hash, scopes, expires_at, purpose, consultation)"
                    " SELECT $1::text, $2::bytea, $3::text[], $4::timestamptz, $5::text, $6::text"
                    " WHERE $6::text IS NULL OR EXISTS (SELECT FROM zs.consultation WHERE code = $6::text)"
                    " RETURNING id"},
    [KEY_LIST] = {"account_key_list", "SELECT " COLUMNS " FROM zs.api_key ORDER BY id"},
    [KEYS_NEWEST] = {"account_keys_newest",
                     "SELECT " COLUMNS " FROM zs.api_key WHERE $1::int4 = 0 OR id < $1::int4"
                     " ORDER BY id DESC LIMIT $2::int4"},
    [KEY_REVOKE] = {"account_key_revoke", "UPDATE zs.api_key SET revoked_at = now() WHERE id = $1::int4 AND "
                                          "revoked_at IS NULL RETURNING label"},
    [KEYS_VALID] = {"account_keys_valid",
                    "SELECT id, label, hash, array_to_string(scopes, ','), expires_at, purpose, consultation,"
                    " coalesce(last_used_day - DATE '1970-01-01', 0)::int4 FROM zs.api_key"
                    " WHERE revoked_at IS NULL AND expires_at > $1::timestamptz ORDER BY hash LIMIT 10000"},
    [KEYS_USED] = {"account_keys_used",
                   "UPDATE zs.api_key SET last_used_day = DATE '1970-01-01' + $2::int4"
                   " WHERE id = ANY ($1::int4[])"
                   " AND (last_used_day IS NULL OR last_used_day < DATE '1970-01-01' + $2::int4)"},
    {NULL, NULL},
};

struct cached_key {
    unsigned char hash[CRYPTO_HASH_BYTES];
    int64_t expires_at;
    int32_t known_day;   /* on which the database knows that it was used; 0: none */
    atomic_int used_day; /* the last on which this instance saw it; 0: it did not */
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

static const char *text_or_null(struct arena *arena, const struct db_result *rows, size_t row, int column)
{
    return db_is_null(rows, row, column) ? NULL : arena_cstr(arena, db_get_text(rows, row, column));
}

struct refresh {
    struct key_cache *cache;
    int64_t now_s;
};

static enum db_status refresh_work(struct db_tx *tx, void *context)
{
    struct refresh *refresh = context;
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_timestamp(&p, refresh->now_s);
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
        key->known_day = db_get_int32(rows, i, 7);
        key->caller = (struct account_caller){.key_id = db_get_int32(rows, i, 0),
                                              .label = arena_cstr(cache->arena, db_get_text(rows, i, 1)),
                                              .purpose = text_or_null(cache->arena, rows, i, 5),
                                              .place = text_or_null(cache->arena, rows, i, 6),
                                              .scopes = split_scopes(cache->arena, db_get_text(rows, i, 3))};
    }
    return DB_OK;
}

/* ---- the day on which a key was last used: seen by requests in memory, written here, once a day a key ----
 */

struct used {
    struct key_cache *cache;
    int32_t day;
};

static enum db_status used_work(struct db_tx *tx, void *context)
{
    const struct used *used = context;
    int32_t *ids = arena_array(db_arena(tx), used->cache->count, sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; i < used->cache->count; i++) {
        struct cached_key *key = &used->cache->keys[i];
        if (atomic_load(&key->used_day) == used->day && key->known_day < used->day) {
            ids[count++] = key->caller.key_id;
        }
    }
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, ids, count);
    db_put_int32(&p, used->day);
    return db_run(NULL, tx, &account_statements[KEYS_USED], &p);
}

/* What one instance sees in the second in which the day ends may be missed; the next use tells. */
static void write_used(struct account *account, struct db_conn *conn)
{
    const int32_t today = clock_day(account->config.now_s());
    bool some = false;
    struct used used = {.cache = account->cache, .day = today}; /* refresh alone replaces it */
    for (size_t i = 0; used.cache && !some && i < used.cache->count; i++) {
        const struct cached_key *key = &used.cache->keys[i];
        some = atomic_load(&key->used_day) == today && key->known_day < today;
    }
    if (some) {
        db_transaction(conn, "api-keys-used", DB_ROLE_STAFF, used_work, &used); /* else the next time */
    }
}

enum db_status account_refresh(struct account *account, struct db_conn *conn)
{
    struct refresh refresh = {NULL, account->config.now_s()};
    refused_flush(account->refused, conn);
    write_used(account, conn);
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
    struct cached_key *key = bsearch(hash, cache->keys, cache->count, sizeof *cache->keys, compare_hash);
    if (!key || key->expires_at <= account->config.now_s()) {
        return 401;
    }
    const int32_t today = clock_day(account->config.now_s());
    if (atomic_load_explicit(&key->used_day, memory_order_relaxed) != today) {
        atomic_store_explicit(&key->used_day, today, memory_order_relaxed);
    }
    http_set_caller(ex, &key->caller);
    if (account_may(&key->caller, permission, SOME_CONSULTATION)) {
        return 0;
    }
    account_refuse_call(ex, permission);
    return 403;
}

/* ---- issuing, listing, revoking ---- */

static const char *details_of(struct arena *arena, const struct account_order *order)
{
    const struct slice place = order->consultation;
    json_t *details = order->purpose || place.len > 0 ? json_object() : NULL;
    if (order->purpose) {
        json_object_set_new(details, "doel", json_string(order->purpose));
    }
    if (place.len > 0) {
        json_object_set_new(details, "consultatie", json_stringn(place.ptr, place.len));
    }
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

static void put_or_null(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

enum db_status account_key_issue(enum account_change *outcome, char text[API_KEY_TEXT_BYTES],
                                 struct db_tx *tx, const struct crypto_keys *keys,
                                 const struct account_order *order, const struct account_act *act)
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
    put_or_null(&p, order->purpose ? slice_from_cstr(order->purpose) : (struct slice){NULL, 0});
    put_or_null(&p, order->consultation);
    enum db_status status = db_run(&result, tx, &account_statements[KEY_INSERT], &p);
    *outcome = status == DB_OK && db_rows(result) == 1 ? ACCOUNT_CHANGED : ACCOUNT_NO_PLACE;
    return status == DB_OK && *outcome == ACCOUNT_CHANGED
               ? record(tx, "key.issue", db_get_int32(result, 0, 0), slice_from_cstr(order->label), act,
                        details_of(db_arena(tx), order))
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
                                          .purpose = db_get_text(rows, i, 6),
                                          .consultation = db_get_text(rows, i, 7),
                                          .last_used_day = db_get_int32(rows, i, 8)};
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
