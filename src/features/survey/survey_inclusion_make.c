/* The trees of the day. The leaves of a tree stand in the order of their hashes, which the log does not know:
 * as many as fit are gathered in a pass over the log, sorted and kept, then the next, so that no more than a
 * fixed number is in memory, however many people answered. A tree that was begun and not finished is begun
 * anew. */
#include "features/survey/survey_inclusion_sql.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/survey/survey_internal.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, TRY_AGAIN_S = 60, SPACE = 65536 /* of the first two bytes of a leaf */ };

struct making {
    struct db_conn *conn;
    const struct crypto_keys *keys;
    const struct survey_round *round;
    int64_t least;
    size_t at_once;
    struct inclusion_root root; /* as it becomes */
    bool mine, wanted, kept;
    /* this pass: leaves whose first two bytes are from low to below high */
    uint32_t low, high;
    struct merkle_hash *leaves;
    size_t count;
    /* what was sorted, and not kept yet */
    struct merkle_hash *chunks; /* INCLUSION_CHUNKS_AT_ONCE times INCLUSION_CHUNK */
    struct merkle_hash hashes[INCLUSION_CHUNKS_AT_ONCE];
    size_t waiting;          /* leaves in chunks */
    int32_t number;          /* of the first of them */
    struct merkle_tree tree; /* over the hashes of chunks */
};

/* ---- gathering ---- */

static uint32_t space_of(const struct merkle_hash *leaf)
{
    return (uint32_t)leaf->bytes[0] << 8 | leaf->bytes[1];
}

/* Leaves the upper half to a later pass. False: there is no half. */
static bool make_room(struct making *m)
{
    size_t kept = 0;
    if (m->high - m->low < 2) {
        return false;
    }
    m->high = m->low + (m->high - m->low) / 2;
    for (size_t i = 0; i < m->count; i++) {
        if (space_of(&m->leaves[i]) < m->high) {
            m->leaves[kept++] = m->leaves[i];
        }
    }
    m->count = kept;
    return true;
}

static bool gather_one(const struct slice *fields, int count, void *context)
{
    struct making *m = context;
    unsigned char data[INCLUSION_DATA_BYTES];
    struct merkle_hash leaf;
    if (count != 1) {
        return false;
    }
    inclusion_data(data, m->keys, m->round, m->root.day, fields[0]);
    merkle_leaf(&leaf, (struct slice){(const char *)data, sizeof data});
    while (m->count == m->at_once && space_of(&leaf) < m->high) {
        if (!make_room(m)) {
            return false;
        }
    }
    if (space_of(&leaf) >= m->low && space_of(&leaf) < m->high) {
        m->leaves[m->count++] = leaf;
    }
    return true;
}

static enum db_status gather(struct db_tx *tx, void *context)
{
    struct making *m = context;
    m->count = 0;
    return inclusion_each(tx, m->round->id, m->root.position, gather_one, m);
}

/* ---- keeping ---- */

static enum db_status keep_chunks(struct db_tx *tx, void *context)
{
    struct making *m = context;
    struct inclusion_chunks *chunks = arena_alloc(db_arena(tx), sizeof *chunks);
    chunks->count = 0;
    for (size_t at = 0; at < m->waiting; at += INCLUSION_CHUNK) {
        const size_t size = m->waiting - at < INCLUSION_CHUNK ? m->waiting - at : INCLUSION_CHUNK;
        const size_t k = chunks->count++;
        merkle_root_of(&m->hashes[k], m->chunks + at, size);
        chunks->numbers[k] = m->number + (int32_t)k;
        chunks->first[k] = (struct slice){(const char *)m->chunks[at].bytes, MERKLE_HASH_BYTES};
        chunks->leaves[k] = (struct slice){(const char *)m->chunks[at].bytes, size * MERKLE_HASH_BYTES};
        chunks->hashes[k] = (struct slice){(const char *)m->hashes[k].bytes, MERKLE_HASH_BYTES};
    }
    return inclusion_keep_chunks(tx, m->round->id, m->root.day, chunks);
}

/* All that waits: whole chunks, but for the last of the tree. */
static enum db_status flush(struct making *m)
{
    if (m->waiting == 0) {
        return DB_OK;
    }
    const enum db_status status =
        db_transaction(m->conn, "inclusion-chunks", DB_ROLE_RESULTS, keep_chunks, m);
    for (size_t at = 0, k = 0; at < m->waiting; at += INCLUSION_CHUNK, k++) {
        merkle_add(&m->tree, &m->hashes[k]);
        m->number++;
    }
    m->root.size += (int64_t)m->waiting;
    m->waiting = 0;
    return status;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, MERKLE_HASH_BYTES);
}

