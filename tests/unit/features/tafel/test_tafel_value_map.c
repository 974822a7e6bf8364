#include "features/tafel/tafel_value_map_view.h"

#include "features/coding/coding_voices.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(value_map, .fini = leaks_check);

enum { ARENA_MAX = 16 << 20, WELFARE = 0, SAFETY, HEALTH, NATURE, CHOICE, FAIRNESS, LEGITIMACY };
enum { PLANTS, MEAT, APPLICATIONS };

static const struct codebook_entry applications[APPLICATIONS] = {
    {.code = {"ngt-planten", 11}, .title = {"Planten", 7}},
    {.code = {"kweekvlees", 10}, .title = {"Vlees", 5}}};

/* A survey about plants, and conversations about plants and meat, filled in by each test. */
struct scene {
    struct arena *arena;
    struct effect_line lines[16];
    struct importance_line importances[CODING_VALUES];
    struct effects survey;
    struct codebook book;
    struct coding_heard_cell cells[CODING_TALKS][(APPLICATIONS + 1) * CODING_VALUES];
    struct coding_heard heard;
    struct value_map map;
};

static struct figure shown(double value, double low, double high)
{
    return (struct figure){.mark = FIGURE_SHOWN, .interval = true, .value = value, .low = low, .high = high};
}

/* better and worse in percent; the interval of the net is 5 points to each side. */
static void survey_says(struct scene *s, int value, const char *facet, double better, double worse)
{
    const double net = better - worse;
    s->lines[s->survey.effect_count++] =
        (struct effect_line){.application = "ngt-planten",
                             .value = coding_values[value],
                             .facet = facet,
                             .question = "ngt-planten-effect",
                             .points = 5,
                             .base = shown(500, 0, 0),
                             .net = shown(net, net - 5, net + 5),
                             .top_two = shown(better, better - 3, better + 3)};
}

static void begin(struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->arena = arena_create(ARENA_MAX);
    s->survey.stream = "open";
    s->survey.effects = s->lines;
    s->survey.importances = s->importances;
    s->book.axes[CODEBOOK_APPLICATION].items = applications;
    s->book.axes[CODEBOOK_APPLICATION].count = APPLICATIONS;
    s->heard = (struct coding_heard){
        .found = true, .book = &s->book, .cells = {s->cells[CODING_INTERVIEW], s->cells[CODING_FOCUS_GROUP]}};
}

static void end(struct scene *s)
{
    arena_destroy(s->arena);
}

/* Ten interviews of one person each came to it. */
static void interviews_say(struct scene *s, int application, int value, uint32_t people, uint32_t in_favour,
                           uint32_t against)
{
    s->cells[CODING_INTERVIEW][application * CODING_VALUES + value] =
        (struct coding_heard_cell){.asked = 10,
                                   .asked_people = 10,
                                   .spoke = people,
                                   .people = people,
                                   .in_favour = in_favour,
                                   .against = against};
}

/* Six groups came to it; whatever their people said, a group is one. */
static void groups_say(struct scene *s, int application, int value, uint32_t spoke, uint32_t in_favour,
                       uint32_t against)
{
    s->cells[CODING_FOCUS_GROUP][application * CODING_VALUES + value] =
        (struct coding_heard_cell){.asked = 6,
                                   .asked_people = 42,
                                   .spoke = spoke,
                                   .people = 40,
                                   .in_favour = 40,
                                   .spoke_in_favour = in_favour,
                                   .spoke_against = against};
}

static const struct map_cell *cell(struct scene *s, const char *application, int value)
{
    const struct map_cell *found =
        value_map_cell(&s->map, slice_from_cstr(application), slice_from_cstr(coding_values[value]));
    cr_assert_not_null(found);
    return found;
}

/* All seven values of plants, in the same order in each method; nature is the one that tests change. */
static void fill(struct scene *s)
{
    for (int value = 0; value < CODING_VALUES; value++) {
        survey_says(s, value, NULL, 60 - 4 * value, 10);
        interviews_say(s, PLANTS, value, (uint32_t)(9 - value), (uint32_t)(9 - value), 0);
        groups_say(s, PLANTS, value, value < 6 ? (uint32_t)(6 - value) : 0, value < 6 ? 1 : 0, 0);
    }
}

