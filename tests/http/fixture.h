/* A server with small routes of its own, for the tests of the dispatcher. */
#ifndef ZEVENSTEM_TESTS_HTTP_FIXTURE_H
#define ZEVENSTEM_TESTS_HTTP_FIXTURE_H

#include "http/http.h"
#include "support/http_client.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdatomic.h>

/* What the routes count. */
struct fixture_counts {
    atomic_int runs; /* routes run */
    atomic_int continued;
    atomic_int error_pages;
};

enum { FIXTURE_BODY_MAX = 1000, FIXTURE_UPLOAD_MAX = 300 * 1024, FIXTURE_LARGE_BYTES = 4 * 1024 * 1024 };

extern struct fixture_counts fixture_counts;
extern struct http_server *fixture_server;
extern uint16_t fixture_port;

/* Small limits that no test meets by accident; a test changes what it needs before fixture_start. */
struct http_config fixture_config(void);
/* config outlives the server. */
void fixture_start(const struct http_config *config);
/* With fixture_config() unchanged. */
void fixture_start_default(void);
/* TestSuite(…, .init = fixture_setup, .fini = fixture_teardown): stops the server and looks for leaks. */
void fixture_setup(void);
void fixture_teardown(void);

void expect_status(const struct client_reply *reply, int status);
void expect_header(const struct client_reply *reply, const char *name, const char *value);
void expect_no_header(const struct client_reply *reply, const char *name);
/* problem+json with status, title and detail, and all headers that an answer of the API carries. */
void expect_problem(const struct client_reply *reply, int status);

#endif
