/* What a slot of an answer vector holds. A slot is one variable of one response; the same numbers are a column of the counting engine and,
 * minus ANSWER_FIRST, a category in an export. */
#ifndef ZEVENSTEM_STATS_ANSWER_H
#define ZEVENSTEM_STATS_ANSWER_H

enum {
    ANSWER_NOT_ASKED = 0, /* routing, variant or module assignment kept it from this person */
    ANSWER_NONE = 1,      /* shown and left open */
    ANSWER_DONT_KNOW = 2, /* "Weet ik niet" */
    ANSWER_FIRST = 3      /* ANSWER_FIRST + k is category k, or the whole number k */
};

#endif
