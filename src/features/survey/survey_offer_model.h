/* What a citizen offers after taking part: to be invited for a conversation, to be told what came of
 * the answers, to be asked for the next round. Pure: reading the form, saying what is wrong with it, and the
 * sealed letter that comes of it. Nothing here knows a participation. */
#ifndef ZEVENSTEM_SURVEY_OFFER_MODEL_H
#define ZEVENSTEM_SURVEY_OFFER_MODEL_H

#include "crypto/crypto.h"
#include "http/http.h"

#include <jansson.h>

/* Every letter is this long before it is sealed, whatever is in it: its length tells nothing. All limits of
 * the form together stay below it. */
enum { OFFER_PLAIN_BYTES = 4096, OFFER_SEALED_BYTES = OFFER_PLAIN_BYTES + CRYPTO_SEALED_BOX_OVERHEAD };

enum offer_kind {
    OFFER_CHECKBOXES,
    OFFER_RADIOS,
    OFFER_SELECT,
    OFFER_LINE, /* one line of text */
    OFFER_TEXT  /* more lines */
};

/* In the order of the form; sections of the form end where the section changes. */
enum offer_section { OFFER_WISHES, OFFER_CONTACT, OFFER_ABOUT };
enum { OFFER_SECTIONS = OFFER_ABOUT + 1 };

struct offer_field {
    const char *name; /* of the input, of the locale's texts, and of the member in the letter */
    enum offer_section section;
    enum offer_kind kind;
    size_t max;                 /* code points of a text */
    const char *const *options; /* codes, ended by NULL */
    const char *input_type;     /* of a line: text, email, tel */
    const char *autocomplete;   /* NULL: none */
};
enum {
    OFFER_WISH,
    OFFER_NAME,
    OFFER_EMAIL,
    OFFER_PHONE,
    OFFER_POST,
    OFFER_AGE,
    OFFER_PROVINCE,
    OFFER_DIPLOMA,
    OFFER_GENDER,
    OFFER_ATTITUDE,
    OFFER_LANGUAGE,
    OFFER_HELP,
    OFFER_FIELDS
};
extern const struct offer_field offer_fields[OFFER_FIELDS];
enum { OFFER_OPTIONS_MAX = 20 };

struct offer {
    bool chosen[OFFER_FIELDS][OFFER_OPTIONS_MAX]; /* of fields with options */
    struct slice text[OFFER_FIELDS];              /* of the others: cleaned; empty when nothing was typed */
};
struct offer_errors {
    const char *error[OFFER_FIELDS]; /* member of the locale's "offer.error"; NULL: the field is right */
    size_t count;
};

/* Reads the posted form. What was typed is in *out also where it is wrong. False when there is any error. */
bool offer_read(struct offer *out, struct offer_errors *errors, struct arena *arena,
                const struct http_field *fields, size_t count);
/* Whether it is for a conversation (kept apart from those who only want to be told). */
bool offer_for_conversation(const struct offer *offer);

/* What the letter says besides the form. */
struct offer_frame {
    const char *round;    /* its code */
    const char *language; /* of the form: nl or en */
    bool fast, trap; /* sent faster than a person fills it in; the field that people leave empty was not */
};
/* The letter: canonical JSON filled up with spaces to OFFER_PLAIN_BYTES. Questions about oneself are left out
 * when no conversation is wanted: nobody needs them then. False when it does not fit, which the limits of the
 * form rule out. */
bool offer_letter(struct slice *out, struct arena *arena, const struct offer *offer,
                  const struct offer_frame *frame);

#endif
