/* Versions of a transcript in the database. */
#include "features/fieldwork/fieldwork_transcript.h"

#include <string.h>

enum statement {
    LOAD,
    DROP_DRAFTS,
    VERSIONS,
    LINES,
    LINE,
    CHANGES,
    SET_PART,
    RETIRE,
    NEXT_VERSION,
    REPLACE,
    NOTE_CHANGES,
    DESTROY,
    STATEMENT_COUNT
};

/* Of l (zs.transcript_turn), t (zs.turn) and p (zs.participant). */
#define LINE_COLUMNS                                                                                         \
    "t.id, l.place, t.kind, t.speaker, p.pseudonym, t.part, t.body, coalesce(t.start_ms, -1), "              \
    "coalesce(t.end_ms, -1), t.destroyed_reason, t.destroyed_day"

const struct db_statement fieldwork_transcript_statements[STATEMENT_COUNT + 1] = {
    /* One row for each turn, in order; nothing where there is a version. */
    [LOAD] =
        {"transcript_load",
         "WITH version AS (INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, "
         "source, format, encoding, created_by) SELECT $1::int4, 1, true, 'geladen', $2::text, $3::text, "
         "$4::text, $5::text WHERE NOT EXISTS (SELECT FROM zs.transcript_version WHERE conversation_id = "
         "$1::int4) RETURNING id), "
         "given AS (SELECT nextval('zs.passage_id_seq') AS id, version.id AS version_id, u.place, u.kind, "
         "u.speaker, nullif(u.participant, 0) AS participant, nullif(u.start_ms, -1) AS start_ms, "
         "nullif(u.end_ms, -1) AS end_ms, u.body FROM version, unnest($6::text[], $7::text[], $8::int4[], "
         "$9::int4[], $10::int4[], $11::text[]) WITH ORDINALITY AS u (kind, speaker, participant, start_ms, "
         "end_ms, body, place)), "
         "made AS (INSERT INTO zs.turn (id, conversation_id, kind, speaker, participant_id, start_ms, "
         "end_ms, body) SELECT id, $1::int4, kind, speaker, participant, start_ms, end_ms, body FROM given) "
         "INSERT INTO zs.transcript_turn (version_id, place, turn_id) SELECT version_id, place, id FROM "
         "given"},
    [DROP_DRAFTS] = {"transcript_drop_drafts",
                     "DELETE FROM zs.transcript_draft WHERE conversation_id = $1::int4"},
    [VERSIONS] =
        {"transcript_versions",
         "SELECT v.id, v.number, (SELECT coalesce(max(l.place), 0) FROM zs.transcript_turn AS l WHERE "
         "l.version_id = v.id), v.cause, v.source, coalesce(v.format, ''), coalesce(v.encoding, ''), "
         "coalesce(v.reason, "
         "''), v.created_by, v.created_at, v.is_current FROM zs.transcript_version AS v WHERE "
         "v.conversation_id = $1::int4 ORDER BY v.number DESC"},
    /* As many as have so many bytes together; the first whatever its size. */
    [LINES] = {"transcript_lines",
               "SELECT id, place, kind, speaker, pseudonym, part, body, start_ms, end_ms, destroyed_reason, "
               "destroyed_day FROM (SELECT " LINE_COLUMNS
               ", sum(coalesce(octet_length(t.body), 0)) OVER (ORDER BY l.place) FROM zs.transcript_turn AS "
               "l JOIN zs.turn AS t ON t.id = l.turn_id LEFT JOIN zs.participant AS p ON p.id = "
               "t.participant_id WHERE l.version_id = $1::int4 AND l.place >= $2::int4 AND l.place < "
               "$2::int4 + $3::int4) AS w (id, place, kind, speaker, pseudonym, part, body, start_ms, "
               "end_ms, destroyed_reason, destroyed_day, upto) WHERE upto <= $4::int8 OR place = $2::int4 "
               "ORDER BY place"},
    [LINE] = {"transcript_line",
              "SELECT " LINE_COLUMNS
              ", v.number FROM zs.transcript_version AS v JOIN zs.transcript_turn AS l "
              "ON l.version_id = v.id JOIN zs.turn AS t ON t.id = l.turn_id LEFT JOIN zs.participant AS p ON "
              "p.id = t.participant_id WHERE v.conversation_id = $1::int4 AND v.is_current AND t.id = "
              "$2::int8 AND t.kind <> 'weggelaten' AND EXISTS (SELECT FROM zs.evidence AS e WHERE e.id = "
              "t.id)"},
    /* Of each change; what is gone stands where it stood in the version before; and what was added. */
    [CHANGES] =
        {"transcript_changes",
         "WITH here AS (SELECT v.id, b.id AS before_id FROM zs.transcript_version AS v LEFT JOIN "
         "zs.transcript_version AS b ON b.conversation_id = v.conversation_id AND b.number = v.number - 1 "
         "WHERE v.id = $1::int4), change AS (SELECT coalesce(l.place, b.place) AS place, n.id IS NULL AS "
         "gone, false AS added, q.pseudonym AS who, coalesce(p.pseudonym, '') AS who_was, CASE WHEN n.id IS "
         "NOT NULL AND (n.participant_id IS DISTINCT FROM o.participant_id OR n.speaker <> o.speaker) THEN "
         "coalesce(p.pseudonym, o.speaker) END AS said_by, c.number, c.reason, c.start_at, c.old_length, "
         "c.new_length, substr(o.body, c.start_at + 1, c.old_length) AS old_piece, substr(n.body, c.start_at "
         "+ coalesce(sum(c.new_length - c.old_length) OVER (PARTITION BY c.passage_id ORDER BY c.number ROWS "
         "BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int4 + 1, c.new_length) AS new_piece FROM here "
         "JOIN zs.passage_change AS c ON c.version_id = here.id JOIN zs.turn AS o ON o.id = c.passage_id "
         "LEFT JOIN zs.turn AS n ON n.id = c.successor_id LEFT JOIN zs.transcript_turn AS l ON l.version_id "
         "= here.id AND l.turn_id = c.successor_id LEFT JOIN zs.transcript_turn AS b ON b.version_id = "
         "here.before_id AND b.turn_id = c.passage_id LEFT JOIN zs.participant AS p ON p.id = "
         "o.participant_id LEFT JOIN zs.participant AS q ON q.id = coalesce(n.participant_id, "
         "o.participant_id)), added AS (SELECT l.place, false, true, q.pseudonym, '', NULL::text, 1::int2, "
         "'verbeterd', 0, 0, length(t.body), ''::text, t.body FROM here JOIN zs.transcript_turn AS l ON "
         "l.version_id = here.id JOIN zs.turn AS t ON t.id = l.turn_id LEFT JOIN zs.participant AS q ON q.id "
         "= t.participant_id WHERE here.before_id IS NOT NULL AND NOT EXISTS (SELECT FROM zs.transcript_turn "
         "AS b WHERE b.version_id = here.before_id AND b.turn_id = l.turn_id) AND NOT EXISTS (SELECT FROM "
         "zs.passage_change AS c WHERE c.version_id = here.id AND c.successor_id = l.turn_id)) SELECT "
         "coalesce(json_agg(json_strip_nulls(json_build_object('plaats', k.place, 'vervallen', k.gone, "
         "'toegevoegd', k.added, 'wie', k.who, 'wieWas', nullif(k.who_was, ''), 'spreker', k.said_by, "
         "'reden', k.reason, 'van', k.start_at, 'lengte', k.old_length, 'werd', k.new_length, 'oud', "
         "k.old_piece, 'nieuw', k.new_piece)) ORDER BY k.place, k.gone, k.number), '[]')::text FROM (SELECT "
         "* FROM (TABLE change UNION ALL TABLE added) AS a ORDER BY a.place LIMIT 1000) AS k"},
    [SET_PART] =
        {"transcript_set_part",
         "UPDATE zs.turn SET part = nullif($4::text, '') FROM zs.transcript_turn AS l WHERE l.turn_id "
         "= zs.turn.id AND l.version_id = $1::int4 AND l.place BETWEEN $2::int4 AND $3::int4"},
    [RETIRE] = {"transcript_retire",
                "UPDATE zs.transcript_version SET is_current = false WHERE conversation_id = $1::int4 AND "
                "is_current AND number = $2::int4 RETURNING id"},
    [NEXT_VERSION] =
        {"transcript_next_version",
         "INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, format, "
         "encoding, reason, created_by) SELECT conversation_id, number + 1, true, $2::text, source, format, "
         "encoding, nullif($3::text, ''), $4::text FROM zs.transcript_version WHERE id = $1::int4 RETURNING "
         "id"},
    /* The old version's list, with new turns where there are some. */
    [REPLACE] =
        {"transcript_replace",
         "WITH given AS (SELECT u.old_id, u.body, nextval('zs.passage_id_seq') AS id FROM unnest($3::int8[], "
         "$4::text[]) AS u (old_id, body)), "
         "made AS (INSERT INTO zs.turn (id, conversation_id, kind, speaker, participant_id, start_ms, "
         "end_ms, part, body) SELECT g.id, t.conversation_id, t.kind, t.speaker, t.participant_id, "
         "t.start_ms, t.end_ms, t.part, g.body FROM given AS g JOIN zs.turn AS t ON t.id = g.old_id) "
         "INSERT INTO zs.transcript_turn (version_id, place, turn_id) SELECT $2::int4, l.place, "
         "coalesce(g.id, l.turn_id) FROM zs.transcript_turn AS l LEFT JOIN given AS g ON g.old_id = "
         "l.turn_id WHERE l.version_id = $1::int4"},
    [NOTE_CHANGES] =
        {"transcript_note_changes",
         "INSERT INTO zs.passage_change (passage_id, number, successor_id, version_id, start_at, old_length, "
         "new_length, reason) SELECT o.turn_id, u.number, n.turn_id, $2::int4, u.start_at, u.old_length, "
         "u.new_length, u.reason FROM unnest($3::int8[], $4::int2[], $5::int4[], $6::int4[], $7::int4[], "
         "$8::text[]) AS u (old_id, number, start_at, old_length, new_length, reason) JOIN "
         "zs.transcript_turn AS o ON o.version_id = $1::int4 AND o.turn_id = u.old_id JOIN "
         "zs.transcript_turn AS n ON n.version_id = $2::int4 AND n.place = o.place"},
    /* With what they were made of by corrections, which says the same. */
    [DESTROY] = {"transcript_destroy",
                 "WITH RECURSIVE line (id) AS (SELECT unnest($1::int8[]) UNION SELECT c.passage_id FROM "
                 "zs.passage_change AS c JOIN line ON c.successor_id = line.id) SELECT "
                 "zs.turn_destroy(array_agg(id), 'geredigeerd') IS NULL FROM line"},
};

