/* Accounts as they stand, for who looks after them. */
#include "features/account/account_internal.h"

enum statement { PEOPLE_LIST, PERSON_READ, PERSON_ROLES, PLACES };
const struct db_statement account_people_read_statements[] = {
    [PEOPLE_LIST] =
        {"account_people_list",
         "SELECT a.id, a.name, (SELECT string_agg(r.role || COALESCE(' in ' || r.consultation, ''), ', '"
         " ORDER BY r.role, r.consultation) FROM zs.account_role AS r WHERE r.account_id = a.id),"
         " a.created_at, a.disabled_at IS NOT NULL, EXISTS (SELECT FROM zs.account_totp AS t"
         " WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL), COALESCE(p.one_time, true),"
         " (SELECT max(s.seen_at) FROM zs.account_session AS s WHERE s.account_id = a.id)"
         " FROM zs.account AS a LEFT JOIN zs.account_password AS p ON p.account_id = a.id"
         " WHERE strpos(a.name, $1::text) > 0 AND a.name > $2::text ORDER BY a.name LIMIT $3::int4"},
    [PERSON_READ] =
        {"account_person_read",
         "SELECT a.name, a.created_at, a.disabled_at IS NOT NULL, EXISTS (SELECT FROM zs.account_totp AS t"
         " WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL), COALESCE(p.one_time, true),"
         " p.expires_at, a.revision, a.changed_by, a.changed_at"
         " FROM zs.account AS a LEFT JOIN zs.account_password AS p ON p.account_id = a.id"
         " WHERE a.id = $1::int4"},
    [PERSON_ROLES] = {"account_person_roles",
                      "SELECT role, COALESCE(consultation, '') FROM zs.account_role"
                      " WHERE account_id = $1::int4 ORDER BY role, consultation NULLS FIRST"},
    [PLACES] = {"account_places", "SELECT code FROM zs.consultation ORDER BY code"},
    {NULL, NULL},
};

enum db_status account_list(struct account_person **people, size_t *count, struct db_tx *tx,
                            struct slice search, struct slice after, int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, search);
    db_put_text(&p, after);
    db_put_int32(&p, most);
    enum db_status status = db_run(&rows, tx, &account_people_read_statements[PEOPLE_LIST], &p);
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

static enum db_status read_roles(struct person *person, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, person->id);
    enum db_status status = db_run(&rows, tx, &account_people_read_statements[PERSON_ROLES], &p);
    if (status != DB_OK) {
        return status;
    }
    person->role_count = db_rows(rows);
    struct person_role *roles = arena_array(db_arena(tx), person->role_count, sizeof *roles);
    for (size_t i = 0; i < person->role_count; i++) {
        roles[i] = (struct person_role){db_get_text(rows, i, 0), db_get_text(rows, i, 1)};
    }
    person->roles = roles;
    return DB_OK;
}

enum db_status person_read(struct person *person, struct db_tx *tx, int32_t id)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    *person = (struct person){.id = 0};
    enum db_status status = db_run(&row, tx, &account_people_read_statements[PERSON_READ], &p);
    if (status != DB_OK || db_rows(row) != 1) {
        return status;
    }
    *person = (struct person){.id = id,
                              .name = db_get_text(row, 0, 0),
                              .created_at = db_get_timestamp(row, 0, 1),
                              .disabled = db_get_bool(row, 0, 2),
                              .has_factor = db_get_bool(row, 0, 3),
                              .one_time = db_get_bool(row, 0, 4),
                              .expires_at = db_is_null(row, 0, 5) ? 0 : db_get_timestamp(row, 0, 5),
                              .revision = db_get_int32(row, 0, 6),
                              .changed_by = db_get_text(row, 0, 7),
                              .changed_at = db_is_null(row, 0, 8) ? 0 : db_get_timestamp(row, 0, 8)};
    return read_roles(person, tx);
}

enum db_status places_read(struct slice **codes, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &account_people_read_statements[PLACES], NULL);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *codes = arena_array(db_arena(tx), *count, sizeof **codes);
    for (size_t i = 0; i < *count; i++) {
        (*codes)[i] = db_get_text(rows, i, 0);
    }
    return DB_OK;
}
