/* zevenstem key issue|list|revoke */
#include "base/buffer.h"
#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/session.h"
#include "features/account/account.h"

#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400, DEFAULT_DAYS = 365 };

static const char usage_start[] =
    "usage: zevenstem key issue --scopes SCOPE[,SCOPE...] --label TEXT [--purpose TEXT] [--days N]\n"
    "                           [--consultation CODE] [--config FILE]\n"
    "       zevenstem key list [--config FILE]\n"
    "       zevenstem key revoke ID [--config FILE]\n"
    "\n"
    "issue prints the key alone on standard output, once: the database keeps a hash. Scopes:\n";
static const char usage_end[] =
    "Label: who holds it. Purpose: what for; whoever asks for more than inname has to say, and every call\n"
    "with the key says it on the audit log. Valid for N days (default 365), and for every consultation or\n"
    "for the one that is named. Services that run take a new key, and stop taking a revoked one, within a\n"
    "few seconds.\n"
    "list shows when each was used last.\n";

/* The scopes stand in one table, which the page of keys shows too. False: out of memory. */
static bool write_usage(struct buffer *out)
{
    buffer_append_cstr(out, usage_start);
    for (size_t i = 0; account_scopes[i]; i++) {
        buffer_printf(out, "  %-13s %s\n", account_scopes[i], account_scopes_about[i]);
    }
    buffer_append_cstr(out, usage_end);
    buffer_append_byte(out, '\0');
    return !buffer_failed(out);
}

struct issue {
    const struct crypto_keys *keys;
    const char *scopes[KEY_SCOPES_MAX + 1];
    struct account_order order;
    enum account_change outcome;
    char text[API_KEY_TEXT_BYTES];
};

static enum db_status issue_work(struct db_tx *tx, void *context)
{
    struct issue *issue = context;
    const struct account_act by = {.actor = cmd_actor(), .origin = "command"};
    return account_key_issue(&issue->outcome, issue->text, tx, issue->keys, &issue->order, &by);
}

/* Known scopes only; said otherwise. */
static bool parse_scopes(struct issue *issue, struct slice text)
{
    size_t count = 0;
    while (text.len > 0) {
        struct slice one;
        slice_cut(&one, &text, text, ',');
        const char *known = account_scope_find(one);
        if (!known) {
            fprintf(stderr, "unknown scope %.*s: choose from", SLICE_ARG(one));
            for (size_t i = 0; account_scopes[i]; i++) {
                fprintf(stderr, "%s %s", i > 0 ? "," : "", account_scopes[i]);
            }
            fputc('\n', stderr);
            return false;
        }
        bool again = false;
        for (size_t i = 0; i < count; i++) {
            again = again || issue->scopes[i] == known;
        }
        if (!again && count < KEY_SCOPES_MAX) {
            issue->scopes[count++] = known;
        }
    }
    return count > 0;
}

/* Says what is wrong with it. */
static bool check_order(const struct account_order *order)
{
    unsigned faults = account_key_faults(order);
    if ((faults & KEY_BAD_LABEL) != 0) {
        fprintf(stderr, "the label has 1 to %d characters\n", KEY_LABEL_MAX);
    }
    if ((faults & KEY_NO_PURPOSE) != 0) {
        fputs("say with --purpose what the key is for: it is asked for every scope but inname\n", stderr);
    }
    return (faults & KEY_BAD_PURPOSE) != 0 ? cmd_check_purpose(order->purpose) : faults == 0;
}

static int issue(struct cmd_session *session, struct issue *work)
{
    work->keys = session->keys;
    enum db_status status = db_transaction(session->conn, "key-issue", DB_ROLE_STAFF, issue_work, work);
    if (status != DB_OK) {
        return cmd_say_failure("issuing the key", status);
    }
    if (work->outcome == ACCOUNT_NO_PLACE) {
        fprintf(stderr, "there is no consultation %.*s\n", SLICE_ARG(work->order.consultation));
        return CMD_FAILED;
    }
    puts(work->text);
    fputs("services that run take it within a few seconds\n", stderr);
    return CMD_OK;
}

static void tell_used(int32_t day)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, (int64_t)day * DAY_S);
    if (day == 0) {
        fputs("never used  ", stdout);
    } else {
        printf("used %.10s  ", text);
    }
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    (void)context;
    struct account_key *keys;
    size_t count;
    enum db_status status = account_key_list(&keys, &count, tx);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        char created[CLOCK_RFC3339_BYTES];
        char expires[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(created, keys[i].created_at);
        clock_format_rfc3339(expires, keys[i].expires_at);
        const struct slice purpose = keys[i].purpose.ptr ? keys[i].purpose : SLICE("(no purpose)");
        const struct slice place =
            keys[i].consultation.len > 0 ? keys[i].consultation : SLICE("every consultation");
        printf("%6d  ", (int)keys[i].id);
        cmd_print_text(keys[i].label, 24);
        printf(" %-16.*s %.10s..%.10s  for %.*s  ", SLICE_ARG(keys[i].scopes), created, expires,
               SLICE_ARG(place));
        tell_used(keys[i].last_used_day);
        cmd_print_text(purpose, 0);
        puts(keys[i].revoked ? "  revoked" : "");
    }
    return status;
}

