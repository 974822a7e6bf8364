/* Whether a report is what the releases say that it names, and what is told apart. */
#include "app/report_scene.h"

TestSuite(report_proof, .fini = leaks_check, .timeout = 110);

Test(report_proof, is_proven_by_its_release_and_tells_apart_what_changed)
{
    struct report_proof proof;
    reports_begin();
    publish_one();
    json_t *document = kept_document();
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect_eq(proof.change_count, 0, "%s", proof.changes[0]);
    cr_expect_gt(proof.tables, 50);
    cr_expect_eq(proof.releases, 1);
    /* A newer release, a withdrawn report. */
    people_add_random(&scene, 400);
    scene_release_now(&scene);
    post(&writer, REPORTS "/1/stap", "naar=ingetrokken&zeker=ja", 400);
    post(&writer, REPORTS "/1/stap", "naar=ingetrokken&toelichting=Een+fout+in+de+tekst&zeker=ja", 303);
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect(says(proof.changes, proof.change_count, "was superseded by release 2"));
    cr_expect(says(proof.changes, proof.change_count, "was withdrawn: Een fout in de tekst"));
    citizen_get(&visitor, "/rapporten/1");
    expect_says(&visitor.reply, "Een fout in de tekst");
    citizen_get(&visitor, "/v1/rapporten");
    expect_says(&visitor.reply, "\"stand\":\"ingetrokken\"");
    /* The protection became stricter: what it would hide is said, and no fault. */
    cr_assert_not_null(scene.results);
    results_destroy(scene.results);
    const struct results_config strict = {
        .keys = scene.place.keys, .survey = scene.survey, .threshold = 60, .now_s = clock_now};
    scene.results = results_create(&strict);
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect(says(proof.changes, proof.change_count, "would not be shown under the protection of now"));
    /* Figures that are none of the release, whoever signed them; a release that is stored otherwise. */
    json_t *part =
        json_array_get(report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "delen"), 0);
    json_t *table = json_array_get(json_object_get(part, "tabellen"), 3);
    json_object_set_new(json_array_get(json_object_get(table, "rijen"), 0), "basis", json_integer(12345));
    json_object_set_new(json_array_get(json_object_get(document, "uitgaven"), 0), "sha256",
                        json_string("0000"));
    results_destroy(scene.results);
    const struct results_config as_before = {
        .keys = scene.place.keys, .survey = scene.survey, .threshold = 10, .now_s = clock_now};
    scene.results = results_create(&as_before);
    prove(&proof, document);
    cr_expect(says(proof.faults, proof.fault_count, "1 tables are not as in the release"));
    cr_expect(says(proof.faults, proof.fault_count, "is not stored as the report names it"));
    json_decref(document);
    reports_end();
}

static json_t *part_of_document(const json_t *document)
{
    return json_array_get(report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "delen"), 0);
}

