/* What app's own files share. */
#ifndef ZEVENSTEM_APP_INTERNAL_H
#define ZEVENSTEM_APP_INTERNAL_H

#include "app/app.h"
#include "crypto/crypto.h"
#include "features/account/account.h"
#include "features/audit/audit.h"
#include "features/coding/coding.h"
#include "features/fieldwork/fieldwork.h"
#include "features/opendata/opendata.h"
#include "features/report/report.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"
#include "http/http.h"
#include "lane/lane.h"
#include "web/page.h"

#include <pthread.h>
#include <stdatomic.h>

/* Work that may take minutes: a job of its own on any worker, one of each at a time, and the refreshing goes
 * on. */
struct app_background {
    struct db_job job; /* first: the pool's */
    struct app *app;
    void (*work)(struct app *app, struct db_conn *conn);
    atomic_bool runs;
};

struct app {
    const struct zs_config *config;
    int64_t (*now_s)(void);
    struct crypto_keys *keys;
    struct web *web;
    struct db_config database;
    struct lanes *lanes;
    struct audit_sealer *sealer;
    struct account *account;
    struct survey *survey;
    struct fieldwork *fieldwork;
    struct coding *coding;
    struct results *results;
    struct tafel *tafel;
    struct report_room *report;
    struct opendata *opendata;
    struct api_documents *documents;
    struct http_config http;
    int handed_fd; /* 0: none */
    struct http_server *server;
    pthread_t periodic_thread;
    bool periodic_running;
    pthread_mutex_t periodic_lock;
    pthread_cond_t periodic_wake;
    bool periodic_stop;
    struct app_background upkeep, progress;
};

/* features.c. False: one could not be made; those that were are destroyed with the app. */
bool app_create_features(struct app *app);
/* Adds their routes and links; results start apart, with the follower. */
void app_start_features(struct app *app);
void app_destroy_features(struct app *app);
/* hooks.c: what http needs from higher rooms. */
struct http_hooks app_hooks(struct app *app);
/* house_routes.c: health, assets, security.txt, robots.txt. */
void app_house_routes(struct app *app);
/* problem_pages.c: what the type of a problem leads to. */
void app_problem_pages(struct app *app);
/* periodic.c: refreshes every second on a worker, and has what had its time taken away. */
bool app_periodic_start(struct app *app);
void app_periodic_stop(struct app *app);

#endif
