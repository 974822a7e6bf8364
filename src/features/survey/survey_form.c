/* The form, page by page: begin, look at a page, take a page. POST always ends in 303 to a GET. */
#include "features/survey/survey_internal.h"

#include "base/utf8.h"
#include "features/survey/survey_form.h"

#include <stdio.h>
#include <string.h>

enum {
    FORM_BODY_MAX = 64 * 1024,
    FAST_SECONDS = 2,  /* nobody reads and answers a page faster */
    MAX_CONFLICTS = 64 /* each is another tab's save that went through */
};

/* One POST or GET of a page, from the first draft read to the reply. In the arena of the exchange. */
struct form_step {
    struct visit visit;
    struct draft_read_item read;
    struct draft_write_item write;
    struct response_item withdrawal;
    uint16_t page;
    int conflicts;
    bool beginning;                                                 /* there was no draft before */
    void (*then)(struct http_exchange *ex, struct form_step *step); /* when the draft is open */
    const char *destination;                                        /* where a save leads */
};

/* ---- reading and saving the draft ---- */

static void draft_was_read(struct http_exchange *ex, void *item);

static struct form_step *step_of_read(void *item)
{
    return (struct form_step *)((char *)item - offsetof(struct form_step, read));
}

static struct form_step *step_of_write(void *item)
{
    return (struct form_step *)((char *)item - offsetof(struct form_step, write));
}

static void read_draft(struct http_exchange *ex, struct form_step *step)
{
    memcpy(step->read.draft_id, step->visit.who.draft_id, sizeof step->read.draft_id);
    lane_submit(step->visit.survey->config.lanes, step->visit.survey->draft_reader, ex, &step->read.lane,
                draft_was_read);
}

static void form_unavailable(struct http_exchange *ex, struct form_step *step, enum db_status status);

static void draft_was_read(struct http_exchange *ex, void *item)
{
    struct form_step *step = step_of_read(item);
    if (step->read.lane.status != DB_OK) {
        form_unavailable(ex, step, step->read.lane.status);
    } else if (step->read.revision == 0 ||
               !visit_open_draft(&step->visit, http_arena(ex), step->read.revision, step->read.sealed)) {
        survey_give_back(ex, &step->visit, GIVE_BACK_NO_DRAFT);
    } else {
        step->then(ex, step);
    }
}

static void saved(struct http_exchange *ex, struct form_step *step)
{
    if (step->beginning) {
        participation_cookie_set(ex, &step->visit,
                                 STAGE_BEGUN); /* a code is given when there is something behind it */
    }
    http_redirect(ex, step->destination);
}

static void draft_was_written(struct http_exchange *ex, void *item)
{
    struct form_step *step = step_of_write(item);
    if (step->write.lane.status != DB_OK) {
        form_unavailable(ex, step, step->write.lane.status);
    } else if (step->write.written) {
        saved(ex, step);
    } else if (step->conflicts++ < MAX_CONFLICTS) {
        read_draft(ex, step); /* another tab saved first: apply this page to what it saved */
    } else {
        form_unavailable(ex, step, DB_UNAVAILABLE);
    }
}

static int16_t page_number(const struct form_step *step, struct page_list pages)
{
    return survey_page_number(pages, step->page);
}

static void save_draft(struct http_exchange *ex, struct form_step *step, int16_t page)
{
    struct visit *visit = &step->visit;
    step->write.sealed = draft_seal(http_arena(ex), visit->round->questionnaire, &visit->who, &visit->state);
    step->write.round_id = visit->round->id;
    step->write.expected_revision = visit->draft_revision;
    step->write.page = page;
    memcpy(step->write.draft_id, visit->who.draft_id, sizeof step->write.draft_id);
    lane_submit(visit->survey->config.lanes, visit->survey->draft_writer, ex, &step->write.lane,
                draft_was_written);
}

/* ---- looking at a page ---- */

static void show_if_reachable(struct http_exchange *ex, struct form_step *step)
{
    struct page_list pages = survey_pages_of(http_arena(ex), &step->visit);
    if (page_number(step, pages) == 0) {
        /* Routing took the page away since the link was made: on with the first. */
        http_redirect(ex, pages.count > 0 ? survey_page_path(http_arena(ex), &step->visit, pages.pages[0])
                                          : "/controle");
        return;
    }
    survey_show_page(ex, &step->visit, pages, step->page, 200, NULL, NULL);
}

/* Everything typed is shown again, with why it was not saved. */
static void form_unavailable(struct http_exchange *ex, struct form_step *step, enum db_status status)
{
    if (http_method(ex) != HTTP_POST || step->beginning) {
        survey_busy(ex, &step->visit, status);
        return;
    }
    if (!step->visit.state.answers.vector) {
        step->visit.state.answers =
            answers_begin(http_arena(ex), step->visit.round->questionnaire, &step->visit.presentation);
    }
    survey_show_page(ex, &step->visit, survey_pages_of(http_arena(ex), &step->visit), step->page, 503, NULL,
                     "form.not_saved");
    http_set_retry_after(ex, 5);
}

