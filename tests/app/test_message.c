/* Telling the table something: sending it, reading it back, withdrawing it; what the secretary does with it;
 * and that no figure ever counts it. */
#include "app/agenda_scene.h"
#include "app/staff.h"

#include "features/tafel/tafel.h"

#include <stdio.h>

TestSuite(message, .fini = leaks_check, .timeout = 110);

#define TELL     "/laat-iets-weten"
#define OWN      TELL "/bericht"
#define WITHDRAW TELL "/intrekking"
#define AT       "/beheer/berichten/1"

static struct place place;
static struct app *app;
static struct staff staff;
static struct citizen citizen;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    agenda_scene_keep(&place);
    app = app_up(&place);
    citizen_init(&citizen, port_of(app));
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

static void secretary(void)
{
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
}

/* The value of a hidden field of the page that came last, of this action's form. Static storage, four. */
static const char *hidden(const struct citizen *of, const char *name)
{
    static char values[4][160];
    static int turn;
    char mark[64];
    turn = (turn + 1) % 4;
    snprintf(mark, sizeof mark, "name=\"%s\" value=\"", name);
    const char *at = strstr(of->reply.body, mark);
    cr_assert_not_null(at, "%s in %s", name, of->reply.body);
    at += strlen(mark);
    snprintf(values[turn], sizeof values[turn], "%.*s", (int)strcspn(at, "\""), at);
    return values[turn];
}

static void fill(char *body, size_t size, struct citizen *of, const char *fields)
{
    citizen_get(of, TELL);
    expect_status(&of->reply, 200);
    snprintf(body, size, "token=%s&code=%s&zegel=%s&%s", citizen_token(of, TELL), hidden(of, "code"),
             hidden(of, "zegel"), fields);
}

/* The code on the page that says that it was sent. Static storage. */
static const char *code_shown(const struct citizen *of)
{
    static char code[CODE_TEXT_BYTES];
    const char *at = strstr(of->reply.body, "zs-code__value");
    cr_assert_not_null(at, "%s", of->reply.body);
    snprintf(code, sizeof code, "%.19s", strchr(at, '>') + 1);
    return code;
}

/* After a while in which a person could have written it. */
static const char *tell(const char *fields)
{
    char body[1024];
    fill(body, sizeof body, &citizen, fields);
    clock_forward(60);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 200);
    return code_shown(&citizen);
}

static void own(const char *path, const char *code, const char *more)
{
    char body[256];
    citizen_get(&citizen, OWN);
    snprintf(body, sizeof body, "token=%s&code=%s%s", citizen_token(&citizen, OWN), code, more);
    citizen_post(&citizen, path, body);
}

/* Posts the fields to the form at AT and `more`, with the revision that it shows. */
static void post(const char *at, const char *fields, int status)
{
    char all[1024];
    staff_get(&staff, at);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(&staff, "gelezen"));
    staff_post(&staff, at, at, all);
    cr_expect_eq(staff.reply.status, status, "%s %s: %d", at, fields, staff.reply.status);
}

static int64_t placed;
static int32_t destroyed;

static enum db_status hold_work(struct db_tx *tx, void *context)
{
    int32_t id;
    const enum db_status status = hold_place(&id, tx, context);
    placed = id;
    return status;
}

static enum db_status destroy_work(struct db_tx *tx, void *context)
{
    return messages_destroy(&destroyed, tx, context);
}

#define CITIZEN                                                                                              \
    "afzender=burger&tekst=Mijn+zorg+over+%3Cb%3Ekweekvlees%3C%2Fb%3E&waarden=veiligheid&toepassing="        \
    "kweekvlees"
#define CLUB "afzender=organisatie&organisatie=De+Bond&tekst=Wij+zijn+bezorgd.&waarden=legitimiteit"

