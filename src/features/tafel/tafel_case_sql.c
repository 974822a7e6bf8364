#include "features/tafel/tafel_case_sql.h"

#include "features/tafel/tafel_signal_sql.h"

/* Of each sort the one behind the other, in the order of enum case_sort. */
enum statement {
    ADD,
    CHANGE = ADD + CASE_SORTS,
    LOCK = CHANGE + CASE_SORTS,
    FIND = LOCK + CASE_SORTS,
    PUBLIC_LIST = FIND + CASE_SORTS,
    STAFF_LIST = PUBLIC_LIST + CASE_SORTS,
    STATE = STAFF_LIST + CASE_SORTS,
    STEP_ADD = STATE + CASE_SORTS,
    EVIDENCE_ADD,
    POINTS_ADD,
    STATEMENT_COUNT
};

/* Pieces of statements. */
#define TIME   " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define OBJECT "jsonb_strip_nulls(jsonb_build_object("
#define END    "))"
#define WHOLE                                                                                                \
    ", 'titel', c.title, 'stand', c.state, 'opgesteldOp', to_char(c.created_at" TIME                         \
    ", 'gewijzigdOp', to_char(c.changed_at" TIME ", 'stappen', (SELECT coalesce(jsonb_agg(" OBJECT           \
    "'van', t.from_state, 'naar', t.to_state, 'toelichting', t.told, 'verwijzing', t.reference, 'op', "      \
    "to_char(t.created_at" TIME ")) ORDER BY t.id), '[]') FROM zs.case_step AS t WHERE "
#define KIND(E)                                                                                              \
    "CASE WHEN " E ".signal_id IS NOT NULL THEN 'signaal' WHEN " E ".is_message THEN 'bericht' ELSE "        \
    "'passage' END"
#define EVIDENCE                                                                                             \
    "), 'bewijs', (SELECT coalesce(jsonb_agg(" OBJECT "'signaal', CASE WHEN s.is_public THEN s.id END, "     \
    "'titel', CASE WHEN s.is_public THEN s.title END, 'soort', " KIND(                                       \
        "e") ", 'waarom', e.why, 'op', "                                                                     \
             "to_char(e.created_at" TIME                                                                     \
             ")) ORDER BY e.id), '[]') FROM zs.case_evidence AS e LEFT JOIN zs.signal "                      \
             "AS s ON s.id = e.signal_id WHERE "
/* Whether it rests on signals, and on none but of invented data: then it is invented too. */
#define INVENTED(COLUMN)                                                                                     \
    "coalesce((SELECT bool_and(coalesce(k.invented, false)) FROM zs.case_evidence AS v JOIN zs.signal AS g " \
    "ON g.id = v.signal_id LEFT JOIN zs.consultation AS k ON k.code = g.consultation WHERE v." COLUMN        \
    " = c.id), false)"
#define SAYS_SO(COLUMN) "'verzonnen', CASE WHEN " INVENTED(COLUMN) " THEN true END, "
/* $4: only what rests on a signal of the consultation $3; else also what is not of invented data. */
#define OF(COLUMN)                                                                                           \
    "((NOT $4::bool AND NOT " INVENTED(COLUMN) ") OR EXISTS (SELECT 1 FROM zs.case_evidence AS v JOIN "      \
                                               "zs.signal AS g ON g.id = v.signal_id WHERE v." COLUMN        \
                                               " = c.id AND g.consultation = $3::text)) AND "
#define OF_RECOMMENDATION OF("recommendation_id")
#define OF_QUESTION       OF("question_id")
#define RECOMMENDATION                                                                                       \
    SAYS_SO("recommendation_id")                                                                             \
    "'nummer', c.id, 'procedure', c.procedure, 'watOnduidelijk', c.unclear, 'voorWie', c.for_whom, "         \
    "'voorstel', c.proposal" WHOLE "t.recommendation_id = c.id" EVIDENCE "e.recommendation_id = c.id)"
#define QUESTION                                                                                             \
    SAYS_SO("question_id")                                                                                   \
    "'nummer', c.id, 'soort', c.kind, 'technologie', c.technology, 'waaromNu', c.why_now, 'wieKan', "        \
    "nullif(c.who, ''), 'uitkomst', nullif(c.outcome, ''), 'punten', (SELECT "                               \
    "coalesce(jsonb_object_agg(p.side, p.points), '{}') FROM (SELECT DISTINCT ON (r.side) r.side, "          \
    "r.points FROM zs.research_points AS r WHERE r.question_id = c.id ORDER BY r.side, r.id DESC) AS "       \
    "p)" WHOLE "t.question_id = c.id" EVIDENCE "e.question_id = c.id)"
