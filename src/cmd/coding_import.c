/* zevenstem coding import FILE --round R */
#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/coding.h"
#include "cmd/document.h"
#include "cmd/session.h"
#include "crypto/crypto.h"
#include "features/audit/audit.h"
#include "features/coding/coding.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct work {
    const char *path;
    const struct survey_round *round;
    struct arena *arena;
    bool of_recording, leave_out, dry_run;
    bool shows_progress;
    struct slice bytes;
    struct coding_file file;
    struct coding_import_plan plan;
    struct coding_book_import book;
    bool done, missed; /* missed: somebody kept a version meanwhile */
};

/* One line on a terminal, which the next one takes the place of; "" ends it. */
static void stage(const struct work *w, const char *words)
{
    if (w->shows_progress) {
        fprintf(stderr, "\r\033[K%s", words);
    }
}

static bool read_file(struct work *w)
{
    stage(w, "reading the file");
    if (!document_read(&w->bytes, w->arena, w->path, CODING_IMPORT_FILE_MAX)) {
        return false;
    }
    const bool good = coding_file_read(&w->file, w->arena, w->bytes);
    stage(w, "");
    if (!good) {
        const struct qda_fault *fault = &w->file.fault;
        fprintf(stderr, "%s: ", w->path);
        if (fault->line > 0) {
            fprintf(stderr, "line %zu: ", fault->line);
        }
        fprintf(stderr, "%s", coding_fault_words(fault->status));
        if (fault->what[0]) {
            fputs(": ", stderr);
            cmd_put_text(stderr, slice_from_cstr(fault->what), 0);
        }
        fputs("\n", stderr);
    }
    return good;
}

/* ---- what is said of it ---- */

static void tell_left_out(const struct work *w)
{
    const struct qda_report *report = &w->file.report;
    for (size_t i = 0; i < report->left_out_count; i++) {
        printf("not taken: %zu x ", report->left_out[i].count);
        cmd_print_text(report->left_out[i].name, 0);
        puts("");
    }
    if (report->crlf_as_one + report->crlf_as_two > 0) {
        printf("lines ended in CRLF in %zu texts: positions were moved along\n",
               report->crlf_as_one + report->crlf_as_two);
    }
}

static void tell_book(const struct work *w)
{
    static const char *const words[CODING_MERGE_KINDS] = {
        [CODING_MERGE_SAME] = NULL,
        [CODING_MERGE_ADDED] = "new",
        [CODING_MERGE_CHANGED] = "changed",
        [CODING_MERGE_MOVED] = "moved",
        [CODING_MERGE_STAYS] = "stays as it is here",
        [CODING_MERGE_OURS] = "not in the file, stays",
        [CODING_MERGE_FIXED] = "REFUSED, a new code in a list that is closed",
        [CODING_MERGE_NO_NAME] = "REFUSED, it has no name",
        [CODING_MERGE_LONG_NAME] = "REFUSED, its name has more than 120 characters",
        [CODING_MERGE_LONG_DEFINITION] = "REFUSED, its description has more than 10000 characters",
        [CODING_MERGE_TOO_DEEP] = "REFUSED, it stands more than 6 deep",
        [CODING_MERGE_TOO_MANY] = "REFUSED, there are more than 500 codes",
    };
    const struct coding_merge *merge = &w->book.merge;
    for (size_t i = 0; i < merge->item_count; i++) {
        if (words[merge->items[i].what]) {
            printf("%s: ", words[merge->items[i].what]);
            cmd_print_text(merge->items[i].title, 0);
            puts("");
        }
    }
}

