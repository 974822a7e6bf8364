/* zevenstem secret generate FILE */
#include "cmd/cmd.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: zevenstem secret generate FILE\n"
    "\n"
    "Makes a new root secret in FILE (mode 0600); never overwrites one. Make one for a database and use it "
    "on every machine\n"
    "that serves it. Keep a copy apart from the backups: without it no participation code works any more.\n";

int cmd_secret(int argc, char **argv)
{
    static const struct cmd_option options[] = {{NULL, NULL, NULL}};
    struct cmd_arguments arguments;
    int status = cmd_parse(&arguments, argc, argv, options, 2, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    if (strcmp(arguments.values[0], "generate") != 0) {
        return cmd_misused(usage, "not understood: secret %s", arguments.values[0]);
    }
    if (!crypto_start() || !crypto_keys_generate(arguments.values[1])) {
        fprintf(stderr, "no secret was made in %s\n", arguments.values[1]);
        return CMD_FAILED;
    }
    printf("root secret made: %s\n", arguments.values[1]);
    return CMD_OK;
}
