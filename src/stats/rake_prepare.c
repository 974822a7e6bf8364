#include "stats/rake_internal.h"

#include <math.h>

/* Counts stay exact in a double. */
static const uint64_t people_max = UINT64_C(1) << 53;
/* A share that is smaller is a mistake of the caller; it keeps all factors within the range of a double. */
static const double share_min = 1e-12;

static enum rake_status refuse(struct rake_refusal *why, struct rake_refusal reason)
{
    *why = reason;
    return reason.status;
}

enum rake_status rake_check_sizes(const struct rake_sample *sample, const struct rake_margin *margins,
                                  size_t margin_count, const struct rake_limits *limits,
                                  struct rake_refusal *why)
{
    bool bounds =
        limits->lower >= 0 && limits->lower < 1 && limits->upper > 1 && limits->upper <= RAKE_UPPER_MAX;
    if (!bounds || limits->smallest < 1 || margin_count < 1 || margin_count > PROFILE_MARGINS_MAX ||
        sample->margins != margin_count || sample->profiles > PROFILES_MAX) {
        return refuse(why, (struct rake_refusal){.status = RAKE_BAD_LIMITS});
    }
    for (size_t m = 0; m < margin_count; m++) {
        if (margins[m].categories < 1 || margins[m].categories > RAKE_CATEGORIES_MAX) {
            return refuse(why, (struct rake_refusal){.status = RAKE_BAD_MARGIN,
                                                     .margin = m,
                                                     .value = (double)margins[m].categories});
        }
    }
    return RAKE_OK;
}

static bool is_beyond(const struct rake_margin *margin, uint32_t category)
{
    return margin->beyond && category < margin->categories && margin->beyond[category];
}

static bool neighbour_bad(const struct rake_margin *margin, uint32_t category, uint16_t neighbour)
{
    return neighbour >= margin->categories || neighbour == category || is_beyond(margin, neighbour) ||
           is_beyond(margin, category);
}

/* Targets as shares that sum to 1; 0 for those beyond. */
static enum rake_status take_targets(struct rake_category *categories, const struct rake_margin *margin,
                                     size_t m, struct rake_refusal *why)
{
    const bool total_good = isfinite(margin->total) && margin->total > 0;
    if (!total_good || !isfinite(margin->slack) || margin->slack < 0) {
        return refuse(why, (struct rake_refusal){.status = RAKE_BAD_TARGET,
                                                 .margin = m,
                                                 .category = margin->categories,
                                                 .value = total_good ? margin->slack : margin->total});
    }
    double sum = 0;
    for (uint32_t c = 0; c < margin->categories; c++) {
        double target = is_beyond(margin, c) ? 0 : margin->targets[c];
        if (!isfinite(target) || target < 0 || (target > 0 && target < share_min * margin->total)) {
            return refuse(why, (struct rake_refusal){
                                   .status = RAKE_BAD_TARGET, .margin = m, .category = c, .value = target});
        }
        sum += target;
        uint16_t neighbour = margin->neighbours ? margin->neighbours[c] : RAKE_ALONE;
        if (neighbour != RAKE_ALONE && neighbour_bad(margin, c, neighbour)) {
            return refuse(why, (struct rake_refusal){.status = RAKE_BAD_NEIGHBOUR,
                                                     .margin = m,
                                                     .category = c,
                                                     .value = (double)neighbour});
        }
    }
    if (!(sum > 0) || !(fabs(sum - margin->total) <= margin->slack + 1e-9 * margin->total)) {
        return refuse(
            why, (struct rake_refusal){
                     .status = RAKE_TARGETS_DO_NOT_SUM, .margin = m, .value = sum, .wanted = margin->total});
    }
    for (uint32_t c = 0; c < margin->categories; c++) {
        categories[c].target = is_beyond(margin, c) ? 0 : margin->targets[c] / sum;
    }
    return RAKE_OK;
}

static enum rake_status count_people(struct rake_category *const *categories, uint64_t *people,
                                     const struct rake_sample *sample, const struct rake_margin *margins,
                                     struct rake_refusal *why)
{
    *people = 0;
    for (size_t h = 0; h < sample->profiles; h++) {
        const uint16_t *profile = sample->categories + h * sample->margins;
        for (size_t m = 0; m < sample->margins; m++) {
            if (profile[m] > margins[m].categories) {
                return refuse(why, (struct rake_refusal){
                                       .status = RAKE_BAD_SAMPLE, .margin = m, .category = profile[m]});
            }
            categories[m][profile[m]].n += sample->n[h];
        }
        if (sample->n[h] < 1 || sample->n[h] > people_max - *people) {
            return refuse(why, (struct rake_refusal){.status = RAKE_BAD_SAMPLE, .category = profile[0]});
        }
        *people += sample->n[h];
    }
    return *people > 0 ? RAKE_OK : refuse(why, (struct rake_refusal){.status = RAKE_EMPTY_SAMPLE});
}

