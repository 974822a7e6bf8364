/* A case: what the table makes besides signals. A recommendation, which makes clear how people can take part
 * in a procedure, or a question for research. What its states are, which step may follow which, and how much
 * a question matters. Pure. */
#ifndef ZEVENSTEM_TAFEL_CASE_H
#define ZEVENSTEM_TAFEL_CASE_H

#include "base/slice.h"
#include "features/tafel/tafel_table.h"

#include <stddef.h>
#include <stdint.h>

enum case_sort { CASE_RECOMMENDATION, CASE_QUESTION, CASE_SORTS };

/* The states of each sort, the first the one that it begins in; NULL-ended. */
extern const char *const *const case_states[CASE_SORTS];
/* What a question is about: "risico", "ethisch", "maatschappelijk". NULL-ended. */
extern const char *const research_kinds[];

/* What a step asks for, as bits. */
enum case_need {
    CASE_GROUND = 1, /* the meeting or mandate that decided */
    CASE_TOLD = 2,   /* a reason, or what came of it, in words */
    CASE_POINTS = 4, /* of a question: points of three of the four sides */
    CASE_NO_STEP = 8 /* there is no such step: it is never satisfied */
};
unsigned case_step_needs(enum case_sort sort, struct slice from, struct slice to);

enum { RESEARCH_POINTS_MAX = 5, RESEARCH_SIDES_MIN = 3 };
/* How much a question matters to the table: the median of what its sides gave, so that no side decides alone,
 * and beside it how far they are apart. Members of one side agree among themselves first. */
struct research_priority {
    size_t sides;   /* that gave points */
    int32_t halves; /* twice the median: a half is where two sides differ; 0: nobody gave points */
    int32_t spread; /* highest less lowest */
};
/* 0 where a side gave none. */
struct research_priority research_weigh(const int32_t points[TABLE_SIDES]);

#endif
