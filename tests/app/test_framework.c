/* The assessment framework: a sheet that is written section by section, put forward, approved by somebody
 * else or a meeting, and read by everybody; and what must not come on it. */
#include "app/one_citizen.h"
#include "app/staff.h"
#include "features/coding/coding.h"
#include "features/tafel/tafel.h"

#include <stdio.h>
#include <time.h>

TestSuite(framework, .fini = leaks_check, .timeout = 110);

#define AT  "/beheer/afwegingskaders"
#define ONE AT "/1"
#define PUB "/afwegingskaders/kweekvlees"

static struct staff staff, second;

static enum db_status keep_book(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct codebook_version version;
    enum codebook_outcome outcome;
    (void)context;
    json_errors_init(&errors, db_arena(tx));
    const struct codebook *book = codebook_load(&errors, db_arena(tx), codebook_embedded());
    return codebook_keep(&outcome, &version, tx, SLICE("klein"), book, codebook_embedded(), "beheerder",
                         "command");
}

static void begin_sheet(void)
{
    begin();
    place_work(&place, DB_ROLE_STAFF, keep_book, NULL);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_of(&second, &place, app, "bas", ROLE_SECRETARIS, NULL);
}

/* As an owner of the database does behind the service's back. */
static void change(const char *sql)
{
    test_sql(place.owner, sql);
}

static void post_as(struct staff *who, const char *at, const char *fields, int status)
{
    static char all[8192];
    staff_get(who, at);
    expect_status(&who->reply, 200);
    const bool locked = strstr(who->reply.body, "name=\"gelezen\"") != NULL;
    snprintf(all, sizeof all, "%s%s%s", fields, locked ? "&gelezen=" : "",
             locked ? staff_hidden(who, "gelezen") : "");
    staff_post(who, at, at, all);
    cr_expect_eq(who->reply.status, status, "%s %s: %d %s", at, fields, who->reply.status, who->reply.body);
}

static void post(const char *at, const char *fields, int status)
{
    post_as(&staff, at, fields, status);
}

/* A list of decisions that is adopted, with a decision on its only item. */
static void hold_meeting(void)
{
    change(
        "INSERT INTO zs.tafel_table (kind, title, theme, actions, quorum, quorum_sides, began_day, "
        "created_by, "
        "changed_by) VALUES ('maatschappelijke-tafel', 'De tafel', NULL, '{}', 1, 1, '2027-01-01', 'a', 'a');"
        "INSERT INTO zs.meeting (table_id, day, state, created_by, changed_by) SELECT id, '2027-01-10', "
        "'vastgesteld', 'a', 'a' FROM zs.tafel_table;"
        "INSERT INTO zs.meeting_item (meeting_id, title, is_public, decision, told, members, sides, quorum, "
        "quorum_sides, decided_at, decided_by, created_by) SELECT id, 'Kweekvlees', true, 'besloten', 'Het "
        "mag, "
        "met een etiket.', 5, 4, 1, 1, now(), 'a', 'a' FROM zs.meeting");
}

static void write_sections(void)
{
    post(ONE "/effecten", "veiligheid=Niemand+wordt+ziek.&keuzevrijheid=Iedereen+kan+kiezen.", 303);
    post(ONE "/betrokkenen", "mensen=a&dieren=Minder+leed.&milieu=b&later=c&elders=d", 303);
    post(ONE "/gevolgen", "baten=Minder+dieren.&risicos=Weinig+bekend.&onbekend=Veel.&alternatieven=Bonen.",
         303);
    post(ONE "/aard", "omkeerbaar=deels&omkeerbaarWaarom=Stoppen+kan.&gemaakt=elders", 303);
    post(ONE "/bewijs", "toelichting=Er+is+niet+naar+gevraagd.", 303);
    post(ONE "/conclusie", "tekst=Het+mag+met+een+etiket.&grond=overleg&besluit=1", 303);
}

