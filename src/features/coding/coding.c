#include "features/coding/coding_internal.h"

#include "base/utf8.h"
#include "features/coding/coding_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct staff_link links[] = {
    {CODING_PATH, "coding.link", PERMISSION_CODING_BOOK, STAFF_RESEARCH, PERMISSION_CODING_DO}};

/* What an account was given to code and did not finish. */
static enum db_status tasks_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct coding *c = self;
    int64_t count = 0;
    enum db_status status = DB_OK;
    if (account_may(staff_caller(ex), PERMISSION_CODING_DO, SOME_CONSULTATION)) {
        status = coding_tasks_waiting(&count, tx, staff_caller(ex)->account_id);
    }
    if (status == DB_OK && count > 0) {
        staff_waits(lines, ex, c->config.account, "home.coding", count, CODING_PATH);
    }
    return status;
}

struct coding *coding_create(const struct coding_config *config)
{
    struct coding *coding = calloc(1, sizeof *coding);
    if (coding) {
        coding->config = *config;
        pthread_mutex_init(&coding->lock, NULL);
    }
    return coding;
}

void coding_start(struct coding *c)
{
    lanes_add(c->config.lanes, coding_book_routes, coding_book_route_count, c);
    lanes_add(c->config.lanes, coding_plan_routes, coding_plan_route_count, c);
    lanes_add(c->config.lanes, coding_work_routes, coding_work_route_count, c);
    lanes_add(c->config.lanes, coding_decide_routes, coding_decide_route_count, c);
    lanes_add(c->config.lanes, coding_measure_routes, coding_measure_route_count, c);
    lanes_add(c->config.lanes, coding_find_routes, coding_find_route_count, c);
    lanes_add(c->config.lanes, coding_estimate_routes, coding_estimate_route_count, c);
    lanes_add(c->config.lanes, coding_voices_routes, coding_voices_route_count, c);
    lanes_add(c->config.lanes, coding_campaign_routes, coding_campaign_route_count, c);
    lanes_add(c->config.lanes, coding_lost_routes, coding_lost_route_count, c);
    lanes_add(c->config.lanes, coding_file_routes, coding_file_route_count, c);
    lanes_add(c->config.lanes, coding_api_routes, coding_api_route_count, c);
    lanes_add(c->config.lanes, coding_api_find_routes, coding_api_find_route_count, c);
    staff_add_waiting(c->config.account, tasks_wait, c);
    staff_add_links(c->config.account, links, sizeof links / sizeof links[0]);
}

void coding_destroy(struct coding *coding)
{
    if (coding) {
        pthread_mutex_destroy(&coding->lock);
        free(coding);
    }
}

/* ---- what pages share ---- */

static const struct survey_round *allowed(struct http_exchange *ex, const struct survey_round *round,
                                          const char *permission)
{
    if (!round) {
        http_error(ex, 404);
        return NULL;
    }
    if (!account_may(staff_caller(ex), permission, round->consultation)) {
        http_error(ex, 403);
        return NULL;
    }
    survey_mark(ex, round);
    return round;
}

const struct survey_round *coding_round(struct coding *c, struct http_exchange *ex, const char *permission)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(c->config.survey, ex);
    return allowed(ex, snapshot ? survey_round_find(snapshot, http_path_param(ex, "ronde")) : NULL,
                   permission);
}

const struct survey_round *coding_round_by_id(struct coding *c, struct http_exchange *ex, int32_t id,
                                              const char *permission)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(c->config.survey, ex);
    return allowed(ex, snapshot ? survey_round_by_id(snapshot, id) : NULL, permission);
}

/* On the API the address is right, and what is not there yet is said. */
static void answer_no_book(struct http_exchange *ex, bool api)
{
    if (api) {
        http_problem(
            ex, 404, "niet-gecodeerd", "In deze ronde is nog niets gecodeerd",
            "Voor deze ronde is nog geen codeboek gekozen. Er zijn dus nog geen passages, coderingen en "
            "overeenstemming.",
            NULL);
    } else {
        http_error(ex, 404);
    }
}

/* round NULL: answered. */
static bool open_view(struct coding_view *out, enum db_status *status, struct db_tx *tx,
                      struct http_exchange *ex, const struct survey_round *round, bool api)
{
    struct codebook_version version;
    *out = (struct coding_view){.round = round};
    *status = DB_OK;
    if (!round) {
        return false;
    }
    *status = coding_plan_read(&out->plan, tx, out->round->id);
    if (*status == DB_OK && out->plan.found) {
        *status = codebook_get(&out->book, &version, tx, http_arena(ex), out->plan.book_version);
    }
    if (*status == DB_OK && !out->book) {
        answer_no_book(ex, api);
    }
    return *status == DB_OK && out->book;
}

bool coding_view_open(struct coding_view *out, enum db_status *status, struct coding *c, struct db_tx *tx,
                      struct http_exchange *ex, const char *permission)
{
    return open_view(out, status, tx, ex, coding_round(c, ex, permission), false);
}

bool coding_api_open(struct coding_view *out, enum db_status *status, struct coding *c, struct db_tx *tx,
                     struct http_exchange *ex, const char *permission)
{
    return open_view(out, status, tx, ex, survey_key_round(c->config.survey, ex, permission), true);
}

json_t *coding_titled(const struct http_exchange *ex, const struct coding *c, const char *title)
{
    return staff_titled(ex, c->config.account, title);
}

void coding_put_text(json_t *context, const char *key, const struct http_exchange *ex, const struct coding *c,
                     const char *path)
{
    json_object_set_new(context, key, staff_text(ex, c->config.account, path));
}

