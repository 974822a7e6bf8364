/* The whole chain, as it stands in one snapshot, for whoever verifies. */
#include "features/audit/audit_model.h"

#include <stdlib.h>
#include <string.h>

enum { PROGRESS_EVERY = 20000 };
/* PostgreSQL counts microseconds from 2000-01-01. */
#define PG_EPOCH_US (INT64_C(946684800) * 1000000)

enum statement { NO_TIME_LIMIT, COPIES_READ, STATEMENT_COUNT };

const struct db_statement audit_verify_statements[STATEMENT_COUNT + 1] = {
    [NO_TIME_LIMIT] = {"audit_verify_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
    [COPIES_READ] = {"audit_copies", "SELECT min(id), max(id) FROM zs.audit_event GROUP BY uid"
                                     " HAVING count(*) > 1 ORDER BY 1 LIMIT 1000"},
};

static const struct db_statement copy_chain = {
    "audit_chain_copy",
    "COPY (SELECT l.number, l.event, l.sealed_at, l.note, l.mac, e.id, e.at, e.uid, e.actor, e.action, "
    "e.object,"
    " e.result, e.origin, e.details, e.mac FROM zs.audit_link AS l FULL JOIN zs.audit_event AS e ON e.id = "
    "l.event ORDER BY l.number NULLS LAST, e.id) TO STDOUT (FORMAT binary)"};

struct verifying {
    struct audit_walk walk;
    const struct audit_check *check;
    uint64_t *uids; /* the beginning of each: equal ones ask for a closer look */
    size_t uid_count, uid_room;
    bool look_closer; /* or there was no memory to tell */
};

static void note_uid(struct verifying *verifying, struct slice uid)
{
    if (verifying->uid_count == verifying->uid_room) {
        size_t room = verifying->uid_room > 0 ? 2 * verifying->uid_room : 65536;
        uint64_t *uids = realloc(verifying->uids, room * sizeof *uids);
        if (!uids) {
            verifying->look_closer = true;
            return;
        }
        verifying->uids = uids;
        verifying->uid_room = room;
    }
    uint64_t beginning = 0;
    memcpy(&beginning, uid.ptr, uid.len < sizeof beginning ? uid.len : sizeof beginning);
    verifying->uids[verifying->uid_count++] = beginning;
}

static int compare_uids(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a;
    const uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool may_hold_copies(struct verifying *verifying)
{
    bool equal = verifying->look_closer;
    if (verifying->uid_count > 0) {
        qsort(verifying->uids, verifying->uid_count, sizeof *verifying->uids, compare_uids);
    }
    for (size_t i = 1; !equal && i < verifying->uid_count; i++) {
        equal = verifying->uids[i] == verifying->uids[i - 1];
    }
    return equal;
}

static bool take_row(const struct slice *fields, int count, void *context)
{
    struct verifying *verifying = context;
    struct audit_walk *walk = &verifying->walk;
    struct audit_link link = {.number = 0};
    struct audit_line line = {.id = 0};
    (void)count;
    const bool linked = fields[0].ptr != NULL;
    const bool there = fields[5].ptr != NULL;
    if (linked) {
        link = (struct audit_link){.number = db_field_int64(fields[0]),
                                   .event = db_field_int64(fields[1]),
                                   .sealed_at_us = db_field_int64(fields[2]) + PG_EPOCH_US,
                                   .note = audit_note_of_number(db_field_int16(fields[3]))};
        memcpy(link.mac, fields[4].ptr, fields[4].len < sizeof link.mac ? fields[4].len : sizeof link.mac);
    }
    if (there) {
        line = (struct audit_line){.id = db_field_int64(fields[5]),
                                   .at_us = db_field_int64(fields[6]) + PG_EPOCH_US,
                                   .uid = fields[7],
                                   .actor = fields[8],
                                   .action = fields[9],
                                   .object = fields[10],
                                   .result = fields[11],
                                   .origin = fields[12],
                                   .details = fields[13],
                                   .mac = fields[14]};
        note_uid(verifying, line.uid);
    }
    audit_walk_step(walk, linked ? &link : NULL, there ? &line : NULL);
    if (verifying->check->progress && linked && walk->totals.links % PROGRESS_EVERY == 0) {
        verifying->check->progress(walk->totals.links, walk->context);
    }
    return true;
}

static enum db_status verify_work(struct db_tx *tx, void *context)
{
    struct verifying *verifying = context;
    struct audit_walk *walk = &verifying->walk;
    struct db_result *copies = NULL;
    audit_walk_begin(walk);
    verifying->uid_count = 0;
    enum db_status status = db_run(NULL, tx, &audit_verify_statements[NO_TIME_LIMIT], NULL);
    if (status == DB_OK) {
        status = db_copy_out(tx, &copy_chain, take_row, verifying);
    }
    if (status == DB_OK && may_hold_copies(verifying)) {
        status = db_run(&copies, tx, &audit_verify_statements[COPIES_READ], NULL);
    }
    for (size_t i = 0; status == DB_OK && copies && i < db_rows(copies); i++) {
        audit_walk_copy(walk, db_get_int64(copies, i, 0), db_get_int64(copies, i, 1));
    }
    if (status == DB_OK) {
        audit_walk_end(walk);
    }
    return status;
}

enum db_status audit_verify(struct audit_totals *out, struct db_conn *conn, const struct audit_check *check)
{
    struct verifying verifying = {.walk = {.keys = check->keys,
                                           .anchors = check->anchors,
                                           .anchor_count = check->anchor_count,
                                           .found = check->found,
                                           .context = check->context},
                                  .check = check};
    enum db_status status =
        db_transaction_read_only(conn, "audit-verify", DB_ROLE_AUDIT, verify_work, &verifying);
    free(verifying.uids);
    *out = verifying.walk.totals;
    if (status == DB_OK && check->progress) {
        check->progress(out->links, check->context);
    }
    return status;
}
