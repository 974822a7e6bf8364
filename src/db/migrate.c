#include "db/migrate_internal.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA_MAX = 64 * 1024 * 1024, DEFAULT_OTHER_WAIT_MS = 600000, LOCK_POLL_MS = 100 };

/* ---- beginning and ending ---- */

static bool begin(struct migrator *m, const struct migrate_options *options)
{
    *m = (struct migrator){.options = options,
                           .say = {.line = options->say, .context = options->context},
                           .arena = arena_create(ARENA_MAX)};
    return migrate_plan_read(&m->plan, m->arena, options->files, &m->say);
}

static void end(struct migrator *m)
{
    arena_destroy(m->arena);
}

/* Our names are written out in full; nobody's search path or timeouts should matter. */
static bool settle_session(struct migrator *m)
{
    PGresult *result = migrate_query(
        m,
        "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),"
        " pg_catalog.set_config('statement_timeout', '0', false),"
        " pg_catalog.set_config('idle_in_transaction_session_timeout', '0', false),"
        " pg_catalog.set_config('client_min_messages', 'warning', false),"
        " pg_catalog.current_database(), pg_catalog.current_setting('server_version'), current_user,"
        " pg_catalog.current_setting('server_version_num')::int >= 150000",
        0, NULL);
    bool good = result && PQgetvalue(result, 0, 7)[0] == 't';
    if (result) {
        migrate_sayf(&m->say, "database %s, PostgreSQL %s, as %s", PQgetvalue(result, 0, 4),
                     PQgetvalue(result, 0, 5), PQgetvalue(result, 0, 6));
        if (!good) {
            migrate_sayf(&m->say, "PostgreSQL 15 or newer is needed");
        }
    }
    PQclear(result);
    return good;
}

/* Reads the files, connects, reads what was applied, and compares. */
static enum migrate_status open_database(struct migrator *m, const char *conninfo,
                                         const struct migrate_options *options)
{
    if (!begin(m, options)) {
        return MIGRATE_REFUSED;
    }
    m->pg = db_open(conninfo, "zevenstem migrate", NULL);
    if (!m->pg || PQstatus(m->pg) != CONNECTION_OK) {
        migrate_sayf(&m->say, "cannot connect: %s", m->pg ? db_error_line(m->arena, m->pg) : "out of memory");
        return MIGRATE_FAILED;
    }
    if (!settle_session(m)) {
        return MIGRATE_REFUSED;
    }
    enum migrate_status status = migrate_state_read(m);
    if (status != MIGRATE_OK) {
        return status;
    }
    return migrate_plan_fits(&m->plan, &m->state, false, &m->say) ? MIGRATE_OK : MIGRATE_REFUSED;
}

static void close_database(struct migrator *m)
{
    PQfinish(m->pg);
    end(m);
}

/* An older program would put its own, older routines over newer ones. */
static bool routines_not_newer(struct migrator *m)
{
    bool good = true;
    for (size_t i = 0; i < m->plan.routine_count; i++) {
        const struct applied *recorded;
        if (migrate_routine_due(&recorded, &m->plan.routines[i], &m->state) && recorded &&
            migrate_version_compare(recorded->binary_version, m->options->binary_version) > 0) {
            good = false;
            migrate_sayf(&m->say,
                         "%s was applied by zevenstem %s; this is the older %s, which leaves it alone",
                         recorded->name, recorded->binary_version, m->options->binary_version);
        }
    }
    return good;
}

/* ---- telling ---- */

static size_t routines_due(const struct migrator *m)
{
    size_t due = 0;
    for (size_t i = 0; i < m->plan.routine_count; i++) {
        due += migrate_routine_due(NULL, &m->plan.routines[i], &m->state);
    }
    return due;
}

static void list_all(struct migrator *m)
{
    for (size_t i = 0; i < m->plan.count; i++) {
        const struct migration *migration = &m->plan.migrations[i];
        if (i < m->state.count) {
            const struct applied *applied = &m->state.migrations[i];
            migrate_sayf(&m->say, "  %-32s applied %s by zevenstem %s", migration->name, applied->applied_at,
                         applied->binary_version);
        } else {
            migrate_sayf(
                &m->say, "  %-32s pending: %zu statement%s%s; zevenstem %s may still run on it",
                migration->name, migration->statement_count, migration->statement_count == 1 ? "" : "s",
                migration->outside_transaction ? ", outside a transaction" : "", migration->oldest_binary);
        }
    }
    for (size_t i = 0; i < m->plan.routine_count; i++) {
        const struct applied *recorded;
        const struct migration *routine = &m->plan.routines[i];
        bool due = migrate_routine_due(&recorded, routine, &m->state);
        migrate_sayf(&m->say, "  %-32s %s%s", routine->name,
                     !due       ? "applied "
                     : recorded ? "pending: changed since "
                                : "pending: new",
                     recorded ? recorded->applied_at : "");
    }
}

