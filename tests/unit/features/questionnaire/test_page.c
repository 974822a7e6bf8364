/* One posted page of each type: what is stored, what is refused and with which words. */
#include "unit/features/questionnaire/support.h"

#include <stdio.h>

TestSuite(questionnaire_page, .fini = leaks_check);

static void begin(struct scene *s)
{
    scene_open(s, COMPLETE);
    scene_begin_with(s, "volledig", "kaas", "wol");
}

/* n characters of two bytes each. */
static const char *text_of(struct scene *s, const char *name, size_t n)
{
    char *text = arena_alloc(s->arena, strlen(name) + 2 + 2 * n);
    size_t at = (size_t)sprintf(text, "%s=", name);
    for (size_t i = 0; i < n; i++) {
        memcpy(text + at + 2 * i, "\xc3\xa9", 2);
    }
    return text;
}

Test(questionnaire_page, single)
{
    struct scene s;
    begin(&s);
    expect_value(&s, "voor-wie", "-");
    scene_answer(&s, "begin.voor-wie", "voor-wie=organisatie");
    expect_value(&s, "voor-wie", "organisatie");
    scene_answer(&s, "begin.voor-wie", "");
    expect_value(&s, "voor-wie", "");
    scene_refuse(&s, "begin.voor-wie", "voor-wie=niemand", "antwoorden die hier staan");
    scene_refuse(&s, "begin.voor-wie", "voor-wie=weet-ik-niet",
                 "antwoorden die hier staan"); /* not offered here */
    scene_answer(&s, "begin.voor-wie", "voor-wie=mijzelf\nvreemd=1\ntoken=x");
    expect_value(&s, "voor-wie", "mijzelf");
    scene_close(&s);
}

Test(questionnaire_page, an_open_box_belongs_to_its_answer)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "begin.voor-wie", "voor-wie=anders\nvoor-wie_anders_tekst=  mijn   buurvrouw  ");
    expect_value(&s, "voor-wie", "anders");
    expect_value(&s, "voor-wie_anders_tekst", "gegeven");
    cr_expect_str_eq(scene_text(&s, "voor-wie_anders_tekst"), "mijn   buurvrouw");
    scene_answer(&s, "begin.voor-wie", "voor-wie=anders\nvoor-wie_anders_tekst=");
    expect_value(&s, "voor-wie_anders_tekst", "");
    cr_expect_str_eq(scene_text(&s, "voor-wie_anders_tekst"), "");
    scene_answer(&s, "begin.voor-wie",
                 arena_printf(s.arena, "voor-wie=anders\n%s", text_of(&s, "voor-wie_anders_tekst", 30)).ptr);
    scene_refuse(&s, "begin.voor-wie",
                 arena_printf(s.arena, "voor-wie=anders\n%s", text_of(&s, "voor-wie_anders_tekst", 31)).ptr,
                 "31 tekens");
    scene_refuse(&s, "begin.voor-wie",
                 arena_printf(s.arena, "voor-wie=anders\n%s", text_of(&s, "voor-wie_anders_tekst", 31)).ptr,
                 "30");
    scene_close(&s);
}

/* What somebody typed in a box counts as their answer even when the tick beside it was forgotten. */
Test(questionnaire_page, a_box_without_its_tick_loses_nothing)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "begin.voor-wie", "voor-wie_anders_tekst=mijn vader");
    expect_value(&s, "voor-wie", "anders");
    cr_expect_str_eq(scene_text(&s, "voor-wie_anders_tekst"), "mijn vader");
    scene_answer(&s, "achtergrond.werk", "werk=zorg\nwerk_anders_tekst=bakker");
    expect_value(&s, "werk_anders", "ja");
    cr_expect_str_eq(scene_text(&s, "werk_anders_tekst"), "bakker");
    scene_close(&s);
}

Test(questionnaire_page, scale)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "begin.houding", "houding=heel-slecht");
    expect_value(&s, "houding", "heel-slecht");
    scene_answer(&s, "begin.houding", "houding=weet-ik-niet");
    expect_value(&s, "houding", "?");
    scene_refuse(&s, "begin.houding", "houding=5", "antwoorden");
    scene_close(&s);
}

