#include "features/passage/passage_span.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- redaction ---- */

static int by_start(const void *a, const void *b)
{
    const struct text_replacement *x = a, *y = b;
    return x->span.start != y->span.start ? (x->span.start < y->span.start ? -1 : 1)
                                          : (x->span.end > y->span.end) - (x->span.end < y->span.end);
}

/* Sorted: none is empty, outside, or overlaps the one before. */
static bool apart(const struct text_replacement *sorted, size_t count, size_t length)
{
    uint32_t from = 0;
    for (size_t i = 0; i < count; i++) {
        const struct text_span span = sorted[i].span;
        if (span.start < from || span.start >= span.end || span.end > length) {
            return false;
        }
        from = span.end;
    }
    return true;
}

bool passage_redact(struct slice *new_text, struct text_edit **edits, struct arena *arena,
                    struct slice old_text, const struct text_replacement *replacements, size_t count)
{
    struct text_replacement *sorted = arena_array(arena, count, sizeof *sorted);
    size_t most = old_text.len;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = replacements[i];
        most += replacements[i].text.len;
    }
    if (count > 0) {
        qsort(sorted, count, sizeof *sorted, by_start);
    }
    if (!apart(sorted, count, utf8_length(old_text))) {
        return false;
    }
    struct text_edit *out = arena_array(arena, count, sizeof *out);
    char *bytes = arena_alloc(arena, most);
    size_t len = 0;
    uint32_t old_at = 0, new_at = 0; /* code points */
    struct slice rest = old_text;    /* from old_at on */
    for (size_t i = 0; i <= count; i++) {
        const size_t keep = i < count ? utf8_offset(rest, sorted[i].span.start - old_at) : rest.len;
        if (keep > 0) {
            memcpy(bytes + len, rest.ptr, keep);
        }
        len += keep;
        if (i == count) {
            break;
        }
        const struct text_span span = sorted[i].span;
        const size_t drop =
            utf8_offset((struct slice){rest.ptr + keep, rest.len - keep}, span.end - span.start);
        rest = (struct slice){rest.ptr + keep + drop, rest.len - keep - drop};
        new_at += span.start - old_at;
        old_at = span.end;
        const uint32_t grown = (uint32_t)utf8_length(sorted[i].text);
        out[i] = (struct text_edit){span, {new_at, new_at + grown}};
        new_at += grown;
        if (sorted[i].text.len > 0) {
            memcpy(bytes + len, sorted[i].text.ptr, sorted[i].text.len);
        }
        len += sorted[i].text.len;
    }
    *new_text = (struct slice){bytes, len};
    *edits = out;
    return true;
}

/* ---- moving ---- */

/* The first edit that ends behind `at`, or begins there or later. */
static size_t first_from(const struct text_edit *edits, size_t count, uint32_t at)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (edits[middle].old.end <= at && edits[middle].old.start < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Where an offset stands that is in no edit: `before` edits lie in front of it. */
static uint32_t shifted(uint32_t at, const struct text_edit *edits, size_t before)
{
    return before == 0 ? at : edits[before - 1].new.end + (at - edits[before - 1].old.end);
}

static bool move_same_text(struct text_span *moved, struct text_span span, const struct text_edit *edits,
                           size_t count)
{
    size_t i = first_from(edits, count, span.start);
    /* Insertions where the span begins lie before it. */
    while (i < count && edits[i].old.start == span.start && edits[i].old.end == span.start) {
        i++;
    }
    if (i < count && edits[i].old.start < span.end) {
        *moved = (struct text_span){edits[i].new.start, edits[i].new.start};
        return false;
    }
    *moved = (struct text_span){shifted(span.start, edits, i), shifted(span.end, edits, i)};
    return true;
}

static bool move_same_place(struct text_span *moved, struct text_span span, const struct text_edit *edits,
                            size_t count)
{
    size_t first = first_from(edits, count, span.start);
    while (first < count && edits[first].old.start == span.start && edits[first].old.end == span.start) {
        first++;
    }
    size_t last = first; /* one past those that touch it */
    while (last < count && edits[last].old.start < span.end) {
        last++;
    }
    const bool starts_inside = first < last && edits[first].old.start < span.start;
    const bool ends_inside = first < last && edits[last - 1].old.end > span.end;
    moved->start = starts_inside ? edits[first].new.start : shifted(span.start, edits, first);
    moved->end = ends_inside ? edits[last - 1].new.end : shifted(span.end, edits, last);
    return moved->start < moved->end;
}

size_t passage_move(struct text_span *moved, bool *follows, const struct text_span *spans, size_t count,
                    const struct text_edit *edits, size_t edit_count, enum span_move how)
{
    size_t following = 0;
    for (size_t i = 0; i < count; i++) {
        const bool there = how == SPAN_SAME_TEXT ? move_same_text(&moved[i], spans[i], edits, edit_count)
                                                 : move_same_place(&moved[i], spans[i], edits, edit_count);
        follows[i] = there && spans[i].start < spans[i].end;
        if (!follows[i]) {
            moved[i].end = moved[i].start;
        }
        following += follows[i];
    }
    return following;
}
