/* The home page: what somebody is, what they can do, and what waits for them. */
#include "features/account/account_internal.h"

#include "base/log.h"
#include "web/web.h"

#include <stdio.h>

enum { SOON_S = 30 * 86400, CODES_ENOUGH = 3 };

enum statement { WAITING_ACCOUNTS, WAITING_KEYS, WAITING_CODES };
const struct db_statement account_home_statements[] = {
    [WAITING_ACCOUNTS] = {"account_waiting",
                          "SELECT count(*) FILTER (WHERE p.one_time AND p.expires_at > $1::timestamptz),"
                          " count(*) FILTER (WHERE p.one_time AND p.expires_at <= $1::timestamptz)"
                          " FROM zs.account AS a JOIN zs.account_password AS p ON p.account_id = a.id WHERE "
                          "a.disabled_at IS NULL"},
    [WAITING_KEYS] =
        {"account_waiting_keys",
         "SELECT count(*) FROM zs.api_key WHERE revoked_at IS NULL AND expires_at > $1::timestamptz"
         " AND expires_at <= $2::timestamptz"},
    [WAITING_CODES] = {"account_waiting_codes", "SELECT count(*) FROM zs.account_recovery_code"
                                                " WHERE account_id = $1::int4 AND used_at IS NULL"},
    {NULL, NULL},
};

void staff_add_waiting(struct account *account, staff_waiting waiting, void *self)
{
    if (account->waiting_count == MAX_LINK_GROUPS) {
        log_error("staff.waiting", "fault=\"too many\"");
        return;
    }
    account->waits[account->waiting_count].ask = waiting;
    account->waits[account->waiting_count++].self = self;
}

void staff_waits(json_t *lines, struct http_exchange *ex, const struct account *account, const char *text,
                 int64_t count, const char *path)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)count);
    const struct slice said = locale_format(http_arena(ex), web_locales(account->config.web),
                                            http_language(ex), text, "count", number, NULL);
    json_array_append_new(lines, json_pack("{s:s%,s:s}", "text", said.ptr, said.len, "href", path));
}

/* ---- what waits in this feature ---- */

static enum db_status accounts_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex,
                                    const struct account *account)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_timestamp(&p, account->config.now_s());
    enum db_status status = db_run_one(&row, tx, &account_home_statements[WAITING_ACCOUNTS], &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_get_int64(row, 0, 0) > 0) {
        staff_waits(lines, ex, account, "home.handed_out", db_get_int64(row, 0, 0), PEOPLE_PATH);
    }
    if (db_get_int64(row, 0, 1) > 0) {
        staff_waits(lines, ex, account, "home.not_used", db_get_int64(row, 0, 1), PEOPLE_PATH);
    }
    return DB_OK;
}

static enum db_status keys_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex,
                                const struct account *account)
{
    struct db_result *row;
    int64_t now_s = account->config.now_s();
    struct db_params p = db_params(tx);
    db_put_timestamp(&p, now_s);
    db_put_timestamp(&p, now_s + SOON_S);
    enum db_status status = db_run_one(&row, tx, &account_home_statements[WAITING_KEYS], &p);
    if (status == DB_OK && db_get_int64(row, 0, 0) > 0) {
        staff_waits(lines, ex, account, "home.keys_end", db_get_int64(row, 0, 0), KEYS_PATH);
    }
    return status;
}

static enum db_status codes_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex,
                                 const struct account *account)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, staff_caller(ex)->account_id);
    enum db_status status = db_run_one(&row, tx, &account_home_statements[WAITING_CODES], &p);
    if (status == DB_OK && db_get_int64(row, 0, 0) < CODES_ENOUGH) {
        staff_waits(lines, ex, account, "home.codes_left", db_get_int64(row, 0, 0),
                    "/beheer/account/tweede-factor");
    }
    return status;
}

static enum db_status own_waits(json_t *lines, struct db_tx *tx, struct http_exchange *ex,
                                struct account *account)
{
    const struct account_caller *caller = staff_caller(ex);
    enum db_status status = staff_session_of(ex)->has_factor ? codes_wait(lines, tx, ex, account) : DB_OK;
    if (status == DB_OK && account_may(caller, PERMISSION_ACCOUNT_MANAGE, SOME_CONSULTATION)) {
        status = accounts_wait(lines, tx, ex, account);
    }
    if (status == DB_OK && account_may(caller, PERMISSION_KEY_MANAGE, SOME_CONSULTATION)) {
        status = keys_wait(lines, tx, ex, account);
    }
    return status;
}

/* ---- the page ---- */

static json_t *roles_of(const struct account_caller *caller)
{
    json_t *list = json_array();
    for (size_t i = 0; i < caller->grant_count; i++) {
        json_t *item = json_pack("{s:s}", "role", account_role_name(caller->grants[i].role));
        if (caller->grants[i].consultation[0]) {
            json_object_set_new(item, "place", json_string(caller->grants[i].consultation));
        }
        json_array_append_new(list, item);
    }
    return list;
}

enum db_status staff_get_home(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct account *account = self;
    json_t *context = staff_titled(ex, account, "staff.home_title");
    json_t *lines = json_array();
    enum db_status status = own_waits(lines, tx, ex, account);
    for (size_t i = 0; status == DB_OK && i < account->waiting_count; i++) {
        status = account->waits[i].ask(lines, tx, ex, account->waits[i].self);
    }
    json_object_set_new(context, "roles", roles_of(staff_caller(ex)));
    json_object_set_new(context, "no_roles", json_boolean(staff_caller(ex)->grant_count == 0));
    json_object_set_new(context, "something", json_boolean(json_array_size(lines) > 0));
    json_object_set_new(context, "waiting", lines);
    json_object_set_new(context, "groups", staff_link_groups(ex, account));
    staff_render(ex, account, 200, "staff_home", context);
    return status;
}

void staff_refused_page(struct http_exchange *ex, struct account *account)
{
    staff_render(ex, account, 403, "staff_refused", staff_titled(ex, account, "refused.title"));
}
