/* zevenstem export responses --round R --format F --out FILE */
#include "base/clock.h"
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "cmd/session.h"
#include "features/results/results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PARTS = 3, ARENA_MAX = 64 * 1024 * 1024 };

static const char usage[] =
    "usage: zevenstem export responses --round ROUND --format csv|jsonl|sav|dta|xlsx|ods|ddi|csvw --out "
    "FILE\n"
    "                                  --purpose TEXT [--language nl|en] [--k N] [--config FILE]\n"
    "\n"
    "Writes microdata: a row for each response that counts now, all as of one moment. Nothing in it leads "
    "back "
    "to a\n"
    "response: rows are numbered in an order drawn anew each time, open answers are left out, background is "
    "made\n"
    "coarser, and what others may know of somebody is hidden where fewer than N people share it (--k, "
    "default "
    "5).\n"
    "\n"
    "FILE is there whole or not at all, for you alone to read; an older one is replaced. Beside it comes\n"
    "FILE.manifest.json with the rules, the number of rows and the SHA-256 by which anybody can see that it "
    "is "
    "whole;\n"
    "beside csv also FILE-metadata.json (CSVW) and FILE.ddi.xml (DDI-Codebook 2.5). jsonl ends in a line "
    "with "
    "the number\n"
    "of rows and the SHA-256 of the lines before it. ddi and csvw describe a csv without its rows.\n"
    "\n"
    "Every export is on the audit log, with what it is for (--purpose). While a round runs whose tussenstand "
    "is closed, nothing leaves.\n";

struct work {
    const char *round_code;
    const char *path;
    const char *purpose;
    enum dataset_format format;
    int language;
    uint32_t k;
    struct arena *arena;
    struct out_file files[PARTS];
    struct out_file manifest;
    struct results_export_part parts[PARTS];
    size_t part_count;
    struct cmd_progress progress;
};

/* ---- on the way ---- */

static bool write_part(const void *bytes, size_t size, void *self)
{
    return out_file_write(self, (struct slice){bytes, size});
}

static bool restart(void *self)
{
    struct work *work = self;
    bool good = true;
    for (size_t i = 0; i < work->part_count && good; i++) {
        good = out_file_restart(&work->files[i]);
    }
    return good;
}

static bool proceed(uint64_t rows, uint64_t of_rows, void *self)
{
    struct work *work = self;
    if (of_rows > 0) {
        cmd_progress_say(&work->progress, "%" PRIu64 " of %" PRIu64 " rows", rows, of_rows);
    } else {
        cmd_progress_say(&work->progress, "counting: %" PRIu64, rows);
    }
    return !cmd_interrupted();
}

/* ---- the end ---- */

static int say_output_failed(const struct work *work)
{
    const struct out_file *file = &work->manifest;
    for (size_t i = 0; i < work->part_count; i++) {
        file = work->files[i].why ? &work->files[i] : file;
    }
    fprintf(stderr, "%s: %s; nothing was exported\n", file->path, strerror(file->why));
    return CMD_FAILED;
}

static int say_not_exported(const struct work *work, enum results_export_status status,
                            const struct results_export_outcome *outcome, int why)
{
    const struct dataset_format_facts *facts = dataset_format_facts(work->format);
    switch (status) {
    case EXPORT_OK:
        break;
    case EXPORT_TOO_FEW:
        fprintf(stderr, "round %s has %" PRIu64 " responses, fewer than k = %" PRIu32 ": none may leave\n",
                work->round_code, outcome->rows, work->k);
        break;
    case EXPORT_TOO_DIVERSE:
        fputs("there are more different backgrounds than can be counted\n", stderr);
        break;
    case EXPORT_TOO_MANY:
        fprintf(stderr,
                "%s holds at most %" PRIu64 " rows; there are %" PRIu64 ", of %zu variables. Nothing was "
                "written: choose csv, jsonl, sav or dta\n",
                facts->name, facts->row_max, outcome->rows, outcome->variables);
        break;
    case EXPORT_TOO_LARGE:
        fprintf(stderr, "%s cannot hold so many cells: choose csv, jsonl, sav or dta\n", facts->name);
        break;
    case EXPORT_OUTPUT:
        return say_output_failed(work);
    case EXPORT_TEMPORARY:
        fprintf(stderr, "a temporary file beside %s: %s\n", work->path, strerror(why));
        break;
    case EXPORT_STOPPED:
        fputs("interrupted; nothing was exported\n", stderr);
        break;
    case EXPORT_DATABASE:
        return cmd_say_failure("exporting", outcome->database);
    case EXPORT_FAILED:
        fputs("exporting failed; the log line above has more\n", stderr);
        break;
    }
    return CMD_FAILED;
}

