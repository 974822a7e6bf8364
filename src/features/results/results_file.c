#include "features/results/results_file.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_RETRY_S = 15 };
#define TOLD_ONCE_IN_US INT64_C(60000000)

/* The files that are made ahead are many, and all go into one folder. */
static void log_reason(const struct results_file *file)
{
    unsigned times;
    const int why = errno;
    if (!log_again(&times, &file->results->file_told, TOLD_ONCE_IN_US)) {
        return;
    }
    log_warn("export.file", "folder=%s reason=%s times=%u", LOG_CSTR(file->results->config.export_folder),
             LOG_CSTR(strerror(why)), times);
}

bool results_file_create(struct results_file *file, struct results *results, struct arena *arena, int seconds)
{
    *file = (struct results_file){.results = results,
                                  .fd = out_file_nameless(results->config.export_folder, arena),
                                  .until_us = clock_monotonic_us() + (int64_t)seconds * 1000000};
    if (file->fd < 0) {
        log_reason(file);
    }
    return file->fd >= 0;
}

bool results_file_open(struct results_file *file, struct results *results, struct http_exchange *ex,
                       struct arena *arena)
{
    if (atomic_flag_test_and_set(&results->exporting)) {
        results_file_answer_later(ex, "Er wordt al een bestand gemaakt. Probeer het straks nog eens.");
        return false;
    }
    if (!results_file_create(file, results, arena, results->config.export_seconds)) {
        results_file_answer_full(ex);
        atomic_flag_clear(&results->exporting);
        return false;
    }
    file->busy = &results->exporting;
    return true;
}

bool results_file_write(const void *bytes, size_t size, void *self)
{
    struct results_file *file = self;
    const char *at = bytes;
    file->too_large = size > file->results->config.export_bytes - file->size;
    while (size > 0 && !file->too_large) {
        ssize_t written = write(file->fd, at, size);
        if (written < 0 && errno != EINTR) {
            log_reason(file);
            return false;
        }
        if (written > 0) {
            at += written;
            size -= (size_t)written;
            file->size += (uint64_t)written;
        }
    }
    return !file->too_large;
}

bool results_file_restart(struct results_file *file)
{
    file->size = 0;
    return ftruncate(file->fd, 0) == 0 && lseek(file->fd, 0, SEEK_SET) == 0;
}

bool results_file_in_time(const struct results_file *file)
{
    return clock_monotonic_us() < file->until_us && !atomic_load(&file->results->stopping);
}

void results_file_reply(struct results_file *file, struct http_exchange *ex, const char *media_type)
{
    http_reply_file(ex, 200, media_type, file->fd, file->size);
    file->fd = -1;
}

void results_file_answer_later(struct http_exchange *ex, const char *detail)
{
    http_set_retry_after(ex, BUSY_RETRY_S);
    http_problem(ex, 503, "uitvoer-bezet", "De uitvoer kan nu niet worden gemaakt", detail, NULL);
}

void results_file_answer_full(struct http_exchange *ex)
{
    results_file_answer_later(ex, "Er is geen plaats voor het bestand. Probeer het later nog eens.");
}

void results_file_answer_large(struct http_exchange *ex)
{
    http_problem(ex, 400, "te-groot", "De uitvoer wordt te groot",
                 "Kies een ander formaat, of vraag de beheerder om het bestand.", NULL);
}

void results_file_close(struct results_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
    if (file->busy) {
        atomic_flag_clear(file->busy);
        file->busy = NULL;
    }
}
