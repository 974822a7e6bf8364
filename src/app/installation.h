/* Which root secret a database belongs to: the first that anything was written under. Under another one
 * participation codes lead nowhere, and lines and links of the audit log are forged ones for good. */
#ifndef ZEVENSTEM_APP_INSTALLATION_H
#define ZEVENSTEM_APP_INSTALLATION_H

#include "crypto/crypto.h"
#include "db/db.h"

struct installation {
    bool same_secret; /* also where it belongs to none yet and cannot be claimed: a standby */
    bool fsync;       /* the server's */
};

/* Among the connection's, for installation_look. */
extern const struct db_statement installation_statements[];
/* claims: a database that belongs to no secret yet belongs to this one from now on. To be so before anything
 * is written or linked under `keys`. */
enum db_status installation_look(struct installation *out, struct db_conn *conn,
                                 const struct crypto_keys *keys, bool claims);

#endif
