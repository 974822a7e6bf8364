/* Who the client is when reverse proxies stand between. Pure. */
#ifndef ZEVENSTEM_HTTP_PROXY_H
#define ZEVENSTEM_HTTP_PROXY_H

#include "base/arena.h"
#include "base/slice.h"

/* IPv6, or IPv4 mapped into it (::ffff:a.b.c.d): one shape for both. */
struct ip_address {
    unsigned char bytes[16];
};
struct ip_range {
    struct ip_address address;
    int prefix; /* bits, 0..128 */
};
struct proxy_list {
    const struct ip_range *ranges;
    size_t count;
};

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711". */
bool ip_parse(struct ip_address *out, struct slice text);
bool ip_is_v4(const struct ip_address *address);
/* An address or CIDR; host bits beyond the prefix are ignored. */
bool ip_range_parse(struct ip_range *out, struct slice text);
bool ip_range_contains(const struct ip_range *range, const struct ip_address *address);

/* Who connects to a socket file: no address of the network. Zero throughout, which nobody has there. */
extern const struct ip_address ip_of_socket_file;
/* Addresses, CIDR, or "unix:" for who connects to a socket file. texts ended by NULL; NULL is an empty list.
 * False and *bad set when one is neither. */
bool proxy_list_parse(struct proxy_list *out, const char **bad, struct arena *arena,
                      const char *const *texts);
/* The nearest address that is not one of our proxies: the peer, or walking X-Forwarded-For from the right as
 * long as the one who wrote it is trusted. An entry that is no address ends the walk. forwarded_for may be
 * empty. */
struct ip_address proxy_client(const struct proxy_list *trusted, struct ip_address peer,
                               struct slice forwarded_for);

#endif
