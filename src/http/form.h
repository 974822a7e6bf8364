/* Decoding of what a client wrote percent-encoded: paths, query strings, urlencoded bodies. Pure. */
#ifndef ZEVENSTEM_HTTP_FORM_H
#define ZEVENSTEM_HTTP_FORM_H

#include "http/http.h"

enum form_fault {
    FORM_OK,
    FORM_BAD_ESCAPE, /* % without two hexadecimal digits */
    FORM_NUL,        /* a NUL, plain or as %00 */
    FORM_BAD_UTF8,
    FORM_TOO_MANY /* more pairs than allowed */
};

/* Decodes `in` into the arena (or gives `in` itself where nothing is encoded). plus_is_space as in
 * application/x-www-form-urlencoded. The result is well-formed UTF-8 without NUL, or a fault. */
enum form_fault form_decode_text(struct slice *out, struct arena *arena, struct slice in, bool plus_is_space);

/* The pairs of "a=1&b=2", decoded, in order. Empty pieces ("a=1&&b=2") are skipped; a piece without '=' has
 * an empty value. */
enum form_fault form_decode_pairs(struct http_field **fields, size_t *count, struct arena *arena,
                                  struct slice text, size_t max_fields);

/* A request target (RFC 9112 section 3.2) taken apart: origin form, or absolute form with its scheme and
 * authority dropped. False for anything else: another form, white space or control bytes, a fragment, a bad
 * escape, %2F, %00, encoded control characters, bytes that are not UTF-8. path is decoded; query is raw,
 * without its '?'. */
bool form_split_target(struct slice *path, struct slice *query, struct arena *arena, struct slice target);

#endif
