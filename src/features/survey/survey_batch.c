/* The three batch kinds: drafts read, drafts written, responses written. */
#include "features/survey/survey_internal.h"

#include "base/clock.h"

#include <string.h>

/* Where writing is quicker than this, two instances that took turns first wrote 1.53 times as much as
 * pgbench, and 1.86 times when they did not; on a disk that needed longer, taking turns first was twice as
 * quick. */
enum { TURN_WORTH_US = 5000 };

/* ---- reading drafts ---- */

static const struct draft_read_item *as_read(const struct db_batch_item *item)
{
    return (const struct draft_read_item *)(const void *)item;
}

static int compare_reads(const struct db_batch_item *a, const struct db_batch_item *b)
{
    return memcmp(as_read(a)->draft_id, as_read(b)->draft_id, sizeof as_read(a)->draft_id);
}

static void take_row(struct draft_read_item *item, const struct draft_row *row)
{
    item->revision = row->revision;
    item->round_id = row->round_id;
    item->sealed = arena_copy(http_arena(item->lane.exchange), row->sealed);
}

static struct slice read_id(const struct db_batch_item *item)
{
    return (struct slice){(const char *)as_read(item)->draft_id, sizeof as_read(item)->draft_id};
}

static bool ask_reads(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    (void)context;
    struct slice *ids = arena_array(db_arena(tx), count, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = read_id(items[i]);
    }
    sql_draft_read_ask(tx, ids, count);
    return true;
}

static enum db_status hear_reads(bool *settled, struct db_tx *tx, struct db_batch_item **items, size_t count,
                                 void *context)
{
    (void)context;
    struct draft_row *rows;
    size_t found;
    sql_draft_read_heard(&rows, &found, tx);
    for (size_t i = 0; i < count; i++) {
        struct draft_read_item *item = (struct draft_read_item *)(void *)items[i];
        item->revision = 0;
        settled[i] = true;
        /* Several tabs may read one draft. */
        for (size_t r = 0; r < found; r++) {
            if (slice_equal(read_id(items[i]), rows[r].draft_id)) {
                take_row(item, &rows[r]);
            }
        }
    }
    return DB_OK;
}

/* ---- writing drafts ---- */

static const struct draft_write_item *as_write(const struct db_batch_item *item)
{
    return (const struct draft_write_item *)(const void *)item;
}

static int compare_writes(const struct db_batch_item *a, const struct db_batch_item *b)
{
    return memcmp(as_write(a)->draft_id, as_write(b)->draft_id, sizeof as_write(a)->draft_id);
}

static bool same_draft(const struct db_batch_item *a, const struct db_batch_item *b)
{
    return compare_writes(a, b) == 0;
}

static struct draft_write *writes_of(struct db_tx *tx, struct db_batch_item **items, size_t count)
{
    struct draft_write *writes = arena_array(db_arena(tx), count, sizeof *writes);
    for (size_t i = 0; i < count; i++) {
        const struct draft_write_item *item = as_write(items[i]);
        writes[i] = (struct draft_write){.draft_id = {(const char *)item->draft_id, sizeof item->draft_id},
                                         .round_id = item->round_id,
                                         .expected_revision = item->expected_revision,
                                         .page = item->page,
                                         .sealed = item->sealed,
                                         .remove = item->remove};
    }
    return writes;
}

static void take_written(struct db_batch_item **items, const struct draft_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ((struct draft_write_item *)(void *)items[i])->written = writes[i].written;
    }
}

/* Pilot rounds: a remark is kept only where the draft was. */
static enum db_status run_writes(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    struct survey *survey = context;
    struct draft_write *writes = writes_of(tx, items, count);
    int32_t today = clock_day(survey->config.now_s());
    enum db_status status = sql_draft_write(tx, writes, count, today);
    struct pilot_note *notes = arena_array(db_arena(tx), count, sizeof *notes);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        notes[i] = writes[i].written ? as_write(items[i])->note : (struct pilot_note){.page = NULL};
    }
    if (status == DB_OK) {
        take_written(items, writes, count);
        status = pilot_notes_keep(tx, notes, count, today);
    }
    return status;
}

static bool ask_writes(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    struct survey *survey = context;
    for (size_t i = 0; i < count; i++) {
        if (as_write(items[i])->note.page) {
            return false;
        }
    }
    sql_draft_write_ask(tx, writes_of(tx, items, count), count, clock_day(survey->config.now_s()));
    return true;
}

