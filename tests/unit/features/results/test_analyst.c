/* The analysts' view: the figures are R's, and what is small is not among them. */
#include "features/results/results_differences.h"
#include "features/results/results_write.h"
#include "unit/features/results/round.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(results_analyst, .fini = leaks_check);

static struct round_scene s;

static struct figures_query query_of(const char *variable)
{
    return (struct figures_query){.round = &s.round,
                                  .variable = round_scene_find(&s, variable),
                                  .shares = true,
                                  .measures = {true, true, true, false}};
}

static uint32_t group_code(int category)
{
    return category == TOLD_ALL ? FIGURES_ALL
           : category < 0       ? ANSWER_NONE
                                : (uint32_t)(ANSWER_FIRST + category);
}

static const struct figures_line *line_of(const struct figures *figures, int gender, int age)
{
    for (size_t i = 0; i < figures->line_count; i++) {
        if (figures->lines[i].groups[0] == group_code(gender) &&
            figures->lines[i].groups[1] == group_code(age)) {
            return &figures->lines[i];
        }
    }
    cr_assert_fail("no line of %d and %d", gender, age);
    return NULL;
}

static const struct figure *figure_of(const struct figures *figures, const struct figures_line *line,
                                      const struct told *told)
{
    static const char *const measures[] = {"mean", "net", "top2"};
    for (size_t m = 0; m < sizeof measures / sizeof measures[0]; m++) {
        if (strcmp(told->kind, measures[m]) == 0) {
            return &line->measures[m];
        }
    }
    uint32_t code = told->item < 0 ? ANSWER_DONT_KNOW : (uint32_t)(ANSWER_FIRST + told->item);
    for (size_t a = 0; a < figures->answer_count; a++) {
        if (figures->answers[a].code == code) {
            return &line->cells[a].share;
        }
    }
    return NULL;
}

/* Everything R tells of attitude by gender and age. */
static void compare(bool weighted)
{
    size_t count, compared = 0;
    struct figures figures;
    struct told *told = told_read(&count);
    struct figures_query query = query_of("houding");
    query.groups[0] = round_scene_find(&s, "gender");
    query.groups[1] = round_scene_find(&s, "leeftijd");
    query.group_count = 2;
    query.weighted = weighted;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_expect_eq(figures.weights, weighted ? WEIGHTS_VERSION : 0);
    for (size_t i = 0; i < count; i++) {
        const char *kind = told[i].kind;
        bool ours = strcmp(kind, "share") == 0 || strcmp(kind, "mean") == 0 || strcmp(kind, "net") == 0 ||
                    strcmp(kind, "top2") == 0;
        if (ours && told[i].weighted == weighted) {
            const struct figures_line *line = line_of(&figures, told[i].gender, told[i].age);
            expect_told(figure_of(&figures, line, &told[i]), &told[i]);
            if (strcmp(kind, "share") == 0) {
                cr_expect_eq(line->base.value, told[i].base);
            }
            compared++;
        }
    }
    cr_expect_eq(compared, 6 * 4 * 9);
    free(told);
}

Test(results_analyst, tells_what_survey_tells)
{
    round_scene_open(&s);
    compare(false);
    round_scene_close(&s);
}

Test(results_analyst, tells_what_survey_tells_of_weighted_people)
{
    round_scene_open(&s);
    round_scene_weigh(&s);
    compare(true);
    round_scene_close(&s);
}

static const char *kind_of(const struct difference_of *difference)
{
    static const char *const kinds[] = {"mean", "net", "top2", "agreement"};
    return difference->answer == SIZE_MAX ? kinds[difference->measure] : "share";
}

static const struct difference_of *difference_told(const struct differences *differences,
                                                   const struct figures *figures,
                                                   const struct told_difference *told)
{
    for (size_t i = 0; i < differences->count; i++) {
        const struct difference_of *d = &differences->items[i];
        const uint32_t code = told->item < 0 ? ANSWER_DONT_KNOW : (uint32_t)(ANSWER_FIRST + told->item);
        if (d->one->groups[0] == group_code(told->one) && d->other->groups[0] == group_code(told->other) &&
            strcmp(kind_of(d), told->kind) == 0 &&
            (d->answer == SIZE_MAX || figures->answers[d->answer].code == code)) {
            return d;
        }
    }
    cr_assert_fail("no %s %d of %d and %d", told->kind, told->item, told->one, told->other);
    return NULL;
}

