/* Validity as ICU sees it; a cleaned text is valid, not longer, holds nothing that is dropped, has no white
 * space at its ends, and cleaning it again changes nothing. */
#include "fuzz.h"

#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

static bool icu_says_valid(struct slice s)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t units;
    u_strFromUTF8(NULL, 0, &units, s.ptr, (int32_t)s.len, &error);
    return error != U_INVALID_CHAR_FOUND;
}

static void check_clean(struct slice s)
{
    int32_t at = 0;
    size_t points = 0;
    UChar32 first = 0;
    UChar32 c = 0;
    while (at < (int32_t)s.len) {
        U8_NEXT(s.ptr, at, (int32_t)s.len, c);
        first = points++ == 0 ? c : first;
        FUZZ_REQUIRE(c >= 0x20 || c == '\n' || c == '\t');
        FUZZ_REQUIRE(u_charType(c) != U_CONTROL_CHAR || c == '\n' || c == '\t');
        FUZZ_REQUIRE(c != 0x200B && c != 0xFEFF && !(c >= 0x2028 && c <= 0x202E) &&
                     !(c >= 0x2060 && c <= 0x2069));
    }
    FUZZ_REQUIRE(points == 0 || (!u_isUWhiteSpace(first) && !u_isUWhiteSpace(c)));
    FUZZ_REQUIRE(points == utf8_length(s));
    FUZZ_REQUIRE(utf8_offset(s, points) == s.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_text(data, size);
    bool valid = utf8_valid(text);
    FUZZ_REQUIRE(valid == icu_says_valid(text));
    if (valid) {
        struct arena *arena = arena_create((size_t)1 << 30);
        struct slice clean = utf8_clean(arena, text);
        FUZZ_REQUIRE(clean.len <= text.len && utf8_valid(clean));
        check_clean(clean);
        FUZZ_REQUIRE(slice_equal(utf8_clean(arena, clean), clean));
        arena_destroy(arena);
    }
    return 0;
}
