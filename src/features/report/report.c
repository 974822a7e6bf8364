#include "features/report/report_internal.h"

#include <stdlib.h>

static const struct staff_link links[] = {
    {REPORT_PATH, "report.link", PERMISSION_TAFEL_MANAGE, STAFF_PUBLISHING, NULL},
    {SOURCE_PATH, "report.source.link", PERMISSION_TAFEL_MANAGE, STAFF_RESEARCH, NULL},
};

struct report_room *report_create(const struct report_config *config)
{
    struct report_room *room = calloc(1, sizeof *room);
    if (room) {
        room->config = *config;
    }
    return room;
}

enum db_status reports_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct report_room *room = self;
    int64_t count = 0;
    if (!account_may(staff_caller(ex), PERMISSION_TAFEL_MANAGE, EVERY_CONSULTATION)) {
        return DB_OK;
    }
    const enum db_status status = report_to_approve(&count, tx, staff_caller(ex)->label);
    if (status == DB_OK && count > 0) {
        staff_waits(lines, ex, room->config.account, "report.waiting", count, REPORT_PATH);
    }
    return status;
}

void report_start(struct report_room *room)
{
    staff_add_waiting(room->config.account, reports_wait, room);
    staff_add_links(room->config.account, links, sizeof links / sizeof links[0]);
    lanes_add(room->config.lanes, report_staff_routes, report_staff_route_count, room);
    lanes_add(room->config.lanes, report_step_routes, report_step_route_count, room);
    lanes_add(room->config.lanes, report_source_routes, report_source_route_count, room);
    lanes_add(room->config.lanes, report_public_routes, report_public_route_count, room);
}

void report_destroy(struct report_room *room)
{
    free(room);
}

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

struct arena *report_arena(struct http_exchange *ex)
{
    struct arena *arena = arena_create(REPORT_PAGE_BYTES);
    arena_defer(http_arena(ex), release_arena, arena);
    return arena;
}

json_t *report_word(const struct http_exchange *ex, const struct report_room *room, const char *path)
{
    const struct slice text = locale_text(web_locales(room->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

int32_t report_number(const struct http_exchange *ex, const char *parameter)
{
    uint64_t number = 0;
    return slice_to_u64(&number, http_path_param(ex, parameter), INT32_MAX) ? (int32_t)number : 0;
}
