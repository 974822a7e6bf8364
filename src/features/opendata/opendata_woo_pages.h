/* What the staff pages about files under the Woo share. */
#ifndef ZEVENSTEM_OPENDATA_WOO_PAGES_H
#define ZEVENSTEM_OPENDATA_WOO_PAGES_H

#include "features/opendata/opendata_internal.h"
#include "features/opendata/opendata_woo.h"

enum { WOO_BODY = 128 * 1024, WOO_LIST_PAGE = 100 /* pieces */ };

#define WOO_PATH                   "/beheer/woo"
#define WOO_GET(PATTERN, HANDLER)  STAFF_SHOWS(PATTERN, HANDLER, PERMISSION_TAFEL_MANAGE, "taal")
#define WOO_POST(PATTERN, HANDLER) STAFF_TAKES(PATTERN, HANDLER, PERMISSION_TAFEL_MANAGE, WOO_BODY)

/* Of the file that {soort} and {code} name, what is asked for besides. False: answered with 404, or *status.
 */
bool woo_open(struct woo_file *out, enum db_status *status, struct db_tx *tx, struct http_exchange *ex,
              struct arena *arena, struct woo_asked asked);
/* Of that file: "/beheer/woo/signaal/12" and more. In the exchange's arena. */
const char *woo_path(struct http_exchange *ex, const char *more);
/* Its list, from the page that piece `number` is on. */
const char *woo_list_path(struct http_exchange *ex, int64_t number);

extern const struct route woo_judge_routes[];
extern const size_t woo_judge_route_count;

#endif
