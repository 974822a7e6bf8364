/* The questionnaire as an object of the API. */
#include "features/questionnaire/context.h"

#include <string.h>

enum { ARENA_MAX = 4 * 1024 * 1024 };

static json_t *both_html(const struct slice html[LANGUAGES])
{
    json_t *object = json_object();
    PUT_SLICE(object, "nl", html[0]);
    PUT_SLICE(object, "en", html[1]);
    return object;
}

/* ---- conditions ---- */

static json_t *listed(const struct condition *condition, const struct question *question)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < question->option_count; i++) {
        if (condition->options >> i & 1u) {
            json_array_append_new(codes, json_string_nocheck(question->options[i].code));
        }
    }
    if (condition->dont_know) {
        json_array_append_new(codes, json_string_nocheck("weet-ik-niet"));
    }
    return codes;
}

static json_t *condition_object(const struct condition *condition, const struct questionnaire *q);

static json_t *children_of(const struct condition *condition, const struct questionnaire *q)
{
    json_t *list = json_array();
    for (size_t i = 0; i < condition->count; i++) {
        json_array_append_new(list, condition_object(&condition->children[i], q));
    }
    return list;
}

static json_t *condition_object(const struct condition *condition, const struct questionnaire *q)
{
    json_t *object = json_object();
    switch (condition->kind) {
    case CONDITION_IN:
    case CONDITION_NOT_IN:
    case CONDITION_ANSWERED: {
        const struct question *question = &q->questions[condition->question];
        PUT_TEXT(object, "vraag", question->code);
        if (condition->kind == CONDITION_ANSWERED) {
            PUT(object, "beantwoord", json_true());
        } else if (condition->kind == CONDITION_IN) {
            PUT(object, "in", listed(condition, question));
        } else {
            PUT(object, "nietIn", listed(condition, question));
        }
        break;
    }
    case CONDITION_DRAWN:
        PUT(object, "getrokken", json_integer(condition->drawn));
        break;
    case CONDITION_ANY_TEXT:
        PUT(object, "enigeTekst", json_true());
        break;
    case CONDITION_ALL:
        PUT(object, "alle", children_of(condition, q));
        break;
    case CONDITION_ANY:
        PUT(object, "een", children_of(condition, q));
        break;
    case CONDITION_NOT:
        PUT(object, "niet", condition_object(condition->children, q));
        break;
    }
    return object;
}

/* ---- questions ---- */

static const char *const type_names[] = {[QUESTION_SINGLE] = "een-antwoord",
                                         [QUESTION_MULTIPLE] = "meer-antwoorden",
                                         [QUESTION_SCALE] = "schaal",
                                         [QUESTION_SERIES] = "reeks",
                                         [QUESTION_RANKING] = "rangorde",
                                         [QUESTION_POINTS] = "punten",
                                         [QUESTION_BEST_WORST] = "meest-minst",
                                         [QUESTION_NUMBER] = "getal",
                                         [QUESTION_TEXT] = "tekst",
                                         [QUESTION_POSTCODE] = "postcode",
                                         [QUESTION_AGE] = "leeftijd",
                                         [QUESTION_GENDER] = "gender",
                                         [QUESTION_EDUCATION] = "opleiding"};

static json_t *option_object(const struct questionnaire *q, const struct option *option)
{
    json_t *object = json_object();
    PUT_TEXT(object, "code", option->code);
    PUT_BOTH(object, "label", option->label);
    PUT_BOTH(object, "toelichting", option->hint);
    PUT_FLAG(object, "apart", option->apart);
    PUT_FLAG(object, "sluitAnderenUit", option->none);
    PUT_FLAG(object, "teJong", option->too_young);
    if (option->text_variable >= 0) {
        PUT_TEXT(object, "tekstvariabele", q->variables[option->text_variable].code);
        PUT(object, "tekstlimiet", json_integer(option->text_limit));
    }
    return object;
}

/* In this person's order, or as written. What routing offers of another question's options follows from the
 * answers: all stand here, with "uit". */
static json_t *options_of(const struct questionnaire *q, const struct presentation *p,
                          const struct question *question)
{
    uint8_t order[MAX_OPTIONS];
    json_t *list = json_array();
    size_t count = p ? presentation_options(order, q, p, question) : question->option_count;
    for (size_t i = 0; i < count; i++) {
        size_t index = p ? order[i] : i;
        bool drawn =
            p && question->from == OPTIONS_UNASSIGNED &&
            index < q->modules[question->from_module].instance_count &&
            presentation_place(p, q->modules[question->from_module].first_instance + (int)index) >= 0;
        if (!drawn) {
            json_array_append_new(list, option_object(q, &question->options[index]));
        }
    }
    return list;
}

