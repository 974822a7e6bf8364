#include "features/tafel/tafel_suggestion_sql.h"

#include "features/tafel/tafel_form.h"

#include <stdlib.h>

enum statement { KEEP, SETTLE, LOCK, LIST, TAKE, DECIDE, GROWTHS, PASSAGES, STATEMENT_COUNT };

/* What a secretary looks at in one go: the value of an application, an application, a value, what is about
 * none of these; and each code that grows. */
#define SUBJECT_P                                                                                            \
    "CASE WHEN p.rule = 'groei' THEN 'code ' || p.subject ELSE concat_ws(' ', coalesce(p.application, "      \
    "'-'), coalesce(p.value, '-')) END"
#define SUBJECT_Q                                                                                            \
    "CASE WHEN q.rule = 'groei' THEN 'code ' || q.subject ELSE concat_ws(' ', coalesce(q.application, "      \
    "'-'), coalesce(q.value, '-')) END"
#define SUGGESTION                                                                                           \
    "jsonb_strip_nulls(jsonb_build_object('nummer', p.id, 'ronde', r.code, 'consultatie', r.consultation, "  \
    "'regel', p.rule, 'onderwerp', p.subject, 'toepassing', p.application, 'waarde', p.value, 'cijfers', "   \
    "p.figures, 'groep', r.code || ' ' || " SUBJECT_P                                                        \
    ", 'op', p.created_at::date, 'gezienOp', p.seen_at::date))"

const struct db_statement suggestion_statements[STATEMENT_COUNT + 1] = {
    [KEEP] = {"suggestion_keep",
              "INSERT INTO zs.signal_suggestion AS p (round_id, rule, subject, application, value, figures) "
              "VALUES ($1::int4, $2::text, $3::text, $4::text, $5::text, $6::text::jsonb) ON CONFLICT "
              "(round_id, rule, subject) DO UPDATE SET figures = CASE WHEN p.state = 'open' THEN "
              "excluded.figures ELSE p.figures END, holds = true, seen_at = now()"},
    [SETTLE] = {"suggestion_settle",
                "UPDATE zs.signal_suggestion SET holds = false WHERE round_id = $1::int4 AND "
                "state = 'open' AND holds AND seen_at < now()"},
    [LOCK] = {"suggestion_lock", "SELECT pg_advisory_xact_lock(hashtext('signal_suggestion'))"},
    [LIST] = {"suggestion_list",
              "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT p.id, " SUGGESTION
              " AS o FROM zs.signal_suggestion AS p JOIN zs.round AS r ON r.id = p.round_id WHERE p.state = "
              "'open' AND p.holds ORDER BY p.id DESC LIMIT $1::int4) AS x"},
    /* In order, so that two who take the same wait for each other. */
    [TAKE] = {"suggestion_take",
              "SELECT " SUGGESTION
              "::text FROM zs.signal_suggestion AS q JOIN zs.signal_suggestion AS p ON p.round_id = "
              "q.round_id AND " SUBJECT_P " = " SUBJECT_Q " JOIN zs.round AS r ON r.id = p.round_id "
              "WHERE q.id = $1::int4 AND q.state = 'open' AND p.state = 'open' AND (p.holds OR p.id "
              "= q.id) "
              "ORDER BY p.id FOR UPDATE OF p"},
    [DECIDE] =
        {"suggestion_decide",
         "UPDATE zs.signal_suggestion SET state = CASE WHEN $2::int4 IS NULL THEN 'opzij' ELSE 'signaal' "
         "END, signal_id = $2::int4, reason = $3::text, decided_at = now(), decided_by = $4::text "
         "WHERE id = $1::int4"},
    [GROWTHS] =
        {"suggestion_growths",
         "WITH said AS (SELECT c.passage_id, c.codes, v.day FROM zs.coding AS c JOIN zs.evidence AS v ON "
         "v.id "
         "= c.passage_id WHERE c.round_id = $1::int4 AND c.counts AND c.ended_at IS NULL), placed AS (SELECT "
         "s.passage_id, s.codes, 2 - ((SELECT max(day) FROM said) - s.day) / 28 AS period FROM said AS s "
         "WHERE "
         "(SELECT max(day) FROM said) - s.day < 84), coded AS (SELECT period, count(DISTINCT passage_id) AS "
         "n "
         "FROM placed GROUP BY period), texts AS (SELECT code, period, count(DISTINCT passage_id) AS n FROM "
         "placed CROSS JOIN unnest(codes) AS code GROUP BY code, period) SELECT t.code, sum(t.n) FILTER "
         "(WHERE t.period = 0)::int8, sum(t.n) FILTER (WHERE t.period = 1)::int8, sum(t.n) FILTER (WHERE "
         "t.period = 2)::int8, (SELECT n FROM coded WHERE period = 0), (SELECT n FROM coded WHERE period = "
         "1), (SELECT n FROM coded WHERE period = 2) FROM texts AS t GROUP BY t.code HAVING count(*) = 3 "
         "ORDER BY t.code LIMIT 1000"},
    /* Of each side one, then the next of each, those whose words may be read with the signal first. */
    [PASSAGES] =
        {"suggestion_passages",
         "WITH said AS (SELECT c.passage_id, coalesce(v.quotes, false) AS quotes, min(CASE WHEN c.direction "
         "IN ('voor', 'tegen') THEN c.direction ELSE 'zonder' END) AS side FROM zs.coding AS c JOIN "
         "zs.evidence AS v ON v.id = "
         "c.passage_id AND "
         "v.kind <> 'weggelaten' WHERE c.round_id = $1::int4 AND c.counts AND c.ended_at IS NULL AND "
         "($2::text = '' OR $2::text = ANY (c.codes)) AND ($3::int4 < 0 OR (c.value_bits::int4 >> "
         "$3::int4) & 1 = 1) AND ($4::text = '' OR c.application = $4::text) GROUP BY c.passage_id, "
         "v.quotes) SELECT x.passage_id FROM (SELECT s.*, row_number() OVER (PARTITION BY s.side ORDER BY "
         "s.quotes DESC, s.passage_id) AS turn FROM said AS s) AS x ORDER BY x.turn, x.side = 'zonder', "
         "x.quotes DESC, x.passage_id LIMIT $5::int4"},
};

