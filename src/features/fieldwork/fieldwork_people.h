/* Who takes part: pseudonyms, background, names apart, and what each agreed to. As staff. */
#ifndef ZEVENSTEM_FIELDWORK_PEOPLE_H
#define ZEVENSTEM_FIELDWORK_PEOPLE_H

#include "crypto/crypto.h"
#include "features/fieldwork/fieldwork_conversation.h"

extern const struct db_statement fieldwork_people_statements[];

extern const char *const participant_standings[]; /* uitgenodigd, reserve, gekomen, niet-gekomen, afgemeld */
extern const char *const participant_ages[];      /* onder-16, 16-17, volwassen */
extern const char *const consent_manners[];       /* papier, mondeling, digitaal */

/* ---- consent: the rule. Pure. ---- */
enum consent_lack {
    CONSENT_ENOUGH,
    CONSENT_WITHDRAWN,    /* nothing they said is loaded */
    CONSENT_NOT_PRESENT,  /* is not noted as having come: nothing can be theirs */
    CONSENT_NOT_ASKED,    /* none is noted */
    CONSENT_REFUSED,      /* does not take part */
    CONSENT_NO_PARENT,    /* under 16, and no parent signed */
    CONSENT_NO_RECORDING, /* a transcript of a recording, which they did not agree to */
    CONSENT_LACKS
};
/* "fieldwork.lacks.<name>" of each; NULL for CONSENT_ENOUGH. */
extern const char *const consent_lack_names[CONSENT_LACKS];
/* Of a participant as participant_list gives them; the first that holds. CONSENT_ENOUGH alone allows to load
 * what they said. Who is not there and who withdrew does not keep the others' words from being loaded: a
 * loader passes over those two, and refuses or leaves out a speaker who is said to be one of them.
 * zs.evidence holds to the same rule afterwards. */
enum consent_lack consent_lacks(const json_t *participant, bool of_recording);
/* Of participants as participant_list gives them, those of whom nothing may be shown that was loaded before:
 * an object with their pseudonyms as keys. The caller's to release. */
json_t *consent_closed(const json_t *participants, bool of_recording);

/* ---- participants ---- */
/* Those of a conversation as the API has them, by number of the pseudonym; in the arena. */
enum db_status participant_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation);
/* *conversation: its code; NULL ptr: there is no such participant. *out: the document. */
enum db_status participant_find(json_t **out, struct slice *conversation, struct db_tx *tx,
                                struct arena *arena, int32_t id);
/* id 0: a new one, whose id *id becomes. The document has pseudoniem (a new one may leave it out: the next
 * number), naam, segment, stand, leeftijdsgroep, achtergrond, vergoedingOp. An empty or absent naam leaves
 * the name as it is. *saved false: errors say what, a pseudonym that is taken too. */
enum db_status participant_save(bool *saved, int32_t *id, struct json_errors *errors, struct db_tx *tx,
                                const struct crypto_keys *keys, const struct conversation *conversation,
                                const struct survey_round *round, const json_t *document);
struct participant_name {
    int32_t participant;
    struct slice pseudonym, name; /* in the arena */
};
/* The names that are known; one that does not open (another root secret) is left out. */
enum db_status participant_names(struct participant_name **out, size_t *count, struct db_tx *tx,
                                 struct arena *arena, const struct crypto_keys *keys, int32_t conversation);
/* The document has formulier, gegevenOp, wijze, ouder, deelname, opname, citaten, archief, contact. */
enum db_status consent_note(bool *noted, struct json_errors *errors, struct db_tx *tx, int32_t participant,
                            const json_t *participant_document, const json_t *document, int64_t now_s,
                            const char *actor);
/* *turns: how many of their turns were left out; -1: unknown, or withdrawn before. */
enum db_status participant_withdraw(int32_t *turns, struct db_tx *tx, int32_t participant, const char *actor);

#endif
