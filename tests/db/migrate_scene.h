/* Migrations of a test's own, and what the migrator said of them. */
#ifndef ZEVENSTEM_TESTS_DB_MIGRATE_SCENE_H
#define ZEVENSTEM_TESTS_DB_MIGRATE_SCENE_H

#include "db/migrate.h"
#include "support/database.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

struct said {
    char text[16384];
};

static inline void said_line(const char *line, void *context)
{
    struct said *said = context;
    size_t used = strlen(said->text);
    snprintf(said->text + used, sizeof said->text - used, "%s\n", line);
}

#define FILE_OF(file_name, file_text)                                                                        \
    {                                                                                                        \
        "migrations/" file_name ".sql", (const unsigned char *)(file_text), sizeof(file_text) - 1            \
    }
#define OLDEST "-- oldest-binary: 0.1.0\n"
#define FILES_END                                                                                            \
    {                                                                                                        \
        NULL, NULL, 0                                                                                        \
    }

static inline struct migrate_options options_for(const struct embedded_file *files, struct said *said)
{
    said->text[0] = '\0';
    return (struct migrate_options){.files = files,
                                    .binary_version = "0.1.0",
                                    .lock_timeout_ms = 100,
                                    .lock_tries = 3,
                                    .other_wait_ms = 20000,
                                    .say = said_line,
                                    .context = said};
}

static inline void expect_up(const char *conninfo, const struct embedded_file *files,
                             enum migrate_status wanted)
{
    struct said said;
    struct migrate_options options = options_for(files, &said);
    cr_assert(eq(int, migrate_up(conninfo, &options), wanted), "%s", said.text);
}

static inline void expect_said(const struct said *said, const char *words)
{
    cr_expect(strstr(said->text, words) != NULL, "should say: %s\nbut said: %s", words, said->text);
}

static inline int64_t applied_count(const char *conninfo)
{
    return test_sql_number(conninfo, "SELECT count(*) FROM zs.migration");
}

static inline bool schema_exists(const char *conninfo)
{
    return test_sql_number(conninfo, "SELECT count(*) FROM pg_namespace WHERE nspname = 'zs'") == 1;
}

#endif
