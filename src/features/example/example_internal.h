/* What the files of this folder share. */
#ifndef ZEVENSTEM_EXAMPLE_INTERNAL_H
#define ZEVENSTEM_EXAMPLE_INTERNAL_H

#include "base/buffer.h"
#include "features/coding/coding.h"
#include "features/example/example.h"
#include "features/fieldwork/fieldwork.h"
#include "features/survey/survey.h"
#include "stats/random.h"

/* ---- chance ---- */

/* A stream of random numbers for (seed, label), that no other label has. */
uint64_t example_stream(uint64_t seed, const char *label, size_t number);
/* About normal: twelve uniform numbers, and no function that differs between machines. */
double example_normal(uint64_t *state);
static inline bool example_chance(uint64_t *state, double share)
{
    return random_unit(state) < share;
}
/* Where in shares, which sum to 1 or so, chance falls. */
size_t example_pick(uint64_t *state, const double *shares, size_t count);

/* ---- the bank ---- */

enum { EXAMPLE_APPLICATIONS = 8, EXAMPLE_SENTENCES_MAX = 512, EXAMPLE_GENERAL = EXAMPLE_APPLICATIONS };
extern const char *const example_applications[EXAMPLE_APPLICATIONS + 1]; /* and "algemeen" */

struct example_sentence {
    const char *code, *direction, *expression, *text;
    int application; /* -1: any */
    int value;       /* of the seven */
    enum coding_direction way;
};
struct example_bank {
    json_t *document; /* the arena's */
    const struct codebook *book;
    const json_t *names[EXAMPLE_APPLICATIONS + 1]; /* what each is called, in several ways */
    struct example_sentence sentences[EXAMPLE_SENTENCES_MAX];
    size_t count;
};
/* NULL with faults. In the arena. */
const struct example_bank *example_bank_load(struct json_errors *errors, struct arena *arena);
/* One of a list of the bank ("openers", ...). */
const char *example_phrase(const struct example_bank *bank, const char *list, uint64_t *state);
/* A sentence about this value and application that leans this way, of those that were used least (used: one a
 * sentence, or NULL); where there is none that way, of another way. */
const struct example_sentence *example_sentence(const struct example_bank *bank, uint64_t *state,
                                                unsigned *used, int value, int application,
                                                enum coding_direction way);
/* Its words, with a name of the application filled in. In the arena. */
struct slice example_words(struct arena *arena, const struct example_bank *bank, uint64_t *state,
                           const struct example_sentence *sentence, int application);

/* ---- parts of the document ---- */

struct example_maker {
    const struct example_bank *bank;
    struct arena *arena;
    uint64_t seed;
    json_t *codes; /* coderingen */
};
/* Notes what stands in a text. */
void example_note(struct example_maker *maker, struct slice body, struct text_span span,
                  const struct example_sentence *sentence, int application);
json_t *example_answers(struct example_maker *maker, size_t round, size_t people);
json_t *example_conversations(struct example_maker *maker, const struct example_size *size);

/* ---- loading ---- */

struct example_loading {
    const struct example_config *config;
    struct arena *arena;
    const json_t *made;
    const struct survey_snapshot *snapshot;
    const struct survey_round *rounds[EXAMPLE_ROUNDS];
    int32_t guides[2]; /* of interviews, of focus groups */
    int32_t book;      /* version of the code book */
};
void example_tell(const struct example_loading *loading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Who loads it, on the audit log. */
#define EXAMPLE_ACTOR "voorbeeld"
/* Plans of who should come; errors say what is wrong with them. */
enum db_status example_load_plans(struct json_errors *errors, struct db_tx *tx,
                                  const struct example_loading *loading);
/* The group of its plan that a conversation is for. */
const char *example_segment_of(const json_t *made, const json_t *talk);
/* The text of the n-th conversation, from 0, as a file of one kind or another, with its name and what it is.
 * False: it cannot be made. */
bool example_transcript_file(struct transcript_draft *draft, struct arena *arena, const json_t *text,
                             size_t n, int64_t made_at);
/* False in *good: told why not. */
enum db_status example_load_talk(bool *good, const struct example_loading *loading);
enum db_status example_load_codes(bool *good, const struct example_loading *loading);

#endif
