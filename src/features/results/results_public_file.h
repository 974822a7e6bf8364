/* Files of a release, for everybody: a tabellenboek, all its tables, its description. A release never
 * changes, so a file is made once for whoever asks the same, of what is in memory: on a slow thread, beside
 * workers and database, and it is there while the database is away. What takes seconds and what takes a
 * minute have a thread each, so that nobody waits for a larger file than their own. Files are kept without a
 * name in the exports' folder, the ones asked for last, together no larger than one may be; of a round only
 * those of one release. */
#ifndef ZEVENSTEM_RESULTS_PUBLIC_FILE_H
#define ZEVENSTEM_RESULTS_PUBLIC_FILE_H

#include "features/results/results_api.h"
#include "features/results/results_file.h"

enum public_file_made {
    PUBLIC_FILE_WHOLE,
    PUBLIC_FILE_NONE,   /* `figures` and `rule` say why */
    PUBLIC_FILE_LARGE,  /* for the room or the time there is */
    PUBLIC_FILE_FULL,   /* no room now */
    PUBLIC_FILE_FAILED, /* a fault of ours */
};

struct public_file {
    struct lane_slow slow; /* first: the lane's */
    enum lane_slowness slowness;
    struct results *results;
    struct results_call *call; /* whose question it is; NULL: nobody's yet, see public_file_ahead */
    struct arena *arena;       /* for as long as it is made */
    int32_t round_id, release;
    struct slice key; /* all that the bytes depend on, besides round and release */
    /* On a slow thread, at most once. Fills `file`, which is open, and sets `rows`. */
    enum public_file_made (*make)(struct public_file *self);
    /* Names and headers, when the file has been set as the reply. */
    void (*describe)(struct public_file *self);
    const char *media_type;
    struct results_file file;
    uint64_t rows; /* of a file that counts them */
    enum figures_status figures;
    const char *rule;
};

/* Answers, at once or later, with the file that was kept or made. It, and all that it points to, lives in the
 * exchange's arena. */
void public_file_answer(struct public_file *file);
/* Makes and keeps it before anybody asks, with all the time that it takes, unless it is kept or would put out
 * another. On the slow thread that it would be made on. */
void public_file_ahead(struct public_file *file);
/* The answer when it is not whole. False: a fault of ours, which is not answered. */
bool public_file_refuse(struct results_call *call, enum public_file_made made, enum figures_status figures,
                        const char *rule);
/* Route, media type and every parameter of the query, for public_file.key. In the exchange's arena. */
struct slice public_file_key(struct http_exchange *ex, const char *const *parameters, size_t count);

struct public_files *public_files_create(void);
void public_files_destroy(struct public_files *files);

#endif
