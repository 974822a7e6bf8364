/* Meetings (overleggen): what may be done in which state, and which decision an item of the agenda may get.
 * Pure.
 *
 * A meeting without a quorum is a meeting: who was there, what was discussed and who does what is written
 * down. But it decides nothing: its items are discussed (besproken) or held over (aangehouden). The quorum is
 * asked of each item apart, since who declared an interest in it does not count. */
#ifndef ZEVENSTEM_TAFEL_MEETING_H
#define ZEVENSTEM_TAFEL_MEETING_H

#include "features/tafel/tafel_signal.h"
#include "features/tafel/tafel_table.h"

#include <jansson.h>

enum meeting_state {
    MEETING_PLANNED, /* gepland */
    MEETING_HELD,    /* gehouden: who was there is written down */
    MEETING_ADOPTED, /* vastgesteld: the list of decisions stands, and is public as far as it is marked so */
    MEETING_CANCELLED, /* afgelast */
    MEETING_STATES
};
/* NULL-ended. */
extern const char *const meeting_states[MEETING_STATES + 1];
/* MEETING_STATES: none is called so. */
enum meeting_state meeting_state_find(struct slice name);

enum meeting_act {
    MEETING_CHANGE,   /* its day and place */
    MEETING_PREPARE,  /* an item of the agenda, a paper */
    MEETING_ATTEND,   /* who was there */
    MEETING_INTEREST, /* an interest that somebody declares */
    MEETING_DECIDE,
    MEETING_TASK, /* an action point */
    MEETING_TASK_DONE,
    MEETING_ADOPT,
    MEETING_CANCEL,
    MEETING_ACTS
};
bool meeting_may(enum meeting_state state, enum meeting_act act);

enum meeting_decision {
    DECISION_WEIGHED,   /* gewogen: the signal matters, and is to be passed on */
    DECISION_DECLINED,  /* niet-doorgeleid, with the reason */
    DECISION_HELD_OVER, /* aangehouden: at a next meeting */
    DECISION_MADE,      /* besloten: of an item that is no signal */
    DECISION_DISCUSSED, /* besproken: the same, without a decision */
    DECISIONS
};
/* NULL-ended. */
extern const char *const meeting_decisions[DECISIONS + 1];
/* DECISIONS: none is called so. */
enum meeting_decision meeting_decision_find(struct slice name);
/* The step of a signal that follows; SIGNAL_STATES: none. */
enum signal_state meeting_decision_step(enum meeting_decision decision);

/* What stands in the way of a decision, as bits; 0: nothing. */
enum meeting_fault {
    DECISION_NOT_OF_IT = 1, /* a signal is not decided on as other items are, nor they as a signal */
    DECISION_NO_QUORUM = 2,
    DECISION_NO_WORDS = 4, /* it needs a reason, or what was decided in words */
    DECISION_NO_STEP = 8   /* the signal is in a state that this does not follow on */
};
struct meeting_facts {
    bool is_signal;
    enum signal_state state;   /* of the signal */
    struct table_quorum lacks; /* for this item */
    bool told;
};
unsigned meeting_decision_faults(enum meeting_decision decision, const struct meeting_facts *facts);

/* Who decides on an item: of "aanwezigen" of a meeting (tafel_meeting_sql.h) those that are there and have no
 * interest in the item or in all of the meeting, by "belangen". item: its "nummer". */
struct table_present meeting_present(const json_t *meeting, json_int_t item);
/* How many that are. */
struct table_quorum meeting_present_count(const struct table_present *present);

#endif
