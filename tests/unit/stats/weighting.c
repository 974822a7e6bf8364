#include "weighting.h"

#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t people_load(struct person people[FIXTURE_PEOPLE], const char *sample)
{
    FILE *file = fixture_open("people.csv");
    char name[16];
    unsigned c[FIXTURE_MARGINS], answer;
    size_t count = 0;
    while (fscanf(file, "%15[^,],%u,%u,%u,%u,%u\n", name, &c[0], &c[1], &c[2], &c[3], &answer) == 6) {
        if (strcmp(name, sample) != 0) {
            continue;
        }
        cr_assert_lt(count, FIXTURE_PEOPLE);
        for (size_t m = 0; m < FIXTURE_MARGINS; m++) {
            people[count].categories[m] = (uint16_t)c[m];
        }
        people[count++].answer = (uint16_t)answer;
    }
    fclose(file);
    cr_assert_eq(count, FIXTURE_PEOPLE);
    return count;
}

void margins_load(struct rake_margin margins[FIXTURE_MARGINS])
{
    static double targets[FIXTURE_MARGINS][8];
    unsigned m, c;
    double target;
    FILE *file = fixture_open("margins.csv");
    memset(margins, 0, FIXTURE_MARGINS * sizeof *margins);
    while (fscanf(file, "%u,%u,%lf", &m, &c, &target) == 3) {
        cr_assert(m < FIXTURE_MARGINS && c < 8);
        targets[m][c] = target;
        margins[m] = (struct rake_margin){.categories = c + 1, .targets = targets[m], .total = 1};
    }
    fclose(file);
    cr_assert_eq(margins[3].categories, 3);
}

struct rake_sample sample_of(const struct person *people, size_t count, const struct rake_margin *margins,
                             bool with_answer)
{
    uint32_t sizes[FIXTURE_MARGINS + 1];
    for (size_t m = 0; m < FIXTURE_MARGINS; m++) {
        sizes[m] = margins[m].categories + 1;
    }
    sizes[FIXTURE_MARGINS] = FIXTURE_ANSWERS;
    struct rake_sample sample = {.margins = FIXTURE_MARGINS + (with_answer ? 1 : 0)};
    struct profile_tree *tree = profile_tree_create(sizes, sample.margins);
    cr_assert_not_null(tree);
    for (size_t i = 0; i < count; i++) {
        uint16_t profile[FIXTURE_MARGINS + 1];
        memcpy(profile, people[i].categories, sizeof people[i].categories);
        profile[FIXTURE_MARGINS] = people[i].answer;
        cr_assert_eq(profile_tree_add(tree, profile, 1, NULL), PROFILE_OK);
    }
    sample.profiles = profile_tree_count(tree);
    sample.categories = malloc(sample.profiles * sample.margins * sizeof *sample.categories);
    sample.n = malloc(sample.profiles * sizeof *sample.n);
    cr_assert(sample.categories && sample.n);
    profile_tree_list(tree, sample.categories, sample.n);
    profile_tree_destroy(tree);
    return sample;
}

size_t profile_number(const struct rake_sample *sample, const uint16_t *categories)
{
    for (size_t h = 0; h < sample->profiles; h++) {
        if (memcmp(sample->categories + h * sample->margins, categories,
                   sample->margins * sizeof *categories) == 0) {
            return h;
        }
    }
    cr_assert_fail("a profile that the sample has not");
    return 0;
}

struct rake_limits limits_wide(void)
{
    return (struct rake_limits){.lower = 0, .upper = RAKE_UPPER_MAX, .smallest = 1};
}

void scene_make(struct random_scene *scene, uint64_t *state)
{
    *scene = (struct random_scene){.sample.margins = 1 + random_below(state, RANDOM_MARGINS_MAX)};
    struct rake_sample *sample = &scene->sample;
    uint32_t sizes[RANDOM_MARGINS_MAX];
    for (size_t m = 0; m < sample->margins; m++) {
        scene->margins[m] = (struct rake_margin){.categories = 1 + random_below(state, RANDOM_CATEGORIES_MAX),
                                                 .targets = scene->targets[m]};
        sizes[m] = scene->margins[m].categories + 1;
    }
    struct profile_tree *tree = profile_tree_create(sizes, sample->margins);
    cr_assert_not_null(tree);
    uint32_t rows = 30 + random_below(state, 300);
    bool missing = random_below(state, 2) == 0;
    for (uint32_t i = 0; i < rows; i++) {
        uint16_t profile[RANDOM_MARGINS_MAX];
        for (size_t m = 0; m < sample->margins; m++) {
            bool gone = missing && random_below(state, 10) == 0;
            profile[m] = (uint16_t)(gone ? sizes[m] - 1 : random_below(state, sizes[m] - 1));
        }
        cr_assert_eq(profile_tree_add(tree, profile, 1 + random_below(state, 50), NULL), PROFILE_OK);
    }
    sample->profiles = profile_tree_count(tree);
    sample->categories = malloc(sample->profiles * sample->margins * sizeof *sample->categories);
    sample->n = malloc(sample->profiles * sizeof *sample->n);
    cr_assert(sample->categories && sample->n);
    profile_tree_list(tree, sample->categories, sample->n);
    profile_tree_destroy(tree);
    for (size_t h = 0; h < sample->profiles; h++) {
        double weight = 0.4 + random_below(state, 1000) / 500.0;
        for (size_t m = 0; m < sample->margins; m++) {
            uint16_t c = sample->categories[h * sample->margins + m];
            if (c < scene->margins[m].categories) {
                scene->targets[m][c] += weight * (double)sample->n[h];
                scene->margins[m].total += weight * (double)sample->n[h];
            }
        }
    }
}

void scene_free(struct random_scene *scene)
{
    rake_sample_free(&scene->sample);
}