/* ---- loading ---- */

struct columns {
    struct slice *kinds, *speakers, *bodies;
    int32_t *participants, *starts, *ends;
    size_t count;
};

struct slice speaker_code(struct speaker_choice choice)
{
    static const char *const words[] = {
        [SPEAKER_UNCHOSEN] = "onbekend",   [SPEAKER_PARTICIPANT] = "deelnemer",
        [SPEAKER_MODERATOR] = "moderator", [SPEAKER_NOTE_TAKER] = "notulist",
        [SPEAKER_UNKNOWN] = "onbekend",    [SPEAKER_NONE] = "onbekend"};
    return slice_from_cstr(words[choice.kind]);
}

static void add_turn(struct columns *c, const struct transcript_turn *turn, struct speaker_choice who,
                     bool of_recording)
{
    const size_t i = c->count++;
    const bool left_out = who.withdrawn || slice_equal_cstr(turn->text, TRANSCRIPT_LEFT_OUT);
    c->kinds[i] = left_out ? SLICE("weggelaten") : of_recording ? SLICE("uitspraak") : SLICE("aantekening");
    c->speakers[i] = speaker_code(who);
    c->participants[i] = who.kind == SPEAKER_PARTICIPANT ? who.participant : 0;
    c->starts[i] = turn->start_ms;
    c->ends[i] = turn->end_ms;
    c->bodies[i] = left_out ? SLICE(TRANSCRIPT_LEFT_OUT) : turn->text;
}