Test(message, is_read_back_by_its_code_and_withdrawn_and_then_nothing_is_left)
{
    char code[CODE_TEXT_BYTES];
    begin();
    citizen_get(&citizen, TELL);
    expect_says(&citizen.reply, "U kunt 4.000 tekens gebruiken.");
    expect_says(&citizen.reply, "Schrijf geen namen");
    snprintf(code, sizeof code, "%s", tell(CITIZEN));
    cr_expect_str_eq(client_header(&citizen.reply, "Cache-Control"), "no-store");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE organisation IS NULL AND NOT "
                                     "is_suspect AND application = 'kweekvlees' AND destroy_day = "
                                     "received_day + 731 AND octet_length(code_hash) = 32"),
                 1);
    own(OWN, code, "");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Nog niemand van de tafel heeft het gelezen.");
    expect_says(&citizen.reply, "Mijn zorg over &lt;b&gt;kweekvlees&lt;/b&gt;");
    own(WITHDRAW, code, "");
    expect_says(&citizen.reply, "Wilt u uw bericht intrekken?");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE body IS NULL"), 0);
    own(WITHDRAW, code, "&zeker=ja");
    expect_says(&citizen.reply, "U heeft dit bericht ingetrokken.");
    expect_silent(&citizen.reply, "kweekvlees");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE body IS NULL AND application IS "
                                     "NULL AND value_codes = '{}' AND state = 'ingetrokken'"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.erasure AS e JOIN zs.message AS m ON "
                                     "m.erasure_key = e.response_id WHERE e.round_id IS NULL"),
                 1);
    own(OWN, code, "");
    expect_says(&citizen.reply, "U heeft dit bericht ingetrokken.");
    own(OWN, "AAAA-BBBB-CCCC-DDDD", "");
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "Wij vinden geen bericht bij deze code.");
    own(OWN, "", "");
    expect_status(&citizen.reply, 400);
    end();
}

/* Also of what no questionnaire explains the name is one that citizens know, in their own language. */
Test(message, names_what_it_may_be_about_in_plain_words_and_asks_for_whom_by_radios)
{
    begin();
    citizen_get(&citizen, TELL);
    expect_says(&citizen.reply, "Bestrijding van ziekten bij planten");
    expect_silent(&citizen.reply, "CropXR");
    expect_says(&citizen.reply, "type=\"radio\" id=\"afzender-burger\"");
    citizen_get(&citizen, TELL "?taal=en");
    expect_says(&citizen.reply, "Fighting diseases of plants");
    expect_says(&citizen.reply, "New plant varieties");
    end();
}

Test(message, says_what_is_wrong_in_the_language_of_the_page_and_keeps_what_was_typed)
{
    static const struct {
        const char *fields, *nl, *en;
    } wrong[] = {
        {"afzender=burger", "Schrijf wat u wilt laten weten.", "Write what you want to say."},
        {"tekst=Iets", "Kies voor wie u schrijft.", "Choose for whom you write."},
        {"afzender=koning&tekst=Iets", "Kies voor wie u schrijft.", "Choose for whom you write."},
        {"afzender=organisatie&tekst=Iets", "Schrijf de naam van de organisatie op.",
         "Write the name of the organisation."},
        {"afzender=burger&organisatie=Jan&tekst=Iets", "Laat dit veld dan leeg", "Leave this field empty"},
        {"afzender=burger&tekst=Iets&toepassing=niets", "Kies uit de lijst.", "Choose from the list."},
        {"afzender=burger&tekst=Iets&waarden=niets", "Kies uit de lijst.", "Choose from the list."},
    };
    static char body[16 * 1024], fields[8 * 1024];
    begin();
    for (size_t i = 0; i < 2 * sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(citizen.language, sizeof citizen.language, i % 2 ? "en" : "nl");
        fill(body, sizeof body, &citizen, wrong[i / 2].fields);
        citizen_post(&citizen, TELL, body);
        expect_status(&citizen.reply, 400);
        expect_says(&citizen.reply, i % 2 ? wrong[i / 2].en : wrong[i / 2].nl);
        expect_silent(&citizen.reply, "?: "); /* the summary says what the field says */
        if (strstr(wrong[i / 2].fields, "tekst=Iets")) {
            expect_says(&citizen.reply, "\nIets</textarea>");
        }
    }
    snprintf(citizen.language, sizeof citizen.language, "nl");
    /* The other language keeps it too, and does not judge it. */
    fill(body, sizeof body, &citizen, "afzender=koning&tekst=Iets+anders&actie=taal");
    citizen_post(&citizen, TELL "?taal=en", body);
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "<html lang=\"en\"");
    expect_says(&citizen.reply, "\nIets anders</textarea>");
    expect_silent(&citizen.reply, "Choose for whom you write.");
    snprintf(citizen.language, sizeof citizen.language, "nl");
    snprintf(fields, sizeof fields, "afzender=burger&tekst=");
    memset(fields + strlen(fields), 'a', MESSAGE_TEXT_MAX + 1);
    fill(body, sizeof body, &citizen, fields);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "U heeft 4001 tekens gebruikt.");
    /* An old form, one of another path, and a code that is not ours: nothing is kept, nothing is lost. */
    fill(body, sizeof body, &citizen, CITIZEN);
    clock_forward(2 * (int64_t)DAY_S);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "Deze pagina stond te lang open.");
    citizen_get(&citizen, TELL);
    snprintf(body, sizeof body, "token=%s&code=AAAA-AAAA-AAAA-AAAA&zegel=%s&%s",
             citizen_token(&citizen, TELL), hidden(&citizen, "zegel"), CITIZEN);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "kweekvlees");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message"), 0);
    end();
}

