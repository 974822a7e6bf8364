/* Numbers that are somebody's: telephone, IBAN, BSN. */
#include "features/passage/passage_internal.h"

#include <string.h>

/* ---- the tests ---- */

bool personal_is_bsn(struct slice digits)
{
    int sum = 0;
    bool any = false;
    if (digits.len != 9) {
        return false;
    }
    for (int i = 0; i < 9; i++) {
        const int digit = digits.ptr[i] - '0';
        if (digit < 0 || digit > 9) {
            return false;
        }
        sum += digit * (i == 8 ? -1 : 9 - i);
        any = any || digit != 0;
    }
    return any && sum % 11 == 0;
}

bool personal_is_iban(struct slice letters)
{
    unsigned rest = 0;
    if (letters.len < 15 || letters.len > 34) {
        return false;
    }
    for (size_t i = 0; i < letters.len; i++) {
        /* The first four come last. */
        const size_t from = (i + 4) % letters.len;
        const char c = letters.ptr[from];
        const bool digit = c >= '0' && c <= '9';
        const bool letter = c >= 'A' && c <= 'Z';
        if (from < 2 ? !letter : from < 4 ? !digit : !digit && !letter) {
            return false;
        }
        rest = digit ? (rest * 10 + (unsigned)(c - '0')) % 97 : (rest * 100 + (unsigned)(c - 'A' + 10)) % 97;
    }
    return rest == 1;
}

/* ---- what stands around ---- */

/* Not in a word, nor behind the comma or point of a number. */
static bool may_begin(const struct personal_scan *scan, size_t at)
{
    if (at == 0) {
        return true;
    }
    const char before = personal_ascii(scan, at - 1);
    const bool joins = before != '\0' && strchr(".,-/+:", before);
    return !personal_in_word(scan, at - 1) && !(joins && at >= 2 && personal_digit(scan, at - 2)) &&
           before != '+';
}

static bool is_separator(const struct personal_scan *scan, size_t at)
{
    const char c = personal_ascii(scan, at);
    return (c != '\0' && strchr(" -./()", c)) || (at < scan->count && scan->points[at] == 0xA0);
}

/* ---- telephone ---- */

enum { PHONE_DIGITS_MAX = 15, GROUP_GAP = 3 };

struct phone {
    char digits[PHONE_DIGITS_MAX + 1];
    size_t count;
    size_t groups[PHONE_DIGITS_MAX + 1]; /* digits in each */
    size_t group_count;
    size_t end;
};

/* Up to `most` digits in groups. */
static void read_groups(struct phone *phone, const struct personal_scan *scan, size_t at, size_t most)
{
    while (phone->count < most) {
        size_t gap = 0;
        while (gap <= GROUP_GAP && is_separator(scan, at + gap)) {
            gap++;
        }
        if (gap > GROUP_GAP || !personal_digit(scan, at + gap)) {
            return;
        }
        if (gap > 0 || phone->group_count == 0) {
            phone->group_count++;
        }
        phone->groups[phone->group_count - 1]++;
        phone->digits[phone->count++] = personal_ascii(scan, at + gap);
        at += gap + 1;
        phone->end = at;
    }
}

/* 06, or an area code of three or four digits, or no groups at all; and no date with more digits behind it.
 */
static bool is_national(const struct phone *phone)
{
    const size_t first = phone->groups[0];
    const bool date = phone->group_count > 3 && first == 2 && phone->groups[1] == 2 && phone->groups[2] == 4;
    return phone->count == 10 && phone->digits[0] == '0' && phone->digits[1] != '0' && !date &&
           (first == 10 || first == 3 || first == 4 || (first == 2 && phone->digits[1] == '6'));
}

/* "(0)" between country and area. */
static size_t skip_trunk(const struct personal_scan *scan, size_t at)
{
    const size_t from = personal_skip_spaces(scan, at);
    const bool there = personal_ascii(scan, from) == '(' && personal_ascii(scan, from + 1) == '0' &&
                       personal_ascii(scan, from + 2) == ')';
    return there ? from + 3 : at;
}

/* Where it ends; 0: none begins here. */
static size_t phone_at(const struct personal_scan *scan, size_t at)
{
    struct phone phone = {.end = at};
    const bool plus = personal_ascii(scan, at) == '+';
    const bool zeros = personal_ascii(scan, at) == '0' && personal_ascii(scan, at + 1) == '0';
    const size_t country = at + (plus ? 1 : zeros ? 2 : 0);
    if ((plus || zeros) && personal_ascii(scan, country) == '3' && personal_ascii(scan, country + 1) == '1') {
        /* Many keep the 0 of the number at home: +310612345678. */
        const size_t area = skip_trunk(scan, country + 2);
        read_groups(&phone, scan, area, 9);
        if (phone.digits[0] == '0') {
            phone = (struct phone){.end = at};
            read_groups(&phone, scan, area, 10);
        }
        const size_t zero = phone.digits[0] == '0';
        if (phone.count != 9 + zero || phone.digits[zero] == '0') {
            return 0;
        }
    } else if (plus) {
        read_groups(&phone, scan, country, PHONE_DIGITS_MAX);
        if (phone.count < 9 || phone.groups[0] > 14 || phone.digits[0] == '0' || country == phone.end) {
            return 0;
        }
    } else {
        read_groups(&phone, scan, at + (personal_ascii(scan, at) == '('), 10);
        if (!is_national(&phone)) {
            return 0;
        }
    }
    return personal_in_word(scan, phone.end) ? 0 : phone.end;
}

