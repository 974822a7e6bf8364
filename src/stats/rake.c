#include "stats/rake.h"

#include "stats/columns.h"
#include "stats/interval.h"
#include "stats/rake_internal.h"

#include <math.h>
#include <stdlib.h>

/* What the sweeps work on. */
struct work {
    const struct rake_sample *sample;
    const struct rake_margin *margins;
    struct rake_category *const *categories;
    double *weights;  /* [profile] */
    double *sums;     /* [category] of the margin at hand, then its factors */
    uint16_t *groups; /* [margin * profiles + profile] */
    double people;
    bool total_open; /* some margin has people beyond it */
    struct rake_report *report;
    struct rake_refusal *why;
};

/* What the categories with a target are to sum to: all, or with people beyond, what keeps nearest to how it
 * is (rake.h). targets and sums: by group. */
static double covered_total(const struct work *work, size_t m, const double *targets)
{
    const struct rake_margin *margin = &work->margins[m];
    double covered = 0, divergence = 0;
    if (!margin->beyond) {
        return work->people;
    }
    for (uint32_t c = 0; c <= margin->categories; c++) {
        covered += targets[c] > 0 ? work->sums[c] : 0;
    }
    for (uint32_t c = 0; c <= margin->categories; c++) {
        divergence += targets[c] > 0 ? targets[c] * log(targets[c] * covered / work->sums[c]) : 0;
    }
    return covered * exp(-divergence);
}

/* One margin brought to its targets; the category with the largest |f - 1| so far through *worst. */
static void adjust(struct work *work, size_t m, struct rake_refusal *worst, double *deviation)
{
    const size_t profiles = work->sample->profiles;
    const uint64_t *n = work->sample->n;
    const uint32_t count = work->margins[m].categories + 1;
    const uint16_t *group = work->groups + m * profiles;
    struct rake_category *categories = work->categories[m];
    for (uint32_t c = 0; c < count; c++) {
        work->sums[c] = 0;
    }
    for (size_t h = 0; h < profiles; h++) {
        work->sums[group[h]] += (double)n[h] * work->weights[h];
    }
    double targets[RAKE_CATEGORIES_MAX + 1];
    for (uint32_t c = 0; c < count; c++) {
        targets[c] = 0;
    }
    for (uint32_t c = 0; c < count; c++) {
        targets[categories[c].group] += categories[c].target;
    }
    const double total = covered_total(work, m, targets);
    for (uint32_t c = 0; c < count; c++) {
        /* Weights that ran to 0 end the sweeps: see weights_in_range. */
        double factor = targets[c] > 0 ? total * targets[c] / work->sums[c] : 1;
        double off = fabs(factor - 1);
        if (!(off <= *deviation)) {
            *deviation = off;
            *worst = (struct rake_refusal){.margin = m, .category = c, .value = factor};
        }
        categories[c].factor *= factor;
        work->sums[c] = factor;
    }
    for (size_t h = 0; h < profiles; h++) {
        work->weights[h] *= work->sums[group[h]];
    }
}

/* Brings the mean weight to 1, as a factor of the first margin. */
static void adjust_total(struct work *work, struct rake_refusal *worst, double *deviation)
{
    double sum = 0;
    for (size_t h = 0; h < work->sample->profiles; h++) {
        sum += (double)work->sample->n[h] * work->weights[h];
    }
    const double factor = work->people / sum;
    for (size_t h = 0; h < work->sample->profiles; h++) {
        work->weights[h] *= factor;
    }
    for (uint32_t c = 0; c <= work->margins[0].categories; c++) {
        work->categories[0][c].factor *= factor;
    }
    if (!(fabs(factor - 1) <= *deviation)) {
        *deviation = fabs(factor - 1);
        *worst = (struct rake_refusal){.margin = 0, .category = 0, .value = factor};
    }
}

static bool in_range(double value)
{
    return value > 1e-100 && value < 1e100;
}

/* Weights for which there is no solution run to 0 or past all bounds. */
static bool weights_in_range(const struct work *work)
{
    for (size_t h = 0; h < work->sample->profiles; h++) {
        if (!in_range(work->weights[h])) {
            return false;
        }
    }
    return true;
}

/* So do factors when capping takes back what each raking does, over and over. */
static bool factors_in_range(const struct work *work)
{
    for (size_t m = 0; m < work->sample->margins; m++) {
        for (uint32_t c = 0; c <= work->margins[m].categories; c++) {
            if (!in_range(work->categories[m][c].factor)) {
                return false;
            }
        }
    }
    return true;
}

