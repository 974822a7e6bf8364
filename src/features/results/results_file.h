/* A file without a name that an answer is put together in, before its first byte is sent: no transaction,
 * worker or memory waits for a client that reads slowly or not at all, the length stands in the headers, and
 * a disk that fills is an answer instead of half a file. One of an analyst's at a time an instance, for it
 * takes a worker and the disk; the public's are made on threads of their own (results_public_file.h). */
#ifndef ZEVENSTEM_RESULTS_FILE_H
#define ZEVENSTEM_RESULTS_FILE_H

#include "features/results/results_internal.h"

struct results_file {
    struct results *results;
    int fd; /* -1: not open */
    uint64_t size;
    atomic_flag *busy; /* NULL: of a thread that makes one after the other */
    bool too_large;    /* past export_bytes */
    int64_t until_us;  /* on the monotonic clock: after export_seconds */
};

/* For an analyst. False: answered, since another one is being made or there is no room. results_file_close
 * after true. */
bool results_file_open(struct results_file *file, struct results *results, struct http_exchange *ex,
                       struct arena *arena);
/* For a thread that makes one after the other, in so many seconds at most. False: there is no room. */
bool results_file_create(struct results_file *file, struct results *results, struct arena *arena,
                         int seconds);
/* For dataset_output.write; self is the file. */
bool results_file_write(const void *bytes, size_t size, void *self);
/* What was written goes. */
bool results_file_restart(struct results_file *file);
/* False past its time, and when the service stops. */
bool results_file_in_time(const struct results_file *file);
/* 200 with the file, which is handed over. */
void results_file_reply(struct results_file *file, struct http_exchange *ex, const char *media_type);
/* 503: what the service cannot do now, it may do later. */
void results_file_answer_later(struct http_exchange *ex, const char *detail);
void results_file_answer_full(struct http_exchange *ex);
/* 400 */
void results_file_answer_large(struct http_exchange *ex);
void results_file_close(struct results_file *file);

#endif
