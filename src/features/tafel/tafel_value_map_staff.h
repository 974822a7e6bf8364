/* What the staff pages of the value map share. (tafel_value_map_staff.c) */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_STAFF_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_STAFF_H

#include "features/tafel/tafel_value_map_view.h"

struct map_page {
    const struct tafel *tafel;
    const struct survey_round *round;
    struct map_view view;
};

/* The round of the path, of which the caller may see the map. False: answered, or *status. */
bool map_page_round(struct map_page *page, enum db_status *status, const struct tafel *tafel,
                    struct db_tx *tx, struct http_exchange *ex, const char *permission);
/* And its map of now. */
bool map_page_open(struct map_page *page, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                   struct http_exchange *ex, const char *permission);
/* "/beheer/waardenkaart/ROUND" and what follows, in the exchange's arena. */
const char *map_page_path(struct http_exchange *ex, const struct survey_round *round, const char *more);
int map_page_language(const struct http_exchange *ex); /* 0 nl, 1 en */
bool map_page_may(const struct http_exchange *ex, const struct map_page *page, const char *permission);
/* Where its cells lead for who asks. */
struct map_links map_page_links(struct http_exchange *ex, const struct map_page *page);
/* A line of the audit log about the round. details: JSON, or NULL. */
enum db_status map_page_record(struct db_tx *tx, struct http_exchange *ex, const struct map_page *page,
                               const char *action, const char *details);

#endif
