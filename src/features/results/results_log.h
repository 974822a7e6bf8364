/* The log of a round into columns: for the follower, which goes on for ever, and for whoever needs the round
 * once.
 *
 * The order of pos is the order of commit within a round, so nothing can appear behind what was read. Reading
 * twice is harmless: changes count by their revision. */
#ifndef ZEVENSTEM_RESULTS_LOG_H
#define ZEVENSTEM_RESULTS_LOG_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/survey/survey.h"
#include "stats/columns.h"

/* Empty columns, laid out as the answers of this round are. NULL, logged, when that fails. The caller owns
 * them: columns_destroy. */
struct columns *log_columns_create(const struct survey_round *round);

struct log_reader {
    /* For record keys. NULL: they stay 0, since nothing is perturbed that is made of these columns. */
    const struct crypto_keys *keys;
    struct columns *columns;
    int32_t round_id;
    int64_t position; /* of the last row read; begin at 0 */
    /* What a new row weighs, from its answers; NULL: 1. */
    uint32_t (*weigh)(const void *weights, const uint8_t *answers);
    const void *weights;
    /* Now and then: how many rows the columns hold. NULL: nobody looks. */
    void (*progress)(uint64_t rows, void *context);
    void *context;
};
/* Reads the log to its end: what trickles in by a query, what is far behind by COPY, applied while it comes
 * in. What was read before a failure stays. */
enum db_status log_read_on(struct log_reader *reader, struct db_conn *conn);

#endif
