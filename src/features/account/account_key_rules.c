/* What may be asked of a key: for the command and the page alike. Pure. */
#include "features/account/account.h"

#include "base/utf8.h"

#include <string.h>

#define SCOPES(EACH)                                                                                         \
    EACH(SCOPE_ANALYST, "true tables")                                                                       \
    EACH(SCOPE_INTAKE, "send responses")                                                                     \
    EACH(SCOPE_MICRODATA, "a row for each response")                                                         \
    EACH(SCOPE_TALKS, "what was said, with its codes, without names")                                        \
    EACH(SCOPE_TAFEL, "signals that are not public yet, and messages")                                       \
    EACH(SCOPE_TRANSCRIPTS, "send a corrected text of a conversation")
#define NAME(SCOPE, ABOUT)  SCOPE,
#define ABOUT(SCOPE, ABOUT) ABOUT,

const char *const account_scopes[] = {SCOPES(NAME) NULL};
const char *const account_scopes_about[] = {SCOPES(ABOUT) NULL};

const char *account_scope_find(struct slice name)
{
    for (size_t i = 0; account_scopes[i]; i++) {
        if (slice_equal_cstr(name, account_scopes[i])) {
            return account_scopes[i];
        }
    }
    return NULL;
}

bool account_needs_purpose(const char *const *scopes)
{
    for (size_t i = 0; scopes[i]; i++) {
        if (strcmp(scopes[i], SCOPE_INTAKE) != 0) {
            return true;
        }
    }
    return false;
}

bool account_purpose_ok(struct slice purpose)
{
    for (size_t i = 0; i < purpose.len; i++) {
        if ((unsigned char)purpose.ptr[i] < ' ') {
            return false;
        }
    }
    return purpose.len > 0 && utf8_valid(purpose) && utf8_length(purpose) <= KEY_PURPOSE_MAX;
}

unsigned account_key_faults(const struct account_order *order)
{
    const struct slice label = slice_from_cstr(order->label);
    unsigned faults = 0;
    if (label.len == 0 || !utf8_valid(label) || utf8_length(label) > KEY_LABEL_MAX) {
        faults |= KEY_BAD_LABEL;
    }
    if (!order->scopes[0]) {
        faults |= KEY_NO_SCOPE;
    }
    if (order->purpose ? !account_purpose_ok(slice_from_cstr(order->purpose))
                       : account_needs_purpose(order->scopes)) {
        faults |= order->purpose ? KEY_BAD_PURPOSE : KEY_NO_PURPOSE;
    }
    return faults;
}
