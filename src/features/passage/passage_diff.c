/* The fewest words deleted and inserted: Myers' greedy algorithm, with the way back kept. */
#include "features/passage/passage_span.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* Words, each with the number that equal words share, and where it begins; the end of the text behind the
 * last. */
struct tokens {
    const uint32_t *ids;
    uint32_t *starts;
    size_t count;
};

struct token {
    const uint32_t *points;
    uint32_t length;
    uint32_t *id;
};

static bool in_word(uint32_t point)
{
    return unicode_is_letter(point) || unicode_is_digit(point);
}

static size_t cut(struct tokens *out, struct token *all, struct arena *arena, const uint32_t *points,
                  size_t count)
{
    uint32_t *ids = arena_array(arena, count + 1, sizeof *ids);
    out->ids = ids;
    out->starts = arena_array(arena, count + 1, sizeof *out->starts);
    out->count = 0;
    for (size_t at = 0; at < count;) {
        size_t end = at + 1;
        while (in_word(points[at]) && end < count && in_word(points[end])) {
            end++;
        }
        out->starts[out->count] = (uint32_t)at;
        all[out->count] = (struct token){points + at, (uint32_t)(end - at), &ids[out->count]};
        out->count++;
        at = end;
    }
    out->starts[out->count] = (uint32_t)count;
    return out->count;
}

static int compare(const void *a, const void *b)
{
    const struct token *x = a, *y = b;
    if (x->length != y->length) {
        return x->length < y->length ? -1 : 1;
    }
    return memcmp(x->points, y->points, x->length * sizeof *x->points);
}

static void number(struct token *all, size_t count)
{
    uint32_t id = 0;
    if (count > 0) {
        qsort(all, count, sizeof *all, compare);
    }
    for (size_t i = 0; i < count; i++) {
        id += i > 0 && compare(&all[i - 1], &all[i]) != 0;
        *all[i].id = id;
    }
}

/* ---- Myers ---- */

struct middle {
    const uint32_t *a, *b; /* ids of what lies between the shared head and tail */
    int n, m;
};

/* The furthest x on diagonal k with d changes, out of those with d - 1, which are at `row`. */
static int furthest(const struct middle *middle, const int *row, int d, int k)
{
    const bool down = k == -d || (k != d && row[k - 1] < row[k + 1]);
    int x = d == 0 ? 0 : down ? row[k + 1] : row[k - 1] + 1;
    while (x < middle->n && x - k < middle->m && x - k >= 0 && middle->a[x] == middle->b[x - k]) {
        x++;
    }
    return x;
}

/* rows[d] has for each diagonal -d to d how far d changes come, rows[d][0] in the middle. The number of
 * changes; -1: more than PASSAGE_DIFF_MAX. */
static int search(int **rows, struct arena *arena, const struct middle *middle)
{
    for (int d = 0; d <= PASSAGE_DIFF_MAX; d++) {
        rows[d] = (int *)arena_array(arena, (size_t)d * 2 + 1, sizeof **rows) + d;
        for (int k = -d; k <= d; k += 2) {
            const int x = furthest(middle, d > 0 ? rows[d - 1] : NULL, d, k);
            rows[d][k] = x;
            if (x >= middle->n && x - k >= middle->m) {
                return d;
            }
        }
    }
    return -1;
}

/* Marks what is deleted of a and inserted of b, from the end back. */
static void walk_back(bool *deleted, bool *inserted, int **rows, int changes, const struct middle *middle)
{
    int x = middle->n, y = middle->m;
    for (int d = changes; d > 0; d--) {
        const int *row = rows[d - 1];
        const int k = x - y;
        const bool down = k == -d || (k != d && row[k - 1] < row[k + 1]);
        const int from_k = down ? k + 1 : k - 1;
        x = row[from_k];
        y = x - from_k;
        if (down) {
            inserted[y] = true;
        } else {
            deleted[x] = true;
        }
    }
}

/* ---- edits ---- */

