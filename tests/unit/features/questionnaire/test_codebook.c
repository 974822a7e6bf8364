/* The codebook: one variable a slot, at an offset that never moves for the same document. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"

#include <stdio.h>

TestSuite(questionnaire_codebook, .fini = leaks_check);

static const char *const kinds[] = {
    [VARIABLE_CATEGORY] = "category", [VARIABLE_NUMBER] = "number", [VARIABLE_TEXT] = "text"};

static uint32_t codes_of(const struct variable *v)
{
    return ANSWER_FIRST + (v->kind == VARIABLE_NUMBER ? (uint32_t)v->number_max + 1
                           : v->kind == VARIABLE_TEXT ? 1u
                                                      : (uint32_t)v->category_count);
}

/* fixtures/codebook.txt: offset, width, kind, codes, owner (dienst or burger), code. A change of it is a
 * change of every stored answer to this document. */
Test(questionnaire_codebook, slots_never_move)
{
    char line[256];
    size_t count;
    size_t i = 0;
    struct scene s;
    FILE *file = fopen("tests/unit/features/questionnaire/fixtures/codebook.txt", "r");
    cr_assert_not_null(file);
    scene_open(&s, COMPLETE);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    while (fgets(line, sizeof line, file)) {
        char own[256];
        cr_assert_lt(i, count, "no more than %zu variables", count);
        snprintf(own, sizeof own, "%u %u %s %u %s %s\n", variables[i].offset, variables[i].width,
                 kinds[variables[i].kind], codes_of(&variables[i]), variables[i].system ? "dienst" : "burger",
                 variables[i].code);
        cr_expect_str_eq(own, line);
        i++;
    }
    fclose(file);
    cr_expect_eq(i, count);
    scene_close(&s);
}

Test(questionnaire_codebook, slots_lie_close_and_are_found)
{
    struct scene s;
    size_t count;
    size_t end = 0;
    size_t texts = 0;
    scene_open(&s, COMPLETE);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        cr_expect_eq(v->offset, end, "%s", v->code);
        cr_expect_eq(v->width, answer_width(codes_of(v)), "%s", v->code);
        cr_expect_eq(questionnaire_find_variable(s.q, slice_from_cstr(v->code)), (int)i);
        cr_expect_eq(questionnaire_text_index(s.q, (int)i), v->kind == VARIABLE_TEXT ? (int)texts : -1);
        cr_expect(v->label[0] && v->label[0][0] && v->label[1] && v->label[1][0], "%s has no label", v->code);
        cr_expect_eq(v->question == NULL, v->system, "%s", v->code);
        for (uint16_t k = 0; v->kind == VARIABLE_CATEGORY && k < v->category_count; k++) {
            cr_expect(v->categories[k].code[0] && v->categories[k].label[0][0] &&
                          v->categories[k].label[1][0],
                      "%s %u", v->code, k);
        }
        end += v->width;
        texts += v->kind == VARIABLE_TEXT;
    }
    cr_expect_eq(questionnaire_vector_size(s.q), end);
    cr_expect_eq(questionnaire_text_count(s.q), texts);
    cr_expect_eq(questionnaire_find_variable(s.q, SLICE("nergens")), -1);
    cr_expect_eq(questionnaire_find_variable(s.q, SLICE("")), -1);
    scene_close(&s);
}

static const struct variable *variable(const struct scene *s, const char *code)
{
    size_t count;
    int index = questionnaire_find_variable(s->q, slice_from_cstr(code));
    cr_assert_geq(index, 0, "%s", code);
    return &questionnaire_variables(&count, s->q)[index];
}

Test(questionnaire_codebook, a_slot_keeps_every_code)
{
    struct scene s;
    size_t count;
    scene_open(&s, COMPLETE);
    scene_begin(&s, "volledig", 1);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    for (size_t i = 0; i < count; i++) {
        uint16_t last = (uint16_t)(codes_of(&variables[i]) - 1);
        answer_set(s.a.vector, &variables[i], last);
        cr_expect_eq(answer_get(s.a.vector, &variables[i]), last, "%s", variables[i].code);
        answer_set(s.a.vector, &variables[i], ANSWER_DONT_KNOW);
        cr_expect_eq(answer_get(s.a.vector, &variables[i]), ANSWER_DONT_KNOW);
    }
    cr_expect_eq(variable(&s, "schooljaren")->width, 2);
    scene_close(&s);
}

