#include "db/migrate_plan.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1024, NUMBER_DIGITS = 4 };

static const char folder[] = "migrations/";
static const char routines_folder[] = "routines/";
static const char suffix[] = ".sql";

void migrate_sayf(const struct migrate_say *say, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    say->line(line, say->context);
}

/* ---- versions ---- */

struct version {
    uint64_t part[3];
    struct slice label; /* behind the dash */
    bool labelled;
};

static bool read_version(struct version *out, const char *text)
{
    struct slice rest = slice_from_cstr(text);
    out->labelled = slice_cut(&rest, &out->label, rest, '-');
    if (out->labelled && out->label.len == 0) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        struct slice part;
        bool more = slice_cut(&part, &rest, rest, '.');
        if (!slice_to_u64(&out->part[i], part, INT32_MAX) || more != (i < 2)) {
            return false;
        }
    }
    return true;
}

bool migrate_version_valid(const char *version)
{
    struct version parsed;
    return read_version(&parsed, version);
}

int migrate_version_compare(const char *a, const char *b)
{
    struct version x;
    struct version y;
    if (!read_version(&x, a) || !read_version(&y, b)) {
        return strcmp(a, b);
    }
    for (int i = 0; i < 3; i++) {
        if (x.part[i] != y.part[i]) {
            return x.part[i] < y.part[i] ? -1 : 1;
        }
    }
    if (x.labelled != y.labelled) {
        return x.labelled ? -1 : 1;
    }
    return slice_compare(x.label, y.label);
}

/* ---- one file ---- */

struct reading {
    struct arena *arena;
    const struct migrate_say *say;
    const char *file;
    bool faulty;
};

static void fault(struct reading *reading, size_t line, const char *what)
{
    reading->faulty = true;
    migrate_sayf(reading->say, "%s:%zu: %s", reading->file, line, what);
}

/* The comment lines at the top; `oldest-binary: VERSION` and `outside transaction` mean something, the rest
 * is for people. What only looks like one of the two would be silently without effect, and is a fault. */
static void read_header(struct reading *reading, struct migration *migration, struct slice text)
{
    struct slice rest = text;
    for (size_t number = 1;; number++) {
        struct slice line;
        struct slice key;
        struct slice value;
        slice_cut(&line, &rest, rest, '\n');
        line = slice_trim(line);
        if (!slice_starts_with(line, SLICE("--"))) {
            return;
        }
        line = slice_trim((struct slice){line.ptr + 2, line.len - 2});
        slice_cut(&key, &value, line, ':');
        value = slice_trim(value);
        if (slice_equal(key, SLICE("oldest-binary"))) {
            migration->oldest_binary = arena_cstr(reading->arena, value);
            if (!migrate_version_valid(migration->oldest_binary)) {
                fault(reading, number, "oldest-binary is not a version like 1.2.3");
            }
        } else if (slice_equal(line, SLICE("outside transaction"))) {
            migration->outside_transaction = true;
        } else if ((line.len >= 6 && slice_equal_nocase((struct slice){line.ptr, 6}, SLICE("oldest"))) ||
                   (line.len >= 7 && slice_equal_nocase((struct slice){line.ptr, 7}, SLICE("outside")))) {
            fault(reading, number, "write it as `-- oldest-binary: 1.2.3` or `-- outside transaction`");
        }
    }
}

static struct slice first_word(struct slice text)
{
    size_t len = 0;
    while (len < text.len && ((text.ptr[len] | 0x20) >= 'a' && (text.ptr[len] | 0x20) <= 'z')) {
        len++;
    }
    return (struct slice){text.ptr, len};
}

/* Begin and end of the transaction are the migrator's: a COMMIT within a file would break it in two. */
static bool controls_transaction(struct slice statement)
{
    static const char *const words[] = {"begin",    "start", "commit",    "end",
                                        "rollback", "abort", "savepoint", "release"};
    struct slice word = first_word(statement);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (slice_equal_nocase(word, slice_from_cstr(words[i]))) {
            return true;
        }
    }
    struct slice rest = slice_trim((struct slice){statement.ptr + word.len, statement.len - word.len});
    return slice_equal_nocase(word, SLICE("prepare")) &&
           slice_equal_nocase(first_word(rest), SLICE("transaction"));
}