/* In words as yet. */
static size_t edits_of(struct text_edit *edits, size_t head, const struct middle *middle, const bool *deleted,
                       const bool *inserted)
{
    size_t count = 0;
    uint32_t x = 0, y = 0;
    const uint32_t n = (uint32_t)middle->n, m = (uint32_t)middle->m, from = (uint32_t)head;
    while (x < n || y < m) {
        const uint32_t from_x = x, from_y = y;
        while (x < n && deleted[x]) {
            x++;
        }
        while (y < m && inserted[y]) {
            y++;
        }
        if (x > from_x || y > from_y) {
            edits[count++] = (struct text_edit){{from + from_x, from + x}, {from + from_y, from + y}};
        } else {
            x++;
            y++;
        }
    }
    return count;
}

static void move_on(struct text_span *span)
{
    span->start++;
    span->end++;
}

/* What was only put in or taken out may stand in more places than one: "niet." to "niet. Echt." puts in
 * ". Echt" or " Echt.". The last place is taken, as a sentence is put in behind the full stop of another. One
 * word stays between an edit and the next. */
static void slide(struct text_edit *edits, size_t count, const struct tokens *a, const struct tokens *b)
{
    for (size_t i = count; i-- > 0;) {
        struct text_edit *edit = &edits[i];
        const bool deletion = edit->new.start == edit->new.end;
        const bool insertion = edit->old.start == edit->old.end;
        const uint32_t *ids = deletion ? a->ids : b->ids;
        const struct text_span *span = deletion ? &edit->old : &edit->new;
        const size_t end = i + 1 < count ? edits[i + 1].old.start - 1 : a->count;
        while ((deletion || insertion) && edit->old.end < end && ids[span->start] == ids[span->end]) {
            move_on(&edit->old);
            move_on(&edit->new);
        }
    }
}

/* In words as yet. */
static size_t diff(struct text_edit **edits, struct arena *arena, const struct tokens *a,
                   const struct tokens *b)
{
    size_t head = 0, tail = 0;
    while (head < a->count && head < b->count && a->ids[head] == b->ids[head]) {
        head++;
    }
    while (tail < a->count - head && tail < b->count - head &&
           a->ids[a->count - 1 - tail] == b->ids[b->count - 1 - tail]) {
        tail++;
    }
    const struct middle middle = {a->ids + head, b->ids + head, (int)(a->count - head - tail),
                                  (int)(b->count - head - tail)};
    bool *deleted = arena_array(arena, (size_t)middle.n + 1, sizeof *deleted);
    bool *inserted = arena_array(arena, (size_t)middle.m + 1, sizeof *inserted);
    const size_t most = (size_t)middle.n + (size_t)middle.m;
    int **rows = arena_array(arena, (most < PASSAGE_DIFF_MAX ? most : PASSAGE_DIFF_MAX) + 1, sizeof *rows);
    const int changes = search(rows, arena, &middle);
    if (changes >= 0) {
        walk_back(deleted, inserted, rows, changes, &middle);
    } else {
        memset(deleted, true, (size_t)middle.n);
        memset(inserted, true, (size_t)middle.m);
    }
    *edits = arena_array(arena, (size_t)middle.n + (size_t)middle.m + 1, sizeof **edits);
    return edits_of(*edits, head, &middle, deleted, inserted);
}

size_t passage_diff_items(struct text_edit **edits, struct arena *arena, const uint32_t *old_items,
                          size_t old_count, const uint32_t *new_items, size_t new_count)
{
    const struct tokens a = {old_items, NULL, old_count};
    const struct tokens b = {new_items, NULL, new_count};
    return diff(edits, arena, &a, &b);
}

size_t passage_diff(struct text_edit **edits, struct arena *arena, struct slice old_text,
                    struct slice new_text)
{
    size_t old_count, new_count;
    const uint32_t *old_points = unicode_points(&old_count, arena, old_text);
    const uint32_t *new_points = unicode_points(&new_count, arena, new_text);
    struct tokens a, b;
    struct token *all = arena_array(arena, old_count + new_count, sizeof *all);
    size_t total = cut(&a, all, arena, old_points, old_count);
    total += cut(&b, all + total, arena, new_points, new_count);
    number(all, total);
    const size_t count = diff(edits, arena, &a, &b);
    slide(*edits, count, &a, &b);
    for (size_t i = 0; i < count; i++) {
        struct text_edit *edit = &(*edits)[i];
        edit->old = (struct text_span){a.starts[edit->old.start], a.starts[edit->old.end]};
        edit->new = (struct text_span){b.starts[edit->new.start], b.starts[edit->new.end]};
    }
    return count;
}
