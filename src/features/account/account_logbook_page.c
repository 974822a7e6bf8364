/* The audit log on a page and as CSV. Each look at it is itself a line of the log, a page further as well:
 * any page can be asked for by its address, so that one line for a whole search could be walked past. The
 * line tells what was asked for, never what was found. */
#include "features/account/account_logbook.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "formats/csv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LOGBOOK_PATH "/beheer/logboek"

enum { LINES_ON_A_PAGE = 50, PORTION = 500, CSV_LINES_MAX = 100000, PORTION_BYTES_MAX = 64 * 1024 * 1024 };

/* ---- the page ---- */

struct page {
    struct http_exchange *ex;
    json_t *lines;
    int64_t last; /* id of the last line that is shown */
    size_t seen;
};

static json_t *text_of(struct slice text)
{
    return json_stringn(text.len > 0 ? text.ptr : "", text.len);
}

static void show_line(const struct audit_entry *entry, void *context)
{
    struct page *page = context;
    if (++page->seen > LINES_ON_A_PAGE) {
        return; /* there are more */
    }
    json_t *line = json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:o}", "number", (json_int_t)entry->id, "actor",
                             text_of(entry->actor), "action", text_of(entry->action), "object",
                             text_of(entry->object), "result", text_of(entry->result), "origin",
                             text_of(entry->origin), "details", text_of(entry->details));
    staff_set_time(line, "at", page->ex, entry->at);
    json_array_append_new(page->lines, line);
    page->last = entry->id;
}

static json_t *choices(const struct slice *values, size_t count, struct slice chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_pack("{s:o,s:b}", "value", text_of(values[i]), "selected",
                                              (int)slice_equal(values[i], chosen)));
    }
    return list;
}

static enum db_status set_filters(json_t *context, struct db_tx *tx, const struct logbook_query *query)
{
    static const struct slice results[] = {{"ok", 2}, {"refused", 7}, {"failed", 6}};
    struct slice *actions;
    size_t count;
    enum db_status status = audit_actions(&actions, &count, tx);
    if (status != DB_OK) {
        return status;
    }
    json_object_set_new(context, "since", text_of(query->since));
    json_object_set_new(context, "until", text_of(query->until));
    json_object_set_new(context, "actor", text_of(query->search.actor));
    json_object_set_new(context, "action", text_of(query->search.action));
    json_object_set_new(context, "result", text_of(query->search.result));
    json_object_set_new(context, "consultation_asked", text_of(query->search.consultation));
    json_object_set_new(context, "actions", choices(actions, count, query->search.action));
    json_object_set_new(context, "results",
                        choices(results, sizeof results / sizeof results[0], query->search.result));
    return staff_set_places(context, tx, query->search.consultation);
}

static enum db_status set_chain(json_t *context, struct db_tx *tx, struct http_exchange *ex)
{
    struct audit_head head;
    struct audit_verified verified;
    char text[AUDIT_HEAD_TEXT_BYTES];
    enum db_status status = audit_head_read(&head, tx);
    if (status == DB_OK) {
        status = audit_verified_read(&verified, tx);
    }
    if (status != DB_OK) {
        return status;
    }
    audit_head_text(text, &head);
    json_object_set_new(context, "head", json_string(text));
    json_object_set_new(context, "links", json_integer(head.number));
    if (verified.at != 0) {
        json_t *last = json_pack("{s:b,s:b,s:I,s:I,s:b}", "whole", (int)verified.whole, "broken",
                                 (int)!verified.whole, "links", (json_int_t)verified.links, "faults",
                                 (json_int_t)verified.faults, "anchored", (int)(verified.anchors > 0));
        staff_set_time(last, "at", ex, verified.at);
        json_object_set_new(context, "verified", last);
    }
    return DB_OK;
}

static enum db_status render(struct db_tx *tx, struct http_exchange *ex, struct account *account,
                             const struct logbook_query *query, struct page *page)
{
    json_t *context = staff_titled(ex, account, "logbook.title");
    bool wrong = query->bad_since || query->bad_until;
    if (query->bad_since) {
        staff_fault(context, ex, account, "van", "logbook.bad_day");
    }
    if (query->bad_until) {
        staff_fault(context, ex, account, "tot", "logbook.bad_day");
    }
    json_object_set(context, "lines", page->lines);
    json_object_set_new(context, "none", json_boolean(page->seen == 0 && !wrong));
    if (page->seen > LINES_ON_A_PAGE) {
        json_object_set_new(context, "more", json_integer(page->last));
    }
    json_object_set_new(context, "further", json_boolean(query->search.before != 0));
    enum db_status status = set_filters(context, tx, query);
    if (status == DB_OK) {
        status = set_chain(context, tx, ex);
    }
    staff_render(ex, account, wrong ? 400 : 200, "staff_logbook", context);
    return status;
}

