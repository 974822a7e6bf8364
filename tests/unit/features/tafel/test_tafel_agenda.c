#include "features/tafel/tafel_agenda.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(tafel_agenda, .fini = leaks_check);

#define REAL "config/agenda/uitvoeringsagenda-2026.json"
enum { ARENA_MAX = 64 << 20 };

struct scene {
    struct arena *arena;
    struct json_errors errors;
};

static void begin(struct scene *s)
{
    s->arena = arena_create(ARENA_MAX);
    json_errors_init(&s->errors, s->arena);
}

static void end(struct scene *s)
{
    arena_destroy(s->arena);
}

static json_t *real_document(void)
{
    json_error_t error;
    json_t *document = json_load_file(REAL, 0, &error);
    cr_assert_not_null(document, "%s", error.text);
    return document;
}

static const struct agenda *load(struct scene *s, json_t *document_take)
{
    char *text = json_dumps(document_take, 0);
    json_decref(document_take);
    const struct agenda *agenda =
        agenda_load(&s->errors, s->arena, arena_copy(s->arena, slice_from_cstr(text)));
    free(text);
    return agenda;
}

static json_t *section(json_t *document, size_t at)
{
    return json_array_get(json_object_get(document, "sections"), at);
}

static json_t *action(json_t *document, size_t of_section, size_t at)
{
    return json_array_get(json_object_get(section(document, of_section), "actions"), at);
}

/* One fault and no other: where, and its code. */
static void expect_fault(struct scene *s, const char *pointer, const char *code)
{
    cr_assert_eq(s->errors.count, 1, "%zu faults, first at %s", s->errors.count,
                 s->errors.count > 0 ? s->errors.items[0].pointer : "");
    cr_expect_str_eq(s->errors.items[0].pointer, pointer);
    cr_expect_str_eq(s->errors.items[0].code, code);
}

Test(tafel_agenda, of_2026_has_all_that_was_published)
{
    static const struct {
        const char *section;
        size_t of_kind[AGENDA_KINDS];
    } published[] = {{"0", {0, 0, 1}},  {"1a", {5, 0, 0}}, {"1b", {2, 0, 0}}, {"1c", {2, 3, 0}},
                     {"1d", {4, 2, 1}}, {"2", {3, 1, 0}},  {"3", {6, 1, 0}},  {"4", {6, 1, 2}},
                     {"5", {0, 0, 3}},  {"6", {0, 0, 1}}};
    struct scene s;
    begin(&s);
    const struct agenda *agenda = load(&s, real_document());
    cr_assert_not_null(agenda, "%s", s.errors.count > 0 ? s.errors.items[0].pointer : "");
    cr_assert_eq(agenda->section_count, sizeof published / sizeof published[0]);
    for (size_t i = 0; i < agenda->section_count; i++) {
        const struct agenda_section *found = &agenda->sections[i];
        size_t counted[AGENDA_KINDS] = {0};
        cr_expect(slice_equal_cstr(found->code, published[i].section));
        for (size_t k = found->first; k < found->first + found->count; k++) {
            counted[agenda->items[k].kind]++;
            cr_expect_eq(agenda->items[k].section, i);
            cr_expect_eq(agenda->items[k].ended_day, 0);
        }
        cr_expect_arr_eq(counted, published[i].of_kind, sizeof counted, "%s", published[i].section);
    }
    const struct agenda_item *found = agenda_find(agenda, SLICE("3.1"));
    cr_assert_not_null(found);
    cr_expect_eq(found->planning.count, 2);
    cr_expect_eq(agenda_find(agenda, SLICE("1A.1")), agenda_find(agenda, SLICE("1a.1")));
    cr_expect_null(agenda_find(agenda, SLICE("9.9")));
    cr_expect_eq(agenda->application_count, 12);
    end(&s);
}

Test(tafel_agenda, codes_are_letters_and_digits_with_single_marks_between)
{
    static const char *const good[] = {"1a.1", "2", "1c-doel-1", "a.b-c", NULL};
    static const char *const bad[] = {"", ".", "1.", "-1", "1..2", "1.-2", "1A", "a b", "é", NULL};
    char longest[AGENDA_CODE_MAX + 2];
    for (size_t i = 0; good[i]; i++) {
        cr_expect(agenda_is_code(slice_from_cstr(good[i])), "%s", good[i]);
    }
    for (size_t i = 0; bad[i]; i++) {
        cr_expect_not(agenda_is_code(slice_from_cstr(bad[i])), "%s", bad[i]);
    }
    memset(longest, 'a', sizeof longest);
    cr_expect(agenda_is_code((struct slice){longest, AGENDA_CODE_MAX}));
    cr_expect_not(agenda_is_code((struct slice){longest, AGENDA_CODE_MAX + 1}));
}

