/* /beheer/rondes: consultations and their rounds, and how one runs. Totals, days and pages are of no answer
 * and stand there always; what divides people (how they came, who they are) comes out of the counting engine,
 * in the analysts' view, for analysts alone and only as far as the round's embargo goes. The guard asks who
 * it is as staff; the figures are read in a second step, as results, which alone may. */
#include "features/account/account.h"
#include "features/results/results_internal.h"
#include "features/results/results_progress.h"
#include "features/results/results_staff_tables.h"
#include "features/results/results_words.h"

#include "base/clock.h"

#include <string.h>

#define ROUNDS_PATH "/beheer/rondes"

enum { DAY = 86400 };

struct round_step {
    struct lane_work work; /* first */
    struct results *results;
    const struct survey_round *round;
    const char *why_not; /* text that says why nothing divides people; NULL: it may be shown */
    json_t *context;     /* the exchange's arena frees it */
};

static int language_of(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0 ? 1 : 0;
}

static void set_text(json_t *object, const char *key, const struct http_exchange *ex,
                     const struct results *results, const char *path)
{
    json_object_set_new(object, key, staff_text(ex, results->config.account, path));
}

static void set_date(json_t *object, const char *key, struct http_exchange *ex, const struct results *results,
                     int64_t unix_s)
{
    struct slice text =
        locale_date(http_arena(ex), web_locales(results->config.web), http_language(ex), unix_s);
    json_object_set_new(object, key, json_stringn(text.ptr, text.len));
}

static const char *count_text(struct http_exchange *ex, int64_t count)
{
    return figures_number_text(http_arena(ex), (double)count, 0, language_of(ex)).ptr;
}

/* ---- what a round is ---- */

static const char *kind_text(const struct survey_round *round)
{
    const char *kind = survey_round_kind(round);
    return round->pilot                 ? "rounds.kind_pilot"
           : strcmp(kind, "puls") == 0  ? "rounds.kind_pulse"
           : strcmp(kind, "thema") == 0 ? "rounds.kind_themed"
                                        : "rounds.kind_full";
}

/* As of the rounds in memory, a second or two behind. */
static struct round_settings settings_of(const struct survey_round *round)
{
    static const char *const statuses[] = {"draft", "open", "closed"};
    static const char *const interims[] = {"gesloten", "analisten", "openbaar"};
    return (struct round_settings){slice_from_cstr(round->consultation),
                                   slice_from_cstr(statuses[round->status]),
                                   slice_from_cstr(interims[round->interim]),
                                   round->opens_at,
                                   round->closes_at,
                                   round->destruction_day};
}

static json_t *round_context(struct http_exchange *ex, struct results *results,
                             const struct survey_round *round, const struct round_settings *settings)
{
    const char *title = round->title[language_of(ex)];
    struct round_progress progress;
    json_t *item = json_pack("{s:s,s:s}", "code", round->code, "label", title ? title : round->code);
    set_text(item, "status", ex, results,
             round_status_text(settings->status, settings->opens_at, settings->closes_at,
                               results->config.now_s()));
    set_text(item, "interim", ex, results, round_interim_text(settings->interim));
    set_text(item, "kind", ex, results, kind_text(round));
    set_date(item, "opens", ex, results, settings->opens_at);
    set_date(item, "closes", ex, results,
             settings->closes_at - 1); /* the last day on which it takes answers */
    if (survey_round_paper_day(round) != 0) {
        set_date(item, "paper", ex, results, (int64_t)survey_round_paper_day(round) * DAY);
    }
    if (progress_of(&progress, http_arena(ex), results->progress, round->id)) {
        json_object_set_new(item, "responses",
                            json_string(count_text(ex, progress.sent - progress.withdrawn)));
    }
    return item;
}

/* ---- all of them ---- */

static const char *consultation_title(const struct http_exchange *ex, const struct survey_round *round)
{
    const char *title =
        json_string_value(json_object_get(json_object_get(round->document, "title"), http_language(ex)));
    return title ? title : round->consultation;
}

