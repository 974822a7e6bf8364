/* Truth: the C library's own calendar and its POSIX time zone rules. */
#include "base/clock.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };

static const char *formatted(int64_t at)
{
    static char text[CLOCK_RFC3339_BYTES];
    memset(text, 'Z', sizeof text); /* rubbish that looks right */
    clock_format_rfc3339(text, at);
    return text;
}

Test(clock, formats_rfc3339)
{
    cr_assert_str_eq(formatted(0), "1970-01-01T00:00:00Z");
    cr_assert_str_eq(formatted(-1), "1969-12-31T23:59:59Z");
    cr_assert_str_eq(formatted(951782400), "2000-02-29T00:00:00Z");
    cr_assert_str_eq(formatted(1795489801), "2026-11-24T03:10:01Z");
    cr_assert_str_eq(formatted(INT64_C(253402300799)), "9999-12-31T23:59:59Z");
    cr_assert_str_eq(formatted(INT64_C(-62167219200)), "0000-01-01T00:00:00Z");
    cr_assert_str_eq(formatted(INT64_C(-62135596800)), "0001-01-01T00:00:00Z");
    cr_assert_str_eq(formatted(INT64_C(-30641760000)), "0999-01-01T00:00:00Z");
}

Test(clock, clips_what_has_no_four_digit_year)
{
    cr_assert_str_eq(formatted(INT64_C(253402300800)), "9999-12-31T23:59:59Z");
    cr_assert_str_eq(formatted(INT64_MAX), "9999-12-31T23:59:59Z");
    cr_assert_str_eq(formatted(INT64_MIN), "0000-01-01T00:00:00Z");
    struct clock_civil latest = clock_civil_nl(INT64_MAX);
    cr_assert(latest.year == 9999 || latest.year == 10000);
    struct clock_civil first = clock_civil_nl(INT64_MIN);
    cr_assert(first.year == 0 && first.month == 1 && first.day == 1);
}

Test(clock, what_is_formatted_can_be_parsed)
{
    for (int64_t at = INT64_C(-62167219200); at <= INT64_C(253402300799); at += INT64_C(98765432)) {
        int64_t back;
        cr_assert(clock_parse_rfc3339(&back, slice_from_cstr(formatted(at))), "%s", formatted(at));
        cr_assert_eq(back, at, "%s", formatted(at));
    }
}

static void expect_time(const char *text, int64_t wanted)
{
    int64_t at;
    cr_assert(clock_parse_rfc3339(&at, slice_from_cstr(text)), "%s", text);
    cr_assert_eq(at, wanted, "%s gives %lld", text, (long long)at);
}

Test(clock, parses_the_examples_of_rfc3339)
{
    /* RFC 3339 section 5.8, but its leap seconds. Seconds as `date -u -d ... +%s` gives them. */
    expect_time("1985-04-12T23:20:50.52Z", 482196050);
    expect_time("1996-12-19T16:39:57-08:00", 851042397);
    expect_time("1996-12-20T00:39:57Z", 851042397);
    expect_time("1937-01-01T12:00:27.87+00:20", -1041337173);
    expect_time("2026-11-24T04:10:01+01:00", 1795489801);
    expect_time("2000-02-29T00:00:00.000000000000000000000000000000001Z", 951782400);
    expect_time("1970-01-01T23:59:00+23:59", 0);
    expect_time("1970-01-01T00:00:00+00:00", 0);
    expect_time("1969-12-31T12:00:00-12:00", 0);
}

Test(clock, refuses_other_forms_and_impossible_dates)
{
    static const char *const bad[] = {"",
                                      "2026-11-24",
                                      "2026-11-24T03:10:01",
                                      "2026-11-24t03:10:01Z",
                                      "2026-11-24T03:10:01z",
                                      "2026-11-24 03:10:01Z",
                                      "2026-11-24T03:10Z",
                                      "2026-11-24T03:10:01.Z",
                                      "2026-11-24T03:10:01,5Z",
                                      "2026-11-24T03:10:01-00:00",
                                      "2026-11-24T03:10:01+0100",
                                      "2026-11-24T03:10:01+24:00",
                                      "2026-11-24T03:10:01+01:60",
                                      "2026-11-24T03:10:01+01",
                                      "2026-11-24T03:10:01Z ",
                                      " 2026-11-24T03:10:01Z",
                                      "2026-11-24T24:00:00Z",
                                      "2026-11-24T03:60:00Z",
                                      "2026-11-24T03:10:61Z",
                                      "1990-12-31T23:59:60Z",
                                      "2026-02-29T00:00:00Z",
                                      "1900-02-29T00:00:00Z",
                                      "2026-04-31T00:00:00Z",
                                      "2026-00-10T00:00:00Z",
                                      "2026-13-10T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-32T00:00:00Z",
                                      "+026-01-01T00:00:00Z",
                                      "2026-1-01T00:00:00Z",
                                      "20261-01-01T00:00:00Z",
                                      "2026-01-01T-1:00:00Z"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t at = 7;
        cr_assert_not(clock_parse_rfc3339(&at, slice_from_cstr(bad[i])), "%s", bad[i]);
        cr_assert_eq(at, 7);
    }
    int64_t at;
    cr_assert_not(clock_parse_rfc3339(&at, (struct slice){"2026-11-24T03:10:01Z\0", 21}));
}

Test(clock, days_round_down)
{
    cr_assert_eq(clock_day(0), 0);
    cr_assert_eq(clock_day(DAY - 1), 0);
    cr_assert_eq(clock_day(DAY), 1);
    cr_assert_eq(clock_day(-1), -1);
    cr_assert_eq(clock_day(-DAY), -1);
    cr_assert_eq(clock_day(-DAY - 1), -2);
    cr_assert_eq(clock_day(1795489801), 20781);
}

