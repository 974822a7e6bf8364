#include "features/coding/coding_decide.h"

enum statement { DOUBLES, PASSAGE, LOCK, CHOSEN, INSERT, UPDATE, END_FORMER, UNCOUNT, TAKE, STATEMENT_COUNT };

const struct db_statement coding_decide_statements[STATEMENT_COUNT + 1] = {
    /* Texts of those on the page alone: each is looked up by itself. */
    [DOUBLES] =
        {"coding_doubles",
         "WITH coded AS (SELECT t.passage_id, coalesce(bit_or(c.value_bits), 0::int2) AS bits FROM (SELECT "
         "x.passage_id FROM zs.coding_task AS x WHERE x.round_id = $1::int4 AND x.position > 1 AND x.done_at "
         "IS NOT NULL GROUP BY x.passage_id) AS two JOIN zs.coding_task AS t ON t.passage_id = "
         "two.passage_id AND t.round_id = $1::int4 AND t.done_at IS NOT NULL LEFT JOIN zs.coding AS c ON "
         "c.passage_id = t.passage_id AND c.coder_id = t.coder_id AND c.ended_at IS NULL AND NOT c.decided "
         "GROUP BY t.passage_id, t.coder_id), doubles AS MATERIALIZED (SELECT b.passage_id, min(b.bits) <> "
         "max(b.bits) AS differs, a.passage_id IS NOT NULL AS decided FROM coded AS b LEFT JOIN "
         "zs.adjudication AS a ON a.passage_id = b.passage_id GROUP BY b.passage_id, a.passage_id HAVING "
         "count(*) > 1) SELECT (SELECT count(*) FROM doubles), (SELECT count(*) FROM doubles AS d WHERE "
         "d.differs AND NOT d.decided), (SELECT coalesce(json_agg(json_build_object('passage', p.passage_id, "
         "'begin', left(e.body, 80), 'verschilt', p.differs, 'beslist', p.decided) ORDER BY p.decided, NOT "
         "p.differs, p.passage_id), '[]') FROM (SELECT * FROM doubles AS d ORDER BY d.decided, NOT "
         "d.differs, d.passage_id OFFSET $2::int4 LIMIT $3::int4) AS p CROSS JOIN LATERAL (SELECT x.body "
         "FROM zs.evidence AS x WHERE x.id = p.passage_id OFFSET 0) AS e)::text"},
    [PASSAGE] =
        {"coding_double",
         "SELECT e.round_id, coalesce(a.revision, 0), e.body, e.language, coalesce(a.note, ''), (SELECT "
         "json_agg(json_build_object('naam', k.name, 'besluit', k.decided, 'coderingen', k.codings) ORDER BY "
         "k.decided, k.position)::text FROM (SELECT c.name, false AS decided, t.position, (SELECT "
         "coalesce(json_agg(json_strip_nulls(json_build_object('codering', m.id, 'van', m.start_at, 'tot', "
         "m.end_at, 'codes', m.codes, 'facet', m.facet, 'uiting', m.expression, 'toepassing', m.application, "
         "'richting', m.direction, 'herkomst', m.origin, 'memo', m.memo)) ORDER BY m.start_at, m.id), '[]') "
         "FROM zs.coding AS m WHERE m.passage_id = t.passage_id AND m.coder_id = t.coder_id AND m.ended_at "
         "IS "
         "NULL AND NOT m.decided) AS codings FROM zs.coding_task AS t JOIN zs.coder AS c ON c.id = "
         "t.coder_id "
         "WHERE t.passage_id = e.id AND t.done_at IS NOT NULL UNION ALL SELECT a.decided_by, true, 0, "
         "(SELECT "
         "coalesce(json_agg(json_strip_nulls(json_build_object('codering', m.id, 'van', m.start_at, 'tot', "
         "m.end_at, 'codes', m.codes, 'facet', m.facet, 'uiting', m.expression, 'toepassing', m.application, "
         "'richting', m.direction, 'herkomst', m.origin)) ORDER BY m.start_at, m.id), '[]') FROM zs.coding "
         "AS "
         "m WHERE m.passage_id = e.id AND m.ended_at IS NULL AND m.decided) WHERE a.passage_id IS NOT NULL) "
         "AS k) FROM zs.evidence AS e LEFT JOIN zs.adjudication AS a ON a.passage_id = e.id WHERE e.id = "
         "$1::int8 AND (SELECT count(t.done_at) FROM zs.coding_task AS t WHERE t.passage_id = e.id) > 1"},
    /* A coder who saves at this moment waits, and then finds another revision. */
    [LOCK] = {"coding_decide_lock",
              "UPDATE zs.coding_task SET revision = revision + 1 WHERE passage_id = $1::int8"},
    [CHOSEN] = {"coding_decide_chosen",
                "SELECT count(*) FROM zs.coding WHERE passage_id = $1::int8 AND id = ANY ($2::int8[]) AND "
                "ended_at IS NULL AND NOT decided"},
    [INSERT] = {"coding_decide_insert",
                "INSERT INTO zs.adjudication (passage_id, round_id, note, decided_by) SELECT id, round_id, "
                "$2::text, $3::text FROM zs.evidence WHERE id = $1::int8 ON CONFLICT DO NOTHING"},
    [UPDATE] = {"coding_decide_update",
                "UPDATE zs.adjudication SET revision = revision + 1, note = $2::text, decided_at = now(), "
                "decided_by = $3::text WHERE passage_id = $1::int8 AND revision = $4::int4"},
    [END_FORMER] = {"coding_decide_end",
                    "UPDATE zs.coding SET ended_at = now(), ended_by = $2::text, ended_reason = 'gewijzigd' "
                    "WHERE passage_id = $1::int8 AND decided AND ended_at IS NULL"},
    [UNCOUNT] = {"coding_decide_uncount", "UPDATE zs.coding SET counts = false WHERE passage_id = $1::int8 "
                                          "AND counts AND NOT decided AND ended_at IS NULL"},
    /* The same said by both counts once. */
    [TAKE] =
        {"coding_decide_take",
         "WITH chosen AS (SELECT * FROM zs.coding WHERE passage_id = $1::int8 AND id = ANY ($2::int8[]) AND "
         "ended_at IS NULL AND NOT decided), made AS (INSERT INTO zs.coding (round_id, passage_id, coder_id, "
         "book_version, start_at, end_at, value_bits, counts, decided, codes, facet, expression, "
         "application, "
         "direction, origin, prompted, method, conversation_id, participant_id, response_id, memo) SELECT "
         "DISTINCT ON (start_at, end_at, codes, facet, expression, application, direction, origin) round_id, "
         "passage_id, $3::int4, book_version, start_at, end_at, value_bits, true, true, codes, facet, "
         "expression, application, direction, origin, prompted, method, conversation_id, participant_id, "
         "response_id, memo FROM chosen ORDER BY start_at, end_at, codes, facet, expression, application, "
         "direction, origin, id RETURNING 1) SELECT count(*) FROM made"},
};

