/* What happens to a signal, for the secretary: its next step, and the discussion. */
#include "features/tafel/tafel_signal_pages.h"

/* What a meeting decides is written down at the meeting (tafel_meeting_decide.c), by whom and how many. */
static const char *const step_grounds[] = {"mandaat", NULL};
static const struct form_field step_fields[] = {
    {"naar", FORM_CHOICE, false, NULL},    {"grond", FORM_CHOICE, true, step_grounds},
    {"verwijzing", FORM_TEXT, true, NULL}, {"toelichting", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form step_form = {"tafel.signal.step_title", "/stap", step_fields,
                                            sizeof step_fields / sizeof step_fields[0], NULL};

static const struct form_field note_fields[] = {
    {"notitie", FORM_AREA, false, NULL},
    {"iedereen", FORM_TICK, true, NULL},
};
static const struct tafel_form note_form = {"tafel.signal.note_title", "/notitie", note_fields,
                                            sizeof note_fields / sizeof note_fields[0], NULL};

/* ---- the next step ---- */

static bool may_follow(const struct kept_page *page, const char *to)
{
    return signal_step_needs(signal_state_of(page), signal_state_find(slice_from_cstr(to))) != SIGNAL_NO_STEP;
}

static const json_t *next_states(const struct kept_page *page)
{
    return kept_next_states(page, "tafel.signal.to", signal_states, may_follow);
}

static enum db_status get_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (signal_open(&page, &status, self, tx, ex, false)) {
        kept_form_show(&page, &step_form, NULL, next_states(&page), NULL, NULL);
    }
    return status;
}

static const struct kept_lack lacks[] = {
    {SIGNAL_NO_STEP, "/naar", "Deze stap kan nu niet. Kies een andere."},
    {SIGNAL_GROUND, "/grond", "Noem het mandaat waarop dit rust, of neem dit besluit in een overleg."},
    {SIGNAL_TOLD, "/toelichting", "Schrijf op waarom, of wat eruit kwam."},
    {SIGNAL_ADDRESSEE, "/naar", "Leg eerst vast aan wie u het signaal doorgeeft."},
    {SIGNAL_ANSWERS, "/naar", "Nog niet iedereen heeft geantwoord."},
};

static void read_step(struct signal_step *step, struct staff_posted *posted, const struct kept_page *page)
{
    struct slice to = {NULL, 0};
    *step = (struct signal_step){.from = signal_state_of(page), .to = SIGNAL_STATES};
    const struct json_field fields[] = {
        {.name = "naar", .kind = JSON_KIND_STRING, .one_of = signal_states, .out = &to},
        {.name = "grond",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .one_of = step_grounds,
         .out = &step->ground},
        {.name = "verwijzing",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = SIGNAL_REFERENCE_MAX,
         .out = &step->reference},
        {.name = "toelichting",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = SIGNAL_TEXT_MAX,
         .out = &step->told},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, sizeof fields / sizeof fields[0]);
    if ((step->ground.len > 0) != (step->reference.len > 0)) {
        const bool ground = step->ground.len > 0;
        json_errors_add(&posted->errors, ground ? "/verwijzing" : "/grond", "ontbreekt",
                        ground ? "Noem welk mandaat, met de datum." : "Zeg dat dit een mandaat is.");
    }
    if (to.ptr && signal_state_find(to) < SIGNAL_STATES) {
        step->to = signal_state_find(to);
    }
}

static enum db_status post_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_step step;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    kept_form_read(&posted, &page, &step_form);
    read_step(&step, &posted, &page);
    /* Who read another revision is told that first: what is lacking may be so no more. */
    if (step.to < SIGNAL_STATES && posted.read_revision == page.revision && posted.errors.count == 0) {
        struct signal_facts facts = {.ground = step.ground.len > 0, .told = step.told.len > 0};
        status = forward_facts(&facts, tx, page.number);
        if (status != DB_OK) {
            return status;
        }
        kept_say_lacks(&posted.errors, signal_step_lacks(step.from, step.to, &facts), lacks,
                       sizeof lacks / sizeof lacks[0]);
    }
    if (!kept_form_good(&posted, &page, &step_form, next_states(&page))) {
        return DB_OK;
    }
    status = signal_step_add(tx, page.number, &step, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record_step(&page, slice_from_cstr(signal_states[step.from]),
                                  slice_from_cstr(signal_states[step.to]));
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

/* ---- the discussion: it is added to, and needs no lock ---- */

static enum db_status get_note(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (signal_open(&page, &status, self, tx, ex, false)) {
        kept_form_show(&page, &note_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_note(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct slice body = {NULL, 0};
    bool is_public = false;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "notitie", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_TEXT_MAX, .out = &body},
        {.name = "iedereen", .kind = JSON_KIND_BOOL, .optional = true, .out = &is_public}};
    kept_form_read(&posted, &page, &note_form);
    json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    if (posted.errors.count > 0) {
        kept_form_show(&page, &note_form, posted.values, NULL, &posted.errors, NULL);
        return DB_OK;
    }
    status = signal_note_add(tx, page.number, body, is_public, staff_caller(ex)->label);
    if (status == DB_OK) {
        status =
            kept_record(&page, "signal.note", is_public ? "{\"openbaar\":true}" : "{\"openbaar\":false}");
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

/* The other mark than it has. */
static enum db_status post_mark(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    bool found, is_public;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const int32_t note = tafel_number(ex, "notitie");
    status = signal_note_is(&found, &is_public, tx, page.number, note);
    if (status != DB_OK || !found) {
        if (status == DB_OK) {
            http_error(ex, 404);
        }
        return status;
    }
    status = signal_note_mark(tx, note, !is_public, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record(&page, "signal.note-mark",
                             arena_printf(db_arena(tx), "{\"notitie\":%d,\"openbaar\":%s}", (int)note,
                                          is_public ? "false" : "true")
                                 .ptr);
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

const struct route signal_step_routes[] = {
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/stap", get_step, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/stap", post_step),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/notitie", get_note, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/notitie", post_note),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/notitie/{notitie}/merk", post_mark),
};
const size_t signal_step_route_count = sizeof signal_step_routes / sizeof signal_step_routes[0];
