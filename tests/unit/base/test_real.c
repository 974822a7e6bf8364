/* The C library says how a number is written; what we write is held against it. */
#include "base/real.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 20261125;

static uint64_t next(void)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void expect_same(double value, int precision)
{
    char ours[REAL_CHARS], theirs[64];
    size_t len = real_format(ours, value, precision);
    snprintf(theirs, sizeof theirs, "%.*g", precision, value);
    cr_assert_str_eq(ours, theirs, "%a with %d digits", value, precision);
    cr_assert_eq(len, strlen(ours));
}

static void expect_same_at_all_precisions(double value)
{
    for (int precision = 1; precision <= 17; precision++) {
        expect_same(value, precision);
        expect_same(-value, precision);
    }
}

Test(real, any_bits)
{
    for (int i = 0; i < 300000; i++) {
        const uint64_t bits = next();
        double value;
        memcpy(&value, &bits, sizeof value);
        expect_same(value, 1 + i % 17);
    }
}

Test(real, figures)
{
    for (int i = 0; i < 300000; i++) {
        const double part = (double)(next() >> 11) * 0x1p-53;
        expect_same(100 * part, 17);
        expect_same(part, 12);
        expect_same(pow(10, -6 + 24 * part) * part, 1 + i % 17);
        expect_same(round(part * 1e6) / 1e3, 17);
        expect_same((double)(next() % 1000000) / (double)(1 + next() % 1000000), 17);
    }
}

/* Halfway between two numbers that can be written: k/2^n with more digits than there is room for. */
Test(real, halves_go_to_the_even_digit)
{
    for (int i = 0; i < 100000; i++) {
        expect_same((double)(next() % 4096) / (double)(UINT64_C(1) << (next() % 40)), 1 + i % 17);
    }
    expect_same_at_all_precisions(0.5);
    expect_same_at_all_precisions(2.5);
    expect_same_at_all_precisions(1.125);
}

Test(real, around_powers_of_ten)
{
    for (int power = -10; power <= 20; power++) {
        const double at = pow(10, power);
        expect_same_at_all_precisions(at);
        expect_same_at_all_precisions(nextafter(at, 0));
        expect_same_at_all_precisions(nextafter(at, INFINITY));
        expect_same_at_all_precisions(9.5 * at);
        expect_same_at_all_precisions(9.9999999999999995 * at);
    }
}

Test(real, the_ends)
{
    const double ends[] = {0,      -0.0,       DBL_MIN, DBL_MAX,  DBL_TRUE_MIN, DBL_EPSILON,
                           0x1p53, 0x1p53 + 2, 0x1p63,  INFINITY, NAN};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        expect_same_at_all_precisions(ends[i]);
    }
}

Test(real, seventeen_digits_read_back_as_the_same_number)
{
    for (int i = 0; i < 100000; i++) {
        char text[REAL_CHARS];
        const double value = (double)(next() >> 11) * 0x1p-45;
        real_format(text, value, 17);
        cr_assert_eq(strtod(text, NULL), value, "%a", value);
    }
}
