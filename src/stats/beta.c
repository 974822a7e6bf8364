#include "stats/beta.h"

#include <math.h>
#include <stdbool.h>

static double log_of_beta(double a, double b)
{
    int sign;
    return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

/* x^a (1-x)^b / B(a, b) */
static double front_at(double x, double a, double b, double log_beta)
{
    return exp(a * log(x) + b * log1p(-x) - log_beta);
}

static double away_from_zero(double value)
{
    const double tiny = 1e-300;
    return fabs(value) < tiny ? tiny : value;
}

/* Converges fast for x < (a + 1) / (a + b + 2); steps needed grow with the root of a + b. */
static double fraction(double x, double a, double b)
{
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double h = d;
    for (int i = 1; i < 100000; i++) {
        double m = i;
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < 1e-15) {
            break;
        }
    }
    return h;
}

/* 0 < x < 1 */
static double below(double x, double a, double b, double front)
{
    return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
}

double beta_below(double x, double a, double b)
{
    if (!(x > 0)) {
        return 0;
    }
    if (!(x < 1)) {
        return 1;
    }
    return below(x, a, b, front_at(x, a, b, log_of_beta(a, b)));
}

/* To within 0.003 (26.2.22 of Abramowitz and Stegun, Handbook of Mathematical Functions, 1964). */
static double normal_quantile_roughly(double p)
{
    double t = sqrt(-2 * log(p < 0.5 ? p : 1 - p));
    double x = t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t));
    return p < 0.5 ? -x : x;
}

/* Where to begin: 26.5.22 of the same. It holds for a and b above a half. */
static double quantile_roughly(double p, double a, double b)
{
    if (a < 1 || b < 1) {
        return a / (a + b);
    }
    double of_a = 1 / (2 * a - 1), of_b = 1 / (2 * b - 1);
    double y = normal_quantile_roughly(p);
    double lambda = (y * y - 3) / 6;
    double h = 2 / (of_a + of_b);
    double w = y * sqrt(h + lambda) / h + (of_b - of_a) * (lambda + 5.0 / 6 - 2 / (3 * h));
    double x = a / (a + b * exp(-2 * w));
    return x > 0 && x < 1 ? x : a / (a + b);
}

/* Halley's method: a step leaves the cube of what was off, so that after a small one nothing is. */
double beta_quantile(double p, double a, double b)
{
    if (!(p > 0)) {
        return 0;
    }
    if (!(p < 1)) {
        return 1;
    }
    const double log_beta = log_of_beta(a, b);
    double low = 0, high = 1, x = quantile_roughly(p, a, b);
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double front = front_at(x, a, b, log_beta);
        double off = below(x, a, b, front) - p;
        if (off > 0) {
            high = x;
        } else {
            low = x;
        }
        double newton = off * x * (1 - x) / front;
        double bend = (a - 1) / x - (b - 1) / (1 - x); /* of the density, by itself */
        double next = x - newton / (1 - fmin(1, newton * bend) / 2);
        /* Not past what is known: then halve. */
        bool halved = !(next >= low && next <= high);
        if (halved) {
            next = low + (high - low) / 2;
        }
        double step = fabs(next - x);
        x = next;
        if (!halved && step <= 1e-8 * fmin(x, 1 - x)) {
            break;
        }
    }
    return x;
}
