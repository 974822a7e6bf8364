/* Sentences: ICU's boundaries, less those behind what does not end one. CLDR has no such list for Dutch, so
 * both lists are kept here. */
#include "base/unicode.h"

#include "base/log.h"
#include "base/utf8.h"

#include <unicode/ubrk.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* Abbreviations behind which there is always more. Those that may end a sentence (enz., etc., e.d., a.u.b.,
 * jl., mln., min.) are not among them. Compared with small letters; the first letter may be a capital, so
 * that "VS." is no "vs.". */
static const char *const dutch[] = {
    "aanv.",  "afd.",   "alg.",   "art.",   "bijv.",  "bijz.",  "blz.",   "bv.",    "ca.",    "cf.",
    "d.d.",   "d.i.",   "d.m.v.", "d.w.z.", "dhr.",   "dr.",    "drs.",   "evt.",   "excl.",  "fam.",
    "fig.",   "gebr.",  "gem.",   "hfst.",  "hr.",    "i.c.",   "i.h.b.", "i.p.v.", "i.t.t.", "i.v.m.",
    "incl.",  "ing.",   "inz.",   "ir.",    "jhr.",   "m.a.w.", "m.b.t.", "m.b.v.", "m.i.",   "m.i.v.",
    "m.n.",   "mej.",   "mevr.",  "mr.",    "mw.",    "n.a.v.", "nl.",    "nr.",    "nrs.",   "o.a.",
    "o.b.v.", "o.g.v.", "o.i.",   "o.l.v.", "o.m.",   "ong.",   "pag.",   "par.",   "plm.",   "prof.",
    "resp.",  "st.",    "t.a.v.", "t.b.v.", "t.g.v.", "t.n.v.", "t.o.v.", "t.w.",   "tel.",   "vgl.",
    "vs.",    "z.g.",   "zgn.",   "zg.",
};
static const char *const english[] = {
    "approx.", "ca.",  "capt.", "cf.",  "col.", "dr.",  "e.g.", "fig.",  "gen.",
    "gov.",    "hon.", "i.e.",  "lt.",  "mr.",  "mrs.", "ms.",  "pres.", "prof.",
    "rep.",    "rev.", "sen.",  "sgt.", "st.",  "vol.", "vs.",
};

static bool is_word(const uint32_t *word, size_t len, const char *ascii)
{
    for (size_t i = 0; i < len; i++) {
        const uint32_t point = i == 0 && word[0] >= 'A' && word[0] <= 'Z' ? word[0] + ('a' - 'A') : word[i];
        if (!ascii[i] || point != (unsigned char)ascii[i]) {
            return false;
        }
    }
    return !ascii[len];
}

static bool is_abbreviation(const uint32_t *word, size_t len, enum unicode_language language)
{
    const char *const *list = language == UNICODE_DUTCH ? dutch : english;
    const size_t count =
        language == UNICODE_DUTCH ? sizeof dutch / sizeof dutch[0] : sizeof english / sizeof english[0];
    for (size_t i = 0; i < count; i++) {
        if (is_word(word, len, list[i])) {
            return true;
        }
    }
    return false;
}

/* "A." or "J.P.": each a capital and a full stop. */
static bool is_initials(const uint32_t *word, size_t len)
{
    for (size_t i = 0; i < len; i += 2) {
        if (!unicode_is_upper(word[i]) || i + 1 == len || word[i + 1] != '.') {
            return false;
        }
    }
    return len > 0;
}

static bool is_opening(uint32_t point)
{
    return point == '(' || point == '[' || point == '"' || point == '\'' ||
           (point >= 0x2018 && point <= 0x201F) || point == 0xAB;
}

/* Between these two sentences of ICU is none: [start, end) has no white space at its end, and something
 * follows. */
static bool ends_without_end(const uint32_t *points, size_t start, size_t end, enum unicode_language language)
{
    if (points[end - 1] != '.') {
        return false;
    }
    size_t at = end;
    while (at > start && !unicode_is_space(points[at - 1]) && !is_opening(points[at - 1])) {
        at--;
    }
    bool number = at == start;
    for (size_t i = at; i + 1 < end && number; i++) {
        number = unicode_is_digit(points[i]);
    }
    return (number && end - at > 1) || is_initials(points + at, end - at) ||
           is_abbreviation(points + at, end - at, language);
}

static bool is_stop(uint32_t point)
{
    return point == '.' || point == '!' || point == '?' || point == ':' || point == 0x2026 || point == '"' ||
           point == '\'' || point == ')' || (point >= 0x2018 && point <= 0x201F);
}

/* Whether the sentence [start, end) goes on at next: white space alone is between them. */
static bool goes_on(const uint32_t *points, size_t start, size_t end, size_t next,
                    enum unicode_language language)
{
    size_t line_ends = 0;
    for (size_t i = end; i < next; i++) {
        line_ends += points[i] == '\n';
    }
    if (line_ends > 0) {
        const bool small = unicode_is_letter(points[next]) && !unicode_is_upper(points[next]);
        return line_ends == 1 && small && !is_stop(points[end - 1]);
    }
    return ends_without_end(points, start, end, language);
}

/* ICU's boundaries as code points, the end of the text included. */
static uint32_t *boundaries(size_t *count, struct arena *arena, struct slice text, const uint32_t *points,
                            size_t length, enum unicode_language language)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar *wide = arena_array(arena, text.len + 1, sizeof *wide);
    uint32_t *all = arena_array(arena, length + 1, sizeof *all);
    int32_t units = 0;
    u_strFromUTF8(wide, (int32_t)text.len + 1, &units, text.ptr, (int32_t)text.len, &error);
    UBreakIterator *iterator =
        ubrk_open(UBRK_SENTENCE, language == UNICODE_DUTCH ? "nl" : "en", wide, units, &error);
    *count = 0;
    if (U_FAILURE(error)) {
        log_error("unicode.sentences", "icu=%s", u_errorName(error));
        all[(*count)++] = (uint32_t)length;
        return all;
    }
    int32_t unit = 0;
    size_t at = 0;
    for (int32_t next = ubrk_next(iterator); next != UBRK_DONE; next = ubrk_next(iterator)) {
        for (; unit < next; at++) {
            unit += points[at] > 0xFFFF ? 2 : 1;
        }
        all[(*count)++] = (uint32_t)at;
    }
    ubrk_close(iterator);
    return all;
}

size_t unicode_sentences(struct text_span **out, struct arena *arena, struct slice text,
                         enum unicode_language language)
{
    size_t length, found;
    size_t count = 0;
    const uint32_t *points = unicode_points(&length, arena, text);
    const uint32_t *ends = boundaries(&found, arena, text, points, length, language);
    struct text_span *spans = arena_array(arena, found, sizeof *spans);
    size_t from = 0;
    for (size_t i = 0; i < found; i++) {
        size_t start = from;
        size_t end = ends[i];
        while (start < end && unicode_is_space(points[start])) {
            start++;
        }
        while (end > start && unicode_is_space(points[end - 1])) {
            end--;
        }
        size_t next = ends[i];
        while (next < length && unicode_is_space(points[next])) {
            next++;
        }
        if (end > start && next < length && goes_on(points, start, end, next, language)) {
            continue; /* from stays: the next boundary ends this sentence */
        }
        if (end > start) {
            spans[count++] = (struct text_span){(uint32_t)start, (uint32_t)end};
        }
        from = ends[i];
    }
    *out = spans;
    return count;
}