static enum rake_status sweep_until_steady(struct work *work)
{
    struct rake_refusal worst = {0};
    for (int sweep = 0; sweep < RAKE_SWEEPS_MAX; sweep++) {
        double deviation = 0;
        for (size_t m = 0; m < work->sample->margins; m++) {
            adjust(work, m, &worst, &deviation);
        }
        if (work->total_open) {
            adjust_total(work, &worst, &deviation);
        }
        work->report->sweeps++;
        work->report->deviation = deviation;
        if (deviation < RAKE_DEVIATION) {
            return RAKE_OK;
        }
        if (!weights_in_range(work)) {
            break;
        }
    }
    worst.status = RAKE_NO_CONVERGENCE;
    *work->why = worst;
    return RAKE_NO_CONVERGENCE;
}

/* How far a weight is past its nearest bound, as a ratio; 1 or less when it is within. */
static double excess(double weight, const struct rake_limits *limits)
{
    double below = limits->lower > 0 ? limits->lower / weight : 0;
    return fmax(weight / limits->upper, below);
}

static enum rake_status out_of_bounds(const struct work *work, const struct rake_limits *limits, size_t h)
{
    const double weight = work->weights[h];
    const bool high = weight > 1;
    struct rake_refusal reason = {
        .status = RAKE_OUT_OF_BOUNDS, .value = weight, .wanted = high ? limits->upper : limits->lower};
    double strongest = 0;
    for (size_t m = 0; m < work->sample->margins; m++) {
        uint16_t c = work->groups[m * work->sample->profiles + h];
        double factor = work->categories[m][c].factor;
        double strength = high ? factor : 1 / factor;
        if (strength > strongest) {
            strongest = strength;
            reason.margin = m;
            reason.category = c;
        }
    }
    *work->why = reason;
    return RAKE_OUT_OF_BOUNDS;
}

static enum rake_status cap_and_rake(struct work *work, const struct rake_limits *limits)
{
    for (;;) {
        enum rake_status status = sweep_until_steady(work);
        if (status != RAKE_OK) {
            return status;
        }
        size_t worst = 0;
        for (size_t h = 1; h < work->sample->profiles; h++) {
            if (excess(work->weights[h], limits) > excess(work->weights[worst], limits)) {
                worst = h;
            }
        }
        if (excess(work->weights[worst], limits) <= 1 + RAKE_BOUND_SLACK && factors_in_range(work)) {
            return RAKE_OK;
        }
        if (work->report->loops == RAKE_LOOPS_MAX || !factors_in_range(work)) {
            return out_of_bounds(work, limits, worst);
        }
        for (size_t h = 0; h < work->sample->profiles; h++) {
            work->weights[h] = fmin(fmax(work->weights[h], limits->lower), limits->upper);
        }
        work->report->loops++;
    }
}

/* Factors of those taken together, and of those nobody chose. */
static void spread_factors(struct rake_category *categories, uint32_t count, double people)
{
    double mean = 0;
    for (uint32_t c = 0; c < count; c++) {
        categories[c].factor = categories[categories[c].group].factor;
        mean += (double)categories[c].n / people * categories[c].factor;
    }
    for (uint32_t c = 0; c < count; c++) {
        if (categories[c].n == 0 && !(categories[c].target > 0)) {
            categories[c].factor = mean;
        }
    }
}

/* Targets were shares of those not beyond. */
static void settle_targets(struct rake_category *categories, const struct rake_margin *margin)
{
    double beyond = 0;
    for (uint32_t c = 0; margin->beyond && c < margin->categories; c++) {
        beyond += margin->beyond[c] ? categories[c].achieved : 0;
    }
    for (uint32_t c = 0; margin->beyond && c <= margin->categories; c++) {
        bool own = c < margin->categories && margin->beyond[c];
        categories[c].target = own ? categories[c].achieved : categories[c].target * (1 - beyond);
    }
}

static void report_margin(struct work *work, size_t m)
{
    struct rake_report *report = work->report;
    struct rake_category *categories = work->categories[m];
    const uint32_t count = work->margins[m].categories + 1;
    for (size_t h = 0; h < work->sample->profiles; h++) {
        uint16_t c = work->sample->categories[h * work->sample->margins + m];
        categories[c].achieved += (double)work->sample->n[h] * work->weights[h] / work->people;
    }
    settle_targets(categories, &work->margins[m]);
    for (uint32_t c = 0; c < count; c++) {
        if (categories[c].group != c) {
            report->collapsed++;
            continue;
        }
        double target = 0, achieved = 0;
        uint64_t n = 0;
        for (uint32_t d = c; d < count; d++) {
            if (categories[d].group == c) {
                target += categories[d].target;
                achieved += categories[d].achieved;
                n += categories[d].n;
            }
        }
        if (c + 1 < count && target > 0 && n < RAKE_ADVICE_RESPONDENTS) {
            report->advise_unweighted = true;
        }
        double error = 100 * fabs(achieved - target);
        if (error > report->largest_error) {
            report->largest_error = error;
            report->error_margin = m;
            report->error_category = c;
        }
    }
    spread_factors(categories, count, work->people);
}

