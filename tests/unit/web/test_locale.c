#include "base/log.h"
#include "support/leaks.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(locale, .fini = leaks_check);

static struct locales *load(const char *nl, const char *en)
{
    const struct embedded_file files[] = {
        {"config/locales/en.json", (const unsigned char *)en, en ? strlen(en) : 0},
        {"config/locales/nl.json", (const unsigned char *)nl, strlen(nl)},
        {NULL, NULL, 0},
    };
    return locales_load(en ? files : files + 1);
}

static void expect_refused(const char *nl, const char *en)
{
    log_set_level(LOG_SILENT);
    struct locales *locales = load(nl, en);
    log_set_level(LOG_INFO);
    cr_expect_null(locales, "should be refused: %s %s", nl, en ? en : "");
    locales_free(locales);
}

Test(locale, languages_that_differ_are_refused)
{
    expect_refused("{\"a\":\"x\"}", "{}");
    expect_refused("{}", "{\"a\":\"x\"}");
    expect_refused("{\"a\":{\"b\":\"x\"}}", "{\"a\":\"x\"}");
    expect_refused("{\"a\":\"{n} keer\"}", "{\"a\":\"times\"}");
    expect_refused("{\"a\":\"keer\"}", "{\"a\":\"{n} times\"}");
    expect_refused("{\"a\":\"{n} keer\"}", "{\"a\":\"{m} times\"}");
}

Test(locale, malformed_files_are_refused)
{
    expect_refused("{\"a\":\"x\"", NULL);
    expect_refused("[]", NULL);
    expect_refused("{\"a\":1}", NULL);
    expect_refused("{\"a\":\"\"}", NULL);
    expect_refused("{\"a\":\"x\",\"a\":\"y\"}", NULL);
    expect_refused("{\"a\":\"{n\"}", NULL);
    expect_refused("{\"a\":\"n}\"}", NULL);
    expect_refused("{\"a\":\"{}\"}", NULL);
    expect_refused("{\"a\":\"{N}\"}", NULL);
    expect_refused("{\"a.b\":\"x\"}", NULL);
    expect_refused("{\"A\":\"x\"}", NULL);
}

Test(locale, dutch_is_needed)
{
    const struct embedded_file files[] = {{"config/locales/en.json", (const unsigned char *)"{}", 2},
                                          {NULL, NULL, 0}};
    log_set_level(LOG_SILENT);
    cr_expect_null(locales_load(files));
    cr_expect_null(locales_load(files + 1));
}

Test(locale, a_text_by_path)
{
    struct locales *locales = load("{\"start\":{\"knop\":\"Begin\"}}", "{\"start\":{\"knop\":\"Start\"}}");
    cr_assert_not_null(locales);
    cr_expect(slice_equal_cstr(locale_text(locales, "nl", "start.knop"), "Begin"));
    cr_expect(slice_equal_cstr(locale_text(locales, "en", "start.knop"), "Start"));
    cr_expect(slice_equal_cstr(locale_text(locales, "fy", "start.knop"), "Begin"),
              "unknown language reads as Dutch");
    cr_expect(slice_equal_cstr(locale_text(locales, NULL, "start.knop"), "Begin"));
    cr_expect(locales_has(locales, "en"));
    cr_expect_not(locales_has(locales, "fy"));
    const json_t *root = json_object_get(locale_context(locales, "en"), "t");
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(root, "start"), "knop")), "Start");
    log_set_level(LOG_SILENT);
    cr_expect(slice_equal_cstr(locale_text(locales, "nl", "start.weg"), "start.weg"));
    cr_expect(slice_equal_cstr(locale_text(locales, "nl", "start"), "start"));
    locales_free(locales);
}

Test(locale, placeholders_are_filled_in_any_order)
{
    struct locales *locales = load("{\"a\":\"Vraag {n} van {total}{n}\"}", "{\"a\":\"{total}: {n}\"}");
    cr_assert_not_null(locales);
    struct arena *arena = arena_create(100000);
    cr_expect(slice_equal_cstr(locale_format(arena, locales, "nl", "a", "total", "12", "n", "3", NULL),
                               "Vraag 3 van 123"));
    cr_expect(slice_equal_cstr(locale_format(arena, locales, "en", "a", "total", "12", "n", "{total}", NULL),
                               "12: {total}"),
              "what is filled in is not looked at again");
    cr_expect(
        slice_equal_cstr(locale_format(arena, locales, "nl", "a", "n", "3", NULL), "Vraag 3 van {total}3"));
    arena_destroy(arena);
    locales_free(locales);
}

extern const struct embedded_file embedded_locales[];

Test(locale, the_shipped_texts_load_and_know_dates)
{
    struct locales *locales = locales_load(embedded_locales);
    cr_assert_not_null(locales);
    struct arena *arena = arena_create(100000);
    /* 2026-11-23T23:30:00Z is the 24th in the Netherlands */
    int64_t evening = 1795476600;
    cr_expect(slice_equal_cstr(locale_date(arena, locales, "nl", evening), "24 november 2026"));
    cr_expect(slice_equal_cstr(locale_date(arena, locales, "en", evening), "24 November 2026"));
    cr_expect(slice_equal_cstr(locale_date(arena, locales, "nl", 0), "1 januari 1970"));
    cr_expect(slice_equal_cstr(locale_moment(arena, locales, "nl", 0), "1 januari 1970, 1.00 uur"));
    cr_expect(slice_equal_cstr(locale_moment(arena, locales, "en", 0), "1 January 1970, 1:00"));
    arena_destroy(arena);
    locales_free(locales);
}
