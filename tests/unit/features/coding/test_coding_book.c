#include "features/coding/coding_book.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(coding_book, .fini = leaks_check);

#define REAL "config/codebooks/zeven-waarden.json"
enum { ARENA_MAX = 64 << 20, FILE_MAX = 1 << 20 };

struct scene {
    struct arena *arena;
    struct json_errors errors;
};

static void begin(struct scene *s)
{
    s->arena = arena_create(ARENA_MAX);
    json_errors_init(&s->errors, s->arena);
}

static json_t *real_document(void)
{
    json_error_t error;
    json_t *document = json_load_file(REAL, 0, &error);
    cr_assert_not_null(document, "%s", error.text);
    return document;
}

/* Takes the document. */
static const struct codebook *load(struct scene *s, json_t *document_take)
{
    char *text = json_dumps(document_take, 0);
    json_decref(document_take);
    const struct codebook *book =
        codebook_load(&s->errors, s->arena, arena_copy(s->arena, slice_from_cstr(text)));
    free(text);
    return book;
}

static const struct codebook_entry *entry(const struct codebook *book, enum codebook_axis axis,
                                          const char *code)
{
    const int at = codebook_find(book, axis, slice_from_cstr(code));
    cr_assert_geq(at, 0, "%s", code);
    return &book->axes[axis].items[at];
}

Test(coding_book, the_one_of_the_seven_values)
{
    struct scene s;
    begin(&s);
    const struct codebook *book = load(&s, real_document());
    for (size_t i = 0; i < json_errors_kept(&s.errors); i++) {
        cr_expect(false, "%s: %s", s.errors.items[i].pointer, s.errors.items[i].detail);
    }
    cr_assert_not_null(book);
    for (int i = 0; i < CODING_VALUES; i++) {
        const struct codebook_entry *value = entry(book, CODEBOOK_TREE, coding_values[i]);
        cr_expect_eq(value->value, i);
        cr_expect_eq(value, &book->axes[CODEBOOK_TREE].items[book->values[i]]);
        cr_expect_geq(value->include_count, 3, "%s", coding_values[i]);
        cr_expect_geq(value->exclude_count, 2, "%s", coding_values[i]);
        cr_expect_geq(value->example_count, 3, "%s", coding_values[i]);
        /* Where a value says what it is not, it says what it is then. */
        for (size_t k = 0; k < value->exclude_count; k++) {
            cr_expect_geq(value->exclude[k].instead, 0, "%s", coding_values[i]);
        }
    }
    const struct codebook_entry *belief = entry(book, CODEBOOK_TREE, "geloof-en-schepping");
    const struct codebook_entry *parent = &book->axes[CODEBOOK_TREE].items[belief->parent];
    cr_expect(slice_equal_cstr(parent->code, "grens-van-ingrijpen"));
    cr_expect_eq(belief->value, 3, "a code under a value counts as that value");
    cr_expect_eq(belief->colour, 0x275937);
    cr_expect_eq(entry(book, CODEBOOK_TREE, "eigen-ervaring")->value, -1);
    cr_expect_eq(entry(book, CODEBOOK_TREE, "gezondheid")->facets, 7u);
    cr_expect_eq(book->axes[CODEBOOK_EXPRESSION].count, CODING_EXPRESSIONS);
    cr_expect_eq(entry(book, CODEBOOK_EXPRESSION, "zorg")->exclude[0].instead,
                 codebook_find(book, CODEBOOK_EXPRESSION, SLICE("vraag")));
    arena_destroy(s.arena);
}

static void expect_fault(const struct scene *s, const char *pointer, const char *code)
{
    for (size_t i = 0; i < json_errors_kept(&s->errors); i++) {
        if (strcmp(s->errors.items[i].pointer, pointer) == 0 && strcmp(s->errors.items[i].code, code) == 0) {
            return;
        }
    }
    cr_expect(false, "no fault %s at %s", code, pointer);
}

static json_t *value_of(json_t *document, size_t i)
{
    return json_array_get(json_object_get(document, "values"), i);
}

