/* zevenstem migrate status | up | verify */
#include "cmd/cmd.h"

#include "crypto/crypto.h"
#include "db/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CMD_PENDING = 3, CONFIG_ARENA_MAX = 4 * 1024 * 1024 };

static const char usage[] =
    "usage: zevenstem migrate status [--config FILE | --database CONNINFO]\n"
    "       zevenstem migrate up [--dry-run] [--to N] [--config FILE | --database CONNINFO]\n"
    "       zevenstem migrate verify [--config FILE | --database CONNINFO]\n"
    "\n"
    "status   lists every migration and routine, and what is to be done\n"
    "up       applies what is missing, each migration in a transaction of its own; --to N stops after number "
    "N;\n"
    "         --dry-run only lists what it would do, and locks nothing\n"
    "verify   checks that what was applied is what the files say, and that the service's roles cannot "
    "change\n"
    "         what they must not\n"
    "\n"
    "The connection is the owner's: --database, else $ZEVENSTEM_OWNER_DATABASE, else owner_url of the\n"
    "configuration.\n"
    "\n"
    "Exit status: 0 done or nothing to do, 1 refused or failed, 2 wrong use, 3 there is something to do\n"
    "(status and verify).\n";

static void say(const char *line, void *context)
{
    (void)context;
    puts(line);
}

/* The owner's connection. NULL after saying why there is none. */
static const char *owner_conninfo(struct arena *arena, const char *database, const char *config_path)
{
    const char *environment = getenv("ZEVENSTEM_OWNER_DATABASE");
    struct zs_config config;
    if (database) {
        return database;
    }
    if (!config_path && environment && environment[0] != '\0') {
        return environment;
    }
    if (!cmd_load_config(&config, arena, config_path)) {
        return NULL;
    }
    if (config.database.owner_url[0] == '\0') {
        fputs("the configuration has no owner_url in [database]\n", stderr);
        return NULL;
    }
    return config.database.owner_url;
}

static int exit_status(enum migrate_status status)
{
    switch (status) {
    case MIGRATE_OK:
        return CMD_OK;
    case MIGRATE_PENDING:
        return CMD_PENDING;
    case MIGRATE_REFUSED:
    case MIGRATE_FAILED:
        return CMD_FAILED;
    }
    return CMD_FAILED;
}

int cmd_migrate(int argc, char **argv)
{
    const char *config_path = NULL;
    const char *database = NULL;
    const char *to = NULL;
    struct migrate_options options = {
        .files = embedded_migrations, .binary_version = ZEVENSTEM_VERSION, .say = say};
    const struct cmd_option known[] = {{"--config", &config_path, NULL},
                                       {"--database", &database, NULL},
                                       {"--to", &to, NULL},
                                       {"--dry-run", NULL, &options.dry_run},
                                       {NULL, NULL, NULL}};
    struct cmd_arguments arguments;
    int parsed = cmd_parse(&arguments, argc, argv, known, 1, 1, usage);
    if (parsed != CMD_GO) {
        return parsed;
    }
    enum migrate_status (*run)(const char *, const struct migrate_options *) =
        strcmp(arguments.values[0], "status") == 0   ? migrate_status
        : strcmp(arguments.values[0], "up") == 0     ? migrate_up
        : strcmp(arguments.values[0], "verify") == 0 ? migrate_verify
                                                     : NULL;
    if (!run || (run != migrate_up && (to || options.dry_run)) ||
        (to && (!slice_to_i64(&options.up_to, slice_from_cstr(to), 1, 9999)))) {
        return cmd_misused(usage, "not understood: migrate %s%s%s", arguments.values[0], to ? " --to " : "",
                           to ? to : "");
    }
    struct arena *arena = arena_create(CONFIG_ARENA_MAX);
    const char *conninfo = owner_conninfo(arena, database, config_path);
    int result = CMD_USAGE;
    if (conninfo && crypto_start()) {
        setvbuf(stdout, NULL, _IOLBF, 0); /* each step is seen when it is done, also through a pipe */
        result = exit_status(run(conninfo, &options));
    }
    arena_destroy(arena);
    return result;
}
