/* Who said it: persons and conversations, never utterances. Somebody who says a thing ten times is one
 * person, and a focus group is one group however many in it say it. */
#ifndef ZEVENSTEM_CODING_VOICES_H
#define ZEVENSTEM_CODING_VOICES_H

#include "base/arena.h"
#include "features/coding/coding_book.h"

/* A speaker whose words count for nobody: the moderator, or somebody whom nobody could tell. */
#define CODING_NO_SPEAKER UINT32_MAX

/* One coding. label: what is counted (a value, a sub-theme, a value on an application), from 0. */
struct coding_said {
    uint32_t conversation;
    uint32_t speaker; /* within the conversation */
    uint32_t label;
    enum coding_direction direction;
};

struct coding_voices {
    uint32_t people;                          /* who said it */
    uint32_t in_direction[CODING_DIRECTIONS]; /* who said it so; somebody may be in more than one */
    bool dissent; /* one was for it and another against it. Who was both, differs with nobody but others */
};

/* out[conversations * labels]: of conversation c and label l at c * labels + l. False (out untouched) when
 * something is out of range. arena: for sorting. */
bool coding_voices_count(struct coding_voices *out, struct arena *arena, const struct coding_said *said,
                         size_t count, size_t conversations, size_t labels);

/* Of one label. Shares are not given: there are too few groups for them. "In 5 of 6 groups." */
struct coding_reach {
    uint32_t groups, groups_with, groups_divided; /* focus groups; with dissent in them */
    uint32_t interviews, interviews_with;
};
/* asked[c]: whether the label was asked about in conversation c, or anybody brought it up; others are no part
 * of the totals. NULL: in all of them. */
void coding_reach_count(struct coding_reach *out, const struct coding_voices *voices, const bool *is_group,
                        const bool *asked, size_t conversations, size_t labels, size_t label);

/* ---- who spoke how much ---- */

struct coding_turn {
    uint32_t speaker; /* or CODING_NO_SPEAKER */
    uint32_t length;  /* code points */
};

struct coding_turn_share {
    uint32_t turns;
    uint64_t length;
    double share; /* of what all participants said, by length; 0 where nobody spoke */
};

struct coding_balance {
    uint32_t silent; /* participants without a turn */
    double largest;  /* share of who spoke most */
    double evenness; /* Pielou's: entropy of the shares by its maximum; 1 when all said as much, 0 when one
                        said all; NAN for fewer than two participants, or when nobody spoke */
};

/* out[participants]. False (out untouched) when a speaker is none of them. */
bool coding_turns_count(struct coding_turn_share *out, struct coding_balance *balance,
                        const struct coding_turn *turns, size_t count, size_t participants);

#endif
