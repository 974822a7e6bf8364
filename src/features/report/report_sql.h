/* Reports and findings of others as they are kept. JSON lives in the arena that is given. */
#ifndef ZEVENSTEM_REPORT_SQL_H
#define ZEVENSTEM_REPORT_SQL_H

#include "crypto/crypto.h"
#include "db/db.h"

#include <jansson.h>

extern const struct db_statement report_statements[];

enum report_kind { REPORT_OF_ROUND, REPORT_OF_YEAR };
enum report_state {
    REPORT_DRAFT,
    REPORT_PUT_FORWARD,
    REPORT_APPROVED,
    REPORT_PUBLISHED,
    REPORT_WITHDRAWN,
    REPORT_DROPPED,
    REPORT_STATES
};
/* "concept", "voorgelegd", "goedgekeurd", "gepubliceerd", "ingetrokken", "vervallen"; NULL-ended. */
extern const char *const report_states[REPORT_STATES + 1];
/* REPORT_STATES for what is none. */
enum report_state report_state_find(struct slice code);
/* Whether this state may follow that one. */
bool report_may_follow(enum report_state from, enum report_state to);

enum {
    REPORT_TITLE_MAX = 200, /* code points, as the next ones */
    REPORT_TEXT_MAX = 10000,
    REPORT_REMARK_MAX = 3000,
    REPORT_TOLD_MAX = 2000,
    REPORT_QUOTES_MAX = 50,
    REPORT_YEAR_MIN = 2026,
    REPORT_YEAR_MAX = 2200
};

/* One as it stands. Texts live in the transaction. */
struct report_draft {
    int32_t number; /* 0: there is none */
    int32_t revision;
    enum report_kind kind;
    enum report_state state;
    struct slice round, consultation; /* codes; empty: none. Of a round both are there */
    int32_t year;
    struct slice title, foreword, summary, summary_en;
    json_t *remarks;  /* {section: text} */
    json_t *releases; /* {round: number}, when it was put forward */
    const int64_t *quotes;
    size_t quote_count;
    struct slice changed_by; /* who changed its texts or state last */
};
/* lock: holds everybody else off it until the transaction ends. */
enum db_status report_find(struct report_draft *out, struct db_tx *tx, struct arena *arena, int32_t number,
                           bool lock);
/* Begins one of kind, round_id, or year and consultation (empty: all). */
struct report_beginning {
    enum report_kind kind;
    int32_t round_id, year;
    struct slice consultation, title;
};
enum db_status report_begin(int32_t *number, struct db_tx *tx, const struct report_beginning *beginning,
                            const char *by);
/* The next revision with the draft's texts, remarks and quotes; after report_find with its lock. */
enum db_status report_change(struct db_tx *tx, const struct report_draft *draft, const char *by);
/* The step and the state that comes of it. */
struct report_step {
    enum report_state to;
    struct slice told;
    const json_t *releases; /* what is put forward; NULL: what it was */
    const json_t *approved; /* of an approval (report_approval.h); NULL: it is another step */
};
enum db_status report_step_take(struct db_tx *tx, const struct report_draft *draft,
                                const struct report_step *step, const char *by);
/* What was approved last; NULL: nothing was. */
enum db_status report_approved(json_t **approved, struct db_tx *tx, struct arena *arena, int32_t number);
/* Whether this person wrote it, changed it, or put it forward since it was a draft last: who may not approve
 * it. */
enum db_status report_has_hand_in(bool *has, struct db_tx *tx, int32_t number, const char *person);
/* How many were put forward and wait for somebody like this person, who had no hand in them. */
enum db_status report_to_approve(int64_t *reports, struct db_tx *tx, const char *person);

struct report_signed {
    struct slice document, sha256, signature, key; /* bytes */
    int64_t published_at;
    enum report_state state; /* published or withdrawn */
    struct slice withdrawn_why;
    struct slice title;
};
enum db_status report_publish(struct db_tx *tx, int32_t number, const struct report_signed *document,
                              const char *by);
