/* Runs Criterion's tests without Criterion's own runner: that one shares memory with its children at an
 * address that ThreadSanitizer keeps for itself. One process a test, each sanitizer report fails its test.
 *
 *   plain_runner [PREFIX]    only tests whose "suite/name" begins so */
#include <criterion/criterion.h>
#include <criterion/event.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST_S = 240 };

extern struct criterion_test *__start_cr_tst[];
extern struct criterion_test *__stop_cr_tst[];
extern struct criterion_suite *__start_cr_sts[];
extern struct criterion_suite *__stop_cr_sts[];

/* ---- what the assertions call, in place of the library's ---- */

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (!stats->passed) {
        printf("[----] %s:%u: %s\n", stats->file, stats->line, stats->message);
    }
}

void cri_assert_node_send(const char *file, size_t line, struct cri_assert_node *tree)
{
    (void)tree;
    printf("[----] %s:%zu: assertion failed\n", file, line);
}

void criterion_abort_test(void)
{
    fflush(stdout);
    _exit(1);
}

void cri_asserts_passed_incr(void) {}

/* ---- the runner ---- */

static const struct criterion_test_extra_data *suite_data(const struct criterion_test *test)
{
    for (struct criterion_suite **suite = __start_cr_sts; suite < __stop_cr_sts; suite++) {
        if (*suite && strcmp((*suite)->name, test->category) == 0) {
            return (*suite)->data;
        }
    }
    return NULL;
}

/* The trampoline that Test() makes calls the next three in turn. */
static const struct criterion_test *current;

void criterion_internal_test_setup(void)
{
    const struct criterion_test_extra_data *suite = suite_data(current);
    if (suite && suite->init) {
        suite->init();
    }
    if (current->data->init) {
        current->data->init();
    }
}

void criterion_internal_test_main(void (*fn)(void))
{
    fn();
}

void criterion_internal_test_teardown(void)
{
    const struct criterion_test_extra_data *suite = suite_data(current);
    if (current->data->fini) {
        current->data->fini();
    }
    if (suite && suite->fini) {
        suite->fini();
    }
}

static int run(const struct criterion_test *test)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(LONGEST_S);
        current = test;
        test->test();
        exit(0); /* the sanitizer adds its verdict */
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return status;
}

int main(int argc, char **argv)
{
    int tested = 0;
    int failed = 0;
    const char *prefix = argc > 1 ? argv[1] : "";
    for (struct criterion_test **test = __start_cr_tst; test < __stop_cr_tst; test++) {
        if (!*test || strncmp((*test)->data->identifier_, prefix, strlen(prefix)) != 0) {
            continue;
        }
        int status = run(*test);
        tested++;
        if (status != 0) {
            failed++;
            printf("[FAIL] %s (status %d)\n", (*test)->data->identifier_, status);
        }
    }
    printf("[====] Synthesis: Tested: %d | Passing: %d | Failing: %d | Crashing: 0 \n", tested,
           tested - failed, failed);
    return failed > 0;
}
