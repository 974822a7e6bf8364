#include "features/fieldwork/fieldwork_collate.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 12 /* turns that are looked at ahead for one like it */ };
#define DIFF_ARENA_MAX ((size_t)192 << 20)

/* ---- turns that are the same ---- */

static bool same_speaker(const struct collate_turn *a, const struct collate_turn *b)
{
    return a->participant == b->participant && slice_equal(a->speaker, b->speaker);
}

struct numbered {
    const struct collate_turn *turn;
    uint32_t *number;
};

static int by_saying(const void *a, const void *b)
{
    const struct collate_turn *x = ((const struct numbered *)a)->turn,
                              *y = ((const struct numbered *)b)->turn;
    if (x->participant != y->participant) {
        return x->participant < y->participant ? -1 : 1;
    }
    const int speaker = slice_compare(x->speaker, y->speaker);
    return speaker != 0 ? speaker : slice_compare(x->body, y->body);
}

/* Equal ones have the same number. */
static void number(uint32_t *old_numbers, uint32_t *new_numbers, struct arena *arena,
                   const struct collate_turn *old, size_t old_count, const struct collate_turn *new,
                   size_t new_count)
{
    struct numbered *all = arena_array(arena, old_count + new_count + 1, sizeof *all);
    size_t count = 0;
    uint32_t n = 0;
    for (size_t i = 0; i < old_count; i++) {
        all[count++] = (struct numbered){&old[i], &old_numbers[i]};
    }
    for (size_t i = 0; i < new_count; i++) {
        all[count++] = (struct numbered){&new[i], &new_numbers[i]};
    }
    if (count > 0) {
        qsort(all, count, sizeof *all, by_saying);
    }
    for (size_t i = 0; i < count; i++) {
        n += i > 0 && by_saying(&all[i - 1], &all[i]) != 0;
        *all[i].number = n;
    }
}

/* ---- turns that are like each other ---- */

/* The words of a turn, hashed, in order; made when somebody first asks. */
struct words {
    uint64_t *hashes;
    size_t count;
    bool made;
};

static int rising(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* FNV-1a over letters without case and accents. */
static void make_words(struct words *out, struct arena *arena, struct slice body)
{
    const uint64_t start = 0xcbf29ce484222325U;
    uint64_t hash = start;
    out->hashes = arena_array(arena, body.len / 2 + 2, sizeof *out->hashes);
    out->made = true;
    for (size_t at = 0; at < body.len;) {
        uint32_t point = ' ';
        const size_t size = utf8_next(&point, (struct slice){body.ptr + at, body.len - at});
        const bool word = unicode_is_letter(point) || unicode_is_digit(point);
        at += size > 0 ? size : 1;
        if (word) {
            hash = (hash ^ unicode_fold(point)) * 0x100000001b3U;
        }
        if ((!word || at >= body.len) && hash != start) {
            out->hashes[out->count++] = hash;
            hash = start;
        }
    }
    if (out->count > 1) {
        qsort(out->hashes, out->count, sizeof *out->hashes, rising);
    }
}

/* Twice the words that both have, of all words: half of them or more. */
static bool is_like(const struct words *a, const struct words *b)
{
    size_t both = 0;
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        const uint64_t x = a->hashes[i], y = b->hashes[k];
        both += x == y;
        i += x <= y;
        k += y <= x;
    }
    return both > 0 && 4 * both >= a->count + b->count;
}

struct pairing {
    struct collation *out;
    struct arena *arena;
    const struct collate_turn *old, *new;
    struct words *old_words, *new_words;
};

static void pair(struct pairing *p, size_t old, size_t new)
{
    p->out->places[new].source = (int32_t)old;
    p->out->gone[old] = false;
}

static bool are_like(struct pairing *p, size_t old, size_t new)
{
    if (!p->old_words[old].made) {
        make_words(&p->old_words[old], p->arena, p->old[old].body);
    }
    if (!p->new_words[new].made) {
        make_words(&p->new_words[new], p->arena, p->new[new].body);
    }
    return is_like(&p->old_words[old], &p->new_words[new]);
}

