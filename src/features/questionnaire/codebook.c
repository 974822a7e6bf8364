/* The variables: one slot each in the answer vector, in the order of the document, the service's own first.
 */
#include "features/questionnaire/codebook.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_VARIABLES = 4000 };

static const struct variable_category languages[] = {{"nl", {"Nederlands", "Dutch"}},
                                                     {"en", {"Engels", "English"}}};
static const struct variable_category streams[] = {
    {"open", {"Open link", "Open link"}},
    {"uitnodiging", {"Steekproef met uitnodiging", "Invited sample"}},
    {"panel", {"Panel", "Panel"}},
    {"organisatie", {"Namens een organisatie", "On behalf of an organisation"}}};
static const struct variable_category channels[] = {{"web", {"Website", "Website"}},
                                                    {"papier", {"Papier", "Paper"}},
                                                    {"telefoon", {"Telefoon", "Telephone"}},
                                                    {"geholpen", {"Website, met hulp", "Website, with help"}},
                                                    {"api", {"API", "API"}}};
static const struct variable_category qualities[] = {
    {"goed", {"Geen bijzonderheden", "Nothing particular"}},
    {"snel", {"Opvallend snel", "Remarkably fast"}},
    {"lokveld", {"Verborgen veld ingevuld", "Hidden field filled in"}},
    {"beide", {"Snel en verborgen veld", "Fast and hidden field"}}};
static const struct variable_category durations[] = {{"onder-3", {"Korter dan 3 minuten", "Under 3 minutes"}},
                                                     {"3-5", {"3 tot 5 minuten", "3 to 5 minutes"}},
                                                     {"5-10", {"5 tot 10 minuten", "5 to 10 minutes"}},
                                                     {"10-20", {"10 tot 20 minuten", "10 to 20 minutes"}},
                                                     {"20-60", {"20 tot 60 minuten", "20 to 60 minutes"}},
                                                     {"60-plus", {"Een uur of langer", "An hour or longer"}}};
static const struct variable_category directions[] = {
    {"positief-eerst", {"Positief eerst", "Positive first"}}, {"omgekeerd", {"Omgekeerd", "Reversed"}}};
static const struct variable_category explanation_orders[] = {
    {"hoop-eerst", {"Hoop eerst", "Hopes first"}}, {"zorgen-eerst", {"Zorgen eerst", "Worries first"}}};

#define CATEGORIES(list) list, sizeof(list) / sizeof(list)[0]

int codebook_add(struct builder *b, struct variable variable)
{
    struct questionnaire *q = b->q;
    if (q->variable_count == MAX_VARIABLES) {
        json_errors_add(b->errors, "", "bereik", "De vragenlijst geeft meer dan %d variabelen.",
                        MAX_VARIABLES);
        return 0;
    }
    if (variable.set_count == 0) {
        variable.set_first = q->variable_count;
        variable.set_count = 1;
    }
    uint32_t codes = ANSWER_FIRST + (variable.kind == VARIABLE_NUMBER ? (uint32_t)variable.number_max + 1
                                                                      : variable.category_count);
    variable.width = (uint8_t)answer_width(codes);
    variable.offset = (uint32_t)q->vector_size;
    q->vector_size += variable.width;
    q->variables[q->variable_count] = variable;
    return (int)q->variable_count++;
}

static int add_system(struct builder *b, const char *code, const char *nl, const char *en,
                      const struct variable_category *categories, size_t count)
{
    return codebook_add(b, (struct variable){.code = code,
                                             .kind = VARIABLE_CATEGORY,
                                             .categories = categories,
                                             .category_count = (uint16_t)count,
                                             .system = true,
                                             .label = {nl, en}});
}

/* "volgorde 1" .. "volgorde n" */
static const struct variable_category *order_categories(struct arena *arena, size_t rows)
{
    struct variable_category *categories = arena_array(arena, rows, sizeof *categories);
    for (size_t i = 0; i < rows; i++) {
        categories[i].code = arena_printf(arena, "%zu", i + 1).ptr;
        categories[i].label[0] = arena_printf(arena, "Volgorde %zu", i + 1).ptr;
        categories[i].label[1] = arena_printf(arena, "Order %zu", i + 1).ptr;
    }
    return categories;
}

int codebook_add_order(struct builder *b, const char *code, size_t n)
{
    size_t rows = order_rows(n);
    return add_system(b, code, "Volgorde", "Order", order_categories(b->q->arena, rows), rows);
}

/* ---- the service's own ---- */

static void add_assigned(struct builder *b)
{
    struct questionnaire *q = b->q;
    for (size_t m = 0; m < q->module_count; m++) {
        struct module *module = &q->modules[m];
        struct variable_category *categories =
            arena_array(q->arena, module->instance_count, sizeof *categories);
        for (size_t i = 0; i < module->instance_count; i++) {
            const struct instance *instance = &q->instances[(size_t)module->first_instance + i];
            categories[i] =
                (struct variable_category){instance->code, {instance->label.by[0], instance->label.by[1]}};
        }
        for (size_t d = 0; d < module->draw_count; d++) {
            module->assigned_variable[d] =
                add_system(b, arena_printf(q->arena, "%s_toegewezen_%zu", module->code, d + 1).ptr,
                           "Toegewezen onderwerp", "Assigned topic", categories, module->instance_count);
        }
    }
}

