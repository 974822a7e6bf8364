/* Figures in sentences, in Dutch and English, as the stream allows. Of an open link a figure is about the
 * people who took part and says under which assumption more could be said; only of an invited sample is it
 * about residents. No text of ours calls a sample representative, or an interval a margin of error.
 *
 * language: 0 nl, 1 en. All results are in the arena, end with a full stop, and say why where there is no
 * figure. Shares are told in whole people out of a hundred. */
#ifndef ZEVENSTEM_RESULTS_WORDS_H
#define ZEVENSTEM_RESULTS_WORDS_H

#include "features/results/results_figures.h"
#include "web/web.h"

/* "Naar schatting 62 van de 100 deelnemers antwoorden “Goed” (tussen 59 en 65)." The question is not in it:
 * it stands where people read "“Goed”", or the part of it is named. An option of several is chosen. What the
 * range assumes is said beside it, once (results.assumes). */
struct slice figures_share_sentence(struct arena *arena, const struct locales *locales, int language,
                                    const struct figures *figures, const struct figures_line *line,
                                    size_t answer);
/* The mean of the line. */
struct slice figures_mean_sentence(struct arena *arena, const struct locales *locales, int language,
                                   const struct figures *figures, const struct figures_line *line);
/* Who answered, how they came, how much that counts for, weighted or not, and when: what stands with every
 * figure, in three or four sentences. */
struct slice figures_people_sentences(struct arena *arena, const struct locales *locales, int language,
                                      const struct figures *figures, const struct figures_line *line);

/* "1.003", "3,41" (nl); "1,003", "3.41" (en). */
struct slice figures_number_text(struct arena *arena, double value, int digits, int language);
/* As programs read it: "-8", "43.2". What rounds to nothing has no sign here either: a file says what a page
 * and the API say. Its length. */
enum { FIGURES_PLAIN_BYTES = 400 };
size_t figures_plain_text(char out[FIGURES_PLAIN_BYTES], double value, int digits);

/* "deelnemers": whom figures are of, by how they came. */
const char *figures_who(struct arena *arena, const struct locales *locales, int language,
                        const struct figures *figures);
/* " (tussen 59 en 65)"; "" for a figure without an interval. */
const char *figures_range(struct arena *arena, const struct locales *locales, int language,
                          const struct figures *figures, const struct figure *figure);

#endif
