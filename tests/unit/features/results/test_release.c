/* What a release holds, by its questionnaire; its document; and its figures as bytes. */
#include "features/results/results_release_internal.h"

#include "base/embedded.h"
#include "unit/features/questionnaire/support.h"

#include <string.h>

TestSuite(results_release, .fini = leaks_check);

/* ---- lines as bytes ---- */

enum { CODES = 6, FEWER = 15 };
static const enum public_role roles[CODES] = {PUBLIC_ABSENT,  PUBLIC_BESIDE,  PUBLIC_IN_BASE,
                                              PUBLIC_IN_BASE, PUBLIC_IN_BASE, PUBLIC_IN_BASE};

static struct public_line line_of(struct public_cell answers[CODES])
{
    struct public_line line = {.people = {PUBLIC_SHOWN, 70, 70, 70},
                               .base = {PUBLIC_SHOWN, 64, 60.5, 75.25},
                               .deff = 1.3,
                               .spread = 0.35,
                               .mean = 4.75,
                               .answers = answers};
    for (uint32_t code = 0; code < CODES; code++) {
        answers[code] = (struct public_cell){PUBLIC_SHOWN, 10 * code, 9.5 * code, 12.25 * code};
    }
    return line;
}

Test(results_release, a_weighted_line_comes_back_whole)
{
    struct arena *arena = arena_create(1 << 20);
    const struct line_layout layout = {.codes = CODES, .number = true, .weighted = true};
    struct public_cell answers[CODES], plain_answers[CODES];
    const struct public_line line = line_of(answers);
    struct public_line plain = line_of(plain_answers), back;
    plain.mean = 4.5;
    unsigned char *bytes = arena_alloc(arena, release_line_size(layout));
    cr_assert_eq(release_line_size(layout), 4 * (2 + 1 + CODES + 4 + 1 + 2 * CODES));
    release_line_write(bytes, layout, &line, &plain);
    release_line_read(&back, arena, layout, bytes, true, roles, FEWER);
    cr_expect_eq(back.people.n, 70);
    cr_expect(back.base.n == 64 && back.base.weight == 60.5 && back.base.weight_squared == 75.25);
    cr_expect(back.deff == 1.3 && back.spread == 0.35 && back.mean == 4.75);
    cr_expect(back.answers[4].n == 40 && back.answers[4].weight == 38 &&
              back.answers[4].weight_squared == 49);
    cr_expect_eq(back.answers[0].mark, PUBLIC_NOT_ASKED);
    cr_expect_eq(back.answers[1].mark, PUBLIC_FEWER);
    cr_expect_eq(back.answers[2].mark, PUBLIC_SHOWN);
    release_line_read(&back, arena, layout, bytes, false, roles, FEWER);
    cr_expect(back.base.weight == 64 && back.deff == 1 && back.spread == 0 && back.mean == 4.5);
    cr_expect_eq(back.answers[4].weight, 40);
    arena_destroy(arena);
}

/* Weights came later: the line stands, and gives no weighted share. */
Test(results_release, a_line_from_before_the_weights_is_carried)
{
    struct arena *arena = arena_create(1 << 20);
    const struct line_layout bare = {.codes = CODES, .number = true},
                             weighted = {.codes = CODES, .number = true, .weighted = true};
    struct public_cell answers[CODES];
    const struct public_line line = line_of(answers);
    struct public_line back;
    unsigned char *bytes = arena_alloc(arena, release_line_size(bare));
    unsigned char *carried = arena_alloc(arena, release_line_size(weighted));
    release_line_write(bytes, bare, &line, NULL);
    release_line_convert(carried, weighted, bytes, bare);
    release_line_read(&back, arena, weighted, carried, false, roles, FEWER);
    cr_expect(back.base.n == 64 && back.mean == 4.75 && back.answers[5].n == 50 && back.deff == 1);
    release_line_read(&back, arena, weighted, carried, true, roles, FEWER);
    cr_expect(back.base.weight == 64 && back.answers[5].weight == 50 && back.deff == 0);
    /* And back again, should the weights be gone. */
    release_line_convert(bytes, bare, carried, weighted);
    release_line_read(&back, arena, bare, bytes, false, roles, FEWER);
    cr_expect(back.base.n == 64 && back.mean == 4.75 && back.answers[5].n == 50);
    arena_destroy(arena);
}

