/* Answers in words, the questionnaire on paper, explainers as pages, and what the API shows. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"
#include "json/flat.h"

TestSuite(questionnaire_summary, .fini = leaks_check);

static void begin(struct scene *s)
{
    scene_open(s, COMPLETE);
    scene_begin_with(s, "volledig", "kaas", "wol");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* The answer on the row of a page, its lines joined by " / "; "-" when it is empty. */
static const char *row(const struct scene *s, const char *page)
{
    json_t *sections = questionnaire_summary_context(s->arena, s->q, &s->p, &s->a, 0);
    const char *joined = NULL;
    size_t i, k, l;
    json_t *section, *one, *line;
    json_array_foreach(sections, i, section)
    {
        cr_expect(json_is_string(json_object_get(section, "title")), "else the page's title stands there");
        json_array_foreach(json_object_get(section, "rows"), k, one)
        {
            if (strcmp(text_of(one, "page"), page) != 0) {
                continue;
            }
            cr_expect_null(joined, "%s twice", page);
            joined = text_of(one, "answer");
            json_array_foreach(json_object_get(one, "answers"), l, line)
            {
                joined =
                    arena_printf(s->arena, "%s%s%s", joined, *joined ? " / " : "", json_string_value(line))
                        .ptr;
            }
            cr_expect_eq(json_is_true(json_object_get(one, "empty")), *joined == '\0');
            joined = *joined ? joined : "-";
        }
    }
    return joined ? joined : "(no row)";
}

#define expect_row(scene, page, words)                                                                       \
    cr_expect_str_eq(row(scene, page), words, "%s: %s", page, row(scene, page))

Test(questionnaire_summary, every_type_in_words)
{
    struct scene s;
    begin(&s);
    expect_row(&s, "begin.houding", "-");
    expect_row(&s, "waarden.top", "-");
    expect_row(&s, "waarden.rang", "-");
    expect_row(&s, "waarden.eerste", "(no row)");
    expect_row(&s, "begin.welkom", "(no row)");
    expect_row(&s, "brood.bekend", "(no row)");
    scene_answer(&s, "begin.voor-wie", "voor-wie=anders\nvoor-wie_anders_tekst=mijn oom");
    expect_row(&s, "begin.voor-wie", "Anders, namelijk: mijn oom");
    scene_answer(&s, "begin.houding", "houding=weet-ik-niet");
    expect_row(&s, "begin.houding", "Weet ik niet");
    scene_answer(&s, "waarden.rang", "rang_1=peer\nrang_2=kers");
    expect_row(&s, "waarden.rang", "1. Peer / 2. Kers");
    scene_answer(&s, "waarden.rang", "rang_1=weet-ik-niet");
    expect_row(&s, "waarden.rang", "Weet ik niet");
    scene_answer(&s, "waarden.punten", "punten_zorg=60\npunten_weg=40");
    expect_row(&s, "waarden.punten", "Zorg: 60 / Weg: 40 / School: 0");
    scene_answer(&s, "waarden.beste.1", "beste_1_meest=a\nbeste_1_minst=c");
    scene_answer(&s, "waarden.beste.3", "beste_3_minst=f");
    expect_row(&s, "waarden.beste.1", "Belangrijkst: A / Minst belangrijk: C");
    expect_row(&s, "waarden.beste.2", "-");
    expect_row(&s, "waarden.beste.3", "Minst belangrijk: F");
    scene_answer(&s, "waarden.mist", "mist=Rust <i>");
    expect_row(&s, "waarden.mist", "Rust <i>");
    scene_answer(&s, "achtergrond.postcode", "postcode=3511");
    expect_row(&s, "achtergrond.postcode", "Utrecht");
    scene_answer(&s, "achtergrond.postcode", "postcode_anders=bonaire");
    expect_row(&s, "achtergrond.postcode", "Bonaire");
    scene_answer(&s, "achtergrond.opleiding", "opleiding=ander-land");
    expect_row(&s, "achtergrond.opleiding", "Uit een ander land");
    scene_answer(&s, "achtergrond.schooljaren", "schooljaren=12");
    expect_row(&s, "achtergrond.schooljaren", "12 jaar");
    scene_answer(&s, "achtergrond.werk", "werk=geen");
    expect_row(&s, "achtergrond.werk", "Geen van deze");
    scene_answer(&s, "achtergrond.werk", "werk=zorg\nwerk=anders\nwerk_anders_tekst=tuin");
    expect_row(&s, "achtergrond.werk", "Zorg / Anders, namelijk: tuin");
    scene_close(&s);
}

Test(questionnaire_summary, a_series_has_a_row_a_page)
{
    struct scene s;
    uint8_t order[MAX_OPTIONS];
    begin(&s);
    const struct question *effect = NULL;
    for (size_t i = 0; i < s.q->question_count; i++) {
        effect = strcmp(s.q->questions[i].code, "kaas_effect") == 0 ? &s.q->questions[i] : effect;
    }
    presentation_items(order, &s.p, effect);
    const struct option *items = effect->items;
    scene_answer(&s, "kaas.effect.1", arena_printf(s.arena, "kaas_effect_%s=goed", items[order[1]].code).ptr);
    expect_row(&s, "kaas.effect.1",
               arena_printf(s.arena, "%s: Niet ingevuld / %s: Goed", items[order[0]].label.by[0],
                            items[order[1]].label.by[0])
                   .ptr);
    expect_row(&s, "kaas.effect.2", "-");
    scene_close(&s);
}

