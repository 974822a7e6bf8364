/* What a command says of how far it is: on a terminal, and only when it takes long. */
#include "cmd/progress.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(cmd_progress, .fini = leaks_check);

enum { SAID_MAX = 256 };

struct terminal {
    int ours, theirs; /* what is written to theirs is read from ours */
};

static struct terminal terminal_open(void)
{
    struct terminal t = {.ours = posix_openpt(O_RDWR | O_NOCTTY)};
    cr_assert_geq(t.ours, 0);
    cr_assert_eq(grantpt(t.ours), 0);
    cr_assert_eq(unlockpt(t.ours), 0);
    t.theirs = open(ptsname(t.ours), O_RDWR | O_NOCTTY);
    cr_assert_geq(t.theirs, 0);
    return t;
}

static void terminal_close(struct terminal *t)
{
    close(t->theirs);
    close(t->ours);
}

/* All that was said since: it comes when it comes, and before the full stop that is put behind it. */
static const char *said(const struct terminal *t, char text[SAID_MAX])
{
    size_t len = 0;
    cr_assert_eq(write(t->theirs, ".", 1), 1);
    do {
        const ssize_t got = read(t->ours, text + len, 1);
        cr_assert_eq(got, 1);
        len++;
        cr_assert_lt(len, SAID_MAX);
    } while (text[len - 1] != '.');
    text[len - 1] = '\0';
    return text;
}

/* As if it had begun so long ago. */
static void begin(struct cmd_progress *progress, int to, int64_t ago_us)
{
    cmd_progress_begin(progress, to);
    progress->begun_us -= ago_us;
}

Test(cmd_progress, says_how_far_it_is_when_it_takes_longer_than_a_second)
{
    char text[SAID_MAX];
    struct cmd_progress progress;
    struct terminal t = terminal_open();
    begin(&progress, t.theirs, 2 * (int64_t)PROGRESS_QUIET_US);
    cmd_progress_say(&progress, "read %d responses", 512);
    cr_expect_str_eq(said(&t, text), "\rread 512 responses\033[K");
    cmd_progress_say(&progress, "read %d responses", 1024);
    cr_expect_str_eq(said(&t, text), "", "ten times a second is enough");
    progress.last_us -= PROGRESS_EVERY_US;
    cmd_progress_say(&progress, "read %d responses", 1536);
    cr_expect_str_eq(said(&t, text), "\rread 1536 responses\033[K");
    cmd_progress_end(&progress);
    cr_expect_str_eq(said(&t, text), "\r\033[K");
    cmd_progress_end(&progress);
    cr_expect_str_eq(said(&t, text), "");
    terminal_close(&t);
}

Test(cmd_progress, is_quiet_of_what_is_short)
{
    char text[SAID_MAX];
    struct cmd_progress progress;
    struct terminal t = terminal_open();
    begin(&progress, t.theirs, -(int64_t)PROGRESS_QUIET_US);
    cmd_progress_say(&progress, "read %d responses", 512);
    cmd_progress_end(&progress);
    cr_expect_str_eq(said(&t, text), "");
    terminal_close(&t);
}

Test(cmd_progress, is_quiet_where_nobody_looks)
{
    int ends[2];
    char text[SAID_MAX];
    struct cmd_progress progress;
    cr_assert_eq(pipe(ends), 0);
    begin(&progress, ends[1], 2 * (int64_t)PROGRESS_QUIET_US);
    cmd_progress_say(&progress, "read %d responses", 512);
    cmd_progress_end(&progress);
    close(ends[1]);
    cr_expect_eq(read(ends[0], text, sizeof text), 0);
    close(ends[0]);
}

Test(cmd_progress, says_by_itself_that_it_is_at_work)
{
    char text[SAID_MAX];
    struct cmd_progress progress;
    struct terminal t = terminal_open();
    begin(&progress, t.theirs, 60 * (int64_t)PROGRESS_QUIET_US);
    for (int times = 0; times < 2; times++) {
        cmd_progress_wait(&progress, "loading");
        cr_assert_eq(read(t.ours, text, 1), 1, "nobody called");
        cr_expect_eq(text[0], '\r');
        said(&t, text);
        cr_expect_eq(strncmp(text, "loading, 6", 10), 0, "%s", text);
        cmd_progress_end(&progress);
        cr_expect_str_eq(said(&t, text), "\r\033[K");
    }
    cmd_progress_wait(&progress, "short");
    cmd_progress_end(&progress);
    cr_expect_str_eq(said(&t, text), "");
    terminal_close(&t);
}