Test(questionnaire_page, multiple)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=natuurlijkheid");
    expect_value(&s, "top_veiligheid", "ja");
    expect_value(&s, "top_gezondheid", "nee");
    expect_value(&s, "top_natuurlijkheid", "ja");
    expect_value(&s, "top_geen", "nee");
    scene_refuse(&s, "waarden.top", "top=veiligheid", "precies 2");
    scene_refuse(&s, "waarden.top", "top=veiligheid", "nu 1");
    scene_refuse(&s, "waarden.top", "top=veiligheid\ntop=gezondheid\ntop=keuzevrijheid", "nu 3");
    scene_refuse(&s, "waarden.top", "top=veiligheid\ntop=geen", "allebei");
    scene_refuse(&s, "waarden.top", "top=weet-ik-niet\ntop=geen", "allebei");
    scene_refuse(&s, "waarden.top", "top=veiligheid\ntop=onzin", "antwoorden");
    expect_value(&s, "top_veiligheid", "ja");
    scene_answer(&s, "waarden.top", "top=geen");
    expect_value(&s, "top_geen", "ja");
    expect_value(&s, "top_veiligheid", "nee");
    scene_answer(&s, "waarden.top", "top=weet-ik-niet");
    expect_value(&s, "top_veiligheid", "?");
    expect_value(&s, "top_geen", "?");
    scene_answer(&s, "waarden.top", "");
    expect_value(&s, "top_veiligheid", "");
    scene_answer(&s, "kaas.rol", "kaas_rol=toestaan");
    scene_refuse(&s, "kaas.voorwaarden",
                 "kaas_voorwaarden=getest\nkaas_voorwaarden=etiket\nkaas_voorwaarden=prijs", "hooguit 2");
    scene_answer(&s, "kaas.voorwaarden",
                 "kaas_voorwaarden=getest\nkaas_voorwaarden=anders\nkaas_voorwaarden_anders_tekst=Keuring");
    expect_value(&s, "kaas_voorwaarden_anders_tekst", "gegeven");
    scene_close(&s);
}

Test(questionnaire_page, series_over_two_pages)
{
    static const char *const items[] = {"mens", "dier", "natuur"};
    struct scene s;
    begin(&s);
    /* Which items are on which page follows from the order; fields of the other page's items are not taken.
     */
    scene_answer(&s, "kaas.effect.1",
                 "kaas_effect_mens=goed\nkaas_effect_dier=slecht\nkaas_effect_natuur=weet-ik-niet");
    int taken = 0;
    for (int i = 0; i < 3; i++) {
        taken += scene_slot(&s, arena_printf(s.arena, "kaas_effect_%s", items[i]).ptr) != ANSWER_NOT_ASKED;
    }
    cr_expect_eq(taken, 2);
    scene_answer(&s, "kaas.effect.2",
                 "kaas_effect_mens=goed\nkaas_effect_dier=slecht\nkaas_effect_natuur=weet-ik-niet");
    expect_value(&s, "kaas_effect_mens", "goed");
    expect_value(&s, "kaas_effect_dier", "slecht");
    expect_value(&s, "kaas_effect_natuur", "?");
    scene_answer(&s, "kaas.effect.1", "");
    taken = 0;
    for (int i = 0; i < 3; i++) {
        taken += scene_slot(&s, arena_printf(s.arena, "kaas_effect_%s", items[i]).ptr) == ANSWER_NONE;
    }
    cr_expect_eq(taken, 2, "an item left open on its page is open, the other keeps its answer");
    struct page_result result =
        scene_post(&s, "kaas.effect.1", "kaas_effect_mens=x\nkaas_effect_dier=x\nkaas_effect_natuur=x");
    cr_assert_eq(result.error_count, 2, "each item of the page has its own error");
    cr_expect_str_neq(result.errors[0].field, result.errors[1].field);
    scene_close(&s);
}

