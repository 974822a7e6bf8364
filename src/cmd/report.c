/* zevenstem report make|list|export|verify|key */
#include "features/report/report.h"

#include "base/clock.h"
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/report_notify.h"
#include "cmd/session.h"
#include "features/audit/audit.h"
#include "features/results/results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUIET_US = 1000 * 1000, ARENA_MAX = 256 * 1024 * 1024 };

static const char usage[] =
    "usage: zevenstem report make --round ROUND | --year YEAR [--consultation CODE] [--title TITLE] "
    "[--config FILE]\n"
    "       zevenstem report list [--config FILE]\n"
    "       zevenstem report export --number N --out FILE [--config FILE]\n"
    "       zevenstem report verify FILE [--signature FILE] [--key KEY] [--config FILE]\n"
    "       zevenstem report key [--config FILE]\n"
    "       zevenstem report notify --round ROUND --out FOLDER [--config FILE]\n"
    "\n"
    "make begins a report of a round, or of a year for the Kamer, as a draft: the secretary of the table "
    "writes\n"
    "its texts, puts it forward, and somebody else approves it (/beheer/rapporten). It tells what would be "
    "in it now.\n"
    "list shows those that were made public, the newest first; export writes one, and its signature to "
    "FILE.sig.\n"
    "\n"
    "verify tells whether FILE is a genuine report, byte for byte: signed by this installation, or by KEY "
    "(as\n"
    "/v1/ondertekening gives it). Its signature is FILE.sig unless it is named: its bytes, or the JSON of\n"
    "/v1/rapporten/{rapport}/handtekening. With KEY alone no database is needed.\n"
    "With a database its figures, and what follows from them, are held against the releases that it names, "
    "as "
    "they\n"
    "are stored. It tells apart what changed since, which makes no report false, and what nothing stored "
    "tells.\n"
    "key shows the public key that signs.\n"
    "\n"
    "notify writes what those are told who asked to hear what came of the round: an e-mail, a letter and "
    "what "
    "to say on\n"
    "the telephone, in Dutch and English, each a text file whose first line is the subject. Who they go to "
    "stands\n"
    "in no database: `zevenstem offer notify` puts names to them on the machine of whoever holds the key.\n";

struct work {
    const char *round, *year, *consultation, *title, *number, *out, *signature, *key, *config;
    struct arena *arena;
    int64_t begun_us;
};

static double seconds_since(int64_t begun_us)
{
    return (double)(clock_monotonic_us() - begun_us) / 1e6;
}

static struct results *open_results(struct cmd_session *session, const struct cmd_rounds *rounds)
{
    const struct results_config config = cmd_results_config(session, rounds);
    return results_create(&config);
}

/* ---- make ---- */

struct making {
    struct work *work;
    struct report_beginning beginning;
    struct report_means means;
    struct report_made made;
    int32_t number;
    size_t bytes, sections;
};

static enum db_status record(struct db_tx *tx, const char *action, int32_t number)
{
    const struct audit_event event = {.actor = cmd_actor(),
                                      .origin = "command",
                                      .action = action,
                                      .object = arena_printf(db_arena(tx), "report:%d", (int)number).ptr,
                                      .result = "ok"};
    return audit_record(tx, &event);
}

static enum db_status make_in_tx(struct db_tx *tx, void *context)
{
    struct making *making = context;
    struct report_draft draft;
    making->made = (struct report_made){.outcome = REPORT_MADE}; /* of a try before this one, it is freed */
    enum db_status status = report_begin(&making->number, tx, &making->beginning, cmd_actor());
    status = status == DB_OK ? report_find(&draft, tx, db_arena(tx), making->number, false) : status;
    status = status == DB_OK ? report_make(&making->made, tx, &making->means, &draft) : status;
    if (status == DB_OK && making->made.outcome != REPORT_MADE) {
        status = DB_ROLLBACK;
    }
    if (status == DB_OK) {
        struct report_signed would_be;
        making->sections = json_array_size(json_object_get(making->made.document, "delen"));
        if (!report_sign(&would_be, making->work->arena, making->means.keys, making->made.document)) {
            making->made.outcome = REPORT_TOO_LARGE;
            making->made.limit = &report_limit_bytes;
            status = DB_ROLLBACK;
        }
        making->bytes = would_be.document.len;
    }
    json_decref(making->made.document);
    json_decref(making->made.releases);
    json_decref(making->made.quoted);
    return status == DB_OK ? record(tx, "report.begin", making->number) : status;
}

