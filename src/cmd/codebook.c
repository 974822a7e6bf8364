/* zevenstem codebook check|publish FILE, list */
#include "base/clock.h"
#include "cmd/document.h"
#include "cmd/session.h"
#include "features/coding/coding.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: zevenstem codebook check FILE...\n"
    "       zevenstem codebook publish FILE --consultation CODE [--config FILE]\n"
    "       zevenstem codebook list --consultation CODE [--config FILE]\n"
    "\n"
    "check reads each code book and reports each fault with its JSON pointer.\n"
    "publish checks, then keeps it: rounds are coded by a version, and it never changes. It tells which\n"
    "codes the version before had and this one has not.\n"
    "FILE may be zeven-waarden: the code book of the seven values, which the program carries.\n";

struct loaded {
    struct slice text;
    const struct codebook *book; /* NULL: said what is wrong */
};

static struct loaded read_book(struct arena *arena, const char *path)
{
    struct json_errors errors;
    struct loaded out = {.text = codebook_embedded()};
    const bool own = strcmp(path, "zeven-waarden") != 0;
    if (own && !document_read(&out.text, arena, path, CODEBOOK_BYTES_MAX)) {
        return out;
    }
    document_errors_init(&errors, arena);
    out.book = codebook_load(&errors, arena, out.text);
    document_say_faults(&errors, path);
    return out;
}

static int check(const struct cmd_arguments *arguments)
{
    int status = CMD_OK;
    for (int i = 1; i < arguments->count; i++) {
        struct arena *arena = arena_create(DOCUMENT_ARENA_MAX);
        const struct loaded loaded = read_book(arena, arguments->values[i]);
        if (loaded.book) {
            printf("%s: version %lld, %zu codes, %zu applications, no faults\n", arguments->values[i],
                   (long long)loaded.book->version, loaded.book->axes[CODEBOOK_TREE].count,
                   loaded.book->axes[CODEBOOK_APPLICATION].count);
        } else {
            status = CMD_FAILED;
        }
        arena_destroy(arena);
    }
    return status;
}

struct publish {
    struct slice consultation;
    struct loaded loaded;
    enum codebook_outcome outcome;
    struct codebook_version version;
    const struct slice *lost;
    size_t lost_count;
    struct arena *arena;
};

/* What codings by the version before would lose. */
static enum db_status compare(struct publish *p, struct db_tx *tx)
{
    struct codebook_version *versions, found;
    const struct codebook *older = NULL;
    size_t count;
    enum db_status status = codebook_list(&versions, &count, tx, p->consultation);
    for (size_t i = 0; status == DB_OK && i < count && !older; i++) {
        if (versions[i].id != p->version.id && slice_equal(versions[i].code, p->version.code)) {
            status = codebook_get(&older, &found, tx, p->arena, versions[i].id);
        }
    }
    p->lost_count = older ? codebook_lost(&p->lost, p->arena, older, p->loaded.book) : 0;
    return status;
}

static enum db_status publish_work(struct db_tx *tx, void *context)
{
    struct publish *p = context;
    enum db_status status = codebook_keep(&p->outcome, &p->version, tx, p->consultation, p->loaded.book,
                                          p->loaded.text, "beheerder", "command");
    return status == DB_OK && p->outcome == CODEBOOK_KEPT ? compare(p, tx) : status;
}

static int publish(struct cmd_session *session, const char *path, const char *consultation)
{
    struct publish work = {.consultation = slice_from_cstr(consultation),
                           .loaded = read_book(session->arena, path),
                           .arena = session->arena};
    if (!work.loaded.book) {
        return CMD_FAILED;
    }
    enum db_status status =
        db_transaction(session->conn, "codebook-publish", DB_ROLE_STAFF, publish_work, &work);
    if (status != DB_OK) {
        return cmd_say_failure("keeping the code book", status);
    }
    const struct slice code = work.loaded.book->code;
    switch (work.outcome) {
    case CODEBOOK_NO_CONSULTATION:
        fprintf(stderr, "there is no consultation %s; publish it first\n", consultation);
        return CMD_FAILED;
    case CODEBOOK_TAKEN:
        fprintf(stderr, "version %d of %.*s was kept before and is another: give this one the next version\n",
                (int)work.version.number, SLICE_ARG(code));
        return CMD_FAILED;
    case CODEBOOK_KEPT:
    case CODEBOOK_KNOWN:
        break;
    }
    printf(work.outcome == CODEBOOK_KEPT ? "code book %.*s version %d is kept for %s\n"
                                         : "code book %.*s version %d was kept before for %s\n",
           SLICE_ARG(code), (int)work.version.number, consultation);
    for (size_t i = 0; i < work.lost_count; i++) {
        printf("no more in it: %.*s\n", SLICE_ARG(work.lost[i]));
    }
    return CMD_OK;
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    const struct slice *consultation = context;
    struct codebook_version *versions;
    size_t count;
    enum db_status status = codebook_list(&versions, &count, tx, *consultation);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        char made_at[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(made_at, versions[i].created_at);
        printf("%-32.*s version %d  %s  %.*s\n", SLICE_ARG(versions[i].code), (int)versions[i].number,
               made_at, SLICE_ARG(versions[i].title));
    }
    return status;
}

static int list(struct cmd_session *session, const char *consultation)
{
    struct slice code = slice_from_cstr(consultation);
    enum db_status status =
        db_transaction_read_only(session->conn, "codebook-list", DB_ROLE_STAFF, list_work, &code);
    return status == DB_OK ? CMD_OK : cmd_say_failure("reading the code books", status);
}

int cmd_codebook(int argc, char **argv)
{
    const char *config = NULL, *consultation = NULL;
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {
        {"--config", &config, NULL}, {"--consultation", &consultation, NULL}, {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 16, usage);
    if (status != CMD_GO) {
        return status;
    }
    const bool is_check = strcmp(arguments.values[0], "check") == 0 && arguments.count > 1 && !consultation;
    const bool is_publish =
        strcmp(arguments.values[0], "publish") == 0 && arguments.count == 2 && consultation;
    const bool is_list = strcmp(arguments.values[0], "list") == 0 && arguments.count == 1 && consultation;
    if (!is_check && !is_publish && !is_list) {
        fputs(usage, stderr);
        return CMD_USAGE;
    }
    if (is_check) {
        return check(&arguments);
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status =
            is_publish ? publish(&session, arguments.values[1], consultation) : list(&session, consultation);
    }
    cmd_session_close(&session);
    return status;
}
