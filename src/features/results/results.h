/* Results: the rounds' answers in memory, following the log, and the tables made from them. */
#ifndef ZEVENSTEM_RESULTS_H
#define ZEVENSTEM_RESULTS_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/results/results_release.h"
#include "features/results/results_weights.h"
#include "features/survey/survey.h"
#include "lane/lane.h"
#include "web/page.h"

struct account;
struct results;

extern const struct db_statement results_statements[];
extern const struct db_statement results_export_statements[];

struct results_config {
    struct lanes *lanes;
    const struct db_config *database; /* may be a standby */
    const struct crypto_keys *keys;
    struct survey *survey;
    const struct web *web;    /* NULL: no pages, and no texts for people */
    struct account *account;  /* whose frame staff pages have; NULL for commands */
    uint32_t threshold;       /* k: cells under it are withheld */
    const char *organisation; /* "" for none: whose data it is, in exports */
    /* Exports by the API are put together in this folder; they may be so large and take so long. */
    const char *export_folder;
    uint64_t export_bytes;
    int export_seconds;
    unsigned noise_reach, noise_variance; /* D and V, of releases */
    int64_t (*now_s)(void);
};

struct results *results_create(const struct results_config *config);
/* Adds the routes and starts the follower. Before the server starts, after the first survey_refresh. */
bool results_start(struct results *results);
/* Instead of results_start, for a command: reads the log and weights of this one round, once. progress: now
 * and then, how many responses were read; NULL: nobody looks. */
enum db_status results_load_round(struct results *results, struct db_conn *conn,
                                  const struct survey_round *round,
                                  void (*progress)(uint64_t responses, void *context), void *context);
/* Whether every round was read to the end of its log at least once. */
bool results_ready(const struct results *results);
void results_stop(struct results *results);
/* Whether results_upkeep may have something to do: cheap, for asking every second. */
bool results_upkeep_due(struct results *results);
/* New weights and releases for the night that began last. May take minutes: on a worker, one call at a time.
 */
void results_upkeep(struct results *results, struct db_conn *conn);
/* Reads on how rounds run, for the pages of staff (results_progress.h): every second, on a worker, one call
 * at a time. Behind by millions of lines it takes a piece of them. */
void results_count_progress(struct results *results, struct db_conn *conn);
void results_destroy(struct results *results);

/* ---- releases: what the public sees ---- */
/* Loads the releases that are new; cheap when there are none. Call at start and then every second or two,
 * from a worker. */
enum db_status results_refresh(struct results *results, struct db_conn *conn);
/* For a command: this release takes the place of the round's newest, so that all that follows is told of it.
 * *found false: there is none of that number, or it is of another questionnaire than the round has. digest:
 * of the figures as they are stored, which the release's own sha256 was when it was made. */
enum db_status results_hold_release(bool *found, unsigned char digest[CRYPTO_SHA256_BYTES],
                                    struct results *results, struct db_conn *conn, int32_t round_id,
                                    int32_t number);

#include "features/results/results_book.h"
#include "features/results/results_effects.h"
#include "features/results/results_export.h"
#include "features/results/results_missing.h"
#include "features/results/results_open.h"
#include "features/results/results_query.h"
#include "features/results/results_report.h"
#include "features/results/results_watch.h"
#include "features/results/results_words.h"

#endif
