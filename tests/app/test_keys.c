/* API keys as an administrator handles them on pages. */
#include "app/one_administrator.h"

#include <stdio.h>

TestSuite(keys, .fini = leaks_check);

#define KEYS "/beheer/sleutels"

static const char *shown_key(const struct staff *staff)
{
    static char key[API_KEY_TEXT_BYTES];
    const char *at = strstr(staff->reply.body, "<code translate=\"no\">zs_");
    cr_assert(at, "no key in %s", staff->reply.body);
    snprintf(key, sizeof key, "%.35s", strchr(at, '>') + 1);
    return key;
}

static int64_t audited(const char *action)
{
    char sql[240];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM zs.audit_event WHERE action = '%s' AND result = 'ok' AND origin = 'web'"
             " AND actor = 'baas' AND object LIKE 'key:%%:Universiteit <b>'",
             action);
    return place_count(&place, sql);
}

Test(keys, are_shown_once_work_and_stop_when_revoked)
{
    static struct staff boss;
    char path[96], key[API_KEY_TEXT_BYTES];
    begin_as(&boss);
    staff_get(&boss, "/beheer");
    expect_says(&boss.reply, KEYS);
    staff_post(&boss, KEYS "/nieuw", KEYS "/nieuw",
               "houder=Universiteit+%3Cb%3E&bereik=analist&bereik=inname&doel=Onderzoek&dagen=10");
    expect_status(&boss.reply, 200);
    cr_expect(strstr(boss.reply.head, "no-store"), "%s", boss.reply.head);
    snprintf(key, sizeof key, "%s", shown_key(&boss));
    wait_for_key(port_of(app), key);
    cr_expect_eq(audited("key.issue"), 1);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.api_key WHERE purpose = 'Onderzoek' AND scopes = "
                             "'{analist,inname}' AND expires_at = '2027-01-25T12:00:00Z'"),
                 1);
    staff_get(&boss, KEYS);
    expect_says(&boss.reply, "Universiteit &lt;b&gt;");
    expect_says(&boss.reply, "analist,inname");
    expect_silent(&boss.reply, key);
    snprintf(path, sizeof path, KEYS "/%d/intrekking",
             (int)place_count(&place, "SELECT id FROM zs.api_key WHERE label LIKE 'Univ%'"));
    staff_post(&boss, KEYS, path, "");
    expect_says(&boss.reply, "name=\"zeker\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.api_key WHERE revoked_at IS NOT NULL"), 0);
    for (int i = 0; i < 2; i++) {
        staff_post(&boss, KEYS, path, "zeker=ja");
        expect_redirect(&boss.reply, KEYS);
    }
    cr_expect_eq(audited("key.revoke"), 1, "who was second changed nothing");
    staff_get(&boss, KEYS);
    expect_says(&boss.reply, "ingetrokken");
    end();
}

Test(keys, are_not_issued_when_something_is_wrong_and_all_of_it_is_said)
{
    static struct staff boss;
    begin_as(&boss);
    staff_post(&boss, KEYS "/nieuw", KEYS "/nieuw", "houder=+&bereik=alles&doel=&dagen=0");
    expect_status(&boss.reply, 400);
    expect_says(&boss.reply, "href=\"#houder\"");
    expect_says(&boss.reply, "href=\"#bereik-1\"");
    expect_says(&boss.reply, "href=\"#dagen\"");
    staff_post(&boss, KEYS "/nieuw", KEYS "/nieuw", "houder=x&bereik=microdata&doel=&dagen=3661");
    expect_status(&boss.reply, 400);
    expect_says(&boss.reply, "href=\"#doel\"");
    expect_says(&boss.reply, "href=\"#dagen\"");
    expect_says(&boss.reply, "value=\"microdata\" checked");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.api_key"), 0);
    staff_post(&boss, KEYS "/nieuw", KEYS "/nieuw", "houder=x&bereik=inname&doel=&dagen=3660");
    expect_status(&boss.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.api_key WHERE purpose IS NULL"), 1);
    end();
}

Test(keys, of_which_there_are_many_come_by_the_page)
{
    static struct staff boss;
    begin_as(&boss);
    place_count(&place,
                "WITH many AS (INSERT INTO zs.api_key (label, hash, scopes, expires_at) SELECT 'sleutel ' || "
                "lpad(n::text, 3, '0'), sha256(n::text::bytea), '{inname}', '2027-01-20' FROM "
                "generate_series(1, 60) n RETURNING 1) SELECT count(*) FROM many");
    staff_get(&boss, KEYS);
    expect_says(&boss.reply, ">sleutel 060<");
    expect_says(&boss.reply, ">sleutel 011<");
    expect_silent(&boss.reply, ">sleutel 010<");
    char next[64];
    snprintf(next, sizeof next, KEYS "?voor=%s", staff_hidden(&boss, "voor"));
    staff_get(&boss, next);
    expect_says(&boss.reply, ">sleutel 010<");
    expect_says(&boss.reply, ">sleutel 001<");
    expect_silent(&boss.reply, ">sleutel 011<");
    clock_forward(10 * DAY_S);
    staff_of(&boss, &place, app, "meer", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&boss);
    staff_get(&boss, KEYS);
    expect_says(&boss.reply, "verlopen");
    expect_silent(&boss.reply, "/intrekking");
    end();
}
