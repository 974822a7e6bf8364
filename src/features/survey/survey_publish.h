/* Publishing a consultation: files -> checked documents -> database; opening and closing rounds. For the
 * command and, later, the back office. */
#ifndef ZEVENSTEM_SURVEY_PUBLISH_H
#define ZEVENSTEM_SURVEY_PUBLISH_H

#include "db/db.h"
#include "json/decode.h"

struct locales;

extern const struct db_statement survey_publish_statements[];

/* A consultation file with everything it names, read and checked. */
struct consultation_bundle {
    struct arena *arena;
    struct slice code;
    bool invented;          /* its data are invented: everything that is shown of it says so */
    struct slice package;   /* all of it as one document, canonical; ptr NULL: it was only read */
    struct slice canonical; /* of document */
    json_t *document;       /* the consultation's own document */
    json_t *round_list;     /* its member `rounds`; NULL when that is no list of 1 to 64 */
    size_t questionnaire_count;
    struct bundle_questionnaire {
        struct slice code;
        struct slice canonical; /* {"questionnaire": ..., "explainers": {...}} in canonical form */
        unsigned char sha256[32];
        size_t variables, vector_size, variants;
        json_t *core; /* {question: digest of its wording in hex}: those that it locks */
        json_t *variant_codes;
    } * questionnaires;
    size_t round_count;
    struct bundle_round {
        struct slice code, questionnaire, interim;
        int64_t opens_at, closes_at;
        int32_t destruction_day;
        bool pilot;
        struct slice document; /* the round's own member, canonical */
    } * rounds;
};

/* Reads and checks the file and the files beside it. Faults carry "<file>#<pointer>" as pointer. False when
 * there was any. */
bool consultation_bundle_read(struct consultation_bundle *out, struct json_errors *errors,
                              struct arena *arena, const char *path, const struct locales *locales);
/* As consultation_bundle_read, and out->package is set: the file and the files beside it as one JSON document
 * to be sent elsewhere, {"consultation": name, "files": {name: document}}, pictures included. Names are as
 * the folder of the file sees them: the same files give the same package wherever they are. *name: of the
 * file. More than CONSULTATION_PACKAGE_MAX is a fault. */
enum { CONSULTATION_PACKAGE_MAX = 2 * 1024 * 1024 };
bool consultation_bundle_pack(struct consultation_bundle *out, const char **name, struct json_errors *errors,
                              struct arena *arena, const char *path, const struct locales *locales);
/* Reads and checks such a document as the files would be: the faults are the same. Nothing is read from the
 * disk. out->package is its canonical form, however it was written. *path: of the consultation's own file,
 * once the outer form is right. What somebody sends fits in an arena of 256 MiB. */
bool consultation_bundle_unpack(struct consultation_bundle *out, const char **path,
                                struct json_errors *errors, struct arena *arena, struct slice package,
                                const struct locales *locales);

/* A questionnaire of a bundle, loaded; kept until another is asked for, since rounds often share one. Begin
 * with zeroes. */
struct questionnaire;
struct bundle_loaded {
    struct slice code;
    struct questionnaire *questionnaire;
};
/* NULL when there is none, or it has faults of its own. Lives until the next call, or the release. */
const struct questionnaire *bundle_questionnaire(struct bundle_loaded *kept,
                                                 const struct consultation_bundle *bundle, struct slice code,
                                                 const struct locales *locales);
void bundle_loaded_release(struct bundle_loaded *kept);

/* What the round after another is to be. Texts as in the document; what is checked there is not checked here.
 */
struct next_round {
    struct slice from, code;
    struct slice kind;          /* volledig, puls or thema */
    struct slice questionnaire; /* empty: that of `from` */
    struct slice title[2];      /* nl, en */
    struct slice opens_at, closes_at, destruction_date;
};
/* The round as a member of `rounds`: with the settings of `from`, its links apart (words that nobody guesses
 * serve once), and in `core` the wording of every question that the questionnaire of `from` locks; in a puls
 * the variant puls alone. Owned by the bundle's arena. NULL, *why in Dutch: there is no round `from`, `code`
 * is taken, or there is no such questionnaire or variant. (survey_next.c) */
json_t *consultation_next_round(const char **why, const struct consultation_bundle *bundle,
                                const struct next_round *wish);

struct publish_outcome {
    size_t frozen;        /* rounds that were opened and whose file says something else by now */
    struct slice foreign; /* code of a round that is another consultation's; empty when there is none */
    bool turned; /* there is one of this code, which is invented where this is not, or the other way */
};
/* Who does it, for the audit line. */
struct round_act {
    const char *actor;
    const char *origin; /* "command" or "web" */
};
/* Who proposes, decides or publishes of a consultation waits for whoever does, until the transaction ends. */
enum db_status consultation_lock(struct db_tx *tx, struct slice consultation);
/* Stores the consultation, new questionnaire versions, and its rounds. A round that is open or closed keeps
 * its version and its dates. Audited. DB_ROLLBACK, and nothing is stored, when a round is another
 * consultation's, or this would make invented data real or real data invented. Locks it. */
enum db_status consultation_publish(struct publish_outcome *out, struct db_tx *tx,
                                    const struct consultation_bundle *bundle, const struct round_act *act);

enum round_change { ROUND_CHANGED, ROUND_UNKNOWN, ROUND_WAS_SO, ROUND_NOT_POSSIBLE };
/* Freezes the version, makes the partition, sets the status. Opening a closed round is not possible. Audited.
 */
enum db_status round_open(enum round_change *out, struct db_tx *tx, struct slice code,
                          const struct round_act *act);
/* At `now`, from which the days for late paper count when that is before its closing time. Audited. */
enum db_status round_close(enum round_change *out, struct db_tx *tx, struct slice code, int64_t now,
                           const struct round_act *act);

/* What may change of an open round: until when it takes answers (after an outage, say), and who may see
 * results meanwhile. The start page says that it changed. A round whose time is over stays over, closed by
 * somebody or not: analysts see what it gave from then on, and it may have been released. */
struct round_amendment {
    int64_t closes_at;    /* 0: as it is */
    struct slice interim; /* gesloten, analisten or openbaar; empty: as it is */
};
/* ROUND_NOT_POSSIBLE: the round is not open or over at `now`, it would close before `now` or after its
 * destruction date.
 * Audited with what it was and what it became. */
enum db_status round_amend(enum round_change *out, struct db_tx *tx, struct slice code,
                           const struct round_amendment *amendment, int64_t now, const struct round_act *act);

struct round_state {
    struct slice code, consultation, status, interim;
    struct slice kind; /* volledig, puls or thema */
    int32_t version;
    int64_t opens_at, closes_at;
    int64_t ends_at; /* closes_at, or when somebody closed it before that */
    int32_t paper_days;
    int64_t responses, drafts; /* standing responses (withdrawn not counted), drafts in progress */
    bool pilot;
};
enum db_status round_states(struct round_state **out, size_t *count, struct db_tx *tx);
/* Where people are who began and did not send, by round and page (0: nothing saved yet beyond the start).
 * Drafts that were erased are no longer among them. */
struct round_page {
    struct slice round; /* its code */
    int16_t page;
    int64_t drafts;
    int64_t idle; /* of those: not touched for ROUND_IDLE_DAYS */
};
enum { ROUND_IDLE_DAYS = 7 };
enum db_status round_pages(struct round_page **out, size_t *count, struct db_tx *tx, int32_t today);

#endif
