/* zevenstem weights make|list|show */
#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/progress.h"
#include "cmd/session.h"
#include "features/results/results.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIST_MOST = 1000 };

static const char usage[] =
    "usage: zevenstem weights make --round ROUND [--stream STREAM] [--margins CODE,...] [--config FILE]\n"
    "       zevenstem weights list --round ROUND [--config FILE]\n"
    "       zevenstem weights show --round ROUND [--version N] [--config FILE]\n"
    "\n"
    "make weighs those who answered so far to the population, keeps this as a new version, and reports. "
    "Stream: open\n"
    "(default), uitnodiging, panel, organisatie, or alle: streams are never taken together unasked. Margins: "
    "those of\n"
    "the round's document unless others are named. What cannot be weighed is refused, with the reason, and "
    "kept as such.\n"
    "show reports a version again, the newest unless another is named; list shows a line for each.\n";

/* ---- a report ---- */

static double number_of(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static const json_t *by_code(const json_t *list, const char *code)
{
    size_t index;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, index, item)
    {
        if (strcmp(text_of(item, "code"), code) == 0) {
            return item;
        }
    }
    return NULL;
}

static void tell_category(const json_t *category, const json_t *described)
{
    const char *code = json_string_value(json_object_get(category, "code"));
    const char *group = json_string_value(json_object_get(category, "group"));
    bool alone = !code || (group && strcmp(code, group) == 0);
    printf("    %-24s %8.0f %9.2f %9.2f %9.4f  %s", code ? code : "(missing)", number_of(category, "n"),
           100 * number_of(category, "target"), 100 * number_of(category, "achieved"),
           number_of(category, "factor"), text_of(json_object_get(described, "label"), "en"));
    if (json_is_true(json_object_get(described, "beyond"))) {
        puts(" [beyond the margin: others decide how many]");
        return;
    }
    printf(alone ? "\n" : " [taken together with %s]\n", group ? group : "");
}

static void tell_margins(const struct weights_version *version)
{
    const json_t *all = json_object_get(version->margins, "margins");
    size_t m, c;
    json_t *margin, *category;
    json_array_foreach(json_object_get(version->report, "margins"), m, margin)
    {
        const json_t *described = by_code(all, text_of(margin, "code"));
        printf("\n  %s: %s, of %s\n    %s\n    %s\n", text_of(margin, "code"),
               text_of(json_object_get(described, "label"), "en"), text_of(described, "reference_date"),
               text_of(described, "source"), text_of(described, "limits"));
        printf("    %-24s %8s %9s %9s %9s\n", "category", "people", "target %", "got %", "factor");
        json_array_foreach(json_object_get(margin, "categories"), c, category)
        {
            tell_category(category,
                          by_code(json_object_get(described, "categories"), text_of(category, "code")));
        }
    }
}

static void tell_head(const struct weights_version *version)
{
    char made_at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(made_at, version->made_at);
    printf("version %d, stream %.*s, %s by %.*s at %s, log position %lld\n", (int)version->number,
           SLICE_ARG(version->stream), version->made ? "made" : "refused", SLICE_ARG(version->made_by),
           made_at, (long long)version->position);
}

static void tell_version(struct arena *arena, const struct weights_version *version)
{
    const json_t *r = version->report;
    const json_t *worst = json_object_get(r, "error_category");
    tell_head(version);
    if (!version->made) {
        struct slice why = results_weights_reason(arena, version, false);
        printf("  %.*s\n", SLICE_ARG(why));
        return;
    }
    printf("  %.0f people, %.0f profiles; weights %.4f to %.4f within %.4g to %.4g, mean 1\n",
           number_of(r, "n"), number_of(r, "profiles"), number_of(r, "lowest"), number_of(r, "highest"),
           version->lower, version->upper);
    printf("  %.0f sweeps, capped %.0f times, largest deviation %.1e\n", number_of(r, "sweeps"),
           number_of(r, "loops"), number_of(r, "deviation"));
    printf("  design effect (Kish) %.3f, effective number of people %.1f\n", number_of(r, "design_effect"),
           number_of(r, "effective_n"));
    printf("  %.0f categories with fewer than %d people were taken together with their neighbour\n",
           number_of(r, "collapsed"), (int)version->smallest);
    printf("  largest difference from a target: %.2e percentage points (%s, %s)\n",
           number_of(r, "largest_error"), text_of(r, "error_margin"),
           json_is_string(worst) ? json_string_value(worst) : "(missing)");
    if (json_is_true(json_object_get(r, "advise_unweighted"))) {
        puts("  ADVICE: show unweighted results only: the design effect is too large, or a category has too "
             "few people");
    }
    tell_margins(version);
}

/* ---- list, show ---- */

struct look {
    struct arena *arena;
    struct slice round; /* ends in a NUL byte */
    int32_t number, most;
    struct weights_version *versions;
    size_t count;
};

static enum db_status look_work(struct db_tx *tx, void *context)
{
    struct look *look = context;
    return results_weights_list(&look->versions, &look->count, look->arena, tx, look->round, look->number,
                                look->most);
}

/* CMD_GO when there is a version. */
static int look_up(struct look *look, struct cmd_session *session)
{
    enum db_status status =
        db_transaction_read_only(session->conn, "weights-list", DB_ROLE_RESULTS, look_work, look);
    if (status != DB_OK) {
        return cmd_say_failure("reading the weights", status);
    }
    if (look->count > 0) {
        return CMD_GO;
    }
    const int there = cmd_round_there(session, look->round.ptr);
    if (there == CMD_GO && look->number > 0) {
        fprintf(stderr, "round %s has no version %d of weights\n", look->round.ptr, (int)look->number);
    } else if (there == CMD_GO) {
        fprintf(stderr, "round %s has no weights yet\n", look->round.ptr);
    }
    return there == CMD_GO ? CMD_FAILED : there;
}

