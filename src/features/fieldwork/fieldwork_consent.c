#include "features/fieldwork/fieldwork_consent.h"

#include <stddef.h>

const char *const consent_forms[] = {"1", NULL};

bool consent_form_known(struct slice version)
{
    for (size_t i = 0; consent_forms[i]; i++) {
        if (slice_equal_cstr(version, consent_forms[i])) {
            return true;
        }
    }
    return false;
}
