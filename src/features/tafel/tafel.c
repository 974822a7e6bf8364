#include "features/tafel/tafel_case_pages.h"
#include "features/tafel/tafel_feedback.h"
#include "features/tafel/tafel_framework_pages.h"
#include "features/tafel/tafel_internal.h"
#include "features/tafel/tafel_meeting_pages.h"
#include "features/tafel/tafel_message_pages.h"
#include "features/tafel/tafel_recalibration_pages.h"
#include "features/tafel/tafel_signal_pages.h"
#include "features/tafel/tafel_suggestion_pages.h"
#include "features/tafel/tafel_table_pages.h"
#include "features/tafel/tafel_value_map_cache.h"
#include "features/tafel/tafel_value_map_view.h"
#include "features/tafel/tafel_words.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/audit/audit.h"
#include "lane/public_page.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const struct staff_link links[] = {
    {DESK_PATH, "tafel.desk.link", PERMISSION_TAFEL_MANAGE, STAFF_FIRST, NULL},
    {AGENDA_PATH, "tafel.agenda.link", PERMISSION_TAFEL_MANAGE, STAFF_PUBLISHING, NULL},
    {SIGNAL_PATH, "tafel.signal.link", PERMISSION_TAFEL_MANAGE, STAFF_SIGNALS, NULL},
    {SUGGESTION_PATH, "tafel.suggestion.link", PERMISSION_TAFEL_MANAGE, STAFF_SIGNALS, NULL},
    {MEETING_PATH, "tafel.meeting.link", PERMISSION_TAFEL_MANAGE, STAFF_TALKS, NULL},
    {TABLE_PATH, "tafel.table.link", PERMISSION_TAFEL_MANAGE, STAFF_TALKS, NULL},
    {MESSAGE_PATH, "tafel.message.link", PERMISSION_TAFEL_MANAGE, STAFF_SIGNALS, NULL},
    {RECOMMENDATION_PATH, "tafel.recommendation.link", PERMISSION_TAFEL_MANAGE, STAFF_PUBLISHING, NULL},
    {QUESTION_PATH, "tafel.research.link", PERMISSION_TAFEL_MANAGE, STAFF_PUBLISHING, NULL},
    {FRAMEWORK_PATH, "tafel.framework.link", PERMISSION_TAFEL_MANAGE, STAFF_PUBLISHING, NULL},
    {VALUE_MAP_PATH, "tafel.map.link", PERMISSION_VALUE_MAP_VIEW, STAFF_RESEARCH, NULL}};

struct tafel *tafel_create(const struct tafel_config *config)
{
    struct tafel *tafel = calloc(1, sizeof *tafel);
    struct map_cache *maps = map_cache_create();
    struct feedback_heard *heard = feedback_heard_create();
    struct framework_shelf *frameworks = framework_shelf_create();
    json_t *procedures = procedures_load();
    if (!tafel || !maps || !heard || !procedures || !frameworks) {
        json_decref(procedures);
        framework_shelf_destroy(frameworks);
        feedback_heard_destroy(heard);
        map_cache_destroy(maps);
        free(tafel);
        return NULL;
    }
    tafel->procedures = procedures;
    tafel->config = *config;
    tafel->maps = maps;
    tafel->heard = heard;
    tafel->frameworks = frameworks;
    return tafel;
}

/* Lines of the home page: what nobody of the table looked at, and sheets that the caller may approve. */
static enum db_status tafel_waits(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    int64_t count = 0, answered = 0;
    if (!account_may(staff_caller(ex), PERMISSION_TAFEL_MANAGE, EVERY_CONSULTATION)) {
        return DB_OK;
    }
    enum db_status status = message_unread(&count, tx);
    status = status == DB_OK ? desk_answers_in(&answered, tx) : status;
    if (status == DB_OK && count > 0) {
        staff_waits(lines, ex, tafel->config.account, "tafel.message.waiting", count,
                    MESSAGE_PATH "?stand=nieuw");
    }
    if (status == DB_OK && answered > 0) {
        staff_waits(lines, ex, tafel->config.account, "tafel.desk.answers_wait", answered,
                    DESK_PATH "#vertellen");
    }
    return status == DB_OK ? frameworks_wait(lines, tx, ex, self) : status;
}

