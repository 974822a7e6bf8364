/* A consultation of invented data, in all three methods, to look at: made from a seed, and loaded by the
 * functions that real data go through. README.md tells what is in it. */
#ifndef ZEVENSTEM_EXAMPLE_H
#define ZEVENSTEM_EXAMPLE_H

#include "base/arena.h"
#include "base/slice.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "web/web.h"
#include "json/decode.h"

#define EXAMPLE_CONSULTATION "voorbeeld-verzonnen"
enum { EXAMPLE_ROUNDS = 2, EXAMPLE_PEOPLE_MAX = 100000 };
extern const char *const example_rounds[EXAMPLE_ROUNDS];

/* How much of it. */
struct example_size {
    size_t people; /* who answer the questionnaire, of both rounds together */
    size_t interviews, groups;
};
extern const struct example_size example_whole; /* 4,000 people, 12 interviews, 5 focus groups of 7 */

/* Everything that is made up, in one document:
 *   - antwoorden: by round a list of responses, each as the import takes it;
 *   - gesprekken: {gesprek, deelnemers, onderdelen, tekst}: documents as fieldwork takes them, which turns
 * belong to which part of the guide, and the transcript as WebVTT;
 *   - coderingen: by text of a passage what stands in it: [{van, tot, code, uiting, toepassing, richting}],
 * in code points. The same seed and size give the same document on every machine. NULL with faults when the
 * bank (config/examples/verzonnen.json) is not right by the code book. The caller owns it. */
json_t *example_make(struct json_errors *errors, uint64_t seed, const struct example_size *size);

struct example_config {
    struct db_conn *conn;
    const struct db_config *database; /* the import opens a connection of its own */
    const struct crypto_keys *keys;
    const struct web *web;
    uint64_t seed;
    struct example_size size;
    int64_t now_s;
    /* Says what was done, a line each. */
    void (*tell)(const char *line, void *self);
    void *self;
};
enum example_outcome {
    EXAMPLE_LOADED,
    EXAMPLE_REAL,  /* the consultation is there and is not of invented data: nothing was done */
    EXAMPLE_FAULTY /* what was made is not what the program takes; told */
};
/* Publishes the consultation, its guides and its code book, and loads what example_make makes, but for
 * weights and releases. Each step is a transaction of its own and is not done twice: what was broken off can
 * be called again. */
enum db_status example_load(enum example_outcome *outcome, const struct example_config *config);

#endif
