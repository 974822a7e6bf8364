/* What the Woo asks to be made public of a round by itself (active publication): questionnaire, method, how
 * many took part, the protected tables, and metadata with the terms of DiWoo and TOOI. No answer of a person
 * is in it. */
#ifndef ZEVENSTEM_OPENDATA_WOO_PACKAGE_H
#define ZEVENSTEM_OPENDATA_WOO_PACKAGE_H

#include "db/db.h"
#include "formats/dataset.h"

struct opendata;
struct survey_round;

extern const struct db_statement woo_package_statements[];

enum woo_package_outcome {
    WOO_PACKAGE_MADE,
    WOO_PACKAGE_UNPUBLISHED, /* there is no publication of the round's newest release */
    WOO_PACKAGE_LACKING,     /* the configuration does not say whose it is (catalogue_lacks) */
    WOO_PACKAGE_OUTPUT,      /* the output could not take it */
};
/* Audited (woo.package). Not within a transaction. */
enum db_status woo_package_make(enum woo_package_outcome *outcome, struct opendata *opendata,
                                struct db_conn *conn, const struct survey_round *round,
                                struct dataset_output output, const char *actor);

#endif
