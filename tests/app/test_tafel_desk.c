/* The secretary's one page: what is on it, each line where its evidence is, and ten thousand signals. */
#include "app/staff.h"

#include <stdio.h>

TestSuite(tafel_desk, .fini = leaks_check, .timeout = 110);

#define AT "/beheer/tafel"
static struct place place;
static struct app *app;
static struct staff staff;

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    app = app_up(&place);
    staff_of(&staff, &place, app, "sanne", ROLE_SECRETARIS, NULL);
}

static void end(void)
{
    app_down(app);
    place_remove(&place);
}

/* As an owner of the database does behind the service's back. */
static void change(const char *sql)
{
    test_sql(place.owner, sql);
}

/* The clock of tests stands at a day: everything is before or after it. */
static void fill(void)
{
    change(
        "INSERT INTO zs.tafel_table (kind, title, quorum, quorum_sides, began_day, created_by, changed_by) "
        "VALUES ('maatschappelijke-tafel', 'De tafel', 2, 2, DATE '2020-01-01', 'x', 'x')");
    change("INSERT INTO zs.meeting (table_id, day, created_by, changed_by) VALUES (1, DATE '2090-01-01', "
           "'x', 'x'), "
           "(1, DATE '2080-01-01', 'x', 'x')");
    change("INSERT INTO zs.meeting_action (meeting_id, told, owner, due_day, created_by) VALUES (1, 'LVVN "
           "bellen', "
           "'Sanne', DATE '2020-02-01', 'x')");
    change("INSERT INTO zs.signal (source, title, body, due_day, state, created_by, changed_by) VALUES "
           "('media', 'Te "
           "laat', 'T', DATE '2020-01-05', 'gewogen', 'x', 'x'), ('media', 'Rijp', 'T', NULL, 'opgevangen', "
           "'x', "
           "'x'), ('media', 'Zonder bewijs', 'T', NULL, 'opgevangen', 'x', 'x'), ('media', 'Nog te "
           "vertellen', 'T', "
           "NULL, 'beantwoord', 'x', 'x'), ('media', 'Al geagendeerd', 'T', NULL, 'opgevangen', 'x', 'x')");
    change("INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, created_by) SELECT s, "
           "'tabel', r.id, "
           "'Omdat', '{}', 'x' FROM (SELECT min(id) AS id FROM zs.round) AS r, unnest(ARRAY[2, 5]) AS s");
    change("INSERT INTO zs.meeting_item (meeting_id, signal_id, created_by) VALUES (2, 5, 'x')");
    change("INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, created_by) "
           "VALUES (1, "
           "'departement', 'Ministerie van LVVN', 'Kan dit?', 'faciliteren', DATE '2020-03-01', 'x')");
    change("INSERT INTO zs.signal_suggestion (round_id, rule, subject, application, figures) SELECT min(id), "
           "'zorg', "
           "'zorg_kweekvlees', 'kweekvlees', '{\"getal\": 61.2, \"laag\": 57, \"hoog\": 65, \"grens\": 50, "
           "\"basis\": "
           "612, \"vraag\": \"Hoeveel zorgen?\", \"dimensie\": \"zorg\"}' FROM zs.round");
    change(
        "INSERT INTO zs.value_map (round_id, number, release_number, document, published_by) SELECT "
        "min(r.id), n, n, "
        "jsonb_build_object('toepassingen', jsonb_build_array(jsonb_build_object('toepassing', 'kweekvlees', "
        "'titel', 'Kweekvlees', 'waarden', jsonb_build_array(jsonb_build_object('waarde', 'veiligheid', "
        "'label', "
        "CASE WHEN n = 1 THEN 'overeenstemming' ELSE 'deels' END), jsonb_build_object('waarde', "
        "'natuurlijkheid', "
        "'label', 'tegenspraak'), jsonb_build_object('waarde', 'legitimiteit', 'label', "
        "'overeenstemming'))))), "
        "'x' FROM zs.round AS r, generate_series(1, 2) AS n GROUP BY n ORDER BY n");
}

Test(tafel_desk, has_every_section_with_lines_that_lead_to_their_evidence)
{
    begin();
    staff_get(&staff, AT);
    expect_status(&staff.reply, 200);
    static const char *const nothing[] = {"Er is niets dat deze week klaar moet zijn.",
                                          "Er is geen overleg gepland.",
                                          "Er is nog niemand iets gevraagd.",
                                          "De regels hebben nog nooit iets gevonden.",
                                          "Er is nog geen waardenkaart openbaar.",
                                          "De kaart van nu:",
                                          "href=\"/beheer/rondes/",
                                          "Er is nog geen antwoord."};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        expect_says(&staff.reply, nothing[i]);
    }
    fill();
    staff_get(&staff, AT);
    static const char *const said[] = {
        "/beheer/berichten?stand=nieuw\">Nog niet gelezen: 0</a>",
        "5 januari 2020 <strong>te laat</strong>: signaal, <a class=\"nl-link zs-target\" "
        "href=\"/beheer/signalen/1\"",
        "href=\"/beheer/overleggen/1\" lang=\"nl\">LVVN bellen</a>",
        "href=\"/beheer/overleggen/2\">1 januari 2080</a>, <span lang=\"nl\">De tafel</span>: agendapunten: "
        "1.",
        "href=\"/beheer/signalen/2\" lang=\"nl\">Rijp</a>",
        "Ministerie van LVVN:</a> open 1, te laat 1, dagen over tijd ",
        "/beheer/signaalvoorstellen#voorstel-1\">Veel mensen maken zich zorgen over kweekvlees</a></li>",
        "kweekvlees/veiligheid\">Kweekvlees: veiligheid:</a> <strong>deels hetzelfde</strong> (was "
        "overeenstemming)",
        "kweekvlees/natuurlijkheid\">Kweekvlees: natuurlijkheid:</a> <strong>tegenspraak</strong>",
        "href=\"/beheer/signalen/4\" lang=\"nl\">Nog te vertellen</a>"};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        expect_says(&staff.reply, said[i]);
    }
    static const char *const silent[] = {"Zonder bewijs",           "Al geagendeerd",
                                         "het hele interval ligt",  "antwoord binnen",
                                         "kweekvlees/legitimiteit", "}}"};
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
        expect_silent(&staff.reply, silent[i]);
    }
    staff_get(&staff, AT "?taal=en");
    expect_says(&staff.reply, "Many people worry about kweekvlees");
    end();
}