Test(message, sent_twice_at_once_is_one_and_another_under_the_same_form_is_told)
{
    struct tab tabs[4];
    char body[512], other[512];
    begin();
    fill(body, sizeof body, &citizen, CITIZEN);
    clock_forward(60);
    for (size_t i = 0; i < 4; i++) {
        tabs[i] = (struct tab){.citizen = citizen};
        snprintf(tabs[i].path, sizeof tabs[i].path, TELL);
        snprintf(tabs[i].body, sizeof tabs[i].body, "%s", body);
    }
    tabs_post(tabs, 4);
    for (size_t i = 0; i < 4; i++) {
        expect_status(&tabs[i].citizen.reply, 200);
        expect_says(&tabs[i].citizen.reply, "Uw bericht is verstuurd");
    }
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message"), 1);
    snprintf(other, sizeof other, "%.*safzender=burger&tekst=Iets+anders",
             (int)(strstr(body, "afzender=") - body), body);
    citizen_post(&citizen, TELL, other);
    expect_status(&citizen.reply, 409);
    expect_says(&citizen.reply, "Met dit formulier is al een ander bericht verstuurd.");
    expect_says(&citizen.reply, "Iets anders");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message"), 1);
    end();
}

Test(message, of_a_machine_is_marked_and_kept)
{
    char body[1024];
    begin();
    fill(body, sizeof body, &citizen, CITIZEN);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 200);
    fill(body, sizeof body, &citizen, CITIZEN "&website=http%3A%2F%2Fx");
    clock_forward(60);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE is_suspect"), 2);
    secretary();
    staff_get(&staff, "/beheer");
    expect_says(&staff.reply, "Aantal nieuwe berichten aan de tafel: 2");
    staff_get(&staff, "/beheer/berichten");
    expect_says(&staff.reply, "Verdacht.");
    end();
}

