/* LeakSanitizer does not run by itself in the processes that Criterion forks. A test file says
 *     TestSuite(arena, .fini = leaks_check);
 * and a leak then ends the test with a crash, which Criterion counts as a failure (assertions in a teardown
 * do not). */
#ifndef ZEVENSTEM_TESTS_LEAKS_H
#define ZEVENSTEM_TESTS_LEAKS_H

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define LEAKS_CHECKED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAKS_CHECKED 1
#endif
#endif

#ifdef LEAKS_CHECKED
int __lsan_do_recoverable_leak_check(void);
/* Criterion's own process forgets some memory of its own at its end, depending on timing: it is not looked
 * at. What the tests do is in its children. */
const char *__lsan_default_options(void);
__attribute__((weak)) const char *__lsan_default_options(void)
{
    return "leak_check_at_exit=0";
}
#endif

static inline void leaks_check(void)
{
#ifdef LEAKS_CHECKED
    if (__lsan_do_recoverable_leak_check() != 0) {
        abort();
    }
#endif
}

#endif
