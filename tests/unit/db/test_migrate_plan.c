#include "db/migrate_plan.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

TestSuite(migrate_plan, .fini = leaks_check);

struct said {
    char text[4096];
};

static void collect(const char *line, void *context)
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
#define END                                                                                                  \
    {                                                                                                        \
        NULL, NULL, 0                                                                                        \
    }

static bool read_plan(struct migrate_plan *plan, struct arena *arena, struct said *said,
                      const struct embedded_file *files)
{
    struct migrate_say say = {collect, said};
    said->text[0] = '\0';
    return migrate_plan_read(plan, arena, files, &say);
}

Test(migrate_plan, reads_migrations_in_order_and_routines)
{
    static const struct embedded_file files[] = {
        FILE_OF("0002_more", "-- why: because\n-- outside transaction\n-- oldest-binary: 1.2.3\n\nCREATE "
                             "INDEX CONCURRENTLY i;"),
        FILE_OF("0001_house", OLDEST "SELECT 1; SELECT 2;"),
        FILE_OF("routines/a_routine", "-- tells something\nCREATE OR REPLACE FUNCTION f();"),
        END,
    };
    struct arena *arena = arena_create(1 << 20);
    struct migrate_plan plan;
    struct said said;
    unsigned char hash[CRYPTO_SHA256_BYTES];
    cr_assert(read_plan(&plan, arena, &said, files), "%s", said.text);
    cr_assert(eq(sz, plan.count, 2));
    cr_assert(eq(sz, plan.routine_count, 1));
    cr_expect(eq(i64, plan.migrations[0].number, 1));
    cr_expect(eq(sz, plan.migrations[0].statement_count, 2));
    cr_expect(not(plan.migrations[0].outside_transaction));
    cr_expect(plan.migrations[1].outside_transaction);
    cr_expect(strcmp(plan.migrations[1].name, "0002_more") == 0);
    cr_expect(strcmp(plan.migrations[1].oldest_binary, "1.2.3") == 0);
    cr_expect(strcmp(plan.routines[0].name, "routines/a_routine") == 0);
    crypto_sha256(hash, (struct slice){(const char *)files[1].bytes, files[1].size});
    cr_expect(memcmp(hash, plan.migrations[0].sha256, sizeof hash) == 0);
    arena_destroy(arena);
}

static void expect_fault(const struct embedded_file *files, const char *words)
{
    struct arena *arena = arena_create(1 << 20);
    struct migrate_plan plan;
    struct said said;
    cr_expect(not(read_plan(&plan, arena, &said, files)), "should say: %s", words);
    cr_expect(strstr(said.text, words) != NULL, "said: %s should say: %s", said.text, words);
    arena_destroy(arena);
}

Test(migrate_plan, faults_are_said_with_their_place)
{
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", "SELECT 1"), END},
                 "0001_a.sql:1: has no line `-- oldest-binary");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", "-- oldest-binary: soon\nSELECT 1"), END},
                 "0001_a.sql:1: oldest-binary is not a version");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "-- Outside-transaction\nSELECT 1"), END},
                 "0001_a.sql:2: write it as");
    expect_fault(
        (struct embedded_file[]){FILE_OF("0001_a", OLDEST "-- outside transaction\nSELECT 1; SELECT 2"), END},
        "exactly one statement");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST), END}, "there is no statement");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "SELECT 1;\n\nSELECT 'x"), END},
                 "0001_a.sql:4: a string (') that is never closed");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "SELECT 1;\nCommit;"), END},
                 "0001_a.sql:3: begins or ends a transaction");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "PREPARE TRANSACTION 'x';"), END},
                 "0001_a.sql:2: begins or ends a transaction");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "SELECT '\xff'"), END}, "is not UTF-8");
    expect_fault((struct embedded_file[]){FILE_OF("1_a", OLDEST "SELECT 1"), END}, "is named NNNN_words.sql");
    expect_fault((struct embedded_file[]){FILE_OF("0001_A", OLDEST "SELECT 1"), END},
                 "is named NNNN_words.sql");
    expect_fault((struct embedded_file[]){FILE_OF("0001-a", OLDEST "SELECT 1"), END},
                 "is named NNNN_words.sql");
    expect_fault((struct embedded_file[]){FILE_OF("routines/", "SELECT 1"), END}, "is named NNNN_words.sql");
    expect_fault((struct embedded_file[]){FILE_OF("routines/a", OLDEST "SELECT 1"), END},
                 "are not for routines");
    expect_fault((struct embedded_file[]){FILE_OF("0002_a", OLDEST "SELECT 1"), END},
                 "migration 0001 is missing");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "SELECT 1"),
                                          FILE_OF("0003_b", OLDEST "SELECT 1"), END},
                 "migration 0002 is missing: 0003_b comes next");
    expect_fault((struct embedded_file[]){FILE_OF("0001_a", OLDEST "SELECT 1"),
                                          FILE_OF("0001_b", OLDEST "SELECT 1"), END},
                 "two migrations have number 0001: 0001_a and 0001_b");
}

Test(migrate_plan, prepare_and_words_that_only_begin_alike_are_allowed)
{
    static const struct embedded_file files[] = {
        FILE_OF("0001_a", OLDEST "PREPARE p AS SELECT 1; COMMENT ON TABLE t IS 'x'; ENDOW x; STARTLE y"),
        END};
    struct arena *arena = arena_create(1 << 20);
    struct migrate_plan plan;
    struct said said;
    cr_expect(read_plan(&plan, arena, &said, files), "%s", said.text);
    arena_destroy(arena);
}

