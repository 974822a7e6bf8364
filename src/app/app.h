/* The program as a whole: the only place that knows all features. Everything hangs off struct app, which is
 * passed down. */
#ifndef ZEVENSTEM_APP_APP_H
#define ZEVENSTEM_APP_APP_H

#include "app/config.h"
#include "db/db.h"

struct app;

/* Statements of all features, for db_config.statements: NULL-ended. */
extern const struct db_statement *const app_statements[];

/* Loads secret, templates, texts; makes lanes and features; connects nothing to the outside yet. config
 * outlives it. NULL with log lines. */
struct app *app_create(const struct zs_config *config);
/* Refuses (false, logged) a schema that this binary does not know or that no longer admits it, another root
 * secret, a server with fsync off. DB_UNAVAILABLE at start is waited for up to `wait_s` seconds. */
bool app_check_database(struct app *app, int wait_s);
/* Loads rounds and keys, starts workers, periodic jobs and the HTTP server. */
bool app_start(struct app *app);
unsigned app_port(const struct app *app);
/* Stops accepting, lets requests and queues finish, ends all threads. */
void app_stop(struct app *app);
void app_destroy(struct app *app);

#endif
