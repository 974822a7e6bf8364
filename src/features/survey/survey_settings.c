/* Closing a round and changing its closing date or tussenstand, on a page. Two people may have the same page
 * open: the form says what it showed, and nothing is changed when that is no longer so. */
#include "features/survey/survey_settings.h"

#include "features/account/account.h"
#include "features/survey/survey_internal.h"

#include "base/clock.h"

#include <stdio.h>

#define ROUNDS_PATH "/beheer/rondes"

enum statement { SETTINGS_READ, SETTINGS_LOCK, STATEMENT_COUNT };

const struct db_statement survey_settings_statements[STATEMENT_COUNT + 1] = {
    [SETTINGS_READ] = {"settings_read",
                       "SELECT consultation, status, interim, opens_at, closes_at, destruction_date"
                       " FROM zs.round WHERE code = $1::text"},
    [SETTINGS_LOCK] = {"settings_lock",
                       "SELECT consultation, status, interim, opens_at, closes_at, destruction_date"
                       " FROM zs.round WHERE code = $1::text FOR UPDATE"},
};

enum db_status round_settings_read(bool *found, struct round_settings *out, struct db_tx *tx,
                                   struct slice code, bool lock)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_text(&p, code);
    enum db_status status =
        db_run(&row, tx, &survey_settings_statements[lock ? SETTINGS_LOCK : SETTINGS_READ], &p);
    *found = status == DB_OK && db_rows(row) == 1;
    if (*found) {
        *out = (struct round_settings){db_get_text(row, 0, 0),      db_get_text(row, 0, 1),
                                       db_get_text(row, 0, 2),      db_get_timestamp(row, 0, 3),
                                       db_get_timestamp(row, 0, 4), db_get_day(row, 0, 5)};
    }
    return status;
}

/* How many may see results meanwhile: nobody, analysts, all; -1: it is no such word. */
static int reach_of(struct slice interim)
{
    return slice_equal_cstr(interim, "openbaar")    ? 2
           : slice_equal_cstr(interim, "analisten") ? 1
           : slice_equal_cstr(interim, "gesloten")  ? 0
                                                    : -1;
}

const char *round_status_text(struct slice status, int64_t opens_at, int64_t closes_at, int64_t now_s)
{
    return slice_equal_cstr(status, "draft")    ? "rounds.status_draft"
           : slice_equal_cstr(status, "closed") ? "rounds.status_closed"
           : now_s < opens_at                   ? "rounds.status_waits"
           : now_s < closes_at                  ? "rounds.status_open"
                                                : "rounds.status_over";
}

const char *round_interim_text(struct slice interim)
{
    return slice_equal_cstr(interim, "openbaar")    ? "rounds.interim_public"
           : slice_equal_cstr(interim, "analisten") ? "rounds.interim_analysts"
                                                    : "rounds.interim_closed";
}

bool round_may_change(const struct round_settings *settings, int64_t now_s)
{
    return slice_equal_cstr(settings->status, "open") && now_s < settings->closes_at;
}

static struct slice round_last_day(struct arena *arena, const struct round_settings *settings)
{
    const struct clock_civil last = clock_civil_nl(settings->closes_at - 1);
    return arena_printf(arena, "%04d-%02d-%02d", last.year, last.month, last.day);
}

json_t *round_change_form(struct arena *arena, struct slice code, const struct round_settings *shown,
                          const struct round_wish *wish)
{
    const struct slice last_day = wish ? wish->last_day : round_last_day(arena, shown);
    const struct slice interim = wish && reach_of(wish->interim) >= 0 ? wish->interim : shown->interim;
    return json_pack("{s:s%,s:s%,s:s%,s:I,s:s%,s:b,s:b,s:b}", "code", code.ptr, code.len, "shown_status",
                     shown->status.ptr, shown->status.len, "shown_interim", shown->interim.ptr,
                     shown->interim.len, "shown_closes", (json_int_t)shown->closes_at, "last_day",
                     last_day.ptr, last_day.len, "for_nobody", reach_of(interim) == 0, "for_analysts",
                     reach_of(interim) == 1, "for_all", reach_of(interim) == 2);
}

/* ---- what the form showed ---- */

struct change {
    struct survey *survey;
    struct http_exchange *ex;
    struct slice code;
    struct round_settings now;    /* locked */
    struct slice status, interim; /* as the form showed them */
    int64_t closes_at;
    bool amends;            /* the form that changes, not the one that closes */
    struct round_wish wish; /* of the former */
};

static json_t *text(const struct change *change, const char *path)
{
    return staff_text(change->ex, change->survey->config.account, path);
}

