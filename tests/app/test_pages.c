/* Pages of results over HTTP: what the public reads and in which words, every way not to get it, and caching.
 * In the fixture nothing is tagged to a value; those pages are looked at in a browser. */
#include "app/release_scene.h"

#include <stdio.h>
#include <string.h>

TestSuite(pages, .fini = leaks_check, .timeout = 110);

#define PAGES    "/uitkomsten/uitgave"
#define QUESTION PAGES "/vraag/mening"

enum { PEOPLE = 900 };

static struct release_scene scene;
static struct app *app;
static struct client_reply reply;

/* released: the public round has a release. */
static void begin(bool released)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    if (released) {
        people_add_random(&scene, PEOPLE);
        scene_release_now(&scene);
    }
    app = app_up(&scene.place);
}

static void end(void)
{
    app_down(app);
    release_scene_remove(&scene);
}

static void get(const char *target, int status)
{
    client_get(&reply, port_of(app), target);
    expect_status(&reply, status);
}

static void get_with(const char *target, const char *headers, int status)
{
    client_request(&reply, port_of(app), "GET", target, headers, NULL);
    expect_status(&reply, status);
}

static const char *header(const char *name)
{
    const char *value = client_header(&reply, name);
    return value ? value : "";
}

Test(pages, lead_from_the_list_to_every_kind_of_page)
{
    begin(true);
    get("/uitkomsten", 200);
    expect_says(&reply, "<h1 class=\"nl-heading nl-heading--level-1\">Uitkomsten</h1>");
    expect_says(&reply, "href=\"" PAGES "\">Kleine consultatie</a>");
    get(PAGES, 200);
    expect_says(&reply, "Uitkomsten: Kleine consultatie");
    expect_says(&reply, "href=\"" QUESTION "\">Wat vindt u ervan?</a>");
    expect_says(&reply, "href=\"" PAGES "/wie\"");
    expect_says(&reply, "Uitgave 1 van ");
    get(QUESTION, 200);
    expect_says(&reply, "Wat vindt u ervan?</h1>");
    expect_says(&reply, "zs-chart__row--scale");
    expect_says(&reply, "Zij kwamen via de open link.");
    expect_says(&reply, "/assets/charts.");
    get(PAGES "/vraag/keus", 200);
    expect_says(&reply, "zs-chart__bar");
    get(PAGES "/vraag/getal", 200);
    expect_says(&reply, "Gemiddelde");
    get(PAGES "/wie", 200);
    expect_says(&reply, "Daarom zegt geen cijfer hier hoeveel mensen in heel het land iets vinden.");
    expect_says(&reply, "Steekproef met uitnodiging");
    get(PAGES "/methode", 200);
    expect_says(&reply, "Er komen ten hoogste 5 mensen bij");
    expect_says(&reply, "pas vanaf 15 mensen");
    end();
}

/* From the foot of any page: what the table shows, with the figures as files. */
Test(pages, lead_to_what_the_table_shows_and_to_files)
{
    static const char *const places[] = {"/signalen",         "/agenda",           "/waardenkaart",
                                         "/afwegingskaders",  "/besluitenlijsten", "/meepraten",
                                         "/onderzoeksagenda", "/herijking",        "/rapporten",
                                         "/berichten",        "/laat-iets-weten",  "/open-data"};
    begin(true);
    get("/", 200);
    expect_says(&reply, "href=\"/tafel\"");
    get(PAGES, 200);
    expect_says(&reply, "href=\"/open-data\"");
    const char *book = strstr(reply.body, "/v1/consultaties/uitgave/tabellenboek?");
    cr_assert_not_null(book);
    char address[400];
    size_t used = 0;
    for (const char *at = book; *at && *at != '"' && used + 1 < sizeof address; used++) {
        address[used] = *at;
        at += strncmp(at, "&amp;", 5) == 0 ? 5 : 1;
    }
    address[used] = '\0';
    get(address, 200);
    for (size_t language = 0; language < 2; language++) {
        get(language == 0 ? "/tafel" : "/tafel?taal=en", 200);
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            char link[80];
            snprintf(link, sizeof link, "href=\"%s\"", places[i]);
            expect_says(&reply, link);
        }
        expect_says(&reply, "href=\"/consultaties/uitgave/wat-er-mee-gebeurt\"");
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        client_request(&reply, port_of(app), "GET", places[i], "", NULL);
        if (reply.status == 200) { /* some have nothing yet */
            expect_says(&reply, "href=\"/tafel\">Terug</a>");
        }
    }
    get("/consultaties/uitgave/wat-er-mee-gebeurt", 200);
    expect_says(&reply, "Bekijk wat de maatschappelijke tafel doet");
    end();
}

