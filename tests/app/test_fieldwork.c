/* A researcher runs a conversation: plans it by a guide, adds people under pseudonyms, notes what each agreed
 * to, says where the recording is, and takes out who withdraws. */
#include "app/conversation_scene.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(fieldwork, .fini = leaks_check, .timeout = 110);

Test(fieldwork, is_planned_and_changed_by_one_at_a_time)
{
    scene_begin();
    staff_get(&staff, "/beheer/veldwerk");
    expect_says(&staff.reply, ROUND_AT);
    plan_group();
    staff_get(&staff, GROUP_AT);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "M. Bos");
    expect_says(&staff.reply, "Focusgroep: biotechnologie in uw leven");
    char body[1024];
    snprintf(body, sizeof body, "%s&revisie=1&gesteld=kweekvlees", PLANNED);
    staff_post(&staff, GROUP_AT, GROUP_AT, body);
    expect_redirect(&staff.reply, GROUP_AT);
    expect_sql("SELECT asked_parts::text || revision FROM zs.conversation", "{kweekvlees}2");
    /* What was asked is of the guide. */
    snprintf(body, sizeof body, "%s&revisie=2&gesteld=kweekvlees&gesteld=maanreis", PLANNED);
    staff_post(&staff, GROUP_AT, GROUP_AT, body);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Kies onderdelen van de leidraad van dit gesprek");
    expect_sql("SELECT asked_parts::text || revision FROM zs.conversation", "{kweekvlees}2");
    snprintf(body, sizeof body, "%s&revisie=1&gesteld=kweekvlees", PLANNED);
    /* Who read the revision before does not write over it. */
    staff_post(&staff, GROUP_AT, GROUP_AT, body);
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, "Iemand anders");
    /* They see what stands, and save again what they meant. */
    snprintf(body, sizeof body, "%s&revisie=1&gesteld=kweekvlees&notulist=N.+Nota&plaats=Ede", PLANNED);
    test_sql(place.owner, "UPDATE zs.conversation SET venue = 'Zaal 4', revision = 3");
    staff_post(&staff, GROUP_AT, GROUP_AT, body);
    expect_status(&staff.reply, 409);
    expect_says(&staff.reply, ": Zaal 4</li>");
    expect_says(&staff.reply, ": -</li>"); /* nobody takes notes */
    expect_says(&staff.reply, "name=\"revisie\" value=\"3\"");
    snprintf(body, sizeof body, "%s&revisie=3&gesteld=kweekvlees&notulist=N.+Nota&plaats=Ede", PLANNED);
    staff_post(&staff, GROUP_AT, GROUP_AT, body);
    expect_redirect(&staff.reply, GROUP_AT);
    expect_sql("SELECT venue || note_taker || revision FROM zs.conversation", "EdeN. Nota4");
    /* A second one has the next number, an interview a number of its own; its guide is for focus groups. */
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw", PLANNED);
    expect_redirect(&staff.reply, "/beheer/gesprekken/" ROUND "-focusgroep-2");
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw",
               "soort=interview&leidraad=1&datum=2027-01-20&taal=nl&vorm=live&gespreksleider=Bos");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Kies een leidraad van deze consultatie");
    staff_get(&staff, ROUND_AT);
    expect_says(&staff.reply, GROUP_AT);
    scene_end();
}

Test(fieldwork, says_all_that_is_wrong_and_keeps_what_was_typed)
{
    scene_begin();
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw",
               "soort=focusgroep&leidraad=1&datum=31-01-2027&taal=nl&vorm=maan&gespreksleider=%3Cb%3EBos"
               "&toeschouwers=veel");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#vorm\">Hoe het gesprek gaat: ");
    expect_says(&staff.reply, "href=\"#toeschouwers\"");
    expect_says(&staff.reply, "&lt;b&gt;Bos");
    expect_silent(&staff.reply, "<b>Bos");
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw",
               "soort=focusgroep&leidraad=1&datum=31-01-2027&taal=nl&vorm=live&gespreksleider=Bos&vergoeding="
               "contant");
    expect_says(&staff.reply, "href=\"#datum\"");
    expect_says(&staff.reply, "href=\"#vergoedingCent\"");
    /* What is missing is asked for in the words of its kind, and named in the summary. */
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw", "leidraad=1&taal=nl");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#soort\">Soort gesprek: kies een antwoord.</a>");
    expect_says(&staff.reply, "href=\"#datum\">Dag van het gesprek: kies een dag.</a>");
    expect_says(&staff.reply, "href=\"#gespreksleider\">Gespreksleider: vul dit in.</a>");
    expect_says(&staff.reply, "Fout: Kies een antwoord.");
    expect_silent(&staff.reply, "verplicht.");
    expect_sql("SELECT count(*)::text FROM zs.conversation", "0");
    scene_end();
}

