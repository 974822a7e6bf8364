/* Lists of decisions that were adopted, for everybody: GET /besluitenlijsten, /besluitenlijsten/{overleg}. */
#include "features/tafel/tafel_meeting_pages.h"

#include <string.h>

static json_t *text_of(const struct http_exchange *ex, const struct tafel *tafel, const char *path)
{
    const struct slice text = locale_text(web_locales(tafel->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *list = NULL;
    const enum db_status status =
        meeting_public_list(&list, tx, http_arena(ex), kept_asked(ex, "consultatie"));
    if (status != DB_OK) {
        return status;
    }
    json_t *context = json_object();
    tafel_say_words(list, ex, tafel->config.web, &meeting_words);
    json_object_set(context, "overleggen", list);
    json_object_set_new(context, "none", json_boolean(json_array_size(list) == 0));
    json_object_set_new(context, "title", text_of(ex, tafel, "tafel.meeting.public_title"));
    tafel_render(ex, tafel, "meetings", context);
    return DB_OK;
}

/* A paper that is on this website becomes a link to it. */
static void add_addresses(json_t *papers)
{
    size_t i;
    json_t *paper;
    json_array_foreach(papers, i, paper)
    {
        const char *reference = json_string_value(json_object_get(paper, "verwijzing"));
        if (reference && reference[0] == '/' && reference[1] != '/' && reference[1] != '\\' &&
            !strpbrk(reference, " \t\r\n")) {
            json_object_set(paper, "adres", json_object_get(paper, "verwijzing"));
        }
    }
}

static enum db_status get_one(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    json_t *meeting = NULL;
    const enum db_status status =
        meeting_public_find(&meeting, tx, http_arena(ex), tafel_number(ex, "overleg"));
    if (status != DB_OK) {
        return status;
    }
    if (!meeting) {
        http_error(ex, 404);
        return DB_OK;
    }
    tafel_mark_invented(ex, meeting);
    json_t *context = json_copy(meeting);
    add_addresses(json_object_get(context, "stukken"));
    meeting_mark_lists(context);
    meeting_say_deciders(context, ex, tafel);
    tafel_say_words(context, ex, tafel->config.web, &meeting_words);
    json_t *kind = text_of(ex, tafel, "tafel.meeting.decisions_title");
    json_object_set_new(context, "title",
                        json_sprintf("%s %s", json_string_value(kind),
                                     json_string_value(json_object_get(context, "dag_woord"))));
    json_decref(kind);
    json_object_set_new(context, "back_path", json_string(MEETING_PUBLIC_PATH));
    tafel_render(ex, tafel, "meeting", context);
    return DB_OK;
}

#define PAGE_GET(PATH, HANDLER, QUERY)                                                                       \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .cacheable = true, .query = QUERY}, \
        .on_job = HANDLER, .role = DB_ROLE_RESULTS, .read_only = true, .again_s = TAFEL_AGAIN_S              \
    }

const struct route meeting_routes[] = {
    PAGE_GET(MEETING_PUBLIC_PATH, get_list, "taal,consultatie"),
    PAGE_GET(MEETING_PUBLIC_PATH "/{overleg}", get_one, "taal"),
};
const size_t meeting_route_count = sizeof meeting_routes / sizeof meeting_routes[0];
