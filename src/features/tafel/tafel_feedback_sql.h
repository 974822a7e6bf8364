/* What citizens are told of what was done with what they said, as it is kept (read as results). What is not
 * public is in none of it. All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_FEEDBACK_SQL_H
#define ZEVENSTEM_TAFEL_FEEDBACK_SQL_H

#include "db/db.h"

#include <jansson.h>

extern const struct db_statement feedback_statements[];

enum { FEEDBACK_EVENTS_MAX = 100 /* that are told at once of a consultation */ };

struct feedback_filter {
    struct slice consultation;
    struct slice value, application; /* empty: any */
    int64_t from;                    /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
    int32_t least_votes; /* fewer votes on an answer are not told */
};
/* [{nummer, titel, tekst, waarden, toepassingen, stand, gewijzigdOp, "aanZet": "tafel" | "gevraagden" |
 * "niemand", "wachtOp": [{geadresseerde, uiterlijk}], "gebeurtenissen": [EVENT]}], the newest signal first,
 * its first event first. EVENT: {sleutel, wat, op, toelichting, geadresseerde, soort, onderdeel, antwoord,
 * uitkomst, watVerandert, wanneer}; wat: gehoord, opnieuw, besproken, doorgegeven, antwoord, klaar,
 * niet-doorgegeven; of an answer also "oordelen": {duidelijk, onduidelijk}, from least_votes on. op: when it
 * happened, or when the signal became public where that was later. sleutel: "stap/12", among the events of
 * the signal. */
enum db_status feedback_signals(json_t **list, struct db_tx *tx, struct arena *arena,
                                const struct feedback_filter *filter);
/* By what the public signals of a consultation can be looked at: {"waarden": [code], "toepassingen":
 * [code]}. */
enum db_status feedback_subjects(json_t **subjects, struct db_tx *tx, struct arena *arena,
                                 struct slice consultation);
/* The newest events of a consultation, FEEDBACK_EVENTS_MAX at most, the newest first: [EVENT with nummer and
 * titel of its signal]. */
enum db_status feedback_events(json_t **list, struct db_tx *tx, struct arena *arena,
                               struct slice consultation);

/* Counts a vote on whether an answer is clear (as intake). *counted false: nobody can read such an answer. */
enum db_status feedback_vote(bool *counted, struct db_tx *tx, int32_t signal, int32_t answer, bool is_clear);

#endif
