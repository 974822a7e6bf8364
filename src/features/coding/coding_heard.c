#include "features/coding/coding_heard.h"

#include "features/coding/coding_internal.h"
#include "features/coding/coding_voices.h"
#include "features/fieldwork/fieldwork.h"

#include "stats/saturation.h"

enum statement { CONVERSATIONS, ASKED, SAID, QUOTES, MARK, STATEMENT_COUNT };

/* As an array, so that it is found once: joined, the newest consent was looked up for every coding. */
#define OPEN_PEOPLE                                                                                          \
    "participant_id = ANY (ARRAY(SELECT o.participant_id FROM zs.participant_open AS o WHERE o.round_id = "  \
    "$1::int4 AND o.is_open))"

const struct db_statement coding_heard_statements[STATEMENT_COUNT + 1] = {
    /* In the order in which they were held, for saturation. */
    [CONVERSATIONS] =
        {"coding_heard_conversations",
         "WITH coded AS MATERIALIZED (SELECT DISTINCT k.conversation_id FROM zs.coding AS k WHERE k.round_id "
         "= "
         "$1::int4 AND k.ended_at IS NULL AND k.counts AND k.conversation_id IS NOT NULL), people AS "
         "MATERIALIZED (SELECT o.conversation_id, count(*) AS n FROM zs.participant_open AS o WHERE "
         "o.round_id = "
         "$1::int4 AND o.is_open GROUP BY o.conversation_id) "
         "SELECT c.id, c.kind = 'focusgroep', coalesce(p.n, 0)::int4, k.conversation_id IS NOT NULL FROM "
         "zs.conversation AS c JOIN zs.transcript_version AS v ON v.conversation_id = c.id AND v.is_current "
         "LEFT "
         "JOIN people AS p ON p.conversation_id = c.id LEFT JOIN coded AS k ON k.conversation_id = c.id "
         "WHERE "
         "c.round_id = $1::int4 ORDER BY c.day, c.id"},
    /* A guide is read once, however many conversations follow it. */
    [ASKED] =
        {"coding_heard_asked",
         "WITH talks AS MATERIALIZED (SELECT c.id, c.guide_version, coalesce(c.asked_parts, (SELECT "
         "array_agg(DISTINCT t.part) FROM zs.turn AS t WHERE t.conversation_id = c.id AND t.part IS NOT "
         "NULL)) AS "
         "parts FROM zs.conversation AS c WHERE c.round_id = $1::int4), guides AS MATERIALIZED (SELECT "
         "DISTINCT "
         "g.id, p.part->>'code' AS part, a.code FROM zs.guide_version AS g CROSS JOIN LATERAL "
         "jsonb_array_elements(g.document->'parts') AS p (part) CROSS JOIN LATERAL "
         "jsonb_array_elements(p.part->'questions') AS q (question) CROSS JOIN LATERAL "
         "jsonb_array_elements_text(q.question->'applications') AS a (code) WHERE g.id IN (SELECT "
         "c.guide_version FROM talks AS c)) "
         "SELECT DISTINCT c.id, g.code FROM talks AS c JOIN guides AS g ON g.id = c.guide_version WHERE "
         "coalesce(g.part = ANY (c.parts), true)"},
    [SAID] =
        {"coding_heard_said",
         "SELECT DISTINCT conversation_id, participant_id, coalesce(application, ''), value_bits, "
         "coalesce(direction, ''), array_to_string(codes, ' ') FROM zs.coding WHERE round_id = $1::int4 AND "
         "ended_at IS NULL AND counts AND conversation_id IS NOT NULL AND " OPEN_PEOPLE},
    [QUOTES] =
        {"coding_heard_quotes",
         "SELECT q.focus_group, q.code, q.pseudonym, q.words, q.passage_id, q.body, q.participant_id, q.id "
         "FROM "
         "(SELECT c.id, v.kind = 'focusgroep' AS focus_group, v.code, p.pseudonym, substr(e.body, c.start_at "
         "+ 1, "
         "c.end_at - c.start_at) AS words, c.passage_id, e.body, c.participant_id, "
         "sha256(convert_to($5::text || ' ' || c.id, 'UTF8')) AS drawn FROM "
         "zs.coding AS c JOIN zs.participant AS p ON p.id = c.participant_id JOIN zs.conversation AS v ON "
         "v.id = c.conversation_id CROSS JOIN LATERAL (SELECT * FROM zs.evidence AS x WHERE x.id = "
         "c.passage_id OFFSET 0) AS e WHERE c.round_id = $1::int4 AND c.ended_at IS NULL AND c.counts AND "
         "c.value_bits & $2::int2 <> 0 AND c.application = $3::text AND c.direction = $4::text AND e.quotes "
         "AND c." OPEN_PEOPLE ") AS q ORDER BY q.drawn LIMIT $6::int4"},
    /* Codings are never overwritten: which of them count says all that they say. */
    [MARK] =
        {"coding_heard_mark",
         "SELECT concat_ws(' ', (SELECT concat_ws(' ', count(*), sum(k.id), sum(hashint8(k.id)::int8)) FROM "
         "zs.coding AS k WHERE k.round_id = $1::int4 AND k.ended_at IS NULL AND k.counts AND "
         "k.conversation_id IS "
         "NOT NULL), (SELECT concat_ws(' ', count(*), sum(t.revision)) FROM zs.coding_task AS t WHERE "
         "t.round_id "
         "= $1::int4 AND t.done_at IS NOT NULL), (SELECT concat_ws(' ', count(*), "
         "sum(hashint8(o.participant_id)::int8)) FROM zs.participant_open AS o WHERE o.round_id = $1::int4 "
         "AND "
         "o.is_open), (SELECT concat_ws(' ', count(*), sum(hashtext(concat_ws(' ', c.id, c.day, "
         "c.guide_version, "
         "c.asked_parts::text, v.id))::int8)) FROM zs.conversation AS c JOIN zs.transcript_version AS v ON "
         "v.conversation_id = c.id AND v.is_current WHERE c.round_id = $1::int4), (SELECT concat_ws(' ', "
         "p.book_version, p.bar) FROM zs.coding_plan AS p WHERE p.round_id = $1::int4))"},
};

