#include "base/log.h"
#include "support/leaks.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(markdown, .fini = leaks_check);

static void expect_html(const char *markdown, int level, const char *expected)
{
    struct arena *arena = arena_create(16 * 1024 * 1024);
    struct slice html = web_markdown(arena, slice_from_cstr(markdown), level);
    cr_expect(slice_equal_cstr(html, expected), "%s\n gave: %.*s\n  not: %s", markdown, SLICE_ARG(html),
              expected);
    arena_destroy(arena);
}

Test(markdown, blocks_carry_the_design_system_classes)
{
    expect_html("# Een\n\nTekst\n\n###### Zes", 2,
                "<h2 class=\"nl-heading nl-heading--level-2\">Een</h2>\n<p class=\"nl-paragraph\">Tekst</p>\n"
                "<h6 class=\"nl-heading nl-heading--level-6\">Zes</h6>\n");
    expect_html("- a\n- b", 1,
                "<ul class=\"utrecht-unordered-list\">\n<li class=\"utrecht-unordered-list__item\">a</li>\n"
                "<li class=\"utrecht-unordered-list__item\">b</li>\n</ul>\n");
    expect_html(
        "3. a\n4. b", 1,
        "<ol class=\"utrecht-ordered-list\" start=\"3\">\n<li class=\"utrecht-ordered-list__item\">a</li>\n"
        "<li class=\"utrecht-ordered-list__item\">b</li>\n</ol>\n");
    expect_html("- a\n\n- b", 1,
                "<ul class=\"utrecht-unordered-list\">\n"
                "<li class=\"utrecht-unordered-list__item\"><p class=\"nl-paragraph\">a</p>\n</li>\n"
                "<li class=\"utrecht-unordered-list__item\"><p class=\"nl-paragraph\">b</p>\n</li>\n</ul>\n");
    expect_html("> a\n\n---\n\n    x < y", 1,
                "<blockquote class=\"zs-quote\">\n<p class=\"nl-paragraph\">a</p>\n</blockquote>\n"
                "<hr class=\"zs-separator\">\n<pre><code>x &lt; y\n</code></pre>\n");
    expect_html("", 1, "");
}

Test(markdown, inline_marks)
{
    expect_html(
        "*a* **b** `c<` d  \ne\nf", 1,
        "<p class=\"nl-paragraph\"><em>a</em> <strong>b</strong> <code>c&lt;</code> d<br>\ne\nf</p>\n");
}

Test(markdown, links_to_the_web_mail_and_this_site_only)
{
    expect_html("[a](https://example.org/x?y=1&z=\"'<)", 1,
                "<p class=\"nl-paragraph\"><a class=\"nl-link\" "
                "href=\"https://example.org/x?y=1&amp;z=%22%27%3C\">a</a></p>\n");
    expect_html("[a](mailto:x@example.org) [b](/privacy) [c](#top) <https://example.org>", 1,
                "<p class=\"nl-paragraph\"><a class=\"nl-link\" href=\"mailto:x@example.org\">a</a> "
                "<a class=\"nl-link\" href=\"/privacy\">b</a> <a class=\"nl-link\" href=\"#top\">c</a> "
                "<a class=\"nl-link\" href=\"https://example.org\">https://example.org</a></p>\n");
    expect_html(
        "[088 000 00 00](tel:+31880000000)", 1,
        "<p class=\"nl-paragraph\"><a class=\"nl-link\" href=\"tel:+31880000000\">088 000 00 00</a></p>\n");
}

Test(markdown, other_links_leave_their_text)
{
    static const char *const targets[] = {
        "over",
        "javascriptalert(1)",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "&#9;javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "file:///etc/passwd",
        "<java\tscript:alert(1)>",
        "&#x01;javascript:x",
        "x\\y:z",
        "ftp://example.org",
        "https&#58;&#x2f;/e&#10;vil",
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char markdown[200];
        snprintf(markdown, sizeof markdown, "[klik](%s)", targets[i]);
        struct arena *arena = arena_create(1024 * 1024);
        struct slice html = web_markdown(arena, slice_from_cstr(markdown), 1);
        char *text = arena_cstr(arena, html);
        cr_expect_null(strstr(text, "<a"), "%s gave %s", markdown, text);
        cr_expect_not_null(strstr(text, "klik"), "%s gave %s", markdown, text);
        arena_destroy(arena);
    }
}

Test(markdown, raw_html_becomes_text)
{
    expect_html("<script>alert(1)</script>", 1,
                "<p class=\"nl-paragraph\">&lt;script&gt;alert(1)&lt;/script&gt;\n</p>\n");
    expect_html("a <img src=x onerror=alert(1)> b", 1,
                "<p class=\"nl-paragraph\">a &lt;img src=x onerror=alert(1)&gt; b</p>\n");
    expect_html("[a](/x \"t\\\" onclick=\\\"y\")", 1,
                "<p class=\"nl-paragraph\"><a class=\"nl-link\" href=\"/x\">a</a></p>\n");
    expect_html("[<b>x</b>](/y)", 1,
                "<p class=\"nl-paragraph\"><a class=\"nl-link\" href=\"/y\">&lt;b&gt;x&lt;/b&gt;</a></p>\n");
}

Test(markdown, images_of_this_site_with_their_text)
{
    expect_html("![Een *plant* <](/assets/p.png \"t\")", 1,
                "<p class=\"nl-paragraph\"><img class=\"zs-image\" src=\"/assets/p.png\" alt=\"Een plant "
                "&lt;\"></p>\n");
    expect_html("![tekst](https://evil.example/pixel.png)", 1, "<p class=\"nl-paragraph\">tekst</p>\n");
    expect_html("![a ![b](/c) [d](/e) `f`](/g)", 1,
                "<p class=\"nl-paragraph\"><img class=\"zs-image\" src=\"/g\" alt=\"a b d f\"></p>\n");
}

Test(markdown, deep_nesting_is_harmless)
{
    enum { DEPTH = 5000 };
    char *markdown = malloc(DEPTH + 2);
    memset(markdown, '>', DEPTH);
    strcpy(markdown + DEPTH, "x");
    struct arena *arena = arena_create(16 * 1024 * 1024);
    struct slice html = web_markdown(arena, slice_from_cstr(markdown), 1);
    cr_expect_gt(html.len, DEPTH);
    memset(markdown, '[', DEPTH);
    html = web_markdown(arena, slice_from_cstr(markdown), 1);
    cr_expect_gt(html.len, DEPTH);
    free(markdown);
    arena_destroy(arena);
}

Test(markdown, invalid_utf8_is_replaced)
{
    struct arena *arena = arena_create(1024 * 1024);
    struct slice html = web_markdown(arena, (struct slice){"a\xff\x00z", 4}, 1);
    cr_expect(slice_equal_cstr(html, "<p class=\"nl-paragraph\">a\xef\xbf\xbd\xef\xbf\xbdz</p>\n"));
    arena_destroy(arena);
}
