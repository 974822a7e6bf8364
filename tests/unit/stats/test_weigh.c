#include "stats/weigh.h"

#include "stats/answer.h"
#include "support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(weigh);

/* Margins on the model's variables: 0 (10 codes), 1 (5 codes) crossed with 4 (3 codes), and wide 3 (257). */
enum { ROWS = 40000, MARGINS = 3 };
static uint16_t of_0[10], of_1_4[15], of_3[257];

static struct weigh_margin margins[MARGINS] = {
    {.variables = {0}, .variable_count = 1, .categories = 4, .category_of = of_0},
    {.variables = {1, 4}, .variable_count = 2, .categories = 3, .category_of = of_1_4},
    {.variables = {3}, .variable_count = 1, .categories = 5, .category_of = of_3},
};

static void fill_maps(void)
{
    for (uint16_t code = 0; code < 10; code++) {
        of_0[code] = code < ANSWER_FIRST ? 4 : (code - ANSWER_FIRST) / 2;
    }
    for (uint16_t i = 0; i < 15; i++) {
        of_1_4[i] = i % 4;
    }
    for (uint16_t code = 0; code < 257; code++) {
        of_3[code] = code % 6;
    }
}

static void profile_of(uint16_t *profile, const struct model_response *r)
{
    profile[0] = of_0[r->codes[0]];
    profile[1] = of_1_4[r->codes[1] * 3 + r->codes[4]];
    profile[2] = of_3[r->codes[3]];
}

static const uint16_t even_codes[] = {2, 0, 4, 2};
static const struct tabulate_filter even = {.variable = 1, .codes = even_codes, .count = 4};

static bool passes(const struct model_response *r, bool filtered)
{
    return !filtered || r->codes[1] % 2 == 0;
}

static void expect_counts(const struct rake_sample *sample, const struct model *model, bool filtered)
{
    uint64_t counted[5][4][6] = {{{0}}}, people = 0;
    for (size_t i = 0; i < model->count; i++) {
        uint16_t p[MARGINS];
        profile_of(p, &model->responses[i]);
        if (passes(&model->responses[i], filtered)) {
            counted[p[0]][p[1]][p[2]]++;
            people++;
        }
    }
    for (size_t h = 0; h < sample->profiles; h++) {
        const uint16_t *p = sample->categories + h * MARGINS;
        cr_expect_eq(sample->n[h], counted[p[0]][p[1]][p[2]]);
        people -= sample->n[h];
        cr_expect(h == 0 || p[0] > p[-3] ||
                      (p[0] == p[-3] && (p[1] > p[-2] || (p[1] == p[-2] && p[2] > p[-1]))),
                  "lexicographic order");
    }
    cr_expect_eq(people, 0);
}

struct scene {
    struct model model;
    struct columns *columns;
    struct weigh_plan *plan;
    struct rake_sample sample;
};