static enum db_status hear_writes(bool *settled, struct db_tx *tx, struct db_batch_item **items, size_t count,
                                  void *context)
{
    (void)context;
    struct draft_write *writes = writes_of(tx, items, count);
    sql_draft_write_heard(tx, writes, count);
    take_written(items, writes, count);
    memset(settled, true, count * sizeof *settled);
    return DB_OK;
}

/* ---- writing responses ---- */

static struct response_item *as_response(struct db_batch_item *item)
{
    return (struct response_item *)(void *)item;
}

static int compare_responses(const struct db_batch_item *a, const struct db_batch_item *b)
{
    const struct response_item *x = (const struct response_item *)(const void *)a;
    const struct response_item *y = (const struct response_item *)(const void *)b;
    if (x->response.round_id != y->response.round_id) {
        return x->response.round_id < y->response.round_id ? -1 : 1;
    }
    return memcmp(x->response_id, y->response_id, sizeof x->response_id);
}

static bool same_response(const struct db_batch_item *a, const struct db_batch_item *b)
{
    return compare_responses(a, b) == 0;
}

static enum db_status lock_rounds(struct db_tx *tx, const struct response_new *responses, size_t count)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (i == 0 || responses[i].round_id != responses[i - 1].round_id) {
            status = sql_round_lock(tx, responses[i].round_id);
        }
    }
    return status;
}

struct batch_rows {
    struct response_new *responses;
    struct passage_new *passages;
    size_t passage_count;
};

static struct batch_rows rows_of(struct db_tx *tx, struct db_batch_item **items, size_t count)
{
    struct batch_rows rows = {.responses = arena_array(db_arena(tx), count, sizeof *rows.responses)};
    for (size_t i = 0; i < count; i++) {
        rows.responses[i] = as_response(items[i])->response;
        rows.passage_count += as_response(items[i])->passage_count;
    }
    rows.passages = arena_array(db_arena(tx), rows.passage_count, sizeof *rows.passages);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t t = 0; t < as_response(items[i])->passage_count; t++) {
            rows.passages[n++] = as_response(items[i])->passages[t];
        }
    }
    return rows;
}

/* The slow way, for those that were there before: what stands has to be looked at. */
static enum db_status run_responses(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                    void *context)
{
    struct survey *survey = context;
    struct batch_rows rows = rows_of(tx, items, count);
    enum db_status status = lock_rounds(tx, rows.responses, count);
    if (status == DB_OK) {
        status = sql_response_insert(tx, rows.responses, count, rows.passages, rows.passage_count,
                                     clock_day(survey->config.now_s()), 0);
    }
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        as_response(items[i])->response.outcome = rows.responses[i].outcome;
    }
    return status;
}

static bool ask_rounds(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    (void)context;
    struct batch_rows rows = rows_of(tx, items, count);
    return sql_rounds_lock_ask(tx, rows.responses, count);
}

static bool same_round(const struct db_batch_item *a, const struct db_batch_item *b)
{
    const struct response_item *x = (const struct response_item *)(const void *)a;
    const struct response_item *y = (const struct response_item *)(const void *)b;
    return x->response.round_id == y->response.round_id;
}

static bool ask_responses(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    struct survey *survey = context;
    struct batch_rows rows = rows_of(tx, items, count);
    return sql_response_ask(tx, rows.responses, count, rows.passages, rows.passage_count,
                            clock_day(survey->config.now_s()));
}

static bool ask_new_responses(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    struct survey *survey = context;
    struct batch_rows rows = rows_of(tx, items, count);
    return sql_response_ask_new(tx, rows.responses, count, rows.passages, rows.passage_count,
                                clock_day(survey->config.now_s()));
}

static enum db_status hear_responses(bool *settled, struct db_tx *tx, struct db_batch_item **items,
                                     size_t count, void *context)
{
    (void)context;
    struct batch_rows rows = rows_of(tx, items, count);
    enum db_status status = sql_response_heard(tx, rows.responses, count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        settled[i] = rows.responses[i].outcome == INTAKE_ACCEPTED;
        as_response(items[i])->response.outcome = rows.responses[i].outcome;
    }
    return status;
}

/* ---- correcting, and what staff typed over: one item a transaction, since a correction empties older rows
 * and what was typed over has a day of its own ---- */

static enum db_status enter(struct db_tx *tx, struct response_item *as, int32_t day)
{
    enum db_status status = sql_round_lock(tx, as->response.round_id);
    return status == DB_OK ? sql_response_insert(tx, &as->response, 1, as->passages, as->passage_count, day,
                                                 as->stated_day)
                           : status;
}

