/* Pages of the form as contexts: what is shown in which order, what was typed or stored, where errors stand.
 */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"

#include <stdio.h>

TestSuite(questionnaire_context, .fini = leaks_check);

enum { MAX_FIELDS = 64 };

static void begin(struct scene *s)
{
    scene_open(s, COMPLETE);
    scene_begin_with(s, "volledig", "kaas", "wol");
}

static json_t *page_of(const struct scene *s, const char *page)
{
    return questionnaire_page_context(s->arena, s->q, &s->p, &s->a, scene_page(s, page), 0, NULL, 0, NULL);
}

/* Posts lines of name=value and gives the page as it is then shown, with what was wrong. */
static json_t *posted(struct scene *s, const char *page, const char *fields)
{
    struct answer_field *list = arena_array(s->arena, MAX_FIELDS, sizeof *list);
    size_t count = 0;
    struct slice rest = slice_from_cstr(fields);
    while (rest.len > 0) {
        struct slice line;
        slice_cut(&line, &rest, rest, '\n');
        slice_cut(&list[count].name, &list[count].value, line, '=');
        count++;
    }
    struct page_result result = scene_post(s, page, fields);
    return questionnaire_page_context(s->arena, s->q, &s->p, &s->a, scene_page(s, page), 0, list, count,
                                      &result);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool has(const json_t *object, const char *key)
{
    return json_object_get(object, key) != NULL;
}

static json_t *item(const json_t *context, size_t index)
{
    json_t *found = json_array_get(json_object_get(context, "items"), index);
    cr_assert_not_null(found, "no item %zu", index);
    return found;
}

static json_t *part(const json_t *context, size_t index)
{
    json_t *found = json_array_get(json_object_get(item(context, 0), "parts"), index);
    cr_assert_not_null(found, "no part %zu", index);
    return found;
}

static json_t *input(const json_t *group, const char *value)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(group, "inputs"), i, one)
    {
        if (strcmp(text_of(one, "value"), value) == 0) {
            return one;
        }
    }
    cr_assert_fail("no input %s", value);
    return NULL;
}

/* Values of a group in order; a "*" behind those chosen, "|" before those set apart. */
static const char *inputs(const struct scene *s, const json_t *group)
{
    const char *list = "";
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(group, "inputs"), i, one)
    {
        cr_expect_eq(json_integer_value(json_object_get(one, "n")), (json_int_t)i + 1);
        list = arena_printf(s->arena, "%s%s%s%s%s", list, *list ? " " : "", has(one, "divider") ? "|" : "",
                            text_of(one, "value"), has(one, "checked") ? "*" : "")
                   .ptr;
    }
    return list;
}

Test(questionnaire_context, one_question_alone_is_the_heading)
{
    struct scene s;
    begin(&s);
    json_t *page = page_of(&s, "begin.voor-wie");
    cr_expect_str_eq(text_of(page, "title"), "Voor wie vult u dit in?");
    cr_expect(!has(page, "heading"));
    cr_expect(!has(page, "error_summary"));
    cr_expect(has(item(page, 0), "alone"));
    cr_expect(has(item(page, 0), "radio"));
    cr_expect_str_eq(text_of(item(page, 0), "name"), "voor-wie");
    cr_expect_str_eq(text_of(item(page, 0), "legend"), "Voor wie vult u dit in?");
    cr_expect_str_eq(inputs(&s, item(page, 0)), "mijzelf organisatie anders");
    cr_expect_str_eq(text_of(input(item(page, 0), "organisatie"), "note"), "Een vereniging of een bedrijf");
    scene_close(&s);
}

