/* What the files of the rankings share. */
#ifndef ZEVENSTEM_RESULTS_RANKING_INTERNAL_H
#define ZEVENSTEM_RESULTS_RANKING_INTERNAL_H

#include "features/results/results_ranking.h"
#include "stats/estimate.h"
#include "stats/rank.h"

struct ranking {
    struct records *records;
    struct figures *about;
    const char **rule; /* that keeps it from the public */
    struct results_call *call;
    const struct figures_query *people;
    const struct variable *variables;
    const struct variable *first; /* of the question */
    size_t first_index;
    const struct variable *group; /* NULL: none */
    uint32_t threshold;
};

/* Counts these variables, by the group as the last axis if there is one. more: a filter besides, or NULL.
 * counted_free frees it, after any status. */
enum figures_status ranking_count(struct counted *counted, const struct ranking *r, const size_t *axes,
                                  size_t axis_count, const struct tabulate_filter *more);
/* The lines: codes of the group that are part of such a table, and FIGURES_ALL last. */
size_t ranking_lines(uint32_t **codes, const struct ranking *r, const struct counted *counted);
/* The cell of answers `at` (its number over all axes but the group's) in a line. */
struct sums ranking_cell(const struct ranking *r, const struct table *table, size_t at, uint32_t line);

/* Not under the threshold. */
bool ranking_enough(const struct ranking *r, struct sums people);
struct sums sums_less(struct sums all, struct sums part);

extern const struct figure ranking_withheld;
/* Of the question as a whole, in a line. */
struct figures_record ranking_record(const struct ranking *r, uint32_t line, const char *measure);
void ranking_put_item(struct figures_record *record, const struct variable_category *category);
/* How many people it is of, and how many that counts as. */
void ranking_put_base(struct figures_record *record, const struct ranking *r, struct sums base);
struct figure ranking_figure(struct rank_estimate estimate, double lowest, double highest);

/* ---- best-worst (results_best_worst.c) ---- */
enum figures_status ranking_add_best_worst(const struct ranking *r);

#endif
