/* Loading: the complete document is good; each change of fixtures/faults.json makes it faulty in one named
 * place. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"

#include "base/buffer.h"

TestSuite(questionnaire_load, .fini = leaks_check);

Test(questionnaire_load, every_type_and_rule_in_one_document_is_good)
{
    struct scene s;
    scene_open(&s, COMPLETE);
    cr_expect(slice_equal_cstr(questionnaire_code(s.q), "proef"));
    cr_expect_eq(questionnaire_variant_count(s.q), 2);
    int kern = questionnaire_find_variant(s.q, SLICE("kern"));
    cr_expect_str_eq(questionnaire_variant_code(s.q, kern), "kern");
    cr_expect_str_eq(questionnaire_variant_title(s.q, kern, 0), "korte versie");
    cr_expect_eq(questionnaire_variant_minutes(s.q, kern), 4);
    cr_expect_eq(questionnaire_find_variant(s.q, SLICE("lang")), -1);
    cr_expect_eq(questionnaire_find_page(s.q, SLICE("begin.nergens")), -1);
    cr_expect_str_eq(questionnaire_page_code(s.q, scene_page(&s, "kaas.effect.2")), "kaas.effect.2");
    scene_close(&s);
}

/* ---- one change ---- */

/* Splits a pointer into its parent in `document` and the last token. */
static json_t *parent_of(struct slice *last, json_t *document, struct slice pointer)
{
    json_t *parent = NULL;
    json_t *at = document;
    struct slice rest = pointer;
    struct slice ignored;
    slice_cut(&ignored, &rest, rest, '/');
    while (rest.len > 0) {
        char name[64];
        slice_cut(last, &rest, rest, '/');
        cr_assert_lt(last->len, sizeof name);
        memcpy(name, last->ptr, last->len);
        name[last->len] = '\0';
        uint64_t index = 0;
        parent = at;
        at = json_is_array(at) && slice_to_u64(&index, *last, 10000) ? json_array_get(at, (size_t)index)
                                                                     : json_object_get(at, name);
        cr_assert(at || rest.len == 0, "%.*s is nowhere", SLICE_ARG(pointer));
    }
    return parent;
}

static void change(json_t *document, const json_t *fault)
{
    struct slice last = {NULL, 0};
    json_t *value = json_object_get(fault, "set");
    json_t *parent =
        parent_of(&last, document, slice_from_cstr(json_string_value(json_object_get(fault, "at"))));
    char name[64] = "";
    uint64_t index = 0;
    memcpy(name, last.ptr, last.len);
    slice_to_u64(&index, last, 10000);
    if (json_is_array(parent) && index == json_array_size(parent)) {
        cr_assert_eq(json_array_append(parent, value), 0);
    } else if (json_is_array(parent)) {
        cr_assert_eq(value ? json_array_set(parent, (size_t)index, value)
                           : json_array_remove(parent, (size_t)index),
                     0);
    } else {
        cr_assert_eq(value ? json_object_set(parent, name, value) : json_object_del(parent, name), 0);
    }
}

static bool told(const struct json_errors *errors, const char *pointer, const char *code)
{
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        if (strcmp(errors->items[i].pointer, pointer) == 0 && strcmp(errors->items[i].code, code) == 0) {
            return errors->items[i].detail[0] != '\0';
        }
    }
    return false;
}

static void expect_fault(const json_t *good, const json_t *fault)
{
    const char *why = json_string_value(json_object_get(fault, "why"));
    const char *pointer = json_string_value(json_object_get(fault, "fault"));
    const char *code = json_string_value(json_object_get(fault, "code"));
    json_t *document = json_deep_copy(good);
    struct scene s;
    scene_prepare(&s);
    change(document, fault);
    s.q = questionnaire_load(&s.errors, document, s.locales);
    cr_expect_null(s.q, "taken: %s", why);
    cr_expect(told(&s.errors, pointer, code), "%s: not told at %s as %s, but %s: %s", why, pointer, code,
              s.errors.count ? s.errors.items[0].pointer : "nothing",
              s.errors.count ? s.errors.items[0].code : "");
    json_decref(document);
    scene_close(&s);
}