Test(value_map, methods_that_say_the_same_agree)
{
    struct scene s;
    begin(&s);
    fill(&s);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_assert_eq(s.map.application_count, 1);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->rule, CONVERGENCE_AGREEMENT);
    cr_expect_eq(cell(&s, "ngt-planten", LEGITIMACY)->rule, CONVERGENCE_SILENCE);
    cr_expect_eq(s.map.counts[CONVERGENCE_AGREEMENT], 6);
    cr_expect_eq(s.map.counts[CONVERGENCE_SILENCE], 1);
    end(&s);
}

Test(value_map, opposite_directions_clash)
{
    struct scene s;
    begin(&s);
    fill(&s);
    interviews_say(&s, PLANTS, NATURE, 6, 0, 6);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    const struct map_cell *nature = cell(&s, "ngt-planten", NATURE);
    cr_expect_eq(nature->sides[CONVERGENCE_SURVEY].direction, 1);
    cr_expect_eq(nature->sides[CONVERGENCE_INTERVIEWS].direction, -1);
    cr_expect_eq(nature->rule, CONVERGENCE_DISSONANCE);
    cr_expect_eq(nature->clash, CONVERGENCE_OPPOSITE);
    end(&s);
}

/* Five of six say no; so would five of six heads or tails, one time in nine, one side or the other. */
Test(value_map, a_few_voices_the_other_way_are_no_clash)
{
    struct scene s;
    begin(&s);
    fill(&s);
    interviews_say(&s, PLANTS, NATURE, 6, 1, 5);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    const struct map_cell *nature = cell(&s, "ngt-planten", NATURE);
    cr_expect_eq(nature->sides[CONVERGENCE_INTERVIEWS].direction, -1);
    cr_expect_eq(nature->rule, CONVERGENCE_PARTIAL);
    cr_expect_eq(nature->clash, 0);
    end(&s);
}

/* What comes first in the survey comes last in as many interviews as it takes to be sure. */
Test(value_map, attention_clashes_where_it_is_no_chance)
{
    struct scene s;
    begin(&s);
    for (int value = 0; value < CODING_VALUES; value++) {
        const uint32_t people = (uint32_t)(10 + 12 * value);
        survey_says(&s, value, NULL, 80 - 10 * value, 10);
        s.cells[CODING_INTERVIEW][value] = (struct coding_heard_cell){
            .asked = 90, .asked_people = 90, .spoke = people, .people = people, .in_favour = people};
    }
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_eq(cell(&s, "ngt-planten", WELFARE)->rule, CONVERGENCE_DISSONANCE);
    cr_expect_eq(cell(&s, "ngt-planten", WELFARE)->clash, CONVERGENCE_APART);
    for (int value = 0; value < CODING_VALUES; value++) {
        struct coding_heard_cell *heard = &s.cells[CODING_INTERVIEW][value];
        heard->asked = heard->asked_people = 9;
        heard->spoke = heard->people = heard->in_favour = (uint32_t)(1 + value);
    }
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_eq(cell(&s, "ngt-planten", WELFARE)->rule, CONVERGENCE_PARTIAL, "nine people order little");
    end(&s);
}

/* The people of a group are for it, and still the groups decide. */
Test(value_map, a_focus_group_is_one_voice)
{
    struct scene s;
    begin(&s);
    fill(&s);
    groups_say(&s, PLANTS, NATURE, 5, 0, 5);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->sides[CONVERGENCE_FOCUS_GROUPS].direction, -1);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->rule, CONVERGENCE_DISSONANCE);
    end(&s);
}

Test(value_map, people_animals_and_nature_are_never_averaged)
{
    struct scene s;
    begin(&s);
    survey_says(&s, HEALTH, "mens", 60, 5);
    survey_says(&s, HEALTH, "dier", 5, 60);
    survey_says(&s, HEALTH, "milieu", 60, 5);
    survey_says(&s, SAFETY, "mens", 60, 5);
    survey_says(&s, SAFETY, "dier", 70, 9);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    const struct map_cell *health = cell(&s, "ngt-planten", HEALTH);
    cr_expect_eq(health->effect_count, 3);
    cr_expect_eq(health->sides[CONVERGENCE_SURVEY].state, CONVERGENCE_SPOKE);
    cr_expect_eq(health->sides[CONVERGENCE_SURVEY].direction, 0);
    cr_expect_eq(cell(&s, "ngt-planten", SAFETY)->sides[CONVERGENCE_SURVEY].direction, 1);
    cr_expect_eq(cell(&s, "ngt-planten", SAFETY)->rule, CONVERGENCE_NO_PAIR);
    end(&s);
}

