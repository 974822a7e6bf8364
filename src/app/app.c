#include "app/app_internal.h"

#include "app/api_documents.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/migrate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MIB = 1024 * 1024 };

static const struct db_statement installation_statements[] = {
    {"installation_fingerprint", "SELECT zs.installation_claim($1::bytea), current_setting('fsync')"},
    {NULL, NULL},
};

const struct db_statement *const app_statements[] = {installation_statements,
                                                     audit_statements,
                                                     audit_chain_statements,
                                                     audit_search_statements,
                                                     account_statements,
                                                     account_people_statements,
                                                     account_people_read_statements,
                                                     account_session_statements,
                                                     account_delay_statements,
                                                     account_factor_statements,
                                                     account_login_statements,
                                                     account_own_statements,
                                                     account_home_statements,
                                                     survey_statements,
                                                     survey_draft_statements,
                                                     survey_publish_statements,
                                                     survey_offer_statements,
                                                     survey_pilot_statements,
                                                     survey_retention_statements,
                                                     survey_inclusion_statements,
                                                     survey_destruction_statements,
                                                     survey_erasure_statements,
                                                     survey_hold_statements,
                                                     survey_intake_report_statements,
                                                     fieldwork_guide_statements,
                                                     survey_progress_statements,
                                                     survey_settings_statements,
                                                     survey_proposal_statements,
                                                     survey_closing_statements,
                                                     fieldwork_conversation_statements,
                                                     fieldwork_people_statements,
                                                     fieldwork_plan_statements,
                                                     fieldwork_check_statements,
                                                     coding_book_statements,
                                                     coding_plan_statements,
                                                     coding_work_statements,
                                                     coding_measure_statements,
                                                     coding_decide_statements,
                                                     coding_lost_statements,
                                                     coding_find_statements,
                                                     coding_estimate_statements,
                                                     coding_campaign_statements,
                                                     coding_voices_statements,
                                                     coding_heard_statements,
                                                     coding_words_statements,
                                                     coding_project_statements,
                                                     coding_project_mark_statements,
                                                     coding_csv_statements,
                                                     coding_import_statements,
                                                     fieldwork_draft_statements,
                                                     fieldwork_transcript_statements,
                                                     fieldwork_revise_statements,
                                                     fieldwork_personal_statements,
                                                     fieldwork_waits_statements,
                                                     fieldwork_api_statements,
                                                     coding_api_statements,
                                                     results_statements,
                                                     results_weights_statements,
                                                     results_export_statements,
                                                     release_statements,
                                                     release_load_statements,
                                                     agenda_statements,
                                                     feedback_statements,
                                                     feedback_fed_statements,
                                                     signal_statements,
                                                     signal_evidence_statements,
                                                     signal_participant_statements,
                                                     value_map_statements,
                                                     signal_forward_statements,
                                                     tafel_table_statements,
                                                     meeting_statements,
                                                     suggestion_statements,
                                                     desk_statements,
                                                     message_statements,
                                                     message_destruction_statements,
                                                     case_statements,
                                                     framework_statements,
                                                     recalibration_statements,
                                                     report_statements,
                                                     publication_statements,
                                                     archive_statements,
                                                     NULL};

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

bool app_check_bundle(struct json_errors *errors, const struct consultation_bundle *bundle, const char *path,
                      const struct locales *locales)
{
    const bool weighting = results_weighting_check(errors, bundle, path, locales);
    return release_document_check(errors, bundle, path, locales) && weighting;
}

struct catalogue_facts app_catalogue_facts(const struct zs_config *config)
{
    return (struct catalogue_facts){.licence = config->opendata.licence,
                                    .organisation = config->service.organisation,
                                    .organisation_id = config->opendata.organisation_id,
                                    .contact_name = config->service.contact_name,
                                    .contact_email = config->service.contact_email,
                                    .contact_url = config->service.contact_url,
                                    .themes = config->opendata.themes};
}

