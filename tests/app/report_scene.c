#include "app/report_scene.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct release_scene scene;
struct app *service;
struct staff writer, approver;
struct citizen visitor;

void reports_begin(void)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    people_add_random(&scene, 500);
    scene_release_now(&scene);
    reports_serve();
}

void reports_serve(void)
{
    service = app_up(&scene.place);
    staff_of(&writer, &scene.place, service, "sanne", ROLE_SECRETARIS, NULL);
    staff_of(&approver, &scene.place, service, "piet", ROLE_SECRETARIS, NULL);
    citizen_init(&visitor, port_of(service));
    citizen_get(&visitor, "/v1/consultaties/uitgave/tabellen?variabele=keus");
    expect_status(&visitor.reply, 200);
}

void reports_end(void)
{
    app_down(service);
    release_scene_remove(&scene);
}

void post(struct staff *staff, const char *at, const char *fields, int status)
{
    char all[2048];
    staff_get(staff, at);
    expect_status(&staff->reply, 200);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(staff, "gelezen"));
    staff_post(staff, at, at, all);
    cr_assert_eq(staff->reply.status, status, "%s %s: %d %s", at, fields, staff->reply.status,
                 staff->reply.body);
}

void approve_one(void)
{
    post(&writer, REPORTS "/nieuw", BEGUN, 303);
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
}

void publish_one(void)
{
    approve_one();
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
}

void release_again(void)
{
    people_add_random(&scene, 400);
    scene_release_now(&scene);
    for (int tries = 0; tries < 100; tries++) {
        citizen_get(&visitor, "/v1/consultaties/uitgave/tabellen?variabele=keus");
        if (strstr(visitor.reply.body, "\"uitgave\":2")) {
            break;
        }
        usleep(100 * 1000);
    }
}

/* What was made public, in the place's arena. */
struct report_signed kept;
int32_t kept_number = 1;

enum db_status report_read_kept(struct db_tx *tx, void *context)
{
    struct arena *arena = context;
    const enum db_status status = report_published(&kept, tx, kept_number);
    kept.document = arena_copy(arena, kept.document);
    kept.signature = arena_copy(arena, kept.signature);
    kept.key = arena_copy(arena, kept.key);
    kept.sha256 = arena_copy(arena, kept.sha256);
    return status;
}

json_t *kept_document(void)
{
    place_work(&scene.place, DB_ROLE_RESULTS, report_read_kept, scene.place.arena);
    json_t *document = json_loadb(kept.document.ptr, kept.document.len, 0, NULL);
    cr_assert_not_null(document);
    return document;
}

enum db_status report_try_in_tx(struct db_tx *tx, void *try)
{
    struct report_try *making = try;
    const struct report_means means = {.results = scene.results,
                                       .snapshot = scene.snapshot,
                                       .keys = scene.place.keys,
                                       .now_s = clock_now(),
                                       .least_votes = 10};
    return report_make(&making->made, tx, &means, &making->draft);
}

enum db_status publish_second(struct db_tx *tx, void *context)
{
    int32_t number;
    struct report_signed document;
    const struct report_beginning beginning = {.kind = REPORT_OF_ROUND,
                                               .round_id = scene.round->id,
                                               .consultation = SLICE(""),
                                               .title = SLICE("Twee")};
    cr_assert(report_sign(&document, scene.place.arena, scene.place.keys, context));
    const enum db_status status = report_begin(&number, tx, &beginning, "a");
    return status == DB_OK ? report_publish(tx, number, &document, "a") : status;
}

void prove(struct report_proof *proof, const json_t *document)
{
    cr_assert_eq(report_prove(proof, scene.place.arena, scene.conn, scene.results, scene.snapshot, document,
                              kept.document, clock_now()),
                 DB_OK);
}

bool says(const char *const *list, size_t count, const char *words)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || strstr(list[i], words);
    }
    return found;
}

void expect_fault(const json_t *document, const char *words)
{
    struct report_proof proof;
    prove(&proof, document);
    cr_expect(says(proof.faults, proof.fault_count, words), "no fault says \"%s\": %s", words,
              proof.fault_count > 0 ? proof.faults[0] : "there is none");
}

double number_of(const json_t *value)
{
    return json_is_string(value) ? strtod(json_string_value(value), NULL)
           : json_is_real(value) ? json_real_value(value)
                                 : (double)json_integer_value(value);
}

size_t walked;

void expect_same(const json_t *ours, const json_t *theirs, const char *where)
{
    const char *name;
    size_t i;
    json_t *member;
    if (json_is_object(theirs)) {
        cr_expect_eq(json_object_size(ours), json_object_size(theirs), "%s", where);
        json_object_foreach((json_t *)(uintptr_t)theirs, name, member)
        {
            const char *deeper = arena_printf(scene.place.arena, "%s.%s", where, name).ptr;
            expect_same(json_object_get(ours, name), member, deeper);
        }
    } else if (json_is_array(theirs)) {
        cr_expect_eq(json_array_size(ours), json_array_size(theirs), "%s", where);
        json_array_foreach((json_t *)(uintptr_t)theirs, i, member)
        {
            expect_same(json_array_get(ours, i), member, where);
        }
    } else if (json_is_number(theirs)) {
        cr_expect(ours && !json_is_null(ours), "%s", where);
        cr_expect(number_of(ours) == number_of(theirs), "%s: %f %f", where, number_of(ours),
                  number_of(theirs));
        walked++;
    } else {
        cr_expect(json_equal(ours, theirs), "%s", where);
    }
}

const char *whole_page(const char *target)
{
    enum { MOST = 8 * 1024 * 1024 };
    const struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port_of(service)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct arena *arena = scene.place.arena;
    const struct slice asked =
        arena_printf(arena, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target);
    char *page = arena_alloc(arena, MOST);
    size_t len = 0;
    ssize_t got;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(write(fd, asked.ptr, asked.len), (ssize_t)asked.len);
    while (len + 1 < MOST && (got = read(fd, page + len, MOST - len - 1)) > 0) {
        len += (size_t)got;
    }
    close(fd);
    page[len] = '\0';
    cr_assert(strstr(page, "</html>"), "%.300s", page);
    return page;
}

size_t count_of(const char *text, const char *words)
{
    size_t count = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}
