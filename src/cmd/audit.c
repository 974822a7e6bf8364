/* zevenstem audit list | head | verify */
#include "features/audit/audit.h"
#include "base/clock.h"
#include "base/out_file.h"
#include "cmd/actor.h"
#include "cmd/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 1000, WAITING_TOO_LONG_S = 60, DAY_S = 86400 };
#define SECOND_US INT64_C(1000000)

static const char usage[] =
    "usage: zevenstem audit list [--since DATE] [--actor NAME] [--action NAME] [--config FILE]\n"
    "       zevenstem audit head [--out FILE] [--config FILE]\n"
    "       zevenstem audit verify [--anchor FILE] [--config FILE]\n"
    "\n"
    "list    prints the lines of the audit log, oldest first: time, number, actor, action, object, result, "
    "origin, details.\n"
    "        DATE: 2026-11-24 or 2026-11-24T13:00:00Z. --action key. takes all that begin with it. "
    "--actor takes\n"
    "        the whole name as it stands there: beheerder:root for what root did by command. That it was "
    "read is itself\n"
    "        a line of the log.\n"
    "head    prints the head of the chain as an anchor (JSON), or writes it to FILE: keep it where whoever "
    "runs the\n"
    "        database cannot come.\n"
    "verify  walks the whole chain and names each line that was changed, removed, inserted, moved or forged. "
    "With --anchor\n"
    "        also whether it still holds every head that stands in FILE: an anchor, the log of the service, "
    "a "
    "manifest of\n"
    "        an export. Only an anchor tells that the end was cut off. That it was verified is a line of the "
    "log.\n"
    "\n"
    "Exit status: 0 whole, 1 something is wrong or could not be read, 2 wrong use.\n";

/* ---- list ---- */

struct list {
    struct audit_filter filter;
    int64_t after;
    size_t count;
    bool begun;
};

static void print_entry(const struct audit_entry *entry, void *context)
{
    (void)context;
    char at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(at, entry->at);
    printf("%s  %" PRId64, at, entry->id);
    const struct slice fields[] = {entry->actor,  entry->action, entry->object,
                                   entry->result, entry->origin, entry->details};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i].ptr) {
            fputs("  ", stdout);
            cmd_print_text(fields[i], 0);
        }
    }
    putchar('\n');
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    struct list *list = context;
    const struct audit_event event = {
        .action = "audit.read", .object = "audit", .result = "ok", .origin = "command", .actor = cmd_actor()};
    enum db_status status = list->begun ? DB_OK : audit_record(tx, &event);
    int64_t after = list->after;
    if (status == DB_OK) {
        status = audit_read(&after, &list->count, tx, &list->filter, PAGE, print_entry, NULL);
    }
    list->begun = true;
    list->after = after;
    return status;
}

static int list(struct cmd_session *session, const struct audit_filter *filter)
{
    struct list work = {.filter = *filter, .count = PAGE};
    enum db_status status = DB_OK;
    while (status == DB_OK && work.count == PAGE && !ferror(stdout)) { /* nobody reads it any more */
        status = db_transaction(session->conn, "audit-list", DB_ROLE_AUDIT, list_work, &work);
    }
    return status == DB_OK ? CMD_OK : cmd_say_failure("reading the audit log", status);
}

static bool parse_since(int64_t *out, const char *text)
{
    const struct slice said = slice_from_cstr(text);
    int32_t day;
    if (!clock_parse_day(&day, said)) {
        return clock_parse_rfc3339(out, said);
    }
    *out = (int64_t)day * DAY_S;
    return true;
}

/* ---- head ---- */

static enum db_status head_work(struct db_tx *tx, void *context)
{
    return audit_head_read(context, tx);
}

static struct slice anchor_of(struct arena *arena, const struct audit_head *head)
{
    char text[AUDIT_HEAD_TEXT_BYTES], at[CLOCK_RFC3339_BYTES];
    audit_head_text(text, head);
    clock_format_rfc3339(at, clock_unix_s());
    return arena_printf(arena, "{\"audit_head\": \"%s\", \"links\": %" PRId64 ", \"read_at\": \"%s\"}\n",
                        text, head->number, at);
}

static int head(struct cmd_session *session, const char *path)
{
    struct audit_head found;
    audit_seal_once(session->keys, session->conn);
    enum db_status status =
        db_transaction_read_only(session->conn, "audit-head", DB_ROLE_AUDIT, head_work, &found);
    if (status != DB_OK) {
        return cmd_say_failure("reading the head", status);
    }
    if (found.number == 0) {
        fputs("the chain has no links yet\n", stderr);
        return CMD_FAILED;
    }
    const struct slice anchor = anchor_of(session->arena, &found);
    struct out_file file;
    if (!path) {
        printf("%.*s", SLICE_ARG(anchor));
        return CMD_OK;
    }
    bool written = out_file_open(&file, session->arena, path) && out_file_write(&file, anchor) &&
                   out_file_sync(&file) && out_file_finish(&file);
    if (written) {
        printf("wrote %s: the head after %" PRId64 " links\n", path, found.number);
    } else {
        fprintf(stderr, "%s could not be written: %s\n", path, strerror(file.why));
    }
    out_file_drop(&file);
    return written ? CMD_OK : CMD_FAILED;
}

