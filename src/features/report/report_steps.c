/* The way of a report to everybody, for the secretary: put forward, approved by somebody who had no hand in
 * it, made public; and back, or withdrawn. */
#include "features/report/report_approval.h"
#include "features/report/report_internal.h"

static const struct form_field step_fields[] = {
    {"naar", FORM_CHOICE, false, NULL},
    {"toelichting", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct staff_form step_form = {"report.step_title", "report.step_button", step_fields,
                                            sizeof step_fields / sizeof step_fields[0]};

/* Who had a hand in it is not offered to approve it. The caller owns them. */
static enum db_status next_states(json_t **options, const struct report_page *page)
{
    bool hand = false;
    json_t *list = json_array();
    const enum db_status status =
        page->draft.state == REPORT_PUT_FORWARD
            ? report_has_hand_in(&hand, page->tx, page->draft.number, staff_caller(page->ex)->label)
            : DB_OK;
    for (unsigned to = 0; to < REPORT_STATES; to++) {
        if (report_may_follow(page->draft.state, (enum report_state)to) && !(hand && to == REPORT_APPROVED)) {
            json_array_append_new(
                list,
                json_pack(
                    "{s:s,s:o}", "code", report_states[to], "label",
                    report_word(
                        page->ex, page->room,
                        arena_printf(http_arena(page->ex), "report.options.%s", report_states[to]).ptr)));
        }
    }
    *options = json_pack("{s:o}", "naar", list);
    return status;
}

static enum db_status get_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_page page;
    enum db_status status;
    if (report_open(&page, &status, self, tx, ex, false)) {
        const struct staff_about about = report_about(&page, "/stap");
        json_t *options;
        status = next_states(&options, &page);
        if (status == DB_OK) {
            staff_form_show(&about, &step_form, NULL, options, NULL, NULL);
        }
        json_decref(options);
    }
    return status;
}

struct step {
    struct report_page *page;
    struct staff_posted *posted;
    enum report_state to;
    struct slice told;
    struct report_made made; /* of putting forward, approving and publishing */
    json_t *approval;        /* of what was made (report_approval.h) */
};

static void say_not_made(struct step *step)
{
    const struct slice text =
        report_outcome_text(http_arena(step->page->ex), step->page->room, "nl", &step->made);
    json_errors_add(&step->posted->errors, "/naar", "kan-niet", "%.*s", SLICE_ARG(text));
}

/* Who approves reads these figures: what they were counted from still stands. */
static bool check_releases(struct step *step)
{
    const bool same = json_equal(step->made.releases, step->page->draft.releases);
    if (!same) {
        json_errors_add(&step->posted->errors, "/naar", "nieuwere-uitgave",
                        "Sinds dit rapport is voorgelegd, is er een nieuwere uitgave. Haal het terug naar "
                        "concept, en laat het opnieuw goedkeuren.");
    }
    return same;
}

/* "Waardenkaart, Signalen" */
static struct slice titles_of(const struct report_page *page, const json_t *sections)
{
    size_t i;
    const json_t *code;
    struct arena *arena = http_arena(page->ex);
    struct slice all = SLICE("");
    json_array_foreach(sections, i, code)
    {
        const struct slice title =
            locale_text(web_locales(page->room->config.web), "nl",
                        arena_printf(arena, "report.section.%s", json_string_value(code)).ptr);
        all = arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(all), i > 0 ? ", " : "", SLICE_ARG(title));
    }
    return all;
}

/* What is made public is what was approved, but for quotes that may not be used any more. */
static enum db_status check_approved(struct step *step)
{
    struct report_page *page = step->page;
    json_t *approved = NULL;
    const enum db_status status =
        report_approved(&approved, page->tx, http_arena(page->ex), page->draft.number);
    if (status != DB_OK) {
        return status;
    }
    json_t *changes = report_approval_changes(approved, step->approval);
    if (json_array_size(changes) > 0) {
        json_errors_add(&step->posted->errors, "/naar", "veranderd",
                        "Sinds de goedkeuring is dit veranderd: %.*s. Bekijk hoe het rapport nu wordt. Haal "
                        "het terug naar concept, leg het voor, en laat het opnieuw goedkeuren.",
                        SLICE_ARG(titles_of(page, changes)));
    }
    json_decref(changes);
    return DB_OK;
}

/* As it would be made public now. */
static enum db_status check_made(struct step *step)
{
    struct report_page *page = step->page;
    const struct report_means means = report_means_of(page->room, page->ex);
    enum db_status status = report_make(&step->made, page->tx, &means, &page->draft);
    if (status == DB_OK && step->made.outcome == REPORT_MADE) {
        step->approval = report_approval(report_arena(page->ex), step->made.document, step->made.quoted);
        if (!step->approval) {
            step->made.outcome = REPORT_TOO_LARGE;
            step->made.limit = &report_limit_bytes;
        }
    }
    if (status == DB_OK && step->made.outcome != REPORT_MADE) {
        say_not_made(step);
    } else if (status == DB_OK && step->to != REPORT_PUT_FORWARD && check_releases(step) &&
               step->to == REPORT_PUBLISHED) {
        status = check_approved(step);
    }
    return status;
}

