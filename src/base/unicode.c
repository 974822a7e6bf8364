#include "base/unicode.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

struct slice unicode_nfc(struct arena *arena, struct slice text)
{
    if (is_ascii(text)) {
        return text;
    }
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
    int32_t units = 0;
    UChar *wide = arena_array(arena, text.len, sizeof *wide);
    u_strFromUTF8(wide, (int32_t)text.len, &units, text.ptr, (int32_t)text.len, &error);
    if (U_FAILURE(error) || unorm2_isNormalized(nfc, wide, units, &error) || U_FAILURE(error)) {
        return text;
    }
    /* No text grows more than threefold (UAX 15, table 4: UTF-16). */
    const int32_t room = units * 3;
    UChar *normal = arena_array(arena, (size_t)room, sizeof *normal);
    const int32_t normal_units = unorm2_normalize(nfc, wide, units, normal, room, &error);
    char *out = arena_array(arena, (size_t)normal_units, 3);
    int32_t len = 0;
    u_strToUTF8(out, normal_units * 3, &len, normal, normal_units, &error);
    return U_SUCCESS(error) ? (struct slice){out, (size_t)len} : text;
}

uint32_t *unicode_points(size_t *count, struct arena *arena, struct slice text)
{
    uint32_t *points = arena_array(arena, utf8_length(text), sizeof *points);
    size_t n = 0;
    for (size_t at = 0; at < text.len;) {
        UChar32 point;
        U8_NEXT_UNSAFE(text.ptr, at, point);
        points[n++] = (uint32_t)point;
    }
    *count = n;
    return points;
}

/* ---- one code point ---- */

bool unicode_is_letter(uint32_t point)
{
    return (U_GET_GC_MASK((UChar32)point) & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
}

bool unicode_is_digit(uint32_t point)
{
    return u_isdigit((UChar32)point);
}

bool unicode_is_upper(uint32_t point)
{
    return u_isupper((UChar32)point) || u_istitle((UChar32)point);
}

bool unicode_is_space(uint32_t point)
{
    return u_isUWhiteSpace((UChar32)point);
}

uint32_t unicode_fold(uint32_t point)
{
    if (point < 0x80) {
        return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
    }
    if (U_GET_GC_MASK((UChar32)point) & U_GC_MN_MASK) {
        return 0;
    }
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&error);
    UChar parts[16]; /* the longest canonical decomposition has 4 code points (UAX 15) */
    const int32_t count = unorm2_getDecomposition(nfd, (UChar32)point, parts, 16, &error);
    UChar32 first = (UChar32)point;
    if (U_SUCCESS(error) && count > 0) {
        U16_GET(parts, 0, 0, count, first);
    }
    return (uint32_t)u_foldCase(first, U_FOLD_CASE_DEFAULT);
}

/* ---- other encodings ---- */

enum { DECODE_UNITS = 4096 };

/* To UTF-8 through pieces of UTF-16; a piece may end between two surrogates, which then wait for the next. */
static UErrorCode decode_all(struct buffer *out, const char **from, const char *end, UConverter *converter)
{
    UChar units[DECODE_UNITS];
    int32_t held = 0;
    UErrorCode error = U_BUFFER_OVERFLOW_ERROR;
    while (error == U_BUFFER_OVERFLOW_ERROR) {
        UChar *to = units + held;
        error = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &to, units + DECODE_UNITS, from, end, NULL, true, &error);
        int32_t count = (int32_t)(to - units);
        const bool waits = count > 0 && U16_IS_LEAD(units[count - 1]) && error == U_BUFFER_OVERFLOW_ERROR;
        const int32_t whole = waits ? count - 1 : count;
        char *room = buffer_reserve(out, (size_t)whole * 3);
        int32_t len = 0;
        UErrorCode to_utf8 = U_ZERO_ERROR;
        if (!room) {
            return U_MEMORY_ALLOCATION_ERROR;
        }
        u_strToUTF8(room, whole * 3, &len, units, whole, &to_utf8);
        if (U_FAILURE(to_utf8)) {
            return to_utf8;
        }
        buffer_commit(out, (size_t)len);
        units[0] = waits ? units[count - 1] : 0;
        held = waits ? 1 : 0;
    }
    return error;
}

enum unicode_decoded unicode_decode(struct slice *out, size_t *bad_at, struct arena *arena,
                                    struct slice bytes, const char *charset)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *converter = charset[0] ? ucnv_open(charset, &error) : NULL;
    if (!converter || U_FAILURE(error)) {
        return UNICODE_UNKNOWN_CHARSET;
    }
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
    struct buffer utf8;
    buffer_init(&utf8, (size_t)UNICODE_TEXT_MAX);
    const char *from = bytes.ptr;
    const UErrorCode decoded = decode_all(&utf8, &from, bytes.ptr + bytes.len, converter);
    const bool whole = U_SUCCESS(error) && U_SUCCESS(decoded);
    if (whole) {
        *out = arena_copy(arena, buffer_slice(&utf8));
    } else {
        char invalid[32];
        int8_t invalid_count = sizeof invalid;
        UErrorCode asked = U_ZERO_ERROR;
        ucnv_getInvalidChars(converter, invalid, &invalid_count, &asked);
        const size_t read = (size_t)(from - bytes.ptr);
        const size_t back = U_SUCCESS(asked) && invalid_count > 0 ? (size_t)invalid_count : 0;
        *bad_at = read > back ? read - back : 0;
    }
    buffer_free(&utf8);
    ucnv_close(converter);
    return whole ? UNICODE_DECODED : UNICODE_WRONG_BYTES;
}