Test(value_map, a_minority_over_ten_percent_is_told_of)
{
    struct scene s;
    begin(&s);
    survey_says(&s, WELFARE, NULL, 60, 10);
    survey_says(&s, SAFETY, NULL, 60, 10.5);
    survey_says(&s, NATURE, NULL, 12, 70);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_not(cell(&s, "ngt-planten", WELFARE)->minority.any);
    cr_expect(cell(&s, "ngt-planten", SAFETY)->minority.any);
    cr_expect_eq(cell(&s, "ngt-planten", SAFETY)->minority.direction, -1);
    cr_expect_float_eq(cell(&s, "ngt-planten", SAFETY)->minority.share, 10.5, 1e-9);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->minority.direction, 1);
    cr_expect_float_eq(cell(&s, "ngt-planten", NATURE)->minority.share, 12, 1e-9);
    /* Of two percent it is not known what they said. */
    s.lines[2].net.shared = 1.9;
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect(cell(&s, "ngt-planten", NATURE)->minority.any);
    s.lines[2].net.shared = 2.1;
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_not(cell(&s, "ngt-planten", NATURE)->minority.any);
    end(&s);
}

Test(value_map, what_is_withheld_stays_so_and_says_nothing)
{
    struct scene s;
    begin(&s);
    fill(&s);
    s.lines[NATURE].net.mark = FIGURE_WITHHELD;
    s.lines[CHOICE].net.interval = false;
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->sides[CONVERGENCE_SURVEY].state, CONVERGENCE_WITHHELD);
    cr_expect_eq(cell(&s, "ngt-planten", CHOICE)->sides[CONVERGENCE_SURVEY].state, CONVERGENCE_WITHHELD);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->rule, CONVERGENCE_AGREEMENT, "of the other two");
    cr_expect_not(cell(&s, "ngt-planten", NATURE)->minority.any);
    end(&s);
}

/* Nearly all expect it to get worse: too few expect better to show how many, and the net is shown. */
Test(value_map, near_unanimity_is_told_by_its_net)
{
    struct scene s;
    begin(&s);
    fill(&s);
    struct effect_line *line = &s.lines[NATURE];
    line->net = shown(-88, -94, -82);
    line->top_two = (struct figure){.mark = FIGURE_FEWER, .value = 5};
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    const struct map_cell *nature = cell(&s, "ngt-planten", NATURE);
    const struct convergence_side *side = &nature->sides[CONVERGENCE_SURVEY];
    cr_expect_eq(side->state, CONVERGENCE_SPOKE);
    cr_expect_eq(side->direction, -1);
    cr_expect(side->firm);
    cr_expect_eq(side->tercile, 0, "more expect a change than of any other value");
    cr_expect_eq(side->first, 0);
    cr_expect_eq(side->last, 0);
    cr_expect_not(nature->minority.any);
    cr_expect_eq(nature->rule, CONVERGENCE_DISSONANCE, "the interviews are for it, all of them");
    /* Of how many it is not known whether they expect anything: it may be any place. */
    line->net = shown(-8, -14, -2);
    line->top_two = (struct figure){.mark = FIGURE_WITHHELD};
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    nature = cell(&s, "ngt-planten", NATURE);
    cr_expect_eq(nature->sides[CONVERGENCE_SURVEY].direction, -1);
    cr_expect_eq(nature->sides[CONVERGENCE_SURVEY].first, 0);
    cr_expect_eq(nature->sides[CONVERGENCE_SURVEY].last, 2);
    end(&s);
}

/* A divided group is on both sides, as a person who says both is. */
Test(value_map, divided_groups_point_nowhere)
{
    struct scene s;
    begin(&s);
    fill(&s);
    struct coding_heard_cell *groups = &s.cells[CODING_FOCUS_GROUP][NATURE];
    *groups = (struct coding_heard_cell){
        .asked = 5, .asked_people = 35, .spoke = 5, .spoke_in_favour = 2, .spoke_against = 1, .divided = 2};
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->sides[CONVERGENCE_FOCUS_GROUPS].direction, 0);
    groups->spoke_against = 0;
    groups->divided = 1;
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect_eq(cell(&s, "ngt-planten", NATURE)->sides[CONVERGENCE_FOCUS_GROUPS].direction, 1);
    end(&s);
}

