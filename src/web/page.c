/* The page shell: which contexts a template sees, and the title. */
#include "web/page.h"

#include "base/buffer.h"
#include "base/log.h"
#include "base/utf8.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_PART_MIN = 24, FIRST_BYTES = 16 * 1024, KILOBYTE = 1024, MEGABYTE = 1024 * KILOBYTE };

static const char *const languages[] = {"nl", "en"};
enum { LANGUAGE_COUNT = sizeof languages / sizeof *languages };

struct web {
    struct template_set *templates[LANGUAGE_COUNT]; /* with the texts of the language in them */
    struct locales *locales;
    struct assets *assets;
    char *organisation;
    json_t *site[LANGUAGE_COUNT]; /* what all pages in a language have in common */
};

static bool check_name(const char *file, unsigned line, struct slice name, void *context)
{
    const struct locales *locales = context;
    if (!slice_starts_with(name, SLICE("t."))) {
        return true;
    }
    struct slice text;
    const char *what = NULL;
    if (!locale_find(&text, locales, "nl", (struct slice){name.ptr + 2, name.len - 2})) {
        what = "no such text";
    } else if (memchr(text.ptr, '{', text.len)) {
        what = "this text has placeholders: fill it with locale_format";
    }
    if (what) {
        log_error("template.text", "file=%s line=%u name=%s fault=%s", LOG_CSTR(file), line, LOG_TEXT(name),
                  LOG_CSTR(what));
    }
    return !what;
}

static size_t language_index(const struct web *web, const char *language)
{
    for (size_t i = 0; language && i < LANGUAGE_COUNT; i++) {
        if (strcmp(languages[i], language) == 0 && locales_has(web->locales, language)) {
            return i;
        }
    }
    return 0;
}

static bool make_sites(struct web *web, const struct web_config *config)
{
    const char *const paths[][2] = {
        {"privacy_path", config->privacy_path ? config->privacy_path : "/privacy"},
        {"accessibility_path", config->accessibility_path ? config->accessibility_path : "/toegankelijkheid"},
        {"contact_path", config->contact_path ? config->contact_path : "/contact"},
    };
    const char *css = assets_path(web->assets, "zevenstem.css");
    const char *charts_css = assets_path(web->assets, "charts.css");
    const char *icon = assets_path(web->assets, "icon.svg");
    const char *mark_js = assets_path(web->assets, "mark.js");
    if (!css || !charts_css || !icon || !mark_js) {
        log_error("web.create", "fault=\"a style sheet, a script or the icon is not among the assets\"");
        return false;
    }
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        const char *other = languages[(i + 1) % LANGUAGE_COUNT];
        web->site[i] = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "lang", languages[i], "css", css,
                                 "charts_css", charts_css, "mark_js", mark_js, "icon", icon, "organisation",
                                 web->organisation, "home_path", "/");
        bool ok = web->site[i] != NULL;
        if (ok && locales_has(web->locales, other)) {
            ok = json_object_set_new(web->site[i], "other_lang", json_string(other)) == 0;
        }
        for (size_t k = 0; ok && k < sizeof paths / sizeof *paths; k++) {
            ok = json_object_set_new(web->site[i], paths[k][0], json_string(paths[k][1])) == 0;
        }
        if (ok && config->results_path) {
            ok = json_object_set_new(web->site[i], "results_path", json_string(config->results_path)) == 0;
        }
        if (!ok) {
            log_error("web.create", "fault=\"a name or path is not UTF-8, or out of memory\"");
            return false;
        }
    }
    return true;
}

static bool load_templates(struct web *web, const struct embedded_file *files)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        struct template_set *set = template_set_load(files);
        web->templates[i] = set;
        if (!set || (i == 0 && !template_set_each_name(set, check_name, web->locales))) {
            return false;
        }
        template_set_bind(set, locale_context(web->locales, languages[i]));
    }
    return true;
}

struct web *web_create(const struct web_config *config)
{
    struct web *web = calloc(1, sizeof *web);
    if (!web) {
        return NULL;
    }
    web->locales = locales_load(config->locales);
    web->assets = assets_load(config->assets);
    web->organisation = strdup(config->organisation);
    bool ok = web->locales && web->assets && web->organisation;
    ok = ok && load_templates(web, config->templates);
    ok = ok && make_sites(web, config);
    if (!ok) {
        web_destroy(web);
        return NULL;
    }
    return web;
}

void web_destroy(struct web *web)
{
    if (!web) {
        return;
    }
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        json_decref(web->site[i]);
        template_set_free(web->templates[i]);
    }
    locales_free(web->locales);
    assets_free(web->assets);
    free(web->organisation);
    free(web);
}

const struct locales *web_locales(const struct web *web)
{
    return web->locales;
}

const struct assets *web_assets(const struct web *web)
{
    return web->assets;
}

static struct slice string_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct slice){json_string_value(value), json_string_length(value)};
}

/* At most `max` code points; what is cut ends at a word where one is near, with an ellipsis. */
static struct slice shorten(struct arena *arena, struct slice text, size_t max)
{
    if (utf8_length(text) <= max) {
        return text;
    }
    size_t end = utf8_offset(text, max - 1);
    size_t word = end;
    while (word > 0 && text.ptr[word] != ' ') {
        word--;
    }
    end = word > end / 2 ? word : end;
    return arena_printf(arena, "%.*s…", (int)end, text.ptr);
}

/* "[Fout: ][<progress or kind>: ]<title> - <consultation> - <organisation>", in 70 code points: the title
 * gives way first, then the consultation. The progress keeps pages of one form apart, the kind those of
 * several sorts about one thing. */