static int list(struct cmd_session *session)
{
    enum db_status status =
        db_transaction_read_only(session->conn, "key-list", DB_ROLE_STAFF, list_work, NULL);
    return status == DB_OK ? CMD_OK : cmd_say_failure("listing the keys", status);
}

struct revoke {
    int32_t id;
    bool found;
};

static enum db_status revoke_work(struct db_tx *tx, void *context)
{
    struct revoke *revoke = context;
    const struct account_act by = {.actor = cmd_actor(), .origin = "command"};
    return account_key_revoke(&revoke->found, tx, revoke->id, &by);
}

static int revoke(struct cmd_session *session, int32_t id)
{
    struct revoke work = {.id = id};
    enum db_status status = db_transaction(session->conn, "key-revoke", DB_ROLE_STAFF, revoke_work, &work);
    if (status != DB_OK) {
        return cmd_say_failure("revoking the key", status);
    }
    if (!work.found) {
        fprintf(stderr, "there is no valid key %d\n", (int)id);
        return CMD_FAILED;
    }
    printf("key %d is revoked\n", (int)id);
    return CMD_OK;
}

/* What was asked of issue. False: said why not. */
static bool read_issue(struct issue *work, const char *scopes, const char *days_text)
{
    uint64_t days = DEFAULT_DAYS;
    if (!work->order.label) {
        fputs("say with --label who the key is for\n", stderr);
        return false;
    }
    if (!scopes) {
        fputs("say with --scopes what the key is for\n", stderr);
        return false;
    }
    if (days_text && (!slice_to_u64(&days, slice_from_cstr(days_text), KEY_DAYS_MAX) || days == 0)) {
        fprintf(stderr, "--days is a whole number, 1 to %d\n", KEY_DAYS_MAX);
        return false;
    }
    work->order.scopes = work->scopes;
    work->order.expires_at = clock_unix_s() + (int64_t)days * DAY_S;
    return parse_scopes(work, slice_from_cstr(scopes)) && check_order(&work->order);
}

static int run_key(int argc, char **argv, const char *usage)
{
    const char *config = NULL, *scopes = NULL, *days_text = NULL, *consultation = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    struct issue work = {.keys = NULL};
    uint64_t id = 0;
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--scopes", &scopes, NULL},
                                         {"--label", &work.order.label, NULL},
                                         {"--purpose", &work.order.purpose, NULL},
                                         {"--days", &days_text, NULL},
                                         {"--consultation", &consultation, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    const bool is_issue = strcmp(verb, "issue") == 0 && arguments.count == 1;
    const bool is_list = strcmp(verb, "list") == 0 && arguments.count == 1;
    const bool is_revoke = strcmp(verb, "revoke") == 0;
    const bool revokes = is_revoke && arguments.count == 2 &&
                         slice_to_u64(&id, slice_from_cstr(arguments.values[1]), INT32_MAX);
    if (!is_issue && !is_list && !revokes) {
        return cmd_misused(usage, "%s",
                           is_revoke ? "revoke takes the number that key list shows"
                                     : "not understood: issue, list or revoke");
    }
    if (!cmd_verb_takes(verb, options, is_issue ? "--scopes --label --purpose --days --consultation" : "",
                        usage)) {
        return CMD_USAGE;
    }
    if (is_issue && !read_issue(&work, scopes, days_text)) {
        return cmd_say_call(usage);
    }
    /* An empty variable of a script is not every consultation. */
    if (consultation && consultation[0] == '\0') {
        return cmd_misused(usage, "say with --consultation which one");
    }
    work.order.consultation = consultation ? slice_from_cstr(consultation) : (struct slice){NULL, 0};
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = is_issue ? issue(&session, &work) : is_list ? list(&session) : revoke(&session, (int32_t)id);
    }
    cmd_session_close(&session);
    return status;
}

int cmd_key(int argc, char **argv)
{
    enum { USAGE_MAX = 4000 };
    struct buffer usage;
    buffer_init(&usage, USAGE_MAX);
    const int status = write_usage(&usage) ? run_key(argc, argv, usage.ptr) : CMD_FAILED;
    buffer_free(&usage);
    return status;
}
