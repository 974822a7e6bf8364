#include "stats/convergence.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(convergence, .fini = leaks_check);

/* As certain as can be. */
static struct convergence_side spoke(int direction, int tercile)
{
    return (struct convergence_side){CONVERGENCE_SPOKE, direction, direction != 0, tercile, tercile, tercile};
}

static const struct convergence_side not_asked = {.state = CONVERGENCE_NOT_ASKED},
                                     withheld = {CONVERGENCE_WITHHELD, -1, true, 2, 2, 2},
                                     silent = {.state = CONVERGENCE_SILENT};

static void expect(const char *label, struct convergence_side survey, struct convergence_side interviews,
                   struct convergence_side groups)
{
    const struct convergence_side sides[CONVERGENCE_METHODS] = {survey, interviews, groups};
    cr_expect_str_eq(convergence_labels[convergence_of(sides)], label);
    /* No method is more than another. */
    const struct convergence_side turned[CONVERGENCE_METHODS] = {groups, survey, interviews};
    cr_expect_str_eq(convergence_labels[convergence_of(turned)], label);
}

/* The codes as the protocols word them, worked out by hand. */
Test(convergence, two_methods)
{
    expect("overeenstemming", spoke(1, 0), spoke(1, 0), not_asked);
    expect("overeenstemming", spoke(0, 1), spoke(0, 1), not_asked);
    expect("deels", spoke(1, 0), spoke(1, 1), not_asked);
    expect("tegenspraak", spoke(1, 0), spoke(1, 2), not_asked);
    expect("tegenspraak", spoke(1, 1), spoke(-1, 1), not_asked);
    /* No clear direction is not the opposite of one. */
    expect("deels", spoke(1, 1), spoke(0, 1), not_asked);
    expect("deels", spoke(-1, 2), spoke(0, 1), not_asked);
    expect("tegenspraak", spoke(-1, 2), spoke(0, 0), not_asked);
}

Test(convergence, what_may_be_chance_is_no_dissonance)
{
    struct convergence_side few = spoke(-1, 1);
    few.firm = false;
    expect("deels", spoke(1, 1), few, not_asked);
    cr_expect_eq(convergence_clash_of_pair(spoke(1, 1), few), 0);
    expect("overeenstemming", spoke(-1, 1), few, not_asked);
    /* Two terciles apart, and each may be in the middle one. */
    struct convergence_side much = spoke(1, 0), little = spoke(1, 2);
    much.last = 1;
    expect("tegenspraak", much, little, not_asked);
    little.first = 1;
    expect("deels", much, little, not_asked);
    cr_expect_eq(convergence_clash_of_pair(spoke(1, 0), spoke(-1, 2)),
                 CONVERGENCE_OPPOSITE | CONVERGENCE_APART);
    cr_expect_eq(convergence_clash_of_pair(spoke(1, 0), spoke(1, 2)), CONVERGENCE_APART);
    cr_expect_eq(convergence_clash_of_pair(spoke(1, 0), silent), 0);
    cr_expect_eq(convergence_clash_of_pair(withheld, spoke(1, 0)), 0);
}

Test(convergence, not_asked_is_not_silence)
{
    expect("stilte", spoke(1, 0), silent, not_asked);
    expect("stilte", silent, silent, not_asked);
    expect("stilte", silent, silent, silent);
    expect("niet-gevraagd", spoke(1, 0), not_asked, not_asked);
    expect("niet-gevraagd", silent, not_asked, not_asked);
    expect("niet-gevraagd", not_asked, not_asked, not_asked);
}

Test(convergence, nothing_follows_from_what_is_withheld)
{
    expect("niet-gevraagd", withheld, spoke(1, 0), not_asked);
    expect("niet-gevraagd", withheld, silent, not_asked);
    expect("overeenstemming", withheld, spoke(1, 0), spoke(1, 0));
}

Test(convergence, of_three_the_pair_that_needs_a_person_most)
{
    expect("overeenstemming", spoke(1, 0), spoke(1, 0), spoke(1, 0));
    expect("deels", spoke(1, 0), spoke(1, 0), spoke(1, 1));
    expect("stilte", spoke(1, 0), spoke(1, 0), silent);
    expect("tegenspraak", spoke(1, 0), spoke(-1, 0), silent);
    expect("tegenspraak", spoke(1, 0), spoke(0, 1), spoke(1, 2));
}

Test(convergence, a_direction_needs_a_whole_interval_or_two_thirds)
{
    cr_expect_eq(convergence_direction_of_interval(0.1, 4, 0), 1);
    cr_expect_eq(convergence_direction_of_interval(-4, -0.1, 0), -1);
    cr_expect_eq(convergence_direction_of_interval(-1, 4, 0), 0);
    cr_expect_eq(convergence_direction_of_interval(3.1, 3.4, 3), 1);
    cr_expect_eq(convergence_direction_of_counts(0, 0), 0);
    cr_expect_eq(convergence_direction_of_counts(1, 0), 1);
    cr_expect_eq(convergence_direction_of_counts(2, 1), 1);
    cr_expect_eq(convergence_direction_of_counts(3, 2), 0);
    cr_expect_eq(convergence_direction_of_counts(2, 4), -1);
    cr_expect_eq(convergence_direction_of_counts(5, 5), 0);
}

static void expect_terciles(const double *prominence, size_t count, const char *digits)
{
    int terciles[16];
    char found[17] = {0};
    convergence_terciles(terciles, prominence, count);
    for (size_t i = 0; i < count; i++) {
        cr_assert(terciles[i] >= 0 && terciles[i] <= 2);
        found[i] = (char)('0' + terciles[i]);
    }
    cr_expect_str_eq(found, digits);
}

