#include "features/tafel/tafel_signal_sql.h"

enum statement {
    ADD,
    CHANGE,
    LOCK,
    FIND,
    LIST,
    COUNTS,
    PUBLIC_COUNTS,
    OWNERS,
    STEP_ADD,
    STEP,
    STEPS,
    NOTE_ADD,
    NOTE_MARK,
    NOTE_IS,
    NOTES,
    PUBLIC_LIST,
    PUBLIC_WHOLES,
    STAFF_LIST,
    PUBLIC_FIND,
    STAFF_FIND,
    STATEMENT_COUNT
};

/* Pieces of statements. A time as text; an object of pairs without those that are NULL. */
#define TIME   " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define OBJECT "jsonb_strip_nulls(jsonb_build_object("
#define END    "))"
#define HEAD                                                                                                 \
    "'nummer', s.id, 'bron', s.source, 'titel', s.title, 'consultatie', s.consultation, 'waarden', "         \
    "to_jsonb(s.value_codes), 'toepassingen', to_jsonb(s.applications), 'stand', s.state, 'opgevangenOp', "  \
    "to_char(s.created_at" TIME ", 'gewijzigdOp', to_char(s.changed_at" TIME
#define OVERDUE "s.due_day < $1::date AND s.state NOT IN ('teruggekoppeld', 'niet-doorgeleid')"
#define STAFF                                                                                                \
    ", 'openbaar', s.is_public, 'eigenaar', nullif(s.owner, ''), 'uiterlijk', s.due_day, 'teLaat', "         \
    "coalesce(" OVERDUE ", false)"
/* Not in a report, which has the state itself. */
#define ANSWERED ", 'allenGeantwoord', CASE WHEN " SIGNAL_ALL_ANSWERED " THEN true END"
#define STEP_PAIRS                                                                                           \
    "'van', t.from_state, 'naar', t.to_state, 'toelichting', t.told, 'grond', t.ground, 'verwijzing', "      \
    "t.reference, 'op', to_char(t.created_at" TIME
/* In a list of several consultations each signal says for itself that its data are invented. */
#define INVENTED                                                                                             \
    ", 'verzonnen', (SELECT true FROM zs.consultation AS c WHERE c.code = s.consultation AND c.invented)"
/* What everybody may know of the evidence: a table in full, of the rest that it is there. */
#define WHOLE                                                                                                \
    ", 'tekst', s.body, 'stappen', (SELECT coalesce(jsonb_agg(" OBJECT STEP_PAIRS                            \
    ")) ORDER BY t.id), '[]') FROM zs.signal_step AS t WHERE t.signal_id = s.id), 'bewijs', (SELECT "        \
    "coalesce(jsonb_agg(" OBJECT "'soort', e.kind, 'ronde', r.code, 'waarom', e.why, 'gevraagd', "           \
    "CASE WHEN e.kind = 'tabel' THEN e.asked END, 'cijfers', CASE WHEN e.kind = 'tabel' THEN e.figures "     \
    "END, 'op', to_char(e.created_at" TIME ")) ORDER BY e.id), '[]') FROM zs.signal_evidence AS e "          \
    "LEFT JOIN zs.round AS r ON r.id = e.round_id WHERE e.signal_id = s.id AND e.ended_at IS NULL)"
/* Whether everybody may read note n: the newest mark says so. */
#define NOTE_PUBLIC                                                                                          \
    "coalesce((SELECT k.is_public FROM zs.signal_note_mark AS k WHERE k.note_id = n.id ORDER BY k.id DESC "  \
    "LIMIT 1), false)"
/* What was said about it and marked public, without who said it. */
#define SAID                                                                                                 \
    ", 'opmerkingen', (SELECT coalesce(jsonb_agg(jsonb_build_object('tekst', n.body, 'op', "                 \
    "to_char(n.created_at" TIME ") ORDER BY n.id), '[]') FROM zs.signal_note AS n WHERE n.signal_id = s.id"  \
    " AND " NOTE_PUBLIC ")"
#define FROM_HERE                                                                                            \
    "($2::text = '' OR s.state = $2::text) AND ($3::text = '' OR s.consultation = $3::text)"                 \
    " AND ($4::int8 = 0 OR s.id <= $4::int8) AND NOT ($6::bool AND EXISTS (SELECT 1 FROM zs.consultation "   \
    "AS c WHERE c.code = s.consultation AND c.invented)) ORDER BY s.id DESC LIMIT $5::int4) AS x"