/* Every two genders in every answer and measure of attitude. */
static void compare_differences(bool weighted)
{
    size_t count, compared = 0, clear = 0;
    struct figures figures;
    struct differences differences;
    struct told_difference *told = told_read_differences(&count);
    struct figures_query query = query_of("houding");
    query.groups[0] = round_scene_find(&s, "gender");
    query.group_count = 1;
    query.weighted = weighted;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_assert(differences_make(&differences, s.questionnaire.arena, &figures));
    for (size_t i = 0; i < count; i++) {
        const struct told_difference *t = &told[i];
        if (t->weighted == weighted) {
            const struct figure *d = &difference_told(&differences, &figures, t)->figure;
            cr_assert_eq(d->mark, FIGURE_SHOWN);
            cr_expect_float_eq(d->value, t->value, 1e-10 * fmax(1, fabs(t->value)));
            cr_expect_float_eq(d->error, t->error, 1e-9 * t->error);
            cr_expect_float_eq(d->low, t->low, 1e-7);
            cr_expect_float_eq(d->high, t->high, 1e-7);
            clear += t->low > 0 || t->high < 0;
            compared++;
        }
    }
    /* Five groups are ten pairs, each in six answers and three measures, and there is nothing else. */
    cr_expect_eq(compared, 10 * 9);
    cr_expect_eq(differences.count, compared);
    cr_expect_eq(differences.compared, compared);
    cr_expect_eq(differences.clear, clear);
    free(told);
}

Test(results_analyst, tells_the_differences_that_survey_tells)
{
    round_scene_open(&s);
    compare_differences(false);
    round_scene_weigh(&s);
    compare_differences(true);
    round_scene_close(&s);
}

Test(results_analyst, compares_the_last_group_within_those_before_it)
{
    struct figures figures;
    struct differences differences;
    round_scene_open(&s);
    struct figures_query query = query_of("houding");
    query.groups[0] = round_scene_find(&s, "gender");
    query.groups[1] = round_scene_find(&s, "leeftijd");
    query.group_count = 2;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_assert(differences_make(&differences, s.questionnaire.arena, &figures));
    /* Of each gender, and of all of them, every two ages. */
    const size_t ages =
        figures.lines[figures.line_count - 1].groups[1] == FIGURES_ALL ? figures.line_count / 6 - 1 : 0;
    cr_expect_eq(differences.count, 6 * (ages * (ages - 1) / 2) * 9);
    for (size_t i = 0; i < differences.count; i++) {
        const struct difference_of *d = &differences.items[i];
        cr_expect_eq(d->one->groups[0], d->other->groups[0]);
        cr_expect_neq(d->one->groups[1], d->other->groups[1]);
        cr_expect_neq(d->one->groups[1], FIGURES_ALL);
        cr_expect_neq(d->other->groups[1], FIGURES_ALL);
    }
    query.group_count = 0;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_assert(differences_make(&differences, s.questionnaire.arena, &figures));
    cr_expect_eq(differences.count, 0);
    round_scene_close(&s);
}

/* What is withheld in the table has no difference either, and says why. */
Test(results_analyst, compares_nothing_that_is_withheld)
{
    struct figures figures;
    struct differences differences;
    size_t withheld = 0;
    round_scene_begin(&s);
    round_scene_add(&s, 40, "houding,gender", "0,0");
    round_scene_add(&s, 4, "houding,gender", "1,0");
    round_scene_add(&s, 40, "houding,gender", "0,1");
    round_scene_add(&s, 40, "houding,gender", "1,1");
    struct figures_query query = query_of("houding");
    query.groups[0] = round_scene_find(&s, "gender");
    query.group_count = 1;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_assert(differences_make(&differences, s.questionnaire.arena, &figures));
    for (size_t i = 0; i < differences.count; i++) {
        const struct difference_of *d = &differences.items[i];
        const struct figure *one = difference_figure(d, d->one), *other = difference_figure(d, d->other);
        const bool both = one->mark == FIGURE_SHOWN && other->mark == FIGURE_SHOWN;
        cr_expect_eq(d->figure.mark == FIGURE_SHOWN, both);
        if (!both) {
            cr_expect(d->figure.mark == one->mark || d->figure.mark == other->mark);
            cr_expect_eq(d->figure.value, 0);
            cr_expect_eq(d->figure.low, 0);
            withheld += d->figure.mark == FIGURE_WITHHELD;
        }
    }
    cr_expect_gt(withheld, 0);
    round_scene_close(&s);
}

