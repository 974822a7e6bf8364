/* The listening socket. */
#ifndef ZEVENSTEM_HTTP_LISTENER_H
#define ZEVENSTEM_HTTP_LISTENER_H

#include <stdint.h>

/* Binds and listens on an IPv4 or IPv6 address; *port is what it got. -1 (logged with the reason) when it
 * cannot. */
int listener_open(uint16_t *port, const char *address, uint16_t wanted_port);

#endif
