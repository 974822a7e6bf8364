/* Who says each piece: by its voice, or by what stands in front of it. transcript.h says what is a name. */
#include "formats/transcript_internal.h"

#include "base/unicode.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_WORDS = 5, NAME_BYTES = 240 };

/* RELAXED is taken where the name stands in front of two pieces or more. */
enum trust { NO_NAME, RELAXED, STRICT, SURE };

struct candidate {
    enum trust trust;
    struct slice name; /* as it stands */
    struct slice key;  /* the same for the same speaker */
    struct slice rest; /* what is said */
    int32_t start_ms;  /* or TRANSCRIPT_NO_TIME */
    size_t piece;
};

static struct slice from(struct slice s, size_t at)
{
    return (struct slice){s.ptr + at, s.len - at};
}

static struct slice upto(struct slice s, size_t at)
{
    return slice_trim((struct slice){s.ptr, at});
}

/* ---- how much it looks like a name ---- */

static bool is_particle(const uint32_t *word, size_t len)
{
    static const char *const particles[] = {"van", "de", "der", "den", "het", "'t", "ten",
                                            "ter", "te", "in",  "op",  "von", "la", "le",
                                            "el",  "al", "du",  "di",  "da",  "en"};
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
        size_t at = 0;
        while (at < len && particles[i][at] && word[at] == (unsigned char)particles[i][at]) {
            at++;
        }
        if (at == len && !particles[i][at]) {
            return true;
        }
    }
    return false;
}

/* doubtful: in a cue or in front of a tab, where a number has to vouch for it. */
static enum trust trust_of(struct arena *arena, struct slice name, bool doubtful)
{
    size_t count = 0;
    const uint32_t *points = unicode_points(&count, arena, name);
    size_t words = 0;
    bool letter = false, capitals = true, numbered = false;
    for (size_t at = 0; at < count;) {
        size_t end = at;
        for (; end < count && !unicode_is_space(points[end]); end++) {
            letter = letter || unicode_is_letter(points[end]);
        }
        if (end > at) {
            const size_t first = at + (points[at] == '(' || points[at] == '#');
            const bool digit = first < end && unicode_is_digit(points[first]);
            capitals = capitals && (digit || (first < end && unicode_is_upper(points[first])) ||
                                    (words > 0 && is_particle(points + at, end - at)));
            numbered = words > 0 && digit;
            words++;
        }
        at = end + 1;
    }
    if (!letter || words > NAME_WORDS) {
        return NO_NAME;
    }
    const bool plain = doubtful ? numbered : words == 1 || capitals;
    return plain ? STRICT : RELAXED;
}

/* ---- where it stands ---- */

/* Bytes of what may be a name at the head of s. */
static size_t name_run(struct slice s)
{
    size_t at = 0;
    while (at < s.len && at < NAME_BYTES) {
        uint32_t point = 0;
        const size_t size = utf8_next(&point, from(s, at));
        const bool sign = size == 1 && strchr(" .'-()/_&#", s.ptr[at]);
        const bool apostrophe = point == 0x2019, space = point == 0xA0;
        if (size == 0 ||
            (!sign && !apostrophe && !space && !unicode_is_letter(point) && !unicode_is_digit(point))) {
            break;
        }
        at += size;
    }
    return at;
}

/* "[00:01:23]" or "(1:23)" at the head of s. */
static bool time_in_brackets(int32_t *ms, struct slice *rest, struct slice s)
{
    static const struct clock_rule any = {0};
    if (s.len < 2 || (s.ptr[0] != '[' && s.ptr[0] != '(')) {
        return false;
    }
    const char close = s.ptr[0] == '[' ? ']' : ')';
    int32_t time;
    struct slice behind;
    if (!transcript_clock(&time, &behind, from(s, 1), &any) || behind.len == 0 || behind.ptr[0] != close) {
        return false;
    }
    *ms = time;
    *rest = slice_trim(from(behind, 1));
    return true;
}

/* Where the last word of s begins, behind white space or an opening bracket. */
static size_t last_word(struct slice s, size_t end)
{
    while (end > 0 && s.ptr[end - 1] != ' ' && s.ptr[end - 1] != '(') {
        end--;
    }
    return end;
}

static bool is_white_or_end(struct slice s, size_t at)
{
    return at == s.len || s.ptr[at] == ' ' || s.ptr[at] == '\t' || (unsigned char)s.ptr[at] == 0xC2;
}