/* Of an application that is explained: where it is weighed. */
static const char *more_about(struct http_exchange *ex, const char *consultation, struct slice code,
                              void *self)
{
    return framework_public_path(http_arena(ex), self, consultation, code);
}

void tafel_start(struct tafel *tafel)
{
    lanes_add(tafel->config.lanes, agenda_api_routes, agenda_api_route_count, tafel);
    lanes_add(tafel->config.lanes, agenda_routes, agenda_route_count, tafel);
    lanes_add(tafel->config.lanes, agenda_staff_routes, agenda_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, hub_routes, hub_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_api_routes, signal_api_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_routes, signal_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_staff_routes, signal_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_step_routes, signal_step_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_evidence_routes, signal_evidence_route_count, tafel);
    lanes_add(tafel->config.lanes, value_map_api_routes, value_map_api_route_count, tafel);
    lanes_add(tafel->config.lanes, value_map_routes, value_map_route_count, tafel);
    lanes_add(tafel->config.lanes, value_map_staff_routes, value_map_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, value_map_cell_routes, value_map_cell_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_forward_routes, signal_forward_route_count, tafel);
    lanes_add(tafel->config.lanes, signal_answer_routes, signal_answer_route_count, tafel);
    lanes_add(tafel->config.lanes, table_staff_routes, table_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, table_member_routes, table_member_route_count, tafel);
    lanes_add(tafel->config.lanes, meeting_routes, meeting_route_count, tafel);
    lanes_add(tafel->config.lanes, meeting_staff_routes, meeting_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, meeting_deed_routes, meeting_deed_route_count, tafel);
    lanes_add(tafel->config.lanes, meeting_decide_routes, meeting_decide_route_count, tafel);
    lanes_add(tafel->config.lanes, suggestion_routes, suggestion_route_count, tafel);
    lanes_add(tafel->config.lanes, desk_routes, desk_route_count, tafel);
    tafel->looked_at = tafel->config.now_s();
    lanes_add(tafel->config.lanes, message_routes, message_route_count, tafel);
    lanes_add(tafel->config.lanes, message_public_routes, message_public_route_count, tafel);
    lanes_add(tafel->config.lanes, message_staff_routes, message_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, message_use_routes, message_use_route_count, tafel);
    lanes_add(tafel->config.lanes, message_personal_routes, message_personal_route_count, tafel);
    lanes_add(tafel->config.lanes, case_routes, case_route_count, tafel);
    lanes_add(tafel->config.lanes, case_staff_routes, case_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, case_step_routes, case_step_route_count, tafel);
    lanes_add(tafel->config.lanes, recalibration_routes, recalibration_route_count, tafel);
    lanes_add(tafel->config.lanes, recalibration_staff_routes, recalibration_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, feedback_routes, feedback_route_count, tafel);
    lanes_add(tafel->config.lanes, feedback_feed_routes, feedback_feed_route_count, tafel);
    lanes_add(tafel->config.lanes, feedback_vote_routes, feedback_vote_route_count, tafel);
    lanes_add(tafel->config.lanes, framework_api_routes, framework_api_route_count, tafel);
    lanes_add(tafel->config.lanes, framework_routes, framework_route_count, tafel);
    lanes_add(tafel->config.lanes, framework_staff_routes, framework_staff_route_count, tafel);
    lanes_add(tafel->config.lanes, framework_section_routes, framework_section_route_count, tafel);
    lanes_add(tafel->config.lanes, framework_version_routes, framework_version_route_count, tafel);
    survey_set_more(tafel->config.survey, more_about, tafel);
    staff_add_waiting(tafel->config.account, tafel_waits, tafel);
    staff_add_links(tafel->config.account, links, sizeof links / sizeof links[0]);
}

void tafel_tell_others(struct tafel *tafel, tafel_others others)
{
    tafel->others = others;
}

