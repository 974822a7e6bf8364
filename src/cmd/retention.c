/* zevenstem retention run|hold|release-hold|holds|ledger|replay */
#include "base/clock.h"
#include "base/utf8.h"
#include "cmd/actor.h"
#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "cmd/session.h"
#include "features/audit/audit.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DAY_S = 86400, PORTION = 5000 };

static const char usage[] =
    "usage: zevenstem retention run [--dry-run] [--without-archive REASON] [--config FILE]\n"
    "       zevenstem retention hold ROUND|CONSULTATION|bericht:NUMBER|bericht:alle --reason "
    "woo|kamer|rechter --note TEXT [--until "
    "DATE]\n"
    "                           [--config FILE]\n"
    "       zevenstem retention release-hold NUMBER [--config FILE]\n"
    "       zevenstem retention holds [--config FILE]\n"
    "       zevenstem retention ledger --to FILE [--config FILE]\n"
    "       zevenstem retention replay FILE [--torn] [--config FILE]\n"
    "\n"
    "run destroys the rounds whose destruction date has come, and drafts and messages to the table past "
    "their "
    "time;\n"
    "the service does the same each hour. It writes a statement of destruction, of each round and of the "
    "messages that\n"
    "went at once, into the database and into [retention]\n"
    "statements_folder, and vacuums when [database] owner_url is there. Broken off, it goes on when run "
    "again.\n"
    "--dry-run says what it would destroy, and changes nothing.\n"
    "With [retention] archive_first = 1 a round that people answered stays until a package for the archive "
    "was\n"
    "made after its last change (zevenstem archive make); --without-archive destroys it without one, for "
    "this\n"
    "reason, which the statement and the audit log tell.\n"
    "hold forbids destroying, until DATE (2027-12-31) has passed or release-hold; citizens go on "
    "withdrawing.\n"
    "ledger adds to FILE what was erased and is not in it yet. Keep it beside the backups.\n"
    "replay erases again, after a restore, what FILE says was erased; run it before serve. A file that is "
    "torn needs\n"
    "--torn: its good lines count.\n";

/* ---- run ---- */

static void tell_holdings(const struct due_round *round)
{
    const struct round_holdings *h = &round->holdings;
    printf("  %lld responses, %lld open answers, %lld drafts, %lld sealed offers, %lld remarks, %lld "
           "versions of weights\n",
           (long long)round_holding(h, "inzendingen"), (long long)round_holding(h, "openAntwoorden"),
           (long long)round_holding(h, "concepten"), (long long)round_holding(h, "verzegeldeAanmeldingen"),
           (long long)round_holding(h, "opmerkingenProef"), (long long)round_holding(h, "weegversies"));
    printf("  %lld conversations, %lld participants, %lld turns of transcripts, %lld codings\n",
           (long long)round_holding(h, "gesprekken"), (long long)round_holding(h, "deelnemers"),
           (long long)round_holding(h, "uitspraken"), (long long)round_holding(h, "coderingen"));
    if (round_holding(h, "opnamenNogElders") > 0) {
        printf("  %lld recordings are said to exist elsewhere: destroy them there, and say so\n",
               (long long)round_holding(h, "opnamenNogElders"));
    }
}

static void tell_hold(const struct due_round *round)
{
    printf("round %s is held (%s: ", round->code, round->hold_reason);
    cmd_print_text(slice_from_cstr(round->hold_note), 0);
    puts(") and stays");
}

static void tell_unarchived(const struct due_round *round)
{
    printf("round %s is not archived since its last change, and stays: zevenstem archive make --consultation "
           "%s\n",
           round->code, round->consultation);
}

struct told {
    size_t destroyed, unarchived;
};

static bool tell_round(const struct due_round *round, enum destroy_outcome outcome, void *context)
{
    struct told *told = context;
    switch (outcome) {
    case DESTROY_DONE:
        printf("round %s is destroyed\n", round->code);
        tell_holdings(round);
        told->destroyed++;
        break;
    case DESTROY_HELD:
        tell_hold(round);
        break;
    case DESTROY_UNARCHIVED:
        tell_unarchived(round);
        told->unarchived++;
        break;
    case DESTROY_ELSEWHERE:
        printf("round %s was destroyed or held by somebody else meanwhile\n", round->code);
        break;
    case DESTROY_FAILED:
        fprintf(stderr, "round %s could not be destroyed; the log line above has more\n", round->code);
        break;
    }
    fflush(stdout);
    return !cmd_interrupted();
}

struct dry {
    struct arena *arena;
    struct due_round *rounds;
    size_t count;
    int64_t drafts;
    struct messages_due messages;
};

