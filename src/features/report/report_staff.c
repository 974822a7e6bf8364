/* Reports for the secretary: /beheer/rapporten. The list, beginning one, its texts, how it would look, and
 * its way to everybody: put forward, approved by somebody who had no hand in it, published. */
#include "features/report/report_internal.h"

#include "base/clock.h"
#include "features/results/results.h"
#include "features/survey/survey.h"

#include <string.h>

enum { REMARKS = 17, NAME_BYTES = 40 };

static const char *const kinds[] = {"ronde", "jaar", NULL};
static const struct form_field begin_fields[] = {
    {"soort", FORM_CHOICE, false, kinds},  {"ronde", FORM_CHOICE, true, NULL},
    {"jaar", FORM_NUMBER, true, NULL},     {"titel", FORM_TEXT, false, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
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
static const struct staff_form text_form = {"report.text_title", "tafel.save", text_fields, TEXT_FIELDS};
static const struct form_field step_fields[] = {
    {"naar", FORM_CHOICE, false, NULL},
    {"toelichting", FORM_AREA, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct staff_form step_form = {"report.step_title", "report.step_button", step_fields,
                                            sizeof step_fields / sizeof step_fields[0]};

/* A page about one report, in its transaction. */
struct page {
    const struct report_room *room;
    struct db_tx *tx;
    struct http_exchange *ex;
    struct report_draft draft;
};

static const char *path_of(const struct page *page, const char *more)
{
    return arena_printf(http_arena(page->ex), REPORT_PATH "/%d%s", (int)page->draft.number, more).ptr;
}

static struct staff_about about_of(const struct page *page, const char *more)
{
    return (struct staff_about){.account = page->room->config.account,
                                .texts = "report",
                                .ex = page->ex,
                                .action = path_of(page, more),
                                .back = path_of(page, ""),
                                .revision = page->draft.revision};
}

/* False: answered with 404, or *status. */
static bool open_page(struct page *out, enum db_status *status, const struct report_room *room,
                      struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    *out = (struct page){.room = room, .tx = tx, .ex = ex};
    const int32_t number = report_number(ex, "rapport");
    *status = number > 0 ? report_find(&out->draft, tx, http_arena(ex), number, to_change) : DB_OK;
    if (*status == DB_OK && out->draft.number == 0) {
        http_error(ex, 404);
    }
    return *status == DB_OK && out->draft.number > 0;
}

static enum db_status record(const struct page *page, const char *action, const char *details)
{
    return staff_audit(page->tx, page->ex, action,
                       arena_printf(db_arena(page->tx), "report:%d", (int)page->draft.number).ptr, "ok",
                       details);
}

static struct report_means means_of(const struct report_room *room, struct http_exchange *ex)
{
    return (struct report_means){.results = room->config.results,
                                 .snapshot = survey_snapshot_for(room->config.survey, ex),
                                 .keys = room->config.keys,
                                 .now_s = room->config.now_s(),
                                 .least_votes = room->config.least_votes};
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

static json_t *round_options(const struct report_room *room, struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(room->config.survey, ex);
    json_t *list = json_array();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status != ROUND_DRAFT && !round->pilot) {
            const char *title = round->title[strcmp(http_language(ex), "en") == 0];
            json_array_append_new(
                list, json_pack("{s:s,s:s}", "code", round->code, "label", title ? title : round->code));
        }
    }
    return json_pack("{s:o}", "ronde", list);
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
    json_t *options = round_options(self, ex);
    (void)tx;
    staff_form_show(&about, &begin_form, NULL, options, NULL, NULL);
    json_decref(options);
    return DB_OK;
}

static void check_beginning(struct staff_posted *posted, const struct report_beginning *beginning)
{
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
    struct slice kind = SLICE(""), code = SLICE("");
    int64_t year = 0;
    struct page page = {.room = room, .tx = tx, .ex = ex};
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
        {.name = "titel",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = REPORT_TITLE_MAX,
         .out = &beginning.title},
        STAFF_READ_FIELD(&posted)};
    staff_form_read(&posted, &about, &begin_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0])) {
        const struct survey_round *round =
            survey_round_find(survey_snapshot_for(room->config.survey, ex), code);
        const bool of_round = slice_equal_cstr(kind, "ronde");
        beginning.kind = of_round ? REPORT_OF_ROUND : REPORT_OF_YEAR;
        beginning.round_id =
            of_round && round && round->status != ROUND_DRAFT && !round->pilot ? round->id : 0;
        beginning.year = of_round ? 0 : (int32_t)year;
        check_beginning(&posted, &beginning);
    }
    json_t *options = round_options(room, ex);
    const bool good = staff_form_good(&posted, &about, &begin_form, options);
    json_decref(options);
    if (!good) {
        return DB_OK;
    }
    enum db_status status = report_begin(&page.draft.number, tx, &beginning, staff_caller(ex)->label);
    status = status == DB_OK ? record(&page, "report.begin", NULL) : status;
    http_redirect(ex, path_of(&page, ""));
    return status;
}

