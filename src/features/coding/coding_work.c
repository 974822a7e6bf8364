#include "features/coding/coding_work.h"

enum statement { TASK, NEXT, COUNT, WAITING, LIST, BEFORE, MARKS, CLAIM, INSERT, END, STATEMENT_COUNT };

/* The view is a union: a plain join would read all of it, and OFFSET 0 keeps this from becoming one. */
#define PASSAGE_OF_TASK "LATERAL (SELECT * FROM zs.evidence AS v WHERE v.id = t.passage_id OFFSET 0) AS e"

/* Whose codings count of a passage is settled by the task: the first coder's, until something is decided. */
const struct db_statement coding_work_statements[STATEMENT_COUNT + 1] = {
    [TASK] =
        {"coding_task",
         "SELECT t.id, t.passage_id, t.round_id, t.coder_id, t.revision, t.position, t.done_at IS NOT NULL,"
         " EXISTS (SELECT FROM zs.adjudication AS a WHERE a.passage_id = t.passage_id), e.body, e.kind,"
         " e.language, coalesce(e.variable, ''), coalesce(c.code, ''), coalesce(e.method, 'enquete'),"
         " coalesce(e.part, ''), coalesce(e.place, 0), p.book_version, (SELECT q.part::text FROM "
         "jsonb_array_elements(g.document->'parts') AS q (part) WHERE q.part->>'code' = e.part LIMIT 1)"
         " FROM zs.coding_task AS t JOIN zs.coder AS k ON k.id = t.coder_id JOIN zs.coding_plan AS p ON "
         "p.round_id = t.round_id CROSS JOIN " PASSAGE_OF_TASK
         " LEFT JOIN zs.conversation AS c ON c.id = e.conversation_id LEFT JOIN zs.guide_version AS g ON "
         "g.id = c.guide_version"
         " WHERE t.id = $1::int8 AND k.account_id = $2::int4"},
    [NEXT] = {"coding_task_next",
              "SELECT t.id FROM zs.coding_task AS t JOIN zs.coder AS k ON k.id = t.coder_id LEFT JOIN "
              "zs.coding_task AS a ON a.id = $3::int8 WHERE k.account_id = $2::int4 AND t.round_id = $1::int4"
              " AND t.done_at IS NULL AND t.id IS DISTINCT FROM a.id ORDER BY (t.place, t.id) < (a.place, "
              "a.id), t.place, t.id LIMIT 1"},
    [COUNT] = {"coding_task_count",
               "SELECT count(*), count(t.done_at) FROM zs.coding_task AS t JOIN zs.coder AS k ON k.id = "
               "t.coder_id WHERE k.account_id = $2::int4 AND t.round_id = $1::int4"},
    [WAITING] = {"coding_tasks_waiting",
                 "SELECT count(*) FROM zs.coding_task AS t JOIN zs.coder AS k ON k.id = t.coder_id WHERE "
                 "k.account_id = $1::int4 AND t.done_at IS NULL"},
    [LIST] =
        {"coding_task_list",
         "SELECT coalesce(json_agg(json_build_object('taak', q.id, 'klaar', q.done, 'begin', "
         "left(q.body, 80)) ORDER BY q.place, q.id), '[]')::text FROM (SELECT t.id, t.place, t.done_at IS "
         "NOT NULL AS done, e.body FROM zs.coding_task AS t JOIN zs.coder AS k ON k.id = t.coder_id "
         "JOIN zs.evidence AS e ON e.id = t.passage_id WHERE k.account_id = $2::int4 AND t.round_id = "
         "$1::int4 ORDER BY t.place, t.id LIMIT 500) AS q"},
    [BEFORE] =
        {"coding_task_before",
         "SELECT coalesce(json_agg(json_build_object('wie', coalesce(p.pseudonym, e.speaker), 'tekst', "
         "right(e.body, 600)) ORDER BY e.place), '[]')::text FROM zs.conversation AS c JOIN "
         "zs.evidence AS e ON e.conversation_id = c.id LEFT JOIN zs.participant AS p ON p.id = "
         "e.participant_id WHERE c.code = $1::text AND e.place BETWEEN $2::int4 - 2 AND $2::int4 - 1"},
    [MARKS] =
        {"coding_marks",
         "SELECT coalesce(json_agg(json_strip_nulls(json_build_object('codering', id, 'van', start_at, "
         "'tot', "
         "end_at, 'codes', codes, 'facet', facet, 'uiting', expression, 'toepassing', application, "
         "'richting',"
         " direction, 'herkomst', origin, 'memo', memo)) ORDER BY start_at, end_at, id), '[]')::text FROM "
         "zs.coding WHERE passage_id = $1::int8 AND coder_id = $2::int4 AND ended_at IS NULL AND NOT "
         "decided"},
    [CLAIM] =
        {"coding_task_claim",
         "UPDATE zs.coding_task AS t SET revision = t.revision + 1, done_at = CASE $3::int2 WHEN 1 THEN "
         "coalesce(t.done_at, now()) WHEN 0 THEN NULL ELSE t.done_at END WHERE t.id = $1::int8 AND "
         "t.revision "
         "= $2::int4 AND NOT EXISTS (SELECT FROM zs.adjudication AS a WHERE a.passage_id = t.passage_id)"},
    [INSERT] =
        {"coding_insert",
         "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, "
         "counts, codes, facet, expression, direction, origin, application, prompted, memo, replaces, "
         "method, "
         "conversation_id, participant_id, response_id) SELECT t.round_id, t.passage_id, t.coder_id, "
         "$2::int4, $3::int4, $4::int4, $5::int2, t.position = 1, $6::text[], $7::text, $8::text, $9::text, "
         "$10::text, $11::text, $12::text[], $13::text, $14::int8, coalesce(e.method, 'enquete'), "
         "e.conversation_id, e.participant_id, e.response_id FROM zs.coding_task AS t CROSS "
         "JOIN " PASSAGE_OF_TASK " WHERE t.id = $1::int8 AND $4::int4 <= length(e.body)"},
    [END] = {"coding_end",
             "UPDATE zs.coding SET ended_at = now(), ended_by = $4::text, ended_reason = $5::text WHERE id = "
             "$1::int8 AND passage_id = $2::int8 AND coder_id = $3::int4 AND ended_at IS NULL AND NOT "
             "decided"},
};

