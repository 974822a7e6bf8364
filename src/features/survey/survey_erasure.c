#include "features/survey/survey_erasure.h"

#include "base/clock.h"
#include "features/audit/audit.h"
#include "features/survey/survey_ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What stands for a round where something is of none: a message to the table. No code of a round begins so.
 */
#define NO_ROUND "*bericht"

enum { PORTION = 2000, ARENA_MAX = 1024 * 1024 * 1024 };

enum statement {
    ERASURES_READ,
    ERASURES_MARK,
    ERASURES_BEHIND,
    REPLAY_RESPONSES,
    REPLAY_ROUND,
    NO_TIME_LIMIT,
    STATEMENT_COUNT
};

const struct db_statement survey_erasure_statements[STATEMENT_COUNT + 1] = {
    [ERASURES_READ] =
        {"erasure_read",
         "SELECT coalesce(r.code, '" NO_ROUND "'), e.response_id, (e.erased_day - DATE '1970-01-01')::int4"
         " FROM zs.erasure AS e LEFT JOIN zs.round AS r ON r.id = e.round_id ORDER BY e.number"},
    [ERASURES_MARK] = {"erasure_mark", "SELECT coalesce(max(number), 0) + count(*) FROM zs.erasure"},
    [ERASURES_BEHIND] =
        {"erasure_behind",
         "SELECT (SELECT count(*) FROM unnest($1::text[], $2::bytea[]) AS t (code, id)"
         " JOIN zs.round AS r ON r.code = t.code"
         " WHERE NOT EXISTS (SELECT FROM zs.erasure AS e WHERE e.round_id = r.id AND e.response_id IS NULL)"
         "  AND NOT EXISTS (SELECT FROM zs.erasure AS e WHERE e.round_id = r.id AND e.response_id = t.id))"
         " + (SELECT count(*) FROM unnest($1::text[], $2::bytea[]) AS t (code, id) WHERE t.code = '" NO_ROUND
         "' AND NOT EXISTS (SELECT FROM zs.erasure AS e WHERE e.round_id IS NULL AND e.response_id = t.id))"},
    [REPLAY_RESPONSES] =
        {"erasure_replay_responses",
         "SELECT count(*) FILTER (WHERE zs.erasure_replay_response(t.code, t.id))"
         " FROM (SELECT * FROM unnest($1::text[], $2::bytea[]) AS u (code, id) ORDER BY code, id) AS t"},
    [REPLAY_ROUND] = {"erasure_replay_round", "SELECT zs.erasure_replay_round($1::text)"},
    [NO_TIME_LIMIT] = {"erasure_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
};

const char *erasure_outcome_text(const struct erasure_report *report)
{
    switch (report->outcome) {
    case ERASURE_OK:
        return "done";
    case ERASURE_DATABASE:
        return "the database could not be asked";
    case ERASURE_FILE:
        return strerror(report->why);
    case ERASURE_MISSING:
        return "there is no such file";
    case ERASURE_TORN:
        return "the file is torn: it ends in the middle of what was added last";
    case ERASURE_FOREIGN:
        return "the file belongs to another root secret";
    case ERASURE_CHANGED:
        break;
    }
    return "the file was changed: a line does not follow from the one before";
}

/* ---- the file ---- */

static bool judge(struct erasure_report *out, const struct ledger *ledger, bool torn_is_fine)
{
    static const enum erasure_outcome outcomes[] = {[LEDGER_WHOLE] = ERASURE_OK,
                                                    [LEDGER_TORN] = ERASURE_TORN,
                                                    [LEDGER_FOREIGN] = ERASURE_FOREIGN,
                                                    [LEDGER_CHANGED] = ERASURE_CHANGED};
    out->outcome = outcomes[ledger->state];
    out->line = ledger->fault_line;
    out->entries = ledger->count;
    return out->outcome == ERASURE_OK || (out->outcome == ERASURE_TORN && torn_is_fine);
}

static bool load(struct ledger *ledger, struct erasure_report *out, struct arena *arena,
                 const struct crypto_keys *keys, const char *path, bool torn_is_fine)
{
    unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES];
    struct slice text = {NULL, 0};
    enum ledger_file file = ledger_load(&text, arena, path);
    out->why = errno;
    if (file != LEDGER_FILE_OK) {
        out->outcome = file == LEDGER_FILE_MISSING ? ERASURE_MISSING : ERASURE_FILE;
        return false;
    }
    crypto_keys_fingerprint(fingerprint, keys);
    ledger_read(ledger, arena, text, fingerprint);
    return judge(out, ledger, torn_is_fine);
}

/* ---- writing ---- */

struct known {
    struct arena *arena; /* outlives the transaction */
    struct ledger_entry *entries;
    size_t count;
};

