/* The text of a conversation as the files that people bring: subtitles of two kinds, plain text, documents of
 * two kinds.
 * What was made is WebVTT. */
#include "features/example/example_internal.h"

#include "formats/docx.h"
#include "formats/odt.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 2 * 1024 * 1024 };

static const enum transcript_format formats[] = {TRANSCRIPT_VTT, TRANSCRIPT_SRT, TRANSCRIPT_PLAIN,
                                                 TRANSCRIPT_ODT, TRANSCRIPT_DOCX};

/* The name of the speaker in front of what they said. */
static struct slice line_of(struct arena *arena, const struct transcript *read, size_t i)
{
    const struct transcript_turn *turn = &read->turns[i];
    return arena_printf(arena, "%.*s: %.*s", SLICE_ARG(read->speakers[turn->speaker].name),
                        SLICE_ARG(turn->text));
}

static void put_srt_time(struct buffer *out, int32_t ms)
{
    buffer_printf(out, "%02d:%02d:%02d,%03d", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

static struct slice as_srt(struct arena *arena, const struct transcript *read)
{
    struct buffer out;
    buffer_init(&out, FILE_MAX);
    for (size_t i = 0; i < read->turn_count; i++) {
        buffer_printf(&out, "%zu\r\n", i + 1);
        put_srt_time(&out, read->turns[i].start_ms);
        buffer_append_cstr(&out, " --> ");
        put_srt_time(&out, read->turns[i].end_ms);
        buffer_printf(&out, "\r\n%.*s\r\n\r\n", SLICE_ARG(line_of(arena, read, i)));
    }
    const struct slice file = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return file;
}

static struct slice as_plain(struct arena *arena, const struct transcript *read)
{
    struct buffer out;
    buffer_init(&out, FILE_MAX);
    for (size_t i = 0; i < read->turn_count; i++) {
        buffer_printf(&out, "%.*s\n", SLICE_ARG(line_of(arena, read, i)));
    }
    const struct slice file = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return file;
}

static struct slice as_odt(struct arena *arena, const struct transcript *read, int64_t made_at)
{
    struct slice file;
    struct odt_block *blocks = arena_array(arena, read->turn_count + 1, sizeof *blocks);
    for (size_t i = 0; i < read->turn_count; i++) {
        blocks[i] = (struct odt_block){ODT_PARAGRAPH, line_of(arena, read, i)};
    }
    return odt_write(&file, arena, blocks, read->turn_count, "nl", made_at) ? file : SLICE("");
}

static struct slice as_docx(struct arena *arena, const struct transcript *read, int64_t made_at)
{
    struct slice file;
    struct slice *paragraphs = arena_array(arena, read->turn_count + 1, sizeof *paragraphs);
    for (size_t i = 0; i < read->turn_count; i++) {
        paragraphs[i] = line_of(arena, read, i);
    }
    return docx_write(&file, arena, paragraphs, read->turn_count, made_at) ? file : SLICE("");
}

bool example_transcript_file(struct transcript_draft *draft, struct arena *arena, const json_t *text,
                             size_t n, int64_t made_at)
{
    const enum transcript_format format = formats[n % (sizeof formats / sizeof formats[0])];
    const struct slice vtt = {json_string_value(text), json_string_length(text)};
    struct transcript read;
    if (!transcript_read(&read, arena, TRANSCRIPT_VTT, vtt, NULL)) {
        return false;
    }
    draft->file = format == TRANSCRIPT_SRT     ? as_srt(arena, &read)
                  : format == TRANSCRIPT_PLAIN ? as_plain(arena, &read)
                  : format == TRANSCRIPT_ODT   ? as_odt(arena, &read, made_at)
                  : format == TRANSCRIPT_DOCX  ? as_docx(arena, &read, made_at)
                                               : vtt;
    draft->file_name = arena_printf(arena, "verzonnen.%s", transcript_extensions[format]);
    draft->format = transcript_format_guess(draft->file, draft->file_name);
    return draft->file.len > 0 && draft->format == format;
}
