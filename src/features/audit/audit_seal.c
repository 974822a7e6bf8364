/* The chain over the lines: the sealer makes it, and looks at what others linked as who verifies does. */
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
    FINDINGS_MAX = 50 /* that one turn names; of the others it says how many */
};
#define SECOND_US INT64_C(1000000)

/* Of a line, as line_of reads them. */
#define LINE_COLUMNS                                                                                         \
    "e.id, (extract(epoch FROM e.at) * 1000000)::int8, e.uid, e.actor, e.action, e.object, e.result,"        \
    " e.origin, e.details, e.mac"

enum statement {
    SEAL_LOCK,
    CHAIN_READ,
    UNLINKED_READ,
    LINKS_INSERT,
    LINKED_READ,
    SIGNED_READ,
    FORGED_COUNT,
    NO_TIME_LIMIT,
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
                       "SELECT " LINE_COLUMNS " FROM zs.audit_event AS e"
                       " WHERE e.id > $1::int8"
                       " AND NOT EXISTS (SELECT FROM zs.audit_link AS l WHERE l.event = e.id)"
                       " ORDER BY e.id LIMIT $2::int4"},
    [LINKS_INSERT] = {"audit_link", "INSERT INTO zs.audit_link (number, event, note, mac)"
                                    " SELECT * FROM unnest($1::int8[], $2::int8[], $3::int2[], $4::bytea[])"},
    [LINKED_READ] = {"audit_linked",
                     "SELECT " LINE_COLUMNS ", l.number, l.event,"
                     " (extract(epoch FROM l.sealed_at) * 1000000)::int8, l.note, l.mac"
                     " FROM zs.audit_link AS l LEFT JOIN zs.audit_event AS e ON e.id = l.event"
                     " WHERE l.number > $1::int8 AND l.number <= $2::int8 ORDER BY l.number LIMIT $3::int4"},
    [SIGNED_READ] = {"audit_signed", "SELECT EXISTS (SELECT FROM zs.audit_link WHERE note = 0)"},
    /* As a walk has it; numbered by audit_note. */
    [FORGED_COUNT] = {"audit_forged",
                      "SELECT count(*), min(l.number) FROM zs.audit_link AS l"
                      " LEFT JOIN zs.audit_event AS e ON e.id = l.event WHERE l.note = 2 OR (l.note = 1"
                      " AND e.action <> '" AUDIT_ACTION_MIGRATION "' AND l.number >"
                      " (SELECT number FROM zs.audit_link WHERE note = 0 ORDER BY number LIMIT 1))"},
    [NO_TIME_LIMIT] = {"audit_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
};

/* ---- sealing ---- */

