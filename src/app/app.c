#include "app/app_internal.h"

#include "app/api_documents.h"
#include "app/installation.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/out_file.h"
#include "db/migrate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, PATHS_ARENA_MAX = 64 * 1024 };

/* Limits slow and hardly ever refuse: a school, a library and a care home each come from one address. */
static const struct http_rate rates[] = {
    {.name = "start", .per_s = 2, .burst = 60, .delay_max_ms = 20000},
    {.name = "code",
     .per_s = 0.5,
     .burst = 10,
     .delay_max_ms = 10000}, /* a code cannot be guessed; nor shall it be tried */
    {.name = "login", .per_s = 0.5, .burst = 20, .delay_max_ms = 10000},
    /* A class may vote from one address, and nobody all day. */
    {.name = "vote", .per_s = 0.05, .burst = 30, .delay_max_ms = 2000},
    {.name = "intake", .per_s = 0}, /* holders of a key are known */
};

static void configure_http(struct app *app)
{
    const struct zs_config *config = app->config;
    app->http = (struct http_config){.listen_address = config->server.listen_address,
                                     .port = (uint16_t)config->server.port,
                                     .handed_fd = app->handed_fd,
                                     .public_url = config->server.public_url,
                                     .trusted_proxies = config->server.trusted_proxies,
                                     .api_version = app_api_version,
                                     .limits = {.threads = (int)config->server.threads,
                                                .connections = (int)config->server.connections,
                                                .body_memory = (size_t)config->limits.body_memory_mib * MIB,
                                                .idle_timeout_s = (int)config->server.idle_timeout_s,
                                                .request_deadline_s = (int)config->server.request_deadline_s,
                                                .arena_max = (size_t)config->limits.request_memory_mib * MIB,
                                                .rate_per_s = (double)config->limits.requests_per_s,
                                                .rate_burst = (double)config->limits.request_burst,
                                                .rate_delay_max_ms = 10000,
                                                .rates = rates,
                                                .rate_count = sizeof rates / sizeof rates[0]},
                                     .hooks = app_hooks(app)};
}

struct app *app_create(const struct zs_config *config)
{
    struct app *app = calloc(1, sizeof *app);
    if (!app) {
        return NULL;
    }
    const struct web_config web = {.templates = embedded_templates,
                                   .locales = embedded_locales,
                                   .assets = embedded_assets,
                                   .results_path = "/uitkomsten",
                                   .organisation = config->service.organisation[0]
                                                       ? config->service.organisation
                                                       : config->service.name};
    app->config = config;
    app->now_s = clock_unix_s;
    app->database = (struct db_config){.conninfo = config->database.url,
                                       .statement_timeout_ms = (int)config->database.statement_timeout_ms,
                                       .lock_timeout_ms = (int)config->database.lock_timeout_ms,
                                       .application_name = "zevenstem",
                                       .statements = app_statements};
    app->keys = crypto_keys_load(config->secret.file);
    app->database.keys = app->keys;
    app->web = app->keys ? web_create(&web) : NULL;
    if (!app->web) {
        app_destroy(app);
        return NULL;
    }
    return app;
}

void app_set_clock(struct app *app, int64_t (*now_s)(void))
{
    app->now_s = now_s;
}

/* ---- refusing to serve on the wrong ground ---- */

static void say(const char *line, void *context)
{
    (void)context;
    log_error("serve.schema", "says=%s", LOG_CSTR(line));
}

static const struct db_statement *const ground_statements[] = {installation_statements,
                                                               survey_erasure_statements, NULL};

