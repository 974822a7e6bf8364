/* Whether a state-changing form comes from our own pages. Pure. */
#ifndef ZEVENSTEM_HTTP_CSRF_H
#define ZEVENSTEM_HTTP_CSRF_H

#include "base/slice.h"

enum csrf_verdict {
    CSRF_OURS,
    CSRF_FOREIGN,
    CSRF_ASK_TOKEN /* the headers do not tell: the token in the form decides */
};

/* NULL: the header is absent. public_origin is "https://host" or "https://host:port".
 *
 * Sec-Fetch-Site decides where it is present: browsers set it and pages cannot. Else Origin; "null" tells
 * nothing (it is what browsers send for a form on a page with Referrer-Policy no-referrer), so the token
 * decides, as it does without both. */
enum csrf_verdict csrf_decide(const struct slice *sec_fetch_site, const struct slice *origin,
                              struct slice public_origin);

#endif
