/* A slice is a borrowed run of bytes: never owned, never NUL-terminated by promise. It replaces bare `char *`
 * wherever text crosses a function boundary. The owner is the arena, buffer or literal it points into. */
#ifndef ZEVENSTEM_BASE_SLICE_H
#define ZEVENSTEM_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *ptr; /* may be NULL only when len is 0 */
    size_t len;      /* bytes */
};

/* A slice of a string literal; the literal's NUL is not counted. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* The same as a constant initialiser, for tables. */
#define SLICE_INIT(literal)                                                                                  \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }
/* For printf: "%.*s", SLICE_ARG(s). Clips at INT_MAX. */
#define SLICE_ARG(s) ((int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len)), ((s).ptr ? (s).ptr : "")

/* cstr may be NULL: gives the empty slice. */
struct slice slice_from_cstr(const char *cstr);
bool slice_equal(struct slice a, struct slice b);
bool slice_equal_cstr(struct slice a, const char *b);
/* ASCII letters without regard to case; for HTTP header names and tokens. */
bool slice_equal_nocase(struct slice a, struct slice b);
/* As memcmp over the shorter length, then the shorter first: a total order for sorting. */
int slice_compare(struct slice a, struct slice b);
bool slice_starts_with(struct slice s, struct slice prefix);
/* Without the ASCII white space (space, \t, \r, \n, \v, \f) at both ends. */
struct slice slice_trim(struct slice s);
/* Cuts s at the first separator: *head is what stands before it, *rest what stands after. Without a separator
 * head is the whole and rest is empty. Returns whether the separator was there. head and rest may be &s
 * itself. */
bool slice_cut(struct slice *head, struct slice *rest, struct slice s, char separator);
/* A whole decimal number 0..max and nothing else: no sign, no white space, no leading '+'; leading zeros are
 * allowed. False (out untouched) on anything else, overflow included. */
bool slice_to_u64(uint64_t *out, struct slice s, uint64_t max);
/* As slice_to_u64, with an optional leading '-', within min..max. */
bool slice_to_i64(int64_t *out, struct slice s, int64_t min, int64_t max);

#endif
