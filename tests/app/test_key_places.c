/* Keys for one consultation alone, and the day on which a key was last used. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(key_places, .fini = leaks_check);

static struct place place;
static struct app *app;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    cr_assert_eq(place_count(&place, "WITH added AS (INSERT INTO zs.consultation (code, document) VALUES "
                                     "('elders', '{}') RETURNING 1) SELECT count(*) FROM added"),
                 1);
    app = app_up(&place);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void expect_call(const char *key, const char *method, const char *target, int status)
{
    struct client_reply reply;
    api_call(&reply, port_of(app), key, method, target, "", method[0] == 'P' ? "{}" : NULL);
    cr_expect_eq(reply.status, status, "%s %s: %d %s", method, target, reply.status, reply.body);
}

Test(key_places, opens_one_consultation_and_no_other)
{
    static const struct {
        const char *scope, *method, *target;
        int status; /* with a key for this consultation */
    } calls[] = {
        {SCOPE_ANALYST, "GET", "/v1/consultaties/klein/tabellen?variabele=houding", 200},
        {SCOPE_ANALYST, "GET", "/v1/consultaties/klein/trends?variabele=houding&basis=mening", 200},
        {SCOPE_ANALYST, "GET", "/v1/rondes/" ROUND "/tabel?variabele=houding", 200},
        {SCOPE_ANALYST, "GET", "/v1/consultaties/klein/gewichten", 200},
        {SCOPE_MICRODATA, "GET", "/v1/consultaties/klein/exporten?ronde=" ROUND "&formaat=csv", 200},
        {SCOPE_TALKS, "GET", "/v1/consultaties/klein/gesprekken", 200},
        {SCOPE_TALKS, "GET", "/v1/consultaties/klein/codeboeken", 200},
        {SCOPE_INTAKE, "POST", "/v1/rondes/" ROUND "/deelnames", 201},
    };
    begin();
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        const char *here = place_issue_key_in(&place, "hier", calls[i].scope, "klein");
        const char *elsewhere = place_issue_key_in(&place, "elders", calls[i].scope, "elders");
        wait_for_key(port_of(app), here);
        wait_for_key(port_of(app), elsewhere);
        expect_call(here, calls[i].method, calls[i].target, calls[i].status);
        expect_call(elsewhere, calls[i].method, calls[i].target, 403);
    }
    /* What everybody may see, it may. */
    const char *elsewhere = place_issue_key_in(&place, "elders", SCOPE_ANALYST, "elders");
    wait_for_key(port_of(app), elsewhere);
    expect_call(elsewhere, "GET", "/v1/consultaties/klein", 200);
    expect_call(elsewhere, "GET",
                "/v1/consultaties/klein/tabellen?variabele=houding&weergave=openbaar&ronde=nergens", 400);
    end();
}

Test(key_places, a_refusal_names_the_right_that_is_missing)
{
    static struct client_reply reply;
    begin();
    char key[128];
    snprintf(key, sizeof key, "%s", place_issue_key(&place, "teller", SCOPE_INTAKE));
    wait_for_key(port_of(app), key);
    api_call(&reply, port_of(app), key, "GET", "/v1/consultaties/klein/exporten?ronde=" ROUND "&formaat=csv",
             "", NULL);
    expect_status(&reply, 403);
    expect_says(&reply, "Deze sleutel heeft het recht microdata niet.");
    expect_says(&reply, "/problemen/geen-toegang");
    api_call(&reply, port_of(app), "zs_nee", "GET", "/v1/consultaties/klein/exporten", "", NULL);
    expect_status(&reply, 401);
    expect_says(&reply, "/problemen/niet-aangemeld");
    const char *elsewhere = place_issue_key_in(&place, "elders", SCOPE_MICRODATA, "elders");
    wait_for_key(port_of(app), elsewhere);
    api_call(&reply, port_of(app), elsewhere, "GET",
             "/v1/consultaties/klein/exporten?ronde=" ROUND "&formaat=csv", "", NULL);
    expect_says(&reply, "Deze sleutel is voor een andere consultatie.");
    end();
}

Test(key_places, is_issued_for_a_consultation_that_is_there)
{
    static struct staff staff;
    static const char order[] = "houder=De+teller&bereik=analist&doel=tellen&dagen=30&consultatie=";
    char fields[160];
    begin();
    staff_of(&staff, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(&staff);
    snprintf(fields, sizeof fields, "%snergens", order);
    staff_post(&staff, "/beheer/sleutels/nieuw", "/beheer/sleutels/nieuw", fields);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#consultatie\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.api_key"), 0);
    snprintf(fields, sizeof fields, "%sklein", order);
    staff_post(&staff, "/beheer/sleutels/nieuw", "/beheer/sleutels/nieuw", fields);
    expect_status(&staff.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.api_key WHERE consultation = 'klein'"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'key.issue' AND "
                                     "details->>'consultatie' = 'klein' AND details->>'doel' = 'tellen'"),
                 1);
    staff_get(&staff, "/beheer/sleutels");
    expect_says(&staff.reply, ">analist in klein</td>");
    expect_says(&staff.reply, "geldig, nooit gebruikt");
    end();
}

Test(key_places, notes_the_day_of_its_last_use_once_a_day)
{
    static const char used[] = "SELECT count(*) FROM zs.api_key WHERE last_used_day = '%s'";
    static const char *const days[] = {"2027-01-15", "2027-01-16"};
    char sql[128];
    struct client_reply reply;
    begin();
    const char *key = place_issue_key(&place, "teller", SCOPE_ANALYST);
    place_issue_key(&place, "ongebruikt", SCOPE_ANALYST);
    wait_for_key(port_of(app), key);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        api_call(&reply, port_of(app), key, "GET", "/v1/consultaties/klein/tabellen?variabele=houding", "",
                 NULL);
        snprintf(sql, sizeof sql, used, days[i]);
        for (int waited = 0; place_count(&place, sql) == 0 && waited < 10000; waited += 100) {
            client_sleep_ms(100);
        }
        cr_expect_eq(place_count(&place, sql), 1, "the key that was used, and no other");
        clock_forward(DAY_S);
    }
    end();
}