static int list(struct cmd_session *session, const char *round)
{
    struct look look = {.arena = session->arena, .round = slice_from_cstr(round), .most = LIST_MOST};
    int status = look_up(&look, session);
    for (size_t i = look.count; status == CMD_GO && i-- > 0;) {
        tell_head(&look.versions[i]);
    }
    return status == CMD_GO ? CMD_OK : status;
}

static int show(struct cmd_session *session, const char *round, int32_t number)
{
    struct look look = {
        .arena = session->arena, .round = slice_from_cstr(round), .number = number, .most = 1};
    int status = look_up(&look, session);
    if (status != CMD_GO) {
        return status;
    }
    tell_version(session->arena, &look.versions[0]);
    return CMD_OK;
}

/* ---- make ---- */

struct making {
    struct cmd_progress progress;
    uint64_t responses;
};

static void progress(uint64_t responses, void *context)
{
    struct making *making = context;
    making->responses = responses;
    cmd_progress_say(&making->progress, "read %llu responses", (unsigned long long)responses);
}

static void tell_end(const struct weights_made *made, const struct making *making)
{
    printf("\n%s version %d of %llu responses, in %.1f s\n", made->kept_now ? "made" : "kept",
           (int)made->number, (unsigned long long)making->responses,
           (double)(clock_monotonic_us() - making->progress.begun_us) / 1e6);
}

static int tell_made(struct cmd_session *session, const struct weights_order *order,
                     const struct weights_made *made)
{
    const struct making *making = order->context;
    int status;
    switch (made->outcome) {
    case WEIGHTS_MADE:
        if (!made->kept_now) {
            printf("nothing changed since version %d: it stands\n", (int)made->number);
        }
        status = show(session, order->round->code, made->number);
        if (status == CMD_OK) {
            tell_end(made, making);
        }
        return status;
    case WEIGHTS_REFUSED:
        fprintf(stderr, "refused (version %d): %.*s\n", (int)made->number, SLICE_ARG(made->why));
        return CMD_FAILED;
    case WEIGHTS_BAD_ORDER:
        break;
    }
    fprintf(stderr, "refused: %.*s\n", SLICE_ARG(made->why));
    return CMD_FAILED;
}

static const struct survey_round *weighable(const struct survey_snapshot *snapshot, const char *code)
{
    const struct survey_round *round = survey_round_find(snapshot, slice_from_cstr(code));
    if (!round) {
        fprintf(stderr, "there is no round %s\n", code);
    } else if (round->status == ROUND_DRAFT) {
        fprintf(stderr, "round %s was not opened yet\n", code);
        round = NULL;
    } else if (round->pilot) {
        fprintf(stderr, "round %s is a pilot: it is never counted\n", code);
        round = NULL;
    }
    return round;
}

static int make(struct cmd_session *session, const char *round, const char *stream, const char *margins)
{
    struct cmd_rounds rounds;
    struct making making = {.responses = 0};
    struct weights_order order = {.stream = slice_from_cstr(stream),
                                  .margins = slice_from_cstr(margins),
                                  .actor = cmd_actor(),
                                  .origin = "command",
                                  .progress = progress,
                                  .context = &making};
    cmd_progress_begin(&making.progress, STDERR_FILENO);
    int result = cmd_rounds_open(&rounds, session);
    if (result != CMD_GO) {
        goto cleanup;
    }
    order.round = weighable(rounds.snapshot, round);
    result = CMD_FAILED;
    if (order.round) {
        struct weights_made made;
        cmd_progress_wait(&making.progress, "weighing");
        enum db_status status =
            results_weights_make(&made, session->arena, session->conn, session->keys, &order);
        cmd_progress_end(&making.progress);
        result = status == DB_OK ? tell_made(session, &order, &made) : cmd_say_failure("weighing", status);
    }
cleanup:
    cmd_rounds_close(&rounds);
    return result;
}

int cmd_weights(int argc, char **argv)
{
    const char *config = NULL;
    const char *round = NULL;
    const char *stream = NULL;
    const char *margins = NULL;
    const char *number_text = NULL;
    uint64_t number = 0;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},       {"--round", &round, NULL},
                                         {"--stream", &stream, NULL},       {"--margins", &margins, NULL},
                                         {"--version", &number_text, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    bool is_make = strcmp(verb, "make") == 0;
    bool is_show = strcmp(verb, "show") == 0;
    bool known = is_make || is_show || strcmp(verb, "list") == 0;
    const bool bad_number =
        number_text && (!slice_to_u64(&number, slice_from_cstr(number_text), INT32_MAX) || number == 0);
    if (!known || !round || bad_number || (margins && !margins[0])) {
        return cmd_misused(usage, "%s",
                           !known       ? "not understood: make, list or show"
                           : !round     ? "say with --round which round"
                           : bad_number ? "--version takes the number of a version"
                                        : "--margins takes codes with commas between");
    }
    if (!cmd_verb_takes(verb, options,
                        is_make   ? "--round --stream --margins"
                        : is_show ? "--round --version"
                                  : "--round",
                        usage)) {
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = is_make   ? make(&session, round, stream ? stream : "open", margins ? margins : "")
                 : is_show ? show(&session, round, (int32_t)number)
                           : list(&session, round);
    }
    cmd_session_close(&session);
    return status;
}
