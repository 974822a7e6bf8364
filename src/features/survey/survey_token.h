/* The signed token in every form page: tells which participation and page it was made for and when, without
 * anything kept on the server. Says whether a page came back faster than a person reads or lay open too long,
 * and replaces Origin where a browser sends none.
 *
 * For the latter its age does not matter: only we can make one, and one of a participation is only ever in
 * pages for whoever has its code, so that another site cannot have it, old or new. What comes with an old one
 * is therefore shown again to who sent it, with a new token, and never with less: a form from elsewhere,
 * which might hold answers that its sender has not seen, has no token of theirs and is refused unread. */
#ifndef ZEVENSTEM_SURVEY_TOKEN_H
#define ZEVENSTEM_SURVEY_TOKEN_H

#include "features/survey/survey.h"

enum { FORM_TOKEN_BYTES = 64, FORM_TOKEN_LIFE_S = 24 * 3600 };

/* `subject` names what it is good for, e.g. the draft id followed by the page code. */
void form_token_make(char out[FORM_TOKEN_BYTES], const struct crypto_keys *keys, struct slice subject,
                     int64_t now_s);
/* Whether we made it for this subject, however long ago. */
bool form_token_ours(const struct crypto_keys *keys, struct slice subject, struct slice token);
/* Seconds since it was made, 0..FORM_TOKEN_LIFE_S; -1 when forged, for another subject, from the future, or
 * too old. */
int64_t form_token_age(const struct crypto_keys *keys, struct slice subject, struct slice token,
                       int64_t now_s);

#endif
