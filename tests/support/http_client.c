#include "support/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void client_sleep_ms(int ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

static struct client *open_to(const void *address, socklen_t size, int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval timeout = {.tv_sec = CLIENT_TIMEOUT_MS / 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || connect(fd, address, size) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    struct client *client = malloc(sizeof *client);
    if (client) {
        client->fd = fd;
        client->used = 0;
    }
    return client;
}

struct client *client_open(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return open_to(&address, sizeof address, AF_INET);
}

struct client *client_open_file(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return open_to(&address, sizeof address, AF_UNIX);
}

void client_close(struct client *client)
{
    if (client) {
        close(client->fd);
        free(client);
    }
}

bool client_send(struct client *client, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t sent = send(client->fd, from, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        from += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool client_send_text(struct client *client, const char *text)
{
    return client_send(client, text, strlen(text));
}

/* More bytes into the buffer; false at the end of the stream, at an error, or when nothing came in time. */
static bool receive(struct client *client)
{
    if (client->used == CLIENT_BUFFER) {
        return false;
    }
    ssize_t got;
    do {
        got = recv(client->fd, client->buffer + client->used, CLIENT_BUFFER - client->used, 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        return false;
    }
    client->used += (size_t)got;
    return true;
}

static void take(struct client *client, size_t size)
{
    memmove(client->buffer, client->buffer + size, client->used - size);
    client->used -= size;
}

static bool read_head(struct client_reply *reply, struct client *client)
{
    const char *end;
    while (!(end = memmem(client->buffer, client->used, "\r\n\r\n", 4))) {
        if (!receive(client)) {
            return false;
        }
    }
    size_t size = (size_t)(end - client->buffer) + 4;
    if (size >= sizeof reply->head || sscanf(client->buffer, "HTTP/1.1 %d ", &reply->status) != 1) {
        return false;
    }
    memcpy(reply->head, client->buffer, size);
    reply->head[size] = '\0';
    take(client, size);
    return true;
}

void client_read(struct client_reply *reply, struct client *client, bool body_expected)
{
    reply->status = 0;
    reply->head[0] = '\0';
    reply->body[0] = '\0';
    reply->body_len = 0;
    reply->whole = false;
    if (!client || !read_head(reply, client)) {
        reply->status = 0;
        return;
    }
    const char *length = client_header(reply, "Content-Length");
    size_t wanted = length ? strtoul(length, NULL, 10) : 0;
    if (!body_expected || reply->status == 304 || reply->status == 204 || reply->status < 200) {
        wanted = 0;
    }
    while (reply->body_len < wanted && (client->used > 0 || receive(client))) {
        size_t piece = client->used < wanted - reply->body_len ? client->used : wanted - reply->body_len;
        if (reply->body_len < CLIENT_BUFFER) {
            size_t room = CLIENT_BUFFER - reply->body_len;
            memcpy(reply->body + reply->body_len, client->buffer, piece < room ? piece : room);
        }
        reply->body_len += piece;
        take(client, piece);
    }
    reply->whole = reply->body_len == wanted;
    reply->body[reply->body_len < CLIENT_BUFFER ? reply->body_len : CLIENT_BUFFER] = '\0';
}

bool client_is_closed(struct client *client, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = client->fd, .events = POLLIN};
    if (client->used > 0 || poll(&poll_fd, 1, timeout_ms) <= 0) {
        return false;
    }
    char byte;
    return recv(client->fd, &byte, 1, 0) <= 0;
}

void client_exchange(struct client_reply *reply, struct client *client, const char *method,
                     const char *target, const char *headers, const char *body)
{
    char head[64 * 1024];
    int size = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: test\r\n%s", method, target, headers);
    if (body && size > 0 && (size_t)size < sizeof head) {
        size += snprintf(head + size, sizeof head - (size_t)size, "Content-Length: %zu\r\n", strlen(body));
    }
    if (!client || size < 0 || (size_t)size + 3 > sizeof head) {
        reply->status = 0;
        return;
    }
    memcpy(head + size, "\r\n", 3);
    /* What could not be sent shows in what comes back: the server may have answered and closed. */
    bool sent = client_send_text(client, head) && (!body || client_send_text(client, body));
    (void)sent;
    client_read(reply, client, strcmp(method, "HEAD") != 0);
}

void client_request(struct client_reply *reply, uint16_t port, const char *method, const char *target,
                    const char *headers, const char *body)
{
    struct client *client = client_open(port);
    client_exchange(reply, client, method, target, headers, body);
    client_close(client);
}

void client_get(struct client_reply *reply, uint16_t port, const char *target)
{
    client_request(reply, port, "GET", target, "", NULL);
}

void client_raw(struct client_reply *reply, uint16_t port, const char *request)
{
    struct client *client = client_open(port);
    if (client) {
        client_send_text(client, request);
    }
    client_read(reply, client, true);
    client_close(client);
}

static const char *find_line(const char *from, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = strstr(from, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
            return line;
        }
    }
    return NULL;
}

const char *client_header(const struct client_reply *reply, const char *name)
{
    static _Thread_local char value[4096];
    const char *line = find_line(reply->head, name);
    if (!line) {
        return NULL;
    }
    const char *from = line + 2 + strlen(name) + 1;
    from += strspn(from, " ");
    size_t len = strcspn(from, "\r");
    len = len < sizeof value - 1 ? len : sizeof value - 1;
    memcpy(value, from, len);
    value[len] = '\0';
    return value;
}

size_t client_count_header(const struct client_reply *reply, const char *name)
{
    size_t count = 0;
    for (const char *line = find_line(reply->head, name); line; line = find_line(line + 2, name)) {
        count++;
    }
    return count;
}
