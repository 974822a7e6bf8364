/* A signal: something from society that the table picks up, weighs, passes on and reports back about. What
 * its states are and which step may follow which. Pure. */
#ifndef ZEVENSTEM_TAFEL_SIGNAL_H
#define ZEVENSTEM_TAFEL_SIGNAL_H

#include "base/slice.h"

#include <stddef.h>

enum signal_state {
    SIGNAL_CAUGHT,    /* opgevangen: written down, nobody weighed it yet */
    SIGNAL_WEIGHED,   /* gewogen: the table says that it matters */
    SIGNAL_FORWARDED, /* doorgeleid: somebody was asked to do something about it */
    SIGNAL_ANSWERED,  /* beantwoord: all who were asked answered */
    SIGNAL_REPORTED,  /* teruggekoppeld: citizens were told what came of it. The end */
    SIGNAL_DECLINED,  /* niet-doorgeleid: the table says why not */
    SIGNAL_STATES
};
/* "opgevangen", ...; NULL-ended. */
extern const char *const signal_states[SIGNAL_STATES + 1];
/* "burgerconsultatie", "open-dag", ...; NULL-ended. */
extern const char *const signal_sources[];
/* What a decision rests on: "overleg", a meeting; "mandaat", a mandate. NULL-ended. */
extern const char *const signal_grounds[];

/* SIGNAL_STATES: no state is called so. */
enum signal_state signal_state_find(struct slice name);

/* What a step asks for, as bits. */
enum signal_need {
    SIGNAL_GROUND = 1,    /* a meeting or mandate, with a reference to it */
    SIGNAL_TOLD = 2,      /* a reason, or what came of it, in words */
    SIGNAL_ADDRESSEE = 4, /* somebody whom it is passed on to */
    SIGNAL_ANSWERS = 8,   /* an answer of everybody whom it was passed on to */
    SIGNAL_NO_STEP = 16   /* there is no such step: it is never satisfied */
};
/* What the step from one state to another asks for; SIGNAL_NO_STEP: it may not be taken. */
unsigned signal_step_needs(enum signal_state from, enum signal_state to);

/* What is there when a step is asked for. */
struct signal_facts {
    bool ground, told;
    size_t addressees; /* whom it was passed on to */
    size_t waiting;    /* those of them who did not answer */
};
/* What the step lacks, as bits; 0: it may be taken. */
unsigned signal_step_lacks(enum signal_state from, enum signal_state to, const struct signal_facts *facts);

/* Whether something is still to be done about it: only then can it be overdue. */
bool signal_is_open(enum signal_state state);

#endif
