/* The back office's page of live tables. What may be asked is what the API's endpoint of tables takes, in the
 * same parameters, read by the same reader; the figures are those of the analysts' view. */
#ifndef ZEVENSTEM_RESULTS_STAFF_TABLES_H
#define ZEVENSTEM_RESULTS_STAFF_TABLES_H

#include "features/results/results_api.h"
#include "features/results/results_web_panel.h"

#define TABLES_PATH "/beheer/tabellen"

struct staff_table {
    struct results_call call;
    struct panel_maker maker; /* its arena is the call's */
};

/* Parameters of the address that say which table; NULL-ended. */
extern const char *const staff_table_parameters[];
/* As it stands in the address; ptr NULL where it is not there, or empty. */
struct slice staff_table_asked(const struct staff_table *table, const char *name);
/* path, with the parameters that are there behind it: a parameter that is of several fields of the form is
 * put together. Begins with `first` ("" or "ronde=...&"), and has what for at its end where with_purpose says
 * so. In the arena. */
const char *staff_table_address(const struct staff_table *table, const char *path, const char *first,
                                bool with_purpose);
/* Whether the form sent what staff_table_address would write otherwise. */
bool staff_table_is_loose(const struct staff_table *table);

/* selects[] as of the template results_selects, with what was asked chosen. (results_staff_choices.c) */
json_t *staff_table_selects(const struct staff_table *table);
/* Figures without groups: an answer a row, and the base. */
json_t *staff_answers_table(const struct panel_maker *maker, const struct figures *figures,
                            const char *caption);
/* What the page says of the figures: heading, facts[], answers (a table), people (a table; false without
 * groups), notes[]. The caller owns it. (results_staff_figures.c) */
json_t *staff_table_figures(const struct staff_table *table, const struct figures *figures);

#endif
