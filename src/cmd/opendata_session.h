/* What commands about open data begin with, on top of a session and its rounds: releases and publications as
 * the database has them now. */
#ifndef ZEVENSTEM_CMD_OPENDATA_SESSION_H
#define ZEVENSTEM_CMD_OPENDATA_SESSION_H

#include "cmd/session.h"
#include "features/opendata/opendata.h"

struct cmd_opendata {
    struct cmd_rounds rounds;
    struct results *results;
    struct opendata *opendata;
};
/* CMD_GO, or the status to return (said on standard error). Close it in either case, before the session. */
int cmd_opendata_open(struct cmd_opendata *out, struct cmd_session *session);
void cmd_opendata_close(struct cmd_opendata *open);
/* Publishes the newest releases that are not published yet: of one round (its code), of one consultation, or
 * of all (both NULL). *published: how many; one that cannot be published keeps no other waiting. CMD_GO, or
 * the status to return (said). */
int cmd_opendata_publish(size_t *published, struct cmd_opendata *open, struct cmd_session *session,
                         const char *round, const char *consultation);

#endif
