#include "support.h"

#include <stdio.h>

TestSuite(json_decode, .init = setup, .fini = teardown);

static const json_t *parsed(const char *text)
{
    const json_t *document = json_parse(&errors, arena, slice_from_cstr(text));
    cr_assert_not_null(document, "%s: %s", text, errors.count ? errors.items[0].detail : "");
    return document;
}

static const char *const colours[] = {"rood", "groen", NULL};

struct everything {
    struct slice text, colour;
    int64_t number;
    double real;
    bool yes, has_number, has_text;
    const json_t *object, *list, *any;
};

static bool decode(struct everything *out, const char *text)
{
    const struct json_field fields[] = {
        {.name = "text",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = 5,
         .out = &out->text,
         .present = &out->has_text},
        {.name = "colour",
         .kind = JSON_KIND_STRING,
         .one_of = colours,
         .optional = true,
         .out = &out->colour},
        {.name = "number",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = -1,
         .max = 10,
         .out = &out->number,
         .present = &out->has_number},
        {.name = "real", .kind = JSON_KIND_REAL, .optional = true, .out = &out->real},
        {.name = "yes", .kind = JSON_KIND_BOOL, .optional = true, .out = &out->yes},
        {.name = "object", .kind = JSON_KIND_OBJECT, .optional = true, .out = &out->object},
        {.name = "list", .kind = JSON_KIND_ARRAY, .optional = true, .min = 2, .max = 3, .out = &out->list},
        {.name = "any", .kind = JSON_KIND_ANY, .optional = true, .out = &out->any},
    };
    errors.count = 0;
    return json_decode(&errors, "/body", parsed(text), fields, sizeof fields / sizeof fields[0]);
}

Test(json_decode, fills_every_kind)
{
    struct everything e = {.number = 0};
    cr_assert(decode(
        &e, "{\"text\": \"h\\u00e9\", \"colour\": \"groen\", \"number\": -1, \"real\": 2, \"yes\": true,"
            " \"object\": {\"x\": 1}, \"list\": [1, 2], \"any\": null}"));
    cr_assert(slice_equal_cstr(e.text, "h\xc3\xa9") && slice_equal_cstr(e.colour, "groen"));
    cr_assert(e.number == -1 && e.yes && e.has_number && e.has_text);
    cr_assert_float_eq(e.real, 2, 1e-12, "a whole number is a number too");
    cr_assert(json_object_size(e.object) == 1 && json_array_size(e.list) == 2);
    cr_assert_null(e.any, "an optional null is as good as absent");
    cr_assert_eq(errors.count, 0);
}

Test(json_decode, leaves_what_is_absent_or_null_alone)
{
    struct everything e = {.number = 7, .has_number = true, .has_text = true};
    cr_assert(decode(&e, "{\"text\": \"a\", \"number\": null}"));
    cr_assert(e.number == 7 && !e.has_number);
    /* Null is no value for a field that must be there. */
    cr_assert_not(decode(&e, "{\"text\": null}"));
    expect_error(0, "/body/text", "type");
    cr_assert_not(e.has_text);
}

Test(json_decode, finds_all_errors_at_once)
{
    struct everything e = {.number = 0};
    cr_assert_not(
        decode(&e, "{\"colour\": \"paars\", \"number\": 11, \"real\": \"2\", \"yes\": 1, \"object\": [],"
                   " \"list\": [1], \"meer\": 1, \"a/b~c\": 2}"));
    cr_assert_eq(errors.count, 9);
    expect_error(0, "/body/text", "ontbreekt");
    expect_error(1, "/body/colour", "keuze");
    cr_assert_str_eq(errors.items[1].detail, "Kies een van deze waarden: rood, groen.");
    expect_error(2, "/body/number", "bereik");
    cr_assert_str_eq(errors.items[2].detail, "Geef een getal van -1 tot en met 10.");
    expect_error(3, "/body/real", "type");
    expect_error(4, "/body/yes", "type");
    cr_assert_str_eq(errors.items[4].detail, "Geef hier true of false.");
    expect_error(5, "/body/object", "type");
    expect_error(6, "/body/list", "bereik");
    expect_error(7, "/body/meer", "onbekend-veld");
    expect_error(8, "/body/a~1b~0c", "onbekend-veld");
}

Test(json_decode, counts_code_points_not_bytes)
{
    struct everything e = {.number = 0};
    cr_assert(decode(&e, "{\"text\": \"\\u20ac\\u20ac\\u20ac\\ud83c\\udf31\\u20ac\"}"));
    cr_assert_not(decode(&e, "{\"text\": \"abcdef\"}"));
    expect_error(0, "/body/text", "te-lang");
    cr_assert_not_null(strstr(errors.items[0].detail, "maximum is 5 tekens en u gebruikt er 6"));
    cr_assert_not(decode(&e, "{\"text\": \"\"}"));
    expect_error(0, "/body/text", "te-kort");
}

