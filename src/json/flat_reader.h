/* The reader under the flat decoder: moves over the text once, byte by byte, and says what is wrong where it
 * stands. Private to json/. */
#ifndef ZEVENSTEM_JSON_FLAT_READER_H
#define ZEVENSTEM_JSON_FLAT_READER_H

#include "json/flat.h"
#include "json/messages.h"

struct flat_reader {
    const char *at, *end;
    struct arena *arena;
    enum json_message
        fault; /* the first one; MESSAGE_NONE as long as all is well. `at` then stays where it is */
};

/* False, so that a caller can return it. */
static inline bool flat_fail(struct flat_reader *r, enum json_message fault)
{
    if (r->fault == MESSAGE_NONE) {
        r->fault = r->at == r->end ? MESSAGE_ENDS_EARLY : fault;
    }
    return false;
}

/* The next byte behind white space; 0 at the end. (A NUL in the text is refused like any other stray byte.)
 */
static inline char flat_peek(struct flat_reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) {
        r->at++;
    }
    return r->at < r->end ? *r->at : '\0';
}

/* Takes the next byte behind white space if it is `c`, which is not NUL. */
static inline bool flat_take(struct flat_reader *r, char c)
{
    if (flat_peek(r) != c) {
        return false;
    }
    r->at++;
    return true;
}

/* The rest of a string whose opening quote was taken: borrowed from the text where nothing is escaped in it,
 * else in the arena. */
bool flat_take_string(struct slice *out, struct flat_reader *r);
/* String, whole number, true, false or null. */
bool flat_take_scalar(struct flat_value *out, struct flat_reader *r);

#endif
