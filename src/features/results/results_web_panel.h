/* A figure on a page: its chart, its table with the same numbers, a sentence that says what it shows, and who
 * answered. Pure: struct figures in, the context of the template `results_panel` out. No number stands here
 * that is not in the figures, and whatever they withhold is withheld in every form. The view is that of the
 * figures. */
#ifndef ZEVENSTEM_RESULTS_WEB_PANEL_H
#define ZEVENSTEM_RESULTS_WEB_PANEL_H

#include "features/results/results_figures.h"
#include "web/web.h"

#include <jansson.h>

struct panel_maker {
    struct arena *arena;
    const struct locales *locales;
    int language; /* 0 nl, 1 en */
};

/* What one line of figures is about: a group, an item of a series, an option, an application. */
struct panel_row {
    const char *label;
    const char *href; /* a page about it; may be NULL */
    const struct figures *figures;
    const struct figures_line *line;
    const char *moment; /* of a round: "november 2026", and when that is in any unit */
    double at;
};

/* Two rows that are compared: groups, or a round and the one before it. */
struct panel_difference {
    const char *one, *other;
    const char *answer;   /* whose share; NULL: of the mean */
    struct figure figure; /* one - other */
};

struct panel {
    const char *id;       /* unique in the page: letters, digits, - and _, at most 40 */
    const char *heading;  /* NULL: the page's own says it */
    const char *rows_are; /* heading of the first column; not needed for one row */
    const char *about;    /* what the table is of */
    const char *title;    /* of the chart, where rows are not parts of one question and no sentence about one
                             of them says what all of them show; NULL: a sentence */
    const struct panel_row *told; /* one of the rows: the sentence is about it; NULL: about where most is */
    bool over_time;               /* rows are rounds of the same wording, oldest first */
    const char *answer;           /* the only one that is shown, by its name ("ja"); NULL: all of them */
    const char *csv, *json;       /* addresses of the same table; may be NULL */
    const char *method;           /* address of the page that tells how it was made */
    const struct panel_row *rows;
    size_t row_count;                           /* 1 or more; all of the same answers */
    const struct panel_row *all;                /* everybody, where the rows are groups of them; else NULL */
    const struct panel_difference *differences; /* all that were made between the rows */
    size_t difference_count;
    const char *differences_csv, *differences_json; /* addresses of the same; may be NULL */
};

/* Rounds: a line for each answer. One row: the answers in bars, or one diverging bar for a scale. Rows of one
 * answer: dots where they are groups, else bars. Rows of a scale: diverging bars. A number: no chart. More
 * than CHART_ROWS_MAX rows, or groups none of which may be drawn: no chart of them, and the panel says so.
 * The caller owns the result: heading, chart_html, no_chart, sentences[], differences, people, made, method,
 * csv, json, table. */
json_t *panel_context(const struct panel_maker *maker, const struct panel *panel);

/* ---- the parts ---- */
extern const char *const panel_languages[2];
#define PANEL_TEXT(m, path) locale_text((m)->locales, panel_languages[(m)->language], path).ptr
#define PANEL_FORMAT(m, path, ...)                                                                           \
    locale_format((m)->arena, (m)->locales, panel_languages[(m)->language], path, __VA_ARGS__,               \
                  (const char *)NULL)                                                                        \
        .ptr
/* In the way of the language, in the arena. */
const char *panel_number(const struct panel_maker *maker, double value, int digits);
/* "62 %", "ten hoogste 3 %", "minder dan 4 %", "te weinig mensen", "te onzeker": in the arena. */
const char *panel_share_text(const struct panel_maker *maker, const struct figure *share);
/* "58 tot 65"; NULL without an interval. */
const char *panel_range_text(const struct panel_maker *maker, const struct figure *figure);
/* "1.003", "minder dan 15". fewer: figures.fewer. */
const char *panel_count_text(const struct panel_maker *maker, const struct figure *count, uint64_t fewer);
/* A mean or a net: "3,4". */
const char *panel_value_text(const struct panel_maker *maker, const struct figure *value);
/* "Uitgave 3 van 24 november 2026." */
const char *panel_made_text(const struct panel_maker *maker, const struct figures *figures,
                            const struct figures_line *line);
/* "Iedereen die meedeed", or where a filter leaves some "Al deze mensen". */
const char *panel_all_label(const struct panel_maker *maker, const struct figures *figures);
bool panel_is_filtered(const struct figures *figures);
/* The label of an answer, or its name. */
const char *panel_answer_label(const struct figures_answer *answer, int language);
/* Its place among the answers; answer_count when they have none of that name. */
size_t panel_find_answer(const struct figures *figures, const char *name);
/* Places of the answers as people read them: those of the question first, "weet ik niet" and the like after
 * them. answer_count of them, in the arena. */
const size_t *panel_order(const struct panel_maker *maker, const struct figures *figures);
/* The answer that most people gave, by share; answer_count when none is shown. */
size_t panel_largest(const struct figures *figures, const struct figures_line *line);

/* HTML of the chart in the arena; empty where there is none. (results_web_chart.c) */
/* Whether the rows are groups of whom nothing can be drawn. */
bool panel_hides_groups(const struct panel_maker *m, const struct panel *panel);
struct slice panel_chart(const struct panel_maker *maker, const struct panel *panel, const char *message);
/* So many columns of figures are too wide for a phone: a table says so. */
enum { PANEL_WIDE = 3 };
/* caption, wide, head[], rows[{label, href, cells[{text, range}]}]. (results_web_table.c) */
json_t *panel_table(const struct panel_maker *maker, const struct panel *panel);
/* title, sentence, counted, pairs (a table), note, differences_json: how much the rows differ; NULL where no
 * two can be compared. Of more than DIFFERENCE_ROWS_MAX the table has those that are clear, and note says so;
 * `counted` is about all. (results_web_differences.c) */
enum { DIFFERENCE_ROWS_MAX = 100 };
json_t *panel_differences(const struct panel_maker *maker, const struct panel *panel);

#endif
