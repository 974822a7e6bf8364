/* Staff: signing in, second factor, sessions, and that every page asks who comes. */
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>

TestSuite(account, .fini = leaks_check);

/* ---- signing in ---- */

Test(account, signs_in_by_name_and_password_and_chooses_its_own_first)
{
    struct staff staff;
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_ANALIST, NULL);
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "jan");
    expect_says(&staff.reply, "/beheer/account");
    staff_get(&staff, "/beheer/account");
    expect_status(&staff.reply, 200);
    staff_post(&staff, "/beheer", "/beheer/uitloggen", "");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    staff_get(&staff, "/beheer/account");
    expect_redirect(&staff.reply, "/beheer/inloggen?terug=/beheer/account");
    staff_post(&staff, "/beheer/inloggen?terug=/beheer/account", "/beheer/inloggen",
               "naam=Jan&wachtwoord=" PASSWORD "&terug=%2Fbeheer%2Faccount");
    expect_redirect(&staff.reply, "/beheer/account");
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'login' AND result = 'ok'"),
        2);
    end();
}

Test(account, hears_the_same_whatever_was_wrong)
{
    static char first[CLIENT_BUFFER];
    static const char *const names[] = {"jan", "bestaat-niet", "klaas"};
    struct staff staff;
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_ANALIST, NULL);
    staff_of(&staff, &place, app, "klaas", ROLE_ANALIST, NULL);
    staff_disable(&place, "klaas");
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    for (int i = 0; i < 3; i++) {
        char *at;
        staff_init(&staff, port_of(app));
        staff_login(&staff, names[i], i == 2 ? PASSWORD : "iets+heel+anders");
        expect_status(&staff.reply, 400);
        while ((at = strstr(staff.reply.body, names[i])) != NULL) {
            memset(at, '#', strlen(names[i]));
            memmove(at + 1, at + strlen(names[i]), strlen(at + strlen(names[i])) + 1);
        }
        at = strstr(staff.reply.body, staff_token(&staff));
        memset(at, 'T', strlen(staff_token(&staff)));
        if (i == 0) {
            memcpy(first, staff.reply.body, sizeof first);
        } else {
            cr_expect_str_eq(staff.reply.body, first, "%s", names[i]);
        }
    }
    /* Told in one line, without the name that may be a password. */
    for (int waited = 0;
         waited < 8000 && place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE result = "
                                              "'refused' AND action = 'login'") == 0;
         waited += 50) {
        client_sleep_ms(50);
    }
    cr_expect_geq(place_count(&place,
                              "SELECT sum((details->>'pogingen')::int) FROM zs.audit_event WHERE action = "
                              "'login' AND result = 'refused'"),
                  1);
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%bestaat-niet%'"),
        0);
    end();
}

/* ---- sessions ---- */

Test(account, takes_no_token_over_and_renews_it)
{
    struct staff staff;
    char fixed[64];
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_ANALIST, NULL);
    staff_init(&staff, port_of(app));
    snprintf(fixed, sizeof fixed, "%s", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    snprintf(staff_cookie(&staff, "sessie"), 64, "%s", fixed);
    staff_get(&staff, "/beheer"); /* forged */
    expect_redirect(&staff.reply, "/beheer/inloggen");
    snprintf(staff_cookie(&staff, "sessie"), 64, "%s", fixed);
    staff_login(&staff, "jan", PASSWORD);
    expect_redirect(&staff.reply, "/beheer");
    cr_expect_str_neq(staff_cookie(&staff, "sessie"), fixed);
    /* A password renews it and ends the others. */
    struct staff thief = staff;
    staff_post(&staff, "/beheer/account/wachtwoord", "/beheer/account/wachtwoord",
               "huidig=" PASSWORD "&nieuw=nog+een+boot+er+bij&herhaling=nog+een+boot+er+bij");
    expect_redirect(&staff.reply, "/beheer");
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    staff_get(&thief, "/beheer");
    expect_redirect(&thief.reply, "/beheer/inloggen");
    end();
}