static void read_statements(struct reading *reading, struct migration *migration, struct slice text)
{
    struct sql_split split = sql_split(reading->arena, text);
    if (split.problem) {
        fault(reading, split.problem_line, split.problem);
        return;
    }
    migration->statements = split.statements;
    migration->statement_count = split.count;
    if (split.count == 0) {
        fault(reading, 1, "there is no statement in it");
    }
    for (size_t i = 0; i < split.count; i++) {
        if (controls_transaction(split.statements[i].text)) {
            fault(reading, split.statements[i].line,
                  "begins or ends a transaction; that is not the file's to do");
        }
    }
    if (migration->outside_transaction && split.count != 1) {
        fault(reading, 1, "outside transaction: exactly one statement, that may be run again");
    }
}

static void read_file(struct reading *reading, struct migration *migration, const struct embedded_file *file)
{
    struct slice text = {(const char *)file->bytes, file->size};
    reading->file = file->name;
    crypto_sha256(migration->sha256, text);
    if (!utf8_valid(text) || memchr(text.ptr, '\0', text.len)) {
        fault(reading, 1, "is not UTF-8 text");
        return;
    }
    read_header(reading, migration, text);
    read_statements(reading, migration, text);
    if (migration->number > 0 && !migration->oldest_binary) {
        fault(reading, 1, "has no line `-- oldest-binary: 1.2.3` at its top");
    }
    if (migration->number == 0 && (migration->oldest_binary || migration->outside_transaction)) {
        fault(reading, 1, "oldest-binary and outside transaction are not for routines");
    }
    if (!migration->oldest_binary) {
        migration->oldest_binary = "";
    }
}

/* ---- names ---- */

static bool plain_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
    }
    return name.len > 0;
}

/* "migrations/0001_house.sql" and "migrations/routines/round.sql". */
static bool read_name(struct migration *migration, struct arena *arena, const char *path)
{
    struct slice name = slice_from_cstr(path);
    size_t ends = sizeof suffix - 1;
    if (!slice_starts_with(name, slice_from_cstr(folder)) || name.len < sizeof folder - 1 + ends ||
        memcmp(name.ptr + name.len - ends, suffix, ends) != 0) {
        return false;
    }
    name = (struct slice){name.ptr + sizeof folder - 1, name.len - (sizeof folder - 1) - ends};
    migration->name = arena_cstr(arena, name);
    if (slice_starts_with(name, slice_from_cstr(routines_folder))) {
        name = (struct slice){name.ptr + sizeof routines_folder - 1, name.len - (sizeof routines_folder - 1)};
        return plain_name(name);
    }
    struct slice digits;
    struct slice words;
    return slice_cut(&digits, &words, name, '_') && digits.len == NUMBER_DIGITS && plain_name(words) &&
           slice_to_i64(&migration->number, digits, 1, INT32_MAX);
}

static int by_number_and_name(const void *a, const void *b)
{
    const struct migration *x = a;
    const struct migration *y = b;
    return x->number != y->number ? (x->number > y->number) - (x->number < y->number)
                                  : strcmp(x->name, y->name);
}

static void check_numbers(struct reading *reading, const struct migrate_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        int64_t number = plan->migrations[i].number;
        int64_t before = i > 0 ? plan->migrations[i - 1].number : 0;
        if (number == before) {
            reading->faulty = true;
            migrate_sayf(reading->say, "two migrations have number %04lld: %s and %s", (long long)number,
                         plan->migrations[i - 1].name, plan->migrations[i].name);
        } else if (number != before + 1) {
            reading->faulty = true;
            migrate_sayf(reading->say, "migration %04lld is missing: %s comes next", (long long)before + 1,
                         plan->migrations[i].name);
        }
    }
}

