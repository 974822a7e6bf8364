/* The population that samples are weighted to: margins with their sources, as config/reference/README.md
 * ("Margins") writes them down, and which answers of a questionnaire fall in which of their categories.
 *
 * A version of weights keeps the margins that it used in the same form, so what is read here is either the
 * file that travels inside the program or what a version was made with. */
#ifndef ZEVENSTEM_RESULTS_MARGINS_H
#define ZEVENSTEM_RESULTS_MARGINS_H

#include "features/questionnaire/questionnaire.h"
#include "stats/weigh.h"
#include "json/decode.h"

enum { MARGINS_MAX = 64, MARGINS_CHOSEN_MAX = 8, MARGIN_CATEGORIES_MAX = 512 };

struct margin_category {
    struct slice code;
    struct slice label[2]; /* nl, en */
    double target;
    uint16_t neighbour;    /* RAKE_ALONE: none */
    const json_t *answers; /* {variable: [code, ...]}: in all of these variables one of these codes */
    bool beyond; /* people whom the margin's figures do not cover: in it whatever else they said; no target
                    (rake.h) */
};

struct margin {
    struct slice code;
    struct slice label[2];
    struct slice reference_date; /* "2021-01-01" or "2022" */
    struct slice population, source, limits, unit;
    double total, slack; /* rake.h */
    size_t category_count;
    struct margin_category *categories;
    /* All variables named: first the `own_count` of the categories' answers, the same in each of them, then
     * those that only a category beyond names. */
    const char *variables[WEIGH_VARIABLES_MAX];
    size_t variable_count, own_count;
    const json_t *document; /* what all of this was read from */
};

struct margins {
    const json_t *population; /* {"nl", "en"}: who is weighted to */
    const json_t *outside;    /* as answers; whoever gave one of them, in any variable, is not weighted */
    size_t count;
    struct margin *margins;
    const json_t *document;
};

/* Every fault is added with its pointer, in Dutch. What *out points to lives as long as document and arena.
 * False when there was any. */
bool margins_decode(struct margins *out, struct json_errors *errors, struct arena *arena,
                    const json_t *document);
/* The file inside the program. False, and the faults are logged, when it has any. */
bool margins_embedded(struct margins *out, struct arena *arena);
/* NULL when there is none. */
const struct margin *margins_find(const struct margins *margins, struct slice code);
/* Those of these codes alone, in this order, to be kept with what is made of them. The caller owns it. */
json_t *margins_chosen_document(const struct margins *margins, const struct slice *codes, size_t count);

/* ---- which answers of a questionnaire are which category ---- */
enum margins_fault {
    MARGINS_OK,
    MARGINS_NUMBER,      /* none, or more than MARGINS_CHOSEN_MAX */
    MARGINS_UNKNOWN,     /* margin: no such code */
    MARGINS_SHARED,      /* margin and other, an earlier one, sort the same variable: one of them can stay */
    MARGINS_NO_VARIABLE, /* margin; variable: the questionnaire does not ask it, or not as a choice */
    MARGINS_NO_ANSWER,   /* margin; variable; answer: its question has no such */
    MARGINS_NO_STREAM,   /* answer: no stream of that name */
};
struct margins_problem {
    enum margins_fault fault;
    size_t index; /* of the margin in the list of codes */
    struct slice margin, other, variable, answer;
};

struct margins_bound {
    size_t count;
    const struct margin **margins;
    struct weigh_margin *weigh;
    struct rake_margin *rake;
    struct tabulate_filter *filters; /* that leave out who is outside, and other streams */
    size_t filter_count;
};
/* stream: a category of the variable werving, or "alle". False, and *why says it, when a margin does not fit
 * this questionnaire. An answer under `outside` that it has not is nobody's. Everything lives as long as the
 * arena, the margins and the questionnaire. */
bool margins_bind(struct margins_bound *out, struct margins_problem *why, struct arena *arena,
                  const struct margins *margins, const struct slice *codes, size_t count,
                  const struct questionnaire *questionnaire, struct slice stream);

#endif
