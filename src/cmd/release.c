/* zevenstem release make|list|show */
#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/progress.h"
#include "cmd/session.h"
#include "features/results/results.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static const char usage[] =
    "usage: zevenstem release make --round ROUND [--dry-run] [--config FILE]\n"
    "       zevenstem release list [--round ROUND] [--config FILE]\n"
    "       zevenstem release show --round ROUND [--number N] [--config FILE]\n"
    "\n"
    "make counts what was answered in the round so far, protects it, and stores it as a new release: what "
    "the "
    "public\n"
    "sees from then on, the same on every instance. The service does so by itself each night. It is refused "
    "while the\n"
    "round takes answers and its tussenstand is not openbaar. Groups of people in which too few changed keep "
    "the figures\n"
    "that they have; when that is so of all, there is nothing to make. With --dry-run nothing is stored: the "
    "hash tells\n"
    "whether it would be the same again.\n"
    "list shows releases, the newest first; show one of them, the newest unless a number is given.\n";

/* ---- make ---- */

static void tell_read(uint64_t responses, void *progress)
{
    cmd_progress_say(progress, "read %llu responses", (unsigned long long)responses);
}

static void tell_counted(uint64_t done, uint64_t total, void *progress)
{
    cmd_progress_say(progress, "counted %llu of %llu tables", (unsigned long long)done,
                     (unsigned long long)total);
}

static double seconds(int64_t us)
{
    return (double)us / 1e6;
}

static void tell_made(const struct release_report *r, const char *round, bool dry_run)
{
    printf("%s %d of round %s, log position %lld\n", dry_run ? "would be release" : "release", (int)r->number,
           round, (long long)r->position);
    printf("  %zu streams, %zu variables, %.1f MB\n", r->parts, r->variables, (double)r->bytes / 1e6);
    printf("  %zu groups of people are shown: %zu counted now, %zu as they were\n", r->universes, r->fresh,
           r->carried);
    printf("  read in %.2f s, counted in %.2f s, stored in %.2f s\n", seconds(r->load_us),
           seconds(r->count_us), seconds(r->store_us));
    printf("  sha256 %s\n", r->sha256);
}

/* Why release_allowed said no: the first reason that holds. */
static const char *embargo(struct arena *arena, const struct survey_round *round, int64_t now_s)
{
    char until[CLOCK_RFC3339_BYTES];
    if (round->pilot) {
        return "it is a pilot";
    }
    if (round->status == ROUND_DRAFT || now_s < round->opens_at) {
        return "it has not opened";
    }
    if (clock_day(now_s) >= round->destruction_day) {
        return "its answers are to be destroyed by now";
    }
    if (survey_round_accepts(round, now_s)) {
        clock_format_rfc3339(until, round->closes_at);
        return arena_printf(arena, "it takes answers until %s, and its tussenstand is not openbaar", until)
            .ptr;
    }
    clock_format_rfc3339(until, (int64_t)survey_round_paper_day(round) * DAY_S);
    return arena_printf(arena,
                        "paper that came in time is entered until %.10s, and its tussenstand is not openbaar",
                        until)
        .ptr;
}

static int tell_outcome(enum release_outcome outcome, const struct release_report *report,
                        const struct survey_round *round, const char *why, bool dry_run)
{
    switch (outcome) {
    case RELEASE_MADE:
        tell_made(report, round->code, dry_run);
        return CMD_OK;
    case RELEASE_UNCHANGED:
        if (report->before > 0) {
            printf("round %s: nothing to release: in no group did enough people change since release %d\n",
                   round->code, (int)report->before);
        } else {
            printf("round %s: nothing to release yet: in no group did enough people answer\n", round->code);
        }
        return CMD_OK;
    case RELEASE_EMBARGO:
        fprintf(stderr, "round %s may not be told of: %s\n", round->code, why);
        return CMD_FAILED;
    case RELEASE_SETTINGS:
        fprintf(stderr,
                "round %s was released before with other settings of [protection], other dimensions or "
                "another questionnaire; a round keeps those of its first release, since the same people "
                "under two kinds of noise would average out\n",
                round->code);
        return CMD_FAILED;
    case RELEASE_OVERTAKEN:
        break;
    }
    fprintf(stderr,
            "round %s: another release was made meanwhile; look at it, and make one again if need be\n",
            round->code);
    return CMD_FAILED;
}

