/* What texts mean beyond their bytes, by ICU: normal form, other encodings, letters without case and accents,
 * sentences. Positions are code points from 0; spans are [start, end). Nobody outside this folder includes
 * ICU. Texts are well-formed UTF-8, at most UNICODE_TEXT_MAX bytes. */
#ifndef ZEVENSTEM_BASE_UNICODE_H
#define ZEVENSTEM_BASE_UNICODE_H

#include "base/arena.h"
#include "base/slice.h"

enum { UNICODE_TEXT_MAX = 256 << 20 };

struct text_span {
    uint32_t start, end; /* code points */
};

/* Normalization Form C (UAX 15); the text itself where it is in it already. */
struct slice unicode_nfc(struct arena *arena, struct slice text);
/* The text as code points; *count of them. */
uint32_t *unicode_points(size_t *count, struct arena *arena, struct slice text);

/* ---- one code point ---- */
bool unicode_is_letter(uint32_t point); /* or a mark on one */
bool unicode_is_digit(uint32_t point);  /* decimal, of any script */
bool unicode_is_upper(uint32_t point);  /* or title case */
bool unicode_is_space(uint32_t point);  /* White_Space, no-break spaces too */
/* In small letters and without accents: of its canonical decomposition the first, case-folded: e for É. What
 * does not decompose stays itself (ø, ß). 0 for a mark that only adds to what stands before it. */
uint32_t unicode_fold(uint32_t point);

/* ---- other encodings ---- */
enum unicode_decoded {
    UNICODE_DECODED,
    UNICODE_UNKNOWN_CHARSET, /* ICU has no such encoding */
    UNICODE_WRONG_BYTES      /* from *bad_at on they are not of this encoding */
};
/* To UTF-8, in the arena. charset: a name that IANA or ICU knows, in any case. A byte order mark is not
 * looked for. *bad_at may be a few bytes early. */
enum unicode_decoded unicode_decode(struct slice *out, size_t *bad_at, struct arena *arena,
                                    struct slice bytes, const char *charset);

/* ---- sentences (UAX 29, and what it cannot know of abbreviations) ---- */
enum unicode_language { UNICODE_DUTCH, UNICODE_ENGLISH };
/* The sentences, in order, without the white space between them; none is empty and nothing but white space is
 * left out. A sentence does not end behind an abbreviation that asks for more ("dhr.", "bijv."), an initial
 * or a number in a list, nor at a line end where the next line goes on in a small letter behind no full stop.
 * Behind what may end one ("enz.", "etc.") a capital decides. */
size_t unicode_sentences(struct text_span **out, struct arena *arena, struct slice text,
                         enum unicode_language language);

#endif
