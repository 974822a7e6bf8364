/* The agenda as it is kept: versions of the document, and what is written down between them. */
#ifndef ZEVENSTEM_TAFEL_AGENDA_SQL_H
#define ZEVENSTEM_TAFEL_AGENDA_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_agenda.h"

enum {
    AGENDA_BYTES_MAX = 1024 * 1024,
    AGENDA_OWNER_MAX = 500,    /* code points */
    AGENDA_TOLD_MAX = 5000,    /* code points */
    AGENDA_SOURCE_MAX = 500,   /* code points */
    AGENDA_VERSIONS_MAX = 1000 /* that are ever listed */
};

extern const struct db_statement agenda_statements[];

/* ---- versions ---- */

struct agenda_version {
    int32_t number; /* 0: there is none */
    struct slice title;
    int64_t created_at;
};

enum agenda_outcome {
    AGENDA_KEPT,
    AGENDA_KNOWN,  /* the same document was kept before */
    AGENDA_TAKEN,  /* another document has that version, or a later one is there: write a next one */
    AGENDA_NO_HEIR /* agenda_follows found faults: they were added */
};
/* Keeps a document that agenda_load took as `agenda`, and writes the audit line. Of AGENDA_KEPT *older is the
 * version before it, NULL when it is the first. Errors and *older live in the arena. */
enum db_status agenda_keep(enum agenda_outcome *outcome, const struct agenda **older,
                           struct json_errors *errors, struct arena *arena, struct db_tx *tx,
                           const struct agenda *agenda, struct slice document, const char *actor,
                           const char *origin);
/* The newest first. */
enum db_status agenda_versions(struct agenda_version **out, size_t *count, struct db_tx *tx);
/* number 0: the newest. *agenda NULL: there is none of that number. In the arena. */
enum db_status agenda_get(const struct agenda **agenda, struct agenda_version *out, struct db_tx *tx,
                          struct arena *arena, int32_t number);

/* ---- between versions ---- */

enum agenda_state {
    AGENDA_NOT_BEGUN,
    AGENDA_RUNNING,
    AGENDA_DELAYED,
    AGENDA_DONE,
    AGENDA_STOPPED,
    AGENDA_STATES
};
/* "niet-begonnen", "loopt", "vertraagd", "klaar", "gestopt". */
extern const char *const agenda_states[AGENDA_STATES + 1];

/* What holds of an item now. */
struct agenda_standing {
    struct slice item;
    struct slice owner; /* empty: nobody is known */
    enum agenda_state state;
    bool any_progress; /* false: nothing was written down, and state means nothing */
};
/* Of every item of which something was written down, by code in byte order. In the transaction. */
enum db_status agenda_standings(struct agenda_standing **out, size_t *count, struct db_tx *tx);
/* Of one item in such a list; an empty one for those of which nothing was written down. */
struct agenda_standing agenda_standing_of(const struct agenda_standing *list, size_t count,
                                          struct slice item);

struct agenda_progress {
    enum agenda_state state;
    struct slice told, source;
    int64_t created_at;
};
/* Of one item, the newest first; the last 200. In the transaction. */
enum db_status agenda_progress_list(struct agenda_progress **out, size_t *count, struct db_tx *tx,
                                    struct slice item);

/* The number of what was written down last about an item, over both tables; 0: nothing. For forms: who saves
 * names what they read, and a change by another meanwhile is seen. */
enum db_status agenda_mark(int64_t *mark, struct db_tx *tx, struct slice item);
/* Holds everybody else off this item until the transaction ends. */
enum db_status agenda_lock(struct db_tx *tx, struct slice item);
enum db_status agenda_owner_add(struct db_tx *tx, struct slice item, struct slice owner, const char *by);
enum db_status agenda_progress_add(struct db_tx *tx, struct slice item,
                                   const struct agenda_progress *progress, const char *by);

#endif
