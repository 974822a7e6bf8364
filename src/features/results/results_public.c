/* The public's view. No round has a release yet, so there is nothing to show. */
#include "features/results/results_figures.h"

enum figures_status figures_of_public(struct figures *out, const char **rule, struct arena *arena,
                                      struct results *results, const struct figures_query *query)
{
    (void)rule, (void)arena, (void)results;
    *out = (struct figures){.query = *query};
    return FIGURES_NO_RELEASE;
}
