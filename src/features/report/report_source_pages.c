/* What others found, for the secretary: /beheer/ander-onderzoek. Entered with the words, the method and the
 * page, changed with its history. It is shown beside our own figures and never mixed with them. */
#include "features/report/report_internal.h"

#include "base/clock.h"

static const struct form_field fields[] = {
    {"wie", FORM_TEXT, false, NULL},       {"titel", FORM_TEXT, false, NULL},
    {"jaar", FORM_NUMBER, false, NULL},    {"methode", FORM_AREA, false, NULL},
    {"bevolking", FORM_AREA, false, NULL}, {"vraag", FORM_AREA, false, NULL},
    {"uitkomst", FORM_AREA, false, NULL},  {"bladzijde", FORM_TEXT, false, NULL},
    {"adres", FORM_TEXT, true, NULL},      {"weg", FORM_TICK, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };
static const struct staff_form new_form = {"report.source.new_title", "tafel.save", fields, FIELDS};
static const struct staff_form change_form = {"report.source.change_title", "tafel.save", fields, FIELDS};

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
    json_t *one = NULL, *history = NULL, *version;
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
    json_t *context = json_copy(one);
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
    (void)tx;
    staff_form_show(&about, &new_form, NULL, NULL, NULL, NULL);
    return DB_OK;
}

static enum db_status get_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    json_t *one = NULL;
    const enum db_status status = find(&one, tx, ex);
    if (status == DB_OK && one) {
        const struct staff_about about = about_of(self, ex, one);
        staff_form_show(&about, &change_form, one, NULL, NULL, NULL);
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

static enum db_status keep(struct db_tx *tx, struct http_exchange *ex, const struct report_room *room,
                           const json_t *one)
{
    const struct staff_form *form = one ? &change_form : &new_form;
    const struct staff_about about = about_of(room, ex, one);
    struct staff_posted posted;
    struct report_source source = {.link = SLICE(""), .consultation = SLICE("")};
    int64_t year = 0;
    int32_t number = report_number(ex, "bron");
    bool kept = false;
#define TEXT(NAME, MAX, OUT)                                                                                 \
    {                                                                                                        \
        .name = NAME, .kind = JSON_KIND_STRING, .min = 1, .max = MAX, .out = OUT                             \
    }
    const struct json_field decoded[] = {
        TEXT("wie", SOURCE_WHO_MAX, &source.who),
        TEXT("titel", SOURCE_TITLE_MAX, &source.title),
        {.name = "jaar", .kind = JSON_KIND_INT, .min = SOURCE_YEAR_MIN, .max = REPORT_YEAR_MAX, .out = &year},
        TEXT("methode", SOURCE_METHOD_MAX, &source.method),
        TEXT("bevolking", SOURCE_METHOD_MAX, &source.population),
        TEXT("vraag", SOURCE_WORDING_MAX, &source.wording),
        TEXT("uitkomst", SOURCE_FIGURE_MAX, &source.figure),
        TEXT("bladzijde", SOURCE_PAGE_MAX, &source.page),
        {.name = "adres",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = SOURCE_LINK_MAX,
         .out = &source.link},
        {.name = "weg", .kind = JSON_KIND_BOOL, .optional = true, .out = &source.removed},
        STAFF_READ_FIELD(&posted)};
#undef TEXT
    staff_form_read(&posted, &about, form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0])) {
        check_link(&posted, source.link);
    }
    if (!staff_form_good(&posted, &about, form, NULL)) {
        return DB_OK;
    }
    source.year = (int32_t)year;
    enum db_status status = source_keep(&kept, &number, tx, about.revision, &source, staff_caller(ex)->label);
    if (status == DB_OK && !kept) {
        staff_form_show(&about, form, posted.values, NULL, NULL, STAFF_CONFLICT);
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