const char *coding_path(struct http_exchange *ex, const struct survey_round *round, const char *more)
{
    return arena_printf(http_arena(ex), CODING_PATH "/%s%s", round->code, more).ptr;
}

int coding_language(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0;
}

const char *coding_decimal(struct http_exchange *ex, double x, int decimals)
{
    if (isnan(x)) {
        return "–";
    }
    char *text = arena_cstr(http_arena(ex), arena_printf(http_arena(ex), "%.*f", decimals, x));
    char *point = strchr(text, '.');
    if (point && coding_language(ex) == 0) {
        *point = ',';
    }
    return text;
}

const char *coding_percent(struct http_exchange *ex, double share)
{
    return isnan(share) ? "–" : arena_printf(http_arena(ex), "%.0f%%", 100 * share).ptr;
}

enum db_status coding_audit(struct db_tx *tx, const struct http_exchange *ex, const char *action,
                            const struct survey_round *round, const char *details)
{
    return staff_audit(tx, ex, action, arena_printf(db_arena(tx), "round:%s", round->code).ptr, "ok",
                       details);
}

json_t *coding_mark_shown(const json_t *mark, const struct codebook *book, struct slice body)
{
    size_t k;
    const json_t *code;
    json_t *out = json_copy((json_t *)(uintptr_t)mark), *titles = json_array();
    const size_t from = utf8_offset(body, (size_t)json_integer_value(json_object_get(mark, "van")));
    const size_t to = utf8_offset(body, (size_t)json_integer_value(json_object_get(mark, "tot")));
    json_array_foreach(json_object_get(mark, "codes"), k, code)
    {
        const int at = codebook_find(book, CODEBOOK_TREE, slice_from_cstr(json_string_value(code)));
        if (at >= 0) {
            const struct slice title = book->axes[CODEBOOK_TREE].items[at].title;
            json_array_append_new(titles, json_stringn(title.ptr, title.len));
        }
    }
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        const int at = codebook_find(
            book, axis, slice_from_cstr(json_string_value(json_object_get(mark, coding_axis_names[axis]))));
        if (at >= 0) {
            const struct slice title = book->axes[axis].items[at].title;
            json_array_append_new(titles, json_stringn(title.ptr, title.len));
        }
    }
    json_object_set_new(out, "titles", titles);
    json_object_set_new(out, "text", json_stringn(body.ptr + from, to - from));
    return out;
}

static bool measured_before(struct coding_measured *out, struct coding *c, int32_t round, int64_t mark)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < CODING_MEASURED_MAX && !found; i++) {
        found = c->measured[i].round == round && c->measured[i].mark == mark;
        if (found) {
            *out = c->measured[i];
        }
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static void keep_measured(struct coding *c, const struct coding_measured *measured)
{
    pthread_mutex_lock(&c->lock);
    c->measured[c->turn++ % CODING_MEASURED_MAX] = *measured;
    pthread_mutex_unlock(&c->lock);
}

enum db_status coding_below_bar(unsigned *below, struct coding *c, struct db_tx *tx, int32_t round,
                                double bar)
{
    struct coding_measured measured;
    struct coding_measure measure;
    int64_t mark;
    *below = 0;
    enum db_status status = coding_measure_mark(&mark, tx, round);
    if (status == DB_OK && !measured_before(&measured, c, round, mark)) {
        status = coding_measure_round(&measure, tx, round, bar, 0);
        if (status != DB_OK) {
            return status;
        }
        measured = (struct coding_measured){.round = round, .mark = mark};
        for (size_t i = 0; i < CODING_VALUES; i++) {
            measured.alphas[i] = measure.any ? measure.agreement.values[i].alpha.value : (double)NAN;
        }
        keep_measured(c, &measured);
    }
    for (size_t i = 0; status == DB_OK && i < CODING_VALUES; i++) {
        *below |= measured.alphas[i] < bar ? 1U << i : 0;
    }
    return status;
}

static bool agreed_before(struct coding_measure *out, struct coding *c, int32_t round, int64_t mark,
                          double bar)
{
    bool found = false;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < CODING_AGREED_MAX && !found; i++) {
        const struct coding_agreed *agreed = &c->agreed[i];
        found = agreed->round == round && agreed->mark == mark && !(agreed->bar < bar || agreed->bar > bar);
        if (found) {
            *out = agreed->measure;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

enum db_status coding_agreement_round(struct coding_measure *out, struct coding *c, struct db_tx *tx,
                                      int32_t round, double bar)
{
    enum { REPLICATES = 1000 };
    int64_t mark;
    enum db_status status = coding_measure_mark(&mark, tx, round);
    if (status != DB_OK || agreed_before(out, c, round, mark, bar)) {
        return status;
    }
    status = coding_measure_round(out, tx, round, bar, REPLICATES);
    if (status == DB_OK) {
        pthread_mutex_lock(&c->lock);
        c->agreed[c->agreed_turn++ % CODING_AGREED_MAX] = (struct coding_agreed){round, mark, bar, *out};
        pthread_mutex_unlock(&c->lock);
    }
    return status;
}

static bool number_of(int64_t *out, struct slice text, int64_t max)
{
    uint64_t number;
    if (!slice_to_u64(&number, slice_trim(text), (uint64_t)max)) {
        return false;
    }
    *out = (int64_t)number;
    return true;
}

bool coding_form_number(int64_t *out, const struct http_exchange *ex, const char *name, int64_t max)
{
    struct slice text;
    return http_form_value(&text, ex, name) && number_of(out, text, max);
}

bool coding_path_number(int64_t *out, const struct http_exchange *ex, const char *name)
{
    return number_of(out, http_path_param(ex, name), INT64_MAX);
}
