/* The database is away: every page and every call says so, keeps what was typed, and goes on as soon as it is
 * back. */
#include "app/release_scene.h"
#include "app/staff.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(away, .fini = leaks_check, .timeout = 110);

enum { BACK_MS = 20000 };
#define SIGNAL "/beheer/signalen/1"

static struct place place;
static struct app *app;
static struct citizen citizen;

static void begin(void)
{
    place_make_on_server(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    citizen_init(&citizen, port_of(app));
    citizen_begin(&citizen, ROUND, "volledig", "");
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void expect_unavailable(const struct client_reply *reply)
{
    expect_status(reply, 503);
    const char *after = client_header(reply, "Retry-After");
    cr_assert(after && atoi(after) > 0, "Retry-After: %s", after ? after : "-");
    expect_silent(reply, "PostgreSQL");
    expect_silent(reply, "SQLSTATE");
}

/* A form of the signal, of its newest revision. */
static void staff_send(struct staff *staff, const char *form, const char *fields)
{
    char path[128], all[512];
    snprintf(path, sizeof path, SIGNAL "%s", form);
    staff_get(staff, path);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(staff, "gelezen"));
    staff_post(staff, path, path, all);
    expect_status(&staff->reply, 303);
}

Test(away, a_page_gives_back_what_was_typed_and_takes_it_later)
{
    char body[512];
    begin();
    citizen_get(&citizen, "/vragen/begin.waarom");
    snprintf(body, sizeof body, "token=%s&waarom=Een+%%3Cb%%3Elang%%3C%%2Fb%%3E+verhaal",
             citizen_token(&citizen, "/vragen/begin.waarom"));
    test_server_crash(&place.server);

    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_unavailable(&citizen.reply);
    expect_says(&citizen.reply, "Een &lt;b&gt;lang&lt;/b&gt; verhaal");
    expect_says(&citizen.reply, "Deze pagina is nog niet bewaard");
    snprintf(citizen.language, sizeof citizen.language, "en");
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_unavailable(&citizen.reply);
    expect_says(&citizen.reply, "Een &lt;b&gt;lang&lt;/b&gt; verhaal");
    expect_says(&citizen.reply, "<html lang=\"en\"");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_unavailable(&citizen.reply);

    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    citizen_get(&citizen, "/controle");
    expect_says(&citizen.reply, "Een &lt;b&gt;lang&lt;/b&gt; verhaal");
    end();
}

/* Staff too: what was typed stands on the page, and one button sends it again. A password never does. */
Test(away, a_form_of_staff_is_given_back_and_sent_again)
{
    static struct staff staff;
    static const char form[] = "/beheer/signalen/nieuw";
    static const char login[] = "/beheer/inloggen";
    char body[512];
    begin();
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_get(&staff, form);
    snprintf(
        body, sizeof body,
        "token=%s&bron=media&titel=Mensen+%%3Cb%%3Ewillen%%3C%%2Fb%%3E+kiezen&tekst=Zij+willen%%0D%%0Ahet."
        "&waarden=keuzevrijheid&waarden=veiligheid&gelezen=0",
        staff_token(&staff));
    test_server_crash(&place.server);

    staff_exchange(&staff, "POST", form, body);
    expect_unavailable(&staff.reply);
    cr_expect_str_eq(client_header(&staff.reply, "Cache-Control"), "no-store");
    expect_says(&staff.reply, "Dit is misschien niet opgeslagen");
    expect_says(&staff.reply, ">Mensen &lt;b&gt;willen&lt;/b&gt; kiezen</dd>");
    expect_silent(&staff.reply, ">gelezen</dt>");
    expect_says(&staff.reply, "action=\"/beheer/signalen/nieuw\"");
    expect_says(&staff.reply, "name=\"titel\" value=\"Mensen &lt;b&gt;willen&lt;/b&gt; kiezen\"");
    expect_says(&staff.reply, "name=\"waarden\" value=\"keuzevrijheid\"");
    expect_says(&staff.reply, "name=\"waarden\" value=\"veiligheid\"");
    expect_says(&staff.reply, "name=\"gelezen\" value=\"0\"");
    cr_expect_not_null(strstr(body, staff_token(&staff)), "it goes with the token of the form");
    /* A file is not kept: it is chosen again. */
    staff_upload(&staff, login, "/beheer/gesprekken/1/laden", "debrief=Het was druk", "gesprek.txt",
                 SLICE("Wat in het bestand staat"));
    expect_unavailable(&staff.reply);
    expect_says(&staff.reply, ">Het was druk</dd>");
    expect_says(&staff.reply, "kies uw bestand opnieuw");
    expect_silent(&staff.reply, "Nog een keer sturen");
    expect_silent(&staff.reply, "Wat in het bestand staat");
    staff_get(&staff, login);
    char secret[256];
    snprintf(secret, sizeof secret, "token=%s&naam=sanne&wachtwoord=een+geheim+woord", staff_token(&staff));
    staff_exchange(&staff, "POST", login, secret);
    expect_unavailable(&staff.reply);
    expect_silent(&staff.reply, "een geheim woord");
    expect_says(&staff.reply, "Het is nu te druk");

    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    staff_exchange(&staff, "POST", form, body);
    expect_redirect(&staff.reply, SIGNAL);
    staff_get(&staff, SIGNAL);
    expect_says(&staff.reply, "Mensen &lt;b&gt;willen&lt;/b&gt; kiezen");
    end();
}

/* Whom a signal was passed on to, answering by the link. */
Test(away, an_answer_by_a_link_is_kept_and_taken_later)
{
    static const char typed[] = "uitkomst=niet&redenen=Omdat+%3Cb%3EEuropa%3C%2Fb%3E+beslist.&naam=Directie";
    static struct staff staff;
    struct citizen other;
    char link[64];
    begin();
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_post(&staff, "/beheer/signalen/nieuw", "/beheer/signalen/nieuw",
               "bron=media&titel=Kiezen&tekst=Mensen+willen+kiezen.&waarden=keuzevrijheid&gelezen=0");
    expect_redirect(&staff.reply, SIGNAL);
    staff_send(&staff, "/stap", "naar=gewogen&grond=mandaat&verwijzing=Mandaat+van+juni");
    staff_send(&staff, "/doorgeleiding",
               "soort=toezichthouder&geadresseerde=NVWA&vraag=Kan+dit%3F&rol=kaders-stellen"
               "&antwoordVoor=2027-03-01");
    staff_post(&staff, SIGNAL, SIGNAL "/doorgeleiding/1/link", "");
    const char *at = strstr(staff.reply.body, "/antwoord/");
    cr_assert_not_null(at, "%s", staff.reply.body);
    snprintf(link, sizeof link, "%.29s", at); /* and XXXX-XXXX-XXXX-XXXX */
    citizen_init(&other, port_of(app));
    test_server_crash(&place.server);

    citizen_post(&other, link, typed);
    expect_unavailable(&other.reply);
    expect_says(&other.reply, "Uw antwoord is nog niet verstuurd");
    expect_says(&other.reply, "Omdat &lt;b&gt;Europa&lt;/b&gt; beslist.");
    expect_says(&other.reply, "value=\"Directie\"");
    expect_says(&other.reply, "value=\"niet\" selected");
    cr_expect_str_eq(client_header(&other.reply, "Cache-Control"), "no-store");

    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    char sent[200];
    snprintf(sent, sizeof sent, "%s&stap=versturen", typed);
    citizen_post(&other, link, sent);
    expect_status(&other.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_answer"), 1);
    end();
}

Test(away, what_needs_no_database_is_there_and_readiness_tells)
{
    static struct citizen newcomer;
    begin();
    test_server_crash(&place.server);
    wait_for_status(port_of(app), "/gereed", 503, BACK_MS);
    wait_for_status(port_of(app), "/levend", 200, 0);
    citizen_get(&citizen, "/");
    expect_status(&citizen.reply, 200);
    citizen_get(&citizen, "/privacy");
    expect_status(&citizen.reply, 200);
    /* Nobody gets a code that there is no draft behind. */
    citizen_init(&newcomer, port_of(app));
    citizen_post(&newcomer, "/deelname", "ronde=" ROUND);
    expect_unavailable(&newcomer.reply);
    cr_expect_str_empty(newcomer.participation);
    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    citizen_begin(&newcomer, ROUND, "volledig", "");
    end();
}

Test(away, answers_are_sent_when_it_is_back_and_once)
{
    char body[256];
    begin();
    citizen_answer(&citizen, "begin.houding", "houding=goed");
    citizen_get(&citizen, "/controle");
    snprintf(body, sizeof body, "token=%s", citizen_token(&citizen, "/controle"));
    test_server_crash(&place.server);
    citizen_post(&citizen, "/controle", body);
    expect_unavailable(&citizen.reply);
    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    citizen_post(&citizen, "/controle", body);
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_post(&citizen, "/controle", body);
    expect_redirect(&citizen.reply, "/ontvangst");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 0);
    end();
}

Test(away, the_API_says_so_as_a_problem)
{
    static struct client_reply reply;
    char header[64];
    begin();
    const char *key = place_issue_key(&place, "inname", "inname");
    /* The key is known within seconds. */
    for (int tries = 0; tries < 500 && reply.status != 201; tries++) {
        api_call(&reply, port_of(app), key, "POST", "/v1/rondes/" ROUND "/deelnames", "", "{}");
        client_sleep_ms(20);
    }
    expect_status(&reply, 201);
    json_t *started = reply_json(&reply);
    snprintf(header, sizeof header, "Deelnamecode: %s\r\n",
             json_string_value(json_object_get(started, "code")));
    json_decref(started);

    test_server_crash(&place.server);
    api_call(&reply, port_of(app), key, "POST", "/v1/rondes/" ROUND "/inzendingen", header,
             "{\"houding\":\"goed\"}");
    expect_unavailable(&reply);
    cr_expect_str_eq(client_header(&reply, "Content-Type"), "application/problem+json");
    api_call(&reply, port_of(app), NULL, "GET", "/v1/rondes/" ROUND "/inzending", header, NULL);
    expect_unavailable(&reply);

    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    api_call(&reply, port_of(app), key, "POST", "/v1/rondes/" ROUND "/inzendingen", header,
             "{\"houding\":\"goed\"}");
    expect_status(&reply, 201);
    api_call(&reply, port_of(app), NULL, "GET", "/v1/rondes/" ROUND "/inzending", header, NULL);
    expect_status(&reply, 200);
    end();
}

/* Whoever asks the same gets the same bytes, which were made once; a new release has files of its own. */
Test(away, a_file_of_a_release_is_made_once)
{
    static struct release_scene scene;
    static struct client_reply first, again, other, next;
    static const char book[] = "/v1/consultaties/uitgave/tabellenboek?werving=open&formaat=ods";
    char tag[64];
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    people_add_random(&scene, 300);
    scene_release_now(&scene);
    app = app_up(&scene.place);
    wait_for_status(port_of(app), book, 200, BACK_MS);
    client_get(&first, port_of(app), book);
    client_sleep_ms(1100); /* a ZIP says when it was made, to the second or two */
    client_get(&again, port_of(app), book);
    cr_expect_eq(first.body_len, again.body_len);
    cr_expect_arr_eq(first.body, again.body, first.body_len);
    client_get(&other, port_of(app),
               "/v1/consultaties/uitgave/tabellenboek?werving=open&formaat=ods&taal=en");
    expect_status(&other, 200);
    cr_expect(other.body_len != first.body_len || memcmp(other.body, first.body, first.body_len) != 0);
    snprintf(tag, sizeof tag, "%s", client_header(&first, "ETag"));
    people_add_random(&scene, 300);
    scene_release_now(&scene);
    for (int tries = 0; tries < 500; tries++) {
        client_get(&next, port_of(app), book);
        if (strcmp(client_header(&next, "ETag"), tag) != 0) {
            break;
        }
        client_sleep_ms(20);
    }
    expect_status(&next, 200);
    cr_expect_str_neq(client_header(&next, "ETag"), tag);
    cr_expect(next.body_len != first.body_len || memcmp(next.body, first.body, first.body_len) != 0);
    app_down(app);
    release_scene_remove(&scene);
}

/* Files without a name in this folder that the test's process holds. */
static size_t nameless_files(const char *folder)
{
    char link[PATH_MAX], target[PATH_MAX];
    size_t count = 0;
    struct dirent *entry;
    DIR *dir = opendir("/proc/self/fd");
    while ((entry = readdir(dir)) != NULL) {
        snprintf(link, sizeof link, "/proc/self/fd/%s", entry->d_name);
        const ssize_t len = readlink(link, target, sizeof target - 1);
        target[len < 0 ? 0 : len] = '\0';
        count += strncmp(target, folder, strlen(folder)) == 0 && strstr(target, "(deleted)") != NULL;
    }
    closedir(dir);
    return count;
}

/* Whether there come to be as many, and stay: the service holds others while it publishes the release, and an
 * answer holds its own until its connection is over. */
static bool files_settle(const char *folder, size_t wanted)
{
    enum { LOOKS = 500, IN_A_ROW = 10 };
    size_t good = 0;
    for (size_t look = 0; look < LOOKS && good < IN_A_ROW; look++) {
        good = nameless_files(folder) == wanted ? good + 1 : 0;
        client_sleep_ms(20);
    }
    return good == IN_A_ROW;
}

/* All tables of a release take long to write down: they are there before somebody asks, and then those of the
 * next release instead. */
Test(away, the_tables_of_a_release_are_written_down_before_somebody_asks)
{
    static struct release_scene scene;
    static struct client_reply reply;
    static const char table[] = "/v1/consultaties/uitgave/tabellen?variabele=mening&werving=open";
    enum { FILES = 2 /* of one stream without weights: CSV and JSON lines */ };
    char folder[] = "/tmp/zevenstem-away-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    scene.place.config.exports.folder = folder;
    people_add_random(&scene, 300);
    scene_release_now(&scene);
    app = app_up(&scene.place);
    wait_for_status(port_of(app), table, 200, BACK_MS);
    cr_expect(files_settle(folder, FILES));
    client_get(&reply, port_of(app),
               "/v1/consultaties/uitgave/uitgaven/tabellen?gewogen=false&formaat=jsonl&werving=open");
    expect_status(&reply, 200);
    client_get(&reply, port_of(app), "/v1/consultaties/uitgave/uitgaven/tabellen?formaat=csv");
    expect_status(&reply, 200);
    cr_expect(files_settle(folder, FILES), "these were they, whatever way they are asked for");
    app_down(app);
    cr_expect_eq(nameless_files(folder), 0);
    cr_expect_eq(rmdir(folder), 0);
    release_scene_remove(&scene);
}

/* A release is immutable and in memory: who reads it needs no database. An analyst's answer has an audit
 * line. */
Test(away, what_was_released_is_shown_and_what_is_audited_is_not)
{
    static struct release_scene scene;
    static struct client_reply before, reply;
    static const char *const shown[] = {
        "/v1/consultaties/uitgave/tabellen?variabele=mening&groepeerOp=gender&werving=open",
        "/v1/consultaties/uitgave/uitgaven",
        "/v1/consultaties/uitgave/uitgaven/tabellen?werving=open",
        "/v1/consultaties/uitgave/uitgaven/tabellen?werving=open&formaat=jsonl",
        "/v1/consultaties/uitgave/tabellenboek?werving=open&formaat=ods",
        "/v1/consultaties/uitgave/codeboek",
        "/uitkomsten/uitgave",
        "/uitkomsten/uitgave/vraag/mening"};
    static const char public_view[] =
        "/v1/consultaties/uitgave/tabellen?variabele=mening&groepeerOp=gender&werving=open&weergave=openbaar";
    static const char public_book[] =
        "/v1/consultaties/uitgave/tabellenboek?werving=open&formaat=xlsx&weergave=openbaar";
    release_scene_make_on_server(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    people_add_random(&scene, 300);
    scene_release_now(&scene);
    const char *key = place_issue_key(&scene.place, "analist", "analist");
    app = app_up(&scene.place);
    wait_for_key(port_of(app), key);
    wait_for_status(port_of(app), shown[0], 200, BACK_MS);
    client_get(&before, port_of(app), shown[0]);
    test_server_crash(&scene.place.server);
    wait_for_status(port_of(app), "/gereed", 503, BACK_MS);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        client_get(&reply, port_of(app), shown[i]);
        expect_status(&reply, 200);
    }
    client_get(&reply, port_of(app), shown[0]);
    cr_expect_str_eq(reply.body, before.body);
    cr_expect_str_eq(client_header(&reply, "ETag"), client_header(&before, "ETag"));
    client_get(&reply, port_of(app), "/v1/consultaties/uitgave/tabellen?variabele=nergens&maat=mediaan");
    expect_status(&reply, 400);
    /* A key takes nothing away from who asks for what is public; one that nobody has is refused. */
    api_call(&reply, port_of(app), key, "GET", public_view, "", NULL);
    expect_status(&reply, 200);
    cr_expect_str_eq(reply.body, before.body);
    api_call(&reply, port_of(app), key, "GET", public_book, "", NULL);
    expect_status(&reply, 200);
    api_call(&reply, port_of(app), "zs_niemand", "GET", public_view, "", NULL);
    expect_status(&reply, 401);
    api_call(&reply, port_of(app), key, "GET", shown[0], "", NULL);
    expect_unavailable(&reply);
    test_server_restart(&scene.place.server);
    wait_for_status(port_of(app), "/gereed", 200, BACK_MS);
    api_call(&reply, port_of(app), key, "GET", shown[0], "", NULL);
    expect_status(&reply, 200);
    app_down(app);
    release_scene_remove(&scene);
}
