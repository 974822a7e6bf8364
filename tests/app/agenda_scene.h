/* The government's agenda, kept in a place as the command does. */
#ifndef ZEVENSTEM_TESTS_APP_AGENDA_SCENE_H
#define ZEVENSTEM_TESTS_APP_AGENDA_SCENE_H

#include "app/fixture.h"

enum { AGENDA_SCENE_CODE_BYTES = 41 };

void agenda_scene_keep(struct place *place);
/* The same with one action over since 31 December 2026; over: its code, NULL when the test knows it. */
void agenda_scene_keep_over(char over[AGENDA_SCENE_CODE_BYTES], struct place *place);

#endif
