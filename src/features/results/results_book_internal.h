/* What the files that make a tabellenboek share. */
#ifndef ZEVENSTEM_RESULTS_BOOK_INTERNAL_H
#define ZEVENSTEM_RESULTS_BOOK_INTERNAL_H

#include "features/results/results_book.h"
#include "features/results/results_internal.h"
#include "web/web.h"

enum book_sheet {
    BOOK_CONTENTS,
    BOOK_METHOD,
    BOOK_TABLES,
    BOOK_TOPLINE,
    BOOK_ORDERS,
    BOOK_PAGES,
    BOOK_SHEETS,
    BOOK_PUBLIC_SHEETS = BOOK_ORDERS /* what follows is of live numbers */
};

enum { BOOK_LETTERS_BYTES = 4 };

struct book_column {
    size_t banner; /* place in the request's banner */
    uint32_t code;
    const char *name, *label;
    char letters[BOOK_LETTERS_BYTES]; /* A, ..., Z, AA, ... */
};

struct book {
    const struct results_book_request *request;
    struct results_book_outcome *outcome;
    struct results *results;
    struct workbook *out;
    const struct variable *variables;
    size_t variable_count;
    struct arena *texts; /* for the whole book */
    struct arena *arena; /* for one question: made anew for each */
    struct book_column *columns;
    size_t column_count;
    uint64_t threshold, fewer; /* of the figures */
};

static inline bool book_is_public(const struct book *book)
{
    return book->request->people.view == FIGURES_PUBLIC;
}

/* The base that measures are of: in the public's view the only one, of which they leave out who has no score.
 */
static inline enum figures_base book_measured_base(const struct book *book)
{
    return book_is_public(book) ? FIGURES_BASE_ANSWERED : FIGURES_BASE_OPINION;
}

/* ---- texts ---- */
const char *book_text(const struct book *book, const char *path);
/* Pairs of name and value, ended by NULL. */
const char *book_format(const struct book *book, const char *path, ...) __attribute__((sentinel));
const char *book_label(const struct book *book, const char *const label[2], const char *code);
/* The figure as a cell: number, percentage, or the mark that stands for it. */
enum book_kind { BOOK_WHOLE, BOOK_DECIMAL, BOOK_PERCENT };
void book_put(const struct book *book, enum book_sheet sheet, enum book_kind kind,
              const struct figure *figure);
void book_put_text(const struct book *book, enum book_sheet sheet, enum workbook_style style,
                   const char *text);
void book_row_end(const struct book *book, enum book_sheet sheet);

/* ---- what a table is made of (results_book_part.c) ---- */

/* One variable on one base: everybody, and by each variable of a banner. */
struct book_part {
    struct figures whole;
    size_t by_count;
    struct figures by[BOOK_BANNER_MAX]; /* of the banner variable that it is itself: no lines */
};

/* The figures of `query` over everybody and by each of the variables. In book->arena. */
bool book_part_make(struct book_part *out, struct book *book, const struct figures_query *query,
                    const size_t *by, size_t by_count);
const struct figures_line *book_whole_line(const struct book_part *part);
/* NULL where there is none: of a table by itself, or that no release holds. */
const struct figures_line *book_part_line(const struct book_part *part, size_t by, uint32_t code);

/* ---- asking the API for its tables (results_book_read.c) ---- */

/* Whom they are about, and in which view, where that is not what the API takes unasked: as an address says it
 * ("&werving=panel") or as a script in R (", werving = \"panel\""). In the arena. */
const char *book_people_asked(struct arena *arena, const struct results_book_request *request, bool script);

/* ---- questions ---- */

/* Variables that stand in one table: one, or the options of a question with several answers. */
struct book_question {
    size_t first, count;
    bool several;
};
/* The next from *at on, which moves behind it. False at the end. */
bool book_next_question(struct book_question *out, const struct book *book, size_t *at);
/* The query of a variable on a base, with the measures that fit. */
struct figures_query book_query(const struct book *book, size_t variable, enum figures_base base);
/* The answer "ja" of an option; SIZE_MAX when it is not among the listed ones. */
size_t book_yes(const struct figures *figures);
/* Whether "weet ik niet" is among the answers: without it, two bases are the same. */
bool book_has_dont_know(const struct figures *figures);

/* ---- the public's (results_book_public.c) ---- */

size_t book_public_banner(size_t out[BOOK_BANNER_MAX], const struct survey_round *round);
/* The release that the book will be of: FIGURES_OK, or why there is none. *rule as figures_of_public. */
enum figures_status book_find_release(const char **rule, struct book *book, int64_t *made_at);
/* Everybody that the tables are about. */
bool book_find_people(struct figures *out, struct book *book);
/* Moment, bases, comparisons and protection, in the sheet of method. */
void book_put_public_method(const struct book *book, const struct figures *figures);

/* ---- sheets ---- */
void book_put_method_line(const struct book *book, const char *head, const char *text);
const char *book_count_text(const struct book *book, size_t count);
/* How many differences were looked at, and how many of them got a letter. */
void book_put_comparisons(const struct book *book);
void book_put_banner(struct book *book);
bool book_put_table(struct book *book, const struct book_question *question);
bool book_put_row_table(struct book *book, const struct book_question *question);
void book_put_topline_head(struct book *book);
bool book_put_topline(struct book *book, const struct book_question *question);
void book_put_orders_head(struct book *book);
bool book_put_orders(struct book *book, const struct book_question *question);
void book_put_pages(struct book *book);
bool book_put_method(struct book *book);
/* Code and wording of a question, as a head. */
const char *book_question_code(const struct book *book, const struct book_question *question);
const char *book_question_label(const struct book *book, const struct book_question *question);
/* An option of a question with several answers, as a row. */
const char *book_option_label(const struct book *book, const struct variable *variable);

#endif
