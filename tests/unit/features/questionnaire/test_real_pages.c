/* Every page of the questionnaire of 2026 as HTML, for many people, in both languages. */
#include "unit/features/questionnaire/support.h"

#include "features/questionnaire/model.h"
#include "web/page.h"

TestSuite(questionnaire_real_pages, .fini = leaks_check);

enum { PEOPLE = 200, MAX_IDS = 256, PAGE_ARENA = 8 << 20 };

static size_t occurrences(const char *html, const char *what)
{
    size_t count = 0;
    for (const char *at = html; (at = strstr(at, what)) != NULL; at++) {
        count++;
    }
    return count;
}

/* All values of an attribute, ` name="`. */
static size_t values_of(struct slice out[MAX_IDS], const char *html, const char *attribute)
{
    size_t count = 0;
    for (const char *at = html; (at = strstr(at, attribute)) != NULL && count < MAX_IDS;) {
        at += strlen(attribute);
        out[count++] = (struct slice){at, strcspn(at, "\"")};
    }
    return count;
}

static bool among(struct slice wanted, const struct slice *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(wanted, list[i])) {
            return true;
        }
    }
    return false;
}

static void expect_sound(const char *html, const char *page)
{
    struct slice ids[MAX_IDS];
    struct slice labels[MAX_IDS];
    size_t id_count = values_of(ids, html, " id=\"");
    size_t label_count = values_of(labels, html, " for=\"");
    cr_expect_eq(occurrences(html, "<h1"), 1, "%s has %zu h1", page, occurrences(html, "<h1"));
    for (size_t i = 1; i < id_count; i++) {
        cr_expect(!among(ids[i], ids, i), "%s: id %.*s twice", page, SLICE_ARG(ids[i]));
    }
    for (size_t i = 0; i < label_count; i++) {
        cr_expect(among(labels[i], ids, id_count), "%s: no id %.*s", page, SLICE_ARG(labels[i]));
        cr_expect(!among(labels[i], labels, i), "%s: two labels for %.*s", page, SLICE_ARG(labels[i]));
    }
    cr_expect_null(strstr(html, " checked"), "%s: something is chosen beforehand", page);
    cr_expect_null(strstr(html, "{{"), "%s", page);
    cr_expect_null(strstr(html, "placeholder="), "%s", page);
    cr_expect_null(strstr(html, "maxlength="), "%s", page);
}

static void render_page(const struct scene *s, const struct web *web, uint16_t page, int language)
{
    struct arena *arena = arena_create(PAGE_ARENA);
    json_t *context = questionnaire_page_context(arena, s->q, &s->p, &s->a, page, language, NULL, 0, NULL);
    struct slice html;
    const char *code = questionnaire_page_code(s->q, page);
    cr_assert(web_page_render(&html, arena, web, language ? "en" : "nl", "form_page", context), "%s", code);
    expect_sound(arena_cstr(arena, html), code);
    arena_destroy(arena);
}

Test(questionnaire_real_pages, every_page_for_many_people)
{
    const struct web_config config = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = "Organisatie"};
    struct scene s;
    scene_open_real(&s);
    struct web *web = web_create(&config);
    cr_assert_not_null(web);
    for (uint64_t nth = 0; nth < PEOPLE; nth++) {
        scene_begin(&s, nth % 4 == 3 ? "kern" : "volledig", nth);
        struct page_list pages = questionnaire_pages(s.arena, s.q, &s.p, &s.a);
        cr_expect_gt(pages.count, nth % 4 == 3 ? 8u : 25u);
        for (size_t i = 0; i < pages.count; i++) {
            render_page(&s, web, pages.pages[i], 0);
            render_page(&s, web, pages.pages[i], 1);
        }
    }
    web_destroy(web);
    scene_close(&s);
}

Test(questionnaire_real_pages, paper_and_checking_for_many_people)
{
    const struct web_config config = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = "Organisatie"};
    struct scene s;
    scene_open_real(&s);
    struct web *web = web_create(&config);
    cr_assert_not_null(web);
    for (int language = 0; language < 2; language++) {
        struct slice html;
        const char *name = language ? "en" : "nl";
        cr_assert(web_page_render(&html, s.arena, web, name, "paper",
                                  questionnaire_paper_context(s.arena, s.q, language)));
        cr_expect_eq(occurrences(arena_cstr(s.arena, html), "<h1"), 1);
        for (uint64_t nth = 0; nth < PEOPLE; nth++) {
            struct arena *arena = arena_create(PAGE_ARENA);
            scene_begin(&s, "volledig", nth);
            json_t *context = json_pack("{s:s, s:O, s:b}", "title", "x", "sections",
                                        questionnaire_summary_context(arena, s.q, &s.p, &s.a, language),
                                        "may_change", true);
            cr_assert(web_page_render(&html, arena, web, name, "check", context));
            cr_expect_eq(occurrences(arena_cstr(arena, html), "<dt"),
                         occurrences(arena_cstr(arena, html), language ? "Not answered" : "Niet ingevuld"));
            json_decref(context);
            arena_destroy(arena);
        }
    }
    web_destroy(web);
    scene_close(&s);
}