static json_t *items_of(const struct questionnaire *q, const struct presentation *p,
                        const struct question *question)
{
    uint8_t order[MAX_OPTIONS];
    json_t *list = json_array();
    size_t count = p ? presentation_items(order, p, question) : question->item_count;
    for (size_t i = 0; i < count; i++) {
        size_t index = p ? order[i] : i;
        if (!p || question->in_variant[p->variant] >> index & 1u) {
            json_t *item = json_object();
            PUT_TEXT(item, "code", question->items[index].code);
            PUT_TEXT(item, "variabele", q->variables[question->first_variable + (int)index].code);
            PUT_BOTH(item, "tekst", question->items[index].label);
            json_array_append_new(list, item);
        }
    }
    return list;
}

static json_t *variables_of(const struct questionnaire *q, const struct question *question)
{
    json_t *list = json_array();
    for (size_t i = 0; i < question_variable_count(question); i++) {
        json_array_append_new(list,
                              json_string_nocheck(q->variables[question->first_variable + (int)i].code));
    }
    return list;
}

static json_t *tasks(const struct question *question)
{
    json_t *list = json_array();
    for (size_t task = 0; task < FANO_TASKS; task++) {
        json_t *three = json_array();
        for (size_t i = 0; i < FANO_OPTIONS; i++) {
            json_array_append_new(three, json_string_nocheck(question->options[fano[task][i]].code));
        }
        json_array_append_new(list, three);
    }
    return list;
}

static void put_limits(json_t *object, const struct question *question)
{
    bool counts = question->type == QUESTION_MULTIPLE;
    if (question->type == QUESTION_NUMBER || (counts && question->min > 0)) {
        PUT(object, "minimum", json_integer(question->min));
    }
    if (question->type == QUESTION_NUMBER || (counts && question->max > 0)) {
        PUT(object, "maximum", json_integer(question->max));
    }
    if (question->type == QUESTION_RANKING) {
        PUT(object, "plaatsen", json_integer(question->top));
    }
    if (question->type == QUESTION_POINTS) {
        PUT(object, "som", json_integer(100));
    }
    if (question->type == QUESTION_TEXT) {
        PUT(object, "limiet", json_integer(question->limit));
    }
    if (question->type == QUESTION_BEST_WORST) {
        PUT(object, "keuzes", tasks(question));
    }
}

static json_t *question_object(const struct questionnaire *q, const struct presentation *p,
                               const struct question *question)
{
    json_t *object = json_object();
    PUT_TEXT(object, "soort", type_names[question->type]);
    PUT_TEXT(object, "code", question->code);
    PUT_BOTH(object, "tekst", question->text);
    PUT_BOTH(object, "toelichting", question->hint);
    PUT_BOTH(object, "eenheid", question->unit);
    PUT(object, "variabelen", variables_of(q, question));
    PUT(object, "weetIkNiet", json_boolean(question->dont_know));
    put_limits(object, question);
    if (question->option_count > 0) {
        PUT(object, "opties", options_of(q, p, question));
    }
    if (question->from == OPTIONS_CHOSEN) {
        PUT_TEXT(object, "optiesUit", q->questions[question->from_question].code);
    }
    if (question->item_count > 0) {
        PUT(object, "items", items_of(q, p, question));
    }
    if (question->show_if) {
        PUT(object, "tonenAls", condition_object(question->show_if, q));
    }
    return object;
}

/* ---- pages ---- */

static json_t *texts_of(const struct text *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, context_both(texts[i].by));
    }
    return list;
}

static json_t *explainer_item(const struct questionnaire *q, const struct answers *a, const struct page *page,
                              int index)
{
    const struct explainer *explainer = &q->explainers[index];
    int order = page->instance >= 0 ? q->instances[page->instance].order_variable : -1;
    json_t *object = json_object();
    PUT_TEXT(object, "soort", "uitleg");
    PUT_TEXT(object, "code", explainer->code);
    PUT_BOTH(object, "titel", explainer->title);
    PUT_BOTH(object, "inEenZin", explainer->one_line);
    PUT(object, "watIsHetHtml", both_html(explainer->what));
    PUT(object, "bestaatHetAlHtml", both_html(explainer->exists));
    PUT(object, "hoop", texts_of(explainer->hopes, explainer->hope_count));
    PUT(object, "zorgen", texts_of(explainer->worries, explainer->worry_count));
    PUT(object, "nogOnbekendHtml", both_html(explainer->unknown));
    if (a && order >= 0) {
        PUT(object, "zorgenEerst", json_boolean(slot_get(q, a, order) == ANSWER_FIRST + 1));
    }
    return object;
}