Test(fieldwork, people_are_pseudonyms_with_a_background_and_names_are_sealed_apart)
{
    scene_begin();
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+de+Vries");
    add_person("stand=reserve&leeftijdsgroep=16-17");
    staff_post(&staff, GROUP_AT "/deelnemers", GROUP_AT "/deelnemers",
               "pseudoniem=Jan&stand=gekomen&leeftijdsgroep=volwassen&achtergrond.houding=goed");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#pseudoniem\"");
    expect_says(&staff.reply, "href=\"#achtergrond\"");
    staff_post(&staff, GROUP_AT "/deelnemers", GROUP_AT "/deelnemers",
               "pseudoniem=P2&stand=gekomen&leeftijdsgroep=volwassen");
    expect_says(&staff.reply, "al gebruikt");
    expect_sql("SELECT string_agg(pseudonym || standing || was_reserve, ' ' ORDER BY id) FROM zs.participant",
               "P1gekomenfalse P2reservetrue");
    expect_sql(
        "SELECT string_agg((position('Vries'::bytea IN sealed) > 0)::text, ' ') FROM zs.participant_name",
        "false");
    staff_get(&staff, GROUP_AT);
    expect_silent(&staff.reply, "Vries");
    /* Whoever reads a name is noted. */
    staff_get(&staff, "/beheer/deelnemers/1");
    expect_says(&staff.reply, "Jan de Vries");
    staff_get(&staff, "/beheer/deelnemers/2");
    expect_says(&staff.reply, "Deelnemer P2 wijzigen</h1>");
    staff_get(&staff, "/beheer/deelnemers/2/toestemming");
    expect_says(&staff.reply, "Toestemming vastleggen: P2</h1>");
    expect_sql("SELECT string_agg(actor || ' ' || object, ', ') FROM zs.audit_event WHERE action = "
               "'participant.name'",
               "onno participant:1");
    /* There is no number behind the last one: then one that is free. */
    add_person("pseudoniem=P999&stand=reserve&leeftijdsgroep=volwassen");
    add_person("stand=reserve&leeftijdsgroep=volwassen");
    expect_sql("SELECT string_agg(pseudonym, ' ' ORDER BY id) FROM zs.participant", "P1 P2 P999 P3");
    scene_end();
}

Test(fieldwork, consent_is_tick_by_tick_and_the_newest_holds)
{
    scene_begin();
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=onder-16");
    staff_get(&staff, GROUP_AT);
    expect_says(&staff.reply, "Nog niet gevraagd");
    staff_post(&staff, "/beheer/deelnemers/1/toestemming", "/beheer/deelnemers/1/toestemming",
               "formulier=1&gegevenOp=2027-01-14&wijze=papier&deelname=ja&opname=ja");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "een ouder of voogd moet tekenen");
    staff_post(&staff, "/beheer/deelnemers/1/toestemming", "/beheer/deelnemers/1/toestemming",
               "formulier=1&gegevenOp=2027-01-14&wijze=papier&opname=ja");
    expect_says(&staff.reply, "Wie niet meedoet");
    staff_post(&staff, "/beheer/deelnemers/1/toestemming", "/beheer/deelnemers/1/toestemming",
               "formulier=1&gegevenOp=2027-01-14&wijze=papier&deelname=ja&ouder=ja");
    expect_redirect(&staff.reply, GROUP_AT);
    staff_get(&staff, GROUP_AT);
    expect_says(&staff.reply, "Geen opname toegestaan");
    staff_post(&staff, "/beheer/deelnemers/1/toestemming", "/beheer/deelnemers/1/toestemming",
               "formulier=1&gegevenOp=2027-01-15&wijze=mondeling&deelname=ja&ouder=ja&opname=ja&citaten=ja");
    staff_get(&staff, GROUP_AT);
    expect_says(&staff.reply, "Vastgelegd");
    expect_sql("SELECT string_agg(manner || quotes, ' ' ORDER BY id) FROM zs.consent",
               "papierfalse mondelingtrue");
    scene_end();
}