Test(questionnaire_context, several_things_have_a_heading_above_them)
{
    struct scene s;
    begin(&s);
    json_t *titled = page_of(&s, "kaas.kans-zorg");
    cr_expect_str_eq(text_of(titled, "heading"), "Goed en slecht van kaas");
    cr_expect_str_eq(text_of(titled, "title"), "Goed en slecht van kaas");
    cr_expect_str_eq(text_of(titled, "section_title"), "Kaas");
    cr_expect(!has(item(titled, 0), "alone") && !has(item(titled, 0), "follows"));
    cr_expect(has(item(titled, 1), "follows"));
    json_t *explained = page_of(&s, "kaas.uitleg");
    cr_expect_str_eq(text_of(explained, "heading"), "Kaas");
    cr_expect(!has(explained, "section_title"), "the section's title stands there already");
    json_t *reading = page_of(&s, "begin.welkom");
    cr_expect_str_eq(text_of(reading, "heading"), "Lees dit eerst");
    cr_expect(!has(reading, "asks"));
    cr_expect_not_null(strstr(text_of(json_array_get(json_object_get(reading, "before"), 0), "text_html"),
                              "<strong>proef</strong>"));
    json_t *intro = page_of(&s, "achtergrond.intro");
    cr_expect_str_eq(text_of(intro, "heading"), "Over uzelf");
    cr_expect(has(intro, "skip_all"));
    cr_expect(!has(page_of(&s, "achtergrond.leeftijd"), "skip_all"), "on the introduction alone");
    cr_expect(!has(page_of(&s, "waarden.top"), "skip_all"));
    scene_close(&s);
}

Test(questionnaire_context, what_is_stored_is_shown_and_nothing_else)
{
    struct scene s;
    begin(&s);
    cr_expect_str_eq(inputs(&s, item(page_of(&s, "kaas.bekend"), 0)), "ja nee |weet-ik-niet");
    scene_answer(&s, "kaas.bekend", "kaas_bekend=weet-ik-niet");
    cr_expect_str_eq(inputs(&s, item(page_of(&s, "kaas.bekend"), 0)), "ja nee |weet-ik-niet*");
    scene_answer(&s, "kaas.bekend", "kaas_bekend=nee");
    cr_expect_str_eq(inputs(&s, item(page_of(&s, "kaas.bekend"), 0)), "ja nee* |weet-ik-niet");
    scene_answer(&s, "begin.voor-wie", "voor-wie=anders\nvoor-wie_anders_tekst=mijn <oom>");
    json_t *other = input(item(page_of(&s, "begin.voor-wie"), 0), "anders");
    cr_expect(has(other, "checked"));
    json_t *box = json_object_get(other, "box");
    cr_expect_str_eq(text_of(box, "box_name"), "voor-wie_anders_tekst");
    cr_expect_str_eq(text_of(box, "typed"), "mijn <oom>");
    cr_expect_str_eq(text_of(box, "box_hint"), "U kunt 30 tekens gebruiken.");
    scene_answer(&s, "waarden.mist", "mist=Rust <b>");
    cr_expect_str_eq(text_of(item(page_of(&s, "waarden.mist"), 0), "typed"), "Rust <b>");
    cr_expect_eq(json_integer_value(json_object_get(item(page_of(&s, "waarden.mist"), 0), "rows")), 3);
    scene_close(&s);
}

Test(questionnaire_context, ticks_and_what_stands_apart)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "achtergrond.werk", "werk=voedsel\nwerk=anders\nwerk_anders_tekst=tuin");
    json_t *work = item(page_of(&s, "achtergrond.werk"), 0);
    cr_expect_str_eq(inputs(&s, work), "zorg voedsel* anders* |geen");
    cr_expect_str_eq(text_of(work, "type"), "checkbox");
    cr_expect(!has(work, "radio"));
    scene_answer(&s, "waarden.top", "top=weet-ik-niet");
    cr_expect_not_null(strstr(inputs(&s, item(page_of(&s, "waarden.top"), 0)), " |geen weet-ik-niet*"));
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=keuzevrijheid");
    const char *first = inputs(&s, item(page_of(&s, "waarden.eerste"), 0));
    cr_expect_not_null(strstr(first, "veiligheid"));
    cr_expect_not_null(strstr(first, "keuzevrijheid"));
    cr_expect_null(strstr(first, "gezondheid"), "only what was chosen: %s", first);
    scene_close(&s);
}

Test(questionnaire_context, that_nothing_is_obligatory_is_said_once)
{
    struct scene s;
    begin(&s);
    struct page_list pages = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
    for (size_t i = 0; i < pages.count; i++) {
        const char *code = questionnaire_page_code(s.q, pages.pages[i]);
        cr_expect_eq(has(page_of(&s, code), "all_optional"), i == 0, "%s", code);
    }
    scene_close(&s);
}

/* ---- groups of groups ---- */

