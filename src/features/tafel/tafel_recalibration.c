#include "features/tafel/tafel_recalibration.h"

#include "features/tafel/tafel_signal_sql.h"

enum statement { SIGNALS, LIST, NEWEST, OVERVIEW, ADD, STATEMENT_COUNT };

const char *const recalibration_advices[] = {"houden", "aanscherpen", "toevoegen", "stoppen", NULL};

/* A time as text. */
#define TIME " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define ADVICE                                                                                               \
    "jsonb_build_object('nummer', v.id, 'versie', v.version, 'advies', v.advice, 'reden', v.reason, 'op', "  \
    "to_char(v.created_at" TIME ")"

const struct db_statement recalibration_statements[STATEMENT_COUNT + 1] = {
    [SIGNALS] =
        {"recalibration_signals",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT f.id, "
         "jsonb_strip_nulls(jsonb_build_object('signaal', s.id, 'titel', s.title, 'waarden', "
         "to_jsonb(s.value_codes), 'vraag', f.question, 'rol', f.role, 'uiterlijk', f.due_day, 'stand', "
         "f.state, 'op', to_char(f.created_at" TIME ", 'antwoord', (SELECT "
         "jsonb_strip_nulls(jsonb_build_object('uitkomst', a.outcome, 'redenen', a.reason, 'watVerandert', "
         "a.change, 'wanneer', a.change_when, 'op', to_char(a.answered_at" TIME
         ")) FROM zs.signal_answer AS a WHERE a.forward_id = f.id AND a.returned_at IS NULL ORDER BY a.id "
         "DESC LIMIT 1))) AS o FROM zs.signal_forward AS f JOIN zs.signal AS s ON s.id = f.signal_id AND "
         "s.is_public WHERE f.item = $1::text ORDER BY f.id DESC LIMIT 200) AS x"},
    [LIST] = {"recalibration_list", "SELECT coalesce(jsonb_agg(" ADVICE " ORDER BY v.id DESC), '[]')::text "
                                    "FROM zs.agenda_advice AS v WHERE v.item = $1::text"},
    [NEWEST] = {"recalibration_newest",
                "SELECT coalesce(jsonb_object_agg(v.item, " ADVICE "), '{}')::text FROM (SELECT DISTINCT ON "
                "(a.item) a.id, a.item, a.version, a.advice, a.reason, a.created_at FROM zs.agenda_advice AS "
                "a ORDER BY a.item, a.id DESC) AS v WHERE v.version = $1::int4"},
    [OVERVIEW] =
        {"recalibration_overview",
         "SELECT coalesce(jsonb_object_agg(x.item, x.o), '{}')::text FROM (SELECT coalesce(n.item, v.item) "
         "AS item, jsonb_strip_nulls(jsonb_build_object('signalen', n.signals, 'beantwoord', n.answered, "
         "'advies', v.advice)) AS o FROM (SELECT f.item, count(DISTINCT f.signal_id) AS signals, count(*) "
         "FILTER (WHERE f.state = 'geantwoord') AS answered FROM zs.signal_forward AS f JOIN zs.signal AS s "
         "ON s.id = f.signal_id AND s.is_public WHERE f.item IS NOT NULL GROUP BY f.item) AS n FULL JOIN "
         "(SELECT DISTINCT ON (a.item) a.item, a.advice FROM zs.agenda_advice AS a WHERE a.version = "
         "$1::int4 ORDER BY a.item, a.id DESC) AS v ON v.item = n.item) AS x"},
    [ADD] = {"recalibration_add",
             "INSERT INTO zs.agenda_advice (item, version, advice, reason, created_by) VALUES ($1::text, "
             "$2::int4, $3::text, $4::text, $5::text)"},
};

static enum db_status read_json(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                                const struct db_params *params)
{
    struct db_result *rows;
    const enum db_status status = db_run_one(&rows, tx, &recalibration_statements[statement], params);
    *out = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status recalibration_signals(json_t **out, struct db_tx *tx, struct arena *arena, struct slice item)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    return read_json(out, tx, arena, SIGNALS, &p);
}

enum db_status recalibration_list(json_t **out, struct db_tx *tx, struct arena *arena, struct slice item)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    return read_json(out, tx, arena, LIST, &p);
}

enum db_status recalibration_newest(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, version);
    return read_json(out, tx, arena, NEWEST, &p);
}

enum db_status recalibration_overview(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, version);
    return read_json(out, tx, arena, OVERVIEW, &p);
}

enum db_status recalibration_add(struct db_tx *tx, struct slice item, int32_t version, struct slice advice,
                                 struct slice reason, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    db_put_int32(&p, version);
    db_put_text(&p, advice);
    db_put_text(&p, reason);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &recalibration_statements[ADD], &p);
}
