#include "rank_support.h"

#include "support.h"

#include <criterion/criterion.h>
#include <string.h>

size_t expect_scores(const char *fixture, const char *wanted, const struct rank_estimate *ours)
{
    FILE *file = fixture_open(fixture);
    char name[32];
    size_t item, lines = 0;
    double value, variance;
    while (fscanf(file, "%31[^,],%zu,%lf,%lf\n", name, &item, &value, &variance) == 4) {
        if (strcmp(name, wanted) == 0) {
            cr_expect_float_eq(ours[item].value, value, 1e-12, "%s %zu: %.15g, R %.15g", name, item,
                               ours[item].value, value);
            cr_expect_float_eq(ours[item].variance, variance, 1e-9 * variance, "%s %zu: %.15g, R %.15g", name,
                               item, ours[item].variance, variance);
            lines++;
        }
    }
    fclose(file);
    return lines;
}
