/* A whole corrected text in the place of another. */
#include "features/fieldwork/fieldwork_transcript.h"

#include "base/utf8.h"

#include <string.h>

enum statement {
    CURRENT,
    RETIRE,
    NEXT,
    NEW_IDS,
    MAKE,
    LIST,
    NOTE,
    DESTROY,
    DROP_DRAFTS,
    FOLLOW,
    LOST,
    STATEMENT_COUNT
};

const struct db_statement fieldwork_revise_statements[STATEMENT_COUNT + 1] = {
    [CURRENT] =
        {"transcript_current",
         "SELECT t.id, t.kind = 'nabespreking', t.speaker, coalesce(t.participant_id, 0), coalesce(t.body, "
         "''), coalesce(t.part, ''), v.number, v.source = 'opname' FROM zs.transcript_version AS v JOIN "
         "zs.transcript_turn AS l ON l.version_id = v.id JOIN zs.turn AS t ON t.id = l.turn_id WHERE "
         "v.conversation_id = $1::int4 AND v.is_current ORDER BY l.place"},
    [RETIRE] = {"transcript_revise_retire",
                "UPDATE zs.transcript_version SET is_current = false WHERE conversation_id = $1::int4 AND "
                "is_current AND number = $2::int4 RETURNING id"},
    [NEXT] = {"transcript_revise_next",
              "INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, "
              "format, encoding, reason, created_by) SELECT conversation_id, number + 1, true, 'verbeterd', "
              "source, $2::text, $3::text, nullif($4::text, ''), $5::text FROM zs.transcript_version WHERE "
              "id = $1::int4 RETURNING id, number"},
    [NEW_IDS] = {"transcript_revise_ids",
                 "SELECT nextval('zs.passage_id_seq') FROM generate_series(1, $1::int4)"},
    [MAKE] = {"transcript_revise_make",
              "INSERT INTO zs.turn (id, conversation_id, kind, speaker, participant_id, start_ms, end_ms, "
              "part, body) SELECT u.id, $1::int4, u.kind, u.speaker, nullif(u.participant, 0), "
              "nullif(u.start_ms, -1), nullif(u.end_ms, -1), nullif(u.part, ''), u.body FROM "
              "unnest($2::int8[], $3::text[], $4::text[], $5::int4[], $6::int4[], $7::int4[], $8::text[], "
              "$9::text[]) AS u (id, kind, speaker, participant, start_ms, end_ms, part, body)"},
    [LIST] = {"transcript_revise_list",
              "INSERT INTO zs.transcript_turn (version_id, place, turn_id) SELECT $1::int4, u.place, u.id "
              "FROM unnest($2::int8[]) WITH ORDINALITY AS u (id, place)"},
    [NOTE] = {"transcript_revise_note",
              "INSERT INTO zs.passage_change (passage_id, number, successor_id, version_id, start_at, "
              "old_length, new_length, reason) SELECT u.old_id, u.number, nullif(u.new_id, 0), $1::int4, "
              "u.start_at, u.old_length, u.new_length, u.reason FROM unnest($2::int8[], $3::int2[], "
              "$4::int8[], $5::int4[], $6::int4[], $7::int4[], $8::text[]) AS u (old_id, number, new_id, "
              "start_at, old_length, new_length, reason)"},
    /* With what they were made of by corrections, which says the same. */
    [DESTROY] = {"transcript_revise_destroy",
                 "WITH RECURSIVE line (id) AS (SELECT unnest($1::int8[]) UNION SELECT c.passage_id FROM "
                 "zs.passage_change AS c JOIN line ON c.successor_id = line.id) SELECT "
                 "zs.turn_destroy(array_agg(id), 'intrekking') IS NULL FROM line"},
    [DROP_DRAFTS] = {"transcript_revise_drop_drafts",
                     "DELETE FROM zs.transcript_draft WHERE conversation_id = $1::int4"},
    /* Codings follow at the end of a transaction, or now. */
    [FOLLOW] = {"transcript_revise_follow", "SET CONSTRAINTS zs.passage_change_followed IMMEDIATE"},
    [LOST] = {"transcript_revise_lost",
              "SELECT coalesce(json_agg(json_build_object('passage', q.passage_id, 'bij', q.near, 'codes', "
              "to_json(q.codes)) ORDER BY q.id), '[]')::text FROM zs.coding_lost AS q WHERE q.lost_at = "
              "now() AND q.passage_id IN (SELECT coalesce(c.successor_id, c.passage_id) FROM "
              "zs.passage_change AS c WHERE c.version_id = $1::int4)"},
};

