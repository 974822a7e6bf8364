#include "formats/transcript_internal.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { WHAT_BYTES = 80, FIRST_ROOM = 64 };

const char *const transcript_extensions[TRANSCRIPT_FORMATS] = {
    [TRANSCRIPT_VTT] = "vtt",   [TRANSCRIPT_SRT] = "srt", [TRANSCRIPT_PLAIN] = "txt",
    [TRANSCRIPT_DOCX] = "docx", [TRANSCRIPT_ODT] = "odt",
};

/* ---- which format ---- */

static bool name_ends_with(struct slice name, const char *extension)
{
    struct slice end = slice_from_cstr(extension);
    return name.len > end.len && name.ptr[name.len - end.len - 1] == '.' &&
           slice_equal_nocase((struct slice){name.ptr + name.len - end.len, end.len}, end);
}

enum transcript_format transcript_format_guess(struct slice file, struct slice name)
{
    struct slice head = file;
    if (slice_starts_with(head, SLICE("\xEF\xBB\xBF"))) {
        head = (struct slice){head.ptr + 3, head.len - 3};
    }
    if (slice_starts_with(head, SLICE("WEBVTT"))) {
        return TRANSCRIPT_VTT;
    }
    if (slice_starts_with(head, SLICE("PK\x03\x04"))) {
        /* The first member of an ODF file is its media type, stored as it stands (ODF 1.2, part 3). */
        const size_t look = head.len < 100 ? head.len : 100;
        return memmem(head.ptr, look, "opendocument", 12) ? TRANSCRIPT_ODT : TRANSCRIPT_DOCX;
    }
    return name_ends_with(name, "vtt")   ? TRANSCRIPT_VTT
           : name_ends_with(name, "srt") ? TRANSCRIPT_SRT
                                         : TRANSCRIPT_PLAIN;
}

/* ---- what the readers share ---- */

