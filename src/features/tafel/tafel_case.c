#include "features/tafel/tafel_case.h"

static const char *const recommendation_states[] = {
    "opgesteld",         "vastgesteld",      "aangeboden", "overgenomen",
    "deels-overgenomen", "niet-overgenomen", "vervallen",  NULL};
static const char *const question_states[] = {"voorgesteld", "geprioriteerd", "uitgezet",
                                              "afgerond",    "vervallen",     NULL};
const char *const *const case_states[CASE_SORTS] = {recommendation_states, question_states};
const char *const research_kinds[] = {"risico", "ethisch", "maatschappelijk", NULL};

struct step {
    enum case_sort sort;
    const char *from, *to;
    unsigned needs;
};
/* Every step that there is. */
static const struct step steps[] = {
    {CASE_RECOMMENDATION, "opgesteld", "vastgesteld", CASE_GROUND},
    {CASE_RECOMMENDATION, "opgesteld", "vervallen", CASE_TOLD},
    {CASE_RECOMMENDATION, "vastgesteld", "aangeboden", CASE_TOLD}, /* to whom */
    {CASE_RECOMMENDATION, "vastgesteld", "vervallen", CASE_GROUND | CASE_TOLD},
    {CASE_RECOMMENDATION, "aangeboden", "overgenomen", CASE_TOLD},
    {CASE_RECOMMENDATION, "aangeboden", "deels-overgenomen", CASE_TOLD},
    {CASE_RECOMMENDATION, "aangeboden", "niet-overgenomen", CASE_TOLD},
    {CASE_RECOMMENDATION, "niet-overgenomen", "opgesteld", CASE_TOLD}, /* it comes up again */
    {CASE_QUESTION, "voorgesteld", "geprioriteerd", CASE_GROUND | CASE_POINTS},
    {CASE_QUESTION, "voorgesteld", "vervallen", CASE_TOLD},
    {CASE_QUESTION, "geprioriteerd", "uitgezet", CASE_TOLD}, /* with whom */
    {CASE_QUESTION, "geprioriteerd", "vervallen", CASE_GROUND | CASE_TOLD},
    {CASE_QUESTION, "uitgezet", "afgerond", CASE_TOLD}, /* what came of it */
    {CASE_QUESTION, "uitgezet", "geprioriteerd", CASE_TOLD},
    {CASE_QUESTION, "vervallen", "voorgesteld", CASE_TOLD},
};
enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

unsigned case_step_needs(enum case_sort sort, struct slice from, struct slice to)
{
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if (steps[i].sort == sort && slice_equal_cstr(from, steps[i].from) &&
            slice_equal_cstr(to, steps[i].to)) {
            return steps[i].needs;
        }
    }
    return CASE_NO_STEP;
}

struct research_priority research_weigh(const int32_t points[TABLE_SIDES])
{
    struct research_priority out = {0, 0, 0};
    int32_t sorted[TABLE_SIDES];
    for (size_t i = 0; i < TABLE_SIDES; i++) {
        size_t at = out.sides;
        if (points[i] == 0) {
            continue;
        }
        while (at > 0 && sorted[at - 1] > points[i]) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = points[i];
        out.sides++;
    }
    if (out.sides > 0) {
        out.halves = sorted[(out.sides - 1) / 2] + sorted[out.sides / 2];
        out.spread = sorted[out.sides - 1] - sorted[0];
    }
    return out;
}
