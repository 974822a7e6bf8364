/* The questionnaire of 2026 as it is published: many people walk through it to the end. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"

#include <stdio.h>

TestSuite(questionnaire_real, .fini = leaks_check);

enum { PEOPLE = 1000, MAX_STEPS = 120, MAX_FIELDS = 120 };

/* What the guide of the questionnaire asks for: 2 of 8 applications, three versions, questions locked for
 * trends. */
Test(questionnaire_real, it_is_what_was_agreed)
{
    static const char *const variants[] = {"volledig", "kern", "puls"};
    static const char *const locked[] = {"houding-algemeen",
                                         "waarden-top3_veiligheid",
                                         "waarden-eerste",
                                         "kweekvlees_aanvaardbaar",
                                         "vaccins_effect_gezondheid-milieu",
                                         "gentherapie_kans",
                                         "ngt-planten_zorg",
                                         "bioplastic_rol",
                                         "vertrouwen_overheid"};
    struct scene s;
    size_t count;
    scene_open_real(&s);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_geq(questionnaire_find_variant(s.q, slice_from_cstr(variants[i])), 0, "%s", variants[i]);
    }
    for (size_t i = 0; i < sizeof locked / sizeof locked[0]; i++) {
        int index = questionnaire_find_variable(s.q, slice_from_cstr(locked[i]));
        cr_assert_geq(index, 0, "%s", locked[i]);
        cr_expect(variables[index].locked, "%s", locked[i]);
    }
    cr_expect_eq(presentation_cell_count(s.q, questionnaire_find_variant(s.q, SLICE("volledig"))), 16);
    cr_expect_eq(presentation_cell_count(s.q, questionnaire_find_variant(s.q, SLICE("kern"))), 8);
    cr_expect_gt(count, 250u);
    cr_expect_lt(questionnaire_vector_size(s.q), 1024u);
    scene_close(&s);
}

/* ---- people who answer at random, all by the rules ---- */

struct walker {
    struct scene *s;
    struct arena *arena;
    uint64_t state;
    struct answer_field fields[MAX_FIELDS];
    size_t count;
};

static uint32_t below(struct walker *w, uint32_t bound)
{
    w->state = w->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->state >> 33) % bound;
}

static void put(struct walker *w, const char *name, const char *value)
{
    cr_assert_lt(w->count, (size_t)MAX_FIELDS);
    w->fields[w->count++] = (struct answer_field){slice_from_cstr(name), slice_from_cstr(value)};
}

static const char *an_option(struct walker *w, const struct question *question)
{
    const struct scene *s = w->s;
    for (int tries = 0; tries < 200; tries++) {
        size_t option = below(w, (uint32_t)question->option_count);
        if (option_offered(s->q, &s->p, &s->a, question, option) && !question->options[option].too_young) {
            return question->options[option].code;
        }
    }
    cr_assert_fail("%s offers nothing", question->code);
    return "";
}

static void answer_multiple(struct walker *w, const struct question *question)
{
    size_t wanted = question->min > 0   ? (size_t)question->min
                    : question->max > 0 ? 1 + below(w, (uint32_t)question->max)
                                        : 1;
    for (size_t i = 0, ticked = 0; i < question->option_count && ticked < wanted; i++) {
        if (!question->options[i].none) {
            put(w, question->code, question->options[i].code);
            ticked++;
        }
    }
}

static void answer(struct walker *w, const struct question *question)
{
    const struct variable *variables = w->s->q->variables + question->first_variable;
    if (below(w, 5) == 0) {
        return; /* left open */
    }
    if (question->dont_know && below(w, 8) == 0 && question->type != QUESTION_SERIES) {
        put(w,
            question->type == QUESTION_NUMBER ? arena_printf(w->arena, "%s_anders", question->code).ptr
                                              : question->code,
            "weet-ik-niet");
        return;
    }
    switch (question->type) {
    case QUESTION_MULTIPLE:
        answer_multiple(w, question);
        break;
    case QUESTION_SERIES:
        for (size_t i = 0; i < question->item_count; i++) {
            put(w, variables[i].code, an_option(w, question));
        }
        break;
    case QUESTION_TEXT:
        put(w, question->code, "Zo denk ik erover.");
        break;
    case QUESTION_NUMBER:
        put(w, question->code, arena_printf(w->arena, "%lld", (long long)question->max).ptr);
        break;
    case QUESTION_POSTCODE:
        put(w, question->code, "3511 AB");
        break;
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        put(w, question->code, an_option(w, question));
        break;
    case QUESTION_RANKING:
    case QUESTION_POINTS:
    case QUESTION_BEST_WORST:
        cr_assert_fail("a type that this questionnaire does not use: %s", question->code);
    }
}

static void answer_page(struct walker *w, uint16_t index, int language)
{
    struct scene *s = w->s;
    const struct page *page = &s->q->pages[index];
    w->count = 0;
    for (size_t i = 0; i < page->item_count; i++) {
        if (page->items[i].kind == PAGE_QUESTION &&
            question_asked(s->q, &s->p, &s->a, &s->q->questions[page->items[i].question])) {
            answer(w, &s->q->questions[page->items[i].question]);
        }
    }
    json_t *context =
        questionnaire_page_context(w->arena, s->q, &s->p, &s->a, index, language, NULL, 0, NULL);
    cr_assert_not_null(json_object_get(context, "title"), "%s has no title", page->code);
    struct page_result result =
        questionnaire_answer_page(&s->a, w->arena, s->q, &s->p, index, language, w->fields, w->count);
    cr_assert_eq(result.error_count, 0, "%s: %.*s", page->code, SLICE_ARG(result.errors[0].message));
}

