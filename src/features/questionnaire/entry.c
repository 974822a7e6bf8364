/* A response from paper or telephone: what is typed at the numbers of the printed questionnaire. */
#include "features/questionnaire/context.h"

#include "json/flat.h"

#include <stdio.h>
#include <string.h>

enum { NUMBERS_MAX = MAX_OPTIONS, NAME_BYTES = 40 };

enum input_kind { INPUT_WHOLE, INPUT_PART, INPUT_BOX };
/* One input of the page. */
struct input {
    const struct question *question;
    const struct section *section;
    int number;
    enum input_kind kind;
    size_t index; /* PART: of its variable; BOX: of its option */
    int variable; /* where its faults point */
    const char *name;
};

/* ---- which inputs there are ---- */

static bool has_parts(const struct question *question)
{
    return question->type == QUESTION_SERIES || question->type == QUESTION_POINTS ||
           question->type == QUESTION_BEST_WORST;
}

struct input_list {
    struct arena *arena;
    struct input *inputs;
    size_t count;
};

static void add_input(struct input_list *list, struct input input)
{
    char name[NAME_BYTES];
    switch (input.kind) {
    case INPUT_WHOLE:
        snprintf(name, sizeof name, "v%d", input.number);
        break;
    case INPUT_PART:
        snprintf(name, sizeof name, "v%d_%zu", input.number, input.index + 1);
        break;
    case INPUT_BOX:
        snprintf(name, sizeof name, "v%d_tekst_%zu", input.number, input.index + 1);
        break;
    }
    input.name = arena_cstr(list->arena, slice_from_cstr(name));
    list->inputs[list->count++] = input;
}

static void add_inputs_of(struct input_list *list, const struct presentation *p,
                          const struct question *question, const struct section *section, int number)
{
    struct input input = {question, section, number, INPUT_WHOLE, 0, question->first_variable, NULL};
    uint64_t items = question->in_variant[p->variant];
    if (has_parts(question)) {
        input.kind = INPUT_PART;
        for (size_t i = 0; i < question_variable_count(question); i++) {
            input.index = i;
            input.variable = question->first_variable + (int)i;
            if (question->type != QUESTION_SERIES || (items >> i & 1U) != 0) {
                add_input(list, input);
            }
        }
    } else {
        add_input(list, input);
    }
    input.kind = INPUT_BOX;
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        if (question->options[i].text_variable >= 0 && question->options[i].text_limit > 0) {
            input.index = i;
            input.variable = question->options[i].text_variable;
            add_input(list, input);
        }
    }
}

static bool is_of(const struct presentation *p, const struct question *question)
{
    return question->in_variant[p->variant] != 0 &&
           (question->instance < 0 || presentation_place(p, question->instance) >= 0);
}

/* In the order of the paper, numbered as there: over all questions, those of other variants and topics too.
 */
static struct input_list inputs_of(struct arena *arena, const struct questionnaire *q,
                                   const struct presentation *p)
{
    struct input_list list = {arena, arena_array(arena, q->variable_count, sizeof *list.inputs), 0};
    int *order;
    int number = 0;
    size_t count = flow_sections(&order, arena, q, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct section *section = &q->sections[order[i]];
        for (size_t k = 0; k < section->page_count; k++) {
            const struct page *page = &q->pages[section->first_page + k];
            for (size_t n = 0; n < page->item_count; n++) {
                if (page->items[n].kind != PAGE_QUESTION || page->items[n].from != 0) {
                    continue;
                }
                const struct question *question = &q->questions[page->items[n].question];
                number++;
                if (is_of(p, question)) {
                    add_inputs_of(&list, p, question, section, number);
                }
            }
        }
    }
    return list;
}

static struct slice typed_in(const struct input *input, const struct answer_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_cstr(fields[i].name, input->name)) {
            return slice_trim(fields[i].value);
        }
    }
    return (struct slice){NULL, 0};
}

/* ---- reading ---- */

struct reader {
    struct json_errors *errors;
    const struct questionnaire *q;
    struct flat_member *members;
    size_t count;
};

static void put_member(struct reader *r, int variable, struct flat_value value)
{
    r->members[r->count++] = (struct flat_member){slice_from_cstr(r->q->variables[variable].code), value};
}

static void put_string(struct reader *r, int variable, const char *text)
{
    put_member(r, variable, (struct flat_value){.kind = FLAT_STRING, .string = slice_from_cstr(text)});
}

static void put_dont_know(struct reader *r, const struct input *input)
{
    put_string(r, input->variable, "weet-ik-niet");
}

