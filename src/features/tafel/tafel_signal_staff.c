/* Signals for the secretary: the list, one signal, writing one down and changing it. */
#include "features/tafel/tafel_signal_pages.h"

#include "base/clock.h"
#include "features/coding/coding.h"

#include <string.h>

enum { LIST_PAGE = 50 };

/* ---- the list ---- */

/* An address of the list with the same filter, from this signal on. */
static const char *list_path(struct http_exchange *ex, const struct signal_filter *filter, int64_t from)
{
    struct buffer address;
    buffer_init(&address, 4096);
    buffer_printf(&address, SIGNAL_PATH "?vanaf=%lld&stand=%.*s%s&eigenaar=", (long long)from,
                  SLICE_ARG(filter->state), filter->overdue ? "&telaat=ja" : "");
    for (size_t i = 0; i < filter->owner.len; i++) {
        buffer_printf(&address, "%%%02X", (unsigned)(unsigned char)filter->owner.ptr[i]);
    }
    const char *text = arena_cstr(http_arena(ex), buffer_slice(&address));
    buffer_free(&address);
    return text;
}

static json_t *state_options(struct http_exchange *ex, const struct tafel *tafel, struct slice chosen,
                             const struct signal_count counts[SIGNAL_STATES])
{
    json_t *list = json_array();
    for (unsigned i = 0; i < SIGNAL_STATES; i++) {
        json_t *option =
            json_pack("{s:s,s:I,s:b}", "stand", signal_states[i], "aantal", (json_int_t)counts[i].all,
                      "selected", (int)slice_equal_cstr(chosen, signal_states[i]));
        signal_add_words(option, ex, tafel->config.web);
        json_array_append_new(list, option);
    }
    return list;
}

static json_t *owner_options(const json_t *owners, struct slice chosen)
{
    size_t i;
    const json_t *owner;
    json_t *list = json_array();
    json_array_foreach(owners, i, owner)
    {
        json_array_append_new(list, json_pack("{s:O,s:b}", "naam", owner, "selected",
                                              (int)slice_equal_cstr(chosen, json_string_value(owner))));
    }
    return list;
}

/* What the list is asked for; what is none is left out. */
static struct signal_filter filter_of(const struct http_exchange *ex, const struct tafel *tafel)
{
    uint64_t from = 0;
    struct signal_filter filter = {.state = kept_asked(ex, "stand"),
                                   .owner = kept_asked(ex, "eigenaar"),
                                   .overdue = slice_equal_cstr(kept_asked(ex, "telaat"), "ja"),
                                   .most = LIST_PAGE + 1,
                                   .today = signal_today(tafel)};
    if (signal_state_find(filter.state) == SIGNAL_STATES) {
        filter.state = SLICE("");
    }
    if (filter.owner.len > 4 * SIGNAL_OWNER_MAX) {
        filter.owner = SLICE("");
    }
    if (slice_to_u64(&from, kept_asked(ex, "vanaf"), INT32_MAX)) {
        filter.from = (int64_t)from;
    }
    return filter;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct signal_count counts[SIGNAL_STATES];
    json_t *list = NULL, *owners = NULL;
    const struct signal_filter filter = filter_of(ex, tafel);
    enum db_status status = signal_list(&list, tx, http_arena(ex), &filter);
    status = status == DB_OK ? signal_counts(counts, tx, filter.today) : status;
    status = status == DB_OK ? signal_owners(&owners, tx, http_arena(ex)) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.signal.title");
    int64_t overdue = 0;
    for (unsigned i = 0; i < SIGNAL_STATES; i++) {
        overdue += counts[i].overdue;
    }
    const int64_t next = kept_cut(list, LIST_PAGE);
    if (next > 0) {
        json_object_set_new(context, "more", json_string(list_path(ex, &filter, next)));
    }
    signal_add_words(list, ex, tafel->config.web);
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    json_object_set(context, "signalen", list);
    json_object_set_new(context, "standen", state_options(ex, tafel, filter.state, counts));
    json_object_set_new(context, "eigenaren", owner_options(owners, filter.owner));
    json_object_set_new(context, "overdue", json_integer(overdue));
    signal_put_flow(context, counts, ex, tafel, "tafel.signal.options");
    json_object_set_new(context, "only_overdue", json_boolean(filter.overdue));
    staff_render(ex, tafel->config.account, 200, "staff_signals", context);
    return DB_OK;
}

/* ---- one signal ---- */

/* Of a passage its words only where it may be quoted, or to who reads passages anyway. Which kind a proof is,
 * for the template. */
static void show_proofs(json_t *proofs, struct http_exchange *ex)
{
    size_t i;
    json_t *proof;
    json_array_foreach(proofs, i, proof)
    {
        const char *kind = json_string_value(json_object_get(proof, "soort"));
        const char *consultation = json_string_value(json_object_get(proof, "consultatie"));
        json_object_set_new(proof, arena_printf(http_arena(ex), "is_%s", kind).ptr, json_true());
        /* Who sees to signals reads messages too. */
        if (!json_is_true(json_object_get(proof, "citeerbaar")) && strcmp(kind, "bericht") != 0 &&
            !account_may(staff_caller(ex), PERMISSION_PASSAGE_VIEW, consultation)) {
            json_object_del(proof, "citaat");
        }
        if (json_object_get(proof, "van")) {
            json_object_set(proof, "herkomst", json_object_get(proof, "van"));
        }
    }
}