#define STAFF                                                                                                \
    ", 'eigenaar', nullif(c.owner, ''), 'openbaar', c.is_public, 'passages', (SELECT "                       \
    "coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('passage', q.passage_id, 'bericht', "           \
    "CASE WHEN q.is_message THEN (SELECT m.id FROM zs.message AS m WHERE m.passage_id = q.passage_id) END, " \
    "'soort', " KIND("q") ", 'waarom', q.why, 'weg', v.id IS NULL)) ORDER BY q.id), '[]') FROM "             \
                          "zs.case_evidence AS q LEFT JOIN LATERAL (SELECT "                                 \
                          "x.id FROM zs.evidence AS x WHERE x.id = q.passage_id AND x.kind <> "              \
                          "'weggelaten' OFFSET 0) AS v ON true WHERE "                                       \
                          "q.passage_id IS NOT NULL AND "
#define FROM_HERE "($1::int8 = 0 OR c.id <= $1::int8) ORDER BY c.id DESC LIMIT $2::int4) AS x"

const struct db_statement case_statements[STATEMENT_COUNT + 1] = {
    [ADD + CASE_RECOMMENDATION] = {"recommendation_add",
                                   "INSERT INTO zs.recommendation (title, owner, is_public, created_by, "
                                   "changed_by, procedure, unclear, for_whom, proposal) VALUES ($1::text, "
                                   "$2::text, $3::bool, $4::text, $4::text, $5::text, $6::text, $7::text, "
                                   "$8::text) RETURNING id"},
    [ADD + CASE_QUESTION] = {"research_add",
                             "INSERT INTO zs.research_question (title, owner, is_public, created_by, "
                             "changed_by, kind, technology, why_now, who, outcome) VALUES ($1::text, "
                             "$2::text, $3::bool, $4::text, $4::text, $5::text, $6::text, $7::text, "
                             "$8::text, $9::text) RETURNING id"},
    [CHANGE + CASE_RECOMMENDATION] =
        {"recommendation_change",
         "UPDATE zs.recommendation SET title = $1::text, owner = $2::text, is_public = $3::bool, changed_by "
         "= $4::text, procedure = $5::text, unclear = $6::text, for_whom = $7::text, proposal = $8::text, "
         "changed_at = now(), revision = revision + 1 WHERE id = $9::int4 RETURNING id"},
    [CHANGE + CASE_QUESTION] =
        {"research_change",
         "UPDATE zs.research_question SET title = $1::text, owner = $2::text, is_public = $3::bool, "
         "changed_by = $4::text, kind = $5::text, technology = $6::text, why_now = $7::text, who = "
         "$8::text, outcome = $9::text, changed_at = now(), revision = revision + 1 WHERE id = $10::int4 "
         "RETURNING id"},
    [LOCK + CASE_RECOMMENDATION] = {"recommendation_lock",
                                    "SELECT revision FROM zs.recommendation WHERE id = $1::int4 FOR UPDATE"},
    [LOCK + CASE_QUESTION] = {"research_lock",
                              "SELECT revision FROM zs.research_question WHERE id = $1::int4 FOR UPDATE"},
    [FIND + CASE_RECOMMENDATION] = {"recommendation_find",
                                    "SELECT c.revision, " OBJECT RECOMMENDATION STAFF
                                    "q.recommendation_id = c.id)" END
                                    "::text FROM zs.recommendation AS c WHERE c.id = $1::int4"},
    [FIND + CASE_QUESTION] = {"research_find",
                              "SELECT c.revision, " OBJECT QUESTION STAFF "q.question_id = c.id)" END
                              "::text FROM zs.research_question AS c WHERE c.id = $1::int4"},
    [PUBLIC_LIST + CASE_RECOMMENDATION] =
        {"recommendation_public_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT c.id, " OBJECT
             RECOMMENDATION END
         " AS o FROM zs.recommendation AS c WHERE c.is_public AND " OF_RECOMMENDATION FROM_HERE},
    [PUBLIC_LIST + CASE_QUESTION] =
        {"research_public_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT c.id, " OBJECT QUESTION
             END " AS o FROM zs.research_question AS c WHERE c.is_public AND " OF_QUESTION FROM_HERE},
    [STAFF_LIST + CASE_RECOMMENDATION] =
        {"recommendation_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT c.id, " OBJECT
             RECOMMENDATION ", 'eigenaar', nullif(c.owner, ''), 'openbaar', c.is_public" END
         " AS o FROM zs.recommendation AS c WHERE " FROM_HERE},
    [STAFF_LIST + CASE_QUESTION] =
        {"research_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT c.id, " OBJECT QUESTION
         ", 'eigenaar', nullif(c.owner, ''), 'openbaar', c.is_public" END
         " AS o FROM zs.research_question AS c WHERE " FROM_HERE},
    [STATE + CASE_RECOMMENDATION] = {"recommendation_state",
                                     "UPDATE zs.recommendation SET state = $2::text, changed_by = $3::text, "
                                     "changed_at = now(), revision = revision + 1 WHERE id = $1::int4"},
    [STATE + CASE_QUESTION] = {"research_state",
                               "UPDATE zs.research_question SET state = $2::text, changed_by = $3::text, "
                               "changed_at = now(), revision = revision + 1, outcome = CASE WHEN $2::text = "
                               "'afgerond' THEN $4::text ELSE outcome END WHERE id = $1::int4"},
    [STEP_ADD] = {"case_step_add",
                  "INSERT INTO zs.case_step (recommendation_id, question_id, from_state, to_state, told, "
                  "reference, created_by) VALUES ($1::int4, $2::int4, $3::text, $4::text, $5::text, "
                  "$6::text, $7::text)"},
    [EVIDENCE_ADD] =
        {"case_evidence_add",
         "INSERT INTO zs.case_evidence (recommendation_id, question_id, signal_id, passage_id, "
         "why, created_by, is_message) VALUES ($1::int4, $2::int4, $3::int4, $4::int8, $5::text, "
         "$6::text, EXISTS (SELECT FROM zs.message AS m WHERE m.passage_id = $4::int8))"},
    [POINTS_ADD] = {"research_points_add",
                    "INSERT INTO zs.research_points (question_id, side, points, created_by) VALUES "
                    "($1::int4, $2::text, $3::int4::int2, $4::text)"},
};

