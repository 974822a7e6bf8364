/* Names of a list in a text. */
#include "features/passage/passage_internal.h"

#include <stdlib.h>
#include <string.h>

/* A word: its letters folded, without marks. */
struct word {
    const uint32_t *letters;
    size_t length;
    size_t start, end; /* in its text */
    bool particle;
};

struct words {
    struct word *items;
    size_t count;
};

/* Where a word stands in a name. */
struct entry {
    const struct word *word;
    uint32_t name;
    size_t at;
};

bool personal_is_particle(const uint32_t *word, size_t length)
{
    static const char *const particles[] = {
        "van", "de",   "der", "den", "het", "ten", "ter", "te",   "in",    "op",   "von", "la",
        "le",  "el",   "al",  "du",  "di",  "da",  "en",  "dr",   "drs",   "ir",   "ing", "prof",
        "dhr", "mevr", "mw",  "mr",  "bij", "aan", "uit", "voor", "onder", "over", "tot", "bin"};
    if (length < 2) {
        return true;
    }
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
        size_t k = 0;
        while (k < length && particles[i][k] && word[k] == (unsigned char)particles[i][k]) {
            k++;
        }
        if (k == length && !particles[i][k]) {
            return true;
        }
    }
    return false;
}

static bool in_word(const uint32_t *points, size_t count, size_t at)
{
    return at < count && (unicode_is_letter(points[at]) || unicode_is_digit(points[at]));
}

static struct words words_of(struct arena *arena, const uint32_t *points, size_t count)
{
    struct words words = {arena_array(arena, count / 2 + 1, sizeof *words.items), 0};
    uint32_t *letters = arena_array(arena, count, sizeof *letters);
    for (size_t at = 0; at < count;) {
        if (!in_word(points, count, at)) {
            at++;
            continue;
        }
        struct word word = {.letters = letters, .start = at};
        for (; in_word(points, count, at); at++) {
            const uint32_t folded = unicode_fold(points[at]);
            if (folded) {
                letters[word.length++] = folded;
            }
        }
        word.end = at;
        letters += word.length;
        word.particle = personal_is_particle(word.letters, word.length);
        words.items[words.count++] = word;
    }
    return words;
}

static int compare_words(const struct word *a, const struct word *b)
{
    const size_t shared = a->length < b->length ? a->length : b->length;
    for (size_t i = 0; i < shared; i++) {
        if (a->letters[i] != b->letters[i]) {
            return a->letters[i] < b->letters[i] ? -1 : 1;
        }
    }
    return a->length < b->length ? -1 : a->length > b->length;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    const int order = compare_words(x->word, y->word);
    return order                ? order
           : x->name != y->name ? (x->name < y->name ? -1 : 1)
                                : (x->at < y->at ? -1 : x->at > y->at);
}

struct book {
    const struct words *names;
    const struct entry *entries; /* by word */
    size_t count;
};

/* The first entry of this word, or book->count. */
static size_t first_entry(const struct book *book, const struct word *word)
{
    size_t low = 0, high = book->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_words(book->entries[middle].word, word) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < book->count && compare_words(book->entries[low].word, word) == 0 ? low : book->count;
}

/* Between two words of one name stand white space, full stops, hyphens and apostrophes alone. */
static bool joined(const struct personal_scan *scan, const struct word *word, const struct word *next)
{
    if (next->start - word->end > 3) {
        return false;
    }
    for (size_t i = word->end; i < next->start; i++) {
        const uint32_t point = scan->points[i];
        if (!unicode_is_space(point) && point != '.' && point != '-' && point != '\'' && point != 0x2019) {
            return false;
        }
    }
    return true;
}

struct match {
    size_t words; /* 0: none */
    uint32_t name;
    bool whole; /* the name's last word is among them and more than one, or it has one word alone */
};

/* The longest run of words of one name that begins at this word, if it says more than particles. */
static struct match match_at(const struct personal_scan *scan, const struct book *book,
                             const struct words *text, size_t at)
{
    struct match best = {0};
    for (size_t e = first_entry(book, &text->items[at]);
         e < book->count && compare_words(book->entries[e].word, &text->items[at]) == 0; e++) {
        const struct words *name = &book->names[book->entries[e].name];
        const size_t from = book->entries[e].at;
        size_t run = 0, last = 0;
        while (from + run < name->count && at + run < text->count &&
               compare_words(&name->items[from + run], &text->items[at + run]) == 0 &&
               (run == 0 || joined(scan, &text->items[at + run - 1], &text->items[at + run]))) {
            run++;
            last = name->items[from + run - 1].particle && name->count > 1 ? last : run;
        }
        if (last > best.words) {
            best = (struct match){last, book->entries[e].name, last > 1 || name->count == 1};
        }
    }
    return best;
}

/* "Jans", "Kees's" without its apostrophe. */
static struct match match_with_s(const struct personal_scan *scan, const struct book *book,
                                 const struct words *text, size_t at)
{
    struct word bare = text->items[at];
    struct match match = {0};
    if (bare.length > 2 && bare.letters[bare.length - 1] == 's' &&
        unicode_is_upper(scan->points[bare.start])) {
        bare.length--;
        const size_t e = first_entry(book, &bare);
        if (e < book->count && !bare.particle && !personal_is_particle(bare.letters, bare.length)) {
            match = (struct match){1, book->entries[e].name, false};
        }
    }
    return match;
}

static struct book book_of(struct words *words, const struct personal_scan *scan,
                           const struct personal_name *names, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const uint32_t *points = unicode_points(&length, scan->arena, names[i].name);
        words[i] = words_of(scan->arena, points, length);
        total += words[i].count;
    }
    struct entry *entries = arena_array(scan->arena, total, sizeof *entries);
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < words[i].count; k++) {
            entries[filled++] = (struct entry){&words[i].items[k], (uint32_t)i, k};
        }
    }
    if (filled > 0) {
        qsort(entries, filled, sizeof *entries, compare_entries);
    }
    return (struct book){words, entries, filled};
}

void personal_find_names(struct personal_scan *scan, const struct personal_name *names, size_t count)
{
    if (count == 0) {
        return;
    }
    struct words *words = arena_array(scan->arena, count, sizeof *words);
    const struct book book = book_of(words, scan, names, count);
    const struct words text = words_of(scan->arena, scan->points, scan->count);
    for (size_t at = 0; at < text.count;) {
        struct match match = match_at(scan, &book, &text, at);
        const bool exact = match.words > 0;
        if (!exact) {
            match = match_with_s(scan, &book, &text, at);
        }
        if (match.words == 0) {
            at++;
            continue;
        }
        const struct word *first = &text.items[at];
        personal_hit(scan, first->start, text.items[at + match.words - 1].end, PERSONAL_NAME);
        struct personal_hit *hit = &scan->hits[scan->hit_count - 1];
        hit->name = match.name;
        hit->doubtful = !match.whole && (!exact || !unicode_is_upper(scan->points[first->start]));
        if (names[match.name].replacement.len > 0) {
            hit->replacement = names[match.name].replacement;
        }
        at += match.words;
    }
}
