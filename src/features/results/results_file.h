/* A file without a name that an answer is put together in, before its first byte is sent: no transaction,
 * worker or memory waits for a client that reads slowly or not at all, the length stands in the headers, and
 * a disk that fills is an answer instead of half a file. One at a time an instance, and one of the public's
 * beside it: each takes a worker and the disk, and nobody without a key keeps who has one waiting. */
#ifndef ZEVENSTEM_RESULTS_FILE_H
#define ZEVENSTEM_RESULTS_FILE_H

#include "features/results/results_internal.h"

struct results_file {
    struct results *results;
    int fd; /* -1: not open */
    uint64_t size;
    atomic_flag *busy;
    bool too_large;   /* past export_bytes */
    int64_t until_us; /* on the monotonic clock: after export_seconds */
};

/* False: answered, since another one is being made or there is no room. results_file_close after true. */
bool results_file_open(struct results_file *file, struct results *results, struct http_exchange *ex,
                       struct arena *arena, enum figures_view view);
/* For dataset_output.write; self is the file. */
bool results_file_write(const void *bytes, size_t size, void *self);
/* What was written goes. */
bool results_file_restart(struct results_file *file);
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
