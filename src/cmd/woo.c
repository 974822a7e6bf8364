/* zevenstem woo file | package */
#include "base/clock.h"
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/opendata_session.h"
#include "features/audit/audit.h"

#include <stdio.h>
#include <string.h>

enum { FILE_ARENA_MAX = 512 * 1024 * 1024 };

static const char usage[] =
    "usage: zevenstem woo file --signal N|--meeting N|--round ROUND --to FILE.zip [--config FILE]\n"
    "       zevenstem woo package --round ROUND --to FILE.zip [--config FILE]\n"
    "\n"
    "file writes the file under the Wet open overheid of a signal, a meeting, or all signals that rest on a "
    "round:\n"
    "every piece in order as HTML and JSON, with an inventory as CSV and ODS and a signed list. What is "
    "given\n"
    "of a piece was judged by somebody, at /beheer/woo: what was taken out is gone, with the ground in its\n"
    "place. A piece that nobody judged is on the inventory, and not given.\n"
    "package writes what is to be made public of a round unasked: questionnaire, method, how many took "
    "part,\n"
    "protected tables of the newest publication, and metadata with the terms of DiWoo and TOOI.\n";

static const char *const subjects[WOO_SUBJECTS] = {
    [WOO_SIGNAL] = "signal", [WOO_MEETING] = "meeting", [WOO_ROUND] = "round"};

struct work {
    enum woo_subject subject;
    const char *code;
    struct arena *arena;
    struct woo_file file;
};

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct work *work = context;
    const struct woo_asked asked = woo_whole(work->subject, slice_from_cstr(work->code));
    return woo_read(&work->file, tx, work->arena, &asked);
}

static bool write_out(const void *bytes, size_t size, void *self)
{
    return out_file_write(self, (struct slice){bytes, size});
}

static enum db_status record_work(struct db_tx *tx, void *context)
{
    const struct work *work = context;
    const struct audit_event event = {
        .action = "woo.file",
        .object = arena_printf(db_arena(tx), "%s:%s", woo_subjects[work->subject], work->code).ptr,
        .result = "ok",
        .origin = "command",
        .actor = cmd_actor(),
        .details = arena_printf(db_arena(tx), "{\"pieces\": %zu}", work->file.count).ptr};
    return audit_record(tx, &event);
}

static int tell(const struct work *work, const char *path)
{
    size_t counts[WOO_OUTCOMES] = {0}, left = 0;
    for (size_t i = 0; i < work->file.count; i++) {
        if (work->file.pieces[i].assessed) {
            counts[work->file.pieces[i].outcome]++;
        } else {
            left++;
        }
    }
    printf("%s: %zu pieces, %zu given in full, %zu in part, %zu not\n", path, work->file.count,
           counts[WOO_OPEN], counts[WOO_PART], counts[WOO_CLOSED]);
    if (left > 0) {
        printf("%zu were not judged, and are not given: see /beheer/woo\n", left);
    }
    return CMD_OK;
}

static int write_file(struct cmd_session *session, struct work *work, const char *path)
{
    struct out_file file;
    if (!out_file_open(&file, session->arena, path)) {
        fprintf(stderr, "%s: %s\n", path, strerror(file.why));
        return CMD_FAILED;
    }
    const enum dataset_status written = woo_write(work->arena, &work->file, session->keys, clock_unix_s(),
                                                  (struct dataset_output){.write = write_out, .self = &file});
    int result = CMD_FAILED;
    if (written != DATASET_OK || !out_file_sync(&file)) {
        fprintf(stderr, "%s could not be written\n", path);
    } else {
        const enum db_status status =
            db_transaction(session->conn, "woo-record", DB_ROLE_STAFF, record_work, work);
        result = status != DB_OK          ? cmd_say_failure("noting it", status)
                 : out_file_finish(&file) ? tell(work, path)
                                          : CMD_FAILED;
    }
    out_file_drop(&file);
    return result;
}

