/* A message: what somebody tells the table of their own accord. What its states are, which step may follow
 * which, and when one is suspect. Pure. */
#ifndef ZEVENSTEM_TAFEL_MESSAGE_H
#define ZEVENSTEM_TAFEL_MESSAGE_H

#include "base/slice.h"

#include <stddef.h>

enum message_state {
    MESSAGE_NEW,       /* nieuw: nobody of the table looked at it yet */
    MESSAGE_READ,      /* gelezen */
    MESSAGE_ASIDE,     /* terzijde: the table does nothing with it, and says why */
    MESSAGE_WITHDRAWN, /* ingetrokken, by its sender: the text is gone */
    MESSAGE_DESTROYED, /* vernietigd, since it had its time: the text is gone */
    MESSAGE_STATES
};
/* "nieuw", ...; NULL-ended. */
extern const char *const message_states[MESSAGE_STATES + 1];
/* "burger", of whom nothing is known; "organisatie", whose name is public. NULL-ended. */
extern const char *const message_senders[];
/* Why one is set aside: "misbruik", whose text is hidden; "ander-onderwerp", "dubbel", "anders". NULL-ended.
 */
extern const char *const message_reasons[];

/* MESSAGE_STATES: no state is called so. */
enum message_state message_state_find(struct slice name);

/* What a step of staff asks for, as bits. */
enum message_need {
    MESSAGE_KIND = 1,   /* one of message_reasons */
    MESSAGE_TOLD = 2,   /* a reason in words, which the sender reads */
    MESSAGE_NO_STEP = 4 /* there is no such step: it is never satisfied */
};
unsigned message_step_needs(enum message_state from, enum message_state to);
/* What the step lacks, as bits; 0: it may be taken. */
unsigned message_step_lacks(enum message_state from, enum message_state to, bool kind, bool told);

/* Whether there is a text to read, to take personal data out of, or to rest a signal on. */
bool message_has_text(enum message_state state);

enum {
    MESSAGE_TEXT_MAX = 4000, /* code points, as all of these */
    MESSAGE_ORGANISATION_MAX = 200,
    MESSAGE_TOLD_MAX = 2000,
    MESSAGE_VALUES_MAX = 7,
    MESSAGE_KEPT_DAYS = 731, /* that a text is kept: two years, leap days included */
    MESSAGE_FAST_S = 5       /* nobody reads the page and writes a message sooner */
};
/* Faster than a person writes, or filled in what a person does not see. It is marked and kept. */
bool message_is_suspect(int64_t form_age_s, bool trapped);

#endif
