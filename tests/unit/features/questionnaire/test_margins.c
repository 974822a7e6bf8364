/* The population margins of config/reference against the questionnaire of 2026: every answer has its place,
 * and a sample can be raked to them. */
#include "unit/features/questionnaire/support.h"

#include "base/embedded.h"
#include "stats/rake.h"

TestSuite(margins, .fini = leaks_check);

enum { MAX_CATEGORIES = 32 };

static json_t *margins_read(void)
{
    const struct embedded_file *file = embedded_reference;
    while (file->name && strcmp(file->name, "config/reference/cbs-margins.json") != 0) {
        file++;
    }
    cr_assert_not_null(file->name);
    json_error_t error;
    json_t *document = json_loadb((const char *)file->bytes, file->size, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(document, "line %d: %s", error.line, error.text);
    return document;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    cr_assert(text && *text, "%s", name);
    return text;
}

static bool lists(const json_t *answers, const char *variable, const char *code)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(answers, variable), i, one)
    {
        if (strcmp(json_string_value(one), code) == 0) {
            return true;
        }
    }
    return false;
}

/* Every variable and every answer named here is one of the questionnaire. */
static void expect_known(const struct scene *s, json_t *answers)
{
    size_t count, i;
    const struct variable *variables = questionnaire_variables(&count, s->q);
    const char *code;
    json_t *list, *one;
    json_object_foreach(answers, code, list)
    {
        int index = questionnaire_find_variable(s->q, slice_from_cstr(code));
        cr_assert_geq(index, 0, "%s", code);
        const struct variable *v = &variables[index];
        cr_expect(v->background, "%s", code);
        cr_expect_gt(json_array_size(list), 0u);
        json_array_foreach(list, i, one)
        {
            bool found = false;
            for (size_t k = 0; k < v->category_count; k++) {
                found = found || strcmp(v->categories[k].code, json_string_value(one)) == 0;
            }
            cr_expect(found, "%s has no answer %s", code, json_string_value(one));
        }
    }
}

/* Some variable tells the two apart: nobody is in both. */
static bool apart(json_t *a, json_t *b)
{
    const char *variable;
    json_t *list, *one;
    size_t i;
    json_object_foreach(a, variable, list)
    {
        bool shared = !json_object_get(b, variable);
        json_array_foreach(list, i, one)
        {
            shared = shared || lists(b, variable, json_string_value(one));
        }
        if (!shared) {
            return true;
        }
    }
    return false;
}

static size_t find(const json_t *categories, const char *code)
{
    size_t i;
    json_t *category;
    json_array_foreach(categories, i, category)
    {
        if (strcmp(text_of(category, "code"), code) == 0) {
            return i;
        }
    }
    cr_assert_fail("no category %s", code);
    return 0;
}

/* What no category of any margin takes is stated here: nothing is left out by mistake. */
static void expect_all_placed(const struct scene *s, const json_t *document)
{
    static const char *const missing[] = {"anders", "zeg-ik-niet", "ander-land"};
    static const char *const used[] = {"leeftijd", "gender", "postcode", "opleiding"};
    size_t count, i, j;
    const struct variable *variables = questionnaire_variables(&count, s->q);
    json_t *margin, *category;
    for (size_t u = 0; u < 4; u++) {
        const struct variable *v = &variables[questionnaire_find_variable(s->q, slice_from_cstr(used[u]))];
        for (size_t k = 0; k < v->category_count; k++) {
            const char *code = v->categories[k].code;
            bool placed = lists(json_object_get(document, "outside"), used[u], code);
            for (size_t m = 0; m < sizeof missing / sizeof *missing; m++) {
                placed = placed || strcmp(missing[m], code) == 0;
            }
            json_array_foreach(json_object_get(document, "margins"), i, margin)
            {
                json_array_foreach(json_object_get(margin, "categories"), j, category)
                {
                    placed = placed || lists(json_object_get(category, "answers"), used[u], code);
                }
            }
            cr_expect(placed, "%s: %s", used[u], code);
        }
    }
}

