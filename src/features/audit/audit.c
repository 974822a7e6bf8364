#include "features/audit/audit_model.h"

#include "base/log.h"

#include <string.h>

enum statement { RECORD, RECORD_ALL, HEAD_READ, LINES_READ, STATEMENT_COUNT };

const struct db_statement audit_statements[STATEMENT_COUNT + 1] = {
    [RECORD] = {"audit_record",
                "INSERT INTO zs.audit_event (uid, actor, action, object, result, origin, details, mac)"
                " VALUES ($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text::json, "
                "$8::bytea)"},
    [RECORD_ALL] = {"audit_record_all",
                    "INSERT INTO zs.audit_event (uid, actor, action, object, result, origin, details, mac)"
                    " SELECT uid, actor, action, object, result, origin, details::json, mac"
                    " FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],"
                    " $7::text[], $8::bytea[]) AS line (uid, actor, action, object, result, origin, details,"
                    " mac)"},
    [HEAD_READ] = {"audit_head", "SELECT number, mac FROM zs.audit_link ORDER BY number DESC LIMIT 1"},
    [LINES_READ] = {"audit_lines",
                    "SELECT id, at, actor, action, object, result, origin, details FROM zs.audit_event"
                    " WHERE id > $1::int8 AND ($2::timestamptz IS NULL OR at >= $2::timestamptz)"
                    " AND ($3::text IS NULL OR actor = $3::text)"
                    " AND ($4::text IS NULL OR action = $4::text"
                    "   OR (right($4::text, 1) = '.' AND starts_with(action, $4::text)))"
                    " ORDER BY id LIMIT $5::int4"},
};

/* What is written of a line besides what it says. */
struct stamp {
    unsigned char uid[AUDIT_UID_BYTES], mac[AUDIT_MAC_BYTES];
};

static struct audit_line stamped(struct stamp *stamp, const struct crypto_keys *keys,
                                 const struct audit_event *event)
{
    crypto_random(stamp->uid, sizeof stamp->uid);
    const struct audit_line line = {.uid = {(const char *)stamp->uid, sizeof stamp->uid},
                                    .actor = slice_from_cstr(event->actor),
                                    .action = slice_from_cstr(event->action),
                                    .object = slice_from_cstr(event->object),
                                    .result = slice_from_cstr(event->result),
                                    .origin = slice_from_cstr(event->origin),
                                    .details = slice_from_cstr(event->details)};
    audit_line_mac(stamp->mac, keys, &line);
    return line;
}

enum db_status audit_record(struct db_tx *tx, const struct audit_event *event)
{
    const struct crypto_keys *keys = db_keys(tx);
    struct stamp stamp;
    if (!keys) {
        log_error("audit.no-key", "action=%s", event->action);
        return DB_FAILED;
    }
    const struct audit_line line = stamped(&stamp, keys, event);
    struct db_params p = db_params(tx);
    db_put_bytes(&p, line.uid);
    db_put_text(&p, line.actor);
    db_put_text(&p, line.action);
    db_put_text(&p, line.object);
    db_put_text(&p, line.result);
    db_put_text(&p, line.origin);
    if (line.details.ptr) {
        db_put_text(&p, line.details);
    } else {
        db_put_null(&p);
    }
    db_put_bytes(&p, (struct slice){(const char *)stamp.mac, sizeof stamp.mac});
    return db_run(NULL, tx, &audit_statements[RECORD], &p);
}

/* The lines' columns, as arrays. */
static void put_lines(struct db_params *p, const struct crypto_keys *keys,
                      const struct audit_event *const *events, size_t count)
{
    enum { UID, ACTOR, ACTION, OBJECT, RESULT, ORIGIN, DETAILS, MAC, COLUMNS };
    struct stamp *stamps = arena_array(p->arena, count, sizeof *stamps);
    struct slice *columns[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        columns[c] = arena_array(p->arena, count, sizeof *columns[c]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct audit_line line = stamped(&stamps[i], keys, events[i]);
        columns[UID][i] = line.uid;
        columns[ACTOR][i] = line.actor;
        columns[ACTION][i] = line.action;
        columns[OBJECT][i] = line.object;
        columns[RESULT][i] = line.result;
        columns[ORIGIN][i] = line.origin;
        columns[DETAILS][i] = line.details;
        columns[MAC][i] = (struct slice){(const char *)stamps[i].mac, sizeof stamps[i].mac};
    }
    db_put_bytes_array(p, columns[UID], count);
    for (size_t c = ACTOR; c <= DETAILS; c++) {
        db_put_text_array(p, columns[c], count);
    }
    db_put_bytes_array(p, columns[MAC], count);
}

bool audit_ask_lines(struct db_tx *tx, const struct audit_event *const *events, size_t count)
{
    const struct crypto_keys *keys = db_keys(tx);
    if (!keys) {
        log_error("audit.no-key", "action=%s", events[0]->action);
        return false;
    }
    struct db_params p = db_params(tx);
    put_lines(&p, keys, events, count);
    db_ask(tx, &audit_statements[RECORD_ALL], &p);
    return true;
}

enum db_status audit_head_read(struct audit_head *out, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    enum db_status status = db_run(&rows, tx, &audit_statements[HEAD_READ], &p);
    *out = (struct audit_head){.number = 0};
    if (status == DB_OK && db_rows(rows) == 1) {
        out->number = db_get_int64(rows, 0, 0);
        memcpy(out->mac, db_get_bytes(rows, 0, 1).ptr, sizeof out->mac);
    }
    return status;
}

static void put_text_or_null(struct db_params *p, const char *text)
{
    if (text) {
        db_put_text(p, slice_from_cstr(text));
    } else {
        db_put_null(p);
    }
}

size_t audit_visit_lines(int64_t *last, struct db_result *rows, audit_visitor visit, void *context)
{
    const size_t count = db_rows(rows);
    for (size_t i = 0; i < count; i++) {
        const struct audit_entry entry = {.id = db_get_int64(rows, i, 0),
                                          .at = db_get_timestamp(rows, i, 1),
                                          .actor = db_get_text(rows, i, 2),
                                          .action = db_get_text(rows, i, 3),
                                          .object = db_get_text(rows, i, 4),
                                          .result = db_get_text(rows, i, 5),
                                          .origin = db_get_text(rows, i, 6),
                                          .details = db_get_text(rows, i, 7)};
        visit(&entry, context);
        if (last) {
            *last = entry.id;
        }
    }
    return count;
}

enum db_status audit_read(int64_t *after, size_t *count, struct db_tx *tx, const struct audit_filter *filter,
                          int32_t limit, audit_visitor visit, void *context)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int64(&p, *after);
    if (filter->since) {
        db_put_timestamp(&p, filter->since);
    } else {
        db_put_null(&p);
    }
    put_text_or_null(&p, filter->actor);
    put_text_or_null(&p, filter->action);
    db_put_int32(&p, limit);
    enum db_status status = db_run(&rows, tx, &audit_statements[LINES_READ], &p);
    *count = status == DB_OK ? audit_visit_lines(after, rows, visit, context) : 0;
    return status;
}
