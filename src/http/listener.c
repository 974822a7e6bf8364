#include "http/listener.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, SOCKET_FILE_MODE = 0660 };

static const char unix_prefix[] = "unix:";

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un file;
};

/* ---- addresses ---- */

/* 0, with errno, for what is none. */
static socklen_t parse_file(union address *out, const char *path)
{
    if (path[0] != '/') {
        errno = EINVAL;
        return 0;
    }
    size_t len = strnlen(path, sizeof out->file.sun_path);
    if (len == sizeof out->file.sun_path) {
        errno = ENAMETOOLONG;
        return 0;
    }
    out->file.sun_family = AF_UNIX;
    memcpy(out->file.sun_path, path, len);
    return sizeof out->file;
}

static socklen_t parse(union address *out, const char *text, uint16_t port)
{
    memset(out, 0, sizeof *out);
    if (strncmp(text, unix_prefix, strlen(unix_prefix)) == 0) {
        return parse_file(out, text + strlen(unix_prefix));
    }
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
    errno = EINVAL;
    return 0;
}

static bool tell_where(struct listener *listener)
{
    union address at = {.file = {.sun_family = AF_UNSPEC}};
    socklen_t size = sizeof at - 1; /* a path that fills it all stays a string */
    char ip[INET6_ADDRSTRLEN] = "";
    if (getsockname(listener->fd, &at.any, &size) != 0) {
        return false;
    }
    switch (at.any.sa_family) {
    case AF_INET:
        listener->port = ntohs(at.v4.sin_port);
        inet_ntop(AF_INET, &at.v4.sin_addr, ip, sizeof ip);
        snprintf(listener->text, sizeof listener->text, "http://%s:%u", ip, (unsigned)listener->port);
        return true;
    case AF_INET6:
        listener->port = ntohs(at.v6.sin6_port);
        inet_ntop(AF_INET6, &at.v6.sin6_addr, ip, sizeof ip);
        snprintf(listener->text, sizeof listener->text, "http://[%s]:%u", ip, (unsigned)listener->port);
        return true;
    case AF_UNIX:
        snprintf(listener->text, sizeof listener->text, "%s%s", unix_prefix, at.file.sun_path);
        return true;
    default:
        errno = EAFNOSUPPORT;
        return false;
    }
}

/* ---- opening ---- */

static bool fail(struct listener *listener, const char *step, const char *address, uint16_t port)
{
    log_error("http.listen", "step=%s address=%s port=%u error=%s", step, address, (unsigned)port,
              LOG_CSTR(strerror(errno)));
    listener_end(listener, true);
    return false;
}

bool listener_take(struct listener *out, int handed_fd)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    *out = (struct listener){.fd = handed_fd, .handed_over = true};
    bool good = getsockopt(out->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0;
    if (good && !listens) {
        errno = EINVAL;
        good = false;
    }
    good = good && fcntl(out->fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(out->fd, F_SETFL, O_NONBLOCK) == 0;
    return (good && tell_where(out)) || fail(out, "handed-over", "none", 0);
}

/* A socket file outlives the process that made it. Refused: one that somebody listens on, and what is no
 * socket at all. */
static bool clear_path(const union address *where, socklen_t size)
{
    struct stat found;
    if (lstat(where->file.sun_path, &found) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(found.st_mode)) {
        errno = EEXIST;
        return false;
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool dead = probe >= 0 && connect(probe, &where->any, size) != 0 && errno == ECONNREFUSED;
    if (probe >= 0) {
        close(probe);
    }
    if (!dead) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(where->file.sun_path) == 0;
}

/* Of several processes that start at once, a later one must find the file of an earlier one listened on: so
 * one at a time per folder looks, makes its file and listens. Closing the descriptor lets the next one in.
 * -1: the folder may not be read; then there is no such order. */
static int lock_folder(const struct sockaddr_un *file)
{
    char folder[sizeof file->sun_path];
    memcpy(folder, file->sun_path, sizeof folder);
    strrchr(folder, '/')[1] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        flock(fd, LOCK_EX);
    }
    return fd;
}

static bool listen_on_file(struct listener *listener, const union address *where, socklen_t size)
{
    const int lock = lock_folder(&where->file);
    bool good = clear_path(where, size) && bind(listener->fd, &where->any, size) == 0;
    if (good) {
        memcpy(listener->path, where->file.sun_path, sizeof listener->path);
        good = chmod(listener->path, SOCKET_FILE_MODE) == 0 && listen(listener->fd, BACKLOG) == 0;
    }
    if (lock >= 0) {
        const int why = errno;
        close(lock);
        errno = why;
    }
    return good;
}

static bool listen_on_port(const struct listener *listener, const union address *where, socklen_t size)
{
    int on = 1;
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(listener->fd, &where->any, size) == 0 && listen(listener->fd, BACKLOG) == 0;
}

bool listener_open(struct listener *out, const char *address, uint16_t wanted_port)
{
    _Static_assert(sizeof out->path == sizeof((struct sockaddr_un *)0)->sun_path, "room for any path");
    *out = (struct listener){.fd = -1};
    union address where;
    socklen_t size = parse(&where, address, wanted_port);
    if (size == 0) {
        return fail(out, "address", address, wanted_port);
    }
    out->fd = socket(where.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (out->fd < 0) {
        return fail(out, "socket", address, wanted_port);
    }
    const bool listens = where.any.sa_family == AF_UNIX ? listen_on_file(out, &where, size)
                                                        : listen_on_port(out, &where, size);
    if (!listens) {
        return fail(out, "listen", address, wanted_port);
    }
    return tell_where(out) || fail(out, "getsockname", address, wanted_port);
}

/* ---- ending ---- */

static void remove_file(struct listener *listener)
{
    if (listener->path[0] != '\0') {
        unlink(listener->path);
        listener->path[0] = '\0';
    }
}

void listener_refuse(struct listener *listener)
{
    if (!listener->handed_over) {
        remove_file(listener);
        shutdown(listener->fd, SHUT_RDWR);
    }
}

void listener_end(struct listener *listener, bool close_fd)
{
    remove_file(listener);
    if (listener->fd >= 0 && close_fd) {
        close(listener->fd);
    }
    listener->fd = -1;
}
