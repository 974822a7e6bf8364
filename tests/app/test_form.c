/* What the form does with what nobody's browser sends by itself: each a clear answer in the reader's
 * language, with everything typed in it where there is somebody who typed, and nothing stored. */
#include "app/one_citizen.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(form, .fini = leaks_check);

static char body[512];

static void begin_form(void)
{
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
}

/* One draft, saved so many times, and no response. */
static void expect_saves(int64_t saves)
{
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 1);
    cr_expect_eq(place_count(&place, "SELECT revision FROM zs.draft"), 1 + saves);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 0);
}

static void speak(const char *language)
{
    snprintf(citizen.language, sizeof citizen.language, "%s", language);
}

/* ---- from elsewhere ---- */

Test(form, from_another_site_is_refused)
{
    static const struct {
        const char *site, *more;
        bool token;
        int status;
    } cases[] = {
        {"cross-site", NULL, true, 403},
        {"same-site", NULL, true, 403},
        {"cross-site", "Origin: http://zeven.example\r\n", true, 403},
        {NULL, "Origin: http://evil.example\r\n", true, 403},
        {NULL, "Origin: http://zeven.example.evil.example\r\n", true, 403},
        {NULL, "Origin: null\r\n", false, 403},
        {NULL, NULL, false, 403},
        {NULL, "Origin: null\r\n", true, 303},
        {NULL, NULL, true, 303},
        {NULL, "Origin: http://zeven.example\r\n", true, 303},
        {"same-origin", NULL, true, 303},
        {"none", NULL, true, 303},
    };
    int saves = 0;
    begin_form();
    citizen_fill(body, sizeof body, &citizen, "begin.waarom", "waarom=van+elders");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        speak(i % 2 ? "en" : "nl");
        citizen.site = cases[i].site;
        citizen.more = cases[i].more;
        citizen_post(&citizen, "/vragen/begin.waarom", cases[i].token ? body : "waarom=van+elders");
        cr_expect_eq(citizen.reply.status, cases[i].status, "case %zu: %d", i, citizen.reply.status);
        if (cases[i].status == 403) {
            expect_says(&citizen.reply, i % 2 ? "another website" : "een andere website");
        }
        saves += cases[i].status == 303;
    }
    expect_saves(saves);
    /* Nor can another site begin, send, withdraw, or clear for somebody. */
    static const char *const targets[] = {
        "/deelname", "/controle", "/verder", "/mijn-antwoorden/correctie", "/mijn-antwoorden/intrekking",
        "/wissen"};
    citizen.site = "cross-site";
    citizen.more = NULL;
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        citizen_post(&citizen, targets[i], "ronde=" ROUND "&zeker=ja");
        cr_expect_eq(citizen.reply.status, 403, "%s: %d", targets[i], citizen.reply.status);
        cr_expect_null(client_header(&citizen.reply, "Set-Cookie"), "%s", targets[i]);
    }
    expect_saves(saves);
    end();
}

Test(form, without_a_good_token_gives_everything_back_once)
{
    static struct citizen other;
    char token[128];
    char stolen[512];
    begin_form();
    citizen_init(&other, port_of(app));
    citizen_begin(&other, "klein-2", "volledig", "");
    citizen_fill(stolen, sizeof stolen, &other, "begin.waarom", "waarom=mijn+%3Cverhaal%3E");
    test_sql(place.owner,
             "DELETE FROM zs.draft WHERE round_id = (SELECT id FROM zs.round WHERE code = 'klein-2')");
    citizen_get(&citizen, "/vragen/begin.houding");
    snprintf(body, sizeof body, "token=%s&waarom=mijn+%%3Cverhaal%%3E",
             citizen_token(&citizen, "/vragen/begin.houding"));
    const char *const bodies[] = {"waarom=mijn+%3Cverhaal%3E", "token=&waarom=mijn+%3Cverhaal%3E",
                                  "token=AAAA&waarom=mijn+%3Cverhaal%3E", body /* of another page */,
                                  stolen /* of somebody else */};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        speak(i % 2 ? "en" : "nl");
        citizen_post(&citizen, "/vragen/begin.waarom", bodies[i]);
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, "mijn &lt;verhaal&gt;");
        expect_says(&citizen.reply,
                    i % 2 ? "This page was open for too long." : "Deze pagina stond te lang open.");
    }
    expect_saves(0);
    /* A good one goes out of date after a day; the page that says so carries a new one. */
    speak("nl");
    citizen_fill(body, sizeof body, &citizen, "begin.waarom", "waarom=langzaam");
    clock_forward(DAY_S);
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    clock_forward(1);
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "langzaam");
    snprintf(token, sizeof token, "%s", citizen_token(&citizen, "/vragen/begin.waarom"));
    snprintf(body, sizeof body, "token=%s&waarom=langzaam", token);
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    expect_saves(2);
    end();
}

