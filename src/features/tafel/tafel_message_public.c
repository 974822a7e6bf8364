/* What organisations told the table, for everybody: GET /berichten, GET /v1/berichten. With a key of the
 * table (SCOPE_TAFEL) the API gives those of citizens too, and what is not public. */
#include "features/tafel/tafel_message_pages.h"

enum { API_PAGE = 100, WEB_PAGE = 50 };

/* Whether a key may read them all: messages are of no consultation, so that a key for one is not enough. */
static bool may_read_all(const struct http_exchange *ex)
{
    const struct account_caller *caller = http_caller(ex);
    return caller && !caller->place && account_may(caller, PERMISSION_SIGNAL_VIEW, EVERY_CONSULTATION);
}

static enum db_status get_list_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const char *const keys[] = {NULL};
    struct message_public asked = {.all = may_read_all(ex)};
    size_t size;
    json_t *list = NULL;
    (void)self;
    if (!http_page_ahead(&size, &asked.from, ex, API_PAGE)) {
        return DB_OK;
    }
    asked.most = (int32_t)size + 1;
    enum db_status status = message_public_list(&list, tx, http_arena(ex), &asked);
    if (status == DB_OK && asked.all) {
        status = account_audit_call(tx, ex, "message.read", "messages", "ok", keys);
    }
    if (status != DB_OK) {
        return status;
    }
    const int64_t from = kept_cut(list, size);
    http_reply_json(ex, 200, json_pack("{s:O}", "berichten", list));
    http_set_header(ex, "Cache-Control",
                    http_caller(ex)
                        ? "no-store"
                        : arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
    const struct http_page page = {.next = from > 0 ? http_page_from(ex, from) : NULL};
    http_page_link(ex, &page);
    return DB_OK;
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const char *const words[] = {"waarden", NULL}, *const days[] = {"ontvangenOp", NULL};
    const struct tafel *tafel = self;
    const struct message_public asked = {.from = kept_asked_number(ex, "vanaf"), .most = WEB_PAGE + 1};
    json_t *list = NULL, *applications, *message;
    size_t i;
    enum db_status status = message_public_list(&list, tx, http_arena(ex), &asked);
    status = status == DB_OK ? kept_public_applications(&applications, tx, ex, tafel) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_object();
    const int64_t from = kept_cut(list, WEB_PAGE);
    if (from > 0) {
        json_object_set_new(
            context, "more",
            json_string(arena_printf(http_arena(ex), "/berichten?vanaf=%lld", (long long)from).ptr));
    }
    json_array_foreach(list, i, message)
    {
        const char *code = json_string_value(json_object_get(message, "toepassing"));
        if (code) {
            const struct slice label = kept_label(applications, slice_from_cstr(code));
            json_object_set_new(message, "toepassing_woord", json_stringn(label.ptr, label.len));
        }
    }
    tafel_say_words(list, ex, tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.message", .members = words, .days = days});
    kept_put_list(context, "berichten", "any_berichten", list);
    json_object_set_new(context, "title", kept_text(ex, tafel, "tafel.message.public_title"));
    tafel_render(ex, tafel, "messages", context);
    return DB_OK;
}

const struct route message_public_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/berichten",
              .surface = HTTP_API,
              .cacheable = true,
              .query = HTTP_PAGING,
              .scope = PERMISSION_SIGNAL_VIEW,
              .scope_optional = true},
     .on_job = get_list_json,
     .role = DB_ROLE_STAFF,
     .again_s = TAFEL_AGAIN_S}, /* what citizens wrote is for staff, and for who shows a key of the table */
    {.http = {.method = HTTP_GET,
              .path = "/berichten",
              .surface = HTTP_PAGE,
              .cacheable = true,
              .query = "taal,vanaf"},
     .on_job = get_list,
     .role = DB_ROLE_RESULTS,
     .read_only = true,
     .again_s = TAFEL_AGAIN_S},
};
const size_t message_public_route_count = sizeof message_public_routes / sizeof message_public_routes[0];
