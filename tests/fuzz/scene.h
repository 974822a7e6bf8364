/* For targets that need the product's texts, or a questionnaire to answer. Run from the project's root. */
#ifndef ZEVENSTEM_TESTS_FUZZ_SCENE_H
#define ZEVENSTEM_TESTS_FUZZ_SCENE_H

#include "features/questionnaire/questionnaire.h"
#include "web/web.h"

/* Lives as long as the process. */
const struct locales *fuzz_locales(void);
/* The questionnaire that the unit tests use: every kind of question. Lives as long as the process. */
const struct questionnaire *fuzz_questionnaire(void);

#endif
