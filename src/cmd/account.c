/* zevenstem account add|list|role|disable|reset */
#include "features/account/account.h"

#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/session.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: zevenstem account add NAME --role ROLE [--consultation CODE] [--config FILE]\n"
    "       zevenstem account list [--config FILE]\n"
    "       zevenstem account role NAME --role ROLE [--consultation CODE] [--take] [--config FILE]\n"
    "       zevenstem account disable NAME [--config FILE]\n"
    "       zevenstem account reset NAME [--second-factor] [--config FILE]\n"
    "\n"
    "Roles: beheerder, onderzoeker, codeur, analist, tafelsecretaris, lezer; of one consultation, or "
    "without\n"
    "--consultation of all.\n"
    "add and reset print a password alone on standard output, once; it works for a week and has to be\n"
    "changed at the first login.\n"
    "role gives the account this role beside those that it has; with --take it takes that one away, where "
    "it\n"
    "was given: with the same --consultation, or without.\n"
    "disable ends its sessions and lets it sign in no more; what it did stays. reset opens it again: it "
    "makes\n"
    "another password and ends sessions; with --second-factor the holder sets that up anew.\n"
    "list shows each account with its roles.\n"
    "\n"
    "Exit status: 0 done, or it was so already; 1 refused or failed; 2 wrong use.\n";

struct act {
    const char *verb;
    struct slice name, consultation;
    enum account_role role;
    bool take, with_factor;
    struct account_act by;
    enum account_change outcome;
    char password[ONE_TIME_PASSWORD_BYTES];
};

static enum db_status change_work(struct db_tx *tx, void *context)
{
    struct act *act = context;
    if (strcmp(act->verb, "add") == 0) {
        return account_add(&act->outcome, act->password, tx, act->name, act->role, act->consultation,
                           &act->by);
    }
    if (strcmp(act->verb, "role") == 0) {
        return account_role_set(&act->outcome, tx, act->name, act->role, act->consultation, !act->take,
                                &act->by);
    }
    if (strcmp(act->verb, "disable") == 0) {
        return account_disable(&act->outcome, tx, act->name, &act->by);
    }
    return account_reset(&act->outcome, act->password, tx, act->name, act->with_factor, &act->by);
}

static const char *says(enum account_change outcome)
{
    switch (outcome) {
    case ACCOUNT_CHANGED:
        return "done";
    case ACCOUNT_UNKNOWN:
        return "there is no such account";
    case ACCOUNT_EXISTS:
        return "there is an account of that name";
    case ACCOUNT_BAD_NAME:
        return "a name has 2 to 64 of a-z 0-9 . _ @ - and begins with a letter or digit";
    case ACCOUNT_NO_PLACE:
        return "there is no such consultation";
    case ACCOUNT_UNCHANGED:
        return "it was so already";
    case ACCOUNT_LAST_MANAGER:
        return "refused: nobody would be left who manages accounts";
    case ACCOUNT_OWN:
    case ACCOUNT_MEANWHILE:
        break; /* of pages */
    }
    return "?";
}

static int change(struct cmd_session *session, struct act *act)
{
    enum db_status status = db_transaction(session->conn, "account", DB_ROLE_STAFF, change_work, act);
    if (status != DB_OK) {
        return cmd_say_failure("changing the account", status);
    }
    fprintf(stderr, "%.*s: %s\n", SLICE_ARG(act->name), says(act->outcome));
    if (act->outcome == ACCOUNT_CHANGED && act->password[0]) {
        puts(act->password);
        crypto_wipe(act->password, sizeof act->password);
    }
    return act->outcome == ACCOUNT_CHANGED || act->outcome == ACCOUNT_UNCHANGED ? CMD_OK : CMD_FAILED;
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    (void)context;
    struct account_person *people;
    size_t count;
    enum db_status status = account_list(&people, &count, tx, SLICE(""), SLICE(""), INT32_MAX);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        char created[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(created, people[i].created_at);
        const struct slice roles = people[i].roles.ptr ? people[i].roles : SLICE("(no role)");
        printf("%-24.*s %.10s  %-14s %.*s%s%s\n", SLICE_ARG(people[i].name), created,
               people[i].has_factor ? "second-factor" : "password", SLICE_ARG(roles),
               people[i].one_time ? "  not-signed-in-yet" : "", people[i].disabled ? "  disabled" : "");
    }
    return status;
}

static int list(struct cmd_session *session)
{
    enum db_status status =
        db_transaction_read_only(session->conn, "account-list", DB_ROLE_STAFF, list_work, NULL);
    return status == DB_OK ? CMD_OK : cmd_say_failure("listing the accounts", status);
}

static const char *options_of(const char *verb)
{
    return strcmp(verb, "add") == 0     ? "--role --consultation"
           : strcmp(verb, "role") == 0  ? "--role --consultation --take"
           : strcmp(verb, "reset") == 0 ? "--second-factor"
                                        : "";
}

static bool is_verb(const struct act *act, const char *name)
{
    return strcmp(act->verb, name) == 0;
}

/* What is wrong with how it was called; NULL: nothing. role: what was given, found for act->role. */
static const char *fault_of(struct act *act, const char *role)
{
    const bool is_list = is_verb(act, "list");
    const bool roled = is_verb(act, "add") || is_verb(act, "role");
    if (!is_list && !roled && !is_verb(act, "disable") && !is_verb(act, "reset")) {
        return "not understood: add, list, role, disable or reset";
    }
    if (is_list) {
        return act->name.len > 0 ? "list takes no name" : NULL;
    }
    return act->name.len == 0                                               ? "name the account"
           : roled && !role                                                 ? "say with --role which role"
           : roled && !account_role_find(&act->role, slice_from_cstr(role)) ? "there is no such role"
                                                                            : NULL;
}

int cmd_account(int argc, char **argv)
{
    const char *config = NULL;
    const char *role = NULL;
    const char *consultation = NULL;
    struct act act = {.by = {.actor = cmd_actor(), .origin = "command", .now_s = clock_unix_s()}};
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--role", &role, NULL},
                                         {"--consultation", &consultation, NULL},
                                         {"--take", NULL, &act.take},
                                         {"--second-factor", NULL, &act.with_factor},
                                         {NULL, NULL, NULL}};
    struct cmd_arguments arguments;
    struct cmd_session session;
    int status = cmd_parse(&arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    act.verb = arguments.values[0];
    act.name = slice_from_cstr(arguments.count == 2 ? arguments.values[1] : "");
    act.consultation = consultation ? slice_from_cstr(consultation) : SLICE("");
    const char *fault = fault_of(&act, role);
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    if (!cmd_verb_takes(act.verb, options, options_of(act.verb), usage)) {
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = is_verb(&act, "list") ? list(&session) : change(&session, &act);
    }
    cmd_session_close(&session);
    return status;
}
