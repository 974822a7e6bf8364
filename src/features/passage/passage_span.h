/* From one version of a text to the next: what was changed, and where the spans of the old one stand in the
 * new one. Pure; nothing here knows what a span is for. */
#ifndef ZEVENSTEM_PASSAGE_SPAN_H
#define ZEVENSTEM_PASSAGE_SPAN_H

#include "base/arena.h"
#include "base/unicode.h"

/* A piece of the old text that another stands in place of; either may be empty (inserted, deleted), not both.
 * A list of edits is in order; between two of them at least one code point of both texts stays, unless they
 * come from passage_redact. Offsets outside of all edits move by the difference in length of those before. */
struct text_edit {
    struct text_span old;
    struct text_span new;
};

/* ---- what was changed ---- */

/* A correction: the fewest words deleted and inserted that make new_text of old_text (Myers 1986, "An O(ND)
 * difference algorithm and its variations"), a word being a run of letters and digits, and anything else one
 * code point. Where the same words can be put in or taken
 * out at several places, it is the last. Past PASSAGE_DIFF_MAX of them all from the first change to the last
 * is one edit: then only what stands before and behind can follow. Returns how many edits. The arena is asked
 * for up to 16 MiB and 100 bytes a code point. */
enum { PASSAGE_DIFF_MAX = 2000 };
size_t passage_diff(struct text_edit **edits, struct arena *arena, struct slice old_text,
                    struct slice new_text);

/* The same of lists of anything that was numbered, equal ones alike; places are those in the lists, and an
 * edit stays where it is found first. */
size_t passage_diff_items(struct text_edit **edits, struct arena *arena, const uint32_t *old_items,
                          size_t old_count, const uint32_t *new_items, size_t new_count);

struct text_replacement {
    struct text_span span; /* in the old text */
    struct slice text;     /* what comes in its place; well-formed UTF-8; may be empty */
};
/* Redaction or withdrawal: the new text and its edits, one for each replacement, in order of place. False
 * (out untouched) when a span is empty or outside of the text, or two overlap. They need not come in order.
 */
bool passage_redact(struct slice *new_text, struct text_edit **edits, struct arena *arena,
                    struct slice old_text, const struct text_replacement *replacements, size_t count);

/* ---- moving spans ---- */

enum span_move {
    /* Corrections and withdrawals: a span follows where its text is the same; an edit that changes any of it
     * loses it. An insertion right before or behind a span is outside of it. */
    SPAN_SAME_TEXT,
    /* Redactions, which change words and not what they mean: a span that covers an edit grows or shrinks with
     * it, and one that ends inside an edit covers all of what stands there now. Lost only when nothing is
     * left of it. */
    SPAN_SAME_PLACE
};

/* moved[i] is where spans[i] stands in the new text; follows[i] is false when it could not follow (then
 * moved[i] is empty, at the edit that lost it, so that somebody can look there). Spans in any order, at most
 * as long as the old text; an empty one is lost. Returns how many follow. */
size_t passage_move(struct text_span *moved, bool *follows, const struct text_span *spans, size_t count,
                    const struct text_edit *edits, size_t edit_count, enum span_move how);

#endif
