/* Pieces as they stand in the database, and what was judged of them. */
#include "base/clock.h"
#include "features/audit/audit.h"
#include "features/opendata/opendata_internal.h"
#include "features/opendata/opendata_woo.h"

#include <stdlib.h>
#include <string.h>

enum statement { OF_SIGNAL, OF_MEETING, OF_ROUND, PIECES, NAMES, ASSESS, STATEMENT_COUNT };

/* The texts of $3 to $4, of $5 alone unless it is empty; the text itself only where it is asked for. Of each
 * the newest assessment, and whether it was of this text. */
#define ASKED_FOR                                                                                            \
    "x.key, x.kind, x.day, x.sender, x.receiver, CASE WHEN $6::bool THEN x.body ELSE '' END, "               \
    "x.is_public, x.number, x.pieces, CASE WHEN a.id IS NOT NULL THEN a.text_sha256 = "                      \
    "sha256(convert_to(x.body, 'UTF8')) END, a.outcome, a.ground, a.spans::text, CASE WHEN x.kind = 'stap' " \
    "THEN split_part(x.body, E'\\n', 1) ELSE '' END FROM (SELECT u.*, u.kind || '-' || u.id AS key, "        \
    "count(*) OVER () AS pieces, row_number() OVER (ORDER BY u.day, "                                        \
    "array_position(ARRAY['signaal', 'overleg', 'presentie'], u.kind) NULLS LAST, u.kind, u.id) AS number "  \
    "FROM ("
#define ASSESSED                                                                                             \
    ") AS u) AS x LEFT JOIN LATERAL (SELECT * FROM zs.woo_assessment AS w WHERE w.piece = x.key ORDER BY "   \
    "w.id DESC LIMIT 1) AS a ON true WHERE x.number > $3::int8 AND x.number <= $4::int8 AND ($5::text = '' " \
    "OR x.key = $5::text) ORDER BY x.number"

