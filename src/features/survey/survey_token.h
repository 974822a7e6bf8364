/* The signed token in every form page: tells which participation and page it was made for and when, without
 * anything kept on the server. Says whether a page came back faster than a person reads, and replaces Origin
 * where a browser sends none. */
#ifndef ZEVENSTEM_SURVEY_TOKEN_H
#define ZEVENSTEM_SURVEY_TOKEN_H

#include "features/survey/survey.h"

enum { FORM_TOKEN_BYTES = 64, FORM_TOKEN_LIFE_S = 24 * 3600 };

/* `subject` names what it is good for, e.g. the draft id followed by the page code. */
void form_token_make(char out[FORM_TOKEN_BYTES], const struct crypto_keys *keys, struct slice subject,
                     int64_t now_s);
/* Seconds since it was made, 0..FORM_TOKEN_LIFE_S; -1 when forged, for another subject, from the future, or
 * too old. */
int64_t form_token_age(const struct crypto_keys *keys, struct slice subject, struct slice token,
                       int64_t now_s);

#endif
