/* Guides: the one that is published is sound, and each thing that would spoil one is found, at its place. */
#include "features/fieldwork/fieldwork_guide.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REAL "config/guides/focusgroep-biotechnologie.json"

static struct arena *arena;
static struct json_errors errors;

static void begin(void)
{
    arena = arena_create(32 * 1024 * 1024);
    json_errors_init(&errors, arena);
}

static void end(void)
{
    arena_destroy(arena);
}

TestSuite(guide, .init = begin, .fini = end);

static json_t *real(void)
{
    json_error_t why;
    json_t *document = json_load_file(REAL, 0, &why);
    cr_assert_not_null(document, "%s", why.text);
    return document;
}

static const json_t *read(json_t *document_take)
{
    char *text = json_dumps(document_take, 0);
    const json_t *read = guide_read(&errors, arena, arena_copy(arena, slice_from_cstr(text)));
    free(text);
    json_decref(document_take);
    return read;
}

static json_t *member(json_t *document, const char *list, size_t i, const char *inner, size_t j)
{
    json_t *item = json_array_get(json_object_get(document, list), i);
    return inner ? json_array_get(json_object_get(item, inner), j) : item;
}

static void expect_fault(json_t *document_take, const char *pointer, const char *code)
{
    char all[2000] = "";
    bool found = false;
    json_errors_init(&errors, arena);
    cr_expect_null(read(document_take));
    for (size_t i = 0; i < json_errors_kept(&errors); i++) {
        found = found ||
                (strcmp(errors.items[i].pointer, pointer) == 0 && strcmp(errors.items[i].code, code) == 0);
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s %s; ", errors.items[i].pointer,
                 errors.items[i].code);
    }
    cr_expect(found, "%s %s not among: %s", pointer, code, all);
}

Test(guide, that_of_interviews_is_sound)
{
    json_error_t why;
    json_t *document = json_load_file("config/guides/interview-biotechnologie.json", 0, &why);
    cr_assert_not_null(document, "%s", why.text);
    const json_t *guide = read(document);
    cr_assert_not_null(guide, "%s %s", errors.items[0].pointer, errors.items[0].detail);
    cr_expect_eq(json_array_size(json_object_get(guide, "kinds")), 1);
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(guide, "kinds"), 0)), "interview");
}

Test(guide, the_real_one_is_sound_and_shows_every_part_with_its_time)
{
    const json_t *document = read(real());
    cr_assert_not_null(document, "%s %s", errors.count ? errors.items[0].pointer : "",
                       errors.count ? errors.items[0].detail : "");
    json_t *titles = json_pack("{s:s}", "kern", "Kern");
    json_t *shown = guide_context(document, titles);
    const json_t *parts = json_object_get(shown, "parts");
    const json_t *first = json_array_get(parts, 0), *fourth = json_array_get(parts, 3);
    const json_t *last = json_array_get(parts, json_array_size(parts) - 1);
    cr_expect_eq(json_integer_value(json_object_get(first, "from")), 0);
    cr_expect_eq(json_integer_value(json_object_get(last, "to")), 120);
    cr_expect_str_eq(json_string_value(json_object_get(fourth, "phase_title")), "Kern");
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(fourth, "vignette"), "title")),
                     "Een hamburger uit het lab");
    /* Questions are numbered through, so that a note can name one. */
    const json_t *asked = json_object_get(last, "questions");
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(asked, json_array_size(asked) - 1), "n")),
                 20);
    cr_expect(guide_has_part(document, SLICE("kweekvlees")));
    cr_expect_not(guide_has_part(document, SLICE("kweekvlees-reactie")), "that is a question");
    json_decref(shown);
    json_decref(titles);
}

Test(guide, what_would_spoil_it_is_found_at_its_place)
{
    json_t *d = real();
    json_object_set_new(d, "minutes", json_integer(90));
    expect_fault(d, "/minutes", "som");

    d = real(); /* the key questions before anybody has spoken */
    json_object_set_new(member(d, "parts", 0, NULL, 0), "phase", json_string("kern"));
    expect_fault(d, "/parts/1/phase", "volgorde");
    d = real();
    json_object_set_new(member(d, "parts", 0, NULL, 0), "phase", json_string("kern"));
    expect_fault(d, "/parts", "ontbreekt");

    d = real();
    json_object_set_new(member(d, "parts", 4, NULL, 0), "code", json_string("kweekvlees"));
    expect_fault(d, "/parts/4/code", "dubbel");

    d = real();
    json_object_set_new(member(d, "parts", 3, NULL, 0), "vignette", json_string("casus-drone"));
    expect_fault(d, "/parts/3/vignette", "onbekend");
    d = real(); /* and then the one that it read is read by nobody */
    json_object_set_new(member(d, "parts", 3, NULL, 0), "vignette", json_string("casus-drone"));
    expect_fault(d, "/vignettes/0", "ongebruikt");

    d = real();
    json_array_set_new(json_object_get(member(d, "parts", 3, "questions", 1), "values"), 0,
                       json_string("gemak"));
    expect_fault(d, "/parts/3/questions/1/values/0", "keuze");

    d = real();
    json_object_del(member(d, "parts", 3, "questions", 0), "values");
    json_object_del(member(d, "parts", 3, "questions", 0), "applications");
    expect_fault(d, "/parts/3/questions/0", "ontbreekt");

    d = real();
    json_object_del(member(d, "parts", 7, "questions", 3), "missed");
    expect_fault(d, "/parts", "ontbreekt");

    d = real();
    json_object_set_new(member(d, "parts", 1, "questions", 0), "duur", json_integer(5));
    expect_fault(d, "/parts/1/questions/0/duur", "onbekend-veld");
}

Test(guide, all_faults_come_at_once_and_malformed_text_is_no_guide)
{
    json_t *d = real();
    json_object_set_new(d, "minutes", json_integer(90));
    json_object_set_new(member(d, "parts", 3, NULL, 0), "vignette", json_string("casus-drone"));
    json_object_set_new(d, "language", json_string("fy"));
    cr_expect_null(read(d));
    cr_expect_geq(errors.count, 4);
    json_errors_init(&errors, arena);
    cr_expect_null(guide_read(&errors, arena, SLICE("{\"code\": ")));
    cr_expect_null(guide_read(&errors, arena, SLICE("[]")));
    cr_expect_geq(errors.count, 2);
}
