/* The listening socket. */
#ifndef ZEVENSTEM_HTTP_LISTENER_H
#define ZEVENSTEM_HTTP_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

enum { LISTENER_PATH_BYTES = 108, LISTENER_TEXT_BYTES = 128 };

struct listener {
    int fd;                         /* -1: none */
    uint16_t port;                  /* 0: a socket file has none */
    bool handed_over;               /* not ours: who gave it goes on listening when we stop */
    char path[LISTENER_PATH_BYTES]; /* of the socket file that was made; empty: none */
    char text[LISTENER_TEXT_BYTES]; /* where people find it: "http://127.0.0.1:8080", "unix:/run/x.sock" */
};

/* Listens: on a socket file, for the address "unix:/path" (mode 0660; one that nobody listens on any more is
 * replaced, by one of those who try at once); else on an IPv4 or IPv6 address and wanted_port, 0 for any.
 * False, logged with the reason, when it cannot. */
bool listener_open(struct listener *out, const char *address, uint16_t wanted_port);
/* On a socket that listens already: whoever started this process handed it over. */
bool listener_take(struct listener *out, int handed_fd);
/* From now on nobody is accepted: refused by the kernel, where the socket is ours. It stays open, since
 * threads may still look at it. */
void listener_refuse(struct listener *listener);
/* After it, and in any case at the end. close_fd: false where somebody else closed it. */
void listener_end(struct listener *listener, bool close_fd);

#endif