static enum db_status read_erasures(struct db_tx *tx, void *context)
{
    struct known *known = context;
    struct db_result *rows;
    enum db_status status = db_run(NULL, tx, &survey_erasure_statements[NO_TIME_LIMIT], NULL);
    status = status == DB_OK ? db_run(&rows, tx, &survey_erasure_statements[ERASURES_READ], NULL) : status;
    known->count = status == DB_OK ? db_rows(rows) : 0;
    known->entries = arena_array(known->arena, known->count + 1, sizeof *known->entries);
    for (size_t i = 0; i < known->count; i++) {
        struct ledger_entry *entry = &known->entries[i];
        struct slice code = db_get_text(rows, i, 0);
        *entry = (struct ledger_entry){.destroyed = db_is_null(rows, i, 1), .day = db_get_int32(rows, i, 2)};
        memcpy(entry->round, code.ptr, code.len < LEDGER_ROUND_MAX ? code.len : LEDGER_ROUND_MAX);
        if (!entry->destroyed) {
            memcpy(entry->id, db_get_bytes(rows, i, 1).ptr, sizeof entry->id);
        }
    }
    return status;
}

/* Keeps of `known` what the ledger does not say. */
static void keep_new(struct known *known, struct arena *arena, const struct ledger *ledger)
{
    struct ledger_entry *sorted = arena_array(arena, ledger->count + 1, sizeof *sorted);
    size_t kept = 0;
    if (ledger->count > 0) {
        memcpy(sorted, ledger->entries, ledger->count * sizeof *sorted);
        qsort(sorted, ledger->count, sizeof *sorted, ledger_compare);
    }
    for (size_t i = 0; i < known->count; i++) {
        if (ledger->count == 0 ||
            !bsearch(&known->entries[i], sorted, ledger->count, sizeof *sorted, ledger_compare)) {
            known->entries[kept++] = known->entries[i];
        }
    }
    known->count = kept;
}

static void write_locked(struct erasure_report *out, struct arena *arena, const struct crypto_keys *keys,
                         struct known *known, int fd, const char *path)
{
    unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES];
    struct slice text;
    struct ledger ledger;
    crypto_keys_fingerprint(fingerprint, keys);
    if (!ledger_load_locked(&text, arena, fd)) {
        *out = (struct erasure_report){.outcome = ERASURE_FILE, .why = errno};
        return;
    }
    ledger_read(&ledger, arena, text, fingerprint);
    if (!judge(out, &ledger, true)) {
        return;
    }
    keep_new(known, arena, &ledger);
    if (known->count > 0 || ledger.state == LEDGER_TORN || ledger.good_bytes == 0) {
        struct slice addition = ledger_addition(arena, &ledger, known->entries, known->count, fingerprint);
        if (!ledger_add_locked(fd, path, &ledger, addition)) {
            *out = (struct erasure_report){.outcome = ERASURE_FILE, .why = errno};
            return;
        }
    }
    *out = (struct erasure_report){
        .outcome = ERASURE_OK, .added = known->count, .entries = ledger.count + known->count};
}

void erasures_write(struct erasure_report *out, struct db_conn *conn, const struct crypto_keys *keys,
                    const char *path)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct known known = {.arena = arena};
    *out = (struct erasure_report){.outcome = ERASURE_OK};
    out->db = db_transaction_read_only(conn, "erasures", DB_ROLE_STAFF, read_erasures, &known);
    int fd = out->db == DB_OK ? ledger_lock(path) : -1;
    if (out->db != DB_OK) {
        out->outcome = ERASURE_DATABASE;
    } else if (fd < 0) {
        *out = (struct erasure_report){.outcome = ERASURE_FILE, .why = errno};
    } else {
        write_locked(out, arena, keys, &known, fd, path);
        ledger_unlock(fd);
    }
    arena_destroy(arena);
}

