#include "http/client.h"

#include "crypto/crypto.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const int64_t salt_life_us = 3600 * INT64_C(1000000);

struct client_salt {
    pthread_mutex_t lock;
    int64_t drawn_us;
    bool drawn;
    unsigned char bytes[16];
};

struct client_salt *client_salt_create(void)
{
    struct client_salt *salt = calloc(1, sizeof *salt);
    if (salt) {
        pthread_mutex_init(&salt->lock, NULL);
    }
    return salt;
}

void client_salt_free(struct client_salt *salt)
{
    if (salt) {
        pthread_mutex_destroy(&salt->lock);
        free(salt);
    }
}

uint64_t client_hash(struct client_salt *salt, const struct ip_address *address, int64_t now_us)
{
    unsigned char seed[16];
    pthread_mutex_lock(&salt->lock);
    if (!salt->drawn || now_us - salt->drawn_us >= salt_life_us) {
        crypto_random(salt->bytes, sizeof salt->bytes);
        salt->drawn_us = now_us;
        salt->drawn = true;
    }
    memcpy(seed, salt->bytes, sizeof seed);
    pthread_mutex_unlock(&salt->lock);
    size_t significant = ip_is_v4(address) ? sizeof address->bytes : sizeof address->bytes / 2;
    char text[sizeof address->bytes];
    memcpy(text, address->bytes, sizeof text);
    return seeded_u64(seed, (struct slice){text, significant});
}

bool client_address_from_socket(struct ip_address *out, const struct sockaddr *socket_address)
{
    if (socket_address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, socket_address, sizeof v4);
        memset(out->bytes, 0, 10);
        out->bytes[10] = out->bytes[11] = 0xff;
        memcpy(out->bytes + 12, &v4.sin_addr, 4);
        return true;
    }
    if (socket_address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, socket_address, sizeof v6);
        memcpy(out->bytes, &v6.sin6_addr, sizeof out->bytes);
        return true;
    }
    if (socket_address->sa_family == AF_UNIX) {
        *out = ip_of_socket_file;
        return true;
    }
    return false;
}
