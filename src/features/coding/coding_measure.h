/* How well the coders of a round agree, out of what they coded. */
#ifndef ZEVENSTEM_CODING_MEASURE_H
#define ZEVENSTEM_CODING_MEASURE_H

#include "db/db.h"
#include "features/coding/coding_agreement.h"

extern const struct db_statement coding_measure_statements[];

enum { CODING_WEEKS_MAX = 26 };

struct coding_measure {
    bool any; /* something was coded by two; else nothing below is set */
    size_t passages, units, coders;
    struct coding_agreement agreement;
    uint64_t confusion[CODING_VALUES + 1][CODING_VALUES + 1];
    /* Over all values, by the week in which the second coder was done; the last holds what came later. */
    size_t weeks;
    struct coding_drift drift[CODING_WEEKS_MAX];
};
/* Of all passages of the round that two coders or more said they were done with: units are sentences, of
 * answers and of what was said alike. What was decided afterwards has no part in it. replicates 0: without
 * intervals. */
enum db_status coding_measure_round(struct coding_measure *out, struct db_tx *tx, int32_t round, double bar,
                                    size_t replicates);
/* How many passages somebody is done with, and of how many of them two are. */
struct coding_share {
    int64_t done, twice;
};
enum db_status coding_measure_share(struct coding_share *out, struct db_tx *tx, int32_t round);
/* Another number after anything that agreement depends on. */
enum db_status coding_measure_mark(int64_t *mark, struct db_tx *tx, int32_t round);

#endif
