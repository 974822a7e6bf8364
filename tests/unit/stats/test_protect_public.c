#include "stats/protect_primary.h"
#include "stats/protect_public.h"

#include "protect_support.h"
#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

TestSuite(protect_public, .fini = leaks_check);

static const bool *const all_listed[LATTICE_DIMS_MAX];
static const enum public_role in_base[256]; /* PUBLIC_IN_BASE is 0 */

/* One universe of these answers, with one weight for each answer; made by adding people. */
static struct population people_of(const uint64_t *counts, const double *weights, size_t answers,
                                   uint64_t *state)
{
    struct population p = {.answers = answers};
    for (size_t a = 0; a < answers; a++) {
        p.count += counts[a];
    }
    p.people = calloc(p.count, sizeof *p.people);
    cr_assert_not_null(p.people);
    size_t i = 0;
    for (size_t a = 0; a < answers; a++) {
        for (uint64_t n = 0; n < counts[a]; n++) {
            p.people[i++] = (struct person){
                .answer = (uint16_t)a, .key = random_next(state), .weight = weights ? weights[a] : 1};
        }
    }
    return p;
}

/* A line made from scratch: protected afresh under a key of its own. */
struct scene {
    struct profiles profiles;
    struct lattice lattice;
    struct table answers;
    struct public_table table;
};

static struct scene scene_of(const struct population *people, size_t depth, const size_t *dims,
                             const struct public_rule *rule, const struct public_query *like)
{
    struct scene s = {.profiles = profiles_of(people), .answers = answers_of(people, depth, dims)};
    cr_assert_eq(lattice_decide(&s.lattice, &s.profiles, all_listed, rule), LATTICE_OK);
    struct public_query query = like ? *like : (struct public_query){.roles = in_base};
    query.table = &s.answers;
    for (size_t d = 0; d < depth; d++) {
        query.dims[d] = dims[d];
    }
    cr_assert_eq(protect_public(&s.table, &query, &s.lattice, rule), PUBLIC_OK);
    return s;
}

static void scene_free(struct scene *s)
{
    public_table_free(&s->table);
    table_free(&s->answers);
    lattice_free(&s->lattice);
    profiles_free(&s->profiles);
}

/* ---- what is shown ---- */

Test(protect_public, every_number_is_of_ten_people_or_not_shown)
{
    size_t shown = 0, fewer = 0, withheld = 0, exact = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        uint64_t state = seed;
        const struct public_rule rule = rule_of(&state);
        struct population people = population_of(&state, 3, (uint32_t[]){4, 3, 5}, 6, 600);
        const size_t dims[] = {seed % 2, 2};
        struct scene s = scene_of(&people, 2, dims, &rule, NULL);
        for (uint32_t a = 0; a <= people.sizes[dims[0]]; a++) {
            for (uint32_t b = 0; b <= people.sizes[2]; b++) {
                const uint32_t codes[] = {a == people.sizes[dims[0]] ? PROTECT_ALL : a,
                                          b == people.sizes[2] ? PROTECT_ALL : b};
                const struct public_line *line = public_table_line(&s.table, codes);
                uint64_t truth[6] = {0}, all = 0;
                for (size_t i = 0; i < people.count; i++) {
                    const struct person *p = &people.people[i];
                    if ((codes[0] == PROTECT_ALL || p->codes[dims[0]] == a) &&
                        (codes[1] == PROTECT_ALL || p->codes[2] == b)) {
                        truth[p->answer]++;
                        all++;
                    }
                }
                withheld += line->people.mark == PUBLIC_WITHHELD;
                if (line->people.mark == PUBLIC_WITHHELD) {
                    cr_expect_eq(line->people.n, 0);
                    cr_expect_eq(line->base.n, 0);
                    cr_expect_eq(public_share(&s.table, line, 0).kind, PUBLIC_FIGURE_NONE);
                    continue;
                }
                cr_expect_geq(all, rule.threshold);
                for (size_t x = 0; x < 6; x++) {
                    const struct public_cell *cell = &line->answers[x];
                    shown += cell->mark == PUBLIC_SHOWN;
                    fewer += cell->mark == PUBLIC_FEWER;
                    exact += cell->mark == PUBLIC_SHOWN && cell->n == truth[x];
                    cr_expect_eq(cell->mark == PUBLIC_SHOWN, cell->n >= 15);
                    cr_expect(cell->mark != PUBLIC_SHOWN || truth[x] >= rule.threshold);
                    cr_expect_leq(fabs((double)cell->n - (double)truth[x]), 5);
                }
            }
        }
        scene_free(&s);
        free(people.people);
    }
    cr_expect(shown > 500 && fewer > 500 && withheld > 100, "%zu %zu %zu", shown, fewer, withheld);
    cr_expect_float_eq((double)exact / (double)shown, 0.28, 0.06, "few are left as they were");
}