static enum db_status read_mark(struct db_tx *tx, void *context)
{
    struct db_result *row;
    enum db_status status = db_run_one(&row, tx, &survey_erasure_statements[ERASURES_MARK], NULL);
    *(int64_t *)context = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

enum db_status erasures_mark(int64_t *mark, struct db_conn *conn)
{
    return db_transaction_read_only(conn, "erasures-mark", DB_ROLE_STAFF, read_mark, mark);
}

/* ---- comparing, replaying ---- */

struct portion {
    const struct ledger_entry *entries;
    size_t count;
    int64_t found; /* behind, or erased now */
};

static void put_entries(struct db_params *p, struct db_tx *tx, const struct portion *portion,
                        bool destroyed_too)
{
    struct slice *codes = arena_array(db_arena(tx), portion->count + 1, sizeof *codes);
    struct slice *ids = arena_array(db_arena(tx), portion->count + 1, sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; i < portion->count; i++) {
        const struct ledger_entry *entry = &portion->entries[i];
        if (destroyed_too || !entry->destroyed) {
            codes[count] = slice_from_cstr(entry->round);
            ids[count++] = entry->destroyed ? (struct slice){NULL, 0}
                                            : (struct slice){(const char *)entry->id, sizeof entry->id};
        }
    }
    db_put_text_array(p, codes, count);
    db_put_bytes_array(p, ids, count);
}

static enum db_status count_behind(struct db_tx *tx, void *context)
{
    struct portion *portion = context;
    struct db_result *row;
    struct db_params p = db_params(tx);
    put_entries(&p, tx, portion, true);
    enum db_status status = db_run_one(&row, tx, &survey_erasure_statements[ERASURES_BEHIND], &p);
    portion->found = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

static void compare(struct erasure_report *out, struct db_conn *conn, const struct ledger *ledger)
{
    for (size_t at = 0; at < ledger->count; at += PORTION) {
        struct portion portion = {&ledger->entries[at],
                                  ledger->count - at < PORTION ? ledger->count - at : PORTION, 0};
        out->db = db_transaction_read_only(conn, "erasures-compare", DB_ROLE_STAFF, count_behind, &portion);
        if (out->db != DB_OK) {
            out->outcome = ERASURE_DATABASE;
            return;
        }
        out->behind += (size_t)portion.found;
    }
}

void erasures_compare(struct erasure_report *out, struct db_conn *conn, const struct crypto_keys *keys,
                      const char *path)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct ledger ledger;
    *out = (struct erasure_report){.outcome = ERASURE_OK};
    if (load(&ledger, out, arena, keys, path, true)) {
        compare(out, conn, &ledger);
    }
    arena_destroy(arena);
}

static enum db_status replay_responses(struct db_tx *tx, void *context)
{
    struct portion *portion = context;
    struct db_result *row;
    struct db_params p = db_params(tx);
    put_entries(&p, tx, portion, false);
    enum db_status status = db_run(NULL, tx, &survey_erasure_statements[NO_TIME_LIMIT], NULL);
    status =
        status == DB_OK ? db_run_one(&row, tx, &survey_erasure_statements[REPLAY_RESPONSES], &p) : status;
    portion->found = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

static enum db_status replay_round(struct db_tx *tx, void *context)
{
    struct portion *portion = context;
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(portion->entries->round));
    enum db_status status = db_run(NULL, tx, &survey_erasure_statements[NO_TIME_LIMIT], NULL);
    status = status == DB_OK ? db_run_one(&row, tx, &survey_erasure_statements[REPLAY_ROUND], &p) : status;
    portion->found = status == DB_OK && db_get_bool(row, 0, 0);
    return status;
}

/* Rounds first: what is destroyed as a whole needs no withdrawing. */
static bool replay_rounds(struct erasure_report *out, struct db_conn *conn, const struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count && out->db == DB_OK; i++) {
        struct portion portion = {&ledger->entries[i], 1, 0};
        if (ledger->entries[i].destroyed) {
            out->db = db_transaction(conn, "replay-round", DB_ROLE_STAFF, replay_round, &portion);
            out->rounds += (size_t)portion.found;
        }
    }
    return out->db == DB_OK;
}

struct told {
    const struct erasure_report *report;
    const char *actor;
};

static enum db_status record(struct db_tx *tx, void *context)
{
    const struct told *told = context;
    const struct audit_event event = {
        .action = "retention.replay",
        .object = "ledger",
        .result = "ok",
        .origin = "command",
        .actor = told->actor,
        .details = arena_printf(db_arena(tx), "{\"entries\": %zu, \"responses\": %zu, \"rounds\": %zu}",
                                told->report->entries, told->report->responses, told->report->rounds)
                       .ptr};
    return audit_record(tx, &event);
}

void erasures_replay(struct erasure_report *out, struct db_conn *conn, const struct crypto_keys *keys,
                     const char *path, bool torn, const char *actor,
                     bool (*progress)(size_t done, size_t all))
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct ledger ledger;
    bool go_on = true;
    *out = (struct erasure_report){.outcome = ERASURE_OK};
    if (!load(&ledger, out, arena, keys, path, torn)) {
        goto cleanup;
    }
    out->outcome = ERASURE_OK;
    go_on = replay_rounds(out, conn, &ledger);
    for (size_t at = 0; go_on && at < ledger.count; at += PORTION) {
        struct portion portion = {&ledger.entries[at],
                                  ledger.count - at < PORTION ? ledger.count - at : PORTION, 0};
        out->db = db_transaction(conn, "replay-responses", DB_ROLE_STAFF, replay_responses, &portion);
        out->responses += (size_t)portion.found;
        go_on = out->db == DB_OK && (!progress || progress(at + portion.count, ledger.count));
    }
    if (out->db == DB_OK) {
        struct told told = {out, actor};
        out->db = db_transaction(conn, "replay-audit", DB_ROLE_STAFF, record, &told);
        compare(out, conn, &ledger);
    }
    if (out->db != DB_OK) {
        out->outcome = ERASURE_DATABASE;
    }
cleanup:
    arena_destroy(arena);
}
