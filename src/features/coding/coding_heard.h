/* What conversations say of each of the seven values on each application: all that interviews and focus
 * groups have for the value map. A part of coding.h.
 *
 * Persons and conversations are counted, never utterances (coding_voices.h). Only what counts, of who still
 * agrees to it, in conversations of which something was coded: one that nobody coded yet is not silent. */
#ifndef ZEVENSTEM_CODING_HEARD_H
#define ZEVENSTEM_CODING_HEARD_H

#include "db/db.h"
#include "features/coding/coding_book.h"

struct coding;
struct coding_voices;
struct survey_round;

extern const struct db_statement coding_heard_statements[];

enum coding_talk { CODING_INTERVIEW, CODING_FOCUS_GROUP, CODING_TALKS };

/* Of one value on one application, in conversations of one kind. */
struct coding_heard_cell {
    uint32_t asked;        /* conversations that came to the application, or where somebody brought this up */
    uint32_t asked_people; /* who took part in those */
    uint32_t spoke;        /* conversations in which somebody said something of it */
    uint32_t people;       /* who did */
    uint32_t in_favour, against, conditional; /* of them; somebody may be in more than one */
    /* Conversations in which one side alone was heard, and both; each in one of the three, or, without a
     * side, in none. */
    uint32_t spoke_in_favour, spoke_against, divided;
};
/* One more conversation that came to it, of so many people. */
void coding_heard_add(struct coding_heard_cell *cell, const struct coding_voices *voices, uint32_t people);

struct coding_heard {
    bool found; /* the round is coded; else nothing below is set */
    const struct codebook *book;
    /* [application * CODING_VALUES + value]; applications are the code book's, and behind them a row for all
     * that was said of the value, about whichever application or none, asked wherever anything was. */
    struct coding_heard_cell *cells[CODING_TALKS];
    uint32_t conversations[CODING_TALKS], people[CODING_TALKS];
    uint32_t uncoded; /* conversations with a transcript of which nothing is coded */
    unsigned below;   /* a bit for each value on which coders agree less than the round's bar */
    double bar;
    bool twice; /* something was coded by two: else nothing is known of agreement */
    struct {
        bool measured, reached; /* measured: there are enough conversations to tell */
        uint32_t before, run;   /* reached after `before`, as the `run` behind them tells */
    } saturation;
};
/* In the arena. An application counts as come to when a question about it stands in a part of the guide that
 * was come to: as the conversation says, or else those that its turns are of, or else all of them. A question
 * about an application leaves people free to speak of any value. */
enum db_status coding_heard(struct coding_heard *out, struct coding *coding, struct db_tx *tx,
                            struct arena *arena, const struct survey_round *round);

/* All that it depends on, as a text: while it is the same so is what was heard. Some milliseconds for as many
 * codings as a round of conversations has. In the transaction. */
enum db_status coding_heard_mark(struct slice *mark, struct db_tx *tx, int32_t round);

/* A participant's own words, of who may be quoted word for word. */
struct coding_quote {
    int64_t coding; /* zs.coding.id */
    enum coding_talk talk;
    struct slice conversation, speaker; /* code and pseudonym */
    struct slice words;
};
/* Drawn by a seed: the same codings and seed give the same quotes. Of each participant one at most; `most` at
 * most, and none of a text in which likely personal data waits for a decision. In the transaction. */
enum db_status coding_quotes(struct coding_quote **out, size_t *count, const struct coding *coding,
                             struct db_tx *tx, int32_t round, int value, struct slice application,
                             enum coding_direction direction, struct slice seed, int32_t most);

/* ---- what the page of voices does too ---- */

enum { CODING_SATURATION_BASE = 4, CODING_SATURATION_RUN = 2 };
#define CODING_SATURATION_THRESHOLD 0.05
/* Notes the sub-themes among codes (with spaces between) as mentioned: conversations x codes of the tree.
 * That a value was named says little of whether all was heard about it. */
void coding_mention(bool *mentioned, const struct codebook *book, size_t conversation, struct slice codes);
/* CODING_UNCLEAR for what is no direction. */
enum coding_direction coding_direction_of(struct slice code);

#endif