Test(questionnaire_load, each_fault_is_told_where_it_stands)
{
    json_t *good = scene_read(COMPLETE);
    json_t *faults = scene_read("tests/unit/features/questionnaire/fixtures/faults.json");
    size_t index;
    json_t *fault;
    json_array_foreach(faults, index, fault)
    {
        expect_fault(good, fault);
    }
    cr_expect_gt(index, 60u);
    json_decref(faults);
    json_decref(good);
}

Test(questionnaire_load, all_faults_come_at_once)
{
    json_t *document = scene_read(COMPLETE);
    json_t *faults = scene_read("tests/unit/features/questionnaire/fixtures/faults.json");
    static const char *const together[] = {"a scale that is nowhere", "an option code twice",
                                           "a top of more than there are", "an explainer without source",
                                           "a variant of no minutes"};
    struct scene s;
    size_t index;
    json_t *fault;
    scene_prepare(&s);
    json_array_foreach(faults, index, fault)
    {
        for (size_t i = 0; i < sizeof together / sizeof together[0]; i++) {
            if (strcmp(together[i], json_string_value(json_object_get(fault, "why"))) == 0) {
                change(document, fault);
            }
        }
    }
    cr_expect_null(questionnaire_load(&s.errors, document, s.locales));
    cr_expect_geq(s.errors.count, sizeof together / sizeof together[0]);
    json_decref(document);
    json_decref(faults);
    scene_close(&s);
}

/* ---- pictures ---- */

Test(questionnaire_load, a_picture_is_shown_by_its_page_and_kept_under_its_name)
{
    struct scene s;
    struct questionnaire_picture picture;
    json_t *document = scene_read(COMPLETE);
    json_t *picture_member =
        json_loads("{\"file\": \"a.png\", \"alt\": {\"nl\": \"Een [grote] <koe>\", \"en\": \"A cow\"}, "
                   "\"data\": \"iVBORw0KGgoAAAAN\"}",
                   0, NULL);
    json_t *pages = json_object_get(
        json_object_get(json_object_get(json_object_get(document, "questionnaire"), "blocks"), "begin"),
        "pages");
    json_t *item = json_array_get(json_object_get(json_array_get(pages, 0), "items"), 0);
    json_object_set_new(item, "picture", picture_member);
    scene_open_document(&s, document);
    const char *html = arena_cstr(s.arena, s.q->pages[scene_page(&s, "begin.welkom")].items[0].html[0]);
    const char *source = strstr(html, "src=\"/afbeelding/");
    cr_assert_not_null(source, "%s", html);
    cr_expect_not_null(strstr(html, "alt=\"Een [grote] &lt;koe&gt;\""), "%s", html);
    struct slice name;
    struct slice rest;
    slice_cut(&name, &rest, slice_from_cstr(source + strlen("src=\"/afbeelding/")), '"');
    cr_assert(questionnaire_picture(&picture, s.q, name));
    cr_expect_str_eq(picture.media_type, "image/png");
    cr_expect_eq(picture.bytes.len, 12);
    cr_expect(!questionnaire_picture(&picture, s.q, SLICE("0000000000000000.png")));
    scene_close(&s);
}

/* ---- documents that are nothing at all ---- */

Test(questionnaire_load, rubbish_is_refused_with_a_fault)
{
    static const char *const rubbish[] = {
        "null",
        "[]",
        "7",
        "{}",
        "{\"questionnaire\": []}",
        "{\"questionnaire\": {}, \"explainers\": []}",
        "{\"questionnaire\": {\"blocks\": [], \"flow\": {}, \"variants\": 3}}",
        "{\"questionnaire\": {\"blocks\": {\"a\": null}, \"flow\": [null, 1, {}], "
        "\"variants\": {\"b\": []}}, \"explainers\": {\"x\": 1}}"};
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++) {
        struct scene s;
        json_t *document = json_loads(rubbish[i], JSON_DECODE_ANY, NULL);
        scene_prepare(&s);
        cr_assert_not_null(document);
        s.q = questionnaire_load(&s.errors, document, s.locales);
        cr_expect_null(s.q, "%s", rubbish[i]);
        cr_expect_gt(s.errors.count, 0, "%s", rubbish[i]);
        json_decref(document);
        scene_close(&s);
    }
}
