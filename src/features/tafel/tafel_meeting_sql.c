#include "features/tafel/tafel_meeting_sql.h"

#include "features/tafel/tafel_form.h"

enum statement {
    ADD,
    LOCK,
    FIND,
    LIST,
    OPTIONS,
    CHANGE,
    STATE,
    TOUCH,
    ITEM_ADD,
    PAPER_ADD,
    ATTEND,
    INTEREST_ADD,
    DECIDE,
    TASK_ADD,
    TASK_DONE,
    PUBLIC_LIST,
    PUBLIC_FIND,
    STATEMENT_COUNT
};

#define TIME   " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
#define OBJECT "jsonb_strip_nulls(jsonb_build_object("

#define ITEMS                                                                                                \
    "(SELECT coalesce(jsonb_agg(" OBJECT                                                                     \
    "'nummer', i.id, 'punt', i.rank, 'signaal', i.signal_id, 'signaalStand', s.state, 'signaalOpenbaar', "   \
    "s.is_public, 'titel', coalesce(i.title, s.title), 'openbaar', i.is_public, 'besluit', i.decision, "     \
    "'besluitTekst', i.told, 'afwijkend', i.dissent, 'leden', i.members, 'kanten', i.sides, 'op', "          \
    "to_char(i.decided_at" TIME ", 'door', i.decided_by)) ORDER BY i.id), '[]') FROM (SELECT *, "            \
    "row_number() OVER (ORDER BY id) AS rank FROM zs.meeting_item WHERE "                                    \
    "meeting_id = m.id) AS i LEFT JOIN zs.signal AS s ON s.id = i.signal_id)"
#define PAPERS                                                                                               \
    "(SELECT coalesce(jsonb_agg(" OBJECT                                                                     \
    "'nummer', p.id, 'titel', p.title, 'verwijzing', p.reference, 'openbaar', p.is_public)) ORDER BY "       \
    "p.id), '[]') FROM zs.meeting_paper AS p WHERE p.meeting_id = m.id)"
#define SEATED "k.began_day <= m.day AND (k.ended_day IS NULL OR k.ended_day >= m.day)"
#define PRESENT                                                                                              \
    "(SELECT coalesce(jsonb_agg(" OBJECT                                                                     \
    "'nummer', k.id, 'naam', k.name, 'organisatie', k.organisation, 'kant', k.side, 'aanwezig', "            \
    "a.present)) ORDER BY k.id), '[]') FROM zs.tafel_member AS k LEFT JOIN zs.meeting_attendance AS a ON "   \
    "a.member_id = k.id AND a.meeting_id = m.id WHERE k.table_id = m.table_id AND (" SEATED                  \
    " OR a.present))"
#define INTERESTS                                                                                            \
    "(SELECT coalesce(jsonb_agg(" OBJECT                                                                     \
    "'lid', b.member_id, 'naam', k.name, 'punt', b.item_id, 'tekst', b.told)) ORDER BY b.id), '[]') FROM "   \
    "zs.meeting_interest AS b JOIN zs.tafel_member AS k ON k.id = b.member_id WHERE b.meeting_id = m.id)"
#define TASKS                                                                                                \
    "(SELECT coalesce(jsonb_agg(" OBJECT                                                                     \
    "'nummer', c.id, 'tekst', c.told, 'wie', c.owner, 'uiterlijk', c.due_day, 'openbaar', c.is_public, "     \
    "'teLaat', c.done_at IS NULL AND c.due_day < $2::date, 'klaarOp', to_char(c.done_at" TIME                \
    ", 'klaarTekst', c.done_told)) ORDER BY c.id), '[]') FROM zs.meeting_action AS c WHERE c.meeting_id = "  \
    "m.id)"

/* Whether there are signals in it, and none but of invented data: then it is invented too. */
#define INVENTED                                                                                             \
    "coalesce((SELECT bool_and(coalesce(k.invented, false)) FROM zs.meeting_item AS v JOIN zs.signal AS g "  \
    "ON g.id = v.signal_id LEFT JOIN zs.consultation AS k ON k.code = g.consultation WHERE v.meeting_id = "  \
    "m.id), false)"
