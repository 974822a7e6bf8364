#include "features/tafel/tafel_table_sql.h"

#include "features/tafel/tafel_form.h"

enum statement {
    ADD,
    CHANGE,
    END,
    LOCK,
    FIND,
    LIST,
    MEMBER_ADD,
    MEMBER_END,
    MEMBERS_END,
    MEMBERS,
    TOUCH,
    STATEMENT_COUNT
};

#define TABLE                                                                                                \
    "jsonb_strip_nulls(jsonb_build_object('nummer', t.id, 'soort', t.kind, 'titel', t.title, 'thema', "      \
    "t.theme, 'acties', to_jsonb(t.actions), 'quorum', t.quorum, 'quorumKanten', t.quorum_sides, 'vanaf', "  \
    "t.began_day, 'tot', t.ended_day, 'totWaarom', t.ended_why, 'aantalLeden', (SELECT count(*) FROM "       \
    "zs.tafel_member AS m WHERE m.table_id = t.id AND m.ended_day IS NULL)))"

const struct db_statement tafel_table_statements[STATEMENT_COUNT + 1] = {
    [ADD] = {"tafel_table_add",
             "INSERT INTO zs.tafel_table (kind, title, theme, actions, quorum, quorum_sides, began_day, "
             "created_by, changed_by) SELECT $1::text, $2::text, $3::text, $4::text[], $5::int4, $6::int4, "
             "$7::date, $8::text, $8::text ON CONFLICT DO NOTHING RETURNING id"},
    [CHANGE] =
        {"tafel_table_change",
         "UPDATE zs.tafel_table SET title = $2::text, theme = $3::text, actions = $4::text[], quorum = "
         "$5::int4, quorum_sides = $6::int4, changed_by = $7::text, changed_at = now(), revision = "
         "revision + 1 WHERE id = $1::int4"},
    [END] = {"tafel_table_end",
             "UPDATE zs.tafel_table SET ended_day = $2::date, ended_why = $3::text, changed_by = $4::text, "
             "changed_at = now(), revision = revision + 1 WHERE id = $1::int4"},
    [LOCK] = {"tafel_table_lock", "SELECT revision FROM zs.tafel_table WHERE id = $1::int4 FOR UPDATE"},
    [FIND] = {"tafel_table_find",
              "SELECT t.revision, " TABLE "::text FROM zs.tafel_table AS t WHERE t.id = $1::int4"},
    [LIST] = {"tafel_table_list",
              "SELECT coalesce(jsonb_agg(x.o ORDER BY x.ended_day IS NOT NULL, x.id), '[]')::text FROM "
              "(SELECT t.id, t.ended_day, " TABLE
              " AS o FROM zs.tafel_table AS t ORDER BY t.ended_day IS NOT "
              "NULL, t.id LIMIT $1::int4) AS x"},
    [MEMBER_ADD] =
        {"tafel_member_add",
         "INSERT INTO zs.tafel_member (table_id, name, organisation, side, began_day, created_by) "
         "SELECT $1::int4, $2::text, $3::text, $4::text, $5::date, $6::text WHERE (SELECT count(*) "
         "FROM zs.tafel_member WHERE table_id = $1::int4 AND ended_day IS NULL) < $7::int4 "
         "RETURNING id"},
    [MEMBER_END] = {"tafel_member_end",
                    "UPDATE zs.tafel_member SET ended_day = $3::date, ended_at = now(), ended_by = $4::text "
                    "WHERE table_id = $1::int4 AND id = $2::int4 AND ended_day IS NULL AND began_day <= "
                    "$3::date RETURNING id"},
    [MEMBERS_END] =
        {"tafel_members_end",
         "UPDATE zs.tafel_member SET ended_day = greatest(began_day, $2::date), ended_at = now(), "
         "ended_by = $3::text WHERE table_id = $1::int4 AND ended_day IS NULL"},
    [MEMBERS] =
        {"tafel_members",
         "SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('nummer', m.id, 'naam', "
         "m.name, 'organisatie', m.organisation, 'kant', m.side, 'vanaf', m.began_day, 'tot', "
         "m.ended_day, 'door', m.created_by, 'totDoor', m.ended_by)) ORDER BY m.ended_day IS NOT NULL, "
         "m.id), '[]')::text FROM zs.tafel_member AS m WHERE m.table_id = $1::int4"},
    [TOUCH] = {"tafel_table_touch",
               "UPDATE zs.tafel_table SET changed_by = $2::text, changed_at = now(), revision = revision + 1 "
               "WHERE id = $1::int4"},
};

