#include "features/tafel/tafel_framework_sql.h"

#include "features/tafel/tafel_form.h"

#include <stdlib.h>

enum statement {
    ADD,
    LOCK,
    FIND,
    LIST,
    BOOKS,
    SECTION_KEEP,
    TOUCH,
    SAID,
    DECIDED_ITEMS,
    VERSION_ADD,
    PASSAGES_ADD,
    DECIDE,
    VERSION_FIND,
    PUBLIC_FIND,
    PUBLIC_LIST,
    APPROVED,
    PAIRS,
    STATEMENT_COUNT
};

#define TIME   " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define OBJECT "jsonb_strip_nulls(jsonb_build_object("

/* The decision of a meeting's item, as far as everybody may read it; where the item is not on the public list
 * it is named by table, day and place alone. */
#define DECISION                                                                                             \
    "(SELECT " OBJECT                                                                                        \
    "'overleg', g.meeting_id, 'tafel', b.title, 'dag', n.day, 'punt', (SELECT count(*) FROM "                \
    "zs.meeting_item AS o WHERE o.meeting_id = g.meeting_id AND o.id <= g.id), 'openbaar', g.is_public, "    \
    "'tekst', CASE WHEN g.is_public THEN g.told END, 'afwijkend', CASE WHEN g.is_public THEN g.dissent "     \
    "END, 'leden', g.members, 'kanten', g.sides)) FROM zs.meeting_item AS g JOIN zs.meeting AS n ON n.id "   \
    "= g.meeting_id JOIN zs.tafel_table AS b ON b.id = n.table_id WHERE g.id = v.meeting_item_id)"
#define QUOTES                                                                                               \
    "'passages', (SELECT coalesce(jsonb_agg(" OBJECT                                                         \
    "'argument', q.argument, 'stand', CASE WHEN q.stands THEN 'staat' ELSE 'ingetrokken' END, 'taal', "      \
    "q.language, 'citaat', q.body)) ORDER BY q.argument, q.passage_id), '[]') FROM "                         \
    "zs.framework_public_quote AS q WHERE q.framework_id = v.framework_id AND q.number = v.number)"
/* A sheet, between whose two halves more may stand. */
#define SHEET                                                                                                \
    "(" OBJECT "'consultatie', v.consultation, 'verzonnen', CASE WHEN v.invented THEN true END, "            \
    "'toepassing', v.application, 'titel', v.title, 'versie', v.number, 'voorgelegdOp', "                    \
    "to_char(v.put_forward_at" TIME ", 'vastgesteldOp', to_char(v.decided_at" TIME                           \
    ", 'vastgesteldDoor', v.ground, 'besluit', " DECISION
#define SHEET_END                                                                                            \
    ", 'versies', (SELECT jsonb_agg(jsonb_build_object('versie', o.number, 'vastgesteldOp', "                \
    "to_char(o.decided_at" TIME ") ORDER BY o.number DESC) FROM zs.framework_public AS o WHERE "             \
    "o.framework_id = v.framework_id))) || v.document)"

