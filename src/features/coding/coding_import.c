#include "features/coding/coding_import_internal.h"

#include <string.h>

const struct db_statement coding_import_statements[IMPORT_STATEMENTS + 1] = {
    /* Nobody loads, corrects, redacts or withdraws meanwhile. */
    [IMPORT_CONVERSATIONS] =
        {"coding_import_conversations",
         "SELECT c.id, c.code, c.status, v.id IS NOT NULL FROM zs.conversation AS c LEFT JOIN "
         "zs.transcript_version AS v ON v.conversation_id = c.id AND v.is_current WHERE c.round_id = "
         "$1::int4 "
         "ORDER BY c.id FOR UPDATE OF c"},
    /* In the order and with the labels of coding_project_turns. */
    [IMPORT_TURNS] =
        {"coding_import_turns",
         "SELECT t.id, CASE t.speaker WHEN 'deelnemer' THEN p.pseudonym WHEN 'moderator' THEN 'Moderator' "
         "WHEN "
         "'notulist' THEN 'Notulist' ELSE 'Onbekend' END, CASE WHEN e.kind <> 'weggelaten' THEN e.body END, "
         "coalesce(e.speaker = 'deelnemer' AND e.kind IN "
         "('uitspraak', 'aantekening'), false), (SELECT q.part::text FROM "
         "jsonb_array_elements(g.document->'parts') AS q (part) WHERE q.part->>'code' = e.part LIMIT 1) FROM "
         "zs.conversation AS c JOIN zs.guide_version AS g ON g.id = c.guide_version JOIN "
         "zs.transcript_version AS v ON v.conversation_id = c.id AND v.is_current JOIN zs.transcript_turn AS "
         "l ON l.version_id = v.id JOIN zs.turn AS t ON t.id = l.turn_id LEFT JOIN zs.participant AS p ON "
         "p.id = t.participant_id LEFT JOIN zs.evidence AS e ON e.id = t.id AND e.conversation_id = "
         "$1::int4 WHERE c.id = $1::int4 AND t.kind <> 'nabespreking' ORDER BY l.place"},
    [IMPORT_ANSWERS] =
        {"coding_import_answers",
         "SELECT id, response_id, variable FROM zs.evidence WHERE round_id = $1::int4 AND kind "
         "= 'open-antwoord' ORDER BY id"},
    [IMPORT_BODIES] = {"coding_import_body", "SELECT body FROM zs.evidence WHERE id = $1::int8"},
    [IMPORT_CODERS] = {"coding_import_coders",
                       "SELECT id, outside_guid, name, account_id FROM zs.coder ORDER BY id"},
    [IMPORT_STANDING] =
        {"coding_import_standing",
         "SELECT passage_id, coder_id, start_at, end_at, array_to_string(codes, ' '), coalesce(facet, ''), "
         "coalesce(expression, ''), coalesce(direction, ''), coalesce(origin, ''), coalesce(application, "
         "''), "
         "coalesce(memo, '') FROM zs.coding WHERE round_id = $1::int4 AND ended_at IS NULL AND NOT decided"},
    [IMPORT_DECIDED] = {"coding_import_decided", "SELECT passage_id FROM zs.adjudication WHERE round_id = "
                                                 "$1::int4 ORDER BY passage_id"},
    [IMPORT_NUMBERS] =
        {"coding_import_numbers",
         "SELECT t.id FROM zs.transcript_version AS v JOIN zs.transcript_turn AS l ON l.version_id = v.id "
         "JOIN "
         "zs.turn AS t ON t.id = l.turn_id WHERE v.conversation_id = $1::int4 AND v.is_current ORDER BY "
         "l.place"},
    [IMPORT_CODER_ADD] =
        {"coding_import_coder",
         "WITH made AS (INSERT INTO zs.coder (outside_guid, name) VALUES ($1::bytea, $2::text) ON CONFLICT "
         "(outside_guid) DO NOTHING RETURNING id) SELECT id FROM made UNION SELECT id FROM zs.coder WHERE "
         "outside_guid = $1::bytea"},
    [IMPORT_BATCH] =
        {"coding_import_batch",
         "INSERT INTO zs.coding_batch (round_id, number, source, share, created_by) SELECT $1::int4, "
         "coalesce(max(number), 0) + 1, 'ingelezen', 0, $2::text FROM zs.coding_batch WHERE round_id = "
         "$1::int4 RETURNING id"},
    [IMPORT_TASKS] =
        {"coding_import_tasks",
         "INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place, done_at) "
         "SELECT $1::int4, $2::int4, u.passage, u.coder, (SELECT coalesce(max(t.position), 0) FROM "
         "zs.coding_task AS t WHERE t.passage_id = u.passage) + row_number() OVER (PARTITION BY u.passage "
         "ORDER BY u.n), u.n, now() FROM unnest($3::int8[], $4::int4[]) WITH ORDINALITY AS u (passage, "
         "coder, "
         "n) WHERE NOT EXISTS (SELECT FROM zs.coding_task AS t WHERE t.passage_id = u.passage AND t.coder_id "
         "= u.coder)"},
    [IMPORT_TASKS_DONE] =
        {"coding_import_tasks_done",
         "UPDATE zs.coding_task AS t SET revision = t.revision + 1, done_at = coalesce(t.done_at, now()) "
         "FROM "
         "unnest($2::int8[], $3::int4[]) AS u (passage, coder) WHERE t.passage_id = u.passage AND t.coder_id "
         "= u.coder AND t.batch_id <> $1::int4"},
    [IMPORT_CODINGS] =
        {"coding_import_codings",
         "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, "
         "counts, codes, facet, expression, direction, origin, application, prompted, memo, method, "
         "conversation_id, participant_id, response_id, created_at) SELECT t.round_id, t.passage_id, "
         "t.coder_id, $1::int4, u.start_at, u.end_at, u.bits, t.position = 1, string_to_array(u.codes, ' '), "
         "nullif(u.facet, ''), nullif(u.expression, ''), nullif(u.direction, ''), nullif(u.origin, ''), "
         "nullif(u.application, ''), string_to_array(u.prompted, ' '), nullif(u.memo, ''), "
         "coalesce(e.method, "
         "'enquete'), e.conversation_id, e.participant_id, e.response_id, CASE WHEN u.made BETWEEN 0 AND "
         "extract(epoch FROM now()) THEN to_timestamp(u.made) ELSE now() END FROM unnest($3::int8[], "
         "$4::int4[], $5::int4[], $6::int4[], $7::int2[], $8::text[], $9::text[], $10::text[], $11::text[], "
         "$12::text[], $13::text[], $14::text[], $15::text[], $16::int8[]) WITH ORDINALITY AS u (passage, "
         "coder, start_at, end_at, bits, codes, facet, expression, direction, origin, application, prompted, "
         "memo, made, n) JOIN zs.coding_task AS t ON t.passage_id = u.passage AND t.coder_id = u.coder JOIN "
         "zs.evidence AS e ON e.id = u.passage AND e.round_id = $2::int4 WHERE u.end_at <= length(e.body) "
         "ORDER BY u.n"},
};