/* The page behind the one with this code; the first when code is empty; -1 at the end. */
static int next_page(const struct walker *w, struct page_list pages, int current)
{
    for (size_t i = 0; i < pages.count; i++) {
        if (current < 0) {
            return pages.pages[0];
        }
        if (pages.pages[i] == current) {
            return i + 1 < pages.count ? pages.pages[i + 1] : -1;
        }
    }
    cr_assert_fail("page %s went away while it was answered",
                   questionnaire_page_code(w->s->q, (uint16_t)current));
    return -1;
}

/* Filled in with the response, not with the answers. */
static bool stands_in_envelope(const struct variable *v)
{
    static const char *const codes[] = {"taal", "werving", "kanaal", "kwaliteit"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(v->code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static size_t walk(struct scene *s, uint64_t nth, const char *variant)
{
    struct walker w = {.s = s, .arena = arena_create(64 << 20), .state = nth * 2 + 1};
    unsigned char seed[16];
    size_t steps = 0;
    scene_seed(seed, nth);
    presentation_derive(&s->p, s->q, questionnaire_find_variant(s->q, slice_from_cstr(variant)), seed);
    s->a = answers_begin(w.arena, s->q, &s->p);
    for (int page = next_page(&w, questionnaire_pages(w.arena, s->q, &s->p, &s->a), -1); page >= 0;
         page = next_page(&w, questionnaire_pages(w.arena, s->q, &s->p, &s->a), page)) {
        cr_assert_lt(steps++, (size_t)MAX_STEPS);
        answer_page(&w, (uint16_t)page, (int)(nth % 2));
    }
    struct slice before = answers_pack(w.arena, s->q, &s->a);
    answers_settle(&s->a, w.arena, s->q, &s->p);
    struct answers again;
    cr_assert(answers_unpack(&again, w.arena, s->q, answers_pack(w.arena, s->q, &s->a)));
    cr_assert(answers_unpack(&again, w.arena, s->q, before));
    cr_assert_gt(json_array_size(questionnaire_summary_context(w.arena, s->q, &s->p, &s->a, 0)), 0);
    /* Whoever opened every page has left nothing unasked that routing asks. */
    for (size_t i = 0; i < s->q->variable_count; i++) {
        const struct variable *v = &s->q->variables[i];
        if (!v->system) {
            cr_assert_eq(answer_get(again.vector, v) == ANSWER_NOT_ASKED,
                         answer_get(s->a.vector, v) == ANSWER_NOT_ASKED, "%s", v->code);
        }
        uint16_t slot = answer_get(s->a.vector, v);
        bool held[UINT8_MAX + 1];
        questionnaire_held_codes(held, sizeof held, s->q, i, &s->p.variant, 1);
        cr_assert_leq(slot, UINT8_MAX);
        cr_assert(held[slot] || stands_in_envelope(v), "%s: %u", v->code, slot);
    }
    arena_destroy(w.arena);
    return steps;
}

Test(questionnaire_real, many_people_walk_to_the_end)
{
    static const char *const variants[] = {"volledig", "volledig", "kern", "puls"};
    size_t most[4] = {0};
    struct scene s;
    scene_open_real(&s);
    for (uint64_t nth = 0; nth < PEOPLE; nth++) {
        size_t steps = walk(&s, nth, variants[nth % 4]);
        most[nth % 4] = steps > most[nth % 4] ? steps : most[nth % 4];
    }
    cr_expect_gt(most[0], most[2]);
    cr_expect_gt(most[2], most[3]);
    scene_close(&s);
}

Test(questionnaire_real, the_whole_of_it_is_told_by_the_api)
{
    struct scene s;
    size_t count;
    scene_open_real(&s);
    scene_begin(&s, "volledig", 5);
    json_t *everybody = questionnaire_json(s.q, NULL);
    json_t *one = questionnaire_json(s.q, &s.p);
    json_t *codebook = questionnaire_codebook_json(s.q);
    questionnaire_variables(&count, s.q);
    cr_expect_not_null(everybody);
    cr_expect_not_null(one);
    const json_t *list = json_is_array(codebook) ? codebook : json_object_get(codebook, "variabelen");
    cr_expect_eq(json_array_size(list), count);
    cr_expect_gt(json_array_size(json_object_get(everybody, "blokken")),
                 json_array_size(json_object_get(one, "blokken")));
    json_decref(everybody);
    json_decref(one);
    json_decref(codebook);
    cr_expect_not_null(questionnaire_paper_context(s.arena, s.q, 0));
    cr_expect_eq(json_array_size(questionnaire_explainers_context(s.arena, s.q, "application", 0)), 8);
    cr_expect_eq(json_array_size(questionnaire_explainers_context(s.arena, s.q, "value", 1)), 7);
    cr_expect_not_null(questionnaire_explainer_context(s.arena, s.q, SLICE("kweekvlees"), 1));
    cr_expect_null(questionnaire_explainer_context(s.arena, s.q, SLICE("nergens"), 1));
    scene_close(&s);
}