static const char *const whys[CODING_WHYS] = {
    [CODING_WHY_NONE] = "",
    [CODING_WHY_NOWHERE] = "neither a conversation nor an answer of this round",
    [CODING_WHY_TWICE] = "another text of the file is the same conversation or answer",
    [CODING_WHY_CANCELLED] = "the conversation was cancelled",
    [CODING_WHY_NOBODY] = "nobody is noted to have come to the conversation",
    [CODING_WHY_CONSENT] = "consent is not noted, or does not go so far, of",
    [CODING_WHY_UNREADABLE] = "cannot be read as a transcript",
    [CODING_WHY_SPEAKER] = "not noted to have come to the conversation",
    [CODING_WHY_NO_SPEAKER] = "it does not say who speaks",
    [CODING_WHY_OTHER_TEXT] = "another text stands here",
};
static const char *const losses[CODING_LOST_WHYS] = {
    [CODING_LOST_KNOWN] = "stand here already",
    [CODING_LOST_SPEECHLESS] = "cover no word that somebody said",
    [CODING_LOST_WITHDRAWN] = "are on words that are left out here",
    [CODING_LOST_CONFLICT] = "are a second code of a list of which one is taken",
    [CODING_LOST_WHOLE] = "are of a text as a whole",
    [CODING_LOST_UNKNOWN] = "have a code that the code book of the round has not",
    [CODING_LOST_DECIDED] = "are on passages of which was decided what counts",
    [CODING_LOST_LONG] = "have a memo of more than 2000 characters, or more than 20 codes",
};

static void tell_source(const struct coding_import_source *source)
{
    const bool refused = source->state == CODING_SOURCE_REFUSED;
    fputs(refused                               ? "refused: "
          : source->state == CODING_SOURCE_TEXT ? "new text: "
                                                : "text as here: ",
          stdout);
    cmd_print_text(source->name, 0);
    if (refused) {
        printf(": %s", whys[source->why]);
        if (source->what.len > 0) {
            fputs(": ", stdout);
            cmd_print_text(source->what, 0);
        }
        if (source->line > 0) {
            printf(", from line %zu", source->line);
        }
    } else if (source->state == CODING_SOURCE_TEXT) {
        printf(": %zu turns, %zu codings", source->turns, source->codings);
    } else {
        printf(": %zu codings", source->codings);
    }
    puts("");
}

static void tell_plan(const struct work *w)
{
    const struct coding_import_plan *plan = &w->plan;
    for (size_t i = 0; i < plan->source_count; i++) {
        if (plan->sources[i].state != CODING_SOURCE_ANSWER) {
            tell_source(&plan->sources[i]);
        }
    }
    for (size_t i = 0; i < plan->user_count; i++) {
        if (plan->users[i].codings > 0) {
            fputs("coder: ", stdout);
            cmd_print_text(plan->users[i].name, 0);
            fputs(" is ", stdout);
            cmd_print_text(plan->users[i].becomes, 0);
            printf(", %zu codings\n", plan->users[i].codings);
        }
    }
    for (size_t i = 0; i < plan->code_count; i++) {
        const struct coding_import_code *code = &plan->codes[i];
        if (code->title.len == 0 || code->by_name) {
            fputs(code->by_name ? "code by its name: " : "unknown code: ", stdout);
            cmd_print_text(code->name, 0);
            printf(", %zu codings\n", code->codings);
        }
    }
    for (size_t i = 0; i < CODING_LOST_WHYS; i++) {
        if (plan->lost[i] > 0) {
            printf("%zu codings %s\n", plan->lost[i], losses[i]);
        }
    }
}

/* ---- the work ---- */

static enum db_status audit(const struct work *w, struct db_tx *tx)
{
    char hash[2 * CRYPTO_SHA256_BYTES + 1];
    unsigned char bytes[CRYPTO_SHA256_BYTES];
    crypto_sha256(bytes, w->bytes);
    crypto_hex(hash, bytes, sizeof bytes);
    const struct audit_event event = {.action = "coding.import",
                                      .object = arena_printf(db_arena(tx), "round:%s", w->round->code).ptr,
                                      .result = "ok",
                                      .origin = "command",
                                      .actor = cmd_actor(),
                                      .details = arena_printf(db_arena(tx), CODING_IMPORT_DETAILS, hash,
                                                              w->plan.texts, w->plan.turns, w->plan.codings)
                                                     .ptr};
    return audit_record(tx, &event);
}

static enum db_status project_work(struct db_tx *tx, void *context)
{
    struct work *w = context;
    const struct coding_import import = {.round = w->round,
                                         .file = &w->file,
                                         .of_recording = w->of_recording,
                                         .leave_out = w->leave_out,
                                         .actor = cmd_actor(),
                                         .arena = w->arena};
    w->done = false;
    stage(w, "comparing it with the round");
    enum db_status status = coding_import_plan(&w->plan, tx, &import);
    if (status != DB_OK || !w->plan.planned || w->plan.blocked || w->dry_run) {
        return status;
    }
    stage(w, "loading");
    status = coding_import_load(&w->plan, tx, &import);
    w->done = status == DB_OK;
    return status == DB_OK ? audit(w, tx) : status;
}