#define SAYS_SO "'verzonnen', CASE WHEN " INVENTED " THEN true END, "

const struct db_statement meeting_statements[STATEMENT_COUNT + 1] = {
    [ADD] = {"meeting_add",
             "INSERT INTO zs.meeting (table_id, day, place, created_by, changed_by) SELECT t.id, $2::date, "
             "$3::text, $4::text, $4::text FROM zs.tafel_table AS t WHERE t.id = $1::int4 AND t.ended_day IS "
             "NULL RETURNING id"},
    [LOCK] = {"meeting_lock", "SELECT revision FROM zs.meeting WHERE id = $1::int4 FOR UPDATE"},
    [FIND] = {"meeting_find",
              "SELECT m.revision, " OBJECT SAYS_SO
              "'nummer', m.id, 'tafel', m.table_id, 'tafelTitel', t.title, 'dag', m.day, 'plaats', m.place, "
              "'stand', m.state, 'waarom', m.cancelled_why, 'quorum', t.quorum, 'quorumKanten', "
              "t.quorum_sides, 'punten', " ITEMS ", 'stukken', " PAPERS ", 'aanwezigen', " PRESENT
              ", 'belangen', " INTERESTS ", 'actiepunten', " TASKS
              "))::text FROM zs.meeting AS m JOIN zs.tafel_table AS t ON t.id = m.table_id WHERE m.id = "
              "$1::int4"},
    [LIST] =
        {"meeting_list",
         "SELECT coalesce(jsonb_agg(" OBJECT
         "'nummer', x.id, 'tafelTitel', t.title, 'dag', x.day, 'stand', x.state, 'aantalPunten', (SELECT "
         "count(*) FROM zs.meeting_item WHERE meeting_id = x.id), 'besloten', (SELECT count(decision) "
         "FROM zs.meeting_item WHERE meeting_id = x.id))) ORDER BY x.day DESC, x.id DESC), '[]')::text "
         "FROM (SELECT * FROM zs.meeting ORDER BY day DESC, id DESC LIMIT $1::int4) AS x JOIN "
         "zs.tafel_table AS t ON t.id = x.table_id"},
    [OPTIONS] = {"meeting_options",
                 "SELECT coalesce(jsonb_agg(jsonb_build_object('code', x.id::text, 'tafel', t.title, 'dag', "
                 "x.day) ORDER BY x.day, x.id), '[]')::text FROM (SELECT * FROM zs.meeting WHERE state IN "
                 "('gepland', 'gehouden') ORDER BY day, id LIMIT $1::int4) AS x JOIN zs.tafel_table AS t ON "
                 "t.id = x.table_id"},
    [CHANGE] = {"meeting_change",
                "UPDATE zs.meeting SET day = $2::date, place = $3::text WHERE id = $1::int4"},
    [STATE] = {"meeting_state",
               "UPDATE zs.meeting SET state = $2::text, cancelled_why = $3::text WHERE id = $1::int4"},
    [TOUCH] = {"meeting_touch",
               "UPDATE zs.meeting SET changed_by = $2::text, changed_at = now(), revision = revision + 1 "
               "WHERE id = $1::int4"},
    [ITEM_ADD] = {"meeting_item_add",
                  "INSERT INTO zs.meeting_item (meeting_id, signal_id, title, is_public, created_by) SELECT "
                  "$1::int4, $2::int4, $3::text, $4::bool, $5::text WHERE ($2::int4 IS NULL OR (EXISTS "
                  "(SELECT 1 FROM zs.signal WHERE id = $2::int4) AND NOT EXISTS (SELECT 1 FROM "
                  "zs.meeting_item WHERE meeting_id = $1::int4 AND signal_id = $2::int4))) AND (SELECT "
                  "count(*) FROM zs.meeting_item WHERE meeting_id = $1::int4) < $6::int4 RETURNING id"},
    [PAPER_ADD] =
        {"meeting_paper_add",
         "INSERT INTO zs.meeting_paper (meeting_id, title, reference, is_public, created_by) SELECT "
         "$1::int4, $2::text, $3::text, $4::bool, $5::text WHERE (SELECT count(*) FROM zs.meeting_paper "
         "WHERE meeting_id = $1::int4) < $6::int4 RETURNING id"},
    [ATTEND] = {"meeting_attend",
                "INSERT INTO zs.meeting_attendance (meeting_id, member_id, present, noted_by) SELECT m.id, "
                "k.id, k.id = ANY ($2::int4[]), $3::text FROM zs.meeting AS m JOIN zs.tafel_member AS k ON "
                "k.table_id = m.table_id AND " SEATED " WHERE m.id = $1::int4 ON CONFLICT (meeting_id, "
                "member_id) DO UPDATE SET present = excluded.present, noted_at = now(), noted_by = "
                "excluded.noted_by"},
    [INTEREST_ADD] = {"meeting_interest_add",
                      "INSERT INTO zs.meeting_interest (meeting_id, member_id, item_id, told, created_by) "
                      "SELECT $1::int4, $2::int4, $3::int4, $4::text, $5::text WHERE (SELECT count(*) FROM "
                      "zs.meeting_interest WHERE meeting_id = $1::int4) < $6::int4 RETURNING id"},
    [DECIDE] =
        {"meeting_decide",
         "UPDATE zs.meeting_item SET decision = $3::text, told = $4::text, dissent = $5::text, members "
         "= $6::int4, sides = $7::int4, quorum = $8::int4, quorum_sides = $9::int4, decided_at = "
         "now(), decided_by = $10::text WHERE meeting_id = $1::int4 AND id = $2::int4 AND decision IS "
         "NULL"},
    [TASK_ADD] = {"meeting_task_add",
                  "INSERT INTO zs.meeting_action (meeting_id, told, owner, due_day, is_public, created_by) "
                  "SELECT $1::int4, $2::text, $3::text, $4::date, $5::bool, $6::text WHERE (SELECT count(*) "
                  "FROM zs.meeting_action WHERE meeting_id = $1::int4) < $7::int4 RETURNING id"},
    [TASK_DONE] = {"meeting_task_done",
                   "UPDATE zs.meeting_action SET done_at = now(), done_by = $3::text, done_told = $4::text "
                   "WHERE meeting_id = $1::int4 AND id = $2::int4 AND done_at IS NULL RETURNING id"},
    [PUBLIC_LIST] = {"meeting_public_list",
                     "SELECT coalesce(jsonb_agg(jsonb_build_object('nummer', x.id, 'tafelTitel', t.title, "
                     "'dag', x.day) ORDER BY x.day DESC, x.id DESC), '[]')::text FROM (SELECT id, table_id, "
                     "day FROM zs.meeting AS m WHERE state = 'vastgesteld' AND CASE WHEN $2::text = '' THEN "
                     "NOT " INVENTED " ELSE EXISTS (SELECT 1 FROM zs.meeting_item AS v JOIN zs.signal AS g "
                     "ON g.id = v.signal_id WHERE v.meeting_id = m.id AND g.is_public AND g.consultation = "
                     "$2::text) END ORDER BY day DESC, id DESC LIMIT $1::int4) AS x JOIN zs.tafel_table AS t "
                     "ON t.id = x.table_id"},
    [PUBLIC_FIND] =
        {"meeting_public_find",
         "SELECT (" OBJECT SAYS_SO "'nummer', m.id, 'tafelTitel', t.title, 'dag', m.day, 'aanwezig', (SELECT "
         "coalesce(jsonb_agg(jsonb_build_object('kant', x.side, 'aantal', x.n) ORDER BY x.side), '[]') FROM "
         "(SELECT k.side, count(*) AS n FROM zs.meeting_attendance AS a JOIN zs.tafel_member AS k ON k.id = "
         "a.member_id WHERE a.meeting_id = m.id AND a.present GROUP BY k.side) AS x), 'punten', (SELECT "
         "coalesce(jsonb_agg(" OBJECT
         "'punt', i.rank, 'signaal', i.signal_id, 'titel', coalesce(i.title, s.title), 'besluit', "
         "i.decision, 'besluitTekst', i.told, 'afwijkend', i.dissent, 'leden', i.members, 'kanten', "
         "i.sides)) ORDER BY i.id), '[]') FROM (SELECT id, signal_id, title, is_public, decision, told, "
         "dissent, members, sides, row_number() OVER (ORDER BY id) AS rank FROM zs.meeting_item WHERE "
         "meeting_id = m.id) AS i LEFT JOIN zs.signal AS s ON s.id = i.signal_id AND s.is_public WHERE "
         "i.is_public AND (i.signal_id IS NULL OR s.id IS NOT NULL)), 'stukken', (SELECT "
         "coalesce(jsonb_agg(" OBJECT
         "'titel', p.title, 'verwijzing', p.reference)) ORDER BY p.id), '[]') FROM zs.meeting_paper AS p "
         "WHERE p.meeting_id = m.id AND p.is_public), "
         "'actiepunten', (SELECT coalesce(jsonb_agg(" OBJECT
         "'tekst', c.told, 'uiterlijk', c.due_day, 'klaarTekst', c.done_told)) ORDER BY c.id), '[]') FROM "
         "zs.meeting_action AS c WHERE c.meeting_id = m.id AND c.is_public))))::text FROM zs.meeting AS m "
         "JOIN "
         "zs.tafel_table AS t ON t.id = m.table_id WHERE m.id = $1::int4 AND m.state = 'vastgesteld'"},
};

