/* What a cross-table of a million responses costs in the counting engine, beside a plain loop over the same
 * columns.
 *
 * columns [ROWS [JSON-FILE]]. Each figure is the median of the rounds (BENCH_ROUNDS, 5), with the lowest and
 * the highest; engine and rival take turns within a round, and each round is the best of some tries, so that
 * a neighbour on the machine hits both alike. */
#include "rounds.h"

#include "stats/answer.h"
#include "stats/columns.h"
#include "stats/tabulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ANSWERS = 20, GENDER = ANSWERS, AGE, REGION, EDU, CHANNEL, VARIABLES, TRIES = 7, BATCH = 10000 };

static const uint32_t codes_of[VARIABLES] = {
    [0] = 8,    [1] = 8,       [2] = 8,   [3] = 8,       [4] = 10, [5] = 10, [6] = 10,
    [7] = 10,   [8] = 10,      [9] = 10,  [10] = 10,     [11] = 5, [12] = 5, [13] = 5,
    [14] = 5,   [15] = 5,      [16] = 5,  [17] = 104,    [18] = 8, [19] = 8, [GENDER] = 5,
    [AGE] = 10, [REGION] = 15, [EDU] = 6, [CHANNEL] = 8,
};

/* The rival's own copy: one plain array a variable. */
struct plain {
    uint8_t *codes[VARIABLES];
    float *weights;
    uint64_t *keys;
    size_t rows;
};

struct plain_cell {
    uint64_t n;
    double weight, weight_squared;
    uint64_t key;
};

struct setup {
    const char *name;
    size_t axes[3];
    size_t axis_count;
    bool filtered, weighted, keyed;
    double goal_ms; /* 0: none stated */
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void *need(void *memory)
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

static void fill(struct columns *columns, struct plain *plain)
{
    uint64_t state = 2026;
    struct columns_change *changes = need(calloc(BATCH, sizeof *changes));
    uint8_t *answers = need(malloc((size_t)BATCH * VARIABLES));
    for (size_t start = 0; start < plain->rows; start += BATCH) {
        size_t count = plain->rows - start < BATCH ? plain->rows - start : BATCH;
        for (size_t i = 0; i < count; i++) {
            uint8_t *row = answers + i * VARIABLES;
            for (size_t v = 0; v < VARIABLES; v++) {
                row[v] = draw(&state, codes_of[v]);
                plain->codes[v][start + i] = row[v];
            }
            uint32_t weight = WEIGHT_ONE / 5 + (uint32_t)(next_random(&state) % (3 * (uint64_t)WEIGHT_ONE));
            struct columns_change change = {.kind = COLUMNS_ANSWERED,
                                            .revision = 1,
                                            .key = next_random(&state),
                                            .answers = row,
                                            .answers_size = VARIABLES,
                                            .weight = weight};
            uint64_t id[2] = {next_random(&state), next_random(&state)};
            memcpy(change.id.bytes, id, sizeof id);
            plain->weights[start + i] = (float)weight / (float)WEIGHT_ONE;
            plain->keys[start + i] = change.key;
            changes[i] = change;
        }
        if (columns_apply(columns, changes, count, (int64_t)(start + count)) != COLUMNS_OK) {
            fputs("columns: could not be filled\n", stderr);
            exit(1);
        }
    }
    free(changes);
    free(answers);
}

/* What one would write first: a row at a time, leave when a filter says no. */
static void count_plainly(struct plain_cell *cells, const struct plain *p, const struct setup *s)
{
    for (size_t i = 0; i < p->rows; i++) {
        if (s->filtered && (p->codes[GENDER][i] != ANSWER_FIRST || p->codes[EDU][i] < ANSWER_FIRST + 1 ||
                            p->codes[EDU][i] > ANSWER_FIRST + 2)) {
            continue;
        }
        size_t cell = 0;
        for (size_t a = 0; a < s->axis_count; a++) {
            cell = cell * codes_of[s->axes[a]] + p->codes[s->axes[a]][i];
        }
        cells[cell].n++;
        if (s->weighted) {
            double weight = (double)p->weights[i];
            cells[cell].weight += weight;
            cells[cell].weight_squared += weight * weight;
        }
        if (s->keyed) {
            cells[cell].key ^= p->keys[i];
        }
    }
}

static void report(FILE *json, const struct setup *s, const double *engine, const double *plain, bool first)
{
    double ratios[ROUNDS_MAX];
    for (int r = 0; r < rounds(); r++) {
        ratios[r] = engine[r] / plain[r];
    }
    struct figure own = rounds_summary(engine);
    struct figure ratio = rounds_summary(ratios);
    printf("%-44s %6.3f ms [%.3f..%.3f]  loop %6.3f ms  ratio %.3f [%.3f..%.3f]", s->name, own.median,
           own.low, own.high, rounds_summary(plain).median, ratio.median, ratio.low, ratio.high);
    if (s->goal_ms > 0) {
        printf("  goal %.1f ms: %s", s->goal_ms, own.median <= s->goal_ms ? "met" : "missed");
    }
    putchar('\n');
    if (json) {
        fprintf(json, "%s {\"name\": \"counting a million: %s\", \"unit\": \"ms\", ", first ? "" : ",\n",
                s->name);
        rounds_write(json, "values", engine);
        fputs(", ", json);
        rounds_write(json, "rivals", plain);
        fputs(", \"rival_name\": \"a plain loop over the same columns\"", json);
        if (s->goal_ms > 0) {
            fprintf(json, ", \"goal\": {\"of\": \"value\", \"at\": \"most\", \"is\": %.3f}", s->goal_ms);
        }
        fputc('}', json);
    }
}

static double time_engine(struct table *table, struct columns *columns, const struct setup *s)
{
    static const uint16_t women[] = {ANSWER_FIRST}, learned[] = {ANSWER_FIRST + 1, ANSWER_FIRST + 2};
    const struct tabulate_filter filters[] = {{GENDER, women, 1}, {EDU, learned, 2}};
    struct tabulate_query query = {.axis_count = s->axis_count,
                                   .filters = filters,
                                   .filter_count = s->filtered ? 2 : 0,
                                   .weighted = s->weighted,
                                   .keyed = s->keyed};
    memcpy(query.axes, s->axes, sizeof s->axes);
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        table_free(table);
        double start = now_ms();
        if (tabulate(table, columns, &query) != TABULATE_OK) {
            fputs("columns: no table\n", stderr);
            exit(1);
        }
        double took = now_ms() - start;
        best = i == 0 || took < best ? took : best;
    }
    return best;
}

