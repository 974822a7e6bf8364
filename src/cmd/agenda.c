/* zevenstem agenda check|publish FILE, list */
#include "cmd/actor.h"
#include "cmd/document.h"
#include "cmd/session.h"
#include "features/tafel/tafel.h"

#include <stdio.h>

static const char usage[] = "usage: zevenstem agenda check FILE...\n"
                            "       zevenstem agenda publish FILE [--config FILE]\n"
                            "       zevenstem agenda list [--config FILE]\n"
                            "\n"
                            "check reads each agenda and reports each fault with its JSON pointer.\n"
                            "publish checks, then keeps it as the agenda that signals are passed on to, and "
                            "tells what is new in it.\n"
                            "A version never changes: a recalibration (herijking) is a next version, in "
                            "which every action, goal and\n"
                            "commitment of the one before is still there, if need be as one that is over.\n";

/* NULL: said what is wrong. */
static const struct agenda *read_agenda(struct slice *text, struct arena *arena, const char *path)
{
    struct json_errors errors;
    if (!document_read(text, arena, path, AGENDA_BYTES_MAX)) {
        return NULL;
    }
    document_errors_init(&errors, arena);
    const struct agenda *agenda = agenda_load(&errors, arena, *text);
    document_say_faults(&errors, path);
    return agenda;
}

static size_t count_kind(const struct agenda *agenda, enum agenda_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < agenda->item_count; i++) {
        count += agenda->items[i].kind == kind;
    }
    return count;
}

static bool check(struct arena *arena, const char *path)
{
    struct slice text;
    const struct agenda *agenda = read_agenda(&text, arena, path);
    if (agenda) {
        printf("%s: version %lld, %zu actions, %zu goals, %zu commitments, no faults\n", path,
               (long long)agenda->version, count_kind(agenda, AGENDA_ACTION), count_kind(agenda, AGENDA_GOAL),
               count_kind(agenda, AGENDA_COMMITMENT));
    }
    return agenda != NULL;
}

/* ---- publish ---- */

struct publish {
    struct arena *arena;
    const struct agenda *agenda, *older;
    struct slice text;
    enum agenda_outcome outcome;
    struct json_errors errors;
};

static enum db_status publish_work(struct db_tx *tx, void *context)
{
    struct publish *p = context;
    document_errors_init(&p->errors, p->arena);
    return agenda_keep(&p->outcome, &p->older, &p->errors, p->arena, tx, p->agenda, p->text, cmd_actor(),
                       "command");
}

static void tell_differences(const struct publish *p)
{
    static const char *const words[AGENDA_CHANGES] = {"new", "changed", "over"};
    const struct agenda_difference *list;
    const size_t count = p->older ? agenda_compare(&list, p->arena, p->older, p->agenda) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct agenda_item *item = list[i].newer;
        printf("%-8s %-12.*s ", words[list[i].change], SLICE_ARG(item->code));
        cmd_print_text(item->title, 0);
        putchar('\n');
    }
}

static int publish(struct cmd_session *session, const char *path, const char *consultation)
{
    (void)consultation; /* the agenda is of the service */
    struct publish work = {.arena = session->arena};
    work.agenda = read_agenda(&work.text, session->arena, path);
    if (!work.agenda) {
        return CMD_FAILED;
    }
    const enum db_status status =
        db_transaction(session->conn, "agenda-publish", DB_ROLE_STAFF, publish_work, &work);
    if (status != DB_OK) {
        return cmd_say_failure("keeping the agenda", status);
    }
    const int number = (int)work.agenda->version;
    switch (work.outcome) {
    case AGENDA_TAKEN:
        fprintf(stderr, "version %d or a later one was kept before: give this one the next version\n",
                number);
        return CMD_FAILED;
    case AGENDA_NO_HEIR:
        document_say_faults(&work.errors, path);
        return CMD_FAILED;
    case AGENDA_KEPT:
        printf("agenda %.*s version %d is kept\n", SLICE_ARG(work.agenda->code), number);
        tell_differences(&work);
        return CMD_OK;
    case AGENDA_KNOWN:
        break;
    }
    printf("agenda %.*s version %d was kept before\n", SLICE_ARG(work.agenda->code), number);
    return CMD_OK;
}

/* ---- list ---- */

static enum db_status list_work(struct db_tx *tx, void *context)
{
    struct agenda_version *versions;
    size_t count;
    (void)context;
    enum db_status status = agenda_versions(&versions, &count, tx);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        document_say_version(SLICE(""), versions[i].number, versions[i].created_at, versions[i].title);
    }
    return status;
}

static int list(struct cmd_session *session, const char *consultation)
{
    (void)consultation;
    const enum db_status status =
        db_transaction_read_only(session->conn, "agenda-list", DB_ROLE_STAFF, list_work, NULL);
    return status == DB_OK ? CMD_OK : cmd_say_failure("reading the agenda", status);
}

int cmd_agenda(int argc, char **argv)
{
    static const struct document_command command = {
        .usage = usage, .of_consultation = false, .check = check, .publish = publish, .list = list};
    return document_command(argc, argv, &command);
}