static json_t *date(const struct change *change, int64_t closes_at)
{
    struct slice day = locale_date(http_arena(change->ex), web_locales(change->survey->config.web),
                                   http_language(change->ex), closes_at - 1);
    return json_stringn(day.ptr, day.len);
}

static json_t *page_of(const struct change *change, const char *title)
{
    return json_pack("{s:o,s:s%}", "title", text(change, title), "code", change->code.ptr, change->code.len);
}

static void show(const struct change *change, int status, json_t *context_take)
{
    staff_render(change->ex, change->survey->config.account, status, "staff_round_changed", context_take);
}

/* With what was typed, to be tried again: against the round as it is now. A field that was left as it was
 * shown follows the round: sent again it would undo what somebody else decided. */
static void put_form(json_t *context, const struct change *change)
{
    int32_t day;
    struct round_wish wish = change->wish;
    if (slice_equal(wish.interim, change->interim)) {
        wish.interim = change->now.interim;
    }
    if (clock_parse_day(&day, wish.last_day) && day == clock_day_nl(change->closes_at - 1)) {
        wish.last_day = round_last_day(http_arena(change->ex), &change->now);
    }
    if (change->amends && round_may_change(&change->now, change->survey->config.now_s())) {
        json_object_set_new(context, "form",
                            round_change_form(http_arena(change->ex), change->code, &change->now, &wish));
    }
}

static void add_difference(json_t *list, const struct change *change, const char *label, json_t *was_take,
                           json_t *is_take)
{
    json_array_append_new(
        list, json_pack("{s:o,s:o,s:o}", "label", text(change, label), "was", was_take, "is", is_take));
}

/* What somebody else changed since the form was shown. False: nothing. */
static bool show_conflict(const struct change *change)
{
    const struct round_settings *now = &change->now;
    const int64_t now_s = change->survey->config.now_s();
    json_t *list = json_array();
    if (!slice_equal(change->status, now->status)) {
        add_difference(
            list, change, "rounds.status",
            text(change, round_status_text(change->status, now->opens_at, change->closes_at, now_s)),
            text(change, round_status_text(now->status, now->opens_at, now->closes_at, now_s)));
    }
    if (change->closes_at != now->closes_at) {
        add_difference(list, change, "rounds.closes", date(change, change->closes_at),
                       date(change, now->closes_at));
    }
    if (!slice_equal(change->interim, now->interim)) {
        add_difference(list, change, "rounds.interim", text(change, round_interim_text(change->interim)),
                       text(change, round_interim_text(now->interim)));
    }
    if (json_array_size(list) == 0) {
        json_decref(list);
        return false;
    }
    json_t *context = page_of(change, "rounds.conflict_title");
    json_object_set_new(context, "said", text(change, "rounds.conflict_text"));
    json_object_set_new(context, "conflict", json_pack("{s:o}", "differences", list));
    put_form(context, change);
    show(change, 409, context);
    return true;
}

/* The round, locked, when the caller may change it and it is as the form showed it. False: answered, or the
 * status says so. */
static bool begin(struct change *change, enum db_status *status, struct db_tx *tx, struct http_exchange *ex,
                  struct survey *survey)
{
    struct slice closes = {NULL, 0};
    uint64_t closes_at = 0;
    bool found;
    *change = (struct change){.survey = survey, .ex = ex, .code = http_path_param(ex, "ronde")};
    *status = round_settings_read(&found, &change->now, tx, change->code, true);
    if (*status != DB_OK) {
        return false;
    }
    if (!found) {
        http_error(ex, 404);
        return false;
    }
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_MANAGE,
                     arena_cstr(db_arena(tx), change->now.consultation))) {
        *status = staff_refuse(tx, ex, change->now.consultation);
        return false;
    }
    http_form_value(&change->status, ex, "getoond-stand");
    http_form_value(&change->interim, ex, "getoond-tussenstand");
    http_form_value(&closes, ex, "getoond-sluiting");
    slice_to_u64(&closes_at, closes, INT64_MAX);
    change->closes_at = (int64_t)closes_at;
    change->amends = http_form_value(&change->wish.last_day, ex, "laatste-dag");
    http_form_value(&change->wish.interim, ex, "tussenstand");
    return !show_conflict(change);
}

/* Back to the page of the round, or that it stays as it is. */
static void answer(const struct change *change, enum round_change outcome)
{
    if (outcome == ROUND_CHANGED) {
        http_redirect(change->ex,
                      arena_printf(http_arena(change->ex), ROUNDS_PATH "/%.*s", SLICE_ARG(change->code)).ptr);
        return;
    }
    json_t *context = page_of(change, "rounds.refused_title");
    json_object_set_new(context, "said", text(change, "rounds.not_possible"));
    show(change, 400, context);
}

