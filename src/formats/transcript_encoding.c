/* What a text is encoded in: by its mark, by its being UTF-8, or by what uchardet makes of it. */
#include "formats/transcript_internal.h"

#include "base/unicode.h"
#include "base/utf8.h"

#include <string.h>
#include <uchardet/uchardet.h>

/* The longer marks first: that of UTF-32 begins as that of UTF-16. */
static const struct {
    struct slice mark;
    const char *encoding;
} marks[] = {
    {SLICE_INIT("\xEF\xBB\xBF"), "UTF-8"},    {SLICE_INIT("\xFF\xFE\0\0"), "UTF-32LE"},
    {SLICE_INIT("\0\0\xFE\xFF"), "UTF-32BE"}, {SLICE_INIT("\xFF\xFE"), "UTF-16LE"},
    {SLICE_INIT("\xFE\xFF"), "UTF-16BE"},
};

static bool has_nul(struct slice file)
{
    return memchr(file.ptr, '\0', file.len) != NULL;
}

/* uchardet's word for it, in the arena; "" when it has none. */
static const char *guess(struct arena *arena, struct slice file)
{
    uchardet_t detector = uchardet_new();
    const char *name = "";
    if (detector && uchardet_handle_data(detector, file.ptr, file.len) == 0) {
        uchardet_data_end(detector);
        name = arena_cstr(arena, slice_from_cstr(uchardet_get_charset(detector)));
    }
    if (detector) {
        uchardet_delete(detector);
    }
    return name;
}

/* What Dutch is written with beyond ASCII, as small letters without accents and as signs. */
static bool is_of_dutch(uint32_t point)
{
    static const uint32_t signs[] = {0xA0,   0xA3,   0xA7,   0xAB,   0xB0,   0xB4,   0xB7,
                                     0xBB,   0xBD,   0x2013, 0x2014, 0x2018, 0x2019, 0x201C,
                                     0x201D, 0x201E, 0x2022, 0x2026, 0x20AC};
    /* e, a, o, u, i with acute, grave, circumflex and diaeresis, c with cedilla, n with tilde */
    static const char letters[] = "\xE9\xEB\xE8\xEA\xE1\xE4\xE0\xE2\xF3\xF6\xF2\xF4\xFA\xFC\xF9\xFB"
                                  "\xED\xEF\xEC\xEE\xE7\xF1";
    const uint32_t small = point >= 0xC0 && point <= 0xDE ? point + 0x20 : point;
    if (point < 0x80 || (small < 0x100 && memchr(letters, (int)small, sizeof letters - 1))) {
        return true;
    }
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (signs[i] == point) {
            return true;
        }
    }
    return false;
}

static bool reads_as_dutch(struct arena *arena, struct slice file, const char *encoding)
{
    struct slice text;
    size_t bad_at, count;
    if (unicode_decode(&text, &bad_at, arena, file, encoding) != UNICODE_DECODED) {
        return false;
    }
    const uint32_t *points = unicode_points(&count, arena, text);
    for (size_t i = 0; i < count; i++) {
        if (!is_of_dutch(points[i])) {
            return false;
        }
    }
    return true;
}

/* Where few bytes are beyond ASCII uchardet has little to go on, and takes the accents of Dutch for those of
 * Central Europe. An encoding of Western Europe goes before it where all of the text is Dutch in that. */
static const char *guess_western(struct arena *arena, struct slice file)
{
    static const char *const western[] = {"windows-1252", "macintosh", "IBM850"};
    size_t beyond = 0;
    for (size_t i = 0; i < file.len; i++) {
        beyond += (unsigned char)file.ptr[i] >= 0x80;
    }
    for (size_t i = 0; beyond * 10 <= file.len && i < sizeof western / sizeof western[0]; i++) {
        if (reads_as_dutch(arena, file, western[i])) {
            return western[i];
        }
    }
    return NULL;
}

/* Sets out->encoding and encoded, and takes the mark off. */
static void tell_encoding(struct reading *reading, struct slice *file)
{
    struct transcript *out = reading->out;
    const char *asked = reading->options->encoding;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (slice_starts_with(*file, marks[i].mark)) {
            *file = (struct slice){file->ptr + marks[i].mark.len, file->len - marks[i].mark.len};
            out->encoding = marks[i].encoding;
            out->encoded = TRANSCRIPT_BY_MARK;
            return;
        }
    }
    if (asked && asked[0]) {
        out->encoding = arena_cstr(reading->arena, slice_from_cstr(asked));
        out->encoded = TRANSCRIPT_BY_CALLER;
    } else if (utf8_valid(*file)) {
        out->encoding = "UTF-8";
        out->encoded = TRANSCRIPT_BY_BYTES;
    } else {
        const char *western = has_nul(*file) ? NULL : guess_western(reading->arena, *file);
        out->encoding = western ? western : guess(reading->arena, *file);
        out->encoded = TRANSCRIPT_BY_GUESS;
    }
}

/* CRLF and CR become LF. */
static struct slice with_lf(struct arena *arena, struct slice text)
{
    if (text.len == 0 || !memchr(text.ptr, '\r', text.len)) {
        return text;
    }
    char *out = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const bool pair = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (!pair) {
            out[len++] = text.ptr[i] == '\r' ? '\n' : text.ptr[i];
        }
    }
    return (struct slice){out, len};
}

static size_t line_of(struct slice file, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at && i < file.len; i++) {
        line += file.ptr[i] == '\n';
    }
    return line;
}

/* The first byte that does not belong to well-formed UTF-8. */
static size_t utf8_good(struct slice s)
{
    size_t at = 0;
    size_t size;
    while ((size = utf8_size((struct slice){s.ptr + at, s.len - at})) > 0) {
        at += size;
    }
    return at;
}

bool transcript_decode(struct slice *text, struct reading *reading, struct slice file)
{
    struct transcript *out = reading->out;
    if (file.len == 0) {
        transcript_fault(reading, TRANSCRIPT_EMPTY, 0, SLICE(""));
        return false;
    }
    tell_encoding(reading, &file);
    struct slice plain = file;
    size_t bad_at = 0;
    enum unicode_decoded decoded = UNICODE_DECODED;
    if (strcmp(out->encoding, "UTF-8") != 0) {
        decoded = unicode_decode(&plain, &bad_at, reading->arena, file, out->encoding);
    } else if (!utf8_valid(file)) {
        decoded = UNICODE_WRONG_BYTES;
        bad_at = utf8_good(file);
    }
    /* A picture or program is no text, whatever it may decode to. */
    if (has_nul(plain)) {
        transcript_fault(reading, TRANSCRIPT_NO_TEXT, 0, SLICE(""));
        return false;
    }
    if (decoded != UNICODE_DECODED) {
        const bool unknown = decoded == UNICODE_UNKNOWN_CHARSET;
        transcript_fault(reading, unknown ? TRANSCRIPT_UNKNOWN_ENCODING : TRANSCRIPT_WRONG_ENCODING,
                         unknown ? 0 : line_of(file, bad_at), slice_from_cstr(out->encoding));
        return false;
    }
    *text = with_lf(reading->arena, plain);
    return true;
}
