/* Deciding what counts of a passage that two coded. Both versions stay as they were. */
#ifndef ZEVENSTEM_CODING_DECIDE_H
#define ZEVENSTEM_CODING_DECIDE_H

#include "db/db.h"

#include <jansson.h>

extern const struct db_statement coding_decide_statements[];

/* Passages that two or more are done with. */
struct coding_doubles {
    int64_t all, open; /* open: undecided, and the codings differ */
    json_t *list; /* [{"passage", "begin", "verschilt", "beslist"}], what is undecided and differs first; the
                   * caller owns it */
};
/* Of the list at most so many, from this one on (0: the first). */
enum db_status coding_double_list(struct coding_doubles *out, struct db_tx *tx, int32_t round, int32_t from,
                                  int32_t most);

struct coding_double {
    bool found;              /* two at least are done with it */
    int32_t round, revision; /* revision 0: nothing is decided yet */
    struct slice body, language, note;
    json_t *coders; /* [{"naam", "klaar", "coderingen": [...]}], the last with "besluit": true where there is
                       one. The caller's */
};
/* Texts live in the arena. */
enum db_status coding_double_read(struct coding_double *out, struct db_tx *tx, struct arena *arena,
                                  int64_t passage);
enum { CODING_TAKE_MAX = 200 };
enum coding_decision {
    CODING_DECIDED,
    CODING_MEANWHILE, /* somebody else decided, or a coder changed what was chosen */
};
/* Of the codings of both, those with these ids count from now on; none: no value. coder: who decides. Of
 * CODING_MEANWHILE nothing is to be kept: the handler gives DB_ROLLBACK. */
enum db_status coding_decide(enum coding_decision *outcome, struct db_tx *tx, int64_t passage,
                             int32_t revision, const int64_t *take, size_t count, struct slice note,
                             int32_t coder, const char *actor);

#endif
