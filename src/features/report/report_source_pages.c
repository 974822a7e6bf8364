/* What others found, for the secretary: /beheer/ander-onderzoek. Entered with the words, the method and the
 * page, changed with its history. It is shown beside our own figures and never mixed with them. */
#include "features/report/report_internal.h"

#include "base/clock.h"
#include "features/coding/coding.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <string.h>

static const struct form_field fields[] = {
    {"wie", FORM_TEXT, false, NULL},          {"titel", FORM_TEXT, false, NULL},
    {"jaar", FORM_NUMBER, false, NULL},       {"methode", FORM_AREA, false, NULL},
    {"bevolking", FORM_AREA, false, NULL},    {"vraag", FORM_AREA, false, NULL},
    {"uitkomst", FORM_AREA, false, NULL},     {"bladzijde", FORM_TEXT, false, NULL},
    {"adres", FORM_TEXT, true, NULL},         {"toepassingen", FORM_TICKS, true, NULL},
    {"consultatie", FORM_CHOICE, true, NULL}, {"weg", FORM_TICK, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };
static const struct staff_form new_form = {"report.source.new_title", "tafel.save", fields, FIELDS};
static const struct staff_form change_form = {"report.source.change_title", "tafel.save", fields, FIELDS};

/* ---- what may be chosen ---- */

static void forget(void *object)
{
    json_decref(object);
}

static const json_t *option_of(const json_t *options, const char *code)
{
    size_t i;
    const json_t *option;
    json_array_foreach(options, i, option)
    {
        if (strcmp(report_text(option, "code"), code) == 0) {
            return option;
        }
    }
    return NULL;
}

static void add_option(json_t *options, const char *code, struct slice label)
{
    if (!option_of(options, code)) {
        json_array_append_new(options, json_pack("{s:s,s:s%}", "code", code, "label", label.ptr, label.len));
    }
}

/* The applications of the newest code book of each consultation, and those that `one` has already. */
static enum db_status add_applications(json_t *options, struct db_tx *tx, struct arena *arena,
                                       const json_t *one)
{
    size_t i;
    const json_t *of, *code;
    json_t *books = NULL;
    enum db_status status = framework_books(&books, tx, arena);
    json_array_foreach(books, i, of)
    {
        const struct codebook *book = NULL;
        struct codebook_version version;
        if (status == DB_OK) {
            status = codebook_get(&book, &version, tx, arena,
                                  (int32_t)json_integer_value(json_object_get(of, "boek")));
        }
        for (size_t k = 0; status == DB_OK && book && k < book->axes[CODEBOOK_APPLICATION].count; k++) {
            const struct codebook_entry *entry = &book->axes[CODEBOOK_APPLICATION].items[k];
            add_option(options, arena_cstr(arena, entry->code), entry->title);
        }
    }
    json_array_foreach(json_object_get(one, "toepassingen"), i, code)
    {
        add_option(options, json_string_value(code), slice_from_cstr(json_string_value(code)));
    }
    return status;
}

/* {"toepassingen", "consultatie"}, of the exchange's arena. one: what is changed; NULL: a new one. */
static enum db_status read_options(json_t **out, const struct report_room *room, struct db_tx *tx,
                                   struct http_exchange *ex, const json_t *one)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(room->config.survey, ex);
    json_t *applications = json_array(), *consultations = json_array();
    *out = json_pack("{s:o,s:o}", "toepassingen", applications, "consultatie", consultations);
    arena_defer(http_arena(ex), forget, *out);
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const char *code = survey_round_at(snapshot, i)->consultation;
        add_option(consultations, code, slice_from_cstr(code));
    }
    const char *chosen = report_text(one, "consultatie");
    if (chosen[0]) {
        add_option(consultations, chosen, slice_from_cstr(chosen));
    }
    return add_applications(applications, tx, http_arena(ex), one);
}

/* ---- the list, and one ---- */

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    const struct source_filter filter = {.all = true};
    json_t *list = NULL;
    const enum db_status status = source_list(&list, tx, http_arena(ex), &filter);
    if (status == DB_OK) {
        json_t *context = staff_titled(ex, room->config.account, "report.source.title");
        json_object_set(context, "bronnen", list);
        json_object_set_new(context, "any_bronnen", json_boolean(json_array_size(list) > 0));
        staff_render(ex, room->config.account, 200, "staff_sources", context);
    }
    return status;
}

