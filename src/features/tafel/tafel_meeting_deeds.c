/* What is done with a meeting by a form, but for deciding: its agenda and papers, who was there, interests,
 * action points, adopting the list of decisions, cancelling it. */
#include "features/tafel/tafel_meeting_pages.h"

#include "base/clock.h"

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))
#define READ                                                                                                 \
    {                                                                                                        \
        "gelezen", FORM_HIDDEN, false, NULL                                                                  \
    }
#define FORM(NAME, MORE, FIELDS)                                                                             \
    {                                                                                                        \
        "tafel.meeting." NAME, MORE, FIELDS, COUNT(FIELDS), NULL                                             \
    }

static const char full[] = "Hier staan er al te veel. Maak een volgend overleg.";

/* ---- day and place ---- */

static const struct form_field change_fields[] = {
    {"dag", FORM_DAY, false, NULL}, {"plaats", FORM_TEXT, true, NULL}, READ};

static enum db_status take_change(struct meeting_page *page, struct staff_posted *posted)
{
    struct slice day = {NULL, 0}, place = SLICE("");
    const struct json_field fields[] = {{.name = "dag", .kind = JSON_KIND_STRING, .out = &day},
                                        {.name = "plaats",
                                         .kind = JSON_KIND_STRING,
                                         .optional = true,
                                         .max = MEETING_PLACE_MAX,
                                         .out = &place},
                                        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    const int32_t on = tafel_day(&posted->errors, "/dag", day);
    const struct meeting_mark mark = meeting_page_mark(page);
    return meeting_good(page, posted) ? meeting_change(page->tx, &mark, on, place) : DB_OK;
}

/* ---- the agenda ---- */

static const struct form_field item_fields[] = {{"signaal", FORM_NUMBER, true, NULL},
                                                {"titel", FORM_TEXT, true, NULL},
                                                {"openbaar", FORM_TICK, true, NULL},
                                                READ};

static enum db_status take_item(struct meeting_page *page, struct staff_posted *posted)
{
    struct meeting_item item = {.title = SLICE("")};
    int64_t signal = 0;
    bool added;
    const struct json_field fields[] = {
        {.name = "signaal",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = 1,
         .max = INT32_MAX,
         .out = &signal},
        {.name = "titel",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = MEETING_TITLE_MAX,
         .out = &item.title},
        {.name = "openbaar", .kind = JSON_KIND_BOOL, .optional = true, .out = &item.is_public},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    item.signal = (int32_t)signal;
    if (posted->errors.count == 0 && (signal == 0) == (item.title.len == 0)) {
        json_errors_add(&posted->errors, "/titel", "keuze", "Noem een signaal, of schrijf een titel.");
    }
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    const enum db_status status = meeting_item_add(&added, page->tx, &mark, &item);
    if (status == DB_OK) {
        meeting_added(page, posted, added, signal > 0 ? "/signaal" : "/titel",
                      signal > 0 ? "Dit signaal is er niet, of staat al op de agenda." : full);
    }
    return status;
}

/* ---- papers ---- */

static const struct form_field paper_fields[] = {{"titel", FORM_TEXT, false, NULL},
                                                 {"stuk", FORM_TEXT, false, NULL},
                                                 {"openbaar", FORM_TICK, true, NULL},
                                                 READ};

static enum db_status take_paper(struct meeting_page *page, struct staff_posted *posted)
{
    struct meeting_paper paper = {.is_public = false};
    bool added;
    const struct json_field fields[] = {
        {.name = "titel", .kind = JSON_KIND_STRING, .min = 1, .max = MEETING_TITLE_MAX, .out = &paper.title},
        {.name = "stuk",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = MEETING_REFERENCE_MAX,
         .out = &paper.reference},
        {.name = "openbaar", .kind = JSON_KIND_BOOL, .optional = true, .out = &paper.is_public},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    const enum db_status status = meeting_paper_add(&added, page->tx, &mark, &paper);
    if (status == DB_OK) {
        meeting_added(page, posted, added, "/titel", full);
    }
    return status;
}

/* ---- who was there ---- */

static const struct form_field attend_fields[] = {{"aanwezig", FORM_TICKS, true, NULL}, READ};

/* [{code, label}] of a list of the meeting. */
static json_t *choices(const struct meeting_page *page, const char *list, const char *rank, const char *label)
{
    size_t i;
    const json_t *part;
    json_t *options = json_array();
    json_array_foreach(json_object_get(page->meeting, list), i, part)
    {
        struct arena *arena = http_arena(page->ex);
        const struct slice code =
            arena_printf(arena, "%lld", (long long)json_integer_value(json_object_get(part, "nummer")));
        const char *text = json_string_value(json_object_get(part, label));
        const struct slice word =
            rank ? arena_printf(arena, "%lld. %s", (long long)json_integer_value(json_object_get(part, rank)),
                                text)
                 : arena_printf(arena, "%s, %s", text,
                                json_string_value(json_object_get(part, "organisatie")));
        json_array_append_new(
            options, json_pack("{s:s%,s:s%}", "code", code.ptr, code.len, "label", word.ptr, word.len));
    }
    return options;
}

static json_t *attend_options(const struct meeting_page *page)
{
    return json_pack("{s:o}", "aanwezig", choices(page, "aanwezigen", NULL, "naam"));
}

static bool any_decided(const struct meeting_page *page)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(page->meeting, "punten"), i, item)
    {
        if (json_object_get(item, "besluit")) {
            return true;
        }
    }
    return false;
}

static enum db_status take_attendance(struct meeting_page *page, struct staff_posted *posted)
{
    json_t *list = NULL;
    const json_t *code;
    size_t i, count = 0;
    int32_t day = 0;
    const struct json_field fields[] = {{.name = "aanwezig",
                                         .kind = JSON_KIND_ARRAY,
                                         .optional = true,
                                         .max = MEETING_PARTS_MAX,
                                         .out = &list},
                                        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    int32_t *present = arena_array(http_arena(page->ex), json_array_size(list), sizeof *present);
    json_array_foreach(list, i, code)
    {
        uint64_t number = 0;
        const char *text = json_string_value(code);
        if (!slice_to_u64(&number, slice_from_cstr(text ? text : ""), INT32_MAX) ||
            !meeting_part(page, "aanwezigen", (int64_t)number)) {
            json_errors_add(&posted->errors, "/aanwezig", "keuze", "Kies uit de lijst.");
            break;
        }
        present[count++] = (int32_t)number;
    }
    clock_parse_day(&day, slice_from_cstr(json_string_value(json_object_get(page->meeting, "dag"))));
    if (day > signal_today(page->tafel)) {
        json_errors_add(&posted->errors, "/aanwezig", "te-vroeg", "Dit overleg is nog niet geweest.");
    } else if (any_decided(page)) {
        json_errors_add(&posted->errors, "/aanwezig", "besloten",
                        "Er is al besloten met wie er waren. Dat is niet meer te wijzigen.");
    }
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    enum db_status status = meeting_attendance_set(page->tx, &mark, present, count);
    if (status == DB_OK && page->state == MEETING_PLANNED) {
        status = meeting_state_set(page->tx, &mark, MEETING_HELD, SLICE(""));
    }
    return status;
}

/* ---- interests ---- */

static const struct form_field interest_fields[] = {{"lid", FORM_CHOICE, false, NULL},
                                                    {"punt", FORM_CHOICE, true, NULL},
                                                    {"belang", FORM_AREA, false, NULL},
                                                    READ};

static json_t *interest_options(const struct meeting_page *page)
{
    return json_pack("{s:o,s:o}", "lid", choices(page, "aanwezigen", NULL, "naam"), "punt",
                     choices(page, "punten", "punt", "titel"));
}

/* The number that a choice of parts holds; 0 with a fault where it is none of them. */
static int32_t read_choice(const struct meeting_page *page, struct staff_posted *posted, const char *parts,
                           const char *pointer, struct slice text)
{
    uint64_t number = 0;
    if (text.ptr &&
        (!slice_to_u64(&number, text, INT32_MAX) || !meeting_part(page, parts, (int64_t)number))) {
        json_errors_add(&posted->errors, pointer, "keuze", "Kies uit de lijst.");
        number = 0;
    }
    return (int32_t)number;
}

static enum db_status take_interest(struct meeting_page *page, struct staff_posted *posted)
{
    struct meeting_interest interest = {.member = 0};
    struct slice member = {NULL, 0}, item = {NULL, 0};
    bool added;
    const struct json_field fields[] = {
        {.name = "lid", .kind = JSON_KIND_STRING, .out = &member},
        {.name = "punt", .kind = JSON_KIND_STRING, .optional = true, .out = &item},
        {.name = "belang",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = MEETING_LINE_MAX,
         .out = &interest.told},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    interest.member = read_choice(page, posted, "aanwezigen", "/lid", member);
    interest.item = read_choice(page, posted, "punten", "/punt", item);
    const json_t *about = meeting_part(page, "punten", interest.item);
    if (about ? json_object_get(about, "besluit") != NULL : any_decided(page)) {
        json_errors_add(&posted->errors, "/punt", "besloten",
                        "Hierover is al besloten. Een belang noemt een lid voor het besluit.");
    }
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    const enum db_status status = meeting_interest_add(&added, page->tx, &mark, &interest);
    if (status == DB_OK) {
        meeting_added(page, posted, added, "/lid", full);
    }
    return status;
}

/* ---- action points ---- */

static const struct form_field task_fields[] = {{"actie", FORM_AREA, false, NULL},
                                                {"wie", FORM_TEXT, false, NULL},
                                                {"uiterlijk", FORM_DAY, false, NULL},
                                                {"openbaar", FORM_TICK, true, NULL},
                                                READ};
static const struct form_field done_fields[] = {{"klaar", FORM_AREA, false, NULL}, READ};

static enum db_status take_task(struct meeting_page *page, struct staff_posted *posted)
{
    struct meeting_task task = {.due_day = 0};
    struct slice due = {NULL, 0};
    bool added;
    const struct json_field fields[] = {
        {.name = "actie", .kind = JSON_KIND_STRING, .min = 1, .max = MEETING_LINE_MAX, .out = &task.told},
        {.name = "wie", .kind = JSON_KIND_STRING, .min = 1, .max = MEETING_OWNER_MAX, .out = &task.owner},
        {.name = "uiterlijk", .kind = JSON_KIND_STRING, .out = &due},
        {.name = "openbaar", .kind = JSON_KIND_BOOL, .optional = true, .out = &task.is_public},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    task.due_day = tafel_day(&posted->errors, "/uiterlijk", due);
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    const enum db_status status = meeting_task_add(&added, page->tx, &mark, &task);
    if (status == DB_OK) {
        meeting_added(page, posted, added, "/actie", full);
    }
    return status;
}

static enum db_status take_done(struct meeting_page *page, struct staff_posted *posted)
{
    struct slice told = {NULL, 0};
    bool done;
    const struct json_field fields[] = {
        {.name = "klaar", .kind = JSON_KIND_STRING, .min = 1, .max = MEETING_LINE_MAX, .out = &told},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    if (!meeting_good(page, posted)) {
        return DB_OK;
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    const enum db_status status = meeting_task_done(
        &done, page->tx, &mark, (int32_t)json_integer_value(json_object_get(page->part, "nummer")), told);
    if (status == DB_OK) {
        meeting_added(page, posted, done, "/klaar", "Dit actiepunt was al klaar.");
    }
    return status;
}

/* ---- adopting and cancelling ---- */

static const struct form_field adopt_fields[] = {{"klopt", FORM_TICK, false, NULL}, READ};
static const struct form_field cancel_fields[] = {{"waarom", FORM_AREA, false, NULL}, READ};

static enum db_status take_adopt(struct meeting_page *page, struct staff_posted *posted)
{
    bool right = false;
    size_t i;
    const json_t *item;
    const struct json_field fields[] = {
        {.name = "klopt", .kind = JSON_KIND_BOOL, .optional = true, .out = &right}, STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    if (!right) {
        json_errors_add(&posted->errors, "/klopt", "ontbreekt", "Zet een vinkje als de lijst klopt.");
    }
    json_array_foreach(json_object_get(page->meeting, "punten"), i, item)
    {
        if (!json_object_get(item, "besluit")) {
            json_errors_add(&posted->errors, "/klopt", "onbesloten",
                            "Neem eerst over elk punt een besluit, of houd het aan.");
            break;
        }
    }
    const struct meeting_mark mark = meeting_page_mark(page);
    return meeting_good(page, posted) ? meeting_state_set(page->tx, &mark, MEETING_ADOPTED, SLICE(""))
                                      : DB_OK;
}

static enum db_status take_cancel(struct meeting_page *page, struct staff_posted *posted)
{
    struct slice why = {NULL, 0};
    const struct json_field fields[] = {
        {.name = "waarom", .kind = JSON_KIND_STRING, .min = 1, .max = MEETING_LINE_MAX, .out = &why},
        STAFF_READ_FIELD(posted)};
    json_decode(&posted->errors, "", posted->values, fields, COUNT(fields));
    const struct meeting_mark mark = meeting_page_mark(page);
    return meeting_good(page, posted) ? meeting_state_set(page->tx, &mark, MEETING_CANCELLED, why) : DB_OK;
}

/* ---- all of them ---- */

MEETING_DEED(change, .form = FORM("change_title", "/wijzigen", change_fields), .act = MEETING_CHANGE,
             .audit = "meeting.change", .take = take_change)
MEETING_DEED(item, .form = FORM("item_title", "/agendapunt", item_fields), .act = MEETING_PREPARE,
             .audit = "meeting.item", .take = take_item)
MEETING_DEED(paper, .form = FORM("paper_title", "/stuk", paper_fields), .act = MEETING_PREPARE,
             .audit = "meeting.paper", .take = take_paper)
MEETING_DEED(attend, .form = FORM("attend_title", "/aanwezigen", attend_fields), .act = MEETING_ATTEND,
             .audit = "meeting.attendance", .options = attend_options, .take = take_attendance)
MEETING_DEED(interest, .form = FORM("interest_title", "/belang", interest_fields), .act = MEETING_INTEREST,
             .audit = "meeting.interest", .options = interest_options, .take = take_interest)
MEETING_DEED(task, .form = FORM("task_title", "/actiepunt", task_fields), .act = MEETING_TASK,
             .audit = "meeting.task", .take = take_task)
MEETING_DEED(done, .form = FORM("done_title", "/klaar", done_fields), .act = MEETING_TASK_DONE,
             .parts = "actiepunten", .parameter = "actie", .audit = "meeting.task.done", .take = take_done)
MEETING_DEED(adopt, .form = FORM("adopt_title", "/vaststellen", adopt_fields), .act = MEETING_ADOPT,
             .audit = "meeting.adopt", .take = take_adopt)
MEETING_DEED(cancel, .form = FORM("cancel_title", "/afgelasten", cancel_fields), .act = MEETING_CANCEL,
             .audit = "meeting.cancel", .take = take_cancel)

const struct route meeting_deed_routes[] = {
    MEETING_ROUTES(change, MEETING_PATH "/{overleg}/wijzigen"),
    MEETING_ROUTES(item, MEETING_PATH "/{overleg}/agendapunt"),
    MEETING_ROUTES(paper, MEETING_PATH "/{overleg}/stuk"),
    MEETING_ROUTES(attend, MEETING_PATH "/{overleg}/aanwezigen"),
    MEETING_ROUTES(interest, MEETING_PATH "/{overleg}/belang"),
    MEETING_ROUTES(task, MEETING_PATH "/{overleg}/actiepunt"),
    MEETING_ROUTES(done, MEETING_PATH "/{overleg}/actie/{actie}/klaar"),
    MEETING_ROUTES(adopt, MEETING_PATH "/{overleg}/vaststellen"),
    MEETING_ROUTES(cancel, MEETING_PATH "/{overleg}/afgelasten"),
};
const size_t meeting_deed_route_count = COUNT(meeting_deed_routes);
