/* One pass over one flat object. The reader moves over the text byte by byte; every step says in one place
 * what may come next (RFC 8259). */
#include "json/flat.h"

#include "base/utf8.h"

#include <string.h>

enum { MAX_ITEMS = 64 };

struct reader {
    const char *start, *at, *end;
    struct arena *arena;
    struct json_errors *errors;
    bool failed;
};

static void fail(struct reader *r, const char *why)
{
    if (!r->failed) {
        unsigned line = 1;
        for (const char *p = r->start; p < r->at; p++) {
            line += *p == '\n';
        }
        json_errors_add(r->errors, "", "json", "Dit is geen geldige JSON, bij regel %u: %s", line, why);
    }
    r->failed = true;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) {
        r->at++;
    }
}

/* The next byte after white space; 0 at the end (a NUL of the text itself is refused like any other stray
 * byte). */
static char peek(struct reader *r)
{
    skip_space(r);
    return r->at < r->end ? *r->at : '\0';
}

static bool take(struct reader *r, char c)
{
    if (peek(r) == c && r->at < r->end) {
        r->at++;
        return true;
    }
    return false;
}

/* ---- strings ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four hexadecimal digits; -1 when they are not there. */
static int32_t take_hex4(struct reader *r)
{
    int32_t value = 0;
    if (r->end - r->at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(r->at[i]);
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    r->at += 4;
    return value;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* After "\u": one code point, a surrogate pair taken together. 0 on a fault (NUL is one). */
static uint32_t take_unicode(struct reader *r)
{
    int32_t high = take_hex4(r);
    if (high <= 0 || (high >= 0xDC00 && high <= 0xDFFF)) {
        return 0;
    }
    if (high < 0xD800 || high > 0xDBFF) {
        return (uint32_t)high;
    }
    if (r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u') {
        return 0;
    }
    r->at += 2;
    int32_t low = take_hex4(r);
    if (low < 0xDC00 || low > 0xDFFF) {
        return 0;
    }
    return 0x10000u + (((uint32_t)high - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
}

/* One escape after its backslash, written at out; 0 on a fault. */
static size_t take_escape(struct reader *r, char *out)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end) {
        return 0;
    }
    char c = *r->at++;
    if (c == 'u') {
        uint32_t point = take_unicode(r);
        return point ? put_utf8(out, point) : 0;
    }
    const char *found = c ? strchr(from, c) : NULL;
    if (!found) {
        return 0;
    }
    *out = to[found - from];
    return 1;
}

/* A string whose opening quote was taken. Without escapes it is borrowed from the text. */
static struct slice take_string(struct reader *r)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 0x20) {
        r->at++;
    }
    if (r->at < r->end && *r->at == '"') {
        return (struct slice){from, (size_t)(r->at++ - from)};
    }
    /* An escape never makes text longer than what it was written as. */
    const char *quote = r->at;
    while (quote < r->end && *quote != '"') {
        quote += *quote == '\\' && r->end - quote > 1 ? 2 : 1;
    }
    size_t len = (size_t)(r->at - from);
    char *out = arena_alloc(r->arena, (size_t)(quote - from) + 4);
    memcpy(out, from, len);
    while (r->at < r->end && *r->at != '"') {
        unsigned char c = (unsigned char)*r->at++;
        if (c < 0x20) {
            fail(r, "zet stuurtekens in een tekst als \\n of \\u00XX.");
            return (struct slice){NULL, 0};
        }
        size_t wrote = 1;
        if (c == '\\') {
            wrote = take_escape(r, out + len);
        } else {
            out[len] = (char)c;
        }
        if (wrote == 0) {
            fail(r, "een teken met \\ ervoor klopt niet.");
            return (struct slice){NULL, 0};
        }
        len += wrote;
    }
    if (r->at == r->end) {
        fail(r, "een tekst heeft geen sluitend aanhalingsteken.");
        return (struct slice){NULL, 0};
    }
    r->at++;
    return (struct slice){out, len};
}

/* ---- numbers and words ---- */

static bool is_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static struct flat_value take_number(struct reader *r)
{
    const char *from = r->at;
    struct flat_value value = {.kind = FLAT_INT};
    if (*r->at == '-') {
        r->at++;
    }
    if (!is_digit(r) || (*r->at == '0' && r->end - r->at > 1 && r->at[1] >= '0' && r->at[1] <= '9')) {
        fail(r, "een getal klopt niet.");
        return value;
    }
    while (is_digit(r)) {
        r->at++;
    }
    if (r->at < r->end && (*r->at == '.' || *r->at == 'e' || *r->at == 'E')) {
        fail(r, "gebruik hele getallen, zonder punt of exponent.");
        return value;
    }
    if (!slice_to_i64(&value.integer, (struct slice){from, (size_t)(r->at - from)}, -INT64_MAX, INT64_MAX)) {
        fail(r, "een getal is te groot.");
    }
    return value;
}

