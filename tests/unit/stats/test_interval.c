#include "stats/interval.h"
#include "stats/tabulate.h"

#include "support.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(interval);

/* fixtures/wilson.csv: prop.test(correct = FALSE) of R. */
Test(interval, wilson_as_r)
{
    FILE *file = fixture_open("wilson.csv");
    double x, size, low, high;
    int lines = 0;
    while (fscanf(file, "%lf,%lf,%lf,%lf", &x, &size, &low, &high) == 4) {
        struct interval i = interval_wilson(x / size, size, INTERVAL_Z95);
        cr_expect_float_eq(i.low, low, 1e-12, "%g of %g", x, size);
        cr_expect_float_eq(i.high, high, 1e-12, "%g of %g", x, size);
        lines++;
    }
    fclose(file);
    cr_expect_gt(lines, 30);
}

/* fixtures/shares.csv: survey's svymean of domains, weights fixed; our sums are recounted from round.csv. */
Test(interval, variance_and_effective_size_as_r)
{
    enum { REGIONS = 15, VALUES = 10 };
    double weight[REGIONS] = {0}, squared[REGIONS] = {0};
    double of_value[REGIONS][VALUES] = {{0}}, squared_of_value[REGIONS][VALUES] = {{0}};
    unsigned value, region;
    double w;
    uint64_t n = 0;
    FILE *file = fixture_open("round.csv");
    while (fscanf(file, "%u,%u,%*u,%*u,%*u,%*u,%lf", &value, &region, &w) == 3) {
        cr_assert(region < REGIONS && value < VALUES);
        weight[region] += w;
        squared[region] += w * w;
        of_value[region][value] += w;
        squared_of_value[region][value] += w * w;
        n++;
    }
    fclose(file);
    file = fixture_open("shares.csv");
    double share, variance, kish;
    int lines = 0, by_kish = 0, by_taylor = 0;
    while (fscanf(file, "%u,%u,%lf,%lf,%lf", &region, &value, &share, &variance, &kish) == 5) {
        cr_assert(region < REGIONS && value < VALUES);
        cr_expect_float_eq(of_value[region][value] / weight[region], share, 1e-12);
        cr_expect_float_eq(effective_n_kish(weight[region], squared[region]), kish, 1e-9);
        double ours =
            share_variance(share, n, weight[region], squared[region], squared_of_value[region][value]);
        cr_expect_float_eq(ours, variance, 1e-14, "region %u value %u: %g, R %g", region, value, ours,
                           variance);
        double size = effective_n(share, kish, variance);
        cr_expect(size <= kish);
        by_kish += size == kish;
        by_taylor += size < kish;
        lines++;
    }
    fclose(file);
    cr_expect_gt(lines, 100);
    cr_expect(by_kish > 0 && by_taylor > 0);
}

/* R: qnorm(0.025 / m, lower.tail = FALSE). */
Test(interval, of_many_comparisons_as_r)
{
    static const struct {
        uint64_t comparisons;
        double z;
    } cases[] = {{2, 2.241402727604945},
                 {10, 2.807033768343804},
                 {100, 3.480756404346213},
                 {1000, 4.055626981122401},
                 {1000000, 5.451310437845481}};
    cr_expect_float_eq(interval_z_of_many(0), INTERVAL_Z95, 1e-15);
    cr_expect_float_eq(interval_z_of_many(1), INTERVAL_Z95, 1e-15);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_float_eq(interval_z_of_many(cases[i].comparisons), cases[i].z, 1e-11, "%llu",
                           (unsigned long long)cases[i].comparisons);
    }
}

Test(interval, edges)
{
    struct interval all = interval_wilson(0.5, 0, INTERVAL_Z95);
    cr_expect(all.low <= 0 && all.high >= 1);
    struct interval none = interval_wilson(0, 20, INTERVAL_Z95);
    cr_expect(none.low <= 0 && none.high > 0.1 && none.high < 0.2);
    cr_expect_float_eq(effective_n_kish(0, 0), 0, 0);
    cr_expect_float_eq(effective_n(0, 12.5, 0), 12.5, 0);
    cr_expect_float_eq(effective_n(1, 12.5, 0.1), 12.5, 0);
    cr_expect_float_eq(share_variance(0.5, 1, 1, 1, 1), 0, 0);
    cr_expect_float_eq(share_variance(0.5, 10, 0, 0, 0), 0, 0);
}