/* A browser that says nothing of where a form comes from has only the token to show, and it may be a day old:
 * who typed gets it back, and nobody else gets anything shown or kept. */
Test(form, of_a_silent_browser_is_given_back_when_it_lay_open_too_long)
{
    static struct citizen other;
    char stolen[512];
    begin_form();
    citizen_init(&other, port_of(app));
    citizen_begin(&other, ROUND, "volledig", "");
    citizen_fill(stolen, sizeof stolen, &other, "begin.waarom", "waarom=verhaal+van+b");
    citizen_fill(body, sizeof body, &citizen, "begin.waarom", "waarom=%3Cscript%3Ewas+lang%3C%2Fscript%3E");
    clock_forward(DAY_S + 1);
    citizen.site = NULL;
    citizen.more = "Origin: null\r\n";
    for (int turn = 0; turn < 2; turn++) {
        speak(turn ? "en" : "nl");
        citizen_post(&citizen, "/vragen/begin.waarom", stolen);
        expect_status(&citizen.reply, 403);
        expect_silent(&citizen.reply, "verhaal van b");
        citizen_post(&citizen, "/vragen/begin.kleur", body); /* not the page that it was made for */
        expect_status(&citizen.reply, 403);
        citizen_post(&citizen, "/vragen/begin.waarom", body);
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, "&lt;script&gt;was lang&lt;/script&gt;");
        expect_silent(&citizen.reply, "<script");
        expect_says(&citizen.reply, turn ? "Check it and send the page again."
                                         : "Controleer het en verstuur de pagina opnieuw.");
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft WHERE revision > 1"), 0);
    snprintf(body, sizeof body, "token=%s&waarom=was+lang", citizen_token(&citizen, "/vragen/begin.waarom"));
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    end();
}

Test(form, with_a_forged_cookie_opens_nothing)
{
    char code[CODE_TEXT_BYTES];
    char good[256];
    char cookies[10][256];
    size_t n = 0;
    begin_form();
    citizen_answer(&citizen, "begin.waarom", "waarom=geheim+van+mij");
    snprintf(code, sizeof code, "%s", citizen_code(&citizen));
    snprintf(good, sizeof good, "%s", citizen.participation);
    snprintf(cookies[n++], sizeof cookies[0], ".");
    snprintf(cookies[n++], sizeof cookies[0], "..");
    snprintf(cookies[n++], sizeof cookies[0], "%s", code);
    snprintf(cookies[n++], sizeof cookies[0], "%s.bestaat-niet.volledig", code);
    snprintf(cookies[n++], sizeof cookies[0], "%s.klein-2.volledig", code);
    snprintf(cookies[n++], sizeof cookies[0], "0123-4567-89AB-CDEF." ROUND ".volledig");
    snprintf(cookies[n++], sizeof cookies[0], "' OR 1=1 --." ROUND ".volledig");
    snprintf(cookies[n++], sizeof cookies[0], "%s." ROUND ".volledig", "\xff\xfe");
    snprintf(cookies[n++], sizeof cookies[0], "%0200d", 0);
    for (size_t i = 0; i < n; i++) {
        memcpy(citizen.participation, cookies[i], sizeof citizen.participation);
        speak(i % 2 ? "en" : "nl");
        citizen_get(&citizen, "/vragen/begin.waarom");
        expect_status(&citizen.reply, 303);
        expect_silent(&citizen.reply, "geheim van mij");
        citizen_post(&citizen, "/vragen/begin.waarom", "token=AAAA&waarom=net+getypt");
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, "net getypt");
        expect_says(&citizen.reply, i % 2 ? "This is what you filled in" : "Dit had u ingevuld");
        expect_silent(&citizen.reply, "geheim van mij");
        citizen_get(&citizen, "/ontvangst");
        cr_expect(citizen.reply.status == 303 || citizen.reply.status == 404, "%s", cookies[i]);
    }
    /* Which version the cookie claims is of no account: the draft knows. */
    snprintf(citizen.participation, sizeof citizen.participation, "%s." ROUND ".bestaat-niet", code);
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_says(&citizen.reply, "geheim van mij");
    snprintf(citizen.participation, sizeof citizen.participation, "%s", good);
    expect_saves(1);
    end();
}

/* ---- bytes ---- */