static struct form_step *step_begin(struct http_exchange *ex, void *self)
{
    struct form_step *step = arena_alloc(http_arena(ex), sizeof *step);
    if (!visit_of_cookie(&step->visit, self, ex)) {
        return NULL;
    }
    int page = questionnaire_find_page(step->visit.round->questionnaire, http_path_param(ex, "pagina"));
    if (page < 0) {
        http_error(ex, 404);
        return step;
    }
    step->page = (uint16_t)page;
    return step;
}

static void get_page(struct http_exchange *ex, void *self)
{
    struct form_step *step = step_begin(ex, self);
    if (!step) {
        http_redirect(ex, SURVEY_ASK_CODE);
    } else if (!http_replied(ex)) {
        step->then = show_if_reachable;
        read_draft(ex, step);
    }
}

/* ---- taking a page ---- */

/* How somebody came is asked as a question too. */
static void take_how(struct visit *visit)
{
    const struct questionnaire *q = visit->round->questionnaire;
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    int index = questionnaire_find_variable(q, SLICE("doet-mee-voor"));
    if (index < 0) {
        return;
    }
    uint16_t slot = answer_get(visit->state.answers.vector, &variables[index]);
    const char *chosen = slot >= ANSWER_FIRST && slot - ANSWER_FIRST < variables[index].category_count
                             ? variables[index].categories[slot - ANSWER_FIRST].code
                             : "";
    visit->state.helped = strcmp(chosen, "met-hulp") == 0;
    visit->state.for_organisation = strcmp(chosen, "organisatie") == 0;
}

static void note_quality(struct http_exchange *ex, struct draft_state *state, int64_t age)
{
    struct slice trap;
    if (http_form_value(&trap, ex, "website") && trap.len > 0) {
        state->quality |= QUALITY_HONEYPOT;
    }
    if (age < FAST_SECONDS) {
        state->fast_pages++;
    }
}

/* In a pilot: how long the page took, and what is said about it. False when the remark is too long. */
static bool take_note(struct http_exchange *ex, struct form_step *step, int64_t age)
{
    struct slice comment = {NULL, 0};
    if (!step->visit.round->pilot) {
        return true;
    }
    if (http_form_value(&comment, ex, "opmerking")) {
        comment = slice_trim(utf8_clean(http_arena(ex), comment));
    }
    step->write.note =
        (struct pilot_note){.round_id = step->visit.round->id,
                            .seconds = (int32_t)(age < PILOT_SECONDS_MAX ? age : PILOT_SECONDS_MAX),
                            .page = questionnaire_page_code(step->visit.round->questionnaire, step->page),
                            .comment = comment};
    return utf8_length(comment) <= PILOT_COMMENT_MAX;
}

static void too_young_was_withdrawn(struct http_exchange *ex, void *item)
{
    struct form_step *step = (struct form_step *)((char *)item - offsetof(struct form_step, withdrawal));
    if (step->withdrawal.lane.status == DB_OK) {
        participation_cookie_clear(ex);
        http_redirect(ex, "/bedankt");
    } else {
        form_unavailable(ex, step, step->withdrawal.lane.status);
    }
}

/* Nothing is stored: not what was filled in, nor what was sent before and is now corrected. */
static void remove_too_young(struct http_exchange *ex, struct form_step *step)
{
    if (step->visit.state.base_revision > 0) {
        response_item_fill(&step->withdrawal, http_arena(ex), &step->visit);
        step->withdrawal.withdraw = true;
        lane_submit(step->visit.survey->config.lanes, step->visit.survey->corrector, ex,
                    &step->withdrawal.lane, too_young_was_withdrawn);
        return;
    }
    step->write.remove = true;
    step->destination = "/bedankt";
    participation_cookie_clear(ex);
    memcpy(step->write.draft_id, step->visit.who.draft_id, sizeof step->write.draft_id);
    lane_submit(step->visit.survey->config.lanes, step->visit.survey->draft_writer, ex, &step->write.lane,
                draft_was_written);
}

