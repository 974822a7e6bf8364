#include "base/real.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { PRECISION_MAX = 17, POWERS = 28 /* 5^27 is the last that fits 64 bits */, SMALLEST = -4 };

static const uint64_t tens[] = {1,
                                10,
                                100,
                                1000,
                                10000,
                                100000,
                                1000000,
                                10000000,
                                100000000,
                                1000000000,
                                10000000000,
                                100000000000,
                                1000000000000,
                                10000000000000,
                                100000000000000,
                                1000000000000000,
                                10000000000000000,
                                100000000000000000};

__extension__ typedef unsigned __int128 wide;

static uint64_t power_of_five(int exponent)
{
    uint64_t power = 1;
    for (uint64_t base = 5; exponent > 0; exponent >>= 1, base *= base) {
        power *= exponent & 1 ? base : 1;
    }
    return power;
}

/* value * 10^scale to the nearest whole number, halves to the even one: exactly, since value is a whole
 * number of 53 bits by a power of two, and 10^scale one of 63 bits by another. */
static uint64_t scaled(double value, int scale)
{
    int exponent;
    const uint64_t whole = (uint64_t)ldexp(frexp(value, &exponent), 53);
    const wide product = (wide)whole * power_of_five(scale);
    const int shift = 53 - exponent - scale;
    if (shift <= 0) {
        return (uint64_t)(product << -shift);
    }
    const wide quotient = product >> shift, rest = product - (quotient << shift),
               half = (wide)1 << (shift - 1);
    return (uint64_t)quotient + (rest > half || (rest == half && (quotient & 1)));
}

/* The digits as a number of `precision` of them, and the power of ten of the first. False where another way
 * has to be taken. value > 0. */
static bool take_digits(uint64_t *digits, int *first, double value, int precision)
{
    int exponent;
    frexp(value, &exponent);
    /* 0.30103 is the logarithm of 2: the power of ten, or one less. */
    *first = (int)floor((exponent - 1) * 0.30102999566398120);
    for (int tries = 0; tries < 2; tries++, ++*first) {
        const int scale = precision - 1 - *first;
        if (*first < SMALLEST || *first >= precision || scale >= POWERS) {
            return false;
        }
        *digits = scaled(value, scale);
        if (*digits < tens[precision]) {
            return *digits >= tens[precision - 1];
        }
    }
    return false;
}

size_t real_format(char out[REAL_CHARS], double value, int precision)
{
    uint64_t digits;
    int first;
    char text[PRECISION_MAX];
    if (!isfinite(value) || !take_digits(&digits, &first, fabs(value), precision)) {
        return (size_t)snprintf(out, REAL_CHARS, "%.*g", precision, value);
    }
    for (int i = precision; i-- > 0; digits /= 10) {
        text[i] = (char)('0' + digits % 10);
    }
    int count = precision;
    while (count > 1 && text[count - 1] == '0') {
        count--;
    }
    char *at = out;
    if (value < 0) {
        *at++ = '-';
    }
    const int whole = first < 0 ? 0 : first + 1; /* digits before the point */
    for (int i = 0; i < whole; i++) {
        *at++ = i < count ? text[i] : '0';
    }
    if (first < 0) {
        *at++ = '0';
    }
    if (count > whole) {
        *at++ = '.';
        for (int i = first + 1; i < 0; i++) {
            *at++ = '0';
        }
        memcpy(at, text + whole, (size_t)(count - whole));
        at += count - whole;
    }
    *at = '\0';
    return (size_t)(at - out);
}
