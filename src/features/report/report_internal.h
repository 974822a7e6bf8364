/* What the pages of reports share. */
#ifndef ZEVENSTEM_REPORT_INTERNAL_H
#define ZEVENSTEM_REPORT_INTERNAL_H

#include "features/account/account.h"
#include "features/report/report.h"
#include "http/http.h"
#include "lane/lane.h"
#include "web/page.h"
#include "web/web.h"

struct report_room {
    struct report_config config;
};

#define REPORT_PATH "/beheer/rapporten"
#define SOURCE_PATH "/beheer/ander-onderzoek"
#define PUBLIC_PATH "/rapporten"
enum { REPORT_BODY = 256 * 1024, REPORT_MAX_AGE_S = 60, REPORT_PAGE_BYTES = 64 * 1024 * 1024 };

extern const struct route report_staff_routes[], report_step_routes[], report_source_routes[],
    report_public_routes[];
extern const size_t report_staff_route_count, report_step_route_count, report_source_route_count,
    report_public_route_count;

/* An arena for a report, larger than the exchange's, and gone with it. */
struct arena *report_arena(struct http_exchange *ex);
/* A text of the locales in the page's language. */
json_t *report_word(const struct http_exchange *ex, const struct report_room *room, const char *path);
/* Marks the page as one of invented data where a round of the document is. document: may be NULL. */
void report_mark_invented(struct http_exchange *ex, const struct report_room *room, const json_t *document);
/* The number of a path parameter; 0: it is none. */
int32_t report_number(const struct http_exchange *ex, const char *parameter);

/* ---- a page of staff about one report, in its transaction (report_page.c) ---- */

struct report_page {
    const struct report_room *room;
    struct db_tx *tx;
    struct http_exchange *ex;
    struct report_draft draft;
};
/* The one of the path; to_change: held off others. False: answered with 404, or *status. */
bool report_open(struct report_page *out, enum db_status *status, const struct report_room *room,
                 struct db_tx *tx, struct http_exchange *ex, bool to_change);
/* An address of it, in the exchange's arena. */
const char *report_path(const struct report_page *page, const char *more);
/* For its form that posts to `more`. */
struct staff_about report_about(const struct report_page *page, const char *more);
/* An audit line about it. details: JSON or NULL. */
enum db_status report_record(const struct report_page *page, const char *action, const char *details);
struct report_means report_means_of(const struct report_room *room, struct http_exchange *ex);
/* Why it was not made, in the arena. */
struct slice report_outcome_text(struct arena *arena, const struct report_room *room, const char *language,
                                 const struct report_made *made);

/* ---- a report as a page, and its tables ---- */

/* The document as the blocks of the template `report` (report_view.c): in the page's language as far as
 * headings go; what people said and wrote stays Dutch. figures_path: the address of the page with every
 * figure, on which REPORT_FIGURES is shown; the report itself has a chart of each application. The caller
 * owns it. */
enum report_part { REPORT_ITSELF, REPORT_FIGURES };
json_t *report_blocks(const json_t *document, struct http_exchange *ex, const struct report_room *room,
                      struct arena *arena, enum report_part part, const char *figures_path);
/* A table of it as CSV, in the arena. False: it has none of that name ("RONDE.WERVING.VARIABELE",
 * "RONDE.trends", "signalen", "agenda", ...). */
bool report_csv(struct slice *csv, struct arena *arena, const json_t *document, struct slice name);
/* [{naam, and deel: the section that it is, or titel: the question in Dutch}] of all of them. The caller owns
 * it. */
json_t *report_csv_names(const json_t *document);

#define REPORT_GET(PATH, HANDLER)  STAFF_SHOWS(PATH, HANDLER, PERMISSION_TAFEL_MANAGE, "taal")
#define REPORT_POST(PATH, HANDLER) STAFF_TAKES(PATH, HANDLER, PERMISSION_TAFEL_MANAGE, REPORT_BODY)

#endif
