/* zevenstem serve: the service, until SIGTERM or SIGINT. */
#include "cmd/cmd.h"

#include "app/app.h"
#include "crypto/crypto.h"
#include "json/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_ARENA_MAX = 4 * 1024 * 1024, DATABASE_WAIT_S = 30 };

static const char usage[] = "usage: zevenstem serve [--config FILE]\n"
                            "  Serves pages and API. Refuses a schema it does not know, another root secret, "
                            "a server with fsync off.\n"
                            "  SIGTERM or SIGINT: stops accepting, finishes what was accepted, ends.\n";

/* Signals are taken by sigwait on this thread: blocked before any other thread starts, so that all inherit
 * it. */
static void block_signals(sigset_t *waited)
{
    sigemptyset(waited);
    sigaddset(waited, SIGTERM);
    sigaddset(waited, SIGINT);
    pthread_sigmask(SIG_BLOCK, waited, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int serve(const struct zs_config *config)
{
    sigset_t waited;
    int signal_number;
    int status = CMD_FAILED;
    block_signals(&waited);
    struct app *app = app_create(config);
    if (app && app_check_database(app, DATABASE_WAIT_S) && app_start(app)) {
        log_info("serve.start", "version=%s address=%s port=%u", ZEVENSTEM_VERSION,
                 config->server.listen_address, app_port(app));
        printf("Zevenstem %s luistert op http://%s:%u\n", ZEVENSTEM_VERSION, config->server.listen_address,
               app_port(app));
        fflush(stdout);
        sigwait(&waited, &signal_number);
        log_info("serve.stop", "signal=%d", signal_number);
        if (!app_stop(app)) {
            _exit(CMD_FAILED); /* a thread still waits for the database: not even exit handlers may run */
        }
        log_info("serve.end", "drained=yes");
        status = CMD_OK;
    }
    app_destroy(app);
    return status;
}

int cmd_serve(int argc, char **argv)
{
    const char *path = NULL;
    struct cmd_arguments arguments;
    struct zs_config config;
    const struct cmd_option options[] = {{"--config", &path, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 0, 0, usage);
    if (status != CMD_GO) {
        return status;
    }
    if (!crypto_start()) {
        fputs("zevenstem: libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    json_reuse_memory();
    struct arena *arena = arena_create(CONFIG_ARENA_MAX);
    status = cmd_load_config(&config, arena, path) ? serve(&config) : CMD_USAGE;
    arena_destroy(arena);
    return status;
}
