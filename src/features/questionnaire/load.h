/* What the loading files share. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_LOAD_H
#define ZEVENSTEM_QUESTIONNAIRE_LOAD_H

#include "features/questionnaire/model.h"

struct loader {
    struct questionnaire *q;
    struct json_errors *errors;
    const json_t *scales;
    const struct instance *instance; /* whose pages are being read; NULL outside modules */
};

const char *load_pointer(struct loader *l, const char *pointer, const char *token);
const char *load_index(struct loader *l, const char *pointer, size_t index);
void load_fault(struct loader *l, const char *pointer, const char *code, const char *detail);
/* A code as the format says; NULL with a fault added otherwise. In the arena. */
const char *load_code(struct loader *l, const char *pointer, struct slice code);
/* {"nl", "en"}, both needed; {placeholders} filled from the instance. */
struct text load_text(struct loader *l, const char *pointer, const json_t *object);
/* The same as Markdown turned into HTML. */
void load_html(struct slice html[LANGUAGES], struct loader *l, const char *pointer, const json_t *object,
               int first_heading);
/* The first of a list of tags; a question may carry several, of which the codebook states one. */
struct tags load_tags(struct loader *l, const char *pointer, const json_t *list);
struct condition *load_condition(struct loader *l, const char *pointer, const json_t *object);

/* load_question.c: adds it to q->questions; its index, or -1. */
int load_question(struct loader *l, const char *pointer, const json_t *object);
/* load_explainer.c */
void load_explainers(struct loader *l, const json_t *explainers);
int load_find_explainer(const struct questionnaire *q, const char *code);
/* A question by its code as written in a condition: the same instance first, then without prefix. -1. */
int load_find_question(const struct loader *l, struct slice code);

#endif