Test(message, becomes_evidence_of_a_signal_apart_from_figures_and_goes_when_it_is_withdrawn)
{
    char code[CODE_TEXT_BYTES];
    begin();
    snprintf(code, sizeof code, "%s", tell(CITIZEN));
    secretary();
    post(AT "/nieuw-signaal", "bron=burgerconsultatie&titel=Zorg&tekst=Er+is+zorg.", 400);
    expect_says(&staff.reply, "Wat is het signaal?");
    expect_silent(&staff.reply, "Wat wilt u laten weten?");
    post(AT "/nieuw-signaal",
         "bron=burgerconsultatie&titel=Zorg&tekst=Er+is+zorg.&waarom=Iemand+schreef+dit.", 303);
    expect_redirect(&staff.reply, "/beheer/signalen/1");
    staff_get(&staff, "/beheer/signalen/1");
    expect_says(&staff.reply, "Mijn zorg over &lt;b&gt;kweekvlees&lt;/b&gt;");
    expect_says(&staff.reply, "Een bericht telt in geen enkel cijfer mee.");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal WHERE value_codes = '{veiligheid}' AND "
                                     "applications = '{kweekvlees}'"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE state = 'gelezen'"), 1);
    /* The same by the number of its passage; to a signal twice; to one that is not there. */
    char fields[96];
    snprintf(fields, sizeof fields, "passage=%lld&waarom=Nog+een+keer",
             (long long)place_count(&place, "SELECT passage_id FROM zs.message"));
    staff_post(&staff, "/beheer/signalen/1/passage", "/beheer/signalen/1/passage", fields);
    expect_redirect(&staff.reply, "/beheer/signalen/1");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_evidence WHERE kind = 'bericht' AND "
                                     "round_id IS NULL"),
                 2);
    post(AT "/signaal", "signaal=1&waarom=x", 400);
    expect_says(&staff.reply, "Dit signaal rust al op dit bericht.");
    post(AT "/signaal", "signaal=99&waarom=x", 400);
    expect_says(&staff.reply, "Er is geen signaal met dit nummer.");
    /* It is evidence, and of no round: nothing that counts by round finds it. */
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.evidence WHERE kind = 'bericht' AND round_id IS "
                             "NULL"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.evidence WHERE round_id IS NOT NULL"), 0);
    own(OWN, code, "");
    expect_says(&citizen.reply, "Uw bericht hoort bij een signaal dat nog niet openbaar is.");
    post("/beheer/signalen/1/wijzigen", "bron=burgerconsultatie&titel=Zorg&tekst=Er+is+zorg.&openbaar=ja",
         303);
    own(OWN, code, "");
    expect_says(&citizen.reply, "href=\"/signalen/1\"");
    citizen_get(&citizen, "/signalen/1");
    expect_says(&citizen.reply, "bericht aan de tafel");
    expect_silent(&citizen.reply, "Mijn zorg");
    own(WITHDRAW, code, "&zeker=ja");
    staff_get(&staff, "/beheer/signalen/1");
    expect_says(&staff.reply, "Dit bericht is er niet meer");
    expect_silent(&staff.reply, "Mijn zorg");
    citizen_get(&citizen, "/v1/signalen/1");
    expect_says(&citizen.reply, "\"soort\":\"bericht\"");
    staff_get(&staff, AT);
    expect_says(&staff.reply, "De tekst is er niet meer.");
    staff_get(&staff, AT "/merken");
    expect_status(&staff.reply, 404);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE object = 'message:1' AND "
                                     "action IN ('message.use', 'message.step', 'message.view')"),
                 3);
    end();
}

