/* The example of invented data in a database: by the ways of real data, once, and in nothing that is real. */
#include "app/example_scene.h"
#include "app/one_citizen.h"
#include "features/tafel/tafel.h"

TestSuite(example, .fini = leaks_check, .timeout = 110);

static enum example_outcome load(void)
{
    return example_scene_load(&place, (struct example_size){.people = 240, .interviews = 8, .groups = 2});
}

static int64_t count(const char *sql)
{
    return place_count(&place, sql);
}

Test(example, is_loaded_in_all_three_methods_and_not_twice)
{
    begin();
    cr_assert_eq(load(), EXAMPLE_LOADED);
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), 240);
    cr_expect_eq(count("SELECT count(*) FROM zs.conversation"), 10);
    cr_expect_eq(count("SELECT count(*) FROM zs.participant WHERE standing = 'gekomen'"), 8 + 2 * 7);
    cr_expect_eq(count("SELECT count(*) FROM zs.coding_task WHERE done_at IS NULL"), 0);
    cr_expect_gt(count("SELECT count(*) FROM zs.coding WHERE ended_at IS NULL AND method = 'enquete'"), 10);
    cr_expect_gt(count("SELECT count(*) FROM zs.coding WHERE ended_at IS NULL AND method = 'focusgroep'"),
                 100);
    cr_expect_gt(count("SELECT count(*) FROM zs.adjudication"), 5);
    /* Who withdrew left nothing: no text that can be read, no coding. */
    cr_expect_eq(count("SELECT count(*) FROM zs.participant WHERE withdrawn_day IS NOT NULL"), 2);
    cr_expect_eq(
        count("SELECT count(*) FROM zs.coding AS c JOIN zs.participant AS p ON p.id = c.participant_id"
              " WHERE p.withdrawn_day IS NOT NULL AND c.ended_at IS NULL"),
        0);
    /* Its coders have no password: none was handed out that somebody should use. */
    cr_expect_eq(count("SELECT count(*) FROM zs.account WHERE name LIKE 'voorbeeld%'"), 3);
    cr_expect_eq(count("SELECT count(*) FROM zs.account_password"), 0);
    /* Nobody's data but what was made up. */
    cr_expect_eq(
        count("SELECT count(*) FROM zs.round WHERE code LIKE 'voorbeeld-verzonnen-_' AND status = 'closed'"),
        2);
    const int64_t codings = count("SELECT count(*) FROM zs.coding");
    cr_assert_eq(load(), EXAMPLE_LOADED);
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), 240);
    cr_expect_eq(count("SELECT count(*) FROM zs.conversation"), 10);
    cr_expect_eq(count("SELECT count(*) FROM zs.coding"), codings);
    end();
}

static enum db_status meet(struct db_tx *tx, void *made)
{
    return tafel_example_load(made, tx, clock_now());
}

Test(example, shows_the_table_at_work_and_not_twice)
{
    bool made = false;
    begin();
    test_sql(place.owner,
             "INSERT INTO zs.consultation (code, document) VALUES ('voorbeeld-verzonnen', '{}')");
    place_work(&place, DB_ROLE_STAFF, meet, &made);
    cr_assert(made);
    cr_expect_eq(count("SELECT count(*) FROM zs.tafel_member"), 6);
    cr_expect_eq(count("SELECT count(*) FROM zs.meeting_item WHERE decision IS NOT NULL AND members = 5 AND "
                       "sides = 4"),
                 3);
    cr_expect_eq(count("SELECT count(DISTINCT state) FROM zs.signal"), 3, "one of each decision");
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_step WHERE ground = 'overleg' AND meeting_item_id IS "
                       "NOT NULL"),
                 2);
    citizen_get(&citizen, "/besluitenlijsten/1");
    expect_says(&citizen.reply, "gewogen: de tafel geeft dit door");
    expect_silent(&citizen.reply, "Verzonnen lid");
    place_work(&place, DB_ROLE_STAFF, meet, &made);
    cr_expect_not(made);
    cr_expect_eq(count("SELECT count(*) FROM zs.tafel_table"), 1);
    end();
}

Test(example, comes_in_no_consultation_that_is_real)
{
    begin();
    test_sql(place.owner,
             "INSERT INTO zs.consultation (code, document) VALUES ('voorbeeld-verzonnen', '{}')");
    cr_expect_eq(load(), EXAMPLE_REAL);
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), 0);
    cr_expect_eq(count("SELECT count(*) FROM zs.round WHERE consultation = 'voorbeeld-verzonnen'"), 0);
    end();
}
