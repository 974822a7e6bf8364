/* GET /problemen and /problemen/{soort}: what the `type` of a problem leads to (RFC 9457, 3.1.1). For whoever
 * builds on the API and finds the address in an answer. Texts are in the locales under "problem": a section
 * for each type. */
#include "app/app_internal.h"

static json_t *text_json(const struct app *app, struct http_exchange *ex, const char *path)
{
    struct slice text = locale_text(web_locales(app->web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

static void show(struct http_exchange *ex, const struct app *app, json_t *context_take)
{
    struct slice html;
    struct slice path = http_path(ex);
    json_object_set_new(context_take, "path", json_stringn(path.ptr, path.len));
    bool shown = web_page_render(&html, http_arena(ex), app->web, http_language(ex), "problem", context_take);
    json_decref(context_take);
    if (!shown) {
        http_error(ex, 500);
        return;
    }
    http_set_header(ex, "Cache-Control", "public, max-age=3600");
    http_reply_bytes(ex, 200, "text/html; charset=utf-8", html);
}

static void show_all(struct http_exchange *ex, void *self)
{
    const struct app *app = self;
    json_t *context = json_object();
    json_t *list = json_array();
    const json_t *kinds = json_object_get(locale_context(web_locales(app->web), http_language(ex)), "t");
    const char *code;
    json_t *kind;
    kinds = json_object_get(json_object_get(kinds, "problem"), "type");
    json_object_foreach((json_t *)(uintptr_t)kinds, code, kind)
    {
        json_t *item = json_object();
        struct slice href = arena_printf(http_arena(ex), "/problemen/%s", code);
        json_object_set_new(item, "href", json_stringn(href.ptr, href.len));
        json_object_set(item, "title", json_object_get(kind, "title"));
        json_array_append_new(list, item);
    }
    json_object_set_new(context, "title", text_json(app, ex, "problem.title"));
    json_object_set_new(context, "kinds", json_pack("{s:o}", "items", list));
    show(ex, app, context);
}

static void show_one(struct http_exchange *ex, void *self)
{
    const struct app *app = self;
    struct slice kind = http_path_param(ex, "soort");
    struct slice title;
    const char *base = arena_printf(http_arena(ex), "problem.type.%.*s", SLICE_ARG(kind)).ptr;
    const char *titled = arena_printf(http_arena(ex), "%s.title", base).ptr;
    if (!locale_find(&title, web_locales(app->web), http_language(ex), slice_from_cstr(titled))) {
        http_error(ex, 404);
        return;
    }
    json_t *context = json_object();
    json_object_set_new(context, "title", json_stringn(title.ptr, title.len));
    json_object_set_new(context, "about",
                        text_json(app, ex, arena_printf(http_arena(ex), "%s.text", base).ptr));
    json_object_set_new(context, "back_path", json_string("/problemen"));
    show(ex, app, context);
}

static const struct route routes[] = {
    {.http = {.method = HTTP_GET, .path = "/problemen", .surface = HTTP_PAGE, .cacheable = true},
     .on_inline = show_all},
    {.http = {.method = HTTP_GET, .path = "/problemen/{soort}", .surface = HTTP_PAGE, .cacheable = true},
     .on_inline = show_one},
};

void app_problem_pages(struct app *app)
{
    lanes_add(app->lanes, routes, sizeof routes / sizeof routes[0], app);
}