Test(account, holds_on_every_instance_and_ends_on_every_one_at_once)
{
    struct staff staff;
    begin();
    struct app *other = app_up(&place);
    staff_of(&staff, &place, app, "jan", ROLE_LEZER, NULL);
    staff.port = port_of(other);
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    staff_disable(&place, "jan");
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    app_down(other);
    end();
}

Test(account, ends_when_idle_and_when_old)
{
    struct staff staff;
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_LEZER, NULL);
    for (int i = 0; i < 25; i++) {
        clock_forward(1500);
        staff_get(&staff, "/beheer");
        cr_assert_eq(staff.reply.status, i < 23 ? 200 : 303, "%d: %d", i, staff.reply.status);
    }
    staff_login(&staff, "jan", PASSWORD);
    expect_redirect(&staff.reply, "/beheer");
    clock_forward(1801);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/inloggen");
    end();
}

Test(account, gives_back_what_was_typed_while_the_session_ended)
{
    struct staff staff;
    char body[512];
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_SECRETARIS, NULL);
    staff_get(&staff, "/beheer/signalen");
    expect_status(&staff.reply, 200);
    snprintf(body, sizeof body, "token=%s&titel=Zorgen+om+%%3Cb%%3Ekweekvlees%%3C%%2Fb%%3E&wachtwoord=geheim",
             staff_token(&staff));
    clock_forward(1801);
    staff_exchange(&staff, "POST", "/beheer/signalen/nieuw", body);
    expect_status(&staff.reply, 403);
    expect_says(&staff.reply, "Zorgen om &lt;b&gt;kweekvlees&lt;/b&gt;");
    expect_says(&staff.reply, "/beheer/inloggen");
    expect_silent(&staff.reply, "geheim");
    /* With nothing typed there is nothing to give back, and the way is to the login page. */
    staff_login(&staff, "jan", PASSWORD);
    staff_get(&staff, "/beheer/account");
    snprintf(body, sizeof body, "token=%s", staff_token(&staff));
    clock_forward(1801);
    staff_exchange(&staff, "POST", "/beheer/uitloggen", body);
    expect_redirect(&staff.reply, "/beheer/inloggen");
    end();
}

Test(account, posts_nothing_from_another_site)
{
    struct staff staff;
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_LEZER, NULL);
    staff_get(&staff, "/beheer/account");
    staff_exchange(&staff, "POST", "/beheer/uitloggen", "token=x");
    expect_status(&staff.reply, 403);
    staff.site = "cross-site";
    staff_post(&staff, "/beheer/account", "/beheer/uitloggen", "");
    expect_status(&staff.reply, 403);
    staff.site = NULL;
    staff.origin = "null";
    staff_get(&staff, "/beheer/account");
    staff_exchange(&staff, "POST", "/beheer/uitloggen", "token=x");
    expect_status(&staff.reply, 403);
    /* Of another session. */
    struct staff other;
    staff_of(&other, &place, app, "piet", ROLE_LEZER, NULL);
    char body[160];
    staff_get(&other, "/beheer/account");
    snprintf(body, sizeof body, "token=%s", staff_token(&other));
    staff_exchange(&staff, "POST", "/beheer/uitloggen", body);
    expect_status(&staff.reply, 403);
    staff_post(&staff, "/beheer/account", "/beheer/uitloggen", ""); /* Origin: null with its own token */
    expect_redirect(&staff.reply, "/beheer/inloggen");
    end();
}

/* ---- the second factor ---- */

