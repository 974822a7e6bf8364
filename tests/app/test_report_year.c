/* A report of a year: what it is about, and how much fits. */
#include "app/report_scene.h"

#include <stdio.h>

TestSuite(report_year, .fini = leaks_check, .timeout = 110);

static json_t *made_of_year(int32_t year)
{
    struct report_try making = {.draft = {.number = 1,
                                          .kind = REPORT_OF_YEAR,
                                          .year = year,
                                          .title = SLICE("Het jaar"),
                                          .round = SLICE(""),
                                          .consultation = SLICE(""),
                                          .foreword = SLICE(""),
                                          .summary = SLICE(""),
                                          .summary_en = SLICE("")}};
    place_work(&scene.place, DB_ROLE_STAFF, report_try_in_tx, &making);
    cr_assert_eq(making.made.outcome, REPORT_MADE);
    json_decref(making.made.releases);
    json_decref(making.made.quoted);
    return making.made.document;
}

static void add_forward(const char *op, const char *due, const char *answered, const char *change)
{
    char sql[1200];
    snprintf(sql, sizeof sql,
             "INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, state, "
             "created_at, created_by) VALUES (1, 'departement', 'Het ministerie', 'Wat gaat u doen?', "
             "'faciliteren', '%s', '%s', '%s', 'a')",
             due, answered ? "geantwoord" : "gevraagd", op);
    test_sql(scene.place.owner, sql);
    if (answered) {
        snprintf(
            sql, sizeof sql,
            "INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) SELECT max(id), "
            "decode(md5(max(id)::text) || md5(max(id)::text), 'hex'), '2030-01-01', 'a' FROM "
            "zs.signal_forward; INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, change, "
            "answered_by, answered_at) SELECT l.forward_id, l.id, 'deels', 'Zo is het.', '%s', 'a', '%s' "
            "FROM "
            "zs.signal_link AS l ORDER BY l.id DESC LIMIT 1",
            change, answered);
        test_sql(scene.place.owner, sql);
    }
}

#define SIGNAL                                                                                               \
    "INSERT INTO zs.signal (source, title, body, is_public, state, consultation, created_at, created_by, "   \
    "changed_by) VALUES ('kamer', '%s', 'Zo zegt men.', true, '%s', %s, '%s', 'a', 'a')"

static void add_signal(const char *title, const char *state, const char *consultation, const char *on)
{
    char sql[600];
    snprintf(sql, sizeof sql, SIGNAL, title, state, consultation, on);
    test_sql(scene.place.owner, sql);
}

/* What was asked of others, and what they did, is that of the year: what was open at its end was open,
 * whatever came after. */
Test(report_year, of_a_year_tells_of_that_year)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    clock_set(INT64_C(1800000000)); /* 2027-01-15 */
    add_signal("Een signaal", "doorgeleid", "NULL", "2025-06-01");
    add_forward("2025-07-01", "2025-09-01", "2025-12-31T12:00:00Z", "Van het jaar ervoor");
    add_forward("2025-07-01", "2026-03-01", "2026-05-01T12:00:00Z", "Van dit jaar");
    add_forward("2026-02-01", "2026-06-01", "2027-01-10T12:00:00Z", "Van daarna");
    add_forward("2026-12-01", "2027-01-10", NULL, NULL);
    add_forward("2027-01-05", "2027-01-10", NULL, NULL);
    add_signal("Van later", "opgevangen", "NULL", "2027-01-02");
    add_signal("Was al klaar", "niet-doorgeleid", "NULL", "2025-01-02");
    test_sql(
        scene.place.owner,
        "INSERT INTO zs.signal_step (signal_id, from_state, to_state, created_at, created_by) VALUES (3, "
        "'opgevangen', 'niet-doorgeleid', '2025-12-31 12:00', 'a')");
    json_t *document = made_of_year(2026);
    const json_t *one = json_array_get(
        json_object_get(report_section_of(document, "departementen", NULL), "geadresseerden"), 0);
    cr_expect_str_eq(report_text(one, "naam"), "Het ministerie");
    cr_expect_eq(json_integer_value(json_object_get(one, "doorgeleid")), 2);
    cr_expect_eq(json_integer_value(json_object_get(one, "vanEerder")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "beantwoord")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "teLaat")), 1, "due after the year is not late");
    cr_expect_eq(json_array_size(json_object_get(one, "openstaand")), 2);
    const json_t *changes = json_object_get(report_section_of(document, "veranderd", NULL), "veranderingen");
    cr_expect_eq(json_array_size(changes), 1);
    cr_expect_str_eq(report_text(json_array_get(changes, 0), "watVerandert"), "Van dit jaar");
    const json_t *signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_expect_eq(json_array_size(signals), 1);
    cr_expect_str_eq(report_text(json_array_get(signals, 0), "titel"), "Een signaal");
    json_decref(document);
    /* Of the year that runs, what is late is late now. */
    document = made_of_year(2027);
    one = json_array_get(
        json_object_get(report_section_of(document, "departementen", NULL), "geadresseerden"), 0);
    cr_expect_eq(json_integer_value(json_object_get(one, "doorgeleid")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "vanEerder")), 2);
    cr_expect_eq(json_integer_value(json_object_get(one, "beantwoord")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "teLaat")), 2);
    json_decref(document);
    release_scene_remove(&scene);
}

/* ---- how much fits ---- */

static void expect_too_much(const char *words)
{
    staff_wait_until_says(&writer, REPORTS "/1/voorbeeld", words);
    expect_status(&writer.reply, 409);
}

/* A report of which a part would be missing is none: it says what there is too much of. */
Test(report_year, is_not_cut_where_there_is_too_much)
{
    reports_begin();
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2026&titel=Het+jaar", 303);
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    test_sql(scene.place.owner,
             "INSERT INTO zs.signal (source, title, body, is_public, created_at, created_by, changed_by) "
             "SELECT 'kamer', 'x', 'y', true, '2026-03-01', 'a', 'a' FROM generate_series(1, 2001)");
    expect_too_much("meer dan 2000 signalen");
    post(&writer, REPORTS "/1/stap", FORWARD, 400);
    expect_says(&writer.reply, "meer dan 2000 signalen");
    test_sql(scene.place.owner, "DELETE FROM zs.signal WHERE id > 1");
    test_sql(
        scene.place.owner,
        "INSERT INTO zs.recommendation (title, owner, is_public, created_by, changed_by, procedure, "
        "unclear, for_whom, proposal) SELECT 'x', '', true, 'a', 'a', 'burgerconsultatie', 'y', 'z', 'w' "
        "FROM generate_series(1, 501)");
    expect_too_much("meer dan 500 aanbevelingen");
    test_sql(scene.place.owner, "DELETE FROM zs.recommendation");
    test_sql(scene.place.owner,
             "INSERT INTO zs.round OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r, "
             "jsonb_build_object('id', 100 + n, 'code', 'uitgave-' || (100 + n), 'opens_at', "
             "'2026-03-01T12:00:00Z'))).* FROM zs.round AS r, generate_series(1, 17) AS n WHERE r.code = "
             "'" PUBLIC_ROUND "'");
    expect_too_much("meer dan 16 rondes");
    reports_end();
}