/* "Jan [00:01:23]: ..." and "Jan   0:05" alone: a time behind the name. run: where the letters of names end.
 */
static bool name_and_time(struct candidate *found, struct slice s, size_t run, struct arena *arena)
{
    static const struct clock_rule any = {0};
    const bool square = run < s.len && s.ptr[run] == '[';
    const size_t word = square ? run : last_word(s, run);
    const bool round = !square && word > 0 && s.ptr[word - 1] == '(';
    struct slice rest;
    if (square || round) {
        if (!time_in_brackets(&found->start_ms, &rest, from(s, round ? word - 1 : word))) {
            return false;
        }
    } else if (!transcript_clock(&found->start_ms, &rest, from(s, word), &any) || rest.len > 0) {
        return false;
    }
    found->name = upto(s, round ? word - 1 : word);
    const bool colon = rest.len > 0 && rest.ptr[0] == ':' && is_white_or_end(rest, 1);
    if (!colon && rest.len > 0) {
        return false;
    }
    found->rest = colon ? slice_trim(from(rest, 1)) : rest;
    found->trust = trust_of(arena, found->name, false);
    if (!colon && found->trust == STRICT) {
        found->trust = RELAXED;
    }
    return found->trust != NO_NAME;
}

/* "00:00:05 Spreker 1" alone, or "00:00:05 Jan: ..." */
static bool time_in_front(struct slice *s, int32_t *ms)
{
    static const struct clock_rule whole = {.hours = true};
    struct slice rest;
    int32_t time;
    if (!transcript_clock(&time, &rest, *s, &whole) || rest.len == 0 || !is_white_or_end(rest, 0)) {
        return false;
    }
    *ms = time;
    *s = slice_trim(rest);
    return true;
}

/* What s, the text of a piece behind a time in brackets (start_ms, or TRANSCRIPT_NO_TIME), says of its
 * speaker. False: nothing. */
static bool find_name(struct candidate *found, const struct reading *reading, struct slice s,
                      int32_t start_ms)
{
    struct arena *arena = reading->arena;
    bool timed = false;
    *found = (struct candidate){.start_ms = start_ms};
    if (!reading->cues) {
        timed = found->start_ms == TRANSCRIPT_NO_TIME && time_in_front(&s, &found->start_ms);
    }
    const size_t run = name_run(s);
    const char stop = run < s.len ? s.ptr[run] : '\0';
    const bool tab = stop == '\t' && !reading->cues;
    if ((stop == ':' && is_white_or_end(s, run + 1)) || tab) {
        found->name = upto(s, run);
        found->rest = slice_trim(from(s, run + 1));
        found->trust = trust_of(arena, found->name, tab || reading->cues);
    } else if (timed && run == s.len) {
        found->name = s;
        found->rest = SLICE("");
        found->trust = trust_of(arena, s, false) == NO_NAME ? NO_NAME : RELAXED;
    } else if (!reading->cues && !timed && found->start_ms == TRANSCRIPT_NO_TIME) {
        struct candidate with_time = *found;
        if (name_and_time(&with_time, s, run, arena)) {
            *found = with_time;
        }
    }
    return found->trust != NO_NAME;
}

/* ---- the same speaker ---- */

/* In NFC, cleaned, runs of white space as one space. */
static struct slice tidy_name(struct arena *arena, struct slice raw)
{
    const struct slice clean = unicode_nfc(arena, utf8_clean(arena, raw));
    char *out = arena_alloc(arena, clean.len);
    size_t len = 0;
    bool space = false;
    for (size_t i = 0; i < clean.len; i++) {
        const bool no_break = slice_starts_with(from(clean, i), SLICE("\xC2\xA0"));
        const bool white = no_break || strchr(" \t\n", clean.ptr[i]);
        if (white) {
            i += no_break;
        } else {
            if (space && len > 0) {
                out[len++] = ' ';
            }
            out[len++] = clean.ptr[i];
        }
        space = white;
    }
    return (struct slice){out, len};
}

/* The folded code points, as bytes. */
static struct slice key_of(struct arena *arena, struct slice tidy)
{
    size_t count = 0;
    uint32_t *points = unicode_points(&count, arena, tidy);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t folded = unicode_fold(points[i]);
        if (folded) {
            points[kept++] = folded;
        }
    }
    return (struct slice){(const char *)points, kept * sizeof *points};
}

