/* What the finders of personal data share. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_PASSAGE_INTERNAL_H
#define ZEVENSTEM_PASSAGE_INTERNAL_H

#include "features/passage/passage_personal.h"

struct personal_scan {
    struct arena *arena;
    const uint32_t *points;
    const uint32_t *folded; /* of each point; 0 for a mark on the one before */
    size_t count;
    struct personal_hit *hits;
    size_t hit_count, hit_room;
};

void personal_hit(struct personal_scan *scan, size_t start, size_t end, enum personal_kind kind);

/* '\0' past either end and beyond ASCII: signs and digits are looked at with it. */
char personal_ascii(const struct personal_scan *scan, size_t at);
bool personal_digit(const struct personal_scan *scan, size_t at);
/* A letter, digit or mark: part of a word. at past the end, or SIZE_MAX before the start: no. */
bool personal_in_word(const struct personal_scan *scan, size_t at);
/* Whether this ASCII word in small letters stands here, and a whole word does. */
bool personal_word_at(const struct personal_scan *scan, size_t at, const char *word);
/* Digits from at on: how many. */
size_t personal_digits(const struct personal_scan *scan, size_t at);
size_t personal_skip_spaces(const struct personal_scan *scan, size_t at);

/* Each looks for its kinds at all places. */
void personal_find_names(struct personal_scan *scan, const struct personal_name *names, size_t count);
void personal_find_numbers(struct personal_scan *scan); /* telephone, IBAN, BSN */
void personal_find_email(struct personal_scan *scan);
void personal_find_address(struct personal_scan *scan);
void personal_find_birth(struct personal_scan *scan);

/* A particle of Dutch names ("van", "der"), a title ("dr", "mevr") or one letter: no name by itself. */
bool personal_is_particle(const uint32_t *word, size_t length);

#endif