/* ---- IBAN ---- */

static size_t iban_length(char a, char b)
{
    static const struct {
        char country[3];
        unsigned char length;
    } known[] = {{"AT", 20}, {"BE", 16}, {"CH", 21}, {"CZ", 24}, {"DE", 22}, {"DK", 18}, {"ES", 24},
                 {"FI", 18}, {"FR", 27}, {"GB", 22}, {"GR", 27}, {"HU", 28}, {"IE", 22}, {"IT", 27},
                 {"LT", 20}, {"LU", 20}, {"MA", 28}, {"MT", 31}, {"NL", 18}, {"NO", 15}, {"PL", 28},
                 {"PT", 25}, {"RO", 24}, {"SE", 24}, {"TR", 26}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].country[0] == a && known[i].country[1] == b) {
            return known[i].length;
        }
    }
    return 0;
}

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static size_t iban_at(const struct personal_scan *scan, size_t at)
{
    char letters[34];
    size_t count = 0;
    const size_t length =
        iban_length(capital(personal_ascii(scan, at)), capital(personal_ascii(scan, at + 1)));
    const size_t most = length ? length : sizeof letters;
    size_t end = at;
    while (count < most) {
        /* In groups of four, where it is known how many letters there must be. */
        const bool space =
            length && count > 0 && (personal_ascii(scan, end) == ' ' || personal_ascii(scan, end) == '.');
        const char c = capital(personal_ascii(scan, end + space));
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
            break;
        }
        letters[count++] = c;
        end += space + 1u;
    }
    return !personal_in_word(scan, end) && personal_is_iban((struct slice){letters, count}) ? end : 0;
}

/* ---- BSN ---- */

enum { BSN_CONTEXT = 40 };

static bool bsn_in_front(const struct personal_scan *scan, size_t at)
{
    static const char *const words[] = {"bsn", "sofi", "sofinummer", "burgerservicenummer",
                                        "burgerservicenummers"};
    const size_t from = at > BSN_CONTEXT ? at - BSN_CONTEXT : 0;
    for (size_t i = from; i < at; i++) {
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            if (personal_word_at(scan, i, words[k])) {
                return true;
            }
        }
    }
    return false;
}

/* An amount: a currency in front or behind. */
static bool is_amount(const struct personal_scan *scan, size_t at, size_t end)
{
    while (at > 0 && unicode_is_space(scan->points[at - 1])) {
        at--;
    }
    const uint32_t before = at > 0 ? scan->points[at - 1] : 0;
    return before == 0x20AC || before == '$' || before == 0xA3 ||
           personal_word_at(scan, personal_skip_spaces(scan, end), "euro");
}

static size_t bsn_at(const struct personal_scan *scan, size_t at)
{
    struct phone number = {.end = at};
    read_groups(&number, scan, at, 9);
    char nine[9] = "0";
    const bool context = bsn_in_front(scan, at);
    const bool eight = number.count == 8 && context;
    memcpy(nine + eight, number.digits, eight ? 8 : 9);
    const size_t *groups = number.groups;
    const bool whole = number.group_count == 1;
    const bool classic = number.group_count == 3 && groups[0] == 4 && groups[1] == 2 && groups[2] == 3;
    const bool thousands = number.group_count == 3 && groups[0] == 3 && groups[1] == 3 && groups[2] == 3;
    const bool shape = whole || classic || (context && thousands);
    const bool good = (number.count == 9 || eight) && shape && !personal_in_word(scan, number.end) &&
                      personal_is_bsn((struct slice){nine, 9}) &&
                      (context || !is_amount(scan, at, number.end));
    const bool decimals = personal_ascii(scan, number.end) == ',' && personal_digit(scan, number.end + 1);
    return good && !decimals ? number.end : 0;
}

void personal_find_numbers(struct personal_scan *scan)
{
    for (size_t at = 0; at < scan->count; at++) {
        const char c = personal_ascii(scan, at);
        const bool digit = c >= '0' && c <= '9';
        const bool letter = capital(c) >= 'A' && capital(c) <= 'Z';
        if (!(digit || letter || c == '+' || c == '(') || !may_begin(scan, at)) {
            continue;
        }
        size_t end = 0;
        enum personal_kind kind = PERSONAL_IBAN;
        if (letter) {
            end = iban_at(scan, at);
        } else {
            kind = PERSONAL_PHONE;
            end = phone_at(scan, at);
            if (end == 0 && digit) {
                kind = PERSONAL_BSN;
                end = bsn_at(scan, at);
            }
        }
        if (end > 0) {
            personal_hit(scan, at, end, kind);
            at = end - 1;
        }
    }
}