/* At most WHAT_BYTES of it, whole code points. */
static struct slice cut(struct arena *arena, struct slice what)
{
    size_t len = what.len < WHAT_BYTES ? what.len : WHAT_BYTES;
    while (len < what.len && len > 0 && ((unsigned char)what.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    const struct slice head = {what.ptr, len};
    return utf8_valid(head) ? utf8_clean(arena, arena_copy(arena, head)) : SLICE("");
}

void transcript_fault(struct reading *reading, enum transcript_status status, size_t line, struct slice what)
{
    struct transcript *out = reading->out;
    out->fault_total++;
    if (out->fault_count == TRANSCRIPT_FAULTS_MAX) {
        return;
    }
    if (!out->faults) {
        out->faults = arena_array(reading->arena, TRANSCRIPT_FAULTS_MAX, sizeof *out->faults);
    }
    out->faults[out->fault_count++] = (struct transcript_fault){status, line, cut(reading->arena, what)};
}

void transcript_piece(struct reading *reading, const struct piece *piece)
{
    if (reading->full) {
        return;
    }
    reading->text_bytes += piece->text.len + piece->voice.len;
    const bool too_many = reading->piece_count == (size_t)4 * TRANSCRIPT_TURNS_MAX;
    if (too_many || reading->text_bytes > TRANSCRIPT_TEXT_MAX) {
        reading->full = true;
        transcript_fault(reading, too_many ? TRANSCRIPT_TOO_MANY_TURNS : TRANSCRIPT_TEXT_TOO_LONG,
                         piece->line, SLICE(""));
        return;
    }
    if (reading->piece_count == reading->piece_room) {
        const size_t room = reading->piece_room ? reading->piece_room * 2 : FIRST_ROOM;
        struct piece *pieces = arena_array(reading->arena, room, sizeof *pieces);
        if (reading->piece_count > 0) {
            memcpy(pieces, reading->pieces, reading->piece_count * sizeof *pieces);
        }
        reading->pieces = pieces;
        reading->piece_room = room;
    }
    reading->voices = reading->voices || piece->voice.len > 0;
    reading->pieces[reading->piece_count++] = *piece;
}

/* Digits at the head of *s, which moves past them: `most` at most. How many. */
static size_t take_number(uint32_t *value, struct slice *s, size_t most)
{
    size_t count = 0;
    *value = 0;
    while (count < most && count < s->len && s->ptr[count] >= '0' && s->ptr[count] <= '9') {
        *value = *value * 10 + (uint32_t)(s->ptr[count++] - '0');
    }
    *s = (struct slice){s->ptr + count, s->len - count};
    return count;
}

static bool take_char(struct slice *s, char c)
{
    const bool there = s->len > 0 && s->ptr[0] == c;
    if (there) {
        *s = (struct slice){s->ptr + 1, s->len - 1};
    }
    return there;
}

bool transcript_clock(int32_t *ms, struct slice *rest, struct slice s, const struct clock_rule *rule)
{
    uint32_t parts[3] = {0};
    size_t count = 0;
    if (take_number(&parts[count++], &s, 4) == 0) {
        return false;
    }
    while (count < 3 && take_char(&s, ':')) {
        const size_t digits = take_number(&parts[count], &s, 2);
        if (digits != 2 || parts[count] > 59) {
            return false;
        }
        count++;
    }
    if (count < 2 || (rule->hours && count < 3)) {
        return false;
    }
    uint32_t fraction = 0;
    const bool point = rule->point ? take_char(&s, rule->point) : take_char(&s, '.') || take_char(&s, ',');
    size_t digits = point ? take_number(&fraction, &s, 3) : 0;
    if ((point || rule->fraction) && digits == 0) {
        return false;
    }
    for (; point && digits < 3; digits++) {
        fraction *= 10;
    }
    const uint32_t hours = count == 3 ? parts[0] : 0;
    const uint32_t minutes = parts[count - 2];
    if (hours > 99 || minutes > 5999) {
        return false;
    }
    *ms = (int32_t)(((hours * 60 + minutes) * 60 + parts[count - 1]) * 1000 + fraction);
    *rest = s;
    return true;
}

/* ---- reading ---- */

static int in_order_of_the_file(const void *a, const void *b)
{
    const struct transcript_fault *x = a, *y = b;
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : (int)x->status - (int)y->status;
}

static void take_apart(struct reading *reading, struct slice file)
{
    const enum transcript_format format = reading->out->format;
    struct slice text;
    if (format == TRANSCRIPT_DOCX || format == TRANSCRIPT_ODT) {
        transcript_read_document(reading, file);
    } else if (transcript_decode(&text, reading, file)) {
        if (format == TRANSCRIPT_PLAIN) {
            transcript_read_lines(reading, text);
        } else {
            transcript_read_cues(reading, text);
        }
    }
}

bool transcript_read(struct transcript *out, struct arena *arena, enum transcript_format format,
                     struct slice file, const struct transcript_options *options)
{
    static const struct transcript_options none;
    struct reading reading = {.out = out, .arena = arena, .options = options ? options : &none};
    *out = (struct transcript){.format = format, .encoding = "UTF-8"};
    if (file.len > TRANSCRIPT_FILE_MAX) {
        transcript_fault(&reading, TRANSCRIPT_TOO_LARGE, 0, SLICE(""));
        return false;
    }
    take_apart(&reading, file);
    transcript_name(&reading);
    transcript_turns(&reading);
    if (out->fault_total == 0 && out->turn_count == 0) {
        transcript_fault(&reading, TRANSCRIPT_EMPTY, 0, SLICE(""));
    }
    if (out->fault_total > 0) {
        qsort(out->faults, out->fault_count, sizeof *out->faults, in_order_of_the_file);
        out->turns = NULL;
        out->speakers = NULL;
        out->turn_count = out->speaker_count = out->continued = out->backwards = 0;
    }
    return out->fault_total == 0;
}
