/* Reports for the secretary: /beheer/rapporten. The list, beginning one, its texts, and how it would look. */
#include "features/report/report_internal.h"
#include "features/tafel/tafel.h"

#include "base/clock.h"
#include "features/survey/survey.h"

#include <string.h>

enum { REMARKS = 17, NAME_BYTES = 40 };

static const char *const kinds[] = {"ronde", "jaar", NULL};
static const struct form_field begin_fields[] = {
    {"soort", FORM_CHOICE, false, kinds}, {"ronde", FORM_CHOICE, false, NULL},
    {"jaar", FORM_NUMBER, false, NULL},   {"consultatie", FORM_CHOICE, true, NULL},
    {"titel", FORM_TEXT, false, NULL},    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct staff_form begin_form = {"report.begin_title", "report.begin_button", begin_fields,
                                             sizeof begin_fields / sizeof begin_fields[0]};
/* A remark about each section, in the order of report_sections. */
static const struct form_field text_fields[] = {
    {"titel", FORM_TEXT, false, NULL},
    {"voorwoord", FORM_AREA, true, NULL},
    {"samenvatting", FORM_AREA, true, NULL},
    {"summary", FORM_AREA, true, NULL},
    {"citaten", FORM_TEXT, true, NULL},
    {"over_respons", FORM_AREA, true, NULL},
    {"over_waardenkaart", FORM_AREA, true, NULL},
    {"over_methoden", FORM_AREA, true, NULL},
    {"over_minderheden", FORM_AREA, true, NULL},
    {"over_trends", FORM_AREA, true, NULL},
    {"over_cijfers", FORM_AREA, true, NULL},
    {"over_citaten", FORM_AREA, true, NULL},
    {"over_signalen", FORM_AREA, true, NULL},
    {"over_afwegingskaders", FORM_AREA, true, NULL},
    {"over_departementen", FORM_AREA, true, NULL},
    {"over_veranderd", FORM_AREA, true, NULL},
    {"over_agenda", FORM_AREA, true, NULL},
    {"over_herijking", FORM_AREA, true, NULL},
    {"over_aanbevelingen", FORM_AREA, true, NULL},
    {"over_onderzoeksagenda", FORM_AREA, true, NULL},
    {"over_ander-onderzoek", FORM_AREA, true, NULL},
    {"over_verantwoording", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
enum { TEXT_FIELDS = sizeof text_fields / sizeof text_fields[0], FIRST_REMARK = 5 };
_Static_assert(TEXT_FIELDS == FIRST_REMARK + REMARKS + 1, "a remark about each section");

/* A remark about each section that a report of this kind has. */
static struct staff_form text_form_of(const struct report_draft *draft, struct arena *arena)
{
    struct form_field *fields = arena_array(arena, TEXT_FIELDS, sizeof *fields);
    size_t count = 0;
    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const bool remark = i >= FIRST_REMARK && i < FIRST_REMARK + REMARKS;
        if (!remark || report_sections[i - FIRST_REMARK].kinds & 1U << draft->kind) {
            memcpy(&fields[count++], &text_fields[i], sizeof *fields);
        }
    }
    return (struct staff_form){"report.text_title", "tafel.save", fields, count};
}

/* ---- the list, and beginning one ---- */

static void add_words(json_t *list, struct http_exchange *ex, const struct report_room *room)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        static const char *const states[][2] = {
            {"stand", "stand_woord"}, {"naar", "naar_woord"}, {"van", "van_woord"}};
        int64_t at = 0;
        for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
            const char *code = report_text(one, states[k][0]);
            if (code[0]) {
                json_object_set_new(
                    one, states[k][1],
                    report_word(ex, room, arena_printf(http_arena(ex), "report.options.%s", code).ptr));
            }
        }
        const char *time =
            report_text(one, "op")[0] ? report_text(one, "op") : report_text(one, "gewijzigdOp");
        if (clock_parse_rfc3339(&at, slice_from_cstr(time))) {
            const struct slice day =
                locale_date(http_arena(ex), web_locales(room->config.web), http_language(ex), at);
            json_object_set_new(one, "op_woord", json_stringn(day.ptr, day.len));
        }
    }
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    json_t *list = NULL;
    const enum db_status status = report_list(&list, tx, http_arena(ex));
    if (status == DB_OK) {
        json_t *context = staff_titled(ex, room->config.account, "report.title");
        add_words(list, ex, room);
        json_object_set(context, "rapporten", list);
        json_object_set_new(context, "any_rapporten", json_boolean(json_array_size(list) > 0));
        staff_render(ex, room->config.account, 200, "staff_reports", context);
    }
    return status;
}