/* ---- verify ---- */

/* The heads in the file, which may be a log of any size. */
static bool read_anchors(struct audit_check *check, struct arena *arena, const char *path)
{
    struct stat status;
    struct audit_head *heads = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = MAP_FAILED;
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        fprintf(stderr, "%s: %s\n", path, fd < 0 ? strerror(errno) : "not a file");
        goto cleanup;
    }
    if (status.st_size > 0) {
        bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (bytes != MAP_FAILED) {
        audit_heads_find(&heads, &check->anchor_count, arena, (struct slice){bytes, (size_t)status.st_size});
        check->anchors = heads;
        munmap(bytes, (size_t)status.st_size);
    }
    if (check->anchor_count == 0) {
        fprintf(stderr, "%s: there is no head of an audit log in it\n", path);
    }
cleanup:
    if (fd >= 0) {
        close(fd);
    }
    return check->anchor_count > 0;
}

static void say_finding(const struct audit_finding *finding, void *context)
{
    char text[AUDIT_FINDING_BYTES];
    (void)context;
    audit_finding_text(text, finding);
    puts(text);
}

static void show_progress(int64_t links, void *context)
{
    const bool *shown = context;
    if (*shown) {
        fprintf(stderr, "\r%" PRId64 " links ", links);
    }
}

static void say_totals(const struct audit_totals *totals, bool anchored)
{
    char text[AUDIT_HEAD_TEXT_BYTES];
    audit_head_text(text, &totals->head);
    printf("%" PRId64 " links, %" PRId64 " fault%s; the head is %s\n", totals->links, totals->faults,
           totals->faults == 1 ? "" : "s", text);
    if (totals->older > 0) {
        printf("%" PRId64 " lines are from before the chain: known to be as they were when it began\n",
               totals->older);
    }
    if (totals->migrations > 0) {
        printf("%" PRId64 " lines are of migrations, by the owner of the schema, who has no key: known to be "
               "as they were when they were linked\n",
               totals->migrations);
    }
    if (totals->waiting > 0) {
        bool long_ago = totals->waiting_since_us < (clock_unix_s() - WAITING_TOO_LONG_S) * SECOND_US;
        printf("%" PRId64 " lines are not linked yet%s\n", totals->waiting,
               long_ago ? ": is no service running?" : "");
    }
    if (anchored) {
        printf("%" PRId64 " anchors hold\n", totals->anchors);
    } else {
        puts("no anchor was given: whether the end was cut off is not known");
    }
}

static enum db_status verified_work(struct db_tx *tx, void *context)
{
    return audit_verified_record(tx, context, cmd_actor(), "command");
}

static int verify(struct cmd_session *session, const char *anchor)
{
    bool shows_progress = isatty(STDERR_FILENO);
    struct audit_check check = {
        .keys = session->keys, .found = say_finding, .progress = show_progress, .context = &shows_progress};
    struct audit_totals totals;
    if (anchor && !read_anchors(&check, session->arena, anchor)) {
        return CMD_FAILED;
    }
    enum db_status status = audit_verify(&totals, session->conn, &check);
    if (shows_progress) {
        fputs("\r                              \r", stderr);
    }
    if (status != DB_OK) {
        return cmd_say_failure("reading the audit log", status);
    }
    say_totals(&totals, anchor != NULL);
    /* For the page of the log. What was found is said, whether this can be written or not. */
    if (db_transaction(session->conn, "audit-verified", DB_ROLE_AUDIT, verified_work, &totals) != DB_OK) {
        fputs("that it was verified could not be written on the audit log\n", stderr);
    }
    return totals.faults == 0 ? CMD_OK : CMD_FAILED;
}

int cmd_audit(int argc, char **argv)
{
    const char *config = NULL, *since = NULL, *anchor = NULL, *out = NULL;
    struct audit_filter filter = {.since = 0};
    struct cmd_arguments arguments;
    struct cmd_session session;
    const struct cmd_option options[] = {
        {"--config", &config, NULL}, {"--since", &since, NULL},          {"--actor", &filter.actor, NULL},
        {"--anchor", &anchor, NULL}, {"--action", &filter.action, NULL}, {"--out", &out, NULL},
        {NULL, NULL, NULL}};
    int status = cmd_parse(&arguments, argc, argv, options, 1, 1, usage);
    if (status != CMD_GO) {
        return status;
    }
    const char *verb = arguments.values[0];
    bool is_list = strcmp(verb, "list") == 0 && !anchor && !out;
    bool filtered = since || filter.actor || filter.action;
    bool is_head = strcmp(verb, "head") == 0 && !anchor && !filtered;
    bool is_verify = strcmp(verb, "verify") == 0 && !out && !filtered;
    if (!is_list && !is_head && !is_verify) {
        return cmd_misused(usage, "not understood: audit %s", verb);
    }
    if (since && !parse_since(&filter.since, since)) {
        fprintf(stderr, "--since is a date, 2026-11-24 or 2026-11-24T13:00:00Z, not %s\n", since);
        return CMD_USAGE;
    }
    status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        session.leaves_chain = is_verify; /* what it looked at stays as it was found */
        status = is_list ? list(&session, &filter) : is_head ? head(&session, out) : verify(&session, anchor);
    }
    cmd_session_close(&session);
    return status;
}
