/* Conversations: planning, changing, reading; where recordings are. What is read
 * comes as JSON with the members of the API, which pages show too. As staff throughout. */
#ifndef ZEVENSTEM_FIELDWORK_CONVERSATION_H
#define ZEVENSTEM_FIELDWORK_CONVERSATION_H

#include "db/db.h"
#include "features/survey/survey.h"
#include "json/decode.h"

extern const struct db_statement fieldwork_conversation_statements[];

extern const char *const conversation_kinds[];    /* interview, focusgroep */
extern const char *const conversation_statuses[]; /* gepland, gehouden, vervallen */
extern const char *const conversation_settings[]; /* live, telefoon, video */
extern const char *const conversation_access[];
extern const char *const conversation_incentives[];
extern const char *const conversation_languages[]; /* offered on the page; the API takes any ISO 639 code */
extern const char *const recording_kinds[];

/* "2027-01-15" as days since 1970-01-01. */
bool fieldwork_day(int32_t *day, struct slice text);
/* The background variables with answers to choose from: what participants are described by. Pure. */
bool fieldwork_is_background(const struct variable *variable);
/* The variable whose answers are provinces; NULL: the questionnaire has none. */
const struct variable *fieldwork_provinces(const struct questionnaire *q);
bool fieldwork_has_category(const struct variable *variable, struct slice code);

/* ---- one conversation ---- */
struct conversation {
    bool found;
    int32_t id, round_id;
    struct slice consultation, round;
    int32_t guide;
    json_t *document; /* in the arena: code, ronde, soort, leidraad, ..., revisie */
};
enum conversation_outcome {
    CONVERSATION_SAVED,
    CONVERSATION_FAULTY,  /* errors say what */
    CONVERSATION_CONFLICT /* somebody changed it since the revision that the document names */
};
/* Decodes, checks and plans a conversation of the round. *code: its own, in the arena of tx. */
enum db_status conversation_create(enum conversation_outcome *outcome, struct slice *code,
                                   struct json_errors *errors, struct db_tx *tx,
                                   const struct survey_round *round, const json_t *document,
                                   const char *actor);
/* The same document with `revisie`, as it was read; kind and round stay. */
enum db_status conversation_change(enum conversation_outcome *outcome, struct json_errors *errors,
                                   struct db_tx *tx, const struct survey_round *round,
                                   const struct conversation *conversation, const json_t *document);
/* lock: until the end of the transaction nobody loads, redacts or withdraws. */
enum db_status conversation_find(struct conversation *out, struct db_tx *tx, struct arena *arena,
                                 struct slice code, bool lock);
/* An array of documents, with deelnemers (how many came, or are expected), newest day first; in the arena. */
enum db_status conversation_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round);

/* ---- recordings ---- */
enum db_status recording_note(bool *noted, struct json_errors *errors, struct db_tx *tx,
                              const struct conversation *conversation, const struct survey_round *round,
                              const json_t *document, const char *actor);
/* *consultation empty: there is no such recording, or it was said before. */
enum db_status recording_destroyed(struct slice *consultation, struct slice *conversation, struct db_tx *tx,
                                   int32_t id, int32_t day, const char *actor);
/* Of a conversation (id), or all that should have been destroyed by `day` (0 for the id). In the arena. */
enum db_status recording_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation,
                              int32_t day);

#endif
