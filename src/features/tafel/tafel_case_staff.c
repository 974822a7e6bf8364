/* Recommendations and research questions for the secretary: /beheer/aanbevelingen, /beheer/onderzoeksvragen.
 * The list, one of them, writing one down and changing it. */
#include "features/tafel/tafel_case_pages.h"

#include <string.h>

enum { LIST_PAGE = 50 };

static const struct form_field recommendation_fields[] = {
    {"procedure", FORM_CHOICE, false, NULL},    {"titel", FORM_TEXT, false, NULL},
    {"watOnduidelijk", FORM_AREA, false, NULL}, {"voorWie", FORM_TEXT, false, NULL},
    {"voorstel", FORM_AREA, false, NULL},       {"eigenaar", FORM_TEXT, true, NULL},
    {"openbaar", FORM_TICK, true, NULL},        {"gelezen", FORM_HIDDEN, false, NULL},
};
static const struct form_field question_fields[] = {
    {"titel", FORM_TEXT, false, NULL},       {"soort", FORM_CHOICE, false, research_kinds},
    {"technologie", FORM_TEXT, false, NULL}, {"waaromNu", FORM_AREA, false, NULL},
    {"wieKan", FORM_TEXT, true, NULL},       {"uitkomst", FORM_AREA, true, NULL},
    {"eigenaar", FORM_TEXT, true, NULL},     {"openbaar", FORM_TICK, true, NULL},
    {"gelezen", FORM_HIDDEN, false, NULL},
};

static enum db_status lock_recommendation(int32_t *revision, struct db_tx *tx, int32_t number)
{
    return case_lock(revision, tx, CASE_RECOMMENDATION, number);
}

static enum db_status find_recommendation(json_t **one, int32_t *revision, struct db_tx *tx,
                                          struct arena *arena, int32_t number)
{
    return case_find(one, revision, tx, arena, CASE_RECOMMENDATION, number);
}

static enum db_status lock_question(int32_t *revision, struct db_tx *tx, int32_t number)
{
    return case_lock(revision, tx, CASE_QUESTION, number);
}

static enum db_status find_question(json_t **one, int32_t *revision, struct db_tx *tx, struct arena *arena,
                                    int32_t number)
{
    return case_find(one, revision, tx, arena, CASE_QUESTION, number);
}

const struct case_kind case_kinds[CASE_SORTS] = {
    {.kept = {RECOMMENDATION_PATH, "aanbeveling", "tafel.recommendation", "recommendation", "titel",
              lock_recommendation, find_recommendation},
     .sort = CASE_RECOMMENDATION,
     .write = {"tafel.recommendation.change_title", "/wijzigen", recommendation_fields,
               sizeof recommendation_fields / sizeof recommendation_fields[0], NULL},
     .new_title = "tafel.recommendation.new_title",
     .list_title = "tafel.recommendation.title"},
    {.kept = {QUESTION_PATH, "vraag", "tafel.research", "research", "titel", lock_question, find_question},
     .sort = CASE_QUESTION,
     .write = {"tafel.research.change_title", "/wijzigen", question_fields,
               sizeof question_fields / sizeof question_fields[0], NULL},
     .new_title = "tafel.research.new_title",
     .list_title = "tafel.research.title"},
};

const struct case_kind *case_kind_of(const struct http_exchange *ex)
{
    return &case_kinds[slice_starts_with(http_path(ex), SLICE(QUESTION_PATH)) ? CASE_QUESTION
                                                                              : CASE_RECOMMENDATION];
}

struct slice case_state_of(const struct kept_page *page)
{
    return slice_from_cstr(json_string_value(json_object_get(page->thing, "stand")));
}

