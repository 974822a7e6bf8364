/* The public's tabellenboek: what its release lets it be, and how it says so. */
#include "features/results/results_book_internal.h"
#include "features/results/results_shelf.h"
#include "features/results/results_words.h"

#include <stdio.h>

enum { PLAN_BYTES_MAX = 64 * 1024 * 1024 };

size_t book_public_banner(size_t out[BOOK_BANNER_MAX], const struct survey_round *round)
{
    struct arena *arena = arena_create(PLAN_BYTES_MAX);
    struct release_plan plan;
    size_t count = 0;
    release_plan(&plan, arena, round);
    for (size_t d = 0; d < plan.dim_count && count < BOOK_BANNER_MAX; d++) {
        out[count++] = plan.dims[d];
    }
    arena_destroy(arena);
    return count;
}

/* Everybody by a dimension that every release has: only how many they are and how they came is used. */
static enum figures_status ask_people(struct figures *out, const char **rule, const struct book *book,
                                      struct arena *arena)
{
    size_t dims[BOOK_BANNER_MAX];
    struct figures_query query = book->request->people;
    if (book_public_banner(dims, query.round) == 0) {
        return FIGURES_NOT_RELEASED;
    }
    query.variable = dims[0];
    query.shares = true;
    return figures_of_public(out, rule, arena, book->results, &query);
}

enum figures_status book_find_release(const char **rule, struct book *book, int64_t *made_at)
{
    struct figures people;
    if (!book_is_public(book)) {
        return FIGURES_OK;
    }
    enum figures_status status = ask_people(&people, rule, book, book->texts);
    if (status == FIGURES_OK) {
        book->outcome->release = people.release;
        book->threshold = people.threshold;
        book->fewer = people.fewer;
        *made_at = people.made_at;
    }
    return status;
}

bool book_find_people(struct figures *out, struct book *book)
{
    book->outcome->figures = ask_people(out, &book->outcome->rule, book, book->arena);
    return book->outcome->figures == FIGURES_OK;
}

void book_put_public_method(const struct book *book, const struct figures *figures)
{
    char release[16], reach[16], variance[16];
    const char *day = locale_date(book->texts, book->request->locales, book->request->language ? "en" : "nl",
                                  figures->made_at)
                          .ptr;
    snprintf(release, sizeof release, "%d", (int)figures->release);
    snprintf(reach, sizeof reach, "%u", figures->noise_reach);
    snprintf(variance, sizeof variance, "%g", figures->noise_variance);
    book_put_method_line(book, "book.moment",
                         book_format(book, "book.public_moment", "release", release, "date", day, NULL));
    book_put_method_line(book, "book.bases", book_text(book, "book.public_bases"));
    book_put_comparisons(book);
    book_put_method_line(
        book, "book.protection",
        book_format(book, "book.protected_public", "fewer", book_count_text(book, book->fewer), "n",
                    book_count_text(book, book->threshold), "reach", reach, "variance", variance, NULL));
    book_put_method_line(book, "book.not", book_text(book, "book.not_text"));
    book_put_method_line(book, "book.again", book_text(book, "book.public_again"));
}
