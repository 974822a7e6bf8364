/* What a meeting decides on an item of its agenda, and the step of a signal that follows; a signal that is
 * put on an agenda. */
#include "features/tafel/tafel_meeting_pages.h"

#include "base/clock.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))
enum { DAY_S = 86400 };

static const struct form_field decide_fields[] = {
    {"besluit", FORM_CHOICE, false, NULL},
    {"besluitTekst", FORM_AREA, true, NULL},
    {"afwijkend", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};

static bool is_signal(const struct meeting_page *page)
{
    return json_object_get(page->part, "signaal") != NULL;
}

static json_t *option_of(const struct meeting_page *page, enum meeting_decision decision)
{
    const char *code = meeting_decisions[decision];
    const struct slice word =
        locale_text(web_locales(page->tafel->config.web), http_language(page->ex),
                    arena_printf(http_arena(page->ex), "tafel.meeting.options.%s", code).ptr);
    return json_pack("{s:s,s:s%}", "code", code, "label", word.ptr, word.len);
}

/* Those that may be taken of what the item is. */
static json_t *decide_options(const struct meeting_page *page)
{
    json_t *list = json_array();
    const struct meeting_facts facts = {.is_signal = is_signal(page)};
    for (unsigned i = 0; i < DECISIONS; i++) {
        const enum meeting_decision decision = (enum meeting_decision)i;
        if ((meeting_decision_faults(decision, &facts) & DECISION_NOT_OF_IT) == 0) {
            json_array_append_new(list, option_of(page, decision));
        }
    }
    return json_pack("{s:o}", "besluit", list);
}

static void say_faults(struct json_errors *errors, unsigned faults, const struct table_quorum *lacks)
{
    if ((faults & DECISION_NOT_OF_IT) != 0) {
        json_errors_add(errors, "/besluit", "keuze", "Kies uit de lijst.");
    }
    if ((faults & DECISION_NO_QUORUM) != 0) {
        json_errors_add(errors, "/besluit", "geen-quorum",
                        "Er is geen quorum: er ontbreken %d leden en %d kanten. Houd dit punt aan.",
                        (int)lacks->members, (int)lacks->sides);
    }
    if ((faults & DECISION_NO_WORDS) != 0) {
        json_errors_add(errors, "/besluitTekst", "ontbreekt", "Schrijf op wat is besloten, en waarom.");
    }
    if ((faults & DECISION_NO_STEP) != 0) {
        json_errors_add(errors, "/besluit", "stand",
                        "Dit signaal is al verder, of al besloten. Kijk eerst hoe het ervoor staat.");
    }
}

/* "Maatschappelijke tafel, overleg van 3 maart 2027, punt 2": as it stands with the signal, in Dutch. */
static struct slice reference_of(const struct meeting_page *page)
{
    int32_t day = 0;
    clock_parse_day(&day, slice_from_cstr(json_string_value(json_object_get(page->meeting, "dag"))));
    const struct slice on =
        locale_date(http_arena(page->ex), web_locales(page->tafel->config.web), "nl", (int64_t)day * DAY_S);
    return arena_printf(http_arena(page->ex), "%s, overleg van %.*s, punt %lld",
                        json_string_value(json_object_get(page->meeting, "tafelTitel")), SLICE_ARG(on),
                        (long long)json_integer_value(json_object_get(page->part, "punt")));
}

static enum db_status step_signal(const struct meeting_page *page, const struct meeting_decided *decided,
                                  int32_t signal, enum signal_state from)
{
    const struct signal_step step = {.from = from,
                                     .to = meeting_decision_step(decided->decision),
                                     .told = decided->told,
                                     .ground = slice_from_cstr(signal_grounds[0]),
                                     .reference = reference_of(page),
                                     .meeting_item = decided->item};
    if (step.to == SIGNAL_STATES) {
        return DB_OK;
    }
    const enum db_status status = signal_step_add(page->tx, signal, &step, staff_caller(page->ex)->label);
    return status == DB_OK
               ? staff_audit(page->tx, page->ex, "signal.step",
                             arena_printf(db_arena(page->tx), "signal:%d", (int)signal).ptr, "ok",
                             arena_printf(db_arena(page->tx),
                                          "{\"van\":\"%s\",\"naar\":\"%s\",\"overleg\":%d}",
                                          signal_states[step.from], signal_states[step.to], (int)page->number)
                                 .ptr)
               : status;
}

/* The state of the signal of the item, held off others; SIGNAL_STATES where the item is none. */
static enum db_status lock_signal(enum signal_state *state, const struct meeting_page *page, int32_t signal)
{
    int32_t revision;
    json_t *found = NULL;
    *state = SIGNAL_STATES;
    if (signal == 0) {
        return DB_OK;
    }
    enum db_status status = signal_lock(&revision, page->tx, signal);
    if (status == DB_OK) {
        status =
            signal_find(&found, &revision, page->tx, http_arena(page->ex), signal, signal_today(page->tafel));
    }
    if (found) {
        *state = signal_state_find(slice_from_cstr(json_string_value(json_object_get(found, "stand"))));
    }
    return status;
}

static void read_decided(struct meeting_decided *decided, struct meeting_page *page,
                         struct staff_posted *posted)
{
    struct slice name = {NULL, 0};
    *decided = (struct meeting_decided){
        .item = (int32_t)json_integer_value(json_object_get(page->part, "nummer")),
        .decision = DECISIONS,
        .told = SLICE(""),
        .dissent = SLICE(""),
        .asked = {(int32_t)json_integer_value(json_object_get(page->meeting, "quorum")),
                  (int32_t)json_integer_value(json_object_get(page->meeting, "quorumKanten"))}};
    const struct json_field fields[] = {
        {.name = "besluit", .kind = JSON_KIND_STRING, .one_of = meeting_decisions, .out = &name},
        {.name = "besluitTekst",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = MEETING_TOLD_MAX,
         .out = &decided->told},
        {.name = "afwijkend",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = MEETING_DISSENT_MAX,
         .out = &decided->dissent},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    if (name.ptr) {
        decided->decision = meeting_decision_find(name);
    }
    if (json_object_get(page->part, "besluit")) {
        json_errors_add(&posted->errors, "/besluit", "besloten",
                        "Hierover is al besloten. Zet het op de agenda van een volgend overleg.");
    }
}

static enum db_status take_decision(struct meeting_page *page, struct staff_posted *posted)
{
    struct meeting_decided decided;
    enum signal_state state;
    const int32_t signal = (int32_t)json_integer_value(json_object_get(page->part, "signaal"));
    enum db_status status = lock_signal(&state, page, signal);
    if (status != DB_OK) {
        return status;
    }
    read_decided(&decided, page, posted);
    const struct table_present present = meeting_present(page->meeting, decided.item);
    const struct meeting_facts facts = {.is_signal = signal != 0,
                                        .state = state,
                                        .lacks = table_lacks(&decided.asked, &present),
                                        .told = decided.told.len > 0};
    /* Who read another revision is told that first: what is wrong may be so no more. */
    if (posted->errors.count == 0 && posted->read_revision == page->revision) {
        say_faults(&posted->errors, meeting_decision_faults(decided.decision, &facts), &facts.lacks);
    }
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    decided.there = meeting_present_count(&present);
    status = meeting_decide(page->tx, &mark, &decided);
    return status == DB_OK ? step_signal(page, &decided, signal, state) : status;
}

MEETING_DEED(decide,
             .form = {"tafel.meeting.decide_title", "/besluit", decide_fields, COUNT(decide_fields), NULL},
             .act = MEETING_DECIDE, .parts = "punten", .parameter = "punt", .audit = "meeting.decide",
             .options = decide_options, .take = take_decision)

/* ---- a signal that is put on an agenda ---- */

static const struct form_field table_fields[] = {
    {"overleg", FORM_CHOICE, false, NULL},
    {"opLijst", FORM_TICK, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form table_form = {"tafel.signal.meeting_title", "/overleg", table_fields,
                                             COUNT(table_fields), NULL};

static void forget(void *object)
{
    json_decref(object);
}

/* {"overleg": [{code, label}]}: the table and the day in words. */
static enum db_status read_meetings(json_t **options, const struct kept_page *page)
{
    static const char *const days[] = {"dag", NULL};
    size_t i;
    json_t *list = NULL, *one;
    const enum db_status status = meeting_options(&list, page->tx, http_arena(page->ex));
    tafel_say_words(list, page->ex, page->tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.meeting", .days = days});
    json_array_foreach(list, i, one)
    {
        json_object_set_new(one, "label",
                            json_sprintf("%s, %s", json_string_value(json_object_get(one, "tafel")),
                                         json_string_value(json_object_get(one, "dag_woord"))));
    }
    *options = json_pack("{s:O}", "overleg", list ? list : json_null());
    arena_defer(http_arena(page->ex), forget, *options);
    return status;
}

static enum db_status get_table(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    json_t *options;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    status = read_meetings(&options, &page);
    kept_form_show(&page, &table_form, NULL, options, NULL, NULL);
    return status;
}

/* Puts the signal on it; *meeting 0: there is no such meeting that takes items, or it stands there. */
static enum db_status put_on_agenda(int32_t *meeting, struct slice choice, bool is_public,
                                    const struct kept_page *page)
{
    struct meeting_page other = {.tafel = page->tafel, .tx = page->tx, .ex = page->ex};
    uint64_t number = 0;
    bool added = false;
    *meeting = 0;
    if (!slice_to_u64(&number, choice, INT32_MAX)) {
        return DB_OK;
    }
    other.number = (int32_t)number;
    enum db_status status = meeting_lock(&other.revision, page->tx, other.number);
    if (status == DB_OK) {
        status = meeting_find(&other.meeting, &other.revision, page->tx, http_arena(page->ex), other.number,
                              signal_today(page->tafel));
    }
    const char *state = json_string_value(json_object_get(other.meeting, "stand"));
    if (status != DB_OK || !state ||
        !meeting_may(meeting_state_find(slice_from_cstr(state)), MEETING_PREPARE)) {
        return status;
    }
    const struct meeting_item item = {.signal = page->number, .title = SLICE(""), .is_public = is_public};
    const struct meeting_mark mark = meeting_page_mark(&other);
    status = meeting_item_add(&added, page->tx, &mark, &item);
    if (status == DB_OK && added) {
        *meeting = other.number;
        status = meeting_record(&other, "meeting.item",
                                arena_printf(db_arena(page->tx), "{\"signaal\":%d}", (int)page->number).ptr);
    }
    return status;
}

static enum db_status post_table(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct slice choice = {NULL, 0};
    bool is_public = false;
    int32_t meeting = 0;
    json_t *options;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    status = read_meetings(&options, &page);
    if (status != DB_OK) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "overleg", .kind = JSON_KIND_STRING, .out = &choice},
        {.name = "opLijst", .kind = JSON_KIND_BOOL, .optional = true, .out = &is_public},
        STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page, &table_form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    if (posted.errors.count == 0) {
        status = put_on_agenda(&meeting, choice, is_public, &page);
    }
    if (status == DB_OK && posted.errors.count == 0 && meeting == 0) {
        json_errors_add(&posted.errors, "/overleg", "keuze",
                        "Kies uit de lijst. Staat het signaal daar al op de agenda, kies dan een ander.");
    }
    if (status == DB_OK && posted.errors.count > 0) {
        kept_form_show(&page, &table_form, posted.values, options, &posted.errors, NULL);
    } else if (status == DB_OK) {
        http_redirect(ex, arena_printf(http_arena(ex), MEETING_PATH "/%d", (int)meeting).ptr);
    }
    return status;
}

const struct route meeting_decide_routes[] = {
    MEETING_ROUTES(decide, MEETING_PATH "/{overleg}/punt/{punt}/besluit"),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/overleg", get_table, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/overleg", post_table),
};
const size_t meeting_decide_route_count = COUNT(meeting_decide_routes);
