/* What staff type over from paper is the response that the API would have got. */
#include "unit/features/questionnaire/support.h"

#include "json/flat.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(questionnaire_entry, .fini = leaks_check);

enum { MOST = 64 };

static bool take(struct scene *s, const struct flat_member *members, size_t count)
{
    s->a = answers_begin(s->arena, s->q, &s->p);
    return questionnaire_answer_flat(&s->a, &s->errors, s->arena, s->q, &s->p, members, count, "", false);
}

static void begin(struct scene *s)
{
    scene_open(s, COMPLETE);
    scene_begin_with(s, "volledig", "kaas", "wol");
    json_errors_init(&s->errors, s->arena);
}

/* The number on paper of a question, by its wording in the printed questionnaire. */
static int paper_number(const struct scene *s, const char *variable)
{
    size_t count, i, k;
    json_t *section, *item;
    const struct variable *v =
        &questionnaire_variables(&count, s->q)[questionnaire_find_variable(s->q, slice_from_cstr(variable))];
    json_array_foreach(json_object_get(questionnaire_paper_context(s->arena, s->q, 0), "sections"), i,
                       section)
    {
        json_array_foreach(json_object_get(section, "items"), k, item)
        {
            const char *text = json_string_value(json_object_get(item, "question"));
            if (text && strcmp(text, v->asked[0]) == 0) {
                return (int)json_integer_value(json_object_get(item, "number"));
            }
        }
    }
    cr_assert_fail("%s is not on paper", variable);
    return 0;
}

struct typed {
    const char *variable, *suffix, *value;
};

static size_t fill(struct answer_field *fields, struct scene *s, const struct typed *typed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fields[i].name = arena_printf(s->arena, "v%d%s", paper_number(s, typed[i].variable), typed[i].suffix);
        fields[i].value = slice_from_cstr(typed[i].value);
    }
    return count;
}

Test(questionnaire_entry, makes_of_box_numbers_what_the_api_makes_of_codes)
{
    static const char sent[] =
        "{\"voor-wie\": \"anders\", \"voor-wie_anders_tekst\": \"mijn oom\", \"houding\": \"goed\","
        " \"top_veiligheid\": true, \"top_gezondheid\": true, \"eerste\": \"gezondheid\", \"mist\": \"Rust\","
        " \"rang_1\": \"peer\", \"rang_2\": \"kers\", \"punten_zorg\": 60, \"punten_weg\": 40,"
        " \"beste_1_meest\": \"a\", \"beste_1_minst\": \"b\", \"leeftijd\": \"16-34\","
        " \"postcode\": \"1011 AB\", \"opleiding\": \"ander-land\", \"schooljaren\": 12}";
    struct scene s;
    size_t member_count, count;
    struct answer_field fields[MOST];
    begin(&s);
    const struct flat_member *members =
        flat_parse(&member_count, &s.errors, s.arena, slice_from_cstr(sent), 100);
    cr_assert(take(&s, members, member_count), "%s", s.errors.items ? s.errors.items[0].pointer : "");
    json_t *wanted = answers_to_json(s.q, &s.a);

    /* The number of a box is found as a typist does: by its wording on the page. */
    json_t *page = questionnaire_entry_context(s.arena, s.q, &s.p, 0, NULL, 0, NULL);
    size_t used = 0;
    for (size_t i = 0; i < member_count; i++) {
        size_t all, q, b;
        json_t *question, *box;
        const struct variable *variables = questionnaire_variables(&all, s.q);
        const struct variable *v = &variables[questionnaire_find_variable(s.q, members[i].name)];
        int number = paper_number(&s, v->code);
        size_t part = (size_t)(v - variables) - v->set_first;
        const char *suffix = "";
        const char *label = NULL;
        struct slice value = members[i].value.string;
        bool text = v->kind == VARIABLE_TEXT;
        for (uint16_t k = 0; !text && k < v->category_count; k++) {
            label = members[i].value.kind == FLAT_STRING && slice_equal_cstr(value, v->categories[k].code)
                        ? v->categories[k].label[0]
                        : label;
        }
        if (v->set == SET_MULTIPLE) {
            label = v->part[0];
        }
        if (v->set == SET_POINTS || v->set == SET_BEST_WORST) {
            suffix = arena_printf(s.arena, "_%zu", part + 1).ptr;
        }
        if (members[i].value.kind == FLAT_INT) {
            value = arena_printf(s.arena, "%d", (int)members[i].value.integer);
        }
        if (v->set == SET_BEST_WORST) {
            value = slice_equal_cstr(value, "a") ? SLICE("1") : SLICE("2"); /* the first task: a, b, c */
        }
        json_array_foreach(json_object_get(page, "questions"), q, question)
        {
            if (!label || json_integer_value(json_object_get(question, "number")) != number) {
                continue;
            }
            json_array_foreach(json_object_get(question, "boxes"), b, box)
            {
                if (strcmp(json_string_value(json_object_get(box, "label")), label) == 0) {
                    value = arena_printf(s.arena, "%zu", b + 1);
                }
            }
        }
        if (text && v->part[0]) { /* beside the last option */
            suffix = "_tekst_3";
        }
        struct slice name = arena_printf(s.arena, "v%d%s", number, suffix);
        size_t f = 0;
        while (f < used && !slice_equal(fields[f].name, name)) {
            f++;
        }
        if (f < used) {
            value = arena_printf(s.arena, "%.*s %.*s", SLICE_ARG(fields[f].value), SLICE_ARG(value));
        }
        fields[f] = (struct answer_field){name, value};
        used = f < used ? used : used + 1;
    }
    const struct flat_member *read =
        questionnaire_entry_members(&count, &s.errors, s.arena, s.q, &s.p, fields, used);
    cr_assert_eq(s.errors.count, 0, "%s", s.errors.items ? s.errors.items[0].pointer : "");
    cr_assert(take(&s, read, count), "%s %s", s.errors.items[0].pointer, s.errors.items[0].detail);
    json_t *got = answers_to_json(s.q, &s.a);
    char *got_text = json_dumps(got, JSON_SORT_KEYS);
    char *wanted_text = json_dumps(wanted, JSON_SORT_KEYS);
    cr_expect_str_eq(got_text, wanted_text);
    free(got_text);
    free(wanted_text);
    json_decref(got);
    json_decref(wanted);
    scene_close(&s);
}

