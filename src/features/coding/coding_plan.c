#include "features/coding/coding_plan.h"

#include "crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

enum statement {
    PLAN_READ,
    PLAN_INSERT,
    PLAN_UPDATE,
    PEOPLE,
    BATCHES,
    PROGRESS,
    LOCK,
    ANSWERS,
    TURNS,
    CODER_ADD,
    CODER_FIND,
    BATCH_INSERT,
    STRATA_INSERT,
    DRAWN_INSERT,
    TASKS_INSERT,
    STATEMENT_COUNT
};

const struct db_statement coding_plan_statements[STATEMENT_COUNT + 1] = {
    [PLAN_READ] = {"coding_plan_read",
                   "SELECT p.book_version, p.revision, p.bar, EXISTS (SELECT FROM zs.coding AS c WHERE "
                   "c.round_id = p.round_id) FROM zs.coding_plan AS p WHERE p.round_id = $1::int4"},
    [PLAN_INSERT] = {"coding_plan_insert",
                     "INSERT INTO zs.coding_plan (round_id, book_version, bar, changed_by)"
                     " VALUES ($1::int4, $2::int4, $3::float8, $4::text) ON CONFLICT DO NOTHING"},
    [PLAN_UPDATE] =
        {"coding_plan_update",
         "UPDATE zs.coding_plan AS p SET book_version = $2::int4, bar = $3::float8, revision = revision + 1,"
         " changed_at = now(), changed_by = $4::text WHERE p.round_id = $1::int4 AND p.revision = $5::int4"
         " AND (p.book_version = $2::int4 OR NOT EXISTS (SELECT FROM zs.coding AS c WHERE c.round_id = "
         "p.round_id))"},
    [PEOPLE] = {"coding_people",
                "SELECT coalesce(json_agg(json_build_object('account', a.id, 'naam', a.name) ORDER BY a.name)"
                ", '[]')::text FROM zs.account AS a WHERE a.disabled_at IS NULL AND EXISTS (SELECT FROM "
                "zs.account_role AS r WHERE r.account_id = a.id AND r.role IN ('codeur', 'onderzoeker')"
                " AND (r.consultation IS NULL OR r.consultation = $1::text))"},
    [BATCHES] =
        {"coding_batches",
         "SELECT coalesce(json_agg(json_strip_nulls(json_build_object('nummer', b.number, 'bron', b.source,"
         " 'vraag', b.variable, 'zaad', encode(b.seed, 'hex'), 'aandeelDubbel', b.share, 'getrokken', "
         "(SELECT count(*) FROM zs.coding_drawn AS d WHERE d.batch_id = b.id), 'van', (SELECT sum(s.size) "
         "FROM zs.coding_stratum AS s WHERE s.batch_id = b.id), 'taken', k.tasks, 'klaar', k.done, 'door', "
         "b.created_by, 'op', to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'))) ORDER BY b.number "
         "DESC), '[]')::text"
         " FROM zs.coding_batch AS b CROSS JOIN LATERAL (SELECT count(*) AS tasks, count(t.done_at) AS done"
         " FROM zs.coding_task AS t WHERE t.batch_id = b.id) AS k WHERE b.round_id = $1::int4"},
    [PROGRESS] =
        {"coding_progress",
         "SELECT coalesce(json_agg(json_build_object('naam', k.name, 'taken', k.tasks, 'klaar', k.done)"
         " ORDER BY k.name), '[]')::text FROM (SELECT c.name, count(*) AS tasks, count(t.done_at) AS done"
         " FROM zs.coding_task AS t JOIN zs.coder AS c ON c.id = t.coder_id WHERE t.round_id = $1::int4"
         " GROUP BY c.id) AS k"},
    /* Of one round one draws at a time. */
    [LOCK] = {"coding_draw_lock", "SELECT pg_advisory_xact_lock(14, $1::int4) IS NULL"},
    [ANSWERS] = {"coding_draw_answers",
                 "SELECT e.id, r.stream::int4, EXISTS (SELECT FROM zs.coding_task AS t WHERE t.passage_id = "
                 "e.id), ''::text FROM zs.evidence AS e JOIN zs.response AS r ON r.round_id = e.round_id AND "
                 "r.response_id = e.response_id AND r.revision = e.revision WHERE e.round_id = $1::int4 AND "
                 "e.kind = 'open-antwoord' AND e.variable = $2::text ORDER BY e.id"},
    [TURNS] = {"coding_draw_turns",
               "SELECT e.id, e.conversation_id, EXISTS (SELECT FROM zs.coding_task AS t WHERE t.passage_id = "
               "e.id), c.code FROM zs.evidence AS e JOIN zs.conversation AS c ON c.id = e.conversation_id "
               "WHERE e.round_id = $1::int4 AND e.speaker = 'deelnemer' AND e.kind IN ('uitspraak', "
               "'aantekening') AND NOT EXISTS (SELECT FROM zs.coding_drawn AS d WHERE d.passage_id = e.id)"
               " ORDER BY e.conversation_id, e.place"},
    [CODER_ADD] = {"coding_coder_add",
                   "INSERT INTO zs.coder (account_id, name) SELECT id, name FROM zs.account WHERE id = "
                   "$1::int4 ON CONFLICT (account_id) DO NOTHING"},
    [CODER_FIND] = {"coding_coder_find", "SELECT id FROM zs.coder WHERE account_id = $1::int4"},
    [BATCH_INSERT] =
        {"coding_batch_insert",
         "INSERT INTO zs.coding_batch (round_id, number, source, variable, seed, share, created_by) SELECT "
         "$1::int4, coalesce(max(number), 0) + 1, CASE WHEN $2::text IS NULL THEN 'gesprekken' ELSE "
         "'open-antwoorden' END, $2::text, $3::bytea, $4::float8, $5::text FROM zs.coding_batch WHERE "
         "round_id = $1::int4 RETURNING id"},
    [STRATA_INSERT] = {"coding_strata_insert",
                       "INSERT INTO zs.coding_stratum (batch_id, stratum, label, size) SELECT $1::int4, s.n, "
                       "s.label, s.size FROM unnest($2::int4[], $3::text[], $4::int4[]) AS s (n, label, "
                       "size)"},
    [DRAWN_INSERT] = {"coding_drawn_insert",
                      "INSERT INTO zs.coding_drawn (batch_id, passage_id, stratum) SELECT $1::int4, d.id, "
                      "d.stratum FROM unnest($2::int8[], $3::int4[]) AS d (id, stratum)"},
    [TASKS_INSERT] =
        {"coding_tasks_insert",
         "INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place) SELECT "
         "$1::int4, $2::int4, t.passage, t.coder, t.position, t.place FROM unnest($3::int8[], $4::int4[], "
         "$5::int2[], $6::int4[]) AS t (passage, coder, position, place)"},
};

