#include "cmd/opendata_session.h"
#include "cmd/actor.h"

#include "app/app.h"
#include "base/clock.h"
#include "features/results/results.h"

#include <string.h>

enum { MIB = 1024 * 1024, LIST_BYTES_MAX = 1024 * 1024 };

int cmd_opendata_open(struct cmd_opendata *out, struct cmd_session *session)
{
    const struct zs_config *c = &session->config;
    *out = (struct cmd_opendata){.results = NULL};
    const int opened = cmd_rounds_open(&out->rounds, session);
    if (opened != CMD_GO) {
        return opened;
    }
    const struct results_config results = {.database = &session->database,
                                           .keys = session->keys,
                                           .survey = out->rounds.survey,
                                           .web = out->rounds.web,
                                           .threshold = (uint32_t)c->protection.minimum_cell_count,
                                           .organisation = c->service.organisation,
                                           .export_folder = c->exports.folder,
                                           .export_bytes = (uint64_t)c->exports.max_mib * MIB,
                                           .now_s = clock_unix_s};
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
    *published = 0;
    for (size_t i = 0; i < count; i++) {
        if ((!round || strcmp(releases[i].round->code, round) == 0) &&
            (!consultation || strcmp(releases[i].round->consultation, consultation) == 0)) {
            const int one = publish_one(published, open, session, &releases[i]);
            result = result == CMD_GO ? one : result;
        }
    }
    arena_destroy(arena);
    if (result == CMD_GO) { /* the service may have published some just now */
        const enum db_status status = opendata_refresh(open->opendata, session->conn);
        result = status == DB_OK ? CMD_GO : cmd_say_failure("reading what was published", status);
    }
    return result;
}