Test(questionnaire_context, items_of_a_series_stand_once_over_its_pages)
{
    for (uint64_t nth = 0; nth < 20; nth++) {
        struct scene s;
        scene_open(&s, COMPLETE);
        scene_begin(&s, "volledig", nth);
        const struct instance *instance = &s.q->instances[s.p.drawn[0]];
        const char *seen = "";
        for (int page = 1; page <= 2; page++) {
            const char *code = arena_printf(s.arena, "%s.effect.%d", instance->code, page).ptr;
            json_t *context = page_of(&s, code);
            json_t *parts = json_object_get(item(context, 0), "parts");
            cr_expect_eq(json_array_size(parts), page == 1 ? 2 : 1);
            for (size_t i = 0; i < json_array_size(parts); i++) {
                const char *name = text_of(json_array_get(parts, i), "name");
                cr_expect_null(strstr(seen, name), "%s twice", name);
                seen = arena_printf(s.arena, "%s %s", seen, name).ptr;
                const char *values = inputs(&s, json_array_get(parts, i));
                cr_expect_str_eq(values, presentation_reversed(&s.p)
                                             ? "heel-slecht slecht neutraal goed heel-goed |weet-ik-niet"
                                             : "heel-goed goed neutraal slecht heel-slecht |weet-ik-niet");
            }
        }
        cr_expect(strstr(seen, "_mens") && strstr(seen, "_dier") && strstr(seen, "_natuur"), "%s", seen);
        scene_close(&s);
    }
}

Test(questionnaire_context, an_answer_to_one_item_marks_that_item_alone)
{
    struct scene s;
    begin(&s);
    json_t *before = page_of(&s, "kaas.effect.1");
    const char *first = arena_cstr(s.arena, slice_from_cstr(text_of(part(before, 0), "name")));
    scene_answer(&s, "kaas.effect.1", arena_printf(s.arena, "%s=slecht", first).ptr);
    json_t *after = page_of(&s, "kaas.effect.1");
    cr_expect(has(input(part(after, 0), "slecht"), "checked"));
    cr_expect(!has(input(part(after, 0), "goed"), "checked"));
    cr_expect(!has(input(part(after, 1), "slecht"), "checked"));
    cr_expect(!has(part(after, 0), "follows") && has(part(after, 1), "follows"));
    scene_close(&s);
}

Test(questionnaire_context, an_item_left_out_of_a_variant_is_not_shown)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    scene_begin_with(&s, "kern", "kaas", "");
    const char *page = scene_has_page(&s, "kaas.effect.1") ? "kaas.effect.1" : "kaas.effect.2";
    json_t *parts = json_object_get(item(page_of(&s, page), 0), "parts");
    cr_assert_eq(json_array_size(parts), 1);
    cr_expect_str_eq(text_of(json_array_get(parts, 0), "name"), "kaas_effect_dier");
    scene_close(&s);
}

