#include "http/listener.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t parse(union address *out, const char *text, uint16_t port)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        return sizeof out->v4;
    }
    if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        return sizeof out->v6;
    }
    return 0;
}

static int fail(int fd, const char *step, const char *address, uint16_t port)
{
    log_error("http.listen", "step=%s address=%s port=%u error=\"%s\"", step, address, (unsigned)port,
              strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

int listener_open(uint16_t *port, const char *address, uint16_t wanted_port)
{
    union address where;
    socklen_t size = parse(&where, address, wanted_port);
    if (size == 0) {
        errno = EINVAL;
        return fail(-1, "address", address, wanted_port);
    }
    int fd = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return fail(fd, "socket", address, wanted_port);
    }
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &where.any, size) != 0) {
        return fail(fd, "bind", address, wanted_port);
    }
    if (listen(fd, BACKLOG) != 0) {
        return fail(fd, "listen", address, wanted_port);
    }
    size = sizeof where;
    if (getsockname(fd, &where.any, &size) != 0) {
        return fail(fd, "getsockname", address, wanted_port);
    }
    *port = ntohs(where.any.sa_family == AF_INET ? where.v4.sin_port : where.v6.sin6_port);
    return fd;
}