static void add_own(struct builder *b)
{
    struct questionnaire *q = b->q;
    struct variable_category *variants = arena_array(q->arena, q->variant_count, sizeof *variants);
    for (size_t i = 0; i < q->variant_count; i++) {
        variants[i] = (struct variable_category){q->variants[i].code,
                                                 {q->variants[i].title.by[0], q->variants[i].title.by[1]}};
    }
    q->variable_variant = add_system(b, "variant", "Versie van de vragenlijst",
                                     "Version of the questionnaire", variants, q->variant_count);
    add_system(b, "taal", "Taal", "Language", CATEGORIES(languages));
    add_system(b, "werving", "Hoe iemand kwam", "How somebody came", CATEGORIES(streams));
    add_system(b, "kanaal", "Hoe iemand antwoordde", "How somebody answered", CATEGORIES(channels));
    add_system(b, "kwaliteit", "Kwaliteitsmerk", "Quality mark", CATEGORIES(qualities));
    add_system(b, "duur", "Duur", "Duration", CATEGORIES(durations));
    q->variable_direction = add_system(b, "schaalrichting", "Richting van schalen", "Direction of scales",
                                       CATEGORIES(directions));
    q->variable_blocks = -1;
    for (size_t i = 0; i < q->flow_count; i++) {
        if (q->flow[i].random) {
            q->variable_blocks = codebook_add_order(b, "volgorde-blokken", q->flow[i].count);
        }
    }
    add_assigned(b);
}

static bool has_explainer_page(const struct questionnaire *q, int instance)
{
    for (size_t i = 0; i < q->page_count; i++) {
        if (q->pages[i].instance == instance && q->pages[i].explains) {
            return true;
        }
    }
    return false;
}

static void add_of_pages(struct builder *b)
{
    struct questionnaire *q = b->q;
    for (size_t i = 0; i < q->page_count; i++) {
        struct page *page = &q->pages[i];
        size_t questions = 0;
        for (size_t k = 0; k < page->item_count; k++) {
            struct page_item *item = &page->items[k];
            questions += item->kind == PAGE_QUESTION;
            page->explains = page->explains || (item->kind == PAGE_EXPLAINER && page->instance >= 0);
            if (item->kind == PAGE_QUESTION && item->from == 0) { /* further pages of a series add nothing */
                q->questions[item->question].page = (int)i;
                codebook_add_question(b, &q->questions[item->question]);
            }
        }
        if (page->random && questions > 1) {
            /* "<instance>_<page>_volgorde", in a block "<page>_volgorde". */
            const char *local = strchr(page->code, '.') + 1;
            const char *code =
                page->instance >= 0
                    ? arena_printf(q->arena, "%s_%s_volgorde", q->instances[page->instance].code, local).ptr
                    : arena_printf(q->arena, "%s_volgorde", local).ptr;
            page->order_variable = codebook_add_order(b, code, questions);
        }
    }
    for (size_t i = 0; i < q->instance_count; i++) {
        if (has_explainer_page(q, (int)i)) {
            q->instances[i].order_variable = add_system(
                b, arena_printf(q->arena, "%s_uitlegvolgorde", q->instances[i].code).ptr,
                "Volgorde van hoop en zorgen", "Order of hopes and worries", CATEGORIES(explanation_orders));
        }
    }
}

/* ---- the whole ---- */

static void put_question_of(const struct questionnaire *q, int index)
{
    const struct question *question = &q->questions[index];
    for (size_t v = 0; v < q->variable_count; v++) {
        uint32_t offset = q->variables[v].offset;
        if (offset >= question->slots_from && offset < question->slots_to) {
            q->question_of[v] = index;
            if (q->text_index[v] >= 0) {
                q->text_question[q->text_index[v]] = index;
            }
        }
    }
}

/* Instances are written out one after the other, so the questions of one stand together, and so do their
 * slots. */
static void place_instances(const struct questionnaire *q)
{
    for (size_t i = 0; i < q->question_count; i++) {
        const struct question *question = &q->questions[i];
        if (question->instance < 0) {
            continue;
        }
        struct instance *instance = &q->instances[question->instance];
        if (instance->question_count == 0) {
            instance->first_question = i;
            instance->slots_from = question->slots_from;
        }
        instance->question_count = i + 1 - instance->first_question;
        instance->slots_to = question->slots_to;
        if (question->order_variable >= 0) {
            const struct variable *order = &q->variables[question->order_variable];
            instance->slots_to = order->offset + order->width;
        }
    }
}

bool codebook_build(struct questionnaire *q, struct json_errors *errors)
{
    struct builder b = {q, errors};
    size_t faults = errors->count;
    q->variables = arena_array(q->arena, MAX_VARIABLES, sizeof *q->variables);
    add_own(&b);
    add_of_pages(&b);
    if (errors->count > faults) {
        return false;
    }
    codebook_index(q, errors);
    q->text_index = arena_array(q->arena, q->variable_count, sizeof *q->text_index);
    q->text_variable = arena_array(q->arena, q->variable_count, sizeof *q->text_variable);
    q->own_variables = arena_array(q->arena, q->variable_count, sizeof *q->own_variables);
    q->text_question = arena_array(q->arena, q->variable_count, sizeof *q->text_question);
    q->question_of = arena_array(q->arena, q->variable_count, sizeof *q->question_of);
    for (size_t i = 0; i < q->variable_count; i++) {
        const struct variable *variable = &q->variables[i];
        q->question_of[i] = -1;
        q->text_index[i] = -1;
        if (variable->kind == VARIABLE_TEXT) {
            q->text_variable[q->text_count] = (int)i;
            q->text_index[i] = (int)q->text_count++;
        }
        if (variable->system) {
            q->own_variables[q->own_count++] = (int)i;
        }
    }
    for (size_t i = 0; i < q->question_count; i++) {
        put_question_of(q, (int)i);
    }
    place_instances(q);
    if (q->vector_size > MAX_VECTOR) {
        json_errors_add(errors, "", "bereik",
                        "De antwoorden van een mens nemen %zu bytes; er is plaats voor %d.", q->vector_size,
                        MAX_VECTOR);
    }
    return errors->count == faults;
}
