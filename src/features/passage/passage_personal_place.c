/* Where somebody can be found: e-mail and address. */
#include "features/passage/passage_internal.h"

#include <string.h>

/* ---- e-mail ---- */

static bool in_local_part(const struct personal_scan *scan, size_t at)
{
    const char c = personal_ascii(scan, at);
    return personal_in_word(scan, at) || (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c));
}

/* The end of a domain with two labels or more, the last of two letters or more; 0: none. */
static size_t domain_end(const struct personal_scan *scan, size_t at)
{
    size_t end = 0;
    bool dotted = false;
    for (;;) {
        const size_t label = at;
        bool letters = true;
        while (personal_in_word(scan, at) || (at > label && personal_ascii(scan, at) == '-')) {
            letters = letters && unicode_is_letter(scan->points[at]);
            at++;
        }
        if (at == label) {
            return end;
        }
        if (dotted && letters && at - label >= 2) {
            end = at;
        }
        if (personal_ascii(scan, at) != '.') {
            return end;
        }
        dotted = true;
        at++;
    }
}

void personal_find_email(struct personal_scan *scan)
{
    for (size_t at = 0; at < scan->count; at++) {
        if (personal_ascii(scan, at) != '@') {
            continue;
        }
        size_t start = at;
        const size_t end = domain_end(scan, at + 1);
        while (end > 0 && start > 0 && in_local_part(scan, start - 1)) {
            start--;
        }
        while (start < at && !personal_in_word(scan, start) && personal_ascii(scan, start) != '_') {
            start++; /* a quote or bracket in front */
        }
        if (end > 0 && start < at) {
            personal_hit(scan, start, end, PERSONAL_EMAIL);
            at = end - 1;
        }
    }
}

/* ---- address ---- */

enum { HOUSE_DIGITS = 5, STREET_WORDS = 5, GAP = 4 };

static bool is_capital(const struct personal_scan *scan, size_t at)
{
    const char c = personal_ascii(scan, at);
    return c >= 'A' && c <= 'Z';
}

/* What a longer number goes on with. */
static bool joins_number(const struct personal_scan *scan, size_t at)
{
    const char c = personal_ascii(scan, at);
    return c != '\0' && strchr(".,-/", c) && at > 0 && personal_digit(scan, at - 1);
}

/* "9401 HK", "9401HK" or "9401hk": where it ends; 0: none. SA, SD and SS are not given out. */
static size_t postcode_at(const struct personal_scan *scan, size_t at)
{
    if (personal_digits(scan, at) != 4 || personal_ascii(scan, at) == '0' ||
        (at > 0 && (personal_in_word(scan, at - 1) || joins_number(scan, at - 1)))) {
        return 0;
    }
    const bool space = at + 4 < scan->count && unicode_is_space(scan->points[at + 4]);
    const size_t letters = at + 4 + space;
    const uint32_t *folded = scan->folded + letters;
    if (letters + 2 > scan->count || personal_in_word(scan, letters + 2) || folded[0] < 'a' ||
        folded[0] > 'z' || folded[1] < 'a' || folded[1] > 'z' || scan->points[letters] >= 0x80 ||
        scan->points[letters + 1] >= 0x80) {
        return 0;
    }
    const bool capitals = is_capital(scan, letters) && is_capital(scan, letters + 1);
    const bool small = !is_capital(scan, letters) && !is_capital(scan, letters + 1);
    const bool never = folded[0] == 's' && (folded[1] == 'a' || folded[1] == 'd' || folded[1] == 's');
    return !never && (capitals || (small && !space)) ? letters + 2 : 0;
}

/* Behind a postcode: " 12", ", 12a", " nr. 12-3", " huisnummer 12": where it ends; 0: none. */
static size_t house_behind(const struct personal_scan *scan, size_t at)
{
    static const char *const words[] = {"nr", "nummer", "huisnummer"};
    const size_t most = at + GAP;
    while (at < most && at < scan->count &&
           (unicode_is_space(scan->points[at]) || personal_ascii(scan, at) == ',')) {
        at++;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (personal_word_at(scan, at, words[i])) {
            at += strlen(words[i]);
            at = personal_skip_spaces(scan, at + (personal_ascii(scan, at) == '.'));
            break;
        }
    }
    const size_t digits = personal_digits(scan, at);
    size_t end = at + digits;
    if (digits == 0 || digits > HOUSE_DIGITS || personal_ascii(scan, at) == '0') {
        return 0;
    }
    if (personal_in_word(scan, end)) {
        end++; /* 12a */
    } else if (personal_ascii(scan, end) == '-' && personal_in_word(scan, end + 1)) {
        end += 2; /* 12-3, 12-II */
        while (personal_in_word(scan, end) && end < at + digits + GAP) {
            end++;
        }
    }
    return personal_in_word(scan, end) || personal_ascii(scan, end) == '%' ? 0 : end;
}

static size_t word_start(const struct personal_scan *scan, size_t end)
{
    while (end > 0 && (personal_in_word(scan, end - 1) || personal_ascii(scan, end - 1) == '-' ||
                       personal_ascii(scan, end - 1) == '\'')) {
        end--;
    }
    return end;
}

/* The words of a street that ends here: back over capitals and the particles between them. SIZE_MAX: none. */
static size_t street_start(const struct personal_scan *scan, size_t end)
{
    size_t start = SIZE_MAX;
    for (int i = 0; i < STREET_WORDS && end > 0; i++) {
        const size_t word = word_start(scan, end);
        if (word == end) {
            break;
        }
        const bool capital = unicode_is_upper(scan->points[word]);
        const bool particle = personal_is_particle(scan->folded + word, end - word);
        if (!capital && (start == SIZE_MAX || !particle)) {
            break;
        }
        start = capital && !particle ? word : start;
        if (word == 0 || personal_ascii(scan, word - 1) != ' ') {
            break;
        }
        end = word - 1;
    }
    return start;
}

/* In front of a postcode: "Kerkstraat 12, ". Where the street begins; SIZE_MAX: none. */
static size_t house_in_front(const struct personal_scan *scan, size_t at)
{
    size_t end = at;
    while (end > 0 && at - end < GAP &&
           (unicode_is_space(scan->points[end - 1]) || scan->points[end - 1] == ',')) {
        end--;
    }
    const size_t house = word_start(scan, end);
    const size_t digits = personal_digits(scan, house);
    const bool number = end < at && digits > 0 && digits <= HOUSE_DIGITS && end - house <= digits + GAP;
    return number && house > 1 && personal_ascii(scan, house - 1) == ' ' ? street_start(scan, house - 1)
                                                                         : SIZE_MAX;
}

void personal_find_address(struct personal_scan *scan)
{
    for (size_t at = 0; at < scan->count; at++) {
        const size_t postcode = personal_digit(scan, at) ? postcode_at(scan, at) : 0;
        if (postcode == 0) {
            continue;
        }
        const size_t street = house_in_front(scan, at);
        const size_t behind = street == SIZE_MAX ? house_behind(scan, postcode) : 0;
        if (street != SIZE_MAX || behind > 0) {
            personal_hit(scan, street != SIZE_MAX ? street : at, behind > 0 ? behind : postcode,
                         PERSONAL_ADDRESS);
        }
        at = postcode - 1;
    }
}