static struct slice page_title(struct arena *arena, const struct web *web, const char *language,
                               const json_t *page)
{
    struct slice prefix = SLICE("");
    if (json_is_object(json_object_get(page, "error_summary"))) {
        prefix = locale_text(web->locales, language, "shell.error_prefix");
    }
    struct slice title = string_of(page, "title");
    struct slice progress = string_of(page, json_object_get(page, "progress") ? "progress" : "title_kind");
    struct slice consultation = string_of(page, "consultation");
    struct slice organisation = slice_from_cstr(web->organisation);
    const size_t joint = 3; /* " - " */
    /* On a start page the title is the consultation's own. */
    size_t named =
        consultation.len && !slice_equal(title, consultation) ? joint + utf8_length(consultation) : 0;
    size_t needed = utf8_length(title) < TITLE_PART_MIN ? utf8_length(title) : TITLE_PART_MIN;
    if (progress.len > 0) {
        needed += utf8_length(progress) + 2;
        title = arena_printf(arena, "%.*s: %.*s", SLICE_ARG(progress), SLICE_ARG(title));
    }
    size_t fixed = utf8_length(prefix) + joint + utf8_length(organisation);
    if (fixed + named + needed > WEB_TITLE_CODE_POINTS_MAX) {
        named = 0;
    }
    size_t room = WEB_TITLE_CODE_POINTS_MAX > fixed + named ? WEB_TITLE_CODE_POINTS_MAX - fixed - named : 0;
    title = shorten(arena, title, room > needed ? room : needed);
    struct slice whole =
        named ? arena_printf(arena, "%.*s%.*s - %.*s - %.*s", SLICE_ARG(prefix), SLICE_ARG(title),
                             SLICE_ARG(consultation), SLICE_ARG(organisation))
              : arena_printf(arena, "%.*s%.*s - %.*s", SLICE_ARG(prefix), SLICE_ARG(title),
                             SLICE_ARG(organisation));
    return shorten(arena, whole, WEB_TITLE_CODE_POINTS_MAX);
}

static json_t *worked_out(struct arena *arena, const struct web *web, const char *language,
                          const json_t *site, const json_t *page)
{
    struct slice title = page_title(arena, web, language, page);
    json_t *derived = json_pack("{s:s%}", "page_title", title.ptr, title.len);
    const char *path = json_string_value(json_object_get(page, "path"));
    const char *other = json_string_value(json_object_get(site, "other_lang"));
    if (derived && path && other) {
        struct slice href = arena_printf(arena, "%s%staal=%s", path, strchr(path, '?') ? "&" : "?", other);
        json_object_set_new(derived, "other_lang_href", json_stringn(href.ptr, href.len));
    }
    return derived;
}

bool web_page_render(struct slice *html, struct arena *arena, const struct web *web, const char *language,
                     const char *template_name, const json_t *page_context)
{
    size_t index = language_index(web, language);
    language = languages[index];
    const json_t *site = web->site[index];
    json_t *derived = worked_out(arena, web, language, site, page_context);
    const json_t *contexts[] = {locale_context(web->locales, language), site, derived, page_context};
    struct buffer out;
    buffer_init(&out, WEB_PAGE_BYTES_MAX);
    buffer_reserve(&out, FIRST_BYTES);
    bool ok = derived && template_render(&out, web->templates[index], template_name, contexts,
                                         sizeof contexts / sizeof *contexts);
    json_decref(derived);
    if (!ok) {
        log_error("web.page", "template=%s fault=\"could not be rendered\"", LOG_CSTR(template_name));
        buffer_free(&out);
        return false;
    }
    size_t length;
    char *bytes = buffer_take(&out, &length);
    if (bytes) {
        arena_defer(arena, free, bytes);
    }
    *html = (struct slice){bytes, length};
    return true;
}

void web_mark_invented(json_t *page_context, bool invented)
{
    if (invented) {
        json_object_set_new(page_context, "invented", json_true());
        json_object_set_new(page_context, "robots", json_string("noindex, nofollow"));
    }
}

void web_error_page(struct slice *html, struct arena *arena, const struct web *web, const char *language,
                    int status, const char *request_id, size_t most_bytes)
{
    char path[40];
    struct slice found;
    snprintf(path, sizeof path, "error.%d.title", status);
    if (!locale_find(&found, web->locales, language, slice_from_cstr(path))) {
        status = status >= 500 ? 500 : 400;
    }
    json_t *context = json_object();
    static const char *const parts[] = {"title", "text", "action"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        snprintf(path, sizeof path, "error.%d.%s", status, parts[i]);
        struct slice text = locale_text(web->locales, language, path);
        json_object_set_new(context, parts[i], json_stringn(text.ptr, text.len));
    }
    json_object_set_new(context, "robots", json_string("noindex"));
    if (most_bytes > 0) {
        const bool large = most_bytes >= MEGABYTE;
        struct slice text = locale_format(
            arena, web->locales, language, "error.most", "most",
            arena_printf(arena, "%zu %s", most_bytes / (large ? MEGABYTE : KILOBYTE), large ? "MB" : "kB")
                .ptr,
            NULL);
        json_object_set_new(context, "most", json_stringn(text.ptr, text.len));
    }
    if (request_id) {
        json_object_set_new(context, "request_id", json_string(request_id));
    }
    if (!web_page_render(html, arena, web, language, "error", context)) {
        *html = SLICE(
            "<!DOCTYPE html>\n<html lang=\"nl\"><head><meta charset=\"utf-8\"><title>Er ging iets "
            "mis</title></head>"
            "<body><h1>Er ging bij ons iets mis</h1><p>Probeer het over een paar minuten nog een keer.</p>"
            "<p lang=\"en\">Something went wrong on our side. Try again in a few "
            "minutes.</p></body></html>\n");
    }
    json_decref(context);
}
