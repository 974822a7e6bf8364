/* Who is asked what: conditions over earlier answers, and the pages that follow from them. */
#include "features/questionnaire/model.h"

#include <string.h>

/* The options that a question's answer stands for, as bits; *dont_know and *answered beside it. */
static uint64_t answered_options(bool *dont_know, bool *answered, const struct questionnaire *q,
                                 const struct presentation *p, const struct answers *a,
                                 const struct question *question)
{
    uint64_t options = 0;
    *dont_know = false;
    *answered = false;
    if (!question_asked(q, p, a, question)) {
        return 0;
    }
    size_t count = question_variable_count(question);
    for (size_t i = 0; i < count; i++) {
        uint16_t slot = slot_get(q, a, question->first_variable + (int)i);
        *dont_know = *dont_know || slot == ANSWER_DONT_KNOW;
        *answered = *answered || slot == ANSWER_DONT_KNOW || slot >= ANSWER_FIRST;
        if (slot < ANSWER_FIRST) {
            continue;
        }
        if (question->type == QUESTION_MULTIPLE) {
            options |= (uint64_t)(slot == ANSWER_FIRST + 1) << i;
        } else if (slot - ANSWER_FIRST < MAX_OPTIONS) {
            options |= UINT64_C(1) << (slot - ANSWER_FIRST);
        }
    }
    return options;
}

/* Whether a question before the one with index `before` has a text that still counts. */
static bool any_text(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                     int before)
{
    for (size_t i = 0; i < q->text_count; i++) {
        int question = q->text_question[i];
        if (a->texts[i].len > 0 && question < before && question_asked(q, p, a, &q->questions[question])) {
            return true;
        }
    }
    return false;
}

static bool about_answer(const struct condition *condition, const struct questionnaire *q,
                         const struct presentation *p, const struct answers *a)
{
    bool dont_know;
    bool answered;
    uint64_t options = answered_options(&dont_know, &answered, q, p, a, &q->questions[condition->question]);
    bool listed = (options & condition->options) != 0 || (dont_know && condition->dont_know);
    return condition->kind == CONDITION_ANSWERED ? answered
           : condition->kind == CONDITION_IN     ? listed
                                                 : answered && !listed;
}

bool condition_holds(const struct condition *condition, const struct questionnaire *q,
                     const struct presentation *p, const struct answers *a, int instance)
{
    if (!condition) {
        return true;
    }
    switch (condition->kind) {
    case CONDITION_IN:
    case CONDITION_NOT_IN:
    case CONDITION_ANSWERED:
        return about_answer(condition, q, p, a);
    case CONDITION_DRAWN:
        return presentation_place(p, instance) == condition->drawn - 1;
    case CONDITION_ANY_TEXT:
        return any_text(q, p, a, condition->question);
    case CONDITION_NOT:
        return !condition_holds(condition->children, q, p, a, instance);
    case CONDITION_ALL:
    case CONDITION_ANY:
        for (size_t i = 0; i < condition->count; i++) {
            bool holds = condition_holds(&condition->children[i], q, p, a, instance);
            if (holds == (condition->kind == CONDITION_ANY)) {
                return holds;
            }
        }
        return condition->kind == CONDITION_ALL;
    }
    return false;
}

bool option_offered(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                    const struct question *question, size_t index)
{
    if (question->from == OPTIONS_OWN || index >= question->from_count) {
        return true;
    }
    if (question->from == OPTIONS_CHOSEN) {
        bool dont_know;
        bool answered;
        const struct question *source = &q->questions[question->from_question];
        return !source->options[index].none &&
               (answered_options(&dont_know, &answered, q, p, a, source) >> index & 1u) != 0;
    }
    return presentation_place(p, q->modules[question->from_module].first_instance + (int)index) < 0;
}

static bool offers_something(const struct questionnaire *q, const struct presentation *p,
                             const struct answers *a, const struct question *question)
{
    size_t offered = 0;
    if (question->from == OPTIONS_OWN) {
        return true;
    }
    for (size_t i = 0; i < question->option_count; i++) {
        offered += option_offered(q, p, a, question, i);
    }
    return offered > 0;
}

bool question_asked(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                    const struct question *question)
{
    return question->in_variant[p->variant] != 0 &&
           (question->instance < 0 || presentation_place(p, question->instance) >= 0) &&
           condition_holds(q->pages[question->page].show_if, q, p, a, question->instance) &&
           condition_holds(question->show_if, q, p, a, question->instance) &&
           offers_something(q, p, a, question);
}

/* A series page is shown when one of its items is of the variant. */
static bool shows_item(const struct questionnaire *q, const struct presentation *p,
                       const struct page_item *item)
{
    const struct question *question = &q->questions[item->question];
    uint8_t order[MAX_OPTIONS];
    if (question->type != QUESTION_SERIES || question->in_variant[p->variant] == UINT64_MAX) {
        return true;
    }
    size_t count = presentation_items(order, p, question);
    for (size_t i = item->from; i < item->to && i < count; i++) {
        if (question->in_variant[p->variant] >> order[i] & 1u) {
            return true;
        }
    }
    return false;
}

static bool section_shown(const struct questionnaire *q, const struct presentation *p,
                          const struct answers *a, int section)
{
    const struct section *s = &q->sections[section];
    for (size_t i = 1; i < s->page_count; i++) {
        if (page_shown(q, p, a, (uint16_t)(s->first_page + i))) {
            return true;
        }
    }
    return false;
}

