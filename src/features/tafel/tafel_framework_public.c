/* Sheets of the assessment framework for everybody: GET /afwegingskaders, one by its application, what
 * differs between two versions of it; GET /v1/afwegingskaders, one. Without ?consultatie= those that are not
 * of invented data. Only versions that were approved. */
#include "features/tafel/tafel_framework_pages.h"

#include "crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { TAG_BYTES = 16, CONSULTATION_MAX = 100 };

/* What an address asks for. */
struct asked {
    struct slice consultation; /* empty: of all that are not of invented data */
    int32_t version;           /* 0: the newest */
};

/* ---- API ---- */

static void add_fault(json_t *faults, const char *parameter, const char *code, const char *detail)
{
    json_array_append_new(faults,
                          json_pack("{s:s,s:s,s:s}", "parameter", parameter, "code", code, "detail", detail));
}

/* False: answered with 400. */
static bool read_asked(struct asked *asked, struct http_exchange *ex, bool with_version)
{
    struct slice text = {NULL, 0};
    uint64_t number = 0;
    json_t *faults = json_array();
    *asked = (struct asked){.consultation = SLICE("")};
    if (http_query(&text, ex, "consultatie")) {
        asked->consultation = text.ptr ? text : SLICE("");
        if (asked->consultation.len == 0 || asked->consultation.len > CONSULTATION_MAX) {
            add_fault(faults, "consultatie", "bereik", "Noem de code van een consultatie.");
        }
    }
    if (with_version && http_query(&text, ex, "versie")) {
        if (!text.ptr || !slice_to_u64(&number, text, INT32_MAX) || number == 0) {
            add_fault(faults, "versie", "bereik", "Noem het nummer van een versie, vanaf 1.");
        }
        asked->version = (int32_t)number;
    }
    return http_query_good(ex, faults);
}

/* The tag is of all that is in the answer: who withdraws a quote changes it. */
static void reply(struct http_exchange *ex, json_t *body_take)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char tag[2 * TAG_BYTES + 1];
    char *text = json_dumps(body_take, JSON_COMPACT);
    crypto_sha256(hash, slice_from_cstr(text));
    free(text);
    crypto_hex(tag, hash, TAG_BYTES);
    http_reply_json(ex, 200, body_take);
    http_set_header(ex, "ETag", arena_printf(http_arena(ex), "\"%s\"", tag).ptr);
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
}

static enum db_status get_list_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct asked asked;
    json_t *list = NULL;
    (void)self;
    if (!read_asked(&asked, ex, false)) {
        return DB_OK;
    }
    const enum db_status status = framework_public_list(&list, tx, http_arena(ex), asked.consultation);
    if (status == DB_OK) {
        tafel_mark_invented(ex, json_array_get(list, 0));
        reply(ex, json_pack("{s:O}", "afwegingskaders", list));
    }
    return status;
}

static enum db_status get_one_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct asked asked;
    json_t *document = NULL;
    (void)self;
    if (!read_asked(&asked, ex, true)) {
        return DB_OK;
    }
    const enum db_status status = framework_public_find(&document, tx, http_arena(ex), asked.consultation,
                                                        http_path_param(ex, "toepassing"), asked.version);
    if (status == DB_OK && !document) {
        http_error(ex, 404);
    } else if (status == DB_OK) {
        tafel_mark_invented(ex, document);
        reply(ex, json_incref(document));
    }
    return status;
}

/* ---- pages ---- */

static struct slice asked_consultation(const struct http_exchange *ex)
{
    const struct slice text = kept_asked(ex, "consultatie");
    return text.len <= CONSULTATION_MAX ? text : SLICE("");
}

/* An address of the sheet, with what stays of the query. */
static const char *address(struct http_exchange *ex, const json_t *document, const char *more,
                           const char *query)
{
    return arena_printf(http_arena(ex), FRAMEWORK_PUBLIC_PATH "/%s%s?consultatie=%s%s",
                        json_string_value(json_object_get(document, "toepassing")), more,
                        json_string_value(json_object_get(document, "consultatie")), query)
        .ptr;
}