static void no_number(struct reader *r, const struct input *input)
{
    json_errors_add(r->errors,
                    json_pointer_append(r->errors->arena, "", r->q->variables[input->variable].code),
                    "nummer", "Typ de nummers van de vakjes.");
}

/* Whole numbers with spaces or commas between; false when there is anything else, or too many. */
static bool read_numbers(uint64_t numbers[NUMBERS_MAX], size_t *count, struct slice text)
{
    *count = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != ',') {
            end++;
        }
        if (end > at &&
            (*count == NUMBERS_MAX ||
             !slice_to_u64(&numbers[(*count)++], (struct slice){text.ptr + at, end - at}, 1000))) {
            return false;
        }
        at = end + 1;
    }
    return *count > 0;
}

static bool in_range(const uint64_t *numbers, size_t count, size_t last)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] < 1 || numbers[i] > last) {
            return false;
        }
        for (size_t before = 0; before < i; before++) {
            if (numbers[before] == numbers[i]) {
                return false;
            }
        }
    }
    return true;
}

/* The answer to a best-worst task is the number of one of the three that it shows. */
static const char *option_code(const struct input *input, uint64_t number)
{
    const struct question *question = input->question;
    size_t option = question->type == QUESTION_BEST_WORST ? fano[input->index / 2][number - 1] : number - 1;
    return question->options[option].code;
}

static void read_boxes(struct reader *r, const struct input *input, struct slice text)
{
    const struct question *question = input->question;
    uint64_t numbers[NUMBERS_MAX];
    size_t count;
    bool several = question->type == QUESTION_MULTIPLE || question->type == QUESTION_RANKING;
    size_t last = question->type == QUESTION_BEST_WORST ? FANO_OPTIONS : question->option_count;
    size_t most = question->type == QUESTION_RANKING ? (size_t)question->top : several ? last : 1;
    if (!read_numbers(numbers, &count, text)) {
        no_number(r, input);
    } else if (count == 1 && numbers[0] == ENTRY_DONT_KNOW && question->dont_know) {
        put_dont_know(r, input);
    } else if (count > most || !in_range(numbers, count, last)) {
        no_number(r, input);
    } else if (question->type == QUESTION_MULTIPLE) {
        for (size_t i = 0; i < count; i++) {
            put_member(r, question->first_variable + (int)numbers[i] - 1,
                       (struct flat_value){.kind = FLAT_BOOL, .integer = 1});
        }
    } else {
        for (size_t i = 0; i < count; i++) {
            put_string(r, input->variable + (int)i, option_code(input, numbers[i]));
        }
    }
}

static void read_amount(struct reader *r, const struct input *input, struct slice text)
{
    uint64_t number;
    if (slice_equal_cstr(text, "?") && input->question->dont_know) {
        put_dont_know(r, input);
    } else if (slice_to_u64(&number, text, INT32_MAX)) {
        put_member(r, input->variable, (struct flat_value){.kind = FLAT_INT, .integer = (int64_t)number});
    } else {
        no_number(r, input);
    }
}

static void read_input(struct reader *r, const struct input *input, struct slice text)
{
    enum { PLACES_DIGITS = 2 }; /* a postcode has four */
    if (input->kind == INPUT_BOX) {
        put_member(r, input->variable, (struct flat_value){.kind = FLAT_STRING, .string = text});
        return;
    }
    switch (input->question->type) {
    case QUESTION_TEXT:
        put_member(r, input->variable, (struct flat_value){.kind = FLAT_STRING, .string = text});
        break;
    case QUESTION_NUMBER:
    case QUESTION_POINTS:
        read_amount(r, input, text);
        break;
    case QUESTION_POSTCODE:
        if (text.len > PLACES_DIGITS) {
            put_member(r, input->variable, (struct flat_value){.kind = FLAT_STRING, .string = text});
            break;
        }
        read_boxes(r, input, text);
        break;
    case QUESTION_SINGLE:
    case QUESTION_MULTIPLE:
    case QUESTION_SCALE:
    case QUESTION_SERIES:
    case QUESTION_RANKING:
    case QUESTION_BEST_WORST:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        read_boxes(r, input, text);
        break;
    }
}

