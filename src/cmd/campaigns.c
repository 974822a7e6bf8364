/* zevenstem campaigns --round R: looks for answers that are nearly the same, and keeps what it found. */
#include "cmd/actor.h"
#include "cmd/session.h"
#include "features/audit/audit.h"
#include "features/coding/coding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: zevenstem campaigns --round ROUND [--question CODE] [--threshold T] [--seed N] [--config FILE]\n"
    "\n"
    "Compares the answers to each open question of a round (or to one) and keeps which of them are nearly "
    "the\n"
    "same, as the page Coderen, Antwoorden die bijna gelijk zijn, shows. Nothing is left out or deleted for\n"
    "it: a shared text is a way to speak. T is how alike two texts must be, from 0.3 to 1 (0.7). The same\n"
    "answers, threshold and seed (0) give the same groups.\n";

struct looking {
    struct cmd_session *session;
    struct campaign_search *search;
    const struct survey_round *round;
    int32_t number;
    const char *question;
    bool shows_progress;
    size_t texts; /* of all questions */
};

/* One line on a terminal, which the next takes the place of; of 0 ends it. */
static void show_progress(size_t done, size_t of, void *self)
{
    const struct looking *looking = self;
    if (looking->shows_progress && of > 0) {
        fprintf(stderr, "\r\033[K%s: comparing %zu answers, %zu %%", looking->question,
                campaign_search_texts(looking->search), 100 * done / of);
    } else if (looking->shows_progress) {
        fputs("\r\033[K", stderr);
    }
}

static enum db_status read_work(struct db_tx *tx, void *context)
{
    return campaign_search_read(((struct looking *)context)->search, tx);
}

static enum db_status keep_work(struct db_tx *tx, void *context)
{
    struct looking *looking = context;
    enum db_status status = campaign_search_keep(&looking->number, looking->search, tx);
    const struct audit_event event = {
        .action = "coding.campaign-search",
        .object = arena_printf(db_arena(tx), "round:%s", looking->round->code).ptr,
        .result = "ok",
        .origin = "command",
        .actor = cmd_actor(),
        .details = arena_printf(db_arena(tx), "{\"number\": %d, \"texts\": %zu}", (int)looking->number,
                                campaign_search_texts(looking->search))
                       .ptr};
    return status == DB_OK ? audit_record(tx, &event) : status;
}

static int look(struct looking *looking)
{
    const char *question = looking->question;
    struct db_conn *conn = looking->session->conn;
    enum db_status status = db_transaction(conn, "campaign-read", DB_ROLE_STAFF, read_work, looking);
    if (status != DB_OK) {
        return cmd_say_failure("reading the answers", status);
    }
    const bool compared = campaign_search_compare(looking->search, show_progress, looking);
    show_progress(0, 0, looking);
    if (!compared) {
        fprintf(stderr, "%s: there is no memory to compare them\n", question);
        return CMD_FAILED;
    }
    status = db_transaction(conn, "campaign-keep", DB_ROLE_STAFF, keep_work, looking);
    if (status != DB_OK) {
        return cmd_say_failure("keeping what was found", status);
    }
    const struct duplicates *found = campaign_search_found(looking->search);
    size_t together = 0;
    for (size_t i = 0; i < found->cluster_count; i++) {
        together += found->clusters[i].size;
    }
    printf("%s: search %d, %zu answers, %zu groups, %zu answers in them, the largest of %zu\n", question,
           (int)looking->number, campaign_search_texts(looking->search), found->cluster_count, together,
           found->cluster_count > 0 ? (size_t)found->clusters[0].size : 0);
    return CMD_OK;
}

static int look_in_all(struct cmd_session *session, const struct survey_round *round, const char *question,
                       const struct duplicates_rule *rule)
{
    size_t count, looked = 0;
    int status = CMD_OK;
    struct looking looking = {
        .session = session, .round = round, .shows_progress = isatty(STDERR_FILENO) == 1};
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    for (size_t i = 0; i < count && status == CMD_OK; i++) {
        if (all[i].kind != VARIABLE_TEXT || (question && strcmp(question, all[i].code) != 0)) {
            continue;
        }
        looking.question = all[i].code;
        looking.search = campaign_search_create(round->id, slice_from_cstr(all[i].code), rule, cmd_actor());
        status = looking.search ? look(&looking) : CMD_FAILED;
        looking.texts += looking.search ? campaign_search_texts(looking.search) : 0;
        campaign_search_free(looking.search);
        looked++;
    }
    if (looked == 0) {
        fprintf(stderr, "round %s has no such open question\n", round->code);
        return CMD_FAILED;
    }
    if (status == CMD_OK) {
        printf("%zu question%s of %s searched, %zu answers compared\n", looked, looked == 1 ? "" : "s",
               round->code, looking.texts);
    }
    return status;
}

static int run(struct cmd_session *session, const char *code, const char *question,
               const struct duplicates_rule *rule)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    if (status == CMD_GO) {
        const struct survey_round *round = survey_round_find(rounds.snapshot, slice_from_cstr(code));
        if (round) {
            status = look_in_all(session, round, question, rule);
        } else {
            fprintf(stderr, "there is no round %s\n", code);
            status = CMD_FAILED;
        }
    }
    cmd_rounds_close(&rounds);
    return status;
}

static bool read_rule(struct duplicates_rule *out, const char *threshold, const char *seed)
{
    char *end;
    *out = (struct duplicates_rule){.threshold = DUPLICATES_THRESHOLD, .least = DUPLICATES_LEAST};
    if (threshold) {
        out->threshold = strtod(threshold, &end);
        if (end == threshold || *end != '\0' || !(out->threshold >= 0.3 && out->threshold <= 1)) {
            fputs("--threshold is a number from 0.3 to 1\n", stderr);
            return false;
        }
    }
    if (seed && !slice_to_u64(&out->seed, slice_from_cstr(seed), INT64_MAX)) {
        fputs("--seed is a whole number\n", stderr);
        return false;
    }
    return true;
}

int cmd_campaigns(int argc, char **argv)
{
    const char *config = NULL, *round = NULL, *question = NULL, *threshold = NULL, *seed = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    struct duplicates_rule rule;
    const struct cmd_option options[] = {{"--config", &config, NULL},     {"--round", &round, NULL},
                                         {"--question", &question, NULL}, {"--threshold", &threshold, NULL},
                                         {"--seed", &seed, NULL},         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 0, 0, usage);
    if (status != CMD_GO) {
        return status;
    }
    if (!round) {
        return cmd_misused(usage, "say with --round which round");
    }
    if (!read_rule(&rule, threshold, seed)) {
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    status = status == CMD_GO ? run(&session, round, question, &rule) : status;
    cmd_session_close(&session);
    return status;
}
