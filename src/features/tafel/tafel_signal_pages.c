/* Signals for everybody: GET /signalen, /signalen/{signaal}; GET /v1/signalen, /v1/signalen/{signaal}. With a
 * key of the table (SCOPE_TAFEL) the API gives those that are not public too. */
#include "features/tafel/tafel_signal_pages.h"

#include "features/tafel/tafel_feedback.h"

#include <string.h>

enum { API_PAGE = 100, WEB_PAGE = 50 };

/* What a state means, in the words of a citizen. */
static json_t *state_text(const json_t *signal, const char *language, struct http_exchange *ex,
                          const struct tafel *tafel)
{
    const char *state = json_is_true(json_object_get(signal, "allenGeantwoord"))
                            ? "all_answered"
                            : json_string_value(json_object_get(signal, "stand"));
    const struct slice text = locale_text(web_locales(tafel->config.web), language,
                                          arena_printf(http_arena(ex), "tafel.signal.plain.%s", state).ptr);
    return json_stringn(text.ptr, text.len);
}

/* ---- API ---- */

/* Whom the answer is for: everybody, or the holder of a key. */
static struct signal_public asked_by(struct http_exchange *ex, const struct tafel *tafel)
{
    const struct account_caller *caller = http_caller(ex);
    if (caller && caller->place) {
        survey_mark_consultation(ex, tafel->config.survey, slice_from_cstr(caller->place));
    }
    return (struct signal_public){.all = caller != NULL,
                                  .state = SLICE(""),
                                  .consultation =
                                      caller && caller->place ? slice_from_cstr(caller->place) : SLICE(""),
                                  .today = signal_today(tafel)};
}

static void reply_json(struct http_exchange *ex, const struct signal_public *asked, json_t *body_take)
{
    http_reply_json(ex, 200, body_take);
    http_set_header(ex, "Cache-Control",
                    asked->all ? "no-store"
                               : arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
}

static void add_fault(json_t *faults, const char *parameter, const char *code, const char *detail)
{
    json_array_append_new(faults,
                          json_pack("{s:s,s:s,s:s}", "parameter", parameter, "code", code, "detail", detail));
}

/* False: answered with 400. */
static bool read_filter(struct signal_public *asked, struct http_exchange *ex)
{
    struct slice text = {NULL, 0};
    json_t *faults = json_array();
    if (http_query(&text, ex, "stand")) {
        asked->state = text.ptr ? text : SLICE("");
        if (signal_state_find(asked->state) == SIGNAL_STATES) {
            add_fault(faults, "stand", "keuze",
                      "Kies opgevangen, gewogen, doorgeleid, beantwoord, teruggekoppeld of niet-doorgeleid.");
        }
    }
    if (http_query(&text, ex, "consultatie")) {
        if (!text.ptr || text.len == 0 || text.len > 100) {
            add_fault(faults, "consultatie", "bereik", "Noem de code van een consultatie.");
        } else if (asked->consultation.len > 0 && !slice_equal(asked->consultation, text)) {
            add_fault(faults, "consultatie", "keuze", "Deze sleutel is voor een andere consultatie.");
        } else {
            asked->consultation = text;
        }
    }
    return http_query_good(ex, faults);
}

static enum db_status audit_key(struct db_tx *tx, struct http_exchange *ex, const struct signal_public *asked,
                                const char *object)
{
    static const char *const keys[] = {"stand", "consultatie", NULL};
    return asked->all ? account_audit_call(tx, ex, "signal.read", object, "ok", keys) : DB_OK;
}

static enum db_status get_list_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct signal_public asked = asked_by(ex, tafel);
    size_t size, i;
    json_t *list = NULL, *signal;
    const bool filtered = read_filter(&asked, ex);
    if (!http_page_ahead(&size, &asked.from, ex, API_PAGE) || !filtered) {
        return DB_OK;
    }
    asked.most = (int32_t)size + 1;
    asked.real = !asked.all && asked.consultation.len == 0;
    enum db_status status = signal_public_list(&list, tx, http_arena(ex), &asked);
    status = status == DB_OK ? audit_key(tx, ex, &asked, "signals") : status;
    if (status != DB_OK) {
        return status;
    }
    const char *next = NULL;
    if (json_array_size(list) > size) {
        next = http_page_from(ex, json_integer_value(json_object_get(json_array_get(list, size), "nummer")));
        json_array_remove(list, size);
    }
    json_array_foreach(list, i, signal)
    {
        json_object_set_new(signal, "standTekst", state_text(signal, "nl", ex, tafel));
    }
    json_t *body = json_pack("{s:O}", "signalen", list);
    reply_json(ex, &asked, body);
    const struct http_page page = {.next = next};
    http_page_link(ex, &page);
    return DB_OK;
}

