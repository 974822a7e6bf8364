#include "db/migrate_internal.h"

#include "base/fault.h"
#include "db/status.h"

#include <stdio.h>
#include <string.h>

enum {
    DEFAULT_LOCK_TIMEOUT_MS = 3000,
    DEFAULT_LOCK_TRIES = 10,
    OUTSIDE_LOCK_TIMEOUT_MS = 600000,
    FIRST_PAUSE = 5
};

/* The migrator's own tables; part of the first transaction that it does work in. */
static const char *const bookkeeping[] = {
    "CREATE SCHEMA IF NOT EXISTS zs",
    "CREATE TABLE IF NOT EXISTS zs.migration ("
    "  number int PRIMARY KEY CHECK (number > 0),"
    "  name text NOT NULL UNIQUE,"
    "  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),"
    "  oldest_binary text NOT NULL,"
    "  binary_version text NOT NULL,"
    "  applied_at timestamptz NOT NULL DEFAULT now())",
    "COMMENT ON TABLE zs.migration IS 'The migrations that were applied. Written by zevenstem migrate "
    "alone.'",
    "COMMENT ON COLUMN zs.migration.number IS 'Number of the file.'",
    "COMMENT ON COLUMN zs.migration.name IS 'Name of the file, without .sql.'",
    "COMMENT ON COLUMN zs.migration.sha256 IS 'SHA-256 of the file as it was applied.'",
    "COMMENT ON COLUMN zs.migration.oldest_binary IS 'The oldest program that may still run on the schema "
    "after it.'",
    "COMMENT ON COLUMN zs.migration.binary_version IS 'The program that applied it.'",
    "COMMENT ON COLUMN zs.migration.applied_at IS 'When it was applied.'",
    "CREATE TABLE IF NOT EXISTS zs.migration_routine ("
    "  name text PRIMARY KEY,"
    "  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),"
    "  binary_version text NOT NULL,"
    "  applied_at timestamptz NOT NULL DEFAULT now())",
    "COMMENT ON TABLE zs.migration_routine IS 'The routines as they were applied last. Written by zevenstem "
    "migrate alone.'",
    "COMMENT ON COLUMN zs.migration_routine.name IS 'Name of the file, without .sql.'",
    "COMMENT ON COLUMN zs.migration_routine.sha256 IS 'SHA-256 of the file as it was applied last.'",
    "COMMENT ON COLUMN zs.migration_routine.binary_version IS 'The program that applied it.'",
    "COMMENT ON COLUMN zs.migration_routine.applied_at IS 'When it was applied last.'",
};

/* What trying to apply something came to. */
enum outcome { APPLIED, LOCKED_OUT, BROKEN };

static bool succeeded(const PGresult *result)
{
    ExecStatusType status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A statement of ours. Failing is said. */
static bool execute(struct migrator *m, const char *sql)
{
    PGresult *result = PQexec(m->pg, sql);
    bool good = succeeded(result);
    if (!good) {
        migrate_sayf(&m->say, "the migrator's own statement failed: %s", sql);
        migrate_say_error(m, result);
    }
    PQclear(result);
    return good;
}

static bool execute_with(struct migrator *m, const char *sql, int count, const char *const *values)
{
    PGresult *result = migrate_query(m, sql, count, values);
    PQclear(result);
    return result != NULL;
}

static bool set_lock_timeout(struct migrator *m, int ms, const char *local)
{
    char text[16];
    snprintf(text, sizeof text, "%d", ms);
    const char *values[] = {text, local};
    return execute_with(m, "SELECT pg_catalog.set_config('lock_timeout', $1, $2::boolean)", 2, values);
}

static int lock_timeout_ms(const struct migrator *m)
{
    return m->options->lock_timeout_ms > 0 ? m->options->lock_timeout_ms : DEFAULT_LOCK_TIMEOUT_MS;
}

/* ---- statements of a file ---- */

static struct slice first_line(struct slice text)
{
    struct slice line;
    struct slice rest;
    slice_cut(&line, &rest, text, '\n');
    return line.len > 100 ? (struct slice){line.ptr, 100} : line;
}

/* The line in the file that the server points at; the statement's own where it points at none. */
static size_t failing_line(const struct sql_statement *statement, const PGresult *result)
{
    uint64_t characters = 0;
    size_t line = statement->line;
    const char *position = result ? PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION) : NULL;
    if (!position || !slice_to_u64(&characters, slice_from_cstr(position), INT32_MAX)) {
        return line;
    }
    for (size_t i = 0; i < statement->text.len && characters > 1; i++) {
        unsigned char c = (unsigned char)statement->text.ptr[i];
        line += c == '\n';
        characters -= (c & 0xC0) != 0x80;
    }
    return line;
}

