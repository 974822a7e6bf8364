/* /beheer/voorstellen: what was proposed, and proposing to publish a consultation, with the faults that
 * `consultation check` finds. */
#include "features/survey/survey_proposal_page.h"

#include <string.h>

/* ECHO_BYTES_MAX: of a package that is shown again with its faults; as HTML it grows sixfold at most. */
enum {
    ECHO_BYTES_MAX = 256 * 1024,
    PROPOSALS_ON_A_PAGE = 50,
    STANDING_MAX = 1000,
    /* A package in a form: what is not a letter or digit takes three bytes, which is not the half of it. */
    PROPOSAL_BODY = 2 * CONSULTATION_PACKAGE_MAX
};

struct propose {
    struct lane_work work; /* first */
    struct lane_slow slow;
    struct survey *survey;
    struct arena *arena;
    struct slice package, opens;
    struct consultation_bundle bundle;
    struct json_errors errors;
    bool good;
};

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

struct arena *proposal_arena(struct http_exchange *ex)
{
    struct arena *arena = arena_create(PROPOSAL_CHECK_BYTES);
    arena_defer(http_arena(ex), release_arena, arena);
    return arena;
}

bool proposal_check(struct consultation_bundle *bundle, const char **path, struct json_errors *errors,
                    struct arena *arena, const struct survey *survey, struct slice package)
{
    const struct locales *locales = web_locales(survey->config.web);
    *path = NULL;
    json_errors_init(errors, arena);
    json_errors_make_room(errors, PROPOSAL_FAULTS_MAX);
    bool good = consultation_bundle_unpack(bundle, path, errors, arena, package, locales);
    if (*path && survey->config.check_bundle) {
        good = survey->config.check_bundle(errors, bundle, *path, locales) && good;
    }
    if (bundle->invented && !survey->config.invented_data) {
        json_errors_add(errors, "/invented", "verzonnen",
                        "Deze installatie neemt geen verzonnen gegevens: [service] invented_data is 0.");
        good = false;
    }
    return good;
}

json_t *proposal_faults(const struct json_errors *errors)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        json_array_append_new(list, json_pack("{s:s,s:s}", "pointer", errors->items[i].pointer, "detail",
                                              errors->items[i].detail));
    }
    return list;
}

struct proposal_act proposal_act_of(const struct http_exchange *ex, const struct survey *survey)
{
    const struct account_caller *caller = staff_caller(ex);
    return (struct proposal_act){caller->account_id, {caller->label, "web"}, survey->config.now_s()};
}

enum db_status proposal_admit(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    (void)ex;
    (void)self;
    return DB_OK;
}

static const char *state_text(const struct proposal *proposal)
{
    return proposal->stale                                  ? "proposals.state_stale"
           : slice_equal_cstr(proposal->state, "proposed")  ? "proposals.state_proposed"
           : slice_equal_cstr(proposal->state, "approved")  ? "proposals.state_approved"
           : slice_equal_cstr(proposal->state, "refused")   ? "proposals.state_refused"
           : slice_equal_cstr(proposal->state, "withdrawn") ? "proposals.state_withdrawn"
                                                            : "proposals.state_superseded";
}

json_t *proposal_context(struct http_exchange *ex, const struct survey *survey,
                         const struct proposal *proposal)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, proposal->sha256, CRYPTO_SHA256_BYTES);
    json_t *item = json_pack("{s:i,s:s%,s:s%,s:s,s:o}", "number", (int)proposal->id, "consultation",
                             proposal->consultation.ptr, proposal->consultation.len, "by",
                             proposal->proposed_by.ptr, proposal->proposed_by.len, "sha256", hex, "state",
                             staff_text(ex, survey->config.account, state_text(proposal)));
    staff_set_date(item, "day", ex, survey->config.account, proposal->proposed_at);
    if (proposal->opens.len > 0) {
        json_object_set_new(item, "opens", json_stringn(proposal->opens.ptr, proposal->opens.len));
    }
    if (proposal->decided_by.len > 0) {
        json_object_set_new(item, "decided_by",
                            json_stringn(proposal->decided_by.ptr, proposal->decided_by.len));
    }
    return item;
}

/* ---- all of them, and the form ---- */

/* Of which consultations the caller may publish. */
static struct proposal_reach reach_of(const struct http_exchange *ex, struct arena *arena)
{
    const struct account_caller *caller = staff_caller(ex);
    struct slice *codes = arena_array(arena, caller->grant_count, sizeof *codes);
    struct proposal_reach reach = {.every = account_may(caller, PERMISSION_ROUND_PUBLISH, EVERY_CONSULTATION),
                                   .consultations = codes};
    for (size_t i = 0; i < caller->grant_count; i++) {
        if (account_may(caller, PERMISSION_ROUND_PUBLISH, caller->grants[i].consultation)) {
            codes[reach.count++] = slice_from_cstr(caller->grants[i].consultation);
        }
    }
    return reach;
}

