/* One proposal: what it would change, value by value, and deciding about it, which takes somebody else. */
#include "features/survey/survey_difference.h"
#include "features/survey/survey_proposal_page.h"

#include <string.h>

/* Of what differs: so much stands on the page; the whole text can be taken. */
enum { DIFFERENCES_MAX = 2000, DIFFERENCE_BYTES_MAX = 256 * 1024 };

/* ---- the steps ---- */

bool proposal_at(struct proposal *out, struct slice *package, enum db_status *status, struct db_tx *tx,
                 struct http_exchange *ex, bool lock)
{
    uint64_t id = 0;
    bool found = false;
    *status = DB_OK;
    if (slice_to_u64(&id, http_path_param(ex, "voorstel"), INT32_MAX)) {
        *status = proposal_read(&found, out, package, tx, (int32_t)id, lock);
    }
    if (*status != DB_OK) {
        return false;
    }
    if (!found) {
        http_error(ex, 404);
        return false;
    }
    if (!account_may(staff_caller(ex), PERMISSION_ROUND_PUBLISH,
                     arena_cstr(db_arena(tx), out->consultation))) {
        *status = staff_refuse(tx, ex, out->consultation);
        return false;
    }
    return true;
}

/* What a transaction read lives as long as it: the row's texts go along. */
static struct proposal kept(struct arena *arena, const struct proposal *proposal)
{
    struct proposal copy = *proposal;
    copy.consultation = arena_copy(arena, proposal->consultation);
    copy.state = arena_copy(arena, proposal->state);
    copy.proposed_by = arena_copy(arena, proposal->proposed_by);
    copy.opens = proposal->opens.ptr ? arena_copy(arena, proposal->opens) : proposal->opens;
    copy.decided_by = proposal->decided_by.ptr ? arena_copy(arena, proposal->decided_by) : copy.decided_by;
    return copy;
}

static enum db_status read_step(struct db_tx *tx, struct lane_work *work)
{
    struct proposal_step *step = (struct proposal_step *)(void *)work;
    struct proposal proposal;
    struct slice package;
    enum db_status status;
    http_reply_reset(work->exchange);
    if (!proposal_at(&proposal, &package, &status, tx, work->exchange, false)) {
        return status;
    }
    step->proposal = kept(step->arena, &proposal);
    step->package = arena_copy(step->arena, package);
    crypto_sha256(step->sha256, step->package);
    return step->with_published ? proposal_published(&step->published, &step->published_count, tx,
                                                     step->arena, step->proposal.consultation)
                                : DB_OK;
}

static struct proposal_step *step_of(void *slow)
{
    return (struct proposal_step *)(void *)((char *)slow - offsetof(struct proposal_step, slow));
}

static void checked(struct http_exchange *ex, void *item)
{
    struct proposal_step *step = step_of(item);
    if (step->slow.accepted) {
        step->then(ex, step);
    } else {
        http_error(ex, 503);
    }
}

static void take_checked(struct proposal_step *step, const struct proposal_checked *checked)
{
    step->checked = checked;
    step->bundle = &checked->bundle;
    step->errors = &checked->errors;
    step->good = checked->good;
}

/* Already checked, and nothing to be compared with: the page is made at once. */
static bool is_ready(struct proposal_step *step)
{
    const struct proposal_checked *checked =
        step->with_published ? NULL
                             : proposal_checked_find(step->arena, step->survey->proposals, step->sha256);
    if (checked) {
        take_checked(step, checked);
    }
    return checked != NULL;
}

static void row_read(struct http_exchange *ex, void *item)
{
    struct proposal_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    } else if (!http_replied(ex) && is_ready(step)) {
        step->then(ex, step);
    } else if (!http_replied(ex)) {
        lane_compute(step->survey->config.lanes, LANE_WHILE, ex, &step->slow, checked);
    }
}

/* ---- what would change ---- */

static const struct proposal_part *published_part(const struct proposal_step *step,
                                                  enum proposal_part_kind kind, struct slice code)
{
    for (size_t i = 0; i < step->published_count; i++) {
        if (step->published[i].kind == kind && slice_equal(step->published[i].code, code)) {
            return &step->published[i];
        }
    }
    return NULL;
}