Test(pages, show_the_numbers_of_the_release)
{
    char count[64];
    begin(true);
    const int64_t apples = scene_count(&scene, "keus", "appel", "");
    cr_assert_gt(apples, 0);
    get(PAGES "/vraag/keus", 200);
    snprintf(count, sizeof count, "column\">%d</td>", (int)apples);
    expect_says(&reply, count);
    const int64_t women = scene_count(&scene, "keus", "appel", "gender=vrouw");
    get(PAGES "/vraag/keus?filter=gender:vrouw", 200);
    snprintf(count, sizeof count, "column\">%d</td>", (int)women);
    expect_says(&reply, count);
    expect_says(&reply, "met het antwoord “Vrouw” bij “Wat is uw gender?”");
    get(PAGES "/vraag/keus/csv?filter=gender:vrouw", 200);
    cr_expect_str_eq(header("Content-Type"), "text/csv; charset=utf-8; header=present");
    cr_expect_str_eq(header("Content-Disposition"), "attachment; filename=\"uitgave-1-keus.csv\"");
    snprintf(count, sizeof count, ";%d;", (int)women);
    if (!strstr(reply.body, count)) {
        snprintf(count, sizeof count, ",%d,", (int)women);
    }
    expect_says(&reply, count);
    end();
}

Test(pages, split_by_what_the_release_has)
{
    begin(true);
    get(QUESTION "?groep=gender", 200);
    expect_says(&reply, ">Vrouw<");
    expect_silent(&reply, "Zeg ik niet</th>");
    expect_says(&reply, "<option value=\"gender\" selected>");
    expect_says(&reply, "groepeerOp=gender&amp;ronde=uitgave-1&amp;werving=open&amp;gewogen=false\"");
    get(QUESTION "?groep=gender&groep2=leeftijd&filter=&werving=&gewogen=", 200);
    expect_says(&reply, "Vrouw, ");
    get(PAGES "/vraag/keus?groep=gender&antwoord=peer", 200);
    expect_says(&reply, "zs-chart__dot-1");
    expect_says(&reply, "Het antwoord “Peer” per groep");
    expect_says(&reply, "Iedereen die meedeed: ");
    get(PAGES "/vraag/keus?groep=gender&filter=leeftijd:35-64", 200);
    expect_says(&reply, "Al deze mensen: ");
    expect_silent(&reply, "Iedereen die meedeed: ");
    end();
}

Test(pages, say_what_is_wrong_with_an_address_and_what_can_be_asked)
{
    static const struct {
        const char *target;
        int status;
        const char *says;
    } cases[] = {
        {QUESTION "?groep=kwaliteit", 400, "Zo hebben wij niet geteld"},
        {QUESTION "?groep=onzin", 400, "Deze groep klopt niet"},
        {QUESTION "?groep=gender&groep2=gender", 400, "Deze groep klopt niet"},
        {QUESTION "?groep=mening", 400, "Deze groep klopt niet"},
        {QUESTION "?groep=gender&groep2=leeftijd&filter=streek:noord", 400,
         "Dit zijn te veel groepen tegelijk"},
        {QUESTION "?filter=gender", 400, "Dit filter klopt niet"},
        {QUESTION "?filter=gender:draak", 400, "Dit filter klopt niet"},
        {QUESTION "?filter=mening:goed", 400, "Dit filter klopt niet"},
        {QUESTION "?filter=gender:vrouw,gender:man", 400, "Dit filter klopt niet"},
        {QUESTION "?werving=panel", 404, "Van deze mensen zijn er geen uitkomsten"},
        {QUESTION "?ronde=uitgave-9", 404, "Deze ronde is er niet"},
        {QUESTION "?ronde=uitgave-proef", 404, "Deze ronde is er niet"},
        {PAGES "/vraag/onzin", 404, "Deze vraag is er niet"},
        {PAGES "/vraag/waarom", 404, "Deze vraag is er niet"},
        {PAGES "/vraag/kwaliteit", 404, "Deze vraag is er niet"},
        {PAGES "/waarde/onzin", 404, "Dit onderwerp is er niet"},
        {PAGES "/toepassing/onzin", 404, "Dit onderwerp is er niet"},
    };
    begin(true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        get(cases[i].target, cases[i].status);
        expect_says(&reply, cases[i].says);
        expect_says(&reply, "Dit kunt u wel bekijken");
        expect_says(&reply, "href=\"" PAGES);
        cr_expect_null(client_header(&reply, "ETag"));
        cr_expect_null(strstr(header("Cache-Control"), "public"), "%s", cases[i].target);
    }
    get("/uitkomsten/onzin", 404);
    get("/uitkomsten/onzin/wie", 404);
    get_with(QUESTION "?groep=kwaliteit", "Accept-Language: en\r\n", 400);
    expect_says(&reply, "We did not count that way");
    end();
}

