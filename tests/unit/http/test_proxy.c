#include "http/proxy.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(64 * 1024);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(proxy, .init = setup, .fini = teardown);

static struct ip_address ip(const char *text)
{
    struct ip_address address;
    cr_assert(ip_parse(&address, slice_from_cstr(text)), "%s", text);
    return address;
}

static bool same(struct ip_address a, struct ip_address b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

Test(proxy, reads_addresses)
{
    cr_assert(same(ip("192.0.2.1"), ip("192.0.2.1:4711")));
    cr_assert(same(ip("192.0.2.1"), ip("::ffff:192.0.2.1")));
    cr_assert(same(ip("2001:db8::1"), ip("[2001:db8::1]")));
    cr_assert(same(ip("2001:db8::1"), ip("[2001:DB8:0::1]:443")));
    cr_assert_not(same(ip("192.0.2.1"), ip("192.0.2.2")));
    struct ip_address v4 = ip("192.0.2.1");
    struct ip_address v6 = ip("2001:db8::1");
    cr_assert(ip_is_v4(&v4));
    cr_assert_not(ip_is_v4(&v6));
}

Test(proxy, refuses_what_is_no_address)
{
    static const char *const bad[] = {
        "",
        "unknown",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1:x",
        "192.0.2.1:99999",
        "[2001:db8::1",
        "[192.0.2.1]",
        "2001:db8::g",
        "_hidden",
        "[::1]x",
        "192.0.2.1 ",
        "2001:0db8:0000:0000:0000:0000:0000:0001:0000:0000:0000:0000:0000:0000:0000:0001"};
    struct ip_address address;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(ip_parse(&address, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
    cr_assert_not(ip_parse(&address, SLICE("192.0.2.1\0")));
}

static bool contains(const char *range, const char *address)
{
    struct ip_range parsed;
    cr_assert(ip_range_parse(&parsed, slice_from_cstr(range)), "%s", range);
    struct ip_address one = ip(address);
    return ip_range_contains(&parsed, &one);
}

Test(proxy, knows_ranges)
{
    cr_assert(contains("10.0.0.0/8", "10.255.1.2"));
    cr_assert_not(contains("10.0.0.0/8", "11.0.0.0"));
    cr_assert(contains("192.0.2.1", "192.0.2.1"));
    cr_assert_not(contains("192.0.2.1", "192.0.2.0"));
    cr_assert(contains("172.16.0.0/12", "172.31.255.255"));
    cr_assert_not(contains("172.16.0.0/12", "172.32.0.0"));
    cr_assert(contains("2001:db8::/33", "2001:db8:7fff::1"));
    cr_assert_not(contains("2001:db8::/33", "2001:db8:8000::1"));
    cr_assert(contains("0.0.0.0/0", "1.2.3.4"));
    cr_assert_not(contains("0.0.0.0/0", "2001:db8::1"));
    struct ip_range range;
    static const char *const bad[] = {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "/8", "proxy"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(ip_range_parse(&range, slice_from_cstr(bad[i])), "%s", bad[i]);
    }
}

static const char *const trusted_texts[] = {"127.0.0.1", "10.0.0.0/8", "2001:db8::/32", NULL};

static void expect_client(const char *peer, const char *forwarded, const char *wanted)
{
    struct proxy_list trusted;
    const char *bad = NULL;
    cr_assert(proxy_list_parse(&trusted, &bad, arena, trusted_texts));
    cr_assert(same(proxy_client(&trusted, ip(peer), slice_from_cstr(forwarded)), ip(wanted)), "%s via %s",
              peer, forwarded);
}

Test(proxy, believes_only_its_own_proxies)
{
    expect_client("192.0.2.9", "", "192.0.2.9");
    expect_client("192.0.2.9", "198.51.100.1", "192.0.2.9"); /* anybody can write the header */
    expect_client("127.0.0.1", "", "127.0.0.1");
    expect_client("127.0.0.1", "198.51.100.1", "198.51.100.1");
    expect_client("127.0.0.1", "203.0.113.7, 198.51.100.1",
                  "198.51.100.1"); /* the left part is the client's own claim */
    expect_client("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1");
    expect_client("127.0.0.1", "198.51.100.1, [2001:db8::5]:80,10.1.2.3", "198.51.100.1");
    expect_client("127.0.0.1", "10.0.0.1, 10.1.2.3", "10.0.0.1");
    expect_client("127.0.0.1", "198.51.100.1, unknown", "127.0.0.1");
    expect_client("127.0.0.1", "onzin, 10.1.2.3", "10.1.2.3");
    expect_client("127.0.0.1", ",", "127.0.0.1");
    expect_client("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1");
}

Test(proxy, believes_who_comes_by_a_socket_file_where_told_so)
{
    struct proxy_list list;
    const char *bad = NULL;
    static const char *const file[] = {"10.0.0.0/8", "unix:", NULL};
    static const char *const network[] = {"0.0.0.0/0", NULL};
    cr_assert(proxy_list_parse(&list, &bad, arena, file));
    cr_assert(same(proxy_client(&list, ip_of_socket_file, SLICE("198.51.100.1")), ip("198.51.100.1")));
    cr_assert(same(proxy_client(&list, ip_of_socket_file, SLICE("")), ip_of_socket_file));
    cr_assert(same(proxy_client(&list, ip("127.0.0.1"), SLICE("198.51.100.1")), ip("127.0.0.1")));
    cr_assert(proxy_list_parse(&list, &bad, arena, network));
    cr_assert(same(proxy_client(&list, ip_of_socket_file, SLICE("198.51.100.1")), ip_of_socket_file));
}

Test(proxy, names_a_bad_entry)
{
    struct proxy_list list;
    const char *bad = NULL;
    static const char *const texts[] = {"127.0.0.1", "proxy.example", NULL};
    cr_assert_not(proxy_list_parse(&list, &bad, arena, texts));
    cr_assert_str_eq(bad, "proxy.example");
    cr_assert(proxy_list_parse(&list, &bad, arena, NULL));
    cr_assert_eq(list.count, 0);
}
