/* The audit log on a page and as CSV. */
#include "app/one_administrator.h"

#include "features/audit/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(logbook, .fini = leaks_check);

#define LOG "/beheer/logboek"

/* Lines of a made-up past: `count` of them a minute apart, up to 2020-06-15 10:00:00 UTC, the n-th by mens(n
 * mod 7), every tenth refused. */
static void past(int count)
{
    char sql[640];
    snprintf(
        sql, sizeof sql,
        "WITH many AS (INSERT INTO zs.audit_event (at, actor, action, object, result, origin) SELECT "
        "timestamptz '2020-06-15 10:00:00Z' - (%d - n) * interval '1 minute', 'mens' || n %% 7, 'proef.doe', "
        "CASE n %% 3 WHEN 0 THEN 'round:" ROUND
        "' WHEN 1 THEN 'table:klein-2:nummer ' || n ELSE 'account:klein' END, "
        "CASE n %% 10 WHEN 0 THEN 'refused' ELSE 'ok' END, 'web' FROM generate_series(1, %d) n RETURNING 1) "
        "SELECT count(*) FROM many",
        count, count);
    cr_assert_eq(place_count(&place, sql), count);
}

static int times(const char *text, const char *words)
{
    int count = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

Test(logbook, shows_the_newest_first_and_that_it_was_read)
{
    static struct staff boss;
    begin_as(&boss);
    staff_get(&boss, LOG);
    expect_status(&boss.reply, 200);
    expect_says(&boss.reply, ">factor.set</td>");
    expect_says(&boss.reply, "nog nooit gecontroleerd");
    cr_expect_lt(strstr(boss.reply.body, ">factor.set</td>") - boss.reply.body,
                 strstr(boss.reply.body, ">migration.apply</td>") - boss.reply.body);
    staff_get(&boss, LOG "?wie=baas&handeling=login");
    cr_expect_eq(times(boss.reply.body, "<td class=\"utrecht-table__cell\">login</td>"), 1);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'audit.read' AND actor = "
                             "'baas' AND origin = 'web' AND result = 'ok'"),
                 2);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'audit.read' AND "
                                     "details->>'wie' = 'baas' AND details->>'handeling' = 'login'"),
                 1);
    end();
}

Test(logbook, is_found_by_period_actor_result_and_consultation)
{
    static struct staff boss;
    begin_as(&boss);
    past(30); /* 09:31 up to 10:00 UTC, which is 11:31 up to 12:00 here */
    staff_get(&boss, LOG "?van=2020-06-15&tot=2020-06-15");
    cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 30);
    expect_says(&boss.reply, "2020-06-15 12:00:00");
    expect_says(&boss.reply, "2020-06-15 11:31:00");
    staff_get(&boss, LOG "?tot=2020-06-14");
    cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 0);
    expect_says(&boss.reply, "niets gevonden");
    staff_get(&boss, LOG "?tot=2020-06-15&wie=mens3");
    cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 4); /* 3, 10, 17, 24 */
    staff_get(&boss, LOG "?tot=2020-06-15&uitkomst=refused");
    cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 3);
    staff_get(&boss, LOG "?tot=2020-06-15&consultatie=klein");
    cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 20); /* an account of that name is none of it */
    cr_expect_eq(times(boss.reply.body, ">account:klein</td>"), 0);
    staff_get(&boss, LOG "?tot=2020-06-15&consultatie=klein&uitkomst=refused&wie=mens2");
    cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 1); /* 30 */
    staff_get(&boss, LOG "?van=gisteren&tot=2020-02-30");
    expect_status(&boss.reply, 400);
    expect_says(&boss.reply, "href=\"#van\"");
    expect_says(&boss.reply, "href=\"#tot\"");
    expect_says(&boss.reply, "value=\"gisteren\"");
    staff_get(&boss, LOG "/csv?van=gisteren");
    expect_status(&boss.reply, 400);
    end();
}

