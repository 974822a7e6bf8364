/* A report on figures that were weighted to the population. */
#include "app/report_scene.h"

#include <string.h>

TestSuite(report_weighted, .fini = leaks_check, .timeout = 110);

enum { PEOPLE = 1200 };

/* Three women for each man, and a release that weighs them to the population. */
static void weighted_begin(void)
{
    static struct respondent people[PEOPLE];
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    for (int i = 0; i < PEOPLE; i++) {
        people[i] = respondent_random(&scene);
        people[i].given[4] = (struct given){"gender", (uint16_t)(ANSWER_FIRST + (i % 4 == 0 ? 1 : 0))};
    }
    people_add(&scene, people, PEOPLE);
    scene_weigh(&scene);
    scene_release_now(&scene);
    reports_serve();
}

Test(report_weighted, says_what_it_was_weighted_to_and_is_proven)
{
    struct report_proof proof;
    size_t i;
    const json_t *part;
    weighted_begin();
    publish_one();
    json_t *document = kept_document();
    const json_t *parts = report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "delen");
    cr_expect_eq(json_array_size(parts), 1);
    json_array_foreach(parts, i, part)
    {
        cr_expect(json_is_true(report_at(part, "over.gewogen")));
        cr_expect_eq(json_integer_value(report_at(part, "over.weegversie")), 1);
        cr_expect(strstr(report_text(part, "over.weegmarges"), "2021"), "%s",
                  report_text(part, "over.weegmarges"));
        cr_expect_gt(json_array_size(json_object_get(part, "tabellen")), 50);
    }
    const json_t *weights = report_at(report_section_of(document, "respons", PUBLIC_ROUND), "gewichten");
    cr_expect_eq(json_array_size(weights), 1);
    cr_expect(strstr(whole_page("/rapporten/1"), "Deze cijfers zijn gewogen."));
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect_eq(proof.change_count, 0, "%s", proof.changes[0]);
    /* Weights that are others than those of the release are none of it. */
    json_array_clear((json_t *)(uintptr_t)weights);
    expect_fault(document, "section respons is not as in the releases");
    json_decref(document);
    reports_end();
}