static void tell(const struct work *work, const struct results_export_outcome *outcome)
{
    const struct results_export_part *part = &work->parts[0];
    printf("%s: %" PRIu64 " rows of %zu variables, %" PRIu64 " bytes, sha256 %s\n", work->path, outcome->rows,
           outcome->variables, part->bytes, part->sha256);
    printf("k = %" PRIu32 ": something is hidden in %" PRIu64 " rows; the smallest group has %" PRIu64
           " people\n",
           work->k, outcome->anonymity.changed, outcome->anonymity.smallest);
    printf("beside it:");
    for (size_t i = 1; i < work->part_count; i++) {
        printf(" %s", work->files[i].path);
    }
    printf(" %s\n", work->manifest.path);
}

/* ---- files ---- */

static bool open_files(struct work *work)
{
    static const enum dataset_format beside[PARTS] = {0, DATASET_CSVW, DATASET_DDI};
    static const char *const endings[PARTS] = {"", "-metadata.json", ".ddi.xml"};
    const char *slash = strrchr(work->path, '/');
    const char *folder =
        slash ? arena_printf(work->arena, "%.*s", (int)(slash + 1 - work->path), work->path).ptr : ".";
    size_t count = work->format == DATASET_CSV ? PARTS : 1;
    for (; work->part_count < count; work->part_count++) {
        size_t i = work->part_count;
        const char *path = arena_printf(work->arena, "%s%s", work->path, endings[i]).ptr;
        if (!out_file_open(&work->files[i], work->arena, path)) {
            fprintf(stderr, "%s: %s\n", path, strerror(work->files[i].why));
            return false;
        }
        work->parts[i] = (struct results_export_part){
            .format = i == 0 ? work->format : beside[i],
            .output = {.write = write_part, .self = &work->files[i], .folder = folder}};
    }
    const char *path = arena_printf(work->arena, "%s.manifest.json", work->path).ptr;
    if (!out_file_open(&work->manifest, work->arena, path)) {
        fprintf(stderr, "%s: %s\n", path, strerror(work->manifest.why));
        return false;
    }
    return true;
}

static void drop_files(struct work *work)
{
    for (size_t i = 0; i < PARTS; i++) {
        out_file_drop(&work->files[i]);
    }
    out_file_drop(&work->manifest);
}

static bool write_manifest(struct work *work, const struct results_export_request *request,
                           const struct results_export_outcome *outcome)
{
    struct slice manifest = results_export_manifest(work->arena, request, outcome);
    if (manifest.len == 0) {
        work->manifest.why = ENOMEM;
        return false;
    }
    return out_file_write(&work->manifest, manifest);
}

static bool sync_files(struct work *work)
{
    bool good = out_file_sync(&work->manifest);
    for (size_t i = 0; good && i < work->part_count; i++) {
        good = out_file_sync(&work->files[i]);
    }
    return good;
}

/* The manifest last: it is what tells that the others are whole. */
static bool name_files(struct work *work)
{
    bool good = true;
    for (size_t i = 0; good && i < work->part_count; i++) {
        good = out_file_finish(&work->files[i]);
    }
    return good && out_file_finish(&work->manifest);
}

/* ---- the work ---- */

struct record {
    const struct results_export_request *request;
    const struct results_export_outcome *outcome;
    const char *purpose, *result;
};

static enum db_status record_work(struct db_tx *tx, void *context)
{
    const struct record *record = context;
    return results_export_audit(tx, record->request, record->outcome, "command", cmd_actor(), record->purpose,
                                record->result);
}

static enum db_status record(struct cmd_session *session, const struct record *record)
{
    struct record copy = *record;
    return db_transaction(session->conn, "export-audit", DB_ROLE_RESULTS, record_work, &copy);
}

static bool allowed(struct cmd_session *session, const struct results_export_request *request,
                    const struct work *work)
{
    const char *round_code = work->round_code;
    switch (results_export_refused(request->round, request->now_s)) {
    case EXPORT_ALLOWED:
        return true;
    case EXPORT_NO_ROUND:
        fprintf(stderr, "there is no round %s that was opened and counts\n", round_code);
        return false;
    case EXPORT_DESTROYED:
        fprintf(stderr, "the answers of round %s are destroyed\n", round_code);
        break;
    case EXPORT_EMBARGO:
        fprintf(stderr, "round %s runs and its tussenstand is closed: nothing leaves before it closes\n",
                round_code);
        break;
    }
    if (record(session, &(struct record){request, NULL, work->purpose, "refused"}) != DB_OK) {
        fputs("the audit log was not written\n", stderr);
    }
    return false;
}

