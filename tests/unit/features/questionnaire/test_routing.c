/* Who is asked what, in which order. */
#include "unit/features/questionnaire/support.h"

TestSuite(questionnaire_routing, .fini = leaks_check);

static size_t place_of(struct scene *s, const char *page)
{
    struct page_list pages = questionnaire_pages(s->arena, s->q, &s->p, &s->a);
    for (size_t i = 0; i < pages.count; i++) {
        if (strcmp(questionnaire_page_code(s->q, pages.pages[i]), page) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static void expect_page(struct scene *s, const char *page, bool expected)
{
    cr_expect_eq(scene_has_page(s, page), expected, "%s is %s", page, expected ? "not shown" : "shown");
}

/* The steps that somebody is told of never change, and every page that answers can open is among them. */
Test(questionnaire_routing, the_possible_pages_do_not_depend_on_answers)
{
    static const char *const answers[][2] = {{"waarden.top", "top=veiligheid\ntop=gezondheid"},
                                             {"kaas.rol", "kaas_rol=toestaan"},
                                             {"ander.zelfgekozen", "zelfgekozen=inkt"},
                                             {"achtergrond.opleiding", "opleiding=ander-land"}};
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin_with(&s, "volledig", "kaas", "wol");
    struct page_list possible = questionnaire_possible_pages(s.arena, s.q, &s.p);
    cr_expect_gt(possible.count, questionnaire_pages(s.arena, s.q, &s.p, &s.a).count);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        scene_answer(&s, answers[i][0], answers[i][1]);
        struct page_list shown = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
        size_t at = 0;
        for (size_t k = 0; k < shown.count; k++, at++) {
            while (at < possible.count && possible.pages[at] != shown.pages[k]) {
                at++;
            }
            cr_assert_lt(at, possible.count, "%s, in its place",
                         questionnaire_page_code(s.q, shown.pages[k]));
        }
    }
    for (size_t i = 0; i < possible.count; i++) {
        const char *code = questionnaire_page_code(s.q, possible.pages[i]);
        cr_expect(strncmp(code, "inkt.", 5) != 0, "%s was not assigned", code);
        cr_expect_str_neq(code, "wol.waarom", "asked of the first alone");
    }
    scene_close(&s);
}

Test(questionnaire_routing, a_condition_opens_and_shuts_a_page)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin_with(&s, "volledig", "kaas", "wol");
    expect_page(&s, "waarden.eerste", false);
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=gezondheid");
    expect_page(&s, "waarden.eerste", true);
    scene_answer(&s, "waarden.top", "top=geen");
    expect_page(&s, "waarden.eerste", false);
    scene_answer(&s, "waarden.top", "top=weet-ik-niet");
    expect_page(&s, "waarden.eerste", false);

    /* not_in: answered, with none of these. */
    expect_page(&s, "kaas.voorwaarden", false);
    scene_answer(&s, "kaas.rol", "kaas_rol=toestaan");
    expect_page(&s, "kaas.voorwaarden", true);
    expect_page(&s, "wol.voorwaarden", false);
    scene_answer(&s, "kaas.rol", "kaas_rol=verbieden");
    expect_page(&s, "kaas.voorwaarden", false);
    scene_answer(&s, "kaas.rol", "kaas_rol=weet-ik-niet");
    expect_page(&s, "kaas.voorwaarden", true);
    scene_answer(&s, "kaas.rol", "");
    expect_page(&s, "kaas.voorwaarden", false);

    /* all, answered, not */
    expect_page(&s, "ander.zelf-tekst", false);
    scene_answer(&s, "ander.zelfgekozen", "zelfgekozen=nee");
    expect_page(&s, "ander.zelf-tekst", false);
    scene_answer(&s, "ander.zelfgekozen", "zelfgekozen=inkt");
    expect_page(&s, "ander.zelf-tekst", true);

    /* in, of a diploma */
    expect_page(&s, "achtergrond.schooljaren", false);
    scene_answer(&s, "achtergrond.opleiding", "opleiding=ander-land");
    expect_page(&s, "achtergrond.schooljaren", true);
    scene_close(&s);
}

Test(questionnaire_routing, any_text_is_seen)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin(&s, "volledig", 3);
    expect_page(&s, "afronding.citeren", false);
    cr_expect(!answers_have_text(s.q, &s.a));
    scene_answer(&s, "waarden.mist", "mist=   ");
    expect_page(&s, "afronding.citeren", false);
    scene_answer(&s, "waarden.mist", "mist=Rust");
    expect_page(&s, "afronding.citeren", true);
    cr_expect(answers_have_text(s.q, &s.a));
    scene_answer(&s, "waarden.mist", "");
    expect_page(&s, "afronding.citeren", false);
    scene_close(&s);
}