static enum db_status post_close(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_question sure = {.title = "rounds.close_title",
                                               .text = "rounds.close_text",
                                               .button = "rounds.close_button",
                                               .back_path = ROUNDS_PATH};
    struct change change;
    enum round_change outcome = ROUND_NOT_POSSIBLE;
    enum db_status status;
    struct survey *survey = self;
    if (!begin(&change, &status, tx, ex, survey) || !staff_confirmed(ex, survey->config.account, &sure)) {
        return status;
    }
    status = round_close(&outcome, tx, change.code, survey->config.now_s(),
                         &(struct round_act){staff_caller(ex)->label, "web"});
    answer(&change, outcome);
    return status;
}

/* What is wrong with the last day; NULL: nothing. */
static const char *read_last_day(struct round_amendment *out, const struct change *change)
{
    const struct round_settings *now = &change->now;
    int32_t last_day;
    if (!clock_parse_day(&last_day, change->wish.last_day)) {
        return "rounds.bad_day";
    }
    if (last_day == clock_day_nl(now->closes_at - 1)) {
        return NULL; /* the same, at whichever hour it ends */
    }
    out->closes_at = clock_midnight_nl(last_day + 1);
    return out->closes_at <= change->survey->config.now_s() || out->closes_at <= now->opens_at
               ? "rounds.day_past"
           : clock_day(out->closes_at) >= now->destruction_day ? "rounds.day_destroyed"
                                                               : NULL;
}

/* What is asked for; false, answered with the form as it was filled in: it cannot be. */
static bool read_wish(struct round_amendment *out, const struct change *change)
{
    const struct account *account = change->survey->config.account;
    const char *fault = read_last_day(out, change);
    json_t *context = page_of(change, "rounds.refused_title");
    if (fault) {
        staff_fault(context, change->ex, account, "laatste-dag", fault);
    }
    if (reach_of(change->wish.interim) < 0) {
        staff_fault(context, change->ex, account, "tussenstand", "rounds.bad_interim");
    } else if (!slice_equal(change->wish.interim, change->now.interim)) {
        out->interim = change->wish.interim;
    } else if (!fault && out->closes_at == 0) {
        staff_fault(context, change->ex, account, "laatste-dag", "rounds.no_change");
    }
    if (!json_object_get(context, "error_summary")) {
        json_decref(context);
        return true;
    }
    put_form(context, change);
    show(change, 400, context);
    return false;
}

static enum db_status post_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_question sure = {.title = "rounds.widen_title",
                                               .text = "rounds.widen_text",
                                               .button = "rounds.widen_button",
                                               .back_path = ROUNDS_PATH};
    struct change change;
    struct round_amendment amendment = {.closes_at = 0};
    enum round_change outcome = ROUND_NOT_POSSIBLE;
    enum db_status status;
    struct survey *survey = self;
    if (!begin(&change, &status, tx, ex, survey)) {
        return status;
    }
    if (!round_may_change(&change.now, survey->config.now_s())) {
        answer(&change, outcome);
        return DB_OK;
    }
    /* What was seen once is not taken back. */
    if (!read_wish(&amendment, &change) || (reach_of(amendment.interim) > reach_of(change.now.interim) &&
                                            !staff_confirmed(ex, survey->config.account, &sure))) {
        return DB_OK;
    }
    status = round_amend(&outcome, tx, change.code, &amendment, survey->config.now_s(),
                         &(struct round_act){staff_caller(ex)->label, "web"});
    if (status == DB_OK) {
        answer(&change, outcome);
    }
    return status;
}

#define SETTINGS_POST(PATH)                                                                                  \
    .method = HTTP_POST, .path = ROUNDS_PATH "/{ronde}/" PATH, .surface = HTTP_PAGE, .body = HTTP_BODY_FORM, \
    .body_max = SURVEY_SMALL_BODY, .csrf = HTTP_CSRF_REQUIRED, .scope = PERMISSION_ROUND_MANAGE

const struct route survey_settings_routes[] = {
    {.http = {SETTINGS_POST("sluiting")}, .on_job = post_close, .role = DB_ROLE_STAFF},
    {.http = {SETTINGS_POST("wijziging")}, .on_job = post_change, .role = DB_ROLE_STAFF},
};
const size_t survey_settings_route_count = sizeof survey_settings_routes / sizeof survey_settings_routes[0];