Test(margins, every_answer_has_its_place)
{
    struct scene s;
    scene_open_real(&s);
    json_t *document = margins_read(), *margin, *category, *other;
    size_t i, j, k;
    expect_known(&s, json_object_get(document, "outside"));
    json_array_foreach(json_object_get(document, "margins"), i, margin)
    {
        const char *code = text_of(margin, "code");
        cr_expect(text_of(margin, "source") && text_of(margin, "reference_date") &&
                  text_of(margin, "limits") && text_of(margin, "population"));
        json_t *categories = json_object_get(margin, "categories");
        json_array_foreach(categories, j, category)
        {
            expect_known(&s, json_object_get(category, "answers"));
            for (k = 0; k < j; k++) {
                other = json_array_get(categories, k);
                bool beyond = json_is_true(json_object_get(category, "beyond"));
                cr_expect(beyond ||
                              apart(json_object_get(category, "answers"), json_object_get(other, "answers")),
                          "%s: %s and %s", code, text_of(category, "code"), text_of(other, "code"));
                cr_expect_str_neq(text_of(category, "code"), text_of(other, "code"));
            }
        }
    }
    expect_all_placed(&s, document);
    json_decref(document);
    scene_close(&s);
}

/* Twice 50 people in each category: nothing is refused, and 5 in the last go with their neighbour if it has
 * one. */
static void rake_to(const json_t *margin)
{
    double targets[MAX_CATEGORIES];
    uint16_t neighbours[MAX_CATEGORIES], categories[MAX_CATEGORIES];
    uint64_t n[MAX_CATEGORIES];
    bool beyond[MAX_CATEGORIES];
    size_t last = 0;
    const json_t *list = json_object_get(margin, "categories");
    const size_t count = json_array_size(list);
    cr_assert(count > 0 && count <= MAX_CATEGORIES);
    for (size_t c = 0; c < count; c++) {
        const json_t *category = json_array_get(list, c);
        const char *neighbour = json_string_value(json_object_get(category, "neighbour"));
        targets[c] = json_number_value(json_object_get(category, "target"));
        neighbours[c] = neighbour ? (uint16_t)find(list, neighbour) : RAKE_ALONE;
        categories[c] = (uint16_t)c;
        n[c] = 100;
        beyond[c] = json_is_true(json_object_get(category, "beyond"));
        last = beyond[c] ? last : c;
    }
    const struct rake_margin wanted = {(uint32_t)count,
                                       targets,
                                       json_number_value(json_object_get(margin, "total")),
                                       json_number_value(json_object_get(margin, "slack")),
                                       neighbours,
                                       beyond};
    const struct rake_sample sample = {1, count, categories, n};
    const struct rake_limits limits = {0, RAKE_UPPER_MAX, 20};
    struct rake_result result;
    struct rake_refusal why;
    cr_expect_eq(rake(&result, &sample, &wanted, 1, &limits, &why), RAKE_OK, "%s: refused, %d",
                 text_of(margin, "code"), why.status);
    rake_result_free(&result);
    n[last] = 5;
    const bool alone = neighbours[last] == RAKE_ALONE;
    cr_expect_eq(rake(&result, &sample, &wanted, 1, &limits, &why), alone ? RAKE_TOO_SMALL : RAKE_OK);
    cr_expect(alone || result.report.collapsed == 1);
    rake_result_free(&result);
}

/* 17,472,870 people by 83502NED as summed, less 857,540, 899,765 and 954,230 below 15. */
Test(margins, sum_to_the_population_and_can_be_raked_to)
{
    json_t *document = margins_read(), *margin;
    const double population = 17472870 - 857540 - 899765 - 954230;
    size_t i;
    int of_the_register = 0;
    json_array_foreach(json_object_get(document, "margins"), i, margin)
    {
        if (strcmp(text_of(margin, "reference_date"), "2021-01-01") == 0) {
            cr_expect_float_eq(json_number_value(json_object_get(margin, "total")), population, 0, "%s",
                               text_of(margin, "code"));
            of_the_register++;
        }
        rake_to(margin);
    }
    cr_expect_eq(of_the_register, 5);
    json_decref(document);
}