static struct scene scene_begin(bool filtered)
{
    fill_maps();
    struct scene s = {.model = model_create(ROWS)};
    uint64_t state = 9;
    cr_assert_eq(columns_create(&s.columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    model_fill(&s.model, s.columns, &state, false);
    cr_assert_eq(weigh_plan_create(&s.plan, s.columns, margins, MARGINS, &even, filtered ? 1 : 0), WEIGH_OK);
    int64_t position = -1;
    cr_assert_eq(weigh_count(&s.sample, &position, s.plan, s.columns), WEIGH_OK);
    cr_expect_eq(position, columns_position(s.columns));
    return s;
}

static void scene_end(struct scene *s)
{
    rake_sample_free(&s->sample);
    weigh_plan_destroy(s->plan);
    columns_destroy(s->columns);
    model_free(&s->model);
}

Test(weigh, counts_profiles)
{
    for (int filtered = 0; filtered < 2; filtered++) {
        struct scene s = scene_begin(filtered);
        expect_counts(&s.sample, &s.model, filtered);
        scene_end(&s);
    }
}

/* From answers to margins that hold in the table that the counting engine makes. */
Test(weigh, a_round_from_answers_to_a_weighted_table)
{
    struct scene s = scene_begin(false);
    const double targets[] = {0.1, 0.2, 0.3, 0.4}, cells[] = {20, 30, 50}, wide[] = {1, 2, 2, 3, 4};
    const struct rake_margin wanted[MARGINS] = {{.categories = 4, .targets = targets, .total = 1},
                                                {.categories = 3, .targets = cells, .total = 100},
                                                {.categories = 5, .targets = wide, .total = 12}};
    struct rake_result raked;
    struct rake_limits limits = RAKE_LIMITS;
    cr_assert_eq(rake(&raked, &s.sample, wanted, MARGINS, &limits, NULL), RAKE_OK);
    double factors[MARGINS][6];
    const double *rows[MARGINS] = {factors[0], factors[1], factors[2]};
    for (size_t m = 0; m < MARGINS; m++) {
        for (uint32_t c = 0; c <= wanted[m].categories; c++) {
            factors[m][c] = raked.categories[m][c].factor;
        }
    }
    const struct weigh_version version = {s.sample.profiles, s.sample.categories, raked.weights, rows,
                                          limits.lower,      limits.upper};
    struct weighing *weighing;
    cr_assert_eq(weighing_create(&weighing, s.plan, &version), WEIGH_OK);
    cr_assert_eq(columns_weigh(s.columns, weighing_row, weighing, 1), COLUMNS_OK);
    struct table table;
    const struct tabulate_query query = {.axes = {0}, .axis_count = 1, .weighted = true};
    cr_assert_eq(tabulate(&table, s.columns, &query), TABULATE_OK);
    double sums[5] = {0};
    for (uint16_t code = 0; code < 10; code++) {
        sums[of_0[code]] += table_weight(&table.cells[code]);
    }
    for (size_t c = 0; c < 4; c++) {
        cr_expect_float_eq(sums[c] / (ROWS - sums[4]), targets[c], 1e-8);
    }
    cr_expect_float_eq(sums[4], (double)raked.categories[0][4].n, 1e-3, "missing keep their share");
    table_free(&table);
    weighing_destroy(weighing);
    rake_result_free(&raked);
    scene_end(&s);
}

/* A version with two profiles: they get their weights, others the product of factors within bounds, and who
 * does not pass the filter 1; by row and by packed answers alike. */
Test(weigh, new_responses_take_their_profile_s_weight)
{
    struct scene s = scene_begin(true);
    const double zero[] = {0.5, 1, 1.5, 2, 1}, one[] = {0.1, 1, 3, 1}, two[] = {1, 1.25, 1, 0.75, 2, 1};
    const double *factors[MARGINS] = {zero, one, two};
    const double weights[] = {1.75, 0.625};
    const struct weigh_version version = {2, s.sample.categories, weights, factors, 0.25, 4};
    struct weighing *weighing;
    cr_assert_eq(weighing_create(&weighing, s.plan, &version), WEIGH_OK);
    int seen[4] = {0};
    uint8_t answers[MODEL_ANSWERS];
    for (size_t i = 0; i < s.model.count; i++) {
        const struct model_response *r = &s.model.responses[i];
        uint16_t p[MARGINS];
        profile_of(p, r);
        double product = fmin(4, fmax(0.25, zero[p[0]] * one[p[1]] * two[p[2]]));
        double wanted = product;
        int kind = product <= 0.25 || product >= 4 ? 3 : 2;
        for (int h = 0; h < 2; h++) {
            if (memcmp(p, s.sample.categories + h * MARGINS, sizeof p) == 0) {
                wanted = weights[h];
                kind = h;
            }
        }
        seen[kind]++;
        uint32_t units = passes(r, true) ? rake_fixed(wanted) : WEIGHT_ONE;
        uint32_t row = columns_find(s.columns, id_of(i));
        cr_expect_eq(weighing_row(weighing, s.columns, row), units);
        size_t offset = 0;
        for (size_t v = 0; v < MODEL_VARIABLES; v++) {
            answer_write(answers + offset, answer_width(model_codes[v]), r->codes[v]);
            offset += answer_width(model_codes[v]);
        }
        cr_expect_eq(weighing_answers(weighing, answers), units);
    }
    cr_expect(seen[0] > 0 && seen[1] > 0 && seen[2] > 0 && seen[3] > 0);
    weighing_destroy(weighing);
    scene_end(&s);
}

Test(weigh, refusals)
{
    struct scene s = scene_begin(false);
    struct weigh_plan *plan = s.plan;
    struct weigh_margin wrong = margins[1];
    wrong.variables[1] = 1;
    cr_expect_eq(weigh_plan_create(&plan, s.columns, &wrong, 1, NULL, 0), WEIGH_BAD_VARIABLE);
    cr_expect_null(plan);
    wrong.variables[1] = MODEL_VARIABLES;
    cr_expect_eq(weigh_plan_create(&plan, s.columns, &wrong, 1, NULL, 0), WEIGH_BAD_VARIABLE);
    wrong.variable_count = 0;
    cr_expect_eq(weigh_plan_create(&plan, s.columns, &wrong, 1, NULL, 0), WEIGH_TOO_MANY);
    wrong =
        (struct weigh_margin){.variables = {3, 5}, .variable_count = 2, .categories = 3, .category_of = of_3};
    cr_expect_eq(weigh_plan_create(&plan, s.columns, &wrong, 1, NULL, 0), WEIGH_TOO_MANY);
    wrong = margins[0];
    wrong.categories = 3;
    cr_expect_eq(weigh_plan_create(&plan, s.columns, &wrong, 1, NULL, 0), WEIGH_BAD_CATEGORY);
    wrong.categories = 0;
    cr_expect_eq(weigh_plan_create(&plan, s.columns, &wrong, 1, NULL, 0), WEIGH_BAD_CATEGORY);
    cr_expect_eq(weigh_plan_create(&plan, s.columns, margins, 0, NULL, 0), WEIGH_TOO_MANY);
    const uint16_t none_such[] = {5};
    const struct tabulate_filter filter = {.variable = 1, .codes = none_such, .count = 1};
    cr_expect_eq(weigh_plan_create(&plan, s.columns, margins, MARGINS, &filter, 1), WEIGH_BAD_CODE);
    const uint16_t profile[] = {0, 4, 0};
    const double weight[] = {1};
    const struct weigh_version version = {.profiles = 1, .categories = profile, .weights = weight};
    struct weighing *weighing;
    cr_expect_eq(weighing_create(&weighing, s.plan, &version), WEIGH_BAD_CATEGORY);
    cr_expect_null(weighing);
    scene_end(&s);
}

/* Beside a plain list: numbers in order of coming, counts, sorted listing, and what is not there. */
Test(weigh, profile_tree_against_a_list)
{
    uint64_t state = 4;
    const uint32_t sizes[] = {3, 7, 2, 300};
    enum { DEPTH = 4, TOTAL = 3 * 7 * 2 * 300, ADDED = 4000 };
    struct profile_tree *tree = profile_tree_create(sizes, DEPTH);
    uint32_t *number = malloc(TOTAL * sizeof *number), next = 0;
    uint64_t *counts = calloc(TOTAL, sizeof *counts);
    cr_assert(tree && number && counts);
    memset(number, 0xff, TOTAL * sizeof *number);
    for (int i = 0; i < ADDED; i++) {
        uint32_t place = random_below(&state, TOTAL), out;
        const uint16_t p[] = {(uint16_t)(place / 4200), (uint16_t)(place / 600 % 7),
                              (uint16_t)(place / 300 % 2), (uint16_t)(place % 300)};
        cr_assert_eq(profile_tree_find(tree, p), number[place]);
        cr_assert_eq(profile_tree_add(tree, p, 2, &out), PROFILE_OK);
        number[place] = number[place] == PROFILE_ABSENT ? next++ : number[place];
        cr_assert_eq(out, number[place]);
        counts[place] += 2;
    }
    cr_assert_eq(profile_tree_count(tree), next);
    uint16_t *listed = malloc((size_t)next * DEPTH * sizeof *listed);
    uint64_t *n = malloc(next * sizeof *n);
    cr_assert(listed && n);
    profile_tree_list(tree, listed, n);
    size_t at = 0;
    for (uint32_t place = 0; place < TOTAL; place++) {
        if (counts[place] == 0) {
            continue;
        }
        const uint16_t *p = listed + at * DEPTH;
        cr_assert_eq(((p[0] * 7u + p[1]) * 2u + p[2]) * 300u + p[3], place);
        cr_assert_eq(n[at++], counts[place]);
    }
    cr_expect_eq(at, next);
    free(listed);
    free(n);
    free(counts);
    free(number);
    profile_tree_destroy(tree);
}

/* Past the table of one depth: refused, and all that was counted stands. */
Test(weigh, profile_tree_has_limits)
{
    const uint32_t sizes[] = {5000, 60000};
    enum { FITS = PROFILE_CELLS_MAX / 60000 };
    struct profile_tree *tree = profile_tree_create(sizes, 2);
    cr_assert_not_null(tree);
    uint16_t p[] = {0, 7};
    for (p[0] = 0; p[0] < FITS; p[0]++) {
        cr_assert_eq(profile_tree_add(tree, p, 3, NULL), PROFILE_OK, "%d", p[0]);
    }
    cr_expect_eq(profile_tree_add(tree, p, 3, NULL), PROFILE_TOO_MANY);
    cr_expect_eq(profile_tree_find(tree, p), PROFILE_ABSENT);
    p[0] = 4;
    cr_expect_eq(profile_tree_add(tree, p, 1, NULL), PROFILE_OK);
    uint16_t listed[FITS][2];
    uint64_t n[FITS];
    cr_assert_eq(profile_tree_count(tree), (size_t)FITS);
    profile_tree_list(tree, listed[0], n);
    cr_expect(n[3] == 3 && n[4] == 4 && listed[4][0] == 4 && listed[4][1] == 7);
    profile_tree_destroy(tree);
}
