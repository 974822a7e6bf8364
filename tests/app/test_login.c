/* Signing in under attack: the queue of the slow thread full, a flood of passwords, one code at two places.
 */
#include "app/flood.h"
#include "app/one_administrator.h"

#include "base/fault.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/socket.h>

TestSuite(login, .fini = leaks_check, .timeout = 110);

#define PEOPLE "/beheer/accounts"

enum { QUEUE = 32 };

/* ---- the queue of the slow thread ---- */

/* Posts it until the queue is found full: between two tries of strangers there may be a place. `names` are
 * what is told apart. */
static void post_until_busy(struct staff *staff, struct flood *flood, const char *page, const char *action,
                            const char *format_of_a_name)
{
    char fields[256];
    for (int i = 0; i < 20; i++) {
        snprintf(fields, sizeof fields, "%s%d", format_of_a_name, i);
        flood_wait_until_busy(flood);
        staff_post(staff, page, action, fields);
        if (staff->reply.status == 503) {
            break;
        }
    }
    expect_status(&staff->reply, 503);
    const char *later = client_header(&staff->reply, "Retry-After");
    cr_assert(later && atoi(later) > 0, "%s", staff->reply.head);
}

Test(login, whose_queue_is_full_keeps_what_was_typed_and_holds_nobody_else_up)
{
    enum { PAGES = 20 };
    static struct staff boss, jan;
    static struct flood flood;
    cr_assert(fault_configure(SLICE("lane.slow=sleep:100")));
    begin_as(&boss);
    staff_of(&jan, &place, app, "jan", ROLE_LEZER, NULL);
    flood.port = port_of(app);
    flood_begin(&flood);
    flood_wait_until_busy(&flood);
    /* Everybody else is served while passwords wait: by as many pages, and a page kept, hardly anything of
     * the queue is done. */
    const int before = atomic_load(&flood.wrong);
    for (int i = 0; i < PAGES; i++) {
        citizen_get(&citizen, "/");
        expect_status(&citizen.reply, 200);
    }
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.houding", "houding=goed");
    expect_redirect(&citizen.reply, "/vragen/begin.waarom");
    staff_get(&boss, "/beheer");
    expect_status(&boss.reply, 200);
    cr_expect_lt(atomic_load(&flood.wrong) - before, QUEUE);

    post_until_busy(&boss, &flood, PEOPLE "/nieuw", PEOPLE "/nieuw",
                    "rol=analist&consultatie=klein&naam=nieuwe-");
    expect_says(&boss.reply, "Het is nu te druk");
    expect_says(&boss.reply, "value=\"nieuwe-");
    expect_says(&boss.reply, "value=\"analist\" selected");
    expect_says(&boss.reply, "value=\"klein\" selected");
    char person[64];
    snprintf(person, sizeof person, PEOPLE "/%d",
             (int)place_count(&place, "SELECT id FROM zs.account WHERE name = 'jan'"));
    char reset[80];
    snprintf(reset, sizeof reset, "%s/wachtwoord", person);
    post_until_busy(&boss, &flood, person, reset, "zeker=ja&versie=");
    expect_says(&boss.reply, "Het is nu te druk");
    expect_says(&boss.reply, reset);
    post_until_busy(&jan, &flood, "/beheer/account/wachtwoord", "/beheer/account/wachtwoord",
                    "huidig=verkeerd&herhaling=nog+een+boot+er+bij&nieuw=nog+een+boot+er+bij&x=");
    expect_says(&jan.reply, "Het is nu te druk");
    expect_silent(&jan.reply, "nog een boot");
    flood_end(&flood);
    cr_expect_geq(atomic_load(&flood.wrong), QUEUE);
    staff_init(&jan, port_of(app));
    staff_login(&jan, "jan", PASSWORD);
    expect_redirect(&jan.reply, "/beheer");
    end();
}

/* ---- ten thousand a minute ---- */

