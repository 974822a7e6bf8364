/* What a cross-table costs in the counting engine, beside a plain loop over the same columns, a bare read of
 * the bytes that it touches, and PostgreSQL over the same people.
 *
 * columns ROWS JSON-FILE CONNINFO. Each figure is the median of the rounds (BENCH_ROUNDS, 5), with the lowest
 * and the highest; engine and rivals take turns within a round, and each round is the best of some tries, so
 * that a neighbour on the machine hits them alike. */
#include "../rounds.h"
#include "people.h"
#include "sql.h"

#include "base/clock.h"
#include "stats/answer.h"
#include "stats/columns.h"
#include "stats/tabulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 7, GOAL_BYTES = 96 };

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
    bool promised; /* also measured beside a bare read and SQL */
};

/* What was promised of a million people, and of any number as many times as much. */
static const double GOAL_MS_A_MILLION = 3, GOAL_READS = 3, GOAL_SQL = 80;

struct bench {
    FILE *json;
    struct columns *columns;
    struct people people;
    struct sql_rival *sql;
    bool written; /* a figure before */
};

/* What a round gave each. */
struct times {
    double engine[ROUNDS_MAX], plain[ROUNDS_MAX], read[ROUNDS_MAX], sql[ROUNDS_MAX];
};

static double now_ms(void)
{
    return (double)clock_monotonic_us() / 1e3;
}

/* ---- the engine ---- */

static const uint16_t women[] = {ANSWER_FIRST}, learned[] = {ANSWER_FIRST + 1, ANSWER_FIRST + 2};
static const struct tabulate_filter filters[] = {{GENDER, women, 1}, {EDU, learned, 2}};

static struct tabulate_query query_of(const struct setup *s)
{
    struct tabulate_query query = {.axis_count = s->axis_count,
                                   .filters = filters,
                                   .filter_count = s->filtered ? 2 : 0,
                                   .weighted = s->weighted,
                                   .keyed = s->keyed};
    memcpy(query.axes, s->axes, sizeof s->axes);
    return query;
}

static double time_engine(struct table *table, struct columns *columns, const struct setup *s)
{
    const struct tabulate_query query = query_of(s);
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

/* ---- a plain loop ---- */

/* What one would write first: a row at a time, leave when a filter says no. */
static void count_plainly(struct plain_cell *cells, const struct people *p, const struct setup *s)
{
    for (size_t i = 0; i < p->rows; i++) {
        if (s->filtered && (p->codes[GENDER][i] != ANSWER_FIRST || p->codes[EDU][i] < ANSWER_FIRST + 1 ||
                            p->codes[EDU][i] > ANSWER_FIRST + 2)) {
            continue;
        }
        size_t cell = 0;
        for (size_t a = 0; a < s->axis_count; a++) {
            cell = cell * people_codes[s->axes[a]] + p->codes[s->axes[a]][i];
        }
        cells[cell].n++;
        if (s->weighted) {
            double weight = (double)p->weights[i] / (double)WEIGHT_ONE;
            cells[cell].weight += weight;
            cells[cell].weight_squared += weight * weight;
        }
        if (s->keyed) {
            cells[cell].key ^= p->keys[i];
        }
    }
}

static double time_plain(const struct table *table, const struct people *people, const struct setup *s)
{
    struct plain_cell *cells = need(calloc(table->cell_count, sizeof *cells));
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        memset(cells, 0, table->cell_count * sizeof *cells);
        double start = now_ms();
        count_plainly(cells, people, s);
        double took = now_ms() - start;
        best = i == 0 || took < best ? took : best;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        if (cells[i].n != table->cells[i].n || cells[i].key != table->cells[i].key) {
            fprintf(stderr, "columns: %s: cell %zu differs\n", s->name, i);
            exit(1);
        }
    }
    free(cells);
    return best;
}

/* ---- a bare read ---- */

typedef uint64_t lanes __attribute__((vector_size(32), may_alias));

