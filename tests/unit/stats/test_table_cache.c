#include "stats/table_cache.h"

#include "support.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

TestSuite(table_cache, .fini = leaks_check);

enum { ROWS = 500, ROOMY = 1 << 20 };

struct stage {
    struct columns *columns;
    struct table_cache *cache;
    uint64_t random;
    uint32_t people;
};

static void grow(struct stage *stage, uint32_t people)
{
    uint8_t answers[MODEL_ANSWERS];
    for (uint32_t i = 0; i < people; i++) {
        struct columns_change change = model_change(&stage->random, answers, stage->people, 1, false);
        stage->people++;
        cr_assert_eq(columns_apply(stage->columns, &change, 1, stage->people), COLUMNS_OK);
    }
}

typedef enum tabulate_status (*counter)(struct table *, struct columns *, const struct tabulate_query *);

static void begin(struct stage *stage, size_t bytes, counter count)
{
    *stage = (struct stage){.random = 11};
    cr_assert_eq(columns_create(&stage->columns, model_codes, MODEL_VARIABLES), COLUMNS_OK);
    stage->cache = table_cache_create(&(struct table_cache_config){.bytes = bytes, .count = count});
    cr_assert_not_null(stage->cache);
    grow(stage, ROWS);
}

static void end(struct stage *stage)
{
    table_cache_destroy(stage->cache);
    columns_destroy(stage->columns);
}

/* Asks and lets go; gives the place in the log. */
static int64_t ask(struct stage *stage, const struct tabulate_query *query)
{
    const struct table *table;
    cr_assert_eq(table_cache_tabulate(&table, stage->cache, stage->columns, query), TABULATE_OK);
    int64_t position = table->position;
    table_cache_release(table);
    return position;
}

static uint64_t counted(struct stage *stage)
{
    return table_cache_stats(stage->cache).counted;
}

static const struct tabulate_query by_first = {.axes = {0}, .axis_count = 1};
static const struct tabulate_query by_second = {.axes = {1}, .axis_count = 1};
static const struct tabulate_query by_fifth = {.axes = {4}, .axis_count = 1};

/* ---- what is the same question ---- */

Test(table_cache, gives_what_counting_gives)
{
    struct stage stage;
    static const uint16_t codes[] = {3, 1};
    const struct tabulate_filter filter = {1, codes, 2};
    const struct tabulate_query query = {
        .axes = {0, 4}, .axis_count = 2, .filters = &filter, .filter_count = 1, .keyed = true};
    begin(&stage, ROOMY, tabulate);
    for (int i = 0; i < 2; i++) {
        struct table own;
        const struct table *table;
        cr_assert_eq(tabulate(&own, stage.columns, &query), TABULATE_OK);
        cr_assert_eq(table_cache_tabulate(&table, stage.cache, stage.columns, &query), TABULATE_OK);
        cr_assert_eq(table->cell_count, own.cell_count);
        cr_expect_arr_eq(table->cells, own.cells, own.cell_count * sizeof *own.cells);
        cr_expect_eq(table->position, ROWS);
        cr_expect_eq(table->rows, ROWS);
        table_free(&own);
        table_cache_release(table);
    }
    cr_expect_eq(counted(&stage), 1);
    end(&stage);
}