/* ---- a meeting ---- */

enum db_status meeting_add(int32_t *number, struct db_tx *tx, const struct meeting_draft *draft,
                           const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, draft->table);
    db_put_day(&p, draft->day);
    tafel_put_text(&p, draft->place);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(&rows, tx, &meeting_statements[ADD], &p);
    *number = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status meeting_lock(int32_t *revision, struct db_tx *tx, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &meeting_statements[LOCK], &p);
    *revision = status == DB_OK && db_rows(rows) == 1 ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

enum db_status meeting_find(json_t **meeting, int32_t *revision, struct db_tx *tx, struct arena *arena,
                            int32_t number, int32_t today)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_day(&p, today);
    const enum db_status status = db_run(&rows, tx, &meeting_statements[FIND], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *revision = found ? db_get_int32(rows, 0, 0) : 0;
    *meeting = found ? signal_json(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

static enum db_status list_of(json_t **list, struct db_tx *tx, struct arena *arena, enum statement statement)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, MEETINGS_MAX);
    return tafel_read_json(list, tx, arena, &meeting_statements[statement], &p);
}

enum db_status meeting_list(json_t **list, struct db_tx *tx, struct arena *arena)
{
    return list_of(list, tx, arena, LIST);
}

enum db_status meeting_options(json_t **list, struct db_tx *tx, struct arena *arena)
{
    return list_of(list, tx, arena, OPTIONS);
}

