/* Weights out of columns: what is made, what is refused and in which words, and what is read back. */
#include "features/results/results_weights_make.h"
#include "features/results/results_weights_report.h"
#include "unit/features/results/people.h"

#include <math.h>

TestSuite(results_weights, .fini = leaks_check);

static struct people people;
static struct margins margins;
static struct weights_order order;
static struct weights_draft draft;

static void begin(void)
{
    people_begin(&people);
    cr_assert(margins_embedded(&margins, people.scene.arena));
    order = (struct weights_order){
        .round = &people.round, .stream = SLICE("open"), .actor = "test", .origin = "command"};
}

static void end(void)
{
    people_end(&people);
}

static void work_out(const char *codes)
{
    order.margins = slice_from_cstr(codes);
    cr_assert(weights_work_out(&draft, people.scene.arena, people.columns, &margins, &order));
}

static void expect_refused(const char *status, const char *english, const char *dutch)
{
    struct arena *arena = people.scene.arena;
    cr_assert_eq(draft.made.outcome, WEIGHTS_REFUSED, "%s", draft.made.why.ptr);
    cr_expect_str_eq(json_string_value(json_object_get(draft.report, "status")), status);
    cr_expect_str_eq(draft.made.why.ptr, english);
    const struct weights_version version = {.margins = draft.margins, .report = draft.report};
    cr_expect_str_eq(results_weights_reason(arena, &version, true).ptr, dutch);
    cr_expect_null(draft.profiles.ptr);
}

