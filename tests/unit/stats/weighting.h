/* What the tests of weighting share: the people and margins of the fixtures, and random ones. */
#ifndef ZEVENSTEM_TESTS_UNIT_STATS_WEIGHTING_H
#define ZEVENSTEM_TESTS_UNIT_STATS_WEIGHTING_H

#include "stats/rake.h"

enum {
    FIXTURE_MARGINS = 4, /* region, sex, age, edu */
    FIXTURE_REGIONS = 5,
    FIXTURE_AGES = 6,
    FIXTURE_ANSWERS = 6, /* the last is "don't know" */
    FIXTURE_PEOPLE = 1500,
};

struct person {
    uint16_t categories[FIXTURE_MARGINS];
    uint16_t answer;
};

/* Of people.csv, those of this sample. */
size_t people_load(struct person people[FIXTURE_PEOPLE], const char *sample);
/* Of margins.csv. What they point to lives as long as the test. */
void margins_load(struct rake_margin margins[FIXTURE_MARGINS]);
/* The profiles of these people; rake_sample_free frees it. with_answer: one margin more, the answer. */
struct rake_sample sample_of(const struct person *people, size_t count, const struct rake_margin *margins,
                             bool with_answer);
/* The number of a profile in the sample. */
size_t profile_number(const struct rake_sample *sample, const uint16_t *categories);
/* No bounds but those of columns.h, no smallest number. */
struct rake_limits limits_wide(void);

/* A random sample and margins that it can be raked to: the targets are those of random weights. */
enum { RANDOM_MARGINS_MAX = 6, RANDOM_CATEGORIES_MAX = 8 };
struct random_scene {
    struct rake_sample sample;
    struct rake_margin margins[RANDOM_MARGINS_MAX];
    double targets[RANDOM_MARGINS_MAX][RANDOM_CATEGORIES_MAX];
};
void scene_make(struct random_scene *scene, uint64_t *state);
void scene_free(struct random_scene *scene);

#endif
