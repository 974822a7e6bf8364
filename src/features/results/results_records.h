/* Estimates as a flat list, where a table of answers would say it badly: of values, orders and trends. Both
 * views make them, and JSON and CSV are written from them alone. */
#ifndef ZEVENSTEM_RESULTS_RECORDS_H
#define ZEVENSTEM_RESULTS_RECORDS_H

#include "features/results/results_api.h"

struct figures_record {
    const struct figures *of;        /* another round than the list's: what stands with this record; NULL */
    const struct variable *variable; /* NULL: of all of its question, which `question` then names */
    const char *question;            /* code; NULL: the variable's */
    const char *value, *dimension, *facet, *application; /* NULL where it has none */
    const char *item, *item_label;                       /* an option; NULL */
    const char *group;                                   /* code of the group, or "alle" */
    const char *measure;                                 /* "gemiddelde", "eerste", "gekozen", ... */
    struct figure figure;
    struct figure base;        /* people that it is of */
    struct figure effective_n; /* Kish's of them */
    int rank;                  /* 1: the highest of its kind; 0: none */
    bool has_difference;
    struct figure difference; /* from the round before */
};

struct records {
    struct arena *arena;
    struct figures_record *items;
    size_t count, room;
};

/* Grows in the arena of the list. */
void records_add(struct records *records, const struct figures_record *record);
/* A record a line and measure of a table: every measure that was made, and the share of `answer` (index in
 * figures->answers; SIZE_MAX: none) under the name `share`. The tags are the variable's. */
void records_add_figures(struct records *records, const struct figures *figures, size_t answer,
                         const char *share);
/* Ranks the records from `from` on: among those of the same measure and group, by what is shown; where one
 * of them is not shown, none gets a rank. */
void records_rank(struct records *records, size_t from);

/* Replies with them: {..., "groepeerOp", "schattingen"} or a line each. figures: what stands with all. */
void records_reply(struct results_call *call, const struct records *records, const struct figures *figures,
                   const char *name);

#endif