Test(protect_public, an_answer_that_cannot_be_is_told_apart_and_nobody_has_it)
{
    uint64_t state = 1;
    const struct public_rule rule = rule_of(&state);
    struct population people = people_of((uint64_t[]){0, 0, 60, 40}, NULL, 4, &state);
    const enum public_role roles[] = {PUBLIC_ABSENT, PUBLIC_BESIDE, PUBLIC_IN_BASE, PUBLIC_IN_BASE};
    const struct public_query like = {.roles = roles};
    struct scene s = scene_of(&people, 0, NULL, &rule, &like);
    const struct public_line *line = public_table_line(&s.table, NULL);
    cr_expect_eq(line->answers[0].mark, PUBLIC_NOT_ASKED);
    cr_expect_eq(line->answers[1].mark, PUBLIC_FEWER, "nobody looks like a few");
    cr_expect_eq(public_share(&s.table, line, 0).kind, PUBLIC_FIGURE_NONE);
    cr_expect_eq(public_share(&s.table, line, 1).kind, PUBLIC_FIGURE_NONE, "in no base");
    cr_expect_eq(line->base.n, line->people.n, "the same people, the same noise");

    people.people[0].answer = 0;
    struct table with = answers_of(&people, 0, NULL);
    struct public_query query = like;
    query.table = &with;
    struct public_table out;
    cr_expect_eq(protect_public(&out, &query, &s.lattice, &rule), PUBLIC_NOT_EMPTY);
    with.cells[0].n--;
    cr_expect_eq(protect_public(&out, &query, &s.lattice, &rule), PUBLIC_OTHERS);
    cr_expect_null(out.lines);
    table_free(&with);
    scene_free(&s);
    free(people.people);
}

Test(protect_public, axes_have_to_fit_the_lattice)
{
    uint64_t state = 2;
    const struct public_rule rule = rule_of(&state);
    struct population people = population_of(&state, 2, (uint32_t[]){3, 4}, 2, 300);
    struct scene s = scene_of(&people, 2, (size_t[]){0, 1}, &rule, NULL);
    struct public_query query = {.table = &s.answers, .dims = {1, 0}, .roles = in_base};
    struct public_table out;
    cr_expect_eq(protect_public(&out, &query, &s.lattice, &rule), PUBLIC_BAD_QUERY);
    query.dims[0] = 0, query.dims[1] = 2;
    cr_expect_eq(protect_public(&out, &query, &s.lattice, &rule), PUBLIC_BAD_QUERY);
    struct table none = {0};
    query.table = &none;
    cr_expect_eq(protect_public(&out, &query, &s.lattice, &rule), PUBLIC_BAD_QUERY);
    scene_free(&s);
    free(people.people);
}

/* ---- percentages ---- */

static struct public_figure share_of(const uint64_t *counts, size_t answers, size_t code, uint64_t seed)
{
    uint64_t state = seed;
    const struct public_rule rule = rule_of(&state);
    struct population people = people_of(counts, NULL, answers, &state);
    struct scene s = scene_of(&people, 0, NULL, &rule, NULL);
    struct public_figure figure = public_share(&s.table, public_table_line(&s.table, NULL), code);
    scene_free(&s);
    free(people.people);
    return figure;
}

