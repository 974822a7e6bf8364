/* A draft as a whole: check the answers and send them, or pause. By the code of the cookie. */
#include "features/survey/survey_form.h"
#include "features/survey/survey_internal.h"

#include <string.h>

/* A draft read, then something done with it: the same shape as a form step, for check, send and pause. */
struct own_step {
    struct visit visit;
    struct draft_read_item read;
    struct response_item response;
    void (*then)(struct http_exchange *ex, struct own_step *step);
};

static void draft_was_read(struct http_exchange *ex, void *item)
{
    struct own_step *step = (struct own_step *)((char *)item - offsetof(struct own_step, read));
    if (step->read.lane.status != DB_OK) {
        survey_busy(ex, &step->visit, step->read.lane.status);
    } else if (step->read.revision == 0 ||
               !visit_open_draft(&step->visit, http_arena(ex), step->read.revision, step->read.sealed)) {
        http_redirect(ex, "/ontvangst");
    } else {
        step->then(ex, step);
    }
}

static void with_draft(struct http_exchange *ex, void *self,
                       void (*then)(struct http_exchange *ex, struct own_step *step))
{
    struct own_step *step = arena_alloc(http_arena(ex), sizeof *step);
    if (!visit_of_cookie(&step->visit, self, ex)) {
        http_redirect(ex, SURVEY_ASK_CODE);
        return;
    }
    step->then = then;
    memcpy(step->read.draft_id, step->visit.who.draft_id, sizeof step->read.draft_id);
    lane_submit(step->visit.survey->config.lanes, step->visit.survey->draft_reader, ex, &step->read.lane,
                draft_was_read);
}

/* ---- check your answers, and send ---- */

static void show_check_as(struct http_exchange *ex, struct own_step *step, int status, const char *notice)
{
    struct visit *visit = &step->visit;
    struct arena *arena = http_arena(ex);
    const struct questionnaire *q = visit->round->questionnaire;
    json_t *context = survey_titled(visit, "check.title");
    struct page_list pages = questionnaire_pages(arena, q, &visit->presentation, &visit->state.answers);
    json_object_set(context, "sections",
                    questionnaire_summary_context(arena, q, &visit->presentation, &visit->state.answers,
                                                  visit->language));
    json_object_set_new(context, "may_change", json_true());
    survey_set_progress(context, arena, visit, -1);
    json_object_set_new(context, "correcting", json_boolean(visit->state.base_revision > 0));
    if (pages.count > 0) {
        json_object_set_new(context, "back_path",
                            json_string(survey_page_path(arena, visit, pages.pages[pages.count - 1])));
    }
    if (notice) {
        json_object_set_new(context, "notice", survey_text_json(visit, notice));
    }
    survey_render(ex, visit, status, "check", context);
}

static void show_check(struct http_exchange *ex, struct own_step *step)
{
    show_check_as(ex, step, 200, NULL);
}

static void get_check(struct http_exchange *ex, void *self)
{
    with_draft(ex, self, show_check);
}

static void not_sent(struct http_exchange *ex, struct own_step *step)
{
    show_check_as(ex, step, 503, "check.not_sent");
    http_set_retry_after(ex, 5);
}

static void response_was_written(struct http_exchange *ex, void *item)
{
    struct own_step *step = (struct own_step *)((char *)item - offsetof(struct own_step, response));
    if (step->response.lane.status != DB_OK) {
        not_sent(ex, step);
    } else {
        /* Accepted, accepted before, or withdrawn meanwhile: the receipt shows what stands. */
        http_redirect(ex, "/ontvangst");
    }
}

static void send(struct http_exchange *ex, struct own_step *step)
{
    struct visit *visit = &step->visit;
    struct survey *survey = visit->survey;
    if (!survey_round_accepts(visit->round, survey->config.now_s())) {
        http_redirect(ex, "/gesloten");
    } else if (survey_form_age(ex, visit) < 0) {
        show_check_as(ex, step, 400, "form.expired");
    } else {
        bool correction = visit->state.base_revision > 0;
        response_item_fill(&step->response, http_arena(ex), visit);
        lane_submit(survey->config.lanes, correction ? survey->corrector : survey->response_writer, ex,
                    &step->response.lane, response_was_written);
    }
}

static void post_send(struct http_exchange *ex, void *self)
{
    with_draft(ex, self, send);
}

/* ---- pause, and back with a code (terug=code): the same page, but for what it calls itself ---- */

static void show_paused(struct http_exchange *ex, struct own_step *step)
{
    struct visit *visit = &step->visit;
    struct slice from;
    bool found = http_query(&from, ex, "terug") && slice_equal_cstr(from, "code");
    json_t *context = survey_titled(visit, found ? "paused.found" : "paused.title");
    json_object_set_new(context, "found", json_boolean(found));
    survey_set_code(context, ex, visit);
    survey_set_date(context, ex, visit, "closes_on", survey_round_last_moment(visit->round));
    json_object_set_new(context, "continue_path",
                        json_string(visit->state.page[0]
                                        ? arena_printf(http_arena(ex), "/vragen/%s", visit->state.page).ptr
                                        : "/controle"));
    survey_render(ex, visit, 200, "paused", context);
}

static void get_paused(struct http_exchange *ex, void *self)
{
    with_draft(ex, self, show_paused);
}

const struct route survey_check_routes[] = {
    SURVEY_GET("/controle", get_check),
    {SURVEY_POST("/controle", NULL), .on_inline = post_send},
    {.http = {.method = HTTP_GET, .path = "/bewaard", .surface = HTTP_PAGE, .query = "taal,terug"},
     .on_inline = get_paused},
};
const size_t survey_check_route_count = sizeof survey_check_routes / sizeof survey_check_routes[0];
