/* The assessment framework of the example of invented data. (tafel_example.c) */
#ifndef ZEVENSTEM_TAFEL_EXAMPLE_FRAMEWORK_H
#define ZEVENSTEM_TAFEL_EXAMPLE_FRAMEWORK_H

#include "db/db.h"

/* A sheet of kweekvlees with two approved versions. meeting_item: what the meeting decided about it. */
enum db_status framework_example(struct db_tx *tx, int32_t meeting_item);

#endif
