/* A text document as ODT (OpenDocument 1.2, part 1): a letter of headings and paragraphs, that a word
 * processor opens, changes and prints. */
#ifndef ZEVENSTEM_FORMATS_ODT_H
#define ZEVENSTEM_FORMATS_ODT_H

#include "base/arena.h"
#include "base/slice.h"

#define ODT_MEDIA_TYPE "application/vnd.oasis.opendocument.text"

enum odt_kind { ODT_TITLE, ODT_HEADING, ODT_PARAGRAPH };
/* Text in UTF-8; a line end in it begins a new line of the same paragraph. What XML cannot hold is left out.
 */
struct odt_block {
    enum odt_kind kind;
    struct slice text;
};
enum { ODT_BYTES_MAX = 1024 * 1024 };
/* The whole file, in the arena. language: "nl", "en"; made_at: Unix seconds. False: out of memory, or more
 * than ODT_BYTES_MAX. */
bool odt_write(struct slice *file, struct arena *arena, const struct odt_block *blocks, size_t count,
               const char *language, int64_t made_at);

#endif
