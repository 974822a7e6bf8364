/* zevenstem book --round R --format xlsx|ods --out FILE */
#include "base/clock.h"
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/english.h"
#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "cmd/session.h"
#include "features/results/results.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_MAX = 64 * 1024 * 1024 };

static const char usage[] =
    "usage: zevenstem book --round ROUND --format xlsx|ods --out FILE [--banner VARIABLE,...]\n"
    "                      [--base antwoord,mening,gevraagd] [--percentages kolom|rij] [--stream STREAM]\n"
    "                      [--weighted] [--view analist|openbaar] [--with-r] [--language nl|en]\n"
    "                      [--config FILE]\n"
    "\n"
    "Writes the tabellenboek: every question of the round by a banner of variables (all background ones\n"
    "unless others are named), with topline, orders, where people stopped, and method; all as of one "
    "moment.\n"
    "What is about fewer people than may be shown is withheld, and so is what it would follow from.\n"
    "Stream: open (default), uitnodiging, panel, organisatie, or alle: never taken together unasked.\n"
    "With --view openbaar it is the public's book, of the newest release: protected figures of its\n"
    "dimensions, which may be given to anyone.\n"
    "With --with-r there is a script FILE.R beside it that asks the API for one of its tables.\n"
    "\n"
    "FILE is there whole or not at all, for you alone to read; an older one is replaced. Every book is on\n"
    "the audit log. While a round runs whose tussenstand is closed, there is none.\n";

struct work {
    const char *round_code, *path;
    bool with_r;
    enum figures_view view;
    struct results_book_texts texts;
    struct arena *arena;
    struct out_file file, script;
    struct cmd_progress progress;
};

static bool write_book(const void *bytes, size_t size, void *self)
{
    return out_file_write(self, (struct slice){bytes, size});
}

static bool proceed(size_t questions, size_t of_questions, void *self)
{
    struct work *work = self;
    cmd_progress_say(&work->progress, "%zu of %zu questions", questions, of_questions);
    return !cmd_interrupted();
}

static void tell_read(uint64_t responses, void *self)
{
    struct work *work = self;
    cmd_progress_say(&work->progress, "read %" PRIu64 " responses", responses);
}

/* ---- the end ---- */

static int say_not_written(const struct out_file *file)
{
    fprintf(stderr, "%s: %s\n", file->path, strerror(file->why));
    return CMD_FAILED;
}

static int say_not_made(const struct work *work, enum results_book_status status,
                        const struct results_book_outcome *outcome)
{
    static const char *const reasons[] = {
        [BOOK_TOO_WIDE] = "the banner has too many columns; name fewer variables with --banner",
        [BOOK_TOO_LARGE] = "it is too large for a workbook; name fewer variables with --banner",
        [BOOK_TEMPORARY] = "its temporary files could not be kept; is the disk full?",
        [BOOK_STOPPED] = "interrupted",
        [BOOK_FAILED] = "a fault of ours; the log line above has more"};
    const char *why = reasons[status];
    if (status == BOOK_OUTPUT) {
        return say_not_written(&work->file);
    }
    if (status == BOOK_NO_FIGURES) {
        why = outcome->figures == FIGURES_NO_WEIGHTS ? "there are no weights for this stream; make them with "
                                                       "zevenstem weights, or leave --weighted out"
              : outcome->figures == FIGURES_NO_RELEASE
                  ? "the round has no release yet; make one with zevenstem release"
              : outcome->figures == FIGURES_NOT_RELEASED ? "the release has nothing of this stream"
              : outcome->figures == FIGURES_TOO_LARGE    ? "a table is too large; name fewer variables with "
                                                           "--banner"
                                                         : "the answers could not be counted";
    }
    fprintf(stderr, "no tabellenboek: %s\n", why);
    return CMD_FAILED;
}

static void tell_of_analyst(const struct results_book_outcome *outcome)
{
    printf("%zu cells of tables shown, %zu withheld: too few people, or such a cell would follow from them\n",
           outcome->shown, outcome->withheld);
}

static void tell(const struct work *work, const struct results_book_outcome *outcome)
{
    double seconds = (double)(clock_monotonic_us() - work->progress.begun_us) / 1e6;
    printf("wrote %s: %zu questions by %zu columns, in %.1f s\n", work->path, outcome->questions,
           outcome->columns, seconds);
    if (work->view == FIGURES_PUBLIC) {
        printf("of release %d: %zu cells of tables shown, %zu not public; %zu questions are in no table\n",
               (int)outcome->release, outcome->shown, outcome->withheld, outcome->not_released);
    } else {
        tell_of_analyst(outcome);
    }
    printf("%zu comparisons at 95 %%, %zu without 0, some %.0f of them to be expected by chance\n",
           outcome->comparisons, outcome->letters, 0.05 * (double)outcome->comparisons);
    if (work->with_r) {
        printf("beside it: %s\n", work->script.path);
    }
}