const struct db_statement signal_statements[STATEMENT_COUNT + 1] = {
    [ADD] = {"signal_add",
             "INSERT INTO zs.signal (source, title, body, consultation, value_codes, applications,"
             " owner, due_day, is_public, created_by, changed_by) VALUES ($1::text, $2::text, "
             "$3::text, $4::text, $5::text[], $6::text[], $7::text, $8::date, $9::bool, "
             "$10::text, $10::text) RETURNING id"},
    [CHANGE] = {"signal_change", "UPDATE zs.signal SET source = $1::text, title = $2::text, body = $3::text,"
                                 " consultation = $4::text, value_codes = $5::text[], applications = "
                                 "$6::text[], owner = $7::text, due_day = $8::date, is_public = $9::bool,"
                                 " changed_by = $10::text, changed_at = now(), revision = revision + 1"
                                 " WHERE id = $11::int4"},
    [LOCK] = {"signal_lock", "SELECT revision FROM zs.signal WHERE id = $1::int4 FOR UPDATE"},
    [FIND] = {"signal_find",
              "SELECT s.revision, " OBJECT HEAD STAFF ANSWERED ", 'tekst', s.body, 'door', s.created_by" END
              "::text FROM zs.signal AS s WHERE s.id = $2::int4"},
    [LIST] = {"signal_list",
              "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT s.id, " OBJECT HEAD
                  INVENTED STAFF END " AS o FROM zs.signal AS s WHERE ($2::text = '' OR s.state = $2::text)"
              " AND ($3::text = '' OR s.owner = $3::text) AND (NOT $4::bool OR (" OVERDUE "))"
              " AND ($5::int8 = 0 OR s.id <= $5::int8) ORDER BY s.id DESC LIMIT $6::int4) AS x"},
    [COUNTS] = {"signal_counts", "SELECT s.state, count(*), count(*) FILTER (WHERE " OVERDUE
                                 ") FROM zs.signal AS s GROUP BY s.state"},
    [PUBLIC_COUNTS] = {"signal_public_counts", "SELECT s.state, count(*), 0::int8 FROM zs.signal AS s WHERE "
                                               "s.is_public AND CASE WHEN $1::text = '' THEN NOT EXISTS "
                                               "(SELECT 1 FROM zs.consultation AS c WHERE c.code = "
                                               "s.consultation AND c.invented) ELSE s.consultation = "
                                               "$1::text END GROUP BY s.state"},
    [OWNERS] = {"signal_owners",
                "SELECT coalesce(jsonb_agg(x.owner ORDER BY x.owner), '[]')::text FROM (SELECT"
                " DISTINCT owner FROM zs.signal WHERE owner <> '' LIMIT $1::int4) AS x"},
    [STEP_ADD] = {"signal_step_add",
                  "INSERT INTO zs.signal_step (signal_id, from_state, to_state, told, ground, reference, "
                  "created_by, meeting_item_id) VALUES ($1::int4, $2::text, $3::text, $4::text, $5::text, "
                  "$6::text, $7::text, $8::int4)"},
    [STEP] = {"signal_step",
              "UPDATE zs.signal SET state = $2::text, changed_at = now(), changed_by = $3::text,"
              " revision = revision + 1 WHERE id = $1::int4"},
    [STEPS] = {"signal_steps", "SELECT coalesce(jsonb_agg(" OBJECT STEP_PAIRS
                               ", 'door', t.created_by, 'overleg', (SELECT i.meeting_id FROM zs.meeting_item "
                               "AS i WHERE i.id = t.meeting_item_id)" END
                               " ORDER BY t.id), '[]')::text FROM zs.signal_step AS t WHERE t.signal_id = "
                               "$1::int4"},
    [NOTE_ADD] = {"signal_note_add",
                  "INSERT INTO zs.signal_note (signal_id, body, created_by) VALUES ($1::int4,"
                  " $2::text, $3::text) RETURNING id"},
    [NOTE_MARK] = {"signal_note_mark", "INSERT INTO zs.signal_note_mark (note_id, is_public, marked_by)"
                                       " VALUES ($1::int4, $2::bool, $3::text)"},
    [NOTE_IS] = {"signal_note_is",
                 "SELECT " NOTE_PUBLIC " FROM zs.signal_note AS n WHERE n.signal_id = $1::int4 AND n.id = "
                 "$2::int4"},
    [NOTES] = {"signal_notes",
               "SELECT coalesce(jsonb_agg(jsonb_build_object('nummer', n.id, 'openbaar', " NOTE_PUBLIC
               ", 'tekst', n.body, 'op', to_char(n.created_at" TIME
               ", 'door', n.created_by) ORDER BY n.id), '[]')::text FROM (SELECT * FROM zs.signal_note"
               " WHERE signal_id = $1::int4 ORDER BY id DESC LIMIT nullif($2::int4, 0)) AS n"},
    [PUBLIC_LIST] =
        {"signal_public_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT s.id, " OBJECT HEAD
             INVENTED ANSWERED END " AS o FROM zs.signal AS s WHERE s.is_public AND $1::date IS NOT NULL"
         " AND " FROM_HERE},
    [PUBLIC_WHOLES] =
        {"signal_public_wholes",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT s.id, " OBJECT HEAD
             ANSWERED WHOLE SAID END " AS o FROM zs.signal AS s WHERE s.is_public AND $1::date IS NOT NULL"
         " AND " FROM_HERE},
    [STAFF_LIST] =
        {"signal_staff_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT s.id, " OBJECT HEAD
             INVENTED STAFF ANSWERED END " AS o FROM zs.signal AS s WHERE " FROM_HERE},
    [PUBLIC_FIND] = {"signal_public_find",
                     "SELECT " OBJECT HEAD ANSWERED WHOLE SAID END
                     "::text FROM zs.signal AS s WHERE s.is_public AND $1::date IS"
                     " NOT NULL AND s.id = $2::int4 AND ($3::text = '' OR s.consultation = $3::text)"},
    [STAFF_FIND] = {"signal_staff_find", "SELECT " OBJECT HEAD STAFF ANSWERED WHOLE SAID END
                                         "::text FROM zs.signal AS s WHERE s.id = $2::int4 AND"
                                         " ($3::text = '' OR s.consultation = $3::text)"},
};

