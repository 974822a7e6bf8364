/* zevenstem coding export --round R --format qdpx|qdc|csv --out FILE; import FILE --round R */
#include "features/coding/coding.h"
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/coding.h"
#include "cmd/session.h"
#include "features/audit/audit.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: zevenstem coding export --round ROUND --format qdpx|qdc|csv --out FILE --purpose TEXT\n"
    "                               [--config FILE]\n"
    "       zevenstem coding import FILE --round ROUND [--source opname|aantekening] [--leave-out] "
    "[--dry-run]\n"
    "                               [--config FILE]\n"
    "\n"
    "export writes what was said in a round with what it was tagged with: qdpx is a project of REFI-QDA, "
    "which "
    "other\n"
    "programs for qualitative analysis open (each conversation and each answer a source, each coder a "
    "user);\n"
    "qdc is its code book alone; csv has a record for each coding. Nobody is in it by name. Of who did not\n"
    "agree to archiving the words are left out; and texts in which somebody still has to decide about "
    "likely\n"
    "personal data (persoonsgegevens, in the back office). It says how many.\n"
    "\n"
    "FILE is there whole or not at all, for you alone to read; an older one is replaced. What it is for goes "
    "on\n"
    "the audit log. It holds what people said: keep it as you keep the database.\n"
    "\n"
    "import takes such a FILE of this or another program, of 20 MiB at most: all of it or nothing. A code "
    "book\n"
    "becomes the next version of the one that the round is coded by, with the codes that are not in it "
    "yet.\n"
    "Of a project each text is a conversation that was planned (its code is the text's name) and gets its "
    "text\n"
    "when all who came agreed to that, or it is one that stands here word for word; its codings are added. "
    "What\n"
    "stands here already is not added again.\n"
    "\n"
    "  --source     where texts come from that are not here yet: opname (the default; who came agreed to be\n"
    "               recorded) or aantekening\n"
    "  --leave-out  load the rest when something is refused\n"
    "  --dry-run    tell what it would do, and load nothing\n";

/* A purpose is 500 characters at most, each six bytes when it is escaped. */
enum { DETAILS_MAX = 8192 };

enum format { FORMAT_QDPX, FORMAT_QDC, FORMAT_CSV };
static const char *const formats[] = {"qdpx", "qdc", "csv", NULL};

struct work {
    const struct survey_round *round;
    const struct crypto_keys *keys;
    enum format format;
    const char *purpose;
    struct arena *arena;
    struct out_file file;
    bool planned, written;
    size_t texts, codings;
    struct coding_left_out left_out;
    struct qda_fault fault;
};

static bool write_piece(const void *bytes, size_t size, void *self)
{
    return out_file_write(self, (struct slice){bytes, size});
}

static enum db_status write_project(struct work *w, struct db_tx *tx, const struct codebook *book)
{
    struct qda_project project;
    const struct dataset_output output = {.write = write_piece, .self = &w->file};
    enum db_status status =
        coding_project_load(&project, &w->left_out, tx, w->keys, w->arena, w->round, book);
    if (status != DB_OK) {
        return status;
    }
    w->texts = project.source_count;
    for (size_t i = 0; i < project.source_count; i++) {
        w->codings += project.sources[i].selection_count;
    }
    w->written = qda_write_project(&w->fault, &project, output) == QDA_OK;
    return DB_OK;
}

static enum db_status write_book(struct work *w, const struct codebook *book)
{
    struct qda_project project;
    const struct dataset_output output = {.write = write_piece, .self = &w->file};
    coding_project_book(&project, w->arena, slice_from_cstr(w->round->consultation), book);
    w->written = qda_write_codebook(&w->fault, &project, output) == QDA_OK;
    return DB_OK;
}

static enum db_status write_records(struct work *w, struct db_tx *tx)
{
    bool failed;
    enum db_status status = coding_csv_write(&failed, &w->codings, &w->left_out.waiting, tx, w->keys,
                                             w->round, (struct coding_csv){write_piece, &w->file});
    w->written = status == DB_OK && !failed;
    return status;
}

static enum db_status audit(const struct work *w, struct db_tx *tx)
{
    json_t *details = json_pack("{s:s,s:s}", "formaat", formats[w->format], "doel", w->purpose);
    char *text = arena_alloc(db_arena(tx), DETAILS_MAX);
    if (w->format != FORMAT_QDC) {
        json_object_set_new(details, "coderingen", json_integer((json_int_t)w->codings));
        json_object_set_new(details, "ingehouden", json_integer((json_int_t)w->left_out.waiting));
    }
    json_dumpb(details, text, DETAILS_MAX - 1, JSON_COMPACT);
    json_decref(details);
    const struct audit_event event = {.action = "coding.export",
                                      .object = arena_printf(db_arena(tx), "round:%s", w->round->code).ptr,
                                      .result = "ok",
                                      .origin = "command",
                                      .actor = cmd_actor(),
                                      .details = text};
    return audit_record(tx, &event);
}

/* May run again: the file begins anew. */
static enum db_status export_work(struct db_tx *tx, void *context)
{
    struct work *w = context;
    struct coding_plan plan;
    struct codebook_version version;
    const struct codebook *book = NULL;
    w->texts = w->codings = 0;
    w->left_out = (struct coding_left_out){.turns = 0};
    w->written = false;
    enum db_status status = coding_plan_read(&plan, tx, w->round->id);
    w->planned = plan.found;
    if (status != DB_OK || !plan.found || !out_file_restart(&w->file)) {
        return status;
    }
    status = codebook_get(&book, &version, tx, w->arena, plan.book_version);
    if (status != DB_OK || !book) {
        return status == DB_OK ? DB_FAILED : status;
    }
    switch (w->format) {
    case FORMAT_QDPX:
        status = write_project(w, tx, book);
        break;
    case FORMAT_QDC:
        status = write_book(w, book);
        break;
    case FORMAT_CSV:
        status = write_records(w, tx);
        break;
    }
    return status == DB_OK && w->written ? audit(w, tx) : status;
}

