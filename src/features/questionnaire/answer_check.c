/* One question's answer, whether it came by form or by API: the same checks, the same storing. */
#include "features/questionnaire/model.h"

#include "base/utf8.h"

#include <string.h>

enum { POINTS_SUM = 100 };

static enum answer_fault check_offered(const struct given *given, const struct questionnaire *q,
                                       const struct presentation *p, const struct answers *a,
                                       const struct question *question, size_t count, uint64_t shown)
{
    for (size_t i = 0; i < count; i++) {
        int choice = given->choices[i];
        bool of_option = question->type == QUESTION_MULTIPLE;
        size_t option = of_option ? i : (size_t)choice;
        if (choice < 0 || (of_option && choice == 0)) {
            continue;
        }
        if (!(shown >> i & 1u)) {
            return FAULT_OPTION;
        }
        if (question->type == QUESTION_POSTCODE) {
            if (option >= PROVINCES + question->option_count) {
                return FAULT_OPTION;
            }
        } else if (option >= question->option_count || !option_offered(q, p, a, question, option)) {
            return FAULT_OPTION;
        }
    }
    return FAULT_NONE;
}

static enum answer_fault check_multiple(const struct given *given, const struct question *question,
                                        int64_t *number)
{
    int64_t ticked = 0;
    bool none = false;
    for (size_t i = 0; i < question->option_count; i++) {
        ticked += given->choices[i] == 1;
        none = none || (given->choices[i] == 1 && question->options[i].none);
    }
    *number = ticked;
    if ((none || given->dont_know) && ticked + given->dont_know > 1) {
        return FAULT_NONE_AND_OTHER;
    }
    if (ticked == 0 || none) {
        return FAULT_NONE;
    }
    if (question->max > 0 && ticked > question->max) {
        return FAULT_TOO_MANY;
    }
    return question->min > 0 && ticked < question->min ? FAULT_TOO_FEW : FAULT_NONE;
}

static enum answer_fault check_ranking(const struct given *given, const struct question *question)
{
    uint64_t seen = 0;
    bool gap = false;
    for (int rank = 0; rank < question->top && given->dont_know; rank++) {
        if (given->choices[rank] >= 0) {
            return FAULT_NONE_AND_OTHER;
        }
    }
    for (int rank = 0; rank < question->top; rank++) {
        int choice = given->choices[rank];
        if (choice < 0) {
            gap = true;
            continue;
        }
        if (gap) {
            return FAULT_GAP;
        }
        if (seen >> choice & 1u) {
            return FAULT_DOUBLE;
        }
        seen |= UINT64_C(1) << choice;
    }
    return FAULT_NONE;
}

static enum answer_fault check_points(const struct given *given, const struct question *question,
                                      int64_t *number)
{
    int64_t sum = 0;
    bool any = false;
    for (size_t i = 0; i < question->option_count; i++) {
        any = any || given->choices[i] >= 0;
        if (given->choices[i] > POINTS_SUM) {
            return FAULT_RANGE;
        }
        sum += given->choices[i] > 0 ? given->choices[i] : 0;
    }
    *number = sum;
    return any && sum != POINTS_SUM ? FAULT_SUM : FAULT_NONE;
}

static bool in_task(size_t task, int option)
{
    for (size_t i = 0; i < FANO_OPTIONS; i++) {
        if (fano[task][i] == option) {
            return true;
        }
    }
    return false;
}

static enum answer_fault check_best_worst(const struct given *given)
{
    for (size_t task = 0; task < FANO_TASKS; task++) {
        int best = given->choices[2 * task];
        int worst = given->choices[2 * task + 1];
        if ((best >= 0 && !in_task(task, best)) || (worst >= 0 && !in_task(task, worst))) {
            return FAULT_OPTION;
        }
        if (best >= 0 && best == worst) {
            return FAULT_DOUBLE;
        }
    }
    return FAULT_NONE;
}

