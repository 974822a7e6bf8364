/* Citizens with browsers, and holders of API keys. */
#include "app/fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- citizens ---- */

void citizen_init(struct citizen *citizen, uint16_t port)
{
    static atomic_uint next = 1;
    unsigned n = atomic_fetch_add(&next, 1);
    memset(citizen, 0, sizeof *citizen);
    citizen->port = port;
    citizen->site = "same-origin";
    snprintf(citizen->address, sizeof citizen->address, "192.0.%u.%u", (n >> 8) & 255u, n & 255u);
}

/* Takes one Set-Cookie line over: "name=value; ...". */
static void keep_cookie(struct citizen *citizen, const char *line)
{
    const char *equals = strchr(line, '=');
    size_t value = equals ? strcspn(equals + 1, ";\r") : 0;
    if (equals && strncmp(line, "deelname=", 9) == 0) {
        snprintf(citizen->participation, sizeof citizen->participation, "%.*s", (int)value, equals + 1);
    } else if (equals && strncmp(line, "taal=", 5) == 0) {
        snprintf(citizen->language, sizeof citizen->language, "%.*s", (int)value, equals + 1);
    }
}

static void keep_cookies(struct citizen *citizen)
{
    static const char name[] = "\r\nSet-Cookie: ";
    for (const char *at = strstr(citizen->reply.head, name); at; at = strstr(at + 1, name)) {
        keep_cookie(citizen, at + sizeof name - 1);
    }
}

static void exchange(struct citizen *citizen, const char *method, const char *target, const char *body)
{
    char headers[1024];
    int used = snprintf(headers, sizeof headers, "X-Forwarded-For: %s\r\n%s", citizen->address,
                        citizen->more ? citizen->more : "");
    if (citizen->participation[0] || citizen->language[0]) {
        used += snprintf(headers + used, sizeof headers - (size_t)used, "Cookie: a=b%s%s%s%s\r\n",
                         citizen->participation[0] ? "; deelname=" : "", citizen->participation,
                         citizen->language[0] ? "; taal=" : "", citizen->language);
    }
    if (body) {
        used += snprintf(headers + used, sizeof headers - (size_t)used,
                         "Content-Type: application/x-www-form-urlencoded\r\n");
        if (citizen->site) {
            used += snprintf(headers + used, sizeof headers - (size_t)used, "Sec-Fetch-Site: %s\r\n",
                             citizen->site);
        }
    }
    client_request(&citizen->reply, citizen->port, method, target, headers, body);
    keep_cookies(citizen);
}

void citizen_get(struct citizen *citizen, const char *target)
{
    exchange(citizen, "GET", target, NULL);
}

void citizen_post(struct citizen *citizen, const char *target, const char *body)
{
    exchange(citizen, "POST", target, body);
}

const char *citizen_token(const struct citizen *citizen, const char *action)
{
    static _Thread_local char token[128];
    char form[160];
    static const char before[] = "name=\"token\" value=\"";
    snprintf(form, sizeof form, "action=\"%s\"", action);
    const char *at = strstr(citizen->reply.body, form);
    at = at ? strstr(at, before) : NULL;
    cr_assert(at, "no form to %s with a token in:\n%s%s", action, citizen->reply.head, citizen->reply.body);
    at += sizeof before - 1;
    snprintf(token, sizeof token, "%.*s", (int)strcspn(at, "\""), at);
    return token;
}

static void post_form(struct citizen *citizen, const char *action, const char *fields)
{
    size_t size = strlen(fields) + 256;
    char *body = malloc(size);
    cr_assert_not_null(body);
    snprintf(body, size, "token=%s%s%s", citizen_token(citizen, action), fields[0] ? "&" : "", fields);
    citizen_post(citizen, action, body);
    free(body);
}

void citizen_answer(struct citizen *citizen, const char *page, const char *fields)
{
    char path[128];
    snprintf(path, sizeof path, "/vragen/%s", page);
    citizen_get(citizen, path);
    expect_status(&citizen->reply, 200);
    post_form(citizen, path, fields);
}

void citizen_fill(char *body, size_t size, struct citizen *citizen, const char *page, const char *fields)
{
    char path[128];
    snprintf(path, sizeof path, "/vragen/%s", page);
    citizen_get(citizen, path);
    expect_status(&citizen->reply, 200);
    snprintf(body, size, "token=%s&%s", citizen_token(citizen, path), fields);
}

