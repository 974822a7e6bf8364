/* One writer thread that drains what is queued (no linger timer) into one transaction. For the BATCH lane.
 *
 * Each item gets its own outcome. DB_OK is given only after the kind's run function returned
 * DB_OK for it and the server confirmed the COMMIT. On DB_RETRY the batch runs again; on DB_CONSTRAINT it is
 * halved until the poison item is alone, which alone gets DB_CONSTRAINT; on a lost connection (before or
 * during COMMIT) the whole batch is run again after reconnecting, until the items' deadlines pass: run must
 * be idempotent by key. Never acknowledges on anything else.
 *
 * An item whose deadline passes gets DB_TIMEOUT, or DB_UNAVAILABLE when the database was away: whether it was
 * written is then unknown, and whoever sent it repeats it by its key. The writer looks at deadlines between
 * transactions, so that an item can be later than its deadline by one statement_timeout or connect_timeout.
 */
#ifndef ZEVENSTEM_DB_BATCHER_H
#define ZEVENSTEM_DB_BATCHER_H

#include "db/db.h"

struct db_batcher;

struct db_batch_item {
    struct db_batch_item *next; /* the batcher's */
    int64_t deadline_us;        /* clock_monotonic_us() */
    void (*finished)(struct db_batch_item *item,
                     enum db_status status); /* on the writer thread, exactly once */
};

struct db_batch_kind {
    const char *name; /* for the log and for fault points: "<name>.before-commit", "<name>.after-commit" */
    enum db_role role;
    /* What the functions below run, as in db_config: the writer prepares nothing else, neither at the start
     * nor when the server comes back. NULL: all of the database's config. */
    const struct db_statement *const *statements;
    size_t max_items; /* in one transaction, e.g. 512 */
    size_t queue_limit;
    /* Order within a batch, by idempotency key, so that two instances never deadlock. */
    int (*compare)(const struct db_batch_item *a, const struct db_batch_item *b);
    /* True when both may not be in one batch (e.g. two saves of one draft): the later waits for the next.
     * Asked only about items that compare as equal. May be NULL: nothing collides. */
    bool (*collide)(const struct db_batch_item *a, const struct db_batch_item *b);
    /* Writes all items inside tx and stores each one's own result in it. DB_OK says that the server has
     * answered for every single one of them: check counts, and return DB_FAILED when they are not what they
     * should be. May run more than once for the same items, and with fewer of them. */
    enum db_status (*run)(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context);
    /* The quick way, tried first where a kind has one: the whole transaction in one message to the server and
     * one answer, instead of a round trip for each statement. `ask` notes the statements (db_ask), or returns
     * false when for these items an answer has to be looked at before the next statement. `hear` reads the
     * answers (db_heard) once the COMMIT is confirmed, stores results as run does, and sets settled[i] (false
     * at first) where that is all for the item; the others are run() in a transaction of their own. Statuses
     * as of run; ask may be called more than once for the same items. Both may be NULL; run may be
     * when ask never returns false and hear settles every item. */
    bool (*ask)(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context);
    enum db_status (*hear)(bool *settled, struct db_tx *tx, struct db_batch_item **items, size_t count,
                           void *context);
    /* The hopeful way, tried before the quick one where a kind has it: as ask, but cheaper for the server, on
     * the assumption that no item was written before. Where one was, the whole transaction fails with
     * DB_CONSTRAINT; then ask has its turn, for these items and for the next batches. May be NULL. */
    bool (*ask_hoping)(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context);
    /* Where writers of several instances wait for each other, each for a turn (a lock) that its transaction
     * takes: where it is taken first, what comes in while a batch waits joins it, and batches are as large as
     * when there is one instance. All three functions, or all NULL. ask_turn notes what takes the turn of
     * these items, and nothing else; ask and ask_hoping leave that out where it was asked (db_asked_count).
     * same_turn: whether two items are covered by one turn; the order of compare keeps such items together.
     * waited: whether the turn was another's when it was asked for, from its answer. While it is, batches are
     * written in two messages: the second costs something, and saves a wait for the disk. Where writing takes
     * less than turn_worth_us once the turn has come, it is not worth it, and is tried again after some
     * hundreds of batches. */
    bool (*ask_turn)(struct db_tx *tx, struct db_batch_item **items, size_t count, void *context);
    bool (*same_turn)(const struct db_batch_item *a, const struct db_batch_item *b);
    bool (*waited)(struct db_tx *tx);
    int64_t turn_worth_us;
    void *context;
};

/* kind outlives the batcher, and so does what database points to. NULL when the thread cannot be made. */
struct db_batcher *db_batcher_start(const struct db_batch_kind *kind, const struct db_config *database);
/* False at once when the queue is full or the batcher is stopping. */
bool db_batcher_submit(struct db_batcher *batcher, struct db_batch_item *item);
/* Finishes what is queued (within its deadlines), ends the thread, frees the batcher. NULL is allowed. */
void db_batcher_stop(struct db_batcher *batcher);
/* Whether the writer has a usable connection now. */
bool db_batcher_ready(const struct db_batcher *batcher);

struct db_batcher_stats {
    uint64_t batches;  /* transactions committed */
    uint64_t items;    /* items that got DB_OK */
    uint64_t retries;  /* transactions run again, but for hopes that failed */
    uint64_t poisoned; /* items that got DB_CONSTRAINT */
};
struct db_batcher_stats db_batcher_stats(const struct db_batcher *batcher);

#endif
