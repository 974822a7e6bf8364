#include "features/tafel/tafel_feedback_sql.h"

#include "features/tafel/tafel_signal_sql.h"

enum statement { SIGNALS, SUBJECTS, EVENTS, VOTE, STATEMENT_COUNT };

/* Pieces of statements. */
#define TIME   " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define OBJECT "jsonb_strip_nulls(jsonb_build_object("
#define END    "))"
#define EVENT                                                                                                \
    OBJECT                                                                                                   \
    "'sleutel', e.part || '/' || e.id, 'wat', e.what, 'op', to_char(e.happened_at" TIME                      \
    ", 'toelichting', e.told, 'geadresseerde', e.addressee, 'soort', e.kind, 'onderdeel', e.item, "          \
    "'antwoord', CASE WHEN e.part = 'antwoord' THEN e.id END, 'uitkomst', e.outcome, 'watVerandert', "       \
    "e.change, 'wanneer', e.change_when" END

const struct db_statement feedback_statements[STATEMENT_COUNT + 1] = {
    [SIGNALS] =
        {"feedback_signals",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT s.id, " OBJECT
         "'nummer', s.id, 'titel', s.title, 'tekst', s.body, 'waarden', to_jsonb(s.value_codes), "
         "'toepassingen', to_jsonb(s.applications), 'stand', s.state, 'gewijzigdOp', "
         "to_char(s.changed_at" TIME
         ", 'aanZet', CASE WHEN s.state IN ('teruggekoppeld', 'niet-doorgeleid') THEN 'niemand' WHEN "
         "s.state = 'doorgeleid' AND w.waits IS NOT NULL THEN 'gevraagden' ELSE 'tafel' END, 'wachtOp', "
         "CASE WHEN s.state = 'doorgeleid' THEN coalesce(w.waits, '[]') ELSE '[]' END, 'gebeurtenissen', "
         "h.events" END " AS o FROM zs.signal AS s CROSS JOIN LATERAL (SELECT "
         "jsonb_agg(jsonb_build_object('geadresseerde', f.addressee, 'uiterlijk', f.due_day) ORDER BY f.id) "
         "AS waits FROM zs.signal_forward AS f WHERE f.signal_id = s.id AND f.state <> 'geantwoord') AS w "
         "CROSS JOIN LATERAL (SELECT jsonb_agg(" EVENT
         " || coalesce((SELECT jsonb_build_object('oordelen', jsonb_build_object('duidelijk', "
         "v.clear_count, 'onduidelijk', v.unclear_count)) FROM zs.signal_answer_vote AS v WHERE e.part = "
         "'antwoord' AND v.answer_id = e.id AND v.clear_count + v.unclear_count >= $6::int4), '{}')"
         " ORDER BY e.happened_at, e.part = 'begin' DESC, e.id) AS events "
         "FROM zs.signal_event AS e WHERE e.signal_id = s.id) AS h WHERE s.is_public AND s.consultation = "
         "$1::text AND "
         "($2::text = '' OR $2::text = ANY (s.value_codes)) AND ($3::text = '' OR $3::text = ANY "
         "(s.applications)) AND ($4::int8 = 0 OR s.id <= $4::int8) ORDER BY s.id DESC LIMIT $5::int4) AS x"},
    [SUBJECTS] =
        {"feedback_subjects",
         "SELECT jsonb_build_object('waarden', (SELECT coalesce(jsonb_agg(DISTINCT v.code), '[]') FROM "
         "zs.signal AS s, unnest(s.value_codes) AS v (code) WHERE s.is_public AND s.consultation = "
         "$1::text), 'toepassingen', (SELECT coalesce(jsonb_agg(DISTINCT a.code), '[]') FROM zs.signal AS s, "
         "unnest(s.applications) AS a (code) WHERE s.is_public AND s.consultation = $1::text))::text"},
    [EVENTS] =
        {"feedback_events",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.happened_at DESC, x.signal_id DESC, x.part, x.id DESC), "
         "'[]')::text FROM (SELECT e.happened_at, e.signal_id, e.part, e.id, " EVENT
         " || jsonb_build_object('nummer', s.id, 'titel', s.title) AS o FROM zs.signal AS s JOIN "
         "zs.signal_event AS e ON e.signal_id = s.id WHERE s.is_public AND s.consultation = $1::text ORDER "
         "BY e.happened_at DESC, e.signal_id DESC, e.part, e.id DESC LIMIT $2::int4) AS x"},
    [VOTE] = {"feedback_vote", "SELECT zs.answer_vote($1::int4, $2::int4, $3::bool)"},
};

static enum db_status read_json(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                                const struct db_params *params)
{
    struct db_result *rows;
    const enum db_status status = db_run_one(&rows, tx, &feedback_statements[statement], params);
    *out = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status feedback_signals(json_t **list, struct db_tx *tx, struct arena *arena,
                                const struct feedback_filter *filter)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, filter->consultation);
    db_put_text(&p, filter->value);
    db_put_text(&p, filter->application);
    db_put_int64(&p, filter->from);
    db_put_int32(&p, filter->most);
    db_put_int32(&p, filter->least_votes);
    return read_json(list, tx, arena, SIGNALS, &p);
}

enum db_status feedback_subjects(json_t **subjects, struct db_tx *tx, struct arena *arena,
                                 struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    return read_json(subjects, tx, arena, SUBJECTS, &p);
}

enum db_status feedback_events(json_t **list, struct db_tx *tx, struct arena *arena,
                               struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_int32(&p, FEEDBACK_EVENTS_MAX);
    return read_json(list, tx, arena, EVENTS, &p);
}

enum db_status feedback_vote(bool *counted, struct db_tx *tx, int32_t signal, int32_t answer, bool is_clear)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_int32(&p, answer);
    db_put_bool(&p, is_clear);
    const enum db_status status = db_run_one(&rows, tx, &feedback_statements[VOTE], &p);
    *counted = status == DB_OK && db_get_bool(rows, 0, 0);
    return status;
}
