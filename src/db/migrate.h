/* Migrations: numbered immutable files embedded in the binary, and repeatable routines. See
 * migrations/README.md for the form of a file. The table zs.migration in the database records number, name,
 * SHA-256, oldest binary, time. */
#ifndef ZEVENSTEM_DB_MIGRATE_H
#define ZEVENSTEM_DB_MIGRATE_H

#include "base/embedded.h"
#include "db/db.h"

struct migrate_options {
    const struct embedded_file *files; /* embedded_migrations, or a test's own; ended by a NULL name */
    const char *binary_version;        /* version of this program: 1.2.3 or 1.2.3-rc1 */
    int64_t up_to;                     /* 0 = all; else routines wait until all are applied */
    bool dry_run;                      /* list and lock nothing */
    int lock_timeout_ms; /* longest wait for a table's lock, 0 = 3000; then the migration rolls back, */
    int lock_tries;      /* and is tried again, so many times in all, 0 = 10 */
    int other_wait_ms;   /* longest wait for another migrate to end, 0 = 10 minutes */
    void (*say)(const char *line, void *context); /* progress and results for a person; never NULL */
    void *context;
};

enum migrate_status {
    MIGRATE_OK,      /* done, or nothing to do */
    MIGRATE_PENDING, /* status, verify, check_service: there is work for `up` */
    MIGRATE_REFUSED, /* edited file, gap, database from the future, bad header, no database: said what and
                        where; nothing done */
    MIGRATE_FAILED /* a statement failed or the connection was lost: said which and why; the migration it was
                      part of is rolled back, those before it stand */
};

/* conninfo is the owner's connection. status lists every migration and routine with what is to be done; up
 * does it, each migration in a transaction of its own, one migrate at a time (another waits and then finds
 * nothing to do); verify checks that what was applied is what the files say, and that the service's roles
 * cannot change what they must not. */
enum migrate_status migrate_status(const char *conninfo, const struct migrate_options *options);
enum migrate_status migrate_up(const char *conninfo, const struct migrate_options *options);
enum migrate_status migrate_verify(const char *conninfo, const struct migrate_options *options);
/* For serve: MIGRATE_OK when the schema is at least what this binary was built with, no edited files, and the
 * newest applied migration still admits this binary; otherwise REFUSED, PENDING or FAILED, said. Runs on the
 * service's own connection. */
enum migrate_status migrate_check_service(struct db_conn *conn, const struct migrate_options *options);

#endif
