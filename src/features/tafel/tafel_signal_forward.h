/* Passing a signal on: whom it goes to, what is asked, and the answer that comes by a link which works once.
 */
#ifndef ZEVENSTEM_TAFEL_SIGNAL_FORWARD_H
#define ZEVENSTEM_TAFEL_SIGNAL_FORWARD_H

#include "crypto/crypto.h"
#include "db/db.h"
#include "features/tafel/tafel_signal.h"

#include <jansson.h>

extern const struct db_statement signal_forward_statements[];

/* "actie", "doel", "toezegging": items of the agenda, named by their code; "wetgevingsdossier",
 * "departement", ... NULL-ended. */
extern const char *const forward_kinds[];
enum { FORWARD_ITEM_KINDS = 3 /* the first of them */ };
/* What is asked of government: "kaders-stellen", "faciliteren", "dialoog-voeren". NULL-ended. */
extern const char *const forward_roles[];
/* "overgenomen", "deels", "niet", "nader-onderzoek", "later". NULL-ended. */
extern const char *const forward_outcomes[];

enum {
    FORWARD_ADDRESSEE_MAX = 300, /* code points, as all of these */
    FORWARD_QUESTION_MAX = 3000,
    FORWARD_CONDITION_MAX = 1000,
    FORWARD_REASON_MAX = 5000,
    FORWARD_CHANGE_MAX = 3000,
    FORWARD_WHEN_MAX = 200,
    FORWARD_NAME_MAX = 200,
    FORWARD_RETURN_MAX = 2000,
    FORWARDS_MAX = 50,     /* of a signal */
    FORWARD_LINK_DAYS = 90 /* that a link works */
};

struct signal_forward {
    struct slice kind, item, addressee, question, condition, role; /* item and condition may be empty */
    int32_t due_day;
};
/* *number 0: the signal has FORWARDS_MAX already. */
enum db_status forward_add(int32_t *number, struct db_tx *tx, int32_t signal,
                           const struct signal_forward *forward, const char *by);
/* [{nummer, soort, onderdeel, geadresseerde, vraag, randvoorwaarde, rol, uiterlijk, stand, op, door, teLaat,
 * "link": {geldigTot, open}, "antwoorden": [{nummer, uitkomst, redenen, watVerandert, wanneer, naam, op,
 * terugOp, terugWaarom, "oordelen": {duidelijk, onduidelijk}}]}], the first first. forward 0: all of the
 * signal. In the arena. */
enum db_status forward_list(json_t **list, struct db_tx *tx, struct arena *arena, int32_t signal,
                            int32_t forward, int64_t now_s);
/* For everybody (as results): [{soort, onderdeel, geadresseerde, vraag, randvoorwaarde, rol, uiterlijk,
 * stand, op, "antwoord": {nummer, uitkomst, redenen, watVerandert, wanneer, op, "oordelen": {duidelijk,
 * onduidelijk}}}]; an answer that was sent back is not there, nor are fewer votes than least_votes. */
enum db_status forward_public_list(json_t **list, struct db_tx *tx, struct arena *arena, int32_t signal,
                                   int32_t least_votes);
/* The same of many signals, by number: {"12": [...]}, without those that were passed on to nobody. */
enum db_status forward_public_lists(json_t **by_signal, struct db_tx *tx, struct arena *arena,
                                    const int32_t *signals, size_t count, int32_t least_votes);
/* How many it was passed on to, and who of them did not answer: the rest of *facts stays. */
enum db_status forward_facts(struct signal_facts *facts, struct db_tx *tx, int32_t signal);

/* ---- links ---- */

/* A new link, in the place of those before; its code is shown once. *until: Unix seconds. */
enum db_status forward_link(struct participation_code *code, int64_t *until, struct db_tx *tx,
                            const struct crypto_keys *keys, int32_t forward, int64_t now_s, const char *by);
/* Sends the answer that stands back. *returned false: there is none. */
enum db_status forward_return(bool *returned, struct db_tx *tx, int32_t forward, struct slice why,
                              const char *by);

/* ---- whoever has a link (as intake) ---- */

enum forward_standing { FORWARD_OPEN, FORWARD_USED, FORWARD_REPLACED, FORWARD_EXPIRED, FORWARD_UNKNOWN };
/* What is asked: {signaal, titel, tekst, soort, onderdeel, geadresseerde, vraag, randvoorwaarde, rol,
 * uiterlijk, terugWaarom}; in the arena; NULL where there is no such link. */
enum db_status forward_read(json_t **asked, enum forward_standing *standing, struct db_tx *tx,
                            struct arena *arena, const struct crypto_keys *keys,
                            const struct participation_code *code, int64_t now_s);
struct forward_answer {
    struct slice outcome, reason, change, when, name; /* change and when may be empty */
};
/* Uses the link up. *signal 0: it does not work (any more); nothing was kept. */
enum db_status forward_answer(int32_t *signal, struct db_tx *tx, const struct crypto_keys *keys,
                              const struct participation_code *code, const struct forward_answer *answer,
                              int64_t now_s);

#endif