enum db_status transcript_current(struct transcript_current *out, struct db_tx *tx, struct arena *arena,
                                  int32_t conversation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    *out = (struct transcript_current){.number = 0};
    enum db_status status = db_run(&rows, tx, &fieldwork_revise_statements[CURRENT], &p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    out->turns = arena_array(arena, count + 1, sizeof *out->turns);
    out->ids = arena_array(arena, count + 1, sizeof *out->ids);
    out->parts = arena_array(arena, count + 1, sizeof *out->parts);
    for (size_t i = 0; i < count; i++) {
        out->number = db_get_int32(rows, i, 6);
        out->of_recording = db_get_bool(rows, i, 7);
        out->ids[out->all++] = db_get_int64(rows, i, 0);
        if (!db_get_bool(rows, i, 1)) {
            out->parts[out->count] = arena_copy(arena, db_get_text(rows, i, 5));
            out->turns[out->count++] =
                (struct collate_turn){.speaker = arena_copy(arena, db_get_text(rows, i, 2)),
                                      .participant = db_get_int32(rows, i, 3),
                                      .body = arena_copy(arena, db_get_text(rows, i, 4))};
        }
    }
    return status;
}

void transcript_collate(struct transcript_revision *out, struct arena *arena,
                        const struct transcript_current *current, const struct transcript *read,
                        const struct speaker_choice *choices)
{
    *out =
        (struct transcript_revision){.read = read,
                                     .choices = choices,
                                     .turns = arena_array(arena, read->turn_count + 1, sizeof *out->turns)};
    for (size_t i = 0; i < read->turn_count; i++) {
        const uint32_t speaker = read->turns[i].speaker;
        const struct speaker_choice who =
            choices[speaker == TRANSCRIPT_NOBODY ? read->speaker_count : (size_t)speaker];
        out->turns[i] =
            (struct collate_turn){.speaker = speaker_code(who),
                                  .participant = who.kind == SPEAKER_PARTICIPANT ? who.participant : 0,
                                  .body = read->turns[i].text,
                                  .left_out = who.withdrawn};
    }
    fieldwork_collate(&out->collation, arena, current->turns, current->count, out->turns, read->turn_count);
}

bool transcript_is_same(const struct transcript_revision *revision)
{
    const struct collation *c = &revision->collation;
    return c->changed == 0 && c->added == 0 && c->gone_count == 0;
}

/* ---- writing it ---- */

struct writing {
    struct db_tx *tx;
    struct arena *arena;
    int32_t conversation, version;
    const struct transcript_current *current;
    const struct transcript_revision *revision;
    int64_t *ids; /* of each place of the file */
};

/* *begun false: the newest is another. */
static enum db_status begin_version(bool *begun, int32_t *number, struct writing *w,
                                    const struct transcript_draft *draft, const char *actor)
{
    struct db_result *rows;
    struct db_params retire = db_params(w->tx), next = db_params(w->tx);
    db_put_int32(&retire, w->conversation);
    db_put_int32(&retire, w->current->number);
    enum db_status status = db_run(&rows, w->tx, &fieldwork_revise_statements[RETIRE], &retire);
    *begun = status == DB_OK && db_rows(rows) == 1;
    if (!*begun) {
        return status;
    }
    db_put_int32(&next, db_get_int32(rows, 0, 0));
    db_put_text(&next, slice_from_cstr(transcript_extensions[w->revision->read->format]));
    db_put_text(&next, slice_from_cstr(w->revision->read->encoding));
    db_put_text(&next, draft->reason);
    db_put_text(&next, slice_from_cstr(actor));
    status = db_run_one(&rows, w->tx, &fieldwork_revise_statements[NEXT], &next);
    if (status == DB_OK) {
        w->version = db_get_int32(rows, 0, 0);
        *number = db_get_int32(rows, 0, 1);
    }
    return status;
}

/* The numbers of the turns: the old ones where they are the same. */
static enum db_status number_turns(struct writing *w)
{
    struct db_result *rows;
    const struct collation *c = &w->revision->collation;
    struct db_params p = db_params(w->tx);
    db_put_int32(&p, (int32_t)(c->changed + c->added));
    enum db_status status = db_run(&rows, w->tx, &fieldwork_revise_statements[NEW_IDS], &p);
    w->ids = arena_array(w->arena, c->count + 1, sizeof *w->ids);
    for (size_t i = 0, n = 0; status == DB_OK && i < c->count; i++) {
        w->ids[i] = c->places[i].same ? w->current->ids[c->places[i].source] : db_get_int64(rows, n++, 0);
    }
    return status;
}

/* The part of what it came of; of what was added, of what stands before it. */
static struct slice part_of(const struct writing *w, size_t i)
{
    const struct collate_place *places = w->revision->collation.places;
    while (i > 0 && places[i].source == COLLATE_NONE) {
        i--;
    }
    return places[i].source == COLLATE_NONE ? SLICE("") : w->current->parts[places[i].source];
}

static enum db_status make_turns(struct writing *w)
{
    const struct collation *c = &w->revision->collation;
    const size_t room = c->changed + c->added + 1;
    int64_t *ids = arena_array(w->arena, room, sizeof *ids);
    struct slice *kinds = arena_array(w->arena, room, sizeof *kinds);
    struct slice *speakers = arena_array(w->arena, room, sizeof *speakers);
    struct slice *parts = arena_array(w->arena, room, sizeof *parts);
    struct slice *bodies = arena_array(w->arena, room, sizeof *bodies);
    int32_t *people = arena_array(w->arena, room, sizeof *people);
    int32_t *starts = arena_array(w->arena, room, sizeof *starts);
    int32_t *ends = arena_array(w->arena, room, sizeof *ends);
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (!c->places[i].same) {
            const struct collate_turn *turn = &w->revision->turns[i];
            const bool left_out = slice_equal_cstr(c->places[i].body, TRANSCRIPT_LEFT_OUT);
            ids[n] = w->ids[i];
            kinds[n] = left_out                   ? SLICE("weggelaten")
                       : w->current->of_recording ? SLICE("uitspraak")
                                                  : SLICE("aantekening");
            speakers[n] = turn->speaker;
            people[n] = turn->participant;
            starts[n] = w->revision->read->turns[i].start_ms;
            ends[n] = w->revision->read->turns[i].end_ms;
            parts[n] = part_of(w, i);
            bodies[n++] = c->places[i].body;
        }
    }
    struct db_params p = db_params(w->tx);
    db_put_int32(&p, w->conversation);
    db_put_int64_array(&p, ids, n);
    db_put_text_array(&p, kinds, n);
    db_put_text_array(&p, speakers, n);
    db_put_int32_array(&p, people, n);
    db_put_int32_array(&p, starts, n);
    db_put_int32_array(&p, ends, n);
    db_put_text_array(&p, parts, n);
    db_put_text_array(&p, bodies, n);
    return db_run(NULL, w->tx, &fieldwork_revise_statements[MAKE], &p);
}

