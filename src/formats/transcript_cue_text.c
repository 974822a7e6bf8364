/* The text of a cue: voices, layout, character references. */
#include "formats/transcript_internal.h"

#include <libxml/HTMLparser.h>
#include <string.h>

/* Longer ones are text: looking for their end must not take forever. */
enum { TAG_BYTES = 1024, BRACES_BYTES = 64 };

struct cue_text {
    struct reading *reading;
    struct piece piece; /* as it is to be: of this voice, from this line on */
    struct buffer text; /* of it, so far */
    bool vtt;
};

/* Ends the piece; the next one has the same voice. */
static void flush(struct cue_text *cue)
{
    if (buffer_failed(&cue->text)) {
        transcript_fault(cue->reading, TRANSCRIPT_TEXT_TOO_LONG, cue->piece.line, SLICE(""));
    }
    const struct slice text = slice_trim(buffer_slice(&cue->text));
    if (text.len > 0) {
        cue->piece.text = arena_copy(cue->reading->arena, text);
        transcript_piece(cue->reading, &cue->piece);
        cue->piece.begins = false;
    }
    buffer_clear(&cue->text);
}

static void put_point(struct buffer *out, uint32_t point)
{
    char bytes[4];
    size_t len = 0;
    if (point < 0x80) {
        bytes[len++] = (char)point;
    } else {
        if (point < 0x800) {
            bytes[len++] = (char)(0xC0 | point >> 6);
        } else {
            if (point < 0x10000) {
                bytes[len++] = (char)(0xE0 | point >> 12);
            } else {
                bytes[len++] = (char)(0xF0 | point >> 18);
                bytes[len++] = (char)(0x80 | (point >> 12 & 0x3F));
            }
            bytes[len++] = (char)(0x80 | (point >> 6 & 0x3F));
        }
        bytes[len++] = (char)(0x80 | (point & 0x3F));
    }
    buffer_append(out, (struct slice){bytes, len});
}

/* "#233", "#xE9" or "eacute"; 0 when it is none. */
static uint32_t reference(struct slice name)
{
    uint64_t value = 0;
    if (name.len > 2 && name.ptr[0] == '#' && (name.ptr[1] == 'x' || name.ptr[1] == 'X')) {
        for (size_t i = 2; i < name.len; i++) {
            const char c = (char)(name.ptr[i] | 0x20);
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return 0;
            }
            value = value * 16 + (uint64_t)digit;
        }
    } else if (name.len > 1 && name.ptr[0] == '#') {
        if (!slice_to_u64(&value, (struct slice){name.ptr + 1, name.len - 1}, 0x10FFFF)) {
            return 0;
        }
    } else {
        char plain[16];
        if (name.len == 0 || name.len >= sizeof plain) {
            return 0;
        }
        memcpy(plain, name.ptr, name.len);
        plain[name.len] = '\0';
        const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)plain);
        value = strcmp(plain, "apos") == 0 ? '\'' : entity ? entity->value : 0;
    }
    const bool good = value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
    return good ? (uint32_t)value : 0;
}

/* Bytes of the reference at the head of s, which begins with &; 1 for an & that is none, which stays. */
static size_t put_reference(struct buffer *out, struct slice s)
{
    size_t len = 1;
    while (len < s.len && len < 12 && s.ptr[len] != ';' && s.ptr[len] != '&' && s.ptr[len] != '\n') {
        len++;
    }
    const bool closed = len < s.len && s.ptr[len] == ';';
    const uint32_t point = closed ? reference((struct slice){s.ptr + 1, len - 1}) : 0;
    if (point == 0) {
        buffer_append_byte(out, '&');
        return 1;
    }
    put_point(out, point);
    return len + 1;
}

/* "v.loud Jan Jansen": what stands behind the first white space, references resolved. */
static struct slice voice_of(struct reading *reading, struct slice tag)
{
    size_t at = 1;
    while (at < tag.len && tag.ptr[at] != ' ' && tag.ptr[at] != '\t' && tag.ptr[at] != '\n') {
        at++;
    }
    struct slice raw = slice_trim((struct slice){tag.ptr + at, tag.len - at});
    struct buffer name;
    buffer_init(&name, TRANSCRIPT_TEXT_MAX);
    while (raw.len > 0) {
        size_t len = 1;
        if (raw.ptr[0] == '&') {
            len = put_reference(&name, raw);
        } else {
            buffer_append_byte(&name, raw.ptr[0]);
        }
        raw = (struct slice){raw.ptr + len, raw.len - len};
    }
    const struct slice voice = arena_copy(reading->arena, buffer_slice(&name));
    buffer_free(&name);
    return voice;
}

