/* Answers for everybody, made once and given again: a page or a table that is the same for whoever asks,
 * until what it is made of changes. Between the routes of the lanes and their handlers; features name a
 * route's `again_s` (lane.h) and know no more of it.
 *
 * Given again is a 200 that hands out no cookie, to a GET (or HEAD) that shows nothing of who asks: without
 * Cookie and without Authorization. So nothing that hangs on a code, a session or a key is ever kept, or
 * given to somebody who shows one: they are always answered anew. Asked for the same are the same address as
 * it was sent, language, media type and whether it may be packed: texts are packed once, when they are kept.
 *
 * Never older than promised: what is kept is found
 * - until any transaction that may write, of a request that was no GET, commits here, or a feature says that
 *   what it holds in memory is another (lanes_changed): after either nothing kept before is found. An answer
 *   that was being made meanwhile is not found either: it is kept under the number that stood when it began;
 * - and for `again_s` seconds of the clock of the lanes at most, for what changes by the hour or by another
 *   instance. A cache in between is told its age.
 *
 * One makes it: who asks for what a worker is already making waits for that, and makes it when it turns out
 * to be nothing to keep.
 *
 * Memory: AGAIN_BYTES at most, an answer of more than an eighth of that is not kept (kept.h). */
#ifndef ZEVENSTEM_LANE_AGAIN_H
#define ZEVENSTEM_LANE_AGAIN_H

#include "http/http.h"

enum { AGAIN_BYTES = 8 * 1024 * 1024 };

struct again;

/* NULL when out of memory. now_s NULL: the system's clock. */
struct again *again_create(int64_t (*now_s)(void));
void again_destroy(struct again *again); /* when nobody asks any more; NULL is allowed */
/* Nothing that was kept so far is found from here on. Any thread. */
void again_changed(struct again *again);

/* In the exchange's arena; ptr NULL: this request is answered anew, and its answer is nobody else's. */
struct slice again_key(struct again *again, struct http_exchange *ex);
/* True: answered. */
bool again_answer(struct again *again, struct http_exchange *ex, struct slice key);
/* Keeps the reply that stands, when it may be given again; gives it an entity tag, where it may be cached and
 * has none. */
void again_keep(struct again *again, struct http_exchange *ex, struct slice key, int seconds);

/* On an HTTP thread, inside run. True: nobody makes it yet; from here on this exchange does, until again_made
 * or the end of the exchange. False: it is suspended, and `then` goes on when it was made. */
bool again_begin(struct again *again, struct http_exchange *ex, struct slice key,
                 void (*then)(struct http_exchange *ex, void *context), void *context);
/* After again_keep: those who wait go on. Nothing to do when it did not begin. */
void again_made(struct again *again, struct http_exchange *ex);

#endif