static enum outcome run_statement(struct migrator *m, const struct migration *migration, size_t index)
{
    const struct sql_statement *statement = &migration->statements[index];
    PGresult *result = PQexec(m->pg, arena_cstr(m->arena, statement->text));
    PGTransactionStatusType wanted = migration->outside_transaction ? PQTRANS_IDLE : PQTRANS_INTRANS;
    if (succeeded(result) && PQtransactionStatus(m->pg) == wanted) {
        PQclear(result);
        return APPLIED;
    }
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (db_status_from_sqlstate(sqlstate) == DB_RETRY) {
        migrate_sayf(&m->say, "%s: statement %zu of %zu (line %zu) could not get its lock: %.*s",
                     migration->name, index + 1, migration->statement_count, statement->line,
                     SLICE_ARG(first_line(statement->text)));
        PQclear(result);
        return LOCKED_OUT;
    }
    migrate_sayf(&m->say, "%s: statement %zu of %zu (line %zu) failed: %.*s", migration->name, index + 1,
                 migration->statement_count, failing_line(statement, result),
                 SLICE_ARG(first_line(statement->text)));
    ExecStatusType status = PQresultStatus(result);
    if (succeeded(result)) {
        migrate_sayf(&m->say, "    it left the transaction that it was to be part of");
    } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
        migrate_sayf(&m->say, "    it is a COPY from or to the program, which has nothing to copy");
    } else {
        migrate_say_error(m, result);
    }
    PQclear(result);
    return BROKEN;
}

static enum outcome run_statements(struct migrator *m, const struct migration *migration)
{
    enum outcome outcome = APPLIED;
    for (size_t i = 0; outcome == APPLIED && i < migration->statement_count; i++) {
        outcome = run_statement(m, migration, i);
    }
    return outcome;
}

/* ---- transactions ---- */

static bool begin(struct migrator *m)
{
    bool good =
        execute(m, "BEGIN ISOLATION LEVEL READ COMMITTED") && set_lock_timeout(m, lock_timeout_ms(m), "true");
    for (size_t i = 0; good && !m->state.exists && i < sizeof bookkeeping / sizeof bookkeeping[0]; i++) {
        good = execute(m, bookkeeping[i]);
    }
    return good;
}

static enum outcome commit(struct migrator *m, const char *what)
{
    if (fault_hit("migrate.before-commit")) {
        migrate_sayf(&m->say, "%s: stopped by a fault point", what);
        return BROKEN;
    }
    PGresult *result = PQexec(m->pg, "COMMIT");
    bool good = succeeded(result) && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    enum outcome outcome = good                                            ? APPLIED
                           : db_status_from_sqlstate(sqlstate) == DB_RETRY ? LOCKED_OUT
                                                                           : BROKEN;
    if (outcome == BROKEN) {
        migrate_sayf(&m->say, "%s: COMMIT failed", what);
        migrate_say_error(m, result);
        if (PQstatus(m->pg) != CONNECTION_OK) {
            migrate_sayf(&m->say,
                         "    whether it was applied is not known: `zevenstem migrate status` tells");
        }
    }
    m->state.exists = m->state.exists || outcome == APPLIED;
    PQclear(result);
    return outcome;
}

static void rollback(struct migrator *m)
{
    PGresult *result = PQexec(m->pg, "ROLLBACK");
    PQclear(result);
}

static bool record_migration(struct migrator *m, const struct migration *migration)
{
    char number[24];
    char hash[2 * CRYPTO_SHA256_BYTES + 1];
    snprintf(number, sizeof number, "%lld", (long long)migration->number);
    crypto_hex(hash, migration->sha256, CRYPTO_SHA256_BYTES);
    const char *values[] = {number, migration->name, hash, migration->oldest_binary,
                            m->options->binary_version};
    return execute_with(m,
                        "INSERT INTO zs.migration (number, name, sha256, oldest_binary, binary_version)"
                        " VALUES ($1::int, $2, decode($3, 'hex'), $4, $5)",
                        5, values);
}

