/* The answers of one participation: vector and texts; what is recorded of the presentation; the packed form
 * of a draft. */
#include "features/questionnaire/model.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <string.h>

enum { PACK_FORMAT = 1, PACK_MAX = 512 * 1024 };

uint16_t answer_get(const unsigned char *vector, const struct variable *v)
{
    return (uint16_t)answer_read(vector + v->offset, v->width);
}

void answer_set(unsigned char *vector, const struct variable *v, uint16_t slot)
{
    answer_write(vector + v->offset, v->width, slot);
}

void answers_forget_own(unsigned char *vector, const struct questionnaire *q)
{
    for (size_t i = 0; i < q->own_count; i++) {
        answer_set(vector, &q->variables[q->own_variables[i]], ANSWER_NOT_ASKED);
    }
}

/* ---- what a person saw ---- */

static void record(const struct questionnaire *q, struct answers *a, int variable, size_t category)
{
    if (variable >= 0) {
        slot_set(q, a, variable, (uint16_t)(ANSWER_FIRST + category));
    }
}

static size_t question_order(const struct presentation *p, const struct question *question)
{
    size_t n = question->type == QUESTION_SERIES ? question->item_count : presentation_movable(question);
    return presentation_order(p, question->code, n);
}

static size_t page_questions_order(const struct presentation *p, const struct page *page)
{
    size_t questions = 0;
    for (size_t k = 0; k < page->item_count; k++) {
        questions += page->items[k].kind == PAGE_QUESTION;
    }
    return presentation_order(p, page->code, questions);
}

/* The instance, when it is one that this person did not get: most questions are of those. */
static const struct instance *undrawn(const struct questionnaire *q, const struct presentation *p,
                                      int instance)
{
    return instance >= 0 && presentation_place(p, instance) < 0 ? &q->instances[instance] : NULL;
}

/* Orders of questions and pages that this person may come to see. */
static void record_orders(struct answers *a, const struct questionnaire *q, const struct presentation *p)
{
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        const struct instance *skipped = undrawn(q, p, question->instance);
        if (skipped) {
            i = skipped->first_question + skipped->question_count - 1;
        } else if (question->order_variable >= 0 && question->in_variant[p->variant] != 0) {
            record(q, a, question->order_variable, question_order(p, question));
        }
    }
    for (size_t i = 0; i < q->page_count; i++) {
        const struct page *page = &q->pages[i];
        if (page->order_variable >= 0 && (page->instance < 0 || presentation_place(p, page->instance) >= 0)) {
            record(q, a, page->order_variable, page_questions_order(p, page));
        }
    }
}

static void record_modules(struct answers *a, const struct questionnaire *q, const struct presentation *p)
{
    for (int d = 0; d < p->draw_count; d++) {
        const struct instance *instance = &q->instances[p->drawn[d]];
        const struct module *module = &q->modules[instance->module];
        record(q, a, module->assigned_variable[d], (size_t)(p->drawn[d] - module->first_instance));
        if (instance->order_variable >= 0) {
            record(q, a, instance->order_variable, presentation_order(p, instance->code, 2));
        }
    }
}

struct answers answers_begin(struct arena *arena, const struct questionnaire *q, const struct presentation *p)
{
    struct answers a = {arena_alloc(arena, q->vector_size),
                        arena_array(arena, q->text_count, sizeof(struct slice))};
    record(q, &a, q->variable_variant, (size_t)p->variant);
    record(q, &a, q->variable_direction, presentation_reversed(p) ? 1 : 0);
    for (size_t i = 0; i < q->flow_count; i++) {
        if (q->flow[i].random) {
            record(q, &a, q->variable_blocks, presentation_order(p, "volgorde-blokken", q->flow[i].count));
        }
    }
    record_modules(&a, q, p);
    record_orders(&a, q, p);
    return a;
}

/* ---- what routing no longer asks ---- */

