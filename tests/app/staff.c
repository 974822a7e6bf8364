#include "app/staff.h"

#include "base/buffer.h"

#include <liboath/oath.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the browser ---- */

void staff_init(struct staff *staff, uint16_t port)
{
    static int next = 1;
    memset(staff, 0, sizeof *staff);
    staff->port = port;
    staff->site = "same-origin";
    snprintf(staff->address, sizeof staff->address, "198.51.100.%d", next++ % 250);
}

char *staff_cookie(struct staff *staff, const char *name)
{
    for (int i = 0; i < staff->cookies; i++) {
        if (strcmp(staff->names[i], name) == 0) {
            return staff->values[i];
        }
    }
    cr_assert_lt(staff->cookies, MOST_COOKIES);
    snprintf(staff->names[staff->cookies], sizeof staff->names[0], "%s", name);
    staff->values[staff->cookies][0] = '\0';
    return staff->values[staff->cookies++];
}

static void keep_cookies(struct staff *staff)
{
    static const char mark[] = "\r\nSet-Cookie: ";
    for (const char *at = strstr(staff->reply.head, mark); at; at = strstr(at + 1, mark)) {
        char name[32];
        const char *line = at + sizeof mark - 1;
        size_t len = strcspn(line, "=");
        snprintf(name, sizeof name, "%.*s", (int)len, line);
        snprintf(staff_cookie(staff, name), sizeof staff->values[0], "%.*s",
                 (int)strcspn(line + len + 1, ";\r"), line + len + 1);
        cr_expect(strstr(line, "HttpOnly") && strstr(line, "SameSite=Lax"), "%s", name);
    }
}

/* Where it comes from and what it keeps: a line each, the last one ended. */
static int identify(char *headers, size_t size, const struct staff *staff)
{
    int used = snprintf(headers, size, "X-Forwarded-For: %s\r\nCookie: a=b", staff->address);
    for (int i = 0; i < staff->cookies; i++) {
        if (staff->values[i][0]) {
            used +=
                snprintf(headers + used, size - (size_t)used, "; %s=%s", staff->names[i], staff->values[i]);
        }
    }
    used += snprintf(headers + used, size - (size_t)used, "\r\n");
    return used;
}

void staff_exchange(struct staff *staff, const char *method, const char *target, const char *body)
{
    char headers[2048];
    int used = identify(headers, sizeof headers, staff);
    if (body) {
        used += snprintf(headers + used, sizeof headers - (size_t)used,
                         "Content-Type: application/x-www-form-urlencoded\r\n%s%s\r\n",
                         staff->site     ? "Sec-Fetch-Site: "
                         : staff->origin ? "Origin: "
                                         : "X-None: ",
                         staff->site     ? staff->site
                         : staff->origin ? staff->origin
                                         : "x");
    }
    client_request(&staff->reply, staff->port, method, target, headers, body);
    keep_cookies(staff);
}

void staff_get(struct staff *staff, const char *target)
{
    staff_exchange(staff, "GET", target, NULL);
}

#define BOUNDARY "----een-grens-die-nergens-staat"

void staff_upload(struct staff *staff, const char *page, const char *action, const char *fields,
                  const char *file_name, struct slice bytes)
{
    struct buffer body;
    char headers[2048], rest[1024];
    staff_get(staff, page);
    snprintf(rest, sizeof rest, "token=%s&%s", staff_token(staff), fields);
    buffer_init(&body, bytes.len + sizeof rest * 8);
    for (char *field = strtok(rest, "&"); field; field = strtok(NULL, "&")) {
        const size_t name = strcspn(field, "=");
        buffer_printf(&body, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%s\r\n",
                      (int)name, field, field[name] ? field + name + 1 : "");
    }
    buffer_printf(&body,
                  "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"%s\"\r\n"
                  "Content-Type: application/octet-stream\r\n\r\n",
                  file_name);
    buffer_append(&body, bytes);
    buffer_append_cstr(&body, "\r\n--" BOUNDARY "--\r\n");
    int used = snprintf(headers, sizeof headers, "POST %s HTTP/1.1\r\nHost: localhost\r\n", action);
    used += identify(headers + used, sizeof headers - (size_t)used, staff);
    snprintf(headers + used, sizeof headers - (size_t)used,
             "Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=" BOUNDARY
             "\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
             body.len);
    struct client *client = client_open(staff->port);
    cr_assert_not_null(client);
    client_send_text(client, headers);
    client_send(client, body.ptr, body.len); /* what is too large may be refused before all of it went */
    client_read(&staff->reply, client, true);
    client_close(client);
    buffer_free(&body);
    keep_cookies(staff);
}

void staff_post(struct staff *staff, const char *page, const char *action, const char *fields)
{
    char body[8192];
    staff_get(staff, page);
    const int length = snprintf(body, sizeof body, "token=%s&%s", staff_token(staff), fields);
    cr_assert_lt((size_t)length, sizeof body);
    staff_exchange(staff, "POST", action, body);
}

static void *move_at_once(void *context)
{
    struct staff_move *move = context;
    pthread_barrier_wait(move->start);
    staff_exchange(move->staff, "POST", move->path, move->body);
    return NULL;
}

