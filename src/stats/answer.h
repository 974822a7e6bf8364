/* What stands in one slot of a stored answer. A response is a vector of small integers, one slot a variable;
 * the same numbers are the codes of the counting engine's columns and of its tables.
 *
 * A slot is 1 byte wide when its variable has at most 256 codes, else 2 bytes, little-endian; the slots stand
 * one behind the other in the order of the variables, without padding. */
#ifndef ZEVENSTEM_STATS_ANSWER_H
#define ZEVENSTEM_STATS_ANSWER_H

#include <stddef.h>
#include <stdint.h>

enum {
    ANSWER_NOT_ASKED = 0, /* routing, variant or module assignment kept the question from this person */
    ANSWER_NONE = 1,      /* asked, left empty */
    ANSWER_DONT_KNOW = 2, /* asked, answered "weet ik niet" */
    ANSWER_FIRST = 3      /* category 0 or number 0; category k is ANSWER_FIRST + k */
};

/* The most codes a variable may have, the special ones included. */
#define ANSWER_CODES_MAX 65536u

/* Bytes of a slot whose variable has this many codes (the special ones included). */
static inline size_t answer_width(uint32_t codes)
{
    return codes <= 256 ? 1 : 2;
}

static inline uint32_t answer_read(const uint8_t *slot, size_t width)
{
    return width == 1 ? slot[0] : (uint32_t)(slot[0] | slot[1] << 8);
}

static inline void answer_write(uint8_t *slot, size_t width, uint32_t code)
{
    slot[0] = (uint8_t)code;
    if (width == 2) {
        slot[1] = (uint8_t)(code >> 8);
    }
}

#endif