Test(value_map, a_conversation_is_counted_on_one_side_or_as_divided)
{
    struct coding_heard_cell heard = {0};
    const struct coding_voices voices[] = {
        {.people = 3, .in_direction = {[CODING_FOR] = 2, [CODING_CONDITIONAL] = 1}},
        {.people = 4, .in_direction = {[CODING_FOR] = 3, [CODING_AGAINST] = 1}, .dissent = true},
        {.people = 1, .in_direction = {[CODING_FOR] = 1, [CODING_AGAINST] = 1}},
        {.people = 2, .in_direction = {[CODING_AGAINST] = 2}},
        {.people = 1, .in_direction = {[CODING_CONDITIONAL] = 1}},
        {.people = 0}};
    for (size_t i = 0; i < sizeof voices / sizeof voices[0]; i++) {
        coding_heard_add(&heard, &voices[i], 7);
    }
    cr_expect_eq(heard.asked, 6);
    cr_expect_eq(heard.asked_people, 42);
    cr_expect_eq(heard.spoke, 5);
    cr_expect_eq(heard.spoke_in_favour, 1);
    cr_expect_eq(heard.spoke_against, 1);
    cr_expect_eq(heard.divided, 2);
}

/* ---- its JSON ---- */

static char *cell_json_of(struct scene *s, enum figures_view view, int value, const char *part)
{
    const struct survey_round round = {.consultation = "proef", .code = "proef-1"};
    struct map_view map = {.round = &round, .view = view, .survey = s->survey, .heard = s->heard};
    value_map_make(&s->map, s->arena, &s->survey, &s->heard);
    map.map = s->map;
    json_t *all = map_view_json(&map);
    json_t *row = json_array_get(json_object_get(all, "toepassingen"), 0);
    json_t *one = json_array_get(json_object_get(row, "waarden"), (size_t)value);
    char *text = json_dumps(json_object_get(one, part), JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(all);
    return text;
}

static void expect_in_json(struct scene *s, enum figures_view view, const char *part, const char *said,
                           bool expected)
{
    char *text = cell_json_of(s, view, NATURE, part);
    cr_expect_eq(strstr(text, said) != NULL, expected, "%s: %s", said, text);
    free(text);
}

/* 100 * 0.29 is a little less than 29. */
Test(value_map, tells_everybody_no_more_digits_than_a_figure_has)
{
    struct scene s;
    begin(&s);
    fill(&s);
    s.lines[NATURE].top_two = shown(100 * 0.29, 26, 32);
    expect_in_json(&s, FIGURES_PUBLIC, "enquete", "\"beter\":{\"getal\":29.0,\"decimalen\":0", true);
    expect_in_json(&s, FIGURES_ANALYST, "enquete", "\"getal\":28.999999999999996", true);
    end(&s);
}

Test(value_map, does_not_say_that_people_agree_beside_a_minority)
{
    struct scene s;
    begin(&s);
    fill(&s);
    s.lines[NATURE].agreement = (struct figure){.mark = FIGURE_SHOWN, .value = 0.6, .digits = 1};
    expect_in_json(&s, FIGURES_PUBLIC, "enquete", "\"eensgezind\":\"eens\"", true);
    s.lines[NATURE].net.value = 60 - 23;
    s.lines[NATURE].top_two.value = 60;
    expect_in_json(&s, FIGURES_PUBLIC, "enquete", "\"minderheid\":{\"aandeel\":23.0", true);
    expect_in_json(&s, FIGURES_PUBLIC, "enquete", "\"eensgezind\":\"grotendeels\"", true);
    /* Of animals a minority expects the opposite, in the same cell. */
    s.lines[NATURE].net.value = s.lines[NATURE].top_two.value = 60;
    survey_says(&s, NATURE, "dier", 60, 23);
    expect_in_json(&s, FIGURES_PUBLIC, "enquete", "\"eensgezind\":\"grotendeels\"", true);
    s.lines[NATURE].agreement.value = 0.4;
    expect_in_json(&s, FIGURES_PUBLIC, "enquete", "\"eensgezind\":\"gemengd\"", true);
    end(&s);
}

/* Conversations are counted for everybody, the people in them for staff. */
Test(value_map, tells_how_many_conversations_were_on_a_side)
{
    struct scene s;
    begin(&s);
    fill(&s);
    struct coding_heard_cell *heard = &s.cells[CODING_INTERVIEW][NATURE];
    heard->spoke_in_favour = 4;
    heard->divided = 1;
    expect_in_json(&s, FIGURES_PUBLIC, "interviews", "\"voor\":4,\"tegen\":0,\"verdeeld\":1", true);
    expect_in_json(&s, FIGURES_PUBLIC, "interviews", "deelnemers", false);
    expect_in_json(&s, FIGURES_ANALYST, "interviews", "deelnemers", true);
    end(&s);
}

Test(value_map, what_only_conversations_came_to_is_there_too)
{
    struct scene s;
    begin(&s);
    fill(&s);
    interviews_say(&s, MEAT, NATURE, 4, 4, 0);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_assert_eq(s.map.application_count, 2);
    cr_expect_eq(cell(&s, "kweekvlees", NATURE)->rule, CONVERGENCE_NO_PAIR);
    cr_expect_eq(cell(&s, "kweekvlees", NATURE)->sides[CONVERGENCE_SURVEY].state, CONVERGENCE_NOT_ASKED);
    cr_expect_eq(cell(&s, "kweekvlees", NATURE)->sides[CONVERGENCE_INTERVIEWS].state, CONVERGENCE_SPOKE);
    cr_expect_null(value_map_cell(&s.map, SLICE("kweekvlees"), SLICE("geluk")));
    cr_expect_null(value_map_cell(&s.map, SLICE("maanreis"), SLICE("natuurlijkheid")));
    end(&s);
}

Test(value_map, is_empty_without_anything)
{
    struct scene s;
    begin(&s);
    s.heard = (struct coding_heard){.found = false};
    value_map_make(&s.map, s.arena, NULL, &s.heard);
    cr_expect_eq(s.map.application_count, 0);
    cr_expect_not(s.map.taus[0].known);
    end(&s);
}

Test(value_map, methods_are_asked_whether_they_order_the_values_alike)
{
    struct scene s;
    begin(&s);
    fill(&s);
    for (int value = 0; value < CODING_VALUES; value++) {
        s.importances[value] =
            (struct importance_line){.value = coding_values[value], .share = shown(70 - 5 * value, 0, 0)};
        interviews_say(&s, APPLICATIONS, value, (uint32_t)(9 - value), 0, 0);
        groups_say(&s, APPLICATIONS, value, (uint32_t)value, 0, 0);
    }
    s.survey.importance_count = CODING_VALUES;
    s.importances[LEGITIMACY].share.mark = FIGURE_WITHHELD;
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    cr_expect(s.map.taus[0].known);
    cr_expect_eq(s.map.taus[0].kendall.n, 6, "one is withheld");
    cr_expect_float_eq(s.map.taus[0].kendall.tau, 1, 1e-12);
    cr_expect_float_eq(s.map.taus[2].kendall.tau, -1, 1e-12);
    cr_expect_eq(s.map.taus[2].kendall.n, 7);
    end(&s);
}

/* Alpha of the rule and of who judged, worked out by hand: of 4 units with 8 ratings three agree; ratings are
 * 5 agreement and 3 dissonance. 1 - 7 * (1) / (5 * 3). */
Test(value_map, people_and_the_rule_are_two_coders)
{
    struct scene s;
    struct map_agreement found;
    begin(&s);
    fill(&s);
    interviews_say(&s, PLANTS, NATURE, 6, 0, 6);
    value_map_make(&s.map, s.arena, &s.survey, &s.heard);
    const struct slice plants = SLICE("ngt-planten");
    const struct map_judged judged[] = {{plants, SLICE("natuurlijkheid"), CONVERGENCE_DISSONANCE},
                                        {plants, SLICE("veiligheid"), CONVERGENCE_AGREEMENT},
                                        {plants, SLICE("brede-welvaart"), CONVERGENCE_AGREEMENT},
                                        {plants, SLICE("keuzevrijheid"), CONVERGENCE_DISSONANCE},
                                        {SLICE("maanreis"), SLICE("keuzevrijheid"), CONVERGENCE_PARTIAL}};
    cr_assert_eq(cell(&s, "ngt-planten", SAFETY)->rule, CONVERGENCE_AGREEMENT);
    cr_assert_eq(cell(&s, "ngt-planten", WELFARE)->rule, CONVERGENCE_AGREEMENT);
    cr_assert_eq(cell(&s, "ngt-planten", CHOICE)->rule, CONVERGENCE_AGREEMENT);
    value_map_agreement(&found, s.arena, &s.map, judged, sizeof judged / sizeof judged[0]);
    cr_expect_eq(found.judged, 4);
    cr_expect_eq(found.same, 3);
    cr_expect(found.known);
    cr_expect_float_eq(found.alpha, 1 - 7.0 / 15, 1e-12, "%f", found.alpha);
    value_map_agreement(&found, s.arena, &s.map, NULL, 0);
    cr_expect_not(found.known);
    end(&s);
}
