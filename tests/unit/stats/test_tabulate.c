#include "stats/answer.h"
#include "stats/tabulate.h"
#include "stats/tabulate_kernel.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(tabulate, .fini = leaks_check);

/* ---- beside R: fixtures/make_tabulate.R ---- */

enum { VALUE, REGION, AGE, GENDER, EDU, NUMBER, R_VARIABLES };

static struct columns *round_of_r(void)
{
    const uint32_t codes[R_VARIABLES] = {10, 15, 9, 6, 6, 300};
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, codes, R_VARIABLES), COLUMNS_OK);
    FILE *file = fixture_open("round.csv");
    unsigned read[R_VARIABLES];
    double weight;
    int64_t line = 0;
    while (fscanf(file, "%u,%u,%u,%u,%u,%u,%lf", &read[0], &read[1], &read[2], &read[3], &read[4], &read[5],
                  &weight) == 7) {
        uint8_t answers[7];
        for (size_t v = 0; v < NUMBER; v++) {
            answers[v] = (uint8_t)read[v];
        }
        answer_write(answers + NUMBER, 2, read[NUMBER]);
        struct columns_change change = {.kind = COLUMNS_ANSWERED,
                                        .id = id_of((uint64_t)++line),
                                        .revision = 1,
                                        .answers = answers,
                                        .answers_size = sizeof answers,
                                        .weight = (uint32_t)(weight * WEIGHT_ONE)};
        cr_assert_eq(columns_apply(columns, &change, 1, line), COLUMNS_OK);
        cr_assert_eq(change.outcome, COLUMNS_APPLIED);
    }
    fclose(file);
    cr_assert_eq(columns_rows(columns), 700);
    return columns;
}

/* The lines of tables.csv of one query are the occupied cells of our table: the same n, sums equal to the
 * last digit. */
static void expect_as_r(const char *name, const struct tabulate_query *query)
{
    struct columns *columns = round_of_r();
    struct table table;
    cr_assert_eq(tabulate(&table, columns, query), TABULATE_OK);
    size_t occupied = 0, lines = 0;
    for (size_t i = 0; i < table.cell_count; i++) {
        occupied += table.cells[i].n > 0;
    }
    FILE *file = fixture_open("tables.csv");
    char of[64];
    int axes[TABULATE_AXES_MAX];
    unsigned long long n;
    double weight, squared;
    while (fscanf(file, " %63[^,],%d,%d,%d,%d,%llu,%lf,%lf", of, &axes[0], &axes[1], &axes[2], &axes[3], &n,
                  &weight, &squared) == 8) {
        if (strcmp(of, name) != 0) {
            continue;
        }
        uint32_t codes[TABULATE_AXES_MAX];
        for (size_t a = 0; a < TABULATE_AXES_MAX; a++) {
            cr_assert_eq(axes[a] < 0, a >= query->axis_count);
            codes[a] = (uint32_t)axes[a];
        }
        const struct table_cell *cell = &table.cells[table_cell_number(&table, codes)];
        cr_expect_eq(cell->n, n);
        cr_expect_float_eq(table_weight(cell), weight, 1e-12);
        cr_expect_float_eq(table_weight_squared(cell), squared, 1e-11);
        lines++;
    }
    fclose(file);
    cr_expect_gt(lines, 0);
    cr_expect_eq(lines, occupied);
    table_free(&table);
    columns_destroy(columns);
}

static const uint16_t gender_codes[] = {3}, edu_codes[] = {5, 3};
static const struct tabulate_filter r_filters[] = {{GENDER, gender_codes, 1}, {EDU, edu_codes, 2}};

Test(tabulate, as_r_one_variable)
{
    expect_as_r("value", &(struct tabulate_query){.axes = {VALUE}, .axis_count = 1, .weighted = true});
}

Test(tabulate, as_r_a_wide_variable)
{
    expect_as_r("number", &(struct tabulate_query){.axes = {NUMBER}, .axis_count = 1, .weighted = true});
}

