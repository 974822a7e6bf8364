/* What the migrator's files share. */
#ifndef ZEVENSTEM_DB_MIGRATE_INTERNAL_H
#define ZEVENSTEM_DB_MIGRATE_INTERNAL_H

#include "db/internal.h"
#include "db/migrate.h"
#include "db/migrate_plan.h"

struct migrator {
    const struct migrate_options *options;
    struct migrate_say say;
    struct arena *arena;
    PGconn *pg;
    struct migrate_plan plan;
    struct migrate_state state;
    size_t routines_applied;
};

/* ---- migrate_state.c ---- */
/* Reads what the database says was applied. MIGRATE_OK or, said, MIGRATE_FAILED. */
enum migrate_status migrate_state_read(struct migrator *m);
/* Runs one query with text parameters. NULL after saying what went wrong; else PQclear it. */
PGresult *migrate_query(struct migrator *m, const char *sql, int count, const char *const *values);
/* Says what the server answered, and its detail and hint, each on a line of its own. */
void migrate_say_error(struct migrator *m, const PGresult *result);

/* ---- migrate_apply.c ---- */
/* Applies every migration from the first that is missing up to number last, then (when routines) the routines
 * that are due. */
enum migrate_status migrate_apply(struct migrator *m, int64_t last, bool routines);

/* ---- migrate_verify.c ---- */
/* Looks for what should not be: says it. */
enum migrate_status migrate_verify_database(struct migrator *m);

#endif