/* What may be done with each: for the template. */
static void mark_forwards(json_t *forwards)
{
    size_t i;
    json_t *forward;
    json_array_foreach(forwards, i, forward)
    {
        const bool answered = strcmp(json_string_value(json_object_get(forward, "stand")), "geantwoord") == 0;
        json_object_set_new(forward, "answered", json_boolean(answered));
        json_object_set_new(forward, "waits", json_boolean(!answered));
    }
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct kept_page page;
    enum db_status status;
    json_t *steps = NULL, *notes = NULL, *proofs = NULL, *forwards = NULL;
    if (!signal_open(&page, &status, tafel, tx, ex, false)) {
        return status;
    }
    status = signal_steps(&steps, tx, http_arena(ex), page.number);
    status =
        status == DB_OK ? signal_notes(&notes, tx, http_arena(ex), page.number, SIGNAL_NOTES_SHOWN) : status;
    status = status == DB_OK ? signal_evidence_list(&proofs, tx, http_arena(ex), page.number, 0) : status;
    status = status == DB_OK ? signal_evidence_hold_back(proofs, tx, tafel->config.keys) : status;
    status = status == DB_OK
                 ? forward_list(&forwards, tx, http_arena(ex), page.number, 0, tafel->config.now_s())
                 : status;
    status = status == DB_OK ? signal_mark_over(forwards, tx, http_arena(ex)) : status;
    status = status == DB_OK ? signal_add_applications(page.thing, tx, ex, tafel) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_copy(page.thing);
    show_proofs(proofs, ex);
    kept_put_list(context, "stappen", "any_stappen", steps);
    kept_put_list(context, "notities", "any_notities", notes);
    kept_put_list(context, "bewijs", "any_bewijs", proofs);
    mark_forwards(forwards);
    kept_put_list(context, "doorgeleidingen", "any_doorgeleidingen", forwards);
    signal_add_words(context, ex, tafel->config.web);
    bool any_step = false;
    for (unsigned to = 0; to < SIGNAL_STATES; to++) {
        any_step =
            any_step || signal_step_needs(signal_state_of(&page), (enum signal_state)to) != SIGNAL_NO_STEP;
    }
    json_object_set_new(context, "signaal", json_integer(page.number));
    json_object_set_new(
        context, "may_forward",
        json_boolean(signal_state_of(&page) == SIGNAL_WEIGHED || signal_state_of(&page) == SIGNAL_FORWARDED));
    json_object_set_new(context, "may_step", json_boolean(any_step));
    json_object_set_new(context, "title", json_incref(json_object_get(context, "titel")));
    json_object_set_new(context, "back_path", json_string(SIGNAL_PATH));
    staff_render(ex, tafel->config.account, 200, "staff_signal", context);
    return DB_OK;
}

/* ---- writing it down, and changing it ---- */

static const struct form_field fields[] = {
    {"bron", FORM_CHOICE, false, signal_sources},
    {"titel", FORM_TEXT, false, NULL},
    {"tekst", FORM_AREA, false, NULL},
    {"consultatie", FORM_CHOICE, true, NULL},
    {"waarden", FORM_TICKS, true, coding_values},
    {"toepassingen", FORM_TICKS, true, NULL},
    {"eigenaar", FORM_TEXT, true, NULL},
    {"uiterlijk", FORM_DAY, true, NULL},
    {"openbaar", FORM_TICK, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form new_form = {"tafel.signal.new_title", "/nieuw", fields,
                                           sizeof fields / sizeof fields[0], NULL};
static const struct tafel_form change_form = {"tafel.signal.change_title", "/wijzigen", fields,
                                              sizeof fields / sizeof fields[0], NULL};

/* {"consultatie": [...], "toepassingen": [...]}: what may be chosen. The exchange's arena owns it. */
static void forget(void *object)
{
    json_decref(object);
}

static enum db_status read_options(json_t **out, const struct kept_page *page)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(page->tafel->config.survey, page->ex);
    json_t *places = json_array(), *applications = NULL;
    *out = json_pack("{s:o}", "consultatie", places);
    arena_defer(http_arena(page->ex), forget, *out);
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const char *code = survey_round_at(snapshot, i)->consultation;
        if (!kept_has_code(places, slice_from_cstr(code))) {
            json_array_append_new(places, json_pack("{s:s,s:s}", "code", code, "label", code));
        }
    }
    const enum db_status status = kept_applications(&applications, page->tx, page->ex);
    json_object_set(*out, "toepassingen", applications);
    return status;
}

