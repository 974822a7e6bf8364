/* A posted page: fields to answers, with messages that say what to do. */
#include "features/questionnaire/model.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PAGE_ERRORS = 80 };

struct posting {
    struct arena *arena;
    const struct questionnaire *q;
    const struct presentation *p;
    const struct answer_field *fields;
    size_t field_count;
    int language;
    struct answer_error *errors;
    size_t error_count;
    bool too_young;
    const char *stay;
};

static const char *const languages[] = {"nl", "en"};

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

static const char *variable_code(const struct posting *posting, const struct question *question, size_t i)
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
        return given->choices[0] < 0 ? FAULT_FORM : FAULT_NONE;
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

static struct slice rank_move(const struct posting *posting, const struct question *question)
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
    slice_cut(&verb, &code, rank_move(posting, question), ':');
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
        given->choices[i] = choice_of(question, field(posting, variable_code(posting, question, i)));
    }
    if (question->type != QUESTION_RANKING) {
        return;
    }
    make_move(given, posting, question);
    for (size_t i = 0; i < count; i++) {
        given->dont_know = given->dont_know || given->choices[i] == CHOICE_DONT_KNOW;
    }
}

static enum answer_fault read_given(struct given *given, const struct posting *posting,
                                    const struct answers *a, const struct question *question)
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
            if (!number_of(&given->choices[i], number_field(posting, variable_code(posting, question, i)))) {
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

/* ---- messages ---- */

const char *grouped_number(struct arena *arena, int64_t number, int language)
{
    return number < 1000 ? arena_printf(arena, "%" PRId64, number).ptr
                         : arena_printf(arena, "%" PRId64 "%s%03" PRId64, number / 1000, language ? "," : ".",
                                        number % 1000)
                               .ptr;
}

static const char *message_path(enum answer_fault fault, const struct question *question)
{
    switch (fault) {
    case FAULT_TOO_FEW:
        return question->min == question->max ? "form_error.exactly" : "form_error.too_few";
    case FAULT_TOO_MANY:
        return question->min == question->max ? "form_error.exactly" : "form_error.too_many";
    case FAULT_NONE_AND_OTHER:
        return "form_error.none_and_other";
    case FAULT_DOUBLE:
        return question->type == QUESTION_BEST_WORST ? "form_error.best_is_worst" : "form_error.ranked_twice";
    case FAULT_GAP:
        return "form_error.rank_gap";
    case FAULT_SUM:
        return "form_error.points_sum";
    case FAULT_RANGE:
        return question->type == QUESTION_POINTS ? "form_error.points_form" : "form_error.number_range";
    case FAULT_TOO_LONG:
        return "form_error.too_long";
    case FAULT_FORM:
        return question->type == QUESTION_POSTCODE ? "form_error.postcode"
               : question->type == QUESTION_POINTS ? "form_error.points_form"
                                                   : "form_error.number_form";
    case FAULT_OPTION:
    case FAULT_NONE:
        break;
    }
    return "form_error.choose_shown";
}

static const char *first_field(const struct posting *posting, const struct question *question, size_t item)
{
    switch (question->type) {
    case QUESTION_SERIES:
    case QUESTION_RANKING:
    case QUESTION_POINTS:
    case QUESTION_BEST_WORST:
        return variable_code(posting, question, item);
    case QUESTION_SINGLE:
    case QUESTION_MULTIPLE:
    case QUESTION_SCALE:
    case QUESTION_NUMBER:
    case QUESTION_TEXT:
    case QUESTION_POSTCODE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        break;
    }
    return question->code;
}

static void add_error(struct posting *posting, const struct question *question, const struct given *given,
                      enum answer_fault fault, size_t item, int64_t number)
{
    int64_t max = question->type == QUESTION_TEXT ? (int64_t)question->limit : question->max;
    int box = fault == FAULT_TOO_LONG ? given_long_box(given, question) : -1;
    max = box >= 0 ? (int64_t)question->options[box].text_limit : max;
    const char *counted = grouped_number(posting->arena, number, posting->language);
    const char *low = grouped_number(posting->arena, question->min, posting->language);
    const char *high = grouped_number(posting->arena, max, posting->language);
    if (posting->error_count < MAX_PAGE_ERRORS) {
        posting->errors[posting->error_count++] = (struct answer_error){
            .field = box >= 0 ? posting->q->variables[question->options[box].text_variable].code
                              : first_field(posting, question, item),
            .question = question->code,
            .message =
                locale_format(posting->arena, posting->q->locales, languages[posting->language],
                              message_path(fault, question), "n", counted, "min", low, "max", high, NULL)};
    }
}

/* ---- the page ---- */

/* The variables of the question that this page shows, as bits. */
static uint64_t shown_variables(const struct posting *posting, const struct question *question,
                                const struct page_item *item)
{
    uint8_t order[MAX_OPTIONS];
    uint64_t bits = 0;
    if (question->type == QUESTION_BEST_WORST) {
        for (size_t task = item->from; task < item->to; task++) {
            bits |= UINT64_C(3) << 2 * task;
        }
        return bits;
    }
    if (question->type != QUESTION_SERIES) {
        return UINT64_MAX;
    }
    size_t count = presentation_items(order, posting->p, question);
    for (size_t i = item->from; i < item->to && i < count; i++) {
        bits |= UINT64_C(1) << order[i];
    }
    return bits & question->in_variant[posting->p->variant];
}

/* Each where it is: a series by item; of a task, what clashes is said at the second of the two. */
static void add_errors(struct posting *posting, const struct question *question, const struct page_item *item,
                       const struct given *given, enum answer_fault fault, int64_t number)
{
    if (question->type == QUESTION_BEST_WORST) {
        add_error(posting, question, given, fault, 2 * item->from + (fault == FAULT_DOUBLE), number);
        return;
    }
    if (question->type != QUESTION_SERIES) {
        add_error(posting, question, given, fault, 0, number);
        return;
    }
    for (size_t i = 0; i < question->item_count; i++) {
        if (given->choices[i] >= (int)question->option_count) {
            add_error(posting, question, given, fault, i, number);
        }
    }
}

static void answer_question(struct posting *posting, struct answers *a, const struct page_item *item)
{
    const struct question *question = &posting->q->questions[item->question];
    size_t count = question_variable_count(question);
    uint64_t shown = shown_variables(posting, question, item);
    struct given given;
    int64_t number = 0;
    if (question->type == QUESTION_RANKING && rank_move(posting, question).len > 0) {
        posting->stay = first_field(posting, question, 0);
    }
    enum answer_fault fault = read_given(&given, posting, a, question);
    if (fault == FAULT_NONE) {
        for (size_t i = 0; i < count && shown != UINT64_MAX; i++) {
            given.choices[i] = shown >> i & 1u ? given.choices[i] : CHOICE_OPEN; /* of another page */
        }
        fault = given_check(&given, posting->q, posting->p, a, question, shown, &number);
    }
    if (fault != FAULT_NONE) {
        add_errors(posting, question, item, &given, fault, number);
        return;
    }
    int choice = given.choices[0];
    if (question->type == QUESTION_AGE && choice >= 0 && question->options[choice].too_young) {
        posting->too_young = true;
    }
    given_store(a, posting->arena, posting->q, question, &given, shown);
}

static struct answers copy_answers(struct arena *arena, const struct questionnaire *q,
                                   const struct answers *a)
{
    struct answers copy = {arena_alloc(arena, q->vector_size),
                           arena_array(arena, q->text_count, sizeof(struct slice))};
    memcpy(copy.vector, a->vector, q->vector_size);
    if (q->text_count > 0) {
        memcpy(copy.texts, a->texts, q->text_count * sizeof *copy.texts);
    }
    return copy;
}

struct page_result questionnaire_answer_page(struct answers *a, struct arena *arena,
                                             const struct questionnaire *q, const struct presentation *p,
                                             uint16_t page, int language, const struct answer_field *fields,
                                             size_t field_count)
{
    struct posting posting = {.arena = arena,
                              .q = q,
                              .p = p,
                              .fields = fields,
                              .field_count = field_count,
                              .language = language,
                              .errors = arena_array(arena, MAX_PAGE_ERRORS, sizeof(struct answer_error))};
    struct answers changed = copy_answers(arena, q, a);
    for (size_t i = 0; i < q->pages[page].item_count; i++) {
        const struct page_item *item = &q->pages[page].items[i];
        if (item->kind == PAGE_QUESTION && question_asked(q, p, &changed, &q->questions[item->question])) {
            answer_question(&posting, &changed, item);
        }
    }
    if (posting.error_count == 0 && !posting.too_young) {
        *a = changed;
    }
    return (struct page_result){posting.errors, posting.error_count, posting.too_young, posting.stay};
}