#define expect_tags(v, value_, dimension_, facet_, application_)                                             \
    do {                                                                                                     \
        cr_expect_str_eq((v)->value ? (v)->value : "", value_);                                              \
        cr_expect_str_eq((v)->dimension ? (v)->dimension : "", dimension_);                                  \
        cr_expect_str_eq((v)->facet ? (v)->facet : "", facet_);                                              \
        cr_expect_str_eq((v)->application ? (v)->application : "", application_);                            \
    } while (0)

Test(questionnaire_codebook, a_variable_says_what_it_measures)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    expect_tags(variable(&s, "top_veiligheid"), "veiligheid", "belang", "", "");
    expect_tags(variable(&s, "houding"), "", "aanvaardbaarheid", "", "");
    expect_tags(variable(&s, "kaas_effect_dier"), "gezondheid", "effect", "dier", "kaas");
    expect_tags(variable(&s, "wol_effect_natuur"), "natuurlijkheid", "effect", "", "wol");
    expect_tags(variable(&s, "inkt_voorwaarden_prijs"), "rechtvaardigheid", "voorwaarde", "", "inkt");
    expect_tags(variable(&s, "inkt_waarom"), "", "standpunt", "", "inkt");
    const struct variable *both = variable(&s, "kaas_effect_dier");
    cr_expect_eq(both->tag_count, 2);
    cr_expect_str_eq(both->tags[0].value, "gezondheid");
    cr_expect_str_eq(both->tags[1].dimension, "effect");
    cr_expect(variable(&s, "houding")->locked && variable(&s, "inkt_aanvaardbaar")->locked);
    cr_expect(!variable(&s, "kaas_rol")->locked);
    cr_expect(variable(&s, "gender")->background && variable(&s, "werk_zorg")->background);
    cr_expect(!variable(&s, "houding")->background);
    scene_close(&s);
}

Test(questionnaire_codebook, labels_are_the_wording_shown)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    cr_expect_str_eq(variable(&s, "kaas_bekend")->label[0], "Had u al gehoord van kaas?");
    cr_expect_str_eq(variable(&s, "kaas_bekend")->label[1], "Had u al gehoord van kaas (en)? (en)");
    cr_expect_str_eq(variable(&s, "kaas_effect_dier")->label[0],
                     "Wordt het beter of slechter door kaas? Het dier");
    cr_expect_str_eq(variable(&s, "top_geen")->label[0], "Waar moet de overheid op letten? Geen van deze");
    cr_expect_str_eq(variable(&s, "rang_2")->label[0], "Zet de drie beste op volgorde. Plaats 2");
    cr_expect_str_eq(variable(&s, "rang_2")->asked[0], "Zet de drie beste op volgorde.");
    cr_expect_str_eq(variable(&s, "rang_2")->part[1], "Place 2");
    cr_expect_str_eq(variable(&s, "top_geen")->part[0], "Geen van deze");
    cr_expect_str_eq(variable(&s, "houding")->asked[0], variable(&s, "houding")->label[0]);
    cr_expect_null(variable(&s, "houding")->part[0]);
    cr_expect_null(variable(&s, "werving")->asked[0]);
    cr_expect_str_eq(variable(&s, "postcode")->categories[0].code, "PV20");
    cr_expect_str_eq(variable(&s, "postcode")->categories[11].label[0], "Limburg");
    cr_expect_str_eq(variable(&s, "postcode")->categories[13].code, "buitenland");
    cr_expect_str_eq(variable(&s, "onderwerp_toegewezen_1")->categories[0].label[0], "Kaas");
    scene_close(&s);
}

