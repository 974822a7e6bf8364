/* For everybody: how people can take part, with what the table recommends about it (GET /meepraten,
 * /v1/aanbevelingen), and what the table wants to be found out (GET /onderzoeksagenda, /v1/onderzoeksvragen).
 * With a key of the table (SCOPE_TAFEL) the API gives those that are not public too. */
#include "features/tafel/tafel_case_pages.h"

enum { API_PAGE = 100, WEB_PAGE = 200 };

void case_add_words(json_t *value, struct http_exchange *ex, const struct tafel *tafel, enum case_sort sort)
{
    static const char *const words[] = {"stand", "van", "naar", "soort", NULL};
    static const char *const days[] = {"opgesteldOp", "gewijzigdOp", "op", NULL};
    tafel_say_words(
        value, ex, tafel->config.web,
        &(struct tafel_word_list){.texts = case_kinds[sort].kept.texts, .members = words, .days = days});
}

/* Beside the points of each side what they come to: {"gegeven", "mediaan", "spreiding"}. */
static void add_priority(json_t *question)
{
    int32_t points[TABLE_SIDES];
    const json_t *given = json_object_get(question, "punten");
    for (unsigned i = 0; i < TABLE_SIDES; i++) {
        points[i] = (int32_t)json_integer_value(json_object_get(given, table_sides[i]));
    }
    const struct research_priority priority = research_weigh(points);
    json_t *out = json_pack("{s:I}", "kanten", (json_int_t)priority.sides);
    if (priority.sides > 0) {
        json_object_set_new(out, "mediaan", json_real(priority.halves / 2.0));
        json_object_set_new(out, "spreiding", json_integer(priority.spread));
    }
    json_object_set_new(question, "prioriteit", out);
}

void case_add_priority(json_t *list)
{
    size_t i;
    json_t *question;
    if (json_is_object(list)) {
        add_priority(list);
    }
    json_array_foreach(list, i, question)
    {
        add_priority(question);
    }
}

/* A consultation that the query names: only what rests on signals of that one. */
static void read_consultation(struct case_filter *filter, const struct http_exchange *ex)
{
    filter->consultation = kept_asked(ex, "consultatie");
    filter->only = filter->consultation.len > 0;
}

/* ---- API ---- */

static enum db_status list_json(struct db_tx *tx, struct http_exchange *ex, enum case_sort sort,
                                const char *member)
{
    static const char *const keys[] = {NULL};
    const struct account_caller *caller = http_caller(ex);
    struct case_filter filter = {.all = caller && !caller->place};
    size_t size;
    json_t *list = NULL;
    const bool filtered = survey_query_consultation(&filter.consultation, ex);
    if (!http_page_ahead(&size, &filter.from, ex, API_PAGE) || !filtered) {
        return DB_OK;
    }
    filter.most = (int32_t)size + 1;
    filter.only = filter.consultation.len > 0;
    enum db_status status = case_list(&list, tx, http_arena(ex), sort, &filter);
    if (status == DB_OK && filter.all) {
        status = account_audit_call(tx, ex, "case.read", member, "ok", keys);
    }
    if (status != DB_OK) {
        return status;
    }
    const int64_t from = kept_cut(list, size);
    if (sort == CASE_QUESTION) {
        case_add_priority(list);
    }
    http_reply_json(ex, 200, json_pack("{s:O}", member, list));
    http_set_header(ex, "Cache-Control",
                    caller ? "no-store"
                           : arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
    const struct http_page page = {.next = from > 0 ? http_page_from(ex, from) : NULL};
    http_page_link(ex, &page);
    return DB_OK;
}

static enum db_status get_recommendations_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    return list_json(tx, ex, CASE_RECOMMENDATION, "aanbevelingen");
}

static enum db_status get_questions_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)self;
    return list_json(tx, ex, CASE_QUESTION, "onderzoeksvragen");
}

/* ---- pages ---- */

/* Which lists of each hold anything, for the template. */
static void mark_lists(json_t *list)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        kept_put_list(one, "stappen", "any_stappen", json_object_get(one, "stappen"));
        kept_put_list(one, "bewijs", "any_bewijs", json_object_get(one, "bewijs"));
    }
}