static void unask(struct answers *a, const struct questionnaire *q, int variable)
{
    if (slot_get(q, a, variable) == ANSWER_NOT_ASKED) {
        return;
    }
    int text = q->text_index[variable];
    slot_set(q, a, variable, ANSWER_NOT_ASKED);
    if (text >= 0) {
        a->texts[text] = (struct slice){NULL, 0};
    }
}

/* Whether slots are all ANSWER_NOT_ASKED already. */
static bool untouched(const struct answers *a, size_t from, size_t to)
{
    unsigned char any = 0;
    for (size_t i = from; i < to; i++) {
        any |= a->vector[i];
    }
    return any == ANSWER_NOT_ASKED;
}

static void unask_question(struct answers *a, const struct questionnaire *q, const struct question *question)
{
    for (size_t i = 0; i < question_variable_count(question); i++) {
        unask(a, q, question->first_variable + (int)i);
    }
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        if (question->options[i].text_variable >= 0) {
            unask(a, q, question->options[i].text_variable);
        }
    }
}

static void open_unless_answered(struct answers *a, const struct questionnaire *q, int variable)
{
    if (slot_get(q, a, variable) == ANSWER_NOT_ASKED) {
        slot_set(q, a, variable, ANSWER_NONE);
    }
}

/* The variables of a question that is asked: open where nothing was said. */
static void settle_question(struct answers *a, const struct questionnaire *q, const struct presentation *p,
                            const struct question *question)
{
    uint64_t items = question->in_variant[p->variant];
    for (size_t i = 0; i < question_variable_count(question); i++) {
        int variable = question->first_variable + (int)i;
        bool of_variant = question->type != QUESTION_SERIES || (items >> i & 1u);
        if (of_variant && (question->type != QUESTION_MULTIPLE || option_offered(q, p, a, question, i))) {
            open_unless_answered(a, q, variable);
        } else {
            unask(a, q, variable);
        }
    }
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        if (question->options[i].text_variable >= 0) {
            open_unless_answered(a, q, question->options[i].text_variable);
        }
    }
}

/* What was chosen among answers that are no longer offered is open again. */
static void drop_unoffered(struct answers *a, const struct questionnaire *q, const struct presentation *p,
                           const struct question *question)
{
    uint16_t slot = slot_get(q, a, question->first_variable);
    if (question->type == QUESTION_SINGLE && question->from != OPTIONS_OWN && slot >= ANSWER_FIRST &&
        !option_offered(q, p, a, question, slot - ANSWER_FIRST)) {
        slot_set(q, a, question->first_variable, ANSWER_NONE);
    }
}

/* An order is of what was asked. One that came with the answers stays; true when one that was dropped before
 * is to be the seed's again. */
static bool lacks_order(struct answers *a, const struct questionnaire *q, int variable, bool asked)
{
    if (variable >= 0 && !asked) {
        slot_set(q, a, variable, ANSWER_NOT_ASKED);
    }
    return variable >= 0 && asked && slot_get(q, a, variable) < ANSWER_FIRST;
}

static void settle_page(struct answers *a, const struct questionnaire *q, const struct presentation *p,
                        uint16_t index)
{
    const struct page *page = &q->pages[index];
    const struct instance *explained = page->explains ? &q->instances[page->instance] : NULL;
    if (!explained && page->order_variable < 0) {
        return;
    }
    bool shown = page_shown(q, p, a, index);
    if (explained && lacks_order(a, q, explained->order_variable, shown)) {
        record(q, a, explained->order_variable, presentation_order(p, explained->code, 2));
    }
    if (lacks_order(a, q, page->order_variable, shown)) {
        record(q, a, page->order_variable, page_questions_order(p, page));
    }
}