static bool has_code(const json_t *options, struct slice code)
{
    size_t i;
    const json_t *option;
    json_array_foreach(options, i, option)
    {
        if (slice_equal_cstr(code, report_text(option, "code"))) {
            return true;
        }
    }
    return false;
}

/* {"ronde", "consultatie"}: of rounds that count, and their consultations. */
static json_t *begin_options(const struct report_room *room, struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(room->config.survey, ex);
    json_t *list = json_array(), *consultations = json_array();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status != ROUND_DRAFT && !round->pilot) {
            const char *title = round->title[strcmp(http_language(ex), "en") == 0];
            json_array_append_new(
                list, json_pack("{s:s,s:s}", "code", round->code, "label", title ? title : round->code));
            if (!has_code(consultations, slice_from_cstr(round->consultation))) {
                json_array_append_new(consultations, json_pack("{s:s,s:s}", "code", round->consultation,
                                                               "label", round->consultation));
            }
        }
    }
    return json_pack("{s:o,s:o}", "ronde", list, "consultatie", consultations);
}

static struct staff_about about_new(const struct report_room *room, struct http_exchange *ex)
{
    return (struct staff_about){.account = room->config.account,
                                .ex = ex,
                                .texts = "report",
                                .action = REPORT_PATH "/nieuw",
                                .back = REPORT_PATH};
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct staff_about about = about_new(self, ex);
    json_t *options = begin_options(self, ex);
    (void)tx;
    staff_form_show(&about, &begin_form, NULL, options, NULL, NULL);
    json_decref(options);
    return DB_OK;
}

static void check_beginning(struct staff_posted *posted, const struct report_beginning *beginning,
                            const json_t *options)
{
    if (beginning->consultation.len > 0 &&
        !has_code(json_object_get(options, "consultatie"), beginning->consultation)) {
        json_errors_add(&posted->errors, "/consultatie", "keuze", "Kies uit de lijst.");
    }
    if (beginning->kind == REPORT_OF_ROUND && beginning->round_id == 0) {
        json_errors_add(&posted->errors, "/ronde", "ontbreekt", "Kies een ronde.");
    }
    if (beginning->kind == REPORT_OF_YEAR && beginning->year == 0) {
        json_errors_add(&posted->errors, "/jaar", "ontbreekt", "Noem het jaar.");
    }
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    const struct staff_about about = about_new(room, ex);
    struct staff_posted posted;
    struct slice kind = SLICE(""), code = SLICE(""), consultation = SLICE("");
    int64_t year = 0;
    struct report_page page = {.room = room, .tx = tx, .ex = ex};
    struct report_beginning beginning = {.consultation = SLICE(""), .title = SLICE("")};
    const struct json_field decoded[] = {
        {.name = "soort", .kind = JSON_KIND_STRING, .one_of = kinds, .out = &kind},
        {.name = "ronde", .kind = JSON_KIND_STRING, .optional = true, .out = &code},
        {.name = "jaar",
         .kind = JSON_KIND_INT,
         .optional = true,
         .min = REPORT_YEAR_MIN,
         .max = REPORT_YEAR_MAX,
         .out = &year},
        {.name = "consultatie", .kind = JSON_KIND_STRING, .optional = true, .out = &consultation},
        {.name = "titel",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = REPORT_TITLE_MAX,
         .out = &beginning.title},
        STAFF_READ_FIELD(&posted)};
    json_t *options = begin_options(room, ex);
    staff_form_read(&posted, &about, &begin_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0])) {
        const struct survey_round *round =
            survey_round_find(survey_snapshot_for(room->config.survey, ex), code);
        const bool of_round = slice_equal_cstr(kind, "ronde");
        beginning.kind = of_round ? REPORT_OF_ROUND : REPORT_OF_YEAR;
        beginning.round_id =
            of_round && round && round->status != ROUND_DRAFT && !round->pilot ? round->id : 0;
        beginning.year = of_round ? 0 : (int32_t)year;
        beginning.consultation = of_round ? SLICE("") : consultation;
        check_beginning(&posted, &beginning, options);
    }
    const bool good = staff_form_good(&posted, &about, &begin_form, options);
    json_decref(options);
    if (!good) {
        return DB_OK;
    }
    enum db_status status = report_begin(&page.draft.number, tx, &beginning, staff_caller(ex)->label);
    status = status == DB_OK ? report_record(&page, "report.begin", NULL) : status;
    http_redirect(ex, report_path(&page, ""));
    return status;
}

