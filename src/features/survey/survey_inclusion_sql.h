/* The trees of survey_inclusion.h as they are kept. */
#ifndef ZEVENSTEM_SURVEY_INCLUSION_SQL_H
#define ZEVENSTEM_SURVEY_INCLUSION_SQL_H

#include "features/survey/survey_inclusion.h"

/* Where a leaf is, if it is in the tree. Texts live as long as the transaction. */
struct inclusion_place {
    bool found;
    int32_t number;      /* of its chunk */
    struct slice leaves; /* of the chunk */
    struct slice hashes; /* of all chunks */
};
enum db_status inclusion_find(struct inclusion_place *out, struct db_tx *tx, int32_t round_id, int32_t day,
                              const struct merkle_hash *leaf);

/* ---- for the job (as results) ---- */

/* *mine: this connection holds the turn of the round until inclusion_give_back, whatever its transactions do.
 */
enum db_status inclusion_take(bool *mine, struct db_tx *tx, int32_t round_id);
enum db_status inclusion_give_back(struct db_tx *tx, int32_t round_id);
/* The last place of the round's log; 0: it is empty. */
enum db_status inclusion_position(int64_t *position, struct db_tx *tx, int32_t round_id);
/* Each response that stands at this place of the log, once: its 16 bytes. In the order of the index. */
enum db_status inclusion_each(struct db_tx *tx, int32_t round_id, int64_t position, db_copy_row row,
                              void *context);

enum { INCLUSION_CHUNKS_AT_ONCE = 128 };
struct inclusion_chunks {
    int32_t numbers[INCLUSION_CHUNKS_AT_ONCE];
    struct slice first[INCLUSION_CHUNKS_AT_ONCE], leaves[INCLUSION_CHUNKS_AT_ONCE],
        hashes[INCLUSION_CHUNKS_AT_ONCE];
    size_t count;
};
enum db_status inclusion_keep_chunks(struct db_tx *tx, int32_t round_id, int32_t day,
                                     const struct inclusion_chunks *chunks);
/* Those of this day, or those of all others. */
enum db_status inclusion_drop_chunks(struct db_tx *tx, int32_t round_id, int32_t day, bool others);
/* *kept false: the log is not there any more, or the day has a root already. */
enum db_status inclusion_keep_root(bool *kept, struct db_tx *tx, int32_t round_id,
                                   const struct inclusion_root *root);

#endif
