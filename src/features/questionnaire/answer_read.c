/* Fields of a posted page, as people type and tick them: to what was given for a question. */
#include "features/questionnaire/answer_read.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static struct slice field(const struct posting *posting, const char *name)
{
    for (size_t i = 0; i < posting->field_count; i++) {
        if (slice_equal_cstr(posting->fields[i].name, name)) {
            return slice_trim(posting->fields[i].value);
        }
    }
    return (struct slice){NULL, 0};
}

/* For numbers: without what is copied along unseen (blanks of other widths, marks of direction and order). */
static struct slice number_field(const struct posting *posting, const char *name)
{
    struct slice typed = field(posting, name);
    char *kept = arena_alloc(posting->arena, typed.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        const char *c = typed.ptr + i;
        size_t left = typed.len - i;
        if (left >= 2 && memcmp(c, "\xc2\xa0", 2) == 0) {
            i += 1;
        } else if (left >= 3 && (memcmp(c, "\xe2\x80", 2) == 0 || memcmp(c, "\xe2\x81\xa0", 3) == 0 ||
                                 memcmp(c, "\xef\xbb\xbf", 3) == 0)) {
            i += 2;
        } else {
            kept[len++] = *c;
        }
    }
    return slice_trim((struct slice){kept, len});
}

static bool field_has(const struct posting *posting, const char *name, const char *value)
{
    for (size_t i = 0; i < posting->field_count; i++) {
        if (slice_equal_cstr(posting->fields[i].name, name) &&
            slice_equal_cstr(posting->fields[i].value, value)) {
            return true;
        }
    }
    return false;
}

/* Option index of a posted code; CHOICE_OPEN when nothing was posted, CHOICE_DONT_KNOW; MAX_OPTIONS for a
 * code that is none. */
static int choice_of(const struct question *question, struct slice code)
{
    if (code.len == 0) {
        return CHOICE_OPEN;
    }
    if (question->dont_know && slice_equal_cstr(code, "weet-ik-niet")) {
        return CHOICE_DONT_KNOW;
    }
    for (size_t i = 0; i < question->option_count; i++) {
        if (slice_equal_cstr(code, question->options[i].code)) {
            return (int)i;
        }
    }
    return MAX_OPTIONS;
}

/* "1.000", "1 000" and "12": a whole number; -1 for nothing; false for anything else. */
static bool number_of(int *out, struct slice text)
{
    int64_t value = 0;
    *out = CHOICE_OPEN;
    if (text.len == 0) {
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9') {
            value = value * 10 + (c - '0');
        } else if (c != '.' && c != ' ') {
            return false;
        }
        if (value > 1000000) {
            return false;
        }
    }
    *out = (int)value;
    return true;
}

/* ---- reading what was given ---- */

const char *posting_variable(const struct posting *posting, const struct question *question, size_t i)
{
    return posting->q->variables[question->first_variable + (int)i].code;
}

/* Whether the question was answered with this province before: it may be kept without typing the digits
 * again. */
static bool is_kept_province(const struct posting *posting, const struct answers *a,
                             const struct question *question, struct slice code)
{
    uint16_t slot = slot_get(posting->q, a, question->first_variable);
    return slot >= ANSWER_FIRST && slot < ANSWER_FIRST + PROVINCES &&
           slice_equal_cstr(code, province_categories[slot - ANSWER_FIRST].code);
}

/* Whether one of the choices beside the digits was chosen on this page. What was answered before stands
 * chosen already, and a radio cannot be unselected: digits that are typed now go before it. */
static bool chosen_now(const struct posting *posting, const struct answers *a,
                       const struct question *question, struct slice code)
{
    const uint16_t slot = slot_get(posting->q, a, question->first_variable);
    const int option = choice_of(question, code);
    const bool before = option == CHOICE_DONT_KNOW ? slot == ANSWER_DONT_KNOW
                        : option >= 0              ? slot == ANSWER_FIRST + PROVINCES + option
                                                   : false;
    return code.len > 0 && !before && !is_kept_province(posting, a, question, code);
}

static enum answer_fault read_postcode(struct given *given, const struct posting *posting,
                                       const struct answers *a, const struct question *question)
{
    char name[2 * MAX_CODE + 16];
    struct slice digits = number_field(posting, question->code);
    snprintf(name, sizeof name, "%s" OTHERWISE_SUFFIX, question->code);
    struct slice other = field(posting, name);
    given->choices[0] = CHOICE_OPEN;
    if (digits.len > 0) {
        given->choices[0] = postcode_category(posting->q, digits);
        return given->choices[0] < 0                     ? FAULT_FORM
               : chosen_now(posting, a, question, other) ? FAULT_NONE_AND_OTHER
                                                         : FAULT_NONE;
    }
    if (is_kept_province(posting, a, question, other)) {
        given->choices[0] = slot_get(posting->q, a, question->first_variable) - ANSWER_FIRST;
        return FAULT_NONE;
    }
    int option = choice_of(question, other);
    given->choices[0] = option >= 0 ? PROVINCES + option : option;
    return FAULT_NONE;
}

/* A number, or the tick beside it; both is a fault. */
static enum answer_fault read_number(struct given *given, const struct posting *posting,
                                     const struct question *question)
{
    char name[2 * MAX_CODE + 16];
    snprintf(name, sizeof name, "%s" OTHERWISE_SUFFIX, question->code);
    if (question->dont_know && field_has(posting, name, "weet-ik-niet")) {
        given->choices[0] = CHOICE_DONT_KNOW;
        return field(posting, question->code).len > 0 ? FAULT_NONE_AND_OTHER : FAULT_NONE;
    }
    return number_of(&given->choices[0], number_field(posting, question->code)) ? FAULT_NONE : FAULT_FORM;
}

