/* The assessment framework (afwegingskader): a sheet that weighs one application of biotechnology. What its
 * sections are and what may stand in each, which step may follow which, what a sheet lacks before it can be
 * put forward, and what differs between two texts. There is no score, of anything. Pure.
 *
 * A sheet is written as a concept, section by section. Put forward (voorgelegd) it becomes a version, whose
 * text stays. Somebody else, or a meeting, approves it (vastgesteld), and then everybody reads it; or it is
 * given back with the reason (teruggelegd). Whatever is changed after that begins the next version, from
 * where the last one stood. */
#ifndef ZEVENSTEM_TAFEL_FRAMEWORK_H
#define ZEVENSTEM_TAFEL_FRAMEWORK_H

#include "json/decode.h"

enum framework_section {
    FRAMEWORK_EFFECTS,      /* effecten: which effects on society are wanted, by value */
    FRAMEWORK_FOR_WHOM,     /* betrokkenen: people, animals, environment, later generations, elsewhere */
    FRAMEWORK_CONSEQUENCES, /* gevolgen: benefits, risks, what is unknown, alternatives */
    FRAMEWORK_NATURE,       /* aard: reversible or not, made here or elsewhere */
    FRAMEWORK_EVIDENCE,     /* bewijs: what each method says of each value */
    FRAMEWORK_ARGUMENTS,    /* argumenten: for and against, with passages */
    FRAMEWORK_TENSIONS,     /* spanningen: between two values */
    FRAMEWORK_CONDITIONS,   /* voorwaarden under which people would accept it */
    FRAMEWORK_MINORITIES,   /* minderheden: positions of few */
    FRAMEWORK_CONCLUSION,   /* conclusie: what the table concludes, and on what ground */
    FRAMEWORK_DISSENTS,     /* afwijkend: who of the table thinks otherwise */
    FRAMEWORK_SECTIONS
};

enum framework_kind {
    FRAMEWORK_TEXT,  /* some lines */
    FRAMEWORK_LINE,  /* one */
    FRAMEWORK_CODE,  /* of one_of; of what the caller gives where that is NULL */
    FRAMEWORK_CODES, /* one or more of one_of */
    FRAMEWORK_TICK
};
struct framework_field {
    const char *name;
    enum framework_kind kind;
    bool needed;               /* of an entry of a list */
    const char *const *one_of; /* NULL-ended */
    int64_t max;               /* code points of a text or line */
};
enum { FRAMEWORK_FIELDS_MAX = 8, FRAMEWORK_ENTRIES_MAX = 30 /* of a list */, FRAMEWORK_PASSAGES_MAX = 10 };
struct framework_part {
    const char *code; /* "effecten": in paths, in the database and in the document */
    bool is_list;
    size_t count;
    const struct framework_field *fields;
};
extern const struct framework_part framework_parts[FRAMEWORK_SECTIONS];
/* FRAMEWORK_SECTIONS: none is called so. */
enum framework_section framework_section_find(struct slice code);

/* "burgers" and the four sides of the table; NULL-ended. */
extern const char *const framework_parties[];
/* What a conclusion rests on: "overleg", a meeting's decision; "mandaat". NULL-ended. */
extern const char *const framework_grounds[];
enum framework_approval { APPROVED_BY_SECOND, APPROVED_BY_MEETING };
/* "tweede-persoon", "overleg"; NULL-ended. */
extern const char *const framework_approvals[];

enum framework_state {
    FRAMEWORK_CONCEPT,
    FRAMEWORK_PUT_FORWARD, /* voorgelegd */
    FRAMEWORK_APPROVED,    /* vastgesteld */
    FRAMEWORK_RETURNED,    /* teruggelegd */
    FRAMEWORK_STATES
};
extern const char *const framework_states[FRAMEWORK_STATES + 1];
enum framework_state framework_state_find(struct slice name);
/* Whether its sections may be changed: always, but while a version lies before somebody. */
bool framework_may_write(enum framework_state state);

/* Reads what was posted of a section, or of an entry of one that is a list: the content to keep, in the
 * arena, texts with lines that end in LF. Faults by pointer of the field. What is said of each entry:
 *
 *   tensions    two values that differ
 *   conditions  at least one value
 *   arguments   "passages": numbers, apart by spaces or commas, none twice
 *   dissents    a side, an organisation, or somebody who wants to be named and says so
 *   conclusion  on a meeting's decision or a mandate, with which one
 *
 * posted may hold more than the section has ("gelezen"): that is left alone. */
json_t *framework_read(struct json_errors *errors, struct arena *arena, enum framework_section section,
                       const json_t *posted);
/* As a form shows it: what framework_read would take. The caller owns it. */
json_t *framework_form_values(enum framework_section section, const json_t *content);

/* What the document lacks before it can be put forward, as bits of enum framework_section; 0: nothing.
 * document: contents by code of section; of a list the entries alone. */
unsigned framework_lacks(const json_t *document);

/* ---- what differs between two texts ---- */

/* [{"tekst", "soort"}] in order, soort "zelfde", "weg" or "nieuw": all of both texts. The caller owns it. */
json_t *framework_compare(struct arena *arena, struct slice older, struct slice newer);

#endif
