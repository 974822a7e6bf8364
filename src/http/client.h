/* Which client this is, as a number that says nothing about them: a keyed hash of the address under a random
 * salt that is thrown away each hour. */
#ifndef ZEVENSTEM_HTTP_CLIENT_H
#define ZEVENSTEM_HTTP_CLIENT_H

#include "http/proxy.h"

struct client_salt;
struct sockaddr;

struct client_salt *client_salt_create(void);
void client_salt_free(struct client_salt *salt);
/* IPv6 counts by its /64: a household or an office has at least that. Thread-safe. */
uint64_t client_hash(struct client_salt *salt, const struct ip_address *address, int64_t now_us);
/* ip_of_socket_file for a socket file. False for any other family that is not IP. */
bool client_address_from_socket(struct ip_address *out, const struct sockaddr *socket_address);

#endif
