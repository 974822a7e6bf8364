#include "features/account/account_internal.h"

#include <stdlib.h>

enum { NAME_BUCKETS = 4096 };

struct account *account_create(const struct account_config *config)
{
    struct account *account = calloc(1, sizeof *account);
    if (!account) {
        return NULL;
    }
    account->config = *config;
    pthread_mutex_init(&account->lock, NULL);
    account->names = limiter_create(NAME_BUCKETS);
    account->refused = refused_create();
    if (!account->names || !account->refused) {
        account_destroy(account);
        return NULL;
    }
    return account;
}

void account_destroy(struct account *account)
{
    if (account) {
        key_cache_release(account->cache);
        limiter_free(account->names);
        refused_free(account->refused);
        pthread_mutex_destroy(&account->lock);
        free(account);
    }
}

static const struct staff_link links[] = {
    {"/beheer/account", "staff.link_account", PERMISSION_OWN_ACCOUNT, STAFF_OWN, NULL},
    {PEOPLE_PATH, "people.link", PERMISSION_ACCOUNT_MANAGE, STAFF_ADMINISTRATION, NULL},
    {KEYS_PATH, "keys.link", PERMISSION_KEY_MANAGE, STAFF_ADMINISTRATION, NULL},
    {"/beheer/logboek", "logbook.link", PERMISSION_AUDIT_VIEW, STAFF_ADMINISTRATION, NULL},
};

void account_start(struct account *account)
{
    struct lanes *lanes = account->config.lanes;
    lanes_set_guard(lanes, account_admit, account);
    lanes_add(lanes, account_login_routes, account_login_route_count, account);
    lanes_add(lanes, account_own_routes, account_own_route_count, account);
    lanes_add(lanes, account_factor_routes, account_factor_route_count, account);
    lanes_add(lanes, account_people_routes, account_people_route_count, account);
    lanes_add(lanes, account_person_routes, account_person_route_count, account);
    lanes_add(lanes, account_key_routes, account_key_route_count, account);
    lanes_add(lanes, account_logbook_routes, account_logbook_route_count, account);
    staff_add_links(account, links, sizeof links / sizeof links[0]);
}

bool account_owns_path(struct slice path)
{
    return slice_equal_cstr(path, STAFF_ROOT) || slice_starts_with(path, SLICE(STAFF_ROOT "/"));
}

void account_send_to_login(struct http_exchange *ex)
{
    struct slice path = http_path(ex);
    const char *to = LOGIN_PATH;
    if (http_method(ex) == HTTP_GET && way_back_ok(path) && !slice_equal_cstr(path, STAFF_ROOT)) {
        to = arena_printf(http_arena(ex), LOGIN_PATH "?terug=%.*s", SLICE_ARG(path)).ptr;
    }
    http_redirect(ex, to);
}

int account_authorise(struct http_exchange *ex, struct slice bearer, const char *scope,
                      struct account *account)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    if (http_surface(ex) != HTTP_PAGE) {
        return key_authorise(ex, bearer, scope, account);
    }
    if (session_cookie_hash(hash, ex, account)) {
        return 0;
    }
    account_send_to_login(ex);
    return 401;
}