static enum db_status get_participate(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct case_filter filter = {.most = WEB_PAGE};
    json_t *list = NULL, *one;
    size_t i;
    read_consultation(&filter, ex);
    const enum db_status status = case_list(&list, tx, http_arena(ex), CASE_RECOMMENDATION, &filter);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = procedures_in(tafel->procedures, http_language(ex));
    json_t *names = procedures_options(tafel->procedures, http_language(ex));
    case_add_words(list, ex, tafel, CASE_RECOMMENDATION);
    mark_lists(list);
    json_array_foreach(list, i, one)
    {
        const struct slice label =
            kept_label(names, slice_from_cstr(json_string_value(json_object_get(one, "procedure"))));
        json_object_set_new(one, "procedure_woord", json_stringn(label.ptr, label.len));
    }
    json_decref(names);
    kept_put_list(context, "aanbevelingen", "any_aanbevelingen", list);
    json_object_set_new(context, "title", kept_text(ex, tafel, "tafel.recommendation.public_title"));
    tafel_render(ex, tafel, "participate", context);
    return DB_OK;
}

static enum db_status get_research(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct case_filter filter = {.most = WEB_PAGE};
    json_t *list = NULL;
    read_consultation(&filter, ex);
    const enum db_status status = case_list(&list, tx, http_arena(ex), CASE_QUESTION, &filter);
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_object();
    case_add_words(list, ex, tafel, CASE_QUESTION);
    case_add_priority(list);
    case_say_priority(list, ex, tafel);
    mark_lists(list);
    kept_put_list(context, "vragen", "any_vragen", list);
    json_object_set_new(context, "title", kept_text(ex, tafel, "tafel.research.public_title"));
    tafel_render(ex, tafel, "research", context);
    return DB_OK;
}

void case_say_priority(json_t *list, struct http_exchange *ex, const struct tafel *tafel)
{
    size_t i;
    json_t *question;
    if (json_is_object(list)) {
        json_t *alone = json_pack("[O]", list);
        case_say_priority(alone, ex, tafel);
        json_decref(alone);
        return;
    }
    json_array_foreach(list, i, question)
    {
        const json_t *priority = json_object_get(question, "prioriteit");
        const json_t *given = json_object_get(question, "punten");
        json_t *sides = json_array();
        if (json_integer_value(json_object_get(priority, "kanten")) == 0) {
            json_decref(sides);
            continue;
        }
        const int halves = (int)(2 * json_real_value(json_object_get(priority, "mediaan")));
        const char *point = http_language(ex)[0] == 'n' ? "," : ".";
        const struct slice said =
            locale_format(http_arena(ex), web_locales(tafel->config.web), http_language(ex),
                          "tafel.research.priority", "median",
                          halves % 2 ? arena_printf(http_arena(ex), "%d%s5", halves / 2, point).ptr
                                     : arena_printf(http_arena(ex), "%d", halves / 2).ptr,
                          "spread",
                          arena_printf(http_arena(ex), "%lld",
                                       (long long)json_integer_value(json_object_get(priority, "spreiding")))
                              .ptr,
                          "n",
                          arena_printf(http_arena(ex), "%lld",
                                       (long long)json_integer_value(json_object_get(priority, "kanten")))
                              .ptr,
                          NULL);
        json_object_set_new(question, "prioriteit_woord", json_stringn(said.ptr, said.len));
        for (unsigned k = 0; k < TABLE_SIDES; k++) {
            const json_t *points = json_object_get(given, table_sides[k]);
            if (points) {
                json_array_append_new(
                    sides, json_pack("{s:o,s:I}", "kant",
                                     kept_text_of(ex, tafel, "tafel.research.options", table_sides[k]), "n",
                                     json_integer_value(points)));
            }
        }
        json_object_set_new(question, "kanten", sides);
    }
}

#define API_GET(PATH, HANDLER)                                                                               \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_API,                                                                        \
                 .cacheable = true,                                                                          \
                 .query = "consultatie," HTTP_PAGING,                                                        \
                 .scope = PERMISSION_SIGNAL_VIEW,                                                            \
                 .scope_optional = true},                                                                    \
        .on_job = HANDLER, .role = DB_ROLE_STAFF, .again_s = TAFEL_AGAIN_S                                   \
    }
#define PAGE_GET(PATH, HANDLER)                                                                              \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_PAGE,                                                                       \
                 .cacheable = true,                                                                          \
                 .query = "taal,consultatie"},                                                               \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true, .again_s = TAFEL_AGAIN_S              \
    }

const struct route case_routes[] = {
    API_GET("/v1/aanbevelingen", get_recommendations_json),
    API_GET("/v1/onderzoeksvragen", get_questions_json),
    PAGE_GET("/meepraten", get_participate),
    PAGE_GET("/onderzoeksagenda", get_research),
};
const size_t case_route_count = sizeof case_routes / sizeof case_routes[0];