/* ---- one ---- */

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    struct report_page page;
    enum db_status status;
    json_t *steps = NULL;
    if (!report_open(&page, &status, room, tx, ex, false)) {
        return status;
    }
    const struct report_draft *draft = &page.draft;
    status = report_steps(&steps, tx, http_arena(ex), draft->number);
    if (status != DB_OK) {
        return status;
    }
    add_words(steps, ex, room);
    json_t *context = json_pack(
        "{s:s%,s:i,s:o,s:O,s:b,s:b,s:b,s:s,s:s}", "title", draft->title.ptr, draft->title.len, "nummer",
        (int)draft->number, "stand_woord",
        report_word(ex, room,
                    arena_printf(http_arena(ex), "report.options.%s", report_states[draft->state]).ptr),
        "stappen", steps, "is_draft", (int)(draft->state == REPORT_DRAFT), "is_public",
        (int)(draft->state == REPORT_PUBLISHED || draft->state == REPORT_WITHDRAWN), "any_step",
        (int)(draft->state < REPORT_WITHDRAWN), "base_path", REPORT_PATH, "back_path", REPORT_PATH);
    json_object_set_new(context, "any_citaten", json_boolean(draft->quote_count > 0));
    staff_render(ex, room->config.account, 200, "staff_report", context);
    return DB_OK;
}

/* As it would be made public now. */
static enum db_status preview(struct db_tx *tx, struct http_exchange *ex, const struct report_room *room,
                              enum report_part part)
{
    struct report_page page;
    struct report_made made;
    enum db_status status;
    if (!report_open(&page, &status, room, tx, ex, false)) {
        return status;
    }
    struct report_means means = report_means_of(room, ex);
    means.figures_alone = part == REPORT_FIGURES;
    status = report_make(&made, tx, &means, &page.draft);
    if (status != DB_OK) {
        report_made_free(&made);
        return status;
    }
    const bool good = made.outcome == REPORT_MADE;
    json_t *context = good ? report_blocks(made.document, ex, room, report_arena(ex), part,
                                           report_path(&page, "/voorbeeld/cijfers"))
                           : json_object();
    report_mark_invented(ex, room, made.document);
    json_object_set_new(context, "title", json_stringn(page.draft.title.ptr, page.draft.title.len));
    const struct slice said =
        good ? locale_text(web_locales(room->config.web), http_language(ex), "report.is_draft")
             : report_outcome_text(http_arena(ex), room, http_language(ex), &made);
    json_object_set_new(context, "draft", json_stringn(said.ptr, said.len));
    json_object_set_new(context, "back_path",
                        json_string(report_path(&page, part == REPORT_ITSELF ? "" : "/voorbeeld")));
    report_made_free(&made);
    staff_render(ex, room->config.account, good ? 200 : 409, "report", context);
    return DB_OK;
}

