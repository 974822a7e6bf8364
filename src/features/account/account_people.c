/* Accounts as an administrator handles them. */
#include "features/account/account_internal.h"

#include "features/audit/audit.h"

#include <string.h>

enum statement {
    PERSON_FIND,
    PERSON_ADD,
    PERSON_PASSWORD,
    PERSON_DISABLE,
    PERSON_ENABLE,
    ROLE_ADD,
    ROLE_TAKE,
    PLACE_FIND,
    MANAGERS,
    FACTOR_DROP,
    CODES_DROP,
    PEOPLE_LIST
};
const struct db_statement account_people_statements[] = {
    [PERSON_FIND] = {"account_person_find",
                     "SELECT id, disabled_at IS NOT NULL FROM zs.account WHERE name = $1::text FOR UPDATE"},
    [PERSON_ADD] =
        {"account_person_add",
         "INSERT INTO zs.account (name) VALUES ($1::text) ON CONFLICT (name) DO NOTHING RETURNING id"},
    [PERSON_PASSWORD] = {"account_person_password",
                         "INSERT INTO zs.account_password (account_id, hash, set_at, one_time, expires_at)"
                         " VALUES ($1::int4, $2::text, $3::timestamptz, true, $4::timestamptz) ON CONFLICT "
                         "(account_id) DO UPDATE"
                         " SET hash = EXCLUDED.hash, set_at = EXCLUDED.set_at, one_time = true, expires_at = "
                         "EXCLUDED.expires_at"},
    [PERSON_DISABLE] = {"account_person_disable",
                        "UPDATE zs.account SET disabled_at = $2::timestamptz WHERE id = $1::int4"},
    [PERSON_ENABLE] = {"account_person_enable",
                       "UPDATE zs.account SET disabled_at = NULL WHERE id = $1::int4"},
    [ROLE_ADD] = {"account_role_add", "INSERT INTO zs.account_role (account_id, role, consultation)"
                                      " VALUES ($1::int4, $2::text, $3::text) ON CONFLICT DO NOTHING"},
    [ROLE_TAKE] = {"account_role_take",
                   "DELETE FROM zs.account_role WHERE account_id = $1::int4 AND role = $2::text"
                   " AND consultation IS NOT DISTINCT FROM $3::text"},
    [PLACE_FIND] = {"account_place_find", "SELECT code FROM zs.consultation WHERE code = $1::text"},
    /* Held, so that two who take each other's role do not both succeed. */
    [MANAGERS] = {"account_managers",
                  "SELECT a.id FROM zs.account AS a JOIN zs.account_role AS r ON r.account_id = a.id"
                  " WHERE a.disabled_at IS NULL AND r.role = 'beheerder' AND r.consultation IS NULL"
                  " ORDER BY a.id FOR UPDATE OF a"},
    [FACTOR_DROP] = {"account_factor_drop", "DELETE FROM zs.account_totp WHERE account_id = $1::int4"},
    [CODES_DROP] = {"account_codes_drop", "DELETE FROM zs.account_recovery_code WHERE account_id = $1::int4"},
    [PEOPLE_LIST] =
        {"account_people_list",
         "SELECT a.id, a.name, (SELECT string_agg(r.role || COALESCE(' in ' || r.consultation, ''), ', ' "
         "ORDER BY "
         "r.role,"
         " r.consultation) FROM zs.account_role AS r WHERE"
         " r.account_id = a.id), a.created_at, a.disabled_at IS NOT NULL, EXISTS (SELECT FROM "
         "zs.account_totp AS t"
         " WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL), COALESCE(p.one_time, true), (SELECT"
         " max(s.seen_at) FROM zs.account_session AS s WHERE s.account_id = a.id) FROM zs.account AS a"
         " LEFT JOIN zs.account_password AS p ON p.account_id = a.id ORDER BY a.name"},
    {NULL, NULL},
};

static bool name_ok(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool first = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!first && (i == 0 || !(c == '.' || c == '_' || c == '@' || c == '-'))) {
            return false;
        }
    }
    return name.len >= 2 && name.len <= ACCOUNT_NAME_MAX;
}

static enum db_status find(int32_t *id, bool *disabled, struct db_tx *tx, struct slice name)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_text(&p, name);
    enum db_status status = db_run(&row, tx, &account_people_statements[PERSON_FIND], &p);
    *id = status == DB_OK && db_rows(row) == 1 ? db_get_int32(row, 0, 0) : 0;
    *disabled = *id != 0 && db_get_bool(row, 0, 1);
    return status;
}

