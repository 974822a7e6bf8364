/* What the form shares with the pages around it. */
#ifndef ZEVENSTEM_SURVEY_FORM_H
#define ZEVENSTEM_SURVEY_FORM_H

#include "features/survey/survey_internal.h"

/* "/vragen/<page code>". */
const char *survey_page_path(struct arena *arena, const struct visit *visit, uint16_t page);
/* Seconds since the posted form was made; -1 without a valid token. */
int64_t survey_form_age(struct http_exchange *ex, const struct visit *visit);
/* A form token for a POST to `path`. In the arena. */
const char *survey_token_for(struct http_exchange *ex, const struct visit *visit, const char *path);
/* A POST without a participation: gives back what was typed. */
void survey_lost(struct http_exchange *ex, const struct visit *visit);
/* The stream that a link of the round stands for ("links" in its document); open when there is none. */
enum survey_stream survey_stream_of_link(const struct survey_round *round, struct slice link);
/* Of the consultation asked for (any when empty): the round that accepts, else the one that opens next, else
 * the latest closed one; NULL when there is none. */
const struct survey_round *survey_current_round(const struct visit *visit, struct slice consultation);

#endif
