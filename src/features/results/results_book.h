/* The tabellenboek of a round: one workbook with every question by a banner of variables, a topline, what
 * orders did, and where people stopped. A part of results.h.
 *
 * Every number comes out of struct figures, so a cell holds what a table of the API would, with the digits
 * for people, and is withheld where that withholds it. More is not needed: a table by a variable is protected
 * with the tables of each of its two variables alone beside it (rules 5 and 7 to 9 of protect_primary), and
 * those are all that two columns of a book have in common.
 *
 * The public's book is of one release: its banner is of the release's dimensions, its figures are those of
 * the public tables to the digit, on the one base that they have. A release may be put side by side as it is.
 * Its letters are made of those figures, whose intervals take the noise in. Nothing in it is of live numbers:
 * no orders, no places in the log, nobody who stopped. */
#ifndef ZEVENSTEM_RESULTS_BOOK_H
#define ZEVENSTEM_RESULTS_BOOK_H

#include "features/results/results_figures.h"
#include "formats/workbook.h"

#include <jansson.h>

enum {
    BOOK_BANNER_MAX = 12,   /* variables */
    BOOK_COLUMNS_MAX = 160, /* their categories together */
    BOOK_BASES = 3
};

enum book_percentages {
    BOOK_OF_COLUMN, /* of the people of a column, how many give each answer: with letters */
    BOOK_OF_ROW     /* of the people who give an answer, how many are in each column */
};

struct results_book_request {
    enum workbook_format format;
    struct dataset_output output;
    /* Round, view, filters, streams and weights of every table; its other members are not read. */
    struct figures_query people;
    size_t banner[BOOK_BANNER_MAX]; /* variables with categories */
    size_t banner_count;
    enum book_percentages percentages;
    bool bases[BOOK_BASES]; /* by enum figures_base: which shares the tables have */
    int language;           /* 0 nl, 1 en */
    const struct locales *locales;
    const char *public_url; /* in front of the addresses of tables */
    const char *producer;   /* "" for nobody */
    /* Where people are who did not send, as of now; round NULL: not told. */
    const struct round_state *state;
    const struct round_page *pages;
    size_t page_count;
    bool (*proceed)(size_t questions, size_t of_questions, void *self); /* false stops it; may be NULL */
    void *self;
};

enum results_book_status {
    BOOK_OK,
    BOOK_NO_FIGURES, /* outcome.figures tells why; rule as well where it is the release that says no */
    BOOK_TOO_WIDE,   /* more than BOOK_COLUMNS_MAX */
    BOOK_TOO_LARGE,  /* for the format */
    BOOK_OUTPUT,     /* output.write said no */
    BOOK_TEMPORARY,  /* a temporary file could not be kept */
    BOOK_STOPPED,    /* proceed said so */
    BOOK_FAILED
};

struct results_book_outcome {
    enum figures_status figures;
    const char *rule;
    size_t questions, columns;
    size_t shown, withheld; /* cells of tables */
    size_t comparisons, letters;
    int64_t from, until; /* positions in the log of the first and last figures */
    /* Public: the release that every figure is of, and the questions that it says nothing of. */
    int32_t release;
    size_t not_released;
};

/* The variables that a banner is of when none are named: background of this round, with categories; in the
 * public's view the dimensions of its releases. */
size_t results_book_banner(size_t out[BOOK_BANNER_MAX], const struct survey_round *round,
                           enum figures_view view);

/* What is asked for, as text; ptr NULL: not said. As parameters of the API are called. */
struct results_book_texts {
    struct slice format;      /* formaat: xlsx, ods; must be said */
    struct slice banner;      /* kolommen: variables with commas between; all background unless said */
    struct slice bases;       /* basis: antwoord, mening, gevraagd, with commas; the first two unless said;
                                 of the public's view only the first */
    struct slice percentages; /* percentages: kolom, rij */
    struct slice language;    /* taal: nl, en */
    struct slice filter, stream, channel, quality, weighted;
};
/* Reads them into the request, whose people.round and people.view are filled before. Adds every fault to
 * errors: {"parameter", "code", "detail"} in Dutch. True when there was none. */
bool results_book_read(struct results_book_request *request, json_t *errors, struct arena *arena,
                       const struct results_book_texts *texts);

/* Fills state and pages, in the arena, which may outlive the transaction. As results. */
enum db_status results_book_read_pages(struct results_book_request *request, struct arena *arena,
                                       struct db_tx *tx, int64_t now_s);

/* BOOK_OK only when the whole of it was sent. */
enum results_book_status results_book(struct results_book_outcome *outcome, struct results *results,
                                      const struct results_book_request *request);

/* Whether the round's results may be seen now by those who have the role; false: its tussenstand is closed.
 */
bool results_book_allowed(const struct survey_round *round, int64_t now_s);

/* A script in R that asks the API for one of the tables of the book and shows it. In the arena. */
struct slice results_book_script(struct arena *arena, const struct results_book_request *request);

/* The audit line `book.made`: result ok, failed or refused. */
enum db_status results_book_audit(struct db_tx *tx, const struct results_book_request *request,
                                  const char *origin, const char *actor, const char *result);

#endif