/* What begins with a part of the value in quotes keeps it as it was typed. */
static void say_fault(const char *option, const char *detail)
{
    size_t kept = 0;
    for (size_t i = 1; detail[0] == '"' && detail[i] != '\0'; i++) {
        kept = detail[i - 1] == '"' && detail[i] == ' ' ? i + 1 : kept;
    }
    fprintf(stderr, "%s: %.*s%s\n", option, (int)kept, detail, cmd_english(detail + kept));
}

/* ---- what is asked ---- */

static bool read_request(struct results_book_request *request, const struct work *work)
{
    static const char *const options[][2] = {{"kolommen", "--banner"}, {"basis", "--base"},
                                             {"werving", "--stream"},  {"percentages", "--percentages"},
                                             {"formaat", "--format"},  {"taal", "--language"}};
    json_t *errors = json_array();
    size_t index;
    json_t *item;
    bool good = results_book_read(request, errors, work->arena, &work->texts);
    json_array_foreach(errors, index, item)
    {
        const char *parameter = json_string_value(json_object_get(item, "parameter"));
        for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
            if (strcmp(options[i][0], parameter) == 0) {
                say_fault(options[i][1], json_string_value(json_object_get(item, "detail")));
            }
        }
    }
    json_decref(errors);
    return good;
}

struct reading {
    struct results_book_request *request;
    struct arena *arena;
    const char *result; /* of the audit; NULL: read the pages */
};

static enum db_status do_in_tx(struct db_tx *tx, void *context)
{
    const struct reading *reading = context;
    return reading->result ? results_book_audit(tx, reading->request, "command", cmd_actor(), reading->result)
                           : results_book_read_pages(reading->request, reading->arena, tx, clock_unix_s());
}

static enum db_status audit(struct cmd_session *session, struct results_book_request *request,
                            const char *result)
{
    struct reading reading = {request, NULL, result};
    return db_transaction(session->conn, "book-audit", DB_ROLE_RESULTS, do_in_tx, &reading);
}

/* ---- the work ---- */

static bool open_files(struct work *work)
{
    const char *script = arena_printf(work->arena, "%s.R", work->path).ptr;
    if (!out_file_open(&work->file, work->arena, work->path)) {
        say_not_written(&work->file);
        return false;
    }
    if (work->with_r && !out_file_open(&work->script, work->arena, script)) {
        say_not_written(&work->script);
        return false;
    }
    return true;
}

static bool write_script(struct work *work, const struct results_book_request *request)
{
    return !work->with_r || (out_file_write(&work->script, results_book_script(work->arena, request)) &&
                             out_file_sync(&work->script));
}

static int make_book(struct work *work, struct cmd_session *session, struct results *results,
                     struct results_book_request *request)
{
    struct results_book_outcome outcome;
    const char *slash = strrchr(work->path, '/');
    request->output = (struct dataset_output){
        .write = write_book,
        .self = &work->file,
        .folder =
            slash ? arena_printf(work->arena, "%.*s", (int)(slash + 1 - work->path), work->path).ptr : "."};
    request->proceed = proceed;
    request->self = work;
    cmd_progress_wait(&work->progress, "writing the tabellenboek");
    enum results_book_status status = results_book(&outcome, results, request);
    cmd_progress_end(&work->progress);
    bool good = status == BOOK_OK && write_script(work, request) && out_file_sync(&work->file);
    /* What cannot be recorded does not leave. */
    enum db_status recorded = audit(session, request, good ? "ok" : "failed");
    if (status != BOOK_OK) {
        return say_not_made(work, status, &outcome);
    }
    if (recorded != DB_OK) {
        return cmd_say_failure("writing the audit log", recorded);
    }
    if (!good || (work->with_r && !out_file_finish(&work->script)) || !out_file_finish(&work->file)) {
        return say_not_written(work->script.why ? &work->script : &work->file);
    }
    tell(work, &outcome);
    return CMD_OK;
}

