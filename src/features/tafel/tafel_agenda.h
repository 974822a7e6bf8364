/* The agenda: what the government says that it will do, and where signals may go. A versioned JSON document
 * (config/agenda); a rolling agenda, so that each recalibration (herijking) is a next version of it.
 *
 * An action, goal or commitment keeps its code for good. It is not taken out of a later version: it stays,
 * and says since when it is over and why. So what was once passed on to it always leads somewhere. */
#ifndef ZEVENSTEM_TAFEL_AGENDA_H
#define ZEVENSTEM_TAFEL_AGENDA_H

#include "base/arena.h"
#include "base/slice.h"
#include "json/decode.h"

enum agenda_kind { AGENDA_ACTION, AGENDA_GOAL, AGENDA_COMMITMENT, AGENDA_KINDS };
/* "actie", "doel", "toezegging". */
extern const char *const agenda_kinds[AGENDA_KINDS + 1];

enum { AGENDA_ITEMS_MAX = 2000, AGENDA_SECTIONS_MAX = 100, AGENDA_CODE_MAX = 40 };

struct agenda_list {
    const struct slice *items;
    size_t count;
};

struct agenda_item {
    enum agenda_kind kind;
    size_t section; /* which of them */
    struct slice code, title;
    struct agenda_list milestones, planning; /* of an action */
    int32_t ended_day;                       /* days since 1970-01-01 in the Netherlands; 0: it is not over */
    struct slice ended_why;
};

struct agenda_section {
    struct slice code, title;
    struct slice theme, challenge; /* empty: none */
    size_t first, count;           /* of its items */
};

/* A department, a table, or who decides. */
struct agenda_party {
    struct slice code, name;
    struct slice title; /* in full; empty: as its name */
};
struct agenda_parties {
    const struct agenda_party *items;
    size_t count;
};

struct agenda_application {
    struct slice code, title;
    struct slice section; /* code; empty: none */
    bool direct;          /* whether citizens meet it themselves */
    struct agenda_list actions;
};

struct agenda {
    struct slice code, title;
    int64_t version;
    struct slice source_title, source_publisher;
    int64_t source_year;
    /* In the order of the document: a section's actions, then its goals, then its commitments. */
    const struct agenda_section *sections;
    size_t section_count;
    const struct agenda_item *items;
    size_t item_count;
    struct agenda_parties departments, tables, deciders;
    struct agenda_list members; /* kinds of members of a table */
    const struct agenda_application *applications;
    size_t application_count;
};

/* NULL with every fault added, by JSON pointer. Lives in the arena, with the document. */
const struct agenda *agenda_load(struct json_errors *errors, struct arena *arena, struct slice document);
/* Any case of letters: "1A.1" is typed as often. NULL: there is none. */
const struct agenda_item *agenda_find(const struct agenda *agenda, struct slice code);
/* Whether a code has the form of one: letters and digits, with single dots and dashes between. */
bool agenda_is_code(struct slice code);

/* ---- from one version to the next ---- */

enum agenda_change { AGENDA_ADDED, AGENDA_CHANGED, AGENDA_ENDED, AGENDA_CHANGES };
/* "toegevoegd", "gewijzigd", "beeindigd". */
extern const char *const agenda_changes[AGENDA_CHANGES + 1];

struct agenda_difference {
    enum agenda_change change;
    const struct agenda_item *older; /* NULL: added */
    const struct agenda_item *newer;
};
/* What is not as it was, in the order of the newer one; in the arena. An item that is over and whose words
 * changed too is told once, as ended. */
size_t agenda_compare(const struct agenda_difference **out, struct arena *arena, const struct agenda *older,
                      const struct agenda *newer);
/* Adds a fault for each item of the older version that the newer one does not have, or has as something else;
 * and one when the newer is another agenda. True when there is none. */
bool agenda_follows(struct json_errors *errors, const struct agenda *older, const struct agenda *newer);

#endif