static bool speakers_are_the_same(const struct pairing *p, struct text_span old, struct text_span new)
{
    bool same = old.end - old.start == new.end - new.start;
    for (size_t i = 0; same && i < old.end - old.start; i++) {
        same = same_speaker(&p->old[old.start + i], &p->new[new.start + i]);
    }
    return same;
}

/* The pair nearest to the two that have the turn; false: none within WINDOW. */
static bool find_nearest(struct pairing *p, size_t *old, size_t *new, struct text_span old_gap,
                         struct text_span new_gap)
{
    for (size_t far = 0; far <= WINDOW; far++) {
        for (size_t skip = 0; skip <= far; skip++) {
            const size_t a = *old + skip, b = *new + far - skip;
            if (a < old_gap.end && b < new_gap.end && are_like(p, a, b)) {
                *old = a;
                *new = b;
                return true;
            }
        }
    }
    return false;
}

static void pair_gap(struct pairing *p, struct text_span old_gap, struct text_span new_gap)
{
    if (speakers_are_the_same(p, old_gap, new_gap)) {
        for (size_t i = 0; i < old_gap.end - old_gap.start; i++) {
            pair(p, old_gap.start + i, new_gap.start + i);
        }
        return;
    }
    for (size_t a = old_gap.start, b = new_gap.start; a < old_gap.end && b < new_gap.end; a++, b++) {
        if (find_nearest(p, &a, &b, old_gap, new_gap)) {
            pair(p, a, b);
        }
    }
}

static void pair_all(struct pairing *p, size_t old_count, size_t new_count)
{
    struct text_edit *edits;
    uint32_t *old_numbers = arena_array(p->arena, old_count + 1, sizeof *old_numbers);
    uint32_t *new_numbers = arena_array(p->arena, new_count + 1, sizeof *new_numbers);
    number(old_numbers, new_numbers, p->arena, p->old, old_count, p->new, new_count);
    const size_t count = passage_diff_items(&edits, p->arena, old_numbers, old_count, new_numbers, new_count);
    for (size_t e = 0, a = 0, b = 0; e <= count; e++) {
        const size_t end = e < count ? edits[e].old.start : old_count;
        for (; a < end; a++, b++) {
            pair(p, a, b);
        }
        if (e < count) {
            pair_gap(p, edits[e].old, edits[e].new);
            a = edits[e].old.end;
            b = edits[e].new.end;
        }
    }
}

/* ---- what stays redacted ---- */

/* The bracketed words of redaction that begin at this byte: how many bytes; 0: none. */
static size_t redaction_at(struct slice text, size_t at)
{
    static const char *const of_people[] = {"[deelnemer ", "[gespreksleider]", "[notulist]"};
    const struct slice rest = {text.ptr + at, text.len - at};
    for (size_t i = 0; i < PERSONAL_KINDS; i++) {
        if (slice_starts_with(rest, slice_from_cstr(personal_replacements[i]))) {
            return strlen(personal_replacements[i]);
        }
    }
    for (size_t i = 0; i < sizeof of_people / sizeof of_people[0]; i++) {
        const char *end = memchr(rest.ptr, ']', rest.len);
        if (end && slice_starts_with(rest, slice_from_cstr(of_people[i]))) {
            return (size_t)(end - rest.ptr) + 1;
        }
    }
    return 0;
}

/* A redaction is one sign that no transcript has, so that no part of it is taken for a part of something
 * else. */
#define MASK "\xee\x80\x80" /* U+E000, private use */

/* text with MASK for each redaction; how many there are. */
static size_t mask(struct slice *out, struct slice *redactions, struct arena *arena, struct slice text)
{
    char *masked = arena_alloc(arena, text.len + 1);
    size_t length = 0, count = 0;
    for (size_t at = 0; at < text.len;) {
        const size_t size = text.ptr[at] == '[' ? redaction_at(text, at) : 0;
        if (size > 0) {
            redactions[count++] = (struct slice){text.ptr + at, size};
            memcpy(masked + length, MASK, sizeof MASK - 1);
            length += sizeof MASK - 1;
            at += size;
        } else {
            masked[length++] = text.ptr[at++];
        }
    }
    *out = (struct slice){masked, length};
    return count;
}