Test(table_cache, order_and_repeats_of_filters_make_no_other_question)
{
    struct stage stage;
    static const uint16_t up[] = {0, 1, 2}, down[] = {2, 1, 0, 1}, other[] = {1, 2};
    const struct tabulate_filter one[] = {{1, up, 3}, {4, other, 2}};
    const struct tabulate_filter same[] = {{4, other, 2}, {1, down, 4}};
    const struct tabulate_filter less[] = {{1, other, 2}, {4, other, 2}};
    const struct tabulate_filter swapped[] = {{4, up, 3}, {1, other, 2}};
    struct tabulate_query query = {.axes = {0}, .axis_count = 1, .filters = one, .filter_count = 2};
    begin(&stage, ROOMY, tabulate);
    ask(&stage, &query);
    query.filters = same;
    ask(&stage, &query);
    cr_expect_eq(counted(&stage), 1);
    query.filters = less;
    ask(&stage, &query);
    query.filters = swapped;
    ask(&stage, &query);
    query.filter_count = 1;
    ask(&stage, &query);
    query.filter_count = 0;
    ask(&stage, &query);
    query.weighted = true;
    ask(&stage, &query);
    query.keyed = true;
    ask(&stage, &query);
    query.axes[0] = 1;
    ask(&stage, &query);
    query.axis_count = 0;
    ask(&stage, &query);
    cr_expect_eq(counted(&stage), 9);
    end(&stage);
}

Test(table_cache, rounds_are_told_apart)
{
    struct stage stage, other;
    begin(&stage, ROOMY, tabulate);
    begin(&other, ROOMY, tabulate);
    grow(&other, 1);
    cr_expect_eq(ask(&stage, &by_first), ROWS);
    struct columns *own = stage.columns;
    stage.columns = other.columns;
    cr_expect_eq(ask(&stage, &by_first), ROWS + 1);
    stage.columns = own;
    end(&stage);
    end(&other);
}

/* ---- how old a table may be ---- */

Test(table_cache, as_long_as_the_log_stands_still_a_table_stands)
{
    struct stage stage;
    begin(&stage, ROOMY, tabulate);
    for (int i = 0; i < 5; i++) {
        ask(&stage, &by_first);
    }
    cr_expect_eq(counted(&stage), 1);
    cr_expect_eq(table_cache_stats(stage.cache).given, 4);
    end(&stage);
}

Test(table_cache, when_the_log_moved_a_table_is_counted_anew)
{
    struct stage stage;
    begin(&stage, ROOMY, tabulate);
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect_eq(ask(&stage, &by_first), ROWS + i);
        cr_expect_eq(ask(&stage, &by_first), ROWS + i);
        grow(&stage, 1);
    }
    cr_expect_eq(counted(&stage), 5);
    end(&stage);
}

static uint32_t weigh(const void *context, const struct columns *columns, uint32_t row)
{
    (void)context, (void)columns;
    return WEIGHT_ONE / 2 + row;
}

Test(table_cache, by_other_weights_a_table_is_never_given)
{
    struct stage stage;
    const struct table *table;
    const struct tabulate_query query = {.axes = {0}, .axis_count = 1, .weighted = true};
    begin(&stage, ROOMY, tabulate);
    ask(&stage, &query);
    cr_assert_eq(columns_weigh(stage.columns, weigh, NULL, 7), COLUMNS_OK);
    cr_assert_eq(table_cache_tabulate(&table, stage.cache, stage.columns, &query), TABULATE_OK);
    cr_expect_eq(table->weights_version, 7);
    table_cache_release(table);
    end(&stage);
}

Test(table_cache, nothing_is_remembered_of_columns_that_were_emptied)
{
    struct stage stage;
    begin(&stage, ROOMY, tabulate);
    ask(&stage, &by_first);
    cr_assert_eq(columns_empty(stage.columns), COLUMNS_OK);
    table_cache_forget(stage.cache, stage.columns);
    cr_expect_eq(table_cache_stats(stage.cache).bytes, 0);
    cr_expect_eq(ask(&stage, &by_first), 0);
    end(&stage);
}

/* ---- memory ---- */

static size_t bytes_of(const struct tabulate_query *query)
{
    struct stage stage;
    begin(&stage, ROOMY, tabulate);
    ask(&stage, query);
    size_t bytes = table_cache_stats(stage.cache).bytes;
    end(&stage);
    return bytes;
}

