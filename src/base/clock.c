#include "base/clock.h"

#include <string.h>
#include <time.h>

enum { SECONDS_A_DAY = 86400, SECONDS_AN_HOUR = 3600 };

int64_t clock_monotonic_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_unix_s(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec;
}

int64_t clock_thread_cpu_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
static const int64_t first_s = -62167219200;
static const int64_t last_s = 253402300799;

/* `digits` decimal digits and what follows them; where the next one goes. */
static char *put_digits(char *at, int value, int digits, char after)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    at[digits] = after;
    return at + digits + 1;
}

static struct tm utc_of(int64_t unix_s)
{
    struct tm tm;
    time_t t = (time_t)(unix_s < first_s ? first_s : unix_s > last_s ? last_s : unix_s);
    gmtime_r(&t, &tm);
    return tm;
}

void clock_format_rfc3339(char out[CLOCK_RFC3339_BYTES], int64_t unix_s)
{
    struct tm tm = utc_of(unix_s);
    char *at = put_digits(out, tm.tm_year + 1900, 4, '-');
    at = put_digits(at, tm.tm_mon + 1, 2, '-');
    at = put_digits(at, tm.tm_mday, 2, 'T');
    at = put_digits(at, tm.tm_hour, 2, ':');
    at = put_digits(at, tm.tm_min, 2, ':');
    at = put_digits(at, tm.tm_sec, 2, 'Z');
    *at = '\0';
}

/* `digits` decimal digits at the head of *s, which moves past them. */
static bool take_digits(int *out, struct slice *s, size_t digits)
{
    uint64_t value;
    if (s->len < digits || !slice_to_u64(&value, (struct slice){s->ptr, digits}, 9999)) {
        return false;
    }
    s->ptr += digits;
    s->len -= digits;
    *out = (int)value;
    return true;
}

static bool take_char(struct slice *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c) {
        return false;
    }
    s->ptr++;
    s->len--;
    return true;
}

static bool take_offset(int *seconds, struct slice *s)
{
    int hours;
    int minutes;
    if (take_char(s, 'Z')) {
        *seconds = 0;
        return true;
    }
    bool negative = s->len > 0 && s->ptr[0] == '-';
    if (!(negative ? take_char(s, '-') : take_char(s, '+'))) {
        return false;
    }
    if (!take_digits(&hours, s, 2) || !take_char(s, ':') || !take_digits(&minutes, s, 2) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    if (negative && hours == 0 && minutes == 0) {
        return false;
    }
    *seconds = (hours * 60 + minutes) * 60 * (negative ? -1 : 1);
    return true;
}

bool clock_parse_rfc3339(int64_t *unix_s, struct slice text)
{
    struct tm tm = {0};
    int year;
    int month;
    int offset;
    struct slice s = text;
    if (!take_digits(&year, &s, 4) || !take_char(&s, '-') || !take_digits(&month, &s, 2) ||
        !take_char(&s, '-') || !take_digits(&tm.tm_mday, &s, 2) || !take_char(&s, 'T') ||
        !take_digits(&tm.tm_hour, &s, 2) || !take_char(&s, ':') || !take_digits(&tm.tm_min, &s, 2) ||
        !take_char(&s, ':') || !take_digits(&tm.tm_sec, &s, 2)) {
        return false;
    }
    if (take_char(&s, '.')) {
        int digit;
        if (!take_digits(&digit, &s, 1)) {
            return false;
        }
        while (take_digits(&digit, &s, 1)) {
        }
    }
    if (!take_offset(&offset, &s) || s.len != 0) {
        return false;
    }
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    struct tm wanted = tm;
    int64_t at = timegm(&tm);
    /* timegm turns 31 February into March: what it changed was impossible. */
    if (tm.tm_mday != wanted.tm_mday || tm.tm_mon != wanted.tm_mon || tm.tm_hour != wanted.tm_hour ||
        tm.tm_min != wanted.tm_min || tm.tm_sec != wanted.tm_sec) {
        return false;
    }
    *unix_s = at - offset;
    return true;
}

bool clock_parse_day(int32_t *day, struct slice text)
{
    static const struct slice midnight = {"T00:00:00Z", 10};
    char whole[CLOCK_RFC3339_BYTES - 1];
    int64_t at;
    if (text.len != sizeof whole - midnight.len) {
        return false;
    }
    memcpy(whole, text.ptr, text.len);
    memcpy(whole + text.len, midnight.ptr, midnight.len);
    if (!clock_parse_rfc3339(&at, (struct slice){whole, sizeof whole})) {
        return false;
    }
    *day = clock_day(at);
    return true;
}

int32_t clock_day(int64_t unix_s)
{
    int64_t day = unix_s / SECONDS_A_DAY;
    if (unix_s % SECONDS_A_DAY < 0) {
        day--;
    }
    return (int32_t)day;
}

/* 01:00 UTC on the last Sunday of a month with 31 days. */
static int64_t last_sunday(int year, int month)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 31, .tm_hour = 1};
    int64_t at = timegm(&tm);
    return at - (int64_t)tm.tm_wday * SECONDS_A_DAY;
}

/* What the clock in the Netherlands shows, as if it were UTC. */
static int64_t shown_nl(int64_t unix_s)
{
    int year = utc_of(unix_s).tm_year + 1900;
    bool summer = unix_s >= last_sunday(year, 3) && unix_s < last_sunday(year, 10);
    unix_s = unix_s < first_s ? first_s : unix_s > last_s ? last_s : unix_s;
    return unix_s + (int64_t)(summer ? 2 : 1) * SECONDS_AN_HOUR;
}

struct clock_civil clock_civil_nl(int64_t unix_s)
{
    struct tm tm = utc_of(shown_nl(unix_s));
    return (struct clock_civil){.year = tm.tm_year + 1900,
                                .month = tm.tm_mon + 1,
                                .day = tm.tm_mday,
                                .hour = tm.tm_hour,
                                .minute = tm.tm_min,
                                .weekday = tm.tm_wday};
}

int32_t clock_day_nl(int64_t unix_s)
{
    return clock_day(shown_nl(unix_s));
}

int64_t clock_midnight_nl(int32_t day)
{
    const int64_t winter = (int64_t)day * SECONDS_A_DAY - SECONDS_AN_HOUR;
    return clock_day_nl(winter - SECONDS_AN_HOUR) == day ? winter - SECONDS_AN_HOUR : winter;
}
