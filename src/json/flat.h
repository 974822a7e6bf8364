/* The hot path of intake: a bounded single-pass decoder for one flat JSON object whose values are strings,
 * whole numbers, true/false/null, or arrays of strings and whole numbers. Same language as json_parse for
 * such documents (jansson is the oracle of its fuzz target); anything deeper is refused, and so is a number
 * with a fraction or an exponent. No allocation but the arena's. */
#ifndef ZEVENSTEM_JSON_FLAT_H
#define ZEVENSTEM_JSON_FLAT_H

#include "json/decode.h"

enum flat_kind { FLAT_NULL, FLAT_BOOL, FLAT_INT, FLAT_STRING, FLAT_ARRAY };
struct flat_value {
    enum flat_kind kind;
    int64_t integer;                /* INT, BOOL */
    struct slice string;            /* STRING, unescaped, valid UTF-8 without NUL */
    const struct flat_value *items; /* ARRAY: scalars only */
    size_t item_count;
};
struct flat_member {
    struct slice name;
    struct flat_value value;
};
/* Members in document order. max_members bounds the object, 64 bounds an array. Strings and names lie in
 * `text` itself or, where they were escaped, in the arena. The memory used is bounded by the text's length,
 * not by max_members.
 *
 * Adds every fault. A text that cannot be read, or has too many members, gives NULL, with line and character.
 * Where only a value is at fault (kind, range, length) or a name is used twice, there are members to go on
 * with: the value as null, and of each name the first. The fault has the member's pointer then. The text was
 * good when there are members and no error was added. */
const struct flat_member *flat_parse(size_t *count, struct json_errors *errors, struct arena *arena,
                                     struct slice text, size_t max_members);

#endif