bool page_shown(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                uint16_t index)
{
    const struct page *page = &q->pages[index];
    bool has_question = false;
    if (page->intro) {
        return section_shown(q, p, a, page->section);
    }
    if ((page->instance >= 0 && presentation_place(p, page->instance) < 0) ||
        !condition_holds(page->show_if, q, p, a, page->instance)) {
        return false;
    }
    for (size_t i = 0; i < page->item_count; i++) {
        if (page->items[i].kind == PAGE_QUESTION) {
            has_question = true;
            if (question_asked(q, p, a, &q->questions[page->items[i].question]) &&
                shows_item(q, p, &page->items[i])) {
                return true;
            }
        }
    }
    return !has_question && q->variants[p->variant].all;
}

/* ---- pages that some answers of this person would show ---- */

static bool condition_possible(const struct condition *condition, const struct presentation *p, int instance)
{
    if (!condition) {
        return true;
    }
    switch (condition->kind) {
    case CONDITION_DRAWN:
        return presentation_place(p, instance) == condition->drawn - 1;
    case CONDITION_ALL:
    case CONDITION_ANY:
        for (size_t i = 0; i < condition->count; i++) {
            bool possible = condition_possible(&condition->children[i], p, instance);
            if (possible == (condition->kind == CONDITION_ANY)) {
                return possible;
            }
        }
        return condition->kind == CONDITION_ALL;
    case CONDITION_NOT:
        return condition->children->kind != CONDITION_DRAWN ||
               !condition_possible(condition->children, p, instance);
    case CONDITION_IN:
    case CONDITION_NOT_IN:
    case CONDITION_ANSWERED:
    case CONDITION_ANY_TEXT:
        break;
    }
    return true;
}

static bool question_possible(const struct questionnaire *q, const struct presentation *p,
                              const struct page_item *item)
{
    const struct question *question = &q->questions[item->question];
    return question->in_variant[p->variant] != 0 &&
           condition_possible(question->show_if, p, question->instance) && shows_item(q, p, item);
}

static bool page_possible(const struct questionnaire *q, const struct presentation *p, uint16_t index)
{
    const struct page *page = &q->pages[index];
    const struct section *section = &q->sections[page->section];
    bool has_question = false;
    if (page->intro) {
        for (size_t i = 1; i < section->page_count; i++) {
            if (page_possible(q, p, (uint16_t)(section->first_page + i))) {
                return true;
            }
        }
        return false;
    }
    if ((page->instance >= 0 && presentation_place(p, page->instance) < 0) ||
        !condition_possible(page->show_if, p, page->instance)) {
        return false;
    }
    for (size_t i = 0; i < page->item_count; i++) {
        if (page->items[i].kind == PAGE_QUESTION) {
            has_question = true;
            if (question_possible(q, p, &page->items[i])) {
                return true;
            }
        }
    }
    return !has_question && q->variants[p->variant].all;
}

/* ---- pages in order ---- */

/* Answers of NULL: all that are possible. */
struct gathering {
    uint16_t *pages;
    size_t count, most;
};

static void gather_section(struct gathering *out, const struct questionnaire *q, const struct presentation *p,
                           const struct answers *a, int section)
{
    const struct section *s = &q->sections[section];
    for (size_t i = 0; i < s->page_count && out->count < out->most; i++) {
        uint16_t page = (uint16_t)(s->first_page + i);
        if (a ? page_shown(q, p, a, page) : page_possible(q, p, page)) {
            out->pages[out->count++] = page;
        }
    }
}

static void gather_part(struct gathering *out, const struct questionnaire *q, const struct presentation *p,
                        const struct answers *a, const struct flow_part *part)
{
    if (!part->is_module) {
        gather_section(out, q, p, a, part->index);
        return;
    }
    for (int d = 0; d < p->draw_count; d++) {
        const struct instance *instance = &q->instances[p->drawn[d]];
        if (instance->module == part->index) {
            gather_section(out, q, p, a, instance->section);
        }
    }
}

static struct page_list gather(struct arena *arena, const struct questionnaire *q,
                               const struct presentation *p, const struct answers *a, size_t most)
{
    struct gathering out = {arena_array(arena, most, sizeof(uint16_t)), 0, most};
    for (size_t i = 0; i < q->flow_count; i++) {
        const struct flow_entry *entry = &q->flow[i];
        uint8_t order[8];
        order_row(order, entry->count,
                  entry->random ? presentation_order(p, "volgorde-blokken", entry->count) : 0);
        for (size_t k = 0; k < entry->count; k++) {
            gather_part(&out, q, p, a, &entry->parts[entry->random ? order[k] : k]);
        }
    }
    return (struct page_list){out.pages, out.count};
}

struct page_list questionnaire_pages(struct arena *arena, const struct questionnaire *q,
                                     const struct presentation *p, const struct answers *a)
{
    return gather(arena, q, p, a, q->page_count);
}

int first_page(struct arena *arena, const struct questionnaire *q, const struct presentation *p,
               const struct answers *a)
{
    struct page_list first = gather(arena, q, p, a, 1);
    return first.count > 0 ? first.pages[0] : -1;
}

struct page_list questionnaire_possible_pages(struct arena *arena, const struct questionnaire *q,
                                              const struct presentation *p)
{
    return gather(arena, q, p, NULL, q->page_count);
}

const char *questionnaire_page_code(const struct questionnaire *q, uint16_t page)
{
    return q->pages[page].code;
}

int questionnaire_find_page(const struct questionnaire *q, struct slice code)
{
    for (size_t i = 0; i < q->page_count; i++) {
        if (slice_equal_cstr(code, q->pages[i].code)) {
            return (int)i;
        }
    }
    return -1;
}

bool answers_have_text(const struct questionnaire *q, const struct answers *a)
{
    for (size_t i = 0; i < q->text_count; i++) {
        if (a->texts[i].len > 0) {
            return true;
        }
    }
    return false;
}
