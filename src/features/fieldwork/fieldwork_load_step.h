/* A file that waits, in the steps of a request: what its page and its steps share. */
#ifndef ZEVENSTEM_FIELDWORK_LOAD_STEP_H
#define ZEVENSTEM_FIELDWORK_LOAD_STEP_H

#include "features/fieldwork/fieldwork_internal.h"

struct preview {
    struct fieldwork *f;
    struct conversation conversation;
    struct transcript_draft draft;
    struct transcript_current current; /* number 0: there is no text yet */
    struct transcript read;
    bool readable;
    struct transcript_revision revision; /* where it corrects a text, and is readable */
    json_t *participants;                /* in the arena */
    struct participant_name *names;
    size_t name_count;
    json_t *chosen; /* by name of a speaker ("" for turns without one) the code of the choice */
};

size_t fieldwork_turns_of_nobody(const struct transcript *read);
/* Speaker number read.speaker_count is nobody. */
struct slice fieldwork_speaker_name(const struct transcript *read, size_t speaker);
/* What was chosen before for this name, else what it tells by itself. */
const char *fieldwork_code_for(const struct preview *p, struct http_exchange *ex, size_t speaker);
/* What the reading was: choices made for another one are not taken for this one. */
const char *fieldwork_reading_mark(const struct preview *p, struct http_exchange *ex);
/* wrong: numbers of speakers of whom nothing was chosen, as an array; may be NULL. */
void fieldwork_show_preview(const struct preview *p, struct http_exchange *ex, int http_status,
                            const char *said, const json_t *wrong);

#endif
