/* What a pilot round gathers beside answers: for each page that was answered its time, and a remark when one
 * was made. Nothing of it is ever counted with answers, and nothing ties it to a participation: who drops out
 * tells the most. */
#ifndef ZEVENSTEM_SURVEY_PILOT_H
#define ZEVENSTEM_SURVEY_PILOT_H

#include "db/db.h"

extern const struct db_statement survey_pilot_statements[];

enum { PILOT_COMMENT_MAX = 1000 /* code points */, PILOT_SECONDS_MAX = 86400 };

struct pilot_note {
    int32_t round_id;
    int32_t seconds;
    const char *page;     /* its code; NULL: there is no note */
    struct slice comment; /* empty: none */
};
/* As intake. */
enum db_status pilot_notes_keep(struct db_tx *tx, const struct pilot_note *notes, size_t count, int32_t day);

struct pilot_page {
    struct slice page;
    int64_t times, comments;
    int32_t median_s, slowest_s; /* half of the people, and nine of ten, were no longer than this */
};
struct pilot_comment {
    struct slice page, comment;
    int32_t seconds;
};
/* As staff. *found false: there is no such pilot round. */
enum db_status pilot_pages(bool *found, struct pilot_page **out, size_t *count, struct db_tx *tx,
                           struct slice round);
/* Audited. */
enum db_status pilot_comments(struct pilot_comment **out, size_t *count, struct db_tx *tx, struct slice round,
                              const char *actor);

#endif