static int carry_out(struct cmd_session *session, struct work *work, const char *path)
{
    work->arena = arena_create(FILE_ARENA_MAX);
    const enum db_status status =
        db_transaction_read_only(session->conn, "woo-read", DB_ROLE_STAFF, read_work, work);
    int result = status == DB_OK ? CMD_FAILED : cmd_say_failure("reading the pieces", status);
    if (status == DB_OK && !work->file.found) {
        fprintf(stderr, "there is no %s %s\n", subjects[work->subject], work->code);
    } else if (status == DB_OK && work->file.too_large) {
        fprintf(stderr, "%s %s has more text than a file holds: write one of each signal or meeting\n",
                subjects[work->subject], work->code);
    } else if (status == DB_OK) {
        result = write_file(session, work, path);
    }
    arena_destroy(work->arena);
    return result;
}

/* ---- of a round, unasked ---- */

static int tell_package(enum woo_package_outcome outcome, const char *round, const char *path)
{
    switch (outcome) {
    case WOO_PACKAGE_MADE:
        printf("%s\n", path);
        return CMD_OK;
    case WOO_PACKAGE_UNPUBLISHED:
        fprintf(stderr, "nothing of round %s was released, or its data are invented\n", round);
        break;
    case WOO_PACKAGE_LACKING:
        fputs("the configuration does not say whose it is: see zevenstem doctor, opendata\n", stderr);
        break;
    case WOO_PACKAGE_OUTPUT:
        fprintf(stderr, "%s could not be written\n", path);
        break;
    }
    return CMD_FAILED;
}

static int write_package(struct cmd_opendata *open, struct cmd_session *session,
                         const struct survey_round *round, const char *path)
{
    struct out_file file;
    enum woo_package_outcome outcome;
    if (!out_file_open(&file, session->arena, path)) {
        fprintf(stderr, "%s: %s\n", path, strerror(file.why));
        return CMD_FAILED;
    }
    const enum db_status status =
        woo_package_make(&outcome, open->opendata, session->conn, round,
                         (struct dataset_output){.write = write_out, .self = &file}, cmd_actor());
    int result = status != DB_OK ? cmd_say_failure("making the package", status) : CMD_OK;
    if (result == CMD_OK && outcome == WOO_PACKAGE_MADE &&
        (!out_file_sync(&file) || !out_file_finish(&file))) {
        outcome = WOO_PACKAGE_OUTPUT;
    }
    result = result == CMD_OK ? tell_package(outcome, round->code, path) : result;
    out_file_drop(&file);
    return result;
}

static int package(struct cmd_session *session, const char *code, const char *path)
{
    struct cmd_opendata open;
    size_t published;
    int result = cmd_opendata_open(&open, session);
    const struct survey_round *round =
        result == CMD_GO ? survey_round_find(open.rounds.snapshot, slice_from_cstr(code)) : NULL;
    if (result == CMD_GO && !round) {
        fprintf(stderr, "there is no round %s\n", code);
        result = CMD_FAILED;
    }
    if (result == CMD_GO) {
        result = cmd_opendata_publish(&published, &open, session, code, NULL);
    }
    if (result == CMD_GO) {
        result = write_package(&open, session, round, path);
    }
    cmd_opendata_close(&open);
    return result;
}

int cmd_woo(int argc, char **argv)
{
    const char *config = NULL, *path = NULL;
    const char *codes[WOO_SUBJECTS] = {NULL};
    struct work work = {.code = NULL};
    size_t given = 0;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--signal", &codes[WOO_SIGNAL], NULL},
                                         {"--meeting", &codes[WOO_MEETING], NULL},
                                         {"--round", &codes[WOO_ROUND], NULL},
                                         {"--to", &path, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    for (int s = 0; s < WOO_SUBJECTS; s++) {
        if (codes[s]) {
            work.subject = (enum woo_subject)s;
            work.code = codes[s];
            given++;
        }
    }
    const bool packs = strcmp(arguments.values[0], "package") == 0;
    const char *fault = !packs && strcmp(arguments.values[0], "file") != 0 ? "not understood: file or package"
                        : packs && (given != 1 || work.subject != WOO_ROUND)
                            ? "package takes --round and no other subject"
                        : given != 1        ? "say of what it is, with one of --signal, --meeting and --round"
                        : !path || !path[0] ? "say with --to which file to write"
                                            : NULL;
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = packs ? package(&session, work.code, path) : carry_out(&session, &work, path);
    }
    cmd_session_close(&session);
    return status;
}
