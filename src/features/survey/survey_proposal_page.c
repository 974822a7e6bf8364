/* /beheer/voorstellen: proposing to publish a consultation, with the faults that `consultation check` finds;
 * looking at what was proposed as citizens will see it; and deciding, which takes somebody else. */
#include "features/account/account.h"
#include "features/survey/survey_internal.h"
#include "features/survey/survey_proposal.h"

#include <string.h>

#define PROPOSALS_PATH "/beheer/voorstellen"

enum { FAULTS_MAX = 200, CHECK_BYTES_MAX = 256 * 1024 * 1024, PROPOSAL_BODY = 3 * PROPOSAL_BYTES_MAX };

/* A proposal at hand, with its package read. */
struct at_hand {
    struct proposal proposal;
    struct slice package;
    struct consultation_bundle bundle;
    const char *path; /* of the consultation's own file in the package */
    struct arena *arena;
};

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static const char *language_of(const struct http_exchange *ex)
{
    return http_language(ex);
}

static void set_text(json_t *context, const char *key, const struct http_exchange *ex,
                     const struct survey *survey, const char *path)
{
    json_object_set_new(context, key, staff_text(ex, survey->config.account, path));
}

static struct proposal_act act_of(const struct http_exchange *ex, const struct survey *survey)
{
    const struct account_caller *caller = staff_caller(ex);
    return (struct proposal_act){caller->account_id, {caller->label, "web"}, survey->config.now_s()};
}

/* A package may take more memory than a request: an arena of its own, for as long as the exchange lasts. */
static struct arena *own_arena(struct http_exchange *ex)
{
    struct arena *arena = arena_create(CHECK_BYTES_MAX);
    arena_defer(http_arena(ex), release_arena, arena);
    return arena;
}

static bool check(struct consultation_bundle *bundle, struct json_errors *errors, struct arena *arena,
                  const struct survey *survey, struct slice package, const char **path)
{
    const struct locales *locales = web_locales(survey->config.web);
    json_errors_init(errors, arena);
    json_errors_make_room(errors, FAULTS_MAX);
    bool good = consultation_bundle_unpack(bundle, path, errors, arena, package, locales);
    if (*path && survey->config.check_bundle) {
        good = survey->config.check_bundle(errors, bundle, *path, locales) && good;
    }
    return good;
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

static json_t *proposal_context(struct http_exchange *ex, const struct survey *survey,
                                const struct proposal *proposal)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, proposal->sha256, CRYPTO_SHA256_BYTES);
    json_t *item = json_pack("{s:i,s:s%,s:s%,s:s}", "number", (int)proposal->id, "consultation",
                             proposal->consultation.ptr, proposal->consultation.len, "by",
                             proposal->proposed_by.ptr, proposal->proposed_by.len, "sha256", hex);
    set_text(item, "state", ex, survey, state_text(proposal));
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

static enum db_status show_list(struct db_tx *tx, struct http_exchange *ex, const struct survey *survey,
                                int http_status, json_t *context_take)
{
    struct proposal *proposals;
    size_t count;
    json_t *list = json_array();
    enum db_status status = proposal_list(&proposals, &count, tx);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (account_may(staff_caller(ex), PERMISSION_ROUND_PUBLISH,
                        arena_cstr(db_arena(tx), proposals[i].consultation))) {
            json_array_append_new(list, proposal_context(ex, survey, &proposals[i]));
        }
    }
    json_object_set_new(context_take, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context_take, "proposals", list);
    if (status == DB_OK) {
        staff_render(ex, survey->config.account, http_status, "staff_proposals", context_take);
    } else {
        json_decref(context_take);
    }
    return status;
}

static enum db_status get_proposals(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    return show_list(tx, ex, survey, 200, staff_titled(ex, survey->config.account, "proposals.title"));
}

