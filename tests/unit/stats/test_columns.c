#include "stats/answer.h"
#include "stats/columns.h"
#include "stats/columns_internal.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(columns, .fini = leaks_check);

static struct columns *create(void)
{
    struct columns *columns;
    cr_assert_eq(columns_create(&columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    return columns;
}

static enum columns_outcome apply_one(struct columns *columns, struct columns_change change)
{
    cr_assert_eq(columns_apply(columns, &change, 1, 1), COLUMNS_OK);
    return change.outcome;
}

Test(columns, layout_gives_widths_and_offsets)
{
    struct columns *columns = create();
    cr_assert_eq(columns_variables(columns), MODEL_VARIABLES);
    cr_assert_eq(columns_answers_size(columns), MODEL_ANSWERS);
    cr_expect_eq(columns_width(columns, 2), 1);
    cr_expect_eq(columns_width(columns, 3), 2);
    cr_expect_eq(columns_codes(columns, 3), 257);
    cr_expect_eq(columns_offset(columns, 4), 5 * COLUMNS_BLOCK_ROWS);
    columns_destroy(columns);
}

Test(columns, impossible_layouts_are_refused)
{
    struct columns *columns;
    const uint32_t too_few[] = {10, 2}, too_many[] = {65537};
    cr_expect_eq(columns_create(&columns, too_few, 2), COLUMNS_BAD_LAYOUT);
    cr_expect_null(columns);
    cr_expect_eq(columns_create(&columns, too_many, 1), COLUMNS_BAD_LAYOUT);
    cr_expect_eq(columns_create(&columns, too_many, 0), COLUMNS_BAD_LAYOUT);
}

Test(columns, new_corrected_withdrawn_and_late_repeats)
{
    struct columns *columns = create();
    uint64_t state = 1;
    uint8_t first[MODEL_ANSWERS], second[MODEL_ANSWERS];
    struct columns_change new = model_change(&state, first, 1, 1, false);
    struct columns_change corrected = model_change(&state, second, 1, 2, false);
    struct columns_change withdrawn = model_change(&state, first, 1, 3, true);

    cr_expect_eq(apply_one(columns, new), COLUMNS_APPLIED);
    cr_expect_eq(apply_one(columns, new), COLUMNS_STALE);
    cr_expect_eq(apply_one(columns, corrected), COLUMNS_APPLIED);
    cr_expect_eq(apply_one(columns, new), COLUMNS_STALE);
    cr_assert_eq(columns_rows(columns), 1);
    cr_expect_eq(columns_code(columns, 0, 0), second[0]);
    cr_expect_eq(apply_one(columns, withdrawn), COLUMNS_APPLIED);
    cr_expect_eq(apply_one(columns, withdrawn), COLUMNS_STALE);
    cr_expect_eq(apply_one(columns, new), COLUMNS_STALE);
    cr_expect_eq(apply_one(columns, corrected), COLUMNS_STALE);
    cr_expect_eq(columns_rows(columns), 0);
    cr_expect_eq(columns_withdrawn(columns), 1);

    /* A withdrawal of what was never seen: what it withdraws may still come. */
    struct columns_change unseen = model_change(&state, first, 2, 5, true);
    struct columns_change late = model_change(&state, first, 2, 4, false);
    cr_expect_eq(apply_one(columns, unseen), COLUMNS_APPLIED);
    cr_expect_eq(apply_one(columns, late), COLUMNS_STALE);
    cr_expect_eq(columns_rows(columns), 0);
    columns_destroy(columns);
}

/* Wide codes among narrow ones, more and fewer rows than are written together. */
Test(columns, each_code_stands_where_it_belongs)
{
    enum { VARIABLES = 45, ROWS = 3 * 64 + 13 };
    uint32_t codes[VARIABLES];
    static uint8_t answers[ROWS][VARIABLES + 3];
    static struct columns_change changes[ROWS];
    struct columns *columns;
    uint64_t state = 7;
    for (size_t v = 0; v < VARIABLES; v++) {
        codes[v] = v == 5 || v == 22 || v == 44 ? 300 : 3 + (uint32_t)v;
    }
    cr_assert_eq(columns_create(&columns, codes, VARIABLES), COLUMNS_OK);
    for (uint32_t row = 0; row < ROWS; row++) {
        size_t at = 0;
        for (size_t v = 0; v < VARIABLES; v++) {
            answer_write(&answers[row][at], answer_width(codes[v]), random_below(&state, codes[v]));
            at += answer_width(codes[v]);
        }
        changes[row] = (struct columns_change){
            .id = id_of(row), .revision = 1, .answers = answers[row], .answers_size = at};
    }
    for (uint32_t first = 0, count = 1; first < ROWS; first += count, count = 5 * count + 2) {
        count = count < ROWS - first ? count : ROWS - first;
        cr_assert_eq(columns_apply(columns, &changes[first], count, first + 1), COLUMNS_OK);
    }
    for (uint32_t row = 0; row < ROWS; row++) {
        size_t at = 0;
        for (size_t v = 0; v < VARIABLES; v++) {
            cr_expect_eq(columns_code(columns, row, v),
                         answer_read(&answers[row][at], answer_width(codes[v])), "row %u variable %zu",
                         (unsigned)row, v);
            at += answer_width(codes[v]);
        }
    }
    columns_destroy(columns);
}

/* Each variable in turn is one past its last code. */
Test(columns, a_code_that_a_variable_has_not_is_refused_wherever_it_stands)
{
    enum { VARIABLES = 70 };
    uint32_t codes[VARIABLES];
    uint8_t answers[VARIABLES + 1] = {0};
    struct columns *columns;
    for (size_t v = 0; v < VARIABLES; v++) {
        codes[v] = v == 40 ? 300 : 3 + (uint32_t)v;
    }
    cr_assert_eq(columns_create(&columns, codes, VARIABLES), COLUMNS_OK);
    for (size_t v = 0, at = 0; v < VARIABLES; at += answer_width(codes[v]), v++) {
        struct columns_change change = {
            .id = id_of(v), .revision = 1, .answers = answers, .answers_size = sizeof answers};
        answer_write(&answers[at], answer_width(codes[v]), codes[v]);
        cr_expect_eq(apply_one(columns, change), COLUMNS_REFUSED, "variable %zu", v);
        answer_write(&answers[at], answer_width(codes[v]), codes[v] - 1);
        cr_expect_eq(apply_one(columns, change), COLUMNS_APPLIED, "variable %zu", v);
    }
    columns_destroy(columns);
}

Test(columns, withdrawn_answers_do_not_linger)
{
    struct columns *columns = create();
    struct model model = model_create(100);
    uint64_t state = 2;
    model_fill(&model, columns, &state, true);
    for (uint32_t i = 0; i < 100; i++) {
        apply_one(columns, model_change(&state, NULL, i, 2, true));
    }
    cr_assert_eq(columns_rows(columns), 0);
    struct columns_block block = columns_block(columns, 0);
    for (size_t i = 0; i < (size_t)COLUMNS_BLOCK_ROWS * MODEL_ANSWERS; i++) {
        cr_assert_eq(block.codes[i], 0);
    }
    for (size_t i = 0; i < COLUMNS_BLOCK_ROWS; i++) {
        cr_assert(block.keys[i] == 0 && block.weights[i] == 0);
    }
    model_free(&model);
    columns_destroy(columns);
}

Test(columns, emptied_they_begin_anew)
{
    struct columns *columns = create();
    struct model model = model_create(COLUMNS_BLOCK_ROWS + 10);
    uint64_t state = 2;
    const size_t memory = columns_memory(columns);
    uint8_t answers[MODEL_ANSWERS];
    model_fill(&model, columns, &state, true);
    cr_assert_gt(columns_rows(columns), COLUMNS_BLOCK_ROWS);
    cr_assert_gt(columns_memory(columns), memory);
    cr_assert_eq(columns_empty(columns), COLUMNS_OK);
    cr_expect_eq(columns_rows(columns), 0);
    cr_expect_eq(columns_withdrawn(columns), 0);
    cr_expect_eq(columns_position(columns), 0);
    cr_expect_not(columns_weighted(columns));
    cr_expect_eq(columns_weights_version(columns), 0);
    cr_expect_eq(columns_memory(columns), memory, "blocks and identities are gone");
    struct columns_change again = model_change(&state, answers, 3, 1, false);
    cr_expect_eq(apply_one(columns, again), COLUMNS_APPLIED, "whoever was there may come again");
    cr_expect_eq(columns_rows(columns), 1);
    model_free(&model);
    columns_destroy(columns);
}

/* Blocks get their memory a group at a time. */
Test(columns, a_round_grows_past_a_group_of_blocks_and_again_after_it_was_emptied)
{
    struct columns *columns = create();
    const size_t memory = columns_memory(columns);
    for (uint64_t state = 8; state < 10; state++) {
        struct model model = model_create(COLUMNS_GROUP_BLOCKS * COLUMNS_BLOCK_ROWS + 1000);
        uint64_t draws = state;
        model_fill(&model, columns, &draws, state == 8);
        model_expect(&model, columns);
        for (uint32_t b = 0; b < columns_blocks(columns); b++) {
            cr_expect_eq((uintptr_t)columns_block(columns, b).codes % 64, 0, "block %u", (unsigned)b);
        }
        cr_assert_eq(columns_empty(columns), COLUMNS_OK);
        cr_expect_eq(columns_memory(columns), memory);
        model_free(&model);
    }
    columns_destroy(columns);
}

Test(columns, refused_changes_leave_the_rest_of_the_batch_alone)
{
    struct columns *columns = create();
    uint64_t state = 3;
    uint8_t answers[5][MODEL_ANSWERS];
    struct columns_change changes[5];
    for (uint32_t i = 0; i < 5; i++) {
        changes[i] = model_change(&state, answers[i], i, 1, i == 4);
    }
    answers[0][0] = 10; /* variable 0 has the codes 0..9 */
    changes[1].answers_size--;
    changes[2].weight = WEIGHT_LIMIT;
    cr_assert_eq(columns_apply(columns, changes, 5, 77), COLUMNS_OK);
    cr_expect_eq(changes[0].outcome, COLUMNS_REFUSED);
    cr_expect_eq(changes[1].outcome, COLUMNS_REFUSED);
    cr_expect_eq(changes[2].outcome, COLUMNS_REFUSED);
    cr_expect_eq(changes[3].outcome, COLUMNS_APPLIED);
    cr_expect_eq(changes[4].outcome, COLUMNS_APPLIED);
    cr_expect_eq(columns_rows(columns), 1);
    cr_expect_eq(columns_withdrawn(columns), 1);
    cr_expect_eq(columns_position(columns), 77);
    /* A code of a wide variable past its end. */
    answer_write(answers[0], 1, 9);
    answer_write(answers[0] + 3, 2, 257);
    changes[0].weight = 0;
    cr_expect_eq(apply_one(columns, changes[0]), COLUMNS_REFUSED);
    columns_destroy(columns);
}

Test(columns, a_batch_past_its_size_changes_nothing)
{
    struct columns *columns = create();
    struct columns_change one = {0};
    cr_expect_eq(columns_apply(columns, &one, (size_t)COLUMNS_BATCH_MAX + 1, 9), COLUMNS_TOO_MANY);
    cr_expect_eq(columns_position(columns), 0);
    cr_expect_eq(columns_apply(columns, NULL, 0, 9), COLUMNS_OK);
    cr_expect_eq(columns_position(columns), 9);
    columns_destroy(columns);
}

/* Random batches of new, corrected, withdrawn, late and repeated changes, beside the model. */
static void random_life(uint64_t state, size_t responses, int batches, uint32_t batch_max, bool weighted)
{
    struct columns *columns = create();
    struct model model = model_create(responses);
    struct columns_change *changes = calloc(batch_max, sizeof *changes);
    enum columns_outcome *expected = calloc(batch_max, sizeof *expected);
    uint8_t *answers = calloc(batch_max, MODEL_ANSWERS);
    cr_assert(changes && expected && answers);
    for (int b = 0; b < batches; b++) {
        uint32_t count = 1 + random_below(&state, batch_max);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t number = random_below(&state, (uint32_t)responses);
            uint32_t known = model.responses[number].revision;
            uint32_t revision = random_below(&state, 4) == 0 ? random_below(&state, known + 2) : known + 1;
            changes[i] = model_change(&state, answers + (size_t)i * MODEL_ANSWERS, number, revision,
                                      random_below(&state, 3) == 0);
            if (weighted && b > batches / 2 && random_below(&state, 2) == 0) {
                changes[i].weight = 1 + random_below(&state, WEIGHT_LIMIT - 1);
            }
            expected[i] = model_apply(&model, number, &changes[i]);
        }
        cr_assert_eq(columns_apply(columns, changes, count, b), COLUMNS_OK);
        for (uint32_t i = 0; i < count; i++) {
            cr_assert_eq(changes[i].outcome, expected[i]);
        }
        if (b % 10 == 0) {
            model_expect(&model, columns);
        }
    }
    model_expect(&model, columns);
    free(changes);
    free(expected);
    free(answers);
    model_free(&model);
    columns_destroy(columns);
}

Test(columns, lives_like_the_model_when_small)
{
    for (uint64_t seed = 0; seed < 20; seed++) {
        random_life(seed * 1000, 40, 100, 12, seed % 2 == 0);
    }
}

Test(columns, lives_like_the_model_over_several_blocks)
{
    random_life(42, 90000, 60, 9000, true);
}

/* More new rows in one batch than wait for each other, over the end of a block, with corrections of rows that
 * wait and of rows that were written. */
Test(columns, new_rows_and_their_corrections_in_one_batch)
{
    enum { PEOPLE = COLUMNS_BLOCK_ROWS + 1000, EVERY = 7 };
    struct columns *columns = create();
    struct model model = model_create(PEOPLE);
    struct columns_change *changes = calloc(2 * (size_t)PEOPLE, sizeof *changes);
    uint8_t *answers = calloc(2 * (size_t)PEOPLE, MODEL_ANSWERS);
    uint64_t state = 9;
    size_t count = 0;
    cr_assert(changes && answers);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        changes[count] = model_change(&state, answers + count * MODEL_ANSWERS, i, 1, false);
        model_apply(&model, i, &changes[count++]);
        if (i % EVERY == EVERY - 1) {
            uint32_t corrected = i % 2 == 0 ? i - random_below(&state, EVERY) : random_below(&state, i);
            uint32_t revision = model.responses[corrected].revision + 1;
            changes[count] =
                model_change(&state, answers + count * MODEL_ANSWERS, corrected, revision, false);
            model_apply(&model, corrected, &changes[count++]);
        }
    }
    cr_assert_eq(columns_apply(columns, changes, count, 1), COLUMNS_OK);
    cr_expect_eq(columns_rows(columns), PEOPLE);
    model_expect(&model, columns);
    free(changes);
    free(answers);
    model_free(&model);
    columns_destroy(columns);
}

