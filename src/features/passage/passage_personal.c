#include "features/passage/passage_internal.h"

#include <stdlib.h>
#include <string.h>

const char *const personal_kind_codes[PERSONAL_KINDS] = {
    [PERSONAL_IBAN] = "iban",      [PERSONAL_BSN] = "bsn",       [PERSONAL_EMAIL] = "e-mail",
    [PERSONAL_PHONE] = "telefoon", [PERSONAL_ADDRESS] = "adres", [PERSONAL_BIRTH_DATE] = "geboortedatum",
    [PERSONAL_NAME] = "naam",
};
const char *const personal_replacements[PERSONAL_KINDS] = {
    [PERSONAL_IBAN] = "[rekeningnummer]", [PERSONAL_BSN] = "[bsn]",
    [PERSONAL_EMAIL] = "[e-mailadres]",   [PERSONAL_PHONE] = "[telefoonnummer]",
    [PERSONAL_ADDRESS] = "[adres]",       [PERSONAL_BIRTH_DATE] = "[geboortedatum]",
    [PERSONAL_NAME] = "[naam]",
};

/* ---- what the finders share ---- */

void personal_hit(struct personal_scan *scan, size_t start, size_t end, enum personal_kind kind)
{
    if (scan->hit_count == scan->hit_room) {
        const size_t room = scan->hit_room ? scan->hit_room * 2 : 16;
        struct personal_hit *hits = arena_array(scan->arena, room, sizeof *hits);
        if (scan->hit_count > 0) {
            memcpy(hits, scan->hits, scan->hit_count * sizeof *hits);
        }
        scan->hits = hits;
        scan->hit_room = room;
    }
    scan->hits[scan->hit_count++] = (struct personal_hit){
        .span = {(uint32_t)start, (uint32_t)end},
        .kind = kind,
        .name = PERSONAL_NO_NAME,
        .replacement = slice_from_cstr(personal_replacements[kind]),
    };
}

char personal_ascii(const struct personal_scan *scan, size_t at)
{
    return at < scan->count && scan->points[at] < 0x80 ? (char)scan->points[at] : '\0';
}

bool personal_digit(const struct personal_scan *scan, size_t at)
{
    const char c = personal_ascii(scan, at);
    return c >= '0' && c <= '9';
}

bool personal_in_word(const struct personal_scan *scan, size_t at)
{
    return at < scan->count && (unicode_is_letter(scan->points[at]) || unicode_is_digit(scan->points[at]));
}

bool personal_word_at(const struct personal_scan *scan, size_t at, const char *word)
{
    size_t i = 0;
    while (word[i] && at + i < scan->count && scan->folded[at + i] == (unsigned char)word[i]) {
        i++;
    }
    return !word[i] && !personal_in_word(scan, at + i) && (at == 0 || !personal_in_word(scan, at - 1));
}

size_t personal_digits(const struct personal_scan *scan, size_t at)
{
    size_t count = 0;
    while (personal_digit(scan, at + count)) {
        count++;
    }
    return count;
}

size_t personal_skip_spaces(const struct personal_scan *scan, size_t at)
{
    while (at < scan->count && unicode_is_space(scan->points[at])) {
        at++;
    }
    return at;
}

/* ---- all of them ---- */

static uint32_t length_of(const struct personal_hit *hit)
{
    return hit->span.end - hit->span.start;
}

static int by_place(const void *a, const void *b)
{
    const struct personal_hit *x = a, *y = b;
    if (x->span.start != y->span.start) {
        return x->span.start < y->span.start ? -1 : 1;
    }
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : x->name < y->name ? -1 : x->name > y->name;
}

/* Whether a goes before b where they overlap. */
static bool outweighs(const struct personal_hit *a, const struct personal_hit *b)
{
    return length_of(a) != length_of(b) ? length_of(a) > length_of(b) : a->kind < b->kind;
}

/* hits are in order of place. */
static size_t resolve_overlaps(struct personal_hit *hits, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0, next; i < count; i = next) {
        struct personal_hit best = hits[i];
        struct text_span whole = hits[i].span;
        for (next = i + 1; next < count && hits[next].span.start < whole.end; next++) {
            best = outweighs(&hits[next], &best) ? hits[next] : best;
            whole.end = hits[next].span.end > whole.end ? hits[next].span.end : whole.end;
        }
        best.span = whole;
        hits[kept++] = best;
    }
    return kept;
}

/* All but names have a digit or an @ in them. */
static bool has_numbers(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '@') {
            return true;
        }
    }
    return false;
}

size_t personal_find(struct personal_hit **hits, struct arena *arena, struct slice text,
                     const struct personal_name *names, size_t name_count)
{
    struct personal_scan scan = {.arena = arena};
    const bool numbers = has_numbers(text);
    *hits = NULL;
    if (!numbers && name_count == 0) {
        return 0;
    }
    scan.points = unicode_points(&scan.count, arena, text);
    uint32_t *folded = arena_array(arena, scan.count, sizeof *folded);
    for (size_t i = 0; i < scan.count; i++) {
        folded[i] = unicode_fold(scan.points[i]);
    }
    scan.folded = folded;
    personal_find_names(&scan, names, name_count < PERSONAL_NAMES_MAX ? name_count : PERSONAL_NAMES_MAX);
    if (numbers) {
        personal_find_numbers(&scan);
        personal_find_email(&scan);
        personal_find_address(&scan);
        personal_find_birth(&scan);
    }
    if (scan.hit_count > 0) {
        qsort(scan.hits, scan.hit_count, sizeof *scan.hits, by_place);
    }
    *hits = scan.hits;
    return resolve_overlaps(scan.hits, scan.hit_count);
}