/* Sends a head of a POST to the page that promises so much, then the bytes, and reads what comes. */
static void send_raw(const char *kind, size_t promised, const void *bytes, size_t size)
{
    char head[1024];
    struct client *client = client_open(citizen.port);
    snprintf(head, sizeof head,
             "POST /vragen/begin.waarom HTTP/1.1\r\nHost: test\r\nCookie: deelname=%s; taal=%s\r\n"
             "Sec-Fetch-Site: same-origin\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
             citizen.participation, citizen.language, kind, promised);
    cr_assert(client_send_text(client, head));
    client_send(client, bytes, size);
    if (promised == size || promised > 1000000) {
        client_read(&citizen.reply, client, true);
    }
    client_close(client);
}

Test(form, of_bytes_that_are_no_form_is_refused)
{
    static const char form[] = "application/x-www-form-urlencoded";
    static const char *const bodies[] = {"waarom=%ff%fe", "waarom=%c0%af", "waarom=%ed%a0%80", "waarom=a%00b",
                                         "waarom=%",      "waarom=%zz",    "waarom=\xff",      "%ff=x"};
    char token[128];
    begin_form();
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        speak(i % 2 ? "en" : "nl");
        citizen_get(&citizen, "/vragen/begin.waarom");
        snprintf(token, sizeof token, "%s", citizen_token(&citizen, "/vragen/begin.waarom"));
        snprintf(body, sizeof body, "token=%s&%s", token, bodies[i]);
        citizen_post(&citizen, "/vragen/begin.waarom", body);
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, i % 2 ? "This form did not" : "Dit formulier kwam niet goed aan");
    }
    speak("nl");
    snprintf(body, sizeof body, "token=%s&waarom=half", token);
    send_raw("text/plain", strlen(body), body, strlen(body));
    expect_status(&citizen.reply, 415);
    expect_says(&citizen.reply, "Wij kunnen dit niet lezen");
    send_raw(form, 10 * 1024 * 1024, body, strlen(body));
    expect_status(&citizen.reply, 413);
    expect_says(&citizen.reply, "Uw tekst is te lang");
    speak("en");
    send_raw(form, 10 * 1024 * 1024, body, strlen(body));
    expect_status(&citizen.reply, 413);
    expect_says(&citizen.reply, "lang=\"en\"");
    /* Half of it, and then the connection is gone: nobody is there to answer. */
    for (size_t half = 1; half < strlen(body); half += 9) {
        send_raw(form, strlen(body), body, half);
    }
    expect_saves(0);
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    end();
}

Test(form, with_a_text_too_long_keeps_all_of_it)
{
    enum { LIMIT = 300, TYPED = 12000 };
    char *typed = malloc(TYPED + 1);
    char *posted = malloc(TYPED + 512);
    cr_assert(typed && posted);
    begin_form();
    memset(typed, 'x', TYPED);
    memcpy(typed, "begin van een lang verhaal", 26);
    memcpy(typed + TYPED - 8, "het einde", 9);
    typed[TYPED] = '\0';
    for (int turn = 0; turn < 2; turn++) {
        speak(turn ? "en" : "nl");
        citizen_get(&citizen, "/vragen/begin.waarom");
        snprintf(posted, TYPED + 512, "token=%s&waarom=%s", citizen_token(&citizen, "/vragen/begin.waarom"),
                 typed);
        citizen_post(&citizen, "/vragen/begin.waarom", posted);
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, typed);
        expect_says(&citizen.reply, turn ? "You used 12,000 characters and there is room for 300."
                                         : "U gebruikte 12.000 tekens en er is plaats voor 300.");
    }
    expect_saves(0);
    /* Characters count, not bytes: 300 of four bytes fit, and a line end is one. */
    speak("nl");
    citizen_get(&citizen, "/vragen/begin.waarom");
    int used =
        snprintf(posted, TYPED + 512, "token=%s&waarom=", citizen_token(&citizen, "/vragen/begin.waarom"));
    for (int i = 0; i < LIMIT; i++) {
        used +=
            snprintf(posted + used, (size_t)(TYPED + 512 - used), "%s", i == 150 ? "%0D%0A" : "%F0%9F%8C%B1");
    }
    citizen_post(&citizen, "/vragen/begin.waarom", posted);
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    snprintf(posted + used, (size_t)(TYPED + 512 - used), "x");
    citizen_post(&citizen, "/vragen/begin.waarom", posted);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "U gebruikte 301 tekens");
    expect_saves(1);
    free(typed);
    free(posted);
    end();
}

/* ---- answers that are none ---- */

