#include "features/tafel/tafel_signal.h"

#include "support/leaks.h"

#include <criterion/criterion.h>

TestSuite(tafel_signal, .fini = leaks_check);

/* The steps as issue and agenda describe them, written down apart from the program's table: rows from,
 * columns to; what each asks for ("-": it does not exist). o: meeting or mandate, r: reason, g: addressee,
 * a: all answers, ".": nothing. */
static const char *const table[SIGNAL_STATES][SIGNAL_STATES] = {
    /*                  caught weighed forwarded answered reported declined */
    [SIGNAL_CAUGHT] = {"-", "o", "-", "-", "-", "or"},    [SIGNAL_WEIGHED] = {"-", "-", "g", "-", "-", "or"},
    [SIGNAL_FORWARDED] = {"-", "-", "-", "ga", "-", "-"}, [SIGNAL_ANSWERED] = {"-", "-", "r", "-", "r", "-"},
    [SIGNAL_REPORTED] = {"-", "-", "-", "-", "-", "-"},   [SIGNAL_DECLINED] = {"r", "-", "-", "-", "-", "-"}};

static unsigned need_of(char mark)
{
    return mark == 'o'   ? SIGNAL_GROUND
           : mark == 'r' ? SIGNAL_TOLD
           : mark == 'g' ? SIGNAL_ADDRESSEE
           : mark == 'a' ? SIGNAL_ANSWERS
                         : SIGNAL_NO_STEP;
}

Test(tafel_signal, takes_the_steps_of_the_table_and_no_other)
{
    for (unsigned from = 0; from < SIGNAL_STATES; from++) {
        for (unsigned to = 0; to < SIGNAL_STATES; to++) {
            unsigned needs = 0;
            for (const char *mark = table[from][to]; *mark; mark++) {
                needs |= need_of(*mark);
            }
            cr_expect_eq(signal_step_needs((enum signal_state)from, (enum signal_state)to), needs, "%s -> %s",
                         signal_states[from], signal_states[to]);
        }
    }
}

Test(tafel_signal, says_what_a_step_lacks)
{
    struct signal_facts facts = {.ground = false};
    cr_expect_eq(signal_step_lacks(SIGNAL_CAUGHT, SIGNAL_WEIGHED, &facts), SIGNAL_GROUND);
    cr_expect_eq(signal_step_lacks(SIGNAL_CAUGHT, SIGNAL_DECLINED, &facts), SIGNAL_GROUND | SIGNAL_TOLD);
    cr_expect_eq(signal_step_lacks(SIGNAL_WEIGHED, SIGNAL_FORWARDED, &facts), SIGNAL_ADDRESSEE);
    facts = (struct signal_facts){.ground = true, .told = true, .addressees = 2, .waiting = 1};
    cr_expect_eq(signal_step_lacks(SIGNAL_CAUGHT, SIGNAL_DECLINED, &facts), 0);
    cr_expect_eq(signal_step_lacks(SIGNAL_FORWARDED, SIGNAL_ANSWERED, &facts), SIGNAL_ANSWERS);
    cr_expect_eq(signal_step_lacks(SIGNAL_REPORTED, SIGNAL_CAUGHT, &facts), SIGNAL_NO_STEP,
                 "nothing makes up for a step that there is not");
    facts.waiting = 0;
    cr_expect_eq(signal_step_lacks(SIGNAL_FORWARDED, SIGNAL_ANSWERED, &facts), 0);
}

Test(tafel_signal, every_state_can_be_reached_and_has_its_name)
{
    bool reached[SIGNAL_STATES] = {[SIGNAL_CAUGHT] = true};
    for (unsigned round = 0; round < SIGNAL_STATES; round++) {
        for (unsigned from = 0; from < SIGNAL_STATES; from++) {
            for (unsigned to = 0; to < SIGNAL_STATES; to++) {
                reached[to] = reached[to] ||
                              (reached[from] && signal_step_needs((enum signal_state)from,
                                                                  (enum signal_state)to) != SIGNAL_NO_STEP);
            }
        }
    }
    for (unsigned state = 0; state < SIGNAL_STATES; state++) {
        cr_expect(reached[state], "%s", signal_states[state]);
        cr_expect_eq(signal_state_find(slice_from_cstr(signal_states[state])), state);
    }
    cr_expect_eq(signal_state_find(SLICE("zoek")), SIGNAL_STATES);
    cr_expect_eq(signal_state_find(SLICE("")), SIGNAL_STATES);
    cr_expect(signal_is_open(SIGNAL_ANSWERED), "citizens still wait to hear");
    cr_expect_not(signal_is_open(SIGNAL_REPORTED));
    cr_expect_not(signal_is_open(SIGNAL_DECLINED));
}
