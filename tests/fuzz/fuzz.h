/* What every fuzz target shares. */
#ifndef ZEVENSTEM_TESTS_FUZZ_H
#define ZEVENSTEM_TESTS_FUZZ_H

#include "base/slice.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Once before the first input; optional, replay.c has an empty one. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Ends the process, which the fuzzer takes for a find. */
#define FUZZ_REQUIRE(condition)                                                                              \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                          \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static inline struct slice fuzz_text(const uint8_t *data, size_t size)
{
    return (struct slice){(const char *)data, size};
}

#endif
