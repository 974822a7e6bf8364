#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, REQUEST_BYTES = 33 };

static atomic_int minimum_level = LOG_INFO;
static _Thread_local char request_id[REQUEST_BYTES];

void log_set_level(enum log_level level)
{
    atomic_store(&minimum_level, (int)level);
}

static const char *const level_names[] = {"debug", "info", "warn", "error", "silent"};

bool log_level_from_text(enum log_level *out, struct slice text)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (slice_equal_cstr(text, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_set_request(const char *id)
{
    size_t len = id ? strnlen(id, REQUEST_BYTES - 1) : 0;
    if (len > 0) {
        memcpy(request_id, id, len);
    }
    request_id[len] = '\0';
}

/* Length of the control character at the head of s: C0 and DEL have one byte, C1 (U+0080..U+009F, which a
 * terminal may obey) has two; 0 when it is none. */
static size_t control_at(struct slice s)
{
    unsigned char c = (unsigned char)s.ptr[0];
    if (c < 0x20 || c == 0x7f) {
        return 1;
    }
    return c == 0xc2 && s.len > 1 && (unsigned char)s.ptr[1] < 0xa0 ? 2 : 0;
}

/* `count` bytes as \xNN at out; what was written. */
static size_t put_escaped(char *out, const char *bytes, size_t count)
{
    static const char hex[] = "0123456789abcdef";
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)bytes[i];
        out[len++] = '\\';
        out[len++] = 'x';
        out[len++] = hex[c >> 4];
        out[len++] = hex[c & 15];
    }
    return len;
}

struct log_text log_text(struct slice text)
{
    enum { LONGEST = 8, CLOSING = 5 }; /* one character's escape; ..." and NUL */
    struct log_text out;
    size_t len = 0;
    out.quoted[len++] = '"';
    while (text.len > 0 && len + LONGEST + CLOSING <= sizeof out.quoted) {
        size_t size = utf8_size(text);
        size_t control = size ? control_at(text) : 1;
        if (control > 0) {
            len += put_escaped(out.quoted + len, text.ptr, control);
        } else {
            if (text.ptr[0] == '"' || text.ptr[0] == '\\') {
                out.quoted[len++] = '\\';
            }
            memcpy(out.quoted + len, text.ptr, size);
            len += size;
        }
        size = size ? size : 1;
        text.ptr += size;
        text.len -= size;
    }
    memcpy(out.quoted + len, text.len > 0 ? "...\"" : "\"", text.len > 0 ? 5 : 2);
    return out;
}

/* The time now, written once a second by each thread: libc takes a lock for it. */
static const char *now_text(void)
{
    static _Thread_local char text[CLOCK_RFC3339_BYTES];
    static _Thread_local int64_t of = INT64_MIN;
    const int64_t now = clock_unix_s();
    if (now != of) {
        clock_format_rfc3339(text, now);
        of = now;
    }
    return text;
}

bool log_again(unsigned *times, struct log_again *again, int64_t interval_us)
{
    const int64_t now = clock_monotonic_us();
    int64_t last = atomic_load(&again->told_us);
    if ((last != 0 && now - last < interval_us) ||
        !atomic_compare_exchange_strong(&again->told_us, &last, now)) {
        atomic_fetch_add(&again->untold, 1);
        return false;
    }
    const unsigned before = atomic_exchange(&again->untold, 0);
    const bool goes_on = now - last < 2 * interval_us; /* else they were of another time */
    *times = (goes_on ? before : 0) + 1;
    return true;
}

void log_write(enum log_level level, const char *event, const char *fields, ...)
{
    if ((int)level < atomic_load_explicit(&minimum_level, memory_order_relaxed)) {
        return;
    }
    int saved_errno = errno;
    char raw[LINE_BYTES];
    char line[LINE_BYTES];
    int used = snprintf(raw, sizeof raw, "ts=%s level=%s event=%s%s%s ", now_text(), level_names[level],
                        event, request_id[0] ? " request=" : "", request_id);
    va_list args;
    va_start(args, fields);
    if (used > 0 && (size_t)used < sizeof raw) {
        errno = saved_errno; /* for %m */
        vsnprintf(raw + used, sizeof raw - (size_t)used, fields, args);
    }
    va_end(args);
    struct slice rest = slice_from_cstr(raw);
    size_t out = 0;
    while (rest.len > 0 && out + 9 < sizeof line) {
        size_t control = control_at(rest);
        if (control > 0) {
            out += put_escaped(line + out, rest.ptr, control);
        } else {
            line[out++] = rest.ptr[0];
        }
        control = control ? control : 1;
        rest.ptr += control;
        rest.len -= control;
    }
    line[out++] = '\n';
    /* One write a line keeps lines whole between threads. Where standard error is gone there is nowhere to
     * tell. */
    ssize_t written = write(STDERR_FILENO, line, out);
    (void)written;
    errno = saved_errno;
}
