/* What the loading files share. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_LOAD_H
#define ZEVENSTEM_QUESTIONNAIRE_LOAD_H

#include "features/questionnaire/model.h"

/* Where a question stands. One is surely earlier than another when it stands in an earlier entry of the flow,
 * or on an earlier page of the same section: the parts of a random entry come in any order. */
struct place {
    size_t entry; /* of the flow */
    size_t page;  /* counted over the document */
    int section;
    int first_question; /* of its page, or the one that would be */
};

struct loader {
    struct questionnaire *q;
    struct json_errors *errors;
    const json_t *scales;
    const struct instance *instance; /* whose pages are being read; NULL outside modules */
    struct place at;                 /* what is being read */
    struct place *places;            /* by question */
    unsigned cost;                   /* of the conditions read since it was set to 0 */
};

enum {
    MAX_PAGES = 2048,
    MAX_QUESTIONS = 2048,
    MAX_SECTIONS = 64,
    MAX_INSTANCES = 64,
    MAX_ROUTING_COST = 5000
};

/* Decodes an object of the document. What is right in it is taken even where something else is wrong, so that
 * every fault is told at once: the caller goes on, and says nothing more of a member that is missing. False
 * only when it is no object at all. */
bool load_object(struct loader *l, const char *pointer, const json_t *object, const struct json_field *fields,
                 size_t count);
const char *load_pointer(struct loader *l, const char *pointer, const char *token);
const char *load_index(struct loader *l, const char *pointer, size_t index);
void load_fault(struct loader *l, const char *pointer, const char *code, const char *detail);
/* A code as the format says; NULL with a fault added otherwise, or without when there was none to decode. In
 * the arena. */
const char *load_code(struct loader *l, const char *pointer, struct slice code);
/* A version as text; "" with a fault added where it is none, or without when there was none to decode. In the
 * arena. (load.c) */
const char *load_version(struct loader *l, const char *pointer, const json_t *version);
/* {"nl", "en"}, both needed; {placeholders} filled from the instance. */
struct text load_text(struct loader *l, const char *pointer, const json_t *object);
/* The same as Markdown turned into HTML; after: Markdown to put behind it, or NULL. */
void load_html(struct slice html[LANGUAGES], struct loader *l, const char *pointer, const json_t *object,
               int first_heading, const struct slice after[LANGUAGES]);
/* load_picture.c: takes a picture into q; what to put behind the text that it belongs to, nothing after a
 * fault. */
void load_picture(struct slice markdown[LANGUAGES], struct loader *l, const char *pointer,
                  const json_t *object);
void load_tags(struct tag_list *out, struct loader *l, const char *pointer, const json_t *list);
struct condition *load_condition(struct loader *l, const char *pointer, const json_t *object);

/* load_question.c: adds it to q->questions; its index, or -1. */
int load_question(struct loader *l, const char *pointer, const json_t *object);
/* load_option.c: their number. label_name: what the wording is called ("label", of items "text"). */
size_t load_options(struct option **out, struct loader *l, const char *pointer, const json_t *list,
                    const json_t *none, const char *label_name);
void load_scale(struct question *question, struct loader *l, const char *pointer, struct slice code);
/* Options that are those of another question, or the instances of a module. */
void load_options_from(struct question *question, struct loader *l, const char *pointer,
                       const json_t *object);
/* load_page.c: the section's index in q->sections, or -1. */
int load_section(struct loader *l, const char *pointer, const char *code, const json_t *pages,
                 const json_t *title, const json_t *intro, int instance);
int load_block(struct loader *l, const char *code, const json_t *object);
/* load_module.c: instances and draws; then, where the flow comes to it, the pages of each instance. */
void load_module(struct loader *l, const char *code, const json_t *object);
void load_module_pages(struct loader *l, int index);
/* load_explainer.c */
void load_explainers(struct loader *l, const json_t *explainers);
int load_find_explainer(const struct questionnaire *q, const char *code);
/* An earlier question by its code as written in a condition: the same instance first, then without prefix.
 * -1. */
int load_find_question(const struct loader *l, struct slice code);

#endif