bool migrate_plan_read(struct migrate_plan *out, struct arena *arena, const struct embedded_file *files,
                       const struct migrate_say *say)
{
    struct reading reading = {.arena = arena, .say = say};
    size_t total = 0;
    while (files[total].name) {
        total++;
    }
    *out = (struct migrate_plan){.migrations = arena_array(arena, total, sizeof(struct migration)),
                                 .routines = arena_array(arena, total, sizeof(struct migration))};
    for (size_t i = 0; i < total; i++) {
        struct migration migration = {.number = 0};
        if (!read_name(&migration, arena, files[i].name)) {
            reading.faulty = true;
            migrate_sayf(say, "%s: a migration is named NNNN_words.sql, a routine routines/words.sql",
                         files[i].name);
            continue;
        }
        read_file(&reading, &migration, &files[i]);
        if (migration.number > 0) {
            out->migrations[out->count++] = migration;
        } else {
            out->routines[out->routine_count++] = migration;
        }
    }
    qsort(out->migrations, out->count, sizeof *out->migrations, by_number_and_name);
    qsort(out->routines, out->routine_count, sizeof *out->routines, by_number_and_name);
    check_numbers(&reading, out);
    return !reading.faulty;
}

/* ---- comparing ---- */

static bool fits(const struct migration *migration, const struct applied *applied,
                 const struct migrate_say *say)
{
    char ours[2 * CRYPTO_SHA256_BYTES + 1];
    char theirs[2 * CRYPTO_SHA256_BYTES + 1];
    if (strcmp(migration->name, applied->name) != 0) {
        migrate_sayf(say, "%s was applied under the name %s: a migration keeps its name", migration->name,
                     applied->name);
        return false;
    }
    if (memcmp(migration->sha256, applied->sha256, CRYPTO_SHA256_BYTES) == 0) {
        return true;
    }
    crypto_hex(ours, migration->sha256, CRYPTO_SHA256_BYTES);
    crypto_hex(theirs, applied->sha256, CRYPTO_SHA256_BYTES);
    migrate_sayf(say, "%s was edited after it was applied (%s, by zevenstem %s).", migration->name,
                 applied->applied_at, applied->binary_version);
    migrate_sayf(say, "    applied: sha256 %s", theirs);
    migrate_sayf(say, "    file:    sha256 %s", ours);
    migrate_sayf(say, "    Run the program that it was applied with, or make the change in a new migration.");
    return false;
}

bool migrate_plan_fits(const struct migrate_plan *plan, const struct migrate_state *state, bool may_be_newer,
                       const struct migrate_say *say)
{
    bool good = true;
    int64_t expected = 1;
    for (size_t i = 0; i < state->count; i++) {
        const struct applied *applied = &state->migrations[i];
        for (; expected < applied->number; expected++) {
            good = false;
            migrate_sayf(say, "migration %04lld was never applied, though %s was: there is a gap",
                         (long long)expected, applied->name);
        }
        expected = applied->number + 1;
        if (applied->number >= 1 && (size_t)applied->number <= plan->count) {
            good = fits(&plan->migrations[applied->number - 1], applied, say) && good;
        } else if (!may_be_newer) {
            good = false;
            migrate_sayf(say,
                         "the database is newer than this program: it has %s (applied %s by zevenstem %s), "
                         "of which this"
                         " program knows nothing. Run that zevenstem or a newer one.",
                         applied->name, applied->applied_at, applied->binary_version);
        }
    }
    return good;
}

bool migrate_routine_due(const struct applied **recorded, const struct migration *routine,
                         const struct migrate_state *state)
{
    if (recorded) {
        *recorded = NULL;
    }
    for (size_t i = 0; i < state->routine_count; i++) {
        const struct applied *applied = &state->routines[i];
        if (strcmp(applied->name, routine->name) == 0) {
            if (recorded) {
                *recorded = applied;
            }
            return memcmp(applied->sha256, routine->sha256, CRYPTO_SHA256_BYTES) != 0;
        }
    }
    return true;
}
