/* CSV by RFC 4180: cells between quotes may hold separators, line ends and doubled quotes. */
#ifndef ZEVENSTEM_FORMATS_CSV_H
#define ZEVENSTEM_FORMATS_CSV_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"

enum csv_fault {
    CSV_OK,
    CSV_QUOTE_INSIDE, /* a quote in the middle of a cell that does not begin with one */
    CSV_AFTER_QUOTE,  /* something between a closing quote and the separator */
    CSV_UNCLOSED_QUOTE,
    CSV_TOO_MANY_CELLS
};

/* The cells of one record (without its line end). Those between quotes are unquoted, into the arena if need
 * be; white space is kept. *count is at least 1. On a fault *count is the number of the cell (from 1) that
 * has it. */
enum csv_fault csv_split(struct slice *cells, size_t *count, size_t most, struct arena *arena,
                         struct slice record, char separator);

/* Appends one cell of a record with commas, quoted where it must be. What a spreadsheet would run as a
 * formula (= + - @ or a tab or CR in front) gets an apostrophe before it: this is for texts, not for numbers.
 */
void csv_put_text(struct buffer *out, struct slice text);

#endif
