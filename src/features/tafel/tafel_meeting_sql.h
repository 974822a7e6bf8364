/* Meetings as they are kept. A meeting is {nummer, tafel, tafelTitel, dag, plaats, stand, waarom, quorum,
 * quorumKanten, punten[], stukken[], aanwezigen[], belangen[], actiepunten[]}:
 *
 *   punten       {nummer, punt, signaal, signaalStand, signaalOpenbaar, titel, openbaar, besluit,
 * besluitTekst, afwijkend, leden, kanten, op, door}; punt counts from 1 stukken      {nummer, titel,
 * verwijzing, openbaar} aanwezigen   the members of the table on that day: {nummer, naam, organisatie, kant,
 * aanwezig}; the last is missing as long as nobody noted it belangen     {lid, naam, punt, tekst}; punt is
 * the item's nummer, missing: all of the meeting actiepunten  {nummer, tekst, wie, uiterlijk, openbaar,
 * teLaat, klaarOp, klaarTekst}
 *
 * What is not known is left out. All JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_TAFEL_MEETING_SQL_H
#define ZEVENSTEM_TAFEL_MEETING_SQL_H

#include "db/db.h"
#include "features/tafel/tafel_meeting.h"

enum {
    MEETING_PLACE_MAX = 200, /* code points, as all of these */
    MEETING_TITLE_MAX = 200,
    MEETING_REFERENCE_MAX = 500,
    MEETING_TOLD_MAX = 5000,
    MEETING_DISSENT_MAX = 2000,
    MEETING_LINE_MAX = 1000, /* an interest, an action point, why it was cancelled */
    MEETING_OWNER_MAX = 200,
    MEETINGS_MAX = 200,     /* that a list has */
    MEETING_PARTS_MAX = 200 /* items, papers, interests, action points: of each */
};

extern const struct db_statement meeting_statements[];

/* ---- a meeting ---- */

struct meeting_draft {
    int32_t table, day;
    struct slice place; /* may be empty */
};
/* *number 0: there is no such table that goes on. */
enum db_status meeting_add(int32_t *number, struct db_tx *tx, const struct meeting_draft *draft,
                           const char *by);
/* Holds everybody else off it until the transaction ends. *revision 0: there is no such meeting. */
enum db_status meeting_lock(int32_t *revision, struct db_tx *tx, int32_t number);
/* *meeting NULL: there is none. today: for teLaat. */
enum db_status meeting_find(json_t **meeting, int32_t *revision, struct db_tx *tx, struct arena *arena,
                            int32_t number, int32_t today);
/* {nummer, tafelTitel, dag, stand, aantalPunten, besloten}, the latest day first. */
enum db_status meeting_list(json_t **list, struct db_tx *tx, struct arena *arena);
/* Those that are planned or held, the first day first: [{code, tafel, dag}]. */
enum db_status meeting_options(json_t **list, struct db_tx *tx, struct arena *arena);

/* ---- what is done with it, after meeting_lock; each makes the next revision ---- */

struct meeting_mark {
    int32_t number; /* of the meeting */
    const char *by;
};
enum db_status meeting_change(struct db_tx *tx, const struct meeting_mark *mark, int32_t day,
                              struct slice place);
/* why: of MEETING_CANCELLED, else empty. */
enum db_status meeting_state_set(struct db_tx *tx, const struct meeting_mark *mark, enum meeting_state state,
                                 struct slice why);

struct meeting_item {
    int32_t signal; /* 0: none, and then a title */
    struct slice title;
    bool is_public;
};
/* Of what is added, *added false: MEETING_PARTS_MAX are there, or the signal is not there or stands on the
 * agenda already. */
enum db_status meeting_item_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                const struct meeting_item *item);
struct meeting_paper {
    struct slice title, reference;
    bool is_public;
};
enum db_status meeting_paper_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                 const struct meeting_paper *paper);
/* Who of the members of that day was there, and who was not. */
enum db_status meeting_attendance_set(struct db_tx *tx, const struct meeting_mark *mark,
                                      const int32_t *present, size_t count);
struct meeting_interest {
    int32_t member, item; /* item 0: all of the meeting */
    struct slice told;
};
enum db_status meeting_interest_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                    const struct meeting_interest *interest);
struct meeting_decided {
    int32_t item;
    enum meeting_decision decision;
    struct slice told, dissent; /* may be empty */
    struct table_quorum there, asked;
};
enum db_status meeting_decide(struct db_tx *tx, const struct meeting_mark *mark,
                              const struct meeting_decided *decided);
struct meeting_task {
    struct slice told, owner;
    int32_t due_day;
    bool is_public;
};
enum db_status meeting_task_add(bool *added, struct db_tx *tx, const struct meeting_mark *mark,
                                const struct meeting_task *task);
/* *done false: there is no such action point that is open. */
enum db_status meeting_task_done(bool *done, struct db_tx *tx, const struct meeting_mark *mark, int32_t task,
                                 struct slice told);

/* ---- for everybody (as results): meetings whose list of decisions is adopted, as far as they are public
 * ----
 */

/* {nummer, tafelTitel, dag}, the latest day first: where a public signal of this consultation was weighed;
 * empty: all but those with signals of invented data alone. */
enum db_status meeting_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                   struct slice consultation);
/* {verzonnen, nummer, tafelTitel, dag, aanwezig[] {kant, aantal}, punten[] {punt, signaal, titel, besluit,
 * besluitTekst, afwijkend, leden, kanten}, stukken[] {titel, verwijzing}, actiepunten[] {tekst, uiterlijk,
 * klaarTekst}}; a signal is there while it is public itself. *meeting NULL: there is none. */
enum db_status meeting_public_find(json_t **meeting, struct db_tx *tx, struct arena *arena, int32_t number);

#endif
