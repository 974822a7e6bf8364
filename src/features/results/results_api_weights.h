/* What the two views of /gewichten share. */
#ifndef ZEVENSTEM_RESULTS_API_WEIGHTS_H
#define ZEVENSTEM_RESULTS_API_WEIGHTS_H

#include "features/results/results_api.h"
#include "features/results/results_shelf.h"

/* The fault that there is no version of this number. */
void results_weights_put_fault(struct results_call *call);
/* The answer as JSON or CSV; the entity is named by the hash of its JSON. False when memory ran out. */
bool results_weights_reply(struct results_call *call, const json_t *weights);
/* Of the newest release, of all versions (number 0) or of one; answered, whatever is the matter. The call is
 * in the public's view, and was not refused. (results_api_weights_public.c) */
void results_reply_public_weights(struct results_call *call, int32_t number);
/* The versions in that answer. The caller owns them. */
json_t *results_public_weights_json(struct arena *arena, struct results *results,
                                    const struct survey_round *round, const struct shelved *shelved,
                                    int32_t number);

#endif
