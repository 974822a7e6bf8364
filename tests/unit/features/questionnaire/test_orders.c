/* Orders that are balanced (Williams 1949), and what follows from a seed. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"

#include <stdio.h>

TestSuite(questionnaire_orders, .fini = leaks_check);

enum { MAX_N = 12, SEEDS = 20000 };

Test(questionnaire_orders, every_row_is_a_permutation)
{
    for (size_t n = 1; n <= MAX_OPTIONS; n++) {
        for (size_t row = 0; row < order_rows(n); row++) {
            uint8_t order[MAX_OPTIONS];
            uint64_t seen = 0;
            order_row(order, n, row);
            for (size_t i = 0; i < n; i++) {
                cr_assert_lt(order[i], n);
                seen |= UINT64_C(1) << order[i];
            }
            cr_expect_eq(seen, n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1, "n %zu row %zu", n, row);
        }
    }
}

Test(questionnaire_orders, each_stands_equally_often_in_each_place_and_behind_each_other)
{
    for (size_t n = 2; n <= MAX_N; n++) {
        unsigned in_place[MAX_N][MAX_N] = {{0}};
        unsigned behind[MAX_N][MAX_N] = {{0}};
        size_t rows = order_rows(n);
        cr_expect_eq(rows, n % 2 == 0 ? n : 2 * n);
        for (size_t row = 0; row < rows; row++) {
            uint8_t order[MAX_OPTIONS];
            order_row(order, n, row);
            for (size_t i = 0; i < n; i++) {
                in_place[order[i]][i]++;
                if (i > 0) {
                    behind[order[i - 1]][order[i]]++;
                }
            }
        }
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                cr_expect_eq(in_place[a][b], rows / n, "n %zu: %zu stands %u times in place %zu", n, a,
                             in_place[a][b], b);
                cr_expect_eq(behind[a][b], a == b ? 0 : rows / n, "n %zu: %zu follows %zu %u times", n, b, a,
                             behind[a][b]);
            }
        }
    }
}

/* ---- a seed for ever: what somebody saw is worked out again from the code they keep ---- */

/* Expectations from fixtures/presentation.py, which shares nothing with the program. */
Test(questionnaire_orders, what_a_seed_gives_never_changes)
{
    char line[256];
    unsigned lines = 0;
    struct scene s;
    FILE *file = fopen("tests/unit/features/questionnaire/fixtures/presentation.txt", "r");
    cr_assert_not_null(file);
    scene_open(&s, COMPLETE);
    while (fgets(line, sizeof line, file)) {
        struct slice rest = slice_trim(slice_from_cstr(line));
        struct slice words[4];
        uint64_t nth;
        for (int i = 0; i < 4; i++) {
            slice_cut(&words[i], &rest, rest, ' ');
        }
        cr_assert(slice_to_u64(&nth, words[0], 1000));
        scene_begin(&s, arena_cstr(s.arena, words[1]), nth);
        const char *variable = arena_cstr(s.arena, words[2]);
        cr_expect(slice_equal_cstr(words[3], scene_value(&s, variable)), "%s: it is %s", line,
                  scene_value(&s, variable));
        lines++;
    }
    fclose(file);
    cr_expect_gt(lines, 300u);
    scene_close(&s);
}

Test(questionnaire_orders, the_same_seed_gives_the_same_page)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    for (uint64_t nth = 0; nth < 20; nth++) {
        scene_begin(&s, "volledig", nth);
        struct page_list once = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
        struct answers first = s.a;
        scene_begin(&s, "volledig", nth);
        struct page_list again = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
        cr_assert_eq(once.count, again.count);
        cr_expect_arr_eq(once.pages, again.pages, once.count * sizeof once.pages[0]);
        cr_expect_arr_eq(first.vector, s.a.vector, questionnaire_vector_size(s.q));
    }
    scene_close(&s);
}

/* ---- chance is fair: chi-square over many seeds. Bounds are the quantiles at 1 - 10^-6. ---- */

static double chi_square(const unsigned *counts, size_t cells, unsigned total)
{
    double expected = (double)total / (double)cells;
    double sum = 0;
    for (size_t i = 0; i < cells; i++) {
        double off = (double)counts[i] - expected;
        sum += off * off / expected;
    }
    return sum;
}

