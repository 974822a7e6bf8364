/* Answers that were given lately, whole: who asks the same again, while nothing that it is made of has
 * changed, is sent the same bytes. Rights, embargo and the audit line are each caller's own, and come before
 * and after. (For analysts' tables table_cache.h keeps what was counted; this also saves protecting and
 * writing it. Answers for everybody: again.h.)
 *
 * The key says all that the answer depends on: what was asked, in which form, and where the columns and
 * weights stood. What is out of date is thus never found, and goes as the longest unused.
 *
 * Memory: at most `bytes`; an answer of more than an eighth of that is not kept. For any number of threads.
 */
#ifndef ZEVENSTEM_LANE_KEPT_H
#define ZEVENSTEM_LANE_KEPT_H

#include "base/slice.h"

#include <stdatomic.h>
#include <stddef.h>

struct kept_answers;

/* The parts of an answer. On its way out each is followed by NUL. */
enum kept_part {
    KEPT_KEY,
    KEPT_BODY,
    KEPT_TAG,  /* what it is made of, or how long it holds */
    KEPT_WHAT, /* what it is: of its audit line, or its media type */
    KEPT_NAME, /* to save it by, or its headers; may be empty */
    KEPT_PARTS
};

/* One block of memory; never changes. */
struct kept_answer {
    atomic_size_t holders;
    size_t size;
    struct slice parts[KEPT_PARTS];
};

/* NULL when out of memory. */
struct kept_answers *kept_answers_create(size_t bytes);
/* When nobody asks any more; answers that are held stay until they are released. NULL is allowed. */
void kept_answers_destroy(struct kept_answers *kept);

/* NULL when there is none; held until kept_answer_release. */
const struct kept_answer *kept_answers_find(struct kept_answers *kept, struct slice key);
/* Keeps a copy, unless there is one by that key or no memory. */
void kept_answers_keep(struct kept_answers *kept, const struct slice parts[KEPT_PARTS]);
/* Drops this one, when it is still there. */
void kept_answers_drop(struct kept_answers *kept, const struct kept_answer *answer);
/* Drops all of them. What is made meanwhile may still be kept: under a key that is asked for no more. */
void kept_answers_forget(struct kept_answers *kept);
/* NULL is allowed. */
void kept_answer_release(const struct kept_answer *answer_take);

#endif
