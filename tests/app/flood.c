#include "app/flood.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

static const char password[] = "geraden+wachtwoord";

/* Some names, and made-up ones between. */
static void name_of(char *name, size_t size, const struct flood *flood, int number)
{
    int count = 0;
    while (flood->names && flood->names[count]) {
        count++;
    }
    const int turn = number % (2 * count + 1);
    if (turn < count) {
        snprintf(name, size, "%s", flood->names[turn]);
    } else {
        snprintf(name, size, "vreemde-%d", number);
    }
}

static void judge(struct flood *flood, const struct client_reply *reply, const char *name)
{
    char typed[96];
    const char *later = client_header(reply, "Retry-After");
    snprintf(typed, sizeof typed, "value=\"%s\"", name);
    const bool asks_to_wait = reply->status == 429 || reply->status == 503;
    const bool good = (reply->status == 400 || (asks_to_wait && later && atoi(later) > 0)) &&
                      strstr(reply->body, "<html lang=\"nl\"") && strstr(reply->body, typed) &&
                      !strstr(reply->body, password) && !strstr(reply->body, "geraden wachtwoord");
    if (!good && atomic_fetch_add(&flood->strange, 1) == 0) {
        snprintf(flood->what_was_strange, sizeof flood->what_was_strange, "%s: %d %.400s", name,
                 reply->status, reply->head);
    }
    atomic_fetch_add(reply->status == 400   ? &flood->wrong
                     : reply->status == 429 ? &flood->too_many
                                            : &flood->busy,
                     1);
}

static void *flood_on(void *context)
{
    struct flood *flood = context;
    struct client_reply *reply = malloc(sizeof *reply);
    char name[64], headers[256], body[160];
    while (reply && !atomic_load(&flood->stops)) {
        const int number = atomic_fetch_add(&flood->sent, 1);
        const int64_t due_us = flood->begun_us + (int64_t)number * flood->every_us;
        const int64_t early_us = due_us - clock_monotonic_us();
        if (flood->every_us > 0 && early_us > 0) {
            client_sleep_ms((int)(early_us / 1000) + 1);
        }
        name_of(name, sizeof name, flood, number);
        snprintf(headers, sizeof headers,
                 "X-Forwarded-For: 10.%d.%d.%d\r\nSec-Fetch-Site: same-origin\r\n"
                 "Content-Type: application/x-www-form-urlencoded\r\n",
                 number / 62500, number / 250 % 250, number % 250);
        snprintf(body, sizeof body, "naam=%s&wachtwoord=%s", name, password);
        client_request(reply, flood->port, "POST", "/beheer/inloggen", headers, body);
        judge(flood, reply, name);
        if (flood->every_us == 0 && reply->status != 400) {
            client_sleep_ms(20);
        }
    }
    free(reply);
    return NULL;
}

void flood_begin(struct flood *flood)
{
    flood->begun_us = clock_monotonic_us();
    for (int i = 0; i < FLOOD_THREADS; i++) {
        cr_assert_eq(pthread_create(&flood->threads[i], NULL, flood_on, flood), 0);
    }
}

void flood_end(struct flood *flood)
{
    atomic_store(&flood->stops, true);
    for (int i = 0; i < FLOOD_THREADS; i++) {
        pthread_join(flood->threads[i], NULL);
    }
    cr_expect_eq(atomic_load(&flood->strange), 0, "%d answers, one of them: %s", atomic_load(&flood->strange),
                 flood->what_was_strange);
}

void flood_wait_until_busy(struct flood *flood)
{
    const int before = atomic_load(&flood->busy);
    for (int waited = 0; waited < 10000 && atomic_load(&flood->busy) == before; waited++) {
        client_sleep_ms(1);
    }
    cr_assert_gt(atomic_load(&flood->busy), before);
}
