/* Migrations: numbered immutable files embedded in the binary, and repeatable routines. See
 * migrations/README.md for the form of a file. The table zs.migration in the database records number, name,
 * SHA-256, oldest binary, time. */
#ifndef ZEVENSTEM_DB_MIGRATE_H
#define ZEVENSTEM_DB_MIGRATE_H

#include "base/embedded.h"
#include "db/db.h"

struct migrate_options {
    const struct embedded_file *files; /* embedded_migrations, or a test's own; ended by a NULL name */
    const char *binary_version;        /* semver of this program */
    int64_t up_to;                     /* 0 = all */
    bool dry_run;                      /* list and lock nothing */
    void (*say)(const char *line, void *context); /* progress and results for a person; never NULL */
    void *context;
};

enum migrate_status {
    MIGRATE_OK,      /* done, or nothing to do */
    MIGRATE_PENDING, /* status/verify: there is work for `up` */
    MIGRATE_REFUSED, /* edited file, gap, database from the future, bad header: said what and where */
    MIGRATE_FAILED   /* a statement failed: said which and why; the database is as it was */
};

/* conninfo is the owner's connection. */
enum migrate_status migrate_status(const char *conninfo, const struct migrate_options *options);
enum migrate_status migrate_up(const char *conninfo, const struct migrate_options *options);
enum migrate_status migrate_verify(const char *conninfo, const struct migrate_options *options);
/* For serve: MIGRATE_OK when the schema is at least what this binary was built with, no edited files, and the
 * newest applied migration still admits this binary; otherwise REFUSED or PENDING, said. Runs on the
 * service's own connection. */
enum migrate_status migrate_check_service(struct db_conn *conn, const struct migrate_options *options);

#endif
