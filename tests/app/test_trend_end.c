/* A trend runs over rounds that ask the same words, and ends where they change. */
#include "app/fixture.h"

#include "features/account/account.h"

#include <stdio.h>

TestSuite(trend_end, .fini = leaks_check);

static struct place place;
static struct app *app;

/* How a version asks houding: in the first words, in others, or in others that it declares to ask the same as
 * version 2 does. */
enum words { FIRST_WORDS, OTHER_WORDS, EQUIVALENT_WORDS };

/* Another version of the questionnaire, with houding locked. */
static void add_version(int number, enum words words)
{
    char sql[1536];
    snprintf(sql, sizeof sql,
             "WITH added AS (INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, "
             "document, frozen_at)"
             " SELECT consultation, code, %d, sha256('%d'::bytea),"
             "  replace(replace(jsonb_set(jsonb_set(document, '{questionnaire,locked}', '[\"houding\"]'),"
             "   '{questionnaire,version}', '%d')::text, '%s', 'Wat vindt u daarvan?'),"
             "   '\"type\": \"scale\"', '\"type\": \"scale\"%s')::jsonb,"
             "  now() FROM zs.questionnaire_version WHERE number = 1 RETURNING 1) SELECT count(*) FROM added",
             number, number, number, words == FIRST_WORDS ? "(niets)" : "Wat vindt u ervan?",
             words == EQUIVALENT_WORDS ? ", \"equivalent\": [2]" : "");
    cr_assert_eq(place_count(&place, sql), 1);
}

static void use_version(const char *round, int number)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "WITH changed AS (UPDATE zs.round SET questionnaire_version = (SELECT id FROM"
             " zs.questionnaire_version WHERE number = %d) WHERE code = '%s' RETURNING 1)"
             " SELECT count(*) FROM changed",
             number, round);
    cr_assert_eq(place_count(&place, sql), 1);
}

/* klein-1 asks version 2, the later rounds version 3; the status of the trend. */
static int trend_when(enum words words)
{
    static struct client_reply reply;
    place_make(&place, SMALL_CONSULTATION);
    add_version(2, FIRST_WORDS);
    add_version(3, words);
    use_version("klein-1", 2);
    use_version("klein-2", 3);
    use_version("klein-dicht", 3);
    use_version("klein-later", 3);
    place_close_round(&place, "klein-dicht");
    app = app_up(&place);
    const char *key = place_issue_key(&place, "teller", SCOPE_ANALYST);
    wait_for_key(port_of(app), key);
    api_call(&reply, port_of(app), key, "GET", "/v1/consultaties/klein/trends?variabele=houding&basis=mening",
             "", NULL);
    for (int waited = 0; reply.status == 503 && waited < 10000; waited += 100) {
        client_sleep_ms(100);
        api_call(&reply, port_of(app), key, "GET",
                 "/v1/consultaties/klein/trends?variabele=houding&basis=mening", "", NULL);
    }
    if (reply.status == 200) {
        json_t *body = reply_json(&reply);
        const json_t *lines = json_object_get(body, "schattingen");
        const json_t *first = json_array_get(lines, 0);
        cr_expect_eq(strcmp(json_string_value(json_object_get(first, "ronde")), "klein-1") == 0,
                     words != OTHER_WORDS, "%s", reply.body);
        json_decref(body);
    } else {
        cr_expect(strstr(reply.body, "geen-trend"), "%s", reply.body);
    }
    app_down(app);
    place_remove(&place);
    return reply.status;
}

Test(trend_end, runs_over_versions_that_ask_the_same_words)
{
    cr_expect_eq(trend_when(FIRST_WORDS), 200);
}

Test(trend_end, begins_anew_where_the_words_changed)
{
    cr_expect_eq(trend_when(OTHER_WORDS), 200, "over those that ask the new words");
}

Test(trend_end, runs_on_over_other_words_that_are_declared_equivalent)
{
    cr_expect_eq(trend_when(EQUIVALENT_WORDS), 200);
}