static json_t *item_of(const struct difference *item)
{
    json_t *out = json_pack("{s:s%}", "place", item->place.ptr, item->place.len);
    if (item->was.ptr) {
        json_object_set_new(out, "was", json_pack("{s:s%}", "text", item->was.ptr, item->was.len));
    }
    if (item->is.ptr) {
        json_object_set_new(out, "is", json_pack("{s:s%}", "text", item->is.ptr, item->is.len));
    }
    return out;
}

/* {kind: true, code, is_new, same, stays, differs, items[], left}: one document beside what is published of
 * it. without: a member that is told elsewhere, or is the service's own. */
static void add_section(struct proposal_step *step, const char *kind, const struct proposal_part *part,
                        struct slice code, struct slice document, const char *without)
{
    struct json_errors ignored;
    json_errors_init(&ignored, step->arena);
    json_t *was = part ? json_parse(&ignored, step->arena, part->document) : NULL;
    json_t *is = json_parse(&ignored, step->arena, document);
    json_object_del(was, without);
    json_object_del(is, without);
    struct differences all = differences_begin(step->arena, DIFFERENCES_MAX, DIFFERENCE_BYTES_MAX);
    json_t *items = json_array();
    /* Every value of a new questionnaire would be its whole text: it is there to be looked at. */
    if (was || strcmp(kind, "questionnaire") != 0) {
        differences_add(&all, was, is);
    }
    for (size_t i = 0; i < all.count; i++) {
        json_array_append_new(items, item_of(&all.items[i]));
    }
    json_t *section = json_pack("{s:b,s:s%,s:b,s:b,s:b,s:o}", kind, 1, "code", code.ptr, code.len, "is_new",
                                !was, "same", was && all.all == 0, "differs", all.count > 0, "items", items);
    if (all.all > all.count) {
        json_object_set_new(section, "left", json_integer((json_int_t)(all.all - all.count)));
    }
    if (part && part->status.len > 0 && !slice_equal_cstr(part->status, "draft")) {
        json_object_set_new(section, "stays", json_true());
    }
    json_array_append_new(step->sections, section);
}

static void release_json(void *json)
{
    json_decref(json);
}

static void compare(struct proposal_step *step)
{
    const struct consultation_bundle *bundle = step->bundle;
    step->sections = json_array();
    arena_defer(step->arena, release_json, step->sections);
    add_section(step, "consultation", published_part(step, PART_CONSULTATION, bundle->code), bundle->code,
                bundle->canonical, "rounds");
    for (size_t i = 0; i < bundle->round_count; i++) {
        const struct bundle_round *round = &bundle->rounds[i];
        add_section(step, "round", published_part(step, PART_ROUND, round->code), round->code,
                    round->document, "amended");
    }
    for (size_t i = 0; i < bundle->questionnaire_count; i++) {
        const struct bundle_questionnaire *q = &bundle->questionnaires[i];
        add_section(step, "questionnaire", published_part(step, PART_QUESTIONNAIRE, q->code), q->code,
                    q->canonical, "");
    }
}

static void check_step(struct lane_slow *slow)
{
    struct proposal_step *step = step_of(slow);
    const struct proposal_checked *checked =
        proposal_checked_find(step->arena, step->survey->proposals, step->sha256);
    take_checked(step, checked
                           ? checked
                           : proposal_checked_make(step->arena, step->survey, step->sha256, step->package));
    if (step->good && step->with_published) {
        compare(step);
    }
}

void proposal_step_begin(struct http_exchange *ex, struct survey *survey, bool with_published,
                         void (*then)(struct http_exchange *ex, struct proposal_step *step))
{
    struct proposal_step *step = arena_alloc(http_arena(ex), sizeof *step);
    *step = (struct proposal_step){.work = {.name = "proposal-read", .role = DB_ROLE_STAFF, .run = read_step},
                                   .slow = {.run = check_step},
                                   .survey = survey,
                                   .with_published = with_published,
                                   .then = then};
    step->arena = proposal_arena(ex);
    lane_transact(survey->config.lanes, ex, &step->work, row_read);
}

/* ---- the page ---- */