static int by_key(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    const int order = slice_compare(x->key, y->key);
    return order ? order : (x->piece < y->piece ? -1 : x->piece > y->piece);
}

/* ---- all of them ---- */

/* The candidates of all pieces. Times in brackets are taken off all texts first: whether a name is one shows
 * later, and it is a time either way. */
static struct candidate *look(size_t *count, struct reading *reading)
{
    struct candidate *all = arena_array(reading->arena, reading->piece_count, sizeof *all);
    *count = 0;
    for (size_t i = 0; i < reading->piece_count; i++) {
        struct piece *piece = &reading->pieces[i];
        struct candidate found = {
            .trust = SURE, .name = piece->voice, .rest = piece->text, .start_ms = piece->start_ms};
        bool named = piece->voice.len > 0;
        piece->speaker = TRANSCRIPT_NOBODY;
        if (!reading->cues) {
            time_in_brackets(&piece->start_ms, &piece->text, piece->text);
        }
        if (!reading->voices) {
            named = find_name(&found, reading, piece->text, piece->start_ms);
        }
        if (named) {
            found.piece = i;
            found.name = tidy_name(reading->arena, found.name);
            found.key = key_of(reading->arena, found.name);
            all[(*count)++] = found;
        }
    }
    return all;
}

static bool is_none(const struct slice *none, size_t count, struct slice key)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(none[i], key)) {
            return true;
        }
    }
    return false;
}

/* Gives the pieces of those that are names the number of their group. Returns the number of groups. */
static uint32_t choose(struct reading *reading, const struct candidate *sorted, size_t count)
{
    const size_t none_count = reading->options->no_speaker_count;
    struct slice *none = arena_array(reading->arena, none_count, sizeof *none);
    for (size_t i = 0; i < none_count; i++) {
        none[i] = key_of(reading->arena, tidy_name(reading->arena, reading->options->no_speakers[i]));
    }
    uint32_t groups = 0;
    for (size_t i = 0, end; i < count; i = end) {
        enum trust most = NO_NAME;
        for (end = i; end < count && slice_equal(sorted[end].key, sorted[i].key); end++) {
            most = sorted[end].trust > most ? sorted[end].trust : most;
        }
        const bool taken = sorted[i].key.len > 0 && (most >= STRICT || end - i >= 2);
        if (!taken || is_none(none, none_count, sorted[i].key)) {
            continue;
        }
        for (size_t k = i; k < end; k++) {
            struct piece *piece = &reading->pieces[sorted[k].piece];
            piece->speaker = groups;
            piece->voice = sorted[i].name;
            piece->text = sorted[k].rest;
            piece->start_ms = reading->cues ? piece->start_ms : sorted[k].start_ms;
        }
        groups++;
    }
    return groups;
}

void transcript_name(struct reading *reading)
{
    struct transcript *out = reading->out;
    size_t count = 0;
    bool too_many = false;
    struct candidate *all = look(&count, reading);
    if (count > 0) {
        qsort(all, count, sizeof *all, by_key);
    }
    const uint32_t groups = choose(reading, all, count);
    uint32_t *number = arena_array(reading->arena, groups, sizeof *number); /* + 1; 0: none yet */
    out->speakers = arena_array(reading->arena, TRANSCRIPT_SPEAKERS_MAX, sizeof *out->speakers);
    for (size_t i = 0; i < reading->piece_count; i++) {
        struct piece *piece = &reading->pieces[i];
        if (piece->speaker == TRANSCRIPT_NOBODY) {
            continue;
        }
        uint32_t *of_group = &number[piece->speaker];
        if (*of_group == 0 && !too_many && utf8_length(piece->voice) > TRANSCRIPT_NAME_MAX) {
            transcript_fault(reading, TRANSCRIPT_NAME_TOO_LONG, piece->line, piece->voice);
        }
        if (*of_group == 0 && out->speaker_count == TRANSCRIPT_SPEAKERS_MAX) {
            if (!too_many) {
                transcript_fault(reading, TRANSCRIPT_TOO_MANY_SPEAKERS, piece->line, piece->voice);
            }
            too_many = true;
            piece->speaker = TRANSCRIPT_NOBODY; /* the number of a group is no place in out->speakers */
            continue;
        }
        if (*of_group == 0) {
            out->speakers[out->speaker_count++] =
                (struct transcript_speaker){.name = piece->voice, .line = piece->line};
            *of_group = (uint32_t)out->speaker_count;
        }
        piece->speaker = *of_group - 1;
    }
}