/* Counts the values of a variable over many seeds and expects all to be as likely. */
static void expect_even(const char *variable, size_t cells, double bound)
{
    unsigned counts[16] = {0};
    struct scene s;
    scene_open(&s, COMPLETE);
    size_t count;
    const struct variable *v =
        &questionnaire_variables(&count, s.q)[questionnaire_find_variable(s.q, slice_from_cstr(variable))];
    unsigned char *vector = arena_alloc(s.arena, questionnaire_vector_size(s.q));
    for (uint64_t nth = 0; nth < SEEDS; nth++) {
        struct arena *arena = arena_create(1 << 20);
        unsigned char seed[16];
        scene_seed(seed, nth);
        presentation_derive(&s.p, s.q, 0, seed);
        memcpy(vector, answers_begin(arena, s.q, &s.p).vector, questionnaire_vector_size(s.q));
        arena_destroy(arena);
        uint16_t slot = answer_get(vector, v);
        cr_assert(slot >= ANSWER_FIRST && slot < ANSWER_FIRST + cells);
        counts[slot - ANSWER_FIRST]++;
    }
    cr_expect_lt(chi_square(counts, cells, SEEDS), bound, "%s", variable);
    scene_close(&s);
}

Test(questionnaire_orders, directions_and_orders_are_as_likely)
{
    expect_even("schaalrichting", 2, 23.93);
    expect_even("volgorde-blokken", 2, 23.93);
    expect_even("top_volgorde", 4, 30.67);
    expect_even("rang_volgorde", 10, 44.82);
    expect_even("onderwerp_toegewezen_1", 4, 30.67);
    expect_even("onderwerp_toegewezen_2", 4, 30.67);
}

static int variant_index(const struct scene *s, const char *code)
{
    return questionnaire_find_variant(s->q, slice_from_cstr(code));
}

Test(questionnaire_orders, pairs_of_instances_are_as_likely)
{
    unsigned pairs[16] = {0};
    unsigned cells[16] = {0};
    struct scene s;
    scene_open(&s, COMPLETE);
    int variant = variant_index(&s, "volledig");
    cr_assert_eq(presentation_cell_count(s.q, variant), 4);
    for (uint64_t nth = 0; nth < SEEDS; nth++) {
        unsigned char seed[16];
        scene_seed(seed, nth);
        presentation_derive(&s.p, s.q, variant, seed);
        /* Never both of one pool: kaas and brood are 0 and 1, wol and inkt 2 and 3. */
        cr_assert_neq(s.p.drawn[0] / 2, s.p.drawn[1] / 2);
        int first = s.p.drawn[0] / 2 == 0 ? s.p.drawn[0] : s.p.drawn[1];
        int second = s.p.drawn[0] / 2 == 0 ? s.p.drawn[1] : s.p.drawn[0];
        pairs[first * 2 + (second - 2) + (s.p.drawn[0] / 2 == 0 ? 0 : 4)]++;
        cells[presentation_cell(s.q, &s.p)]++;
    }
    cr_expect_lt(chi_square(pairs, 8, SEEDS), 40.5, "pair and order");
    cr_expect_lt(chi_square(cells, 4, SEEDS), 30.67, "cell");
    scene_close(&s);
}

Test(questionnaire_orders, a_variant_with_one_draw_still_reaches_every_instance)
{
    unsigned counts[4] = {0};
    unsigned cells[4] = {0};
    struct scene s;
    scene_open(&s, COMPLETE);
    int variant = variant_index(&s, "kern");
    cr_assert_eq(presentation_cell_count(s.q, variant), 4);
    for (uint64_t nth = 0; nth < SEEDS; nth++) {
        unsigned char seed[16];
        scene_seed(seed, nth);
        presentation_derive(&s.p, s.q, variant, seed);
        cr_assert_eq(s.p.drawn[1], -1);
        counts[s.p.drawn[0]]++;
        cells[presentation_cell(s.q, &s.p)]++;
    }
    cr_expect_lt(chi_square(counts, 4, SEEDS), 30.67);
    cr_expect_lt(chi_square(cells, 4, SEEDS), 30.67);
    scene_close(&s);
}
