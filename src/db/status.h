/* What an SQLSTATE means for the caller: the one place where error codes become decisions. Pure. */
#ifndef ZEVENSTEM_DB_STATUS_H
#define ZEVENSTEM_DB_STATUS_H

#include "db/db.h"

/* sqlstate: the five characters of a failed result; NULL when the error has none (libpq's own), which is
 * DB_FAILED: whether the connection is gone is the caller's to look at first. Never DB_OK. */
enum db_status db_status_from_sqlstate(const char *sqlstate);

#endif