static enum db_status get_logbook(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct logbook_query query;
    struct page page = {.ex = ex, .lines = json_array()};
    size_t count;
    enum db_status status = DB_OK;
    logbook_query_read(&query, ex);
    if (!query.bad_since && !query.bad_until) {
        status = audit_search(&count, tx, &query.search, LINES_ON_A_PAGE + 1, show_line, &page);
        if (status == DB_OK) {
            status =
                staff_audit(tx, ex, "audit.read", "audit", "ok", logbook_query_json(&query, db_arena(tx)));
        }
    }
    if (status == DB_OK) {
        status = render(tx, ex, self, &query, &page);
    }
    json_decref(page.lines);
    return status;
}

/* ---- the same as CSV ---- */

struct file {
    int fd;
    uint64_t size;
    struct buffer buffer;
    int64_t last;
};

static void put_cells(struct buffer *out, const struct slice *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        csv_put_text(out, cells[i]);
    }
    buffer_append_cstr(out, "\r\n");
}

static void put_line(const struct audit_entry *entry, void *context)
{
    struct file *file = context;
    char at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(at, entry->at);
    buffer_printf(&file->buffer, "%s,%" PRId64 ",", at, entry->id);
    const struct slice cells[] = {entry->actor,  entry->action, entry->object,
                                  entry->result, entry->origin, entry->details};
    put_cells(&file->buffer, cells, sizeof cells / sizeof cells[0]);
    file->last = entry->id;
}

/* What the buffer holds goes to the file. */
static bool flush(struct file *file)
{
    const struct slice bytes = buffer_slice(&file->buffer);
    bool good = !buffer_failed(&file->buffer);
    for (size_t at = 0; good && at < bytes.len;) {
        ssize_t written = write(file->fd, bytes.ptr + at, bytes.len - at);
        good = written > 0 || (written < 0 && errno == EINTR);
        at += written > 0 ? (size_t)written : 0;
    }
    file->size += bytes.len;
    buffer_clear(&file->buffer);
    return good;
}

/* The head of the chain as a last row: an anchor wherever the file is kept. */
static enum db_status put_head(struct file *file, struct db_tx *tx, int64_t now_s)
{
    struct audit_head head;
    char text[AUDIT_HEAD_TEXT_BYTES], at[CLOCK_RFC3339_BYTES];
    enum db_status status = audit_head_read(&head, tx);
    audit_head_text(text, &head);
    clock_format_rfc3339(at, now_s);
    buffer_printf(&file->buffer, "%s,,system,audit.head,%s,ok,web,\r\n", at, text);
    return status;
}

static enum db_status write_csv(struct file *file, size_t *lines, struct db_tx *tx,
                                struct audit_search search, int64_t now_s)
{
    size_t count = PORTION;
    enum db_status status = DB_OK;
    *lines = 0;
    buffer_append_cstr(&file->buffer,
                       "tijd,nummer,wie,handeling,object,uitkomst,herkomst,bijzonderheden\r\n");
    while (status == DB_OK && count == PORTION && *lines < CSV_LINES_MAX) {
        status = audit_search(&count, tx, &search, PORTION, put_line, file);
        *lines += count;
        search.before = file->last;
        if (status == DB_OK && !flush(file)) {
            status = DB_FAILED;
        }
    }
    if (status == DB_OK) {
        status = put_head(file, tx, now_s);
    }
    return status == DB_OK && !flush(file) ? DB_FAILED : status;
}

static enum db_status get_csv(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct account *account = self;
    struct logbook_query query;
    struct file file = {.fd = -1};
    size_t lines;
    logbook_query_read(&query, ex);
    if (query.bad_since || query.bad_until) {
        http_error(ex, 400);
        return DB_OK;
    }
    buffer_init(&file.buffer, PORTION_BYTES_MAX);
    file.fd = memfd_create("logbook", MFD_CLOEXEC);
    enum db_status status = file.fd < 0 ? DB_UNAVAILABLE : DB_OK;
    if (status == DB_OK) {
        status = write_csv(&file, &lines, tx, query.search, account->config.now_s());
    }
    if (status == DB_OK) {
        status = staff_audit(tx, ex, "audit.export", "audit", "ok", logbook_query_json(&query, db_arena(tx)));
    }
    if (status == DB_OK) {
        http_reply_file(ex, 200, "text/csv; charset=utf-8; header=present", file.fd, file.size);
        http_set_header(ex, "Content-Disposition", "attachment; filename=\"logboek.csv\"");
        file.fd = -1;
    }
    if (file.fd >= 0) {
        close(file.fd);
    }
    buffer_free(&file.buffer);
    return status;
}

const struct route account_logbook_routes[] = {
    {.http = {STAFF_GET(LOGBOOK_PATH), .query = "taal,voor," LOGBOOK_FILTERS, .scope = PERMISSION_AUDIT_VIEW},
     .on_job = get_logbook,
     .role = DB_ROLE_AUDIT},
    {.http = {STAFF_GET(LOGBOOK_PATH "/csv"), .query = LOGBOOK_FILTERS, .scope = PERMISSION_AUDIT_VIEW,
              .produces = "text/csv"},
     .on_job = get_csv,
     .role = DB_ROLE_AUDIT},
};
const size_t account_logbook_route_count = sizeof account_logbook_routes / sizeof account_logbook_routes[0];