/* What the template needs to know of the sort. */
static void put_kind(json_t *context, const struct case_kind *kind, struct http_exchange *ex,
                     const struct tafel *tafel)
{
    json_object_set_new(context, "base_path", json_string(kind->kept.path));
    json_object_set_new(context, "is_question", json_boolean(kind->sort == CASE_QUESTION));
    json_object_set_new(context, "public_path",
                        json_string(kind->sort == CASE_QUESTION ? "/onderzoeksagenda" : "/meepraten"));
    json_object_set_new(context, "add_text", staff_text(ex, tafel->config.account, kind->new_title));
    json_object_set_new(context, "change_text", staff_text(ex, tafel->config.account, kind->write.title));
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct case_kind *kind = case_kind_of(ex);
    const struct case_filter filter = {
        .from = kept_asked_number(ex, "vanaf"), .most = LIST_PAGE + 1, .all = true};
    json_t *list = NULL;
    const enum db_status status = case_list(&list, tx, http_arena(ex), kind->sort, &filter);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = staff_titled(ex, tafel->config.account, kind->list_title);
    const int64_t from = kept_cut(list, LIST_PAGE);
    if (from > 0) {
        json_object_set_new(
            context, "more",
            json_string(arena_printf(http_arena(ex), "%s?vanaf=%lld", kind->kept.path, (long long)from).ptr));
    }
    case_add_words(list, ex, tafel, kind->sort);
    if (kind->sort == CASE_QUESTION) {
        case_add_priority(list);
        case_say_priority(list, ex, tafel);
    }
    kept_put_list(context, "zaken", "any_zaken", list);
    put_kind(context, kind, ex, tafel);
    staff_render(ex, tafel->config.account, 200, "staff_cases", context);
    return DB_OK;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct case_kind *kind = case_kind_of(ex);
    struct kept_page page;
    enum db_status status;
    if (!kept_open(&page, &status, &kind->kept, tafel, tx, ex, false)) {
        return status;
    }
    json_t *context = json_copy(page.thing);
    if (kind->sort == CASE_QUESTION) {
        case_add_priority(context);
        case_say_priority(context, ex, tafel);
    } else {
        json_t *names = procedures_options(tafel->procedures, http_language(ex));
        const struct slice label =
            kept_label(names, slice_from_cstr(json_string_value(json_object_get(context, "procedure"))));
        json_object_set_new(context, "procedure_woord", json_stringn(label.ptr, label.len));
        json_decref(names);
    }
    case_add_words(context, ex, tafel, kind->sort);
    kept_put_list(context, "stappen", "any_stappen", json_object_get(context, "stappen"));
    kept_put_list(context, "bewijs", "any_bewijs", json_object_get(context, "bewijs"));
    kept_put_list(context, "passages", "any_passages", json_object_get(context, "passages"));
    put_kind(context, kind, ex, tafel);
    json_object_set_new(context, "title", json_incref(json_object_get(context, "titel")));
    json_object_set_new(context, "back_path", json_string(kind->kept.path));
    staff_render(ex, tafel->config.account, 200, "staff_case", context);
    return DB_OK;
}

/* ---- writing it down, and changing it ---- */

static struct tafel_form form_of(const struct case_kind *kind, bool new)
{
    struct tafel_form form = kind->write;
    if (new) {
        form.title = kind->new_title;
        form.more = "/nieuw";
    }
    return form;
}

/* What may be chosen. The caller owns it. */
static json_t *options_of(struct http_exchange *ex, const struct tafel *tafel)
{
    return json_pack("{s:o}", "procedure", procedures_options(tafel->procedures, http_language(ex)));
}

static void read_draft(struct case_draft *draft, struct staff_posted *posted, const struct case_kind *kind,
                       const json_t *options)
{
    *draft = (struct case_draft){.is_public = false};
    const struct json_field shared[] = {
        {.name = "titel", .kind = JSON_KIND_STRING, .min = 1, .max = CASE_TITLE_MAX, .out = &draft->title},
        {.name = "eigenaar",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = CASE_OWNER_MAX,
         .out = &draft->owner},
        {.name = "openbaar", .kind = JSON_KIND_BOOL, .optional = true, .out = &draft->is_public},
        STAFF_READ_FIELD(posted)};
    const struct json_field recommendation[] = {
        {.name = "procedure", .kind = JSON_KIND_STRING, .out = &draft->procedure},
        {.name = "watOnduidelijk",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = CASE_UNCLEAR_MAX,
         .out = &draft->unclear},
        {.name = "voorWie",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = CASE_FOR_WHOM_MAX,
         .out = &draft->for_whom},
        {.name = "voorstel",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = CASE_PROPOSAL_MAX,
         .out = &draft->proposal}};
    const struct json_field question[] = {
        {.name = "soort", .kind = JSON_KIND_STRING, .one_of = research_kinds, .out = &draft->kind},
        {.name = "technologie",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = CASE_TECHNOLOGY_MAX,
         .out = &draft->technology},
        {.name = "waaromNu",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = CASE_UNCLEAR_MAX,
         .out = &draft->why_now},
        {.name = "wieKan",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = CASE_WHO_MAX,
         .out = &draft->who},
        {.name = "uitkomst",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .max = CASE_OUTCOME_MAX,
         .out = &draft->outcome}};
    struct json_field all[sizeof shared / sizeof *shared + sizeof question / sizeof *question];
    const size_t own = kind->sort == CASE_QUESTION ? sizeof question / sizeof *question
                                                   : sizeof recommendation / sizeof *recommendation;
    const size_t common = sizeof shared / sizeof *shared;
    memcpy(all, shared, sizeof shared);
    memcpy(all + common, kind->sort == CASE_QUESTION ? question : recommendation, own * sizeof *all);
    json_decode(&posted->errors, "", posted->values, all, common + own);
    if (draft->procedure.ptr && !kept_has_code(json_object_get(options, "procedure"), draft->procedure)) {
        json_errors_add(&posted->errors, "/procedure", "keuze", "Kies uit de lijst.");
    }
}