static void add_debrief(struct columns *c, struct slice debrief)
{
    const size_t i = c->count++;
    c->kinds[i] = SLICE("nabespreking");
    c->speakers[i] = SLICE("moderator");
    c->participants[i] = 0;
    c->starts[i] = c->ends[i] = TRANSCRIPT_NO_TIME;
    c->bodies[i] = debrief;
}

static struct columns columns_of(struct arena *arena, const struct transcript *read,
                                 const struct speaker_choice *choices, const struct transcript_draft *draft)
{
    const size_t room = read->turn_count + 1;
    struct columns c = {.kinds = arena_array(arena, room, sizeof *c.kinds),
                        .speakers = arena_array(arena, room, sizeof *c.speakers),
                        .bodies = arena_array(arena, room, sizeof *c.bodies),
                        .participants = arena_array(arena, room, sizeof *c.participants),
                        .starts = arena_array(arena, room, sizeof *c.starts),
                        .ends = arena_array(arena, room, sizeof *c.ends)};
    for (size_t i = 0; i < read->turn_count; i++) {
        const uint32_t speaker = read->turns[i].speaker;
        add_turn(&c, &read->turns[i],
                 choices[speaker == TRANSCRIPT_NOBODY ? read->speaker_count : (size_t)speaker],
                 draft->of_recording);
    }
    if (draft->debrief.len > 0) {
        add_debrief(&c, draft->debrief);
    }
    return c;
}