/* Everybody that there can be (standing, age, what was agreed to, withdrawn or not), each with one turn: in a
 * conversation whose transcript is of a recording, and in one of notes. */
static const char everybody_sql[] =
    "INSERT INTO zs.conversation (code, round_id, kind, guide_version, day, language, setting, moderator, "
    "created_by) SELECT 'of-' || source, (SELECT min(id) FROM zs.round), 'focusgroep', 1, current_date, "
    "'nl', "
    "'live', 'Mo', 'a' FROM unnest(ARRAY['opname', 'aantekening']) AS source;"
    "INSERT INTO zs.participant (conversation_id, pseudonym, standing, age, withdrawn_day)"
    " SELECT c.id, 'P' || row_number() OVER (PARTITION BY c.id ORDER BY standing, age, withdrawn, i), "
    "standing, CASE WHEN withdrawn IS NULL THEN age END, withdrawn"
    " FROM zs.conversation AS c, unnest(ARRAY['uitgenodigd', 'gekomen', 'niet-gekomen']) AS standing,"
    " unnest(ARRAY['onder-16', '16-17', 'volwassen']) AS age, unnest(ARRAY[NULL, current_date]) AS withdrawn,"
    " generate_series(1, 5) AS i;"
    "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, takes_part, recording, "
    "by_parent, "
    "quotes, archive, contact, noted_by)"
    " SELECT id, '1', current_date, 'papier', how <> 1, how >= 3, how = 4, false, false, false, 'a'"
    " FROM (SELECT id, (substring(pseudonym FROM 2)::int % 5) AS how FROM zs.participant) AS p WHERE how > 0;"
    "INSERT INTO zs.transcript_version (conversation_id, number, is_current, cause, source, created_by)"
    " SELECT id, 1, true, 'geladen', substring(code FROM 4), 'a' FROM zs.conversation;"
    "INSERT INTO zs.turn (conversation_id, kind, speaker, participant_id, body)"
    " SELECT conversation_id, 'uitspraak', 'deelnemer', id, 'ja' FROM zs.participant;"
    "INSERT INTO zs.transcript_turn SELECT v.id, row_number() OVER (PARTITION BY v.id), t.id"
    " FROM zs.transcript_version AS v JOIN zs.turn AS t USING (conversation_id);";

static enum db_status compare_rule(struct db_tx *tx, void *context)
{
    size_t i, *stand = context;
    json_t *people, *item;
    enum db_status status = DB_OK;
    for (int32_t conversation = 1; status == DB_OK && conversation <= 2; conversation++) {
        status = participant_list(&people, tx, db_arena(tx), conversation);
        json_array_foreach(people, i, item)
        {
            char sql[120], *text = json_dumps(item, 0);
            const bool allowed = consent_lacks(item, conversation == 1) == CONSENT_ENOUGH;
            snprintf(sql, sizeof sql, "SELECT count(*)::text FROM zs.evidence WHERE participant_id = %d",
                     (int)json_integer_value(json_object_get(item, "deelnemer")));
            cr_expect_str_eq(test_sql_text(place.owner, sql), allowed ? "1" : "0", "%d: %s",
                             (int)conversation, text);
            stand[0] += allowed;
            stand[1] += 1;
            free(text);
        }
    }
    return status;
}

Test(fieldwork, what_may_be_loaded_is_what_stands_as_evidence)
{
    size_t stand[2] = {0, 0};
    scene_begin();
    test_sql(place.owner, everybody_sql);
    in_transaction(compare_rule, stand);
    cr_expect_eq(stand[1], 2 * 3 * 3 * 2 * 5);
    cr_expect_eq(stand[0],
                 (1 + 2 + 2) + (1 + 3 + 3)); /* of a recording: onder-16, 16-17, volwassen; of notes */
    scene_end();
}

