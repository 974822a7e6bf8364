/* What the API of rounds and that of responses share. */
#ifndef ZEVENSTEM_SURVEY_API_H
#define ZEVENSTEM_SURVEY_API_H

#include "features/survey/survey_internal.h"

#include "base/clock.h"

/* RFC 3339 of a second or a day (1970-01-01 is 0), and the same as a member. */
void api_format_day(char out[CLOCK_RFC3339_BYTES], int32_t day);
void api_set_time(json_t *object, const char *key, int64_t unix_s);
void api_set_day(json_t *object, const char *key, int32_t day);
/* _links.self of an object: this path at the public address. */
void api_set_link(json_t *object, const struct survey *survey, struct arena *arena, const char *path);
/* The round of the path, and the snapshot that holds it; NULL with 404 answered. */
const struct survey_round *api_path_round(struct http_exchange *ex, struct survey *survey,
                                          const struct survey_snapshot **snapshot);

/* A participation from the header Deelnamecode and the round of the path; false: answered. */
bool visit_of_header(struct visit *visit, struct http_exchange *ex, struct survey *survey);
/* Answers 404, and slows who guesses; 410: it was withdrawn. */
void api_own_not_found(struct http_exchange *ex);
void api_own_gone(struct http_exchange *ex);

#endif
