#include "features/account/account_internal.h"

#include "base/clock.h"
#include "features/audit/audit.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 20, FLUSH_EVERY_US = 5 * 1000 * 1000 };

struct refused_count {
    int64_t all;     /* refused logins */
    int64_t unknown; /* of them, of no account */
    struct {
        char name[ACCOUNT_NAME_MAX + 1];
        int64_t count;
    } names[NAMES_MAX]; /* the first so many; the rest is in `all` alone */
    size_t name_count;
};

struct refused {
    pthread_mutex_t lock;
    int64_t flushed_us;
    struct refused_count count;
};

struct refused *refused_create(void)
{
    struct refused *refused = calloc(1, sizeof *refused);
    if (refused) {
        pthread_mutex_init(&refused->lock, NULL);
    }
    return refused;
}

void refused_free(struct refused *refused)
{
    if (refused) {
        pthread_mutex_destroy(&refused->lock);
        free(refused);
    }
}

static void add_name(struct refused_count *count, struct slice name)
{
    size_t i = 0;
    while (i < count->name_count && !slice_equal_cstr(name, count->names[i].name)) {
        i++;
    }
    if (i == NAMES_MAX || name.len > ACCOUNT_NAME_MAX) {
        return;
    }
    if (i == count->name_count) {
        memcpy(count->names[i].name, name.ptr, name.len);
        count->names[i].name[name.len] = '\0';
        count->names[i].count = 0;
        count->name_count++;
    }
    count->names[i].count++;
}

void refused_add(struct refused *refused, struct slice name)
{
    pthread_mutex_lock(&refused->lock);
    refused->count.all++;
    if (name.len > 0) {
        add_name(&refused->count, name);
    } else {
        refused->count.unknown++;
    }
    pthread_mutex_unlock(&refused->lock);
}

static enum db_status write_line(struct db_tx *tx, void *context)
{
    const struct refused_count *count = context;
    json_t *names = json_object();
    for (size_t i = 0; i < count->name_count; i++) {
        json_object_set_new(names, count->names[i].name, json_integer(count->names[i].count));
    }
    json_t *details = json_pack("{s:I,s:I,s:o}", "pogingen", (json_int_t)count->all, "onbekende_namen",
                                (json_int_t)count->unknown, "accounts", names);
    char *text = json_dumps(details, JSON_COMPACT);
    const struct audit_event event = {.action = "login",
                                      .object = "accounts",
                                      .result = "refused",
                                      .origin = "web",
                                      .actor = "system",
                                      .details = text};
    enum db_status status = text ? audit_record(tx, &event) : DB_FAILED;
    free(text);
    json_decref(details);
    return status;
}

enum db_status refused_flush(struct refused *refused, struct db_conn *conn)
{
    struct refused_count taken = {.all = 0};
    int64_t now_us = clock_monotonic_us();
    pthread_mutex_lock(&refused->lock);
    if (refused->count.all > 0 && now_us - refused->flushed_us >= FLUSH_EVERY_US) {
        taken = refused->count;
        refused->count = (struct refused_count){.all = 0};
        refused->flushed_us = now_us;
    }
    pthread_mutex_unlock(&refused->lock);
    if (taken.all == 0) {
        return DB_OK;
    }
    enum db_status status = db_transaction(conn, "login-refused", DB_ROLE_STAFF, write_line, &taken);
    if (status != DB_OK) {
        /* Told later, the names of this time left out. */
        pthread_mutex_lock(&refused->lock);
        refused->count.all += taken.all;
        refused->count.unknown += taken.unknown;
        pthread_mutex_unlock(&refused->lock);
    }
    return status;
}
