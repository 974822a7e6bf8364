/* Tables for the secretary: which there are, who sits at them, setting one up and ending it. */
#include "features/tafel/tafel_table_pages.h"

#include "base/clock.h"

#include <string.h>

static const char *const word_members[] = {"soort", "kant", NULL};
static const char *const word_days[] = {"vanaf", "tot", NULL};
const struct tafel_word_list table_words = {
    .texts = "tafel.table", .members = word_members, .days = word_days};

/* ---- one table ---- */

bool table_page_open(struct table_page *out, enum db_status *status, const struct tafel *tafel,
                     struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    int32_t locked = 1;
    *out = (struct table_page){.tafel = tafel, .tx = tx, .ex = ex, .number = tafel_number(ex, "tafel")};
    *status = to_change ? table_lock(&locked, tx, out->number) : DB_OK;
    if (*status == DB_OK) {
        *status = table_find(&out->table, &out->revision, tx, http_arena(ex), out->number);
    }
    if (*status == DB_OK && !out->table) {
        http_error(ex, 404);
    }
    out->over = out->table && json_object_get(out->table, "tot");
    return *status == DB_OK && out->table;
}

const char *table_page_path(const struct table_page *page)
{
    return page->number == 0 ? TABLE_PATH
                             : arena_printf(http_arena(page->ex), TABLE_PATH "/%d", (int)page->number).ptr;
}

struct tafel_about table_page_about(const struct table_page *page)
{
    return (struct tafel_about){.tafel = page->tafel,
                                .ex = page->ex,
                                .texts = "tafel.table",
                                .path = table_page_path(page),
                                .revision = page->revision,
                                .intro = json_object_get(page->table, "titel")};
}

enum db_status table_page_record(const struct table_page *page, const char *action, const char *details)
{
    return staff_audit(page->tx, page->ex, action,
                       arena_printf(db_arena(page->tx), "table:%d", (int)page->number).ptr, "ok", details);
}

/* False: the page was answered with the word that the table is over. */
bool table_page_goes_on(const struct table_page *page)
{
    if (page->over) {
        json_t *context = staff_titled(page->ex, page->tafel->config.account, "tafel.table.title");
        json_object_set_new(context, "said",
                            staff_text(page->ex, page->tafel->config.account, "tafel.table.over"));
        json_object_set_new(context, "back_path", json_string(table_page_path(page)));
        staff_render(page->ex, page->tafel->config.account, 409, "staff_signal_said", context);
    }
    return !page->over;
}

/* ---- looking ---- */

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *list = NULL;
    const enum db_status status = table_list(&list, tx, http_arena(ex));
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.table.title");
    tafel_say_words(list, ex, tafel->config.web, &table_words);
    json_object_set(context, "tafels", list);
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    staff_render(ex, tafel->config.account, 200, "staff_tafels", context);
    return DB_OK;
}

