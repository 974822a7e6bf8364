/* Looking things up on the audit log, newest first, and what is known of its chain. */
#include "features/audit/audit_model.h"

#include <jansson.h>
#include <stdlib.h>

enum statement { PLANS, LINES, LINES_OF, ACTIONS, VERIFIED };

/* What both ways of looking ask of a line. (at, id) is the order; `before` is a line of it. */
#define COLUMNS "e.id, e.at, e.actor, e.action, e.object, e.result, e.origin, e.details"
#define ASKED                                                                                                \
    "($1::timestamptz IS NULL OR e.at >= $1::timestamptz)"                                                   \
    " AND ($2::timestamptz IS NULL OR e.at < $2::timestamptz)"                                               \
    " AND ($3::text IS NULL OR e.actor = $3::text) AND ($4::text IS NULL OR e.action = $4::text)"            \
    " AND ($5::text IS NULL OR e.result = $5::text)"                                                         \
    " AND ($6::int8 IS NULL OR (e.at, e.id) < ((SELECT b.at FROM zs.audit_event AS b WHERE b.id = "          \
    "$6::int8),"                                                                                             \
    " $6::int8)) ORDER BY e.at DESC, e.id DESC LIMIT $7::int4"

const struct db_statement audit_search_statements[] = {
    /* Each question is planned as it is asked: what is left out then costs nothing, and what is there finds
     * its index. */
    [PLANS] = {"audit_plans", "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"},
    [LINES] = {"audit_search", "SELECT " COLUMNS " FROM zs.audit_event AS e WHERE " ASKED},
    /* Of each of its rounds the newest, and of those together the newest: as far as the index of what a line
     * is about gives them in order. */
    [LINES_OF] =
        {"audit_search_of",
         "SELECT f.id, f.at, f.actor, f.action, f.object, f.result, f.origin, f.details FROM"
         " (SELECT $8::text AS code UNION SELECT r.code FROM zs.round AS r WHERE r.consultation = $8::text)"
         " AS c CROSS JOIN LATERAL (SELECT " COLUMNS " FROM zs.audit_event AS e"
         " WHERE split_part(e.object, ':', 2) = c.code"
         " AND split_part(e.object, ':', 1) NOT IN ('account', 'key', 'hold', 'page') AND " ASKED ") AS f"
         " ORDER BY f.at DESC, f.id DESC LIMIT $7::int4"},
    /* From one to the next along the index, not by reading all lines. */
    [ACTIONS] =
        {"audit_actions",
         "WITH RECURSIVE a AS ((SELECT action FROM zs.audit_event ORDER BY action LIMIT 1) UNION ALL"
         " SELECT (SELECT e.action FROM zs.audit_event AS e WHERE e.action > a.action ORDER BY e.action"
         " LIMIT 1) FROM a WHERE a.action IS NOT NULL) SELECT action FROM a WHERE action IS NOT NULL"},
    [VERIFIED] = {"audit_verified",
                  "SELECT at, result, details FROM zs.audit_event WHERE action = '" AUDIT_ACTION_VERIFY "'"
                  " ORDER BY at DESC, id DESC LIMIT 1"},
    {NULL, NULL},
};

static void put_time(struct db_params *p, int64_t unix_s)
{
    if (unix_s != 0) {
        db_put_timestamp(p, unix_s);
    } else {
        db_put_null(p);
    }
}

static void put_text(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

enum db_status audit_search(size_t *count, struct db_tx *tx, const struct audit_search *search, int32_t most,
                            audit_visitor visit, void *context)
{
    struct db_result *rows;
    bool of = search->consultation.len > 0;
    struct db_params p = db_params(tx);
    put_time(&p, search->since);
    put_time(&p, search->until);
    put_text(&p, search->actor);
    put_text(&p, search->action);
    put_text(&p, search->result);
    if (search->before != 0) {
        db_put_int64(&p, search->before);
    } else {
        db_put_null(&p);
    }
    db_put_int32(&p, most);
    if (of) {
        db_put_text(&p, search->consultation);
    }
    *count = 0;
    enum db_status status = db_run(NULL, tx, &audit_search_statements[PLANS], NULL);
    if (status == DB_OK) {
        status = db_run(&rows, tx, &audit_search_statements[of ? LINES_OF : LINES], &p);
    }
    if (status == DB_OK) {
        *count = audit_visit_lines(NULL, rows, visit, context);
    }
    return status;
}

enum db_status audit_actions(struct slice **actions, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &audit_search_statements[ACTIONS], NULL);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *actions = arena_array(db_arena(tx), *count, sizeof **actions);
    for (size_t i = 0; i < *count; i++) {
        (*actions)[i] = db_get_text(rows, i, 0);
    }
    return DB_OK;
}

/* ---- that it was verified ---- */

enum db_status audit_verified_record(struct db_tx *tx, const struct audit_totals *totals, const char *actor,
                                     const char *origin)
{
    char head[AUDIT_HEAD_TEXT_BYTES];
    audit_head_text(head, &totals->head);
    const struct slice details =
        arena_printf(db_arena(tx), "{\"schakels\":%lld,\"fouten\":%lld,\"ankers\":%lld,\"kop\":\"%s\"}",
                     (long long)totals->links, (long long)totals->faults, (long long)totals->anchors, head);
    const struct audit_event event = {.action = AUDIT_ACTION_VERIFY,
                                      .object = "audit",
                                      .result = totals->faults == 0 ? "ok" : "failed",
                                      .origin = origin,
                                      .actor = actor,
                                      .details = details.ptr};
    return audit_record(tx, &event);
}

enum db_status audit_verified_read(struct audit_verified *out, struct db_tx *tx)
{
    struct db_result *rows;
    *out = (struct audit_verified){.at = 0};
    enum db_status status = db_run(&rows, tx, &audit_search_statements[VERIFIED], NULL);
    if (status != DB_OK || db_rows(rows) == 0) {
        return status;
    }
    const struct slice text = db_get_text(rows, 0, 2);
    json_t *details = text.ptr ? json_loadb(text.ptr, text.len, 0, NULL) : NULL;
    *out = (struct audit_verified){
        .at = db_get_timestamp(rows, 0, 0),
        .whole = slice_equal_cstr(db_get_text(rows, 0, 1), "ok"),
        .links = json_integer_value(json_object_get(details, "schakels")),
        .faults = json_integer_value(json_object_get(details, "fouten")),
        .anchors = json_integer_value(json_object_get(details, "ankers")),
    };
    json_decref(details);
    return DB_OK;
}
