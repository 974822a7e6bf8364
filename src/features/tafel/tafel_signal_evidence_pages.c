/* What a signal rests on, for the secretary: adding a table, a passage or a campaign, counting a table again,
 * and taking evidence away. */
#include "features/tafel/tafel_signal_pages.h"

#include <string.h>

static const struct form_field table_fields[] = {
    {"ronde", FORM_CHOICE, false, NULL},  {"variabele", FORM_CHOICE, false, NULL},
    {"antwoord", FORM_TEXT, false, NULL}, {"groepeerOp", FORM_CHOICE, true, NULL},
    {"filter", FORM_TEXT, true, NULL},    {"gewogen", FORM_TICK, true, NULL},
    {"waarom", FORM_AREA, false, NULL},
};
static const struct tafel_form table_form = {"tafel.signal.table_title", "/tabel", table_fields,
                                             sizeof table_fields / sizeof table_fields[0], NULL};
static const struct form_field passage_fields[] = {
    {"passage", FORM_NUMBER, false, NULL},
    {"waarom", FORM_AREA, false, NULL},
};
static const struct tafel_form passage_form = {"tafel.signal.passage_title", "/passage", passage_fields,
                                               sizeof passage_fields / sizeof passage_fields[0], NULL};
static const struct form_field campaign_fields[] = {
    {"ronde", FORM_CHOICE, false, NULL},     {"variabele", FORM_CHOICE, false, NULL},
    {"zoekactie", FORM_NUMBER, false, NULL}, {"groep", FORM_NUMBER, false, NULL},
    {"waarom", FORM_AREA, false, NULL},
};
static const struct tafel_form campaign_form = {"tafel.signal.campaign_title", "/campagne", campaign_fields,
                                                sizeof campaign_fields / sizeof campaign_fields[0], NULL};

enum { CODE_MAX = 100, FILTER_MAX = 500 };

/* ---- what all kinds share ---- */

static void add_once(json_t *seen, json_t *list, const char *code, const char *label)
{
    if (label && !json_object_get(seen, code)) {
        json_object_set_new(seen, code, json_true());
        json_array_append_new(list, json_pack("{s:s,s:s}", "code", code, "label", label));
    }
}

/* The questions to choose from, and what may be typed for an answer, with their words: those of the rounds
 * that count. A code that stands in several is offered once. Questions about several applications may have
 * the same words: their code tells them apart. */
static void add_codes(json_t *options, const struct kept_page *page)
{
    const int language = strcmp(http_language(page->ex), "en") == 0;
    const struct survey_snapshot *snapshot = survey_snapshot_for(page->tafel->config.survey, page->ex);
    json_t *questions = json_array(), *answers = json_array(), *seen = json_object(), *said = json_object();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        size_t count = 0;
        const struct variable *all = round->status == ROUND_DRAFT || round->pilot
                                         ? NULL
                                         : questionnaire_variables(&count, round->questionnaire);
        for (size_t k = 0; k < count; k++) {
            const char *label = all[k].label[language];
            add_once(seen, questions, all[k].code,
                     label ? arena_printf(http_arena(page->ex), "%s (%s)", label, all[k].code).ptr : NULL);
            for (uint16_t a = 0; a < all[k].category_count; a++) {
                add_once(said, answers, all[k].categories[a].code, all[k].categories[a].label[language]);
            }
        }
    }
    json_object_set(options, "groepeerOp", questions);
    json_object_set_new(options, "variabele", questions);
    json_object_set_new(options, "antwoord", answers);
    json_decref(seen);
    json_decref(said);
}

static json_t *options_of(const struct kept_page *page)
{
    json_t *options = json_pack("{s:o}", "ronde", signal_round_options(page->tafel, page->ex));
    add_codes(options, page);
    return options;
}

