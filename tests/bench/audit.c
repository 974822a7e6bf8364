/* Lines on the audit log, as the service writes and links them.
 *
 * audit CONFIG LINES    writes LINES lines, a thousand a transaction, and links them
 *
 * One line of JSON: what writing and linking a line cost. */
#include "features/audit/audit.h"
#include "base/clock.h"
#include "cmd/session.h"

#include <stdio.h>
#include <stdlib.h>

enum { PORTION = 1000, TURN = 64000 };

struct portion {
    long from, to;
};

static void stop_with(const char *what)
{
    fprintf(stderr, "audit: %s\n", what);
    exit(1);
}

static enum db_status write_portion(struct db_tx *tx, void *context)
{
    const struct portion *portion = context;
    enum db_status status = DB_OK;
    for (long i = portion->from; status == DB_OK && i < portion->to; i++) {
        const struct audit_event event = {
            .action = "table.view",
            .object = arena_printf(db_arena(tx), "table:biotechnologie-2026-1:vraag-%ld", i).ptr,
            .result = "ok",
            .origin = "api",
            .actor = "analist",
            .details =
                "{\"doel\":\"onderzoek\",\"vraag\":{\"groepeerOp\":\"leeftijd\",\"gewogen\":\"true\"}}"};
        status = audit_record(tx, &event);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct cmd_session session;
    long lines = argc == 3 ? atol(argv[2]) : 0;
    if (lines <= 0 || cmd_session_open(&session, argv[1]) != CMD_GO) {
        stop_with("CONFIG LINES");
    }
    int64_t begun = clock_monotonic_us();
    for (struct portion portion = {.from = 0}; portion.from < lines; portion.from = portion.to) {
        portion.to = portion.from + PORTION < lines ? portion.from + PORTION : lines;
        if (db_transaction(session.conn, "bench", DB_ROLE_RESULTS, write_portion, &portion) != DB_OK) {
            stop_with("a line could not be written");
        }
    }
    int64_t written = clock_monotonic_us();
    struct audit_sealer *sealer = audit_sealer_create(session.keys);
    for (long i = 0; i <= lines / TURN; i++) {
        if (!sealer || audit_seal(sealer, session.conn) != DB_OK) {
            stop_with("the lines could not be linked");
        }
    }
    int64_t linked = clock_monotonic_us();
    printf("{\"write_us\": %.2f, \"link_us\": %.2f}\n", (double)(written - begun) / (double)lines,
           (double)(linked - written) / (double)lines);
    audit_sealer_destroy(sealer);
    cmd_session_close(&session);
    return 0;
}