/* The newest version of the one of the path. *one NULL: answered with 404, or *status. */
static enum db_status find(json_t **one, struct db_tx *tx, struct http_exchange *ex)
{
    json_t *list = NULL;
    const struct source_filter filter = {.number = report_number(ex, "bron"), .all = true};
    const enum db_status status = filter.number > 0 ? source_list(&list, tx, http_arena(ex), &filter) : DB_OK;
    *one = json_array_get(list, 0);
    if (status == DB_OK && !*one) {
        http_error(ex, 404);
    }
    return status;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    size_t i;
    json_t *one = NULL, *history = NULL, *options, *version;
    enum db_status status = find(&one, tx, ex);
    if (status != DB_OK || !one) {
        return status;
    }
    status = source_history(&history, tx, http_arena(ex), report_number(ex, "bron"));
    if (status != DB_OK) {
        return status;
    }
    json_array_foreach(history, i, version)
    {
        int64_t at = 0;
        clock_parse_rfc3339(&at, slice_from_cstr(report_text(version, "gewijzigdOp")));
        const struct slice day =
            locale_date(http_arena(ex), web_locales(room->config.web), http_language(ex), at);
        json_object_set_new(version, "op_woord", json_stringn(day.ptr, day.len));
    }
    status = read_options(&options, room, tx, ex, one);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_copy(one);
    json_t *titles = json_array();
    json_array_foreach(json_object_get(one, "toepassingen"), i, version)
    {
        json_array_append(titles, json_object_get(option_of(json_object_get(options, "toepassingen"),
                                                            json_string_value(version)),
                                                  "label"));
    }
    json_object_set_new(context, "any_toepassingen", json_boolean(json_array_size(titles) > 0));
    json_object_set_new(context, "toepassingen", titles);
    json_object_set_new(context, "title", json_string(report_text(one, "titel")));
    json_object_set(context, "versies", history);
    json_object_set_new(context, "back_path", json_string(SOURCE_PATH));
    staff_render(ex, room->config.account, 200, "staff_source", context);
    return DB_OK;
}

/* ---- writing one down, and changing it ---- */

static struct staff_about about_of(const struct report_room *room, struct http_exchange *ex,
                                   const json_t *one)
{
    const int number = (int)report_number(ex, "bron");
    const char *back = one ? arena_printf(http_arena(ex), SOURCE_PATH "/%d", number).ptr : SOURCE_PATH;
    return (struct staff_about){
        .account = room->config.account,
        .ex = ex,
        .texts = "report.source",
        .action = arena_printf(http_arena(ex), "%s%s", back, one ? "/wijzigen" : "/nieuw").ptr,
        .back = back,
        .revision = (int32_t)json_integer_value(json_object_get(one, "versie"))};
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct staff_about about = about_of(self, ex, NULL);
    json_t *options;
    const enum db_status status = read_options(&options, self, tx, ex, NULL);
    if (status == DB_OK) {
        staff_form_show(&about, &new_form, NULL, options, NULL, NULL);
    }
    return status;
}

static enum db_status get_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    json_t *one = NULL, *options;
    enum db_status status = find(&one, tx, ex);
    if (status == DB_OK && one) {
        const struct staff_about about = about_of(self, ex, one);
        status = read_options(&options, self, tx, ex, one);
        if (status == DB_OK) {
            staff_form_show(&about, &change_form, one, options, NULL, NULL);
        }
    }
    return status;
}

static void check_link(struct staff_posted *posted, struct slice link)
{
    if (link.len > 0 && !slice_starts_with(link, SLICE("https://")) &&
        !slice_starts_with(link, SLICE("http://"))) {
        json_errors_add(&posted->errors, "/adres", "adres", "Een adres begint met https:// of http://.");
    }
}

/* The codes that were ticked, in the arena. */
static void read_applications(struct report_source *source, struct staff_posted *posted, const json_t *ticked,
                              const json_t *options, struct arena *arena)
{
    size_t i;
    const json_t *code;
    struct slice *codes = arena_array(arena, json_array_size(ticked) + 1, sizeof *codes);
    json_array_foreach(ticked, i, code)
    {
        const json_t *option = option_of(json_object_get(options, "toepassingen"), json_string_value(code));
        if (!option) {
            json_errors_add(&posted->errors, "/toepassingen", "keuze", "Kies uit de lijst.");
            return;
        }
        codes[source->application_count++] = slice_from_cstr(report_text(option, "code"));
    }
    source->applications = codes;
}

