/* What everybody may take of a release and keep: its files one after another, made of what is in memory.
 * Whoever publishes them stores the bytes: a release never changes, but a later program may write it down
 * otherwise. */
#ifndef ZEVENSTEM_RESULTS_OPEN_H
#define ZEVENSTEM_RESULTS_OPEN_H

#include "base/arena.h"
#include "features/survey/survey.h"

struct results;
struct shelved;

/* The people of one stream. */
struct open_part {
    const char *stream; /* "open" */
    uint64_t people;    /* how many, protected; 0: it may not be told */
};
enum { OPEN_PARTS_MAX = 4 };
/* The newest release of a round. */
struct open_release {
    const struct survey_round *round;
    int32_t number, round_id;
    int64_t made_at;
    uint32_t threshold; /* k, D and V: how it was protected */
    unsigned noise_reach, noise_variance;
    size_t part_count;
    struct open_part parts[OPEN_PARTS_MAX];
    const struct shelved *shelved; /* of results */
};
/* Of every round that has one, but for rounds of invented data, which are nobody's open data, and those of
 * which nobody may be told now. Held until the arena is destroyed. */
struct open_release *open_releases(size_t *count, struct arena *arena, struct results *results);

struct open_file {
    const char *name, *media_type;
    const char *kind;   /* "csv", "csvw", "jsonl" or "ddi" */
    const char *stream; /* how these people came: "open" */
    bool weighted;
    uint64_t rows; /* of a table; 0: it has none */
    int fd;        /* read from its start; of the caller, who closes it */
    uint64_t size;
};
enum open_file_made {
    OPEN_FILE_MADE,
    OPEN_FILE_NONE,   /* the release has no such file: the people of a part that is not weighted */
    OPEN_FILE_FAILED, /* a newer release came, no room, no time: try again later */
};
/* How many files may be asked for. */
size_t open_release_files(const struct open_release *release);
/* Makes one, in the exports' folder, without a name there. Texts are in the arena. folder: the address at
 * which the release's files will stay, below public_url, without a slash at the end. May take minutes. */
enum open_file_made open_release_file(struct open_file *out, struct arena *arena, struct results *results,
                                      const struct open_release *release, size_t at, const char *public_url,
                                      const char *folder);

#endif
