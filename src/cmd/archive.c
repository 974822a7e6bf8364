/* zevenstem archive make */
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/opendata_session.h"
#include "cmd/progress.h"
#include "features/opendata/opendata.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: zevenstem archive make --consultation CONSULTATION --to FILE.zip [--config FILE]\n"
    "\n"
    "Makes a package for the archive of all that is worth keeping of a consultation, in open formats:\n"
    "questionnaires, code books, protected tables of every publication, what became of signals, metadata\n"
    "(MDTO), checksums, and a signed list. What was released and not yet published is published first. No\n"
    "answer of a person is in it; signals name who works on them.\n"
    "\n"
    "With [retention] archive_first = 1 a round is not destroyed (zevenstem retention run) without a "
    "package\n"
    "made after its last change. Give the file to the archive: the service keeps its hash alone. FILE is\n"
    "there whole or not at all.\n";

static bool write_out(const void *bytes, size_t size, void *self)
{
    return out_file_write(self, (struct slice){bytes, size});
}

static bool keep(void *self)
{
    return out_file_sync(self) && out_file_finish(self);
}

static int tell(enum archive_outcome outcome, const struct archive_report *r, const char *consultation,
                const char *path)
{
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    switch (outcome) {
    case ARCHIVE_MADE:
        crypto_hex(sha256, r->sha256, sizeof r->sha256);
        printf("%s: %zu files of %zu rounds, %zu publications, %zu reports and %zu signals, %.1f MB\n  "
               "sha256 %s\n",
               path, r->parts, r->rounds, r->publications, r->reports, r->signals, (double)r->size / 1e6,
               sha256);
        return CMD_OK;
    case ARCHIVE_NONE:
        fprintf(stderr, "there is no consultation %s, or its data are invented: those go to no archive\n",
                consultation);
        break;
    case ARCHIVE_UNPUBLISHED:
        fprintf(stderr, "a release came meanwhile that is not published: once more\n");
        break;
    case ARCHIVE_OUTPUT:
        fprintf(stderr, "%s could not be written\n", path);
        break;
    }
    return CMD_FAILED;
}

static int write_package(struct cmd_opendata *open, struct cmd_session *session, const char *consultation,
                         const char *path)
{
    struct out_file file;
    struct archive_report report;
    enum archive_outcome outcome;
    if (!out_file_open(&file, session->arena, path)) {
        fprintf(stderr, "%s: %s\n", path, strerror(file.why));
        return CMD_FAILED;
    }
    const struct archive_target target = {
        .output = {.write = write_out, .self = &file}, .keep = keep, .self = &file};
    struct cmd_progress progress;
    cmd_progress_begin(&progress, STDERR_FILENO);
    cmd_progress_wait(&progress, "making the package");
    const enum db_status status = archive_make(&outcome, &report, open->opendata, session->conn,
                                               open->rounds.snapshot, consultation, cmd_actor(), &target);
    cmd_progress_end(&progress);
    const int result = status == DB_OK ? tell(outcome, &report, consultation, path)
                                       : cmd_say_failure("making the package", status);
    out_file_drop(&file);
    return result;
}

static int carry_out(struct cmd_session *session, const char *consultation, const char *path)
{
    struct cmd_opendata open;
    size_t published;
    int result = cmd_opendata_open(&open, session);
    if (result == CMD_GO) {
        result = cmd_opendata_publish(&published, &open, session, NULL, consultation);
    }
    if (result == CMD_GO) {
        result = write_package(&open, session, consultation, path);
    }
    cmd_opendata_close(&open);
    return result;
}

int cmd_archive(int argc, char **argv)
{
    const char *config = NULL, *consultation = NULL, *path = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {{"--config", &config, NULL},
                                         {"--consultation", &consultation, NULL},
                                         {"--to", &path, NULL},
                                         {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *fault = strcmp(arguments.values[0], "make") != 0 ? "not understood: make is what it does"
                        : !consultation     ? "say with --consultation which consultation"
                        : !path || !path[0] ? "say with --to which file to write"
                                            : NULL;
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = carry_out(&session, consultation, path);
    }
    cmd_session_close(&session);
    return status;
}
