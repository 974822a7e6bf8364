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
/* The pages that these answers lead to. */
struct page_list survey_pages_of(struct arena *arena, const struct visit *visit);
/* What was posted, in the arena. */
void survey_posted_fields(const struct answer_field **fields, size_t *count, struct http_exchange *ex);
/* Whether the page was opened from the check page, to go back there (terug=controle). */
bool survey_from_check_page(struct http_exchange *ex);
/* Replies with the page, one of `pages`; in answer to a POST with everything that was posted. pages: of the
 * visit's answers. result: its errors, or NULL. notice: a text path for a message above the form, or NULL. */
void survey_show_page(struct http_exchange *ex, struct visit *visit, struct page_list pages, uint16_t page,
                      int status, const struct page_result *result, const char *notice);
/* Whether a field was posted with this value. */
bool survey_posted_is(struct http_exchange *ex, const char *name, const char *value);
/* The same page again, after one of its own buttons; the browser shows where that was. */
const char *survey_same_path(struct http_exchange *ex, const struct visit *visit, uint16_t page,
                             const char *field);
/* Where the reader goes from here: the next page, past the block, back to the check page, or to it after the
 * last. */
const char *survey_next_path(struct http_exchange *ex, const struct visit *visit, uint16_t page);
/* Seconds since the posted form was made; -1 without a valid token. */
int64_t survey_form_age(struct http_exchange *ex, const struct visit *visit);
/* A form token for a POST to `path`. In the arena. */
const char *survey_token_for(struct http_exchange *ex, const struct visit *visit, const char *path);
/* A text of the locales as JSON, and a context that holds one as its title. The caller owns them. */
json_t *survey_text_json(const struct visit *visit, const char *path);
json_t *survey_titled(const struct visit *visit, const char *title_path);
/* "code", "resume_url": the code of the visit and where it can be typed. */
void survey_set_code(json_t *context, struct http_exchange *ex, const struct visit *visit);
/* A date in words under key. */
void survey_set_date(json_t *context, struct http_exchange *ex, const struct visit *visit, const char *key,
                     int64_t unix_s);
/* Sets a member of a document (a consultation, or a part of one) under key: its text in the page's language,
 * or that text as Markdown from heading level 2. Nothing where the document lacks it. */
void survey_set_document_text(json_t *context, const char *key, const struct visit *visit,
                              const json_t *object, const char *member);
void survey_set_document_html(json_t *context, const char *key, struct http_exchange *ex,
                              const struct visit *visit, const json_t *object, const char *member);
/* Why a page is not kept: it came without its cookie, what it belongs to is gone (sent already, expired, or
 * never there), the round closed while it was filled in, or other answers took its question away. */
enum give_back { GIVE_BACK_NO_COOKIE, GIVE_BACK_NO_DRAFT, GIVE_BACK_CLOSED, GIVE_BACK_NOT_ASKED };
/* Says why, gives back what was typed, to copy, and tells how to go on. Where nothing was typed and there is
 * a participation it goes there at once. */
void survey_give_back(struct http_exchange *ex, const struct visit *visit, enum give_back why);
/* The stream that a link of the round stands for ("links" in its document); open when there is none. */
enum survey_stream survey_stream_of_link(const struct survey_round *round, struct slice link);
/* Of the consultation asked for (any when empty): the round that accepts, else the one that opens next, else
 * the latest closed one; NULL when there is none. */
const struct survey_round *survey_current_round(const struct visit *visit, struct slice consultation);

#endif
