/* The program as a whole: the only place that knows all features. Everything hangs off struct app, which is
 * passed down. */
#ifndef ZEVENSTEM_APP_APP_H
#define ZEVENSTEM_APP_APP_H

#include "app/config.h"
#include "db/db.h"
#include "http/http.h"

struct app;
struct consultation_bundle;
struct json_errors;
struct locales;

/* Statements of all features, for db_config.statements: NULL-ended. */
extern const struct db_statement *const app_statements[];

/* All that `consultation check` and a proposal ask of a bundle beside consultation_bundle_read: what other
 * features keep in it. path: of the consultation's own file, for the places of faults. True: no fault added.
 */
bool app_check_bundle(struct json_errors *errors, const struct consultation_bundle *bundle, const char *path,
                      const struct locales *locales);

/* Loads secret, templates, texts; makes lanes and features; connects nothing to the outside yet. config
 * outlives it. NULL with log lines. */
struct app *app_create(const struct zs_config *config);
/* Refuses (false, logged) a schema that this binary does not know or that no longer admits it, another root
 * secret, a server with fsync off, a ledger of erasures that cannot be written, a database behind it.
 * DB_UNAVAILABLE at start is waited for up to `wait_s` seconds. Warns of other folders that no file can be
 * made in. */
bool app_check_database(struct app *app, int wait_s);
/* Before app_start: what stands for clock_unix_s in everything that citizens and key holders meet. For tests
 * of what happens on other days. */
void app_set_clock(struct app *app, int64_t (*now_s)(void));
/* Before app_start: a socket that listens already (systemd's), instead of the configuration's address. It is
 * the app's from then on. */
void app_take_socket(struct app *app, int fd_take);
/* Loads rounds and keys, starts workers, periodic jobs and the HTTP server. */
bool app_start(struct app *app);
/* After app_start: the whole table, for tests that walk it. */
const struct http_route *app_routes(size_t *count, const struct app *app);
unsigned app_port(const struct app *app);
/* After app_start: "http://127.0.0.1:8080", "unix:/run/zevenstem.sock". */
const char *app_where(const struct app *app);
/* Stops accepting, lets requests and queues finish, ends all threads. False (logged): a request still waits
 * for the database; nothing was freed and nothing may be: end the process without app_destroy. */
bool app_stop(struct app *app);
/* Stops first, where that was not done. */
void app_destroy(struct app *app);

/* What the configuration says for the catalogue of open data. */
struct catalogue_facts;
struct catalogue_facts app_catalogue_facts(const struct zs_config *config);

#endif
