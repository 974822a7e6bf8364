#include "lane/again.h"

#include "base/clock.h"
#include "crypto/crypto.h"
#include "lane/kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_BYTES = 12, KEY_MAX = 1024 };

/* An answer that is being made. In the arena of who makes it. */
struct making {
    struct again *again;
    struct http_exchange *exchange;
    struct slice key;
    struct waiter *waiters;
    struct making *next;
};
/* In its own exchange's arena: it stays until it is resumed. */
struct waiter {
    struct http_exchange *exchange;
    struct waiter *next;
};

struct again {
    struct kept_answers *answers;
    int64_t (*now_s)(void);
    atomic_uint_fast64_t changes;
    pthread_mutex_t lock; /* of what is being made */
    struct making *making;
};

struct again *again_create(int64_t (*now_s)(void))
{
    struct again *again = calloc(1, sizeof *again);
    if (again) {
        again->answers = kept_answers_create(AGAIN_BYTES);
        again->now_s = now_s ? now_s : clock_unix_s;
        pthread_mutex_init(&again->lock, NULL);
    }
    if (again && !again->answers) {
        again_destroy(again);
        return NULL;
    }
    return again;
}

void again_destroy(struct again *again)
{
    if (again) {
        kept_answers_destroy(again->answers);
        pthread_mutex_destroy(&again->lock);
        free(again);
    }
}

void again_changed(struct again *again)
{
    atomic_fetch_add(&again->changes, 1);
}

/* ---- keeping ---- */

struct slice again_key(struct again *again, struct http_exchange *ex)
{
    struct slice shown;
    const struct slice target = http_target(ex), nothing = {NULL, 0};
    if (http_method(ex) != HTTP_GET || http_query_misnamed(ex) || target.len > KEY_MAX ||
        http_header(&shown, ex, "Cookie") || http_header(&shown, ex, "Authorization")) {
        return nothing;
    }
    const char *accepted = http_accepted(ex);
    return arena_printf(http_arena(ex), "%llu %s %s %d %.*s",
                        (unsigned long long)atomic_load(&again->changes), http_language(ex),
                        accepted ? accepted : "", (int)http_accepts_gzip(ex), SLICE_ARG(target));
}

static void release(void *answer)
{
    kept_answer_release(answer);
}

/* What goes with it: "<made> <seconds> <invented>". */
static bool still_holds(int64_t *age, bool *invented, const struct kept_answer *answer, int64_t now)
{
    struct slice part, rest = answer->parts[KEPT_TAG];
    uint64_t made = 0, seconds = 0;
    slice_cut(&part, &rest, rest, ' ');
    bool good = slice_to_u64(&made, part, INT64_MAX);
    slice_cut(&part, &rest, rest, ' ');
    good = slice_to_u64(&seconds, part, INT32_MAX) && good;
    *invented = slice_equal_cstr(rest, "1");
    *age = now - (int64_t)made;
    return good && *age >= 0 && *age < (int64_t)seconds;
}

bool again_answer(struct again *again, struct http_exchange *ex, struct slice key)
{
    int64_t age;
    bool invented;
    const struct kept_answer *answer = kept_answers_find(again->answers, key);
    if (!answer) {
        return false;
    }
    arena_defer(http_arena(ex), release, (void *)(uintptr_t)answer);
    if (!still_holds(&age, &invented, answer, again->now_s())) {
        kept_answers_drop(again->answers, answer);
        return false;
    }
    const struct http_reply_parts parts = {.content_type = answer->parts[KEPT_WHAT].ptr,
                                           .body = answer->parts[KEPT_BODY],
                                           .headers = answer->parts[KEPT_NAME],
                                           .invented = invented};
    http_reply_parts_give(ex, &parts, age);
    return true;
}

void again_keep(struct again *again, struct http_exchange *ex, struct slice key, int seconds)
{
    struct http_reply_parts parts;
    if (!http_reply_parts_of(&parts, ex)) {
        return;
    }
    if (!parts.tagged) {
        unsigned char hash[CRYPTO_SHA256_BYTES];
        char tag[2 * TAG_BYTES + 1];
        crypto_sha256(hash, parts.body);
        crypto_hex(tag, hash, TAG_BYTES);
        http_set_header(ex, "ETag", arena_printf(http_arena(ex), "\"%s\"", tag).ptr);
    }
    http_reply_pack(ex);
    http_reply_parts_of(&parts, ex);
    const struct slice tag =
        arena_printf(http_arena(ex), "%lld %d %d", (long long)again->now_s(), seconds, (int)parts.invented);
    const struct slice what[KEPT_PARTS] = {[KEPT_KEY] = key,
                                           [KEPT_BODY] = parts.body,
                                           [KEPT_TAG] = tag,
                                           [KEPT_WHAT] = slice_from_cstr(parts.content_type),
                                           [KEPT_NAME] = parts.headers};
    kept_answers_keep(again->answers, what);
}

/* ---- one makes it ---- */

/* Takes it off the list, and lets those who wait go on. NULL is allowed. */
static void end_making(struct making *making)
{
    struct waiter *waiters = NULL;
    if (!making || !making->again) {
        return;
    }
    struct again *again = making->again;
    pthread_mutex_lock(&again->lock);
    for (struct making **at = &again->making; *at; at = &(*at)->next) {
        if (*at == making) {
            *at = making->next;
            waiters = making->waiters;
            break;
        }
    }
    pthread_mutex_unlock(&again->lock);
    making->again = NULL;
    while (waiters) {
        struct waiter *waiter = waiters;
        waiters = waiter->next;
        http_resume(waiter->exchange); /* waiter may be gone after this */
    }
}

/* Whose client is gone is never called back: the end of the exchange is the end of the making. */
static void exchange_ended(void *object)
{
    end_making(object);
}

bool again_begin(struct again *again, struct http_exchange *ex, struct slice key,
                 void (*then)(struct http_exchange *ex, void *context), void *context)
{
    struct making *mine = arena_alloc(http_arena(ex), sizeof *mine);
    struct waiter *waiter = arena_alloc(http_arena(ex), sizeof *waiter);
    *mine = (struct making){.again = again, .exchange = ex, .key = key};
    pthread_mutex_lock(&again->lock);
    struct making *at = again->making;
    while (at && !slice_equal(at->key, key)) {
        at = at->next;
    }
    if (at) {
        *waiter = (struct waiter){ex, at->waiters};
        http_suspend(ex, then, context);
        at->waiters = waiter;
    } else {
        mine->next = again->making;
        again->making = mine;
    }
    pthread_mutex_unlock(&again->lock);
    if (!at) {
        arena_defer(http_arena(ex), exchange_ended, mine);
    }
    return !at;
}

void again_made(struct again *again, struct http_exchange *ex)
{
    pthread_mutex_lock(&again->lock);
    struct making *at = again->making;
    while (at && at->exchange != ex) {
        at = at->next;
    }
    pthread_mutex_unlock(&again->lock);
    end_making(at);
}
