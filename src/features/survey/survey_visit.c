/* From a code to a participation, and the drawing of new codes. */
#include "features/survey/survey_internal.h"

#include <limits.h>
#include <string.h>

/* The chance that none of so many random codes falls in one given cell of a hundred is under 1e-11. */
enum { MAX_DRAWS = 2560 };

void visit_of_code(struct visit *visit, struct survey *survey, const struct survey_snapshot *snapshot,
                   const struct survey_round *round, const struct participation_code *code)
{
    visit->survey = survey;
    visit->snapshot = snapshot;
    visit->round = round;
    visit->code = *code;
    code_derive(&visit->who, survey->config.keys, slice_from_cstr(round->code), code);
}

bool visit_open_draft(struct visit *visit, struct arena *arena, int32_t revision, struct slice sealed)
{
    const struct questionnaire *q = visit->round->questionnaire;
    if (!draft_open(&visit->state, arena, q, &visit->who, sealed)) {
        return false;
    }
    visit->draft_revision = revision;
    presentation_restore(&visit->presentation, q, visit->state.variant, visit->who.seed,
                         visit->state.answers.vector);
    return true;
}

enum db_status visit_find(struct visit *out, bool *found, bool *is_draft, struct db_tx *tx,
                          struct arena *arena, const struct visit *anybody,
                          const struct participation_code *code)
{
    int32_t rounds[SURVEY_MAX_ROUNDS];
    struct slice drafts[SURVEY_MAX_ROUNDS];
    struct slice responses[SURVEY_MAX_ROUNDS];
    int32_t round_id = 0;
    size_t count = survey_round_count(anybody->snapshot);
    struct visit *of_round = arena_array(arena, count + 1, sizeof *of_round);
    for (size_t i = 0; i < count; i++) {
        struct participation *who = &of_round[i].who;
        of_round[i] = *anybody;
        visit_of_code(&of_round[i], anybody->survey, anybody->snapshot, survey_round_at(anybody->snapshot, i),
                      code);
        rounds[i] = of_round[i].round->id;
        drafts[i] = (struct slice){(const char *)who->draft_id, sizeof who->draft_id};
        responses[i] = (struct slice){(const char *)who->response_id, sizeof who->response_id};
    }
    *found = false;
    enum db_status status = sql_find_participation(&round_id, is_draft, tx, rounds, drafts, responses, count);
    for (size_t i = 0; status == DB_OK && round_id != 0 && i < count; i++) {
        if (of_round[i].round->id == round_id) {
            *out = of_round[i];
            *found = true;
        }
    }
    return status;
}

static unsigned least_started(const struct start_counts *counts, size_t cells)
{
    unsigned least = UINT_MAX;
    for (size_t i = 0; i < cells; i++) {
        unsigned count = atomic_load_explicit(&counts->cell[i], memory_order_relaxed);
        least = count < least ? count : least;
    }
    return least;
}

/* What a person gets follows from the code alone, so balancing is a choice among codes: random ones are drawn
 * until the cell of the design that a code stands for is among the least started. A code stays unguessable:
 * it loses log2(cells) of its 80 bits. */
void visit_begin(struct visit *visit, struct arena *arena, int variant, enum survey_stream stream,
                 enum survey_channel channel)
{
    struct survey *survey = visit->survey;
    const struct questionnaire *q = visit->round->questionnaire;
    size_t cells = presentation_cell_count(q, variant);
    struct start_counts *counts = survey_start_counts(visit->snapshot, visit->round, variant);
    struct participation_code code;

    pthread_mutex_lock(&survey->start_lock);
    unsigned least = counts && cells <= SURVEY_MAX_CELLS ? least_started(counts, cells) : UINT_MAX;
    for (int tries = 0; tries < MAX_DRAWS; tries++) {
        code_generate(&code);
        visit_of_code(visit, survey, visit->snapshot, visit->round, &code);
        presentation_derive(&visit->presentation, q, variant, visit->who.seed);
        if (least == UINT_MAX ||
            atomic_load(&counts->cell[presentation_cell(q, &visit->presentation)]) == least) {
            break;
        }
    }
    if (least != UINT_MAX) {
        atomic_fetch_add(&counts->cell[presentation_cell(q, &visit->presentation)], 1);
    }
    pthread_mutex_unlock(&survey->start_lock);

    visit->draft_revision = 0;
    visit->state = (struct draft_state){.variant = variant,
                                        .language = visit->language,
                                        .stream = stream,
                                        .channel = channel,
                                        .started_minute = (uint32_t)(survey->config.now_s() / 60),
                                        .answers = answers_begin(arena, q, &visit->presentation)};
}
