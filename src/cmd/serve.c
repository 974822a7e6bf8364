/* zevenstem serve: the service, until SIGTERM or SIGINT. */
#include "cmd/cmd.h"

#include "app/app.h"
#include "crypto/crypto.h"
#include "json/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CONFIG_ARENA_MAX = 4 * 1024 * 1024, DATABASE_WAIT_S = 30, HANDED_FD = 3 };

static const char usage[] = "usage: zevenstem serve [--config FILE]\n"
                            "  Serves pages and API. Refuses a schema it does not know, another root secret, "
                            "a server with fsync off.\n"
                            "  Listens on the socket that systemd hands over, else where the configuration "
                            "says.\n"
                            "  SIGTERM or SIGINT: stops accepting, finishes what was accepted, ends.\n";

/* Signals are taken by sigwait on this thread: blocked before any other thread starts, so that all inherit
 * it. */
static void block_signals(sigset_t *waited)
{
    sigemptyset(waited);
    sigaddset(waited, SIGTERM);
    sigaddset(waited, SIGINT);
    pthread_sigmask(SIG_BLOCK, waited, NULL);
}

/* sd_listen_fds(3): systemd listens and hands its socket over, as descriptor 3. *fd is 0 where nothing was
 * handed to this process; false, said on standard error, where it is more than one socket. */
static bool handed_over(int *fd)
{
    uint64_t pid = 0;
    uint64_t count = 0;
    const char *pid_text = getenv("LISTEN_PID");
    const char *count_text = getenv("LISTEN_FDS");
    const bool ours = pid_text && count_text && slice_to_u64(&pid, slice_from_cstr(pid_text), INT32_MAX) &&
                      pid == (uint64_t)getpid() &&
                      slice_to_u64(&count, slice_from_cstr(count_text), INT32_MAX);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    *fd = ours && count == 1 ? HANDED_FD : 0;
    if (ours && count > 1) {
        fprintf(stderr, "zevenstem serve: LISTEN_FDS is %llu, and there is one socket to listen on\n",
                (unsigned long long)count);
    }
    return !ours || count <= 1;
}

static int serve(const struct zs_config *config, int handed_fd)
{
    sigset_t waited;
    int signal_number;
    int status = CMD_FAILED;
    log_set_level(config->log.level);
    block_signals(&waited);
    struct app *app = app_create(config);
    if (app && handed_fd > 0) {
        app_take_socket(app, handed_fd);
    }
    if (app && app_check_database(app, DATABASE_WAIT_S) && app_start(app)) {
        log_info("serve.start", "version=%s at=%s", ZEVENSTEM_VERSION, app_where(app));
        printf("Zevenstem %s listens on %s\n", ZEVENSTEM_VERSION, app_where(app));
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
    int handed_fd;
    const struct cmd_option options[] = {{"--config", &path, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 0, 0, usage);
    if (status != CMD_GO) {
        return status;
    }
    if (!handed_over(&handed_fd)) {
        return CMD_USAGE;
    }
    if (!crypto_start()) {
        fputs("zevenstem: libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    json_reuse_memory();
    struct arena *arena = arena_create(CONFIG_ARENA_MAX);
    status = cmd_load_config(&config, arena, path) ? serve(&config, handed_fd) : CMD_USAGE;
    arena_destroy(arena);
    return status;
}