static bool stands_there(const json_t *list, const struct survey_round *round)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *code = json_object_get(json_array_get(list, i), "code");
        if (strcmp(json_string_value(code), round->consultation) == 0) {
            return true;
        }
    }
    return false;
}

/* Its calendar: all rounds by the time at which they open, and which one comes next. */
static json_t *consultation_context(struct http_exchange *ex, struct results *results,
                                    const struct survey_snapshot *snapshot, const struct survey_round *one)
{
    const int64_t now_s = results->config.now_s();
    size_t count;
    const struct survey_round **rounds =
        survey_rounds_by_time(&count, http_arena(ex), snapshot, one->consultation);
    const struct survey_round *next = survey_next_planned(snapshot, one->consultation, now_s);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct round_settings settings = settings_of(rounds[i]);
        json_array_append_new(list, round_context(ex, results, rounds[i], &settings));
    }
    json_t *item = json_pack("{s:s,s:s,s:o}", "code", one->consultation, "label", consultation_title(ex, one),
                             "rounds", list);
    if (next) {
        json_t *coming = json_object();
        set_date(coming, "opens", ex, results, next->opens_at);
        set_text(coming, "kind", ex, results, kind_text(next));
        json_object_set_new(item, "next", coming);
    }
    return item;
}

static enum db_status get_rounds(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct results *results = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    json_t *context = json_object();
    json_t *list = json_array();
    (void)tx;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (!stands_there(list, round) &&
            account_may(staff_caller(ex), PERMISSION_ROUND_VIEW, round->consultation)) {
            json_array_append_new(list, consultation_context(ex, results, snapshot, round));
        }
    }
    set_text(context, "title", ex, results, "rounds.title");
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    json_object_set_new(context, "consultations", list);
    staff_render(ex, results->config.account, 200, "staff_rounds", context);
    return DB_OK;
}

/* ---- one of them: days and pages ---- */

static void put_days(json_t *context, struct http_exchange *ex, const struct results *results,
                     const struct round_progress *progress)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < progress->day_count; i++) {
        const struct round_day *day = &progress->days[i];
        json_t *row = json_pack("{s:s,s:s}", "sent", count_text(ex, day->sent), "withdrawn",
                                count_text(ex, day->withdrawn));
        set_date(row, "day", ex, results, (int64_t)day->day * DAY);
        json_array_append_new(rows, row);
    }
    json_object_set_new(context, "has_days", json_boolean(progress->day_count > 0));
    json_object_set_new(context, "days", rows);
}

/* Who began is who sent or is still on the way: a draft that was sent or erased is no longer there. */
static void put_pages(json_t *context, struct http_exchange *ex, const struct round_progress *progress)
{
    json_t *rows = json_array();
    const int64_t stand = progress->sent - progress->withdrawn;
    const int64_t began = stand + progress->drafts;
    for (size_t i = 0; i < progress->page_count; i++) {
        const struct round_page *page = &progress->pages[i];
        json_array_append_new(rows, json_pack("{s:i,s:b,s:s,s:s}", "page", (int)page->page, "begun",
                                              page->page == 0, "drafts", count_text(ex, page->drafts), "idle",
                                              count_text(ex, page->idle)));
    }
    json_object_set_new(context, "has_pages", json_boolean(progress->drafts > 0));
    json_object_set_new(context, "pages", rows);
    if (began > 0) {
        const double share = 100.0 * (double)stand / (double)began;
        json_object_set_new(context, "completion",
                            json_pack("{s:s,s:s,s:s}", "began", count_text(ex, began), "sent",
                                      count_text(ex, stand), "share",
                                      figures_number_text(http_arena(ex), share, 0, language_of(ex)).ptr));
    }
}

/* ---- one of them: how people came and who they are ---- */

