/* Meetings for the secretary: the list, one meeting, planning one, its list of decisions. */
#include "features/tafel/tafel_meeting_pages.h"

#include "base/clock.h"
#include "features/tafel/tafel_table_pages.h"

static const char *const word_members[] = {"stand", "besluit", "kant", "signaalStand", NULL};
static const char *const word_days[] = {"dag", "uiterlijk", "op", "klaarOp", NULL};
const struct tafel_word_list meeting_words = {
    .texts = "tafel.meeting", .members = word_members, .days = word_days};

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

/* ---- one meeting ---- */

bool meeting_page_open(struct meeting_page *out, enum db_status *status, const struct tafel *tafel,
                       struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    int32_t locked = 1;
    *out = (struct meeting_page){.tafel = tafel, .tx = tx, .ex = ex, .number = tafel_number(ex, "overleg")};
    *status = to_change ? meeting_lock(&locked, tx, out->number) : DB_OK;
    if (*status == DB_OK) {
        *status =
            meeting_find(&out->meeting, &out->revision, tx, http_arena(ex), out->number, signal_today(tafel));
    }
    if (*status == DB_OK && !out->meeting) {
        http_error(ex, 404);
    }
    if (*status != DB_OK || !out->meeting) {
        return false;
    }
    tafel_mark_invented(ex, out->meeting);
    out->state =
        meeting_state_find(slice_from_cstr(json_string_value(json_object_get(out->meeting, "stand"))));
    return true;
}

const char *meeting_page_path(const struct meeting_page *page)
{
    return page->number == 0 ? MEETING_PATH
                             : arena_printf(http_arena(page->ex), MEETING_PATH "/%d", (int)page->number).ptr;
}

struct tafel_about meeting_page_about(const struct meeting_page *page)
{
    const json_t *title = json_object_get(page->part, "titel");
    return (struct tafel_about){.tafel = page->tafel,
                                .ex = page->ex,
                                .texts = "tafel.meeting",
                                .path = meeting_page_path(page),
                                .revision = page->revision,
                                .intro = title ? title : json_object_get(page->part, "tekst")};
}

struct meeting_mark meeting_page_mark(const struct meeting_page *page)
{
    return (struct meeting_mark){page->number, staff_caller(page->ex)->label};
}

enum db_status meeting_record(const struct meeting_page *page, const char *action, const char *details)
{
    return staff_audit(page->tx, page->ex, action,
                       arena_printf(db_arena(page->tx), "meeting:%d", (int)page->number).ptr, "ok", details);
}

json_t *meeting_part(const struct meeting_page *page, const char *parts, int64_t number)
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(page->meeting, parts), i, part)
    {
        if (json_integer_value(json_object_get(part, "nummer")) == number) {
            return part;
        }
    }
    return NULL;
}

void meeting_mark_lists(json_t *context)
{
    static const char *const lists[][2] = {{"punten", "no_punten"},
                                           {"stukken", "no_stukken"},
                                           {"aanwezigen", "no_aanwezigen"},
                                           {"belangen", "no_belangen"},
                                           {"actiepunten", "no_actiepunten"}};
    for (size_t i = 0; i < COUNT(lists); i++) {
        json_object_set_new(context, lists[i][1],
                            json_boolean(json_array_size(json_object_get(context, lists[i][0])) == 0));
    }
}

void meeting_say_deciders(json_t *context, struct http_exchange *ex, const struct tafel *tafel)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(context, "punten"), i, item)
    {
        const json_int_t members = json_integer_value(json_object_get(item, "leden")),
                         sides = json_integer_value(json_object_get(item, "kanten"));
        const char *path = members == 1 ? "tafel.meeting.decided_by.one"
                           : sides == 1 ? "tafel.meeting.decided_by.one_side"
                                        : "tafel.meeting.decided_by.many";
        const struct slice text =
            locale_format(http_arena(ex), web_locales(tafel->config.web), http_language(ex), path, "members",
                          arena_printf(http_arena(ex), "%lld", (long long)members).ptr, "sides",
                          arena_printf(http_arena(ex), "%lld", (long long)sides).ptr, (const char *)NULL);
        json_object_set_new(item, "door_woord", json_stringn(text.ptr, text.len));
    }
}

