/* Who should come: the plan of a round for its interviews and for its focus groups, and who came. */
#ifndef ZEVENSTEM_FIELDWORK_PLAN_H
#define ZEVENSTEM_FIELDWORK_PLAN_H

#include "features/fieldwork/fieldwork_conversation.h"

extern const struct db_statement fieldwork_plan_statements[];

extern const char *const plan_mixes[];          /* homogeen, gemengd */
extern const char *const segment_populations[]; /* publiek, betrokkenen */

/* {"soort", "samenstelling", "reden", "overwerving"}: makes the plan of that kind, or changes it, as a whole;
 * with is_new one that is there is an error. *saved false: errors say what. */
enum db_status plan_save(bool *saved, struct json_errors *errors, struct db_tx *tx,
                         const struct survey_round *round, const json_t *document, bool is_new,
                         const char *actor);
/* {"soort", "segment", "titel", "doelgroep", "kenmerken", "gesprekken", "mensen", "reservesNodig"}: adds a
 * group to the plan of that kind, or changes the one of that code, as a whole; with is_new one that is there
 * is an error. */
enum db_status plan_segment_save(bool *saved, struct json_errors *errors, struct db_tx *tx,
                                 const struct survey_round *round, const json_t *document, bool is_new);
/* The plans of a round, each {"soort", "samenstelling", "reden", "overwerving", "segmenten"}, a segment as it
 * was saved with what came of it: gepland, gehouden (conversations), uitgenodigd, gekomen, nietGekomen,
 * afgemeld, reserves (participants; those of the segment, or of a conversation for it). Withdrawn ones count
 * as come, for the group of the conversation: that they were there is no secret; their own group, as what
 * they said, is gone. In the arena. */
enum db_status plan_overview(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round);
/* Of an overview the plan of that kind, and of that the group of that code. Borrowed; NULL: there is none. */
const json_t *plan_of(const json_t *overview, struct slice kind);
const json_t *plan_segment_of(const json_t *plan, struct slice code);

#endif