enum db_status coding_double_list(struct coding_doubles *out, struct db_tx *tx, int32_t round, int32_t from,
                                  int32_t most)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int32(&p, from);
    db_put_int32(&p, most);
    enum db_status status = db_run_one(&row, tx, &coding_decide_statements[DOUBLES], &p);
    *out = (struct coding_doubles){.all = 0};
    if (status == DB_OK) {
        const struct slice text = db_get_text(row, 0, 2);
        out->all = db_get_int64(row, 0, 0);
        out->open = db_get_int64(row, 0, 1);
        out->list = json_loadb(text.ptr, text.len, 0, NULL);
    }
    return status;
}

enum db_status coding_double_read(struct coding_double *out, struct db_tx *tx, struct arena *arena,
                                  int64_t passage)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int64(&p, passage);
    enum db_status status = db_run(&row, tx, &coding_decide_statements[PASSAGE], &p);
    *out = (struct coding_double){.found = status == DB_OK && db_rows(row) == 1};
    if (out->found) {
        const struct slice coders = db_get_text(row, 0, 5);
        out->round = db_get_int32(row, 0, 0);
        out->revision = db_get_int32(row, 0, 1);
        out->body = arena_copy(arena, db_get_text(row, 0, 2));
        out->language = arena_copy(arena, db_get_text(row, 0, 3));
        out->note = arena_copy(arena, db_get_text(row, 0, 4));
        out->coders = json_loadb(coders.ptr, coders.len, 0, NULL);
    }
    return status;
}

enum db_status coding_decide(enum coding_decision *outcome, struct db_tx *tx, int64_t passage,
                             int32_t revision, const int64_t *take, size_t count, struct slice note,
                             int32_t coder, const char *actor)
{
    struct db_result *result;
    struct db_params one = db_params(tx), two = db_params(tx), p = db_params(tx), end = db_params(tx);
    *outcome = CODING_MEANWHILE;
    db_put_int64(&one, passage);
    db_put_int64(&two, passage);
    db_put_int64_array(&two, take, count);
    enum db_status status = db_run(NULL, tx, &coding_decide_statements[LOCK], &one);
    status = status == DB_OK ? db_run_one(&result, tx, &coding_decide_statements[CHOSEN], &two) : status;
    if (status != DB_OK || db_get_int64(result, 0, 0) != (int64_t)count) {
        return status;
    }
    db_put_int64(&p, passage);
    if (note.len > 0) {
        db_put_text(&p, note);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, slice_from_cstr(actor));
    if (revision > 0) {
        db_put_int32(&p, revision);
    }
    status = db_run(&result, tx, &coding_decide_statements[revision > 0 ? UPDATE : INSERT], &p);
    if (status != DB_OK || db_affected(result) != 1) {
        return status;
    }
    *outcome = CODING_DECIDED;
    db_put_int64(&end, passage);
    db_put_text(&end, slice_from_cstr(actor));
    status = db_run(NULL, tx, &coding_decide_statements[UNCOUNT], &one);
    status = status == DB_OK ? db_run(NULL, tx, &coding_decide_statements[END_FORMER], &end) : status;
    db_put_int32(&two, coder);
    return status == DB_OK ? db_run_one(&result, tx, &coding_decide_statements[TAKE], &two) : status;
}
