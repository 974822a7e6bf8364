/* zevenstem COMMAND ...: argv to the table of commands. */
#include "base/fault.h"
#include "base/log.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command commands[] = {
    {"account", "accounts of staff: add, list, role, disable, reset", cmd_account},
    {"agenda", "check and keep the agenda that signals are passed on to", cmd_agenda},
    {"archive", "make a package of a consultation for the archive", cmd_archive},
    {"audit", "read the audit log, keep its head, find what was changed", cmd_audit},
    {"book", "write the tabellenboek of a round", cmd_book},
    {"campaigns", "finds answers that are nearly the same", cmd_campaigns},
    {"codebook", "check and keep the code books that what was said is tagged by", cmd_codebook},
    {"coding", "take what was coded to other programs", cmd_coding},
    {"consultation", "check and publish a consultation, open and close its rounds", cmd_consultation},
    {"doctor", "look whether this installation is fit to serve; changes nothing", cmd_doctor},
    {"example", "a consultation of invented data, to look at", cmd_example},
    {"export", "write the microdata of a round", cmd_export},
    {"guide", "check and keep the guides of interviews and focus groups", cmd_guide},
    {"import", "add responses that were given elsewhere", cmd_import},
    {"key", "issue, list and revoke API keys", cmd_key},
    {"migrate", "bring the database's schema up to date, or tell how it stands", cmd_migrate},
    {"offer", "keys and letters of those who offered to be invited", cmd_offer},
    {"opendata", "publish releases as signed files, and list them", cmd_opendata},
    {"release", "make public what may be told of a round, protected; list and show what was", cmd_release},
    {"report", "reports of the table: begin, export, verify; texts for who asked to hear", cmd_report},
    {"retention", "destroy what is due, hold it, keep and replay the ledger of erasures", cmd_retention},
    {"secret", "make the root secret", cmd_secret},
    {"serve", "serve pages and API", cmd_serve},
    {"weights", "weigh a round to the population, and report", cmd_weights},
    {"woo", "write a file under the Wet open overheid, with what was taken out gone", cmd_woo},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *out)
{
    fputs("usage: zevenstem COMMAND [ARGUMENT...]\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].help);
    }
    fputs("\n`zevenstem help COMMAND` tells more. `zevenstem --version` prints the version.\n"
          "The configuration is the file of --config, else the one that $" CMD_CONFIG_VARIABLE
          " names, else " CMD_CONFIG_FILE ".\n",
          out);
}

/* What was printed and did not arrive may have been a key or a password, shown once: that is no success. */
static int ended(int status)
{
    const int why = fflush(stdout) == 0 ? 0 : errno;
    if (why == 0 && !ferror(stdout)) {
        return status;
    }
    fprintf(stderr, "what was to be printed could not be written: %s\n",
            why != 0 ? strerror(why) : "not all of it arrived");
    return status == CMD_OK ? CMD_FAILED : status;
}

/* Of the command that is called so. unknown: the status when there is none. */
static int run_command(const char *name, int argc, char **argv, int unknown)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return ended(commands[i].run(argc, argv));
        }
    }
    return unknown;
}

static int say_unknown(const char *name)
{
    fprintf(stderr, "unknown command: %s\n\n", name);
    print_usage(stderr);
    return CMD_USAGE;
}

static int help(const char *name)
{
    char option[] = "--help";
    char command[] = "";
    char *words[] = {command, option, NULL};
    int status = CMD_OK;
    if (name) {
        status = run_command(name, 2, words, -1);
        return status == -1 ? say_unknown(name) : status;
    }
    print_usage(stdout);
    return ended(CMD_OK);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    /* Whoever reads what a command prints may leave before it ends: that must not cut it off halfway. What
     * did not arrive is told by ended. */
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        return help(argc > 2 && argv[2][0] != '-' ? argv[2] : NULL);
    }
    if (strcmp(name, "--version") == 0) {
        puts("zevenstem " ZEVENSTEM_VERSION);
        return CMD_OK;
    }
    if (!fault_configure(slice_from_cstr(getenv("ZEVENSTEM_FAULTS")))) {
        fputs("ZEVENSTEM_FAULTS is not of the form point=action[@N],...\n", stderr);
        return CMD_USAGE;
    }
    if (argc == 1) {
        print_usage(stderr);
        return CMD_USAGE;
    }
    log_set_level(LOG_WARN); /* until the configuration was read */
    const int status = run_command(name, argc - 1, argv + 1, -1);
    return status == -1 ? say_unknown(name) : status;
}
