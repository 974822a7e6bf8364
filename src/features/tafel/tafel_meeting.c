#include "features/tafel/tafel_meeting.h"

const char *const meeting_states[] = {"gepland", "gehouden", "vastgesteld", "afgelast", NULL};
const char *const meeting_decisions[] = {"gewogen",  "niet-doorgeleid", "aangehouden",
                                         "besloten", "besproken",       NULL};

static unsigned find(struct slice name, const char *const *names)
{
    unsigned i = 0;
    while (names[i] && !slice_equal_cstr(name, names[i])) {
        i++;
    }
    return i;
}

enum meeting_state meeting_state_find(struct slice name)
{
    return (enum meeting_state)find(name, meeting_states);
}

enum meeting_decision meeting_decision_find(struct slice name)
{
    return (enum meeting_decision)find(name, meeting_decisions);
}

bool meeting_may(enum meeting_state state, enum meeting_act act)
{
    static const bool may[MEETING_STATES][MEETING_ACTS] = {
        [MEETING_PLANNED] = {[MEETING_CHANGE] = true,
                             [MEETING_PREPARE] = true,
                             [MEETING_ATTEND] = true,
                             [MEETING_INTEREST] = true,
                             [MEETING_CANCEL] = true},
        [MEETING_HELD] = {[MEETING_PREPARE] = true,
                          [MEETING_ATTEND] = true,
                          [MEETING_INTEREST] = true,
                          [MEETING_DECIDE] = true,
                          [MEETING_TASK] = true,
                          [MEETING_TASK_DONE] = true,
                          [MEETING_ADOPT] = true},
        [MEETING_ADOPTED] = {[MEETING_TASK_DONE] = true},
    };
    return may[state][act];
}

/* ---- decisions ---- */

enum signal_state meeting_decision_step(enum meeting_decision decision)
{
    return decision == DECISION_WEIGHED    ? SIGNAL_WEIGHED
           : decision == DECISION_DECLINED ? SIGNAL_DECLINED
                                           : SIGNAL_STATES;
}

static bool fits(enum meeting_decision decision, bool is_signal)
{
    const bool of_signal = decision == DECISION_WEIGHED || decision == DECISION_DECLINED;
    return decision == DECISION_HELD_OVER || of_signal == is_signal;
}

unsigned meeting_decision_faults(enum meeting_decision decision, const struct meeting_facts *facts)
{
    const bool decides = decision != DECISION_HELD_OVER && decision != DECISION_DISCUSSED;
    const bool in_words = decision == DECISION_DECLINED || decision == DECISION_MADE;
    const enum signal_state to = meeting_decision_step(decision);
    unsigned faults = 0;
    if (!fits(decision, facts->is_signal)) {
        return DECISION_NOT_OF_IT;
    }
    if (decides && (facts->lacks.members > 0 || facts->lacks.sides > 0)) {
        faults |= DECISION_NO_QUORUM;
    }
    if (in_words && !facts->told) {
        faults |= DECISION_NO_WORDS;
    }
    if (to != SIGNAL_STATES && signal_step_needs(facts->state, to) == SIGNAL_NO_STEP) {
        faults |= DECISION_NO_STEP;
    }
    return faults;
}

/* ---- who decides ---- */

static bool has_interest(const json_t *meeting, const json_t *member, json_int_t item)
{
    size_t i;
    const json_t *interest;
    json_array_foreach(json_object_get(meeting, "belangen"), i, interest)
    {
        const json_t *in = json_object_get(interest, "punt");
        if (json_equal(json_object_get(interest, "lid"), json_object_get(member, "nummer")) &&
            (!in || json_integer_value(in) == item)) {
            return true;
        }
    }
    return false;
}

struct table_present meeting_present(const json_t *meeting, json_int_t item)
{
    struct table_present present = {{0}};
    size_t i;
    const json_t *member;
    json_array_foreach(json_object_get(meeting, "aanwezigen"), i, member)
    {
        const char *name = json_string_value(json_object_get(member, "kant"));
        const enum table_side side = name ? table_side_find(slice_from_cstr(name)) : TABLE_SIDES;
        if (side < TABLE_SIDES && json_is_true(json_object_get(member, "aanwezig")) &&
            !has_interest(meeting, member, item)) {
            present.of_side[side]++;
        }
    }
    return present;
}

struct table_quorum meeting_present_count(const struct table_present *present)
{
    struct table_quorum count = {0, 0};
    for (unsigned side = 0; side < TABLE_SIDES; side++) {
        count.members += present->of_side[side];
        count.sides += present->of_side[side] > 0 ? 1 : 0;
    }
    return count;
}