/* What there is to do with all files; said in one line. */
static enum migrate_status tell_pending(struct migrator *m)
{
    size_t migrations = m->plan.count - m->state.count;
    size_t routines = routines_due(m);
    if (migrations == 0 && routines == 0) {
        migrate_sayf(&m->say, "nothing to do: the database is up to date");
        return MIGRATE_OK;
    }
    migrate_sayf(&m->say, "to do: %zu migration%s and %zu routine%s; `zevenstem migrate up` does it",
                 migrations, migrations == 1 ? "" : "s", routines, routines == 1 ? "" : "s");
    return MIGRATE_PENDING;
}

enum migrate_status migrate_status(const char *conninfo, const struct migrate_options *options)
{
    struct migrator m;
    enum migrate_status status = open_database(&m, conninfo, options);
    if (status == MIGRATE_OK && !routines_not_newer(&m)) {
        status = MIGRATE_REFUSED;
    }
    if (status == MIGRATE_OK) {
        list_all(&m);
        status = tell_pending(&m);
    }
    close_database(&m);
    return status;
}

enum migrate_status migrate_verify(const char *conninfo, const struct migrate_options *options)
{
    struct migrator m;
    enum migrate_status status = open_database(&m, conninfo, options);
    if (status == MIGRATE_OK && !routines_not_newer(&m)) {
        status = MIGRATE_REFUSED;
    }
    if (status == MIGRATE_OK && !m.state.exists) {
        migrate_sayf(&m.say, "nothing was ever applied here");
        status = MIGRATE_PENDING;
    } else if (status == MIGRATE_OK) {
        status = migrate_verify_database(&m);
    }
    if (status == MIGRATE_OK) {
        migrate_sayf(&m.say, "%zu migration%s as applied; roles and grants as they should be", m.state.count,
                     m.state.count == 1 ? "" : "s");
        status = tell_pending(&m);
    }
    close_database(&m);
    return status;
}

/* ---- up ---- */

/* Never a blocking pg_advisory_lock: the snapshot of a session that waits in it would make CREATE INDEX
 * CONCURRENTLY of the one that works wait for it, and both for ever. */
static enum migrate_status take_lock(struct migrator *m, bool *waited)
{
    int wait_ms = m->options->other_wait_ms > 0 ? m->options->other_wait_ms : DEFAULT_OTHER_WAIT_MS;
    int64_t until = clock_monotonic_us() + (int64_t)wait_ms * 1000;
    *waited = false;
    for (;;) {
        PGresult *result = migrate_query(m, "SELECT pg_catalog.pg_try_advisory_lock(31347, 1)", 0, NULL);
        if (!result) {
            return MIGRATE_FAILED;
        }
        bool got = PQgetvalue(result, 0, 0)[0] == 't';
        PQclear(result);
        if (got) {
            return MIGRATE_OK;
        }
        if (clock_monotonic_us() > until) {
            migrate_sayf(&m->say, "gave up waiting: another migrate is still at work");
            return MIGRATE_FAILED;
        }
        if (!*waited) {
            migrate_sayf(&m->say, "another migrate is at work: waiting until it is done");
        }
        *waited = true;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_POLL_MS * 1000000L}, NULL);
    }
}

/* The number to go to; said when it makes no sense. */
static enum migrate_status last_number(struct migrator *m, int64_t *last)
{
    *last = m->options->up_to > 0 ? m->options->up_to : (int64_t)m->plan.count;
    if (*last > (int64_t)m->plan.count) {
        migrate_sayf(&m->say, "there is no migration %04lld: the last is %04zu", (long long)*last,
                     m->plan.count);
        return MIGRATE_REFUSED;
    }
    if (*last < (int64_t)m->state.count) {
        migrate_sayf(&m->say, "the database is at %04zu already; migrations do not go back", m->state.count);
        return MIGRATE_REFUSED;
    }
    return MIGRATE_OK;
}

