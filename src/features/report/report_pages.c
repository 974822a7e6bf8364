/* Reports for everybody: GET /rapporten, /rapporten/{rapport} and its tables as CSV; /v1/rapporten,
 * /v1/rapporten/{rapport} (the bytes that were signed), its signature, and the key, /v1/ondertekening. */
#include "features/report/report_internal.h"

#include "base/clock.h"
#include "features/survey/survey.h"
#include "lane/public_page.h"

#include <string.h>

enum { API_PAGE = 100, WEB_PAGE = 200 };

static void may_be_kept(struct http_exchange *ex)
{
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", REPORT_MAX_AGE_S).ptr);
}

/* The one of the path, in the arena of a report. False: answered with 404, or *status. */
static bool open_one(struct report_signed *out, enum db_status *status, struct db_tx *tx,
                     struct http_exchange *ex)
{
    const int32_t number = report_number(ex, "rapport");
    *out = (struct report_signed){.document = {NULL, 0}};
    *status = number > 0 ? report_published(out, tx, number) : DB_OK;
    if (*status == DB_OK && !out->document.ptr) {
        http_error(ex, 404);
    }
    return *status == DB_OK && out->document.ptr;
}

static const char *etag_of(struct http_exchange *ex, const struct report_signed *report, const char *what)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hex, (const unsigned char *)report->sha256.ptr, CRYPTO_SHA256_BYTES / 2);
    hex[CRYPTO_SHA256_BYTES] = '\0';
    return arena_printf(http_arena(ex), "\"%s%s-%s\"", hex,
                        report->state == REPORT_WITHDRAWN ? "-ingetrokken" : "", what)
        .ptr;
}

/* ---- API ---- */

static enum db_status get_list_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    size_t size;
    struct report_filter filter = {.all = false};
    json_t *list = NULL;
    (void)self;
    const bool filtered = survey_query_consultation(&filter.consultation, ex);
    if (!http_page_ahead(&size, &filter.from, ex, API_PAGE) || !filtered) {
        return DB_OK;
    }
    filter.most = (int32_t)size + 1;
    const enum db_status status = report_public_list(&list, tx, http_arena(ex), &filter);
    if (status != DB_OK) {
        return status;
    }
    struct http_page page = {.next = NULL};
    if (json_array_size(list) > size) {
        page.next =
            http_page_from(ex, json_integer_value(json_object_get(json_array_get(list, size), "nummer")));
        json_array_remove(list, size);
    }
    http_reply_json(ex, 200, json_pack("{s:O}", "rapporten", list));
    may_be_kept(ex);
    http_page_link(ex, &page);
    return DB_OK;
}

static enum db_status get_one_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_signed report;
    enum db_status status;
    (void)self;
    if (open_one(&report, &status, tx, ex)) {
        http_reply_bytes(ex, 200, "application/json", arena_copy(report_arena(ex), report.document));
        http_set_header(ex, "ETag", etag_of(ex, &report, "json"));
        may_be_kept(ex);
    }
    return status;
}

static const char *text_of(struct http_exchange *ex, struct slice bytes)
{
    const size_t size = 4 * ((bytes.len + 2) / 3) + 1;
    char *text = arena_alloc(http_arena(ex), size);
    crypto_base64url(text, size, (const unsigned char *)bytes.ptr, bytes.len);
    return text;
}

static enum db_status get_signature_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_signed report;
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    enum db_status status;
    (void)self;
    if (open_one(&report, &status, tx, ex)) {
        json_t *body = report_key_json((const unsigned char *)report.key.ptr);
        crypto_hex(hex, (const unsigned char *)report.sha256.ptr, CRYPTO_SHA256_BYTES);
        json_object_set_new(body, "rapport", json_integer(report_number(ex, "rapport")));
        json_object_set_new(body, "sha256", json_string(hex));
        json_object_set_new(body, "handtekening", json_string(text_of(ex, report.signature)));
        json_object_set_new(body, "stand", json_string(report_states[report.state]));
        if (report.withdrawn_why.len > 0) {
            json_object_set_new(body, "ingetrokkenOmdat",
                                json_stringn(report.withdrawn_why.ptr, report.withdrawn_why.len));
        }
        http_reply_json(ex, 200, body);
        may_be_kept(ex);
    }
    return status;
}

static void get_key_json(struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    crypto_verifying_key(key, room->config.keys);
    http_reply_json(ex, 200, report_key_json(key));
    may_be_kept(ex);
}

/* ---- files ---- */

/* As openssl takes it: 64 bytes. */
static enum db_status get_signature_file(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_signed report;
    enum db_status status;
    (void)self;
    if (open_one(&report, &status, tx, ex)) {
        http_reply_bytes(ex, 200, "application/octet-stream", arena_copy(http_arena(ex), report.signature));
        http_set_header(ex, "Content-Disposition",
                        arena_printf(http_arena(ex), "attachment; filename=\"rapport-%d.json.sig\"",
                                     (int)report_number(ex, "rapport"))
                            .ptr);
        may_be_kept(ex);
    }
    return status;
}