/* An answer that came in is seen before somebody moves the signal, and everybody reads that it is there. */
Test(tafel_desk, tells_that_all_who_were_asked_answered)
{
    begin();
    fill();
    change("UPDATE zs.signal SET state = 'doorgeleid', is_public = true WHERE id = 1");
    staff_get(&staff, AT);
    expect_silent(&staff.reply, "antwoord binnen");
    staff_get(&staff, "/signalen/1");
    expect_says(&staff.reply, "wacht op antwoord");
    change(
        "WITH link AS (INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, used_at, created_by) "
        "VALUES (1, sha256('x'), now() + interval '1 day', now(), 'x') RETURNING id) INSERT INTO "
        "zs.signal_answer (forward_id, link_id, outcome, reason, answered_by, answered_at) SELECT 1, id, "
        "'niet', 'Het mag niet.', 'Directie', now() FROM link");
    change("UPDATE zs.signal_forward SET state = 'geantwoord'");
    staff_get(&staff, AT);
    expect_says(&staff.reply, "Iedereen die iets is gevraagd, heeft geantwoord.");
    expect_says(&staff.reply,
                "href=\"/beheer/signalen/1/stap\"><strong>antwoord binnen: zet op beantwoord en "
                "vertel het</strong>");
    expect_silent(&staff.reply, "Burgers weten van alle antwoorden.");
    staff_get(&staff, "/beheer/signalen/1");
    expect_says(&staff.reply, "Het antwoord is binnen: iedereen heeft geantwoord.");
    static const char *const read[] = {"/signalen", "/signalen/1", "/v1/signalen", "/v1/signalen/1"};
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
        staff_get(&staff, read[i]);
        expect_says(&staff.reply, "Iedereen aan wie dit is doorgegeven, heeft geantwoord.");
        expect_silent(&staff.reply, "wacht op antwoord");
    }
    end();
}

/* What a clash says is read as a sentence. */
Test(tafel_desk, a_clash_is_told_in_plain_words)
{
    begin();
    change("INSERT INTO zs.signal_suggestion (round_id, rule, subject, application, value, figures) SELECT "
           "min(id), 'tegenspraak', 'kweekvlees/veiligheid', 'kweekvlees', 'veiligheid', '{\"enquete\": 1, "
           "\"interviews\": -1}' FROM zs.round");
    staff_get(&staff, "/beheer/signaalvoorstellen");
    expect_says(&staff.reply,
                "In de vragenlijst zijn mensen hierover vooral positief. In de interviews zijn mensen "
                "hierover vooral negatief. In de focusgroepen zeiden mensen hier niets over.");
    end();
}

/* Five lines a section, whatever there is, and how many more there are. */
Test(tafel_desk, stays_one_page_with_ten_thousand_signals)
{
    begin();
    fill();
    change(
        "INSERT INTO zs.signal (source, title, body, owner, due_day, state, is_public, created_by, "
        "changed_by) SELECT "
        "'media', 'Signaal ' || i, 'Tekst', 'Eigenaar', DATE '2027-01-01' + i % 1000, (ARRAY['opgevangen', "
        "'gewogen', 'doorgeleid', 'beantwoord', 'teruggekoppeld', 'niet-doorgeleid'])[1 + i % 6], i % 2 = 0, "
        "'x', "
        "'x' FROM generate_series(1, 10000) AS i");
    change("INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, created_by) SELECT s.id, "
           "'tabel', "
           "(SELECT min(id) FROM zs.round), 'Omdat', '{}', 'x' FROM zs.signal AS s WHERE s.id % 2 = 0");
    change("INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, created_by) "
           "SELECT s.id, "
           "'departement', 'Ministerie ' || s.id / 6 % 12, 'Kan dit?', 'faciliteren', DATE '2020-03-01', 'x' "
           "FROM "
           "zs.signal AS s WHERE s.state = 'doorgeleid'");
    change("ANALYZE zs.signal, zs.signal_evidence, zs.signal_forward");
    staff_get(&staff, AT);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply,
                "/beheer/signalen?stand=beantwoord\">En nog 1663</a>");            /* 1667 and 1, less five */
    expect_says(&staff.reply, "/beheer/signalen?stand=doorgeleid\">En nog 8</a>"); /* 12 and 1 */
    expect_says(&staff.reply, "href=\"/beheer/signalen/2\" lang=\"nl\">Rijp</a>"); /* the oldest first */
    expect_silent(&staff.reply, "Al geagendeerd");
    end();
}
