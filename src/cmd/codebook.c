/* zevenstem codebook check|publish FILE, list */
#include "cmd/actor.h"
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

static bool check(struct arena *arena, const char *path)
{
    const struct codebook *book = read_book(arena, path).book;
    if (book) {
        printf("%s: version %lld, %zu codes, %zu applications, no faults\n", path, (long long)book->version,
               book->axes[CODEBOOK_TREE].count, book->axes[CODEBOOK_APPLICATION].count);
    }
    return book != NULL;
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
                                          p->loaded.text, cmd_actor(), "command");
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

struct listing {
    struct slice consultation;
    size_t count;
};

static enum db_status list_work(struct db_tx *tx, void *context)
{
    struct listing *listing = context;
    struct codebook_version *versions;
    enum db_status status = codebook_list(&versions, &listing->count, tx, listing->consultation);
    for (size_t i = 0; status == DB_OK && i < listing->count; i++) {
        document_say_version(versions[i].code, versions[i].number, versions[i].created_at, versions[i].title);
    }
    return status;
}

static int list(struct cmd_session *session, const char *consultation)
{
    struct listing listing = {.consultation = slice_from_cstr(consultation)};
    enum db_status status =
        db_transaction_read_only(session->conn, "codebook-list", DB_ROLE_STAFF, list_work, &listing);
    if (status != DB_OK) {
        return cmd_say_failure("reading the code books", status);
    }
    const int there = listing.count == 0 ? cmd_consultation_there(session, consultation) : CMD_GO;
    if (there == CMD_GO && listing.count == 0) {
        printf("consultation %s has no code books yet\n", consultation);
    }
    return there == CMD_GO ? CMD_OK : there;
}

int cmd_codebook(int argc, char **argv)
{
    static const struct document_command command = {
        .usage = usage, .of_consultation = true, .check = check, .publish = publish, .list = list};
    return document_command(argc, argv, &command);
}