/* Asked for in the other language a page comes back as it was typed: not judged, not kept. */
Test(form, keeps_what_was_typed_in_the_other_language)
{
    begin_form();
    citizen_fill(body, sizeof body, &citizen, "begin.waarom", "actie=taal&waarom=mijn+%3Cverhaal%3E");
    expect_says(&citizen.reply, "formaction=\"/vragen/begin.waarom?taal=en\"");
    citizen_post(&citizen, "/vragen/begin.waarom?taal=en", body);
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "<html lang=\"en\"");
    expect_says(&citizen.reply, "mijn &lt;verhaal&gt;");
    expect_says(&citizen.reply, "formaction=\"/vragen/begin.waarom?taal=nl\"");
    cr_expect_str_eq(citizen.language, "en");
    expect_saves(0);
    citizen_answer(&citizen, "begin.waarom", "waarom=mijn+verhaal");
    expect_saves(1);
    end();
}

Test(form, with_answers_that_do_not_exist_is_refused)
{
    static const char *const fields[] = {"houding=bestaat-niet", "houding=GOED", "houding=go%0Aed",
                                         "houding=%3Cb%3E", "houding=-1"};
    begin_form();
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        speak(i % 2 ? "en" : "nl");
        citizen_answer(&citizen, "begin.houding", fields[i]);
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, i % 2 ? "Choose one of the answers shown here."
                                          : "Kies een van de antwoorden die hier staan.");
        expect_silent(&citizen.reply, "<b>");
    }
    expect_saves(0);
    /* What the page does not ask is no answer, whatever it is called: another page's question, the service's
     * own variables, anything. */
    speak("nl");
    citizen_answer(&citizen, "begin.houding",
                   "houding=goed&bestaat-niet=1&kleur=rood&kwaliteit=goed&waarom=stiekem&kanaal=papier");
    expect_redirect(&citizen.reply, "/vragen/begin.waarom");
    citizen_get(&citizen, "/controle");
    expect_says(&citizen.reply, "Goed");
    expect_silent(&citizen.reply, "stiekem");
    expect_silent(&citizen.reply, "Rood");
    expect_saves(1);
    citizen_get(&citizen, "/vragen/bestaat-niet");
    expect_status(&citizen.reply, 404);
    citizen_post(&citizen, "/vragen/bestaat-niet", "waarom=x");
    expect_status(&citizen.reply, 404);
    end();
}

Test(form, that_routing_forbids_is_given_back)
{
    begin_form();
    citizen_answer(&citizen, "begin.kleur", "kleur=rood");
    expect_redirect(&citizen.reply, "/vragen/begin.rood");
    citizen_fill(body, sizeof body, &citizen, "begin.rood", "rood=omdat+het+warm+is");
    /* Another tab changes its mind. */
    citizen_answer(&citizen, "begin.kleur", "kleur=blauw");
    for (int turn = 0; turn < 2; turn++) {
        speak(turn ? "en" : "nl");
        citizen_post(&citizen, "/vragen/begin.rood", body);
        expect_status(&citizen.reply, 409);
        expect_says(&citizen.reply, "omdat het warm is");
        expect_says(&citizen.reply, turn ? "This question no longer goes with your answers"
                                         : "Deze vraag hoort niet meer bij uw antwoorden");
        expect_says(&citizen.reply, "href=\"/controle\"");
    }
    citizen_get(&citizen, "/vragen/begin.rood");
    expect_redirect(&citizen.reply, "/vragen/begin.doet-mee-voor");
    expect_saves(2);
    citizen_answer(&citizen, "begin.kleur", "kleur=rood");
    citizen_post(&citizen, "/vragen/begin.rood", body);
    expect_status(&citizen.reply, 303);
    /* What routing takes away before sending is not sent. */
    citizen_answer(&citizen, "begin.kleur", "kleur=blauw");
    citizen_send(&citizen);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 0);
    citizen_get(&citizen, "/ontvangst");
    expect_silent(&citizen.reply, "omdat het warm is");
    end();
}

Test(form, of_a_module_that_was_not_assigned_is_given_back)
{
    static const char *const modules[] = {"kweekvlees", "vaccins", "ngt-planten", "gentherapie"};
    int refused = 0;
    begin_in(REAL_CONSULTATION);
    citizen_begin(&citizen, "biotechnologie-2026-1", "volledig", "");
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        char target[128];
        snprintf(target, sizeof target, "/vragen/%s.waarom", modules[i]);
        citizen_get(&citizen, target);
        cr_assert_neq(citizen.reply.status, 404, "%s", target);
        if (citizen.reply.status == 303) {
            char field[128];
            snprintf(field, sizeof field, "token=AAAA&%s_waarom=niet+aan+mij+gevraagd", modules[i]);
            citizen_post(&citizen, target, field);
            cr_expect(citizen.reply.status == 400 || citizen.reply.status == 409);
            expect_says(&citizen.reply, "niet aan mij gevraagd");
            refused++;
        }
    }
    cr_expect_gt(refused, 0, "nobody is asked about everything");
    expect_saves(0);
    end();
}
