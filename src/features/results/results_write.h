/* Figures written down, for machines: as JSON and as CSV. Neither computes a number nor hides one. Names and
 * texts are Dutch, the API's. */
#ifndef ZEVENSTEM_RESULTS_WRITE_H
#define ZEVENSTEM_RESULTS_WRITE_H

#include "base/buffer.h"
#include "features/results/results_figures.h"

#include <jansson.h>

/* The whole answer as an object; the caller owns it. */
json_t *figures_json(const struct figures *figures);
/* What stands with every figure, without a table: for endpoints with another body. Sets members of object. */
void figures_describe_json(json_t *object, const struct figures *figures);
/* Sets the member `name`: the number; null, with the reason as a second member "<name>Reden"
 * (te-weinig-mensen, minder-dan with "<name>MinderDan", onbetrouwbaar), where none is shown; "<name>Grens"
 * (ten-hoogste, ten-minste) where the number is a limit. view says with how many digits (results_figures.h).
 */
void figures_put(json_t *object, const char *name, const struct figure *figure, enum figures_view view);
/* {"waarde", "standaardfout", "bandbreedte": [low, high], "voorbehoud": [...]}; what there is of them. */
json_t *figures_estimate_json(const struct figure *figure, enum figures_view view);
json_t *figures_variable_json(const struct variable *variable);
/* How many digits a number of JSON needs (for JSON_REAL_PRECISION): all in the analysts' view. */
int figures_precision(enum figures_view view);
/* How the figures are made and what to think of when reading them, in Dutch. In static storage. */
const char *figures_method(const struct figures_query *query);

/* A line a cell; without shares a line a group. Numbers are the same as in JSON. UTF-8 with a byte order
 * mark, so that a spreadsheet reads it right. */
void figures_csv(struct buffer *out, const struct figures *figures);
/* The last columns of every CSV, with the end of the line: view, filters, weights, protection, dates. */
void figures_csv_about_head(struct buffer *out, enum figures_view view);
void figures_csv_about(struct buffer *out, const struct figures *figures);
/* A number as it stands in JSON and CSV alike. */
void figures_csv_number(struct buffer *out, const struct figure *figure, double value,
                        enum figures_view view);
/* "te-weinig-mensen", ...; NULL where a number is shown, or there can be none. */
const char *figures_reason(const struct figure *figure);

#endif
