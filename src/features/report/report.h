/* Reports of the maatschappelijke tafel: of a round, and of a year for the Kamer. Made of what everybody may
 * see, put forward and approved by two people, frozen and signed, and proven afterwards. */
#ifndef ZEVENSTEM_REPORT_H
#define ZEVENSTEM_REPORT_H

#include "features/report/report_make.h"
#include "features/report/report_sql.h"
#include "features/report/report_verify.h"

struct account;
struct http_exchange;
struct lanes;
struct report_room;
struct results;
struct survey;
struct web;

struct report_config {
    struct lanes *lanes;
    const struct web *web;
    const struct crypto_keys *keys;
    struct account *account;
    struct survey *survey;
    struct results *results;
    int64_t (*now_s)(void);
    int32_t least_votes; /* on an answer, from which on they are public */
};
struct report_room *report_create(const struct report_config *config);
/* Adds its pages and its part of the API. Once, before the server starts. */
void report_start(struct report_room *room);
/* A staff_waiting (account.h) of a struct report_room: reports that wait for the caller's approval. */
enum db_status reports_wait(json_t *lines, struct db_tx *tx, struct http_exchange *ex, void *self);
void report_destroy(struct report_room *room); /* after lanes_stop */

#endif
