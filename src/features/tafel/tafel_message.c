#include "features/tafel/tafel_message.h"

const char *const message_states[] = {"nieuw", "gelezen", "terzijde", "ingetrokken", "vernietigd", NULL};
const char *const message_senders[] = {"burger", "organisatie", NULL};
const char *const message_reasons[] = {"misbruik", "ander-onderwerp", "dubbel", "anders", NULL};

struct step {
    enum message_state from, to;
    unsigned needs;
};
/* Every step that staff may take. Withdrawing is the sender's, and destroying the calendar's. */
static const struct step steps[] = {
    {MESSAGE_NEW, MESSAGE_READ, 0},
    {MESSAGE_NEW, MESSAGE_ASIDE, MESSAGE_KIND | MESSAGE_TOLD},
    {MESSAGE_READ, MESSAGE_ASIDE, MESSAGE_KIND | MESSAGE_TOLD},
    {MESSAGE_ASIDE, MESSAGE_READ, MESSAGE_TOLD}, /* it is looked at again */
};
enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

enum message_state message_state_find(struct slice name)
{
    unsigned state = 0;
    while (state < MESSAGE_STATES && !slice_equal_cstr(name, message_states[state])) {
        state++;
    }
    return (enum message_state)state;
}

unsigned message_step_needs(enum message_state from, enum message_state to)
{
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if (steps[i].from == from && steps[i].to == to) {
            return steps[i].needs;
        }
    }
    return MESSAGE_NO_STEP;
}

unsigned message_step_lacks(enum message_state from, enum message_state to, bool kind, bool told)
{
    return message_step_needs(from, to) & ~((kind ? MESSAGE_KIND : 0U) | (told ? MESSAGE_TOLD : 0U));
}

bool message_has_text(enum message_state state)
{
    return state == MESSAGE_NEW || state == MESSAGE_READ || state == MESSAGE_ASIDE;
}

bool message_is_suspect(int64_t form_age_s, bool trapped)
{
    return trapped || form_age_s < MESSAGE_FAST_S;
}