Test(protect_public, a_percentage_needs_thirty_and_is_never_all_or_nothing)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct public_figure f = share_of((uint64_t[]){12, 10}, 2, 0, seed);
        cr_expect_eq(f.kind, PUBLIC_FIGURE_NONE, "27 at most are no base");
        f = share_of((uint64_t[]){250, 0}, 2, 0, seed);
        cr_expect(f.kind == PUBLIC_FIGURE && f.digits == 0);
        cr_expect(f.value >= 96 && f.value <= 99, "245 to 255 of as many: %g", f.value);
        cr_expect(!f.limited || f.value == 99, "%g", f.value);
        f = share_of((uint64_t[]){250, 0}, 2, 1, seed);
        cr_expect(f.kind == PUBLIC_FIGURE_BELOW);
        cr_expect(f.value >= 6 && f.value <= 7, "15 of 245 to 255: below %g", f.value);
        f = share_of((uint64_t[]){9000, 0}, 2, 0, seed);
        cr_expect(f.kind == PUBLIC_FIGURE && f.digits == 1);
        cr_expect_float_eq(f.value, 99.9, 1e-9);
        f = share_of((uint64_t[]){130, 270}, 2, 0, seed);
        cr_expect(f.kind == PUBLIC_FIGURE && !f.limited && f.digits == 0);
        cr_expect(fabs(f.value - 32.5) <= 2.5 && fabs(f.value - round(f.value)) < 1e-12);
        cr_expect(f.range.low < 30 && f.range.high > 35 && f.range.high - f.range.low < 13);
    }
}

/* Were the noises one, equal counts would prove that all gave it, and unequal ones that somebody did not. */
Test(protect_public, an_answer_that_everybody_gave_has_noise_of_its_own)
{
    enum { SEEDS = 400 };
    size_t as_base = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        uint64_t state = seed;
        const struct public_rule rule = rule_of(&state);
        struct population people = people_of((uint64_t[]){250, 0}, NULL, 2, &state);
        struct scene s = scene_of(&people, 0, NULL, &rule, NULL);
        const struct public_line *line = public_table_line(&s.table, NULL);
        as_base += line->answers[0].n == line->base.n;
        scene_free(&s);
        free(people.people);
    }
    /* Two draws are the same with probability sum p^2 = 0.20. */
    cr_expect(as_base > SEEDS * 12 / 100 && as_base < SEEDS * 28 / 100, "%zu of %d", as_base, SEEDS);
}

/* In many protections of the same people: is the variance that the noise adds what the formula says? */
static void expect_noise_variance(const double *weights, uint64_t seed)
{
    enum { TRIALS = 4000 };
    uint64_t state = seed;
    struct population people = people_of((uint64_t[]){120, 60, 220}, weights, 3, &state);
    double sum[3] = {0}, squares[3] = {0}, wanted[3] = {0};
    for (int t = 0; t < TRIALS; t++) {
        const struct public_rule rule = rule_of(&state);
        struct scene s = scene_of(&people, 0, NULL, &rule, NULL);
        const struct public_line *line = public_table_line(&s.table, NULL);
        for (size_t a = 0; a < 3; a++) {
            const double share = line->answers[a].weight / line->base.weight;
            sum[a] += share;
            squares[a] += share * share;
            wanted[a] += public_noise_variance(&s.table, line, &line->answers[a]);
        }
        scene_free(&s);
    }
    const double counts[] = {120, 60, 220};
    double all = 0;
    for (size_t a = 0; a < 3; a++) {
        all += counts[a] * (weights ? weights[a] : 1);
    }
    for (size_t a = 0; a < 3; a++) {
        const double mean = sum[a] / TRIALS, variance = squares[a] / TRIALS - mean * mean;
        const double truth = counts[a] * (weights ? weights[a] : 1) / all;
        cr_expect_float_eq(mean, truth, 4 * sqrt(variance / TRIALS) + 2e-4, "%g, not %g", mean, truth);
        cr_expect_float_eq(variance / (wanted[a] / TRIALS), 1, 0.1, "answer %zu: %g of the formula", a,
                           variance / (wanted[a] / TRIALS));
    }
    free(people.people);
}