/* A sheet with all that is needed. */
static void make_sheet(void)
{
    hold_meeting();
    post(AT "/nieuw", "toepassing=klein%2Fkweekvlees", 303);
    write_sections();
    post(ONE "/argumenten/nieuw", "kant=voor&tekst=Geen+dier+hoeft+dood.&partij=burgers", 303);
    post(ONE "/argumenten/nieuw", "kant=tegen&tekst=Het+is+nep.", 303);
}

Test(framework, a_sheet_comes_from_its_first_section_to_everybody)
{
    begin_sheet();
    hold_meeting();
    post(AT "/nieuw", "toepassing=klein%2Fmaanreis", 400);
    post(AT "/nieuw", "toepassing=klein%2Fkweekvlees", 303);
    expect_redirect(&staff.reply, ONE);
    post(AT "/nieuw", "toepassing=klein%2Fkweekvlees", 400);
    expect_says(&staff.reply, "Hiervan is er al een afwegingskader.");
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Zonder dit kunt u het niet voorleggen");
    post(ONE "/voorleggen", "zeker=ja", 400);
    expect_says(&staff.reply, "Er ontbreekt nog iets bij: Wat willen wij bereiken?, Voor wie");
    write_sections();
    post(ONE "/argumenten/nieuw", "kant=voor&tekst=Geen+dier+hoeft+dood.&partij=burgers", 303);
    post(ONE "/argumenten/nieuw", "kant=tegen&tekst=Het+is+nep.", 303);
    post(ONE "/spanningen/nieuw", "waarde=natuurlijkheid&tegenover=gezondheid&tekst=Nep+maar+gezond.", 303);
    post(ONE "/voorwaarden/nieuw", "waarden=keuzevrijheid&waarden=veiligheid&tekst=Een+etiket.", 303);
    post(ONE "/minderheden/nieuw", "tekst=Nooit+doen.&wie=Een+kleine+groep", 303);
    post(ONE "/afwijkend/nieuw", "kant=bedrijven&tekst=Geen+etiket+nodig.", 303);
    citizen_get(&citizen, PUB);
    expect_status(&citizen.reply, 404);
    post(ONE "/voorleggen", "", 400);
    post(ONE "/voorleggen", "zeker=ja", 303);
    citizen_get(&citizen, PUB);
    expect_status(&citizen.reply, 404);
    /* Who put it forward does not approve it. */
    post(ONE "/besluit", "uitkomst=vaststellen", 400);
    expect_says(&staff.reply, "U legde dit zelf voor.");
    post_as(&second, ONE "/besluit", "uitkomst=terugleggen", 400);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    citizen_get(&citizen, PUB);
    expect_status(&citizen.reply, 200);
    for (const char *const *said =
             (const char *const[]){"Iedereen kan kiezen.", "Minder leed.", "<strong>Deels.</strong>",
                                   "Voor (burgers)", "Het is nep.", "Natuurlijkheid tegenover gezondheid",
                                   "Keuzevrijheid, veiligheid", "Een kleine groep", "Geen etiket nodig.",
                                   "Dit besloot de tafel “De tafel” in het overleg van 10 januari 2027, bij "
                                   "punt 1: 5 leden, van 4 kanten.",
                                   "Er is niet naar gevraagd.", "Iemand anders dan de schrijver", NULL};
         *said; said++) {
        expect_says(&citizen.reply, *said);
    }
    expect_silent(&citizen.reply, "sanne");
    expect_silent(&citizen.reply, "/beheer");
    citizen_get(&citizen, PUB "?taal=en");
    expect_says(&citizen.reply, "Naturalness against health");
    citizen_get(&citizen, "/afwegingskaders");
    expect_says(&citizen.reply, "href=\"" PUB "?consultatie=klein\"");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE object = 'framework:1' AND "
                                     "action IN ('framework.add', 'framework.section', 'framework.forward', "
                                     "'framework.approve')"),
                 15);
    end();
}

