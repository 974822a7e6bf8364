#include "lane/public_page.h"

void public_page_reply(struct http_exchange *ex, struct arena *arena, const struct web *web,
                       const char *template_name, json_t *context_take, int max_age_s)
{
    struct slice html, asked;
    const struct slice path = http_path(ex);
    if (!json_object_get(context_take, "path")) {
        json_object_set_new(context_take, "path", json_stringn(path.ptr, path.len));
    }
    web_mark_invented(context_take, http_is_invented(ex));
    const bool shown = web_page_render(&html, arena, web, http_language(ex), template_name, context_take);
    json_decref(context_take);
    if (!shown) {
        http_error(ex, 500);
        return;
    }
    http_reply_bytes(ex, 200, "text/html; charset=utf-8", html);
    if (http_query(&asked, ex, "taal")) {
        http_keep_language(ex, http_language(ex));
        return;
    }
    http_set_header(ex, "Cache-Control", arena_printf(http_arena(ex), "public, max-age=%d", max_age_s).ptr);
}
