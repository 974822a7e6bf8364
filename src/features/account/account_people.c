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
    PERSON_TOUCH
};
const struct db_statement account_people_statements[] = {
    [PERSON_FIND] =
        {"account_person_find",
         "SELECT id, disabled_at IS NOT NULL, revision FROM zs.account WHERE name = $1::text FOR UPDATE"},
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
    [PERSON_TOUCH] = {"account_person_touch",
                      "UPDATE zs.account SET revision = revision + 1, changed_by = $2::text,"
                      " changed_at = $3::timestamptz WHERE id = $1::int4"},
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

struct found {
    int32_t id; /* 0: there is none */
    bool disabled;
};

/* Held until the end of the transaction. *outcome is ACCOUNT_CHANGED where nothing stands in the way. */
static enum db_status find(struct found *found, enum account_change *outcome, struct db_tx *tx,
                           struct slice name, const struct account_act *act)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_text(&p, name);
    enum db_status status = db_run(&row, tx, &account_people_statements[PERSON_FIND], &p);
    *found = (struct found){.id = 0};
    *outcome = ACCOUNT_UNKNOWN;
    if (status != DB_OK || db_rows(row) != 1) {
        return status;
    }
    *found = (struct found){.id = db_get_int32(row, 0, 0), .disabled = db_get_bool(row, 0, 1)};
    *outcome = found->id == act->actor_id                                       ? ACCOUNT_OWN
               : act->revision != 0 && act->revision != db_get_int32(row, 0, 2) ? ACCOUNT_MEANWHILE
                                                                                : ACCOUNT_CHANGED;
    return DB_OK;
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

/* The audit line, and the mark on the account that it was changed. */
static enum db_status record(struct db_tx *tx, const struct account_act *act, const char *action, int32_t id,
                             struct slice name, const char *details)
{
    const struct audit_event event = {.action = action,
                                      .object =
                                          arena_printf(db_arena(tx), "account:%.*s", SLICE_ARG(name)).ptr,
                                      .result = "ok",
                                      .origin = act->origin,
                                      .actor = act->actor,
                                      .details = details};
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_text(&p, slice_from_cstr(act->actor));
    db_put_timestamp(&p, act->now_s);
    enum db_status status = db_run(NULL, tx, &account_people_statements[PERSON_TOUCH], &p);
    return status == DB_OK ? audit_record(tx, &event) : status;
}

/* A role and a code of ours have nothing in them that JSON would escape. */
static const char *role_details(struct db_tx *tx, enum account_role role, struct slice consultation)
{
    return arena_printf(db_arena(tx), "{\"rol\":\"%s\",\"consultatie\":\"%.*s\"}", account_role_name(role),
                        SLICE_ARG(consultation))
        .ptr;
}

bool one_time_password_make(struct one_time_password *password)
{
    struct participation_code code;
    code_generate(&code);
    code_format(password->text, &code);
    return crypto_password_hash(password->hash, slice_from_cstr(password->text));
}

static enum db_status hand_out(struct db_tx *tx, const struct one_time_password *password, int32_t id,
                               int64_t now_s)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_text(&p, slice_from_cstr(password->hash));
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

enum db_status account_add_check(enum account_change *outcome, struct db_tx *tx,
                                 const struct account_wanted *wanted)
{
    bool place;
    if (!name_ok(wanted->name)) {
        *outcome = ACCOUNT_BAD_NAME;
        return DB_OK;
    }
    enum db_status status = find_place(&place, tx, wanted->consultation);
    *outcome = place ? ACCOUNT_CHANGED : ACCOUNT_NO_PLACE;
    return status;
}

enum db_status account_add_with(enum account_change *outcome, struct db_tx *tx,
                                const struct one_time_password *password, const struct account_wanted *wanted,
                                const struct account_act *act)
{
    struct db_result *row;
    bool added;
    enum db_status status = account_add_check(outcome, tx, wanted);
    if (status != DB_OK || *outcome != ACCOUNT_CHANGED) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, wanted->name);
    status = db_run(&row, tx, &account_people_statements[PERSON_ADD], &p);
    if (status != DB_OK || db_rows(row) != 1) {
        *outcome = ACCOUNT_EXISTS;
        return status;
    }
    int32_t id = db_get_int32(row, 0, 0);
    status = password ? hand_out(tx, password, id, act->now_s) : DB_OK;
    if (status == DB_OK) {
        status = put_role(&added, tx, ROLE_ADD, id, wanted->role, wanted->consultation);
    }
    return status == DB_OK ? record(tx, act, "account.add", id, wanted->name,
                                    role_details(tx, wanted->role, wanted->consultation))
                           : status;
}

