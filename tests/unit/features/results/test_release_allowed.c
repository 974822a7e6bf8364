/* Of which rounds, and when, a release may be made. */
#include "features/results/results_release.h"

#include "base/clock.h"

#include <criterion/criterion.h>

enum { HOUR = 3600, DAY = 86400 };
#define CLOSES INT64_C(1806703200) /* 2027-04-03T00:00:00+02:00 */

static struct survey_round round_of(enum round_interim interim, int paper_days)
{
    return (struct survey_round){.status = ROUND_OPEN,
                                 .opens_at = CLOSES - 60 * DAY,
                                 .closes_at = CLOSES,
                                 .destruction_day = clock_day(CLOSES) + 700,
                                 .interim = interim,
                                 .paper_days = paper_days};
}

Test(release_allowed, waits_until_no_paper_may_be_added)
{
    struct survey_round round = round_of(INTERIM_ANALYSTS, 0);
    cr_expect(!release_allowed(&round, CLOSES - 1));
    cr_expect(release_allowed(&round, CLOSES));
    round = round_of(INTERIM_ANALYSTS, 14);
    cr_expect(!release_allowed(&round, CLOSES));
    cr_expect(!release_allowed(&round, CLOSES + 14 * DAY - 1));
    cr_expect(release_allowed(&round, CLOSES + 14 * DAY));
    /* What was public all the time stays so. */
    round = round_of(INTERIM_PUBLIC, 14);
    cr_expect(release_allowed(&round, CLOSES - 1));
    cr_expect(release_allowed(&round, CLOSES));
}

Test(release_allowed, is_never_of_a_pilot_a_draft_or_what_is_to_be_destroyed)
{
    struct survey_round round = round_of(INTERIM_PUBLIC, 0);
    cr_expect(!release_allowed(&round, round.opens_at - HOUR));
    cr_expect(!release_allowed(&round, (int64_t)round.destruction_day * DAY));
    round.pilot = true;
    cr_expect(!release_allowed(&round, CLOSES));
    round = round_of(INTERIM_PUBLIC, 0);
    round.status = ROUND_DRAFT;
    cr_expect(!release_allowed(&round, CLOSES));
}
