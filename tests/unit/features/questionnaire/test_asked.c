/* To whom a question was put, in words, and what chance varied about it. */
#include "unit/features/questionnaire/support.h"

TestSuite(asked, .fini = leaks_check);

static struct scene s;

static size_t find(const char *code)
{
    int index = questionnaire_find_variable(s.q, slice_from_cstr(code));
    cr_assert_geq(index, 0, "%s", code);
    return (size_t)index;
}

static void expect_asked(const char *code, const char *nl)
{
    int variants[8];
    size_t count = questionnaire_variant_count(s.q);
    for (size_t i = 0; i < count; i++) {
        variants[i] = (int)i;
    }
    struct slice words = questionnaire_asked_words(s.arena, s.q, find(code), variants, count, 0);
    cr_expect(slice_equal_cstr(words, nl), "%s: %.*s", code, SLICE_ARG(words));
}

Test(asked, is_said_of_routing_topics_and_versions)
{
    scene_open(&s, COMPLETE);
    expect_asked("houding", "");
    expect_asked("werving", "");
    expect_asked("gender", "Gevraagd aan: wie deze versie koos: volledige vragenlijst.");
    expect_asked("schooljaren",
                 "Gevraagd aan: wie deze versie koos: volledige vragenlijst en wie bij ‘opleiding’ "
                 "koos: Uit een ander land.");
    expect_asked("zelf-tekst",
                 "Gevraagd aan: wie deze versie koos: volledige vragenlijst en (wie ‘zelfgekozen’ "
                 "beantwoordde en niet: wie bij ‘zelfgekozen’ koos: Nee).");
    expect_asked("citeren", "Gevraagd aan: wie ergens zelf iets opschreef.");
    expect_asked(
        "kaas_voorwaarden_getest",
        "Gevraagd aan: wie deze versie koos: volledige vragenlijst en wie dit onderwerp kreeg: Kaas en "
        "wie bij ‘kaas_rol’ iets anders koos dan: Verbieden.");
    expect_asked("kaas_waarom",
                 "Gevraagd aan: wie dit onderwerp kreeg: Kaas en wie dit onderwerp als nummer 1 kreeg.");
    scene_close(&s);
}

static void expect_varied(const char *code, const char *const *names, size_t count)
{
    size_t found[QUESTIONNAIRE_ARRANGEMENTS_MAX], total;
    const struct variable *variables = questionnaire_variables(&total, s.q);
    cr_assert_eq(questionnaire_arrangements(found, QUESTIONNAIRE_ARRANGEMENTS_MAX, s.q, find(code)), count,
                 "%s", code);
    for (size_t i = 0; i < count; i++) {
        cr_expect_str_eq(variables[found[i]].code, names[i]);
        cr_expect(variables[found[i]].system);
    }
}

Test(asked, knows_what_chance_varied)
{
    scene_open(&s, COMPLETE);
    expect_varied("gender", NULL, 0);
    expect_varied("werving", NULL, 0);
    expect_varied("houding", (const char *const[]){"schaalrichting", "volgorde-blokken"}, 2);
    expect_varied("top_veiligheid", (const char *const[]){"top_volgorde", "volgorde-blokken"}, 2);
    expect_varied("kaas_kans",
                  (const char *const[]){"kaas_kans-zorg_volgorde", "kaas_uitlegvolgorde", "volgorde-blokken"},
                  3);
    scene_close(&s);
}
