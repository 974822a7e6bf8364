#include "features/opendata/opendata_woo.h"

#include "base/buffer.h"
#include "base/unicode.h"
#include "base/utf8.h"

#include <string.h>

enum { WORD_LEAST = 3 /* code points: less would be taken out of half the words */ };

const char *const woo_subjects[WOO_SUBJECTS] = {"signaal", "overleg", "ronde"};
const char *const woo_outcomes[WOO_OUTCOMES] = {"openbaar", "deels", "niet"};

/* Wet open overheid, articles 5.1 (first, second and fifth paragraph) and 5.2. */
const struct woo_ground woo_grounds[] = {
    {"5.1.1.a", "eenheid van de Kroon"},
    {"5.1.1.b", "veiligheid van de Staat"},
    {"5.1.1.c", "bedrijfs- en fabricagegegevens die vertrouwelijk zijn gegeven"},
    {"5.1.1.d", "bijzondere persoonsgegevens"},
    {"5.1.1.e", "nummers ter identificatie van personen"},
    {"5.1.2.a", "betrekkingen met andere landen en organisaties"},
    {"5.1.2.b", "economische of financiële belangen van de overheid"},
    {"5.1.2.c", "opsporing en vervolging van strafbare feiten"},
    {"5.1.2.d", "inspectie, controle en toezicht"},
    {"5.1.2.e", "eerbiediging van de persoonlijke levenssfeer"},
    {"5.1.2.f", "andere concurrentiegevoelige bedrijfs- en fabricagegegevens"},
    {"5.1.2.g", "bescherming van het milieu"},
    {"5.1.2.h", "beveiliging van personen en bedrijven, voorkomen van sabotage"},
    {"5.1.2.i", "goed functioneren van de overheid"},
    {"5.1.5", "onevenredige benadeling"},
    {"5.2", "persoonlijke beleidsopvattingen voor intern beraad"},
};
const size_t woo_ground_count = sizeof woo_grounds / sizeof woo_grounds[0];

const struct woo_ground *woo_ground_find(struct slice code)
{
    for (size_t i = 0; i < woo_ground_count; i++) {
        if (slice_equal_cstr(code, woo_grounds[i].code)) {
            return &woo_grounds[i];
        }
    }
    return NULL;
}

/* ---- finding ---- */

static bool is_of_word(uint32_t point)
{
    return unicode_is_letter(point) || unicode_is_digit(point);
}

/* The first code point of a text that is not empty, and its last. */
static uint32_t first_of(struct slice text)
{
    uint32_t point = 0;
    utf8_next(&point, text);
    return point;
}

static uint32_t last_of(struct slice text)
{
    size_t at = text.len - 1;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) {
        at--;
    }
    return first_of((struct slice){text.ptr + at, text.len - at});
}

static bool stands_alone(struct slice text, size_t at, struct slice word)
{
    const struct slice before = {text.ptr, at};
    const struct slice after = {text.ptr + at + word.len, text.len - at - word.len};
    return !(before.len > 0 && is_of_word(last_of(before)) && is_of_word(first_of(word))) &&
           !(after.len > 0 && is_of_word(first_of(after)) && is_of_word(last_of(word)));
}

/* Whether the word stands somewhere in the text; marks each byte of all its places, unless taken is NULL. */
static bool mark_word(bool *taken, struct slice text, struct slice word)
{
    bool found = false;
    size_t at = 0;
    word = slice_trim(word);
    if (utf8_length(word) < WORD_LEAST) {
        return false;
    }
    while (at + word.len <= text.len && (taken || !found)) {
        const char *hit = memmem(text.ptr + at, text.len - at, word.ptr, word.len);
        if (!hit) {
            break;
        }
        at = (size_t)(hit - text.ptr);
        if (stands_alone(text, at, word)) {
            found = true;
            for (size_t i = 0; taken && i < word.len; i++) {
                taken[at + i] = true;
            }
        }
        at++; /* the next may begin within this one */
    }
    return found;
}

bool woo_stands_in(struct slice text, struct slice word)
{
    return mark_word(NULL, text, word);
}

void woo_find(struct woo_span **out, size_t *count, struct arena *arena, struct slice text,
              const struct slice *words, size_t word_count, const char *ground)
{
    bool *taken = arena_array(arena, text.len + 1, sizeof *taken); /* one more: no place goes on there */
    size_t found = 0, point = 0;
    for (size_t w = 0; w < word_count; w++) {
        mark_word(taken, text, words[w]);
    }
    for (size_t i = 0; i < text.len; i++) {
        found += taken[i] && !taken[i + 1];
    }
    *out = arena_array(arena, found + 1, sizeof **out);
    *count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (taken[i] && (i == 0 || !taken[i - 1])) {
            (*out)[*count] = (struct woo_span){.from = point, .ground = ground};
        }
        point += i + 1 == text.len || ((unsigned char)text.ptr[i + 1] & 0xC0) != 0x80;
        if (taken[i] && !taken[i + 1]) {
            (*out)[(*count)++].to = point;
        }
    }
}

static struct slice span_text(struct slice text, const struct woo_span *span)
{
    const size_t from = utf8_offset(text, span->from);
    return (struct slice){text.ptr + from, utf8_offset(text, span->to) - from};
}

struct slice woo_lines(struct arena *arena, const struct woo_piece *piece)
{
    struct buffer out;
    struct slice *lines = arena_array(arena, piece->span_count + 1, sizeof *lines);
    size_t count = 0;
    buffer_init(&out, piece->text.len + piece->span_count + 1);
    for (size_t i = 0; i < piece->span_count; i++) {
        const struct slice line = span_text(piece->text, &piece->spans[i]);
        size_t before = 0;
        while (before < count && !slice_equal(lines[before], line)) {
            before++;
        }
        if (before == count) {
            buffer_append_cstr(&out, count > 0 ? "\n" : "");
            buffer_append(&out, line);
            lines[count++] = line;
        }
    }
    const struct slice kept = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return kept;
}

/* ---- taking out ---- */

struct slice woo_redact(struct arena *arena, struct slice text, const struct woo_span *spans, size_t count)
{
    struct buffer out;
    size_t at = 0;
    buffer_init(&out, text.len + count * 32 + 1);
    for (size_t i = 0; i < count; i++) {
        const size_t from = utf8_offset(text, spans[i].from), to = utf8_offset(text, spans[i].to);
        buffer_append(&out, (struct slice){text.ptr + at, from - at});
        buffer_printf(&out, "[%s]", spans[i].ground);
        at = to;
    }
    buffer_append(&out, (struct slice){text.ptr + at, text.len - at});
    const struct slice kept =
        buffer_failed(&out) ? (struct slice){"", 0} : arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return kept;
}

struct slice woo_given(struct arena *arena, const struct woo_piece *piece)
{
    if (!piece->assessed || piece->outcome == WOO_CLOSED) {
        return (struct slice){"", 0};
    }
    return piece->outcome == WOO_OPEN ? piece->text
                                      : woo_redact(arena, piece->text, piece->spans, piece->span_count);
}
