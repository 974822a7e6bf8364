#include "features/coding/coding_project.h"

#include "base/buffer.h"
#include "features/coding/coding_work.h"
#include "formats/csv.h"

#include <stdlib.h>
#include <string.h>

enum statement { CODERS, TEXTS, MARKS, ROWS, STATEMENT_COUNT };

const struct db_statement coding_project_statements[STATEMENT_COUNT + 1] = {
    [CODERS] = {"coding_project_coders",
                "SELECT id, name, outside_guid FROM zs.coder AS k WHERE EXISTS (SELECT FROM zs.coding AS c "
                "WHERE c.coder_id = k.id AND c.round_id = $1::int4 AND c.ended_at IS NULL AND NOT c.decided) "
                "ORDER BY id"},
    [TEXTS] =
        {"coding_project_texts",
         "SELECT e.id, e.body, coalesce(c.code || ' ' || coalesce(p.pseudonym, e.speaker), e.variable) "
         "FROM zs.evidence AS e LEFT JOIN zs.conversation AS c ON c.id = e.conversation_id LEFT JOIN "
         "zs.participant AS p ON p.id = e.participant_id WHERE e.round_id = $1::int4 AND e.id IN (SELECT "
         "passage_id FROM zs.coding_task WHERE round_id = $1::int4) ORDER BY e.id"},
    [MARKS] =
        {"coding_project_marks",
         "SELECT id, passage_id, coder_id, start_at, end_at, created_at, coalesce(memo, ''), "
         "array_to_string(codes, ' '), coalesce(facet, ''), coalesce(expression, ''), "
         "coalesce(direction, ''), coalesce(origin, ''), coalesce(application, '') FROM zs.coding WHERE "
         "round_id = $1::int4 AND ended_at IS NULL AND NOT decided ORDER BY passage_id, start_at, id"},
    [ROWS] =
        {"coding_csv_rows",
         "SELECT c.id::text, c.passage_id::text, c.method, coalesce(v.code, ''), coalesce(p.pseudonym, "
         "''), k.name, c.start_at::text, c.end_at::text, array_to_string(c.codes, ' '), "
         "coalesce(c.facet, ''), coalesce(c.expression, ''), coalesce(c.application, ''), "
         "coalesce(c.direction, ''), coalesce(c.origin, ''), array_to_string(c.prompted, ' '), CASE WHEN "
         "c.counts THEN 'ja' ELSE 'nee' END, CASE WHEN c.decided THEN 'ja' ELSE 'nee' END, "
         "coalesce(c.memo, ''), substr(e.body, c.start_at + 1, c.end_at - c.start_at) FROM zs.coding AS "
         "c JOIN zs.coder AS k ON k.id = c.coder_id JOIN zs.evidence AS e ON e.id = c.passage_id LEFT "
         "JOIN zs.conversation AS v ON v.id = c.conversation_id LEFT JOIN zs.participant AS p ON p.id = "
         "c.participant_id WHERE c.round_id = $1::int4 AND c.ended_at IS NULL ORDER BY c.passage_id, "
         "c.start_at, c.id"},
};

struct loading {
    struct qda_project *project;
    struct arena *arena;
    struct slice space;
    const struct codebook *book;
    struct coding_places places;
    int32_t *coders;   /* of each user */
    int64_t *passages; /* of each source */
};

static struct slice number(struct arena *arena, int64_t id)
{
    return arena_printf(arena, "%lld", (long long)id);
}

static enum db_status load_users(struct loading *l, struct db_tx *tx, const struct db_params *p)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &coding_project_statements[CODERS], p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    l->coders = arena_array(l->arena, count + 1, sizeof *l->coders);
    l->project->users = arena_array(l->arena, count + 1, sizeof *l->project->users);
    l->project->user_count = count;
    for (size_t i = 0; i < count; i++) {
        struct qda_user *user = &l->project->users[i];
        l->coders[i] = db_get_int32(rows, i, 0);
        user->name = arena_copy(l->arena, db_get_text(rows, i, 1));
        if (db_is_null(rows, i, 2)) {
            qda_guid_derive(&user->guid, l->space, "coder", number(l->arena, l->coders[i]));
        } else {
            memcpy(user->guid.bytes, db_get_bytes(rows, i, 2).ptr, sizeof user->guid.bytes);
        }
    }
    return status;
}

static enum db_status load_sources(struct loading *l, struct db_tx *tx, const struct db_params *p)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &coding_project_statements[TEXTS], p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    l->passages = arena_array(l->arena, count + 1, sizeof *l->passages);
    l->project->sources = arena_array(l->arena, count + 1, sizeof *l->project->sources);
    l->project->source_count = count;
    for (size_t i = 0; i < count; i++) {
        struct qda_source *source = &l->project->sources[i];
        l->passages[i] = db_get_int64(rows, i, 0);
        qda_guid_derive(&source->guid, l->space, "passage", number(l->arena, l->passages[i]));
        source->name = arena_printf(l->arena, "%lld %.*s", (long long)l->passages[i],
                                    SLICE_ARG(db_get_text(rows, i, 2)));
        source->text = arena_copy(l->arena, db_get_text(rows, i, 1));
        source->created = source->modified = (struct qda_stamp){QDA_NONE, QDA_NO_TIME};
    }
    return status;
}