static uint32_t weigh_by_first(const void *context, const struct columns *columns, uint32_t row)
{
    const uint32_t *unit = context;
    return *unit * (1 + columns_code(columns, row, 0));
}

Test(columns, weigh_gives_every_row_its_weight)
{
    struct columns *columns = create();
    struct model model = model_create(20000);
    uint64_t state = 4;
    model_fill(&model, columns, &state, false);
    cr_assert_not(columns_weighted(columns));
    cr_assert_null(columns_block(columns, 0).weights);
    cr_assert_eq(columns_weights_version(columns), 0);
    uint32_t unit = WEIGHT_ONE / 4;
    cr_assert_eq(columns_weigh(columns, weigh_by_first, &unit, 7), COLUMNS_OK);
    cr_assert_eq(columns_weights_version(columns), 7);
    cr_assert(columns_weighted(columns));
    for (size_t i = 0; i < model.count; i++) {
        model.responses[i].weight = unit * (1 + model.responses[i].codes[0]);
    }
    model_expect(&model, columns);
    unit = WEIGHT_LIMIT - 1; /* overflows on purpose: what is not allowed becomes the nearest allowed */
    cr_assert_eq(columns_weigh(columns, weigh_by_first, &unit, 8), COLUMNS_OK);
    for (uint32_t row = 0; row < columns_rows(columns); row++) {
        cr_assert_lt(columns_weight(columns, row), WEIGHT_LIMIT);
    }
    model_free(&model);
    columns_destroy(columns);
}

/* The columns themselves, 8 bytes of record key, and under 28 of index; here 3 full blocks of 4 begun. */
Test(columns, memory_is_columns_and_under_40_bytes_a_row)
{
    struct columns *columns = create();
    struct model model = model_create(4 * COLUMNS_BLOCK_ROWS);
    uint64_t state = 5;
    model_fill(&model, columns, &state, false);
    size_t fixed = 160 * 1024; /* folders of blocks, the index of withdrawn ones */
    cr_expect_leq(columns_memory(columns), fixed + model.count * (MODEL_ANSWERS + 36));
    model_free(&model);
    columns_destroy(columns);
}
