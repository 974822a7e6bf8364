/* Suggestions for the secretary: what rules found, made into a signal with its evidence, or set aside. */
#include "features/tafel/tafel_suggestion_pages.h"
#include "features/tafel/tafel_words.h"

#include <string.h>

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static const char *const word_days[] = {"op", "gezienOp", NULL};
static const struct tafel_word_list words = {.texts = "tafel.suggestion", .days = word_days};

static int language_of(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0;
}

static enum db_status record(struct db_tx *tx, const struct http_exchange *ex, int32_t number,
                             const char *action, const char *details)
{
    return staff_audit(tx, ex, action, arena_printf(db_arena(tx), "suggestion:%d", (int)number).ptr, "ok",
                       details);
}

static void say_so(struct http_exchange *ex, const struct tafel *tafel, int status, const char *text)
{
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.suggestion.title");
    json_object_set_new(context, "said", staff_text(ex, tafel->config.account, text));
    json_object_set_new(context, "back_path", json_string(SUGGESTION_PATH));
    staff_render(ex, tafel->config.account, status, "staff_signal_said", context);
}

/* ---- the list, and looking again ---- */

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *list = NULL, *suggestion;
    size_t i;
    const enum db_status status = suggestion_list(&list, tx, http_arena(ex));
    if (status != DB_OK) {
        return status;
    }
    json_array_foreach(list, i, suggestion)
    {
        suggestion_say(suggestion, http_arena(ex), tafel, survey_snapshot_for(tafel->config.survey, ex),
                       language_of(ex));
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.suggestion.title");
    tafel_say_words(list, ex, tafel->config.web, &words);
    json_object_set(context, "voorstellen", list);
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    staff_render(ex, tafel->config.account, 200, "staff_signal_suggestions", context);
    return DB_OK;
}

static enum db_status post_look(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    bool busy = false;
    enum db_status status = snapshot ? suggestions_look(&busy, tafel, tx, snapshot) : DB_OK;
    if (status == DB_OK) {
        status = staff_audit(tx, ex, "suggestion.look", "suggestions", "ok", NULL);
    }
    if (status == DB_OK && busy) {
        say_so(ex, tafel, 503, "tafel.suggestion.busy");
        http_set_retry_after(ex, 1);
    } else if (status == DB_OK) {
        http_redirect(ex, SUGGESTION_PATH);
    }
    return status;
}

/* ---- one that is open ---- */

/* NULL: answered with 404 or 409, or *status. */
static json_t *take(int32_t *number, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                    struct http_exchange *ex)
{
    json_t *suggestion = NULL;
    *number = tafel_number(ex, "signaalvoorstel");
    *status = suggestion_take(&suggestion, tx, http_arena(ex), *number);
    if (*status == DB_OK && !suggestion && *number == 0) {
        http_error(ex, 404);
    } else if (*status == DB_OK && !suggestion) {
        say_so(ex, tafel, 409, "tafel.suggestion.gone");
    }
    return suggestion;
}

static struct slice slice_of(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : SLICE("");
}

/* ---- made into a signal ---- */

static int value_of(struct slice code)
{
    int value = 0;
    while (coding_values[value] && !slice_equal_cstr(code, coding_values[value])) {
        value++;
    }
    return coding_values[value] ? value : -1;
}

static enum db_status write_signal(int32_t *number, const json_t *suggestion, struct db_tx *tx,
                                   struct http_exchange *ex)
{
    const struct slice value = slice_of(suggestion, "waarde"),
                       application = slice_of(suggestion, "toepassing");
    const struct slice body =
        arena_printf(http_arena(ex), "%.*s\n\n%.*s", SLICE_ARG(slice_of(suggestion, "zin")),
                     SLICE_ARG(slice_of(suggestion, "regel_zin")));
    const struct signal_draft draft = {.source = slice_from_cstr(signal_sources[0]),
                                       .title = slice_of(suggestion, "titel"),
                                       .body = body,
                                       .owner = SLICE(""),
                                       .consultation = slice_of(suggestion, "consultatie"),
                                       .values = &value,
                                       .value_count = value_of(value) >= 0 ? 1 : 0,
                                       .applications = &application,
                                       .application_count = application.len > 0 ? 1 : 0};
    const enum db_status status = signal_add(number, tx, &draft, staff_caller(ex)->label);
    return status == DB_OK
               ? staff_audit(
                     tx, ex, "signal.add", arena_printf(db_arena(tx), "signal:%d", (int)*number).ptr, "ok",
                     arena_printf(db_arena(tx), "{\"voorstel\":%lld}",
                                  (long long)json_integer_value(json_object_get(suggestion, "nummer")))
                         .ptr)
               : status;
}

/* The table that the figure is of, counted from the release of now. One that may not be shown is left out. */
static enum db_status add_table(const struct tafel *tafel, struct db_tx *tx, struct http_exchange *ex,
                                int32_t signal, const json_t *suggestion, const struct survey_round *round)
{
    struct json_errors errors;
    bool busy = false, added;
    const json_t *kept = json_object_get(suggestion, "cijfers");
    json_t *asked = json_pack("{s:O,s:O,s:b}", "variabele", json_object_get(suggestion, "onderwerp"),
                              "antwoord", json_object_get(kept, "antwoord"), "gewogen",
                              (int)json_is_true(json_object_get(kept, "gewogen")));
    enum db_status status = DB_OK;
    json_errors_init(&errors, http_arena(ex));
    json_t *figures =
        asked ? signal_table_count(&busy, &errors, http_arena(ex), tafel->config.results, round, asked)
              : NULL;
    if (figures) {
        const struct signal_proof proof = {.kind = "tabel",
                                           .round_id = round->id,
                                           .why = slice_of(suggestion, "titel"),
                                           .asked = asked,
                                           .figures = figures};
        status = signal_evidence_add(&added, tx, signal, &proof, staff_caller(ex)->label);
    }
    json_decref(asked);
    return status;
}

