/* Value maps that were made public, for everybody: GET /waardenkaart, /waardenkaart/{ronde}, a row of it,
 * /v1/waardenkaart, /v1/waardenkaart/citaten. And the one of now, by a key: /v1/waardenkaart/nu. */
#include "features/tafel/tafel_framework_pages.h"
#include "features/tafel/tafel_value_map_view.h"

#include <string.h>

/* The round of a code; NULL: answered, 404. */
static const struct survey_round *find_round(const struct tafel *tafel, struct http_exchange *ex,
                                             struct slice code)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const struct survey_round *round = snapshot ? survey_round_find(snapshot, code) : NULL;
    if (!round) {
        http_error(ex, 404);
    }
    return round;
}

/* ---- API ---- */

static void refuse_round(struct http_exchange *ex)
{
    struct slice code;
    http_query_good(ex, json_pack("[{s:s,s:s,s:s}]", "parameter", "ronde", "code",
                                  http_query(&code, ex, "ronde") ? "onbekend" : "verplicht", "detail",
                                  "Noem een ronde die open is of was."));
}

static void answer_no_map(struct http_exchange *ex)
{
    http_problem(ex, 404, "geen-waardenkaart", "Er is nog geen openbare waardenkaart",
                 "Er is nog geen waardenkaart openbaar gemaakt.", NULL);
}

static enum db_status get_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct slice code;
    struct published_map map;
    int32_t id = 0;
    if (http_query(&code, ex, "ronde")) {
        const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
        const struct survey_round *round = snapshot && code.ptr ? survey_round_find(snapshot, code) : NULL;
        if (!round || round->status == ROUND_DRAFT) {
            refuse_round(ex);
            return DB_OK;
        }
        survey_mark(ex, round);
        id = round->id;
    }
    if (!http_query_good(ex, NULL)) {
        return DB_OK;
    }
    const enum db_status status = value_map_published(&map, tx, id);
    if (status != DB_OK) {
        return status;
    }
    if (map.number == 0) {
        answer_no_map(ex);
        return DB_OK;
    }
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    survey_mark(ex, snapshot ? survey_round_by_id(snapshot, map.round) : NULL);
    http_reply_bytes(ex, 200, "application/json", arena_copy(http_arena(ex), map.document));
    http_set_header(ex, "ETag",
                    arena_printf(http_arena(ex), "\"%d-%d\"", (int)map.round, (int)map.number).ptr);
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
    return DB_OK;
}

/* Apart from the map, which never changes: what may not be quoted any more is gone from here. */
static enum db_status get_quotes_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct slice code = {NULL, 0};
    struct published_map map;
    json_t *quotes = NULL;
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const struct survey_round *round =
        snapshot && http_query(&code, ex, "ronde") && code.ptr ? survey_round_find(snapshot, code) : NULL;
    if (!round || round->status == ROUND_DRAFT) {
        refuse_round(ex);
        return DB_OK;
    }
    if (!http_query_good(ex, NULL)) {
        return DB_OK;
    }
    survey_mark(ex, round);
    enum db_status status = value_map_published(&map, tx, round->id);
    if (status == DB_OK && map.number > 0) {
        status = value_map_quotes(&quotes, tx, http_arena(ex), map.id, SLICE(""));
    }
    if (status == DB_OK && !quotes) {
        answer_no_map(ex);
    } else if (status == DB_OK) {
        http_reply_json(
            ex, 200,
            json_pack("{s:s,s:i,s:O}", "ronde", round->code, "nummer", (int)map.number, "citaten", quotes));
        http_set_header(ex, "Cache-Control",
                        arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
    }
    return status;
}