static const char *list_address(struct http_exchange *ex, struct slice consultation)
{
    return consultation.len == 0 ? FRAMEWORK_PUBLIC_PATH
                                 : arena_printf(http_arena(ex), FRAMEWORK_PUBLIC_PATH "?consultatie=%.*s",
                                                SLICE_ARG(consultation))
                                       .ptr;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    size_t i;
    json_t *list = NULL, *one;
    const enum db_status status = framework_public_list(&list, tx, http_arena(ex), asked_consultation(ex));
    if (status != DB_OK) {
        return status;
    }
    tafel_mark_invented(ex, json_array_get(list, 0));
    tafel_say_words(list, ex, tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.framework",
                                              .members = NULL,
                                              .days = (const char *const[]){"vastgesteldOp", NULL},
                                              .numbers = NULL,
                                              .differences = NULL});
    json_array_foreach(list, i, one)
    {
        json_object_set_new(one, "pad", json_string(address(ex, one, "", "")));
    }
    json_t *context = json_object();
    kept_put_list(context, "kaders", "any_kaders", list);
    json_object_set_new(context, "title", kept_text(ex, tafel, "tafel.framework.public_title"));
    if (json_array_size(list) > 0 && asked_consultation(ex).len > 0) { /* it is one that there is */
        json_object_set_new(context, "path", json_string(list_address(ex, asked_consultation(ex))));
    }
    tafel_render(ex, tafel, "frameworks", context);
    return DB_OK;
}

/* Its versions, each with where it is and what differs from the one before. */
static json_t *versions_of(struct http_exchange *ex, const struct tafel *tafel, const json_t *document)
{
    size_t i;
    json_t *one, *versions = json_deep_copy(json_object_get(document, "versies"));
    tafel_say_words(versions, ex, tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.framework",
                                              .members = NULL,
                                              .days = (const char *const[]){"vastgesteldOp", NULL},
                                              .numbers = NULL,
                                              .differences = NULL});
    const json_t *shown = json_object_get(document, "versie");
    json_array_foreach(versions, i, one)
    {
        const long long number = (long long)json_integer_value(json_object_get(one, "versie"));
        const json_t *before = json_array_get(versions, i + 1);
        json_object_set_new(
            one, "pad",
            json_string(address(ex, document, "", arena_printf(http_arena(ex), "&versie=%lld", number).ptr)));
        json_object_set_new(one, "current", json_boolean(json_equal(json_object_get(one, "versie"), shown)));
        if (before) {
            const char *query =
                arena_printf(http_arena(ex), "&van=%lld&naar=%lld",
                             (long long)json_integer_value(json_object_get(before, "versie")), number)
                    .ptr;
            json_object_set_new(one, "vergelijk", json_string(address(ex, document, "/vergelijken", query)));
            json_object_set(one, "vorige", json_object_get(before, "versie"));
        }
    }
    return versions;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *document = NULL;
    const struct slice consultation = asked_consultation(ex);
    const bool asks = kept_asked(ex, "versie").len > 0;
    const int32_t version = (int32_t)kept_asked_number(ex, "versie");
    const enum db_status status = asks && version == 0
                                      ? DB_OK
                                      : framework_public_find(&document, tx, http_arena(ex), consultation,
                                                              http_path_param(ex, "toepassing"), version);
    if (status == DB_OK && !document) {
        http_error(ex, 404);
    }
    if (status != DB_OK || !document) {
        return status;
    }
    tafel_mark_invented(ex, document);
    json_t *context = json_object();
    json_t *versions = versions_of(ex, tafel, document);
    const json_t *newest = json_array_get(versions, 0);
    framework_put_version(context, document, ex, tafel);
    kept_put_list(context, "versies", "any_versies", versions);
    if (!json_is_true(json_object_get(newest, "current"))) {
        json_object_set(context, "newer", json_object_get(newest, "pad"));
    }
    json_decref(versions);
    json_object_set_new(
        context, "api_path",
        json_string(arena_printf(http_arena(ex), "/v1%s",
                                 address(ex, document, "",
                                         arena_printf(http_arena(ex), "&versie=%s",
                                                      json_string_value(json_object_get(context, "versie")))
                                             .ptr))
                        .ptr));
    json_object_set(context, "title", json_object_get(document, "titel"));
    json_object_set_new(context, "title_kind", kept_text(ex, tafel, "tafel.framework.one"));
    json_object_set_new(context, "with_charts", json_true());
    json_object_set_new(
        context, "path",
        json_string(arena_printf(http_arena(ex), "%s&versie=%s", address(ex, document, "", ""),
                                 json_string_value(json_object_get(context, "versie")))
                        .ptr));
    json_object_set_new(context, "back_path", json_string(list_address(ex, consultation)));
    tafel_render(ex, tafel, "framework", context);
    return DB_OK;
}