Test(message, of_an_organisation_is_public_once_somebody_read_it_and_a_citizens_never)
{
    begin();
    tell(CITIZEN);
    tell(CLUB);
    citizen_get(&citizen, "/berichten");
    expect_says(&citizen.reply, "Er zijn nog geen berichten van organisaties.");
    secretary();
    post("/beheer/berichten/2/merken", "waarden=legitimiteit&openbaar=ja", 303);
    post("/beheer/berichten/1/merken", "waarden=legitimiteit", 303);
    staff_get(&staff, "/beheer/berichten/1/merken");
    expect_says(&staff.reply, "Waar gaat het bericht over?"); /* not whoever reads this */
    expect_silent(&staff.reply, "name=\"openbaar\"");
    post("/beheer/berichten/1/merken", "openbaar=ja", 303);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE is_public AND sender = "
                                     "'organisatie'"),
                 1);
    citizen_get(&citizen, "/berichten");
    expect_says(&citizen.reply, "De Bond");
    expect_says(&citizen.reply, "Wij zijn bezorgd.");
    expect_silent(&citizen.reply, "kweekvlees");
    citizen_get(&citizen, "/v1/berichten");
    expect_says(&citizen.reply, "\"organisatie\":\"De Bond\"");
    expect_silent(&citizen.reply, "Mijn zorg");
    /* Aside, it is public no more; of abuse the text is hidden, and who looks is on the log. */
    post("/beheer/berichten/2/terzijde", "soortReden=misbruik", 400);
    post("/beheer/berichten/2/terzijde", "soortReden=misbruik&toelichting=Dit+is+reclame.", 303);
    citizen_get(&citizen, "/v1/berichten");
    expect_silent(&citizen.reply, "De Bond");
    staff_get(&staff, "/beheer/berichten/2");
    expect_silent(&staff.reply, "Wij zijn bezorgd.");
    staff_get(&staff, "/beheer/berichten?stand=terzijde");
    expect_says(&staff.reply, "De Bond");
    expect_silent(&staff.reply, "Wij zijn bezorgd.");
    staff_get(&staff, "/beheer/berichten/2?toon=ja");
    expect_says(&staff.reply, "Wij zijn bezorgd.");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE object = 'message:2' AND "
                                     "action = 'message.view'"),
                 1);
    post("/beheer/berichten/2/terug", "toelichting=Het+is+geen+reclame.", 303);
    staff_get(&staff, "/beheer/berichten/2");
    expect_says(&staff.reply, "Het is geen reclame.");
    expect_says(&staff.reply, "Wij zijn bezorgd.");
    end();
}

Test(message, personal_data_are_taken_out_and_what_rests_on_it_goes_along)
{
    begin();
    tell("afzender=burger&tekst=Bel+mij+op+06-12345678+zei+Jan+Pietersen.");
    secretary();
    post(AT "/nieuw-signaal", "bron=media&titel=Zorg&tekst=Er+is+zorg.&waarom=Iemand+schreef+dit.", 303);
    staff_get(&staff, AT "/persoonsgegevens");
    expect_says(&staff.reply, "<mark>06-12345678</mark>");
    post(AT "/persoonsgegevens", "x=y", 400);
    post(AT "/persoonsgegevens", "woorden=Piet+Jansen", 400);
    post(AT "/persoonsgegevens", "weg-0=ja&door-0=%5Btelefoonnummer%5D&woorden=Jan+Pietersen&door=%5Bnaam%5D",
         303);
    staff_get(&staff, "/beheer/signalen/1");
    expect_says(&staff.reply, "Bel mij op [telefoonnummer] zei [naam].");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE body LIKE '%0612%' OR body LIKE "
                                     "'%Pietersen%'"),
                 0);
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'message.redact' AND "
                             "details->>'stukken' = '2'"),
                 1);
    /* Of two at once the second is told. */
    staff_post(&staff, AT "/persoonsgegevens", AT "/persoonsgegevens", "gelezen=1&woorden=Bel");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "iemand anders wijzigde dit bericht net");
    end();
}

Test(message, of_two_secretaries_the_second_is_told)
{
    begin();
    tell(CITIZEN);
    secretary();
    staff_post(&staff, AT "/terzijde", AT "/terzijde", "soortReden=dubbel&toelichting=Al+gezegd.&gelezen=7");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Al gezegd.");
    staff_post(&staff, AT, AT "/gelezen", "");
    expect_redirect(&staff.reply, AT);
    staff_post(&staff, AT "/merken", AT "/merken", "waarden=veiligheid&gelezen=1");
    expect_status(&staff.reply, 409);
    for (const char *const *at = (const char *const[]){"0", "99", "een", "99999999999", "1'--", NULL}; *at;
         at++) {
        char path[64];
        snprintf(path, sizeof path, "/beheer/berichten/%s", *at);
        staff_get(&staff, path);
        cr_expect_eq(staff.reply.status, 404, "%s: %d", path, staff.reply.status);
    }
    end();
}