/* One pass over the log, and what it found in its order. */
static enum db_status take_pass(struct making *m)
{
    enum db_status status = db_transaction_read_only(m->conn, "inclusion-read", DB_ROLE_RESULTS, gather, m);
    if (status == DB_OK && m->count > 1) {
        qsort(m->leaves, m->count, sizeof *m->leaves, compare);
    }
    for (size_t i = 0; status == DB_OK && i < m->count; i++) {
        m->chunks[m->waiting++] = m->leaves[i];
        if (m->waiting == (size_t)INCLUSION_CHUNKS_AT_ONCE * INCLUSION_CHUNK) {
            status = flush(m);
        }
    }
    return status;
}

static enum db_status take_passes(struct making *m)
{
    enum db_status status = DB_OK;
    uint32_t width = SPACE;
    merkle_begin(&m->tree);
    for (m->low = 0; status == DB_OK && m->low < SPACE; m->low = m->high) {
        m->high = SPACE - m->low < width ? SPACE : m->low + width;
        status = take_pass(m);
        width = m->high - m->low;
    }
    status = status == DB_OK ? flush(m) : status;
    merkle_root(&m->root.root, &m->tree);
    return status;
}

/* ---- beginning and ending ---- */

static enum db_status begin(struct db_tx *tx, void *context)
{
    struct making *m = context;
    struct inclusion_root newest;
    m->wanted = false;
    enum db_status status = m->mine ? DB_OK : inclusion_take(&m->mine, tx, m->round->id);
    if (status != DB_OK || !m->mine) {
        return status;
    }
    status = inclusion_newest(&newest, tx, m->round->id);
    status = status == DB_OK ? inclusion_position(&m->root.position, tx, m->round->id) : status;
    m->wanted = m->root.position > 0 &&
                (newest.id == 0 || (newest.day < m->root.day && newest.position < m->root.position));
    return status == DB_OK && m->wanted ? inclusion_drop_chunks(tx, m->round->id, m->root.day, false)
                                        : status;
}

static enum db_status finish(struct db_tx *tx, void *context)
{
    struct making *m = context;
    m->kept = false;
    if (m->root.size < m->least) {
        return inclusion_drop_chunks(tx, m->round->id, m->root.day, false);
    }
    crypto_signature_make(m->root.signature, m->keys, inclusion_statement(db_arena(tx), &m->root, m->round));
    const enum db_status status = inclusion_keep_root(&m->kept, tx, m->round->id, &m->root);
    return status == DB_OK ? inclusion_drop_chunks(tx, m->round->id, m->root.day, m->kept) : status;
}

static enum db_status give_back(struct db_tx *tx, void *context)
{
    const struct making *m = context;
    return inclusion_give_back(tx, m->round->id);
}

static enum db_status make(struct making *m)
{
    m->leaves = calloc(m->at_once, sizeof *m->leaves);
    m->chunks = calloc((size_t)INCLUSION_CHUNKS_AT_ONCE * INCLUSION_CHUNK, sizeof *m->chunks);
    enum db_status status = m->leaves && m->chunks ? take_passes(m) : DB_FAILED;
    if (status == DB_OK) {
        status = db_transaction(m->conn, "inclusion-root", DB_ROLE_RESULTS, finish, m);
    }
    free(m->leaves);
    free(m->chunks);
    return status;
}

enum db_status inclusion_make(struct db_conn *conn, const struct crypto_keys *keys,
                              const struct survey_round *round, int64_t now_s, int64_t least, size_t at_once)
{
    struct making m = {.conn = conn,
                       .keys = keys,
                       .round = round,
                       .least = least > 0 ? least : 1,
                       .at_once = at_once,
                       .root = {.day = clock_day_nl(now_s)}};
    enum db_status status = db_transaction(conn, "inclusion-begin", DB_ROLE_RESULTS, begin, &m);
    if (status == DB_OK && m.wanted) {
        status = make(&m);
    }
    if (m.kept) {
        log_info("survey.inclusion", "round=%s size=%lld position=%lld", round->code, (long long)m.root.size,
                 (long long)m.root.position);
    }
    if (m.mine) {
        const enum db_status given = db_transaction(conn, "inclusion-end", DB_ROLE_RESULTS, give_back, &m);
        status = status == DB_OK ? given : status;
    }
    return status;
}

/* ---- all rounds ---- */

bool survey_inclusion_due(struct survey *survey)
{
    return survey->config.now_s() >= atomic_load(&survey->inclusion_at);
}

void survey_inclusion_make(struct survey *survey, struct db_conn *conn)
{
    const int64_t now_s = survey->config.now_s();
    const struct survey_snapshot *snapshot = survey_snapshot_hold(survey);
    bool done = true;
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status == ROUND_DRAFT || round->pilot || !survey_round_keeps(round, now_s)) {
            continue;
        }
        done = inclusion_make(conn, survey->config.keys, round, now_s, survey->config.inclusion_least,
                              INCLUSION_AT_ONCE) == DB_OK &&
               done;
    }
    survey_snapshot_release(snapshot);
    atomic_store(&survey->inclusion_at, done ? now_s - now_s % HOUR_S + HOUR_S : now_s + TRY_AGAIN_S);
}
