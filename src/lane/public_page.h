/* Pages that are the same for everybody. */
#ifndef ZEVENSTEM_LANE_PUBLIC_PAGE_H
#define ZEVENSTEM_LANE_PUBLIC_PAGE_H

#include "http/http.h"
#include "web/page.h"

/* Answers 200 with the template in the language of the request, and with what every such page has: its own
 * address for the link to the other language ("path", unless the context has one), and the mark of invented
 * data. A language that was chosen in the address is kept by a cookie, so that answer is nobody else's; any
 * other may be kept for max_age_s. 500 when it cannot be rendered. The HTML is in the arena, which lives as
 * long as the exchange. */
void public_page_reply(struct http_exchange *ex, struct arena *arena, const struct web *web,
                       const char *template_name, json_t *context_take, int max_age_s);

#endif