struct audit_sealer {
    const struct crypto_keys *keys;
    struct audit_head seen;             /* the last head */
    bool seen_signed;                   /* up to it there is a line that bears its own MAC */
    bool told_forged;                   /* what was linked before its first turn */
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
    /* From what the sealer saw before over what others linked to what it links itself. */
    struct audit_walk walk;
    struct audit_finding findings[FINDINGS_MAX];
    size_t finding_count;         /* also of those that there is no room for */
    int64_t forged, first_forged; /* of before the first turn */
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
    audit_walk_step(&turn->walk, &link, line);
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

/* ---- what stands there already ---- */

static void note_finding(const struct audit_finding *finding, void *context)
{
    struct turn *turn = context;
    if (turn->finding_count < FINDINGS_MAX) {
        turn->findings[turn->finding_count] = *finding;
    }
    turn->finding_count++;
}

/* Goes on behind `head`, which is taken for good. */
static void begin_walk(struct turn *turn, const struct audit_head *head, bool seen_signed)
{
    struct audit_walk *walk = &turn->walk;
    *walk = (struct audit_walk){.keys = turn->sealer->keys, .found = note_finding, .context = turn};
    audit_walk_begin(walk);
    walk->totals.head = *head;
    walk->seen_signed = seen_signed;
    memcpy(walk->previous, head->mac, sizeof walk->previous);
    memcpy(walk->made, head->mac, sizeof walk->made);
}

static void walk_row(struct audit_walk *walk, const struct db_result *rows, size_t row)
{
    struct audit_link link = {.number = db_get_int64(rows, row, 10),
                              .event = db_get_int64(rows, row, 11),
                              .sealed_at_us = db_get_int64(rows, row, 12),
                              .note = audit_note_of_number(db_get_int16(rows, row, 13))};
    const struct slice mac = db_get_bytes(rows, row, 14);
    memcpy(link.mac, mac.ptr, mac.len < sizeof link.mac ? mac.len : sizeof link.mac);
    if (db_is_null(rows, row, 0)) {
        audit_walk_step(walk, &link, NULL);
        return;
    }
    const struct audit_line line = line_of(rows, row);
    audit_walk_step(walk, &link, &line);
}

/* What others linked since: other instances, commands, and who is none of us. *whole: all of it was seen. */
static enum db_status walk_linked(bool *whole, struct db_tx *tx, struct turn *turn)
{
    enum db_status status = DB_OK;
    *whole = turn->walk.totals.head.number >= turn->head.number;
    for (int i = 0; status == DB_OK && !*whole && i < PORTIONS_MAX; i++) {
        struct db_result *rows;
        struct db_params p = db_params(tx);
        db_put_int64(&p, turn->walk.totals.head.number);
        db_put_int64(&p, turn->head.number);
        db_put_int32(&p, PORTION);
        status = db_run(&rows, tx, &audit_chain_statements[LINKED_READ], &p);
        for (size_t row = 0; status == DB_OK && row < db_rows(rows); row++) {
            walk_row(&turn->walk, rows, row);
        }
        *whole = turn->walk.totals.head.number >= turn->head.number;
    }
    return status;
}

/* With nothing seen before, or not this: the walk begins at the head. What was forged before the first turn
 * is counted, once. */
static enum db_status begin_at_head(struct db_tx *tx, struct turn *turn)
{
    struct db_result *row;
    enum db_status status = db_run_one(&row, tx, &audit_chain_statements[SIGNED_READ], NULL);
    if (status == DB_OK) {
        begin_walk(turn, &turn->head, db_get_bool(row, 0, 0));
    }
    if (status == DB_OK && turn->all && !turn->sealer->told_forged) {
        status = db_run_one(&row, tx, &audit_chain_statements[FORGED_COUNT], NULL);
        turn->forged = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
        turn->first_forged = turn->forged > 0 ? db_get_int64(row, 0, 1) : 0;
    }
    return status;
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

static enum db_status seal_unlinked(struct db_tx *tx, struct turn *turn, int64_t after)
{
    size_t count = PORTION;
    enum db_status status = DB_OK;
    for (int i = 0; status == DB_OK && count == PORTION && i < PORTIONS_MAX; i++) {
        status = seal_portion(&count, &after, tx, turn);
    }
    turn->more = count == PORTION;
    return status;
}

static enum db_status seal_work(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    const struct audit_sealer *sealer = turn->sealer;
    struct db_result *locked;
    struct db_params p = db_params(tx);
    int64_t after = 0;
    bool whole = true;
    *turn = (struct turn){.sealer = sealer, .all = turn->all};
    enum db_status status = db_run_one(&locked, tx, &audit_chain_statements[SEAL_LOCK], &p);
    turn->ours = status == DB_OK && db_get_bool(locked, 0, 0);
    if (!turn->ours) {
        return status;
    }
    status = turn->all ? db_run(NULL, tx, &audit_chain_statements[NO_TIME_LIMIT], NULL) : DB_OK;
    status = status == DB_OK ? read_chain(&after, tx, turn) : status;
    if (status == DB_OK && (sealer->seen.number == 0 || turn->broken)) {
        status = begin_at_head(tx, turn);
    } else if (status == DB_OK) {
        begin_walk(turn, &sealer->seen, sealer->seen_signed);
        status = walk_linked(&whole, tx, turn);
    }
    if (!whole) { /* others link meanwhile; this one goes on looking in its next turn */
        turn->head = turn->walk.totals.head;
        turn->more = true;
    }
    return status == DB_OK && whole ? seal_unlinked(tx, turn, after) : status;
}

/* ---- saying ---- */

static void say_findings(const struct turn *turn)
{
    const size_t named = turn->finding_count < FINDINGS_MAX ? turn->finding_count : FINDINGS_MAX;
    for (size_t i = 0; i < named; i++) {
        char text[AUDIT_FINDING_BYTES];
        const struct audit_finding *finding = &turn->findings[i];
        audit_finding_text(text, finding);
        log_error("audit.forged", "line=%lld link=%lld says=%s", (long long)finding->event,
                  (long long)finding->number, LOG_CSTR(text));
    }
    if (turn->finding_count > named) {
        log_error("audit.forged", "more=%zu says=\"run zevenstem audit verify\"",
                  turn->finding_count - named);
    }
    if (turn->forged > 0) {
        log_error("audit.forged",
                  "lines=%lld first_link=%lld says=\"the service did not write these lines; they "
                  "were linked before it started: run zevenstem audit verify\"",
                  (long long)turn->forged, (long long)turn->first_forged);
    }
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
    say_findings(&turn);
    sealer->seen = turn.head;
    sealer->seen_signed = turn.walk.seen_signed;
    sealer->told_forged = true;
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
    if (db_transaction(conn, "audit-seal", DB_ROLE_AUDIT, seal_work, &turn) == DB_OK) {
        say_findings(&turn);
    }
}
