/* zevenstem consultation check|publish FILE, open|close ROUND, status */
#include "cmd/consultation.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/embedded.h"
#include "cmd/actor.h"
#include "cmd/english.h"
#include "cmd/session.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "formats/csv.h"
#include "web/web.h"

#include <stdio.h>
#include <string.h>

enum { CHECK_ARENA_MAX = 512 * 1024 * 1024, FAULTS_MAX = 10000, MAX_ARGUMENTS = 16, DAY_S = 86400 };

static const char usage[] =
    "usage: zevenstem consultation check FILE...\n"
    "       zevenstem consultation pack FILE\n"
    "       zevenstem consultation publish FILE [--config FILE]\n"
    "       zevenstem consultation open ROUND [--config FILE]\n"
    "       zevenstem consultation close ROUND [--now] [--config FILE]\n"
    "       zevenstem consultation amend ROUND [--closes-at TIME] [--interim gesloten|analisten|openbaar] "
    "[--config FILE]\n"
    "       zevenstem consultation next FILE --from ROUND --kind volledig|puls|thema --code CODE ...\n"
    "       zevenstem consultation status [--config FILE]\n"
    "       zevenstem consultation pilot ROUND [--comments] [--config FILE]\n"
    "\n"
    "check reads each consultation and every file that it names, and reports each fault with its place: the "
    "file, and\n"
    "behind the # the JSON pointer in it.\n"
    "pack checks, then prints the consultation and its files as one document, to be proposed in the back "
    "office.\n"
    "publish checks, then stores it; rounds that were opened before keep the questionnaire version they "
    "opened with.\n"
    "open freezes the version of a round and lets citizens in (between its opening and closing time).\n"
    "close tells that a round is over. A closed round stays closed: while its closing time is still to come, "
    "at which it\n"
    "would close by itself, --now has to be said.\n"
    "amend changes until when an open round takes answers (TIME as 2027-02-14T23:00:00Z), or who may see "
    "results until "
    "then. The\n"
    "start page tells that it changed.\n"
    "next makes a round from an old one; see zevenstem consultation next --help.\n"
    "status shows each round: who began, who sent, and on which page the others are. Page 0 is the start;\n"
    "a correction that was not sent yet is in progress too.\n"
    "pilot shows what a pilot round is for: the seconds that each page took (of half of the people, and of "
    "nine of ten), and "
    "how\n"
    "many made a remark; with --comments the remarks themselves, as CSV. Reading them is audited.\n";

/* ---- check ---- */

/* packed: bundle->package is made as well. */
static bool read_bundle(struct consultation_bundle *bundle, struct arena *arena, const char *path,
                        bool packed)
{
    struct json_errors *errors = arena_alloc(arena, sizeof *errors);
    struct locales *locales = locales_load(embedded_locales);
    const char *name = path;
    cmd_errors_init(errors, arena);
    json_errors_make_room(errors, FAULTS_MAX);
    bool good = locales && (packed ? consultation_bundle_pack(bundle, &name, errors, arena, path, locales)
                                   : consultation_bundle_read(bundle, errors, arena, path, locales));
    good = locales && app_check_bundle(errors, bundle, name, locales) && good;
    locales_free(locales);
    size_t shown = json_errors_kept(errors);
    for (size_t i = 0; i < shown; i++) {
        fprintf(stderr, "%s: %s\n", errors->items[i].pointer, errors->items[i].detail);
    }
    if (errors->count > 0) {
        fprintf(stderr, "%zu fault%s in %s and the files it names\n", errors->count,
                errors->count == 1 ? "" : "s", path);
    }
    return good;
}

bool cmd_read_bundle(struct consultation_bundle *bundle, struct arena *arena, const char *path)
{
    return read_bundle(bundle, arena, path, false);
}

