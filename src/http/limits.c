#include "http/limits.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* Neighbouring slots looked at for a key: a short probe keeps the cost of a full table bounded. */
enum { PROBES = 8 };

struct bucket {
    uint64_t key; /* 0: free */
    int64_t updated_us;
    double tokens;
};

struct limiter {
    pthread_mutex_t lock;
    size_t mask;
    struct bucket buckets[];
};

struct limiter *limiter_create(size_t slots)
{
    size_t size = PROBES;
    while (size < slots) {
        size *= 2;
    }
    struct limiter *limiter = calloc(1, sizeof *limiter + size * sizeof(struct bucket));
    if (!limiter) {
        return NULL;
    }
    pthread_mutex_init(&limiter->lock, NULL);
    limiter->mask = size - 1;
    return limiter;
}

void limiter_free(struct limiter *limiter)
{
    if (limiter) {
        pthread_mutex_destroy(&limiter->lock);
        free(limiter);
    }
}

/* The bucket of key, refilled to now_us; a new one is full. */
static struct bucket *find(struct limiter *limiter, uint64_t key, const struct limit_rule *rule,
                           int64_t now_us)
{
    uint64_t wanted = key ? key : 1;
    struct bucket *oldest = NULL;
    struct bucket *found = NULL;
    for (size_t i = 0; i < PROBES && !found; i++) {
        struct bucket *bucket = &limiter->buckets[(wanted + i) & limiter->mask];
        if (bucket->key == wanted) {
            found = bucket;
        } else if (!oldest ||
                   (oldest->key != 0 && (bucket->key == 0 || bucket->updated_us < oldest->updated_us))) {
            oldest = bucket;
        }
    }
    if (!found) {
        *oldest = (struct bucket){wanted, now_us, rule->burst};
        return oldest;
    }
    int64_t elapsed_us = now_us > found->updated_us ? now_us - found->updated_us : 0;
    found->tokens = fmin(rule->burst, found->tokens + rule->per_s * (double)elapsed_us / 1e6);
    found->updated_us = now_us;
    return found;
}

static double deepest_debt(const struct limit_rule *rule)
{
    return rule->per_s * rule->delay_max_ms / 1e3;
}

struct limit_verdict limiter_take(struct limiter *limiter, uint64_t key, const struct limit_rule *rule,
                                  double tokens, int64_t now_us)
{
    struct limit_verdict verdict = {.admitted = true};
    if (rule->per_s <= 0) {
        return verdict;
    }
    pthread_mutex_lock(&limiter->lock);
    struct bucket *bucket = find(limiter, key, rule, now_us);
    double left = bucket->tokens - tokens;
    if (left >= -deepest_debt(rule)) {
        bucket->tokens = left;
        verdict.wait_us = left < 0 ? (int64_t)(-left / rule->per_s * 1e6) : 0;
    } else {
        verdict.admitted = false;
        double seconds = ceil((-deepest_debt(rule) - left) / rule->per_s);
        verdict.retry_after_s = seconds < 1 ? 1 : seconds > 3600 ? 3600 : (int)seconds;
    }
    pthread_mutex_unlock(&limiter->lock);
    return verdict;
}

void limiter_charge(struct limiter *limiter, uint64_t key, const struct limit_rule *rule, double tokens,
                    int64_t now_us)
{
    if (rule->per_s <= 0) {
        return;
    }
    pthread_mutex_lock(&limiter->lock);
    struct bucket *bucket = find(limiter, key, rule, now_us);
    bucket->tokens = fmax(bucket->tokens - tokens, -deepest_debt(rule));
    pthread_mutex_unlock(&limiter->lock);
}
