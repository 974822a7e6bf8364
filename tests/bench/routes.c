/* routes CONFIG: the pages of the back office as the service's own table has them, one a line: the path, its
 * scope, and the names that its query may have. Starts the service on a free port to ask it, and ends it.
 */
#include "app/app.h"
#include "cmd/cmd.h"
#include "crypto/crypto.h"

#include <stdio.h>

enum { CONFIG_ARENA_MAX = 4 * 1024 * 1024, DATABASE_WAIT_S = 10 };

static void print_pages(const struct app *app)
{
    size_t count;
    const struct http_route *routes = app_routes(&count, app);
    for (size_t i = 0; i < count; i++) {
        const struct http_route *route = &routes[i];
        if (route->surface == HTTP_PAGE && route->scope && route->method == HTTP_GET) {
            printf("%s %s %s\n", route->path, route->scope, route->query ? route->query : "");
        }
    }
}

int main(int argc, char **argv)
{
    struct zs_config config;
    struct arena *arena = arena_create(CONFIG_ARENA_MAX);
    struct app *app = NULL;
    int status = 1;
    if (argc == 2 && crypto_start() && cmd_load_config(&config, arena, argv[1])) {
        app = app_create(&config);
    }
    if (app && app_check_database(app, DATABASE_WAIT_S) && app_start(app)) {
        print_pages(app);
        status = 0;
    } else {
        fputs("routes: see the head of tests/bench/routes.c\n", stderr);
    }
    app_destroy(app);
    arena_destroy(arena);
    return status;
}