static void tell_bundle(const struct consultation_bundle *bundle)
{
    for (size_t i = 0; i < bundle->questionnaire_count; i++) {
        const struct bundle_questionnaire *q = &bundle->questionnaires[i];
        printf("questionnaire %.*s: %zu variables, %zu bytes a response, %zu variants\n", SLICE_ARG(q->code),
               q->variables, q->vector_size, q->variants);
    }
    for (size_t i = 0; i < bundle->round_count; i++) {
        printf("round %.*s: questionnaire %.*s\n", SLICE_ARG(bundle->rounds[i].code),
               SLICE_ARG(bundle->rounds[i].questionnaire));
    }
}

static int check_one(const char *path)
{
    struct arena *arena = arena_create(CHECK_ARENA_MAX);
    struct consultation_bundle bundle;
    int status = CMD_FAILED;
    if (cmd_read_bundle(&bundle, arena, path)) {
        tell_bundle(&bundle);
        printf("%s: no faults\n", path);
        status = CMD_OK;
    }
    arena_destroy(arena);
    return status;
}

static int check(const struct cmd_arguments *arguments)
{
    int status = CMD_OK;
    if (!crypto_start()) {
        fputs("libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    for (int i = 1; i < arguments->count; i++) {
        status = check_one(arguments->values[i]) == CMD_OK ? status : CMD_FAILED;
    }
    return status;
}

static int pack(const char *path)
{
    struct arena *arena = arena_create(CHECK_ARENA_MAX);
    struct consultation_bundle bundle;
    const bool good = crypto_start() && read_bundle(&bundle, arena, path, true) &&
                      fwrite(bundle.package.ptr, 1, bundle.package.len, stdout) == bundle.package.len &&
                      fflush(stdout) == 0;
    arena_destroy(arena);
    return good ? CMD_OK : CMD_FAILED;
}

/* ---- publish ---- */

struct publish {
    struct consultation_bundle bundle;
    struct publish_outcome outcome;
};

static enum db_status publish_work(struct db_tx *tx, void *context)
{
    struct publish *publish = context;
    const struct round_act act = {cmd_actor(), "command"};
    return consultation_publish(&publish->outcome, tx, &publish->bundle, &act);
}

static int publish(struct cmd_session *session, const char *path)
{
    struct publish work = {.outcome = {.frozen = 0}};
    if (!cmd_read_bundle(&work.bundle, session->arena, path)) {
        return CMD_FAILED;
    }
    if (work.bundle.invented && session->config.service.invented_data == 0) {
        fputs("this installation takes no invented data: [service] invented_data is 0\n", stderr);
        return CMD_FAILED;
    }
    enum db_status status =
        db_transaction(session->conn, "consultation-publish", DB_ROLE_STAFF, publish_work, &work);
    if (status == DB_ROLLBACK && work.outcome.foreign.len > 0) {
        fprintf(stderr, "round %.*s belongs to another consultation; give this one a code of its own\n",
                SLICE_ARG(work.outcome.foreign));
        return CMD_FAILED;
    }
    if (status == DB_ROLLBACK && work.outcome.turned) {
        fprintf(stderr,
                "consultation %.*s is there, of %s data, and stays so; give this one a code of its own\n",
                SLICE_ARG(work.bundle.code), work.bundle.invented ? "real" : "invented");
        return CMD_FAILED;
    }
    if (status != DB_OK) {
        return cmd_say_failure("publishing", status);
    }
    tell_bundle(&work.bundle);
    printf("published %.*s", SLICE_ARG(work.bundle.code));
    printf(work.outcome.frozen > 0
               ? "; %zu round(s) were opened before and keep their own version, dates and settings\n"
               : "\n",
           work.outcome.frozen);
    return CMD_OK;
}

/* ---- status ---- */

/* People who began, and where those are who did not send. */
static void tell_pages(const struct round_state *state, const struct round_page *pages, size_t count)
{
    int64_t began = state->responses + state->drafts;
    if (began == 0) {
        return;
    }
    printf("  %lld began, %lld sent (%.0f %%), %lld in progress\n", (long long)began,
           (long long)state->responses, 100.0 * (double)state->responses / (double)began,
           (long long)state->drafts);
    if (state->drafts > 0) {
        printf("  %6s %12s %21s\n", "page", "in progress", "of which 7 days idle");
    }
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(pages[i].round, state->code)) {
            printf("  %6d %12lld %21lld\n", (int)pages[i].page, (long long)pages[i].drafts,
                   (long long)pages[i].idle);
        }
    }
}