static int tell_made(const struct making *making, enum db_status status)
{
    const struct report_made *made = &making->made;
    if (status == DB_ROLLBACK) {
        if (made->outcome == REPORT_NO_ROUND) {
            fprintf(stderr, "there is no round %s that was opened and counts\n", made->round);
        } else if (made->outcome == REPORT_NO_RELEASE) {
            fprintf(stderr,
                    "round %s has no release that everybody may see; make one with zevenstem release\n",
                    made->round);
        } else if (made->outcome == REPORT_TOO_LARGE) {
            fprintf(stderr, "the report would hold too much: more than %d %s\n", made->limit->most,
                    strcmp(made->limit->code, report_limit_bytes.code) == 0 ? "MB" : made->limit->code);
        } else {
            fputs("the report could not be made; try again\n", stderr);
        }
        return CMD_FAILED;
    }
    if (status != DB_OK) {
        return cmd_say_failure("making the report", status);
    }
    printf("draft %d: %zu sections, %.1f MB, made in %.2f s\n", (int)making->number, making->sections,
           (double)making->bytes / 1e6, seconds_since(making->work->begun_us));
    printf("  write its texts and put it forward at /beheer/rapporten/%d\n", (int)making->number);
    return CMD_OK;
}

static int make_with(struct work *work, struct cmd_session *session, struct cmd_rounds *rounds,
                     struct results *results)
{
    uint64_t year = 0;
    const struct survey_round *round =
        work->round ? survey_round_find(rounds->snapshot, slice_from_cstr(work->round)) : NULL;
    if (work->round && !round) {
        fprintf(stderr, "there is no round %s that was opened and counts\n", work->round);
        return CMD_FAILED;
    }
    if (work->year) {
        slice_to_u64(&year, slice_from_cstr(work->year), REPORT_YEAR_MAX);
    }
    const char *title =
        work->title ? work->title
        : round     ? arena_printf(work->arena, "Rapportage maatschappelijke tafel: %s",
                               round->title[0] ? round->title[0] : round->code)
                      .ptr
                : arena_printf(work->arena, "Jaarrapportage maatschappelijke tafel %d", (int)year).ptr;
    struct making making = {
        .work = work,
        .beginning = {.kind = round ? REPORT_OF_ROUND : REPORT_OF_YEAR,
                      .round_id = round ? round->id : 0,
                      .year = (int32_t)year,
                      .consultation = slice_from_cstr(work->consultation ? work->consultation : ""),
                      .title = slice_from_cstr(title)},
        .means = {.results = results,
                  .snapshot = rounds->snapshot,
                  .keys = session->keys,
                  .now_s = clock_unix_s(),
                  .least_votes = (int32_t)session->config.protection.minimum_cell_count}};
    return tell_made(&making,
                     db_transaction(session->conn, "report-make", DB_ROLE_STAFF, make_in_tx, &making));
}

/* ---- list, export, key ---- */

static enum db_status list_in_tx(struct db_tx *tx, void *context)
{
    size_t i;
    json_t *list = NULL, *one;
    const struct report_filter asked = {.most = REPORT_FINDINGS_MAX, .all = true};
    (void)context;
    const enum db_status status = report_public_list(&list, tx, db_arena(tx), &asked);
    json_array_foreach(list, i, one)
    {
        printf("report %-4lld %-12s %s  ", (long long)json_integer_value(json_object_get(one, "nummer")),
               report_text(one, "stand"), report_text(one, "gepubliceerdOp"));
        cmd_print_text(slice_from_cstr(report_text(one, "titel")), 0);
        printf("\n  sha256 %s\n", report_text(one, "sha256"));
    }
    return status;
}

static int list(struct cmd_session *session)
{
    const enum db_status status =
        db_transaction_read_only(session->conn, "report-list", DB_ROLE_RESULTS, list_in_tx, NULL);
    return status == DB_OK ? CMD_OK : cmd_say_failure("reading the reports", status);
}

struct exporting {
    struct work *work;
    struct report_signed kept;
    int32_t number;
};

