/* zevenstem import responses FILE --round R */
#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/english.h"
#include "cmd/session.h"
#include "features/audit/audit.h"
#include "features/survey/survey.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { QUIET_US = 1000 * 1000 };

static const char usage[] =
    "usage: zevenstem import responses FILE --round ROUND [--channel papier|telefoon|api]\n"
    "                                  [--batch NAME] [--codes OUT] [--dry-run] [--config FILE]\n"
    "\n"
    "Adds responses that were given elsewhere. FILE (- for standard input) has JSON lines, one object a line "
    "as\n"
    "the API takes it, or CSV with a header of variable codes. Every record is checked as if it came by the "
    "form;\n"
    "a record with a fault is refused whole, with its line and every fault, and the others are stored.\n"
    "\n"
    "Importing again what was imported counts nothing twice. A record may name its `deelnamecode`; for the "
    "others a "
    "code\n"
    "is made that follows from what the record says and from the name of the batch (--batch, else the file's "
    "own "
    "name).\n"
    "So mend the lines that were refused and import the whole file again: what was stored before is "
    "`repeated`. Two "
    "files\n"
    "that are not the same batch need names of their own, or records that are alike count once. Standard "
    "input "
    "without\n"
    "--batch is never recognised.\n"
    "\n"
    "With the code the citizen reads back, corrects and withdraws. --codes OUT has those that are made "
    "written to a "
    "new\n"
    "file (line, code), for you alone to read, to hand them out; importing the same batch again gives them "
    "again.\n"
    "Where none was made there is no file.\n"
    "A record without code, and any on paper, says which topics were assigned in <module>_toegewezen_1 and "
    "so on.\n"
    "\n"
    "  --channel   how the answers came: papier (the default), telefoon or api\n"
    "  --batch     what these records are together, for example week-48\n"
    "  --dry-run   checks all, stores nothing\n"
    "\n"
    "The round must have been opened; it may be closed by now. Exit status: 0 all accepted, 1 some were "
    "not.\n";

struct work {
    const char *path;
    struct survey_import_config config;
    FILE *codes; /* NULL: not kept */
    size_t codes_kept;
    int64_t started_us;
    bool shows_progress;
    bool progress_shown;
};

/* ---- what is said on the way ---- */

static void clear_progress(struct work *work)
{
    if (work->progress_shown) {
        fputs("\r\033[K", stderr);
        work->progress_shown = false;
    }
}

static void refused(size_t line, const struct json_errors *errors, void *self)
{
    struct work *work = self;
    size_t shown = json_errors_kept(errors);
    clear_progress(work);
    for (size_t i = 0; i < shown; i++) {
        const struct json_error_item *item = &errors->items[i];
        fprintf(stderr, "%s:%zu:%s%s %s\n", work->path, line, item->pointer[0] ? " " : "", item->pointer,
                item->detail);
    }
    if (errors->count > shown) {
        fprintf(stderr, "%s:%zu: and %zu more\n", work->path, line, errors->count - shown);
    }
}

static bool made_code(size_t line, const char *code, void *self)
{
    struct work *work = self;
    work->codes_kept += work->codes != NULL;
    return !work->codes || (fprintf(work->codes, "%zu,%s\n", line, code) > 0 && fflush(work->codes) == 0);
}

static void progress(size_t line, const struct survey_import_counts *counts, void *self)
{
    struct work *work = self;
    if (work->shows_progress && clock_monotonic_us() - work->started_us > QUIET_US) {
        fprintf(stderr, "\rline %zu: %" PRIu64 " accepted, %" PRIu64 " refused", line, counts->accepted,
                counts->refused);
        work->progress_shown = true;
    }
}

/* ---- the end ---- */

static int tell(struct work *work, enum survey_import_end end, enum db_status status,
                const struct survey_import_counts *counts)
{
    int why = errno;
    clear_progress(work);
    switch (end) {
    case IMPORT_DONE:
    case IMPORT_BAD_FILE:
        break;
    case IMPORT_READ_FAILED:
        fprintf(stderr, "%s: %s\n", work->path, strerror(why));
        break;
    case IMPORT_NO_CODES:
        fprintf(stderr, "the file of codes cannot be written: %s\n", strerror(why));
        break;
    case IMPORT_DATABASE:
        cmd_say_failure("storing", status);
        break;
    }
    if (!work->codes && counts->made > 0) {
        fprintf(stderr,
                "%" PRIu64 " participation codes were made and not kept: nobody can read back, correct or "
                "withdraw those responses (--codes keeps them%s)\n",
                counts->made, work->config.batch ? ", also when this batch is imported again" : "");
    }
    if (counts->unknown > 0) {
        fprintf(stderr,
                "of %" PRIu64 " records it is not known whether they were stored: %s"
                "can be imported again\n",
                counts->unknown, work->config.batch ? "they " : "those with a deelnamecode ");
    }
    printf("%s%" PRIu64 " accepted, %" PRIu64 " repeated, %" PRIu64 " refused\n",
           work->config.dry_run ? "dry run: " : "", counts->accepted, counts->repeated, counts->refused);
    return end == IMPORT_DONE && counts->refused == 0 ? CMD_OK : CMD_FAILED;
}

struct record {
    const struct work *work;
    const struct survey_import_counts *counts;
    bool whole;
};

