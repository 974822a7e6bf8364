/* A text as DOCX (Office Open XML, ECMA-376 part 1): nothing but paragraphs, as a word processor opens them.
 */
#ifndef ZEVENSTEM_FORMATS_DOCX_H
#define ZEVENSTEM_FORMATS_DOCX_H

#include "base/arena.h"
#include "base/slice.h"

#define DOCX_MEDIA_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

enum { DOCX_BYTES_MAX = 1024 * 1024 };
/* The whole file, in the arena. Paragraphs in UTF-8; a line end in one begins a new line of it, and what XML
 * cannot hold is left out. made_at: Unix seconds. False: out of memory, or more than DOCX_BYTES_MAX. */
bool docx_write(struct slice *file, struct arena *arena, const struct slice *paragraphs, size_t count,
                int64_t made_at);

#endif