static enum db_status document(json_t **out, struct db_tx *tx, enum statement statement,
                               const struct db_params *p)
{
    struct db_result *row;
    enum db_status status = db_run_one(&row, tx, &coding_work_statements[statement], p);
    *out = NULL;
    if (status == DB_OK) {
        const struct slice text = db_get_text(row, 0, 0);
        *out = json_loadb(text.ptr, text.len, 0, NULL);
    }
    return status;
}

enum db_status coding_task_read(struct coding_task *out, struct db_tx *tx, struct arena *arena, int64_t id,
                                int32_t account)
{
    struct db_result *row;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int64(&p, id);
    db_put_int32(&p, account);
    enum db_status status = db_run(&row, tx, &coding_work_statements[TASK], &p);
    *out = (struct coding_task){.found = status == DB_OK && db_rows(row) == 1};
    if (!out->found) {
        return status;
    }
    out->id = db_get_int64(row, 0, 0);
    out->passage = db_get_int64(row, 0, 1);
    out->round = db_get_int32(row, 0, 2);
    out->coder = db_get_int32(row, 0, 3);
    out->revision = db_get_int32(row, 0, 4);
    out->position = db_get_int16(row, 0, 5);
    out->done = db_get_bool(row, 0, 6);
    out->decided = db_get_bool(row, 0, 7);
    out->body = arena_copy(arena, db_get_text(row, 0, 8));
    out->kind = arena_copy(arena, db_get_text(row, 0, 9));
    out->language = arena_copy(arena, db_get_text(row, 0, 10));
    out->variable = arena_copy(arena, db_get_text(row, 0, 11));
    out->conversation = arena_copy(arena, db_get_text(row, 0, 12));
    out->method = arena_copy(arena, db_get_text(row, 0, 13));
    out->part = arena_copy(arena, db_get_text(row, 0, 14));
    out->place = db_get_int32(row, 0, 15);
    out->book_version = db_get_int32(row, 0, 16);
    if (!db_is_null(row, 0, 17)) {
        json_errors_init(&errors, arena);
        out->guide_part = json_parse(&errors, arena, db_get_text(row, 0, 17));
    }
    return DB_OK;
}

static struct db_params of_round(struct db_tx *tx, int32_t round, int32_t account)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int32(&p, account);
    return p;
}