/* Every byte once, as fast as they come; `size` is a multiple of 128, as whole blocks are. */
static void read_bytes(lanes sums[4], const void *bytes, size_t size)
{
    const lanes *at = __builtin_assume_aligned(bytes, 32);
    lanes a = sums[0], b = sums[1], c = sums[2], d = sums[3];
    for (size_t i = 0; i < size / sizeof *at; i += 4) {
        a ^= at[i];
        b ^= at[i + 1];
        c ^= at[i + 2];
        d ^= at[i + 3];
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
}

static void read_columns(lanes sums[4], struct columns *columns, const struct setup *s)
{
    for (uint32_t b = 0; b < columns_blocks(columns); b++) {
        const struct columns_block block = columns_block(columns, b);
        for (size_t a = 0; a < s->axis_count; a++) {
            read_bytes(sums, block.codes + columns_offset(columns, s->axes[a]), COLUMNS_BLOCK_ROWS);
        }
        for (size_t f = 0; s->filtered && f < 2; f++) {
            read_bytes(sums, block.codes + columns_offset(columns, filters[f].variable), COLUMNS_BLOCK_ROWS);
        }
        if (s->weighted) {
            read_bytes(sums, block.weights, COLUMNS_BLOCK_ROWS * sizeof *block.weights);
        }
        if (s->keyed) {
            read_bytes(sums, block.keys, COLUMNS_BLOCK_ROWS * sizeof *block.keys);
        }
    }
}

static double time_read(struct columns *columns, const struct setup *s)
{
    double best = 0;
    for (int i = 0; i < TRIES; i++) {
        lanes sums[4] = {{0}};
        double start = now_ms();
        read_columns(sums, columns, s);
        double took = now_ms() - start;
        volatile uint64_t kept = (sums[0] ^ sums[1] ^ sums[2] ^ sums[3])[0]; /* else nothing is read */
        (void)kept;
        best = i == 0 || took < best ? took : best;
    }
    return best;
}

/* ---- figures ---- */

static void write_figure(struct bench *bench, const char *what, const struct setup *s, const double *values,
                         const double *rivals, const char *rival, const char *goal)
{
    fprintf(bench->json, "%s {\"name\": \"%s %zu: %s\", \"unit\": \"ms\", ", bench->written ? ",\n" : "",
            what, bench->people.rows, s->name);
    rounds_write(bench->json, "values", values);
    fputs(", ", bench->json);
    rounds_write(bench->json, "rivals", rivals);
    fprintf(bench->json, ", \"rival_name\": \"%s\"%s}", rival, goal);
    bench->written = true;
}

static void write_goal(char goal[GOAL_BYTES], const char *of, const char *at, double is)
{
    snprintf(goal, GOAL_BYTES, ", \"goal\": {\"of\": \"%s\", \"at\": \"%s\", \"is\": %.6g}", of, at, is);
}

static void say(const char *what, const double *values, const double *beside)
{
    double ratios[ROUNDS_MAX];
    for (int r = 0; r < rounds(); r++) {
        ratios[r] = values[r] / beside[r];
    }
    const struct figure own = rounds_summary(values), ratio = rounds_summary(ratios);
    printf("  %s %.3f ms, %.3g times [%.3g..%.3g]", what, own.median, ratio.median, ratio.low, ratio.high);
}

static void report(struct bench *bench, const struct setup *s, const struct times *t, const char *way)
{
    const struct figure own = rounds_summary(t->engine);
    char goal[GOAL_BYTES] = "";
    printf("%-48s %6.3f ms [%.3f..%.3f]", s->name, own.median, own.low, own.high);
    say("loop", t->plain, t->engine);
    if (s->promised) {
        write_goal(goal, "value", "most", GOAL_MS_A_MILLION * (double)bench->people.rows / 1e6);
    }
    write_figure(bench, "counting", s, t->engine, t->plain, "a plain loop over the same columns", goal);
    if (s->promised) {
        say("read", t->read, t->engine);
        write_goal(goal, "ratio", "most", GOAL_READS);
        write_figure(bench, "counting beside reading", s, t->engine, t->read,
                     "a bare read of the bytes that it touches", goal);
        say("SQL", t->sql, t->engine);
        printf(" (%s)", way);
        write_goal(goal, "ratio", "least", GOAL_SQL);
        write_figure(bench, "SQL beside counting", s, t->sql, t->engine, "the counting engine", goal);
    }
    putchar('\n');
    fflush(stdout);
}

static void measure(struct bench *bench, const struct setup *s)
{
    struct table table = {0};
    struct times t;
    const char *way = NULL;
    const struct tabulate_query query = query_of(s);
    for (int round = 0; round < rounds(); round++) {
        t.engine[round] = time_engine(&table, bench->columns, s);
        t.plain[round] = time_plain(&table, &bench->people, s);
        if (s->promised) {
            t.read[round] = time_read(bench->columns, s);
            t.sql[round] = sql_rival_time(&way, bench->sql, &query, &table);
        }
    }
    report(bench, s, &t, way);
    table_free(&table);
}

static const struct setup setups[] = {
    {"value x region x age, 2 filters, weighted, keyed", {4, REGION, AGE}, 3, true, true, true, true},
    {"the same without record keys", {4, REGION, AGE}, 3, true, true, false, false},
    {"the same, unweighted", {4, REGION, AGE}, 3, true, false, false, false},
    {"value x region x age, no filter, weighted", {4, REGION, AGE}, 3, false, true, false, false},
    {"question x question, 2 filters, weighted", {5, 6, 0}, 2, true, true, false, false},
    {"one question, no filter, unweighted", {5, 0, 0}, 1, false, false, false, false},
};

int main(int argc, char **argv)
{
    struct bench bench = {.json = argc == 4 ? fopen(argv[2], "w") : NULL};
    size_t rows = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
    if (rows == 0 || !bench.json) {
        fputs("usage: columns ROWS JSON-FILE CONNINFO\n", stderr);
        return 2;
    }
    if (columns_create(&bench.columns, people_codes, VARIABLES) != COLUMNS_OK) {
        return 1;
    }
    double start = now_ms();
    people_draw(&bench.people, bench.columns, rows);
    double took = now_ms() - start;
    printf(
        "%zu people of %d variables drawn and filled in %.0f ms; %.1f bytes a row, of which %d are codes\n",
        rows, (int)VARIABLES, took, (double)columns_memory(bench.columns) / (double)rows, (int)VARIABLES);
    bench.sql = sql_rival_create(argv[3], &bench.people);
    fputs("[\n", bench.json);
    for (size_t i = 0; i < sizeof setups / sizeof *setups; i++) {
        measure(&bench, &setups[i]);
    }
    fputs("\n]\n", bench.json);
    fclose(bench.json);
    sql_rival_destroy(bench.sql);
    columns_destroy(bench.columns);
    people_free(&bench.people);
    return 0;
}
