/* Projects for the tests of the QDA format, and for other programs to read. */
#ifndef ZEVENSTEM_TESTS_QDA_SAMPLE_H
#define ZEVENSTEM_TESTS_QDA_SAMPLE_H

#include "formats/qda.h"

/* A project with one of everything, or with as much of everything as the seed says. */
struct qda_project *sample_project(struct arena *arena);
struct qda_project *random_project(struct arena *arena, uint64_t seed);

#endif