static bool tag_is(struct slice tag, const char *name)
{
    const struct slice word = slice_from_cstr(name);
    return tag.len >= word.len && slice_equal_nocase((struct slice){tag.ptr, word.len}, word) &&
           (tag.len == word.len || strchr(" .\t\n/", tag.ptr[word.len]));
}

/* One that WebVTT knows. What only looks like one was said: "<18 en mijn zus >16". */
static bool is_vtt_tag(struct slice tag)
{
    static const char *const plain[] = {"c", "i", "b", "u", "ruby", "rt"};
    static const struct clock_rule time = {.fraction = true, .point = '.'};
    struct slice rest;
    int32_t ms;
    if (transcript_clock(&ms, &rest, tag, &time)) {
        return rest.len == 0;
    }
    const bool ends = tag.len > 0 && tag.ptr[0] == '/';
    const struct slice name = slice_trim(ends ? (struct slice){tag.ptr + 1, tag.len - 1} : tag);
    if (tag_is(name, "v") || tag_is(name, "lang")) {
        return true;
    }
    bool known = false;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        known = known || tag_is(name, plain[i]);
    }
    for (size_t i = 0; known && i < name.len; i++) {
        known = !strchr(" \t\n/", name.ptr[i]); /* only voices and languages say more than classes */
    }
    return known;
}

static bool is_srt_layout(struct slice tag)
{
    if (tag.len > 0 && tag.ptr[0] == '/') {
        tag = (struct slice){tag.ptr + 1, tag.len - 1};
    }
    return tag_is(tag, "i") || tag_is(tag, "b") || tag_is(tag, "u") || tag_is(tag, "s") ||
           tag_is(tag, "font");
}

/* Where the run of at most so many bytes that s begins ends; NULL: nowhere. */
static const char *find_end(struct slice s, char end, size_t most)
{
    return memchr(s.ptr, end, s.len < most ? s.len : most);
}

/* Bytes taken of s, which begins with <. */
static size_t take_tag(struct cue_text *cue, struct slice s)
{
    const char *close = find_end(s, '>', TAG_BYTES);
    struct slice tag = {s.ptr + 1, close ? (size_t)(close - s.ptr - 1) : s.len - 1};
    if (close && memchr(tag.ptr, '<', tag.len)) {
        close = NULL; /* the end is another tag's */
    }
    const bool voice = cue->vtt && tag_is(tag, "v");
    if (!close || !(cue->vtt ? is_vtt_tag(tag) : is_srt_layout(tag))) {
        if (voice) {
            transcript_fault(cue->reading, TRANSCRIPT_OPEN_TAG, cue->piece.line, s);
        }
        buffer_append_byte(&cue->text, '<');
        return 1;
    }
    if (voice || (cue->vtt && tag_is(tag, "/v"))) {
        flush(cue);
        cue->piece.voice = voice ? voice_of(cue->reading, tag) : SLICE("");
    }
    for (const char *c = s.ptr; c < close; c++) {
        cue->piece.line += *c == '\n';
    }
    return tag.len + 2;
}

/* {\an8} of SubRip: where on the screen. */
static size_t braces(const struct cue_text *cue, struct slice s)
{
    const char *close =
        !cue->vtt && slice_starts_with(s, SLICE("{\\")) ? find_end(s, '}', BRACES_BYTES) : NULL;
    return close ? (size_t)(close - s.ptr) + 1 : 0;
}

void transcript_cue_text(struct reading *reading, struct slice payload, const struct piece *first)
{
    struct cue_text cue = {
        .reading = reading, .piece = *first, .vtt = reading->out->format == TRANSCRIPT_VTT};
    buffer_init(&cue.text, TRANSCRIPT_TEXT_MAX + 1);
    while (payload.len > 0) {
        const char c = payload.ptr[0];
        size_t taken = braces(&cue, payload);
        if (taken > 0) {
            /* passed by */
        } else if (c == '<') {
            taken = take_tag(&cue, payload);
        } else if (c == '&' && cue.vtt) {
            taken = put_reference(&cue.text, payload);
        } else if (c == '\n') {
            flush(&cue);
            cue.piece.line++;
            taken = 1;
        } else {
            buffer_append_byte(&cue.text, c);
            taken = 1;
        }
        payload = (struct slice){payload.ptr + taken, payload.len - taken};
    }
    flush(&cue);
    buffer_free(&cue.text);
}
