/* Inzage and deletion for a citizen who asks staff for help by telephone (art. 15 and 17 AVG): the citizen
 * reads the code aloud, the member of staff types it, and reads the answers back or withdraws them. Nobody
 * can look answers up without a code. Audited: who helped, in which round, to what end; never the code, nor
 * what was answered.
 *
 * As intake. The code must not come by an address or a command line, where it would be kept. */
#ifndef ZEVENSTEM_SURVEY_HELP_H
#define ZEVENSTEM_SURVEY_HELP_H

#include "db/db.h"

#include <jansson.h>

struct account_caller;
struct survey;

enum help_standing {
    HELP_UNKNOWN,   /* nothing stands under this code, or it is no code */
    HELP_DRAFT,     /* begun, not sent: the citizen alone can open it */
    HELP_STANDS,    /* sent */
    HELP_WITHDRAWN, /* nothing of it is left */
    HELP_UNREADABLE /* sent, of another version of the questionnaire: it can be withdrawn, not shown */
};
struct help_view {
    enum help_standing standing;
    const char *round;    /* its code; NULL: unknown. In the arena */
    int32_t received_day; /* since 1970-01-01 */
    /* HELP_STANDS: what was asked and answered, in the citizen's language, as the receipt shows it; the arena
     * owns it */
    json_t *sections;
};
/* The caller helps in consultations where PERMISSION_RIGHTS_HELP says so: a code of another is as a wrong
 * one. A wrong code is audited too (object "code", result refused), so that trying codes is seen. */
enum db_status survey_help_read(struct help_view *out, struct db_tx *tx, struct arena *arena,
                                struct survey *survey, struct slice typed,
                                const struct account_caller *caller, const char *origin);
/* Withdraws, as the citizen could; *found false: nothing stood. */
enum db_status survey_help_withdraw(bool *found, struct db_tx *tx, struct arena *arena, struct survey *survey,
                                    struct slice typed, const struct account_caller *caller,
                                    const char *origin);

#endif
