/* One line an event on standard error, logfmt, for journald or a file:
 *     ts=2026-11-24T03:10:01Z level=info event=http.reply request=6f1c... status=200 us=143
 * `fields` is a printf format of key=value pairs; a text that is not the call's own goes through LOG_TEXT or
 * LOG_CSTR, which add the quotes: log_warn("http.library", "text=%s", LOG_TEXT(text)); what a server, a
 * library or a path says may hold quotes, and between quotes of the format it would end its value
 * (check-functions). Control characters are written as \xNN, so a line is always one line; it is cut at 4 kB.
 * errno is left alone. Never log codes, keys, answers, addresses or request bodies. The log is the one thing
 * that belongs to the process and not to struct app. Thread-safe.
 */
#ifndef ZEVENSTEM_BASE_LOG_H
#define ZEVENSTEM_BASE_LOG_H

#include "base/slice.h"

#include <stdatomic.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_SILENT };

/* Lines below this level are dropped. Default LOG_INFO. */
void log_set_level(enum log_level level);
/* "debug", "info", "warn", "error", "silent"; false for anything else. */
bool log_level_from_text(enum log_level *out, struct slice text);
/* Lines of the calling thread carry request=id until it is cleared with NULL. Copied, at most 32 bytes. */
void log_set_request(const char *id);
void log_write(enum log_level level, const char *event, const char *fields, ...)
    __attribute__((format(printf, 3, 4)));

/* `text` in double quotes: \" and \\ for the two characters that would end or bend a field, \xNN for control
 * characters and for bytes that are not UTF-8. What does not fit in LOG_TEXT_BYTES is left out, with "..."
 * before the closing quote. */
enum { LOG_TEXT_BYTES = 1024 };
struct log_text {
    char quoted[LOG_TEXT_BYTES];
};
struct log_text log_text(struct slice text);
/* Lives until the end of the statement that it stands in. */
#define LOG_TEXT(slice) (log_text(slice).quoted)
/* NULL is "". */
#define LOG_CSTR(text) (log_text(slice_from_cstr(text)).quoted)

/* For what may come again and again: the first line says it, and one an interval from then on how many times
 * it came since the one before. Zeroed at first; thread-safe. True: to be said now, with *times. */
struct log_again {
    _Atomic int64_t told_us;
    atomic_uint untold;
};
bool log_again(unsigned *times, struct log_again *again, int64_t interval_us);

#define log_debug(event, ...) log_write(LOG_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...)  log_write(LOG_INFO, event, __VA_ARGS__)
#define log_warn(event, ...)  log_write(LOG_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_write(LOG_ERROR, event, __VA_ARGS__)

#endif