void citizen_begin(struct citizen *citizen, const char *round, const char *versie, const char *via)
{
    char body[256];
    snprintf(body, sizeof body, "ronde=%s&versie=%s&via=%s", round, versie, via);
    citizen_post(citizen, "/deelname", body);
    expect_status(&citizen->reply, 303);
    cr_assert(citizen->participation[0], "no cookie in\n%s", citizen->reply.head);
}

void citizen_send(struct citizen *citizen)
{
    citizen_get(citizen, "/controle");
    expect_status(&citizen->reply, 200);
    post_form(citizen, "/controle", "");
    expect_redirect(&citizen->reply, "/ontvangst");
}

void citizen_take_part(struct citizen *citizen, const char *round, const char *houding, const char *waarom)
{
    char fields[1024];
    citizen_begin(citizen, round, "volledig", "");
    snprintf(fields, sizeof fields, "houding=%s", houding);
    citizen_answer(citizen, "begin.houding", fields);
    expect_redirect(&citizen->reply, "/vragen/begin.waarom");
    if (waarom[0]) {
        snprintf(fields, sizeof fields, "waarom=%s", waarom);
        citizen_answer(citizen, "begin.waarom", fields);
        expect_redirect(&citizen->reply, "/vragen/begin.kleur");
    }
    citizen_send(citizen);
}

void citizen_resume(struct citizen *citizen, const char *typed)
{
    char fields[512];
    citizen_get(citizen, "/verder");
    expect_status(&citizen->reply, 200);
    snprintf(fields, sizeof fields, "code=%s", typed);
    post_form(citizen, "/verder", fields);
}

void citizen_correct(struct citizen *citizen)
{
    citizen_get(citizen, "/ontvangst");
    expect_status(&citizen->reply, 200);
    post_form(citizen, "/mijn-antwoorden/correctie", "");
}

void citizen_withdraw(struct citizen *citizen)
{
    citizen_get(citizen, "/ontvangst");
    expect_status(&citizen->reply, 200);
    post_form(citizen, "/mijn-antwoorden/intrekking", "");
    expect_status(&citizen->reply, 200);
    expect_says(&citizen->reply, "Wilt u uw antwoorden intrekken?");
    post_form(citizen, "/mijn-antwoorden/intrekking", "zeker=ja");
}

void people_take_part(struct app *const *apps, size_t app_count, const char *round, const char *answer)
{
    const char *other = strcmp(answer, "goed") == 0 ? "slecht" : "goed";
    for (size_t i = 0; i < SHOWN_COUNT + SHOWN_FROM; i++) {
        struct citizen citizen;
        citizen_init(&citizen, port_of(apps[i % app_count]));
        citizen_take_part(&citizen, round, i < SHOWN_COUNT ? answer : other, "");
    }
}

const char *citizen_code(const struct citizen *citizen)
{
    static _Thread_local char code[CODE_TEXT_BYTES];
    cr_assert_eq(strcspn(citizen->participation, "."), CODE_TEXT_BYTES - 1, "%s", citizen->participation);
    snprintf(code, sizeof code, "%.*s", CODE_TEXT_BYTES - 1, citizen->participation);
    return code;
}

/* ---- tabs ---- */

void tab_open(struct tab *tab, const struct citizen *citizen, const char *path, const char *fields)
{
    tab->citizen = *citizen;
    snprintf(tab->path, sizeof tab->path, "%s", path);
    citizen_get(&tab->citizen, path);
    expect_status(&tab->citizen.reply, 200);
    snprintf(tab->body, sizeof tab->body, "token=%s&%s", citizen_token(&tab->citizen, path), fields);
}

static void *post_at_once(void *context)
{
    struct tab *tab = context;
    pthread_barrier_wait(tab->start);
    citizen_post(&tab->citizen, tab->path, tab->body);
    return NULL;
}

