/* How responses come in: marked when they look like a machine's, by stream and channel, and never from who is
 * too young. */
#include "app/fixture.h"

#include "features/survey/survey.h"

#include <stdio.h>

TestSuite(intake, .fini = leaks_check);

static struct place place;
static struct app *app;
static const char *analyst;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    analyst = place_issue_key(&place, "analist", "analist");
    wait_for_key(port_of(app), analyst);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void expect_good(int64_t wanted, const char *query)
{
    int64_t counted = table_wait(port_of(app), analyst, ROUND, "houding", "goed", query, wanted, 10000);
    cr_expect_eq(counted, wanted, "%s: %lld, not %lld", query, (long long)counted, (long long)wanted);
}

/* ---- what looks like a machine ---- */

enum kind { PERSON, TRAPPED, FAST, KINDS };

static void take_part_as(enum kind kind, const char *houding)
{
    static struct citizen citizen;
    char body[512];
    char fields[64];
    citizen_init(&citizen, port_of(app));
    citizen_begin(&citizen, ROUND, "volledig", "");
    snprintf(fields, sizeof fields, "houding=%s%s", houding,
             kind == TRAPPED ? "&website=http%3A%2F%2Fx" : "");
    citizen_fill(body, sizeof body, &citizen, "begin.houding", fields);
    /* The clock stands still: ten pages in no time are a machine's, nine may be a person's. */
    for (int page = 0; page < (kind == FAST ? 10 : kind == PERSON ? 9 : 1); page++) {
        citizen_post(&citizen, "/vragen/begin.houding", body);
        expect_status(&citizen.reply, 303);
    }
    citizen_send(&citizen);
    citizen_get(&citizen, "/ontvangst");
    expect_says(&citizen.reply, "Uw antwoorden zijn ontvangen");
}

Test(intake, keeps_what_looks_like_a_machine_and_marks_it)
{
    begin();
    for (int kind = 0; kind < KINDS; kind++) {
        for (int i = 0; i < SHOWN_COUNT + SHOWN_FROM; i++) {
            take_part_as((enum kind)kind, i < SHOWN_COUNT ? "goed" : "slecht");
        }
    }
    expect_good(KINDS * SHOWN_COUNT, "");
    expect_good(KINDS * SHOWN_COUNT, "&kwaliteit=alle");
    expect_good(SHOWN_COUNT, "&kwaliteit=goed");
    expect_good(SHOWN_COUNT, "&kwaliteit=lokveld");
    expect_good(SHOWN_COUNT, "&kwaliteit=snel");
    end();
}

/* ---- who came how ---- */

static void expect_how(const char *code_of, int64_t stream, int64_t channel)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT stream FROM zs.response ORDER BY pos DESC LIMIT 1");
    cr_expect_eq(place_count(&place, sql), stream, "stream of %s", code_of);
    snprintf(sql, sizeof sql, "SELECT channel FROM zs.response ORDER BY pos DESC LIMIT 1");
    cr_expect_eq(place_count(&place, sql), channel, "channel of %s", code_of);
}

Test(intake, keeps_streams_and_channels_apart)
{
    static const struct {
        const char *via, *who;
        enum survey_stream stream;
        enum survey_channel channel;
    } cases[] = {
        {"", "mijzelf", STREAM_OPEN, CHANNEL_WEB},
        {"bestaat-niet", "mijzelf", STREAM_OPEN, CHANNEL_WEB},
        {"uitnodiging", "mijzelf", STREAM_OPEN, CHANNEL_WEB}, /* the stream's name is no link */
        {"brief-7k2", "mijzelf", STREAM_INVITED, CHANNEL_WEB},
        {"brief-7k2", "organisatie", STREAM_INVITED, CHANNEL_WEB},
        {"leden-9q4", "mijzelf", STREAM_ORGANISATION, CHANNEL_WEB}, /* an organisation asked them */
        {"", "organisatie", STREAM_ORGANISATION, CHANNEL_WEB},
        {"", "met-hulp", STREAM_OPEN, CHANNEL_HELPED},
        {"brief-7k2", "met-hulp", STREAM_INVITED, CHANNEL_HELPED},
    };
    static struct citizen citizen;
    begin();
    const char *intake = place_issue_key(&place, "inname", "inname");
    wait_for_key(port_of(app), intake);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char fields[64];
        char name[96];
        snprintf(name, sizeof name, "via=%s who=%s", cases[i].via, cases[i].who);
        citizen_init(&citizen, port_of(app));
        citizen_begin(&citizen, ROUND, "volledig", cases[i].via);
        snprintf(fields, sizeof fields, "doet-mee-voor=%s", cases[i].who);
        citizen_answer(&citizen, "begin.doet-mee-voor", fields);
        citizen_answer(&citizen, "begin.houding", "houding=goed");
        citizen_send(&citizen);
        expect_how(name, cases[i].stream, cases[i].channel);
    }
    /* How somebody came stays when they come back to correct. */
    citizen_correct(&citizen);
    citizen_answer(&citizen, "begin.houding", "houding=slecht");
    citizen_send(&citizen);
    expect_how("a correction", STREAM_INVITED, CHANNEL_HELPED);
    api_fill(port_of(app), intake, ROUND, ",\"werving\":\"panel\"");
    expect_how("the API", STREAM_PANEL, CHANNEL_API);
    api_fill(port_of(app), intake, ROUND, "");
    expect_how("the API", STREAM_OPEN, CHANNEL_API);
    /* A table is of one stream, unless all are asked for. */
    expect_good(SHOWN_COUNT, "&werving=panel");
    expect_good(SHOWN_COUNT + 4, "");
    expect_good(2 * SHOWN_COUNT + 8, "&werving=alle");
    end();
}

/* ---- who is too young ---- */

Test(intake, stores_nothing_of_who_is_too_young)
{
    static struct citizen citizen;
    begin();
    citizen_init(&citizen, port_of(app));
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.waarom", "waarom=ik+ben+twaalf");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 1);
    char code[CODE_TEXT_BYTES];
    snprintf(code, sizeof code, "%s", citizen_code(&citizen));
    citizen_answer(&citizen, "achtergrond.leeftijd", "leeftijd=jonger-dan-16");
    expect_redirect(&citizen.reply, "/bedankt");
    cr_expect_str_empty(citizen.participation, "the cookie is kept");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 0);
    citizen_get(&citizen, "/bedankt");
    expect_says(&citizen.reply, "Wij hebben niets bewaard");
    citizen_get(&citizen, "/bedankt?taal=en");
    expect_says(&citizen.reply, "We have not kept anything");
    citizen_resume(&citizen, code);
    expect_status(&citizen.reply, 400);
    end();
}

Test(intake, withdraws_what_was_sent_by_who_is_too_young)
{
    static struct citizen citizen;
    begin();
    citizen_init(&citizen, port_of(app));
    citizen_take_part(&citizen, ROUND, "goed", "ik+ben+twaalf");
    citizen_correct(&citizen);
    citizen_answer(&citizen, "achtergrond.leeftijd", "leeftijd=jonger-dan-16");
    expect_redirect(&citizen.reply, "/bedankt");
    cr_expect_str_empty(citizen.participation);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response WHERE answers IS NOT NULL"), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 0);
    end();
}