/* "acties_lijst": code and title, as the agenda has it now. */
static enum db_status add_actions(json_t *context, struct db_tx *tx, struct http_exchange *ex)
{
    size_t i;
    const json_t *code;
    const struct agenda *agenda;
    struct agenda_version version;
    json_t *list = json_array();
    const enum db_status status = agenda_get(&agenda, &version, tx, http_arena(ex), 0);
    json_array_foreach(json_object_get(context, "acties"), i, code)
    {
        const struct agenda_item *item =
            agenda ? agenda_find(agenda, slice_from_cstr(json_string_value(code))) : NULL;
        const struct slice title = item ? item->title : slice_from_cstr(json_string_value(code));
        json_array_append_new(list, json_pack("{s:O,s:s%,s:b}", "code", code, "titel", title.ptr, title.len,
                                              "voorbij", (int)(item && item->ended_day != 0)));
    }
    json_object_set_new(context, "acties_lijst", list);
    json_object_set_new(context, "any_acties", json_boolean(json_array_size(list) > 0));
    return status;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    enum db_status status;
    size_t i;
    json_t *members = NULL, *member;
    if (!table_page_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    status = table_members(&members, tx, http_arena(ex), page.number);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_copy(page.table);
    status = add_actions(context, tx, ex);
    json_array_foreach(members, i, member)
    {
        json_object_set_new(member, "seated", json_boolean(!json_object_get(member, "tot")));
    }
    json_object_set(context, "leden", members);
    json_object_set_new(context, "no_leden", json_boolean(json_array_size(members) == 0));
    tafel_say_words(context, ex, page.tafel->config.web, &table_words);
    json_object_set_new(context, "tafel", json_integer(page.number));
    json_object_set_new(context, "over", json_boolean(page.over));
    json_object_set_new(context, "title", json_incref(json_object_get(context, "titel")));
    json_object_set_new(context, "back_path", json_string(TABLE_PATH));
    staff_render(ex, page.tafel->config.account, 200, "staff_tafel", context);
    return status;
}

/* ---- setting one up, and changing it ---- */

static const struct form_field new_fields[] = {
    {"soort", FORM_CHOICE, false, table_kinds}, {"titel", FORM_TEXT, false, NULL},
    {"thema", FORM_AREA, true, NULL},           {"acties", FORM_TICKS, true, NULL},
    {"quorum", FORM_NUMBER, false, NULL},       {"quorumKanten", FORM_NUMBER, false, NULL},
    {"vanaf", FORM_DAY, false, NULL},           {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct form_field change_fields[] = {
    {"titel", FORM_TEXT, false, NULL},          {"thema", FORM_AREA, true, NULL},
    {"acties", FORM_TICKS, true, NULL},         {"quorum", FORM_NUMBER, false, NULL},
    {"quorumKanten", FORM_NUMBER, false, NULL}, {"gelezen", FORM_HIDDEN, false, NULL},
};
#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))
static const struct tafel_form new_form = {"tafel.table.new_title", "/nieuw", new_fields, COUNT(new_fields),
                                           NULL};
static const struct tafel_form change_form = {"tafel.table.change_title", "/wijzigen", change_fields,
                                              COUNT(change_fields), NULL};

static void forget(void *object)
{
    json_decref(object);
}

/* {"acties": [{code, label}]}: those of the agenda that go on. */
static enum db_status read_options(json_t **out, const struct table_page *page)
{
    const struct agenda *agenda;
    struct agenda_version version;
    json_t *actions = json_array();
    *out = json_pack("{s:o}", "acties", actions);
    arena_defer(http_arena(page->ex), forget, *out);
    const enum db_status status = agenda_get(&agenda, &version, page->tx, http_arena(page->ex), 0);
    for (size_t i = 0; agenda && i < agenda->item_count; i++) {
        const struct agenda_item *item = &agenda->items[i];
        if (item->kind == AGENDA_ACTION && item->ended_day == 0) {
            const struct slice label = arena_printf(http_arena(page->ex), "%.*s %.*s", SLICE_ARG(item->code),
                                                    SLICE_ARG(item->title));
            json_array_append_new(actions, json_pack("{s:s%,s:s%}", "code", item->code.ptr, item->code.len,
                                                     "label", label.ptr, label.len));
        }
    }
    return status;
}

static void read_actions(struct table_draft *draft, struct staff_posted *posted,
                         const struct table_page *page, const json_t *list, const json_t *options)
{
    size_t i, k;
    const json_t *item, *option;
    struct slice *codes = arena_array(http_arena(page->ex), json_array_size(list), sizeof *codes);
    json_array_foreach(list, i, item)
    {
        bool known = false;
        json_array_foreach(json_object_get(options, "acties"), k, option)
        {
            known = known || json_equal(json_object_get(option, "code"), item);
        }
        if (!known) {
            json_errors_add(&posted->errors, "/acties", "keuze", "Kies uit de lijst.");
            return;
        }
        codes[draft->action_count++] = slice_from_cstr(json_string_value(item));
    }
    draft->actions = codes;
}

static void read_draft(struct table_draft *draft, struct staff_posted *posted, const struct table_page *page,
                       const json_t *options)
{
    struct slice began = {NULL, 0};
    int64_t members = 0, sides = 0;
    json_t *actions = NULL;
    const bool is_new = page->number == 0;
    *draft = (struct table_draft){.theme = SLICE("")};
    const struct json_field fields[] = {
        {.name = "titel", .kind = JSON_KIND_STRING, .min = 1, .max = TABLE_TITLE_MAX, .out = &draft->title},
        {.name = "thema",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = TABLE_THEME_MAX,
         .out = &draft->theme},
        {.name = "acties",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .max = TABLE_ACTIONS_MAX,
         .out = &actions},
        {.name = "quorum", .kind = JSON_KIND_INT, .min = 1, .max = TABLE_QUORUM_MAX, .out = &members},
        {.name = "quorumKanten", .kind = JSON_KIND_INT, .min = 1, .max = TABLE_SIDES, .out = &sides},
        STAFF_READ_FIELD(posted),
        {.name = "soort", .kind = JSON_KIND_STRING, .one_of = table_kinds, .out = &draft->kind},
        {.name = "vanaf", .kind = JSON_KIND_STRING, .out = &began}};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields) - (is_new ? 0 : 2));
    draft->quorum = (struct table_quorum){(int32_t)members, (int32_t)sides};
    draft->began_day = tafel_day(&posted->errors, "/vanaf", began);
    read_actions(draft, posted, page, actions, options);
    if (!is_new) {
        draft->kind = slice_from_cstr(json_string_value(json_object_get(page->table, "soort")));
    }
    if (draft->kind.ptr && draft->theme.len == 0 && slice_equal_cstr(draft->kind, table_kinds[1])) {
        json_errors_add(&posted->errors, "/thema", "ontbreekt", "Een actietafel heeft een thema.");
    }
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct table_page page = {.tafel = self, .tx = tx, .ex = ex};
    const struct tafel_about about = table_page_about(&page);
    json_t *options;
    const enum db_status status = read_options(&options, &page);
    tafel_form_show(&about, &new_form, NULL, options, NULL, NULL);
    return status;
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page = {.tafel = self, .tx = tx, .ex = ex};
    const struct tafel_about about = table_page_about(&page);
    struct staff_posted posted;
    struct table_draft draft;
    json_t *options;
    enum db_status status = read_options(&options, &page);
    if (status != DB_OK) {
        return status;
    }
    tafel_form_read(&posted, &about, &new_form);
    read_draft(&draft, &posted, &page, options);
    if (!tafel_form_good(&posted, &about, &new_form, options)) {
        return DB_OK;
    }
    status = table_add(&page.number, tx, &draft, staff_caller(ex)->label);
    if (status == DB_OK && page.number == 0) {
        json_errors_add(&posted.errors, "/soort", "bestaat",
                        "Er is al een maatschappelijke tafel. Er is er een tegelijk.");
        tafel_form_show(&about, &new_form, posted.values, options, &posted.errors, NULL);
        return DB_OK;
    }
    if (status == DB_OK) {
        status = table_page_record(&page, "table.add", NULL);
        http_redirect(ex, table_page_path(&page));
    }
    return status;
}

static enum db_status get_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    json_t *options;
    enum db_status status;
    if (!table_page_open(&page, &status, self, tx, ex, false) || !table_page_goes_on(&page)) {
        return status;
    }
    const struct tafel_about about = table_page_about(&page);
    status = read_options(&options, &page);
    tafel_form_show(&about, &change_form, page.table, options, NULL, NULL);
    return status;
}