static enum db_status get_preview(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return preview(tx, ex, self, REPORT_ITSELF);
}

static enum db_status get_preview_figures(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return preview(tx, ex, self, REPORT_FIGURES);
}

/* ---- its texts ---- */

static const char *remark_name(size_t section)
{
    return text_fields[FIRST_REMARK + section].name;
}

static json_t *values_of(const struct report_draft *draft, struct arena *arena)
{
    struct slice quotes = SLICE("");
    json_t *values =
        json_pack("{s:s%,s:s%,s:s%,s:s%}", "titel", draft->title.ptr, draft->title.len, "voorwoord",
                  draft->foreword.ptr, draft->foreword.len, "samenvatting", draft->summary.ptr,
                  draft->summary.len, "summary", draft->summary_en.ptr, draft->summary_en.len);
    for (size_t i = 0; i < draft->quote_count; i++) {
        quotes = arena_printf(arena, "%.*s%s%lld", SLICE_ARG(quotes), i > 0 ? " " : "",
                              (long long)draft->quotes[i]);
    }
    json_object_set_new(values, "citaten", json_stringn(quotes.ptr, quotes.len));
    for (size_t i = 0; i < report_section_count; i++) {
        const json_t *remark = json_object_get(draft->remarks, report_sections[i].code);
        if (remark) {
            json_object_set(values, remark_name(i), (json_t *)(uintptr_t)remark);
        }
    }
    return values;
}

/* With where the numbers of quotes are found: those of its round or consultation alone may be in it. */
static struct staff_about text_about(const struct report_page *page)
{
    struct staff_about about = report_about(page, "/teksten");
    about.links = tafel_finding_links(page->tx, page->ex, page->room->config.survey, page->room->config.web,
                                      arena_cstr(http_arena(page->ex), page->draft.consultation), NULL);
    return about;
}

static enum db_status get_texts(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_page page;
    enum db_status status;
    if (report_open(&page, &status, self, tx, ex, false)) {
        const struct staff_about about = text_about(&page);
        const struct staff_form text_form = text_form_of(&page.draft, http_arena(ex));
        json_t *values = values_of(&page.draft, http_arena(ex));
        staff_form_show(&about, &text_form, values, NULL, NULL,
                        page.draft.state == REPORT_DRAFT ? NULL : "report.only_draft");
        json_decref(values);
    }
    return status;
}

/* Numbers of passages with spaces or commas between. Each may be quoted now: who reads the draft reads them.
 */
static enum db_status read_quotes(struct report_draft *draft, struct staff_posted *posted, struct db_tx *tx,
                                  struct arena *arena, const struct crypto_keys *keys, struct slice text)
{
    int64_t *quotes = arena_array(arena, REPORT_QUOTES_MAX, sizeof *quotes);
    char *words = arena_cstr(arena, text);
    struct slice one, rest = slice_from_cstr(words);
    uint64_t number;
    json_t *found = NULL;
    for (char *at = words; *at; at++) {
        *at = (char)(*at == ',' ? ' ' : *at);
    }
    draft->quote_count = 0;
    draft->quotes = quotes;
    while (rest.len > 0) {
        slice_cut(&one, &rest, rest, ' ');
        if (one.len == 0) {
            continue;
        }
        if (!slice_to_u64(&number, one, INT64_MAX) || draft->quote_count == REPORT_QUOTES_MAX) {
            json_errors_add(&posted->errors, "/citaten", "bereik",
                            "Schrijf hooguit 50 nummers van passages, met spaties ertussen.");
            return DB_OK;
        }
        quotes[draft->quote_count++] = (int64_t)number;
    }
    const enum db_status status = report_quotes(&found, tx, arena, keys, draft);
    if (status == DB_OK && json_array_size(found) != draft->quote_count) {
        json_errors_add(&posted->errors, "/citaten", "geen-citaat",
                        "Van %zu van deze passages mag u de woorden hier niet gebruiken. Misschien is een "
                        "passage van een andere ronde of consultatie, of staat het nummer er twee keer. Kies "
                        "alleen wat iemand laat citeren, en beslis eerst over persoonsgegevens die er "
                        "misschien in staan.",
                        draft->quote_count - json_array_size(found));
    }
    return status;
}