/* ---- what is done with it ---- */

static enum db_status touch(struct db_tx *tx, const struct meeting_mark *mark)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_text(&p, slice_from_cstr(mark->by));
    return db_run(NULL, tx, &meeting_statements[TOUCH], &p);
}

/* Runs a statement that gives a row when it did something; then the meeting has its next revision. */
static enum db_status run_part(bool *done, struct db_tx *tx, const struct meeting_mark *mark,
                               enum statement statement, const struct db_params *p)
{
    struct db_result *rows;
    const enum db_status status = db_run(&rows, tx, &meeting_statements[statement], p);
    *done = status == DB_OK && db_rows(rows) == 1;
    return *done ? touch(tx, mark) : status;
}

static enum db_status run_whole(struct db_tx *tx, const struct meeting_mark *mark, enum statement statement,
                                const struct db_params *p)
{
    const enum db_status status = db_run(NULL, tx, &meeting_statements[statement], p);
    return status == DB_OK ? touch(tx, mark) : status;
}

enum db_status meeting_change(struct db_tx *tx, const struct meeting_mark *mark, int32_t day,
                              struct slice place)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_day(&p, day);
    tafel_put_text(&p, place);
    return run_whole(tx, mark, CHANGE, &p);
}

enum db_status meeting_state_set(struct db_tx *tx, const struct meeting_mark *mark, enum meeting_state state,
                                 struct slice why)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_text(&p, slice_from_cstr(meeting_states[state]));
    tafel_put_text(&p, why);
    return run_whole(tx, mark, STATE, &p);
}

