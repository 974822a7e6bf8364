/* The current password, asked again: before a password of one's own and a second factor are set, so that
 * whoever came by a session's cookie does not come by the account. */
#include "app/one_citizen.h"
#include "app/staff.h"

#include <stdio.h>
#include <time.h>

TestSuite(ask, .fini = leaks_check, .timeout = 110);

static const char password_page[] = "/beheer/account/wachtwoord";
static const char factor_page[] = "/beheer/account/tweede-factor";

/* Somebody with an account, and somebody with a copy of the cookies of their browser. */
static struct staff jan, thief;

static void begin_with_thief(void)
{
    begin();
    staff_of(&jan, &place, app, "jan", ROLE_ANALIST, NULL);
    thief = jan;
    snprintf(thief.address, sizeof thief.address, "203.0.113.7");
}

static int64_t count(const char *sql)
{
    return place_count(&place, sql);
}

static int64_t sessions(void)
{
    return count("SELECT count(*) FROM zs.account_session");
}

static int64_t tries_kept(void)
{
    return count("SELECT COALESCE(sum(failures), 0)::int8 FROM zs.login_delay");
}

static void guess(const char *fields)
{
    staff_post(&thief, password_page, password_page, fields);
}

#define GUESS "nieuw=nog+een+boot+er+bij&herhaling=nog+een+boot+er+bij&huidig="

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

Test(ask, of_wrong_passwords_each_is_told_and_makes_the_next_wait)
{
    begin_with_thief();
    for (int i = 0; i < 3; i++) {
        guess(GUESS "geraden");
        expect_status(&thief.reply, 400);
        expect_says(&thief.reply, "id=\"huidig-fout\"");
        expect_silent(&thief.reply, "geraden");
    }
    cr_expect_eq(tries_kept(), 3);
    int64_t started = milliseconds();
    guess(GUESS "geraden");
    expect_status(&thief.reply, 400);
    cr_expect_geq(milliseconds() - started, 500);
    /* Nobody guesses nothing. */
    guess(GUESS);
    expect_status(&thief.reply, 400);
    cr_expect_eq(tries_kept(), 4);
    for (int waited = 0;
         waited < 8000 && count("SELECT count(*) FROM zs.audit_event WHERE action = 'login' AND "
                                "result = 'refused'") == 0;
         waited += 50) {
        client_sleep_ms(50);
    }
    cr_expect_geq(
        count("SELECT sum((details->>'pogingen')::int) FROM zs.audit_event WHERE action = 'login' AND "
              "result = 'refused' AND details::text LIKE '%jan%'"),
        1);
    /* Elsewhere jan signs in without a wait, and the right password here forgets the wrong ones. */
    struct staff again;
    staff_init(&again, port_of(app));
    staff_login(&again, "jan", PASSWORD);
    expect_redirect(&again.reply, "/beheer");
    staff_post(&jan, password_page, password_page, GUESS PASSWORD);
    expect_redirect(&jan.reply, "/beheer");
    cr_expect_eq(tries_kept(), 0);
    end();
}

/* All at once, at two instances, half of them at the page of the second factor. */
Test(ask, of_ten_wrong_passwords_in_a_row_the_session_ends)
{
    enum { GUESSES = 16 };
    static struct staff browsers[GUESSES];
    static struct staff_move moves[GUESSES];
    int wrong = 0, ended = 0;
    begin_with_thief();
    struct app *other = app_up(&place);
    struct staff elsewhere;
    staff_init(&elsewhere, port_of(app));
    staff_login(&elsewhere, "jan", PASSWORD);
    expect_redirect(&elsewhere.reply, "/beheer");
    for (int i = 0; i < GUESSES; i++) {
        const char *page = i % 4 < 2 ? password_page : factor_page;
        browsers[i] = thief;
        browsers[i].port = port_of(i % 2 == 0 ? app : other);
        snprintf(browsers[i].address, sizeof browsers[i].address, "203.0.113.%d", 10 + i);
        staff_get(&browsers[i], page);
        moves[i].staff = &browsers[i];
        snprintf(moves[i].path, sizeof moves[i].path, "%s", page);
        snprintf(moves[i].body, sizeof moves[i].body, "code=123456&" GUESS "geraden&token=%s",
                 staff_token(&browsers[i]));
    }
    staff_move_together(moves, GUESSES);
    for (int i = 0; i < GUESSES; i++) {
        const int status = browsers[i].reply.status;
        cr_expect(status == 400 || status == 403 || status == 303, "%d", status);
        wrong += status == 400;
        ended += strstr(browsers[i].reply.body, "te vaak een verkeerd wachtwoord") != NULL;
    }
    cr_expect_lt(wrong, 10);
    cr_expect_eq(ended, 1);
    staff_get(&jan, "/beheer");
    expect_redirect(&jan.reply, "/beheer/inloggen");
    cr_expect_eq(count("SELECT count(*) FROM zs.audit_event WHERE action = 'session.end' AND object = "
                       "'account:jan' AND details->>'pogingen' = '10'"),
                 1);
    /* That session, and nothing else of jan's. */
    cr_expect_eq(sessions(), 1);
    staff_get(&elsewhere, "/beheer");
    expect_status(&elsewhere.reply, 200);
    staff_login(&jan, "jan", PASSWORD);
    expect_redirect(&jan.reply, "/beheer");
    staff_post(&jan, password_page, password_page, GUESS PASSWORD);
    expect_redirect(&jan.reply, "/beheer");
    app_down(other);
    end();
}

Test(ask, without_the_password_nobody_sets_a_second_factor)
{
    static const char *const without[] = {"", "huidig=&", "huidig=geraden&"};
    char fields[160];
    begin_with_thief();
    /* Whose key it is does not matter: one that jan left unconfirmed would do. */
    staff_begin_factor(&jan);
    memcpy(thief.secret, jan.secret, sizeof jan.secret);
    thief.secret_len = jan.secret_len;
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        snprintf(fields, sizeof fields, "%s%s", without[i], staff_code(&thief));
        staff_post(&thief, factor_page, factor_page, fields);
        expect_status(&thief.reply, 400);
        expect_says(&thief.reply, "id=\"huidig-fout\"");
        expect_silent(&thief.reply, "geraden");
        expect_silent(&thief.reply, "herstelcodes");
    }
    cr_expect_eq(count("SELECT count(*) FROM zs.account_totp WHERE confirmed_at IS NOT NULL"), 0);
    cr_expect_eq(count("SELECT count(*) FROM zs.account_recovery_code"), 0);
    staff_get(&jan, "/beheer");
    expect_status(&jan.reply, 200);
    /* The password alone does not, either; and jan may. */
    staff_post(&jan, factor_page, factor_page, "code=000000&huidig=" PASSWORD);
    expect_status(&jan.reply, 400);
    expect_says(&jan.reply, "id=\"code-fout\"");
    snprintf(fields, sizeof fields, "huidig=" PASSWORD "&%s", staff_code(&jan));
    staff_post(&jan, factor_page, factor_page, fields);
    expect_status(&jan.reply, 200);
    expect_says(&jan.reply, "herstelcodes");
    cr_expect_eq(count("SELECT count(*) FROM zs.account_recovery_code"), 10);
    staff_get(&thief, "/beheer");
    expect_redirect(&thief.reply, "/beheer/inloggen");
    end();
}