static json_t *look_at(struct http_exchange *ex, const struct proposal *proposal, const char *what,
                       struct slice code)
{
    struct slice path = arena_printf(http_arena(ex), PROPOSALS_PATH "/%d/%s?vragenlijst=%.*s",
                                     (int)proposal->id, what, SLICE_ARG(code));
    return json_stringn(path.ptr, path.len);
}

static json_t *parts_of(struct http_exchange *ex, const struct proposal_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->bundle->questionnaire_count; i++) {
        const struct slice code = step->bundle->questionnaires[i].code;
        json_array_append_new(list, json_pack("{s:s%,s:o,s:o}", "code", code.ptr, code.len, "screen_path",
                                              look_at(ex, &step->proposal, "bladzijde", code), "paper_path",
                                              look_at(ex, &step->proposal, "papier", code)));
    }
    return list;
}

static json_t *rounds_of(struct http_exchange *ex, const struct proposal_step *step)
{
    const struct account *account = step->survey->config.account;
    json_t *list = json_array();
    for (size_t i = 0; i < step->bundle->round_count; i++) {
        const struct bundle_round *round = &step->bundle->rounds[i];
        json_t *item = json_pack("{s:s%,s:b,s:o}", "code", round->code.ptr, round->code.len, "opened",
                                 (int)slice_equal(round->code, step->proposal.opens), "interim",
                                 staff_text(ex, account, round_interim_text(round->interim)));
        staff_set_date(item, "opens", ex, account, round->opens_at);
        staff_set_date(item, "closes", ex, account, round->closes_at - 1);
        json_array_append_new(list, item);
    }
    return list;
}

/* The row alone, and who may do what: refusing and withdrawing need no package without fault. */
static json_t *row_context(struct http_exchange *ex, const struct survey *survey,
                           const struct proposal *proposal, bool good, const char *notice)
{
    const bool stands = slice_equal_cstr(proposal->state, "proposed");
    const bool own = proposal->proposer == staff_caller(ex)->account_id;
    json_t *context = staff_titled(ex, survey->config.account, "proposals.one");
    json_object_set_new(context, "proposal", proposal_context(ex, survey, proposal));
    json_object_set_new(context, "may_decide", json_boolean(stands && !own && !proposal->stale && good));
    json_object_set_new(context, "may_refuse", json_boolean(stands && !own));
    json_object_set_new(context, "may_withdraw", json_boolean(stands && own));
    if (notice) {
        json_object_set_new(context, "notice", staff_text(ex, survey->config.account, notice));
    }
    return context;
}

static void show(struct http_exchange *ex, const struct proposal_step *step, int http_status,
                 const char *notice)
{
    json_t *context = row_context(ex, step->survey, &step->proposal, step->good, notice);
    json_object_set_new(context, "checked", json_boolean(step->good));
    if (step->good) {
        json_object_set_new(context, "questionnaires", parts_of(ex, step));
        json_object_set_new(context, "rounds", rounds_of(ex, step));
        /* With what stands now: of one that was decided on it would say what became of it since. */
        if (slice_equal_cstr(step->proposal.state, "proposed")) {
            json_object_set_new(context, "compares", json_true());
            json_object_set(context, "sections", step->sections);
        }
    } else {
        json_object_set_new(context, "has_faults", json_true());
        json_object_set_new(context, "faults", proposal_faults(step->errors));
    }
    staff_render(ex, step->survey->config.account, http_status, "staff_proposal", context);
}

static void show_it(struct http_exchange *ex, struct proposal_step *step)
{
    show(ex, step, 200, NULL);
}

void proposal_show_next(struct http_exchange *ex, void *self)
{
    proposal_step_begin(ex, self, true, show_it);
}

/* ---- deciding ---- */

static const char *const why[] = {[PROPOSAL_OWN] = "proposals.own",
                                  [PROPOSAL_OVER] = "proposals.over",
                                  [PROPOSAL_OTHER] = "proposals.over",
                                  [PROPOSAL_FOREIGN] = "proposals.foreign",
                                  [PROPOSAL_NOT_OPEN] = "proposals.not_open"};

static const char *path_of(struct http_exchange *ex, const struct proposal *proposal)
{
    return arena_printf(http_arena(ex), PROPOSALS_PATH "/%d", (int)proposal->id).ptr;
}