/* Whoever wrote in it since it was approved last had a hand in it, also where somebody changed that again. */
Test(framework, is_approved_by_somebody_who_did_not_write_in_it)
{
    static struct staff third;
    begin_sheet();
    make_sheet();
    staff_of(&third, &place, app, "karin", ROLE_SECRETARIS, NULL);
    post_as(&second, ONE "/effecten", "veiligheid=Van+Bas&keuzevrijheid=Kiezen.", 303);
    post(ONE "/effecten", "veiligheid=Van+Sanne&keuzevrijheid=Kiezen.", 303);
    post_as(&third, ONE "/voorleggen", "zeker=ja", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "U schreef hieraan mee.");
    staff_get(&second, ONE "/besluit");
    expect_status(&second.reply, 200);
    expect_says(&second.reply, "U schreef hieraan mee. Laat iemand anders het vaststellen");
    staff_get(&third, ONE "/besluit");
    expect_says(&third.reply, "U legde dit zelf voor.");
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 400);
    expect_says(&second.reply, "U schreef hieraan mee. Laat iemand anders het vaststellen");
    post_as(&staff, ONE "/besluit", "uitkomst=vaststellen", 400);
    post_as(&third, ONE "/besluit", "uitkomst=vaststellen", 400);
    cr_expect_str_eq(test_sql_error(place.owner,
                                    "UPDATE zs.framework_version SET state = 'vastgesteld', ground = "
                                    "'tweede-persoon', decided_at = now(), decided_by = 'bas'"),
                     "23514");
    /* What was given back was approved by nobody: who wrote it still may not. */
    post_as(&second, ONE "/besluit", "uitkomst=terugleggen&toelichting=Te+kort", 303);
    post(ONE "/effecten", "veiligheid=Weer+van+Sanne", 303);
    post(ONE "/voorleggen", "zeker=ja", 303);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 400);
    post_as(&third, ONE "/besluit", "uitkomst=vaststellen", 303);
    /* From then on only what is new counts. */
    post(ONE "/effecten", "veiligheid=Nog+een+keer", 303);
    post(ONE "/voorleggen", "zeker=ja", 303);
    staff_get(&second, ONE "/besluit");
    expect_silent(&second.reply, "U schreef hieraan mee.");
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    citizen_get(&citizen, "/v1" PUB);
    expect_silent(&citizen.reply, "geschrevenDoor");
    end();
}

/* A meeting of before could not have seen what was put forward; one of the same day could. */
Test(framework, is_approved_by_no_meeting_of_before_it_was_put_forward)
{
    begin_sheet();
    make_sheet();
    post(ONE "/voorleggen", "zeker=ja", 303);
    change("UPDATE zs.meeting SET day = (now() AT TIME ZONE 'Europe/Amsterdam')::date - 1");
    staff_get(&staff, ONE "/besluit");
    expect_silent(&staff.reply, "value=\"1\">De tafel");
    expect_silent(&staff.reply, "value=\"vaststellen\""); /* who wrote it is not offered what is refused */
    expect_says(&staff.reply, "value=\"terugleggen\"");
    static const char *const waits = "href=\"/beheer/afwegingskaders\">Afwegingskaders die op uw goedkeuring "
                                     "wachten: 1</a>";
    static const char *const seen[] = {"/beheer", "/beheer/tafel"};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        staff_get(&staff, seen[i]);
        expect_silent(&staff.reply, waits);
        staff_get(&second, seen[i]);
        expect_says(&second.reply, waits);
    }
    staff_get(&second, ONE "/besluit");
    expect_says(&second.reply, "value=\"vaststellen\"");
    post(ONE "/besluit", "uitkomst=vaststellen&besluit=1", 400);
    expect_says(&staff.reply, "Kies uit de lijst.");
    change("UPDATE zs.meeting SET day = day + 1");
    staff_get(&staff, ONE "/besluit");
    expect_says(&staff.reply, "De tafel, ");
    expect_says(&staff.reply, "value=\"vaststellen\"");
    post(ONE "/besluit", "uitkomst=vaststellen&besluit=1", 303);
    /* A conclusion may rest on one of before. */
    change("UPDATE zs.meeting SET day = day - 100");
    staff_get(&staff, ONE "/conclusie");
    expect_says(&staff.reply, "De tafel, ");
    end();
}

