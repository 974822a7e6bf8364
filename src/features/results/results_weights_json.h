/* A version of weights in the words of the API. */
#ifndef ZEVENSTEM_RESULTS_WEIGHTS_JSON_H
#define ZEVENSTEM_RESULTS_WEIGHTS_JSON_H

#include "features/results/results_weights.h"

/* As analysts may see it, with k = threshold. Categories that were taken together stand as one: apart, their
 * shares would tell how few each had. Numbers of people are withheld (null) by the rule of
 * stats/protect_primary.h, the number of all people being known; shares of people with them. What the weights
 * achieve is given among those who are in a category, which says nothing of how many are missing. applies:
 * whether rows weigh by it now. The caller owns it; NULL when memory ran out. */
json_t *weights_version_json(struct arena *arena, const struct weights_version *version, uint32_t threshold,
                             bool applies);

/* The answer of the endpoint (with its `versies`) as CSV, UTF-8 with a byte order mark
 * (results_weights_csv.c). */
void weights_csv(struct buffer *out, const json_t *weights);

#endif