/* ---- JSON of columns ---- */

static void forget(void *object)
{
    json_decref(object);
}

json_t *signal_json(struct arena *arena, struct slice text)
{
    json_t *value = text.ptr ? json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL) : NULL;
    if (value) {
        arena_defer(arena, forget, value);
    }
    return value;
}

/* The only column of the only row, as JSON; NULL: there is no row. */
static enum db_status read_json(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                                const struct db_params *params)
{
    struct db_result *rows;
    *out = NULL;
    const enum db_status status = db_run(&rows, tx, &signal_statements[statement], params);
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = signal_json(arena, db_get_text(rows, 0, 0));
    }
    return status;
}

static void put_text_or_null(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

/* ---- signals ---- */

static void put_draft(struct db_params *p, const struct signal_draft *draft, const char *by)
{
    db_put_text(p, draft->source);
    db_put_text(p, draft->title);
    db_put_text(p, draft->body);
    put_text_or_null(p, draft->consultation);
    db_put_text_array(p, draft->values, draft->value_count);
    db_put_text_array(p, draft->applications, draft->application_count);
    db_put_text(p, draft->owner);
    if (draft->due_day != 0) {
        db_put_day(p, draft->due_day);
    } else {
        db_put_null(p);
    }
    db_put_bool(p, draft->is_public);
    db_put_text(p, slice_from_cstr(by));
}

enum db_status signal_add(int32_t *number, struct db_tx *tx, const struct signal_draft *draft, const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    put_draft(&p, draft, by);
    const enum db_status status = db_run_one(&rows, tx, &signal_statements[ADD], &p);
    *number = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status signal_change(struct db_tx *tx, int32_t number, const struct signal_draft *draft,
                             const char *by)
{
    struct db_params p = db_params(tx);
    put_draft(&p, draft, by);
    db_put_int32(&p, number);
    return db_run(NULL, tx, &signal_statements[CHANGE], &p);
}

enum db_status signal_lock(int32_t *revision, struct db_tx *tx, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &signal_statements[LOCK], &p);
    *revision = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status signal_find(json_t **signal, int32_t *revision, struct db_tx *tx, struct arena *arena,
                           int32_t number, int32_t today)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_day(&p, today);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &signal_statements[FIND], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *revision = found ? db_get_int32(rows, 0, 0) : 0;
    *signal = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

enum db_status signal_list(json_t **list, struct db_tx *tx, struct arena *arena,
                           const struct signal_filter *filter)
{
    struct db_params p = db_params(tx);
    db_put_day(&p, filter->today);
    db_put_text(&p, filter->state);
    db_put_text(&p, filter->owner);
    db_put_bool(&p, filter->overdue);
    db_put_int64(&p, filter->from);
    db_put_int32(&p, filter->most);
    return read_json(list, tx, arena, LIST, &p);
}

static enum db_status read_counts(struct signal_count counts[SIGNAL_STATES], struct db_tx *tx,
                                  enum statement statement, const struct db_params *params)
{
    struct db_result *rows;
    const enum db_status status = db_run(&rows, tx, &signal_statements[statement], params);
    for (unsigned i = 0; i < SIGNAL_STATES; i++) {
        counts[i] = (struct signal_count){.state = (enum signal_state)i};
    }
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        const enum signal_state state = signal_state_find(db_get_text(rows, i, 0));
        if (state < SIGNAL_STATES) {
            counts[state].all = db_get_int64(rows, i, 1);
            counts[state].overdue = db_get_int64(rows, i, 2);
        }
    }
    return status;
}

enum db_status signal_counts(struct signal_count counts[SIGNAL_STATES], struct db_tx *tx, int32_t today)
{
    struct db_params p = db_params(tx);
    db_put_day(&p, today);
    return read_counts(counts, tx, COUNTS, &p);
}

enum db_status signal_public_counts(struct signal_count counts[SIGNAL_STATES], struct db_tx *tx,
                                    struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    return read_counts(counts, tx, PUBLIC_COUNTS, &p);
}

enum db_status signal_owners(json_t **owners, struct db_tx *tx, struct arena *arena)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, SIGNAL_OWNERS_MAX);
    return read_json(owners, tx, arena, OWNERS, &p);
}

