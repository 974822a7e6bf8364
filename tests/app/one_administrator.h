/* What tests of an administrator's pages stand on: the place of one_citizen.h, and an administrator at it. */
#ifndef ZEVENSTEM_TESTS_APP_ONE_ADMINISTRATOR_H
#define ZEVENSTEM_TESTS_APP_ONE_ADMINISTRATOR_H

#include "app/one_citizen.h"
#include "app/staff.h"

/* In the small consultation. `boss` is called "baas" and is signed in with a second factor. Ended by end().
 */
void begin_as(struct staff *boss);

#endif