static int finish(struct work *w, enum db_status status, const char *path)
{
    if (status != DB_OK) {
        return cmd_say_failure("reading the codings", status);
    }
    if (!w->planned) {
        fprintf(stderr, "nothing was planned to be coded in %s\n", w->round->code);
        return CMD_FAILED;
    }
    if (!w->written) {
        fprintf(stderr, "%s: %s\n", path, w->file.why != 0 ? strerror(w->file.why) : w->fault.what);
        return CMD_FAILED;
    }
    if (!out_file_finish(&w->file)) {
        fprintf(stderr, "%s: %s\n", path, strerror(w->file.why));
        return CMD_FAILED;
    }
    printf("wrote %s", path);
    if (w->format != FORMAT_QDC) {
        printf(": %zu codings", w->codings);
    }
    if (w->format == FORMAT_QDPX) {
        printf(" on %zu texts", w->texts);
    }
    puts("");
    if (w->left_out.turns > 0) {
        printf("left out, because who said it did not agree to archiving: %zu turns\n", w->left_out.turns);
    }
    if (w->left_out.waiting > 0) {
        printf("held back, because somebody still has to decide about likely personal data in them: %zu "
               "texts\n",
               w->left_out.waiting);
    }
    if (w->left_out.codings > 0) {
        printf("and with them: %zu codings\n", w->left_out.codings);
    }
    return CMD_OK;
}

static int export_round(struct cmd_session *session, struct work *w, const char *round, const char *path)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    if (status == CMD_GO) {
        w->round = survey_round_find(rounds.snapshot, slice_from_cstr(round));
        w->keys = session->keys;
        if (!w->round) {
            fprintf(stderr, "there is no round %s\n", round);
            status = CMD_FAILED;
        } else if (!out_file_open(&w->file, w->arena, path)) {
            fprintf(stderr, "%s: %s\n", path, strerror(w->file.why));
            status = CMD_FAILED;
        } else {
            status = finish(w, db_transaction(session->conn, "coding-export", DB_ROLE_STAFF, export_work, w),
                            path);
            out_file_drop(&w->file);
        }
    }
    cmd_rounds_close(&rounds);
    return status;
}

/* What was asked for. */
struct call {
    const char *config, *round, *format, *out, *purpose, *source;
    bool leave_out, dry_run;
    struct cmd_arguments arguments;
};

/* What is wrong with how export was called; NULL: nothing. at: of the format, found. */
static const char *export_fault(size_t *at, const struct call *call)
{
    *at = 0;
    while (call->format && formats[*at] && strcmp(formats[*at], call->format) != 0) {
        ++*at;
    }
    return call->arguments.count != 1       ? "export takes no file besides --out"
           : !call->round                   ? "say with --round which round"
           : !call->format || !formats[*at] ? "say with --format whether qdpx, qdc or csv"
           : !call->out                     ? "say with --out which file to write"
           : !call->purpose                 ? "say with --purpose what it is for"
                                            : NULL;
}

static const char *import_fault(const struct call *call)
{
    const bool known =
        !call->source || strcmp(call->source, "aantekening") == 0 || strcmp(call->source, "opname") == 0;
    return call->arguments.count != 2 ? "name the file to import"
           : !call->round             ? "say with --round which round"
           : !known                   ? "--source takes opname or aantekening"
                                      : NULL;
}

static int run_export(const struct call *call)
{
    struct cmd_session session;
    struct work work = {.purpose = call->purpose};
    size_t at;
    const char *fault = export_fault(&at, call);
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    if (!cmd_check_purpose(call->purpose)) {
        return CMD_USAGE;
    }
    work.format = (enum format)at;
    work.arena = arena_create(QDA_ARENA_MAX);
    int status = cmd_session_open(&session, call->config);
    status = status == CMD_GO ? export_round(&session, &work, call->round, call->out) : status;
    cmd_session_close(&session);
    arena_destroy(work.arena);
    return status;
}

static int run_import(const struct call *call)
{
    const bool notes = call->source && strcmp(call->source, "aantekening") == 0;
    const char *fault = import_fault(call);
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    const struct coding_import_call import = {.config = call->config,
                                              .round = call->round,
                                              .of_recording = !notes,
                                              .leave_out = call->leave_out,
                                              .dry_run = call->dry_run};
    return cmd_coding_import(call->arguments.values[1], &import);
}

int cmd_coding(int argc, char **argv)
{
    struct call call = {.config = NULL};
    const struct cmd_option options[] = {{"--config", &call.config, NULL},
                                         {"--round", &call.round, NULL},
                                         {"--format", &call.format, NULL},
                                         {"--out", &call.out, NULL},
                                         {"--purpose", &call.purpose, NULL},
                                         {"--source", &call.source, NULL},
                                         {"--leave-out", NULL, &call.leave_out},
                                         {"--dry-run", NULL, &call.dry_run},
                                         {NULL, NULL, NULL}};
    const int status = cmd_parse(&call.arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = call.arguments.values[0];
    if (strcmp(verb, "export") == 0) {
        return cmd_verb_takes(verb, options, "--round --format --out --purpose", usage) ? run_export(&call)
                                                                                        : CMD_USAGE;
    }
    if (strcmp(verb, "import") == 0) {
        return cmd_verb_takes(verb, options, "--round --source --leave-out --dry-run", usage)
                   ? run_import(&call)
                   : CMD_USAGE;
    }
    return cmd_misused(usage, "not understood: export or import");
}
