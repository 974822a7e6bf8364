#include "features/survey/survey_hold.h"

#include "features/audit/audit.h"

const char *const hold_reasons[] = {"woo", "kamer", "rechter", NULL};

enum statement {
    HOLD_SUBJECT,
    HOLD_PLACE,
    HOLD_MESSAGES,
    HOLD_PLACE_MESSAGES,
    HOLD_RELEASE,
    HOLD_LIST,
    STATEMENT_COUNT
};

const struct db_statement survey_hold_statements[STATEMENT_COUNT + 1] = {
    /* Locked: what is being destroyed is destroyed, or is not. */
    [HOLD_SUBJECT] = {"hold_subject",
                      "SELECT id FROM zs.round WHERE code = $1::text OR consultation = $1::text"
                      " ORDER BY id FOR UPDATE"},
    [HOLD_PLACE] =
        {"hold_place",
         "INSERT INTO zs.retention_hold (consultation, round_id, reason, note, until_date, placed_by)"
         " SELECT consultation, round_id, $2::text, $3::text, DATE '1970-01-01' + $4::int4, $5::text FROM ("
         "  SELECT consultation, id AS round_id, 1 AS rank FROM zs.round WHERE code = $1::text"
         "  UNION ALL SELECT code, NULL, 2 FROM zs.consultation WHERE code = $1::text"
         " ) AS subject ORDER BY rank LIMIT 1 RETURNING id"},
    [HOLD_MESSAGES] = {"hold_messages", "SELECT pg_advisory_xact_lock(20, 0) IS NULL"},
    /* $1: the message; NULL: all of them. */
    [HOLD_PLACE_MESSAGES] =
        {"hold_place_messages",
         "INSERT INTO zs.retention_hold (of_messages, message_id, reason, note, until_date, placed_by)"
         " SELECT true, $1::int4, $2::text, $3::text, DATE '1970-01-01' + $4::int4, $5::text"
         " WHERE $1::int4 IS NULL OR EXISTS (SELECT FROM zs.message AS m WHERE m.id = $1::int4)"
         " RETURNING id"},
    [HOLD_RELEASE] = {"hold_release",
                      "UPDATE zs.retention_hold SET released_at = now(), released_by = $2::text"
                      " WHERE id = $1::int4 AND released_at IS NULL RETURNING id"},
    [HOLD_LIST] =
        {"hold_list",
         "SELECT h.id, coalesce(r.code, h.consultation, 'bericht:' || coalesce(h.message_id::text, 'alle')), "
         "h.reason, h.note, h.placed_by, h.placed_at,"
         "  (h.until_date - DATE '1970-01-01')::int4, h.released_at IS NOT NULL,"
         "  h.released_at IS NULL AND (h.until_date IS NULL OR h.until_date >= (now() AT TIME ZONE "
         "'UTC')::date)"
         " FROM zs.retention_hold AS h LEFT JOIN zs.round AS r ON r.id = h.round_id ORDER BY h.id"},
};

static enum db_status record(struct db_tx *tx, const char *action, int32_t id, const char *actor,
                             const char *details)
{
    const struct audit_event event = {.action = action,
                                      .object = arena_printf(db_arena(tx), "hold:%d", (int)id).ptr,
                                      .result = "ok",
                                      .origin = "command",
                                      .actor = actor,
                                      .details = details};
    return audit_record(tx, &event);
}

/* Whether the order is about messages: one (*number), or all of them (0). Codes have no colon. */
static bool about_messages(int32_t *number, bool *good, struct slice subject)
{
    static const struct slice prefix = SLICE_INIT("bericht:");
    uint64_t id = 0;
    if (!slice_starts_with(subject, prefix)) {
        return false;
    }
    const struct slice rest = {subject.ptr + prefix.len, subject.len - prefix.len};
    *good = slice_equal_cstr(rest, "alle") || (slice_to_u64(&id, rest, INT32_MAX) && id > 0);
    *number = (int32_t)id;
    return true;
}

/* What stands there is destroyed already, or waits for this order. */
static enum db_status lock_subject(struct db_tx *tx, const struct hold_order *order, bool of_messages)
{
    struct db_params p = db_params(tx);
    if (of_messages) {
        return db_run(NULL, tx, &survey_hold_statements[HOLD_MESSAGES], NULL);
    }
    db_put_text(&p, order->subject);
    return db_run(NULL, tx, &survey_hold_statements[HOLD_SUBJECT], &p);
}

enum db_status hold_place(int32_t *id, struct db_tx *tx, const struct hold_order *order)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    int32_t message = 0;
    bool good = true;
    const bool of_messages = about_messages(&message, &good, order->subject);
    *id = 0;
    enum db_status status = good ? lock_subject(tx, order, of_messages) : DB_OK;
    if (status != DB_OK || !good) {
        return status;
    }
    if (!of_messages) {
        db_put_text(&p, order->subject);
    } else if (message > 0) {
        db_put_int32(&p, message);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, order->reason);
    db_put_text(&p, order->note);
    if (order->until_day != 0) {
        db_put_int32(&p, order->until_day);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, slice_from_cstr(order->actor));
    status = db_run(&rows, tx, &survey_hold_statements[of_messages ? HOLD_PLACE_MESSAGES : HOLD_PLACE], &p);
    if (status != DB_OK || db_rows(rows) == 0) {
        return status;
    }
    *id = db_get_int32(rows, 0, 0);
    return record(tx, "retention.hold", *id, order->actor,
                  arena_printf(db_arena(tx), "{\"subject\": \"%.*s\", \"reason\": \"%.*s\"}",
                               SLICE_ARG(order->subject), SLICE_ARG(order->reason))
                      .ptr);
}

enum db_status hold_release(bool *found, struct db_tx *tx, int32_t id, const char *actor)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_text(&p, slice_from_cstr(actor));
    enum db_status status = db_run(&rows, tx, &survey_hold_statements[HOLD_RELEASE], &p);
    *found = status == DB_OK && db_rows(rows) == 1;
    return *found ? record(tx, "retention.release-hold", id, actor, NULL) : status;
}

enum db_status hold_list(struct hold **out, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &survey_hold_statements[HOLD_LIST], NULL);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct hold){.id = db_get_int32(rows, i, 0),
                                  .subject = db_get_text(rows, i, 1),
                                  .reason = db_get_text(rows, i, 2),
                                  .note = db_get_text(rows, i, 3),
                                  .placed_by = db_get_text(rows, i, 4),
                                  .placed_at = db_get_timestamp(rows, i, 5),
                                  .until_day = db_is_null(rows, i, 6) ? 0 : db_get_int32(rows, i, 6),
                                  .released = db_get_bool(rows, i, 7),
                                  .stands = db_get_bool(rows, i, 8)};
    }
    return status;
}
