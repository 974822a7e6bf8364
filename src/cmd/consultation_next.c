/* zevenstem consultation next FILE: a new round from an old one */
#include "cmd/consultation.h"

#include "cmd/english.h"
#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEXT_ARENA_MAX = 512 * 1024 * 1024 };

static const char usage[] =
    "usage: zevenstem consultation next FILE --from ROUND --code CODE --kind volledig|puls|thema\n"
    "         --title TEXT --title-en TEXT --opens-at TIME --closes-at TIME --destruction-date DATE\n"
    "         [--questionnaire CODE]\n"
    "\n"
    "Writes a round to standard output, for the list rounds in FILE: with the settings of the round it is "
    "made\n"
    "from, and in core the wording of its core questions. check and publish refuse the round when one of "
    "them\n"
    "was changed since, unless changed names it: then its trend ends there.\n";

static int write_round(const char *path, const struct next_round *wish)
{
    struct arena *arena = arena_create(NEXT_ARENA_MAX);
    struct consultation_bundle bundle;
    const char *why = NULL;
    int status = CMD_FAILED;
    if (cmd_read_bundle(&bundle, arena, path)) {
        json_t *round = consultation_next_round(&why, &bundle, wish);
        if (round) {
            status =
                json_dumpf(round, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF ? CMD_OK : CMD_FAILED;
        } else {
            fprintf(stderr, "%s\n", cmd_english(why));
        }
    }
    arena_destroy(arena);
    return status;
}

int cmd_consultation_next(int argc, char **argv)
{
    enum { FROM, CODE, KIND, TITLE, TITLE_EN, OPENS, CLOSES, DESTRUCTION, NEEDED };
    const char *given[NEEDED] = {NULL};
    const char *questionnaire = NULL;
    struct cmd_arguments arguments;
    const struct cmd_option options[] = {{"--from", &given[FROM], NULL},
                                         {"--code", &given[CODE], NULL},
                                         {"--kind", &given[KIND], NULL},
                                         {"--title", &given[TITLE], NULL},
                                         {"--title-en", &given[TITLE_EN], NULL},
                                         {"--opens-at", &given[OPENS], NULL},
                                         {"--closes-at", &given[CLOSES], NULL},
                                         {"--destruction-date", &given[DESTRUCTION], NULL},
                                         {"--questionnaire", &questionnaire, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    for (size_t i = 0; i < NEEDED; i++) {
        if (!given[i]) {
            return cmd_misused(usage, "%s is missing", options[i].name);
        }
    }
    if (strcmp(given[KIND], "volledig") != 0 && strcmp(given[KIND], "puls") != 0 &&
        strcmp(given[KIND], "thema") != 0) {
        fprintf(stderr, "--kind is volledig, puls or thema, not %s\n", given[KIND]);
        return CMD_USAGE;
    }
    if (!crypto_start()) {
        fputs("libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    const struct next_round wish = {
        .from = slice_from_cstr(given[FROM]),
        .code = slice_from_cstr(given[CODE]),
        .kind = slice_from_cstr(given[KIND]),
        .questionnaire = questionnaire ? slice_from_cstr(questionnaire) : (struct slice){NULL, 0},
        .title = {slice_from_cstr(given[TITLE]), slice_from_cstr(given[TITLE_EN])},
        .opens_at = slice_from_cstr(given[OPENS]),
        .closes_at = slice_from_cstr(given[CLOSES]),
        .destruction_date = slice_from_cstr(given[DESTRUCTION])};
    return write_round(arguments.values[0], &wish);
}
