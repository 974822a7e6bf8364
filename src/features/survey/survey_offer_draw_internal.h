/* What drawing and telling of it share. */
#ifndef ZEVENSTEM_SURVEY_OFFER_DRAW_INTERNAL_H
#define ZEVENSTEM_SURVEY_OFFER_DRAW_INTERNAL_H

#include "features/survey/survey_offer_draw.h"
#include "features/survey/survey_offer_model.h"

struct offer_group {
    struct slice code, title;
    const json_t *criteria; /* as they stand in the plan */
    bool wanted[OFFER_FIELDS][OFFER_OPTIONS_MAX];
    bool asks[OFFER_FIELDS]; /* whether this characteristic matters */
    uint32_t people, extra, reserves;
};

struct offer_plan {
    struct slice round, kind;
    unsigned char sha256[CRYPTO_SHA256_BYTES]; /* of the text */
    struct offer_group groups[OFFER_GROUPS_MAX];
    size_t count;
};

/* Somebody who may be drawn. */
struct offer_person {
    const struct offer_opened *from;
    char number[OFFER_HASH_TEXT_BYTES];
    uint64_t chance;
    uint32_t group;
    struct slice cell;    /* codes with commas; empty when nothing is spread over */
    uint64_t cell_chance; /* the cell's own */
    uint32_t turn;        /* 0: the first of their cell */
};

struct offer_left_out {
    size_t no_conversation, program, same, no_group;
};

struct offer_draw {
    const struct offer_plan *plan;
    const struct offer_spread *spread;
    struct slice seed;
    unsigned char input[CRYPTO_SHA256_BYTES];
    size_t letters;
    struct offer_left_out left_out;
    size_t several;              /* people who fit more than one group */
    struct offer_person *people; /* by group, in the order in which they are asked */
    size_t count;
    size_t first[OFFER_GROUPS_MAX + 1]; /* where a group begins */
};

enum offer_role { OFFER_INVITED, OFFER_RESERVE, OFFER_NOT_DRAWN };
enum offer_role offer_draw_role(const struct offer_group *group, size_t place);
/* The code that a letter answers to a field with one answer; empty: none. */
struct slice offer_letter_code(const json_t *letter, size_t field);

#endif