/* Room for six of the small ones. */
Test(table_cache, the_longest_unused_makes_room)
{
    struct stage stage;
    const uint16_t codes[] = {0, 1, 2, 3, 4};
    struct tabulate_filter filter = {1, codes, 1};
    struct tabulate_query query = {.axes = {4}, .axis_count = 1, .filters = &filter, .filter_count = 1};
    const size_t small = bytes_of(&query), bytes = 6 * small + small / 2;
    begin(&stage, bytes, tabulate);
    for (int i = 0; i < 5; i++) {
        filter.codes = &codes[i];
        ask(&stage, &query);
    }
    filter.variable = 0;
    ask(&stage, &query); /* the sixth */
    filter.variable = 1;
    filter.codes = &codes[0];
    ask(&stage, &query); /* the first is used again */
    cr_expect_eq(counted(&stage), 6);
    cr_expect_eq(table_cache_stats(stage.cache).evicted, 0);
    filter.variable = 2;
    ask(&stage, &query); /* the seventh pushes out the second */
    cr_expect_eq(table_cache_stats(stage.cache).evicted, 1);
    filter.variable = 1;
    ask(&stage, &query);
    cr_expect_eq(counted(&stage), 7, "the first stayed");
    filter.codes = &codes[1];
    ask(&stage, &query);
    cr_expect_eq(counted(&stage), 8, "the second went");
    cr_expect_leq(table_cache_stats(stage.cache).bytes, bytes);
    end(&stage);
}

Test(table_cache, a_table_that_is_held_outlives_its_place)
{
    struct stage stage;
    const struct table *held;
    struct table own;
    begin(&stage, 5 * bytes_of(&by_first), tabulate);
    cr_assert_eq(table_cache_tabulate(&held, stage.cache, stage.columns, &by_first), TABULATE_OK);
    cr_assert_eq(tabulate(&own, stage.columns, &by_first), TABULATE_OK);
    for (int i = 0; i < 9; i++) {
        grow(&stage, 1);
        ask(&stage, &by_first);
        ask(&stage, &by_second);
    }
    table_cache_forget(stage.cache, stage.columns);
    end(&stage);
    cr_expect_arr_eq(held->cells, own.cells, own.cell_count * sizeof *own.cells);
    table_free(&own);
    table_cache_release(held);
}

Test(table_cache, what_is_too_large_is_given_and_not_kept)
{
    struct stage stage;
    begin(&stage, 3 * bytes_of(&by_first), tabulate);
    cr_expect_eq(ask(&stage, &by_first), ROWS);
    cr_expect_eq(ask(&stage, &by_first), ROWS);
    cr_expect_eq(counted(&stage), 2);
    cr_expect_eq(table_cache_stats(stage.cache).bytes, 0);
    end(&stage);
}

/* ---- failures ---- */

Test(table_cache, what_cannot_be_counted_is_said_and_not_kept)
{
    struct stage stage;
    const struct table *table;
    const struct tabulate_query none = {.axes = {99}, .axis_count = 1};
    const struct tabulate_query many = {.axis_count = TABULATE_AXES_MAX + 1};
    const struct tabulate_query filtered = {.filter_count = TABULATE_FILTERS_MAX + 1};
    begin(&stage, ROOMY, tabulate);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(table_cache_tabulate(&table, stage.cache, stage.columns, &none), TABULATE_BAD_VARIABLE);
        cr_expect_null(table);
    }
    cr_expect_eq(table_cache_tabulate(&table, stage.cache, stage.columns, &many), TABULATE_TOO_MANY);
    cr_expect_eq(table_cache_tabulate(&table, stage.cache, stage.columns, &filtered), TABULATE_TOO_MANY);
    cr_expect_eq(table_cache_stats(stage.cache).bytes, 0);
    end(&stage);
}

/* ---- several at once: the first counting waits until the test lets it go on ---- */

static struct {
    sem_t begun, go_on;
    atomic_int countings;
    enum tabulate_status first;
} gate;

static enum tabulate_status count_behind_gate(struct table *table, struct columns *columns,
                                              const struct tabulate_query *query)
{
    if (atomic_fetch_add(&gate.countings, 1) == 0) {
        sem_post(&gate.begun);
        sem_wait(&gate.go_on);
        if (gate.first != TABULATE_OK) {
            return gate.first;
        }
    }
    return tabulate(table, columns, query);
}