static bool create_features(struct app *app)
{
    const struct lanes_config lanes = {.database = &app->database,
                                       .workers = (int)app->config->database.workers,
                                       .queue_limit = (size_t)app->config->database.queue,
                                       .now_s = app->now_s,
                                       .job_deadline_ms = (int)app->config->database.job_deadline_ms,
                                       .batch_deadline_ms = (int)app->config->database.batch_deadline_ms};
    app->lanes = lanes_start(&lanes);
    const struct account_config account = {.lanes = app->lanes,
                                           .web = app->web,
                                           .keys = app->keys,
                                           .issuer = app->config->service.name,
                                           .idle_s = (int)app->config->accounts.idle_minutes * 60,
                                           .session_s = (int)app->config->accounts.session_hours * 3600,
                                           .factor_for_all = app->config->accounts.second_factor_for_all != 0,
                                           .now_s = app->now_s};
    app->sealer = audit_sealer_create(app->keys);
    app->account = account_create(&account);
    if (!app->lanes || !app->sealer || !app->account) {
        return false;
    }
    const struct survey_config survey = {.lanes = app->lanes,
                                         .keys = app->keys,
                                         .web = app->web,
                                         .account = app->account,
                                         .public_url = app->config->server.public_url,
                                         .coordinator_public_key =
                                             app->config->service.coordinator_public_key,
                                         .invented_data = app->config->service.invented_data != 0,
                                         .statements_folder = app->config->retention.statements_folder,
                                         .archive_first = app->config->retention.archive_first != 0,
                                         .ledger_file = app->config->retention.ledger_file,
                                         .inclusion_least = app->config->protection.minimum_cell_count,
                                         .check_bundle = app_check_bundle,
                                         .now_s = app->now_s};
    app->survey = survey_create(&survey);
    const struct results_config results = {.lanes = app->lanes,
                                           .database = &app->database,
                                           .keys = app->keys,
                                           .survey = app->survey,
                                           .web = app->web,
                                           .account = app->account,
                                           .threshold = (uint32_t)app->config->protection.minimum_cell_count,
                                           .organisation = app->config->service.organisation,
                                           .export_folder = app->config->exports.folder,
                                           .export_bytes = (uint64_t)app->config->exports.max_mib * MIB,
                                           .export_seconds = (int)app->config->exports.max_seconds,
                                           .noise_reach = (unsigned)app->config->protection.perturbation_max,
                                           .noise_variance =
                                               (unsigned)app->config->protection.perturbation_variance,
                                           .now_s = app->now_s};
    app->results = app->survey ? results_create(&results) : NULL;
    const struct fieldwork_config fieldwork = {.lanes = app->lanes,
                                               .keys = app->keys,
                                               .web = app->web,
                                               .account = app->account,
                                               .survey = app->survey,
                                               .now_s = app->now_s};
    app->fieldwork = fieldwork_create(&fieldwork);
    const struct coding_config coding = {.lanes = app->lanes,
                                         .keys = app->keys,
                                         .web = app->web,
                                         .account = app->account,
                                         .survey = app->survey,
                                         .now_s = app->now_s};
    app->coding = coding_create(&coding);
    const struct zs_config *config = app->config;
    const struct tafel_config tafel = {
        .statements_folder = app->config->retention.statements_folder,
        .lanes = app->lanes,
        .keys = app->keys,
        .web = app->web,
        .account = app->account,
        .survey = app->survey,
        .results = app->results,
        .now_s = app->now_s,
        .coding = app->coding,
        .least_votes = (int32_t)config->protection.minimum_cell_count,
        .bars = {.worry = (double)config->suggestions.worry_percent,
                 .change = (double)config->suggestions.change_points,
                 .divided = (double)config->suggestions.divided_hundredths / 100,
                 .growth = (double)config->suggestions.growth_points,
                 .growth_texts = config->suggestions.growth_texts,
                 .growth_coded = config->suggestions.growth_coded}};
    app->tafel = tafel_create(&tafel);
    const struct report_config report = {.lanes = app->lanes,
                                         .web = app->web,
                                         .keys = app->keys,
                                         .account = app->account,
                                         .survey = app->survey,
                                         .results = app->results,
                                         .now_s = app->now_s,
                                         .least_votes = (int32_t)config->protection.minimum_cell_count};
    app->report = report_create(&report);
    const struct opendata_config opendata = {.lanes = app->lanes,
                                             .web = app->web,
                                             .keys = app->keys,
                                             .survey = app->survey,
                                             .results = app->results,
                                             .public_url = config->server.public_url,
                                             .folder = config->exports.folder,
                                             .folder_bytes = (uint64_t)config->exports.max_mib * MIB,
                                             .facts = app_catalogue_facts(config),
                                             .now_s = app->now_s};
    app->opendata = opendata_create(&opendata);
    if (app->fieldwork) {
        fieldwork_tell_fed(app->fieldwork, tafel_signals_of_participant);
    }
    if (app->survey) {
        survey_set_panel(app->survey,
                         &(struct survey_panel){.tell = tafel_receipt_panel, .self = app->tafel});
    }
    return app->results != NULL && app->fieldwork != NULL && app->coding != NULL && app->tafel != NULL &&
           app->report != NULL && app->opendata != NULL;
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
    log_error("serve.schema", "says=\"%s\"", line);
}