Test(coding_book, tells_every_fault_at_once)
{
    struct scene s;
    begin(&s);
    json_t *document = real_document();
    json_object_set_new(document, "version", json_integer(0));
    json_object_set_new(document, "eigen", json_true());
    json_object_set_new(value_of(document, 0), "code", json_string("welvaart"));
    json_object_set_new(value_of(document, 1), "colour", json_string("rood"));
    json_object_del(value_of(document, 2), "include");
    json_array_append_new(json_object_get(value_of(document, 3), "facets"), json_string("plant"));
    json_object_set_new(json_array_get(json_object_get(value_of(document, 4), "exclude"), 0), "instead",
                        json_string("vrijheid"));
    json_array_append_new(json_object_get(value_of(document, 5), "include"), json_integer(1));
    json_array_append_new(
        json_object_get(value_of(document, 6), "codes"),
        json_pack("{s:s,s:s,s:s}", "code", "eigen-ervaring", "title", "x", "definition", "x"));
    json_array_remove(json_object_get(document, "origins"), 2);
    json_object_set_new(json_array_get(json_object_get(document, "facets"), 0), "colour",
                        json_string("#000000"));
    json_object_set_new(json_array_get(json_object_get(document, "applications"), 0), "code",
                        json_string("Een Zin"));
    cr_expect_null(load(&s, document));
    expect_fault(&s, "/version", "bereik");
    expect_fault(&s, "/eigen", "onbekend-veld");
    expect_fault(&s, "/values/0/code", "keuze");
    expect_fault(&s, "/values", "ontbreekt");
    expect_fault(&s, "/values/1/colour", "vorm");
    expect_fault(&s, "/values/2/include", "ontbreekt");
    expect_fault(&s, "/values/3/facets/3", "keuze");
    expect_fault(&s, "/values/4/exclude/0/instead", "onbekend");
    expect_fault(&s, "/values/5/include/5", "type");
    expect_fault(&s, "/codes/1/code", "dubbel");
    expect_fault(&s, "/origins", "ontbreekt");
    expect_fault(&s, "/facets/0/colour", "onbekend-veld");
    expect_fault(&s, "/applications/0/code", "code");
    arena_destroy(s.arena);
}

Test(coding_book, a_tree_has_an_end)
{
    struct scene s;
    begin(&s);
    json_t *document = real_document();
    json_t *codes = json_object_get(document, "codes");
    for (int i = 0; i < 10; i++) {
        char code[24];
        snprintf(code, sizeof code, "diep-%d", i);
        json_t *under = json_array();
        json_array_append_new(codes, json_pack("{s:s,s:s,s:s,s:o}", "code", code, "title", "x", "definition",
                                               "x", "codes", under));
        codes = under;
    }
    cr_expect_null(load(&s, document));
    expect_fault(&s, "/codes/3/codes/0/codes/0/codes/0/codes/0/codes/0/codes", "diepte");
    cr_expect_eq(s.errors.count, 1);
    arena_destroy(s.arena);
    begin(&s);
    document = real_document();
    codes = json_object_get(document, "codes");
    for (int i = 0; i < 490; i++) {
        char code[24];
        snprintf(code, sizeof code, "breed-%d", i);
        json_array_append_new(codes,
                              json_pack("{s:s,s:s,s:s}", "code", code, "title", "x", "definition", "x"));
    }
    cr_expect_null(load(&s, document));
    cr_expect_str_eq(s.errors.items[0].code, "te-veel");
    arena_destroy(s.arena);
}

Test(coding_book, no_document_at_all)
{
    static const char *const documents[] = {
        "", "[]", "{}", "{\"values\": 1}", "{\"values\": [1, null, {}]}", "\"x\""};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct scene s;
        begin(&s);
        cr_expect_null(codebook_load(&s.errors, s.arena, slice_from_cstr(documents[i])), "%s", documents[i]);
        cr_expect_gt(s.errors.count, 0);
        arena_destroy(s.arena);
    }
}

Test(coding_book, names_what_a_newer_version_lost)
{
    struct scene s;
    begin(&s);
    const struct slice *lost;
    const struct codebook *older = load(&s, real_document());
    json_t *document = real_document();
    json_object_set_new(json_array_get(json_object_get(document, "applications"), 5), "code",
                        json_string("prikken"));
    json_array_remove(json_object_get(value_of(document, 3), "codes"), 0);
    const struct codebook *newer = load(&s, document);
    cr_assert(older && newer);
    cr_expect_eq(codebook_lost(&lost, s.arena, newer, newer), 0);
    cr_assert_eq(codebook_lost(&lost, s.arena, older, newer), 3);
    cr_expect(slice_equal_cstr(lost[0], "grens-van-ingrijpen"));
    cr_expect(slice_equal_cstr(lost[1], "geloof-en-schepping"));
    cr_expect(slice_equal_cstr(lost[2], "toepassing/vaccins"));
    arena_destroy(s.arena);
}