Test(tabulate, as_r_two_variables)
{
    expect_as_r("value_region",
                &(struct tabulate_query){.axes = {VALUE, REGION}, .axis_count = 2, .weighted = true});
}

Test(tabulate, as_r_three_variables_filtered)
{
    expect_as_r("value_region_age_filtered", &(struct tabulate_query){.axes = {VALUE, REGION, AGE},
                                                                      .axis_count = 3,
                                                                      .filters = r_filters,
                                                                      .filter_count = 2,
                                                                      .weighted = true});
}

Test(tabulate, as_r_wide_by_narrow_filtered)
{
    expect_as_r("number_value_filtered", &(struct tabulate_query){.axes = {NUMBER, VALUE},
                                                                  .axis_count = 2,
                                                                  .filters = r_filters,
                                                                  .filter_count = 2,
                                                                  .weighted = true});
}

Test(tabulate, as_r_four_variables)
{
    expect_as_r(
        "value_age_gender_edu",
        &(struct tabulate_query){.axes = {VALUE, AGE, GENDER, EDU}, .axis_count = 4, .weighted = true});
}

/* ---- beside a plain loop ---- */

struct random_query {
    struct tabulate_query query;
    struct tabulate_filter filters[3];
    uint16_t codes[3][300];
};

static void invent(struct random_query *r, uint64_t *state)
{
    *r = (struct random_query){.query = {.filters = r->filters}};
    size_t cells = 1;
    while (r->query.axis_count < TABULATE_AXES_MAX && random_below(state, 4) != 0) {
        size_t variable = random_below(state, MODEL_VARIABLES);
        bool fresh = cells * model_codes[variable] <= TABULATE_CELLS_MAX;
        for (size_t a = 0; a < r->query.axis_count; a++) {
            fresh = fresh && r->query.axes[a] != variable;
        }
        if (fresh) {
            r->query.axes[r->query.axis_count++] = variable;
            cells *= model_codes[variable];
        }
    }
    r->query.filter_count = random_below(state, 4);
    for (size_t f = 0; f < r->query.filter_count; f++) {
        size_t variable = random_below(state, MODEL_VARIABLES);
        uint32_t count = random_below(state, 2) ? random_below(state, 300) : random_below(state, 4);
        for (uint32_t i = 0; i < count; i++) {
            r->codes[f][i] = (uint16_t)random_below(state, model_codes[variable]);
        }
        r->filters[f] = (struct tabulate_filter){variable, r->codes[f], count};
    }
    r->query.weighted = random_below(state, 2);
    r->query.keyed = random_below(state, 2);
}

static void expect_as_model(const struct model *model, struct columns *columns,
                            const struct tabulate_query *query)
{
    struct table table;
    cr_assert_eq(tabulate(&table, columns, query), TABULATE_OK);
    struct table_cell *cells = model_tabulate(model, query, table.cell_count);
    cr_assert_eq(memcmp(cells, table.cells, table.cell_count * sizeof *cells), 0);
    cr_assert_eq(table.rows, model->live);
    free(cells);
    table_free(&table);
}

static void random_queries(uint64_t state, size_t rows, bool weighted, int queries)
{
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    struct model model = model_create(rows);
    model_fill(&model, columns, &state, weighted);
    for (uint32_t i = 0; i < rows; i += 1 + random_below(&state, 9)) {
        uint8_t answers[MODEL_ANSWERS];
        struct columns_change change = model_change(&state, answers, i, 2, random_below(&state, 2));
        model_apply(&model, i, &change);
        cr_assert_eq(columns_apply(columns, &change, 1, i), COLUMNS_OK);
    }
    static struct random_query random;
    for (int q = 0; q < queries; q++) {
        invent(&random, &state);
        expect_as_model(&model, columns, &random.query);
    }
    model_free(&model);
    columns_destroy(columns);
}

Test(tabulate, as_a_plain_loop_on_few_rows)
{
    for (size_t rows = 1; rows < 40; rows++) {
        random_queries(rows * 77, rows, rows % 2, 6);
    }
}

