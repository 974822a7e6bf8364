#include "features/tafel/tafel_desk_sql.h"

#include "features/tafel/tafel_form.h"
#include "features/tafel/tafel_signal_sql.h"

enum statement { DUE, MEETING, WAITING, UNTOLD, MAP, MISSING, BEGUN, ANSWERS_IN, SHEETS, STATEMENT_COUNT };

const struct db_statement desk_statements[STATEMENT_COUNT + 1] = {
    [DUE] =
        {"desk_due",
         "WITH due AS ((SELECT 'signaal' AS soort, s.id AS nummer, NULL::int AS bij, s.title AS tekst, "
         "s.due_day "
         "AS dag FROM zs.signal AS s WHERE s.state NOT IN ('teruggekoppeld', 'niet-doorgeleid') AND "
         "s.due_day "
         "<= $1::date + $2::int4) UNION ALL (SELECT 'doorgeleiding', f.id, f.signal_id, f.addressee, "
         "f.due_day "
         "FROM zs.signal_forward AS f WHERE f.state <> 'geantwoord' AND f.due_day <= $1::date + $2::int4) "
         "UNION "
         "ALL (SELECT 'actiepunt', c.id, c.meeting_id, c.told, c.due_day FROM zs.meeting_action AS c WHERE "
         "c.done_at IS NULL AND c.due_day <= $1::date + $2::int4)) SELECT jsonb_build_object('aantal', "
         "(SELECT "
         "count(*) FROM due), 'regels', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(x)) ORDER BY "
         "x.dag, x.soort, x.nummer), '[]') FROM (SELECT d.*, d.dag < $1::date AS "
         "\"teLaat\" FROM due AS d ORDER BY d.dag, d.soort, d.nummer LIMIT $3::int4) AS x))::text"},
    [MEETING] =
        {"desk_meeting",
         "WITH ripe AS (SELECT s.id AS nummer, s.title AS tekst FROM zs.signal AS s WHERE s.state = "
         "'opgevangen' AND EXISTS (SELECT 1 FROM zs.signal_evidence AS e WHERE e.signal_id = s.id AND "
         "e.ended_at IS NULL) AND NOT EXISTS (SELECT 1 FROM zs.meeting_item AS i JOIN zs.meeting AS m ON "
         "m.id = "
         "i.meeting_id WHERE i.signal_id = s.id AND i.decision IS NULL AND m.state IN ('gepland', "
         "'gehouden'))) "
         "SELECT jsonb_strip_nulls(jsonb_build_object('overleg', (SELECT jsonb_build_object('nummer', m.id, "
         "'tafelTitel', t.title, 'dag', m.day, 'punten', (SELECT count(*) FROM zs.meeting_item AS i WHERE "
         "i.meeting_id = m.id)) FROM zs.meeting AS m JOIN zs.tafel_table AS t ON t.id = m.table_id WHERE "
         "m.state = 'gepland' AND m.day >= $1::date ORDER BY m.day, m.id LIMIT 1), 'aantal', (SELECT "
         "count(*) "
         "FROM ripe), 'regels', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(x)) ORDER BY "
         "x.nummer), '[]') FROM (SELECT * FROM ripe ORDER BY nummer LIMIT $2::int4) AS "
         "x)))::text"},
    [WAITING] =
        {"desk_waiting",
         "WITH late AS (SELECT f.addressee AS geadresseerde, count(*) AS aantal, count(*) FILTER (WHERE "
         "f.due_day < $1::date) AS \"teLaat\", greatest($1::date - min(f.due_day), 0) AS dagen, "
         "(array_agg(f.signal_id ORDER BY f.due_day, f.id))[1] AS signaal FROM zs.signal_forward AS f WHERE "
         "f.state <> 'geantwoord' GROUP BY f.addressee) SELECT jsonb_build_object('aantal', (SELECT "
         "count(*) FROM late), 'regels', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(x)) ORDER BY "
         "x.dagen DESC, x.geadresseerde), '[]') FROM (SELECT * "
         "FROM late ORDER BY dagen DESC, geadresseerde LIMIT $2::int4) AS x))::text"},
    [UNTOLD] =
        {"desk_untold",
         "WITH untold AS (SELECT s.id AS nummer, s.title AS tekst, s.is_public AS openbaar, s.state = "
         "'doorgeleid' AS binnen FROM zs.signal AS s WHERE s.state = 'beantwoord' OR (" SIGNAL_ALL_ANSWERED
         ")) SELECT jsonb_build_object('aantal', (SELECT count(*) FROM untold), "
         "'regels', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(x)) ORDER BY x.binnen DESC, "
         "x.nummer), '[]') FROM (SELECT u.*, CASE WHEN u.binnen THEN (SELECT max(a.answered_at)::date FROM "
         "zs.signal_answer AS a JOIN zs.signal_forward AS f ON f.id = a.forward_id WHERE f.signal_id = "
         "u.nummer) ELSE (SELECT max(t.created_at)::date FROM zs.signal_step AS t WHERE t.signal_id = "
         "u.nummer) END AS sinds FROM untold AS u ORDER BY u.binnen DESC, u.nummer LIMIT $1::int4) AS "
         "x))::text"},
    [MAP] =
        {"desk_map",
         "WITH newest AS (SELECT id, round_id, number, published_at FROM zs.value_map ORDER BY id DESC LIMIT "
         "1), "
         "cells AS (SELECT m.number, a->>'toepassing' AS toepassing, coalesce(a->>'titel', a->>'toepassing') "
         "AS "
         "titel, w->>'waarde' AS waarde, w->>'label' AS label FROM newest AS n JOIN zs.value_map AS m ON "
         "m.round_id = n.round_id AND m.number IN (n.number, n.number - 1) CROSS JOIN "
         "jsonb_array_elements(m.document->'toepassingen') AS a CROSS JOIN "
         "jsonb_array_elements(a->'waarden') "
         "AS w), lit AS (SELECT c.toepassing, c.titel, c.waarde, c.label, CASE WHEN b.label <> c.label THEN "
         "b.label END AS was, c.label = 'tegenspraak' AS clash FROM newest AS n JOIN cells AS c ON c.number "
         "= "
         "n.number LEFT JOIN cells AS b ON b.number = n.number - 1 AND b.toepassing = c.toepassing AND "
         "b.waarde "
         "= c.waarde WHERE c.label IN ('tegenspraak', 'stilte') OR b.label <> c.label) SELECT "
         "jsonb_build_object('ronde', r.code, 'nummer', n.number, 'op', n.published_at::date, 'aantal', "
         "(SELECT "
         "count(*) FROM lit), 'tellingen', coalesce(jsonb_strip_nulls((SELECT jsonb_object_agg(y.label, y.n) "
         "FROM (SELECT label, count(*) AS n FROM lit GROUP BY label) AS y)), '{}'), "
         "'regels', (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(x)) ORDER BY x.was IS NULL, NOT "
         "x.clash, x.toepassing, x.waarde), '[]') FROM (SELECT * FROM lit ORDER BY "
         "was IS NULL, NOT clash, toepassing, waarde LIMIT $1::int4) AS x))::text FROM newest AS n JOIN "
         "zs.round "
         "AS r ON r.id = n.round_id"},
    [MISSING] =
        {"desk_missing",
         "SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.nodig - x.gehouden DESC, x.titel), '[]')::text "
         "FROM "
         "(SELECT r.code AS ronde, n.kind AS soort, s.title AS titel, s.conversations AS nodig, count(c.id) "
         "AS "
         "gehouden FROM zs.composition_plan AS n JOIN zs.round AS r ON r.id = n.round_id JOIN "
         "zs.composition_segment AS s ON s.plan_id = n.id LEFT JOIN zs.conversation AS c ON c.segment_id = "
         "s.id "
         "AND c.status = 'gehouden' WHERE n.round_id = ANY ($1::int4[]) GROUP BY r.code, n.kind, s.id HAVING "
         "count(c.id) < s.conversations ORDER BY s.conversations - count(c.id) DESC, s.title LIMIT $2::int4) "
         "AS "
         "x"},
    [BEGUN] = {"desk_begun", "SELECT jsonb_build_object('gevraagd', EXISTS (SELECT FROM zs.signal_forward), "
                             "'beantwoord', EXISTS (SELECT FROM zs.signal_answer), 'gevonden', EXISTS "
                             "(SELECT FROM zs.signal_suggestion))::text"},
    [ANSWERS_IN] = {"desk_answers_in", "SELECT count(*) FROM zs.signal AS s WHERE " SIGNAL_ALL_ANSWERED},
    [SHEETS] = {"desk_sheets", "SELECT count(*) FROM zs.framework_version WHERE state = 'voorgelegd' AND "
                               "put_forward_by <> $1::text AND $1::text <> ALL (written_by)"},
};

