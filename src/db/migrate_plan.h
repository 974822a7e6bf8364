/* What the files ask for and what the database has: compared without touching either. Pure. */
#ifndef ZEVENSTEM_DB_MIGRATE_PLAN_H
#define ZEVENSTEM_DB_MIGRATE_PLAN_H

#include "base/embedded.h"
#include "crypto/crypto.h"
#include "db/sql_split.h"

struct migration {
    int64_t number;   /* 0 for a routine */
    const char *name; /* "0001_house", "routines/round" */
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    const char *oldest_binary; /* "" for a routine */
    bool outside_transaction;
    struct sql_statement *statements;
    size_t statement_count;
};

struct migrate_plan {
    struct migration *migrations; /* numbers 1, 2, 3, ... */
    size_t count;
    struct migration *routines; /* by name */
    size_t routine_count;
};

/* One row of zs.migration or zs.migration_routine. */
struct applied {
    int64_t number;
    const char *name;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    const char *oldest_binary;
    const char *binary_version; /* which program applied it */
    const char *applied_at;     /* for a person to read */
};

struct migrate_state {
    bool exists;                /* the tables do */
    struct applied *migrations; /* by number */
    size_t count;
    struct applied *routines; /* by name */
    size_t routine_count;
};

/* Where faults go, one line each. */
struct migrate_say {
    void (*line)(const char *line, void *context);
    void *context;
};
void migrate_sayf(const struct migrate_say *say, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads all files; says every fault with file and line. False when there was one. */
bool migrate_plan_read(struct migrate_plan *out, struct arena *arena, const struct embedded_file *files,
                       const struct migrate_say *say);

/* Edited, renamed, missing in between, newer than what we know (unless may_be_newer): each is said. False
 * when there was one. */
bool migrate_plan_fits(const struct migrate_plan *plan, const struct migrate_state *state, bool may_be_newer,
                       const struct migrate_say *say);
/* Whether the routine is to be applied: new, or another text than was applied last. *recorded (may be NULL)
 * is what was. */
bool migrate_routine_due(const struct applied **recorded, const struct migration *routine,
                         const struct migrate_state *state);

/* Versions "1.2.3" or "1.2.3-rc1" (before 1.2.3). False when it is no such thing. */
bool migrate_version_valid(const char *version);
/* <0, 0, >0; of valid versions. */
int migrate_version_compare(const char *a, const char *b);

#endif