static void expect_set(const struct scene *s, const char *first, enum variable_set set, size_t count)
{
    size_t all;
    const struct variable *variables = questionnaire_variables(&all, s->q);
    size_t at = (size_t)(variable(s, first) - variables);
    for (size_t i = at; i < at + count; i++) {
        cr_expect_eq(variables[i].set, set, "%s", variables[i].code);
        cr_expect_eq(variables[i].set_first, at, "%s", variables[i].code);
        cr_expect_eq(variables[i].set_count, count, "%s", variables[i].code);
    }
    cr_expect_neq(variables[at + count].set_first, at);
}

Test(questionnaire_codebook, a_variable_knows_its_level_and_whom_it_belongs_to)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    const struct variable *attitude = variable(&s, "houding");
    cr_expect_eq(attitude->level, LEVEL_ORDINAL);
    cr_expect_str_eq(attitude->categories[0].code, "heel-goed");
    for (uint8_t k = 0; k < attitude->category_count; k++) {
        cr_expect_eq(attitude->scores[k], attitude->category_count - k);
    }
    cr_expect_eq(variable(&s, "kaas_effect_dier")->level, LEVEL_ORDINAL);
    cr_expect_eq(variable(&s, "punten_zorg")->level, LEVEL_NUMBER);
    cr_expect_eq(variable(&s, "schooljaren")->level, LEVEL_NUMBER);
    cr_expect_eq(variable(&s, "gender")->level, LEVEL_NOMINAL);
    cr_expect_null(variable(&s, "gender")->scores);
    expect_set(&s, "houding", SET_ALONE, 1);
    cr_expect_str_eq(variable(&s, "eerste")->picks_from, "top");
    cr_expect_null(attitude->picks_from);
    expect_set(&s, "werving", SET_ALONE, 1);
    expect_set(&s, "rang_1", SET_RANKING, 3);
    expect_set(&s, "beste_1_meest", SET_BEST_WORST, 14);
    expect_set(&s, "punten_zorg", SET_POINTS, 3);
    expect_set(&s, "top_veiligheid", SET_MULTIPLE, 5);
    scene_close(&s);
}

Test(questionnaire_codebook, a_scale_that_begins_with_the_least_scores_upwards)
{
    struct scene s;
    json_t *document = scene_read(COMPLETE);
    json_t *scales = json_object_get(json_object_get(document, "questionnaire"), "scales");
    json_object_set_new(json_object_get(scales, "oordeel"), "positive_first", json_false());
    scene_open_document(&s, document);
    for (uint8_t k = 0; k < variable(&s, "houding")->category_count; k++) {
        cr_expect_eq(variable(&s, "houding")->scores[k], k + 1);
    }
    scene_close(&s);
}

/* A design in which every pair of the seven meets once, and every option comes three times. */
Test(questionnaire_codebook, the_tasks_of_best_worst_are_balanced)
{
    unsigned together[7][7] = {{0}};
    for (size_t task = 0; task < FANO_TASKS; task++) {
        for (size_t i = 0; i < FANO_OPTIONS; i++) {
            for (size_t k = 0; k < FANO_OPTIONS; k++) {
                together[fano[task][i]][fano[task][k]]++;
            }
        }
    }
    for (size_t a = 0; a < 7; a++) {
        for (size_t b = 0; b < 7; b++) {
            cr_expect_eq(together[a][b], a == b ? 3 : 1, "%zu and %zu", a, b);
        }
    }
}

Test(questionnaire_codebook, a_vector_that_is_too_long_is_refused)
{
    json_t *document = scene_read(COMPLETE);
    json_t *blocks = json_object_get(json_object_get(document, "questionnaire"), "blocks");
    json_t *page = json_array_get(json_object_get(json_object_get(blocks, "waarden"), "pages"), 4);
    json_t *pages = json_object_get(json_object_get(blocks, "begin"), "pages");
    json_t *options = json_object_get(json_array_get(json_object_get(page, "items"), 0), "options");
    for (int i = 0; i < 60; i++) {
        char code[24];
        snprintf(code, sizeof code, "optie-%d", i);
        json_array_append_new(
            options, json_pack("{s:s, s:{s:s, s:s}}", "code", code, "label", "nl", code, "en", code));
    }
    for (int i = 0; i < 70; i++) {
        char code[24];
        json_t *more = json_deep_copy(page);
        snprintf(code, sizeof code, "pagina-%d", i);
        json_object_set_new(more, "code", json_string(code));
        json_object_set_new(json_array_get(json_object_get(more, "items"), 0), "code", json_string(code));
        json_array_append_new(pages, more);
    }
    struct scene s;
    scene_prepare(&s);
    cr_expect_null(questionnaire_load(&s.errors, document, s.locales));
    cr_expect_gt(s.errors.count, 0);
    cr_expect_str_eq(s.errors.items[0].code, "bereik");
    json_decref(document);
    scene_close(&s);
}

