/* Threads of this folder: monotonic waits, and signals left to the main thread. */
#ifndef ZEVENSTEM_DB_THREAD_H
#define ZEVENSTEM_DB_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* name is what top and gdb show: at most 15 characters. The thread gets no signals. */
bool db_thread_start(pthread_t *out, const char *name, void *(*run)(void *self), void *self);
/* A condition whose timed waits go by clock_monotonic_us(). */
void db_cond_init(pthread_cond_t *cond);
/* False when until_us passed first. */
bool db_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_us);

#endif
