/* Where a server listens: a socket file, a socket that was handed over. */
#include "http/fixture.h"
#include "http/listener.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/zs-listener-XXXXXX";
static char path[sizeof folder + 16];
static char address[sizeof path + 8];

static void setup(void)
{
    fixture_setup();
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/http.sock", folder);
    snprintf(address, sizeof address, "unix:%s", path);
}

static void teardown(void)
{
    unlink(path);
    rmdir(folder);
    fixture_teardown();
}

TestSuite(listener, .init = setup, .fini = teardown);

static struct http_config on_file(void)
{
    struct http_config config = fixture_config();
    config.listen_address = address;
    return config;
}

static void expect_answer(const char *headers, int status)
{
    static struct client_reply reply;
    struct client *client = client_open_file(path);
    cr_assert_not_null(client);
    client_exchange(&reply, client, "GET", "/v1/wacht", headers, NULL);
    expect_status(&reply, status);
    client_close(client);
}

Test(listener, serves_on_a_socket_file_of_its_owner_and_group)
{
    const struct http_config config = on_file();
    struct stat found;
    umask(077); /* as the unit has it */
    fixture_start(&config);
    cr_assert_eq(fixture_port, 0);
    cr_assert_str_eq(http_server_where(fixture_server), address);
    cr_assert_eq(stat(path, &found), 0);
    cr_assert(S_ISSOCK(found.st_mode));
    cr_assert_eq(found.st_mode & 0777, 0660);
    expect_answer("", 200);
    cr_assert(http_server_drain(fixture_server, 1000));
    cr_assert_neq(access(path, F_OK), 0, "whoever comes during the end finds nothing");
}

Test(listener, leaves_a_socket_file_that_somebody_listens_on)
{
    const struct http_config config = on_file();
    fixture_start(&config);
    cr_assert_null(http_server_start(&config));
    expect_answer("", 200);
}

static void leave_a_file(void)
{
    struct sockaddr_un left = {.sun_family = AF_UNIX};
    snprintf(left.sun_path, sizeof left.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&left, sizeof left), 0);
    close(fd);
    cr_assert_eq(access(path, F_OK), 0);
}

Test(listener, replaces_a_socket_file_that_nobody_listens_on)
{
    const struct http_config config = on_file();
    leave_a_file();
    fixture_start(&config);
    expect_answer("", 200);
}

enum { AT_ONCE = 4, STARTS = 200 };
static struct listener started[AT_ONCE];
static pthread_barrier_t together;

static void *open_one(void *listener)
{
    pthread_barrier_wait(&together);
    return listener_open(listener, address, 0) ? listener : NULL;
}

Test(listener, lets_one_of_several_that_start_at_once_take_a_file_that_was_left)
{
    pthread_barrier_init(&together, NULL, AT_ONCE);
    for (int i = 0; i < STARTS; i++) {
        pthread_t threads[AT_ONCE];
        int taken = 0;
        leave_a_file();
        for (int k = 0; k < AT_ONCE; k++) {
            cr_assert_eq(pthread_create(&threads[k], NULL, open_one, &started[k]), 0);
        }
        for (int k = 0; k < AT_ONCE; k++) {
            void *listens;
            pthread_join(threads[k], &listens);
            taken += listens != NULL;
        }
        cr_assert_eq(taken, 1, "%d of %d listen", taken, AT_ONCE);
        for (int k = 0; k < AT_ONCE; k++) {
            listener_end(&started[k], true);
        }
    }
    pthread_barrier_destroy(&together);
}

Test(listener, leaves_another_file_alone)
{
    const struct http_config config = on_file();
    struct stat found;
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    cr_assert_eq(write(fd, "x", 1), 1);
    close(fd);
    cr_assert_null(http_server_start(&config));
    cr_assert_eq(stat(path, &found), 0);
    cr_assert_eq(found.st_size, 1);
}

Test(listener, refuses_paths_that_cannot_be)
{
    static char long_path[256] = "unix:/";
    struct http_config config = on_file();
    memset(long_path + 6, 'a', 108);
    config.listen_address = long_path;
    cr_assert_null(http_server_start(&config));
    config.listen_address = "unix:relative.sock";
    cr_assert_null(http_server_start(&config));
    config.listen_address = "unix:";
    cr_assert_null(http_server_start(&config));
    config.listen_address = "unix:/nonexistent/http.sock";
    cr_assert_null(http_server_start(&config));
}

/* Two clients behind the proxy, each with one request to spend. */
Test(listener, tells_clients_apart_by_what_the_proxy_says)
{
    static const char *const proxies[] = {"unix:", NULL};
    struct http_config config = on_file();
    config.trusted_proxies = proxies;
    config.limits.rate_per_s = 0.001;
    config.limits.rate_burst = 1;
    config.limits.rate_delay_max_ms = 0;
    fixture_start(&config);
    expect_answer("X-Forwarded-For: 192.0.2.1\r\n", 200);
    expect_answer("X-Forwarded-For: 192.0.2.1\r\n", 429);
    expect_answer("X-Forwarded-For: 192.0.2.2\r\n", 200);
}

/* ---- handed over ---- */

static int listening_file(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(fd, 16), 0);
    return fd;
}

Test(listener, takes_a_socket_that_is_handed_over_and_leaves_it_listening)
{
    static struct client_reply reply;
    struct http_config config = fixture_config();
    int fd = listening_file();
    config.handed_fd = dup(fd);
    struct http_server *first = http_server_start(&config);
    cr_assert_not_null(first);
    cr_assert_str_eq(http_server_where(first), address);
    expect_answer("", 200);
    cr_assert(http_server_drain(first, 1000));
    /* Whoever comes between two processes waits for the next. */
    struct client *early = client_open_file(path);
    cr_assert_not_null(early);
    cr_assert(client_send_text(early, "GET /v1/wacht HTTP/1.1\r\nHost: x\r\n\r\n"));
    cr_assert(http_server_stop(first, 1000));
    config.handed_fd = dup(fd);
    fixture_start(&config);
    client_read(&reply, early, true);
    expect_status(&reply, 200);
    client_close(early);
    close(fd);
}

Test(listener, refuses_what_does_not_listen)
{
    struct http_config config = fixture_config();
    config.handed_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_null(http_server_start(&config));
    config.handed_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    cr_assert_null(http_server_start(&config));
    config.handed_fd = 1000;
    cr_assert_null(http_server_start(&config));
}
