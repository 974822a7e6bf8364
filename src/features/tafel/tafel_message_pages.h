/* What the pages about messages share: addresses, and the sort of thing that a message is. */
#ifndef ZEVENSTEM_TAFEL_MESSAGE_PAGES_H
#define ZEVENSTEM_TAFEL_MESSAGE_PAGES_H

#include "features/tafel/tafel_kept.h"
#include "features/tafel/tafel_message_sql.h"

#define MESSAGE_PATH          "/beheer/berichten"
#define MESSAGE_TELL_PATH     "/laat-iets-weten"
#define MESSAGE_OWN_PATH      MESSAGE_TELL_PATH "/bericht"
#define MESSAGE_WITHDRAW_PATH MESSAGE_TELL_PATH "/intrekking"

extern const struct route message_routes[], message_public_routes[], message_staff_routes[],
    message_use_routes[], message_personal_routes[];
extern const size_t message_route_count, message_public_route_count, message_staff_route_count,
    message_use_route_count, message_personal_route_count;

extern const struct kept_kind message_kind;
/* The message of the path that has a text and did not have its time, or 404; else as kept_open. */
bool message_open(struct kept_page *out, enum db_status *status, const struct tafel *tafel, struct db_tx *tx,
                  struct http_exchange *ex, bool to_change);
/* The state of one that was opened. */
enum message_state message_state_of(const struct kept_page *page);
/* "kept": why the text of one that had its time is still there, in words; nothing when no order keeps it. */
void message_put_hold(json_t *context, struct http_exchange *ex, const struct tafel *tafel);
/* Marks one that nobody looked at as read: what the table does with it says that it did. */
enum db_status message_see(const struct kept_page *page);

#endif
