/* Offers as they are kept: sealed letters, nothing beside them but the round and whether they are for a
 * conversation. The service can neither open them nor tell whose response is whose. For the command, and the
 * citizen's page. */
#ifndef ZEVENSTEM_SURVEY_OFFERS_H
#define ZEVENSTEM_SURVEY_OFFERS_H

#include "crypto/crypto.h"
#include "db/db.h"

extern const struct db_statement survey_offer_statements[];

/* As intake. conversation: an invitation is wanted, not only a message. */
enum db_status survey_offer_keep(struct db_tx *tx, int32_t round_id, bool conversation, struct slice sealed);

struct sealed_offer {
    struct slice round;   /* its code */
    struct slice purpose; /* conversation or results */
    struct slice sealed;
};
/* Borrowed for the call. False stops: DB_ROLLBACK. */
typedef bool (*sealed_offer_visitor)(const struct sealed_offer *offer, void *context);
/* Shows every offer, in an order that tells nothing. As staff; audited. May be called again on DB_RETRY:
 * context then starts anew. */
enum db_status survey_offers_each(size_t *count, struct db_tx *tx, sealed_offer_visitor visit, void *context,
                                  const char *actor);
/* What stands in it, as JSON, in the arena. False when it was not sealed to this key. */
bool survey_offer_open(struct slice *letter, struct arena *arena, const struct crypto_keypair *keypair,
                       struct slice sealed);
/* Takes the order of arrival away. As staff; audited. However many there are: the statement has no time
 * limit. */
enum db_status survey_offers_shuffle(struct db_tx *tx);

#endif