/* The number of the path; 0: it is none. */
static int32_t number_of(const struct http_exchange *ex)
{
    uint64_t number = 0;
    return slice_to_u64(&number, http_path_param(ex, "signaal"), INT32_MAX) ? (int32_t)number : 0;
}

/* With "doorgeleidingen": to whom it was passed on, and what they answered. */
static enum db_status find_whole(json_t **signal, struct db_tx *tx, struct http_exchange *ex,
                                 const struct signal_public *asked, const struct tafel *tafel)
{
    json_t *forwards = NULL;
    enum db_status status = signal_public_find(signal, tx, http_arena(ex), number_of(ex), asked);
    if (status == DB_OK && *signal) {
        signal_mark_invented(ex, tafel, *signal);
        status = forward_public_list(&forwards, tx, http_arena(ex), number_of(ex), tafel->config.least_votes);
        status = status == DB_OK ? signal_mark_over(forwards, tx, http_arena(ex)) : status;
        json_object_set(*signal, "doorgeleidingen", forwards);
    }
    return status;
}

static enum db_status get_one_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct signal_public asked = asked_by(ex, tafel);
    json_t *signal = NULL;
    enum db_status status = find_whole(&signal, tx, ex, &asked, tafel);
    status = status == DB_OK
                 ? audit_key(tx, ex, &asked, arena_printf(db_arena(tx), "signal:%d", (int)number_of(ex)).ptr)
                 : status;
    if (status == DB_OK && !signal) {
        http_error(ex, 404);
    } else if (status == DB_OK) {
        json_object_set_new(signal, "standTekst", state_text(signal, "nl", ex, tafel));
        reply_json(ex, &asked, json_incref(signal));
    }
    return status;
}

/* ---- pages ---- */

