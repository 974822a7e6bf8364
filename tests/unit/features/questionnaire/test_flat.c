/* A whole response at once: every rule of the form holds, and every fault is told. */
#include "unit/features/questionnaire/support.h"

#include "json/flat.h"

#include <stdio.h>

TestSuite(questionnaire_flat, .fini = leaks_check);

static void begin(struct scene *s)
{
    scene_open(s, COMPLETE);
    scene_begin_with(s, "volledig", "kaas", "wol");
}

/* Sends a flat object anew; errors of earlier ones are gone. */
static bool send(struct scene *s, const char *json, bool own)
{
    size_t count;
    json_errors_init(&s->errors, s->arena);
    const struct flat_member *members = flat_parse(&count, &s->errors, s->arena, slice_from_cstr(json), 1000);
    cr_assert_not_null(members, "%s", json);
    s->a = answers_begin(s->arena, s->q, &s->p);
    return questionnaire_answer_flat(&s->a, &s->errors, s->arena, s->q, &s->p, members, count, "/antwoorden",
                                     own);
}

static bool told(const struct scene *s, const char *variable, const char *code)
{
    const char *pointer = arena_printf(s->arena, "/antwoorden/%s", variable).ptr;
    for (size_t i = 0; i < json_errors_kept(&s->errors); i++) {
        if (strcmp(s->errors.items[i].pointer, pointer) == 0 && strcmp(s->errors.items[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void expect_fault(struct scene *s, const char *json, const char *variable, const char *code)
{
    cr_expect(!send(s, json, false), "taken: %s", json);
    cr_expect_eq(s->errors.count, 1, "%s: %zu faults", json, s->errors.count);
    cr_expect(told(s, variable, code), "%s: %s %s: %s", json, s->errors.items[0].pointer,
              s->errors.items[0].code, s->errors.items[0].detail);
}

static const char whole[] =
    "{\"voor-wie\": \"anders\", \"voor-wie_anders_tekst\": \"mijn oom\", \"houding\": \"goed\","
    " \"top_veiligheid\": true, \"top_gezondheid\": \"ja\", \"top_natuurlijkheid\": false, \"eerste\": "
    "\"gezondheid\","
    " \"mist\": \"Rust\", \"rang_1\": \"peer\", \"rang_2\": \"kers\", \"punten_zorg\": 60, \"punten_weg\": "
    "40,"
    " \"beste_1_meest\": \"a\", \"beste_1_minst\": \"b\", \"kaas_bekend\": \"weet-ik-niet\", "
    "\"kaas_effect_dier\": \"slecht\","
    " \"kaas_rol\": \"toestaan\", \"kaas_voorwaarden_geen\": true, \"kaas_waarom\": \"Daarom\", "
    "\"wol_kans\": \"veel\","
    " \"zelfgekozen\": \"nee\", \"leeftijd\": \"16-34\", \"postcode\": \"1011 AB\", \"opleiding\": "
    "\"ander-land\","
    " \"schooljaren\": 12, \"werk_anders\": true, \"werk_anders_tekst\": \"tuinier\", \"citeren\": \"nee\", "
    "\"gender\": null}";

Test(questionnaire_flat, a_whole_response)
{
    static const char *const values[][2] = {{"voor-wie", "anders"},
                                            {"voor-wie_anders_tekst", "gegeven"},
                                            {"houding", "goed"},
                                            {"top_veiligheid", "ja"},
                                            {"top_natuurlijkheid", "nee"},
                                            {"top_geen", "nee"},
                                            {"eerste", "gezondheid"},
                                            {"rang_1", "peer"},
                                            {"rang_3", ""},
                                            {"punten_zorg", "60"},
                                            {"punten_school", "0"},
                                            {"beste_1_minst", "b"},
                                            {"beste_2_meest", ""},
                                            {"kaas_bekend", "?"},
                                            {"kaas_effect_dier", "slecht"},
                                            {"kaas_effect_mens", ""},
                                            {"kaas_voorwaarden_geen", "ja"},
                                            {"kaas_voorwaarden_prijs", "nee"},
                                            {"wol_kans", "veel"},
                                            {"wol_waarom", "-"},
                                            {"wol_zorg", ""},
                                            {"brood_bekend", "-"},
                                            {"postcode", "PV27"},
                                            {"schooljaren", "12"},
                                            {"werk_zorg", "nee"},
                                            {"werk_anders_tekst", "gegeven"},
                                            {"citeren", "nee"},
                                            {"gender", ""},
                                            {"zelf-tekst", "-"},
                                            {"variant", "volledig"},
                                            {"onderwerp_toegewezen_1", "kaas"}};
    struct scene s;
    begin(&s);
    bool taken = send(&s, whole, false);
    for (size_t i = 0; i < s.errors.count; i++) {
        cr_log_error("%s %s %s", s.errors.items[i].pointer, s.errors.items[i].code, s.errors.items[i].detail);
    }
    cr_assert(taken);
    answers_settle(&s.a, s.arena, s.q, &s.p);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        expect_value(&s, values[i][0], values[i][1]);
    }
    cr_expect_str_eq(scene_text(&s, "mist"), "Rust");
    cr_expect_str_eq(scene_text(&s, "werk_anders_tekst"), "tuinier");
    scene_close(&s);
}

Test(questionnaire_flat, read_back_and_sent_again_it_is_the_same)
{
    struct scene s;
    begin(&s);
    cr_assert(send(&s, whole, false));
    answers_settle(&s.a, s.arena, s.q, &s.p);
    json_t *first = answers_to_json(s.q, &s.a);
    char *text = json_dumps(first, JSON_COMPACT);
    size_t size = questionnaire_vector_size(s.q);
    unsigned char *before = arena_alloc(s.arena, size);
    memcpy(before, s.a.vector, size);
    cr_assert(send(&s, text, true), "%s: %s", s.errors.items[0].pointer, s.errors.items[0].detail);
    answers_settle(&s.a, s.arena, s.q, &s.p);
    cr_expect_arr_eq(before, s.a.vector, size);
    json_t *again = answers_to_json(s.q, &s.a);
    cr_expect(json_equal(first, again));
    json_decref(first);
    json_decref(again);
    free(text);
    scene_close(&s);
}

Test(questionnaire_flat, each_fault_names_its_member)
{
    struct scene s;
    begin(&s);
    expect_fault(&s, "{\"nergens\": 1}", "nergens", "onbekend-veld");
    expect_fault(&s, "{\"houding\": \"prachtig\"}", "houding", "keuze");
    expect_fault(&s, "{\"houding\": 3}", "houding", "type");
    expect_fault(&s, "{\"houding\": true}", "houding", "type");
    expect_fault(&s, "{\"houding\": [\"goed\"]}", "houding", "type");
    expect_fault(&s, "{\"voor-wie\": \"weet-ik-niet\"}", "voor-wie", "keuze");
    expect_fault(&s, "{\"top_veiligheid\": 1}", "top_veiligheid", "type");
    expect_fault(&s, "{\"top_veiligheid\": \"misschien\"}", "top_veiligheid", "keuze");
    expect_fault(&s, "{\"top_veiligheid\": true}", "top_veiligheid", "aantal");
    expect_fault(&s, "{\"top_veiligheid\": true, \"top_gezondheid\": true, \"top_keuzevrijheid\": true}",
                 "top_veiligheid", "aantal");
    expect_fault(&s, "{\"top_veiligheid\": true, \"top_geen\": true}", "top_veiligheid", "keuze");
    expect_fault(&s, "{\"mist\": \"Dit zijn er meer dan 20\"}", "mist", "te-lang");
    expect_fault(&s, "{\"mist\": 5}", "mist", "type");
    expect_fault(&s, "{\"rang_1\": \"peer\", \"rang_2\": \"peer\"}", "rang_1", "keuze");
    expect_fault(&s, "{\"rang_2\": \"peer\"}", "rang_1", "keuze");
    expect_fault(&s, "{\"punten_zorg\": 60, \"punten_weg\": 41}", "punten_zorg", "som");
    expect_fault(&s, "{\"punten_zorg\": 101}", "punten_zorg", "bereik");
    expect_fault(&s, "{\"punten_zorg\": -1}", "punten_zorg", "bereik");
    expect_fault(&s, "{\"punten_zorg\": \"60\"}", "punten_zorg", "type");
    expect_fault(&s, "{\"beste_1_meest\": \"g\"}", "beste_1_meest", "keuze");
    expect_fault(&s, "{\"beste_1_meest\": \"a\", \"beste_1_minst\": \"a\"}", "beste_1_meest", "keuze");
    expect_fault(&s, "{\"postcode\": \"10\"}", "postcode", "keuze");
    expect_fault(
        &s, "{\"voor-wie\": \"anders\", \"voor-wie_anders_tekst\": \"dit is veel meer dan dertig tekens\"}",
        "voor-wie_anders_tekst", "te-lang");
    scene_close(&s);
}

Test(questionnaire_flat, what_routing_and_assignment_forbid_is_told)
{
    struct scene s;
    begin(&s);
    expect_fault(&s, "{\"brood_bekend\": \"ja\"}", "brood_bekend", "niet-toegewezen");
    expect_fault(&s, "{\"wol_waarom\": \"Daarom\"}", "wol_waarom", "niet-gevraagd");
    expect_fault(&s, "{\"eerste\": \"veiligheid\"}", "eerste", "niet-gevraagd");
    expect_fault(&s, "{\"kaas_rol\": \"verbieden\", \"kaas_voorwaarden_geen\": true}",
                 "kaas_voorwaarden_geen", "niet-gevraagd");
    expect_fault(&s, "{\"schooljaren\": 5}", "schooljaren", "niet-gevraagd");
    expect_fault(&s, "{\"citeren\": \"ja\"}", "citeren", "niet-gevraagd");
    expect_fault(&s, "{\"top_veiligheid\": true, \"top_gezondheid\": true, \"eerste\": \"natuurlijkheid\"}",
                 "eerste", "keuze");
    expect_fault(&s, "{\"zelfgekozen\": \"wol\"}", "zelfgekozen", "keuze");
    expect_fault(&s, "{\"schaalrichting\": \"omgekeerd\"}", "schaalrichting", "eigen");
    expect_fault(&s, "{\"top_volgorde\": \"1\"}", "top_volgorde", "eigen");
    scene_begin_with(&s, "kern", "wol", "");
    expect_fault(&s, "{\"mist\": \"Rust\"}", "mist", "niet-gevraagd");
    expect_fault(&s, "{\"wol_effect_mens\": \"goed\"}", "wol_effect_mens", "niet-gevraagd");
    cr_expect(send(&s, "{\"wol_effect_dier\": \"goed\"}", false));
    scene_close(&s);
}

Test(questionnaire_flat, somebody_too_young_is_refused)
{
    struct scene s;
    begin(&s);
    expect_fault(&s, "{\"leeftijd\": \"jonger-dan-16\"}", "leeftijd", "te-jong");
    scene_close(&s);
}

Test(questionnaire_flat, all_faults_come_at_once)
{
    struct scene s;
    begin(&s);
    cr_expect(!send(
        &s,
        "{\"houding\": 3, \"nergens\": 1, \"punten_zorg\": 60, \"brood_bekend\": \"ja\", \"taal\": \"nl\","
        " \"top_veiligheid\": true, \"mist\": \"Dit zijn er meer dan 20\", \"postcode\": \"x\"}",
        false));
    cr_expect_eq(s.errors.count, 8);
    cr_expect(told(&s, "houding", "type") && told(&s, "nergens", "onbekend-veld") &&
              told(&s, "punten_zorg", "som"));
    cr_expect(told(&s, "brood_bekend", "niet-toegewezen") && told(&s, "taal", "eigen"));
    cr_expect(told(&s, "top_veiligheid", "aantal") && told(&s, "mist", "te-lang") &&
              told(&s, "postcode", "keuze"));
    scene_close(&s);
}

Test(questionnaire_flat, don_t_know_is_for_the_whole_question)
{
    struct scene s;
    begin(&s);
    cr_assert(send(&s,
                   "{\"top_veiligheid\": \"weet-ik-niet\", \"rang_1\": \"weet-ik-niet\", "
                   "\"kaas_effect_dier\": \"weet-ik-niet\"}",
                   false));
    expect_value(&s, "top_geen", "?");
    expect_value(&s, "rang_3", "?");
    expect_value(&s, "kaas_effect_dier", "?");
    expect_value(&s, "kaas_effect_mens", "");
    expect_fault(&s, "{\"top_veiligheid\": \"weet-ik-niet\", \"top_gezondheid\": true}", "top_veiligheid",
                 "keuze");
    expect_fault(&s, "{\"rang_1\": \"weet-ik-niet\", \"rang_2\": \"peer\"}", "rang_1", "keuze");
    scene_close(&s);
}

/* ---- import of responses that were assigned elsewhere ---- */

static struct presentation assigned(struct scene *s, bool *named, const char *json)
{
    size_t count;
    json_errors_init(&s->errors, s->arena);
    const struct flat_member *members = flat_parse(&count, &s->errors, s->arena, slice_from_cstr(json), 100);
    cr_assert_not_null(members);
    return presentation_assigned(named, &s->errors, s->q, &s->p, members, count, "/antwoorden");
}

Test(questionnaire_flat, an_own_assignment_is_followed)
{
    struct scene s;
    bool named;
    begin(&s);
    static const char import[] =
        "{\"onderwerp_toegewezen_1\": \"inkt\", \"onderwerp_toegewezen_2\": \"brood\","
        " \"schaalrichting\": \"omgekeerd\", \"kanaal\": \"papier\", \"inkt_bekend\": \"ja\","
        " \"inkt_waarom\": \"Zo\", \"brood_rol\": \"verbieden\"}";
    s.p = assigned(&s, &named, import);
    cr_expect(named);
    cr_expect_eq(s.errors.count, 0);
    cr_assert(send(&s, import, true), "%s %s", s.errors.items[0].pointer, s.errors.items[0].detail);
    answers_settle(&s.a, s.arena, s.q, &s.p);
    expect_value(&s, "inkt_bekend", "ja");
    expect_value(&s, "inkt_waarom", "gegeven");
    expect_value(&s, "brood_rol", "verbieden");
    expect_value(&s, "kaas_bekend", "-");
    expect_value(&s, "schaalrichting", "omgekeerd");
    expect_value(&s, "kanaal", "papier");
    /* Later the assignment is known from the stored vector. */
    struct presentation again;
    presentation_restore(&again, s.q, s.p.variant, s.p.seed, s.a.vector);
    cr_expect_eq(again.drawn[0], s.p.drawn[0]);
    cr_expect_eq(again.drawn[1], s.p.drawn[1]);
    scene_close(&s);
}

Test(questionnaire_flat, half_an_assignment_is_refused)
{
    struct scene s;
    bool named;
    begin(&s);
    assigned(&s, &named, "{\"houding\": \"goed\"}");
    cr_expect(!named);
    cr_expect_eq(s.errors.count, 0);
    assigned(&s, &named, "{\"onderwerp_toegewezen_1\": \"inkt\"}");
    cr_expect(told(&s, "onderwerp_toegewezen_2", "ontbreekt"));
    assigned(&s, &named, "{\"onderwerp_toegewezen_1\": \"inkt\", \"onderwerp_toegewezen_2\": \"inkt\"}");
    cr_expect(told(&s, "onderwerp_toegewezen_2", "dubbel"));
    scene_begin_with(&s, "kern", "wol", "");
    assigned(&s, &named, "{\"onderwerp_toegewezen_1\": \"inkt\", \"onderwerp_toegewezen_2\": \"kaas\"}");
    cr_expect(told(&s, "onderwerp_toegewezen_2", "bereik"));
    scene_close(&s);
}
