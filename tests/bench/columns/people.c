#include "people.h"

#include "stats/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 10000 };

const uint32_t people_codes[VARIABLES] = {
    [0] = 8,    [1] = 8,       [2] = 8,   [3] = 8,       [4] = 10, [5] = 10, [6] = 10,
    [7] = 10,   [8] = 10,      [9] = 10,  [10] = 10,     [11] = 5, [12] = 5, [13] = 5,
    [14] = 5,   [15] = 5,      [16] = 5,  [17] = 104,    [18] = 8, [19] = 8, [GENDER] = 5,
    [AGE] = 10, [REGION] = 15, [EDU] = 6, [CHANNEL] = 8,
};

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void *need(void *memory)
{
    if (!memory) {
        fputs("columns: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* A category, any as likely as another; one in twenty gives none. */
static uint8_t draw(uint64_t *state, uint32_t codes)
{
    uint64_t random = next_random(state);
    return (uint8_t)(random % 20 == 0 ? ANSWER_NONE + (random >> 32) % 2
                                      : ANSWER_FIRST + (random >> 32) % (codes - ANSWER_FIRST));
}

static void draw_one(struct columns_change *change, uint8_t *answers, struct people *people, size_t row,
                     uint64_t *state)
{
    for (size_t v = 0; v < VARIABLES; v++) {
        answers[v] = people->codes[v][row] = draw(state, people_codes[v]);
    }
    people->weights[row] = WEIGHT_ONE / 5 + (uint32_t)(next_random(state) % (3 * (uint64_t)WEIGHT_ONE));
    people->keys[row] = next_random(state);
    *change = (struct columns_change){.kind = COLUMNS_ANSWERED,
                                      .revision = 1,
                                      .key = people->keys[row],
                                      .answers = answers,
                                      .answers_size = VARIABLES,
                                      .weight = people->weights[row]};
    const uint64_t id[2] = {next_random(state), next_random(state)};
    memcpy(change->id.bytes, id, sizeof id);
}

void people_draw(struct people *people, struct columns *columns, size_t rows)
{
    *people = (struct people){.rows = rows};
    for (size_t v = 0; v < VARIABLES; v++) {
        people->codes[v] = need(malloc(rows));
    }
    people->weights = need(malloc(rows * sizeof *people->weights));
    people->keys = need(malloc(rows * sizeof *people->keys));
    struct columns_change *changes = need(calloc(BATCH, sizeof *changes));
    uint8_t *answers = need(malloc((size_t)BATCH * VARIABLES));
    uint64_t state = 2026;
    for (size_t start = 0; start < rows; start += BATCH) {
        size_t count = rows - start < BATCH ? rows - start : BATCH;
        for (size_t i = 0; i < count; i++) {
            draw_one(&changes[i], answers + i * VARIABLES, people, start + i, &state);
        }
        if (columns_apply(columns, changes, count, (int64_t)(start + count)) != COLUMNS_OK) {
            fputs("columns: could not be filled\n", stderr);
            exit(1);
        }
    }
    free(changes);
    free(answers);
}

void people_free(struct people *people)
{
    for (size_t v = 0; v < VARIABLES; v++) {
        free(people->codes[v]);
    }
    free(people->weights);
    free(people->keys);
}
