/* The headers that every answer carries, by who reads it. */
#include "http/exchange.h"

#include <string.h>
#include <strings.h>

#define PAGE_POLICY                                                                                          \
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "            \
    "base-uri 'none'; frame-ancestors 'none'"
static const char page_policy[] = PAGE_POLICY;
static const char closed_policy[] = "default-src 'none'; frame-ancestors 'none'";

struct fixed_header {
    const char *name;
    const char *value;
};

static const struct fixed_header on_everything[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
};

const struct reply_header *headers_find(const struct reply_header *list, const char *name)
{
    for (; list; list = list->next) {
        if (strcasecmp(list->name, name) == 0) {
            return list;
        }
    }
    return NULL;
}

/* A handler's own header stands instead of the standard one. */
static void give(const struct http_exchange *ex, header_sink sink, void *context, const char *name,
                 const char *value)
{
    if (!headers_find(ex->reply.headers, name)) {
        sink(context, name, value);
    }
}

bool headers_may_be_cached(const struct http_exchange *ex)
{
    return ex->route && ex->route->spec->cacheable && ex->reply.status < 400 && !ex->reply.cookies;
}

static const char *cache_control(const struct http_exchange *ex)
{
    const struct reply_header *own = headers_find(ex->reply.headers, "Cache-Control");
    return own && headers_may_be_cached(ex) ? own->value : "no-store";
}

const char *headers_varies(const struct http_exchange *ex)
{
    const struct reply_header *own = headers_find(ex->reply.headers, "Vary");
    if (own || !headers_may_be_cached(ex)) {
        return own ? own->value : NULL;
    }
    if (ex->surface == HTTP_PAGE) {
        return "Accept-Language, Cookie";
    }
    const bool forms = ex->surface == HTTP_API && ex->route->produces[0] && ex->route->produces[1];
    if (ex->route->spec->scope_optional) {
        return forms ? "Accept, Authorization" : "Authorization";
    }
    return forms ? "Accept" : NULL;
}

void headers_standard(const struct http_exchange *ex, header_sink sink, void *context)
{
    for (size_t i = 0; i < sizeof on_everything / sizeof on_everything[0]; i++) {
        give(ex, sink, context, on_everything[i].name, on_everything[i].value);
    }
    if (ex->surface == HTTP_API) {
        give(ex, sink, context, "API-Version", ex->server->config->api_version);
    }
    give(ex, sink, context, "Content-Security-Policy",
         ex->surface == HTTP_PAGE ? page_policy : closed_policy);
    /* Not no-referrer on pages: browsers then send "Origin: null" with our own forms. */
    give(ex, sink, context, "Referrer-Policy", ex->surface == HTTP_PAGE ? "same-origin" : "no-referrer");
    sink(context, "Cache-Control", cache_control(ex));
    const char *varies = headers_varies(ex);
    if (varies) {
        give(ex, sink, context, "Vary", varies);
    }
    if (ex->server->https) {
        give(ex, sink, context, "Strict-Transport-Security", "max-age=31536000");
    }
    sink(context, "X-Request-Id", ex->id);
}

void http_allow_own_scripts(struct http_exchange *ex)
{
    http_set_header(ex, "Content-Security-Policy", PAGE_POLICY "; script-src 'self'");
}

bool headers_value_ok(const char *value)
{
    if (!value || *value == '\0') {
        return false;
    }
    for (const char *p = value; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

bool headers_name_ok(const char *name)
{
    if (!name || *name == '\0') {
        return false;
    }
    for (const char *p = name; *p; p++) {
        bool letter_or_digit =
            (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
        if (!letter_or_digit && *p != '-') {
            return false;
        }
    }
    return true;
}
