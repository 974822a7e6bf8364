/* What the files that write a report's tables as CSV share: cells of the document, as it has them. */
#ifndef ZEVENSTEM_REPORT_CSV_H
#define ZEVENSTEM_REPORT_CSV_H

#include "features/report/report_internal.h"

#include "base/buffer.h"

/* A column: its name, and where in an item it stands. */
struct column {
    const char *name, *path;
};

/* A number as the document has it, whole or as the text of one; and texts of people, as texts. */
void report_csv_value(struct buffer *out, const json_t *value, bool number);
/* The columns of an item, with commas between. */
void report_csv_items(struct buffer *out, const json_t *item, const struct column *columns, size_t count);
/* Those that follow end with a comma. A text. */
void report_csv_text(struct buffer *out, const char *text);
/* An estimate or count, and why there is none or what limits it: two cells. object: NULL leaves both empty.
 */
void report_csv_number(struct buffer *out, struct arena *arena, const json_t *object, const char *name);
/* The two ends of its interval. */
void report_csv_interval(struct buffer *out, const json_t *object);

/* A table that a section has once for each round: "RONDE.NAAM". (report_csv_rounds.c) */
struct report_round_table {
    const char *name, *section;
    void (*put)(struct buffer *out, struct arena *arena, const char *round, const json_t *content);
};
extern const struct report_round_table report_round_tables[];
extern const size_t report_round_table_count;

#endif
