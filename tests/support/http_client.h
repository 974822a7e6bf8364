/* A small HTTP/1.1 client for tests: it sends exactly the bytes it is told and reads what comes back. Every
 * wait ends after CLIENT_TIMEOUT_MS. */
#ifndef ZEVENSTEM_TESTS_HTTP_CLIENT_H
#define ZEVENSTEM_TESTS_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLIENT_TIMEOUT_MS = 15000, CLIENT_BUFFER = 64 * 1024 };

struct client {
    int fd;
    size_t used; /* read and not yet taken */
    char buffer[CLIENT_BUFFER];
};

struct client_reply {
    int status;                   /* 0: the connection ended, or nothing came in time, before a whole head */
    char head[16 * 1024];         /* status line and headers, NUL-terminated */
    char body[CLIENT_BUFFER + 1]; /* what fits of it, NUL-terminated */
    size_t body_len;              /* all of it */
    bool whole;                   /* the body is as long as Content-Length says */
};

/* To 127.0.0.1. The caller owns it: client_close. NULL when it cannot connect. */
struct client *client_open(uint16_t port);
/* To a socket file, of less than 108 bytes. */
struct client *client_open_file(const char *path);
void client_close(struct client *client);
/* False when not everything could be sent. */
bool client_send(struct client *client, const void *bytes, size_t size);
bool client_send_text(struct client *client, const char *text);
/* The next reply; body_expected false after HEAD. Interim replies (100) count as replies. *reply is
 * overwritten. */
void client_read(struct client_reply *reply, struct client *client, bool body_expected);
/* True when the server closes the connection within timeout_ms without sending anything more. */
bool client_is_closed(struct client *client, int timeout_ms);

/* A whole exchange on a connection of its own. headers: lines ended by \r\n, or ""; body: NULL for none. Host
 * is added. */
void client_request(struct client_reply *reply, uint16_t port, const char *method, const char *target,
                    const char *headers, const char *body);
void client_get(struct client_reply *reply, uint16_t port, const char *target);
/* A whole exchange of raw bytes on a connection of its own. */
void client_raw(struct client_reply *reply, uint16_t port, const char *request);
/* The same exchange on a connection that stays open. */
void client_exchange(struct client_reply *reply, struct client *client, const char *method,
                     const char *target, const char *headers, const char *body);

/* The value of a header, NULL when absent; overwritten by the next call on this thread. */
const char *client_header(const struct client_reply *reply, const char *name);
size_t client_count_header(const struct client_reply *reply, const char *name);
void client_sleep_ms(int ms);

#endif
