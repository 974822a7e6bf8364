/* Who sits at a table, for the secretary: a new member, and the end of a seat. */
#include "features/tafel/tafel_table_pages.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

static const struct form_field member_fields[] = {
    {"naam", FORM_TEXT, false, NULL},          {"organisatie", FORM_TEXT, false, NULL},
    {"kant", FORM_CHOICE, false, table_sides}, {"vanaf", FORM_DAY, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct tafel_form member_form = {"tafel.table.member_title", "/leden/nieuw", member_fields,
                                              COUNT(member_fields), NULL};
static const struct form_field leave_fields[] = {
    {"tot", FORM_DAY, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};

static enum db_status get_member(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    enum db_status status;
    if (table_page_open(&page, &status, self, tx, ex, false) && table_page_goes_on(&page)) {
        const struct tafel_about about = table_page_about(&page);
        tafel_form_show(&about, &member_form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_member(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    struct staff_posted posted;
    struct table_member member = {.began_day = 0};
    struct slice began = {NULL, 0};
    bool added;
    enum db_status status;
    if (!table_page_open(&page, &status, self, tx, ex, true) || !table_page_goes_on(&page)) {
        return status;
    }
    const struct tafel_about about = table_page_about(&page);
    const struct json_field fields[] = {
        {.name = "naam", .kind = JSON_KIND_STRING, .min = 1, .max = TABLE_NAME_MAX, .out = &member.name},
        {.name = "organisatie",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = TABLE_NAME_MAX,
         .out = &member.organisation},
        {.name = "kant", .kind = JSON_KIND_STRING, .one_of = table_sides, .out = &member.side},
        {.name = "vanaf", .kind = JSON_KIND_STRING, .out = &began},
        STAFF_READ_FIELD(&posted)};
    tafel_form_read(&posted, &about, &member_form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    member.began_day = tafel_day(&posted.errors, "/vanaf", began);
    if (!tafel_form_good(&posted, &about, &member_form, NULL)) {
        return DB_OK;
    }
    status = table_member_add(&added, tx, page.number, &member, staff_caller(ex)->label);
    if (status == DB_OK && !added) {
        json_errors_add(&posted.errors, "/naam", "te-veel", "Aan een tafel zitten ten hoogste %d leden.",
                        TABLE_MEMBERS_MAX);
        tafel_form_show(&about, &member_form, posted.values, NULL, &posted.errors, NULL);
        return DB_OK;
    }
    if (status == DB_OK) {
        status =
            table_page_record(&page, "table.member.add",
                              arena_printf(db_arena(tx), "{\"kant\":\"%.*s\"}", SLICE_ARG(member.side)).ptr);
        http_redirect(ex, table_page_path(&page));
    }
    return status;
}

/* The member of the path; NULL: answered with 404, or *status. */
static const json_t *open_member(enum db_status *status, const struct table_page *page)
{
    size_t i;
    json_t *members = NULL, *member;
    const int32_t number = tafel_number(page->ex, "lid");
    *status = table_members(&members, page->tx, http_arena(page->ex), page->number);
    json_array_foreach(members, i, member)
    {
        if (json_integer_value(json_object_get(member, "nummer")) == number &&
            !json_object_get(member, "tot")) {
            return member;
        }
    }
    if (*status == DB_OK) {
        http_error(page->ex, 404);
    }
    return NULL;
}

static struct tafel_form leave_form_of(const struct table_page *page)
{
    return (struct tafel_form){
        "tafel.table.leave_title",
        arena_printf(http_arena(page->ex), "/leden/%d/einde", (int)tafel_number(page->ex, "lid")).ptr,
        leave_fields, COUNT(leave_fields), NULL};
}

static enum db_status get_leave(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    enum db_status status;
    if (!table_page_open(&page, &status, self, tx, ex, false)) {
        return status;
    }
    const json_t *member = open_member(&status, &page);
    if (member) {
        const struct tafel_form form = leave_form_of(&page);
        struct tafel_about about = table_page_about(&page);
        about.intro = json_object_get(member, "naam");
        tafel_form_show(&about, &form, NULL, NULL, NULL, NULL);
    }
    return status;
}

static enum db_status post_leave(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct table_page page;
    struct staff_posted posted;
    struct slice last = {NULL, 0};
    bool ended;
    enum db_status status;
    if (!table_page_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const json_t *member = open_member(&status, &page);
    if (!member) {
        return status;
    }
    const struct tafel_form form = leave_form_of(&page);
    struct tafel_about about = table_page_about(&page);
    about.intro = json_object_get(member, "naam");
    const struct json_field fields[] = {{.name = "tot", .kind = JSON_KIND_STRING, .out = &last},
                                        STAFF_READ_FIELD(&posted)};
    tafel_form_read(&posted, &about, &form);
    json_decode(&posted.errors, "", posted.values, fields, COUNT(fields));
    const int32_t day = table_last_day(&posted, &page, last, json_object_get(member, "vanaf"));
    if (!tafel_form_good(&posted, &about, &form, NULL)) {
        return DB_OK;
    }
    status = table_member_end(&ended, tx, page.number, tafel_number(ex, "lid"), day, staff_caller(ex)->label);
    if (status == DB_OK && ended) {
        status =
            table_page_record(&page, "table.member.end",
                              arena_printf(db_arena(tx), "{\"lid\":%d}", (int)tafel_number(ex, "lid")).ptr);
    }
    http_redirect(ex, table_page_path(&page));
    return status;
}

const struct route table_member_routes[] = {
    SIGNAL_GET(TABLE_PATH "/{tafel}/leden/nieuw", get_member, "taal"),
    SIGNAL_POST(TABLE_PATH "/{tafel}/leden/nieuw", post_member),
    SIGNAL_GET(TABLE_PATH "/{tafel}/leden/{lid}/einde", get_leave, "taal"),
    SIGNAL_POST(TABLE_PATH "/{tafel}/leden/{lid}/einde", post_leave),
};
const size_t table_member_route_count = COUNT(table_member_routes);