Test(questionnaire_entry, tells_every_wrong_number_at_its_question)
{
    static const struct typed typed[] = {{"houding", "", "77"},
                                         {"rang_1", "", "1 1"},
                                         {"top_veiligheid", "", "een"},
                                         {"schooljaren", "", "12,5"}};
    struct scene s;
    size_t count;
    struct answer_field fields[MOST];
    begin(&s);
    size_t used = fill(fields, &s, typed, 4);
    questionnaire_entry_members(&count, &s.errors, s.arena, s.q, &s.p, fields, used);
    cr_expect_eq(count, 0);
    cr_expect_eq(s.errors.count, 4);
    json_t *page = questionnaire_entry_context(s.arena, s.q, &s.p, 0, fields, used, &s.errors);
    cr_expect_eq(json_array_size(json_object_get(json_object_get(page, "error_summary"), "items")), 4);
    scene_close(&s);
}

Test(questionnaire_entry, has_an_input_for_each_item_of_a_series_and_refuses_what_a_topic_does_not_ask)
{
    struct scene s;
    size_t count, i, k;
    json_t *question, *input;
    struct answer_field field = {{NULL, 0}, SLICE("1")};
    begin(&s);
    json_t *page = questionnaire_entry_context(s.arena, s.q, &s.p, 0, NULL, 0, NULL);
    const struct variable *v =
        &questionnaire_variables(&count, s.q)[questionnaire_find_variable(s.q, SLICE("kaas_effect_dier"))];
    json_array_foreach(json_object_get(page, "questions"), i, question)
    {
        json_array_foreach(json_object_get(question, "inputs"), k, input)
        {
            const char *part = json_string_value(json_object_get(input, "part"));
            if (field.name.len == 0 && part && strcmp(part, v->part[0]) == 0) {
                field.name = slice_from_cstr(json_string_value(json_object_get(input, "name")));
            }
        }
    }
    cr_assert_gt(field.name.len, 0);
    const struct flat_member *members =
        questionnaire_entry_members(&count, &s.errors, s.arena, s.q, &s.p, &field, 1);
    cr_assert_eq(count, 1);
    cr_assert(slice_equal_cstr(members[0].name, "kaas_effect_dier"));
    cr_expect(slice_equal_cstr(members[0].value.string, v->categories[0].code));
    cr_expect(take(&s, members, count));
    /* Of somebody with other topics there is no such input. */
    scene_begin_with(&s, "volledig", "wol", "brood");
    questionnaire_entry_members(&count, &s.errors, s.arena, s.q, &s.p, &field, 1);
    cr_expect_eq(count, 0);
    scene_close(&s);
}

