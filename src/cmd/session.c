#include "cmd/session.h"

#include "app/app.h"
#include "app/installation.h"
#include "base/clock.h"
#include "base/embedded.h"
#include "db/migrate.h"
#include "features/account/account.h"
#include "features/audit/audit.h"
#include "web/web.h"

#include <stdio.h>
#include <string.h>

enum { SESSION_ARENA_MAX = 256 * 1024 * 1024 };

bool cmd_check_line(const char *option, const char *text)
{
    bool good = account_purpose_ok(slice_from_cstr(text));
    if (!good) {
        fprintf(stderr, "%s takes one line of 1 to %d characters\n", option, KEY_PURPOSE_MAX);
    }
    return good;
}

bool cmd_check_purpose(const char *purpose)
{
    return cmd_check_line("--purpose", purpose);
}

int cmd_say_failure(const char *what, enum db_status status)
{
    const char *why = status == DB_UNAVAILABLE ? "the database cannot be reached"
                      : status == DB_TIMEOUT   ? "the database took too long"
                      : status == DB_CONSTRAINT
                          ? "the database refused the data"
                          : "the database reported an error; the log line above has more";
    fprintf(stderr, "%s failed: %s\n", what, why);
    return CMD_FAILED;
}

static void say_schema(const char *line, void *context)
{
    (void)context;
    fprintf(stderr, "%s\n", line);
}

/* On a connection that prepares nothing: statements would not prepare on an older schema, or worse, would. */
static int check_schema(const struct db_config *database)
{
    struct db_config bare = *database;
    struct db_conn *conn;
    bare.statements = NULL;
    enum db_status status = db_connect(&conn, &bare);
    if (status != DB_OK) {
        return cmd_say_failure("connecting", status);
    }
    const struct migrate_options options = {
        .files = embedded_migrations, .binary_version = ZEVENSTEM_VERSION, .say = say_schema};
    bool fits = migrate_check_service(conn, &options) == MIGRATE_OK;
    db_disconnect(conn);
    return fits ? CMD_GO : CMD_FAILED;
}

/* What a command writes, it writes under the root secret: codes, and the lines and links of the audit log. */
static int check_secret(struct cmd_session *session)
{
    struct installation found;
    enum db_status status = installation_look(&found, session->conn, session->keys, true);
    if (status != DB_OK) {
        return cmd_say_failure("comparing the root secret", status);
    }
    if (!found.same_secret) {
        fprintf(stderr,
                "nothing was done: this database belongs to another root secret than %s; name in [secret] "
                "file the one that it was first used with, or restore that one from your backup\n",
                session->config.secret.file);
    }
    return found.same_secret ? CMD_GO : CMD_FAILED;
}

int cmd_session_open(struct cmd_session *session, const char *config_path)
{
    *session = (struct cmd_session){.arena = arena_create(SESSION_ARENA_MAX)};
    if (!cmd_load_config(&session->config, session->arena, config_path)) {
        return CMD_USAGE;
    }
    if (!crypto_start()) {
        fputs("libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    session->keys = crypto_keys_load(session->config.secret.file);
    if (!session->keys) {
        return CMD_FAILED;
    }
    session->database = (struct db_config){.conninfo = session->config.database.url,
                                           .statement_timeout_ms = 0,
                                           .lock_timeout_ms = (int)session->config.database.lock_timeout_ms,
                                           .application_name = "zevenstem command",
                                           .statements = app_statements,
                                           .keys = session->keys};
    if (check_schema(&session->database) != CMD_GO) {
        return CMD_FAILED;
    }
    enum db_status status = db_connect(&session->conn, &session->database);
    if (status != DB_OK) {
        return cmd_say_failure("connecting", status);
    }
    const int checked = check_secret(session);
    session->leaves_chain = checked != CMD_GO;
    return checked;
}

void cmd_session_close(struct cmd_session *session)
{
    if (session->conn) {
        if (!session->leaves_chain) {
            audit_seal_once(session->keys, session->conn);
        }
        db_disconnect(session->conn);
    }
    crypto_keys_free(session->keys);
    arena_destroy(session->arena);
}

int cmd_rounds_open(struct cmd_rounds *rounds, struct cmd_session *session)
{
    const struct web_config web = {.templates = embedded_templates,
                                   .locales = embedded_locales,
                                   .assets = embedded_assets,
                                   .organisation = ""};
    *rounds = (struct cmd_rounds){.web = web_create(&web)};
    const struct survey_config config = {
        .keys = session->keys, .web = rounds->web, .public_url = "", .now_s = clock_unix_s};
    rounds->survey = rounds->web ? survey_create(&config) : NULL;
    if (!rounds->survey) {
        return CMD_FAILED;
    }
    enum db_status status = survey_refresh(rounds->survey, session->conn);
    if (status != DB_OK) {
        return cmd_say_failure("reading the rounds", status);
    }
    rounds->snapshot = survey_snapshot_hold(rounds->survey);
    return CMD_GO;
}

void cmd_rounds_close(struct cmd_rounds *rounds)
{
    survey_snapshot_release(rounds->snapshot);
    survey_destroy(rounds->survey);
    web_destroy(rounds->web);
}

static bool is_consultation(const struct survey_snapshot *snapshot, const char *code)
{
    bool found = false;
    for (size_t i = 0; !found && i < survey_round_count(snapshot); i++) {
        found = strcmp(survey_round_at(snapshot, i)->consultation, code) == 0;
    }
    return found; /* one has a round at least */
}

int cmd_round_there(struct cmd_session *session, const char *code)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    if (status == CMD_GO && !survey_round_find(rounds.snapshot, slice_from_cstr(code))) {
        fprintf(stderr, "there is no round %s\n", code);
        status = CMD_FAILED;
    }
    cmd_rounds_close(&rounds);
    return status;
}

int cmd_consultation_there(struct cmd_session *session, const char *code)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    if (status == CMD_GO && !is_consultation(rounds.snapshot, code)) {
        fprintf(stderr, "there is no consultation %s\n", code);
        status = CMD_FAILED;
    }
    cmd_rounds_close(&rounds);
    return status;
}

struct results_config cmd_results_config(const struct cmd_session *session, const struct cmd_rounds *rounds)
{
    const struct zs_config *c = &session->config;
    return (struct results_config){.database = &session->database,
                                   .keys = session->keys,
                                   .survey = rounds->survey,
                                   .threshold = (uint32_t)c->protection.minimum_cell_count,
                                   .noise_reach = (unsigned)c->protection.perturbation_max,
                                   .noise_variance = (unsigned)c->protection.perturbation_variance,
                                   .organisation = c->service.organisation,
                                   .now_s = clock_unix_s};
}
