/* Our own regressions of the template engine: escaping, context stack, limits, faults at load, threads. */
#include "render_helper.h"
#include "support/leaks.h"

#include <pthread.h>
#include <stdio.h>

TestSuite(template, .fini = leaks_check);

Test(template, escapes_the_five_characters)
{
    expect_render("<a title=\"{{x}}\">", "{\"x\": \"<&>\\\"'\"}", "<a title=\"&lt;&amp;&gt;&quot;&#39;\">");
    expect_render("{{x}}", "{\"x\": \"a&b\"}", "a&amp;b");
    expect_render("{{{x}}}{{&x}}", "{\"x\": \"<i>\"}", "<i><i>");
}

Test(template, escapes_at_every_place)
{
    static const char specials[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t length = 1; length <= 40; length++) {
        for (size_t at = 0; at < length; at++) {
            char text[41], expected[60];
            memset(text, 0xc3, length);
            text[at] = specials[(at + length) % 5];
            snprintf(expected, sizeof expected, "%.*s%s%.*s", (int)at, text, entities[(at + length) % 5],
                     (int)(length - at - 1), text + at + 1);
            struct buffer out;
            buffer_init(&out, 100);
            web_escape(&out, (struct slice){text, length});
            cr_expect(slice_equal_cstr(buffer_slice(&out), expected), "%zu of %zu", at, length);
            buffer_free(&out);
        }
    }
}

Test(template, bytes_beyond_ascii_pass_unchanged)
{
    expect_render("{{x}} – {{x}}", "{\"x\": \"Súdwest-Fryslân 🧬\"}",
                  "Súdwest-Fryslân 🧬 – Súdwest-Fryslân 🧬");
}

Test(template, number_zero_is_true_and_empty_string_is_false)
{
    expect_render("{{#n}}[{{n}}]{{/n}}{{^n}}none{{/n}}", "{\"n\": 0}", "[0]");
    expect_render("{{#s}}[{{s}}]{{/s}}{{^s}}none{{/s}}", "{\"s\": \"\"}", "none");
}

Test(template, numbers_in_their_shortest_form)
{
    expect_render("{{a}} {{b}} {{c}} {{d}}",
                  "{\"a\": 1.5, \"b\": 0.1, \"c\": -9223372036854775807, \"d\": 0.30000000000000004}",
                  "1.5 0.1 -9223372036854775807 0.30000000000000004");
}

Test(template, a_list_item_that_lacks_a_name_finds_it_outside)
{
    expect_render("{{#items}}{{name}}:{{unit}} {{/items}}",
                  "{\"unit\": \"cm\", \"items\": [{\"name\": \"a\"}, {\"name\": \"b\", \"unit\": \"mm\"}]}",
                  "a:cm b:mm ");
}

Test(template, later_contexts_are_searched_first)
{
    const char *const texts[] = {"p", "{{a}}{{b}}{{c}}{{t.x}}{{#deep}}{{a}}{{/deep}}", NULL, NULL};
    struct template_set *set = template_set_from_texts(texts);
    cr_assert_not_null(set);
    json_t *outer = json_pack("{s:s, s:s, s:{s:s}}", "a", "1", "b", "2", "t", "x", "text");
    json_t *inner = json_pack("{s:s, s:s, s:{}}", "a", "3", "c", "4", "deep");
    const json_t *contexts[] = {outer, inner};
    struct buffer out;
    buffer_init(&out, 1000);
    cr_expect(template_render(&out, set, "p", contexts, 2));
    cr_expect(slice_equal_cstr(buffer_slice(&out), "324text3"));
    buffer_free(&out);
    json_decref(outer);
    json_decref(inner);
    template_set_free(set);
}

Test(template, indentation_reaches_lines_that_begin_with_any_tag)
{
    const char *const texts[] = {"t", "  {{>p}}\n", "p",  "{{#a}}x{{/a}} y\n{{! c }} z\n{{a}}\n  {{>q}}\n",
                                 "q", "1\n2\n",     NULL, NULL};
    json_t *context = json_pack("{s:s}", "a", "A");
    char *rendered = render_texts(texts, "t", context);
    cr_expect_str_eq(rendered, "  x y\n   z\n  A\n    1\n    2\n");
    free(rendered);
    json_decref(context);
}