/* ---- tables ---- */

static void put_draft(struct db_params *p, const struct table_draft *draft)
{
    db_put_text(p, draft->title);
    tafel_put_text(p, draft->theme);
    db_put_text_array(p, draft->actions, draft->action_count);
    db_put_int32(p, draft->quorum.members);
    db_put_int32(p, draft->quorum.sides);
}

enum db_status table_add(int32_t *number, struct db_tx *tx, const struct table_draft *draft, const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, draft->kind);
    put_draft(&p, draft);
    db_put_day(&p, draft->began_day);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(&rows, tx, &tafel_table_statements[ADD], &p);
    *number = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status table_change(struct db_tx *tx, int32_t number, const struct table_draft *draft, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    put_draft(&p, draft);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &tafel_table_statements[CHANGE], &p);
}

enum db_status table_end(struct db_tx *tx, int32_t number, int32_t day, struct slice why, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_day(&p, day);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &tafel_table_statements[MEMBERS_END], &p);
    if (status != DB_OK) {
        return status;
    }
    struct db_params q = db_params(tx);
    db_put_int32(&q, number);
    db_put_day(&q, day);
    db_put_text(&q, why);
    db_put_text(&q, slice_from_cstr(by));
    return db_run(NULL, tx, &tafel_table_statements[END], &q);
}

enum db_status table_lock(int32_t *revision, struct db_tx *tx, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &tafel_table_statements[LOCK], &p);
    *revision = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status table_find(json_t **table, int32_t *revision, struct db_tx *tx, struct arena *arena,
                          int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &tafel_table_statements[FIND], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *revision = found ? db_get_int32(rows, 0, 0) : 0;
    *table = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

enum db_status table_list(json_t **list, struct db_tx *tx, struct arena *arena)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, TABLES_MAX);
    return tafel_read_json(list, tx, arena, &tafel_table_statements[LIST], &p);
}

/* ---- members ---- */

static enum db_status touch(struct db_tx *tx, int32_t table, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, table);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &tafel_table_statements[TOUCH], &p);
}

enum db_status table_member_add(bool *added, struct db_tx *tx, int32_t table,
                                const struct table_member *member, const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, table);
    db_put_text(&p, member->name);
    db_put_text(&p, member->organisation);
    db_put_text(&p, member->side);
    db_put_day(&p, member->began_day);
    db_put_text(&p, slice_from_cstr(by));
    db_put_int32(&p, TABLE_MEMBERS_MAX);
    const enum db_status status = db_run(&rows, tx, &tafel_table_statements[MEMBER_ADD], &p);
    *added = status == DB_OK && db_rows(rows) == 1;
    return *added ? touch(tx, table, by) : status;
}

enum db_status table_member_end(bool *ended, struct db_tx *tx, int32_t table, int32_t member, int32_t day,
                                const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, table);
    db_put_int32(&p, member);
    db_put_day(&p, day);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(&rows, tx, &tafel_table_statements[MEMBER_END], &p);
    *ended = status == DB_OK && db_rows(rows) == 1;
    return *ended ? touch(tx, table, by) : status;
}

enum db_status table_members(json_t **list, struct db_tx *tx, struct arena *arena, int32_t table)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, table);
    return tafel_read_json(list, tx, arena, &tafel_table_statements[MEMBERS], &p);
}