void answers_settle(struct answers *a, struct arena *arena, const struct questionnaire *q,
                    const struct presentation *p)
{
    (void)arena;
    /* In the order of the document: a condition looks back only, so one pass settles all. */
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        const struct instance *skipped = undrawn(q, p, question->instance);
        if (skipped && untouched(a, skipped->slots_from, skipped->slots_to)) {
            i = skipped->first_question + skipped->question_count - 1;
            continue;
        }
        bool asked = question_asked(q, p, a, question);
        if (asked) {
            settle_question(a, q, p, question);
        } else {
            unask_question(a, q, question);
        }
        drop_unoffered(a, q, p, question);
        if (lacks_order(a, q, question->order_variable, asked)) {
            record(q, a, question->order_variable, question_order(p, question));
        }
    }
    for (size_t i = 0; i < q->page_count; i++) {
        settle_page(a, q, p, (uint16_t)i);
    }
}

/* ---- packed ---- */

/* format, vector size, number of texts; vector; each text with its length. */
struct slice answers_pack(struct arena *arena, const struct questionnaire *q, const struct answers *a)
{
    const uint16_t head[3] = {PACK_FORMAT, (uint16_t)q->vector_size, (uint16_t)q->text_count};
    struct buffer out;
    buffer_init(&out, PACK_MAX);
    buffer_append(&out, (struct slice){(const char *)head, sizeof head});
    buffer_append(&out, (struct slice){(const char *)a->vector, q->vector_size});
    for (uint16_t i = 0; i < q->text_count; i++) {
        uint32_t len = (uint32_t)a->texts[i].len;
        if (len > 0) {
            buffer_append(&out, (struct slice){(const char *)&i, sizeof i});
            buffer_append(&out, (struct slice){(const char *)&len, sizeof len});
            buffer_append(&out, a->texts[i]);
        }
    }
    struct slice packed = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return packed;
}

static bool take(void *out, size_t size, struct slice *from)
{
    if (from->len < size) {
        return false;
    }
    memcpy(out, from->ptr, size);
    from->ptr += size;
    from->len -= size;
    return true;
}

static bool slots_in_range(const struct questionnaire *q, const struct answers *a)
{
    for (size_t i = 0; i < q->variable_count; i++) {
        const struct variable *v = &q->variables[i];
        uint32_t codes =
            ANSWER_FIRST + (v->kind == VARIABLE_NUMBER ? (uint32_t)v->number_max + 1 : v->category_count);
        if (slot_get(q, a, (int)i) >= codes) {
            return false;
        }
    }
    return true;
}

/* Every text that its slot tells of is there, and no other. */
static bool texts_in_place(const struct questionnaire *q, const struct answers *a)
{
    for (size_t i = 0; i < q->variable_count; i++) {
        int text = q->text_index[i];
        if (text >= 0 && (slot_get(q, a, (int)i) >= ANSWER_FIRST) != (a->texts[text].len > 0)) {
            return false;
        }
    }
    return true;
}

bool answers_unpack(struct answers *out, struct arena *arena, const struct questionnaire *q,
                    struct slice packed)
{
    uint16_t head[3];
    *out = (struct answers){arena_alloc(arena, q->vector_size),
                            arena_array(arena, q->text_count, sizeof(struct slice))};
    if (!take(head, sizeof head, &packed) || head[0] != PACK_FORMAT || head[1] != q->vector_size ||
        head[2] != q->text_count || !take(out->vector, q->vector_size, &packed) || !slots_in_range(q, out)) {
        return false;
    }
    int last = -1;
    while (packed.len > 0) {
        uint16_t index;
        uint32_t len;
        if (!take(&index, sizeof index, &packed) || !take(&len, sizeof len, &packed) ||
            index >= q->text_count || index <= last || len == 0 || len > packed.len ||
            !utf8_valid((struct slice){packed.ptr, len})) {
            return false;
        }
        out->texts[index] = arena_copy(arena, (struct slice){packed.ptr, len});
        packed.ptr += len;
        packed.len -= len;
        last = index;
    }
    return texts_in_place(q, out);
}