static void answer_approval(struct http_exchange *ex, const struct proposal_step *step)
{
    if (step->outcome == PROPOSAL_DONE) {
        http_redirect(ex, path_of(ex, &step->proposal));
    } else {
        show(ex, step, step->outcome == PROPOSAL_OWN ? 403 : 409, why[step->outcome]);
    }
}

static enum db_status approve(struct db_tx *tx, struct lane_work *work)
{
    struct proposal_step *step = (struct proposal_step *)(void *)work;
    const struct proposal_act act = proposal_act_of(work->exchange, step->survey);
    struct proposal proposal;
    bool found;
    /* Again, with the lock. Its document never changes: the bundle is of this one. */
    enum db_status status = proposal_read(&found, &proposal, NULL, tx, step->proposal.id, true);
    if (status != DB_OK || !found) {
        return status == DB_OK ? DB_FAILED : status;
    }
    step->proposal = kept(step->arena, &proposal);
    return proposal_approve(&step->outcome, tx, &step->proposal, step->bundle, step->shown, &act);
}

static enum db_status tell_refusal(struct db_tx *tx, struct lane_work *work)
{
    const struct proposal_step *step = (const struct proposal_step *)(const void *)work;
    const struct proposal_act act = proposal_act_of(work->exchange, step->survey);
    return proposal_refused(tx, &step->proposal, "proposal.approve", &act);
}

static void refusal_told(struct http_exchange *ex, void *item)
{
    const struct proposal_step *step = item;
    if (step->work.status == DB_OK) {
        answer_approval(ex, step);
    } else {
        lane_answer_failure(ex, step->work.status);
    }
}

static void approved(struct http_exchange *ex, void *item)
{
    struct proposal_step *step = item;
    if (step->work.status == DB_ROLLBACK) {
        /* The line went with the rest. */
        step->work.name = "proposal-refused";
        step->work.run = tell_refusal;
        lane_transact(step->survey->config.lanes, ex, &step->work, refusal_told);
    } else {
        refusal_told(ex, item);
    }
}

static void approve_checked(struct http_exchange *ex, struct proposal_step *step)
{
    static const struct staff_question sure = {.title = "proposals.approve_title",
                                               .text = "proposals.approve_text",
                                               .button = "proposals.approve_button",
                                               .back_path = PROPOSALS_PATH};
    struct slice hex = {"", 0};
    if (!step->good) {
        show(ex, step, 409, "proposals.faulty");
        return;
    }
    if (!staff_confirmed(ex, step->survey->config.account, &sure)) {
        return;
    }
    http_form_value(&hex, ex, "getoond");
    if (!crypto_unhex(step->shown, sizeof step->shown, hex)) {
        memset(step->shown, 0, sizeof step->shown);
    }
    step->work.name = "proposal-approve";
    step->work.run = approve;
    lane_transact(step->survey->config.lanes, ex, &step->work, approved);
}

void proposal_approve_next(struct http_exchange *ex, void *self)
{
    proposal_step_begin(ex, self, true, approve_checked);
}

static enum db_status post_other(struct db_tx *tx, struct http_exchange *ex, const struct survey *survey,
                                 enum db_status (*decide)(enum proposal_outcome *, struct db_tx *,
                                                          const struct proposal *,
                                                          const struct proposal_act *))
{
    struct proposal proposal;
    enum proposal_outcome outcome;
    enum db_status status;
    if (!proposal_at(&proposal, NULL, &status, tx, ex, true)) {
        return status;
    }
    const struct proposal_act act = proposal_act_of(ex, survey);
    status = decide(&outcome, tx, &proposal, &act);
    if (status == DB_OK && outcome == PROPOSAL_DONE) {
        http_redirect(ex, path_of(ex, &proposal));
    } else if (status == DB_OK) {
        staff_render(ex, survey->config.account, outcome == PROPOSAL_OWN ? 403 : 409, "staff_proposal",
                     row_context(ex, survey, &proposal, false, why[outcome]));
    }
    return status;
}

enum db_status proposal_post_refuse(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return post_other(tx, ex, self, proposal_refuse);
}

enum db_status proposal_post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return post_other(tx, ex, self, proposal_withdraw);
}
