/* The agenda for everybody: GET /agenda, /agenda/{onderdeel}; GET /v1/agenda, /v1/agenda/versies,
 * /v1/agenda/onderdelen/{onderdeel}. */
#include "features/tafel/tafel_internal.h"

#include <string.h>

/* ---- API ---- */

static void reply_json(struct http_exchange *ex, json_t *body_take)
{
    http_reply_json(ex, 200, body_take);
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
}

/* 0: the newest. False: answered with 400. */
static bool version_asked(int32_t *number, struct http_exchange *ex)
{
    struct slice text = {NULL, 0};
    uint64_t value = 0;
    *number = 0;
    if (!http_query(&text, ex, "versie")) {
        return http_query_good(ex, NULL);
    }
    if (!text.ptr || !slice_to_u64(&value, text, INT32_MAX) || value == 0) {
        return http_query_good(ex,
                               json_pack("[{s:s,s:s,s:s}]", "parameter", "versie", "code", "bereik", "detail",
                                         "Noem het nummer van een versie: een heel getal vanaf 1."));
    }
    *number = (int32_t)value;
    return http_query_good(ex, NULL);
}

static enum db_status get_agenda_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct agenda_view view;
    int32_t number;
    (void)self;
    if (!version_asked(&number, ex)) {
        return DB_OK;
    }
    enum db_status status = agenda_view_open(&view, tx, http_arena(ex), number);
    if (status != DB_OK) {
        return status;
    }
    if (!view.agenda) {
        http_error(ex, 404);
        return DB_OK;
    }
    reply_json(ex, agenda_view_json(&view));
    return DB_OK;
}

static enum db_status get_versions_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct agenda_version *versions;
    size_t count;
    (void)self;
    enum db_status status = agenda_versions(&versions, &count, tx);
    if (status == DB_OK) {
        reply_json(ex, json_pack("{s:o}", "versies", agenda_versions_json(versions, count)));
    }
    return status;
}

/* The item of the path with all that is known of it; NULL: there is none, or *status. */
static json_t *item_with_history(enum db_status *status, struct db_tx *tx, struct http_exchange *ex)
{
    struct agenda_view view;
    json_t *object = NULL;
    *status = agenda_view_open(&view, tx, http_arena(ex), 0);
    const struct agenda_item *item =
        *status == DB_OK && view.agenda ? agenda_find(view.agenda, http_path_param(ex, "onderdeel")) : NULL;
    if (item) {
        object = agenda_item_json(&view, item);
        *status = agenda_add_history(object, tx, http_arena(ex), item);
    }
    if (*status != DB_OK) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

static enum db_status get_item_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    enum db_status status;
    json_t *object = item_with_history(&status, tx, ex);
    (void)self;
    if (object) {
        reply_json(ex, object);
    } else if (status == DB_OK) {
        http_error(ex, 404);
    }
    return status;
}

/* ---- pages ---- */

static json_t *text_of(const struct http_exchange *ex, const struct tafel *tafel, const char *path)
{
    struct slice text = locale_text(web_locales(tafel->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

static enum db_status get_agenda(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct agenda_view view;
    enum db_status status = agenda_view_open(&view, tx, http_arena(ex), 0);
    if (status != DB_OK) {
        return status;
    }
    if (!view.agenda) {
        http_error(ex, 404);
        return DB_OK;
    }
    json_t *context = agenda_view_json(&view);
    agenda_add_numbers(context, false);
    tafel_add_words(context, ex, tafel->config.web);
    json_object_set_new(context, "title", text_of(ex, tafel, "tafel.agenda.title"));
    json_object_set_new(context, "base_path", json_string("/agenda"));
    tafel_render(ex, tafel, "agenda", context);
    return DB_OK;
}

static enum db_status get_item(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    enum db_status status;
    json_t *context = item_with_history(&status, tx, ex);
    if (!context) {
        if (status == DB_OK) {
            http_error(ex, 404);
        }
        return status;
    }
    agenda_add_numbers(context, false);
    tafel_add_words(context, ex, tafel->config.web);
    agenda_mark_empty(context);
    agenda_say_planning(context, http_arena(ex));
    json_object_set_new(context, "title", json_incref(json_object_get(context, "titel")));
    json_object_set_new(context, "title_kind", text_of(ex, tafel, "tafel.agenda.kind"));
    json_object_set_new(context, "back_path", json_string("/agenda"));
    tafel_render(ex, tafel, "agenda_item", context);
    return DB_OK;
}

#define GET(PATH, SURFACE, HANDLER, QUERY)                                                                   \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = SURFACE, .cacheable = true, .query = QUERY},   \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true, .again_s = TAFEL_AGAIN_S              \
    }

const struct route agenda_api_routes[] = {
    GET("/v1/agenda", HTTP_API, get_agenda_json, "versie"),
    GET("/v1/agenda/versies", HTTP_API, get_versions_json, NULL),
    GET("/v1/agenda/onderdelen/{onderdeel}", HTTP_API, get_item_json, NULL),
};
const size_t agenda_api_route_count = sizeof agenda_api_routes / sizeof agenda_api_routes[0];

const struct route agenda_routes[] = {
    GET("/agenda", HTTP_PAGE, get_agenda, "taal"),
    GET("/agenda/{onderdeel}", HTTP_PAGE, get_item, "taal"),
};
const size_t agenda_route_count = sizeof agenda_routes / sizeof agenda_routes[0];