enum db_status transcript_load(bool *loaded, struct db_tx *tx, int32_t conversation,
                               const struct transcript *read, const struct speaker_choice *choices,
                               const struct transcript_draft *draft, const char *actor)
{
    struct db_result *done;
    const struct columns c = columns_of(db_arena(tx), read, choices, draft);
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_text(&p, slice_from_cstr(transcript_sources[draft->of_recording ? 0 : 1]));
    db_put_text(&p, slice_from_cstr(transcript_extensions[read->format]));
    db_put_text(&p, slice_from_cstr(read->encoding));
    db_put_text(&p, slice_from_cstr(actor));
    db_put_text_array(&p, c.kinds, c.count);
    db_put_text_array(&p, c.speakers, c.count);
    db_put_int32_array(&p, c.participants, c.count);
    db_put_int32_array(&p, c.starts, c.count);
    db_put_int32_array(&p, c.ends, c.count);
    db_put_text_array(&p, c.bodies, c.count);
    enum db_status status = db_run(&done, tx, &fieldwork_transcript_statements[LOAD], &p);
    *loaded = status == DB_OK && db_affected(done) > 0;
    if (*loaded) {
        struct db_params drop = db_params(tx);
        db_put_int32(&drop, conversation);
        status = db_run(NULL, tx, &fieldwork_transcript_statements[DROP_DRAFTS], &drop);
    }
    return status;
}

/* ---- reading ---- */

