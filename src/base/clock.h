/* Time. Functions with rules in them take `now` as a parameter; only the edges of the program ask the clock.
 */
#ifndef ZEVENSTEM_BASE_CLOCK_H
#define ZEVENSTEM_BASE_CLOCK_H

#include "base/slice.h"

enum { CLOCK_RFC3339_BYTES = 21 }; /* "2026-11-24T03:10:01Z" and its NUL */

/* Microseconds since an arbitrary start; never goes back. For deadlines and durations. */
int64_t clock_monotonic_us(void);
/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_unix_s(void);
/* CPU microseconds used by the calling thread. A signal handler may ask. */
int64_t clock_thread_cpu_us(void);
/* Always UTC with an upper-case T and Z, whole seconds (RFC 3339). Years 0..9999; anything else is clipped.
 */
void clock_format_rfc3339(char out[CLOCK_RFC3339_BYTES], int64_t unix_s);
/* RFC 3339 date-time with any offset, upper-case T; fractions of a second are accepted and dropped. "-00:00"
 * and impossible dates are refused, and so is a leap second (:60). */
bool clock_parse_rfc3339(int64_t *unix_s, struct slice text);
/* "2026-11-24", that and nothing more: days since 1970-01-01, for years from 0000. False, and *day is left
 * alone: it is none. */
bool clock_parse_day(int32_t *day, struct slice text);
/* Days since 1970-01-01 in UTC. */
int32_t clock_day(int64_t unix_s);
/* The civil date in the European Netherlands (CET, CEST by the EU rule: last Sunday of March and October,
 * 01:00 UTC; the rule of today, for years before 1996 too), for texts that a citizen reads. Years 0..9999;
 * anything else is clipped. month 1..12, day 1..31. */
struct clock_civil {
    int year, month, day, hour, minute, weekday; /* weekday 0 = Sunday */
};
struct clock_civil clock_civil_nl(int64_t unix_s);
/* Days from 1970-01-01 to that civil date. */
int32_t clock_day_nl(int64_t unix_s);
/* When that day begins there, in Unix seconds. Summer time begins and ends later on its day. */
int64_t clock_midnight_nl(int32_t day);

#endif