static const struct db_statement *const ground_statements[] = {installation_statements,
                                                               survey_erasure_statements, NULL};

struct ground {
    const struct app *app;
    bool same_secret, fsync;
};

static enum db_status look_at_ground(struct db_tx *tx, void *context)
{
    struct ground *ground = context;
    struct db_result *result;
    unsigned char ours[CRYPTO_FINGERPRINT_BYTES];
    crypto_keys_fingerprint(ours, ground->app->keys);
    struct db_params p = db_params(tx);
    db_put_bytes(&p, (struct slice){(const char *)ours, sizeof ours});
    enum db_status status = db_run_one(&result, tx, &installation_statements[0], &p);
    if (status == DB_OK) {
        ground->same_secret =
            slice_equal(db_get_bytes(result, 0, 0), (struct slice){(const char *)ours, sizeof ours});
        ground->fsync = slice_equal_cstr(db_get_text(result, 0, 1), "on");
    }
    return status;
}

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

/* A database that came back from a backup holds what was erased since. Nothing is served of it before it was
 * erased again. */
static bool check_ledger(struct app *app, struct db_conn *conn)
{
    struct erasure_report report;
    const char *path = app->config->retention.ledger_file;
    if (path[0] == '\0') {
        return true;
    }
    erasures_compare(&report, conn, app->keys, path);
    switch (report.outcome) {
    case ERASURE_MISSING:
        log_warn("serve.ledger", "path=%s says=\"there is no ledger yet: it is begun\"", path);
        return true;
    case ERASURE_OK:
    case ERASURE_TORN: /* a crash while it was written; writing mends it */
        if (report.behind > 0) {
            log_error(
                "serve.ledger",
                "behind=%zu says=\"this database still has what was erased since its backup; run: zevenstem "
                "retention replay %s\"",
                report.behind, path);
        }
        return report.behind == 0;
    case ERASURE_DATABASE:
    case ERASURE_FILE:
    case ERASURE_FOREIGN:
    case ERASURE_CHANGED:
        break;
    }
    log_error("serve.ledger", "path=%s line=%zu says=\"%s\"", path, report.line,
              erasure_outcome_text(&report));
    return false;
}

bool app_check_database(struct app *app, int wait_s)
{
    struct ground ground = {.app = app};
    struct db_config database = app->database;
    struct db_conn *conn;
    database.statements = ground_statements;
    if (!check_schema(app, wait_s) || db_connect(&conn, &database) != DB_OK) {
        return false;
    }
    enum db_status status = db_transaction(conn, "installation", DB_ROLE_INTAKE, look_at_ground, &ground);
    bool level = status == DB_OK && ground.same_secret && check_ledger(app, conn);
    db_disconnect(conn);
    if (status != DB_OK) {
        return false;
    }
    if (!ground.same_secret) {
        log_error("serve.secret", "says=\"this database belongs to another root secret; every code and draft "
                                  "would be unreadable\"");
    }
    if (!ground.fsync) {
        log_error("serve.fsync", "says=\"the server runs with fsync off: accepted would not mean durable\"");
    }
    return ground.same_secret && ground.fsync && level;
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

static const struct staff_link staff_links[] = {
    {"/uitkomsten", "staff.link_results", PERMISSION_ROUND_VIEW},
};

bool app_start(struct app *app)
{
    app->documents = api_documents_create(app->config);
    if (!app->documents || !create_features(app) || !load_caches(app)) {
        return false;
    }
    configure_http(app);
    account_start(app->account);
    staff_add_links(app->account, staff_links, sizeof staff_links / sizeof staff_links[0]);
    survey_start(app->survey);
    fieldwork_start(app->fieldwork);
    coding_start(app->coding);
    tafel_start(app->tafel);
    report_start(app->report);
    opendata_start(app->opendata);
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

unsigned app_port(const struct app *app)
{
    return http_server_port(app->server);
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
    opendata_destroy(app->opendata);
    results_destroy(app->results);
    report_destroy(app->report);
    tafel_destroy(app->tafel);
    coding_destroy(app->coding);
    fieldwork_destroy(app->fieldwork);
    survey_destroy(app->survey);
    account_destroy(app->account);
    api_documents_destroy(app->documents);
    web_destroy(app->web);
    crypto_keys_free(app->keys);
    free(app);
}