/* Of each item whether it may be decided on now, and what its quorum lacks. */
static void mark_items(json_t *context, const struct meeting_page *page)
{
    size_t i;
    json_t *item;
    const struct table_quorum asked = {(int32_t)json_integer_value(json_object_get(context, "quorum")),
                                       (int32_t)json_integer_value(json_object_get(context, "quorumKanten"))};
    const bool may = meeting_may(page->state, MEETING_DECIDE);
    json_array_foreach(json_object_get(context, "punten"), i, item)
    {
        const struct table_present present =
            meeting_present(page->meeting, json_integer_value(json_object_get(item, "nummer")));
        const struct table_quorum lacks = table_lacks(&asked, &present);
        const bool open = !json_object_get(item, "besluit");
        json_object_set_new(item, "may_decide", json_boolean(may && open));
        json_object_set_new(item, "no_quorum",
                            json_boolean(may && open && (lacks.members > 0 || lacks.sides > 0)));
    }
}

/* Of each person whether they were there, and that in a word for the template. */
static void mark_people(json_t *context)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(context, "aanwezigen"), i, one)
    {
        const json_t *there = json_object_get(one, "aanwezig");
        json_object_set_new(one, "there", json_boolean(json_is_true(there)));
        json_object_set_new(one, "away", json_boolean(json_is_false(there)));
    }
    json_array_foreach(json_object_get(context, "actiepunten"), i, one)
    {
        json_object_set_new(one, "open", json_boolean(!json_object_get(one, "klaarOp")));
    }
    json_array_foreach(json_object_get(context, "belangen"), i, one)
    {
        const json_t *item = json_object_get(one, "punt");
        size_t k;
        const json_t *other;
        json_array_foreach(json_object_get(context, "punten"), k, other)
        {
            if (item && json_equal(json_object_get(other, "nummer"), item)) {
                json_object_set(one, "rang", json_object_get(other, "punt"));
            }
        }
    }
}

/* What may be done now: "may_agendapunt" and its like. */
static void mark_acts(json_t *context, enum meeting_state state)
{
    static const struct {
        const char *name;
        enum meeting_act act;
    } acts[] = {{"may_change", MEETING_CHANGE}, {"may_prepare", MEETING_PREPARE},
                {"may_attend", MEETING_ATTEND}, {"may_interest", MEETING_INTEREST},
                {"may_task", MEETING_TASK},     {"may_adopt", MEETING_ADOPT},
                {"may_cancel", MEETING_CANCEL}};
    for (size_t i = 0; i < COUNT(acts); i++) {
        json_object_set_new(context, acts[i].name, json_boolean(meeting_may(state, acts[i].act)));
    }
}

