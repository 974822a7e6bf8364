/* A form into which staff type a response, between reading what was posted (survey_entry.c) and showing it
 * (survey_entry_show.c). */
#ifndef ZEVENSTEM_SURVEY_ENTRY_H
#define ZEVENSTEM_SURVEY_ENTRY_H

#include "features/survey/survey_internal.h"

enum { ENTRY_MAC_BYTES = 16 };
#define ENTRY_PATH "/beheer/invoer"

extern const char *const entry_topic_names[QUESTIONNAIRE_MAX_DRAWS];

/* One form: what was chosen for it and what was typed. In the arena of the exchange. */
struct entry {
    struct visit visit;
    bool late;                  /* the round is over: paper alone */
    bool stream_known;          /* one that the round has was chosen */
    struct slice received_text; /* as it was typed */
    int32_t received_day;       /* of paper; 0: not stated, or it cannot be */
    struct slice topics[QUESTIONNAIRE_MAX_DRAWS];
    bool chosen; /* the form with the choices was sent */
    bool whole;  /* and they are made */
    const struct answer_field *fields;
    size_t field_count;
    struct json_errors errors;
    struct response_item item;
};

/* Anybody may come by the open link, and say to answer for an organisation; of the others there are only
 * those to whom the round gave a link. */
bool entry_has_stream(const struct survey_round *round, int stream);
/* Over the code, the round and who was shown the form. */
void entry_seal(unsigned char mac[ENTRY_MAC_BYTES], const struct http_exchange *ex,
                const struct visit *visit);
/* The page: the choices, and where they are made the form with the code in visit->code. said: path of the
 * text that says why it was not stored; NULL: none. stored: the code of the one that was stored just before;
 * empty: none. */
void entry_show(struct http_exchange *ex, const struct entry *entry, int status, const char *said,
                struct slice stored);

#endif