/* What each button of a ranking does to what stood there; nothing when it makes no sense any more. */
Test(questionnaire_page, a_ranking_is_made_with_buttons)
{
    static const struct {
        const char *fields, *ranks;
    } steps[] = {
        {"rang_zet=kies:kers", "kers,,"},
        {"rang_1=weet-ik-niet\nrang_zet=kies:kers", "kers,,"},
        {"rang_1=kers\nrang_zet=kies:peer", "kers,peer,"},
        {"rang_1=kers\nrang_2=peer\nrang_zet=kies:appel", "kers,peer,appel"},
        {"rang_1=kers\nrang_2=peer\nrang_3=appel\nrang_zet=kies:pruim", "kers,peer,appel"},
        {"rang_1=kers\nrang_zet=kies:kers", "kers,,"},
        {"rang_1=kers\nrang_2=peer\nrang_3=appel\nrang_zet=omhoog:appel", "kers,appel,peer"},
        {"rang_1=kers\nrang_2=peer\nrang_zet=omhoog:kers", "kers,peer,"},
        {"rang_1=kers\nrang_2=peer\nrang_zet=omlaag:kers", "peer,kers,"},
        {"rang_1=kers\nrang_2=peer\nrang_zet=omlaag:peer", "kers,peer,"},
        {"rang_1=kers\nrang_2=peer\nrang_3=appel\nrang_zet=weg:kers", "peer,appel,"},
        {"rang_1=kers\nrang_zet=weg:kers", ",,"},
        {"rang_1=kers\nrang_zet=weg:peer", "kers,,"},
        {"rang_1=kers\nrang_zet=kies:mango", "kers,,"},
        {"rang_1=kers\nrang_zet=onzin", "kers,,"},
    };
    struct scene s;
    begin(&s);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct page_result result = scene_post(&s, "waarden.rang", steps[i].fields);
        cr_assert_eq(result.error_count, 0, "%s", steps[i].fields);
        cr_assert_not_null(result.stay, "%s", steps[i].fields);
        cr_expect_str_eq(result.stay, "rang_1");
        const char *ranks = arena_printf(s.arena, "%s,%s,%s", scene_value(&s, "rang_1"),
                                         scene_value(&s, "rang_2"), scene_value(&s, "rang_3"))
                                .ptr;
        cr_expect_str_eq(ranks, steps[i].ranks, "%s gives %s", steps[i].fields, ranks);
    }
    cr_expect_null(scene_post(&s, "waarden.rang", "rang_1=kers").stay, "sent, no button of the list pressed");
    scene_close(&s);
}

Test(questionnaire_page, ranking)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.rang", "rang_1=kers\nrang_2=appel\nrang_3=peer");
    expect_value(&s, "rang_1", "kers");
    expect_value(&s, "rang_3", "peer");
    scene_answer(&s, "waarden.rang", "rang_1=druif\nrang_2=\nrang_3=");
    expect_value(&s, "rang_1", "druif");
    expect_value(&s, "rang_2", "");
    scene_refuse(&s, "waarden.rang", "rang_1=kers\nrang_2=kers", "ander antwoord");
    scene_refuse(&s, "waarden.rang", "rang_2=kers", "van boven naar beneden");
    scene_refuse(&s, "waarden.rang", "rang_1=kers\nrang_3=appel", "van boven naar beneden");
    scene_refuse(&s, "waarden.rang", "rang_1=mango", "antwoorden");
    scene_answer(&s, "waarden.rang", "rang_1=weet-ik-niet");
    expect_value(&s, "rang_1", "?");
    expect_value(&s, "rang_2", "?");
    expect_value(&s, "rang_3", "?");
    scene_refuse(&s, "waarden.rang", "rang_1=weet-ik-niet\nrang_2=kers", "allebei");
    scene_close(&s);
}

Test(questionnaire_page, points)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.punten", "punten_zorg=50\npunten_weg= 30 \npunten_school=20");
    expect_value(&s, "punten_zorg", "50");
    scene_answer(&s, "waarden.punten", "punten_zorg=100\npunten_weg=\npunten_school=");
    expect_value(&s, "punten_weg", "0");
    scene_refuse(&s, "waarden.punten", "punten_zorg=50\npunten_weg=31\npunten_school=20", "101");
    scene_refuse(&s, "waarden.punten", "punten_zorg=50", "nu 50");
    scene_refuse(&s, "waarden.punten", "punten_zorg=101", "0 tot en met 100");
    scene_refuse(&s, "waarden.punten", "punten_zorg=-1\npunten_weg=101", "0 tot en met 100");
    scene_refuse(&s, "waarden.punten", "punten_zorg=de helft", "0 tot en met 100");
    scene_answer(&s, "waarden.punten", "punten_zorg=\npunten_weg=\npunten_school=");
    expect_value(&s, "punten_zorg", "");
    scene_close(&s);
}

