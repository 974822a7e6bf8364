#include "features/coding/coding_measure.h"

#include "base/unicode.h"

#include <string.h>

enum { MEASURE_ARENA_MAX = 512 * 1024 * 1024, SEED = 2026 };

enum statement { DONE, SPANS, SHARE, MARK, STATEMENT_COUNT };

/* Found by the index of what more than one did; as an array, so that only those texts are read: joined, all
 * were. Somebody who was third is in it twice, which does no harm. */
#define TWICE                                                                                                \
    "ARRAY(SELECT x.passage_id FROM zs.coding_task AS x WHERE x.round_id = $1::int4 AND x.position > 1 AND " \
    "x.done_at IS NOT NULL AND EXISTS (SELECT FROM zs.coding_task AS f WHERE f.passage_id = x.passage_id "   \
    "AND f.position < x.position AND f.done_at IS NOT NULL))"

const struct db_statement coding_measure_statements[STATEMENT_COUNT + 1] = {
    /* Of what zs.evidence has; but that looks up the newest consent for each text, and this once for all. */
    [DONE] =
        {"coding_measure_done",
         "WITH again AS MATERIALIZED (SELECT " TWICE
         " AS passages), texts AS (SELECT p.id, p.body, p.language FROM zs.passage AS p WHERE p.id = ANY "
         "((SELECT passages FROM again)::int8[]) UNION ALL SELECT u.id, u.body, c.language FROM zs.turn "
         "AS u JOIN zs.conversation AS c ON c.id = u.conversation_id WHERE u.id = ANY ((SELECT passages "
         "FROM again)::int8[]) AND u.body IS NOT NULL AND (u.participant_id IS NULL OR u.kind = "
         "'weggelaten' OR u.participant_id = ANY (ARRAY(SELECT o.participant_id FROM zs.participant_open "
         "AS o WHERE o.round_id = $1::int4 AND o.is_open))) AND EXISTS (SELECT FROM zs.transcript_turn AS "
         "l JOIN zs.transcript_version AS v ON v.id = l.version_id AND v.is_current WHERE l.turn_id = "
         "u.id)) SELECT t.passage_id, t.coder_id, e.body, e.language, ((t.done_at AT TIME ZONE "
         "'UTC')::date - date '1970-01-05') / 7 FROM texts AS e JOIN zs.coding_task AS t ON t.passage_id "
         "= e.id WHERE t.round_id = $1::int4 AND t.done_at IS NOT NULL ORDER BY t.passage_id, t.done_at, "
         "t.id"},
    [SPANS] =
        {"coding_measure_spans",
         "SELECT passage_id, coder_id, start_at, end_at, value_bits FROM zs.coding WHERE round_id = "
         "$1::int4 AND ended_at IS NULL AND NOT decided AND value_bits <> 0 AND passage_id = ANY (" TWICE
         ") ORDER BY passage_id"},
    [SHARE] =
        {"coding_measure_share",
         "SELECT count(*) FILTER (WHERE nth = 1), count(*) FILTER (WHERE nth = 2) FROM (SELECT "
         "row_number() OVER (PARTITION BY passage_id) FROM zs.coding_task WHERE round_id = $1::int4 AND "
         "done_at IS NOT NULL) AS d (nth)"},
    /* Of what two coded and nobody else: saving a code on the way to that changes nothing that is measured.
     * A text that is corrected is another passage; and who no longer agrees is counted no more. */
    [MARK] = {"coding_measure_mark",
              "SELECT (coalesce(sum(k.mark), 0) + coalesce((SELECT sum(hashint4(o.participant_id)) FROM "
              "zs.participant_open AS o WHERE o.round_id = $1::int4 AND o.is_open), 0))::int8 FROM "
              "zs.coding_task AS x CROSS JOIN LATERAL (SELECT sum(t.revision)::int8 * 1000003 + count(*) + "
              "hashint8(x.passage_id) AS mark FROM zs.coding_task AS t WHERE t.round_id = x.round_id AND "
              "t.passage_id = x.passage_id AND t.done_at IS NOT NULL) AS k WHERE x.round_id = $1::int4 AND "
              "x.position > 1 AND x.done_at IS NOT NULL"},
};

/* Everything that is measured, as the pure rules want it. */
struct load {
    struct arena *arena;
    int64_t *passages;
    size_t passage_count;
    int32_t coders[AGREEMENT_CODERS_MAX];
    size_t coder_count;
    struct coding_unit *units;
    uint32_t *weeks; /* of each unit */
    size_t unit_count, unit_room;
    struct coding_done *done;
    size_t done_count;
    struct coding_span *spans;
    size_t span_count;
};

/* Of more coders than can be measured the last are left out. */
static bool coder_at(uint16_t *at, struct load *l, int32_t id)
{
    for (size_t i = 0; i < l->coder_count; i++) {
        if (l->coders[i] == id) {
            *at = (uint16_t)i;
            return true;
        }
    }
    if (l->coder_count == AGREEMENT_CODERS_MAX) {
        return false;
    }
    l->coders[l->coder_count] = id;
    *at = (uint16_t)l->coder_count++;
    return true;
}