static bool shows_somebody(const struct figures *figures)
{
    const struct figures_line *line = &figures->lines[figures->line_count - 1];
    for (size_t i = 0; i < figures->answer_count; i++) {
        if (line->cells[i].count.mark == FIGURE_SHOWN && line->cells[i].count.value > 0) {
            return true;
        }
    }
    return line->base.mark == FIGURE_SHOWN && line->base.value > 0;
}

/* *shown turns true where it shows how many people there are of something. */
static void put_variable(bool *shown, json_t *tables, const struct panel_maker *maker,
                         struct round_step *step, size_t variable)
{
    size_t count;
    struct figures *figures = arena_alloc(maker->arena, sizeof *figures);
    const struct variable *v = &questionnaire_variables(&count, step->round->questionnaire)[variable];
    const struct figures_query query = {.view = FIGURES_ANALYST,
                                        .round = step->round,
                                        .variable = variable,
                                        .base = FIGURES_BASE_ANSWERED,
                                        .shares = true};
    if (figures_of_analyst(figures, maker->arena, step->results, &query) != FIGURES_OK ||
        figures->answer_count == 0) {
        return;
    }
    *shown = *shown || shows_somebody(figures);
    json_array_append_new(tables, json_pack("{s:s,s:o}", "heading", v->label[maker->language], "table",
                                            staff_answers_table(maker, figures, v->label[maker->language])));
}

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static json_t *tables_of(bool *shown, struct round_step *step)
{
    static const char *const own[] = {"werving", "kanaal", "duur"};
    struct http_exchange *ex = step->work.exchange;
    const struct questionnaire *q = step->round->questionnaire;
    const struct panel_maker maker = {.arena = arena_create(FIGURES_BYTES_MAX),
                                      .locales = web_locales(step->results->config.web),
                                      .language = language_of(ex)};
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    json_t *tables = json_array();
    arena_defer(http_arena(ex), release_arena, maker.arena);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        const int found = questionnaire_find_variable(q, slice_from_cstr(own[i]));
        if (found >= 0) {
            put_variable(shown, tables, &maker, step, (size_t)found);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (variables[i].background && variables[i].kind == VARIABLE_CATEGORY &&
            questionnaire_asks(q, i, step->round->variants, (size_t)step->round->variant_count)) {
            put_variable(shown, tables, &maker, step, i);
        }
    }
    return tables;
}

/* ---- one of them: the page ---- */

static void release_json(void *json)
{
    json_decref(json);
}

/* What may be changed, and as it is shown here: the form says so when it is posted. Once over it may be
 * closed alone. */
static void put_form(json_t *context, struct http_exchange *ex, const struct survey_round *round,
                     const struct round_settings *settings, int64_t now_s)
{
    if (slice_equal_cstr(settings->status, "open") &&
        account_may(staff_caller(ex), PERMISSION_ROUND_MANAGE, round->consultation)) {
        json_t *form = round_change_form(http_arena(ex), slice_from_cstr(round->code), settings, NULL);
        json_object_set_new(form, "changes", json_boolean(round_may_change(settings, now_s)));
        json_object_set_new(context, "form", form);
    }
}

static enum db_status read_round(struct db_tx *tx, struct lane_work *work)
{
    struct round_step *step = (struct round_step *)(void *)work;
    struct http_exchange *ex = work->exchange;
    struct results *results = step->results;
    struct round_progress progress;
    struct round_settings settings;
    bool found;
    enum db_status status =
        round_settings_read(&found, &settings, tx, slice_from_cstr(step->round->code), false);
    if (status != DB_OK) {
        return status;
    }
    settings = found ? settings : settings_of(step->round);
    step->context = json_object(); /* anew at each try */
    arena_defer(http_arena(ex), release_json, step->context);
    json_object_set_new(step->context, "round", round_context(ex, results, step->round, &settings));
    put_form(step->context, ex, step->round, &settings, results->config.now_s());
    json_object_set_new(step->context, "title",
                        json_string(step->round->title[language_of(ex)] ? step->round->title[language_of(ex)]
                                                                        : step->round->code));
    const bool counted = progress_of(&progress, http_arena(ex), results->progress, step->round->id);
    json_object_set_new(step->context, "counted", json_boolean(counted));
    put_days(step->context, ex, results, &progress);
    put_pages(step->context, ex, &progress);
    if (step->why_not) {
        set_text(step->context, "why_not", ex, results, step->why_not);
    } else {
        bool shown = false;
        json_t *tables = tables_of(&shown, step);
        json_object_set_new(step->context, "too_few", json_boolean(!shown));
        json_object_set_new(step->context, "tables", shown ? tables : json_array());
        if (!shown) {
            json_decref(tables);
        }
        json_object_set_new(step->context, "threshold",
                            json_string(count_text(ex, (int64_t)results->config.threshold)));
    }
    return DB_OK;
}

