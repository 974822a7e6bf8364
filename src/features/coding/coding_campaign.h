/* Answers to a question that are nearly the same: a text that many sent in. Found by stats/duplicates, kept
 * as a version with how was looked, shown, and able to be left out of an estimate beside the one with it.
 * Nothing is destroyed or left out by itself: a shared text is a way to speak. */
#ifndef ZEVENSTEM_CODING_CAMPAIGN_H
#define ZEVENSTEM_CODING_CAMPAIGN_H

#include "db/db.h"
#include "stats/duplicates.h"

#include <jansson.h>

extern const struct db_statement coding_campaign_statements[];

enum { CAMPAIGN_TEXTS_MAX = 2000000, CAMPAIGN_GROUPS_SHOWN = 100 };

/* One search, from reading to keeping. Lives on the heap: it outlives transactions. */
struct campaign_search;
struct campaign_search *campaign_search_create(int32_t round, struct slice variable,
                                               const struct duplicates_rule *rule, const char *actor);
void campaign_search_free(struct campaign_search *search_take);
/* The texts that stand now. As staff. May be run again. */
enum db_status campaign_search_read(struct campaign_search *search, struct db_tx *tx);
/* Compares them: seconds for 100,000; no database. told may be NULL. False: out of memory, or too many. */
bool campaign_search_compare(struct campaign_search *search, duplicates_told told, void *self);
/* Keeps what was found: a new search of the question, of which *number is its. As staff. Texts that were
 * destroyed meanwhile are in no group; one that is left alone is none. May be run again. */
enum db_status campaign_search_keep(int32_t *number, struct campaign_search *search, struct db_tx *tx);
size_t campaign_search_texts(const struct campaign_search *search);
/* What was found, until it is compared again. Borrowed. */
const struct duplicates *campaign_search_found(const struct campaign_search *search);

/* The newest search of each question of a round: [{"id", "vraag", "nummer", "drempel", "minimum", "zaad",
 * "teksten", "later" (answers since), "groepen", "inGroepen", "op", "door"}]. The caller owns it. */
enum db_status campaign_searches(json_t **out, struct db_tx *tx, int32_t round);
/* Of a search, by number of the question, its groups as they stand now, the largest first,
 * CAMPAIGN_GROUPS_SHOWN of them: [{"groep", "aantal", "eerste", "laatste" (days), "tekst"}]. Texts are as
 * they stand, with likely personal data in them: campaign_hidden. The caller owns it. */
enum db_status campaign_groups(json_t **out, struct db_tx *tx, int32_t search);
/* One group: {"aantal", "tekst", "dagen": [{"dag", "aantal"}], "herkomst": [{"stroom", "kanaal", "aantal"}]};
 * aantal 0: there is none. The caller owns it. */
enum db_status campaign_group(json_t **out, struct db_tx *tx, int32_t search, int32_t group);
/* A text with its likely personal data replaced ("[e-mailadres]"), in the arena. */
struct slice campaign_hidden(struct arena *arena, struct slice text);

#endif
