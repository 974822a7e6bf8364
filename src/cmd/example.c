/* zevenstem example make | load */
#include "features/example/example.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/embedded.h"
#include "cmd/english.h"
#include "cmd/progress.h"
#include "cmd/session.h"
#include "features/tafel/tafel.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAKE_ARENA_MAX = 16 * 1024 * 1024, SEED = 2026 };

static const char usage[] =
    "usage: zevenstem example load [--config FILE]\n"
    "       zevenstem example make [--seed N] [--people N]\n"
    "\n"
    "load fills an installation for trying things out with a consultation of invented "
    "data, " EXAMPLE_CONSULTATION ":\n"
    "a questionnaire in two rounds, interviews and focus groups, coded by two. All that is shown of it says "
    "that it is\n"
    "invented, and no list for others has it. It takes some seconds, and may be called again: nothing comes "
    "in twice.\n"
    "It is refused where [service] invented_data is 0. Weights and releases are made of it as of any other "
    "round\n"
    "(zevenstem weights, zevenstem release). Its coders have accounts that nobody has a password of.\n"
    "Where there is no table yet, one is set up with members, signals and meetings, invented too.\n"
    "make prints what load puts in, as one JSON document: the same from the same seed.\n";

/* What was done; the next step begins. */
static void tell(const char *line, void *self)
{
    struct cmd_progress *progress = self;
    cmd_progress_end(progress);
    puts(line);
    fflush(stdout);
    cmd_progress_begin(progress, STDERR_FILENO);
    cmd_progress_wait(progress, "loading");
}

static int make(const char *seed_text, const char *people_text)
{
    uint64_t seed = SEED, people = example_whole.people;
    struct json_errors errors;
    if ((seed_text && !slice_to_u64(&seed, slice_from_cstr(seed_text), UINT64_MAX)) ||
        (people_text && !slice_to_u64(&people, slice_from_cstr(people_text), EXAMPLE_PEOPLE_MAX))) {
        return cmd_misused(usage, "--seed takes a whole number, --people one of at most %d",
                           EXAMPLE_PEOPLE_MAX);
    }
    struct example_size size = example_whole;
    size.people = (size_t)people;
    struct arena *arena = arena_create(MAKE_ARENA_MAX);
    cmd_errors_init(&errors, arena);
    json_t *made = example_make(&errors, seed, &size);
    const bool good =
        made && json_dumpf(made, stdout, JSON_COMPACT) == 0 && puts("") >= 0 && fflush(stdout) == 0;
    json_decref(made);
    arena_destroy(arena);
    return good ? CMD_OK : CMD_FAILED;
}

static enum db_status tafel_work(struct db_tx *tx, void *context)
{
    const struct example_config *config = context;
    bool made;
    const enum db_status status = tafel_example_load(&made, tx, config->now_s);
    if (status == DB_OK && made) {
        config->tell("the table met, and weighed what was said", config->self);
    }
    return status;
}

static int load(struct cmd_session *session)
{
    const struct web_config web_config = {.templates = embedded_templates,
                                          .locales = embedded_locales,
                                          .assets = embedded_assets,
                                          .organisation = ""};
    if (session->config.service.invented_data == 0) {
        fputs("this installation takes no invented data: [service] invented_data is 0\n", stderr);
        return CMD_FAILED;
    }
    struct cmd_progress progress;
    struct web *web = web_create(&web_config);
    struct example_config config = {.conn = session->conn,
                                    .database = &session->database,
                                    .keys = session->keys,
                                    .web = web,
                                    .seed = SEED,
                                    .size = example_whole,
                                    .now_s = clock_unix_s(),
                                    .tell = tell,
                                    .self = &progress};
    enum example_outcome outcome = EXAMPLE_FAULTY;
    const int64_t begun_us = clock_monotonic_us();
    cmd_progress_begin(&progress, STDERR_FILENO);
    cmd_progress_wait(&progress, "loading");
    enum db_status status = web ? example_load(&outcome, &config) : DB_FAILED;
    web_destroy(web);
    if (status == DB_OK && outcome == EXAMPLE_LOADED) {
        status = db_transaction(session->conn, "example-tafel", DB_ROLE_STAFF, tafel_work, &config);
    }
    cmd_progress_end(&progress);
    if (status != DB_OK) {
        return cmd_say_failure("loading the example", status);
    }
    switch (outcome) {
    case EXAMPLE_LOADED:
        printf("consultation " EXAMPLE_CONSULTATION " is loaded, in %.1f s\n",
               (double)(clock_monotonic_us() - begun_us) / 1e6);
        return CMD_OK;
    case EXAMPLE_REAL:
        fputs("refused: consultation " EXAMPLE_CONSULTATION
              " or a round of it is there, and is not of invented data\n",
              stderr);
        return CMD_FAILED;
    case EXAMPLE_FAULTY:
        break;
    }
    fputs("what was made up is not what this program takes: see above\n", stderr);
    return CMD_FAILED;
}

int cmd_example(int argc, char **argv)
{
    const char *config = NULL, *seed = NULL, *people = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--seed", &seed, NULL},
                                         {"--people", &people, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    const bool is_make = strcmp(arguments.values[0], "make") == 0;
    if (!is_make && strcmp(arguments.values[0], "load") != 0) {
        return cmd_misused(usage, "not understood: load or make");
    }
    if (!cmd_verb_takes(arguments.values[0], options, is_make ? "--seed --people" : "", usage)) {
        return CMD_USAGE;
    }
    if (is_make) {
        return make(seed, people);
    }
    status = cmd_session_open(&session, config);
    status = status == CMD_GO ? load(&session) : status;
    cmd_session_close(&session);
    return status;
}
