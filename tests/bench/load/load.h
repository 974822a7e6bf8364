/* A load generator that costs little beside what it measures: one thread, keep-alive connections in a closed
 * loop, requests made beforehand. */
#ifndef ZEVENSTEM_BENCH_LOAD_H
#define ZEVENSTEM_BENCH_LOAD_H

#include "crypto/crypto.h"

#include <stdio.h>
#include <sys/socket.h>

enum { LOAD_ADDRESSES_MAX = 8, LOAD_STAMP_CHARS = CODE_CHARS };

/* Of the loopback, or a socket file. */
struct load_address {
    struct sockaddr_storage at;
    socklen_t size;
};

struct load_request {
    const char *bytes;
    size_t size;
    size_t stamp_at; /* where a fresh participation code goes; SIZE_MAX: nowhere */
};

struct load_options {
    const char *requests_path;
    const char *codes_path; /* codes to use, one a line, with or without dashes; NULL: load makes them up */
    struct load_address addresses[LOAD_ADDRESSES_MAX];
    int address_count;
    int connections;
    double seconds;           /* of issuing requests; 0: until count, or until SIGTERM */
    long count;               /* requests in all; 0: no such end */
    double rate;              /* at most so many requests a second; 0: as fast as they are answered */
    int expect, also_expect;  /* statuses that count; also_expect 0: only expect */
    bool retry;               /* send a request again, with the same code, until it is answered as expected */
    const char *acknowledged; /* each expected answer's code and response id is appended to this file */
    const char *secret;       /* the service's root secret: ids follow from codes */
    const char *round;
};

/* What the connections take from and give to. */
struct load {
    const struct load_options *options;
    const struct load_request *requests;
    size_t request_count;
    const struct crypto_keys *keys; /* NULL: ids are not asked for */
    FILE *acknowledged;             /* NULL: nothing is noted */
    char (*codes)[LOAD_STAMP_CHARS];
    size_t code_count; /* 0: they are made up */
    char code_head[LOAD_STAMP_CHARS];
    uint64_t next_code;
    /* What came of it. */
    uint32_t *latencies_us;
    size_t latency_count, latency_room;
    size_t in_time; /* answers within `seconds` */
    size_t errors;  /* other statuses, connections that ended; retried ones too */
    size_t bytes;   /* of answers, heads included */
    int last_status;
    double elapsed_s; /* while requests were issued */
};

/* Loads the file: each request as "<bytes>\n" and then so many bytes. False with a line on standard error. */
bool load_read_requests(struct load *load);
/* Loads the codes, where there is a file of them. */
bool load_read_codes(struct load *load);
/* The next code of the file; or random for this run, then a counter. */
void load_stamp(struct load *load, char code[LOAD_STAMP_CHARS]);
void load_note(struct load *load, const char code[LOAD_STAMP_CHARS], uint32_t latency_us);
/* Issues requests until the end that the options name, then waits for the answers that are still to come. */
bool load_run(struct load *load);
/* Ends the issuing; for signals. */
void load_stop(int signal_number);

#endif
