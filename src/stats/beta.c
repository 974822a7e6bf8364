#include "stats/beta.h"

#include <math.h>

/* log of x^a (1-x)^b / B(a, b) */
static double log_front(double x, double a, double b)
{
    int sign;
    double log_beta = lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
    return a * log(x) + b * log1p(-x) - log_beta;
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

double beta_below(double x, double a, double b)
{
    if (!(x > 0)) {
        return 0;
    }
    if (!(x < 1)) {
        return 1;
    }
    double front = exp(log_front(x, a, b));
    return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
}

double beta_quantile(double p, double a, double b)
{
    if (!(p > 0)) {
        return 0;
    }
    if (!(p < 1)) {
        return 1;
    }
    double low = 0, high = 1, x = a / (a + b);
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double off = beta_below(x, a, b) - p;
        if (off > 0) {
            high = x;
        } else {
            low = x;
        }
        double slope = exp(log_front(x, a, b) - log(x) - log1p(-x));
        double next = x - off / slope;
        /* Not past what is known: then halve. */
        if (!(next > low && next < high)) {
            next = low + (high - low) / 2;
        }
        if (fabs(next - x) <= 1e-16 * x) {
            break;
        }
        x = next;
    }
    return x;
}