/* Of a margin, by code; NULL: those missing. */
static const json_t *category_of(size_t m, const char *code)
{
    size_t index;
    json_t *category;
    const json_t *margin = json_array_get(json_object_get(draft.report, "margins"), m);
    json_array_foreach(json_object_get(margin, "categories"), index, category)
    {
        const char *own = json_string_value(json_object_get(category, "code"));
        if (code ? own && strcmp(own, code) == 0 : !own) {
            return category;
        }
    }
    cr_assert_fail("no category %s", code ? code : "missing");
    return NULL;
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

Test(results_weights, of_one_margin_are_its_targets_over_its_people)
{
    begin();
    people_add(&people, 60, "gender=vrouw");
    people_add(&people, 30, "gender=man");
    people_add(&people, 10, "gender=anders");
    work_out("gender");
    cr_assert_eq(draft.made.outcome, WEIGHTS_MADE, "%s", draft.made.why.ptr);
    cr_expect_eq(draft.n, 100);
    cr_expect_eq(draft.position, 100);
    const double women = 0.9 * 7465980 / 14761335;
    cr_expect_float_eq(number(category_of(0, "vrouw"), "target"), women, 1e-12);
    cr_expect_float_eq(number(category_of(0, "vrouw"), "achieved"), women, 1e-12);
    cr_expect_float_eq(number(category_of(0, "vrouw"), "factor"), women / 0.6, 1e-12);
    cr_expect_float_eq(number(category_of(0, "man"), "factor"), (0.9 - women) / 0.3, 1e-12);
    cr_expect_float_eq(number(category_of(0, NULL), "factor"), 1, 1e-12);
    cr_expect_float_eq(number(category_of(0, NULL), "n"), 10, 0);
    end();
}

Test(results_weights, weigh_the_country_on_the_margins_that_hold_without_a_document)
{
    begin();
    people_add_country(&people);
    people_add(&people, 40, "gender=vrouw postcode=buitenland");
    people_add(&people, 50, "gender=vrouw postcode=PV28 werving=panel");
    work_out("");
    cr_assert_eq(draft.made.outcome, WEIGHTS_MADE, "%s", draft.made.why.ptr);
    cr_expect_eq(draft.n, 1200, "neither who lives abroad nor another stream");
    cr_expect_lt(number(draft.report, "deviation"), 1e-11);
    cr_expect_lt(number(draft.report, "largest_error"), 1e-8);
    cr_expect_float_eq(number(draft.report, "effective_n") * number(draft.report, "design_effect"), 1200,
                       1e-6);
    cr_expect_eq(json_array_size(json_object_get(draft.report, "margins")), 3);
    order.stream = SLICE("alle");
    work_out("");
    cr_assert_eq(draft.made.outcome, WEIGHTS_MADE, "%s", draft.made.why.ptr);
    cr_expect_eq(draft.n, 1250);
    order.stream = SLICE("panel");
    work_out("gender");
    expect_refused(
        "target-without-sample",
        "margin gender, category man (Man): nobody answered, and 49.42 per cent of the population "
        "is here; wait for responses, or leave this margin out with --margins",
        "Marge gender, categorie man (Man): hier deden te weinig mensen mee, en dit is 49,42 procent van de "
        "bevolking. Wacht op inzendingen of laat deze marge weg.");
    end();
}

Test(results_weights, take_a_small_category_together_with_its_neighbour)
{
    begin();
    for (int province = 20; province <= 31; province++) {
        char said[32];
        snprintf(said, sizeof said, "postcode=PV%d", province);
        people_add(&people, province == 20 ? 5 : 50, said);
    }
    work_out("provincie");
    cr_assert_eq(draft.made.outcome, WEIGHTS_MADE, "%s", draft.made.why.ptr);
    cr_expect_float_eq(number(draft.report, "collapsed"), 1, 0);
    const json_t *small = category_of(0, "PV20"), *neighbour = category_of(0, "PV22");
    cr_expect(json_equal(json_object_get(small, "group"), json_object_get(neighbour, "group")));
    cr_expect_float_eq(number(small, "factor"), number(neighbour, "factor"), 0);
    cr_expect_float_eq(number(small, "achieved") + number(neighbour, "achieved"),
                       (506260.0 + 421315) / 14761335, 1e-12);
    end();
}

/* ---- refusals ---- */

Test(results_weights, of_nobody_are_refused)
{
    begin();
    work_out("");
    expect_refused("empty-sample",
                   "nobody of this stream answered yet; wait for responses, or choose another stream",
                   "Van deze werving heeft nog niemand meegedaan. Wacht op inzendingen of kies een andere "
                   "werving.");
    end();
}

Test(results_weights, of_too_few_are_refused)
{
    begin();
    people_add(&people, 60, "gender=vrouw");
    people_add(&people, 3, "gender=man");
    work_out("gender");
    expect_refused("too-small",
                   "margin gender, category man (Man): 3 people, fewer than 20, and no other category to go "
                   "with; wait for responses, or leave this margin out with --margins",
                   "Marge gender, categorie man (Man): hier deden minder dan 20 mensen mee, en er is geen "
                   "categorie om bij te voegen. Wacht op inzendingen of laat deze marge weg.");
    end();
}

/* Women are all young and men all old, and the population has as many young men as old ones. */
Test(results_weights, that_meet_no_margins_together_are_refused)
{
    begin();
    people_add(&people, 100, "gender=vrouw leeftijd=25-34");
    people_add(&people, 100, "gender=man leeftijd=45-54");
    json_t *document = json_deep_copy(margins.document);
    json_t *ages = json_object_get(json_array_get(json_object_get(document, "margins"), 0), "categories");
    for (size_t c = 0; c < json_array_size(ages); c++) {
        const char *code = json_string_value(json_object_get(json_array_get(ages, c), "code"));
        bool young = strcmp(code, "25-34") == 0, old = strcmp(code, "45-54") == 0;
        json_object_set_new(json_array_get(ages, c), "target", json_real(young ? 10 : old ? 90 : 0));
    }
    json_object_set_new(json_array_get(json_object_get(document, "margins"), 0), "total", json_real(100));
    cr_assert(margins_decode(&margins, &people.scene.errors, people.scene.arena, document));
    work_out("leeftijd,gender");
    cr_assert_eq(draft.made.outcome, WEIGHTS_REFUSED);
    cr_expect_str_eq(json_string_value(json_object_get(draft.report, "status")), "no-convergence");
    cr_expect(strstr(draft.made.why.ptr, "the margins contradict each other in this sample"), "%s",
              draft.made.why.ptr);
    json_decref(document);
    end();
}

Test(results_weights, beyond_the_bounds_are_refused)
{
    begin();
    people_add(&people, 1000, "gender=vrouw");
    people_add(&people, 25, "gender=man");
    work_out("gender");
    cr_assert_eq(draft.made.outcome, WEIGHTS_REFUSED);
    cr_expect_str_eq(json_string_value(json_object_get(draft.report, "status")), "out-of-bounds");
    cr_expect(
        strstr(draft.made.why.ptr, "is needed where 5 is the bound, mostly for gender, category man (Man)"),
        "%s", draft.made.why.ptr);
    end();
}

Test(results_weights, to_targets_that_do_not_sum_are_refused)
{
    begin();
    people_add(&people, 60, "gender=vrouw");
    people_add(&people, 60, "gender=man");
    json_t *document = json_deep_copy(margins.document);
    json_object_set_new(json_array_get(json_object_get(document, "margins"), 1), "total", json_integer(100));
    cr_assert(margins_decode(&margins, &people.scene.errors, people.scene.arena, document));
    work_out("gender");
    expect_refused("targets-do-not-sum",
                   "the targets of margin gender sum to 14761335, not to 100; correct them in the file of "
                   "margins",
                   "De doelen van marge gender tellen op tot 14761335 en niet tot 100. Verbeter het bestand "
                   "met marges.");
    json_decref(document);
    end();
}

/* A category fewer than the population has: people fall in none, and what is left does not sum. */
Test(results_weights, to_margins_that_miss_a_category_are_refused)
{
    begin();
    people_add_country(&people);
    json_t *document = json_deep_copy(margins.document);
    json_array_remove(json_object_get(json_array_get(json_object_get(document, "margins"), 1), "categories"),
                      1);
    cr_assert(margins_decode(&margins, &people.scene.errors, people.scene.arena, document));
    work_out("gender");
    cr_assert_eq(draft.made.outcome, WEIGHTS_REFUSED);
    cr_expect_str_eq(json_string_value(json_object_get(draft.report, "status")), "targets-do-not-sum");
    json_decref(document);
    end();
}

Test(results_weights, on_margins_that_do_not_fit_are_no_order)
{
    begin();
    people_add_country(&people);
    work_out("gender,inkomen");
    cr_assert_eq(draft.made.outcome, WEIGHTS_BAD_ORDER);
    cr_expect(strstr(draft.made.why.ptr, "there is no margin inkomen"), "%s", draft.made.why.ptr);
    work_out("a,b,c,d,e,f,g,h,i");
    cr_expect_eq(draft.made.outcome, WEIGHTS_BAD_ORDER);
    order.stream = SLICE("post");
    work_out("gender");
    cr_expect_eq(draft.made.outcome, WEIGHTS_BAD_ORDER);
    cr_expect(strstr(draft.made.why.ptr, "there is no stream post"), "%s", draft.made.why.ptr);
    end();
}

/* ---- reading back ---- */

Test(results_weights, read_back_are_the_same_to_the_last_bit)
{
    begin();
    people_add_country(&people);
    work_out("");
    cr_assert_eq(draft.made.outcome, WEIGHTS_MADE, "%s", draft.made.why.ptr);
    struct arena *arena = people.scene.arena;
    char *text = json_dumps(draft.report, JSON_COMPACT);
    json_t *report = json_loads(text, 0, NULL);
    const struct slice codes[] = {SLICE("leeftijd-gender"), SLICE("provincie"), SLICE("opleiding")};
    struct margins_bound bound;
    struct margins_problem why;
    struct weigh_version version;
    cr_assert(margins_bind(&bound, &why, arena, &margins, codes, 3, people.scene.q, SLICE("open")));
    cr_assert(weights_version_read(&version, arena, draft.profiles, report, &bound));
    cr_expect_eq((double)version.profiles, number(draft.report, "profiles"));
    double sum = 0, squares = 0;
    for (size_t m = 0; m < 3; m++) {
        for (size_t c = 0; c <= bound.margins[m]->category_count; c++) {
            const json_t *margin = json_array_get(json_object_get(draft.report, "margins"), m);
            cr_expect_eq(version.factors[m][c],
                         number(json_array_get(json_object_get(margin, "categories"), c), "factor"));
        }
    }
    struct weigh_plan *plan;
    struct rake_sample sample;
    cr_assert_eq(weigh_plan_create(&plan, people.columns, bound.weigh, 3, bound.filters, bound.filter_count),
                 WEIGH_OK);
    cr_assert_eq(weigh_count(&sample, NULL, plan, people.columns), WEIGH_OK);
    cr_assert_eq(sample.profiles, version.profiles);
    for (size_t h = 0; h < sample.profiles; h++) {
        sum += (double)sample.n[h] * version.weights[h];
        squares += (double)sample.n[h] * version.weights[h] * version.weights[h];
        for (size_t m = 0; m < 3; m++) {
            cr_expect_eq(version.categories[h * 3 + m], sample.categories[h * 3 + m]);
        }
    }
    cr_expect_float_eq(sum, 1200, 1e-8);
    cr_expect_float_eq(sum * sum / squares, number(draft.report, "effective_n"), 1e-8);
    rake_sample_free(&sample);
    weigh_plan_destroy(plan);
    /* Damaged ones are told apart. */
    struct slice torn = {draft.profiles.ptr, draft.profiles.len - 1};
    cr_expect_not(weights_version_read(&version, arena, torn, report, &bound));
    json_array_remove(json_object_get(report, "margins"), 0);
    cr_expect_not(weights_version_read(&version, arena, draft.profiles, report, &bound));
    json_decref(report);
    free(text);
    end();
}
