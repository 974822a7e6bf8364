#include "features/tafel/tafel_signal.h"

const char *const signal_states[] = {"opgevangen",     "gewogen",         "doorgeleid", "beantwoord",
                                     "teruggekoppeld", "niet-doorgeleid", NULL};
const char *const signal_sources[] = {"burgerconsultatie",
                                      "open-dag",
                                      "maatschappelijke-organisatie",
                                      "kennisinstelling",
                                      "adviesorgaan",
                                      "kamer",
                                      "media",
                                      "andere-overheid",
                                      NULL};
const char *const signal_grounds[] = {"overleg", "mandaat", NULL};

struct step {
    enum signal_state from, to;
    unsigned needs;
};
/* Every step that there is. */
static const struct step steps[] = {
    {SIGNAL_CAUGHT, SIGNAL_WEIGHED, SIGNAL_GROUND},
    {SIGNAL_CAUGHT, SIGNAL_DECLINED, SIGNAL_GROUND | SIGNAL_TOLD},
    {SIGNAL_WEIGHED, SIGNAL_FORWARDED, SIGNAL_ADDRESSEE},
    {SIGNAL_WEIGHED, SIGNAL_DECLINED, SIGNAL_GROUND | SIGNAL_TOLD},
    {SIGNAL_FORWARDED, SIGNAL_ANSWERED, SIGNAL_ADDRESSEE | SIGNAL_ANSWERS},
    {SIGNAL_ANSWERED, SIGNAL_REPORTED, SIGNAL_TOLD},
    {SIGNAL_ANSWERED, SIGNAL_FORWARDED, SIGNAL_TOLD}, /* the answers do not do: it is asked again */
    {SIGNAL_DECLINED, SIGNAL_CAUGHT, SIGNAL_TOLD},    /* it comes up again */
};
enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

enum signal_state signal_state_find(struct slice name)
{
    unsigned state = 0;
    while (state < SIGNAL_STATES && !slice_equal_cstr(name, signal_states[state])) {
        state++;
    }
    return (enum signal_state)state;
}

unsigned signal_step_needs(enum signal_state from, enum signal_state to)
{
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if (steps[i].from == from && steps[i].to == to) {
            return steps[i].needs;
        }
    }
    return SIGNAL_NO_STEP;
}

unsigned signal_step_lacks(enum signal_state from, enum signal_state to, const struct signal_facts *facts)
{
    const unsigned has = (facts->ground ? SIGNAL_GROUND : 0U) | (facts->told ? SIGNAL_TOLD : 0U) |
                         (facts->addressees > 0 ? SIGNAL_ADDRESSEE : 0U) |
                         (facts->waiting == 0 ? SIGNAL_ANSWERS : 0U);
    return signal_step_needs(from, to) & ~has;
}

bool signal_is_open(enum signal_state state)
{
    return state != SIGNAL_REPORTED && state != SIGNAL_DECLINED;
}
