/* Orders of importance out of the columns: the figures are R's. */
#include "features/results/results_ranking.h"
#include "unit/features/results/round.h"

#include <math.h>
#include <string.h>

TestSuite(results_ranking, .fini = leaks_check);

static struct round_scene s;
static struct records records;
static struct figures about;
static struct figures_query people;

static enum figures_status rank(const char *first, bool weighted)
{
    struct results_call call = {.results = &s.results, .round = &s.round, .arena = s.questionnaire.arena};
    people = (struct figures_query){.round = &s.round,
                                    .groups = {round_scene_find(&s, "gender")},
                                    .group_count = 1,
                                    .weighted = weighted};
    const char *rule;
    records = (struct records){.arena = s.questionnaire.arena};
    return ranking_add(&records, &about, &rule, &call, &people, round_scene_find(&s, first));
}

static const char *group_name(int gender)
{
    static const char *const names[] = {"vrouw", "man", "anders", "zeg-ik-niet"};
    return gender == TOLD_ALL ? "alle" : gender < 0 ? "geen-antwoord" : names[gender];
}

/* The item-th of those of this measure and group. */
static const struct figures_record *record_of(const char *measure, const char *group, int item)
{
    for (size_t i = 0; i < records.count; i++) {
        const struct figures_record *record = &records.items[i];
        if (strcmp(record->measure, measure) == 0 && strcmp(record->group, group) == 0 && item-- == 0) {
            return record;
        }
    }
    cr_assert_fail("no %s of %s", measure, group);
    return NULL;
}

static void compare(const char *first, bool weighted, const char *const *kinds, size_t expected)
{
    size_t count, compared = 0;
    struct told *told = told_read(&count);
    cr_assert_eq(rank(first, weighted), FIGURES_OK);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; kinds[k]; k++) {
            if (strcmp(told[i].kind, kinds[k]) == 0 && told[i].weighted == weighted) {
                const struct figures_record *record =
                    record_of(kinds[k], group_name(told[i].gender), told[i].item);
                expect_told(&record->figure, &told[i]);
                cr_expect_eq(record->base.value, told[i].base);
                cr_expect_eq(record->effective_n.mark, FIGURE_SHOWN);
                cr_expect(weighted ? record->effective_n.value < told[i].base
                                   : fabs(record->effective_n.value - told[i].base) < 1e-6);
                compared++;
            }
        }
    }
    cr_expect_eq(compared, expected);
    free(told);
}

static void compare_all(bool weighted)
{
    static const char *const orders[] = {"eerste", "top3", "borda", NULL};
    static const char *const points[] = {"gemiddelde", "iets", "kwart", NULL};
    static const char *const scores[] = {"saldo", NULL};
    compare("rang_1", weighted, orders, 6 * 3 * 5);
    compare("punten_zorg", weighted, points, 6 * 3 * 3);
    compare("beste_1_meest", weighted, scores, 6 * 7);
}

Test(results_ranking, tells_what_survey_tells)
{
    round_scene_open(&s);
    compare_all(false);
    round_scene_close(&s);
}

Test(results_ranking, tells_what_survey_tells_of_weighted_people)
{
    round_scene_open(&s);
    round_scene_weigh(&s);
    compare_all(true);
    cr_expect_eq(about.weights, WEIGHTS_VERSION);
    round_scene_close(&s);
}

/* The order of worths is that of the probabilities that the people were made with; ranks follow it. */
Test(results_ranking, worths_are_ranked_and_sum)
{
    round_scene_open(&s);
    cr_assert_eq(rank("rang_1", false), FIGURES_OK);
    double logs = 0, chances = 0;
    for (int i = 0; i < 5; i++) {
        const struct figures_record *worth = record_of("plackett-luce", "alle", i);
        cr_expect(worth->figure.low < worth->figure.value && worth->figure.value < worth->figure.high);
        logs += worth->figure.value;
        chances += record_of("plackett-luce-kans", "alle", i)->figure.value;
    }
    cr_expect_float_eq(logs, 0, 1e-9);
    cr_expect_float_eq(chances, 100, 1e-9);
    cr_expect_eq(record_of("plackett-luce", "alle", 0)->rank, 1);
    cr_expect_eq(record_of("plackett-luce", "alle", 4)->rank, 5);
    cr_expect_str_eq(record_of("plackett-luce", "alle", 0)->item, "appel");
    const struct figures_record *agreement = record_of("kendall-w", "alle", 0);
    cr_expect(agreement->figure.value > 0 && agreement->figure.value < 1);
    cr_expect_eq(agreement->rank, 0);
    round_scene_close(&s);
}

Test(results_ranking, a_line_with_a_small_count_tells_nothing)
{
    round_scene_open(&s);
    s.results.config.threshold = 600;
    cr_assert_eq(rank("rang_1", false), FIGURES_OK);
    for (size_t i = 0; i < records.count; i++) {
        const struct figures_record *record = &records.items[i];
        bool whole = strcmp(record->group, "alle") == 0;
        if (!whole && strcmp(record->measure, "eerste") != 0) {
            cr_expect_eq(record->figure.mark, FIGURE_WITHHELD, "%s of %s", record->measure, record->group);
            cr_expect_eq(record->figure.value, 0);
            cr_expect_eq(record->rank, 0);
        } else if (strcmp(record->measure, "eerste") != 0) {
            cr_expect_eq(record->figure.mark, FIGURE_SHOWN, "%s", record->measure);
        }
    }
    round_scene_close(&s);
}
