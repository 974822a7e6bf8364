#include "cmd/opendata_session.h"
#include "cmd/actor.h"
#include "cmd/progress.h"

#include "app/app.h"
#include "base/clock.h"
#include "features/results/results.h"

#include <string.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, LIST_BYTES_MAX = 1024 * 1024 };

int cmd_opendata_open(struct cmd_opendata *out, struct cmd_session *session)
{
    const struct zs_config *c = &session->config;
    *out = (struct cmd_opendata){.results = NULL};
    const int opened = cmd_rounds_open(&out->rounds, session);
    if (opened != CMD_GO) {
        return opened;
    }
    struct results_config results = cmd_results_config(session, &out->rounds);
    results.web = out->rounds.web;
    results.export_folder = c->exports.folder;
    results.export_bytes = (uint64_t)c->exports.max_mib * MIB;
    out->results = results_create(&results);
    const struct opendata_config opendata = {.web = out->rounds.web,
                                             .keys = session->keys,
                                             .survey = out->rounds.survey,
                                             .results = out->results,
                                             .public_url = c->server.public_url,
                                             .folder = c->exports.folder,
                                             .folder_bytes = (uint64_t)c->exports.max_mib * MIB,
                                             .facts = app_catalogue_facts(c),
                                             .now_s = clock_unix_s};
    out->opendata = out->results ? opendata_create(&opendata) : NULL;
    enum db_status status = out->opendata ? results_refresh(out->results, session->conn) : DB_FAILED;
    if (status == DB_OK) {
        status = opendata_refresh(out->opendata, session->conn);
    }
    return status == DB_OK ? CMD_GO : cmd_say_failure("reading the releases", status);
}

void cmd_opendata_close(struct cmd_opendata *open)
{
    opendata_destroy(open->opendata);
    results_destroy(open->results);
    cmd_rounds_close(&open->rounds);
}

static int publish_one(size_t *published, struct cmd_opendata *open, struct cmd_session *session,
                       const struct open_release *release)
{
    enum publication_outcome outcome;
    const enum db_status status =
        publication_make(&outcome, open->opendata, session->conn, release, cmd_actor(), "command");
    if (status != DB_OK) {
        return cmd_say_failure("publishing", status);
    }
    switch (outcome) {
    case PUBLICATION_MADE:
        ++*published;
        return CMD_GO;
    case PUBLICATION_STANDS:
        return CMD_GO;
    case PUBLICATION_LATER:
        break;
    }
    fprintf(stderr, "the files of release %d of round %s could not be made; the log line above has more\n",
            (int)release->number, release->round->code);
    return CMD_FAILED;
}

int cmd_opendata_publish(size_t *published, struct cmd_opendata *open, struct cmd_session *session,
                         const char *round, const char *consultation)
{
    struct arena *arena = arena_create(LIST_BYTES_MAX);
    size_t count;
    const struct open_release *releases = open_releases(&count, arena, open->results);
    int result = CMD_GO;
    struct cmd_progress progress;
    *published = 0;
    cmd_progress_begin(&progress, STDERR_FILENO);
    cmd_progress_wait(&progress, "publishing");
    for (size_t i = 0; i < count; i++) {
        if ((!round || strcmp(releases[i].round->code, round) == 0) &&
            (!consultation || strcmp(releases[i].round->consultation, consultation) == 0)) {
            const int one = publish_one(published, open, session, &releases[i]);
            result = result == CMD_GO ? one : result;
        }
    }
    cmd_progress_end(&progress);
    arena_destroy(arena);
    if (result == CMD_GO) { /* the service may have published some just now */
        const enum db_status status = opendata_refresh(open->opendata, session->conn);
        result = status == DB_OK ? CMD_GO : cmd_say_failure("reading what was published", status);
    }
    return result;
}