/* The entries of codes with spaces between, in the order of the book. */
static size_t entries_of(int *out, const struct codebook *book, struct slice codes)
{
    size_t count = 0;
    while (codes.len > 0) {
        struct slice code;
        slice_cut(&code, &codes, codes, ' ');
        const int at = codebook_find(book, CODEBOOK_TREE, code);
        if (at >= 0 && count < CODING_CODES_MAX) {
            out[count++] = at;
        }
    }
    return count;
}

static int rising(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void put_mark(struct qda_selection *out, const struct loading *l, const struct db_result *rows,
                     size_t i)
{
    static const enum codebook_axis axes[] = {CODEBOOK_FACET, CODEBOOK_EXPRESSION, CODEBOOK_DIRECTION,
                                              CODEBOOK_ORIGIN, CODEBOOK_APPLICATION};
    int *codes = arena_array(l->arena, CODING_CODES_MAX, sizeof *codes);
    struct coding_mark mark = {.id = db_get_int64(rows, i, 0),
                               .start = (uint32_t)db_get_int32(rows, i, 3),
                               .end = (uint32_t)db_get_int32(rows, i, 4),
                               .coder = QDA_NONE,
                               .at = db_get_timestamp(rows, i, 5),
                               .memo = arena_copy(l->arena, db_get_text(rows, i, 6)),
                               .codes = codes};
    mark.code_count = entries_of(codes, l->book, db_get_text(rows, i, 7));
    qsort(codes, mark.code_count, sizeof *codes, rising);
    for (size_t k = 0; k < sizeof axes / sizeof axes[0]; k++) {
        mark.other[axes[k]] = codebook_find(l->book, axes[k], db_get_text(rows, i, (int)(8 + k)));
    }
    for (uint32_t k = 0; k < l->project->user_count; k++) {
        mark.coder = l->coders[k] == db_get_int32(rows, i, 2) ? k : mark.coder;
    }
    coding_put_mark(out, l->arena, l->book, &l->places, l->space, &mark);
}

static enum db_status load_marks(struct loading *l, struct db_tx *tx, const struct db_params *p)
{
    struct db_result *rows;
    size_t i = 0;
    enum db_status status = db_run(&rows, tx, &coding_project_statements[MARKS], p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    for (size_t s = 0; s < l->project->source_count; s++) {
        struct qda_source *source = &l->project->sources[s];
        while (i < count && db_get_int64(rows, i, 1) < l->passages[s]) {
            i++;
        }
        size_t end = i;
        while (end < count && db_get_int64(rows, end, 1) == l->passages[s]) {
            end++;
        }
        source->selections = arena_array(l->arena, end - i + 1, sizeof *source->selections);
        for (; i < end; i++) {
            put_mark(&source->selections[source->selection_count++], l, rows, i);
        }
    }
    return status;
}

static void begin(struct qda_project *out, struct coding_places *places, struct arena *arena,
                  struct slice space, const struct codebook *book)
{
    *out = (struct qda_project){.name = space,
                                .origin = SLICE("Zevenstem"),
                                .created = {QDA_NONE, QDA_NO_TIME},
                                .modified = {QDA_NONE, QDA_NO_TIME}};
    coding_put_book(out, places, arena, book);
}

void coding_project_book(struct qda_project *out, struct arena *arena, struct slice space,
                         const struct codebook *book)
{
    struct coding_places places;
    begin(out, &places, arena, space, book);
}

enum db_status coding_project_load(struct qda_project *out, struct db_tx *tx, struct arena *arena,
                                   int32_t round, struct slice space, const struct codebook *book)
{
    struct loading l = {.project = out, .arena = arena, .space = space, .book = book};
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    begin(out, &l.places, arena, space, book);
    enum db_status status = load_users(&l, tx, &p);
    status = status == DB_OK ? load_sources(&l, tx, &p) : status;
    return status == DB_OK ? load_marks(&l, tx, &p) : status;
}

/* ---- CSV ---- */

static const char *const columns[] = {"codering", "passage",    "methode",  "gesprek",  "deelnemer",
                                      "codeur",   "van",        "tot",      "codes",    "facet",
                                      "uiting",   "toepassing", "richting", "herkomst", "gevraagd",
                                      "telt",     "besloten",   "memo",     "tekst"};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], ROW_MAX = 4 * 1024 * 1024 };

enum db_status coding_csv_write(bool *failed, size_t *rows_written, struct db_tx *tx, int32_t round,
                                struct coding_csv output)
{
    struct db_result *rows;
    struct buffer line;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    enum db_status status = db_run(&rows, tx, &coding_project_statements[ROWS], &p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    buffer_init(&line, ROW_MAX);
    *failed = false;
    *rows_written = 0;
    for (size_t i = 0; i <= count && status == DB_OK && !*failed; i++) {
        buffer_clear(&line);
        for (int k = 0; k < COLUMN_COUNT; k++) {
            buffer_append(&line, k > 0 ? SLICE(",") : SLICE(""));
            csv_put_text(&line, i == 0 ? slice_from_cstr(columns[k]) : db_get_text(rows, i - 1, k));
        }
        buffer_append(&line, SLICE("\r\n"));
        const struct slice text = buffer_slice(&line);
        *failed = !output.write(text.ptr, text.len, output.self);
        *rows_written = i;
    }
    buffer_free(&line);
    return status;
}
