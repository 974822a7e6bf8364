/* Words beside the codes, days and numbers of JSON that pages are made of. */
#ifndef ZEVENSTEM_TAFEL_WORDS_H
#define ZEVENSTEM_TAFEL_WORDS_H

#include "features/tafel/tafel_internal.h"

/* Members of objects, each list NULL-ended; a list that is NULL: none.
 *   members  codes, or lists of codes: beside them "MEMBER_woord", their words in the page's language out of
 *            texts.options, with commas between. A code that has no word there gets none
 *   days     "2027-06-30", or times: beside them "MEMBER_woord", the day in words
 *   numbers  reals: beside them "MEMBER_tekst", "43,2"
 *   differences  the same with their sign */
struct tafel_word_list {
    const char *texts;
    const char *const *members, *const *days, *const *numbers, *const *differences;
};
/* In value and all that is below it. */
void tafel_say_words(json_t *value, struct http_exchange *ex, const struct web *web,
                     const struct tafel_word_list *list);

#endif
