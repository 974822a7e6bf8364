/* What a command that talks to the database begins and ends with: configuration, root secret, one connection.
 */
#ifndef ZEVENSTEM_CMD_SESSION_H
#define ZEVENSTEM_CMD_SESSION_H

#include "cmd/cmd.h"
#include "crypto/crypto.h"
#include "db/db.h"

struct cmd_session {
    struct arena *arena;
    struct zs_config config;
    struct crypto_keys *keys;
    struct db_config database;
    struct db_conn *conn;
};

/* CMD_GO, or the status to return (said on standard error). Close it in either case. */
int cmd_session_open(struct cmd_session *session, const char *config_path);
void cmd_session_close(struct cmd_session *session);
/* Says why a database call failed; gives CMD_FAILED. */
int cmd_say_failure(const char *what, enum db_status status);

#endif