static const char *question_on(const struct scene *s, const char *page)
{
    size_t i, k;
    json_t *section, *one;
    json_array_foreach(questionnaire_summary_context(s->arena, s->q, &s->p, &s->a, 0), i, section)
    {
        json_array_foreach(json_object_get(section, "rows"), k, one)
        {
            if (strcmp(text_of(one, "page"), page) == 0) {
                return text_of(one, "question");
            }
        }
    }
    return "";
}

/* Links to change them would otherwise have one name and lead to two places. */
Test(questionnaire_summary, rows_of_one_question_are_told_apart)
{
    struct scene s;
    begin(&s);
    cr_expect_str_eq(question_on(&s, "kaas.effect.1"), "Wordt het beter of slechter door kaas? (deel 1)");
    cr_expect_str_eq(question_on(&s, "kaas.effect.2"), "Wordt het beter of slechter door kaas? (deel 2)");
    cr_expect_null(strstr(question_on(&s, "begin.houding"), "deel"));
    scene_close(&s);
}

/* ---- paper ---- */

Test(questionnaire_summary, paper_holds_every_question_once_with_its_routing)
{
    struct scene s;
    begin(&s);
    json_t *paper = questionnaire_paper_context(s.arena, s.q, 0);
    json_int_t last = 0;
    size_t asked = 0;
    size_t i, k;
    json_t *section, *one;
    const char *years = "";
    const char *why = "";
    json_array_foreach(json_object_get(paper, "sections"), i, section)
    {
        json_array_foreach(json_object_get(section, "items"), k, one)
        {
            if (!json_object_get(one, "asked")) {
                continue;
            }
            json_int_t number = json_integer_value(json_object_get(one, "number"));
            cr_expect_eq(number, last + 1);
            last = number;
            asked++;
            const char *route = json_string_value(json_array_get(json_object_get(one, "routes"), 0));
            if (strcmp(text_of(one, "question"), "Hoeveel jaar ging u naar school?") == 0) {
                years = route;
            }
            if (strcmp(text_of(one, "question"), "Waarom vindt u dat van kaas?") == 0) {
                why = route;
            }
        }
    }
    cr_expect_eq(asked, s.q->question_count);
    cr_expect_not_null(strstr(years, ": Uit een ander land."), "%s", years);
    cr_expect_not_null(strstr(years, "Alleen invullen als u bij vraag "));
    cr_expect_str_eq(why, "Alleen invullen als dit uw onderwerp nummer 1 is.");
    json_t *note = json_array_get(json_object_get(paper, "sections"), 2);
    cr_expect_not_null(strstr(text_of(note, "module_note"), "4 onderwerpen"), "%s",
                       text_of(note, "module_note"));
    scene_close(&s);
}

/* ---- explainers ---- */

Test(questionnaire_summary, explainers)
{
    struct scene s;
    begin(&s);
    json_t *list = questionnaire_explainers_context(s.arena, s.q, "application", 1);
    cr_expect_eq(json_array_size(list), 4);
    for (size_t i = 1; i < 4; i++) {
        const char *before = text_of(json_array_get(list, i - 1), "title");
        cr_expect_lt(strcmp(before, text_of(json_array_get(list, i), "title")), 0, "after %s", before);
    }
    cr_expect_str_eq(text_of(json_array_get(list, 2), "title"), "Kaas (en)");
    json_t *kaas = questionnaire_explainer_context(s.arena, s.q, SLICE("kaas"), 0);
    cr_expect_str_eq(text_of(kaas, "title"), "Kaas");
    cr_expect_str_eq(text_of(kaas, "checked_on"), "1 november 2026");
    cr_expect_not_null(strstr(text_of(kaas, "who_decides_html"), "De EU."));
    cr_expect_eq(json_array_size(json_object_get(kaas, "sources")), 1);
    cr_expect_null(questionnaire_explainer_context(s.arena, s.q, SLICE("kaa"), 0));
    scene_close(&s);
}

/* ---- the API ---- */

