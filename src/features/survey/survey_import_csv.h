/* Rows of a CSV file as members of a flat object. */
#ifndef ZEVENSTEM_SURVEY_IMPORT_CSV_H
#define ZEVENSTEM_SURVEY_IMPORT_CSV_H

#include "features/survey/survey_internal.h"
#include "json/flat.h"

struct import_columns {
    const struct import_column *columns;
    size_t count;
    char separator;
};

/* The header. All that is wrong at once; false then. In the arena. */
bool import_read_header(struct import_columns *out, struct json_errors *errors, struct arena *arena,
                        const struct survey_round *round, struct slice record);
/* A row; cells that are empty give no member. NULL with errors added. In the arena. */
const struct flat_member *import_read_row(size_t *count, struct json_errors *errors, struct arena *arena,
                                          const struct import_columns *columns, struct slice record);

#endif