static enum db_status export_in_tx(struct db_tx *tx, void *context)
{
    struct exporting *exporting = context;
    const enum db_status status = report_published(&exporting->kept, tx, exporting->number);
    exporting->kept.document = arena_copy(exporting->work->arena, exporting->kept.document);
    exporting->kept.signature = arena_copy(exporting->work->arena, exporting->kept.signature);
    return status;
}

/* Both are there or none. */
static int write_both(struct work *work, const struct report_signed *kept)
{
    struct out_file document = {.fd = -1}, signature = {.fd = -1};
    const char *beside = arena_printf(work->arena, "%s.sig", work->out).ptr;
    const bool good = out_file_open(&document, work->arena, work->out) &&
                      out_file_open(&signature, work->arena, beside) &&
                      out_file_write(&document, kept->document) &&
                      out_file_write(&signature, kept->signature) && out_file_sync(&document) &&
                      out_file_sync(&signature) && out_file_finish(&signature) && out_file_finish(&document);
    if (!good) {
        const struct out_file *wrong = signature.why ? &signature : &document;
        fprintf(stderr, "%s: %s\n", wrong->path, strerror(wrong->why));
    } else {
        printf("wrote %s and %s\n", work->out, beside);
    }
    out_file_drop(&document);
    out_file_drop(&signature);
    return good ? CMD_OK : CMD_FAILED;
}

static int export(struct work *work, struct cmd_session *session)
{
    uint64_t number = 0;
    slice_to_u64(&number, slice_from_cstr(work->number), INT32_MAX);
    struct exporting exporting = {.work = work, .number = (int32_t)number};
    const enum db_status status =
        db_transaction_read_only(session->conn, "report-export", DB_ROLE_RESULTS, export_in_tx, &exporting);
    if (status != DB_OK) {
        return cmd_say_failure("reading the report", status);
    }
    if (exporting.kept.document.len == 0) {
        fprintf(stderr, "no report %s was made public\n", work->number);
        return CMD_FAILED;
    }
    return write_both(work, &exporting.kept);
}

static int tell_key(const struct cmd_session *session)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    crypto_verifying_key(key, session->keys);
    json_t *told = report_key_json(key);
    printf("Ed25519 %s  id %s\n%s", report_text(told, "sleutel"), report_text(told, "sleutelId"),
           report_text(told, "pem"));
    json_decref(told);
    return CMD_OK;
}

/* ---- verify ---- */

/* False: said why. */
static bool read_file(struct slice *out, struct arena *arena, const char *path, size_t most)
{
    struct stat facts;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &facts) == 0;
    if (good && (!S_ISREG(facts.st_mode) || facts.st_size < 0 || (uint64_t)facts.st_size > most)) {
        fprintf(stderr, "%s: is no file of at most %zu bytes\n", path, most);
        close(fd);
        return false;
    }
    const size_t size = good ? (size_t)facts.st_size : 0;
    char *bytes = arena_alloc(arena, size + 1);
    size_t at = 0;
    while (good && at < size) {
        const ssize_t got = read(fd, bytes + at, size - at);
        good = got > 0 || (got < 0 && errno == EINTR);
        at += got > 0 ? (size_t)got : 0;
    }
    if (!good) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    *out = (struct slice){bytes, at};
    return good;
}

struct verifying {
    struct slice bytes;
    unsigned char signature[CRYPTO_SIGNATURE_BYTES];
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    json_t *document;
};

/* False: said why. */
static bool read_signature(struct verifying *v, struct work *work, const char *path)
{
    struct slice text;
    const char *from = work->signature ? work->signature : arena_printf(work->arena, "%s.sig", path).ptr;
    if (!read_file(&text, work->arena, from, REPORT_SIGNATURE_FILE_MAX)) {
        return false;
    }
    if (!report_signature_read(v->signature, text)) {
        fprintf(stderr,
                "%s: is no signature: 64 bytes, those in base64url, or the JSON of "
                "/v1/rapporten/{rapport}/handtekening\n",
                from);
        return false;
    }
    return true;
}

