/* How often the benches in C measure, and what they say of it. */
#ifndef ZEVENSTEM_BENCH_ROUNDS_H
#define ZEVENSTEM_BENCH_ROUNDS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 99, ROUNDS_USUAL = 5 };

struct figure {
    double median, low, high;
};

static inline int rounds(void)
{
    const char *text = getenv("BENCH_ROUNDS");
    int wanted = text ? atoi(text) : ROUNDS_USUAL;
    return wanted < 1 ? 1 : wanted > ROUNDS_MAX ? ROUNDS_MAX : wanted;
}

static inline int rounds_by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline struct figure rounds_summary(const double *values)
{
    double sorted[ROUNDS_MAX];
    int count = rounds();
    memcpy(sorted, values, (size_t)count * sizeof *values);
    qsort(sorted, (size_t)count, sizeof *sorted, rounds_by_size);
    return (struct figure){sorted[count / 2], sorted[0], sorted[count - 1]};
}

/* "name": [one number a round], for run.mjs. */
static inline void rounds_write(FILE *json, const char *name, const double *values)
{
    fprintf(json, "\"%s\": [", name);
    for (int r = 0; r < rounds(); r++) {
        fprintf(json, "%s%.5f", r > 0 ? ", " : "", values[r]);
    }
    fputc(']', json);
}

#endif