/* Each text is lines of what stands there, with a word in front that says what it is. */
const struct db_statement woo_statements[STATEMENT_COUNT + 1] = {
    [OF_SIGNAL] = {"woo_of_signal", "SELECT id::text, '' FROM zs.signal WHERE id = $1::int4"},
    [OF_MEETING] = {"woo_of_meeting", "SELECT '', id::text FROM zs.meeting WHERE id = $1::int4"},
    /* The signals that rest on it. */
    [OF_ROUND] = {"woo_of_round", "SELECT coalesce(string_agg(DISTINCT e.signal_id::text, ','), ''), '' FROM "
                                  "zs.round AS r LEFT JOIN zs.signal_evidence AS e ON e.round_id = "
                                  "r.id WHERE r.code = $1::text GROUP BY r.id"},
    [PIECES] =
        {"woo_pieces",
         "SELECT " ASKED_FOR
         "SELECT 'signaal' AS kind, s.id, (s.created_at AT TIME ZONE 'Europe/Amsterdam')::date AS day, "
         "'secretaris van de tafel' AS sender, 'tafel' AS receiver, concat_ws(E'\\n', s.title, "
         "s.body, 'Wie doet er iets mee: ' || nullif(s.owner, ''), 'Vastgelegd door: ' || "
         "nullif(s.created_by, ''), 'Gewijzigd door: ' || nullif(s.changed_by, '')) AS body, "
         "s.is_public FROM zs.signal AS s WHERE s.id = ANY ($1::int4[]) "
         "UNION ALL SELECT 'stap', t.id, (t.created_at AT TIME ZONE 'Europe/Amsterdam')::date, "
         "'secretaris van de tafel', 'tafel', concat_ws(E'\\n', 'Van ' || t.from_state || ' naar ' || "
         "t.to_state, 'Toelichting: ' || nullif(t.told, ''), 'Grond: ' || nullif(t.ground, ''), "
         "'Verwijzing: ' || nullif(t.reference, ''), 'Door: ' || nullif(t.created_by, '')), "
         "s.is_public FROM zs.signal_step AS t JOIN zs.signal AS s ON s.id = t.signal_id WHERE s.id = "
         "ANY ($1::int4[]) "
         "UNION ALL SELECT 'bespreking', n.id, (n.created_at AT TIME ZONE 'Europe/Amsterdam')::date, "
         "'medewerker van de tafel', 'tafel', concat_ws(E'\\n', n.body, 'Door: ' || "
         "nullif(n.created_by, '')), s.is_public AND coalesce((SELECT k.is_public FROM "
         "zs.signal_note_mark AS k WHERE k.note_id = n.id ORDER BY k.id DESC LIMIT 1), false) FROM "
         "zs.signal_note AS n JOIN zs.signal AS s ON s.id = n.signal_id WHERE s.id = ANY ($1::int4[]) "
         "UNION ALL SELECT 'bewijs', e.id, (e.created_at AT TIME ZONE 'Europe/Amsterdam')::date, "
         "'medewerker van de tafel', 'tafel', concat_ws(E'\\n', 'Soort: ' || e.kind, 'Ronde: ' || "
         "nullif(r.code, ''), 'Wat dit laat zien: ' || nullif(e.why, ''), 'Nummer van de passage: ' "
         "|| nullif(e.passage_id::text, ''), 'Door: ' || nullif(e.created_by, '')), s.is_public FROM "
         "zs.signal_evidence AS e JOIN zs.signal AS s ON s.id = e.signal_id LEFT JOIN zs.round AS r "
         "ON r.id = e.round_id WHERE s.id = ANY ($1::int4[]) "
         "UNION ALL SELECT 'doorgeleiding', f.id, (f.created_at AT TIME ZONE "
         "'Europe/Amsterdam')::date, 'secretaris van de tafel', 'organisatie van de overheid', "
         "concat_ws(E'\\n', 'Aan: ' || nullif(f.addressee, ''), 'Vraag: ' || nullif(f.question, ''), "
         "'Voorwaarde: ' || nullif(f.condition, ''), 'Rol: ' || nullif(f.role, ''), 'Antwoord voor: ' "
         "|| nullif(f.due_day::text, ''), 'Door: ' || nullif(f.created_by, '')), s.is_public FROM "
         "zs.signal_forward AS f JOIN zs.signal AS s ON s.id = f.signal_id WHERE s.id = ANY "
         "($1::int4[]) "
         "UNION ALL SELECT 'antwoord', a.id, (a.answered_at AT TIME ZONE 'Europe/Amsterdam')::date, "
         "'organisatie van de overheid', 'tafel', concat_ws(E'\\n', 'Uitkomst: ' || nullif(a.outcome, "
         "''), 'Redenen: ' || nullif(a.reason, ''), 'Wat verandert: ' || nullif(a.change, ''), "
         "'Wanneer: ' || nullif(a.change_when, ''), 'Namens: ' || nullif(a.answered_by, ''), "
         "'Teruggestuurd omdat: ' || nullif(a.returned_why, '')), s.is_public FROM zs.signal_answer "
         "AS a JOIN zs.signal_forward AS f ON f.id = a.forward_id JOIN zs.signal AS s ON s.id = "
         "f.signal_id WHERE s.id = ANY ($1::int4[]) "
         "UNION ALL SELECT 'bericht', m.id, m.received_day, m.sender, 'tafel', concat_ws(E'\\n', "
         "m.body, 'Organisatie: ' || nullif(m.organisation, '')), m.is_public FROM zs.message AS m "
         "WHERE m.body IS NOT NULL AND m.passage_id IN (SELECT e.passage_id FROM zs.signal_evidence "
         "AS e  WHERE e.kind = 'bericht' AND e.ended_at IS NULL AND e.signal_id = ANY ($1::int4[])) "
         "UNION ALL SELECT 'overleg', m.id, m.day, 'secretaris van de tafel', 'leden van de tafel', "
         "concat_ws(E'\\n', 'Overleg van ' || b.title, 'Plaats: ' || nullif(m.place, ''), 'Stand: ' "
         "|| m.state, 'Afgelast omdat: ' || nullif(m.cancelled_why, ''), 'Vastgelegd door: ' || "
         "nullif(m.created_by, '')), m.state = 'vastgesteld' FROM zs.meeting AS m JOIN zs.tafel_table "
         "AS b ON b.id = m.table_id WHERE m.id = ANY ($2::int4[]) "
         "UNION ALL SELECT 'punt', i.id, m.day, 'tafel', 'leden van de tafel', concat_ws(E'\\n', "
         "coalesce(i.title, 'Signaal ' || i.signal_id || ': ' || s.title), 'Besluit: ' || "
         "nullif(i.decision, ''), 'Toelichting: ' || nullif(i.told, ''), 'Afwijkend: ' || "
         "nullif(i.dissent, ''), 'Vastgelegd door: ' || nullif(i.decided_by, '')), i.is_public AND "
         "m.state = 'vastgesteld' FROM zs.meeting_item AS i JOIN zs.meeting AS m ON m.id = "
         "i.meeting_id LEFT JOIN zs.signal AS s ON s.id = i.signal_id WHERE i.meeting_id = ANY "
         "($2::int4[]) OR i.signal_id = ANY ($1::int4[]) "
         "UNION ALL SELECT 'stuk', p.id, m.day, 'secretaris van de tafel', 'leden van de tafel', "
         "concat_ws(E'\\n', p.title, 'Vindplaats: ' || nullif(p.reference, ''), 'Door: ' || "
         "nullif(p.created_by, '')), p.is_public AND m.state = 'vastgesteld' FROM zs.meeting_paper AS "
         "p JOIN zs.meeting AS m ON m.id = p.meeting_id WHERE p.meeting_id = ANY ($2::int4[]) "
         "UNION ALL SELECT 'actiepunt', a.id, m.day, 'tafel', 'leden van de tafel', concat_ws(E'\\n', "
         "a.told, 'Wie: ' || nullif(a.owner, ''), 'Uiterlijk: ' || nullif(a.due_day::text, ''), "
         "'Klaar: ' || nullif(a.done_told, '')), a.is_public AND m.state = 'vastgesteld' FROM "
         "zs.meeting_action AS a JOIN zs.meeting AS m ON m.id = a.meeting_id WHERE a.meeting_id = ANY "
         "($2::int4[]) "
         "UNION ALL SELECT 'belang', i.id, m.day, 'lid van de tafel', 'tafel', concat_ws(E'\\n', "
         "i.told, 'Lid: ' || nullif(l.name, '')), false FROM zs.meeting_interest AS i JOIN zs.meeting "
         "AS m ON m.id = i.meeting_id JOIN zs.tafel_member AS l ON l.id = i.member_id WHERE "
         "i.meeting_id = ANY ($2::int4[]) "
         "UNION ALL SELECT 'presentie', m.id, m.day, 'secretaris van de tafel', 'tafel', "
         "string_agg(l.name || ', ' || l.organisation || CASE WHEN a.present THEN ': aanwezig' ELSE "
         "': afwezig' END, E'\\n' ORDER BY l.id), false FROM zs.meeting_attendance AS a JOIN "
         "zs.meeting AS m ON m.id = a.meeting_id JOIN zs.tafel_member AS l ON l.id = a.member_id "
         "WHERE m.id = ANY ($2::int4[]) GROUP BY m.id" ASSESSED},
    /* Of people: members, staff, who answered, who does something. */
    [NAMES] =
        {"woo_names",
         "SELECT DISTINCT name FROM ("
         "SELECT name FROM zs.tafel_member"
         " UNION SELECT unnest(ARRAY[created_by, changed_by, owner]) FROM zs.signal"
         " UNION SELECT created_by FROM zs.signal_step UNION SELECT created_by FROM zs.signal_note"
         " UNION SELECT created_by FROM zs.signal_evidence UNION SELECT created_by FROM zs.signal_forward"
         " UNION SELECT answered_by FROM zs.signal_answer"
         " UNION SELECT unnest(ARRAY[created_by, changed_by]) FROM zs.meeting"
         " UNION SELECT decided_by FROM zs.meeting_item UNION SELECT created_by FROM zs.meeting_paper"
         " UNION SELECT unnest(ARRAY[owner, created_by]) FROM zs.meeting_action) AS x"
         " WHERE length(name) >= 3 ORDER BY name LIMIT 10000"},
    [ASSESS] = {"woo_assess",
                "INSERT INTO zs.woo_assessment (piece, text_sha256, outcome, ground, spans, assessed_by)"
                " VALUES ($1::text, $2::bytea, $3::text, nullif($4::text, ''), $5::text::jsonb, $6::text)"},
};

