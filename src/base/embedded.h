/* Files that travel inside the binary; made by deploy/build/embed.sh. */
#ifndef ZEVENSTEM_BASE_EMBEDDED_H
#define ZEVENSTEM_BASE_EMBEDDED_H

#include "base/slice.h"

struct embedded_file {
    const char *name;           /* path from the project's root, e.g. "migrations/0001_house.sql" */
    const unsigned char *bytes; /* followed by a NUL that size does not count */
    size_t size;
};

/* Sorted by name; the last entry has a NULL name. */
extern const struct embedded_file embedded_migrations[];
extern const struct embedded_file embedded_templates[];
extern const struct embedded_file embedded_locales[];
extern const struct embedded_file embedded_assets[];
extern const struct embedded_file embedded_reference[];
extern const struct embedded_file embedded_codebooks[];
extern const struct embedded_file embedded_example[]; /* of `zevenstem example` */

#endif
