/* Inputs of the form's components: what was typed or chosen, errors, and the choices of a group. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_CONTEXT_INPUT_H
#define ZEVENSTEM_QUESTIONNAIRE_CONTEXT_INPUT_H

#include "features/questionnaire/context.h"

#define DONT_KNOW_VALUE "weet-ik-niet"

/* ---- what was posted, or stored ---- */
bool posted_value(struct slice *value, const struct view *v, const char *name);
bool posted_has(const struct view *v, const char *name, const char *value);
/* Category or number of a variable; CHOICE_OPEN or CHOICE_DONT_KNOW. */
int stored_category(const struct view *v, int variable);
/* The option chosen in a group of radios, of a variable whose categories are the options. */
int chosen_option(const struct view *v, const struct question *question, int variable);
/* What stands in a text input. */
struct slice typed_text(const struct view *v, int variable);
/* Typed text comes from outside: what is not UTF-8 is left out. */
void put_typed(json_t *object, struct slice text);

/* ---- errors: empty when there is none ---- */
struct slice error_at(const struct view *v, const char *field);
/* Of a question whose groups are one answer together. */
struct slice error_about(const struct view *v, const struct question *question);
/* "hint", "error", and "describedby": the ids of those that are there. unit: also of what stands behind the
 * input. */
void put_described(json_t *object, struct arena *arena, const char *name, const char *hint,
                   struct slice error, bool unit);

/* ---- choices: the inputs of a group, of which none is chosen; made once for all groups that offer the same
 * ---- */
struct choices {
    json_t *inputs[MAX_OPTIONS + 2];
    int options[MAX_OPTIONS + 2]; /* index, or CHOICE_DONT_KNOW */
    size_t count;
};
/* option NULL: "Weet ik niet". */
void choices_add(struct choices *choices, const struct view *v, const struct option *option, int index);
/* These options as far as they are offered, the word "of" before the first that stands apart. */
void choices_make(struct choices *choices, const struct view *v, const struct question *question,
                  const uint8_t *options, size_t count, bool with_dont_know);
/* All options in this person's order. */
void choices_of(struct choices *choices, const struct view *v, const struct question *question);
void choices_free(struct choices *choices);
/* The inputs of one group with those chosen (chosen: of radios) and with open boxes; the others are shared.
 * The caller owns it. */
json_t *group_inputs(const struct view *v, const struct choices *choices, const struct question *question,
                     const char *name, int chosen);

#endif
