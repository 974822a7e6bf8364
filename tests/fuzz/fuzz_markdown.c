/* Whatever is written in Markdown, no element that runs something comes out of it, and no address but those
 * that are allowed. */
#include "fuzz.h"

#include "base/utf8.h"
#include "web/web.h"

#include <string.h>
#include <strings.h>

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static void check_element(struct slice html, size_t at)
{
    static const char *const allowed[] = {"a",  "blockquote", "br",  "code",   "em", "h1",  "h2",
                                          "h3", "h4",         "h5",  "h6",     "hr", "img", "li",
                                          "ol", "p",          "pre", "strong", "ul", NULL};
    size_t from = at + 1 + (at + 1 < html.len && html.ptr[at + 1] == '/');
    size_t to = from;
    while (to < html.len && is_name(html.ptr[to])) {
        to++;
    }
    for (size_t i = 0; allowed[i]; i++) {
        if (slice_equal_cstr((struct slice){html.ptr + from, to - from}, allowed[i])) {
            return;
        }
    }
    fprintf(stderr, "element <%.*s>\n", (int)(to - from), html.ptr + from);
    FUZZ_REQUIRE(!"an element that is not expected");
}

static void check_addresses(struct slice html, const char *attribute)
{
    static const char *const good[] = {"/", "http://", "https://", "mailto:", "#", NULL};
    size_t len = strlen(attribute);
    for (size_t at = 0; at + len < html.len; at++) {
        if (memcmp(html.ptr + at, attribute, len) != 0) {
            continue;
        }
        struct slice address = {html.ptr + at + len, html.len - at - len};
        bool fine = false;
        for (size_t i = 0; good[i]; i++) {
            fine = fine || (address.len >= strlen(good[i]) &&
                            strncasecmp(address.ptr, good[i], strlen(good[i])) == 0);
        }
        bool elsewhere =
            address.len > 1 && address.ptr[0] == '/' && (address.ptr[1] == '/' || address.ptr[1] == '\\');
        FUZZ_REQUIRE(fine && !elsewhere);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_text(data, size);
    if (!utf8_valid(text)) {
        return 0;
    }
    struct arena *arena = arena_create((size_t)1 << 30);
    struct slice html = web_markdown(arena, text, 2);
    FUZZ_REQUIRE(utf8_valid(html));
    for (size_t i = 0; i < html.len; i++) {
        if (html.ptr[i] == '<') {
            check_element(html, i);
        }
    }
    check_addresses(html, " href=\"");
    check_addresses(html, " src=\"");
    arena_destroy(arena);
    return 0;
}