static json_t *text_of(const struct http_exchange *ex, const struct tafel *tafel, const char *path)
{
    const struct slice text = locale_text(web_locales(tafel->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

json_t *signal_consultations(struct http_exchange *ex, const struct tafel *tafel)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    json_t *list = json_array();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        bool listed = round->pilot || round->invented || round->status == ROUND_DRAFT;
        for (size_t k = 0; k < json_array_size(list) && !listed; k++) {
            listed = strcmp(json_string_value(json_object_get(json_array_get(list, k), "code")),
                            round->consultation) == 0;
        }
        if (!listed) {
            json_array_append_new(list,
                                  json_pack("{s:s,s:s}", "code", round->consultation, "titel",
                                            feedback_title(round, strcmp(http_language(ex), "en") == 0)));
        }
    }
    return list;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct signal_public asked = {
        .state = SLICE(""), .consultation = SLICE(""), .most = WEB_PAGE + 1, .today = signal_today(tafel)};
    const char *more = "/signalen?";
    struct slice text = {NULL, 0};
    uint64_t from = 0;
    size_t i;
    json_t *list = NULL, *signal;
    if (http_query(&text, ex, "vanaf") && text.ptr && slice_to_u64(&from, text, INT32_MAX)) {
        asked.from = (int64_t)from;
    }
    if (http_query(&text, ex, "consultatie") && text.len > 0) {
        asked.consultation = text;
        more = arena_printf(http_arena(ex), "/signalen?consultatie=%.*s&", SLICE_ARG(text)).ptr;
    }
    asked.real = asked.consultation.len == 0;
    struct signal_count counts[SIGNAL_STATES];
    enum db_status status = signal_public_list(&list, tx, http_arena(ex), &asked);
    status = status == DB_OK ? signal_public_counts(counts, tx, asked.consultation) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_object();
    signal_put_flow(context, counts, ex, tafel, "tafel.signal.flow.state");
    if (json_array_size(list) > WEB_PAGE) {
        const json_t *next = json_object_get(json_array_get(list, WEB_PAGE), "nummer");
        json_object_set_new(
            context, "more",
            json_string(
                arena_printf(http_arena(ex), "%svanaf=%lld", more, (long long)json_integer_value(next)).ptr));
        json_array_remove(list, WEB_PAGE);
    }
    signal_add_words(list, ex, tafel->config.web);
    json_array_foreach(list, i, signal)
    {
        json_object_set_new(signal, "plain", state_text(signal, http_language(ex), ex, tafel));
    }
    json_object_set(context, "signalen", list);
    json_object_set_new(context, "consultaties", signal_consultations(ex, tafel));
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    json_object_set_new(context, "title", text_of(ex, tafel, "tafel.signal.public_title"));
    if (asked.consultation.len > 0 && json_array_size(list) > 0) { /* it is one that there is */
        json_object_set_new(context, "path",
                            json_string(arena_printf(http_arena(ex), "/signalen?consultatie=%.*s",
                                                     SLICE_ARG(asked.consultation))
                                            .ptr));
    }
    tafel_render(ex, tafel, "signals", context);
    return DB_OK;
}

/* "Signaal 3: ..."; what a signal says is Dutch, so in English its number alone. */
static void put_title(json_t *context, struct http_exchange *ex, const struct tafel *tafel)
{
    json_t *one = text_of(ex, tafel, "tafel.signal.one");
    const char *title = json_string_value(json_object_get(context, "titel"));
    const bool dutch = strcmp(http_language(ex), "nl") == 0;
    json_object_set_new(context, "title",
                        json_sprintf("%s %lld%s%s", json_string_value(one), (long long)number_of(ex),
                                     dutch ? ": " : "", dutch ? title : ""));
    json_decref(one);
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct signal_public asked = {.consultation = SLICE(""), .today = signal_today(tafel)};
    size_t i;
    json_t *signal = NULL, *proof;
    enum db_status status = find_whole(&signal, tx, ex, &asked, tafel);
    if (status == DB_OK && !signal) {
        http_error(ex, 404);
        return DB_OK;
    }
    status = status == DB_OK ? signal_add_applications(signal, tx, ex, tafel) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_copy(signal);
    json_array_foreach(json_object_get(context, "bewijs"), i, proof)
    {
        json_object_set_new(
            proof,
            arena_printf(http_arena(ex), "is_%s", json_string_value(json_object_get(proof, "soort"))).ptr,
            json_true());
    }
    json_array_foreach(json_object_get(context, "doorgeleidingen"), i, proof)
    {
        const char *kind = json_string_value(json_object_get(proof, "soort"));
        if (kind && strcmp(kind, forward_kinds[0]) == 0) { /* an action: the agenda numbers those alone */
            json_object_set(proof, "nummer", json_object_get(proof, "onderdeel"));
        }
    }
    signal_add_words(context, ex, tafel->config.web);
    json_object_set_new(context, "any_bewijs",
                        json_boolean(json_array_size(json_object_get(context, "bewijs")) > 0));
    json_object_set_new(context, "any_doorgeleidingen",
                        json_boolean(json_array_size(json_object_get(context, "doorgeleidingen")) > 0));
    json_object_set_new(context, "any_opmerkingen",
                        json_boolean(json_array_size(json_object_get(context, "opmerkingen")) > 0));
    json_object_set_new(context, "any_stappen",
                        json_boolean(json_array_size(json_object_get(context, "stappen")) > 0));
    json_object_set_new(context, "plain", state_text(signal, http_language(ex), ex, tafel));
    struct slice thanks;
    json_object_set_new(context, "voted",
                        json_boolean(http_query(&thanks, ex, "oordeel") && slice_equal_cstr(thanks, "dank")));
    feedback_add_vote_forms(json_object_get(context, "doorgeleidingen"), ex, tafel, number_of(ex));
    put_title(context, ex, tafel);
    json_object_set_new(context, "back_path", json_string("/signalen"));
    tafel_render(ex, tafel, "signal", context);
    return DB_OK;
}

#define API_GET(PATH, HANDLER, QUERY)                                                                        \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = HTTP_API,                                                                        \
                 .cacheable = true,                                                                          \
                 .query = QUERY,                                                                             \
                 .scope = PERMISSION_SIGNAL_VIEW,                                                            \
                 .scope_optional = true},                                                                    \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .again_s = TAFEL_AGAIN_S                                 \
    }

const struct route signal_api_routes[] = {
    API_GET("/v1/signalen", get_list_json, "stand,consultatie," HTTP_PAGING),
    API_GET("/v1/signalen/{signaal}", get_one_json, NULL),
};
const size_t signal_api_route_count = sizeof signal_api_routes / sizeof signal_api_routes[0];

#define PAGE_GET(PATH, HANDLER, QUERY)                                                                       \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .cacheable = true, .query = QUERY}, \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true, .again_s = TAFEL_AGAIN_S              \
    }

const struct route signal_routes[] = {
    PAGE_GET("/signalen", get_list, "taal,vanaf,consultatie"),
    PAGE_GET("/signalen/{signaal}", get_one, "taal,oordeel"),
};
const size_t signal_route_count = sizeof signal_routes / sizeof signal_routes[0];