struct reading {
    struct arena *arena;
    const struct codebook *book;
    const struct db_result *rows; /* of the conversations, those that nobody coded too */
    size_t conversations, labels;
    size_t applications;
    bool *asked;     /* conversations x labels */
    bool *coded;     /* by conversation */
    bool *mentioned; /* conversations x codes of the tree */
};

void coding_mention(bool *mentioned, const struct codebook *book, size_t conversation, struct slice codes)
{
    const struct codebook_list *tree = &book->axes[CODEBOOK_TREE];
    while (codes.len > 0) {
        struct slice code;
        slice_cut(&code, &codes, codes, ' ');
        const int at = codebook_find(book, CODEBOOK_TREE, code);
        if (at >= 0 && tree->items[at].parent >= 0) {
            mentioned[conversation * tree->count + (size_t)at] = true;
        }
    }
}

enum coding_direction coding_direction_of(struct slice code)
{
    for (int i = 0; i < CODING_DIRECTIONS; i++) {
        if (slice_equal_cstr(code, coding_directions[i])) {
            return (enum coding_direction)i;
        }
    }
    return CODING_UNCLEAR;
}

static bool place_of(size_t *at, const struct reading *r, int32_t conversation)
{
    for (size_t i = 0; i < r->conversations; i++) {
        if (db_get_int32(r->rows, i, 0) == conversation) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* ---- reading ---- */

static enum db_status read_conversations(struct reading *r, struct coding_heard *out, struct db_tx *tx,
                                         int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    const enum db_status status = db_run(&rows, tx, &coding_heard_statements[CONVERSATIONS], &p);
    if (status != DB_OK) {
        return status;
    }
    r->rows = rows;
    r->conversations = db_rows(rows);
    r->coded = arena_array(r->arena, r->conversations + 1, sizeof *r->coded);
    r->asked = arena_array(r->arena, r->conversations * r->labels + 1, sizeof *r->asked);
    r->mentioned = arena_array(r->arena, r->conversations * r->book->axes[CODEBOOK_TREE].count + 1,
                               sizeof *r->mentioned);
    for (size_t c = 0; c < r->conversations; c++) {
        const enum coding_talk talk = db_get_bool(rows, c, 1) ? CODING_FOCUS_GROUP : CODING_INTERVIEW;
        r->coded[c] = db_get_bool(rows, c, 3);
        out->uncoded += !r->coded[c];
        out->conversations[talk] += r->coded[c];
        out->people[talk] += r->coded[c] ? (uint32_t)db_get_int32(rows, c, 2) : 0;
        for (size_t value = 0; value < CODING_VALUES; value++) {
            r->asked[c * r->labels + r->applications * CODING_VALUES + value] = true;
        }
    }
    return DB_OK;
}

static enum db_status read_asked(struct reading *r, struct db_tx *tx, int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    const enum db_status status = db_run(&rows, tx, &coding_heard_statements[ASKED], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        size_t c;
        const int application = codebook_find(r->book, CODEBOOK_APPLICATION, db_get_text(rows, i, 1));
        if (application >= 0 && place_of(&c, r, db_get_int32(rows, i, 0))) {
            for (size_t value = 0; value < CODING_VALUES; value++) {
                r->asked[c * r->labels + (size_t)application * CODING_VALUES + value] = true;
            }
        }
    }
    return status;
}

static enum db_status read_said(struct coding_said **out, size_t *count, struct reading *r, struct db_tx *tx,
                                int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    const enum db_status status = db_run(&rows, tx, &coding_heard_statements[SAID], &p);
    if (status != DB_OK) {
        return status;
    }
    size_t most = 0;
    for (size_t i = 0; i < db_rows(rows); i++) {
        most += 2 * (size_t)__builtin_popcount((unsigned)db_get_int16(rows, i, 3));
    }
    struct coding_said *said = arena_array(r->arena, most + 1, sizeof *said);
    *out = said;
    *count = 0;
    for (size_t i = 0; i < db_rows(rows); i++) {
        size_t c;
        if (!place_of(&c, r, db_get_int32(rows, i, 0))) {
            continue;
        }
        const int application = codebook_find(r->book, CODEBOOK_APPLICATION, db_get_text(rows, i, 2));
        const enum coding_direction direction = coding_direction_of(db_get_text(rows, i, 4));
        coding_mention(r->mentioned, r->book, c, db_get_text(rows, i, 5));
        for (size_t value = 0; value < CODING_VALUES; value++) {
            struct coding_said one = {(uint32_t)c, (uint32_t)db_get_int32(rows, i, 1), 0, direction};
            if ((db_get_int16(rows, i, 3) & 1 << value) == 0) {
                continue;
            }
            one.label = (uint32_t)(r->applications * CODING_VALUES + value);
            said[(*count)++] = one;
            if (application >= 0) {
                one.label = (uint32_t)((size_t)application * CODING_VALUES + value);
                r->asked[c * r->labels + one.label] = true;
                said[(*count)++] = one;
            }
        }
    }
    return DB_OK;
}

/* ---- counting ---- */

void coding_heard_add(struct coding_heard_cell *cell, const struct coding_voices *voices, uint32_t people)
{
    const uint32_t *in = voices->in_direction;
    const bool in_favour = in[CODING_FOR] > 0, against = in[CODING_AGAINST] > 0;
    cell->asked++;
    cell->asked_people += people;
    cell->spoke += voices->people > 0;
    cell->people += voices->people;
    cell->in_favour += in[CODING_FOR];
    cell->against += in[CODING_AGAINST];
    cell->conditional += in[CODING_CONDITIONAL];
    cell->spoke_in_favour += in_favour && !against;
    cell->spoke_against += against && !in_favour;
    cell->divided += in_favour && against;
}

static bool count_cells(struct coding_heard *out, const struct reading *r, const struct coding_said *said,
                        size_t count)
{
    struct coding_voices *voices = arena_array(r->arena, r->conversations * r->labels + 1, sizeof *voices);
    if (!coding_voices_count(voices, r->arena, said, count, r->conversations, r->labels)) {
        return false;
    }
    for (size_t c = 0; c < r->conversations; c++) {
        const enum coding_talk talk = db_get_bool(r->rows, c, 1) ? CODING_FOCUS_GROUP : CODING_INTERVIEW;
        for (size_t label = 0; r->coded[c] && label < r->labels; label++) {
            if (r->asked[c * r->labels + label]) {
                coding_heard_add(&out->cells[talk][label], &voices[c * r->labels + label],
                                 (uint32_t)db_get_int32(r->rows, c, 2));
            }
        }
    }
    return true;
}

static void find_saturation(struct coding_heard *out, const struct reading *r)
{
    const struct saturation_rule rule = {CODING_SATURATION_BASE, CODING_SATURATION_RUN,
                                         CODING_SATURATION_THRESHOLD};
    struct saturation found;
    uint32_t *fresh = arena_array(r->arena, r->conversations + 1, sizeof *fresh);
    saturation_fresh(fresh, r->mentioned, r->conversations, r->book->axes[CODEBOOK_TREE].count);
    if (saturation_find(&found, fresh, r->conversations, &rule)) {
        out->saturation.measured = true;
        out->saturation.reached = found.reached;
        out->saturation.before = (uint32_t)found.before;
        out->saturation.run = CODING_SATURATION_RUN;
    }
}

static enum db_status read_all(struct coding_heard *out, struct reading *r, struct db_tx *tx, int32_t round)
{
    struct coding_said *said = NULL;
    size_t count = 0;
    enum db_status status = read_conversations(r, out, tx, round);
    status = status == DB_OK ? read_asked(r, tx, round) : status;
    status = status == DB_OK ? read_said(&said, &count, r, tx, round) : status;
    if (status != DB_OK) {
        return status;
    }
    find_saturation(out, r);
    return count_cells(out, r, said, count) ? DB_OK : DB_FAILED;
}

enum db_status coding_heard(struct coding_heard *out, struct coding *coding, struct db_tx *tx,
                            struct arena *arena, const struct survey_round *round)
{
    struct coding_plan plan;
    struct codebook_version version;
    struct coding_share share;
    struct reading r = {.arena = arena};
    *out = (struct coding_heard){.found = false};
    enum db_status status = coding_plan_read(&plan, tx, round->id);
    if (status != DB_OK || !plan.found) {
        return status;
    }
    status = codebook_get(&r.book, &version, tx, arena, plan.book_version);
    if (status != DB_OK || !r.book) {
        return status;
    }
    r.applications = r.book->axes[CODEBOOK_APPLICATION].count;
    r.labels = (r.applications + 1) * CODING_VALUES;
    out->book = r.book;
    out->bar = plan.bar;
    for (int talk = 0; talk < CODING_TALKS; talk++) {
        out->cells[talk] = arena_array(arena, r.labels, sizeof *out->cells[talk]);
    }
    status = read_all(out, &r, tx, round->id);
    status = status == DB_OK ? coding_below_bar(&out->below, coding, tx, round->id, plan.bar) : status;
    status = status == DB_OK ? coding_measure_share(&share, tx, round->id) : status;
    out->found = status == DB_OK;
    out->twice = out->found && share.twice > 0;
    return status;
}

enum db_status coding_heard_mark(struct slice *mark, struct db_tx *tx, int32_t round)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    const enum db_status status = db_run_one(&row, tx, &coding_heard_statements[MARK], &p);
    *mark = status == DB_OK ? db_get_text(row, 0, 0) : (struct slice){NULL, 0};
    return status;
}

/* ---- quotes ---- */

/* Codings that are drawn, so that enough are left of other people and without those that wait. */
enum { DRAWN_MAX = 500 };

/* Those of the rows that may be shown, in order: of each participant the first. */
static size_t pick_quotes(struct coding_quote *out, const struct db_result *rows, const bool *waits,
                          int32_t *people, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < db_rows(rows) && count < most; i++) {
        const int32_t person = db_get_int32(rows, i, 6);
        size_t before = 0;
        while (before < count && people[before] != person) {
            before++;
        }
        if (before == count && !waits[i]) {
            people[count] = person;
            out[count++] =
                (struct coding_quote){.coding = db_get_int64(rows, i, 7),
                                      .talk = db_get_bool(rows, i, 0) ? CODING_FOCUS_GROUP : CODING_INTERVIEW,
                                      .conversation = db_get_text(rows, i, 1),
                                      .speaker = db_get_text(rows, i, 2),
                                      .words = db_get_text(rows, i, 3)};
        }
    }
    return count;
}

