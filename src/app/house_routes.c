/* Routes that belong to no feature: liveness, readiness, assets, security.txt, robots.txt. */
#include "app/app_internal.h"

#include "base/clock.h"
#include "web/web.h"

#include <string.h>

static void alive(struct http_exchange *ex, void *self)
{
    (void)self;
    http_reply_static(ex, 200, "text/plain; charset=utf-8", SLICE("levend\n"));
}

static void ready(struct http_exchange *ex, void *self)
{
    struct app *app = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(app->survey, ex);
    if (snapshot && lanes_ready(app->lanes) && results_ready(app->results)) {
        http_reply_static(ex, 200, "text/plain; charset=utf-8", SLICE("gereed\n"));
    } else {
        http_set_retry_after(ex, 1);
        http_reply_static(ex, 503, "text/plain; charset=utf-8", SLICE("niet gereed\n"));
    }
}

static void asset(struct http_exchange *ex, void *self)
{
    const struct app *app = self;
    struct slice accepted = {NULL, 0};
    struct slice bytes;
    const char *type;
    bool gzip;
    http_header(&accepted, ex, "Accept-Encoding");
    bool wants_gzip = accepted.len >= 4 && memmem(accepted.ptr, accepted.len, "gzip", 4) != NULL;
    if (!assets_find(&bytes, &type, &gzip, web_assets(app->web), http_path_param(ex, "naam"), wants_gzip)) {
        http_error(ex, 404);
        return;
    }
    http_set_header(ex, "Cache-Control", "public, max-age=31536000, immutable");
    http_set_header(ex, "Vary", "Accept-Encoding");
    if (gzip) {
        http_set_header(ex, "Content-Encoding", "gzip");
    }
    http_reply_static(ex, 200, type, bytes);
}

static void security_txt(struct http_exchange *ex, void *self)
{
    const struct app *app = self;
    char expires[CLOCK_RFC3339_BYTES];
    if (app->config->service.security_contact[0] == '\0' ||
        app->config->service.security_expires <= clock_unix_s()) {
        http_error(ex, 404);
        return;
    }
    clock_format_rfc3339(expires, app->config->service.security_expires);
    http_set_header(ex, "Cache-Control", "public, max-age=3600");
    http_reply_bytes(
        ex, 200, "text/plain; charset=utf-8",
        arena_printf(
            http_arena(ex),
            "Contact: %s\nExpires: %s\nPreferred-Languages: nl, en\nCanonical: %s/.well-known/security.txt\n",
            app->config->service.security_contact, expires, app->config->server.public_url));
}

static void robots_txt(struct http_exchange *ex, void *self)
{
    (void)self;
    http_set_header(ex, "Cache-Control", "public, max-age=86400");
    http_reply_static(ex, 200, "text/plain; charset=utf-8",
                      SLICE("User-agent: *\nDisallow: /vragen/\nDisallow: /controle\nDisallow: "
                            "/ontvangst\nDisallow: /v1/\n"));
}

static const struct route routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/levend",
              .rate = HTTP_UNLIMITED,
              .surface = HTTP_PLAIN,
              .produces = "text/plain"},
     .on_inline = alive},
    {.http = {.method = HTTP_GET,
              .path = "/gereed",
              .rate = HTTP_UNLIMITED,
              .surface = HTTP_PLAIN,
              .produces = "text/plain"},
     .on_inline = ready},
    {.http = {.method = HTTP_GET,
              .path = "/assets/{naam}",
              .rate = HTTP_UNLIMITED,
              .surface = HTTP_PLAIN,
              .produces = "*/*",
              .cacheable = true},
     .on_inline = asset},
    {.http = {.method = HTTP_GET,
              .path = "/.well-known/security.txt",
              .surface = HTTP_PLAIN,
              .produces = "text/plain",
              .cacheable = true},
     .on_inline = security_txt},
    {.http = {.method = HTTP_GET,
              .path = "/robots.txt",
              .surface = HTTP_PLAIN,
              .produces = "text/plain",
              .cacheable = true},
     .on_inline = robots_txt},
};

void app_house_routes(struct app *app)
{
    lanes_add(app->lanes, routes, sizeof routes / sizeof routes[0], app);
}
