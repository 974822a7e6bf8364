/* The variables of a question, by its type: one for an answer, or one for each option, item, place or task.
 */
#include "features/questionnaire/codebook.h"

#include <string.h>

enum { POINTS_MAX = 100 };

const uint8_t fano[FANO_TASKS][FANO_OPTIONS] = {{0, 1, 2}, {0, 3, 4}, {0, 5, 6}, {1, 3, 5},
                                                {1, 4, 6}, {2, 3, 6}, {2, 4, 5}};

static const struct variable_category no_yes[] = {{"nee", {"Nee", "No"}}, {"ja", {"Ja", "Yes"}}};
static const struct variable_category given_text[] = {{"gegeven", {"Gegeven", "Given"}}};

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
        .equivalent = question->equivalent,
        .equivalent_count = question->equivalent_count,
        .wording = question->wording};
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
                         .equivalent = question->equivalent,
                         .equivalent_count = question->equivalent_count,
                         .wording = question->wording};
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
        codebook_add(b, v);
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
        codebook_add(b, v);
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
    codebook_add(b, v);
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
            question->options[i].text_variable = codebook_add(b, v);
        }
    }
}

void codebook_add_question(struct builder *b, struct question *question)
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
        question->order_variable = codebook_add_order(
            b, code,
            question->type == QUESTION_SERIES ? question->item_count : presentation_movable(question));
    }
}