Test(template, faults_are_refused_at_load)
{
    expect_refused("{{#a}}");
    expect_refused("{{/a}}");
    expect_refused("{{#a}}{{#b}}{{/a}}{{/b}}");
    expect_refused("{{a");
    expect_refused("{{{a}}");
    expect_refused("{{}}");
    expect_refused("{{a b}}");
    expect_refused("{{a..b}}");
    expect_refused("{{.a}}");
    expect_refused("{{a.b.c.d.e.f.g.h.i}}");
    expect_refused("{{> unknown}}");
    expect_refused("{{> *dynamic}}");
    expect_refused("{{< parent}}{{/parent}}");
    expect_refused("{{$ block}}{{/block}}");
    expect_refused("{{= | =}}");
    expect_refused("{{=a= b=}}");
}

Test(template, two_templates_of_one_name_are_refused)
{
    const char *const texts[] = {"a", "1", "a", "2", NULL, NULL};
    log_set_level(LOG_SILENT);
    cr_expect_null(template_set_from_texts(texts));
}

Test(template, sections_nest_to_a_limit)
{
    for (int depth = 31; depth <= 33; depth++) {
        char text[33 * 12 + 1] = "";
        for (int i = 0; i < depth; i++) {
            strcat(text, "{{#a}}");
        }
        for (int i = 0; i < depth; i++) {
            strcat(text, "{{/a}}");
        }
        if (depth <= 32) {
            expect_render(text, "{\"a\": true}", "");
        } else {
            expect_refused(text);
        }
    }
}

Test(template, a_partial_that_never_ends_fails_without_harm)
{
    const char *const texts[] = {"t", "x{{>t}}", NULL, NULL};
    const char *const deep[] = {"t", "{{#a}}{{#a}}{{#a}}{{>t}}{{/a}}{{/a}}{{/a}}", NULL, NULL};
    json_t *context = json_pack("{s:b}", "a", 1);
    log_set_level(LOG_SILENT);
    cr_expect_null(render_texts(texts, "t", context));
    cr_expect_null(render_texts(deep, "t", context));
    json_decref(context);
}

Test(template, writing_an_object_or_list_fails)
{
    log_set_level(LOG_SILENT);
    cr_expect_null(render("{{o}}", "{\"o\": {}}"));
    cr_expect_null(render("{{o}}", "{\"o\": [1]}"));
}

Test(template, output_past_its_maximum_fails)
{
    const char *const texts[] = {"t", "{{#l}}0123456789{{/l}}", NULL, NULL};
    struct template_set *set = template_set_from_texts(texts);
    json_t *context = json_pack("{s:[i,i,i]}", "l", 1, 2, 3);
    const json_t *contexts[] = {context};
    struct buffer out;
    buffer_init(&out, 29);
    cr_expect_not(template_render(&out, set, "t", contexts, 1));
    buffer_free(&out);
    buffer_init(&out, 30);
    cr_expect(template_render(&out, set, "t", contexts, 1));
    buffer_free(&out);
    log_set_level(LOG_SILENT);
    cr_expect_not(template_render(&out, set, "unknown", contexts, 1));
    json_decref(context);
    template_set_free(set);
}

Test(template, names_come_from_files)
{
    const struct embedded_file files[] = {
        {"src/web/templates/a.mustache", (const unsigned char *)"A{{>b}}", 7},
        {"src/features/x/b.mustache", (const unsigned char *)"B", 1},
        {NULL, NULL, 0}};
    struct template_set *set = template_set_load(files);
    cr_assert_not_null(set);
    struct buffer out;
    buffer_init(&out, 100);
    cr_expect(template_render(&out, set, "a", NULL, 0));
    cr_expect(slice_equal_cstr(buffer_slice(&out), "AB"));
    buffer_free(&out);
    template_set_free(set);
}

struct names {
    char text[200];
};