Test(fieldwork, recordings_are_chased_until_somebody_says_that_they_are_gone)
{
    scene_begin();
    plan_group();
    staff_post(&staff, GROUP_AT "/opnamen", GROUP_AT "/opnamen",
               "opnamesoort=geluid&bewaarplaats=recorder+3&vernietigenVoor=2099-01-01");
    expect_status(&staff.reply, 400);
    staff_post(&staff, GROUP_AT "/opnamen", GROUP_AT "/opnamen",
               "opnamesoort=geluid&bewaarplaats=recorder+3&vernietigenVoor=2027-01-14");
    expect_redirect(&staff.reply, GROUP_AT);
    staff_get(&staff, "/beheer/veldwerk");
    expect_says(&staff.reply, "recorder 3");
    staff_post(&staff, "/beheer/veldwerk", "/beheer/opnamen/1/vernietigd", "");
    expect_says(&staff.reply, "Is de opname vernietigd?");
    staff_post(&staff, "/beheer/veldwerk", "/beheer/opnamen/1/vernietigd", "zeker=ja");
    expect_redirect(&staff.reply, "/beheer/veldwerk");
    staff_get(&staff, "/beheer/veldwerk");
    expect_silent(&staff.reply, "recorder 3");
    expect_sql("SELECT destroyed_by || destroyed_day FROM zs.recording", "onno2027-01-15");
    scene_end();
}

Test(fieldwork, who_withdraws_is_gone_but_for_the_pseudonym)
{
    scene_begin();
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+de+Vries");
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/1/intrekking", "");
    expect_says(&staff.reply, "kan niet ongedaan worden gemaakt");
    expect_says(&staff.reply, "Deelnemer terugtrekken: P1</h1>");
    expect_sql("SELECT count(*)::text FROM zs.participant_name", "1");
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/1/intrekking", "zeker=ja");
    expect_redirect(&staff.reply, GROUP_AT);
    staff_get(&staff, GROUP_AT);
    expect_says(&staff.reply, "Teruggetrokken");
    expect_sql("SELECT count(*)::text FROM zs.participant_name", "0");
    staff_post(&staff, GROUP_AT, "/beheer/deelnemers/1",
               "stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+de+Vries");
    expect_status(&staff.reply, 400);
    expect_sql("SELECT count(*)::text FROM zs.participant_name", "0");
    expect_sql(
        "SELECT string_agg(action, ' ' ORDER BY id) FROM zs.audit_event WHERE action LIKE 'conversation%' OR "
        "action LIKE 'participant%'",
        "conversation.plan participant.add participant.withdraw");
    scene_end();
}