Test(json_decode, numbers_have_bounds)
{
    static const struct {
        int64_t min, max, value;
        const char *detail; /* NULL: it is good */
    } cases[] = {{0, 0, 12, NULL},
                 {0, 0, -12, NULL},
                 {1, INT64_MAX, 1, NULL},
                 {1, INT64_MAX, 0, "Geef een getal dat niet lager is dan 1."},
                 {INT64_MIN, -1, INT64_MIN, NULL},
                 {INT64_MIN, -1, 0, "Geef een getal dat niet hoger is dan -1."},
                 {1, 5, 6, "Geef een getal van 1 tot en met 5."}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t out = 99;
        struct json_field field = {
            .name = "n", .kind = JSON_KIND_INT, .min = cases[i].min, .max = cases[i].max, .out = &out};
        json_t *object = json_pack("{s:I}", "n", (json_int_t)cases[i].value);
        errors.count = 0;
        bool good = json_decode(&errors, "", object, &field, 1);
        json_decref(object);
        cr_assert_eq(good, cases[i].detail == NULL);
        cr_assert_eq(out, good ? cases[i].value : 99);
        if (!good) {
            expect_error(0, "/n", "bereik");
            cr_assert_str_eq(errors.items[0].detail, cases[i].detail);
        }
    }
}

Test(json_decode, a_real_is_no_whole_number)
{
    int64_t out = 99;
    const struct json_field field = {.name = "n", .kind = JSON_KIND_INT, .out = &out};
    cr_assert_not(json_decode(&errors, "", parsed("{\"n\": 1.0}"), &field, 1));
    expect_error(0, "/n", "type");
    cr_assert_eq(out, 99);
}

Test(json_decode, wants_an_object)
{
    bool present = true;
    const struct json_field field = {.name = "a", .kind = JSON_KIND_ANY, .present = &present};
    cr_assert_not(json_decode(&errors, "/x", parsed("[1]"), &field, 1));
    expect_error(0, "/x", "type");
    cr_assert_not(present);
}

Test(json_decode, the_hundred_and_first_error_is_only_counted)
{
    json_t *object = json_object();
    for (int i = 0; i < 5000; i++) {
        char name[32];
        snprintf(name, sizeof name, "veld-%d", i);
        json_object_set_new(object, name, json_true());
    }
    size_t before = arena_used(arena);
    cr_assert_not(json_decode(&errors, "", object, NULL, 0));
    cr_assert_eq(errors.count, 5000);
    cr_assert_lt(arena_used(arena) - before, 20000, "what is only counted costs memory");
    expect_error(99, errors.items[99].pointer, "onbekend-veld");
    json_t *list = json_errors_to_json(&errors);
    cr_assert_eq(json_array_size(list), JSON_MAX_ERRORS);
    json_decref(list);
    json_decref(object);
}

Test(json_decode, errors_as_json)
{
    json_errors_add(&errors, "/a", "vorm", "Schrijf %d cijfers.", 4);
    json_t *list = json_errors_to_json(&errors);
    char *text = json_dumps(list, JSON_COMPACT);
    cr_assert_str_eq(text, "[{\"pointer\":\"/a\",\"code\":\"vorm\",\"detail\":\"Schrijf 4 cijfers.\"}]");
    free(text);
    json_decref(list);
}

Test(json_decode, pointers_as_rfc_6901)
{
    /* Section 5. */
    cr_assert_str_eq(json_pointer_append(arena, "", ""), "/");
    cr_assert_str_eq(json_pointer_append(arena, "", "a/b"), "/a~1b");
    cr_assert_str_eq(json_pointer_append(arena, "", "m~n"), "/m~0n");
    cr_assert_str_eq(json_pointer_append(arena, "", "k\"l"), "/k\"l");
    cr_assert_str_eq(json_pointer_append(arena, "/foo", "0"), "/foo/0");
    cr_assert_str_eq(json_pointer_append(arena, "/a~1b", "~/~"), "/a~1b/~0~1~0");
}

Test(json_decode, what_was_said_before_is_left_out)
{
    json_errors_add(&errors, "/a", "x", "Een.");
    json_errors_add(&errors, "/b", "x", "Een.");
    json_errors_add(&errors, "/a", "x", "Twee.");
    json_errors_add(&errors, "/b", "x", "Een.");
    json_errors_add(&errors, "/a", "x", "Een.");
    json_errors_add(&errors, "/c", "x", "Een.");
    json_errors_drop_repeats(&errors, 1);
    cr_assert_eq(errors.count, 4);
    cr_assert_str_eq(errors.items[2].detail, "Twee.");
    cr_assert_str_eq(errors.items[3].pointer, "/c");
}

Test(json_decode, a_document_leaves_out_rather_than_null)
{
    struct slice name = {NULL, 0};
    const struct json_field fields[] = {
        {.name = "naam", .kind = JSON_KIND_STRING, .optional = true, .out = &name}};
    const json_t *document = parsed("{\"naam\": null}");
    cr_assert(json_decode(&errors, "", document, fields, 1));
    cr_assert_not(json_decode_document(&errors, "", document, fields, 1));
    expect_error(0, "/naam", "type");
}