static bool passage_at(uint32_t *at, const struct load *l, int64_t id)
{
    size_t low = 0, high = l->passage_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (l->passages[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *at = (uint32_t)low;
    return low < l->passage_count && l->passages[low] == id;
}

static void add_units(struct load *l, struct slice body, struct slice language, uint32_t week)
{
    struct text_span *sentences;
    const size_t count = unicode_sentences(
        &sentences, l->arena, body, slice_equal_cstr(language, "en") ? UNICODE_ENGLISH : UNICODE_DUTCH);
    if (l->unit_count + count > l->unit_room) {
        const size_t room = (l->unit_count + count) * 2;
        struct coding_unit *units = arena_array(l->arena, room, sizeof *units);
        uint32_t *weeks = arena_array(l->arena, room, sizeof *weeks);
        if (l->unit_count > 0) {
            memcpy(units, l->units, l->unit_count * sizeof *units);
            memcpy(weeks, l->weeks, l->unit_count * sizeof *weeks);
        }
        l->units = units;
        l->weeks = weeks;
        l->unit_room = room;
    }
    for (size_t i = 0; i < count; i++) {
        l->weeks[l->unit_count] = week;
        l->units[l->unit_count++] =
            (struct coding_unit){(uint32_t)(l->passage_count - 1), sentences[i].start, sentences[i].end};
    }
}

static enum db_status load_done(struct load *l, struct db_tx *tx, int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = db_run(&rows, tx, &coding_measure_statements[DONE], &p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    l->passages = arena_array(l->arena, count + 1, sizeof *l->passages);
    l->done = arena_array(l->arena, count + 1, sizeof *l->done);
    for (size_t i = 0; i < count; i++) {
        const int64_t passage = db_get_int64(rows, i, 0);
        uint16_t coder;
        if (l->passage_count == 0 || l->passages[l->passage_count - 1] != passage) {
            l->passages[l->passage_count++] = passage;
            /* Its second coder is the next row. */
            const int32_t week = db_get_int32(rows, i + 1 < count ? i + 1 : i, 4);
            add_units(l, db_get_text(rows, i, 2), db_get_text(rows, i, 3), week > 0 ? (uint32_t)week : 0);
        }
        if (coder_at(&coder, l, db_get_int32(rows, i, 1))) {
            l->done[l->done_count++] = (struct coding_done){(uint32_t)(l->passage_count - 1), coder};
        }
    }
    return status;
}

static enum db_status load_spans(struct load *l, struct db_tx *tx, int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = db_run(&rows, tx, &coding_measure_statements[SPANS], &p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    l->spans = arena_array(l->arena, count * CODING_VALUES + 1, sizeof *l->spans);
    for (size_t i = 0; i < count; i++) {
        uint32_t passage;
        uint16_t coder;
        if (!passage_at(&passage, l, db_get_int64(rows, i, 0)) ||
            !coder_at(&coder, l, db_get_int32(rows, i, 1))) {
            continue;
        }
        for (int value = 0; value < CODING_VALUES; value++) {
            if ((db_get_int16(rows, i, 4) & 1 << value) != 0) {
                l->spans[l->span_count++] =
                    (struct coding_span){passage, (uint32_t)db_get_int32(rows, i, 2),
                                         (uint32_t)db_get_int32(rows, i, 3), coder, (uint8_t)value};
            }
        }
    }
    return status;
}

/* Weeks count from the first in which anything was done. */
static size_t number_weeks(struct load *l)
{
    uint32_t first = UINT32_MAX, last = 0;
    for (size_t i = 0; i < l->unit_count; i++) {
        first = l->weeks[i] < first ? l->weeks[i] : first;
    }
    for (size_t i = 0; i < l->unit_count; i++) {
        l->weeks[i] -= first;
        l->weeks[i] = l->weeks[i] < CODING_WEEKS_MAX ? l->weeks[i] : CODING_WEEKS_MAX - 1;
        last = l->weeks[i] > last ? l->weeks[i] : last;
    }
    return (size_t)last + 1;
}

static enum db_status measure(struct coding_measure *out, struct load *l, double bar, size_t replicates)
{
    uint16_t *codes = arena_array(l->arena, l->unit_count * l->coder_count + 1, sizeof *codes);
    const struct ratings ratings = {.units = l->unit_count, .coders = l->coder_count, .codes = codes};
    const struct coding_agreement_options options = {.bar = bar, .replicates = replicates, .seed = SEED};
    if (!coding_rate(codes, l->units, l->unit_count, l->coder_count, l->done, l->done_count, l->spans,
                     l->span_count)) {
        return DB_FAILED;
    }
    const enum agreement_status status = coding_agree(&out->agreement, l->arena, &ratings, &options);
    if (status == AGREEMENT_NOTHING) {
        return DB_OK;
    }
    if (status != AGREEMENT_OK) {
        return DB_FAILED;
    }
    out->any = true;
    out->passages = l->passage_count;
    out->units = l->unit_count;
    out->coders = l->coder_count;
    coding_confusion(out->confusion, &ratings);
    out->weeks = number_weeks(l);
    return coding_drift(out->drift, l->arena, &ratings, l->weeks, out->weeks, CODING_NONE) == AGREEMENT_OK
               ? DB_OK
               : DB_FAILED;
}

enum db_status coding_measure_round(struct coding_measure *out, struct db_tx *tx, int32_t round, double bar,
                                    size_t replicates)
{
    struct load load = {.arena = arena_create(MEASURE_ARENA_MAX)};
    *out = (struct coding_measure){.any = false};
    enum db_status status = load_done(&load, tx, round);
    status = status == DB_OK ? load_spans(&load, tx, round) : status;
    if (status == DB_OK && load.unit_count > 0) {
        status = measure(out, &load, bar, replicates);
    }
    arena_destroy(load.arena);
    return status;
}

enum db_status coding_measure_mark(int64_t *mark, struct db_tx *tx, int32_t round)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = db_run_one(&row, tx, &coding_measure_statements[MARK], &p);
    *mark = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

enum db_status coding_measure_share(struct coding_share *out, struct db_tx *tx, int32_t round)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = db_run_one(&row, tx, &coding_measure_statements[SHARE], &p);
    *out = (struct coding_share){0};
    if (status == DB_OK) {
        *out = (struct coding_share){db_get_int64(row, 0, 0), db_get_int64(row, 0, 1)};
    }
    return status;
}