int given_long_box(const struct given *given, const struct question *question)
{
    for (size_t i = 0; i < question->option_count; i++) {
        uint32_t limit = question->options[i].text_limit;
        if (limit > 0 && utf8_length(given->open[i]) > limit) {
            return (int)i;
        }
    }
    return -1;
}

static enum answer_fault check_boxes(const struct given *given, const struct question *question,
                                     int64_t *number)
{
    int box = given_long_box(given, question);
    *number = box >= 0 ? (int64_t)utf8_length(given->open[box]) : *number;
    return box >= 0 ? FAULT_TOO_LONG : FAULT_NONE;
}

enum answer_fault given_check(const struct given *given, const struct questionnaire *q,
                              const struct presentation *p, const struct answers *a,
                              const struct question *question, uint64_t shown, int64_t *number)
{
    size_t count = question_variable_count(question);
    enum answer_fault fault = FAULT_NONE;
    *number = 0;
    if (question->type == QUESTION_TEXT) {
        *number = (int64_t)utf8_length(given->text);
        return *number > question->limit ? FAULT_TOO_LONG : FAULT_NONE;
    }
    if (question->type == QUESTION_NUMBER) {
        *number = given->choices[0];
        return given->choices[0] >= 0 &&
                       (given->choices[0] < question->min || given->choices[0] > question->max)
                   ? FAULT_RANGE
                   : FAULT_NONE;
    }
    if (question->type == QUESTION_POINTS) {
        return check_points(given, question, number);
    }
    fault = check_offered(given, q, p, a, question, count, shown);
    if (fault == FAULT_NONE && question->type == QUESTION_MULTIPLE) {
        fault = check_multiple(given, question, number);
    }
    if (fault == FAULT_NONE && question->type == QUESTION_RANKING) {
        fault = check_ranking(given, question);
    }
    if (fault == FAULT_NONE && question->type == QUESTION_BEST_WORST) {
        fault = check_best_worst(given);
    }
    return fault == FAULT_NONE ? check_boxes(given, question, number) : fault;
}

/* ---- storing ---- */

static void store_text(struct answers *a, struct arena *arena, const struct questionnaire *q, int variable,
                       struct slice text)
{
    int index = q->text_index[variable];
    slot_set(q, a, variable, text.len > 0 ? ANSWER_FIRST : ANSWER_NONE);
    a->texts[index] = text.len > 0 ? arena_copy(arena, text) : (struct slice){NULL, 0};
}

static uint16_t slot_of(const struct given *given, const struct question *question, size_t i, bool any)
{
    int choice = given->choices[i];
    if (choice == CHOICE_DONT_KNOW || (given->dont_know && question->type != QUESTION_SERIES)) {
        return ANSWER_DONT_KNOW;
    }
    /* A box that is not ticked is an answer as soon as another one is. */
    if (question->type == QUESTION_MULTIPLE) {
        return any ? (uint16_t)(ANSWER_FIRST + (choice == 1)) : ANSWER_NONE;
    }
    if (question->type == QUESTION_POINTS && any && choice < 0) {
        return ANSWER_FIRST;
    }
    return choice < 0 ? ANSWER_NONE : (uint16_t)(ANSWER_FIRST + choice);
}

void given_store(struct answers *a, struct arena *arena, const struct questionnaire *q,
                 const struct question *question, const struct given *given, uint64_t shown)
{
    size_t count = question_variable_count(question);
    bool any = false;
    if (question->type == QUESTION_TEXT) {
        store_text(a, arena, q, question->first_variable, given->text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        any = any || given->choices[i] > 0 || (question->type == QUESTION_POINTS && given->choices[i] == 0);
    }
    for (size_t i = 0; i < count; i++) {
        if (shown >> i & 1u) {
            slot_set(q, a, question->first_variable + (int)i, slot_of(given, question, i, any));
        }
    }
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        if (question->options[i].text_variable >= 0) {
            store_text(a, arena, q, question->options[i].text_variable, given->open[i]);
        }
    }
}
