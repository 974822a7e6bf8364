#include "features/survey/survey_paper.h"

#include "base/clock.h"

int64_t survey_round_ends(const struct survey_round *round)
{
    return round->closed_at != 0 && round->closed_at < round->closes_at ? round->closed_at : round->closes_at;
}

int64_t survey_round_last_moment(const struct survey_round *round)
{
    return survey_round_ends(round) - 1;
}

int32_t survey_round_paper_day(const struct survey_round *round)
{
    return round->paper_days == 0 || round->pilot
               ? 0
               : clock_day_nl(survey_round_last_moment(round)) + round->paper_days;
}

bool survey_round_takes_paper(const struct survey_round *round, int64_t now_s)
{
    return round->status != ROUND_DRAFT && now_s >= survey_round_ends(round) &&
           clock_day_nl(now_s) <= survey_round_paper_day(round) && clock_day(now_s) < round->destruction_day;
}

bool survey_round_incomplete(const struct survey_round *round, int64_t now_s)
{
    return survey_round_accepts(round, now_s) || survey_round_takes_paper(round, now_s);
}

void survey_round_paper_came(int32_t *first, int32_t *last, const struct survey_round *round, int64_t now_s)
{
    const int32_t today = clock_day_nl(now_s);
    const int32_t end = clock_day_nl(survey_round_last_moment(round));
    *first = clock_day_nl(round->opens_at);
    *last = today < end ? today : end;
}
