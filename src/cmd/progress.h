/* A line on a terminal that says how far a command is, once it has taken longer than a second: shorter ones
 * stay quiet, and so does whatever is no terminal. */
#ifndef ZEVENSTEM_CMD_PROGRESS_H
#define ZEVENSTEM_CMD_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { PROGRESS_QUIET_US = 1000 * 1000, PROGRESS_EVERY_US = 100 * 1000 };

struct cmd_progress {
    int to;           /* file descriptor */
    int64_t begun_us; /* of clock_monotonic_us */
    int64_t last_us;  /* when it said something last */
    bool is_terminal, shown;
    /* of cmd_progress_wait */
    const char *what;
    pthread_t ticker;
    pthread_mutex_t lock;
    pthread_cond_t ending;
    bool ticks, ended;
};

/* Begins now. to: STDERR_FILENO. */
void cmd_progress_begin(struct cmd_progress *progress, int to);
/* Says where the work is, over what was said before; ten times a second at most, however often it is called.
 */
void cmd_progress_say(struct cmd_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For work that is silent for long: until cmd_progress_end says by itself, each second in which nothing else
 * was said, what is being done and for how long. Once before each end; *progress stays where it is meanwhile.
 */
void cmd_progress_wait(struct cmd_progress *progress, const char *what);
/* Wipes the line, before anything else is said. */
void cmd_progress_end(struct cmd_progress *progress);

#endif
