/* A whole page: shell, texts, contexts. One `struct web` serves the program; it is made at start and then
 * only read. */
#ifndef ZEVENSTEM_WEB_PAGE_H
#define ZEVENSTEM_WEB_PAGE_H

#include "base/arena.h"
#include "base/embedded.h"
#include "base/slice.h"

#include <jansson.h>

struct web;
struct assets;
struct locales;

enum { WEB_PAGE_BYTES_MAX = 4 * 1024 * 1024, WEB_TITLE_CODE_POINTS_MAX = 70 };

struct web_config {
    const struct embedded_file *templates; /* embedded_templates */
    const struct embedded_file *locales;   /* embedded_locales */
    const struct embedded_file *assets;    /* embedded_assets */
    const char *organisation; /* name of who runs this service: in titles and the footer; copied */
    const char *privacy_path; /* footer links; NULL: "/privacy", "/toegankelijkheid", "/contact" */
    const char *accessibility_path;
    const char *contact_path;
    const char *results_path; /* where results can be seen; NULL: nowhere */
};

/* NULL with a log line for each fault: templates, locales, a template that names a text ("t....") which is
 * not there or has placeholders, a style sheet or script that is not among the assets. */
struct web *web_create(const struct web_config *config);
void web_destroy(struct web *web);
const struct locales *web_locales(const struct web *web);
const struct assets *web_assets(const struct web *web);

/* Renders a page. The template is a whole page: it begins with the partial page_top and ends with
 * page_bottom. Contexts, the innermost first: page_context; what is worked out from it here; the site; the
 * texts ("t").
 *
 * page_context (an object, borrowed) may hold besides the template's own names:
 *   title          what this page is about, in a few words: goes in <title>; needed
 *   title_kind     what sort of page it is, where another sort has pages of the same title: stands before it
 *                  in <title>
 *   error_summary  object {"items": [{"href": "#q1", "text": "..."}]}: <title> starts with "Fout: ",
 *                  page_top shows the list and moves the focus to it
 *   consultation   name of the consultation: in <title> and in the header
 *   home_path      where the name in the header leads; "/" when left out
 *   path           path of this page as a GET serves it, without query: the language switch leads there;
 *                  without it there is no switch
 *   back_path      "Terug" above the main part
 *   privacy_path, accessibility_path, contact_path
 *                  for the footer, where a consultation has its own
 *   keeps_typed    id of the page's form, whose handler shows it again as it was typed for actie=taal: the
 *                  other language is then asked for by a button of that form, and nothing typed is lost
 *   forget_path    POST here clears this computer: a button above the footer's links while a participation
 *                  is active
 *   forget_token   put in that form as "token"
 *   with_charts    true: the page shows charts (chart.h) or figures, and loads their style sheet
 *   with_marking   true: the page loads the script for choosing words in a text (scripts/mark.js); the answer
 *                  needs http_allow_own_scripts
 *   invented       set by web_mark_invented
 *   robots         e.g. "noindex": pages behind a code want it
 * Worked out: lang, other_lang, other_lang_href, page_title (at most 70 code points: the title is shortened
 * first, then the consultation left out), css, charts_css, mark_js, icon, organisation, results_path where
 * there is one.
 *
 * *html lives in the arena. False (logged) when the template is unknown or fails: answer 500. Thread-safe. */
bool web_page_render(struct slice *html, struct arena *arena, const struct web *web, const char *language,
                     const char *template_name, const json_t *page_context);

/* The page is about invented data: a line at its top says so, and no search engine takes it in. */
void web_mark_invented(json_t *page_context, bool invented);

/* The error page of a status (400, 401, 403, 404, 405, 410, 413, 415, 429, 500, 503; others show the text of
 * their class, 400 or 500): what happened, what the reader can do, that nothing is lost. request_id may be
 * NULL. most_bytes: of what was too large, said where it is above 0. Never fails: when even the template
 * cannot be rendered, *html is a bare page in two languages. */
void web_error_page(struct slice *html, struct arena *arena, const struct web *web, const char *language,
                    int status, const char *request_id, size_t most_bytes);

#endif