/* Bytes of this process that are in use. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
static int64_t bytes_in_use(void)
{
    return (int64_t)(__sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes()
                                                             : mallinfo2().uordblks);
}

static int64_t told(void)
{
    return place_count(&place,
                       "SELECT COALESCE(sum((details->>'pogingen')::int), 0)::int8 FROM zs.audit_event WHERE "
                       "action = 'login' AND result = 'refused'");
}

Test(login, ten_thousand_a_minute_are_told_in_few_lines_and_lock_nobody_out)
{
    enum { A_MINUTE = 10000, SECONDS = 5, LINES_EACH_S = 5, MEBIBYTE = 1024 * 1024 };
    static const char *const names[] = {"jan", "piet", NULL};
    static struct staff jan, piet;
    static struct flood warm_up, flood;
    begin();
    staff_of(&jan, &place, app, "jan", ROLE_LEZER, NULL);
    staff_of(&piet, &place, app, "piet", ROLE_LEZER, NULL);
    warm_up = (struct flood){.port = port_of(app), .every_us = 60 * 1000000 / A_MINUTE};
    flood_begin(&warm_up);
    client_sleep_ms(1500);
    flood_end(&warm_up);
    const int64_t before = bytes_in_use();
    flood = (struct flood){.port = port_of(app), .names = names, .every_us = 60 * 1000000 / A_MINUTE};
    flood_begin(&flood);
    /* Jan comes back to a browser in which he signed in before: his tries are told apart from the strangers'.
     */
    staff_post(&jan, "/beheer", "/beheer/uitloggen", "");
    for (int i = 0; i < 40; i++) {
        staff_login(&jan, "jan", PASSWORD);
        if (jan.reply.status == 303) {
            break;
        }
        expect_status(&jan.reply, 503); /* the queue was full; never that it was tried too often */
        client_sleep_ms(100);
    }
    expect_redirect(&jan.reply, "/beheer");
    client_sleep_ms(SECONDS * 1000);
    flood_end(&flood);
    cr_expect_gt(atomic_load(&flood.too_many), 0);
    /* In a new browser piet waits, as long as the strangers' tries make him, and comes in. */
    client_sleep_ms(2000);
    staff_init(&piet, port_of(app));
    staff_login(&piet, "piet", PASSWORD);
    expect_redirect(&piet.reply, "/beheer");

    const int64_t refused = atomic_load(&warm_up.wrong) + atomic_load(&warm_up.too_many) +
                            atomic_load(&flood.wrong) + atomic_load(&flood.too_many);
    for (int waited = 0; waited < 15000 && told() < refused; waited += 100) {
        client_sleep_ms(100);
    }
    cr_expect_eq(told(), refused, "every one that was refused is told: %d of %d", (int)told(), (int)refused);
    cr_expect_leq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'login' AND result "
                                      "= 'refused'"),
                  2 + (SECONDS + 30) / LINES_EACH_S);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE result = 'refused' AND "
                                     "details::text LIKE '%vreemde%'"),
                 0, "what was typed as a name is not");
    cr_expect_lt(bytes_in_use() - before, MEBIBYTE);
    end();
}

/* ---- one-time codes, at two instances ---- */

/* In a new browser at this port, as far as the second factor. */
static void half_way(struct staff *staff, uint16_t port)
{
    staff_init(staff, port);
    staff_login(staff, "baas", PASSWORD);
    expect_redirect(&staff->reply, "/beheer/inloggen/code?terug=/beheer");
}

static void prepare_code(struct staff_move *move, struct staff *staff, const char *field)
{
    move->staff = staff;
    staff_get(staff, "/beheer/inloggen/code");
    snprintf(move->path, sizeof move->path, "/beheer/inloggen/code");
    snprintf(move->body, sizeof move->body, "token=%s&%s", staff_token(staff), field);
}

