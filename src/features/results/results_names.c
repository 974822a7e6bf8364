/* What the codes of a variable are called, in addresses, files and on pages. */
#include "features/results/results_figures.h"

#include <string.h>

static const struct variable_category special[ANSWER_FIRST] = {
    [ANSWER_NOT_ASKED] = {"niet-gevraagd", {"Niet gevraagd", "Not asked"}},
    [ANSWER_NONE] = {"geen-antwoord", {"Geen antwoord", "No answer"}},
    [ANSWER_DONT_KNOW] = {"weet-ik-niet", {"Weet ik niet", "Don't know"}},
};
static const struct variable_category all = {"alle", {"Iedereen", "Everybody"}};
static const struct variable_category given = {"gegeven", {"Gegeven", "Given"}};

/* NULL: a number, or a code that the variable has not. */
static const struct variable_category *category_of(const struct variable *v, uint32_t code)
{
    if (code == FIGURES_ALL) {
        return &all;
    }
    if (code == FIGURES_GIVEN || (v->kind == VARIABLE_TEXT && code >= ANSWER_FIRST)) {
        return &given;
    }
    if (code < ANSWER_FIRST) {
        return &special[code];
    }
    return v->kind == VARIABLE_CATEGORY && code - ANSWER_FIRST < v->category_count
               ? &v->categories[code - ANSWER_FIRST]
               : NULL;
}

const char *figures_code_name(struct arena *arena, const struct variable *variable, uint32_t code)
{
    const struct variable_category *category = category_of(variable, code);
    return category ? category->code : arena_printf(arena, "%u", (unsigned)(code - ANSWER_FIRST)).ptr;
}

const char *figures_code_label(const struct variable *variable, uint32_t code, int language)
{
    const struct variable_category *category = category_of(variable, code);
    return category ? category->label[language] : NULL;
}

const char *figures_kept(const struct figures_query *query, const char *variable)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, query->round->questionnaire);
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct figures_filter *filter = &query->filters[f];
        if (strcmp(variables[filter->variable].code, variable) == 0) {
            return filter->count == 1 && filter->codes[0] >= ANSWER_FIRST
                       ? variables[filter->variable].categories[filter->codes[0] - ANSWER_FIRST].code
                       : NULL;
        }
    }
    return all.code;
}

const char *figures_concept(struct arena *arena, const struct variable *variable)
{
    const char *parts[] = {variable->dimension, variable->value, variable->facet, variable->application};
    const char *concept = NULL;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i]) {
            concept = concept ? arena_printf(arena, "%s, %s", concept, parts[i]).ptr : parts[i];
        }
    }
    return concept;
}
