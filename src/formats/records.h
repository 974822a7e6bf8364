/* Records from a file, one at a time, in bounded memory: lines, or the records of a CSV file, whose quoted
 * cells may hold line ends. */
#ifndef ZEVENSTEM_FORMATS_RECORDS_H
#define ZEVENSTEM_FORMATS_RECORDS_H

#include "base/slice.h"

struct records;

enum records_status {
    RECORDS_NEXT,     /* *record is the next one, borrowed until the next call */
    RECORDS_TOO_LONG, /* this one is longer than the maximum; it was skipped */
    RECORDS_UNCLOSED, /* a quote was opened and not closed: within the maximum, or before the end of the file.
                         What follows cannot be told apart any more: the next call gives RECORDS_END */
    RECORDS_END,
    RECORDS_FAILED /* reading failed; errno says why */
};

/* Reads from fd (which stays the caller's). max_bytes: of one record. A byte order mark at the start is left
 * out. NULL when out of memory. */
struct records *records_create(int fd, size_t max_bytes);
void records_free(struct records *records);
/* From here on a line end inside quotes (") does not end a record. */
void records_set_quoted(struct records *records, bool quoted);
/* The next record without its line end (LF or CRLF). *line is the number of its first line, from 1. Empty
 * lines are records too. */
enum records_status records_next(struct slice *record, size_t *line, struct records *records);
/* The first byte that is not white space, without taking anything; 0 at the end of the file, and on failure.
 * Only before the first records_next. */
char records_peek(struct records *records);
/* Why reading failed (errno); 0: it did not so far. */
int records_failed(const struct records *records);

#endif
