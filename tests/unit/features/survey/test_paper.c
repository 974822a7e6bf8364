/* Until when paper may be typed over after a round closed. */
#include "features/survey/survey.h"

#include "base/clock.h"

#include <criterion/criterion.h>

enum { DAY = 86400 };

static int64_t at(const char *text)
{
    int64_t unix_s = 0;
    cr_assert(clock_parse_rfc3339(&unix_s, slice_from_cstr(text)), "%s", text);
    return unix_s;
}

/* Over at midnight in the Netherlands, and a fortnight for paper, in which summer time begins. */
static struct survey_round round_of(void)
{
    return (struct survey_round){.status = ROUND_OPEN,
                                 .opens_at = at("2027-01-01T00:00:00+01:00"),
                                 .closes_at = at("2027-03-22T00:00:00+01:00"),
                                 .destruction_day = clock_day(at("2029-01-01T00:00:00Z")),
                                 .paper_days = 14};
}

Test(survey_paper, is_taken_until_the_end_of_the_last_day)
{
    const struct survey_round round = round_of();
    cr_expect_eq(survey_round_paper_day(&round), clock_day(at("2027-04-04T00:00:00Z")));
    cr_expect(!survey_round_takes_paper(&round, round.closes_at - 1), "it is open: anybody may");
    cr_expect(survey_round_takes_paper(&round, round.closes_at));
    cr_expect(survey_round_takes_paper(&round, at("2027-04-04T23:59:59+02:00")));
    cr_expect(!survey_round_takes_paper(&round, at("2027-04-05T00:00:00+02:00")));
    cr_expect(survey_round_incomplete(&round, round.closes_at - 1));
    cr_expect(survey_round_incomplete(&round, at("2027-04-04T23:59:59+02:00")));
    cr_expect(!survey_round_incomplete(&round, at("2027-04-05T00:00:00+02:00")));
}

Test(survey_paper, counts_from_when_somebody_closed_it)
{
    struct survey_round round = round_of();
    int32_t first, last;
    round.status = ROUND_CLOSED;
    round.closed_at = at("2027-02-10T15:00:00+01:00");
    cr_expect(survey_round_takes_paper(&round, round.closed_at));
    cr_expect(survey_round_takes_paper(&round, at("2027-02-24T23:59:59+01:00")));
    cr_expect(!survey_round_takes_paper(&round, at("2027-02-25T00:00:00+01:00")));
    survey_round_paper_came(&first, &last, &round, at("2027-02-20T12:00:00+01:00"));
    cr_expect_eq(first, clock_day(at("2027-01-01T00:00:00Z")));
    cr_expect_eq(last, clock_day(at("2027-02-10T00:00:00Z")));
    /* Closed by hand after its time: then it was over already. */
    round.closed_at = round.closes_at + 5 * DAY;
    cr_expect_eq(survey_round_ends(&round), round.closes_at);
    /* Closed before that was kept: nobody knows when, so not before its time. */
    round.closed_at = 0;
    cr_expect(!survey_round_takes_paper(&round, at("2027-02-20T12:00:00+01:00")));
}

Test(survey_paper, came_while_the_round_ran)
{
    struct survey_round round = round_of();
    const int32_t opened = clock_day(at("2027-01-01T00:00:00Z"));
    const int32_t ended = clock_day(at("2027-03-21T00:00:00Z"));
    int32_t first, last;
    /* Today at most, and a day here begins before that of UTC. */
    survey_round_paper_came(&first, &last, &round, at("2027-02-01T00:00:00+01:00"));
    cr_expect_eq(first, opened);
    cr_expect_eq(last, clock_day(at("2027-02-01T00:00:00Z")));
    survey_round_paper_came(&first, &last, &round, round.closes_at - 1);
    cr_expect_eq(last, ended);
    /* It closed at midnight: on the day of which that was the first moment nothing came in time. */
    survey_round_paper_came(&first, &last, &round, round.closes_at);
    cr_expect_eq(last, ended);
    survey_round_paper_came(&first, &last, &round, at("2027-04-04T23:59:59+02:00"));
    cr_expect_eq(first, opened);
    cr_expect_eq(last, ended);
    /* One day is the day after. */
    round.paper_days = 1;
    cr_expect(survey_round_takes_paper(&round, at("2027-03-22T23:59:59+01:00")));
    cr_expect(!survey_round_takes_paper(&round, at("2027-03-23T00:00:00+01:00")));
    /* Closed by somebody in the first second of a day: the day before was its last. */
    round.closed_at = at("2027-02-10T00:00:00+01:00");
    cr_expect_eq(survey_round_paper_day(&round), clock_day(at("2027-02-10T00:00:00Z")));
    survey_round_paper_came(&first, &last, &round, round.closed_at);
    cr_expect_eq(last, clock_day(at("2027-02-09T00:00:00Z")));
}

Test(survey_paper, is_not_taken_of_a_pilot_which_never_counts)
{
    struct survey_round round = round_of();
    round.pilot = true;
    cr_expect(survey_round_incomplete(&round, round.closes_at - 1), "while it runs its screens can be tried");
    cr_expect(!survey_round_takes_paper(&round, round.closes_at));
    cr_expect(!survey_round_incomplete(&round, round.closes_at));
    cr_expect_eq(survey_round_paper_day(&round), 0);
}

Test(survey_paper, is_not_taken_of_what_says_none_or_is_to_be_destroyed_or_never_opened)
{
    struct survey_round round = round_of();
    round.paper_days = 0;
    cr_expect(!survey_round_takes_paper(&round, round.closes_at));
    round = round_of();
    round.destruction_day = clock_day(round.closes_at) + 2;
    cr_expect(survey_round_takes_paper(&round, (int64_t)round.destruction_day * DAY - 1));
    cr_expect(!survey_round_takes_paper(&round, (int64_t)round.destruction_day * DAY));
    round.held = true;
    cr_expect(!survey_round_takes_paper(&round, (int64_t)round.destruction_day * DAY));
    round = round_of();
    round.status = ROUND_DRAFT;
    cr_expect(!survey_round_takes_paper(&round, round.closes_at));
}