enum db_status transcript_versions(struct transcript_version **out, size_t *count, struct db_tx *tx,
                                   struct arena *arena, int32_t conversation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    enum db_status status = db_run(&rows, tx, &fieldwork_transcript_statements[VERSIONS], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct transcript_version){.id = db_get_int32(rows, i, 0),
                                                .number = db_get_int32(rows, i, 1),
                                                .turns = db_get_int32(rows, i, 2),
                                                .cause = arena_copy(arena, db_get_text(rows, i, 3)),
                                                .source = arena_copy(arena, db_get_text(rows, i, 4)),
                                                .format = arena_copy(arena, db_get_text(rows, i, 5)),
                                                .encoding = arena_copy(arena, db_get_text(rows, i, 6)),
                                                .reason = arena_copy(arena, db_get_text(rows, i, 7)),
                                                .by = arena_copy(arena, db_get_text(rows, i, 8)),
                                                .at = db_get_timestamp(rows, i, 9),
                                                .current = db_get_bool(rows, i, 10)};
    }
    return status;
}

static struct slice text_at(struct arena *arena, const struct db_result *rows, size_t row, int column)
{
    return db_is_null(rows, row, column) ? (struct slice){NULL, 0}
                                         : arena_copy(arena, db_get_text(rows, row, column));
}

static struct transcript_line line_at(struct arena *arena, const struct db_result *rows, size_t i)
{
    return (struct transcript_line){
        .id = db_get_int64(rows, i, 0),
        .place = db_get_int32(rows, i, 1),
        .kind = text_at(arena, rows, i, 2),
        .speaker = text_at(arena, rows, i, 3),
        .pseudonym = text_at(arena, rows, i, 4),
        .part = text_at(arena, rows, i, 5),
        .body = text_at(arena, rows, i, 6),
        .start_ms = db_get_int32(rows, i, 7),
        .end_ms = db_get_int32(rows, i, 8),
        .destroyed_reason = text_at(arena, rows, i, 9),
        .destroyed_day = db_is_null(rows, i, 10) ? 0 : db_get_day(rows, i, 10),
    };
}

enum db_status transcript_lines(struct transcript_line **out, size_t *count, struct db_tx *tx,
                                struct arena *arena, int32_t version, int32_t place)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, version);
    db_put_int32(&p, place);
    db_put_int32(&p, TRANSCRIPT_PAGE_TURNS);
    db_put_int64(&p, TRANSCRIPT_PAGE_BYTES);
    enum db_status status = db_run(&rows, tx, &fieldwork_transcript_statements[LINES], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = line_at(arena, rows, i);
    }
    return status;
}

enum db_status transcript_line_find(bool *found, struct transcript_line *out, int32_t *version,
                                    struct db_tx *tx, struct arena *arena, int32_t conversation, int64_t turn)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_int64(&p, turn);
    enum db_status status = db_run(&rows, tx, &fieldwork_transcript_statements[LINE], &p);
    *found = status == DB_OK && db_rows(rows) == 1;
    if (*found) {
        *out = line_at(arena, rows, 0);
        *version = db_get_int32(rows, 0, 11);
    }
    return status;
}

enum db_status transcript_changes(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version)
{
    struct db_result *row;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int32(&p, version);
    enum db_status status = db_run_one(&row, tx, &fieldwork_transcript_statements[CHANGES], &p);
    json_errors_init(&errors, arena);
    *out = status == DB_OK ? json_parse(&errors, arena, db_get_text(row, 0, 0)) : NULL;
    return status;
}

enum db_status transcript_set_part(struct db_tx *tx, int32_t version, int32_t from, int32_t to,
                                   struct slice part)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, version);
    db_put_int32(&p, from);
    db_put_int32(&p, to);
    db_put_text(&p, part);
    return db_run(NULL, tx, &fieldwork_transcript_statements[SET_PART], &p);
}

/* ---- another version ---- */

