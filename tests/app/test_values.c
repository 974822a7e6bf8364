/* Values, orders, trends and the codebook by API. */
#include "app/fixture.h"

#include <math.h>
#include <stdio.h>

TestSuite(values, .fini = leaks_check, .timeout = 110);

enum { SOON_MS = 10000 };
#define REAL_ROUND "biotechnologie-2026-1"
#define REAL       "/v1/consultaties/biotechnologie-2026/"

static struct place place;
static struct app *app;
static struct client_reply reply;
static const char *key;

static void begin(const char *consultation)
{
    place_make(&place, consultation);
    key = place_issue_key(&place, "analist", "analist,inname");
    app = app_up(&place);
    wait_for_key(port_of(app), key);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static json_t *get(const char *target, int status)
{
    api_call(&reply, port_of(app), key, "GET", target, "", NULL);
    expect_status(&reply, status);
    return reply_json(&reply);
}

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

/* The first estimate of this variable and measure, after skipping some. */
static const json_t *estimate_of(const json_t *list, const char *variable, const char *measure, int skip)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(list, "schattingen"), index, item)
    {
        if (strcmp(text(item, "variabele"), variable) == 0 && strcmp(text(item, "maat"), measure) == 0 &&
            skip-- == 0) {
            return item;
        }
    }
    cr_assert_fail("no %s of %s", measure, variable);
    return NULL;
}

static double value_of(const json_t *estimate, const char *name)
{
    const json_t *value = json_object_get(json_object_get(estimate, name), "waarde");
    cr_assert(json_is_number(value), "no number");
    return json_number_value(value);
}

static void send_many(const char *round, int count, const char *answers)
{
    for (int i = 0; i < count; i++) {
        api_send(port_of(app), key, round, answers);
    }
}

/* Of 18 people 12 choose safety and 12 nature, 6 each of the five others. The five who say nothing hide that
 * nobody says "weet ik niet". */
static void fill_values(void)
{
    static const struct {
        int count;
        const char *answers;
    } people[] = {
        {6,
         "\"waarden-top3_veiligheid\":true,\"waarden-top3_natuurlijkheid\":true,"
         "\"waarden-top3_gezondheid\":true,\"waarden-eerste\":\"veiligheid\",\"houding-algemeen\":\"goed\""},
        {6, "\"waarden-top3_veiligheid\":true,\"waarden-top3_rechtvaardigheid\":true,"
            "\"waarden-top3_keuzevrijheid\":true,\"waarden-eerste\":\"veiligheid\",\"houding-algemeen\":"
            "\"slecht\""},
        {6, "\"waarden-top3_natuurlijkheid\":true,\"waarden-top3_legitimiteit\":true,"
            "\"waarden-top3_brede-welvaart\":true,\"waarden-eerste\":\"natuurlijkheid\""},
    };
    send_many(REAL_ROUND, 5, "\"houding-algemeen\":\"goed\"");
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        send_many(REAL_ROUND, people[i].count, people[i].answers);
    }
    cr_assert_eq(table_wait(port_of(app), key, REAL_ROUND, "waarden-top3_veiligheid", "nee", "", 6, SOON_MS),
                 6);
}

Test(values, are_ranked_by_how_many_chose_them)
{
    begin(REAL_CONSULTATION);
    fill_values();
    json_t *list = get(REAL "waarden?dimensie=belang", 200);
    const json_t *safety = estimate_of(list, "waarden-top3_veiligheid", "gekozen", 0);
    cr_expect_float_eq(value_of(safety, "schatting"), 100 * 12.0 / 18, 1e-12);
    cr_expect_str_eq(text(safety, "waarde"), "veiligheid");
    cr_expect_str_eq(text(safety, "dimensie"), "belang");
    cr_expect_str_eq(text(safety, "groep"), "alle");
    cr_expect_eq(json_integer_value(json_object_get(safety, "basis")), 18);
    cr_expect_eq(json_integer_value(json_object_get(safety, "rang")), 1);
    cr_expect_eq(json_integer_value(
                     json_object_get(estimate_of(list, "waarden-top3_legitimiteit", "gekozen", 0), "rang")),
                 3, "five are as high as each other");
    json_decref(list);
    list = get(REAL "waarden?dimensie=aanvaardbaarheid", 200);
    const json_t *attitude = estimate_of(list, "houding-algemeen", "gemiddelde", 0);
    cr_expect(json_is_null(json_object_get(json_object_get(attitude, "schatting"), "waarde")));
    cr_expect_str_eq(text(json_object_get(attitude, "schatting"), "waardeReden"), "te-weinig-mensen");
    cr_expect_str_eq(text(list, "weergave"), "analist");
    json_decref(list);
    list = get(REAL "waarden?waarde=veiligheid&dimensie=belang&groepeerOp=gender", 200);
    cr_expect_str_eq(text(json_object_get(list, "groepeerOp"), "code"), "gender");
    cr_expect_str_eq(text(estimate_of(list, "waarden-top3_veiligheid", "gekozen", 0), "groep"),
                     "geen-antwoord");
    json_decref(list);
    json_decref(get(REAL "waarden?groepeerOp=gender,leeftijd", 400));
    json_decref(get(REAL "waarden?werving=z", 400));
    json_decref(get(REAL "waarden?waarde=geld", 400));
    json_decref(get(REAL "waarden?dimensie=prijs", 400));
    api_call(&reply, port_of(app), key, "GET", REAL "waarden?dimensie=belang", "Accept: text/csv\r\n", NULL);
    expect_status(&reply, 200);
    expect_says(&reply,
                "biotechnologie-2026,biotechnologie-2026-1,waarden-top3,waarden-top3_veiligheid,belang,"
                "veiligheid,,,,,,alle,gekozen,66.66666666");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'table.view' AND object = "
                             "'table:biotechnologie-2026-1:waarden'"),
                 4);
    end();
}