const struct flat_member *questionnaire_entry_members(size_t *count, struct json_errors *errors,
                                                      struct arena *arena, const struct questionnaire *q,
                                                      const struct presentation *p,
                                                      const struct answer_field *fields, size_t field_count)
{
    struct input_list list = inputs_of(arena, q, p);
    struct reader r = {errors, q, arena_array(arena, q->variable_count, sizeof *r.members), 0};
    for (size_t i = 0; i < list.count; i++) {
        struct slice text = typed_in(&list.inputs[i], fields, field_count);
        if (text.len > 0) {
            read_input(&r, &list.inputs[i], text);
        }
    }
    *count = r.count;
    return r.members;
}

/* ---- topics ---- */

const struct flat_member *questionnaire_topic_members(size_t *count, struct arena *arena,
                                                      const struct questionnaire *q,
                                                      const struct presentation *p)
{
    struct flat_member *members = arena_array(arena, QUESTIONNAIRE_MAX_DRAWS, sizeof *members);
    *count = 0;
    for (int d = 0; d < p->draw_count; d++) {
        int variable = q->modules[0].assigned_variable[d];
        members[(*count)++] = (struct flat_member){
            slice_from_cstr(q->variables[variable].code),
            {.kind = FLAT_STRING, .string = slice_from_cstr(q->instances[p->drawn[d]].code)}};
    }
    return members;
}

static int instance_named(const struct questionnaire *q, struct slice code)
{
    for (size_t i = 0; i < q->modules[0].instance_count; i++) {
        int instance = q->modules[0].first_instance + (int)i;
        if (slice_equal_cstr(code, q->instances[instance].code)) {
            return instance;
        }
    }
    return -1;
}

bool questionnaire_entry_assign(struct presentation *p, const struct questionnaire *q,
                                const struct slice *chosen)
{
    struct presentation assigned = *p;
    for (int d = 0; d < p->draw_count; d++) {
        assigned.drawn[d] = instance_named(q, chosen[d]);
        for (int before = 0; before < d; before++) {
            if (assigned.drawn[before] == assigned.drawn[d]) {
                return false;
            }
        }
        if (assigned.drawn[d] < 0) {
            return false;
        }
    }
    *p = assigned;
    return true;
}

json_t *questionnaire_entry_topics(struct arena *arena, const struct questionnaire *q,
                                   const struct presentation *p, int language, const struct slice *chosen)
{
    json_t *topics = json_array();
    for (int d = 0; d < p->draw_count; d++) {
        json_t *topic = json_object();
        json_t *options = json_array();
        for (size_t i = 0; i < q->modules[0].instance_count; i++) {
            const struct instance *instance = &q->instances[q->modules[0].first_instance + (int)i];
            json_t *option = json_object();
            PUT_TEXT(option, "code", instance->code);
            PUT_TEXT(option, "label", instance->label.by[language]);
            PUT_FLAG(option, "selected", slice_equal_cstr(chosen[d], instance->code));
            json_array_append_new(options, option);
        }
        PUT_SLICE(topic, "name", arena_printf(arena, "onderwerp_%d", d + 1));
        PUT(topic, "n", json_integer(d + 1));
        PUT(topic, "options", options);
        json_array_append_new(topics, topic);
    }
    return context_keep(arena, topics);
}

/* ---- showing ---- */

static const char *fault_text(const char *code)
{
    static const char *const texts[][2] = {
        {"nummer", "entry.fault_number"},          {"bereik", "entry.fault_range"},
        {"aantal", "entry.fault_count"},           {"som", "entry.fault_sum"},
        {"te-lang", "entry.fault_long"},           {"te-jong", "entry.fault_young"},
        {"niet-gevraagd", "entry.fault_not_asked"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(code, texts[i][0]) == 0) {
            return texts[i][1];
        }
    }
    return "entry.fault_choice";
}

/* The first fault of what is typed in this input. A question with one input has the faults of all its
 * variables. */
static const char *fault_of(const struct input *input, const struct questionnaire *q,
                            const struct json_errors *errors)
{
    for (size_t i = 0; errors && i < json_errors_kept(errors); i++) {
        const char *pointer = errors->items[i].pointer;
        int variable = questionnaire_find_variable(q, slice_from_cstr(pointer + (pointer[0] == '/')));
        int first = input->question->first_variable;
        bool within = input->kind == INPUT_WHOLE && variable >= first &&
                      variable < first + (int)question_variable_count(input->question);
        if (variable >= 0 && (variable == input->variable || within)) {
            return fault_text(errors->items[i].code);
        }
    }
    return NULL;
}

static const char *part_of(const struct view *v, const struct input *input)
{
    return input->kind == INPUT_BOX    ? input->question->options[input->index].label.by[v->language]
           : input->kind == INPUT_PART ? v->q->variables[input->variable].part[v->language]
                                       : NULL;
}

