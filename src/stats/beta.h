/* The beta distribution, for exact intervals. */
#ifndef ZEVENSTEM_STATS_BETA_H
#define ZEVENSTEM_STATS_BETA_H

/* P(X <= x) for X of Beta(a, b), a and b above 0: the regularised incomplete beta function, by its continued
 * fraction (Abramowitz & Stegun 26.5.8) with the modified Lentz method. x is cut to [0, 1]. Relative error
 * about 1e-13 for a + b of some thousands, 1e-10 for ten millions. */
double beta_below(double x, double a, double b);
/* The x with beta_below(x) = p, by halving with Halley's steps inside, some two or three of them; p is cut to
 * [0, 1]. */
double beta_quantile(double p, double a, double b);

#endif
