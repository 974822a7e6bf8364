/* The yearly recalibration (herijking) of the agenda, item by item: what citizens said about it, what was
 * done with that, and what the table advises. */
#ifndef ZEVENSTEM_TAFEL_RECALIBRATION_H
#define ZEVENSTEM_TAFEL_RECALIBRATION_H

#include "db/db.h"

#include <jansson.h>

extern const struct db_statement recalibration_statements[];

/* "houden", "aanscherpen", "toevoegen", "stoppen". NULL-ended. */
extern const char *const recalibration_advices[];
enum { RECALIBRATION_REASON_MAX = 5000 /* code points */ };

/* What was passed on to an item with signals that everybody may read, the newest first; the last 200:
 * [{signaal, titel, waarden[], vraag, rol, uiterlijk, stand, op, "antwoord": {uitkomst, redenen,
 * watVerandert, wanneer, op}}]. In the arena, as all here. */
enum db_status recalibration_signals(json_t **out, struct db_tx *tx, struct arena *arena, struct slice item);
/* What was advised, the newest first: [{nummer, versie, advies, reden, op}]. */
enum db_status recalibration_list(json_t **out, struct db_tx *tx, struct arena *arena, struct slice item);
/* The newest of each item, by its code, where it is about this version of the agenda: {"1.1": {nummer, ...}}.
 */
enum db_status recalibration_newest(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version);
/* Of every item that anything is known of, by its code: {"1.1": {signalen, beantwoord, advies}}; the advice
 * is the newest of this version of the agenda. */
enum db_status recalibration_overview(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version);
/* After agenda_lock. */
enum db_status recalibration_add(struct db_tx *tx, struct slice item, int32_t version, struct slice advice,
                                 struct slice reason, const char *by);

#endif
