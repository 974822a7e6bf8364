/* What a higher room tells on the receipt page of what became of somebody's answers. */
#ifndef ZEVENSTEM_SURVEY_PANEL_H
#define ZEVENSTEM_SURVEY_PANEL_H

#include "features/survey/survey.h"

#include <jansson.h>

/* A response that stands, and whose code was shown. */
struct receipt_facts {
    const struct survey_round *round;
    struct slice response_id;
    int32_t revision;
    const unsigned char *vector; /* its answers; NULL: they are of another version of the questionnaire */
};
/* Adds to the context of the template `receipt`, in the transaction of its page (as intake, reading only). */
struct survey_panel {
    enum db_status (*tell)(json_t *context, struct db_tx *tx, struct http_exchange *ex,
                           const struct receipt_facts *facts, void *self);
    void *self;
};
/* Before the server starts. */
void survey_set_panel(struct survey *survey, const struct survey_panel *panel);

#endif
