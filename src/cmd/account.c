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
    "--consultation of all. add and reset print a password alone on standard output, once; it works for a "
    "week\n"
    "and has to be changed at the first login. reset also ends sessions and enables a disabled account; "
    "with\n"
    "--second-factor the holder sets that up anew.\n";

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
    return act->outcome == ACCOUNT_CHANGED ? CMD_OK : CMD_FAILED;
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
    bool is_list = strcmp(act.verb, "list") == 0;
    bool roled = strcmp(act.verb, "add") == 0 || strcmp(act.verb, "role") == 0;
    bool known = is_list || roled || strcmp(act.verb, "disable") == 0 || strcmp(act.verb, "reset") == 0;
    if (!known || is_list != (arguments.count == 1) || roled != (role != NULL) ||
        (roled && !account_role_find(&act.role, slice_from_cstr(role)))) {
        fputs(known && roled && role ? "there is no such role\n" : "not understood\n", stderr);
        fputs(usage, stderr);
        return CMD_USAGE;
    }
    if (!cmd_verb_takes(act.verb, options, options_of(act.verb), usage)) {
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = is_list ? list(&session) : change(&session, &act);
    }
    cmd_session_close(&session);
    return status;
}