static bool take_word(struct reader *r, struct slice word)
{
    if (!slice_starts_with((struct slice){r->at, (size_t)(r->end - r->at)}, word)) {
        return false;
    }
    r->at += word.len;
    return true;
}

static struct flat_value take_scalar(struct reader *r)
{
    char c = peek(r);
    if (c == '"') {
        r->at++;
        return (struct flat_value){.kind = FLAT_STRING, .string = take_string(r)};
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return take_number(r);
    }
    if (take_word(r, SLICE("true"))) {
        return (struct flat_value){.kind = FLAT_BOOL, .integer = 1};
    }
    if (take_word(r, SLICE("false"))) {
        return (struct flat_value){.kind = FLAT_BOOL, .integer = 0};
    }
    if (!take_word(r, SLICE("null"))) {
        fail(r, c == '{' || c == '['
                    ? "een antwoord is een tekst, een getal, true, false, null, of een lijst daarvan."
                    : "hier hoort een waarde.");
    }
    return (struct flat_value){.kind = FLAT_NULL};
}

static struct flat_value take_array(struct reader *r)
{
    struct flat_value items[MAX_ITEMS];
    size_t count = 0;
    r->at++;
    if (!take(r, ']')) {
        do {
            if (count == MAX_ITEMS) {
                fail(r, "een lijst is te lang.");
                break;
            }
            items[count++] = take_scalar(r);
        } while (!r->failed && take(r, ','));
        if (!r->failed && !take(r, ']')) {
            fail(r, "een lijst is niet gesloten met ].");
        }
    }
    struct flat_value *copy = arena_array(r->arena, count, sizeof *copy);
    if (count > 0) {
        memcpy(copy, items, count * sizeof *copy);
    }
    return (struct flat_value){.kind = FLAT_ARRAY, .items = copy, .item_count = count};
}

/* ---- the object ---- */

/* Names seen so far, by hash: open addressing over a power of two at least twice the members. */
struct seen {
    uint32_t *slots; /* index + 1; 0 is free */
    size_t mask;
};

static uint32_t hash_name(struct slice name)
{
    uint32_t hash = 2166136261u; /* FNV-1a; a flood of collisions is bounded by max_members */
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    }
    return hash ^ hash >> 15;
}

static bool add_name(struct seen *seen, const struct flat_member *members, size_t index)
{
    size_t at = hash_name(members[index].name) & seen->mask;
    while (seen->slots[at] != 0) {
        if (slice_equal(members[seen->slots[at] - 1].name, members[index].name)) {
            return false;
        }
        at = (at + 1) & seen->mask;
    }
    seen->slots[at] = (uint32_t)index + 1;
    return true;
}

static struct seen seen_create(struct arena *arena, size_t max_members)
{
    size_t size = 16;
    while (size < 2 * max_members) {
        size *= 2;
    }
    return (struct seen){arena_array(arena, size, sizeof(uint32_t)), size - 1};
}

static void take_member(struct reader *r, struct seen *seen, struct flat_member *members, size_t index)
{
    if (!take(r, '"')) {
        fail(r, "hier hoort een veldnaam tussen aanhalingstekens.");
        return;
    }
    members[index].name = take_string(r);
    if (!r->failed && !take(r, ':')) {
        fail(r, "na een veldnaam hoort een dubbele punt.");
    }
    if (r->failed) {
        return;
    }
    members[index].value = peek(r) == '[' ? take_array(r) : take_scalar(r);
    if (!r->failed && !add_name(seen, members, index)) {
        fail(r, "een veld staat er twee keer in.");
    }
}

const struct flat_member *flat_parse(size_t *count, struct json_errors *errors, struct arena *arena,
                                     struct slice text, size_t max_members)
{
    struct reader r = {
        .start = text.ptr, .at = text.ptr, .end = text.ptr + text.len, .arena = arena, .errors = errors};
    size_t n = 0;
    *count = 0;
    if (!utf8_valid(text)) {
        json_errors_add(errors, "", "utf-8", "Stuur tekst in UTF-8.");
        return NULL;
    }
    struct flat_member *members = arena_array(arena, max_members, sizeof *members);
    struct seen seen = seen_create(arena, max_members);
    if (!take(&r, '{')) {
        fail(&r, "hier hoort een object te beginnen met {.");
    } else if (!take(&r, '}')) {
        do {
            if (n == max_members) {
                fail(&r, "het object heeft te veel velden.");
            } else {
                take_member(&r, &seen, members, n++);
            }
        } while (!r.failed && take(&r, ','));
        if (!r.failed && !take(&r, '}')) {
            fail(&r, "het object is niet gesloten met }.");
        }
    }
    skip_space(&r);
    if (!r.failed && r.at != r.end) {
        fail(&r, "na het object staat nog iets.");
    }
    *count = n;
    return r.failed ? NULL : members;
}