const char *const coding_source_words[CODING_WHYS] = {
    [CODING_WHY_NOWHERE] = "nowhere",       [CODING_WHY_TWICE] = "twice",
    [CODING_WHY_CANCELLED] = "cancelled",   [CODING_WHY_NOBODY] = "nobody",
    [CODING_WHY_CONSENT] = "consent",       [CODING_WHY_UNREADABLE] = "unreadable",
    [CODING_WHY_SPEAKER] = "speaker",       [CODING_WHY_NO_SPEAKER] = "no_speaker",
    [CODING_WHY_OTHER_TEXT] = "other_text",
};
const char *const coding_lost_words[CODING_LOST_WHYS] = {
    [CODING_LOST_KNOWN] = "known",         [CODING_LOST_SPEECHLESS] = "speechless",
    [CODING_LOST_WITHDRAWN] = "withdrawn", [CODING_LOST_CONFLICT] = "conflict",
    [CODING_LOST_WHOLE] = "whole",         [CODING_LOST_UNKNOWN] = "unknown",
    [CODING_LOST_DECIDED] = "decided",     [CODING_LOST_LONG] = "long",
};

/* ---- the plan ---- */

static void sum_up(struct coding_import_plan *plan, const struct coding_import *import)
{
    bool faults = plan->refused > 0;
    for (size_t why = CODING_LOST_UNKNOWN; why < CODING_LOST_WHYS; why++) {
        faults = faults || plan->lost[why] > 0;
    }
    for (size_t s = 0; s < plan->source_count; s++) {
        if (plan->sources[s].state == CODING_SOURCE_TEXT) {
            plan->texts++;
            plan->turns += plan->sources[s].turns;
        }
    }
    plan->codings = plan->work->mark_count;
    plan->blocked = faults && !import->leave_out;
}

