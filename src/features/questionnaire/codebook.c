/* The variables: one slot each in the answer vector, in the order of the document, the service's own first.
 */
#include "features/questionnaire/load.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_VARIABLES = 4000, POINTS_MAX = 100 };

const uint8_t fano[FANO_TASKS][FANO_OPTIONS] = {{0, 1, 2}, {0, 3, 4}, {0, 5, 6}, {1, 3, 5},
                                                {1, 4, 6}, {2, 3, 6}, {2, 4, 5}};

static const struct variable_category no_yes[] = {{"nee", {"Nee", "No"}}, {"ja", {"Ja", "Yes"}}};
static const struct variable_category given_text[] = {{"gegeven", {"Gegeven", "Given"}}};
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

struct builder {
    struct questionnaire *q;
    struct json_errors *errors;
};

/* Adds one; gives its index. */
static int add(struct builder *b, struct variable variable)
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
    return add(b, (struct variable){.code = code,
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

static int add_order(struct builder *b, const char *code, size_t n)
{
    size_t rows = order_rows(n);
    return add_system(b, code, "Volgorde", "Order", order_categories(b->q->arena, rows), rows);
}

static const struct variable_category *option_categories(struct arena *arena, const struct option *options,
                                                         size_t count)
{
    struct variable_category *categories = arena_array(arena, count, sizeof *categories);
    for (size_t i = 0; i < count; i++) {
        categories[i] =
            (struct variable_category){options[i].code, {options[i].label.by[0], options[i].label.by[1]}};
    }
    return categories;
}

/* A scale is written from one end to the other: K points score 1 to K. */
static const uint8_t *scale_scores(struct arena *arena, const struct question *question)
{
    uint8_t *scores = arena_array(arena, question->option_count, sizeof *scores);
    for (size_t i = 0; i < question->option_count; i++) {
        scores[i] = (uint8_t)(question->least_first ? i + 1 : question->option_count - i);
    }
    return scores;
}

/* ---- the variables of a question ---- */

static size_t count_variables(const struct question *question)
{
    switch (question->type) {
    case QUESTION_MULTIPLE:
    case QUESTION_POINTS:
        return question->option_count;
    case QUESTION_SERIES:
        return question->item_count;
    case QUESTION_RANKING:
        return (size_t)question->top;
    case QUESTION_BEST_WORST:
        return 2 * (size_t)FANO_TASKS;
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_NUMBER:
    case QUESTION_TEXT:
    case QUESTION_POSTCODE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        return 1;
    }
    return 0;
}

static void take_tags(struct variable_tag *out, size_t *count, struct tag_list list)
{
    if (list.count > 0) {
        memcpy(out + *count, list.items, list.count * sizeof *out);
        *count += list.count;
    }
}

/* An option's or item's own tags, then its question's; in a module the instance is the application. */
static void put_tags(struct variable *v, const struct questionnaire *q, const struct question *question,
                     const struct option *option)
{
    size_t room = question->tags.count + (option ? option->tags.count : 0) + 1;
    struct variable_tag *tags = arena_array(q->arena, room, sizeof *tags);
    if (option) {
        take_tags(tags, &v->tag_count, option->tags);
    }
    take_tags(tags, &v->tag_count, question->tags);
    if (question->instance >= 0 && v->tag_count == 0) {
        v->tag_count = 1;
    }
    for (size_t i = 0; i < v->tag_count; i++) {
        if (question->instance >= 0 && !tags[i].application) {
            tags[i].application = q->instances[question->instance].code;
        }
        v->value = v->value ? v->value : tags[i].value;
        v->dimension = v->dimension ? v->dimension : tags[i].dimension;
        v->facet = v->facet ? v->facet : tags[i].facet;
        v->application = v->application ? v->application : tags[i].application;
    }
    v->tags = tags;
}

static enum variable_set set_of(const struct question *question)
{
    switch (question->type) {
    case QUESTION_MULTIPLE:
        return SET_MULTIPLE;
    case QUESTION_SERIES:
        return SET_SERIES;
    case QUESTION_RANKING:
        return SET_RANKING;
    case QUESTION_POINTS:
        return SET_POINTS;
    case QUESTION_BEST_WORST:
        return SET_BEST_WORST;
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_NUMBER:
    case QUESTION_TEXT:
    case QUESTION_POSTCODE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        break;
    }
    return SET_ALONE;
}

static struct variable of_question(const struct questionnaire *q, const struct question *question)
{
    struct variable v = {
        .kind = VARIABLE_CATEGORY,
        .question = question->code,
        .code = question->code,
        .label = {question->text.by[0], question->text.by[1]},
        .asked = {question->text.by[0], question->text.by[1]},
        .set = set_of(question),
        .set_first = (size_t)question->first_variable,
        .set_count = question_variable_count(question),
        .picks_from = question->from == OPTIONS_CHOSEN ? q->questions[question->from_question].code : NULL,
        .background = question->background,
        .locked = question->locked,
        .equivalent = question->equivalent};
    put_tags(&v, q, question, NULL);
    return v;
}

/* The variable of one option or item: its wording behind the question's. */
static struct variable of_option(const struct questionnaire *q, const struct question *question,
                                 const struct option *option)
{
    struct variable v = {.kind = VARIABLE_CATEGORY,
                         .question = question->code,
                         .code = arena_printf(q->arena, "%s_%s", question->code, option->code).ptr,
                         .asked = {question->text.by[0], question->text.by[1]},
                         .part = {option->label.by[0], option->label.by[1]},
                         .set = set_of(question),
                         .set_first = (size_t)question->first_variable,
                         .set_count = question_variable_count(question),
                         .background = question->background,
                         .locked = question->locked,
                         .equivalent = question->equivalent};
    for (int i = 0; i < LANGUAGES; i++) {
        v.label[i] = arena_printf(q->arena, "%s %s", question->text.by[i], option->label.by[i]).ptr;
    }
    put_tags(&v, q, question, option);
    return v;
}

static void add_of_options(struct builder *b, const struct question *question)
{
    struct arena *arena = b->q->arena;
    bool series = question->type == QUESTION_SERIES;
    const struct option *options = series ? question->items : question->options;
    const struct variable_category *points =
        series ? option_categories(arena, question->options, question->option_count) : NULL;
    const uint8_t *scores = series ? scale_scores(arena, question) : NULL;
    for (size_t i = 0; i < question_variable_count(question); i++) {
        struct variable v = of_option(b->q, question, &options[i]);
        if (series) {
            v.categories = points;
            v.category_count = (uint16_t)question->option_count;
            v.level = LEVEL_ORDINAL;
            v.scores = scores;
        } else if (question->type == QUESTION_POINTS) {
            v.kind = VARIABLE_NUMBER;
            v.level = LEVEL_NUMBER;
            v.number_max = POINTS_MAX;
        } else {
            v.categories = no_yes;
            v.category_count = 2;
        }
        add(b, v);
    }
}

static void add_numbered(struct builder *b, const struct question *question)
{
    struct arena *arena = b->q->arena;
    const struct variable_category *categories =
        option_categories(arena, question->options, question->option_count);
    for (size_t i = 0; i < question_variable_count(question); i++) {
        static const char *const sides[][2] = {{"meest", "minst"}, {"most", "least"}};
        struct variable v = of_question(b->q, question);
        bool best_worst = question->type == QUESTION_BEST_WORST;
        v.code = best_worst ? arena_printf(arena, "%s_%zu_%s", question->code, i / 2 + 1, sides[0][i % 2]).ptr
                            : arena_printf(arena, "%s_%zu", question->code, i + 1).ptr;
        for (int k = 0; k < LANGUAGES; k++) {
            v.part[k] = best_worst ? arena_printf(arena, "%zu %s", i / 2 + 1, sides[k][i % 2]).ptr
                        : k == 0   ? arena_printf(arena, "Plaats %zu", i + 1).ptr
                                   : arena_printf(arena, "Place %zu", i + 1).ptr;
            v.label[k] = arena_printf(arena, "%s %s", v.asked[k], v.part[k]).ptr;
        }
        v.categories = categories;
        v.category_count = (uint16_t)question->option_count;
        add(b, v);
    }
}

static void add_single(struct builder *b, const struct question *question)
{
    struct arena *arena = b->q->arena;
    struct variable v = of_question(b->q, question);
    if (question->type == QUESTION_NUMBER) {
        v.kind = VARIABLE_NUMBER;
        v.level = LEVEL_NUMBER;
        v.number_max = (int32_t)question->max;
    } else if (question->type == QUESTION_TEXT) {
        v.kind = VARIABLE_TEXT;
        v.categories = given_text;
        v.category_count = 1;
        v.text_limit = question->limit;
    } else if (question->type == QUESTION_POSTCODE) {
        struct variable_category *categories =
            arena_array(arena, PROVINCES + question->option_count, sizeof *categories);
        memcpy(categories, province_categories, PROVINCES * sizeof *categories);
        if (question->option_count > 0) {
            memcpy(categories + PROVINCES,
                   option_categories(arena, question->options, question->option_count),
                   question->option_count * sizeof *categories);
        }
        v.categories = categories;
        v.category_count = (uint16_t)(PROVINCES + question->option_count);
    } else {
        v.categories = option_categories(arena, question->options, question->option_count);
        v.category_count = (uint16_t)question->option_count;
    }
    if (question->type == QUESTION_SCALE) {
        v.level = LEVEL_ORDINAL;
        v.scores = scale_scores(arena, question);
    }
    add(b, v);
}

static void add_boxes(struct builder *b, struct question *question)
{
    for (size_t i = 0; i < question->option_count && question->from == OPTIONS_OWN; i++) {
        if (question->options[i].text_limit > 0) {
            struct variable v = of_option(b->q, question, &question->options[i]);
            v.code = arena_printf(b->q->arena, "%s_tekst", v.code).ptr;
            v.kind = VARIABLE_TEXT;
            v.set = SET_ALONE;
            v.set_count = 0;
            v.categories = given_text;
            v.category_count = 1;
            v.text_limit = question->options[i].text_limit;
            question->options[i].text_variable = add(b, v);
        }
    }
}

static void add_question(struct builder *b, struct question *question)
{
    question->first_variable = (int)b->q->variable_count;
    question->variable_count = count_variables(question);
    question->slots_from = b->q->vector_size;
    switch (question->type) {
    case QUESTION_MULTIPLE:
    case QUESTION_SERIES:
    case QUESTION_POINTS:
        add_of_options(b, question);
        break;
    case QUESTION_RANKING:
    case QUESTION_BEST_WORST:
        add_numbered(b, question);
        break;
    case QUESTION_SINGLE:
    case QUESTION_SCALE:
    case QUESTION_NUMBER:
    case QUESTION_TEXT:
    case QUESTION_POSTCODE:
    case QUESTION_AGE:
    case QUESTION_GENDER:
    case QUESTION_EDUCATION:
        add_single(b, question);
        break;
    }
    add_boxes(b, question);
    question->slots_to = b->q->vector_size;
    if (question->random) {
        const char *code = arena_printf(b->q->arena, "%s_volgorde", question->code).ptr;
        question->order_variable = add_order(
            b, code,
            question->type == QUESTION_SERIES ? question->item_count : presentation_movable(question));
    }
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
            q->variable_blocks = add_order(b, "volgorde-blokken", q->flow[i].count);
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
                add_question(b, &q->questions[item->question]);
            }
        }
        if (page->random && questions > 1) {
            /* "<instance>_<page>_volgorde", in a block "<page>_volgorde". */
            const char *local = strchr(page->code, '.') + 1;
            const char *code =
                page->instance >= 0
                    ? arena_printf(q->arena, "%s_%s_volgorde", q->instances[page->instance].code, local).ptr
                    : arena_printf(q->arena, "%s_volgorde", local).ptr;
            page->order_variable = add_order(b, code, questions);
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
    q->text_question = arena_array(q->arena, q->variable_count, sizeof *q->text_question);
    q->question_of = arena_array(q->arena, q->variable_count, sizeof *q->question_of);
    for (size_t i = 0; i < q->variable_count; i++) {
        q->question_of[i] = -1;
        q->text_index[i] = q->variables[i].kind == VARIABLE_TEXT ? (int)q->text_count++ : -1;
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