/* ---- comparing ---- */

static const struct embedded_file three[] = {
    FILE_OF("0001_a", OLDEST "SELECT 1"), FILE_OF("0002_b", OLDEST "SELECT 2"),
    FILE_OF("0003_c", OLDEST "SELECT 3"), FILE_OF("routines/r", "SELECT 4"), END};

/* The state after the first `count` migrations of the plan. */
static struct migrate_state state_after(struct arena *arena, const struct migrate_plan *plan, size_t count)
{
    struct migrate_state state = {
        .exists = true, .migrations = arena_array(arena, 8, sizeof(struct applied)), .count = count};
    for (size_t i = 0; i < count; i++) {
        state.migrations[i] = (struct applied){.number = plan->migrations[i].number,
                                               .name = plan->migrations[i].name,
                                               .oldest_binary = "0.1.0",
                                               .binary_version = "0.1.0",
                                               .applied_at = "yesterday"};
        memcpy(state.migrations[i].sha256, plan->migrations[i].sha256, CRYPTO_SHA256_BYTES);
    }
    return state;
}

Test(migrate_plan, tells_what_does_not_fit)
{
    struct arena *arena = arena_create(1 << 20);
    struct migrate_plan plan;
    struct said said;
    struct migrate_say say = {collect, &said};
    cr_assert(read_plan(&plan, arena, &said, three), "%s", said.text);
    for (size_t count = 0; count <= 3; count++) {
        struct migrate_state good = state_after(arena, &plan, count);
        cr_expect(migrate_plan_fits(&plan, &good, false, &say), "%s", said.text);
    }
    cr_expect(said.text[0] == '\0');

    struct migrate_state edited = state_after(arena, &plan, 2);
    edited.migrations[1].sha256[31] ^= 1;
    cr_expect(not(migrate_plan_fits(&plan, &edited, false, &say)));
    cr_expect(strstr(said.text, "0002_b was edited after it was applied (yesterday, by zevenstem 0.1.0)") !=
              NULL);

    said.text[0] = '\0';
    struct migrate_state renamed = state_after(arena, &plan, 2);
    renamed.migrations[0].name = "0001_x";
    cr_expect(not(migrate_plan_fits(&plan, &renamed, true, &say)));
    cr_expect(strstr(said.text, "0001_a was applied under the name 0001_x") != NULL);

    said.text[0] = '\0';
    struct migrate_state gap = state_after(arena, &plan, 3);
    gap.migrations[1] = gap.migrations[2];
    gap.count = 2;
    cr_expect(not(migrate_plan_fits(&plan, &gap, false, &say)));
    cr_expect(strstr(said.text, "migration 0002 was never applied, though 0003_c was") != NULL);

    said.text[0] = '\0';
    struct migrate_state future = state_after(arena, &plan, 3);
    future.migrations[3] =
        (struct applied){.number = 4, .name = "0004_d", .binary_version = "0.9.0", .applied_at = "today"};
    future.count = 4;
    cr_expect(migrate_plan_fits(&plan, &future, true, &say), "a service may run on it");
    cr_expect(not(migrate_plan_fits(&plan, &future, false, &say)));
    cr_expect(strstr(said.text, "the database is newer than this program: it has 0004_d") != NULL);
    arena_destroy(arena);
}

Test(migrate_plan, a_routine_is_due_when_it_is_new_or_another)
{
    struct arena *arena = arena_create(1 << 20);
    struct migrate_plan plan;
    struct said said;
    const struct applied *recorded;
    cr_assert(read_plan(&plan, arena, &said, three), "%s", said.text);
    struct applied applied = {.name = "routines/r"};
    struct migrate_state state = {.routines = &applied, .routine_count = 1};
    cr_expect(migrate_routine_due(&recorded, &plan.routines[0], &state));
    cr_expect(recorded == &applied);
    memcpy(applied.sha256, plan.routines[0].sha256, sizeof applied.sha256);
    cr_expect(not(migrate_routine_due(NULL, &plan.routines[0], &state)));
    state.routine_count = 0;
    cr_expect(migrate_routine_due(&recorded, &plan.routines[0], &state));
    cr_expect(recorded == NULL);
    arena_destroy(arena);
}

Test(migrate_plan, versions_are_ordered_by_number)
{
    static const char *const rising[] = {"0.0.1-alpha", "0.0.1", "0.0.9", "0.0.10", "0.1.0-rc1",
                                         "0.1.0-rc2",   "0.1.0", "0.2.0", "1.0.0",  "10.0.0"};
    static const char *const wrong[] = {"",       "1",      "1.2",  "1.2.3.4", "1.2.x",          "v1.2.3",
                                        "1.2.3-", " 1.2.3", "1..3", "-1.2.3",  "1.2.99999999999"};
    for (size_t i = 0; i < sizeof rising / sizeof rising[0]; i++) {
        cr_expect(migrate_version_valid(rising[i]), "%s", rising[i]);
        for (size_t j = 0; j < sizeof rising / sizeof rising[0]; j++) {
            int order = migrate_version_compare(rising[i], rising[j]);
            cr_expect(eq(int, (order > 0) - (order < 0), (i > j) - (i < j)), "%s %s: %d", rising[i],
                      rising[j], order);
        }
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect(not(migrate_version_valid(wrong[i])), "%s", wrong[i]);
    }
}
