#include "features/coding/coding_voices.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one person said on one label. */
struct voice {
    size_t cell; /* of out */
    uint32_t speaker;
    unsigned directions; /* a bit each */
};

static int compare(const void *a, const void *b)
{
    const struct voice *x = a, *y = b;
    return x->cell != y->cell ? (x->cell > y->cell) - (x->cell < y->cell)
                              : (x->speaker > y->speaker) - (x->speaker < y->speaker);
}

/* One voice a person and label; returns how many. */
static size_t gather(struct voice *voices, size_t count)
{
    size_t kept = 0;
    if (count > 0) {
        qsort(voices, count, sizeof *voices, compare);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare(&voices[kept - 1], &voices[i]) == 0) {
            voices[kept - 1].directions |= voices[i].directions;
        } else {
            voices[kept++] = voices[i];
        }
    }
    return kept;
}

static bool in_range(const struct coding_said *said, size_t count, size_t conversations, size_t labels)
{
    for (size_t i = 0; i < count; i++) {
        if (said[i].conversation >= conversations || said[i].label >= labels ||
            (unsigned)said[i].direction >= CODING_DIRECTIONS) {
            return false;
        }
    }
    return true;
}

bool coding_voices_count(struct coding_voices *out, struct arena *arena, const struct coding_said *said,
                         size_t count, size_t conversations, size_t labels)
{
    enum { FOR = 1 << CODING_FOR, AGAINST = 1 << CODING_AGAINST };
    if (!in_range(said, count, conversations, labels)) {
        return false;
    }
    struct voice *voices = arena_array(arena, count, sizeof *voices);
    uint32_t *sides =
        arena_array(arena, conversations * labels, sizeof *sides); /* people on a side or both */
    size_t heard = 0;
    for (size_t i = 0; i < count; i++) {
        if (said[i].speaker != CODING_NO_SPEAKER) {
            voices[heard++] = (struct voice){said[i].conversation * labels + said[i].label, said[i].speaker,
                                             1u << said[i].direction};
        }
    }
    heard = gather(voices, heard);
    memset(out, 0, conversations * labels * sizeof *out);
    for (size_t i = 0; i < heard; i++) {
        struct coding_voices *cell = &out[voices[i].cell];
        cell->people++;
        for (unsigned d = 0; d < CODING_DIRECTIONS; d++) {
            cell->in_direction[d] += voices[i].directions >> d & 1;
        }
        sides[voices[i].cell] += (voices[i].directions & (FOR | AGAINST)) != 0;
    }
    for (size_t c = 0; c < conversations * labels; c++) {
        out[c].dissent =
            out[c].in_direction[CODING_FOR] > 0 && out[c].in_direction[CODING_AGAINST] > 0 && sides[c] > 1;
    }
    return true;
}

void coding_reach_count(struct coding_reach *out, const struct coding_voices *voices, const bool *is_group,
                        const bool *asked, size_t conversations, size_t labels, size_t label)
{
    struct coding_reach reach = {0};
    for (size_t c = 0; c < conversations; c++) {
        const struct coding_voices *cell = &voices[c * labels + label];
        if (asked && !asked[c] && cell->people == 0) {
            continue;
        }
        if (is_group[c]) {
            reach.groups++;
            reach.groups_with += cell->people > 0;
            reach.groups_divided += cell->dissent;
        } else {
            reach.interviews++;
            reach.interviews_with += cell->people > 0;
        }
    }
    *out = reach;
}

static void weigh_up(struct coding_balance *balance, struct coding_turn_share *shares, size_t participants,
                     uint64_t all)
{
    double entropy = 0;
    *balance = (struct coding_balance){.evenness = (double)NAN};
    for (size_t p = 0; p < participants; p++) {
        const double share = all > 0 ? (double)shares[p].length / (double)all : 0;
        shares[p].share = share;
        balance->silent += shares[p].turns == 0;
        balance->largest = share > balance->largest ? share : balance->largest;
        entropy -= share > 0 ? share * log(share) : 0;
    }
    if (participants > 1 && all > 0) {
        balance->evenness = entropy / log((double)participants);
    }
}

bool coding_turns_count(struct coding_turn_share *out, struct coding_balance *balance,
                        const struct coding_turn *turns, size_t count, size_t participants)
{
    uint64_t all = 0;
    for (size_t i = 0; i < count; i++) {
        if (turns[i].speaker >= participants && turns[i].speaker != CODING_NO_SPEAKER) {
            return false;
        }
    }
    memset(out, 0, participants * sizeof *out);
    for (size_t i = 0; i < count; i++) {
        if (turns[i].speaker != CODING_NO_SPEAKER) {
            out[turns[i].speaker].turns++;
            out[turns[i].speaker].length += turns[i].length;
            all += turns[i].length;
        }
    }
    weigh_up(balance, out, participants, all);
    return true;
}
