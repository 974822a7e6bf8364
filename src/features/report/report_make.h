/* A report made of what everybody may see: releases, value maps that were made public, public signals, the
 * agenda, recommendations, research questions, what others found. Its JSON is the API's, so that a number is
 * the same wherever it stands. */
#ifndef ZEVENSTEM_REPORT_MAKE_H
#define ZEVENSTEM_REPORT_MAKE_H

#include "features/report/report_document.h"
#include "features/report/report_sql.h"

struct results;
struct survey_round;
struct survey_snapshot;

struct report_means {
    struct results *results;
    const struct survey_snapshot *snapshot;
    const struct crypto_keys *keys;
    int64_t now_s;
    int32_t least_votes; /* on an answer, from which on they are public */
    bool figures_alone;  /* for the page of every figure: no section but those that are shown on it */
};

enum report_outcome {
    REPORT_MADE,
    REPORT_NO_RELEASE, /* nothing of the round may be told: round names it */
    REPORT_NO_ROUND,   /* there is no such round that counts */
    REPORT_TOO_LARGE,  /* there is more of something than fits: limit says of what. It is never cut */
    REPORT_FAILED,     /* a fault of ours, or another release was made meanwhile */
};
/* Of what a report holds so many at most; its text in the locales is report.too_many.CODE. */
struct report_limit {
    const char *code;
    int most;
};
extern const struct report_limit report_limit_rounds, report_limit_signals, report_limit_frameworks,
    report_limit_recommendations, report_limit_research, report_limit_bytes;
struct report_made {
    enum report_outcome outcome;
    const char *round;                /* REPORT_NO_RELEASE, REPORT_NO_ROUND: its code, of the snapshot */
    const struct report_limit *limit; /* REPORT_TOO_LARGE */
    json_t *document;                 /* exact; the caller owns it; NULL unless made */
    json_t *releases;                 /* {round: number}; the caller owns it too */
    json_t *quoted;                   /* the passages that it quotes; and it */
    size_t quotes_dropped;            /* that may not be quoted (any more) */
};
void report_made_free(struct report_made *made);
/* In a transaction of staff. */
enum db_status report_make(struct report_made *out, struct db_tx *tx, const struct report_means *means,
                           const struct report_draft *draft);

/* Its canonical bytes with their hash and signature, in the arena, which has room for REPORT_BYTES_MAX more.
 * False: it is larger. */
bool report_sign(struct report_signed *out, struct arena *arena, const struct crypto_keys *keys,
                 const json_t *document);

/* The sections, in the order of the report, for kinds that hold them: bits of 1 << enum report_kind. */
struct report_making;
struct report_section {
    const char *code;
    unsigned kinds;
    bool by_round; /* one for each round */
    bool figures;  /* the page of every figure shows it too */
    /* Fills *content, which the document takes; NULL: there is nothing, and the section is left out. */
    enum db_status (*gather)(json_t **content, struct report_making *making);
    /* It follows from round, figures and map alone, so that it can be gathered again to prove it. */
    bool of_release;
};
extern const struct report_section report_sections[];
extern const size_t report_section_count;

struct report_making {
    struct db_tx *tx;
    struct arena *arena; /* the transaction's */
    const struct report_means *means;
    const struct report_limit *limit; /* that a section went past; NULL: none */
    const struct report_draft *draft;
    const struct survey_round *round; /* of a section by round; NULL */
    json_t *figures;                  /* of that round (results_report) */
    json_t *map;                      /* its value map that is public: {nummer, uitgave, op, kaart}; NULL */
    json_t *signals;                  /* all that are told of */
    const json_t *agenda;             /* NULL: there is none */
    json_t *quoted;                   /* passages */
    size_t quotes_dropped;
};

/* making->signals: those of its consultation and year, with their forwards. */
enum db_status report_read_signals(struct report_making *making);
/* {ronde, consultatie, titel {nl, en}, opentOp, sluitOp, verzonnen}. The caller owns it. */
json_t *report_round_json(const struct survey_round *round);
/* The value map of the round that is public: number 0: the newest. making->map NULL: there is none. */
enum db_status report_read_map(struct report_making *making, int32_t number);

#endif