static int export_files(struct work *work, struct cmd_session *session,
                        const struct results_export_request *request)
{
    struct results_export_outcome outcome;
    cmd_progress_begin(&work->progress, STDERR_FILENO);
    cmd_progress_wait(&work->progress, "exporting");
    enum results_export_status status = results_export(&outcome, session->conn, request);
    int why = errno;
    cmd_progress_end(&work->progress);
    if (status == EXPORT_OK && (!write_manifest(work, request, &outcome) || !sync_files(work))) {
        status = EXPORT_OUTPUT;
    }
    /* What cannot be recorded does not leave. */
    enum db_status recorded =
        record(session, &(struct record){request, status == EXPORT_OK ? &outcome : NULL, work->purpose,
                                         status == EXPORT_OK ? "ok" : "failed"});
    if (status != EXPORT_OK) {
        return say_not_exported(work, status, &outcome, why);
    }
    if (recorded != DB_OK) {
        return cmd_say_failure("writing the audit log", recorded);
    }
    if (!name_files(work)) {
        return say_output_failed(work);
    }
    tell(work, &outcome);
    return CMD_OK;
}

static int export_round(struct work *work, struct cmd_session *session,
                        const struct survey_snapshot *snapshot)
{
    const char *slash = strrchr(work->path, '/');
    const struct results_export_request request = {
        .round = survey_round_find(snapshot, slice_from_cstr(work->round_code)),
        .parts = work->parts,
        .part_count = 1,
        .file_name = slash ? slash + 1 : work->path,
        .producer = session->config.service.organisation,
        .language = work->language,
        .k = work->k,
        .now_s = clock_unix_s(),
        .restart = restart,
        .proceed = proceed,
        .self = work};
    work->parts[0].format = work->format;
    if (!allowed(session, &request, work)) {
        return CMD_FAILED;
    }
    struct results_export_weights *weights;
    enum db_status read = results_export_weights_read(&weights, session->conn, request.round);
    if (read != DB_OK) {
        return cmd_say_failure("reading the weights", read);
    }
    int status = CMD_FAILED;
    if (open_files(work)) {
        struct results_export_request whole = request;
        whole.part_count = work->part_count;
        whole.weighing = results_export_weights_weighing(weights);
        status = export_files(work, session, &whole);
    }
    drop_files(work);
    results_export_weights_free(weights);
    return status;
}

int cmd_export(int argc, char **argv)
{
    const char *config = NULL;
    const char *format = NULL;
    const char *language = "nl";
    const char *k_text = NULL;
    uint64_t k = EXPORT_K_MIN;
    struct cmd_arguments arguments;
    struct cmd_session session;
    struct work work = {.path = NULL};
    const struct cmd_option options[] = {
        {"--config", &config, NULL},        {"--round", &work.round_code, NULL},
        {"--format", &format, NULL},        {"--out", &work.path, NULL},
        {"--language", &language, NULL},    {"--k", &k_text, NULL},
        {"--purpose", &work.purpose, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    bool english = strcmp(language, "en") == 0;
    const char *fault =
        strcmp(arguments.values[0], "responses") != 0 ? "not understood: export responses"
        : !work.round_code                            ? "say with --round which round"
        : !format                                     ? "say with --format in which form"
        : !dataset_format_find(&work.format, slice_from_cstr(format))
            ? "--format takes csv, jsonl, sav, dta, xlsx, ods, ddi or csvw"
        : !work.path || !work.path[0]             ? "say with --out which file to write"
        : !english && strcmp(language, "nl") != 0 ? "--language takes nl or en"
        : !work.purpose
            ? "say with --purpose what the export is for: it is asked of everybody who takes microdata"
            : NULL;
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    if (k_text && (!slice_to_u64(&k, slice_from_cstr(k_text), EXPORT_K_MAX) || k < EXPORT_K_MIN)) {
        return cmd_misused(usage, "--k takes a whole number from %d to %d", EXPORT_K_MIN, EXPORT_K_MAX);
    }
    if (!cmd_check_purpose(work.purpose)) {
        return CMD_USAGE;
    }
    work.language = english;
    work.k = (uint32_t)k;
    for (size_t i = 0; i < PARTS; i++) {
        work.files[i].fd = -1;
    }
    work.manifest.fd = -1;
    work.arena = arena_create(ARENA_MAX);
    cmd_catch_interrupts();
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        struct cmd_rounds rounds;
        status = cmd_rounds_open(&rounds, &session);
        status = status == CMD_GO ? export_round(&work, &session, rounds.snapshot) : status;
        cmd_rounds_close(&rounds);
    }
    cmd_session_close(&session);
    arena_destroy(work.arena);
    return status;
}
