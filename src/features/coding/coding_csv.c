/* Codings as CSV; and who coded, under numbers, for a project too. */
#include "features/coding/coding_measure.h"
#include "features/coding/coding_plan.h"
#include "features/coding/coding_project_internal.h"

#include "base/buffer.h"
#include "features/fieldwork/fieldwork.h"
#include "formats/csv.h"

#include <stdlib.h>
#include <string.h>

enum statement { CODERS, TEXTS, ROWS, STATEMENT_COUNT };

const struct db_statement coding_csv_statements[STATEMENT_COUNT + 1] = {
    [CODERS] = {"coding_project_coders",
                "SELECT id, outside_guid FROM zs.coder AS k WHERE EXISTS (SELECT FROM zs.coding AS c "
                "WHERE c.coder_id = k.id AND c.round_id = $1::int4 AND c.ended_at IS NULL) ORDER BY id"},
    [TEXTS] =
        {"coding_csv_texts",
         "SELECT DISTINCT ON (v.code, e.id) e.id, coalesce(v.code, ''), e.body FROM zs.coding AS c JOIN "
         "zs.evidence AS e ON e.id = c.passage_id LEFT JOIN zs.conversation AS v ON v.id = "
         "c.conversation_id WHERE c.round_id = $1::int4 AND c.ended_at IS NULL AND e.archive IS NOT "
         "FALSE ORDER BY v.code, e.id"},
    [ROWS] =
        {"coding_csv_rows",
         "SELECT c.coder_id, c.id::text, c.passage_id::text, c.method, coalesce(v.code, ''), "
         "coalesce(p.pseudonym, ''), c.start_at::text, c.end_at::text, array_to_string(c.codes, ' '), "
         "coalesce(c.facet, ''), coalesce(c.expression, ''), coalesce(c.application, ''), "
         "coalesce(c.direction, ''), coalesce(c.origin, ''), array_to_string(c.prompted, ' '), CASE WHEN "
         "c.counts THEN 'ja' ELSE 'nee' END, CASE WHEN c.decided THEN 'ja' ELSE 'nee' END, "
         "coalesce(c.memo, ''), CASE e.quotes WHEN true THEN 'ja' WHEN false THEN 'nee' ELSE '' END, CASE "
         "WHEN "
         "e.archive IS NOT FALSE THEN substr(e.body, c.start_at + 1, c.end_at - c.start_at) ELSE '' END, "
         "CASE "
         "WHEN e.archive IS NOT FALSE THEN '' ELSE 'archief' END, c.passage_id, c.value_bits FROM "
         "zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id LEFT JOIN zs.conversation AS v ON v.id "
         "= c.conversation_id LEFT JOIN zs.participant AS p ON p.id = c.participant_id WHERE c.round_id = "
         "$1::int4 AND c.ended_at IS NULL ORDER BY c.passage_id, c.start_at, c.id"},
};

/* ---- who coded ---- */

int coding_coder_by_id(const void *a, const void *b)
{
    const struct coder *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

int coding_coder_by_guid(const void *a, const void *b)
{
    const struct coder *x = a, *y = b;
    return memcmp(&x->guid, &y->guid, sizeof x->guid);
}

enum db_status coding_coders_read(struct coder **out, size_t *count, struct db_tx *tx, struct arena *arena,
                                  struct slice space, const struct db_params *p)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &coding_csv_statements[CODERS], p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    struct coder *coders = arena_array(arena, *count + 1, sizeof *coders);
    for (size_t i = 0; i < *count; i++) {
        coders[i] = (struct coder){.id = db_get_int32(rows, i, 0), .user = QDA_NONE};
        if (db_is_null(rows, i, 1)) {
            coding_guid_of_coder(&coders[i].guid, arena, space, coders[i].id);
        } else {
            memcpy(coders[i].guid.bytes, db_get_bytes(rows, i, 1).ptr, sizeof coders[i].guid.bytes);
        }
    }
    if (*count > 0) {
        qsort(coders, *count, sizeof *coders, coding_coder_by_guid);
    }
    *out = coders;
    return status;
}

/* ---- rows ---- */

/* The columns behind the coder's number, which is the first of a row. */
static const char *const columns[] = {"codering",   "passage",  "methode",  "gesprek",  "deelnemer",
                                      "van",        "tot",      "codes",    "facet",    "uiting",
                                      "toepassing", "richting", "herkomst", "gevraagd", "telt",
                                      "besloten",   "memo",     "citeren",  "tekst",    "ingehouden"};
enum {
    COLUMN_COUNT = sizeof columns / sizeof columns[0],
    CODER_BEFORE = 5,
    MEMO = 16,
    TEXT = 18,
    WITHHELD = 19,
    PASSAGE = COLUMN_COUNT + 1, /* of a row, as a number */
    VALUES,                     /* of a row, a bit each */
    ROW_MAX = 4 * 1024 * 1024
};

static struct slice cell(const struct db_result *rows, size_t i, int column, bool waits)
{
    if (waits && column == WITHHELD) {
        return SLICE("persoonsgegevens");
    }
    return waits && (column == MEMO || column == TEXT) ? SLICE("") : db_get_text(rows, i, column + 1);
}

struct csv_row {
    const struct db_result *rows; /* NULL: the names of the columns */
    size_t i;
    const char *coder;
    bool waits, invented;
    unsigned below; /* values on which coders agree too little */
};