static enum db_status read_count(int64_t *count, struct db_tx *tx, enum statement statement,
                                 const struct db_params *params)
{
    struct db_result *rows;
    const enum db_status status = db_run_one(&rows, tx, &desk_statements[statement], params);
    *count = status == DB_OK ? db_get_int64(rows, 0, 0) : 0;
    return status;
}

enum db_status desk_answers_in(int64_t *signals, struct db_tx *tx)
{
    const struct db_params p = db_params(tx);
    return read_count(signals, tx, ANSWERS_IN, &p);
}

enum db_status desk_sheets_to_approve(int64_t *sheets, struct db_tx *tx, const char *person)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(person));
    return read_count(sheets, tx, SHEETS, &p);
}

enum db_status desk_due(json_t **due, struct db_tx *tx, struct arena *arena, int32_t today)
{
    struct db_params p = db_params(tx);
    db_put_day(&p, today);
    db_put_int32(&p, DESK_DAYS);
    db_put_int32(&p, DESK_LINES);
    return tafel_read_json(due, tx, arena, &desk_statements[DUE], &p);
}

static enum db_status read_at(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                              int32_t today)
{
    struct db_params p = db_params(tx);
    db_put_day(&p, today);
    db_put_int32(&p, DESK_LINES);
    return tafel_read_json(out, tx, arena, &desk_statements[statement], &p);
}