Test(message, is_destroyed_on_its_day)
{
    char code[CODE_TEXT_BYTES];
    begin();
    snprintf(code, sizeof code, "%s", tell(CLUB));
    clock_forward((int64_t)(MESSAGE_KEPT_DAYS - 1) * DAY_S);
    own(OWN, code, "");
    expect_status(&citizen.reply, 200);
    clock_forward((int64_t)DAY_S);
    secretary();
    staff_wait_until_says(&staff, AT, "De tekst is er niet meer.");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE state = 'vernietigd' AND body IS "
                                     "NULL AND organisation IS NULL AND code_hash IS NULL"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'message.expire'"),
                 1);
    own(OWN, code, "");
    expect_status(&citizen.reply, 400);
    end();
}

static int64_t hold(const char *subject)
{
    struct hold_order order = {.subject = slice_from_cstr(subject),
                               .reason = SLICE("woo"),
                               .note = SLICE("Verzoek 2027-14"),
                               .actor = "beheerder"};
    placed = 0;
    place_work(&place, DB_ROLE_STAFF, hold_work, &order);
    return placed;
}

/* By the service's clock and by the server's. */
static void make_due(void)
{
    char sql[200];
    snprintf(sql, sizeof sql,
             "UPDATE zs.message SET received_day = d.day - 800, destroy_day = d.day - 2 FROM (SELECT "
             "least(to_timestamp(%lld)::date, current_date) AS day) AS d",
             (long long)clock_now());
    test_sql(place.owner, sql);
}

static int32_t destroy_due(void)
{
    struct message_destroying how = {
        .now_s = clock_now(), .most = 100, .actor = "beheerder", .origin = "command"};
    destroyed = 0;
    place_work(&place, DB_ROLE_STAFF, destroy_work, &how);
    return destroyed;
}

/* One order about one message, one about all; the sender is told why, everybody else is done with it. */
Test(message, is_not_destroyed_under_a_hold_and_used_for_nothing_else)
{
    char code[CODE_TEXT_BYTES];
    begin();
    snprintf(code, sizeof code, "%s", tell(CLUB));
    tell(CITIZEN);
    secretary();
    staff_post(&staff, AT, AT "/gelezen", "");
    post(AT "/merken", "waarden=legitimiteit&openbaar=ja", 303);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message_public"), 1);
    cr_expect_eq(hold("bericht:99"), 0);
    cr_expect_eq(hold("bericht:alles"), 0);
    cr_expect_eq(hold("bericht:0"), 0);
    const int64_t of_one = hold("bericht:1");
    cr_assert_gt(of_one, 0);
    make_due(); /* the service looks again in an hour */
    cr_expect_eq(destroy_due(), 1, "the other goes");
    cr_expect_eq(destroy_due(), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE id = 1 AND body IS NOT NULL"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message_public"), 0, "its time is over");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.evidence WHERE kind = 'bericht'"), 0);
    own(OWN, code, "");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Wij zijn bezorgd.");
    expect_says(&citizen.reply, "Wet open overheid");
    staff_get(&staff, AT);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "omdat de bewaartijd voorbij is");
    expect_silent(&staff.reply, "Wij zijn bezorgd.");
    staff_get(&staff, AT "?toon=ja");
    expect_says(&staff.reply, "Wij zijn bezorgd.");
    staff_get(&staff, AT "/nieuw-signaal");
    expect_status(&staff.reply, 404);
    staff_get(&staff, "/beheer/berichten");
    expect_silent(&staff.reply, "Wij zijn bezorgd.");
    const int64_t of_all = hold("bericht:alle");
    cr_assert_gt(of_all, of_one);
    test_sql(place.owner,
             "UPDATE zs.retention_hold SET released_at = now(), released_by = 'x' WHERE message_id = 1");
    cr_expect_eq(destroy_due(), 0, "the order about all stands");
    /* As of a round: who said it withdraws it all the same. */
    own(WITHDRAW, code, "&zeker=ja");
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.message WHERE state = 'ingetrokken' AND body IS NULL"),
        1);
    end();
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    size_t count;
    const enum db_status status = message_destructions(context, &count, tx, place.arena);
    cr_assert_eq(count, 1);
    return status;
}