Test(fieldwork, the_plan_tells_who_came_and_who_is_still_needed)
{
    scene_begin();
    staff_post(&staff, ROUND_AT "/plan/groep", ROUND_AT "/plan/groep",
               "soort=focusgroep&segment=jong&titel=Jongeren&doelgroep=publiek&gesprekken=2&mensen=3");
    expect_says(&staff.reply, "Maak eerst het plan");
    staff_post(&staff, ROUND_AT "/plan/opzet", ROUND_AT "/plan/opzet",
               "soort=focusgroep&samenstelling=homogeen&reden=Jongeren+praten+vrijer&overwerving=2");
    expect_redirect(&staff.reply, ROUND_AT "/plan");
    staff_post(&staff, ROUND_AT "/plan/groep", ROUND_AT "/plan/groep",
               "soort=focusgroep&segment=jong&titel=Jongeren&doelgroep=publiek&gesprekken=2&mensen=3&"
               "reservesNodig=1");
    expect_redirect(&staff.reply, ROUND_AT "/plan");
    /* What is there is not written over by what is meant to be another. */
    staff_post(&staff, ROUND_AT "/plan/groep", ROUND_AT "/plan/groep",
               "soort=focusgroep&segment=jong&titel=Jongens&doelgroep=publiek&gesprekken=9&mensen=9");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "Er is al een groep met deze code");
    expect_says(&staff.reply, "Korte code van de groep");
    expect_silent(&staff.reply, "Laat dit leeg als de groep gemengd is.");
    staff_post(&staff, ROUND_AT "/plan/opzet", ROUND_AT "/plan/opzet",
               "soort=focusgroep&samenstelling=gemengd&reden=Anders");
    expect_says(&staff.reply, "Er is al een plan voor dit soort gesprek");
    /* What is changed is shown as it is. */
    staff_get(&staff, ROUND_AT "/plan/opzet/focusgroep");
    expect_says(&staff.reply, "Jongeren praten vrijer</textarea>");
    staff_post(&staff, ROUND_AT "/plan/opzet/focusgroep", ROUND_AT "/plan/opzet/focusgroep",
               "samenstelling=homogeen&reden=Jongeren+praten+vrijer&overwerving=3");
    expect_redirect(&staff.reply, ROUND_AT "/plan");
    staff_get(&staff, ROUND_AT "/plan");
    expect_says(&staff.reply, ROUND_AT "/plan/groep/focusgroep/jong\"");
    staff_get(&staff, ROUND_AT "/plan/groep/focusgroep/jong");
    expect_says(&staff.reply, "value=\"Jongeren\"");
    expect_silent(&staff.reply, "name=\"segment\"");
    staff_post(&staff, ROUND_AT "/plan/groep/focusgroep/jong", ROUND_AT "/plan/groep/focusgroep/jong",
               "titel=Jonge+mensen&doelgroep=publiek&gesprekken=2&mensen=3&reservesNodig=1");
    expect_redirect(&staff.reply, ROUND_AT "/plan");
    expect_sql("SELECT code || title || over_recruit FROM zs.composition_segment, zs.composition_plan",
               "jongJonge mensen3");
    staff_get(&staff, ROUND_AT "/plan/groep/focusgroep/oud");
    expect_status(&staff.reply, 404);
    staff_get(&staff, ROUND_AT "/plan/opzet/interview");
    expect_status(&staff.reply, 404);
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw", PLANNED "&segment=jong");
    expect_redirect(&staff.reply, GROUP_AT);
    add_person("stand=gekomen&leeftijdsgroep=16-17");
    add_person("stand=niet-gekomen&leeftijdsgroep=16-17");
    add_person("stand=reserve&leeftijdsgroep=16-17");
    staff_get(&staff, ROUND_AT "/plan");
    expect_says(&staff.reply, "Jongeren praten vrijer");
    expect_says(&staff.reply,
                "<td class=\"utrecht-table__cell\">1 / 3</td><td class=\"utrecht-table__cell\">2</td>"
                "<td class=\"utrecht-table__cell\">1 + 0</td><td class=\"utrecht-table__cell\">1 / 1</td>");
    scene_end();
}

Test(fieldwork, guide_and_consent_form_print)
{
    scene_begin();
    staff_get(&staff, "/beheer/leidraden/1");
    expect_says(&staff.reply, "Een hamburger uit het lab");
    expect_says(&staff.reply, "20. Wat hadden wij moeten vragen");
    staff_get(&staff, "/beheer/toestemming/1");
    expect_says(&staff.reply, "Kruis aan wat u goed vindt");
    staff_get(&staff, "/beheer/toestemming/1?groot=1");
    expect_says(&staff.reply, "zs-large");
    staff_get(&staff, "/beheer/toestemming/2");
    expect_status(&staff.reply, 404);
    scene_end();
}

Test(fieldwork, is_for_researchers_of_that_consultation)
{
    static struct staff analyst, elsewhere;
    scene_begin();
    plan_group();
    staff_of(&analyst, &place, app, "anna", ROLE_ANALIST, NULL);
    staff_get(&analyst, GROUP_AT);
    expect_status(&analyst.reply, 403);
    test_sql(place.owner, "INSERT INTO zs.consultation (code, document) VALUES ('anders', '{}')");
    staff_of(&elsewhere, &place, app, "els", ROLE_ONDERZOEKER, "anders");
    staff_get(&elsewhere, GROUP_AT);
    expect_status(&elsewhere.reply, 403);
    staff_get(&elsewhere, ROUND_AT "/plan");
    expect_status(&elsewhere.reply, 403);
    staff_get(&elsewhere, "/beheer/leidraden/1");
    expect_status(&elsewhere.reply, 403);
    scene_end();
}
