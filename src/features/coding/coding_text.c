#include "features/coding/coding_text.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "features/fieldwork/fieldwork.h"

#include <string.h>

enum { TEXT_MAX = 64 << 20, LABEL_LINE_MAX = 120 /* bytes */ };

static struct slice body_of(const struct coding_text_turn *turn)
{
    return turn->body.ptr ? turn->body : SLICE(TRANSCRIPT_LEFT_OUT);
}

struct slice coding_text_write(uint32_t *starts, struct arena *arena, const struct coding_text_turn *turns,
                               size_t count)
{
    struct buffer text;
    uint32_t at = 0;
    buffer_init(&text, TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        const size_t before = text.len;
        if (i == 0 || !slice_equal(turns[i].label, turns[i - 1].label)) {
            buffer_append(&text, turns[i].label);
            buffer_append(&text, SLICE(": "));
        }
        starts[i] =
            at + (uint32_t)utf8_length((struct slice){text.ptr ? text.ptr + before : "", text.len - before});
        buffer_append(&text, body_of(&turns[i]));
        buffer_append_byte(&text, '\n');
        at = starts[i] + (uint32_t)utf8_length(body_of(&turns[i])) + 1;
    }
    const struct slice out = arena_copy(arena, buffer_slice(&text));
    buffer_free(&text);
    return out;
}

/* ---- finding turns ---- */

/* The lines of a text that are not blank. */
struct lines {
    struct slice rest;
    struct slice line; /* without white space around */
    uint32_t start;    /* where it begins */
    uint32_t next;     /* where the line behind it begins */
    size_t number;     /* from 1 */
};

static bool next_line(struct lines *lines)
{
    while (lines->rest.len > 0) {
        struct slice whole;
        slice_cut(&whole, &lines->rest, lines->rest, '\n');
        lines->line = slice_trim(whole);
        const size_t indent = lines->line.len > 0 ? (size_t)(lines->line.ptr - whole.ptr) : 0;
        lines->start = lines->next + (uint32_t)utf8_length((struct slice){whole.ptr, indent});
        lines->next += (uint32_t)utf8_length(whole) + 1;
        lines->number++;
        if (lines->line.len > 0) {
            return true;
        }
    }
    return false;
}

/* Whether the line is these words, or who speaks and these words. */
static bool says(struct slice line, struct slice words)
{
    if (line.len < words.len || memcmp(line.ptr + line.len - words.len, words.ptr, words.len) != 0) {
        return false;
    }
    const size_t front = line.len - words.len;
    return front == 0 || line.ptr[front - 1] == ' ' || line.ptr[front - 1] == '\t';
}

/* The first line of a turn may stand under a line with who speaks. */
static bool find_line(struct lines *text, struct slice words, bool first)
{
    if (!next_line(text)) {
        return false;
    }
    if (says(text->line, words)) {
        return true;
    }
    const size_t number = text->number;
    if (!first || text->line.len > LABEL_LINE_MAX || !next_line(text) || !says(text->line, words)) {
        text->number = number;
        return false;
    }
    return true;
}

/* labelled: who speaks may be a line of its own. */
static bool align_turn(struct coding_piece *pieces, size_t *piece_count, struct lines *text,
                       struct slice body, size_t turn, bool labelled)
{
    struct lines lines = {.rest = body};
    bool first = labelled;
    for (; next_line(&lines); first = false) {
        if (!find_line(text, lines.line, first)) {
            return false;
        }
        const size_t front = text->line.len - lines.line.len;
        const uint32_t start = text->start + (uint32_t)utf8_length((struct slice){text->line.ptr, front});
        const uint32_t length = (uint32_t)utf8_length(lines.line);
        pieces[(*piece_count)++] = (struct coding_piece){{start, start + length}, turn, lines.start};
    }
    return true;
}

static size_t line_count(const struct coding_text_turn *turns, size_t count)
{
    size_t lines = 0;
    for (size_t i = 0; i < count; i++) {
        const struct slice body = body_of(&turns[i]);
        lines++;
        for (size_t k = 0; k < body.len; k++) {
            lines += body.ptr[k] == '\n';
        }
    }
    return lines;
}

bool coding_text_align(struct coding_piece **pieces, size_t *piece_count, size_t *line, struct arena *arena,
                       struct slice text, struct coding_text_turn *turns, size_t count)
{
    struct lines lines = {.rest = text};
    *pieces = arena_array(arena, line_count(turns, count), sizeof **pieces);
    *piece_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct lines before = lines;
        const size_t pieces_before = *piece_count;
        if (align_turn(*pieces, piece_count, &lines, body_of(&turns[i]), i, true)) {
            continue;
        }
        const size_t number = lines.number;
        lines = before;
        *piece_count = pieces_before;
        if (!align_turn(*pieces, piece_count, &lines, SLICE(TRANSCRIPT_LEFT_OUT), i, false)) {
            *line = number;
            return false;
        }
        turns[i].body = (struct slice){NULL, 0};
    }
    const bool more = next_line(&lines);
    *line = lines.number;
    return !more;
}

size_t coding_text_spans(struct coding_text_part **spans, struct arena *arena,
                         const struct coding_piece *pieces, size_t piece_count, struct text_span span)
{
    size_t first = 0, last = piece_count, count = 0;
    while (first < last) { /* the first piece that ends behind the start */
        const size_t middle = first + (last - first) / 2;
        if (pieces[middle].at.end <= span.start) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    for (last = first; last < piece_count && pieces[last].at.start < span.end; last++) {
    }
    *spans = arena_array(arena, last - first, sizeof **spans);
    for (size_t i = first; i < last; i++) {
        const struct coding_piece *piece = &pieces[i];
        const uint32_t start = span.start > piece->at.start ? span.start : piece->at.start;
        const uint32_t end = span.end < piece->at.end ? span.end : piece->at.end;
        const uint32_t from = piece->from + (start - piece->at.start);
        const uint32_t to = piece->from + (end - piece->at.start);
        if (count > 0 && (*spans)[count - 1].turn == piece->turn) {
            (*spans)[count - 1].span.end = to;
        } else {
            (*spans)[count++] = (struct coding_text_part){piece->turn, {from, to}};
        }
    }
    return count;
}