/* ---- reading ---- */

struct woo_asked woo_whole(enum woo_subject subject, struct slice code)
{
    return (struct woo_asked){
        .subject = subject, .code = code, .piece = SLICE(""), .most = INT32_MAX, .texts = true};
}

static const char *ground_of(struct slice code)
{
    const struct woo_ground *ground = woo_ground_find(code);
    return ground ? ground->code : NULL;
}

static void take_spans(struct woo_piece *piece, struct arena *arena, struct slice text)
{
    size_t i;
    const json_t *one;
    json_t *list = json_loadb(text.ptr, text.len, 0, NULL);
    piece->spans = arena_array(arena, json_array_size(list) + 1, sizeof *piece->spans);
    json_array_foreach(list, i, one)
    {
        const char *ground = json_string_value(json_object_get(one, "grond"));
        piece->spans[piece->span_count++] =
            (struct woo_span){(size_t)json_integer_value(json_object_get(one, "van")),
                              (size_t)json_integer_value(json_object_get(one, "tot")),
                              ground ? ground_of(slice_from_cstr(ground)) : "5.1.2.e"};
    }
    json_decref(list);
}

enum column {
    C_KEY,
    C_KIND,
    C_DAY,
    C_SENDER,
    C_RECEIVER,
    C_TEXT,
    C_PUBLIC,
    C_NUMBER,
    C_PIECES,
    C_SAME_TEXT,
    C_OUTCOME,
    C_GROUND,
    C_SPANS,
    C_STEP
};