static void tell_paper(const struct round_state *state)
{
    char last[CLOCK_RFC3339_BYTES];
    if (state->paper_days > 0 && !state->pilot) {
        clock_format_rfc3339(last, ((int64_t)clock_day_nl(state->ends_at - 1) + state->paper_days) * DAY_S);
        printf("  paper that comes in before it closes is entered until %.10s\n", last);
    }
}

static enum db_status status_work(struct db_tx *tx, void *context)
{
    (void)context;
    struct round_state *states;
    struct round_page *pages;
    size_t count;
    size_t page_count;
    enum db_status status = round_states(&states, &count, tx);
    if (status == DB_OK) {
        status = round_pages(&pages, &page_count, tx, clock_day(clock_unix_s()));
    }
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        char opens[CLOCK_RFC3339_BYTES];
        char closes[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(opens, states[i].opens_at);
        clock_format_rfc3339(closes, states[i].closes_at);
        printf("%-32.*s %-7.*s %-8.*s %s..%s  version %d  interim %.*s%s  %lld responses, %lld in progress\n",
               SLICE_ARG(states[i].code), SLICE_ARG(states[i].status), SLICE_ARG(states[i].kind), opens,
               closes, (int)states[i].version, SLICE_ARG(states[i].interim), states[i].pilot ? "  pilot" : "",
               (long long)states[i].responses, (long long)states[i].drafts);
        tell_paper(&states[i]);
        tell_pages(&states[i], pages, page_count);
    }
    if (status == DB_OK && count == 0) {
        puts("no rounds");
    }
    return status;
}

static int show_status(struct cmd_session *session)
{
    enum db_status status =
        db_transaction_read_only(session->conn, "round-status", DB_ROLE_RESULTS, status_work, NULL);
    return status == DB_OK ? CMD_OK : cmd_say_failure("reading the rounds", status);
}

/* ---- pilot ---- */

struct pilot {
    struct slice round;
    struct arena *arena; /* what was read outlives its transaction there */
    bool comments, found;
    struct pilot_page *pages;
    struct pilot_comment *remarks;
    size_t page_count, remark_count;
};

static enum db_status pilot_work(struct db_tx *tx, void *context)
{
    struct pilot *pilot = context;
    struct pilot_page *pages;
    struct pilot_comment *remarks;
    enum db_status status = pilot_pages(&pilot->found, &pages, &pilot->page_count, tx, pilot->round);
    pilot->remark_count = 0;
    if (status == DB_OK && pilot->found && pilot->comments) {
        status = pilot_comments(&remarks, &pilot->remark_count, tx, pilot->round, cmd_actor());
    }
    if (status != DB_OK || !pilot->found) {
        return status;
    }
    pilot->pages = arena_array(pilot->arena, pilot->page_count, sizeof *pages);
    for (size_t i = 0; i < pilot->page_count; i++) {
        pilot->pages[i] = pages[i];
        pilot->pages[i].page = arena_copy(pilot->arena, pages[i].page);
    }
    pilot->remarks = arena_array(pilot->arena, pilot->remark_count, sizeof *remarks);
    for (size_t i = 0; i < pilot->remark_count; i++) {
        pilot->remarks[i] =
            (struct pilot_comment){arena_copy(pilot->arena, remarks[i].page),
                                   arena_copy(pilot->arena, remarks[i].comment), remarks[i].seconds};
    }
    return status;
}

