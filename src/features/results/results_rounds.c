#include "features/results/results_rounds.h"

#include <string.h>

static const struct variable *variable_in(const struct survey_round *round, const char *code)
{
    size_t count;
    int index = questionnaire_find_variable(round->questionnaire, slice_from_cstr(code));
    bool asked = index >= 0 && questionnaire_asks(round->questionnaire, (size_t)index, round->variants,
                                                  (size_t)round->variant_count);
    return asked ? &questionnaire_variables(&count, round->questionnaire)[index] : NULL;
}

static bool same_categories(const struct variable *a, const struct variable *b)
{
    bool same = a->kind == b->kind && a->level == b->level && a->category_count == b->category_count;
    for (uint16_t k = 0; same && a->kind == VARIABLE_CATEGORY && k < a->category_count; k++) {
        same = strcmp(a->categories[k].code, b->categories[k].code) == 0 &&
               (!a->scores || a->scores[k] == b->scores[k]);
    }
    return same;
}

/* Whether the later round's questionnaire says of the variable that the version of the earlier one asks the
 * same. */
static bool is_declared(const struct survey_round *earlier, const struct survey_round *later,
                        const struct variable *in_later)
{
    const struct slice version = questionnaire_version(earlier->questionnaire);
    if (!slice_equal(questionnaire_code(earlier->questionnaire), questionnaire_code(later->questionnaire))) {
        return false;
    }
    for (size_t i = 0; i < in_later->equivalent_count; i++) {
        if (slice_equal_cstr(version, in_later->equivalent[i])) {
            return true;
        }
    }
    return false;
}

bool rounds_comparable(const struct survey_round *earlier, const struct survey_round *later, const char *code)
{
    const struct variable *a = variable_in(earlier, code), *b = variable_in(later, code);
    if (!a || !b || !same_categories(a, b)) {
        return false;
    }
    return earlier->version_id == later->version_id || b->system || is_declared(earlier, later, b) ||
           (a->locked && b->locked && memcmp(a->wording, b->wording, QUESTIONNAIRE_WORDING_BYTES) == 0);
}

bool rounds_older(const struct survey_round *a, const struct survey_round *b)
{
    return a->opens_at < b->opens_at || (a->opens_at == b->opens_at && a->id < b->id);
}