/* The codes that a variable can hold for who got one of the variants, as "-" not asked, "" none, "?" don't
 * know, and the categories' own. */
static const char *can_hold(const struct scene *s, const char *code, const char *variants)
{
    size_t count;
    int chosen[8];
    size_t chosen_count = 0;
    struct slice rest = slice_from_cstr(variants);
    struct slice one;
    const char *out = "";
    const struct variable *v = variable(s, code);
    size_t index = (size_t)(v - questionnaire_variables(&count, s->q));
    for (bool more = true; more;) {
        more = slice_cut(&one, &rest, rest, ',');
        chosen[chosen_count++] = questionnaire_find_variant(s->q, one);
    }
    bool *held = arena_array(s->arena, codes_of(v), sizeof *held);
    questionnaire_held_codes(held, codes_of(v), s->q, index, chosen, chosen_count);
    for (uint32_t k = 0; k < codes_of(v); k++) {
        static const char *const special[] = {"-", "''", "?"};
        if (held[k]) {
            const char *name = k < ANSWER_FIRST ? special[k]
                               : v->kind == VARIABLE_NUMBER
                                   ? arena_printf(s->arena, "%u", k - ANSWER_FIRST).ptr
                                   : v->categories[k - ANSWER_FIRST].code;
            out = arena_printf(s->arena, "%s%s%s", out, out[0] ? " " : "", name).ptr;
        }
    }
    return out;
}

Test(questionnaire_codebook, what_a_variable_can_hold_follows_from_the_document)
{
    struct scene s;
    scene_open_real(&s);
    cr_expect_str_eq(can_hold(&s, "variant", "volledig,kern"), "volledig kern");
    cr_expect_str_eq(can_hold(&s, "taal", "volledig"), "nl en");
    cr_expect_str_eq(can_hold(&s, "schaalrichting", "volledig"), "- positief-eerst omgekeerd");
    /* Asked of everybody, but for those who get the pulse. */
    cr_expect_str_eq(can_hold(&s, "gender", "volledig,kern"), "'' vrouw man anders zeg-ik-niet");
    cr_expect_str_eq(can_hold(&s, "gender", "volledig,puls"), "- '' vrouw man anders zeg-ik-niet");
    cr_expect_str_eq(can_hold(&s, "houding-algemeen", "kern"),
                     "'' ? heel-goed goed neutraal slecht heel-slecht");
    cr_expect_str_eq(can_hold(&s, "waarden-top3_veiligheid", "volledig"), "'' ? nee ja");
    cr_expect_str_eq(can_hold(&s, "waarden-mist", "volledig"), "'' gegeven");
    cr_expect_str_eq(can_hold(&s, "leeftijd", "volledig"),
                     "'' 16-17 18-24 25-34 35-44 45-54 55-64 65-74 75-plus");
    cr_expect_str_eq(can_hold(&s, "kweekvlees_zorg", "volledig"), "- '' ? heel-veel veel een-beetje geen");
    cr_expect_str_eq(can_hold(&s, "vertrouwen_overheid", "volledig,kern"),
                     "'' ? heel-veel tamelijk-veel niet-zo-veel helemaal-geen");
    cr_expect_str_eq(can_hold(&s, "vertrouwen_bedrijven", "volledig,kern"),
                     "- '' ? heel-veel tamelijk-veel niet-zo-veel helemaal-geen");
    scene_close(&s);
    scene_open(&s, COMPLETE);
    cr_expect_str_eq(can_hold(&s, "beste_1_meest", "volledig"), "'' a b c");
    cr_expect_str_eq(can_hold(&s, "beste_4_minst", "volledig"), "'' b d f");
    scene_close(&s);
}