static void tell_remarks(const struct pilot *pilot)
{
    enum { LINE_MAX_BYTES = 64 * 1024 };
    struct buffer line;
    buffer_init(&line, LINE_MAX_BYTES);
    puts("pagina,seconden,opmerking");
    for (size_t i = 0; i < pilot->remark_count; i++) {
        buffer_clear(&line);
        csv_put_text(&line, pilot->remarks[i].page);
        buffer_printf(&line, ",%d,", (int)pilot->remarks[i].seconds);
        csv_put_text(&line, pilot->remarks[i].comment);
        printf("%.*s\n", SLICE_ARG(buffer_slice(&line)));
    }
    buffer_free(&line);
}

static int show_pilot(struct cmd_session *session, const char *round, bool comments)
{
    struct pilot pilot = {.round = slice_from_cstr(round), .arena = session->arena, .comments = comments};
    enum db_status status = db_transaction(session->conn, "round-pilot", DB_ROLE_STAFF, pilot_work, &pilot);
    if (status != DB_OK) {
        return cmd_say_failure("reading the pilot", status);
    }
    if (!pilot.found) {
        fprintf(stderr, "there is no pilot round %s\n", round);
        return CMD_FAILED;
    }
    if (comments) {
        tell_remarks(&pilot);
        return CMD_OK;
    }
    printf("%-48s %8s %8s %8s %8s\n", "page", "times", "half s", "9/10 s", "remarks");
    for (size_t i = 0; i < pilot.page_count; i++) {
        const struct pilot_page *page = &pilot.pages[i];
        printf("%-48.*s %8lld %8d %8d %8lld\n", SLICE_ARG(page->page), (long long)page->times,
               (int)page->median_s, (int)page->slowest_s, (long long)page->comments);
    }
    return CMD_OK;
}

int cmd_consultation(int argc, char **argv)
{
    bool comments = false;
    bool now = false;
    const char *config = NULL;
    const char *closes_at = NULL;
    const char *interim = NULL;
    if (argc > 1 && strcmp(argv[1], "next") == 0) {
        return cmd_consultation_next(argc - 1, argv + 1);
    }
    struct round_amendment amendment;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},   {"--comments", NULL, &comments},
                                         {"--now", NULL, &now},         {"--closes-at", &closes_at, NULL},
                                         {"--interim", &interim, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, MAX_ARGUMENTS, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    const char *object = arguments.count > 1 ? arguments.values[1] : NULL;
    bool needs_object = strcmp(verb, "status") != 0;
    bool known = !needs_object || strcmp(verb, "check") == 0 || strcmp(verb, "pack") == 0 ||
                 strcmp(verb, "publish") == 0 || strcmp(verb, "open") == 0 || strcmp(verb, "close") == 0 ||
                 strcmp(verb, "pilot") == 0 || strcmp(verb, "amend") == 0;
    bool several = strcmp(verb, "check") == 0;
    bool amends = strcmp(verb, "amend") == 0;
    bool pilots = strcmp(verb, "pilot") == 0;
    if (!known || needs_object != (object != NULL) || (arguments.count > 2 && !several)) {
        return cmd_misused(usage, "not understood: consultation %s", verb);
    }
    if (!cmd_verb_takes(verb, options,
                        amends                       ? "--closes-at --interim"
                        : pilots                     ? "--comments"
                        : strcmp(verb, "close") == 0 ? "--now"
                                                     : "",
                        usage)) {
        return CMD_USAGE;
    }
    if (strcmp(verb, "check") == 0) {
        return check(&arguments);
    }
    if (strcmp(verb, "pack") == 0) {
        return pack(object);
    }
    if (amends && !cmd_amendment_read(&amendment, closes_at, interim)) {
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = strcmp(verb, "publish") == 0 ? publish(&session, object)
                 : amends                     ? cmd_round_amend(&session, object, &amendment)
                 : pilots                     ? show_pilot(&session, object, comments)
                 : strcmp(verb, "open") == 0  ? cmd_round_open(&session, object)
                 : needs_object               ? cmd_round_close(&session, object, now)
                                              : show_status(&session);
    }
    cmd_session_close(&session);
    return status;
}