/* By gender alone. */
static const struct figure *count_of(const struct figures *figures, int gender, int answer)
{
    for (size_t i = 0; i < figures->line_count; i++) {
        for (size_t a = 0; a < figures->answer_count; a++) {
            if (figures->lines[i].groups[0] == group_code(gender) &&
                figures->answers[a].code == group_code(answer)) {
                return &figures->lines[i].cells[a].count;
            }
        }
    }
    cr_assert_fail("no cell of %d and %d", gender, answer);
    return NULL;
}

/* What is known of all people, of the first row and of the first column leaves that nobody is in the other
 * four cells: unless the cell where these cross is not known. Each of those three is told by a table that may
 * be asked for as well, so this holds only when the view says that they are. */
Test(results_analyst, a_row_and_a_column_do_not_tell_that_the_rest_is_nobody)
{
    static const struct {
        size_t people;
        const char *attitude_gender;
    } cells[] = {{50, "0,0"}, {14, "0,1"}, {16, "0,2"}, {15, "1,0"}, {20, "2,0"}};
    struct figures figures;
    round_scene_begin(&s);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        round_scene_add(&s, cells[i].people, "houding,gender", cells[i].attitude_gender);
    }
    struct figures_query query = query_of("houding");
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_expect_eq(figures.lines[0].cells[0].count.mark, FIGURE_SHOWN, "the first row is told alone");
    query.groups[0] = round_scene_find(&s, "gender");
    query.group_count = 1;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    for (int gender = 0; gender < 3; gender++) {
        for (int attitude = 0; attitude < 3; attitude++) {
            cr_expect_neq(count_of(&figures, gender, attitude)->mark, FIGURE_SHOWN, "%d by %d", attitude,
                          gender);
        }
    }
    round_scene_close(&s);
}

/* Attitude by gender and gender by attitude are the same numbers of the same people: what the one withholds
 * the other may not show. */