static enum db_status get_compare(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *older = NULL, *newer = NULL;
    const struct slice application = http_path_param(ex, "toepassing"), consultation = asked_consultation(ex);
    const int32_t from = (int32_t)kept_asked_number(ex, "van"), to = (int32_t)kept_asked_number(ex, "naar");
    enum db_status status = DB_OK;
    if (from > 0 && to > 0) {
        status = framework_public_find(&older, tx, http_arena(ex), consultation, application, from);
        status = status == DB_OK
                     ? framework_public_find(&newer, tx, http_arena(ex), consultation, application, to)
                     : status;
    }
    /* Two consultations may have a sheet of one application: their versions are no versions of each other. */
    const bool both =
        older && newer &&
        json_equal(json_object_get(older, "consultatie"), json_object_get(newer, "consultatie"));
    if (status == DB_OK && !both) {
        http_error(ex, 404);
    }
    if (status != DB_OK || !both) {
        return status;
    }
    tafel_mark_invented(ex, newer);
    json_t *context = json_pack("{s:o,s:i,s:i}", "secties", framework_differences(older, newer, ex, tafel),
                                "van", (int)from, "naar", (int)to);
    json_object_set(context, "title", json_object_get(newer, "titel"));
    json_object_set_new(context, "title_kind", kept_text(ex, tafel, "tafel.framework.compared"));
    json_object_set_new(
        context, "path",
        json_string(address(ex, newer, "/vergelijken",
                            arena_printf(http_arena(ex), "&van=%d&naar=%d", (int)from, (int)to).ptr)));
    json_object_set_new(context, "back_path", json_string(address(ex, newer, "", "")));
    tafel_render(ex, tafel, "framework_compare", context);
    return DB_OK;
}

#define GET(PATH, SURFACE, HANDLER, QUERY)                                                                   \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = SURFACE, .cacheable = true, .query = QUERY},   \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true                                        \
    }

const struct route framework_api_routes[] = {
    GET("/v1/afwegingskaders", HTTP_API, get_list_json, "consultatie"),
    GET("/v1/afwegingskaders/{toepassing}", HTTP_API, get_one_json, "consultatie,versie"),
};
const size_t framework_api_route_count = sizeof framework_api_routes / sizeof framework_api_routes[0];

const struct route framework_routes[] = {
    GET(FRAMEWORK_PUBLIC_PATH, HTTP_PAGE, get_list, "taal,consultatie"),
    GET(FRAMEWORK_PUBLIC_PATH "/{toepassing}", HTTP_PAGE, get_one, "taal,consultatie,versie"),
    GET(FRAMEWORK_PUBLIC_PATH "/{toepassing}/vergelijken", HTTP_PAGE, get_compare,
        "taal,consultatie,van,naar"),
};
const size_t framework_route_count = sizeof framework_routes / sizeof framework_routes[0];