/* The schema first, on a connection without prepared statements: they would not prepare on an older one. */
static bool check_schema(struct app *app, int wait_s)
{
    struct db_config bare = app->database;
    struct db_conn *conn = NULL;
    int64_t until = clock_monotonic_us() + (int64_t)wait_s * 1000000;
    bare.statements = NULL;
    while (db_connect(&conn, &bare) != DB_OK) {
        if (clock_monotonic_us() >= until) {
            log_error("serve.database", "unreachable_s=%d", wait_s);
            return false;
        }
        usleep(200 * 1000);
    }
    const struct migrate_options options = {
        .files = embedded_migrations, .binary_version = ZEVENSTEM_VERSION, .say = say};
    bool fits = migrate_check_service(conn, &options) == MIGRATE_OK;
    db_disconnect(conn);
    return fits;
}

static int fault_of_path(const char *path)
{
    struct arena *arena = arena_create(PATHS_ARENA_MAX);
    const int why = out_path_fault(path, arena);
    arena_destroy(arena);
    return why;
}

/* What goes into these is elsewhere too, or can be asked again: the service serves without. */
static void look_at_folders(const struct zs_config *config)
{
    const struct {
        const char *setting, *folder;
    } folders[] = {{"exports.folder", config->exports.folder},
                   {"retention.statements_folder", config->retention.statements_folder}};
    struct arena *arena = arena_create(PATHS_ARENA_MAX);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const int why = folders[i].folder[0] ? out_folder_fault(folders[i].folder, arena) : 0;
        if (why != 0) {
            log_warn("serve.folder", "setting=%s folder=%s why=%s says=\"no file can be made there\"",
                     folders[i].setting, LOG_CSTR(folders[i].folder), LOG_CSTR(strerror(why)));
        }
    }
    arena_destroy(arena);
}

/* A database that came back from a backup holds what was erased since. Nothing is served of it before it was
 * erased again. */
static bool check_ledger(struct app *app, struct db_conn *conn)
{
    struct erasure_report report;
    const char *path = app->config->retention.ledger_file;
    if (path[0] == '\0') {
        return true;
    }
    const int why = fault_of_path(path);
    if (why != 0) {
        log_error(
            "serve.ledger",
            "path=%s why=%s says=\"the ledger of erasures cannot be written, and after a restore nothing "
            "would tell what was erased: let the service write there, or leave ledger_file empty\"",
            LOG_CSTR(path), LOG_CSTR(strerror(why)));
        return false;
    }
    erasures_compare(&report, conn, app->keys, path);
    switch (report.outcome) {
    case ERASURE_MISSING:
        log_warn("serve.ledger",
                 "path=%s says=\"there is no ledger yet: it is begun with the first erasure\"",
                 LOG_CSTR(path));
        return true;
    case ERASURE_OK:
    case ERASURE_TORN: /* a crash while it was written; writing mends it */
        if (report.behind > 0) {
            log_error(
                "serve.ledger",
                "path=%s behind=%zu says=\"this database still has what was erased since its backup; run: "
                "zevenstem retention replay PATH\"",
                LOG_CSTR(path), report.behind);
        }
        return report.behind == 0;
    case ERASURE_DATABASE:
    case ERASURE_FILE:
    case ERASURE_FOREIGN:
    case ERASURE_CHANGED:
        break;
    }
    log_error("serve.ledger", "path=%s line=%zu says=%s", LOG_CSTR(path), report.line,
              LOG_CSTR(erasure_outcome_text(&report)));
    return false;
}

bool app_check_database(struct app *app, int wait_s)
{
    struct installation found;
    struct db_config database = app->database;
    struct db_conn *conn;
    database.statements = ground_statements;
    look_at_folders(app->config);
    if (!check_schema(app, wait_s) || db_connect(&conn, &database) != DB_OK) {
        return false;
    }
    enum db_status status = installation_look(&found, conn, app->keys, true);
    bool level = status == DB_OK && found.same_secret && check_ledger(app, conn);
    db_disconnect(conn);
    if (status != DB_OK) {
        return false;
    }
    if (!found.same_secret) {
        log_error("serve.secret",
                  "file=%s says=\"this database belongs to another root secret; every code and draft would "
                  "be unreadable: name in [secret] file the one that it was first used with\"",
                  LOG_CSTR(app->config->secret.file));
    }
    if (!found.fsync) {
        log_error("serve.fsync", "says=\"the server runs with fsync off: accepted would not mean durable\"");
    }
    return found.same_secret && found.fsync && level;
}

