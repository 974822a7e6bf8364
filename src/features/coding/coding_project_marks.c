/* What coders put on the texts of a project. */
#include "features/coding/coding_project_internal.h"

#include "features/coding/coding_work.h"

#include <stdlib.h>

enum statement { MARKS, STATEMENT_COUNT };

const struct db_statement coding_project_mark_statements[STATEMENT_COUNT + 1] = {
    [MARKS] =
        {"coding_project_marks",
         "SELECT id, passage_id, coder_id, start_at, end_at, created_at, coalesce(memo, ''), "
         "array_to_string(codes, ' '), coalesce(facet, ''), coalesce(expression, ''), "
         "coalesce(direction, ''), coalesce(origin, ''), coalesce(application, '') FROM zs.coding WHERE "
         "round_id = $1::int4 AND ended_at IS NULL AND NOT decided ORDER BY passage_id, id"},
};

int coding_place_by_id(const void *a, const void *b)
{
    const struct passage_place *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
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

/* A coding and where it stands, before it has a key. */
struct placed {
    uint32_t source;
    struct coder *coder;
    struct coding_mark mark;
};

static struct placed place_mark(const struct project_loading *l, const struct db_result *rows, size_t i,
                                const struct passage_place *at)
{
    static const enum codebook_axis axes[] = {CODEBOOK_FACET, CODEBOOK_EXPRESSION, CODEBOOK_DIRECTION,
                                              CODEBOOK_ORIGIN, CODEBOOK_APPLICATION};
    int *codes = arena_array(l->arena, CODING_CODES_MAX, sizeof *codes);
    const struct coder key = {.id = db_get_int32(rows, i, 2)};
    struct placed placed = {.source = at->source,
                            .coder = bsearch(&key, l->coders, l->coder_count, sizeof key, coding_coder_by_id),
                            .mark = {.start = at->start + (uint32_t)db_get_int32(rows, i, 3),
                                     .end = at->start + (uint32_t)db_get_int32(rows, i, 4),
                                     .at = db_get_timestamp(rows, i, 5),
                                     .memo = arena_copy(l->arena, db_get_text(rows, i, 6)),
                                     .codes = codes}};
    placed.mark.code_count = entries_of(codes, l->book, db_get_text(rows, i, 7));
    qsort(codes, placed.mark.code_count, sizeof *codes, rising);
    for (size_t k = 0; k < sizeof axes / sizeof axes[0]; k++) {
        placed.mark.other[axes[k]] = codebook_find(l->book, axes[k], db_get_text(rows, i, (int)(8 + k)));
    }
    return placed;
}

#define COMPARE(a, b)                                                                                        \
    if ((a) != (b)) {                                                                                        \
        return (a) < (b) ? -1 : 1;                                                                           \
    }

/* By all that is told of it: the order is the same wherever it is read from. */
static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    const struct coding_mark *m = &x->mark, *n = &y->mark;
    COMPARE(x->source, y->source)
    COMPARE(m->start, n->start)
    COMPARE(m->end, n->end)
    const int coder = coding_coder_by_guid(x->coder, y->coder);
    if (coder != 0) {
        return coder;
    }
    COMPARE(m->at, n->at)
    COMPARE(m->code_count, n->code_count)
    for (size_t i = 0; i < m->code_count; i++) {
        COMPARE(m->codes[i], n->codes[i])
    }
    for (size_t axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        COMPARE(m->other[axis], n->other[axis])
    }
    return slice_compare(m->memo, n->memo);
}

static void number_users(struct project_loading *l)
{
    struct qda_project *project = l->project;
    project->users = arena_array(l->arena, l->coder_count + 1, sizeof *project->users);
    qsort(l->coders, l->coder_count, sizeof *l->coders, coding_coder_by_guid);
    for (size_t i = 0; i < l->coder_count; i++) {
        if (l->coders[i].codings > 0) {
            l->coders[i].user = (uint32_t)project->user_count;
            project->users[project->user_count++] = (struct qda_user){
                .guid = l->coders[i].guid, .name = arena_printf(l->arena, CODING_CODER_NAME, i + 1)};
        }
    }
    qsort(l->coders, l->coder_count, sizeof *l->coders, coding_coder_by_id);
}

/* Whether both say the same of where, who and when. */
static bool are_twins(const struct placed *a, const struct placed *b)
{
    return a->source == b->source && a->mark.start == b->mark.start && a->mark.end == b->mark.end &&
           a->coder == b->coder && a->mark.at == b->mark.at;
}

/* placed[i], of a list that is in order. */
static struct slice key_of(struct arena *arena, const struct qda_guid *source, const struct placed *placed,
                           size_t i)
{
    char guid[QDA_GUID_CHARS + 1], coder[QDA_GUID_CHARS + 1];
    const struct coding_mark *mark = &placed[i].mark;
    size_t twin = 0;
    while (twin < i && are_twins(&placed[i - 1 - twin], &placed[i])) {
        twin++;
    }
    qda_guid_format(guid, source);
    qda_guid_format(coder, &placed[i].coder->guid);
    return arena_printf(arena, "%s/%s/%u-%u/%lld/%zu", guid, coder, mark->start, mark->end,
                        (long long)mark->at, twin);
}

static void put_marks(struct project_loading *l, struct placed *placed, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        struct qda_source *source = &l->project->sources[placed[i].source];
        for (end = i; end < count && placed[end].source == placed[i].source; end++) {
        }
        source->selections = arena_array(l->arena, end - i, sizeof *source->selections);
        for (size_t k = i; k < end; k++) {
            placed[k].mark.key = key_of(l->arena, &source->guid, placed, k);
            placed[k].mark.coder = placed[k].coder->user;
            coding_put_mark(&source->selections[source->selection_count++], l->arena, l->book, &l->places,
                            l->space, &placed[k].mark);
        }
    }
}

enum db_status coding_project_put_marks(struct project_loading *l, struct db_tx *tx,
                                        const struct db_params *p)
{
    struct db_result *rows;
    size_t count = 0;
    enum db_status status = db_run(&rows, tx, &coding_project_mark_statements[MARKS], p);
    const size_t all = status == DB_OK ? db_rows(rows) : 0;
    struct placed *placed = arena_array(l->arena, all + 1, sizeof *placed);
    qsort(l->coders, l->coder_count, sizeof *l->coders, coding_coder_by_id);
    for (size_t i = 0; i < all; i++) {
        const struct passage_place key = {.id = db_get_int64(rows, i, 1)};
        const struct passage_place *at =
            bsearch(&key, l->passages, l->passage_count, sizeof key, coding_place_by_id);
        if (at) {
            placed[count++] = place_mark(l, rows, i, at);
            placed[count - 1].coder->codings++;
        } else {
            l->left_out->codings++;
        }
    }
    number_users(l);
    qsort(placed, count, sizeof *placed, by_place);
    put_marks(l, placed, count);
    return status;
}