Test(questionnaire_summary, codebook)
{
    struct scene s;
    size_t count;
    begin(&s);
    const struct variable *variables = questionnaire_variables(&count, s.q);
    json_t *codebook = questionnaire_codebook_json(s.q);
    json_t *list = json_object_get(codebook, "variabelen");
    cr_assert_eq(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_array_get(list, i);
        cr_expect_str_eq(text_of(one, "code"), variables[i].code);
        cr_expect_eq(json_is_true(json_object_get(one, "systeem")), variables[i].system);
        cr_expect_eq(json_array_size(json_object_get(one, "categorieen")),
                     variables[i].kind == VARIABLE_CATEGORY ? variables[i].category_count : 0, "%s",
                     variables[i].code);
        cr_expect_neq(text_of(json_object_get(one, "label"), "en")[0], '\0');
    }
    json_t *value =
        json_array_get(list, (size_t)questionnaire_find_variable(s.q, SLICE("kaas_effect_natuur")));
    cr_expect_str_eq(text_of(value, "waarde"), "natuurlijkheid");
    cr_expect_str_eq(text_of(value, "dimensie"), "effect");
    cr_expect_str_eq(text_of(value, "toepassing"), "kaas");
    cr_expect_str_eq(text_of(value, "vraag"), "kaas_effect");
    json_decref(codebook);
    scene_close(&s);
}

/* Codes of all questions of the object, each between spaces. */
static const char *questions_in(const struct scene *s, const json_t *object)
{
    const char *codes = " ";
    size_t i, k, l;
    json_t *block, *page, *one;
    json_array_foreach(json_object_get(object, "blokken"), i, block)
    {
        json_array_foreach(json_object_get(block, "paginas"), k, page)
        {
            json_array_foreach(json_object_get(page, "onderdelen"), l, one)
            {
                if (json_object_get(one, "variabelen")) {
                    codes = arena_printf(s->arena, "%s%s ", codes, text_of(one, "code")).ptr;
                }
            }
        }
    }
    return codes;
}

Test(questionnaire_summary, the_questionnaire_of_one_and_of_all)
{
    struct scene s;
    begin(&s);
    json_t *mine = questionnaire_json(s.q, &s.p);
    const char *codes = questions_in(&s, mine);
    cr_expect_not_null(strstr(codes, " kaas_effect "));
    cr_expect_not_null(strstr(codes, " wol_rol "));
    cr_expect_null(strstr(codes, " brood_"), "not drawn: %s", codes);
    cr_expect_str_eq(text_of(mine, "variant"), "volledig");
    json_decref(mine);
    json_t *all = questionnaire_json(s.q, NULL);
    codes = questions_in(&s, all);
    for (size_t i = 0; i < s.q->question_count; i++) {
        const char *code = arena_printf(s.arena, " %s ", s.q->questions[i].code).ptr;
        const char *at = strstr(codes, code);
        cr_expect_not_null(at, "no %s", code);
        cr_expect(!at || !strstr(at + 1, code), "%s twice", code);
    }
    json_decref(all);
    scene_begin_with(&s, "kern", "kaas", "");
    json_t *shorter = questionnaire_json(s.q, &s.p);
    codes = questions_in(&s, shorter);
    cr_expect_not_null(strstr(codes, " kaas_aanvaardbaar "));
    cr_expect_null(strstr(codes, " kaas_rol "), "not in this version: %s", codes);
    json_decref(shorter);
    scene_close(&s);
}

/* What is read back can be sent again, and is then the same. */
Test(questionnaire_summary, answers_read_back_are_the_answers)
{
    struct scene s;
    begin(&s);
    scene_answer(&s, "begin.voor-wie", "voor-wie=anders\nvoor-wie_anders_tekst=mijn \"oom\"");
    scene_answer(&s, "begin.houding", "houding=weet-ik-niet");
    scene_answer(&s, "waarden.top", "top=veiligheid\ntop=gezondheid");
    scene_answer(&s, "waarden.punten", "punten_zorg=60\npunten_weg=40");
    scene_answer(&s, "waarden.rang", "rang_1=peer");
    scene_answer(&s, "kaas.bekend", "kaas_bekend=ja");
    scene_answer(&s, "achtergrond.postcode", "postcode=3511");
    answers_settle(&s.a, s.arena, s.q, &s.p);
    json_t *back = answers_to_json(s.q, &s.a);
    cr_expect_str_eq(text_of(back, "voor-wie_anders_tekst"), "mijn \"oom\"");
    cr_expect_str_eq(text_of(back, "houding"), "weet-ik-niet");
    cr_expect(json_is_true(json_object_get(back, "top_veiligheid")));
    cr_expect(json_is_false(json_object_get(back, "top_keuzevrijheid")));
    cr_expect_eq(json_integer_value(json_object_get(back, "punten_zorg")), 60);
    cr_expect(json_is_null(json_object_get(back, "mist")));
    cr_expect_null(json_object_get(back, "brood_bekend"), "not asked");
    cr_expect_null(json_object_get(back, "variant"), "the service's own");
    char *text = json_dumps(back, JSON_COMPACT);
    size_t count;
    const struct flat_member *members =
        flat_parse(&count, &s.errors, s.arena, slice_from_cstr(text), s.q->variable_count);
    cr_assert_not_null(members);
    struct answers again = answers_begin(s.arena, s.q, &s.p);
    cr_assert(questionnaire_answer_flat(&again, &s.errors, s.arena, s.q, &s.p, members, count, "", false));
    answers_settle(&again, s.arena, s.q, &s.p);
    cr_expect_arr_eq(again.vector, s.a.vector, questionnaire_vector_size(s.q));
    free(text);
    json_decref(back);
    scene_close(&s);
}
