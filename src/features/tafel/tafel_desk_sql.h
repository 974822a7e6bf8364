/* What the secretary's one page is made of, besides suggestions: one statement a section, each of which reads
 * an index and no more lines than are shown. All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_DESK_SQL_H
#define ZEVENSTEM_TAFEL_DESK_SQL_H

#include "db/db.h"
#include "features/survey/survey.h"

#include <jansson.h>

enum { DESK_LINES = 5 /* of a section: the page is one A4 */, DESK_DAYS = 7 };

extern const struct db_statement desk_statements[];

/* {"aantal", "regels": [{"soort": signaal, doorgeleiding or actiepunt, "nummer", "bij", "tekst", "dag",
 * "teLaat"}]}: what is due until today + DESK_DAYS, the first day first. bij: the signal of a forwarding, the
 * meeting of an action point. */
enum db_status desk_due(json_t **due, struct db_tx *tx, struct arena *arena, int32_t today);
/* {"overleg": {"nummer", "tafelTitel", "dag", "punten"}, "aantal", "regels": [{"nummer", "tekst"}]}: the next
 * meeting that is planned (missing: none), and signals that are ripe for one: not weighed yet, with evidence,
 * and on no agenda that is still to be decided; the oldest first. */
enum db_status desk_meeting(json_t **meeting, struct db_tx *tx, struct arena *arena, int32_t today);
/* {"aantal", "regels": [{"geadresseerde", "aantal", "teLaat", "dagen", "signaal"}]}: who has not answered, an
 * addressee a line, who is most days over first; signaal: the one that is longest over. */
enum db_status desk_waiting(json_t **waiting, struct db_tx *tx, struct arena *arena, int32_t today);
/* {"aantal", "regels": [{"nummer", "tekst", "openbaar", "binnen", "sinds"}]}: signals that are answered, of
 * which citizens were not told. binnen: all who were asked answered, and nobody looked at it yet; those
 * first, then the oldest. */
enum db_status desk_untold(json_t **untold, struct db_tx *tx, struct arena *arena);
/* {"gevraagd", "beantwoord", "gevonden"}: whether somebody was ever asked something, answered, and whether a
 * rule ever found something. Where there is none, a section says that nothing began, not that all is done. */
enum db_status desk_begun(json_t **begun, struct db_tx *tx, struct arena *arena);
/* Signals of which all who were asked answered, and that nobody moved on. */
enum db_status desk_answers_in(int64_t *signals, struct db_tx *tx);
/* Sheets that were put forward by somebody else, and that this person wrote nothing in. */
enum db_status desk_sheets_to_approve(int64_t *sheets, struct db_tx *tx, const char *person);
/* {"ronde", "nummer", "op", "aantal", "tellingen": {label: count}, "regels": [{"toepassing", "titel",
 * "waarde", "label", "was"}]}: of the newest map that was made public the cells that changed since the one
 * before it (was: its label then), that clash or are silent, in that order. NULL: no map was made public. */
enum db_status desk_map(json_t **map, struct db_tx *tx, struct arena *arena);
/* [{"ronde", "soort", "titel", "gehouden", "nodig"}]: groups of the plans of these rounds of which fewer
 * conversations were held than are planned for, who lacks most first. */
enum db_status desk_missing(json_t **missing, struct db_tx *tx, struct arena *arena, const int32_t *rounds,
                            size_t count);

#endif