static void read_source(struct report_source *source, struct staff_posted *posted,
                        const struct staff_about *about, const json_t *options)
{
    int64_t year = 0;
    json_t *ticked = NULL;
#define TEXT(NAME, MAX, OUT)                                                                                 \
    {                                                                                                        \
        .name = NAME, .kind = JSON_KIND_STRING, .min = 1, .max = MAX, .out = OUT                             \
    }
    const struct json_field decoded[] = {
        TEXT("wie", SOURCE_WHO_MAX, &source->who),
        TEXT("titel", SOURCE_TITLE_MAX, &source->title),
        {.name = "jaar", .kind = JSON_KIND_INT, .min = SOURCE_YEAR_MIN, .max = REPORT_YEAR_MAX, .out = &year},
        TEXT("methode", SOURCE_METHOD_MAX, &source->method),
        TEXT("bevolking", SOURCE_METHOD_MAX, &source->population),
        TEXT("vraag", SOURCE_WORDING_MAX, &source->wording),
        TEXT("uitkomst", SOURCE_FIGURE_MAX, &source->figure),
        TEXT("bladzijde", SOURCE_PAGE_MAX, &source->page),
        {.name = "adres",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = SOURCE_LINK_MAX,
         .out = &source->link},
        {.name = "toepassingen",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .max = SOURCE_APPLICATIONS_MAX,
         .out = &ticked},
        {.name = "consultatie", .kind = JSON_KIND_STRING, .optional = true, .out = &source->consultation},
        {.name = "weg", .kind = JSON_KIND_BOOL, .optional = true, .out = &source->removed},
        STAFF_READ_FIELD(posted)};
#undef TEXT
    *source = (struct report_source){.link = SLICE(""), .consultation = SLICE("")};
    if (json_decode(&posted->errors, "", posted->values, decoded, sizeof decoded / sizeof decoded[0])) {
        check_link(posted, source->link);
    }
    read_applications(source, posted, ticked, options, http_arena(about->ex));
    if (source->consultation.len > 0 && !option_of(json_object_get(options, "consultatie"),
                                                   arena_cstr(http_arena(about->ex), source->consultation))) {
        json_errors_add(&posted->errors, "/consultatie", "keuze", "Kies uit de lijst.");
    }
    source->year = (int32_t)year;
}

static enum db_status keep(struct db_tx *tx, struct http_exchange *ex, const struct report_room *room,
                           const json_t *one)
{
    const struct staff_form *form = one ? &change_form : &new_form;
    const struct staff_about about = about_of(room, ex, one);
    struct staff_posted posted;
    struct report_source source;
    json_t *options;
    int32_t number = report_number(ex, "bron");
    bool kept = false;
    enum db_status status = read_options(&options, room, tx, ex, one);
    if (status != DB_OK) {
        return status;
    }
    staff_form_read(&posted, &about, form);
    read_source(&source, &posted, &about, options);
    if (!staff_form_good(&posted, &about, form, options)) {
        return DB_OK;
    }
    status = source_keep(&kept, &number, tx, about.revision, &source, staff_caller(ex)->label);
    if (status == DB_OK && !kept) {
        staff_form_show(&about, form, posted.values, options, NULL, STAFF_CONFLICT);
        return DB_OK;
    }
    if (status == DB_OK) {
        status = staff_audit(tx, ex, one ? "source.change" : "source.add",
                             arena_printf(db_arena(tx), "source:%d", (int)number).ptr, "ok", NULL);
        http_redirect(ex, arena_printf(http_arena(ex), SOURCE_PATH "/%d", (int)number).ptr);
    }
    return status;
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return keep(tx, ex, self, NULL);
}

static enum db_status post_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    json_t *one = NULL;
    const enum db_status status = find(&one, tx, ex);
    return status == DB_OK && one ? keep(tx, ex, self, one) : status;
}

const struct route report_source_routes[] = {
    REPORT_GET(SOURCE_PATH, get_list),
    REPORT_GET(SOURCE_PATH "/nieuw", get_new),
    REPORT_POST(SOURCE_PATH "/nieuw", post_new),
    REPORT_GET(SOURCE_PATH "/{bron}", get_one),
    REPORT_GET(SOURCE_PATH "/{bron}/wijzigen", get_change),
    REPORT_POST(SOURCE_PATH "/{bron}/wijzigen", post_change),
};
const size_t report_source_route_count = sizeof report_source_routes / sizeof report_source_routes[0];
