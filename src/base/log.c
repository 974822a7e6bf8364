#include "base/log.h"

#include "base/clock.h"

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

void log_write(enum log_level level, const char *event, const char *fields, ...)
{
    if ((int)level < atomic_load_explicit(&minimum_level, memory_order_relaxed)) {
        return;
    }
    char raw[LINE_BYTES];
    char line[LINE_BYTES + 8];
    char ts[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(ts, clock_unix_s());
    int used = snprintf(raw, sizeof raw, "ts=%s level=%s event=%s%s%s ", ts, level_names[level], event,
                        request_id[0] ? " request=" : "", request_id);
    va_list args;
    va_start(args, fields);
    if (used > 0 && (size_t)used < sizeof raw) {
        vsnprintf(raw + used, sizeof raw - (size_t)used, fields, args);
    }
    va_end(args);
    size_t out = 0;
    for (size_t i = 0; raw[i] != '\0' && out + 5 < LINE_BYTES; i++) {
        unsigned char c = (unsigned char)raw[i];
        if (c < 0x20 || c == 0x7f) {
            out += (size_t)snprintf(line + out, 5, "\\x%02x", c);
        } else {
            line[out++] = (char)c;
        }
    }
    line[out++] = '\n';
    /* One write a line keeps lines whole between threads. Where standard error is gone there is nowhere to
     * tell. */
    ssize_t written = write(STDERR_FILENO, line, out);
    (void)written;
}