enum db_status account_add(enum account_change *outcome, char password[ONE_TIME_PASSWORD_BYTES],
                           struct db_tx *tx, struct slice name, enum account_role role,
                           struct slice consultation, const struct account_act *act)
{
    struct one_time_password made;
    const struct account_wanted wanted = {name, role, consultation};
    if (!password) {
        return account_add_with(outcome, tx, NULL, &wanted, act);
    }
    if (!one_time_password_make(&made)) {
        return DB_FAILED;
    }
    memcpy(password, made.text, sizeof made.text);
    return account_add_with(outcome, tx, &made, &wanted, act);
}

enum db_status account_role_set(enum account_change *outcome, struct db_tx *tx, struct slice name,
                                enum account_role role, struct slice consultation, bool holds,
                                const struct account_act *act)
{
    bool place;
    struct found found;
    bool changed = false;
    bool last = false;
    bool manager = !holds && role == ROLE_BEHEERDER && consultation.len == 0;
    enum db_status status = find_place(&place, tx, consultation);
    if (status == DB_OK && !place) {
        *outcome = ACCOUNT_NO_PLACE;
        return DB_OK;
    }
    if (status == DB_OK && manager) {
        status = db_run(NULL, tx, &account_people_statements[MANAGERS], NULL); /* the same order of locks */
    }
    if (status == DB_OK) {
        status = find(&found, outcome, tx, name, act);
    }
    if (status != DB_OK || *outcome != ACCOUNT_CHANGED) {
        return status;
    }
    if (manager) {
        status = is_last_manager(&last, tx, found.id);
    }
    if (status == DB_OK && !last) {
        status = put_role(&changed, tx, holds ? ROLE_ADD : ROLE_TAKE, found.id, role, consultation);
    }
    *outcome = last ? ACCOUNT_LAST_MANAGER : changed ? ACCOUNT_CHANGED : ACCOUNT_UNCHANGED;
    return status == DB_OK && changed ? record(tx, act, holds ? "account.role-give" : "account.role-take",
                                               found.id, name, role_details(tx, role, consultation))
                                      : status;
}

enum db_status account_disable(enum account_change *outcome, struct db_tx *tx, struct slice name,
                               const struct account_act *act)
{
    struct found found;
    bool last = false;
    enum db_status status = db_run(NULL, tx, &account_people_statements[MANAGERS], NULL);
    if (status == DB_OK) {
        status = find(&found, outcome, tx, name, act);
    }
    if (status != DB_OK || *outcome != ACCOUNT_CHANGED) {
        return status;
    }
    if (!found.disabled) {
        status = is_last_manager(&last, tx, found.id);
    }
    if (status != DB_OK || found.disabled || last) {
        *outcome = last ? ACCOUNT_LAST_MANAGER : ACCOUNT_UNCHANGED;
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, found.id);
    db_put_timestamp(&p, act->now_s);
    status = db_run(NULL, tx, &account_people_statements[PERSON_DISABLE], &p);
    if (status == DB_OK) {
        status = sessions_end_others(tx, found.id, NULL);
    }
    return status == DB_OK ? record(tx, act, "account.disable", found.id, name, NULL) : status;
}

enum db_status account_enable(enum account_change *outcome, struct db_tx *tx, struct slice name,
                              const struct account_act *act)
{
    struct found found;
    enum db_status status = find(&found, outcome, tx, name, act);
    if (status != DB_OK || *outcome != ACCOUNT_CHANGED) {
        return status;
    }
    if (!found.disabled) {
        *outcome = ACCOUNT_UNCHANGED;
        return DB_OK;
    }
    status = run_id(tx, PERSON_ENABLE, found.id);
    return status == DB_OK ? record(tx, act, "account.enable", found.id, name, NULL) : status;
}

enum db_status account_reset_with(enum account_change *outcome, struct db_tx *tx,
                                  const struct one_time_password *password, struct slice name,
                                  bool with_factor, const struct account_act *act)
{
    struct found found;
    enum db_status status = find(&found, outcome, tx, name, act);
    if (status != DB_OK || *outcome != ACCOUNT_CHANGED) {
        return status;
    }
    status = hand_out(tx, password, found.id, act->now_s);
    if (status == DB_OK) {
        status = sessions_end_others(tx, found.id, NULL);
    }
    if (status == DB_OK) {
        status = run_id(tx, PERSON_ENABLE, found.id);
    }
    if (status == DB_OK && with_factor) {
        status = run_id(tx, FACTOR_DROP, found.id);
    }
    if (status == DB_OK && with_factor) {
        status = run_id(tx, CODES_DROP, found.id);
    }
    return status == DB_OK ? record(tx, act, "account.reset", found.id, name,
                                    with_factor ? "{\"tweede_factor\":true}" : NULL)
                           : status;
}

enum db_status account_reset(enum account_change *outcome, char password[ONE_TIME_PASSWORD_BYTES],
                             struct db_tx *tx, struct slice name, bool with_factor,
                             const struct account_act *act)
{
    struct one_time_password made;
    if (!one_time_password_make(&made)) {
        return DB_FAILED;
    }
    memcpy(password, made.text, sizeof made.text);
    return account_reset_with(outcome, tx, &made, name, with_factor, act);
}
