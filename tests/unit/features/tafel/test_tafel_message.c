/* Which step of a message may follow which, what each asks for, and when a message is suspect. */
#include "features/tafel/tafel_message.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(tafel_message);

Test(tafel_message, every_step_that_there_is_and_no_other)
{
    static const struct {
        enum message_state from, to;
        unsigned needs;
    } steps[] = {{MESSAGE_NEW, MESSAGE_READ, 0},
                 {MESSAGE_NEW, MESSAGE_ASIDE, MESSAGE_KIND | MESSAGE_TOLD},
                 {MESSAGE_READ, MESSAGE_ASIDE, MESSAGE_KIND | MESSAGE_TOLD},
                 {MESSAGE_ASIDE, MESSAGE_READ, MESSAGE_TOLD}};
    for (unsigned from = 0; from < MESSAGE_STATES; from++) {
        for (unsigned to = 0; to < MESSAGE_STATES; to++) {
            unsigned expected = MESSAGE_NO_STEP;
            for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
                if (steps[i].from == from && steps[i].to == to) {
                    expected = steps[i].needs;
                }
            }
            cr_expect_eq(message_step_needs((enum message_state)from, (enum message_state)to), expected,
                         "%s -> %s", message_states[from], message_states[to]);
        }
    }
}

Test(tafel_message, a_step_says_what_it_lacks)
{
    cr_expect_eq(message_step_lacks(MESSAGE_NEW, MESSAGE_READ, false, false), 0);
    cr_expect_eq(message_step_lacks(MESSAGE_READ, MESSAGE_ASIDE, true, false), MESSAGE_TOLD);
    cr_expect_eq(message_step_lacks(MESSAGE_READ, MESSAGE_ASIDE, false, true), MESSAGE_KIND);
    cr_expect_eq(message_step_lacks(MESSAGE_READ, MESSAGE_ASIDE, true, true), 0);
    cr_expect_eq(message_step_lacks(MESSAGE_WITHDRAWN, MESSAGE_READ, true, true), MESSAGE_NO_STEP);
    cr_expect_eq(message_step_lacks(MESSAGE_ASIDE, MESSAGE_DESTROYED, true, true), MESSAGE_NO_STEP);
}

Test(tafel_message, states_are_found_by_name)
{
    for (unsigned i = 0; i < MESSAGE_STATES; i++) {
        cr_expect_eq(message_state_find(slice_from_cstr(message_states[i])), i);
    }
    cr_expect_eq(message_state_find(SLICE("Nieuw")), MESSAGE_STATES);
    cr_expect_eq(message_state_find(SLICE("")), MESSAGE_STATES);
    cr_expect(message_has_text(MESSAGE_ASIDE));
    cr_expect_not(message_has_text(MESSAGE_WITHDRAWN));
    cr_expect_not(message_has_text(MESSAGE_DESTROYED));
}

Test(tafel_message, is_suspect_when_no_person_can_have_sent_it)
{
    cr_expect(message_is_suspect(0, false));
    cr_expect(message_is_suspect(MESSAGE_FAST_S - 1, false));
    cr_expect_not(message_is_suspect(MESSAGE_FAST_S, false));
    cr_expect(message_is_suspect(3600, true));
}