/* False: not as many as there were. */
static bool unmask(struct slice *out, struct arena *arena, struct slice text, const struct slice *redactions,
                   size_t count)
{
    size_t room = text.len + 1, length = 0, found = 0;
    for (size_t i = 0; i < count; i++) {
        room += redactions[i].len;
    }
    char *whole = arena_alloc(arena, room);
    for (size_t at = 0; at < text.len;) {
        const struct slice rest = {text.ptr + at, text.len - at};
        if (!slice_starts_with(rest, SLICE(MASK))) {
            whole[length++] = text.ptr[at++];
        } else if (found < count) {
            memcpy(whole + length, redactions[found].ptr, redactions[found].len);
            length += redactions[found++].len;
            at += sizeof MASK - 1;
        } else {
            return false;
        }
    }
    *out = (struct slice){whole, length};
    return found == count;
}

static struct slice piece(struct slice text, struct text_span span)
{
    const size_t start = utf8_offset(text, span.start), end = utf8_offset(text, span.end);
    return (struct slice){text.ptr + start, end - start};
}

static bool has_mask(struct slice text)
{
    return memmem(text.ptr, text.len, MASK, sizeof MASK - 1) != NULL;
}

static bool has_word(struct slice text)
{
    uint32_t point = 0;
    for (size_t size; (size = utf8_next(&point, text)) > 0; text.ptr += size, text.len -= size) {
        if (unicode_is_letter(point) || unicode_is_digit(point)) {
            return true;
        }
    }
    return false;
}

/* Which edits would undo a redaction: those that take one away, and those beside these with no word between,
 * which hold the rest of what was hidden ("Jan", then "de Vries"). */
static void find_undoing(bool *undoes, struct slice masked, const struct text_edit *edits, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        undoes[i] = has_mask(piece(masked, edits[i].old));
    }
    for (size_t i = 1; i < count; i++) {
        const struct text_span between = {edits[i - 1].old.end, edits[i].old.start};
        undoes[i] = undoes[i] || (undoes[i - 1] && !has_word(piece(masked, between)));
    }
    for (size_t i = count; i-- > 1;) {
        const struct text_span between = {edits[i - 1].old.end, edits[i].old.start};
        undoes[i - 1] = undoes[i - 1] || (undoes[i] && !has_word(piece(masked, between)));
    }
}

/* What was taken out whole is put back beside what stands there now. */
static struct text_replacement put_back(struct arena *arena, struct slice new, struct text_span at,
                                        struct slice text)
{
    if (at.start < at.end) {
        return (struct text_replacement){at, text};
    }
    const bool behind = at.end < utf8_length(new);
    const struct text_span beside =
        behind ? (struct text_span){at.end, at.end + 1} : (struct text_span){at.start - 1, at.start};
    const struct slice there = piece(new, beside);
    return (struct text_replacement){
        beside, behind ? arena_printf(arena, "%.*s%.*s", SLICE_ARG(text), SLICE_ARG(there))
                       : arena_printf(arena, "%.*s%.*s", SLICE_ARG(there), SLICE_ARG(text))};
}

/* The new text with what was redacted in the old one. Where they cannot be told apart any more the old one
 * stands whole. */