Test(tabulate, as_a_plain_loop_around_the_ends_of_stretches_and_blocks)
{
    random_queries(1, 2047, true, 20);
    random_queries(2, 2050, false, 20);
    random_queries(3, COLUMNS_BLOCK_ROWS + 2, true, 30);
    random_queries(4, 3 * COLUMNS_BLOCK_ROWS - 1, true, 20);
    random_queries(5, 7 * COLUMNS_BLOCK_ROWS + 9, true, 20);
}

/* Filters that let nobody pass for a long while, then nearly everybody, then one now and then: what is
 * fetched ahead follows how many passed before, what is counted does not. */
Test(tabulate, as_a_plain_loop_where_filters_pass_by_stretches)
{
    enum { ROWS = 2 * COLUMNS_BLOCK_ROWS + 77, RUN = 1000 };
    const uint32_t codes = 6;
    const uint16_t wanted = 4;
    struct columns *columns;
    uint64_t n = 0, weight = 0, key = 0;
    cr_assert_eq(columns_create(&columns, &codes, 1), COLUMNS_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        const bool passes = i / RUN % 3 == 0 ? false : i / RUN % 3 == 1 ? i % 9 != 0 : i % 150 == 0;
        const uint8_t answer = passes ? 4 : 3;
        struct columns_change change = {.id = id_of(i),
                                        .revision = 1,
                                        .key = i + 1,
                                        .answers = &answer,
                                        .answers_size = 1,
                                        .weight = WEIGHT_ONE / 2 + i};
        cr_assert_eq(columns_apply(columns, &change, 1, i), COLUMNS_OK);
        n += passes;
        weight += passes ? change.weight : 0;
        key ^= passes ? i + 1 : 0;
    }
    struct table table;
    const struct tabulate_filter filter = {0, &wanted, 1};
    const struct tabulate_query query = {
        .axis_count = 1, .filters = &filter, .filter_count = 1, .weighted = true, .keyed = true};
    cr_assert_eq(tabulate(&table, columns, &query), TABULATE_OK);
    cr_expect_eq(table.cells[4].n, n);
    cr_expect_eq(table.cells[4].weight, weight);
    cr_expect_eq(table.cells[4].key, key);
    cr_expect_eq(table.cells[3].n, 0);
    table_free(&table);
    columns_destroy(columns);
}

Test(tabulate, as_a_plain_loop_with_everybody_in_one_cell)
{
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    struct model model = model_create(5 * COLUMNS_BLOCK_ROWS + 100);
    uint64_t state = 6;
    model_fill(&model, columns, &state, true);
    expect_as_model(&model, columns, &(struct tabulate_query){.weighted = true, .keyed = true});
    expect_as_model(&model, columns, &(struct tabulate_query){0});
    model_free(&model);
    columns_destroy(columns);
}

Test(tabulate, an_empty_round_gives_an_empty_table)
{
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    struct table table;
    struct tabulate_query query = {.axes = {0, 1}, .axis_count = 2, .weighted = true, .keyed = true};
    cr_assert_eq(tabulate(&table, columns, &query), TABULATE_OK);
    cr_assert_eq(table.cell_count, 50);
    for (size_t i = 0; i < table.cell_count; i++) {
        cr_expect_eq(table.cells[i].n, 0);
    }
    table_free(&table);
    columns_destroy(columns);
}