Test(questionnaire_page, best_worst)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.beste.1", "beste_1_meest=a\nbeste_1_minst=c\nbeste_2_meest=d");
    expect_value(&s, "beste_2_meest", "-");
    scene_answer(&s, "waarden.beste.2", "beste_2_meest=d");
    expect_value(&s, "beste_1_meest", "a");
    expect_value(&s, "beste_1_minst", "c");
    expect_value(&s, "beste_2_meest", "d");
    expect_value(&s, "beste_2_minst", "");
    scene_refuse(&s, "waarden.beste.1", "beste_1_meest=a\nbeste_1_minst=a", "verschillende");
    scene_refuse(&s, "waarden.beste.7", "beste_7_meest=c\nbeste_7_minst=c", "verschillende");
    scene_refuse(&s, "waarden.beste.1", "beste_1_meest=g", "antwoorden"); /* not in the first task */
    scene_close(&s);
}

Test(questionnaire_page, number)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "achtergrond.opleiding", "opleiding=ander-land");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren= 12 ");
    expect_value(&s, "schooljaren", "12");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren=1");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren=400");
    expect_value(&s, "schooljaren", "400");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=0", "1 tot en met 400");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=401", "1 tot en met 400");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=1.000", "1 tot en met 400");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=-5", "heel getal");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=twaalf", "heel getal");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=99999999999999999999", "heel getal");
    scene_answer(&s, "achtergrond.schooljaren",
                 "schooljaren=\xe2\x80\x8b"
                 "1\xc2\xa0"
                 "2\xef\xbb\xbf");
    expect_value(&s, "schooljaren", "12");
    scene_refuse(&s, "achtergrond.schooljaren", "schooljaren=12\nschooljaren_anders=weet-ik-niet", "allebei");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren=\nschooljaren_anders=weet-ik-niet");
    expect_value(&s, "schooljaren", "?");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren=");
    expect_value(&s, "schooljaren", "");
    scene_close(&s);
}

Test(questionnaire_page, text)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.mist", "mist=  Rust in de stad ");
    expect_value(&s, "mist", "gegeven");
    cr_expect_str_eq(scene_text(&s, "mist"), "Rust in de stad");
    scene_answer(&s, "waarden.mist", "mist=a\r\xe2\x80\x8b b");
    cr_expect_str_eq(scene_text(&s, "mist"), "a\n b");
    scene_answer(&s, "waarden.mist", text_of(&s, "mist", 20));
    scene_refuse(&s, "waarden.mist", text_of(&s, "mist", 21), "21 tekens");
    scene_refuse(&s, "waarden.mist", text_of(&s, "mist", 1204), "1.204 tekens");
    scene_answer(&s, "waarden.mist", "mist= \r \xe2\x80\x8b ");
    expect_value(&s, "mist", "");
    cr_expect_str_eq(scene_text(&s, "mist"), "");
    scene_close(&s);
}

Test(questionnaire_page, postcode)
{
    static const struct {
        const char *typed, *province;
    } good[] = {{"1011", "PV27"},    {"1011 AB", "PV27"}, {"1011ab", "PV27"}, {" 9 9 9 8 ", "PV20"},
                {"6211 CX", "PV31"}, {"3011", "PV28"},    {"3511", "PV26"},   {"8911", "PV21"},
                {"9401", "PV22"},    {"8011", "PV23"},    {"8232", "PV24"},   {"6811", "PV25"},
                {"4331", "PV29"},    {"5211", "PV30"},    {"9999", "PV20"}};
    static const char *const bad[] = {"101",  "10111", "1011A", "1011ABC", "AB1011",
                                      "0999", "0000",  "thuis", "1011-AB"};
    struct scene s;
    begin(&s);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        scene_answer(&s, "achtergrond.postcode", arena_printf(s.arena, "postcode=%s", good[i].typed).ptr);
        expect_value(&s, "postcode", good[i].province);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        scene_refuse(&s, "achtergrond.postcode", arena_printf(s.arena, "postcode=%s", bad[i]).ptr,
                     "vier cijfers");
    }
    scene_answer(&s, "achtergrond.postcode", "postcode=\npostcode_anders=bonaire");
    expect_value(&s, "postcode", "bonaire");
    scene_answer(&s, "achtergrond.postcode", "postcode=");
    expect_value(&s, "postcode", "");
    scene_refuse(&s, "achtergrond.postcode", "postcode_anders=mars", "antwoorden");
    /* The province that is known may be kept without typing the digits again; no other. */
    scene_answer(&s, "achtergrond.postcode", "postcode=1011");
    scene_answer(&s, "achtergrond.postcode", "postcode=\npostcode_anders=PV27");
    expect_value(&s, "postcode", "PV27");
    scene_refuse(&s, "achtergrond.postcode", "postcode=\npostcode_anders=PV20", "antwoorden");
    scene_close(&s);
}