static enum db_status post_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    struct staff_posted posted;
    struct table_draft draft;
    json_t *options;
    enum db_status status;
    if (!table_page_open(&page, &status, self, tx, ex, true) || !table_page_goes_on(&page)) {
        return status;
    }
    const struct tafel_about about = table_page_about(&page);
    status = read_options(&options, &page);
    if (status != DB_OK) {
        return status;
    }
    tafel_form_read(&posted, &about, &change_form);
    read_draft(&draft, &posted, &page, options);
    if (!tafel_form_good(&posted, &about, &change_form, options)) {
        return DB_OK;
    }
    status = table_change(tx, page.number, &draft, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = table_page_record(&page, "table.change",
                                   arena_printf(db_arena(tx), "{\"quorum\":%d,\"quorumKanten\":%d}",
                                                (int)draft.quorum.members, (int)draft.quorum.sides)
                                       .ptr);
        http_redirect(ex, table_page_path(&page));
    }
    return status;
}

/* ---- ending it ---- */

static const struct form_field end_fields[] = {
    {"tot", FORM_DAY, false, NULL},
    {"totWaarom", FORM_AREA, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form end_form = {"tafel.table.end_title", "/einde", end_fields, COUNT(end_fields),
                                           NULL};

static enum db_status get_end(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    enum db_status status;
    if (table_page_open(&page, &status, self, tx, ex, false) && table_page_goes_on(&page)) {
        const struct tafel_about about = table_page_about(&page);
        tafel_form_show(&about, &end_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

/* A last day is not before the first, nor still to come. */
int32_t table_last_day(struct staff_posted *posted, const struct table_page *page, struct slice text,
                       const json_t *began)
{
    int32_t first = 0;
    const int32_t day = tafel_day(&posted->errors, "/tot", text);
    clock_parse_day(&first, slice_from_cstr(json_string_value(began) ? json_string_value(began) : ""));
    if (day > 0 && (day < first || day > signal_today(page->tafel))) {
        json_errors_add(&posted->errors, "/tot", "bereik",
                        "Kies een dag vanaf de eerste dag, en niet later dan vandaag.");
    }
    return day;
}

static enum db_status post_end(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    struct staff_posted posted;
    struct slice last = {NULL, 0}, why = {NULL, 0};
    enum db_status status;
    if (!table_page_open(&page, &status, self, tx, ex, true) || !table_page_goes_on(&page)) {
        return status;
    }
    const struct tafel_about about = table_page_about(&page);
    const struct json_field fields[] = {
        {.name = "tot", .kind = JSON_KIND_STRING, .out = &last},
        {.name = "totWaarom", .kind = JSON_KIND_STRING, .min = 1, .max = TABLE_WHY_MAX, .out = &why},
        STAFF_READ_FIELD(&posted)};
    tafel_form_read(&posted, &about, &end_form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    const int32_t day = table_last_day(&posted, &page, last, json_object_get(page.table, "vanaf"));
    if (!tafel_form_good(&posted, &about, &end_form, NULL)) {
        return DB_OK;
    }
    status = table_end(tx, page.number, day, why, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = table_page_record(&page, "table.end", NULL);
        http_redirect(ex, table_page_path(&page));
    }
    return status;
}

const struct route table_staff_routes[] = {
    SIGNAL_GET(TABLE_PATH, get_list, "taal"),
    SIGNAL_GET(TABLE_PATH "/nieuw", get_new, "taal"),
    SIGNAL_POST(TABLE_PATH "/nieuw", post_new),
    SIGNAL_GET(TABLE_PATH "/{tafel}", get_one, "taal"),
    SIGNAL_GET(TABLE_PATH "/{tafel}/wijzigen", get_change, "taal"),
    SIGNAL_POST(TABLE_PATH "/{tafel}/wijzigen", post_change),
    SIGNAL_GET(TABLE_PATH "/{tafel}/einde", get_end, "taal"),
    SIGNAL_POST(TABLE_PATH "/{tafel}/einde", post_end),
};
const size_t table_staff_route_count = COUNT(table_staff_routes);
