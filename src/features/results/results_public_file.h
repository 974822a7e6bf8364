/* Files of a release, for everybody: a tabellenboek, all its tables. A release never changes, so a file is
 * made once for whoever asks the same, of what is in memory: on the slow thread, beside workers and database,
 * and it is there while the database is away. Files are kept without a name in the exports' folder, the ones
 * asked for last, together no larger than one may be; of a round only those of one release. */
#ifndef ZEVENSTEM_RESULTS_PUBLIC_FILE_H
#define ZEVENSTEM_RESULTS_PUBLIC_FILE_H

#include "features/results/results_file.h"

struct public_file {
    struct lane_slow slow; /* first: the lane's */
    struct results *results;
    struct http_exchange *ex;
    int32_t round_id, release;
    struct slice key; /* all that the bytes depend on, besides round and release */
    /* On the slow thread, at most once. Opens `file`, fills it and sets `rows`; true: it is whole. False:
     * answered, and closed. */
    bool (*make)(struct public_file *self);
    /* Names and headers, when the file has been set as the reply. */
    void (*describe)(struct public_file *self);
    const char *media_type;
    struct results_file file;
    uint64_t rows; /* of a file that counts them */
};

/* Answers, at once or later, with the file that was kept or made. It, and all that it points to, lives in the
 * exchange's arena. */
void public_file_answer(struct public_file *file);
/* Route, media type and every parameter of the query, for public_file.key. In the exchange's arena. */
struct slice public_file_key(struct http_exchange *ex, const char *const *parameters, size_t count);

struct public_files *public_files_create(void);
void public_files_destroy(struct public_files *files);

#endif
