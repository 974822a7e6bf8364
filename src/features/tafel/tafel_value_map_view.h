/* A value map of a round as it is now, and as JSON: what the API gives, what is kept of a published map, and
 * what pages are made of, so that all say the same. */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_VIEW_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_VIEW_H

#include "features/tafel/tafel_internal.h"
#include "features/tafel/tafel_value_map.h"
#include "features/tafel/tafel_value_map_sql.h"

#define VALUE_MAP_PATH "/beheer/waardenkaart"

extern const struct route value_map_api_routes[], value_map_routes[], value_map_staff_routes[],
    value_map_cell_routes[];
extern const size_t value_map_api_route_count, value_map_route_count, value_map_staff_route_count,
    value_map_cell_route_count;

struct map_view {
    const struct survey_round *round;
    enum figures_view view;
    /* FIGURES_OK: there is a survey part; FIGURES_NO_RELEASE, FIGURES_NOT_RELEASED (not of this stream): the
     * map is of conversations alone. */
    enum figures_status survey_status;
    bool embargo; /* nothing of the survey may be told yet, or any more */
    struct effects survey;
    struct coding_heard heard;
    struct value_map map;
    struct value_judgement *judgements;
    size_t judgement_count;
    struct map_agreement agreement;
};
/* A round that there may be a map of: no draft, no pilot. NULL is none. */
bool map_shows(const struct survey_round *round);
/* Larger than the exchange's, and gone with it. */
struct arena *map_arena(struct http_exchange *ex);

/* FIGURES_NOT_READY and FIGURES_FAILED are left in survey_status for the caller to answer. arena:
 * map_arena. */
enum db_status map_view_open(struct map_view *out, const struct tafel *tafel, struct db_tx *tx,
                             struct arena *arena, const struct survey_round *round, enum figures_view view,
                             struct slice stream);
/* What holds of a cell; NULL: nobody judged it, or the rule holds again. */
const struct value_judgement *map_view_judgement(const struct map_view *view, const struct map_cell *cell);

/* Of a cell as it is told: the judgement that holds, else by the rule. */
enum convergence_label map_view_label(const struct map_view *view, const struct map_cell *cell);

/* What an application or a value is called: out of the questionnaire's explanations, else its code. kind:
 * "application", "value". language: 0 nl, 1 en. */
const char *map_title(struct arena *arena, const struct survey_round *round, const char *kind,
                      const char *code, int language);

/* The caller owns it. In the public's view nothing tells of persons in conversations, or who judged. */
json_t *map_view_json(const struct map_view *view);

/* ---- quotes of who expects otherwise than most ---- */

enum { MAP_QUOTES_MOST = 2 /* of a cell */ };
struct map_quote {
    struct value_quote quote;
    struct slice words;
};
/* What the quotes of a cell are drawn by: anybody can read it on the page. */
struct slice map_quote_seed(struct arena *arena, const struct survey_round *round,
                            const struct map_cell *cell);
/* Of each cell with a minority, of those who say what that expects: see coding_quotes. As staff, in the
 * transaction. */
enum db_status map_quotes_draw(struct map_quote **out, size_t *count, const struct tafel *tafel,
                               struct db_tx *tx, const struct map_view *view);
/* For the template value_map_row, beside what map_application_context gives: "any_quotes" and
 * "quote_cells"[]. quotes: of value_map_quotes. */
void map_quotes_put(json_t *context, const json_t *quotes, struct http_exchange *ex, const struct web *web);

/* Where a page leads. */
struct map_links {
    const char *row; /* of an application: "ROW/APPLICATION" */
    bool cell; /* a cell has a page of its own: "ROW/APPLICATION/VALUE"; else a place on that of its row */
    const char *figures; /* "FIGURES/QUESTION" and what is kept of the query; NULL: nowhere */
    const char *kept;
    const char *texts; /* "TEXTS?waarde=VALUE&toepassing=APPLICATION"; NULL: nowhere */
};
/* For the template value_map_heat: such JSON in the page's language, as "values"[], "rows"[], "key"[],
 * "order"[] and "about"[]. The caller owns it. */
json_t *map_context(const json_t *map, struct http_exchange *ex, const struct web *web,
                    const struct survey_round *round, const struct map_links *links);
/* For the template value_map_rows: sentences of one application of such JSON, as "application" and "cells"[].
 * NULL: it is not there. The caller owns it. */
json_t *map_application_context(const json_t *map, struct slice application, struct http_exchange *ex,
                                const struct web *web, const struct survey_round *round,
                                const struct map_links *links);
/* The survey's and the conversations' sentences of one cell of such JSON. */
json_t *map_cell_context(const json_t *map, const json_t *cell, struct http_exchange *ex,
                         const struct web *web);

#endif
