/* Whole pages with the shipped templates, texts and assets. */
#include "web/page.h"

#include "base/log.h"
#include "base/utf8.h"
#include "support/leaks.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(page, .fini = leaks_check);

static struct web *create(const char *organisation)
{
    const struct web_config config = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = organisation};
    struct web *web = web_create(&config);
    cr_assert_not_null(web);
    return web;
}

static char *render(struct arena *arena, const struct web *web, const char *language, json_t *context_take)
{
    struct slice html;
    cr_assert(web_page_render(&html, arena, web, language, "content", context_take));
    json_decref(context_take);
    return arena_cstr(arena, html);
}

static struct slice title_in(const char *html)
{
    const char *start = strstr(html, "<title>");
    const char *end = strstr(html, "</title>");
    cr_assert(start && end);
    return (struct slice){start + 7, (size_t)(end - start) - 7};
}

#define expect_has(html, part)   cr_expect_not_null(strstr(html, part), "no %s in\n%s", part, html)
#define expect_lacks(html, part) cr_expect_null(strstr(html, part), "%s in\n%s", part, html)

Test(page, shell_in_two_languages)
{
    struct web *web = create("Ministerie <X>");
    struct arena *arena = arena_create(1 << 20);
    char *nl =
        render(arena, web, "nl",
               json_pack("{s:s, s:s, s:s}", "title", "Privacy", "body_html", "<p>x</p>", "path", "/privacy"));
    expect_has(nl, "<!DOCTYPE html>\n<html lang=\"nl\"");
    expect_has(nl, "<title>Privacy - Ministerie &lt;X&gt;</title>");
    expect_has(nl, "href=\"/privacy?taal=en\" lang=\"en\" hreflang=\"en\">English</a>");
    expect_has(nl, "<p>x</p>");
    expect_has(nl, assets_path(web_assets(web), "zevenstem.css"));
    expect_lacks(nl, "Wis deze computer");
    expect_lacks(nl, "role=\"alert\"");
    char *en = render(arena, web, "en",
                      json_pack("{s:s, s:s, s:s}", "title", "Privacy", "body_html", "", "path", "/privacy"));
    expect_has(en, "<html lang=\"en\"");
    expect_has(en, "href=\"/privacy?taal=nl\" lang=\"nl\" hreflang=\"nl\">Nederlands</a>");
    expect_has(en, "Accessibility");
    char *other = render(arena, web, "de", json_pack("{s:s}", "title", "x"));
    expect_has(other, "<html lang=\"nl\"");
    expect_lacks(other, "?taal=");
    arena_destroy(arena);
    web_destroy(web);
}

/* Pages of several sorts about one thing are told apart by their titles. */
Test(page, names_the_kind_of_page_in_its_title)
{
    struct web *web = create("Org");
    struct arena *arena = arena_create(1 << 20);
    char *html = render(arena, web, "nl",
                        json_pack("{s:s, s:s, s:s}", "title", "Kweekvlees", "title_kind", "Uitleg",
                                  "consultation", "Wat vindt u?"));
    expect_has(html, "<title>Uitleg: Kweekvlees - Wat vindt u? - Org</title>");
    arena_destroy(arena);
    web_destroy(web);
}

Test(page, parts_that_only_some_pages_have)
{
    struct web *web = create("Org");
    struct arena *arena = arena_create(1 << 20);
    char *html =
        render(arena, web, "nl",
               json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:[{s:s, s:s}]}}", "title", "Vraag 1", "back_path",
                         "/vorige", "forget_path", "/wissen", "forget_token", "T\"1", "robots", "noindex",
                         "error_summary", "items", "href", "#q1", "text", "Kies een <antwoord>"));
    expect_has(html, "<title>Fout: Vraag 1 - Org</title>");
    expect_has(html, "href=\"/vorige\">Terug</a>");
    expect_has(html, "action=\"/wissen\"");
    expect_has(html, "name=\"token\" value=\"T&quot;1\"");
    expect_has(html, "<meta name=\"robots\" content=\"noindex\">");
    expect_has(html, "tabindex=\"-1\" autofocus");
    expect_has(html, "<a class=\"nl-link\" href=\"#q1\">Kies een &lt;antwoord&gt;</a>");
    arena_destroy(arena);
    web_destroy(web);
}

