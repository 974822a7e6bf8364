/* What fieldwork's own pages share. */
#ifndef ZEVENSTEM_FIELDWORK_INTERNAL_H
#define ZEVENSTEM_FIELDWORK_INTERNAL_H

#include "features/account/account.h"
#include "features/fieldwork/fieldwork.h"
#include "features/fieldwork/fieldwork_form.h"
#include "features/fieldwork/fieldwork_transcript.h"

#include <stdatomic.h>

struct fieldwork {
    struct fieldwork_config config;
    fieldwork_fed fed;             /* NULL: none was told */
    atomic_int_fast64_t upkeep_at; /* when it is due */
};

#define FIELDWORK_PATH    "/beheer/veldwerk"
#define CONVERSATION_PATH "/beheer/gesprekken"
#define PARTICIPANT_PATH  "/beheer/deelnemers"

enum { FIELDWORK_BODY = 32 * 1024 };

#define FIELDWORK_GET(PATH, HANDLER)                                                                         \
    STAFF_SHOWS(PATH, HANDLER, PERMISSION_FIELDWORK_MANAGE, "taal,groot,gelukt")
#define FIELDWORK_POST(PATH, HANDLER, BODY) STAFF_TAKES(PATH, HANDLER, PERMISSION_FIELDWORK_MANAGE, BODY)
/* A page that is read under another permission, or with other query keys. */
#define FIELDWORK_GET_OF(PATH, HANDLER, SCOPE, QUERY) STAFF_SHOWS(PATH, HANDLER, SCOPE, QUERY)

/* The round of the path, when the caller runs conversations there; else NULL, answered 404 or 403. */
const struct survey_round *fieldwork_round(struct fieldwork *f, struct http_exchange *ex, struct slice code);
/* The same for the conversation of the path, with its round. *status other than DB_OK: give it back. False:
 * answered, or not DB_OK. */
bool fieldwork_conversation(struct conversation *out, const struct survey_round **round,
                            enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                            struct http_exchange *ex, struct slice code, bool lock);
/* The same for a conversation that is only read, under this permission. */
bool fieldwork_conversation_for(struct conversation *out, const struct survey_round **round,
                                enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                                struct http_exchange *ex, const char *permission);
/* The code of a conversation, and the address of it and what stands under it ("/laden"; "" for itself). */
const char *conversation_code(const struct conversation *conversation);
const char *conversation_address(struct http_exchange *ex, const struct conversation *conversation,
                                 const char *below);
enum db_status audit_conversation(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                  const struct conversation *conversation);
/* A text of the locales with {name} filled in, from pairs ended by NULL. */
#define fieldwork_put_format(CONTEXT, KEY, EX, F, PATH, ...)                                                 \
    fieldwork_put_formatted(CONTEXT, KEY, EX, F, PATH, (const char *const[]){__VA_ARGS__, NULL})
void fieldwork_put_formatted(json_t *context, const char *key, struct http_exchange *ex,
                             const struct fieldwork *f, const char *path, const char *const *pairs);
/* What a file may be said to be in; ended by NULL. */
extern const char *const fieldwork_encodings[];
/* Why nothing can be loaded of a conversation of these, as a path in the locales; NULL: it can. */
const char *fieldwork_load_hindrance(const json_t *participants, bool of_recording);
/* The conversation of a path under /v1, with its round, for a key with this permission there. False:
 * answered, or *status. */
bool fieldwork_api_open(struct conversation *out, const struct survey_round **round, enum db_status *status,
                        struct fieldwork *f, struct db_tx *tx, struct http_exchange *ex,
                        const char *permission, bool lock);
/* "0:07", "1:02:03"; empty for TRANSCRIPT_NO_TIME. */
json_t *fieldwork_clock(int32_t ms);
json_t *fieldwork_titled(const struct http_exchange *ex, const struct fieldwork *f, const char *title);
void fieldwork_put_text(json_t *context, const char *key, const struct http_exchange *ex,
                        const struct fieldwork *f, const char *path);
/* The word for a code of ours: fieldwork.options.<code>; the code itself where there is none. */
json_t *fieldwork_word(const struct http_exchange *ex, const struct fieldwork *f, const char *code);
/* Shows a form with errors (400) or without (200). texts: "fieldwork", or a part of it. */
void fieldwork_show_form(struct http_exchange *ex, const struct fieldwork *f, const char *texts,
                         json_t *context_take, const char *action, const char *button,
                         const struct form_field *fields, size_t count, const json_t *values,
                         const json_t *options, const struct json_errors *errors);
/* [{"code", "label"}] of the groups of the plan for this kind; and the background questions with their
 * answers. */
enum db_status fieldwork_segments(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round,
                                  const char *kind);
json_t *fieldwork_background_options(const struct survey_round *round, int language);
int fieldwork_language(const struct http_exchange *ex); /* 0 nl, 1 en */

extern const struct route fieldwork_page_routes[], fieldwork_people_routes[], fieldwork_plan_routes[],
    fieldwork_print_routes[], fieldwork_load_routes[], fieldwork_speaker_routes[],
    fieldwork_transcript_routes[], fieldwork_personal_routes[], fieldwork_check_routes[],
    fieldwork_api_routes[], fieldwork_api_revise_routes[];
extern const size_t fieldwork_page_route_count, fieldwork_people_route_count, fieldwork_plan_route_count,
    fieldwork_print_route_count, fieldwork_load_route_count, fieldwork_speaker_route_count,
    fieldwork_transcript_route_count, fieldwork_personal_route_count, fieldwork_check_route_count,
    fieldwork_api_route_count, fieldwork_api_revise_route_count;

#endif