/* Whether there is such a consultation; an empty code is all of them. */
static enum db_status find_place(bool *found, struct db_tx *tx, struct slice code)
{
    struct db_result *row;
    *found = code.len == 0;
    if (*found) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, code);
    enum db_status status = db_run(&row, tx, &account_people_statements[PLACE_FIND], &p);
    *found = status == DB_OK && db_rows(row) == 1;
    return status;
}

static enum db_status record(struct db_tx *tx, const struct account_act *act, const char *action,
                             struct slice name, const char *details)
{
    const struct audit_event event = {.action = action,
                                      .object =
                                          arena_printf(db_arena(tx), "account:%.*s", SLICE_ARG(name)).ptr,
                                      .result = "ok",
                                      .origin = act->origin,
                                      .actor = act->actor,
                                      .details = details};
    return audit_record(tx, &event);
}

/* A role and a code of ours have nothing in them that JSON would escape. */
static const char *role_details(struct db_tx *tx, enum account_role role, struct slice consultation)
{
    return arena_printf(db_arena(tx), "{\"rol\":\"%s\",\"consultatie\":\"%.*s\"}", account_role_name(role),
                        SLICE_ARG(consultation))
        .ptr;
}

static enum db_status hand_out(char password[ONE_TIME_PASSWORD_BYTES], struct db_tx *tx, int32_t id,
                               int64_t now_s)
{
    struct participation_code code;
    char hash[CRYPTO_PASSWORD_TEXT_BYTES];
    code_generate(&code);
    code_format(password, &code);
    if (!crypto_password_hash(hash, slice_from_cstr(password))) {
        return DB_FAILED;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_text(&p, slice_from_cstr(hash));
    db_put_timestamp(&p, now_s);
    db_put_timestamp(&p, now_s + ONE_TIME_PASSWORD_LIFE_S);
    return db_run(NULL, tx, &account_people_statements[PERSON_PASSWORD], &p);
}

static enum db_status put_role(bool *changed, struct db_tx *tx, enum statement which, int32_t id,
                               enum account_role role, struct slice place)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_text(&p, slice_from_cstr(account_role_name(role)));
    if (place.len == 0) {
        db_put_null(&p);
    } else {
        db_put_text(&p, place);
    }
    enum db_status status = db_run(&result, tx, &account_people_statements[which], &p);
    *changed = status == DB_OK && db_affected(result) == 1;
    return status;
}

static enum db_status run_id(struct db_tx *tx, enum statement which, int32_t id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    return db_run(NULL, tx, &account_people_statements[which], &p);
}

/* Whether this account alone manages accounts. */
static enum db_status is_last_manager(bool *last, struct db_tx *tx, int32_t id)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &account_people_statements[MANAGERS], NULL);
    *last = status == DB_OK && db_rows(rows) == 1 && db_get_int32(rows, 0, 0) == id;
    return status;
}

enum db_status account_add(enum account_change *outcome, char password[ONE_TIME_PASSWORD_BYTES],
                           struct db_tx *tx, struct slice name, enum account_role role,
                           struct slice consultation, const struct account_act *act)
{
    struct db_result *row;
    bool place;
    bool added;
    if (!name_ok(name)) {
        *outcome = ACCOUNT_BAD_NAME;
        return DB_OK;
    }
    enum db_status status = find_place(&place, tx, consultation);
    if (status != DB_OK || !place) {
        *outcome = ACCOUNT_NO_PLACE;
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, name);
    status = db_run(&row, tx, &account_people_statements[PERSON_ADD], &p);
    if (status != DB_OK || db_rows(row) != 1) {
        *outcome = ACCOUNT_EXISTS;
        return status;
    }
    int32_t id = db_get_int32(row, 0, 0);
    *outcome = ACCOUNT_CHANGED;
    status = hand_out(password, tx, id, act->now_s);
    if (status == DB_OK) {
        status = put_role(&added, tx, ROLE_ADD, id, role, consultation);
    }
    return status == DB_OK ? record(tx, act, "account.add", name, role_details(tx, role, consultation))
                           : status;
}

