/* The example of invented data, loaded into a place as the command does. */
#ifndef ZEVENSTEM_TESTS_APP_EXAMPLE_SCENE_H
#define ZEVENSTEM_TESTS_APP_EXAMPLE_SCENE_H

#include "app/fixture.h"
#include "features/example/example.h"

enum example_outcome example_scene_load(struct place *place, struct example_size size);

#endif
