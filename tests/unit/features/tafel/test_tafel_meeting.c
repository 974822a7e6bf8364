#include "features/tafel/tafel_meeting.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

TestSuite(tafel_meeting, .fini = leaks_check);

/* Written down apart from the program's table: what may be done in which state. c: day and place, p: agenda
 * and papers, a: attendance, i: interests, d: decide, t: action points, k: an action point is done, v: adopt,
 * x: cancel. */
static const char *const table[MEETING_STATES] = {[MEETING_PLANNED] = "cpaix",
                                                  [MEETING_HELD] = "paidtkv",
                                                  [MEETING_ADOPTED] = "k",
                                                  [MEETING_CANCELLED] = ""};
static const char letters[MEETING_ACTS + 1] = "cpaidtkvx";

Test(tafel_meeting, each_act_has_its_states)
{
    for (unsigned state = 0; state < MEETING_STATES; state++) {
        for (unsigned act = 0; act < MEETING_ACTS; act++) {
            bool expected = false;
            for (const char *at = table[state]; *at; at++) {
                expected = expected || *at == letters[act];
            }
            cr_expect_eq(meeting_may((enum meeting_state)state, (enum meeting_act)act), expected,
                         "%s, act %u", meeting_states[state], act);
        }
        cr_expect_eq(meeting_state_find(slice_from_cstr(meeting_states[state])), state);
    }
    cr_expect_eq(meeting_state_find(SLICE("geweest")), MEETING_STATES);
}

Test(tafel_meeting, without_a_quorum_it_only_holds_over_and_discusses)
{
    struct meeting_facts facts = {.is_signal = true, .state = SIGNAL_CAUGHT, .lacks = {1, 0}, .told = true};
    cr_expect_eq(meeting_decision_faults(DECISION_WEIGHED, &facts), DECISION_NO_QUORUM);
    cr_expect_eq(meeting_decision_faults(DECISION_DECLINED, &facts), DECISION_NO_QUORUM);
    cr_expect_eq(meeting_decision_faults(DECISION_HELD_OVER, &facts), 0);
    facts.lacks = (struct table_quorum){0, 1};
    cr_expect_eq(meeting_decision_faults(DECISION_WEIGHED, &facts), DECISION_NO_QUORUM, "sides count too");
    facts.is_signal = false;
    cr_expect_eq(meeting_decision_faults(DECISION_MADE, &facts), DECISION_NO_QUORUM);
    cr_expect_eq(meeting_decision_faults(DECISION_DISCUSSED, &facts), 0);
}

Test(tafel_meeting, decisions_are_of_signals_or_of_other_items)
{
    struct meeting_facts facts = {.is_signal = true, .state = SIGNAL_CAUGHT, .told = true};
    cr_expect_eq(meeting_decision_faults(DECISION_WEIGHED, &facts), 0);
    cr_expect_eq(meeting_decision_faults(DECISION_MADE, &facts), DECISION_NOT_OF_IT);
    cr_expect_eq(meeting_decision_faults(DECISION_DISCUSSED, &facts), DECISION_NOT_OF_IT);
    facts.state = SIGNAL_WEIGHED;
    cr_expect_eq(meeting_decision_faults(DECISION_WEIGHED, &facts), DECISION_NO_STEP);
    cr_expect_eq(meeting_decision_faults(DECISION_DECLINED, &facts), 0, "it comes to mind after all");
    facts.state = SIGNAL_ANSWERED;
    cr_expect_eq(meeting_decision_faults(DECISION_DECLINED, &facts), DECISION_NO_STEP);
    facts.state = SIGNAL_CAUGHT;
    facts.told = false;
    cr_expect_eq(meeting_decision_faults(DECISION_DECLINED, &facts), DECISION_NO_WORDS);
    cr_expect_eq(meeting_decision_faults(DECISION_WEIGHED, &facts), 0);
    facts.is_signal = false;
    cr_expect_eq(meeting_decision_faults(DECISION_MADE, &facts), DECISION_NO_WORDS);
    cr_expect_eq(meeting_decision_faults(DECISION_WEIGHED, &facts), DECISION_NOT_OF_IT);
    cr_expect_eq(meeting_decision_step(DECISION_WEIGHED), SIGNAL_WEIGHED);
    cr_expect_eq(meeting_decision_step(DECISION_DECLINED), SIGNAL_DECLINED);
    cr_expect_eq(meeting_decision_step(DECISION_HELD_OVER), SIGNAL_STATES);
}

Test(tafel_meeting, who_declared_an_interest_does_not_count)
{
    json_t *meeting = json_pack(
        "{s:[{s:i,s:s,s:b},{s:i,s:s,s:b},{s:i,s:s,s:b},{s:i,s:s},{s:i,s:s,s:b}],s:[{s:i,s:i},{s:i}]}",
        "aanwezigen",                                    /* who is there */
        "nummer", 1, "kant", "overheid", "aanwezig", 1,  /* interest in item 7 */
        "nummer", 2, "kant", "bedrijven", "aanwezig", 1, /* in all of it */
        "nummer", 3, "kant", "bedrijven", "aanwezig", 0, "nummer", 4, "kant", "overheid", /* not noted */
        "nummer", 5, "kant", "kennisinstellingen", "aanwezig", 1, "belangen", "lid", 1, "punt", 7, "lid", 2);
    cr_assert_not_null(meeting);
    const struct table_present of_seven = meeting_present(meeting, 7);
    const struct table_present of_eight = meeting_present(meeting, 8);
    json_decref(meeting);
    const struct table_quorum seven = meeting_present_count(&of_seven);
    const struct table_quorum eight = meeting_present_count(&of_eight);
    cr_expect_eq(seven.members, 1);
    cr_expect_eq(seven.sides, 1);
    cr_expect_eq(of_seven.of_side[SIDE_KNOWLEDGE], 1);
    cr_expect_eq(eight.members, 2);
    cr_expect_eq(eight.sides, 2);
    cr_expect_eq(of_eight.of_side[SIDE_GOVERNMENT], 1);
}
