/* Accounts as an administrator handles them on pages. */
#include "app/one_administrator.h"

#include <stdio.h>

TestSuite(people, .fini = leaks_check);

#define PEOPLE "/beheer/accounts"

/* The address of an account's page. */
static const char *page_of(const char *name)
{
    static char path[4][64];
    static int turn;
    char sql[160];
    turn = (turn + 1) % 4;
    snprintf(sql, sizeof sql, "SELECT id FROM zs.account WHERE name = '%s'", name);
    snprintf(path[turn], sizeof path[0], PEOPLE "/%d", (int)place_count(&place, sql));
    return path[turn];
}

/* Gets the page of the account, and posts its token and revision with these fields to what stands under it.
 */
static void act(struct staff *staff, const char *name, const char *below, const char *fields)
{
    char path[96], all[256];
    staff_get(staff, page_of(name));
    snprintf(path, sizeof path, "%s%s", page_of(name), below);
    snprintf(all, sizeof all, "token=%s&versie=%s&%s", staff_token(staff), staff_hidden(staff, "versie"),
             fields);
    staff_exchange(staff, "POST", path, all);
}

static int64_t audited(const char *action, const char *object, const char *result)
{
    char sql[320];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM zs.audit_event WHERE action = '%s' AND object = '%s' AND result = '%s'"
             " AND actor = 'baas' AND origin = 'web'",
             action, object, result);
    return place_count(&place, sql);
}

static const char *shown_password(const struct staff *staff)
{
    static char password[32];
    const char *at = strstr(staff->reply.body, "<code translate=\"no\">");
    cr_assert(at, "no password in %s", staff->reply.body);
    snprintf(password, sizeof password, "%.19s", strchr(at, '>') + 1);
    return password;
}

Test(people, are_added_with_a_password_that_is_shown_once)
{
    static struct staff boss, jan;
    char password[32];
    begin_as(&boss);
    staff_get(&boss, "/beheer");
    expect_says(&boss.reply, PEOPLE);
    staff_post(&boss, PEOPLE "/nieuw", PEOPLE "/nieuw", "naam=+Jan+&rol=analist&consultatie=klein");
    expect_status(&boss.reply, 200);
    cr_expect(strstr(boss.reply.head, "no-store"), "%s", boss.reply.head);
    snprintf(password, sizeof password, "%s", shown_password(&boss));
    cr_expect_eq(audited("account.add", "account:jan", "ok"), 1);
    staff_get(&boss, PEOPLE);
    expect_says(&boss.reply, "analist in klein");
    expect_says(&boss.reply, "nog niet ingelogd");
    expect_silent(&boss.reply, password);
    staff_init(&jan, port_of(app));
    staff_login(&jan, "jan", password);
    expect_redirect(&jan.reply, "/beheer");
    staff_post(&jan, "/beheer/account/wachtwoord", "/beheer/account/wachtwoord",
               "nieuw=" PASSWORD "&herhaling=" PASSWORD);
    expect_redirect(&jan.reply, "/beheer");
    staff_get(&boss, PEOPLE "?zoek=JA");
    expect_says(&boss.reply, "in gebruik");
    expect_silent(&boss.reply, ">baas</a>");
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%-____-%'"), 0);
    end();
}

Test(people, are_not_added_when_something_is_wrong_and_all_of_it_is_said)
{
    static struct staff boss;
    begin_as(&boss);
    staff_post(&boss, PEOPLE "/nieuw", PEOPLE "/nieuw", "naam=%3Cb%3E&rol=keizer&consultatie=");
    expect_status(&boss.reply, 400);
    expect_says(&boss.reply, "href=\"#naam\"");
    expect_says(&boss.reply, "href=\"#rol\"");
    expect_says(&boss.reply, "value=\"&lt;b&gt;\"");
    staff_post(&boss, PEOPLE "/nieuw", PEOPLE "/nieuw", "naam=jan&rol=lezer&consultatie=nergens");
    expect_status(&boss.reply, 400);
    expect_says(&boss.reply, "href=\"#consultatie\"");
    staff_post(&boss, PEOPLE "/nieuw", PEOPLE "/nieuw", "naam=BAAS&rol=lezer&consultatie=");
    expect_status(&boss.reply, 400);
    expect_says(&boss.reply, "href=\"#naam\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.account"), 1);
    staff_get(&boss, PEOPLE "/4711");
    expect_status(&boss.reply, 404);
    staff_get(&boss, PEOPLE "/99999999999999999999");
    expect_status(&boss.reply, 404);
    end();
}