static void put_text_or_null(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

static struct slice text_of(struct slice text)
{
    return text.ptr ? text : SLICE("");
}

static enum statement of(enum statement statement, enum case_sort sort)
{
    return (enum statement)((unsigned)statement + (unsigned)sort);
}

enum db_status case_keep(int32_t *number, struct db_tx *tx, enum case_sort sort,
                         const struct case_draft *draft, const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, draft->title);
    db_put_text(&p, text_of(draft->owner));
    db_put_bool(&p, draft->is_public);
    db_put_text(&p, slice_from_cstr(by));
    if (sort == CASE_RECOMMENDATION) {
        db_put_text(&p, draft->procedure);
        db_put_text(&p, draft->unclear);
        db_put_text(&p, draft->for_whom);
        db_put_text(&p, draft->proposal);
    } else {
        db_put_text(&p, draft->kind);
        db_put_text(&p, draft->technology);
        db_put_text(&p, draft->why_now);
        db_put_text(&p, text_of(draft->who));
        db_put_text(&p, text_of(draft->outcome));
    }
    if (*number != 0) {
        db_put_int32(&p, *number);
    }
    const enum db_status status =
        db_run_one(&rows, tx, &case_statements[of(*number == 0 ? ADD : CHANGE, sort)], &p);
    *number = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status case_lock(int32_t *revision, struct db_tx *tx, enum case_sort sort, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &case_statements[of(LOCK, sort)], &p);
    *revision = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status case_find(json_t **one, int32_t *revision, struct db_tx *tx, struct arena *arena,
                         enum case_sort sort, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &case_statements[of(FIND, sort)], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *revision = found ? db_get_int32(rows, 0, 0) : 0;
    *one = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

enum db_status case_list(json_t **list, struct db_tx *tx, struct arena *arena, enum case_sort sort,
                         const struct case_filter *filter)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int64(&p, filter->from);
    db_put_int32(&p, filter->most);
    if (!filter->all) {
        db_put_text(&p, text_of(filter->consultation));
        db_put_bool(&p, filter->only);
    }
    const enum db_status status =
        db_run_one(&rows, tx, &case_statements[of(filter->all ? STAFF_LIST : PUBLIC_LIST, sort)], &p);
    *list = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

/* Of the two columns that say what it is of: one holds the number. */
static void put_sort(struct db_params *p, enum case_sort sort, int32_t number)
{
    for (unsigned i = 0; i < CASE_SORTS; i++) {
        if (i == (unsigned)sort) {
            db_put_int32(p, number);
        } else {
            db_put_null(p);
        }
    }
}

enum db_status case_step_add(struct db_tx *tx, enum case_sort sort, int32_t number,
                             const struct case_step *step, const char *by)
{
    struct db_params p = db_params(tx);
    put_sort(&p, sort, number);
    db_put_text(&p, step->from);
    db_put_text(&p, step->to);
    put_text_or_null(&p, step->told);
    put_text_or_null(&p, step->reference);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &case_statements[STEP_ADD], &p);
    if (status != DB_OK) {
        return status;
    }
    struct db_params q = db_params(tx);
    db_put_int32(&q, number);
    db_put_text(&q, step->to);
    db_put_text(&q, slice_from_cstr(by));
    if (sort == CASE_QUESTION) {
        db_put_text(&q, text_of(step->told));
    }
    return db_run(NULL, tx, &case_statements[of(STATE, sort)], &q);
}

enum db_status case_evidence_add(struct db_tx *tx, enum case_sort sort, int32_t number, int32_t signal,
                                 int64_t passage, struct slice why, const char *by)
{
    struct db_params p = db_params(tx);
    put_sort(&p, sort, number);
    if (signal != 0) {
        db_put_int32(&p, signal);
        db_put_null(&p);
    } else {
        db_put_null(&p);
        db_put_int64(&p, passage);
    }
    db_put_text(&p, why);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &case_statements[EVIDENCE_ADD], &p);
}

enum db_status research_points_add(struct db_tx *tx, int32_t number, struct slice side, int32_t points,
                                   const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, side);
    db_put_int32(&p, points);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &case_statements[POINTS_ADD], &p);
}
