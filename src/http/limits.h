/* Token buckets in memory, keyed by a number that says nothing about a person. Time is a parameter. */
#ifndef ZEVENSTEM_HTTP_LIMITS_H
#define ZEVENSTEM_HTTP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limiter;

struct limit_rule {
    double per_s; /* 0: no limit */
    double burst; /* at least 1 */
    int delay_max_ms;
};
struct limit_verdict {
    bool admitted;
    int64_t wait_us;   /* when admitted: how long to wait before it is served */
    int retry_after_s; /* when refused: at least 1 */
};

/* slots: how many buckets are kept (rounded up to a power of two). The table never grows: where it is full,
 * the bucket that nobody used longest makes room, which forgives its client. Thread-safe. NULL when out of
 * memory. */
struct limiter *limiter_create(size_t slots);
void limiter_free(struct limiter *limiter);
/* Takes `tokens` (1 for a request) at now_us. A bucket may go into debt by what refills within delay_max_ms;
 * the debt is the wait. What is refused takes nothing. */
struct limit_verdict limiter_take(struct limiter *limiter, uint64_t key, const struct limit_rule *rule,
                                  double tokens, int64_t now_us);
/* Takes tokens without asking, down to the deepest debt the rule allows. */
void limiter_charge(struct limiter *limiter, uint64_t key, const struct limit_rule *rule, double tokens,
                    int64_t now_us);

#endif
