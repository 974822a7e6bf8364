/* Dates of birth: dates, where something near says so. */
#include "features/passage/passage_internal.h"

#include <string.h>

enum { BEFORE = 60, BEHIND = 40 };

static size_t length_of_month(const struct personal_scan *scan, size_t at)
{
    static const char *const months[] = {
        "januari", "februari", "maart",    "april",   "mei",      "juni",  "juli", "augustus", "september",
        "oktober", "november", "december", "january", "february", "march", "may",  "june",     "july",
        "august",  "october",  "jan",      "feb",     "febr",     "mrt",   "apr",  "jun",      "jul",
        "aug",     "sep",      "sept",     "okt",     "oct",      "nov",   "dec"};
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
        if (personal_word_at(scan, at, months[i])) {
            return strlen(months[i]);
        }
    }
    return 0;
}

/* Its value, of at most four digits. */
static unsigned number(const struct personal_scan *scan, size_t at, size_t digits)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++) {
        value = value * 10 + (unsigned)(personal_ascii(scan, at + i) - '0');
    }
    return value;
}

static bool is_day(const struct personal_scan *scan, size_t at, size_t digits)
{
    return (digits == 1 || digits == 2) && number(scan, at, digits) >= 1 && number(scan, at, digits) <= 31;
}

static bool is_month(const struct personal_scan *scan, size_t at, size_t digits)
{
    return is_day(scan, at, digits) && number(scan, at, digits) <= 12;
}

static bool is_year(const struct personal_scan *scan, size_t at, size_t digits)
{
    return digits == 2 || (digits == 4 && number(scan, at, 4) >= 1900 && number(scan, at, 4) < 2100);
}

/* Three numbers with the same sign between: "12-3-1968", "1968-03-12". */
static size_t numeric_date(const struct personal_scan *scan, size_t at)
{
    const size_t first = personal_digits(scan, at);
    const char sign = personal_ascii(scan, at + first);
    if (first == 0 || sign == '\0' || !strchr("-/. ", sign)) {
        return 0;
    }
    const size_t middle_at = at + first + 1, middle = personal_digits(scan, middle_at);
    const size_t last_at = middle_at + middle + 1, last = personal_digits(scan, last_at);
    if (personal_ascii(scan, last_at - 1) != sign || !is_month(scan, middle_at, middle)) {
        return 0;
    }
    const bool dutch = is_day(scan, at, first) && is_year(scan, last_at, last);
    const bool iso = first == 4 && is_year(scan, at, first) && is_day(scan, last_at, last);
    return dutch || iso ? last_at + last : 0;
}

/* "12 maart 1968", "12 mrt. 1968". */
static size_t written_date(const struct personal_scan *scan, size_t at)
{
    const size_t day = personal_digits(scan, at);
    const size_t month_at = personal_skip_spaces(scan, at + day);
    const size_t month = is_day(scan, at, day) ? length_of_month(scan, month_at) : 0;
    if (month == 0) {
        return 0;
    }
    const size_t behind = month_at + month;
    const size_t year_at = personal_skip_spaces(scan, behind + (personal_ascii(scan, behind) == '.'));
    const size_t year = personal_digits(scan, year_at);
    return year == 4 && is_year(scan, year_at, year) ? year_at + year : 0;
}

static bool says_birth(const struct personal_scan *scan, size_t at)
{
    static const char *const words[] = {"geboren",    "geboortedatum", "geboortedag", "geb",   "jarig",
                                        "verjaardag", "verjaar",       "born",        "birth", "birthday"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (personal_word_at(scan, at, words[i])) {
            return true;
        }
    }
    return false;
}

/* Whether a sentence ends with this point: a capital follows behind white space. */
static bool ends_sentence(const struct personal_scan *scan, size_t at)
{
    const char c = personal_ascii(scan, at);
    const size_t next = personal_skip_spaces(scan, at + 1);
    return (c == '.' || c == '!' || c == '?') && next > at + 1 && next < scan->count &&
           unicode_is_upper(scan->points[next]);
}

static bool birth_is_near(const struct personal_scan *scan, size_t start, size_t end)
{
    for (size_t i = start; i > 0 && start - i < BEFORE && !ends_sentence(scan, i - 1); i--) {
        if (says_birth(scan, i - 1)) {
            return true;
        }
    }
    for (size_t i = end; i < scan->count && i - end < BEHIND && !ends_sentence(scan, i); i++) {
        if (says_birth(scan, i)) {
            return true;
        }
    }
    return false;
}

void personal_find_birth(struct personal_scan *scan)
{
    for (size_t at = 0; at < scan->count; at++) {
        const bool begins =
            personal_digit(scan, at) &&
            (at == 0 || !(personal_in_word(scan, at - 1) || personal_ascii(scan, at - 1) == '-'));
        if (!begins) {
            continue;
        }
        size_t end = numeric_date(scan, at);
        end = end > 0 ? end : written_date(scan, at);
        if (end > 0 && !personal_in_word(scan, end) && birth_is_near(scan, at, end)) {
            personal_hit(scan, at, end, PERSONAL_BIRTH_DATE);
            at = end - 1;
        }
    }
}
