/* What components of questions are made of (question_component in context.h). All in the arena of the view,
 * but for JSON, which the caller owns. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_CONTEXT_QUESTION_H
#define ZEVENSTEM_QUESTIONNAIRE_CONTEXT_QUESTION_H

#include "features/questionnaire/context_input.h"

/* A group under a legend, without inputs as yet. */
json_t *question_fieldset(struct arena *arena, const char *name, const char *legend, const char *hint,
                          struct slice error);
/* A question over several groups: its text is a heading above them, parts are components of their own. */
json_t *question_compound(const struct view *v, const struct question *question);
/* Takes the part. All but the first are set off from what comes before. */
void question_append_part(json_t *parts, json_t *part_take);
/* One input with the question's hint; its text may be the label. */
json_t *question_field(const struct view *v, const struct question *question, const char *label);

/* context_ranking.c, context_postcode.c */
json_t *ranking_component(const struct view *v, const struct question *question);
json_t *postcode_component(const struct view *v, const struct question *question);

#endif
