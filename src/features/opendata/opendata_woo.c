#include "features/opendata/opendata_woo.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <stdlib.h>
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

/* Letters and digits of any script: what is not of ASCII counts as one. */
static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool stands_alone(struct slice text, size_t at, size_t len)
{
    const bool before = at > 0 && is_word_byte((unsigned char)text.ptr[at - 1]);
    const bool after = at + len < text.len && is_word_byte((unsigned char)text.ptr[at + len]);
    return !(before && is_word_byte((unsigned char)text.ptr[at])) &&
           !(after && is_word_byte((unsigned char)text.ptr[at + len - 1]));
}

static int by_place(const void *a, const void *b)
{
    const struct woo_span *x = a, *y = b;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : (x->to < y->to) - (x->to > y->to);
}

void woo_find(struct woo_span **out, size_t *count, struct arena *arena, struct slice text,
              const struct slice *words, size_t word_count, const char *ground)
{
    struct woo_span *list = arena_array(arena, WOO_SPANS_MAX, sizeof *list);
    size_t found = 0, kept = 0;
    for (size_t w = 0; w < word_count; w++) {
        const struct slice word = slice_trim(words[w]);
        size_t at = 0;
        if (utf8_length(word) < WORD_LEAST) {
            continue;
        }
        while (at + word.len <= text.len && found < WOO_SPANS_MAX) {
            const char *hit = memmem(text.ptr + at, text.len - at, word.ptr, word.len);
            if (!hit) {
                break;
            }
            at = (size_t)(hit - text.ptr);
            if (stands_alone(text, at, word.len)) {
                const size_t from = utf8_length((struct slice){text.ptr, at});
                list[found++] = (struct woo_span){from, from + utf8_length(word), ground};
            }
            at += word.len;
        }
    }
    qsort(list, found, sizeof *list, by_place);
    for (size_t i = 0; i < found; i++) {
        if (kept > 0 && list[i].from <= list[kept - 1].to) {
            list[kept - 1].to = list[i].to > list[kept - 1].to ? list[i].to : list[kept - 1].to;
        } else {
            list[kept++] = list[i];
        }
    }
    *out = list;
    *count = kept;
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
