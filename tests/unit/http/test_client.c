#include "http/client.h"

#include "crypto/crypto.h"
#include "support/leaks.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

static const int64_t hour_us = 3600 * INT64_C(1000000);
static struct client_salt *salt;

static void setup(void)
{
    cr_assert(crypto_start());
    salt = client_salt_create();
}

static void teardown(void)
{
    client_salt_free(salt);
    leaks_check();
}

TestSuite(client, .init = setup, .fini = teardown);

static uint64_t hash(const char *address, int64_t now_us)
{
    struct ip_address parsed;
    cr_assert(ip_parse(&parsed, slice_from_cstr(address)));
    return client_hash(salt, &parsed, now_us);
}

Test(client, one_number_a_client_within_the_hour)
{
    cr_assert_eq(hash("192.0.2.1", 5), hash("192.0.2.1", hour_us - 1));
    cr_assert_neq(hash("192.0.2.1", 5), hash("192.0.2.2", 5));
}

Test(client, forgets_after_an_hour)
{
    uint64_t before = hash("192.0.2.1", 5);
    cr_assert_neq(hash("192.0.2.1", 5 + hour_us), before);
}

Test(client, counts_ipv6_by_its_network)
{
    cr_assert_eq(hash("2001:db8:1:2::1", 5), hash("2001:db8:1:2:ffff::9", 5));
    cr_assert_neq(hash("2001:db8:1:2::1", 5), hash("2001:db8:1:3::1", 5));
}

Test(client, two_services_never_agree)
{
    struct client_salt *other = client_salt_create();
    struct ip_address address;
    cr_assert(ip_parse(&address, SLICE("192.0.2.1")));
    cr_assert_neq(client_hash(other, &address, 5), client_hash(salt, &address, 5));
    client_salt_free(other);
}

Test(client, reads_socket_addresses)
{
    struct ip_address address;
    struct ip_address wanted;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
    cr_assert(client_address_from_socket(&address, (const struct sockaddr *)&v4));
    cr_assert(ip_parse(&wanted, SLICE("192.0.2.1")));
    cr_assert_eq(memcmp(&address, &wanted, sizeof address), 0);
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr);
    cr_assert(client_address_from_socket(&address, (const struct sockaddr *)&v6));
    cr_assert(ip_parse(&wanted, SLICE("2001:db8::1")));
    cr_assert_eq(memcmp(&address, &wanted, sizeof address), 0);
    struct sockaddr file = {.sa_family = AF_UNIX};
    cr_assert(client_address_from_socket(&address, &file));
    cr_assert_eq(memcmp(&address, &ip_of_socket_file, sizeof address), 0);
    struct sockaddr other = {.sa_family = AF_APPLETALK};
    cr_assert_not(client_address_from_socket(&address, &other));
}
