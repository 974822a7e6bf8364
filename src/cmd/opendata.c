/* zevenstem opendata publish|list */
#include "base/clock.h"
#include "cmd/opendata_session.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: zevenstem opendata publish [--round ROUND] [--config FILE]\n"
    "       zevenstem opendata list [--round ROUND] [--config FILE]\n"
    "\n"
    "publish makes the files of the newest release of each round, with a signed list of them, and stores\n"
    "them for good: they stay at their addresses under /open-data, byte for byte. The service does the same\n"
    "by itself as soon as there is a release. Rounds of invented data are never published.\n"
    "list shows what was published, with the hash of each signed list.\n";

static void tell(const struct publication *publication, const char *round)
{
    char made_at[CLOCK_RFC3339_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    int64_t bytes = 0;
    for (size_t i = 0; i < publication->file_count; i++) {
        bytes += publication->files[i].size;
    }
    clock_format_rfc3339(made_at, publication->published_at);
    crypto_sha256(sha256, publication->manifest);
    crypto_hex(hex, sha256, sizeof sha256);
    printf("%-32s release %d  %s  %zu files, %.1f MB  manifest sha256 %s\n", round, (int)publication->number,
           made_at, publication->file_count, (double)bytes / 1e6, hex);
}

static int list(struct cmd_opendata *open, struct cmd_session *session, const struct survey_round *round)
{
    size_t count;
    const struct publication **all =
        publications(&count, session->arena, open->opendata, round ? round->id : 0);
    for (size_t i = 0; i < count; i++) {
        const struct survey_round *of = survey_round_by_id(open->rounds.snapshot, all[i]->round_id);
        tell(all[i], of ? of->code : "-");
    }
    return CMD_OK;
}

static int carry_out(struct cmd_session *session, const char *verb, const char *round_code)
{
    struct cmd_opendata open;
    size_t published = 0;
    int result = cmd_opendata_open(&open, session);
    const struct survey_round *round = NULL;
    if (result == CMD_GO && round_code) {
        round = survey_round_find(open.rounds.snapshot, slice_from_cstr(round_code));
        if (!round) {
            fprintf(stderr, "there is no round %s\n", round_code);
            result = CMD_FAILED;
        } else if (round->invented && strcmp(verb, "publish") == 0) {
            fprintf(stderr, "round %s is of invented data: it is no open data\n", round_code);
            result = CMD_FAILED;
        }
    }
    if (result == CMD_GO && strcmp(verb, "list") == 0) {
        result = list(&open, session, round);
    } else if (result == CMD_GO) {
        result = cmd_opendata_publish(&published, &open, session, round_code, NULL);
        if (result == CMD_GO) {
            printf("%zu release%s published\n", published, published == 1 ? "" : "s");
            result = CMD_OK;
        }
    }
    cmd_opendata_close(&open);
    return result;
}

int cmd_opendata(int argc, char **argv)
{
    const char *config = NULL, *round = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {
        {"--config", &config, NULL}, {"--round", &round, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    if (strcmp(verb, "publish") != 0 && strcmp(verb, "list") != 0) {
        return cmd_misused(usage, "not understood: publish or list");
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = carry_out(&session, verb, round);
    }
    cmd_session_close(&session);
    return status;
}