/* Of a passage the number is asked: where it is found. */
static void add_links(struct kept_page *page, const struct tafel_form *form)
{
    if (form == &passage_form) {
        page->links =
            tafel_finding_links(page->tx, page->ex, page->tafel->config.survey, page->tafel->config.web,
                                json_string_value(json_object_get(page->thing, "consultatie")),
                                json_object_get(page->thing, "toepassingen"));
    }
}

static enum db_status show_empty(struct db_tx *tx, struct http_exchange *ex, void *self,
                                 const struct tafel_form *form)
{
    struct kept_page page;
    enum db_status status;
    if (signal_open(&page, &status, self, tx, ex, false)) {
        json_t *options = options_of(&page);
        add_links(&page, form);
        kept_form_show(&page, form, NULL, options, NULL, NULL);
        json_decref(options);
    }
    return status;
}

static enum db_status show_faults(struct kept_page *page, const struct tafel_form *form,
                                  const struct staff_posted *posted)
{
    json_t *options = options_of(page);
    add_links(page, form);
    kept_form_show(page, form, posted->values, options, &posted->errors, NULL);
    json_decref(options);
    return DB_OK;
}

/* A round that counts; NULL, with a fault: there is none such. */
static const struct survey_round *round_named(struct staff_posted *posted, const struct kept_page *page,
                                              struct slice code)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(page->tafel->config.survey, page->ex);
    const struct survey_round *round = snapshot && code.ptr ? survey_round_find(snapshot, code) : NULL;
    if (round && round->status != ROUND_DRAFT && !round->pilot) {
        return round;
    }
    if (code.ptr) {
        json_errors_add(&posted->errors, "/ronde", "keuze", "Kies een ronde uit de lijst.");
    }
    return NULL;
}

static enum db_status keep(struct kept_page *page, const struct tafel_form *form, struct staff_posted *posted,
                           const struct signal_proof *proof)
{
    bool added;
    enum db_status status =
        signal_evidence_add(&added, page->tx, page->number, proof, staff_caller(page->ex)->label);
    if (status != DB_OK) {
        return status;
    }
    if (!added) {
        json_errors_add(&posted->errors, "/waarom", "te-veel", "Een signaal rust op ten hoogste %d bewijzen.",
                        SIGNAL_EVIDENCE_MAX);
        return show_faults(page, form, posted);
    }
    status = kept_record(page, "signal.evidence.add",
                         arena_printf(db_arena(page->tx), "{\"soort\":\"%s\"}", proof->kind).ptr);
    http_redirect(page->ex, kept_path(page, ""));
    return status;
}

#define WHY_FIELD(OUT)                                                                                       \
    {                                                                                                        \
        .name = "waarom", .kind = JSON_KIND_STRING, .min = 1, .max = SIGNAL_WHY_MAX, .out = OUT              \
    }

static void forget(void *object)
{
    json_decref(object);
}

/* ---- a table ---- */

static enum db_status get_table(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_empty(tx, ex, self, &table_form);
}

static enum db_status post_table(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_proof proof = {.kind = "tabel"};
    struct slice round_code = {NULL, 0}, text;
    bool weighted = false, busy = false;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "ronde", .kind = JSON_KIND_STRING, .min = 1, .max = CODE_MAX, .out = &round_code},
        {.name = "variabele", .kind = JSON_KIND_STRING, .min = 1, .max = CODE_MAX, .out = &text},
        {.name = "antwoord", .kind = JSON_KIND_STRING, .min = 1, .max = CODE_MAX, .out = &text},
        {.name = "groepeerOp",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = CODE_MAX,
         .out = &text},
        {.name = "filter",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = FILTER_MAX,
         .out = &text},
        {.name = "gewogen", .kind = JSON_KIND_BOOL, .optional = true, .out = &weighted},
        WHY_FIELD(&proof.why)};
    kept_form_read(&posted, &page, &table_form);
    json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    const struct survey_round *round = round_named(&posted, &page, round_code);
    json_t *asked = json_copy(posted.values);
    arena_defer(http_arena(ex), forget, asked);
    json_object_del(asked, "ronde");
    json_object_del(asked, "waarom");
    json_t *figures = posted.errors.count == 0 ? signal_table_count(&busy, &posted.errors, http_arena(ex),
                                                                    page.tafel->config.results, round, asked)
                                               : NULL;
    if (busy) {
        http_set_retry_after(ex, 1);
        http_error(ex, 503);
        return DB_OK;
    }
    if (!figures) {
        return show_faults(&page, &table_form, &posted);
    }
    proof.round_id = round->id;
    proof.asked = asked;
    proof.figures = figures;
    return keep(&page, &table_form, &posted, &proof);
}