/* ---- the plan ---- */

enum db_status coding_plan_read(struct coding_plan *out, struct db_tx *tx, int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = db_run(&rows, tx, &coding_plan_statements[PLAN_READ], &p);
    *out = (struct coding_plan){.bar = 0.667};
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = (struct coding_plan){.found = true,
                                    .book_version = db_get_int32(rows, 0, 0),
                                    .revision = db_get_int32(rows, 0, 1),
                                    .bar = db_get_float8(rows, 0, 2),
                                    .has_codings = db_get_bool(rows, 0, 3)};
    }
    return status;
}

enum db_status coding_plan_save(bool *saved, struct db_tx *tx, int32_t round, const struct coding_plan *plan,
                                const char *actor)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int32(&p, plan->book_version);
    db_put_float8(&p, plan->bar);
    db_put_text(&p, slice_from_cstr(actor));
    if (plan->revision > 0) {
        db_put_int32(&p, plan->revision);
    }
    enum db_status status =
        db_run(&rows, tx, &coding_plan_statements[plan->revision > 0 ? PLAN_UPDATE : PLAN_INSERT], &p);
    *saved = status == DB_OK && db_affected(rows) == 1;
    return status;
}

/* ---- lists, as the database makes them ---- */

static enum db_status one_document(json_t **out, struct db_tx *tx, enum statement statement,
                                   const struct db_params *p)
{
    struct db_result *row;
    enum db_status status = db_run_one(&row, tx, &coding_plan_statements[statement], p);
    *out = NULL;
    if (status == DB_OK) {
        const struct slice text = db_get_text(row, 0, 0);
        *out = json_loadb(text.ptr, text.len, 0, NULL);
    }
    return status;
}

enum db_status coding_people(json_t **out, struct db_tx *tx, struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    return one_document(out, tx, PEOPLE, &p);
}

enum db_status coding_batches(json_t **out, struct db_tx *tx, int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return one_document(out, tx, BATCHES, &p);
}

enum db_status coding_progress(json_t **out, struct db_tx *tx, int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return one_document(out, tx, PROGRESS, &p);
}

/* ---- drawing ---- */

enum db_status coding_coder_of(int32_t *coder, struct db_tx *tx, int32_t account)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, account);
    enum db_status status = db_run(NULL, tx, &coding_plan_statements[CODER_ADD], &p);
    status = status == DB_OK ? db_run_one(&row, tx, &coding_plan_statements[CODER_FIND], &p) : status;
    *coder = status == DB_OK ? db_get_int32(row, 0, 0) : 0;
    return status;
}