static enum db_status show_write(struct db_tx *tx, struct http_exchange *ex, void *self, bool new)
{
    const struct tafel *tafel = self;
    const struct case_kind *kind = case_kind_of(ex);
    const struct tafel_form form = form_of(kind, new);
    struct kept_page page = {.kind = &kind->kept, .tafel = tafel, .tx = tx, .ex = ex};
    enum db_status status = DB_OK;
    if (new || kept_open(&page, &status, &kind->kept, tafel, tx, ex, false)) {
        json_t *options = options_of(ex, tafel);
        kept_form_show(&page, &form, page.thing, options, NULL, NULL);
        json_decref(options);
    }
    return status;
}

static enum db_status keep_write(struct db_tx *tx, struct http_exchange *ex, void *self, bool new)
{
    const struct tafel *tafel = self;
    const struct case_kind *kind = case_kind_of(ex);
    const struct tafel_form form = form_of(kind, new);
    struct kept_page page = {.kind = &kind->kept, .tafel = tafel, .tx = tx, .ex = ex};
    struct staff_posted posted;
    struct case_draft draft;
    enum db_status status = DB_OK;
    if (!new && !kept_open(&page, &status, &kind->kept, tafel, tx, ex, true)) {
        return status;
    }
    json_t *options = options_of(ex, tafel);
    kept_form_read(&posted, &page, &form);
    read_draft(&draft, &posted, kind, options);
    const bool good = kept_form_good(&posted, &page, &form, options);
    json_decref(options);
    if (!good) {
        return DB_OK;
    }
    status = case_keep(&page.number, tx, kind->sort, &draft, staff_caller(ex)->label);
    if (status == DB_OK) {
        status = kept_record(
            &page, arena_printf(db_arena(tx), "%s.%s", kind->kept.object, new ? "add" : "change").ptr,
            draft.is_public ? "{\"openbaar\":true}" : "{\"openbaar\":false}");
        http_redirect(ex, kept_path(&page, ""));
    }
    return status;
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_write(tx, ex, self, true);
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return keep_write(tx, ex, self, true);
}

static enum db_status get_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show_write(tx, ex, self, false);
}

static enum db_status post_change(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return keep_write(tx, ex, self, false);
}

#define CASE_ROUTES(PATH, ONE)                                                                               \
    TAFEL_GET(PATH, get_list, PERMISSION_TAFEL_MANAGE, "taal,vanaf"),                                        \
        TAFEL_GET(PATH "/nieuw", get_new, PERMISSION_TAFEL_MANAGE, "taal"),                                  \
        TAFEL_POST(PATH "/nieuw", post_new, PERMISSION_TAFEL_MANAGE),                                        \
        TAFEL_GET(PATH ONE, get_one, PERMISSION_TAFEL_MANAGE, "taal"),                                       \
        TAFEL_GET(PATH ONE "/wijzigen", get_change, PERMISSION_TAFEL_MANAGE, "taal"),                        \
        TAFEL_POST(PATH ONE "/wijzigen", post_change, PERMISSION_TAFEL_MANAGE)

const struct route case_staff_routes[] = {
    CASE_ROUTES(RECOMMENDATION_PATH, "/{aanbeveling}"),
    CASE_ROUTES(QUESTION_PATH, "/{vraag}"),
};
const size_t case_staff_route_count = sizeof case_staff_routes / sizeof case_staff_routes[0];