const struct db_statement framework_statements[STATEMENT_COUNT + 1] = {
    [ADD] = {"framework_add",
             "INSERT INTO zs.framework (consultation, application, title, created_by, changed_by) VALUES "
             "($1::text, $2::text, $3::text, $4::text, $4::text) ON CONFLICT DO NOTHING RETURNING id"},
    [LOCK] = {"framework_lock", "SELECT revision FROM zs.framework WHERE id = $1::int4 FOR UPDATE"},
    [FIND] =
        {"framework_find",
         "SELECT f.revision, " OBJECT
         "'nummer', f.id, 'consultatie', f.consultation, 'verzonnen', c.invented, 'toepassing', "
         "f.application, 'titel', f.title, 'stand', f.state, 'gewijzigdOp', to_char(f.changed_at" TIME
         ", 'door', f.changed_by, 'onderdelen', (SELECT coalesce(jsonb_object_agg(s.section, "
         "jsonb_build_object('inhoud', s.content, 'revisie', s.revision, 'op', to_char(s.changed_at" TIME
         ", 'door', s.changed_by)), '{}') FROM zs.framework_section AS s WHERE s.framework_id = f.id), "
         "'versies', (SELECT coalesce(jsonb_agg(" OBJECT
         "'versie', v.number, 'stand', v.state, 'voorgelegdOp', to_char(v.put_forward_at" TIME
         ", 'voorgelegdDoor', v.put_forward_by, 'geschrevenDoor', to_jsonb(v.written_by), 'grond', v.ground, "
         "'besluitPunt', v.meeting_item_id, "
         "'toelichting', v.told, 'beslotenOp', to_char(v.decided_at" TIME
         ", 'beslotenDoor', v.decided_by)) ORDER BY v.number DESC), '[]') FROM zs.framework_version AS v "
         "WHERE v.framework_id = f.id)))::text FROM zs.framework AS f JOIN zs.consultation AS c ON c.code = "
         "f.consultation WHERE f.id = $1::int4"},
    [LIST] = {"framework_list",
              "SELECT coalesce(jsonb_agg(" OBJECT
              "'nummer', x.id, 'consultatie', x.consultation, 'toepassing', x.application, 'titel', "
              "x.title, 'stand', x.state, 'gewijzigdOp', to_char(x.changed_at" TIME
              ", 'versie', (SELECT max(p.number) FROM zs.framework_public AS p WHERE p.framework_id = "
              "x.id))) ORDER BY x.title, x.id), '[]')::text FROM (SELECT * FROM zs.framework ORDER BY id "
              "DESC LIMIT $1::int4) AS x"},
    [BOOKS] = {"framework_books",
               "SELECT coalesce(jsonb_agg(jsonb_build_object('consultatie', x.consultation, 'boek', x.id) "
               "ORDER BY x.consultation), '[]')::text FROM (SELECT DISTINCT ON (consultation) "
               "consultation, id FROM zs.code_book_version ORDER BY consultation, id DESC) AS x"},
    [SECTION_KEEP] =
        {"framework_section_keep",
         "INSERT INTO zs.framework_section AS s (framework_id, section, content, changed_by) VALUES "
         "($1::int4, $2::text, $3::text::jsonb, $4::text) ON CONFLICT (framework_id, section) DO UPDATE SET "
         "content = excluded.content, revision = s.revision + 1, changed_at = now(), changed_by = "
         "excluded.changed_by"},
    /* What was approved has had its second person; whoever writes after that begins anew. */
    [TOUCH] = {"framework_touch",
               "UPDATE zs.framework SET state = $2::text, changed_by = $3::text, changed_at = now(), "
               "revision = revision + 1, writers = CASE WHEN $2::text = 'vastgesteld' THEN '{}' WHEN "
               "$2::text = 'concept' AND $3::text <> ALL (writers) THEN writers || $3::text ELSE writers "
               "END WHERE id = $1::int4"},
    [SAID] = {"framework_said",
              "SELECT e.id, coalesce(c.code, ''), coalesce(e.quotes, false), e.body, e.language FROM "
              "unnest($1::int8[]) AS p (id) CROSS JOIN LATERAL (SELECT * FROM zs.evidence AS x WHERE x.id = "
              "p.id AND x.kind <> 'weggelaten' OFFSET 0) AS e LEFT JOIN zs.round AS r ON r.id = e.round_id "
              "LEFT JOIN zs.conversation AS c ON c.id = e.conversation_id WHERE e.round_id IS NULL OR "
              "r.consultation = $2::text ORDER BY e.conversation_id, e.id"},
    [DECIDED_ITEMS] =
        {"framework_decisions",
         "SELECT coalesce(jsonb_agg(" OBJECT
         "'punt', i.id, 'overleg', i.meeting_id, 'tafel', t.title, 'dag', m.day, 'plaats', i.rank, 'titel', "
         "i.title, 'besluit', i.told, 'afwijkend', i.dissent, 'leden', i.members, 'kanten', i.sides, "
         "'openbaar', i.is_public)) ORDER BY m.day DESC, i.id DESC), '[]')::text FROM (SELECT *, "
         "row_number() OVER (PARTITION BY meeting_id ORDER BY id) AS rank FROM zs.meeting_item) AS i JOIN "
         "zs.meeting AS m ON m.id = i.meeting_id AND m.state = 'vastgesteld' JOIN zs.tafel_table AS t ON "
         "t.id = m.table_id WHERE i.decision = 'besloten' AND $1::int4 IN (0, i.id) AND m.day >= "
         "coalesce((SELECT "
         "(v.put_forward_at AT TIME ZONE 'Europe/Amsterdam')::date FROM zs.framework_version AS v WHERE "
         "v.framework_id = $2::int4 AND v.number = $3::int4), m.day)"},
    [VERSION_ADD] =
        {"framework_version_add",
         "INSERT INTO zs.framework_version (framework_id, number, document, put_forward_by, written_by) "
         "SELECT "
         "f.id, coalesce((SELECT max(v.number) FROM zs.framework_version AS v WHERE v.framework_id = f.id), "
         "0) + 1, $2::text::jsonb, $3::text, f.writers FROM zs.framework AS f WHERE f.id = $1::int4 "
         "RETURNING number"},
    [PASSAGES_ADD] =
        {"framework_passages_add",
         "INSERT INTO zs.framework_passage (framework_id, number, argument, passage_id, cleared) SELECT "
         "$1::int4, $2::int4, u.argument, u.passage, u.cleared FROM unnest($3::int4[], $4::int8[], "
         "$5::bool[]) AS u (argument, passage, cleared)"},
    [DECIDE] = {"framework_decide",
                "UPDATE zs.framework_version SET state = $3::text, ground = $4::text, meeting_item_id = "
                "$5::int4, told = $6::text, decided_at = now(), decided_by = $7::text WHERE framework_id = "
                "$1::int4 AND number = $2::int4 AND state = 'voorgelegd'"},
    [VERSION_FIND] =
        {"framework_version_find",
         "SELECT (" OBJECT
         "'consultatie', f.consultation, 'toepassing', f.application, 'titel', f.title, 'versie', v.number, "
         "'stand', v.state, 'voorgelegdOp', to_char(v.put_forward_at" TIME
         ", 'voorgelegdDoor', v.put_forward_by, 'vastgesteldOp', CASE WHEN v.ground IS NOT NULL THEN "
         "to_char(v.decided_at" TIME " END, 'vastgesteldDoor', v.ground, 'besluit', " DECISION
         ", 'passages', "
         "(SELECT coalesce(jsonb_agg(" OBJECT
         "'argument', p.argument, 'passage', p.passage_id, 'stand', CASE WHEN "
         "p.stands THEN 'staat' ELSE "
         "'ingetrokken' END, 'taal', p.language, 'citaat', p.body)) ORDER BY "
         "p.argument, p.passage_id), "
         "'[]') FROM zs.framework_quote AS p WHERE p.framework_id = v.framework_id "
         "AND p.number = "
         "v.number))) || v.document)::text FROM zs.framework_version AS v JOIN "
         "zs.framework AS f ON f.id = "
         "v.framework_id WHERE v.framework_id = $1::int4 AND v.number = $2::int4"},
    [PUBLIC_FIND] =
        {"framework_public_find",
         "SELECT " SHEET ", " QUOTES SHEET_END
         "::text FROM zs.framework_public AS v WHERE v.application = $2::text AND "
         "(v.consultation = $1::text OR ($1::text = '' AND NOT v.invented)) AND $3::int4 IN (0, v.number) "
         "ORDER BY v.decided_at DESC, v.framework_id DESC, v.number DESC LIMIT 1"},
    [PUBLIC_LIST] =
        {"framework_public_list",
         "SELECT coalesce(jsonb_agg(" OBJECT
         "'consultatie', x.consultation, 'verzonnen', CASE WHEN x.invented THEN true END, 'toepassing', "
         "x.application, 'titel', x.title, 'versie', x.number, 'vastgesteldOp', to_char(x.decided_at" TIME
         ")) ORDER BY x.title, x.framework_id), '[]')::text FROM (SELECT DISTINCT ON (framework_id) "
         "framework_id, consultation, invented, application, title, number, decided_at FROM "
         "zs.framework_public WHERE consultation = $1::text OR ($1::text = '' AND NOT invented) ORDER BY "
         "framework_id, number DESC LIMIT $2::int4) AS x"},
    [APPROVED] =
        {"framework_approved",
         "SELECT coalesce(jsonb_agg(" SHEET SHEET_END
         " ORDER BY v.application), '[]')::text FROM (SELECT DISTINCT ON "
         "(framework_id) * FROM zs.framework_public WHERE consultation = $1::text OR ($1::text = '' AND NOT "
         "invented) ORDER BY framework_id, "
         "number DESC LIMIT $2::int4) AS v"},
    [PAIRS] =
        {"framework_public_pairs",
         "SELECT DISTINCT consultation, application FROM zs.framework_public ORDER BY 1, 2 LIMIT $1::int4"},
};