static enum db_status check_step(struct step *step)
{
    struct report_page *page = step->page;
    struct json_errors *errors = &step->posted->errors;
    const struct report_draft *draft = &page->draft;
    enum db_status status = DB_OK;
    bool hand = false;
    if (!report_may_follow(draft->state, step->to)) {
        json_errors_add(errors, "/naar", "keuze", "Deze stap kan nu niet. Kies een andere.");
        return DB_OK;
    }
    const bool back = step->to == REPORT_DRAFT || step->to == REPORT_WITHDRAWN || step->to == REPORT_DROPPED;
    if (back && step->told.len == 0) {
        json_errors_add(errors, "/toelichting", "ontbreekt", "Schrijf op waarom.");
    }
    if (step->to == REPORT_PUT_FORWARD && (draft->summary.len == 0 || draft->summary_en.len == 0)) {
        json_errors_add(errors, "/naar", "samenvatting",
                        "Schrijf eerst de samenvatting, in het Nederlands en in het Engels.");
    }
    if (step->to == REPORT_APPROVED) {
        status = report_has_hand_in(&hand, page->tx, draft->number, staff_caller(page->ex)->label);
        if (status == DB_OK && hand) {
            json_errors_add(errors, "/naar", "tweede-persoon",
                            "U heeft aan dit rapport gewerkt. Iemand anders moet het goedkeuren.");
        }
    }
    const bool made =
        step->to == REPORT_PUT_FORWARD || step->to == REPORT_APPROVED || step->to == REPORT_PUBLISHED;
    return status == DB_OK && errors->count == 0 && made ? check_made(step) : status;
}

/* Frozen, signed and made public, or not at all. */
static enum db_status publish(struct step *step)
{
    struct report_signed document;
    struct report_page *page = step->page;
    struct arena *arena = report_arena(page->ex);
    if (!report_sign(&document, arena, page->room->config.keys, step->made.document)) {
        http_error(page->ex, 500);
        return DB_ROLLBACK;
    }
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, (const unsigned char *)document.sha256.ptr, CRYPTO_SHA256_BYTES);
    enum db_status status =
        report_publish(page->tx, page->draft.number, &document, staff_caller(page->ex)->label);
    return status == DB_OK ? report_record(page, "report.publish",
                                           arena_printf(db_arena(page->tx),
                                                        "{\"sha256\":\"%s\",\"citatenVervallen\":%zu}", hex,
                                                        step->made.quotes_dropped)
                                               .ptr)
                           : status;
}

static enum db_status record_step(const struct step *step)
{
    const struct report_page *page = step->page;
    struct arena *arena = db_arena(page->tx);
    const char *approved =
        step->to == REPORT_APPROVED
            ? arena_printf(arena, ",\"sha256\":\"%s\"", report_text(step->approval, "sha256")).ptr
            : "";
    return report_record(page, "report.step",
                         arena_printf(arena, "{\"van\":\"%s\",\"naar\":\"%s\"%s}",
                                      report_states[page->draft.state], report_states[step->to], approved)
                             .ptr);
}

static enum db_status take_step(struct step *step)
{
    struct report_page *page = step->page;
    enum db_status status = DB_OK;
    if (step->to == REPORT_PUBLISHED) {
        status = publish(step);
    }
    const struct report_step taken = {.to = step->to,
                                      .told = step->told,
                                      .releases = step->to == REPORT_PUT_FORWARD ? step->made.releases : NULL,
                                      .approved = step->to == REPORT_APPROVED ? step->approval : NULL};
    if (status == DB_OK) {
        status = report_step_take(page->tx, &page->draft, &taken, staff_caller(page->ex)->label);
    }
    if (status == DB_OK) {
        status = record_step(step);
        http_redirect(page->ex, report_path(page, ""));
    }
    return status;
}

/* What cannot be taken back is asked for once more. */
static bool is_sure(const struct step *step)
{
    const bool publishing = step->to == REPORT_PUBLISHED;
    const struct staff_question question = {
        .title = publishing ? "report.publish_title" : "report.withdraw_title",
        .text = publishing ? "report.publish_text" : "report.withdraw_text",
        .button = publishing ? "report.publish_button" : "report.withdraw_button",
        .back_path = report_path(step->page, "")};
    return (!publishing && step->to != REPORT_WITHDRAWN) ||
           staff_confirmed(step->page->ex, step->page->room->config.account, &question);
}

static enum db_status post_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_page page;
    struct staff_posted posted;
    struct slice to = SLICE("");
    struct step step = {.page = &page, .posted = &posted, .told = SLICE("")};
    enum db_status status;
    if (!report_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct staff_about about = report_about(&page, "/stap");
    const struct json_field decoded[] = {
        {.name = "naar", .kind = JSON_KIND_STRING, .one_of = report_states, .out = &to},
        {.name = "toelichting",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = REPORT_TOLD_MAX,
         .out = &step.told},
        STAFF_READ_FIELD(&posted)};
    staff_form_read(&posted, &about, &step_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0]) &&
        posted.read_revision == page.draft.revision) {
        step.to = report_state_find(to);
        status = check_step(&step);
    }
    json_t *options;
    const enum db_status found = next_states(&options, &page);
    status = status == DB_OK ? found : status;
    if (status == DB_OK && staff_form_good(&posted, &about, &step_form, options) && is_sure(&step)) {
        status = take_step(&step);
    }
    json_decref(options);
    report_made_free(&step.made);
    json_decref(step.approval);
    return status;
}

const struct route report_step_routes[] = {
    REPORT_GET(REPORT_PATH "/{rapport}/stap", get_step),
    REPORT_POST(REPORT_PATH "/{rapport}/stap", post_step),
};
const size_t report_step_route_count = sizeof report_step_routes / sizeof report_step_routes[0];
