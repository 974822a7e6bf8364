/* Which texts wait for somebody to decide about likely personal data in them. */
#include "features/fieldwork/fieldwork_personal.h"

#include <stdlib.h>
#include <string.h>

enum statement { LEADERS, KEPT, STATEMENT_COUNT };

const struct db_statement fieldwork_waits_statements[STATEMENT_COUNT + 1] = {
    [LEADERS] = {"waits_leaders",
                 "SELECT id, moderator, note_taker FROM zs.conversation WHERE code = $1::text"},
    [KEPT] =
        {"waits_kept",
         "SELECT passage_id, start_at, end_at FROM zs.personal_kept WHERE passage_id = ANY ($1::int8[])"},
};

enum { SCRATCH_MAX = 128 * 1024 * 1024, TOGETHER = 64 * 1024 /* bytes of text that one arena searches */ };

/* A piece of a text that looks personal. */
struct piece {
    int64_t passage;
    uint32_t start, end;
    size_t text; /* which of them */
};

struct looking {
    struct db_tx *tx;
    const struct crypto_keys *keys;
    struct arena *arena; /* the transaction's */
    struct slice of;     /* whose names these are */
    struct personal_name *names;
    size_t name_count;
    struct piece *pieces;
    size_t count, room;
};

/* ---- names ---- */

/* Those of the people of a conversation: participants, the moderator and who took notes. */
static enum db_status read_names(struct looking *l, struct slice conversation)
{
    struct db_result *row;
    struct participant_name *known = NULL;
    size_t count = 0;
    struct db_params p = db_params(l->tx);
    db_put_text(&p, conversation);
    enum db_status status = db_run(&row, l->tx, &fieldwork_waits_statements[LEADERS], &p);
    if (status == DB_OK && db_rows(row) == 1) {
        status = participant_names(&known, &count, l->tx, l->arena, l->keys, db_get_int32(row, 0, 0));
    }
    l->names = arena_array(l->arena, count + 2, sizeof *l->names);
    l->name_count = 0;
    for (size_t i = 0; i < count; i++) {
        l->names[l->name_count++] = (struct personal_name){known[i].name, SLICE("")};
    }
    for (int column = 1; status == DB_OK && db_rows(row) == 1 && column <= 2; column++) {
        if (!db_is_null(row, 0, column)) {
            l->names[l->name_count++] =
                (struct personal_name){arena_copy(l->arena, db_get_text(row, 0, column)), SLICE("")};
        }
    }
    l->of = conversation;
    return status;
}

static enum db_status take_names(struct looking *l, struct slice conversation)
{
    if (conversation.len == 0) {
        l->of = conversation;
        l->name_count = 0;
        return DB_OK;
    }
    return slice_equal(l->of, conversation) ? DB_OK : read_names(l, conversation);
}

/* ---- finding ---- */

static void add_piece(struct looking *l, struct piece piece)
{
    if (l->count == l->room) {
        l->room = l->room > 0 ? 2 * l->room : 64;
        struct piece *more = arena_array(l->arena, l->room, sizeof *more);
        if (l->count > 0) {
            memcpy(more, l->pieces, l->count * sizeof *more);
        }
        l->pieces = more;
    }
    l->pieces[l->count++] = piece;
}

static enum db_status find_pieces(struct looking *l, const struct personal_text *texts, size_t count)
{
    enum db_status status = DB_OK;
    size_t i = 0;
    while (status == DB_OK && i < count) {
        struct arena *scratch = arena_create(SCRATCH_MAX);
        for (size_t bytes = 0; status == DB_OK && i < count && bytes < TOGETHER; i++) {
            struct personal_hit *hits;
            if (!texts[i].body.ptr) {
                continue;
            }
            status = take_names(l, texts[i].conversation);
            const size_t found =
                status == DB_OK ? personal_find(&hits, scratch, texts[i].body, l->names, l->name_count) : 0;
            for (size_t k = 0; k < found; k++) {
                add_piece(l, (struct piece){texts[i].passage, hits[k].span.start, hits[k].span.end, i});
            }
            bytes += texts[i].body.len;
        }
        arena_destroy(scratch);
    }
    return status;
}

/* ---- what was decided ---- */

static int by_place(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->passage != y->passage) {
        return x->passage < y->passage ? -1 : 1;
    }
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return (x->end > y->end) - (x->end < y->end);
}

static struct piece *read_kept(size_t *count, enum db_status *status, struct looking *l)
{
    struct db_result *rows;
    int64_t *ids = arena_array(l->arena, l->count + 1, sizeof *ids);
    for (size_t i = 0; i < l->count; i++) {
        ids[i] = l->pieces[i].passage;
    }
    struct db_params p = db_params(l->tx);
    db_put_int64_array(&p, ids, l->count);
    *status = db_run(&rows, l->tx, &fieldwork_waits_statements[KEPT], &p);
    *count = *status == DB_OK ? db_rows(rows) : 0;
    struct piece *kept = arena_array(l->arena, *count + 1, sizeof *kept);
    for (size_t i = 0; i < *count; i++) {
        kept[i] = (struct piece){db_get_int64(rows, i, 0), (uint32_t)db_get_int32(rows, i, 1),
                                 (uint32_t)db_get_int32(rows, i, 2), 0};
    }
    qsort(kept, *count, sizeof *kept, by_place);
    return kept;
}

enum db_status personal_waits(bool *waits, size_t *how_many, struct db_tx *tx, const struct crypto_keys *keys,
                              const struct personal_text *texts, size_t count)
{
    struct looking l = {.tx = tx, .keys = keys, .arena = db_arena(tx), .of = SLICE("")};
    size_t kept_count = 0;
    *how_many = 0;
    memset(waits, 0, count * sizeof *waits);
    enum db_status status = find_pieces(&l, texts, count);
    if (status != DB_OK || l.count == 0) {
        return status;
    }
    const struct piece *kept = read_kept(&kept_count, &status, &l);
    for (size_t i = 0; status == DB_OK && i < l.count; i++) {
        const struct piece *piece = &l.pieces[i];
        if (!waits[piece->text] && !bsearch(piece, kept, kept_count, sizeof *kept, by_place)) {
            waits[piece->text] = true;
            (*how_many)++;
        }
    }
    return status;
}