Test(results_release, universes_come_back_whole)
{
    struct arena *arena = arena_create(1 << 20);
    struct release_universe universes[] = {{7, true, 123456}, {0, false, 0}, {3, false, 20}};
    const struct release_part part = {.universe_count = 3, .universes = universes};
    struct release_part back = {.stream = 0};
    struct slice bytes = release_universes_write(arena, &part);
    cr_assert(release_universes_read(&back, arena, bytes, 3));
    for (size_t u = 0; u < 3; u++) {
        cr_expect_eq(back.universes[u].release, universes[u].release);
        cr_expect_eq(back.universes[u].open, universes[u].open);
        cr_expect_eq(back.universes[u].n, universes[u].n);
    }
    cr_expect_not(release_universes_read(&back, arena, bytes, 4), "of another lattice");
    arena_destroy(arena);
}

/* ---- what is released ---- */

static const char *code_of(const struct scene *s, size_t variable)
{
    size_t count;
    return questionnaire_variables(&count, s->q)[variable].code;
}

Test(results_release, holds_what_people_said_and_looks_by_background)
{
    static const char *const expected[] = {"leeftijd", "gender", "postcode", "opleiding"};
    struct scene s;
    struct release_plan plan;
    scene_open_real(&s);
    json_t *own = json_object();
    struct survey_round round = {.questionnaire = s.q, .own = own, .code = "r", .variant_count = 1};
    release_plan(&plan, s.arena, &round);
    cr_assert_eq(plan.dim_count, 4);
    for (size_t d = 0; d < 4; d++) {
        cr_expect_str_eq(code_of(&s, plan.dims[d]), expected[d]);
        cr_expect_not(plan.listed[d][ANSWER_NONE], "who says nothing is no group");
    }
    for (size_t v = 0; v < plan.variable_count; v++) {
        const char *code = code_of(&s, plan.variables[v].variable);
        cr_expect(strcmp(code, "kwaliteit") != 0 && strcmp(code, "duur") != 0 && strcmp(code, "werving") != 0,
                  "%s", code);
    }
    cr_expect_gt(plan.variable_count, 100);
    /* Gender: who rather not says is in no group. */
    cr_expect_not(plan.listed[1][plan.sizes[1] - 1]);
    cr_expect(plan.listed[1][ANSWER_FIRST]);
    json_decref(own);
    scene_close(&s);
}

/* ---- the document ---- */

static void expect_faults(const char *release, const char *faults)
{
    struct arena *arena = arena_create((size_t)64 << 20);
    struct locales *locales = locales_load(embedded_locales);
    struct json_errors errors;
    struct consultation_bundle bundle;
    char found[1024] = "";
    json_errors_init(&errors, arena);
    cr_assert(consultation_bundle_read(&bundle, &errors, arena, "tests/app/fixtures/uitgave.json", locales));
    json_t *round = json_array_get(json_object_get(bundle.document, "rounds"), 0);
    json_object_set_new(round, "release", json_loads(release, 0, NULL));
    cr_expect_eq(release_document_check(&errors, &bundle, "x.json", locales), faults[0] == '\0');
    for (size_t i = 0; i < errors.count; i++) {
        strncat(found, errors.items[i].pointer, sizeof found - strlen(found) - 1);
        strncat(found, " ", sizeof found - strlen(found) - 1);
    }
    cr_expect_str_eq(found, faults);
    locales_free(locales);
    arena_destroy(arena);
}

Test(results_release, its_document_is_checked)
{
    expect_faults("{\"dimensions\": [\"leeftijd\", \"gender\"]}", "");
    expect_faults("{\"dimensions\": []}", "");
    expect_faults("{\"dimensions\": [\"leeftijd\", \"keus\", \"leeftijd\", 3]}",
                  "x.json#/rounds/0/release/dimensions/1 x.json#/rounds/0/release/dimensions/2 "
                  "x.json#/rounds/0/release/dimensions/3 ");
    expect_faults("{\"dimensions\": [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\"]}",
                  "x.json#/rounds/0/release/dimensions ");
    expect_faults("{\"dimensies\": []}",
                  "x.json#/rounds/0/release/dimensions x.json#/rounds/0/release/dimensies ");
}