static int make(struct cmd_session *session, const char *round_code, bool dry_run)
{
    struct cmd_rounds rounds;
    struct cmd_progress progress;
    struct release_report report;
    enum release_outcome outcome;
    const struct release_request request = {
        .keys = session->keys,
        .settings = {.threshold = (uint32_t)session->config.protection.minimum_cell_count,
                     .reach = (unsigned)session->config.protection.perturbation_max,
                     .variance = (unsigned)session->config.protection.perturbation_variance},
        .now_s = clock_unix_s(),
        .dry_run = dry_run,
        .actor = cmd_actor(),
        .origin = "command",
        .reading = tell_read,
        .progress = tell_counted,
        .context = &progress};
    cmd_progress_begin(&progress, STDERR_FILENO);
    int result = cmd_rounds_open(&rounds, session);
    const struct survey_round *round =
        result == CMD_GO ? survey_round_find(rounds.snapshot, slice_from_cstr(round_code)) : NULL;
    if (result == CMD_GO && !round) {
        fprintf(stderr, "there is no round %s\n", round_code);
        result = CMD_FAILED;
    }
    if (result == CMD_GO) {
        cmd_progress_wait(&progress, "making the release");
        enum db_status status = release_make(&outcome, &report, session->conn, round, &request);
        cmd_progress_end(&progress);
        const char *why = status == DB_OK && outcome == RELEASE_EMBARGO
                              ? embargo(session->arena, round, request.now_s)
                              : "";
        result = status == DB_OK ? tell_outcome(outcome, &report, round, why, dry_run)
                                 : cmd_say_failure("making the release", status);
    }
    cmd_rounds_close(&rounds);
    return result;
}

/* ---- list, show ---- */

struct look {
    struct slice round;
    const char *number; /* NULL: all, or the newest */
    bool one;
    size_t shown;
};

static void tell_release(const struct release_summary *r, bool whole)
{
    char made_at[CLOCK_RFC3339_BYTES];
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    clock_format_rfc3339(made_at, r->made_at);
    printf("%-32.*s release %d  %s  %lld streams, %lld variables, %.1f MB\n", SLICE_ARG(r->round),
           (int)r->number, made_at, (long long)r->parts, (long long)r->variables, (double)r->bytes / 1e6);
    if (whole && r->sha256.len == CRYPTO_SHA256_BYTES) {
        crypto_hex(sha256, (const unsigned char *)r->sha256.ptr, r->sha256.len);
        printf("  log position %lld, questionnaire version %d\n", (long long)r->position,
               (int)r->questionnaire_version);
        printf("  k = %u, D = %u, V = %u; made by zevenstem %.*s\n", (unsigned)r->settings.threshold,
               r->settings.reach, r->settings.variance, SLICE_ARG(r->program));
        printf("  sha256 %s\n", sha256);
        if (r->audit_head.ptr) {
            printf("  %.*s\n", SLICE_ARG(r->audit_head));
        }
    }
}

static enum db_status look_work(struct db_tx *tx, void *context)
{
    struct look *look = context;
    struct release_summary *releases;
    size_t count;
    enum db_status status = release_list(&releases, &count, tx, look->round);
    look->shown = 0;
    for (size_t i = 0; status == DB_OK && i < count && !(look->one && look->shown > 0); i++) {
        uint64_t wanted = 0;
        bool any = !look->number || !slice_to_u64(&wanted, slice_from_cstr(look->number), INT32_MAX);
        if (any || wanted == (uint64_t)releases[i].number) {
            tell_release(&releases[i], look->one);
            look->shown++;
        }
    }
    return status;
}

static int look_up(struct cmd_session *session, const char *round, const char *number, bool one)
{
    struct look look = {.round = slice_from_cstr(round), .number = number, .one = one};
    enum db_status status =
        db_transaction_read_only(session->conn, "release-list", DB_ROLE_RESULTS, look_work, &look);
    if (status != DB_OK) {
        return cmd_say_failure("reading the releases", status);
    }
    if (look.shown > 0) {
        return CMD_OK;
    }
    const int there = round ? cmd_round_there(session, round) : CMD_GO;
    if (there != CMD_GO) {
        return there;
    }
    if (one && number) {
        fprintf(stderr, "round %s has no release %s\n", round, number);
    } else if (one) {
        fprintf(stderr, "round %s has no release yet\n", round);
    } else {
        puts(round ? "no release of this round yet" : "no release yet");
    }
    return one ? CMD_FAILED : CMD_OK;
}

int cmd_release(int argc, char **argv)
{
    bool dry_run = false;
    const char *config = NULL, *round = NULL, *number = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--round", &round, NULL},
                                         {"--number", &number, NULL},
                                         {"--dry-run", NULL, &dry_run},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    uint64_t unused;
    const char *verb = arguments.values[0];
    const bool is_make = strcmp(verb, "make") == 0;
    const bool is_show = strcmp(verb, "show") == 0;
    const bool known = is_make || is_show || strcmp(verb, "list") == 0;
    const bool bad_number = number && !slice_to_u64(&unused, slice_from_cstr(number), INT32_MAX);
    if (!known || ((is_make || is_show) && !round) || bad_number) {
        return cmd_misused(usage, "%s",
                           !known       ? "not understood: make, list or show"
                           : bad_number ? "--number takes the number of a release"
                                        : "say with --round which round");
    }
    if (!cmd_verb_takes(verb, options,
                        is_make   ? "--round --dry-run"
                        : is_show ? "--round --number"
                                  : "--round",
                        usage)) {
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = is_make ? make(&session, round, dry_run) : look_up(&session, round, number, is_show);
    }
    cmd_session_close(&session);
    return status;
}