static void expect_civil(int64_t at, const struct tm *wanted)
{
    struct clock_civil civil = clock_civil_nl(at);
    cr_assert(civil.year == wanted->tm_year + 1900 && civil.month == wanted->tm_mon + 1 &&
                  civil.day == wanted->tm_mday && civil.hour == wanted->tm_hour &&
                  civil.minute == wanted->tm_min && civil.weekday == wanted->tm_wday,
              "at %lld: %d-%d-%d %d:%d", (long long)at, civil.year, civil.month, civil.day, civil.hour,
              civil.minute);
    struct tm shown = *wanted;
    cr_assert_eq(clock_day_nl(at), timegm(&shown) / DAY, "at %lld", (long long)at);
}

Test(clock, civil_time_is_that_of_the_posix_rule)
{
    /* The last Sunday of March at 02:00 CET to that of October at 03:00 CEST. */
    setenv("TZ", "CET-1CEST,M3.5.0/2,M10.5.0/3", 1);
    tzset();
    for (int64_t at = 820454400; at < INT64_C(4102444800); at += 3600 * 7 + 59) {
        time_t t = (time_t)at;
        struct tm tm;
        localtime_r(&t, &tm);
        expect_civil(at, &tm);
    }
    /* Every second around the changes of some years. */
    for (int year = 1996; year < 2060; year++) {
        for (int month = 3; month <= 10; month += 7) {
            struct tm noon = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 31, .tm_hour = 1};
            time_t change = timegm(&noon) - (time_t)noon.tm_wday * DAY;
            for (time_t t = change - 3; t <= change + 3; t++) {
                struct tm tm;
                localtime_r(&t, &tm);
                expect_civil(t, &tm);
            }
        }
    }
}

Test(clock, civil_time_of_known_moments)
{
    /* In 2026 summer time begins on 29 March and ends on 25 October. */
    expect_civil(1774746000 - 1,
                 &(struct tm){.tm_year = 126, .tm_mon = 2, .tm_mday = 29, .tm_hour = 1, .tm_min = 59});
    expect_civil(1774746000, &(struct tm){.tm_year = 126, .tm_mon = 2, .tm_mday = 29, .tm_hour = 3});
    expect_civil(1792890000 - 1,
                 &(struct tm){.tm_year = 126, .tm_mon = 9, .tm_mday = 25, .tm_hour = 2, .tm_min = 59});
    expect_civil(1792890000, &(struct tm){.tm_year = 126, .tm_mon = 9, .tm_mday = 25, .tm_hour = 2});
    /* The last hour of the year is already the next one here. */
    expect_civil(1798759800, &(struct tm){.tm_year = 127, .tm_mday = 1, .tm_min = 30, .tm_wday = 5});
}

/* As `TZ=Europe/Amsterdam date -d DAY +%s` prints it. */
static void expect_midnight(const char *text, int64_t wanted)
{
    int32_t day;
    cr_assert(clock_parse_day(&day, slice_from_cstr(text)), "%s", text);
    cr_expect_eq(clock_midnight_nl(day), wanted, "%s: %lld", text, (long long)clock_midnight_nl(day));
}

Test(clock, a_day_here_begins_at_midnight)
{
    expect_midnight("1970-01-02", 82800);
    expect_midnight("2026-07-01", 1782856800);
    expect_midnight("2026-11-24", 1795474800);
    expect_midnight("2028-02-29", 1835391600);
    /* On these the clock is changed, later that day. */
    expect_midnight("2026-03-29", 1774738800);
    expect_midnight("2026-03-30", 1774821600);
    expect_midnight("2026-10-25", 1792879200);
    expect_midnight("2026-10-26", 1792969200);
    /* The first second of it, and no other, is at midnight. */
    for (int32_t day = 9496; day < 47482; day++) {
        const int64_t begins = clock_midnight_nl(day);
        cr_assert(clock_day_nl(begins) == day && clock_day_nl(begins - 1) == day - 1, "day %d", (int)day);
    }
}

Test(clock, a_day_is_written_in_one_way)
{
    static const char *const bad[] = {"",           "gisteren",   "2026-02-30",  "2026-1-1",
                                      "2026-13-01", "24-11-2026", "2026-11-24T", "2026-11-24 ",
                                      "20261124",   "2026/11/24", "2026-11-2",   "2026-11-24T00:00:00Z"};
    int32_t day = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect_not(clock_parse_day(&day, slice_from_cstr(bad[i])), "%s", bad[i]);
        cr_expect_eq(day, 7);
    }
    cr_expect_not(clock_parse_day(&day, (struct slice){NULL, 0}));
    cr_assert(clock_parse_day(&day, SLICE("1970-01-01")));
    cr_expect_eq(day, 0);
    cr_assert(clock_parse_day(&day, SLICE("2026-11-24")));
    cr_expect_eq(day, 20781);
}

Test(clock, clocks_move_forward)
{
    int64_t monotonic = clock_monotonic_us();
    int64_t cpu = clock_thread_cpu_us();
    int64_t wall = clock_unix_s();
    cr_assert_lt(llabs(wall - (int64_t)time(NULL)), 2);
    volatile unsigned work = 0;
    while (clock_thread_cpu_us() - cpu < 2000) {
        work = work + 1;
    }
    cr_assert_geq(clock_monotonic_us() - monotonic, 1000);
}
