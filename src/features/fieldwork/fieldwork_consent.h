/* The forms of consent (toestemming): versions whose words never change, because people signed them. Their
 * texts are in the locales under consent_<version>; a new version is a new group there. */
#ifndef ZEVENSTEM_FIELDWORK_CONSENT_H
#define ZEVENSTEM_FIELDWORK_CONSENT_H

#include "base/slice.h"

/* The newest first; NULL-ended. */
extern const char *const consent_forms[];
bool consent_form_known(struct slice version);

#endif