Test(people, get_and_lose_roles_which_hold_at_the_next_request)
{
    static struct staff boss, jan;
    begin_as(&boss);
    staff_of(&jan, &place, app, "jan", ROLE_LEZER, NULL);
    staff_get(&jan, "/beheer/invoer");
    expect_status(&jan.reply, 403);
    act(&boss, "jan", "/rollen", "doen=geven&rol=onderzoeker&consultatie=klein");
    expect_redirect(&boss.reply, page_of("jan"));
    staff_get(&jan, "/beheer/invoer");
    expect_status(&jan.reply, 200);
    staff_get(&boss, page_of("jan"));
    expect_says(&boss.reply, "onderzoeker (klein)");
    expect_says(&boss.reply, "baas, 2027-01-15");
    act(&boss, "jan", "/rollen", "doen=weghalen&rol=onderzoeker&consultatie=klein");
    staff_get(&jan, "/beheer/invoer");
    expect_status(&jan.reply, 403);
    act(&boss, "jan", "/rollen", "doen=geven&rol=keizer&consultatie=");
    expect_status(&boss.reply, 400);
    act(&boss, "jan", "/rollen", "doen=geven&rol=lezer&consultatie=nergens");
    expect_status(&boss.reply, 400);
    cr_expect_eq(audited("account.role-give", "account:jan", "ok"), 1);
    cr_expect_eq(audited("account.role-take", "account:jan", "ok"), 1);
    end();
}

Test(people, are_disabled_after_a_question_and_enabled_again)
{
    static struct staff boss, jan;
    begin_as(&boss);
    staff_of(&jan, &place, app, "jan", ROLE_LEZER, NULL);
    act(&boss, "jan", "/stand", "naar=uit");
    expect_status(&boss.reply, 200);
    expect_says(&boss.reply, "name=\"zeker\"");
    staff_get(&jan, "/beheer");
    expect_status(&jan.reply, 200);
    act(&boss, "jan", "/stand", "naar=uit&zeker=ja");
    expect_redirect(&boss.reply, page_of("jan"));
    staff_get(&jan, "/beheer");
    expect_redirect(&jan.reply, "/beheer/inloggen");
    staff_login(&jan, "jan", PASSWORD);
    expect_status(&jan.reply, 400);
    act(&boss, "jan", "/stand", "naar=aan");
    expect_redirect(&boss.reply, page_of("jan"));
    staff_login(&jan, "jan", PASSWORD);
    expect_redirect(&jan.reply, "/beheer");
    cr_expect_eq(audited("account.disable", "account:jan", "ok"), 1);
    cr_expect_eq(audited("account.enable", "account:jan", "ok"), 1);
    end();
}

Test(people, who_lost_all_get_a_new_password_and_no_second_factor)
{
    static struct staff boss, eva;
    char password[32];
    begin_as(&boss);
    staff_of(&eva, &place, app, "eva", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&eva);
    act(&boss, "eva", "/wachtwoord", "");
    expect_says(&boss.reply, "name=\"zeker\"");
    act(&boss, "eva", "/wachtwoord", "zeker=ja");
    expect_status(&boss.reply, 200);
    snprintf(password, sizeof password, "%s", shown_password(&boss));
    cr_expect_eq(audited("account.reset", "account:eva", "ok"), 1);
    staff_get(&eva, "/beheer");
    expect_redirect(&eva.reply, "/beheer/inloggen");
    staff_login(&eva, "eva", PASSWORD);
    expect_status(&eva.reply, 400);
    staff_login(&eva, "eva", password);
    expect_redirect(&eva.reply, "/beheer");
    staff_get(&eva, "/beheer");
    expect_redirect(&eva.reply, "/beheer/account/wachtwoord");
    end();
}

