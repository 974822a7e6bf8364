/* A round in memory: the people of fixtures/people.csv in columns, as the follower would have them, and what
 * R's survey says of them. */
#ifndef ZEVENSTEM_TESTS_UNIT_FEATURES_RESULTS_ROUND_H
#define ZEVENSTEM_TESTS_UNIT_FEATURES_RESULTS_ROUND_H

#include "features/results/results_internal.h"
#include "unit/features/questionnaire/support.h"

struct round_scene {
    struct scene questionnaire;
    struct survey_round round;
    struct results results;
    size_t people;
    double *weights;
    struct results_weights version; /* of everybody, WEIGHTS_VERSION */
};

enum { ROUND_THRESHOLD = 10, WEIGHTS_VERSION = 7 };

void round_scene_open(struct round_scene *s);
/* The same round without anybody. */
void round_scene_begin(struct round_scene *s);
/* So many people who gave these: "houding,gender" and "0,1", numbers of categories. */
void round_scene_add(struct round_scene *s, size_t count, const char *names, const char *categories);
/* Gives everybody the weight of the fixture, as version WEIGHTS_VERSION. */
void round_scene_weigh(struct round_scene *s);
void round_scene_close(struct round_scene *s);
size_t round_scene_find(const struct round_scene *s, const char *variable);

/* One line of fixtures/estimates.csv. */
struct told {
    bool weighted;
    char kind[16];
    int item, gender, age;
    double base, value, error, low, high;
};
enum { TOLD_ALL = -9 };
struct told *told_read(size_t *count);

/* One line of fixtures/differences.csv: of the genders one and other. */
struct told_difference {
    bool weighted;
    char kind[16];
    int item, one, other;
    double value, error, low, high;
};
struct told_difference *told_read_differences(size_t *count);

/* Shares and means to 1e-10, standard errors to 1e-9 of themselves, bounds to 1e-7. */
void expect_told(const struct figure *figure, const struct told *told);

#endif
