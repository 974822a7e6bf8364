#include "cmd/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512 };

void cmd_progress_begin(struct cmd_progress *progress, int to)
{
    *progress = (struct cmd_progress){.to = to,
                                      .begun_us = clock_monotonic_us(),
                                      .last_us = INT64_MIN / 2,
                                      .is_terminal = isatty(to) == 1,
                                      .lock = PTHREAD_MUTEX_INITIALIZER};
}

/* With the lock held. In one piece: what others write to the terminal comes before or after it. */
__attribute__((format(printf, 3, 0))) static void put(struct cmd_progress *progress, int64_t now_us,
                                                      const char *format, va_list arguments)
{
    char line[LINE_MAX_BYTES];
    vsnprintf(line, sizeof line, format, arguments);
    dprintf(progress->to, "\r%s\033[K", line);
    progress->last_us = now_us;
    progress->shown = true;
}

void cmd_progress_say(struct cmd_progress *progress, const char *format, ...)
{
    const int64_t now_us = clock_monotonic_us();
    if (!progress->is_terminal || now_us - progress->begun_us <= PROGRESS_QUIET_US) {
        return;
    }
    pthread_mutex_lock(&progress->lock);
    if (now_us - progress->last_us >= PROGRESS_EVERY_US) {
        va_list arguments;
        va_start(arguments, format);
        put(progress, now_us, format, arguments);
        va_end(arguments);
    }
    pthread_mutex_unlock(&progress->lock);
}

__attribute__((format(printf, 3, 4))) static void put_now(struct cmd_progress *progress, int64_t now_us,
                                                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put(progress, now_us, format, arguments);
    va_end(arguments);
}

static void *tick(void *context)
{
    struct cmd_progress *progress = context;
    const int64_t now = clock_monotonic_us();
    struct timespec until = {.tv_sec = (time_t)(now / PROGRESS_QUIET_US),
                             .tv_nsec = (long)(now % PROGRESS_QUIET_US) * 1000};
    pthread_mutex_lock(&progress->lock);
    while (!progress->ended) {
        until.tv_sec++;
        while (!progress->ended && pthread_cond_timedwait(&progress->ending, &progress->lock, &until) == 0) {
        }
        const int64_t now_us = clock_monotonic_us();
        if (!progress->ended && now_us - progress->last_us >= PROGRESS_QUIET_US) {
            put_now(progress, now_us, "%s, %lld s", progress->what,
                    (long long)((now_us - progress->begun_us) / PROGRESS_QUIET_US));
        }
    }
    pthread_mutex_unlock(&progress->lock);
    return NULL;
}

void cmd_progress_wait(struct cmd_progress *progress, const char *what)
{
    pthread_condattr_t monotonic;
    if (!progress->is_terminal) {
        return;
    }
    progress->what = what;
    progress->ended = false;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&progress->ending, &monotonic);
    pthread_condattr_destroy(&monotonic);
    progress->ticks = pthread_create(&progress->ticker, NULL, tick, progress) == 0;
}

void cmd_progress_end(struct cmd_progress *progress)
{
    if (progress->ticks) {
        pthread_mutex_lock(&progress->lock);
        progress->ended = true;
        pthread_cond_signal(&progress->ending);
        pthread_mutex_unlock(&progress->lock);
        pthread_join(progress->ticker, NULL);
        pthread_cond_destroy(&progress->ending);
        progress->ticks = false;
    }
    if (progress->shown) {
        dprintf(progress->to, "\r\033[K");
        progress->shown = false;
    }
}