Test(login, takes_one_code_at_two_instances_at_the_same_moment_once)
{
    enum { TURNS = 5 };
    static struct staff boss, browsers[2], thief;
    static struct staff_move moves[2];
    begin_as(&boss);
    struct app *other = app_up(&place);
    for (int turn = 0; turn < TURNS; turn++) {
        clock_forward(30);
        for (int i = 0; i < 2; i++) {
            half_way(&browsers[i], port_of(i == 0 ? app : other));
            prepare_code(&moves[i], &browsers[i], staff_code(&boss));
        }
        thief = browsers[0];
        staff_move_together(moves, 2);
        const int first = browsers[0].reply.status;
        const int second = browsers[1].reply.status;
        cr_expect((first == 303 && second == 400) || (first == 400 && second == 303), "%d and %d", first,
                  second);
        /* What was copied of a browser half way opens nothing once its holder is in. */
        struct staff *in = first == 303 ? &browsers[0] : &browsers[1];
        staff_get(in, "/beheer");
        expect_status(&in->reply, 200);
        if (in == &browsers[0]) {
            staff_get(&thief, "/beheer/inloggen/code");
            expect_redirect(&thief.reply, "/beheer/inloggen?terug=/beheer/inloggen/code");
        }
    }
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'login' AND result = "
                             "'ok' AND details->>'tweede_factor' = 'true'"),
                 TURNS);
    app_down(other);
    end();
}

Test(login, looks_at_five_wrong_codes_however_many_come_at_once)
{
    enum { GUESSES = 12, LOOKED_AT = 5 };
    static struct staff boss, browsers[GUESSES];
    static struct staff_move moves[GUESSES];
    int wrong = 0;
    begin_as(&boss);
    struct app *other = app_up(&place);
    clock_forward(30);
    for (int i = 0; i < GUESSES; i++) {
        half_way(&browsers[i], port_of(i % 2 == 0 ? app : other));
        prepare_code(&moves[i], &browsers[i], "code=000000");
    }
    staff_move_together(moves, GUESSES);
    for (int i = 0; i < GUESSES; i++) {
        const int status = browsers[i].reply.status;
        cr_expect(status == 400 || (status == 429 && client_header(&browsers[i].reply, "Retry-After")), "%d",
                  status);
        wrong += status == 400;
    }
    cr_expect_eq(wrong, LOOKED_AT);
    /* Not for ever: the pause ends, and the right one is taken. */
    clock_forward(90);
    staff_post(&browsers[0], "/beheer/inloggen/code", "/beheer/inloggen/code", staff_code(&boss));
    expect_redirect(&browsers[0].reply, "/beheer");
    app_down(other);
    end();
}

/* ---- those who leave while they wait ---- */

enum { NAMES = 10, WRONG_FIRST = 3, LEAVERS = 30, WAVES = 4 };

static struct client *begin_login(const char *name, int from)
{
    char request[512], body[96];
    snprintf(body, sizeof body, "naam=%s&wachtwoord=geraden", name);
    snprintf(request, sizeof request,
             "POST /beheer/inloggen HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.3.0.%d\r\n"
             "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             from, strlen(body), body);
    struct client *client = client_open(port_of(app));
    cr_assert_not_null(client);
    cr_assert(client_send_text(client, request));
    return client;
}

/* As a process that is killed: the connection is reset, not ended. */
static void leave_at_once(struct client *client)
{
    const struct linger abrupt = {.l_onoff = 1};
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
    client_close(client);
}

/* A try that has to wait takes a place among those who wait. It is given back, too, when who tried does not
 * stay for the answer: else a stranger would close the door for everybody, for ever. */
Test(login, gives_the_places_back_of_those_who_leave_while_they_wait)
{
    static struct client_reply reply;
    struct client *leavers[LEAVERS];
    char name[32];
    begin();
    for (int i = 0; i < NAMES * WRONG_FIRST; i++) {
        snprintf(name, sizeof name, "vreemde-%d", i % NAMES);
        struct client *client = begin_login(name, i);
        client_read(&reply, client, true);
        client_close(client);
        expect_status(&reply, 400);
    }
    for (int wave = 0; wave < WAVES; wave++) {
        for (int i = 0; i < LEAVERS; i++) {
            snprintf(name, sizeof name, "vreemde-%d", i % NAMES);
            leavers[i] = begin_login(name, 100 + i);
        }
        client_sleep_ms(300);
        for (int i = 0; i < LEAVERS; i++) {
            leave_at_once(leavers[i]);
        }
    }
    client_sleep_ms(10000); /* longer than anybody is made to wait */
    struct client *client = begin_login("vreemde-0", 250);
    client_read(&reply, client, true);
    client_close(client);
    expect_status(&reply, 400);
    end();
}