/* The codes of a list of ticks, in the arena; a fault where one is none of the options. */
static const struct slice *read_codes(size_t *count, struct json_errors *errors, const char *pointer,
                                      const json_t *list, const json_t *options, struct arena *arena)
{
    size_t i;
    const json_t *item;
    struct slice *codes = arena_array(arena, json_array_size(list), sizeof *codes);
    bool wrong = false;
    *count = 0;
    json_array_foreach(list, i, item)
    {
        const char *code = json_is_string(item) ? json_string_value(item) : "";
        bool known = options && kept_has_code(options, slice_from_cstr(code));
        for (size_t k = 0; !options && coding_values[k]; k++) {
            known = known || strcmp(coding_values[k], code) == 0;
        }
        wrong = wrong || !known;
        codes[(*count)++] = slice_from_cstr(code);
    }
    if (wrong) {
        json_errors_add(errors, pointer, "keuze", "Kies uit de lijst.");
    }
    return codes;
}

static void read_draft(struct signal_draft *draft, struct staff_posted *posted, const struct kept_page *page,
                       const json_t *options)
{
    struct slice due = {NULL, 0};
    json_t *values = NULL, *applications = NULL;
    *draft = (struct signal_draft){.owner = SLICE("")};
    const struct json_field decoded[] = {
        {.name = "bron", .kind = JSON_KIND_STRING, .one_of = signal_sources, .out = &draft->source},
        {.name = "titel", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_TITLE_MAX, .out = &draft->title},
        {.name = "tekst", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_TEXT_MAX, .out = &draft->body},
        {.name = "consultatie", .kind = JSON_KIND_STRING, .optional = true, .out = &draft->consultation},
        {.name = "waarden",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .max = SIGNAL_VALUES_MAX,
         .out = &values},
        {.name = "toepassingen",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .max = SIGNAL_APPLICATIONS_MAX,
         .out = &applications},
        {.name = "eigenaar",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = SIGNAL_OWNER_MAX,
         .out = &draft->owner},
        {.name = "uiterlijk", .kind = JSON_KIND_STRING, .optional = true, .out = &due},
        {.name = "openbaar", .kind = JSON_KIND_BOOL, .optional = true, .out = &draft->is_public},
        STAFF_READ_FIELD(posted)};
    struct arena *arena = http_arena(page->ex);
    json_decode(&posted->errors, "", posted->values, decoded, sizeof decoded / sizeof decoded[0]);
    draft->values = read_codes(&draft->value_count, &posted->errors, "/waarden", values, NULL, arena);
    draft->applications = read_codes(&draft->application_count, &posted->errors, "/toepassingen",
                                     applications, json_object_get(options, "toepassingen"), arena);
    if (draft->consultation.ptr &&
        !kept_has_code(json_object_get(options, "consultatie"), draft->consultation)) {
        json_errors_add(&posted->errors, "/consultatie", "keuze", "Kies uit de lijst.");
    }
    if (due.ptr && (!clock_parse_day(&draft->due_day, due) || draft->due_day <= 0)) {
        json_errors_add(&posted->errors, "/uiterlijk", "datum", "Schrijf deze datum als 2027-06-30.");
    }
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct kept_page page = signal_page(self, tx, ex, 0);
    json_t *options;
    const enum db_status status = read_options(&options, &page);
    kept_form_show(&page, &new_form, NULL, options, NULL, NULL);
    return status;
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page = signal_page(self, tx, ex, 0);
    struct staff_posted posted;
    struct signal_draft draft;
    json_t *options;
    enum db_status status = read_options(&options, &page);
    if (status != DB_OK) {
        return status;
    }
    kept_form_read(&posted, &page, &new_form);
    read_draft(&draft, &posted, &page, options);
    if (!kept_form_good(&posted, &page, &new_form, options)) {
        return DB_OK;
    }
    status = signal_add(&page.number, tx, &draft, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record(&page, "signal.add", NULL);
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

static enum db_status get_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    json_t *options;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    status = read_options(&options, &page);
    kept_form_show(&page, &change_form, page.thing, options, NULL, NULL);
    return status;
}

static enum db_status post_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_draft draft;
    json_t *options;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    status = read_options(&options, &page);
    if (status != DB_OK) {
        return status;
    }
    kept_form_read(&posted, &page, &change_form);
    read_draft(&draft, &posted, &page, options);
    if (!kept_form_good(&posted, &page, &change_form, options)) {
        return DB_OK;
    }
    status = signal_change(tx, page.number, &draft, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record(&page, "signal.change",
                             draft.is_public ? "{\"openbaar\":true}" : "{\"openbaar\":false}");
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

const struct route signal_staff_routes[] = {
    SIGNAL_GET(SIGNAL_PATH, get_list, "taal,stand,eigenaar,telaat,vanaf"),
    SIGNAL_GET(SIGNAL_PATH "/nieuw", get_new, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/nieuw", post_new),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}", get_one, "taal"),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/wijzigen", get_change, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/wijzigen", post_change),
};
const size_t signal_staff_route_count = sizeof signal_staff_routes / sizeof signal_staff_routes[0];
