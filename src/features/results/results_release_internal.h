/* What the files of releases share. */
#ifndef ZEVENSTEM_RESULTS_RELEASE_INTERNAL_H
#define ZEVENSTEM_RESULTS_RELEASE_INTERNAL_H

#include "base/buffer.h"
#include "features/results/results_release.h"

#include "stats/protect_public.h"
#include "stats/protect_release.h"

enum {
    RELEASE_DIMS_MAX =
        LATTICE_DIMS_MAX - 1, /* the stream takes the place of one while profiles are counted */
    RELEASE_DIMS_DEFAULT = 4,
    RELEASE_STREAMS = 4,
    RELEASE_CODES_MAX = 1024, /* of a released variable */
    RELEASE_NUMBERS_MAX = 1 << 16
};

/* ---- what a release of a round holds, by its questionnaire alone (results_release_plan.c) ---- */

struct release_variable {
    size_t variable; /* in the codebook */
    uint32_t codes;
    const enum public_role *roles; /* one a code */
    const double *values;          /* of a number: one a code; NULL otherwise */
    double low, high;
    int dim; /* which dimension it is; -1: none */
};

struct release_plan {
    const struct survey_round *round;
    size_t stream; /* the variable `werving` */
    size_t dim_count;
    size_t dims[RELEASE_DIMS_MAX];        /* variables */
    uint32_t sizes[RELEASE_DIMS_MAX];     /* codes of each */
    const bool *listed[LATTICE_DIMS_MAX]; /* [dim][code] */
    size_t variable_count;
    struct release_variable *variables; /* in the order of the codebook */
};
/* A background variable of which people choose one answer, or yes or no. */
bool release_may_be_dimension(const struct variable *variable);
/* In the arena, with the round's texts borrowed. */
void release_plan(struct release_plan *out, struct arena *arena, const struct survey_round *round);
/* NULL when the plan leaves it out. */
const struct release_variable *release_plan_find(const struct release_plan *plan, size_t variable);
/* The dimension that this variable is; -1: none. */
int release_plan_dim(const struct release_plan *plan, size_t variable);
/* The shape of the lattice without its universes: their count, and enough for lattice_place. */
struct lattice release_plan_shape(const struct release_plan *plan);

/* ---- what is stored ---- */

struct release_universe {
    int32_t release; /* that its figures were counted for; 0: never */
    bool open;       /* and they stand in this one */
    uint32_t n;      /* n~ in its figures; 0: never */
};

struct release_part {
    int16_t stream;
    int32_t weights; /* version that was applied; 0: none */
    size_t universe_count;
    struct release_universe *universes;
    struct slice *lines; /* one a variable of the plan; see below. Empty: the variable has none */
};

struct release {
    int32_t id; /* 0: not stored */
    int32_t number;
    int64_t made_at, position;
    struct release_settings settings;
    size_t part_count;
    struct release_part parts[RELEASE_STREAMS]; /* by stream */
};

const struct release_part *release_part_find(const struct release *release, int stream);

/* ---- lines of figures as bytes (results_release_line.c): little-endian, IEEE 754 single precision ----
 *
 * A variable's lines are one byte, the depth to which it was tabulated, and then a line for each open
 * universe, in the order of the lattice. Universes that are deeper, or that are of the variable's own
 * dimension, have a line of zeros. A line:
 *   n~ of the people; n~ of the base; of a number its mean, unweighted; n~ of each code; and when weighted
 *   W~, Q~, deff and spread of the base; of a number its mean, weighted; W~ and Q~ of each code. */
struct line_layout {
    uint32_t codes;
    bool number, weighted;
};
struct line_layout release_layout(const struct release_part *part, const struct release_variable *variable);
size_t release_line_size(struct line_layout layout);
/* plain: the same line, unweighted, for the mean of a number; else NULL. */
void release_line_write(unsigned char *out, struct line_layout layout, const struct public_line *line,
                        const struct public_line *plain);
/* Fills *out, its answers in the arena. weighted needs a layout that is. Marks go by n~ and the roles. */
void release_line_read(struct public_line *out, struct arena *arena, struct line_layout layout,
                       const unsigned char *bytes, bool weighted, const enum public_role *roles,
                       uint64_t fewer);
/* From one layout to another that differs in `weighted` alone. Of a line that was not weighted, no weighted
 * share or mean is printed: it has no design effect. */
void release_line_convert(unsigned char *out, struct line_layout to, const unsigned char *bytes,
                          struct line_layout from);
/* The line of the n-th open universe. NULL when the variable has no lines, or not that many. */
const unsigned char *release_line_at(struct slice lines, struct line_layout layout, size_t n);

/* Universes as bytes: of each 2 release + open, and n~, 4 bytes each, little-endian. */
struct slice release_universes_write(struct arena *arena, const struct release_part *part);
/* False when there are not `count`. */
bool release_universes_read(struct release_part *out, struct arena *arena, struct slice bytes, size_t count);
void release_digest(unsigned char out[CRYPTO_SHA256_BYTES], struct arena *arena,
                    const struct release *release, const struct release_plan *plan);

/* ---- the log, up to now (results_release_load.c) ---- */

/* Somebody whose row was added or replaced after the oldest place that still has figures. */
struct release_person {
    struct response_id id;
    int64_t first,
        last; /* places in the log: of their first revision (0: before all of these), of the last */
    int16_t stream;
    uint32_t row; /* in the columns; ID_INDEX_ABSENT: withdrew */
};
struct release_input {
    struct columns *columns; /* destroyed by release_input_free */
    int64_t position;
    int32_t weights[RELEASE_STREAMS]; /* version by stream; 0: none */
    size_t person_count;
    struct release_person *persons;
};
/* since: the place after which people count as changed; INT64_MAX: nobody does. */
enum db_status release_load(struct release_input *out, struct db_conn *conn, const struct survey_round *round,
                            const struct release_request *request, int64_t since);
void release_input_free(struct release_input *input);

/* ---- counting (results_release_count.c): the same input gives the same bytes ---- */

/* The noise of a round's releases. */
struct public_rule release_rule(const struct crypto_keys *keys, const struct survey_round *round,
                                const struct release_settings *settings);
/* Of releases by number, [number]: their places in the log, and when they were stored. */
struct release_history {
    const struct release *newest; /* NULL: there is none */
    const int64_t *at, *made_at;
    int32_t count; /* numbers 1..count */
};
/* Fills *out (id and made_at apart) in the arena, and what the report tells of it. *differs: from the release
 * before. False (logged) without memory, or when somebody has an answer that the questionnaire cannot give.
 */
bool release_count(struct release *out, bool *differs, struct release_report *report, struct arena *arena,
                   const struct release_plan *plan, const struct release_input *input,
                   const struct release_history *history, const struct release_request *request);

/* ---- the database (results_release_store.c) ---- */

/* The round's releases up to this number; 0: all. *same: whether the newest of them has this questionnaire,
 * these dimensions and these settings (NULL: whatever they are); only then its figures are read. */
enum db_status release_read(struct release_history *out, bool *same, struct arena *arena, struct db_tx *tx,
                            const struct release_plan *plan, const struct release_settings *settings,
                            int32_t last_number);
/* The number of the newest release of every round that has any, by round. In the transaction's arena. */
struct release_mark {
    int32_t round_id, number;
};
enum db_status release_newest_numbers(struct release_mark **out, size_t *count, struct db_tx *tx);
/* *overtaken: nothing was stored, since the round has a release of this number by now. */
enum db_status release_store(bool *overtaken, struct db_tx *tx, const struct release *release,
                             const struct release_plan *plan, struct slice digest);

#endif
