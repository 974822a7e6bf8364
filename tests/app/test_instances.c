/* Two instances of the program on one database: neither knows of the other, and together they are one
 * service. */
#include "app/fixture.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>

TestSuite(instances, .fini = leaks_check, .timeout = 110);

enum { SOON_MS = 10000, CODES = 12 };

static struct place place;
static struct app *apps[2];

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    apps[0] = app_up(&place);
    apps[1] = app_up(&place);
}

static void end(void)
{
    app_down(apps[0]);
    app_down(apps[1]);
    place_remove(&place);
}

/* Until the call has this status; a key or a round's status is known to both within seconds. */
static void until_api(struct client_reply *reply, struct app *app, const char *key, const char *method,
                      const char *target, const char *body, int status)
{
    for (int waited = 0; waited <= SOON_MS; waited += 20) {
        api_call(reply, port_of(app), key, method, target, "", body);
        if (reply->status == status) {
            return;
        }
        client_sleep_ms(20);
    }
    expect_status(reply, status);
}

/* The header with the code of the participation that reply started. */
static void header_of(char header[64], const struct client_reply *reply)
{
    json_t *started = reply_json(reply);
    snprintf(header, 64, "Deelnamecode: %s\r\n", json_string_value(json_object_get(started, "code")));
    json_decref(started);
}

struct sender {
    struct app *app;
    const char *key, *header;
    pthread_barrier_t *start;
    struct client_reply reply;
};

static void *send_it(void *context)
{
    struct sender *sender = context;
    pthread_barrier_wait(sender->start);
    api_call(&sender->reply, port_of(sender->app), sender->key, "POST", "/v1/rondes/" ROUND "/inzendingen",
             sender->header, "{\"houding\":\"goed\",\"waarom\":\"Daarom.\"}");
    return NULL;
}

Test(instances, one_code_sent_to_both_at_once_is_one_response)
{
    static struct sender senders[2];
    static struct client_reply reply;
    pthread_barrier_t start;
    begin();
    pthread_barrier_init(&start, NULL, 2);
    const char *key = place_issue_key(&place, "inname", "inname");
    for (int i = 0; i < 2; i++) {
        until_api(&reply, apps[i], key, "POST", "/v1/rondes/" ROUND "/deelnames", "{}", 201);
    }
    for (int turn = 0; turn < CODES; turn++) {
        char header[64];
        pthread_t threads[2];
        api_call(&reply, port_of(apps[0]), key, "POST", "/v1/rondes/" ROUND "/deelnames", "", "{}");
        header_of(header, &reply);
        for (int i = 0; i < 2; i++) {
            senders[i].app = apps[i];
            senders[i].key = key;
            senders[i].header = header;
            senders[i].start = &start;
            cr_assert_eq(pthread_create(&threads[i], NULL, send_it, &senders[i]), 0);
        }
        pthread_join(threads[0], NULL);
        pthread_join(threads[1], NULL);
        int first = senders[0].reply.status;
        int second = senders[1].reply.status;
        cr_assert((first == 201 && second == 200) || (first == 200 && second == 201), "%d and %d", first,
                  second);
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), CODES);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), CODES);
    pthread_barrier_destroy(&start);
    end();
}

/* Who waits for another's batch has done what needs no place in the log: half of the work of two instances
 * goes side by side. */
Test(instances, texts_are_written_while_another_holds_the_round)
{
    static struct sender sender;
    static struct client_reply reply;
    pthread_barrier_t start;
    pthread_t thread;
    begin();
    pthread_barrier_init(&start, NULL, 1);
    const char *key = place_issue_key(&place, "inname", "inname");
    until_api(&reply, apps[0], key, "POST", "/v1/rondes/" ROUND "/deelnames", "{}", 201);
    char header[64];
    header_of(header, &reply);
    PGconn *holder = PQconnectdb(place.owner);
    PQclear(PQexec(holder, "SELECT pg_advisory_lock(7, id) FROM zs.round WHERE code = '" ROUND "'"));
    sender = (struct sender){.app = apps[0], .key = key, .header = header, .start = &start};
    cr_assert_eq(pthread_create(&thread, NULL, send_it, &sender), 0);
    int64_t waits = 0;
    for (int waited = 0; waited < SOON_MS && waits == 0; waited += 20) {
        client_sleep_ms(20);
        waits = place_count(&place, "SELECT count(*) FROM pg_locks AS w JOIN pg_locks AS h USING (pid) WHERE "
                                    "w.locktype = 'advisory' AND w.classid = 7 AND NOT w.granted AND "
                                    "h.relation = 'zs.passage'::regclass AND h.mode = 'RowExclusiveLock'");
    }
    cr_expect_eq(waits, 1);
    PQfinish(holder);
    pthread_join(thread, NULL);
    expect_status(&sender.reply, 201);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 1);
    pthread_barrier_destroy(&start);
    end();
}

