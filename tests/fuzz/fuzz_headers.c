/* Header fields that a client writes: cookies, negotiation, addresses. */
#include "fuzz.h"

#include "http/cookies.h"
#include "http/negotiate.h"
#include "http/proxy.h"

#include <arpa/inet.h>
#include <string.h>

static bool within(struct slice inner, struct slice outer)
{
    return inner.len == 0 || (inner.ptr >= outer.ptr && inner.ptr + inner.len <= outer.ptr + outer.len);
}

/* A plain address is one exactly when the C library says so, and means the same. */
static void check_address(struct arena *arena, struct slice text)
{
    struct ip_address ours;
    unsigned char theirs[16] = {[10] = 0xff, [11] = 0xff};
    const char *cstr = arena_cstr(arena, text);
    bool parsed = ip_parse(&ours, text);
    if (strlen(cstr) != text.len || memchr(cstr, '[', text.len)) {
        return;
    }
    bool v4 = inet_pton(AF_INET, cstr, theirs + 12) == 1;
    bool v6 = !v4 && inet_pton(AF_INET6, cstr, theirs) == 1;
    FUZZ_REQUIRE(parsed || (!v4 && !v6));
    FUZZ_REQUIRE(!(v4 || v6) || memcmp(ours.bytes, theirs, sizeof theirs) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const offers[] = {"text/html", "application/json", NULL};
    static const char *const trusted_texts[] = {"10.0.0.0/8", "2001:db8::/32", NULL};
    struct arena *arena = arena_create((size_t)1 << 26);
    struct slice text = fuzz_text(data, size);
    struct slice value;
    if (cookie_find(&value, text, SLICE("zs"))) {
        FUZZ_REQUIRE(within(value, text));
    }
    const char *chosen = negotiate_accept(text, offers);
    FUZZ_REQUIRE(!chosen || chosen == offers[0] || chosen == offers[1]);
    const char *language = negotiate_language(text);
    FUZZ_REQUIRE(!language || strcmp(language, "nl") == 0 || strcmp(language, "en") == 0);
    negotiate_gzip(text);
    negotiate_etag_matches(text, SLICE("\"abc\""));
    negotiate_is_media_type(text, "application/json");
    struct proxy_list trusted;
    const char *bad;
    struct ip_address peer;
    FUZZ_REQUIRE(proxy_list_parse(&trusted, &bad, arena, trusted_texts));
    FUZZ_REQUIRE(ip_parse(&peer, SLICE("10.1.2.3")));
    proxy_client(&trusted, peer, text);
    check_address(arena, text);
    struct ip_range range;
    if (ip_range_parse(&range, text)) {
        FUZZ_REQUIRE(range.prefix >= 0 && range.prefix <= 128);
        FUZZ_REQUIRE(ip_range_contains(&range, &range.address));
    }
    arena_destroy(arena);
    return 0;
}