Test(logbook, is_read_on_by_pages_that_miss_and_repeat_nothing)
{
    static struct staff boss;
    char next[160];
    int seen = 0;
    begin_as(&boss);
    past(120);
    /* Many lines of one moment too: the number decides. */
    cr_assert_eq(place_count(&place,
                             "WITH many AS (INSERT INTO zs.audit_event (at, actor, action, object, result, "
                             "origin) SELECT '2020-06-15 10:00:00Z', 'mens0', 'proef.doe', 'round:x', 'ok', "
                             "'web' FROM generate_series(1, 60) RETURNING 1) SELECT count(*) FROM many"),
                 60);
    snprintf(next, sizeof next, LOG "?tot=2020-06-15");
    for (int page = 0; page < 4; page++) {
        staff_get(&boss, next);
        expect_status(&boss.reply, 200);
        seen += times(boss.reply.body, ">proef.doe</td>");
        if (page < 3) {
            cr_expect_eq(times(boss.reply.body, ">proef.doe</td>"), 50);
            snprintf(next, sizeof next, LOG "?tot=%s&voor=%s", staff_hidden(&boss, "tot"),
                     staff_hidden(&boss, "voor"));
        }
    }
    cr_expect_eq(seen, 180);
    expect_silent(&boss.reply, "name=\"voor\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'audit.read' AND "
                                     "details->>'voor' IS NOT NULL"),
                 3, "a page further is a look at it too");
    end();
}

Test(logbook, comes_as_csv_with_the_head_of_the_chain)
{
    static struct staff boss;
    begin_as(&boss);
    past(600);
    cr_assert_eq(place_count(&place,
                             "WITH one AS (INSERT INTO zs.audit_event (at, actor, action, object, result, "
                             "origin) VALUES ('2020-06-15 10:00:00Z', '=HYPERLINK(\"x\")', 'proef.doe', "
                             "'key:1:a,b', 'ok', 'web') RETURNING 1) SELECT count(*) FROM one"),
                 1);
    for (int i = 0; place_count(&place, "SELECT count(*) FROM zs.audit_link WHERE number > 100") == 0; i++) {
        cr_assert_lt(i, 100, "the sealer runs once a second");
        usleep(100000);
    }
    staff_get(&boss, LOG "/csv?tot=2020-06-15");
    expect_status(&boss.reply, 200);
    cr_expect(strstr(boss.reply.head, "text/csv"), "%s", boss.reply.head);
    cr_expect(strstr(boss.reply.head, "attachment; filename=\"logboek.csv\""), "%s", boss.reply.head);
    cr_expect_eq(times(boss.reply.body, ",proef.doe,"), 601);
    cr_expect_eq(times(boss.reply.body, "\r\n"), 603);
    expect_says(&boss.reply, "\"'=HYPERLINK(\"\"x\"\")\",proef.doe,\"key:1:a,b\",ok,web,");
    struct audit_head *heads;
    size_t count;
    audit_heads_find(&heads, &count, place.arena, slice_from_cstr(boss.reply.body));
    cr_assert_eq(count, 1);
    cr_expect_gt(heads[0].number, 100);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'audit.export' AND actor = "
                             "'baas' AND details->>'tot' = '2020-06-15'"),
                 1);
    end();
}

/* ---- when it was verified last ---- */

static enum db_status verified_work(struct db_tx *tx, void *context)
{
    return audit_verified_record(tx, context, "beheerder", "command");
}

static void verified(const struct audit_totals *totals)
{
    struct audit_totals copy = *totals;
    place_work(&place, DB_ROLE_AUDIT, verified_work, &copy);
}

Test(logbook, says_when_it_was_verified_and_with_what_result)
{
    static struct staff boss;
    begin_as(&boss);
    verified(&(struct audit_totals){.links = 12, .anchors = 1});
    staff_get(&boss, LOG);
    expect_says(&boss.reply, "De keten was heel");
    expect_says(&boss.reply, "met een kop die elders is bewaard");
    verified(&(struct audit_totals){.links = 12, .faults = 3});
    staff_get(&boss, LOG);
    expect_silent(&boss.reply, "De keten was heel");
    expect_says(&boss.reply, "fouten gevonden: 3");
    end();
}

Test(logbook, is_closed_to_whoever_is_not_of_the_house)
{
    static struct staff jan;
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&jan, &place, app, "jan", ROLE_ONDERZOEKER, NULL);
    staff_get(&jan, LOG);
    expect_status(&jan.reply, 403);
    staff_get(&jan, LOG "/csv");
    expect_status(&jan.reply, 403);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'access' AND result = "
                             "'refused' AND actor = 'jan'"),
                 2);
    end();
}
