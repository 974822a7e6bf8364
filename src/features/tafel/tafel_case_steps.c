/* What happens to a recommendation or research question, for the secretary: its next step, what it rests on,
 * and the points that each side of the table gives a question. */
#include "features/tafel/tafel_case_pages.h"
#include "features/tafel/tafel_signal_evidence.h"
#include "features/tafel/tafel_signal_sql.h"

static const struct form_field step_fields[] = {
    {"naar", FORM_CHOICE, false, NULL},
    {"verwijzing", FORM_TEXT, true, NULL},
    {"toelichting", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form step_form = {"tafel.research.step_title", "/stap", step_fields,
                                            sizeof step_fields / sizeof step_fields[0], NULL};
static const struct form_field evidence_fields[] = {
    {"signaal", FORM_NUMBER, true, NULL},
    {"passage", FORM_NUMBER, true, NULL},
    {"waarom", FORM_AREA, false, NULL},
};
static const struct tafel_form evidence_form = {"tafel.research.evidence_title", "/bewijs", evidence_fields,
                                                sizeof evidence_fields / sizeof evidence_fields[0], NULL};
static const struct form_field points_fields[] = {
    {"kant", FORM_CHOICE, false, table_sides},
    {"punten", FORM_NUMBER, false, NULL},
};
static const struct tafel_form points_form = {"tafel.research.points_title", "/punten", points_fields,
                                              sizeof points_fields / sizeof points_fields[0], NULL};

/* ---- the next step ---- */

static enum case_sort sort_of(const struct kept_page *page)
{
    return page->kind == &case_kinds[CASE_QUESTION].kept ? CASE_QUESTION : CASE_RECOMMENDATION;
}

static bool may_follow(const struct kept_page *page, const char *to)
{
    return case_step_needs(sort_of(page), case_state_of(page), slice_from_cstr(to)) != CASE_NO_STEP;
}

static const json_t *next_states(const struct kept_page *page)
{
    return kept_next_states(page, arena_printf(http_arena(page->ex), "%s.options", page->kind->texts).ptr,
                            case_states[sort_of(page)], may_follow);
}

static enum db_status get_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (kept_open(&page, &status, &case_kind_of(ex)->kept, self, tx, ex, false)) {
        kept_form_show(&page, &step_form, NULL, next_states(&page), NULL, NULL);
    }
    return status;
}

static const struct kept_lack lacks[] = {
    {CASE_NO_STEP, "/naar", "Deze stap kan nu niet. Kies een andere."},
    {CASE_GROUND, "/verwijzing", "Noem het overleg of het mandaat waarop dit rust, met de datum."},
    {CASE_TOLD, "/toelichting", "Schrijf op waarom, aan wie, of wat eruit kwam."},
    {CASE_POINTS, "/naar", "Eerst moeten ten minste drie van de vier kanten punten geven."},
};

static enum db_status post_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct case_kind *kind = case_kind_of(ex);
    struct kept_page page;
    struct staff_posted posted;
    struct case_step step = {.told = SLICE(""), .reference = SLICE("")};
    enum db_status status;
    if (!kept_open(&page, &status, &kind->kept, self, tx, ex, true)) {
        return status;
    }
    const struct json_field decoded[] = {
        {.name = "naar", .kind = JSON_KIND_STRING, .one_of = case_states[kind->sort], .out = &step.to},
        {.name = "verwijzing",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = CASE_REFERENCE_MAX,
         .out = &step.reference},
        {.name = "toelichting",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = CASE_TOLD_MAX,
         .out = &step.told},
        STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page, &step_form);
    json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0]);
    step.from = case_state_of(&page);
    if (posted.errors.count == 0 && posted.read_revision == page.revision) {
        const bool weighed = json_object_size(json_object_get(page.thing, "punten")) >= RESEARCH_SIDES_MIN;
        kept_say_lacks(&posted.errors,
                       case_step_needs(kind->sort, step.from, step.to) &
                           ~((step.reference.len > 0 ? CASE_GROUND : 0U) |
                             (step.told.len > 0 ? CASE_TOLD : 0U) | (weighed ? CASE_POINTS : 0U)),
                       lacks, sizeof lacks / sizeof lacks[0]);
    }
    if (!kept_form_good(&posted, &page, &step_form, next_states(&page))) {
        return DB_OK;
    }
    status = case_step_add(tx, kind->sort, page.number, &step, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record_step(&page, step.from, step.to);
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

/* ---- what it rests on: it is added to, and needs no lock ---- */

static enum db_status get_evidence(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (kept_open(&page, &status, &case_kind_of(ex)->kept, self, tx, ex, false)) {
        kept_form_show(&page, &evidence_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status check_evidence(struct staff_posted *posted, struct db_tx *tx, int64_t signal,
                                     int64_t passage)
{
    int32_t round, revision = 0;
    bool message, found = false;
    enum db_status status = DB_OK;
    if ((signal == 0) == (passage == 0)) {
        json_errors_add(&posted->errors, "/signaal", "keuze",
                        "Noem een signaal of een passage, een van beide.");
    } else if (signal != 0) {
        status = signal_lock(&revision, tx, (int32_t)signal);
        if (revision == 0) {
            json_errors_add(&posted->errors, "/signaal", "onbekend", "Er is geen signaal met dit nummer.");
        }
    } else {
        status = signal_passage_round(&round, &message, &found, tx, passage);
        if (!found) {
            json_errors_add(&posted->errors, "/passage", "onbekend",
                            "Deze passage is er niet, of mag niet meer worden gebruikt.");
        }
    }
    return status;
}

static enum db_status post_evidence(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct case_kind *kind = case_kind_of(ex);
    struct kept_page page;
    struct staff_posted posted;
    struct slice why = SLICE("");
    int64_t signal = 0, passage = 0;
    enum db_status status;
    if (!kept_open(&page, &status, &kind->kept, self, tx, ex, true)) {
        return status;
    }
    const struct json_field decoded[] = {
        {.name = "signaal",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = INT32_MAX,
         .out = &signal},
        {.name = "passage",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = INT32_MAX,
         .out = &passage},
        {.name = "waarom", .kind = JSON_KIND_STRING, .min = 1, .max = CASE_WHY_MAX, .out = &why}};
    kept_form_read(&posted, &page, &evidence_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0])) {
        status = check_evidence(&posted, tx, signal, passage);
    }
    if (status != DB_OK) {
        return status;
    }
    if (posted.errors.count > 0) {
        kept_form_show(&page, &evidence_form, posted.values, NULL, &posted.errors, NULL);
        return DB_OK;
    }
    status = case_evidence_add(tx, kind->sort, page.number, (int32_t)signal, passage, why,
                               staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record(&page, arena_printf(db_arena(tx), "%s.evidence", kind->kept.object).ptr, NULL);
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

/* ---- how much a question matters ---- */

static enum db_status get_points(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (kept_open(&page, &status, &case_kinds[CASE_QUESTION].kept, self, tx, ex, false)) {
        kept_form_show(&page, &points_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_points(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct slice side = SLICE("");
    int64_t points = 0;
    enum db_status status;
    if (!kept_open(&page, &status, &case_kinds[CASE_QUESTION].kept, self, tx, ex, true)) {
        return status;
    }
    const struct json_field decoded[] = {
        {.name = "kant", .kind = JSON_KIND_STRING, .one_of = table_sides, .out = &side},
        {.name = "punten", .kind = JSON_KIND_INT, .min = 1, .max = RESEARCH_POINTS_MAX, .out = &points}};
    kept_form_read(&posted, &page, &points_form);
    if (!json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0])) {
        kept_form_show(&page, &points_form, posted.values, NULL, &posted.errors, NULL);
        return DB_OK;
    }
    status = research_points_add(tx, page.number, side, (int32_t)points, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record(
            &page, "research.points",
            arena_printf(db_arena(tx), "{\"kant\":\"%.*s\",\"punten\":%d}", SLICE_ARG(side), (int)points)
                .ptr);
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

#define CASE_ROUTES(ONE)                                                                                     \
    TAFEL_GET(ONE "/stap", get_step, PERMISSION_TAFEL_MANAGE, "taal"),                                       \
        TAFEL_POST(ONE "/stap", post_step, PERMISSION_TAFEL_MANAGE),                                         \
        TAFEL_GET(ONE "/bewijs", get_evidence, PERMISSION_TAFEL_MANAGE, "taal"),                             \
        TAFEL_POST(ONE "/bewijs", post_evidence, PERMISSION_TAFEL_MANAGE)

const struct route case_step_routes[] = {
    CASE_ROUTES(RECOMMENDATION_PATH "/{aanbeveling}"),
    CASE_ROUTES(QUESTION_PATH "/{vraag}"),
    TAFEL_GET(QUESTION_PATH "/{vraag}/punten", get_points, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(QUESTION_PATH "/{vraag}/punten", post_points, PERMISSION_TAFEL_MANAGE),
};
const size_t case_step_route_count = sizeof case_step_routes / sizeof case_step_routes[0];