/* What people said of it, by number. */
static enum db_status add_passages(struct db_tx *tx, struct http_exchange *ex, int32_t signal,
                                   const json_t *suggestion, const struct survey_round *round)
{
    int64_t passages[SUGGESTION_PASSAGES_MAX];
    size_t count;
    bool added;
    const bool growth = slice_equal_cstr(slice_of(suggestion, "regel"), "groei");
    enum db_status status = suggestion_passages(
        passages, &count, tx, round->id, growth ? slice_of(suggestion, "onderwerp") : SLICE(""),
        value_of(slice_of(suggestion, "waarde")), slice_of(suggestion, "toepassing"));
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        const struct signal_proof proof = {.kind = "passage",
                                           .round_id = round->id,
                                           .why = slice_of(suggestion, "titel"),
                                           .passage = passages[i]};
        status = signal_evidence_add(&added, tx, signal, &proof, staff_caller(ex)->label);
    }
    return status;
}

static enum db_status post_signal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    int32_t number, signal = 0;
    enum db_status status;
    json_t *suggestion = take(&number, &status, tafel, tx, ex);
    if (!suggestion) {
        return status;
    }
    suggestion_say(suggestion, http_arena(ex), tafel, snapshot, 0);
    const struct survey_round *round =
        snapshot ? survey_round_find(snapshot, slice_of(suggestion, "ronde")) : NULL;
    const bool in_text = slice_equal_cstr(slice_of(suggestion, "regel"), "groei") ||
                         slice_equal_cstr(slice_of(suggestion, "regel"), "tegenspraak");
    status = write_signal(&signal, suggestion, tx, ex);
    if (status == DB_OK && round) {
        status = in_text ? add_passages(tx, ex, signal, suggestion, round)
                         : add_table(tafel, tx, ex, signal, suggestion, round);
    }
    status =
        status == DB_OK ? suggestion_decide(tx, number, signal, SLICE(""), staff_caller(ex)->label) : status;
    if (status == DB_OK) {
        status = record(tx, ex, number, "suggestion.signal",
                        arena_printf(db_arena(tx), "{\"signaal\":%d}", (int)signal).ptr);
        http_redirect(ex, arena_printf(http_arena(ex), SIGNAL_PATH "/%d", (int)signal).ptr);
    }
    return status;
}

/* ---- set aside ---- */

static const struct form_field aside_fields[] = {
    {"reden", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};

static struct tafel_form aside_form_of(struct http_exchange *ex, int32_t number)
{
    return (struct tafel_form){"tafel.suggestion.aside_title",
                               arena_printf(http_arena(ex), "/%d/opzij", (int)number).ptr, aside_fields,
                               COUNT(aside_fields), NULL};
}

static struct tafel_about about_of(const struct tafel *tafel, struct http_exchange *ex, json_t *suggestion)
{
    suggestion_say(suggestion, http_arena(ex), tafel, survey_snapshot_for(tafel->config.survey, ex),
                   language_of(ex));
    return (struct tafel_about){.tafel = tafel,
                                .ex = ex,
                                .texts = "tafel.suggestion",
                                .path = SUGGESTION_PATH,
                                .intro = json_object_get(suggestion, "titel")};
}

static enum db_status get_aside(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    int32_t number;
    enum db_status status;
    json_t *suggestion = take(&number, &status, self, tx, ex);
    if (suggestion) {
        const struct tafel_form form = aside_form_of(ex, number);
        const struct tafel_about about = about_of(self, ex, suggestion);
        tafel_form_show(&about, &form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_aside(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct tafel_posted posted;
    struct slice reason = {NULL, 0};
    int32_t number;
    enum db_status status;
    json_t *suggestion = take(&number, &status, self, tx, ex);
    if (!suggestion) {
        return status;
    }
    const struct tafel_form form = aside_form_of(ex, number);
    const struct tafel_about about = about_of(self, ex, suggestion);
    const struct json_field fields[] = {
        {.name = "reden", .kind = JSON_KIND_STRING, .min = 1, .max = SUGGESTION_REASON_MAX, .out = &reason},
        TAFEL_READ_FIELD(&posted)};
    tafel_form_read(&posted, &about, &form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    if (!tafel_form_good(&posted, &about, &form, NULL)) {
        return DB_OK;
    }
    status = suggestion_decide(tx, number, 0, reason, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = record(tx, ex, number, "suggestion.aside", NULL);
        http_redirect(ex, SUGGESTION_PATH);
    }
    return status;
}

const struct route suggestion_routes[] = {
    SIGNAL_GET(SUGGESTION_PATH, get_list, "taal"),
    SIGNAL_POST(SUGGESTION_PATH "/kijken", post_look),
    SIGNAL_POST(SUGGESTION_PATH "/{signaalvoorstel}/signaal", post_signal),
    SIGNAL_GET(SUGGESTION_PATH "/{signaalvoorstel}/opzij", get_aside, "taal"),
    SIGNAL_POST(SUGGESTION_PATH "/{signaalvoorstel}/opzij", post_aside),
};
const size_t suggestion_route_count = COUNT(suggestion_routes);