/* ---- one ---- */

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    struct page page;
    enum db_status status;
    json_t *steps = NULL;
    if (!open_page(&page, &status, room, tx, ex, false)) {
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

static const char *outcome_text(const struct report_made *made)
{
    return made->outcome == REPORT_NO_RELEASE ? "report.no_release"
           : made->outcome == REPORT_NO_ROUND ? "report.no_round"
                                              : "report.too_large";
}

/* As it would be made public now. */
static enum db_status preview(struct db_tx *tx, struct http_exchange *ex, const struct report_room *room,
                              enum report_part part)
{
    struct page page;
    struct report_made made;
    enum db_status status;
    if (!open_page(&page, &status, room, tx, ex, false)) {
        return status;
    }
    const struct report_means means = means_of(room, ex);
    status = report_make(&made, tx, &means, &page.draft);
    if (status != DB_OK) {
        json_decref(made.document);
        json_decref(made.releases);
        return status;
    }
    const bool good = made.outcome == REPORT_MADE;
    json_t *context = good ? report_blocks(made.document, ex, room, report_arena(ex), part,
                                           path_of(&page, "/voorbeeld/cijfers"))
                           : json_object();
    json_object_set_new(context, "title", json_stringn(page.draft.title.ptr, page.draft.title.len));
    json_object_set_new(context, "draft",
                        report_word(ex, room, good ? "report.is_draft" : outcome_text(&made)));
    json_object_set_new(context, "back_path",
                        json_string(path_of(&page, part == REPORT_ITSELF ? "" : "/voorbeeld")));
    json_decref(made.document);
    json_decref(made.releases);
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

static enum db_status get_texts(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct page page;
    enum db_status status;
    if (open_page(&page, &status, self, tx, ex, false)) {
        const struct staff_about about = about_of(&page, "/teksten");
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
    const enum db_status status = report_quotes(&found, tx, arena, keys, quotes, draft->quote_count);
    if (status == DB_OK && json_array_size(found) != draft->quote_count) {
        json_errors_add(&posted->errors, "/citaten", "geen-citaat",
                        "Van %zu van deze passages mag u de woorden niet gebruiken, of het nummer staat er "
                        "twee keer. Kies alleen wat iemand laat citeren, en beslis eerst over "
                        "persoonsgegevens die er misschien in staan.",
                        draft->quote_count - json_array_size(found));
    }
    return status;
}

static enum db_status keep_texts(struct page *page)
{
    enum db_status status = report_change(page->tx, &page->draft, staff_caller(page->ex)->label);
    status = status == DB_OK ? record(page, "report.change", NULL) : status;
    http_redirect(page->ex, path_of(page, ""));
    return status;
}

static enum db_status post_texts(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct page page;
    struct staff_posted posted;
    struct slice quotes = SLICE(""), remarks[REMARKS];
    struct json_field decoded[TEXT_FIELDS];
    enum db_status status;
    if (!open_page(&page, &status, self, tx, ex, true)) {
        return status;
    }
    struct report_draft *draft = &page.draft;
    const struct staff_about about = about_of(&page, "/teksten");
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

/* ---- its next step ---- */

static json_t *next_states(const struct page *page)
{
    json_t *list = json_array();
    for (unsigned to = 0; to < REPORT_STATES; to++) {
        if (report_may_follow(page->draft.state, (enum report_state)to)) {
            json_array_append_new(
                list,
                json_pack(
                    "{s:s,s:o}", "code", report_states[to], "label",
                    report_word(
                        page->ex, page->room,
                        arena_printf(http_arena(page->ex), "report.options.%s", report_states[to]).ptr)));
        }
    }
    return json_pack("{s:o}", "naar", list);
}

static enum db_status get_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct page page;
    enum db_status status;
    if (open_page(&page, &status, self, tx, ex, false)) {
        const struct staff_about about = about_of(&page, "/stap");
        json_t *options = next_states(&page);
        staff_form_show(&about, &step_form, NULL, options, NULL, NULL);
        json_decref(options);
    }
    return status;
}

struct step {
    struct page *page;
    struct staff_posted *posted;
    enum report_state to;
    struct slice told;
    struct report_made made; /* of putting forward and publishing */
};

static void say_not_made(struct step *step)
{
    const char *detail = step->made.outcome == REPORT_NO_RELEASE
                             ? "Van deze ronde is nog geen uitgave openbaar. Maak eerst een uitgave."
                         : step->made.outcome == REPORT_NO_ROUND
                             ? "Deze ronde is er niet, of telt niet."
                             : "Het rapport kan niet worden gemaakt, of is te groot.";
    json_errors_add(&step->posted->errors, "/naar", "kan-niet", "%s", detail);
}

/* Who approves has read these figures: what they were counted from still stands. */
static void check_releases(struct step *step)
{
    if (step->to == REPORT_PUBLISHED && !json_equal(step->made.releases, step->page->draft.releases)) {
        json_errors_add(&step->posted->errors, "/naar", "nieuwere-uitgave",
                        "Sinds dit rapport is voorgelegd, is er een nieuwere uitgave. Haal het terug naar "
                        "concept, en laat het opnieuw goedkeuren.");
    }
}

static enum db_status check_step(struct step *step)
{
    struct page *page = step->page;
    struct json_errors *errors = &step->posted->errors;
    const struct report_draft *draft = &page->draft;
    enum db_status status = DB_OK;
    bool hand = false;
    if (!report_may_follow(draft->state, step->to)) {
        json_errors_add(errors, "/naar", "keuze", "Deze stap kan nu niet. Kies een andere.");
        return DB_OK;
    }
    const bool back = step->to == REPORT_DRAFT || step->to == REPORT_WITHDRAWN || step->to == REPORT_DROPPED;
    if (back && step->told.len == 0) {
        json_errors_add(errors, "/toelichting", "ontbreekt", "Schrijf op waarom.");
    }
    if (step->to == REPORT_PUT_FORWARD && (draft->summary.len == 0 || draft->summary_en.len == 0)) {
        json_errors_add(errors, "/naar", "samenvatting",
                        "Schrijf eerst de samenvatting, in het Nederlands en in het Engels.");
    }
    if (step->to == REPORT_APPROVED) {
        status = report_has_hand_in(&hand, page->tx, draft->number, staff_caller(page->ex)->label);
        if (status == DB_OK && hand) {
            json_errors_add(errors, "/naar", "tweede-persoon",
                            "U hebt aan dit rapport gewerkt. Iemand anders moet het goedkeuren.");
        }
    }
    if (status == DB_OK && errors->count == 0 &&
        (step->to == REPORT_PUT_FORWARD || step->to == REPORT_PUBLISHED)) {
        const struct report_means means = means_of(page->room, page->ex);
        status = report_make(&step->made, page->tx, &means, draft);
        if (status == DB_OK && step->made.outcome != REPORT_MADE) {
            say_not_made(step);
        } else if (status == DB_OK) {
            check_releases(step);
        }
    }
    return status;
}

/* Frozen, signed and made public, or not at all. */
static enum db_status publish(struct step *step)
{
    struct report_signed document;
    struct page *page = step->page;
    struct arena *arena = report_arena(page->ex);
    if (!report_sign(&document, arena, page->room->config.keys, step->made.document)) {
        http_error(page->ex, 500);
        return DB_ROLLBACK;
    }
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, (const unsigned char *)document.sha256.ptr, CRYPTO_SHA256_BYTES);
    enum db_status status =
        report_publish(page->tx, page->draft.number, &document, staff_caller(page->ex)->label);
    return status == DB_OK
               ? record(page, "report.publish",
                        arena_printf(db_arena(page->tx), "{\"sha256\":\"%s\",\"citatenVervallen\":%zu}", hex,
                                     step->made.quotes_dropped)
                            .ptr)
               : status;
}

static enum db_status take_step(struct step *step)
{
    struct page *page = step->page;
    enum db_status status = DB_OK;
    if (step->to == REPORT_PUBLISHED) {
        status = publish(step);
    }
    if (status == DB_OK) {
        status = report_step(page->tx, &page->draft, step->to, step->told,
                             step->to == REPORT_PUT_FORWARD ? step->made.releases : NULL,
                             staff_caller(page->ex)->label);
    }
    if (status == DB_OK) {
        status = record(page, "report.step",
                        arena_printf(db_arena(page->tx), "{\"van\":\"%s\",\"naar\":\"%s\"}",
                                     report_states[page->draft.state], report_states[step->to])
                            .ptr);
        http_redirect(page->ex, path_of(page, ""));
    }
    return status;
}

/* What cannot be taken back is asked for once more. */
static bool is_sure(const struct step *step)
{
    const bool publishing = step->to == REPORT_PUBLISHED;
    const struct staff_question question = {
        .title = publishing ? "report.publish_title" : "report.withdraw_title",
        .text = publishing ? "report.publish_text" : "report.withdraw_text",
        .button = publishing ? "report.publish_button" : "report.withdraw_button",
        .back_path = path_of(step->page, "")};
    return (!publishing && step->to != REPORT_WITHDRAWN) ||
           staff_confirmed(step->page->ex, step->page->room->config.account, &question);
}

static enum db_status post_step(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct page page;
    struct staff_posted posted;
    struct slice to = SLICE("");
    struct step step = {.page = &page, .posted = &posted, .told = SLICE("")};
    enum db_status status;
    if (!open_page(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct staff_about about = about_of(&page, "/stap");
    const struct json_field decoded[] = {
        {.name = "naar", .kind = JSON_KIND_STRING, .one_of = report_states, .out = &to},
        {.name = "toelichting",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = REPORT_TOLD_MAX,
         .out = &step.told},
        STAFF_READ_FIELD(&posted)};
    staff_form_read(&posted, &about, &step_form);
    if (json_decode(&posted.errors, "", posted.values, decoded, sizeof decoded / sizeof decoded[0]) &&
        posted.read_revision == page.draft.revision) {
        step.to = report_state_find(to);
        status = check_step(&step);
    }
    json_t *options = next_states(&page);
    if (status == DB_OK && staff_form_good(&posted, &about, &step_form, options) && is_sure(&step)) {
        status = take_step(&step);
    }
    json_decref(options);
    json_decref(step.made.document);
    json_decref(step.made.releases);
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
    REPORT_GET(REPORT_PATH "/{rapport}/stap", get_step),
    REPORT_POST(REPORT_PATH "/{rapport}/stap", post_step),
};
const size_t report_staff_route_count = sizeof report_staff_routes / sizeof report_staff_routes[0];