static enum db_status add_list(json_t *list, int32_t *more, struct db_tx *tx, struct http_exchange *ex,
                               const struct survey *survey, bool standing, int32_t before)
{
    struct proposal *proposals;
    size_t count;
    const size_t most = standing ? STANDING_MAX : PROPOSALS_ON_A_PAGE;
    const struct proposal_reach reach = reach_of(ex, db_arena(tx));
    enum db_status status =
        proposal_list(&proposals, &count, tx, &reach, standing, before, (int32_t)most + 1);
    for (size_t i = 0; status == DB_OK && i < count && i < most; i++) {
        json_array_append_new(list, proposal_context(ex, survey, &proposals[i]));
    }
    *more = status == DB_OK && count > most ? proposals[most - 1].id : 0;
    return status;
}

/* Those that stand come first, on the first page; those that were decided come in pages. */
static enum db_status show_list(struct db_tx *tx, struct http_exchange *ex, const struct survey *survey,
                                int http_status, json_t *context_take)
{
    struct slice text = {"", 0};
    uint64_t before = 0;
    int32_t more = 0;
    json_t *list = json_array();
    json_object_set_new(context_take, "proposals", list);
    if (http_status == 200 && http_query(&text, ex, "voor") && !slice_to_u64(&before, text, INT32_MAX)) {
        before = 0;
    }
    enum db_status status = before == 0 ? add_list(list, &more, tx, ex, survey, true, 0) : DB_OK;
    if (status == DB_OK) {
        status = add_list(list, &more, tx, ex, survey, false, (int32_t)before);
    }
    if (status != DB_OK) {
        json_decref(context_take);
        return status;
    }
    json_object_set_new(context_take, "any", json_boolean(json_array_size(list) > 0));
    if (more != 0) {
        json_object_set_new(
            context_take, "older_path",
            json_string(arena_printf(http_arena(ex), PROPOSALS_PATH "?voor=%d", (int)more).ptr));
    }
    staff_render(ex, survey->config.account, http_status, "staff_proposals", context_take);
    return DB_OK;
}

static enum db_status get_proposals(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    return show_list(tx, ex, survey, 200, staff_titled(ex, survey->config.account, "proposals.title"));
}

enum db_status survey_proposals_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    int64_t count = 0;
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_PUBLISH, SOME_CONSULTATION)) {
        return DB_OK;
    }
    const struct proposal_reach reach = reach_of(ex, db_arena(tx));
    enum db_status status = proposal_waiting(&count, tx, &reach, staff_caller(ex)->account_id);
    if (count > 0) {
        staff_waits(lines, ex, survey->config.account, "home.proposals", count, PROPOSALS_PATH);
    }
    return status;
}

/* ---- proposing ---- */

/* The form again, with what was typed (but for what is too long for a page) and what is wrong with it. */
static enum db_status show_faults(struct db_tx *tx, struct http_exchange *ex, const struct propose *step,
                                  const char *why)
{
    const struct survey *survey = step->survey;
    json_t *context = staff_titled(ex, survey->config.account, "proposals.title");
    if (step->package.len > ECHO_BYTES_MAX) {
        json_object_set_new(context, "not_typed", json_true());
    } else {
        json_object_set_new(context, "typed", json_stringn(step->package.ptr, step->package.len));
    }
    json_object_set_new(context, "typed_opens", json_stringn(step->opens.ptr, step->opens.len));
    staff_fault(context, ex, survey->config.account, why ? "open" : "pakket",
                why ? why : "proposals.has_faults");
    if (!why) {
        json_object_set_new(context, "has_faults", json_boolean(step->errors.count > 0));
        json_object_set_new(context, "faults", proposal_faults(&step->errors));
    }
    return show_list(tx, ex, survey, 400, context);
}

static bool has_round(const struct consultation_bundle *bundle, struct slice code)
{
    for (size_t i = 0; i < bundle->round_count; i++) {
        if (slice_equal(bundle->rounds[i].code, code)) {
            return true;
        }
    }
    return false;
}

