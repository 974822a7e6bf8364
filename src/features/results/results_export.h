/* Microdata of a round: a row for each response that counts now, for those with the role for it.
 *
 * All of it is one snapshot of the database, so that a correction or withdrawal on the way is either wholly
 * in it or wholly not. Nothing leads back: rows are numbered in an order drawn anew for each export, and no
 * code, response id, place in the log or day is in it. Open answers are left out, background is made coarser
 * (results_recipe.h), and what others may know of somebody is hidden from the end until everybody shares it
 * with at least k - 1 others (stats/anonymity.h).
 *
 * What an export ended with, its number of rows and the SHA-256 of its bytes, proves that a file is whole:
 * results_export_manifest tells it, and JSON lines end in a line that tells it of all lines before. */
#ifndef ZEVENSTEM_RESULTS_EXPORT_H
#define ZEVENSTEM_RESULTS_EXPORT_H

#include "db/db.h"
#include "features/audit/audit.h"
#include "features/survey/survey.h"
#include "formats/dataset.h"
#include "stats/anonymity.h"

enum { EXPORT_K_MIN = 5, EXPORT_K_MAX = 1000, EXPORT_PARTS_MAX = 4, EXPORT_ID_CHARS = 8 };

/* Why a round gives no microdata now. */
enum results_export_refusal {
    EXPORT_ALLOWED,
    EXPORT_NO_ROUND,  /* not opened yet, or a pilot, which never counts */
    EXPORT_EMBARGO,   /* it runs, and its tussenstand is closed */
    EXPORT_DESTROYED, /* its answers are, or are due to be */
};
/* round may be NULL. */
enum results_export_refusal results_export_refused(const struct survey_round *round, int64_t now_s);

/* One file of an export. */
struct results_export_part {
    enum dataset_format format;
    struct dataset_output output;
    /* ---- set by results_export ---- */
    uint64_t bytes;
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
};

/* The weight of a response, for the column `gewicht`: there it is the mean of all who share what is shown of
 * the profile, since a weight by itself tells the background that it was made for. */
struct results_export_weighing {
    double (*weight_of)(const unsigned char *answers, size_t size, const void *self);
    const void *self;
    const char *version; /* what these weights are, for a person to read */
};

/* The weights that the rows of the round have now. *out is NULL when it has none. round outlives them. */
struct results_export_weights;
enum db_status results_export_weights_read(struct results_export_weights **out, struct db_conn *conn,
                                           const struct survey_round *round);
/* NULL for NULL. */
const struct results_export_weighing *
results_export_weights_weighing(const struct results_export_weights *weights);
void results_export_weights_free(struct results_export_weights *weights); /* NULL is allowed */

struct results_export_request {
    const struct survey_round *round; /* that results_export_refused allows */
    struct results_export_part *parts;
    size_t part_count;     /* 1 to EXPORT_PARTS_MAX */
    const char *file_name; /* as the metadata is to call the data */
    const char *producer;  /* "" for nobody */
    int language;          /* 0 nl, 1 en */
    uint32_t k;            /* EXPORT_K_MIN to EXPORT_K_MAX */
    int64_t now_s;
    const struct results_export_weighing *weighing; /* NULL: no weights */
    /* Before anything is written; again when the database made it start over: what was written goes. */
    bool (*restart)(void *self);
    /* Now and then; false stops it. May be NULL. */
    bool (*proceed)(uint64_t rows, uint64_t of_rows, void *self);
    void *self;
};

enum results_export_status {
    EXPORT_OK,
    EXPORT_TOO_FEW,     /* fewer than k responses: none of them may leave */
    EXPORT_TOO_DIVERSE, /* more profiles than anonymity takes */
    EXPORT_TOO_MANY,    /* rows or variables for the format; nothing was written */
    EXPORT_TOO_LARGE,   /* for the format: ODS */
    EXPORT_OUTPUT,      /* an output or restart said no; it knows why */
    EXPORT_TEMPORARY,   /* a temporary file could not be kept */
    EXPORT_STOPPED,     /* proceed said so */
    EXPORT_DATABASE,    /* outcome.database tells */
    EXPORT_FAILED       /* a fault of ours, logged */
};

struct results_export_outcome {
    char id[EXPORT_ID_CHARS + 1]; /* random; the rows of this export begin with it */
    uint64_t rows;
    size_t variables;
    struct anonymity_report anonymity;
    struct audit_head audit_head; /* of the audit log, when it was made: an anchor */
    enum db_status database;
};

/* On a connection of its own while it runs. EXPORT_OK only when every part is whole. */
enum results_export_status results_export(struct results_export_outcome *outcome, struct db_conn *conn,
                                          const struct results_export_request *request);

/* What was exported, by what rules, with rows, bytes and hash of the first part: a JSON object to be kept
 * beside it. In the arena; empty when out of memory. */
struct slice results_export_manifest(struct arena *arena, const struct results_export_request *request,
                                     const struct results_export_outcome *outcome);
/* The audit line `export.microdata`. outcome NULL: refused, or failed as `result` says. purpose: of the key;
 * NULL: nobody said. */
enum db_status results_export_audit(struct db_tx *tx, const struct results_export_request *request,
                                    const struct results_export_outcome *outcome, const char *origin,
                                    const char *actor, const char *purpose, const char *result);

#endif
