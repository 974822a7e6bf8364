/* What whoever uses microdata is told about it, in the files themselves. */
#include "features/results/results_recipe.h"

#include <inttypes.h>

enum { NOTES_MAX = 9 };

static const char *join(struct arena *arena, const char *const *codes, size_t count)
{
    const char *text = count > 0 ? codes[0] : "";
    for (size_t i = 1; i < count; i++) {
        text = arena_printf(arena, "%s, %s", text, codes[i]).ptr;
    }
    return text;
}

static const char *key_codes(struct arena *arena, const struct recipe *recipe)
{
    const char *codes[ANONYMITY_VARIABLES_MAX];
    for (size_t i = 0; i < recipe->key_count; i++) {
        codes[i] = recipe->columns[recipe->keys[i]].source->code;
    }
    return join(arena, codes, recipe->key_count);
}

static const char *anonymity_note(struct arena *arena, const struct recipe *recipe,
                                  const struct results_export_request *request,
                                  const struct results_export_outcome *outcome)
{
    return arena_printf(
               arena,
               request->language == 0
                   ? "Wat anderen van iemand kunnen weten (%s) is in elke combinatie hetzelfde bij ten "
                     "minste "
                     "%" PRIu32 " mensen. Daarvoor is bij %" PRIu64 " van de %" PRIu64
                     " rijen iets afgeschermd: eerst het laatste kenmerk van deze lijst, dan het "
                     "voorlaatste, enzovoort."
                   : "What others may know of somebody (%s) is in every combination the same for at least "
                     "%" PRIu32 " people. For that, something is hidden in %" PRIu64 " of the %" PRIu64
                     " rows: first the last variable of this list, then the one before it, and so on.",
               key_codes(arena, recipe), request->k, outcome->anonymity.changed, outcome->rows)
        .ptr;
}

const char *const *recipe_notes(size_t *count, struct arena *arena, const struct recipe *recipe,
                                const struct results_export_request *request,
                                const struct results_export_outcome *outcome)
{
    const bool dutch = request->language == 0;
    const char **notes = arena_array(arena, NOTES_MAX, sizeof *notes);
    size_t n = 0;
    if (request->round->invented) {
        notes[n++] = dutch ? "Alle gegevens zijn verzonnen. Gebruik ze nergens voor."
                           : "All data are invented. Do not use them for anything.";
    }
    if (survey_round_accepts(request->round, request->now_s)) {
        notes[n++] = dutch ? "Voorlopig: de ronde loopt nog." : "Provisional: the round is still running.";
    } else if (survey_round_incomplete(request->round, request->now_s)) {
        notes[n++] = dutch ? "Voorlopig: papier dat op tijd binnenkwam, wordt nog ingevoerd."
                           : "Provisional: paper that came in time is still being entered.";
    }
    notes[n++] = dutch ? "Een rij is een inzending die nu geldt. Wat is ingetrokken, zit er niet in. Open "
                         "antwoorden zitten er niet in: alleen of er een is gegeven."
                       : "A row is a response that counts now. What was withdrawn is not in it. Open answers "
                         "are not in it: only whether one was given.";
    notes[n++] = dutch ? "Hoe iemand kwam, staat in `werving`. Voeg mensen die anders kwamen niet samen "
                         "zonder dat erbij te zeggen."
                       : "How somebody came is in `werving`. Do not pool people who came in other ways "
                         "without saying so.";
    notes[n++] = anonymity_note(arena, recipe, request, outcome);
    if (recipe->coarser_count > 0) {
        notes[n++] = arena_printf(arena, dutch ? "Grover gemaakt: %s." : "Made coarser: %s.",
                                  join(arena, recipe->coarser, recipe->coarser_count))
                         .ptr;
    }
    if (recipe->left_out_count > 0) {
        notes[n++] = arena_printf(arena, dutch ? "Weggelaten: %s." : "Left out: %s.",
                                  join(arena, recipe->left_out, recipe->left_out_count))
                         .ptr;
    }
    if (recipe->weighed) {
        notes[n++] =
            arena_printf(
                arena,
                dutch ? "Gewichten in `gewicht`: versie %s, als gemiddelde van wie dezelfde kenmerken laten "
                        "zien."
                      : "Weights in `gewicht`: version %s, as the mean of those of whom the same is shown.",
                request->weighing->version)
                .ptr;
    }
    *count = n;
    return notes;
}
