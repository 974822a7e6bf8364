/* The chain over the lines: made by the sealer, walked by whoever verifies. */
#include "features/audit/audit_model.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum {
    PORTION = 1000,    /* lines in one statement */
    PORTIONS_MAX = 64, /* in one turn */
    LOOK_BACK = 1000,  /* ids before the newest linked one, among which late commits are looked for */
    SAY_EVERY = 1000,  /* links */
    HOUR_S = 3600,
    DAY_S = 86400,
    PROGRESS_EVERY = 20000
};
#define SECOND_US INT64_C(1000000)
/* PostgreSQL counts microseconds from 2000-01-01. */
#define PG_EPOCH_US (INT64_C(946684800) * 1000000)

enum statement {
    SEAL_LOCK,
    CHAIN_READ,
    UNLINKED_READ,
    LINKS_INSERT,
    NO_TIME_LIMIT,
    COPIES_READ,
    STATEMENT_COUNT
};

const struct db_statement audit_chain_statements[STATEMENT_COUNT + 1] = {
    [SEAL_LOCK] = {"audit_seal_lock", "SELECT pg_try_advisory_xact_lock(10, 0)"},
    /* A statement of its own: it sees what was linked before the lock was ours. */
    [CHAIN_READ] = {"audit_chain",
                    "SELECT h.number, h.mac, (SELECT max(event) FROM zs.audit_link),"
                    " (SELECT s.mac FROM zs.audit_link AS s WHERE s.number = $1::int8),"
                    " (extract(epoch FROM now()) * 1000000)::int8"
                    " FROM (SELECT 1) AS one"
                    " LEFT JOIN (SELECT number, mac FROM zs.audit_link ORDER BY number DESC LIMIT 1) AS h ON "
                    "true"},
    [UNLINKED_READ] = {"audit_unlinked",
                       "SELECT e.id, (extract(epoch FROM e.at) * 1000000)::int8, e.uid, e.actor, e.action,"
                       " e.object, e.result, e.origin, e.details, e.mac FROM zs.audit_event AS e"
                       " WHERE e.id > $1::int8"
                       " AND NOT EXISTS (SELECT FROM zs.audit_link AS l WHERE l.event = e.id)"
                       " ORDER BY e.id LIMIT $2::int4"},
    [LINKS_INSERT] = {"audit_link", "INSERT INTO zs.audit_link (number, event, note, mac)"
                                    " SELECT * FROM unnest($1::int8[], $2::int8[], $3::int2[], $4::bytea[])"},
    [NO_TIME_LIMIT] = {"audit_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
    [COPIES_READ] = {"audit_copies", "SELECT min(id), max(id) FROM zs.audit_event GROUP BY uid"
                                     " HAVING count(*) > 1 ORDER BY 1 LIMIT 1000"},
};

static const struct db_statement copy_chain = {
    "audit_chain_copy",
    "COPY (SELECT l.number, l.event, l.sealed_at, l.note, l.mac, e.id, e.at, e.uid, e.actor, e.action, "
    "e.object,"
    " e.result, e.origin, e.details, e.mac FROM zs.audit_link AS l FULL JOIN zs.audit_event AS e ON e.id = "
    "l.event ORDER BY l.number NULLS LAST, e.id) TO STDOUT (FORMAT binary)"};

/* ---- sealing ---- */

struct audit_sealer {
    const struct crypto_keys *keys;
    struct audit_head seen;             /* the last head */
    struct audit_head said;             /* on the service log */
    int64_t said_at_us, look_at_all_us; /* monotonic */
};

/* One turn, anew with every try of its transaction. */
struct turn {
    const struct audit_sealer *sealer; /* only read */
    bool all;                          /* looks at every line, not only at the newest */
    bool ours;                         /* no other instance was at it */
    bool more;                         /* there was not time for all */
    bool broken;                       /* what was seen before is not there now */
    struct audit_head head;
    int64_t now_us;
};

struct portion {
    int64_t *numbers, *events;
    int16_t *notes;
    struct slice *macs;
};

static struct audit_line line_of(const struct db_result *rows, size_t row)
{
    return (struct audit_line){.id = db_get_int64(rows, row, 0),
                               .at_us = db_get_int64(rows, row, 1),
                               .uid = db_get_bytes(rows, row, 2),
                               .actor = db_get_text(rows, row, 3),
                               .action = db_get_text(rows, row, 4),
                               .object = db_get_text(rows, row, 5),
                               .result = db_get_text(rows, row, 6),
                               .origin = db_get_text(rows, row, 7),
                               .details = db_get_text(rows, row, 8),
                               .mac = db_get_bytes(rows, row, 9)};
}

static void link_line(struct portion *portion, struct turn *turn, struct arena *arena,
                      const struct audit_line *line, size_t i)
{
    unsigned char mac[AUDIT_MAC_BYTES];
    audit_line_mac(mac, turn->sealer->keys, line);
    struct audit_link link = {.number = turn->head.number + 1,
                              .event = line->id,
                              .sealed_at_us = turn->now_us,
                              .note = audit_note_of(line, mac)};
    audit_link_mac(link.mac, turn->sealer->keys, turn->head.mac, &link, line->at_us, mac);
    if (link.note == AUDIT_NOTE_WRONG) {
        log_error("audit.forged", "line=%lld link=%lld", (long long)line->id, (long long)link.number);
    }
    turn->head.number = link.number;
    memcpy(turn->head.mac, link.mac, sizeof link.mac);
    portion->numbers[i] = link.number;
    portion->events[i] = link.event;
    portion->notes[i] = (int16_t)link.note;
    portion->macs[i] = arena_copy(arena, (struct slice){(const char *)link.mac, sizeof link.mac});
}

static enum db_status seal_portion(size_t *count, int64_t *after, struct db_tx *tx, struct turn *turn)
{
    struct db_result *rows;
    struct db_result *inserted;
    struct arena *arena = db_arena(tx);
    struct db_params p = db_params(tx);
    db_put_int64(&p, *after);
    db_put_int32(&p, PORTION);
    enum db_status status = db_run(&rows, tx, &audit_chain_statements[UNLINKED_READ], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    if (*count == 0) {
        return status;
    }
    struct portion portion = {.numbers = arena_array(arena, *count, sizeof *portion.numbers),
                              .events = arena_array(arena, *count, sizeof *portion.events),
                              .notes = arena_array(arena, *count, sizeof *portion.notes),
                              .macs = arena_array(arena, *count, sizeof *portion.macs)};
    for (size_t i = 0; i < *count; i++) {
        const struct audit_line line = line_of(rows, i);
        link_line(&portion, turn, arena, &line, i);
        *after = line.id;
    }
    struct db_params links = db_params(tx);
    db_put_int64_array(&links, portion.numbers, *count);
    db_put_int64_array(&links, portion.events, *count);
    db_put_int16_array(&links, portion.notes, *count);
    db_put_bytes_array(&links, portion.macs, *count);
    status = db_run(&inserted, tx, &audit_chain_statements[LINKS_INSERT], &links);
    return status == DB_OK && db_affected(inserted) != (int64_t)*count ? DB_FAILED : status;
}

/* Where the chain has come to; *after is the id behind which to look. */
static enum db_status read_chain(int64_t *after, struct db_tx *tx, struct turn *turn)
{
    struct db_result *row;
    const struct audit_head *seen = &turn->sealer->seen;
    struct db_params p = db_params(tx);
    db_put_int64(&p, seen->number);
    enum db_status status = db_run_one(&row, tx, &audit_chain_statements[CHAIN_READ], &p);
    if (status != DB_OK) {
        return status;
    }
    *after = 0;
    if (!db_is_null(row, 0, 0)) {
        turn->head.number = db_get_int64(row, 0, 0);
        memcpy(turn->head.mac, db_get_bytes(row, 0, 1).ptr, sizeof turn->head.mac);
        *after = turn->all ? 0 : db_get_int64(row, 0, 2) - LOOK_BACK;
    }
    const struct slice as_seen = {(const char *)seen->mac, sizeof seen->mac};
    turn->broken = seen->number > 0 && !slice_equal(db_get_bytes(row, 0, 3), as_seen);
    turn->now_us = db_get_int64(row, 0, 4);
    return DB_OK;
}

static enum db_status seal_work(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    struct db_result *locked;
    struct db_params p = db_params(tx);
    int64_t after = 0;
    size_t count = PORTION;
    *turn = (struct turn){.sealer = turn->sealer, .all = turn->all};
    enum db_status status = db_run_one(&locked, tx, &audit_chain_statements[SEAL_LOCK], &p);
    turn->ours = status == DB_OK && db_get_bool(locked, 0, 0);
    if (!turn->ours) {
        return status;
    }
    status = turn->all ? db_run(NULL, tx, &audit_chain_statements[NO_TIME_LIMIT], NULL) : DB_OK;
    status = status == DB_OK ? read_chain(&after, tx, turn) : status;
    for (int i = 0; status == DB_OK && count == PORTION && i < PORTIONS_MAX; i++) {
        status = seal_portion(&count, &after, tx, turn);
    }
    turn->more = count == PORTION;
    return status;
}

static void say_head(struct audit_sealer *sealer, int64_t now_us)
{
    bool first = sealer->said_at_us == 0;
    bool far = sealer->seen.number >= sealer->said.number + SAY_EVERY;
    bool long_ago = now_us >= sealer->said_at_us + DAY_S * SECOND_US;
    if (sealer->seen.number > 0 && (first || far || long_ago)) {
        audit_sealer_say_head(sealer);
        sealer->said = sealer->seen;
        sealer->said_at_us = now_us;
    }
}

struct audit_sealer *audit_sealer_create(const struct crypto_keys *keys)
{
    struct audit_sealer *sealer = calloc(1, sizeof *sealer);
    if (sealer) {
        sealer->keys = keys;
    }
    return sealer;
}

void audit_sealer_destroy(struct audit_sealer *sealer)
{
    free(sealer);
}

enum db_status audit_seal(struct audit_sealer *sealer, struct db_conn *conn)
{
    const int64_t now_us = clock_monotonic_us();
    struct turn turn = {.sealer = sealer, .all = now_us >= sealer->look_at_all_us};
    enum db_status status = db_transaction(conn, "audit-seal", DB_ROLE_AUDIT, seal_work, &turn);
    if (status != DB_OK || !turn.ours) {
        return status;
    }
    if (turn.broken) {
        char was[AUDIT_HEAD_TEXT_BYTES];
        audit_head_text(was, &sealer->seen);
        log_error("audit.cut-off",
                  "seen=%s now=%lld says=\"the chain of the audit log is not the one that "
                  "was seen before: run zevenstem audit verify\"",
                  was, (long long)turn.head.number);
    }
    sealer->seen = turn.head;
    if (turn.all && !turn.more) {
        sealer->look_at_all_us = now_us + HOUR_S * SECOND_US;
    }
    say_head(sealer, now_us);
    return DB_OK;
}

void audit_sealer_say_head(const struct audit_sealer *sealer)
{
    char head[AUDIT_HEAD_TEXT_BYTES];
    if (sealer->seen.number > 0) {
        audit_head_text(head, &sealer->seen);
        log_info("audit.head", "head=%s", head);
    }
}

void audit_seal_once(const struct crypto_keys *keys, struct db_conn *conn)
{
    const struct audit_sealer sealer = {.keys = keys};
    struct turn turn = {.sealer = &sealer};
    db_transaction(conn, "audit-seal", DB_ROLE_AUDIT, seal_work, &turn);
}

/* ---- verifying ---- */

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

static enum audit_note note_of_number(int16_t number)
{
    return number == 0 ? AUDIT_NOTE_SIGNED : number == 1 ? AUDIT_NOTE_UNSIGNED : AUDIT_NOTE_WRONG;
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
                                   .note = note_of_number(db_field_int16(fields[3]))};
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
    enum db_status status = db_run(NULL, tx, &audit_chain_statements[NO_TIME_LIMIT], NULL);
    if (status == DB_OK) {
        status = db_copy_out(tx, &copy_chain, take_row, verifying);
    }
    if (status == DB_OK && may_hold_copies(verifying)) {
        status = db_run(&copies, tx, &audit_chain_statements[COPIES_READ], NULL);
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
