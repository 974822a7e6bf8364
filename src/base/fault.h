/* Fault points: named places where a test makes the program fail, to prove what it does then. Without a
 * configuration they cost one relaxed load and do nothing.
 *
 * ZEVENSTEM_FAULTS="batch.before-commit=kill@3,db.execute=error" arms them: `error` makes fault_hit() true,
 * `kill` ends the process with SIGKILL, `sleep:MS` waits; `@N` arms from the N-th visit on (default the
 * first). */
#ifndef ZEVENSTEM_BASE_FAULT_H
#define ZEVENSTEM_BASE_FAULT_H

#include "base/slice.h"

/* Reads a configuration; false (nothing armed) when it is not of the form above. Call before threads start.
 */
bool fault_configure(struct slice text);
/* True when the point is armed with `error` and its turn has come. The caller then behaves as if the
 * operation right after it had failed. */
bool fault_hit(const char *point);

#endif