enum db_status coding_task_next(int64_t *task, struct db_tx *tx, int32_t round, int32_t account,
                                int64_t after)
{
    struct db_result *row;
    struct db_params p = of_round(tx, round, account);
    db_put_int64(&p, after);
    enum db_status status = db_run(&row, tx, &coding_work_statements[NEXT], &p);
    *task = status == DB_OK && db_rows(row) == 1 ? db_get_int64(row, 0, 0) : 0;
    return status;
}

enum db_status coding_tasks_waiting(int64_t *count, struct db_tx *tx, int32_t account)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, account);
    enum db_status status = db_run_one(&row, tx, &coding_work_statements[WAITING], &p);
    *count = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

enum db_status coding_task_count(int64_t *all, int64_t *done, struct db_tx *tx, int32_t round,
                                 int32_t account)
{
    struct db_result *row;
    struct db_params p = of_round(tx, round, account);
    enum db_status status = db_run_one(&row, tx, &coding_work_statements[COUNT], &p);
    *all = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    *done = status == DB_OK ? db_get_int64(row, 0, 1) : 0;
    return status;
}

enum db_status coding_task_list(json_t **out, struct db_tx *tx, int32_t round, int32_t account)
{
    struct db_params p = of_round(tx, round, account);
    return document(out, tx, LIST, &p);
}

enum db_status coding_task_before(json_t **out, struct db_tx *tx, const struct coding_task *task)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, task->conversation);
    db_put_int32(&p, task->place);
    return document(out, tx, BEFORE, &p);
}

enum db_status coding_marks_of(json_t **out, struct db_tx *tx, int64_t passage, int32_t coder)
{
    struct db_params p = db_params(tx);
    db_put_int64(&p, passage);
    db_put_int32(&p, coder);
    return document(out, tx, MARKS, &p);
}

enum db_status coding_task_claim(bool *ours, struct db_tx *tx, const struct coding_task *task,
                                 int64_t revision, int done)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int64(&p, task->id);
    db_put_int32(&p, revision > INT32_MAX ? 0 : (int32_t)revision);
    db_put_int16(&p, (int16_t)done);
    enum db_status status = db_run(&result, tx, &coding_work_statements[CLAIM], &p);
    *ours = status == DB_OK && db_affected(result) == 1;
    return status;
}

static enum db_status end(bool *found, struct db_tx *tx, const struct coding_task *task, int64_t mark,
                          const char *actor, const char *reason)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    db_put_int64(&p, mark);
    db_put_int64(&p, task->passage);
    db_put_int32(&p, task->coder);
    db_put_text(&p, slice_from_cstr(actor));
    db_put_text(&p, slice_from_cstr(reason));
    enum db_status status = db_run(&result, tx, &coding_work_statements[END], &p);
    *found = status == DB_OK && db_affected(result) == 1;
    return status;
}

static void put_optional(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

enum db_status coding_mark_save(bool *found, struct db_tx *tx, const struct coding_task *task,
                                const struct coding_input *input, const struct slice *prompted,
                                size_t prompted_count, const char *actor)
{
    struct db_result *result;
    enum db_status status = DB_OK;
    *found = true;
    if (input->replaces > 0) {
        status = end(found, tx, task, input->replaces, actor, "gewijzigd");
    }
    if (status != DB_OK || !*found) {
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_int64(&p, task->id);
    db_put_int32(&p, task->book_version);
    db_put_int32(&p, (int32_t)input->start);
    db_put_int32(&p, (int32_t)input->end);
    db_put_int16(&p, (int16_t)input->value_bits);
    db_put_text_array(&p, input->codes, input->code_count);
    put_optional(&p, input->other[CODEBOOK_FACET]);
    put_optional(&p, input->other[CODEBOOK_EXPRESSION]);
    put_optional(&p, input->other[CODEBOOK_DIRECTION]);
    put_optional(&p, input->other[CODEBOOK_ORIGIN]);
    put_optional(&p, input->other[CODEBOOK_APPLICATION]);
    db_put_text_array(&p, prompted, prompted_count);
    put_optional(&p, input->memo);
    if (input->replaces > 0) {
        db_put_int64(&p, input->replaces);
    } else {
        db_put_null(&p);
    }
    status = db_run(&result, tx, &coding_work_statements[INSERT], &p);
    return status == DB_OK && db_affected(result) != 1 ? DB_FAILED : status;
}

enum db_status coding_mark_remove(bool *found, struct db_tx *tx, const struct coding_task *task, int64_t mark,
                                  const char *actor)
{
    return end(found, tx, task, mark, actor, "verwijderd");
}
