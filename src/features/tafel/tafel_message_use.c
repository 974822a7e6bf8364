/* What the table does with a message: making a signal of it, or resting one on it. The message stays what it
 * is: a voice, shown apart from tables, and counted by nothing. */
#include "features/tafel/tafel_message_pages.h"
#include "features/tafel/tafel_signal_pages.h"

#include <string.h>

static const struct form_field new_fields[] = {
    {"bron", FORM_CHOICE, false, NULL},    {"titel", FORM_TEXT, false, NULL},
    {"tekst", FORM_AREA, false, NULL},     {"waarom", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form new_form = {"tafel.message.signal_title", "/nieuw-signaal", new_fields,
                                           sizeof new_fields / sizeof new_fields[0], NULL};
static const struct form_field add_fields[] = {
    {"signaal", FORM_NUMBER, false, NULL},
    {"waarom", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form add_form = {"tafel.message.add_title", "/signaal", add_fields,
                                           sizeof add_fields / sizeof add_fields[0], NULL};

/* A message that may be evidence; 404: it is set aside, or gone. */
static bool open_usable(struct kept_page *page, enum db_status *status, const struct tafel *tafel,
                        struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    if (!message_open(page, status, tafel, tx, ex, to_change)) {
        return false;
    }
    if (message_state_of(page) == MESSAGE_ASIDE) {
        http_error(ex, 404);
        return false;
    }
    return true;
}

/* {"bron": [{code, label}]}. The caller owns it. */
static json_t *source_options(const struct kept_page *page)
{
    json_t *list = json_array();
    for (size_t i = 0; signal_sources[i]; i++) {
        json_array_append_new(
            list, json_pack("{s:s,s:o}", "code", signal_sources[i], "label",
                            kept_text_of(page->ex, page->tafel, "tafel.signal.options", signal_sources[i])));
    }
    return json_pack("{s:o}", "bron", list);
}

/* Rests the signal on the message, and marks the message as read. *added false: the signal is full. */
static enum db_status rest_on(bool *added, const struct kept_page *page, int32_t signal, struct slice why)
{
    const struct kept_page of = signal_page(page->tafel, page->tx, page->ex, signal);
    json_t *asked = json_object();
    const struct signal_proof proof = {.kind = "bericht",
                                       .why = why,
                                       .asked = asked,
                                       .passage =
                                           json_integer_value(json_object_get(page->thing, "passage"))};
    enum db_status status =
        signal_evidence_add(added, page->tx, signal, &proof, staff_caller(page->ex)->label);
    json_decref(asked);
    if (status != DB_OK || !*added) {
        return status;
    }
    status = kept_record(&of, "signal.evidence.add", "{\"soort\":\"bericht\"}");
    status = status == DB_OK
                 ? kept_record(page, "message.use",
                               arena_printf(db_arena(page->tx), "{\"signaal\":%d}", (int)signal).ptr)
                 : status;
    return status == DB_OK ? message_see(page) : status;
}

/* ---- a new signal ---- */

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (open_usable(&page, &status, self, tx, ex, false)) {
        json_t *options = source_options(&page);
        kept_form_show(&page, &new_form, NULL, options, NULL, NULL);
        json_decref(options);
    }
    return status;
}

/* What the message is about, the signal is about. */
static void take_over(struct signal_draft *draft, const struct kept_page *page)
{
    size_t i;
    const json_t *code;
    const json_t *values = json_object_get(page->thing, "waarden");
    struct slice *codes = arena_array(http_arena(page->ex), json_array_size(values) + 2, sizeof *codes);
    json_array_foreach(values, i, code)
    {
        codes[i] = slice_from_cstr(json_string_value(code));
    }
    draft->values = codes;
    draft->value_count = json_array_size(values);
    const char *application = json_string_value(json_object_get(page->thing, "toepassing"));
    if (application) {
        codes[draft->value_count] = slice_from_cstr(application);
        draft->applications = &codes[draft->value_count];
        draft->application_count = 1;
    }
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_draft draft = {.owner = SLICE("")};
    struct slice why = SLICE("");
    int32_t signal;
    bool added;
    enum db_status status;
    if (!open_usable(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field decoded[] = {
        {.name = "bron", .kind = JSON_KIND_STRING, .one_of = signal_sources, .out = &draft.source},
        {.name = "titel", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_TITLE_MAX, .out = &draft.title},
        {.name = "tekst", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_TEXT_MAX, .out = &draft.body},
        {.name = "waarom", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_WHY_MAX, .out = &why},
        STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page, &new_form);
    json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0]);
    json_t *options = source_options(&page);
    const bool good = kept_form_good(&posted, &page, &new_form, options);
    json_decref(options);
    if (!good) {
        return DB_OK;
    }
    take_over(&draft, &page);
    status = signal_add(&signal, tx, &draft, staff_caller(ex)->label);
    const struct kept_page of = signal_page(page.tafel, tx, ex, signal);
    status = status == DB_OK ? kept_record(&of, "signal.add", NULL) : status;
    status = status == DB_OK ? rest_on(&added, &page, signal, why) : status;
    if (status == DB_OK) {
        http_redirect(ex, kept_path(&of, ""));
    }
    return status;
}

/* ---- one that there is ---- */

static enum db_status get_add(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    enum db_status status;
    if (open_usable(&page, &status, self, tx, ex, false)) {
        kept_form_show(&page, &add_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static bool rests_already(const struct kept_page *page, int64_t signal)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(page->thing, "signalen"), i, one)
    {
        if (json_integer_value(json_object_get(one, "nummer")) == signal) {
            return true;
        }
    }
    return false;
}

static enum db_status post_add(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct slice why = SLICE("");
    int64_t signal = 0;
    int32_t revision = 0;
    bool added = false;
    enum db_status status;
    if (!open_usable(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field decoded[] = {
        {.name = "signaal", .kind = JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &signal},
        {.name = "waarom", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_WHY_MAX, .out = &why},
        STAFF_READ_FIELD(&posted)};
    kept_form_read(&posted, &page, &add_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0])) {
        status = signal_lock(&revision, tx, (int32_t)signal);
        if (status == DB_OK && revision == 0) {
            json_errors_add(&posted.errors, "/signaal", "onbekend", "Er is geen signaal met dit nummer.");
        } else if (rests_already(&page, signal)) {
            json_errors_add(&posted.errors, "/signaal", "dubbel", "Dit signaal rust al op dit bericht.");
        }
    }
    if (status != DB_OK || !kept_form_good(&posted, &page, &add_form, NULL)) {
        return status;
    }
    status = rest_on(&added, &page, (int32_t)signal, why);
    if (status == DB_OK && !added) {
        json_errors_add(&posted.errors, "/signaal", "te-veel", "Een signaal rust op ten hoogste %d bewijzen.",
                        SIGNAL_EVIDENCE_MAX);
        kept_form_good(&posted, &page, &add_form, NULL);
    } else if (status == DB_OK) {
        http_redirect(ex, arena_printf(http_arena(ex), SIGNAL_PATH "/%lld", (long long)signal).ptr);
    }
    return status;
}

const struct route message_use_routes[] = {
    TAFEL_GET(MESSAGE_PATH "/{bericht}/nieuw-signaal", get_new, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(MESSAGE_PATH "/{bericht}/nieuw-signaal", post_new, PERMISSION_TAFEL_MANAGE),
    TAFEL_GET(MESSAGE_PATH "/{bericht}/signaal", get_add, PERMISSION_TAFEL_MANAGE, "taal"),
    TAFEL_POST(MESSAGE_PATH "/{bericht}/signaal", post_add, PERMISSION_TAFEL_MANAGE),
};
const size_t message_use_route_count = sizeof message_use_routes / sizeof message_use_routes[0];