Test(questionnaire_entry, fits_a_form_with_the_questionnaire_of_2026)
{
    enum { HTTP_FIELDS = 1000 }; /* that a form may have: http.h */
    struct scene s;
    size_t inputs = 0;
    size_t i;
    json_t *question;
    scene_open_real(&s);
    scene_begin(&s, "volledig", 1);
    json_t *page = questionnaire_entry_context(s.arena, s.q, &s.p, 0, NULL, 0, NULL);
    json_array_foreach(json_object_get(page, "questions"), i, question)
    {
        inputs += json_array_size(json_object_get(question, "inputs"));
    }
    cr_expect_gt(inputs, 50);
    cr_expect_lt(inputs, HTTP_FIELDS - 20, "%zu", inputs);
    scene_close(&s);
}

Test(questionnaire_entry, takes_topics_that_are_there_and_differ)
{
    struct scene s;
    begin(&s);
    const struct slice good[] = {SLICE("wol"), SLICE("kaas")};
    const struct slice twice[] = {SLICE("wol"), SLICE("wol")};
    const struct slice none[] = {SLICE("wol"), SLICE("")};
    struct presentation p = s.p;
    cr_expect(!questionnaire_entry_assign(&p, s.q, twice));
    cr_expect(!questionnaire_entry_assign(&p, s.q, none));
    cr_expect_eq(memcmp(&p, &s.p, sizeof p), 0);
    cr_expect(questionnaire_entry_assign(&p, s.q, good));
    cr_expect_eq(p.drawn[0], s.p.drawn[1]);
    cr_expect_eq(p.drawn[1], s.p.drawn[0]);
    scene_close(&s);
}

/* The boxes under one number, on paper or on the page for typing over; NULL where it has none. */
static json_t *boxes_under(json_t *items, int number)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item)
    {
        if (json_integer_value(json_object_get(item, "number")) == number) {
            return json_object_get(item, "boxes");
        }
    }
    return NULL;
}

static void expect_same_number(json_t *printed, json_t *box)
{
    const char *n = json_string_value(json_object_get(box, "n"));
    char wanted[16];
    snprintf(wanted, sizeof wanted, "%d", (int)json_integer_value(json_object_get(printed, "n")));
    cr_expect_str_eq(json_string_value(json_object_get(printed, "label")),
                     json_string_value(json_object_get(box, "label")));
    if (json_is_string(json_object_get(printed, "n"))) {
        cr_expect_str_eq(json_string_value(json_object_get(printed, "n")), n);
    } else if (n) {
        cr_expect_str_eq(wanted, n);
    } else {
        cr_expect(json_equal(json_object_get(printed, "n"), json_object_get(box, "n")));
    }
}

Test(questionnaire_entry, prints_the_numbers_of_boxes_that_are_typed)
{
    struct scene s;
    size_t i, k, compared = 0;
    json_t *section, *item, *printed;
    begin(&s);
    json_t *typed =
        json_object_get(questionnaire_entry_context(s.arena, s.q, &s.p, 0, NULL, 0, NULL), "questions");
    json_array_foreach(json_object_get(questionnaire_paper_context(s.arena, s.q, 0), "sections"), i, section)
    {
        json_array_foreach(json_object_get(section, "items"), k, item)
        {
            size_t b;
            json_t *boxes = boxes_under(typed, (int)json_integer_value(json_object_get(item, "number")));
            json_array_foreach(json_object_get(item, "boxes"), b, printed)
            {
                if (json_array_size(boxes) > 0) {
                    expect_same_number(printed, json_array_get(boxes, b));
                    compared++;
                }
            }
        }
    }
    cr_expect_geq(compared, 10);
    scene_close(&s);
}