void tafel_tell_approvals(struct tafel *tafel, staff_waiting waiting, void *self)
{
    tafel->approvals = waiting;
    tafel->approvals_self = self;
}

void tafel_destroy(struct tafel *tafel)
{
    if (tafel) {
        json_decref(tafel->procedures);
        framework_shelf_destroy(tafel->frameworks);
        feedback_heard_destroy(tafel->heard);
        map_cache_destroy(tafel->maps);
    }
    free(tafel);
}

/* ---- what has had its time ---- */

struct expiry {
    struct message_destroying how;
    int32_t gone;
};

static enum db_status expire(struct db_tx *tx, void *context)
{
    struct expiry *expiry = context;
    return messages_destroy(&expiry->gone, tx, &expiry->how);
}

struct statements {
    struct arena *arena;
    struct destruction *list;
    size_t count;
};

static enum db_status list_statements(struct db_tx *tx, void *context)
{
    struct statements *s = context;
    return message_destructions(&s->list, &s->count, tx, s->arena);
}

/* Each instance writes into its own folder what is not there yet. */
static bool write_statements(struct tafel *tafel, struct db_conn *conn)
{
    enum { STATEMENTS_ARENA_MAX = 64 * 1024 * 1024 };
    const char *folder = tafel->config.statements_folder;
    size_t written;
    int why = 0;
    if (!folder || !folder[0]) {
        return true;
    }
    struct statements s = {.arena = arena_create(STATEMENTS_ARENA_MAX)};
    const bool good =
        db_transaction_read_only(conn, "message-statements", DB_ROLE_STAFF, list_statements, &s) == DB_OK &&
        destructions_write(&written, &why, s.arena, folder, s.list, s.count);
    arena_destroy(s.arena);
    if (why != 0) {
        destructions_tell(&tafel->statements_told, folder, why);
    }
    return good;
}

bool messages_upkeep_due(const struct tafel *tafel)
{
    return tafel->config.now_s() >= atomic_load(&tafel->messages_at);
}

void messages_upkeep(struct tafel *tafel, struct db_conn *conn)
{
    enum { HOUR_S = 3600, TRY_AGAIN_S = 60, PORTION = 1000 };
    struct expiry expiry = {
        .how = {.now_s = tafel->config.now_s(), .most = PORTION, .actor = "system", .origin = "job"}};
    const enum db_status status = db_transaction(conn, "message-expire", DB_ROLE_STAFF, expire, &expiry);
    const bool written = status == DB_OK && write_statements(tafel, conn);
    /* Where something was destroyed there may be more. */
    atomic_store(&tafel->messages_at, expiry.how.now_s + (!written          ? TRY_AGAIN_S
                                                          : expiry.gone > 0 ? 0
                                                                            : HOUR_S));
    if (status == DB_OK && expiry.gone > 0) {
        lanes_changed(tafel->config.lanes);
        log_info("tafel.messages-expired", "messages=%d", (int)expiry.gone);
    }
}

/* ---- words for templates ---- */

void tafel_add_words(json_t *value, struct http_exchange *ex, const struct web *web)
{
    static const char *const members[] = {"soort", "stand", "verandering", NULL};
    static const char *const days[] = {"op", NULL};
    static const struct tafel_word_list list = {.texts = "tafel", .members = members, .days = days};
    tafel_say_words(value, ex, web, &list);
}

/* ---- a page for everybody ---- */

void tafel_mark_invented(struct http_exchange *ex, const json_t *thing)
{
    if (json_is_true(json_object_get(thing, "verzonnen"))) {
        http_mark_invented(ex);
    }
}

void tafel_render(struct http_exchange *ex, const struct tafel *tafel, const char *template_name,
                  json_t *context_take)
{
    /* Lists have no page above them but the way in to all of them, and that one has none. */
    if (!json_object_get(context_take, "back_path") && strcmp(template_name, "hub") != 0) {
        json_object_set_new(context_take, "back_path", json_string("/tafel"));
    }
    public_page_reply(ex, http_arena(ex), tafel->config.web, template_name, context_take, TAFEL_MAX_AGE_S);
}
