/* The people of the bench: drawn the same at every run, and kept three times: in the counting engine's
 * columns, in plain arrays, and for the rival in SQL in a table that is as wide. */
#ifndef ZEVENSTEM_BENCH_PEOPLE_H
#define ZEVENSTEM_BENCH_PEOPLE_H

#include "stats/columns.h"

#include <stddef.h>
#include <stdint.h>

/* Twenty answers and five background variables. */
enum { ANSWERS = 20, GENDER = ANSWERS, AGE, REGION, EDU, CHANNEL, VARIABLES };

/* How many codes each variable has. */
extern const uint32_t people_codes[VARIABLES];

/* One plain array a variable. */
struct people {
    uint8_t *codes[VARIABLES];
    uint32_t *weights; /* in units of 1/WEIGHT_ONE */
    uint64_t *keys;
    size_t rows;
};

/* Memory, or the end of the program. */
void *need(void *memory);

/* Draws `rows` people, and applies them to the empty columns. Ends the program when that fails. */
void people_draw(struct people *people, struct columns *columns, size_t rows);
void people_free(struct people *people);

#endif