enum db_status coding_import_plan(struct coding_import_plan *out, struct db_tx *tx,
                                  const struct coding_import *import)
{
    struct coding_plan plan;
    struct codebook_version version;
    struct coding_import_work *w = arena_alloc(import->arena, sizeof *w);
    *out = (struct coding_import_plan){.work = w};
    w->plan = out;
    enum db_status status = coding_plan_read(&plan, tx, import->round->id);
    if (status != DB_OK || !plan.found) {
        return status;
    }
    w->book_version = plan.book_version;
    status = codebook_get(&w->book, &version, tx, import->arena, plan.book_version);
    if (status != DB_OK || !w->book) {
        return status == DB_OK ? DB_FAILED : status;
    }
    out->planned = true;
    status = import_match_sources(w, tx, import);
    status = status == DB_OK ? import_match_users(w, tx, import) : status;
    status = status == DB_OK ? import_collect(w, tx, import) : status;
    if (status == DB_OK) {
        sum_up(out, import);
    }
    return status;
}

/* ---- loading ---- */

static enum db_status load_text(struct coding_import_work *w, struct db_tx *tx,
                                const struct coding_import *import, size_t s)
{
    struct db_result *rows;
    bool loaded = false;
    struct import_source *known = &w->sources[s];
    const struct transcript_draft draft = {.of_recording = import->of_recording,
                                           .format = TRANSCRIPT_PLAIN,
                                           .file_name = import->file->project->sources[s].name};
    struct db_params p = db_params(tx);
    db_put_int32(&p, known->conversation);
    enum db_status status =
        transcript_load(&loaded, tx, known->conversation, known->read, known->choices, &draft, import->actor);
    if (status != DB_OK || !loaded) {
        return status == DB_OK ? DB_FAILED : status;
    }
    status = db_run(&rows, tx, &coding_import_statements[IMPORT_NUMBERS], &p);
    if (status == DB_OK && db_rows(rows) != known->passage_count) {
        return DB_FAILED;
    }
    for (size_t i = 0; status == DB_OK && i < known->passage_count; i++) {
        known->passages[i].id = db_get_int64(rows, i, 0);
    }
    return status;
}

static enum db_status make_coder(struct coding_import_work *w, struct db_tx *tx,
                                 const struct coding_import *import, size_t user)
{
    struct db_result *row;
    const struct qda_guid guid = import_user_guid(import, user);
    if (w->coders[user] != 0 || w->plan->users[user].codings == 0) {
        return DB_OK;
    }
    if (w->accounts[user] != 0) {
        return coding_coder_of(&w->coders[user], tx, w->accounts[user]);
    }
    struct db_params p = db_params(tx);
    db_put_bytes(&p, (struct slice){(const char *)guid.bytes, sizeof guid.bytes});
    db_put_text(&p, w->plan->users[user].becomes);
    enum db_status status = db_run_one(&row, tx, &coding_import_statements[IMPORT_CODER_ADD], &p);
    w->coders[user] = status == DB_OK ? db_get_int32(row, 0, 0) : 0;
    return status;
}

/* Passages and coders of tasks: what each who coded anything in a source read of it. */
struct tasks {
    int64_t *passages;
    int32_t *coders;
    size_t count, room;
};

