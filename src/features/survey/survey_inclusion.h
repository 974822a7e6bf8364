/* Proof that a response is among those that are counted. For each day on which the log of a round moved there
 * is a tree (crypto/merkle.h) over the responses that stood at one place of the log, and its root is
 * published with a signature; who has a code gets the path from their leaf to the root. Pilots have none:
 * they never count.
 *
 * What a leaf stands for is a keyed hash of the day and the response, which nobody but this service can make
 * and which it tells to whoever shows the code. Leaves stand in the order of their hashes. So neither a root
 * nor a path says anything of anybody else, and paths of two days cannot be laid beside each other. */
#ifndef ZEVENSTEM_SURVEY_INCLUSION_H
#define ZEVENSTEM_SURVEY_INCLUSION_H

#include "crypto/crypto.h"
#include "crypto/merkle.h"
#include "db/db.h"

#include <jansson.h>

struct survey;
struct survey_round;

extern const struct db_statement survey_inclusion_statements[];

enum {
    INCLUSION_CHUNK = 1024,             /* leaves that are kept together; a power of two */
    INCLUSION_AT_ONCE = 2 * 1024 * 1024 /* leaves in memory, 32 bytes each; more take another pass */
};

/* ---- made by a job (survey_inclusion_make.c) ---- */

/* Whether an hour went by since rounds were looked at: cheap, for asking every second. */
bool survey_inclusion_due(struct survey *survey);
/* Makes the trees that are missing of today, on a worker, one call at a time; instances take turns. A pass
 * over a log of 300,000 took less than 18 s in a build with sanitizers. */
void survey_inclusion_make(struct survey *survey, struct db_conn *conn);
/* Of one round. at_once: leaves in memory, at least INCLUSION_CHUNK. */
enum db_status inclusion_make(struct db_conn *conn, const struct crypto_keys *keys,
                              const struct survey_round *round, int64_t now_s, int64_t least, size_t at_once);

/* ---- read ---- */

struct inclusion_root {
    int32_t id; /* 0: there is none */
    int32_t day;
    int64_t position, size;
    struct merkle_hash root;
    unsigned char signature[CRYPTO_SIGNATURE_BYTES];
};
enum db_status inclusion_newest(struct inclusion_root *out, struct db_tx *tx, int32_t round_id);
/* Newest first, in the transaction's arena. from: the id that the list begins with, downwards; 0: the newest.
 */
enum db_status inclusion_list(struct inclusion_root **out, size_t *count, struct db_tx *tx, int32_t round_id,
                              int64_t from, int32_t most);
/* {dag, logpositie, aantal, wortel, verklaring, handtekening}; verklaring is the text that was signed. The
 * caller owns it. */
json_t *inclusion_root_json(const struct inclusion_root *root, const struct survey_round *round);
/* The key with which signatures are verified, base64url. */
void inclusion_key_text(char out[CRYPTO_VERIFYING_KEY_TEXT_BYTES], const struct crypto_keys *keys);

enum { INCLUSION_DATA_BYTES = 32 };
struct inclusion_proof {
    struct inclusion_root of;                 /* id 0: no tree was made yet */
    bool included;                            /* and what follows is there */
    unsigned char data[INCLUSION_DATA_BYTES]; /* what the leaf stands for */
    uint64_t index;
    struct merkle_hash path[MERKLE_LEVELS_MAX];
    size_t length;
};
/* In the newest tree of the round. One that does not lead to its root is DB_FAILED. */
enum db_status inclusion_prove(struct inclusion_proof *out, struct db_tx *tx, const struct crypto_keys *keys,
                               const struct survey_round *round, struct slice response_id);
/* What anybody needs to check it: the members of the root, and ronde, sleutel, blad, plaats, pad[]. The
 * caller owns it.
 */
json_t *inclusion_proof_json(const struct inclusion_proof *proof, const struct survey_round *round,
                             const struct crypto_keys *keys);

/* What the leaf of a response stands for on a day. */
void inclusion_data(unsigned char out[INCLUSION_DATA_BYTES], const struct crypto_keys *keys,
                    const struct survey_round *round, int32_t day, struct slice response_id);
/* The statement that is signed, in the arena. */
struct slice inclusion_statement(struct arena *arena, const struct inclusion_root *root,
                                 const struct survey_round *round);

#endif