Test(account, of_a_beheerder_opens_nothing_before_the_second_factor)
{
    struct staff staff;
    begin();
    staff_of(&staff, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor");
    staff_set_factor_up(&staff);
    staff_get(&staff, "/beheer");
    expect_status(&staff.reply, 200);
    staff_post(&staff, "/beheer/account/tweede-factor", "/beheer/account/tweede-factor/uit",
               staff_code(&staff));
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor"); /* it stays on */

    struct staff again;
    staff_init(&again, port_of(app));
    staff_login(&again, "baas", PASSWORD);
    expect_redirect(&again.reply, "/beheer/inloggen/code?terug=/beheer");
    char half[64];
    snprintf(half, sizeof half, "%.63s", staff_cookie(&again, "sessie"));
    staff_get(&again, "/beheer/account");
    expect_redirect(&again.reply, "/beheer/inloggen/code");
    staff_get(&again, "/beheer/account/wachtwoord");
    expect_redirect(&again.reply, "/beheer/inloggen/code");
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", staff_code(&staff));
    expect_status(&again.reply, 400); /* used when it was set up */
    clock_forward(30);
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", staff_code(&staff));
    expect_redirect(&again.reply, "/beheer");
    cr_expect_str_neq(staff_cookie(&again, "sessie"), half, "a new token for the whole session");
    staff_get(&again, "/beheer");
    expect_status(&again.reply, 200);
    end();
}

Test(account, of_anybody_opens_nothing_before_the_second_factor_where_all_need_one)
{
    struct staff staff;
    place_make(&place, SMALL_CONSULTATION);
    place.config.accounts.second_factor_for_all = 1;
    app = app_up(&place);
    staff_of(&staff, &place, app, "lies", ROLE_LEZER, NULL);
    staff_get(&staff, "/beheer");
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor");
    staff_get(&staff, "/beheer/rondes");
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor");
    staff_set_factor_up(&staff);
    staff_get(&staff, "/beheer/rondes");
    expect_status(&staff.reply, 200);
    clock_forward(30);
    staff_post(&staff, "/beheer/account/tweede-factor", "/beheer/account/tweede-factor/uit",
               staff_code(&staff));
    expect_redirect(&staff.reply, "/beheer/account/tweede-factor");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.account_totp"), 1);
    app_down(app);

    /* Where only administrators need one, others may have it, and may let it go. */
    place.config.accounts.second_factor_for_all = 0;
    app = app_up(&place);
    staff.port = port_of(app);
    staff_post(&staff, "/beheer/account/tweede-factor", "/beheer/account/tweede-factor/uit",
               staff_code(&staff));
    expect_redirect(&staff.reply, "/beheer/account");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.account_totp"), 0);
    staff_get(&staff, "/beheer/rondes");
    expect_status(&staff.reply, 200);
    end();
}

Test(account, cannot_guess_codes_and_recovers_with_one_that_works_once)
{
    struct staff staff, again;
    char recovery[40];
    begin();
    staff_of(&staff, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&staff);
    const char *at = strchr(strstr(staff.reply.body, "<code translate=\"no\">"), '>') + 1;
    snprintf(recovery, sizeof recovery, "code=%.19s", at);
    staff_init(&again, port_of(app));
    staff_login(&again, "baas", PASSWORD);
    for (int i = 0; i < 7; i++) {
        staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", "code=000000");
        expect_status(&again.reply, i < 5 ? 400 : 429);
    }
    clock_forward(30);
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", staff_code(&staff));
    expect_status(&again.reply, 429);
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", recovery);
    expect_redirect(&again.reply, "/beheer");
    staff_init(&again, port_of(app));
    staff_login(&again, "baas", PASSWORD);
    staff_post(&again, "/beheer/inloggen/code", "/beheer/inloggen/code", recovery);
    expect_status(&again.reply, 400);
    end();
}

/* ---- help by code ---- */

Test(account, helps_who_says_the_code_and_nobody_else)
{
    static struct staff staff;
    char field[64];
    begin();
    citizen_take_part(&citizen, ROUND, "goed", "omdat+het+kan");
    snprintf(field, sizeof field, "code=%s", citizen_code(&citizen));
    staff_of(&staff, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&staff);
    staff_get(&staff, "/beheer");
    expect_says(&staff.reply, "/beheer/hulp");
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp", "code=K7QF-2M9X-0TRB-W4HE");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "K7QF-2M9X-0TRB-W4HE");
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp", field);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "omdat het kan");
    cr_expect(strstr(staff.reply.head, "no-store"), "%s", staff.reply.head);
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp/intrekking", field);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "name=\"zeker\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response WHERE answers <> ''"), 1,
                 "it asks first");
    strcat(field, "&zeker=ja");
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp/intrekking", field);
    expect_status(&staff.reply, 200);
    field[strlen(field) - strlen("&zeker=ja")] = '\0';
    staff_post(&staff, "/beheer/hulp", "/beheer/hulp", field);
    expect_status(&staff.reply, 200);
    expect_silent(&staff.reply, "omdat het kan");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 0);
    /* That, never what, and never the code. */
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action LIKE 'response.help-%' "
                             "AND actor = 'baas' AND object = 'round:" ROUND "'"),
                 3);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'response.help-read' "
                             "AND result = 'refused' AND object = 'code'"),
                 1);
    end();
}