/* ---- a sheet that is being written ---- */

enum db_status framework_add(int32_t *number, struct db_tx *tx, struct slice consultation,
                             struct slice application, struct slice title, const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_text(&p, application);
    db_put_text(&p, title);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(&rows, tx, &framework_statements[ADD], &p);
    *number = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status framework_lock(int32_t *revision, struct db_tx *tx, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &framework_statements[LOCK], &p);
    *revision = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status framework_find(json_t **sheet, int32_t *revision, struct db_tx *tx, struct arena *arena,
                              int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &framework_statements[FIND], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *revision = found ? db_get_int32(rows, 0, 0) : 0;
    *sheet = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

enum db_status framework_list(json_t **list, struct db_tx *tx, struct arena *arena)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, FRAMEWORKS_MAX);
    return tafel_read_json(list, tx, arena, &framework_statements[LIST], &p);
}

enum db_status framework_books(json_t **list, struct db_tx *tx, struct arena *arena)
{
    struct db_params p = db_params(tx);
    return tafel_read_json(list, tx, arena, &framework_statements[BOOKS], &p);
}

static struct slice dumped(struct arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    const struct slice kept = arena_copy(arena, slice_from_cstr(text));
    free(text);
    return kept;
}

static enum db_status touch(struct db_tx *tx, int32_t number, enum framework_state state, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, slice_from_cstr(framework_states[state]));
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &framework_statements[TOUCH], &p);
}

