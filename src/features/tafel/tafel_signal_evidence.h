/* What a signal rests on: tables of releases with their parameters, passages by their number, answers that
 * are nearly the same, messages to the table. Figures are kept as they were and counted again when asked for;
 * of a text nothing is kept but its number, so that who withdraws is gone from here too. */
#ifndef ZEVENSTEM_TAFEL_SIGNAL_EVIDENCE_H
#define ZEVENSTEM_TAFEL_SIGNAL_EVIDENCE_H

#include "db/db.h"
#include "features/results/results.h"
#include "json/decode.h"

struct crypto_keys;

extern const struct db_statement signal_evidence_statements[];

enum { SIGNAL_EVIDENCE_MAX = 100 /* of a signal */ };

/* ---- a table ---- */

/* What is asked: {"variabele", "antwoord", "groepeerOp", "filter", "gewogen"}; "antwoord" is the category
 * that the signal is about. Fills *figures, in the arena: {"uitgave", "gemaaktOp", "gewogen",
 * "antwoordTekst", "regels": [{"groep", "naam", "aantal", "basis", "aandeel"}]}, the shares in percent. NULL,
 * with a fault added by pointer of the member, when there is no such table, or the cell is withheld in any
 * line: a signal cannot rest on what may not be shown. *busy: the releases are being read; ask again. */
json_t *signal_table_count(bool *busy, struct json_errors *errors, struct arena *arena,
                           struct results *results, const struct survey_round *round, const json_t *asked);
/* Lines of then and now side by side, by group: [{"groep", "naam", "toen", "nu", "verschil"}], shares in
 * percent and percentage points; nu and verschil are missing where the group is not there now, toen where it
 * was not. now NULL: it cannot be counted any more. The caller owns it. Pure. */
json_t *signal_table_compare(const json_t *then, const json_t *now);

/* ---- all kinds ---- */

struct signal_proof {
    const char *kind; /* "tabel", "passage", "campagne", "bericht" */
    int32_t round_id; /* 0: of none, as a message is */
    struct slice why;
    const json_t *asked, *figures; /* figures NULL: none */
    int64_t passage;               /* of a passage or message; else 0 */
};
/* *added false: the signal has SIGNAL_EVIDENCE_MAX already. */
enum db_status signal_evidence_add(bool *added, struct db_tx *tx, int32_t signal,
                                   const struct signal_proof *proof, const char *by);
/* Takes it away from the signal; the row stays. *ended false: it is not there. */
enum db_status signal_evidence_end(bool *ended, struct db_tx *tx, int32_t signal, int32_t evidence,
                                   const char *by);
/* What stands, the first first: [{"nummer", "soort", "ronde", "consultatie", "waarom", "gevraagd", "cijfers",
 * "op", "door"}]; of a passage or message "passage", and "weg" true when its text may not be used any more
 * (withdrawn, no consent, destroyed), else "van", "taal" and, where it may be quoted word for word,
 * "citeerbaar" and "citaat"; of a campaign "nu", how many texts it has now. evidence 0: all of the signal. In
 * the arena. */
enum db_status signal_evidence_list(json_t **list, struct db_tx *tx, struct arena *arena, int32_t signal,
                                    int32_t evidence);
/* Takes the words away of passages in which likely personal data waits for a decision (personal_waits), and
 * says "wacht" of them. As staff. */
enum db_status signal_evidence_hold_back(json_t *list, struct db_tx *tx, const struct crypto_keys *keys);
/* The round of a passage that may be used now, 0 where it is of none; *message: it is one. *found false:
 * there is none of that number. */
enum db_status signal_passage_round(int32_t *round_id, bool *message, bool *found, struct db_tx *tx,
                                    int64_t passage);
/* How many texts a group of a search has now; 0: there is no such group. number: the search of the question.
 */
enum db_status signal_campaign_size(int64_t *texts, struct db_tx *tx, int32_t round_id, struct slice variable,
                                    int32_t number, int32_t group);

#endif