static void round_read(struct http_exchange *ex, void *item)
{
    const struct round_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
        return;
    }
    json_object_set_new(step->context, "with_charts", json_true());
    staff_render(ex, step->results->config.account, 200, "staff_round", json_incref(step->context));
}

/* The figures here are true and move with each response: who reads them twice sees who came in between. They
 * are for analysts, whatever is public by now, which is perturbed. */
static const char *why_not(const struct http_exchange *ex, const struct results *results,
                           const struct survey_round *round)
{
    const int64_t now_s = results->config.now_s();
    if (round->status == ROUND_DRAFT) {
        return "rounds.not_begun";
    }
    if (clock_day(now_s) >= round->destruction_day) {
        return "rounds.destroyed";
    }
    if (round->pilot) {
        return "rounds.pilot_not_counted";
    }
    if (!account_may(staff_caller(ex), PERMISSION_TABLE_VIEW, round->consultation)) {
        return "rounds.for_analysts";
    }
    return results_may_tell(round, FIGURES_ANALYST, now_s) ? NULL : "rounds.embargo_closed";
}

/* The round of the address; NULL: there is none. The same one until the exchange is done. */
static const struct survey_round *round_asked(struct http_exchange *ex, const struct results *results)
{
    return survey_round_find(survey_snapshot_for(results->config.survey, ex), http_path_param(ex, "ronde"));
}

/* Recorded before it is read. */
static enum db_status get_round(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct results *results = self;
    const struct survey_round *round = round_asked(ex, results);
    if (!round) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_VIEW, round->consultation)) {
        return staff_refuse(tx, ex, slice_from_cstr(round->consultation));
    }
    return why_not(ex, results, round)
               ? DB_OK
               : staff_audit(tx, ex, "table.view",
                             arena_printf(db_arena(tx), "table:%s:respons", round->code).ptr, "ok", NULL);
}

/* Who came here may see it. */
static void go_round(struct http_exchange *ex, void *self)
{
    struct results *results = self;
    struct round_step *step = arena_alloc(http_arena(ex), sizeof *step);
    *step =
        (struct round_step){.work = {.name = "round-progress", .role = DB_ROLE_RESULTS, .run = read_round},
                            .results = results,
                            .round = round_asked(ex, results)};
    step->why_not = why_not(ex, results, step->round);
    lane_transact(results->config.lanes, ex, &step->work, round_read);
}

#define ROUNDS_GET(PATH)                                                                                     \
    .method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = "taal", .scope = PERMISSION_ROUND_VIEW

static const struct route routes[] = {
    {.http = {ROUNDS_GET(ROUNDS_PATH)}, .on_job = get_rounds, .role = DB_ROLE_STAFF},
    {.http = {ROUNDS_GET(ROUNDS_PATH "/{ronde}")},
     .on_job = get_round,
     .after = go_round,
     .role = DB_ROLE_STAFF},
};

static const struct staff_link links[] = {
    {ROUNDS_PATH, "rounds.link", PERMISSION_ROUND_VIEW, STAFF_RESEARCH, NULL}};

void results_staff_start(struct results *results)
{
    lanes_add(results->config.lanes, routes, sizeof routes / sizeof routes[0], results);
    staff_add_links(results->config.account, links, sizeof links / sizeof links[0]);
}
