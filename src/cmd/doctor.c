/* zevenstem doctor: is this installation fit to serve? Changes nothing. */
#include "app/app.h"
#include "app/installation.h"
#include "base/clock.h"
#include "base/embedded.h"
#include "base/out_file.h"
#include "cmd/cmd.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "db/migrate.h"
#include "features/opendata/opendata.h"
#include "features/results/results.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_MAX = 8 * 1024 * 1024, MONTH_S = 30 * 86400 };

static const char usage[] =
    "usage: zevenstem doctor [--config FILE]\n"
    "\n"
    "Looks at configuration, files and folders, root secret, database server, schema and roles, and says "
    "what is "
    "not right. "
    "Changes nothing.\n"
    "FAIL: serve would refuse, or promises would not hold. warn: fit to serve, but somebody will miss it.\n"
    "Exit status: 0 nothing fails, 1 something does, 2 the configuration cannot be read.\n";

struct doctor {
    struct zs_config config;
    struct arena *arena;
    struct crypto_keys *keys;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void fine(const char *subject, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("ok    %-14s ", subject);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

__attribute__((format(printf, 3, 4))) static void fail(struct doctor *doctor, const char *subject,
                                                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAIL  %-14s ", subject);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    doctor->failed = true;
}

static void warn(const char *subject, const char *text)
{
    printf("warn  %-14s %s\n", subject, text);
}

/* Lines of migrate: kept for when it turns out to be a failure. */
static void collect(const char *line, void *context)
{
    struct buffer *lines = context;
    buffer_printf(lines, "%s%s", lines->len > 0 ? "\n                     " : "", line);
}

/* ---- what the configuration leaves open ---- */

static bool names(const char *const *list, const char *text)
{
    for (size_t i = 0; list[i]; i++) {
        if (strcmp(list[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static void look_at_settings(const struct doctor *doctor, int64_t now)
{
    const struct zs_config *c = &doctor->config;
    bool https = strncmp(c->server.public_url, "https://", 8) == 0;
    bool file = strncmp(c->server.listen_address, "unix:", 5) == 0;
    if (!https) {
        warn("public_url",
             "is not https: cookies are not Secure and no HSTS is sent; for a test machine only");
    }
    if ((https || file) && !c->server.trusted_proxies[0]) {
        warn("proxies",
             "no trusted_proxies: behind a proxy everybody looks like one client to the rate limits");
    }
    if (file && c->server.trusted_proxies[0] && !names(c->server.trusted_proxies, "unix:")) {
        warn("proxies",
             "trusted_proxies lacks unix: though the proxy comes by a socket file; everybody looks "
             "like one client to the rate limits");
    }
    if (c->service.organisation[0] == '\0' || c->service.contact_email[0] == '\0') {
        warn("service", "organisation or contact_email is empty: people cannot see whom they answer");
    }
    if (c->service.accessibility_url[0] == '\0') {
        warn("service", "accessibility_url is empty: a public body must publish an accessibility statement");
    }
    const struct catalogue_facts facts = app_catalogue_facts(c);
    const char *lacks = catalogue_lacks(doctor->arena, &facts);
    if (lacks) {
        warn("opendata",
             arena_printf(doctor->arena, "the catalogue for harvesters is not ready, without %s", lacks).ptr);
    }
    if (c->service.security_expires == 0) {
        warn("security.txt", "security_contact is empty: there is no security.txt");
    } else if (c->service.security_expires < now + MONTH_S) {
        warn("security.txt", c->service.security_expires < now ? "has expired" : "expires within a month");
    }
}

/* As whoever runs this; the service may be another user. */
static void look_at_files(struct doctor *doctor)
{
    const struct zs_config *c = &doctor->config;
    const struct {
        const char *setting, *path, *what;
    } files[] = {{"exports", c->exports.folder, "no file can be made in [exports] folder"},
                 {"statements", c->retention.statements_folder,
                  "no file can be made in [retention] statements_folder"},
                 {"ledger", c->retention.ledger_file, "[retention] ledger_file cannot be written"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *path = files[i].path;
        const int why = path[0] == '\0'                    ? 0
                        : path == c->retention.ledger_file ? out_path_fault(path, doctor->arena)
                                                           : out_folder_fault(path, doctor->arena);
        if (why != 0) {
            fail(doctor, files[i].setting, "%s, %s: %s", files[i].what, path, strerror(why));
        } else if (path[0] != '\0') {
            fine(files[i].setting, "%s can be written", path);
        }
    }
    if (c->retention.ledger_file[0] == '\0') {
        warn("ledger", "no [retention] ledger_file: after a restore nothing tells what was erased since the "
                       "backup, and it would be there again");
    }
}

/* ---- the database ---- */

static void look_at_fingerprint(struct doctor *doctor, const struct db_config *database)
{
    static const struct db_statement *const lists[] = {installation_statements, NULL};
    struct installation found;
    struct db_conn *conn = NULL;
    struct db_config prepared = *database;
    prepared.statements = lists;
    if (!doctor->keys) {
        return; /* said already */
    }
    if (db_connect(&conn, &prepared) != DB_OK ||
        installation_look(&found, conn, doctor->keys, false) != DB_OK) {
        fail(doctor, "secret",
             "could not be compared with the database; is the login a member of zs_service?");
    } else if (!found.same_secret) {
        fail(doctor, "secret",
             "this database belongs to another root secret than %s: no code or draft would be readable. Name "
             "in [secret] file the one that it was first used with",
             doctor->config.secret.file);
    } else {
        fine("secret", "%s is the one that this database belongs to", doctor->config.secret.file);
    }
    if (conn) {
        db_disconnect(conn);
    }
}

static bool look_at_schema(struct doctor *doctor, struct db_conn *conn)
{
    struct buffer lines;
    buffer_init(&lines, (size_t)64 * 1024);
    const struct migrate_options options = {
        .files = embedded_migrations, .binary_version = ZEVENSTEM_VERSION, .say = collect, .context = &lines};
    bool fits = migrate_check_service(conn, &options) == MIGRATE_OK;
    if (fits) {
        fine("schema", "fits this program, %s", ZEVENSTEM_VERSION);
    } else {
        fail(doctor, "schema", "%.*s", SLICE_ARG(buffer_slice(&lines)));
    }
    buffer_free(&lines);
    return fits;
}

static void look_at_owner(struct doctor *doctor)
{
    struct buffer lines;
    if (doctor->config.database.owner_url[0] == '\0') {
        return;
    }
    buffer_init(&lines, (size_t)256 * 1024);
    const struct migrate_options options = {
        .files = embedded_migrations, .binary_version = ZEVENSTEM_VERSION, .say = collect, .context = &lines};
    if (migrate_verify(doctor->config.database.owner_url, &options) == MIGRATE_OK) {
        fine("migrations",
             "what was applied is what the files say; the service's roles can change no more than they must");
    } else {
        fail(doctor, "migrations", "%.*s", SLICE_ARG(buffer_slice(&lines)));
    }
    buffer_free(&lines);
}

/* A round keeps the protection that its first release had: with another its releases end, and the public goes
 * on seeing the last. */
static enum db_status compare_releases(struct db_tx *tx, void *context)
{
    const struct zs_config *c = &((const struct doctor *)context)->config;
    struct release_summary *list;
    size_t count, other = 0;
    enum db_status status = release_list(&list, &count, tx, (struct slice){NULL, 0});
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        const struct release_settings *kept = &list[i].settings;
        if (list[i].number == 1 &&
            ((int64_t)kept->threshold != (int64_t)c->protection.minimum_cell_count ||
             (int64_t)kept->reach != (int64_t)c->protection.perturbation_max ||
             (int64_t)kept->variance != (int64_t)c->protection.perturbation_variance)) {
            other++;
            printf(
                "warn  %-14s round %.*s was first released with k = %u, D = %u, V = %u: with these settings "
                "it gets no new release\n",
                "protection", SLICE_ARG(list[i].round), (unsigned)kept->threshold, kept->reach,
                kept->variance);
        }
    }
    if (status == DB_OK && other == 0) {
        fine("protection", "is that of all releases so far");
    }
    return status;
}

static void look_at_releases(struct doctor *doctor, const struct db_config *database)
{
    static const struct db_statement *const lists[] = {release_statements, NULL};
    struct db_config prepared = *database;
    struct db_conn *conn = NULL;
    prepared.statements = lists;
    if (db_connect(&conn, &prepared) != DB_OK ||
        db_transaction_read_only(conn, "doctor", DB_ROLE_RESULTS, compare_releases, doctor) != DB_OK) {
        fail(doctor, "protection", "the releases could not be read");
    }
    if (conn) {
        db_disconnect(conn);
    }
}

static void look_at_database(struct doctor *doctor)
{
    const struct db_config database = {.conninfo = doctor->config.database.url,
                                       .statement_timeout_ms =
                                           (int)doctor->config.database.statement_timeout_ms,
                                       .lock_timeout_ms = (int)doctor->config.database.lock_timeout_ms,
                                       .application_name = "zevenstem doctor",
                                       .statements = NULL};
    struct db_conn *conn = NULL;
    struct slice problem;
    bool fits = false;
    if (db_connect(&conn, &database) != DB_OK) {
        fail(doctor, "database", "no connection; the log line above says why");
        return;
    }
    if (db_server_problem(&problem, doctor->arena, conn) != DB_OK) {
        fail(doctor, "database", "the server does not answer as PostgreSQL does");
    } else if (problem.len > 0) {
        fail(doctor, "database", "%.*s", SLICE_ARG(problem));
    } else {
        fine("database", "connected; accepted means durable");
    }
    fits = look_at_schema(doctor, conn);
    db_disconnect(conn);
    if (fits) {
        look_at_fingerprint(doctor, &database);
        look_at_owner(doctor);
        look_at_releases(doctor, &database);
    }
}

int cmd_doctor(int argc, char **argv)
{
    const char *path = NULL;
    const struct cmd_option options[] = {{"--config", &path, NULL}, {NULL, NULL, NULL}};
    struct cmd_arguments arguments;
    struct doctor doctor = {.failed = false};
    int status = cmd_parse(&arguments, argc, argv, options, 0, 0, usage);
    if (status != CMD_GO) {
        return status;
    }
    doctor.arena = arena_create(ARENA_MAX);
    if (!cmd_load_config(&doctor.config, doctor.arena, path)) {
        status = CMD_USAGE;
        goto cleanup;
    }
    fine("configuration", "no faults");
    look_at_settings(&doctor, clock_unix_s());
    look_at_files(&doctor);
    if (!crypto_start()) {
        fail(&doctor, "libsodium", "does not start");
        status = CMD_FAILED;
        goto cleanup;
    }
    doctor.keys = crypto_keys_load(doctor.config.secret.file);
    if (!doctor.keys) {
        fail(&doctor, "secret", "%s cannot be used; the log line above says why", doctor.config.secret.file);
    }
    look_at_database(&doctor);
    status = doctor.failed ? CMD_FAILED : CMD_OK;
cleanup:
    crypto_keys_free(doctor.keys);
    arena_destroy(doctor.arena);
    return status;
}
