#include "stats/saturation.h"

void saturation_fresh(uint32_t *fresh, const bool *mentioned, size_t conversations, size_t codes)
{
    for (size_t i = 0; i < conversations; i++) {
        fresh[i] = 0;
    }
    for (size_t c = 0; c < codes; c++) {
        for (size_t i = 0; i < conversations; i++) {
            if (mentioned[i * codes + c]) {
                fresh[i]++;
                break;
            }
        }
    }
}

bool saturation_find(struct saturation *out, const uint32_t *fresh, size_t conversations,
                     const struct saturation_rule *rule)
{
    struct saturation found = {0};
    if (rule->base == 0 || rule->run == 0 || conversations < rule->base ||
        conversations - rule->base < rule->run) {
        return false;
    }
    for (size_t i = 0; i < conversations; i++) {
        found.base += i < rule->base ? fresh[i] : 0;
        found.codes += fresh[i];
    }
    if (found.base == 0) {
        return false;
    }
    for (size_t s = rule->base; !found.reached && s + rule->run <= conversations; s++) {
        uint32_t in_run = 0;
        for (size_t i = s; i < s + rule->run; i++) {
            in_run += fresh[i];
        }
        found.before = s;
        found.ratio = (double)in_run / found.base;
        found.reached = found.ratio <= rule->threshold;
    }
    *out = found;
    return true;
}
