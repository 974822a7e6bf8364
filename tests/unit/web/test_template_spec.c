/* The Mustache specification's own tests, core modules. They are not part of this repository:
 * ZEVENSTEM_SHARED (default
 * ../shared) says where data/mustache-spec lies; without it these tests say that they were skipped. */
#include "render_helper.h"
#include "support/leaks.h"

#include <stdio.h>
#include <unistd.h>

TestSuite(template_spec, .fini = leaks_check);

static json_t *load_module(const char *module)
{
    const char *shared = getenv("ZEVENSTEM_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/data/mustache-spec/%s.json", shared ? shared : "../shared", module);
    if (access(path, R_OK) != 0) {
        fprintf(stderr, "[SKIP] template_spec::%s: %s is not there\n", module, path);
        cr_skip_test("%s is not there", path);
    }
    json_error_t error;
    json_t *spec = json_load_file(path, 0, &error);
    cr_assert_not_null(spec, "%s: %s", path, error.text);
    return spec;
}

/* The one place where we are stricter on purpose: a partial that does not exist is a fault at load. */
static bool is_refused_by_us(const char *module, const char *name)
{
    return strcmp(module, "partials") == 0 && strcmp(name, "Failed Lookup") == 0;
}

static void run_case(const char *module, json_t *test)
{
    const char *name = json_string_value(json_object_get(test, "name"));
    const char *texts[2 * 16 + 2] = {"the test", json_string_value(json_object_get(test, "template"))};
    size_t count = 2;
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(test, "partials"), key, value)
    {
        cr_assert_lt(count, 2 * 16);
        texts[count++] = key;
        texts[count++] = json_string_value(value);
    }
    const char *expected = json_string_value(json_object_get(test, "expected"));
    cr_assert(texts[1] && expected, "%s: %s", module, name);
    bool refused = is_refused_by_us(module, name);
    log_set_level(refused ? LOG_SILENT : LOG_INFO);
    char *rendered = render_texts(texts, "the test", json_object_get(test, "data"));
    if (refused) {
        cr_expect_null(rendered, "%s: %s", module, name);
    } else {
        cr_expect_not_null(rendered, "%s: %s", module, name);
        cr_expect_str_eq(rendered ? rendered : "", expected, "%s: %s", module, name);
    }
    free(rendered);
}

static void run_module(const char *module, size_t at_least)
{
    json_t *spec = load_module(module);
    json_t *tests = json_object_get(spec, "tests");
    cr_assert_geq(json_array_size(tests), at_least);
    size_t i;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        run_case(module, test);
    }
    json_decref(spec);
}

Test(template_spec, comments)
{
    run_module("comments", 12);
}
Test(template_spec, delimiters)
{
    run_module("delimiters", 14);
}
Test(template_spec, interpolation)
{
    run_module("interpolation", 42);
}
Test(template_spec, inverted)
{
    run_module("inverted", 22);
}
Test(template_spec, partials)
{
    run_module("partials", 12);
}
Test(template_spec, sections)
{
    run_module("sections", 34);
}
