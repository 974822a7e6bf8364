/* Orders of importance out of the columns, as records: of questions that let people rank, divide points, pick
 * the most and the least, or pick a first among what they chose. A release holds each answer alone, so the
 * public sees of these what one answer tells: who put what first, chose it, or how many points it got on
 * average. */
#ifndef ZEVENSTEM_RESULTS_RANKING_H
#define ZEVENSTEM_RESULTS_RANKING_H

#include "features/results/results_records.h"

/* Places that a ballot counts; people may have ranked more. */
enum { RANKING_PLACES_MAX = 3 };

/* Whether the variable begins a question that gives an order. */
bool ranking_begins(const struct questionnaire *questionnaire, size_t variable);

/* Adds the records of the question whose first variable this is, by the first of people->groups if there is
 * one, everybody last. *about: what stands with them.
 *
 *   ranking     eerste (share that put it first), top3 (among their first three: "top<k>" of k places), borda
 *               (mean of options less place; who is not placed shares the mean of what is left),
 * plackett-luce (log worth, sum 0) and plackett-luce-kans (worth, percent); of the whole kendall-w points
 * gemiddelde (points of 100), iets (share that gave it any), kwart (share that gave 25 or more) multiple
 * gekozen (share that chose it), and of a question that picks among them: eerste best-worst  saldo (mean of
 * times best less times worst, over how often it was shown), -1 to 1
 *
 * Of these the public's view has eerste, gemiddelde and gekozen, as the release has them; best-worst is
 * FIGURES_NOT_RELEASED, by the rule "antwoorden-samen". After any other status than FIGURES_OK nothing was
 * added, *about is as it was, and *rule says what keeps it from the public.
 *
 * A share is withheld as a table's is; where the counts that the other measures are made of hold one under
 * the threshold, none of that line is shown. */
enum figures_status ranking_add(struct records *records, struct figures *about, const char **rule,
                                struct results_call *call, const struct figures_query *people, size_t first);

#endif