static void put_code(struct db_params *p, const char *code)
{
    if (code) {
        db_put_text(p, slice_from_cstr(code));
    } else {
        db_put_null(p);
    }
}

static void release(void *text)
{
    free(text);
}

static void forget(void *object)
{
    json_decref(object);
}

enum db_status suggestion_keep(struct db_tx *tx, int32_t round, const struct suggestion_finding *finding,
                               const json_t *figures)
{
    struct db_params p = db_params(tx);
    char *text = json_dumps(figures, JSON_COMPACT);
    arena_defer(db_arena(tx), release, text);
    db_put_int32(&p, round);
    db_put_text(&p, slice_from_cstr(suggestion_rules[finding->rule]));
    db_put_text(&p, finding->subject);
    put_code(&p, finding->application);
    put_code(&p, finding->value);
    db_put_text(&p, slice_from_cstr(text ? text : "{}"));
    return db_run(NULL, tx, &suggestion_statements[KEEP], &p);
}

enum db_status suggestion_settle(struct db_tx *tx, int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return db_run(NULL, tx, &suggestion_statements[SETTLE], &p);
}

enum db_status suggestion_lock_all(struct db_tx *tx)
{
    struct db_result *rows;
    const struct db_params p = db_params(tx);
    return db_run(&rows, tx, &suggestion_statements[LOCK], &p);
}

enum db_status suggestion_list(json_t **list, struct db_tx *tx, struct arena *arena)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, SUGGESTIONS_MAX);
    return tafel_read_json(list, tx, arena, &suggestion_statements[LIST], &p);
}

enum db_status suggestion_take(json_t **suggestions, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &suggestion_statements[TAKE], &p);
    *suggestions = json_array();
    arena_defer(arena, forget, *suggestions);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        json_array_append(*suggestions, signal_json(arena, db_get_text(rows, i, 0)));
    }
    return status;
}

enum db_status suggestion_decide(struct db_tx *tx, int32_t number, int32_t signal, struct slice reason,
                                 const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    if (signal != 0) {
        db_put_int32(&p, signal);
    } else {
        db_put_null(&p);
    }
    tafel_put_text(&p, reason);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &suggestion_statements[DECIDE], &p);
}

enum db_status suggestion_growths(struct suggestion_growth **out, size_t *count, struct db_tx *tx,
                                  int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    const enum db_status status = db_run(&rows, tx, &suggestion_statements[GROWTHS], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        struct suggestion_growth *growth = &(*out)[i];
        growth->code = db_get_text(rows, i, 0);
        for (int k = 0; k < GROWTH_PERIODS; k++) {
            growth->texts[k] = db_get_int64(rows, i, 1 + k);
            growth->coded[k] = db_get_int64(rows, i, 1 + GROWTH_PERIODS + k);
        }
    }
    return status;
}

enum db_status suggestion_passages(int64_t passages[SUGGESTION_PASSAGES_MAX], size_t *count, struct db_tx *tx,
                                   int32_t round, struct slice code, int value, struct slice application)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_text(&p, code);
    db_put_int32(&p, value);
    db_put_text(&p, application);
    db_put_int32(&p, SUGGESTION_PASSAGES_MAX);
    const enum db_status status = db_run(&rows, tx, &suggestion_statements[PASSAGES], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    for (size_t i = 0; i < *count; i++) {
        passages[i] = db_get_int64(rows, i, 0);
    }
    return status;
}