/* Whatever was changed in what follows from a release, by whoever has the key. */
Test(report_proof, is_proven_in_all_that_a_release_tells)
{
    struct report_proof proof;
    reports_begin();
    publish_one();
    json_t *document = kept_document();
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect_geq(proof.sections, 1);
    cr_expect(says(proof.unproven, proof.unproven_count, "what people wrote"));
    cr_expect(says(proof.unproven, proof.unproven_count, "signalen"));
    cr_expect_not(says(proof.unproven, proof.unproven_count, "respons"));
    /* What stands with every figure. */
    json_t *about = json_object_get(part_of_document(document), "over");
    json_object_set_new(about, "drempel", json_integer(3));
    expect_fault(document, "what stands with the figures of open is not as in the release");
    json_object_set_new(about, "drempel", json_integer(10));
    json_object_set_new(about, "sluitOp", json_string("2026-01-01T00:00:00Z"));
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "a round may be closed at another time");
    cr_expect(says(proof.changes, proof.change_count, "sluitOp of open is otherwise now"));
    json_decref(document);
    /* Who took part. */
    document = kept_document();
    const json_t *ways = report_at(report_section_of(document, "respons", PUBLIC_ROUND), "wervingen");
    const json_t *line = json_array_get(report_at(json_array_get(ways, 0), "kanaal.rijen"), 0);
    json_object_set_new((json_t *)(uintptr_t)line, "basis", json_integer(123456));
    expect_fault(document, "section respons is not as in the releases");
    json_decref(document);
    /* A trend that is none, and the release as it was made. */
    document = kept_document();
    json_array_append_new(json_object_get(document, "delen"),
                          json_pack("{s:s,s:s,s:{s:[{s:s}]}}", "deel", "trends", "ronde", PUBLIC_ROUND,
                                    "inhoud", "trends", "werving", "open"));
    json_object_set_new(
        json_object_get(json_array_get(json_object_get(document, "uitgaven"), 0), "bescherming"), "drempel",
        json_integer(2));
    expect_fault(document, "section trends is not as in the releases");
    expect_fault(document, "when or how it was made is not as it is stored");
    json_decref(document);
    /* A table that is left out, and one that is said to be. */
    document = kept_document();
    json_array_remove(json_object_get(part_of_document(document), "tabellen"), 3);
    expect_fault(document, "1 tables of the release were left out");
    json_array_append_new(
        (json_t *)(uintptr_t)report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "afgeschermd"),
        json_string("keus"));
    expect_fault(document, "what it says is left out is not what its protection leaves out");
    json_decref(document);
    document = kept_document();
    json_object_set_new(report_section_of(document, "verantwoording", PUBLIC_ROUND), "vragenlijst",
                        json_object());
    expect_fault(document, "its questionnaire is not the one that was asked");
    json_object_set_new(json_array_get((json_t *)(uintptr_t)report_at(document, "over.rondes"), 0),
                        "verzonnen", json_true());
    expect_fault(document, "or invented where it says otherwise");
    json_decref(document);
    reports_end();
}

static void serve_with(uint32_t threshold)
{
    const struct results_config config = {
        .keys = scene.place.keys, .survey = scene.survey, .threshold = threshold, .now_s = clock_now};
    results_destroy(scene.results);
    scene.results = results_create(&config);
    cr_assert_not_null(scene.results);
    cr_assert_eq(results_refresh(scene.results, scene.conn), DB_OK);
}

/* The settings that a report was made with stand in it: others now make it no less genuine. */
Test(report_proof, is_proven_whatever_the_protection_is_now)
{
    struct report_proof proof;
    struct report_try making = {.draft = {.number = 1,
                                          .kind = REPORT_OF_ROUND,
                                          .round = SLICE(PUBLIC_ROUND),
                                          .consultation = SLICE("uitgave"),
                                          .title = SLICE("Wat wij hoorden"),
                                          .foreword = SLICE(""),
                                          .summary = SLICE(""),
                                          .summary_en = SLICE("")}};
    reports_begin();
    serve_with(60);
    place_work(&scene.place, DB_ROLE_STAFF, report_try_in_tx, &making);
    cr_assert_eq(making.made.outcome, REPORT_MADE);
    json_t *document = making.made.document;
    cr_expect_gt(
        json_array_size(report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "afgeschermd")), 0);
    json_object_set_new(document, "opmerkingen", json_object());
    place_work(&scene.place, DB_ROLE_STAFF, publish_second, document);
    kept_number = 1;
    json_decref(kept_document());
    for (uint32_t threshold = 10; threshold <= 210; threshold += 100) {
        serve_with(threshold);
        prove(&proof, document);
        cr_expect_eq(proof.fault_count, 0, "%u: %s", threshold, proof.faults[0]);
    }
    cr_expect(says(proof.changes, proof.change_count, "would not be shown under the protection of now"));
    report_made_free(&making.made);
    reports_end();
}