Test(values, have_an_order_where_people_were_asked_for_one)
{
    begin(REAL_CONSULTATION);
    fill_values();
    json_t *list = get(REAL "rangordes?vraag=waarden-top3", 200);
    cr_expect_float_eq(value_of(estimate_of(list, "waarden-top3_natuurlijkheid", "gekozen", 0), "schatting"),
                       100 * 12.0 / 18, 1e-12);
    cr_expect_gt(json_array_size(json_object_get(list, "schattingen")), 7, "who was put first, too");
    json_decref(list);
    json_decref(get(REAL "rangordes", 200));
    json_decref(get(REAL "rangordes?vraag=houding-algemeen", 400));
    api_call(&reply, port_of(app), NULL, "GET", REAL "rangordes", "", NULL);
    expect_status(&reply, 403);
    end();
}

Test(values, are_of_no_use_where_nothing_is_asked_about_them)
{
    begin(SMALL_CONSULTATION);
    json_decref(get("/v1/consultaties/klein/waarden", 404));
    json_decref(get("/v1/consultaties/klein/rangordes", 404));
    json_decref(get("/v1/consultaties/klein/waarden?ronde=klein-dicht", 403));
    end();
}

Test(values, change_from_round_to_round)
{
    static const struct {
        const char *round, *answers;
        int count;
    } people[] = {{"klein-1", "\"houding\":\"goed\"", 6},   {"klein-1", "\"houding\":\"neutraal\"", 7},
                  {"klein-1", "\"houding\":\"slecht\"", 9}, {"klein-1", "\"gender\":\"man\"", 5},
                  {"klein-2", "\"houding\":\"goed\"", 8},   {"klein-2", "\"houding\":\"neutraal\"", 7},
                  {"klein-2", "\"houding\":\"slecht\"", 6}, {"klein-2", "\"gender\":\"man\"", 5}};
    begin(SMALL_CONSULTATION);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        send_many(people[i].round, people[i].count, people[i].answers);
    }
    cr_assert_eq(table_wait(port_of(app), key, "klein-1", "houding", "slecht", "", 9, SOON_MS), 9);
    cr_assert_eq(table_wait(port_of(app), key, "klein-2", "houding", "slecht", "", 6, SOON_MS), 6);
    json_t *list = get("/v1/consultaties/klein/trends?variabele=houding&basis=mening", 200);
    const json_t *first = estimate_of(list, "houding", "gemiddelde", 0);
    const json_t *second = estimate_of(list, "houding", "gemiddelde", 1);
    double before = (6 * 3 + 7 * 2 + 9) / 22.0, after = (8 * 3 + 7 * 2 + 6) / 21.0;
    cr_expect_str_eq(text(first, "ronde"), "klein-1");
    cr_expect_str_eq(text(second, "ronde"), "klein-2");
    cr_expect_float_eq(value_of(first, "schatting"), before, 1e-12);
    cr_expect_float_eq(value_of(second, "schatting"), after, 1e-12);
    cr_expect_null(json_object_get(first, "verschil"));
    cr_expect_float_eq(value_of(second, "verschil"), after - before, 1e-12);
    const json_t *bounds = json_object_get(json_object_get(second, "verschil"), "bandbreedte");
    cr_expect_lt(json_number_value(json_array_get(bounds, 0)), after - before);
    cr_expect_gt(json_number_value(json_array_get(bounds, 1)), after - before);
    cr_expect(json_is_true(json_object_get(second, "voorlopig")));
    json_decref(list);
    api_call(&reply, port_of(app), key, "GET", "/v1/consultaties/klein/trends?variabele=houding&basis=mening",
             "Accept: text/csv\r\n", NULL);
    expect_status(&reply, 200);
    expect_says(&reply, "klein,klein-2,houding,houding,");
    json_decref(get("/v1/consultaties/klein/trends", 400));
    json_decref(get("/v1/consultaties/klein/trends?variabele=houding&groepeerOp=gender", 400));
    end();
}

Test(values, have_no_trend_over_one_round)
{
    begin(REAL_CONSULTATION);
    json_decref(get(REAL "trends?variabele=houding-algemeen", 404));
    expect_says(&reply, "problemen/geen-trend");
    end();
}

Test(values, are_written_down_in_a_codebook)
{
    begin(SMALL_CONSULTATION);
    api_call(&reply, port_of(app), NULL, "GET", "/v1/consultaties/klein/codeboek?ronde=klein-dicht", "",
             NULL);
    expect_status(&reply, 200);
    expect_says(&reply, "\"meetniveau\":\"ordinaal\"");
    expect_says(&reply, "\"score\":3");
    expect_says(&reply, "\"ronde\":\"klein-dicht\"");
    cr_expect(strstr(reply.head, "Cache-Control: public, max-age=60"));
    api_call(&reply, port_of(app), NULL, "GET", "/v1/consultaties/klein/codeboek?ronde=klein-proef", "",
             NULL);
    expect_status(&reply, 400);
    api_call(&reply, port_of(app), NULL, "GET", "/v1/consultaties/nergens/codeboek", "", NULL);
    expect_status(&reply, 404);
    end();
}
