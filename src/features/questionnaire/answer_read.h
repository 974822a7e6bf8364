/* What one question of a posted page was given, before it is checked. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_ANSWER_READ_H
#define ZEVENSTEM_QUESTIONNAIRE_ANSWER_READ_H

#include "features/questionnaire/model.h"

struct posting {
    struct arena *arena;
    const struct questionnaire *q;
    const struct presentation *p;
    const struct answer_field *fields;
    size_t field_count;
    int language;
    struct answer_error *errors;
    size_t error_count;
    bool too_young;
    const char *stay;
};

/* Fills given from the fields of the question's own names; a is what it answered before. A fault when
 * something has not the form that it needs: no number, no option. */
enum answer_fault posting_read(struct given *given, const struct posting *posting, const struct answers *a,
                               const struct question *question);
/* The field of the question's i-th variable. */
const char *posting_variable(const struct posting *posting, const struct question *question, size_t i);
/* The button of a ranking that was pressed; empty when none was. */
struct slice posting_rank_move(const struct posting *posting, const struct question *question);

#endif