static enum db_status keep_texts(struct report_page *page)
{
    enum db_status status = report_change(page->tx, &page->draft, staff_caller(page->ex)->label);
    status = status == DB_OK ? report_record(page, "report.change", NULL) : status;
    http_redirect(page->ex, report_path(page, ""));
    return status;
}

static enum db_status post_texts(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_page page;
    struct staff_posted posted;
    struct slice quotes = SLICE(""), remarks[REMARKS];
    struct json_field decoded[TEXT_FIELDS];
    enum db_status status;
    if (!report_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    struct report_draft *draft = &page.draft;
    const struct staff_about about = text_about(&page);
    const struct staff_form text_form = text_form_of(draft, http_arena(ex));
    struct slice *const texts[FIRST_REMARK] = {&draft->title, &draft->foreword, &draft->summary,
                                               &draft->summary_en, &quotes};
    draft->foreword = draft->summary = draft->summary_en = SLICE("");
    for (size_t i = 0; i < FIRST_REMARK; i++) {
        decoded[i] = (struct json_field){.name = text_fields[i].name,
                                         .kind = JSON_KIND_STRING,
                                         .optional = i > 0,
                                         .min = i == 0,
                                         .max = i == 0 ? REPORT_TITLE_MAX : REPORT_TEXT_MAX,
                                         .out = texts[i]};
    }
    for (size_t i = 0; i < REMARKS; i++) {
        remarks[i] = SLICE("");
        decoded[FIRST_REMARK + i] = (struct json_field){.name = remark_name(i),
                                                        .kind = JSON_KIND_STRING,
                                                        .optional = true,
                                                        .max = REPORT_REMARK_MAX,
                                                        .out = &remarks[i]};
    }
    decoded[FIRST_REMARK + REMARKS] = (struct json_field)STAFF_READ_FIELD(&posted);
    staff_form_read(&posted, &about, &text_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, TEXT_FIELDS)) {
        status = read_quotes(draft, &posted, tx, http_arena(ex), page.room->config.keys, quotes);
    }
    if (status != DB_OK) {
        return status;
    }
    if (draft->state != REPORT_DRAFT) {
        staff_form_show(&about, &text_form, posted.values, NULL, NULL, "report.only_draft");
        return DB_OK;
    }
    if (!staff_form_good(&posted, &about, &text_form, NULL)) {
        return DB_OK;
    }
    draft->remarks = json_object();
    for (size_t i = 0; i < report_section_count; i++) {
        if (remarks[i].len > 0) {
            json_object_set_new(draft->remarks, report_sections[i].code,
                                json_stringn(remarks[i].ptr, remarks[i].len));
        }
    }
    status = keep_texts(&page);
    json_decref(draft->remarks);
    return status;
}

const struct route report_staff_routes[] = {
    REPORT_GET(REPORT_PATH, get_list),
    REPORT_GET(REPORT_PATH "/nieuw", get_new),
    REPORT_POST(REPORT_PATH "/nieuw", post_new),
    REPORT_GET(REPORT_PATH "/{rapport}", get_one),
    REPORT_GET(REPORT_PATH "/{rapport}/voorbeeld", get_preview),
    REPORT_GET(REPORT_PATH "/{rapport}/voorbeeld/cijfers", get_preview_figures),
    REPORT_GET(REPORT_PATH "/{rapport}/teksten", get_texts),
    REPORT_POST(REPORT_PATH "/{rapport}/teksten", post_texts),
};
const size_t report_staff_route_count = sizeof report_staff_routes / sizeof report_staff_routes[0];