Test(tafel_agenda, a_code_that_stands_twice_is_a_fault_of_the_second)
{
    struct scene s;
    begin(&s);
    json_t *document = real_document();
    json_object_set_new(action(document, 2, 0), "code", json_string("1a.2"));
    cr_expect_null(load(&s, document));
    expect_fault(&s, "/sections/2/actions/0/code", "dubbel");
    end(&s);
}

Test(tafel_agenda, an_application_names_sections_and_actions_that_are_there)
{
    struct scene s;
    begin(&s);
    json_t *document = real_document();
    json_t *application = json_array_get(json_object_get(document, "applications"), 0);
    json_object_set_new(application, "section", json_string("7"));
    json_object_set_new(application, "actions", json_pack("[s,s]", "2.3", "1c-doel-1"));
    cr_expect_null(load(&s, document));
    cr_assert_eq(s.errors.count, 2);
    cr_expect_str_eq(s.errors.items[0].pointer, "/applications/0/section");
    cr_expect_str_eq(s.errors.items[1].pointer, "/applications/0/actions/1");
    end(&s);
}

Test(tafel_agenda, an_end_has_a_day_that_exists_and_a_reason)
{
    struct scene s;
    begin(&s);
    json_t *document = real_document();
    json_object_set_new(action(document, 1, 0), "ended",
                        json_pack("{s:s,s:s}", "on", "2027-02-30", "why", "Klaar."));
    cr_expect_null(load(&s, document));
    expect_fault(&s, "/sections/1/actions/0/ended/on", "datum");
    end(&s);
    begin(&s);
    document = real_document();
    json_object_set_new(action(document, 1, 0), "ended", json_pack("{s:s}", "on", "2027-02-28"));
    cr_expect_null(load(&s, document));
    expect_fault(&s, "/sections/1/actions/0/ended/why", "ontbreekt");
    end(&s);
}

Test(tafel_agenda, a_goal_has_no_milestones)
{
    struct scene s;
    begin(&s);
    json_t *document = real_document();
    json_t *goal = json_array_get(json_object_get(section(document, 3), "goals"), 0);
    json_object_set_new(goal, "milestones", json_pack("[s]", "Iets"));
    cr_expect_null(load(&s, document));
    expect_fault(&s, "/sections/3/goals/0/milestones", "onbekend-veld");
    end(&s);
}

Test(tafel_agenda, what_differs_between_versions_is_told_in_the_order_of_the_newer)
{
    struct scene s;
    const struct agenda_difference *list;
    begin(&s);
    const struct agenda *older = load(&s, real_document());
    json_t *document = real_document();
    json_object_set_new(document, "version", json_integer(2));
    json_object_set_new(action(document, 1, 1), "title", json_string("Inventarisatie, herzien"));
    json_object_set_new(action(document, 1, 2), "ended",
                        json_pack("{s:s,s:s}", "on", "2027-06-30", "why", "De strategie is er."));
    json_object_set_new(action(document, 1, 2), "title", json_string("Ook anders"));
    json_array_append_new(json_object_get(section(document, 1), "actions"),
                          json_pack("{s:s,s:s}", "code", "1a.6", "title", "Een actie erbij"));
    const struct agenda *newer = load(&s, document);
    cr_assert_not_null(newer);
    cr_expect(agenda_follows(&s.errors, older, newer));
    cr_assert_eq(agenda_compare(&list, s.arena, older, newer), 3);
    cr_expect_eq(list[0].change, AGENDA_CHANGED);
    cr_expect(slice_equal_cstr(list[0].newer->code, "1a.2"));
    cr_expect_eq(list[1].change, AGENDA_ENDED);
    cr_expect(slice_equal_cstr(list[1].older->code, "1a.3"));
    cr_expect_eq(list[2].change, AGENDA_ADDED);
    cr_expect_null(list[2].older);
    cr_expect_eq(agenda_compare(&list, s.arena, older, older), 0);
    end(&s);
}

Test(tafel_agenda, nothing_vanishes_from_a_version_to_the_next)
{
    struct scene s;
    begin(&s);
    const struct agenda *older = load(&s, real_document());
    json_t *document = real_document();
    json_array_remove(json_object_get(section(document, 2), "actions"), 0);
    const struct agenda *newer = load(&s, document);
    cr_assert_not_null(newer);
    cr_expect_not(agenda_follows(&s.errors, older, newer));
    expect_fault(&s, "/sections", "ontbreekt");
    cr_expect(strstr(s.errors.items[0].detail, "actie 1b.1"), "%s", s.errors.items[0].detail);
    end(&s);
    begin(&s);
    older = load(&s, real_document());
    document = real_document();
    json_object_set_new(document, "code", json_string("iets-anders"));
    newer = load(&s, document);
    cr_expect_not(agenda_follows(&s.errors, older, newer));
    expect_fault(&s, "/code", "keuze");
    end(&s);
}