Test(instances, a_participation_wanders_between_them)
{
    struct citizen citizen;
    begin();
    citizen_init(&citizen, port_of(apps[0]));
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen.port = port_of(apps[1]);
    citizen_answer(&citizen, "begin.houding", "houding=slecht");
    expect_redirect(&citizen.reply, "/vragen/begin.waarom");
    citizen.port = port_of(apps[0]);
    citizen_answer(&citizen, "begin.waarom", "waarom=Overal");
    citizen.port = port_of(apps[1]);
    citizen_send(&citizen);
    citizen.port = port_of(apps[0]);
    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Overal");
    end();
}

Test(instances, two_tabs_at_two_of_them_save_and_send_at_once)
{
    enum { TURNS = 4 };
    static struct citizen citizen;
    static struct tab tabs[2];
    begin();
    for (int turn = 1; turn <= TURNS; turn++) {
        char text[32];
        citizen_init(&citizen, port_of(apps[0]));
        citizen_begin(&citizen, ROUND, "volledig", "");
        snprintf(text, sizeof text, "waarom=beurt+%d", turn);
        tab_open(&tabs[0], &citizen, "/vragen/begin.houding", "houding=goed");
        citizen.port = port_of(apps[1]);
        tab_open(&tabs[1], &citizen, "/vragen/begin.waarom", text);
        tabs_post(tabs, 2);
        expect_redirect(&tabs[0].citizen.reply, "/vragen/begin.waarom");
        expect_redirect(&tabs[1].citizen.reply, "/vragen/begin.kleur");
        snprintf(text, sizeof text, "beurt %d", turn);
        for (int i = 0; i < 2; i++) {
            citizen.port = port_of(apps[i]);
            tab_open(&tabs[i], &citizen, "/controle", "");
            expect_says(&tabs[i].citizen.reply, text);
            expect_says(&tabs[i].citizen.reply, "Goed");
        }
        tabs_post(tabs, 2);
        for (int i = 0; i < 2; i++) {
            expect_redirect(&tabs[i].citizen.reply, "/ontvangst");
            citizen_get(&tabs[i].citizen, "/ontvangst");
            expect_says(&tabs[i].citizen.reply, text);
        }
        cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), turn);
        cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 0);
    }
    end();
}

Test(instances, each_counts_what_the_other_took)
{
    begin();
    const char *key = place_issue_key(&place, "analist", "analist");
    people_take_part(apps, 2, ROUND, "goed");
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(table_wait(port_of(apps[i]), key, ROUND, "houding", "goed", "&werving=alle", SHOWN_COUNT,
                                SOON_MS),
                     SHOWN_COUNT);
    }
    end();
}

Test(instances, both_notice_that_a_round_closes_and_a_key_ends)
{
    static struct client_reply reply;
    begin();
    const char *key = place_issue_key(&place, "inname", "inname");
    until_api(&reply, apps[0], key, "POST", "/v1/rondes/klein-2/deelnames", "{}", 201);
    place_close_round(&place, "klein-2");
    for (int i = 0; i < 2; i++) {
        until_api(&reply, apps[i], key, "POST", "/v1/rondes/klein-2/deelnames", "{}", 409);
        until_api(&reply, apps[i], key, "POST", "/v1/rondes/" ROUND "/deelnames", "{}", 201);
    }
    place_revoke_key(&place, "inname");
    for (int i = 0; i < 2; i++) {
        until_api(&reply, apps[i], key, "POST", "/v1/rondes/" ROUND "/deelnames", "{}", 401);
    }
    end();
}
