/* jansson reads what is written, and says how it would have written the same. */
#include "json/write.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(json_write, .fini = leaks_check);

static void expect_as_jansson(const struct buffer *out, int precision)
{
    json_error_t error;
    cr_assert_not(buffer_failed(out));
    json_t *read = json_loadb(out->ptr, out->len, JSON_DECODE_ANY, &error);
    cr_assert_not_null(read, "%s in %s", error.text, out->ptr);
    char *again = json_dumps(read, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(precision));
    cr_expect_str_eq(out->ptr, again);
    free(again);
    json_decref(read);
}

Test(json_write, nesting_and_commas)
{
    struct buffer out;
    buffer_init(&out, 1000);
    struct json_writer w = {.out = &out, .precision = 17};
    json_open(&w, '{');
    json_put_name(&w, "leeg");
    json_open(&w, '{');
    json_close(&w, '}');
    json_put_name(&w, "lijst");
    json_open(&w, '[');
    json_put_integer(&w, 1);
    json_open(&w, '[');
    json_close(&w, ']');
    json_open(&w, '{');
    json_put_name(&w, "a");
    json_put_null(&w);
    json_put_name(&w, "b");
    json_put_bool(&w, true);
    json_close(&w, '}');
    json_put_bool(&w, false);
    json_close(&w, ']');
    json_put_name(&w, "tekst");
    json_put_string(&w, "twee woorden");
    json_put_name(&w, "geen");
    json_put_string(&w, NULL);
    json_close(&w, '}');
    cr_expect_str_eq(out.ptr, "{\"leeg\":{},\"lijst\":[1,[],{\"a\":null,\"b\":true},false],"
                              "\"tekst\":\"twee woorden\",\"geen\":null}");
    expect_as_jansson(&out, 17);
    buffer_free(&out);
}

Test(json_write, members_that_were_written_before)
{
    struct buffer out;
    buffer_init(&out, 1024);
    struct json_writer w = {.out = &out, .precision = 17};
    json_open(&w, '[');
    for (int i = 0; i < 2; i++) {
        json_open(&w, '{');
        json_put_members(&w, SLICE("\"a\":\"een\",\"b\":[1]"));
        json_put_name(&w, "c");
        json_put_integer(&w, i);
        json_close(&w, '}');
    }
    json_open(&w, '{');
    json_put_name(&w, "c");
    json_put_integer(&w, 2);
    json_put_members(&w, SLICE("\"a\":null"));
    json_close(&w, '}');
    json_close(&w, ']');
    cr_expect_str_eq(out.ptr, "[{\"a\":\"een\",\"b\":[1],\"c\":0},{\"a\":\"een\",\"b\":[1],\"c\":1},"
                              "{\"c\":2,\"a\":null}]");
    expect_as_jansson(&out, 17);
    buffer_free(&out);
}

Test(json_write, every_character_of_a_text)
{
    for (unsigned byte = 1; byte < 0x80; byte++) {
        const char text[] = {'x', (char)byte, 'y', (char)byte, '\0'};
        struct buffer out;
        buffer_init(&out, 1000);
        struct json_writer w = {.out = &out, .precision = 17};
        json_put_string(&w, text);
        expect_as_jansson(&out, 17);
        buffer_free(&out);
    }
    struct buffer out;
    buffer_init(&out, 1000);
    struct json_writer w = {.out = &out, .precision = 17};
    json_put_string(&w, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 caf\xC3\xA9");
    expect_as_jansson(&out, 17);
    buffer_free(&out);
}

Test(json_write, numbers)
{
    static const double reals[] = {0,    -0.0,   1,      -2,   62.3, 0.1,  1.0 / 3, 2e5,
                                   1e15, 123456, 99.999, 1e-3, 5e-5, 1e-9, 1e22,    -1e300};
    static const int64_t integers[] = {0, 1, -1, 10, -99, 1000000, INT64_MAX, INT64_MIN};
    for (int precision = 12; precision <= 17; precision += 5) {
        struct buffer out;
        buffer_init(&out, 10000);
        struct json_writer w = {.out = &out, .precision = precision};
        json_open(&w, '[');
        for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
            json_put_real(&w, reals[i]);
        }
        json_close(&w, ']');
        json_t *read = json_loads(out.ptr, 0, NULL);
        cr_assert_not_null(read, "%s", out.ptr);
        for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
            const json_t *number = json_array_get(read, i);
            cr_expect(json_is_real(number), "%zu of %s", i, out.ptr);
            cr_expect_float_eq(json_real_value(number), reals[i],
                               precision == 17 ? 0 : 1e-11 * (reals[i] < 0 ? -reals[i] : reals[i]));
        }
        json_decref(read);
        buffer_free(&out);
    }
    struct buffer out;
    buffer_init(&out, 1000);
    struct json_writer w = {.out = &out, .precision = 17};
    json_open(&w, '[');
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        json_put_integer(&w, integers[i]);
    }
    json_put_real(&w, INFINITY);
    json_put_real(&w, NAN);
    json_close(&w, ']');
    expect_as_jansson(&out, 17);
    cr_expect(strstr(out.ptr, ",null,null]"), "%s", out.ptr);
    buffer_free(&out);
}

Test(json_write, what_does_not_fit_fails_once)
{
    struct buffer out;
    buffer_init(&out, 20);
    struct json_writer w = {.out = &out, .precision = 17};
    json_open(&w, '[');
    for (int i = 0; i < 10; i++) {
        json_put_string(&w, "zeven");
        json_put_real(&w, 0.1);
        json_put_name(&w, "naam");
    }
    cr_expect(buffer_failed(&out));
    buffer_free(&out);
}
