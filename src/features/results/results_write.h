/* Figures written down, for machines: as JSON and as CSV. Neither computes a number nor hides one. Names and
 * texts are Dutch, the API's. */
#ifndef ZEVENSTEM_RESULTS_WRITE_H
#define ZEVENSTEM_RESULTS_WRITE_H

#include "base/buffer.h"
#include "features/results/results_differences.h"
#include "features/results/results_figures.h"
#include "json/write.h"

/* The whole answer as an object. The arena is for what it needs meanwhile. */
void figures_json(struct buffer *out, struct arena *arena, const struct figures *figures);
/* A writer of figures into `out`: numbers in full in the analysts' view. */
struct json_writer figures_json_writer(struct buffer *out, enum figures_view view);
/* What stands with every figure, without a table, as members of the object that is open: for endpoints with
 * another body. */
void figures_put_about(struct json_writer *w, const struct figures *figures);
/* The member `name`: the number; null, with the reason as a second member "<name>Reden" (te-weinig-mensen,
 * minder-dan with "<name>MinderDan", onbetrouwbaar), where none is shown; "<name>Grens" (ten-hoogste,
 * ten-minste) where the number is a limit. view says with how many digits (results_figures.h). */
void figures_put(struct json_writer *w, const char *name, const struct figure *figure,
                 enum figures_view view);
/* {"waarde", "standaardfout", "bandbreedte": [low, high], "voorbehoud": [...]}; what there is of them. */
void figures_put_estimate(struct json_writer *w, const struct figure *figure, enum figures_view view);
/* {"code", "label"} */
void figures_put_variable(struct json_writer *w, const struct variable *variable);
/* How the figures are made and what to think of when reading them, in Dutch. In static storage. */
const char *figures_method(const struct figures_query *query);
/* One sentence where no line says anything, for nobody and for a few alike: else it would tell the one from
 * the other. NULL elsewhere. */
const char *figures_notice(const struct figures *figures);

/* A line a cell; without shares a line a group. Numbers are the same as in JSON. UTF-8 with a byte order
 * mark, so that a spreadsheet reads it right. */
void figures_csv(struct buffer *out, const struct figures *figures);
/* The differences that were made of these figures: with how many they are, and a line each. */
void differences_json(struct buffer *out, const struct figures *figures,
                      const struct differences *differences);
void differences_csv(struct buffer *out, const struct figures *figures,
                     const struct differences *differences);
/* A comma and its five columns: number, reason, standard error, bounds. */
void figures_csv_estimate_head(struct buffer *out, const char *name);
void figures_csv_estimate(struct buffer *out, const struct figure *figure, enum figures_view view);
/* The last columns of every CSV, with the end of the line: view, filters, weights, protection, dates. */
void figures_csv_about_head(struct buffer *out, enum figures_view view);
void figures_csv_about(struct buffer *out, const struct figures *figures);
/* A number as it stands in JSON and CSV alike. */
void figures_csv_number(struct buffer *out, const struct figure *figure, double value,
                        enum figures_view view);
/* A comma and the value as a cell: true and false are ja and nee, a real number has six decimals, what is not
 * there is empty. */
void csv_put_json(struct buffer *out, const json_t *value);
enum { RESULTS_CSV_CELL_MAX = 64 * 1024 };
/* "te-weinig-mensen", ...; NULL where a number is shown, or there can be none. */
const char *figures_reason(const struct figure *figure);

#endif
