/* What the feature's own files share. */
#ifndef ZEVENSTEM_RESULTS_INTERNAL_H
#define ZEVENSTEM_RESULTS_INTERNAL_H

#include "base/log.h"
#include "features/results/results.h"
#include "features/results/results_figures.h"
#include "features/results/results_log.h"
#include "features/results/results_weights_applied.h"
#include "stats/protect_primary.h"
#include "stats/table_cache.h"

#include <pthread.h>
#include <stdatomic.h>

enum { RESULTS_MAX_ROUNDS = 64, RESULTS_WEIGHTS_KEPT = 8 };
/* For so long an answer for everybody is given again where nothing in memory changed: an embargo ends by the
 * clock. */
enum { RESULTS_AGAIN_S = 5 };

/* A table is never more than a second behind: the follower looks so often, and reading what came in takes
 * less than the rest. Tables that are kept are none older (table_cache.h). */
enum {
    RESULTS_POLL_MS = 250,
    RESULTS_TABLES_BYTES = 32 * 1024 * 1024,
    RESULTS_ANSWERS_BYTES = 16 * 1024 * 1024
};

/* How many people a version of weights weighs, at one place in the log: counting them costs as much as a
 * small table. */
struct weighted_people {
    int32_t round_id, version;
    int64_t position;
    uint64_t n;
};
enum { RESULTS_PEOPLE_KEPT = 16 };

struct kept_answers;

/* One round's columns. Made by the follower; never freed before the end, since readers hold no lock on it but
 * the columns' own. */
struct followed_round {
    int32_t round_id;
    int32_t version_id;
    struct columns *columns;
    /* the follower's own */
    struct log_reader reader;
    struct weigher *weigher; /* of the weights that the rows have now; NULL without */
    int32_t weights_number;  /* of the newest version that was looked at */
    int32_t weights_wanted;  /* of the newest version that there is */
    /* under the lock of struct results: what was said of the last versions, the newest first */
    const struct results_weights *weights[RESULTS_WEIGHTS_KEPT];
};

struct results {
    struct results_config config;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    atomic_bool caught_up;
    atomic_llong upkeep_at; /* Unix seconds */
    struct followed_round rounds[RESULTS_MAX_ROUNDS];
    struct table_cache *tables;   /* of all rounds */
    struct kept_answers *answers; /* of analysts, of all rounds (lane/kept.h) */
    struct progress *progress;    /* results_progress.h */
    atomic_size_t round_count;    /* rounds[0..round_count-1] are complete */
    /* under the lock; the oldest is written over */
    struct weighted_people people[RESULTS_PEOPLE_KEPT];
    size_t people_next;
    atomic_flag exporting;             /* an analyst's file is being made: one at a time */
    atomic_bool stopping;              /* what takes long ends */
    struct log_again file_told;        /* that no file could be made */
    struct shelf *shelf;               /* results_shelf.h */
    struct public_files *public_files; /* results_public_file.h */
    struct ahead *ahead;               /* results_ahead.h */
    struct db_batcher *view_writer;    /* of audit lines (results_api_view.c) */
};

void *results_follow(void *context); /* struct results * */
/* The night's releases, by one instance for all: of every round that may be told of and whose log moved.
 * False when it could not be begun. (results_release_job.c) */
bool results_release_nightly(struct results *results, struct db_conn *conn, int64_t now_s);
/* NULL when the round is not followed (yet). */
struct columns *results_columns(struct results *results, int32_t round_id);
/* What the rows of a round weigh by at this moment; NULL when every one weighs 1. Held until
 * weights_release. Another version may come before the rows are counted: a table is of these weights when its
 * weights_version is their number. */
const struct results_weights *results_weights_hold(struct results *results, int32_t round_id);
/* The weighted table of those whom a version weighs: `query` with that version's filters added. *weights
 * holds what the table was computed with, and *version is the one of this stream among them; released by the
 * caller, as the table is (table_cache_release). False when there are no weights for this stream: nothing was
 * counted, and there is nothing to release. */
bool results_tabulate_weighted(const struct table **table, enum tabulate_status *status,
                               const struct results_weights **weights,
                               const struct weights_of_stream **version, struct results *results,
                               int32_t round_id, struct slice stream, const struct tabulate_query *query);

extern const struct db_batch_kind results_view_kind;
extern const struct route results_api_routes[];
extern const size_t results_api_route_count;
extern const struct route results_export_routes[];
extern const size_t results_export_route_count;
extern const struct route results_book_routes[];
extern const size_t results_book_route_count;
/* Adds the pages for staff and their links (results_staff.c). */
void results_staff_start(struct results *results);
void results_staff_tables_start(struct results *results); /* results_staff_tables.c */

/* Whether anything may be told of a round in this view: while it takes answers its tussenstand says so, and
 * of a destroyed one the analysts' view has nothing. The embargo, decided here and nowhere else
 * (results_api_call.c). */
bool results_may_tell(const struct survey_round *round, enum figures_view view, int64_t now_s);

/* ---- what whoever counts for the analysts' view shares (results_count.c) ---- */
struct counted {
    const struct table *table; /* shared with others who ask the same */
    uint64_t all_n;            /* everybody in the round; weighted: everybody whom the version weighs */
    const struct tabulate_filter *filters; /* of the question; the version's come on top */
    size_t filter_count;
    const struct results_weights *weights; /* held; NULL: not weighted */
    const struct weights_of_stream *version;
};
/* Weighted by the version of the query's stream where the query says so (then FIGURES_NO_WEIGHTS when there
 * is none). counted_free frees it, after any status. */
enum figures_status results_count(struct counted *out, struct results *results,
                                  const struct figures_query *query, const struct tabulate_query *counting);
void counted_free(struct counted *counted);
/* As figures_of_analyst, of what the caller counted: the table of the query's variable by its groups, of who
 * got the question, with the query's other filters. (results_analyst.c) */
enum figures_status figures_of_counted(struct figures *out, struct arena *arena,
                                       const struct results *results, const struct figures_query *query,
                                       const struct counted *counted);
/* Codes of a variable's column, the special ones included. */
uint32_t results_code_count(const struct variable *variable);
/* The query's filters, with room for `more` behind them. */
struct tabulate_filter *results_filters(struct arena *arena, const struct figures_query *query, size_t more);
/* [code]: what is no part of a table: codes that a filter took out, and those that nobody who takes part in
 * this round can have. Both follow from the question asked, never from the counts. */
bool *results_absent_codes(struct arena *arena, const struct survey_round *round,
                           const struct counted *counted, size_t variable);
/* What stands with every figure that was made of it: out->query is filled before. */
void results_describe(struct figures *out, struct arena *arena, const struct results *results,
                      const struct counted *counted);

/* The answer of the round's table endpoint as CSV, in the arena (results_round_csv.c). False when it is too
 * large. */
bool results_round_table_csv(struct slice *csv, struct arena *arena, const json_t *table);

#endif