/* What was judged of another text says nothing of this one. */
static void take_assessment(struct woo_piece *piece, struct arena *arena, const struct db_result *rows,
                            size_t row)
{
    if (db_is_null(rows, row, C_SAME_TEXT) || !db_get_bool(rows, row, C_SAME_TEXT)) {
        piece->outdated = !db_is_null(rows, row, C_SAME_TEXT);
        return;
    }
    piece->assessed = true;
    for (int o = 0; o < WOO_OUTCOMES; o++) {
        if (slice_equal_cstr(db_get_text(rows, row, C_OUTCOME), woo_outcomes[o])) {
            piece->outcome = (enum woo_outcome)o;
        }
    }
    piece->ground = db_is_null(rows, row, C_GROUND) ? NULL : ground_of(db_get_text(rows, row, C_GROUND));
    take_spans(piece, arena, db_get_text(rows, row, C_SPANS));
}

static bool is_too_large(const struct db_result *rows)
{
    size_t bytes = 0;
    for (size_t i = 0; i < db_rows(rows); i++) {
        bytes += db_get_text(rows, i, C_TEXT).len;
    }
    return bytes > WOO_BYTES_MAX;
}

static void take_pieces(struct woo_file *out, struct arena *arena, const struct db_result *rows)
{
    out->count = db_rows(rows);
    out->all = out->count > 0 ? db_get_int64(rows, 0, C_PIECES) : 0;
    out->pieces = arena_array(arena, out->count + 1, sizeof *out->pieces);
    for (size_t i = 0; i < out->count; i++) {
        out->pieces[i] = (struct woo_piece){.number = db_get_int64(rows, i, C_NUMBER),
                                            .key = arena_cstr(arena, db_get_text(rows, i, C_KEY)),
                                            .kind = arena_cstr(arena, db_get_text(rows, i, C_KIND)),
                                            .day = db_get_day(rows, i, C_DAY),
                                            .sender = arena_cstr(arena, db_get_text(rows, i, C_SENDER)),
                                            .receiver = arena_cstr(arena, db_get_text(rows, i, C_RECEIVER)),
                                            .text = arena_copy(arena, db_get_text(rows, i, C_TEXT)),
                                            .step = arena_cstr(arena, db_get_text(rows, i, C_STEP)),
                                            .marked_open = db_get_bool(rows, i, C_PUBLIC)};
        take_assessment(&out->pieces[i], arena, rows, i);
    }
}

/* Numbers of a list in text, "3,12". */
static void put_numbers(struct db_params *p, struct arena *arena, struct slice list)
{
    int32_t *ids = arena_array(arena, list.len + 1, sizeof *ids);
    size_t count = 0;
    while (list.len > 0) {
        uint64_t number;
        struct slice one;
        slice_cut(&one, &list, list, ',');
        if (slice_to_u64(&number, one, INT32_MAX)) {
            ids[count++] = (int32_t)number;
        }
    }
    db_put_int32_array(p, ids, count);
}

