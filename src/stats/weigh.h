/* From the answers of a round to a sample that can be raked, and from factors back to a weight for each row.
 *
 * A plan says which variables make a margin, which of their codes are which category, and whom the weights
 * are for. It is bound to the layout of the columns. Counting is one pass over the rows; a weighing is a plan
 * with the factors of one version, and gives rows and new responses their weight. */
#ifndef ZEVENSTEM_STATS_WEIGH_H
#define ZEVENSTEM_STATS_WEIGH_H

#include "stats/columns.h"
#include "stats/rake.h"
#include "stats/tabulate.h"

enum {
    WEIGH_VARIABLES_MAX = 3,   /* crossed in a margin */
    WEIGH_CODES_MAX = 1 << 20, /* combinations of their codes */
};

struct weigh_margin {
    size_t variables[WEIGH_VARIABLES_MAX]; /* of the columns; each once */
    size_t variable_count;                 /* 1: a plain margin; more: their cells are the categories */
    uint32_t categories;                   /* 1 to RAKE_CATEGORIES_MAX */
    /* Borrowed. By code of the variable; of crossed variables by (code0 * codes1 + code1) * codes2 + code2.
     * 0 to categories - 1, or `categories` for missing: not asked, no answer, don't know, and what the
     * population has no figure for. */
    const uint16_t *category_of;
};

enum weigh_status {
    WEIGH_OK,
    WEIGH_BAD_VARIABLE, /* none such, or twice in a margin */
    WEIGH_BAD_CATEGORY, /* category_of names one that its margin has not, or number of categories out of range
                         */
    WEIGH_BAD_CODE,     /* a filter names a code that its variable has not */
    WEIGH_TOO_MANY,     /* margins, variables, codes, filters, or profiles (profile_tree.h) */
    WEIGH_NO_MEMORY,
};

struct weigh_plan;

/* Copies what it needs, but for the columns, which must outlive it. Filters as in tabulate.h: the rows that
 * pass all of them are weighed to the population, the others are left at 1. After any other status than
 * WEIGH_OK *out is NULL. The caller owns it: weigh_plan_destroy (NULL is allowed). */
enum weigh_status weigh_plan_create(struct weigh_plan **out, const struct columns *columns,
                                    const struct weigh_margin *margins, size_t margin_count,
                                    const struct tabulate_filter *filters, size_t filter_count);
void weigh_plan_destroy(struct weigh_plan *plan);

/* The profiles of the rows that pass, in lexicographic order of their categories, so that every instance gets
 * the same weights to the last bit. rake_sample_free frees it. *position (may be NULL) is that of the log.
 * Takes the read lock. */
enum weigh_status weigh_count(struct rake_sample *out, int64_t *position, const struct weigh_plan *plan,
                              struct columns *columns);

/* A version of weights as it is kept: of a rake_result, or read back from where it was stored. Borrowed. */
struct weigh_version {
    size_t profiles;
    const uint16_t *categories;   /* [profile * margins + margin] */
    const double *weights;        /* [profile] */
    const double *const *factors; /* [margin][category], those missing last */
    double lower, upper;          /* for profiles that the version has not seen */
};

struct weighing;

/* The plan must outlive it. WEIGH_BAD_CATEGORY, WEIGH_TOO_MANY and WEIGH_NO_MEMORY leave *out NULL. The
 * caller owns it: weighing_destroy (NULL is allowed). */
enum weigh_status weighing_create(struct weighing **out, const struct weigh_plan *plan,
                                  const struct weigh_version *version);
void weighing_destroy(struct weighing *weighing);

/* The weight of a profile: its own, or if the version has not seen it the product of its factors, cut to the
 * bounds. categories: one a margin. */
double weighing_profile(const struct weighing *weighing, const uint16_t *categories);
/* For columns_weigh, with the weighing as its context. WEIGHT_ONE for a row that does not pass. */
uint32_t weighing_row(const void *weighing, const struct columns *columns, uint32_t row);
/* For columns_change.weight: answers as answer.h lays them out, of columns_answers_size bytes. */
uint32_t weighing_answers(const struct weighing *weighing, const uint8_t *answers);

#endif