static json_t *boxes_of(const struct view *v, const struct question *question)
{
    json_t *boxes = json_array();
    for (size_t i = 0; i < question->option_count && question->type != QUESTION_POINTS; i++) {
        json_t *box = json_object();
        PUT(box, "n", json_integer((json_int_t)i + 1));
        PUT_TEXT(box, "label", question->options[i].label.by[v->language]);
        json_array_append_new(boxes, box);
    }
    if (question->dont_know) {
        json_t *box = json_object();
        PUT_SLICE(box, "n",
                  question->type == QUESTION_NUMBER ? SLICE("?")
                                                    : arena_printf(v->arena, "%d", ENTRY_DONT_KNOW));
        PUT_TEXT(box, "label", view_text(v, "form.dont_know"));
        json_array_append_new(boxes, box);
    }
    return boxes;
}

/* A task of best-worst shows three of the options, which have numbers of their own there. */
static const char *task_part(const struct view *v, const struct input *input)
{
    const uint8_t *task = fano[input->index / 2];
    const struct option *options = input->question->options;
    return arena_printf(v->arena, "%s (1 %s, 2 %s, 3 %s)", part_of(v, input),
                        options[task[0]].label.by[v->language], options[task[1]].label.by[v->language],
                        options[task[2]].label.by[v->language])
        .ptr;
}

static json_t *input_object(const struct view *v, const struct input *input, const char *fault)
{
    json_t *object = json_object();
    bool text = input->question->type == QUESTION_TEXT && input->kind == INPUT_WHOLE;
    PUT_TEXT(object, "name", input->name);
    PUT_TEXT(object, "part",
             input->question->type == QUESTION_BEST_WORST && input->kind == INPUT_PART ? task_part(v, input)
                                                                                       : part_of(v, input));
    PUT_SLICE(object, "typed", typed_in(input, v->posted, v->posted_count));
    PUT_FLAG(object, "area", text);
    PUT_FLAG(object, "wide", input->kind == INPUT_BOX);
    if (fault) {
        PUT_TEXT(object, "wrong", view_text(v, fault));
    }
    return object;
}

static json_t *question_object(const struct view *v, const struct input *input, bool new_section)
{
    json_t *object = json_object();
    const struct question *question = input->question;
    json_t *boxes = question->type == QUESTION_BEST_WORST ? json_array() : boxes_of(v, question);
    if (new_section) {
        const char *title = input->section->title.by[v->language];
        PUT_TEXT(object, "section", title ? title : view_text(v, "paper.section"));
    }
    PUT(object, "number", json_integer(input->number));
    PUT_TEXT(object, "question", question->text.by[v->language]);
    PUT_FLAG(object, "has_boxes", json_array_size(boxes) > 0);
    PUT(object, "boxes", boxes);
    PUT(object, "inputs", json_array());
    return object;
}

json_t *questionnaire_entry_context(struct arena *arena, const struct questionnaire *q,
                                    const struct presentation *p, int language,
                                    const struct answer_field *fields, size_t field_count,
                                    const struct json_errors *errors)
{
    const struct view v = {arena, q, p, NULL, language, fields, field_count, NULL};
    struct input_list list = inputs_of(arena, q, p);
    json_t *context = json_object();
    json_t *questions = json_array();
    json_t *faults = json_array();
    json_t *object = NULL;
    for (size_t i = 0; i < list.count; i++) {
        const struct input *input = &list.inputs[i];
        const char *fault = fault_of(input, q, errors);
        if (i == 0 || input->number != input[-1].number) {
            object = question_object(&v, input, i == 0 || input->section != input[-1].section);
            json_array_append_new(questions, object);
        }
        json_t *shown = input_object(&v, input, fault);
        PUT_FLAG(shown, "first", i == 0);
        json_array_append_new(json_object_get(object, "inputs"), shown);
        if (fault) {
            json_t *item = json_object();
            PUT_SLICE(item, "href", arena_printf(arena, "#%s", input->name));
            PUT_SLICE(item, "text", arena_printf(arena, "%d. %s", input->number, view_text(&v, fault)));
            json_array_append_new(faults, item);
        }
    }
    PUT(context, "questions", questions);
    if (json_array_size(faults) > 0) {
        json_object_set_new(context, "error_summary", json_pack("{s:O}", "items", faults));
    }
    json_decref(faults);
    return context_keep(arena, context);
}