static enum db_status read_pieces(struct woo_file *out, struct arena *arena, struct db_tx *tx,
                                  const struct woo_asked *asked, const struct db_result *which)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    put_numbers(&p, arena, db_get_text(which, 0, 0));
    put_numbers(&p, arena, db_get_text(which, 0, 1));
    db_put_int64(&p, asked->from);
    db_put_int64(&p, asked->from + asked->most);
    db_put_text(&p, asked->piece);
    db_put_bool(&p, asked->texts);
    const enum db_status status = db_run(&rows, tx, &woo_statements[PIECES], &p);
    out->too_large = status == DB_OK && is_too_large(rows);
    if (status == DB_OK && !out->too_large) {
        take_pieces(out, arena, rows);
    }
    return status;
}

enum db_status woo_read(struct woo_file *out, struct db_tx *tx, struct arena *arena,
                        const struct woo_asked *asked)
{
    static const enum statement which[WOO_SUBJECTS] = {OF_SIGNAL, OF_MEETING, OF_ROUND};
    struct db_result *rows;
    uint64_t number = 0;
    struct db_params p = db_params(tx);
    *out = (struct woo_file){
        .subject = asked->subject,
        .name = arena_printf(arena, "%s %.*s", woo_subjects[asked->subject], SLICE_ARG(asked->code)).ptr};
    if (asked->subject == WOO_ROUND) {
        db_put_text(&p, asked->code);
    } else if (slice_to_u64(&number, asked->code, INT32_MAX)) {
        db_put_int32(&p, (int32_t)number);
    } else {
        return DB_OK;
    }
    const enum db_status status = db_run(&rows, tx, &woo_statements[which[asked->subject]], &p);
    if (status != DB_OK || db_rows(rows) == 0) {
        return status;
    }
    out->found = true;
    return read_pieces(out, arena, tx, asked, rows);
}

enum db_status woo_propose(struct woo_piece *piece, struct db_tx *tx, struct arena *arena)
{
    struct db_result *rows;
    const enum db_status status = db_run(&rows, tx, &woo_statements[NAMES], NULL);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    struct slice *names = arena_array(arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = db_get_text(rows, i, 0);
    }
    woo_find(&piece->spans, &piece->span_count, arena, piece->text, names, count, "5.1.2.e");
    piece->outcome = piece->span_count > 0 ? WOO_PART : WOO_OPEN;
    piece->ground = piece->span_count > 0 ? "5.1.2.e" : NULL;
    return status;
}

/* ---- judging ---- */

static enum db_status record(struct db_tx *tx, const struct woo_piece *piece, enum woo_outcome outcome,
                             const char *ground, size_t count, const char *by, const char *origin)
{
    const struct audit_event event = {
        .action = "woo.assess",
        .object = arena_printf(db_arena(tx), "piece:%s", piece->key).ptr,
        .result = "ok",
        .origin = origin,
        .actor = by,
        .details = arena_printf(db_arena(tx), "{\"outcome\": \"%s\", \"ground\": \"%s\", \"spans\": %zu}",
                                woo_outcomes[outcome], ground ? ground : "", count)
                       .ptr};
    return audit_record(tx, &event);
}

enum db_status woo_assess(struct db_tx *tx, const struct woo_piece *piece, enum woo_outcome outcome,
                          const char *ground, const struct woo_span *spans, size_t count, const char *by,
                          const char *origin)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    struct db_params p = db_params(tx);
    json_t *list = json_array();
    crypto_sha256(sha256, piece->text);
    for (size_t i = 0; outcome == WOO_PART && i < count; i++) {
        json_array_append_new(list, json_pack("{s:I,s:I,s:s}", "van", (json_int_t)spans[i].from, "tot",
                                              (json_int_t)spans[i].to, "grond", spans[i].ground));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    const struct slice kept = arena_copy(db_arena(tx), slice_from_cstr(text ? text : "[]"));
    free(text);
    json_decref(list);
    db_put_text(&p, slice_from_cstr(piece->key));
    db_put_bytes(&p, (struct slice){(const char *)sha256, sizeof sha256});
    db_put_text(&p, slice_from_cstr(woo_outcomes[outcome]));
    db_put_text(&p, slice_from_cstr(outcome == WOO_OPEN || !ground ? "" : ground));
    db_put_text(&p, kept);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &woo_statements[ASSESS], &p);
    return status == DB_OK
               ? record(tx, piece, outcome, outcome == WOO_OPEN ? NULL : ground, count, by, origin)
               : status;
}