Test(people, are_signed_out_elsewhere_by_an_administrator)
{
    static struct staff boss, jan, again;
    begin_as(&boss);
    staff_of(&jan, &place, app, "jan", ROLE_LEZER, NULL);
    staff_init(&again, port_of(app));
    staff_login(&again, "jan", PASSWORD);
    staff_get(&boss, page_of("jan"));
    char one[64];
    snprintf(one, sizeof one, "sessie=%d",
             (int)place_count(&place,
                              "SELECT max(s.id) FROM zs.account_session s JOIN zs.account a ON a.id = "
                              "s.account_id WHERE a.name = 'jan'"));
    act(&boss, "jan", "/sessies", one);
    expect_redirect(&boss.reply, page_of("jan"));
    staff_get(&again, "/beheer");
    expect_redirect(&again.reply, "/beheer/inloggen");
    staff_get(&jan, "/beheer");
    expect_status(&jan.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'session.end' AND "
                                     "(details->>'session')::int > 0"),
                 1);
    /* What is no number ends nothing, and what was not there leaves no line. */
    act(&boss, "jan", "/sessies", "sessie=alles");
    expect_status(&boss.reply, 400);
    act(&boss, "jan", "/sessies", "sessie=0");
    expect_status(&boss.reply, 400);
    act(&boss, "jan", "/sessies", "sessie=2000000000");
    expect_redirect(&boss.reply, page_of("jan"));
    staff_post(&jan, "/beheer/account", "/beheer/account/sessies", "sessie=%C3%A9%C3%A9n");
    expect_status(&jan.reply, 400);
    staff_get(&jan, "/beheer");
    expect_status(&jan.reply, 200);
    cr_expect_eq(audited("session.end", "account:jan", "ok"), 1);
    act(&boss, "jan", "/sessies", "");
    staff_get(&jan, "/beheer");
    expect_redirect(&jan.reply, "/beheer/inloggen");
    staff_get(&boss, "/beheer");
    expect_status(&boss.reply, 200);
    cr_expect_eq(audited("session.end", "account:jan", "ok"), 2);
    end();
}