static json_t *faults_of(const struct json_errors *errors)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        json_array_append_new(list, json_pack("{s:s,s:s}", "pointer", errors->items[i].pointer, "detail",
                                              errors->items[i].detail));
    }
    return list;
}

/* The form again, with what was typed and what is wrong with it. */
static enum db_status show_faults(struct db_tx *tx, struct http_exchange *ex, const struct survey *survey,
                                  struct slice package, struct slice opens, const char *why,
                                  const struct json_errors *errors)
{
    json_t *context = staff_titled(ex, survey->config.account, "proposals.title");
    json_object_set_new(context, "typed", json_stringn(package.len ? package.ptr : "", package.len));
    json_object_set_new(context, "typed_opens", json_stringn(opens.len ? opens.ptr : "", opens.len));
    staff_fault(context, ex, survey->config.account, why ? "open" : "pakket",
                why ? why : "proposals.has_faults");
    if (!why) {
        json_object_set_new(context, "has_faults", json_boolean(errors->count > 0));
        json_object_set_new(context, "faults", faults_of(errors));
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

static enum db_status post_proposal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    struct slice package = {"", 0};
    struct slice opens = {"", 0};
    struct consultation_bundle bundle;
    struct json_errors errors;
    const char *path = NULL;
    int32_t id;
    http_form_value(&package, ex, "pakket");
    http_form_value(&opens, ex, "open");
    if (!check(&bundle, &errors, own_arena(ex), survey, package, &path)) {
        return show_faults(tx, ex, survey, package, opens, NULL, &errors);
    }
    if (opens.len > 0 && !has_round(&bundle, opens)) {
        return show_faults(tx, ex, survey, package, opens, "proposals.no_round", &errors);
    }
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_PUBLISH, arena_cstr(db_arena(tx), bundle.code))) {
        http_error(ex, 403);
        return DB_OK;
    }
    const struct proposal_act act = act_of(ex, survey);
    enum db_status status = proposal_make(&id, tx, bundle.code, opens, package, &act);
    if (status == DB_OK) {
        http_redirect(ex, arena_printf(http_arena(ex), PROPOSALS_PATH "/%d", (int)id).ptr);
    }
    return status;
}

/* ---- one of them ---- */

/* False: answered, or the status says so. */
static bool begin(struct at_hand *out, enum db_status *status, struct db_tx *tx, struct http_exchange *ex,
                  const struct survey *survey, bool lock)
{
    uint64_t id = 0;
    bool found = false;
    struct json_errors errors;
    *out = (struct at_hand){.arena = own_arena(ex)};
    *status = DB_OK;
    if (slice_to_u64(&id, http_path_param(ex, "voorstel"), INT32_MAX)) {
        *status = proposal_read(&found, &out->proposal, &out->package, tx, (int32_t)id, lock);
    }
    if (*status != DB_OK) {
        return false;
    }
    if (!found) {
        http_error(ex, 404);
        return false;
    }
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_PUBLISH,
                     arena_cstr(db_arena(tx), out->proposal.consultation))) {
        http_error(ex, 403);
        return false;
    }
    if (!check(&out->bundle, &errors, out->arena, survey, out->package, &out->path)) {
        http_error(ex, 409); /* a newer program finds fault with it */
        return false;
    }
    return true;
}

static json_t *look_at(struct http_exchange *ex, const struct at_hand *at, const char *what,
                       struct slice code)
{
    struct slice path = arena_printf(http_arena(ex), PROPOSALS_PATH "/%d/%s?vragenlijst=%.*s",
                                     (int)at->proposal.id, what, SLICE_ARG(code));
    return json_stringn(path.ptr, path.len);
}

static json_t *parts_of(struct http_exchange *ex, const struct at_hand *at)
{
    json_t *list = json_array();
    for (size_t i = 0; i < at->bundle.questionnaire_count; i++) {
        const struct slice code = at->bundle.questionnaires[i].code;
        json_array_append_new(list, json_pack("{s:s%,s:o,s:o}", "code", code.ptr, code.len, "screen_path",
                                              look_at(ex, at, "bladzijde", code), "paper_path",
                                              look_at(ex, at, "papier", code)));
    }
    return list;
}

