/* The features: made with what the configuration says of each, from left to right, and what each lower one
 * needs of a higher. */
#include "app/app_internal.h"

enum { MIB = 1024 * 1024 };

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

static void create_lanes(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct lanes_config lanes = {.database = &app->database,
                                       .workers = (int)config->database.workers,
                                       .queue_limit = (size_t)config->database.queue,
                                       .now_s = app->now_s,
                                       .job_deadline_ms = (int)config->database.job_deadline_ms,
                                       .batch_deadline_ms = (int)config->database.batch_deadline_ms};
    app->lanes = lanes_start(&lanes);
}

static void create_account(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct account_config account = {.lanes = app->lanes,
                                           .web = app->web,
                                           .keys = app->keys,
                                           .issuer = config->service.name,
                                           .idle_s = (int)config->accounts.idle_minutes * 60,
                                           .session_s = (int)config->accounts.session_hours * 3600,
                                           .factor_for_all = config->accounts.second_factor_for_all != 0,
                                           .now_s = app->now_s};
    app->account = account_create(&account);
}

static void create_survey(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct survey_config survey = {.lanes = app->lanes,
                                         .keys = app->keys,
                                         .web = app->web,
                                         .account = app->account,
                                         .public_url = config->server.public_url,
                                         .coordinator_public_key = config->service.coordinator_public_key,
                                         .invented_data = config->service.invented_data != 0,
                                         .statements_folder = config->retention.statements_folder,
                                         .archive_first = config->retention.archive_first != 0,
                                         .ledger_file = config->retention.ledger_file,
                                         .inclusion_least = config->protection.minimum_cell_count,
                                         .check_bundle = app_check_bundle,
                                         .now_s = app->now_s};
    app->survey = survey_create(&survey);
}

static void create_results(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct results_config results = {.lanes = app->lanes,
                                           .database = &app->database,
                                           .keys = app->keys,
                                           .survey = app->survey,
                                           .web = app->web,
                                           .account = app->account,
                                           .threshold = (uint32_t)config->protection.minimum_cell_count,
                                           .organisation = config->service.organisation,
                                           .export_folder = config->exports.folder,
                                           .export_bytes = (uint64_t)config->exports.max_mib * MIB,
                                           .export_seconds = (int)config->exports.max_seconds,
                                           .noise_reach = (unsigned)config->protection.perturbation_max,
                                           .noise_variance =
                                               (unsigned)config->protection.perturbation_variance,
                                           .now_s = app->now_s};
    app->results = results_create(&results);
}

static void create_fieldwork(struct app *app)
{
    const struct fieldwork_config fieldwork = {.lanes = app->lanes,
                                               .keys = app->keys,
                                               .web = app->web,
                                               .account = app->account,
                                               .survey = app->survey,
                                               .now_s = app->now_s};
    app->fieldwork = fieldwork_create(&fieldwork);
}

static void create_coding(struct app *app)
{
    const struct coding_config coding = {.lanes = app->lanes,
                                         .keys = app->keys,
                                         .web = app->web,
                                         .account = app->account,
                                         .survey = app->survey,
                                         .now_s = app->now_s};
    app->coding = coding_create(&coding);
}

static void create_tafel(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct tafel_config tafel = {
        .statements_folder = config->retention.statements_folder,
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
}

static void create_report(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct report_config report = {.lanes = app->lanes,
                                         .web = app->web,
                                         .keys = app->keys,
                                         .account = app->account,
                                         .survey = app->survey,
                                         .results = app->results,
                                         .now_s = app->now_s,
                                         .least_votes = (int32_t)config->protection.minimum_cell_count};
    app->report = report_create(&report);
}

static void create_opendata(struct app *app)
{
    const struct zs_config *config = app->config;
    const struct opendata_config opendata = {.lanes = app->lanes,
                                             .account = app->account,
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
}

bool app_create_features(struct app *app)
{
    create_lanes(app);
    app->sealer = audit_sealer_create(app->keys);
    create_account(app);
    if (!app->lanes || !app->sealer || !app->account) {
        return false;
    }
    create_survey(app);
    if (!app->survey) {
        return false;
    }
    create_results(app);
    create_fieldwork(app);
    create_coding(app);
    create_tafel(app);
    create_report(app);
    create_opendata(app);
    if (!app->results || !app->fieldwork || !app->coding || !app->tafel || !app->report || !app->opendata) {
        return false;
    }
    tafel_tell_others(app->tafel, sources_beside);
    fieldwork_tell_fed(app->fieldwork, tafel_signals_of_participant);
    survey_set_panel(app->survey, &(struct survey_panel){.tell = tafel_receipt_panel, .self = app->tafel});
    return true;
}

static const struct staff_link staff_links[] = {
    {"/uitkomsten", "staff.link_results", PERMISSION_ROUND_VIEW, STAFF_RESEARCH, NULL},
};

void app_start_features(struct app *app)
{
    account_start(app->account);
    staff_add_links(app->account, staff_links, sizeof staff_links / sizeof staff_links[0]);
    survey_start(app->survey);
    fieldwork_start(app->fieldwork);
    coding_start(app->coding);
    tafel_start(app->tafel);
    report_start(app->report);
    tafel_tell_approvals(app->tafel, reports_wait, app->report);
    opendata_start(app->opendata);
}

void app_destroy_features(struct app *app)
{
    opendata_destroy(app->opendata);
    results_destroy(app->results);
    report_destroy(app->report);
    tafel_destroy(app->tafel);
    coding_destroy(app->coding);
    fieldwork_destroy(app->fieldwork);
    survey_destroy(app->survey);
    account_destroy(app->account);
}
