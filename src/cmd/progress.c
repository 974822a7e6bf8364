#include "cmd/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void cmd_progress_begin(struct cmd_progress *progress, int to)
{
    *progress = (struct cmd_progress){
        .to = to, .begun_us = clock_monotonic_us(), .last_us = INT64_MIN / 2, .is_terminal = isatty(to) == 1};
}

void cmd_progress_say(struct cmd_progress *progress, const char *format, ...)
{
    const int64_t now_us = clock_monotonic_us();
    if (!progress->is_terminal || now_us - progress->begun_us <= PROGRESS_QUIET_US ||
        now_us - progress->last_us < PROGRESS_EVERY_US) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    dprintf(progress->to, "\r");
    vdprintf(progress->to, format, arguments);
    dprintf(progress->to, "\033[K");
    va_end(arguments);
    progress->last_us = now_us;
    progress->shown = true;
}

void cmd_progress_end(struct cmd_progress *progress)
{
    if (progress->shown) {
        dprintf(progress->to, "\r\033[K");
        progress->shown = false;
    }
}
