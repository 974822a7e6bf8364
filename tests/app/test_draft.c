/* The life of a draft: begun, saved, saved by many tabs at once, put away, found again, gone. */
#include "app/one_citizen.h"

#include <stdio.h>

TestSuite(draft, .fini = leaks_check);

static int64_t drafts(void)
{
    return place_count(&place, "SELECT count(*) FROM zs.draft");
}

Test(draft, is_begun_saved_and_sent)
{
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    expect_redirect(&citizen.reply, "/vragen/begin.doet-mee-voor");
    cr_expect_eq(drafts(), 1);
    citizen_answer(&citizen, "begin.doet-mee-voor", "doet-mee-voor=mijzelf");
    expect_redirect(&citizen.reply, "/vragen/begin.houding");
    citizen_answer(&citizen, "begin.houding", "houding=goed");
    expect_redirect(&citizen.reply, "/vragen/begin.waarom");
    citizen_answer(&citizen, "begin.waarom", "waarom=Omdat+het+kan.");
    expect_redirect(&citizen.reply, "/vragen/begin.kleur");
    cr_expect_eq(place_count(&place, "SELECT revision FROM zs.draft"), 4);
    cr_expect_eq(place_count(&place, "SELECT page FROM zs.draft"), 3);
    citizen_get(&citizen, "/controle");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Omdat het kan.");
    citizen_send(&citizen);
    cr_expect_eq(drafts(), 0, "the draft outlives its sending");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage WHERE body = 'Omdat het kan.'"), 1);
    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, citizen_code(&citizen));
    expect_says(&citizen.reply, "Omdat het kan.");
    end();
}

Test(draft, shows_what_was_answered_before)
{
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.waarom", "waarom=Eerst+dit.");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_says(&citizen.reply, "Eerst dit.");
    citizen_answer(&citizen, "begin.waarom", "waarom=Toen+dat.");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_says(&citizen.reply, "Toen dat.");
    expect_silent(&citizen.reply, "Eerst dit.");
    end();
}

Test(draft, holds_nothing_readable)
{
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.waarom", "waarom=herkenbaar");
    cr_expect_eq(
        place_count(&place,
                    "SELECT count(*) FROM zs.draft WHERE position('herkenbaar'::bytea IN sealed) > 0"),
        0);
    end();
}

/* ---- two tabs, twenty tabs ---- */

Test(draft, keeps_what_two_tabs_save_at_once)
{
    static struct tab tabs[2];
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    for (int turn = 0; turn < 10; turn++) {
        char first[64];
        char second[64];
        snprintf(first, sizeof first, "waarom=linkerblad+%d", turn);
        snprintf(second, sizeof second, "houding=%s", turn % 2 ? "goed" : "slecht");
        tab_open(&tabs[0], &citizen, "/vragen/begin.waarom", first);
        tab_open(&tabs[1], &citizen, "/vragen/begin.houding", second);
        tabs_post(tabs, 2);
        expect_status(&tabs[0].citizen.reply, 303);
        expect_status(&tabs[1].citizen.reply, 303);
        citizen_get(&citizen, "/controle");
        snprintf(first, sizeof first, "linkerblad %d", turn);
        expect_says(&citizen.reply, first);
        expect_says(&citizen.reply, turn % 2 ? "Goed" : "Slecht");
    }
    end();
}

/* Notes each save of a draft with its transaction. */
static const char note_saves[] =
    "CREATE TABLE saved (draft_id bytea, revision int, transaction xid8);"
    "CREATE FUNCTION note_save() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
    " INSERT INTO public.saved VALUES (NEW.draft_id, NEW.revision, pg_current_xact_id()); RETURN NEW; END $$;"
    "CREATE TRIGGER note_save AFTER UPDATE ON zs.draft FOR EACH ROW EXECUTE FUNCTION note_save()";