/* Says the verdict. True: the report is genuine, of a form that is known. */
static bool tell_verdict(struct verifying *v, const char *path)
{
    char id[REPORT_KEY_ID_BYTES];
    const enum report_genuine verdict = report_check(&v->document, v->bytes, v->signature, v->key);
    report_key_id(id, v->key);
    switch (verdict) {
    case REPORT_GENUINE:
        printf("%s: genuine: report %lld, signed with key %s\n", path,
               (long long)json_integer_value(json_object_get(v->document, "nummer")), id);
        return true;
    case REPORT_NO_REPORT:
        fprintf(stderr, "%s: NOT GENUINE: it is no report, or was changed so that it cannot be read\n", path);
        return false;
    case REPORT_ALTERED:
        fprintf(stderr, "%s: NOT GENUINE: it was changed after it was signed, or this is not its signature\n",
                path);
        return false;
    case REPORT_OTHER_KEY:
        fprintf(stderr, "%s: NOT GENUINE: signed with another key than %s; whoever has that key signed it\n",
                path, id);
        return false;
    case REPORT_NEWER:
        break;
    }
    fprintf(stderr,
            "%s: signed with key %s and whole, but made by a newer program (form %lld; this one knows %d): "
            "verify it with that\n",
            path, id, (long long)json_integer_value(json_object_get(v->document, "schemaVersie")),
            REPORT_SCHEMA);
    return false;
}

static void tell_proof(const struct report_proof *proof, const struct work *work)
{
    if (proof->fault_count == 0) {
        printf("proven: %zu tables are those of the %zu releases that it names (%.2f s), and %zu sections "
               "follow "
               "from them\n",
               proof->tables, proof->releases, seconds_since(work->begun_us), proof->sections);
    }
    for (size_t i = 0; i < proof->fault_count; i++) {
        fprintf(stderr, "NOT PROVEN: %s\n", proof->faults[i]);
    }
    if (proof->change_count == 0) {
        printf("nothing of it changed since\n");
    } else {
        printf("changed since it was signed, which makes it no less genuine:\n");
    }
    for (size_t i = 0; i < proof->change_count; i++) {
        printf("  %s\n", proof->changes[i]);
    }
    printf("told by nothing that is stored, so that the signature alone stands for it:\n");
    for (size_t i = 0; i < proof->unproven_count; i++) {
        printf("  %s\n", proof->unproven[i]);
    }
}

static int prove(struct verifying *v, struct work *work, struct cmd_session *session)
{
    struct cmd_rounds rounds;
    struct report_proof proof;
    int result = cmd_rounds_open(&rounds, session);
    struct results *results = result == CMD_GO ? open_results(session, &rounds) : NULL;
    if (results) {
        if (isatty(STDERR_FILENO)) {
            fputs("holding its figures against the releases\r", stderr);
        }
        const enum db_status status = report_prove(&proof, work->arena, session->conn, results,
                                                   rounds.snapshot, v->document, v->bytes, clock_unix_s());
        if (isatty(STDERR_FILENO)) {
            fputs("\033[K", stderr);
        }
        if (status == DB_OK) {
            tell_proof(&proof, work);
            result = proof.fault_count == 0 ? CMD_OK : CMD_FAILED;
        } else {
            result = cmd_say_failure("proving the report", status);
        }
    } else if (result == CMD_GO) {
        result = CMD_FAILED;
    }
    results_destroy(results);
    cmd_rounds_close(&rounds);
    return result;
}

static int verify(struct work *work, const char *path)
{
    struct verifying v = {.document = NULL};
    struct cmd_session session = {.arena = NULL};
    size_t size = 0;
    const bool with_database = !work->key || work->config;
    int result = CMD_GO;
    if (work->key && (!crypto_unbase64url(v.key, sizeof v.key, &size, slice_from_cstr(work->key)) ||
                      size != sizeof v.key)) {
        fputs("--key takes a public key in base64url: 43 characters\n", stderr);
        return CMD_USAGE;
    }
    if (!read_file(&v.bytes, work->arena, path, REPORT_BYTES_MAX) || !read_signature(&v, work, path)) {
        return CMD_FAILED;
    }
    if (with_database) {
        result = cmd_session_open(&session, work->config);
        session.leaves_chain = true;
    } else if (!crypto_start()) {
        fputs("libsodium does not start\n", stderr);
        return CMD_FAILED;
    }
    if (result == CMD_GO && !work->key) {
        crypto_verifying_key(v.key, session.keys);
    }
    if (result == CMD_GO) {
        result = !tell_verdict(&v, path) ? CMD_FAILED : with_database ? prove(&v, work, &session) : CMD_OK;
    }
    json_decref(v.document);
    if (with_database) {
        cmd_session_close(&session);
    }
    return result;
}