enum db_status framework_section_keep(struct db_tx *tx, int32_t number, enum framework_section section,
                                      const json_t *content, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, slice_from_cstr(framework_parts[section].code));
    db_put_text(&p, dumped(db_arena(tx), content));
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &framework_statements[SECTION_KEEP], &p);
    return status == DB_OK ? touch(tx, number, FRAMEWORK_CONCEPT, by) : status;
}

enum db_status framework_said(struct framework_said **out, size_t *count, struct db_tx *tx,
                              struct slice consultation, const int64_t *passages, size_t passage_count)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int64_array(&p, passages, passage_count);
    db_put_text(&p, consultation);
    const enum db_status status = db_run(&rows, tx, &framework_statements[SAID], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct framework_said){.passage = db_get_int64(rows, i, 0),
                                            .conversation = db_get_text(rows, i, 1),
                                            .may_quote = db_get_bool(rows, i, 2),
                                            .body = db_get_text(rows, i, 3),
                                            .language = db_get_text(rows, i, 4)};
    }
    return status;
}

enum db_status framework_decisions(json_t **list, struct db_tx *tx, struct arena *arena, int32_t item)
{
    return framework_decisions_about(list, tx, arena, item, 0, 0);
}

enum db_status framework_decisions_about(json_t **list, struct db_tx *tx, struct arena *arena, int32_t item,
                                         int32_t number, int32_t version)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, item);
    db_put_int32(&p, number);
    db_put_int32(&p, version);
    return tafel_read_json(list, tx, arena, &framework_statements[DECIDED_ITEMS], &p);
}

/* ---- versions ---- */

static enum db_status add_passages(struct db_tx *tx, int32_t number, int32_t version,
                                   const struct framework_proof *proofs, size_t count)
{
    struct arena *arena = db_arena(tx);
    int32_t *arguments = arena_array(arena, count + 1, sizeof *arguments);
    int64_t *passages = arena_array(arena, count + 1, sizeof *passages);
    bool *cleared = arena_array(arena, count + 1, sizeof *cleared);
    struct db_params p = db_params(tx);
    for (size_t i = 0; i < count; i++) {
        arguments[i] = proofs[i].argument;
        passages[i] = proofs[i].passage;
        cleared[i] = proofs[i].cleared;
    }
    db_put_int32(&p, number);
    db_put_int32(&p, version);
    db_put_int32_array(&p, arguments, count);
    db_put_int64_array(&p, passages, count);
    db_put_bool_array(&p, cleared, count);
    return db_run(NULL, tx, &framework_statements[PASSAGES_ADD], &p);
}

