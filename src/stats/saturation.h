/* Have we heard it all? Thematic saturation (Guest, Namey and Chen 2020, PLoS ONE 15(5) e0232076): the new
 * codes that a run of conversations brings, as a share of the codes that the first ones (the base) brought.
 * The run behind the base slides on by one conversation until that share is at or under a threshold: with s
 * conversations before the run and r in it, saturation is reported as s+r. */
#ifndef ZEVENSTEM_STATS_SATURATION_H
#define ZEVENSTEM_STATS_SATURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct saturation_rule {
    size_t base;      /* 4 */
    size_t run;       /* 2 */
    double threshold; /* 0.05; or 0 */
};

struct saturation {
    bool reached;
    size_t before;  /* s */
    double ratio;   /* of the run that reached it, else of the last run */
    uint32_t base;  /* codes in the base */
    uint32_t codes; /* in all conversations */
};

/* fresh[i]: the codes of conversation i that none before it had. mentioned: conversations x codes. */
void saturation_fresh(uint32_t *fresh, const bool *mentioned, size_t conversations, size_t codes);
/* False (out untouched) when there are too few conversations for a base and a run, no base or run is asked
 * for, or the base has no codes. */
bool saturation_find(struct saturation *out, const uint32_t *fresh, size_t conversations,
                     const struct saturation_rule *rule);

#endif