static void take_page(struct http_exchange *ex, struct form_step *step)
{
    struct arena *arena = http_arena(ex);
    struct visit *visit = &step->visit;
    const struct questionnaire *q = visit->round->questionnaire;
    const struct answer_field *fields;
    size_t field_count;
    int64_t age = survey_form_age(ex, visit);
    if (!survey_round_accepts(visit->round, visit->survey->config.now_s())) {
        survey_give_back(ex, visit, GIVE_BACK_CLOSED);
        return;
    }
    struct page_list pages = survey_pages_of(arena, visit);
    if (page_number(step, pages) == 0) {
        survey_give_back(ex, visit, GIVE_BACK_NOT_ASKED); /* another tab answered otherwise */
        return;
    }
    if (age < 0) {
        survey_show_page(ex, visit, pages, step->page, 400, NULL, "form.expired");
        return;
    }
    if (survey_posted_is(ex, "actie", "taal")) { /* the other language: as it was typed, not judged yet */
        survey_show_page(ex, visit, pages, step->page, 200, NULL, NULL);
        return;
    }
    survey_posted_fields(&fields, &field_count, ex);
    struct page_result result = {0};
    if (!survey_posted_is(ex, "actie", "overslaan")) {
        result = questionnaire_answer_page(&visit->state.answers, arena, q, &visit->presentation, step->page,
                                           visit->language, fields, field_count);
    }
    if (result.too_young) {
        remove_too_young(ex, step);
        return;
    }
    if (result.error_count > 0) {
        survey_show_page(ex, visit, pages, step->page, 400, &result, NULL);
        return;
    }
    if (!take_note(ex, step, age)) {
        survey_show_page(ex, visit, survey_pages_of(arena, visit), step->page, 400, NULL, "form.remark_long");
        return;
    }
    take_how(visit);
    if (!result.stay) {
        note_quality(ex, &visit->state, age);
    }
    visit->state.language = visit->language;
    snprintf(visit->state.page, sizeof visit->state.page, "%s", questionnaire_page_code(q, step->page));
    step->destination = result.stay ? survey_same_path(ex, visit, step->page, result.stay)
                                    : survey_next_path(ex, visit, step->page);
    save_draft(ex, step, page_number(step, survey_pages_of(arena, visit)));
}

static void post_page(struct http_exchange *ex, void *self)
{
    struct form_step *step = step_begin(ex, self);
    if (!step) {
        struct visit visit;
        visit_anonymous(&visit, self, ex);
        survey_give_back(ex, &visit, GIVE_BACK_NO_COOKIE);
    } else if (!http_replied(ex)) {
        step->then = take_page;
        read_draft(ex, step);
    }
}

/* ---- beginning ---- */

static struct slice begin_field(struct http_exchange *ex, const char *name)
{
    struct slice value = {NULL, 0};
    http_form_value(&value, ex, name);
    return value;
}

/* The variant asked for, when the round offers it; else its first. */
static int chosen_variant(const struct survey_round *round, struct slice code)
{
    int wanted = questionnaire_find_variant(round->questionnaire, code);
    for (int i = 0; i < round->variant_count; i++) {
        if (round->variants[i] == wanted) {
            return wanted;
        }
    }
    return round->variants[0];
}

static void begin(struct http_exchange *ex, void *self)
{
    struct form_step *step = arena_alloc(http_arena(ex), sizeof *step);
    struct visit *visit = &step->visit;
    visit_anonymous(visit, self, ex);
    visit->round = survey_round_find(visit->snapshot, begin_field(ex, "ronde"));
    if (!visit->round) {
        http_error(ex, 404);
        return;
    }
    if (!survey_round_accepts(visit->round, visit->survey->config.now_s())) {
        http_redirect(ex, "/gesloten");
        return;
    }
    visit_begin(visit, http_arena(ex), chosen_variant(visit->round, begin_field(ex, "versie")),
                survey_stream_of_link(visit->round, begin_field(ex, "via")), CHANNEL_WEB);
    struct page_list pages = survey_pages_of(http_arena(ex), visit);
    if (pages.count == 0) {
        http_error(ex, 500);
        return;
    }
    step->beginning = true;
    step->page = pages.pages[0];
    step->destination = survey_page_path(http_arena(ex), visit, step->page);
    step->then = saved; /* when it proves to be written after all: a connection lost around its commit */
    save_draft(ex, step, 0);
}

const struct route survey_form_routes[] = {
    {.http = {.method = HTTP_POST,
              .path = "/deelname",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = 4096,
              .csrf = HTTP_CSRF_REQUIRED,
              .rate = "start"},
     .on_inline = begin},
    {.http = {.method = HTTP_GET, .path = "/vragen/{pagina}", .surface = HTTP_PAGE, .query = "terug,taal"},
     .on_inline = get_page},
    {.http = {.method = HTTP_POST,
              .path = "/vragen/{pagina}",
              .surface = HTTP_PAGE,
              .query = "terug,taal",
              .body = HTTP_BODY_FORM,
              .body_max = FORM_BODY_MAX,
              .csrf = HTTP_CSRF_REQUIRED},
     .on_inline = post_page},
};
const size_t survey_form_route_count = sizeof survey_form_routes / sizeof survey_form_routes[0];