/* Which of the values of a coding are below the bar: whoever counts the records sees it beside what they
 * count. */
static void put_below(struct buffer *line, const struct csv_row *row)
{
    const char *separator = "";
    const unsigned bits = row->below & (unsigned)db_get_int16(row->rows, row->i, VALUES);
    buffer_append(line, SLICE(","));
    for (size_t value = 0; value < CODING_VALUES; value++) {
        if ((bits & 1U << value) != 0) {
            buffer_append(line, slice_from_cstr(separator));
            buffer_append(line, slice_from_cstr(coding_values[value]));
            separator = " ";
        }
    }
}

/* Of invented data each record says so: a file that was kept has no title. */
static void put_row(struct buffer *line, const struct csv_row *row)
{
    buffer_clear(line);
    for (int k = 0; k < COLUMN_COUNT; k++) {
        if (k == CODER_BEFORE) {
            buffer_append_byte(line, ',');
            csv_put_text(line, slice_from_cstr(row->coder));
        }
        buffer_append(line, k > 0 ? SLICE(",") : SLICE(""));
        csv_put_text(line, row->rows ? cell(row->rows, row->i, k, row->waits) : slice_from_cstr(columns[k]));
    }
    if (row->rows) {
        put_below(line, row);
    } else {
        buffer_append(line, SLICE(",onder_de_grens"));
    }
    if (row->invented) {
        buffer_append(line, row->rows ? SLICE(",ja") : SLICE(",verzonnen"));
    }
    buffer_append(line, SLICE("\r\n"));
}

static const char *coder_name(struct arena *arena, const struct coder *coders, size_t count, int32_t id)
{
    size_t at = 0;
    while (at + 1 < count && coders[at].id != id) {
        at++;
    }
    return arena_printf(arena, CODING_CODER_NAME, at + 1).ptr;
}

/* ---- what is held back ---- */

struct held_back {
    int64_t *passages; /* in order */
    size_t count;
};

static int by_number(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static enum db_status find_held_back(struct held_back *out, struct db_tx *tx, const struct crypto_keys *keys,
                                     const struct db_params *round)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &coding_csv_statements[TEXTS], round);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    struct personal_text *texts = arena_array(db_arena(tx), count + 1, sizeof *texts);
    bool *waits = arena_array(db_arena(tx), count + 1, sizeof *waits);
    for (size_t i = 0; i < count; i++) {
        texts[i] = (struct personal_text){db_get_int64(rows, i, 0), db_get_text(rows, i, 1),
                                          db_get_text(rows, i, 2)};
    }
    size_t waiting = 0;
    status = status == DB_OK ? personal_waits(waits, &waiting, tx, keys, texts, count) : status;
    *out = (struct held_back){.passages = arena_array(db_arena(tx), waiting + 1, sizeof *out->passages)};
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (waits[i]) {
            out->passages[out->count++] = texts[i].passage;
        }
    }
    qsort(out->passages, out->count, sizeof *out->passages, by_number);
    return status;
}

/* The same as on the page of agreement. */
static enum db_status find_below(unsigned *below, struct db_tx *tx, int32_t round)
{
    struct coding_plan plan;
    struct coding_measure measure = {.any = false};
    *below = 0;
    enum db_status status = coding_plan_read(&plan, tx, round);
    if (status == DB_OK && plan.found) {
        status = coding_measure_round(&measure, tx, round, plan.bar, 0);
    }
    for (size_t value = 0; status == DB_OK && measure.any && value < CODING_VALUES; value++) {
        *below |= measure.agreement.values[value].below ? 1U << value : 0;
    }
    return status;
}

enum db_status coding_csv_write(bool *failed, size_t *rows_written, size_t *waiting, struct db_tx *tx,
                                const struct crypto_keys *keys, const struct survey_round *round,
                                struct coding_csv output)
{
    struct db_result *rows = NULL;
    struct buffer line;
    struct coder *coders;
    struct held_back held = {.count = 0};
    size_t coder_count;
    unsigned below = 0;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    enum db_status status =
        coding_coders_read(&coders, &coder_count, tx, db_arena(tx), slice_from_cstr(round->consultation), &p);
    status = status == DB_OK ? find_held_back(&held, tx, keys, &p) : status;
    status = status == DB_OK ? find_below(&below, tx, round->id) : status;
    status = status == DB_OK ? db_run(&rows, tx, &coding_csv_statements[ROWS], &p) : status;
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    buffer_init(&line, ROW_MAX);
    *failed = false;
    *rows_written = 0;
    *waiting = held.count;
    for (size_t i = 0; i <= count && status == DB_OK && !*failed; i++) {
        struct csv_row row = {.coder = "codeur", .invented = round->invented, .below = below};
        if (i > 0) {
            const int64_t passage = db_get_int64(rows, i - 1, PASSAGE);
            row.rows = rows;
            row.i = i - 1;
            row.coder = coder_name(db_arena(tx), coders, coder_count, db_get_int32(rows, i - 1, 0));
            row.waits = bsearch(&passage, held.passages, held.count, sizeof passage, by_number) != NULL;
        }
        put_row(&line, &row);
        const struct slice text = buffer_slice(&line);
        *failed = !output.write(text.ptr, text.len, output.self);
        *rows_written = i;
    }
    buffer_free(&line);
    return status;
}