Test(draft, saves_twenty_tabs_each_in_a_batch_of_its_own)
{
    enum { TABS = 20 };
    static struct tab tabs[TABS];
    begin();
    test_sql(place.owner, note_saves);
    citizen_begin(&citizen, ROUND, "volledig", "");
    for (int i = 0; i < TABS; i++) {
        tab_open(&tabs[i], &citizen, i % 2 ? "/vragen/begin.waarom" : "/vragen/begin.houding",
                 i % 2 ? "waarom=tekst" : "houding=goed");
    }
    tabs_post(tabs, TABS);
    for (int i = 0; i < TABS; i++) {
        expect_status(&tabs[i].citizen.reply, 303);
    }
    cr_expect_eq(place_count(&place, "SELECT revision FROM zs.draft"), 1 + TABS, "one save a tab");
    cr_expect_eq(place_count(&place, "SELECT count(DISTINCT (draft_id, revision)) FROM saved"), TABS);
    cr_expect_eq(place_count(&place, "SELECT count(DISTINCT transaction) FROM saved"), TABS,
                 "two saves of one draft shared a transaction");
    end();
}

/* ---- put away and found again ---- */

Test(draft, is_found_by_its_code_in_every_spelling)
{
    char code[CODE_TEXT_BYTES];
    char typed[8][64];
    size_t n = 0;
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.waarom", "waarom=bewaar+mij&actie=bewaren");
    expect_redirect(&citizen.reply, "/bewaard");
    citizen_get(&citizen, "/bewaard");
    expect_status(&citizen.reply, 200);
    snprintf(code, sizeof code, "%s", citizen_code(&citizen));
    expect_says(&citizen.reply, code);
    expect_says(&citizen.reply, "href=\"/vragen/begin.waarom\"");

    snprintf(typed[n++], sizeof typed[0], "%s", code);
    snprintf(typed[n++], sizeof typed[0], "++%s++", code);
    char *lower = typed[n++];
    char *bare = typed[n++];
    char *spaced = typed[n++];
    char *looks = typed[n++];
    for (size_t i = 0; code[i]; i++) {
        bool dash = code[i] == '-';
        char low = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + 32 : code[i]);
        sprintf(lower + strlen(lower), "%c", low);
        sprintf(bare + strlen(bare), dash ? "" : "%c", code[i]);
        sprintf(spaced + strlen(spaced), dash ? "+" : "%c.", code[i]);
        sprintf(looks + strlen(looks), "%c", code[i] == '0' ? 'o' : code[i] == '1' ? 'l' : code[i]);
    }
    snprintf(typed[n++], sizeof typed[0], "%.4s%%E2%%80%%93%.4s%%C2%%A0%.4s_%s", code, code + 5, code + 10,
             code + 15);
    for (size_t i = 0; i < n; i++) {
        struct citizen other;
        citizen_init(&other, port_of(app));
        citizen_resume(&other, typed[i]);
        cr_assert_eq(other.reply.status, 303, "typed %s: %d", typed[i], other.reply.status);
        expect_redirect(&other.reply, "/bewaard?terug=code");
        cr_expect_str_eq(citizen_code(&other), code);
        citizen_get(&other, "/bewaard?terug=code");
        expect_says(&other.reply, "Wij hebben uw antwoorden gevonden");
        expect_says(&other.reply, "href=\"/vragen/begin.waarom\"");
        citizen_get(&other, "/vragen/begin.waarom");
        expect_says(&other.reply, "bewaar mij");
    }
    end();
}

Test(draft, that_is_gone_says_so_and_gives_back_what_was_typed)
{
    char body[256];
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_get(&citizen, "/vragen/begin.waarom");
    snprintf(body, sizeof body, "token=%s&waarom=een+lang+verhaal",
             citizen_token(&citizen, "/vragen/begin.waarom"));
    test_sql(place.owner, "DELETE FROM zs.draft");
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "een lang verhaal");
    expect_says(&citizen.reply, "href=\"/ontvangst\"");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 404);
    expect_says(&citizen.reply, "Wij vinden bij uw code geen antwoorden");
    citizen_get(&citizen, "/controle");
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/bewaard");
    expect_redirect(&citizen.reply, "/ontvangst");
    end();
}

Test(draft, that_is_there_still_is_never_said_to_be_gone)
{
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_get(&citizen, "/ontvangst");
    expect_redirect(&citizen.reply, "/bewaard");
    citizen_get(&citizen, "/bewaard");
    expect_status(&citizen.reply, 200);
    end();
}

Test(draft, of_another_secret_is_no_draft)
{
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    test_sql(place.owner, "UPDATE zs.draft SET sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1)");
    citizen_get(&citizen, "/vragen/begin.houding");
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 404);
    citizen_get(&citizen, "/controle");
    expect_redirect(&citizen.reply, "/ontvangst");
    cr_expect_eq(drafts(), 1, "what cannot be read is not thrown away");
    end();
}

