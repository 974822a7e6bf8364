/* The codebook as an object of the API. */
#include "features/questionnaire/context.h"

/* The score of a scale's point; NULL where there is none. */
static json_t *score_of(const struct variable *v, uint16_t category)
{
    return v->scores ? json_integer(v->scores[category]) : NULL;
}

static json_t *categories_of(const struct variable *v)
{
    json_t *list = json_array();
    for (uint16_t i = 0; i < v->category_count; i++) {
        json_t *category = json_object();
        PUT_TEXT(category, "code", v->categories[i].code);
        PUT(category, "label", context_both(v->categories[i].label));
        PUT(category, "score", score_of(v, i));
        json_array_append_new(list, category);
    }
    return list;
}

static json_t *variable_object(const struct variable *v)
{
    static const char *const kinds[] = {
        [VARIABLE_CATEGORY] = "categorie", [VARIABLE_NUMBER] = "getal", [VARIABLE_TEXT] = "tekst"};
    static const char *const levels[] = {
        [LEVEL_NOMINAL] = "nominaal", [LEVEL_ORDINAL] = "ordinaal", [LEVEL_NUMBER] = "getal"};
    static const char *const sets[] = {[SET_MULTIPLE] = "meerkeuze",
                                       [SET_SERIES] = "reeks",
                                       [SET_RANKING] = "rangorde",
                                       [SET_POINTS] = "punten",
                                       [SET_BEST_WORST] = "best-worst"};
    json_t *object = json_object();
    PUT_TEXT(object, "code", v->code);
    PUT_TEXT(object, "vraag", v->question);
    PUT(object, "label", context_both(v->label));
    PUT_TEXT(object, "soort", kinds[v->kind]);
    PUT_TEXT(object, "meetniveau", levels[v->level]);
    PUT_TEXT(object, "bundel", v->set == SET_ALONE ? NULL : sets[v->set]);
    if (v->kind == VARIABLE_CATEGORY) {
        PUT(object, "categorieen", categories_of(v));
    } else if (v->kind == VARIABLE_NUMBER) {
        PUT(object, "maximum", json_integer(v->number_max));
    } else {
        PUT(object, "limiet", json_integer(v->text_limit));
    }
    PUT_TEXT(object, "waarde", v->value);
    PUT_TEXT(object, "dimensie", v->dimension);
    PUT_TEXT(object, "facet", v->facet);
    PUT_TEXT(object, "toepassing", v->application);
    PUT(object, "achtergrond", json_boolean(v->background));
    PUT(object, "systeem", json_boolean(v->system));
    PUT(object, "vergrendeld", json_boolean(v->locked));
    PUT(object, "gelijkwaardig", json_boolean(v->equivalent_count > 0));
    return object;
}

json_t *questionnaire_codebook_json(const struct questionnaire *q)
{
    json_t *list = json_array();
    json_t *codebook = json_object();
    for (size_t i = 0; i < q->variable_count; i++) {
        json_array_append_new(list, variable_object(&q->variables[i]));
    }
    PUT_TEXT(codebook, "vragenlijst", q->code);
    PUT(codebook, "variabelen", list);
    return codebook;
}
