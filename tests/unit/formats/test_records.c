#include "formats/records.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(records, .fini = leaks_check);

enum { MAX = 16 };

/* A file with this text, read from its start; gone when closed. */
static int file_of(struct slice text)
{
    char path[] = "/tmp/records-test-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    unlink(path);
    cr_assert_eq(write(fd, text.ptr, text.len), (ssize_t)text.len);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

struct expected {
    enum records_status status;
    size_t line;
    const char *text; /* NULL: not looked at */
};

/* The file gives these, then RECORDS_END for ever. */
static void expect_records(struct slice text, bool quoted, const struct expected *expected, size_t count)
{
    int fd = file_of(text);
    struct records *records = records_create(fd, MAX);
    struct slice record;
    size_t line;
    records_set_quoted(records, quoted);
    for (size_t i = 0; i < count; i++) {
        enum records_status status = records_next(&record, &line, records);
        cr_assert_eq(status, expected[i].status, "record %zu: status %d", i, (int)status);
        cr_assert_eq(line, expected[i].line, "record %zu: line %zu", i, line);
        if (expected[i].text) {
            cr_assert(slice_equal_cstr(record, expected[i].text), "record %zu: %.*s", i, SLICE_ARG(record));
        }
    }
    cr_assert_eq(records_next(&record, &line, records), RECORDS_END);
    cr_assert_eq(records_next(&record, &line, records), RECORDS_END);
    records_free(records);
    close(fd);
}
#define EXPECT(text, quoted, ...)                                                                            \
    do {                                                                                                     \
        const struct expected expected[] = {__VA_ARGS__};                                                    \
        expect_records(text, quoted, expected, sizeof expected / sizeof expected[0]);                        \
    } while (0)

Test(records, lines_end_in_lf_or_crlf_or_with_the_file)
{
    EXPECT(SLICE("a\nbc\r\n\nd"), false, {RECORDS_NEXT, 1, "a"}, {RECORDS_NEXT, 2, "bc"},
           {RECORDS_NEXT, 3, ""}, {RECORDS_NEXT, 4, "d"});
    EXPECT(SLICE("\xEF\xBB\xBF{}\n"), false, {RECORDS_NEXT, 1, "{}"});
    expect_records(SLICE(""), false, NULL, 0);
    expect_records(SLICE("\xEF\xBB\xBF"), false, NULL, 0);
}

Test(records, quotes_hold_line_ends_where_asked)
{
    EXPECT(SLICE("a,\"b\n\"\"c\"\n\"d\"\n"), true, {RECORDS_NEXT, 1, "a,\"b\n\"\"c\""},
           {RECORDS_NEXT, 3, "\"d\""});
    EXPECT(SLICE("a,\"b\nc\"\n"), false, {RECORDS_NEXT, 1, "a,\"b"}, {RECORDS_NEXT, 2, "c\""});
}

Test(records, a_record_of_the_maximum_fits_and_a_longer_one_is_skipped)
{
    EXPECT(SLICE("0123456789abcdef\r\nx\n"), false, {RECORDS_NEXT, 1, "0123456789abcdef"},
           {RECORDS_NEXT, 2, "x"});
    EXPECT(SLICE("0123456789abcdefg\nx\n"), false, {RECORDS_TOO_LONG, 1, NULL}, {RECORDS_NEXT, 2, "x"});
    EXPECT(SLICE("0123456789abcdefg"), false, {RECORDS_TOO_LONG, 1, NULL});
}

Test(records, a_line_longer_than_many_reads_is_skipped_whole)
{
    enum { LONG = 300000 };
    char *text = malloc(LONG + 8);
    memset(text, 'x', LONG);
    memcpy(text + LONG, "\nlast\n", 6);
    EXPECT(((struct slice){text, LONG + 6}), false, {RECORDS_TOO_LONG, 1, NULL}, {RECORDS_NEXT, 2, "last"});
    EXPECT(((struct slice){text, LONG}), false, {RECORDS_TOO_LONG, 1, NULL});
    text[1] = '"'; /* and nothing after a quote that is never closed can be trusted */
    EXPECT(((struct slice){text, LONG + 6}), true, {RECORDS_UNCLOSED, 1, NULL});
    free(text);
}

Test(records, a_quote_open_at_the_end_is_told)
{
    EXPECT(SLICE("a\n\"b\nc\n"), true, {RECORDS_NEXT, 1, "a"}, {RECORDS_UNCLOSED, 2, NULL});
}

Test(records, nul_bytes_are_left_for_the_reader)
{
    int fd = file_of(SLICE("a\0b\n"));
    struct records *records = records_create(fd, MAX);
    struct slice record;
    size_t line;
    cr_assert_eq(records_next(&record, &line, records), RECORDS_NEXT);
    cr_assert_eq(record.len, 3);
    records_free(records);
    close(fd);
}

Test(records, peek_sees_the_first_byte_that_says_something)
{
    static const struct {
        struct slice text;
        char first;
    } cases[] = {{SLICE_INIT("{}"), '{'},
                 {SLICE_INIT("\xEF\xBB\xBF \r\n\t{}"), '{'},
                 {SLICE_INIT("  \n"), 0},
                 {SLICE_INIT(""), 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int fd = file_of(cases[i].text);
        struct records *records = records_create(fd, MAX);
        struct slice record;
        size_t line;
        cr_assert_eq(records_peek(records), cases[i].first, "case %zu", i);
        if (cases[i].text.len > 0) {
            cr_assert_eq(records_next(&record, &line, records), RECORDS_NEXT);
            cr_assert_eq(line, 1);
        }
        records_free(records);
        close(fd);
    }
}

Test(records, a_failure_to_read_is_told)
{
    int fd = file_of(SLICE("a"));
    struct records *records = records_create(fd, MAX);
    struct slice record;
    size_t line;
    close(fd);
    cr_assert_eq(records_next(&record, &line, records), RECORDS_FAILED);
    cr_assert_eq(errno, EBADF);
    records_free(records);
}
