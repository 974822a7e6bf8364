/* What the tests of the counting engine share: random numbers that repeat, fixtures, and a plain model of a
 * round. */
#ifndef ZEVENSTEM_TESTS_UNIT_STATS_SUPPORT_H
#define ZEVENSTEM_TESTS_UNIT_STATS_SUPPORT_H

#include "stats/columns.h"
#include "stats/tabulate.h"

#include <stdbool.h>
#include <stdio.h>

uint64_t random_next(uint64_t *state);
/* 0 .. below-1 */
uint32_t random_below(uint64_t *state, uint32_t below);
struct response_id id_of(uint64_t number);

/* A fixture beside these tests, opened behind its header line; the test fails when it is not there. */
FILE *fixture_open(const char *name);

/* A round as arrays, told the same changes as the columns. */
enum { MODEL_VARIABLES = 6, MODEL_ANSWERS = 8 /* two of the variables are wide */ };
extern const uint32_t model_codes[MODEL_VARIABLES];

struct model_response {
    enum { MODEL_UNKNOWN, MODEL_LIVE, MODEL_GONE } state;
    uint32_t revision;
    uint32_t codes[MODEL_VARIABLES];
    uint64_t key;
    uint32_t weight;
};

struct model {
    struct model_response *responses; /* by number: response i has id_of(i) */
    size_t count;
    uint32_t live;
};

struct model model_create(size_t count);
void model_free(struct model *model);
/* A random change of response `number`, with its packed answers in `answers` (MODEL_ANSWERS bytes). */
struct columns_change model_change(uint64_t *state, uint8_t *answers, uint32_t number, uint32_t revision,
                                   bool withdraw);
enum columns_outcome model_apply(struct model *model, uint32_t number, const struct columns_change *change);
/* Fills a model and columns with `rows` random responses, all live. */
void model_fill(struct model *model, struct columns *columns, uint64_t *state, bool weighted);
/* Every response of the model is in the columns as it should be, and no other. */
void model_expect(const struct model *model, const struct columns *columns);
/* The table that a plain loop makes of the model; cells have to be freed. */
struct table_cell *model_tabulate(const struct model *model, const struct tabulate_query *query,
                                  size_t cell_count);

#endif
