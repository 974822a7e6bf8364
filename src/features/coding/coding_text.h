/* A conversation as one text, as other programs take it, and where in such a text its turns are. Pure.
 *
 * Each turn begins a line, behind who speaks where that is another than before: "P1: ...". Positions are code
 * points. */
#ifndef ZEVENSTEM_CODING_TEXT_H
#define ZEVENSTEM_CODING_TEXT_H

#include "base/arena.h"
#include "base/unicode.h"

struct coding_text_turn {
    int64_t id;         /* zs.evidence.id; 0: not loaded yet */
    struct slice label; /* "P1", "Moderator", "Notulist", "Onbekend" */
    struct slice body;  /* ptr NULL: left out; TRANSCRIPT_LEFT_OUT stands for it */
};

/* The text, in the arena; starts[count]: where the body of each turn begins in it. */
struct slice coding_text_write(uint32_t *starts, struct arena *arena, const struct coding_text_turn *turns,
                               size_t count);

/* A line of a turn, where it stands in a text. */
struct coding_piece {
    struct text_span at; /* in the text */
    size_t turn;
    uint32_t from; /* where in the turn the line begins */
};
/* Finds the turns, in order, in a text that has them and, in front of each or on a line of its own, who
 * speaks: white space around lines does not count. Of a turn that the text has TRANSCRIPT_LEFT_OUT for, the
 * body is made NULL: it was not given away, and nothing can be said of it. False: the text is another; *line
 * says from which line on. pieces in the arena, in order. */
bool coding_text_align(struct coding_piece **pieces, size_t *piece_count, size_t *line, struct arena *arena,
                       struct slice text, struct coding_text_turn *turns, size_t count);
/* What a span of the text is in turn after turn: spans[i] of turns[i]; what is no turn's is left out. In the
 * arena; returns how many. */
struct coding_text_part {
    size_t turn;
    struct text_span span;
};
size_t coding_text_spans(struct coding_text_part **spans, struct arena *arena,
                         const struct coding_piece *pieces, size_t piece_count, struct text_span span);

#endif