enum db_status account_role_set(enum account_change *outcome, struct db_tx *tx, struct slice name,
                                enum account_role role, struct slice consultation, bool holds,
                                const struct account_act *act)
{
    bool place;
    int32_t id;
    bool disabled;
    bool changed = false;
    bool last = false;
    enum db_status status = find_place(&place, tx, consultation);
    if (status == DB_OK && !holds && role == ROLE_BEHEERDER && consultation.len == 0) {
        status = db_run(NULL, tx, &account_people_statements[MANAGERS], NULL); /* the same order of locks */
    }
    if (status == DB_OK) {
        status = find(&id, &disabled, tx, name);
    }
    if (status != DB_OK || !place || id == 0) {
        *outcome = status == DB_OK && !place ? ACCOUNT_NO_PLACE : ACCOUNT_UNKNOWN;
        return status;
    }
    if (!holds && role == ROLE_BEHEERDER && consultation.len == 0) {
        status = is_last_manager(&last, tx, id);
    }
    if (status == DB_OK && !last) {
        status = put_role(&changed, tx, holds ? ROLE_ADD : ROLE_TAKE, id, role, consultation);
    }
    *outcome = last ? ACCOUNT_LAST_MANAGER : changed ? ACCOUNT_CHANGED : ACCOUNT_UNCHANGED;
    return status == DB_OK && changed ? record(tx, act, holds ? "account.role-give" : "account.role-take",
                                               name, role_details(tx, role, consultation))
                                      : status;
}

enum db_status account_disable(enum account_change *outcome, struct db_tx *tx, struct slice name,
                               const struct account_act *act)
{
    int32_t id;
    bool disabled;
    bool last = false;
    enum db_status status = db_run(NULL, tx, &account_people_statements[MANAGERS], NULL);
    if (status == DB_OK) {
        status = find(&id, &disabled, tx, name);
    }
    if (status == DB_OK && id != 0 && !disabled) {
        status = is_last_manager(&last, tx, id);
    }
    if (status != DB_OK || id == 0 || disabled || last) {
        *outcome = last                         ? ACCOUNT_LAST_MANAGER
                   : status == DB_OK && id == 0 ? ACCOUNT_UNKNOWN
                                                : ACCOUNT_UNCHANGED;
        return status;
    }
    *outcome = ACCOUNT_CHANGED;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_timestamp(&p, act->now_s);
    status = db_run(NULL, tx, &account_people_statements[PERSON_DISABLE], &p);
    if (status == DB_OK) {
        status = sessions_end_others(tx, id, NULL);
    }
    return status == DB_OK ? record(tx, act, "account.disable", name, NULL) : status;
}

enum db_status account_reset(enum account_change *outcome, char password[ONE_TIME_PASSWORD_BYTES],
                             struct db_tx *tx, struct slice name, bool with_factor,
                             const struct account_act *act)
{
    int32_t id;
    bool disabled;
    enum db_status status = find(&id, &disabled, tx, name);
    *outcome = status == DB_OK && id != 0 ? ACCOUNT_CHANGED : ACCOUNT_UNKNOWN;
    if (status != DB_OK || id == 0) {
        return status;
    }
    status = hand_out(password, tx, id, act->now_s);
    if (status == DB_OK) {
        status = sessions_end_others(tx, id, NULL);
    }
    if (status == DB_OK) {
        status = run_id(tx, PERSON_ENABLE, id);
    }
    if (status == DB_OK && with_factor) {
        status = run_id(tx, FACTOR_DROP, id);
    }
    if (status == DB_OK && with_factor) {
        status = run_id(tx, CODES_DROP, id);
    }
    return status == DB_OK
               ? record(tx, act, "account.reset", name, with_factor ? "{\"tweede_factor\":true}" : NULL)
               : status;
}

enum db_status account_list(struct account_person **people, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &account_people_statements[PEOPLE_LIST], NULL);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *people = arena_array(db_arena(tx), *count, sizeof **people);
    for (size_t i = 0; i < *count; i++) {
        (*people)[i] = (struct account_person){.id = db_get_int32(rows, i, 0),
                                               .name = db_get_text(rows, i, 1),
                                               .roles = db_get_text(rows, i, 2),
                                               .created_at = db_get_timestamp(rows, i, 3),
                                               .disabled = db_get_bool(rows, i, 4),
                                               .has_factor = db_get_bool(rows, i, 5),
                                               .one_time = db_get_bool(rows, i, 6)};
        if (!db_is_null(rows, i, 7)) {
            (*people)[i].seen_at = db_get_timestamp(rows, i, 7);
        }
    }
    return DB_OK;
}