static void read_boxes(struct given *given, const struct posting *posting, const struct question *question)
{
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        int box = question->options[i].text_variable;
        if (box >= 0) {
            given->open[i] = utf8_clean(posting->arena, field(posting, posting->q->variables[box].code));
        }
    }
}

/* Ticks by option, 1 or 0. What somebody typed beside an answer ticks it. */
static enum answer_fault read_ticks(struct given *given, const struct posting *posting,
                                    const struct question *question)
{
    bool none = given->dont_know = question->dont_know && field_has(posting, question->code, "weet-ik-niet");
    for (size_t i = 0; i < posting->field_count; i++) {
        if (slice_equal_cstr(posting->fields[i].name, question->code) &&
            choice_of(question, slice_trim(posting->fields[i].value)) == MAX_OPTIONS) {
            return FAULT_OPTION;
        }
    }
    for (size_t i = 0; i < question->option_count; i++) {
        given->choices[i] = field_has(posting, question->code, question->options[i].code);
        none = none || (given->choices[i] && question->options[i].none);
    }
    for (size_t i = 0; i < question->option_count && !none; i++) {
        given->choices[i] = given->choices[i] || given->open[i].len > 0;
    }
    return FAULT_NONE;
}

static enum answer_fault read_choice(struct given *given, const struct posting *posting,
                                     const struct question *question)
{
    given->choices[0] = choice_of(question, field(posting, question->code));
    for (size_t i = 0; i < question->option_count && given->choices[0] == CHOICE_OPEN; i++) {
        given->choices[0] = given->open[i].len > 0 ? (int)i : CHOICE_OPEN;
    }
    return FAULT_NONE;
}

/* ---- a ranking's buttons ---- */

struct slice posting_rank_move(const struct posting *posting, const struct question *question)
{
    char name[2 * MAX_CODE + 16];
    snprintf(name, sizeof name, "%s" RANK_MOVE_SUFFIX, question->code);
    return field(posting, name);
}

static void swap_choices(struct given *given, int one, int other)
{
    int kept = given->choices[one];
    given->choices[one] = given->choices[other];
    given->choices[other] = kept;
}

/* What the button that was pressed does to the places that were filled. One that makes no sense, of a page
 * that is old by now, does nothing. */
static void make_move(struct given *given, const struct posting *posting, const struct question *question)
{
    struct slice verb;
    struct slice code;
    slice_cut(&verb, &code, posting_rank_move(posting, question), ':');
    int option = choice_of(question, code);
    int filled = 0;
    int at = -1;
    if (option < 0 || option >= (int)question->option_count) {
        return;
    }
    while (filled < question->top && given->choices[filled] >= 0) {
        at = given->choices[filled] == option ? filled : at;
        filled++;
    }
    if (at < 0 && filled < question->top && slice_equal_cstr(verb, "kies")) {
        given->choices[filled] = option; /* instead of don't know, where that was ticked */
    } else if (at > 0 && slice_equal_cstr(verb, "omhoog")) {
        swap_choices(given, at, at - 1);
    } else if (at >= 0 && at + 1 < filled && slice_equal_cstr(verb, "omlaag")) {
        swap_choices(given, at, at + 1);
    } else if (at >= 0 && slice_equal_cstr(verb, "weg")) {
        for (; at + 1 < filled; at++) {
            swap_choices(given, at, at + 1);
        }
        given->choices[at] = CHOICE_OPEN;
    }
}

static void read_choices(struct given *given, const struct posting *posting, const struct question *question)
{
    size_t count = question_variable_count(question);
    for (size_t i = 0; i < count; i++) {
        given->choices[i] = choice_of(question, field(posting, posting_variable(posting, question, i)));
    }
    if (question->type != QUESTION_RANKING) {
        return;
    }
    make_move(given, posting, question);
    for (size_t i = 0; i < count; i++) {
        given->dont_know = given->dont_know || given->choices[i] == CHOICE_DONT_KNOW;
    }
}

enum answer_fault posting_read(struct given *given, const struct posting *posting, const struct answers *a,
                               const struct question *question)
{
    size_t count = question_variable_count(question);
    *given = (struct given){.dont_know = false};
    read_boxes(given, posting, question);
    switch (question->type) {
    case QUESTION_TEXT:
        given->text = utf8_clean(posting->arena, field(posting, question->code));
        return FAULT_NONE;
    case QUESTION_POSTCODE:
        return read_postcode(given, posting, a, question);
    case QUESTION_MULTIPLE:
        return read_ticks(given, posting, question);
    case QUESTION_NUMBER:
        return read_number(given, posting, question);
    case QUESTION_POINTS:
        for (size_t i = 0; i < count; i++) {
            if (!number_of(&given->choices[i],
                           number_field(posting, posting_variable(posting, question, i)))) {
                return FAULT_FORM;
            }
        }
        return FAULT_NONE;
    case QUESTION_SERIES:
    case QUESTION_RANKING:
    case QUESTION_BEST_WORST:
        read_choices(given, posting, question);
        return FAULT_NONE;
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        return read_choice(given, posting, question);
    }
    return FAULT_NONE;
}