/* ---- life ---- */

static bool load_caches(struct app *app)
{
    struct db_conn *conn;
    if (db_connect(&conn, &app->database) != DB_OK) {
        return false;
    }
    bool loaded =
        survey_refresh(app->survey, conn) == DB_OK && account_refresh(app->account, conn) == DB_OK &&
        results_refresh(app->results, conn) == DB_OK && opendata_refresh(app->opendata, conn) == DB_OK;
    db_disconnect(conn);
    return loaded;
}

/* A route that names a permission which no rule gives would be closed to everybody, silently. */
static bool permissions_known(const struct app *app)
{
    bool known = true;
    for (size_t i = 0; i < app->http.route_count; i++) {
        const struct http_route *route = &app->http.routes[i];
        if (route->scope && !account_permission_known(route->scope)) {
            log_error("serve.route", "path=%s permission=%s fault=\"unknown\"", route->path, route->scope);
            known = false;
        }
    }
    return known;
}

const struct http_route *app_routes(size_t *count, const struct app *app)
{
    *count = app->http.route_count;
    return app->http.routes;
}

bool app_start(struct app *app)
{
    app->documents = api_documents_create(app->config);
    if (!app->documents || !app_create_features(app) || !load_caches(app)) {
        return false;
    }
    configure_http(app);
    app_start_features(app);
    app_house_routes(app);
    app_problem_pages(app);
    lanes_add(app->lanes, api_document_routes, api_document_route_count, app->documents);
    if (!results_start(app->results)) {
        return false;
    }
    app->http.routes = lanes_routes(&app->http.route_count, app->lanes);
    if (!permissions_known(app)) {
        return false;
    }
    app->server = http_server_start(&app->http);
    return app->server && app_periodic_start(app);
}

void app_take_socket(struct app *app, int fd_take)
{
    app->handed_fd = fd_take;
}

unsigned app_port(const struct app *app)
{
    return http_server_port(app->server);
}

const char *app_where(const struct app *app)
{
    return http_server_where(app->server);
}

/* Lines that were written since the last turn are linked before the process ends: after a clean stop none
 * waits for another instance, and the head that the log names last covers all. The workers are gone: on a
 * connection of its own, which prepares what it needs alone. */
static void seal_the_rest(struct app *app)
{
    static const struct db_statement *const sealing[] = {audit_chain_statements, NULL};
    struct db_config database = app->database;
    struct db_conn *conn;
    database.statements = sealing;
    if (db_connect(&conn, &database) == DB_OK) {
        audit_seal(app->sealer, conn);
        db_disconnect(conn);
    }
}

bool app_stop(struct app *app)
{
    app_periodic_stop(app);
    if (app->server && !http_server_stop(app->server, (int)app->config->server.drain_timeout_s * 1000)) {
        /* Nothing that was acknowledged is lost: an answer goes out after its commit. */
        log_error("serve.end", "drained=no");
        return false;
    }
    app->server = NULL;
    results_stop(app->results);
    if (app->lanes) {
        const bool reachable = lanes_ready(app->lanes);
        lanes_stop(app->lanes);
        app->lanes = NULL;
        if (reachable && app->sealer) {
            seal_the_rest(app);
        }
    }
    if (app->sealer) {
        audit_sealer_say_head(app->sealer);
        audit_sealer_destroy(app->sealer);
        app->sealer = NULL;
    }
    return true;
}

void app_destroy(struct app *app)
{
    if (!app || !app_stop(app)) {
        return;
    }
    app_destroy_features(app);
    api_documents_destroy(app->documents);
    web_destroy(app->web);
    crypto_keys_free(app->keys);
    free(app);
}
