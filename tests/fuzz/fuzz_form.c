/* What a client writes percent-encoded. */
#include "fuzz.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "http/form.h"

#include <string.h>

enum { MAX_FIELDS = 50 };

static bool is_text(struct slice s)
{
    return utf8_valid(s) && !(s.len > 0 && memchr(s.ptr, '\0', s.len));
}

/* Every byte as %XX. */
static void encode(struct buffer *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        buffer_printf(out, "%%%02X", (unsigned)(unsigned char)s.ptr[i]);
    }
}

static void check_text(struct arena *arena, struct slice text, bool plus)
{
    struct buffer encoded;
    struct slice out = {NULL, 0};
    enum form_fault fault = form_decode_text(&out, arena, text, plus);
    FUZZ_REQUIRE(fault != FORM_OK || (is_text(out) && out.len <= text.len));
    buffer_init(&encoded, 1 << 24);
    encode(&encoded, text);
    fault = form_decode_text(&out, arena, buffer_slice(&encoded), plus);
    FUZZ_REQUIRE((fault == FORM_OK) == is_text(text));
    FUZZ_REQUIRE(fault != FORM_OK || slice_equal(out, text));
    buffer_free(&encoded);
}

static void check_pairs(struct arena *arena, struct slice text)
{
    struct http_field *fields = NULL;
    struct http_field *again = NULL;
    size_t count = 0;
    size_t count_again = 0;
    if (form_decode_pairs(&fields, &count, arena, text, MAX_FIELDS) != FORM_OK) {
        return;
    }
    FUZZ_REQUIRE(count <= MAX_FIELDS);
    struct buffer encoded;
    buffer_init(&encoded, 1 << 24);
    for (size_t i = 0; i < count; i++) {
        FUZZ_REQUIRE(is_text(fields[i].name) && is_text(fields[i].value));
        buffer_append_cstr(&encoded, i > 0 ? "&" : "");
        encode(&encoded, fields[i].name);
        buffer_append_byte(&encoded, '=');
        encode(&encoded, fields[i].value);
    }
    FUZZ_REQUIRE(form_decode_pairs(&again, &count_again, arena, buffer_slice(&encoded), MAX_FIELDS) ==
                 FORM_OK);
    FUZZ_REQUIRE(count == count_again);
    for (size_t i = 0; i < count; i++) {
        FUZZ_REQUIRE(slice_equal(fields[i].name, again[i].name) &&
                     slice_equal(fields[i].value, again[i].value));
    }
    buffer_free(&encoded);
}

static void check_target(struct arena *arena, struct slice target)
{
    struct slice path;
    struct slice query;
    if (!form_split_target(&path, &query, arena, target)) {
        return;
    }
    FUZZ_REQUIRE(path.len > 0 && path.ptr[0] == '/' && is_text(path));
    for (size_t i = 0; i < path.len; i++) {
        FUZZ_REQUIRE((unsigned char)path.ptr[i] >= 0x20 && path.ptr[i] != 0x7f);
    }
    FUZZ_REQUIRE(query.len <= target.len && !(query.len > 0 && memchr(query.ptr, '#', query.len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create((size_t)1 << 30);
    struct slice text = fuzz_text(data, size);
    check_text(arena, text, true);
    check_text(arena, text, false);
    check_pairs(arena, text);
    check_target(arena, text);
    arena_destroy(arena);
    return 0;
}