enum db_status framework_version_add(int32_t *version, struct db_tx *tx, int32_t number,
                                     const json_t *document, const struct framework_proof *proofs,
                                     size_t proof_count, const char *by)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, dumped(db_arena(tx), document));
    db_put_text(&p, slice_from_cstr(by));
    enum db_status status = db_run_one(&row, tx, &framework_statements[VERSION_ADD], &p);
    *version = status == DB_OK ? db_get_int32(row, 0, 0) : 0;
    status = status == DB_OK ? add_passages(tx, number, *version, proofs, proof_count) : status;
    return status == DB_OK ? touch(tx, number, FRAMEWORK_PUT_FORWARD, by) : status;
}

enum db_status framework_decide(struct db_tx *tx, int32_t number, const struct framework_decided *decided,
                                const char *by)
{
    const enum framework_state state = decided->approved ? FRAMEWORK_APPROVED : FRAMEWORK_RETURNED;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_int32(&p, decided->version);
    db_put_text(&p, slice_from_cstr(framework_states[state]));
    tafel_put_text(
        &p, !decided->approved
                ? SLICE("")
                : slice_from_cstr(framework_approvals[decided->meeting_item != 0 ? APPROVED_BY_MEETING
                                                                                 : APPROVED_BY_SECOND]));
    if (decided->meeting_item != 0) {
        db_put_int32(&p, decided->meeting_item);
    } else {
        db_put_null(&p);
    }
    tafel_put_text(&p, decided->told);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &framework_statements[DECIDE], &p);
    return status == DB_OK ? touch(tx, number, state, by) : status;
}

/* ---- as they are read ---- */

/* The passages go with their arguments. */
static void place_passages(json_t *document)
{
    size_t i, k;
    json_t *argument, *passage, *all = json_object_get(document, "passages");
    json_array_foreach(json_object_get(document, framework_parts[FRAMEWORK_ARGUMENTS].code), i, argument)
    {
        const json_int_t number = json_integer_value(json_object_get(argument, "nummer"));
        json_t *own = json_array();
        json_array_foreach(all, k, passage)
        {
            if (json_integer_value(json_object_get(passage, "argument")) == number) {
                json_t *one = json_copy(passage);
                json_object_del(one, "argument");
                json_array_append_new(own, one);
            }
        }
        json_object_set_new(argument, "passages", own);
    }
    json_object_del(document, "passages");
}

static enum db_status read_document(json_t **document, struct db_tx *tx, struct arena *arena,
                                    enum statement statement, const struct db_params *p)
{
    const enum db_status status = tafel_read_json(document, tx, arena, &framework_statements[statement], p);
    if (*document) {
        place_passages(*document);
    }
    return status;
}

enum db_status framework_version_find(json_t **document, struct db_tx *tx, struct arena *arena,
                                      int32_t number, int32_t version)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_int32(&p, version);
    return read_document(document, tx, arena, VERSION_FIND, &p);
}

enum db_status framework_public_find(json_t **document, struct db_tx *tx, struct arena *arena,
                                     struct slice consultation, struct slice application, int32_t version)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_text(&p, application);
    db_put_int32(&p, version);
    return read_document(document, tx, arena, PUBLIC_FIND, &p);
}

enum db_status framework_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                     struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_int32(&p, FRAMEWORKS_MAX);
    return tafel_read_json(list, tx, arena, &framework_statements[PUBLIC_LIST], &p);
}

enum db_status frameworks_approved(json_t **list, struct db_tx *tx, struct arena *arena,
                                   struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_int32(&p, FRAMEWORKS_MAX);
    return tafel_read_json(list, tx, arena, &framework_statements[APPROVED], &p);
}

enum db_status framework_public_pairs(struct db_result **rows, struct db_tx *tx)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, FRAMEWORKS_MAX);
    return db_run(rows, tx, &framework_statements[PAIRS], &p);
}
