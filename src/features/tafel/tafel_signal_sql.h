/* Signals as they are kept. What is read comes as JSON, one form for API, pages and forms: a signal is
 * {nummer, bron, titel, tekst, consultatie, waarden[], toepassingen[], stand, openbaar, opgevangenOp,
 * gewijzigdOp}, in lists also {verzonnen} where it is of invented data, and for staff also {eigenaar,
 * uiterlijk, teLaat, door}; what is not known is left out. All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_SIGNAL_SQL_H
#define ZEVENSTEM_TAFEL_SIGNAL_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_signal.h"
#include "json/decode.h"

enum {
    SIGNAL_TITLE_MAX = 200, /* code points, as all of these */
    SIGNAL_TEXT_MAX = 5000,
    SIGNAL_OWNER_MAX = 200,
    SIGNAL_REFERENCE_MAX = 500,
    SIGNAL_WHY_MAX = 1000,
    SIGNAL_APPLICATIONS_MAX = 200,
    SIGNAL_VALUES_MAX = 7,
    SIGNAL_OWNERS_MAX = 200 /* that are ever listed */
};

extern const struct db_statement signal_statements[];

/* Of signal s in a statement: it was passed on, and all who were asked answered. Its state stays until
 * somebody of the table looked at the answers, since one that says nothing is sent back. */
#define SIGNAL_ALL_ANSWERED                                                                                  \
    "s.state = 'doorgeleid' AND EXISTS (SELECT FROM zs.signal_forward AS f WHERE f.signal_id = s.id) AND "   \
    "NOT EXISTS (SELECT FROM zs.signal_forward AS f WHERE f.signal_id = s.id AND f.state <> 'geantwoord')"

/* What somebody writes of a signal. */
struct signal_draft {
    struct slice source, title, body, owner;
    struct slice consultation; /* ptr NULL: none */
    const struct slice *values, *applications;
    size_t value_count, application_count;
    int32_t due_day; /* 0: none */
    bool is_public;
};
enum db_status signal_add(int32_t *number, struct db_tx *tx, const struct signal_draft *draft,
                          const char *by);
/* The next revision; only after signal_lock, which says that it is the one that was read. */
enum db_status signal_change(struct db_tx *tx, int32_t number, const struct signal_draft *draft,
                             const char *by);
/* Holds everybody else off it until the transaction ends. *revision 0: there is no such signal. */
enum db_status signal_lock(int32_t *revision, struct db_tx *tx, int32_t number);
/* *signal NULL: there is none. today: days since 1970-01-01 in the Netherlands, for teLaat. */
enum db_status signal_find(json_t **signal, int32_t *revision, struct db_tx *tx, struct arena *arena,
                           int32_t number, int32_t today);

struct signal_filter {
    struct slice state, owner; /* empty: any */
    bool overdue;              /* only those */
    int64_t from;              /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
    int32_t today;
};
/* An array of signals without their texts, the newest first. */
enum db_status signal_list(json_t **list, struct db_tx *tx, struct arena *arena,
                           const struct signal_filter *filter);
struct signal_count {
    enum signal_state state;
    int64_t all, overdue;
};
enum db_status signal_counts(struct signal_count counts[SIGNAL_STATES], struct db_tx *tx, int32_t today);
/* Of those that everybody may read, without overdue. consultation empty: of all that are not of invented
 * data.
 */
enum db_status signal_public_counts(struct signal_count counts[SIGNAL_STATES], struct db_tx *tx,
                                    struct slice consultation);
/* Every owner of a signal, an array of texts. */
enum db_status signal_owners(json_t **owners, struct db_tx *tx, struct arena *arena);

/* ---- what happened to it ---- */

struct signal_step {
    enum signal_state from, to;
    struct slice told, ground, reference; /* empty: none */
    int32_t meeting_item;                 /* where a meeting decided it; 0: none did */
};
/* The step, and the state and next revision that come of it; after signal_lock. */
enum db_status signal_step_add(struct db_tx *tx, int32_t number, const struct signal_step *step,
                               const char *by);
/* [{van, naar, toelichting, grond, verwijzing, overleg, op, door}], the first first. */
enum db_status signal_steps(json_t **steps, struct db_tx *tx, struct arena *arena, int32_t number);
/* It is internal, unless marked: everybody may read what is public, without who said it. */
enum db_status signal_note_add(struct db_tx *tx, int32_t number, struct slice body, bool is_public,
                               const char *by);
/* The newest mark counts. */
enum db_status signal_note_mark(struct db_tx *tx, int32_t note, bool is_public, const char *by);
/* *found false: the signal has no such note. */
enum db_status signal_note_is(bool *found, bool *is_public, struct db_tx *tx, int32_t number, int32_t note);
/* [{nummer, tekst, openbaar, op, door}], the first first; of those the last `most`, 0: all. */
enum { SIGNAL_NOTES_SHOWN = 500 };
enum db_status signal_notes(json_t **notes, struct db_tx *tx, struct arena *arena, int32_t number,
                            int32_t most);

/* ---- for the API and everybody (as results) ---- */

struct signal_public {
    bool all;                         /* those that are not public too, with what staff sees of them */
    struct slice state, consultation; /* empty: any */
    bool real;                        /* of a list: none that is of a consultation of invented data */
    int64_t from;                     /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
    int32_t today;
};
enum db_status signal_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                  const struct signal_public *asked);
/* One, with stappen[] {van, naar, toelichting, grond, verwijzing, op}, opmerkingen[] {tekst, op} that are
 * public, and bewijs[] {soort, ronde, waarom, gevraagd, cijfers, op}, of which the last but one are a table's
 * alone. *signal NULL: there is none that may be shown. */
enum db_status signal_public_find(json_t **signal, struct db_tx *tx, struct arena *arena, int32_t number,
                                  const struct signal_public *asked);
/* A list of which each is as signal_public_find gives it; of those that are public. */
enum db_status signal_public_wholes(json_t **list, struct db_tx *tx, struct arena *arena,
                                    const struct signal_public *asked);

/* JSON of a column, owned by the arena; NULL where it is no JSON. */
json_t *signal_json(struct arena *arena, struct slice text);

#endif