/* What the moderator wrote afterwards stays behind it. */
static enum db_status list_turns(struct writing *w)
{
    const struct collation *c = &w->revision->collation;
    const size_t written = w->current->all - w->current->count;
    int64_t *all = arena_array(w->arena, c->count + written + 1, sizeof *all);
    memcpy(all, w->ids, c->count * sizeof *all);
    memcpy(all + c->count, w->current->ids + w->current->count, written * sizeof *all);
    struct db_params p = db_params(w->tx);
    db_put_int32(&p, w->version);
    db_put_int64_array(&p, all, c->count + written);
    return db_run(NULL, w->tx, &fieldwork_revise_statements[LIST], &p);
}

struct notes {
    int64_t *olds, *news;
    int16_t *numbers;
    int32_t *starts, *lengths, *new_lengths;
    struct slice *reasons;
    size_t count;
};

static void note(struct notes *n, int64_t old, int64_t new, size_t number, struct text_edit edit,
                 bool withdrawn)
{
    const size_t i = n->count++;
    n->olds[i] = old;
    n->news[i] = new;
    n->numbers[i] = (int16_t)number;
    n->starts[i] = (int32_t)edit.old.start;
    n->lengths[i] = (int32_t)(edit.old.end - edit.old.start);
    n->new_lengths[i] = (int32_t)(edit.new.end - edit.new.start);
    n->reasons[i] = withdrawn ? SLICE("intrekking") : SLICE("verbeterd");
}