Test(people, do_not_handle_their_own_account_nor_leave_nobody)
{
    static struct staff boss;
    begin_as(&boss);
    static const char *const tries[][2] = {
        {"/rollen", "versie=1&doen=weghalen&rol=beheerder&consultatie="},
        {"/rollen", "versie=1&doen=geven&rol=analist&consultatie="},
        {"/stand", "naar=uit&zeker=ja"},
        {"/wachtwoord", "zeker=ja"},
    };
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s%s", page_of("baas"), tries[i][0]);
        staff_post(&boss, "/beheer", path, tries[i][1]);
        expect_status(&boss.reply, 409);
        expect_says(&boss.reply, "uw eigen account");
    }
    cr_expect_eq(audited("account.role-take", "account:baas", "refused"), 1);
    cr_expect_eq(audited("account.role-give", "account:baas", "refused"), 1);
    cr_expect_eq(audited("account.disable", "account:baas", "refused"), 1);
    cr_expect_eq(audited("account.reset", "account:baas", "refused"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.account_role"), 1);
    staff_get(&boss, "/beheer");
    expect_status(&boss.reply, 200);
    end();
}

/* ---- two at once ---- */

Test(people, whoever_is_second_is_told_who_was_first)
{
    static struct staff boss, eva, jan;
    char late[256];
    begin_as(&boss);
    staff_of(&eva, &place, app, "eva", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&eva);
    staff_of(&jan, &place, app, "jan", ROLE_LEZER, NULL);
    staff_get(&boss, page_of("jan"));
    snprintf(late, sizeof late, "token=%s&versie=%s&doen=geven&rol=analist&consultatie=", staff_token(&boss),
             staff_hidden(&boss, "versie"));
    act(&eva, "jan", "/rollen", "doen=geven&rol=codeur&consultatie=");
    expect_redirect(&eva.reply, page_of("jan"));
    char path[96];
    snprintf(path, sizeof path, "%s/rollen", page_of("jan"));
    staff_exchange(&boss, "POST", path, late);
    expect_status(&boss.reply, 409);
    expect_says(&boss.reply, "Iemand anders was u voor");
    expect_says(&boss.reply, "eva, 2027-01-15");
    expect_says(&boss.reply, "codeur (alle consultaties)");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.account_role WHERE role = 'analist'"), 0);
    /* From what stands now it works. */
    act(&boss, "jan", "/rollen", "doen=geven&rol=analist&consultatie=");
    expect_redirect(&boss.reply, page_of("jan"));
    end();
}

Test(people, two_who_take_each_others_role_do_not_both_succeed)
{
    static struct staff boss, eva;
    begin_as(&boss);
    staff_of(&eva, &place, app, "eva", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&eva);
    static struct staff_move moves[2] = {{.staff = &boss}, {.staff = &eva}};
    for (int i = 0; i < 2; i++) {
        const char *page = page_of(i == 0 ? "eva" : "baas");
        staff_get(moves[i].staff, page);
        snprintf(moves[i].path, sizeof moves[i].path, "%s/rollen", page);
        snprintf(moves[i].body, sizeof moves[i].body,
                 "token=%s&versie=%s&doen=weghalen&rol=beheerder&consultatie=", staff_token(moves[i].staff),
                 staff_hidden(moves[i].staff, "versie"));
    }
    staff_move_together(moves, 2);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.account_role WHERE role = 'beheerder'"), 1);
    end();
}

/* ---- many ---- */

Test(people, of_whom_there_are_many_come_by_the_page)
{
    static struct staff boss;
    begin_as(&boss);
    cr_expect_eq(place_count(&place, "WITH many AS (INSERT INTO zs.account (name) SELECT 'mens' || "
                                     "lpad(n::text, 4, '0') FROM generate_series(1, 120) n RETURNING 1) "
                                     "SELECT count(*) FROM many"),
                 120);
    staff_get(&boss, PEOPLE);
    expect_says(&boss.reply, ">mens0049</a>");
    expect_silent(&boss.reply, ">mens0050</a>");
    cr_expect_str_eq(staff_hidden(&boss, "na"), "mens0049");
    staff_get(&boss, PEOPLE "?na=mens0049");
    expect_says(&boss.reply, ">mens0050</a>");
    expect_says(&boss.reply, ">mens0099</a>");
    expect_silent(&boss.reply, ">mens0049</a>");
    staff_get(&boss, PEOPLE "?zoek=12&na=");
    expect_says(&boss.reply, ">mens0112</a>");
    expect_silent(&boss.reply, ">mens0111</a>");
    staff_get(&boss, PEOPLE "?zoek=%25");
    expect_says(&boss.reply, "Er is geen account met deze naam");
    end();
}

/* ---- home ---- */

/* What the home page says of each link, in its order: between the <br> behind it and the end of the item. */
static size_t sentences_of(char sentences[][128], size_t most, const struct staff *staff)
{
    static const char begins[] = "zs-target\" href=\"";
    size_t count = 0;
    const char *at = strstr(staff->reply.body, "Wat u kunt doen");
    const char *end = at ? strstr(at, "</main>") : NULL;
    cr_assert(end, "%s", staff->reply.body);
    while ((at = strstr(at, begins)) && at < end && count < most) {
        const char *item = strstr(at, "</li>");
        const char *said = strstr(at, "</a><br>");
        cr_expect(said && said < item, "nothing is said of %.60s", at + sizeof begins - 1);
        snprintf(sentences[count], sizeof sentences[count], "%.*s", said ? (int)(item - said - 8) : 0,
                 said ? said + 8 : "");
        count++;
        at = item;
    }
    return count;
}

Test(people, are_told_on_their_home_page_what_each_link_is_good_for)
{
    static struct staff staff;
    char said[32][128];
    begin();
    for (unsigned role = 0; role < ACCOUNT_ROLES; role++) {
        staff_of(&staff, &place, app, account_role_name((enum account_role)role), (enum account_role)role,
                 NULL);
        if (role == ROLE_BEHEERDER) {
            staff_set_factor_up(&staff);
        }
        staff_get(&staff, "/beheer");
        const size_t count = sentences_of(said, sizeof said / sizeof said[0], &staff);
        cr_expect_geq(count, 2);
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k < i; k++) {
                cr_expect_str_neq(said[i], said[k], "%s", account_role_name((enum account_role)role));
            }
        }
    }
    end();
}

/* Not that a form was open for too long, as whoever posts one from another site is told. */
Test(people, who_ask_for_a_page_of_another_role_are_told_so_and_led_home)
{
    static struct staff reader;
    begin();
    staff_of(&reader, &place, app, "lea", ROLE_LEZER, NULL);
    staff_get(&reader, PEOPLE);
    expect_status(&reader.reply, 403);
    expect_says(&reader.reply, "Deze pagina is niet voor uw rol");
    expect_says(&reader.reply, "href=\"/beheer\"");
    expect_silent(&reader.reply, "formulier");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'access' AND object = "
                             "'page:" PEOPLE "' AND result = 'refused' AND actor = 'lea'"),
                 1);
    staff_exchange(&reader, "POST", "/beheer/account/wachtwoord", "token=x&huidig=a&nieuw=b&herhaling=b");
    expect_status(&reader.reply, 403);
    expect_says(&reader.reply, "Misschien stond het formulier te lang open.");
    end();
}