/* Whatever stands in the address, it comes back as text or not at all. */
Test(pages, give_nothing_of_an_address_back_as_markup)
{
    begin(true);
    get(QUESTION "?groep=%22%3E%3Cscript%3Ex&filter=%3Cb%3E&ronde=%27%3E%3Ci", 404);
    expect_silent(&reply, "<script>x");
    expect_silent(&reply, "<b>");
    expect_silent(&reply, "'><i");
    get(PAGES "/vraag/%3Cscript%3Ex", 404);
    expect_silent(&reply, "<script>x");
    end();
}

Test(pages, keep_silent_until_a_round_may_be_told_of)
{
    begin(false);
    get(PAGES, 200);
    expect_says(&reply, "Zodra er genoeg mensen meededen, ziet u hier de eerste uitkomsten.");
    get(QUESTION, 404);
    expect_says(&reply, "Er zijn nog geen uitkomsten");
    get(PAGES "?ronde=" ANALYSTS_ROUND, 200);
    expect_says(&reply, "Tot en met die dag zien alleen onderzoekers voorlopige uitkomsten.");
    get(QUESTION "?ronde=" ANALYSTS_ROUND, 404);
    expect_says(&reply, "Tot en met die dag zien alleen onderzoekers voorlopige uitkomsten.");
    get(PAGES "/wie?ronde=" ANALYSTS_ROUND, 404);
    get(PAGES "/methode", 200);
    clock_set(scene.round->closes_at + 1);
    get(PAGES "?ronde=" ANALYSTS_ROUND, 200);
    expect_says(&reply, "Wij tellen nu de antwoorden.");
    clock_set(scene.round->opens_at - 1);
    get(PAGES "?ronde=" PUBLIC_ROUND, 200);
    expect_says(&reply, "Meedoen kan vanaf 1 juni 2026.");
    end();
}

/* A release stays in the drawer when the round's tussenstand is shut again. */
Test(pages, go_by_the_embargo_of_this_moment)
{
    begin(true);
    get(QUESTION, 200);
    test_sql(scene.place.owner, "UPDATE zs.round SET interim = 'gesloten' WHERE code = '" PUBLIC_ROUND "'");
    wait_for_status(port_of(app), QUESTION, 404, 10000);
    get(QUESTION, 404);
    expect_says(&reply, "Er zijn nog geen uitkomsten");
    get(PAGES "/vraag/keus/csv", 404);
    end();
}

Test(pages, are_kept_by_caches_until_they_change)
{
    char tag[128], headers[192];
    begin(true);
    get(QUESTION, 200);
    cr_expect_str_eq(header("Cache-Control"), "public, max-age=60");
    cr_expect(strstr(header("Vary"), "Accept-Language"), "%s", header("Vary"));
    cr_expect(strstr(header("Vary"), "Cookie"));
    snprintf(tag, sizeof tag, "%s", header("ETag"));
    snprintf(headers, sizeof headers, "If-None-Match: %s\r\n", tag);
    get_with(QUESTION, headers, 304);
    get_with(PAGES "/vraag/keus", headers, 200);
    snprintf(headers, sizeof headers, "If-None-Match: %s\r\nAccept-Language: en\r\n", tag);
    get_with(QUESTION, headers, 200);
    expect_says(&reply, "participants answer “");
    expect_says(&reply, "<html lang=\"en\"");
    cr_expect_eq(client_count_header(&reply, "Set-Cookie"), 0);
    end();
}

Test(pages, remember_the_language_that_somebody_chose)
{
    begin(true);
    get(QUESTION "?groep=gender", 200);
    expect_says(&reply, "href=\"" QUESTION "?groep=gender&amp;taal=en\"");
    get(QUESTION "?groep=gender&taal=en", 200);
    expect_says(&reply, "<html lang=\"en\"");
    cr_expect(strstr(header("Set-Cookie"), "taal=en"));
    cr_expect_str_eq(header("Cache-Control"), "no-store", "an answer of somebody's own");
    end();
}

Test(pages, are_found_from_every_page)
{
    begin(false);
    get("/", 200);
    expect_says(&reply, "href=\"/uitkomsten\">Uitkomsten</a>");
    end();
}