static enum db_status begin_version(int32_t *old, int32_t *new, struct db_tx *tx, int32_t conversation,
                                    int32_t number, enum transcript_cause cause, struct slice reason,
                                    const char *actor)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_int32(&p, number);
    *old = *new = 0;
    enum db_status status = db_run(&rows, tx, &fieldwork_transcript_statements[RETIRE], &p);
    if (status != DB_OK || db_rows(rows) != 1) {
        return status;
    }
    *old = db_get_int32(rows, 0, 0);
    struct db_params next = db_params(tx);
    db_put_int32(&next, *old);
    db_put_text(&next, cause == TRANSCRIPT_CORRECTED ? SLICE("verbeterd") : SLICE("geredigeerd"));
    db_put_text(&next, reason);
    db_put_text(&next, slice_from_cstr(actor));
    status = db_run_one(&rows, tx, &fieldwork_transcript_statements[NEXT_VERSION], &next);
    *new = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

static enum db_status put_turns(struct db_tx *tx, int32_t old, int32_t new, const int64_t *ids,
                                const struct turn_change *changes, size_t count)
{
    struct slice *bodies = arena_array(db_arena(tx), count, sizeof *bodies);
    for (size_t i = 0; i < count; i++) {
        bodies[i] = changes[i].body;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, old);
    db_put_int32(&p, new);
    db_put_int64_array(&p, ids, count);
    db_put_text_array(&p, bodies, count);
    return db_run(NULL, tx, &fieldwork_transcript_statements[REPLACE], &p);
}

static enum db_status note_changes(struct db_tx *tx, int32_t old, int32_t new,
                                   const struct turn_change *changes, size_t count)
{
    struct arena *arena = db_arena(tx);
    size_t edits = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
        edits += changes[i].edit_count;
    }
    int64_t *ids = arena_array(arena, edits, sizeof *ids);
    int16_t *numbers = arena_array(arena, edits, sizeof *numbers);
    int32_t *starts = arena_array(arena, edits, sizeof *starts);
    int32_t *olds = arena_array(arena, edits, sizeof *olds);
    int32_t *news = arena_array(arena, edits, sizeof *news);
    struct slice *reasons = arena_array(arena, edits, sizeof *reasons);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < changes[i].edit_count; k++, n++) {
            const struct text_edit *edit = &changes[i].edits[k];
            ids[n] = changes[i].turn;
            numbers[n] = (int16_t)(k + 1);
            starts[n] = (int32_t)edit->old.start;
            olds[n] = (int32_t)(edit->old.end - edit->old.start);
            news[n] = (int32_t)(edit->new.end - edit->new.start);
            reasons[n] = slice_from_cstr(changes[i].reasons[k]);
        }
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, old);
    db_put_int32(&p, new);
    db_put_int64_array(&p, ids, n);
    db_put_int16_array(&p, numbers, n);
    db_put_int32_array(&p, starts, n);
    db_put_int32_array(&p, olds, n);
    db_put_int32_array(&p, news, n);
    db_put_text_array(&p, reasons, n);
    return db_run(NULL, tx, &fieldwork_transcript_statements[NOTE_CHANGES], &p);
}

enum db_status transcript_replace(bool *done, struct db_tx *tx, int32_t conversation, int32_t number,
                                  enum transcript_cause cause, const struct turn_change *changes,
                                  size_t count, struct slice reason, const char *actor)
{
    int32_t old, new;
    int64_t *ids = arena_array(db_arena(tx), count, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = changes[i].turn;
    }
    enum db_status status = begin_version(&old, &new, tx, conversation, number, cause, reason, actor);
    *done = status == DB_OK && old != 0;
    if (!*done) {
        return status;
    }
    status = put_turns(tx, old, new, ids, changes, count);
    status = status == DB_OK ? note_changes(tx, old, new, changes, count) : status;
    if (status == DB_OK && cause == TRANSCRIPT_REDACTED) {
        struct db_params p = db_params(tx);
        db_put_int64_array(&p, ids, count);
        status = db_run(NULL, tx, &fieldwork_transcript_statements[DESTROY], &p);
    }
    *done = status == DB_OK;
    return status;
}