static enum db_status list_due(struct db_tx *tx, void *context)
{
    struct dry *dry = context;
    const enum db_status status = rounds_due(&dry->rounds, &dry->count, tx, dry->arena);
    return status == DB_OK ? messages_due(&dry->messages, tx, clock_day_nl(clock_unix_s())) : status;
}

static void tell_messages_held(const struct messages_due *messages)
{
    if (messages->held > 0) {
        printf("%lld messages to the table past their time are held and stay\n", (long long)messages->held);
    }
}

static enum db_status count_drafts(struct db_tx *tx, void *context)
{
    return drafts_due(&((struct dry *)context)->drafts, tx, clock_unix_s());
}

static int run_dry(struct cmd_session *session, const char *without_archive)
{
    struct dry dry = {.arena = session->arena};
    enum db_status status =
        db_transaction_read_only(session->conn, "retention-due", DB_ROLE_STAFF, list_due, &dry);
    if (status == DB_OK) {
        status =
            db_transaction_read_only(session->conn, "retention-drafts", DB_ROLE_INTAKE, count_drafts, &dry);
    }
    if (status != DB_OK) {
        return cmd_say_failure("looking", status);
    }
    for (size_t i = 0; i < dry.count; i++) {
        if (dry.rounds[i].held) {
            tell_hold(&dry.rounds[i]);
        } else if (!dry.rounds[i].archived && !without_archive) {
            tell_unarchived(&dry.rounds[i]);
        } else {
            printf("round %s would be destroyed\n", dry.rounds[i].code);
            tell_holdings(&dry.rounds[i]);
        }
    }
    printf("%lld drafts are past their time\n", (long long)dry.drafts);
    if (dry.messages.due > 0) {
        printf("%lld messages to the table would be destroyed\n", (long long)dry.messages.due);
    }
    tell_messages_held(&dry.messages);
    puts("nothing was changed");
    return CMD_OK;
}

struct expiry {
    int64_t erased;
};

static enum db_status expire(struct db_tx *tx, void *context)
{
    return drafts_expire(&((struct expiry *)context)->erased, tx, clock_unix_s(), PORTION);
}

static enum db_status expire_drafts(int64_t *erased, struct cmd_session *session)
{
    struct expiry expiry = {PORTION};
    struct cmd_progress progress;
    cmd_progress_begin(&progress, STDERR_FILENO);
    enum db_status status = DB_OK;
    while (status == DB_OK && expiry.erased == PORTION && !cmd_interrupted()) {
        status = db_transaction(session->conn, "draft-expire", DB_ROLE_INTAKE, expire, &expiry);
        *erased += status == DB_OK ? expiry.erased : 0;
        cmd_progress_say(&progress, "%lld drafts", (long long)*erased);
    }
    cmd_progress_end(&progress);
    printf("%lld drafts past their time are erased\n", (long long)*erased);
    return status;
}

struct telling {
    struct message_destroying how;
    int32_t gone;
    struct messages_due left;
};

static enum db_status destroy_messages(struct db_tx *tx, void *context)
{
    struct telling *telling = context;
    const enum db_status status = messages_destroy(&telling->gone, tx, &telling->how);
    return status == DB_OK ? messages_due(&telling->left, tx, clock_day_nl(telling->how.now_s)) : status;
}

/* In portions, each with a statement of its own. */
static enum db_status expire_messages(int64_t *gone, struct cmd_session *session)
{
    struct telling telling = {
        .how = {.now_s = clock_unix_s(), .most = PORTION, .actor = cmd_actor(), .origin = "command"},
        .gone = PORTION};
    enum db_status status = DB_OK;
    while (status == DB_OK && telling.gone == PORTION && !cmd_interrupted()) {
        status = db_transaction(session->conn, "message-expire", DB_ROLE_STAFF, destroy_messages, &telling);
        *gone += status == DB_OK ? telling.gone : 0;
    }
    if (*gone > 0) {
        printf("%lld messages to the table past their time are destroyed\n", (long long)*gone);
    }
    tell_messages_held(&telling.left);
    return status;
}