Test(protect_public, noise_of_a_share_is_as_the_formula_says)
{
    expect_noise_variance(NULL, 3);
    expect_noise_variance((double[]){0.5, 2.5, 1}, 4);
}

/* ---- means ---- */

Test(protect_public, means_are_near_the_truth_and_coarse)
{
    enum { TRIALS = 400, POINTS = 101 };
    const double scale[] = {1, 2, 3, 4, 5};
    double points[POINTS], error = 0, squares = 0, variance = 0;
    for (size_t p = 0; p < POINTS; p++) {
        points[p] = (double)p;
    }
    for (uint64_t t = 0; t < TRIALS; t++) {
        uint64_t state = t;
        const struct public_rule rule = rule_of(&state);
        struct population people = people_of((uint64_t[]){40, 80, 120, 100, 60}, NULL, 5, &state);
        struct scene s = scene_of(&people, 0, NULL, &rule, NULL);
        struct public_figure f = public_mean(&s.table, public_table_line(&s.table, NULL), scale);
        cr_expect_eq(f.kind, PUBLIC_FIGURE);
        cr_expect_eq(f.digits, 1);
        cr_expect_float_eq(f.value, 3.15, 0.11, "%g", f.value);
        cr_expect(f.range.low <= f.value && f.range.high >= f.value && f.range.high - f.range.low < 0.5);
        scene_free(&s);
        free(people.people);

        people = people_of((uint64_t[]){0}, NULL, 1, &state);
        people.answers = POINTS;
        people.count = 200;
        people.people = realloc(people.people, people.count * sizeof *people.people);
        cr_assert_not_null(people.people);
        double truth = 0;
        for (size_t i = 0; i < people.count; i++) {
            const uint16_t given = (uint16_t)(10 * random_below(&state, 6));
            people.people[i] = (struct person){.answer = given, .key = random_next(&state), .weight = 1};
            truth += given / 200.0;
        }
        const struct public_query like = {.roles = in_base, .values = points, .high = 100, .variable = 7};
        s = scene_of(&people, 0, NULL, &rule, &like);
        const struct public_line *line = public_table_line(&s.table, NULL);
        f = public_mean(&s.table, line, points);
        cr_expect(f.kind == PUBLIC_FIGURE && f.digits == 0 && fabs(f.value - round(f.value)) < 1e-12);
        error += line->mean - truth;
        squares += (line->mean - truth) * (line->mean - truth);
        variance += 100 * 100 * (2 + 1.0 / 12) / ((double)line->base.n * (double)line->base.n);
        scene_free(&s);
        free(people.people);
    }
    cr_expect_lt(fabs(error / TRIALS), 4 * sqrt(variance / TRIALS / TRIALS));
    cr_expect_float_eq(squares / variance, 1, 0.2);
}

Test(protect_public, means_of_two_variables_of_the_same_people_have_noise_of_their_own)
{
    uint64_t state = 5;
    const struct public_rule rule = rule_of(&state);
    const double values[] = {0, 100};
    struct population people = people_of((uint64_t[]){100, 100}, NULL, 2, &state);
    struct public_query like = {.roles = in_base, .values = values, .high = 100, .variable = 1};
    struct scene one = scene_of(&people, 0, NULL, &rule, &like);
    struct scene same = scene_of(&people, 0, NULL, &rule, &like);
    like.variable = 2;
    struct scene other = scene_of(&people, 0, NULL, &rule, &like);
    cr_expect_float_eq(one.table.lines[0].mean, same.table.lines[0].mean, 0);
    cr_expect_gt(fabs(one.table.lines[0].mean - other.table.lines[0].mean), 1e-6);
    scene_free(&one);
    scene_free(&same);
    scene_free(&other);
    free(people.people);
}