/* ---- a passage ---- */

static enum db_status get_passage(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_empty(tx, ex, self, &passage_form);
}

static enum db_status post_passage(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_proof proof = {.kind = "passage"};
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "passage", .kind = JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &proof.passage},
        WHY_FIELD(&proof.why)};
    kept_form_read(&posted, &page, &passage_form);
    const bool good =
        json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    if (good) {
        const struct survey_snapshot *snapshot = survey_snapshot_for(page.tafel->config.survey, ex);
        bool found, message;
        status = signal_passage_round(&proof.round_id, &message, &found, tx, proof.passage);
        const struct survey_round *round =
            snapshot && proof.round_id != 0 ? survey_round_by_id(snapshot, proof.round_id) : NULL;
        proof.kind = message ? "bericht" : "passage";
        if (status == DB_OK && (!found || (!message && (!round || round->pilot)))) {
            json_errors_add(&posted.errors, "/passage", "onbekend",
                            "Deze passage is er niet, of mag niet meer worden gebruikt.");
        }
    }
    if (status != DB_OK || posted.errors.count > 0) {
        return status != DB_OK ? status : show_faults(&page, &passage_form, &posted);
    }
    return keep(&page, &passage_form, &posted, &proof);
}

/* ---- a campaign ---- */

static enum db_status get_campaign(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_empty(tx, ex, self, &campaign_form);
}

static enum db_status post_campaign(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    struct staff_posted posted;
    struct signal_proof proof = {.kind = "campagne"};
    struct slice round_code = {NULL, 0}, variable = {NULL, 0};
    int64_t search = 0, group = 0, texts = 0;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true)) {
        return status;
    }
    const struct json_field fields[] = {
        {.name = "ronde", .kind = JSON_KIND_STRING, .min = 1, .max = CODE_MAX, .out = &round_code},
        {.name = "variabele", .kind = JSON_KIND_STRING, .min = 1, .max = CODE_MAX, .out = &variable},
        {.name = "zoekactie", .kind = JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &search},
        {.name = "groep", .kind = JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &group},
        WHY_FIELD(&proof.why)};
    kept_form_read(&posted, &page, &campaign_form);
    json_decode(&posted.errors, "", posted.values, fields, sizeof fields / sizeof fields[0]);
    const struct survey_round *round = round_named(&posted, &page, round_code);
    if (posted.errors.count == 0) {
        status = signal_campaign_size(&texts, tx, round->id, variable, (int32_t)search, (int32_t)group);
        if (status == DB_OK && texts == 0) {
            json_errors_add(&posted.errors, "/groep", "onbekend", "Deze groep is er niet in deze zoekactie.");
        }
    }
    if (status != DB_OK || posted.errors.count > 0) {
        return status != DB_OK ? status : show_faults(&page, &campaign_form, &posted);
    }
    json_t *asked = json_pack("{s:s%,s:I,s:I}", "variabele", variable.ptr, variable.len, "zoekactie",
                              (json_int_t)search, "groep", (json_int_t)group);
    json_t *figures = json_pack("{s:I}", "teksten", (json_int_t)texts);
    arena_defer(http_arena(ex), forget, asked);
    arena_defer(http_arena(ex), forget, figures);
    proof.round_id = round->id;
    proof.asked = asked;
    proof.figures = figures;
    return keep(&page, &campaign_form, &posted, &proof);
}