/* ---- typing over what came on paper or by telephone ---- */

Test(account, enters_what_came_on_paper_once_and_keeps_what_was_typed_wrong)
{
    static struct staff staff;
    static struct staff first;
    static const char form[] = "/beheer/invoer/" ROUND "?kanaal=telefoon&werving=open&versie=volledig";
    char body[1024];
    char answers[512];
    begin();
    staff_of(&staff, &place, app, "jan", ROLE_ONDERZOEKER, NULL);
    staff_get(&staff, "/beheer/invoer");
    expect_says(&staff.reply, "/beheer/invoer/" ROUND "?kanaal=papier");
    staff_get(&staff, form);
    expect_status(&staff.reply, 200);
    snprintf(answers, sizeof answers, "token=%s&kanaal=telefoon&werving=open&versie=volledig&code=%s",
             staff_token(&staff), staff_hidden(&staff, "code"));
    snprintf(answers + strlen(answers), sizeof answers - strlen(answers), "&zegel=%s&v1=1&v3=omdat+het+kan",
             staff_hidden(&staff, "zegel"));
    first = staff;
    snprintf(body, sizeof body, "%s&v2=77", answers);
    staff_exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#v2\"");
    expect_says(&staff.reply, "omdat het kan");
    cr_expect_str_eq(staff_hidden(&staff, "code"), staff_hidden(&first, "code"), "the form keeps its code");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 0);
    snprintf(body, sizeof body, "%s&v2=1", answers);
    for (int i = 0; i < 2; i++) {
        staff_exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
        expect_status(&staff.reply, 200);
        expect_says(&staff.reply, staff_hidden(&first, "code"));
        cr_expect_str_neq(staff_hidden(&staff, "code"), staff_hidden(&first, "code"),
                          "the next form has another");
        expect_silent(&staff.reply, "omdat het kan");
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    cr_expect_eq(place_count(&place, "SELECT max(channel) FROM zs.response"), CHANNEL_PHONE);
    cr_expect_geq(place_count(&place,
                              "SELECT count(*) FROM zs.audit_event WHERE action = 'response.enter' AND "
                              "actor = 'jan' AND object = 'round:" ROUND
                              "' AND details->>'kanaal' = 'telefoon'"),
                  1);
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE details::text LIKE '%omdat%'"), 0);
    snprintf(body, sizeof body, "%s&v2=2", answers);
    staff_exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
    expect_status(&staff.reply, 409);
    /* A code that we did not give out. */
    snprintf(body, sizeof body, "%s&v2=1", answers);
    memcpy(strstr(body, "&code=") + 6, "0000", 4);
    staff_exchange(&staff, "POST", "/beheer/invoer/" ROUND, body);
    expect_status(&staff.reply, 400);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    end();
}