static json_t *rounds_of(struct http_exchange *ex, const struct survey *survey, const struct at_hand *at)
{
    json_t *list = json_array();
    for (size_t i = 0; i < at->bundle.round_count; i++) {
        const struct bundle_round *round = &at->bundle.rounds[i];
        json_t *item = json_pack("{s:s%,s:b}", "code", round->code.ptr, round->code.len, "opened",
                                 (int)slice_equal(round->code, at->proposal.opens));
        staff_set_date(item, "opens", ex, survey->config.account, round->opens_at);
        staff_set_date(item, "closes", ex, survey->config.account, round->closes_at - 1);
        set_text(item, "interim", ex, survey, round_interim_text(round->interim));
        json_array_append_new(list, item);
    }
    return list;
}

static enum db_status show_one(struct http_exchange *ex, const struct survey *survey,
                               const struct at_hand *at, int http_status, const char *notice)
{
    const bool stands = slice_equal_cstr(at->proposal.state, "proposed");
    const bool own = at->proposal.proposer == staff_caller(ex)->account_id;
    json_t *context = staff_titled(ex, survey->config.account, "proposals.one");
    json_object_set_new(context, "proposal", proposal_context(ex, survey, &at->proposal));
    json_object_set_new(context, "questionnaires", parts_of(ex, at));
    json_object_set_new(context, "rounds", rounds_of(ex, survey, at));
    json_object_set_new(context, "may_decide", json_boolean(stands && !own && !at->proposal.stale));
    json_object_set_new(context, "may_refuse", json_boolean(stands && !own));
    json_object_set_new(context, "may_withdraw", json_boolean(stands && own));
    if (notice) {
        set_text(context, "notice", ex, survey, notice);
    }
    staff_render(ex, survey->config.account, http_status, "staff_proposal", context);
    return DB_OK;
}

static enum db_status get_proposal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct at_hand at;
    enum db_status status;
    return begin(&at, &status, tx, ex, self, false) ? show_one(ex, self, &at, 200, NULL) : status;
}

/* ---- deciding ---- */

static enum db_status answer(struct http_exchange *ex, const struct survey *survey, const struct at_hand *at,
                             enum proposal_outcome outcome, enum db_status status)
{
    static const char *const why[] = {[PROPOSAL_OWN] = "proposals.own",
                                      [PROPOSAL_OVER] = "proposals.over",
                                      [PROPOSAL_OTHER] = "proposals.over",
                                      [PROPOSAL_FOREIGN] = "proposals.foreign",
                                      [PROPOSAL_NOT_OPEN] = "proposals.not_open"};
    if (status != DB_OK && status != DB_ROLLBACK) {
        return status;
    }
    if (outcome == PROPOSAL_DONE) {
        http_redirect(ex, arena_printf(http_arena(ex), PROPOSALS_PATH "/%d", (int)at->proposal.id).ptr);
    } else {
        show_one(ex, survey, at, outcome == PROPOSAL_OWN ? 403 : 409, why[outcome]);
    }
    return status;
}

static enum db_status post_approve(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_question sure = {"proposals.approve_title", "proposals.approve_text",
                                               "proposals.approve_button", PROPOSALS_PATH};
    const struct survey *survey = self;
    struct at_hand at;
    struct slice hex = {"", 0};
    unsigned char shown[CRYPTO_SHA256_BYTES] = {0};
    enum proposal_outcome outcome;
    enum db_status status;
    if (!begin(&at, &status, tx, ex, survey, true) || !staff_confirmed(ex, survey->config.account, &sure)) {
        return status;
    }
    http_form_value(&hex, ex, "getoond");
    if (!crypto_unhex(shown, sizeof shown, hex)) {
        memset(shown, 0, sizeof shown);
    }
    const struct proposal_act act = act_of(ex, survey);
    status = proposal_approve(&outcome, tx, &at.proposal, &at.bundle, shown, &act);
    return answer(ex, survey, &at, outcome, status);
}