/* ---- one piece of evidence ---- */

/* The evidence of the path; NULL: answered with 404, or *status. */
static json_t *open_proof(int32_t *number, enum db_status *status, const struct kept_page *page)
{
    uint64_t asked = 0;
    json_t *list = NULL;
    if (slice_to_u64(&asked, http_path_param(page->ex, "bewijs"), INT32_MAX) && asked > 0) {
        *status = signal_evidence_list(&list, page->tx, http_arena(page->ex), page->number, (int32_t)asked);
    }
    json_t *proof = json_array_get(list, 0);
    *number = (int32_t)asked;
    if (*status == DB_OK && !proof) {
        http_error(page->ex, 404);
    }
    return proof;
}

/* A table as it was, and as it is now. */
static enum db_status get_again(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct kept_page page;
    struct json_errors errors;
    int32_t number;
    bool busy = false;
    enum db_status status;
    if (!signal_open(&page, &status, tafel, tx, ex, false)) {
        return status;
    }
    json_t *proof = open_proof(&number, &status, &page);
    if (!proof) {
        return status;
    }
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const char *code = json_string_value(json_object_get(proof, "ronde"));
    const struct survey_round *round = snapshot ? survey_round_find(snapshot, slice_from_cstr(code)) : NULL;
    if (strcmp(json_string_value(json_object_get(proof, "soort")), "tabel") != 0) {
        http_error(ex, 404);
        return DB_OK;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *then = json_object_get(proof, "cijfers");
    json_t *now = round ? signal_table_count(&busy, &errors, http_arena(ex), tafel->config.results, round,
                                             json_object_get(proof, "gevraagd"))
                        : NULL;
    json_t *context = staff_titled(ex, tafel->config.account, "tafel.signal.again_title");
    json_object_set(context, "bewijs", proof);
    json_object_set_new(context, "regels", signal_table_compare(then, now));
    if (now) {
        json_object_set(context, "nu", now);
    } else {
        json_object_set_new(context, "not_now", json_true());
        if (errors.count > 0) {
            json_object_set_new(context, "why_not", json_string(errors.items[0].detail));
        }
    }
    signal_add_words(context, ex, tafel->config.web);
    json_object_set_new(context, "back_path", json_string(kept_path(&page, "")));
    staff_render(ex, tafel->config.account, 200, "staff_signal_table", context);
    return DB_OK;
}

static enum db_status post_away(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct kept_page page;
    int32_t number;
    bool ended;
    enum db_status status;
    if (!signal_open(&page, &status, self, tx, ex, true) || !open_proof(&number, &status, &page)) {
        return status;
    }
    const struct staff_question sure = {.title = "tafel.signal.away_title",
                                        .text = "tafel.signal.away_text",
                                        .button = "tafel.signal.away",
                                        .back_path = kept_path(&page, "")};
    if (!staff_confirmed(ex, page.tafel->config.account, &sure)) {
        return DB_OK;
    }
    status = signal_evidence_end(&ended, tx, page.number, number, staff_caller(ex)->label);
    if (status == DB_OK && ended) {
        status = kept_record(&page, "signal.evidence.end",
                             arena_printf(db_arena(tx), "{\"bewijs\":%d}", (int)number).ptr);
    }
    http_redirect(ex, kept_path(&page, ""));
    return status;
}

const struct route signal_evidence_routes[] = {
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/tabel", get_table, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/tabel", post_table),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/passage", get_passage, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/passage", post_passage),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/campagne", get_campaign, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/campagne", post_campaign),
    SIGNAL_GET(SIGNAL_PATH "/{signaal}/bewijs/{bewijs}", get_again, "taal"),
    SIGNAL_POST(SIGNAL_PATH "/{signaal}/bewijs/{bewijs}/weg", post_away),
};
const size_t signal_evidence_route_count = sizeof signal_evidence_routes / sizeof signal_evidence_routes[0];
