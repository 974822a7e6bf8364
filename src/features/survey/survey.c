#include "features/survey/survey.h"

#include "features/survey/survey_internal.h"
#include "features/survey/survey_proposal_checked.h"

#include <stdlib.h>

struct survey *survey_create(const struct survey_config *config)
{
    struct survey *survey = calloc(1, sizeof *survey);
    if (survey) {
        survey->config = *config;
        pthread_mutex_init(&survey->snapshot_lock, NULL);
        pthread_mutex_init(&survey->start_lock, NULL);
        survey->proposals = proposal_shelf_create();
    }
    if (survey && !survey->proposals) {
        survey_destroy(survey);
        return NULL;
    }
    return survey;
}

void survey_set_panel(struct survey *survey, const struct survey_panel *panel)
{
    survey->panel = *panel;
}

void survey_set_more(struct survey *survey, survey_more more, void *self)
{
    survey->more = more;
    survey->more_self = self;
}

void survey_start(struct survey *survey)
{
    survey_batches_start(survey);
    lanes_add(survey->config.lanes, survey_page_routes, survey_page_route_count, survey);
    lanes_add(survey->config.lanes, survey_form_routes, survey_form_route_count, survey);
    lanes_add(survey->config.lanes, survey_check_routes, survey_check_route_count, survey);
    lanes_add(survey->config.lanes, survey_resume_routes, survey_resume_route_count, survey);
    lanes_add(survey->config.lanes, survey_own_routes, survey_own_route_count, survey);
    lanes_add(survey->config.lanes, survey_inclusion_routes, survey_inclusion_route_count, survey);
    lanes_add(survey->config.lanes, survey_offer_routes, survey_offer_route_count, survey);
    lanes_add(survey->config.lanes, survey_help_routes, survey_help_route_count, survey);
    staff_add_links(survey->config.account, survey_help_links, survey_help_link_count);
    lanes_add(survey->config.lanes, survey_entry_routes, survey_entry_route_count, survey);
    staff_add_links(survey->config.account, survey_entry_links, survey_entry_link_count);
    lanes_add(survey->config.lanes, survey_settings_routes, survey_settings_route_count, survey);
    lanes_add(survey->config.lanes, survey_proposal_routes, survey_proposal_route_count, survey);
    staff_add_links(survey->config.account, survey_proposal_links, survey_proposal_link_count);
    staff_add_waiting(survey->config.account, survey_proposals_wait, survey);
    lanes_add(survey->config.lanes, survey_api_routes, survey_api_route_count, survey);
    lanes_add(survey->config.lanes, survey_api_response_routes, survey_api_response_route_count, survey);
}

void survey_destroy(struct survey *survey)
{
    if (survey) {
        survey_snapshot_release(survey->snapshot);
        proposal_shelf_destroy(survey->proposals);
        pthread_mutex_destroy(&survey->snapshot_lock);
        pthread_mutex_destroy(&survey->start_lock);
        free(survey);
    }
}