Test(framework, versions_stay_and_are_compared)
{
    begin_sheet();
    make_sheet();
    post(ONE "/voorleggen", "zeker=ja", 303);
    /* What lies before somebody is not written in; what was typed meanwhile stays. */
    staff_post(&staff, ONE, ONE "/gevolgen", "baten=Nog+snel+iets&gelezen=1");
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Nog snel iets");
    staff_get(&staff, ONE "/gevolgen");
    expect_redirect(&staff.reply, ONE);
    post_as(&second, ONE "/besluit", "uitkomst=terugleggen&toelichting=Te+kort", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Te kort");
    post(ONE "/gevolgen", "baten=Minder+koeien.&risicos=Weinig+bekend.&onbekend=Veel.&alternatieven=Bonen.",
         303);
    post(ONE "/voorleggen", "zeker=ja", 303);
    change("UPDATE zs.framework_version SET put_forward_at = '2027-01-09'"); /* the meeting was on the 10th */
    post(ONE "/besluit", "uitkomst=vaststellen&besluit=1", 303);
    citizen_get(&citizen, PUB);
    expect_says(&citizen.reply, "Versie 2, vastgesteld op");
    expect_says(&citizen.reply, "overleg van 10 januari 2027");
    citizen_get(&citizen, PUB "?versie=1");
    expect_status(&citizen.reply, 404);
    post(ONE "/gevolgen", "baten=Minder+kippen.&risicos=Weinig+bekend.&onbekend=Veel.&alternatieven=Bonen.",
         303);
    citizen_get(&citizen, PUB);
    expect_silent(&citizen.reply, "kippen");
    post(ONE "/voorleggen", "zeker=ja", 303);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    citizen_get(&citizen, PUB "?versie=2");
    expect_says(&citizen.reply, "Minder koeien.");
    expect_says(&citizen.reply, "Dit is een oudere versie.");
    citizen_get(&citizen, PUB "/vergelijken?consultatie=klein&van=2&naar=3");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "koeien<span");
    expect_says(&citizen.reply, "<ins><span class=\"zs-hidden\">[nieuw: </span>kippen");
    expect_says(&citizen.reply, "Hier is niets veranderd.");
    for (const char *const *bad =
             (const char *const[]){"?van=1&naar=2", "?van=2", "", "?van=2&naar=9", "?van=-2&naar=x", NULL};
         *bad; bad++) {
        char path[120];
        snprintf(path, sizeof path, PUB "/vergelijken%s", *bad);
        citizen_get(&citizen, path);
        cr_expect_eq(citizen.reply.status, 404, "%s", path);
    }
    staff_get(&staff, ONE "/vergelijken?van=1&naar=3");
    expect_says(&staff.reply, "kippen");
    staff_get(&staff, ONE "/versies/1");
    expect_says(&staff.reply, "Minder dieren.");
    /* The text of a version is nobody's to change. */
    cr_expect_eq(place_count(&place, "SELECT has_column_privilege('zs_staff', 'zs.framework_version', "
                                     "'document', 'UPDATE')::int"),
                 0);
    cr_expect_eq(
        place_count(&place,
                    "SELECT has_table_privilege('zs_results', 'zs.framework_version', 'SELECT')::int"),
        0);
    end();
}

/* An entry that somebody changed meanwhile is not taken away unread. Revision 2 becomes 3, and 4 without it.
 */