struct asker {
    struct stage *stage;
    pthread_t thread;
    enum tabulate_status status;
    const struct table *table;
};

static void *ask_in_thread(void *context)
{
    struct asker *asker = context;
    asker->status =
        table_cache_tabulate(&asker->table, asker->stage->cache, asker->stage->columns, &by_fifth);
    return NULL;
}

enum { ASKERS = 6 };

static void start(struct asker *asker, struct stage *stage)
{
    *asker = (struct asker){.stage = stage};
    cr_assert_eq(pthread_create(&asker->thread, NULL, ask_in_thread, asker), 0);
}

/* One counts; the others ask before it is done, or at least before anything changed. */
static void ask_at_once(struct asker *askers, struct stage *stage, enum tabulate_status first)
{
    sem_init(&gate.begun, 0, 0);
    sem_init(&gate.go_on, 0, 0);
    gate.first = first;
    begin(stage, ROOMY, count_behind_gate);
    start(&askers[0], stage);
    sem_wait(&gate.begun);
    for (int i = 1; i < ASKERS; i++) {
        start(&askers[i], stage);
    }
    sem_post(&gate.go_on);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
    }
}

Test(table_cache, several_at_once_are_counted_once)
{
    struct stage stage;
    struct asker askers[ASKERS];
    ask_at_once(askers, &stage, TABULATE_OK);
    for (int i = 0; i < ASKERS; i++) {
        cr_expect_eq(askers[i].status, TABULATE_OK);
        cr_expect_eq(askers[i].table, askers[0].table);
        table_cache_release(askers[i].table);
    }
    cr_expect_eq(counted(&stage), 1);
    cr_expect_eq(table_cache_stats(stage.cache).given, ASKERS - 1);
    end(&stage);
}

Test(table_cache, those_who_waited_in_vain_count_themselves)
{
    struct stage stage;
    struct asker askers[ASKERS];
    ask_at_once(askers, &stage, TABULATE_NO_MEMORY);
    cr_expect_eq(askers[0].status, TABULATE_NO_MEMORY);
    cr_expect_null(askers[0].table);
    for (int i = 1; i < ASKERS; i++) {
        cr_expect_eq(askers[i].status, TABULATE_OK);
        cr_expect_eq(askers[i].table, askers[1].table);
        table_cache_release(askers[i].table);
    }
    cr_expect_eq(counted(&stage), 2);
    end(&stage);
}

Test(table_cache, another_question_does_not_wait)
{
    struct stage stage;
    struct asker asker;
    sem_init(&gate.begun, 0, 0);
    sem_init(&gate.go_on, 0, 0);
    begin(&stage, ROOMY, count_behind_gate);
    start(&asker, &stage);
    sem_wait(&gate.begun);
    cr_expect_eq(ask(&stage, &by_first), ROWS);
    sem_post(&gate.go_on);
    pthread_join(asker.thread, NULL);
    table_cache_release(asker.table);
    end(&stage);
}

Test(table_cache, what_was_being_counted_when_all_was_forgotten_is_not_kept)
{
    struct stage stage;
    struct asker asker;
    sem_init(&gate.begun, 0, 0);
    sem_init(&gate.go_on, 0, 0);
    begin(&stage, ROOMY, count_behind_gate);
    start(&asker, &stage);
    sem_wait(&gate.begun);
    table_cache_forget(stage.cache, stage.columns);
    sem_post(&gate.go_on);
    pthread_join(asker.thread, NULL);
    cr_expect_eq(asker.status, TABULATE_OK);
    cr_expect_eq(table_cache_stats(stage.cache).bytes, 0);
    table_cache_release(asker.table);
    ask(&stage, &by_fifth);
    cr_expect_eq(counted(&stage), 2);
    end(&stage);
}