static bool collect(const char *file, unsigned line, struct slice name, void *context)
{
    struct names *names = context;
    size_t used = strlen(names->text);
    snprintf(names->text + used, sizeof names->text - used, "%s:%u:%.*s ", file, line, SLICE_ARG(name));
    return !slice_equal_cstr(name, "bad");
}

Test(template, every_name_can_be_visited_with_its_line)
{
    const char *const texts[] = {"t", "{{a}}\n\n{{#b}}\n  {{! c\n }}{{{d.e}}}\n{{/b}}\n{{^bad}}{{/bad}}",
                                 NULL, NULL};
    struct template_set *set = template_set_from_texts(texts);
    struct names names = {""};
    cr_expect_not(template_set_each_name(set, collect, &names));
    cr_expect_str_eq(names.text, "t:1:a t:3:b t:5:d.e t:7:bad ");
    template_set_free(set);
}

struct shared_work {
    const struct template_set *set;
    const json_t *context;
};

static void *render_often(void *argument)
{
    const struct shared_work *work = argument;
    size_t wrong = 0;
    for (int i = 0; i < 500; i++) {
        struct buffer out;
        buffer_init(&out, 10000);
        const json_t *contexts[] = {work->context};
        wrong += !template_render(&out, work->set, "t", contexts, 1) ||
                 !slice_equal_cstr(buffer_slice(&out), "0&lt;1&lt;2&lt;");
        buffer_free(&out);
    }
    return (void *)wrong;
}

Test(template, many_threads_render_one_set)
{
    const char *const texts[] = {"t", "{{#l}}{{.}}{{lt}}{{/l}}", NULL, NULL};
    struct template_set *set = template_set_from_texts(texts);
    json_t *context = json_pack("{s:[i,i,i], s:s}", "l", 0, 1, 2, "lt", "<");
    struct shared_work work = {set, context};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, render_often, &work), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *wrong = NULL;
        pthread_join(threads[i], &wrong);
        cr_expect_null(wrong);
    }
    json_decref(context);
    template_set_free(set);
}

Test(template, what_is_bound_renders_as_it_did)
{
    const char *const texts[] = {"p",  "  {{>q}}\n{{t.c}}{{#t.a}}{{x}}{{/t.a}}{{t.none}}",
                                 "q",  "{{t.a}}\n{{{t.a}}}{{#x}}{{t.b.c}}{{t.b.n}}{{/x}}\n",
                                 NULL, NULL};
    struct template_set *looking = template_set_from_texts(texts);
    struct template_set *bound = template_set_from_texts(texts);
    json_t *known = json_pack("{s:{s:s, s:{s:s, s:i}, s:s}}", "t", "a", "<een> & twee", "b", "c", "'drie'",
                              "n", 4, "c", "");
    json_t *page = json_pack("{s:s}", "x", "X");
    const json_t *contexts[] = {known, page};
    struct buffer first, second;
    buffer_init(&first, 1000);
    buffer_init(&second, 1000);
    template_set_bind(bound, known);
    cr_expect(template_render(&first, looking, "p", contexts, 2));
    cr_expect(template_render(&second, bound, "p", contexts, 2));
    cr_expect(
        slice_equal_cstr(buffer_slice(&first), "  &lt;een&gt; &amp; twee\n  <een> & twee&#39;drie&#39;4\nX"));
    cr_expect(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    json_object_clear(known); /* what is bound is the set's own */
    buffer_clear(&second);
    cr_expect(template_render(&second, bound, "p", contexts, 2));
    cr_expect(
        slice_equal_cstr(buffer_slice(&second), "  &lt;een&gt; &amp; twee\n  <een> & twee&#39;drie&#39;\n"));
    buffer_free(&first);
    buffer_free(&second);
    json_decref(known);
    json_decref(page);
    template_set_free(looking);
    template_set_free(bound);
}

Test(template, names_are_told_apart_however_alike)
{
    expect_render("{{ab}}{{#o}}{{ab}}{{ba}}{{aab}}{{a}}{{#o}}{{a}}{{b}}{{/o}}{{/o}}",
                  "{\"ab\": 1, \"a\": 9, \"o\": {\"ba\": 2, \"aab\": 3, \"\": 4, \"o\": {\"b\": 5}}}",
                  "1123995");
}