enum db_status coding_quotes(struct coding_quote **out, size_t *count, const struct coding *coding,
                             struct db_tx *tx, int32_t round, int value, struct slice application,
                             enum coding_direction direction, struct slice seed, int32_t most)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int16(&p, (int16_t)(1 << value));
    db_put_text(&p, application);
    db_put_text(&p, slice_from_cstr(coding_directions[direction]));
    db_put_text(&p, seed);
    db_put_int32(&p, DRAWN_MAX);
    enum db_status status = db_run(&rows, tx, &coding_heard_statements[QUOTES], &p);
    const size_t drawn = status == DB_OK ? db_rows(rows) : 0;
    struct personal_text *texts = arena_array(db_arena(tx), drawn + 1, sizeof *texts);
    bool *waits = arena_array(db_arena(tx), drawn + 1, sizeof *waits);
    for (size_t i = 0; i < drawn; i++) {
        texts[i] = (struct personal_text){db_get_int64(rows, i, 4), db_get_text(rows, i, 1),
                                          db_get_text(rows, i, 5)};
    }
    size_t waiting;
    status =
        status == DB_OK ? personal_waits(waits, &waiting, tx, coding->config.keys, texts, drawn) : status;
    *out = arena_array(db_arena(tx), (size_t)most + 1, sizeof **out);
    *count = status == DB_OK
                 ? pick_quotes(*out, rows, waits,
                               arena_array(db_arena(tx), (size_t)most + 1, sizeof(int32_t)), (size_t)most)
                 : 0;
    return status;
}
