/* GET /uitkomsten/{consultatie}/methode: how it was done, for anybody. */
#include "features/results/results_web.h"

#include <string.h>

static const char *number_text(const struct results_page *page, unsigned value)
{
    return arena_printf(page->maker.arena, "%u", value).ptr;
}

/* The text of a section, with the numbers that the round's release was protected by. */
static const char *section_text(const struct results_page *page, const char *path)
{
    const struct results_config *config = &page->results->config;
    const struct release_settings settings =
        page->shelved
            ? page->shelved->history.newest->settings
            : (struct release_settings){config->threshold, config->noise_reach, config->noise_variance};
    return locale_format(page->maker.arena, page->maker.locales, page->maker.language == 0 ? "nl" : "en",
                         path, "least", number_text(page, settings.threshold), "noise",
                         number_text(page, settings.reach), "fewer",
                         number_text(page, settings.threshold + settings.reach), (const char *)NULL)
        .ptr;
}

void results_page_method(struct http_exchange *ex, void *self)
{
    static const char *const sections[] = {"asked",     "who",       "range",  "compared",
                                           "weighting", "protected", "add_up", "fewer",
                                           "analysts",  "releases",  "not",    "yourself"};
    struct results_page page;
    if (!page_begin_round(&page, self, ex)) {
        return;
    }
    page_title(&page, page_text(&page, "results.method.title"));
    page_back(&page, page_link(&page, NULL, NULL));
    page_put_text(&page, page_text(&page, "results.method.intro"));
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const char *base = arena_printf(page.maker.arena, "results.method.%s", sections[i]).ptr;
        const char *text = section_text(&page, arena_printf(page.maker.arena, "%s.text", base).ptr);
        const struct slice html = web_markdown(page.maker.arena, slice_from_cstr(text), 3);
        page_put_heading(&page, page_text(&page, arena_printf(page.maker.arena, "%s.title", base).ptr));
        page_put(&page, "prose", json_pack("{s:s%}", "text_html", html.ptr, html.len));
    }
    page_show(&page);
}
