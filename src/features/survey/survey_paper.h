/* Paper that came in time and is typed over after its round closed. A round may say for how many days
 * (`paper_days` in its document, 0 to PAPER_DAYS_MAX; 0, or nothing: none). Until then what is counted of it
 * is provisional, and no final release is made: so none is ever made that a late form would change. */
#ifndef ZEVENSTEM_SURVEY_PAPER_H
#define ZEVENSTEM_SURVEY_PAPER_H

#include "features/survey/survey.h"

enum { PAPER_DAYS_MAX = 60 };

/* When it stopped or will stop taking answers, in Unix seconds: its closing time, or before that when
 * somebody closed it. */
int64_t survey_round_ends(const struct survey_round *round);
/* The last second at which it took or will take answers: its day is the last on which people can take part,
 * which is what they are told. A round that closes at midnight is open until the day before. */
int64_t survey_round_last_moment(const struct survey_round *round);
/* The last day, in the Netherlands, on which paper may be typed over: days since 1970-01-01. 0: none after it
 * closed; so it is of a pilot round, which never counts. */
int32_t survey_round_paper_day(const struct survey_round *round);
/* It is over, and paper may still be typed over. Never from its destruction date on. */
bool survey_round_takes_paper(const struct survey_round *round, int64_t now_s);
/* Responses may still be added, by anybody or from paper: what is counted of it is provisional. */
bool survey_round_incomplete(const struct survey_round *round, int64_t now_s);
/* The days on which paper that may be typed over now can have come in: not before the round opened, nor after
 * it was over, nor tomorrow. Days since 1970-01-01, in the Netherlands. */
void survey_round_paper_came(int32_t *first, int32_t *last, const struct survey_round *round, int64_t now_s);

#endif