static void write_report(struct work *work)
{
    struct rake_report *report = work->report;
    double sum = 0, squares = 0;
    report->profiles = work->sample->profiles;
    report->lowest = report->highest = work->weights[0];
    for (size_t h = 0; h < work->sample->profiles; h++) {
        double w = work->weights[h], mass = (double)work->sample->n[h] * w;
        sum += mass;
        squares += mass * w;
        report->lowest = fmin(report->lowest, w);
        report->highest = fmax(report->highest, w);
    }
    report->effective_n = effective_n_kish(sum, squares);
    report->design_effect = work->people / report->effective_n;
    report->advise_unweighted = report->design_effect > RAKE_ADVICE_DEFF;
    for (size_t m = 0; m < work->sample->margins; m++) {
        report_margin(work, m);
    }
}

static enum rake_status make_room(struct rake_result *out, const struct rake_sample *sample,
                                  const struct rake_margin *margins)
{
    *out = (struct rake_result){.margins = sample->margins, .profiles = sample->profiles};
    out->categories = calloc(sample->margins, sizeof *out->categories);
    out->weights = malloc((sample->profiles + 1) * sizeof *out->weights);
    if (!out->categories || !out->weights) {
        return RAKE_NO_MEMORY;
    }
    for (size_t m = 0; m < sample->margins; m++) {
        out->categories[m] = calloc(margins[m].categories + 1, sizeof **out->categories);
        if (!out->categories[m]) {
            return RAKE_NO_MEMORY;
        }
    }
    for (size_t h = 0; h < sample->profiles; h++) {
        out->weights[h] = 1;
    }
    return RAKE_OK;
}

static enum rake_status solve(struct rake_result *out, const struct rake_sample *sample,
                              const struct rake_margin *margins, const struct rake_limits *limits,
                              struct rake_refusal *why)
{
    uint64_t people = 0;
    enum rake_status status = rake_prepare(out->categories, &people, sample, margins, limits, why);
    if (status != RAKE_OK) {
        return status;
    }
    struct work work = {.sample = sample,
                        .margins = margins,
                        .categories = out->categories,
                        .weights = out->weights,
                        .people = (double)people,
                        .report = &out->report,
                        .why = why};
    for (size_t m = 0; m < sample->margins; m++) {
        work.total_open = work.total_open || margins[m].beyond;
    }
    out->report.n = people;
    work.sums = malloc((RAKE_CATEGORIES_MAX + 1) * sizeof *work.sums);
    work.groups = malloc((sample->margins * sample->profiles + 1) * sizeof *work.groups);
    if (!work.sums || !work.groups) {
        status = RAKE_NO_MEMORY;
        goto cleanup;
    }
    for (size_t h = 0; h < sample->profiles; h++) {
        for (size_t m = 0; m < sample->margins; m++) {
            uint16_t c = sample->categories[h * sample->margins + m];
            work.groups[m * sample->profiles + h] = out->categories[m][c].group;
        }
    }
    status = cap_and_rake(&work, limits);
    if (status == RAKE_OK) {
        write_report(&work);
    }
cleanup:
    free(work.sums);
    free(work.groups);
    return status;
}

enum rake_status rake(struct rake_result *out, const struct rake_sample *sample,
                      const struct rake_margin *margins, size_t margin_count,
                      const struct rake_limits *limits, struct rake_refusal *why)
{
    struct rake_refusal reason = {0};
    *out = (struct rake_result){0};
    enum rake_status status = rake_check_sizes(sample, margins, margin_count, limits, &reason);
    if (status == RAKE_OK) {
        status = make_room(out, sample, margins);
    }
    if (status == RAKE_OK) {
        status = solve(out, sample, margins, limits, &reason);
    }
    if (status != RAKE_OK) {
        rake_result_free(out);
        reason.status = status;
    }
    if (why) {
        *why = reason;
    }
    return status;
}

void rake_result_free(struct rake_result *result)
{
    for (size_t m = 0; result->categories && m < result->margins; m++) {
        free(result->categories[m]);
    }
    free(result->categories);
    free(result->weights);
    *result = (struct rake_result){0};
}

void rake_sample_free(struct rake_sample *sample)
{
    free(sample->categories);
    free(sample->n);
    *sample = (struct rake_sample){0};
}

uint32_t rake_fixed(double weight)
{
    double units = nearbyint(weight * WEIGHT_ONE);
    if (!(units >= 1)) {
        return 1;
    }
    return units < WEIGHT_LIMIT ? (uint32_t)units : WEIGHT_LIMIT - 1;
}