Test(convergence, terciles_are_places_in_one_method)
{
    expect_terciles((double[]){70, 60, 50, 40, 30, 20, 10}, 7, "0011122");
    expect_terciles((double[]){1, 2, 3}, 3, "210");
    expect_terciles((double[]){5, 5, 5, 5, 5, 5, 5}, 7, "1111111");
    expect_terciles((double[]){9, 0, 0, 0, 0, 0, 0}, 7, "0111111");
    expect_terciles((double[]){9, 8, 0, 0, 0, 0, 0}, 7, "0011111");
    expect_terciles((double[]){NAN, 3, 2, NAN, 1}, 5, "00102");
    expect_terciles((double[]){4}, 1, "1");
    expect_terciles((double[]){NAN}, 1, "0");
}

Test(convergence, terciles_may_be_others_as_far_as_ranges_overlap)
{
    int first[4], last[4];
    const struct interval apart[] = {{70, 80}, {50, 60}, {NAN, NAN}, {10, 20}};
    convergence_tercile_ranges(first, last, apart, 4);
    cr_expect_arr_eq(first, ((int[]){0, 1, 0, 2}), sizeof first);
    cr_expect_arr_eq(last, ((int[]){0, 1, 0, 2}), sizeof last);
    const struct interval chained[] = {{40, 80}, {20, 45}, {15, 20}, {5, 10}};
    convergence_tercile_ranges(first, last, chained, 4);
    cr_expect_arr_eq(first, ((int[]){0, 0, 1, 2}), sizeof first);
    cr_expect_arr_eq(last, ((int[]){1, 1, 1, 2}), sizeof last);
    convergence_tercile_ranges(first, last, chained, 0);
}

static size_t numbers(double *out, const char *text)
{
    size_t count = 0;
    char *end;
    for (double x = strtod(text, &end); end != text; x = strtod(text, &end)) {
        out[count++] = x;
        text = end;
    }
    return count;
}

Test(convergence, tau_is_that_of_r)
{
    FILE *file = fixture_open("kendall_taus.csv");
    char name[32], x_text[64], y_text[64];
    size_t n, cases = 0;
    double tau, p;
    while (fscanf(file, "%31[^,],%zu,%63[^,],%63[^,],%lf,%lf\n", name, &n, x_text, y_text, &tau, &p) == 6) {
        double x[KENDALL_MAX], y[KENDALL_MAX];
        struct kendall found;
        cr_assert_eq(numbers(x, x_text), n);
        cr_assert_eq(numbers(y, y_text), n);
        cr_assert(kendall_tau_b(&found, x, y, n));
        cr_expect_float_eq(found.tau, tau, 1e-12, "%s: %.15f", name, found.tau);
        cr_expect_float_eq(found.p, p, 1e-12, "%s: %.15f", name, found.p);
        cr_expect_eq(found.n, n);
        cases++;
    }
    fclose(file);
    cr_expect_eq(cases, 11);
}

/* Prominence of seven themes of as many asked, by prop.test's interval, and the terciles they may be in. */
Test(convergence, terciles_of_counts_are_those_of_r)
{
    FILE *file = fixture_open("tercile_ranges.csv");
    char name[32], x_text[64], first_text[64], last_text[64];
    double asked;
    size_t cases = 0;
    while (fscanf(file, "%31[^,],%lf,%63[^,],%63[^,],%63[^\n]\n", name, &asked, x_text, first_text,
                  last_text) == 5) {
        double x[16], r_first[16], r_last[16];
        struct interval ranges[16];
        int first[16], last[16];
        const size_t n = numbers(x, x_text);
        cr_assert_eq(numbers(r_first, first_text), n);
        cr_assert_eq(numbers(r_last, last_text), n);
        for (size_t i = 0; i < n; i++) {
            ranges[i] = interval_wilson(x[i] / asked, asked, INTERVAL_Z95);
        }
        convergence_tercile_ranges(first, last, ranges, n);
        for (size_t i = 0; i < n; i++) {
            cr_expect_eq(first[i], (int)r_first[i], "%s, %zu: %d", name, i, first[i]);
            cr_expect_eq(last[i], (int)r_last[i], "%s, %zu: %d", name, i, last[i]);
        }
        cases++;
    }
    fclose(file);
    cr_expect_eq(cases, 6);
}

Test(convergence, counts_are_firm_where_r_says_so)
{
    FILE *file = fixture_open("firm_counts.csv");
    size_t in_favour, against, cases = 0, firm_ones = 0;
    int firm;
    while (fscanf(file, "%zu,%zu,%d\n", &in_favour, &against, &firm) == 3) {
        cr_expect_eq(convergence_firm_counts(in_favour, against), firm == 1, "%zu, %zu", in_favour, against);
        firm_ones += firm == 1;
        cases++;
    }
    fclose(file);
    cr_expect_eq(cases, 168);
    cr_expect(firm_ones > 20 && firm_ones < 148, "%zu", firm_ones);
    cr_expect_not(convergence_firm_counts(0, 0));
}

Test(convergence, tau_is_of_what_both_have)
{
    struct kendall found;
    cr_assert(kendall_tau_b(&found, (double[]){1, NAN, 2, 3}, (double[]){1, 9, 2, NAN}, 4));
    cr_expect_eq(found.n, 2);
    cr_expect_float_eq(found.tau, 1, 1e-15);
    cr_expect_float_eq(found.p, 1, 1e-15);
    cr_expect_not(kendall_tau_b(&found, (double[]){1, NAN}, (double[]){1, 2}, 2));
    cr_expect_not(kendall_tau_b(&found, (double[]){1, 1, 1}, (double[]){1, 2, 3}, 3));
    cr_expect_not(kendall_tau_b(&found, (double[]){0}, (double[]){0}, 0));
    const double ten[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    cr_expect_not(kendall_tau_b(&found, ten, ten, 10));
}