/* The versions for other processors count the same. */
Test(tabulate, plain_and_chosen_kernel_agree)
{
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    struct model model = model_create(5000);
    uint64_t state = 9;
    model_fill(&model, columns, &state, true);
    static struct kernel_job job;
    job = (struct kernel_job){
        .axes = {{columns_offset(columns, 0), 10, false}, {columns_offset(columns, 3), 257, true}},
        .axis_count = 2,
        .filters = {{.offset = columns_offset(columns, 5),
                     .wide = true,
                     .run_count = 2,
                     .first = {0, 3000},
                     .span = {1000, 1500}}},
        .filter_count = 1,
        .weighted = true,
        .keyed = true};
    kernel_prepare(&job);
    struct columns_block block = columns_block(columns, 0);
    struct table_cell *plain = calloc(2570, sizeof *plain), *chosen = calloc(2570, sizeof *chosen);
    job.cells = plain;
    kernel_plain()(&job, &block, &block);
    job.cells = chosen;
    job.narrow = true;
    kernel_choose()(&job, &block, &block);
    cr_expect_eq(memcmp(plain, chosen, 2570 * sizeof *plain), 0);
    uint64_t counted = 0;
    for (size_t i = 0; i < 2570; i++) {
        counted += plain[i].n;
    }
    cr_expect(counted > 2000 && counted < 3000);
    free(plain);
    free(chosen);
    model_free(&model);
    columns_destroy(columns);
}

/* Heavier than any real round in 2^26 rows could be: the sums' last bits are still right. */
Test(tabulate, the_heaviest_weights_add_up)
{
    const uint32_t codes = 4;
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, &codes, 1), COLUMNS_OK);
    const uint8_t answer = 3;
    for (uint32_t i = 0; i < 1000; i++) {
        struct columns_change change = {
            .id = id_of(i), .revision = 1, .answers = &answer, .answers_size = 1, .weight = WEIGHT_LIMIT - 1};
        cr_assert_eq(columns_apply(columns, &change, 1, 1), COLUMNS_OK);
    }
    struct table table;
    cr_assert_eq(tabulate(&table, columns, &(struct tabulate_query){.axis_count = 1, .weighted = true}),
                 TABULATE_OK);
    cr_expect_eq(table.cells[3].weight, 1000 * (uint64_t)(WEIGHT_LIMIT - 1));
    cr_expect_float_eq(table_weight_squared(&table.cells[3]), 256000.0, 0.001);
    /* 2^26 rows of them fit. */
    cr_expect_leq(table.cells[3].weight_squared / 1000, UINT64_MAX >> 26);
    table_free(&table);
    columns_destroy(columns);
}

/* ---- what is refused ---- */

static enum tabulate_status status_of(struct tabulate_query query)
{
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    struct table table;
    enum tabulate_status status = tabulate(&table, columns, &query);
    table_free(&table);
    columns_destroy(columns);
    return status;
}

Test(tabulate, bad_questions_are_refused)
{
    const uint16_t code = 10;
    const struct tabulate_filter no_variable[] = {{MODEL_VARIABLES, &code, 1}}, no_code[] = {{0, &code, 1}};
    cr_expect_eq(status_of((struct tabulate_query){.axes = {MODEL_VARIABLES}, .axis_count = 1}),
                 TABULATE_BAD_VARIABLE);
    cr_expect_eq(status_of((struct tabulate_query){.axes = {1, 0, 1}, .axis_count = 3}),
                 TABULATE_BAD_VARIABLE);
    cr_expect_eq(status_of((struct tabulate_query){.filters = no_variable, .filter_count = 1}),
                 TABULATE_BAD_VARIABLE);
    cr_expect_eq(status_of((struct tabulate_query){.filters = no_code, .filter_count = 1}),
                 TABULATE_BAD_CODE);
    cr_expect_eq(status_of((struct tabulate_query){.axis_count = TABULATE_AXES_MAX + 1}), TABULATE_TOO_MANY);
    cr_expect_eq(status_of((struct tabulate_query){.filter_count = TABULATE_FILTERS_MAX + 1}),
                 TABULATE_TOO_MANY);
    /* 5000 * 257 */
    cr_expect_eq(status_of((struct tabulate_query){.axes = {5, 3}, .axis_count = 2}),
                 TABULATE_TOO_MANY_CELLS);
    cr_expect_eq(status_of((struct tabulate_query){.axes = {2, 3, 0}, .axis_count = 3}), TABULATE_OK);
}