static void add_task(struct tasks *tasks, struct arena *arena, int64_t passage, int32_t coder)
{
    if (tasks->count == tasks->room) {
        const size_t room = tasks->room > 0 ? 2 * tasks->room : 1024;
        int64_t *passages = arena_array(arena, room, sizeof *passages);
        int32_t *coders = arena_array(arena, room, sizeof *coders);
        if (tasks->count > 0) {
            memcpy(passages, tasks->passages, tasks->count * sizeof *passages);
            memcpy(coders, tasks->coders, tasks->count * sizeof *coders);
        }
        tasks->passages = passages;
        tasks->coders = coders;
        tasks->room = room;
    }
    tasks->passages[tasks->count] = passage;
    tasks->coders[tasks->count++] = coder;
}

/* Marks come source by source: those of one are from *at on. */
static void tasks_of_source(struct tasks *tasks, const struct coding_import_work *w, struct arena *arena,
                            size_t s, size_t *at)
{
    const struct import_source *source = &w->sources[s];
    const size_t users = w->plan->user_count, first = *at;
    bool *coded = arena_array(arena, users, sizeof *coded);
    bool *on = arena_array(arena, source->passage_count + 1, sizeof *on);
    for (; *at < w->mark_count && w->marks[*at].source == s; (*at)++) {
        coded[w->marks[*at].user] = true;
    }
    for (size_t u = 0; u < users; u++) {
        if (!coded[u]) {
            continue;
        }
        for (size_t i = 0; i < source->passage_count; i++) {
            on[i] = source->passages[i].by_participant && source->passages[i].said.body.ptr;
        }
        for (size_t k = first; k < *at; k++) {
            on[w->marks[k].passage] = on[w->marks[k].passage] || w->marks[k].user == u;
        }
        for (size_t i = 0; i < source->passage_count; i++) {
            if (on[i]) {
                add_task(tasks, arena, source->passages[i].id, w->coders[u]);
            }
        }
    }
}

static enum db_status make_tasks(struct coding_import_work *w, struct db_tx *tx,
                                 const struct coding_import *import)
{
    struct db_result *row;
    struct tasks tasks = {.count = 0};
    size_t at = 0;
    for (size_t s = 0; s < w->plan->source_count; s++) {
        tasks_of_source(&tasks, w, import->arena, s, &at);
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, import->round->id);
    db_put_text(&p, slice_from_cstr(import->actor));
    enum db_status status = db_run_one(&row, tx, &coding_import_statements[IMPORT_BATCH], &p);
    if (status != DB_OK) {
        return status;
    }
    const int32_t batch = db_get_int32(row, 0, 0);
    struct db_params t = db_params(tx);
    db_put_int32(&t, batch);
    db_put_int32(&t, import->round->id);
    db_put_int64_array(&t, tasks.passages, tasks.count);
    db_put_int32_array(&t, tasks.coders, tasks.count);
    status = db_run(NULL, tx, &coding_import_statements[IMPORT_TASKS], &t);
    struct db_params d = db_params(tx);
    db_put_int32(&d, batch);
    db_put_int64_array(&d, tasks.passages, tasks.count);
    db_put_int32_array(&d, tasks.coders, tasks.count);
    return status == DB_OK ? db_run(NULL, tx, &coding_import_statements[IMPORT_TASKS_DONE], &d) : status;
}

/* Columns of codings. */
struct columns {
    int64_t *passages, *made;
    int32_t *coders, *starts, *ends;
    int16_t *bits;
    struct slice *codes, *other[CODEBOOK_AXES], *prompted, *memos;
};

static struct slice prompted_of(const struct coding_import_work *w, const struct coding_import *import,
                                const struct import_source *source, const struct import_passage *passage)
{
    const struct coding_task task = {.variable = source->variable, .guide_part = passage->guide_part};
    size_t count;
    const struct slice *list =
        coding_prompted(&count, import->arena, &task, import->round->questionnaire, w->book);
    struct slice all = SLICE("");
    for (size_t i = 0; i < count; i++) {
        all = arena_printf(import->arena, "%.*s%s%.*s", SLICE_ARG(all), i > 0 ? " " : "", SLICE_ARG(list[i]));
    }
    return all;
}

