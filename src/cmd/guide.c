/* zevenstem guide check|publish FILE, list */
#include "cmd/actor.h"
#include "cmd/document.h"
#include "cmd/session.h"
#include "features/fieldwork/fieldwork.h"

#include <stdio.h>

static const char usage[] =
    "usage: zevenstem guide check FILE...\n"
    "       zevenstem guide publish FILE --consultation CODE [--config FILE]\n"
    "       zevenstem guide list --consultation CODE [--config FILE]\n"
    "\n"
    "check reads each guide (gespreksleidraad) and reports each fault with its JSON pointer.\n"
    "publish checks, then keeps it as a new version: conversations follow a version, and it never changes.\n"
    "The same document again is the version that it was.\n";

static const json_t *read_guide(struct arena *arena, const char *path)
{
    struct json_errors errors;
    struct slice text;
    if (!document_read(&text, arena, path, GUIDE_BYTES_MAX)) {
        return NULL;
    }
    document_errors_init(&errors, arena);
    const json_t *document = guide_read(&errors, arena, text);
    document_say_faults(&errors, path);
    return document;
}

static bool check(struct arena *arena, const char *path)
{
    const json_t *document = read_guide(arena, path);
    if (document) {
        printf("%s: %zu parts, %lld minutes, no faults\n", path,
               json_array_size(json_object_get(document, "parts")),
               (long long)json_integer_value(json_object_get(document, "minutes")));
    }
    return document != NULL;
}

struct publish {
    struct slice consultation;
    const json_t *document;
    enum guide_outcome outcome;
    struct guide_version version;
};

static enum db_status publish_work(struct db_tx *tx, void *context)
{
    struct publish *p = context;
    return guide_keep(&p->outcome, &p->version, tx, p->consultation, p->document, cmd_actor(), "command");
}

static int publish(struct cmd_session *session, const char *path, const char *consultation)
{
    struct publish work = {.consultation = slice_from_cstr(consultation),
                           .document = read_guide(session->arena, path)};
    if (!work.document) {
        return CMD_FAILED;
    }
    enum db_status status =
        db_transaction(session->conn, "guide-publish", DB_ROLE_STAFF, publish_work, &work);
    if (status != DB_OK) {
        return cmd_say_failure("keeping the guide", status);
    }
    if (work.outcome == GUIDE_NO_CONSULTATION) {
        fprintf(stderr, "there is no consultation %s; publish it first\n", consultation);
        return CMD_FAILED;
    }
    printf(work.outcome == GUIDE_KEPT ? "guide %s is kept as version %d of %s\n"
                                      : "guide %s was kept before: version %d of %s\n",
           json_string_value(json_object_get(work.document, "code")), (int)work.version.number, consultation);
    return CMD_OK;
}

struct listing {
    struct slice consultation;
    size_t count;
};

static enum db_status list_work(struct db_tx *tx, void *context)
{
    struct listing *listing = context;
    struct guide_version *versions;
    enum db_status status = guide_list(&versions, &listing->count, tx, listing->consultation);
    for (size_t i = 0; status == DB_OK && i < listing->count; i++) {
        document_say_version(versions[i].code, versions[i].number, versions[i].created_at, versions[i].title);
    }
    return status;
}

static int list(struct cmd_session *session, const char *consultation)
{
    struct listing listing = {.consultation = slice_from_cstr(consultation)};
    enum db_status status =
        db_transaction_read_only(session->conn, "guide-list", DB_ROLE_STAFF, list_work, &listing);
    if (status != DB_OK) {
        return cmd_say_failure("reading the guides", status);
    }
    const int there = listing.count == 0 ? cmd_consultation_there(session, consultation) : CMD_GO;
    if (there == CMD_GO && listing.count == 0) {
        printf("consultation %s has no guides yet\n", consultation);
    }
    return there == CMD_GO ? CMD_OK : there;
}

int cmd_guide(int argc, char **argv)
{
    static const struct document_command command = {
        .usage = usage, .of_consultation = true, .check = check, .publish = publish, .list = list};
    return document_command(argc, argv, &command);
}