static void take_away_what_was_read(void)
{
    staff_post(&second, ONE "/argumenten/1", ONE "/argumenten/1", "kant=voor&tekst=Toch+anders&gelezen=2");
    expect_status(&second.reply, 303);
    for (const char *const *fields = (const char *const[]){"gelezen=2", "gelezen=2&zeker=ja", NULL}; *fields;
         fields++) {
        staff_post(&staff, ONE, ONE "/argumenten/1/weg", *fields);
        expect_status(&staff.reply, 409);
        expect_says(&staff.reply, "Toch anders");
        expect_says(&staff.reply, "Wij hebben het niet weggehaald.");
    }
    staff_post(&staff, ONE, ONE "/argumenten/1/weg", "zeker=ja");
    expect_status(&staff.reply, 400);
    staff_post(&staff, ONE, ONE "/argumenten/1/weg", "gelezen=3");
    expect_says(&staff.reply, "Dit weghalen?");
    staff_post(&staff, ONE, ONE "/argumenten/1/weg", "gelezen=3&zeker=ja");
    expect_status(&staff.reply, 303);
}

Test(framework, two_who_write_at_once_lose_nothing)
{
    begin_sheet();
    post(AT "/nieuw", "toepassing=klein%2Fkweekvlees", 303);
    /* Other sections are no conflict. */
    staff_post(&staff, ONE "/effecten", ONE "/effecten", "veiligheid=Van+Sanne&gelezen=0");
    expect_status(&staff.reply, 303);
    staff_post(&second, ONE "/gevolgen", ONE "/gevolgen", "baten=Van+Bas&gelezen=0");
    expect_status(&second.reply, 303);
    staff_post(&second, ONE "/effecten", ONE "/effecten", "veiligheid=Ook+Bas&gelezen=0");
    expect_status(&second.reply, 409);
    expect_says(&second.reply, "Ook Bas");
    /* Faults do not hide that somebody was first. */
    staff_post(&second, ONE "/conclusie", ONE "/conclusie", "tekst=x&grond=mandaat&gelezen=4");
    expect_status(&second.reply, 400);
    expect_says(&second.reply, "role=\"alert\"");
    expect_says(&second.reply, "Noem welk mandaat, met de datum.");
    post(ONE "/argumenten/nieuw", "kant=voor&tekst=Nul", 303);
    post(ONE "/argumenten/1", "kant=voor&tekst=Eerste", 303);
    staff_get(&second, ONE "/argumenten/1");
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "name=\"gelezen\" value=\"2\"");
    take_away_what_was_read();
    /* Of what was taken away meanwhile the words stay too, and become an entry when they are sent again. */
    staff_post(&second, ONE "/effecten", ONE "/argumenten/1", "kant=voor&tekst=Beter+gezegd&gelezen=3");
    expect_status(&second.reply, 409);
    expect_says(&second.reply, "Beter gezegd");
    staff_post(&second, ONE "/effecten", ONE "/argumenten/1", "kant=voor&tekst=Beter+gezegd&gelezen=4");
    expect_status(&second.reply, 303);
    cr_expect_eq(place_count(&place, "SELECT (content->'lijst'->0->>'nummer')::int FROM "
                                     "zs.framework_section WHERE section = 'argumenten'"),
                 2);
    /* Who puts forward what they have not read is told so. */
    staff_post(&staff, ONE "/voorleggen", ONE "/voorleggen", "zeker=ja&gelezen=1");
    expect_status(&staff.reply, 409);
    end();
}

/* ---- what an argument rests on ---- */

#define ORGANISATION                                                                                         \
    "INSERT INTO zs.message (code_hash, sender, organisation, language, value_codes, body, received_day, "   \
    "destroy_day, state, is_public) VALUES (decode(repeat('%s', 32), 'hex'), 'organisatie', 'Bond', 'nl', "  \
    "'{}', '%s', '2027-01-10', '2028-01-10', 'gelezen', true)"

static void add_message(const char *hash, const char *body)
{
    char sql[600];
    snprintf(sql, sizeof sql, ORGANISATION, hash, body);
    change(sql);
}

static int64_t passage_of(const char *body)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT id FROM zs.evidence WHERE body = '%s'", body);
    return place_count(&place, sql);
}

