/* What the files that show a report share: report_view.c (the whole, numbers), report_view_figures.c,
 * report_view_tafel.c. */
#ifndef ZEVENSTEM_REPORT_VIEW_H
#define ZEVENSTEM_REPORT_VIEW_H

#include "features/report/report_internal.h"
#include "features/results/results.h"

struct report_view {
    struct arena *arena;
    struct http_exchange *ex;
    const struct web *web;
    const struct locales *locales;
    const char *language;
    int english;
    const struct survey_snapshot *snapshot;
    const json_t *document;
    json_t *blocks, *contents;
    const char *section;                 /* the code of the one that is shown */
    const char *round;                   /* that the section is of */
    const json_t *applications, *values; /* titles, in the words of that round's questionnaire; NULL */
    size_t charts;                       /* so far: their ids */
    enum report_part part;
    const char *figures_path;
};

void view_add(struct report_view *v, const char *name, json_t *value_take);
void view_paragraph(struct report_view *v, const char *text);
void view_items(struct report_view *v, json_t *items_take);
/* heads: [{text}]; rows: [{label, cells [{text, range}]}]. */
void view_table(struct report_view *v, const char *caption, const char *first, json_t *heads_take,
                json_t *rows_take);
const char *view_word(const struct report_view *v, const char *path);
/* "report.GROUP.CODE", or the code where there is no such text. */
const char *view_option(const struct report_view *v, const char *group, const char *code);
/* A member that is a number, or why there is none, in words; "" for no number. */
const char *view_number(const struct report_view *v, const json_t *object, const char *name);
const char *view_interval(const struct report_view *v, const json_t *object);
const char *view_day(const struct report_view *v, const char *time);
/* kind: "application", "value". */
const char *view_title(const struct report_view *v, const char *kind, const char *code);

/* Of the round of the section, in the page's language: a variable ({code, label}), one of its answers
 * ({antwoord, label}) and the ends of its scale: "Heel slecht", "Heel goed". What the questionnaire has not
 * in that language is as the document says it. */
const char *view_variable(const struct report_view *v, const json_t *variable);
const char *view_answer(const struct report_view *v, const json_t *variable, const json_t *answer);
/* False: it has no scale. */
bool view_ends(const char **low, const char **high, const struct report_view *v, const json_t *variable);
/* The title of a round: of the document, else as it is called now (a trend goes further back). */
const char *view_round(const struct report_view *v, const char *code);

void report_show_missing(struct report_view *v, const json_t *streams);
void report_show_figures(struct report_view *v, const json_t *content);
void report_show_trends(struct report_view *v, const json_t *content);
void report_show_signals(struct report_view *v, const json_t *content);
void report_show_departments(struct report_view *v, const json_t *content);
void report_show_changes(struct report_view *v, const json_t *content);
void report_show_agenda(struct report_view *v, const json_t *content);
void report_show_advice(struct report_view *v, const json_t *content);
void report_show_cases(struct report_view *v, const json_t *content);
void report_show_frameworks(struct report_view *v, const json_t *content);
void report_show_others(struct report_view *v, const json_t *content);

#endif