Test(draft, without_its_cookie_gives_back_what_was_typed)
{
    begin();
    citizen_post(&citizen, "/vragen/begin.waarom", "waarom=niet+kwijt&website=&actie=bewaren");
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "niet kwijt");
    expect_says(&citizen.reply, "href=\"/verder\"");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_redirect(&citizen.reply, "/verder?terug=code");
    citizen_get(&citizen, "/controle");
    expect_redirect(&citizen.reply, "/verder?terug=code");
    citizen_get(&citizen, "/ontvangst");
    expect_redirect(&citizen.reply, "/verder?terug=code");
    citizen_get(&citizen, "/verder?terug=code");
    expect_says(&citizen.reply, "Wij weten niet meer waar u was. Met uw code kunt u verder.");
    citizen_get(&citizen, "/verder");
    expect_silent(&citizen.reply, "Wij weten niet meer");
    end();
}

/* ---- in time ---- */

Test(draft, expires_and_says_so)
{
    char body[256];
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_fill(body, sizeof body, &citizen, "begin.waarom", "waarom=te+laat");
    clock_forward((int64_t)90 * DAY_S);
    cr_expect_eq(drafts(), 1, "it is kept for ninety days");
    clock_forward(DAY_S);
    cr_assert_eq(test_sql_wait(place.owner, "SELECT count(*) FROM zs.draft", 0, 20000), 0,
                 "and then it goes by itself");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'draft.expire'"), 1);
    citizen_post(&citizen, "/vragen/begin.waarom", body);
    expect_status(&citizen.reply, 400);
    expect_says(&citizen.reply, "te laat");
    citizen_get(&citizen, "/vragen/begin.waarom");
    expect_redirect(&citizen.reply, "/ontvangst");
    citizen_get(&citizen, "/ontvangst");
    expect_status(&citizen.reply, 404);
    expect_says(&citizen.reply, "te lang bewaard");
    citizen_get(&citizen, "/ontvangst?taal=en");
    expect_says(&citizen.reply, "kept too long");
    end();
}

Test(draft, goes_a_week_after_its_round_closed)
{
    const int64_t closes = 1811808000; /* 2027-06-01 */
    begin();
    clock_set(closes - 3600);
    citizen_begin(&citizen, ROUND, "volledig", "");
    clock_set(closes + 7 * DAY_S);
    cr_assert_eq(test_sql_wait(place.owner,
                               "SELECT count(*) FROM zs.periodic_task WHERE name = 'draft.expire' AND "
                               "done_at >= '2027-06-08'",
                               1, 20000),
                 1);
    citizen_get(&citizen, "/controle");
    expect_status(&citizen.reply, 200);
    clock_forward(3600);
    cr_assert_eq(test_sql_wait(place.owner, "SELECT count(*) FROM zs.draft", 0, 20000), 0);
    end();
}

/* ---- one participation at a time ---- */

Test(draft, of_somebody_else_opens_for_nobody)
{
    struct citizen other;
    char mixed[256];
    begin();
    citizen_init(&other, port_of(app));
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_answer(&citizen, "begin.waarom", "waarom=geheim");
    citizen_begin(&other, "klein-2", "volledig", "");
    /* The code of one round is nothing in another. */
    snprintf(mixed, sizeof mixed, "%s.klein-2.volledig", citizen_code(&citizen));
    snprintf(other.participation, sizeof other.participation, "%s", mixed);
    citizen_get(&other, "/vragen/begin.waarom");
    expect_redirect(&other.reply, "/ontvangst");
    end();
}

Test(draft, goes_from_a_shared_computer)
{
    char body[128];
    begin();
    citizen_begin(&citizen, ROUND, "volledig", "");
    citizen_get(&citizen, "/vragen/begin.houding");
    snprintf(body, sizeof body, "token=%s", citizen_token(&citizen, "/wissen"));
    citizen_post(&citizen, "/wissen", body);
    expect_redirect(&citizen.reply, "/gewist");
    cr_expect_str_empty(citizen.participation);
    cr_expect(client_header(&citizen.reply, "Clear-Site-Data"));
    cr_expect_eq(drafts(), 1, "the code still opens it");
    end();
}