/* What may be drawn, with the strata that occur, numbered from 0. */
struct frame {
    struct coding_passage *passages;
    bool *given; /* somebody has it to code already */
    size_t count;
    int32_t *keys; /* of the strata: how somebody came in, or the conversation */
    struct slice *labels;
    uint32_t *sizes;
    size_t strata;
};

static const char *const streams[] = {"open", "uitnodiging", "panel", "organisatie"};

static uint32_t stratum_of(struct frame *f, int32_t key, struct slice label, bool answers)
{
    for (size_t i = f->strata; i > 0; i--) {
        if (f->keys[i - 1] == key) {
            f->sizes[i - 1]++;
            return (uint32_t)(i - 1);
        }
    }
    f->keys[f->strata] = key;
    f->labels[f->strata] = !answers ? label : slice_from_cstr(key >= 0 && key < 4 ? streams[key] : "anders");
    f->sizes[f->strata] = 1;
    return (uint32_t)f->strata++;
}

static enum db_status read_frame(struct frame *f, struct db_tx *tx, int32_t round, struct slice variable)
{
    struct db_result *rows;
    struct arena *arena = db_arena(tx);
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    if (variable.len > 0) {
        db_put_text(&p, variable);
    }
    enum db_status status =
        db_run(&rows, tx, &coding_plan_statements[variable.len > 0 ? ANSWERS : TURNS], &p);
    *f = (struct frame){.count = status == DB_OK ? db_rows(rows) : 0};
    f->passages = arena_array(arena, f->count + 1, sizeof *f->passages);
    f->given = arena_array(arena, f->count + 1, sizeof *f->given);
    f->keys = arena_array(arena, f->count + 1, sizeof *f->keys);
    f->labels = arena_array(arena, f->count + 1, sizeof *f->labels);
    f->sizes = arena_array(arena, f->count + 1, sizeof *f->sizes);
    for (size_t i = 0; i < f->count; i++) {
        f->passages[i] = (struct coding_passage){
            .id = db_get_int64(rows, i, 0),
            .stratum = stratum_of(f, db_get_int32(rows, i, 1), db_get_text(rows, i, 3), variable.len > 0)};
        f->given[i] = db_get_bool(rows, i, 2);
    }
    return status;
}

static enum db_status insert_batch(int32_t *batch, struct db_tx *tx, int32_t round,
                                   const struct coding_drawing *d, const struct frame *f, const char *actor)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    if (d->variable.len > 0) {
        db_put_text(&p, d->variable);
    } else {
        db_put_null(&p);
    }
    db_put_bytes(&p, (struct slice){(const char *)d->seed, sizeof d->seed});
    db_put_float8(&p, d->share);
    db_put_text(&p, slice_from_cstr(actor));
    enum db_status status = db_run_one(&row, tx, &coding_plan_statements[BATCH_INSERT], &p);
    if (status != DB_OK) {
        return status;
    }
    *batch = db_get_int32(row, 0, 0);
    int32_t *numbers = arena_array(db_arena(tx), f->strata, sizeof *numbers);
    int32_t *sizes = arena_array(db_arena(tx), f->strata, sizeof *sizes);
    for (size_t i = 0; i < f->strata; i++) {
        numbers[i] = (int32_t)i;
        sizes[i] = (int32_t)f->sizes[i];
    }
    struct db_params s = db_params(tx);
    db_put_int32(&s, *batch);
    db_put_int32_array(&s, numbers, f->strata);
    db_put_text_array(&s, f->labels, f->strata);
    db_put_int32_array(&s, sizes, f->strata);
    return db_run(NULL, tx, &coding_plan_statements[STRATA_INSERT], &s);
}

static enum db_status insert_drawn(struct db_tx *tx, int32_t batch, const struct coding_passage *drawn,
                                   size_t count)
{
    int64_t *ids = arena_array(db_arena(tx), count, sizeof *ids);
    int32_t *strata = arena_array(db_arena(tx), count, sizeof *strata);
    for (size_t i = 0; i < count; i++) {
        ids[i] = drawn[i].id;
        strata[i] = (int32_t)drawn[i].stratum;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, batch);
    db_put_int64_array(&p, ids, count);
    db_put_int32_array(&p, strata, count);
    return db_run(NULL, tx, &coding_plan_statements[DRAWN_INSERT], &p);
}

struct turn_at {
    uint64_t number;
    size_t passage;
};

static int by_number(const void *a, const void *b)
{
    const struct turn_at *x = a, *y = b;
    return x->number != y->number ? (x->number > y->number) - (x->number < y->number)
                                  : (x->passage > y->passage) - (x->passage < y->passage);
}

/* Answers come in an order of chance, so that coders who learn as they go do not do so on one group of
 * people; what was said comes as it was said. */
