/* The commands of the program, one file each. main.c holds the table.
 *
 * What a person asked for goes to standard output; faults and the log go to standard error. Exit status:
 * CMD_OK, CMD_FAILED (it was tried and did not succeed), CMD_USAGE (it was not tried: the call or the
 * configuration is at fault). */
#ifndef ZEVENSTEM_CMD_CMD_H
#define ZEVENSTEM_CMD_CMD_H

#include "app/config.h"
#include "base/slice.h"

#include <stdio.h>

/* Where no --config says which. */
#define CMD_CONFIG_VARIABLE "ZEVENSTEM_CONFIG"
#define CMD_CONFIG_FILE     "/etc/zevenstem/zevenstem.conf"

enum { CMD_OK = 0, CMD_FAILED = 1, CMD_USAGE = 2 };

struct command {
    const char *name;
    const char *help;                  /* one line */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name, argv[argc] is NULL */
};

int cmd_account(int argc, char **argv);
int cmd_agenda(int argc, char **argv);
int cmd_archive(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_book(int argc, char **argv);
int cmd_campaigns(int argc, char **argv);
int cmd_codebook(int argc, char **argv);
int cmd_coding(int argc, char **argv);
int cmd_consultation(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_example(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_guide(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_migrate(int argc, char **argv);
int cmd_offer(int argc, char **argv);
int cmd_opendata(int argc, char **argv);
int cmd_release(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_retention(int argc, char **argv);
int cmd_secret(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_weights(int argc, char **argv);
int cmd_woo(int argc, char **argv);

/* ---- for the commands ---- */

/* `--name VALUE` or `--name=VALUE` when value is set, `--name` when flag is. A table ends with a NULL name.
 */
struct cmd_option {
    const char *name; /* with its dashes */
    const char **value;
    bool *flag;
};

struct cmd_arguments {
    int count; /* what is no option, in order */
    const char *values[16];
};

enum { CMD_GO = -1 };
/* Takes options and arguments apart; `--` ends the options. Gives CMD_GO, or the status to return at once:
 * CMD_OK after --help or -h (usage on standard output, with where the configuration is looked for), CMD_USAGE
 * after an unknown option, a missing value, or too few or many arguments (said on standard error, as
 * cmd_misused does). */
int cmd_parse(struct cmd_arguments *out, int argc, char **argv, const struct cmd_option *options, int least,
              int most, const char *usage);

/* It was not tried: says on standard error why, on a line of its own, and then how it is called: of the usage
 * what stands before its first empty line. Gives CMD_USAGE. */
int cmd_misused(const char *usage, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same where what is wrong was said already. */
int cmd_say_call(const char *usage);

/* For a command of several verbs that share a table: whether no option was given but --config and those named
 * in `taken`, separated by spaces. False: said which, with the usage: return CMD_USAGE. */
bool cmd_verb_takes(const char *verb, const struct cmd_option *options, const char *taken, const char *usage);

/* Prints a text that somebody wrote, at least `width` characters wide: no control character of it reaches a
 * terminal, and a line stays a line. */
void cmd_print_text(struct slice text, int width);
void cmd_put_text(FILE *file, struct slice text, int width);

/* Loads the configuration of a command: `path` (of --config) or, when NULL, that of
 * CMD_CONFIG_VARIABLE, else CMD_CONFIG_FILE. Says every fault on standard error; sets the log level of
 * commands. False: return CMD_USAGE. The strings live in the arena. */
bool cmd_load_config(struct zs_config *out, struct arena *arena, const char *path);

#endif
