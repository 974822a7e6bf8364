/* Looking for suggestions, and the pages about them. */
#ifndef ZEVENSTEM_TAFEL_SUGGESTION_PAGES_H
#define ZEVENSTEM_TAFEL_SUGGESTION_PAGES_H

#include "features/tafel/tafel_form.h"
#include "features/tafel/tafel_signal_pages.h"
#include "features/tafel/tafel_suggestion_sql.h"
#include "features/tafel/tafel_value_map_view.h"

#define SUGGESTION_PATH "/beheer/signaalvoorstellen"

extern const struct route suggestion_routes[];
extern const size_t suggestion_route_count;

/* Looks at every round that counts and keeps what the rules find, in the newest releases and what was coded.
 * *busy: releases are being read; nothing was kept of those rounds. */
enum db_status suggestions_look(bool *busy, const struct tafel *tafel, struct db_tx *tx,
                                const struct survey_snapshot *snapshot);

/* What is proposed, by subject: of suggestions of suggestion_list or suggestion_take, in their order, an
 * array of {nummer (of the first), gelezen (another number when one came or went), titel, over and deel (the
 * application, and which part of it: a value), regels_woord, ronde_titel, andere (how many more than the
 * first; missing: none), bevindingen[]: the suggestions, said}. In the arena, in this language. */
json_t *suggestion_subjects(json_t *suggestions, struct arena *arena, const struct tafel *tafel,
                            const struct survey_snapshot *snapshot, int language);

/* Beside each suggestion, for templates and signals: "titel", "zin" (what was found, with its figures),
 * "regel_zin" (the rule in words, with its bar), "href" (where the figures are; missing: nowhere) and
 * "ronde_titel". In this language: 0 nl, 1 en. */
void suggestion_say(json_t *suggestion, struct arena *arena, const struct tafel *tafel,
                    const struct survey_snapshot *snapshot, int language);

#endif