Test(questionnaire_context, ranks_points_and_choices_of_three)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "waarden.rang", "rang_1=peer\nrang_2=kers");
    json_t *ranks = item(page_of(&s, "waarden.rang"), 0);
    json_t *ranked = json_object_get(ranks, "ranked");
    cr_assert_eq(json_array_size(ranked), 2);
    cr_expect_str_eq(text_of(json_array_get(ranked, 0), "place"), "Plaats 1");
    cr_expect_str_eq(text_of(json_array_get(ranked, 0), "rank_value"), "peer");
    cr_expect(!has(json_array_get(ranked, 0), "up") && has(json_array_get(ranked, 0), "down"));
    cr_expect_str_eq(text_of(json_array_get(ranked, 1), "rank_name"), "rang_2");
    cr_expect(has(json_array_get(ranked, 1), "up") && !has(json_array_get(ranked, 1), "down"));
    cr_expect_eq(json_array_size(json_object_get(ranks, "left")), 3);
    cr_expect_str_eq(text_of(ranks, "take"), "Kies als nummer 3");
    cr_expect(!has(ranks, "may_be_unknown"), "something was ranked");
    scene_answer(&s, "waarden.rang", "rang_1=weet-ik-niet");
    cr_expect(has(item(page_of(&s, "waarden.rang"), 0), "unknown_checked"));
    for (size_t task = 0; task < FANO_TASKS; task++) {
        json_t *tasks = page_of(&s, arena_printf(s.arena, "waarden.beste.%zu", task + 1).ptr);
        json_t *best = part(tasks, 0);
        json_t *worst = part(tasks, 1);
        cr_expect_eq(json_array_size(json_object_get(item(tasks, 0), "parts")), 2, "one task a page");
        cr_expect_str_eq(
            text_of(best, "legend"),
            arena_printf(s.arena, "Keuze %zu van 7: wat vindt u het belangrijkst?", task + 1).ptr);
        cr_expect_eq(json_array_size(json_object_get(best, "inputs")), 3);
        cr_expect_str_eq(inputs(&s, best), inputs(&s, worst));
        cr_expect_str_eq(text_of(worst, "name"), arena_printf(s.arena, "beste_%zu_minst", task + 1).ptr);
        for (size_t i = 0; i < FANO_OPTIONS; i++) {
            const char code[2] = {(char)('a' + fano[task][i]), '\0'};
            cr_expect_not_null(input(best, code));
        }
    }
    scene_answer(&s, "waarden.punten", "punten_zorg=60\npunten_weg=40");
    json_t *shares = json_object_get(item(page_of(&s, "waarden.punten"), 0), "shares");
    cr_expect_eq(json_array_size(shares), 3);
    cr_expect_str_eq(text_of(json_array_get(shares, 0), "typed"), "60");
    cr_expect_str_eq(text_of(json_array_get(shares, 2), "typed"), "0");
    scene_close(&s);
}

Test(questionnaire_context, number_with_a_unit)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "achtergrond.opleiding", "opleiding=ander-land");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren=12");
    json_t *number = item(page_of(&s, "achtergrond.schooljaren"), 0);
    cr_expect_str_eq(text_of(number, "typed"), "12");
    cr_expect_str_eq(text_of(number, "unit"), "jaar");
    cr_expect_str_eq(text_of(number, "describedby"), "schooljaren-eenheid");
    cr_expect(has(number, "optional") && has(number, "may_be_unknown") && !has(number, "unknown_checked"));
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren_anders=weet-ik-niet");
    number = item(page_of(&s, "achtergrond.schooljaren"), 0);
    cr_expect(has(number, "unknown_checked"));
    cr_expect(!has(number, "typed"));
    scene_close(&s);
}

/* The digits are gone; the province that they gave is not lost by coming back to the page. */
Test(questionnaire_context, a_province_is_kept_without_the_digits)
{
    struct scene s;
    begin(&s);
    cr_expect_str_eq(inputs(&s, part(page_of(&s, "achtergrond.postcode"), 1)), "bonaire buitenland");
    scene_answer(&s, "achtergrond.postcode", "postcode=3511 AB");
    json_t *page = page_of(&s, "achtergrond.postcode");
    cr_expect(!has(part(page, 0), "typed"));
    cr_expect_str_eq(inputs(&s, part(page, 1)), "PV26* bonaire buitenland");
    cr_expect_str_eq(text_of(input(part(page, 1), "PV26"), "label"), "Utrecht (vulde u eerder in)");
    scene_answer(&s, "achtergrond.postcode", "postcode=\npostcode_anders=PV26");
    expect_value(&s, "postcode", "PV26");
    scene_answer(&s, "achtergrond.postcode", "postcode=\npostcode_anders=buitenland");
    cr_expect_str_eq(inputs(&s, part(page_of(&s, "achtergrond.postcode"), 1)), "bonaire buitenland*");
    scene_close(&s);
}

/* ---- explanations ---- */

Test(questionnaire_context, hopes_and_worries_stand_in_the_order_that_is_recorded)
{
    int worries_first = 0;
    enum { PEOPLE = 60 };
    struct scene s;
    scene_open(&s, COMPLETE);
    for (uint64_t nth = 0; nth < PEOPLE; nth++) {
        scene_begin(&s, "volledig", nth);
        const char *code = s.q->instances[s.p.drawn[0]].code;
        json_t *page = page_of(&s, arena_printf(s.arena, "%s.uitleg", code).ptr);
        json_t *explainer = json_array_get(json_object_get(page, "before"), 0);
        const char *order = scene_value(&s, arena_printf(s.arena, "%s_uitlegvolgorde", code).ptr);
        cr_expect_eq(has(explainer, "worries_first"), strcmp(order, "zorgen-eerst") == 0, "%s", order);
        cr_expect_eq(json_array_size(json_object_get(explainer, "hopes")), 2);
        cr_expect_eq(json_array_size(json_object_get(explainer, "worries")), 2);
        cr_expect_eq(json_array_size(json_object_get(page, "items")), 1, "the question is in the form");
        worries_first += has(explainer, "worries_first");
    }
    cr_expect(worries_first > PEOPLE / 5 && worries_first < PEOPLE * 4 / 5, "%d of %d", worries_first,
              PEOPLE);
    scene_close(&s);
}