static enum db_status post_other(struct db_tx *tx, struct http_exchange *ex, const struct survey *survey,
                                 enum db_status (*decide)(enum proposal_outcome *, struct db_tx *,
                                                          const struct proposal *,
                                                          const struct proposal_act *))
{
    struct at_hand at;
    enum proposal_outcome outcome;
    enum db_status status;
    if (!begin(&at, &status, tx, ex, survey, true)) {
        return status;
    }
    const struct proposal_act act = act_of(ex, survey);
    status = decide(&outcome, tx, &at.proposal, &act);
    return answer(ex, survey, &at, outcome, status);
}

static enum db_status post_refuse(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return post_other(tx, ex, self, proposal_refuse);
}

static enum db_status post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return post_other(tx, ex, self, proposal_withdraw);
}

/* ---- looking ---- */

static void release_questionnaire(void *questionnaire)
{
    questionnaire_free(questionnaire);
}

/* The questionnaire of the query, from the package. NULL: answered. */
static const struct questionnaire *questionnaire_at(struct http_exchange *ex, const struct survey *survey,
                                                    const struct at_hand *at)
{
    struct slice code = {"", 0};
    struct questionnaire *q = NULL;
    struct json_errors errors;
    http_query(&code, ex, "vragenlijst");
    json_errors_init(&errors, at->arena);
    for (size_t i = 0; !q && i < at->bundle.questionnaire_count; i++) {
        if (slice_equal(at->bundle.questionnaires[i].code, code)) {
            json_t *document = json_parse(&errors, at->arena, at->bundle.questionnaires[i].canonical);
            q = document ? questionnaire_load(&errors, document, web_locales(survey->config.web)) : NULL;
        }
    }
    if (q) {
        arena_defer(http_arena(ex), release_questionnaire, q);
    } else {
        http_error(ex, 404);
    }
    return q;
}

static const char *page_path(struct http_exchange *ex, const struct at_hand *at,
                             const struct questionnaire *q, int variant, size_t page)
{
    struct slice code = questionnaire_code(q);
    return arena_printf(http_arena(ex),
                        PROPOSALS_PATH "/%d/bladzijde?vragenlijst=%.*s&versie=%s&bladzijde=%zu",
                        (int)at->proposal.id, SLICE_ARG(code), questionnaire_variant_code(q, variant), page)
        .ptr;
}

static enum db_status get_page(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const unsigned char seed[16] = {0}; /* one way in which chance may fall */
    const struct survey *survey = self;
    struct at_hand at;
    enum db_status status;
    struct presentation presentation;
    struct slice versie = {"", 0};
    struct slice bladzijde = {"1", 1};
    uint64_t number = 1;
    if (!begin(&at, &status, tx, ex, survey, false)) {
        return status;
    }
    const struct questionnaire *q = questionnaire_at(ex, survey, &at);
    if (!q) {
        return DB_OK;
    }
    http_query(&versie, ex, "versie");
    http_query(&bladzijde, ex, "bladzijde");
    const int named = questionnaire_find_variant(q, versie);
    const int variant = named < 0 ? 0 : named;
    presentation_derive(&presentation, q, variant, seed);
    const struct page_list pages = questionnaire_possible_pages(http_arena(ex), q, &presentation);
    if (!slice_to_u64(&number, bladzijde, INT32_MAX) || number < 1 || number > pages.count) {
        http_error(ex, 404);
        return DB_OK;
    }
    const struct answers answers = answers_begin(http_arena(ex), q, &presentation);
    json_t *context = json_copy(
        questionnaire_page_context(http_arena(ex), q, &presentation, &answers, pages.pages[number - 1],
                                   strcmp(language_of(ex), "en") == 0 ? 1 : 0, NULL, 0, NULL));
    json_t *variants = json_array();
    for (size_t v = 0; v < questionnaire_variant_count(q); v++) {
        json_array_append_new(
            variants,
            json_pack("{s:s,s:s}", "path", page_path(ex, &at, q, (int)v, 1), "label",
                      questionnaire_variant_title(q, (int)v, strcmp(language_of(ex), "en") == 0 ? 1 : 0)));
    }
    json_object_set_new(context, "title", staff_text(ex, survey->config.account, "proposals.preview"));
    json_object_set_new(context, "proposal", proposal_context(ex, survey, &at.proposal));
    json_object_set_new(context, "variants", variants);
    json_object_set_new(context, "n", json_integer((json_int_t)number));
    json_object_set_new(context, "total", json_integer((json_int_t)pages.count));
    if (number > 1) {
        json_object_set_new(context, "before_path",
                            json_string(page_path(ex, &at, q, variant, (size_t)number - 1)));
    }
    if (number < pages.count) {
        json_object_set_new(context, "next_path",
                            json_string(page_path(ex, &at, q, variant, (size_t)number + 1)));
    }
    staff_render(ex, survey->config.account, 200, "staff_proposal_page", context);
    return DB_OK;
}