/* What was deleted stays on disk until a vacuum. Owners alone may. */
static enum db_status vacuum(const struct cmd_session *session)
{
    /* Every table that zs.round_clear deletes from, itself or by a foreign key, and the log and the messages:
     * who withdrew or corrected left an old row behind. */
    static const struct db_statement statements[] = {
        {"vacuum", "VACUUM zs.response, zs.passage, zs.passage_change, zs.passage_words, zs.personal_kept,"
                   " zs.draft, zs.contact_offer, zs.pilot_note, zs.weight_version, zs.inclusion_chunk, "
                   "zs.erasure, zs.coding,"
                   " zs.coding_lost, zs.coding_batch, zs.coding_stratum, zs.coding_drawn, zs.coding_task,"
                   " zs.coded_passage, zs.adjudication, zs.campaign_search, zs.campaign_member, "
                   "zs.conversation, zs.participant,"
                   " zs.participant_name, zs.consent, zs.recording, zs.transcript_version,"
                   " zs.transcript_turn, zs.transcript_draft, zs.turn, zs.conversation_summary,"
                   " zs.member_check, zs.composition_plan, zs.composition_segment, zs.message"}};
    const struct db_config owner = {.conninfo = session->config.database.owner_url,
                                    .application_name = "zevenstem retention"};
    struct db_conn *conn;
    if (owner.conninfo[0] == '\0') {
        puts("no [database] owner_url here: autovacuum will free what was deleted");
        return DB_OK;
    }
    enum db_status status = db_connect(&conn, &owner);
    if (status == DB_OK) {
        status = db_run_outside(conn, &statements[0]);
        db_disconnect(conn);
    }
    if (status == DB_OK) {
        puts("vacuumed");
    }
    return status;
}

struct written {
    struct arena *arena;
    struct destruction *list;
    size_t count;
};

static enum db_status list_rounds(struct db_tx *tx, void *context)
{
    struct written *written = context;
    return destructions(&written->list, &written->count, tx, written->arena);
}

static enum db_status list_messages(struct db_tx *tx, void *context)
{
    struct written *written = context;
    return message_destructions(&written->list, &written->count, tx, written->arena);
}

/* Those of one kind that are not in the folder yet. */
static int write_some(size_t *written, struct cmd_session *session,
                      enum db_status (*list)(struct db_tx *tx, void *context))
{
    const char *folder = session->config.retention.statements_folder;
    struct written all = {.arena = session->arena};
    size_t now = 0;
    int why = 0;
    enum db_status status =
        db_transaction_read_only(session->conn, "retention-statements", DB_ROLE_STAFF, list, &all);
    if (status != DB_OK) {
        return cmd_say_failure("reading the statements of destruction", status);
    }
    const bool good =
        folder[0] == '\0' || destructions_write(&now, &why, session->arena, folder, all.list, all.count);
    *written += now;
    if (!good) {
        fprintf(stderr, "a statement of destruction could not be written into %s: %s\n", folder,
                strerror(why));
    }
    return good ? CMD_OK : CMD_FAILED;
}

static int write_statements(struct cmd_session *session)
{
    size_t written = 0;
    const int rounds = write_some(&written, session, list_rounds);
    const int messages = rounds == CMD_OK ? write_some(&written, session, list_messages) : rounds;
    if (messages == CMD_OK && written > 0) {
        printf("%zu statement%s of destruction written into %s\n", written, written == 1 ? "" : "s",
               session->config.retention.statements_folder);
    }
    return messages;
}

struct retention_run {
    struct told told;
    int64_t drafts, messages;
    bool whole; /* all that was due was done, its statements were written, and the tables vacuumed */
};

/* That somebody ran it, though nothing was due: what the service does each hour is told of where it did
 * something. */
static enum db_status record_run(struct db_tx *tx, void *context)
{
    const struct retention_run *r = context;
    const struct audit_event event = {.action = "retention.run",
                                      .object = "rounds",
                                      .result = r->whole ? "ok" : "failed",
                                      .origin = "command",
                                      .actor = cmd_actor(),
                                      .details =
                                          arena_printf(db_arena(tx), "{\"rounds\": %zu, \"drafts\": %lld}",
                                                       r->told.destroyed, (long long)r->drafts)
                                              .ptr};
    return audit_record(tx, &event);
}

static int run(struct cmd_session *session, const char *without_archive)
{
    struct retention_run r = {0};
    enum db_status status = rounds_destroy(session->conn, clock_unix_s(), cmd_actor(), "command",
                                           without_archive, tell_round, &r.told);
    if (status == DB_OK && r.told.destroyed == 0) {
        puts("no round was destroyed");
    }
    if (status == DB_OK) {
        status = expire_drafts(&r.drafts, session);
    }
    if (status == DB_OK && !cmd_interrupted()) {
        status = expire_messages(&r.messages, session);
    }
    int files = write_statements(session);
    if (status == DB_OK && !cmd_interrupted()) {
        status = vacuum(session);
    }
    r.whole = status == DB_OK && files == CMD_OK && !cmd_interrupted();
    enum db_status recorded = db_transaction(session->conn, "retention-run", DB_ROLE_STAFF, record_run, &r);
    status = status == DB_OK ? recorded : status;
    if (status != DB_OK) {
        return cmd_say_failure("destroying", status);
    }
    return cmd_interrupted() || r.told.unarchived > 0 ? CMD_FAILED : files;
}

