/* A project of another program into a round: its texts become those of conversations that were planned, its
 * codings stand beside what was coded here. As staff.
 *
 * All of it or nothing: the plan tells what stands in the way, and a load writes only what a plan without
 * faults found, in the same transaction, under the locks of the conversations. Nothing is loaded of anybody
 * whose consent is not noted.
 *
 * A source is the conversation or the open answer of ours whose GUID it has (coding_project.h), else the
 * conversation that its name is the code of. A conversation without a text gets the source's: who speaks must
 * be told in front of what is said, as a pseudonym, "Moderator", "Notulist" or "Onbekend". Where a text
 * stands, it has to be the same; the same goes for answers. What a span covers is coded turn by turn.
 *
 * A user is the coder whose GUID it has, else the account that may code and has the name, else somebody from
 * outside under a number. Who coded anything in a source is taken to have read all of it. Codings that stand
 * here already are not added again: a file may be read in twice. */
#ifndef ZEVENSTEM_CODING_IMPORT_H
#define ZEVENSTEM_CODING_IMPORT_H

#include "features/coding/coding_book_version.h"
#include "features/coding/coding_merge.h"
#include "features/coding/coding_project.h"
#include "features/survey/survey.h"

extern const struct db_statement coding_import_statements[];

/* ---- the file ---- */

enum { CODING_IMPORT_FILE_MAX = 20 << 20 /* bytes */ };
struct coding_file {
    bool is_project; /* else a code book */
    struct qda_project *project;
    struct qda_report report;
    struct qda_fault fault; /* status QDA_OK: it was read */
};
/* All in the arena, of CODING_IMPORT_ARENA_MAX. Takes seconds where the file is large. False: the fault says
 * why. */
#define CODING_IMPORT_ARENA_MAX QDA_ARENA_MAX
bool coding_file_read(struct coding_file *out, struct arena *arena, struct slice file);
/* What to say of a fault: a key of coding.import.faults in the locales; and in English. */
const char *coding_fault_key(enum qda_status status);
const char *coding_fault_words(enum qda_status status);

/* ---- a code book: the next version of the one that the round is coded by, else of the newest of the
 * consultation, else of the one that the program carries (coding_merge.h) ---- */

struct coding_book_import {
    struct coding_merge merge;
    struct slice title, code; /* of the code book */
    int32_t base, number;     /* its version that it is based on; the next one */
    struct codebook_version kept;
};
enum db_status coding_book_import_plan(struct coding_book_import *out, struct db_tx *tx, struct arena *arena,
                                       const struct survey_round *round, const struct qda_project *project);
/* Keeps the next version, of a merge without faults and with changes, and writes the audit line. *kept false:
 * somebody kept one meanwhile, or it is past a limit of code books. */
enum db_status coding_book_import_keep(bool *kept, struct coding_book_import *import, struct db_tx *tx,
                                       const struct survey_round *round, const char *actor,
                                       const char *origin);

/* ---- the plan ---- */

enum coding_source_state {
    CODING_SOURCE_TEXT,   /* gives a conversation its text */
    CODING_SOURCE_THERE,  /* the text of a conversation, as it is here */
    CODING_SOURCE_ANSWER, /* an open answer */
    CODING_SOURCE_REFUSED
};
enum coding_source_why {
    CODING_WHY_NONE,
    CODING_WHY_NOWHERE,    /* neither a conversation nor an answer of the round */
    CODING_WHY_TWICE,      /* another source is the same */
    CODING_WHY_CANCELLED,  /* the conversation was */
    CODING_WHY_NOBODY,     /* nobody is noted to have come */
    CODING_WHY_CONSENT,    /* what: pseudonyms of whom it is not enough */
    CODING_WHY_UNREADABLE, /* as a transcript; line */
    CODING_WHY_SPEAKER,    /* what: names that are nobody's of the conversation */
    CODING_WHY_NO_SPEAKER, /* line: from here nobody is said to speak */
    CODING_WHY_OTHER_TEXT, /* here is another; line: from which on */
    CODING_WHYS
};
extern const char *const coding_source_words[CODING_WHYS]; /* keys of coding.import.why; NULL for NONE */

struct coding_import_source {
    struct slice name;
    struct slice place; /* the conversation's code, or the question; empty: neither */
    enum coding_source_state state;
    enum coding_source_why why;
    struct slice what;
    size_t line;
    size_t turns;   /* that it would load */
    size_t codings; /* that it would add */
};

enum coding_user_kind { CODING_USER_HERE, CODING_USER_ACCOUNT, CODING_USER_OUTSIDE };
struct coding_import_user {
    struct slice name; /* in the file */
    struct slice becomes;
    enum coding_user_kind kind;
    size_t codings;
};

struct coding_import_code {
    struct slice name;
    struct slice title; /* what it is here; empty: unknown */
    bool by_name;
    size_t codings;
};

/* Why a coding is not added. Those from CODING_LOST_UNKNOWN on are faults, if any coding has them. */
enum coding_lost_why {
    CODING_LOST_KNOWN,      /* stands here already */
    CODING_LOST_SPEECHLESS, /* covers no word that somebody said */
    CODING_LOST_WITHDRAWN,  /* of who withdrew, or whose words did not come along */
    CODING_LOST_CONFLICT,   /* a second code of a list of which one is taken: the first stays */
    CODING_LOST_WHOLE,      /* codes a text as a whole */
    CODING_LOST_UNKNOWN,    /* a code that is none of the code book */
    CODING_LOST_DECIDED,    /* what counts on the passage was decided */
    CODING_LOST_LONG,       /* a memo of more than CODING_MEMO_MAX characters, or more codes than may be */
    CODING_LOST_WHYS
};
extern const char *const coding_lost_words[CODING_LOST_WHYS]; /* keys of coding.import.lost */

struct coding_import {
    const struct survey_round *round;
    const struct coding_file *file; /* a project */
    bool of_recording;              /* texts that come are of a recording, else notes */
    bool leave_out;                 /* what stands in the way stays out, and the rest is loaded */
    const char *actor;
    struct arena *arena;
};
struct coding_import_plan {
    bool planned; /* false: it was not chosen by what the round is coded; nothing else is set */
    struct coding_import_source *sources;
    size_t source_count;
    struct coding_import_user *users;
    size_t user_count;
    struct coding_import_code *codes; /* those that are used */
    size_t code_count;
    size_t lost[CODING_LOST_WHYS];
    size_t texts, turns, codings; /* that it would add */
    size_t refused;               /* sources */
    bool blocked;                 /* there are faults, and they are not to be left out */
    struct coding_import_work *work;
};
/* Locks the conversations of the round until the transaction ends. */
enum db_status coding_import_plan(struct coding_import_plan *out, struct db_tx *tx,
                                  const struct coding_import *import);
/* Writes what the plan says, which is not blocked; in the same transaction. The audit line is the caller's:
 * "coding.import" with these details, of the SHA-256 of the file in hex, and texts, turns and codings. */
#define CODING_IMPORT_DETAILS "{\"sha256\":\"%s\",\"teksten\":%zu,\"beurten\":%zu,\"coderingen\":%zu}"
enum db_status coding_import_load(struct coding_import_plan *plan, struct db_tx *tx,
                                  const struct coding_import *import);

#endif