Test(page, titles_stay_within_seventy_code_points)
{
    struct web *web = create("Ministerie van Landbouw en Natuur");
    struct arena *arena = arena_create(1 << 20);
    static const char *const titles[] = {
        "Kort", "Wat vindt u van het veranderen van het erfelijk materiaal van planten en dieren?",
        "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"};
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        for (int with = 0; with < 3; with++) {
            json_t *context = json_pack("{s:s}", "title", titles[i]);
            if (with > 0) {
                json_object_set_new(
                    context, "consultation",
                    json_string(with == 1 ? "Biotechnologie" : "Een raadpleging met een heel lange naam"));
            }
            json_object_set_new(context, "error_summary", json_object());
            struct slice title = title_in(render(arena, web, "nl", context));
            cr_expect(utf8_valid(title) && utf8_length(title) <= WEB_TITLE_CODE_POINTS_MAX, "%.*s",
                      SLICE_ARG(title));
            cr_expect(slice_starts_with(title, SLICE("Fout: ")));
            cr_expect_not_null(strstr(title.ptr, "Ministerie van Landbouw en Natuur</title>"));
        }
    }
    arena_destroy(arena);
    web_destroy(web);
    web = create("Org");
    arena = arena_create(1 << 20);
    struct slice step = title_in(
        render(arena, web, "nl", json_pack("{s:s, s:s}", "title", titles[1], "progress", "Stap 9 van 44")));
    cr_expect(slice_starts_with(step, SLICE("Stap 9 van 44: Wat vindt u van")), "%.*s", SLICE_ARG(step));
    cr_expect_leq(utf8_length(step), WEB_TITLE_CODE_POINTS_MAX);
    char *linked = render(arena, web, "nl", json_pack("{s:s, s:s}", "title", "x", "path", "/?via=brief"));
    cr_expect_not_null(strstr(linked, "href=\"/?via=brief&amp;taal=en\""), "how somebody came is kept");
    arena_destroy(arena);
    web_destroy(web);
    web = create("Een organisatie met een naam die zelf al langer is dan zeventig tekens lang");
    arena = arena_create(1 << 20);
    struct slice title = title_in(render(arena, web, "nl", json_pack("{s:s}", "title", "Privacy")));
    cr_expect_leq(utf8_length(title), WEB_TITLE_CODE_POINTS_MAX);
    cr_expect(slice_starts_with(title, SLICE("Privacy - Een organisatie")));
    arena_destroy(arena);
    web_destroy(web);
}

Test(page, every_status_has_a_helpful_page)
{
    static const int statuses[] = {400, 401, 403, 404, 405, 410, 413, 415, 429, 500, 503};
    struct web *web = create("Org");
    struct arena *arena = arena_create(1 << 20);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        for (int l = 0; l < 2; l++) {
            const char *language = l ? "en" : "nl";
            struct slice html;
            web_error_page(&html, arena, web, language, statuses[i], "0123456789abcdef", 0);
            char path[40];
            snprintf(path, sizeof path, "error.%d.title", statuses[i]);
            char *title = arena_cstr(arena, locale_text(web_locales(web), language, path));
            char *text = arena_cstr(arena, html);
            expect_has(text, title);
            expect_has(text, "0123456789abcdef");
            expect_has(text, "href=\"/contact\"");
        }
    }
    struct slice unknown, known;
    web_error_page(&unknown, arena, web, "nl", 418, NULL, 0);
    web_error_page(&known, arena, web, "nl", 400, NULL, 0);
    cr_expect(slice_equal(unknown, known), "a status without texts of its own shows its class");
    web_error_page(&unknown, arena, web, "nl", 507, NULL, 0);
    web_error_page(&known, arena, web, "nl", 500, NULL, 0);
    cr_expect(slice_equal(unknown, known));
    arena_destroy(arena);
    web_destroy(web);
}

static const struct embedded_file small_locales[] = {
    {"nl.json", (const unsigned char *)"{\"a\":\"x\",\"b\":\"{n} x\"}", 21}, {NULL, NULL, 0}};

static void expect_template_refused(const char *text)
{
    const struct embedded_file templates[] = {{"p.mustache", (const unsigned char *)text, strlen(text)},
                                              {NULL, NULL, 0}};
    const struct web_config config = {
        .templates = templates, .locales = small_locales, .assets = embedded_assets, .organisation = "Org"};
    log_set_level(LOG_SILENT);
    cr_expect_null(web_create(&config), "should be refused: %s", text);
    log_set_level(LOG_INFO);
}

Test(page, a_template_that_names_a_missing_text_is_refused_at_start)
{
    expect_template_refused("{{t.missing}}");
    expect_template_refused("{{#t.a.b}}{{/t.a.b}}");
    expect_template_refused("{{t.b}}");
    const struct embedded_file good[] = {{"p.mustache", (const unsigned char *)"{{t.a}}", 7},
                                         {NULL, NULL, 0}};
    struct web_config config = {
        .templates = good, .locales = small_locales, .assets = embedded_assets, .organisation = "Org"};
    struct web *web = web_create(&config);
    cr_expect_not_null(web);
    struct arena *arena = arena_create(1 << 20);
    struct slice html;
    log_set_level(LOG_SILENT);
    web_error_page(&html, arena, web, "nl", 500, NULL, 0);
    cr_expect(slice_starts_with(html, SLICE("<!DOCTYPE html>")), "an error page never fails");
    json_t *page = json_object();
    cr_expect_not(web_page_render(&html, arena, web, "nl", "unknown", page));
    json_decref(page);
    arena_destroy(arena);
    web_destroy(web);
    const struct embedded_file none[] = {{NULL, NULL, 0}};
    config.assets = none;
    cr_expect_null(web_create(&config), "no style sheet");
}

/* A comment ends at the first two closing braces, also where they close a list in what it says; what was
 * meant to be said after them is shown to everybody. Each stands alone, so behind it its line ends. */
Test(page, no_comment_of_a_shipped_template_ends_before_its_line)
{
    size_t comments = 0;
    for (const struct embedded_file *file = embedded_templates; file->name; file++) {
        const char *at = (const char *)file->bytes;
        while ((at = strstr(at, "{{!"))) {
            const char *end = strstr(at, "}}");
            cr_assert(end, "%s", file->name);
            cr_expect(end[2] == '\n' || end[2] == '\0', "%s shows: %.60s", file->name, end + 2);
            at = end;
            comments++;
        }
    }
    cr_expect_gt(comments, 100);
}
