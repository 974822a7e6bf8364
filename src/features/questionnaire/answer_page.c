/* A posted page: fields to answers, with messages that say what to do. */
#include "features/questionnaire/answer_read.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_PAGE_ERRORS = 80 };

static const char *const languages[] = {"nl", "en"};

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
        return question->type == QUESTION_POSTCODE ? "form_error.postcode_and_other"
               : question->type == QUESTION_NUMBER ? "form_error.number_and_other"
                                                   : "form_error.none_and_other";
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
        return posting_variable(posting, question, item);
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

/* The choice that goes with no other and was made beside one: as the page names it. */
static const char *lone_choice(const struct posting *posting, const struct question *question,
                               const struct given *given)
{
    for (size_t i = 0; i < question->option_count && question->type == QUESTION_MULTIPLE; i++) {
        if (given->choices[i] == 1 && question->options[i].none) {
            return question->options[i].label.by[posting->language];
        }
    }
    const struct slice words =
        locale_text(posting->q->locales, languages[posting->language], "form.dont_know");
    return arena_cstr(posting->arena, words);
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
            .message = locale_format(posting->arena, posting->q->locales, languages[posting->language],
                                     message_path(fault, question), "n", counted, "min", low, "max", high,
                                     "choice", lone_choice(posting, question, given), NULL)};
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
    if (question->type == QUESTION_RANKING && posting_rank_move(posting, question).len > 0) {
        posting->stay = first_field(posting, question, 0);
    }
    enum answer_fault fault = posting_read(&given, posting, a, question);
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