/* document.ptr NULL: none was made public under this number. In the transaction. */
enum db_status report_published(struct report_signed *out, struct db_tx *tx, int32_t number);

/* For everybody (as results), the newest first: [{nummer, soort, ronde, jaar, consultatie, titel, stand,
 * gepubliceerdOp, sha256, ingetrokkenOmdat}], and verzonnen where one is of invented data. */
struct report_filter {
    int64_t from; /* the number that the list begins with, downwards; 0: the newest */
    int32_t most;
    bool all; /* those of invented data too */
    /* Without all: those of this consultation; empty: of all that are not of invented data. */
    struct slice consultation;
};
enum db_status report_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                  const struct report_filter *filter);
/* For staff, all that there are, the newest first; the last 200: [{nummer, soort, ronde, jaar, titel, stand,
 * gewijzigdOp, door}]. */
enum db_status report_list(json_t **list, struct db_tx *tx, struct arena *arena);
/* [{van, naar, toelichting, op, door}], the first first. */
enum db_status report_steps(json_t **steps, struct db_tx *tx, struct arena *arena, int32_t number);

/* ---- what it is made of ---- */

/* Of the passages that a draft quotes those that may be quoted word for word now: [{passage, van, taal,
 * tekst}], in their order. Left out are those of another round or consultation than the report's (of all
 * consultations: of invented data), those of who did not agree to it (any more), and those with likely
 * personal data that nobody decided about yet (personal_waits). As staff. */
enum db_status report_quotes(json_t **out, struct db_tx *tx, struct arena *arena,
                             const struct crypto_keys *keys, const struct report_draft *draft);
/* {uitgave, sha256, gemaaktOp, programma, bescherming {drempel, ruisTotEnMet, ruisVariantie}, auditkop};
 * *out NULL: there is none of that number. number 0: the newest. */
enum db_status report_release(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round_id,
                              int32_t number);
/* {code, versie, sha256} of a questionnaire version. */
enum db_status report_questionnaire(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version_id);

/* ---- what others found ---- */

struct report_source {
    struct slice who, title, method, population, wording, figure, page, link, consultation;
    int32_t year;
    const struct slice *applications;
    size_t application_count;
    bool removed;
};
enum {
    SOURCE_WHO_MAX = 200, /* code points, as all of these */
    SOURCE_TITLE_MAX = 300,
    SOURCE_METHOD_MAX = 1000,
    SOURCE_WORDING_MAX = 2000,
    SOURCE_FIGURE_MAX = 500,
    SOURCE_PAGE_MAX = 100,
    SOURCE_LINK_MAX = 1000,
    SOURCE_APPLICATIONS_MAX = 200, /* of one */
    SOURCE_YEAR_MIN = 1900
};
/* number 0: a new one, whose number it becomes; else the revision after `revision`. *kept false: somebody
 * else was first. */
enum db_status source_keep(bool *kept, int32_t *number, struct db_tx *tx, int32_t revision,
                           const struct report_source *source, const char *by);
/* [{nummer, versie, wie, titel, jaar, methode, bevolking, vraag, uitkomst, bladzijde, adres, toepassingen[],
 * consultatie, weg, gewijzigdOp}]: the newest of each, by number; number 0: all. consultation empty: of all;
 * else those of it and those of none; application alike. all: removed ones too.
 * real: none of a consultation of invented data. */
struct source_filter {
    int32_t number;
    struct slice consultation, application;
    bool all, real;
};
enum db_status source_list(json_t **out, struct db_tx *tx, struct arena *arena,
                           const struct source_filter *filter);
/* A tafel_others (tafel.h). */
enum db_status sources_beside(json_t **out, struct db_tx *tx, struct arena *arena, struct slice consultation,
                              struct slice application);
/* Every version of one, the newest first, each with `door`: as staff. */
enum db_status source_history(json_t **out, struct db_tx *tx, struct arena *arena, int32_t number);

#endif
