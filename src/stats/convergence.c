#include "stats/convergence.h"

#include <math.h>
#include <stdlib.h>

const char *const convergence_labels[CONVERGENCE_LABELS + 1] = {"niet-gevraagd", "overeenstemming", "deels",
                                                                "stilte",        "tegenspraak",     NULL};

/* ---- labels ---- */

static bool takes_part(struct convergence_side side)
{
    return side.state == CONVERGENCE_SILENT || side.state == CONVERGENCE_SPOKE;
}

static bool ranges_meet(struct convergence_side a, struct convergence_side b)
{
    return a.first <= b.last && b.first <= a.last;
}

unsigned convergence_clash_of_pair(struct convergence_side a, struct convergence_side b)
{
    unsigned clash = 0;
    if (a.state != CONVERGENCE_SPOKE || b.state != CONVERGENCE_SPOKE) {
        return 0;
    }
    if (a.direction * b.direction < 0 && a.firm && b.firm) {
        clash |= CONVERGENCE_OPPOSITE;
    }
    if (abs(a.tercile - b.tercile) == 2 && !ranges_meet(a, b)) {
        clash |= CONVERGENCE_APART;
    }
    return clash;
}

enum convergence_label convergence_of_pair(struct convergence_side a, struct convergence_side b)
{
    if (!takes_part(a) || !takes_part(b)) {
        return CONVERGENCE_NO_PAIR;
    }
    if (a.state == CONVERGENCE_SILENT || b.state == CONVERGENCE_SILENT) {
        return CONVERGENCE_SILENCE;
    }
    if (convergence_clash_of_pair(a, b) != 0) {
        return CONVERGENCE_DISSONANCE;
    }
    return a.direction == b.direction && a.tercile == b.tercile ? CONVERGENCE_AGREEMENT : CONVERGENCE_PARTIAL;
}

enum convergence_label convergence_of(const struct convergence_side sides[CONVERGENCE_METHODS])
{
    enum convergence_label worst = CONVERGENCE_NO_PAIR;
    for (int a = 0; a < CONVERGENCE_METHODS; a++) {
        for (int b = 0; b < a; b++) {
            const enum convergence_label label = convergence_of_pair(sides[a], sides[b]);
            worst = label > worst ? label : worst;
        }
    }
    return worst;
}

int convergence_direction_of_interval(double low, double high, double neutral)
{
    return low > neutral ? 1 : high < neutral ? -1 : 0;
}

int convergence_direction_of_counts(size_t in_favour, size_t against)
{
    const size_t all = in_favour + against;
    if (all == 0) {
        return 0;
    }
    return in_favour * 3 >= all * 2 ? 1 : against * 3 >= all * 2 ? -1 : 0;
}

bool convergence_firm_counts(size_t in_favour, size_t against)
{
    const size_t all = in_favour + against;
    const double share = all > 0 ? (double)in_favour / (double)all : 0.5;
    const struct interval range = interval_wilson(share, (double)all, INTERVAL_Z95);
    return range.low > 0.5 || range.high < 0.5;
}

/* Of n places, counted from 1, as twice the place. */
static int tercile_of(size_t place_twice, size_t n)
{
    return (int)(3 * (place_twice - 1) / (2 * n));
}

void convergence_terciles(int *terciles, const double *prominence, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        n += !isnan(prominence[i]);
        terciles[i] = 0;
    }
    for (size_t i = 0; n > 0 && i < count; i++) {
        size_t before = 0, equal = 0;
        for (size_t j = 0; j < count; j++) {
            before += prominence[j] > prominence[i];
            equal += prominence[j] >= prominence[i] && prominence[j] <= prominence[i];
        }
        /* Places before + 1 to before + equal; twice their mean is 2 before + equal + 1. */
        if (!isnan(prominence[i])) {
            terciles[i] = tercile_of(2 * before + equal + 1, n);
        }
    }
}

void convergence_tercile_ranges(int *first, int *last, const struct interval *prominence, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        n += !isnan(prominence[i].low);
        first[i] = last[i] = 0;
    }
    for (size_t i = 0; n > 0 && i < count; i++) {
        size_t before = 0, behind = 0;
        for (size_t j = 0; j < count; j++) {
            before += prominence[j].low > prominence[i].high;
            behind += prominence[j].high < prominence[i].low;
        }
        if (!isnan(prominence[i].low)) {
            first[i] = tercile_of(2 * (before + 1), n);
            last[i] = tercile_of(2 * (n - behind), n);
        }
    }
}

/* ---- Kendall ---- */

struct orders {
    size_t n;
    double x[KENDALL_MAX], y[KENDALL_MAX];
    int far; /* how far C - D of what was observed is from 0 */
    size_t tried, as_far;
};

static int sign(double a, double b)
{
    return (a > b) - (a < b);
}

/* C - D */
static int concordance(const struct orders *o)
{
    int sum = 0;
    for (size_t i = 0; i < o->n; i++) {
        for (size_t j = 0; j < i; j++) {
            sum += sign(o->x[i], o->x[j]) * sign(o->y[i], o->y[j]);
        }
    }
    return sum;
}

static void swap(double *a, double *b)
{
    const double held = *a;
    *a = *b;
    *b = held;
}

static void try_order(struct orders *o)
{
    o->tried++;
    o->as_far += abs(concordance(o)) >= o->far;
}

/* Every order of y, equal ones as often as they can be told apart: Heap's algorithm (1963), which needs one
 * swap for each. The denominator of tau-b is the same in all of them. */
static void try_all(struct orders *o)
{
    size_t turns[KENDALL_MAX] = {0};
    try_order(o);
    for (size_t i = 1; i < o->n;) {
        if (turns[i] < i) {
            swap(&o->y[i % 2 == 0 ? 0 : turns[i]], &o->y[i]);
            try_order(o);
            turns[i]++;
            i = 1;
        } else {
            turns[i++] = 0;
        }
    }
}

static size_t unequal_pairs(const double *values, size_t n)
{
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            pairs += sign(values[i], values[j]) != 0;
        }
    }
    return pairs;
}

bool kendall_tau_b(struct kendall *out, const double *x, const double *y, size_t count)
{
    struct orders orders = {0};
    for (size_t i = 0; i < count; i++) {
        if (isnan(x[i]) || isnan(y[i])) {
            continue;
        }
        if (orders.n == KENDALL_MAX) {
            return false;
        }
        orders.x[orders.n] = x[i];
        orders.y[orders.n++] = y[i];
    }
    const size_t in_x = unequal_pairs(orders.x, orders.n), in_y = unequal_pairs(orders.y, orders.n);
    if (in_x == 0 || in_y == 0) {
        return false;
    }
    const int observed = concordance(&orders);
    orders.far = abs(observed);
    try_all(&orders);
    *out = (struct kendall){.tau = observed / sqrt((double)in_x * (double)in_y),
                            .p = (double)orders.as_far / (double)orders.tried,
                            .n = orders.n};
    return true;
}