static uint32_t *places_of(struct arena *arena, const struct coding_passage *passages, size_t count,
                           const struct coding_drawing *d)
{
    uint32_t *places = arena_array(arena, count, sizeof *places);
    struct turn_at *order = arena_array(arena, count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        const struct slice label = arena_printf(arena, "volgorde:%lld", (long long)passages[i].id);
        order[i] = (struct turn_at){d->variable.len > 0 ? seeded_u64(d->seed, label) : i, i};
    }
    qsort(order, count, sizeof *order, by_number);
    for (size_t i = 0; i < count; i++) {
        places[order[i].passage] = (uint32_t)i + 1;
    }
    return places;
}

static enum db_status give_out(struct db_tx *tx, int32_t batch, int32_t round,
                               const struct coding_passage *passages, size_t count,
                               const struct coding_drawing *d)
{
    struct arena *arena = db_arena(tx);
    int32_t coders[CODING_CODERS_MAX];
    struct coding_assignment *who = arena_array(arena, count, sizeof *who);
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < d->account_count; i++) {
        status = coding_coder_of(&coders[i], tx, d->accounts[i]);
    }
    if (status != DB_OK || !coding_assign(who, arena, passages, count, d->account_count, d->share, d->seed)) {
        return status == DB_OK ? DB_FAILED : status;
    }
    const uint32_t *places = places_of(arena, passages, count, d);
    int64_t *ids = arena_array(arena, 2 * count, sizeof *ids);
    int32_t *whom = arena_array(arena, 2 * count, sizeof *whom);
    int16_t *positions = arena_array(arena, 2 * count, sizeof *positions);
    int32_t *at = arena_array(arena, 2 * count, sizeof *at);
    size_t tasks = 0;
    for (size_t i = 0; i < count; i++) {
        const uint16_t both[2] = {who[i].first, who[i].second};
        for (int16_t k = 0; k < 2 && both[k] != CODING_NOBODY; k++, tasks++) {
            ids[tasks] = passages[i].id;
            whom[tasks] = coders[both[k]];
            positions[tasks] = (int16_t)(k + 1);
            at[tasks] = (int32_t)places[i];
        }
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, batch);
    db_put_int32(&p, round);
    db_put_int64_array(&p, ids, tasks);
    db_put_int32_array(&p, whom, tasks);
    db_put_int16_array(&p, positions, tasks);
    db_put_int32_array(&p, at, tasks);
    return db_run(NULL, tx, &coding_plan_statements[TASKS_INSERT], &p);
}

enum db_status coding_draw_batch(enum coding_draw_outcome *outcome, size_t *drawn, struct db_tx *tx,
                                 int32_t round, const struct coding_drawing *d, const char *actor)
{
    struct frame frame;
    int32_t batch = 0;
    size_t count = 0, fresh = 0;
    struct arena *arena = db_arena(tx);
    *drawn = 0;
    *outcome = CODING_TOO_FEW_CODERS;
    if (d->account_count < (d->share > 0 ? 2 : 1) || d->account_count > CODING_CODERS_MAX) {
        return DB_OK;
    }
    struct db_params lock = db_params(tx);
    db_put_int32(&lock, round);
    enum db_status status = db_run(NULL, tx, &coding_plan_statements[LOCK], &lock);
    status = status == DB_OK ? read_frame(&frame, tx, round, d->variable) : status;
    *outcome = CODING_NOTHING_TO_DRAW;
    if (status != DB_OK || frame.count == 0) {
        return status;
    }
    bool *chosen = arena_array(arena, frame.count, sizeof *chosen);
    uint32_t *take = arena_array(arena, frame.strata, sizeof *take);
    memcpy(take, frame.sizes, frame.strata * sizeof *take);
    if (d->variable.len > 0) {
        coding_allocate(take, arena, frame.sizes, frame.strata, d->wanted, 2);
    }
    coding_draw(chosen, arena, frame.passages, frame.count, take, frame.strata, d->seed);
    struct coding_passage *picked = arena_array(arena, frame.count, sizeof *picked);
    struct coding_passage *new_ones = arena_array(arena, frame.count, sizeof *new_ones);
    for (size_t i = 0; i < frame.count; i++) {
        if (chosen[i]) {
            picked[count++] = frame.passages[i];
        }
        if (chosen[i] && !frame.given[i]) {
            new_ones[fresh++] = frame.passages[i];
        }
    }
    if (fresh == 0) {
        return DB_OK;
    }
    *outcome = CODING_DRAWN;
    *drawn = count;
    status = insert_batch(&batch, tx, round, d, &frame, actor);
    status = status == DB_OK ? insert_drawn(tx, batch, picked, count) : status;
    return status == DB_OK ? give_out(tx, batch, round, new_ones, fresh, d) : status;
}