static json_t *context_of(const struct meeting_page *page)
{
    json_t *context = json_copy(page->meeting);
    mark_items(context, page);
    mark_people(context);
    meeting_mark_lists(context);
    meeting_say_deciders(context, page->ex, page->tafel);
    tafel_say_words(context, page->ex, page->tafel->config.web, &meeting_words);
    mark_acts(context, page->state);
    json_object_set_new(context, "overleg", json_integer(page->number));
    json_object_set_new(context, "adopted", json_boolean(page->state == MEETING_ADOPTED));
    json_object_set_new(context, "planned", json_boolean(page->state == MEETING_PLANNED));
    return context;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct meeting_page page;
    enum db_status status;
    if (!meeting_page_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    json_t *context = context_of(&page);
    json_object_set_new(context, "title", staff_text(ex, page.tafel->config.account, "tafel.meeting.one"));
    json_object_set_new(context, "back_path", json_string(MEETING_PATH));
    staff_render(ex, page.tafel->config.account, 200, "staff_meeting", context);
    return DB_OK;
}

/* All of it, with what is internal marked so. */
static enum db_status get_decisions(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct meeting_page page;
    enum db_status status;
    if (!meeting_page_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    json_t *context = context_of(&page);
    json_object_set_new(context, "title",
                        staff_text(ex, page.tafel->config.account, "tafel.meeting.decisions_title"));
    json_object_set_new(context, "back_path", json_string(meeting_page_path(&page)));
    staff_render(ex, page.tafel->config.account, 200, "staff_meeting_decisions", context);
    return DB_OK;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *list = NULL;
    const enum db_status status = meeting_list(&list, tx, http_arena(ex));
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.meeting.title");
    tafel_say_words(list, ex, tafel->config.web, &meeting_words);
    json_object_set(context, "overleggen", list);
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    staff_render(ex, tafel->config.account, 200, "staff_meetings", context);
    return DB_OK;
}

/* ---- planning one ---- */

static const struct form_field new_fields[] = {
    {"tafel", FORM_CHOICE, false, NULL},
    {"dag", FORM_DAY, false, NULL},
    {"plaats", FORM_TEXT, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form new_form = {"tafel.meeting.new_title", "/nieuw", new_fields, COUNT(new_fields),
                                           NULL};

static void forget(void *object)
{
    json_decref(object);
}

/* {"tafel": [{code, label}]}: those that go on. */
static enum db_status table_options(json_t **options, struct db_tx *tx, struct http_exchange *ex)
{
    size_t i;
    json_t *tables = NULL, *table, *list = json_array();
    *options = json_pack("{s:o}", "tafel", list);
    arena_defer(http_arena(ex), forget, *options);
    const enum db_status status = table_list(&tables, tx, http_arena(ex));
    json_array_foreach(tables, i, table)
    {
        if (!json_object_get(table, "tot")) {
            const struct slice code = arena_printf(
                http_arena(ex), "%lld", (long long)json_integer_value(json_object_get(table, "nummer")));
            json_array_append_new(list, json_pack("{s:s%,s:O}", "code", code.ptr, code.len, "label",
                                                  json_object_get(table, "titel")));
        }
    }
    return status;
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct meeting_page page = {.tafel = self, .tx = tx, .ex = ex};
    const struct tafel_about about = meeting_page_about(&page);
    json_t *options;
    const enum db_status status = table_options(&options, tx, ex);
    tafel_form_show(&about, &new_form, NULL, options, NULL, NULL);
    return status;
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct meeting_page page = {.tafel = self, .tx = tx, .ex = ex};
    const struct tafel_about about = meeting_page_about(&page);
    struct staff_posted posted;
    struct meeting_draft draft = {.place = SLICE("")};
    struct slice table = {NULL, 0}, day = {NULL, 0};
    uint64_t number = 0;
    json_t *options;
    enum db_status status = table_options(&options, tx, ex);
    if (status != DB_OK) {
        return status;
    }
    const struct json_field fields[] = {{.name = "tafel", .kind = JSON_KIND_STRING, .out = &table},
                                        {.name = "dag", .kind = JSON_KIND_STRING, .out = &day},
                                        {.name = "plaats",
                                         .kind = JSON_KIND_STRING,
                                         .optional = true,
                                         .max = MEETING_PLACE_MAX,
                                         .out = &draft.place},
                                        STAFF_READ_FIELD(&posted)};
    tafel_form_read(&posted, &about, &new_form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    draft.day = tafel_day(&posted.errors, "/dag", day);
    draft.table = table.ptr && slice_to_u64(&number, table, INT32_MAX) ? (int32_t)number : 0;
    if (posted.errors.count == 0) {
        status = meeting_add(&page.number, tx, &draft, staff_caller(ex)->label);
    }
    if (status == DB_OK && posted.errors.count == 0 && page.number == 0) {
        json_errors_add(&posted.errors, "/tafel", "keuze", "Kies uit de lijst.");
    }
    if (status != DB_OK || !tafel_form_good(&posted, &about, &new_form, options)) {
        return status;
    }
    http_redirect(ex, meeting_page_path(&page));
    return meeting_record(&page, "meeting.add", NULL);
}

const struct route meeting_staff_routes[] = {
    SIGNAL_GET(MEETING_PATH, get_list, "taal"),
    SIGNAL_GET(MEETING_PATH "/nieuw", get_new, "taal"),
    SIGNAL_POST(MEETING_PATH "/nieuw", post_new),
    SIGNAL_GET(MEETING_PATH "/{overleg}", get_one, "taal"),
    SIGNAL_GET(MEETING_PATH "/{overleg}/besluitenlijst", get_decisions, "taal"),
};
const size_t meeting_staff_route_count = COUNT(meeting_staff_routes);