/* The lowest member of a group whose neighbour is in another group; `count` when there is none. */
static uint32_t way_out(const struct rake_category *categories, uint32_t count, const uint16_t *neighbours,
                        uint32_t group)
{
    for (uint32_t c = group; neighbours && c < count; c++) {
        if (categories[c].group == group && neighbours[c] != RAKE_ALONE &&
            categories[neighbours[c]].group != group) {
            return c;
        }
    }
    return count;
}

static void merge(struct rake_category *categories, uint32_t count, uint16_t a, uint16_t b)
{
    uint16_t kept = a < b ? a : b, gone = a < b ? b : a;
    for (uint32_t c = 0; c < count; c++) {
        if (categories[c].group == gone) {
            categories[c].group = kept;
        }
    }
}

/* The first group that has a target and too few people; `count` when all have enough. */
static uint32_t find_small(const struct rake_category *categories, uint32_t count, uint64_t smallest,
                           uint64_t *n, double *target)
{
    uint64_t people[RAKE_CATEGORIES_MAX];
    double shares[RAKE_CATEGORIES_MAX];
    for (uint32_t c = 0; c < count; c++) {
        people[c] = 0;
        shares[c] = 0;
    }
    for (uint32_t c = 0; c < count; c++) {
        people[categories[c].group] += categories[c].n;
        shares[categories[c].group] += categories[c].target;
    }
    for (uint32_t c = 0; c < count; c++) {
        if (categories[c].group == c && shares[c] > 0 && people[c] < smallest) {
            *n = people[c];
            *target = shares[c];
            return c;
        }
    }
    return count;
}

static enum rake_status take_together(struct rake_category *categories, const struct rake_margin *margin,
                                      size_t m, uint64_t smallest, struct rake_refusal *why)
{
    const uint32_t count = margin->categories;
    for (uint32_t c = 0; c <= count; c++) {
        categories[c].group = (uint16_t)c;
        if (c < count && categories[c].n > 0 && !(categories[c].target > 0) && !is_beyond(margin, c)) {
            return refuse(why, (struct rake_refusal){.status = RAKE_SAMPLE_WITHOUT_TARGET,
                                                     .margin = m,
                                                     .category = c,
                                                     .value = (double)categories[c].n});
        }
    }
    for (;;) {
        uint64_t n = 0;
        double target = 0;
        uint32_t small = find_small(categories, count, smallest, &n, &target);
        if (small == count) {
            return RAKE_OK;
        }
        uint32_t member = way_out(categories, count, margin->neighbours, small);
        if (member == count) {
            struct rake_refusal none = {
                .status = RAKE_TARGET_WITHOUT_SAMPLE, .margin = m, .category = small, .value = target};
            struct rake_refusal few = {.status = RAKE_TOO_SMALL,
                                       .margin = m,
                                       .category = small,
                                       .value = (double)n,
                                       .wanted = (double)smallest};
            return refuse(why, n == 0 ? none : few);
        }
        merge(categories, count, categories[member].group, categories[margin->neighbours[member]].group);
    }
}

enum rake_status rake_prepare(struct rake_category *const *categories, uint64_t *people,
                              const struct rake_sample *sample, const struct rake_margin *margins,
                              const struct rake_limits *limits, struct rake_refusal *why)
{
    enum rake_status status = RAKE_OK;
    for (size_t m = 0; status == RAKE_OK && m < sample->margins; m++) {
        status = take_targets(categories[m], &margins[m], m, why);
    }
    if (status == RAKE_OK) {
        status = count_people(categories, people, sample, margins, why);
    }
    for (size_t m = 0; status == RAKE_OK && m < sample->margins; m++) {
        status = take_together(categories[m], &margins[m], m, limits->smallest, why);
        struct rake_category *missing = &categories[m][margins[m].categories];
        uint64_t covered = *people;
        for (uint32_t c = 0; c < margins[m].categories; c++) {
            covered -= is_beyond(&margins[m], c) ? categories[m][c].n : 0;
        }
        missing->target = covered > 0 ? (double)missing->n / (double)covered : 0;
        for (uint32_t c = 0; c <= margins[m].categories; c++) {
            categories[m][c].factor = 1;
            if (c < margins[m].categories) {
                categories[m][c].target *= 1 - missing->target;
            }
        }
    }
    return status;
}