static enum db_status get_document_file(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_signed report;
    enum db_status status;
    (void)self;
    if (open_one(&report, &status, tx, ex)) {
        http_reply_bytes(ex, 200, "application/json", arena_copy(report_arena(ex), report.document));
        http_set_header(ex, "Content-Disposition",
                        arena_printf(http_arena(ex), "attachment; filename=\"rapport-%d.json\"",
                                     (int)report_number(ex, "rapport"))
                            .ptr);
        may_be_kept(ex);
    }
    return status;
}

static enum db_status get_table_file(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct report_signed report;
    struct slice csv;
    enum db_status status;
    (void)self;
    if (!open_one(&report, &status, tx, ex)) {
        return status;
    }
    json_t *document = json_loadb(report.document.ptr, report.document.len, 0, NULL);
    if (report_csv(&csv, report_arena(ex), document, http_path_param(ex, "tabel"))) {
        http_reply_bytes(ex, 200, "text/csv; charset=utf-8; header=present", csv);
        http_set_header(ex, "Content-Disposition",
                        arena_printf(http_arena(ex), "attachment; filename=\"rapport-%d-%.*s.csv\"",
                                     (int)report_number(ex, "rapport"),
                                     SLICE_ARG(http_path_param(ex, "tabel")))
                            .ptr);
        may_be_kept(ex);
    } else {
        http_error(ex, 404);
    }
    json_decref(document);
    return status;
}

/* ---- pages ---- */

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    size_t i;
    struct report_filter filter = {.most = WEB_PAGE};
    json_t *list = NULL, *one;
    http_query(&filter.consultation, ex, "consultatie");
    const enum db_status status = report_public_list(&list, tx, http_arena(ex), &filter);
    if (status != DB_OK) {
        return status;
    }
    json_array_foreach(list, i, one)
    {
        int64_t at = 0;
        clock_parse_rfc3339(&at, slice_from_cstr(report_text(one, "gepubliceerdOp")));
        const struct slice day =
            locale_date(http_arena(ex), web_locales(room->config.web), http_language(ex), at);
        json_object_set_new(one, "op_woord", json_stringn(day.ptr, day.len));
        json_object_set_new(one, "is_withdrawn",
                            json_boolean(strcmp(report_text(one, "stand"), "ingetrokken") == 0));
    }
    json_t *context =
        json_pack("{s:O,s:b,s:o,s:s}", "rapporten", list, "any_rapporten", json_array_size(list) > 0, "title",
                  report_word(ex, room, "report.public_title"), "back_path", "/tafel");
    public_page_reply(ex, report_arena(ex), room->config.web, "reports", context, REPORT_MAX_AGE_S);
    return DB_OK;
}

static void add_download(json_t *list, const struct http_exchange *ex, const struct report_room *room,
                         const char *href, const char *text)
{
    json_array_append_new(list, json_pack("{s:s,s:o}", "href", href, "text", report_word(ex, room, text)));
}

static json_t *downloads_of(struct http_exchange *ex, const struct report_room *room)
{
    json_t *list = json_array();
    const int number = (int)report_number(ex, "rapport");
    struct arena *arena = http_arena(ex);
    add_download(list, ex, room, arena_printf(arena, PUBLIC_PATH "/%d/document", number).ptr,
                 "report.as_json");
    add_download(list, ex, room, arena_printf(arena, PUBLIC_PATH "/%d/handtekening", number).ptr,
                 "report.as_signature");
    add_download(list, ex, room, arena_printf(arena, PUBLIC_PATH "/%d/tabellen", number).ptr,
                 "report.as_tables");
    add_download(list, ex, room, "/v1/ondertekening", "report.as_key");
    return list;
}

static json_t *facts_of(struct http_exchange *ex, const struct report_room *room,
                        const struct report_signed *report)
{
    char hex[2 * CRYPTO_SHA256_BYTES + 1], id[REPORT_KEY_ID_BYTES];
    struct arena *arena = http_arena(ex);
    const struct locales *locales = web_locales(room->config.web);
    crypto_hex(hex, (const unsigned char *)report->sha256.ptr, CRYPTO_SHA256_BYTES);
    report_key_id(id, (const unsigned char *)report->key.ptr);
    return json_pack(
        "[s,s,s]",
        locale_format(arena, locales, http_language(ex), "report.fact_published", "number",
                      arena_printf(arena, "%d", (int)report_number(ex, "rapport")).ptr, "day",
                      locale_date(arena, locales, http_language(ex), report->published_at).ptr, NULL)
            .ptr,
        locale_format(arena, locales, http_language(ex), "report.fact_signed", "key", id, NULL).ptr,
        locale_format(arena, locales, http_language(ex), "report.fact_hash", "sha256", hex, NULL).ptr);
}

