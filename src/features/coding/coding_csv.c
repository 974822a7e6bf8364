/* Codings as CSV; and who coded, under numbers, for a project too. */
#include "features/coding/coding_project_internal.h"

#include "base/buffer.h"
#include "formats/csv.h"

#include <stdlib.h>
#include <string.h>

enum statement { CODERS, ROWS, STATEMENT_COUNT };

const struct db_statement coding_csv_statements[STATEMENT_COUNT + 1] = {
    [CODERS] = {"coding_project_coders",
                "SELECT id, outside_guid FROM zs.coder AS k WHERE EXISTS (SELECT FROM zs.coding AS c "
                "WHERE c.coder_id = k.id AND c.round_id = $1::int4 AND c.ended_at IS NULL) ORDER BY id"},
    [ROWS] =
        {"coding_csv_rows",
         "SELECT c.coder_id, c.id::text, c.passage_id::text, c.method, coalesce(v.code, ''), "
         "coalesce(p.pseudonym, ''), c.start_at::text, c.end_at::text, array_to_string(c.codes, ' '), "
         "coalesce(c.facet, ''), coalesce(c.expression, ''), coalesce(c.application, ''), "
         "coalesce(c.direction, ''), coalesce(c.origin, ''), array_to_string(c.prompted, ' '), CASE WHEN "
         "c.counts THEN 'ja' ELSE 'nee' END, CASE WHEN c.decided THEN 'ja' ELSE 'nee' END, "
         "coalesce(c.memo, ''), CASE e.quotes WHEN true THEN 'ja' WHEN false THEN 'nee' ELSE '' END, CASE "
         "WHEN "
         "e.archive IS NOT FALSE THEN substr(e.body, c.start_at + 1, c.end_at - c.start_at) ELSE '' END FROM "
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
                                      "besloten",   "memo",     "citeren",  "tekst"};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], CODER_BEFORE = 5, ROW_MAX = 4 * 1024 * 1024 };

static void put_row(struct buffer *line, const struct db_result *rows, size_t i, const char *coder)
{
    buffer_clear(line);
    for (int k = 0; k < COLUMN_COUNT; k++) {
        if (k == CODER_BEFORE) {
            buffer_append_byte(line, ',');
            csv_put_text(line, slice_from_cstr(coder));
        }
        buffer_append(line, k > 0 ? SLICE(",") : SLICE(""));
        csv_put_text(line, rows ? db_get_text(rows, i, k + 1) : slice_from_cstr(columns[k]));
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

enum db_status coding_csv_write(bool *failed, size_t *rows_written, struct db_tx *tx, int32_t round,
                                struct slice space, struct coding_csv output)
{
    struct db_result *rows = NULL;
    struct buffer line;
    struct coder *coders;
    size_t coder_count;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = coding_coders_read(&coders, &coder_count, tx, db_arena(tx), space, &p);
    status = status == DB_OK ? db_run(&rows, tx, &coding_csv_statements[ROWS], &p) : status;
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    buffer_init(&line, ROW_MAX);
    *failed = false;
    *rows_written = 0;
    for (size_t i = 0; i <= count && status == DB_OK && !*failed; i++) {
        if (i == 0) {
            put_row(&line, NULL, 0, "codeur");
        } else {
            put_row(&line, rows, i - 1,
                    coder_name(db_arena(tx), coders, coder_count, db_get_int32(rows, i - 1, 0)));
        }
        const struct slice text = buffer_slice(&line);
        *failed = !output.write(text.ptr, text.len, output.self);
        *rows_written = i;
    }
    buffer_free(&line);
    return status;
}
