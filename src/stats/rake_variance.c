#include "stats/rake_variance.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS_MAX = 10000 };

static const uint16_t *profile_of(const struct rake_sample *sample, size_t h)
{
    return sample->categories + h * sample->margins;
}

static double score_of(const struct rake_variance_input *input, size_t h)
{
    const struct rake_sample *sample = input->sample;
    uint16_t class = profile_of(sample, h)[sample->margins - 1];
    return class < input->classes ? input->scores[class] : (double)NAN;
}

/* Takes the mean of each category of a margin off; the largest mean, without sign. sums and people have room
 * for its categories. */
static double project(double *residuals, const struct rake_variance_input *input, size_t m, double *sums,
                      double *people)
{
    const struct rake_sample *sample = input->sample;
    for (uint32_t c = 0; c < input->category_counts[m]; c++) {
        sums[c] = 0;
        people[c] = 0;
    }
    for (size_t h = 0; h < sample->profiles; h++) {
        uint16_t c = input->categories[m][profile_of(sample, h)[m]].group;
        sums[c] += (double)sample->n[h] * residuals[h];
        people[c] += (double)sample->n[h];
    }
    double largest = 0;
    for (uint32_t c = 0; c < input->category_counts[m]; c++) {
        sums[c] = people[c] > 0 ? sums[c] / people[c] : 0;
        largest = fmax(largest, fabs(sums[c]));
    }
    for (size_t h = 0; h < sample->profiles; h++) {
        residuals[h] -= sums[input->categories[m][profile_of(sample, h)[m]].group];
    }
    return largest;
}

static bool project_until_steady(double *residuals, const struct rake_variance_input *input, double *room)
{
    double scale = 0;
    for (size_t h = 0; h < input->sample->profiles; h++) {
        scale = fmax(scale, fabs(residuals[h]));
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        double largest = 0;
        for (size_t m = 0; m + 1 < input->sample->margins; m++) {
            largest = fmax(largest, project(residuals, input, m, room, room + RAKE_CATEGORIES_MAX + 1));
        }
        if (largest <= 1e-12 * scale) {
            return true;
        }
    }
    return false;
}

bool rake_variance(double *variance, double *mean, const struct rake_variance_input *input)
{
    const struct rake_sample *sample = input->sample;
    double weight = 0, sum = 0, n = 0;
    for (size_t h = 0; h < sample->profiles; h++) {
        double score = score_of(input, h), mass = (double)sample->n[h] * input->weights[h];
        n += (double)sample->n[h];
        weight += isnan(score) ? 0 : mass;
        sum += isnan(score) ? 0 : mass * score;
    }
    if (!(weight > 0) || n < 2) {
        return false;
    }
    bool done = false;
    double *residuals = malloc((sample->profiles + 1) * sizeof *residuals);
    double *room = malloc(2 * (RAKE_CATEGORIES_MAX + 1) * sizeof *room);
    if (!residuals || !room) {
        goto cleanup;
    }
    for (size_t h = 0; h < sample->profiles; h++) {
        double score = score_of(input, h);
        residuals[h] = isnan(score) ? 0 : (score - sum / weight) / weight;
    }
    done = project_until_steady(residuals, input, room);
    double total = 0, squares = 0;
    for (size_t h = 0; h < sample->profiles; h++) {
        double z = input->weights[h] * residuals[h];
        total += (double)sample->n[h] * z;
        squares += (double)sample->n[h] * z * z;
    }
    *variance = fmax(0, n / (n - 1) * (squares - total * total / n));
    if (mean) {
        *mean = sum / weight;
    }
cleanup:
    free(residuals);
    free(room);
    return done;
}