static void put_number(struct db_params *p, int32_t number)
{
    if (number != 0) {
        db_put_int32(p, number);
    } else {
        db_put_null(p);
    }
}

static void put_by_and_most(struct db_params *p, const struct meeting_mark *mark)
{
    db_put_text(p, slice_from_cstr(mark->by));
    db_put_int32(p, MEETING_PARTS_MAX);
}

enum db_status meeting_item_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                const struct meeting_item *item)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    put_number(&p, item->signal);
    tafel_put_text(&p, item->title);
    db_put_bool(&p, item->is_public);
    put_by_and_most(&p, mark);
    return run_part(added, tx, mark, ITEM_ADD, &p);
}

enum db_status meeting_paper_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                 const struct meeting_paper *paper)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_text(&p, paper->title);
    db_put_text(&p, paper->reference);
    db_put_bool(&p, paper->is_public);
    put_by_and_most(&p, mark);
    return run_part(added, tx, mark, PAPER_ADD, &p);
}

enum db_status meeting_attendance_set(struct db_tx *tx, const struct meeting_mark *mark,
                                      const int32_t *present, size_t count)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_int32_array(&p, present, count);
    db_put_text(&p, slice_from_cstr(mark->by));
    return run_whole(tx, mark, ATTEND, &p);
}

enum db_status meeting_interest_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                    const struct meeting_interest *interest)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_int32(&p, interest->member);
    put_number(&p, interest->item);
    db_put_text(&p, interest->told);
    put_by_and_most(&p, mark);
    return run_part(added, tx, mark, INTEREST_ADD, &p);
}

enum db_status meeting_decide(struct db_tx *tx, const struct meeting_mark *mark,
                              const struct meeting_decided *decided)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_int32(&p, decided->item);
    db_put_text(&p, slice_from_cstr(meeting_decisions[decided->decision]));
    tafel_put_text(&p, decided->told);
    tafel_put_text(&p, decided->dissent);
    db_put_int32(&p, decided->there.members);
    db_put_int32(&p, decided->there.sides);
    db_put_int32(&p, decided->asked.members);
    db_put_int32(&p, decided->asked.sides);
    db_put_text(&p, slice_from_cstr(mark->by));
    return run_whole(tx, mark, DECIDE, &p);
}

enum db_status meeting_task_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                const struct meeting_task *task)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_text(&p, task->told);
    db_put_text(&p, task->owner);
    db_put_day(&p, task->due_day);
    db_put_bool(&p, task->is_public);
    put_by_and_most(&p, mark);
    return run_part(added, tx, mark, TASK_ADD, &p);
}

enum db_status meeting_task_done(bool *done, struct db_tx *tx, const struct meeting_mark *mark, int32_t task,
                                 struct slice told)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, mark->number);
    db_put_int32(&p, task);
    db_put_text(&p, slice_from_cstr(mark->by));
    db_put_text(&p, told);
    return run_part(done, tx, mark, TASK_DONE, &p);
}

/* ---- for everybody ---- */

enum db_status meeting_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                   struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, MEETINGS_MAX);
    db_put_text(&p, consultation);
    return tafel_read_json(list, tx, arena, &meeting_statements[PUBLIC_LIST], &p);
}

enum db_status meeting_public_find(json_t **meeting, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    return tafel_read_json(meeting, tx, arena, &meeting_statements[PUBLIC_FIND], &p);
}
