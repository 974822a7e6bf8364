/* What the table did with the example of invented data (features/example): a table with members, signals, a
 * meeting that weighed them, and the next one; messages, a recommendation and a research question. */
#ifndef ZEVENSTEM_TAFEL_EXAMPLE_H
#define ZEVENSTEM_TAFEL_EXAMPLE_H

#include "db/db.h"

/* As staff, after example_load. *made false: there is a table already; nothing was done. */
enum db_status tafel_example_load(bool *made, struct db_tx *tx, int64_t now_s);

#endif
