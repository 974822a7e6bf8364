/* One writer and some readers of the columns at the same time. Without a test framework, so that the race
 * detector can run it. */
#ifndef ZEVENSTEM_TESTS_UNIT_STATS_READERS_AND_WRITER_H
#define ZEVENSTEM_TESTS_UNIT_STATS_READERS_AND_WRITER_H

#include <stdbool.h>

enum { READERS_COUNT = 3 };

struct readers_and_writer {
    int read;       /* tables made */
    int unbalanced; /* of them, with a part of a batch */
};

/* False when something other than the balance went wrong. */
bool readers_and_writer_run(struct readers_and_writer *result, unsigned batches);

#endif