Test(questionnaire_page, background)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "achtergrond.gender", "gender=zeg-ik-niet");
    expect_value(&s, "gender", "zeg-ik-niet");
    scene_refuse(&s, "achtergrond.gender", "gender=weet-ik-niet", "antwoorden");
    scene_answer(&s, "achtergrond.opleiding", "opleiding=weet-ik-niet");
    expect_value(&s, "opleiding", "?");
    scene_answer(&s, "achtergrond.leeftijd", "leeftijd=35-plus");
    expect_value(&s, "leeftijd", "35-plus");
    scene_close(&s);
}

Test(questionnaire_page, too_young_stores_nothing)
{
    struct scene s;
    begin(&s);
    struct page_result result = scene_post(&s, "achtergrond.leeftijd", "leeftijd=jonger-dan-16");
    cr_expect(result.too_young);
    cr_expect_eq(result.error_count, 0);
    expect_value(&s, "leeftijd", "-");
    scene_close(&s);
}

Test(questionnaire_page, what_routing_forbids_is_not_taken)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "ander.zelf-tekst", "zelf-tekst=Toch iets");
    expect_value(&s, "zelf-tekst", "-");
    scene_answer(&s, "brood.bekend", "brood_bekend=ja"); /* a page of an instance that was not drawn */
    expect_value(&s, "brood_bekend", "-");
    scene_answer(&s, "wol.waarom", "wol_waarom=Daarom"); /* only of the first */
    expect_value(&s, "wol_waarom", "-");
    scene_answer(&s, "kaas.waarom", "kaas_waarom=Daarom");
    expect_value(&s, "kaas_waarom", "gegeven");
    scene_close(&s);
}

Test(questionnaire_page, every_error_of_a_page_comes_at_once_in_both_languages)
{
    const struct answer_field fields[] = {{SLICE("kaas_kans"), SLICE("x")}, {SLICE("kaas_zorg"), SLICE("y")}};
    struct scene s;
    begin(&s);
    struct page_result nl =
        questionnaire_answer_page(&s.a, s.arena, s.q, &s.p, scene_page(&s, "kaas.kans-zorg"), 0, fields, 2);
    struct page_result en =
        questionnaire_answer_page(&s.a, s.arena, s.q, &s.p, scene_page(&s, "kaas.kans-zorg"), 1, fields, 2);
    cr_assert_eq(nl.error_count, 2);
    cr_assert_eq(en.error_count, 2);
    cr_expect_str_eq(nl.errors[0].field, nl.errors[0].question);
    cr_expect_str_neq(nl.errors[0].question, nl.errors[1].question);
    cr_expect(!slice_equal(nl.errors[0].message, en.errors[0].message));
    scene_close(&s);
}

/* Bytes that no browser sends change nothing but what they may. */
Test(questionnaire_page, rubbish_in_every_field_is_survived)
{
    static const char *const rubbish[] = {
        "\xff\xfe", "%00", "[]", "<script>", "-1", "18446744073709551616", "weet-ik-niet", "PV27"};
    struct scene s;
    size_t count;
    begin(&s);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    struct page_list pages = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
    for (size_t r = 0; r < sizeof rubbish / sizeof rubbish[0]; r++) {
        struct answer_field *fields = arena_array(s.arena, 2 * count, sizeof *fields);
        for (size_t i = 0; i < count; i++) {
            const char *whole = variables[i].question ? variables[i].question : variables[i].code;
            fields[2 * i] =
                (struct answer_field){slice_from_cstr(variables[i].code), slice_from_cstr(rubbish[r])};
            fields[2 * i + 1] = (struct answer_field){slice_from_cstr(whole), slice_from_cstr(rubbish[r])};
        }
        for (size_t i = 0; i < pages.count; i++) {
            struct page_result result =
                questionnaire_answer_page(&s.a, s.arena, s.q, &s.p, pages.pages[i], 0, fields, 2 * count);
            struct slice packed = answers_pack(s.arena, s.q, &s.a);
            struct answers again;
            cr_expect(answers_unpack(&again, s.arena, s.q, packed), "%s on %s", rubbish[r],
                      questionnaire_page_code(s.q, pages.pages[i]));
            cr_expect_not_null(questionnaire_page_context(s.arena, s.q, &s.p, &s.a, pages.pages[i], 0, fields,
                                                          2 * count, &result));
        }
    }
    scene_close(&s);
}