static enum db_status book_work(struct db_tx *tx, void *context)
{
    struct work *w = context;
    w->done = w->missed = false;
    enum db_status status = coding_book_import_plan(&w->book, tx, w->arena, w->round, w->file.project);
    if (status != DB_OK || w->dry_run || w->book.merge.faults > 0 || w->book.merge.changes == 0) {
        return status;
    }
    status = coding_book_import_keep(&w->done, &w->book, tx, w->round, cmd_actor(), "command");
    w->missed = status == DB_OK && !w->done;
    return status;
}

static int finish_book(const struct work *w)
{
    const struct coding_merge *merge = &w->book.merge;
    tell_book(w);
    if (w->missed || merge->faults > 0) {
        fprintf(stderr,
                w->missed ? "the code book was changed meanwhile, or is too large: nothing was kept\n"
                          : "nothing was kept: %zu codes stand in the way\n",
                merge->faults);
        return CMD_FAILED;
    }
    printf("%s%zu new, %zu changed, %zu moved codes", w->dry_run ? "dry run: " : "",
           merge->counts[CODING_MERGE_ADDED], merge->counts[CODING_MERGE_CHANGED],
           merge->counts[CODING_MERGE_MOVED]);
    if (w->done) {
        printf(": code book %.*s version %d is kept", SLICE_ARG(w->book.code), (int)w->book.number);
    } else if (merge->changes == 0) {
        fputs(": there is nothing to keep", stdout);
    }
    puts("");
    return CMD_OK;
}

static int finish_project(const struct work *w)
{
    const struct coding_import_plan *plan = &w->plan;
    if (!plan->planned) {
        fprintf(stderr, "it was not chosen by which code book %s is coded\n", w->round->code);
        return CMD_FAILED;
    }
    tell_plan(w);
    if (plan->blocked) {
        fputs("nothing was loaded: see what is refused, or load the rest with --leave-out\n", stderr);
        return CMD_FAILED;
    }
    printf("%s%zu texts, %zu turns, %zu codings\n", w->dry_run ? "dry run: " : "loaded: ", plan->texts,
           plan->turns, plan->codings);
    return CMD_OK;
}

static int import(struct cmd_session *session, struct work *w, const char *round)
{
    struct cmd_rounds rounds;
    int result = cmd_rounds_open(&rounds, session);
    if (result == CMD_GO) {
        w->round = survey_round_find(rounds.snapshot, slice_from_cstr(round));
        result = CMD_FAILED;
        if (!w->round) {
            fprintf(stderr, "there is no round %s\n", round);
        } else if (!survey_round_keeps(w->round, clock_unix_s())) {
            fprintf(stderr, "what was said in round %s is destroyed; it takes no more\n", round);
        } else {
            const enum db_status status = db_transaction(session->conn, "coding-import", DB_ROLE_STAFF,
                                                         w->file.is_project ? project_work : book_work, w);
            stage(w, "");
            tell_left_out(w);
            result = status != DB_OK      ? cmd_say_failure("importing", status)
                     : w->file.is_project ? finish_project(w)
                                          : finish_book(w);
        }
    }
    cmd_rounds_close(&rounds);
    return result;
}

int cmd_coding_import(const char *path, const struct coding_import_call *call)
{
    struct cmd_session session;
    struct work work = {.path = path,
                        .of_recording = call->of_recording,
                        .leave_out = call->leave_out,
                        .dry_run = call->dry_run,
                        .shows_progress = isatty(STDERR_FILENO) == 1};
    int result = CMD_FAILED;
    work.arena = arena_create(CODING_IMPORT_ARENA_MAX);
    if (read_file(&work)) {
        result = cmd_session_open(&session, call->config);
        result = result == CMD_GO ? import(&session, &work, call->round) : result;
        cmd_session_close(&session);
    }
    arena_destroy(work.arena);
    return result;
}
