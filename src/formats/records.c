#include "formats/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

struct records {
    int fd;
    size_t max;
    size_t room;         /* of bytes: one record of the maximum with its line end, and one read more */
    size_t from;         /* where what is not taken begins */
    size_t end;          /* where it ends */
    size_t scanned;      /* from here on the record was not looked at yet */
    size_t line;         /* of `from` */
    size_t lines_passed; /* line ends inside the record so far */
    bool quoted, in_quotes;
    bool ended, closed;
    int failed; /* errno */
    char bytes[];
};

struct records *records_create(int fd, size_t max_bytes)
{
    size_t room = max_bytes + 2 + READ_BYTES;
    struct records *records = calloc(1, sizeof *records + room);
    if (records) {
        records->fd = fd;
        records->max = max_bytes;
        records->room = room;
        records->line = 1;
    }
    return records;
}

void records_free(struct records *records)
{
    free(records);
}

void records_set_quoted(struct records *records, bool quoted)
{
    records->quoted = quoted;
}

/* Reads on behind what is there. False at the end of the file and on failure. */
static bool fill(struct records *r)
{
    if (r->from > 0) {
        memmove(r->bytes, r->bytes + r->from, r->end - r->from);
        r->end -= r->from;
        r->scanned -= r->from;
        r->from = 0;
    }
    while (!r->ended) {
        ssize_t n = read(r->fd, r->bytes + r->end, r->room - r->end);
        if (n > 0) {
            r->end += (size_t)n;
            return true;
        }
        if (n < 0 && errno == EINTR) {
            continue;
        }
        r->failed = n < 0 ? errno : 0;
        r->ended = true;
    }
    return false;
}

static void skip_mark(struct records *r)
{
    while (r->end < 3 && fill(r)) {
    }
    if (r->end >= 3 && memcmp(r->bytes, "\xEF\xBB\xBF", 3) == 0) {
        r->from = r->scanned = 3;
    }
}

char records_peek(struct records *records)
{
    struct records *r = records;
    skip_mark(r);
    for (size_t at = r->from;; at++) {
        while (at >= r->end) {
            size_t seen = at - r->from;
            if (r->end - r->from >= r->max || !fill(r)) {
                return 0;
            }
            at = r->from + seen;
        }
        if (!memchr(" \t\r\n", r->bytes[at], 4)) {
            return r->bytes[at];
        }
    }
}

int records_failed(const struct records *records)
{
    return records->failed;
}

/* Looks for the line end that ends the record, in what is there. */
static bool find_end(size_t *at, struct records *r)
{
    for (; r->scanned < r->end; r->scanned++) {
        char c = r->bytes[r->scanned];
        if (c == '"' && r->quoted) {
            r->in_quotes = !r->in_quotes;
        } else if (c == '\n' && r->in_quotes) {
            r->lines_passed++;
        } else if (c == '\n') {
            *at = r->scanned;
            return true;
        }
    }
    return false;
}

/* Takes the record that ends before `at`; next begins where the next one does. */
static void take(struct slice *record, size_t *line, struct records *r, size_t at, size_t next)
{
    size_t len = at - r->from;
    if (len > 0 && r->bytes[at - 1] == '\r') {
        len--;
    }
    *record = (struct slice){r->bytes + r->from, len};
    *line = r->line;
    r->line += r->lines_passed + (next > at);
    r->lines_passed = 0;
    r->from = r->scanned = next;
}

/* Past the end of a line that is too long. */
static enum records_status skip_line(size_t *line, struct records *r)
{
    struct slice ignored;
    size_t at;
    *line = r->line;
    if (r->in_quotes) {
        r->closed = true;
        return RECORDS_UNCLOSED;
    }
    while (!find_end(&at, r)) {
        r->from = r->scanned = r->end;
        if (!fill(r)) {
            return r->failed ? RECORDS_FAILED : RECORDS_TOO_LONG;
        }
    }
    size_t first;
    take(&ignored, &first, r, at, at + 1);
    return RECORDS_TOO_LONG;
}

enum records_status records_next(struct slice *record, size_t *line, struct records *records)
{
    struct records *r = records;
    size_t at;
    if (r->line == 1 && r->from == 0 && r->scanned == 0) {
        skip_mark(r);
    }
    while (!r->closed && !find_end(&at, r)) {
        if (r->end - r->from > r->max + 1) {
            return skip_line(line, r);
        }
        if (fill(r)) {
            continue;
        }
        *line = r->line;
        if (r->failed) {
            errno = r->failed;
            return RECORDS_FAILED;
        }
        if (r->in_quotes) {
            r->closed = true;
            return RECORDS_UNCLOSED;
        }
        if (r->from == r->end) {
            return RECORDS_END;
        }
        at = r->end; /* the last line has no line end */
        break;
    }
    if (r->closed) {
        return RECORDS_END;
    }
    take(record, line, r, at, at < r->end ? at + 1 : at);
    return record->len > r->max ? RECORDS_TOO_LONG : RECORDS_NEXT;
}