static enum db_status record_work(struct db_tx *tx, void *context)
{
    const struct record *record = context;
    const struct survey_import_counts *counts = record->counts;
    struct slice object =
        arena_printf(db_arena(tx), "round:%s:accepted=%" PRIu64 ":repeated=%" PRIu64 ":refused=%" PRIu64,
                     record->work->config.round->code, counts->accepted, counts->repeated, counts->refused);
    const struct audit_event event = {.action = "responses.import",
                                      .object = object.ptr,
                                      .result = record->whole ? "ok" : "failed",
                                      .origin = "command",
                                      .actor = cmd_actor()};
    return audit_record(tx, &event);
}

/* ---- the work ---- */

static const struct survey_round *usable_round(const struct survey_snapshot *snapshot, const char *code,
                                               int64_t now)
{
    const struct survey_round *round = survey_round_find(snapshot, slice_from_cstr(code));
    if (!round) {
        fprintf(stderr, "there is no round %s\n", code);
    } else if (round->status == ROUND_DRAFT) {
        fprintf(stderr, "round %s was not opened yet\n", code);
        round = NULL;
    } else if (clock_day(now) >= round->destruction_day) {
        fprintf(stderr, "the answers of round %s are destroyed; it takes no more\n", code);
        round = NULL;
    }
    return round;
}

static int import_file(struct work *work, struct cmd_session *session, int fd)
{
    struct survey_import_counts counts;
    enum db_status status;
    work->started_us = clock_monotonic_us();
    enum survey_import_end end = survey_import(&counts, &status, &work->config, fd);
    int told = tell(work, end, status, &counts);
    if (work->config.dry_run || counts.accepted == 0) {
        return told;
    }
    struct record record = {work, &counts, end == IMPORT_DONE};
    status = db_transaction(session->conn, "import-audit", DB_ROLE_STAFF, record_work, &record);
    return status == DB_OK ? told : cmd_say_failure("writing the audit log", status);
}

/* With the round as the database has it now. */
static int import_into(struct work *work, struct cmd_session *session, const char *round_code, int fd)
{
    struct cmd_rounds rounds;
    int result = cmd_rounds_open(&rounds, session);
    if (result == CMD_GO) {
        work->config.survey = rounds.survey;
        work->config.database = &session->database;
        work->config.snapshot = rounds.snapshot;
        work->config.round = usable_round(rounds.snapshot, round_code, clock_unix_s());
        result = work->config.round ? import_file(work, session, fd) : CMD_FAILED;
    }
    cmd_rounds_close(&rounds);
    return result;
}

/* A new file that nobody else may read; an old one is never overwritten. */
static bool open_codes(struct work *work, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    work->codes = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!work->codes) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    return fputs("regel,deelnamecode\n", work->codes) >= 0;
}

static bool read_channel(enum survey_channel *channel, const char *name)
{
    static const struct {
        const char *name;
        enum survey_channel channel;
    } channels[] = {{"papier", CHANNEL_PAPER}, {"telefoon", CHANNEL_PHONE}, {"api", CHANNEL_API}};
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++) {
        if (strcmp(name, channels[i].name) == 0) {
            *channel = channels[i].channel;
            return true;
        }
    }
    return false;
}

static int run(struct work *work, const char *config, const char *round_code, const char *codes_path)
{
    struct cmd_session session;
    bool standard_input = strcmp(work->path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(work->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "%s: %s\n", work->path, strerror(errno));
        return CMD_FAILED;
    }
    int status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = codes_path && !work->config.dry_run && !open_codes(work, codes_path)
                     ? CMD_FAILED
                     : import_into(work, &session, round_code, fd);
    }
    work->config.database = NULL; /* was the session's */
    cmd_session_close(&session);
    if (work->codes && fclose(work->codes) != 0) {
        fprintf(stderr, "%s: %s\n", codes_path, strerror(errno));
        status = CMD_FAILED;
    }
    if (codes_path && work->codes && work->codes_kept == 0) {
        unlink(codes_path); /* ours, and new: left there it would stand in the way of the next try */
    }
    if (!standard_input) {
        close(fd);
    }
    return status;
}

/* The file's own name; standard input has none. */
static const char *batch_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(path, "-") == 0 ? NULL : slash ? slash + 1 : path;
}

int cmd_import(int argc, char **argv)
{
    const char *config = NULL;
    const char *round_code = NULL;
    const char *channel = "papier";
    const char *codes_path = NULL;
    const char *batch = NULL;
    bool dry_run = false;
    struct cmd_arguments arguments;
    struct work work = {.shows_progress = isatty(STDERR_FILENO)};
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--round", &round_code, NULL},
                                         {"--channel", &channel, NULL},
                                         {"--codes", &codes_path, NULL},
                                         {"--batch", &batch, NULL},
                                         {"--dry-run", NULL, &dry_run},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 2, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    work.config = (struct survey_import_config){.in_english = cmd_english,
                                                .dry_run = dry_run,
                                                .self = &work,
                                                .refused = refused,
                                                .made_code = made_code,
                                                .progress = progress};
    if (!read_channel(&work.config.channel, channel)) {
        return cmd_misused(usage, "--channel takes papier, telefoon or api, not %s", channel);
    }
    const char *fault = strcmp(arguments.values[0], "responses") != 0
                            ? "not understood: import responses FILE"
                        : !round_code        ? "say with --round which round"
                        : batch && !batch[0] ? "--batch takes a name that is not empty"
                                             : NULL;
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    work.path = arguments.values[1];
    work.config.batch = batch ? batch : batch_of(work.path);
    return run(&work, config, round_code, codes_path);
}
