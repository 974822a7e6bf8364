/* Views: answers that are made of what is in memory. An analyst's on a worker, with an audit line each: the
 * lines of those who ask at the same time are written in one transaction, and none is answered before its own
 * is committed. One that was kept needs no worker, and does not wait for those that do. What was released is
 * looked up, not counted, and leaves no line, whoever asks: that is answered at once, and while the database
 * is away.
 *
 * After a connection was lost while committing, the lines are written again: then one may stand twice, and
 * none is missing. */
#include "features/results/results_api.h"

#include "base/log.h"

#include <string.h>

enum { LINES_MAX = 256, LINES_QUEUED = 4096 };

struct view_item {
    struct lane_made_item made; /* first: the lane's */
    const struct results_view *view;
    struct results_call call;
    struct audit_event line; /* action NULL: none; what it points to lives in the exchange's arena */
    enum db_status status;   /* of the view itself */
};

static struct view_item *of_batch(struct db_batch_item *item)
{
    return (struct view_item *)item;
}

/* ---- the lines ---- */

static int in_order_of_arrival(const struct db_batch_item *a, const struct db_batch_item *b)
{
    (void)a, (void)b;
    return 0;
}

/* Without a key the slow way tells each its failure. */
static enum db_status write_lines(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    enum db_status status = DB_OK;
    (void)context;
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        status = audit_record(tx, &of_batch(items[i])->line);
    }
    return status;
}

static bool ask_lines(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context)
{
    const struct audit_event **lines = arena_array(db_arena(tx), count, sizeof *lines);
    (void)context;
    for (size_t i = 0; i < count; i++) {
        lines[i] = &of_batch(items[i])->line;
    }
    return audit_ask_lines(tx, lines, count);
}

static enum db_status hear_lines(bool *settled, struct db_tx *tx, struct db_batch_item **items, size_t count,
                                 void *context)
{
    (void)items, (void)context;
    if (db_affected(db_heard(tx, 0)) != (int64_t)count) {
        return DB_FAILED;
    }
    memset(settled, true, count * sizeof *settled);
    return DB_OK;
}

static const struct db_statement *const line_statements[] = {audit_statements, NULL};

const struct db_batch_kind results_view_kind = {.name = "view",
                                                .role = DB_ROLE_RESULTS,
                                                .statements = line_statements,
                                                .max_items = LINES_MAX,
                                                .queue_limit = LINES_QUEUED,
                                                .compare = in_order_of_arrival,
                                                .run = write_lines,
                                                .ask = ask_lines,
                                                .hear = hear_lines};

/* ---- the answer ---- */

static bool make(struct lane_made_item *made)
{
    struct view_item *item = (struct view_item *)made;
    item->status = item->view->make(&item->call);
    return item->status == DB_OK && item->line.action;
}

static void conclude(struct http_exchange *ex, void *context)
{
    const struct view_item *item = context;
    const enum db_status status = item->status == DB_OK ? item->made.item.status : item->status;
    if (status != DB_OK) {
        log_warn("results.view", "route=%s status=%s", http_route_path(ex), db_status_name(status));
        http_reply_reset(ex);
        lane_answer_failure(ex, status);
    }
}

static void answer_public(struct http_exchange *ex, struct results *results, const struct results_view *view)
{
    struct audit_event none = {0};
    struct results_call call;
    if (!view->begin(&call, results, (struct results_place){.line = &none}, ex)) {
        return;
    }
    enum db_status status = view->make(&call);
    if (status != DB_OK) {
        lane_answer_failure(ex, status);
    }
}

void results_view_run(struct http_exchange *ex, struct results *results, const struct results_view *view)
{
    if (results_call_is_public(ex)) {
        answer_public(ex, results, view);
        return;
    }
    struct lanes *lanes = results->config.lanes;
    struct view_item *item = arena_alloc(http_arena(ex), sizeof *item);
    *item = (struct view_item){.made.make = make, .view = view, .status = DB_OK};
    if (!view->begin(&item->call, results, (struct results_place){.line = &item->line}, ex)) {
        return;
    }
    if (view->kept && results_call_kept(&item->call)) {
        lane_submit(lanes, results->view_writer, ex, &item->made.item, conclude);
    } else {
        lane_make_and_submit(lanes, results->view_writer, ex, &item->made, conclude);
    }
}