Test(questionnaire_context, questions_of_a_page_stand_in_the_order_that_is_recorded)
{
    struct scene s;
    int second_first = 0;
    scene_open(&s, COMPLETE);
    for (uint64_t nth = 0; nth < 40; nth++) {
        scene_begin(&s, "volledig", nth);
        const char *code = s.q->instances[s.p.drawn[0]].code;
        json_t *page = page_of(&s, arena_printf(s.arena, "%s.kans-zorg", code).ptr);
        const char *order = scene_value(&s, arena_printf(s.arena, "%s_kans-zorg_volgorde", code).ptr);
        bool worry = strstr(text_of(item(page, 0), "name"), "_zorg") != NULL;
        cr_expect_eq(worry, strcmp(order, "2") == 0, "%s first, order %s", text_of(item(page, 0), "name"),
                     order);
        second_first += worry;
    }
    cr_expect(second_first > 8 && second_first < 32, "%d of 40", second_first);
    scene_close(&s);
}

/* ---- errors: everything typed is there again, and the reason beside it ---- */

static void expect_error(const json_t *page, const char *href, const char *words)
{
    json_t *lines = json_object_get(json_object_get(page, "error_summary"), "items");
    cr_assert_eq(json_array_size(lines), 1);
    cr_expect_str_eq(text_of(json_array_get(lines, 0), "href"), href);
    cr_expect_not_null(strstr(text_of(json_array_get(lines, 0), "text"), words), "%s",
                       text_of(json_array_get(lines, 0), "text"));
}

Test(questionnaire_context, wrong_input_is_kept_beside_its_error)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "achtergrond.opleiding", "opleiding=ander-land");
    json_t *page = posted(&s, "achtergrond.schooljaren", "schooljaren=twaalf <b>");
    expect_error(page, "#schooljaren-1", "heel getal");
    cr_expect_str_eq(text_of(item(page, 0), "typed"), "twaalf <b>");
    cr_expect_not_null(strstr(text_of(item(page, 0), "error"), "heel getal"));
    cr_expect_str_eq(text_of(item(page, 0), "describedby"), "schooljaren-fout schooljaren-eenheid");
    page = posted(&s, "waarden.mist", "mist=Dit zijn veel meer dan twintig tekens");
    expect_error(page, "#mist-1", "Maak uw tekst korter");
    cr_expect_str_eq(text_of(item(page, 0), "typed"), "Dit zijn veel meer dan twintig tekens");
    page = posted(&s, "achtergrond.postcode", "postcode=99\npostcode_anders=bonaire");
    expect_error(page, "#postcode-1", "cijfers");
    cr_expect_str_eq(text_of(part(page, 0), "typed"), "99");
    cr_expect_str_eq(inputs(&s, part(page, 1)), "bonaire* buitenland ");
    page = posted(&s, "achtergrond.werk", "werk=zorg\nwerk=geen");
    expect_error(page, "#werk-1", "Kies antwoorden, of kies alleen “Geen van deze”. Niet allebei.");
    cr_expect_str_eq(inputs(&s, item(page, 0)), "zorg* voedsel anders |geen*");
    page = posted(&s, "waarden.top", "top=veiligheid\ntop=weet-ik-niet");
    expect_error(page, "#top-1", "of kies alleen “Weet ik niet”.");
    page = posted(&s, "achtergrond.schooljaren", "schooljaren=12\nschooljaren_anders=weet-ik-niet");
    expect_error(page, "#schooljaren-1", "Vul een getal in, of kies alleen “Weet ik niet”.");
    page = posted(&s, "waarden.punten", "punten_zorg=60\npunten_weg=x\npunten_school=5");
    expect_error(page, "#punten_zorg-1", "0 tot en met 100");
    cr_expect_neq(text_of(item(page, 0), "error")[0], '\0');
    json_t *shares = json_object_get(item(page, 0), "shares");
    cr_expect_str_eq(text_of(json_array_get(shares, 1), "typed"), "x");
    scene_close(&s);
}

