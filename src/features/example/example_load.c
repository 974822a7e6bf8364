/* Loading the example: the consultation and what it is followed by, and the responses. */
#include "features/example/example_internal.h"

#include "base/embedded.h"
#include "features/fieldwork/fieldwork.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LOADING_ARENA_MAX = 512 * 1024 * 1024, LINE_BYTES = 256 };

static const struct round_act by_example = {"voorbeeld", "command"};

void example_tell(const struct example_loading *loading, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    loading->config->tell(line, loading->config->self);
}

static void tell_faults(const struct example_loading *loading, const char *what,
                        const struct json_errors *errors)
{
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        example_tell(loading, "%s: %s: %s", what, errors->items[i].pointer, errors->items[i].detail);
    }
}

static void release_json(void *json)
{
    json_decref(json);
}

/* ---- what travels inside the program ---- */

static struct slice embedded_text(const char *name)
{
    const struct embedded_file *file = embedded_example;
    while (file->name && strcmp(file->name, name) != 0) {
        file++;
    }
    return (struct slice){(const char *)file->bytes, file->size};
}

/* As `zevenstem consultation pack` would make it of the same files. */
static struct slice package(struct arena *arena)
{
    json_t *files = json_object();
    for (const struct embedded_file *file = embedded_example; file->name; file++) {
        json_object_set_new(files, file->name, json_loadb((const char *)file->bytes, file->size, 0, NULL));
    }
    json_t *whole = json_pack("{s:s,s:o}", "consultation",
                              "config/consultations/" EXAMPLE_CONSULTATION ".json", "files", files);
    char *text = json_dumps(whole, JSON_COMPACT);
    const struct slice packed = text ? arena_copy(arena, slice_from_cstr(text)) : (struct slice){NULL, 0};
    free(text);
    json_decref(whole);
    return packed;
}

/* ---- publishing ---- */

struct publishing {
    struct example_loading *loading;
    struct consultation_bundle bundle;
    struct publish_outcome outcome;
    const struct codebook *book;
    const json_t *guides[2];
    bool good;
};

static enum db_status keep_guides(struct publishing *p, struct db_tx *tx)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < 2; i++) {
        struct guide_version version;
        enum guide_outcome outcome;
        status = guide_keep(&outcome, &version, tx, SLICE(EXAMPLE_CONSULTATION), p->guides[i],
                            by_example.actor, by_example.origin);
        p->loading->guides[i] = status == DB_OK ? version.id : 0;
    }
    return status;
}

static enum db_status publish_work(struct db_tx *tx, void *context)
{
    struct publishing *p = context;
    struct codebook_version version;
    enum codebook_outcome kept;
    enum round_change opened;
    enum db_status status = consultation_publish(&p->outcome, tx, &p->bundle, &by_example);
    for (size_t i = 0; status == DB_OK && i < EXAMPLE_ROUNDS; i++) {
        status = round_open(&opened, tx, slice_from_cstr(example_rounds[i]), &by_example);
    }
    status = status == DB_OK ? keep_guides(p, tx) : status;
    if (status == DB_OK) {
        status = codebook_keep(&kept, &version, tx, SLICE(EXAMPLE_CONSULTATION), p->book, codebook_embedded(),
                               by_example.actor, by_example.origin);
    }
    p->loading->book = status == DB_OK ? version.id : 0;
    return status;
}

static enum db_status publish(enum example_outcome *outcome, struct example_loading *loading)
{
    static const char *const guides[] = {"config/guides/interview-biotechnologie.json",
                                         "config/guides/focusgroep-biotechnologie.json"};
    struct publishing p = {.loading = loading};
    struct json_errors errors;
    const char *path;
    json_errors_init(&errors, loading->arena);
    const bool good = consultation_bundle_unpack(&p.bundle, &path, &errors, loading->arena,
                                                 package(loading->arena), web_locales(loading->config->web));
    p.book = codebook_load(&errors, loading->arena, codebook_embedded());
    for (size_t i = 0; i < 2; i++) {
        p.guides[i] = guide_read(&errors, loading->arena, embedded_text(guides[i]));
    }
    *outcome = EXAMPLE_FAULTY;
    if (!good || !p.bundle.invented || errors.count > 0) {
        tell_faults(loading, EXAMPLE_CONSULTATION, &errors);
        return DB_OK;
    }
    const enum db_status status =
        db_transaction(loading->config->conn, "example-publish", DB_ROLE_STAFF, publish_work, &p);
    *outcome = status == DB_ROLLBACK ? EXAMPLE_REAL : EXAMPLE_LOADED;
    return status == DB_ROLLBACK ? DB_OK : status;
}

/* ---- responses ---- */

struct importing {
    const struct example_loading *loading;
    const char *round;
    bool good;
};

static void refused(size_t line, const struct json_errors *errors, void *self)
{
    struct importing *importing = self;
    char what[LINE_BYTES];
    snprintf(what, sizeof what, "%s:%zu", importing->round, line);
    if (importing->good) { /* one tells enough */
        tell_faults(importing->loading, what, errors);
    }
    importing->good = false;
}

/* Nobody is behind a response to hand it to. */
static bool made_code(size_t line, const char *code, void *self)
{
    (void)line, (void)code, (void)self;
    return true;
}