Test(framework, passages_are_quoted_only_where_they_may_be)
{
    char fields[300], at[80];
    begin_sheet();
    make_sheet();
    citizen_take_part(&citizen, ROUND, "goed", "Alleen+voor+u");
    add_message("aa", "Onze leden willen een etiket.");
    add_message("bb", "Bel ons op 06-12345678.");
    const int64_t answer = passage_of("Alleen voor u"), quote = passage_of("Onze leden willen een etiket."),
                  personal = passage_of("Bel ons op 06-12345678.");
    snprintf(fields, sizeof fields, "kant=voor&tekst=Rust+hierop&passages=%lld,%lld,%lld", (long long)answer,
             (long long)quote, (long long)personal);
    post(ONE "/argumenten/nieuw", "kant=voor&tekst=Rust+nergens+op&passages=999999", 400);
    expect_says(&staff.reply, "Passage 999999 is er niet");
    post(ONE "/argumenten/nieuw", fields, 303);
    post(ONE "/voorleggen", "zeker=ja", 303);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    citizen_get(&citizen, PUB);
    expect_says(&citizen.reply, "Dit rust op 3 uitspraken.");
    expect_says(&citizen.reply, "Onze leden willen een etiket.");
    expect_silent(&citizen.reply, "06-12345678");
    expect_silent(&citizen.reply, "Alleen voor u");
    expect_silent(&citizen.reply, "Passages:");
    snprintf(at, sizeof at, "Passages: %lld", (long long)answer);
    staff_get(&staff, ONE "/versies/1");
    expect_says(&staff.reply, at);
    citizen_get(&citizen, "/v1" PUB);
    json_t *body = reply_json(&citizen.reply);
    const json_t *passages =
        json_object_get(json_array_get(json_object_get(body, "argumenten"), 2), "passages");
    cr_expect_eq(json_array_size(passages), 3);
    cr_expect_null(json_object_get(json_array_get(passages, 0), "passage"), "its number is told to nobody");
    json_decref(body);
    /* Withdrawn: the text is gone from an approved version too, and it says that there was one. */
    change("UPDATE zs.message SET body = NULL, organisation = NULL, is_public = false, state = 'ingetrokken' "
           "WHERE body LIKE 'Onze leden%'");
    citizen_get(&citizen, PUB);
    expect_says(&citizen.reply, "1 daarvan is ingetrokken.");
    expect_silent(&citizen.reply, "Onze leden");
    citizen_get(&citizen, "/v1" PUB);
    expect_silent(&citizen.reply, "Onze leden");
    expect_says(&citizen.reply, "\"stand\":\"ingetrokken\"");
    /* The next version cannot be put forward on it. */
    post(ONE "/effecten", "veiligheid=Anders", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Deze passages mogen niet meer worden gebruikt");
    post(ONE "/voorleggen", "zeker=ja", 400);
    snprintf(at, sizeof at, "mogen niet meer worden gebruikt: %lld.", (long long)quote);
    expect_says(&staff.reply, at);
    end();
}

/* Taking personal data out of a message makes a new passage; what rests on it goes along. */
Test(framework, a_redacted_message_is_followed)
{
    char fields[200];
    begin_sheet();
    make_sheet();
    add_message("aa", "Bel Jan.");
    snprintf(fields, sizeof fields, "kant=voor&tekst=x&passages=%lld", (long long)passage_of("Bel Jan."));
    post(ONE "/argumenten/nieuw", fields, 303);
    post(ONE "/voorleggen", "zeker=ja", 303);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    change("SELECT zs.message_redact(id, revision, 'Bel [naam].') FROM zs.message");
    citizen_get(&citizen, PUB);
    expect_says(&citizen.reply, "Bel [naam].");
    expect_silent(&citizen.reply, "ingetrokken");
    end();
}

/* ---- evidence by method ---- */

#define MAP                                                                                                  \
    "{\"enquete\":{\"werving\":\"open\",\"gewogen\":true,\"voorlopig\":false,\"drempel\":10,\"geteldOp\":"   \
    "\"2027-01-10T00:00:00Z\",\"uitgave\":1},\"gesprekken\":null,\"toepassingen\":[{\"toepassing\":"         \
    "\"kweekvlees\",\"waarden\":[{\"waarde\":\"veiligheid\",\"label\":\"stilte\",\"volgensRegel\":"          \
    "\"stilte\",\"enquete\":{\"stand\":\"achtergehouden\",\"regels\":[]},\"interviews\":{\"stand\":"         \
    "\"gehoord\",\"richting\":\"voor\",\"aandacht\":\"veel\",\"gevraagd\":7,\"gesproken\":4},"               \
    "\"focusgroepen\":{\"stand\":\"niet-gevraagd\"}}]}]}"

Test(framework, evidence_is_what_a_public_map_shows_and_stays_as_it_was)
{
    begin_sheet();
    make_sheet();
    post(ONE "/bewijs", "ronde=klein-1&toelichting=Let+op.", 303);
    staff_get(&staff, ONE);
    expect_says(&staff.reply, "Van deze ronde mag nog niets openbaar zijn.");
    post(ONE "/voorleggen", "zeker=ja", 400);
    expect_says(&staff.reply, "Van deze ronde mag nog niets openbaar zijn.");
    /* An embargo holds, also where a map was made public before. */
    change(
        "INSERT INTO zs.value_map (round_id, number, release_number, document, published_by) SELECT id, 1, "
        "1, '" MAP "', 'a' FROM zs.round WHERE code = 'klein-1'");
    post(ONE "/voorleggen", "zeker=ja", 400);
    cr_expect_eq(place_amend_round(&place, ROUND, 0, "openbaar"), ROUND_CHANGED);
    wait_for_status(port_of(app), "/waardenkaart/klein-1", 200, 10000);
    staff_wait_until_says(&staff, ONE, "Dit komt van de waardenkaart van Ronde klein-1");
    post(ONE "/voorleggen", "zeker=ja", 303);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    citizen_get(&citizen, PUB);
    expect_says(&citizen.reply, "7 gevraagd, 4 spraken erover");
    expect_says(&citizen.reply, "Hoe goed is dit bewijs?");
    expect_says(&citizen.reply, "Wij tellen de manieren en de waarden niet bij elkaar op.");
    citizen_get(&citizen, "/waardenkaart/klein-1/kweekvlees");
    expect_says(&citizen.reply, "href=\"" PUB "?consultatie=klein\"");
    change(
        "INSERT INTO zs.value_map (round_id, number, release_number, document, published_by) SELECT id, 2, "
        "1, replace('" MAP "', '\"gesproken\":4', '\"gesproken\":6')::jsonb, 'a' FROM zs.round WHERE code = "
        "'klein-1'");
    citizen_get(&citizen, PUB);
    expect_says(&citizen.reply, "7 gevraagd, 4 spraken erover");
    citizen_get(&citizen, "/v1" PUB);
    expect_says(&citizen.reply, "\"kaart\":1");
    end();
}

/* ---- the API ---- */

static enum db_status read_approved(struct db_tx *tx, void *list)
{
    json_t *found = NULL;
    const enum db_status status = frameworks_approved(&found, tx, db_arena(tx), SLICE("klein"));
    *(json_t **)list = json_deep_copy(found);
    return status;
}

Test(framework, the_api_gives_versions_with_their_tag)
{
    static struct client_reply reply;
    char header[120];
    begin_sheet();
    const uint16_t port = port_of(app);
    make_sheet();
    api_call(&reply, port, NULL, "GET", "/v1/afwegingskaders", "", NULL);
    expect_status(&reply, 200);
    cr_expect_str_eq(reply.body, "{\"afwegingskaders\":[]}");
    post(ONE "/voorleggen", "zeker=ja", 303);
    post_as(&second, ONE "/besluit", "uitkomst=vaststellen", 303);
    api_call(&reply, port, NULL, "GET", "/v1/afwegingskaders?consultatie=klein", "", NULL);
    expect_says(&reply, "\"titel\":\"Kweekvlees\"");
    api_call(&reply, port, NULL, "GET", "/v1" PUB "?versie=1", "", NULL);
    expect_status(&reply, 200);
    expect_says(&reply, "\"vastgesteldDoor\":\"tweede-persoon\"");
    for (const char *const *hidden = (const char *const[]){"sanne", "bas\"", "score", "gemiddelde", NULL};
         *hidden; hidden++) {
        expect_silent(&reply, *hidden);
    }
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", client_header(&reply, "ETag"));
    api_call(&reply, port, NULL, "GET", "/v1" PUB "?versie=1", header, NULL);
    expect_status(&reply, 304);
    for (const char *const *bad = (const char *const[]){"?versie=0", "?versie=x",
                                                        "?consultatie=", "?versie=-1", "?anders=1", NULL};
         *bad; bad++) {
        char path[120];
        snprintf(path, sizeof path, "/v1" PUB "%s", *bad);
        api_call(&reply, port, NULL, "GET", path, "", NULL);
        cr_expect_eq(reply.status, 400, "%s", path);
    }
    for (const char *const *none =
             (const char *const[]){"/v1" PUB "?versie=2", "/v1" PUB "?consultatie=ergens",
                                   "/v1/afwegingskaders/maanreis", PUB "?versie=0", PUB "?consultatie=ergens",
                                   AT "/2", ONE "/score", ONE "/argumenten", ONE "/effecten/1",
                                   ONE "/argumenten/9", ONE "/versies/2", AT "/0", NULL};
         *none; none++) {
        staff_get(&staff, *none);
        cr_expect_eq(staff.reply.status, 404, "%s: %d", *none, staff.reply.status);
    }
    /* A report freezes what the API gives, but for the words of people. */
    size_t i;
    json_t *list = NULL, *argument;
    api_call(&reply, port, NULL, "GET", "/v1" PUB, "", NULL);
    json_t *one = reply_json(&reply);
    place_work(&place, DB_ROLE_RESULTS, read_approved, &list);
    cr_expect_eq(json_array_size(list), 1);
    cr_expect_gt(json_array_size(json_object_get(one, "argumenten")), 0);
    json_array_foreach(json_object_get(one, "argumenten"), i, argument)
    {
        cr_expect_eq(json_object_del(argument, "passages"), 0);
    }
    cr_expect(json_equal(json_array_get(list, 0), one));
    json_decref(list);
    json_decref(one);
    end();
}

/* A page that reads no database knows it from memory, a moment after the start. */
Test(framework, the_explanation_of_an_application_leads_to_its_sheet)
{
    static const char link[] = "href=\"" PUB "?consultatie=biotechnologie-2026\"";
    place_make(&place, REAL_CONSULTATION);
    change(
        "INSERT INTO zs.framework (consultation, application, title, state, created_by, changed_by) VALUES "
        "('biotechnologie-2026', 'kweekvlees', 'Kweekvlees', 'vastgesteld', 'a', 'a');"
        "INSERT INTO zs.framework_version (framework_id, number, document, state, put_forward_by, ground, "
        "decided_at, decided_by) VALUES (1, 1, '{}', 'vastgesteld', 'a', 'tweede-persoon', now(), 'b')");
    app = app_up(&place);
    citizen_init(&citizen, port_of(app));
    for (int tries = 0; tries < 100; tries++) {
        citizen_get(&citizen, "/uitleg/kweekvlees");
        if (strstr(citizen.reply.body, link)) {
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    expect_says(&citizen.reply, link);
    citizen_get(&citizen, "/uitleg/gentherapie");
    expect_status(&citizen.reply, 200);
    expect_silent(&citizen.reply, "/afwegingskaders");
    end();
}
