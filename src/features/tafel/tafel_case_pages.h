/* What the pages about recommendations and research questions share. */
#ifndef ZEVENSTEM_TAFEL_CASE_PAGES_H
#define ZEVENSTEM_TAFEL_CASE_PAGES_H

#include "features/tafel/tafel_case_sql.h"
#include "features/tafel/tafel_kept.h"

#define RECOMMENDATION_PATH "/beheer/aanbevelingen"
#define QUESTION_PATH       "/beheer/onderzoeksvragen"

extern const struct route case_routes[], case_staff_routes[], case_step_routes[];
extern const size_t case_route_count, case_staff_route_count, case_step_route_count;

/* A sort of cases, for its staff pages. */
struct case_kind {
    struct kept_kind kept;
    enum case_sort sort;
    struct tafel_form write;
    const char *new_title, *list_title;
};
extern const struct case_kind case_kinds[CASE_SORTS];
/* Of the path that is asked for. */
const struct case_kind *case_kind_of(const struct http_exchange *ex);
/* Its state. */
struct slice case_state_of(const struct kept_page *page);
/* For templates: words and days of all that is in it. */
void case_add_words(json_t *value, struct http_exchange *ex, const struct tafel *tafel, enum case_sort sort);
/* Of one question or a list of them what the points of the sides come to: "prioriteit" {"kanten", "mediaan",
 * "spreiding"}. */
void case_add_priority(json_t *list);
/* The same in words: "prioriteit_woord", and "kanten" [{kant, n}]. */
void case_say_priority(json_t *list, struct http_exchange *ex, const struct tafel *tafel);

/* The procedures in which people can take part: config/reference/procedures.json, with what its source says.
 * It travels inside the program. The caller owns it; NULL: it is none, which is our bug. */
json_t *procedures_load(void);
/* {"versie", "peildatum", "bron": {titel, uitgever, jaar}, "procedures": [{code, titel, wie, stap, wanneer,
 * adres, paragraaf}]} in this language; what the source does not say is left out. The document is only read.
 * The caller owns what is given. */
json_t *procedures_in(const json_t *document, const char *language);
/* [{code, label}], for forms. The caller owns it. */
json_t *procedures_options(const json_t *document, const char *language);

#endif
