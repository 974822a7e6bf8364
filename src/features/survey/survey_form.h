/* What the form shares with the pages around it. */
#ifndef ZEVENSTEM_SURVEY_FORM_H
#define ZEVENSTEM_SURVEY_FORM_H

#include "features/survey/survey_internal.h"

/* "/vragen/<page code>". */
const char *survey_page_path(struct arena *arena, const struct visit *visit, uint16_t page);
/* Its place in the list, from 1; 0 when it is not there. */
int16_t survey_page_number(struct page_list pages, uint16_t page);
/* "progress", "progress_n", "progress_total": the step that this page is of all that this person could get.
 * page -1: checking the answers, which is the last. */
void survey_set_progress(json_t *context, struct arena *arena, const struct visit *visit, int page);
/* Seconds since the posted form was made; -1 without a valid token. */
int64_t survey_form_age(struct http_exchange *ex, const struct visit *visit);
/* A form token for a POST to `path`. In the arena. */
const char *survey_token_for(struct http_exchange *ex, const struct visit *visit, const char *path);
/* Sets a member of a document (a consultation, or a part of one) under key: its text in the page's language,
 * or that text as Markdown from heading level 2. Nothing where the document lacks it. */
void survey_set_document_text(json_t *context, const char *key, const struct visit *visit,
                              const json_t *object, const char *member);
void survey_set_document_html(json_t *context, const char *key, struct http_exchange *ex,
                              const struct visit *visit, const json_t *object, const char *member);
/* A POST without a participation: gives back what was typed. */
void survey_lost(struct http_exchange *ex, const struct visit *visit);
/* A page of a participation that has no draft: sent already, expired, or never there. Gives back what was
 * typed; where nothing was, goes to /ontvangst, which tells which. */
void survey_gone(struct http_exchange *ex, const struct visit *visit);
/* The stream that a link of the round stands for ("links" in its document); open when there is none. */
enum survey_stream survey_stream_of_link(const struct survey_round *round, struct slice link);
/* Of the consultation asked for (any when empty): the round that accepts, else the one that opens next, else
 * the latest closed one; NULL when there is none. */
const struct survey_round *survey_current_round(const struct visit *visit, struct slice consultation);

#endif