static enum db_status reply_live(struct http_exchange *ex, struct db_tx *tx, const struct tafel *tafel,
                                 const struct survey_round *round)
{
    static const char *const keys[] = {"ronde", NULL};
    struct map_view view;
    const enum db_status status =
        map_view_open(&view, tafel, tx, map_arena(ex), round, FIGURES_ANALYST, (struct slice){NULL, 0});
    if (status != DB_OK) {
        return status;
    }
    if (view.survey_status == FIGURES_NOT_READY) {
        http_set_retry_after(ex, 1);
        http_error(ex, 503);
        return DB_OK;
    }
    if (view.survey_status == FIGURES_FAILED) {
        http_error(ex, 500);
        return DB_OK;
    }
    http_reply_json(ex, 200, map_view_json(&view));
    http_set_header(ex, "Cache-Control", "no-store");
    return account_audit_call(tx, ex, "valuemap.view",
                              arena_printf(db_arena(tx), "round:%s", round->code).ptr, "ok", keys);
}

/* Of now, in the analysts' view: for who holds a key for it. */
static enum db_status get_live_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct slice code = {NULL, 0};
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const struct survey_round *round =
        snapshot && http_query(&code, ex, "ronde") && code.ptr ? survey_round_find(snapshot, code) : NULL;
    /* Who may see none is told that before anything else. */
    if (!account_may(http_caller(ex), PERMISSION_VALUE_MAP_VIEW, SOME_CONSULTATION)) {
        http_error(ex, 403);
        return DB_OK;
    }
    if (!round || !map_shows(round)) {
        refuse_round(ex);
        return DB_OK;
    }
    if (!account_may(http_caller(ex), PERMISSION_VALUE_MAP_VIEW, round->consultation)) {
        http_error(ex, 403);
        return DB_OK;
    }
    survey_mark(ex, round);
    if (!http_query_good(ex, NULL)) {
        return DB_OK;
    }
    return reply_live(ex, tx, tafel, round);
}

/* ---- pages ---- */