Test(questionnaire_routing, an_answer_to_what_is_no_longer_asked_steers_nothing)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin(&s, "volledig", 3);
    scene_answer(&s, "ander.zelfgekozen", "zelfgekozen=nee");
    const char *other = strcmp(scene_value(&s, "onderwerp_toegewezen_1"), "kaas") != 0 &&
                                strcmp(scene_value(&s, "onderwerp_toegewezen_2"), "kaas") != 0
                            ? "zelfgekozen=kaas"
                            : "zelfgekozen=brood";
    scene_answer(&s, "ander.zelfgekozen", other);
    scene_answer(&s, "ander.zelf-tekst", "zelf-tekst=Ik vind dit mooi");
    expect_page(&s, "afronding.citeren", true);
    /* The text stands on a page that is not asked any more: nothing is left to quote. */
    scene_answer(&s, "ander.zelfgekozen", "zelfgekozen=nee");
    expect_page(&s, "ander.zelf-tekst", false);
    expect_page(&s, "afronding.citeren", false);
    scene_close(&s);
}

Test(questionnaire_routing, only_what_was_drawn_is_asked)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin_with(&s, "volledig", "inkt", "brood");
    expect_page(&s, "inkt.bekend", true);
    expect_page(&s, "brood.bekend", true);
    expect_page(&s, "kaas.bekend", false);
    expect_page(&s, "wol.bekend", false);
    /* drawn: 1 */
    expect_page(&s, "inkt.waarom", true);
    expect_page(&s, "brood.waarom", false);
    cr_expect_lt(place_of(&s, "inkt.waarom"), place_of(&s, "brood.bekend"));
    scene_close(&s);
}

Test(questionnaire_routing, blocks_come_in_the_order_that_was_drawn)
{
    unsigned values_first = 0;
    struct scene s;
    scene_open(&s, COMPLETE);
    for (uint64_t nth = 0; nth < 40; nth++) {
        scene_begin(&s, "volledig", nth);
        const char *instance = scene_value(&s, "onderwerp_toegewezen_1");
        const char *page = arena_printf(s.arena, "%s.bekend", instance).ptr;
        bool values = place_of(&s, "waarden.top") < place_of(&s, page);
        cr_expect_eq(values, strcmp(scene_value(&s, "volgorde-blokken"), "1") == 0);
        values_first += values;
        cr_expect_eq(place_of(&s, "begin.welkom"), 1);
        cr_expect_lt(place_of(&s, "waarden.top"), place_of(&s, "ander.zelfgekozen"));
        cr_expect_lt(place_of(&s, "ander.zelfgekozen"), place_of(&s, "achtergrond.intro"));
        cr_expect_eq(place_of(&s, "achtergrond.intro") + 1, place_of(&s, "achtergrond.leeftijd"));
    }
    cr_expect(values_first > 5 && values_first < 35);
    scene_close(&s);
}

Test(questionnaire_routing, a_variant_asks_its_own_questions)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin_with(&s, "kern", "wol", "");
    expect_value(&s, "onderwerp_toegewezen_2", "-");
    expect_page(&s, "begin.welkom", false); /* a page without question is of the whole questionnaire */
    expect_page(&s, "begin.voor-wie", true);
    expect_page(&s, "waarden.mist", false);
    expect_page(&s, "wol.bekend", false);
    expect_page(&s, "wol.uitleg", true);
    expect_page(&s, "wol.waarom", true);
    expect_page(&s, "achtergrond.intro", true);
    expect_page(&s, "achtergrond.gender", false);
    expect_page(&s, "ander.zelfgekozen", false);
    /* One item of the series, on whichever of its pages this person's order puts it. */
    cr_expect_eq(scene_has_page(&s, "wol.effect.1") + scene_has_page(&s, "wol.effect.2"), 1);
    scene_close(&s);
}

Test(questionnaire_routing, an_introduction_needs_something_to_introduce)
{
    json_t *document = scene_read(COMPLETE);
    json_t *variants = json_object_get(json_object_get(document, "questionnaire"), "variants");
    json_object_set_new(variants, "puls",
                        json_pack("{s:{s:s, s:s}, s:i, s:[s]}", "title", "nl", "snel", "en", "quick",
                                  "minutes", 1, "questions", "houding"));
    struct scene s;
    scene_open_document(&s, document);
    scene_begin(&s, "puls", 1);
    struct page_list pages = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
    cr_assert_eq(pages.count, 1);
    cr_expect_str_eq(questionnaire_page_code(s.q, pages.pages[0]), "begin.houding");
    scene_close(&s);
}

Test(questionnaire_routing, options_come_from_what_was_chosen)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin_with(&s, "volledig", "kaas", "wol");
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=keuzevrijheid");
    scene_refuse(&s, "waarden.eerste", "eerste=gezondheid", "antwoorden");
    scene_refuse(&s, "waarden.eerste", "eerste=geen", "antwoorden");
    scene_answer(&s, "waarden.eerste", "eerste=keuzevrijheid");
    expect_value(&s, "eerste", "keuzevrijheid");
    /* Instances that were not drawn, and the question's own option. */
    scene_refuse(&s, "ander.zelfgekozen", "zelfgekozen=kaas", "antwoorden");
    scene_refuse(&s, "ander.zelfgekozen", "zelfgekozen=wol", "antwoorden");
    scene_answer(&s, "ander.zelfgekozen", "zelfgekozen=brood");
    scene_answer(&s, "ander.zelfgekozen", "zelfgekozen=nee");
    scene_close(&s);
}
