/* What the survey has for the value map is what its tables say, however many are counted together. */
#include "features/results/results_effects.h"
#include "unit/features/results/round.h"

#include <stdio.h>
#include <string.h>

TestSuite(results_effects, .fini = leaks_check);

static struct round_scene s;

static void expect_figure(const struct figure *found, const struct figure *expected)
{
    cr_expect_eq(found->mark, expected->mark);
    cr_expect_eq(found->value, expected->value, "%f, not %f", found->value, expected->value);
    cr_expect_eq(found->low, expected->low);
    cr_expect_eq(found->high, expected->high);
    cr_expect_eq(found->shared, expected->shared);
}

/* Held against its own table: the line of the value, facet and question. */
static void expect_effect(const struct effect_line *effect, bool weighted)
{
    size_t count, found = 0;
    const struct variable *variables = questionnaire_variables(&count, s.round.questionnaire);
    for (size_t v = 0; v < count; v++) {
        struct figures figures;
        const bool same_facet = !variables[v].facet == !effect->facet &&
                                (!effect->facet || strcmp(variables[v].facet, effect->facet) == 0);
        if (!variables[v].value || !variables[v].question ||
            strcmp(variables[v].question, effect->question) != 0 ||
            strcmp(variables[v].value, effect->value) != 0 || !same_facet) {
            continue;
        }
        struct figures_query query = {.round = &s.round,
                                      .variable = v,
                                      .base = FIGURES_BASE_OPINION,
                                      .weighted = weighted,
                                      .measures = {true, true, true, true},
                                      .agreement_alone = true,
                                      .hidden_shared = true};
        size_t stream = round_scene_find(&s, "werving");
        const uint16_t open = ANSWER_FIRST;
        query.filters[query.filter_count++] = (struct figures_filter){stream, &open, 1};
        cr_assert_eq(figures_of_analyst(&figures, s.questionnaire.arena, &s.results, &query), FIGURES_OK);
        const struct figures_line *line = &figures.lines[0];
        expect_figure(&effect->asked, &line->people);
        expect_figure(&effect->base, &line->base);
        expect_figure(&effect->mean, &line->measures[FIGURES_MEAN]);
        expect_figure(&effect->net, &line->measures[FIGURES_NET]);
        expect_figure(&effect->top_two, &line->measures[FIGURES_TOP_TWO]);
        expect_figure(&effect->agreement, &line->measures[FIGURES_AGREEMENT]);
        found++;
    }
    cr_expect_eq(found, 1, "%s %s", effect->question, effect->value);
}

/* Two hundred people who answer the first questions about what an application does, each in their own way,
 * some of them with the rarest answer. */
static void add_people(void)
{
    size_t count, asked = 0;
    char names[400] = "weight", line[100];
    const struct variable *variables = questionnaire_variables(&count, s.round.questionnaire);
    for (size_t v = 0; v < count && asked < 5; v++) {
        const struct variable *variable = &variables[v];
        if (variable->dimension && strcmp(variable->dimension, "effect") == 0 && variable->application &&
            variable->level == LEVEL_ORDINAL) {
            snprintf(names + strlen(names), sizeof names - strlen(names), ",%s", variable->code);
            asked++;
        }
    }
    cr_assert_eq(asked, 5);
    for (int i = 0; i < 200; i++) {
        snprintf(line, sizeof line, "%.2f,%d,%d,%d,%d,%d", 0.5 + i % 4 * 0.25, i % 5, (7 * i + 3) % 5,
                 i % 7 == 0 ? -2 : i % 5,
                 i % 50 == 0   ? 4
                 : i % 16 == 1 ? 3
                               : i % 3,
                 i % 11 == 0 ? -1 : i / 3 % 5);
        round_scene_add(&s, 1, names, line);
    }
}

static void compare(bool weighted)
{
    struct effects effects, copy;
    size_t shown = 0, shared = 0;
    cr_assert_eq(results_effects(&effects, s.questionnaire.arena, &s.results, &s.round, FIGURES_ANALYST,
                                 (struct slice){NULL, 0}),
                 FIGURES_OK);
    cr_expect_eq(effects.weighted, weighted);
    cr_assert_gt(effects.effect_count, 4, "%zu", effects.effect_count);
    for (size_t i = 0; i < effects.effect_count; i++) {
        expect_effect(&effects.effects[i], weighted);
        shown += effects.effects[i].net.mark == FIGURE_SHOWN;
        shared += effects.effects[i].net.shared > 0;
    }
    cr_expect_geq(shown, 5);
    cr_expect_geq(shared, 1);
    results_effects_copy(&copy, s.questionnaire.arena, &effects);
    cr_assert_eq(copy.effect_count, effects.effect_count);
    cr_expect_str_eq(copy.stream, "open");
    cr_expect_str_eq(copy.effects[0].application, effects.effects[0].application);
    cr_expect_neq(copy.effects[0].application, effects.effects[0].application, "a text of its own");
    expect_figure(&copy.effects[0].net, &effects.effects[0].net);
}

Test(results_effects, are_what_each_table_says)
{
    round_scene_begin(&s);
    add_people();
    compare(false);
    round_scene_close(&s);
}

Test(results_effects, are_so_of_weighted_people)
{
    round_scene_begin(&s);
    add_people();
    round_scene_weigh(&s);
    s.version.streams[0].stream = SLICE("open");
    compare(true);
    round_scene_close(&s);
}

/* What a map was made of has another mark than what it would be made of now. */
Test(results_effects, have_another_mark_after_another_answer_or_weight)
{
    struct arena *arena;
    round_scene_begin(&s);
    add_people();
    arena = s.questionnaire.arena;
    const char *before = results_effects_mark(arena, &s.results, &s.round, FIGURES_ANALYST);
    cr_expect_str_eq(results_effects_mark(arena, &s.results, &s.round, FIGURES_ANALYST), before);
    round_scene_weigh(&s);
    const char *weighed = results_effects_mark(arena, &s.results, &s.round, FIGURES_ANALYST);
    cr_expect_str_neq(weighed, before);
    round_scene_add(&s, 1, "houding", "0");
    cr_expect_str_neq(results_effects_mark(arena, &s.results, &s.round, FIGURES_ANALYST), weighed);
    round_scene_close(&s);
}
