/* Suggestions for the secretary: what rules found, made into a signal with its evidence, or set aside. */
#include "features/tafel/tafel_kept.h"
#include "features/tafel/tafel_suggestion_pages.h"

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

/* Subjects of one application in one round under each other: [{over, ronde_titel, onderwerpen[]}]. The caller
 * owns it. */
static json_t *by_application(const json_t *subjects)
{
    size_t i, k;
    json_t *subject, *group, *groups = json_array();
    json_array_foreach((json_t *)(uintptr_t)subjects, i, subject)
    {
        json_t *into = NULL;
        json_array_foreach(groups, k, group)
        {
            if (json_equal(json_object_get(group, "over"), json_object_get(subject, "over")) &&
                json_equal(json_object_get(group, "ronde_titel"), json_object_get(subject, "ronde_titel"))) {
                into = group;
            }
        }
        if (!into) {
            into = json_pack("{s:O,s:O,s:[]}", "over", json_object_get(subject, "over"), "ronde_titel",
                             json_object_get(subject, "ronde_titel"), "onderwerpen");
            json_array_append_new(groups, into);
        }
        json_array_append(json_object_get(into, "onderwerpen"), subject);
    }
    return groups;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *list = NULL;
    const enum db_status status = suggestion_list(&list, tx, http_arena(ex));
    if (status != DB_OK) {
        return status;
    }
    json_t *subjects = suggestion_subjects(list, http_arena(ex), tafel,
                                           survey_snapshot_for(tafel->config.survey, ex), language_of(ex));
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.suggestion.title");
    tafel_say_words(subjects, ex, tafel->config.web, &words);
    json_t *groups = by_application(subjects);
    kept_put_list(context, "toepassingen", "any_toepassingen", groups);
    json_decref(groups);
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

/* ---- a subject that is open ---- */

struct subject {
    const struct tafel *tafel;
    struct db_tx *tx;
    struct http_exchange *ex;
    int32_t number;                   /* of the suggestion that it is called by */
    json_t *one;                      /* suggestion_subjects: the only one; in the page's language */
    const json_t *findings;           /* its suggestions */
    const struct survey_round *round; /* NULL: it is not there any more */
};

/* False: answered with 404 or 409, or *status. */
static bool take(struct subject *out, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                 struct http_exchange *ex, int language)
{
    json_t *suggestions = NULL;
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    *out =
        (struct subject){.tafel = tafel, .tx = tx, .ex = ex, .number = tafel_number(ex, "signaalvoorstel")};
    *status = suggestion_take(&suggestions, tx, http_arena(ex), out->number);
    if (*status == DB_OK && out->number == 0) {
        http_error(ex, 404);
        return false;
    }
    if (*status == DB_OK && json_array_size(suggestions) == 0) {
        say_so(ex, tafel, 409, "tafel.suggestion.gone");
        return false;
    }
    if (*status != DB_OK) {
        return false;
    }
    out->one = json_array_get(suggestion_subjects(suggestions, http_arena(ex), tafel, snapshot, language), 0);
    out->findings = json_object_get(out->one, "bevindingen");
    const char *code = json_string_value(json_object_get(json_array_get(out->findings, 0), "ronde"));
    out->round = snapshot && code ? survey_round_find(snapshot, slice_from_cstr(code)) : NULL;
    return true;
}

/* Of each of its suggestions: that it became this signal (0: none), or why not. */
static enum db_status decide(const struct subject *subject, int32_t signal, struct slice reason)
{
    size_t i;
    const json_t *finding;
    enum db_status status = DB_OK;
    json_array_foreach((json_t *)(uintptr_t)subject->findings, i, finding)
    {
        const int32_t number = (int32_t)json_integer_value(json_object_get(finding, "nummer"));
        status = status == DB_OK ? suggestion_decide(subject->tx, number, signal, reason,
                                                     staff_caller(subject->ex)->label)
                                 : status;
        if (status == DB_OK) {
            status = signal == 0
                         ? record(subject->tx, subject->ex, number, "suggestion.aside", NULL)
                         : record(subject->tx, subject->ex, number, "suggestion.signal",
                                  arena_printf(db_arena(subject->tx), "{\"signaal\":%d}", (int)signal).ptr);
        }
    }
    return status;
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

/* Each finding with its rule, as far as a signal has room. */
static struct slice body_of(const struct subject *subject)
{
    size_t i;
    const json_t *finding;
    struct slice body = SLICE("");
    const bool several = json_array_size(subject->findings) > 1;
    json_array_foreach((json_t *)(uintptr_t)subject->findings, i, finding)
    {
        const struct slice next =
            arena_printf(http_arena(subject->ex), "%.*s%s%.*s%s%.*s\n\nDe regel: %.*s", SLICE_ARG(body),
                         i > 0 ? "\n\n" : "", SLICE_ARG(several ? slice_of(finding, "titel") : SLICE("")),
                         several ? ". " : "", SLICE_ARG(slice_of(finding, "zin")),
                         SLICE_ARG(slice_of(finding, "regel_zin")));
        if (next.len > SIGNAL_TEXT_MAX) {
            break; /* the tables are evidence all the same */
        }
        body = next;
    }
    return body;
}

static enum db_status write_signal(int32_t *number, const struct subject *subject)
{
    const json_t *first = json_array_get(subject->findings, 0);
    const struct slice value = slice_of(first, "waarde"), application = slice_of(first, "toepassing");
    const struct signal_draft draft = {.source = slice_from_cstr(signal_sources[0]),
                                       .title = slice_of(subject->one, "titel"),
                                       .body = body_of(subject),
                                       .owner = SLICE(""),
                                       .consultation = slice_of(first, "consultatie"),
                                       .values = &value,
                                       .value_count = value_of(value) >= 0 ? 1 : 0,
                                       .applications = &application,
                                       .application_count = application.len > 0 ? 1 : 0};
    const enum db_status status = signal_add(number, subject->tx, &draft, staff_caller(subject->ex)->label);
    return status == DB_OK
               ? staff_audit(
                     subject->tx, subject->ex, "signal.add",
                     arena_printf(db_arena(subject->tx), "signal:%d", (int)*number).ptr, "ok",
                     arena_printf(db_arena(subject->tx), "{\"voorstel\":%d}", (int)subject->number).ptr)
               : status;
}

/* A table, counted from the release of now. One that may not be shown is left out. */
static enum db_status add_table(const struct subject *subject, int32_t signal, struct slice why,
                                json_t *asked)
{
    const struct survey_round *round = subject->round;
    struct http_exchange *ex = subject->ex;
    struct json_errors errors;
    bool busy = false, added;
    enum db_status status = DB_OK;
    json_errors_init(&errors, http_arena(ex));
    json_t *figures = asked ? signal_table_count(&busy, &errors, http_arena(ex),
                                                 subject->tafel->config.results, round, asked)
                            : NULL;
    if (figures) {
        const struct signal_proof proof = {
            .kind = "tabel", .round_id = round->id, .why = why, .asked = asked, .figures = figures};
        status = signal_evidence_add(&added, subject->tx, signal, &proof, staff_caller(ex)->label);
    }
    return status;
}

/* The table that the figure is of; of a clash those of the survey. */
static enum db_status add_tables(const struct subject *subject, int32_t signal, const json_t *suggestion)
{
    size_t i;
    json_t *asked;
    const json_t *kept = json_object_get(suggestion, "cijfers");
    json_t *tables = json_deep_copy(json_object_get(kept, "tabellen"));
    enum db_status status = DB_OK;
    if (!tables && json_object_get(kept, "antwoord")) {
        tables = json_pack("[{s:O,s:O,s:b}]", "variabele", json_object_get(suggestion, "onderwerp"),
                           "antwoord", json_object_get(kept, "antwoord"), "gewogen",
                           (int)json_is_true(json_object_get(kept, "gewogen")));
    }
    json_array_foreach(tables, i, asked)
    {
        status = status == DB_OK ? add_table(subject, signal, slice_of(suggestion, "titel"), asked) : status;
    }
    json_decref(tables);
    return status;
}

/* What people said of it, by number. */
static enum db_status add_passages(const struct subject *subject, int32_t signal, const json_t *suggestion)
{
    int64_t passages[SUGGESTION_PASSAGES_MAX];
    size_t count;
    bool added;
    const bool growth = slice_equal_cstr(slice_of(suggestion, "regel"), "groei");
    enum db_status status =
        suggestion_passages(passages, &count, subject->tx, subject->round->id,
                            growth ? slice_of(suggestion, "onderwerp") : SLICE(""),
                            value_of(slice_of(suggestion, "waarde")), slice_of(suggestion, "toepassing"));
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        const struct signal_proof proof = {.kind = "passage",
                                           .round_id = subject->round->id,
                                           .why = slice_of(suggestion, "titel"),
                                           .passage = passages[i]};
        status = signal_evidence_add(&added, subject->tx, signal, &proof, staff_caller(subject->ex)->label);
    }
    return status;
}

static enum db_status add_evidence(const struct subject *subject, int32_t signal)
{
    size_t i;
    const json_t *finding;
    enum db_status status = DB_OK;
    json_array_foreach((json_t *)(uintptr_t)subject->findings, i, finding)
    {
        const struct slice rule = slice_of(finding, "regel");
        const bool growth = slice_equal_cstr(rule, "groei"), clash = slice_equal_cstr(rule, "tegenspraak");
        if (status == DB_OK && subject->round && !growth) {
            status = add_tables(subject, signal, finding);
        }
        if (status == DB_OK && subject->round && (growth || clash)) {
            status = add_passages(subject, signal, finding);
        }
    }
    return status;
}

static enum db_status post_signal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct subject subject;
    struct slice read;
    int32_t signal = 0;
    enum db_status status;
    if (!take(&subject, &status, self, tx, ex, 0)) {
        return status;
    }
    uint64_t mark = 0;
    if (!http_form_value(&read, ex, "gelezen") || !slice_to_u64(&mark, read, INT32_MAX) ||
        (json_int_t)mark != json_integer_value(json_object_get(subject.one, "gelezen"))) {
        say_so(ex, self, 409, "tafel.suggestion.changed");
        return DB_OK;
    }
    status = write_signal(&signal, &subject);
    status = status == DB_OK ? add_evidence(&subject, signal) : status;
    status = status == DB_OK ? decide(&subject, signal, SLICE("")) : status;
    if (status == DB_OK) {
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

static struct tafel_about about_of(const struct subject *subject)
{
    return (struct tafel_about){.tafel = subject->tafel,
                                .ex = subject->ex,
                                .texts = "tafel.suggestion",
                                .path = SUGGESTION_PATH,
                                .revision =
                                    (int32_t)json_integer_value(json_object_get(subject->one, "gelezen")),
                                .intro = json_object_get(subject->one, "titel")};
}

static enum db_status get_aside(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct subject subject;
    enum db_status status;
    if (take(&subject, &status, self, tx, ex, language_of(ex))) {
        const struct tafel_form form = aside_form_of(ex, subject.number);
        const struct tafel_about about = about_of(&subject);
        tafel_form_show(&about, &form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_aside(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct staff_posted posted;
    struct slice reason = {NULL, 0};
    struct subject subject;
    enum db_status status;
    if (!take(&subject, &status, self, tx, ex, language_of(ex))) {
        return status;
    }
    const struct tafel_form form = aside_form_of(ex, subject.number);
    const struct tafel_about about = about_of(&subject);
    const struct json_field fields[] = {
        {.name = "reden", .kind = JSON_KIND_STRING, .min = 1, .max = SUGGESTION_REASON_MAX, .out = &reason},
        STAFF_READ_FIELD(&posted)};
    tafel_form_read(&posted, &about, &form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    if (!tafel_form_good(&posted, &about, &form, NULL)) {
        return DB_OK;
    }
    status = decide(&subject, 0, reason);
    if (status == DB_OK) {
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
