#include "http/limits.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

static const int64_t second = 1000000;
static struct limiter *limiter;

static void setup(void)
{
    limiter = limiter_create(64);
    cr_assert(limiter);
}

static void teardown(void)
{
    limiter_free(limiter);
    leaks_check();
}

TestSuite(limits, .init = setup, .fini = teardown);

static struct limit_verdict take(uint64_t key, const struct limit_rule *rule, int64_t now_us)
{
    return limiter_take(limiter, key, rule, 1, now_us);
}

Test(limits, admits_a_burst_and_then_the_rate)
{
    const struct limit_rule rule = {.per_s = 2, .burst = 3};
    for (int i = 0; i < 3; i++) {
        struct limit_verdict verdict = take(7, &rule, second);
        cr_assert(verdict.admitted);
        cr_assert_eq(verdict.wait_us, 0);
    }
    struct limit_verdict refused = take(7, &rule, second);
    cr_assert_not(refused.admitted);
    cr_assert_eq(refused.retry_after_s, 1);
    cr_assert_not(take(7, &rule, second + second / 4).admitted);
    cr_assert(take(7, &rule, second + second / 2).admitted);
    cr_assert_not(take(7, &rule, second + second / 2).admitted);
}

Test(limits, refills_no_further_than_the_burst)
{
    const struct limit_rule rule = {.per_s = 10, .burst = 2};
    take(7, &rule, 0);
    int admitted = 0;
    for (int i = 0; i < 10; i++) {
        admitted += take(7, &rule, 3600 * second).admitted;
    }
    cr_assert_eq(admitted, 2);
}

Test(limits, slows_before_it_refuses)
{
    const struct limit_rule rule = {.per_s = 4, .burst = 1, .delay_max_ms = 1000};
    cr_assert_eq(take(7, &rule, 0).wait_us, 0);
    for (int i = 1; i <= 4; i++) {
        struct limit_verdict verdict = take(7, &rule, 0);
        cr_assert(verdict.admitted, "%d", i);
        cr_assert_eq(verdict.wait_us, i * second / 4, "%d", i);
    }
    cr_assert_not(take(7, &rule, 0).admitted);
    cr_assert_eq(take(7, &rule, second / 4).wait_us, second);
}

Test(limits, keeps_clients_apart)
{
    const struct limit_rule rule = {.per_s = 1, .burst = 1};
    cr_assert(take(5, &rule, 0).admitted);
    cr_assert_not(take(5, &rule, 0).admitted);
    cr_assert(take(6, &rule, 0).admitted);
    cr_assert(take(0, &rule, 0).admitted);
    cr_assert_not(take(0, &rule, 0).admitted);
}

Test(limits, without_a_rate_admits_all)
{
    const struct limit_rule rule = {.per_s = 0};
    for (int i = 0; i < 1000; i++) {
        cr_assert(take(7, &rule, 0).admitted);
    }
}

Test(limits, says_when_to_come_back)
{
    const struct limit_rule rule = {.per_s = 0.1, .burst = 1};
    take(7, &rule, 0);
    cr_assert_eq(take(7, &rule, 0).retry_after_s, 10);
    cr_assert_eq(take(7, &rule, 4 * second).retry_after_s, 6);
    const struct limit_rule slow = {.per_s = 1e-9, .burst = 1};
    take(8, &slow, 0);
    cr_assert_eq(take(8, &slow, 0).retry_after_s, 3600);
}

Test(limits, charges_to_the_deepest_debt)
{
    const struct limit_rule rule = {.per_s = 1, .burst = 10, .delay_max_ms = 2000};
    limiter_charge(limiter, 7, &rule, 10, 0);
    cr_assert_eq(take(7, &rule, 0).wait_us, second);
    limiter_charge(limiter, 7, &rule, 1000, 0);
    cr_assert_not(take(7, &rule, 0).admitted);
    cr_assert(take(7, &rule, second).admitted); /* two seconds of debt at most, one paid back */
}

Test(limits, never_grows)
{
    const struct limit_rule rule = {.per_s = 1, .burst = 1};
    for (uint64_t key = 1; key <= 100000; key++) {
        cr_assert(take(key * UINT64_C(0x9e3779b97f4a7c15), &rule, (int64_t)key).admitted);
    }
    cr_assert_not(
        take(100000 * UINT64_C(0x9e3779b97f4a7c15), &rule, 100000).admitted); /* the latest is remembered */
}

Test(limits, time_that_goes_back_gives_nothing)
{
    const struct limit_rule rule = {.per_s = 1, .burst = 1};
    cr_assert(take(7, &rule, 10 * second).admitted);
    cr_assert_not(take(7, &rule, 5 * second).admitted);
}
