/* The page on which staff help a citizen who says their code on the telephone. The guard asks who it is as
 * staff; the answers are read in a second step, as intake, which alone may. */
#include "features/survey/survey_internal.h"

#include "base/clock.h"

#define HELP_PATH          "/beheer/hulp"
#define HELP_WITHDRAW_PATH "/beheer/hulp/intrekking"

/* As for a citizen who types a wrong code. */
enum { WRONG_CODE_TOKENS = 3, DAY = 86400 };

struct help_step {
    struct lane_work work; /* first */
    struct survey *survey;
    struct slice typed;
    struct help_view view;
    bool found;
};

static json_t *titled(const struct http_exchange *ex, const struct survey *survey)
{
    return json_pack("{s:o}", "title", staff_text(ex, survey->config.account, "help.title"));
}

static void show_wrong(struct http_exchange *ex, const struct help_step *step)
{
    const struct account *account = step->survey->config.account;
    json_t *context = titled(ex, step->survey);
    json_t *typed = json_stringn(step->typed.len > 0 ? step->typed.ptr : "", step->typed.len);
    http_charge(ex, WRONG_CODE_TOKENS);
    json_object_set_new(context, "typed", typed ? typed : json_string(""));
    json_object_set_new(context, "wrong", staff_text(ex, account, "help.wrong"));
    json_object_set_new(context, "error_summary",
                        json_pack("{s:[{s:s,s:o}]}", "items", "href", "#code", "text",
                                  staff_text(ex, account, "help.wrong")));
    staff_render(ex, step->survey->config.account, 400, "staff_help", context);
}

static const char *standing_text(enum help_standing standing)
{
    switch (standing) {
    case HELP_DRAFT:
        return "help.draft";
    case HELP_WITHDRAWN:
        return "help.withdrawn";
    case HELP_UNREADABLE:
        return "help.unreadable";
    case HELP_UNKNOWN:
    case HELP_STANDS:
        break;
    }
    return NULL;
}

static void show_found(struct http_exchange *ex, const struct help_step *step)
{
    const struct help_view *view = &step->view;
    struct account *account = step->survey->config.account;
    json_t *context = titled(ex, step->survey);
    bool sent = view->standing == HELP_STANDS || view->standing == HELP_UNREADABLE;
    const char *said = standing_text(view->standing);
    json_object_set_new(context, "round_code", json_string(view->round));
    json_object_set_new(context, "may_withdraw", json_boolean(sent));
    if (said) {
        json_object_set_new(context, "said", staff_text(ex, account, said));
    }
    if (sent) {
        struct slice day = locale_date(http_arena(ex), web_locales(step->survey->config.web),
                                       http_language(ex), (int64_t)view->received_day * DAY);
        json_object_set_new(context, "received_on", json_stringn(day.ptr, day.len));
        json_object_set_new(context, "code", json_stringn(step->typed.ptr, step->typed.len));
    }
    if (view->sections) {
        json_object_set(context, "sections", view->sections);
    }
    staff_render(ex, account, 200, "staff_helped", context);
}

static enum db_status read_answers(struct db_tx *tx, struct lane_work *work)
{
    struct help_step *step = (struct help_step *)(void *)work;
    return survey_help_read(&step->view, tx, http_arena(work->exchange), step->survey, step->typed,
                            staff_caller(work->exchange), "web");
}

static void answers_read(struct http_exchange *ex, void *item)
{
    const struct help_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (step->view.standing == HELP_UNKNOWN) {
        show_wrong(ex, step);
    } else {
        show_found(ex, step);
    }
}

static enum db_status withdraw(struct db_tx *tx, struct lane_work *work)
{
    struct help_step *step = (struct help_step *)(void *)work;
    return survey_help_withdraw(&step->found, tx, http_arena(work->exchange), step->survey, step->typed,
                                staff_caller(work->exchange), "web");
}

static void withdrawn(struct http_exchange *ex, void *item)
{
    const struct help_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!step->found) {
        show_wrong(ex, step);
    } else {
        json_t *context = titled(ex, step->survey);
        json_object_set_new(context, "said", staff_text(ex, step->survey->config.account, "help.done"));
        staff_render(ex, step->survey->config.account, 200, "staff_helped", context);
    }
}

/* The second step: the same request, now as intake. */
static void go_on(struct http_exchange *ex, struct survey *survey, const char *name,
                  enum db_status (*run)(struct db_tx *tx, struct lane_work *work),
                  void (*then)(struct http_exchange *ex, void *item))
{
    struct help_step *step = arena_alloc(http_arena(ex), sizeof *step);
    *step = (struct help_step){.work = {.name = name, .role = DB_ROLE_INTAKE, .run = run}, .survey = survey};
    http_form_value(&step->typed, ex, "code");
    lane_transact(survey->config.lanes, ex, &step->work, then);
}

static void go_read(struct http_exchange *ex, void *self)
{
    go_on(ex, self, "help-read", read_answers, answers_read);
}

static void go_withdraw(struct http_exchange *ex, void *self)
{
    go_on(ex, self, "help-withdraw", withdraw, withdrawn);
}

static enum db_status get_help(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    (void)tx;
    staff_render(ex, survey->config.account, 200, "staff_help", titled(ex, survey));
    return DB_OK;
}

/* The guard has let them in: that is all that happens as staff. */
static enum db_status admitted(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    (void)ex;
    (void)self;
    return DB_OK;
}

static enum db_status ask_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_question sure = {.title = "help.sure_title",
                                               .text = "help.sure_text",
                                               .button = "help.sure_button",
                                               .back_path = HELP_PATH};
    const struct survey *survey = self;
    (void)tx;
    staff_confirmed(ex, survey->config.account, &sure); /* false: it has asked, and that is the reply */
    return DB_OK;
}

#define HELP_POST(PATH)                                                                                      \
    .method = HTTP_POST, .path = PATH, .surface = HTTP_PAGE, .body = HTTP_BODY_FORM,                         \
    .body_max = SURVEY_SMALL_BODY, .csrf = HTTP_CSRF_REQUIRED, .rate = "code",                               \
    .scope = PERMISSION_RIGHTS_HELP

const struct route survey_help_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = HELP_PATH,
              .surface = HTTP_PAGE,
              .query = "taal",
              .scope = PERMISSION_RIGHTS_HELP},
     .on_job = get_help,
     .role = DB_ROLE_STAFF},
    {.http = {HELP_POST(HELP_PATH)}, .on_job = admitted, .after = go_read, .role = DB_ROLE_STAFF},
    {.http = {HELP_POST(HELP_WITHDRAW_PATH)},
     .on_job = ask_withdraw,
     .after = go_withdraw,
     .role = DB_ROLE_STAFF},
};
const size_t survey_help_route_count = sizeof survey_help_routes / sizeof survey_help_routes[0];

const struct staff_link survey_help_links[] = {
    {HELP_PATH, "help.link", PERMISSION_RIGHTS_HELP, STAFF_ADMINISTRATION, NULL}};
const size_t survey_help_link_count = sizeof survey_help_links / sizeof survey_help_links[0];