static void fill_row(const struct columns *c, size_t i, const struct coding_import_work *w,
                     const struct coding_import *import)
{
    const struct import_mark *mark = &w->marks[i];
    const struct import_source *source = &w->sources[mark->source];
    const struct import_passage *passage = &source->passages[mark->passage];
    struct slice other[CODEBOOK_AXES];
    unsigned bits = 0;
    for (size_t k = 0; k < mark->mark->code_count; k++) {
        const int value = w->book->axes[CODEBOOK_TREE].items[mark->mark->codes[k]].value;
        bits |= value >= 0 ? 1U << value : 0;
    }
    import_other(other, w->book, mark->mark);
    c->passages[i] = passage->id;
    c->coders[i] = w->coders[mark->user];
    c->starts[i] = (int32_t)mark->span.start;
    c->ends[i] = (int32_t)mark->span.end;
    c->bits[i] = (int16_t)bits;
    c->codes[i] = import_codes(import->arena, w->book, mark->mark);
    for (size_t axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        c->other[axis][i] = other[axis];
    }
    c->prompted[i] = prompted_of(w, import, source, passage);
    c->memos[i] = mark->mark->memo;
    c->made[i] = mark->mark->at == QDA_NO_TIME ? -1 : mark->mark->at;
}

static struct columns make_columns(struct arena *arena, size_t count)
{
    struct columns c = {.passages = arena_array(arena, count, sizeof *c.passages),
                        .made = arena_array(arena, count, sizeof *c.made),
                        .coders = arena_array(arena, count, sizeof *c.coders),
                        .starts = arena_array(arena, count, sizeof *c.starts),
                        .ends = arena_array(arena, count, sizeof *c.ends),
                        .bits = arena_array(arena, count, sizeof *c.bits),
                        .codes = arena_array(arena, count, sizeof *c.codes),
                        .prompted = arena_array(arena, count, sizeof *c.prompted),
                        .memos = arena_array(arena, count, sizeof *c.memos)};
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        c.other[axis] = arena_array(arena, count, sizeof *c.other[axis]);
    }
    return c;
}

static enum db_status add_codings(const struct coding_import_work *w, struct db_tx *tx,
                                  const struct coding_import *import)
{
    struct db_result *done;
    const size_t count = w->mark_count;
    const struct columns c = make_columns(import->arena, count);
    for (size_t i = 0; i < count; i++) {
        fill_row(&c, i, w, import);
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, w->book_version);
    db_put_int32(&p, import->round->id);
    db_put_int64_array(&p, c.passages, count);
    db_put_int32_array(&p, c.coders, count);
    db_put_int32_array(&p, c.starts, count);
    db_put_int32_array(&p, c.ends, count);
    db_put_int16_array(&p, c.bits, count);
    db_put_text_array(&p, c.codes, count);
    db_put_text_array(&p, c.other[CODEBOOK_FACET], count);
    db_put_text_array(&p, c.other[CODEBOOK_EXPRESSION], count);
    db_put_text_array(&p, c.other[CODEBOOK_DIRECTION], count);
    db_put_text_array(&p, c.other[CODEBOOK_ORIGIN], count);
    db_put_text_array(&p, c.other[CODEBOOK_APPLICATION], count);
    db_put_text_array(&p, c.prompted, count);
    db_put_text_array(&p, c.memos, count);
    db_put_int64_array(&p, c.made, count);
    enum db_status status = db_run(&done, tx, &coding_import_statements[IMPORT_CODINGS], &p);
    /* Of an answer that is gone by now: plan again. */
    return status == DB_OK && (size_t)db_affected(done) != count ? DB_RETRY : status;
}

enum db_status coding_import_load(struct coding_import_plan *plan, struct db_tx *tx,
                                  const struct coding_import *import)
{
    struct coding_import_work *w = plan->work;
    enum db_status status = DB_OK;
    for (size_t s = 0; s < plan->source_count && status == DB_OK; s++) {
        if (plan->sources[s].state == CODING_SOURCE_TEXT) {
            status = load_text(w, tx, import, s);
        }
    }
    for (size_t u = 0; u < plan->user_count && status == DB_OK; u++) {
        status = make_coder(w, tx, import, u);
    }
    if (status != DB_OK || w->mark_count == 0) {
        return status;
    }
    status = make_tasks(w, tx, import);
    return status == DB_OK ? add_codings(w, tx, import) : status;
}