static json_t *text_of(const struct http_exchange *ex, const struct tafel *tafel, const char *path)
{
    const struct slice text = locale_text(web_locales(tafel->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

static const char *path_of(struct http_exchange *ex, const struct survey_round *round)
{
    return arena_printf(http_arena(ex), "/waardenkaart/%s", round->code).ptr;
}

/* What others found about an application (empty: any), for the template value_map_others. */
static enum db_status read_others(json_t **out, struct db_tx *tx, struct http_exchange *ex,
                                  const struct tafel *tafel, const struct survey_round *round,
                                  struct slice application)
{
    *out = NULL;
    return tafel->others
               ? tafel->others(out, tx, http_arena(ex), slice_from_cstr(round->consultation), application)
               : DB_OK;
}

static void put_others(json_t *context, json_t *others)
{
    if (json_array_size(others) > 0) {
        json_object_set(context, "others", others);
        json_object_set_new(context, "any_others", json_true());
    }
}

/* map.number 0: that there is none yet. */
static enum db_status show(struct db_tx *tx, struct http_exchange *ex, const struct tafel *tafel,
                           const struct published_map *map, const struct survey_round *round)
{
    json_t *others = NULL;
    enum db_status status = DB_OK;
    if (map->number > 0) {
        status = read_others(&others, tx, ex, tafel, round, SLICE(""));
    }
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_pack("{s:o,s:b}", "title", text_of(ex, tafel, "tafel.map.public_title"),
                                "published", (int)(map->number > 0));
    if (map->number > 0) {
        json_t *document = json_loadb(map->document.ptr, map->document.len, 0, NULL);
        const struct map_links links = {.row = path_of(ex, round)};
        json_t *rows = map_context(document, ex, tafel->config.web, round, &links);
        const struct slice day =
            locale_date(http_arena(ex), web_locales(tafel->config.web), http_language(ex), map->at);
        const char *title = round->title[strcmp(http_language(ex), "en") == 0];
        json_object_update_missing(context, rows);
        json_decref(rows);
        json_decref(document);
        json_object_set_new(context, "round", json_string(title ? title : round->code));
        json_object_set_new(
            context, "api_path",
            json_string(arena_printf(http_arena(ex), "/v1/waardenkaart?ronde=%s", round->code).ptr));
        json_object_set_new(context, "on", json_stringn(day.ptr, day.len));
        put_others(context, others);
        survey_mark(ex, round);
    }
    tafel_render(ex, tafel, "value_map", context);
    return DB_OK;
}

static enum db_status get_newest(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct published_map map;
    const enum db_status status = value_map_published(&map, tx, 0);
    if (status != DB_OK) {
        return status;
    }
    const struct survey_snapshot *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    const struct survey_round *round =
        snapshot && map.number > 0 ? survey_round_by_id(snapshot, map.round) : NULL;
    map.number = round ? map.number : 0;
    return show(tx, ex, tafel, &map, round);
}

static enum db_status get_of_round(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct published_map map;
    const struct survey_round *round = find_round(tafel, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    const enum db_status status = value_map_published(&map, tx, round->id);
    if (status == DB_OK && map.number == 0) {
        http_error(ex, 404);
        return status;
    }
    return status == DB_OK ? show(tx, ex, tafel, &map, round) : status;
}

static enum db_status get_row(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct published_map map;
    const struct survey_round *round = find_round(tafel, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    json_t *quotes = NULL, *others = NULL;
    enum db_status status = value_map_published(&map, tx, round->id);
    if (status == DB_OK) {
        status = read_others(&others, tx, ex, tafel, round, http_path_param(ex, "toepassing"));
    }
    if (status == DB_OK) {
        status = value_map_quotes(&quotes, tx, http_arena(ex), map.id, http_path_param(ex, "toepassing"));
    }
    if (status != DB_OK) {
        return status;
    }
    const struct map_links links = {.row = path_of(ex, round)};
    json_t *document = map.number > 0 ? json_loadb(map.document.ptr, map.document.len, 0, NULL) : NULL;
    json_t *context = map_application_context(document, http_path_param(ex, "toepassing"), ex,
                                              tafel->config.web, round, &links);
    json_decref(document);
    if (!context) {
        http_error(ex, 404);
        return DB_OK;
    }
    const struct slice day =
        locale_date(http_arena(ex), web_locales(tafel->config.web), http_language(ex), map.at);
    const char *title = round->title[strcmp(http_language(ex), "en") == 0];
    json_object_set(context, "title", json_object_get(context, "application"));
    json_object_set_new(context, "round", json_string(title ? title : round->code));
    json_object_set_new(context, "on", json_stringn(day.ptr, day.len));
    json_object_set_new(context, "map_path", json_string(links.row));
    map_quotes_put(context, quotes, ex, tafel->config.web);
    put_others(context, others);
    json_object_set_new(context, "seed",
                        json_string(arena_printf(http_arena(ex), "%s/%.*s/", round->code,
                                                 SLICE_ARG(http_path_param(ex, "toepassing")))
                                        .ptr));
    const char *framework =
        framework_public_path(http_arena(ex), tafel, round->consultation, http_path_param(ex, "toepassing"));
    if (framework) {
        json_object_set_new(context, "framework_path", json_string(framework));
    }
    survey_mark(ex, round);
    tafel_render(ex, tafel, "value_map_row", context);
    return DB_OK;
}

#define GET(PATH, SURFACE, HANDLER, QUERY)                                                                   \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = SURFACE, .cacheable = true, .query = QUERY},   \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true, .again_s = TAFEL_AGAIN_S              \
    }

const struct route value_map_api_routes[] = {
    GET("/v1/waardenkaart", HTTP_API, get_json, "ronde"),
    GET("/v1/waardenkaart/citaten", HTTP_API, get_quotes_json, "ronde"),
    {.http = {.method = HTTP_GET,
              .path = "/v1/waardenkaart/nu",
              .surface = HTTP_API,
              .query = "ronde",
              .scope = PERMISSION_VALUE_MAP_VIEW},
     .on_job = get_live_json,
     .role = DB_ROLE_STAFF},
};
const size_t value_map_api_route_count = sizeof value_map_api_routes / sizeof value_map_api_routes[0];

const struct route value_map_routes[] = {
    GET("/waardenkaart", HTTP_PAGE, get_newest, "taal"),
    GET("/waardenkaart/{ronde}", HTTP_PAGE, get_of_round, "taal"),
    GET("/waardenkaart/{ronde}/{toepassing}", HTTP_PAGE, get_row, "taal"),
};
const size_t value_map_route_count = sizeof value_map_routes / sizeof value_map_routes[0];
