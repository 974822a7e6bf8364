/* For commands that write files: SIGINT and SIGTERM stop them between two pieces of work, so that what was
 * begun is cleared away. */
#ifndef ZEVENSTEM_CMD_INTERRUPT_H
#define ZEVENSTEM_CMD_INTERRUPT_H

#include <stdbool.h>

void cmd_catch_interrupts(void);
/* Whether one came since. */
bool cmd_interrupted(void);

#endif
