/* The form, page by page: begin, show a page, take a page, pause, clear. POST always ends in 303 to a GET. */
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
        participation_cookie_set(ex, &step->visit); /* a code is given when there is something behind it */
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

int16_t survey_page_number(struct page_list pages, uint16_t page)
{
    for (size_t i = 0; i < pages.count; i++) {
        if (pages.pages[i] == page) {
            return (int16_t)(i + 1);
        }
    }
    return 0;
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

/* ---- showing a page ---- */

static struct page_list pages_of(struct arena *arena, const struct visit *visit)
{
    return questionnaire_pages(arena, visit->round->questionnaire, &visit->presentation,
                               &visit->state.answers);
}

const char *survey_page_path(struct arena *arena, const struct visit *visit, uint16_t page)
{
    return arena_printf(arena, "/vragen/%s", questionnaire_page_code(visit->round->questionnaire, page)).ptr;
}

static void posted_fields(const struct answer_field **fields, size_t *count, struct http_exchange *ex)
{
    _Static_assert(sizeof(struct answer_field) == sizeof(struct http_field), "both are a name and a value");
    const struct http_field *posted = http_form(count, ex);
    struct answer_field *copy = arena_array(http_arena(ex), *count, sizeof *copy);
    for (size_t i = 0; i < *count; i++) {
        copy[i] = (struct answer_field){posted[i].name, posted[i].value};
    }
    *fields = copy;
}

static bool from_check_page(struct http_exchange *ex)
{
    struct slice back;
    return (http_method(ex) == HTTP_POST ? http_form_value(&back, ex, "terug")
                                         : http_query(&back, ex, "terug")) &&
           slice_equal_cstr(back, "controle");
}

void survey_set_progress(json_t *context, struct arena *arena, const struct visit *visit, int page)
{
    struct page_list possible =
        questionnaire_possible_pages(arena, visit->round->questionnaire, &visit->presentation);
    size_t total = possible.count + 1;
    size_t number = page < 0 ? total : (size_t)survey_page_number(possible, (uint16_t)page);
    char digits[2][12];
    snprintf(digits[0], sizeof digits[0], "%zu", number);
    snprintf(digits[1], sizeof digits[1], "%zu", total);
    struct slice progress =
        locale_format(arena, web_locales(visit->survey->config.web), visit->language ? "en" : "nl",
                      "form.progress", "n", digits[0], "total", digits[1], NULL);
    json_object_set_new(context, "progress", json_stringn(progress.ptr, progress.len));
    json_object_set_new(context, "progress_n", json_integer((json_int_t)number));
    json_object_set_new(context, "progress_total", json_integer((json_int_t)total));
}

/* The box for remarks, with what was typed in it. */
static void set_remark(json_t *context, struct http_exchange *ex, const struct visit *visit)
{
    struct slice typed = {"", 0};
    if (visit->round->pilot) {
        if (http_method(ex) == HTTP_POST) {
            http_form_value(&typed, ex, "opmerking");
        }
        json_object_set_new(context, "pilot", json_pack("{s:s%}", "typed", typed.ptr, typed.len));
    }
}

/* The page with its place in the whole; notice is a text path for a message above the form, or NULL. */
static void show_page(struct http_exchange *ex, struct form_step *step, int status,
                      const struct page_result *result, const char *notice)
{
    struct arena *arena = http_arena(ex);
    struct visit *visit = &step->visit;
    const struct questionnaire *q = visit->round->questionnaire;
    const struct answer_field *posted = NULL;
    size_t posted_count = 0;
    struct page_list pages = pages_of(arena, visit);
    int number = page_number(step, pages);
    if (http_method(ex) == HTTP_POST) {
        posted_fields(&posted, &posted_count, ex);
    }
    /* The arena holds one reference, survey_render takes another. */
    json_t *context =
        json_incref(questionnaire_page_context(arena, q, &visit->presentation, &visit->state.answers,
                                               step->page, visit->language, posted, posted_count, result));
    survey_set_progress(context, arena, visit, step->page);
    json_object_set_new(context, "last", json_boolean(number > 0 && (size_t)number == pages.count));
    json_object_set_new(context, "action", json_string(survey_page_path(arena, visit, step->page)));
    if (from_check_page(ex)) {
        json_object_set_new(
            context, "path",
            json_string(
                arena_printf(arena, "%s?terug=controle", survey_page_path(arena, visit, step->page)).ptr));
        json_object_set_new(context, "return_to_check", json_true());
        json_object_set_new(context, "back_path", json_string("/controle"));
    } else {
        json_object_set_new(
            context, "back_path",
            json_string(number > 1 ? survey_page_path(arena, visit, pages.pages[number - 2]) : "/"));
    }
    set_remark(context, ex, visit);
    if (notice) {
        struct slice text = survey_text(visit, notice);
        json_object_set_new(context, "notice", json_stringn(text.ptr, text.len));
    }
    survey_render(ex, visit, status, "form_page", context);
}

static void show_if_reachable(struct http_exchange *ex, struct form_step *step)
{
    struct page_list pages = pages_of(http_arena(ex), &step->visit);
    if (page_number(step, pages) == 0) {
        /* Routing took the page away since the link was made: on with the first. */
        http_redirect(ex, pages.count > 0 ? survey_page_path(http_arena(ex), &step->visit, pages.pages[0])
                                          : "/controle");
        return;
    }
    show_page(ex, step, 200, NULL, NULL);
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
    show_page(ex, step, 503, NULL, "form.not_saved");
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
        http_redirect(ex, "/verder");
    } else if (!http_replied(ex)) {
        step->then = show_if_reachable;
        read_draft(ex, step);
    }
}

