/* What a command that talks to the database begins and ends with: configuration, root secret, one connection.
 */
#ifndef ZEVENSTEM_CMD_SESSION_H
#define ZEVENSTEM_CMD_SESSION_H

#include "cmd/cmd.h"
#include "crypto/crypto.h"
#include "db/db.h"
#include "features/results/results.h"
#include "features/survey/survey.h"

struct cmd_session {
    struct arena *arena;
    struct zs_config config;
    struct crypto_keys *keys;
    struct db_config database;
    struct db_conn *conn;
    bool leaves_chain; /* for the command to set: the database may be a standby */
};

/* CMD_GO, or the status to return (said on standard error): a schema that does not fit this program and a
 * root secret that the database does not belong to are refused as serve refuses them, with what mends it; a
 * database that belongs to none yet belongs to this one from now on. Close it in either case: that links what
 * the command wrote on the audit log. */
int cmd_session_open(struct cmd_session *session, const char *config_path);
void cmd_session_close(struct cmd_session *session);
/* The rounds as the database has them now. CMD_GO, or the status to return (said on standard error). Close it
 * in either case, before the session. */
struct cmd_rounds {
    struct web *web;
    struct survey *survey;
    const struct survey_snapshot *snapshot;
};
int cmd_rounds_open(struct cmd_rounds *rounds, struct cmd_session *session);
void cmd_rounds_close(struct cmd_rounds *rounds);
/* For a list that came out empty: whether there is such a round, or a consultation at all, of which it is.
 * CMD_GO, or the status to return (said that there is none, or why it is not known). */
int cmd_round_there(struct cmd_session *session, const char *code);
int cmd_consultation_there(struct cmd_session *session, const char *code);
/* How the configuration has results counted and protected, for results_create: without pages and texts. */
struct results_config cmd_results_config(const struct cmd_session *session, const struct cmd_rounds *rounds);
/* Says why a database call failed; gives CMD_FAILED. */
int cmd_say_failure(const char *what, enum db_status status);
/* A reason that is kept: one line, of 1 to KEY_PURPOSE_MAX characters. False: said why not. */
bool cmd_check_line(const char *option, const char *text);
/* What a key or an export is for. */
bool cmd_check_purpose(const char *purpose);

#endif
