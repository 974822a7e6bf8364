/* UTF-8 (RFC 3629). */
#ifndef ZEVENSTEM_BASE_UTF8_H
#define ZEVENSTEM_BASE_UTF8_H

#include "base/arena.h"
#include "base/slice.h"

/* Well-formed: no overlong forms, no surrogates, nothing above U+10FFFF. U+0000 counts as well-formed. */
bool utf8_valid(struct slice s);
/* Bytes of the code point at the head of s; 0 when s is empty or does not begin with a well-formed one. */
size_t utf8_size(struct slice s);
/* The code point at the head of s; returns its bytes. 0 (out untouched) as utf8_size says. */
size_t utf8_next(uint32_t *point, struct slice s);
/* Unicode code points in well-formed text. */
size_t utf8_length(struct slice s);
/* The byte offset of code point `index` (0-based); s.len when there are fewer. Well-formed text only. */
size_t utf8_offset(struct slice s, size_t index);
/* What intake stores of a text: CRLF and CR become LF, control characters other than LF and TAB are dropped
 * (NUL too), as are zero-width and bidirectional formatting characters (U+200B, U+2028..U+202E,
 * U+2060..U+2069, U+FEFF), but not U+200D (emoji need it); white space at the ends is cut. Well-formed text
 * only. Allocated in the arena, or s itself where nothing changed. */
struct slice utf8_clean(struct arena *arena, struct slice s);

#endif