enum db_status desk_meeting(json_t **meeting, struct db_tx *tx, struct arena *arena, int32_t today)
{
    return read_at(meeting, tx, arena, MEETING, today);
}

enum db_status desk_waiting(json_t **waiting, struct db_tx *tx, struct arena *arena, int32_t today)
{
    return read_at(waiting, tx, arena, WAITING, today);
}

static enum db_status read_lines(json_t **out, struct db_tx *tx, struct arena *arena,
                                 enum statement statement)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, DESK_LINES);
    return tafel_read_json(out, tx, arena, &desk_statements[statement], &p);
}

enum db_status desk_untold(json_t **untold, struct db_tx *tx, struct arena *arena)
{
    return read_lines(untold, tx, arena, UNTOLD);
}

enum db_status desk_begun(json_t **begun, struct db_tx *tx, struct arena *arena)
{
    const struct db_params p = db_params(tx);
    return tafel_read_json(begun, tx, arena, &desk_statements[BEGUN], &p);
}

enum db_status desk_map(json_t **map, struct db_tx *tx, struct arena *arena)
{
    return read_lines(map, tx, arena, MAP);
}

enum db_status desk_missing(json_t **missing, struct db_tx *tx, struct arena *arena, const int32_t *rounds,
                            size_t count)
{
    struct db_params p = db_params(tx);
    db_put_int32_array(&p, rounds, count);
    db_put_int32(&p, DESK_LINES);
    return tafel_read_json(missing, tx, arena, &desk_statements[MISSING], &p);
}