static struct slice keep_redacted(size_t *kept, struct arena *arena, struct slice old, struct slice new)
{
    struct slice *redactions = arena_array(arena, old.len / 3 + 1, sizeof *redactions);
    struct slice masked, out;
    struct text_edit *edits, *unused;
    const size_t redaction_count = mask(&masked, redactions, arena, old);
    if (redaction_count == 0) {
        return new;
    }
    const size_t count = passage_diff(&edits, arena, masked, new);
    bool *undoes = arena_array(arena, count + 1, sizeof *undoes);
    struct text_replacement *back = arena_array(arena, count + 1, sizeof *back);
    size_t back_count = 0;
    find_undoing(undoes, masked, edits, count);
    for (size_t i = 0; i < count; i++) {
        if (undoes[i]) {
            *kept += has_mask(piece(masked, edits[i].old));
            back[back_count++] = put_back(arena, new, edits[i].new, piece(masked, edits[i].old));
        }
    }
    return passage_redact(&out, &unused, arena, new, back, back_count) &&
                   unmask(&out, arena, out, redactions, redaction_count)
               ? out
               : old;
}

/* ---- */

/* passage_diff asks for much: of each turn that is given back at once. */
static size_t diff(struct text_edit **edits, struct arena *arena, struct slice old, struct slice new)
{
    struct text_edit *found;
    struct arena *scratch = arena_create(DIFF_ARENA_MAX);
    const size_t count = passage_diff(&found, scratch, old, new);
    *edits = arena_array(arena, count + 1, sizeof **edits);
    memcpy(*edits, found, count * sizeof *found);
    arena_destroy(scratch);
    return count;
}

static struct slice keep(size_t *kept, struct arena *arena, struct slice old, struct slice new)
{
    if (!memchr(old.ptr, '[', old.len)) {
        return new;
    }
    struct arena *scratch = arena_create(DIFF_ARENA_MAX);
    const struct slice body = arena_copy(arena, keep_redacted(kept, scratch, old, new));
    arena_destroy(scratch);
    return body;
}

static void settle(struct collation *out, struct arena *arena, const struct collate_turn *old,
                   const struct collate_turn *new, size_t i)
{
    struct collate_place *place = &out->places[i];
    place->body = new[i].left_out ? SLICE(TRANSCRIPT_LEFT_OUT) : new[i].body;
    if (place->source == COLLATE_NONE) {
        out->added++;
        return;
    }
    const struct collate_turn *was = &old[place->source];
    place->is_other = !same_speaker(was, &new[i]);
    if (new[i].left_out && !slice_equal(was->body, place->body)) {
        place->withdrawn = true;
        place->edits = arena_array(arena, 1, sizeof *place->edits);
        place->edits[place->edit_count++] = (struct text_edit){{0, (uint32_t)utf8_length(was->body)},
                                                               {0, (uint32_t)utf8_length(place->body)}};
    } else if (!slice_equal(was->body, place->body)) {
        place->body = keep(&out->redacted, arena, was->body, place->body);
        place->edit_count = diff(&place->edits, arena, was->body, place->body);
    }
    place->same = !place->is_other && slice_equal(was->body, place->body);
    out->same += place->same;
    out->changed += !place->same;
}

void fieldwork_collate(struct collation *out, struct arena *arena, const struct collate_turn *old,
                       size_t old_count, const struct collate_turn *new, size_t new_count)
{
    *out = (struct collation){.places = arena_array(arena, new_count + 1, sizeof *out->places),
                              .count = new_count,
                              .gone = arena_array(arena, old_count + 1, sizeof *out->gone)};
    struct pairing p = {.out = out,
                        .arena = arena,
                        .old = old,
                        .new = new,
                        .old_words = arena_array(arena, old_count + 1, sizeof *p.old_words),
                        .new_words = arena_array(arena, new_count + 1, sizeof *p.new_words)};
    memset(p.old_words, 0, (old_count + 1) * sizeof *p.old_words);
    memset(p.new_words, 0, (new_count + 1) * sizeof *p.new_words);
    memset(out->gone, true, old_count + 1);
    for (size_t i = 0; i < new_count; i++) {
        out->places[i] = (struct collate_place){.source = COLLATE_NONE};
    }
    pair_all(&p, old_count, new_count);
    for (size_t i = 0; i < new_count; i++) {
        settle(out, arena, old, new, i);
    }
    for (size_t i = 0; i < old_count; i++) {
        out->gone_count += out->gone[i];
    }
}
