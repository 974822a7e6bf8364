#ifndef ZEVENSTEM_TESTS_UNIT_STATS_RANK_SUPPORT_H
#define ZEVENSTEM_TESTS_UNIT_STATS_RANK_SUPPORT_H

#include "stats/rank.h"

/* Lines case,item,value,variance of a fixture; returns how many there are of the case. */
size_t expect_scores(const char *fixture, const char *wanted, const struct rank_estimate *ours);

#endif