/* ---- the command ---- */

static int make(struct work *work, struct cmd_session *session)
{
    struct cmd_rounds rounds;
    int result = cmd_rounds_open(&rounds, session);
    struct results *results = result == CMD_GO ? open_results(session, &rounds) : NULL;
    if (results) {
        const enum db_status status = results_refresh(results, session->conn);
        result = status == DB_OK ? make_with(work, session, &rounds, results)
                                 : cmd_say_failure("reading the releases", status);
    }
    results_destroy(results);
    cmd_rounds_close(&rounds);
    return result == CMD_GO ? CMD_FAILED : result;
}

static int in_session(struct work *work, const char *verb)
{
    struct cmd_session session = {.arena = NULL};
    int result = cmd_session_open(&session, work->config);
    if (result == CMD_GO) {
        result = strcmp(verb, "make") == 0     ? make(work, &session)
                 : strcmp(verb, "list") == 0   ? list(&session)
                 : strcmp(verb, "export") == 0 ? export(work, &session)
                                               : tell_key(&session);
    }
    cmd_session_close(&session);
    return result;
}

static const struct verb {
    const char *name, *takes;
    int values; /* besides the verb */
} verbs[] = {
    {"make", "--round --year --consultation --title", 0},
    {"list", "", 0},
    {"export", "--number --out", 0},
    {"verify", "--signature --key", 1},
    {"key", "", 0},
    {"notify", "--round --out", 0},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

/* What is wrong with how it was called; NULL: nothing. */
static const char *fault_of(const struct verb *verb, const struct work *work, int values)
{
    uint64_t number;
    if (!verb) {
        return "make, list, export, verify, key or notify";
    }
    if (values != 1 + verb->values) {
        return verb->values > 0 ? "name the file of the report" : "that is one too many";
    }
    if (strcmp(verb->name, "make") == 0) {
        const bool year = work->year && slice_to_u64(&number, slice_from_cstr(work->year), REPORT_YEAR_MAX) &&
                          number >= REPORT_YEAR_MIN;
        return (work->round != NULL) == (work->year != NULL) ? "say with --round or --year what it is of"
               : work->year && !year                         ? "--year takes a year from 2026 on"
               : work->round && work->consultation           ? "--consultation goes with --year"
                                                             : NULL;
    }
    if (strcmp(verb->name, "export") == 0 &&
        (!work->out || !work->number || !slice_to_u64(&number, slice_from_cstr(work->number), INT32_MAX))) {
        return "say with --number which report, and with --out where to";
    }
    if (strcmp(verb->name, "notify") == 0 && (!work->round || !work->out)) {
        return "say with --round which round, and with --out which new folder";
    }
    return NULL;
}

int cmd_report(int argc, char **argv)
{
    struct work work = {.begun_us = clock_monotonic_us()};
    struct cmd_arguments arguments;
    const struct cmd_option options[] = {
        {"--config", &work.config, NULL}, {"--round", &work.round, NULL},
        {"--year", &work.year, NULL},     {"--consultation", &work.consultation, NULL},
        {"--title", &work.title, NULL},   {"--number", &work.number, NULL},
        {"--out", &work.out, NULL},       {"--signature", &work.signature, NULL},
        {"--key", &work.key, NULL},       {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 2, usage);
    if (status != CMD_GO) {
        return status;
    }
    const struct verb *verb = find_verb(arguments.values[0]);
    const char *fault = fault_of(verb, &work, arguments.count);
    if (fault) {
        return cmd_misused(usage, "%s", fault);
    }
    if (!cmd_verb_takes(verb->name, options, verb->takes, usage)) {
        return CMD_USAGE;
    }
    if (strcmp(verb->name, "notify") == 0) {
        return report_notify(work.round, work.out, work.config);
    }
    work.arena = arena_create(ARENA_MAX);
    status = strcmp(verb->name, "verify") == 0 ? verify(&work, arguments.values[1])
                                               : in_session(&work, verb->name);
    arena_destroy(work.arena);
    return status;
}
