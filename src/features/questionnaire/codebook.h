/* What lays out the variables of a questionnaire (codebook_build in model.h). */
#ifndef ZEVENSTEM_QUESTIONNAIRE_CODEBOOK_H
#define ZEVENSTEM_QUESTIONNAIRE_CODEBOOK_H

#include "features/questionnaire/load.h"

struct builder {
    struct questionnaire *q;
    struct json_errors *errors;
};

/* Gives the variable the next slot of the vector, as wide as its codes need; its index. Alone in its set
 * where set_count is 0. */
int codebook_add(struct builder *b, struct variable variable);
/* One of the service's own: which of the rows of an order of n somebody got. */
int codebook_add_order(struct builder *b, const char *code, size_t n);
/* All of a question: of its answers, of open boxes, of its order (codebook_question.c). */
void codebook_add_question(struct builder *b, struct question *question);

#endif
