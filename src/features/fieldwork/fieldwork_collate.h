/* A transcript beside a corrected one: which turn of the new came of which turn of the old, and what changed
 * in each. Pure.
 *
 * Turns that say the same by the same speaker, in the same order, are one and the same. Between those, what
 * stands in the place of something is told by who speaks and by its words: as many turns by the same speakers
 * in the same order are each other's, else the nearest turn that has half of its words (the Dice coefficient)
 * or more. What is left of the old is gone, what is left of the new was added. A turn that was parted or
 * joined goes on as the part that is most of it.
 *
 * What was redacted stays redacted: a corrected file may be made from the first one. Where "[naam]" or
 * another of personal_replacements stood, or "[deelnemer ...]" and its like, that word stands in the new text
 * too. */
#ifndef ZEVENSTEM_FIELDWORK_COLLATE_H
#define ZEVENSTEM_FIELDWORK_COLLATE_H

#include "features/passage/passage.h"

/* What stands for the turns of who withdrew: a turn of these words is no saying. */
#define TRANSCRIPT_LEFT_OUT "[weggelaten op verzoek]"

struct collate_turn {
    struct slice speaker; /* as zs.turn has it */
    int32_t participant;  /* 0: nobody of them */
    struct slice body;
    bool left_out; /* of who withdrew: TRANSCRIPT_LEFT_OUT stands for it, whatever it says */
};

enum { COLLATE_NONE = -1 };
struct collate_place {
    int32_t source;          /* the turn of the old that it came of; COLLATE_NONE: it was added */
    bool same;               /* nothing changed */
    bool is_other;           /* somebody else is said to have said it */
    bool withdrawn;          /* the old text is to be destroyed: it turns out to be of who withdrew */
    struct slice body;       /* what stands there: the new text, but for what stays redacted */
    struct text_edit *edits; /* from the old text to body */
    size_t edit_count;
};
struct collation {
    struct collate_place *places; /* of each turn of the new, in order */
    size_t count;
    bool *gone; /* of each turn of the old */
    size_t same, changed, added, gone_count;
    size_t redacted; /* pieces that the new text had again and that stay redacted */
};
/* In the arena. */
void fieldwork_collate(struct collation *out, struct arena *arena, const struct collate_turn *old,
                       size_t old_count, const struct collate_turn *new, size_t new_count);

#endif