/* ---- what happened to it ---- */

enum db_status signal_step_add(struct db_tx *tx, int32_t number, const struct signal_step *step,
                               const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, slice_from_cstr(signal_states[step->from]));
    db_put_text(&p, slice_from_cstr(signal_states[step->to]));
    put_text_or_null(&p, step->told);
    put_text_or_null(&p, step->ground);
    put_text_or_null(&p, step->reference);
    db_put_text(&p, slice_from_cstr(by));
    if (step->meeting_item != 0) {
        db_put_int32(&p, step->meeting_item);
    } else {
        db_put_null(&p);
    }
    const enum db_status status = db_run(NULL, tx, &signal_statements[STEP_ADD], &p);
    if (status != DB_OK) {
        return status;
    }
    struct db_params q = db_params(tx);
    db_put_int32(&q, number);
    db_put_text(&q, slice_from_cstr(signal_states[step->to]));
    db_put_text(&q, slice_from_cstr(by));
    return db_run(NULL, tx, &signal_statements[STEP], &q);
}

enum db_status signal_steps(json_t **steps, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    return read_json(steps, tx, arena, STEPS, &p);
}

enum db_status signal_note_mark(struct db_tx *tx, int32_t note, bool is_public, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, note);
    db_put_bool(&p, is_public);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &signal_statements[NOTE_MARK], &p);
}

enum db_status signal_note_is(bool *found, bool *is_public, struct db_tx *tx, int32_t number, int32_t note)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_int32(&p, note);
    const enum db_status status = db_run(&rows, tx, &signal_statements[NOTE_IS], &p);
    *found = status == DB_OK && db_rows(rows) == 1;
    *is_public = *found && db_get_bool(rows, 0, 0);
    return status;
}

enum db_status signal_note_add(struct db_tx *tx, int32_t number, struct slice body, bool is_public,
                               const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, body);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run_one(&rows, tx, &signal_statements[NOTE_ADD], &p);
    return status == DB_OK && is_public ? signal_note_mark(tx, db_get_int32(rows, 0, 0), true, by) : status;
}

enum db_status signal_notes(json_t **notes, struct db_tx *tx, struct arena *arena, int32_t number,
                            int32_t most)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_int32(&p, most);
    return read_json(notes, tx, arena, NOTES, &p);
}

/* ---- for the API and everybody ---- */

static enum db_status read_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                enum statement statement, const struct signal_public *asked)
{
    struct db_params p = db_params(tx);
    db_put_day(&p, asked->today);
    db_put_text(&p, asked->state);
    db_put_text(&p, asked->consultation);
    db_put_int64(&p, asked->from);
    db_put_int32(&p, asked->most);
    db_put_bool(&p, asked->real);
    return read_json(list, tx, arena, statement, &p);
}

enum db_status signal_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                  const struct signal_public *asked)
{
    return read_list(list, tx, arena, asked->all ? STAFF_LIST : PUBLIC_LIST, asked);
}

enum db_status signal_public_wholes(json_t **list, struct db_tx *tx, struct arena *arena,
                                    const struct signal_public *asked)
{
    return read_list(list, tx, arena, PUBLIC_WHOLES, asked);
}

enum db_status signal_public_find(json_t **signal, struct db_tx *tx, struct arena *arena, int32_t number,
                                  const struct signal_public *asked)
{
    struct db_params p = db_params(tx);
    db_put_day(&p, asked->today);
    db_put_int32(&p, number);
    db_put_text(&p, asked->consultation);
    return read_json(signal, tx, arena, asked->all ? STAFF_FIND : PUBLIC_FIND, &p);
}
