/* What most tests stand on: a place with one instance of the service, and one citizen at
 * it. Each test runs in a process of its own. */
#ifndef ZEVENSTEM_TESTS_APP_ONE_CITIZEN_H
#define ZEVENSTEM_TESTS_APP_ONE_CITIZEN_H

#include "app/fixture.h"

extern struct place place;
extern struct app *app;
extern struct citizen citizen;

/* The small consultation; or another one. Ended by end(). */
void begin(void);
void begin_in(const char *consultation);
void end(void);

#endif