Test(results_analyst, shows_the_same_cells_whichever_variable_comes_first)
{
    size_t withheld = 0;
    for (unsigned population = 0; population < 12; population++) {
        struct figures by_gender, by_attitude;
        round_scene_begin(&s);
        for (unsigned i = 0; i < 12; i++) {
            const unsigned drawn = (population * 12 + i) * 2654435761u >> 20;
            char categories[16];
            snprintf(categories, sizeof categories, "%u,%u", i / 4, i % 4);
            round_scene_add(&s, drawn % 3 == 0 ? drawn / 3 % 8 : drawn / 3 % 60, "houding,gender",
                            categories);
        }
        struct figures_query query = query_of("houding");
        query.groups[0] = round_scene_find(&s, "gender");
        query.group_count = 1;
        cr_assert_eq(figures_of_analyst(&by_gender, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
        query = query_of("gender");
        query.groups[0] = round_scene_find(&s, "houding");
        query.group_count = 1;
        cr_assert_eq(figures_of_analyst(&by_attitude, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
        for (int attitude = 0; attitude < 3; attitude++) {
            for (int gender = 0; gender < 4; gender++) {
                const struct figure *one = count_of(&by_gender, gender, attitude);
                const struct figure *other = count_of(&by_attitude, attitude, gender);
                cr_expect_eq(one->mark, other->mark, "population %u: %d of gender %d", population, attitude,
                             gender);
                withheld += one->mark != FIGURE_SHOWN;
            }
        }
        round_scene_close(&s);
    }
    cr_expect_gt(withheld, 0);
}

/* Of 30 men 3 left it empty and of 47 women 2, of others nobody; the man who left the first of a ranking
 * empty liked it. */
static void add_who_left_it_empty(struct round_scene *scene)
{
    round_scene_begin(scene);
    round_scene_add(scene, 3, "houding,gender,rang_1", "-1,0,0");
    round_scene_add(scene, 14, "houding,gender,rang_1", "0,0,0");
    round_scene_add(scene, 1, "houding,gender,rang_1", "0,0,-1");
    round_scene_add(scene, 12, "houding,gender,rang_1", "1,0,1");
    round_scene_add(scene, 2, "houding,gender,rang_1", "-1,1,0");
    round_scene_add(scene, 20, "houding,gender,rang_1", "0,1,0");
    round_scene_add(scene, 25, "houding,gender,rang_1", "1,1,1");
    round_scene_add(scene, 40, "houding,gender,rang_1", "1,2,1");
    round_scene_add(scene, 40, "houding,gender,rang_1", "1,3,1");
}

Test(results_analyst, the_few_who_left_it_empty_take_no_base_from_a_group)
{
    struct figures figures;
    add_who_left_it_empty(&s);
    struct figures_query query = query_of("houding");
    query.groups[0] = round_scene_find(&s, "gender");
    query.group_count = 1;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    for (size_t i = 0; i < figures.line_count; i++) {
        const struct figures_line *line = &figures.lines[i];
        const bool men = line->groups[0] == group_code(0);
        if (men || line->groups[0] == group_code(1)) {
            cr_expect_eq(line->base.mark, FIGURE_SHOWN);
            cr_expect_eq(line->base.value, men ? 27 : 45);
        }
    }
    cr_expect_eq(count_of(&figures, 0, -1)->value, 3);
    cr_expect_eq(count_of(&figures, 1, -1)->value, 2);
    /* The same people, asked for the other way round. */
    query.variable = round_scene_find(&s, "gender");
    query.groups[0] = round_scene_find(&s, "houding");
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_expect_eq(count_of(&figures, -1, 0)->value, 3);
    round_scene_close(&s);
}

/* Who left one question empty could be followed through all others. */
Test(results_analyst, what_the_few_who_left_it_empty_answered_elsewhere_is_not_told)
{
    struct figures figures;
    add_who_left_it_empty(&s);
    struct figures_query query = query_of("rang_1");
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_expect_eq(figures.lines[0].base.value, 156, "alone it tells that somebody did");
    query.groups[0] = round_scene_find(&s, "houding");
    query.group_count = 1;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    for (int attitude = -1; attitude < 2; attitude++) {
        cr_expect_eq(count_of(&figures, attitude, -1)->mark, FIGURE_WITHHELD, "%d", attitude);
    }
    query.variable = query.groups[0];
    query.groups[0] = round_scene_find(&s, "rang_1");
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    for (int attitude = -1; attitude < 2; attitude++) {
        cr_expect_eq(count_of(&figures, -1, attitude)->mark, FIGURE_WITHHELD, "%d", attitude);
    }
    round_scene_close(&s);
}

Test(results_analyst, a_number_has_a_mean_without_its_rare_values)
{
    size_t count;
    struct figures figures;
    struct told *told = told_read(&count);
    round_scene_open(&s);
    struct figures_query query = query_of("schooljaren");
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_expect_gt(figures.answer_count, 300, "value by value");
    cr_expect_eq(figures.lines[0].measures[FIGURES_MEAN].mark, FIGURE_WITHHELD);
    query.shares = false;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    cr_expect_eq(figures.answer_count, 3);
    cr_expect_eq(figures.answers[2].code, FIGURES_GIVEN);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(told[i].kind, "school") == 0 && !told[i].weighted) {
            expect_told(&figures.lines[0].measures[FIGURES_MEAN], &told[i]);
            cr_expect_eq(figures.lines[0].cells[2].count.value, told[i].base);
        }
    }
    free(told);
    round_scene_close(&s);
}

/* What a table of `answer` by one group shows of how many people there are with both codes. */
static bool margin_shows(const struct figures *margin, uint32_t answer, uint32_t group)
{
    for (size_t i = 0; i < margin->line_count; i++) {
        const struct figures_line *line = &margin->lines[i];
        if (line->groups[0] == group && answer == FIGURES_ALL) {
            return line->people.mark == FIGURE_SHOWN;
        }
        for (size_t a = 0; line->groups[0] == group && a < margin->answer_count; a++) {
            if (margin->answers[a].code == answer) {
                return line->cells[a].count.mark == FIGURE_SHOWN;
            }
        }
    }
    return false;
}

Test(results_analyst, withholds_what_is_small_and_what_would_tell_it)
{
    struct figures figures, margin;
    round_scene_open(&s);
    s.results.config.threshold = 45; /* some of gender by age by attitude have fewer */
    struct figures_query query = query_of("houding");
    query.groups[0] = round_scene_find(&s, "gender");
    query.groups[1] = round_scene_find(&s, "leeftijd");
    query.group_count = 2;
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    struct figures_query fewer_axes = query_of("gender");
    fewer_axes.groups[0] = query.groups[1];
    fewer_axes.group_count = 1;
    cr_assert_eq(figures_of_analyst(&margin, s.questionnaire.arena, &s.results, &fewer_axes), FIGURES_OK);
    size_t shown = 0, hidden = 0, told = 0;
    for (size_t i = 0; i < figures.line_count; i++) {
        const struct figures_line *line = &figures.lines[i];
        bool all = true, base = true, rest = true;
        for (size_t a = 0; a < figures.answer_count; a++) {
            const struct figure *cell = &line->cells[a].count;
            bool is_shown = cell->mark == FIGURE_SHOWN;
            all = all && is_shown;
            base = base && (is_shown || !figures.answers[a].in_base);
            rest = rest && (is_shown || figures.answers[a].in_base);
            shown += is_shown;
            hidden += !is_shown;
            const bool empty = figures.answers[a].code == ANSWER_NONE; /* rule 10 */
            cr_expect(is_shown ? empty || cell->value >= 45 : cell->value == 0);
            cr_expect(line->cells[a].share.mark != FIGURE_SHOWN || is_shown);
        }
        /* How many people there are of a group is told by a table of fewer axes: rule 5. */
        const bool people = all || margin_shows(&margin, line->groups[0], line->groups[1]);
        cr_expect_eq(line->people.mark == FIGURE_SHOWN, people);
        cr_expect_eq(line->base.mark == FIGURE_SHOWN, base || (people && rest));
        cr_expect_eq(line->effective_n.mark == FIGURE_SHOWN, base || (people && rest));
        told += people && !all;
    }
    cr_expect_gt(told, 3);
    cr_expect_gt(shown, 40);
    cr_expect_gt(hidden, 10);
    round_scene_close(&s);
}

/* The measures of houding, of so many people a point of it, where some points are withheld. */
static const struct figures_line *scale_of(struct figures *figures, const size_t *people, bool shared)
{
    char category[2] = "0";
    round_scene_begin(&s);
    for (size_t point = 0; point < 5; point++) {
        category[0] = (char)('0' + point);
        round_scene_add(&s, people[point], "houding", category);
    }
    struct figures_query query = query_of("houding");
    query.hidden_shared = shared;
    query.agreement_alone = query.measures[FIGURES_AGREEMENT] = true;
    cr_assert_eq(figures_of_analyst(figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    return &figures->lines[0];
}

static void expect_same(const struct figure *figure, double value, double low, double high)
{
    cr_expect_eq(figure->mark, FIGURE_SHOWN);
    cr_expect(figure->interval);
    cr_expect_float_eq(figure->value, value, 1e-12);
    cr_expect_float_eq(figure->low, low, 1e-12);
    cr_expect_float_eq(figure->high, high, 1e-12);
}

/* Of 165 people 15 are at the two points that are withheld. Where both are at the same end the net is exact;
 * where they are at either end it is as if half were at each, and its interval holds both. Either way it is
 * the same however the 15 are divided: it tells nothing of that. */
Test(results_analyst, what_is_withheld_is_shared_and_tells_nothing)
{
    static const size_t one_end[][5] = {{3, 12, 40, 60, 50}, {5, 10, 40, 60, 50}},
                        ends[][5] = {{3, 50, 40, 60, 12}, {10, 50, 40, 60, 5}};
    struct figures figures;
    struct figure measures[FIGURES_MEASURES];
    const struct figures_line *line = scale_of(&figures, one_end[0], false);
    cr_expect_eq(line->measures[FIGURES_NET].mark, FIGURE_WITHHELD);
    cr_expect_eq(line->cells[ANSWER_FIRST - 1].count.mark, FIGURE_WITHHELD);
    cr_expect_eq(line->cells[ANSWER_FIRST].count.mark, FIGURE_WITHHELD);
    round_scene_close(&s);
    for (size_t set = 0; set < 2; set++) {
        for (size_t i = 0; i < 2; i++) {
            line = scale_of(&figures, set == 0 ? one_end[i] : ends[i], true);
            const struct figure *net = &line->measures[FIGURES_NET];
            cr_expect_float_eq(net->shared, 100.0 * 15 / 165, 1e-12);
            cr_expect_float_eq(net->value, 100 * (set == 0 ? 15 - 110 : 50 - 60) / 165.0, 1e-12);
            cr_expect(net->low < net->value && net->value < net->high);
            for (int m = 0; m < FIGURES_MEASURES; m++) {
                if (i == 0) {
                    measures[m] = line->measures[m];
                } else {
                    expect_same(&line->measures[m], measures[m].value, measures[m].low, measures[m].high);
                }
            }
            /* At either end all 15 may be: 30 of 165 apart. */
            cr_expect(set == 0 || net->high - net->low > 100 * 30.0 / 165);
            round_scene_close(&s);
        }
    }
    /* Past a fifth of the base there is none. */
    line = scale_of(&figures, (const size_t[]){9, 9, 9, 60, 9}, true);
    cr_expect_eq(line->measures[FIGURES_NET].mark, FIGURE_WITHHELD);
    round_scene_close(&s);
    /* And where nothing is withheld nothing is shared. */
    line = scale_of(&figures, (const size_t[]){20, 20, 20, 20, 20}, true);
    cr_expect_eq(line->measures[FIGURES_NET].shared, 0);
    cr_expect_eq(line->measures[FIGURES_NET].value, 0);
    round_scene_close(&s);
}

Test(results_analyst, says_why_there_is_no_table)
{
    struct figures figures;
    round_scene_open(&s);
    struct figures_query query = query_of("houding");
    query.weighted = true;
    cr_expect_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_NO_WEIGHTS);
    query = query_of("schooljaren");
    query.groups[0] = round_scene_find(&s, "gender");
    query.groups[1] = round_scene_find(&s, "rang_1");
    query.groups[2] = round_scene_find(&s, "rang_2");
    query.group_count = 3;
    cr_expect_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_TOO_LARGE);
    query = query_of("houding");
    s.round.id = 2;
    cr_expect_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_NOT_READY);
    round_scene_close(&s);
}

Test(results_analyst, json_and_csv_carry_the_whole_number)
{
    struct figures figures;
    struct buffer body, csv;
    char cell[64];
    round_scene_open(&s);
    struct figures_query query = query_of("houding");
    cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
    buffer_init(&body, 1024 * 1024);
    figures_json(&body, s.questionnaire.arena, &figures);
    json_t *json = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(json);
    buffer_free(&body);
    buffer_init(&csv, 1024 * 1024);
    figures_csv(&csv, &figures);
    const json_t *cells = json_object_get(json_array_get(json_object_get(json, "rijen"), 0), "cellen");
    for (size_t a = 0; a < figures.answer_count; a++) {
        const struct figure *share = &figures.lines[0].cells[a].share;
        const json_t *told = json_object_get(json_array_get(cells, a), "percentage");
        if (share->mark == FIGURE_SHOWN) {
            cr_expect(json_number_value(told) == share->value);
            snprintf(cell, sizeof cell, ",%.17g,", share->value);
            cr_expect(strstr(csv.ptr, cell), "%s", cell);
        }
    }
    buffer_free(&csv);
    json_decref(json);
    round_scene_close(&s);
}
