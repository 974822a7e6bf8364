#include "base/log.h"

#include "base/utf8.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int saved_stderr;
static int ends[2];
static char said[64 * 1024];

/* Standard error goes into a pipe until what_was_said() is called. */
static void listen_to_stderr(void)
{
    cr_assert_eq(pipe(ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

static const char *what_was_said(void)
{
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    size_t len = 0;
    ssize_t got;
    while ((got = read(ends[0], said + len, sizeof said - 1 - len)) > 0) {
        len += (size_t)got;
    }
    close(ends[0]);
    said[len] = '\0';
    return said;
}

Test(log, writes_one_line_an_event)
{
    listen_to_stderr();
    log_info("http.reply", "status=%d us=%d", 200, 143);
    const char *line = what_was_said();
    cr_assert_eq(strlen("ts=2026-11-24T03:10:01Z "), 24);
    cr_assert_eq(strncmp(line, "ts=20", 5), 0);
    cr_assert_str_eq(line + 24, "level=info event=http.reply status=200 us=143\n");
}

Test(log, drops_what_is_below_its_level)
{
    enum log_level level;
    cr_assert(log_level_from_text(&level, SLICE("warn")));
    log_set_level(level);
    listen_to_stderr();
    log_debug("a", "%s", "");
    log_info("b", "%s", "");
    log_warn("c", "%s", "");
    log_error("d", "%s", "");
    log_set_level(LOG_SILENT);
    log_error("e", "%s", "");
    const char *lines = what_was_said();
    cr_assert(strstr(lines, "event=c ") && strstr(lines, "event=d "));
    cr_assert_not(strstr(lines, "event=a ") || strstr(lines, "event=b ") || strstr(lines, "event=e "));
}

Test(log, levels_have_names)
{
    enum log_level level = LOG_WARN;
    cr_assert(log_level_from_text(&level, SLICE("debug")) && level == LOG_DEBUG);
    cr_assert(log_level_from_text(&level, SLICE("silent")) && level == LOG_SILENT);
    cr_assert_not(log_level_from_text(&level, SLICE("Debug")));
    cr_assert_not(log_level_from_text(&level, SLICE("")));
    cr_assert_eq(level, LOG_SILENT);
}

Test(log, a_line_stays_one_line)
{
    listen_to_stderr();
    log_info("a", "x=\"%s\"", "1\n2\r\x1b[31m\x7f\xc2\x9b");
    const char *line = what_was_said();
    cr_assert_not_null(strstr(line, "x=\"1\\x0a2\\x0d\\x1b[31m\\x7f\\xc2\\x9b\"\n"), "%s", line);
}

/* As libpq words it, with quotes and over two lines. */
Test(log, what_others_say_stays_one_value)
{
    listen_to_stderr();
    log_info("a", "reason=%s tries=%d",
             LOG_CSTR("connection to server on socket \"/tmp/x\" failed: C:\\y\n\tIs the server there?"), 1);
    log_info("b", "none=%s", LOG_CSTR(NULL));
    const char *lines = what_was_said();
    cr_assert_not_null(strstr(lines, "event=a reason=\"connection to server on socket \\\"/tmp/x\\\" failed: "
                                     "C:\\\\y\\x0a\\x09Is the server there?\" tries=1\n"),
                       "%s", lines);
    cr_assert_not_null(strstr(lines, "event=b none=\"\"\n"), "%s", lines);
}

Test(log, what_comes_again_is_told_with_how_often)
{
    enum { INTERVAL_US = 500000 };
    struct log_again again = {0};
    unsigned times = 0;
    cr_expect(log_again(&times, &again, INTERVAL_US));
    cr_expect_eq(times, 1);
    for (int i = 0; i < 21; i++) {
        cr_expect_not(log_again(&times, &again, INT64_C(3600000000)));
    }
    while (!log_again(&times, &again, INTERVAL_US)) {
        usleep(1000);
    }
    cr_expect_geq(times, 22);
    struct log_again other = {0};
    cr_expect(log_again(&times, &other, INTERVAL_US));
    cr_expect_eq(times, 1);
}

Test(log, a_long_line_is_cut)
{
    static char text[10000];
    memset(text, 'x', sizeof text - 1);
    listen_to_stderr();
    log_info("a", "x=%s", text);
    memset(text, '\n', sizeof text - 1);
    log_info("b", "x=%s", text);
    const char *lines = what_was_said();
    const char *end = strchr(lines, '\n');
    cr_assert(end && end - lines < 4096 && end - lines > 4000);
    const char *second = end + 1;
    end = strchr(second, '\n');
    cr_assert(end && end - second < 4096 && end - second > 4000);
    cr_assert_eq(end[1], '\0');
}

Test(log, carries_the_request_of_its_thread)
{
    listen_to_stderr();
    log_set_request("0123456789abcdef0123456789abcdefTOO LONG");
    log_info("a", "%s", "x=1");
    log_set_request(NULL);
    log_info("b", "%s", "x=2");
    const char *lines = what_was_said();
    cr_assert_not_null(strstr(lines, "event=a request=0123456789abcdef0123456789abcdef x=1\n"), "%s", lines);
    cr_assert_not_null(strstr(lines, "event=b x=2\n"), "%s", lines);
}

Test(log, leaves_errno_alone)
{
    listen_to_stderr();
    errno = ENOENT;
    log_info("a", "why=\"%m\"");
    int after = errno;
    cr_assert_not_null(strstr(what_was_said(), "why=\"No such file or directory\""));
    cr_assert_eq(after, ENOENT);
}

static void *write_lines(void *ignored)
{
    (void)ignored;
    for (int i = 0; i < 50; i++) {
        log_info("thread", "text=%s", "abcdefghijklmnopqrstuvwxyz");
    }
    return NULL;
}

Test(log, lines_of_threads_stay_whole)
{
    pthread_t threads[4];
    listen_to_stderr();
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    struct slice rest = slice_from_cstr(what_was_said());
    struct slice line;
    unsigned count = 0;
    for (; rest.len > 0; count++) {
        slice_cut(&line, &rest, rest, '\n');
        cr_assert_eq(line.len, strlen("ts=2026-11-24T03:10:01Z level=info event=thread text=") + 26);
    }
    cr_assert_eq(count, 200);
}

static void expect_text(struct slice in, const char *wanted)
{
    cr_assert_str_eq(LOG_TEXT(in), wanted);
}

Test(log, untrusted_text_cannot_leave_its_quotes)
{
    expect_text(SLICE(""), "\"\"");
    expect_text((struct slice){NULL, 0}, "\"\"");
    expect_text(SLICE("gewoon"), "\"gewoon\"");
    expect_text(SLICE("\" level=error \\"), "\"\\\" level=error \\\\\"");
    expect_text(SLICE("a\nb\0c\x7f"), "\"a\\x0ab\\x00c\\x7f\"");
    expect_text(SLICE("caf\xc3\xa9 \xf0\x9f\x8c\xb1"), "\"caf\xc3\xa9 \xf0\x9f\x8c\xb1\"");
    expect_text(SLICE("\xc3(\xff\xc2\x9b"), "\"\\xc3(\\xff\\xc2\\x9b\"");
}

Test(log, untrusted_text_has_an_end)
{
    static char text[5000];
    static const char *const fillers[] = {"a", "\"", "\n", "\xff", "\xf0\x9f\x8c\xb1", "\xc2\x9b"};
    for (size_t f = 0; f < sizeof fillers / sizeof fillers[0]; f++) {
        size_t size = strlen(fillers[f]);
        for (size_t before = 0; before < 9; before++) {
            size_t len = before;
            memset(text, 'b', before);
            for (; len + size <= 4000; len += size) {
                memcpy(text + len, fillers[f], size);
            }
            struct log_text quoted = log_text((struct slice){text, len});
            size_t out = strnlen(quoted.quoted, LOG_TEXT_BYTES);
            cr_assert(out < LOG_TEXT_BYTES && out > LOG_TEXT_BYTES - 30);
            cr_assert_str_eq(quoted.quoted + out - 4, "...\"");
            cr_assert(utf8_valid((struct slice){quoted.quoted, out}));
        }
    }
}