/* ---- taking a page ---- */

static bool posted_is(struct http_exchange *ex, const char *name, const char *value)
{
    struct slice posted;
    return http_form_value(&posted, ex, name) && slice_equal_cstr(posted, value);
}

/* The block of a page: what stands before the first dot of its code. */
static struct slice block_of(const struct questionnaire *q, uint16_t page)
{
    struct slice block;
    struct slice rest;
    slice_cut(&block, &rest, slice_from_cstr(questionnaire_page_code(q, page)), '.');
    return block;
}

/* The same page again, after one of its own buttons; the browser shows where that was. */
static const char *same_path(struct http_exchange *ex, const struct form_step *step, const char *field)
{
    struct arena *arena = http_arena(ex);
    return arena_printf(arena, "%s%s#%s-1", survey_page_path(arena, &step->visit, step->page),
                        from_check_page(ex) ? "?terug=controle" : "", field)
        .ptr;
}

/* Where the reader goes from here: the next page, past the block, back to the check page, or to it after the
 * last. */
static const char *next_path(struct http_exchange *ex, const struct form_step *step)
{
    struct arena *arena = http_arena(ex);
    const struct visit *visit = &step->visit;
    const struct questionnaire *q = visit->round->questionnaire;
    struct page_list pages = pages_of(arena, visit);
    size_t at = (size_t)page_number(step, pages);
    if (posted_is(ex, "actie", "bewaren")) {
        return "/bewaard";
    }
    if (from_check_page(ex)) {
        return "/controle";
    }
    if (posted_is(ex, "actie", "overslaan")) {
        struct slice block = block_of(q, step->page);
        while (at < pages.count && slice_equal(block_of(q, pages.pages[at]), block)) {
            at++;
        }
    }
    return at < pages.count ? survey_page_path(arena, visit, pages.pages[at]) : "/controle";
}

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
    if (page_number(step, pages_of(arena, visit)) == 0) {
        survey_give_back(ex, visit, GIVE_BACK_NOT_ASKED); /* another tab answered otherwise */
        return;
    }
    if (age < 0) {
        show_page(ex, step, 400, NULL, "form.expired");
        return;
    }
    posted_fields(&fields, &field_count, ex);
    struct page_result result = {0};
    if (!posted_is(ex, "actie", "overslaan")) {
        result = questionnaire_answer_page(&visit->state.answers, arena, q, &visit->presentation, step->page,
                                           visit->language, fields, field_count);
    }
    if (result.too_young) {
        remove_too_young(ex, step);
        return;
    }
    if (result.error_count > 0) {
        show_page(ex, step, 400, &result, NULL);
        return;
    }
    if (!take_note(ex, step, age)) {
        show_page(ex, step, 400, NULL, "form.remark_long");
        return;
    }
    take_how(visit);
    if (!result.stay) {
        note_quality(ex, &visit->state, age);
    }
    visit->state.language = visit->language;
    snprintf(visit->state.page, sizeof visit->state.page, "%s", questionnaire_page_code(q, step->page));
    step->destination = result.stay ? same_path(ex, step, result.stay) : next_path(ex, step);
    save_draft(ex, step, page_number(step, pages_of(arena, visit)));
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
    struct page_list pages = pages_of(http_arena(ex), visit);
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

enum survey_stream survey_stream_of_link(const struct survey_round *round, struct slice link)
{
    static const char *const names[] = {"open", "uitnodiging", "panel", "organisatie"};
    const json_t *links = json_object_get(round->own, "links");
    const char *key;
    json_t *stream;
    json_object_foreach((json_t *)(uintptr_t)links, key, stream)
    {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (slice_equal_cstr(link, key) && json_is_string(stream) &&
                strcmp(json_string_value(stream), names[i]) == 0) {
                return (enum survey_stream)i;
            }
        }
    }
    return STREAM_OPEN;
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
