/* The page of one passage to code, and what its form is filled with. */
#ifndef ZEVENSTEM_CODING_TASK_PAGE_H
#define ZEVENSTEM_CODING_TASK_PAGE_H

#include "features/coding/coding_internal.h"
#include "features/coding/coding_work.h"

struct coding_task_page {
    struct coding *c;
    struct http_exchange *ex;
    struct db_tx *tx;
    const struct survey_round *round;
    struct coding_task task;
    const struct codebook *book;
    struct text_span *sentences;
    size_t sentence_count;
    json_t *marks; /* that stand; the page's to free */
};

/* What a form says or a coding that is changed says, to show the form with: the values of a field. */
struct coding_shown {
    const struct http_field *fields; /* as posted; NULL: those of `mark` */
    size_t count;
    const json_t *mark; /* NULL: empty */
};

/* Answers with the page. context_take: its title, and what went wrong. */
enum db_status coding_task_show(struct coding_task_page *page, const struct coding_shown *shown,
                                json_t *context_take, int answer);

#endif