/* Takes the place of whatever stands, however often it was corrected since this correction was begun: who
 * sends last saw all of what is sent. Nothing stands any more once it was withdrawn. Run again after a commit
 * that nobody heard of, it finds its own answers there. */
static enum db_status correct(struct db_tx *tx, const struct response_item *as, int32_t day)
{
    struct response_row row = {.found = false};
    enum db_status status = sql_round_lock(tx, as->response.round_id);
    if (status == DB_OK) {
        status = sql_response_read(&row, tx, as->response.round_id, as->response.response_id);
    }
    if (status != DB_OK || !row.found || row.kind == RESPONSE_WITHDRAWN) {
        return status;
    }
    if (as->withdraw) {
        return sql_response_amend(tx, &as->response, RESPONSE_WITHDRAWN, row.revision, NULL, 0, day);
    }
    if (slice_equal(row.payload_hash, as->response.payload_hash)) {
        return DB_OK;
    }
    return sql_response_amend(tx, &as->response, RESPONSE_CORRECTED, row.revision, as->passages,
                              as->passage_count, day);
}

static enum db_status run_corrections(struct db_tx *tx, struct db_batch_item **items, size_t count,
                                      void *context)
{
    struct survey *survey = context;
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct response_item *item = as_response(items[i]);
        struct draft_write draft = {.draft_id = item->response.draft_id, .remove = true};
        if (item->enter) {
            status = enter(tx, item, clock_day(survey->config.now_s()));
            continue;
        }
        status = correct(tx, item, clock_day(survey->config.now_s()));
        if (status == DB_OK) {
            status = sql_draft_write(tx, &draft, 1, 0);
        }
    }
    return status;
}

static const struct db_statement *const batch_statements[] = {survey_statements, survey_draft_statements,
                                                              survey_pilot_statements, NULL};

static struct db_batch_kind kind_of(struct survey *survey, const char *name)
{
    return (struct db_batch_kind){.name = name,
                                  .role = DB_ROLE_INTAKE,
                                  .statements = batch_statements,
                                  .max_items = SURVEY_BATCH_ITEMS,
                                  .queue_limit = SURVEY_QUEUE_LIMIT,
                                  .context = survey};
}

struct db_batch_kind survey_draft_read_kind(struct survey *survey)
{
    struct db_batch_kind kind = kind_of(survey, "draft-read");
    kind.compare = compare_reads;
    kind.ask = ask_reads;
    kind.hear = hear_reads;
    return kind;
}

struct db_batch_kind survey_draft_write_kind(struct survey *survey)
{
    struct db_batch_kind kind = kind_of(survey, "draft-write");
    kind.compare = compare_writes;
    kind.collide = same_draft;
    kind.ask = ask_writes;
    kind.hear = hear_writes;
    kind.run = run_writes;
    return kind;
}

struct db_batch_kind survey_response_kind(struct survey *survey)
{
    struct db_batch_kind kind = kind_of(survey, "response");
    kind.compare = compare_responses;
    kind.collide = same_response;
    kind.ask = ask_responses;
    kind.ask_hoping = ask_new_responses;
    kind.ask_turn = ask_rounds;
    kind.same_turn = same_round;
    kind.waited = sql_rounds_lock_waited;
    kind.turn_worth_us = TURN_WORTH_US;
    kind.hear = hear_responses;
    kind.run = run_responses;
    return kind;
}

static struct db_batch_kind correction_kind(struct survey *survey)
{
    struct db_batch_kind kind = kind_of(survey, "correction");
    kind.max_items = 1;
    kind.compare = compare_responses;
    kind.run = run_corrections;
    return kind;
}

void survey_batches_start(struct survey *survey)
{
    survey->draft_read_kind = survey_draft_read_kind(survey);
    survey->draft_write_kind = survey_draft_write_kind(survey);
    survey->response_kind = survey_response_kind(survey);
    survey->correction_kind = correction_kind(survey);
    survey->draft_reader = lanes_batcher(survey->config.lanes, &survey->draft_read_kind);
    survey->draft_writer = lanes_batcher(survey->config.lanes, &survey->draft_write_kind);
    survey->response_writer = lanes_batcher(survey->config.lanes, &survey->response_kind);
    survey->corrector = lanes_batcher(survey->config.lanes, &survey->correction_kind);
}