static enum db_status get_paper(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    struct at_hand at;
    enum db_status status;
    if (!begin(&at, &status, tx, ex, survey, false)) {
        return status;
    }
    const struct questionnaire *q = questionnaire_at(ex, survey, &at);
    if (q) {
        json_t *context = json_copy(
            questionnaire_paper_context(http_arena(ex), q, strcmp(language_of(ex), "en") == 0 ? 1 : 0));
        json_object_set_new(context, "start_url",
                            json_string(arena_printf(http_arena(ex), "%s/", http_public_url(ex)).ptr));
        staff_render(ex, survey->config.account, 200, "paper", context);
    }
    return DB_OK;
}

#define PROPOSAL_GET(PATH, QUERY)                                                                            \
    .method = HTTP_GET, .path = PROPOSALS_PATH PATH, .surface = HTTP_PAGE, .query = QUERY,                   \
    .scope = PERMISSION_ROUND_PUBLISH
#define PROPOSAL_POST(PATH, BYTES)                                                                           \
    .method = HTTP_POST, .path = PROPOSALS_PATH PATH, .surface = HTTP_PAGE, .body = HTTP_BODY_FORM,          \
    .body_max = BYTES, .csrf = HTTP_CSRF_REQUIRED, .scope = PERMISSION_ROUND_PUBLISH

const struct route survey_proposal_routes[] = {
    {.http = {PROPOSAL_GET("", "taal")}, .on_job = get_proposals, .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("", PROPOSAL_BODY)}, .on_job = post_proposal, .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}", "taal")}, .on_job = get_proposal, .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}/bladzijde", "taal,vragenlijst,versie,bladzijde")},
     .on_job = get_page,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_GET("/{voorstel}/papier", "taal,vragenlijst")},
     .on_job = get_paper,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("/{voorstel}/goedkeuring", SURVEY_SMALL_BODY)},
     .on_job = post_approve,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("/{voorstel}/afwijzing", SURVEY_SMALL_BODY)},
     .on_job = post_refuse,
     .role = DB_ROLE_STAFF},
    {.http = {PROPOSAL_POST("/{voorstel}/terugname", SURVEY_SMALL_BODY)},
     .on_job = post_withdraw,
     .role = DB_ROLE_STAFF},
};
const size_t survey_proposal_route_count = sizeof survey_proposal_routes / sizeof survey_proposal_routes[0];
const struct staff_link survey_proposal_links[] = {
    {PROPOSALS_PATH, "proposals.link", PERMISSION_ROUND_PUBLISH}};
const size_t survey_proposal_link_count = sizeof survey_proposal_links / sizeof survey_proposal_links[0];