static bool record_routine(struct migrator *m, const struct migration *routine)
{
    char hash[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_hex(hash, routine->sha256, CRYPTO_SHA256_BYTES);
    const char *values[] = {routine->name, hash, m->options->binary_version};
    return execute_with(m,
                        "INSERT INTO zs.migration_routine (name, sha256, binary_version)"
                        " VALUES ($1, decode($2, 'hex'), $3)"
                        " ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, binary_version = "
                        "excluded.binary_version,"
                        " applied_at = now()",
                        3, values);
}

static enum outcome apply_inside(struct migrator *m, const struct migration *migration)
{
    enum outcome outcome = begin(m) ? run_statements(m, migration) : BROKEN;
    if (outcome == APPLIED && !record_migration(m, migration)) {
        outcome = BROKEN;
    }
    if (outcome == APPLIED) {
        outcome = commit(m, migration->name);
    }
    if (outcome != APPLIED) {
        rollback(m);
    }
    return outcome;
}

/* CREATE INDEX CONCURRENTLY that fails or is interrupted leaves an index that is never used and always paid
 * for; and IF NOT EXISTS would take it for the real one. */
static bool drop_invalid_indexes(struct migrator *m)
{
    PGresult *found =
        migrate_query(m,
                      "SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, c.relname)"
                      " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid"
                      " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
                      " WHERE n.nspname = 'zs' AND c.relkind = 'i' AND NOT i.indisvalid",
                      0, NULL);
    bool good = found != NULL;
    for (int i = 0; good && i < PQntuples(found); i++) {
        migrate_sayf(&m->say, "an index was left half made: %s", PQgetvalue(found, i, 0));
        good = execute(m, PQgetvalue(found, i, 0));
    }
    PQclear(found);
    return good;
}

/* The statement is one that may be run again, so that a crash between it and its record does no harm. */
static enum outcome apply_outside(struct migrator *m, const struct migration *migration)
{
    if (!set_lock_timeout(m, OUTSIDE_LOCK_TIMEOUT_MS, "false") || !drop_invalid_indexes(m)) {
        return BROKEN;
    }
    enum outcome outcome = run_statements(m, migration);
    if (outcome != APPLIED) {
        drop_invalid_indexes(m);
        return outcome;
    }
    outcome = begin(m) && record_migration(m, migration) ? commit(m, migration->name) : BROKEN;
    if (outcome != APPLIED) {
        rollback(m);
    }
    return outcome;
}

static enum outcome apply_routines(struct migrator *m)
{
    enum outcome outcome = begin(m) ? APPLIED : BROKEN;
    m->routines_applied = 0;
    for (size_t i = 0; outcome == APPLIED && i < m->plan.routine_count; i++) {
        const struct migration *routine = &m->plan.routines[i];
        if (!migrate_routine_due(NULL, routine, &m->state)) {
            continue;
        }
        outcome = run_statements(m, routine);
        if (outcome == APPLIED && !record_routine(m, routine)) {
            outcome = BROKEN;
        }
        m->routines_applied++;
    }
    if (outcome == APPLIED) {
        outcome = commit(m, "routines");
    }
    if (outcome != APPLIED) {
        rollback(m);
    }
    return outcome;
}

/* ---- the whole ---- */

/* Tries until it gets its locks. migration NULL: the routines. */
static enum outcome apply_one(struct migrator *m, const struct migration *migration)
{
    int tries = m->options->lock_tries > 0 ? m->options->lock_tries : DEFAULT_LOCK_TRIES;
    for (int attempt = 1;; attempt++) {
        enum outcome outcome = !migration                       ? apply_routines(m)
                               : migration->outside_transaction ? apply_outside(m, migration)
                                                                : apply_inside(m, migration);
        if (outcome != LOCKED_OUT) {
            return outcome;
        }
        if (attempt == tries) {
            migrate_sayf(
                &m->say,
                "gave up after %d tries of %d ms: something holds the lock. See pg_stat_activity for who.",
                tries, lock_timeout_ms(m));
            return BROKEN;
        }
        migrate_sayf(&m->say, "rolled back; try %d of %d follows", attempt + 1, tries);
        db_backoff(FIRST_PAUSE + attempt);
    }
}

enum migrate_status migrate_apply(struct migrator *m, int64_t last, bool routines)
{
    for (size_t i = m->state.count; i < (size_t)last; i++) {
        const struct migration *migration = &m->plan.migrations[i];
        if (apply_one(m, migration) != APPLIED) {
            migrate_sayf(&m->say, "%s was not applied; the database is as it was before it", migration->name);
            return MIGRATE_FAILED;
        }
        migrate_sayf(&m->say, "%s applied", migration->name);
    }
    if (!routines) {
        return MIGRATE_OK;
    }
    if (apply_one(m, NULL) != APPLIED) {
        migrate_sayf(&m->say, "the routines were not applied; they are as they were");
        return MIGRATE_FAILED;
    }
    migrate_sayf(&m->say, "%zu routine%s applied", m->routines_applied, m->routines_applied == 1 ? "" : "s");
    return MIGRATE_OK;
}
