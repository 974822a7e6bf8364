/* Messages as they are kept. What is read comes as JSON, one form for API, pages and forms: {nummer,
 * afzender, organisatie, taal, waarden[], toepassing, tekst, ontvangenOp}, and for staff also {stand,
 * verdacht, openbaar, soortReden, reden, vernietigenOp, passage, voorbij, bewaardOm, signalen[]}; what is not
 * known is left out. voorbij: its day has come, and it is destroyed any moment or stays for an order alone
 * (bewaardOm: of which sort; tafel_message_destruction.h).
 * All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_MESSAGE_SQL_H
#define ZEVENSTEM_TAFEL_MESSAGE_SQL_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/tafel/tafel_message.h"

#include <jansson.h>

extern const struct db_statement message_statements[];

/* How many nobody of the table looked at yet. As staff. */
enum db_status message_unread(int64_t *count, struct db_tx *tx);

/* ---- the sender's (as intake) ---- */

struct message_draft {
    struct slice sender, language, text;
    struct slice organisation; /* empty: a citizen */
    struct slice application;  /* empty: none */
    const struct slice *values;
    size_t value_count;
    bool suspect;
    int32_t received_day, destroy_day;
};
enum message_outcome {
    MESSAGE_KEPT, /* now, or before: the same message by the same code */
    MESSAGE_OTHER /* this code has another message */
};
enum db_status message_send(enum message_outcome *outcome, struct db_tx *tx, const struct crypto_keys *keys,
                            const struct participation_code *code, const struct message_draft *draft);
/* {afzender, organisatie, waarden[], toepassing, tekst, taal, stand, soortReden, reden, openbaar,
 * ontvangenOp, vernietigenOp, bewaardOm, "signalen": [{nummer, titel, stand}], nietOpenbaar}: the public
 * signals that rest on it, and how many more. NULL: no message has this code. */
enum db_status message_read(json_t **message, struct db_tx *tx, struct arena *arena,
                            const struct crypto_keys *keys, const struct participation_code *code);
/* Its text is gone when the transaction commits. *found false: no message has this code. */
enum db_status message_withdraw(bool *found, struct db_tx *tx, const struct crypto_keys *keys,
                                const struct participation_code *code);

/* ---- for staff ---- */

struct message_filter {
    struct slice state;  /* empty: any */
    struct slice sender; /* empty: any */
    int64_t from;        /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
};
/* The newest first. Of what is set aside as abuse the text is left out. */
enum db_status message_list(json_t **list, struct db_tx *tx, struct arena *arena,
                            const struct message_filter *filter);
enum db_status message_counts(int64_t counts[MESSAGE_STATES], struct db_tx *tx);
/* Holds everybody else off it until the transaction ends. *revision 0: there is no such message. */
enum db_status message_lock(int32_t *revision, struct db_tx *tx, int32_t number);
/* *message NULL: there is none. */
enum db_status message_find(json_t **message, int32_t *revision, struct db_tx *tx, struct arena *arena,
                            int32_t number);
/* [{van, naar, soortReden, toelichting, op, door}], the first first. */
enum db_status message_steps(json_t **steps, struct db_tx *tx, struct arena *arena, int32_t number);

struct message_mark {
    const struct slice *values;
    size_t value_count;
    struct slice application; /* empty: none */
    bool is_public;           /* an organisation's alone */
};
/* What it is about; after message_lock. The next revision. */
enum db_status message_mark(struct db_tx *tx, int32_t number, const struct message_mark *mark);
struct message_step {
    enum message_state from, to;
    struct slice kind, told; /* empty: none */
};
/* The step, and the state and next revision that come of it; what is set aside is public no more. After
 * message_lock. */
enum db_status message_step_add(struct db_tx *tx, int32_t number, const struct message_step *step,
                                const char *by);
/* Another text in the place of this revision's, which is destroyed; evidence goes along. *done false: it is
 * another revision, or has no text any more. */
enum db_status message_redact(bool *done, struct db_tx *tx, int32_t number, int32_t revision,
                              struct slice text);
/* ---- for the API and everybody ---- */

struct message_public {
    bool all;     /* those of citizens, and what is not public, too: as staff, who may */
    int64_t from; /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
};
/* The newest first. Everybody sees what organisations said that somebody of the table looked at. */
enum db_status message_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                   const struct message_public *asked);

#endif