/* ---- holds ---- */

struct placing {
    struct hold_order order;
    int32_t id;
};

static enum db_status place_work(struct db_tx *tx, void *context)
{
    struct placing *placing = context;
    return hold_place(&placing->id, tx, &placing->order);
}

/* False: said. */
static bool read_order(struct hold_order *out, const char *subject, const char *reason, const char *note,
                       const char *until)
{
    int32_t until_day = 0;
    size_t known = 0;
    while (reason && hold_reasons[known] && strcmp(hold_reasons[known], reason) != 0) {
        known++;
    }
    if (!reason || !hold_reasons[known]) {
        fputs("say with --reason why: woo, kamer or rechter\n", stderr);
        return false;
    }
    if (!note || note[0] == '\0' || !utf8_valid(slice_from_cstr(note)) ||
        utf8_length(slice_from_cstr(note)) > HOLD_NOTE_MAX) {
        fprintf(stderr, "say with --note which request or case it is, in at most %d characters\n",
                HOLD_NOTE_MAX);
        return false;
    }
    if (until && !clock_parse_day(&until_day, slice_from_cstr(until))) {
        fprintf(stderr, "--until %s is no date as 2027-12-31\n", until);
        return false;
    }
    if (until && until_day < clock_day(clock_unix_s())) {
        fprintf(stderr, "--until %s has passed\n", until);
        return false;
    }
    *out = (struct hold_order){.subject = slice_from_cstr(subject),
                               .reason = slice_from_cstr(reason),
                               .note = slice_from_cstr(note),
                               .until_day = until_day,
                               .actor = cmd_actor()};
    return true;
}

static int place_hold(struct cmd_session *session, const char *subject, const char *reason, const char *note,
                      const char *until)
{
    struct placing placing = {.id = 0};
    if (!read_order(&placing.order, subject, reason, note, until)) {
        return CMD_USAGE;
    }
    enum db_status status =
        db_transaction(session->conn, "retention-hold", DB_ROLE_STAFF, place_work, &placing);
    if (status != DB_OK) {
        return cmd_say_failure("placing the hold", status);
    }
    if (placing.id == 0) {
        fprintf(stderr, "there is no round, consultation or message %s\n", subject);
        return CMD_FAILED;
    }
    printf("hold %d stands: nothing of %s is destroyed\n", (int)placing.id, subject);
    return CMD_OK;
}

struct releasing {
    int32_t id;
    bool found;
};

static enum db_status release_work(struct db_tx *tx, void *context)
{
    struct releasing *releasing = context;
    return hold_release(&releasing->found, tx, releasing->id, cmd_actor());
}

static int release_hold(struct cmd_session *session, const char *number)
{
    struct releasing releasing = {.id = 0};
    uint64_t id;
    if (!slice_to_u64(&id, slice_from_cstr(number), INT32_MAX)) {
        fputs("release-hold takes the number that holds shows\n", stderr);
        return CMD_USAGE;
    }
    releasing.id = (int32_t)id;
    enum db_status status =
        db_transaction(session->conn, "retention-release", DB_ROLE_STAFF, release_work, &releasing);
    if (status != DB_OK) {
        return cmd_say_failure("releasing the hold", status);
    }
    if (!releasing.found) {
        fprintf(stderr, "there is no hold %d that stands\n", (int)releasing.id);
        return CMD_FAILED;
    }
    printf("hold %d is released\n", (int)releasing.id);
    return CMD_OK;
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    struct hold *holds;
    size_t count;
    (void)context;
    enum db_status status = hold_list(&holds, &count, tx);
    for (size_t i = 0; i < count; i++) {
        char placed[CLOCK_RFC3339_BYTES], until[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(placed, holds[i].placed_at);
        clock_format_rfc3339(until, (int64_t)holds[i].until_day * DAY_S);
        printf("%6d  %-32.*s %-8.*s %.10s..%.10s  ", (int)holds[i].id, SLICE_ARG(holds[i].subject),
               SLICE_ARG(holds[i].reason), placed, holds[i].until_day ? until : "");
        cmd_print_text(holds[i].note, 0);
        puts(holds[i].stands ? "" : holds[i].released ? "  released" : "  ended");
    }
    return status;
}

static int list_holds(struct cmd_session *session)
{
    enum db_status status =
        db_transaction_read_only(session->conn, "retention-holds", DB_ROLE_STAFF, list_work, NULL);
    return status == DB_OK ? CMD_OK : cmd_say_failure("reading the holds", status);
}

/* ---- the ledger ---- */

static int say_report(const struct erasure_report *report, const char *path)
{
    if (report->outcome == ERASURE_DATABASE) {
        return cmd_say_failure("asking the database", report->db);
    }
    if (report->line > 0) {
        fprintf(stderr, "%s, line %zu: %s\n", path, report->line, erasure_outcome_text(report));
    } else {
        fprintf(stderr, "%s: %s\n", path, erasure_outcome_text(report));
    }
    return CMD_FAILED;
}

static int write_ledger(struct cmd_session *session, const char *path)
{
    struct erasure_report report;
    erasures_write(&report, session->conn, session->keys, path);
    if (report.outcome != ERASURE_OK) {
        return say_report(&report, path);
    }
    printf("%zu entries added to %s; it holds %zu\n", report.added, path, report.entries);
    return CMD_OK;
}

static bool tell_progress(size_t done, size_t all)
{
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r%zu of %zu", done, all);
        fputs(done == all ? "\n" : "", stderr);
    }
    return !cmd_interrupted();
}