static double time_plain(struct plain_cell *cells, size_t cell_count, const struct plain *plain,
                         const struct setup *s)
{
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        memset(cells, 0, cell_count * sizeof *cells);
        double start = now_ms();
        count_plainly(cells, plain, s);
        double took = now_ms() - start;
        best = i == 0 || took < best ? took : best;
    }
    return best;
}

static void measure(FILE *json, struct columns *columns, const struct plain *plain, const struct setup *s,
                    bool first)
{
    size_t cell_count = 1;
    for (size_t a = 0; a < s->axis_count; a++) {
        cell_count *= codes_of[s->axes[a]];
    }
    struct plain_cell *cells = need(calloc(cell_count, sizeof *cells));
    struct table table = {0};
    double engine[ROUNDS_MAX], rival[ROUNDS_MAX];
    for (int round = 0; round < rounds(); round++) {
        engine[round] = time_engine(&table, columns, s);
        rival[round] = time_plain(cells, cell_count, plain, s);
    }
    for (size_t i = 0; i < cell_count; i++) {
        if (cells[i].n != table.cells[i].n || cells[i].key != table.cells[i].key) {
            fprintf(stderr, "columns: %s: cell %zu differs\n", s->name, i);
            exit(1);
        }
    }
    report(json, s, engine, rival, first);
    table_free(&table);
    free(cells);
}

static const struct setup setups[] = {
    {"value x region x age, 2 filters, weighted", {4, REGION, AGE}, 3, true, true, false, 0.8},
    {"the same with record keys", {4, REGION, AGE}, 3, true, true, true, 0},
    {"the same, unweighted", {4, REGION, AGE}, 3, true, false, false, 0},
    {"value x region x age, no filter, weighted", {4, REGION, AGE}, 3, false, true, false, 0},
    {"question x question, 2 filters, weighted", {5, 6, 0}, 2, true, true, false, 0},
    {"one question, no filter, unweighted", {5, 0, 0}, 1, false, false, false, 0},
};

int main(int argc, char **argv)
{
    struct plain plain = {.rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000};
    FILE *json = argc > 2 ? fopen(argv[2], "w") : NULL;
    if (plain.rows == 0 || (argc > 2 && !json)) {
        fputs("usage: columns [ROWS [JSON-FILE]]\n", stderr);
        return 2;
    }
    for (size_t v = 0; v < VARIABLES; v++) {
        plain.codes[v] = need(malloc(plain.rows));
    }
    plain.weights = need(malloc(plain.rows * sizeof *plain.weights));
    plain.keys = need(malloc(plain.rows * sizeof *plain.keys));
    struct columns *columns = NULL;
    if (columns_create(&columns, codes_of, VARIABLES) != COLUMNS_OK) {
        return 1;
    }
    double start = now_ms();
    fill(columns, &plain);
    double took = now_ms() - start;
    printf("%zu rows of %d variables filled in %.0f ms (%.2f million a second); %.1f bytes a row, of which "
           "%d are codes\n",
           plain.rows, (int)VARIABLES, took, (double)plain.rows / took / 1e3,
           (double)columns_memory(columns) / (double)plain.rows, (int)VARIABLES);
    if (json) {
        fputs("[\n", json);
    }
    for (size_t i = 0; i < sizeof setups / sizeof *setups; i++) {
        measure(json, columns, &plain, &setups[i], i == 0);
    }
    if (json) {
        fputs("\n]\n", json);
        fclose(json);
    }
    columns_destroy(columns);
    for (size_t v = 0; v < VARIABLES; v++) {
        free(plain.codes[v]);
    }
    free(plain.weights);
    free(plain.keys);
    return 0;
}