void staff_move_together(struct staff_move *moves, size_t count)
{
    pthread_t threads[128];
    pthread_barrier_t start;
    cr_assert(count <= sizeof threads / sizeof threads[0]);
    pthread_barrier_init(&start, NULL, (unsigned)count);
    for (size_t i = 0; i < count; i++) {
        moves[i].start = &start;
        cr_assert_eq(pthread_create(&threads[i], NULL, move_at_once, &moves[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&start);
}

void staff_wait_until_says(struct staff *staff, const char *page, const char *words)
{
    for (int waited = 0; waited < 10000; waited += 100) {
        staff_get(staff, page);
        if (strstr(staff->reply.body, words)) {
            return;
        }
        client_sleep_ms(100);
    }
    expect_says(&staff->reply, words);
}

/* ---- the page that came last ---- */

const char *staff_token(const struct staff *staff)
{
    static char token[128];
    static const char before[] = "name=\"token\" value=\"";
    const char *at = strstr(staff->reply.body, before);
    cr_assert(at, "no token in %s%s", staff->reply.head, staff->reply.body);
    at += sizeof before - 1;
    snprintf(token, sizeof token, "%.*s", (int)strcspn(at, "\""), at);
    return token;
}

const char *staff_hidden(const struct staff *staff, const char *name)
{
    static char value[2][128];
    static int turn;
    char before[64];
    turn = !turn;
    snprintf(before, sizeof before, "name=\"%s\" value=\"", name);
    const char *at = strstr(staff->reply.body, before);
    cr_assert(at, "no %s in %s", name, staff->reply.body);
    at += strlen(before);
    snprintf(value[turn], sizeof value[turn], "%.*s", (int)strcspn(at, "\""), at);
    return value[turn];
}

/* ---- accounts ---- */

struct make {
    const char *name;
    enum account_role role;
    const char *consultation; /* NULL: all of them */
    char password[ONE_TIME_PASSWORD_BYTES];
    enum account_change outcome;
};

static const char *const maker = "test";

static enum db_status add_work(struct db_tx *tx, void *context)
{
    struct make *make = context;
    const struct account_act act = {.actor = maker, .origin = "command", .now_s = clock_now()};
    return account_add(&make->outcome, make->password, tx, slice_from_cstr(make->name), make->role,
                       slice_from_cstr(make->consultation ? make->consultation : ""), &act);
}

static enum db_status disable_work(struct db_tx *tx, void *context)
{
    struct make *make = context;
    const struct account_act act = {.actor = maker, .origin = "command", .now_s = clock_now()};
    return account_disable(&make->outcome, tx, slice_from_cstr(make->name), &act);
}

static void run(struct place *place, struct make *make, enum db_status (*work)(struct db_tx *, void *))
{
    place_work(place, DB_ROLE_STAFF, work, make);
    cr_assert_eq(make->outcome, ACCOUNT_CHANGED);
}

void staff_login(struct staff *staff, const char *name, const char *password)
{
    char fields[512];
    snprintf(fields, sizeof fields, "naam=%s&wachtwoord=%s", name, password);
    staff_post(staff, "/beheer/inloggen", "/beheer/inloggen", fields);
}

void staff_of(struct staff *staff, struct place *place, struct app *app, const char *name,
              enum account_role role, const char *consultation)
{
    struct make made = {.name = name, .role = role, .consultation = consultation};
    run(place, &made, add_work);
    staff_init(staff, port_of(app));
    staff_login(staff, name, made.password);
    expect_redirect(&staff->reply, "/beheer");
    staff_get(staff, "/beheer");
    expect_redirect(&staff->reply, "/beheer/account/wachtwoord");
    staff_post(staff, "/beheer/account/wachtwoord", "/beheer/account/wachtwoord",
               "nieuw=" PASSWORD "&herhaling=" PASSWORD);
    expect_redirect(&staff->reply, "/beheer");
}

void staff_disable(struct place *place, const char *name)
{
    struct make make = {.name = name};
    run(place, &make, disable_work);
}

/* ---- an authenticator ---- */

static void scan(struct staff *staff)
{
    char text[128];
    const char *at = strstr(staff->reply.body, "<code translate=\"no\">");
    cr_assert(at, "no key shown: %s", staff->reply.body);
    at = strchr(at, '>') + 1;
    size_t used = 0;
    for (; *at != '<'; at++) {
        if (*at != ' ') {
            text[used++] = *at;
        }
    }
    char *decoded;
    cr_assert_eq(oath_base32_decode(text, used, &decoded, &staff->secret_len), OATH_OK);
    memcpy(staff->secret, decoded, staff->secret_len);
    free(decoded);
}

const char *staff_code(const struct staff *staff)
{
    static char field[16];
    char code[7];
    cr_assert_eq(oath_totp_generate(staff->secret, staff->secret_len, clock_now(), 30, 0, 6, code), OATH_OK);
    snprintf(field, sizeof field, "code=%s", code);
    return field;
}

void staff_begin_factor(struct staff *staff)
{
    static const char page[] = "/beheer/account/tweede-factor";
    staff_post(staff, page, "/beheer/account/tweede-factor/begin", "");
    expect_redirect(&staff->reply, page);
    staff_get(staff, page);
    scan(staff);
}

void staff_set_factor_up(struct staff *staff)
{
    static const char page[] = "/beheer/account/tweede-factor";
    char fields[80];
    staff_begin_factor(staff);
    snprintf(fields, sizeof fields, "huidig=" PASSWORD "&%s", staff_code(staff));
    staff_post(staff, page, page, fields);
    expect_status(&staff->reply, 200);
    expect_says(&staff->reply, "herstelcodes");
}