static struct notes notes_of(const struct writing *w)
{
    const struct collation *c = &w->revision->collation;
    size_t room = c->gone_count + c->changed + 1;
    for (size_t i = 0; i < c->count; i++) {
        room += c->places[i].edit_count;
    }
    struct notes n = {.olds = arena_array(w->arena, room, sizeof *n.olds),
                      .news = arena_array(w->arena, room, sizeof *n.news),
                      .numbers = arena_array(w->arena, room, sizeof *n.numbers),
                      .starts = arena_array(w->arena, room, sizeof *n.starts),
                      .lengths = arena_array(w->arena, room, sizeof *n.lengths),
                      .new_lengths = arena_array(w->arena, room, sizeof *n.new_lengths),
                      .reasons = arena_array(w->arena, room, sizeof *n.reasons)};
    for (size_t i = 0; i < c->count; i++) {
        const struct collate_place *place = &c->places[i];
        const int64_t old = place->source == COLLATE_NONE ? 0 : w->current->ids[place->source];
        for (size_t k = 0; k < place->edit_count && !place->same; k++) {
            note(&n, old, w->ids[i], k + 1, place->edits[k], place->withdrawn);
        }
        /* Somebody else said it: what was coded goes along all the same. */
        if (place->is_other && place->edit_count == 0) {
            note(&n, old, w->ids[i], 1, (struct text_edit){{0, 0}, {0, 0}}, false);
        }
    }
    for (size_t i = 0; i < w->current->count; i++) {
        if (c->gone[i]) {
            const uint32_t length = (uint32_t)utf8_length(w->current->turns[i].body);
            note(&n, w->current->ids[i], 0, 1, (struct text_edit){{0, length}, {0, 0}}, false);
        }
    }
    return n;
}

static enum db_status note_changes(struct writing *w)
{
    const struct notes n = notes_of(w);
    struct db_params p = db_params(w->tx);
    db_put_int32(&p, w->version);
    db_put_int64_array(&p, n.olds, n.count);
    db_put_int16_array(&p, n.numbers, n.count);
    db_put_int64_array(&p, n.news, n.count);
    db_put_int32_array(&p, n.starts, n.count);
    db_put_int32_array(&p, n.lengths, n.count);
    db_put_int32_array(&p, n.new_lengths, n.count);
    db_put_text_array(&p, n.reasons, n.count);
    return db_run(NULL, w->tx, &fieldwork_revise_statements[NOTE], &p);
}

static enum db_status destroy_withdrawn(struct writing *w)
{
    const struct collation *c = &w->revision->collation;
    int64_t *ids = arena_array(w->arena, c->count + 1, sizeof *ids);
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (c->places[i].withdrawn) {
            ids[n++] = w->current->ids[c->places[i].source];
        }
    }
    struct db_params p = db_params(w->tx);
    db_put_int64_array(&p, ids, n);
    return n > 0 ? db_run(NULL, w->tx, &fieldwork_revise_statements[DESTROY], &p) : DB_OK;
}

enum db_status transcript_lost_codings(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version)
{
    struct db_result *row;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int32(&p, version);
    json_errors_init(&errors, arena);
    *out = NULL;
    enum db_status status = db_run(NULL, tx, &fieldwork_revise_statements[FOLLOW], NULL);
    status = status == DB_OK ? db_run_one(&row, tx, &fieldwork_revise_statements[LOST], &p) : status;
    if (status == DB_OK) {
        *out = json_parse(&errors, arena, db_get_text(row, 0, 0));
    }
    return status;
}

enum db_status transcript_revise(int32_t *version, int32_t *number, struct db_tx *tx, int32_t conversation,
                                 const struct transcript_current *current,
                                 const struct transcript_revision *revision,
                                 const struct transcript_draft *draft, const char *actor)
{
    bool begun;
    struct writing w = {.tx = tx,
                        .arena = db_arena(tx),
                        .conversation = conversation,
                        .current = current,
                        .revision = revision};
    struct db_params drop = db_params(tx);
    db_put_int32(&drop, conversation);
    *version = *number = 0;
    enum db_status status = begin_version(&begun, number, &w, draft, actor);
    if (status != DB_OK || !begun) {
        return status;
    }
    *version = w.version;
    status = number_turns(&w);
    status = status == DB_OK ? make_turns(&w) : status;
    status = status == DB_OK ? list_turns(&w) : status;
    status = status == DB_OK ? note_changes(&w) : status;
    status = status == DB_OK ? destroy_withdrawn(&w) : status;
    return status == DB_OK ? db_run(NULL, tx, &fieldwork_revise_statements[DROP_DRAFTS], &drop) : status;
}