static void progress(size_t line, const struct survey_import_counts *counts, void *self)
{
    (void)line, (void)counts, (void)self;
}

/* As lines in a file that is in memory only; -1 when there is none. */
static int file_of(const json_t *responses)
{
    size_t i;
    const json_t *response;
    const int fd = memfd_create("voorbeeld", MFD_CLOEXEC);
    FILE *out = fd >= 0 ? fdopen(dup(fd), "w") : NULL;
    bool good = out != NULL;
    json_array_foreach((json_t *)(uintptr_t)responses, i, response)
    {
        good = good && json_dumpf(response, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF;
    }
    good = out && fclose(out) == 0 && good && lseek(fd, 0, SEEK_SET) == 0;
    if (!good && fd >= 0) {
        close(fd);
    }
    return good ? fd : -1;
}

static enum db_status import_round(bool *good, const struct example_loading *loading, struct survey *survey,
                                   size_t number)
{
    struct importing importing = {.loading = loading, .round = example_rounds[number], .good = true};
    struct survey_import_counts counts;
    enum db_status status = DB_FAILED;
    const json_t *responses =
        json_object_get(json_object_get(loading->made, "antwoorden"), example_rounds[number]);
    const struct survey_import_config config = {.survey = survey,
                                                .database = loading->config->database,
                                                .snapshot = loading->snapshot,
                                                .round = loading->rounds[number],
                                                .channel = CHANNEL_WEB,
                                                .batch = EXAMPLE_CONSULTATION,
                                                .self = &importing,
                                                .refused = refused,
                                                .made_code = made_code,
                                                .progress = progress};
    const int fd = file_of(responses);
    if (fd < 0) {
        return DB_FAILED;
    }
    const enum survey_import_end end = survey_import(&counts, &status, &config, fd);
    close(fd);
    *good = importing.good && end == IMPORT_DONE;
    example_tell(loading, "%s: %" PRIu64 " responses", example_rounds[number],
                 counts.accepted + counts.repeated);
    return status;
}

static enum db_status close_work(struct db_tx *tx, void *context)
{
    const struct example_loading *loading = context;
    enum round_change change;
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < EXAMPLE_ROUNDS; i++) {
        status =
            round_close(&change, tx, slice_from_cstr(example_rounds[i]), loading->config->now_s, &by_example);
    }
    return status;
}

/* Nothing is put into a round that does not say of itself that it is of invented data. */
static bool find_rounds(struct example_loading *loading)
{
    bool good = true;
    for (size_t i = 0; i < EXAMPLE_ROUNDS; i++) {
        loading->rounds[i] = survey_round_find(loading->snapshot, slice_from_cstr(example_rounds[i]));
        good = good && loading->rounds[i] && loading->rounds[i]->invented;
    }
    return good;
}

/* ---- all of it ---- */

static enum db_status load_all(bool *good, struct example_loading *loading, struct survey *survey)
{
    enum db_status status = DB_OK;
    *good = true;
    for (size_t i = 0; status == DB_OK && *good && i < EXAMPLE_ROUNDS; i++) {
        status = import_round(good, loading, survey, i);
    }
    if (status == DB_OK && *good) {
        status = db_transaction(loading->config->conn, "example-close", DB_ROLE_STAFF, close_work, loading);
    }
    if (status == DB_OK && *good) {
        status = example_load_talk(good, loading);
    }
    return status == DB_OK && *good ? example_load_codes(good, loading) : status;
}

static int64_t now_s; /* of the one call of example_load that a program makes */

static int64_t now_of_command(void)
{
    return now_s;
}

static enum db_status refresh_and_load(enum example_outcome *outcome, struct example_loading *loading)
{
    const struct survey_config survey_config = {.keys = loading->config->keys,
                                                .web = loading->config->web,
                                                .public_url = "",
                                                .now_s = now_of_command};
    struct survey *survey = survey_create(&survey_config);
    bool good = false;
    now_s = loading->config->now_s;
    enum db_status status = survey ? survey_refresh(survey, loading->config->conn) : DB_FAILED;
    loading->snapshot = status == DB_OK ? survey_snapshot_hold(survey) : NULL;
    if (status == DB_OK && !find_rounds(loading)) {
        *outcome = EXAMPLE_REAL;
    } else if (status == DB_OK) {
        status = load_all(&good, loading, survey);
        *outcome = good ? EXAMPLE_LOADED : EXAMPLE_FAULTY;
    }
    survey_snapshot_release(loading->snapshot);
    survey_destroy(survey);
    return status;
}

enum db_status example_load(enum example_outcome *outcome, const struct example_config *config)
{
    struct example_loading loading = {.config = config, .arena = arena_create(LOADING_ARENA_MAX)};
    struct json_errors errors;
    enum db_status status = DB_OK;
    *outcome = EXAMPLE_FAULTY;
    json_errors_init(&errors, loading.arena);
    json_t *made = example_make(&errors, config->seed, &config->size);
    if (!made) {
        tell_faults(&loading, "config/examples/verzonnen.json", &errors);
        goto cleanup;
    }
    arena_defer(loading.arena, release_json, made);
    loading.made = made;
    status = publish(outcome, &loading);
    if (status == DB_OK && *outcome == EXAMPLE_LOADED) {
        status = refresh_and_load(outcome, &loading);
    }
cleanup:
    arena_destroy(loading.arena);
    return status;
}