static enum db_status store(struct db_tx *tx, struct lane_work *work)
{
    struct propose *step = (struct propose *)(void *)work;
    struct http_exchange *ex = work->exchange;
    int32_t id;
    http_reply_reset(ex);
    if (!step->good) {
        return show_faults(tx, ex, step, NULL);
    }
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_PUBLISH,
                     arena_cstr(db_arena(tx), step->bundle.code))) {
        return staff_refuse(tx, ex, step->bundle.code);
    }
    if (step->opens.len > 0 && !has_round(&step->bundle, step->opens)) {
        return show_faults(tx, ex, step, "proposals.no_round");
    }
    const struct proposal_act act = proposal_act_of(ex, step->survey);
    enum db_status status =
        proposal_make(&id, tx, step->bundle.code, step->opens, step->bundle.package, &act);
    if (status == DB_OK) {
        http_redirect(ex, arena_printf(http_arena(ex), PROPOSALS_PATH "/%d", (int)id).ptr);
    }
    return status;
}

static void stored(struct http_exchange *ex, void *item)
{
    const struct propose *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    }
}

static struct propose *step_of(void *slow)
{
    return (struct propose *)(void *)((char *)slow - offsetof(struct propose, slow));
}

static void check_it(struct lane_slow *slow)
{
    struct propose *step = step_of(slow);
    const char *path;
    step->good =
        proposal_check(&step->bundle, &path, &step->errors, step->arena, step->survey, step->package);
}

static void checked(struct http_exchange *ex, void *item)
{
    struct propose *step = step_of(item);
    if (!step->slow.accepted) {
        http_error(ex, 503);
        return;
    }
    step->work.name = "proposal-make";
    step->work.role = DB_ROLE_STAFF;
    step->work.run = store;
    lane_transact(step->survey->config.lanes, ex, &step->work, stored);
}

static void propose_next(struct http_exchange *ex, void *self)
{
    struct survey *survey = self;
    struct propose *step = arena_alloc(http_arena(ex), sizeof *step);
    *step =
        (struct propose){.slow = {.run = check_it}, .survey = survey, .package = {"", 0}, .opens = {"", 0}};
    step->arena = proposal_arena(ex);
    http_form_value(&step->package, ex, "pakket");
    http_form_value(&step->opens, ex, "open");
    lane_compute(survey->config.lanes, LANE_WHILE, ex, &step->slow, checked);
}

#define PROPOSAL_GET(PATH, QUERY)                                                                            \
    .method = HTTP_GET, .path = PROPOSALS_PATH PATH, .surface = HTTP_PAGE, .query = QUERY,                   \
    .scope = PERMISSION_ROUND_PUBLISH
#define PROPOSAL_POST(PATH, BYTES)                                                                           \
    .method = HTTP_POST, .path = PROPOSALS_PATH PATH, .surface = HTTP_PAGE, .body = HTTP_BODY_FORM,          \
    .body_max = BYTES, .csrf = HTTP_CSRF_REQUIRED, .scope = PERMISSION_ROUND_PUBLISH

const struct route survey_proposal_routes[] = {
    {.http = {PROPOSAL_GET("", "taal,voor")}, .on_job = get_proposals, .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("", PROPOSAL_BODY)},
     .on_job = proposal_admit,
     .after = propose_next,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}", "taal")},
     .on_job = proposal_admit,
     .after = proposal_show_next,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}/bladzijde", "taal,vragenlijst,versie,bladzijde")},
     .on_job = proposal_admit,
     .after = proposal_screen_next,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}/papier", "taal,vragenlijst")},
     .on_job = proposal_admit,
     .after = proposal_paper_next,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}/afbeelding/{naam}", "taal"),
              .produces = "image/png,image/jpeg,image/webp"},
     .on_job = proposal_admit,
     .after = proposal_picture_next,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}/pakket", "taal"), .produces = "application/json"},
     .on_job = proposal_get_text,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("/{voorstel}/goedkeuring", SURVEY_SMALL_BODY)},
     .on_job = proposal_admit,
     .after = proposal_approve_next,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("/{voorstel}/afwijzing", SURVEY_SMALL_BODY)},
     .on_job = proposal_post_refuse,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("/{voorstel}/terugname", SURVEY_SMALL_BODY)},
     .on_job = proposal_post_withdraw,
     .role = DB_ROLE_STAFF},
};
const size_t survey_proposal_route_count = sizeof survey_proposal_routes / sizeof survey_proposal_routes[0];
const struct staff_link survey_proposal_links[] = {
    {PROPOSALS_PATH, "proposals.link", PERMISSION_ROUND_PUBLISH, STAFF_ADMINISTRATION, NULL}};
const size_t survey_proposal_link_count = sizeof survey_proposal_links / sizeof survey_proposal_links[0];
