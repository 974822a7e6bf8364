/* Suggestions of signals as they are kept. One is {nummer, ronde, consultatie, regel, onderwerp, toepassing,
 * waarde, cijfers, groep, op, gezienOp}; what is not known is left out. Those of one subject of a round (the
 * value of an application, an application, a value, none of these; each code that grows) have the same groep.
 * All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_SUGGESTION_SQL_H
#define ZEVENSTEM_TAFEL_SUGGESTION_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_suggestion.h"

enum {
    SUGGESTION_REASON_MAX = 1000, /* code points */
    SUGGESTIONS_MAX = 200,        /* that a list has */
    SUGGESTION_PASSAGES_MAX = 3   /* that go with a signal */
};

extern const struct db_statement suggestion_statements[];

/* Found (again): a new row, or new figures for one that is open. */
enum db_status suggestion_keep(struct db_tx *tx, int32_t round, const struct suggestion_finding *finding,
                               const json_t *figures);
/* Those of the round that are open and were not kept in this transaction do not hold any more. */
enum db_status suggestion_settle(struct db_tx *tx, int32_t round);
/* Holds everybody else off looking at suggestions until the transaction ends. */
enum db_status suggestion_lock_all(struct db_tx *tx);

/* Those that hold and are open, the newest first. */
enum db_status suggestion_list(json_t **list, struct db_tx *tx, struct arena *arena);
/* The one of this number and all others about its subject that are open and hold, by number, held off others
 * until the transaction ends. Empty: it is not open. */
enum db_status suggestion_take(json_t **suggestions, struct db_tx *tx, struct arena *arena, int32_t number);
/* signal 0: it was set aside, for this reason. After suggestion_take. */
enum db_status suggestion_decide(struct db_tx *tx, int32_t number, int32_t signal, struct slice reason,
                                 const char *by);

/* Codes of the round in the last three periods of four weeks, by the day that something was said. In the
 * transaction. */
enum db_status suggestion_growths(struct suggestion_growth **out, size_t *count, struct db_tx *tx,
                                  int32_t round);
/* Passages that may be used, with this code (empty: any) and this value (-1: any) and application (empty:
 * any): of each side (for, against, neither) one, then the next of each; of a side those that may be quoted
 * first, then by number. In the transaction. */
enum db_status suggestion_passages(int64_t passages[SUGGESTION_PASSAGES_MAX], size_t *count, struct db_tx *tx,
                                   int32_t round, struct slice code, int value, struct slice application);

#endif