/* What stands chosen from before cannot be unselected, so digits go before it; what is chosen beside them now
 * is a contradiction, with a choice to take it back. */
Test(questionnaire_context, a_postcode_and_an_area_are_not_both_taken)
{
    struct scene s;
    begin(&s);
    json_t *page = posted(&s, "achtergrond.postcode", "postcode=3511\npostcode_anders=bonaire");
    expect_error(page, "#postcode-1", "Vul een postcode in, of kies een gebied. Niet allebei.");
    expect_value(&s, "postcode", "-");
    cr_expect_str_eq(text_of(part(page, 0), "typed"), "3511");
    cr_expect_str_eq(inputs(&s, part(page, 1)), "bonaire* buitenland ");
    cr_expect_str_eq(text_of(input(part(page, 1), ""), "label"), "Geen van deze: gebruik mijn postcode");
    scene_answer(&s, "achtergrond.postcode", "postcode=3511\npostcode_anders=");
    expect_value(&s, "postcode", "PV26");
    scene_answer(&s, "achtergrond.postcode", "postcode=\npostcode_anders=bonaire");
    scene_answer(&s, "achtergrond.postcode", "postcode=1011\npostcode_anders=bonaire");
    expect_value(&s, "postcode", "PV27");
    scene_answer(&s, "achtergrond.postcode", "postcode=3511\npostcode_anders=PV27");
    expect_value(&s, "postcode", "PV26");
    scene_close(&s);
}

Test(questionnaire_context, what_is_wrong_with_the_whole_stands_above_the_whole)
{
    struct scene s;
    begin(&s);
    json_t *page = posted(&s, "waarden.rang", "rang_1=peer\nrang_2=peer");
    expect_error(page, "#rang_1-1", "ander antwoord");
    cr_expect_not_null(strstr(text_of(item(page, 0), "error"), "ander antwoord"));
    cr_expect_eq(json_array_size(json_object_get(item(page, 0), "ranked")), 2, "what was sent is shown");
    scene_close(&s);
}

/* Two groups, one of which has to change: at the second, by its own name and id. */
Test(questionnaire_context, what_is_wrong_with_a_task_stands_at_its_second_group)
{
    struct scene s;
    begin(&s);
    json_t *page = posted(&s, "waarden.beste.3", "beste_3_meest=a\nbeste_3_minst=a");
    expect_error(page, "#beste_3_minst-1", "verschillende");
    cr_expect(!has(part(page, 0), "error"));
    cr_expect_not_null(strstr(text_of(part(page, 1), "error"), "verschillende"));
    cr_expect_str_eq(text_of(part(page, 1), "describedby"), "beste_3_minst-fout");
    scene_close(&s);
}

/* What was posted is what the reader saw last: an answer of before does not come back. */
Test(questionnaire_context, posted_fields_win_over_stored_answers)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "begin.voor-wie", "voor-wie=mijzelf");
    static const struct answer_field fields[] = {{SLICE_INIT("voor-wie"), SLICE_INIT("organisatie")},
                                                 {SLICE_INIT("voor-wie_anders_tekst"), SLICE_INIT("half")}};
    json_t *page = questionnaire_page_context(s.arena, s.q, &s.p, &s.a, scene_page(&s, "begin.voor-wie"), 0,
                                              fields, 2, NULL);
    cr_expect_str_eq(inputs(&s, item(page, 0)), "mijzelf organisatie* anders");
    cr_expect_str_eq(text_of(json_object_get(input(item(page, 0), "anders"), "box"), "typed"), "half");
    page = questionnaire_page_context(s.arena, s.q, &s.p, &s.a, scene_page(&s, "begin.voor-wie"), 0, fields,
                                      0, NULL);
    cr_expect_str_eq(inputs(&s, item(page, 0)), "mijzelf organisatie anders");
    scene_close(&s);
}