static int count_and_make(struct work *work, struct cmd_session *session, const struct cmd_rounds *rounds,
                          struct results_book_request *request)
{
    const struct results_config config = cmd_results_config(session, rounds);
    struct results *results = results_create(&config);
    cmd_progress_wait(&work->progress, "reading the answers");
    struct reading reading = {request, work->arena, NULL};
    const bool open = work->view == FIGURES_PUBLIC;
    enum db_status status =
        !results ? DB_FAILED
        : open   ? results_refresh(results, session->conn)
                 : results_load_round(results, session->conn, request->people.round, tell_read, work);
    cmd_progress_end(&work->progress);
    if (status == DB_OK && !open) {
        status = db_transaction_read_only(session->conn, "book-pages", DB_ROLE_RESULTS, do_in_tx, &reading);
    }
    int result = CMD_FAILED;
    if (status != DB_OK) {
        result = cmd_say_failure("reading the answers", status);
    } else if (open_files(work)) {
        result = make_book(work, session, results, request);
    }
    out_file_drop(&work->file);
    out_file_drop(&work->script);
    results_destroy(results);
    return result;
}

static int book_of_round(struct work *work, struct cmd_session *session, struct cmd_rounds *rounds)
{
    const struct survey_round *round = survey_round_find(rounds->snapshot, slice_from_cstr(work->round_code));
    if (!round || round->status == ROUND_DRAFT || round->pilot) {
        fprintf(stderr, "there is no round %s that was opened and counts\n", work->round_code);
        return CMD_FAILED;
    }
    struct results_book_request request = {.people = {.view = work->view, .round = round},
                                           .locales = web_locales(rounds->web),
                                           .public_url = session->config.server.public_url,
                                           .producer = session->config.service.organisation};
    if (!read_request(&request, work)) {
        return CMD_USAGE;
    }
    if (work->view == FIGURES_ANALYST && !results_book_allowed(round, clock_unix_s())) {
        fprintf(stderr,
                "round %s runs and its tussenstand is closed: there is no tabellenboek before it closes\n",
                work->round_code);
        return audit(session, &request, "refused") == DB_OK
                   ? CMD_FAILED
                   : cmd_say_failure("writing the audit log", DB_FAILED);
    }
    return count_and_make(work, session, rounds, &request);
}

static struct slice given(const char *text)
{
    return text ? slice_from_cstr(text) : (struct slice){NULL, 0};
}

static int run(struct work *work, const char *config)
{
    struct cmd_session session;
    int status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        struct cmd_rounds rounds;
        status = cmd_rounds_open(&rounds, &session);
        status = status == CMD_GO ? book_of_round(work, &session, &rounds) : status;
        cmd_rounds_close(&rounds);
    }
    cmd_session_close(&session);
    return status;
}

int cmd_book(int argc, char **argv)
{
    const char *config = NULL, *format = "", *banner = NULL, *bases = NULL, *percentages = NULL;
    const char *stream = NULL, *language = NULL, *view = "analist";
    bool weighted = false;
    struct cmd_arguments arguments;
    struct work work = {.file = {.fd = -1}, .script = {.fd = -1}};
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--round", &work.round_code, NULL},
                                         {"--format", &format, NULL},
                                         {"--out", &work.path, NULL},
                                         {"--banner", &banner, NULL},
                                         {"--base", &bases, NULL},
                                         {"--percentages", &percentages, NULL},
                                         {"--stream", &stream, NULL},
                                         {"--language", &language, NULL},
                                         {"--weighted", NULL, &weighted},
                                         {"--with-r", NULL, &work.with_r},
                                         {"--view", &view, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 0, 0, usage);
    if (status != CMD_GO) {
        return status;
    }
    enum workbook_format known;
    work.view = strcmp(view, "openbaar") == 0 ? FIGURES_PUBLIC : FIGURES_ANALYST;
    const char *fault =
        work.view == FIGURES_ANALYST && strcmp(view, "analist") != 0 ? "--view takes analist or openbaar"
        : !work.round_code                                           ? "say with --round which round"
        : !workbook_format_find(&known, slice_from_cstr(format))     ? "say with --format whether xlsx or ods"
        : !work.path || !work.path[0]                                ? "say with --out which file to write"
                                                                     : NULL;
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    work.texts = (struct results_book_texts){.format = given(format),
                                             .banner = given(banner),
                                             .bases = given(bases),
                                             .percentages = given(percentages),
                                             .stream = given(stream),
                                             .language = given(language),
                                             .weighted = weighted ? SLICE("true") : SLICE("false")};
    work.arena = arena_create(ARENA_MAX);
    cmd_progress_begin(&work.progress, STDERR_FILENO);
    cmd_catch_interrupts();
    status = run(&work, config);
    arena_destroy(work.arena);
    return status;
}
