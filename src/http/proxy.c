#include "http/proxy.h"

#include <arpa/inet.h>
#include <string.h>

enum { IP_TEXT_BYTES = 64 };

static const unsigned char v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

const struct ip_address ip_of_socket_file = {{0}};

static bool parse_v4(struct ip_address *out, struct slice text)
{
    char copy[IP_TEXT_BYTES];
    if (text.len == 0 || text.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    struct in_addr v4;
    if (strlen(copy) != text.len || inet_pton(AF_INET, copy, &v4) != 1) {
        return false;
    }
    memcpy(out->bytes, v4_mapped, sizeof v4_mapped);
    memcpy(out->bytes + sizeof v4_mapped, &v4, 4);
    return true;
}

static bool parse_v6(struct ip_address *out, struct slice text)
{
    char copy[IP_TEXT_BYTES];
    if (text.len == 0 || text.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strlen(copy) == text.len && inet_pton(AF_INET6, copy, out->bytes) == 1;
}

static bool is_port(struct slice text)
{
    uint64_t port;
    return slice_to_u64(&port, text, 65535);
}

bool ip_parse(struct ip_address *out, struct slice text)
{
    if (text.len > 0 && text.ptr[0] == '[') {
        struct slice inside;
        struct slice after;
        if (!slice_cut(&inside, &after, (struct slice){text.ptr + 1, text.len - 1}, ']')) {
            return false;
        }
        bool port_fits =
            after.len == 0 || (after.ptr[0] == ':' && is_port((struct slice){after.ptr + 1, after.len - 1}));
        return port_fits && parse_v6(out, inside);
    }
    if (parse_v4(out, text) || parse_v6(out, text)) {
        return true;
    }
    struct slice host;
    struct slice port;
    return slice_cut(&host, &port, text, ':') && is_port(port) && parse_v4(out, host);
}

bool ip_is_v4(const struct ip_address *address)
{
    return memcmp(address->bytes, v4_mapped, sizeof v4_mapped) == 0;
}

bool ip_range_parse(struct ip_range *out, struct slice text)
{
    struct slice host;
    struct slice bits;
    bool has_prefix = slice_cut(&host, &bits, text, '/');
    struct ip_address address;
    bool v4 = parse_v4(&address, host);
    if (!v4 && !parse_v6(&address, host)) {
        return false;
    }
    uint64_t prefix = v4 ? 32 : 128;
    if (has_prefix && !slice_to_u64(&prefix, bits, prefix)) {
        return false;
    }
    *out = (struct ip_range){address, (int)prefix + (v4 ? 96 : 0)};
    return true;
}

bool ip_range_contains(const struct ip_range *range, const struct ip_address *address)
{
    size_t whole = (size_t)range->prefix / 8;
    int rest = range->prefix % 8;
    if (memcmp(range->address.bytes, address->bytes, whole) != 0) {
        return false;
    }
    if (rest == 0) {
        return true;
    }
    unsigned char mask = (unsigned char)(0xff << (8 - rest));
    return ((range->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

bool proxy_list_parse(struct proxy_list *out, const char **bad, struct arena *arena, const char *const *texts)
{
    size_t count = 0;
    while (texts && texts[count]) {
        count++;
    }
    struct ip_range *ranges = arena_array(arena, count, sizeof *ranges);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], "unix:") == 0) {
            ranges[i] = (struct ip_range){ip_of_socket_file, 128};
        } else if (!ip_range_parse(&ranges[i], slice_from_cstr(texts[i]))) {
            *bad = texts[i];
            return false;
        }
    }
    *out = (struct proxy_list){ranges, count};
    return true;
}

static bool is_trusted(const struct proxy_list *trusted, const struct ip_address *address)
{
    for (size_t i = 0; i < trusted->count; i++) {
        if (ip_range_contains(&trusted->ranges[i], address)) {
            return true;
        }
    }
    return false;
}

struct ip_address proxy_client(const struct proxy_list *trusted, struct ip_address peer,
                               struct slice forwarded_for)
{
    struct ip_address client = peer;
    struct slice rest = forwarded_for;
    while (rest.len > 0 && is_trusted(trusted, &client)) {
        size_t comma = rest.len;
        while (comma > 0 && rest.ptr[comma - 1] != ',') {
            comma--;
        }
        struct slice entry = slice_trim((struct slice){rest.ptr + comma, rest.len - comma});
        rest.len = comma > 0 ? comma - 1 : 0;
        struct ip_address before;
        if (!ip_parse(&before, entry)) {
            break;
        }
        client = before;
    }
    return client;
}