static void tell_plan(struct migrator *m, int64_t last, bool routines)
{
    for (size_t i = m->state.count; i < (size_t)last; i++) {
        const struct migration *migration = &m->plan.migrations[i];
        migrate_sayf(&m->say, "would apply %s: %zu statement%s%s", migration->name,
                     migration->statement_count, migration->statement_count == 1 ? "" : "s",
                     migration->outside_transaction ? ", outside a transaction" : "");
    }
    for (size_t i = 0; routines && i < m->plan.routine_count; i++) {
        if (migrate_routine_due(NULL, &m->plan.routines[i], &m->state)) {
            migrate_sayf(&m->say, "would apply %s", m->plan.routines[i].name);
        }
    }
}

static enum migrate_status work(struct migrator *m)
{
    int64_t last;
    enum migrate_status status = last_number(m, &last);
    if (status != MIGRATE_OK) {
        return status;
    }
    bool whole = last == (int64_t)m->plan.count;
    bool routines = whole && routines_due(m) > 0;
    if (routines && !routines_not_newer(m)) {
        return MIGRATE_REFUSED;
    }
    if (last == (int64_t)m->state.count && !routines) {
        migrate_sayf(&m->say, "nothing to do: the database is %s", whole ? "up to date" : "there already");
        return MIGRATE_OK;
    }
    if (m->options->dry_run) {
        tell_plan(m, last, routines);
        return MIGRATE_OK;
    }
    status = migrate_apply(m, last, routines);
    if (status == MIGRATE_OK && !whole) {
        migrate_sayf(&m->say, "stopped at %04lld as asked; routines wait until all migrations are applied",
                     (long long)last);
    }
    return status;
}

enum migrate_status migrate_up(const char *conninfo, const struct migrate_options *options)
{
    struct migrator m;
    bool waited = false;
    enum migrate_status status = open_database(&m, conninfo, options);
    if (status == MIGRATE_OK && !options->dry_run) {
        status = take_lock(&m, &waited);
        /* What was read before the lock may be old by now. */
        status = status == MIGRATE_OK ? migrate_state_read(&m) : status;
        if (status == MIGRATE_OK && !migrate_plan_fits(&m.plan, &m.state, false, &m.say)) {
            status = MIGRATE_REFUSED;
        }
    }
    if (status == MIGRATE_OK) {
        status = work(&m);
    }
    close_database(&m); /* the lock goes with the connection */
    return status;
}

/* ---- for the service ---- */

/* Every migration of the database has to admit this program, those that it does not know too. */
static bool admits(struct migrator *m)
{
    bool good = true;
    for (size_t i = 0; i < m->state.count; i++) {
        const struct applied *applied = &m->state.migrations[i];
        if (migrate_version_compare(applied->oldest_binary, m->options->binary_version) > 0) {
            good = false;
            migrate_sayf(&m->say, "the database has %s, which needs zevenstem %s or newer; this is %s",
                         applied->name, applied->oldest_binary, m->options->binary_version);
        }
    }
    return good;
}

static bool up_to_date(struct migrator *m)
{
    bool good = m->state.count >= m->plan.count;
    if (!good) {
        migrate_sayf(&m->say,
                     "the schema is older than this program: it is at %04zu, %04zu is needed; run `zevenstem "
                     "migrate up`",
                     m->state.count, m->plan.count);
    }
    for (size_t i = 0; good && i < m->plan.routine_count; i++) {
        const struct applied *recorded;
        bool due = migrate_routine_due(&recorded, &m->plan.routines[i], &m->state);
        bool newer =
            recorded && migrate_version_compare(recorded->binary_version, m->options->binary_version) > 0;
        if (due && !newer) {
            good = false;
            migrate_sayf(&m->say, "%s is not as this program has it; run `zevenstem migrate up`",
                         m->plan.routines[i].name);
        }
    }
    return good;
}

enum migrate_status migrate_check_service(struct db_conn *conn, const struct migrate_options *options)
{
    struct migrator m;
    enum migrate_status status = MIGRATE_REFUSED;
    if (begin(&m, options)) {
        m.pg = conn->pg;
        status = MIGRATE_FAILED;
    }
    if (m.pg) {
        status = migrate_state_read(&m);
        if (status == MIGRATE_OK && !migrate_plan_fits(&m.plan, &m.state, true, &m.say)) {
            status = MIGRATE_REFUSED;
        }
        if (status == MIGRATE_OK && !admits(&m)) {
            status = MIGRATE_REFUSED;
        }
        if (status == MIGRATE_OK && !up_to_date(&m)) {
            status = MIGRATE_PENDING;
        }
    } else if (status == MIGRATE_FAILED) {
        migrate_sayf(&m.say, "there is no connection to the database");
    }
    end(&m);
    return status;
}
