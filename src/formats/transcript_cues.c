/* Cues: WebVTT (W3C, https://www.w3.org/TR/webvtt1/, section 6 on parsing) and SubRip, which has the same
 * shape. Where the standard has a program pass by what it cannot read, this tells of it: what was said may
 * not be lost unseen. */
#include "formats/transcript_internal.h"

#include <string.h>

struct lines {
    struct slice rest;
    struct slice line;
    size_t number; /* of line, from 1 */
    bool there;
};

static void next_line(struct lines *lines)
{
    lines->there = lines->rest.len > 0;
    if (lines->there) {
        slice_cut(&lines->line, &lines->rest, lines->rest, '\n');
        lines->number++;
    }
}

static bool is_blank(const struct lines *lines)
{
    return slice_trim(lines->line).len == 0;
}

static bool has_arrow(struct slice line)
{
    return line.len > 0 && memmem(line.ptr, line.len, "-->", 3) != NULL;
}

/* The word alone, or with white space behind it. */
static bool begins_with_word(struct slice line, struct slice word)
{
    return slice_starts_with(line, word) &&
           (line.len == word.len || line.ptr[word.len] == ' ' || line.ptr[word.len] == '\t');
}

static struct slice without_blanks(struct slice s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s = (struct slice){s.ptr + 1, s.len - 1};
    }
    return s;
}

/* "00:01.000 --> 00:02.500 align:start": what stands behind the times is layout. */
static bool read_timing(struct piece *cue, struct slice line, enum transcript_format format)
{
    static const struct clock_rule vtt = {.fraction = true, .point = '.'},
                                   srt = {.hours = true, .fraction = true};
    const struct clock_rule *rule = format == TRANSCRIPT_VTT ? &vtt : &srt;
    struct slice rest;
    if (!transcript_clock(&cue->start_ms, &rest, without_blanks(line), rule)) {
        return false;
    }
    rest = without_blanks(rest);
    if (!slice_starts_with(rest, SLICE("-->"))) {
        return false;
    }
    rest = without_blanks((struct slice){rest.ptr + 3, rest.len - 3});
    return transcript_clock(&cue->end_ms, &rest, rest, rule) &&
           (rest.len == 0 || rest.ptr[0] == ' ' || rest.ptr[0] == '\t');
}

/* To the next empty line, or before the next line of times where an empty line was forgotten. */
static struct slice take_payload(struct lines *lines)
{
    struct slice payload = {lines->there ? lines->line.ptr : "", 0};
    while (lines->there && !is_blank(lines) && !has_arrow(lines->line)) {
        payload.len = (size_t)(lines->line.ptr + lines->line.len - payload.ptr);
        next_line(lines);
    }
    return payload;
}

/* lines->line has the times. */
static void read_cue(struct reading *reading, struct lines *lines, int32_t *latest)
{
    struct piece cue = {.line = lines->number, .begins = true};
    const bool timed = read_timing(&cue, slice_trim(lines->line), reading->out->format);
    if (!timed) {
        transcript_fault(reading, TRANSCRIPT_BAD_TIMING, lines->number, lines->line);
    } else if (cue.end_ms < cue.start_ms) {
        transcript_fault(reading, TRANSCRIPT_ENDS_TOO_SOON, lines->number, lines->line);
    } else {
        reading->out->backwards += cue.start_ms < *latest;
        *latest = cue.start_ms;
    }
    next_line(lines);
    cue.line = lines->number;
    const struct slice payload = take_payload(lines);
    if (timed) {
        transcript_cue_text(reading, payload, &cue);
    }
}

static void pass_block(struct lines *lines)
{
    while (lines->there && !is_blank(lines)) {
        next_line(lines);
    }
}

static bool is_aside(const struct reading *reading, struct slice line)
{
    return reading->out->format == TRANSCRIPT_VTT &&
           (begins_with_word(line, SLICE("NOTE")) || begins_with_word(line, SLICE("STYLE")) ||
            begins_with_word(line, SLICE("REGION")));
}

static void read_block(struct reading *reading, struct lines *lines, int32_t *latest)
{
    if (is_aside(reading, lines->line)) {
        pass_block(lines);
        return;
    }
    const struct lines first = *lines;
    if (!has_arrow(lines->line)) {
        next_line(lines); /* the cue's own name or number */
    }
    if (lines->there && has_arrow(lines->line)) {
        read_cue(reading, lines, latest);
        return;
    }
    transcript_fault(reading, TRANSCRIPT_NO_TIMING, first.number, first.line);
    take_payload(lines);
}

void transcript_read_cues(struct reading *reading, struct slice text)
{
    struct lines lines = {.rest = text};
    int32_t latest = 0;
    reading->cues = true;
    next_line(&lines);
    if (reading->out->format == TRANSCRIPT_VTT) {
        if (!lines.there || !begins_with_word(lines.line, SLICE("WEBVTT"))) {
            transcript_fault(reading, TRANSCRIPT_NO_HEADER, 1, lines.line);
        } else {
            next_line(&lines);
            while (lines.there && !is_blank(&lines) && !has_arrow(lines.line)) {
                next_line(&lines); /* the header's own lines */
            }
        }
    }
    while (lines.there) {
        if (is_blank(&lines)) {
            next_line(&lines);
        } else {
            read_block(reading, &lines, &latest);
        }
    }
}