static enum db_status show(struct db_tx *tx, struct http_exchange *ex, const struct report_room *room,
                           enum report_part part)
{
    struct report_signed report;
    enum db_status status;
    if (!open_one(&report, &status, tx, ex)) {
        return status;
    }
    struct arena *arena = http_arena(ex);
    const char *path = arena_printf(arena, PUBLIC_PATH "/%d", (int)report_number(ex, "rapport")).ptr;
    json_t *document = json_loadb(report.document.ptr, report.document.len, 0, NULL);
    json_t *context = report_blocks(document, ex, room, report_arena(ex), part,
                                    arena_printf(arena, "%s/cijfers", path).ptr);
    report_mark_invented(ex, room, document);
    json_object_set_new(context, "title", json_string(report_text(document, "titel")));
    json_object_set_new(context, "facts", facts_of(ex, room, &report));
    json_object_set_new(context, "downloads", downloads_of(ex, room));
    if (report.state == REPORT_WITHDRAWN) {
        json_object_set_new(context, "withdrawn",
                            json_stringn(report.withdrawn_why.ptr, report.withdrawn_why.len));
    }
    json_object_set_new(context, "back_path", json_string(part == REPORT_ITSELF ? PUBLIC_PATH : path));
    json_decref(document);
    public_page_reply(ex, report_arena(ex), room->config.web, "report", context, REPORT_MAX_AGE_S);
    return DB_OK;
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show(tx, ex, self, REPORT_ITSELF);
}

static enum db_status get_figures(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return show(tx, ex, self, REPORT_FIGURES);
}

/* What each table is, in the page's language; a question stays as it was asked. */
static json_t *named_tables(struct http_exchange *ex, const struct report_room *room, const json_t *document)
{
    size_t i;
    json_t *one, *tables = report_csv_names(document);
    json_array_foreach(tables, i, one)
    {
        const char *section = report_text(one, "deel");
        if (section[0]) {
            const char *path = arena_printf(http_arena(ex), "report.section.%s", section).ptr;
            json_object_set_new(one, "word", report_word(ex, room, path));
        }
    }
    return tables;
}

static enum db_status get_tables(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    struct report_signed report;
    enum db_status status;
    if (!open_one(&report, &status, tx, ex)) {
        return status;
    }
    const char *path = arena_printf(http_arena(ex), PUBLIC_PATH "/%d", (int)report_number(ex, "rapport")).ptr;
    json_t *document = json_loadb(report.document.ptr, report.document.len, 0, NULL);
    json_t *context =
        json_pack("{s:o,s:o,s:s,s:s}", "tabellen", named_tables(ex, room, document), "title",
                  report_word(ex, room, "report.as_tables"), "report_path", path, "back_path", path);
    report_mark_invented(ex, room, document);
    json_decref(document);
    public_page_reply(ex, report_arena(ex), room->config.web, "report_tables", context, REPORT_MAX_AGE_S);
    return DB_OK;
}

#define GET(PATH, SURFACE, HANDLER, QUERY, PRODUCES)                                                         \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATH,                                                                               \
                 .surface = SURFACE,                                                                         \
                 .cacheable = true,                                                                          \
                 .produces = PRODUCES,                                                                       \
                 .query = QUERY},                                                                            \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true                                        \
    }

const struct route report_public_routes[] = {
    GET("/v1/rapporten", HTTP_API, get_list_json, "consultatie," HTTP_PAGING, NULL),
    GET("/v1/rapporten/{rapport}", HTTP_API, get_one_json, NULL, NULL),
    GET("/v1/rapporten/{rapport}/handtekening", HTTP_API, get_signature_json, NULL, NULL),
    {.http = {.method = HTTP_GET, .path = "/v1/ondertekening", .surface = HTTP_API, .cacheable = true},
     .on_inline = get_key_json},
    GET(PUBLIC_PATH, HTTP_PAGE, get_list, "taal,consultatie", NULL),
    GET(PUBLIC_PATH "/{rapport}", HTTP_PAGE, get_one, "taal", NULL),
    GET(PUBLIC_PATH "/{rapport}/cijfers", HTTP_PAGE, get_figures, "taal", NULL),
    GET(PUBLIC_PATH "/{rapport}/document", HTTP_PAGE, get_document_file, NULL, "application/json"),
    GET(PUBLIC_PATH "/{rapport}/handtekening", HTTP_PAGE, get_signature_file, NULL,
        "application/octet-stream"),
    GET(PUBLIC_PATH "/{rapport}/tabellen", HTTP_PAGE, get_tables, "taal", NULL),
    GET(PUBLIC_PATH "/{rapport}/tabellen/{tabel}", HTTP_PAGE, get_table_file, NULL, "text/csv"),
};
const size_t report_public_route_count = sizeof report_public_routes / sizeof report_public_routes[0];
