/* Which codes a variable can hold: a table leaves the others out, rather than count nobody there. */
#include "features/questionnaire/model.h"

#include <string.h>

/* Of every response; the others of the service depend on what was shown. */
static bool is_of_all(const struct variable *v)
{
    static const char *const codes[] = {"variant", "taal", "werving", "kanaal", "kwaliteit"};
    for (size_t i = 0; v->system && i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(v->code, codes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_variant(const int *variants, size_t variant_count, uint32_t category)
{
    for (size_t i = 0; i < variant_count; i++) {
        if ((uint32_t)variants[i] == category) {
            return true;
        }
    }
    return false;
}

static const struct question *question_of(const struct questionnaire *q, const struct variable *v)
{
    for (size_t i = 0; v->question && i < q->question_count; i++) {
        if (strcmp(q->questions[i].code, v->question) == 0) {
            return &q->questions[i];
        }
    }
    return NULL;
}

/* Asked of everybody, whatever they answered or were assigned. */
static bool is_always_asked(const struct questionnaire *q, const struct question *question, size_t own,
                            const int *variants, size_t variant_count)
{
    bool always = question->instance < 0 && !question->show_if && !q->pages[question->page].show_if &&
                  question->from == OPTIONS_OWN;
    for (size_t i = 0; always && i < variant_count; i++) {
        uint64_t items = question->in_variant[variants[i]];
        always = question->type == QUESTION_SERIES ? (items >> own & 1u) : items != 0;
    }
    return always;
}

/* own: which of the question's variables it is. */
static bool may_answer(const struct question *question, size_t own, uint32_t category)
{
    const struct option *option = category < question->option_count ? &question->options[category] : NULL;
    switch (question->type) {
    case QUESTION_NUMBER:
        return (int64_t)category >= question->min;
    case QUESTION_AGE:
        return !option || !option->too_young;
    case QUESTION_BEST_WORST:
        for (size_t i = 0; i < FANO_OPTIONS; i++) {
            if (fano[own / 2][i] == category) {
                return true;
            }
        }
        return false;
    case QUESTION_SINGLE:
        /* "Geen van deze" of the question that these answers come from is not among them. */
        return question->from != OPTIONS_CHOSEN || category >= question->from_count || !option ||
               !option->none;
    case QUESTION_MULTIPLE:
    case QUESTION_SCALE:
    case QUESTION_SERIES:
    case QUESTION_RANKING:
    case QUESTION_POINTS:
    case QUESTION_TEXT:
    case QUESTION_POSTCODE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        break;
    }
    return true;
}

/* Of the service's own. */
static bool may_hold_own(const struct questionnaire *q, size_t variable, uint32_t code, const int *variants,
                         size_t variant_count)
{
    if (code < ANSWER_FIRST) {
        return code == ANSWER_NOT_ASKED && !is_of_all(&q->variables[variable]);
    }
    return (int)variable != q->variable_variant || is_variant(variants, variant_count, code - ANSWER_FIRST);
}

void questionnaire_held_codes(bool *held, uint32_t code_count, const struct questionnaire *q, size_t variable,
                              const int *variants, size_t variant_count)
{
    const struct variable *v = &q->variables[variable];
    const struct question *question = question_of(q, v);
    bool box = question && v->kind == VARIABLE_TEXT && question->type != QUESTION_TEXT;
    size_t own = question && !box ? variable - (size_t)question->first_variable : 0;
    for (uint32_t code = 0; code < code_count; code++) {
        held[code] = question ? box || code < ANSWER_FIRST || may_answer(question, own, code - ANSWER_FIRST)
                              : may_hold_own(q, variable, code, variants, variant_count);
    }
    if (question && code_count > ANSWER_DONT_KNOW) {
        held[ANSWER_NOT_ASKED] = !is_always_asked(q, question, own, variants, variant_count);
        held[ANSWER_DONT_KNOW] = question->dont_know && !box;
    }
}

bool questionnaire_asks(const struct questionnaire *q, size_t variable, const int *variants,
                        size_t variant_count)
{
    const struct question *question = question_of(q, &q->variables[variable]);
    bool asks = question == NULL;
    for (size_t i = 0; !asks && i < variant_count; i++) {
        uint64_t items = question->in_variant[variants[i]];
        size_t own = variable - (size_t)question->first_variable;
        asks = question->type == QUESTION_SERIES ? (items >> own & 1u) : items != 0;
    }
    return asks;
}