static int replay(struct cmd_session *session, const char *path, bool torn)
{
    struct erasure_report report;
    erasures_replay(&report, session->conn, session->keys, path, torn, cmd_actor(), tell_progress);
    if (report.outcome != ERASURE_OK) {
        return say_report(&report, path);
    }
    printf("erased again: %zu responses, %zu rounds; %zu entries, %zu still to do\n", report.responses,
           report.rounds, report.entries, report.behind);
    return report.behind == 0 ? CMD_OK : CMD_FAILED;
}

/* ---- the command ---- */

struct order {
    bool dry, torn;
    const char *reason, *note, *until, *to, *without_archive;
};

static int carry_out(struct cmd_session *session, const struct cmd_arguments *arguments,
                     const struct order *order)
{
    const char *verb = arguments->values[0];
    const char *first = arguments->values[1];
    if (strcmp(verb, "run") == 0) {
        const char *without_archive = order->without_archive;
        if (!without_archive && session->config.retention.archive_first == 0) {
            without_archive = ARCHIVE_NOT_ASKED;
        }
        return order->dry ? run_dry(session, without_archive) : run(session, without_archive);
    }
    if (strcmp(verb, "hold") == 0) {
        return place_hold(session, first, order->reason, order->note, order->until);
    }
    if (strcmp(verb, "release-hold") == 0) {
        return release_hold(session, first);
    }
    if (strcmp(verb, "holds") == 0) {
        return list_holds(session);
    }
    return strcmp(verb, "ledger") == 0 ? write_ledger(session, order->to)
                                       : replay(session, first, order->torn);
}

/* What a verb takes; arguments, itself included. */
static const struct verb {
    const char *name;
    int arguments;
    const char *options;
} verbs[] = {{"run", 1, "--dry-run --without-archive"},
             {"hold", 2, "--reason --note --until"},
             {"release-hold", 2, ""},
             {"holds", 1, ""},
             {"ledger", 1, "--to"},
             {"replay", 2, "--torn"}};

/* NULL: there is no such verb, or not with so many arguments. */
static const struct verb *find_verb(const struct cmd_arguments *arguments)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(arguments->values[0], verbs[i].name) == 0) {
            return arguments->count == verbs[i].arguments ? &verbs[i] : NULL;
        }
    }
    return NULL;
}

int cmd_retention(int argc, char **argv)
{
    const char *config = NULL;
    struct order order = {.dry = false};
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--dry-run", NULL, &order.dry},
                                         {"--torn", NULL, &order.torn},
                                         {"--reason", &order.reason, NULL},
                                         {"--note", &order.note, NULL},
                                         {"--until", &order.until, NULL},
                                         {"--to", &order.to, NULL},
                                         {"--without-archive", &order.without_archive, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    const bool is_ledger = strcmp(arguments.values[0], "ledger") == 0;
    const struct verb *verb = find_verb(&arguments);
    if (!verb || (is_ledger && !order.to)) {
        return cmd_misused(usage, "%s",
                           is_ledger ? "say with --to where the ledger is"
                                     : "not understood: run, hold, release-hold, holds, ledger or replay");
    }
    if (order.without_archive && !cmd_check_line("--without-archive", order.without_archive)) {
        return CMD_USAGE;
    }
    if (!cmd_verb_takes(verb->name, options, verb->options, usage)) {
        return CMD_USAGE;
    }
    cmd_catch_interrupts();
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = carry_out(&session, &arguments, &order);
    }
    cmd_session_close(&session);
    return status;
}