void tabs_post(struct tab *tabs, size_t count)
{
    pthread_t threads[32];
    pthread_barrier_t start;
    cr_assert(count <= sizeof threads / sizeof threads[0]);
    pthread_barrier_init(&start, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        tabs[i].start = &start;
        cr_assert_eq(pthread_create(&threads[i], NULL, post_at_once, &tabs[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&start);
}

/* ---- expectations ---- */

void expect_status(const struct client_reply *reply, int status)
{
    cr_assert_eq(reply->status, status, "status %d, not %d\n%s%s", reply->status, status, reply->head,
                 reply->body);
}

void expect_redirect(const struct client_reply *reply, const char *path)
{
    expect_status(reply, 303);
    const char *location = client_header(reply, "Location");
    cr_assert_str_eq(location ? location : "", path, "goes to %s, not to %s", location ? location : "-",
                     path);
}

void expect_says(const struct client_reply *reply, const char *words)
{
    cr_assert(strstr(reply->body, words), "does not say \"%s\":\n%s%s", words, reply->head, reply->body);
}

void expect_silent(const struct client_reply *reply, const char *words)
{
    cr_assert_not(strstr(reply->body, words), "says \"%s\":\n%s%s", words, reply->head, reply->body);
}

/* ---- key holders ---- */

void api_call(struct client_reply *reply, uint16_t port, const char *key, const char *method,
              const char *target, const char *headers, const char *body)
{
    char all[1024];
    snprintf(all, sizeof all, "%s%s%s%s%s", key ? "Authorization: Bearer " : "", key ? key : "",
             key ? "\r\n" : "", body ? "Content-Type: application/json\r\n" : "", headers);
    client_request(reply, port, method, target, all, body);
}

json_t *reply_json(const struct client_reply *reply)
{
    json_t *body = json_loads(reply->body, 0, NULL);
    cr_assert_not_null(body, "no JSON:\n%s%s", reply->head, reply->body);
    return body;
}

const char *api_send(uint16_t port, const char *key, const char *round, const char *answers)
{
    static _Thread_local char code[CODE_TEXT_BYTES];
    char target[128];
    char header[128];
    char body[2048];
    struct client_reply *reply = malloc(sizeof *reply);
    cr_assert_not_null(reply);
    snprintf(target, sizeof target, "/v1/rondes/%s/deelnames", round);
    api_call(reply, port, key, "POST", target, "", "{}");
    expect_status(reply, 201);
    json_t *started = reply_json(reply);
    snprintf(code, sizeof code, "%s", json_string_value(json_object_get(started, "code")));
    json_decref(started);
    snprintf(target, sizeof target, "/v1/rondes/%s/inzendingen", round);
    snprintf(header, sizeof header, "Deelnamecode: %s\r\n", code);
    snprintf(body, sizeof body, "{%s}", answers);
    api_call(reply, port, key, "POST", target, header, body);
    expect_status(reply, 201);
    free(reply);
    return code;
}

void api_fill(uint16_t port, const char *key, const char *round, const char *answers)
{
    char all[256];
    for (int i = 0; i < SHOWN_COUNT + SHOWN_FROM; i++) {
        snprintf(all, sizeof all, "\"houding\":\"%s\"%s", i < SHOWN_COUNT ? "goed" : "slecht", answers);
        api_send(port, key, round, all);
    }
}

static int64_t count_in(const json_t *table, const char *answer)
{
    /* The row of all groups together stands last. */
    const json_t *rows = json_object_get(table, "rijen");
    const json_t *cells = json_object_get(json_array_get(rows, json_array_size(rows) - 1), "cellen");
    size_t index;
    json_t *cell;
    json_array_foreach(cells, index, cell)
    {
        if (strcmp(json_string_value(json_object_get(cell, "antwoord")), answer) == 0) {
            const json_t *count = json_object_get(cell, "aantal");
            return json_is_null(count) ? -1 : (int64_t)json_integer_value(count);
        }
    }
    cr_assert_fail("no answer %s in the table", answer);
    return -3;
}

int64_t table_count(uint16_t port, const char *key, const char *round, const char *variable,
                    const char *answer, const char *query)
{
    char target[256];
    int64_t count = -2;
    struct client_reply *reply = malloc(sizeof *reply);
    cr_assert_not_null(reply);
    snprintf(target, sizeof target, "/v1/rondes/%s/tabel?variabele=%s%s", round, variable, query);
    api_call(reply, port, key, "GET", target, "", NULL);
    if (reply->status == 200) {
        json_t *table = reply_json(reply);
        count = count_in(table, answer);
        json_decref(table);
    }
    free(reply);
    return count;
}

int64_t table_wait(uint16_t port, const char *key, const char *round, const char *variable,
                   const char *answer, const char *query, int64_t wanted, int most_ms)
{
    int64_t count = table_count(port, key, round, variable, answer, query);
    for (int waited = 0; count != wanted && waited < most_ms; waited += 20) {
        client_sleep_ms(20);
        count = table_count(port, key, round, variable, answer, query);
    }
    return count;
}