/* a: an empty set of this person's answers, which holds their orders; NULL for everybody. */
static json_t *page_object(const struct questionnaire *q, const struct presentation *p,
                           const struct answers *a, const struct page *page)
{
    uint8_t order[MAX_OPTIONS];
    json_t *object = json_object();
    json_t *items = json_array();
    size_t count = a ? page_order(order, q, a, page) : page->item_count;
    for (size_t i = 0; i < count; i++) {
        const struct page_item *item = &page->items[a ? order[i] : i];
        if (item->kind == PAGE_EXPLAINER) {
            json_array_append_new(items, explainer_item(q, a, page, item->explainer));
        } else if (item->kind == PAGE_TEXT) {
            json_t *text = json_object();
            PUT_TEXT(text, "soort", "toelichting");
            PUT(text, "html", both_html(item->html));
            json_array_append_new(items, text);
        } else if (item->from == 0 && (!p || q->questions[item->question].in_variant[p->variant] != 0)) {
            json_array_append_new(items, question_object(q, p, &q->questions[item->question]));
        }
    }
    PUT_TEXT(object, "code", page->code);
    PUT_BOTH(object, "titel", page->title);
    if (page->show_if) {
        PUT(object, "tonenAls", condition_object(page->show_if, q));
    }
    PUT(object, "onderdelen", items);
    return object;
}

/* A page that only asks what this variant leaves out is left out too, and so are the later pages of a series:
 * its question stands on the first with all items. */
static bool page_has_place(const struct questionnaire *q, const struct presentation *p,
                           const struct page *page)
{
    bool asks = false;
    for (size_t i = 0; i < page->item_count; i++) {
        const struct page_item *item = &page->items[i];
        if (item->kind == PAGE_QUESTION) {
            asks = true;
            if (item->from == 0 && (!p || q->questions[item->question].in_variant[p->variant] != 0)) {
                return true;
            }
        }
    }
    return !asks && (!p || page->intro || q->variants[p->variant].all);
}

static json_t *section_object(const struct questionnaire *q, const struct presentation *p,
                              const struct answers *a, const struct section *section)
{
    json_t *object = json_object();
    json_t *pages = json_array();
    size_t asking = 0;
    for (size_t i = 0; i < section->page_count; i++) {
        const struct page *page = &q->pages[section->first_page + i];
        if (page_has_place(q, p, page)) {
            asking += !page->intro;
            json_array_append_new(pages, page_object(q, p, a, page));
        }
    }
    if (asking == 0) {
        json_decref(pages);
        json_decref(object);
        return NULL;
    }
    PUT_TEXT(object, "code", section->code);
    PUT_BOTH(object, "titel", section->title);
    if (section->instance >= 0) {
        PUT_TEXT(object, "module", q->modules[q->instances[section->instance].module].code);
    }
    PUT(object, "paginas", pages);
    return object;
}

/* ---- the whole ---- */

static json_t *variants_of(const struct questionnaire *q)
{
    json_t *list = json_array();
    for (size_t i = 0; i < q->variant_count; i++) {
        json_t *variant = json_object();
        PUT_TEXT(variant, "code", q->variants[i].code);
        PUT_BOTH(variant, "titel", q->variants[i].title);
        PUT(variant, "minuten", json_integer(q->variants[i].minutes));
        json_array_append_new(list, variant);
    }
    return list;
}

json_t *questionnaire_json(const struct questionnaire *q, const struct presentation *p)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct answers empty = {NULL, NULL};
    json_t *object = json_object();
    json_t *sections = json_array();
    int *order;
    if (p) {
        empty = answers_begin(arena, q, p);
    }
    size_t count = flow_sections(&order, arena, q, p);
    for (size_t i = 0; i < count; i++) {
        json_t *section = section_object(q, p, p ? &empty : NULL, &q->sections[order[i]]);
        if (section) {
            json_array_append_new(sections, section);
        }
    }
    PUT_TEXT(object, "code", q->code);
    if (p) {
        PUT_TEXT(object, "variant", q->variants[p->variant].code);
    } else {
        PUT(object, "varianten", variants_of(q));
    }
    PUT(object, "blokken", sections);
    arena_destroy(arena);
    return object;
}