Test(message, that_is_destroyed_has_a_statement_without_a_word_of_it)
{
    struct destruction *list = NULL;
    begin();
    tell(CLUB);
    tell(CITIZEN);
    tell(CITIZEN);
    own(WITHDRAW, tell(CITIZEN), "&zeker=ja");
    app_down(app);
    app = NULL;
    make_due();
    cr_expect_eq(destroy_due(), 4);
    place_work(&place, DB_ROLE_STAFF, list_work, &list);
    const char *text = arena_cstr(place.arena, destruction_text(place.arena, list[0].statement));
    cr_expect_str_eq(list[0].subject, "berichten_1");
    for (const char *const *says =
             (const char *const[]){"VERKLARING VAN VERNIETIGING",
                                   "Onderwerp: Berichten aan de maatschappelijke tafel\n", "Nummers: 1-4\n",
                                   "- berichten van burgers: 2\n",
                                   "- berichten van organisaties, met hun naam: 1\n",
                                   "- berichten die hun afzender al had ingetrokken: 1\n",
                                   "Vernietigd door: beheerder\n", NULL};
         *says; says++) {
        cr_expect(strstr(text, *says), "%s is not in %s", *says, text);
    }
    cr_expect_not(strstr(list[0].statement, "De Bond"));
    cr_expect_str_eq(test_sql_error(place.owner, "DELETE FROM zs.message_destruction"), "42501");
    cr_expect_eq(place_count(&place,
                             "SELECT count(*) FROM zs.audit_event WHERE action = 'message.expire' AND "
                             "origin = 'command' AND details->>'berichten' = '4'"),
                 1);
    place_remove(&place);
}

Test(message, is_withdrawn_again_after_a_restore)
{
    begin();
    tell(CITIZEN);
    cr_expect_eq(place_count(&place, "SELECT zs.erasure_replay_response('*bericht', erasure_key)::int FROM "
                                     "zs.message"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message WHERE body IS NULL AND state = "
                                     "'ingetrokken'"),
                 1);
    cr_expect_eq(place_count(&place, "SELECT zs.erasure_replay_response('*bericht', erasure_key)::int FROM "
                                     "zs.message"),
                 0);
    cr_expect_eq(place_count(&place, "SELECT zs.erasure_replay_response('*bericht', sha256('x')::bytea)::int "
                                     "WHERE false UNION ALL SELECT count(*) FROM zs.erasure"),
                 1);
    end();
}

Test(message, stays_in_the_form_when_the_database_is_away_and_goes_later)
{
    char body[512];
    place_make_on_server(&place, SMALL_CONSULTATION);
    agenda_scene_keep(&place);
    app = app_up(&place);
    citizen_init(&citizen, port_of(app));
    fill(body, sizeof body, &citizen, CITIZEN);
    clock_forward(60);
    test_server_crash(&place.server);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 503);
    cr_expect_str_eq(client_header(&citizen.reply, "Retry-After"), "5");
    expect_says(&citizen.reply, "Uw bericht is nog niet verstuurd");
    expect_says(&citizen.reply, "Mijn zorg over &lt;b&gt;kweekvlees&lt;/b&gt;");
    expect_says(&citizen.reply, "value=\"kweekvlees\" selected");
    /* With the same code: sent again it is one. */
    expect_says(&citizen.reply, hidden(&citizen, "code"));
    char again[512];
    snprintf(again, sizeof again, "token=%s&code=%s&zegel=%s&%s", citizen_token(&citizen, TELL),
             hidden(&citizen, "code"), hidden(&citizen, "zegel"), CITIZEN);
    test_server_restart(&place.server);
    wait_for_status(port_of(app), "/gereed", 200, 20000);
    clock_forward(60);
    citizen_post(&citizen, TELL, again);
    expect_status(&citizen.reply, 200);
    citizen_post(&citizen, TELL, body);
    expect_status(&citizen.reply, 200);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.message"), 1);
    end();
}
