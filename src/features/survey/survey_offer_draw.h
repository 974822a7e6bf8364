/* Drawing whom to invite for a conversation from the offers of a round. Pure: what comes in are letters that
 * the coordinator opened, what comes out is an order of people by group of the plan.
 *
 * Chance is a number of each person, derived from the seed and the hash of their sealed letter (seeded_u64):
 * neither the order of the letters nor who draws makes a difference, and whoever has the letters, the plan
 * and the seed draws the same. The hash is of the sealed letter, which holds random bytes of its own: it
 * tells nothing of who wrote it. Nobody can look for a lucky letter if the seed is chosen, in public, after
 * the last letter came in.
 *
 * - One person is one chance: letters that are the same, or with the same e-mail address or telephone number
 *   (its last nine digits), are one. The one with the lowest hash speaks.
 * - Left out: letters without the wish for a conversation, and those of programs (a field that people do not
 * see was filled in).
 * - A group (segment) is who has all its characteristics; who fits more than one belongs to the first.
 * - Within a group everybody has the same chance; or, with characteristics to spread over, the cells that
 *   these make take turns, in an order that is drawn too. What was not answered is a cell of its own.
 * - Invited are as many as the group needs, and `overwerving` more for each of its conversations; the next
 *   ones in the order are the reserves. */
#ifndef ZEVENSTEM_SURVEY_OFFER_DRAW_H
#define ZEVENSTEM_SURVEY_OFFER_DRAW_H

#include "base/buffer.h"
#include "crypto/crypto.h"
#include "json/decode.h"

enum {
    OFFER_GROUPS_MAX = 200,
    OFFER_SPREAD_MAX = 4,
    OFFER_SEED_MAX = 200, /* bytes */
    OFFER_PLAN_BYTES_MAX = 1024 * 1024,
    OFFER_DRAW_LETTERS_MAX = 5000000,
    OFFER_HASH_TEXT_BYTES = 2 * CRYPTO_SHA256_BYTES + 1
};

/* Who should come: the plan of a round as `zevenstem offer plan` prints it. */
struct offer_plan;
/* {"ronde", "soort", "overwerving", "segmenten": [{"segment", "titel", "kenmerken", "gesprekken", "mensen",
 * "reservesNodig"}]}, and what a plan says besides. kenmerken: by field of the offer (leeftijd, provincie,
 * opleiding, gender, houding) a code or codes. NULL: errors say what is wrong. In the arena, as is text. */
const struct offer_plan *offer_plan_read(struct json_errors *errors, struct arena *arena, struct slice text);
/* The round that it is for. */
struct slice offer_plan_round(const struct offer_plan *plan);

/* One that was opened. */
struct offer_opened {
    unsigned char sha256[CRYPTO_SHA256_BYTES]; /* of the sealed letter */
    struct slice text;                         /* the letter, without what fills it up */
    const json_t *letter;
};

/* "leeftijd,opleiding": what to spread over. False when a name is none of a field with one answer, or stands
 * there twice. Empty: nothing. */
struct offer_spread {
    size_t fields[OFFER_SPREAD_MAX];
    size_t count;
};
bool offer_spread_read(struct offer_spread *out, struct slice names);

struct offer_draw;
/* Draws. seed: a text, 1 to OFFER_SEED_MAX bytes. The arena, and all that came in, outlive it. Sorts letters.
 */
const struct offer_draw *offer_draw(struct arena *arena, const struct offer_plan *plan,
                                    const struct offer_spread *spread, struct slice seed,
                                    struct offer_opened *letters, size_t count);
/* What was drawn and how: seed, hashes of what came in, counts by group and cell, groups that are short, and
 * the numbers of who was drawn, in order. No name, address or other word of anybody. The same letter for
 * letter whenever it is drawn again. The caller owns it. */
json_t *offer_draw_protocol(const struct offer_draw *draw);
/* Who they are: CSV, a line each, in the order of the protocol. */
void offer_draw_contacts(struct buffer *out, const struct offer_draw *draw);
/* How many groups have fewer than they should, and how many people are invited and in reserve. */
struct offer_draw_counts {
    size_t letters, people, invited, reserves, short_groups;
};
struct offer_draw_counts offer_draw_count(const struct offer_draw *draw);

#endif
